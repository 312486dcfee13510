"""A run of evidence, or a replay of the past, as jobs: it is begun by one, each part is one, keyed by run and part, so
that every worker of the house takes its share and none is done twice; when the last is there the run is summed up.

The run lies in a folder below `EVIDENCE_DIR`, which every worker sees, and what lies there says how far it has come:

    asked.json       what it was asked for, where it was asked on the page
    reform.asked     the reform as it was handed in; population.parquet or .csv: the persons
    fault.json       why it cannot begin, each fault with its row and column
    plan.json        it has begun; parts/: what is done; run.json: it is whole
    stopped          somebody stopped it; stopped-1, stopped-2: it went on after that

A replay (`evidence_replays`) begins, stops and goes on in the same way: it has `replay-asked.json`, and `replay.json`
when it is whole.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

from services.benefits.evidence.laws import Laws, in_force_now, reformed
from services.benefits.evidence.through import RuleUnknown, declared, indexed
from services.benefits.law.in_force import UnknownCountry
from services.benefits.law.yaml_file import YamlFault
from shared.act import Act
from shared.jobs import JobRun, Later, post_job

BEGIN, PART, SUM_UP = "evidence_begin", "evidence_part", "evidence_sum_up"
REPLAY_ASKED = "replay-asked.json"
#: How many invented persons the page offers; how long the file of a reform is at most, in bytes.
SIZES = (10_000, 100_000, 1_000_000, 10_000_000)
LONGEST_REFORM = 64 * 1024
#: Runs that are not whole yet, at most: each takes the workers' time from others.
MOST_UNDER_WAY = 3
NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,60}", re.ASCII)
#: A seed is given so that the run can be made again; any number does as well as this one.
SEED = 7


@dataclass(frozen=True)
class Kind:
    """What is made in parts: the kinds of its jobs, the ending of the files of its parts, and the file when whole."""

    begin: str
    part: str
    sum_up: str
    ending: str
    made: str


RUN = Kind(BEGIN, PART, SUM_UP, "npz", "run.json")
REPLAY = Kind("evidence_replay", "evidence_replay_part", "evidence_replay_sum_up", "json", "replay.json")


class TooMany(RuntimeError):
    """As many runs are under way as may be."""


class NotToBeRun(ValueError):
    """What was asked for cannot be run: `field` of the form and the sentence that says why."""

    def __init__(self, field: str, why: str) -> None:
        super().__init__(why)
        self.field = field


@dataclass(frozen=True)
class Asked:
    """What a run is asked for on the page: so many invented persons, or (0) those of a file that was handed in."""

    title: str
    country: str
    year: int
    persons: int
    asked_on: str
    reform: bool = False
    years: int = 1
    rules: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class State:
    """How far a run has come: waiting, begun, stopped, faulty or done; of its parts so many are there."""

    name: str
    word: str
    title: str
    done: int = 0
    parts: int = 0
    faults: tuple[str, ...] = ()
    replay: bool = False

    @property
    def moves(self) -> bool:
        """Whether somebody who waits will see it change."""
        return self.word in ("waiting", "begun")


def runs_folder() -> Path | None:
    """The folder of all runs; `None` where the house has none."""
    named = os.environ.get("EVIDENCE_DIR")
    return Path(named) if named else None


def folder_of(name: str) -> Path:
    """Where a run lies. Raises `KeyError` where the house has no folder for runs."""
    return Path(os.environ["EVIDENCE_DIR"]) / name


def under_way(folder: Path) -> list[State]:
    """The runs and replays that are not whole, by name."""
    if not folder.is_dir():
        return []
    places = [place for place in sorted(folder.iterdir()) if NAME.fullmatch(place.name)]
    found = [state_of(place) for place in places if not (place / kind_of(place).made).exists()]
    return [state for state in found if state is not None]


def kind_of(folder: Path) -> Kind:
    """Whether a run or a replay lies in a folder."""
    return REPLAY if (folder / REPLAY_ASKED).exists() else RUN


def state_of(folder: Path) -> State | None:
    """How far a run or a replay has come; `None` where nothing was ever asked there."""
    asked, kind = _asked(folder), kind_of(folder)
    replay = kind is REPLAY
    title = asked.title if asked else folder.name
    if (folder / kind.made).exists():
        return State(folder.name, "done", title, replay=replay)
    if (folder / "fault.json").exists():
        said = json.loads((folder / "fault.json").read_text("utf-8"))
        return State(folder.name, "faulty", title, faults=tuple(said))
    if (folder / "plan.json").exists():
        parts = len(json.loads((folder / "plan.json").read_text("utf-8"))["parts"])
        done = len(list((folder / "parts").glob(f"*.{kind.ending}")))
        word = "stopped" if is_stopped(folder) else "begun"
        return State(folder.name, word, title, done, parts, replay=replay)
    if asked is None and not replay:
        return None
    return State(folder.name, "stopped" if is_stopped(folder) else "waiting", title, replay=replay)


def _asked(folder: Path) -> Asked | None:
    try:
        said = json.loads((folder / "asked.json").read_text("utf-8"))
        return Asked(**said | {"rules": tuple((name, rule) for name, rule in said.get("rules", ()))})
    except (OSError, ValueError, TypeError):
        return None


def is_stopped(folder: Path) -> bool:
    """Whether somebody stopped it, and nobody let it go on."""
    return (folder / "stopped").exists()


def _round(folder: Path) -> int:
    """How often the run was stopped and went on: a job that found it stopped is over, and another takes its place."""
    return len(list(folder.glob("stopped-*")))


def ask(act: Act, asked: Asked, reform: bytes | None, population: tuple[str, bytes] | None) -> str:
    """Have a run made; gives back its name. A reform is read before anything is kept.

    Raises `TooMany`, `NotToBeRun`, `KeyError` where the house has no folder for runs.
    """
    folder = Path(os.environ["EVIDENCE_DIR"])
    if sum(state.moves for state in under_way(folder)) >= MOST_UNDER_WAY:
        raise TooMany
    name = f"{asked.country}-{asked.year}-{act.new_id()[-8:]}"
    place = folder / name
    place.mkdir(parents=True)
    try:
        law = in_force_now(asked.country)
        if reform is not None:
            (place / "reform.asked").write_bytes(reform)
            law = read_reform(place / "reform.asked", asked.country)
        _check_rules(law, asked)
        if population is not None:
            _keep_population(place, *population)
        (place / "asked.json").write_text(json.dumps(asdict(asked), ensure_ascii=False), "utf-8")
    except NotToBeRun:
        shutil.rmtree(place)
        raise
    post_job(act, BEGIN, key=name, payload={"run": name})
    return name


def _check_rules(law: Laws, asked: Asked) -> None:
    """That each figure which is to follow wages is one of money in the year that is asked for."""
    try:
        indexed(law, declared(asked.country, asked.year, asked.years, dict(asked.rules), None))
    except RuleUnknown as wrong:
        raise NotToBeRun("index_1", str(wrong)) from None


def read_reform(path: Path, country: str) -> Laws:
    """The law under a reform that was handed in. Raises `NotToBeRun`."""
    if path.stat().st_size > LONGEST_REFORM:
        raise NotToBeRun("reform", f"> {LONGEST_REFORM // 1024} KB")
    try:
        law = reformed(path)
    except YamlFault as wrong:
        raise NotToBeRun("reform", f"{wrong.line}: {wrong.message}") from None
    except UnknownCountry as wrong:
        raise NotToBeRun("reform", str(wrong)) from None
    if law.country != country:
        raise NotToBeRun("reform", f"{law.country} ≠ {country}")
    return law


def _keep_population(place: Path, filename: str, data: bytes) -> None:
    ending = Path(filename).suffix.lower()
    if ending not in (".parquet", ".csv"):
        raise NotToBeRun("population", ".parquet, .csv")
    (place / f"population{ending}").write_bytes(data)


def stop(name: str) -> None:
    """Stop a run or a replay: what is being done is finished, nothing else is begun. Stopping twice changes nothing."""
    (folder_of(name) / "stopped").touch()


def go_on(act: Act, name: str) -> None:
    """Let what was stopped go on with what is missing."""
    folder = folder_of(name)
    if not is_stopped(folder):
        return
    (folder / "stopped").rename(folder / f"stopped-{_round(folder) + 1}")
    if (folder / "plan.json").exists():
        post(act, name)
    else:
        post_job(act, kind_of(folder).begin, key=f"{name} {_round(folder)}", payload={"run": name})


def begin(job: JobRun) -> Later | None:
    """Draw the events of a run that was asked for, and have its parts done. What is wrong with its persons is kept
    beside it, to be read."""
    from services.benefits.evidence import invented, run
    from services.benefits.evidence.population import PopulationInvalid

    folder = folder_of(job.payload["run"])
    asked = _asked(folder)
    if asked is None or is_stopped(folder) or (folder / "fault.json").exists():
        return None
    population = next((p for p in folder.glob("population.*") if p.suffix in (".parquet", ".csv")), None)
    if population is None:
        half = folder / "population.half"
        invented.write(asked.country, asked.persons, SEED, half)
        population = half.rename(folder / "population.parquet")
    reform = folder / "reform.asked" if asked.reform else None
    try:
        wanted = run.Wanted(asked.country, population, asked.year, SEED, reform, years=asked.years, rules=asked.rules)
        run.begin(folder, wanted)
    except PopulationInvalid as wrong:
        told = json.dumps([str(fault) for fault in wrong.faults])
        (folder / "fault.json").write_text(told, "utf-8")
        return None
    with job.begin() as act:
        post(act, folder.name)
    return None


def post(act: Act, name: str) -> int:
    """Have every part that is not there done, and the whole summed up; gives back how many parts are left. It has
    begun: its plan lies in its folder. Posting a second time changes nothing."""
    folder = folder_of(name)
    plan, times, kind = json.loads((folder / "plan.json").read_text("utf-8")), _round(folder), kind_of(folder)
    left = [part for part in range(len(plan["parts"])) if not part_file(folder, part).exists()]
    again = f" {times}" if times else ""
    for part in left:
        post_job(act, kind.part, key=f"{name} {plan['key']} {part}{again}", payload={"run": name, "part": part})
    post_job(act, kind.sum_up, key=f"{name} {plan['key']}{again}", payload={"run": name})
    return len(left)


def part_file(folder: Path, part: int) -> Path:
    """Where a part lies once it is done."""
    return folder / "parts" / f"{part:05d}.{kind_of(folder).ending}"


def part(job: JobRun) -> Later | None:
    """One part; repeated, it finds its file and is done."""
    from services.benefits.evidence.parts import carry_out

    folder = folder_of(job.payload["run"])
    if not is_stopped(folder):
        carry_out(folder, int(job.payload["part"]))
    return None


def sum_up(job: JobRun) -> Later | None:
    """Sum up a run whose parts are all there; while one is missing, look again later."""
    from services.benefits.evidence.carrying import finished
    from services.benefits.evidence.parts import Plan

    folder = folder_of(job.payload["run"])
    if is_stopped(folder):
        return None
    plan = Plan.read(folder)
    if not all(plan.file(number).exists() for number in range(len(plan.parts))):
        return Later()
    finished(folder)
    return None


def reform_file(title: str, country: str, since: date, figures: dict[str, str]) -> bytes:
    """The file of a reform that changes some figures, as the command line takes it."""
    lines = [f"country: {country}", f"title: {json.dumps(title, ensure_ascii=False)}", f"since: {since}", "figures:"]
    return "\n".join([*lines, *(f"  {name}: {value}" for name, value in figures.items())]).encode() + b"\n"
