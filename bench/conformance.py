"""How long the standards take: one country on one date, four countries over fifteen years, the line of a decision.

    python -m bench.conformance

Prints seconds of processor time and of the clock; the targets are 2 s and 60 s, and a line no one notices.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from datetime import date
from functools import partial

from services.benefits.conformance.line import line_for
from services.benefits.conformance.report import report, series
from services.benefits.law.case_files import read_case_files
from services.benefits.law.in_force import PACKS

ON = date(2026, 11, 1)
COUNTRIES = ("la", "vn", "mm", "th")


def timed(what: Callable[[], object]) -> tuple[float, float]:
    """Seconds of processor and of clock."""
    cpu, clock = time.process_time(), time.perf_counter()
    what()
    return time.process_time() - cpu, time.perf_counter() - clock


def say(name: str, seconds: tuple[float, float], target: str) -> None:
    sys.stdout.write(f"{name:<58}{seconds[0]:8.2f} s cpu {seconds[1]:8.2f} s clock   target {target}\n")


def main() -> None:
    report("xx", ON)  # packs and standards are read once per process
    for country in COUNTRIES:
        report(country, ON, with_changes=False)
        say(
            f"{country}, all requirements with smallest changes",
            timed(partial(report, country, ON)),
            "2 s",
        )
    years = [date(year, 11, 1) for year in range(2012, 2027)]
    say(
        "four countries, fifteen years",
        timed(lambda: [series(country, years) for country in COUNTRIES]),
        "60 s",
    )
    (case,) = read_case_files(PACKS / "la" / "ssl2018" / "cases" / "LA-S1.yaml")
    stored = json.loads(json.dumps(case.assess(ON).json()))
    assessing = timed(lambda: [case.assess(ON) for _ in range(100)])
    lining = timed(lambda: [line_for(stored, "la", ON) for _ in range(100)])
    sys.stdout.write(
        f"one decision: assess {assessing[0] * 10:.2f} ms cpu, its line {lining[0] * 10:.3f} ms cpu "
        f"({lining[0] / assessing[0]:.1%} of the assessment)\n"
    )


if __name__ == "__main__":
    main()
