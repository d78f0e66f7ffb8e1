"""reference.py -- the merge of DESIGN 5, slowly and obviously: who doubts the program's merge reads this file.

Works on data: records as Python values, differences as entries (entries.py). Written from the design, not from daemon/merge/:
where both agree, two readings of the same words agree. Text (bytes, comments) is not its business; order is, for lists.

Where the design leaves a choice, the answer is left out: `unclear` names the fields about which the reference says nothing
(only the laws hold there), `unordered` those whose order it does not know. laws.test counts them.

merge(schema, o, a, b, do, da, db) -> Merged(record, entries, decisions, unclear, unordered)
"""
import entries as E
import prose
from entries import Entry, Proposal, find, normalise
from place import Place
from prose import Unclear
from values import MISSING, canon, cle, is_number, same

ORIGIN = {"o": ("act-ara-bbbbbbbb", "2018-05-03", "0" * 40), "a": ("act-ara-aaaaaaaa", "2018-05-03", "1" * 40),
          "b": ("act-ara-bbbbbbbb", "2018-05-03", "2" * 40)}


class Decision:
    """A contested field that a rule decided."""

    def __init__(self, champ, rule, base, result, sides):
        self.champ, self.rule, self.base, self.result, self.sides = champ, rule, base, result, sides

    def data(self):
        def text(v):
            return None if v is MISSING else canon(v)
        return (self.champ, self.rule, text(self.base), text(self.result), tuple(sorted((p.name(), p.origin[2]) for p in self.sides)))


class Merged:
    pass


# --- the rules: two different values of one leaf, and what they had in common -------------------------------------------
# Each gives the result, or None: it cannot decide, people do.

def smallest(place, o, a, b, pick=min):
    if is_number(a) and is_number(b):
        return [pick(a, b)]
    if isinstance(a, str) and isinstance(b, str):
        return [pick(a, b, key=lambda s: s.encode())]
    return None


def largest(place, o, a, b):
    return smallest(place, o, a, b, max)


def counter(place, o, a, b):
    o = 0 if o is MISSING else o
    return [a + b - o] if is_number(o) and is_number(a) and is_number(b) and abs(a + b - o) < 2**53 else None


def cautious(place, o, a, b):
    if a not in place.order or b not in place.order:
        return None
    return [min(a, b, key=place.order.index)]


def lifecycle(place, o, a, b):
    out, order = place.withdrawn, place.order
    known = [s for s in (a, b) if isinstance(s, str) and (s in out or s in order)]
    if len(known) < 2:
        return None
    gone = [s for s in known if s in out]
    if gone:
        return [min(gone, key=out.index)]
    if o not in order:  # withdrawn, absent or unknown
        return [min(known, key=order.index)]
    back = [s for s in known if order.index(s) < order.index(o)]
    return [min(back, key=order.index) if back else max(known, key=order.index)]


RULES = {"min": smallest, "max": largest, "counter": counter, "cautious": cautious, "lifecycle": lifecycle}


# --- order --------------------------------------------------------------------------------------------------------------

def ordered(keep, o, a, b):
    """Keys in order: base order; if exactly one side re-ordered, its order; insertions stay behind the item they followed,
    several at one place sorted. None: not known (the same key inserted at two places, say)."""
    old = [k for k in o if k in keep]

    def of(side):
        return [k for k in side if k in o and k in keep]

    def moved(side):
        return of(side) != [k for k in o if k in side and k in keep]
    if moved(a) and moved(b) and of(a) != of(b):
        return None if set(of(a)) != set(of(b)) else place_new(keep, old, o, a, b)
    chosen = a if moved(a) else b if moved(b) else o
    if set(old) != set(k for k in chosen if k in old):
        return None  # re-ordered, and without an item that stays
    return place_new(keep, [k for k in chosen if k in old], o, a, b)


def place_new(keep, old, o, a, b):
    behind = {}
    for side in (a, b):
        last = None
        for k in side:
            if k in o:
                last = k if k in keep else last
            elif k in keep:
                if any(k in keys and at != last for at, lists in behind.items() for keys in lists):
                    return None
                lists = behind.setdefault(last, [[], []])
                lists[side is b].append(k)
    out = []
    for at in [None] + old:
        out += [at] if at is not None else []
        x, y = behind.get(at, [[], []])
        if x != y and set(x) & set(y):
            return None
        if x and y and x != y:
            out += sorted(set(x) | set(y), key=lambda k: k.encode())
        else:
            out += x or y
    return out


# --- the merge -------------------------------------------------------------------------------------------------------------

