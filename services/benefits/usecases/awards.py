"""What a final decision grants: the schedule that payments follow, and whether more was paid than it says."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import select

from services.benefits import store
from services.benefits import tables as t
from services.benefits.domain import award as awards
from services.benefits.domain import overpayment as over
from services.benefits.domain.claim import State, move
from services.benefits.institution import institution
from services.benefits.law import in_force
from services.benefits.usecases import claims
from shared import messaging
from shared.act import Act
from shared.money import exponent

GRANTED, REVISED = "benefits.award.granted", "benefits.award.revised"
#: What a claim waits for where only its overpayment is open: the rest of the house keeps its hands off these.
WAITS = {
    "overpayment": "officer",
    "confirm_recovery": "supervisor",
    "repayment": "worker",
}


def grant(act: Act, row: Any, found: Any, schedule: Sequence[dict[str, Any]]) -> None:
    """A final decision becomes a version of the claim's award; none where nothing was ever granted."""
    award = store.award_of(act, row.id, lock=True)
    if award is None and not found.total_minor:
        return
    _new_version(act, row, award, found, schedule)


def go_on(act: Act, row: Any) -> None:
    """Start again what was ended by mistake; what was not paid meanwhile falls due from the next pay day on."""
    award = store.award_of(act, row.id, lock=True)
    if award is None or award.state != "ended":
        return
    found = store.one(act, t.decision, t.decision.c.id == award.decision_id)
    schedule = [i.json() for i in awards.cut(found.assessment, act.today, institution().pay_weekday)]
    _new_version(act, row, award, found, schedule)


def _new_version(act: Act, row: Any, award: Any | None, found: Any, schedule: Sequence[dict[str, Any]]) -> None:
    facts = store.payment_facts(act, row.id)
    until = over.paid_until(award.schedule, facts, award.paid_until) if award is not None else {}
    past = over.past_of(schedule, facts, until, act.today)
    values = {
        "decision_id": found.id,
        "currency": found.currency,
        "total_minor": found.total_minor,
        "schedule": list(schedule),
        "state": "running",
        "past": sorted(past),
        "paid_until": until,
        "withheld": [],
    }
    if award is None:
        store.add(act, t.award, id=act.new_id(), claim_id=row.id, person_id=row.person_id, version=1, **values)
    else:
        store.change(act, t.award, award.id, version=award.version + 1, **values)
    look(act, row.id, told=GRANTED if award is None else REVISED)


def end(act: Act, row: Any, reason: str) -> None:
    """Stop what has not been sent, for example when the payee died."""
    award = store.award_of(act, row.id, lock=True)
    if award is None or award.state == "ended":
        return
    store.change(act, t.award, award.id, state="ended", version=award.version + 1)
    messaging.post(
        act.about(row.id),
        "benefits.award.ended",
        subject=award.id,
        person=row.person_id,
        data=claims.reference(row)
        | {
            "decision_id": award.decision_id,
            "award_id": award.id,
            "version": award.version + 1,
            "ended_on": act.today.isoformat(),
            "reason": reason,
        },
    )


def look(act: Act, claim_id: str, *, told: str | None = None) -> None:
    """Compare what the award says with what payments say has moved; keep what is too much, and withhold what was
    decided.

    Run again, it changes nothing. `told` is the event that a new version of the award still owes to payments.
    """
    row = act.connection.execute(select(t.claim).where(t.claim.c.id == claim_id)).one()
    award = store.award_of(act, claim_id, lock=True)
    if award is None:
        return
    facts = store.payment_facts(act, claim_id)
    closed = over.closed_keys(award.past, facts)
    too_much = over.overpaid(award.schedule, facts, closed)
    known = store.overpayment_of(act, claim_id)
    if known is None and not too_much:
        if told is not None:
            _tell(act, row, award, told)
        return
    repaid = store.repaid_minor(act, claim_id)
    waived = min(store.waived_minor(act, claim_id), max(0, too_much - repaid))
    left = over.outstanding(too_much, repaid, waived)
    before = over.left_of(known) if known is not None else 0
    contested = store.open_appeal(act, claim_id) is not None
    active = store.active_recovery(act, claim_id)
    wanted: dict[over.Key, int] = {}
    if active is not None and active.way == over.Way.SET_OFF and not contested:
        wanted = withholdable(row, award, facts, left)
    # A bounced payment makes the number rise again; news is a new version that owes less,
    # or more than she ever heard of.
    news = left > before if told is not None else too_much > (known.told_minor if known is not None else 0)
    if active is not None and (why := _ends(active, contested, left, news, wanted)):
        store.change(act, t.recovery, active.id, ended_on=act.today, ended_reason=why)
        active, wanted = None, {}
    if left != before:
        drop_proposal(act, claim_id)
    _withhold(act, row, award, closed, wanted, told)

    state = over.state_of(outstanding=left, waived=waived, contested=contested, active=active is not None)
    values = {"minor": too_much, "repaid_minor": repaid, "waived_minor": waived, "state": state}
    if known is None or news or told is not None:
        values["told_minor"] = too_much
    overpayment_id = known.id if known is not None else act.new_id()
    if known is None:
        store.add(
            act,
            t.overpayment,
            id=overpayment_id,
            claim_id=claim_id,
            award_id=award.id,
            currency=award.currency,
            found_on=act.today,
            **values,
        )
    else:
        more = {"found_on": act.today} if news else {}
        store.change(act, t.overpayment, overpayment_id, **values, **more)
    if news and left:
        messaging.post(
            act.about(claim_id),
            "benefits.overpayment.found",
            subject=overpayment_id,
            person=row.person_id,
            data=claims.reference(row)
            | {
                "overpayment_id": overpayment_id,
                "award_id": award.id,
                "amount": {"minor": left, "currency": award.currency},
            },
        )
    _wait(act, row, state, active, "overpayment_found" if news else "recovery_moved")


