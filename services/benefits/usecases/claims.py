"""A claim from the counter to the point where it can be decided."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert as upsert

from services.benefits import store
from services.benefits import tables as t
from services.benefits.domain import claim as domain
from services.benefits.domain import codec, history
from services.benefits.domain import warnings as doubts
from services.benefits.domain.claim import State
from services.benefits.domain.codec import CaseInvalid
from services.benefits.institution import institution
from services.benefits.law.case import read_case
from services.benefits.law.in_force import PackNotInForce, UnknownBenefit, UnknownCountry, assess
from shared import jobs, messaging
from shared.act import Act
from shared.ids import claim_number
from shared.money import Money

#: Members of a case that stand in a claim; the rest comes from what is known of the person.
FACTS = (
    "spell",
    "certificates",
    "employments",
    "event",
    "judgements",
    "happenings",
    "absences",
    "earlier_spells",
)
OPEN_STATES = (State.DRAFT, State.SUBMITTED, State.RETURNED, State.IN_ASSESSMENT)


class FactsInvalid(ValueError):
    """The facts cannot be; each error has pointer, code and params."""

    def __init__(self, errors: list[dict[str, Any]]) -> None:
        super().__init__(f"{len(errors)} errors")
        self.errors = errors


@dataclass(frozen=True, slots=True)
class Picture:
    """All that a page or an answer shows of a claim's present state: nothing of it is stored."""

    case: dict[str, Any]
    assessment: dict[str, Any] | None
    errors: list[dict[str, Any]]
    warnings: list[doubts.Doubt]


def next_number(act: Act) -> str:
    """The next claim number of the year."""
    take = upsert(t.claim_serial).values(year=act.today.year, last=1)
    take = take.on_conflict_do_update(index_elements=["year"], set_={"last": t.claim_serial.c.last + 1})
    return claim_number(act.today.year, act.connection.scalar(take.returning(t.claim_serial.c.last)) or 1)


def open_claim(
    act: Act,
    person_id: str,
    *,
    benefit: str,
    received_on: date | None = None,
    facts: Mapping[str, Any] | None = None,
    papers: Mapping[str, Any] | None = None,
    employer_id: str | None = None,
    origin: str = "counter",
) -> str:
    """Open a draft for a person of the asker's office. Returns its id."""
    person = store.person(act, person_id)
    if employer_id is None:
        employer_id = current_employer(act, person_id)
    id_ = act.new_id()
    store.add(
        act,
        t.claim,
        id=id_,
        number=next_number(act),
        person_id=person_id,
        employer_id=employer_id,
        office_id=person.office_id,
        country=institution().country,
        benefit=benefit,
        state=State.DRAFT,
        received_on=received_on or act.today,
        facts=_only_facts(facts or {}),
        papers=dict(papers or {}),
        origin=origin,
        access_generation=1,
        access_failures=0,
        version=1,
        opened_at=act.now,
        opened_by=act.actor.id,
        judged={},
    )
    _write_change(act, id_, 1, "opened", None, facts or {})
    return id_


def current_employer(act: Act, person_id: str) -> str | None:
    """The employer a person works for now, or worked for last."""
    found = store.employments(act, person_id)
    return found[-1].employer_id if found else None


def _only_facts(facts: Mapping[str, Any]) -> dict[str, Any]:
    shapes: dict[str, type] = {"spell": dict, "event": dict, "judgements": dict}
    wrong = [
        name
        for name, value in facts.items()
        if name in FACTS
        and value is not None
        and (
            not isinstance(value, shapes.get(name, list))
            or (isinstance(value, list) and not all(isinstance(x, dict) for x in value))
        )
    ]
    if wrong:
        raise FactsInvalid([{"pointer": f"#/{name}", "code": "invalid", "params": {}} for name in sorted(wrong)])
    unknown = set(facts) - set(FACTS)
    if unknown:
        raise FactsInvalid(
            [{"pointer": f"#/{name}", "code": "unknown_member", "params": {}} for name in sorted(unknown)]
        )
    return {name: facts[name] for name in FACTS if facts.get(name) not in (None, {}, [])}


