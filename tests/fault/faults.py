"""faults.py -- started by faults.test, which says what for."""
import random
import sys

from scene import *

SEED = int(os.environ.get("SEED") or 20180503)
chance = random.Random(SEED)
ALL = os.environ.get("CASES") == "all"
TMP = os.environ["TMP"]
results = []


def expect(name, done, codes, *words):
    """A run that must end with one of these codes and say these words; its faults go into the results."""
    said = done.stdout + done.stderr
    bad = [] if done.returncode in codes else [f"exit code {done.returncode}, not {codes}: {said}"]
    results.append((name, bad + [f"not said: {w}: {said}" for w in words if w not in said]))


def holds(name, *bad):
    results.append((name, [b for b in bad if b]))


# --- objects that are damaged, empty or away -----------------------------------------------------------------------------

EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"  # git knows it by heart: nobody ever reads it, nor misses it


def objects_of(s, who):
    """type -> the oids that main leads to, and the hub has."""
    top, found = f"{s.now}/{who}", {}
    for line in s.git(top, "cat-file", "--batch-all-objects", "--batch-check", "--unordered").splitlines():
        oid, kind, _ = line.split()
        found.setdefault(kind, []).append(oid)
    reached = set(s.git(top, "rev-list", "--objects", "--no-object-names", "hub/main").split()) - {EMPTY_TREE}
    return {kind: sorted(o for o in oids if o in reached) for kind, oids in found.items()}


def loosen(s, who):
    """All objects loose: each can be damaged by itself."""
    top = f"{s.now}/{who}/.git/objects"
    packs = [f"{top}/pack/{n}" for n in os.listdir(top + "/pack")] if os.path.isdir(top + "/pack") else []
    for pack in packs:
        os.rename(pack, f"{s.folder}/{os.path.basename(pack)}")
    for pack in packs:
        if pack.endswith(".pack"):
            with open(f"{s.folder}/{os.path.basename(pack)}", "rb") as f:
                subprocess.run(["git", "-C", f"{s.now}/{who}", "unpack-objects", "-q"], stdin=f, check=True)


def flip(path, at):
    os.chmod(path, 0o644)
    with open(path, "r+b") as f:
        f.seek(at)
        byte = f.read(1)
        f.seek(-1, 1)
        f.write(bytes([byte[0] ^ 0xFF]))


def empty(path):
    os.chmod(path, 0o644)
    os.truncate(path, 0)


