"""laws.py -- what must hold of one case (DESIGN 5). Each law is a function that yields sentences about how it is broken.

A `Trial` is the case with the program's answers: t.data["o"], t.m["ab"]["text"]... Text laws look at bytes; the others at data."""
import re

import entries as E
import prose
import reference
from place import Place
from prose import Unclear, fold
from values import MISSING, canon, cle, same

WAYS = "ab ba ao bo aa bb"


class Trial:
    def __init__(self, case, ask):
        self.case, self.found = case, ask("merge " + WAYS, case.parts())
        self.died = self.found.get("died")
        self.refused = self.found.get("error")
        if self.died is not None or self.refused:
            return
        self.m = {w: self.found[w] for w in WAYS.split()}
        self.schema = self.found["schema"]
        self.data = {s: self.found.get(s, MISSING) for s in "oab"}
        self.sidecar = {s: self.found.get("d" + s) for s in "oab"}
        self.counts = "counter" in case.schema
        self.reference = None
        self.normal = {}

    def result(self, way="ab"):
        return self.m[way].get("data", MISSING)

    def entries(self, way="ab"):
        return E.read(self.m[way].get("differences"))

    def normalised(self, side):
        if side not in self.normal:
            self.normal[side] = E.normalise(Place(self.schema), self.data[side], E.read(self.sidecar[side]),
                                            lambda champ: reference.ORIGIN[side])
        return self.normal[side]

    def judged(self):
        if not self.reference:
            self.reference = reference.merge(self.schema, self.data["o"], self.data["a"], self.data["b"],
                                             self.sidecar["o"], self.sidecar["a"], self.sidecar["b"],
                                             [s for s in "ab" if self.case.text[s] != self.case.text["o"]])
        return self.reference

    def tame(self):
        return self.case.kind != "wild"


# --- law 1 ---------------------------------------------------------------------------------------------------------------

def exchanging_the_sides_changes_nothing(t):
    for part in ("text", "sidecar", "decisions", "error"):
        if t.m["ab"].get(part) != t.m["ba"].get(part):
            yield f"the {part} of merge(o, a, b) is not that of merge(o, b, a)"


# --- law 2 ---------------------------------------------------------------------------------------------------------------

def what_one_side_did_alone_is_the_result(t):
    for way in ("ao", "bo", "aa", "bb"):
        side = way[0]
        if way[1] == side and t.counts:
            continue
        if t.m[way].get("text") != t.case.text[side]:
            yield f"merge(o, {way[0]}, {way[1]}) is not {side}, byte for byte"
        try:
            mine = {e.about(): e for e in t.normalised(side)}
        except Unclear:
            continue
        got = {e.about(): e for e in t.entries(way)}
        if t.tame() and (mine.keys() != got.keys() or any(not mine[k].same_state(got[k]) for k in mine)):
            yield f"the differences of merge(o, {way[0]}, {way[1]}) are not those of {side}"


# --- laws 3 and 4: place by place, wherever the three have one shape ----------------------------------------------------------

def places(place, path, o, a, b, r):
    """(place, path, o, a, b, r) of every leaf that can be compared."""
    sides = [v for v in (o, a, b) if v is not MISSING]
    both = isinstance(a, dict) and isinstance(b, dict)  # each made it a mapping: by its fields, whatever it was
    if (both or all(isinstance(v, dict) for v in sides)) and not place.atomic and (r is MISSING or isinstance(r, dict)):
        every = [v if isinstance(v, dict) else {} for v in (o, a, b, r)]
        for k in dict.fromkeys(k for v in every for k in v):
            yield from places(place.child(k), path + "/" + k if path else k, *(v.get(k, MISSING) for v in every))
    elif place.list == "map" and len(sides) == 3 and all(keyed(place, v) for v in sides + [r]):
        every = [{str(i[place.key]): i for i in v} for v in (o, a, b, r)]
        for k in dict.fromkeys(k for v in every for k in v):
            below = [v.get(k, MISSING) for v in every]
            if below[1] is not MISSING and below[2] is not MISSING:
                yield from places(place.item(), path + "/" + k, *below)
    elif place.list not in ("map", "set") or not any(isinstance(v, list) for v in sides):
        yield place, path, o, a, b, r


def keyed(place, v):
    if not isinstance(v, list) or not all(isinstance(i, dict) and isinstance(i.get(place.key), str) for i in v):
        return False
    return len({i[place.key] for i in v}) == len(v)


