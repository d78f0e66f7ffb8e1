"""prose.py -- the rule `prose`, on folded sentences: what two people did to each sentence of a text.

A re-wrapped text is the same text, so white space never counts here and paragraphs are not looked at. Wherever DESIGN leaves a
choice (which of two equal sentences was removed, which of a rewritten run replaces which) the answer is Unclear: the laws
still hold there, the reference says nothing."""
import re

APART = 3  # unchanged words between two edits of one sentence
SPACE = " \t\r\n"
ENDS = re.compile(r"[.!?…]+(?:[ \u00a0]?»|[\"'”’)])*(?=[ ](?:[«\"“(]|[^\W_]))")


class Unclear(Exception):
    pass


def fold(text):
    return " ".join(w for w in re.split(f"[{SPACE}]+", text) if w)


def sentences(text):
    """A sentence ends at . ! ? or … before white space and a capital or a digit. The generator writes no abbreviations."""
    out = []
    for paragraph in re.split(r"\r?\n[ \t]*\r?\n\s*", text):
        rest = fold(paragraph)
        at = 0
        for end in ENDS.finditer(rest):
            following = rest[end.end():].lstrip()[:1]
            if following and (following.isupper() or following.isdigit() or following in "«\"“("):
                out.append(rest[at:end.end()])
                at = end.end() + 1
        if rest[at:]:
            out.append(rest[at:])
    return out


def alignment(o, s):
    """The pairs (i, j) of a longest common subsequence; Unclear when there are several."""
    n, m = len(o), len(s)
    longest = [[0] * (m + 1) for _ in range(n + 1)]
    for i in reversed(range(n)):
        for j in reversed(range(m)):
            longest[i][j] = 1 + longest[i + 1][j + 1] if o[i] == s[j] else max(longest[i + 1][j], longest[i][j + 1])
    pairs, i, j = [], 0, 0
    while i < n and longest[i][j]:
        choices = [] if longest[i + 1][j] < longest[i][j] else [None]
        choices += [k for k in range(j, m) if s[k] == o[i] and 1 + longest[i + 1][k + 1] == longest[i][j]]
        if len(choices) != 1:
            raise Unclear("several longest common subsequences")
        if choices[0] is not None:
            pairs.append((i, choices[0]))
            j = choices[0] + 1
        i += 1
    return pairs


def hunks(o, s):
    """[(o0, o1, replacement)]: what became of each run of o."""
    out, i, j = [], 0, 0
    for p, q in alignment(o, s) + [(len(o), len(s))]:
        if p > i or q > j:
            out.append((i, p, s[j:q]))
        i, j = p + 1, q + 1
    return out


def words_combined(base, x, y):
    """Both edits of one sentence, word by word; None when they are closer than APART unchanged words, or differ."""
    base, x, y = base.split(" "), x.split(" "), y.split(" ")
    hx, hy = hunks(base, x), hunks(base, y)
    both = [h for h in hx if h in hy]
    hx, hy = [h for h in hx if h not in both], [h for h in hy if h not in both]
    every = sorted([(h, "x") for h in hx] + [(h, "y") for h in hy] + [(h, "both") for h in both], key=lambda h: h[0][:2])
    for (h, who), (k, other) in zip(every, every[1:]):
        if who != other and k[0] - h[1] < APART:
            if who == "both" or other == "both":
                raise Unclear("the same edit beside another one")
            return None
    out, at = [], 0
    for (o0, o1, new), _ in every:
        out += base[at:o0] + list(new)
        at = o1
    return " ".join(out + base[at:])


def merge(o, a, b):
    """(sentences, contests): contests are (degree, base sentence, of a, of b); "" stands for a deletion."""
    so, sa, sb = sentences(o), sentences(a), sentences(b)
    ha, hb = hunks(so, sa), hunks(so, sb)
    out, contests, at = [], [], 0
    events = sorted({h[:2] for h in ha + hb})
    for (o0, o1), (p0, p1) in zip(events, events[1:]):
        if p0 < o1:
            raise Unclear("runs that overlap")
        near = [h for h in ha + hb if h[:2] in ((o0, o1), (p0, p1))]
        if p0 == o1 and any(h[1] - h[0] > 1 or h[1] > h[0] and len(h[2]) != 1 for h in near):
            raise Unclear("a run that grew or shrank, beside another edit")
    for span in events:
        x = next((h[2] for h in ha if h[:2] == span), None)
        y = next((h[2] for h in hb if h[:2] == span), None)
        out += so[at:span[0]]
        at = max(at, span[1])
        if x is None or y is None or x == y:
            out += x if y is None else y
        elif span[0] == span[1]:
            if len(x) > 1 or len(y) > 1 or "\n" in a + b:
                raise Unclear("several sentences, or paragraphs, each at one place")
            out += sorted(x + y)
        elif span[1] - span[0] > 1 or len(x) > 1 or len(y) > 1:
            raise Unclear("runs of several sentences")
        else:
            base, x, y = so[span[0]], " ".join(x), " ".join(y)
            combined = words_combined(base, x, y) if x and y else None
            contests.append(("dur" if combined is None else "a_relire", base, x, y))
            out.append(base if combined is None else combined)
    return out + so[at:], contests
