"""What an employer sees: facts about her own workers; neither a diagnosis nor a result, nor what others declared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from services.benefits import store
from services.benefits.domain.claim import Claim, ClaimState, Confirmed, ListedClaim, Statement, Whom
from services.benefits.domain.ids import ClaimId, EmployerId, EntryId, FileId, PersonId
from services.benefits.domain.import_file import ImportFile, RowAnswer
from services.benefits.domain.person import Office, Person
from services.benefits.institution import institution
from services.benefits.usecases import advances, files_in, wage_files
from services.benefits.views import file_words, words
from services.benefits.views.asked import missing
from services.benefits.views.shown import Said, Words
from shared.act import Act
from shared.ids import is_uuid
from shared.money import Money, total
from shared.period import Month
from shared.web import pages
from shared.web.texts import N_

#: Months before a leave whose wages matter.
MONTHS = 6


@dataclass(frozen=True, slots=True)
class Case:
    """A case of one of her workers, and what it waits for."""

    id: ClaimId
    person_id: PersonId
    name: str
    latin: str | None
    number: str
    leave: str
    since: date
    href: str
    mine: bool
    ended: bool
    birth: bool
    whom: Words
    due: date | None
    #: Days that are left to answer, today counted; none where nothing is asked.
    left: int | None
    decided: bool
    #: What she is asked for, in the officer's words; nothing of what others are asked.
    asked: list[Words]


def leave_of(benefit: str) -> str:
    """The kind of leave, and nothing about why."""
    return words.LEAVES["sick" if "sick" in benefit else "maternity"]


def cases(act: Act, employer_id: EmployerId) -> list[Case]:
    """Cases of her workers, those that wait for her first."""
    asked = {s.claim_id: s for s in store.claims.statements(act, employer_id) if s.state == "requested"}
    found = [_case(line, asked.get(line.claim.id), act.today) for line in store.claims.of_employer(act, employer_id)]
    return sorted(found, key=lambda c: (not c.mine, c.ended, c.due or date.max))


def _case(line: ListedClaim, asked: Statement | None, today: date) -> Case:
    claim, waits = line.claim, line.claim.waits
    # What was paid too much is a matter between the person and the institution.
    ended = claim.is_decided and (waits is None or waits.for_money_back or waits.for_suspension or waits.for_annulment)
    whom = Whom.EMPLOYER if asked is not None else waits.whom if waits is not None else Whom.OFFICER
    whom_waits = waits.whom if waits is not None else None
    since = asked.asked_on if asked is not None else waits.since if waits is not None else claim.received_on
    href = f"/employer/statements/{asked.id}" if asked is not None else ""
    if not href:
        mine = claim.origin == "employer" and not claim.is_decided
        href = f"/employer/{'receipts' if mine else 'cases'}/{claim.id}"
    birth = claim.state is ClaimState.DRAFT and claim.benefit == "birth"
    return Case(
        id=claim.id,
        person_id=claim.person_id,
        name=line.name,
        latin=line.name_latin,
        number=claim.number,
        leave=leave_of(claim.benefit),
        since=since,
        href=href,
        mine=asked is not None or (whom is Whom.EMPLOYER and not ended),
        ended=ended,
        birth=birth,
        whom=words.text(words.EMPLOYER_WAITS, Whom.WORKER if birth else whom),
        due=asked.due_on if asked is not None else None,
        left=max(0, (asked.due_on - today).days + 1) if asked is not None else None,
        decided=claim.is_decided,
        asked=missing(claim, None) if asked is not None and whom_waits is Whom.EMPLOYER else [],
    )


@dataclass(frozen=True, slots=True)
class CorrectedWage:
    """A wage she had declared, as the institution corrected it, and why."""

    person_id: PersonId
    name: str
    latin: str | None
    month: Month
    before: Money
    after: Money
    why: str
    on: date


@dataclass(frozen=True, slots=True)
class HomePage:
    mine: list[Case]
    others: list[Case]
    ended: list[Case]
    corrected: list[CorrectedWage]
    #: What ends today or tomorrow.
    pressing: list[Case]


#: For how many days an employer reads of a wage that was corrected.
TOLD_DAYS = 90


def corrected(act: Act, employer_id: EmployerId) -> list[CorrectedWage]:
    """Wages of hers that the institution corrected of late."""
    found = store.persons.wages_corrected(act, employer_id, act.today - timedelta(days=TOLD_DAYS))
    return [
        CorrectedWage(
            person.id,
            person.name,
            person.name_latin,
            Month.parse(change.after["month"]),
            Money(**change.before["wage"]),
            Money(**change.after["wage"]),
            change.why or "",
            change.on,
        )
        for person, change in found
    ]


def home(found: list[Case], changed: list[CorrectedWage]) -> HomePage:
    others = [c for c in found if not c.mine and not c.ended]
    mine, ended = [c for c in found if c.mine], [c for c in found if c.ended]
    return HomePage(mine, others, ended, changed, [c for c in mine if c.left is not None and c.left <= 2])


# --- a worker and her wages --------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Worker:
    """A worker of hers as a form shows her."""

    id: PersonId
    name: str
    latin: str | None
    lang: str
    number: str
    since: date | None


@dataclass(frozen=True, slots=True)
class Wage:
    """A month before a leave: what she has declared, or that it is missing."""

    month: Month
    wage: Money | None
    missing: bool


def _worker(act: Act, person: Person, since: date | None) -> Worker:
    known = store.persons.identifiers(act, [person.id])[person.id]
    number = known[0].value if known else ""
    return Worker(person.id, person.name, person.name_latin, person.language, number, since)


def worker(act: Act, employer_id: EmployerId, id_: str) -> Worker:
    """A worker of hers. Raises `NotHere` for anybody else's."""
    if not is_uuid(id_):
        raise store.NotHere("person")
    person = store.persons.get(act, id_)
    jobs = [job for job in store.persons.jobs(act, person.id) if job.employer_id == employer_id]
    return _worker(act, person, jobs[-1].first_day if jobs else None)


