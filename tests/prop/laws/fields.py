"""fields.py -- kinds of fields: how each is declared, what it may hold, and how people edit it. Few different values, so that
two people often write the same one."""
import copy

WORDS = """élus agents habitants sigles marges journées ensemble quartier mairie atelier avant après garderie marché jardin bilan
réunion lieu calendrier voisins école parents récit budget trajet accord rôle parole méthode preuve doute essai suite lien visite
carte charte écoute relais étape""".split()
FIRST = ["Les", "Des", "Chaque", "Un", "À", "Pour", "Sans", "Deux", "Ici", "Plus"]
ENDS = [".", ".", ".", ".", " !", "\u00a0?", "…"]
LEVELS = ["prive", "collectif", "reseau", "public"]
STATES = ["brouillon", "propose", "valide", "partage"]
OUT = ["efface", "retire"]


def sentence(r):
    return " ".join([r.choice(FIRST)] + [r.choice(WORDS) for _ in range(r.randint(2, 13))]) + r.choice(ENDS)


def pick_other(r, v, choices):
    return r.choice([c for c in choices if c != v] or choices)


class Field:
    schema = {}

    def declare(self, r):
        return self.schema

    def value(self, r):
        return r.choice(["élus", "agents", "habitants", "une garderie", "c'est-à-dire : non", "true", "1", "", "# x"])

    def edit(self, r, v):
        return pick_other(r, v, [self.value(r) for _ in range(3)])


class Title(Field):
    schema = {"type": "string"}


class Fixed(Field):
    schema = {"type": "string", "x-merge": "immutable"}


class Anything(Field):
    def value(self, r):
        return r.choice([None, True, False, 1, 2.5, "x", "", [], {}, [1, "a"], {"k": 1}, "oui", {"u": {"v": "w"}}, "2018-05-03"])


class Date(Field):
    def __init__(self, rule):
        self.schema = {"type": "string", "x-merge": rule}

    def value(self, r):
        return f"2018-0{r.randint(1, 9)}-01"


class Number(Field):
    def __init__(self, rule):
        self.schema = {"type": "number", "x-merge": rule}

    def value(self, r):
        return r.choice([0, 1, 2, 3, 9, 10, 11, 2.5, -4])

    def edit(self, r, v):
        return v + r.randint(1, 3) if self.schema["x-merge"] == "counter" and isinstance(v, int) else super().edit(r, v)


class Cautious(Field):
    schema = {"type": "string", "x-merge": "cautious", "x-order": LEVELS}

    def value(self, r):
        return r.choice(LEVELS) if r.random() < 0.95 else "inconnu"


class State(Field):
    schema = {"type": "string", "x-merge": "lifecycle", "x-order": STATES, "x-withdrawn": OUT}

    def value(self, r):
        return r.choice(STATES * 3 + OUT + ["autre"])


class Prose(Field):
    schema = {"type": "string", "x-merge": "prose"}

    def value(self, r):
        text = sentence(r)
        for _ in range(r.randint(0, 4)):
            text += r.choice([" ", " ", " ", "\n", "\n\n"]) + sentence(r)
        return text

    def edit(self, r, v):
        if not isinstance(v, str) or not v:
            return self.value(r)
        words = v.split(" ")
        at = r.randrange(len(words))
        how = r.randrange(9)
        if how == 0:  # wrapped anew
            return "".join("\n" if c == " " and r.random() < 0.15 else c for c in v)
        if how == 1:
            return r.choice([v + " " + sentence(r), sentence(r) + " " + v, v + "\n\n" + sentence(r)])
        if how in (2, 3, 4, 5):
            words[at] = words[at][:-1] + "x" if len(words[at]) > 2 and "\n" not in words[at] else words[at] + " vraiment"
        elif how == 6:
            words.insert(at, r.choice(["vraiment", "peut-être", "donc"]))
        elif how == 7 and len(words) > 3:
            del words[at]
        else:  # a sentence goes
            parts = v.split(". ")
            if len(parts) > 1:
                del parts[r.randrange(len(parts) - 1)]
                return ". ".join(parts)
            return v + " " + sentence(r)
        return " ".join(words)


class Set(Field):
    def __init__(self, objects=False, union=False):
        self.objects = objects
        self.schema = {"type": "array", "x-list-type": "set"}
        if union:
            self.schema["x-merge"] = "union"
        if objects:
            self.schema["items"] = {"type": "object"}

    def element(self, r):
        if self.objects:
            return {"acteur": f"act-{r.randint(1, 4)}", "role": r.choice(["redaction", "analyse"])}
        return "con-" + r.choice("abcdefgh")

    def value(self, r):
        out = []
        for _ in range(r.randint(0, 5)):
            e = self.element(r)
            if e not in out:
                out.append(e)
        return out

    def edit(self, r, v):
        v = list(v) if isinstance(v, list) else self.value(r)
        for _ in range(r.randint(1, 2)):
            how = r.randrange(8)
            if how < 4 or not v:
                e = self.element(r)
                if e not in v:
                    v.insert(r.randint(0, len(v)), e)
            elif how < 7:
                del v[r.randrange(len(v))]
            else:
                v.insert(r.randint(0, len(v)), v.pop(r.randrange(len(v))))
        return v