class State:
    """What a field is on one side: a value, or the difference about it."""

    def __init__(self, value, entry):
        self.value, self.entry = value, entry

    def same(self, other):
        if bool(self.entry) != bool(other.entry):
            return False
        return same(self.value, other.value) and (not self.entry or self.entry.same_state(other.entry))

    def proposals(self, origin):
        if not self.entry:
            return [Proposal(self.value, origin)]
        if self.entry.open() or not origin:
            return list(self.entry.proposals.values())
        return [p if p.origin[2] else Proposal(p.value, origin, round=p.round) for p in self.entry.proposals.values()]


class Merge:
    def __init__(self, schema, entries):
        self.place, self.d = Place(schema), entries
        self.entries, self.decisions, self.unclear, self.unordered, self.folded = [], [], set(), set(), set()

    # --- the entries of one side ---

    def at(self, side, path, klass):
        return [e for e in self.d[side] if e.champ == path and e.klass() == klass]

    def value_entry(self, side, path):
        found = self.at(side, path, "value")
        return found[0] if found else None

    def below(self, side, path):
        """At the path or under it."""
        return [e for e in self.d[side] if path == "" or e.champ == path or e.champ.startswith(path + "/")]

    def unchanged(self, side, path, o, v, but=None):
        """Neither the data nor a difference about them (`but` one of that class about the whole)."""
        def differences(s):
            return sorted((e.about(), e.degre, canon([] if e.base is MISSING else [e.base]), sorted(e.names())) for e in self.below(s, path)
                          if (e.champ, e.klass()) != (path, but))
        return same(o, v) and differences(side) == differences("o")

    def edited(self, side, path, o, v, whole=None):
        """Other data than the base, an open difference that the base had not, or the decision that the item (or record, or an item
        in it) stays. An open question whether it stays is none: who removed it had it in front of them."""
        asked = self.at(side, whole or path, "presence")
        old = {e.about(): e for e in self.below("o", path)}
        new = [e for e in self.below(side, path) if e.open() and e not in asked]
        return (not same(o, v) or any(e.klass() == "presence" and not self.at(side, e.champ, "presence") for e in old.values())
                or any(e.about() not in old or not e.same_state(old[e.about()]) for e in new))

    # --- one place ---

    def merge(self, place, path, o, a, b):
        if a is MISSING and b is MISSING and not any(self.below(s, path) for s in "oab"):
            return MISSING
        if not any(self.value_entry(s, path) for s in "oab"):
            base = self.by_parts(dict, o, a, b)
            if base is not None and not place.atomic:
                return self.map(place, path, base[0], a, b)
            base = self.by_parts(list, o, a, b)
            if base and place.list == "map" and all(self.keyed(place, v) for v in (base[0], a, b) if v is not MISSING):
                return self.list_map(place, path, base[0], a, b)
            if base and place.list == "set":
                return self.set(place, path, base[0], a, b)
        return self.leaf(place, path, o, a, b)

    @staticmethod
    def by_parts(kind, o, a, b):
        """[base] when mappings (or lists) are merged by their parts: what is missing counts as empty, and so does a base of
        another type when both sides made it one. Else None: as one value."""
        fits = [v is MISSING or isinstance(v, kind) for v in (o, a, b)]
        if a is not MISSING and b is not MISSING:
            return [o if fits[0] else MISSING] if fits[1] and fits[2] else None
        return [o] if all(fits) else None

    def leaf(self, place, path, o, a, b):
        if any(len(self.below(s, path)) > 1 or any(e.champ != path for e in self.below(s, path)) for s in "oab"):
            return self.whole(place, path, o, a, b)
        if any(self.at(s, path, "sentence") for s in "oab"):
            return self.whole(place, path, o, a, b)
        read = {s: self.at(s, path, "read") for s in "oab"}
        if any(read.values()):
            self.by_presence(path, read)
        so, sa, sb = [State(v, self.value_entry(s, path)) for s, v in zip("oab", (o, a, b))]
        plain = not sa.entry and not sb.entry and not (so.entry and so.entry.open())
        adds_up = place.rule == "counter" and plain and not sa.same(so) and not sb.same(so) and counter(place, o, a, b)
        if sa.same(sb) and not adds_up:
            return self.take(path, [sa, sb])
        if sb.same(so):
            return self.take(path, [sa])
        if sa.same(so):
            return self.take(path, [sb])
        if not plain:
            return self.proposals(place, path, so, sa, sb)
        if place.rule in RULES:
            result = RULES[place.rule](place, o, a, b)
            if result:
                self.decisions.append(Decision(path, place.rule, o, result[0], [Proposal(a, ORIGIN["a"]), Proposal(b, ORIGIN["b"])]))
                return result[0]
        if place.rule == "prose" and all(isinstance(v, str) for v in (o, a, b)):
            return self.prose(path, o, a, b)
        if place.list == "sequence" and all(isinstance(v, list) for v in (o, a, b)):
            result = self.sequence(path, o, a, b)
            if result is not None:
                return result
        rule = "conflict" if place.rule == "prose" else place.rule
        both = [Proposal(v, ORIGIN[s], round=int(v is not MISSING and same(v, o))) for s, v in (("a", a), ("b", b))]
        e = Entry(path, "dur", rule, o, both)
        self.entries.append(e)
        return e.shown()

    def whole(self, place, path, o, a, b):
        """Several differences about one value: only where one side changed anything is there one answer."""
        for one, v, other, w in (("a", a, "b", b), ("b", b, "a", a)):
            if self.unchanged(other, path, o, w):
                self.entries += self.below(one, path)
                if self.unchanged(one, path, o, v):
                    self.unclear.add(path)  # which of equal origins is the smaller, entry by entry
                return v
        self.unclear.add(path)
        return a if a is not MISSING else b

    def take(self, path, states):
        """One side's state as it is; two equal ones: proposals by the smaller commit."""
        e = states[0].entry
        if e:
            joined = Entry(e.champ, e.degre, e.regle, e.base, [p for s in states for p in s.entry.proposals.values()],
                           E.origin_first(states[0].entry.settled, states[-1].entry.settled))
            self.entries.append(joined)
        return states[0].value

    def by_presence(self, path, read):
        """a_relire: kept unless one side ended what the base had; flagged anew on both sides, all that either flagged."""
        o, a, b = (read[s][0] if read[s] else None for s in "oab")
        new = [e for e in (a, b) if e and not (o and e.same_state(o))]
        kept = new or ([a, b] if a and b else [])
        if not kept or any(f.champ == path and f.klass() == "read" for f in self.entries):
            return
        if not same(kept[0].base, kept[-1].base):
            self.unclear.add(path)
        self.entries.append(Entry(path, "a_relire", kept[0].regle, kept[0].base, [p for f in kept for p in f.proposals.values()]))

    def proposals(self, place, path, so, sa, sb):
        """While a difference is open, the value of the field is its set of proposals: the base's that both sides still list,
        and those new on either side; a side without an open difference brings its value. (Without a difference the base
        lists its value, which its author may have corrected.)

        New is a value that the base does not list, and one that somebody chose since: who settles otherwise meanwhile has not
        seen that choice, whatever else he had seen, so the chosen value stands beside his, at once or merged in later. A side
        that ended the question chose the value it shows, whether it says so or not."""
        old, x, y = {p.name(): p for p in so.proposals(None)}, {p.name(): p for p in sa.proposals(ORIGIN["a"])}, {p.name(): p for p in sb.proposals(ORIGIN["b"])}
        e = Entry(path, "dur", next(s.entry.regle for s in (sa, sb, so) if s.entry), MISSING)
        for s, mine, other in ((sa, x, y), (sb, y, x)):
            ended = not (s.entry and s.entry.open())
            for name, p in mine.items():
                chosen = name in old and p.round != old[name].round
                asked = so.entry and so.entry.open()
                if ended and asked and not chosen and (name in old or not s.entry and same(p.value, so.entry.base)):
                    p = Proposal(p.value, p.origin, round=so.entry.next_round())
                if name in other or name not in old or ended or chosen:
                    e.propose(p)
        for p in [*x.values(), *y.values()]:
            if p.name() in e.proposals:
                e.propose(p)
        if not e.proposals:  # each took out what the other kept: nothing goes
            for p in list(x.values()) + list(y.values()):
                e.propose(p)

        def base(s):
            return so.value if s is so and not s.entry else s.entry.base if s.entry else base(so) if s is not so else MISSING
        bo, ba, bb = base(so), base(sa), base(sb)
        tie = [v for v in (ba, bb) if v is not MISSING]
        e.base = ba if same(ba, bb) or same(bb, bo) else bb if same(ba, bo) else min(tie, key=cle)
        if len(e.proposals) == 1:
            only = next(iter(e.proposals.values()))
            by = [s.entry.settled for s in (sa, sb) if s.entry and not s.entry.open()]
            settled = E.origin_first(by[0], by[-1]) if by else E.NOBODY
            only.round = max(only.round, 1)
            self.entries.append(Entry(path, "tranche", e.regle, only.value, [only], settled))
            return only.value
        self.entries.append(e)
        return e.shown()

    def prose(self, path, o, a, b):
        try:
            sentences, contests = prose.merge(o, a, b)
        except Unclear:
            self.unclear.add(path)
            return a
        for degre, base, x, y in contests:
            self.entries.append(Entry(path, degre, "prose", base, [Proposal(x, ORIGIN["a"]), Proposal(y, ORIGIN["b"])]))
        self.folded.add(path)
        return Folded(sentences)

    def sequence(self, path, o, a, b):
        """diff3 by element; None: the edits overlap."""
        try:
            items = [[canon(v) for v in side] for side in (o, a, b)]
            values = {canon(v): v for side in (o, a, b) for v in side}
            ha, hb = prose.hunks(items[0], items[1]), prose.hunks(items[0], items[2])
        except Unclear:
            self.unclear.add(path)
            return a
        every = sorted({(h[0], h[1], tuple(h[2])) for h in ha + hb})
        for h, k in zip(every, every[1:]):
            if k[0] < h[1] or h[:2] == k[:2]:
                return None
        out, at = [], 0
        for o0, o1, new in every:
            out += items[0][at:o0] + list(new)
            at = o1
        return [values[k] for k in out + items[0][at:]]

    # --- collections ---

    @staticmethod
    def emptied(empty, o, a, b):
        """A collection that came out empty: is it there, empty, or gone? As any value: three-way."""
        there = [v is not MISSING for v in (o, a, b)]
        return empty if (there[1] if there[2] == there[0] else there[2]) else MISSING

    def map(self, place, path, o, a, b):
        sides = [v if v is not MISSING else {} for v in (o, a, b)]
        keys = list(dict.fromkeys([k for v in sides for k in v] + self.left_out(path)))
        out = {}
        for k in keys:
            v = self.merge(place.child(k), path + "/" + k if path else k, *(s.get(k, MISSING) for s in sides))
            if v is not MISSING:
                out[k] = v
        self.read_entries(path)
        self.groups(place, path, o is not MISSING, sides, out)
        return out if out else self.emptied({}, o, a, b)

    def left_out(self, path):
        """Keys that a side settled on doing without, whether another has them or not."""
        return [e.champ.rpartition("/")[2] for s in "oab" for e in self.d[s] if e.about_absence() and e.champ.rpartition("/")[0] == path]

    def read_entries(self, path):
        read = {s: self.at(s, path, "read") for s in "oab"}
        self.by_presence(path, read)

    def groups(self, place, path, based, sides, out):
        """Fields that make sense together: flagged when each side changed one that the other left alone."""
        o, a, b = sides
        for group in place.groups if based else []:
            touched = {m: (not same(a.get(m, MISSING), o.get(m, MISSING)), not same(b.get(m, MISSING), o.get(m, MISSING)))
                       for m in group}
            if (True, False) not in touched.values() or (False, True) not in touched.values():
                continue
            for m in group:
                if any(touched[m]) and m in out:
                    wanted = [Proposal(side[m] if m in side else MISSING, ORIGIN[name])
                              for side, name, did in ((a, "a", touched[m][0]), (b, "b", touched[m][1])) if did]
                    self.flag(place.child(m), path + "/" + m if path else m, o.get(m, MISSING), wanted)

    def flag(self, place, champ, base, wanted):
        """Unless people are asked about this field anyway."""
        if not any(f.champ == champ and f.open() for f in self.entries):
            self.entries.append(Entry(champ, "a_relire", place.rule, base, wanted))

    @staticmethod
    def item_key(place, item):
        if not isinstance(item, dict) or isinstance(item.get(place.key, []), (list, dict, type(None))):
            return None
        return item[place.key] if isinstance(item[place.key], str) else canon(item[place.key])

    def keyed(self, place, items):
        keys = [self.item_key(place, i) for i in items]
        return None not in keys and len(set(keys)) == len(keys)

    def list_map(self, place, path, o, a, b):
        def by_key(items):
            return {self.item_key(place, i): i for i in items or []}
        union = place.rule == "union" and not any(self.unchanged(s, path, o, v, "read") for s, v in (("a", a), ("b", b)))
        so, sa, sb = by_key(o), by_key(a), by_key(b)
        out = {}
        for k in list(dict.fromkeys(list(so) + list(sa) + list(sb))):
            v = self.item(place, path + "/" + k, union, *(s.get(k, MISSING) for s in (so, sa, sb)))
            if v is not MISSING:
                out[k] = v
        self.read_entries(path)
        if not out:
            return self.emptied([], o, a, b)
        order = ordered(set(out), list(so), list(sa), list(sb))
        if order is None:
            self.unordered.add(path)
        return [out[k] for k in order or out]

    def item(self, place, path, union, o, a, b):
        here = {s: self.at(s, path, "presence") for s in "oab"}
        if a is not MISSING and b is not MISSING or o is MISSING:
            v = self.merge(place.item(), path, o, a, b)
            self.presence(path, here)
            return v
        if a is MISSING and b is MISSING:
            return MISSING
        side, v = ("a", a) if b is MISSING else ("b", b)
        edited = self.edited(side, path, o, v)
        if not edited and not union:
            return MISSING
        self.entries += [e for e in self.below(side, path) if not (e.champ == path and e.klass() == "presence")]
        if edited and not union:
            gone = ORIGIN["b" if side == "a" else "a"]
            e = Entry(path, "dur", "conflict", MISSING, [Proposal(MISSING, gone), Proposal(MISSING, ORIGIN[side], True)])
            for f in here[side]:
                for p in f.proposals.values():
                    e.propose(p)
            self.entries.append(e)
        else:
            self.entries += here[side]
        return v

    def presence(self, path, here):
        """Removed here, kept there: over when one side ended it."""
        x, y = here["a"], here["b"]
        if x and y or (x or y) and not here["o"]:
            self.entries.append(Entry(path, "dur", "conflict", MISSING, [p for e in x + y for p in e.proposals.values()]))

    def set(self, place, path, o, a, b):
        """base - removals + additions; with union nothing goes that one side still has."""
        if same(a, o) or same(b, o) or same(a, b):
            self.read_entries(path)
            return b if same(a, o) else a
        names = [[canon(v) for v in side or []] for side in (o, a, b)]
        values = {canon(v): v for side in (o, a, b) for v in side or []}
        so, sa, sb = map(set, names)
        if place.rule == "union":
            keep = sa | sb
        else:
            keep = (so & sa & sb) | ((sa | sb) - so)
        self.read_entries(path)
        if not keep:
            return self.emptied([], o, a, b)
        unique = [list(dict.fromkeys(side)) for side in names]
        order = ordered(keep, *unique)
        if order is None or len({type(v) for v in values.values()}) > 1:  # a number against a text: sorted how?
            self.unordered.add(path)
        return [values[k] for k in order or sorted(keep)]