def cut(path):
    os.chmod(path, 0o644)
    os.truncate(path, os.path.getsize(path) // 2)


WAYS = {"emptied": empty, "cut": cut, "changed": lambda path: flip(path, os.path.getsize(path) // 2), "away": os.unlink}


def damaged_objects(s):
    """Each sort of object, and each half of a pack, in each way. Without CASES=all some of them, other ones by each SEED."""
    cases = [(sort, way) for sort in ("commit", "tree", "blob", ".pack", ".idx") for way in WAYS]
    step = 1 if ALL else 7 if SAN else 3
    for sort, way in cases[SEED % step::step]:
        s.reset()
        if sort[0] == ".":
            s.git(s.now + "/anne", "repack", "-adq")
            folder = s.now + "/anne/.git/objects/pack/"
            WAYS[way](folder + [n for n in os.listdir(folder) if n.endswith(sort)][0])
        else:
            loosen(s, "anne")
            oid = chance.choice(objects_of(s, "anne")[sort])
            WAYS[way](f"{s.now}/anne/.git/objects/{oid[:2]}/{oid[2:]}")
        expect(f"a {sort} {way}: the sync goes through", s.maillage("anne", "sync"), (0, 1))
        s.exchange()
        # what nobody has needed yet nobody has missed either
        holds(f"a {sort} {way}: all is there again", *[f for f in s.settled() if way != "away" or "anne: fsck: broken link" not in f])


def what_the_hub_has_not(s):
    """A value that only this clone had, recorded, then changed in the folder, and its object away: said, and nothing is made worse."""
    s.reset()
    loosen(s, "anne")
    top = s.now + "/anne"
    lost = s.git(top, "rev-parse", "main:" + path_of("quiet")).strip()
    s.save("anne", "quiet", "Un bosquet")
    os.unlink(f"{top}/.git/objects/{lost[:2]}/{lost[2:]}")
    shutil.rmtree(top + "/.git/logs")  # nor is it known where main was
    before = s.files("anne")
    expect("an object that nobody has", s.maillage("anne", "sync"), (65,), "un objet du dépôt manque ou est abîmé", "maillage init")
    holds("and the folder is as it was", *([] if s.files("anne") == before else ["it is not"]))
    s.reset()
    s.git(s.now + "/hub/ara.git", "config", "core.bare", "true")
    os.rename(s.now + "/hub", s.now + "/away")
    loosen(s, "anne")
    oid = objects_of(s, "anne")["tree"][0]
    head = s.git(top, "rev-parse", "main^{tree}").strip()
    os.unlink(f"{top}/.git/objects/{head[:2]}/{head[2:]}")
    expect("an object is away and the hub, too", s.maillage("anne", "sync"), (75, 65), "il manque des objets au dépôt")
    os.rename(s.now + "/away", s.now + "/hub")
    expect("with the hub again it goes through", s.maillage("anne", "sync"), (0, 1))
    s.exchange()
    holds("and all is there", *s.settled())


# --- every n-th call fails ---------------------------------------------------------------------------------------------------

FAILS = {"write": ("EIO", "ENOSPC", "EDQUOT"), "pwrite64": ("EIO", "ENOSPC"), "fsync": ("EIO", "ENOSPC", "EDQUOT"), "rename": ("EIO", "EROFS", "ENOSPC"),
         "renameat2": ("EIO", "EROFS", "ENOSPC"), "openat": ("EIO", "EROFS", "ENOSPC", "EACCES", "EDQUOT"), "mkdir": ("EIO", "EROFS", "ENOSPC"),
         "link": ("EIO", "ENOSPC", "EROFS"), "unlink": ("EIO", "EROFS", "EACCES"), "rmdir": ("EIO", "EROFS"), "ftruncate": ("EIO",),
         "fchmod": ("EPERM", "EIO"), "utimensat": ("EIO", "EROFS", "EPERM")}
FULL, NOT_ALLOWED = ("ENOSPC", "EDQUOT"), ("EROFS", "EACCES", "EPERM")


def one_fails(s, name, n, error, for_ever):
    s.reset()
    done = s.trace(["-e", f"inject={name}:error={error}:when={n}{'+' if for_ever else ''}"], "-C", "anne", "sync")
    said, bad = done.stdout + done.stderr, []
    mute = name == "write" and for_ever  # its words fail as well
    if done.returncode not in (0, 1, 65, 75, 77):
        bad.append(f"exit code {done.returncode}: {said}")
    if done.returncode > 1 and not mute and "maillage : " not in done.stderr:
        bad.append(f"it does not say why: {said}")
    if done.returncode == 75 and error in FULL and not mute and "plein" not in said and "réessa" not in said:
        bad.append(f"it does not speak of the disk: {said}")
    if done.returncode == 65:
        bad.append(f"it calls this damage: {said}")
    return bad + s.between() + s.goes_on()


def each_fails(s):
    """A sample: every STEP-th call, from the SEED-th on, with an error by lot. CASES=all: every call with every error."""
    points, bad, tried = [p for p in s.points("-C", "anne", "sync") if p[0] in FAILS], [], 0
    step = 1 if ALL else int(os.environ.get("STEP") or max(1, len(points) // (3 if SAN else 10)))
    for i, (name, n, text) in enumerate(points[SEED % step::step]):
        for error in FAILS[name] if ALL else (chance.choice(FAILS[name]),):
            for_ever = chance.random() < 0.5
            faults = one_fails(s, name, n, error, for_ever)
            tried += 1
            bad += [f"{name} number {n}{' and later' if for_ever else ''}: {error}: {text}: {f}" for f in faults]
            if faults and ALL:
                print("# " + bad[-1], flush=True)
    holds(f"{tried} failures of {len(points)} calls (STEP={step})", *bad)


# --- a disk that is full -----------------------------------------------------------------------------------------------------------

def full_disk():
    """anne's clone and folder on a disk of their own, with room for some of what a sync writes, a little more each time."""
    disk = TMP + "/disk"
    os.makedirs(disk)
    if os.getuid() or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m", "none", disk], stderr=subprocess.DEVNULL).returncode:
        print("# SKIPPED, NOT TESTED: a disk that is really full (needs root and a tmpfs)")
        return
    try:
        s = Scene(disk + "/scene")
        bad, stopped = [], 0
        for free in (0, 1, 2, 4, 8, 16, 32, 64, 128)[::2 if SAN else 1]:
            s.reset()
            fill(disk, free)
            done = s.maillage("anne", "sync")
            said = done.stdout + done.stderr
            if done.returncode == 75 and "le disque est plein ; libérez de la place" in said:
                stopped += 1
            elif done.returncode not in (0, 1):
                bad.append(f"{free} blocks free: exit code {done.returncode}: {said}")
            bad += [f"{free} blocks free: {f}" for f in s.between()]
            os.unlink(disk + "/fill")
            bad += [f"{free} blocks free, then room: {f}" for f in s.goes_on()]
        holds(f"a full disk: said {stopped} times, and with room again all goes on", *bad, None if stopped else "it was never full")
    finally:
        subprocess.run(["umount", "-l", disk])


def fill(disk, free):
    """All but so many blocks of 4 KiB."""
    with open(disk + "/fill", "wb", buffering=0) as f:
        try:
            while True:
                f.write(b"x" * 65536)
        except OSError:
            pass
        try:
            while True:
                f.write(b"x" * 4096)
        except OSError:
            pass
    os.truncate(disk + "/fill", os.path.getsize(disk + "/fill") - 4096 * free)


SECTIONS = (damaged_objects, what_the_hub_has_not, each_fails)

if __name__ == "__main__":
    print(f"# SEED={SEED}", flush=True)
    only = os.environ.get("ONLY", "")
    chosen = [f for f in SECTIONS if only in f.__name__]
    if chosen:
        scene = Scene(TMP + "/scene")
        for section in chosen:
            section(scene)
    if only in "full_disk":
        full_disk()
    tap(results)
