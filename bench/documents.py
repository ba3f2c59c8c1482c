"""How long a document takes, warm, with its gate: a three-page plan, changed each time (reach: 150 ms at p95).

    .dev/venv/bin/python -m bench.documents [ROUNDS]

Parts are printed beside it; the ratio to setting an empty page tells what the plan itself costs.
"""

import statistics
import sys
import time
from collections.abc import Callable

from tests.documents.told import IMPRINT, MADE, answered, told
from upturn.documents import gate
from upturn.documents.content import plan_paper, record
from upturn.documents.making import made as made_apart
from upturn.documents.typesetting import typeset

REACH = 150


EMPTY = '#set document(title: "x")\n#set text(lang: "en", font: "Noto Sans")\nx'


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 60
    case = told("evolve-mip")
    document = case.program.papers[0]
    took: dict[str, list[float]] = {name: [] for name in ("content", "typeset", "gate", "whole", "empty page")}
    for number in range(rounds + 5):
        changed = answered(case, "situation", led_to=f"Round {number}: two of the four plans were not posted in time.")
        paper, inside = plan_paper(changed, document, IMPRINT), record(changed, IMPRINT)
        pdf = typeset(paper, MADE, record=inside)
        jobs: dict[str, Callable[[], object]] = {
            "content": lambda c=changed: plan_paper(c, document, IMPRINT),
            "typeset": lambda p=paper, i=inside: typeset(p, MADE, record=i),
            "gate": lambda m=pdf, p=paper, i=inside: gate.passed(m, p.texts(), i),
            "whole": lambda c=changed, i=inside: made_apart(plan_paper(c, document, IMPRINT), MADE, record=i),
            "empty page": lambda p=paper: typeset(p, MADE, template=EMPTY),
        }
        for name, work in jobs.items():
            started = time.perf_counter()
            work()
            took[name].append((time.perf_counter() - started) * 1000)
    for name, times in took.items():
        warm = sorted(times[5:])
        print(f"{name:12} median {statistics.median(warm):7.1f} ms   p95 {warm[int(len(warm) * 0.95) - 1]:7.1f} ms")
    whole = sorted(took["whole"][5:])
    p95 = whole[int(len(whole) * 0.95) - 1]
    print(f"p95 {p95:.0f} ms (reach: under {REACH}) {'' if p95 < REACH else ' NOT REACHED'}")


if __name__ == "__main__":
    main()
