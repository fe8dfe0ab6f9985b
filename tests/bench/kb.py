# SPDX-License-Identifier: MIT
"""./dev bench kb [--100k] [--full] [quality] [20k]: the target table of the knowledge base, measured on the real program beside
Xapian and plain FTS5. Called by tests/bench/run; README.md here says what is measured on what."""
import os
import pathlib
import sys
import time

import kbquality
import kbscale
from kbengines import Store, program, say
from kbreport import Report
from kbsets import Data


def legs_of(words):
    legs = [w for w in words if not w.startswith("--")] or ["quality", "20k"]
    for w in words:
        if w == "--100k":
            legs.append("100k")
        elif w == "--full":
            legs += ["100k", "1M"]
        elif w.startswith("--"):
            sys.exit(f"kb: there is no {w}; there are --100k and --full (1M, needs half an hour and 10 GB the first time)")
    for leg in legs:
        if leg not in ("quality", "20k", "100k", "1M"):
            sys.exit(f"kb: there is no leg {leg}; there are quality, 20k, 100k and 1M")
    return list(dict.fromkeys(legs))


def main():
    legs = legs_of(sys.argv[1:])
    data = Data(os.environ.get("ZUOXI_BENCH_DATA") or "/nonexistent")
    missing = data.missing()
    if missing:
        print(f"Nothing measured: the data are not there (../shared/data beside the checkout, or ZUOXI_BENCH_DATA): {', '.join(missing)}")
        return
    for peer in ("xapian", "fts5"):
        if not program(peer):
            say(f"There is no bench_{peer}: its figures and the ratios are left out (apt-get install libxapian-dev)")
    start = time.monotonic()
    pathlib.Path("build-bench").mkdir(exist_ok=True)
    report = Report("build-bench/results.jsonl")
    here = report.here
    print(f"{here['cpu']}, {here['cores']} cores, load {os.getloadavg()[0]:.2f}; milliseconds are "
          f"{'of the processor alone (BENCH_CPU)' if os.environ.get('BENCH_CPU') else 'of the clock'}; ratio: ours / Xapian's")
    store = Store(data)
    sizes = {"20k": 20000, "100k": 100000, "1M": 1000000}
    for leg in legs:
        if leg == "quality":
            kbquality.run(store, report)
        else:
            kbscale.run(store, report, sizes[leg])
    report.end()
    print(f"{time.monotonic() - start:.0f} s, load now {os.getloadavg()[0]:.2f}")


main()
