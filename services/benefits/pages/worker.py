"""The worker's page: what was decided, why, when money comes, how to object.

A phone with a cracked screen and a thin line: one column, no script, four states only. She signs in with the claim
number and the code of her letter; her session is for that one claim and ends by itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

from flask import Response, g, redirect, request

from services.benefits import store
from services.benefits.domain.advance import AdvanceRefused
from services.benefits.domain.claim import Claim, ClaimDoesNotMove, ClaimState
from services.benefits.domain.overpayment import RecoveryNotPossible
from services.benefits.pages.session import let_in
from services.benefits.usecases import accounts, advancing, decisions, objections
from services.benefits.views import worker as view
from services.benefits.views import worker_does as does
from services.benefits.views.shown import Said, show
from shared.act import Act
from shared.reading.letters import one_line
from shared.web import pages
from shared.web.app import session_cookie, signed_in_as, source, viewed
from shared.web.doors import PUBLIC, Doors
from shared.web.texts import N_

doors = Doors()


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
    if store.claims.known(act, act.actor.claim or "") is None:
        return pages.go("/start/claim")  # she is about to start it
    claim = own_claim(act)
    if claim.state is ClaimState.DRAFT:
        return pages.go("/start/sent")
    return show("worker.html", view.page(act, claim))


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


def in_session(act: Act) -> bool:
    """Whether the form that was sent is one of her living session."""
    token = g.get("claims", {}).get("csrf")
    return bool(act.actor.kind == "worker" and token and request.form.get("csrf_token") == token)


def asked_again(act: Act, typed: Mapping[str, str]) -> Response | None:
    """The form for number and code, keeping every word, where her session has ended or the form is not its own."""
    if in_session(act):
        return None
    return Response(_door(error=pages.translate(AWAY), typed=typed), 401, content_type=pages.HTML)


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
            response = Response(shown, content_type=pages.HTML)
            for cookie in let_in(act, opened, "/worker").headers.getlist("Set-Cookie"):
                response.headers.add("Set-Cookie", cookie)
            return response
        return let_in(act, opened, "/worker")
    return Response(_door(number, pages.translate(error), typed), status, content_type=pages.HTML)


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
        return Response(shown, 422, content_type=pages.HTML)
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


# --- money her employer advanced ---------------------------------------------------------------


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
