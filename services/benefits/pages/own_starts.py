"""A claim started on the phone: who she is, her code, what her paper says, photos of it, and a receipt.

Nobody who types a number learns whether it is anybody's: each asking is answered alike. Without script, on a thin line:
the claim is kept before a photo is sent, and each photo by itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from flask import Response, g, request

from services.benefits import store
from services.benefits.domain.claim import Claim, ClaimState
from services.benefits.domain.own_start import StartRefused
from services.benefits.domain.scan import MOST_BYTES, ScanRefused
from services.benefits.pages.session import let_in
from services.benefits.pages.worker import digits_of, in_session, own_claim
from services.benefits.usecases import accounts, own_starts, scans
from services.benefits.usecases.claims import FactsInvalid
from services.benefits.views import own_starts as view
from services.benefits.views.shown import Said, Words, show
from shared.act import Act
from shared.ids import is_uuid
from shared.web import pages
from shared.web.app import source, viewed
from shared.web.doors import PUBLIC, Doors

doors = Doors()
Wrong = dict[str, str | Words]


# --- who she is --------------------------------------------------------------------------------


@doors.page("/start", roles=PUBLIC)
def page(act: Act) -> Any:
    """Number and day of birth; a code goes to the phone that is known."""
    return show("own_start.html", view.ask(act, {}, {}))


@doors.page("/start", roles=PUBLIC, method="POST", tokenless=True, limit="20 per minute")
def ask(act: Act, form: dict[str, str]) -> Any:
    """Have a code sent. The answer is the same whoever asks."""
    number, born_on, wrong = view.read_who(form, act.today)
    status = 422
    if not wrong:
        try:
            return pages.go(f"/start/{own_starts.ask(act, number, born_on, source())}")
        except accounts.TooManyTries:
            wrong, status = {"number": {"msg": view.REFUSED["too_many"], "params": {}}}, 429
    shown = show("own_start.html", view.ask(act, form, wrong))
    return Response(shown, status, content_type=pages.HTML)


@doors.page("/start/<uuid:start_id>", roles=PUBLIC)
def code_page(act: Act, start_id: UUID) -> Any:
    """The field for the code. It looks for nothing, so that it says nothing."""
    return show("own_start_code.html", view.ask(act, {}, {}), start=str(start_id), kept=Said())


@doors.page("/start/<uuid:start_id>", roles=PUBLIC, method="POST", tokenless=True, limit="20 per minute")
def come_in(act: Act, start_id: UUID, form: dict[str, str]) -> Any:
    """The code opens the form, or what became of it. What was typed before a session ended is kept."""
    typed = {name: form[name] for name in ("benefit", *view.FIELDS) if form.get(name)}
    try:
        opened = own_starts.come_in(act, str(start_id), pages.service().keys.fits, digits_of(form.get("code", ""), 8))
    except StartRefused as refusal:
        return _code_again(act, str(start_id), typed, view.refused(refusal), 422)
    response = let_in(act, opened, "/start/claim")
    if typed and store.claims.known(act, str(start_id)) is None:
        hers = replace(act, actor=opened.actor)
        g.actor, g.claims = opened.actor, {"csrf": opened.csrf}
        shown = Response(_paper(hers, typed, {}), content_type=pages.HTML)
        for cookie in response.headers.getlist("Set-Cookie"):
            shown.headers.add("Set-Cookie", cookie)
        return shown
    return response


def _code_again(act: Act, start: str, typed: Mapping[str, str], wrong: Wrong, status: int) -> Response:
    page = view.ask(act, {}, wrong)
    shown = show("own_start_code.html", page, start=start, kept=Said(typed))
    return Response(shown, status, content_type=pages.HTML)


# --- what her paper says -----------------------------------------------------------------------


@doors.page("/start/claim", roles=("worker",))
def paper(act: Act) -> Any:
    """What her paper says; once it was sent, the receipt."""
    if store.claims.known(act, act.actor.claim or "") is not None:
        return pages.go("/start/sent")
    return _paper(act, request.args, {})


def _paper(act: Act, form: Mapping[str, str], wrong: Wrong) -> str:
    start = own_starts.started(act)
    viewed(*filter(None, (start.person_id,)))
    typed = {name: form.get(name, "")[:most] for name, most in view.FIELDS.items()}
    return show("own_start_claim.html", view.paper(act, form.get("benefit", ""), typed, wrong))


@doors.page("/start/claim", roles=PUBLIC, method="POST", tokenless=True, limit="20 per minute")
def lodge(act: Act, form: dict[str, str]) -> Any:
    """Send it: a draft of her office from now on, and one however often it is sent. A session that has ended asks for
    the code again and keeps every word."""
    if not in_session(act):
        start = form.get("start", "")
        if not is_uuid(start):
            return pages.go("/start")
        away = {"code": {"msg": view.REFUSED["away"], "params": {}}}
        typed = {name: form[name][:60] for name in ("benefit", *view.FIELDS) if form.get(name)}
        return _code_again(act, start, typed, dict(away), 401)
    if store.claims.known(act, act.actor.claim or "") is not None:
        return pages.go("/start/sent")
    said = view.read(act, form)
    wrong = said.errors
    if not wrong:
        try:
            claim = own_starts.lodge(act, said.benefit, said.facts, said.papers)
            viewed(claim.person_id, claim.id)
            return pages.go("/start/sent")
        except StartRefused as refusal:
            wrong = view.refused(refusal)
        except FactsInvalid as cannot:
            wrong = {e["pointer"].removeprefix("#/"): e["code"] for e in cannot.errors}
    return Response(_paper(act, form, wrong), 422, content_type=pages.HTML)


# --- photos and receipt ------------------------------------------------------------------------


@doors.page("/start/sent", roles=("worker",))
def sent(act: Act) -> Any:
    """The receipt, with what happens next and room for photos."""
    claim = own_claim(act)
    if claim.state is not ClaimState.DRAFT:
        return pages.go("/worker")
    return _sent(act, claim, {})


def _sent(act: Act, claim: Claim, wrong: Mapping[str, str]) -> str:
    code = pages.service().keys.digits(accounts.access_purpose(claim))
    return show("own_start_sent.html", view.sent(act, claim, code, wrong))


@doors.page("/start/sent", roles=("worker",), method="POST", limit="30 per minute")
def add_photo(act: Act, form: dict[str, str], files: Mapping[str, Any] | None = None) -> Any:
    """A photo of a page of her paper; page after page."""
    claim = own_claim(act)
    chosen = [file for name in ("photo", "file") if (file := (files or {}).get(name)) is not None and file.filename]
    data = bytes(chosen[0].stream.read(MOST_BYTES + 1)) if chosen else b""
    try:
        scan = scans.add(act, claim.id, view.kind_of(claim), "", data)
    except ScanRefused as refusal:
        return Response(_sent(act, claim, {refusal.field: refusal.code}), 422, content_type=pages.HTML)
    viewed(scan.person_id, scan.id)
    return pages.go("/start/sent#papers")
