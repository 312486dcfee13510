"""A replay of decided claims that was asked for on a page: made by a job, since it reads and reckons every decision of
a period and asks payments what has arrived of it.

It lies in a folder below `EVIDENCE_DIR`, as runs do: `replay-asked.json` and `reform.asked`, then `replay.json`.
Nothing in it names a decision or a person.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from services.benefits.evidence.laws import Laws, in_force_now, reformed
from services.benefits.evidence.replay import replay
from services.benefits.evidence.replay_file import replay_file
from services.benefits.evidence.settled import Money, by_award
from services.benefits.evidence.signing import checked, signed
from services.benefits.gateways.neighbours import NeighbourAway, Neighbours
from services.benefits.store import evidence
from services.benefits.usecases.evidence_runs import MOST_UNDER_WAY, NAME, TooMany, read_reform
from shared.act import Act
from shared.jobs import JobHandler, JobRun, Later, post_job

REPLAY = "evidence_replay"
#: While payments do not answer, they are asked again after so long.
AGAIN = timedelta(seconds=20)
ASKED, MADE, REFORM = "replay-asked.json", "replay.json", "reform.asked"


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
    if len(under_way(folder)) >= MOST_UNDER_WAY:
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
    post_job(act, REPLAY, key=name, payload={"replay": name})
    return name


def under_way(folder: Path) -> list[str]:
    """The replays that are asked for and not made yet, by name."""
    return [name for name in every(folder) if not (folder / name / MADE).exists()]


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
    """The job, which asks payments what has arrived: money is counted from the ledger and nowhere else."""

    def make(run: JobRun) -> Later | None:
        folder = Path(os.environ["EVIDENCE_DIR"]) / run.payload["replay"]
        if (folder / MADE).exists():
            return None
        past = Past(**json.loads((folder / ASKED).read_text("utf-8")))
        reform = reformed(folder / REFORM) if past.reform else None
        try:
            told = list(neighbours.money_of_awards())
        except NeighbourAway as away:
            return Later(AGAIN, reason=str(away))

        def money(wanted: set[str]) -> Mapping[str, Money]:
            return by_award(told, wanted)

        laws = in_force_now(past.country)
        with run.begin() as act:
            decided = evidence.decided(act, date.fromisoformat(past.since), date.fromisoformat(past.until))
            found = replay(decided, laws, reform, money)
        body = signed(replay_file(found, _said(past, laws, reform)))
        half = folder / f"{MADE}.half"
        half.write_text(json.dumps(body, ensure_ascii=False, indent=1), "utf-8")
        half.replace(folder / MADE)
        return None

    return {REPLAY: make}


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
