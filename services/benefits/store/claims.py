"""Claims as they lie in the database, always within what the asker may see."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Row, Select, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from services.benefits import tables as t
from services.benefits.domain.claim import (
    OPEN,
    Claim,
    ClaimChange,
    ClaimState,
    Confirmed,
    Judged,
    Letter,
    ListedClaim,
    Origin,
    Papers,
    Statement,
    StatementState,
    Waiting,
    Whom,
)
from services.benefits.domain.decision import Hands
from services.benefits.domain.ids import ClaimId, EmployerId, PersonId, StatementId
from services.benefits.store import phone_codes
from services.benefits.store.rows import ChangedMeanwhile, Columns, Member, Shape, json_of, kind, of_office
from shared.act import Act
from shared.reading.names import fold


def _waits(row: Row[Any]) -> Waiting | None:
    if row.waits_for is None:
        return None
    return Waiting(Whom(row.waits_for), row.waits_reason or "", row.waits_since, row.waits_until, row.waits_words)


def _waits_columns(waits: Waiting | None) -> Columns:
    names = {"waits_for": "whom"} | {f"waits_{name}": name for name in ("reason", "since", "until", "words")}
    return {column: getattr(waits, name, None) for column, name in names.items()}


def read_judged(said: Mapping[str, Any]) -> dict[str, Judged]:
    return {warning: Judged.from_json(word) for warning, word in said.items()}


CLAIM = Shape(
    Claim,
    t.claim,
    state=kind("state", ClaimState),
    waits=Member(_waits, _waits_columns),
    papers=kind("papers", Papers, Papers.json),
    origin=kind("origin", Origin),
    judged=kind("judged", read_judged, json_of),
)
CHANGE = Shape(ClaimChange, t.claim_change)
LETTER = Shape(Letter, t.letter)
STATEMENT = Shape(
    Statement,
    t.statement,
    state=kind("state", StatementState),
    asked_for=kind("asked_for", tuple, list),
    confirmed=Member(
        lambda row: Confirmed.from_json(row.facts) if row.facts is not None else None,
        lambda said: {"facts": said.json() if said is not None else None},
    ),
)


def get(act: Act, id_: str, *, lock: bool = False) -> Claim:
    """The claim, as far as the asker may see it. Raises `NotHere`."""
    return CLAIM.one(act, t.claim.c.id == id_, of_office(act, t.claim), lock=lock)


def to_change(act: Act, id_: str, version: int | None) -> Claim:
    """The claim, locked. Raises `ChangedMeanwhile` unless it is at the version the asker saw."""
    found = get(act, id_, lock=True)
    if version is not None and found.version != version:
        raise ChangedMeanwhile("claim")
    return found


def known(act: Act, id_: str, *, lock: bool = False) -> Claim | None:
    """The claim, whoever asks; none where there is none."""
    return CLAIM.maybe(act, t.claim.c.id == id_, lock=lock)


def present(act: Act, id_: str, *, lock: bool = False) -> Claim:
    """A claim that another record is about, whoever asks."""
    return CLAIM.one(act, t.claim.c.id == id_, lock=lock)


def by_number(act: Act, number: str) -> Claim | None:
    """The claim, locked, whoever asks: her code says whether she may see it."""
    return CLAIM.maybe(act, t.claim.c.number == number, lock=True)


def id_of_number(act: Act, number: str) -> ClaimId | None:
    found = act.connection.scalar(select(t.claim.c.id).where(t.claim.c.number == number, of_office(act, t.claim)))
    return ClaimId(found) if found is not None else None


def add(act: Act, claim: Claim) -> None:
    """Write a new claim, and that it was opened."""
    CLAIM.add(act, claim)
    _keep(act, claim, "opened", None, claim.facts)


def save(act: Act, before: Claim, after: Claim, what: str, why: str | None = None) -> Claim:
    """Change a claim, count its version up, and keep what was changed. Gives the claim as it stands now."""
    after = replace(after, version=before.version + 1)
    CLAIM.save(act, before, after)
    _keep(act, after, what, why, after.facts if after.facts is not before.facts else {})
    return after


def _keep(act: Act, claim: Claim, what: str, why: str | None, facts: Mapping[str, Any]) -> None:
    change = ClaimChange(claim.version, what, why, act.actor.name or act.actor.id, act.today)
    CHANGE.add(act, change, claim_id=claim.id, facts=dict(facts), by=act.actor.id, at=act.now)


def changes(act: Act, id_: ClaimId) -> list[ClaimChange]:
    c = t.claim_change.c
    return CHANGE.all(act, CHANGE.select(c.claim_id == id_).order_by(c.version))


def next_serial(act: Act) -> int:
    """The next number of the year's claims."""
    take = upsert(t.claim_serial).values(year=act.today.year, last=1)
    take = take.on_conflict_do_update(index_elements=["year"], set_={"last": t.claim_serial.c.last + 1})
    return act.connection.scalar(take.returning(t.claim_serial.c.last)) or 1