class Sequence(Set):
    def __init__(self, atomic=False):
        self.objects = False
        self.schema = {"type": "array"} if atomic else {"type": "array", "x-list-type": "sequence"}

    def edit(self, r, v):
        v = list(v) if isinstance(v, list) else self.value(r)
        if v and r.random() < 0.5:
            v[r.randrange(len(v))] = self.element(r)
        else:
            v.insert(r.randint(0, len(v)), self.element(r))
        return v


class AtomicMap(Field):
    schema = {"type": "object", "x-map-type": "atomic"}

    def value(self, r):
        return {"haut": r.randint(1, 3), "bas": r.randint(1, 3)}


class Dictionary(Field):
    schema = {"type": "object", "patternProperties": {"^v": {"type": "number", "x-merge": "max"}}, "additionalProperties": {"type": "string"}}

    def value(self, r):
        return {k: (r.randint(1, 9) if k[0] == "v" else "u" + k) for k in r.sample(["v1", "v2", "v/3", "x", "y", "z"], r.randint(0, 4))}

    def edit(self, r, v):
        v = dict(v) if isinstance(v, dict) else {}
        if v and r.random() < 0.3:
            del v[r.choice(list(v))]
        else:
            k = r.choice(["v1", "v2", "v/3", "x", "y", "z"])
            v[k] = r.randint(1, 9) if k[0] == "v" else r.choice(WORDS)
        return v


class Map(Field):
    """Fields of any kind below, and perhaps fields that make sense together."""

    def __init__(self, r, depth):
        self.fields = {n: random_field(r, depth + 1) for n in r.sample(["x", "y", "z", "u", "w"], r.randint(1, 4))}
        self.grouped = [r.sample(list(self.fields), 2)] if len(self.fields) > 2 and r.random() < 0.4 else []
        self.by_ref = depth == 0 and r.random() < 0.2

    def declare(self, r):
        s = {"type": "object"}
        if self.grouped:
            s["x-groups"] = self.grouped
        s["properties"] = {n: f.declare(r) for n, f in self.fields.items()}
        return s

    def value(self, r):
        return {n: f.value(r) for n, f in self.fields.items() if r.random() < 0.8}

    def edit(self, r, v):
        v = dict(v) if isinstance(v, dict) else {}
        for _ in range(r.choice([1, 1, 2])):
            edit_one(r, self.fields, v)
        return v


class Items(Map):
    def __init__(self, r, depth, union=False):
        super().__init__(r, depth)
        self.union = union

    def declare(self, r):
        items = super().declare(r)
        items["properties"] = dict({"id": {"type": "string"}}, **items["properties"])
        items["required"] = ["id"]
        s = {"type": "array", "x-list-type": "map", "x-list-map-keys": ["id"], "items": items}
        if self.union:
            s["x-merge"] = "union"
        return s

    def item(self, r, k):
        return dict({"id": f"c{k}"}, **super().value(r))

    def value(self, r):
        return [self.item(r, k) for k in range(4) if r.random() < 0.6]

    def edit(self, r, v):
        v = list(v) if isinstance(v, list) else self.value(r)
        for _ in range(r.choice([1, 1, 2])):
            how = r.randrange(10)
            if how < 5 and v:
                at = r.randrange(len(v))
                v[at] = super().edit(r, v[at]) if isinstance(v[at], dict) else self.item(r, at)
            elif how < 7 and v:
                del v[r.randrange(len(v))]
            elif how == 7 and v:
                v.insert(r.randint(0, len(v)), v.pop(r.randrange(len(v))))
            else:
                k = r.randint(0, 7)
                if not any(isinstance(i, dict) and i.get("id") == f"c{k}" for i in v):
                    v.insert(r.randint(0, len(v)), self.item(r, k))
        return v


def edit_one(r, fields, v, hot=None):
    """Change, take out or put in one field of a mapping."""
    n = hot if hot and r.random() < 0.6 else r.choice(list(fields))
    if n in v and r.random() < 0.1:
        del v[n]
    elif n not in v:
        v[n] = fields[n].value(r)
    elif r.random() < 0.02:
        v[n] = Anything().value(r)
    else:
        v[n] = fields[n].edit(r, copy.deepcopy(v[n]))


SIMPLE = [Title, Fixed, Anything, lambda: Date("min"), lambda: Number("max"), lambda: Number("counter"), Cautious, State, Prose, Prose,
          Set, Set, lambda: Set(True), lambda: Set(True, True), Sequence, lambda: Sequence(True), AtomicMap, Dictionary]


def random_field(r, depth=0):
    deep = r.random()
    if depth < 2 and deep < 0.18:
        return Items(r, depth, r.random() < 0.2)
    if depth < 2 and deep < 0.28:
        return Map(r, depth)
    return r.choice(SIMPLE)()
