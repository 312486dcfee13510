"""Commands of the institution's operators: files taken in at the door of the machine room."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from services.benefits.app import make_service
from services.benefits.usecases import imports, table_files
from shared.act import HEAD_OFFICE, Act, Actor

SAMPLE = Path(__file__).parents[2] / "deploy" / "embedded" / "sample"


def _take(kind: str, path: Path) -> int:
    """Take one file in; says what was refused and why. Returns the number of refused rows."""
    service = make_service()
    with service.engine.begin() as connection:
        actor = Actor(
            id="operator",
            kind="account",
            roles=frozenset({"administrator"}),
            office=HEAD_OFFICE,
            name="operator",
        )
        act = Act(connection=connection, actor=actor, now=service.clock.now(), today=service.clock.today())
        file = imports.take_file(act, kind, path.name, path.read_bytes())
    service.engine.dispose()
    counts = {outcome: file.count(outcome) for outcome in ("accepted", "corrected", "duplicate", "refused")}
    sys.stdout.write(f"{path.name}: " + ", ".join(f"{n} {outcome}" for outcome, n in counts.items() if n) + "\n")
    for answer in file.answers:
        if answer.outcome == "refused":
            sys.stdout.write(f"  row {answer.row}: {answer.code} {answer.column or ''}\n")
    return counts["refused"]


def import_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("kind", choices=sorted(table_files.COLUMNS))
    parser.add_argument("path", type=Path)


def import_file(options: argparse.Namespace) -> int:
    """Take a CSV file in; the exit status is 1 where a row was refused."""
    return int(_take(options.kind, options.path) > 0)


def sample_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--folder", type=Path, default=SAMPLE)


def import_sample(options: argparse.Namespace) -> int:
    """Load an invented province through the same door; a second time changes nothing."""
    refused = sum(_take(path.stem.split("-", 1)[1], path) for path in sorted(options.folder.glob("*.csv")))
    sys.stdout.write(
        "Sign in as khamla (officer), manivanh (supervisor), daovone and sisouk (payments), nok (employer), "
        "phet (auditor)\n"
    )
    sys.stdout.write("or admin; the password is practice-2025. Second factors and the clock: the page /sandbox.\n")
    return int(refused > 0)