def number_from(act: Act, year: int, serial: int) -> None:
    """The claims of a year are numbered on from here, where they have not come further."""
    put = upsert(t.claim_serial).values(year=year, last=serial)
    greater = func.greatest(t.claim_serial.c.last, put.excluded.last)
    act.connection.execute(put.on_conflict_do_update(index_elements=["year"], set_={"last": greater}))


# --- lists -------------------------------------------------------------------------------------


def of_person(act: Act, id_: PersonId) -> list[Claim]:
    """Her claims that the asker may see, the latest first."""
    c = t.claim.c
    return CLAIM.all(act, CLAIM.select(c.person_id == id_, of_office(act, t.claim)).order_by(c.received_on.desc()))


def every(act: Act, id_: PersonId, *, lock: bool = False) -> list[Claim]:
    """All her claims, whoever asks."""
    query = CLAIM.select(t.claim.c.person_id == id_).order_by(t.claim.c.id)
    return CLAIM.all(act, query.with_for_update() if lock else query)


def others(act: Act, claim: Claim) -> list[Claim]:
    """The other claims of the same person, whoever asks."""
    return CLAIM.all(act, CLAIM.select(t.claim.c.person_id == claim.person_id, t.claim.c.id != claim.id))


def same(act: Act, id_: PersonId, benefit: str, received_on: date, first_day: date) -> ClaimId | None:
    """A claim that says the same as a row of a file."""
    c = t.claim.c
    hers = CLAIM.all(act, CLAIM.select(c.person_id == id_, c.benefit == benefit, c.received_on == received_on))
    first = first_day.isoformat()
    return next((claim.id for claim in hers if (claim.facts.get("spell") or {}).get("first_day") == first), None)


def listed_of(row: Row[Any]) -> ListedClaim:
    return ListedClaim(CLAIM.read(row), row.person_name, row.person_latin)


def _listed(act: Act, query: Select[Any]) -> list[ListedClaim]:
    return [listed_of(row) for row in act.connection.execute(query)]


def with_names() -> Select[Any]:
    """Claims with the names of their persons."""
    names = t.person.c.name.label("person_name"), t.person.c.name_latin.label("person_latin")
    return select(t.claim, *names).join(t.person, t.person.c.id == t.claim.c.person_id)


def found(act: Act, text: str, most: int = 200) -> list[ListedClaim]:
    """Claims of the asker's office by number or name, the latest first; all where no text is given."""
    c = t.claim.c
    query = with_names().where(of_office(act, t.claim)).order_by(c.received_on.desc(), c.number.desc()).limit(most)
    if text:
        by_name = t.person.c.search.contains(fold(text), autoescape=True)
        query = query.where(or_(by_name, c.number.contains(text, autoescape=True)))
    return _listed(act, query)


def of_employer(act: Act, id_: EmployerId, most: int = 500) -> list[ListedClaim]:
    """Cases of an employer's workers; drafts of the counter are not hers to see."""
    c = t.claim.c
    query = with_names().where(
        c.employer_id == id_,
        c.state.not_in([ClaimState.WITHDRAWN, ClaimState.LAPSED]),
        or_(c.state != ClaimState.DRAFT, c.origin == Origin.EMPLOYER),
    )
    return _listed(act, query.order_by(c.received_on.desc(), c.number).limit(most))


def listed(act: Act, ids: Sequence[str]) -> dict[str, ListedClaim]:
    """Claims by id, as far as the asker may see them."""
    if not ids:
        return {}
    found = _listed(act, with_names().where(t.claim.c.id.in_(ids), of_office(act, t.claim)))
    return {line.claim.id: line for line in found}


def notified(act: Act, employer_id: EmployerId, id_: str | None = None, *, lock: bool = False) -> list[Claim]:
    """Leaves that an employer has notified, the latest first; or one of them."""
    c = t.claim.c
    query = CLAIM.select(c.employer_id == employer_id, c.origin == Origin.EMPLOYER)
    query = query.where(c.id == id_) if id_ is not None else query
    query = query.order_by(c.received_on.desc(), c.number.desc())
    return CLAIM.all(act, query.with_for_update() if lock else query)


