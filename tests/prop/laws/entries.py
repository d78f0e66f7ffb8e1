"""entries.py -- a record's differences as data, and what every reader does to them first (DESIGN 5 and 6)."""
import re

from prose import fold, sentences, words_combined, Unclear
from values import MISSING, canon, cle, same


class Proposal:
    """A value that somebody wants; MISSING: wants it gone; present: wants the record or item kept. round: how often people had
    chosen in this question when it was written (0), or was chosen itself."""

    def __init__(self, value, origin, present=False, round=0):
        self.value, self.origin, self.present, self.round = value, origin, present, round

    def name(self):
        """What it is compared by."""
        return "present" if self.present else "absent" if self.value is MISSING else "=" + canon(self.value)

    def key(self):
        return cle("present" if self.present else "absent" if self.value is MISSING else self.value)


def origin_first(x, y):
    """Of two commits the smaller one; none comes last."""
    return min(x, y, key=lambda by: [(part is None, part or "") for part in (by[2], by[1], by[0])])


NOBODY = (None, None, None)


class Entry:
    def __init__(self, champ, degre, regle, base, proposals=(), settled=NOBODY):
        self.champ, self.degre, self.regle, self.base, self.settled = champ, degre, regle, base, settled
        self.proposals = {}
        for p in proposals:
            self.propose(p)
        if degre == "tranche" and base is MISSING:
            self.base = self.first()

    def about_absence(self):
        """Settled on doing without the field."""
        return self.degre == "tranche" and self.names() == {"absent"}

    def propose(self, p):
        """Proposals are compared by value; of duplicates the smaller commit is kept, and the latest choice."""
        old = self.proposals.get(p.name())
        self.proposals[p.name()] = Proposal(p.value, origin_first(old.origin, p.origin), p.present, max(old.round, p.round)) if old else p

    def names(self):
        return frozenset(self.proposals)

    def rounds(self):
        return frozenset((name, p.round) for name, p in self.proposals.items())

    def next_round(self):
        """Of what is chosen against all that is listed here."""
        return 1 + max(p.round for p in self.proposals.values())

    def first(self):
        """The value with the smallest hash."""
        values = [p for p in self.proposals.values() if p.value is not MISSING]
        return min(values, key=Proposal.key).value if values else MISSING

    def shown(self):
        return self.first() if self.base is MISSING else self.base

    def open(self):
        return self.degre != "tranche"

    def klass(self):
        if self.champ == "@record" or any(p.present for p in self.proposals.values()):
            return "presence"
        texts = all(isinstance(p.value, str) or p.value is MISSING for p in self.proposals.values())
        if self.regle == "prose" and self.open() and texts and (self.base is MISSING or isinstance(self.base, str)):
            return "sentence"
        return "read" if self.degre == "a_relire" else "value"

    def same_state(self, other):
        return (self.degre == other.degre and same(self.base, other.base) and self.rounds() == other.rounds())

    def about(self):
        """Entries with the same words here are about one thing."""
        if self.klass() == "sentence":
            return (self.champ, "sentence", self.base is MISSING, fold(self.base or ""))
        return (self.champ, self.klass())

    def data(self):
        """Comparable with what a sidecar says."""
        return (self.champ, self.degre, canon(self.base) if self.base is not MISSING else None,
                tuple(sorted((p.name(), p.round, p.origin) for p in self.proposals.values())))


def read(sidecar):
    out = []
    for d in (sidecar or {}).get("differences", []):
        by = (d.get("par"), d.get("date"), d.get("commit"))
        base = d.get("base", MISSING)
        listed = [proposal(p, base, d["degre"] == "tranche") for p in d["propositions"]]
        out.append(Entry(d["champ"], d["degre"], d.get("regle", "conflict"), base, listed, by))
    return out


def proposal(p, base, settled):
    """As written; one that is shown as the base was chosen once, if it does not say otherwise; so was being absent."""
    value = p.get("valeur", MISSING)
    chosen = same(value, base) and (settled or value is not MISSING)
    return Proposal(value, (p.get("par"), p.get("date"), p.get("commit")), "present" in p, p.get("tour", 1 if chosen else 0))


def find(place, value, path):
    """(place, value) of a field path; keys may hold a '/': the longest that fits wins."""
    if path == "":
        return place, value
    if isinstance(value, dict):
        parts = [(k, place.child(k), v) for k, v in value.items()]
    elif isinstance(value, list) and place.list == "map":
        parts = [(str(v[place.key]), place.item(), v) for v in value if isinstance(v, dict) and place.key in v]
    else:
        return place, MISSING
    for k, below, v in sorted(parts, key=lambda p: -len(p[0])):
        if path == k or path.startswith(k + "/"):
            found = find(below, v, path[len(k) + 1:])
            if found[1] is not MISSING:
                return found
    return place, MISSING


def sentence_shown(entry):
    """The sentence that stands in the text for this entry: the base, or (a_relire) the edits combined."""
    if entry.degre == "dur" or entry.base is MISSING:
        return entry.base
    texts = [p.value or "" for p in entry.proposals.values()]
    if len(texts) == 1:
        return texts[0]
    if len(texts) > 2 or any(len(sentences(text)) > 1 or "\n\n" in text for text in texts + [entry.base]):
        raise Unclear("more than two edits, or of more than one sentence")
    combined = words_combined(fold(entry.base), *map(fold, texts))
    return MISSING if combined is None else combined


def shows(text, sentence):
    wanted = sentences(sentence)
    if not wanted:
        return False
    there = sentences(text)
    return any(there[i:i + len(wanted)] == wanted for i in range(len(there)))


def settled_now(e, value, settler):
    chosen = Proposal(value, settler)
    chosen.origin = e.proposals.get(chosen.name(), chosen).origin
    chosen.round = e.next_round()
    return Entry(e.champ, "tranche", e.regle, value, [chosen], settler)


def normalised_one(place, record, e, settler):
    """The entry as it stands against its record; None: it is over."""
    if record is MISSING:
        return None
    if e.champ == "@record":
        return e
    where, value = find(place, record, e.champ)
    if value is MISSING:
        # taken out of a mapping that is there: that is a choice as well
        whole = find(place, record, e.champ.rpartition("/")[0])[1]
        if e.klass() != "value" or not isinstance(whole, dict) or e.open() and e.shown() is MISSING:
            return None
        return settled_now(e, value, settler) if e.open() else e if e.about_absence() else None
    if e.klass() == "presence":
        return e
    if e.klass() == "sentence":
        if e.base is MISSING:
            return e if isinstance(value, str) else None
        shown = sentence_shown(e)
        return e if isinstance(value, str) and shown is not MISSING and shows(value, shown) else None
    if e.klass() == "read":
        only = [p.value for p in e.proposals.values()]
        return e if len(only) > 1 or same(only[0], value) else None  # of several, combined, nobody can tell
    if same(value, e.shown()):
        return e
    if e.degre == "tranche":
        return None
    return settled_now(e, value, settler)


def normalise(place, record, entries, settler=lambda champ: NOBODY):
    """A difference whose field does not show its displayed value was settled by hand; one whose field is gone, is over;
    `dur` absorbs `a_relire` on one field."""
    out = {}
    for e in entries:
        e = normalised_one(place, record, e, settler(e.champ))
        if not e:
            continue
        if e.about() in out:
            raise Unclear("two entries about one thing")
        out[e.about()] = e
    contested = {e.champ for e in out.values() if e.degre == "dur" and e.klass() == "value"}
    return [e for e in out.values() if not (e.klass() == "read" and e.champ in contested)]
