# SPDX-License-Identifier: MIT
"""./dev bench hub [exchange] [seats] [first] [rows] [--short]: a real hub on loopback under a load of stations, beside pgbench, a plain
SQLite loop and curl. Called by tests/bench/run; README.md here says what is measured how."""
import json
import os
import pathlib
import re
import resource
import statistics
import subprocess
import sys
import time

from hubplace import BUILD, HUB, TOOLS, Haproxy, Hub, Load, Place, Store, cpu_s, hub_command, memory, say, wait
from kbreport import machine, number, pad

ZUOXI = BUILD / "src" / "zuoxi"
LEGS = ("exchange", "seats", "first", "rows")


class Report:
    def __init__(self):
        pathlib.Path("build-bench").mkdir(exist_ok=True)
        self.out, self.here, self.rows = open("build-bench/results.jsonl", "a", encoding="utf8", buffering=1), machine(), []
        print(f"{self.here['cpu']}, {self.here['cores']} cores, load {os.getloadavg()[0]:.2f}; generator, proxy and hub share them; "
              "milliseconds of the clock; ratio: ours / peer")
        self._print(("", "figure", "target", "measured", "peer", "ratio", "", ""))

    def add(self, leg, figure, measured, target="", most=None, peer=None, note=""):
        ratio = measured / peer if peer and measured is not None else None
        verdict = "" if most is None or measured is None else "met" if measured <= most else "MISSED"
        row = (leg, figure, target, number(measured), number(peer) if peer else "", f"{ratio:.2f}" if ratio is not None else "", verdict, note)
        self.rows.append(row)
        self._print(row)
        self.out.write(json.dumps({"leg": f"hub {leg}", "figure": figure, "target": target, "measured": measured, "peer": peer, "ratio": ratio,
                                   "verdict": verdict, "note": note, **self.here, "loadavg": round(os.getloadavg()[0], 2)}) + "\n")

    @staticmethod
    def _print(r):
        print(f"{pad(r[0], 16)} {pad(r[1], 52)} {pad(r[2], 12)} {r[3]:>10} {r[4]:>9} {r[5]:>6} {r[6]:6} {r[7]}".rstrip(), flush=True)

    def end(self):
        missed = [r for r in self.rows if r[6] == "MISSED"]
        judged = [r for r in self.rows if r[6]]
        print(f"\n{len(judged)} targets judged: {len(judged) - len(missed)} met, {len(missed)} missed" + (":" if missed else ""))
        for r in missed:
            print(f"  {r[0]}: {r[1]}, {r[2]}: {r[3]}")


# ---- operations and pages on both engines

PG_NOTE = """
\\set d random(1, :devs)
\\set k random(1, :tickets)
begin;
select b.dev as dev, d.last_n + 1 as n from bench_dev b join dev d on d.dev = b.dev and d.inc = 'bench' where b.i = :d \\gset
select b.e as ticket, b.s as stream from bench_ticket b where b.i = :k \\gset
select d, rev, seq from ent where site = 'SHA' and t = 'ticket' and e = :ticket;
update stream set seq = seq + 1, upd = 1764000000000 where site = 'SHA' and s = :stream returning seq as seq \\gset
insert into ent (site, t, e, s, seq, rev, d, author, at, dev) values ('SHA', 'note', gen_random_uuid()::text, :stream, :seq, 1,
  '{"ticket_id":"0192f0c1-0000-7000-8000-000000000000","text":"a note of the usual length, as an agent writes it after a call"}', 'x', 1764000000000, :dev);
insert into ent_hist (site, t, e, rev, s, seq, d, author, at, dev, op) values ('SHA', 'note', gen_random_uuid()::text, 1, :stream, :seq,
  '{"ticket_id":"0192f0c1-0000-7000-8000-000000000000","text":"a note of the usual length, as an agent writes it after a call"}', 'x', 1764000000000, :dev, 'op');
insert into opres (site, dev, inc, n, h, res, k, at) values ('SHA', :dev, 'bench', :n, '\\x00', '{"n":1,"r":"applied","rev":1,"at":{"q/q1":10534}}', 'ticket.note', 1764000000000)
  on conflict do nothing;
update dev set last_n = :n where site = 'SHA' and dev = :dev and inc = 'bench';
commit;
"""
PG_PULL = """
begin;
select seq from stream where site = 'SHA' and s = 'q/q0' \\gset
select seq, t, e, rev, gone, dest, d, x, author, at from ent where site = 'SHA' and s = 'q/q0' and seq > :seq - BEHIND order by seq limit 500;
commit;
"""


