"""The worker's page: what was decided, why, when money comes, how to object. And an estimate for anybody.

A phone with a cracked screen and a thin line: one column, no script, four states only. She signs in with the claim
number and the code of her letter; her session is for that one claim and ends by itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from flask import Response, g, redirect, request

from services.benefits import store
from services.benefits.domain.advance import AdvanceRefused
from services.benefits.domain.claim import Claim, ClaimDoesNotMove
from services.benefits.domain.kinds import CaseInvalid
from services.benefits.domain.overpayment import RecoveryNotPossible
from services.benefits.institution import institution
from services.benefits.law import in_force
from services.benefits.law.case import read_case
from services.benefits.law.in_force import PackNotInForce, UnknownBenefit, UnknownCountry, assess
from services.benefits.pages.session import let_in
from services.benefits.usecases import accounts, advancing, decisions, objections
from services.benefits.views import forms, words
from services.benefits.views import worker as view
from services.benefits.views import worker_does as does
from services.benefits.views.shown import Json, Said, Words, show
from shared.act import Act
from shared.money import Money
from shared.period import Month
from shared.reading import NotRead
from shared.reading.amounts import read_amount
from shared.reading.days import DateNotRead, read_date
from shared.reading.letters import one_line, plain_digits
from shared.web import pages
from shared.web.app import session_cookie, signed_in_as, source, viewed
from shared.web.doors import PUBLIC, Doors
from shared.web.texts import N_

doors = Doors()
HTML = "text/html; charset=utf-8"


def digits_of(typed: str, most: int) -> str:
    """The digits of what was typed, in whatever script, without the spaces and strokes people put between."""
    return "".join(str(int(c)) for c in typed[:60] if c.isdecimal())[:most]


def _fits(purpose: str, typed: str) -> bool:
    return pages.service().keys.fits(purpose, typed)


# --- coming in ---------------------------------------------------------------------------------


@doors.page("/worker", roles=PUBLIC)
def page(act: Act) -> Any:
    """Her claim, or the form that asks for number and code."""
    if act.actor.kind != "worker":
        ended = session_cookie() in request.cookies or request.args.get("why") == "ended"
        why = pages.translate(AWAY) if ended else ""
        return _door(number=digits_of(request.args.get("claim", ""), 12), error=why)
    return show("worker.html", view.page(act, own_claim(act)))


def own_claim(act: Act) -> Claim:
    """The one claim of her session."""
    if not act.actor.claim:
        raise store.NotHere("claim")
    claim = store.claims.get(act, act.actor.claim)
    viewed(claim.person_id, claim.id)
    return claim


#: Why she is asked for number and code again.
AWAY = N_("You were away for a while. Type number and code again; what you wrote is kept.")


def _door(number: str = "", error: str = "", typed: Mapping[str, str] | None = None) -> str:
    return pages.render("worker_sign_in.html", number=number, error=error, typed=Said(typed or {}))


def asked_again(act: Act, typed: Mapping[str, str]) -> Response | None:
    """The form for number and code, keeping every word, where her session has ended or the form is not its own."""
    token = g.get("claims", {}).get("csrf")
    if act.actor.kind == "worker" and token and request.form.get("csrf_token") == token:
        return None
    return Response(_door(error=pages.translate(AWAY), typed=typed), 401, content_type=HTML)


@doors.page("/worker", roles=PUBLIC, method="POST", tokenless=True, limit="20 per minute")
def come_in(act: Act, form: dict[str, str]) -> Any:
    """Number and code of the letter open the page of one claim."""
    number, code = digits_of(form.get("number", ""), 12), digits_of(form.get("code", ""), 8)
    kept = ("decision", "finding", "grounds", "recovery", "question")
    typed = {name: form[name][:5000] for name in kept if form.get(name)}
    try:
        opened = accounts.worker_signs_in(act, number, code, _fits, source())
    except accounts.SignInRefused:
        error, status = N_("Number and code do not fit together. Look at your letter again."), 401
    except accounts.TooManyTries:
        error = N_("Too many tries from here. Wait a little, then try again. Your letter stays good.")
        status = 429
    else:
        if typed:
            hers = replace(act, actor=opened.actor)
            claim = store.claims.get(hers, opened.actor.claim or "")
            g.actor, g.claims = opened.actor, {"csrf": opened.csrf}
            if "question" in typed:
                shown = show("worker_questions.html", does.questions(hers, claim, typed["question"]))
            elif "recovery" in typed:
                shown = show("worker.html", view.page(hers, claim, grounds=typed.get("grounds", "")))
            else:
                shown = show("worker_object.html", view.objection(act, claim, typed))
            response = Response(shown, content_type=HTML)
            for cookie in let_in(act, opened, "/worker").headers.getlist("Set-Cookie"):
                response.headers.add("Set-Cookie", cookie)
            return response
        return let_in(act, opened, "/worker")
    return Response(_door(number, pages.translate(error), typed), status, content_type=HTML)


@doors.page("/worker/sign-out", roles=("worker",), method="POST")
def go_out(act: Act, form: dict[str, str]) -> Any:
    """Leave; the phone may belong to somebody else."""
    accounts.sign_out(act, "", signed_in_as())
    response: Any = redirect("/worker", 303)
    response.delete_cookie(session_cookie())
    return response


# --- objecting ---------------------------------------------------------------------------------


@doors.page("/worker/objection", roles=("worker",))
def objection(act: Act) -> Any:
    """The form to object, or the receipt of an objection that is open."""
    claim = own_claim(act)
    contested = view.contested(act, claim)
    if contested is not None and contested.open:
        office = store.places.office(act, claim.office_id)
        return show("worker_receipt.html", view.ReceiptPage(claim, contested, office))
    if not view.appealable(act, claim):
        return pages.go("/worker")
    return show("worker_object.html", view.objection(act, claim, {}))


@doors.page("/worker/objection", roles=PUBLIC, method="POST", tokenless=True)
def lodge(act: Act, form: dict[str, str]) -> Any:
    """Lodge the objection and show its receipt. A session that has ended asks for the code again and keeps every
    word."""
    typed = {name: form.get(name, "").strip()[:5000] for name in ("decision", "finding", "grounds")}
    if (again := asked_again(act, typed)) is not None:
        return again
    claim = own_claim(act)
    contested = view.contested(act, claim)
    if contested is not None and contested.open:
        return pages.go("/worker/objection")
    errors: dict[str, str] = {}
    if typed["finding"] not in {s["value"] for s in view.objection(act, claim, typed).sentences}:
        errors["finding"] = pages.translate(N_("Choose what you do not agree with."))
    if not typed["grounds"]:
        errors["grounds"] = pages.translate(N_("Write in a few words why."))
    if errors:
        shown = show("worker_object.html", view.objection(act, claim, typed, errors))
        return Response(shown, 422, content_type=HTML)
    try:
        decisions.lodge_appeal(act, claim.id, typed["decision"], typed["finding"], typed["grounds"])
    except (decisions.AlreadyDecided, ClaimDoesNotMove, store.NotHere):
        return pages.go("/worker")
    return pages.go("/worker/objection")


@doors.page("/worker/objection/withdrawal", roles=("worker",), method="POST")
def take_back(act: Act, form: dict[str, str]) -> Any:
    """Take the objection back; the decision stands."""
    contested = view.contested(act, own_claim(act))
    if contested is not None and contested.row.state == "lodged":
        decisions.withdraw_appeal(act, contested.row.id)
    return pages.go("/worker")


@doors.page("/worker/recovery-objection", roles=PUBLIC, method="POST", tokenless=True)
def object_to_recovery(act: Act, form: dict[str, str]) -> Any:
    """Object to paying back, or take that objection back; her page says what follows. A session that has ended asks
    for the code again and keeps every word."""
    typed = {name: form.get(name, "").strip()[:5000] for name in ("recovery", "grounds")}
    if (again := asked_again(act, typed)) is not None:
        return again
    claim = own_claim(act)
    contested, grounds = store.awards.open_objection(act, claim.id), form.get("grounds", "").strip()[:5000]
    if form.get("do") == "withdraw" and contested is not None:
        objections.withdraw(act, contested.id)
    elif form.get("do") != "withdraw" and grounds and contested is None:
        with suppress(RecoveryNotPossible):  # decided meanwhile: her page says it
            objections.lodge(act, claim.id, form.get("recovery", ""), grounds)
    return pages.go("/worker")


# --- what am I entitled to? --------------------------------------------------------------------


@doors.page("/worker/advance", roles=("worker",), method="POST")
def say_of_advance(act: Act, form: dict[str, str]) -> Any:
    """She says whether it is true that her employer advanced something; her page says what follows."""
    claim, id_ = own_claim(act), form.get("advance", "")
    if not any(one.id == id_ for one in store.advances.of_claim(act, claim.id)):
        raise store.NotHere("advance")
    words_ = one_line(form.get(f"against-{id_}", ""))[:2000] or pages.translate(NOT_TRUE)
    with suppress(AdvanceRefused):  # decided meanwhile: her page says it
        advancing.answer(act, id_, true=form.get("do") == "true", words=words_)
    return pages.go("/worker")


#: Kept as her words where she gives none.
NOT_TRUE = N_("The worker says that it is not true")


@doors.page("/estimate", roles=PUBLIC)
def estimate_page(act: Act) -> Any:
    """Six questions, no name."""
    return show("estimate.html", _estimate(act, request.args.get("benefit", ""), {}))


@doors.page("/estimate", roles=PUBLIC, method="POST", tokenless=True, limit="60 per minute")
def estimate(act: Act, form: dict[str, str]) -> Any:
    """An honest estimate by the rules; nothing is stored."""
    found = _estimate(act, form.get("benefit", ""), form)
    return Response(show("estimate.html", found), 422 if found.errors else 200, content_type=HTML)


#: Benefits an estimate can be made for, with the fact that says on which day it happened.
EVENT_DAYS = {"sickness": "", "birth": "birth_on", "maternity": "birth_on", "miscarriage": "miscarriage_on"}


@dataclass(frozen=True, slots=True)
class EstimatePage:
    """The six questions of a benefit, and what follows from the answers."""

    benefit: str
    offered: list[tuple[str, Words]]
    typed: Said
    errors: Said
    a: Json | None
    wage: Money | None
    sick: bool
    birth: bool
    currency: str


def _estimate(act: Act, benefit: str, form: Mapping[str, str]) -> EstimatePage:
    country = institution().country
    offered = [b for b in forms.benefits_of(country, act.today) if b in EVENT_DAYS]
    benefit = benefit if benefit in offered else (offered or ["sickness"])[0]
    facts, errors = _answers(act, benefit, form) if form else ({}, {})
    found = None
    if form and not errors:
        try:
            case = read_case(_case(country, benefit, facts, act.today))
            found = assess(case, today=act.today).json()
        except CaseInvalid as wrong:
            errors = {
                FIELDS.get(e["pointer"].rsplit("/", 1)[-1], "first_day"): words.text(
                    words.ERRORS, e["code"], e.get("params")
                )
                for e in wrong.errors
            }
        except PackNotInForce:
            errors = {"first_day": words.text(words.ERRORS, "no_law_in_force")}
    return EstimatePage(
        benefit=benefit,
        offered=[(b, words.text(words.BENEFITS, b)) for b in offered],
        typed=Said(form),
        errors=Said(errors),
        a=found,
        wage=facts.get("wage"),
        sick=benefit == "sickness",
        birth=benefit in ("birth", "maternity"),
        currency=institution().currency,
    )


#: Members of a case to the question that asks for them.
FIELDS = {
    "first_day": "first_day",
    "last_day": "last_day",
    "birth_on": "event_on",
    "miscarriage_on": "first_day",
    "wage": "wage",
    "from": "months",
    "to": "months",
    "wage_paid_until": "wage_paid_until",
    "children": "children",
    "pregnancy_months": "pregnancy_months",
}


def _answers(act: Act, benefit: str, form: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the six questions were answered with, as far as it can be read."""
    answers: dict[str, Any] = {}
    errors: dict[str, Any] = {}

    def wrong(name: str, code: str) -> None:
        errors[name] = words.text(words.ERRORS, code)

    def day(name: str) -> None:
        try:
            answers[name] = read_date(form.get(name, ""), act.today, pages.language())
        except DateNotRead as unread:
            errors[name] = dict(unread.text)
            return None
        if answers[name] is None:
            wrong(name, "required")
        return None

    def count(name: str, least: int, most: int) -> None:
        typed = plain_digits(one_line(form.get(name, "")[:20]))
        if not typed:
            wrong(name, "required")
        elif not (typed.isdigit() and len(typed) < 5) or not least <= int(typed) <= most:
            wrong(name, "not_a_number")
        else:
            answers[name] = int(typed)

    if form.get("wage", "").strip():
        try:
            answers["wage"] = read_amount(form["wage"][:60], institution().currency, pages.language())
        except NotRead as unread:
            errors["wage"] = words.not_read(unread)
    else:
        wrong("wage", "required")
    count("months", 0, 600)
    day("first_day")
    if benefit == "sickness":
        day("last_day")
        day("wage_paid_until") if form.get("wage_paid_until", "").strip() else None
    elif benefit == "miscarriage":
        day("last_day")
        count("pregnancy_months", 1, 10)
    else:
        day("event_on")
        count("children", 1, 9)
    return answers, errors


