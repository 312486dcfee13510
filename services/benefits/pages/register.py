"""Registering somebody new at the desk: who she could be comes first; another office's person is asked over."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, request

from services.benefits import store
from services.benefits.domain.ids import EmployerId
from services.benefits.institution import institution
from services.benefits.usecases import people, registering
from services.benefits.usecases.registering import Newcomer
from services.benefits.views import register as view
from services.benefits.views import words
from services.benefits.views.claim_page import DESK
from services.benefits.views.shown import Words, show
from shared.act import Act
from shared.ids import is_uuid
from shared.money import Money
from shared.period import Month
from shared.reading import NotRead
from shared.reading.amounts import read_amount
from shared.reading.days import DateNotRead, read_date, read_month
from shared.web import pages, texts
from shared.web.app import viewed
from shared.web.doors import Doors
from shared.web.problems import wrong_state

doors = Doors()
Wrong = dict[str, str | Words]
#: The longest of each text of the form; the first of them is needed.
MOST = {"name": 200, "name_latin": 200, "number": 60, "national": 60, "phone": 40, "employer": 60, "bank": 20}
MOST |= {"account": 40, "holder": 200}
#: Languages whose names are written in Latin letters.
WRITE_LATIN = ("en", "vi")
#: The field of what a use case refused.
_FIELD = {
    "#/name/full": "name",
    "#/name/latin": "name_latin",
    "#/identifiers/0/value": "number",
    "#/identifiers/1/value": "national",
    "#/number": "account",
}


@doors.page("/desk/register", roles=DESK)
def register_page(act: Act) -> Any:
    """The form, with what was looked for as the name."""
    looked_for = request.args.get("q", "").strip()[:120]
    digits = sum(c.isdigit() for c in looked_for)
    # Where names are not written in Latin letters, a Latin name that was looked for is the second field's.
    latin = looked_for.isascii() and institution().language not in WRITE_LATIN
    field = "number" if digits > len(looked_for) / 2 else "name_latin" if latin else "name"
    typed = {field: looked_for} if looked_for else {}
    return show("register.html", view.page(act, typed, {}))


@doors.page("/desk/register", method="POST", roles=DESK)
def register(act: Act, form: dict[str, str]) -> Any:
    """Register her; whom she could be is shown first, and is looked at before the form is sent again."""
    errors = _texts(form)
    new = _read(act, form, errors)
    if errors:
        return _again(act, form, errors)
    seen = [id_ for id_ in form.get("seen", "").split() if is_uuid(id_)] if form.get("other") else []
    try:
        id_ = registering.register(act, registering.read_newcomer(act, new), seen)
    except people.CannotBe as wrong:
        return _again(act, form, {_FIELD.get(wrong.pointer, wrong.pointer.removeprefix("#/")): wrong.code})
    except people.AlreadyKnown as known:
        viewed(known.person_id)
        return pages.go(f"/desk/persons/{known.person_id}")
    except registering.LooksLike as found:
        viewed(*(one.person.id for one in found.alike), *(one.person_id for one in found.others))
        page = view.page(act, form, {}, found.alike, found.others)
        return Response(show("register.html", page), 422, content_type=pages.HTML)
    # She stands at the counter with her phone: now is the moment to see that the number reaches it.
    return pages.go(f"/desk/persons/{id_}/phone" if form.get("phone", "").strip() else f"/desk/persons/{id_}")


def _again(act: Act, form: dict[str, str], errors: Wrong) -> Response:
    return Response(show("register.html", view.page(act, form, errors)), 422, content_type=pages.HTML)


def _texts(form: dict[str, str]) -> Wrong:
    """Texts that are too long, or needed and missing."""
    errors: Wrong = {name: "too_long" for name, n in MOST.items() if len(form.get(name, "").strip()) > n}
    if len(form.get("address", "").splitlines()) > 6 or len(form.get("address", "")) > 1200:
        errors["address"] = "too_long"
    needed = {"name"} | ({"hired_on"} if form.get("employer", "").strip() else set())
    if form.get("kind") in ("bank", "wallet"):
        needed |= {"bank", "account"}
    for field, table in (("sex", view.SEXES), ("pay", view.PAYS), ("kind", view.PAYEE_KINDS)):
        if form.get(field) and form[field] not in table:
            errors[field] = "unknown_word"
    if form.get("insured_as") and form["insured_as"] not in institution().insured_as:
        errors["insured_as"] = "unknown_word"
    if form.get("language") and form["language"] not in texts.NAMES:
        errors["language"] = "unknown_word"
    return errors | {name: "required" for name in needed if not form.get(name, "").strip()}


def _read(act: Act, form: dict[str, str], errors: Wrong) -> Newcomer:
    """What the form says; what cannot be read is put into `errors`."""
    said = {name: form.get(name, "").strip() for name in MOST}
    employer = _employer(act, said["employer"], errors) if said["employer"] else None
    schemes = institution().schemes
    numbers = [
        {"scheme": schemes[kind], "value": said[field], "verified": bool(form.get("card"))}
        for kind, field in (("insured", "number"), ("national", "national"))
        if said[field] and kind in schemes
    ]
    return Newcomer(
        name=said["name"],
        latin=said["name_latin"] or None,
        sex=form.get("sex") or None,
        born_on=_day(act, form, "born_on", errors),
        numbers=numbers,
        phone=said["phone"] or None,
        language=form.get("language") or None,
        address=[line.strip() for line in form.get("address", "").splitlines() if line.strip()],
        insured_as=form.get("insured_as") or "employee",
        insured_since=_day(act, form, "insured_since", errors),
        employer=employer,
        hired_on=_day(act, form, "hired_on", errors),
        pay=form.get("pay") or None,
        wages=_wages(form, errors),
        paid=bool(form.get("paid")),
        account=_account(form, said),
    )


def _employer(act: Act, typed: str, errors: Wrong) -> EmployerId | None:
    """The employer by number, or by a name that only one has."""
    if (found := store.places.employer_with(act, typed)) is not None:
        return found
    called = store.places.employers_called(act, typed, most=6)
    if len(called) == 1:
        return called[0].id
    several = ", ".join(f"{one.number} {one.name}" for one in called)
    told = words.text(words.ERRORS, "employers_alike", {"employers": several}) if called else "unknown_employer"
    errors.setdefault("employer", told)
    return None


def _day(act: Act, form: dict[str, str], field: str, errors: Wrong) -> Any:
    try:
        return read_date(form.get(field, "")[:40], act.today, pages.language())
    except DateNotRead as unread:
        errors.setdefault(field, dict(unread.text))
        return None


def _wages(form: dict[str, str], errors: Wrong) -> list[tuple[Month, Money]]:
    """The lines that are filled in."""
    found: list[tuple[Month, Money]] = []
    for n in range(view.MONTHS):
        month, wage = (form.get(f"{name}-{n}", "").strip()[:40] for name in ("month", "wage"))
        if not month and not wage:
            continue
        try:
            read = read_month(month, buddhist=institution().buddhist_years)
        except NotRead as wrong:
            errors[f"month-{n}"] = wrong.code
            continue
        try:
            found.append((read, read_amount(wage, institution().currency, pages.language())))
        except NotRead as wrong:
            errors[f"wage-{n}"] = words.not_read(wrong)
        if len({m for m, _ in found}) < len(found):
            errors[f"month-{n}"] = "month_twice"
    return found


def _account(form: dict[str, str], said: dict[str, str]) -> dict[str, str]:
    kind = form.get("kind", "")
    if not kind:
        return {}
    holder = said["holder"] or said["name_latin"] or said["name"]
    if kind == "cash":  # whoever comes to the counter is looked at there
        return {"kind": kind, "bank": "", "number": "", "holder": holder}
    return {"kind": kind, "bank": said["bank"], "number": said["account"], "holder": holder}


# --- from one office to another ----------------------------------------------------------------


@doors.page("/desk/transfers", method="POST", roles=DESK)
def ask_over(act: Act, form: dict[str, str]) -> Any:
    """Ask the office that she belongs to for her."""
    person_id, why = form.get("person", ""), form.get("why", "").strip()[:500]
    if not is_uuid(person_id) or not why:
        return pages.go("/desk/register")
    viewed(person_id)
    try:
        registering.ask_over(act, person_id, why=why)
    except registering.OwnPerson:
        return pages.go(f"/desk/persons/{person_id}")
    except registering.AlreadyAsked:
        pass  # by a colleague, or by a second click; the queue shows it
    return pages.go("/desk#transfers")


@doors.page("/desk/transfers/<uuid:transfer_id>", method="POST", roles=("officer", "supervisor"))
def answer_transfer(act: Act, transfer_id: UUID, form: dict[str, str]) -> Any:
    """Give her over to the office that asks, with all her claims, or say why not."""
    why, do = form.get("why", "").strip()[:500], form.get("do")
    if not why or do not in ("give", "refuse"):
        return pages.go("/desk#transfers")
    try:
        answered = registering.answer_transfer(act, str(transfer_id), given=do == "give", why=why)
    except registering.AlreadyAsked:
        raise wrong_state("answered") from None
    viewed(answered.person_id)
    return pages.go("/desk#transfers")
