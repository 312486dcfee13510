"""A run: draw the events of a year, assess every one of them under the baseline and a reform, and sum up; of several
years where it is asked for them, with the same events at the wages of each.

A run lives in a folder of its own. Its *key* is the digest of everything its figures depend on: law, data,
assumptions, reform, year, seed and versions. What is done stays done: a run that was stopped, or killed, goes on with
the parts whose files are not there.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import multiprocessing
import platform
import shutil
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from services.benefits.evidence.assumptions import read_assumptions, stated
from services.benefits.evidence.canonical import canonical
from services.benefits.evidence.events import Events, Insured, draw
from services.benefits.evidence.laws import Laws, in_force_now, reformed
from services.benefits.evidence.parts import OfMonth, Part, Plan, carry_out
from services.benefits.evidence.population import Population
from services.benefits.evidence.through import Through, declared, indexed
from services.benefits.law.many.numbers import Array

FORMAT = "evidence/3"
#: Shapes of a part: a part takes seconds, so that progress is seen and little is lost by a kill.
SHAPES_OF_PART = 500
#: Persons who are put to the ordinary assessment one by one, under each law.
DRAWN = 10_000

Progress = Callable[[str, int, int], None]


def silent(stage: str, done: int, of: int) -> None:
    """Say nothing."""


class OtherRun(ValueError):
    """The folder holds another run: other data, another law, another seed."""


@dataclass(frozen=True)
class Wanted:
    """What a run is asked for; paths are read when it begins. `drawn` persons are compared one by one. `rules` say how
    figures of money follow wages in the later of `years`, by name."""

    country: str
    population: Path
    year: int
    seed: int
    reform: Path | None = None
    assumptions: Path | None = None
    drawn: int = DRAWN
    years: int = 1
    rules: tuple[tuple[str, str], ...] = ()

    def through(self) -> Through:
        """The years of the run with what is declared of them. Raises `FigureFault`, `RuleUnknown`."""
        return declared(self.country, self.year, self.years, dict(self.rules), self.assumptions)

    def inputs(self) -> dict[str, Any]:
        """Everything the figures depend on, as the run file says it. Raises `FigureFault`, `UnknownCountry`,
        `RuleUnknown`."""
        baseline = in_force_now(self.country)
        reform = reformed(self.reform) if self.reform else None
        through = self.through()
        indexed(reform or baseline, through)  # a rule for what is no figure of money is refused now
        of_years = {"through": through.json()} if self.years > 1 else {}
        return of_years | {
            "format": FORMAT,
            "country": self.country,
            "year": self.year,
            "seed": self.seed,
            "drawn": self.drawn,
            "law": baseline.said(),
            "reform": None if reform is None else _said(reform, self.reform),
            "data": Population(self.population, self.currency, self.year).digest(),
            "assumptions": read_assumptions(self.country, self.year, self.assumptions).digest,
            "versions": {
                "python": platform.python_version(),
                "numpy": np.__version__,
                "pyarrow": pa.__version__,
            },
        }

    @property
    def currency(self) -> str:
        return in_force_now(self.country).statutes[-1].currency


def _said(reform: Laws, path: Path | None) -> dict[str, Any]:
    assert path is not None  # noqa: S101 - a reform was read from it
    text = path.read_text("utf-8") if path.is_file() else None
    return {"title": reform.title, "law": reform.said(), "file": text}


def key_of(inputs: dict[str, Any]) -> str:
    """The digest of a run's inputs: equal keys, equal digits."""
    return hashlib.sha256(canonical(inputs)).hexdigest()


def begin(folder: Path, wanted: Wanted, progress: Progress = silent) -> Plan:
    """Draw the events and write the plan of a run into a folder, or find both there. Raises `OtherRun`,
    `PopulationInvalid`, `FigureFault`."""
    inputs = wanted.inputs()
    key = key_of(inputs)
    there = folder / "plan.json"
    if there.exists():
        if json.loads(there.read_text("utf-8"))["key"] != key:
            raise OtherRun(str(folder))
        return Plan.read(folder)
    (folder / "events").mkdir(parents=True, exist_ok=True)
    reform = _kept(folder, wanted.reform)
    assumed = read_assumptions(wanted.country, wanted.year, wanted.assumptions)
    population = Population(wanted.population, wanted.currency, wanted.year)
    coverage = reformed(wanted.reform).coverage if wanted.reform else ()
    events, insured = draw(population, assumed, wanted.seed, coverage, lambda rows: progress("drawing", rows, 0))
    pa.default_memory_pool().release_unused()
    for name in ("shape", "person", "weight", "wages"):
        np.save(folder / "events" / f"{name}.npy", getattr(events, name))
    for name, array in events.groups.items():
        np.save(folder / "events" / f"group_{name}.npy", array)
    lots = np.random.Generator(np.random.PCG64([wanted.seed, wanted.year, 2**32]))
    size = min(wanted.drawn, len(events))
    drawn = np.sort(lots.choice(len(events), size, replace=False)) if size else np.zeros(0, dtype=np.int64)
    (folder / "insured.json").write_bytes(canonical(vars(insured)))
    plan = {
        "key": key,
        "inputs": inputs,
        "country": wanted.country,
        "currency": wanted.currency,
        "year": wanted.year,
        "insured": population.words["insured_as"],
        "reform": reform,
        "parts": _parts(events, wanted.years),
        "through": wanted.through().json() if wanted.years > 1 else None,
        "drawn": [int(n) for n in drawn],
        "sources": stated(wanted.country, wanted.year, wanted.years, wanted.assumptions),
    }
    half = there.with_suffix(".half")
    half.write_bytes(canonical(plan))
    half.replace(there)
    return Plan.read(folder)


