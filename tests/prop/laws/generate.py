"""generate.py -- random cases: a schema, a record, what two people made of it, and the differences that travelled along."""
import copy
import json
import random

from fields import Field, Map, edit_one, random_field
from render import Doc

SIDES = ("o", "a", "b")


class Case:
    """Seven texts; None: there is none."""

    def __init__(self, schema, o, a, b, do=None, da=None, db=None, kind="plain", notes=None):
        self.schema, self.kind = schema, kind
        self.notes = notes  # where each comment stood: (path, above it?)
        self.text = {"o": o, "a": a, "b": b}
        self.sidecar = {"o": do, "a": da, "b": db}

    def parts(self):
        return [self.schema, *(self.text[s] for s in SIDES), *(self.sidecar[s] for s in SIDES)]


class Kind:
    """A random kind of record."""

    def __init__(self, r):
        self.top = Map(r, 0)
        self.top.fields = {}
        for i in range(r.randint(1, 8)):
            self.top.fields[f"f{i}"] = random_field(r)
        names = list(self.top.fields)
        self.top.grouped = [r.sample(names, r.randint(2, min(3, len(names)))) for _ in range(r.randint(0, 2))] if len(names) > 2 else []
        s = self.top.declare(r)
        s["properties"] = dict({"id": {"type": "string"}}, **s["properties"])
        if len(names) > 1 and r.random() < 0.2:  # what each side leaves true, both together may break
            x, y = r.sample(names, 2)
            s.update(r.choice([{"dependentRequired": {x: [y]}}, {"not": {"required": [x, y]}},
                               {"anyOf": [{"required": [x]}, {"required": [y]}]}]))
        if r.random() < 0.2:  # one of them by reference
            n = r.choice(names)
            s["$defs"] = {n: s["properties"][n]}
            s["properties"][n] = {"$ref": f"#/$defs/{n}"}
        self.text = yaml_of(s)

    def record(self, r):
        data = {"id": "ess-ara-2w3x4y5z"}
        for n, f in self.top.fields.items():
            if r.random() < 0.85:
                data[n] = f.value(r)
        return data

    def edited(self, r, data, hot=None):
        data = copy.deepcopy(data)
        for _ in range(r.choice([0, 1, 1, 2, 2, 3, 4])):
            other = r.random()
            if other < 0.05:
                data[r.choice(["inconnu", "autre/chose"])] = Field().value(r)
            elif other < 0.08 and len(data) > 2:
                k = r.choice(list(data)[1:])
                v = data.pop(k)
                keys = list(data.items())
                keys.insert(r.randint(1, len(keys)), (k, v))
                data = dict(keys)
            else:
                edit_one(r, self.top.fields, data, hot)
        return data


def yaml_of(schema):
    """A schema file: one line a property, so that a failing case is easily cut down."""
    lines = []
    for k, v in schema.items():
        if k in ("properties", "$defs"):
            lines.append(k + ":")
            lines += [f"  {n}: {json.dumps(p, ensure_ascii=False)}" for n, p in v.items()]
        else:
            lines.append(f"{k}: {json.dumps(v, ensure_ascii=False)}")
    return "\n".join(lines) + "\n"


def sidecar_text(differences):
    if not differences:
        return None
    rows = [f"  - {json.dumps(d, ensure_ascii=False)}\n" for d in differences]
    return "schema: conflit/1\nid: ess-ara-2w3x4y5z\ndifferences:\n" + "".join(rows)


def paths(data, path=""):
    """Where comments may stand."""
    if isinstance(data, dict):
        for k, v in data.items():
            below = path + "/" + k if path else k
            yield below
            yield from paths(v, below)
    elif isinstance(data, list) and path.count("/") < 2:
        for i, v in enumerate(data):
            if isinstance(v, dict) and isinstance(v.get("id"), str):
                yield path + "/" + v["id"]
                yield from paths(v, path + "/" + v["id"])


def annotate(r, doc, n, notes):
    """Comments come and go; no two are the same."""
    where = list(paths(doc.data))
    for _ in range(n):
        p = r.choice(where)
        if r.random() < 0.25 and (doc.above or doc.behind):
            table = r.choice([t for t in (doc.above, doc.behind) if t])
            del table[r.choice(list(table))]
        elif r.random() < 0.6:
            name = f"note {r.getrandbits(40)}"
            doc.above[p] = doc.above.get(p, ()) + (name,)
            notes[name] = (p, True)
        else:
            doc.behind[p] = f"fin {r.getrandbits(40)}"
            notes[doc.behind[p]] = (p, False)


def fresh(r, kind, notes):
    doc = Doc(kind.record(r), r.getrandbits(32))
    doc.crlf = r.random() < 0.05
    doc.head = r.choice(["# en tête\n\n", "---\n"]) if r.random() < 0.1 else ""
    doc.end = "" if r.random() < 0.03 else "\n"
    if r.random() < 0.5:
        annotate(r, doc, r.randint(1, 4), notes)
    return doc


def changed(r, kind, doc, hot, notes):
    new = doc.copy(data=kind.edited(r, doc.data, hot))
    if r.random() < 0.25:
        annotate(r, new, r.randint(1, 2), notes)
    if r.random() < 0.05:
        new.seed = r.getrandbits(32)
    if r.random() < 0.04:
        new.crlf = not new.crlf
    return new