def top_fields(t):
    if any(t.data[s] is MISSING for s in "ab") or t.result() is MISSING:
        return
    o = t.data["o"] if t.data["o"] is not MISSING else {}
    touched = {e.champ for s in "oab" for e in E.read(t.sidecar[s])}
    for p in places(Place(t.schema), "", o, t.data["a"], t.data["b"], t.result()):
        if not any(c == p[1] or c.startswith(p[1] + "/") or p[1].startswith(c + "/") for c in touched):
            yield p


def a_change_of_one_side_stands(t):
    for place, path, o, a, b, r in top_fields(t):
        if same(a, b):
            wanted = None if place.rule == "counter" and not same(a, o) else a
        else:
            wanted = b if same(a, o) else a if same(b, o) else None
        if wanted is not None and not same(wanted, r):
            yield f"{path}: {show(wanted)} is what one side made of {show(o)}, and the result says {show(r)}"


def no_contested_value_is_lost(t):
    listed = {}
    for e in t.entries():
        listed.setdefault(e.champ, []).extend(e.proposals.values())
    decided = {d["champ"]: [d["premier"], d["second"]] for d in t.m["ab"].get("decisions", [])}
    for place, path, o, a, b, r in top_fields(t):
        if same(a, b) or same(a, o) or same(b, o):
            continue
        if place.rule == "prose" and all(isinstance(v, str) for v in (o, a, b, r)):
            there = fold(r) + "\n" + fold(o) + "\n" + "\n".join(fold(p.value) for p in listed.get(path, []) if isinstance(p.value, str))
            for s in prose.sentences(a) + prose.sentences(b):
                if s not in there:
                    yield f"{path}: nobody's sentence may go: {s!r}"
            continue
        if place.list == "sequence" and all(isinstance(v, list) for v in (o, a, b)) and path not in listed:
            missing = [e for v in (a, b) for e in v if e not in o and e not in r]
            if missing:
                yield f"{path}: {missing} is gone"
            continue
        for v in (a, b):
            if same(v, r) or any(same(p.value, v) for p in listed.get(path, [])):
                continue
            if not any(same(p.get("valeur", MISSING), v) for p in decided.get(path, [])):
                yield f"{path}: {show(v)} did not win and is nowhere"


def an_open_proposal_stays_or_wins(t):
    """Law 4 for differences that travel: what is new on a side is listed still, or is the value."""
    if t.result() is MISSING or not t.tame():
        return
    try:
        base = {(e.champ, n) for e in t.normalised("o") for n in e.names()}
        sides = t.normalised("a") + t.normalised("b")
    except Unclear:
        return
    for e in sides:  # without a difference the base lists its value, or the sentences of its text
        was = E.find(Place(t.schema), t.data["o"], e.champ)[1]
        base.update((e.champ, n) for n, p in e.proposals.items() if same(p.value, was) or
                    e.klass() == "sentence" and isinstance(was, str) and fold(p.value or "") in fold(was))
    got = {(e.champ, n) for e in t.entries() for n in e.names()}
    for e in sides:
        _, shown = E.find(Place(t.schema), t.result(), e.champ)
        for p in e.proposals.values():
            if e.degre != "dur" or (e.champ, p.name()) in base | got or p.present or p.value is MISSING:
                continue
            text = isinstance(shown, str) and isinstance(p.value, str) and fold(p.value) in fold(shown)
            folded = any(c == e.champ and n[:1] == "=" and fold(canon(p.value)[1:-1]) in fold(n[2:-1]) for c, n in got)
            if not same(shown, p.value) and not text and not folded and not offered(t, e.champ, p.value):
                yield f"{e.champ}: the proposal {show(p.value)} is gone"


def offered(t, champ, value):
    """Is it a part of what is proposed for a whole, which is in question itself?"""
    for e in t.entries():
        if e.open() and champ.startswith(e.champ + "/"):
            where = E.find(Place(t.schema), t.result(), e.champ)[0]
            for p in e.proposals.values():
                part = E.find(where, p.value, champ[len(e.champ) + 1:])[1]
                if same(part, value) or isinstance(part, str) and isinstance(value, str) and fold(value) in fold(part):
                    return True
    return False


# --- law 5 ---------------------------------------------------------------------------------------------------------------

def breaks_the_schema(t):
    return all(t.found["valid_" + s] for s in "ab") and not t.m["ab"].get("valid", True)


