"""Measures the wording checker on labelled sentences: F1 for each label with its bootstrap interval, and its speed.

    python -m bench.language ../shared/corpus/sentences.csv       by halves of the sources, and on all of it
    python -m bench.language tests/core/language/sentences.csv    on our own sentences, which have no sources

A half is the sources whose SHA-256 begins with an even or an odd byte: always the same ones, so that rules can be
written with one half in view and judged by the other. Resampling draws whole sources where there are some, for
sentences of one source resemble each other. Nothing here is asserted in a test.
"""

import argparse
import csv
import hashlib
import random
import statistics
import subprocess
import sys
import time
from collections import defaultdict
from pathlib import Path

from upturn.core.language import labels, read
from upturn.core.language.labels import labels_of
from upturn.core.language.reading import kept

NAMES = ("specific", "measurable", "time_bound", "supportive", "subjective_or_biased")
DRAWS = 1000
Row = dict[str, str]
Counts = tuple[int, int, int]  # right, invented, missed


def half(source: str) -> int:
    return hashlib.sha256(source.encode()).digest()[0] % 2


def counted(row: Row, name: str) -> Counts:
    got, wanted = getattr(labels(row["text"], row["kind"], row["lang"]), name), row[name] == "1"  # type: ignore[arg-type]
    return (got and wanted, got and not wanted, wanted and not got)


def f1(counts: list[Counts]) -> float:
    right, invented, missed = (sum(column) for column in zip(*counts, strict=True)) if counts else (0, 0, 0)
    return 2 * right / max(1, 2 * right + invented + missed)


def interval(groups: list[list[Counts]]) -> tuple[float, float]:
    """The middle 95 % of F1 over resampled groups."""
    dice = random.Random(3)
    drawn = sorted(f1([c for group in dice.choices(groups, k=len(groups)) for c in group]) for _ in range(DRAWS))
    return drawn[int(DRAWS * 0.025)], drawn[int(DRAWS * 0.975)]


def report(title: str, rows: list[Row]) -> None:
    print(f"\n{title}: {len(rows)} sentences, {len({r.get('source', r['id']) for r in rows})} sources")
    for name in NAMES:
        groups: dict[str, list[Counts]] = defaultdict(list)
        for row in rows:
            groups[row.get("source", row["id"])].append(counted(row, name))
        counts = [c for group in groups.values() for c in group]
        low, high = interval(list(groups.values()))
        invented, missed = sum(c[1] for c in counts), sum(c[2] for c in counts)
        print(f"  {name:21} F1 {f1(counts):.3f}  [{low:.3f}, {high:.3f}]  invented {invented}, missed {missed}")


def speed(rows: list[Row]) -> None:
    took = []
    for row in rows:
        kept.cache_clear()
        started = time.perf_counter()
        labels_of(read(row["text"], row["lang"]), row["kind"])  # type: ignore[arg-type]
        took.append((time.perf_counter() - started) * 1000)
    print(f"\na sentence: median {statistics.median(took):.2f} ms, longest {max(took):.2f} ms")
    program = (
        "import time; t = time.perf_counter(); from upturn.core.language import check; check('Be lazy.', 'goal'); "
    )
    program += "print(time.perf_counter() - t)"
    runs = [
        float(subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout)
        for _ in range(5)
    ]
    print(f"start-up to the first finding: {statistics.median(runs) * 1000:.0f} ms")


START = """
import time
started = time.perf_counter()
from upturn.core.language import check
check("Be lazy.", "goal", "en")
print(time.perf_counter() - started)
"""


def started_up() -> float:
    said = subprocess.run([sys.executable, "-c", START], capture_output=True, text=True, check=True).stdout
    return float(said)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("file", type=Path, help="a CSV with id, lang, kind, text, the five labels, and perhaps source")
    parser.add_argument("--lang", default="en")
    options = parser.parse_args()
    with options.file.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["lang"] == options.lang]
    if rows and "source" in rows[0]:
        for which in (0, 1):
            report(f"half {which}", [row for row in rows if half(row["source"]) == which])
    report("all", rows)
    speed(rows)


if __name__ == "__main__":
    main()
