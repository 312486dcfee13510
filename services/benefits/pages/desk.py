"""The desk: find a person, see what is open for her, register a claim by keyboard, decide, print."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Response, request

from services.benefits import store
from services.benefits.domain.appeal import DayCannotBe
from services.benefits.domain.claim import Claim, ClaimState, Papers
from services.benefits.domain.decision import NotReady
from services.benefits.domain.ids import EmployerId, PersonId
from services.benefits.domain.intake import read_receipt
from services.benefits.institution import institution
from services.benefits.pages.payee_code import from_qr
from services.benefits.usecases import claims, decisions, exports, marks, people, registering
from services.benefits.views import claim_page, decision, forms, lists, words
from services.benefits.views import person as persons
from services.benefits.views.claim_page import DESK, LOOK
from services.benefits.views.shown import Words, show
from shared.act import Act
from shared.ids import is_uuid
from shared.period import Month
from shared.reading import NotRead
from shared.reading.amounts import read_amount
from shared.reading.days import DateNotRead, read_date
from shared.web import pages, texts
from shared.web.app import viewed
from shared.web.doors import Doors
from shared.web.problems import Problem, stale

doors = Doors()
#: What is wrong, by field: a code, or the words of a reader.
Wrong = dict[str, str | Words]


# --- lists -------------------------------------------------------------------------------------


@doors.page("/desk/claims", roles=LOOK)
def all_claims(act: Act) -> Any:
    """All claims of the office, found by number or name."""
    page, named = lists.claims(act, request.args.get("text", "").strip()[:80])
    viewed(*named)
    return show("claims.html", page)


@doors.page("/desk/search", roles=LOOK)
def search(act: Act) -> Any:
    """One box for number, claim number, phone and name."""
    text = request.args.get("q", "").strip()[:120]
    digits = "".join(c for c in text if c.isdigit())
    receipt = read_receipt(text)
    if receipt is not None and (item := store.intakes.with_receipt(act, receipt)) is not None:
        return pages.go(f"/desk/intake/{item.id}")
    if len(digits) == 12 and (found := store.claims.id_of_number(act, digits)) is not None:
        return pages.go(lists.place(store.claims.get(act, found)))
    people_ = registering.search(act, text)
    viewed(*(p.id for p in people_))
    if len(people_) == 1:
        return pages.go(f"/desk/persons/{people_[0].id}")
    known = store.persons.identifiers(act, [p.id for p in people_])
    return pages.render("search.html", text=text, rows=people_, known=known)


# --- a person ----------------------------------------------------------------------------------


def seen_alike(head: persons.Head) -> None:
    """Whoever sees a header sees whom she could be mistaken for."""
    viewed(*(head.alike.ids if head.alike is not None else ()))


@doors.page("/desk/persons/<uuid:person_id>", roles=LOOK)
def person(act: Act, person_id: UUID) -> Any:
    """Who is this, what is open for her, what is it waiting for."""
    return _person_page(act, str(person_id), {}, {})


def _person_page(act: Act, person_id: str, form: dict[str, str], errors: Wrong) -> str:
    page = persons.page(act, store.persons.get(act, person_id), form, errors)
    seen_alike(page.head)
    return show("person.html", page)


def _again(act: Act, person_id: str, form: dict[str, str], errors: Wrong) -> Response:
    """The person's page with what was typed, beside what is wrong with it."""
    return Response(_person_page(act, person_id, form, errors), 422, content_type=pages.HTML)


def _version(form: dict[str, str]) -> int:
    """The version of which a form was filled in. A form without one is out of date."""
    if not (form.get("version", "").isdecimal() and len(form["version"]) < 10):
        raise stale()
    return int(form["version"])


@doors.page("/desk/persons/<uuid:person_id>/claims", method="POST", roles=DESK)
def open_claim(act: Act, person_id: UUID, form: dict[str, str]) -> Any:
    """Open a draft."""
    id_ = claims.open_claim(act, PersonId(str(person_id)), benefit=form.get("benefit", "sickness"))
    return pages.go(f"/desk/claims/{id_}")


