"""What a worker does by herself: reads her inbox, asks, changes language, phone and account, withdraws her claim."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, request

from services.benefits.domain.claim import Claim, ClaimDoesNotMove
from services.benefits.domain.own_change import OwnChangeRefused, What
from services.benefits.domain.question import QuestionRefused
from services.benefits.pages.worker import asked_again, digits_of, own_claim
from services.benefits.usecases import claims, own_changes, people, questions
from services.benefits.views import worker_does as view
from services.benefits.views.shown import Said, Words, show
from shared.act import Act
from shared.reading.letters import one_line
from shared.web import pages, texts
from shared.web.doors import PUBLIC, Doors

doors = Doors()


@doors.page("/worker/do", roles=("worker",))
def menu(act: Act) -> Any:
    """What she can do by herself; a page of its own, so that her first stays light."""
    claim = own_claim(act)
    return show("worker_do.html", claim=claim, does=view.does(act, claim))


# --- letters, messages, language ---------------------------------------------------------------


@doors.page("/worker/inbox", roles=("worker",))
def inbox(act: Act) -> Any:
    """All that was written to her, each with its day and subject."""
    return show("worker_inbox.html", view.inbox(act, own_claim(act), saved=request.args.get("saved") == "1"))


@doors.page("/worker/language", roles=("worker",), method="POST")
def language(act: Act, form: dict[str, str]) -> Any:
    """Letters and messages come in another language from now on."""
    claim, wanted = own_claim(act), form.get("language", "")
    if wanted in texts.LANGUAGES:
        people.correct_person(act, claim.person_id, None, why=own_changes.ON_HER_PAGE, language=wanted)
    return pages.go("/worker/inbox?saved=1#language")


# --- questions ---------------------------------------------------------------------------------


@doors.page("/worker/questions", roles=("worker",))
def asked(act: Act) -> Any:
    """Her questions, and what the office answered."""
    return show("worker_questions.html", view.questions(act, own_claim(act)))


@doors.page("/worker/questions", roles=PUBLIC, method="POST", tokenless=True, limit="20 per minute")
def ask(act: Act, form: dict[str, str]) -> Any:
    """Ask the office. A session that has ended asks for the code again and keeps every word."""
    text = form.get("question", "").strip()[:5000]
    if (again := asked_again(act, {"question": text})) is not None:
        return again
    claim = own_claim(act)
    try:
        questions.ask(act, claim.id, text)
    except QuestionRefused as wrong:
        shown = show("worker_questions.html", view.questions(act, claim, text, wrong.code))
        return Response(shown, 422, content_type=pages.HTML)
    return pages.go("/worker/questions")


# --- another phone or account ------------------------------------------------------------------


@doors.page("/worker/change", roles=("worker",))
def change_page(act: Act) -> Any:
    """What she can change, and what waits for her code or its day."""
    return show("worker_change.html", view.change(act, own_claim(act)))


def _change(act: Act, claim: Claim, form: dict[str, str], wrong: dict[str, Words]) -> Response:
    return Response(show("worker_change.html", view.change(act, claim, form, wrong)), 422, content_type=pages.HTML)


@doors.page("/worker/change", roles=("worker",), method="POST", limit="20 per minute")
def change(act: Act, form: dict[str, str]) -> Any:
    """Ask for another phone or account: a code goes to the phone that is known now."""
    claim = own_claim(act)
    what = What.PHONE if form.get("what") == What.PHONE else What.PAYEE
    try:
        own_changes.ask(act, claim.id, what, form)
    except people.CannotBe as wrong:
        return _change(act, claim, form, {wrong.pointer.rsplit("/", 1)[-1]: view.refused(wrong.code)})
    except OwnChangeRefused as refused:
        return _change(act, claim, form, {"phone" if what is What.PHONE else "number": view.refused(refused.code)})
    return pages.go("/worker/change")


@doors.page("/worker/change/<uuid:change_id>/code", roles=("worker",), method="POST", limit="20 per minute")
def confirm(act: Act, change_id: UUID, form: dict[str, str]) -> Any:
    """The code on her phone; a wrong one is counted."""
    claim = own_claim(act)
    try:
        found = own_changes.open_change(act, claim, str(change_id))
        right = pages.service().keys.fits(found.purpose, digits_of(form.get("code", ""), 8))
        after = own_changes.confirm(act, claim, found, right=right)
    except OwnChangeRefused as refused:
        return _change(act, claim, {}, {"code": view.refused(refused.code)})
    if not right:
        return _change(act, claim, {}, {"code": view.wrong_code(after)})
    return pages.go("/worker/change")


@doors.page("/worker/change/<uuid:change_id>/stop", roles=("worker",), method="POST")
def stop(act: Act, change_id: UUID, form: dict[str, str]) -> Any:
    """She stops what was asked for in her name."""
    claim = own_claim(act)
    try:
        own_changes.stop(act, claim.person_id, str(change_id))
    except OwnChangeRefused:
        pass  # it has ended meanwhile: the page says how
    return pages.go("/worker/change")


# --- withdrawing -------------------------------------------------------------------------------


@doors.page("/worker/withdrawal", roles=("worker",))
def withdrawal(act: Act) -> Any:
    """She says why she does not want it any more."""
    claim = own_claim(act)
    if not view.may_withdraw(act, claim):
        return pages.go("/worker")
    return show("worker_withdraw.html", view.WithdrawalPage(claim, "", False, Said()))


@doors.page("/worker/withdrawal", roles=("worker",), method="POST")
def withdraw(act: Act, form: dict[str, str]) -> Any:
    """She is asked once whether she is sure, then the claim ends; her page says so."""
    claim, why = own_claim(act), one_line(form.get("why", ""))[:500]
    if not view.may_withdraw(act, claim):
        return pages.go("/worker")
    if not why:
        errors = Said({"why": view.refused("required")})
        shown = show("worker_withdraw.html", view.WithdrawalPage(claim, "", False, errors))
        return Response(shown, 422, content_type=pages.HTML)
    if form.get("sure") != "yes":
        return show("worker_withdraw.html", view.WithdrawalPage(claim, why, True, Said()))
    try:
        claims.withdraw(act, claim.id, None, why)
    except ClaimDoesNotMove:
        pass  # decided meanwhile: her page says it
    return pages.go("/worker")