def _write_change(act: Act, claim_id: str, version: int, what: str, why: str | None, facts: Mapping[str, Any]) -> None:
    store.add(
        act,
        t.claim_change,
        claim_id=claim_id,
        version=version,
        what=what,
        why=why,
        facts=dict(facts),
        by=act.actor.id,
        by_name=act.actor.name or act.actor.id,
        at=act.now,
        on=act.today,
    )


def touch(act: Act, row: Any, what: str, why: str | None = None, **values: Any) -> int:
    """Change a claim, count its version up, and keep the change. Returns the new version."""
    version = row.version + 1
    store.change(act, t.claim, row.id, version=version, **values)
    _write_change(act, row.id, version, what, why, values.get("facts", {}))
    answer: int = version
    return answer


def is_own_case(act: Act, row: Any) -> bool:
    """Whether a claim is of the very person who is acting: nobody decides in her own case."""
    if act.actor.kind != "account":
        return False
    own = act.connection.scalar(select(t.account.c.person_id).where(t.account.c.id == act.actor.id))
    return own is not None and own == row.person_id


def waiting(
    whom: str | None, reason: str | None = None, since: date | None = None, until: date | None = None
) -> dict[str, Any]:
    """The columns that say whom a claim waits for."""
    return {
        "waits_for": whom,
        "waits_reason": reason,
        "waits_since": since if whom else None,
        "waits_until": until,
    }


def save_facts(
    act: Act,
    claim_id: str,
    version: int | None,
    *,
    facts: Mapping[str, Any] | None = None,
    papers: Mapping[str, Any] | None = None,
    received_on: date | None = None,
    why: str | None = None,
) -> int:
    """Save what the papers say. A draft saves whatever it is; a claim already submitted saves only facts that can be,
    and one that was decided is opened again for a revision, which needs a reason.

    Returns the new version. Raises `FactsInvalid`, `store.ChangedMeanwhile`, `domain.ClaimDoesNotMove`.
    """
    row = store.claim_to_change(act, claim_id, version)
    values: dict[str, Any] = {}
    if facts is not None:
        values["facts"] = _only_facts(facts)
        judged = values["facts"].get("judgements") or {}
        if judged != (row.facts.get("judgements") or {}) and not act.actor.has("officer", "supervisor"):
            raise FactsInvalid([{"pointer": "#/judgements", "code": "not_your_task", "params": {}}])
    if papers is not None:
        values["papers"] = dict(papers)
    if received_on is not None:
        values["received_on"] = received_on
    if row.state in (State.DECIDED, State.CLOSED):
        if not why:
            raise FactsInvalid([{"pointer": "#/why", "code": "required", "params": {}}])
        values |= {
            "state": domain.move(State(row.state), State.IN_ASSESSMENT),
            **waiting("officer", "revision", act.today),
        }
    elif row.state not in OPEN_STATES:
        raise domain.ClaimDoesNotMove(row.state, "changed")
    if row.state != State.DRAFT and "facts" in values:
        errors = _errors(case_of(act, row, values["facts"]))
        if errors:
            raise FactsInvalid(errors)
    return touch(act, row, "facts_changed", why, **values)


def reopen(act: Act, row: Any, reason: str, why: str) -> int:
    """Open a decided claim again, for example because a wage was corrected."""
    return touch(
        act,
        row,
        reason,
        why,
        state=domain.move(State(row.state), State.IN_ASSESSMENT),
        **waiting("officer", reason, act.today),
    )


def submit(act: Act, claim_id: str, version: int | None) -> int:
    """The claim is complete enough to be worked on: the claimant is owed a decision from now on.

    Raises `FactsInvalid` for facts that cannot be. A claim that looks hopeless is accepted: it may be refused
    with reasons, and contested.
    """
    row = store.claim_to_change(act, claim_id, version)
    errors = _errors(case_of(act, row))
    if errors:
        raise FactsInvalid(errors)
    state = domain.move(State(row.state), State.SUBMITTED)
    new = touch(
        act,
        row,
        "submitted",
        state=state,
        submitted_at=row.submitted_at or act.now,
        **waiting("officer", "to_decide", act.today, row.received_on + timedelta(days=institution().service_days)),
    )
    if row.submitted_at is None:
        messaging.post(
            act.about(row.id),
            "benefits.claim.submitted",
            subject=row.id,
            person=row.person_id,
            data=reference(row) | {"benefit": row.benefit, "received_on": row.received_on.isoformat()},
        )
    return new