@doors.page("/desk/persons/<uuid:person_id>/payee", method="POST", roles=DESK)
def change_payee(act: Act, person_id: UUID, form: dict[str, str]) -> Any:
    """Say where her money goes, by bank, wallet or in cash, and why it is another account."""
    version = _version(form)
    try:
        form = from_qr(act, form)
    except NotRead as wrong:
        return _again(act, str(person_id), form, {"qr": wrong.code})
    kind = form.get("kind", "bank")
    most = {"bank": 20, "number": 40, "holder": 200, "payee_why": 500}
    if kind == "cash":  # whoever comes to the counter is looked at there
        most = {name: n for name, n in most.items() if name not in ("bank", "number")}
        form = form | {"bank": "", "number": ""}
    errors = _wrong_texts(form, most)
    if errors:
        return _again(act, str(person_id), form, errors)
    values = {name: form[name].strip() for name in ("bank", "number", "holder")}
    if kind not in ("bank", "wallet", "cash"):
        raise Problem(400, "unreadable")
    try:
        people.change_payee(act, str(person_id), kind=kind, **values, why=form["payee_why"].strip(), version=version)
    except people.CannotBe as wrong:
        return _again(act, str(person_id), form, {wrong.pointer.removeprefix("#/"): wrong.code})
    return pages.go(f"/desk/persons/{person_id}")


def _wrong_texts(form: dict[str, str], most: dict[str, int]) -> Wrong:
    """Which of the texts that are needed are missing or too long."""
    errors: Wrong = {name: "too_long" for name, n in most.items() if len(form.get(name, "").strip()) > n}
    return errors | {name: "required" for name in most if not form.get(name, "").strip()}


@doors.page("/desk/persons/<uuid:person_id>/death", method="POST", roles=("officer", "supervisor"))
def judge_death(act: Act, person_id: UUID, form: dict[str, str]) -> Any:
    """The last word on a death that was reported: confirmed with its day, or mistaken."""
    version, do = _version(form), form.get("do")
    errors = _wrong_texts(form, {"death_why": 500})
    died_on = None
    if do == "confirmed":
        try:
            died_on = read_date(form.get("died_on", "")[:40], act.today, pages.language())
            errors |= {} if died_on is not None else {"died_on": "required"}
        except DateNotRead as unread:
            errors["died_on"] = dict(unread.text)
    elif do != "mistaken":
        raise Problem(422, "content_invalid")
    if errors:
        return _again(act, str(person_id), form, errors)
    why = form["death_why"].strip()
    try:
        if died_on is None:
            marks.death_mistaken(act, str(person_id), version, why=why)
        else:
            marks.confirm_death(act, str(person_id), version, died_on=died_on, why=why)
    except marks.DayOfDeath as wrong:
        return _again(act, str(person_id), form, {"died_on": wrong.code})
    return pages.go(f"/desk/persons/{person_id}")


@doors.page("/desk/persons/<uuid:person_id>/address-check", method="POST", roles=("officer", "supervisor"))
def check_address(act: Act, person_id: UUID, form: dict[str, str]) -> Any:
    """Somebody has looked where she lives after a letter came back."""
    version = _version(form)
    errors = _wrong_texts(form, {"check_why": 500})
    if errors:
        return _again(act, str(person_id), form, errors)
    marks.address_checked(act, str(person_id), version, why=form["check_why"].strip())
    return pages.go(f"/desk/persons/{person_id}")


@doors.page("/desk/persons/<uuid:person_id>/contributions/withdrawal", method="POST", roles=("officer", "supervisor"))
def withdraw_month(act: Act, person_id: UUID, form: dict[str, str]) -> Any:
    """Take back a month of contributions that cannot have been; what it said is kept."""
    version = _version(form)
    errors = _wrong_texts(form, {"month_why": 500})
    told = _month_told(form.get("month", ""))
    if told is None:
        errors["month"] = "required"
    if errors or told is None:
        return _again(act, str(person_id), form, errors)
    people.withdraw_contribution(act, str(person_id), version, *told, why=form["month_why"].strip())
    return pages.go(f"/desk/persons/{person_id}")


@doors.page("/desk/persons/<uuid:person_id>/contributions/correction", method="POST", roles=("officer", "supervisor"))
def correct_wage(act: Act, person_id: UUID, form: dict[str, str]) -> Any:
    """Correct the wage of a month with a reason; the employer whose word it was reads of it."""
    version, errors = _version(form), _wrong_texts(form, {"wage_why": 500})
    told = _month_told(form.get("wage_month", ""))
    if told is None:
        errors["wage_month"] = "required"
    try:
        wage = read_amount(form.get("wage", "")[:60], institution().currency, pages.language())
    except NotRead as unread:
        errors["wage"] = words.not_read(unread)
    if errors or told is None:
        return _again(act, str(person_id), form, errors)
    people.correct_wage(act, str(person_id), version, *told, wage, why=form["wage_why"].strip())
    return pages.go(f"/desk/persons/{person_id}")


