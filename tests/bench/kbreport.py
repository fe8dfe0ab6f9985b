# SPDX-License-Identifier: MIT
"""The table of figures: what is aimed at, what was measured, the peers beside it; and a JSON line for each."""
import json
import os
import time
import unicodedata


def machine():
    with open("/proc/cpuinfo", encoding="utf8") as f:
        model = next((line.split(":", 1)[1].strip() for line in f if line.startswith("model name")), "unknown processor")
    return {"cpu": model, "cores": os.cpu_count(), "at": time.strftime("%Y-%m-%dT%H:%M:%S%z")}


def cells(text):
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def pad(text, width):
    return text + " " * max(0, width - cells(text))


def number(v):
    if v is None:
        return "-"
    if isinstance(v, str):
        return v
    if isinstance(v, int) or abs(v) >= 1000:
        return f"{v:,.0f}"
    return f"{v:.3f}" if abs(v) < 10 else f"{v:.1f}"


class Report:
    def __init__(self, path):
        self.rows, self.out, self.here = [], open(path, "a", encoding="utf8", buffering=1), machine()

    def add(self, leg, figure, measured, target=None, most=None, least=None, xapian=None, fts5=None, ratio=None, note="", **more):
        """target: as it is said; met when measured (or ratio, when target is about it) is within most or least."""
        judged = ratio if target and target.startswith("x") else measured
        verdict = ""
        if (most is not None or least is not None) and judged is not None:
            met = (most is None or judged <= most) and (least is None or judged >= least)
            verdict = "met" if met else "MISSED"
        shown = (f"{ratio:.4f}" if ratio < .1 else f"{ratio:.2f}") if ratio is not None else ""
        self.rows.append((leg, figure, target or "", number(measured), number(xapian), number(fts5), shown, verdict, note))
        self.out.write(json.dumps({"leg": f"kb {leg}", "figure": figure, "program": "zuoxi", "target": target, "measured": measured,
                                   "xapian": xapian, "fts5": fts5, "ratio_to_xapian": ratio, "verdict": verdict, "note": note, **more,
                                   **self.here, "loadavg": round(os.getloadavg()[0], 2)}, ensure_ascii=False) + "\n")
        self._line(self.rows[-1])

    def _line(self, r):
        if not getattr(self, "headed", None):
            self.headed = True
            self._print(("", "figure", "target", "measured", "Xapian", "FTS5", "ratio", "", ""))
        self._print(r)

    @staticmethod
    def _print(r):
        leg, figure, target, measured, xapian, fts5, ratio, verdict, note = r
        print(f"{pad(leg, 8)} {pad(figure, 54)} {pad(target, 11)} {measured:>9} {xapian:>8} {fts5:>8} {ratio:>7} {verdict:6} {note}".rstrip(),
              flush=True)

    def end(self):
        judged = [r for r in self.rows if r[7]]
        missed = [r for r in judged if r[7] == "MISSED"]
        print(f"\n{len(judged)} targets judged: {len(judged) - len(missed)} met, {len(missed)} missed" +
              (":" if missed else ""))
        for r in missed:
            print(f"  {r[0]}: {r[1]}, {r[2]}: {r[3]}" + (f" (ratio {r[6]})" if r[6] else ""))
