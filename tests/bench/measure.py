# SPDX-License-Identifier: MIT
"""Measures zuoxi beside nano and tig on a pseudo terminal of 40 x 120 and prints a table: what is aimed at, what was found.

Every leg runs three times, the programs in turn; the run with the lowest p99 counts, since on a shared machine other work
can only add time. Called by tests/bench/run, which builds and says where the harness lies."""
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent))
sys.path.insert(0, os.environ.get("ZUOXI_HARNESS", ""))
import fixture

try:
    from ttyharness import Session
except ImportError:
    Session = None

ROWS, COLS = 40, 120
RUNS = int(os.environ.get("RUNS", "3"))
ENV = {"TERM": "xterm-256color", "LANG": "C.UTF-8", "LC_ALL": "", "NO_COLOR": "", "TMUX": ""}
HAS = {name: shutil.which(name) for name in ("nano", "tig")}
TYPED = [k.encode() for k in ("a", "你", "b", "\x7f", "\x7f", "\x7f")]
CONTACT = [b"\x1bOS"] + [c.encode() for c in "13800138000"] + [b"\r", b"\r"]  # F4: a call by hand
FORM, SEARCH, EMPTY = b"\x1b3", b"\x06", b"\x15"
RT = False


def go_rt():
    """Keeps other work off both sides of the measurement; without the right to, figures only get worse."""
    global RT
    try:
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(10))
        RT = True
    except (OSError, AttributeError):
        fixture.say("Not allowed to run with real-time priority: expect p99 to show what else the machine does.")


def percentiles(v):
    v = sorted(v)
    at = lambda q: round(v[min(len(v) - 1, int(q * len(v)))], 3) if v else None
    return {"p50": at(.5), "p99": at(.99), "max": at(1), "n": len(v)}


def best(runs):
    return min(runs, key=lambda r: (r["p99"], r["p50"]))


def open_session(argv, cwd=None):
    s = Session(argv, ROWS, COLS, ENV, cwd)
    s.burst(100, 8000, s.t0, True)
    return s


def starts(argv, cwd, n=10):
    v, size = [], 0
    for _ in range(n):
        s = Session(argv, ROWS, COLS, ENV, cwd)
        _, last, size, _ = s.burst(100, 8000, s.t0, True)
        v.append(last / 1e6)
        s.close()
    return dict(percentiles(v), bytes=size)


def press(s, key, timeout=300):
    """(first, last, bytes) of what one key draws. A frame is one write, so 5 ms of silence end it; longer silence would count
    the tick of a call clock, which comes once a second by itself, as part of the key. What comes then is read and left out."""
    first, last, got, _ = s.key(key, 5, timeout)
    s.burst(15, 15)
    return first, last, got


def keys(s, sequence, n):
    """Time from the key to the last byte of what it draws, bytes a key, and keys that drew nothing."""
    v, size, silent = [], 0, 0
    for i in range(n):
        first, last, got = press(s, sequence[i % len(sequence)])
        if first is None:
            silent += 1
        else:
            v.append(last / 1e6)
            size += got
    return dict(percentiles(v), bytes=round(size / max(1, n), 1), silent=silent)


def in_contact(argv):
    s = open_session(argv)
    s.burst(400, 1500)  # the packs are read behind the first frame
    for k in CONTACT:
        s.key(k, 60, 600)
    s.key(FORM, 150, 600)
    return s


def resizes(s, n=20):
    v, size = [], 0
    for i in range(n):
        t = s.resize(ROWS - 5 * (i % 2 == 0), COLS - 20 * (i % 2 == 0))
        first, last, got, _ = s.burst(60, 500, t)
        if first is not None:
            v.append(last / 1e6)
            size = max(size, got)
    return dict(percentiles(v), bytes=size)


