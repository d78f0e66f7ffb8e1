"""network.py -- started by network.test, which says what for. Its parts run beside each other, each in scenes of its own: most of the
time is spent waiting for deadlines."""
import collections, concurrent.futures, copy, json, os, queue, random, re, signal, socket, subprocess, sys, threading, time

from scene import *

ALL = os.environ.get("CASES") == "all"
SEED = int(os.environ.get("SEED") or 20180503)
TMP, E = os.environ["TMP"], os.environ
SAMPLE = 3 if SAN else 5    # links that break
STEP = int(E.get("STEP") or 24)  # the smallest packet of ssh is longer
POINTS = int(E.get("POINTS") or 600)  # of those, so many by lot
STORM_S = float(E.get("STORM_S") or (60 if ALL else 5 if SAN else 10))
COORDINATORS = 8 if SAN and not ALL else 20
STALL_S = 15                # the shortest silence that may be configured
ROUNDS = 8                  # sync.h: SYNC_ROUNDS
TRY_AGAIN = re.compile("réessa|nouvel essai|reprendra|récupère pour savoir|vérifi")
TOO_MANY = "trop de changements arrivent en même temps"
EVENT_S = 90                # until something happens that must happen


class Relay:
    """tests/lib/relay.py in front of the sshd."""

    def __init__(self):
        self.proc = subprocess.Popen([sys.executable, ROOT + "/tests/lib/relay.py", E["SSHD_PORT"], "0", "/dev/stdout"],
                                     stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)
        self.port, self.log = int(self.proc.stdout.readline()), queue.Queue()
        threading.Thread(target=self.listen, daemon=True).start()

    def listen(self):
        self.made, self.ended = 0, queue.Queue()
        for line in self.proc.stdout:
            words = line.split()
            if words[0] == "connexion":
                self.made += 1
            else:
                (self.ended if words[0] == "passed" else self.log).put(words)

    def tell(self, fault):
        """For all connections from now on."""
        self.proc.stdin.write(fault + "\n")
        self.log.get(timeout=EVENT_S)
        self.made, self.ended = 0, queue.Queue()

    def connections(self):
        return self.made

    def passed(self):
        """Bytes of one connection that has ended."""
        _, up, down = self.ended.get(timeout=EVENT_S)
        return {"up": int(up), "down": int(down)}

    def end(self):
        self.proc.stdin.close()
        self.proc.wait()


def settings(port, *more):
    known = f"{TMP}/known-{port}"
    with open(E["SSHD_HOST_KEY"] + ".pub") as f:
        write(known, f"[127.0.0.1]:{port} {' '.join(f.read().split()[:2])}\n")
    return "".join(line + "\n" for line in (f'cle_ssh: "{E["SSHD_KEY"]}"', f'known_hosts: "{known}"') + more)


def address(port):
    return f"ssh://{E['SSHD_USER']}@127.0.0.1:{port}"


def configure(s, port, *more):
    write(s.now + "/home/.config/maillage/config.yaml", settings(port, *more))


def stage(name, port=E["SSHD_PORT"], *more):
    """A copy of the scene, whose people reach their hub by that port. To build one takes seconds."""
    s = copy.copy(SCENE)
    s.folder = f"{TMP}/{name}"
    s.now, s.ssh = s.folder + "/now", (address(port), settings(port, *more))
    subprocess.run(["cp", "-a", SCENE.folder, s.folder], check=True)
    for state in ("now", "edited", "synced"):
        write(f"{s.folder}/{state}/home/.config/maillage/config.yaml", s.ssh[1])
        for clone in ("anne", "bruno", "anne/.maillage/national", "bruno/.maillage/national"):
            config = f"{s.folder}/{state}/{clone}/.git/config"
            text = read(config).decode()
            write(config, text.replace(SCENE.ssh[0] + SCENE.now, s.ssh[0] + s.now))
    return s


def head(folder):
    return subprocess.run(["git", "-C", folder, "rev-parse", "main"], stdout=subprocess.PIPE, text=True, check=True).stdout.strip()


def hub_has(hub, commit):
    return subprocess.run(["git", "-C", hub, "merge-base", "--is-ancestor", commit, "main"], stderr=subprocess.DEVNULL).returncode == 0


