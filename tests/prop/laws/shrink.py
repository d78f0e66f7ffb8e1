"""shrink.py -- a failing case cut down, text by text, as long as it breaks the same law; and printed as the files of a golden
case (tests/golden/merge/)."""
import os
import re

from generate import SIDES, Case

NAMES = {"o": "base", "a": "a", "b": "b"}


def copy(case):
    return Case(case.schema, *(case.text[s] for s in SIDES), *(case.sidecar[s] for s in SIDES), kind=case.kind, notes=case.notes)


def fields(text):
    """Top-level entries as lists of lines; comments in front belong to the next one."""
    out, open_ = [], False
    for line in (text or "").splitlines(keepends=True):
        if re.match(r"[\w\"]", line) or not out or (line[:1] == "#" and open_):
            out.append([])
        open_ = bool(re.match(r"[\w\"]", line)) or (open_ and line[:1] != "#")
        out[-1].append(line)
    return ["".join(e) for e in out]


def without(text, piece, once=False):
    return text.replace(piece, "", 1) if text else text


def tries(case):
    """Smaller cases, the boldest first."""
    for s in SIDES:
        if case.sidecar[s]:
            c = copy(case)
            c.sidecar[s] = None
            yield c
    for s in "ab":
        if case.text["o"] and (case.text[s], case.sidecar[s]) != (case.text["o"], case.sidecar["o"]):
            c = copy(case)
            c.text[s], c.sidecar[s] = case.text["o"], case.sidecar["o"]
            yield c
    if any("\r" in (t or "") for t in case.text.values()):
        c = copy(case)
        c.text = {s: t and t.replace("\r", "") for s, t in case.text.items()}
        yield c
    keys = dict.fromkeys(m for t in case.text.values() for m in re.findall(r"(?m)^([\w\"/]+):", t or "") if m != "id")
    for k in keys:
        c = copy(case)
        for s in SIDES:
            c.text[s] = c.text[s] and "".join(f for f in fields(c.text[s]) if not re.search(rf"(?m)^{k}:", f))
        c.schema = re.sub(rf"(?m)^  {k}: .*\n", "", c.schema)
        c.sidecar = {s: d and "".join(l for l in d.splitlines(True) if f'"champ": "{k}' not in l) for s, d in c.sidecar.items()}
        yield c
    for line in dict.fromkeys(l for d in [*case.sidecar.values(), case.schema] for l in (d or "").splitlines(True)):
        c = copy(case)
        c.sidecar = {s: without(d, line) for s, d in c.sidecar.items()}
        c.schema = without(c.schema, line)
        yield c
    lines = list(dict.fromkeys(l for s in SIDES for l in (case.text[s] or "").splitlines(True)))
    for size in (4, 2, 1):
        for at in range(0, len(lines), size):
            c = copy(case)
            for s in SIDES:
                c.text[s] = c.text[s] and "".join(l for l in c.text[s].splitlines(True) if l not in lines[at:at + size])
            yield c
    for s in SIDES:
        for line in dict.fromkeys((case.text[s] or "").splitlines(True)):
            c = copy(case)
            c.text[s] = without(c.text[s], line)
            yield c
    words = dict.fromkeys(re.findall(r"[ ,\[]{1,2}[^ ,\[\]{}:\n]+(?=[ ,.\]\n!?…])", "".join(t or "" for t in case.text.values())))
    for w in words:
        c = copy(case)
        c.text = {s: t and t.replace(w, "") for s, t in c.text.items()}
        c.sidecar = {s: d and d.replace(w, "") for s, d in c.sidecar.items()}
        yield c


def size(case):
    return sum(len(p) for p in case.parts() if p)


def shrink(case, breaks, budget=3000):
    """`breaks(case)`: does it break the law still?"""
    smaller = True
    while smaller and budget > 0:
        smaller = False
        for c in tries(case):
            budget -= 1
            if budget <= 0:
                break
            equal_sides = c.text["o"] in (c.text["a"], c.text["b"]) and size(c) <= size(case)
            if (size(c) < size(case) or equal_sides and c.parts() != case.parts()) and breaks(c):
                case, smaller = c, True
                break
    return case


def files(case, expected):
    """The case as files of a golden case: (name, text)."""
    out = [("schema.yaml", case.schema)]
    out += [(NAMES[s] + ".yaml", case.text[s]) for s in SIDES]
    out += [(NAMES[s] + ".differences.yaml", case.sidecar[s]) for s in SIDES]
    return [f for f in out + expected if f[1] is not None]


def write(folder, found):
    os.makedirs(folder, exist_ok=True)
    for name, text in found:
        with open(os.path.join(folder, name), "w", encoding="utf-8", newline="") as f:
            f.write(text)