def memory(pid):
    """Resident kB of the process: all of it, and without the mapped database files and their shared memory."""
    total = mapped = 0
    name = ""
    with open(f"/proc/{pid}/smaps", encoding="utf8") as f:
        for line in f:
            head = re.match(r"[0-9a-f]+-[0-9a-f]+ \S+ \S+ \S+ \S+ *(.*)", line)
            if head:
                name = head.group(1)
            elif line.startswith("Rss:"):
                kb = int(line.split()[1])
                total += kb
                mapped += kb if re.search(r"\.db(-wal|-shm)?$", name) else 0
    return total, total - mapped


def switches(pid):
    n = 0
    for task in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{task}/status", encoding="utf8") as f:
            n += sum(int(line.split()[1]) for line in f if line.startswith("voluntary"))
    return n


def peers():
    out = {}
    if HAS["nano"]:
        # Where it may leave what it saves when its terminal goes away.
        os.makedirs(fixture.CACHE / "nano", exist_ok=True)
        out["nano"] = (["nano", "--ignorercfiles"], str(fixture.CACHE / "nano"))
    if HAS["tig"]:
        out["tig"] = (["tig"], str(fixture.repository()))
    return out


# --- legs: each gives rows (figure, program, {values})

def leg_start():
    found = {}
    for _ in range(RUNS):
        with fixture.Copy() as argv:
            for name, (cmd, cwd) in dict(peers(), zuoxi=(argv, None)).items():
                found.setdefault(name, []).append(starts(cmd, cwd))
    return [("first full frame, ms", name, best(v)) for name, v in found.items()]


def leg_type():
    found = {}
    for _ in range(RUNS):
        with fixture.Copy() as argv:
            s = in_contact(argv)
            found.setdefault("zuoxi", []).append(keys(s, TYPED, 300))
            s.close()
        if HAS["nano"]:
            s = open_session(*peers()["nano"])
            found.setdefault("nano", []).append(keys(s, TYPED, 300))
            s.close()
        if HAS["tig"]:
            s = open_session(*peers()["tig"])
            found.setdefault("tig", []).append(keys(s, [b"j"] * 30 + [b"k"] * 30, 120))
            s.close()
    return [("typed key to last byte, ms", name, best(v)) for name, v in found.items()]


def leg_search():
    runs = []
    for _ in range(RUNS):
        with fixture.Copy() as argv:
            s = in_contact(argv)
            s.key(SEARCH, 150, 600)
            v, size, silent = [], 0, 0
            for query in fixture.queries(40):
                for c in query[:12]:
                    first, last, got = press(s, c.encode(), 400)
                    if first is None:
                        silent += 1
                    else:
                        v.append(last / 1e6)
                        size += got
                s.key(EMPTY, 60, 400)
            runs.append(dict(percentiles(v), bytes=round(size / max(1, len(v)), 1), silent=silent))
            s.close()
    return [("key that refreshes the search, ms", "zuoxi", best(runs))]


def leg_resize():
    found = {}
    for _ in range(RUNS):
        with fixture.Copy() as argv:
            s = in_contact(argv)
            found.setdefault("zuoxi", []).append(resizes(s))
            s.close()
        for name, (cmd, cwd) in peers().items():
            s = open_session(cmd, cwd)
            found.setdefault(name, []).append(resizes(s))
            s.close()
    return [("resize, ms", name, best(v)) for name, v in found.items()]


def leg_memory():
    rows = []
    with fixture.Copy() as argv:
        s = in_contact(argv)
        keys(s, TYPED, 60)
        s.key(SEARCH, 150, 600)
        for query in fixture.queries(40):
            for c in query[:12]:
                s.key(c.encode(), 30, 300)
            s.key(EMPTY, 30, 300)
        total, own = memory(s.pid)
        rows.append(("resident memory, MB", "zuoxi", {"beside_database": round(own / 1024, 1), "all": round(total / 1024, 1)}))
        s.close()
    for name, (cmd, cwd) in peers().items():
        s = open_session(cmd, cwd)
        rows.append(("resident memory, MB", name, {"all": round(memory(s.pid)[0] / 1024, 1)}))
        s.close()
    return rows


