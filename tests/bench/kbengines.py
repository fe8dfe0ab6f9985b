# SPDX-License-Identifier: MIT
"""The three engines that are measured side by side: how their indexes are made and kept, asked in rounds, and timed."""
import hashlib
import json
import os
import pathlib
import resource
import shutil
import subprocess
import sys
import tempfile
import time

PROGRAMS = pathlib.Path("build-release/tests/bench").resolve()
MEMORY = 512 << 20
# Raised when a peer writes another index from the same articles.
PEER_FORM = {"xapian": 1, "fts5": 1}


def say(text):
    print(text, file=sys.stderr, flush=True)


def program(name):
    path = PROGRAMS / f"bench_{name}"
    return path if path.exists() else None


def tokens_of(articles):
    """Changes when the analyser cuts these articles in another way: then the indexes of the peers are made anew."""
    return subprocess.run([program("kb"), "tokens", articles], check=True, stdout=subprocess.PIPE, text=True).stdout.strip()


def sources_fingerprint():
    """Changes when our own index may have changed: then it is imported again."""
    h = hashlib.sha256()
    for root in ("kb", "src/base"):
        for path in sorted(pathlib.Path(root).glob("*.[ch]")):
            h.update(path.read_bytes())
    return h.hexdigest()[:16]


def measured(argv, limit=None):
    """Runs a program to its end on one core; what it took. limit: bytes of memory of its own (heap, stacks, anonymous maps)."""
    def prepare():
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
        if limit:
            resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))

    load, start = os.getloadavg()[0], time.monotonic()
    p = subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, preexec_fn=prepare)
    out = p.stdout.read()
    _, status, used = os.wait4(p.pid, 0)
    p.returncode = os.waitstatus_to_exitcode(status)
    return {"rc": p.returncode, "wall_s": round(time.monotonic() - start, 3), "cpu_s": round(used.ru_utime + used.ru_stime, 3),
            "max_rss_mb": round(used.ru_maxrss / 1024, 1), "loadavg": round(load, 2), "out": out.strip()}


