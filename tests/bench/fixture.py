# SPDX-License-Identifier: MIT
"""What is measured on: a station with all packs and 20,000 articles, a git repository of 300 commits, queries."""
import hashlib
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

CACHE = pathlib.Path("build-bench").resolve()
ZUOXI = pathlib.Path("build-release/src/zuoxi").resolve()
DATA = pathlib.Path(os.environ.get("ZUOXI_BENCH_DATA") or "/nonexistent")
ARTICLES = 20000


def say(text):
    print(text, file=sys.stderr, flush=True)


def _made_from():
    """Changes when what the files of a station look like may have changed."""
    h = hashlib.sha256(str(ARTICLES).encode())
    for root in ("kb", "src/store", "config/packs"):
        for path in sorted(p for p in pathlib.Path(root).rglob("*") if p.is_file()):
            h.update(str(path).encode())
            h.update(path.read_bytes())
    return h.hexdigest()


def _corpora():
    """The JSON Lines files to import; empty without the data folder."""
    big, cmrc = CACHE / f"corpus{ARTICLES}.jsonl", CACHE / "cmrc.jsonl"
    if (DATA / "make_corpus.py").exists() and not big.exists():
        with open(f"{big}.tmp", "wb") as out:
            subprocess.run([sys.executable, DATA / "make_corpus.py", str(ARTICLES)], stdout=out, check=True)
        os.rename(f"{big}.tmp", big)
    if (DATA / "cmrc.docs.tsv").exists() and not cmrc.exists():
        with open(DATA / "cmrc.docs.tsv", encoding="utf8") as f, open(cmrc, "w", encoding="utf8") as out:
            for line in f:
                number, title, body = line.rstrip("\n").split("\t", 2)
                article = {"id": f"CMRC{int(number):05d}", "lang": "zh", "title": title or body[:30], "body": body}
                out.write(json.dumps(article, ensure_ascii=False) + "\n")
    return [p for p in (big, cmrc) if p.exists()]


def station():
    """The data directory that every run gets a copy of; made once, and again when the sources of its formats change."""
    made, stamp = CACHE / "station", _made_from()
    mark = CACHE / "station.made_from"
    if made.exists() and mark.exists() and mark.read_text() == stamp:
        return made
    shutil.rmtree(made, ignore_errors=True)
    say(f"Making a station with {ARTICLES} articles (once, under a minute) ...")
    run = [ZUOXI, "--data", made]
    subprocess.run(run + ["init", "--site", "BCH", "--station", "B01", "--pack", "finance", "airline", "retail"],
                   check=True, stdout=subprocess.DEVNULL)
    files = _corpora()
    if files:
        # Articles without a title are refused and said on stderr; the rest is in.
        done = subprocess.run(run + ["kb", "import"] + files, stdout=subprocess.PIPE, text=True)
        say(done.stdout.strip())
    else:
        say("No articles beside the checkout (../shared/data): only those of the packs are measured.")
    mark.write_text(stamp)
    return made


class Copy:
    """A station of its own for one run, gone afterwards."""

    def __enter__(self):
        self.top = tempfile.mkdtemp(prefix="zuoxi-bench-")
        shutil.copytree(station(), f"{self.top}/data", ignore=shutil.ignore_patterns("*-wal", "*-shm"))
        with open(f"{self.top}/zuoxi.yaml", "w", encoding="utf8") as f:
            f.write("telephone: none\n")
        return [str(ZUOXI), "--data", f"{self.top}/data", "--config", f"{self.top}/zuoxi.yaml", "--lang", "zh_CN"]

    def __exit__(self, *_):
        shutil.rmtree(self.top, ignore_errors=True)


def repository():
    """A git repository of 300 commits for tig."""
    repo = CACHE / "repository"
    if (repo / "done").exists():
        return repo
    shutil.rmtree(repo, ignore_errors=True)
    repo.mkdir(parents=True)
    env = dict(os.environ, GIT_CONFIG_GLOBAL="/dev/null", GIT_AUTHOR_NAME="a", GIT_AUTHOR_EMAIL="a@example.com",
               GIT_COMMITTER_NAME="a", GIT_COMMITTER_EMAIL="a@example.com")
    feed = "".join(
        f"commit refs/heads/main\ncommitter a <a@example.com> {1700000000 + i} +0000\ndata <<END\nchange number {i}\nEND\n"
        f"M 644 inline file\ndata <<END\n{i}\nEND\n\n" for i in range(300))
    subprocess.run(["git", "init", "-q", "-b", "main", repo], env=env, check=True)
    subprocess.run(["git", "-C", repo, "fast-import", "--quiet"], input=feed.encode(), env=env, check=True)
    subprocess.run(["git", "-C", repo, "reset", "-q", "--hard"], env=env, check=True)
    (repo / "done").touch()
    return repo


def queries(n):
    """What is typed into the search: questions about the imported articles, else about those of the packs."""
    path = DATA / "cmrc.queries.tsv"
    if not path.exists():
        return ["信用卡丢了怎么挂失", "航班延误管不管住宿", "退货要几天到账", "transfer to a manager"][:n]
    with open(path, encoding="utf8") as f:
        rows = [line.split("\t")[1] for line in f]
    return rows[:: max(1, len(rows) // n)][:n]
