"""The desk: find a person, see what is open for her, register a claim by keyboard, decide, print."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from flask import Response, request
from sqlalchemy import select

from services.benefits import store
from services.benefits import tables as t
from services.benefits.conformance.line import line_for
from services.benefits.domain.appeal import DayCannotBe
from services.benefits.domain.claim import State
from services.benefits.domain.decision import NotReady
from services.benefits.domain.warnings import open_ones
from services.benefits.institution import institution
from services.benefits.pages import forms, words
from services.benefits.usecases import accounts, claims, decisions, marks, people
from services.benefits.usecases.awards import WAITS
from shared.act import Act
from shared.money import Money
from shared.web import formatting, pages
from shared.web.app import seen
from shared.web.doors import Doors
from shared.web.formatting import read_date
from shared.web.problems import Problem, stale

doors = Doors()
DESK = ("clerk", "officer", "supervisor")
LOOK = (*DESK, "auditor")


# --- lists -------------------------------------------------------------------------------------


def _row(row: Any, today: date) -> dict[str, Any]:
    """A claim as a line of a list."""
    waits = pages.translate(words.WAITS[row.waits_for]) if row.waits_for else ""
    place = "/overpayment" if row.waits_reason in WAITS else ""
    return {
        "_href": f"/desk/claims/{row.id}{place}",
        "_id": row.id,
        "number": row.number,
        "name": row.name,
        "latin": row.name_latin or "",
        "benefit": words.text(words.BENEFITS, row.benefit),
        "state": words.text(words.STATES, row.state),
        "kind": words.STATE_KINDS[row.state],
        "received_on": row.received_on,
        "waits": waits,
        "days": (today - row.received_on).days,
        "reason": words.text(words.REASONS, row.waits_reason) if row.waits_reason else None,
        "late": (today - row.received_on).days > institution().service_days,
    }


@doors.page("/desk", roles=LOOK)
def queue(act: Act) -> Any:
    """What waits, longest first, and for whom."""
    wanted = request.args.get("show", "")
    to_confirm = store.queue(act, [State.IN_ASSESSMENT, State.DECIDED, State.CLOSED], waits_for="supervisor")
    to_decide = store.queue(
        act,
        [State.SUBMITTED, State.IN_ASSESSMENT, State.RETURNED, State.DECIDED, State.CLOSED],
        waits_for="officer",
    )
    waiting = list(store.queue(act, [*claims.OPEN_STATES, State.DECIDED, State.CLOSED], waits_for="others"))
    drafts = store.queue(act, [State.DRAFT])
    nobody = list(store.queue(act, [State.SUBMITTED, State.RETURNED, State.IN_ASSESSMENT], waits_for="nobody"))
    groups = [
        ("confirm", to_confirm),
        ("decide", to_decide),
        ("waiting", waiting),
        ("drafts", drafts),
        ("nobody", nobody),
    ]
    if not act.actor.has("supervisor", "auditor"):
        groups = groups[1:]
    shown = [(key, [_row(r, act.today) for r in rows]) for key, rows in groups if not wanted or wanted == key]
    seen(*(r.person_id for _, rows in groups for r in rows))
    return pages.render("queue.html", groups=shown, counts={key: len(rows) for key, rows in groups}, wanted=wanted)


@doors.page("/desk/claims", roles=LOOK)
def all_claims(act: Act) -> Any:
    """All claims of the office, found by number or name."""
    text = request.args.get("text", "").strip()[:80]
    rows = store.queue(act, [s.value for s in State], text=text, most=200, newest=True)
    seen(*(r.person_id for r in rows))
    return pages.render("claims.html", rows=[_row(r, act.today) for r in rows], text=text)


@doors.page("/desk/search", roles=LOOK)
def search(act: Act) -> Any:
    """One box for number, claim number, phone and name."""
    text = request.args.get("q", "").strip()[:120]
    digits = "".join(c for c in text if c.isdigit())
    if len(digits) == 12:
        found = act.connection.scalar(
            select(t.claim.c.id).where(t.claim.c.number == digits, store.of_office(act, t.claim))
        )
        if found:
            return pages.go(f"/desk/claims/{found}")
    rows = store.find_persons(act, text)
    seen(*(r.id for r in rows))
    if len(rows) == 1:
        return pages.go(f"/desk/persons/{rows[0].id}")
    known = store.identifiers(act, [r.id for r in rows])
    return pages.render("search.html", text=text, rows=rows, known=known)


# --- a person ----------------------------------------------------------------------------------


def person_head(act: Act, row: Any) -> dict[str, Any]:
    """The header of every page about a person."""
    known = store.identifiers(act, [row.id])[row.id]
    facts = [{"label": pages.translate("Insured number"), "value": i["value"]} for i in known[:1]]
    language = pages.language()
    if row.born_on:
        facts.append({"label": pages.translate("Born"), "value": formatting.date_html(row.born_on, language)})
    if row.phone:
        facts.append({"label": pages.translate("Phone"), "value": row.phone})
    if row.insured_since:
        facts.append(
            {
                "label": pages.translate("Insured since"),
                "value": formatting.month_html(row.insured_since, language),
            }
        )
    alike = store.look_alikes(act, row)
    head: dict[str, Any] = {"name": row.name, "lang": row.language, "latin": row.name_latin, "facts": facts}
    if alike:
        other = alike[0]
        year = f", {other.born_on.year}" if other.born_on else ""
        head["alike"] = {
            "n": len(alike),
            "href": f"/desk/search?q={(row.name_latin or row.name).split()[0]}",
            "text": f"{other.name_latin or other.name}{year}",
        }
        seen(*(a.id for a in alike))
    return head


@doors.page("/desk/persons/<uuid:person_id>", roles=LOOK)
def person(act: Act, person_id: UUID) -> Any:
    """Who is this, what is open for her, what is it waiting for."""
    return _person_page(act, store.person(act, str(person_id)))


def _person_page(
    act: Act, row: Any, *, typed: Mapping[str, str] | None = None, errors: Mapping[str, str] | None = None
) -> str:
    """The page of a person; after a form that could not be saved, with what was typed and what is wrong."""
    own = store.claims_of(act, row.id)
    lines = []
    for claim in own:
        decided = store.last_final(act, claim.id)
        lines.append(
            {
                "_href": f"/desk/claims/{claim.id}",
                "number": claim.number,
                "benefit": words.text(words.BENEFITS, claim.benefit),
                "state": words.text(words.STATES, claim.state),
                "kind": words.STATE_KINDS[claim.state],
                "received_on": claim.received_on,
                "waits": words.text(words.WAITS, claim.waits_for) if claim.waits_for else None,
                "reason": words.text(words.REASONS, claim.waits_reason) if claim.waits_reason else None,
                "total": {"minor": decided.total_minor, "currency": decided.currency} if decided is not None else None,
                "assessment": decided.assessment if decided is not None else None,
            }
        )
    months = list(store.contributions(act, row.id))[-24:]
    shown: str = pages.render(
        "person.html",
        person=row,
        head=person_head(act, row),
        claims=lines,
        months=months,
        work=store.employments(act, row.id),
        payee=store.payee(act, row.id),
        benefits=[(b, words.text(words.BENEFITS, b)) for b in forms.benefits_of(institution().country, act.today)],
        errors={name: words.text(words.ERRORS, code) for name, code in (errors or {}).items()},
        typed=typed or {},
        languages_spoken=[
            {"value": code, "label": pages.translate(words.LANGUAGES[code])} for code in people.LANGUAGES
        ],
        history=_person_history(act, row.id),
    )
    return shown


def _person_history(act: Act, person_id: str) -> list[dict[str, Any]]:
    """What was corrected of her: before and now, in her own page only."""
    found = []
    for c in reversed(store.person_changes(act, person_id)):
        said = [
            f"{pages.translate(words.DETAILS[n])}: {_said(n, c.before.get(n))} → {_said(n, c.after[n])}"
            for n in sorted(c.after)
            if n in words.DETAILS
        ]
        note = "; ".join([*said, *([f"“{c.why}”"] if c.why else [])])
        found.append({"on": c.on, "text": words.text(words.PERSON_CHANGES, c.what), "who": c.by_name, "note": note})
    return found


def _said(name: str, value: Any) -> str:
    if not value:
        return "–"
    if name == "deceased_on":
        return formatting.plain_date(date.fromisoformat(value), pages.language())
    if name == "language":
        return pages.translate(words.LANGUAGES.get(value, value))
    return ", ".join(value) if isinstance(value, list) else str(value)


def _again(act: Act, person_id: str, form: dict[str, str], errors: dict[str, str]) -> Response:
    """The person's page with what was typed, beside what is wrong with it."""
    page = _person_page(act, store.person(act, person_id), typed=form, errors=errors)
    return Response(page, 422, content_type="text/html; charset=utf-8")