def the_result_is_a_record_with_its_differences(t):
    m = t.m["ab"]
    if breaks_the_schema(t) and not any(e.open() for e in t.entries()):
        yield "both inputs follow the schema, the result does not, and nothing says so"
    lonely = [e for s in "oab" for e in E.read(t.sidecar[s]) if len(e.proposals) < 2 and e.degre == "dur"]
    for e in m.get("differences", {}).get("differences", []):
        for p in e["propositions"]:
            name = "present" if "present" in p else "absent" if "absent" in p else p["valeur"]
            if p["cle"] != cle(name):
                yield f"{e['champ']}: the key of {show(name)} is not {p['cle']}"
        if e["degre"] == "dur" and len(e["propositions"]) < 2 and t.tame() and not lonely:
            yield f"{e['champ']}: an open difference with one proposal"
    found = [e["champ"] for e in m.get("differences", {}).get("differences", [])]
    if found != sorted(found, key=lambda c: c.encode()):
        yield "the entries are not sorted by field"
    try:
        again = E.normalise(Place(t.schema), t.result(), t.entries())
    except Unclear:
        return
    if t.tame() and [e.data() for e in again] != [e.data() for e in t.entries()]:
        yield "the differences do not fit the record: " + ", ".join(e.champ for e in t.entries() if e.data() not in [x.data() for x in again])


# --- law 6 ---------------------------------------------------------------------------------------------------------------

def any_two_records_merge(t):
    for way, m in t.m.items():
        if m.get("error"):
            yield f"merge(o, {way[0]}, {way[1]}): {m['error']}"


# --- law 7 ---------------------------------------------------------------------------------------------------------------

NOTE = re.compile(r"# ((?:note|fin) \d+)")


def comments_stay(t):
    """One that both sides have, or that one side added. What is said of a field or item goes with it when somebody removed
    that, or when its value lost."""
    if None in (t.case.text["a"], t.case.text["b"], t.m["ab"].get("text")):
        return
    o, a, b, r = (set(NOTE.findall(text or "")) for text in [*(t.case.text[s] for s in "oab"), t.m["ab"]["text"]])
    for c in sorted(((a & b) | ((a | b) - o)) - r):
        path = t.case.notes[c][0]
        contested = any(e.klass() != "sentence" and (path + "/").startswith(e.champ + "/") for e in t.entries())
        if not contested and E.find(Place(t.schema), t.result(), path)[1] is not MISSING:
            yield f"nobody deleted « # {c} » at {path}"


def blocks(text):
    """Top-level fields: their lines, without comments, and without the line ends, which a whole text has or has not."""
    out, name = {}, None
    for line in (text or "").replace("\r\n", "\n").split("\n"):
        key = re.match(r"""(?:(\w+)|"([^"]+)"):""", line)
        if key:
            name = key[1] or key[2]
            out[name] = [line]
        elif name and line[:1] in (" ", "-") and not line.lstrip().startswith("#"):
            out[name].append(line)
        elif line.strip() and not line.lstrip().startswith("#"):
            name = None
    return out


def bytes_that_nobody_changed_stay(t):
    if None in t.case.text.values() or t.m["ab"].get("text") is None:
        return
    o, a, b, r = (blocks(s) for s in [*(t.case.text[s] for s in "oab"), t.m["ab"]["text"]])
    touched = {e.champ.split("/")[0] for s in "oab" for e in E.read(t.sidecar[s])}
    for k, lines in o.items():
        if a.get(k) == lines and b.get(k) == lines and k not in touched and r.get(k) != lines:
            yield f"{k}: no side changed a byte of it"


# --- law 8 ---------------------------------------------------------------------------------------------------------------

def cost_is_bounded(t):
    size = sum(len(p.encode()) for p in t.case.parts() if p)
    for way, m in t.m.items():
        if m["us"] > 200000 + 100 * size:
            yield f"merge(o, {way[0]}, {way[1]}) of {size} bytes took {m['us'] / 1e6:.1f} s"
        if m["bytes"] > 1000000 + 400 * size:
            yield f"merge(o, {way[0]}, {way[1]}) of {size} bytes took {m['bytes']} bytes of memory"


# --- the reference ---------------------------------------------------------------------------------------------------------

def show(v):
    return "nothing" if v is MISSING else canon(v) if len(canon(v)) < 300 else canon(v)[:300] + "..."


def below(path, champs):
    return any(path == c or path.startswith(c + "/") or c == "" for c in champs)


