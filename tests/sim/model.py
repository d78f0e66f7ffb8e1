"""What must hold of a history, written from DESIGN sections 5 to 7 and not from the program.

The model merges nothing. It knows who had seen what: every write is an event with its causal past, a set of events kept as bits
of an integer. When all sites have exchanged, it looks at the one state they agree on and asks:

  lost        a value that nobody overwrote who had seen it is the field's value, or an open or settled proposal
  stale       a value that everybody's last writer had seen and replaced is neither the field's value nor proposed: settled
              differences do not return, corrections are corrections
  presence    a record or item that somebody edited without having seen its removal is there; one whose every edit the remover had
              seen is not, until it is brought back
  exact       counters are sums, sets are base - removals + additions, unions hold all that was added
  prose       a sentence that nobody replaced who had seen it is in the text or in a proposal
  form        no open difference with a single proposal, no sidecar without its record, proposals name commits that hold them
  machine     all heads equal after few rounds and merges, every machine merge verifies

What the rules leave open is not judged: a value put back to what it was is no change (a three-way merge cannot see it), what a
removed record held may go with it, and proposals are compared by value, so who settled against "a" settled against everybody's.
"""
import json

SCALARS = ("titre", "lieu")
RULED = ("etat", "visibilite", "debut", "fin")
ITEM_FIELDS = ("texte", "note")
NONE = "absent"  # no JSON text is this


def key(v):
    return json.dumps(v, sort_keys=True, ensure_ascii=False)


class Event:
    __slots__ = ("bit", "past", "value", "firm")

    def __init__(self, bit, past, value, firm):
        self.bit, self.past, self.value, self.firm = bit, past, value, firm


