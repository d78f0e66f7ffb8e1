#!/usr/bin/env python3
"""cases.py [--check] FILE: renews the examples of a document from the golden cases of merging, or says which are stale (exit 1).

What stands between `<!-- case: NAME -->` and `<!-- end -->` is made from tests/golden/merge/NAME: its sentence, the fields that differ in
one of the four texts (before, each side, afterwards), and the open differences and decisions, if any. Between `<!-- file: PATH -->` and
`<!-- end -->` stands that file."""
import os, re, sys

GOLDEN = f"{os.path.dirname(os.path.abspath(__file__))}/../golden/merge"
TITLES = [("base.yaml", "avant"), ("a.yaml", "l'une écrit"), ("b.yaml", "l'autre écrit"), ("expect.yaml", "la fusion")]


def read(case, name):
    path = f"{GOLDEN}/{case}/{name}"
    if not os.path.exists(path):
        return None
    with open(path, encoding="utf-8") as f:
        return f.read()


def fields(text):
    """{key: its lines} of the root of a record."""
    found, key = {}, None
    for line in (text or "").splitlines():
        m = re.match(r"([a-z_]+):", line)
        key = m[1] if m else key
        if key and line:
            found[key] = found.get(key, "") + line + "\n"
    return found


def differences(text):
    """A sidecar in words: "titre, dur : A / B"."""
    said = []
    for entry in re.split(r"(?m)^  - champ: ", text)[1:]:
        field, degree = entry.split("\n", 1)[0].strip('"'), re.search(r"degre: (\w+)", entry)[1]
        values = []
        for proposal in re.split(r"(?m)^      - cle: ", entry)[1:]:
            m = re.search(r"(?ms)^        (valeur: *(?:\|-\n)?|absent|present)(.*?)(?=^        \w|\Z)", proposal)
            words = " ".join(m[2].split()) if m and m[1].startswith("valeur") else {"absent": "l'enlever", "present": "la garder"}.get(m and m[1], "?")
            values.append(words)
        label = {"dur": "à trancher", "a_relire": "à relire", "tranche": "tranché"}[degree]
        said.append(f"{'la fiche' if field == '@record' else field} ({label})\n" + "".join(f"  {v}\n" for v in values))
    return "".join(said)


def block(case):
    texts = {name: read(case, name) for name, _ in TITLES}
    split = {name: fields(text) for name, text in texts.items()}
    keys = [k for k in dict.fromkeys(k for f in split.values() for k in f) if len({f.get(k) for f in split.values() if f}) > 1]
    if not all(texts.values()):  # a record that is not there on a side: its title says which one it is
        keys = list(dict.fromkeys(keys + ["titre"]))
    out = f"*{read(case, 'cas').strip()}* (`{case}`)\n\n```yaml\n"
    for name, title in TITLES:
        lines = "".join(split[name].get(k, f"# (pas de {k})\n") for k in keys) if texts[name] else "# (pas de fiche)\n"
        out += f"# --- {title}\n{lines}"
    for name, title in (("differences.yaml", "différences"), ("decisions", "décisions notées")):
        text = read(case, name)
        if text:
            out += f"# --- {title}\n" + "".join(f"#   {l}\n" for l in (differences(text) if name != "decisions" else text).splitlines())
    return out + "```\n"


path = sys.argv[-1]
with open(path, encoding="utf-8") as f:
    text = f.read()
fresh = re.sub(r"(?s)(<!-- case: (\S+) -->\n).*?(<!-- end -->)", lambda m: f"{m[1]}{block(m[2])}{m[3]}", text)
fresh = re.sub(r"(?s)(<!-- file: tests/golden/merge/(\S+?)/([\w.]+) -->\n).*?(<!-- end -->)", lambda m: f"{m[1]}```yaml\n{read(m[2], m[3])}```\n{m[4]}", fresh)
if "--check" in sys.argv:
    if fresh != text:
        print(f"{path} is stale: python3 tests/lib/cases.py {path}")
        sys.exit(1)
else:
    with open(path, "w", encoding="utf-8") as f:
        f.write(fresh)
