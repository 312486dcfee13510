"""Lists that employers of Viet Nam hand in, filled in with what is known, to be completed and sent."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from services.benefits import store
from services.benefits.domain.claim import Claim, ClaimState
from services.benefits.domain.ids import EmployerId, PersonId
from services.benefits.domain.person import Identifier, Job, Person
from services.benefits.gateways import d02_lt, hsb_01b
from services.benefits.institution import institution
from services.benefits.usecases import table_files
from shared.act import Act
from shared.money import Money
from shared.period import Month


def d02(act: Act, employer: EmployerId, month: Month) -> tuple[bytes, list[PersonId]]:
    """What has changed of an employer's workers in a month: who joined, who left, whose wage is another than the month
    before. Wages are those she declared herself. Gives the workbook and who is named in it."""
    people = store.persons.by_ids(act, sorted(store.places.workers_since(act, employer, month.first_day)))
    numbers = store.persons.identifiers(act, list(people))
    found = [
        (person.id, change)
        for person in sorted(people.values(), key=lambda p: p.search)
        for change in _changes(act, employer, person, numbers[person.id], month)
    ]
    book = table_files.sheet_bytes("D02-LT", d02_lt.write([change for _, change in found]))
    return book, list(dict.fromkeys(id_ for id_, _ in found))


def _changes(
    act: Act, employer: EmployerId, person: Person, numbers: Sequence[Identifier], month: Month
) -> Iterator[d02_lt.Change]:
    wages = {c.month: c.wage for c in store.persons.contributions(act, person.id) if c.employer_id == employer}
    now, before = wages.get(month), wages.get(month.plus(-1))
    jobs = [job for job in store.persons.jobs(act, person.id) if job.employer_id == employer]
    joined = next((job for job in jobs if Month.of(job.first_day) == month), None)
    left = next((job for job in jobs if job.last_day is not None and Month.of(job.last_day) == month), None)
    if joined is not None:
        yield _change("joins", person, numbers, now, month, joined)
    elif now is not None and before is not None and now != before:
        yield _change("changes", person, numbers, now, month, None)
    if left is not None:
        yield _change("ends", person, numbers, None, month, left)


def _change(
    effect: str, person: Person, numbers: Sequence[Identifier], wage: Money | None, month: Month, job: Job | None
) -> d02_lt.Change:
    return d02_lt.Change(
        effect=effect,
        name=person.name,
        sso_no=_number(numbers, "insured"),
        born_on=person.born_on,
        sex=person.sex,
        national_no=_number(numbers, "national"),
        wage=wage,
        month=month,
        contract_from=job.first_day if job is not None and effect == "joins" else None,
        contract_to=job.last_day if job is not None and effect == "ends" else None,
    )


def _number(numbers: Sequence[Identifier], kind: str) -> str:
    return next((one.value for one in numbers if one.scheme == institution().schemes.get(kind)), "")


def hsb(act: Act, employer: EmployerId) -> tuple[bytes, list[PersonId]]:
    """The leaves that an employer has notified and that are not claimed yet, as list 01B-HSB. Neither an illness nor an
    account stands in it, nor what somebody claimed at the counter. Gives the workbook and who is named in it."""
    drafts = [claim for claim in store.claims.notified(act, employer) if claim.state is ClaimState.DRAFT]
    people = store.persons.by_ids(act, [claim.person_id for claim in drafts])
    numbers = store.persons.identifiers(act, list(people))
    leaves = [_leave(claim, people[claim.person_id], numbers[claim.person_id]) for claim in reversed(drafts)]
    house = store.places.employer(act, employer)
    lines = hsb_01b.write(house.name, house.number, house.phone or "", leaves)
    return table_files.sheet_bytes(hsb_01b.NEW, lines), list(people)


def _leave(claim: Claim, person: Person, numbers: Sequence[Identifier]) -> hsb_01b.Leave:
    papers = [c for c in claim.facts.get("certificates") or [] if isinstance(c, dict)]
    group = claim.papers.text("listed_group").rpartition(" · ")[2]
    if hsb_01b.benefit_of([group]) != claim.benefit:
        group = hsb_01b.TITLES.get(claim.benefit, "")
    return hsb_01b.Leave(
        sso_no=_number(numbers, "insured"),
        name=person.name,
        first=claim.first_day,
        last=claim.papers.day("leave_to"),
        certificate=str(papers[0].get("number") or "") if len(papers) == 1 else "",
        group=group,
        national_no=_number(numbers, "national"),
        days=claim.papers.text("listed_days"),
    )
