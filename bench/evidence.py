"""A year of events of many insured, assessed under the law in force and a reform.

    make bench ARGS="evidence"                    100 thousand, 1 million and 10 million persons of Lao PDR
    make bench ARGS="evidence 1000000"            so many persons
    make bench ARGS="years 10000000"              so many persons through ten years, with a rule for the ceiling

Prints seconds, memory of every process together, persons drawn and how many differ; growth; one process against two;
the plain loop and OpenFisca's vectorised toy formula as ratios. Nothing here decides anything.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import resource
import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench import toy_law
from services.benefits.evidence import invented, run
from services.benefits.evidence.parts import SIDES, Plan
from services.benefits.evidence.run_file import run_file
from services.benefits.evidence.through import MOST_YEARS

COUNTS = (100_000, 1_000_000, 10_000_000)
#: Wanted of ten million: seconds and bytes.
SECONDS, MEMORY = 60, 10**9
REFORM = Path(invented.__file__).parent / "reforms" / "la-ceiling-and-leave.yaml"
SEED, YEAR = 7, 2025
#: A run through years: how the ceiling follows wages, and how many times a year's run it may take (a law more).
RULES = (("ceiling", "every 3 years"),)
TIMES = 20


@dataclass
class Measured:
    """One run: seconds by stage, processor seconds of all processes, greatest memory of all together (bytes)."""

    persons: int
    events: int
    runs: int
    wide: int
    alone: int
    drawn: int
    differing: int
    spent: dict[str, float]
    processor: float
    memory: int

    @property
    def seconds(self) -> float:
        return sum(self.spent.values())


class Memory:
    """The greatest memory of this process and its children together, looked at ten times a second. Pages that they
    share are counted once (proportional set size)."""

    def __init__(self) -> None:
        self.most = 0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> Memory:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._over.wait(0.1):
            self.most = max(self.most, sum(_proportional(pid) for pid in _family(os.getpid())))


def _family(pid: int) -> Iterator[int]:
    yield pid
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            children = task.read_text().split()
        except OSError:
            continue
        for child in children:
            yield from _family(int(child))


def _proportional(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))


def _processor() -> float:
    spent = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in spent)


def measure(
    country: str, population: Path, folder: Path, processes: int, reform: Path | None, years: int = 1
) -> Measured:
    """A whole run, from the population's file to the figures; of several years with the rule for the ceiling."""
    shutil.rmtree(folder, ignore_errors=True)
    rules = RULES if years > 1 else ()
    wanted = run.Wanted(country, population, YEAR, SEED, reform, years=years, rules=rules)
    before, spent = _processor(), {}
    with Memory() as memory:
        began = time.perf_counter()
        run.begin(folder, wanted)
        spent["read and draw"] = time.perf_counter() - began
        began = time.perf_counter()
        run.work(folder, processes)
        spent["assess"] = time.perf_counter() - began
        began = time.perf_counter()
        plan = json.loads((folder / "plan.json").read_text("utf-8"))
        body = run_file(run.gather(folder), folder, plan["inputs"], plan["key"], plan["sources"])["results"]
        spent["sum up"] = time.perf_counter() - began
    counts = body["counts"]
    return Measured(
        body["persons"],
        body["events"],
        counts["runs"],
        counts["wide"],
        counts["alone"],
        counts["compared"],
        counts["differing"],
        spent,
        _processor() - before,
        memory.most,
    )