def return_claim(act: Act, claim_id: str, version: int | None, whom: str, reason: str, words: str | None = None) -> int:
    """Somebody must bring something first; they are told. `reason` is a code."""
    row = store.claim_to_change(act, claim_id, version)
    until = act.today + timedelta(
        days=institution().employer_answer_days if whom == "employer" else institution().service_days
    )
    drop_proposal(act, claim_id)
    new = touch(
        act,
        row,
        "returned",
        words,
        state=domain.move(State(row.state), State.RETURNED),
        **waiting(whom, reason, act.today, until),
    )
    messaging.post(
        act.about(row.id),
        "benefits.claim.returned",
        subject=row.id,
        person=row.person_id,
        data=reference(row) | {"waits_for": whom, "reason": reason},
    )
    if whom == "employer" and row.employer_id:
        ask_employer(act, row, ["wages", "last_day_worked", "wage_paid_until"])
    return new


def withdraw(act: Act, claim_id: str, version: int | None, why: str) -> int:
    """The claimant does not want it any more. What was decided once is not withdrawn but revised."""
    row = store.claim_to_change(act, claim_id, version)
    if store.last_final(act, claim_id) is not None:
        raise domain.ClaimDoesNotMove(row.state, State.WITHDRAWN)
    drop_proposal(act, claim_id)
    return touch(act, row, "withdrawn", why, state=domain.move(State(row.state), State.WITHDRAWN), **waiting(None))


def drop_proposal(act: Act, claim_id: str) -> None:
    """A proposal that waits for a second person goes back when the claim itself moves on."""
    proposal = store.proposed(act, claim_id)
    if proposal is not None:
        store.change(act, t.decision, proposal.id, state="returned", returned_reason="recalculated")
        if proposal.appeal_id:
            store.change(act, t.appeal, proposal.appeal_id, state="lodged")


def ask_employer(act: Act, row: Any, asked_for: list[str]) -> None:
    """Ask the employer to confirm facts, never results; after a while the claim goes on without."""
    open_one = act.connection.scalar(
        select(t.statement.c.id).where(t.statement.c.claim_id == row.id, t.statement.c.state == "requested")
    )
    if open_one is not None:
        return
    id_, due = act.new_id(), act.today + timedelta(days=institution().employer_answer_days)
    store.add(
        act,
        t.statement,
        id=id_,
        claim_id=row.id,
        employer_id=row.employer_id,
        state="requested",
        asked_for=asked_for,
        asked_on=act.today,
        due_on=due,
        version=1,
    )
    jobs.post_job(act, "lapse_statement", id_, {"statement_id": id_}, on=due + timedelta(days=1))
    messaging.post(
        act.about(row.id),
        "benefits.employer_statement.requested",
        subject=id_,
        person=row.person_id,
        data=reference(row) | {"statement_id": id_, "due_on": due.isoformat()},
    )


