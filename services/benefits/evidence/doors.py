"""What the evidence commands do; `services.benefits.evidence.command` declares them."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from services.benefits.evidence import carrying, invented, pricing, report, run
from services.benefits.evidence.population import PopulationInvalid
from services.benefits.evidence.signing import checked
from services.benefits.evidence.through import RuleUnknown, rule_of
from services.benefits.law import in_force
from services.benefits.law.yaml_file import YamlFault

OK, DIFFERS, WRONG_INPUT = 0, 1, 2


def carry_out(options: argparse.Namespace) -> int:
    """Carry out what is asked; what is wrong with the input is said by file, row and column."""
    doors: dict[str, Callable[[argparse.Namespace], int]] = {
        "population": _population,
        "run": _run,
        "repeat": _repeat,
        "compare": _compare,
        "costs": _costs,
    }
    try:
        return doors[options.what](options)
    except PopulationInvalid as wrong:
        for fault in wrong.faults:
            _tell(str(fault))
    except run.OtherRun as wrong:
        _tell(f"{wrong}: another run lives there; name an empty folder")
    except RuleUnknown as wrong:
        _tell(str(wrong))
    except in_force.UnknownCountry as wrong:
        _tell(f"there is no pack of {wrong}")
    except (YamlFault, OSError) as wrong:
        _tell(str(wrong))
    return WRONG_INPUT


def _tell(text: str) -> None:
    sys.stderr.write(text + "\n")


def _population(options: argparse.Namespace) -> int:
    invented.write(options.country, options.persons, options.seed, options.to)
    sys.stdout.write(f"{options.to}: {options.persons:,} invented persons, seed {options.seed}\n")
    return OK


def _progress(stage: str, done: int, of: int) -> None:
    """One line that is written over, on a terminal; nothing into a file."""
    if sys.stderr.isatty():
        sys.stderr.write(f"\r{stage}: {done:,}" + (f" of {of:,}" if of else "") + "   ")


def _run(options: argparse.Namespace) -> int:
    wanted = run.Wanted(
        options.country,
        options.population,
        options.year,
        options.seed,
        options.reform,
        options.assumptions,
        options.drawn,
        options.years,
        tuple(sorted(_rule(text) for text in options.index)),
    )
    if not options.processes:
        left = len(run.begin(options.folder, wanted, _progress).parts)
        sys.stdout.write(f"{options.folder}: {left} parts; `evidence post {options.folder.name}` has them done\n")
        return OK
    body = carrying.carried_out(options.folder, wanted, options.processes, _progress)
    sys.stdout.write(report.text(body) + "\n")
    sys.stdout.write(f"{options.folder}: run.json, report.html, report.pdf, run.xlsx, events.parquet\n")
    return DIFFERS if body["results"]["counts"]["differing"] else OK


def _rule(text: str) -> tuple[str, str]:
    """`figure=rule` as the command line takes it. Raises `RuleUnknown`."""
    name, _, rule = text.partition("=")
    return name.strip(), rule_of(rule)


def _repeat(options: argparse.Namespace) -> int:
    before = _read(options.run)
    said = before["inputs"]
    reform = options.reform
    options.folder.mkdir(parents=True, exist_ok=True)
    if reform is None and said["reform"]:
        if said["reform"]["file"] is None:
            _tell("the run had a draft pack: name its folder with --reform")
            return WRONG_INPUT
        reform = options.folder / "as-it-was.yaml"
        reform.write_text(said["reform"]["file"], "utf-8")
    through = said.get("through") or {"wages": ["1"], "rules": {}}
    wanted = run.Wanted(
        said["country"],
        options.population,
        said["year"],
        said["seed"],
        reform,
        options.assumptions,
        said["drawn"],
        len(through["wages"]),
        tuple(sorted(through["rules"].items())),
    )
    other = [name for name, value in wanted.inputs().items() if said.get(name) != value]
    if other:
        _tell(f"other inputs than those of the run: {', '.join(other)}")
    again = carrying.carried_out(options.folder, wanted, options.processes, _progress)
    same = again["results"] == before["results"]
    sys.stdout.write("the same digits\n" if same else "other digits\n")
    return OK if same else DIFFERS


def _read(path: Path) -> dict[str, Any]:
    """A run file whose digest is right."""
    body: dict[str, Any] = json.loads(path.read_text("utf-8"))
    if not checked(body):
        raise OSError(f"{path}: its figures are not those that were digested")
    return body


def _costs(options: argparse.Namespace) -> int:
    on: date = options.on or date.today()  # noqa: DTZ011 - the door reads the clock
    asked = pricing.Asked(
        options.country, on, on.year, options.seed, options.persons, options.population, options.assumptions
    )
    body = pricing.priced(asked, lambda done, of: _progress("pricing", done, of))
    for one in body["changes"]:
        said = ", ".join(f"{f['figure']} {f['to']} instead of {f['from']}" for f in one["figures"])
        shares = f"{one['changed']['of_wages']} % of insured wages instead of {one['baseline']['of_wages']} %"
        sys.stdout.write(f"{one['benefit']}: {said}: {shares}\n")
    sys.stdout.write(f"{pricing.write(body, options.to)}: {body['persons']:,} persons\n")
    return OK


def _compare(options: argparse.Namespace) -> int:
    first, second = (_read(path) for path in options.runs)
    sys.stdout.write(report.beside(first, second) + "\n")
    return OK
