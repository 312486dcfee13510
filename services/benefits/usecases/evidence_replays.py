"""A replay of decided claims that was asked for on a page, as jobs: one names the decisions and sets them beside what
payments say has arrived of them, both at one moment; each part reckons some of them again under both laws; the last
sums up. It is stopped and goes on as a run does (`evidence_runs`).

It lies in a folder below `EVIDENCE_DIR`: `replay-asked.json` and `reform.asked`, then `plan.json` (the decisions by
their ids) and `parts/`, and when it is whole `replay.json` alone: nothing in that names a decision or a person.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

from services.benefits.evidence.canonical import canonical
from services.benefits.evidence.laws import Laws, in_force_now, reformed
from services.benefits.evidence.replay import beside, replay
from services.benefits.evidence.replay_file import ledger_part, part, replay_file, together
from services.benefits.evidence.settled import Money, by_award
from services.benefits.evidence.signing import checked, signed
from services.benefits.gateways.neighbours import NeighbourAway, Neighbours
from services.benefits.store import evidence
from services.benefits.usecases.evidence_runs import (
    MOST_UNDER_WAY,
    NAME,
    REPLAY,
    REPLAY_ASKED,
    TooMany,
    folder_of,
    is_stopped,
    part_file,
    post,
    read_reform,
    under_way,
)
from shared.act import Act
from shared.jobs import JobHandler, JobRun, Later, post_job

#: While payments do not answer, they are asked again after so long.
AGAIN = timedelta(seconds=20)
ASKED, MADE, REFORM = REPLAY_ASKED, REPLAY.made, "reform.asked"
#: Decisions of a part: a part takes a second or two, so that progress is seen and little is lost by a kill.
DECISIONS_OF_PART = 500


@dataclass(frozen=True)
class Past:
    """The decisions of which days are to be replayed, and whether under a reform."""

    country: str
    since: str
    until: str
    asked_on: str
    reform: bool = False


def ask(act: Act, past: Past, reform: bytes | None) -> str:
    """Have a replay made; gives back its name. A reform is read before anything is kept. Raises `TooMany`,
    `NotToBeRun`, `KeyError` where the house has no folder for runs."""
    folder = Path(os.environ["EVIDENCE_DIR"])
    if sum(state.moves for state in under_way(folder)) >= MOST_UNDER_WAY:
        raise TooMany
    name = f"replay-{past.country}-{act.new_id()[-8:]}"
    place = folder / name
    place.mkdir(parents=True)
    try:
        if reform is not None:
            (place / REFORM).write_bytes(reform)
            read_reform(place / REFORM, past.country)
        (place / ASKED).write_text(json.dumps(asdict(past)), "utf-8")
    except ValueError:
        shutil.rmtree(place)
        raise
    post_job(act, REPLAY.begin, key=name, payload={"run": name})
    return name


def every(folder: Path) -> list[str]:
    """All replays of a folder, by name."""
    if not folder.is_dir():
        return []
    return [p.name for p in sorted(folder.iterdir()) if NAME.fullmatch(p.name) and (p / ASKED).exists()]


def asked(folder: Path) -> Past | None:
    """What a replay was asked for; none where there is none."""
    try:
        return Past(**json.loads((folder / ASKED).read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def made(folder: Path) -> dict[str, Any] | None:
    """A replay whose figures are those that were digested; none while it is not made."""
    try:
        body: dict[str, Any] = json.loads((folder / MADE).read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return body if checked(body) else None


def jobs_for(neighbours: Neighbours) -> dict[str, JobHandler]:
    """The jobs of a replay. Beginning asks payments what has arrived: money is counted from the ledger and nowhere
    else."""

    def begin(run: JobRun) -> Later | None:
        folder = folder_of(run.payload["run"])
        if is_stopped(folder) or (folder / MADE).exists():
            return None
        if not (folder / "plan.json").exists():
            try:
                told = list(neighbours.money_of_awards())
            except NeighbourAway as away:
                return Later(AGAIN, reason=str(away))
            with run.begin() as act:
                plan = _plan(act, _past(folder), told)
            (folder / "parts").mkdir(exist_ok=True)
            _write(folder / "plan.json", plan)
        with run.begin() as act:
            post(act, folder.name)
        return None

    return {REPLAY.begin: begin, REPLAY.part: reckon, REPLAY.sum_up: sum_up}


def _past(folder: Path) -> Past:
    return Past(**json.loads((folder / ASKED).read_text("utf-8")))


def _plan(act: Act, past: Past, told: list[Money]) -> dict[str, Any]:
    """Which decisions stand in the period, in parts, and what has arrived of them now."""

    def money(wanted: set[str]) -> Mapping[str, Money]:
        return by_award(told, wanted)

    named = evidence.standing(act, date.fromisoformat(past.since), date.fromisoformat(past.until))
    ids = [str(row.id) for row in named]
    edges = [*range(0, len(ids), DECISIONS_OF_PART), len(ids)]
    body = {"ids": ids, "parts": list(pairwise(edges)) if ids else []}
    ledger = ledger_part(beside(list(evidence.paid(act, named)), money))
    return body | {"key": hashlib.sha256(canonical(body)).hexdigest(), "ledger": ledger}


def reckon(run: JobRun) -> Later | None:
    """One part: some decisions under both laws. Repeated, it finds its file and is done."""
    folder, number = folder_of(run.payload["run"]), int(run.payload["part"])
    target = part_file(folder, number)
    if is_stopped(folder) or (folder / MADE).exists() or target.exists():
        return None
    plan, laws, reform = _read_plan(folder), *_laws(folder)
    first, last = plan["parts"][number]
    with run.begin() as act:
        decided = evidence.reckoned(act, plan["ids"][first:last])
    _write(target, part(replay(decided, laws, reform)))
    return None


def sum_up(run: JobRun) -> Later | None:
    """The whole, once every part is there; which decisions they were is forgotten then."""
    folder = folder_of(run.payload["run"])
    if is_stopped(folder) or (folder / MADE).exists():
        return None
    plan, laws, reform = _read_plan(folder), *_laws(folder)
    files = [part_file(folder, number) for number in range(len(plan["parts"]))]
    if not all(file.exists() for file in files):
        return Later()
    found = together((json.loads(file.read_text("utf-8")) for file in files), plan["ledger"])
    _write(folder / MADE, signed(replay_file(found, _said(_past(folder), laws, reform))))
    (folder / "plan.json").unlink()
    shutil.rmtree(folder / "parts")
    return None


def _read_plan(folder: Path) -> dict[str, Any]:
    plan: dict[str, Any] = json.loads((folder / "plan.json").read_text("utf-8"))
    return plan


def _laws(folder: Path) -> tuple[Laws, Laws | None]:
    past = _past(folder)
    return in_force_now(past.country), reformed(folder / REFORM) if past.reform else None


def _write(target: Path, body: Mapping[str, Any]) -> None:
    """All of it or nothing: the file has its name only once it is whole and on the disk."""
    half = target.with_name(f"{target.name}.{os.getpid()}.half")
    with half.open("w", encoding="utf-8") as stream:
        json.dump(body, stream, ensure_ascii=False, indent=1)
        stream.flush()
        os.fsync(stream.fileno())
    half.replace(target)


def _said(past: Past, laws: Laws, reform: Laws | None) -> dict[str, Any]:
    """What was asked for, as the file says it."""
    return {
        "country": past.country,
        "currency": laws.statutes[-1].currency,
        "since": past.since,
        "until": past.until,
        "asked_on": past.asked_on,
        "laws": laws.said(),
        "reform": None if reform is None else reform.title,
    }
