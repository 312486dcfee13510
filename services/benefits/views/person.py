"""A person at the desk: who she is, what is open for her, where her money goes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from services.benefits import store
from services.benefits.domain.claim import Claim
from services.benefits.domain.export import Export, ExportState
from services.benefits.domain.ids import EmployerId, PersonId
from services.benefits.domain.person import Contribution, Job, Payee, Person, PersonChange, PersonChangeKind
from services.benefits.institution import institution
from services.benefits.usecases.own_changes import BY_HERSELF, ON_HER_PAGE
from services.benefits.views import asked_by_her, erasure, forms, lists, words
from services.benefits.views.register import PAYEE_KINDS
from services.benefits.views.shown import Json, Said, Words, errors, options
from shared.act import Act
from shared.money import Money
from shared.web import formatting, pages, texts
from shared.web.texts import N_

EXPORT_STATES = {
    "under_way": N_("being put together"),
    "ready": N_("ready"),
    "gone": N_("handed over or gone"),
}

#: Leaves by the codes of list D02-LT.
LEAVES_TOLD = {
    "OF": N_("Sick leave"),
    "TS": N_("Maternity leave"),
    "KL": N_("Leave without pay"),
    "ON": N_("Back at work"),
}


@dataclass(frozen=True, slots=True)
class HeadFact:
    label: str
    value: str
    href: str = ""


@dataclass(frozen=True, slots=True)
class Alike:
    """Others who could be mistaken for her; the first by name."""

    n: int
    href: str
    text: str
    ids: tuple[PersonId, ...]


@dataclass(frozen=True, slots=True)
class Head:
    """The header of every page about a person."""

    name: str
    lang: str
    latin: str | None
    facts: list[HeadFact]
    alike: Alike | None


def head(act: Act, person: Person) -> Head:
    language, _ = pages.language(), pages.translate
    facts = [HeadFact(_("Insured number"), i.value) for i in store.persons.identifiers(act, [person.id])[person.id][:1]]
    if person.born_on:
        facts.append(HeadFact(_("Born"), formatting.date_html(person.born_on, language)))
    if person.phone:
        confirmed = store.phone_codes.number_confirmed(act, person.id) is not None
        said = _("confirmed") if confirmed else _("not confirmed")
        at_the_desk = act.actor.has("clerk", "officer", "supervisor")
        href = f"/desk/persons/{person.id}/phone" if at_the_desk else ""
        facts.append(HeadFact(_("Phone"), f"{person.phone} · {said}", href))
    if person.insured_since:
        facts.append(HeadFact(_("Insured since"), formatting.month_html(person.insured_since, language)))
    return Head(person.name, person.language, person.name_latin, facts, _alike(act, person))


def _alike(act: Act, person: Person) -> Alike | None:
    found = store.persons.look_alikes(act, person)
    if not found:
        return None
    year = f", {found[0].born_on.year}" if found[0].born_on else ""
    href = f"/desk/search?q={person.latin.split()[0]}"
    return Alike(len(found), href, f"{found[0].latin}{year}", tuple(p.id for p in found))


@dataclass(frozen=True, slots=True)
class PersonClaim:
    """One of her claims, with what was granted and its days."""

    href: str
    number: str
    benefit: Words
    state: Words
    kind: str
    received_on: date
    waits: Words | None
    reason: Words | None
    total: Money | None
    assessment: Json | None


@dataclass(frozen=True, slots=True)
class Corrected:
    """A line of a history."""

    on: date
    text: Words
    who: str
    note: str | None


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy of all that is kept about her; it can be fetched while it lies ready."""

    on: date
    asked_name: str
    state: Words
    href: str
    until: date | None


@dataclass(frozen=True, slots=True)
class PersonPage:
    person: Person
    head: Head
    claims: list[PersonClaim]
    months: list[Contribution]
    #: Months that can be taken back: month and employer, and how a person reads them.
    withdrawable: list[dict[str, str]]
    #: Whose word each month is, where it is not always the same employer's.
    employers: dict[EmployerId, str]
    work: list[Job]
    payee: Payee | None
    benefits: list[tuple[str, Words]]
    errors: Said
    typed: Said
    languages_spoken: list[dict[str, str]]
    ways: list[dict[str, str]]
    history: list[Corrected]
    exports: list[Copy]
    erasure: erasure.ErasurePart
    #: Papers of hospitals that wait for a claim: facility, number, first and last day.
    papers: list[tuple[str, str, date | None, date | None]]
    #: Leaves that employers' lists name: what, from which month, until which, and whose list it was.
    leaves: list[tuple[Words, date, date | None, str]]
    #: Another phone or account that she asked for herself: what waits first, then what was lately done or stopped.
    own_changes: list[asked_by_her.Asked]


