"""The file of a finished run: what went in, what came out in each year, and a digest over both."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from services.benefits.evidence.canonical import canonical
from services.benefits.evidence.events import BRANCHES
from services.benefits.evidence.parts import INDEXED, SIDES
from services.benefits.evidence.population import WEIGHT
from services.benefits.evidence.results import Results, share
from services.benefits.evidence.run import Found, gather
from services.benefits.evidence.through import figure_in, half_up, of_money

#: The figure that is shown in a run through years although no rule names it.
CEILING = "ceiling"


def run_file(found: Found, folder: Path, inputs: Mapping[str, Any], key: str, sources: Any) -> dict[str, Any]:
    """The run as it is kept and signed. `found` is its first year; the others are put together one after the other."""
    results = Results(found).json()
    if len(found.plan.through.wages) > 1:
        results["figures"] = dict(of_money(list(found.plan.sides.values())[-1].laws, date(found.plan.year, 1, 1)))
        results["years"] = []
        results["counts"] = dict.fromkeys(found.counts, 0)
        for after in range(len(found.plan.through.wages)):
            of_year = gather(folder, after) if after else found
            results["years"].append(year(of_year))
            results["counts"] = {name: n + of_year.counts[name] for name, n in results["counts"].items()}
    body = {
        "key": key,
        "inputs": inputs,
        "currency": found.plan.currency,
        "assumed": sources,
        "results": results,
    }
    return body | {"digest": hashlib.sha256(canonical(body)).hexdigest()}


def year(found: Found) -> dict[str, Any]:
    """One year of several: who is insured, what each law costs, the figures that move, and the levels it reaches."""
    plan, through = found.plan, found.plan.through
    worked = Results(found, (*SIDES, INDEXED))
    wages, coverage = through.wages[found.after], through.coverage[found.after]
    persons, earned = sum(found.insured.persons["sex"]), sum(found.insured.wages["sex"])
    insured_wages = half_up(Fraction(earned, WEIGHT) * wages * coverage)
    everybody = np.arange(len(worked.weight))
    sides = {}
    for side in worked.sides:
        cells: dict[str, Any] = {"all": worked.cell(side, everybody)}
        cells |= {name: worked.cell(side, np.flatnonzero(worked.branch == n)) for n, name in enumerate(BRANCHES)}
        whole = cells["all"]
        sides[side] = cells | {"of_wages": None if whole is None else share(whole["cost"], insured_wages)}
    named = dict.fromkeys((CEILING, *(name for name, _ in through.rules)))
    laws = {name: side.laws for name, side in plan.sides.items()}
    figures = {
        name: {
            side: None if value is None else str(value)
            for side, law in laws.items()
            for value in (_on(law, name, found),)
        }
        for name in named
    }
    return {
        "year": plan.year + found.after,
        "wages": str(wages),
        "coverage": str(coverage),
        "insured": half_up(Fraction(persons, WEIGHT) * coverage),
        "insured_wages": insured_wages,
        "sides": sides,
        "figures": {name: values for name, values in figures.items() if any(values.values())},
        "levels": found.levels,
    }


def _on(law: Any, name: str, found: Found) -> Fraction | None:
    return figure_in(law, name, found.plan.year + found.after)
