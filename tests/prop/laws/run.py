"""run.py -- the campaign: N cases, all laws on each, one line of TAP a law. Called by laws.test and `make prop`.

SEED= replays; N= how many cases; JOBS= processes; FOUND=DIR keeps each failing case as files (else they are printed only)."""
import collections
import multiprocessing
import os
import sys
import traceback

import laws
import shrink
import worst
from driver import Driver
from generate import Generator

DRIVER = os.environ["BUILD"] + "/prop/merge_stdio"
SLICE = 50  # families of cases that a process takes at a time


def state_of(case, driver):
    """What a shrunk case may not get worse in: does each side follow the schema, how many nulls are there?"""
    t = laws.Trial(case, driver.ask)
    if t.died is not None or t.refused:
        return True, 0
    nulls = sum(str(v).count("None") for v in [*t.data.values(), *t.sidecar.values()])
    return not all(t.found["valid_" + s] for s in "oab"), nulls


def sentences(law, case, driver, limits=(True, 10**9)):
    """How the case breaks the law."""
    t = laws.Trial(case, driver.ask)
    if t.refused or t.died is None and any(x > y for x, y in zip(state_of(case, driver), limits)):
        return []
    return judged(law, t)


def judged(law, t):
    if t.died is not None:
        return ["the program died"]
    try:
        return list(law(t))
    except Exception:  # a fault of the test: shown with its case as well
        return [traceback.format_exc()]


class Worker:
    """One process, one program: judges slices of the cases."""

    def __init__(self, seed):
        self.driver = Driver(DRIVER)
        self.generator = Generator(seed, self.driver.ask)

    def judge(self, start):
        count, broken = collections.Counter(), []
        for number in range(start, start + SLICE):
            for nth, case in enumerate(self.generator.cases(number)):
                t = laws.Trial(case, self.driver.ask)
                if t.refused:
                    count["refused"] += 1
                    continue
                count["cases"] += 1
                count[case.kind] += 1
                for name, law in laws.LAWS:
                    bad = judged(law, t)
                    if bad:
                        count["broken: " + name] += 1
                        broken.append((name, number, nth, bad, case))
                if t.died is None:
                    count["differences"] += bool(t.entries())
                    count["decisions"] += bool(t.m["ab"].get("decisions"))
                    count["schemas broken by merging"] += laws.breaks_the_schema(t)
                if t.reference:
                    count["compared"] += 1
                    count["in part"] += bool(t.reference.unclear or t.reference.unordered)
        return count, broken[:3]


WORKER = None


def start_worker(seed):
    global WORKER
    WORKER = Worker(seed)


def judge(start):
    return WORKER.judge(start)


def note(text):
    print("\n".join("# " + line for line in str(text).rstrip("\n").split("\n")))


def explain(name, number, nth, bad, case, seed, driver, found):
    """Shrunk, and as the files of a golden case."""
    law = dict(laws.LAWS)[name]
    limits = state_of(case, driver)
    case = shrink.shrink(case, lambda c: sentences(law, c, driver, limits))
    note(f"SEED={seed}, family {number}, case {nth} ({case.kind}); shrunk:")
    note("\n".join(sentences(law, case, driver)))
    t = laws.Trial(case, driver.ask)
    got = [] if t.died is not None else [("expect.yaml", t.m["ab"].get("text")), ("differences.yaml", t.m["ab"].get("sidecar"))]
    files = shrink.files(case, got)
    for file, text in files:
        note(f"--- {file}{' (what the program says: put it right)' if file in ('expect.yaml', 'differences.yaml') else ''}\n{text}")
    if found:
        folder = os.path.join(found, f"{seed}-{number}-{nth}-" + law.__name__.replace("_", "-"))
        shrink.write(folder, files)
        note("kept in " + folder)


def main():
    seed = int(os.environ.get("SEED") or 20180503)
    wanted = int(os.environ.get("N") or 4000)
    jobs = int(os.environ.get("JOBS") or 1)
    print(f"# SEED={seed} N={wanted}")
    print(f"1..{len(laws.LAWS) + 2}", flush=True)
    count, first = collections.Counter(), {}
    driver = Driver(DRIVER)
    with multiprocessing.Pool(jobs, start_worker, (seed,)) as pool:
        for n, (more, broken) in enumerate(pool.imap(judge, range(0, 10**9, SLICE))):
            count.update(more)
            for b in broken:
                first.setdefault(b[0], b)
                note(f"broken: {b[0]}: family {b[1]}, case {b[2]}: {b[3][0][:150]}")
            if wanted >= 50000 and n % 100 == 99:
                note(f"{count['cases']} cases, {sum(v for k, v in count.items() if k.startswith('broken'))} broken")
                sys.stdout.flush()
            if count["cases"] >= wanted or len(first) >= 3 and count["cases"] > 500:
                break
        pool.terminate()
    for i, (name, _) in enumerate(laws.LAWS, 1):
        bad = count["broken: " + name]
        print(f"{'not ok' if bad else 'ok'} {i} - {name} ({count['cases']} cases{f', {bad} broken' if bad else ''})")
        if bad:
            explain(*first[name], seed, driver, os.environ.get("FOUND"))
        sys.stdout.flush()
    failed, slowest, largest = [], (0, ""), (0, "")
    for name, seconds, mib, bad in worst.check(driver.ask):
        slowest, largest = max(slowest, (seconds, name)), max(largest, (mib, name))
        failed += [f"{name}: {seconds:.2f} s, {mib:.0f} MiB: {bad}"] if bad else []
    print(f"{'not ok' if failed else 'ok'} {len(laws.LAWS) + 1} - law 8: the worst texts and lists are bounded "
          f"(at most {slowest[0]:.2f} s: {slowest[1]}; {largest[0]:.0f} MiB: {largest[1]})")
    note("\n".join(failed)) if failed else None
    # a campaign that made nothing of interest would pass as well
    lively = count["differences"] * 5 > count["cases"] and count["decisions"] * 50 > count["cases"] and count["compared"] * 5 > count["cases"] * 4
    print(f"{'ok' if lively else 'not ok'} {len(laws.LAWS) + 2} - the cases are worth it")
    note(", ".join(f"{v} {k}" for k, v in sorted(count.items()) if not k.startswith("broken")))
    return driver.close()


if __name__ == "__main__":
    sys.exit(main())