def _apart(do: Callable[..., Any], *given: object) -> Any:
    """Something done in a process of its own, so that no run has the memory of another."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        return pool.submit(do, *given).result()


def plain_loop(folder: Path, seconds: float = 5) -> float:
    """Persons a second when each event of a run is put to the ordinary assessment by itself."""
    from services.benefits.evidence.events import unpack
    from services.benefits.evidence.parts import _many
    from services.benefits.law.many.batch import one_of

    plan = Plan.read(folder)
    shapes, wages = plan.array("shape"), plan.array("wages")
    side, done, began = plan.sides[SIDES[0]], 0, time.perf_counter()
    for place in range(0, len(shapes), max(1, len(shapes) // 20_000)):
        shape = unpack(int(shapes[place]))
        facts = side.facts(shape, plan.year)
        if facts is not None and not shape.joined:
            case = facts.case(shape, plan.insured[shape.insured], _many(wages[place : place + 1], plan.currency))
            side.laws.assess(one_of(case, 0))
            done += 1
        if time.perf_counter() - began > seconds:
            break
    return done / (time.perf_counter() - began)


FISCA = r"""
count = 1000000
s = simulation_builder.SimulationBuilder().build_default_simulation(system, count)
for m in months: s.set_input("wage", m, numpy.full(count, 3200000.0))
s.set_input("days", "2025-03", numpy.full(count, 20.0))
began = time.perf_counter(); s.calculate("benefit", "2025-03"); print(count / (time.perf_counter() - began))
"""


def openfisca() -> float | None:
    """Persons a second of OpenFisca's vectorised toy formula (floats, one ceiling, no conditions, no days); `None`
    where it is not installed (`bench/assess.py` says how)."""
    done = toy_law.run(FISCA)
    return float(done.stdout.split()[-1]) if done.returncode == 0 else None


def _line(name: str, *cells: object) -> None:
    print(f"{name:<34}" + "".join(f"{cell!s:>14}" for cell in cells), flush=True)


def _show(name: str, found: Measured) -> None:
    _line(
        name,
        f"{found.persons:,}",
        f"{found.events:,}",
        f"{found.seconds:.1f}",
        f"{found.processor:.1f}",
        f"{found.memory / 10**6:.0f} MB",
        f"{found.drawn:,}",
        found.differing,
    )


def main(counts: tuple[int, ...] = ()) -> bool:
    """Measure; whether what is wanted was reached, where ten million were measured."""
    counts = counts or COUNTS
    load = os.getloadavg()[0]
    print(f"\nA year of events under the law in force and a reform (load of the machine at the start: {load:.1f})")
    _line("", "persons", "events", "seconds", "processor s", "memory", "drawn", "differ")
    good = True
    with tempfile.TemporaryDirectory() as place:
        folder, found = Path(place), dict[int, Measured]()
        for count in counts:
            population = folder / f"la-{count}.parquet"
            _apart(invented.write, "la", count, SEED, population)
            found[count] = _apart(measure, "la", population, folder / "run", 2, REFORM)
            _show("Lao PDR, two processes", found[count])
        largest, middle = found[counts[-1]], counts[min(1, len(counts) - 1)]
        _line("  stages of the last", *(f"{name} {seconds:.1f}" for name, seconds in largest.spent.items()))
        print(f"  {largest.runs:,} runs of the steps; {largest.wide} numbers beyond 64 bits; {largest.alone} alone")
        loop, fisca = plain_loop(folder / "run"), openfisca()
        alone = _apart(measure, "la", folder / f"la-{middle}.parquet", folder / "one", 1, REFORM)
        _show("Lao PDR, one process", alone)
        print(f"  two processes are {alone.spent['assess'] / found[middle].spent['assess']:.2f} times as fast")
        _apart(invented.write, "vn", middle, SEED, folder / "vn.parquet")
        _show("Viet Nam, two processes", _apart(measure, "vn", folder / "vn.parquet", folder / "vn", 2, None))
        rate = 2 * largest.events / largest.processor
        print(f"Assessments a second of processor time, with reading, drawing and summing up: {rate:,.0f}")
        print(f"The plain loop, one by one: {loop:,.0f} persons a second, {rate / loop:.0f} times fewer")
        if fisca is not None:
            print(f"OpenFisca's vectorised toy formula: {fisca:,.0f} persons a second, {fisca / rate:.1f} times ours")
        else:
            print("OpenFisca-Core is not installed; bench/assess.py says how to get it for the comparison")
        if largest.persons >= 10_000_000:
            reached = largest.seconds < SECONDS and largest.memory < MEMORY
            print(f"Wanted: under {SECONDS} s and 1 GB. {'Reached.' if reached else 'NOT reached.'}")
            good = reached
        return good and not any(one.differing for one in found.values())


def through_years(counts: tuple[int, ...] = ()) -> bool:
    """A year and ten years of the same persons; whether ten stay within `TIMES` one and the memory wanted."""
    load = os.getloadavg()[0]
    print(f"\nThrough {MOST_YEARS} years, with a reform and a rule for the ceiling (load at the start: {load:.1f})")
    _line("", "persons", "events", "seconds", "processor s", "memory", "drawn", "differ")
    good = True
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        for count in counts or COUNTS[1:2]:
            population = folder / f"la-{count}.parquet"
            _apart(invented.write, "la", count, SEED, population)
            one = _apart(measure, "la", population, folder / "run", 2, REFORM)
            _show("one year, two processes", one)
            ten = _apart(measure, "la", population, folder / "run", 2, REFORM, MOST_YEARS)
            _show(f"{MOST_YEARS} years, two processes", ten)
            _line("  stages", *(f"{name} {seconds:.1f}" for name, seconds in ten.spent.items()))
            times, kept = ten.processor / one.processor, _size(folder / "run")
            good = good and times < TIMES and ten.memory < MEMORY and not ten.differing
            print(f"  {times:.1f} times the processor time of one year; {kept / 10**6:,.0f} MB in its folder")
    print(f"Wanted: at most {TIMES} times a year, and 1 GB. {'Reached.' if good else 'NOT reached.'}")
    return good


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
