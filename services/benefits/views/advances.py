"""What pages show of advances: what employers say, what workers say to it, what was decided, and what was paid back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from services.benefits import store
from services.benefits.domain.advance import Advance, EmployerPayee, EmployerPayeeState
from services.benefits.domain.award import OrderState
from services.benefits.domain.claim import Claim
from services.benefits.domain.ids import EmployerId
from services.benefits.domain.person import Person
from services.benefits.institution import institution
from services.benefits.usecases import advancing
from services.benefits.views import words
from services.benefits.views.person import Head, head
from services.benefits.views.shown import Json, Said, Words
from shared.act import Act
from shared.money import Money, total
from shared.web import pages
from shared.web.texts import N_

STATES = {
    "stated": N_("Waits for the worker’s word"),
    "contested": N_("The worker says that it is not true"),
    "confirmed": N_("Confirmed"),
    "refused": N_("Refused"),
}
AGREED = N_("The worker agrees")
KINDS = {"stated": "wait", "contested": "wait", "confirmed": "go", "refused": "no"}
#: Why an advance, or an employer's account, cannot be written down or decided so.
ERRORS = words.ERRORS | {
    "claim_over": N_("Nothing is paid on this claim any more."),
    "not_her_worker": N_("This person did not work for this employer in these days."),
    "days_advanced_already": N_("For some of these days an advance was written down already."),
    "decided_already": N_("Somebody has decided on this already."),
    "same_person": N_("You wrote it down; another person decides."),
    "own_case": N_("this is your own claim"),
}


def wrong(code: str) -> Words:
    return words.text(ERRORS, code)


@dataclass(frozen=True, slots=True)
class Line:
    """One advance as a page shows it."""

    advance: Advance
    number: str
    worker: str
    employer: str
    state: Words
    kind: str
    #: The reader wrote it down herself, so that another decides.
    mine: bool


@dataclass(frozen=True, slots=True)
class Share:
    """What of an award goes to an employer, and what went; `too_much` she is asked to give back."""

    employer: str
    due: Money
    paid: Money
    too_much: Money


@dataclass(frozen=True, slots=True)
class AccountLine:
    """An employer's account that waits for a second person, or is paid into."""

    payee: EmployerPayee
    employer: str
    mine: bool

    @property
    def shown(self) -> str:
        return f"{self.payee.bank} …{self.payee.number[-4:]}, {self.payee.holder}"


@dataclass(frozen=True, slots=True)
class Account:
    """Where an employer is paid: the account that counts, and the one that waits."""

    employer_id: EmployerId
    employer: str
    current: AccountLine | None
    asked: AccountLine | None


def _name(act: Act, employer_id: str) -> str:
    one = store.places.employer(act, employer_id)
    return pages.called(one.name, one.name_latin)


def _line(act: Act, one: Advance, claim: Claim, person: Person) -> Line:
    agreed = one.state == "stated" and one.answered_on is not None
    return Line(
        advance=one,
        number=claim.number,
        worker=pages.called(person.name, person.name_latin),
        employer=_name(act, one.employer_id),
        state=words.text({"agreed": AGREED}, "agreed") if agreed else words.text(STATES, one.state),
        kind=KINDS[one.state],
        mine=one.stated_by == act.actor.id,
    )


def _lines(act: Act, found: Sequence[Advance]) -> list[Line]:
    people = store.persons.by_ids(act, [one.person_id for one in found])
    return [_line(act, one, store.claims.present(act, one.claim_id), people[one.person_id]) for one in found]


def _account_line(act: Act, one: EmployerPayee) -> AccountLine:
    return AccountLine(one, _name(act, one.employer_id), one.asked_by == act.actor.id)


def account(act: Act, employer_id: EmployerId) -> Account:
    current = store.advances.payee(act, employer_id)
    asked = store.advances.payee(act, employer_id, EmployerPayeeState.ASKED)
    return Account(
        employer_id=employer_id,
        employer=_name(act, employer_id),
        current=_account_line(act, current) if current is not None else None,
        asked=_account_line(act, asked) if asked is not None else None,
    )


def shares(act: Act, claim: Claim, only: EmployerId | None = None) -> list[Share]:
    """What of a claim's award is whose, of its employers or of one."""
    award = store.awards.of_claim(act, claim.id)
    if award is None:
        return []
    currency = award.total.currency
    found = advancing.shares(act, claim.id).values()
    return [
        Share(_name(act, s.employer_id), *(Money(minor, currency) for minor in (s.due, s.moved, s.too_much)))
        for s in found
        if only in (None, s.employer_id)
    ]


