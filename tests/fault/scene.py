"""scene.py -- one sync that has everything in it, to be killed or to have its calls fail: anne's next sync records an edit, a new record
and a deletion, merges a record field by field, one with a difference and a plain file by line, writes, makes and removes
files in her folder, and pushes.

    s = Scene(folder)                  builds hub, anne and bruno in folder/now, keeps them, and learns the end of a clean sync
    s.reset() s.reset("synced")        everything as it was before that sync, or after it
    s.maillage("anne", "sync")         CompletedProcess
    s.points("-C", "anne", "sync")     the calls of a clean run that change something: [(name, n, text)]
    s.trace(inject, ...)               the same run with strace's inject arguments
    s.between()                        right after a death: files that are neither old nor new
    s.settled()                        when all have synced: unequal clones, values lost, damage, leftovers
    s.goes_on()                        the next sync, the exchange, and settled()

What a check returns is a list of sentences; empty is good.
"""
import os, re, shutil, subprocess, time

BUILD, ROOT = os.environ["BUILD"], os.environ["ROOT"]
M = BUILD + "/maillage"
SAN = os.path.basename(BUILD.rstrip("/")).startswith("san") or b"libasan" in subprocess.run(["ldd", M], stdout=subprocess.PIPE).stdout
DEADLINE = 120  # of one program: the machine may be very busy
CALLS = ("openat,open,creat,write,pwrite64,writev,pwritev,rename,renameat,renameat2,fsync,fdatasync,syncfs,unlink,unlinkat,rmdir,"
         "mkdir,mkdirat,ftruncate,fallocate,link,linkat,symlink,symlinkat,chmod,fchmod,fchmodat,utimensat,connect,sendto,sendmsg")
NETWORK = {"connect", "sendto", "sendmsg"}

RECORD = """schema: pratique/1
id: {id}
collectif: ara
langue: fr
titre: "{titre}"
resume: "Un premier pas. Un deuxième pas."
etat: brouillon
visibilite: collectif
cree_le: "2018-05-03"
cree_par: act-ara-3p4q5r6s
"""
IDS = {"contested": "pra-ara-a2a2a2a2", "both": "pra-ara-b3b3b3b3", "theirs": "pra-ara-c4c4c4c4", "theirs_gone": "pra-ara-d5d5d5d5",
       "mine_gone": "pra-ara-e6e6e6e6", "theirs_new": "pra-ara-f7f7f7f7", "mine_new": "pra-ara-g8g8g8g8", "quiet": "pra-ara-h9h9h9h9"}
FIRST = ("contested", "both", "theirs", "theirs_gone", "mine_gone", "quiet")


def path_of(name):
    record = IDS[name]
    return f"pratiques/{record[-8:-6]}/{record}.yaml"


def read(path):
    with open(path, "rb") as f:
        return f.read()


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as f:
        f.write(text)


def same_but_oids(content):
    """Two runs make commits at different times: their names differ, nothing else may."""
    return re.sub(rb"\b[0-9a-f]{40}\b", b"OID", content)


