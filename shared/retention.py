"""How long each kind of data is kept, and how what is older goes: looked at by a job, released by two people, erased a
little at a time.

The look is a dry run: how much of each kind is older than its term, and since when, with nobody named. What was
released goes in slices, each a transaction that also counts what it took; whoever is killed goes on where it stood.
What goes without being asked for is `OfItself`, and what never goes says why (`Kept`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Select, func, select, text, update

from shared import restored
from shared.act import Act
from shared.database import held_line
from shared.jobs import JobHandler, JobRun, Later, post_job
from shared.logs import log
from shared.tables import retention_report

if TYPE_CHECKING:
    from shared.process import Service

LOOK, ERASE = "retention_report", "retention_erase"
#: Things (a claim with all its rows, a message with its letter) that go in one transaction, and transactions in one
#: look at the job; others are looked at in between.
SLICE, MOST_SLICES = 50, 40


@dataclass(frozen=True, slots=True)
class Term:
    """How many days something is kept once it is over; `article` where a law says so, none where it is a choice."""

    days: int
    article: str = ""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of data that goes when two people have released it. `due` asks for the ids of what was over before a
    day, with the day; `erase` takes some of them away."""

    code: str
    name: str
    tables: tuple[str, ...]
    term: Term
    due: Callable[[date], Select[Any]]
    erase: Callable[[Act, Sequence[Any]], None]


@dataclass(frozen=True, slots=True)
class OfItself:
    """What goes by a daily job of its own, without anybody asking."""

    name: str
    tables: tuple[str, ...]
    term: Term