# --- the desk ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ClaimAdvances:
    """The desk's page of the advances of one claim. `typed` and `errors` are of the form `do` names."""

    claim: Claim
    head: Head
    lines: list[Line]
    shares: list[Share]
    accounts: list[Account]
    employers: list[Json]
    typed: Said
    errors: Said
    do: str
    currency: str
    may_decide: bool
    may_write: bool


def of_claim(
    act: Act, claim: Claim, typed: Mapping[str, str] | None = None, errors: Mapping[str, Words] | None = None
) -> ClaimAdvances:
    found, person = store.advances.of_claim(act, claim.id), store.persons.get(act, claim.person_id)
    jobs = {job.employer_id: pages.called(job.name, job.name_latin) for job in store.persons.jobs(act, claim.person_id)}
    return ClaimAdvances(
        claim=claim,
        head=head(act, person),
        lines=[_line(act, one, claim, person) for one in found],
        shares=shares(act, claim),
        accounts=[account(act, id_) for id_ in dict.fromkeys(one.employer_id for one in found)],
        employers=[{"value": id_, "label": name} for id_, name in jobs.items()],
        typed=Said(typed or {}),
        errors=Said(errors or {}),
        do=(typed or {}).get("do", ""),
        currency=institution().currency,
        may_decide=act.actor.has("officer", "supervisor"),
        may_write=act.actor.has("clerk", "officer", "supervisor"),
    )


@dataclass(frozen=True, slots=True)
class OpenAdvances:
    """What waits in an office: advances to decide on, and accounts of employers."""

    lines: list[Line]
    accounts: list[AccountLine]
    error: Words | None
    may_decide: bool


def waiting(act: Act, error: Words | None = None) -> OpenAdvances:
    lines = _lines(act, store.advances.open_here(act))
    accounts = [_account_line(act, one) for one in store.advances.payees_asked(act)]
    return OpenAdvances(lines, accounts, error, act.actor.has("officer", "supervisor"))


# --- the employer ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Paid:
    """An order to an employer: what she is told of it."""

    reference: str
    number: str
    on: date | None
    amount: Money
    state: Words
    kind: str


@dataclass(frozen=True, slots=True)
class EmployerAdvances:
    """An employer's page: what she advanced, in which state it is, what came back, and into which account."""

    lines: list[Line]
    paid: list[Paid]
    sums: dict[str, Money]
    account: Account
    cases: list[Json]
    to_give_back: list[tuple[str, Money]]
    repay_to: Mapping[str, str]
    typed: Said
    errors: Said
    currency: str


def of_employer(
    act: Act, employer_id: EmployerId, typed: Mapping[str, str] | None = None, errors: Mapping[str, Words] | None = None
) -> EmployerAdvances:
    found, currency = store.advances.of_employer(act, employer_id), institution().currency
    claims = {one.claim_id: store.claims.present(act, one.claim_id) for one in found}
    facts = [f for id_ in claims for f in store.awards.every_payment_fact(act, id_) if f.employer_id == employer_id]
    back = [(c.number, s.too_much) for c in claims.values() for s in shares(act, c, employer_id) if s.too_much]
    settled = [f.amount for f in facts if f.state is OrderState.SETTLED]
    confirmed = [one.amount for one in found if one.state == "confirmed"]
    mine = [line for line in store.claims.of_employer(act, employer_id) if line.claim.state not in advancing.OVER]
    return EmployerAdvances(
        lines=_lines(act, found),
        paid=[
            Paid(
                f.reference,
                claims[f.claim_id].number,
                f.on_day,
                f.amount,
                words.text({f.state: words.PAYMENTS[f.state][0]}, f.state),
                words.PAYMENTS[f.state][1],
            )
            for f in facts
            if f.state is not OrderState.CANCELLED
        ],
        sums={"advanced": total(confirmed, currency), "paid": total(settled, currency)},
        account=account(act, employer_id),
        cases=[{"value": x.claim.id, "label": f"{pages.called(x.name, x.name_latin)}, {x.claim.number}"} for x in mine],
        to_give_back=back,
        repay_to=institution().repay_to,
        typed=Said(typed or {}),
        errors=Said(errors or {}),
        currency=currency,
    )


# --- the worker --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Told:
    """What a worker is told of an advance, and whether she is asked."""

    advance: Advance
    employer: str
    asked: bool


def told(act: Act, claim: Claim) -> list[Told]:
    """Advances on her claim that are open or confirmed."""
    return [
        Told(one, _name(act, one.employer_id), one.is_open and one.answered_on is None)
        for one in store.advances.of_claim(act, claim.id)
        if one.state != "refused"
    ]