class Scene:
    """hub: None for a folder, else (address before the path, settings): anne and bruno reach it by ssh."""

    def __init__(self, folder, ssh=None):
        self.folder, self.now, self.ssh = folder, folder + "/now", ssh
        self.hub = (ssh[0] if ssh else "") + self.now + "/hub"
        os.makedirs(self.now + "/home/.config/maillage")
        if ssh:
            write(self.now + "/home/.config/maillage/config.yaml", ssh[1])
        self.build()
        self.keep("edited")
        self.old = self.files("anne")
        self.must("anne", "sync")
        self.new = self.files("anne")
        self.exchange()
        self.tree = self.committed("anne")
        self.check_the_scene()
        self.keep("synced")
        self.reset()

    def keep(self, name):
        subprocess.run(["cp", "-a", self.now, f"{self.folder}/{name}"], check=True)

    def reset(self, name="edited"):
        shutil.rmtree(self.now)
        subprocess.run(["cp", "-a", f"{self.folder}/{name}", self.now], check=True)

    # --- programs

    def run(self, *argv):
        home = self.now + "/home"
        env = dict(os.environ, HOME=home, XDG_CONFIG_HOME=home + "/.config", XDG_RUNTIME_DIR=home, MAILLAGE_DATADIR=ROOT,
                   ASAN_OPTIONS="detect_leaks=0")  # LSan is a debugger, and so is strace
        try:
            return subprocess.run(argv, cwd=self.now, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                  timeout=DEADLINE, text=True, errors="replace")
        except subprocess.TimeoutExpired as late:
            raise SystemExit(str(late)) from late  # one point that failed: a sweep of an hour goes on

    def maillage(self, who, *args):
        return self.run(M, "-C", who, *args)

    def trace(self, inject, *args):
        self.log = self.folder + "/strace"
        return self.run("strace", "-qq", "-f", "-y", "-s", "40", "-o", self.log, "-e", "trace=" + CALLS, *inject, M, *args)

    def must(self, who, *args):
        done = self.maillage(who, *args)
        if done.returncode not in (0, 1):
            raise SystemExit(f"Bail out! {who}: {' '.join(args)}: {done.returncode}\n{done.stdout}{done.stderr}")
        return done.stdout

    def git(self, where, *args):
        done = self.run("git", "-C", where, *args)
        return done.stdout if done.returncode == 0 else f"git {' '.join(args)}: {done.returncode} {done.stderr}"

    # --- the scene

    def save(self, who, name, titre, **fields):
        text = RECORD.format(id=IDS[name], titre=titre)
        for field, value in fields.items():
            text = re.sub(rf"^{field}: .*$", f'{field}: "{value}"', text, flags=re.M)
        write(f"{self.now}/{who}/{path_of(name)}", text)

    def build(self):
        made = self.run(M, "hub", "init", "hub", "--collectives", "ara,bfc")
        if made.returncode:
            raise SystemExit("Bail out! hub init: " + made.stderr)
        for who, actor in (("anne", "act-ara-3p4q5r6s"), ("bruno", "act-ara-7t8v9w0x")):
            joined = self.run(M, "init", "--collective", "ara", "--hub", self.hub, "--as", actor, who)
            if joined.returncode not in (0, 1):
                raise SystemExit("Bail out! init: " + joined.stderr)
        for name in FIRST:
            self.save("anne", name, "Un jardin")
        write(self.now + "/anne/pieces/notes.txt", "".join(f"ligne {i}\n" for i in range(9)))
        self.must("anne", "sync")
        self.must("bruno", "sync")
        self.save("bruno", "contested", "Un potager")
        self.save("bruno", "both", "Un jardin", resume="Un premier pas. Un dernier pas.")
        self.save("bruno", "theirs", "Une haie")
        self.save("bruno", "theirs_new", "Un étang")
        os.unlink(f"{self.now}/bruno/{path_of('theirs_gone')}")
        write(self.now + "/bruno/pieces/notes.txt", "".join(f"ligne {i}\n" for i in range(8)) + "la fin de bruno\n")
        self.must("bruno", "sync")
        self.must("anne", "set", IDS["quiet"], "titre", "Un verger")  # recorded, not sent
        self.save("anne", "contested", "Un parc")
        self.save("anne", "both", "Un verger")
        self.save("anne", "mine_new", "Une serre")
        os.unlink(f"{self.now}/anne/{path_of('mine_gone')}")
        write(self.now + "/anne/pieces/notes.txt", "le début d'anne\n" + "".join(f"ligne {i}\n" for i in range(1, 9)))

    def check_the_scene(self):
        tree = self.tree
        sidecar = tree.get(path_of("contested").replace("pratiques", "conflits"), b"").decode()
        wanted = [
            ("a difference with both titles", "Un parc" in sidecar and "Un potager" in sidecar),
            ("a field-wise merge", b"Un verger" in tree[path_of("both")] and b"dernier" in tree[path_of("both")]),
            ("an incoming edit", b"Une haie" in tree[path_of("theirs")]),
            ("an incoming record", path_of("theirs_new") in tree),
            ("an outgoing record", path_of("mine_new") in tree),
            ("two deletions", path_of("theirs_gone") not in tree and path_of("mine_gone") not in tree),
            ("an unsent commit", b"Un verger" in tree[path_of("quiet")]),
            ("a merge by line", b"anne" in tree["pieces/notes.txt"] and b"bruno" in tree["pieces/notes.txt"]),
        ]
        missing = [what for what, there in wanted if not there] + self.settled()
        if missing:
            raise SystemExit("Bail out! the scene lacks: " + "; ".join(missing))

    # --- what is there

    def files(self, who):
        top, found = f"{self.now}/{who}", {}
        for folder, names, files in os.walk(top):
            names[:] = [n for n in names if not (folder == top and n in (".git", ".maillage", "prive"))]
            for name in files:
                path = os.path.join(folder, name)
                found[os.path.relpath(path, top)] = same_but_oids(read(path))
        return found

    def committed(self, who):
        """path -> content of main, by one git process each."""
        top = f"{self.now}/{who}"
        names = self.git(top, "ls-tree", "-r", "-z", "--format=%(objectname) %(path)", "main").split("\0")[:-1]
        with subprocess.Popen(["git", "-C", top, "cat-file", "--batch"], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as cat:
            found = {}
            for name in names:
                oid, path = name.split(" ", 1)
                cat.stdin.write(oid.encode() + b"\n")
                cat.stdin.flush()
                size = int(cat.stdout.readline().split()[2])
                found[path] = same_but_oids(cat.stdout.read(size + 1)[:-1])
            cat.stdin.close()
        return found

    def points(self, *args):
        done = self.trace([], *args)
        if done.returncode not in (0, 1):
            raise SystemExit(f"Bail out! {' '.join(args)}: {done.returncode} {done.stderr}")
        return points_of(self.log)

    # --- what must hold

    def between(self, old=None, new=None):
        """Right after a death: nothing but old and new files, each whole."""
        now, bad, old, new = self.files("anne"), [], old or self.old, new or self.new
        for path in sorted(set(now) | set(old) | set(new)):
            legitimate = [old.get(path), new.get(path)]
            if now.get(path) not in legitimate:
                bad.append(f"{path} is neither old nor new" + (": " + now[path][:60].decode(errors="replace") if path in now else ""))
        return bad

    def exchange(self):
        for who in ("bruno", "anne", "bruno"):
            self.must(who, "sync")

    def goes_on(self, check=lambda ended: []):
        """After a death or a failure: anne's next sync goes through (`check` may find more of it), and when all have exchanged all is well."""
        again = self.maillage("anne", "sync")
        if again.returncode not in (0, 1):
            return [f"the next sync ends with {again.returncode}: {again.stdout} {again.stderr}"]
        bad = check(again)
        self.exchange()
        return bad + self.settled() + self.notes_go()

    def notes(self):
        hub = self.now + "/hub/ara.git/"
        folder = hub + "maillage"
        notes = ["maillage/" + n for n in os.listdir(folder) if n.startswith("locking-")] if os.path.isdir(folder) else []
        return notes + [n for n in ("HEAD.lock", "refs/heads/main.lock") if os.path.exists(hub + n)]

    def locks_age(self):
        """The minute passes after which a lock in the hub is nobody's."""
        for lock in (n for n in self.notes() if n.endswith(".lock")):
            os.utime(f"{self.now}/hub/ara.git/{lock}", (time.time() - 70,) * 2)

    def notes_go(self):
        """What a killed push noted in the hub, and the locks of a killed git when they are a minute old, go with the next push:
        there is not always one to come."""
        if not self.notes():
            return []
        self.locks_age()
        self.must("anne", "set", IDS["quiet"], "titre", "Un bosquet")
        self.must("anne", "sync")
        return ["left for ever: hub/ara.git/" + n for n in self.notes()]

    def settled(self, tree=None):
        bad = []
        heads = {w: self.git(f"{self.now}/{w}", "rev-parse", "main").strip() for w in ("anne", "bruno", "hub/ara.git")}
        if len(set(heads.values())) != 1:
            bad.append(f"heads differ: {heads}")
        now, want = self.committed("anne"), tree or self.tree
        for path in sorted(set(now) | set(want)):
            if now.get(path) != want.get(path):
                got = now[path].decode(errors="replace") if path in now else "absent"
                bad.append(f"{path} is not what a sync that nobody disturbed leaves: {got}")
        for who in ("anne", "bruno"):
            dirty = self.git(f"{self.now}/{who}", "status", "--porcelain")
            if dirty:
                bad.append(f"{who}: git status: {dirty}")
            if self.files(who) != {p: c for p, c in now.items()}:
                differ = {p for p in set(self.files(who)) ^ set(now)}
                bad.append(f"{who}: the folder is not main: {sorted(differ)}")
        return bad + self.whole() + self.leftovers()

    def whole(self):
        bad = []
        for where in ("anne", "bruno", "hub/ara.git"):
            if not os.path.isdir(f"{self.now}/{where}"):
                continue
            said = self.run("git", "-C", f"{self.now}/{where}", "fsck", "--strict", "--no-dangling")
            words = [l for l in (said.stdout + said.stderr).splitlines() if not l.startswith(("Checking", "notice: "))]
            if said.returncode or words:
                bad.append(f"{where}: fsck: {' '.join(words)[:300]}")
        return bad

    # names that say "not finished"; sshd's git cleans its own hub (`git gc` removes tmp_*), refs/maillage/push goes with the next push
    UNFINISHED = re.compile(r"(\.lock|\.part|\.tmp(-\d+)?|/tmp_[^/]*|/pack_git2_[^/]*|/journal|/indexing|/locking-\d+|/maillage/tmp(/.*)?|\.out"
                            r"|/maillage/repair|/abimes/trous)$")

    def leftovers(self, of=("anne", "bruno", "hub")):
        bad = []
        for where in of:
            for folder, names, files in os.walk(f"{self.now}/{where}"):
                for name in files + names:
                    path = os.path.join(folder, name)
                    if self.UNFINISHED.search(path) and not self.is_allowed(path):
                        bad.append("left for ever: " + os.path.relpath(path, self.now))
        return bad

    def is_allowed(self, path):
        if path.endswith(("/.git/maillage/lock", "/maillage.lock")):
            return True  # held by flock, not by being there
        if re.search(r"/hub/ara\.git/(maillage/locking-\d+|HEAD\.lock|refs/heads/main\.lock)$", path):
            return True  # notes_go()
        return bool(self.ssh) and "/hub/" in path and "/objects/" in path


def points_of(log):
    """The calls that change something, as (name, n, text): the n-th of that name in its thread. The others are left out: killing
    before two calls with only reads between them is the same death."""
    counts, found = {}, {}
    with open(log, errors="replace") as lines:
        for line in lines:
            m = re.match(r"(\d+) +(\w+)\((.*)", line)
            if not m:
                continue  # signals, and the second halves of calls
            thread, name, rest = m.groups()
            n = counts[thread, name] = counts.get((thread, name), 0) + 1
            if (name, n) not in found and " = -1 E" not in rest and changes_something(name, rest):
                found[name, n] = rest[:100]
    return [(name, n, text) for (name, n), text in found.items()]


def changes_something(name, rest):
    if name in ("openat", "open", "creat"):
        return "O_CREAT" in rest or "O_TRUNC" in rest or name == "creat"
    if name in ("write", "writev", "pwrite64", "pwritev"):  # with -y: write(3</path>, ... ; 1 and 2 are words to a person, pipes and sockets the net
        where = re.match(r"\d+<([^>]*)>?", rest)
        return bool(where) and bool(re.match("/(?!dev/(?!shm/))", where[1]))
    if name == "connect":
        return "nscd" not in rest
    return True


def tap(results):
    """[(name, faults)] as TAP on stdout."""
    for n, (name, bad) in enumerate(results, 1):
        print(f"{'not ok' if bad else 'ok'} {n} - {name}")
        for line in [l for sentence in bad[:40] for l in str(sentence).splitlines()][:80]:
            print("# " + line)
    print(f"1..{len(results)}")
