"""Each service's page of parked messages and failed jobs: nothing waits unseen, a named person decides."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from marshmallow import fields
from marshmallow.validate import Length
from prometheus_client import CollectorRegistry, Gauge
from prometheus_client.exposition import generate_latest
from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from shared import catching_up, jobs, messaging, pruning, restored
from shared.act import Act
from shared.web import pages
from shared.web.doors import Doors
from shared.web.problems import Problem, wrong_state
from shared.web.schemas import House, Text
from shared.web.texts import N_

#: The three services, and what a person calls them.
CALLED = {
    "benefits": N_("Claims and decisions"),
    "payments": N_("Payments"),
    "notifications": N_("Letters and messages"),
}
SERVICES = tuple(CALLED)
#: Who may do something about it; who sees it, `pages.SEES_STOPPED` says.
JUDGES = ("administrator",)


@dataclass(frozen=True, slots=True)
class Stopped:
    """A message or a job that waits for a person. `says` is what it carries: ids, amounts and codes, no names; it is
    shown to those who look after the installation, as it is not bound to an office."""

    what: str
    reason: str
    attempts: int
    since: date
    days: int
    owner: str | None
    holds_back: int
    says: Mapping[str, Any] | None
    names: Mapping[str, str]


class Since(House):
    since = fields.AwareDateTime(required=True)
    after = Text(most=64, load_default=None)


class Persons(House):
    persons = fields.List(Text(most=64), required=True, validate=Length(max=pruning.BATCH))


class PassedOut(House):
    as_it_is = True
    passed = fields.Dict(keys=fields.String(), values=fields.Integer())


class EventsOut(House):
    as_it_is = True
    events = fields.List(fields.Dict())
    next = fields.String()


def stopped(act: Act) -> list[Stopped]:
    """What waits for a person in this service, messages first, the oldest first."""
    open_to = act.actor.has("administrator", "auditor")

    def since(moment: datetime) -> dict[str, Any]:
        return {"since": moment.date(), "days": max((act.now - moment).days, 0)}

    found = [
        Stopped(
            what=row.type,
            reason=row.reason or "",
            attempts=row.attempts,
            owner=row.owner,
            holds_back=row.holds_back,
            says=row.body if open_to else None,
            names={"source": row.source, "event": row.event_id},
            **since(row.received_at),
        )
        for row in messaging.parked(act.connection)
    ]
    return found + [
        Stopped(
            what=row.kind.replace("_", " "),
            reason=row.reason or "",
            attempts=row.attempts,
            owner=row.owner,
            holds_back=0,
            says=row.payload if open_to else None,
            names={"job": str(row.number)},
            **since(row.ended_at),
        )
        for row in jobs.failed_jobs(act.connection)
    ]


#: While a restored service asks the others, nothing is changed.
TRANSLATIONS: dict[type[Exception], Callable[[Any], Problem]] = {
    restored.CatchingUp: lambda fault: Problem(503, "restored", retry_after=30),
    catching_up.Forgotten: lambda fault: Problem(410, "removed_by_age"),
}


def metrics(service: str, engine: Engine) -> bytes:
    """What has stopped, counted when somebody asks; nothing while the database does not answer."""
    try:
        with engine.connect() as connection:
            found = {
                "message": messaging.count_parked(connection),
                "job": jobs.count_failed(connection),
                "restored": int(restored.phase(connection) is not None),
            }
            removed = pruning.in_all(connection)
    except (OperationalError, PoolTimeout):
        return b""
    registry = CollectorRegistry()
    told = Gauge("tideover_stopped", "What waits for a person, by kind", ["service", "kind"], registry=registry)
    for kind, number in found.items():
        told.labels(service, kind).set(number)
    gone = Gauge("tideover_removed_by_age", "Rows removed by age so far", ["service", "kind"], registry=registry)
    for kind, number in removed.items():
        gone.labels(service, kind).set(number)
    return generate_latest(registry)


def doors_of(name: str) -> Doors:
    """The doors of a service's page of what has stopped."""
    doors = Doors()
    home = f"/parked/{name}"
    others = tuple(f"service:{other}" for other in SERVICES if other != name)

    @doors.api("GET", f"{home}/told", roles=others, query=Since, gives=EventsOut)
    def told(act: Act, query: dict[str, Any]) -> Any:
        """What this service has told since a moment, for another that was restored."""
        events, after = catching_up.told_since(act.connection, query["since"], query["after"] or "")
        return {"events": events, "next": after}

    @doors.api("GET", f"{home}/heard", roles=others, query=Since, gives=EventsOut)
    def heard(act: Act, query: dict[str, Any]) -> Any:
        """What this service has heard since a moment of the one that asks, which was restored."""
        events, after = catching_up.heard_since(
            act.connection, f"/{act.actor.id}", query["since"], query["after"] or ""
        )
        return {"events": events, "next": after}

    @doors.api("POST", f"{home}/passed", roles=others, takes=Persons, gives=PassedOut, records=False)
    def passed(act: Act, body: dict[str, Any]) -> Any:
        """How far this service has carried out the events of the one that asks, for some persons."""
        return {"passed": pruning.passed(act.connection, f"/{act.actor.id}", body["persons"])}

    @doors.page(home, roles=pages.SEES_STOPPED)
    def parked(act: Act) -> Any:
        """Messages and jobs that wait for a person."""
        hold = restored.current(act.connection)
        lost = catching_up.regained(act.connection, hold.found_at) if hold is not None else []
        return pages.render(
            "parked.html",
            name=name,
            services=SERVICES,
            called=CALLED,
            stopped=stopped(act),
            home=home,
            hold=hold,
            lost=lost,
            removed=pruning.by_day(act.connection),
        )

    @doors.page(f"{home}/release", method="POST", roles=JUDGES)
    def release(act: Act, form: dict[str, str]) -> Any:
        """After a restore: somebody has looked, and lets money and messages leave again."""
        why = form.get("why", "").strip()[:300]
        if not why:
            raise Problem(422, "content_invalid", errors=[{"pointer": "#/why", "code": "required", "params": {}}])
        if not restored.release(act, why):
            raise wrong_state("restored")
        act.connection.execute(text("UPDATE job SET due_at = now() WHERE state = 'waiting' AND reason = 'restored'"))
        act.connection.execute(text("NOTIFY jobs"))
        return pages.go(home)

    @doors.page(f"{home}/judge", method="POST", roles=JUDGES)
    def judge(act: Act, form: dict[str, str]) -> Any:
        """Take a message or a job on, try it again, or discard it with a reason."""
        do, why = form.get("do", ""), form.get("why", "").strip()[:300]
        if do == "discard" and not why:
            raise Problem(422, "content_invalid", errors=[{"pointer": "#/why", "code": "required", "params": {}}])
        if not _judge(act, form, do, why):
            raise wrong_state("not_parked")
        return pages.go(home)

    return doors


def _judge(act: Act, form: Mapping[str, str], do: str, why: str) -> bool:
    if number := form.get("job", ""):
        if not (number.isascii() and number.isdecimal() and len(number) < 19):
            return False
        if do == "own":
            return jobs.own_job(act, int(number))
        return jobs.discard_job(act, int(number), why) if do == "discard" else jobs.retry_job(act, int(number))
    source, event = form.get("source", ""), form.get("event", "")
    if do == "own":
        return messaging.own_parked(act, source, event)
    return messaging.judge_parked(act, source, event, retry=do != "discard", why=why or None)