def _version(form: dict[str, str]) -> int:
    """The version of which a form was filled in. A form without one is out of date."""
    if not (form.get("version", "").isdecimal() and len(form["version"]) < 10):
        raise stale()
    return int(form["version"])


@doors.page("/desk/persons/<uuid:person_id>/claims", method="POST", roles=DESK)
def open_claim(act: Act, person_id: UUID, form: dict[str, str]) -> Any:
    """Open a draft."""
    id_ = claims.open_claim(act, str(person_id), benefit=form.get("benefit", "sickness"))
    return pages.go(f"/desk/claims/{id_}")


@doors.page("/desk/persons/<uuid:person_id>/payee", method="POST", roles=DESK)
def change_payee(act: Act, person_id: UUID, form: dict[str, str]) -> Any:
    """Say where her money goes, and why it is another account."""
    version = _version(form)
    most = {"bank": 20, "number": 40, "holder": 200, "payee_why": 500}
    errors = _wrong_texts(form, most)
    if errors:
        return _again(act, str(person_id), form, errors)
    values = {name: form[name].strip() for name in ("bank", "number", "holder")}
    people.change_payee(act, str(person_id), kind="bank", **values, why=form["payee_why"].strip(), version=version)
    return pages.go(f"/desk/persons/{person_id}")


