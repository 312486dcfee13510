"""The doors to advances: the desk's page of a claim and of what waits, and the employer's own page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Response, request

from services.benefits import store
from services.benefits.domain.advance import AdvanceRefused
from services.benefits.pages import employer as hers
from services.benefits.pages.desk import seen_alike
from services.benefits.usecases import advancing
from services.benefits.usecases.people import CannotBe
from services.benefits.views import advances as view
from services.benefits.views.claim_page import LOOK
from services.benefits.views.shown import Said, Words, show
from shared.act import Act
from shared.ids import is_uuid
from shared.period import Period
from shared.web import pages
from shared.web.app import viewed
from shared.web.doors import Doors
from shared.web.problems import Problem

doors = Doors()
DESK = ("clerk", "officer", "supervisor")
JUDGES = ("officer", "supervisor")


def _judges(act: Act) -> None:
    if not act.actor.has(*JUDGES):
        raise Problem(403, "not_your_task")


def _state(act: Act, claim_id: str, employer_id: str, form: Mapping[str, str]) -> Said:
    """Write an advance down as it was typed; what is wrong, by field."""
    read = hers.Form(form, act.today)
    first, last, paid_on = (read.day(name, needed=True) for name in ("first", "last", "paid_on"))
    amount = read.amount("amount")
    if amount is None and "amount" not in read.errors:
        read.wrong("amount", "required")
    if first is not None and last is not None and last < first:
        read.wrong("last", "before_start")
    if not read.text("paper"):
        read.wrong("paper", "required")
    if not read.errors and first and last and paid_on and amount is not None:
        try:
            advancing.state(
                act,
                claim_id,
                employer_id,
                amount=amount,
                period=Period(first, last),
                paid_on=paid_on,
                paper=read.text("paper"),
            )
        except AdvanceRefused as refused:
            read.errors[{"from": "first"}.get(refused.field, refused.field)] = view.wrong(refused.code)
        except CannotBe as wrong:
            read.errors[wrong.pointer.removeprefix("#/")] = view.wrong(wrong.code)
    return read.errors


def _ask_account(act: Act, employer_id: str, form: Mapping[str, str]) -> Said:
    """Ask for an account as it was typed; what is wrong, by field."""
    said = {name: form.get(name, "").strip()[:most] for name, most in (("bank", 20), ("number", 40), ("holder", 200))}
    said["paper"] = form.get("account_paper", "").strip()[:200]
    errors = Said({name: view.wrong("required") for name, value in said.items() if not value})
    if not errors:
        try:
            advancing.ask_account(act, employer_id, **said)
        except CannotBe as wrong:
            errors[wrong.pointer.removeprefix("#/")] = view.wrong(wrong.code)
    if "paper" in errors:
        errors["account_paper"] = errors.pop("paper")
    return errors


# --- the desk ----------------------------------------------------------------------------------


def _claim_page(act: Act, claim_id: str, form: Mapping[str, str] | None = None, errors: Said | None = None) -> str:
    page = view.of_claim(act, store.claims.get(act, claim_id), form, errors)
    viewed(page.claim.person_id)
    seen_alike(page.head)
    return show("advances.html", page)


@doors.page("/desk/claims/<uuid:claim_id>/advances", roles=LOOK)
def of_claim(act: Act, claim_id: UUID) -> Any:
    """What employers advanced on a claim, what the worker says to it, and what goes to whom."""
    return _claim_page(act, str(claim_id))


@doors.page("/desk/claims/<uuid:claim_id>/advances", roles=DESK, method="POST")
def on_claim(act: Act, claim_id: UUID, form: dict[str, str]) -> Any:
    """Write an advance down for an employer, take the worker's word down, decide, or ask for an account."""
    claim, do = store.claims.get(act, str(claim_id)), form.get("do", "")
    viewed(claim.person_id)
    employer = form.get("employer", "")
    errors = Said()
    if do in ("state", "account") and employer not in {j.employer_id for j in store.persons.jobs(act, claim.person_id)}:
        errors["employer"] = view.wrong("required")
    elif do == "state":
        errors = _state(act, claim.id, employer, form)
    elif do == "account":
        errors = _ask_account(act, employer, form)
    else:
        errors = _judge(act, do, form, claim.id)
    if errors:
        return Response(_claim_page(act, claim.id, form, errors), 422, content_type=pages.HTML)
    return pages.go(f"/desk/claims/{claim.id}/advances")


def _judge(act: Act, do: str, form: Mapping[str, str], claim_id: str) -> Said:
    """The worker's word, or the word of a second person; what is wrong, by field."""
    advance_id, why = form.get("advance", ""), form.get("why", "").strip()[:2000]
    if not is_uuid(advance_id) or store.advances.get(act, advance_id).claim_id != claim_id:
        raise store.NotHere("advance")
    try:
        match do:
            case "agrees" | "contests":
                advancing.answer(act, advance_id, true=do == "agrees", words=why)
            case "confirm" | "refuse":
                _judges(act)
                advancing.decide(act, advance_id, confirmed=do == "confirm", why=why)
            case _:
                raise Problem(400, "unreadable")
    except AdvanceRefused as refused:
        return Said({f"why-{advance_id}": view.wrong(refused.code)})
    return Said()


def _waiting(act: Act, error: Words | None = None) -> str:
    page = view.waiting(act, error)
    viewed(*(line.advance.person_id for line in page.lines))
    return show("advances_open.html", page)


@doors.page("/desk/advances", roles=LOOK)
def waiting(act: Act) -> Any:
    """Advances that wait for a decision in the office, and accounts of employers that wait for a second person."""
    return _waiting(act)


@doors.page("/desk/advances/accounts/<uuid:payee_id>", roles=JUDGES, method="POST")
def judge_account(act: Act, payee_id: UUID, form: dict[str, str]) -> Any:
    """A second person confirms or refuses an employer's account."""
    if form.get("do") not in ("confirm", "refuse"):
        raise Problem(400, "unreadable")
    try:
        advancing.judge_account(act, str(payee_id), confirmed=form["do"] == "confirm")
    except AdvanceRefused as refused:
        return Response(_waiting(act, view.wrong(refused.code)), 422, content_type=pages.HTML)
    return pages.go("/desk/advances")


# --- the employer ------------------------------------------------------------------------------


def _employer_page(act: Act, form: Mapping[str, str] | None = None, errors: Said | None = None) -> str:
    page = view.of_employer(act, hers.own(act), form, errors)
    viewed(*(line.advance.person_id for line in page.lines))
    return hers.render(act, "employer_advances.html", page, asked=request.args.get("claim", ""))


@doors.page("/employer/advances", roles=hers.EMPLOYER)
def of_employer(act: Act) -> Any:
    """What she advanced, in which state it is, what was paid back to her, and into which account."""
    return _employer_page(act)


@doors.page("/employer/advances", roles=hers.EMPLOYER, method="POST")
def by_employer(act: Act, form: dict[str, str]) -> Any:
    """She says what she advanced, or into which account she is paid back."""
    own = hers.own(act)
    if form.get("do") == "account":
        errors = _ask_account(act, own, form)
    elif not is_uuid(form.get("claim", "")):
        errors = Said(claim=view.wrong("required"))
    else:
        viewed(store.claims.get(act, form["claim"]).person_id)
        errors = _state(act, form["claim"], own, form)
        if "employer" in errors:
            errors["claim"] = errors.pop("employer")
    if errors:
        return Response(_employer_page(act, form, errors), 422, content_type=pages.HTML)
    return pages.go("/employer/advances")