def find_workers(act: Act, employer_id: EmployerId, text: str) -> list[Worker]:
    """Her present workers by number, phone or name."""
    present = store.places.present_workers(act, employer_id)
    found = [person for person in store.persons.find(act, text, 50) if person.id in present][:10]
    return [_worker(act, person, None) for person in found]


def wages(act: Act, employer_id: EmployerId, person_id: PersonId, before: date) -> list[Wage]:
    """The months before a leave. What another employer declared is another wage, and stays hidden; the institution's
    own word is not asked for again."""
    first = Month.of(before)
    known = {c.month: c for c in store.persons.contributions(act, person_id) if c.employer_id in (None, employer_id)}
    found = []
    for month in (first.plus(-n) for n in range(MONTHS, 0, -1)):
        told = known.get(month)
        own = told is not None and told.employer_id == employer_id
        found.append(Wage(month, told.wage if told is not None and own else None, told is None))
    return found


#: What is asked where a notice is not plausible by itself.
SECOND = {
    "why": N_("For this worker a birth on {on} is known, less than seven months away. Write in a few words why."),
}


def day_of(on: date) -> dict[str, str]:
    return {"type": "date", "value": on.isoformat()}


@dataclass(frozen=True, slots=True)
class NoticePage:
    """Find the worker, then the form; `worker` is none until she is found."""

    text: str
    worker: Worker | None
    typed: Said
    errors: Said
    currency: str
    found: list[Worker]
    months: list[Wage]
    waiting: list[Case]