@dataclass(frozen=True, slots=True)
class Kept:
    """What stays, and why."""

    why: str
    tables: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Retention:
    """All that a service keeps: every table stands in one of the three."""

    kinds: tuple[Kind, ...] = ()
    of_itself: tuple[OfItself, ...] = ()
    kept: tuple[Kept, ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """What was found of one kind: `due` things that were over before `until`, the oldest on a day; `gone` of them."""

    code: str
    days: int
    until: date
    due: int
    oldest: date | None
    gone: int = 0

    @classmethod
    def from_json(cls, said: Mapping[str, Any]) -> Line:
        until = date.fromisoformat(said["until"])
        oldest = date.fromisoformat(said["oldest"]) if said["oldest"] else None
        return cls(said["code"], said["days"], until, said["due"], oldest, said["gone"])

    def json(self) -> dict[str, Any]:
        return asdict(self) | {"until": self.until.isoformat(), "oldest": self.oldest and self.oldest.isoformat()}


@dataclass(frozen=True, slots=True)
class Report:
    """One look at what has been kept for its term, and what became of it."""

    id: str
    made_on: date
    state: str
    lines: tuple[Line, ...]
    asked_by: str | None
    asked_name: str | None
    asked_at: datetime | None
    released_name: str | None
    released_at: datetime | None
    ended_at: datetime | None

    @property
    def due(self) -> int:
        return sum(line.due for line in self.lines)


class NotNow(ValueError):
    """A report is not in the state that this needs."""


class SamePerson(ValueError):
    """Who asked for it does not release it."""


def terms(said: Mapping[str, Any], known: Mapping[str, Term]) -> dict[str, Term]:
    """The terms of the house's kinds, where the institution says nothing else: days, or days with the article of a law.
    Raises `ValueError` for a kind nobody knows and for what is no number of days."""
    found = dict(known)
    for code, word in said.items():
        days, article = (word.get("days"), word.get("article", "")) if isinstance(word, dict) else (word, "")
        if code not in known or type(days) is not int or days < 1:
            raise ValueError(f"retention: {code} is no kind of data with a whole number of days")
        found[code] = Term(days, str(article))
    return found


# --- reports -----------------------------------------------------------------------------------


def _read(row: Any) -> Report:
    told = {name: getattr(row, name) for name in Report.__slots__ if name != "lines"}
    return Report(**told, lines=tuple(Line.from_json(line) for line in row.lines))


def reports(connection: Connection, most: int = 24) -> list[Report]:
    """The reports, the newest first."""
    c = retention_report.c
    query = select(retention_report).order_by(c.made_at.desc(), c.id.desc()).limit(most)
    return [_read(row) for row in connection.execute(query)]


def _locked(act: Act, id_: str, *states: str) -> Report:
    row = act.connection.execute(
        select(retention_report).where(retention_report.c.id == id_).with_for_update()
    ).one_or_none()
    if row is None or row.state not in states:
        raise NotNow(row.state if row is not None else "unknown")
    return _read(row)


def _save(act: Act, id_: str, **values: Any) -> None:
    act.connection.execute(update(retention_report).where(retention_report.c.id == id_).values(**values))


def look(act: Act, kinds: Iterable[Kind]) -> Report:
    """A dry run: what has been kept for its term. It takes the place of an earlier one that nobody released; nothing is
    erased, and nobody is named."""
    c = retention_report.c
    lines = []
    for kind in kinds:
        until = act.today - timedelta(days=kind.term.days)
        found = kind.due(until).subquery()
        due, oldest = act.connection.execute(select(func.count(), func.min(found.c[1]))).one()
        oldest = oldest.date() if isinstance(oldest, datetime) else oldest
        lines.append(Line(kind.code, kind.term.days, until, due, oldest))
    act.connection.execute(update(retention_report).where(c.state.in_(("made", "asked"))).values(state="replaced"))
    id_, told = act.new_id(), [line.json() for line in lines]
    made = {"id": id_, "made_on": act.today, "made_at": act.now, "state": "made", "lines": told}
    act.connection.execute(retention_report.insert().values(**made))
    log.info("retention_looked", due=sum(line.due for line in lines))
    return _locked(act, id_, "made")


def ask(act: Act, id_: str) -> None:
    """Somebody asks that what a report lists goes. Raises `NotNow`."""
    if not _locked(act, id_, "made").due:
        raise NotNow("nothing_due")
    name = act.actor.name or act.actor.id
    _save(act, id_, state="asked", asked_by=act.actor.id, asked_name=name, asked_at=act.now)


def release(act: Act, id_: str) -> None:
    """A second person releases it; a job erases. Raises `NotNow`, `SamePerson`."""
    found = _locked(act, id_, "asked")
    if found.asked_by == act.actor.id:
        raise SamePerson(found.id)
    if act.connection.scalar(select(retention_report.c.id).where(retention_report.c.state == "released")) is not None:
        raise NotNow("released")
    name = act.actor.name or act.actor.id
    _save(act, id_, state="released", released_by=act.actor.id, released_name=name, released_at=act.now)
    post_job(act, ERASE, key=id_, payload={"report_id": id_})


# --- jobs --------------------------------------------------------------------------------------


def plan(act: Act) -> None:
    """Once a month what has been kept for its term is looked at."""
    post_job(act, LOOK, key=f"{act.today:%Y-%m}")


def jobs_for(service: Service) -> dict[str, JobHandler]:
    """The handlers of looking and of erasing."""

    def look_by_job(run: JobRun) -> None:
        with run.begin() as act:
            look(act, service.keeps.kinds)

    return {LOOK: look_by_job, ERASE: lambda run: erase_by_job(service, run)}


def erase_by_job(service: Service, run: JobRun) -> Later | None:
    """Erase what two people have released, a slice a transaction; one at a time, and not while a restored service asks
    or is held."""
    with held_line(run.engine, ERASE) as line:
        if line is None or restored.phase(line) is not None:
            return Later(timedelta(minutes=1), reason="restored" if line is not None else "another")
        for _ in range(MOST_SLICES):
            with run.begin() as act:
                if not _slice(act, run.payload["report_id"], service.keeps.kinds):
                    return None
    return Later(timedelta(0), reason="more")


def allow(act: Act) -> None:
    """Rows that only grow may go in this transaction: two people have released it."""
    act.connection.execute(text("SET LOCAL tideover.erasing = 'released'"))


def _slice(act: Act, id_: str, kinds: Iterable[Kind]) -> bool:
    """Erase one slice of the first kind that has something left, and count it; false when all is gone."""
    try:
        report = _locked(act, id_, "released")
    except NotNow:
        return False
    known = {kind.code: kind for kind in kinds}
    allow(act)
    for n, line in enumerate(report.lines):
        if (kind := known.get(line.code)) is None or line.due == 0:
            continue
        # No later day than the report's: what is kept for its term since is in the next one.
        ids = list(act.connection.scalars(kind.due(line.until).limit(SLICE)))
        if ids:
            kind.erase(act, ids)
            lines = [*report.lines[:n], replace(line, gone=line.gone + len(ids)), *report.lines[n + 1 :]]
            _save(act, id_, lines=[each.json() for each in lines])
            return True
    _save(act, id_, state="done", ended_at=act.now)
    log.info("retention_erased", gone=sum(line.gone for line in report.lines))
    return False