def _wrong_texts(form: dict[str, str], most: dict[str, int]) -> dict[str, str]:
    """Which of the texts that are needed are missing or too long."""
    errors = {name: "too_long" for name, n in most.items() if len(form.get(name, "").strip()) > n}
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
        except ValueError:
            errors["died_on"] = "not_a_day"
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


@doors.page("/desk/persons/<uuid:person_id>/details", method="POST", roles=DESK)
def correct_person(act: Act, person_id: UUID, form: dict[str, str]) -> Any:
    """Correct her address, phone or language; what it said before is kept."""
    version = _version(form)
    address = [line.strip() for line in form.get("address", "").splitlines() if line.strip()]
    errors = _wrong_texts(form, {"details_why": 500})
    if len(address) > 6 or any(len(line) > 200 for line in address):
        errors["address"] = "too_long"
    if form.get("language") not in people.LANGUAGES:
        errors["language"] = "unknown_word"
    try:
        people.phone_number(form.get("phone", "")[:60], institution().country)
    except people.PhoneInvalid:
        errors["phone"] = "not_a_phone_number"
    if errors:
        return _again(act, str(person_id), form, errors)
    people.correct_person(
        act,
        str(person_id),
        version,
        why=form["details_why"].strip(),
        country=institution().country,
        address=address,
        phone=form.get("phone", ""),
        language=form["language"],
    )
    return pages.go(f"/desk/persons/{person_id}")


# --- a claim -----------------------------------------------------------------------------------


def _warning_texts(row: Any, picture: claims.Picture) -> list[dict[str, Any]]:
    found = []
    for n, warning in enumerate((w for w in picture.warnings if not w.id.startswith("error:")), start=1):
        judged = row.judged.get(warning.id)
        found.append(
            {
                "no": n,
                "id": warning.id,
                "pointer": warning.pointer,
                "text": words.text(words.WARNINGS, warning.code, warning.params),
                "level": "warn" if warning.judge else "calm",
                "judge": warning.judge,
                "judged": {"choice": pages.translate("Accepted"), "why": judged["why"], "by": judged["name"]}
                if judged
                else None,
            }
        )
    return found


