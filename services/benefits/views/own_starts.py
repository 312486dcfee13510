"""What a person reads who starts her claim on the phone, and what the desk sees of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from services.benefits import store
from services.benefits.domain.claim import Claim, ClaimState, Origin
from services.benefits.domain.own_start import StartRefused
from services.benefits.domain.person import Office
from services.benefits.institution import institution
from services.benefits.usecases import own_starts
from services.benefits.usecases.scan_files import PDF
from services.benefits.views import forms, scans, words
from services.benefits.views.shown import Said, Words, errors
from shared.act import Act
from shared.reading.days import DateNotRead, read_date
from shared.web import pages
from shared.web.texts import N_

#: What can be started without a counter, where the law knows it: one paper, and days that stand on it.
OFFERED = ("sickness", "birth", "maternity")
#: The fields of the form, with their longest.
FIELDS = {"first_day": 40, "last_day": 40, "cert_no_0": 60, "event_birth_on": 40, "expected_on": 40}
REFUSED = {
    "wrong_code": N_("That was not the code, or it is over. Look at the message again, or ask for a new code."),
    "same_claim": N_("We have a claim about these days already: {number}. Nothing new was started."),
    "away": N_("You were away for a while. Type your code again; what you wrote is kept."),
    "too_many": N_("Too many tries from here. Wait a little, then try again. Or come to the office with your papers."),
}
#: What she brings, for each benefit.
PAPERS = {
    "sickness": N_("The doctor's certificate itself, not a copy"),
    "birth": N_("The paper of the birth, or of the day on which the child is expected"),
    "maternity": N_("The paper of the birth, or of the day on which the child is expected"),
}


def refused(refusal: StartRefused) -> dict[str, str | Words]:
    """Why it cannot be, by field."""
    return {refusal.field: words.text(REFUSED, refusal.code, {"number": refusal.number})}


@dataclass(frozen=True, slots=True)
class AskPage:
    """Who she is: what she types, what is wrong with it, and what she brings where no code comes."""

    typed: Said
    errors: Said
    papers: list[str]


def ask(act: Act, typed: Mapping[str, str], wrong: Mapping[str, str | Words]) -> AskPage:
    brought = dict.fromkeys(PAPERS[benefit] for benefit in offered(act))
    return AskPage(Said(typed), errors(wrong), [pages.translate(paper) for paper in brought])


def read_who(form: Mapping[str, str], today: date) -> tuple[str, date | None, dict[str, str | Words]]:
    """Number and day of birth as they were typed, and what cannot be read of them: whether they fit is not said."""
    number, wrong = form.get("number", "").strip()[:60], dict[str, str | Words]()
    if not number:
        wrong["number"] = "required"
    born_on = None
    try:
        born_on = read_date(form.get("born_on", "")[:40], today, pages.language())
    except DateNotRead as unread:
        wrong["born_on"] = dict(unread.text)
    if born_on is None and "born_on" not in wrong:
        wrong["born_on"] = "required"
    return number, born_on, wrong


# --- what her paper says -----------------------------------------------------------------------


def offered(act: Act) -> list[str]:
    known = forms.benefits_of(institution().country, act.today)
    return [benefit for benefit in OFFERED if benefit in known]


@dataclass(frozen=True, slots=True)
class PaperPage:
    """What her paper says, with what is known of her by its last digits only."""

    start: str
    benefit: str
    benefits: list[tuple[str, Words]]
    of_illness: bool
    typed: Said
    errors: Said
    phone: str
    account: str
    counts_from: date


def paper(act: Act, benefit: str, typed: Mapping[str, str], wrong: Mapping[str, str | Words]) -> PaperPage:
    """The form for one paper. Raises `NotHere` outside of a session that her code has opened."""
    start = own_starts.started(act)
    if start.person_id is None:
        raise store.NotHere("start")
    choices = offered(act)
    benefit = benefit if benefit in choices else (choices or ["sickness"])[0]
    person = store.persons.of_claim(act, start.person_id)
    payee = store.persons.payee(act, start.person_id)
    return PaperPage(
        start=start.id,
        benefit=benefit,
        benefits=[(code, words.text(words.BENEFITS, code)) for code in choices],
        of_illness=benefit == "sickness",
        typed=Said(typed),
        errors=errors(wrong),
        phone=(person.phone or "")[-4:],
        account=payee.number[-4:] if payee is not None else "",
        counts_from=start.asked_on,
    )


@dataclass(frozen=True, slots=True)
class Read:
    """What she typed, as facts of a case and as what lies with it."""

    benefit: str
    facts: dict[str, Any]
    papers: dict[str, str]
    errors: dict[str, str | Words]


def read(act: Act, form: Mapping[str, str]) -> Read:
    """What her paper says, by the readers of the desk's own form, so that nothing is typed again there."""
    benefit = form.get("benefit", "")
    wrong: dict[str, str | Words] = {n: "too_long" for n, most in FIELDS.items() if len(form.get(n, "")) > most}
    if benefit not in offered(act):
        return Read(benefit, {}, {}, wrong | {"benefit": "required"})
    said = {name: form[name] for name in FIELDS if form.get(name, "").strip()}
    if "cert_no_0" in said or benefit == "sickness":
        said.setdefault("cert_no_0", "")
    specs = [x for x in forms.event_facts(institution().country, benefit, act.today) if x.name == "birth_on"]
    language = pages.language()
    typed = forms.read_form(said, known={}, specs=specs, today=act.today, language=language, by=act.actor.id)
    wrong |= typed.errors
    facts, papers = typed.facts, dict[str, str]()
    if benefit == "sickness":
        _of_illness(facts, said, wrong)
    else:
        papers = _of_birth(act, facts, form, wrong)
    return Read(benefit, facts, papers, wrong)


