"""Deciding: proposed by one person, confirmed by another where it must be; then the award and its events."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, select

from services.benefits import store
from services.benefits import tables as t
from services.benefits.conformance.line import line_for
from services.benefits.domain import appeal as appeals
from services.benefits.domain import award as awards
from services.benefits.domain import claim as claims_domain
from services.benefits.domain.claim import State
from services.benefits.domain.decision import Hindrance, NotReady, check_two_people, hindrances, needs_second
from services.benefits.domain.warnings import open_ones
from services.benefits.institution import institution
from services.benefits.usecases import awards as granting
from services.benefits.usecases import claims
from shared import messaging
from shared.act import Act
from shared.ids import is_uuid
from shared.money import Money

#: Why a supervisor gives a proposal back.
RETURN_REASONS = (
    "facts_wrong",
    "finding_wrong",
    "certificate_doubtful",
    "wages_doubtful",
    "explain_more",
    "recalculated",
)


class AlreadyDecided(ValueError):
    """The proposal is no longer open."""


def hindered(act: Act, row: Any, picture: claims.Picture) -> list[Hindrance]:
    """What forbids deciding this claim now, each with a code."""
    if picture.assessment is None:
        return [Hindrance("facts_invalid", {"count": len(picture.errors)})]
    person = store.one(act, t.person, t.person.c.id == row.person_id)
    payable = _payable(act, person)
    found = hindrances(
        picture.assessment,
        own_case=claims.is_own_case(act, row),
        open_warnings=[w.id for w in open_ones(picture.warnings, row.judged)],
        payable=payable,
    )
    if person.death_reported_on is not None:
        found.append(Hindrance("death_to_confirm", {}))
    if row.state not in (State.SUBMITTED, State.RETURNED, State.IN_ASSESSMENT):
        found.append(
            Hindrance("not_submitted" if row.state == State.DRAFT else "already_decided", {"state": row.state})
        )
    if store.proposed(act, row.id) is not None:
        found.append(Hindrance("already_proposed", {}))
    return found


def _payable(act: Act, person: Any) -> bool:
    """Whether money has somewhere to go: an account, and for somebody who has died one given after that was
    confirmed."""
    if store.payee(act, person.id) is None:
        return False
    if person.deceased_on is None:
        return True
    told = [c.what for c in store.person_changes(act, person.id) if c.what in ("payee", "death_confirmed")]
    return told[-1:] == ["payee"]


def kind_of(act: Act, row: Any) -> tuple[str, Any | None, Any | None]:
    """What a decision on this claim would be: its kind, the last final decision, the open appeal."""
    last = store.last_final(act, row.id)
    contested = store.open_appeal(act, row.id)
    if contested is not None:
        return "appeal", last, contested
    return ("first" if last is None else "revision"), last, None


def propose(act: Act, claim_id: str, version: int | None, reasons: str | None = None) -> Any:
    """Decide a claim as the rules assess it, or hand it to a second person where one is needed.

    `reasons` are the officer's words on an appeal. Returns the decision row. Raises `NotReady` with every
    hindrance named, `SamePerson` for an appeal decided by somebody who decided before.
    """
    row = store.claim_to_change(act, claim_id, version)
    # Two claims of one person are not decided side by side: each must see what the other paid.
    act.connection.execute(select(t.person.c.id).where(t.person.c.id == row.person_id).with_for_update())
    picture = claims.picture(act, row)
    hindrance = hindered(act, row, picture)
    if hindrance or picture.assessment is None:
        raise NotReady([(h.code, dict(h.params)) for h in hindrance])
    kind, last, contested = kind_of(act, row)
    if contested is not None:
        appeals.check_new_eyes(act.actor.id, _took_part(act, claim_id))
    assessment = picture.assessment
    total = Money(assessment["total"]["minor"], assessment["total"]["currency"])
    difference = total - Money(last.total_minor, last.currency) if last is not None else total
    second = needs_second(
        total, difference, institution().second_person_above, kind=kind, outcome=assessment["outcome"]
    )
    decision_id = act.new_id()
    schedule = [i.json() for i in awards.cut(assessment, act.today, institution().pay_weekday)]
    number = (
        act.connection.scalar(select(func.max(t.decision.c.no)).where(t.decision.c.claim_id == claim_id)) or 0
    ) + 1
    store.add(
        act,
        t.decision,
        id=decision_id,
        claim_id=claim_id,
        no=number,
        kind=kind,
        state="proposed",
        outcome=assessment["outcome"],
        facts=picture.case,
        assessment=assessment,
        pack_revision=str(assessment["pack_revision"]),
        claim_version=row.version + 1,
        total_minor=total.minor,
        difference_minor=difference.minor,
        currency=total.currency,
        schedule=schedule,
        judged=row.judged,
        needs_second=second is not None,
        second_reason=second,
        proposed_by=act.actor.id,
        proposed_name=act.actor.name,
        proposed_at=act.now,
        appeal_id=contested.id if contested is not None else None,
        conformance=line_for(assessment, row.country, act.today),
    )
    if contested is not None:
        store.change(act, t.appeal, contested.id, state="proposed", reasons=reasons)
    wait = (
        claims.waiting("supervisor", f"confirm_{second}", act.today)
        if second
        else claims.waiting("officer", "deciding", act.today)
    )
    state = row.state if row.state == State.IN_ASSESSMENT else claims_domain.move(State(row.state), State.IN_ASSESSMENT)
    claims.touch(act, row, "proposed", reasons, state=state, **wait)
    if second is None:
        _make_final(act, decision_id, confirmed=False)
    return store.one(act, t.decision, t.decision.c.id == decision_id)


def _took_part(act: Act, claim_id: str) -> set[str | None]:
    return {
        who for d in store.decisions(act, claim_id) if d.state == "final" for who in (d.proposed_by, d.confirmed_by)
    }


def _open_proposal(act: Act, decision_id: str) -> tuple[Any, Any]:
    found = store.one(act, t.decision, t.decision.c.id == decision_id)
    row = store.claim_to_change(act, found.claim_id, None)
    found = store.one(act, t.decision, t.decision.c.id == decision_id, lock=True)
    if found.state != "proposed":
        raise AlreadyDecided(found.state)
    return found, row


def confirm(act: Act, decision_id: str) -> Any:
    """The second person confirms. A proposal whose facts have changed since goes back by itself.

    Raises `SamePerson`, `AlreadyDecided`.
    """
    found, row = _open_proposal(act, decision_id)
    check_two_people(found.proposed_by, act.actor.id)
    if found.kind == "appeal":
        appeals.check_new_eyes(act.actor.id, _took_part(act, row.id))
    act.connection.execute(select(t.person.c.id).where(t.person.c.id == row.person_id).with_for_update())
    picture = claims.picture(act, row)
    now = picture.assessment
    changed = now is None or now["total"] != found.assessment["total"] or now["outcome"] != found.outcome
    left = [h for h in hindered(act, row, picture) if h.code != "already_proposed"]
    if row.version != found.claim_version or changed:
        _give_back(act, found, row, "recalculated", None)
    elif left:
        raise NotReady([(h.code, dict(h.params)) for h in left])
    else:
        _make_final(act, decision_id, confirmed=True)
    return store.one(act, t.decision, t.decision.c.id == decision_id)


def give_back(act: Act, decision_id: str, reason: str, words: str | None) -> Any:
    """The second person gives a proposal back with a coded reason. Raises `SamePerson`, `AlreadyDecided`."""
    if reason not in RETURN_REASONS:
        raise ValueError(reason)
    found, row = _open_proposal(act, decision_id)
    check_two_people(found.proposed_by, act.actor.id)
    _give_back(act, found, row, reason, words)
    return store.one(act, t.decision, t.decision.c.id == decision_id)


def _give_back(act: Act, found: Any, row: Any, reason: str, words: str | None) -> None:
    store.change(act, t.decision, found.id, state="returned", returned_reason=reason, returned_words=words)
    if found.appeal_id:
        store.change(act, t.appeal, found.appeal_id, state="lodged")
    claims.touch(act, row, "given_back", words, **claims.waiting("officer", reason, act.today))


def _make_final(act: Act, decision_id: str, *, confirmed: bool) -> None:
    """The decision becomes the institution's: award, letter and payment follow from its events."""
    found = store.one(act, t.decision, t.decision.c.id == decision_id)
    row = act.connection.execute(select(t.claim).where(t.claim.c.id == found.claim_id)).one()
    schedule = [i.json() for i in awards.cut(found.assessment, act.today, institution().pay_weekday)]
    store.change(
        act,
        t.decision,
        decision_id,
        state="final",
        decided_on=act.today,
        schedule=schedule,
        appeal_until=act.today + timedelta(days=institution().appeal_days),
        **(
            {"confirmed_by": act.actor.id, "confirmed_name": act.actor.name, "confirmed_at": act.now}
            if confirmed
            else {}
        ),
    )
    claims.touch(
        act,
        row,
        "decided",
        None,
        state=claims_domain.move(State(row.state), State.DECIDED),
        **claims.waiting(None),
    )
    act = act.about(row.id)
    reference = claims.reference(row)
    total = {"minor": found.total_minor, "currency": found.currency}
    messaging.post(
        act,
        "benefits.decision.made",
        subject=decision_id,
        person=row.person_id,
        data=reference
        | {
            "decision_id": decision_id,
            "kind": found.kind,
            "outcome": found.outcome,
            "decided_on": act.today.isoformat(),
            "total": total,
            "difference": {"minor": found.difference_minor, "currency": found.currency},
        },
    )
    granting.grant(act, row, found, schedule)
    if found.appeal_id:
        _close_appeal(act, row, found, reference)


