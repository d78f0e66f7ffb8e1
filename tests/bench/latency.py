#!/usr/bin/env python3
"""Row 13: from saving a file to its being in another clone's folder, both daemons running and one hub behind sshd. Started by many.sh.

Nothing wakes the other side: git over ssh has no way to. So it is the quiet time after a save, a push, the rest of the other
daemon's interval, and a fetch; with the shortest interval that can be configured, one second.
"""
import os, random, signal, statistics, subprocess, time

E, TMP = os.environ, os.environ["TMP"]
M, D = E["BUILD"] + "/maillage", E["BUILD"] + "/maillaged"
SAVES = int(E.get("SAVES", "12"))
SYNCTHING_S = 1.02  # as published, with its shortest delay
HUB = f"ssh://{E['SSHD_USER']}@127.0.0.1:{E['SSHD_PORT']}{TMP}/late-hub"
RECORD = """schema: pratique/1
id: pra-ara-7m3kq2xd
collectif: ara
langue: fr
titre: "{}"
resume: "Un jardin."
etat: brouillon
visibilite: collectif
cree_le: "2018-05-03"
cree_par: act-ara-3p4q5r6s
"""
PATH = "pratiques/7m/pra-ara-7m3kq2xd.yaml"


def run(*argv, home=None):
    env = {**E, "XDG_CONFIG_HOME": home, "XDG_RUNTIME_DIR": home, "HOME": home} if home else E
    subprocess.run(argv, check=True, env=env, stdout=subprocess.DEVNULL)


def read(path):
    try:
        with open(path) as f:
            return f.read()
    except FileNotFoundError:
        return ""


def wait(path, text, seconds):
    begun = time.monotonic()
    while read(path) != text:
        if time.monotonic() - begun > seconds:
            raise SystemExit(f"bench: {path} has not come within {seconds} s")
        time.sleep(0.005)
    return time.monotonic() - begun


run(M, "hub", "init", TMP + "/late-hub", "--collectives", "ara")
daemons = []
settings = read(E["XDG_CONFIG_HOME"] + "/maillage/config.yaml")
for who, actor in (("anne", "act-ara-3p4q5r6s"), ("bruno", "act-ara-7t8v9w0x")):
    home = f"{TMP}/late-{who}"
    os.makedirs(home + "/maillage")
    with open(home + "/maillage/config.yaml", "w") as f:
        f.write(settings)
    run(M, "init", "--collective", "ara", "--hub", HUB, "--as", actor, f"{home}/clone", home=home)
    daemons.append(subprocess.Popen([D], env={**E, "XDG_CONFIG_HOME": home, "XDG_RUNTIME_DIR": home, "HOME": home}, stderr=subprocess.DEVNULL))
took = []
try:
    for i in range(SAVES + 1):
        text = RECORD.format(f"Essai {i}")
        file = f"{TMP}/late-anne/clone/{PATH}"
        os.makedirs(os.path.dirname(file), exist_ok=True)
        with open(file + ".part~", "w") as f:
            f.write(text)
        os.rename(file + ".part~", file)
        seconds = wait(f"{TMP}/late-bruno/clone/{PATH}", text, 120)
        if i:  # the first one finds daemons that have just started
            took.append(seconds)
        time.sleep(2 + random.random())  # the next save of a person, not of a program that writes all the time
finally:
    for d in daemons:
        d.send_signal(signal.SIGTERM)
    for d in daemons:
        d.wait()
median = statistics.median(took)
print(f"{'13':<3} {f'saved here, in the other folder (wall; {min(took):.1f} to {max(took):.1f} s)':<56} {median:>8.2f} s  "
      f"{'Syncthing, as published':<44} {SYNCTHING_S:>8.2f} s {median / SYNCTHING_S:>7.2f}", flush=True)
