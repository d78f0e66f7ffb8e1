#!/usr/bin/env python3
"""docs.py N FILE...: runs what documents tell people to type, in their order, and prints TAP from N + 1 on. docs.test makes the world: SEED (a hub with the
samples), HUB (the address of this machine; a folder is added), KEYS (a home with a key for each person).

Each document is played in a world of its own: a copy of the hub as /srv/hub, and people in /home/NAME, who begin with an empty folder.
A block of commands is one whose first line begins with a program of PROGRAMS; two blanks end a command, and what follows is a remark. A
command passes with 0, or 1 (somebody should look). Other blocks are fenced and say in what language they are (```text), or follow a
comment. Readers do not see the comments:
  <!-- person: NAME -->             who types what follows; coming back, a person is where they were
  <!-- meanwhile NAME: COMMAND -->  somebody else does something
  <!-- output -->                   the block that follows is what the last command prints. A line … stands for any lines, … for
                                    anything; dates, times, keys and ids may differ, and a later command that names them gets the real ones
  <!-- refused -->                  the command that follows is answered with what is missing, and an exit code of its own
  <!-- keys: ... -->                the next command is typed at a terminal, by this script of terminal.py
  <!-- gitolite-... -->             another test takes the block by this name, and runs it
Of `make` it is checked that the target and its variables exist; of tests/run that it would find something. Commands in running text
(`maillage search WORD`) are not run, but their verb and options exist."""
import concurrent.futures, os, re, shlex, shutil, subprocess, sys

ROOT, BUILD, TMP, SEED, HUB, KEYS = (os.environ[k] for k in ("ROOT", "BUILD", "TMP", "SEED", "HUB", "KEYS"))
PROGRAMS = "maillage maillaged make sh git cd rm sudo apt adduser systemctl loginctl ssh-add ssh-keygen tests/run autopkgtest".split()

# What no test can run: the command as a pattern, and why. An entry that no document shows fails.
NOT_RUN = {
    r"sh contrib/setup .*": "installs packages",
    r"apt install .*": "installs packages",
    r"adduser .*": "makes an account",
    r"ssh-add": "asks for a pass-phrase; needs an agent",
    r"ssh-keygen .*": "asks where, and for a pass-phrase",
    r"systemctl --user .*": "needs a session's systemd",
    r"git -C seed/national.git push ssh://gitolite3@MACHINE/.*": "tests/it/hub_gitolite.test has a gitolite",
    r"autopkgtest .*": "needs packages that were built",
    r"[A-Z_]+=.* valgrind .*": "takes minutes, and needs valgrind",
}
shown = set()


TOKEN = re.compile(r"/home/|(?P<shard>/[a-z0-9]{2}/(?=[a-z]{3}-))|(?P<date>\b20\d\d-\d\d-\d\d\b)|(?P<time>\b\d\d:\d\d\b)"
                   r"|(?P<key>\b(?:[a-z]{3}-[a-z]{3}-[2-9a-hj-np-z]{8}|[0-9a-f]{8}(?:[0-9a-f]{8}|[0-9a-f]{32})?)\b)|(?P<any>…)")


