"""Benefits says what is due; orders follow. The only way in which an order comes into being."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from services.payments import store
from services.payments.domain.order import AnnouncedInstalment, OrderState
from services.payments.domain.plan import Plan, past_at_arrival, plan
from services.payments.usecases.moves import clear_return, move_order, open_order
from services.payments.usecases.runs import content_changed
from shared.act import Act
from shared.logs import log
from shared.messaging import Refused
from shared.money import Money


def take_schedule(act: Act, data: Mapping[str, Any]) -> Plan | None:
    """A schedule was granted or revised: `data` of the event. None where a newer version is known.

    Raises `Refused` for a schedule that names an instalment twice or mixes currencies: paying part of it
    would be a guess.
    """
    award = store.lock_award(act.connection, data["award_id"])
    if award is not None and award.version >= data["version"]:
        log.info("older_schedule_ignored", award_id=data["award_id"], version=data["version"], known=award.version)
        return None
    if award is not None and (award.currency, award.person_id) != (data["currency"], data["person_id"]):
        raise Refused("award_changed_its_person_or_currency")
    if len({(n["component"], n["no"]) for n in data["instalments"]}) != len(data["instalments"]):
        raise Refused("instalment_named_twice")
    instalments = [part for n in data["instalments"] for part in _parts(n)]
    if len({n.key for n in instalments}) != len(instalments):
        raise Refused("employer_named_twice")
    sums = [m for n in data["instalments"] for m in (n["amount"], *(a["amount"] for a in n.get("advanced", ())))]
    if any(m["currency"] != data["currency"] for m in sums):
        raise Refused("currencies_mixed")
    if any(n.amount_minor < 0 for n in instalments):
        raise Refused("negative_instalment")
    rows = store.orders_of_award(act.connection, data["award_id"])
    orders = store.domain_orders(act.connection, data["award_id"], rows)
    past = past_at_arrival(instalments, orders, act.today)
    values = {
        name: data[name]
        for name in ("award_id", "version", "currency", "claim_id", "claim_number", "person_id", "office_id")
    }
    values |= {"past": sorted([k.component, k.no] for k in past), "received_on": act.today, "ended": False}
    store.save_schedule(act.connection, values, instalments)
    return replan(act, data["award_id"])


def end_award(act: Act, data: Mapping[str, Any]) -> Plan | None:
    """Nothing of the award that has not been sent is to be paid any more."""
    award = store.lock_award(act.connection, data["award_id"])
    if award is None:
        raise Refused("award_unknown")
    if award.version > data["version"]:
        return None
    store.mark_ended(act.connection, data["award_id"], data["version"])
    return replan(act, data["award_id"])


def replan(act: Act, award_id: str) -> Plan:
    """Make orders and schedule agree again; run again, it does nothing.

    Called after everything that may change what is still to be paid: a new version, an end, and each
    final answer of a bank.
    """
    award = store.lock_award(act.connection, award_id)
    if award is None:
        raise LookupError(award_id)
    before = store.orders_of_award(act.connection, award_id)
    runs = store.lock_runs(act.connection, [row.run_id for row in before if row.run_id and row.state in store.UNSENT])
    rows = {row.id: row for row in store.orders_of_award(act.connection, award_id, lock=True)}
    schedule = store.schedule(act.connection, award)
    todo = plan(
        schedule,
        store.domain_orders(act.connection, award_id, rows.values()),
        holds=store.successor_holds(act.connection),
    )
    touched: set[str] = set()
    why = "award_ended" if award.ended else "schedule_changed"
    for order_id in todo.cancel:
        row = rows[order_id]
        if row.run_id is not None:
            touched.add(row.run_id)
            store.update_item(act.connection, row.run_id, row.id, taken_out="cancelled", taken_by=act.actor.id)
        move_order(act, row, OrderState.CANCELLED, reason=why, run_id=None)
    serial = max((row.serial for row in rows.values()), default=0)
    by_key = {n.key: n for n in schedule.instalments}
    for opening in todo.open:
        serial += 1
        part = by_key[opening.key]
        open_order(
            act,
            award,
            serial=serial,
            component=opening.key.component,
            no=opening.key.no,
            amount=Money(opening.amount_minor, award.currency),
            due_on=opening.due_on,
            first_day=part.first_day,
            last_day=part.last_day,
            employer_id=opening.key.employer or None,
            kind=opening.kind,
            replaces=opening.replaces,
            hold=opening.hold,
        )
    for order_id in todo.kept:
        clear_return(act, rows[order_id])
    for run_id in sorted(touched):
        if run_id in runs:
            content_changed(act, runs[run_id])
    return todo


def _parts(given: Mapping[str, Any]) -> list[AnnouncedInstalment]:
    """The person's part of an announced instalment, which may be nothing, and that of each employer."""
    advanced = [(a["employer_id"], a["amount"]["minor"]) for a in given.get("advanced", ())]
    hers = given["amount"]["minor"] - sum(minor for _, minor in advanced)
    return [
        AnnouncedInstalment(
            no=given["no"],
            component=given["component"],
            due_on=date.fromisoformat(given["due_on"]),
            amount_minor=minor,
            first_day=date.fromisoformat(given["period"]["from"]),
            last_day=date.fromisoformat(given["period"]["to"]),
            employer=employer,
        )
        for employer, minor in (("", hers), *advanced)
    ]