def settled(r, data, differences):
    """Some open differences come to an end: in an editor, by command, by deleting the entry."""
    data, left = copy.deepcopy(data), []
    for d in differences:
        p = r.choice(d["propositions"])
        how = r.random()
        if d["degre"] != "dur" or "present" in p or "/" in d["champ"] or d.get("regle") == "prose" or how < 0.3:
            if how > 0.15 or d["degre"] == "tranche":
                left.append(d)
            continue
        entry = dict(d, degre="tranche", propositions=[p], par="act-ara-cccccccc", date="2018-06-01")
        if "valeur" in p:
            data[d["champ"]] = entry["base"] = p["valeur"]
        else:
            data.pop(d["champ"], None)
            entry.pop("base", None)
        if how < 0.6:
            left.append(d)  # by hand: the entry is still there
        elif how < 0.9:
            left.append(entry)
    return data, left


def wild(r, kind, data):
    """A sidecar that no merge would write."""
    out = []
    for _ in range(r.randint(0, 3)):
        champ = r.choice(list(kind.top.fields) + list(paths(data)) + ["@record"])
        values = [data.get(champ, 1), *(f.value(r) for f in r.choices(list(kind.top.fields.values()), k=3))]
        d = {"champ": champ, "degre": r.choice(["dur", "a_relire", "tranche"]), "regle": r.choice(["conflict", "prose", "min", "autre"])}
        if r.random() < 0.7:
            d["base"] = r.choice(values)
        d["propositions"] = [r.choice([{"valeur": v}, {"valeur": v}, {"valeur": v}, {"absent": True}, {"present": True}])
                             for v in r.sample(values, r.randint(1, 3))]
        out.append(d)
    return sidecar_text(out)


class Generator:
    """All chance comes from the seed and the number of the case; `ask` is the program (driver.py)."""

    def __init__(self, seed, ask):
        self.seed, self.ask = seed, ask

    def cases(self, number):
        """One family: a few cases that share a schema and a past."""
        r = random.Random(f"{self.seed}/{number}")
        kind = Kind(r)
        hot = r.choice(list(kind.top.fields))
        notes = {}
        o = fresh(r, kind, notes)
        a, b, c = (changed(r, kind, o, hot, notes) for _ in range(3))
        how = r.random()
        if how < 0.4:
            yield Case(kind.text, o.text(), a.text(), b.text(), notes=notes)
        elif how < 0.45:
            yield Case(kind.text, None, a.text(), b.text(), kind="made on both sides", notes=notes)
        elif how < 0.5:
            gone = r.choice(["a", "b", "both"])
            yield Case(kind.text, o.text(), None if gone != "b" else a.text(), None if gone != "a" else b.text(), kind="deleted")
        elif how < 0.62:
            side = [wild(r, kind, d.data) if r.random() < 0.6 else None for d in (o, a, b)]
            yield Case(kind.text, o.text(), a.text(), b.text(), *side, kind="wild", notes=notes)
        else:
            yield from self.history(r, kind, o, a, b, c, hot, notes)

    def merged(self, case):
        """(text, data, sidecar text, differences) of what the program makes of a case; None: it cannot."""
        found = self.ask("merge ab", case.parts())
        m = found.get("ab")
        if not m or m.get("error") or not m.get("text"):
            return None
        return m["text"], m["data"], m["sidecar"], m.get("differences", {}).get("differences", [])

    def written(self, kind, text, data):
        found = self.ask("edit", [kind.text, yaml_of_record(data), text, None, None, None, None])
        return found.get("text") or Doc(data, 1).text()

    def history(self, r, kind, o, a, b, c, hot, notes):
        """A merge with differences, and what meets it later: third writers, settlements, deletions, merges of merges."""
        to, ta, tb, tc = (d.text() for d in (o, a, b, c))
        ab = self.merged(Case(kind.text, to, ta, tb))
        if not ab:
            return
        text, data, sidecar, differences = ab

        def edit():
            return self.written(kind, text, kind.edited(r, data, hot)), sidecar

        def settle(more=False):
            d, left = settled(r, data, differences)
            return self.written(kind, text, kind.edited(r, d, hot) if more else d), sidecar_text(left)
        m = (text, sidecar)
        yield Case(kind.text, to, text, tc, None, sidecar, None, "third writer", notes)
        for _ in range(r.randint(1, 2)):
            x, y = (r.choice([lambda: m, edit, edit, settle, settle, lambda: settle(True)])() for _ in range(2))
            base = r.choice([m, m, m, m, (to, None), (ta, None)])
            if r.random() < 0.06:
                x = (None, None)
            if base[1] is None and r.random() < 0.5:
                y = (tc, None) if base[0] == to else (changed(r, kind, a, hot, notes).text(), None)
            yield Case(kind.text, base[0], x[0], y[0], base[1], x[1], y[1], "difference travels", notes)
            xy = self.merged(Case(kind.text, base[0], x[0], y[0], base[1], x[1], y[1]))
            if xy and r.random() < 0.5:
                z = r.choice([edit, settle])()
                old = r.choice([m, base])
                yield Case(kind.text, old[0], xy[0], z[0], old[1], xy[2], z[1], "merge of a merge", notes)


def yaml_of_record(data):
    return "".join(f"{json.dumps(k, ensure_ascii=False)}: {json.dumps(v, ensure_ascii=False)}\n" for k, v in data.items())