class Engine:
    """One running program that answers rounds. Use as a context."""

    def __init__(self, name, path):
        self.name, self.path = name, path

    def __enter__(self):
        self.dir = tempfile.TemporaryDirectory(prefix="zuoxi-bench-")
        self.p = subprocess.Popen([program(self.name), self.path, "serve"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        return self

    def __exit__(self, *_):
        self.p.stdin.close()
        self.p.wait()
        self.dir.cleanup()

    def ask(self, mode, queries, limit=10):
        """[(microseconds, [(id, score)])] in the order of the queries."""
        to, back = pathlib.Path(self.dir.name) / "in.tsv", pathlib.Path(self.dir.name) / "out.tsv"
        to.write_text("".join(f"{i}\t{clean(q)}\n" for i, q in enumerate(queries)), encoding="utf8")
        self.p.stdin.write(f"{mode}\t{limit}\t{to}\t{back}\n")
        self.p.stdin.flush()
        if self.p.stdout.readline() != "ok\n":
            sys.exit(f"{self.name} failed on {self.path}")
        found = []
        with open(back, encoding="utf8") as f:
            for line in f:
                _, us, hits = line.rstrip("\n").split("\t")
                words = hits.split()
                found.append((float(us), list(zip(words[::2], map(float, words[1::2])))))
        if len(found) != len(queries):
            sys.exit(f"{self.name} answered {len(found)} of {len(queries)} queries")
        return found


def clean(query):
    return query.replace("\t", " ").replace("\n", " ")


def percentiles(us):
    v = sorted(us)
    at = lambda q: round(v[min(len(v) - 1, int(q * len(v)))] / 1e3, 3) if v else None
    return {"p50": at(.5), "p90": at(.9), "p99": at(.99), "max": at(1), "n": len(v)}


def timed(plan, bases, mode, warm):
    """{engine: (percentiles in ms, microseconds of each query)}; plan: {engine: (queries, passes)}.

    In each pass every engine is a fresh process that answers the warm-up queries and then each query once, the engines in
    turn. What counts for a query is the median of its passes: an interruption from outside does not count, and nothing is
    asked twice of one process. worst is the slowest single answer of all."""
    got, names = {}, list(plan)
    for n in range(max(passes for _, passes in plan.values())):
        for name in names[n % len(names):] + names[:n % len(names)]:
            queries, passes = plan[name]
            if n < passes:
                with Engine(name, bases[name]) as e:
                    e.ask(mode, warm if passes > 1 else warm[:5])
                    got.setdefault(name, []).append([us for us, _ in e.ask(mode, queries)])
    out = {}
    for name, rounds in got.items():
        each = [sorted(v)[len(v) // 2] for v in zip(*rounds)]
        out[name] = (dict(percentiles(each), worst=round(max(map(max, rounds)) / 1e3, 3)), each)
    return out


class Store:
    """Where corpora and indexes are kept between runs: build-bench/kb, or ZUOXI_BENCH_CACHE."""

    def __init__(self, data):
        self.data = data
        self.dir = pathlib.Path(os.environ.get("ZUOXI_BENCH_CACHE") or "build-bench/kb").resolve()
        self.dir.mkdir(parents=True, exist_ok=True)

    def _kept(self, path, mark):
        """What was noted when path was made, if it was made from what mark says."""
        note = pathlib.Path(f"{path}.json")
        if not note.exists() or not pathlib.Path(path).exists():
            return None
        old = json.loads(note.read_text())
        return old if old["made_from"] == mark else None

    def _note(self, path, mark, values):
        pathlib.Path(f"{path}.json").write_text(json.dumps(dict(values, made_from=mark)))

    def corpus(self, n):
        path, mark = self.dir / f"corpus{n}.jsonl", self.data.fingerprint()
        if not self._kept(path, mark):
            say(f"Composing {n} articles ...")
            self.data.corpus(n, path)
            with open(path, "rb") as f:
                rows = sum(1 for _ in f)
            self._note(path, mark, {"rows": rows})
        return path, self._kept(path, mark)["rows"]

    def ours(self, name, articles, always=False):
        """Our base of a JSON Lines file or folder, and what its import took."""
        path, mark = self.dir / f"{name}.db", f"{sources_fingerprint()} {self.mark_of(articles)}"
        old = self._kept(path, mark)
        if old and not always:
            return path, old
        for p in self.dir.glob(f"{name}.db*"):
            p.unlink()
        got = measured([program("kb"), path, "import", articles], MEMORY)
        if got["rc"]:
            sys.exit(f"importing {articles} failed")
        self._note(path, mark, got)
        return path, got

    def peer(self, engine, name, articles):
        """The index of a peer and what building it took; None when its program is not there."""
        if not program(engine):
            return None
        path = self.dir / f"{name}.{engine}"
        mark = f"{tokens_of(self.sample())} {PEER_FORM[engine]} {self.mark_of(articles)}"
        old = self._kept(path, mark)
        if old:
            return path, old
        for p in self.dir.glob(f"{name}.{engine}*"):
            shutil.rmtree(p) if p.is_dir() else p.unlink()
        got = measured(["nice", "-n", "19", program(engine), path, "build", articles])
        if got["rc"]:
            sys.exit(f"building {path} failed")
        shutil.rmtree(f"{path}.loose", ignore_errors=True)
        self._note(path, mark, got)
        return path, got

    def sample(self):
        """Some articles of every kind, to see whether the tokens are still the same."""
        path = self.dir / f"sample-{self.data.fingerprint()}.jsonl"
        if not path.exists():
            with open(self.corpus(20000)[0], encoding="utf8") as f, open(path, "w", encoding="utf8") as out:
                out.writelines(line for _, line in zip(range(4000), f))
        return path

    def mark_of(self, articles):
        articles = pathlib.Path(articles)
        if articles.name.startswith("corpus"):
            return f"{articles.name} {self.data.fingerprint()}"
        h = hashlib.sha256()
        for p in sorted(articles.iterdir()) if articles.is_dir() else [articles]:
            h.update(p.read_bytes())
        return h.hexdigest()[:16]


def bytes_of(path):
    path = pathlib.Path(path)
    if path.is_dir():
        return sum(p.stat().st_size for p in path.iterdir())
    return path.stat().st_size


def into_cache(path):
    """Reads the files once, so that every engine finds them in memory."""
    path = pathlib.Path(path)
    for p in path.iterdir() if path.is_dir() else [path]:
        with open(p, "rb") as f:
            while f.read(1 << 22):
                pass