def leg_idle():
    seconds = 10
    with fixture.Copy() as argv:
        s = open_session(argv)
        until = time.monotonic() + 3  # the packs, and what follows them
        while time.monotonic() < until:
            if s.po.poll(200):
                s._read()
        before, bytes_before, cpu = switches(s.pid), s.total, s.cpu_ns()
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if s.po.poll(200):
                s._read()
        found = {"wakeups_10s": switches(s.pid) - before, "bytes_10s": s.total - bytes_before,
                 "cpu_us_s": round((s.cpu_ns() - cpu) / 1e3 / seconds)}
        s.close()
    return [("idle, 10 s at the home screen", "zuoxi", found)]


LEGS = {"start": leg_start, "type": leg_type, "search": leg_search, "resize": leg_resize, "memory": leg_memory, "idle": leg_idle}

# leg: (what is aimed at, figure of zuoxi, peer or None, most: times the peer's or absolute)
TARGETS = {
    "start": [("p50 at most 2 x nano's", "p50", "nano", 2.0), ("p50 not above tig's", "p50", "tig", 1.0)],
    "type": [("p50 at most 1.5 x nano's", "p50", "nano", 1.5), ("p99 at most 2 x nano's", "p99", "nano", 2.0),
             ("at most 80 bytes a key", "bytes", None, 80)],
    "search": [("p99 at most 10 ms", "p99", None, 10.0)],
    "resize": [("at most 2 ms", "p50", None, 2.0)],
    "memory": [("at most 25 MB beside the mapped database", "beside_database", None, 25.0)],
    "idle": [("no wake-up but the visible clock: 10", "wakeups_10s", None, 10)],
}


def print_leg(leg, rows):
    for figure, name, values in sorted(rows, key=lambda r: r[1] != "zuoxi"):
        print(f"{figure:36} {name:6} " + "  ".join(f"{k} {v}" for k, v in values.items()))
    mine = [r[2] for r in rows if r[1] == "zuoxi"][0]
    for text, key, peer, most in TARGETS[leg]:
        if not peer:
            print(f"{'':36} target {text}: {mine[key]} {'(met)' if mine[key] <= most else '(MISSED)'}")
            continue
        theirs = [r[2] for r in rows if r[1] == peer]
        if theirs:
            ratio = mine[key] / theirs[0][key]
            print(f"{'':36} target {text}: {ratio:.2f} x {'(met)' if ratio <= most else '(MISSED)'}")


def machine():
    with open("/proc/cpuinfo", encoding="utf8") as f:
        model = next((line.split(":", 1)[1].strip() for line in f if line.startswith("model name")), "unknown processor")
    return {"cpu": model, "cores": os.cpu_count(), "loadavg": round(os.getloadavg()[0], 2), "rt": RT, "at": time.strftime("%Y-%m-%dT%H:%M:%S%z")}


def main():
    legs = sys.argv[1:] or list(LEGS)
    for leg in legs:
        if leg not in LEGS:
            sys.exit(f"there is no leg {leg}; there are: {' '.join(LEGS)}")
    fixture.station()
    if Session:
        go_rt()
    here = machine()
    print(f"{here['cpu']}, {here['cores']} cores, load {here['loadavg']}, {ROWS}x{COLS}, {'real-time' if RT else 'ordinary'} priority, "
          f"{RUNS} runs, the one with the lowest p99")
    with open(fixture.CACHE / "results.jsonl", "a", encoding="utf8", buffering=1) as out:
        for leg in legs:
            load = round(os.getloadavg()[0], 2)
            rows = LEGS[leg]()
            print_leg(leg, rows)
            sys.stdout.flush()
            for figure, name, values in rows:
                out.write(json.dumps({"leg": leg, "figure": figure, "program": name, **values, **here, "loadavg": load}) + "\n")


main()