def _field_of(pointer: str) -> str:
    """The form's field for a pointer into the case."""
    parts = pointer.removeprefix("#/").split("/")
    if parts[0] == "certificates" and len(parts) > 1:
        names = {"number": "cert_no", "from": "cert_from", "to": "cert_to", "issued_on": "cert_issued"}
        return f"{names.get(parts[-1], 'cert_no')}_{parts[1]}"
    if parts[0] == "event":
        return f"event_{parts[-1]}"
    if parts[0] == "claimed_on":
        return "received_on"
    return parts[-1]


def _errors(picture: claims.Picture) -> dict[str, Any]:
    return {_field_of(e["pointer"]): words.text(words.ERRORS, e["code"], e.get("params")) for e in picture.errors}


def _claim_view(act: Act, row: Any, typed: forms.Typed | None = None) -> dict[str, Any]:
    """Everything the claim page and its live part show."""
    facts = typed.facts if typed is not None else row.facts
    papers = typed.papers if typed is not None else row.papers
    picture = claims.picture(act, row, facts, papers)
    warnings = _warning_texts(row, picture)
    by_field: dict[str, list[dict[str, Any]]] = {}
    for w in warnings:
        by_field.setdefault(_field_of(w["pointer"]), []).append(w)
    questions: dict[str, dict[str, Any]] = {}
    for q in picture.assessment["questions"] if picture.assessment else []:
        questions.setdefault(_field_of(q["pointer"]), q["text"])
    errors = _errors(picture)
    if typed is not None:
        errors |= {name: words.text(words.ERRORS, code) for name, code in typed.errors.items()}
    papers_drawn = [
        {
            "from": c["from"],
            "to": c["to"],
            "text": f"{pages.translate('Certificate')} {n}",
            "sure": (c.get("number") or str(n)) in papers.get("verified", []),
        }
        for n, c in enumerate(facts.get("certificates") or [], start=1)
        if c.get("from") and c.get("to") and not c.get("cancelled")
    ]
    earlier = [
        {"timeline": d.assessment["timeline"], "note": other.number}
        for other in store.claims_of(act, row.person_id)
        if other.id != row.id
        and (d := store.last_final(act, other.id)) is not None
        and d.assessment["timeline"]
        and _before(d.assessment["timeline"], facts)
    ][:2]
    account = store.payee(act, row.person_id)
    return {
        "claim": row,
        "facts": facts,
        "papers": papers,
        "picture": picture,
        "a": picture.assessment,
        "warnings": warnings,
        "by_field": by_field,
        "questions": questions,
        "errors": errors,
        "papers_drawn": papers_drawn,
        "earlier": earlier,
        "account": account,
        "currency": institution().currency,
        "specs": forms.event_facts(row.country, row.benefit, act.today),
        "asks": forms.asks(row.country, row.benefit, act.today),
        "received_on": (typed.received_on if typed is not None and typed.received_on else row.received_on),
        "title": words.text(words.BENEFITS, row.benefit),
        "state": words.text(words.STATES, row.state),
        "state_kind": words.STATE_KINDS[row.state],
        "waits": words.text(words.WAITS, row.waits_for) if row.waits_for else None,
        "reason": words.text(words.REASONS, row.waits_reason) if row.waits_reason else None,
    }


def _before(timeline: list[dict[str, Any]], facts: dict[str, Any]) -> bool:
    first = (facts.get("spell") or {}).get("first_day")
    return bool(first and timeline[-1]["to"] < first)


def _changes(act: Act, row: Any) -> list[dict[str, Any]]:
    return [
        {"on": c.on, "text": words.text(words.CHANGES, c.what), "who": c.by_name, "note": c.why}
        for c in reversed(store.changes(act, row.id))
    ]


@doors.page("/desk/claims/<uuid:claim_id>", roles=LOOK)
def claim(act: Act, claim_id: UUID) -> Any:
    """The facts as the paper has them, and what follows from them."""
    return _claim_page(act, store.claim(act, str(claim_id)))