def _case(country: str, benefit: str, answers: Mapping[str, Any], today: date) -> dict[str, Any]:
    """The case the answers describe: no name, no number, and what the estimate takes for granted."""
    first: date = answers["first_day"]
    last = answers.get("last_day")
    before = Month(first.year, first.month).plus(-1)
    spell = {"first_day": first.isoformat()} | ({"last_day": last.isoformat()} if last else {})
    work: dict[str, Any] = {"pay": "monthly"}
    if benefit == "sickness":
        until = answers.get("wage_paid_until") or first - timedelta(days=1)
        work |= {"wage_paid_until": until.isoformat(), "wage_stopped_word": "employer"}
    case: dict[str, Any] = {
        "country": country,
        "benefit": benefit,
        "claimed_on": max(today, first).isoformat(),
        "insured": {"insured_as": "employee"},
        "spell": spell,
        "employments": [work],
        "contributions": [
            {"month": str(before.plus(-n)), "wage": answers["wage"].decimal()}
            for n in range(min(answers["months"], 60))
        ],
    }
    try:
        asked = in_force.pack(country, first).benefit(benefit, first).facts
    except (PackNotInForce, UnknownBenefit, UnknownCountry):
        asked = {}
    if last:
        case["certificates"] = [{"from": spell["first_day"], "to": spell["last_day"]}]
    granted = {
        "employer_days_used": 0,
        "claimant": "mother",
        "children": answers.get("children", 1),
        "pregnancy_months": answers.get("pregnancy_months", 9),
    }
    event = {name: value for name, value in granted.items() if name in asked}
    day = EVENT_DAYS[benefit]
    if day:
        event[day] = answers.get("event_on", first).isoformat()
    return case | ({"event": event} if event else {})