def notice(
    act: Act, employer_id: EmployerId, asked: Mapping[str, str], before: date, typed: Said, errors: Said
) -> NoticePage:
    text = asked.get("who", "").strip()[:120]
    found = find_workers(act, employer_id, text) if text else []
    chosen = asked.get("person") or (found[0].id if len(found) == 1 else "")
    hers = worker(act, employer_id, chosen) if chosen else None
    return NoticePage(
        text=text,
        worker=hers,
        typed=typed,
        errors=errors,
        currency=institution().currency,
        found=found,
        months=wages(act, employer_id, hers.id, before) if hers is not None else [],
        waiting=[c for c in cases(act, employer_id) if not c.ended],
    )


#: How a receipt is headed, and what happens then: of a birth that was notified, and of a leave on a list.
BIRTH_NOTIFIED = (
    N_("Receipt: maternity leave notified"),
    N_("After the birth she claims with the birth certificate; tell her to come to the office."),
)
LISTED = (
    N_("Receipt: leave claimed on a list"),
    N_("The office takes the claim up and asks the person for what is missing."),
)


@dataclass(frozen=True, slots=True)
class NotifiedPage:
    """What she notified once, as page and paper show it. `remarks` and `advance` are as they were typed."""

    title: str
    after: str

    claim: Claim
    worker: Worker
    expected_on: date | None
    leave_from: date | None
    leave_to: date | None
    advance: Money | None
    remarks: str
    notified_on: date
    office: Office


def notified(act: Act, employer_id: EmployerId, claim_id: str) -> NotifiedPage:
    """Raises `store.NotHere`."""
    found = store.claims.notified(act, employer_id, claim_id)
    if not found:
        raise store.NotHere("claim")
    claim, papers = found[0], found[0].papers
    title, after = BIRTH_NOTIFIED if claim.benefit == "birth" else LISTED
    return NotifiedPage(
        title=title,
        after=after,
        claim=claim,
        worker=worker(act, employer_id, claim.person_id),
        expected_on=papers.day("expected_on"),
        leave_from=claim.first_day,
        leave_to=papers.day("leave_to"),
        advance=papers.advance(institution().currency),
        remarks=papers.text("remarks"),
        notified_on=papers.day("notified_on") or claim.received_on,
        office=store.places.office(act, claim.office_id),
    )


@dataclass(frozen=True, slots=True)
class StatementPage:
    """What she is asked to confirm, and `answer`: what she has confirmed."""

    statement: Statement
    claim: Claim
    worker: Worker
    leave: str
    first_day: date
    months: list[Wage]
    typed: Said
    errors: Said
    currency: str
    number: str
    answer: Confirmed
    asked: list[Words]


def statement(
    act: Act, employer_id: EmployerId, id_: str, typed: Mapping[str, str] | None = None, errors: Said | None = None
) -> StatementPage:
    """Raises `store.NotHere` for another employer's."""
    asked = store.claims.statement(act, id_, employer_id)
    claim = store.claims.get(act, asked.claim_id)
    hers, first = worker(act, employer_id, claim.person_id), claim.first_day or claim.received_on
    return StatementPage(
        statement=asked,
        claim=claim,
        worker=hers,
        leave=leave_of(claim.benefit),
        first_day=first,
        months=wages(act, employer_id, hers.id, first),
        typed=Said(typed or {}),
        errors=errors or Said(),
        currency=institution().currency,
        number=claim.number,
        answer=asked.confirmed or Confirmed(),
        asked=missing(claim, None) if claim.waits is not None and claim.waits.whom is Whom.EMPLOYER else [],
    )


# --- what was advanced and what came back ------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Entry:
    id: EntryId
    on: date
    amount: Money
    source: Words
    note: str | None
    by: str
    can_undo: bool
    undoes: bool


@dataclass(frozen=True, slots=True)
class AccountLine:
    """One advance with what came back of it."""

    id: ClaimId
    person_id: PersonId
    number: str
    name: str
    latin: str | None
    card: str
    on: date
    advanced: Money
    returned: Money
    open: Money
    entries: list[Entry]


