#!/usr/bin/env python3
"""Row 12: a network of 18 collectives and 100 coordinators' clones, 10,000 records each: everybody saves one edit, then all sync, again and
again, until each collective's clones and its hub repository are at one head. CLONES, COLLECTIVES and RECORDS make it smaller. Started
by many.sh; the hub's hook judges every push.
"""
import concurrent.futures, os, re, resource, shutil, subprocess, threading, time

E, TMP = os.environ, os.environ["TMP"]
M = E["BUILD"] + "/maillage"
COLLECTIVES, CLONES, RECORDS = (int(E.get(n, d)) for n, d in (("COLLECTIVES", 18), ("CLONES", 100), ("RECORDS", 10000)))
CODES = [f"r{i:02}" for i in range(COLLECTIVES)]
HUB = f"{TMP}/round-hub"
URL = f"ssh://{E['SSHD_USER']}@127.0.0.1:{E['SSHD_PORT']}{HUB}"
ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
RECORD = """schema: pratique/1
id: {id}
collectif: {code}
langue: fr
titre: "{title}"
resume: "Les habitants préparent la réunion {i}. Ils relisent le budget ligne à ligne. Ils notent ce qui reste à éprouver."
etat: brouillon
visibilite: collectif
cree_le: "2018-05-03"
cree_par: act-{code}-3p4q5r6s
"""
lock, peak, failed, late = threading.Lock(), [0], [], [0]


def record(code, i, title):
    x, name = i * 2654435761 % 31**8, ""
    for _ in range(8):
        name += ALPHABET[x % 31]
        x //= 31
    return f"pratiques/{name[:2]}/pra-{code}-{name}.yaml", RECORD.format(id=f"pra-{code}-{name}", code=code, title=title, i=i)


def put(clone, path, text):
    file = f"{clone}/{path}"
    os.makedirs(os.path.dirname(file), exist_ok=True)
    with open(file, "w") as f:
        f.write(text)


def head(git_dir):
    with open(git_dir + "/refs/heads/main") as f:
        return f.read()


def sync(clone):
    p = subprocess.Popen([M, "-C", clone, "sync"], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    words = p.stderr.read()
    _, status, used = os.wait4(p.pid, 0)
    p.returncode = os.waitstatus_to_exitcode(status)
    with lock:
        peak[0] = max(peak[0], used.ru_maxrss)
        if p.returncode == 75:
            late[0] += 1
        elif p.returncode not in (0, 1):
            failed.append(words)


def line(what, value, reference="", other=""):
    print(f"{'12':<3} {what:<56} {value:>10}  {reference:<44} {other:>10} {'-':>7}", flush=True)


def size(folder):
    return int(subprocess.run(["du", "-sk", folder], capture_output=True, text=True, check=True).stdout.split()[0]) / 1024


def first(code):
    clone = f"{TMP}/round/{code}-00"
    subprocess.run([M, "init", "--collective", code, "--hub", URL, "--as", f"act-{code}-3p4q5r6s", clone], check=True, stdout=subprocess.DEVNULL)
    for i in range(RECORDS):
        put(clone, *record(code, i, f"Une pratique {i}"))
    sync(clone)


begun = time.monotonic()
subprocess.run([M, "hub", "init", HUB, "--collectives", ",".join(CODES)], check=True, stdout=subprocess.DEVNULL)
os.makedirs(TMP + "/round")
clones = [(CODES[i % COLLECTIVES], f"{TMP}/round/{CODES[i % COLLECTIVES]}-{i // COLLECTIVES:02}") for i in range(CLONES)]
with concurrent.futures.ThreadPoolExecutor(2) as pool:
    list(pool.map(first, CODES))
if failed:
    raise SystemExit("bench: " + failed[0])
line(f"(made ready: {COLLECTIVES} x {RECORDS} records recorded and pushed)", f"{time.monotonic() - begun:.0f} s")
begun = time.monotonic()
for code, clone in clones:
    if not clone.endswith("-00"):
        subprocess.run(["cp", "-a", f"{TMP}/round/{code}-00", clone], check=True)
line(f"(copied: {CLONES} clones)", f"{time.monotonic() - begun:.0f} s")
for n, (code, clone) in enumerate(clones):
    put(clone, *record(code, n * 7 % RECORDS, f"Une pratique de {n}"))
before, peak[0] = size(HUB), 0
begun, syncs, rounds = time.monotonic(), 0, 0
cpu = lambda: sum(resource.getrusage(resource.RUSAGE_CHILDREN)[:2])
used = cpu()
todo = clones
while todo and rounds < 10:
    rounds += 1
    syncs += len(todo)
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda c: sync(c[1]), todo))
    if failed:
        raise SystemExit("bench: " + failed[0])
    todo = [c for c in clones if head(c[1] + "/.git") != head(f"{HUB}/{c[0]}.git")]
if todo:
    raise SystemExit(f"bench: {len(todo)} clones have not come to their hub's head")
took = time.monotonic() - begun
line(f"{CLONES} edits, all exchanged (wall), {syncs} syncs, 8 at once", f"{took:.1f} s", f"a sync: {(cpu() - used) / syncs:.2f} s of CPU; tried later: {late[0]}")
line("    memory of the largest sync (peak)", f"{peak[0] / 1024:.1f} MiB")
line("    the hub's disk, all repositories", f"{size(HUB):.1f} MiB", "before the edits", f"{before:.1f} MiB")
shutil.rmtree(TMP + "/round")
