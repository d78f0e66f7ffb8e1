"""worst.py -- law 8 on what hurts a merge most: (name, schema, base, a, b) in which everything was changed, moved or repeated."""
import json
import random

SCHEMA = """type: object
properties:
  p: {"x-merge": "prose"}
  s: {"type": "array", "x-list-type": "set"}
  u: {"type": "array", "x-list-type": "set", "x-merge": "union"}
  q: {"type": "array", "x-list-type": "sequence"}
  l: {"type": "array", "x-list-type": "map", "x-list-map-keys": ["id"], "items": {"properties": {"t": {"x-merge": "prose"}}}}
"""
SECONDS, BYTES = 3, 400 << 20  # measured: under half a second and 120 MiB each


def text(field, v):
    return f"id: ess-ara-2w3x4y5z\n{field}: {json.dumps(v, ensure_ascii=False)}\n"


def words(n, alphabet, seed):
    r = random.Random(seed)
    return [r.choice(alphabet) for _ in range(n)]


def every(step, values, change):
    return [change(v) if i % step == 0 else v for i, v in enumerate(values)]


def sentences(ws, n):
    return " ".join(" ".join(["Les"] + ws[i:i + n]) + "." for i in range(0, len(ws), n))


def cases():
    few, many = ["a", "b"], [f"mot{i}" for i in range(4000)]
    for name, alphabet in (("of two words", few), ("of many words", many)):
        o = words(9000, alphabet, 1)
        a, b = every(3, o, lambda w: w + "x"), every(2, o, lambda w: w + "y")
        yield f"one sentence {name}", "p", " ".join(o), " ".join(a), " ".join(b)
        yield f"sentences {name}", "p", sentences(o, 6), sentences(a, 6), sentences(b, 6)
        yield f"sentences {name}, moved", "p", sentences(o, 6), sentences(a[3000:] + a[:3000], 6), sentences(b[::-1], 6)
    yield "no sentence the same", "p", sentences(words(9000, many, 1), 3), sentences(words(9000, many, 2), 3), sentences(words(9000, many, 3), 3)
    long = " ".join(words(30000, many, 1))
    yield "a very long text", "p", long, "x " + long + " y", "z" + long
    yield "paragraphs", "p", "\n\n".join("abcd" * 2000), "\n\n".join("bcda" * 2000), "\n\n".join("cdab" * 2000)
    yield "only full stops", "p", ". A" * 9000, ". B" * 9000, "! A" * 9000
    n = 9900
    shuffled = [random.Random(seed).sample(range(n), n) for seed in (1, 2)]
    for f in "suq":
        yield f"{f}: all moved", f, list(range(n)), shuffled[0], shuffled[1]
        yield f"{f}: half gone here, half there, all new", f, list(range(n)), list(range(n // 2)) + [-i for i in range(1, n // 3)], \
            list(range(n // 2, n)) + [f"x{i}" for i in range(n // 3)]
    yield "a sequence of two values", "q", words(9000, few, 1), words(9000, few, 2), words(9000, few, 3)

    def items(keys, t):
        return [{"id": f"c{k}", "t": t} for k in keys]
    m = 2000
    yield "l: all moved", "l", items(range(m), "x"), items(random.Random(1).sample(range(m), m), "x"), items(random.Random(2).sample(range(m), m), "x")
    yield "l: each removed half and edited half", "l", items(range(m), "x"), items(range(0, m, 2), "y"), items(range(1, m, 2), "z")
    yield "l: each removed half, edited half and turned it round", "l", items(range(m), "x"), items(range(0, m, 2), "y")[::-1], items(range(1, m, 2), "z")[::-1]


def check(ask):
    """Yields (name, seconds, MiB, how it fails or None)."""
    for name, field, o, a, b in cases():
        found = ask("merge ab ba", [SCHEMA, text(field, o), text(field, a), text(field, b), None, None, None])
        if "ab" not in found:
            yield name, 0, 0, str(found)[:300]
            continue
        m = found["ab"]
        bad = None if m["us"] < SECONDS * 1e6 and m["bytes"] < BYTES else "too much"
        if m.get("error") or m.get("text") != found["ba"].get("text") or m.get("sidecar") != found["ba"].get("sidecar"):
            bad = m.get("error") or "not the same with the sides exchanged"
        yield name, m["us"] / 1e6, m["bytes"] / 2**20, bad