@dataclass(frozen=True, slots=True)
class AccountPage:
    """Every advance with what came back; the three totals add up line by line."""

    lines: list[AccountLine]
    sums: dict[str, Money]
    currency: str


def account(act: Act, employer_id: EmployerId) -> AccountPage:
    found, people = advances.account(act, employer_id)
    numbers, currency = store.persons.identifiers(act, list(people)), institution().currency
    lines = [_line(a, people[a.claim.person_id], numbers[a.claim.person_id]) for a in found]
    sums = {name: total((getattr(a, name) for a in found), currency) for name in ("advanced", "returned", "open")}
    return AccountPage(lines, sums, currency)


def _line(advance: advances.Advance, person: Person, numbers: list[Any]) -> AccountLine:
    undone = {e.reverses for e in advance.returns if e.reverses}
    return AccountLine(
        id=advance.claim.id,
        person_id=person.id,
        number=advance.claim.number,
        name=person.name,
        latin=person.name_latin,
        card=numbers[0].value if numbers else "",
        on=advance.claim.papers.day("notified_on") or advance.claim.received_on,
        advanced=advance.advanced,
        returned=advance.returned,
        open=advance.open,
        entries=[
            Entry(
                id=e.id,
                on=e.returned_on,
                amount=e.amount,
                source=words.text(words.ADVANCE_SOURCES, e.source),
                note=e.note,
                by=e.by_name,
                can_undo=e.reverses is None and e.id not in undone,
                undoes=e.reverses is not None,
            )
            for e in advance.returns
        ],
    )


# --- files -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class FileLine:
    id: FileId
    name: str
    on: date
    rows: int
    accepted: int
    duplicate: int
    refused: int


def file_line(file: ImportFile) -> FileLine:
    counts = [file.count(outcome) for outcome in ("accepted", "duplicate", "refused")]
    return FileLine(file.id, file.name, pages.day_of(file.at), file.rows, *counts)


@dataclass(frozen=True, slots=True)
class RowLine:
    """A row of a file with its answer in words."""

    row: int
    person_id: PersonId | None
    who: str
    outcome: str
    answer: Words
    kind: str
    why: Words
    column: str
    cell: str
    number: str
    cells: Mapping[str, str]
    #: What else is wrong: each reason with its column and what stands there.
    more: list[tuple[Words, str, str]]


def _whose(file: ImportFile, answer: RowAnswer) -> PersonId | None:
    """Whose wage a row was, in a file of wages."""
    return PersonId(answer.id) if answer.id and file.kind in wage_files.KINDS else None


def _also(one: Mapping[str, str | None], cells: Mapping[str, str]) -> tuple[Words, str, str]:
    column = one["column"] or ""
    return words.text(file_words.ROW_REASONS, one["code"]), column, cells.get(column, "")


def rows_answered(act: Act, file: ImportFile) -> list[RowLine]:
    """Each row of a file; those to look at first."""
    answers = files_in.answers(act, file)
    known = store.claims.listed(act, [a.id for a in answers if a.id])
    found = []
    for answer in answers:
        made, cells = known.get(answer.id or ""), answer.cells or {}
        found.append(
            RowLine(
                row=answer.row,
                person_id=made.claim.person_id if made is not None else _whose(file, answer),
                who=pages.called(made.name, made.name_latin) if made is not None else cells.get("sso_no", ""),
                outcome=answer.outcome,
                answer=words.text(file_words.ANSWERS, answer.outcome),
                kind=file_words.ANSWER_KINDS.get(answer.outcome, ""),
                why=words.text(file_words.ROW_REASONS, answer.code or answer.outcome),
                column=answer.column or "",
                cell=cells.get(answer.column or "", ""),
                number=made.claim.number if made is not None else "",
                cells=cells,
                more=[_also(one, cells) for one in answer.more],
            )
        )
    order = {"refused": 0, "duplicate": 1}
    return sorted(found, key=lambda line: (order.get(line.outcome, 2), line.row))
