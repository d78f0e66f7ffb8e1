"""kill.py -- started by kill.test, which says what for. One death at each point of a run in turn; with CASES=all on both cores, each in
scenes of its own."""
import multiprocessing, os, sys, time

from scene import *

ALL = os.environ.get("CASES") == "all"
SEED = int(os.environ.get("SEED") or 20180503)
TMP = os.environ["TMP"]
SERVER = TMP + "/server"  # what the hub's forced command is told


def ssh():
    """For a scene: the address before the path, and the settings of who goes there. kill.test has started the server."""
    e = os.environ
    return f"ssh://{e['SSHD_USER']}@127.0.0.1:{e['SSHD_PORT']}", f'cle_ssh: "{e["SSHD_KEY"]}"\nknown_hosts: "{e["SSHD_KNOWN_HOSTS"]}"\n'


class Sync:
    """The client dies."""
    def __init__(self, folder, way=None):
        self.s = Scene(folder, way)
        self.points = self.s.points("-C", "anne", "sync")

    def case(self, name, n):
        s = self.s
        s.reset()
        died = s.trace(["-e", f"inject={name}:signal=KILL:when={n}"], "-C", "anne", "sync")
        bad = [] if died.returncode in (-9, 137, 0, 1) else [f"it ended with {died.returncode}: {died.stderr}"]
        return bad + s.between() + s.goes_on()


class SshSync(Sync):
    def __init__(self, folder):
        super().__init__(folder, ssh())


class Server:
    """One of the hub's programs dies while anne pushes: hub shell, git's receive-pack, the hook, `maillage hub receive`. They all start from the
    forced command, which finds in the file SERVER what to put before itself."""
    def __init__(self, folder):
        self.s = s = Scene(folder, ssh())
        self.log = folder + "/server-strace"
        self.tell([])
        s.must("anne", "sync")
        self.untell()
        self.points = points_of(self.log)

    def tell(self, inject):
        trace = ["strace", "-qq", "-f", "-y", "-s", "40", "-o", self.log, "-e", "trace=" + CALLS, *inject]
        write(f"{SERVER}-{os.getpid()}", " ".join(trace) + "\n")
        os.rename(f"{SERVER}-{os.getpid()}", self.s.folder + "/server-strace.sh")

    def untell(self):
        os.unlink(self.s.folder + "/server-strace.sh")

    def case(self, name, n):
        s = self.s
        s.reset()
        self.tell(["-e", f"inject={name}:signal=KILL:when={n}"])
        ended = s.maillage("anne", "sync")
        self.untell()
        bad = [] if ended.returncode in (0, 1, 75, 77) else [f"anne's sync ends with {ended.returncode}: {ended.stdout} {ended.stderr}"]
        s.locks_age()
        return bad + s.goes_on()


def one_new_id(files):
    """`new` and `init` choose at random."""
    known = set(IDS.values())

    def name(m):
        return m[0] if m[0].decode() in known else b"pra-ara-NEW"
    found = {}
    for path, content in files.items():
        there = re.sub(rb"pra-ara-\w{8}", name, path.encode()).decode()
        found[re.sub(r"/../pra-ara-NEW", "/xx/pra-ara-NEW", there)] = re.sub(rb"pra-ara-\w{8}", name, content)
    return found