def withholdable(row: Any, award: Any, facts: Sequence[Any], minor: int) -> dict[over.Key, int]:
    """What set-off keeps back of each instalment still to come until `minor` units are reached; whole payable amounts,
    as the pack rounds that was in force on the first day paid."""
    if award.state != "running" or not award.schedule:
        return {}
    law = in_force.pack(row.country, date.fromisoformat(award.schedule[0]["period"]["from"]))
    smallest = int(law.rounding.smallest * 10 ** exponent(award.currency))
    closed = over.closed_keys(award.past, facts)
    return over.withhold(award.schedule, closed, institution().set_off_share, minor, smallest)


def _ends(active: Any, contested: bool, left: int, news: bool, wanted: dict[over.Key, int]) -> str | None:
    """Why a recovery that runs is over; none where it goes on.

    One that has brought everything back is not ended: a payment may still bounce, and then it goes on.
    """
    if news:
        return "more_was_found"  # nobody has decided about the rest: all of it is decided anew
    if left and active.way == over.Way.SET_OFF and not contested and not wanted:
        return "nothing_left_to_withhold"
    return None


def _withhold(
    act: Act, row: Any, award: Any, closed: set[over.Key], wanted: dict[over.Key, int], told: str | None
) -> None:
    """Tell payments a version whose open instalments are less by what is withheld, if that is not what they know."""
    known = over.by_key(award.withheld)
    if {key: minor for key, minor in known.items() if key not in closed} == wanted:
        if told is not None:
            _tell(act, row, award, told)
        return
    if award.state != "running":
        return
    kept = {key: minor for key, minor in known.items() if key in closed} | wanted
    # What is due today and not sent would count as the past at its arrival, and the past is one sum: it moves on.
    soonest = awards.pay_day(act.today, institution().pay_weekday).isoformat()
    schedule = [
        part if over.key_of(part) in closed or part["due_on"] > act.today.isoformat() else part | {"due_on": soonest}
        for part in award.schedule
    ]
    version = award.version if told is not None else award.version + 1
    store.change(
        act,
        t.award,
        award.id,
        version=version,
        schedule=schedule,
        withheld=sorted([*key, minor] for key, minor in kept.items()),
    )
    _tell(act, row, store.award_of(act, row.id), told or REVISED)


def _tell(act: Act, row: Any, award: Any, type_: str) -> None:
    """The whole schedule as it is to be paid: less what is withheld."""
    withheld = over.by_key(award.withheld)
    instalments = [
        part
        | {
            "amount": {
                "minor": part["amount"]["minor"] - withheld.get(over.key_of(part), 0),
                "currency": award.currency,
            }
        }
        for part in award.schedule
    ]
    messaging.post(
        act.about(row.id),
        type_,
        subject=award.id,
        person=row.person_id,
        data=claims.reference(row)
        | {
            "decision_id": award.decision_id,
            "award_id": award.id,
            "version": award.version,
            "currency": award.currency,
            "instalments": instalments,
            "total": {"minor": award.total_minor, "currency": award.currency},
        },
    )


def _wait(act: Act, row: Any, state: over.State, active: Any | None, what: str) -> None:
    """Let a decided claim wait for whoever must act about its overpayment; what it waits for otherwise comes first."""
    if row.state not in (State.DECIDED, State.CLOSED) or (row.waits_for and row.waits_reason not in WAITS):
        return
    if store.open_recovery(act, row.id) is not None:
        reason = "confirm_recovery"
    elif state is over.State.FOUND:
        reason = "overpayment"
    elif state is over.State.RECOVERING and active is not None and active.way == over.Way.REPAY:
        reason = "repayment"
    else:
        reason = None
    if reason == row.waits_reason:
        return
    until = active.repay_by if reason == "repayment" and active is not None else None
    wait = claims.waiting(None) if reason is None else claims.waiting(WAITS[reason], reason, act.today, until)
    claims.touch(act, row, what, None, **wait)


def drop_proposal(act: Act, claim_id: str) -> None:
    """A proposal on an amount that is no longer true goes back by itself."""
    act.connection.execute(
        t.recovery.update()
        .where(t.recovery.c.claim_id == claim_id, t.recovery.c.state == "proposed")
        .values(state="returned", returned_reason="recalculated")
    )


def close_when_paid(act: Act, claim_id: str) -> None:
    """A decided claim that waits for nobody, whose award is paid to the last and of which nothing is still to come
    back, is closed."""
    row = act.connection.execute(select(t.claim).where(t.claim.c.id == claim_id)).one()
    award = store.award_of(act, claim_id)
    if award is None or row.state != State.DECIDED or row.waits_for is not None:
        return
    known = store.overpayment_of(act, claim_id)
    if known is not None and known.state not in (over.State.SETTLED, over.State.WAIVED):
        return
    facts = store.payment_facts(act, claim_id)
    settled = sum(f["minor"] for f in facts if f["state"] == "settled")
    too_much = known.minor if known is not None else 0
    if settled == awards.moved(facts) == award.total_minor + too_much:
        claims.touch(act, row, "paid_in_full", None, state=move(State.DECIDED, State.CLOSED), **claims.waiting(None))