def pg_peer(store, seconds, behind):
    pg = store.postgres
    pg.sql("create table bench_dev as select row_number() over (order by dev) as i, dev from dev; create unique index on bench_dev (i);"
           "create table bench_ticket as select row_number() over (order by e) as i, e, s from ent where t = 'ticket';"
           "create unique index on bench_ticket (i); analyze")
    counts = {"devs": pg.sql("select count(*) from bench_dev"), "tickets": pg.sql("select count(*) from bench_ticket")}
    note = PG_NOTE
    for name, value in counts.items():
        note = note.replace(f":{name})", f"{value})")
    return {"push": max(pg.bench(note, c, seconds) for c in (16, 64)),
            "pull": {n: pg.bench(PG_PULL.replace("BEHIND", str(n)), 8, seconds) for n in behind}}


def sqlite_peer(store, seconds, behind):
    def run(*words):
        return json.loads(subprocess.run([TOOLS / "hub_peer", store.file, *map(str, words)], check=True, capture_output=True, text=True).stdout)
    return {"push": run("push", seconds, 1)["ops_s"], "batched": run("push", seconds, 64)["ops_s"],
            "pull": {n: run("pull", seconds, n)["requests_s"] for n in behind}}


def with_cpu(hub, load, words, each, seconds):
    """The answer of the generator, and the time of the hub's processors for each operation or page: that does not depend on what else
    the machine does. The half second before the clock runs is part of both."""
    before = cpu_s(hub.process.pid)
    found = load.ask(words)
    done = found[each] * (seconds + .5)
    found["cpu_us"] = (cpu_s(hub.process.pid) - before) * 1e6 / done if done else 0
    return found


def exchange(report, engine, short):
    seconds, behind = 3 if short else 8, (10, 100)
    with Place() as place:
        store = Store(place, engine, 2000, 20, rows=2000)
        hub = Hub(place, store, unlimited=True)
        load = Load(place, hub.address, store)
        ours = {(c, n): with_cpu(hub, load, f"push {c} {seconds} {n}", "ops_s", seconds) for c, n in ((1, 1), (64, 1), (64, 20))}
        pulls = {n: with_cpu(hub, load, f"pull 64 {seconds} {n}", "requests_s", seconds) for n in behind}
        load.end()
        hub.stop()
        peer = (pg_peer if engine == "postgresql" else sqlite_peer)(store, seconds, behind)
    name = "pgbench, best of 16 and 64 clients" if engine == "postgresql" else "SQLite loop, one commit each"
    for (connections, batch), r in ours.items():
        against, said = peer["push"], name
        if engine == "sqlite" and connections > 1:
            against, said = peer["batched"], "SQLite loop, 64 in a commit"
        report.add(engine, f"operations a second, {connections} stations, {batch} a request", r["ops_s"], peer=against,
                   note=f"{r['cpu_us']:.0f} us of the hub's CPU each; p50 {r['p50']} p99 {r['p99']} ms, {r['bad']} refused; peer: {said}")
    for n, r in pulls.items():
        report.add(engine, f"incremental pulls a second, {n} rows behind", r["requests_s"], peer=peer["pull"][n],
                   note=f"{r['cpu_us']:.0f} us of the hub's CPU each; {r['rows_s']:,.0f} rows/s, p50 {r['p50']} p99 {r['p99']} ms, {r['bad']} refused; peer: the query alone")


# ---- seats

def storms(report, leg, load, hub, n, times, judged):
    found = []
    for _ in range(times):
        load.ask("storm")  # armed
        hub.kill()
        hub.start()
        found.append(load.hear())
        time.sleep(2)
    seconds = [r["ms"] / 1e3 for r in found]
    refused = sum(r["refused"] for r in found)
    whole = all(r["all"] for r in found)
    report.add(leg, f"{n} seats back after kill -9 of the hub, slowest of {times}, s", max(seconds), "< 10" if judged else "",
               10 if judged else None, note=f"each {' '.join(f'{s:.1f}' for s in seconds)}; sessions resumed {sum(r.get('resumed', 0) for r in found)}; "
               f"everybody back: {'yes' if whole else 'NO'}")
    report.add(leg, f"{n} seats, attempts refused in {times} storms", refused, "0" if judged else "", 0 if judged else None,
               note="plain ones knock while nobody listens" if not judged else f"last: {found[-1].get('why') or 'none'}")


