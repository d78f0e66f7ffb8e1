"""render.py -- data as the YAML that people write: block and flow, every way of quoting, comments, blank lines, CRLF. How a
place is spelled follows from the seed and its path, so that two texts of one document differ only where their data do."""
import json
import re
import zlib

PLAIN = re.compile(r"[A-Za-zÀ-ÿ][A-Za-zÀ-ÿ0-9 .'/@_-]*[A-Za-zÀ-ÿ0-9.]|[A-Za-zÀ-ÿ]")
NOT_PLAIN = {"true", "false", "null", "yes", "no", "on", "off", "y", "n", "True", "Null"}


class Doc:
    """A text to be: data, how it is spelled, and its comments (by path; "above" lines and one "behind")."""

    def __init__(self, data, seed, above=None, behind=None, crlf=False, head="", end="\n"):
        self.data, self.seed, self.crlf, self.head, self.end = data, seed, crlf, head, end
        self.above, self.behind = above or {}, behind or {}

    def copy(self, **changes):
        mine = dict(data=self.data, seed=self.seed, above=dict(self.above), behind=dict(self.behind), crlf=self.crlf,
                    head=self.head, end=self.end)
        return Doc(**dict(mine, **changes))

    def text(self):
        lines = []
        Renderer(self, lines).map(self.data, 0, "")
        text = self.head + "\n".join(lines) + self.end
        return text.replace("\n", "\r\n") if self.crlf else text


class Renderer:
    def __init__(self, doc, lines):
        self.doc, self.lines = doc, lines

    def pick(self, path, what, n):
        return zlib.crc32(f"{self.doc.seed}{what}{path}".encode()) % n

    def scalar(self, v, path, flow=False):
        if not isinstance(v, str):
            return json.dumps(v)
        how = self.pick(path, "quote", 4)
        if how < 2 and PLAIN.fullmatch(v) and v not in NOT_PLAIN and (not flow or "," not in v):
            return v
        if how == 2 and "'" not in v and v.isprintable():
            return f"'{v}'"
        return json.dumps(v, ensure_ascii=False)

    def flow(self, v, path):
        if isinstance(v, dict):
            return "{" + ", ".join(f"{self.scalar(k, path + k, True)}: {self.flow(w, path + '/' + k)}" for k, w in v.items()) + "}"
        if isinstance(v, list):
            return "[" + ", ".join(self.flow(w, f"{path}/{i}") for i, w in enumerate(v)) + "]"
        return self.scalar(v, path, True)

    def value(self, lead, v, indent, path):
        """`lead` is what stands before the value on its line ("key:" or "-")."""
        behind = self.doc.behind.get(path)
        tail = f"  # {behind}" if behind else ""
        if isinstance(v, (dict, list)) and v and (self.pick(path, "flow", 4) or self.commented(path)):
            if lead.endswith("-") and isinstance(v, dict):
                at = len(self.lines)
                self.map(v, indent + 2, path)
                first = next(i for i in range(at, len(self.lines)) if not self.lines[i].lstrip().startswith("#"))
                self.lines[first] = lead + " " + self.lines[first].lstrip()
                self.lines[at:first + 1] = [c[2:] for c in self.lines[at:first]] + [self.lines[first]]
                return
            self.lines.append(lead + tail)
            if isinstance(v, dict):
                self.map(v, indent + (2 if self.pick(path, "deep", 6) else 4), path)
            else:
                self.list(v, indent + (0 if not lead.endswith("-") and self.pick(path, "dash", 3) == 0 else 2), path)
        elif isinstance(v, (dict, list)):
            self.lines.append(f"{lead} {self.flow(v, path)}{tail}")
        elif self.as_block(v, path):
            self.lines.append(lead + " |-" + tail)
            self.lines.extend((" " * (indent + 2) + line if line else "") for line in v.split("\n"))
        else:
            self.lines.append(f"{lead} {self.scalar(v, path)}{tail}")

    def as_block(self, v, path):
        if not isinstance(v, str) or not v or self.pick(path, "block", 4) == 0 or len(v) < 12:
            return False
        return all(line == line.strip(" ") for line in v.split("\n")) and v.strip("\n") == v and "\t" not in v

    def commented(self, path):
        return any(p.startswith(path + "/") for p in list(self.doc.above) + list(self.doc.behind))

    def above(self, indent, path):
        if not path.count("/") and self.pick(path, "blank", 8) == 0 and self.lines:
            self.lines.append("")
        for line in self.doc.above.get(path, ()):
            self.lines.append(" " * indent + "# " + line)

    def map(self, v, indent, path):
        for k, w in v.items():
            below = path + "/" + k if path else k
            self.above(indent, below)
            key = k if PLAIN.fullmatch(k) and k not in NOT_PLAIN else json.dumps(k, ensure_ascii=False)
            self.value(" " * indent + key + ":", w, indent, below)

    def list(self, v, indent, path):
        for i, w in enumerate(v):
            name = str(w["id"]) if isinstance(w, dict) and isinstance(w.get("id"), (str, int)) else str(i)
            below = path + "/" + name
            if not isinstance(w, dict):
                self.above(indent, below)
            elif w:
                self.above(indent, below)
            self.value(" " * indent + "-", w, indent, below)