def _month_told(typed: str) -> tuple[Month, EmployerId | None] | None:
    """A month and whose word it is, as the forms offer them."""
    month, _, employer = typed.partition(" ")
    try:
        wanted = Month.parse(month)
    except ValueError:
        return None
    return None if employer and not is_uuid(employer) else (wanted, EmployerId(employer) if employer else None)


@doors.page("/desk/persons/<uuid:person_id>/details", method="POST", roles=DESK)
def correct_person(act: Act, person_id: UUID, form: dict[str, str]) -> Any:
    """Correct her address, phone or language; what it said before is kept."""
    version = _version(form)
    address = [line.strip() for line in form.get("address", "").splitlines() if line.strip()]
    errors = _wrong_texts(form, {"details_why": 500})
    if len(address) > 6 or any(len(line) > 200 for line in address):
        errors["address"] = "too_long"
    if form.get("language") not in texts.LANGUAGES:
        errors["language"] = "unknown_word"
    if errors:
        return _again(act, str(person_id), form, errors)
    try:
        people.correct_person(
            act,
            str(person_id),
            version,
            why=form["details_why"].strip(),
            address=address,
            phone=form.get("phone", "")[:60],
            language=form["language"],
        )
    except people.CannotBe as wrong:
        return _again(act, str(person_id), form, {wrong.pointer.removeprefix("#/"): wrong.code})
    return pages.go(f"/desk/persons/{person_id}")


@doors.page("/desk/persons/<uuid:person_id>/name", method="POST", roles=("officer", "supervisor"))
def correct_name(act: Act, person_id: UUID, form: dict[str, str]) -> Any:
    """Correct how she is called, with the paper that says so; what it said before is kept."""
    version = _version(form)
    errors = _wrong_texts(form, {"name": 200, "name_why": 500})
    if errors:
        return _again(act, str(person_id), form, errors)
    names, why = (form["name"], form.get("name_latin", "")[:200] or None), form["name_why"].strip()
    try:
        people.correct_name(act, str(person_id), version, *names, why=why)
    except people.CannotBe as wrong:
        return _again(act, str(person_id), form, {wrong.pointer.removeprefix("#/").replace("/", "_"): wrong.code})
    return pages.go(f"/desk/persons/{person_id}")


@doors.page("/desk/persons/<uuid:person_id>/exports", method="POST", roles=("officer", "supervisor"))
def ask_export(act: Act, person_id: UUID, form: dict[str, str]) -> Any:
    """Ask for a copy of all that is kept about her, in her name."""
    errors = _wrong_texts(form, {"export_why": 500})
    if errors:
        return _again(act, str(person_id), form, errors)
    spoken = form.get("export_language", "")
    language = spoken if spoken in texts.LANGUAGES else pages.language()
    exports.ask(act, str(person_id), why=form["export_why"].strip(), language=language)
    return pages.go(f"/desk/persons/{person_id}#kept")


@doors.page("/desk/persons/<uuid:person_id>/exports/<uuid:export_id>.zip", roles=("officer", "supervisor"))
def export_file(act: Act, person_id: UUID, export_id: UUID) -> Any:
    """The copy, to be handed over on paper or as a file."""
    found = exports.handed_over(act, str(person_id), str(export_id))
    headers = {"Content-Disposition": f'attachment; filename="kept-{found.on.isoformat()}.zip"'}
    return Response(found.content, headers=headers, content_type="application/zip")


# --- a claim -----------------------------------------------------------------------------------


@doors.page("/desk/claims/<uuid:claim_id>", roles=LOOK)
def claim(act: Act, claim_id: UUID) -> Any:
    """The facts as the paper has them, and what follows from them."""
    found = store.claims.get(act, str(claim_id))
    return _claim_page(act, found, claim_page.page(act, found))


def _claim_page(
    act: Act, found: Claim, page: claim_page.ClaimPage, view: claim_page.ClaimView | None = None, status: int = 200
) -> Response:
    viewed(found.person_id)
    seen_alike(page.head)
    shown = show("claim.html", view or _view(act, found), page)
    return Response(shown, status, content_type=pages.HTML)


def _view(act: Act, found: Claim, typed: forms.Typed | None = None) -> claim_page.ClaimView:
    return claim_page.view(act, found, _picture(act, found, typed), typed)


def _picture(act: Act, found: Claim, typed: forms.Typed | None) -> claims.Picture:
    if typed is None:
        return claims.picture(act, found)
    return claims.picture(act, found, typed.facts, Papers(typed.papers))