class Verb:
    """Another verb dies, in a clone that has synced. Done again when nothing came of it, it ends as if nothing had happened."""
    def __init__(self, folder):
        self.s, self.points, self.ends = Scene(folder), [], []
        for i, argv in enumerate(VERBS):
            self.s.reset("synced")
            old = one_new_id(self.s.files("anne"))
            self.points += [((i, name), n, text) for name, n, text in self.s.points(*argv)]
            new = one_new_id(self.s.files("anne"))
            self.settle()
            self.ends.append((old, new, one_new_id(self.s.committed("anne")), self.rest()))

    def was_done(self, said):
        """It died with its work done, or did not die: there is nothing left to make."""
        return "existe déjà" in said or "n'est pas vide" in said and not os.path.exists(self.s.now + "/carla/.git/maillage/making")

    def rest(self):
        """What a verb leaves outside of anne's clone."""
        s = self.s
        return (s.committed("carla") if os.path.isdir(s.now + "/carla/.git") else None, sorted(os.listdir(s.now + "/hub")),
                s.committed("hub/national.git"))

    def settle(self):
        for who in ("anne", "bruno", "carla"):
            if os.path.isdir(f"{self.s.now}/{who}"):
                self.s.must(who, "sync")
        self.s.exchange()

    def case(self, name, n):
        s, (which, call) = self.s, name
        argv, (old, new, tree, rest) = VERBS[which], self.ends[which]
        s.reset("synced")
        s.trace(["-e", f"inject={call}:signal=KILL:when={n}"], *argv)
        now, bad = one_new_id(s.files("anne")), []
        bad += [f"{p} is neither old nor new" for p in set(now) | set(old) | set(new) if now.get(p) not in (old.get(p), new.get(p))]
        if argv[0] == "-C":
            s.must("anne", "sync")
        if one_new_id(s.committed("anne")) != tree or argv[0] != "-C":
            again = s.run(M, *argv)
            if again.returncode not in (0, 1) and not self.was_done(again.stderr):
                return bad + [f"done again it ends with {again.returncode}: {again.stdout} {again.stderr}"]
        self.settle()
        if one_new_id(s.committed("anne")) != tree:
            bad.append("the end is another one than that of a run that nobody disturbed")
        if self.rest() != rest:
            bad.append("what it leaves outside of the clone is not what a run that nobody disturbed leaves")
        return bad + s.settled(s.committed("anne")) + s.leftovers(("carla",))


VERBS = (
    ("-C", "anne", "set", IDS["quiet"], "titre", "Un bosquet"),
    ("-C", "anne", "resolve", IDS["contested"], "titre", "--value", "Un square"),
    ("-C", "anne", "new", "pratique", "titre=Un rucher", "resume=Un premier pas."),
    ("-C", "anne", "restore", IDS["theirs_gone"]),
    ("init", "--collective", "ara", "--hub", "hub", "--as", "act-ara-9x8y7z6w", "carla"),
    ("hub", "add", "hub", "hdf"),
)

# what dies, and how many deaths of it a sample has
SWEEPS = (("a sync with a folder", Sync, 12), ("a sync with an sshd", SshSync, 8), ("the hub behind its sshd", Server, 8), ("the other verbs", Verb, 16))


def part(job):
    """Every `of`-th of the chosen points, from the k-th on."""
    which, k, of = job
    title, kind, wanted = SWEEPS[which]
    try:
        sweep = kind(f"{TMP}/{which}-{k}")
    except SystemExit as stopped:  # a worker that ends keeps the pool waiting
        return 0, 1, [("the scene", 0, title, [str(stopped)])]
    points, total = sweep.points, len(sweep.points)
    step = 1 if ALL else int(os.environ.get("STEP") or max(1, total // (wanted // 3 if SAN else wanted)))
    chosen, results = points[SEED % step::step], []
    if kind is Sync:  # the scan's own index.lock: no sample had met it, and it was there for ever
        chosen += [p for p in points if p[0] == "rename" and "index.lock" in p[2] and p not in chosen][:1]
    for name, n, text in chosen[k::of]:
        try:
            bad = sweep.case(name, n)
        except SystemExit as stopped:
            bad = [str(stopped)]
        results.append((name, n, text, bad))
        if bad and ALL:
            print(f"# {title}: {name} {n} {text}: {bad}", flush=True)
    return total, step, results


def main():
    print(f"# SEED={SEED}", flush=True)
    chosen = [i for i, (title, _, _) in enumerate(SWEEPS) if os.environ.get("ONLY", "") in title]
    # hub shell gives git an environment of its own: nothing tells the leak sanitizer below it that strace is there already
    unheard = [i for i in chosen if SAN and SWEEPS[i][1] is Server]
    chosen = [i for i in chosen if i not in unheard]
    jobs = [(i, k, 2 if ALL else 1) for i in chosen for k in range(2 if ALL else 1)]
    with multiprocessing.Pool(2 if ALL else 1) as pool:
        parts = list(zip(jobs, pool.map(part, jobs, 1)))
    results = []
    for i in chosen:
        mine = [p for (which, _, _), p in parts if which == i]
        cases = [c for _, _, found in mine for c in found]
        total, step = mine[0][0], mine[0][1]
        bad = [f"killed before {name} number {n}, {text}: {fault}" for name, n, text, faults in cases for fault in faults]
        results.append((f"{SWEEPS[i][0]}, killed at {len(cases)} of {total} points (STEP={step})", bad))
    tap(results + [(SWEEPS[i][0] + " # SKIP the leak sanitizer does not work below strace", []) for i in unheard])


main()