def take_statement(act: Act, statement_id: str, facts: Mapping[str, Any]) -> None:
    """An employer confirms facts: wage paid until, pay. The wage list goes into the contributions elsewhere."""
    row = store.one(
        act,
        t.statement,
        t.statement.c.id == statement_id,
        t.statement.c.employer_id == act.actor.employer,
        lock=True,
    )
    claim = act.connection.execute(select(t.claim).where(t.claim.c.id == row.claim_id).with_for_update()).one()
    store.change(
        act,
        t.statement,
        statement_id,
        state="received" if row.state == "requested" else "amended",
        facts=dict(facts),
        received_at=act.now,
        received_by=act.actor.id,
        version=row.version + 1,
    )
    if claim.state in OPEN_STATES:
        jobs_ = list(claim.facts.get("employments") or [{}])
        jobs_[-1] = (
            jobs_[-1]
            | {k: v for k, v in facts.items() if k in ("pay", "wage_paid_until")}
            | {"wage_stopped_word": "employer"}
        )
        values: dict[str, Any] = {"facts": claim.facts | {"employments": jobs_}}
        if claim.waits_for == "employer":
            values |= waiting("officer", "employer_answered", act.today)
        touch(act, claim, "employer_answered", None, **values)
    elif claim.state in (State.DECIDED, State.CLOSED):
        touch(act, claim, "employer_answered", None, **waiting("officer", "employer_answered", act.today))
    messaging.post(
        act.about(claim.id),
        "benefits.employer_statement.received",
        subject=statement_id,
        person=claim.person_id,
        data=reference(claim) | {"statement_id": statement_id},
    )


def lapse_statement(act: Act, statement_id: str) -> None:
    """The employer did not answer; the claim goes on with the worker's word."""
    row = act.connection.execute(select(t.statement).where(t.statement.c.id == statement_id).with_for_update()).one()
    if row.state != "requested":
        return
    store.change(act, t.statement, statement_id, state="lapsed", version=row.version + 1)
    claim = act.connection.execute(select(t.claim).where(t.claim.c.id == row.claim_id).with_for_update()).one()
    if claim.waits_for == "employer":
        touch(act, claim, "employer_silent", None, **waiting("officer", "employer_silent", act.today))
    messaging.post(
        act.about(claim.id),
        "benefits.employer_statement.lapsed",
        subject=statement_id,
        person=claim.person_id,
        data=reference(claim) | {"statement_id": statement_id},
    )


def judge_warning(act: Act, claim_id: str, version: int | None, warning: str, why: str) -> int:
    """A person has looked at a warning and says in a few words why the claim may go on."""
    row = store.claim_to_change(act, claim_id, version)
    judged = row.judged | {
        warning: {"why": why[:300], "by": act.actor.id, "name": act.actor.name, "on": act.today.isoformat()}
    }
    return touch(act, row, "warning_judged", why, judged=judged)


def reference(row: Any) -> dict[str, Any]:
    """The references every event about a claim carries."""
    return {
        "claim_id": row.id,
        "claim_number": row.number,
        "person_id": row.person_id,
        "office_id": row.office_id,
    }


# --- the present picture -----------------------------------------------------------------------