def _typed(act: Act, found: Claim, form: dict[str, str]) -> forms.Typed:
    specs = forms.event_facts(found.country, found.benefit, act.today)
    typed = forms.read_form(
        form, known=found.facts, specs=specs, today=act.today, language=pages.language(), by=act.actor.id
    )
    shown = ("doctor", "place", "remarks", "verified")
    typed.papers = {k: v for k, v in found.papers.given.items() if k not in shown} | typed.papers
    return typed


@doors.page("/desk/claims/<uuid:claim_id>/preview", method="POST", roles=DESK, records=False)
def preview(act: Act, claim_id: UUID, form: dict[str, str]) -> Any:
    """What follows from what is being typed; nothing is stored."""
    found = store.claims.get(act, str(claim_id))
    viewed(found.person_id)
    return show("claim_preview.html", _view(act, found, _typed(act, found, form)))


@doors.page("/desk/claims/<uuid:claim_id>", method="POST", roles=DESK)
def save_claim(act: Act, claim_id: UUID, form: dict[str, str]) -> Any:
    """Save the facts; or save and go on: submit, decide, ask for something missing, withdraw."""
    found = store.claims.get(act, str(claim_id))
    typed, why, do = _typed(act, found, form), form.get("why", "").strip() or None, form.get("do")
    if found.is_decided and not why:
        typed.errors["why"] = "required"
    picture = _picture(act, found, typed) if typed.errors or do == "submit" else None
    if picture is not None and (typed.errors or picture.errors):
        view = claim_page.view(act, found, picture, typed)
        return _claim_page(act, found, claim_page.page(act, found, why=why or ""), view, 422)
    claims.save_facts(
        act,
        found.id,
        _seen_version(form),
        facts=typed.facts,
        papers=typed.papers,
        received_on=typed.received_on,
        why=why,
    )
    decides = do in ("decide", "submit")
    if do == "submit" and found.state in (ClaimState.DRAFT, ClaimState.RETURNED):
        claims.submit(act, found.id, None)
        decides = act.actor.has("officer", "supervisor")
    return pages.go(f"/desk/claims/{found.id}/decide" if decides else f"/desk/claims/{found.id}")


def _seen_version(form: dict[str, str]) -> int | None:
    return int(form["version"]) if form.get("version", "").isdecimal() else None


@doors.page("/desk/claims/<uuid:claim_id>/return", method="POST", roles=("officer", "supervisor"))
def return_claim(act: Act, claim_id: UUID, form: dict[str, str]) -> Any:
    """Somebody must bring something first."""
    whom, reason, until = form.get("whom", ""), form.get("reason", "missing_papers"), None
    wrong: Wrong = {}
    if reason not in words.REASONS:
        raise Problem(422, "content_invalid")
    if whom not in ("doctor", "worker", "employer", "registry"):
        wrong["whom"] = "required"
    if len(form.get("words", "")) > 500:
        wrong["words"] = "too_long"
    try:
        until = read_date(form.get("until", "")[:40], act.today, pages.language())
    except DateNotRead as unread:
        wrong["until"] = dict(unread.text)
    if not wrong:
        try:
            claims.return_claim(act, str(claim_id), None, whom, reason, form.get("words"), until)
        except claims.FactsInvalid as cannot:
            wrong = {e["pointer"].removeprefix("#/"): e["code"] for e in cannot.errors}
    if wrong:
        found = store.claims.get(act, str(claim_id))
        return _claim_page(act, found, claim_page.page(act, found, ask=form, ask_errors=wrong), status=422)
    return pages.go(f"/desk/claims/{claim_id}")


@doors.page("/desk/claims/<uuid:claim_id>/withdraw", method="POST", roles=DESK)
def withdraw(act: Act, claim_id: UUID, form: dict[str, str]) -> Any:
    """The claimant does not want it any more."""
    claims.withdraw(act, str(claim_id), None, form.get("why", "")[:500])
    return pages.go(f"/desk/claims/{claim_id}")


# --- deciding ----------------------------------------------------------------------------------


@doors.page("/desk/claims/<uuid:claim_id>/decide", roles=LOOK)
def decide_page(act: Act, claim_id: UUID) -> Any:
    """The decisive reason, the worksheet, what will be paid and when, and what forbids it."""
    found = store.claims.get(act, str(claim_id))
    view, page = decision.page(act, found)
    viewed(found.person_id)
    seen_alike(page.head)
    return show("decide.html", view, page)