def _claim_page(
    act: Act,
    row: Any,
    *,
    contest: Mapping[str, str] | None = None,
    contest_errors: Mapping[str, str] | None = None,
) -> Any:
    """The page of a claim; after an appeal that could not be taken in, with what was typed and what is wrong."""
    seen(row.person_id)
    view = _claim_view(act, row)
    editable = act.actor.has(*DESK) and row.state not in (State.WITHDRAWN, State.LAPSED)
    return pages.render(
        "claim.html",
        **view,
        head=person_head(act, store.person(act, row.person_id)),
        history=_changes(act, row),
        editable=editable,
        decided=store.last_final(act, row.id),
        proposed=store.proposed(act, row.id),
        letters=store.letters(act, row.id),
        why="",
        payments=_payments(act, row),
        appeals=store.appeals(act, row.id),
        outcomes=words.OUTCOMES,
        **_overpayment(act, row.id),
        work=store.employments(act, row.person_id),
        certificates=forms.CERTIFICATES,
        contest=contest or {},
        contest_errors={name: words.text(words.ERRORS, code) for name, code in (contest_errors or {}).items()},
    )


def _overpayment(act: Act, claim_id: str) -> dict[str, Any]:
    found = store.overpayment_of(act, claim_id)
    state = words.text(words.OVERPAYMENTS, found.state) if found is not None else None
    return {"overpayment": found, "overpayment_state": state, "letter_names": words.LETTERS}


def _payments(act: Act, row: Any) -> list[dict[str, Any]]:
    found = []
    for f in store.payment_facts(act, row.id):
        name, kind = words.PAYMENTS[f["state"]]
        found.append(
            {
                "reference": f["reference"],
                "on": f["on_day"],
                "amount": {"minor": f["minor"], "currency": f["currency"]},
                "state": pages.translate(name),
                "kind": kind,
                "reason": pages.translate(words.PAYMENT_REASONS.get(f["reason"], f["reason"])) if f["reason"] else "",
            }
        )
    return found


def _typed(act: Act, row: Any, form: dict[str, str]) -> forms.Typed:
    specs = forms.event_facts(row.country, row.benefit, act.today)
    typed = forms.read_form(
        form, known=row.facts, specs=specs, today=act.today, language=pages.language(), by=act.actor.id
    )
    typed.papers = {
        k: v for k, v in row.papers.items() if k not in ("doctor", "place", "remarks", "verified")
    } | typed.papers
    return typed


@doors.page("/desk/claims/<uuid:claim_id>/preview", method="POST", roles=DESK, records=False)
def preview(act: Act, claim_id: UUID, form: dict[str, str]) -> Any:
    """What follows from what is being typed; nothing is stored."""
    row = store.claim(act, str(claim_id))
    seen(row.person_id)
    return pages.render("claim_preview.html", **_claim_view(act, row, _typed(act, row, form)), live=True)


@doors.page("/desk/claims/<uuid:claim_id>", method="POST", roles=DESK)
def save_claim(act: Act, claim_id: UUID, form: dict[str, str]) -> Any:
    """Save the facts; or save and go on: submit, decide, ask for something missing, withdraw."""
    row = store.claim(act, str(claim_id))
    version = int(form["version"]) if form.get("version", "").isdecimal() else None
    typed = _typed(act, row, form)
    why = form.get("why", "").strip() or None
    again = _claim_view(act, row, typed)
    wrong = bool(typed.errors)
    if row.state in (State.DECIDED, State.CLOSED) and not why:
        again["errors"] |= {"why": words.text(words.ERRORS, "required")}
        wrong = True
    if form.get("do") == "submit" and again["picture"].errors:
        wrong = True
    if wrong:
        page = pages.render(
            "claim.html",
            **again,
            head=person_head(act, store.person(act, row.person_id)),
            history=_changes(act, row),
            editable=True,
            decided=store.last_final(act, row.id),
            proposed=None,
            letters=[],
            why=why or "",
            payments=_payments(act, row),
            appeals=[],
            outcomes=words.OUTCOMES,
            overpayment=None,
            work=store.employments(act, row.person_id),
            certificates=forms.CERTIFICATES,
            contest={},
            contest_errors={},
        )
        return Response(page, 422, content_type="text/html; charset=utf-8")
    claims.save_facts(
        act, row.id, version, facts=typed.facts, papers=typed.papers, received_on=typed.received_on, why=why
    )
    match form.get("do"):
        case "submit" if row.state in (State.DRAFT, State.RETURNED):
            claims.submit(act, row.id, None)
            return pages.go(
                f"/desk/claims/{row.id}/decide" if act.actor.has("officer", "supervisor") else f"/desk/claims/{row.id}"
            )
        case "decide" | "submit":
            return pages.go(f"/desk/claims/{row.id}/decide")
        case _:
            return pages.go(f"/desk/claims/{row.id}")


