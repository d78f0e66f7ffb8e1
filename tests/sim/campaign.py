#!/usr/bin/python3
"""campaign.py [--build DIR] [--jobs N] [--scripts FILE...] [N [SEED]]: N random histories, judged by model.py; or scripts.

Each history has a number of its own, SEED + i; `campaign.py 1 NUMBER` replays it. One that fails is shrunk, step by step, as long as
it fails in the same way, and printed as a script like those in tests/sim/histories/.
"""
import argparse, glob, json, multiprocessing, os, random, shutil, subprocess, sys, tempfile, time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
import model
from model import Model

MOST_SHRINK = 400  # runs
SHOWN = 3          # scripts of one kind of failure
MEASURED = 4       # in one history of so many: whether the order of merging matters


class Driver:
    def __init__(self, program, folder):
        self.dir = tempfile.mkdtemp(prefix="maillage-sim-", dir=folder)
        self.proc = subprocess.Popen([program, self.dir + "/r", HERE + "/essai.schema.yaml", HERE + "/essai.yaml"],
                                     stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8")
        self.start = self.run(["sites 2", "show"])[1]["records"]["e1"]["val"]

    def run(self, lines):
        self.proc.stdin.write("".join(l + "\n" for l in lines) + "flush\n")
        self.proc.stdin.flush()
        answers = []
        for _ in lines:
            text = self.proc.stdout.readline()
            if not text:
                raise EOFError("the driver died on:\n" + "\n".join(lines))
            answers.append(json.loads(text))
        return answers

    def close(self):
        self.proc.stdin.close()
        self.proc.wait()
        shutil.rmtree(self.dir, ignore_errors=True)


# --- random histories --------------------------------------------------------------------------------------------------

def generate(seed):
    r = random.Random(seed)
    n = r.choice((2, 3, 3, 3, 4, 5, 6))
    sites = [chr(65 + i) for i in range(n)]
    made = [0]
    pool = r.random() < 0.2          # few values, met again and again, or each written once
    removals = r.random() < 0.35
    plain_git = r.random() < 0.25
    hub = r.random() < 0.5
    fields = r.sample(["titre", "lieu", "conditions/c1/texte", "conditions/c2/note", "texte", "themes", "merci", "lus", "etat",
                       "visibilite", "debut", "fin", "etapes", "item"], r.randint(1, 4))
    if r.random() < 0.6:
        fields += ["titre"] * 3
    records = ["e1"] * 6 + ["e2"] + (["e3"] if removals else [])

    def fresh(prefix="v"):
        made[0] += 1
        return f"{prefix}{made[0]}" if not pool else f"{prefix}{r.randint(1, 3)}"

    def edit(site):
        record, field = r.choice(records), r.choice(fields)
        by = "git " if plain_git and r.random() < 0.3 else "old " if r.random() < 0.08 else ""
        if removals and r.random() < 0.2:
            return f"{site} {by}delete {record}" if r.random() < 0.5 else f"{site} revive {record} {fresh('r')}"
        if field == "texte":
            made[0] += 1
            text = "-" if r.random() < 0.1 else f"Neuf{made[0]} mot{made[0]} fin{made[0]}."
            return f"{site} {by}{r.choice(('phrase', 'phrase', 'after'))} {record} texte {r.randint(0, 7)} {text}" \
                if text != "-" else f"{site} {by}phrase {record} texte {r.randint(0, 7)} -"
        if field in ("themes", "etapes"):
            if r.random() < 0.6:
                return f"{site} {by}put {record} {field} {fresh('el')}"
            return f"{site} {by}take {record} {field} {'th' if field == 'themes' else 's'}{r.randint(1, 3)}"
        if field == "merci":
            return f"{site} {by}put {record} merci {fresh('m')}"
        if field == "lus":
            return f"{site} {by}bump {record} lus {r.randint(1, 9)}"
        if field == "etat":
            return f"{site} {by}set {record} etat {r.choice(('brouillon', 'propose', 'valide', 'partage', 'retire'))}"
        if field == "visibilite":
            return f"{site} {by}set {record} visibilite {r.choice(('collectif', 'reseau', 'public'))}"
        if field in ("debut", "fin"):
            return f'{site} {by}set {record} {field} 2018-0{r.randint(1, 9)}-{r.randint(10, 28)}'
        if field == "item":
            item = f"c{r.randint(1, 5)}"
            if removals and r.random() < 0.4:
                return f"{site} {by}unset {record} conditions/{item}"
            return f"{site} {by}set {record} conditions/{item}/{r.choice(('texte', 'note'))} {fresh()}"
        if r.random() < 0.06:
            return f"{site} {by}unset {record} {field}" if field != "titre" else f"{site} {by}set {record} titre {fresh()}"
        return f"{site} {by}set {record} {field} {fresh()}"

    def settle(site):
        k, dice = r.randint(0, 5), r.random()
        by = "git " if plain_git and r.random() < 0.3 else ""
        if dice < 0.35:
            return f"{site} resolve {k} take {r.randint(0, 3)}"
        if dice < 0.5:
            return f"{site} resolve {k} base"
        if dice < 0.6:
            return f"{site} resolve {k} value {fresh()}"
        if dice < 0.68:
            return f"{site} resolve {k} ok"
        if dice < 0.8:
            return f"{site} {by}choose {k} {fresh()}"
        if dice < 0.92:
            return f"{site} {by}pick {k} {r.randint(0, 3)}"
        return f"{site} {by}forget {k}"

    def exchange(site):
        other = r.choice([s for s in sites if s != site])
        dice = r.random()
        if dice < 0.12:
            return "all lockstep"
        if hub and dice < 0.7:
            return f"{site} race {other}" if dice < 0.2 else f"{site} sync"
        if plain_git and dice < 0.8:
            return f"{site} merge {other} {r.choice(('mine', 'theirs'))}"
        return f"{site} {'pull' if dice < 0.92 else 'swap'} {other}"

    lines = [f"sites {n}"]
    for _ in range(r.randint(6, 26)):
        site, dice = r.choice(sites), r.random()
        if dice < 0.45:
            lines.append(edit(site))
        elif dice < 0.62:
            lines.append(settle(site))
        elif dice < 0.66:
            lines.append(f"{site} open")
        else:
            lines.append(exchange(site))
    return lines, r.choice(("hub", "lockstep", "swap"))


# --- running and judging -----------------------------------------------------------------------------------------------

def judge(driver, lines, how, orders=0):
    """Problems, and in how far the order of merging mattered: fields that came out differently."""
    ends = [f"order {i}" for i in range(orders)] + [f"converge {how}", "show", "verify"]
    answers = driver.run(lines + ends)
    model = Model(driver.start)
    for line, answer in zip(lines + ends, answers):
        model.step(line, answer)
    model.verified(answers[-1])
    problems = model.judge(answers[-2])
    moved = set()
    states = [a["state"] for a in answers[len(lines):len(lines) + orders] if "state" in a]
    for s in states[1:]:
        moved |= differing(states[0], s)
    return problems, moved, answers


def differing(x, y):
    """Where two states say different things; "shows": the same proposals, but another of them stands in the field meanwhile."""
    out = set()
    for record, a in x["records"].items():
        b = y["records"][record]
        va, vb = a.get("val"), b.get("val")
        if (va is None) != (vb is None):
            out.add("@record")
            continue
        fields = set(va or {}) | set(vb or {}) | {d["champ"] for d in a["diffs"] + b["diffs"]}
        for field in fields:
            if stands(a, field) != stands(b, field):
                out.add(field.split("/")[0])
            elif (va or {}).get(field) != (vb or {}).get(field):
                out.add(field + " shows")
    return out


def stands(held, field):
    """The field's value, or the proposals that stand for it."""
    open_ = [d for d in held["diffs"] if d["champ"] == field and d["degre"] != "tranche"]
    props = sorted(json.dumps([d["class"], d["degre"], p.get("v"), p.get("present")]) for d in open_ for p in d["propositions"])
    return props if props and open_[0]["class"] == "value" else [props, held.get("val", {}).get(field)]


def kind(problem):
    return problem.split(":")[0]


def shrink(driver, lines, how, wanted):
    runs = 0
    smaller = True
    while smaller and runs < MOST_SHRINK:
        smaller = False
        for size in (8, 4, 2, 1):
            at = 1
            while at < len(lines) and runs < MOST_SHRINK:
                less = lines[:at] + lines[at + size:]
                runs += 1
                problems, _, _ = judge(driver, less, how)
                if any(kind(p) == wanted for p in problems):
                    lines, smaller = less, True
                else:
                    at += size
    return lines


def script(lines, how, problems):
    return "".join(f"# {p}\n" for p in problems) + "\n".join(lines) + f"\nconverge {how}\n"


# --- named histories ---------------------------------------------------------------------------------------------------

def expected(line, state, rounds):
    """NULL, or what is not as the line says: `expect e1:FIELD [open|shows|has|says|settled] VALUE...`, `expect e1 here|gone`."""
    words = line.split(" ")[1:]
    if words[0] == "rounds":
        return None if rounds <= int(words[1]) else f"{rounds} rounds"
    record, _, field = words[0].partition(":")
    held, words = state["records"][record], words[1:]
    if not field:
        return None if ("val" in held) == (words == ["here"]) else "it is not " + words[0]
    if "val" not in held:
        return "the record is gone"
    value, _ = model.look(held, field)
    entries = [d for d in held["diffs"] if d["champ"] == field]
    open_ = [d for d in entries if d["degre"] != "tranche"]
    props = sorted(str(p.get("v", p.get("present", "absent"))) for d in open_ for p in d["propositions"])
    text = "[" + value + "] " + json.dumps(entries, ensure_ascii=False)
    if words == ["absent"]:
        good = value == model.NONE
    elif words[0] == "open":
        good = open_ and (len(words) == 1 or props == sorted(words[1:]) or words[1:] == [str(len(props))])
    elif words[0] == "settled":
        good = entries and not open_
    elif words[0] == "shows":
        good = value == json.dumps(words[1])
    elif words[0] == "has":
        good = words[1] in props
    elif words[0] == "says":
        good = " ".join(words[1:]) in text
    else:
        plain = json.loads(value) if value != model.NONE else None
        good = not open_ and (sorted(plain) == sorted(words) if isinstance(plain, list) else str(plain) == " ".join(words))
    return None if good else f"{field} is {text}"


def run_scripts(program, folder, files, show):
    driver = Driver(program, folder)
    failed = 0
    for i, name in enumerate(files):
        text = open(name, encoding="utf-8").read().splitlines()
        lines = [l for l in text if l and not l.startswith(("#", "expect ", "converge "))]
        how = next((l.split()[1] for l in text if l.startswith("converge ")), "lockstep")
        problems, _, answers = judge(driver, lines, how)
        if show:
            for l, a in zip(lines + ["converge " + how, "show", "verify"], answers):
                print("#", l, json.dumps(a, ensure_ascii=False))
        for l in text:
            if l.startswith("expect "):
                wrong = expected(l, answers[-2], answers[-3]["rounds"])
                if wrong:
                    problems.append(f"{l}: {wrong}")
        failed += bool(problems)
        print(f"{'not ' if problems else ''}ok {i + 1} - {text[0].lstrip('# ')}")
        for p in problems:
            print("#", p)
    driver.close()
    return failed


# --- the campaign ------------------------------------------------------------------------------------------------------

def work(job):
    program, folder, first, count, orders = job
    driver = Driver(program, folder)
    failed, mattered, steps = [], {}, 0
    for seed in range(first, first + count):
        lines, how = generate(seed)
        steps += len(lines)
        problems, moved, _ = judge(driver, lines, how, 0 if seed % MEASURED else orders)
        for field in moved:
            mattered[field] = mattered.get(field, 0) + 1
        if problems:
            failed.append((seed, how, problems))
    out = []
    seen = {}
    for seed, how, problems in failed:
        wanted = kind(problems[0])
        seen[wanted] = seen.get(wanted, 0) + 1
        if seen[wanted] > 2:
            continue
        lines = shrink(driver, generate(seed)[0], how, wanted)
        problems = judge(driver, lines, how)[0] or [wanted + ": not again when run alone: " + problems[0]]
        out.append((seed, script(lines, how, problems)))
    driver.close()
    return [f[0] for f in failed], [kind(f[2][0]) for f in failed], out, mattered, steps


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--build", default=os.environ.get("BUILD", "build/plain"))
    ap.add_argument("--jobs", type=int, default=2)
    ap.add_argument("--scripts", nargs="*")
    ap.add_argument("--show", action="store_true", help="print the answers of scripts")
    ap.add_argument("n", nargs="?", type=int, default=1)
    ap.add_argument("seed", nargs="?", type=int)
    args = ap.parse_args()
    program = os.path.abspath(args.build) + "/sim/replicas"
    folder = os.environ.get("TMP")  # little is written there
    if args.scripts is not None:
        files = args.scripts or sorted(glob.glob(HERE + "/histories/*.txt"))
        failed = run_scripts(program, folder, files, args.show)
        print(f"1..{len(files)}", flush=True)
        return 1 if failed else 0
    seed = args.seed if args.seed is not None else int(time.time()) % 1000000 * 1000000
    print(f"# SEED={seed}", flush=True)
    begun = time.time()
    size = max(1, min(250, args.n // args.jobs))
    jobs = [(program, folder, s, min(size, seed + args.n - s), 3) for s in range(seed, seed + args.n, size)]
    failed, kinds, mattered, shown = [], {}, {}, {}
    with multiprocessing.Pool(args.jobs) as pool:
        for bad, why, scripts, moved, steps in pool.imap(work, jobs):
            failed += bad
            for k in why:
                kinds[k] = kinds.get(k, 0) + 1
            for field, count in moved.items():
                mattered[field] = mattered.get(field, 0) + count
            for number, text in scripts:
                shown[kind(text[2:])] = shown.get(kind(text[2:]), 0) + 1
                if shown[kind(text[2:])] <= SHOWN:
                    print(f"# history {number} fails:\n{text}", flush=True)
    took = time.time() - begun
    print(f"# {args.n} histories, {len(failed)} failed {kinds}, {took:.1f} s, {1000 * took * args.jobs / args.n:.1f} ms each on a core")
    measured = sum(not s % MEASURED for s in range(seed, seed + args.n))
    print(f"# the order of merging mattered in so many of {measured}:", ", ".join(f"{f} {c}" for f, c in sorted(mattered.items(), key=lambda x: -x[1])) or "never")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