# --- what must hold after any failure --------------------------------------------------------------------------------------

def told(ended, codes=(0, 1, 75)):
    """How a sync ends, and that it names the cause. With 75 everything else is said by the status."""
    said = ended.stdout + ended.stderr
    if ended.returncode not in codes:
        return [f"the sync ends with {ended.returncode}, not {codes}: {said}"]
    if ended.returncode == 75 and not ("127.0.0.1" in said and TRY_AGAIN.search(said)) and TOO_MANY not in said:
        return [f"the message does not say which machine, or what happens next: {said}"]
    return []


def truth(s, who, ended, hub="hub/ara.git"):
    """What the status says of a sync that has ended, compared with the hub."""
    said = s.maillage(who, "--json", "status")
    try:
        status = json.loads(said.stdout)
    except ValueError:
        return [f"no status: {said.stdout} {said.stderr}"]
    there, bad = hub_has(f"{s.now}/{hub}", head(f"{s.now}/{who}")), []
    if not there and (ended.returncode in (0, 1) or status["non_envoye"] == 0 or status["suite"] == "rien à faire"):
        bad.append(f"called exchanged (exit {ended.returncode}), and the hub does not hold it: {status}")
    if ended.returncode == 75 and not TRY_AGAIN.search(status["suite"] + status.get("echec", {}).get("message", "")):
        bad.append(f"the status does not say what stopped it and what happens next: {status}")
    if status["modifies"]:
        bad.append(f"what was saved is not recorded: {status}")
    return bad


def recovered(s):
    return s.goes_on(lambda ended: truth(s, "anne", ended))


# --- a link that breaks ----------------------------------------------------------------------------------------------------

class Broken:
    KINDS = ("cut", "reset", "half", "drip")
    TRANSPORTS = ("natif", "openssh")

    def __init__(self, name, *more, transports=TRANSPORTS):
        self.relay, self.more = Relay(), more
        self.s = stage(name, self.relay.port, *more)
        self.total = {t: self.measure(t) for t in transports}

    def measure(self, transport):
        """Bytes each way of a sync that nobody disturbs, in the connection that carries most."""
        self.prepare(transport)
        self.relay.tell("none")
        self.s.must("anne", "sync")
        most = {"up": 0, "down": 0}
        for _ in range(self.relay.connections()):
            most = {way: max(most[way], n) for way, n in self.relay.passed().items()}
        return most

    def prepare(self, transport):
        self.s.reset()
        configure(self.s, self.relay.port, f"transport: {transport}", *self.more)

    def case(self, transport, way, n, kind):
        self.prepare(transport)
        self.relay.tell(f"{way} {n} {kind}")
        ended = self.s.maillage("anne", "sync")
        bad = told(ended, (0, 1) if kind == "drip" else (0, 1, 75)) + self.s.between() + truth(self.s, "anne", ended)
        self.relay.tell("none")
        return ended.returncode, bad + recovered(self.s)

    def run(self, points):
        results, ends = [], collections.Counter()
        for transport, way, n, kind in points:
            try:
                code, bad = self.case(transport, way, n, kind)
                ends[code] += 1
            except SystemExit as stopped:
                bad = [str(stopped)]
            results += [f"{transport}, {kind} after {n} of {self.total[transport][way]} bytes {way}: {b}" for b in bad]
            if ALL and bad:
                print("# " + results[-1], flush=True)
        self.relay.end()
        return ends, results

    def sample(self, count, kinds):
        """Over the whole exchange, each way, each kind, both transports."""
        chance = random.Random(SEED)
        yield "natif", "up", 478, "cut"  # in the middle of the exchange of keys
        for i in range(1, count):
            transport, way = self.TRANSPORTS[i % 3 == 2], ("up", "down")[i % 2]
            yield transport, way, int(self.total[transport][way] * (i + chance.random()) / count), kinds[(i + SEED) % len(kinds)]

    def sweep(self, part, of):
        points = [(t, w, n, k) for t in self.TRANSPORTS for k in self.KINDS for w in ("up", "down")
                  for n in range(SEED % STEP, self.total[t][w] + STEP, STEP)]
        if POINTS < len(points):
            points = random.Random(SEED).sample(points, POINTS)
        return points[part::of]