@doors.page("/desk/claims/<uuid:claim_id>/return", method="POST", roles=("officer", "supervisor"))
def return_claim(act: Act, claim_id: UUID, form: dict[str, str]) -> Any:
    """Somebody must bring something first."""
    whom, reason = form.get("whom", ""), form.get("reason", "missing_papers")
    if whom not in ("doctor", "worker", "employer", "registry") or reason not in words.REASONS:
        raise Problem(422, "content_invalid")
    claims.return_claim(act, str(claim_id), None, whom, reason, form.get("words") or None)
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
    row = store.claim(act, str(claim_id))
    seen(row.person_id)
    return pages.render("decide.html", **_decide_view(act, row))


def _decide_view(act: Act, row: Any) -> dict[str, Any]:
    view = _claim_view(act, row)
    proposed, last = store.proposed(act, row.id), store.last_final(act, row.id)
    shown = proposed or (last if row.state in (State.DECIDED, State.CLOSED) else None)
    if shown is not None:
        view["a"] = shown.assessment
    kind, before, contested = decisions.kind_of(act, row)
    limit = institution().second_person_above
    second, schedule, difference = None, [], None
    if view["a"] is not None:
        from services.benefits.domain.award import cut
        from services.benefits.domain.decision import needs_second

        total = Money(view["a"]["total"]["minor"], view["a"]["total"]["currency"])
        if shown is None:
            schedule = [i.json() for i in cut(view["a"], act.today, institution().pay_weekday)]
            if before is not None:
                difference = total - Money(before.total_minor, before.currency)
            second = needs_second(
                total,
                difference if difference is not None else total,
                limit,
                kind=kind,
                outcome=view["a"]["outcome"],
            )
        else:
            schedule = shown.schedule
            second = shown.second_reason
            if shown.kind != "first":
                difference = Money(shown.difference_minor, shown.currency)
    blocked = []
    if shown is None:
        for h in decisions.hindered(act, row, view["picture"]):
            blocked.append(words.text(words.HINDRANCES, h.code, h.params))
        blocked = [b for n, b in enumerate(blocked) if b not in blocked[:n]]
    elif proposed is not None:
        if proposed.proposed_by == act.actor.id:
            blocked.append({"msg": "another person must confirm what you proposed", "params": {}})
        elif not act.actor.has("supervisor"):
            blocked.append({"msg": "a supervisor confirms", "params": {}})
    line = shown.conformance if shown is not None else None
    if shown is None and view["a"] is not None:
        line = line_for(view["a"], row.country, act.today)
    return view | {
        "standards": line["text"] if line else None,
        "head": person_head(act, store.person(act, row.person_id)),
        "proposed": proposed,
        "decided": last,
        "shown": shown,
        "kind": kind,
        "contested": contested,
        "second": words.text(words.SECOND, second, {}) if second else None,
        "second_code": second,
        "limit": limit.json(),
        "schedule": schedule,
        "difference": difference.json() if difference is not None else None,
        "blocked": blocked,
        "open_warnings": open_ones(view["picture"].warnings, row.judged),
        "letters": store.letters(act, row.id),
        "return_reasons": [
            {"value": code, "label": pages.translate(words.REASONS[code])}
            for code in decisions.RETURN_REASONS
            if code != "recalculated"
        ],
        "may_decide": act.actor.has("officer", "supervisor"),
        "outcomes": words.OUTCOMES,
        "appeals": store.appeals(act, row.id),
        "payments": _payments(act, row),
    }


@doors.page("/desk/claims/<uuid:claim_id>/judge", method="POST", roles=("officer", "supervisor"))
def judge(act: Act, claim_id: UUID, form: dict[str, str]) -> Any:
    """Judge warnings, each in a few words; and conditions that the law leaves to judgement."""
    row = store.claim_to_change(act, str(claim_id), None)
    for name, choice in form.items():
        if name.startswith("choice-") and choice == "accept" and form.get(f"why-{name[7:]}", "").strip():
            claims.judge_warning(act, row.id, None, name[7:], form[f"why-{name[7:]}"].strip())
    judgements = dict(row.facts.get("judgements") or {})
    for name, value in form.items():
        if name.startswith("finding-") and value in ("met", "not_met"):
            why = form.get(f"because-{name[8:]}", "").strip()
            if why:
                judgements[name[8:]] = {"met": value == "met", "why": why[:200]}
    if judgements != (row.facts.get("judgements") or {}):
        claims.save_facts(act, row.id, None, facts=row.facts | {"judgements": judgements}, why="condition judged")
    return pages.go(f"/desk/claims/{claim_id}/decide")