def _close_appeal(act: Act, row: Any, found: Any, reference: dict[str, Any]) -> None:
    contested = store.one(act, t.appeal, t.appeal.c.id == found.appeal_id, lock=True)
    before = store.one(act, t.decision, t.decision.c.id == contested.decision_id)
    finding = next((f for f in found.assessment["findings"] if f["id"] == contested.finding), None)
    outcome = appeals.outcome_of(
        Money(before.total_minor, before.currency),
        Money(found.total_minor, found.currency),
        contested_now_met=finding is None or finding["verdict"] == "met",
    )
    store.change(
        act,
        t.appeal,
        contested.id,
        state="decided",
        outcome=outcome,
        new_decision_id=found.id,
        decided_by=found.proposed_by,
        decided_name=found.proposed_name,
        decided_on=act.today,
    )
    granting.look(act, row.id)
    messaging.post(
        act,
        "benefits.appeal.decided",
        subject=contested.id,
        person=row.person_id,
        data=reference | {"appeal_id": contested.id, "decision_id": found.id, "outcome": outcome},
    )


def lodge_appeal(
    act: Act, claim_id: str, decision_id: str, finding: str, grounds: str, lodged_on: date | None = None
) -> str:
    """Contest a named finding of the last decision, at the desk or by the worker herself. Recovery of what was overpaid
    is suspended meanwhile (C102 art. 70). Only the desk may say an earlier `lodged_on`: the day a paper came in counts,
    not the day it was typed. Returns the appeal's id.

    Raises `appeals.FindingUnknown`, `AlreadyDecided`, `appeals.DayCannotBe`."""
    if lodged_on is not None and not act.actor.has("clerk", "officer", "supervisor"):
        raise appeals.DayCannotBe("not_your_task")
    if not is_uuid(decision_id):
        raise store.NotHere("decision")
    row = store.claim_to_change(act, claim_id, None)
    decision = store.one(act, t.decision, t.decision.c.id == decision_id, t.decision.c.claim_id == claim_id)
    last = store.last_final(act, claim_id)
    if decision.state != "final" or last is None or last.id != decision_id or kind_of(act, row)[0] == "appeal":
        raise AlreadyDecided(decision.state)
    if finding not in {f["id"] for f in decision.assessment["findings"]}:
        raise appeals.FindingUnknown(finding)
    came_in = lodged_on or act.today
    appeals.check_day(came_in, decision.decided_on, act.today)
    id_ = act.new_id()
    store.add(
        act,
        t.appeal,
        id=id_,
        claim_id=claim_id,
        decision_id=decision_id,
        finding=finding,
        grounds=grounds,
        lodged_on=came_in,
        lodged_by="worker" if act.actor.kind == "worker" else act.actor.id,
        in_time=appeals.in_time(came_in, decision.appeal_until),
        state="lodged",
    )
    if row.state == State.IN_ASSESSMENT:
        claims.drop_proposal(act, claim_id)
        claims.touch(act, row, "appeal", grounds, **claims.waiting("officer", "appeal", act.today))
    else:
        claims.reopen(act, row, "appeal", grounds)
    granting.look(act, claim_id)
    messaging.post(
        act.about(claim_id),
        "benefits.appeal.lodged",
        subject=id_,
        person=row.person_id,
        data=claims.reference(row)
        | {"appeal_id": id_, "decision_id": decision_id, "finding": finding, "lodged_on": came_in.isoformat()},
    )
    return id_


def withdraw_appeal(act: Act, appeal_id: str) -> None:
    """The claimant takes the appeal back; the decision stands. Raises `AlreadyDecided` once a proposal is made."""
    contested = store.one(act, t.appeal, t.appeal.c.id == appeal_id, lock=True)
    row = store.claim_to_change(act, contested.claim_id, None)
    if contested.state != "lodged":
        raise AlreadyDecided(contested.state)
    store.change(act, t.appeal, appeal_id, state="decided", outcome="withdrawn", decided_on=act.today)
    claims.touch(
        act,
        row,
        "appeal_withdrawn",
        None,
        state=claims_domain.move(State(row.state), State.DECIDED),
        **claims.waiting(None),
    )
    granting.look(act, row.id)
    messaging.post(
        act.about(row.id),
        "benefits.appeal.decided",
        subject=appeal_id,
        person=row.person_id,
        data=claims.reference(row)
        | {"appeal_id": appeal_id, "decision_id": contested.decision_id, "outcome": "withdrawn"},
    )