class World:
    """The machines of one document."""

    def __init__(self, name):
        self.dir = f"{TMP}/{name}"
        os.makedirs(f"{self.dir}/srv")
        os.makedirs(f"{self.dir}/media")
        shutil.copytree(SEED, f"{self.dir}/srv/hub", symlinks=True)
        self.where = {}  # person: the folder they are in
        self.real = {}  # an id or a key as the document has it: as it came out
        self.out = ""

    def enter(self, who):
        if who not in self.where:
            home = f"{self.dir}/home/{who}"
            if os.path.isdir(f"{KEYS}/{who}"):
                shutil.copytree(f"{KEYS}/{who}", home)
            else:
                os.makedirs(home)
            self.where[who] = home

    def place(self, text):
        text = text.replace("ssh://hub@hub.example.org/", f"{HUB}{self.dir}/")
        text = re.sub(r"(?<![\w/.])/(srv|media|home)/", rf"{self.dir}/\1/", text)
        for said, came in self.real.items():
            text = re.sub(rf"\b{said}\b", came, text)
        return text

    def run(self, who, command, keys=None):
        """(exit code, what it printed); the person is then where the command left them."""
        self.enter(who)
        home = f"{self.dir}/home/{who}"
        env = dict(os.environ, HOME=home, XDG_CONFIG_HOME=f"{home}/.config", XDG_RUNTIME_DIR=home, LANG="C.UTF-8", TERM="xterm", PAGER="cat",
                   GIT_PAGER="cat", EDITOR="true", PATH=f"{BUILD}:{os.environ['PATH']}", MAILLAGE_DATADIR=ROOT)
        command = self.place(command)
        if keys is not None:
            script = f"{self.dir}/keys"
            with open(script, "w", encoding="utf-8") as f:
                f.write(self.place(keys))
            command = f"python3 {shlex.quote(ROOT)}/tests/lib/terminal.py {shlex.quote(script)} -- {command}"
        there = f"{self.dir}/there"
        done = subprocess.run(["sh", "-c", f"{command}\nrc=$?; pwd >{shlex.quote(there)}; exit $rc"], cwd=self.where[who], env=env,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
        with open(there, encoding="utf-8") as f:
            self.where[who] = f.read().strip()
        self.out = done.stdout
        return done.returncode, done.stdout

    def expect(self, text):
        """"" when the last command printed text, as far as a document can know; else what it printed."""
        pattern, names, at = "", [], 0
        text = re.sub(r"(?m)^…$\n?", "\0", text.rstrip("\n") + "\n")
        for m in TOKEN.finditer(text):
            pattern += re.escape(text[at:m.start()])
            at = m.end()
            if m["shard"]:
                pattern += "/[a-z0-9_]{2}/"
            elif m["date"]:
                pattern += r"20\d\d-\d\d-\d\d"
            elif m["time"]:
                pattern += r"\d\d:\d\d"
            elif m["any"]:
                pattern += ".*"
            elif m["key"] in self.real:
                pattern += re.escape(self.real[m["key"]])
            elif m["key"] in names:
                pattern += f"(?P=k{names.index(m['key'])})"
            elif m["key"]:
                prefix = m["key"][:8] if "-" in m["key"] else ""
                pattern += f"(?P<k{len(names)}>{prefix}[0-9a-z]{{{len(m['key']) - len(prefix)}}})"
                names.append(m["key"])
            else:
                pattern += re.escape(f"{self.dir}/home/")
        pattern = (pattern + re.escape(text[at:])).replace("\0", r"(?:.*\n)*")
        found = re.fullmatch(pattern, self.out.rstrip("\n") + "\n")
        if not found:
            return f"this was printed:\n{self.out}"
        self.real.update((n, found[f"k{i}"]) for i, n in enumerate(names) if found[f"k{i}"] != n)
        return ""


def makefile_has(command):
    """"" when the Makefile has the target and knows the variables of a make command."""
    with open(f"{ROOT}/Makefile", encoding="utf-8") as f:
        text = f.read()
    for word in shlex.split(re.sub(r"&&.*", "", command))[1:]:
        name, assigned, _ = word.partition("=")
        if assigned:
            if not re.search(rf"\b{name}\b", text) and subprocess.run(["grep", "-rqw", name, f"{ROOT}/tests"]).returncode:
                return f"no variable {name}"
        elif not word.startswith("-") and not re.search(rf"(?m)^([\w-]+ )*{re.escape(word)}( [\w-]+)*:", text):
            return f"no target {word}"
    return ""


def tests_has(command):
    only = re.search(r"--only (\S+)", command)
    return "" if only and subprocess.run(f"ls tests/{only[1]}* tests/{only[1]}/*", shell=True, cwd=ROOT, capture_output=True).stdout else "no such test"


def blocks(lines):
    """(line number, kind, text): "comment" by comment, "block" by block; a block's language comes as its first line."""
    i, fresh = 0, True  # fresh: an indented line here begins a block, and is no part of a list
    while i < len(lines):
        line, start = lines[i], i + 1
        if line.startswith("<!--"):
            while "-->" not in lines[i]:
                i += 1
            yield start, "comment", "\n".join(lines[start - 1:i + 1])[4:].rsplit("-->", 1)[0].strip()
            i += 1
        elif line.lstrip().startswith("```"):
            indent = len(line) - len(line.lstrip())
            i += 1
            while not lines[i].lstrip().startswith("```"):
                i += 1
            yield start, "block", "\n".join([line.strip()[3:]] + [l[indent:] for l in lines[start:i]])
            i += 1
        elif line.startswith("    ") and fresh:
            while i < len(lines) and (lines[i].startswith("    ") or not lines[i]):
                i += 1
            yield start, "block", "\n".join([""] + [l[4:] for l in lines[start - 1:i]]).rstrip()
        else:
            i += 1
        fresh = not line or fresh and line.startswith("<!--")


def is_commands(text):
    first = text.split(None, 1)[0] if text.split() else ""
    return first in PROGRAMS or re.match(r"[A-Z_]+=", first) is not None


def play(path):
    """The results of a document: (passed, name, why)."""
    results = []

    def tap(passed, name, why=""):
        results.append((passed, name, why))

    with open(f"{ROOT}/{path}", encoding="utf-8") as f:
        text = f.read()
    world, who, output, keys, elsewhere, good = World("doc-" + path.replace("/", "-")), "marie", False, None, False, (0, 1)
    with open(f"{ROOT}/tests/it/hub_gitolite.test", encoding="utf-8") as f:
        gitolite = f.read()
    for line, kind, what in blocks(text.splitlines()):
        if kind == "comment":
            word, _, rest = what.partition(":")
            if word == "person":
                who = rest.strip()
            elif word.startswith("meanwhile "):
                code, said = world.run(word.split()[1], rest.strip())
                if code > 1:
                    tap(False, f"{path}:{line}: meanwhile", f"exit code {code}\n{said}")
            elif word == "keys":
                keys = rest.strip() + "\n"
            elif word == "output":
                output = True
            elif word == "refused":
                good = (65, 77)
            elif word.startswith("gitolite-"):
                elsewhere = True
                tap(word in gitolite, f"{path}:{line}: {word} is run by hub_gitolite.test")
            continue
        language, _, body = what.partition("\n")
        if elsewhere:
            elsewhere = False
        elif output:
            output = False
            why = world.expect(world.place(re.sub("/home/", "\1", body)).replace("\1", "/home/"))
            tap(not why, f"{path}:{line}: what is printed", why)
        elif language in ("", "sh") and is_commands(body):
            for command in re.sub(r"\\\n\s*", "", body).splitlines():
                command = re.split(r" {2,}(?=\S)", command.strip(), maxsplit=1)[0]
                if not command:
                    continue
                command = re.sub(r"^sudo (-u \w+ )?", "", command)
                entry = next((p for p in NOT_RUN if re.fullmatch(p, command)), None)
                if entry:
                    shown.add(entry)
                elif command.split()[0] == "make":
                    why = makefile_has(command)
                    tap(not why, f"{path}:{line}: {command}", why)
                elif command.startswith(("tests/run", "IDLE_SECONDS")):
                    why = tests_has(command) if command.startswith("tests") else makefile_has(command.split(None, 1)[1])
                    tap(not why, f"{path}:{line}: {command}", why)
                else:
                    code, said = world.run(who, command, keys)
                    keys = None
                    tap(code in good, f"{path}:{line}: {command}", f"exit code {code}\n{said}")
            good = (0, 1)
        elif not language:
            tap(False, f"{path}:{line}: a block", "neither commands nor ```LANGUAGE:\n" + body)
    wrong = inline(text)
    tap(not wrong, f"{path}: the verbs and options of the running text", "\n".join(wrong))
    gone = [to for to in re.findall(r"\]\(([^)#:]+)\)", text) if not os.path.exists(f"{ROOT}/{os.path.dirname(path)}/{to}")]
    tap(not gone, f"{path}: what it links to", "\n".join(gone))
    return results


usages = {}


def inline(text):
    """What is wrong with the verbs and options of `maillage VERB --option` in running text."""
    text = re.sub(r"(?s)<!--.*?-->|^```.*?^```", "", text, flags=re.M)
    wrong = []
    for span in re.findall(r"(?<!`)`([^`\n]+)`(?!`)", text) + re.findall(r"« (maillage [^»\n]+) »", text):
        words = re.match(r"(?:\S*/)?maillage((?: -[qv])*) ([a-z][a-z-]*)(.*)", span)
        if not words or words[2] == "help":
            continue
        verb = words[2]
        if verb not in usages:
            done = subprocess.run([f"{BUILD}/maillage", verb, "--help"], capture_output=True, text=True)
            usages[verb] = done.stdout if done.returncode == 0 else None
        if usages[verb] is None:
            wrong.append(f"`{span}`: no such verb")
            continue
        wrong += [f"`{span}`: no such option" for o in re.findall(r"(?<!\S)(--[a-z][a-z-]*)", words[3]) if o not in usages[verb] + "--json --help"]
    return wrong


with concurrent.futures.ThreadPoolExecutor(4) as pool:  # most of the time is waiting for the hub
    results = sum(pool.map(play, sys.argv[2:]), [])
results += [(e in shown, f"not run: {e} ({why})", "no document shows it: take it out of NOT_RUN")
            for e, why in NOT_RUN.items()
            if "DOCS" not in os.environ]  # it names some documents: the others show the rest
for n, (passed, name, why) in enumerate(results, int(sys.argv[1]) + 1):
    print(f"{'ok' if passed else 'not ok'} {n} - {name}")
    if not passed:
        print("".join(f"# {line}\n" for line in why.splitlines()[:40]), end="")
print(f"1..{int(sys.argv[1]) + len(results)}")