class Model:
    def __init__(self, start):
        """start: the first record, as data; e1 and e2 begin like it, e3 does not exist."""
        self.n = 0
        self.count = 1  # bit 0: the first state
        self.start = start
        self.writes = {}     # (record, path) -> [Event]: scalars
        self.edits = {}      # record or (record, item) -> [Event]: any edit below; firm: it changed something for good
        self.removals = {}   # record or (record, item) -> [Event]
        self.elements = {}   # (record, list, element) -> ([added], [removed])
        self.bumps = {}      # (record, path) -> sum
        self.sentences = {}  # (record, path, text) -> ([written], [removed])
        self.touched = set() # records that a person's plain git merge, a deletion or a revival went over: no exact sums there
        self.forgotten = {}  # (record, path) -> values kept by deleting the entry of a difference
        self.put_back = set()  # fields set by plain git to what they had been: beside a sidecar that nobody touched it looks as open as it was
        self.plainly_removed = set() # records removed by plain git, which leaves their sidecar
        self.problems = []

    # --- causality ---------------------------------------------------------------------------------------------------

    def event(self, past, value=None, firm=True):
        e = Event(1 << self.count, past, value, firm)
        self.count += 1
        return e

    def begin(self, n):
        self.n = n
        self.seen = [1] * n
        self.opened = [1] * n
        self.hub = 1

    def exchange(self, verb, i, j):
        s = self.seen
        if verb == "sync":
            self.hub = s[i] = self.hub | s[i]
        elif verb == "race":
            s[j] |= self.hub
            self.hub = s[i] = self.hub | s[i] | s[j]
        elif verb in ("pull", "merge"):
            s[i] |= s[j]
        elif verb == "swap":
            s[i] = s[j] = s[i] | s[j]

    # --- steps -------------------------------------------------------------------------------------------------------

    def step(self, line, answer):
        words = line.split(" ")
        if words[0] == "sites":
            self.begin(max(2, min(6, int(words[1]))))
            return
        if "error" in answer:
            self.problems.append(f"error: {line}: {answer['error']}")
            return
        if answer.get("noop"):
            return
        if line == "all lockstep":
            self.seen = [self.union()] * self.n
            return
        if words[0] == "converge":
            self.converged(words[1], answer)
            return
        if words[0] in ("show", "verify", "order"):
            return
        i, words = ord(words[0]) - 65, words[1:]
        by = words.pop(0) if words[0] in ("git", "old") else ""
        verb = words[0]
        if verb == "open":
            self.opened[i] = self.seen[i]
        elif verb in ("sync", "race", "pull", "swap", "merge"):
            self.exchange(verb, i, ord(words[1]) - 65 if len(words) > 1 else 0)
            if "state" in answer:
                self.hand_merge(i, answer["state"])
        elif verb in ("resolve", "choose", "pick", "forget"):
            self.settle(i, verb, answer)
        else:
            self.edit(i, by, verb, words, answer)

    def union(self):
        all_ = self.hub
        for s in self.seen:
            all_ |= s
        return all_

    def note(self, i, e, record, path="", firm=True):
        """The event e is an edit of the record, and of the item that the path goes through."""
        self.seen[i] |= e.bit
        self.edits.setdefault(record, []).append(Event(e.bit, e.past, (path, e.value), firm))
        parts = path.split("/")
        if len(parts) > 1:
            self.edits.setdefault((record, parts[1]), []).append(Event(e.bit, e.past, (path, e.value), firm))

    def first(self, record, path):
        """The value that a field had before anybody wrote."""
        if record == "e3":
            return NONE
        v = self.start
        for part in path.split("/"):
            if isinstance(v, list):
                v = next((x for x in v if x["id"] == part), None)
            else:
                v = v.get(part) if isinstance(v, dict) else None
        return NONE if v is None else key(v)

    def written(self, record, path):
        if (record, path) not in self.writes:
            self.writes[record, path] = [Event(1, 0, self.first(record, path), False)]
        return self.writes[record, path]

    def edit(self, i, by, verb, words, answer):
        record = words[1]
        past = self.opened[i] if by == "old" else self.seen[i]
        if verb == "delete":
            e = self.event(past)
            self.removals.setdefault(record, []).append(e)
            self.seen[i] |= e.bit
            self.touched.add(record)
            if by == "git":
                self.plainly_removed.add(record)
        elif verb == "revive":
            e = self.event(past, key(" ".join(words[2:])))
            self.touched.add(record)
            self.written(record, "titre").append(e)
            self.note(i, e, record)
            for item in self.start["conditions"]:
                self.edits.setdefault((record, item["id"]), []).append(Event(e.bit, past, None, False))
        elif verb in ("put", "take"):
            added, removed = self.elements.setdefault((record, words[2], " ".join(words[3:])), ([], []))
            if "settles" in answer:
                return self.settle_list(i, record, words[2], answer)
            e = self.event(past)
            (added if verb == "put" else removed).append(e)
            self.note(i, e, record, " ".join(words[2:] + [verb]))
        elif verb == "bump":
            e = self.event(past)
            self.bumps[record, words[2]] = self.bumps.get((record, words[2]), 0) + int(words[3])
            self.note(i, e, record)
        elif verb in ("phrase", "after"):
            e = self.event(past)
            text = " ".join(words[4:])
            if text != "-":
                self.sentences.setdefault((record, words[2], text), ([], []))[0].append(e)
            if "was" in answer or answer.get("against"):
                for gone in [answer.get("was")] * ("was" in answer) + [one for t in answer.get("against", []) if isinstance(t, str) for one in split(t)]:
                    self.sentences.setdefault((record, words[2], gone), ([], []))[1].append(e)
            self.note(i, e, record, f"{words[2]} {answer.get('was')} {text}", not (text == "-" and self.take_back_unseen(i, record, words[2], answer)))
        elif verb == "unset" and words[2].count("/") == 1:
            e = self.event(past)
            item = words[2].split("/")[1]
            self.removals.setdefault((record, item), []).append(e)
            self.note(i, e, record, words[2].replace("/", " "), any(x["id"] == item for x in self.start["conditions"]))
        else:
            value = key(" ".join(words[3:])) if verb == "set" else NONE
            if by == "git" and any(w.value == value and w.bit & past for w in self.written(record, words[2])):
                self.put_back.add((record, words[2]))
            self.write(i, past, record, words[2], value)

    def write(self, i, past, record, path, value, settles=False):
        before = self.written(record, path)
        # a value put back to what it was once is no change that a merge could see, unless it settled something
        firm = settles or all(w.value != value or not w.bit & past for w in before)
        e = self.event(past, value, firm)
        before.append(e)
        # a rule may have decided for the other value; keeping what is shown changes nothing in the record
        self.note(i, e, record, path, firm and path not in RULED and not any(w.value == value for w in before[:-1]))

    def settle(self, i, verb, answer):
        record, path, what = answer["id"], answer["champ"], answer["class"]
        past = self.seen[i]
        if what == "presence":
            whole = path == "@record"
            place = record if whole else (record, path.split("/")[1])
            e = self.event(past)
            if answer.get("gone"):
                self.removals.setdefault(place, []).append(e)
                if whole:
                    self.touched.add(record)
            else:  # that it stays leaves no trace for a remover who never saw the question
                self.edits.setdefault(place, []).append(Event(e.bit, past, None, False))
            self.seen[i] |= e.bit
            self.edits.setdefault(record, []).append(Event(e.bit, past, None, not whole))
        elif what == "sentence":
            e = self.event(past)
            against = {one for text in answer["against"] + [answer.get("shown")] if isinstance(text, str) for one in split(text)}
            against -= set(split(answer.get("v") or ""))
            for one in against:
                self.sentences.setdefault((record, path, one), ([], []))[1].append(e)
            self.take_back(record, e, lambda value: value.startswith(path + " ") and any(value.endswith(" " + one) for one in against))
            self.note(i, e, record, firm=False)  # whoever wrote the chosen sentence edited the record
        elif what == "value":
            if path in ("etapes", "themes", "merci"):
                return self.settle_list(i, record, path, answer)
            if verb == "forget":  # keeps what is shown; nothing is left for a late proposal to find
                e = self.event(past, key(answer["shown"]) if "shown" in answer else NONE, False)
                self.forgotten.setdefault((record, path), set()).add(e.value)  # as good as chosen, for who merges; it may be back
                self.written(record, path).append(e)
                self.note(i, e, record, path, False)
            else:
                self.write(i, past, record, path, key(answer["v"]) if "v" in answer else NONE, settles=True)

    def take_back(self, record, e, undone):
        """Edits that were seen and decided against: a merge cannot see them any more."""
        for w in self.edits.get(record, []):
            if w.bit & e.past and w.value and undone(w.value[0]):
                w.firm = False

    def take_back_unseen(self, i, record, path, answer):
        """Takes a sentence out that the site had added, and that nobody else has seen: both are as if they had not been."""
        others = self.hub
        for j, s in enumerate(self.seen):
            others |= s if j != i else 0
        mine = [w for w in self.edits.get(record, []) if w.value and w.value[0] == f"{path} None {answer.get('was')}" and not w.bit & others]
        for w in mine:
            w.firm = False
        return bool(mine)

    def settle_list(self, i, record, path, answer):
        """A list that did not merge is settled as one value: what the chosen one does not hold is taken out."""
        kept = answer.get("v", answer.get("shown")) or []
        e = self.event(self.seen[i])
        for element in self.start[path]:
            self.elements.setdefault((record, path, element), ([], []))
        for (r, p, element), (added, removed) in self.elements.items():
            if (r, p) == (record, path):
                (added if element in kept else removed).append(e)
        def undone(value):
            field, *element, verb = value.split(" ")
            return field == path and (" ".join(element) in kept) != (verb == "put")
        self.take_back(record, e, lambda value: " " in value and undone(value))
        self.note(i, e, record, "", kept != answer.get("shown"))  # keeping what is shown changes nothing in the record

    def hand_merge(self, i, state):
        """A person merged by plain git: what the result does not hold, they decided against, having seen both sides."""
        past = self.seen[i]
        e = self.event(past)
        self.seen[i] |= e.bit
        for edits in self.edits.values():
            for w in edits:  # he may have taken the other side's whole file
                w.firm = w.firm and not w.bit & past
        for record in ("e1", "e2", "e3"):
            held = state["records"][record]
            self.touched.add(record)
            if "val" not in held:
                self.plainly_removed.add(record)
                if any(w.bit & past for w in self.edits.get(record, [])) or record != "e3":
                    self.removals.setdefault(record, []).append(e)
                continue
            self.edits.setdefault(record, []).append(Event(e.bit, past, None, False))
            for (r, path), events in list(self.writes.items()):
                if r != record:
                    continue
                value, listed = look(held, path)
                stands = listed if self.open_at(held, path) else listed | {value}
                before = [w for w in events if w.bit & past]
                for v in stands:  # whatever came of it before, it is there again
                    if any(w.value == v for w in before):
                        events.append(Event(e.bit, 0, v, False))
                dropped = 0
                for w in before:
                    if w.value not in stands:
                        dropped |= w.bit
                if dropped:
                    events.append(Event(e.bit, dropped, value, False))
            for place, events in list(self.edits.items()):
                if isinstance(place, tuple) and place[0] == record and any(w.bit & past for w in events):
                    self.edits[place].append(Event(e.bit, past, None, False))
                    if not any(x.get("id") == place[1] for x in held["val"].get("conditions", [])):
                        self.removals.setdefault(place, []).append(Event(e.bit, past | e.bit, None, True))
            for place in list(self.removals):
                if isinstance(place, tuple) and place[0] == record and place not in self.edits:
                    self.edits[place] = [Event(e.bit, past, None, False)]

    # --- the end -----------------------------------------------------------------------------------------------------

    def converged(self, how, answer):
        self.seen = [self.union()] * self.n
        if not answer["agreed"]:
            self.problems.append("machine: the sites do not agree after %d rounds" % answer["rounds"])
        most = {"hub": 3, "lockstep": 4 if self.n <= 3 else self.n + 1, "swap": 4}[how]
        if answer["rounds"] > most:
            self.problems.append("machine: %d rounds by %s, at most %d expected" % (answer["rounds"], how, most))
        merges = {"hub": self.n, "lockstep": self.n * (self.n - 1) * 3, "swap": 2 * self.n}[how]
        if answer["merges"] > merges:
            self.problems.append("machine: %d merges by %s, at most %d expected" % (answer["merges"], how, merges))

    def verified(self, answer):
        for why in answer.get("bad", ["error: " + str(answer.get("error"))]):
            self.problems.append("machine: a merge does not verify: " + why)

    def judge(self, state):
        if "records" not in state:
            self.problems.append("error: " + str(state))
            return self.problems
        for record, held in state["records"].items():
            if not self.present(record, record, "val" in held, held):
                continue
            self.form(record, held)
            if "val" not in held:
                continue
            for item in {p[1] for p in list(self.edits) + list(self.removals) if isinstance(p, tuple) and p[0] == record}:
                there = any(x.get("id") == item for x in held["val"].get("conditions", []))
                self.present(record, (record, item), there, held)
            for (r, path) in self.writes:
                if r == record:
                    self.scalar(record, path, held)
            self.lists(record, held)
            self.prose(record, held)
        return self.problems

    def say(self, what, *args):
        self.problems.append(what % args)

    @staticmethod
    def unsettled_order(held):
        """In which order sites merged may show in what is asked about a sequence or a text: to the remover's site that looks like an
        edit that it had not seen, and the record or item is asked about as well."""
        return any(d["champ"] in ("etapes", "texte") and d["degre"] == "dur" for d in held["diffs"])

    def present(self, record, place, there, held):
        """False: nothing more to ask about it."""
        edits, removals = self.edits.get(place, []), self.removals.get(place, [])
        above = self.removals.get(record, []) if place != record else []
        name = place if isinstance(place, str) else "/".join(place)
        gone = [{w.value for w in edits if w.bit & d.past} for d in removals + above]
        alive = [w for w in edits if w.firm and not any(w.bit & d.past for d in removals + above)
                 and not (w.value and w.value[0] and any(w.value in g for g in gone))
                 and not (w.value and any(w.bit & o.past for o in self.writes.get((record, w.value[0]), [])))
                 and not (place == record and w.value and self.gone_over(record, w.value[0], w))]
        if alive and not there:
            self.say("presence: %s was edited by somebody who had not seen its removal, and is gone", name)
        # who removed the whole once more, after it had come back, answered that: what he took out of it before may come with it
        again = [d.past for d in above if any(x.bit & d.past for x in above)]
        sure = [d for d in removals if not any(d.bit & past for past in again)]
        if there and any(all(w.bit & d.past for w in edits) for d in sure) and not self.unsettled_order(held):
            self.say("presence: %s was removed by somebody who had seen every edit of it, and is back", name)
        first = record != "e3" and (place == record or any(x["id"] == place[1] for x in self.start["conditions"]))
        if first and not removals and not above and not there:
            self.say("presence: %s is gone and nobody removed it", name)
        return True

    def form(self, record, held):
        if held["sidecar"] and "val" not in held and record not in self.plainly_removed:
            self.say("form: a sidecar is left of %s, which is gone", record)
        for d in held["diffs"]:
            props = d["propositions"]
            if d["degre"] == "dur" and d["class"] != "read" and len(props) < 2:
                self.say("form: %s %s is open with a single proposal", record, d["champ"])
            if d["degre"] == "tranche" and len(props) != 1:
                self.say("form: %s %s is settled with %d proposals", record, d["champ"], len(props))
            for p in props:
                if "wrong" in p:
                    self.say("form: a proposal on %s %s %s", record, d["champ"], p["wrong"])

    def gone_over(self, record, path, w):
        """Somebody removed the record or item who had seen the write."""
        removals = self.removals.get(record, [])
        parts = path.split("/")
        if len(parts) > 1:
            removals = removals + self.removals.get((record, parts[1]), [])
        # a choice of what was there already is no edit that would keep the record from a removal
        again = any(x is not w and x.value == w.value for x in self.writes.get((record, path), []))
        return any(w.bit & d.past or (again and not d.bit & w.past) for d in removals)

    def scalar(self, record, path, held):
        events = self.writes[record, path]
        if path in RULED:
            self.ruled(record, path, held)
            return
        parts = path.split("/")
        if len(parts) > 1 and not any(x.get("id") == parts[1] for x in held["val"].get("conditions", [])):
            return
        value, listed = look(held, path)
        for w in events:
            beaten = any(w.bit & o.past for o in events)
            # The first value itself counts only while the question is open: who settles to it answers what others have not seen,
            # and must not lose in silence.
            seen = -1 if self.open_at(held, path) else ~1
            by_value = any(o.value != w.value and not o.bit & w.past
                           and any(x.bit & o.past & seen and x.value == w.value for x in events) for o in events)
            if w.firm and not beaten and not by_value and not self.gone_over(record, path, w):
                if w.value != value and w.value not in listed:
                    self.say("lost: %s %s: %s was written and not overwritten by anybody who had seen it", record, path, w.value)
        alive = {w.value for w in events if not any(w.bit & o.past for o in events)} | self.forgotten.get((record, path), set())
        if any(x.value == y.value and not x.bit & y.past and not y.bit & x.past and x is not y for x in events for y in events):
            return  # proposals are compared by value: that of two writers may be gone for one and stand for the other
        if any(path.startswith(d["champ"] + "/") and d["class"] == "value" for d in held["diffs"]):
            return  # the whole is in question: what is inside came with it
        if (record, path) in self.put_back or record in self.removals or (len(parts) > 1 and (record, parts[1]) in self.removals) or record == "e3":
            return  # what was removed may come back as it was
        for v in listed | ({value} if not self.open_at(held, path) else set()):
            if v not in alive:
                self.say("stale: %s %s: %s is back, though whoever wrote it last had been read and replaced", record, path, v)
        if len(alive) == 1 and not self.forgotten.get((record, path)) and self.open_at(held, path):
            self.say("stale: %s %s is open, and there is only one value left to stand for it", record, path)

    @staticmethod
    def open_at(held, path):
        return any(d["champ"] == path and d["class"] == "value" and d["degre"] == "dur" for d in held["diffs"])

    def ruled(self, record, path, held):
        """Rules that decide pick one of the values that were written."""
        value, listed = look(held, path)
        if value not in {w.value for w in self.writes[record, path]} and record not in self.touched:
            self.say("exact: %s %s is %s, which nobody wrote", record, path, value)

    def lists(self, record, held):
        for (r, path, element), (added, removed) in self.elements.items():
            if r != record or record in self.touched:
                continue
            there = element in held["val"].get(path, [])
            first = [Event(1, 0, None, True)] if element in self.start[path] else []
            adds = first + added
            sure = [w for w in adds if not any(not d.bit & w.past for d in removed)]
            dead = all(any(w.bit & d.past for d in removed) for w in adds)
            if sure and not there and element not in contested(held, path):
                self.say("exact: %s %s: %s was added and nobody removed it", record, path, element)
            if dead and there and path != "merci" and not contested(held, path).strip("[]"):
                self.say("exact: %s %s: %s was removed by whoever had seen it, and is there", record, path, element)
        for (r, path), total in self.bumps.items():
            if r == record and record not in self.touched and held["val"].get(path) != self.start[path] + total:
                self.say("exact: %s %s is %s, and was counted to %s", record, path, held["val"].get(path), self.start[path] + total)

    def prose(self, record, held):
        for (r, path, text), (written, removed) in self.sentences.items():
            if r != record or record in self.touched:
                continue
            alive = [w for w in written if not any(w.bit & d.past for d in removed)]
            if alive and text not in held["val"].get(path, "") and text not in contested(held, path):
                self.say("prose: %s %s: %s was written and nobody replaced it", record, path, text)


def split(text):
    return [s.strip() + "." for s in text.replace("\n", " ").split(".") if s.strip()]


def below(v, path):
    for part in path.split("/") if path else []:
        if isinstance(v, list):
            v = next((x for x in v if x.get("id") == part), None)
        else:
            v = v.get(part) if isinstance(v, dict) else None
    return NONE if v is None else key(v)


def look(held, path):
    """The field's value and what is proposed for it, or inside a whole that it is part of, open or settled, as keys."""
    listed = {below(p.get("v"), path[len(d["champ"]) + 1:]) for d in held["diffs"] if d["class"] == "value"
              and (path + "/").startswith(d["champ"] + "/") for p in d["propositions"]}
    return below(held["val"], path), listed


def contested(held, path):
    return json.dumps([d for d in held["diffs"] if d["champ"] == path], ensure_ascii=False)