def compare(ref, path, wanted, got, schema_place):
    if below(path, ref.unclear):
        return
    if any(u.startswith(path + "/") for u in ref.unclear):  # is a mapping there whose only part nobody knows?
        wanted, got = ({} if v is MISSING and isinstance(other, dict) else v for v, other in ((wanted, got), (got, wanted)))
    if isinstance(wanted, reference.Folded) and isinstance(got, str):
        if " ".join(prose.sentences(got)) != wanted and not same(got, str(wanted)):
            yield f"{path}: the reference says the sentences {wanted!r}, the program {got!r}"
    elif isinstance(wanted, dict) and isinstance(got, dict):
        for k in dict.fromkeys(list(wanted) + list(got)):
            yield from compare(ref, path + "/" + k if path else k, wanted.get(k, MISSING), got.get(k, MISSING), schema_place.child(k))
    elif isinstance(wanted, list) and isinstance(got, list) and schema_place.list == "map" and keyed(schema_place, wanted) and keyed(schema_place, got):
        x, y = ({i[schema_place.key]: i for i in v} for v in (wanted, got))
        if list(x) != list(y) and (path not in ref.unordered or set(x) != set(y)) and not any(u.startswith(path + "/") for u in ref.unclear):
            yield f"{path}: the reference says the items {list(x)}, the program {list(y)}"
        for k in x.keys() & y.keys():
            yield from compare(ref, path + "/" + k, x[k], y[k], schema_place.item())
    elif path in ref.unordered and isinstance(wanted, list) and isinstance(got, list):
        if sorted(map(canon, wanted)) != sorted(map(canon, got)):
            yield f"{path}: the reference says {show(wanted)} in any order, the program {show(got)}"
    elif not same(wanted, got):
        yield f"{path}: the reference says {show(wanted)}, the program {show(got)}"


def folded_data(e):
    """Of a contested sentence only the words count."""
    if e.klass() != "sentence":
        return e.data()
    base = None if e.base is MISSING else fold(e.base)
    return (e.champ, e.degre, base, tuple(sorted((fold(p.value), p.origin) for p in e.proposals.values())))


def equals_the_reference(t):
    if not t.tame():
        return
    try:
        ref = t.judged()
    except Unclear:
        return
    yield from compare(ref, "", ref.record, t.result(), Place(t.schema))
    def sure(e):
        """A flag quotes the whole value: nothing is known of it where a part of the value is not."""
        parts = ref.unclear | ref.unordered | {f for f in ref.folded if f != e.champ}
        return not below(e.champ, ref.unclear) and not (e.degre == "a_relire" and any(below(p, {e.champ}) for p in parts))
    wanted = {folded_data(e) for e in ref.entries if sure(e)}
    got = {folded_data(e) for e in t.entries() if sure(e)}
    if breaks_the_schema(t):  # it knows no schema: these flags are the law's business
        wanted, got = ({d for d in side if d[1] != "a_relire"} for side in (wanted, got))
    for d in sorted(wanted - got, key=str):
        yield f"the reference says the difference {d}, the program does not"
    for d in sorted(got - wanted, key=str):
        yield f"the program says the difference {d}, the reference does not"

    def said(d):
        def value(name):
            return canon(d[name]) if name in d else None
        sides = tuple(sorted(("=" + canon(s["valeur"]) if "valeur" in s else "absent", s["commit"]) for s in (d["premier"], d["second"])))
        return (d["champ"], d["regle"], value("base"), value("resultat"), sides)
    wanted = [d.data() for d in ref.decisions if not below(d.champ, ref.unclear)]
    got = [said(d) for d in t.m["ab"].get("decisions", []) if not below(d["champ"], ref.unclear)]
    if sorted(wanted, key=str) != sorted(got, key=str):
        yield f"decisions: the reference says {wanted}, the program {got}"


LAWS = [
    ("law 1: exchanging the sides gives the same bytes", exchanging_the_sides_changes_nothing),
    ("law 2: merge(o, a, o) and merge(o, a, a) are a, byte for byte", what_one_side_did_alone_is_the_result),
    ("law 3: what exactly one side changed has that side's value", a_change_of_one_side_stands),
    ("law 4: a contested value that did not win is a proposal or in a decision", no_contested_value_is_lost),
    ("law 4: a proposal that is new on a side is listed still, or is the value", an_open_proposal_stays_or_wins),
    ("law 5: the result is a valid record, and its differences fit it", the_result_is_a_record_with_its_differences),
    ("law 6: any two records merge", any_two_records_merge),
    ("law 7: a comment disappears only if somebody deleted it", comments_stay),
    ("law 7: the bytes of fields that nobody changed stay", bytes_that_nobody_changed_stay),
    ("law 8: time and memory are bounded", cost_is_bounded),
    ("record, differences and decisions equal the reference's", equals_the_reference),
]
