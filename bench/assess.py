"""How long one complete traced assessment takes, beside the bare formula in OpenFisca-Core.

    make bench        (or: python bench/assess.py)

Prints medians on one core; no test waits for them. OpenFisca-Core is a dependency of this comparison only and wants
an environment of its own; where it is missing the script says how to get it. Nothing here decides anything.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bench import toy_law  # noqa: E402
from services.benefits.law import in_force  # noqa: E402
from services.benefits.law.case import read_case  # noqa: E402

TODAY = date(2026, 1, 15)


def median(work: Callable[[], Any], times: int = 1500) -> float:
    """Median milliseconds of one call, after warming up."""
    for _ in range(50):
        work()
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        work()
        taken.append(time.perf_counter() - began)
    return statistics.median(taken) * 1000


def months(count: int, wage: str) -> list[dict[str, str]]:
    return [{"month": f"{2025 - (n + 10) // 12}-{12 - (n + 10) % 12:02d}", "wage": wage} for n in range(count)]


def sickness(days: int = 20, contributed: int = 24, spells: int = 0) -> dict[str, Any]:
    """A certified spell from 3 March 2025 with so many contributed months and earlier spells of other illnesses."""
    first = date(2025, 3, 3)
    last = first + timedelta(days=days - 1)
    earlier = [first - timedelta(days=60 + 10 * n) for n in range(spells)]
    return {
        "country": "la",
        "benefit": "sickness",
        "claimed_on": "2025-04-01",
        "employments": [{"pay": "monthly", "wage_stopped_word": "employer"}],
        "contributions": months(contributed, "3200000"),
        "spell": {"first_day": str(first), "last_day": str(last), "illness": "M54.5"},
        "certificates": [{"from": str(first), "to": str(last)}],
        "earlier_spells": [
            {"from": str(day), "to": str(day + timedelta(days=4)), "illness": "J18", "employer_days": 0}
            for day in earlier
        ],
        "event": {"employer_days_used": 30},
    }


#: What each country's law asks of a sickness besides; with its questions answered the law runs once.
ANSWERED: dict[str, dict[str, Any]] = {
    "la": {},
    "vn": {
        "insured": {"insured_as": "employee"},
        "employments": [{"pay": "monthly", "hazardous": False, "weekly_rest": ["sun"]}],
        "event": {"listed_disease": False, "relapse_of_work_injury": False},
    },
    "th": {
        "insured": {"insured_as": "section_33"},
        "employments": [{"pay": "monthly", "wage_paid_until": "2025-03-09"}],
        "event": {},
    },
    "mm": {"employments": [{"from": "2005-01-01", "pay": "monthly", "wage_paid_until": "2025-03-02"}], "event": {}},
}


def maternity() -> dict[str, Any]:
    """Six months of maternity leave (Viet Nam where its pack is there, otherwise the longest leave there is)."""
    if any(p.country == "vn" and "birth" in p.benefits for p in in_force.packs()):
        found = _first_case("vn", "birth")
        if found is not None:
            return found
    return {
        "country": "xx",
        "benefit": "birth",
        "contributions": months(24, "2700"),
        "spell": {"first_day": "2025-03-03"},
        "event": {"birth_on": "2025-03-10", "children": 7},
    }


def _first_case(country: str, benefit: str) -> dict[str, Any] | None:
    """The granted case of a country's pack whose leave is the longest."""
    from services.benefits.law.case_files import read_case_files

    longest: tuple[int, dict[str, Any]] | None = None
    for case in read_case_files(in_force.PACKS / country):
        if case.mapping.get("benefit") == benefit and not case.options:
            found = case.assess(TODAY)
            if found.instalments and (longest is None or found.timeline.length > longest[0]):
                longest = (found.timeline.length, case.case().json())
    return longest[1] if longest else None


def assessing(mapping: dict[str, Any]) -> Callable[[], Any]:
    case = read_case(mapping)
    return lambda: in_force.assess(case, today=TODAY)