def page(act: Act, person: Person, typed: Mapping[str, str], wrong: Mapping[str, str | Words]) -> PersonPage:
    """After a form that could not be saved: with what was typed and what is wrong."""
    months, work = store.persons.contributions(act, person.id), store.persons.jobs(act, person.id)
    several = len({c.employer_id for c in months}) > 1
    return PersonPage(
        person=person,
        head=head(act, person),
        claims=[_claim(act, claim) for claim in store.claims.of_person(act, person.id)],
        months=months[-24:],
        withdrawable=[_withdrawable(c, work) for c in reversed(months)],
        employers={job.employer_id: pages.called(job.name, job.name_latin) for job in work} if several else {},
        work=work,
        payee=store.persons.payee(act, person.id),
        benefits=[(b, words.text(words.BENEFITS, b)) for b in forms.benefits_of(institution().country, act.today)],
        errors=errors(wrong),
        typed=Said(typed),
        languages_spoken=options(texts.NAMES, list(texts.NAMES)),
        ways=options(PAYEE_KINDS),
        exports=[_copy(export) for export in store.kept.of_person(act, person.id)],
        erasure=erasure.part(act, person),
        papers=[
            (p.facility, p.content.number, p.content.first or p.content.birth_on, p.content.last)
            for p in store.papers.waiting(act, person.id)
        ],
        leaves=_leaves(act, person),
        own_changes=asked_by_her.own_changes(act, person),
        history=[_corrected(c) for c in reversed(store.persons.changes(act, person.id))],
    )


def _leaves(act: Act, person: Person) -> list[tuple[Words, date, date | None, str]]:
    told = store.leaves.of_person(act, person.id)
    theirs = store.places.employers(act, {one.employer_id for one in told})
    whose = {e.id: pages.called(e.name, e.name_latin) for e in theirs}
    return [
        (
            words.text(LEAVES_TOLD, one.code),
            one.first.first_day,
            one.last.first_day if one.last else None,
            whose[one.employer_id],
        )
        for one in told
    ]


def _copy(export: Export) -> Copy:
    ready = export.state is ExportState.READY
    href = f"/desk/persons/{export.person_id}/exports/{export.id}.zip" if ready else ""
    return Copy(export.on, export.asked_name, words.text(EXPORT_STATES, export.state), href, export.until)


def _withdrawable(told: Contribution, work: list[Job]) -> dict[str, str]:
    whose = next((pages.called(job.name, job.name_latin) for job in work if job.employer_id == told.employer_id), "")
    label = " · ".join(filter(None, (str(told.month), formatting.amount(told.wage, pages.language()), whose)))
    return {"value": f"{told.month} {told.employer_id or ''}".strip(), "label": label}


def _claim(act: Act, claim: Claim) -> PersonClaim:
    decided, waits = store.decisions.last_final(act, claim.id), claim.waits
    gone = claim.is_decided and decided is None and store.annulments.present(act, claim.id) is not None
    return PersonClaim(
        href=lists.place(claim),
        number=claim.number,
        benefit=words.text(words.BENEFITS, claim.benefit),
        state=words.text(words.STATES, "annulled" if gone else claim.state),
        kind=words.STATE_KINDS["annulled" if gone else claim.state],
        received_on=claim.received_on,
        waits=words.text(words.WAITS, waits.whom) if waits is not None else None,
        reason=words.text(words.REASONS, waits.reason) if waits is not None and waits.reason else None,
        total=decided.total if decided is not None else None,
        assessment=decided.kept if decided is not None else None,
    )


def _corrected(change: PersonChange) -> Corrected:
    """What was corrected of her: before and now, in her own page only."""
    said = [
        f"{pages.translate(words.DETAILS[n])}: {_said(n, change.before.get(n))} → {_said(n, change.after[n])}"
        for n in sorted(change.after)
        if n in words.DETAILS
    ]
    if change.what is PersonChangeKind.WAGE_CORRECTED:
        said = [f"{change.after['month']}: {_wage(change.before)} → {_wage(change.after)}"]
    why = pages.translate(change.why) if change.why in (BY_HERSELF, ON_HER_PAGE) else change.why
    note = "; ".join([*said, *([f"“{why}”"] if why else [])])
    return Corrected(change.on, words.text(words.PERSON_CHANGES, change.what), change.by_name, note)


def _wage(told: Mapping[str, Any]) -> str:
    return formatting.amount(Money(**told["wage"]), pages.language())


def _said(name: str, value: Any) -> str:
    if not value:
        return "–"
    if name == "deceased_on":
        return formatting.plain_date(date.fromisoformat(value), pages.language())
    if name == "language":
        return pages.translate(texts.NAMES.get(value, value))
    return ", ".join(value) if isinstance(value, list) else str(value)