def _of_illness(facts: dict[str, Any], said: Mapping[str, str], wrong: dict[str, str | Words]) -> None:
    for name in ("first_day", "last_day"):
        if name not in said:
            wrong[name] = "required"
    if wrong:
        return
    spell = facts["spell"]
    if spell["last_day"] < spell["first_day"]:
        wrong["last_day"] = "ends_before_it_begins"
    # One paper, for the days that she typed; its number may be missing.
    known = (facts.get("certificates") or [{}])[0]
    facts["certificates"] = [known | {"from": spell["first_day"], "to": spell["last_day"]}]


def _of_birth(
    act: Act, facts: Mapping[str, Any], form: Mapping[str, str], wrong: dict[str, str | Words]
) -> dict[str, str]:
    """The day on which a child is expected is no fact of the law: it lies with the claim, as an employer's notice
    says it."""
    born = (facts.get("event") or {}).get("birth_on")
    if born and "event_birth_on" not in wrong and born > act.today.isoformat():
        wrong["event_birth_on"] = "in_the_future"
    expected = None
    try:
        expected = read_date(form.get("expected_on", "")[:40], act.today, pages.language())
    except DateNotRead as unread:
        wrong["expected_on"] = dict(unread.text)
    if not born and expected is None and "expected_on" not in wrong:
        wrong["event_birth_on"] = "required"
    return {"expected_on": expected.isoformat()} if expected is not None else {}


# --- the receipt -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SentPage:
    """Her receipt, the papers she has sent, and what happens next."""

    claim: Claim
    title: Words
    code: str
    bring: list[str]
    bring_by: date
    last_day: date
    office: Office
    papers: list[scans.Paper]
    errors: Said


def sent(act: Act, claim: Claim, code: str, wrong: Mapping[str, str] | None = None) -> SentPage:
    card = N_("Your card, or another paper that says who you are")
    bring = [PAPERS.get(claim.benefit, PAPERS["sickness"]), card]
    if store.persons.payee(act, claim.person_id) is None:
        bring.append(N_("The number of your account: we know none"))
    return SentPage(
        claim=claim,
        title=words.text(words.BENEFITS, claim.benefit),
        code=code,
        bring=[pages.translate(one) for one in bring],
        bring_by=own_starts.bring_by(claim),
        last_day=own_starts.last_day(claim),
        office=store.places.office(act, claim.office_id),
        papers=[scans.paper(one, scans.HER_STATES) for one in store.scans.of_claim(act, claim.id)],
        errors=Said({name: scans.refused(why) for name, why in (wrong or {}).items()}),
    )


def kind_of(claim: Claim) -> str:
    """What her photo shows."""
    return "certificate" if claim.benefit == "sickness" else "birth"


# --- at the desk -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Photo:
    """A page that she has photographed, as it stands beside the form."""

    id: str
    kind: Words
    is_pdf: bool


@dataclass(frozen=True, slots=True)
class StartedByHer:
    """A draft that a person started herself, as the counter completes it."""

    on: date
    until: date
    expected_on: str
    photos: list[Photo]


def at_desk(act: Act, claim: Claim) -> StartedByHer | None:
    """None where it was started otherwise, or is completed."""
    if claim.origin is not Origin.PHONE or claim.state is not ClaimState.DRAFT:
        return None
    found = [x for x in store.scans.of_claim(act, claim.id) if x.state != "not_usable"]
    photos = [Photo(x.id, words.text(scans.KINDS, x.kind), x.media_type == PDF) for x in reversed(found)]
    expected = claim.papers.text("expected_on") or ""
    return StartedByHer(claim.received_on, own_starts.last_day(claim), expected, photos)
