"""What each smallest change of the report on standards costs a year: one run of evidence for each, kept in one file.

Without a population of its own a country gets an invented one, and the file says so. The same inputs give the same
file.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from services.benefits.conformance.checks.result import FAIL, Change
from services.benefits.conformance.costs import FORMAT, digest, name_of
from services.benefits.conformance.report import Report, measured
from services.benefits.evidence import carrying, invented
from services.benefits.evidence.assumptions import read_assumptions
from services.benefits.evidence.run import Wanted
from services.benefits.evidence.signing import signed

#: Invented persons where no file is named: enough for a rough figure.
PERSONS = 20_000
#: Persons who are put to the ordinary assessment one by one, in each run.
DRAWN = 200


@dataclass(frozen=True)
class Asked:
    """What costs are worked out of: the law of a day, and the persons of a year."""

    country: str
    on: date
    year: int
    seed: int = 1
    persons: int = PERSONS
    population: Path | None = None
    assumptions: Path | None = None


def priced(asked: Asked, progress: Callable[[int, int], None] = lambda _done, _of: None) -> dict[str, Any]:
    """The file of costs. Raises what a run of evidence raises."""
    made = measured(asked.country, asked.on)
    found = list(changes(made))
    with TemporaryDirectory() as place:
        folder = Path(place)
        population = asked.population or _invented(asked, folder)
        runs = []
        for number, change in enumerate(found):
            progress(number, len(found))
            runs.append(_run(asked, change, population, folder / str(number)))
    return _file(asked, made, found, runs)


def changes(made: Report) -> Iterator[Change]:
    """The smallest change of each requirement that is missed, where figures say it; each once."""
    seen = set()
    for found in made.results:
        if found.verdict != FAIL or not found.changes or not found.changes[0].figures:
            continue
        change = found.changes[0]
        if name_of(change) not in seen:
            seen.add(name_of(change))
            yield change


def _invented(asked: Asked, folder: Path) -> Path:
    path = folder / "people.parquet"
    invented.write(asked.country, asked.persons, asked.seed, path)
    return path


def _run(asked: Asked, change: Change, population: Path, folder: Path) -> dict[str, Any]:
    """A year under the law in force and under the law with the change."""
    folder.mkdir()
    reform = folder / "change.yaml"
    figures = "".join(f"  {name}: {value}\n" for name, _now, value, _unit in change.figures)
    since = date(asked.year, 1, 1).isoformat()
    head = f"country: {asked.country}\ntitle: {name_of(change)!r}\nsince: {since}\nfigures:\n"
    reform.write_text(head + figures, "utf-8")
    wanted = Wanted(asked.country, population, asked.year, asked.seed, reform, asked.assumptions, DRAWN)
    return carrying.carried_out(folder, wanted)


def _file(asked: Asked, made: Report, found: list[Change], runs: list[dict[str, Any]]) -> dict[str, Any]:
    first = runs[0] if runs else None
    assumed = read_assumptions(asked.country, asked.year, asked.assumptions)
    body = {
        "format": FORMAT,
        "country": asked.country,
        "statute": {"id": made.statute, "revision": made.revision},
        "law": first["inputs"]["law"] if first else [],
        "year": asked.year,
        "seed": asked.seed,
        "persons": first["results"]["persons"] if first else 0,
        "invented": asked.population is None,
        "data": first["inputs"]["data"] if first else "",
        "assumptions": assumed.digest,
        "longest_illness": max(days for days, _share in assumed.lengths),
        "currency": made.currency,
        "insured_wages": first["results"]["insured_wages"] if first else 0,
        "changes": [entry for change, run in zip(found, runs, strict=True) for entry in _entry(change, run["results"])],
    }
    return signed(body | {"digest": digest(body)})


def _entry(change: Change, results: dict[str, Any]) -> list[dict[str, Any]]:
    """One change with its costs; none where too few persons were paid to be shown."""
    every, shares = results["all"], results["of_wages"]
    if every["baseline"] is None or every["reform"] is None:
        return []
    return [
        {
            "name": name_of(change),
            "benefit": change.benefit,
            "figures": [{"figure": n, "from": str(a), "to": str(b), "unit": u} for n, a, b, u in change.figures],
            "baseline": {"cost": every["baseline"]["cost"], "of_wages": shares["baseline"]},
            "changed": {"cost": every["reform"]["cost"], "of_wages": shares["reform"]},
            "difference": results["uncertainty"]["difference"],
        }
    ]


def write(body: dict[str, Any], folder: Path) -> Path:
    """The file, where reports look for it."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{body['country']}.json"
    path.write_text(json.dumps(body, ensure_ascii=False, indent=1) + "\n", "utf-8")
    return path
