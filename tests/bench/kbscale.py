# SPDX-License-Identifier: MIT
"""The legs that depend on how many articles there are: speed, agreement with exhaustive ranking, size, import, publishing."""
import json
import os
import pathlib
import shutil
import sqlite3
import subprocess
import tempfile

import kbsets
from kbengines import Engine, bytes_of, into_cache, percentiles, program, say, timed
from kbquality import mrr, ranks, success

# The text itself, who may see it and what people did with it: everything else in the file is there for searching.
TEXT = ("article", "article_version", "meta", "kb_gap", "kb_phrasing", "sqlite_schema", "sqlite_sequence", "sqlite_stat1")
KEY_P99 = {20000: .5, 100000: .6, 1000000: 1.0}
# How many queries the peers and the exhaustive ranking can be asked in the time there is.
FTS5_QUERIES = {20000: 600, 100000: 150, 1000000: 40}
EXHAUSTIVE = {20000: (300, 400), 100000: (200, 300), 1000000: (100, 120)}


def short(n):
    return f"{n // 1000}k" if n < 1000000 else f"{n // 1000000}M"


class Sets:
    """Queries of a run: real questions, titles of the corpus, English questions; letters typed one by one; ways to misspell."""

    def __init__(self, store, corpus, unihan):
        data = store.data
        asked = kbsets.by_hash(data.cmrc_questions("report"), lambda r: r[0])
        english = [q for q, _ in kbsets.by_hash(data.banking()["report"], lambda r: r[0])]
        titles = kbsets.titles(corpus, 400)
        self.questions = asked[:300]
        self.full = kbsets.by_hash([q for q, _ in self.questions] + titles[:200] + english[:100])
        typed = [q for q, _ in asked[300:330]] + titles[200:220] + english[100:110]
        self.keys = [q[:i] for q in typed for i in range(1, len(q) + 1)]
        self.warm = [q for q, _ in kbsets.by_hash(data.cmrc_questions("tune"), lambda r: r[0])][:30] + titles[380:400]
        phrases = [p for p in map(unihan.pinyin, titles[220:380]) if p][:20]
        odd = [p[1] for p in phrases] + [p[2] for p in phrases] + [t for t in map(kbsets.typo, english[110:130]) if t] + \
              [unihan.traditional(q) for q, _ in asked[330:340]] + [h for q, _ in asked[340:350] if (h := unihan.homophone(q))]
        self.odd = [q[:i] for q in odd for i in range(1, len(q) + 1)]