def _judged_without_a_word(form: Mapping[str, str]) -> dict[str, str]:
    """Judgements that say no reason: none is taken without one."""
    pairs = [(n, f"why-{n[7:]}") for n in form if n.startswith("choice-") and form[n] == "accept"]
    pairs += [(n, f"because-{n[8:]}") for n in form if n.startswith("finding-") and form[n] in ("met", "not_met")]
    return {why: "required" for _, why in pairs if not form.get(why, "").strip()}


@doors.page("/desk/claims/<uuid:claim_id>/judge", method="POST", roles=("officer", "supervisor"))
def judge(act: Act, claim_id: UUID, form: dict[str, str]) -> Any:
    """Judge warnings, each in a few words; and conditions that the law leaves to judgement."""
    found = store.claims.to_change(act, str(claim_id), None)
    wrong = _judged_without_a_word(form)
    if wrong:
        view, page = decision.page(act, found, judging=form, wrong=wrong)
        viewed(found.person_id)
        return Response(show("decide.html", view, page), 422, content_type=pages.HTML)
    for name, choice in form.items():
        if name.startswith("choice-") and choice == "accept":
            claims.judge_warning(act, found.id, None, name[7:], form[f"why-{name[7:]}"].strip())
    known = found.facts.get("judgements") or {}
    judgements = dict(known)
    for name, value in form.items():
        if name.startswith("finding-") and value in ("met", "not_met"):
            why = form.get(f"because-{name[8:]}", "").strip()
            if why:
                judgements[name[8:]] = {"met": value == "met", "why": why[:200]}
    if judgements != known:
        facts = {**found.facts, "judgements": judgements}
        claims.save_facts(act, found.id, None, facts=facts, why="condition judged")
    return pages.go(f"/desk/claims/{claim_id}/decide")


@doors.page("/desk/claims/<uuid:claim_id>/decide", method="POST", roles=("officer", "supervisor"))
def decide(act: Act, claim_id: UUID, form: dict[str, str]) -> Any:
    """Decide, confirm, or give back."""
    found, do = store.claims.get(act, str(claim_id)), form.get("do")
    if do in ("confirm", "give_back"):
        _second(act, found, form)
    else:
        try:
            decisions.propose(act, found.id, _seen_version(form), form.get("reasons") or None)
        except NotReady as not_ready:
            reasons = [{"pointer": "#", "code": code, "params": params} for code, params in not_ready.reasons]
            raise Problem(409, "not_ready", errors=reasons) from None
    return pages.go(f"/desk/claims/{claim_id}/decide")


def _second(act: Act, found: Claim, form: dict[str, str]) -> None:
    """The second person's word on the proposal she saw."""
    if not act.actor.has("supervisor"):
        raise Problem(403, "not_your_task")
    proposed = store.decisions.proposed(act, found.id)
    if proposed is None or proposed.id != form.get("decision"):
        raise Problem(409, "changed_meanwhile")
    if form["do"] == "confirm":
        decisions.confirm(act, proposed.id)
        return
    reason = form.get("reason", "explain_more")
    if reason not in decisions.RETURN_REASONS:
        raise Problem(422, "content_invalid")
    decisions.give_back(act, proposed.id, reason, form.get("words") or None)


@doors.page("/desk/claims/<uuid:claim_id>/appeal", method="POST", roles=DESK)
def appeal(act: Act, claim_id: UUID, form: dict[str, str]) -> Any:
    """Take an appeal in at the desk."""
    found = store.claims.get(act, str(claim_id))
    grounds, came_in = form.get("grounds", "").strip(), None
    errors: Wrong = {}
    if not grounds or len(grounds) > 5000:
        errors["grounds"] = "too_long" if grounds else "required"
    try:
        came_in = read_date(form.get("lodged_on", "")[:40], act.today, pages.language())
    except DateNotRead as unread:
        errors["lodged_on"] = dict(unread.text)
    if not errors:
        try:
            decisions.lodge_appeal(act, found.id, form.get("decision", ""), form.get("finding", ""), grounds, came_in)
        except DayCannotBe as wrong:
            errors["lodged_on"] = wrong.code
    if errors:
        return _claim_page(act, found, claim_page.page(act, found, contest=form, contest_errors=errors), status=422)
    return pages.go(f"/desk/claims/{claim_id}")


@doors.page("/desk/claims/<uuid:claim_id>/code", method="POST", roles=DESK, records=False)
def new_code(act: Act, claim_id: UUID, form: dict[str, str]) -> Any:
    """A new code for the worker's page, when the old one is lost: it goes to her by letter, not over the counter."""
    return pages.render("code.html", claim=claims.renew_access(act, str(claim_id)))