def case_of(act: Act, row: Any, facts: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The case as the rules read it: the claim's papers, and what is known of the person."""
    person = act.connection.execute(select(t.person).where(t.person.c.id == row.person_id)).one()
    facts = row.facts if facts is None else facts
    insured: dict[str, Any] = {"insured_as": person.insured_as}
    if person.born_on:
        insured["born_on"] = person.born_on.isoformat()
    if person.sex:
        insured["sex"] = person.sex
    if person.insured_since:
        insured["insured_since"] = person.insured_since.isoformat()
    case = {
        "country": row.country,
        "benefit": row.benefit,
        "claimed_on": row.received_on.isoformat(),
        "insured": insured,
    }
    case |= {name: facts[name] for name in FACTS if name in facts}
    case["contributions"] = [
        {
            "month": c.month,
            "wage": _units(c.wage_minor, c.currency),
            **({} if c.paid else {"paid": False}),
            **({} if c.kind == "compulsory" else {"kind": c.kind}),
        }
        for c in store.contributions(act, row.person_id)
    ]
    jobs = [known_job(e) for e in store.employments(act, row.person_id)]
    own = next((e.number for e in store.employments(act, row.person_id) if e.employer_id == row.employer_id), None)
    if work := history.employments(jobs, list(case.get("employments") or []), own):
        case["employments"] = work
    spells = list(facts.get("earlier_spells") or []) + earlier_spells(act, row, facts)
    if spells:
        case["earlier_spells"] = spells
    return case


def known_job(row: Any) -> dict[str, Any]:
    """An employment of the register as a case writes it."""
    known = {
        "employer": row.number,
        "from": row.first_day.isoformat(),
        "to": row.last_day.isoformat() if row.last_day else None,
        "pay": row.pay,
        "weekly_rest": list(row.weekly_rest) if row.weekly_rest else None,
    }
    return {name: value for name, value in known.items() if value is not None}


def _units(minor: int, currency: str) -> str:
    return Money(minor, currency).decimal()


def earlier_spells(act: Act, row: Any, facts: Mapping[str, Any] | None = None) -> list[dict[str, Any]]:
    """What the person's decided claims leave behind for this one (`domain.history`)."""
    spells = [
        spell
        for other in act.connection.execute(
            select(t.claim).where(t.claim.c.person_id == row.person_id, t.claim.c.id != row.id)
        ).all()
        if (decided := store.last_final(act, other.id)) is not None
        for spell in history.left_by(other.benefit, decided.facts, decided.assessment)
    ]
    claimed = (row.facts if facts is None else facts).get("spell") or {}
    return [codec.write(s) for s in history.beside(history.days_of(claimed), row.benefit, spells)]


def _errors(case: Mapping[str, Any]) -> list[dict[str, Any]]:
    try:
        read_case(case)
    except CaseInvalid as wrong:
        return list(wrong.errors)
    return []


def picture(
    act: Act, row: Any, facts: Mapping[str, Any] | None = None, papers: Mapping[str, Any] | None = None
) -> Picture:
    """Assess a claim as it stands, or with facts being typed, without storing anything."""
    case = case_of(act, row, facts)
    assessment: dict[str, Any] | None = None
    errors: list[dict[str, Any]] = []
    try:
        read = read_case(case)
        case = read.json()
        assessment = assess(read, today=act.today).json()
    except CaseInvalid as wrong:
        errors = list(wrong.errors)
    except PackNotInForce as early:
        errors = [
            {
                "pointer": "#/spell/first_day",
                "code": "no_law_in_force",
                "params": {"begins": early.begins.isoformat() if early.begins else ""},
            }
        ]
    except (UnknownBenefit, UnknownCountry):
        errors = [{"pointer": "#/benefit", "code": "unknown_benefit", "params": {}}]
    person = act.connection.execute(select(t.person).where(t.person.c.id == row.person_id)).one()
    account = store.payee(act, row.person_id)
    matches = None if account is None or account.kind == "cash" else _same_name(account.holder, person)
    raised = doubts.raised(
        facts=row.facts if facts is None else facts,
        papers=row.papers if papers is None else papers,
        received_on=row.received_on,
        today=act.today,
        look_alikes=len(store.look_alikes(act, person)),
        holder_matches=matches,
        errors=errors,
        payee_id=account.id if account is not None else "",
    )
    raised += _paid_already(act, row, assessment, row.facts if facts is None else facts)
    return Picture(case, assessment, errors, raised)


def _paid_already(
    act: Act, row: Any, assessment: Mapping[str, Any] | None, facts: Mapping[str, Any]
) -> list[doubts.Doubt]:
    """Other claims of the person that paid the same days or the same birth;
    a person must look before it is paid twice."""
    own = [s for s in (assessment or {}).get("timeline", []) if s["code"] == "P"]
    born = (facts.get("event") or {}).get("birth_on")
    found = []
    for other in act.connection.execute(
        select(t.claim).where(t.claim.c.person_id == row.person_id, t.claim.c.id != row.id)
    ).all():
        decided = store.last_final(act, other.id)
        if decided is None or not decided.total_minor:
            continue
        theirs = [s for s in decided.assessment["timeline"] if s["code"] == "P"]
        same_days = any(x["from"] <= y["to"] and y["from"] <= x["to"] for x in own for y in theirs)
        if same_days or (born and born == (decided.facts.get("event") or {}).get("birth_on")):
            found.append(
                doubts.Doubt(f"days_paid:{other.number}", "days_paid", "#/spell/first_day", {"number": other.number})
            )
    return found


def _same_name(holder: str, person: Any) -> bool:
    wanted = store.fold(holder)
    return wanted in {store.fold(person.name), store.fold(person.name_latin or "")}