class Folded(str):
    """A text of which only the sentences count."""

    def __new__(cls, sentences):
        return super().__new__(cls, " ".join(sentences))


def untouched(entries, side):
    return [e.data() for e in entries[side]] == [e.data() for e in entries["o"]]


def merge(schema, o, a, b, do, da, db, retouched=""):
    """retouched: the sides whose text changed, whatever their data say: a commented record is no untouched one."""
    place = Place(schema)
    raw = {"o": do, "a": da, "b": db}
    d = {s: normalise(place, v, E.read(raw[s]), lambda champ, s=s: ORIGIN[s]) for s, v in (("o", o), ("a", a), ("b", b))}
    m = Merge(schema, d)
    result = Merged()
    record = {s: [e for e in d[s] if e.champ == "@record"] for s in "oab"}
    if a is MISSING and b is MISSING:
        result.record = MISSING
    elif any(s not in retouched and same(v, o) and untouched(d, s) for s, v in (("a", a), ("b", b))):
        side = "a" if "b" not in retouched and same(b, o) and untouched(d, "b") else "b"
        result.record, m.entries = a if side == "a" else b, d[side]
    elif (a is MISSING or b is MISSING) and o is not MISSING:
        side, v = ("a", a) if b is MISSING else ("b", b)
        if side in retouched or m.edited(side, "", o, v, "@record"):
            result.record = v
            m.entries = [e for e in d[side] if e.champ != "@record"]
            gone = ORIGIN["b" if side == "a" else "a"]
            e = Entry("@record", "dur", "conflict", MISSING, [Proposal(MISSING, gone), Proposal(MISSING, ORIGIN[side], True)])
            for f in record[side]:
                for p in f.proposals.values():
                    e.propose(p)
            m.entries.append(e)
        else:
            result.record = MISSING
    else:
        result.record = m.merge(place, "", o, a, b)
        m.presence("@record", record)
    m.entries = normalise(place, result.record, m.entries)
    result.entries, result.decisions, result.unclear, result.unordered = m.entries, m.decisions, m.unclear, m.unordered
    result.folded = m.folded
    return result