def with_seats(report, n, tls, short):
    leg = f"{n} {'TLS' if tls else 'plain'}"
    with Place() as place:
        store = Store(place, "sqlite", max(n, 200) + 100, max(20, n // 50))
        hub = Hub(place, store)
        proxy = Haproxy(place, hub, n + 800) if tls else None
        before = memory(hub.process.pid)
        proxy_before = memory(proxy.process.pid) if proxy else 0
        load = Load(place, proxy.address if tls else hub.address, store, proxy.ca if tls else None)
        up = load.ask(f"seats {n}")
        if not up["all"]:
            say(f"hub: only {up['there']} of {n} seats came up: {up['why']}")
        report.add(leg, "all seats up at once, s", up["ms"] / 1e3, note=f"{up['there']} of {n}, {up['refused']} refused at first")
        time.sleep(1)
        after = memory(hub.process.pid)
        report.add(leg, "memory a seat at the hub, KiB", (after - before) / n, note=f"hub {before / 1024:.0f} MB before, {after / 1024:.0f} MB with {n}" + (
            f"; haproxy {(memory(proxy.process.pid) - proxy_before) / n:.0f} KiB a seat" if tls else ""))
        rounds = 5 if short else 20
        quiet = load.ask(f"red {rounds}")
        report.add(leg, "broadcast seen by a seat, p99, nothing else going on", quiet["p99"],
                   note=f"p50 {quiet['p50']} max {quiet['max']}, n={quiet['n']}, missing {quiet['missing']}")
        edit = load.ask(f"edit {2 * rounds}")
        report.add(leg, "edit seen at another station, p50", edit["p50"], "< 300", 300,
                   note=f"p99 {edit['p99']} max {edit['max']}, n={edit['n']}, missing {edit['missing']}; from the request to the event")
        load.ask("ops 400")
        busy = load.ask(f"red {rounds}")
        late = load.ask(f"edit {2 * rounds}")
        ops = load.ask("ops 0")
        report.add(leg, "broadcast seen by a seat, p99, 400 ops/s", busy["p99"], "< 1000", 1000,
                   note=f"p50 {busy['p50']} max {busy['max']}, n={busy['n']}, missing {busy['missing']}; {ops['ops_s']:.0f} ops/s, p99 {ops['p99']} ms")
        report.add(leg, "edit seen at another station, p50, 400 ops/s", late["p50"], "< 300", 300,
                   note=f"p99 {late['p99']} max {late['max']}, n={late['n']}, {late['told']} of them told by a head, missing {late['missing']}")
        storms(report, leg, load, hub, n, 2 if short else 5, tls)
        load.end()


# ---- the first sync

PASSWORD = b"a password for the bench\n"


def articles(path, n):
    """Of about 2 KB each, as agents' articles are; words drawn by a fixed rule, so that the index is that of a real text."""
    words = [f"{a}{b}" for a in ("refund", "flight", "card", "ticket", "voucher", "seat", "fee", "claim", "meter", "parcel")
             for b in ("", "s", "ing", "ed", "able", "less", "ful", "ness", "ment", "er")]
    state = 12345
    with open(path, "w", encoding="utf8") as out:
        for i in range(n):
            text = []
            for _ in range(300):
                state = (state * 1103515245 + 12345) % 2 ** 31
                text.append(words[state // 65536 % len(words)])
            out.write(json.dumps({"id": f"KB-BEN-{i:05}", "title": f"What to do in case {i} of {text[0]} and {text[1]}", "body": " ".join(text)}) + "\n")


def timed(argv):
    """Milliseconds of the clock, and of the processor."""
    def cpu():
        u = resource.getrusage(resource.RUSAGE_CHILDREN)
        return u.ru_utime + u.ru_stime
    before, began = cpu(), time.monotonic()
    subprocess.run([str(a) for a in argv], check=True, stdout=subprocess.DEVNULL)
    return (time.monotonic() - began) * 1e3, (cpu() - before) * 1e3


class Station:
    """A data directory that has joined and logged in; again for each measurement."""

    def __init__(self, place, store, hub):
        self.place, self.store, self.hub, self.n = place, store, hub, 0

    def fresh(self):
        self.n += 1
        self.dir = self.place.dir / f"station{self.n}"
        subprocess.run([ZUOXI, "--data", self.dir, "init", "--site", "SHA", "--station", f"ZZ{self.n}", "--pack", "common"], check=True,
                       stdout=subprocess.DEVNULL)
        said = subprocess.run(hub_command("station", self.store, "code"), check=True, capture_output=True, text=True).stdout
        code = re.search(r"[0-9A-Z]{5}(-[0-9A-Z]{2,5})+", said).group(0)
        subprocess.run([ZUOXI, "--data", self.dir, "enrol", f"http://{self.hub.address}", code], check=True, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL)
        subprocess.run([ZUOXI, "--data", self.dir, "login", "anna"], check=True, stdout=subprocess.DEVNULL, input=PASSWORD)


def first(report, short):
    n = 2000 if short else 20000
    with Place() as place:
        store = Store(place, "sqlite", 1, 1)
        articles(place.dir / "articles.jsonl", n)
        subprocess.run(hub_command("user", store, "add", "anna", "--role", "agent"), check=True, stdout=subprocess.DEVNULL, input=PASSWORD)
        subprocess.run(hub_command("kb", store, "import", place.dir / "articles.jsonl"), check=True, stdout=subprocess.DEVNULL)
        hub = Hub(place, store)
        token = store.seats.read_text().split("\t")[2]
        bearer = ["-H", f"Authorization: Bearer {token}"]
        manifest = {}

        def built():
            r = subprocess.run(["curl", "-fs", *bearer, f"http://{hub.address}/v1/snap/kb/all"], capture_output=True)
            if r.returncode == 0:
                manifest.update(json.loads(r.stdout))
            else:
                time.sleep(.5)  # more would be refused
            return r.returncode == 0
        wait("the file of a first sync", 120, built)
        station = Station(place, store, hub)
        # They take turns, so that what else the machine does meets both; the file of curl goes, as it would be overwritten else.
        ours, peer = [], []
        for _ in range(3 if short else 5):
            peer.append(timed(["curl", "-fs", *bearer, "-o", place.dir / "same", f"http://{hub.address}/v1/blob/{manifest['hash']}"]))
            (place.dir / "same").unlink()
            station.fresh()
            ours.append(timed([ZUOXI, "--data", station.dir, "sync", "--once"]))
        (found, cpu), (curl, curl_cpu) = (map(statistics.median, zip(*v)) for v in (ours, peer))
        seen = subprocess.run([ZUOXI, "--data", station.dir, "--json", "status"], check=True, capture_output=True, text=True).stdout
        have = json.loads(seen).get("articles")
        load = Load(place, hub.address, store)
        pages = load.ask("first")
        load.end()
    report.add("first", f"first sync of a station, {n:,} articles, ms", found, "<= 2x curl", 2 * curl, peer=curl,
               note=f"{cpu:.0f} ms of the station's CPU, {curl_cpu:.0f} of curl's; {have:,} articles there afterwards; the file has "
               f"{manifest['bytes'] / 1e6:.1f} MB; peer: curl, the same file from the same hub")
    report.add("first", f"the same rows by pages, without storing them, ms", pages["ms"], peer=curl,
               note=f"{pages['rows']:,} rows, {pages['pages']} pages, {pages['bytes'] / 1e6:.1f} MB; what a station did without files")


# ---- articles row by row, beside what the agent saves

def rows(report, short):
    n = 4000 if short else 20000
    cut, whole = (json.loads(subprocess.run([TOOLS / "bench_rows", str(n), *words], check=True, capture_output=True, text=True).stdout)
                  for words in ((), ("whole",)))
    for name, unit, one, other in (("until all are there", "s", cut["s"], whole["s"]), ("the station's CPU", "s", cut["cpu_s"], whole["cpu_s"]),
                                   ("a save meanwhile, p50", "ms", cut["save"]["p50"], whole["save"]["p50"]),
                                   ("a save meanwhile, slowest", "ms", cut["save"]["max"], whole["save"]["max"])):
        report.add("rows", f"{n:,} articles row by row: {name}, {unit}", one, peer=other, note="peer: each page in one transaction")


def main():
    words = sys.argv[1:]
    short = "--short" in words
    legs = [w for w in words if not w.startswith("--")] or list(LEGS)
    for w in words:
        if w.startswith("--") and w != "--short":
            sys.exit(f"hub: there is no {w}; there is --short")
    for leg in legs:
        if leg not in LEGS:
            sys.exit(f"hub: there is no leg {leg}; there are {', '.join(LEGS)}")
    if not HUB.exists():
        sys.exit("hub: zuoxi-hub is not built")
    began = time.monotonic()
    report = Report()
    if "exchange" in legs:
        for engine in ("sqlite", "postgresql"):
            exchange(report, engine, short)
    if "seats" in legs:
        for n in (2000,) if short else (2000, 5000):
            for tls in (False, True):
                with_seats(report, n, tls, short)
    if "first" in legs:
        first(report, short)
    if "rows" in legs:
        rows(report, short)
    report.end()
    print(f"{time.monotonic() - began:.0f} s, load now {os.getloadavg()[0]:.2f}")


main()
