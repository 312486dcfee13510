"""Taking claims in at the counter, also while the line is down: the browser seals each item, sends it when it can, and
sends it again until it was answered."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

from flask import Response, g

from services.benefits import store
from services.benefits.domain.intake import IntakeState
from services.benefits.institution import institution
from services.benefits.usecases import intakes
from services.benefits.usecases.claims import FactsInvalid
from services.benefits.usecases.intakes import TakenIn
from services.benefits.views import forms
from services.benefits.views import intake as view
from services.benefits.views.claim_page import DESK
from services.benefits.views.shown import Words, show
from shared.act import Act
from shared.auth import NotSealed
from shared.ids import is_uuid
from shared.reading.days import DateNotRead, read_date
from shared.web import pages
from shared.web.app import viewed
from shared.web.doors import PUBLIC, Doors
from shared.web.problems import Problem, not_found

doors = Doors()
#: What the browser seals to; a new purpose would be a new key.
PURPOSE = "intake"
#: The longest sealed item, and how many a file brings at most.
LONGEST, MOST = 60_000, 100
SCRIPT = Path(__file__).parents[3] / "shared" / "web" / "static" / "sw.js"
Wrong = dict[str, str | Words]


@doors.page("/desk/intake", roles=DESK)
def intake_page(act: Act) -> Any:
    """The form, and what somebody must still look at."""
    return show("intake.html", view.page(act, {}, {}), sealing_key=_key(), ticket=_ticket(act))


def _key() -> str:
    return json.dumps(pages.service().keys.sealing_key(PURPOSE))


@doors.page("/desk/sw.js", roles=PUBLIC)
def service_worker(act: Act) -> Any:
    """The script that opens the form while the line is down; it knows nobody."""
    # The queue itself is `/desk`, above the folder of this script.
    headers = {"Cache-Control": "no-cache", "Service-Worker-Allowed": "/desk"}
    return Response(SCRIPT.read_bytes(), headers=headers, content_type="text/javascript")


@doors.page("/desk/intake/state", roles=DESK)
def state(act: Act) -> Any:
    """What the page needs to send what it has: the token of this session, and the key to seal to."""
    body = {"csrf": g.claims.get("csrf", ""), "key": pages.service().keys.sealing_key(PURPOSE)}
    return Response(json.dumps(body), content_type="application/json")


@doors.page("/desk/intake", method="POST", roles=DESK)
def take_in(act: Act, form: dict[str, str]) -> Any:
    """Take one in without script: what cannot be read comes back beside its field."""
    id_ = form.get("item", "")
    if not is_uuid(id_):
        raise Problem(400, "unreadable")
    taken, wrong = _read(act, form)
    if wrong:
        page = view.page(act, form, wrong)
        return Response(
            show("intake.html", page, sealing_key=_key(), ticket=_ticket(act)), 422, content_type=pages.HTML
        )
    item = intakes.arrive(act, id_, taken)
    viewed(item.id)
    return pages.go(f"/desk/claims/{item.claim_id}" if item.claim_id else f"/desk/intake/{item.id}")


@doors.page("/desk/intake/items", method="POST", roles=DESK, records=False)
def take_item(act: Act, form: dict[str, str]) -> Any:
    """One sealed item. Its id makes it one: sent again, it is answered again."""
    try:
        found = _arrived(act, form.get("id", ""), form.get("sealed", ""))
    except NotSealed:
        raise Problem(422, "content_invalid") from None
    return Response(json.dumps(found), content_type="application/json")


def _ticket(act: Act) -> str:
    """The house's word on who types at this page; it goes into each seal."""
    return pages.service().keys.vouch(json.dumps([PURPOSE, act.actor.id, act.actor.name]))


def _taker(ticket: str) -> tuple[str, str] | None:
    """Who typed an item, as the house has vouched."""
    told = pages.service().keys.vouched(ticket)
    purpose, id_, name = json.loads(told) if told and told.startswith("[") else ("", "", "")
    return (id_, name) if purpose == PURPOSE else None


def _arrived(act: Act, id_: str, sealed: str) -> dict[str, str]:
    """What became of an item. Raises `NotSealed` for what this house cannot open."""
    if not is_uuid(id_) or len(sealed) > LONGEST:
        raise NotSealed
    try:
        said = json.loads(pages.service().keys.unseal(PURPOSE, sealed))
        form = {str(name)[:60]: str(value)[:1000] for name, value in said["form"].items()}
    except (ValueError, KeyError, TypeError, AttributeError):
        raise NotSealed from None
    if said.get("id") != id_:
        raise NotSealed
    pages.speak(str(said.get("language", ""))[:5])
    by = _taker(str(said.get("ticket", "")))
    if by is None:
        raise NotSealed
    taken = replace(_read(act, form)[0], by=by)
    item = intakes.arrive(act, id_, taken)
    viewed(item.id)
    where = f"/desk/claims/{item.claim_id}" if item.claim_id else f"/desk/intake/{item.id}"
    return {"id": item.id, "receipt": item.receipt, "state": item.state, "href": where}


