# SPDX-License-Identifier: MIT
"""The quality legs: is the right article first? On "report" questions only (kbsets.py)."""
import math
import pathlib
import shutil

import kbsets
from kbengines import Engine, say


def ranks(hits, wanted):
    """Place of the first wanted id in each answer, from 1; 0 where there is none."""
    return [next((i + 1 for i, (id, _) in enumerate(h) if id in w), 0) for h, w in zip(hits, wanted)]


def success(places, k):
    return sum(1 for p in places if 0 < p <= k) / max(1, len(places))


def mrr(places):
    return sum(1 / p for p in places if 0 < p <= 10) / max(1, len(places))


def interval(share, n):
    """Half the width of the 95 % interval of a share (Wilson)."""
    z = 1.96
    return z / (1 + z * z / n) * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n)) if n else 0


def answers(name, base, queries, mode="full", limit=10):
    if not base:
        return None
    with Engine(name, base) as e:
        return [h for _, h in e.ask(mode, queries, limit)]


class Base:
    """One set of articles in all engines."""

    def __init__(self, store, name, articles, peers=True):
        self.paths = {"kb": store.ours(name, articles)[0]}
        for peer in ("xapian", "fts5") if peers else ():
            made = store.peer(peer, name, articles)
            if made:
                self.paths[peer] = made[0]

    def places(self, queries, wanted):
        """{engine: places}"""
        return {name: ranks(answers(name, path, queries), wanted) for name, path in self.paths.items()}


def beside(of, fn):
    """The figures of the peers as Report.add takes them."""
    return {peer: fn(of[peer]) for peer in ("xapian", "fts5") if peer in of}


def cmrc(store, report, unihan):
    path = store.dir / "cmrc.jsonl"
    kbsets.write_jsonl(store.data.cmrc_docs(), path)
    base = Base(store, "cmrc", path)
    asked = store.data.cmrc_questions("report")
    queries, wanted = [q for q, _ in asked], [{d} for _, d in asked]
    got = base.places(queries, wanted)
    n, leg = len(asked), "cmrc"
    for text, fn, least in (("S@1", lambda p: success(p, 1), .95), ("S@3", lambda p: success(p, 3), None), ("MRR@10", mrr, .97)):
        v = fn(got["kb"])
        report.add(leg, f"questions on paragraphs (zh), {text}", v, f">= {least}" if least else None, least=least,
                   note=f"n={n} ±{interval(v, n):.3f}", n=n, **beside(got, fn))
    spoilt(report, base, leg, "traditional script, loss of S@1", queries, wanted, unihan.traditional, .003)
    spoilt(report, base, leg, "one homophone, loss of S@1", queries, wanted, unihan.homophone, .01)


def spoilt(report, base, leg, text, queries, wanted, spoil, most):
    """Loss of S@1 when every question is spoilt; questions that cannot be are left out on both sides."""
    pairs = [(q, spoil(q), w) for q, w in zip(queries, wanted)]
    pairs = [p for p in pairs if p[1] and p[1] != p[0]]
    clean = base.places([p[0] for p in pairs], [p[2] for p in pairs])
    bad = base.places([p[1] for p in pairs], [p[2] for p in pairs])
    loss = {name: success(clean[name], 1) - success(bad[name], 1) for name in clean}
    report.add(leg, text, loss["kb"], f"<= {most}", most=most, xapian=loss.get("xapian"), fts5=loss.get("fts5"), n=len(pairs),
               note=f"n={len(pairs)}: {success(clean['kb'], 1):.3f} -> {success(bad['kb'], 1):.3f}")


def banking(store, report):
    asked = store.data.banking()["report"]
    queries, wanted = [q for q, _ in asked], [{kbsets.banking_id(label)} for _, label in asked]
    n = len(asked)
    for name, most, targets in (("all", None, {1: .92, 3: .98}), ("ten", 10, {1: .80, 3: None}), ("none", 0, {1: None, 3: None})):
        path = store.dir / f"banking-{name}.jsonl"
        docs = list(store.data.banking_docs(most))
        kbsets.write_jsonl(docs if most != 0 else [dict(d, phrasings=[]) for d in docs], path)
        base = Base(store, f"banking-{name}", path)
        got = base.places(queries, wanted)
        said = {"all": "all phrasings learned", "ten": "10 phrasings an article", "none": "titles alone"}[name]
        for k, least in targets.items():
            v = success(got["kb"], k)
            report.add("banking", f"{said}, S@{k}", v, f">= {least}" if least else None, least=least, n=n,
                       note=f"n={n} ±{interval(v, n):.3f}", **beside(got, lambda p: success(p, k)))
        if name == "all":
            spoilt(report, base, "banking", "one typo in a word of 4 letters or more, loss of S@1", queries, wanted, kbsets.typo, .01)


def pinyin(store, report, unihan):
    """Phrases of titles typed in pinyin; right is any article whose title holds the phrase."""
    folder = store.dir / "titles"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    shutil.copy(store.dir / "cmrc.jsonl", folder)
    names = {d["id"]: d["title"] for d in store.data.cmrc_docs()}
    for page in sorted(pathlib.Path("config/packs").rglob("*.md")):
        shutil.copy(page, folder)
        title = next((line[6:].strip().strip('"') for line in page.read_text(encoding="utf8").splitlines() if line.startswith("title:")), "")
        names[page.stem] = title
    base, _ = store.ours("titles", folder)
    phrases = {}
    for title in names.values():
        p = unihan.pinyin(title)
        if p:
            phrases[p[0]] = p
    wanted = [{id for id, t in names.items() if phrase in t} for phrase in phrases]
    crowd = len(names)
    for text, column, k, least in (("initials of 4 characters, S@5", 1, 5, .95), ("initials of 4 characters, S@1", 1, 1, None),
                                   ("full pinyin of 4 characters, S@1", 2, 1, .97)):
        got = ranks(answers("kb", base, [p[column] for p in phrases.values()]), wanted)
        v = success(got, k)
        report.add("pinyin", text, v, f">= {least}" if least else None, least=least, n=len(phrases),
                   note=f"n={len(phrases)} ±{interval(v, len(phrases)):.3f}, {crowd} articles; each character has one reading")


def run(store, report):
    say("Quality ...")
    unihan = kbsets.Unihan()
    cmrc(store, report, unihan)
    banking(store, report)
    pinyin(store, report, unihan)
    report.add("short", "short Chinese paraphrases, S@1", None, ">= 0.84", note="not measured: no such set is given")
