"""json_shapes.py PAGE VERB FILE...: each file's JSON has one of the shapes that contrib/json.md gives for the verb. `--verbs`: the verbs it has.
Keys that the page does not name are told as well: it would not be complete."""
import json, re, sys

page = open(sys.argv[1], encoding="utf-8").read()
shapes, named = {}, {}


class Shape:
    """text | int | num | bool | any | [shape] | {key: shape, key?: shape, *: shape} | Name"""

    def __init__(self, text):
        self.tokens = re.findall(r"[\w]+|[\[\]{}:,?*]", text)
        self.shape = self.read()
        assert not self.tokens, f"more behind the shape: {self.tokens}"

    def read(self):
        t = self.tokens.pop(0)
        if t == "[":
            inner = self.read()
            assert self.tokens.pop(0) == "]"
            return [inner]
        if t != "{":
            return t
        out = {}
        while True:
            key = self.tokens.pop(0)
            optional = self.tokens[0] == "?" and self.tokens.pop(0) == "?"
            assert self.tokens.pop(0) == ":", key
            out[key] = (self.read(), optional)
            if self.tokens.pop(0) == "}":
                return out


def wrong(v, shape, at):
    if isinstance(shape, str) and shape in named:
        return wrong(v, named[shape], at)
    simple = {"text": str, "int": int, "num": (int, float), "bool": bool}
    if shape == "any":
        return []
    if isinstance(shape, str):
        ok = isinstance(v, simple[shape]) and (shape == "bool") == isinstance(v, bool)
        return [] if ok else [f"{at}: {v!r} is no {shape}"]
    if isinstance(shape, list):
        if not isinstance(v, list):
            return [f"{at}: no list"]
        return [w for i, x in enumerate(v) for w in wrong(x, shape[0], f"{at}[{i}]")]
    if not isinstance(v, dict):
        return [f"{at}: no mapping"]
    out = [f"{at}: {k} is missing" for k, (_, optional) in shape.items() if k not in v and not optional and k != "*"]
    for k, x in v.items():
        if k in shape or "*" in shape:
            out += wrong(x, shape.get(k, shape.get("*"))[0], f"{at}.{k}")
        else:
            out.append(f"{at}: {k} is not on the page")
    return out


verb = ""
for line in page.split("\n"):
    if line.startswith("##"):
        verb = line.lstrip("# ")
    m = re.match(r"    (?:([A-Z]\w*) *= *)?([\[{A-Z].*)$", line)
    if m and m[1]:
        named[m[1]] = Shape(m[2]).shape
    elif m:
        for v in verb.split(", "):
            shapes.setdefault(v, []).append(Shape(m[2]).shape)
if sys.argv[2] == "--verbs":
    print("\n".join(sorted(shapes)))
    sys.exit(0)
for file in sys.argv[3:]:
    v = json.load(open(file, encoding="utf-8"))
    answers = [wrong(v, s, sys.argv[2]) for s in shapes[sys.argv[2]]]
    if not any(a == [] for a in answers):
        sys.exit("\n".join(min(answers, key=len)))