@doors.page("/desk/intake/file", method="POST", roles=DESK)
def take_file(act: Act, form: dict[str, str], files: Mapping[str, Any] | None = None) -> Any:
    """Items that another computer could not send, brought as a file: each is answered, none stops the others."""
    file = (files or {}).get("file")
    try:
        items = json.loads(file.stream.read())["items"] if file is not None else []
        pairs = [(str(x["id"]), str(x["sealed"])) for x in items[:MOST]]
    except (ValueError, KeyError, TypeError, UnicodeDecodeError):
        pairs = []
    done: list[tuple[str, str]] = []
    for id_, sealed in pairs:
        try:
            with act.connection.begin_nested():  # what goes wrong with one undoes no other
                found = _arrived(act, id_, sealed)
            done.append((found["receipt"], found["href"]))
        except (NotSealed, store.NotHere, FactsInvalid):
            done.append((id_[:40], ""))
    wrong: Wrong = {} if pairs else {"file": "required"}
    page = view.page(act, {}, wrong, done=done)
    return Response(
        show("intake.html", page, sealing_key=_key(), ticket=_ticket(act)),
        200 if pairs else 422,
        content_type=pages.HTML,
    )


@doors.page("/desk/intake/<uuid:item_id>", roles=DESK)
def item_page(act: Act, item_id: UUID) -> Any:
    """An item that somebody must look at: what was typed, what is wrong, whom it could be about."""
    item = store.intakes.get(act, str(item_id))
    if item.claim_id is not None:
        return pages.go(f"/desk/claims/{item.claim_id}")
    if item.state is not IntakeState.FAULT:
        raise not_found()
    page = view.page(act, item.typed or {}, _read(act, item.typed or {})[1], item=item)
    viewed(*(p.id for p in page.people))
    return show("intake_item.html", page)


@doors.page("/desk/intake/<uuid:item_id>", method="POST", roles=DESK)
def settle(act: Act, item_id: UUID, form: dict[str, str]) -> Any:
    """Say whom it is about and correct what could not be read, or say why there is nothing to open."""
    item = store.intakes.get(act, str(item_id))
    if item.state is not IntakeState.FAULT:
        return pages.go(f"/desk/intake/{item_id}")
    why, person = form.get("why", "").strip(), form.get("whose", "")
    if form.get("do") == "discard":
        wrong: Wrong = {"why": "required"} if not why else {"why": "too_long"} if len(why) > 300 else {}
        if not wrong:
            intakes.discard(act, item.id, why)
            return pages.go("/desk/intake")
    else:
        taken, wrong = _read(act, form)
        if not is_uuid(person):
            wrong["whose"] = "required"
        if not wrong and form.get("do") == "take":
            viewed(person)
            try:
                intakes.settle(act, item.id, person, taken)
            except FactsInvalid as cannot:
                wrong = {e["pointer"].removeprefix("#/"): e["code"] for e in cannot.errors}
            else:
                return pages.go(f"/desk/claims/{item.id}")
    page = view.page(act, form, wrong, item=item)
    viewed(*(p.id for p in page.people))
    return Response(show("intake_item.html", page), 422, content_type=pages.HTML)


def _read(act: Act, form: Mapping[str, str]) -> tuple[TakenIn, Wrong]:
    """What was typed, by the readers of the claim's own form; and what cannot be read of it."""
    country = institution().country
    benefit = form.get("benefit", "")
    wrong: Wrong = {name: "too_long" for name, most in view.WHO.items() if len(form.get(name, "")) > most}
    if benefit not in forms.benefits_of(country, act.today):
        wrong["benefit"] = "required"
    if not form.get("name", "").strip():
        wrong["name"] = "required"
    specs = forms.event_facts(country, benefit, act.today)
    # Judgements are no part of this form, whoever sends them.
    said = {n: v for n, v in form.items() if not n.startswith("judge_") and (not n.startswith("event_") or v.strip())}
    language = pages.language()
    read = forms.read_form(said, known={}, specs=specs, today=act.today, language=language, by=act.actor.id)
    wrong |= read.errors
    born = _day(form.get("born_on", ""), "born_on", act.today, wrong)
    taken = TakenIn(
        typed={name: value for name, value in form.items() if value.strip() and name not in ("item", "do", "whose")},
        benefit=benefit,
        name=form.get("name", "").strip(),
        number=form.get("number", "").strip(),
        born_on=born,
        received_on=read.received_on,
        facts=read.facts,
        papers=read.papers,
        unread=bool(wrong),
    )
    return taken, wrong


def _day(typed: str, name: str, today: date, wrong: Wrong) -> date | None:
    try:
        return read_date(typed[:40], today, pages.language())
    except DateNotRead as unread:
        wrong[name] = dict(unread.text)
        return None