@doors.page("/desk/claims/<uuid:claim_id>/decide", method="POST", roles=("officer", "supervisor"))
def decide(act: Act, claim_id: UUID, form: dict[str, str]) -> Any:
    """Decide, confirm, or give back."""
    row = store.claim(act, str(claim_id))
    match form.get("do"):
        case "confirm" | "give_back" as what:
            if not act.actor.has("supervisor"):
                raise Problem(403, "not_your_task")
            proposed = store.proposed(act, row.id)
            if proposed is None or proposed.id != form.get("decision"):
                raise Problem(409, "changed_meanwhile")
            if what == "confirm":
                decisions.confirm(act, proposed.id)
            else:
                if form.get("reason", "explain_more") not in decisions.RETURN_REASONS:
                    raise Problem(422, "content_invalid")
                decisions.give_back(act, proposed.id, form.get("reason", "explain_more"), form.get("words") or None)
        case _:
            version = int(form["version"]) if form.get("version", "").isdecimal() else None
            try:
                decisions.propose(act, row.id, version, form.get("reasons") or None)
            except NotReady as not_ready:
                reasons = [{"pointer": "#", "code": code, "params": params} for code, params in not_ready.reasons]
                raise Problem(409, "not_ready", errors=reasons) from None
    return pages.go(f"/desk/claims/{claim_id}/decide")


@doors.page("/desk/claims/<uuid:claim_id>/appeal", method="POST", roles=DESK)
def appeal(act: Act, claim_id: UUID, form: dict[str, str]) -> Any:
    """Take an appeal in at the desk."""
    row = store.claim(act, str(claim_id))
    grounds, came_in, errors = form.get("grounds", "").strip(), None, {}
    if not grounds:
        errors["grounds"] = "required"
    elif len(grounds) > 5000:
        errors["grounds"] = "too_long"
    try:
        came_in = read_date(form.get("lodged_on", "")[:40], act.today, pages.language())
    except ValueError:
        errors["lodged_on"] = "not_a_day"
    if not errors:
        try:
            decisions.lodge_appeal(act, row.id, form.get("decision", ""), form.get("finding", ""), grounds, came_in)
        except DayCannotBe as wrong:
            errors["lodged_on"] = wrong.code
    if errors:
        page = _claim_page(act, row, contest=form, contest_errors=errors)
        return Response(page, 422, content_type="text/html; charset=utf-8")
    return pages.go(f"/desk/claims/{claim_id}")


@doors.page("/desk/claims/<uuid:claim_id>/code", method="POST", roles=DESK, records=False)
def new_code(act: Act, claim_id: UUID, form: dict[str, str]) -> Any:
    """A new code for the worker's page, when the old one is lost or locked."""
    row = store.claim_to_change(act, str(claim_id), None)
    claims.touch(act, row, "access_renewed", None, access_generation=row.access_generation + 1, access_failures=0)
    fresh = store.claim(act, row.id)
    code = pages.service().keys.digits(accounts.access_purpose(fresh))
    return pages.render("code.html", claim=fresh, code=code)


@doors.page("/desk/claims/<uuid:claim_id>/acknowledgement", roles=LOOK)
def acknowledgement(act: Act, claim_id: UUID) -> Any:
    """The receipt, printed at the counter at once."""
    row = store.claim(act, str(claim_id))
    seen(row.person_id)
    view = _claim_view(act, row)
    code = pages.service().keys.digits(accounts.access_purpose(row))
    office = store.office(act, row.office_id)
    return pages.render(
        "acknowledgement.html",
        **view,
        person=store.person(act, row.person_id),
        code=code,
        office=office,
        public_url=pages.service().settings.public_url,
    )
