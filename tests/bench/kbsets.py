# SPDX-License-Identifier: MIT
"""What the knowledge base is measured on: articles, questions, the fixed split, and questions as people spoil them.

The split is decided by a hash of the text alone, so that it is the same for everybody. Settings are tuned on "tune" questions
only; the bench reports "report" questions only. See README.md in this folder."""
import bz2
import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys
import unicodedata

UNIHAN = pathlib.Path(os.environ.get("ZUOXI_UNIHAN", "/usr/share/unicode"))
HAN = re.compile("[\u4e00-\u9fff]+")


def digest(text):
    return hashlib.sha256(("zuoxi-kb-1\n" + text.strip().lower()).encode()).hexdigest()


def bucket(text):
    return int(digest(text)[:8], 16) % 100


def pick(text, what, n):
    """A number below n that depends on the text and on what it is for."""
    return int(digest(f"{what}\n{text}")[:12], 16) % n


def by_hash(rows, key=lambda r: r):
    return sorted(rows, key=lambda r: digest(key(r)))


class Data:
    """The folder of given data (../shared/data)."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)

    def missing(self):
        names = ("make_corpus.py", "cmrc.docs.tsv", "cmrc.queries.tsv", "banking77.train.tsv", "paragraphs_zh.txt.gz", "paragraphs_en.txt.gz")
        return [n for n in names if not (self.folder / n).exists()]

    def fingerprint(self):
        h = hashlib.sha256()
        for name in ("make_corpus.py", "cmrc.docs.tsv", "paragraphs_zh.txt.gz", "paragraphs_en.txt.gz"):
            h.update((self.folder / name).read_bytes())
        return h.hexdigest()[:16]

    def rows(self, name):
        with open(self.folder / name, encoding="utf8") as f:
            return [line.rstrip("\n").split("\t") for line in f]

    def cmrc_docs(self):
        for number, title, body in (r[:3] for r in self.rows("cmrc.docs.tsv")):
            yield {"id": f"CMRC{int(number):05d}", "lang": "zh", "title": title or body[:30], "body": body}

    def cmrc_questions(self, part):
        """(question, id of its article) of "tune" or "report"."""
        return [(q, f"CMRC{int(d):05d}") for _, q, d in self.rows("cmrc.queries.tsv") if (bucket(q) < 50) == (part == "tune")]

    def banking(self):
        """{part: [(utterance, label)]}: 80 in 100 to learn from, 10 to tune on, 10 to report."""
        parts = {"learn": [], "tune": [], "report": []}
        for utterance, label in (r[:2] for r in self.rows("banking77.train.tsv")):
            b = bucket(utterance)
            parts["learn" if b < 80 else "tune" if b < 90 else "report"].append((utterance, label))
        return parts

    def banking_docs(self, most=None):
        """Articles titled with the words of a label; most: so many phrasings each, those with the lowest hash."""
        said = {}
        for utterance, label in self.banking()["learn"]:
            said.setdefault(label, []).append(utterance)
        for label in sorted(said):
            phrasings = by_hash(said[label])[:most] if most else said[label]
            yield {"id": banking_id(label), "lang": "en", "title": label.replace("_", " "), "body": "", "phrasings": phrasings}

    def corpus(self, n, path):
        """n composed articles with the paragraphs of CMRC spread evenly among them (the set P of kb-search.md)."""
        real = list(self.cmrc_docs())
        every, at = max(1, n // len(real)), 0
        make = subprocess.Popen([sys.executable, self.folder / "make_corpus.py", str(n)], stdout=subprocess.PIPE, text=True, encoding="utf8")
        with open(f"{path}.tmp", "w", encoding="utf8") as out:
            for i, line in enumerate(make.stdout):
                out.write(line)
                if i % every == every - 1 and at < len(real):
                    out.write(json.dumps(real[at], ensure_ascii=False) + "\n")
                    at += 1
            for d in real[at:]:
                out.write(json.dumps(d, ensure_ascii=False) + "\n")
        if make.wait():
            sys.exit("make_corpus.py failed")
        os.rename(f"{path}.tmp", path)


def banking_id(label):
    # labels hold one character that ids do not take
    return "B-" + re.sub("[^A-Za-z0-9._:-]", "", label)


def write_jsonl(docs, path):
    with open(path, "w", encoding="utf8") as out:
        for d in docs:
            out.write(json.dumps(d, ensure_ascii=False) + "\n")


def titles(path, want):
    """Titles of the first articles of a corpus that are worth typing, by hash."""
    found = []
    with open(path, encoding="utf8") as f:
        for i, line in enumerate(f):
            d = json.loads(line)
            if i >= 15000:
                break
            if d["id"].startswith("C0") and 4 <= len(d["title"]) <= 30:
                found.append(d["title"])
    return by_hash(sorted(set(found)))[:want]


# ---- as people spoil them; every choice is made by the hash of the question

LETTERS = "abcdefghijklmnopqrstuvwxyz"


def typo(question):
    """One edit in one word of at least four letters; None without such a word."""
    words = [m for m in re.finditer("[A-Za-z]+", question) if len(m.group()) >= 4]
    if not words:
        return None
    m = words[pick(question, "word", len(words))]
    w, kind = m.group(), pick(question, "kind", 4)
    at = pick(question, "place", len(w) - (kind == 3))
    letter = LETTERS[pick(question, "letter", 26)]
    if kind == 0:
        new = w[:at] + w[at + 1:]
    elif kind == 1:
        new = w[:at] + letter + w[at:]
    elif kind == 2:
        new = w[:at] + (letter if letter != w[at].lower() else LETTERS[(LETTERS.index(letter) + 1) % 26]) + w[at + 1:]
    else:
        new = w[:at] + w[at + 1] + w[at] + w[at + 2:]
    return question[:m.start()] + new + question[m.end():] if new != w else typo_other(question, m)


def typo_other(question, m):
    """Two equal letters were exchanged: leave one out instead."""
    return question[:m.start()] + m.group()[1:] + question[m.end():]


class Unihan:
    """Readings and variants of Debian's unicode-data, read here afresh and not through the program."""

    FIELDS = ("kMandarin", "kHanyuPinlu", "kTGHZ2013", "kXHC1983")

    def __init__(self):
        self.readings, self.usual, self.trad, usage = {}, {}, {}, {}
        for c, field, value in self._lines("Unihan_Readings.txt.bz2"):
            if field not in self.FIELDS:
                continue
            for part in value.split():
                for r in re.sub(r"^[^:]*:", "", part).split(","):
                    plain = self._plain(re.sub(r"\(.*", "", r))
                    self.readings.setdefault(c, set()).add(plain)
                    if field == "kHanyuPinlu":
                        usage.setdefault(plain, []).append((-int(re.search(r"\((\d+)\)", r).group(1)), c))
        for r, v in usage.items():
            self.usual[r] = [c for _, c in sorted(v)]
        frequency = {c: value for c, field, value in self._lines("Unihan_DictionaryLikeData.txt.bz2") if field == "kFrequency"}
        for c, field, value in self._lines("Unihan_Variants.txt.bz2"):
            if field == "kTraditionalVariant":
                # of several the one most frequent in traditional texts (kFrequency 1 to 5), which may be the character itself
                self.trad[c] = min((chr(int(v[2:], 16)) for v in value.split()), key=lambda v: frequency.get(v, "9"))

    @staticmethod
    def _lines(name):
        with bz2.open(UNIHAN / name, "rt", encoding="utf8") as f:
            for line in f:
                if line.startswith("U+"):
                    c, field, value = line.rstrip("\n").split("\t")
                    yield chr(int(c[2:], 16)), field, value

    @staticmethod
    def _plain(reading):
        """hǎo -> hao, lǜ -> lv"""
        letters = unicodedata.normalize("NFD", reading).replace("u\u0308", "v")
        return "".join(x for x in letters if not unicodedata.combining(x))

    def one_reading(self, c):
        r = self.readings.get(c, ())
        return next(iter(r)) if len(r) == 1 else None

    def traditional(self, text):
        return "".join(self.trad.get(c, c) for c in text)

    def homophone(self, question):
        """One character with one reading becomes another, frequent one that sounds alike; None if there is none."""
        places = [i for i, c in enumerate(question) if self.one_reading(c) and self._alike(c)]
        if not places:
            return None
        i = places[pick(question, "place", len(places))]
        others = self._alike(question[i])
        return question[:i] + others[pick(question, "letter", len(others))] + question[i + 1:]

    def _alike(self, c):
        return [x for x in self.usual.get(self.one_reading(c), ())[:8] if x != c and self.trad.get(x) != c and self.trad.get(c) != x]

    def pinyin(self, title):
        """(phrase, initials, full pinyin) of four neighbours somewhere in the title, each with one reading; None without."""
        fours = [r[i:i + 4] for r in HAN.findall(title) for i in range(len(r) - 3)]
        fours = [f for f in fours if all(map(self.one_reading, f))]
        run = fours[pick(title, "phrase", len(fours))] if fours else ""
        readings = [self.one_reading(c) for c in run]
        if not run:
            return None
        return run, "".join(r[0] for r in readings), "".join(readings)