def _kept(folder: Path, reform: Path | None) -> str | None:
    """A copy of the reform in the folder of the run, so that every process and machine reads the same; a draft pack is
    read where it lies, for its steps are loaded as a module from there."""
    if reform is None:
        return None
    if reform.is_dir():
        return str(reform.resolve())
    shutil.copyfile(reform, folder / "reform.yaml")
    return "reform.yaml"


def _parts(events: Events, years: int) -> list[Part]:
    """The events cut between shapes, so many shapes together, in each year; and the standards, where there are several
    years."""
    begins = [0, *(int(n) + 1 for n in np.flatnonzero(np.diff(events.shape)))] if len(events) else []
    edges = [*begins[::SHAPES_OF_PART], len(events)]
    parts = [Part(first, last, after) for after in range(years) for first, last in itertools.pairwise(edges)]
    return parts + [Part(0, 0, after, standards=True) for after in range(years if years > 1 else 0)]


def work(folder: Path, processes: int = 1, progress: Progress = silent) -> None:
    """Carry out every part that is not done, in so many processes of this machine."""
    plan = Plan.read(folder)
    left = [part for part in range(len(plan.parts)) if not plan.file(part).exists()]
    done = len(plan.parts) - len(left)
    progress("assessing", done, len(plan.parts))
    if processes <= 1:
        for part in left:
            carry_out(folder, part)
            done += 1
            progress("assessing", done, len(plan.parts))
        return
    # Started anew, not forked: a copy of this process would hold its memory and the locks of its threads.
    with ProcessPoolExecutor(processes, mp_context=multiprocessing.get_context("spawn")) as pool:
        for made in as_completed([pool.submit(carry_out, folder, part) for part in left]):
            made.result()
            done += 1
            progress("assessing", done, len(plan.parts))


@dataclass(frozen=True)
class Found:
    """All that the parts of a finished run say of one year, so many years after the first: arrays in the order of the
    events, cost by month, what it took, and the levels of the standards by law."""

    plan: Plan
    arrays: dict[str, Array]
    months: dict[str, OfMonth]
    counts: dict[str, int]
    insured: Insured
    after: int = 0
    levels: dict[str, Any] = field(default_factory=dict)


def gather(folder: Path, after: int = 0) -> Found:
    """Put the parts of one year of a run together. Raises `FileNotFoundError` while one is missing."""
    plan = Plan.read(folder)
    arrays: dict[str, Array] = {}
    months: dict[str, OfMonth] = {}
    counts = dict.fromkeys(("runs", "wide", "alone", "compared", "differing"), 0)
    size = len(plan.array("shape"))
    levels: dict[str, Any] = {}
    for number, (first, last, of, standards) in enumerate(plan.parts):
        if of != after:
            continue
        with np.load(plan.file(number)) as part:
            if standards:
                levels = json.loads(str(part["levels"]))
                continue
            for name in part.files:
                if name not in ("counts", "months"):
                    if name not in arrays:
                        arrays[name] = np.zeros(
                            size, dtype=part[name].dtype if part[name].dtype != object else np.int64
                        )
                    arrays[name][first:last] = part[name]
            for name, number_ in zip(counts, part["counts"], strict=True):
                counts[name] += int(number_)
            for name, (cost, persons) in json.loads(str(part["months"])).items():
                months.setdefault(name, OfMonth()).cost += cost
                months[name].reach(persons)
    insured = Insured(**json.loads((folder / "insured.json").read_text("utf-8")))
    return Found(plan, arrays, dict(sorted(months.items())), counts, insured, after, levels)