def reading_assessing_writing(mapping: dict[str, Any]) -> Callable[[], Any]:
    text = json.dumps(mapping)
    return lambda: json.dumps(in_force.assess(read_case(json.loads(text)), today=TODAY).json())


FISCA = r"""
situation = {"persons": {"one": {"wage": {m: 3200000 for m in months}, "days": {"2025-03": 20}}}}
def from_situation():
    s = simulation_builder.SimulationBuilder().build_from_entities(system, situation)
    return s.calculate("benefit", "2025-03")
def from_arrays():
    s = simulation_builder.SimulationBuilder().build_default_simulation(system, 1)
    for m in months: s.set_input("wage", m, numpy.array([3200000.0]))
    s.set_input("days", "2025-03", numpy.array([20.0]))
    return s.calculate("benefit", "2025-03")
result = {}
for work in (from_situation, from_arrays):
    for _ in range(30): work()
    taken = []
    for _ in range(500):
        began = time.perf_counter(); work(); taken.append(time.perf_counter() - began)
    result[work.__name__] = statistics.median(taken) * 1000
result["amount"] = float(from_arrays()[0])
print(json.dumps(result))
"""


def openfisca() -> dict[str, float] | str:
    """Medians of the bare formula, one person at a time; or why there are none."""
    done = toy_law.run(FISCA)
    if done.returncode == 0:
        found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
        return found
    if "No module named 'openfisca_core'" in done.stderr:
        return (
            "OpenFisca-Core is not installed. For the comparison: python3 -m venv .data/openfisca && "
            ".data/openfisca/bin/pip install 'openfisca-core==46.*' (or set OPENFISCA_PYTHON)"
        )
    return "OpenFisca-Core did not run: " + (done.stderr.strip().splitlines() or ["?"])[-1]


def main() -> None:
    ours = median(assessing(sickness()))
    leave = maternity()
    print("One complete traced assessment, median on one core")
    print(f"  sickness, 20 days, 24 contributed months     {ours:7.3f} ms   (wanted: under 0.5)")
    name = f"maternity, {assessing(leave)().timeline.length} days, {leave['country']}"
    print(f"  {name:<44} {median(assessing(leave)):7.3f} ms   (wanted: under 0.5)")
    print(f"  sickness with reading and writing JSON       {median(reading_assessing_writing(sickness())):7.3f} ms")
    print("A 20-year worker's decision (240 contributed months, 20 days of sickness), JSON to JSON (wanted: under 1)")
    for country, more in ANSWERED.items():
        body = sickness(contributed=240) | {"country": country} | more
        outcome = assessing(body)().outcome
        print(f"  {country}, {outcome:<39} {median(reading_assessing_writing(body), 500):7.3f} ms")
    print("Growth (linear: ten times the facts, at most about ten times the time)")
    for count in (24, 240, 1000):
        one = median(assessing(sickness(contributed=count)), 300)
        whole = median(reading_assessing_writing(sickness(contributed=count)), 100)
        print(f"  {count:>5} contributed months   {one:7.3f} ms assessed, {whole:8.3f} ms with reading and writing")
    for count in (4, 40, 400):
        one = median(assessing(sickness(spells=count)), 300)
        whole = median(reading_assessing_writing(sickness(spells=count)), 100)
        print(f"  {count:>5} earlier spells       {one:7.3f} ms assessed, {whole:8.3f} ms with reading and writing")
    other = openfisca()
    print("The bare formula in OpenFisca-Core, one person at a time, without worksheet, days or citations")
    if isinstance(other, str):
        print(f"  {other}")
        return
    for key, label in (("from_situation", "from a situation"), ("from_arrays", "with arrays")):
        print(f"  {label:<44} {other[key]:7.3f} ms   ratio to our whole assessment: {other[key] / ours:.1f}")


if __name__ == "__main__":
    main()