# --- letters and questions to employers --------------------------------------------------------


def letters(act: Act, id_: ClaimId) -> list[Letter]:
    c = t.letter.c
    return LETTER.all(act, LETTER.select(c.claim_id == id_).order_by(c.on_day, c.id))


def add_letter(act: Act, letter: Letter) -> None:
    """A letter can be printed; heard twice, it is one letter."""
    act.connection.execute(upsert(t.letter).values(**LETTER.columns(letter)).on_conflict_do_nothing())


def letter_came_back(act: Act, letter_id: str) -> None:
    act.connection.execute(update(t.letter).where(t.letter.c.id == letter_id).values(state="returned"))


def statement(act: Act, id_: str, employer_id: str | None = None, *, lock: bool = False) -> Statement:
    """What an employer was asked; only hers where she is named. Raises `NotHere`."""
    c = t.statement.c
    hers = [c.employer_id == employer_id] if employer_id is not None else []
    return STATEMENT.one(act, c.id == id_, *hers, lock=lock)


def open_statement(act: Act, id_: ClaimId) -> StatementId | None:
    c = t.statement.c
    found = act.connection.scalar(select(c.id).where(c.claim_id == id_, c.state == StatementState.REQUESTED))
    return StatementId(found) if found is not None else None


def statements(act: Act, employer_id: str) -> list[Statement]:
    """Everything an employer was asked, in the order of asking."""
    c = t.statement.c
    return STATEMENT.all(act, STATEMENT.select(c.employer_id == employer_id).order_by(c.asked_on))


def asks_about(act: Act, person_id: PersonId, employer_id: str) -> bool:
    """Whether an employer was asked about a claim of a person that is still open."""
    c, k = t.statement.c, t.claim.c
    query = select(c.id).join(t.claim, k.id == c.claim_id).where(k.person_id == person_id, k.state.in_(OPEN))
    return act.connection.scalar(query.where(c.employer_id == employer_id).limit(1)) is not None


def add_statement(act: Act, statement: Statement) -> None:
    STATEMENT.add(act, statement)


def facts_changed_since(act: Act, id_: ClaimId, version: int) -> bool:
    """Whether the papers of a claim say something else than at a version; being looked at, judged or written to is no
    change of what they say."""
    c = t.claim_change.c
    found = select(c.version).where(c.claim_id == id_, c.version > version, c.facts != {}).limit(1)
    return act.connection.scalar(found) is not None


def save_statement(act: Act, before: Statement, after: Statement) -> None:
    """Change a statement and count its version up."""
    STATEMENT.save(act, before, replace(after, version=before.version + 1))


def hands(act: Act, claim: Claim, rest_days: int) -> Hands:
    """What the actor has had a hand in of what a claim rests on. An account is new for `rest_days`."""
    c, p = t.claim_change.c, t.payee.c
    mine, hers = act.actor.id, claim.person_id
    changed = select(c.claim_id).where(c.claim_id == claim.id, c.by == mine, c.facts != {})
    registered = select(t.person.c.id).where(t.person.c.id == hers, t.person.c.registered_by == mine)
    declared = select(t.contribution.c.person_id).where(
        t.contribution.c.person_id == hers, t.contribution.c.recorded_by == mine
    )
    account = select(p.id).where(p.person_id == hers, p.current)
    earlier = t.payee.alias()
    recent = account.where(
        p.changed_on > act.today - timedelta(days=rest_days),
        select(earlier.c.id).where(earlier.c.person_id == hers, ~earlier.c.current).exists(),
    )
    spoken = select(t.statement.c.id).where(
        t.statement.c.claim_id == claim.id,
        t.statement.c.state.in_((StatementState.RECEIVED, StatementState.AMENDED)),
    )
    asked = {
        "entered_facts": changed,
        "registered_person": registered,
        "declared_wages": declared,
        "set_account": account.where(p.changed_by == mine),
        "recent_account": recent,
        "employer_confirmed": spoken,
    }
    found = [query.exists().label(name) for name, query in asked.items()]
    said = phone_codes.confirmed(claim).label("said")
    row = dict(act.connection.execute(select(*found, said)).one()._mapping)
    hers_alone = row.pop("said") and phone_codes.number(act, claim, rest_days).says_nothing is None
    return Hands(**row, person_confirmed=hers_alone)