def sample(rows, n):
    return rows if len(rows) <= n else [rows[i * len(rows) // n] for i in range(n)]


def ratios(ours, theirs):
    return {q: ours[q] / theirs[q] for q in ("p50", "p99") if theirs.get(q)}


def speed(report, n, bases, sets):
    leg = short(n)
    few = FTS5_QUERIES[n]
    for text, mode, queries, targets in (
            ("keystroke, titles and snippets fetched", "key", sets.keys, {"p99": KEY_P99[n]}),
            ("whole query, titles and snippets fetched", "full", sets.full, {"p50": .7, "p99": 1.2} if n == 1000000 else {})):
        plan = {"kb": (queries, 3)}
        if "xapian" in bases:
            plan["xapian"] = (queries, 3)
        if "fts5" in bases:
            plan["fts5"] = (sample(queries, few), 3 if few >= 300 else 1)
        say(f"{leg}: {text} ...")
        got = timed(plan, bases, mode, sets.warm)
        mine = got["kb"][0]
        r = ratios(mine, got["xapian"][0]) if "xapian" in got else {}
        for q in ("p50", "p90", "p99", "max"):
            most = targets.get(q)
            report.add(leg, f"{text}, {q}, ms", mine[q], f"<= {most}" if most else None, most=most, ratio=r.get(q),
                       note=f"n={mine['n']}" + (f", slowest single answer {mine['worst']}" if q == "max" else "") +
                       (f", FTS5 n={got['fts5'][0]['n']}" if "fts5" in got and q == "p50" else ""),
                       n=mine["n"], **{p: got[p][0][q] for p in ("xapian", "fts5") if p in got})
        if mode == "full" and r and n == 1000000:
            for q, parts in (("p50", 15), ("p99", 100)):
                report.add(leg, f"whole query beside Xapian, {q}", mine[q], f"x 1/{parts}", most=1 / parts, ratio=r[q],
                           xapian=got["xapian"][0][q])
    odd = timed({"kb": (sets.odd, 3)}, bases, "key", sets.warm)["kb"][0]
    report.add(leg, "keystroke of pinyin, typos, traditional script, p99, ms", odd["p99"], f"<= {KEY_P99[n]}", most=KEY_P99[n],
               note=f"n={odd['n']}, p50 {odd['p50']}, max {odd['max']}", n=odd["n"])


def first(report, n, bases, sets):
    runs = [json.loads(subprocess.run([program("kb"), bases["kb"], "first", q], check=True, stdout=subprocess.PIPE, text=True).stdout)
            for q in sample(sets.full, 20)]
    opened, asked = percentiles([r["open_us"] for r in runs]), percentiles([r["first_us"] for r in runs])
    peer = None
    if "xapian" in bases:
        us = []
        for q in sample(sets.full, 20):
            with Engine("xapian", bases["xapian"]) as e:
                us.append(e.ask("key", [q])[0][0])
        peer = percentiles(us)["max"]
    report.add(short(n), "first query of a fresh process, slowest of 20, ms", asked["max"], "<= 5", most=5, xapian=peer,
               note=f"p50 {asked['p50']}; opening the base before it {opened['p50']}, slowest {opened['max']}")


def agreement(approximate, exact):
    """Share of the first ten places whose exact score is at least that of the tenth of the exhaustive ranking."""
    good = places = 0
    for some, all_ in zip(approximate, exact):
        best = dict(all_)
        want = min(10, len(all_))
        if not want:
            continue
        last = all_[want - 1][1]
        bar = last - 1e-9 * abs(last)
        places += want
        for id, score in some[:want]:
            # one that is not among those kept of the exhaustive ranking can only be a tie at its end
            good += best[id] >= bar if id in best else abs(score - last) <= 1e-9 * abs(last)
    return good / max(1, places), places


def agree(report, n, bases, sets):
    leg = short(n)
    few, keys = EXHAUSTIVE[n]
    # A space behind a query says that its last word is complete, in every effort.
    asked = [q + " " for q in sample(sets.full, few)]
    typed = sample(sets.keys, keys)
    say(f"{leg}: exhaustive ranking of {len(asked)} queries and {len(typed)} keystrokes ...")
    with Engine("kb", bases["kb"]) as e:
        exact = [h for _, h in e.ask("whole", asked, 200)]
        full = [h for _, h in e.ask("full", asked, 10)]
        exact_keys = [h for _, h in e.ask("begun", typed, 200)]
        key = [h for _, h in e.ask("key", typed, 10)]
    v, places = agreement(full, exact)
    report.add(leg, "whole query, agreement of the first ten with exact", v, ">= 0.98", least=.98, note=f"n={len(asked)}, {places} places")
    v, places = agreement(key, exact_keys)
    report.add(leg, "keystroke, agreement of the first ten with exact", v, ">= 0.95", least=.95,
               note=f"n={len(typed)}, {places} places")


def hidden_questions(report, n, bases, sets):
    """Real questions whose paragraphs lie hidden among the composed articles."""
    leg = short(n)
    asked = sets.questions[:EXHAUSTIVE[n][0]]
    queries, wanted = [q + " " for q, _ in asked], [{d} for _, d in asked]
    got = {}
    for name, path in bases.items():
        few = queries[:FTS5_QUERIES[n]] if name == "fts5" else queries
        with Engine(name, path) as e:
            got[name] = ranks([h for _, h in e.ask("full", few)], wanted)
    with Engine("kb", bases["kb"]) as e:
        whole = ranks([h for _, h in e.ask("whole", queries)], wanted)
    report.add(leg, "questions among them, MRR@10", mrr(got["kb"]),
               note=f"n={len(asked)}" + (f", FTS5 n={len(got['fts5'])}" if "fts5" in got else ""),
               **{p: mrr(got[p]) for p in ("xapian", "fts5") if p in got})
    report.add(leg, "the same, loss against exact ranking", mrr(whole) - mrr(got["kb"]), "<= 0.001", most=.001, note=f"exact {mrr(whole):.4f}")


def pinyin(report, n, corpus, bases, data, unihan):
    """Pinyin of title phrases of CMRC where many other titles begin alike; right is any article whose title holds the phrase."""
    wanted = {p: set() for d in data.cmrc_docs() if (p := unihan.pinyin(d["title"]))}
    by_phrase = {p[0]: ids for p, ids in wanted.items()}
    with open(corpus, encoding="utf8") as f:
        for d in map(json.loads, f):
            for i in range(len(d["title"]) - 3):
                if d["title"][i:i + 4] in by_phrase:
                    by_phrase[d["title"][i:i + 4]].add(d["id"])
    with Engine("kb", bases["kb"]) as e:
        for text, column, k in (("initials of 4 characters, S@5", 1, 5), ("full pinyin of 4 characters, S@1", 2, 1)):
            got = ranks([h for _, h in e.ask("full", [p[column] for p in wanted])], [by_phrase[p[0]] for p in wanted])
            report.add(short(n), f"pinyin {text}", success(got, k), note=f"n={len(wanted)}; the target is judged at 1,163 articles")


def size(report, n, rows, bases):
    db = sqlite3.connect(f"file:{bases['kb']}?mode=ro", uri=True)
    owner = dict(db.execute("SELECT name, tbl_name FROM sqlite_schema"))
    tables = {}
    for name, size in db.execute("SELECT name, sum(pgsize) FROM dbstat GROUP BY name"):
        table = owner.get(name, name)
        tables[table] = tables.get(table, 0) + size
    db.close()
    search = {t: round(b / rows, 1) for t, b in sorted(tables.items(), key=lambda x: -x[1]) if t not in TEXT}
    text = sum(b for t, b in tables.items() if t in TEXT) / rows
    peers = {p: round(bytes_of(bases[p]) / rows, 1) for p in ("xapian", "fts5") if p in bases}
    most = 500 if n == 1000000 else None
    report.add(short(n), "bytes an article of all search structures", round(sum(search.values()), 1), f"<= {most}" if most else None, most=most,
               note=", ".join(f"{t} {b:.0f}" for t, b in list(search.items())[:5]) + f"; text {text:.0f}", tables=search, **peers)


def importing(report, n, rows, made):
    mine = made["kb"]
    rate = {name: round(rows / m["wall_s"]) for name, m in made.items()}
    report.add(short(n), "import on one core, rows a second", rate["kb"], ">= 20,000", least=20000, xapian=rate.get("xapian"),
               fts5=rate.get("fts5"),
               note=f"{mine['wall_s']} s, {mine['cpu_s']} s of CPU ({rows / mine['cpu_s']:,.0f}/s), load {mine['loadavg']}; peers at nice 19")
    report.add(short(n), "import, most resident memory, MB", mine["max_rss_mb"], "<= 512", most=512,
               note="incl. mapped file; own memory limited to 512 MB by the kernel")


def resuming(report, n, corpus, rows, seconds):
    """An import that was killed half way goes on where it was."""
    with tempfile.TemporaryDirectory(prefix="zuoxi-bench-") as top:
        argv = [program("kb"), f"{top}/kb.db", "import", corpus]
        p = subprocess.Popen(argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            p.wait(seconds / 2)
        except subprocess.TimeoutExpired:
            p.kill()
            p.wait()
        done = subprocess.run(argv, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout.split()
        said = {k: int(v) for k, v in zip(done[::2], done[1::2]) if v.isdigit()}
    report.add(short(n), "import killed and begun again: rows kept of the first", said["unchanged"], note=f"then {said['added']} new of {rows}")


def publishing(report, n, bases, sets):
    leg = short(n)
    say(f"{leg}: publishing ...")
    with tempfile.TemporaryDirectory(prefix="zuoxi-bench-", dir=os.path.dirname(bases["kb"])) as top:
        shutil.copy(bases["kb"], f"{top}/kb.db")
        os.sync()  # else the first fsync of a checkpoint pays for the copy
        queries = pathlib.Path(top) / "queries.tsv"
        queries.write_text("".join(f"q\t{q}\n" for q in sets.warm), encoding="utf8")
        into_cache(f"{top}/kb.db")
        got = json.loads(subprocess.run([program("kb"), f"{top}/kb.db", "publish", "400", queries], check=True,
                                        stdout=subprocess.PIPE, text=True).stdout)
    ms = lambda of, q: round(got[of][q] / 1e3, 2) if got[of]["n"] else None
    report.add(leg, "one article published until it is found, p99, ms", ms("visible", "p99"), "<= 2", most=2,
               note=f"n={got['visible']['n']}, p50 {ms('visible', 'p50')}, max {ms('visible', 'max')}; of it the commit p50 "
               f"{ms('commit', 'p50')} p99 {ms('commit', 'p99')}" + (f"; {got['missed']} looks too early" if got["missed"] else ""), publish=got)
    report.add(leg, "one article withdrawn until it is gone, p99, ms", ms("gone", "p99"), "<= 50", most=50, note=f"n={got['gone']['n']}")
    report.add(leg, "slowest keystroke while others publish, ms", ms("typed_publishing", "max"), "<= 5", most=5,
               note=f"n={got['typed_publishing']['n']}, p99 {ms('typed_publishing', 'p99')}; before p99 {ms('typed_before', 'p99')} "
               f"max {ms('typed_before', 'max')}")
    if got["slice"]["n"]:
        report.add(leg, "slowest slice of merging, ms", ms("slice", "max"), "<= 5", most=5,
                   note=f"n={got['slice']['n']}, p50 {ms('slice', 'p50')} p99 {ms('slice', 'p99')}; checkpoints apart: "
                   f"{got['checkpoint']['n']}, slowest {ms('checkpoint', 'max')}")
        report.add(leg, "slowest keystroke while it merges, ms", ms("typed_merging", "max"), "<= 5", most=5,
                   note=f"n={got['typed_merging']['n']}, p99 {ms('typed_merging', 'p99')}")


def run(store, report, n):
    leg = short(n)
    corpus, rows = store.corpus(n)
    say(f"{leg}: importing and building the peers (kept between runs) ...")
    made, bases = {}, {}
    bases["kb"], made["kb"] = store.ours(f"scale{n}", corpus, always=n <= 20000)
    for peer in ("xapian", "fts5"):
        got = store.peer(peer, f"scale{n}", corpus)
        if got:
            bases[peer], made[peer] = got
    for path in bases.values():
        into_cache(path)
    unihan = kbsets.Unihan()
    sets = Sets(store, corpus, unihan)
    importing(report, n, rows, made)
    if n == 100000:
        resuming(report, n, corpus, rows, made["kb"]["wall_s"])
    size(report, n, rows, bases)
    speed(report, n, bases, sets)
    first(report, n, bases, sets)
    agree(report, n, bases, sets)
    hidden_questions(report, n, bases, sets)
    pinyin(report, n, corpus, bases, store.data, unihan)
    publishing(report, n, bases, sets)