def links():
    """Cut, reset, half closed, dripping."""
    if not ALL:
        broken = Broken("links")
        ends, bad = broken.run(list(broken.sample(SAMPLE, Broken.KINDS)))
        bad += [] if SAN or (ends[75] and ends[0] + ends[1]) else [f"all of them ended alike: {dict(ends)}"]  # three say little
        return [(f"a link that breaks after n bytes, {sum(ends.values())} times ({ends[75]} syncs were stopped)", bad)]
    results = []
    with concurrent.futures.ThreadPoolExecutor() as pool:
        for ends, bad in pool.map(lambda k: (lambda b: b.run(b.sweep(k, 2)))(Broken(f"links-{k}")), range(2)):
            results.append((f"a link that breaks after n bytes, {sum(ends.values())} times ({ends[75]} syncs were stopped)", bad))
    return results


def stalls():
    """Nothing moves any more, and nobody is told: in the handshake and in the exchange."""
    def one(i):
        broken = Broken(f"stall-{i}", "delais: {negociation: %d, silence: %d}" % (STALL_S, STALL_S),
                        transports=Broken.TRANSPORTS if ALL else ("natif",))
        count = 12 if ALL else 1
        chance = random.Random(SEED + i)
        points = []
        for k in range(count):
            transport, way = Broken.TRANSPORTS[(i + k // 2) % 2 if ALL else 0], ("down", "up")[(i + k) % 2]
            share = (k + chance.random()) / count if ALL else (0.1, 0.7)[i] + 0.2 * chance.random()
            points.append((transport, way, int(broken.total[transport][way] * share), "stall"))
        return broken.run(points)
    with concurrent.futures.ThreadPoolExecutor() as pool:
        found = list(pool.map(one, range(2)))
    ends = sum((e for e, _ in found), collections.Counter())
    return [(f"a link that stalls, {sum(ends.values())} times", sum((bad for _, bad in found), []))]


# --- servers that are not quite there --------------------------------------------------------------------------------------

class Mute:
    """Accepts, says `words`, and then: "holds" the line, "ends" it, or goes on "talking" without ever coming to the point."""

    def __init__(self, words, then):
        self.words, self.then = words, then
        self.server = socket.create_server(("127.0.0.1", 0))
        self.port, self.kept = self.server.getsockname()[1], []
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                client, _ = self.server.accept()
                client.sendall(self.words)
            except OSError:
                return
            if self.then == "ends":
                client.close()
            elif self.then == "talking":
                threading.Thread(target=self.talk, args=(client,), daemon=True).start()
            else:
                self.kept.append(client)

    def talk(self, client):
        try:
            while True:
                client.sendall(b"Bienvenue\r\n")
                time.sleep(0.1)
        except OSError:
            pass


def mutes():
    s = stage("mutes")
    servers = {"one that accepts and says nothing": Mute(b"", "holds"), "one that hangs up": Mute(b"", "ends"),
               "one that says its name and stops": Mute(b"SSH-2.0-OpenSSH_9.2\r\n", "holds"),
               "one that says its name and hangs up": Mute(b"SSH-2.0-OpenSSH_9.2\r\n", "ends"),
               "one that talks for ever": Mute(b"", "talking")}
    cases = [(name, t) for name in servers for t in ("natif", "openssh")]
    for i in range(len(cases)):
        subprocess.run(["cp", "-a", s.now, f"{s.folder}/{i}"], check=True)

    def one(i):
        name, transport = cases[i]
        here, server = f"{s.folder}/{i}", servers[name]
        write(here + "/home/.config/maillage/config.yaml",
              settings(server.port, f"transport: {transport}", "delais: {connexion: 3, negociation: 3}"))
        mine = Scene.__new__(Scene)
        mine.folder, mine.now, mine.ssh = here, here, s.ssh
        mine.git(here + "/anne", "config", "remote.hub.url", f"{address(server.port)}{here}/hub/ara.git")
        begun = time.monotonic()
        ended = mine.maillage("anne", "sync")
        took = time.monotonic() - begun
        bad = told(ended, (75,)) + truth(mine, "anne", ended)
        return f"{name}, {transport}", bad + ([f"it took {took:.0f} s"] if took > 27 else [])  # without the configuration: 30 s
    with concurrent.futures.ThreadPoolExecutor(len(cases)) as pool:
        found = list(pool.map(one, range(len(cases))))
    return [("a server that is not quite there", [f"{name}: {b}" for name, bad in found for b in bad])]


# --- the worst moments of a push -------------------------------------------------------------------------------------------

class Gate:
    """Stops whoever pushes to a scene's hub: in its pre-receive hook, or in git's transaction of refs ("prepared", "committed")."""

    def __init__(self, s, moment):
        self.folder, hooks = s.now + "/gate", s.now + "/hub/ara.git/hooks"
        os.makedirs(self.folder)
        wait = f'echo $$ >>"{self.folder}/arrived"\nmkfifo "{self.folder}/$$"\necho $$ >>"{self.folder}/waits"\nread x <"{self.folder}/$$"\n'
        if moment == "pre-receive":
            os.rename(hooks + "/pre-receive", hooks + "/real")
            text = f'#!/bin/sh\nif [ ! -e "{self.folder}/open" ]; then\n{wait}fi\nexec "{hooks}/real"\n'
        else:
            text = f'#!/bin/sh\n[ "$1" = {moment} ] && [ ! -e "{self.folder}/open" ] || exit 0\n{wait}'
            moment = "reference-transaction"
        self.hook, self.hooks = f"{hooks}/{moment}", hooks
        write(self.hook, text)
        os.chmod(self.hook, 0o755)

    def arrivals(self, n=1):
        """The ids of the first n who stand before it."""
        by = time.monotonic() + EVENT_S
        while time.monotonic() < by:
            try:
                with open(self.folder + "/waits") as f:
                    ids = [int(line) for line in f.read().split()]
                if len(ids) >= n:
                    return ids
            except OSError:
                pass
            time.sleep(0.01)
        raise SystemExit("nobody came to the hub")

    def open(self):
        """Who comes from now on passes."""
        write(self.folder + "/open", "")

    def let(self, who):
        with open(f"{self.folder}/{who}", "w") as f:
            f.write("go\n")

    def remove(self):
        os.unlink(self.hook)
        if os.path.exists(self.hooks + "/real"):
            os.rename(self.hooks + "/real", self.hooks + "/pre-receive")


def parent(pid):
    try:
        with open(f"/proc/{pid}/stat") as f:
            return int(f.read().rpartition(")")[2].split()[1])
    except OSError:
        return 0


def name_of(pid):
    try:
        with open(f"/proc/{pid}/comm") as f:
            return f.read().strip()
    except OSError:
        return ""


def ancestry(pid):
    """It, and what it was started by, up to the sshd of this test, which is not in it."""
    found = []
    while pid > 1 and pid != int(E["SSHD_PID"]):
        found.append(pid)
        pid = parent(pid)
    return found


def kill(ids):
    for pid in ids:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            pass


def wait_gone(ids):
    by = time.monotonic() + EVENT_S
    while any(name_of(pid) for pid in ids if parent(pid)) and time.monotonic() < by:
        time.sleep(0.01)


def vanishing():
    s = stage("vanish")
    cases = [(m, d) for m in ("pre-receive", "prepared", "committed") for d in ("all of it", "the line", "the hook")]
    if not ALL:  # these two always, and one of the others
        always = [("prepared", "all of it"), ("committed", "the line")]
        cases = always + [[c for c in cases if c not in always][SEED % 7]] * (not SAN)
    return [(f"a hub that vanishes during a push ({moment}, {dies})", vanish(s, moment, dies)) for moment, dies in cases]


def vanish(s, moment, dies):
    s.reset()
    gate, result = Gate(s, moment), []
    t = threading.Thread(target=lambda: result.append(s.maillage("anne", "sync")))
    t.start()
    try:
        hook = gate.arrivals()[0]
    except SystemExit as stopped:
        t.join()
        return [str(stopped)] + [r.stdout + r.stderr for r in result]
    gate.open()
    chain = ancestry(hook)
    lines = [p for p in chain if name_of(p) == "sshd"]
    rest = [p for p in chain if p not in lines]
    if not lines or len(rest) < 2:
        return [f"no sshd above the hook: {[name_of(p) for p in chain]}"]
    kill({"all of it": chain, "the line": lines, "the hook": [hook]}[dies])
    t.join()
    ended = result[0]
    # a hook that dies is a refusal for git, and may be one for the coordinator
    bad = told(ended, (0, 1, 75, 77) if dies == "the hook" else (75,)) + truth(s, "anne", ended)
    if dies == "the line":  # the hub's git is alive, and ends its work only after the next sync has looked
        early = s.maillage("anne", "sync")
        bad += told(early) + truth(s, "anne", early)
        gate.let(hook)
        wait_gone(rest)
    gate.remove()
    wait_gone(rest)  # a git that lost only its hook ends by itself, and takes its locks along
    locks = [p for p in (s.now + "/hub/ara.git/" + name for name in ("refs/heads/main.lock", "HEAD.lock")) if os.path.exists(p)]
    if locks:  # git leaves them when it is killed there: a minute later they are known to be nobody's
        meanwhile = s.maillage("anne", "sync")
        locks = [lock for lock in locks if os.path.exists(lock)]  # on a slow machine the minute may have passed
        bad += told(meanwhile, (75,) if locks else (0, 1)) + truth(s, "anne", meanwhile)
        for lock in locks:
            os.utime(lock, (time.time() - 70,) * 2)
    return bad + recovered(s)


def at_once():
    """Both are through the hub's first checks before either moves main."""
    s = stage("at-once")
    s.save("bruno", "theirs", "Une clôture")
    gate, bad = Gate(s, "pre-receive"), []
    with concurrent.futures.ThreadPoolExecutor() as pool:
        ends = {who: pool.submit(s.maillage, who, "sync") for who in ("anne", "bruno")}
        try:
            both = gate.arrivals(2)
        finally:
            gate.open()
        for one in both:
            gate.let(one)
        for who, end in ends.items():
            bad += [f"{who}: {b}" for b in told(end.result(), (0, 1)) + truth(s, who, end.result())]
    gate.remove()
    s.exchange()
    tree = s.committed("hub/ara.git")
    bad += s.settled(tree)
    bad += [] if b"Une cl" in tree[path_of("theirs")] and b"Un verger" in tree[path_of("both")] else ["an edit is lost"]
    return [("two who push in the same instant", bad)]


# --- twenty coordinators -----------------------------------------------------------------------------------------------------

class Storm:
    """Each saves a value that nobody else ever writes, in a record of their own or in one that all write, and syncs; again and again."""

    def __init__(self):
        self.s = stage("storm")
        self.s.reset("synced")
        self.who = [f"c{i:02}" for i in range(COORDINATORS)]
        self.hub = self.s.now + "/hub/ara.git"
        for i, who in enumerate(self.who):
            subprocess.run(["cp", "-a", self.s.now + "/anne", f"{self.s.now}/{who}"], check=True)
            actor = f"act-ara-{23456789 + i}".replace("0", "a").replace("1", "b")
            self.s.git(f"{self.s.now}/{who}", "config", "user.name", actor)
            self.s.git(f"{self.s.now}/{who}", "config", "user.email", f"{actor}@ara.invalid")
        self.values, self.bad, self.ends, self.lock = [], [], collections.Counter(), threading.Lock()

    def save(self, who, n, chance):
        """In the shared record now and then: by the title, so that most saves of it contest another one."""
        value = f"valeur {who} {n}"
        if chance.random() < 0.3:
            path = f"{self.s.now}/{who}/{path_of('quiet')}"
            text = re.sub('^titre: .*$', f'titre: "{value}"', read(path).decode(), flags=re.M)
        else:
            record = f"pra-ara-{who}{who}zz".replace("0", "a").replace("1", "b")
            path = f"{self.s.now}/{who}/pratiques/{record[8:10]}/{record}.yaml"
            text = RECORD.format(id=record, titre=value)
        write(path + ".part", text)
        os.rename(path + ".part", path)
        return value

    def live(self, i):
        who, chance, n = self.who[i], random.Random(SEED * 100 + i), 0
        while time.monotonic() < self.until:
            n += 1
            value = self.save(who, n, chance)
            ended = self.s.maillage(who, "sync")
            bad = told(ended)
            if ended.returncode in (0, 1):
                mine = head(f"{self.s.now}/{who}")
                bad += [] if hub_has(self.hub, mine) else [f"called exchanged, and the hub does not hold {mine}"]
            elif n % 4 == 1:
                bad += truth(self.s, who, ended)
            with self.lock:
                self.values.append(value)
                self.ends[ended.returncode] += 1
                self.bad += [f"{who}: {b}" for b in bad]

    def converge(self):
        for round in range(4):
            with concurrent.futures.ThreadPoolExecutor(4) as pool:
                ends = list(pool.map(lambda who: self.s.maillage(who, "sync"), self.who))
            heads = {head(f"{self.s.now}/{who}") for who in self.who + ["hub/ara.git"]}
            if len(heads) == 1:
                return [f"a quiet sync ends with {e.returncode}: {e.stderr}" for e in ends if e.returncode not in (0, 1)]
        return [f"after four quiet rounds there are {len(heads)} heads"]

    def once_each(self):
        """Every value is in the hub's history by exactly one commit of a person."""
        log = self.s.git(self.hub, "log", "-p", "--full-history", "--no-merges", "--format=", "main", "--", "pratiques")
        found = collections.Counter(re.findall(r'^\+titre: "(valeur [^"]*)"$', log, flags=re.M))
        bad = [f"{v} is lost" for v in self.values if not found[v]]
        return bad + [f"{v} was committed {n} times" for v, n in found.items() if n > 1]

    def run(self):
        asked = lambda: sum(f"{self.s.now}/hub" in line and line.startswith("git-receive-pack")
                            for line in read(TMP + "/asked").decode().splitlines())
        before, self.until = asked(), time.monotonic() + STORM_S
        with concurrent.futures.ThreadPoolExecutor(COORDINATORS) as pool:
            list(pool.map(self.live, range(COORDINATORS)))
        cycles, pushes = sum(self.ends.values()), asked() - before
        self.bad += self.converge() + self.once_each()
        all_pushes = asked()
        merges = int(self.s.git(self.hub, "rev-list", "--count", "--merges", "main"))
        self.bad += [f"{pushes} pushes in {cycles} cycles"] if pushes > cycles * ROUNDS else []
        self.bad += [f"{merges} merge commits, {all_pushes} pushes"] if merges > all_pushes + 10 else []
        for where in self.who + ["hub/ara.git"]:
            said = self.s.run("git", "-C", f"{self.s.now}/{where}", "fsck", "--strict", "--no-dangling", "--no-progress")
            self.bad += [f"{where}: fsck: {said.stdout}{said.stderr}"] if said.returncode else []
        self.bad += self.s.leftovers(tuple(self.who) + ("hub",))
        return [(f"{COORDINATORS} coordinators for {STORM_S:.0f} s: {cycles} syncs, {self.ends[75]} of them stopped, "
                 f"{pushes} pushes, {merges} merges, {len(self.values)} values", self.bad)]


SCENE = None
PARTS = {"links": links, "stalls": stalls, "mutes": mutes, "vanishing": vanishing, "at_once": at_once, "storm": lambda: Storm().run()}


def main():
    global SCENE
    print(f"# SEED={SEED}", flush=True)
    SCENE = Scene(TMP + "/scene", (address(E["SSHD_PORT"]), settings(E["SSHD_PORT"])))
    chosen = [name for name in PARTS if E.get("ONLY", "") in name]

    def part(name):
        begun = time.monotonic()
        try:
            return PARTS[name](), f"# {name}: {time.monotonic() - begun:.1f} s"
        except SystemExit as stopped:
            return [(name, [str(stopped)])], ""
    with concurrent.futures.ThreadPoolExecutor(len(PARTS)) as pool:
        found = list(pool.map(part, chosen))
    for _, took in found:
        print(took)
    tap([result for results, _ in found for result in results])


main()
