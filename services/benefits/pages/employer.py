"""The employer's pages: what her workers' cases wait for, a maternity leave notified, wages confirmed, a file sent.

She confirms facts about her own workers. She sees neither a diagnosis nor a result, nor what other employers declared.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from flask import Response, request
from sqlalchemy import or_, select

from services.benefits import store
from services.benefits import tables as t
from services.benefits.domain.claim import State
from services.benefits.institution import institution
from services.benefits.pages import words
from services.benefits.pages.receipt import Receipt, receipt_pdf
from services.benefits.usecases import advances, claims, imports, people
from services.benefits.usecases.awards import WAITS
from shared.act import Act
from shared.money import Money, total
from shared.period import Month
from shared.web import pages
from shared.web.app import seen
from shared.web.doors import Doors
from shared.web.formatting import money, plain_date, plain_month, plain_period, read_date
from shared.web.problems import not_found
from shared.web.texts import N_

doors = Doors()
EMPLOYER = ("employer",)
KIND = "maternity_notifications"
#: Months before a leave whose wages matter.
MONTHS = 6
HTML = "text/html; charset=utf-8"
NAV = (
    ("/employer", N_("Our people"), "g w"),
    ("/employer/notice", N_("Notify a leave"), "n"),
    ("/employer/files", N_("Send a file"), "g f"),
    ("/employer/account", N_("Advances"), "g a"),
)


def _render(act: Act, template: str, **values: Any) -> str:
    """A page of the employer, with her own ways and the name of her house."""
    row = store.employer(act, _own(act))
    here = max((u for u, _, _ in NAV if request.path == u or request.path.startswith(u + "/")), key=len, default="")
    nav = [{"label": pages.translate(name), "href": url, "key": key, "current": url == here} for url, name, key in NAV]
    user = {
        "name": act.actor.name,
        "place": row.name_latin or row.name,
        "key": act.actor.id,
        "sign_out": "/sign-out",
    }
    return pages.render(template, nav=nav, user=user, employer=row, **values)


def _own(act: Act) -> str:
    """The employer this account works for; an account without one sees nothing."""
    if not act.actor.employer:
        raise not_found()
    return act.actor.employer


# --- what waits --------------------------------------------------------------------------------


def _leave(benefit: str) -> str:
    """The kind of leave, and nothing about why."""
    return words.LEAVES["sick" if "sick" in benefit else "maternity"]


def _cases(act: Act) -> list[dict[str, Any]]:
    """Cases of her workers, those that wait for her first. Drafts of the counter are not hers to see."""
    statements = {s.claim_id: s for s in _statements(act)}
    query = (
        select(t.claim, t.person.c.name, t.person.c.name_latin)
        .join(t.person, t.person.c.id == t.claim.c.person_id)
        .where(
            t.claim.c.employer_id == _own(act),
            t.claim.c.state.not_in([State.WITHDRAWN, State.LAPSED]),
            or_(t.claim.c.state != State.DRAFT, t.claim.c.origin == "employer"),
        )
        .order_by(t.claim.c.received_on.desc(), t.claim.c.number)
        .limit(500)
    )
    found = []
    for row in store.rows(act, query):
        asked = statements.get(row.id)
        # What was paid too much is a matter between the person and the institution.
        ended = row.state in (State.DECIDED, State.CLOSED) and (row.waits_for is None or row.waits_reason in WAITS)
        if asked is not None:
            whom, since, href = "employer", asked.asked_on, f"/employer/statements/{asked.id}"
        else:
            whom, since, href = row.waits_for or "officer", row.waits_since or row.received_on, ""
        if row.origin == "employer" and not href:
            href = f"/employer/receipts/{row.id}"
        birth = row.state == State.DRAFT
        found.append(
            {
                "id": row.id,
                "person_id": row.person_id,
                "name": row.name,
                "latin": row.name_latin,
                "number": row.number,
                "leave": _leave(row.benefit),
                "since": since,
                "href": href,
                "mine": asked is not None or (whom == "employer" and not ended),
                "ended": ended,
                "birth": birth,
                "whom": words.text(words.EMPLOYER_WAITS, "worker" if birth else whom),
                "due": asked.due_on if asked is not None else None,
            }
        )
    found.sort(key=lambda c: (not c["mine"], c["ended"]))
    return found


def _statements(act: Act) -> list[Any]:
    """What we ask this employer to confirm and she has not answered."""
    query = select(t.statement).where(t.statement.c.employer_id == _own(act), t.statement.c.state == "requested")
    return list(store.rows(act, query.order_by(t.statement.c.due_on)))


@doors.page("/employer", roles=EMPLOYER)
def home(act: Act) -> Any:
    """Her workers' cases, and what each waits for."""
    cases = _cases(act)
    seen(*(c["person_id"] for c in cases))
    return _render(
        act,
        "employer.html",
        mine=[c for c in cases if c["mine"]],
        others=[c for c in cases if not c["mine"] and not c["ended"]],
        ended=[c for c in cases if c["ended"]],
    )


# --- notify a maternity leave ------------------------------------------------------------------


def _workers(act: Act, text: str) -> list[Any]:
    """Her present workers found by number, phone or name."""
    present = set(
        act.connection.scalars(
            select(t.employment.c.person_id).where(
                t.employment.c.employer_id == _own(act),
                or_(t.employment.c.last_day.is_(None), t.employment.c.last_day >= act.today),
            )
        )
    )
    return [row for row in store.find_persons(act, text, 50) if row.id in present][:10]


def _worker(act: Act, id_: str) -> dict[str, Any]:
    """A worker of hers as the form shows her. Raises `NotHere` for anybody else's."""
    try:
        row = store.person(act, str(UUID(id_)))
    except ValueError:
        raise store.NotHere("person") from None
    jobs = [e for e in store.employments(act, row.id) if e.employer_id == _own(act)]
    seen(row.id)
    known = store.identifiers(act, [row.id])[row.id]
    return {
        "id": row.id,
        "name": row.name,
        "latin": row.name_latin,
        "lang": row.language,
        "number": known[0]["value"] if known else "",
        "since": jobs[-1].first_day if jobs else None,
    }


def _months(act: Act, person_id: str, before: date) -> list[dict[str, Any]]:
    """The months before a leave: what she has declared, what is missing. What another employer declared stays hidden
    and is not asked for."""
    first = Month.of(before)
    wanted = [str(first.plus(-n)) for n in range(MONTHS, 0, -1)]
    known = {c.month: c for c in store.contributions(act, person_id)}
    found = []
    for month in wanted:
        row = known.get(month)
        if row is not None and row.employer_id not in (None, _own(act)):
            continue
        own = row is not None and row.employer_id == _own(act)
        wage = {"minor": row.wage_minor, "currency": row.currency} if row is not None and own else None
        found.append({"month": month, "wage": wage, "missing": row is None})
    return found


class _Form:
    """What an employer typed, read; the faults beside their fields."""

    def __init__(self, form: Mapping[str, str], today: date) -> None:
        self.form, self.today = form, today
        self.errors: dict[str, Any] = {}

    def text(self, name: str, most: int = 200) -> str:
        return self.form.get(name, "").strip()[:most]

    def wrong(self, name: str, code: str) -> None:
        self.errors[name] = words.text(words.ERRORS, code)

    def day(self, name: str, *, needed: bool = False) -> date | None:
        try:
            found = read_date(self.text(name), self.today, pages.language())
        except ValueError:
            self.wrong(name, "not_a_day")
            return None
        if found is None and needed:
            self.wrong(name, "required")
        return found

    def amount(self, name: str) -> Money | None:
        """Kip as people write it: 2,900,000 or 2.900.000."""
        typed = self.text(name, 30)
        if not typed:
            return None
        plain = "".join(str(int(c)) if c.isdecimal() else c for c in typed)
        plain = plain.replace(",", "").replace(".", "").replace(" ", "").replace("\xa0", "")
        if not plain.isdigit() or len(plain) > 12:
            self.wrong(name, "not_an_amount")
            return None
        return Money.parse(plain, institution().currency)


def _record_wages(act: Act, read: _Form, person_id: str, months: list[dict[str, Any]], *, missing_only: bool) -> None:
    paid = read.text("contributions_paid") == "yes"
    for item in months:
        wage = read.amount(f"wage_{item['month']}")
        if wage is None or read.errors or (missing_only and not item["missing"]):
            continue
        people.record_contribution(
            act, person_id, Month.parse(item["month"]), wage, paid=paid, employer_id=act.actor.employer
        )


def _check_wages(read: _Form, months: list[dict[str, Any]]) -> None:
    for item in months:
        read.amount(f"wage_{item['month']}")


@doors.page("/employer/notice", roles=EMPLOYER)
def notice_page(act: Act) -> Any:
    """Find the worker, then the form."""
    return _render(act, "employer_notice.html", **_notice(act, {}, request.args))


def _notice(
    act: Act, form: Mapping[str, str], asked: Mapping[str, str], errors: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    text = asked.get("who", "").strip()[:120]
    found = _workers(act, text) if text else []
    seen(*(row.id for row in found))
    chosen = asked.get("person") or (found[0].id if len(found) == 1 else "")
    worker = _worker(act, chosen) if chosen else None
    known = store.identifiers(act, [row.id for row in found])
    waiting = [c for c in _cases(act) if not c["ended"]]
    seen(*(c["person_id"] for c in waiting))
    return {
        "text": text,
        "worker": worker,
        "typed": form,
        "errors": errors or {},
        "currency": institution().currency,
        "found": [
            {
                "id": r.id,
                "name": r.name,
                "latin": r.name_latin,
                "number": known[r.id][0]["value"] if known[r.id] else "",
            }
            for r in found
        ],
        "months": _months(act, worker["id"], _leave_day(act, form)) if worker is not None else [],
        "waiting": waiting,
    }


def _leave_day(act: Act, form: Mapping[str, str]) -> date:
    """The months asked for are those before the leave, before today while no day is typed."""
    try:
        return min(read_date(form.get("leave_from", ""), act.today, pages.language()) or act.today, act.today)
    except ValueError:
        return act.today


@doors.page("/employer/notice", roles=EMPLOYER, method="POST")
def notify(act: Act, form: dict[str, str]) -> Any:
    """Notify a maternity leave: facts, not results. The same notice again changes nothing."""
    worker = _worker(act, form.get("person", ""))
    read = _Form(form, act.today)
    expected, leave = read.day("expected_on", needed=True), read.day("leave_from", needed=True)
    until, advance = read.day("leave_to"), read.amount("advance_paid")
    months = _months(act, worker["id"], _leave_day(act, form))
    _check_wages(read, months)
    if read.text("sure") != "yes":
        read.wrong("sure", "required")
    if not read.errors and expected is not None and leave is not None:
        try:
            outcome, id_ = imports.notify_maternity(
                act,
                worker["id"],
                expected_on=expected,
                leave_from=leave,
                leave_to=until,
                advance_paid=advance.decimal() if advance else "",
                remarks=read.text("remarks", 500),
            )
            _record_wages(act, read, worker["id"], months, missing_only=True)
            return pages.go(f"/employer/receipts/{id_}" + ("?again=1" if outcome == "duplicate" else ""))
        except imports.RowRefused as refused:
            read.errors[refused.column or "leave_from"] = words.text(words.ROW_REASONS, refused.code)
    shown = _render(act, "employer_notice.html", **_notice(act, form, {"person": worker["id"]}, read.errors))
    return Response(shown, 422, content_type=HTML)


def _notified(act: Act, claim_id: UUID) -> dict[str, Any]:
    """What she notified once, as page and paper show it."""
    row = store.one(
        act,
        t.claim,
        t.claim.c.id == str(claim_id),
        t.claim.c.employer_id == _own(act),
        t.claim.c.origin == "employer",
    )
    return {
        "claim": row,
        "worker": _worker(act, row.person_id),
        "papers": row.papers,
        "leave_from": (row.facts.get("spell") or {}).get("first_day"),
        "advance": _amount(row.papers.get("advance_paid")),
        "office": store.office(act, row.office_id),
    }


@doors.page("/employer/receipts/<uuid:claim_id>", roles=EMPLOYER)
def receipt(act: Act, claim_id: UUID) -> Any:
    """What she has notified, to keep or to print."""
    return _render(act, "employer_receipt.html", again=request.args.get("again") == "1", **_notified(act, claim_id))


@doors.page("/employer/receipts/<uuid:claim_id>.pdf", roles=EMPLOYER)
def receipt_paper(act: Act, claim_id: UUID) -> Any:
    """The same as a PDF."""
    view = _notified(act, claim_id)
    row, papers, language, _ = view["claim"], view["papers"], pages.language(), pages.translate
    facts = [(_("Number"), row.number), *_who_and_whom(act, view["worker"])]
    if papers.get("expected_on"):
        facts.append((_("Baby expected"), plain_date(papers["expected_on"], language, "long")))
    if view["leave_from"]:
        until = papers.get("leave_to")
        leave = (
            plain_period(view["leave_from"], until, language, "long")
            if until
            else plain_date(view["leave_from"], language, "long")
        )
        facts.append((_("Leave"), leave))
    if view["advance"]:
        facts.append((_("Paid to her in advance"), money(view["advance"], language)))
    if papers.get("remarks"):
        facts.append((_("Note"), papers["remarks"]))
    facts.append((_("Notified on"), plain_date(papers.get("notified_on") or row.received_on, language, "long")))
    after = [
        _("After the birth she claims with the birth certificate; tell her to come to the office."),
        _("We ask you only if a wage or a day is missing."),
    ]
    return _paper(
        view["office"],
        _("Receipt: maternity leave notified"),
        facts,
        (_("What happens now"), after),
        row.number,
    )


def _who_and_whom(act: Act, worker: Mapping[str, Any]) -> list[tuple[str, str]]:
    house = store.employer(act, _own(act))
    return [
        (
            pages.translate("Employer"),
            " · ".join(dict.fromkeys(x for x in (house.name, house.name_latin, house.number) if x)),
        ),
        (
            pages.translate("Worker"),
            " · ".join(dict.fromkeys(x for x in (worker["name"], worker["latin"], worker["number"]) if x)),
        ),
    ]


def _paper(
    office: Any, title: str, facts: list[tuple[str, str]], after: tuple[str, list[str]], number: str
) -> Response:
    where = " · ".join([*office.address, office.phone])
    made = receipt_pdf(Receipt(pages.language(), [office.name, where], title, facts, after))
    return _download(made, f"receipt-{number}", "pdf")


def _amount(text: str | None) -> dict[str, Any] | None:
    """An amount as it was notified; from a file it may be anything, then it is not shown as money."""
    try:
        return dict(Money.parse(text, institution().currency).json()) if text else None
    except ValueError:
        return None


# --- confirm wages -----------------------------------------------------------------------------


def _statement(act: Act, id_: str) -> tuple[Any, Any, dict[str, Any]]:
    row = store.one(act, t.statement, t.statement.c.id == id_, t.statement.c.employer_id == _own(act))
    claim = store.claim(act, row.claim_id)
    return row, claim, _worker(act, claim.person_id)


def _first_day(claim: Any) -> date:
    found = (claim.facts.get("spell") or {}).get("first_day")
    return date.fromisoformat(found) if found else claim.received_on


def _statement_view(act: Act, id_: str, form: Mapping[str, str], errors: Mapping[str, Any]) -> dict[str, Any]:
    row, claim, worker = _statement(act, id_)
    first = _first_day(claim)
    return {
        "statement": row,
        "worker": worker,
        "leave": _leave(claim.benefit),
        "first_day": first,
        "months": _months(act, claim.person_id, first),
        "typed": form,
        "errors": errors,
        "currency": institution().currency,
        "number": claim.number,
        "answer": {
            name: (date.fromisoformat(value) if name != "pay" and value else value)
            for name, value in (row.facts or {}).items()
        },
    }


@doors.page("/employer/statements/<uuid:statement_id>", roles=EMPLOYER)
def statement_page(act: Act, statement_id: UUID) -> Any:
    """What we ask her to confirm; once she has, what she confirmed."""
    view = _statement_view(act, str(statement_id), {}, {})
    done = view["statement"].state in ("received", "amended") and request.args.get("change") != "1"
    return _render(act, "employer_confirmed.html" if done else "employer_statement.html", **view)


@doors.page("/employer/statements/<uuid:statement_id>", roles=EMPLOYER, method="POST")
def confirm(act: Act, statement_id: UUID, form: dict[str, str]) -> Any:
    """She confirms facts: paid by us until, last day worked, wages by month."""
    row, claim, worker = _statement(act, str(statement_id))
    read = _Form(form, act.today)
    until, worked, pay = (
        read.day("wage_paid_until", needed=True),
        read.day("last_day_worked_on"),
        read.text("pay") or "monthly",
    )
    if pay not in ("monthly", "daily", "hourly", "piece"):
        read.wrong("pay", "unknown_word")
    months = _months(act, claim.person_id, _first_day(claim))
    _check_wages(read, months)
    if read.text("sure") != "yes":
        read.wrong("sure", "required")
    if read.errors or until is None:
        shown = _render(act, "employer_statement.html", **_statement_view(act, row.id, form, read.errors))
        return Response(shown, 422, content_type=HTML)
    _record_wages(act, read, worker["id"], months, missing_only=False)
    facts = {"pay": pay, "wage_paid_until": until.isoformat()}
    if worked is not None:
        facts["last_day_worked_on"] = worked.isoformat()
    claims.take_statement(act, row.id, facts)
    return pages.go(f"/employer/statements/{row.id}")


@doors.page("/employer/statements/<uuid:statement_id>.pdf", roles=EMPLOYER)
def statement_paper(act: Act, statement_id: UUID) -> Any:
    """What she has confirmed, as a PDF."""
    view = _statement_view(act, str(statement_id), {}, {})
    row, answer, language, _ = view["statement"], view["answer"], pages.language(), pages.translate
    if row.state not in ("received", "amended"):
        raise not_found()
    facts = [(_("Number"), view["number"]), *_who_and_whom(act, view["worker"])]
    for name, label in (("last_day_worked_on", _("Last day worked")), ("wage_paid_until", _("Wage paid by you until"))):
        if answer.get(name):
            facts.append((label, plain_date(answer[name], language, "long")))
    facts += [(plain_month(m["month"], language), money(m["wage"], language)) for m in view["months"] if m["wage"]]
    facts.append((_("Confirmed on"), plain_date(row.received_at.date(), language, "long")))
    claim = store.claim(act, row.claim_id)
    return _paper(store.office(act, claim.office_id), _("Receipt: facts confirmed"), facts, ("", []), view["number"])


# --- what was advanced and what came back -----------------------------------------------------


def _account(act: Act) -> dict[str, Any]:
    """Every advance with what came back; the three totals add up line by line."""
    lines = advances.account(act)
    seen(*(line.person.id for line in lines))
    currency = institution().currency
    known = store.identifiers(act, [line.person.id for line in lines])
    shown = []
    for line in lines:
        undone = {e.reverses for e in line.returns if e.reverses}
        shown.append(
            {
                "id": line.claim.id,
                "number": line.claim.number,
                "name": line.person.name,
                "latin": line.person.name_latin,
                "card": known[line.person.id][0]["value"] if known[line.person.id] else "",
                "on": line.claim.papers.get("notified_on") or line.claim.received_on.isoformat(),
                "advanced": line.advanced.json(),
                "returned": line.returned.json(),
                "open": line.open.json(),
                "entries": [
                    {
                        "id": e.id,
                        "on": e.returned_on,
                        "amount": {"minor": e.minor, "currency": e.currency},
                        "source": words.text(words.ADVANCE_SOURCES, e.source),
                        "note": e.note,
                        "by": e.by_name,
                        "can_undo": e.reverses is None and e.id not in undone,
                        "undoes": e.reverses is not None,
                    }
                    for e in line.returns
                ],
            }
        )
    sums = {
        "advanced": total((line.advanced for line in lines), currency).json(),
        "returned": total((line.returned for line in lines), currency).json(),
        "open": total((line.open for line in lines), currency).json(),
    }
    return {"lines": shown, "sums": sums, "currency": currency}


@doors.page("/employer/account", roles=EMPLOYER)
def account_page(act: Act) -> Any:
    """What she advanced and what came back: one statement of account."""
    return _render(act, "employer_account.html", typed={}, errors={}, sources=words.ADVANCE_SOURCES, **_account(act))


@doors.page("/employer/account", roles=EMPLOYER, method="POST")
def came_back(act: Act, form: dict[str, str]) -> Any:
    """She writes down that money came back."""
    read = _Form(form, act.today)
    on, amount = read.day("returned_on", needed=True), read.amount("amount")
    claim = read.text("claim", 36)
    if not claim:
        read.wrong("claim", "required")
    if amount is None and "amount" not in read.errors:
        read.wrong("amount", "required")
    if not read.errors and on is not None and amount is not None:
        try:
            advances.record_return(
                act,
                str(_uuid(claim)),
                returned_on=on,
                amount=amount,
                source=read.text("source", 20),
                note=read.text("note"),
            )
            return pages.go("/employer/account")
        except advances.ReturnRefused as refused:
            read.wrong(refused.field, refused.code)
    shown = _render(
        act,
        "employer_account.html",
        typed=form,
        errors=read.errors,
        sources=words.ADVANCE_SOURCES,
        **_account(act),
    )
    return Response(shown, 422, content_type=HTML)


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise store.NotHere("claim") from None


@doors.page("/employer/account/entries/<uuid:entry_id>/slip", roles=EMPLOYER, method="POST")
def slip(act: Act, entry_id: UUID, form: dict[str, str]) -> Any:
    """An entry was a slip and is taken back; both stay to be seen."""
    _own(act)
    advances.take_back(act, str(entry_id))
    return pages.go("/employer/account")


@doors.page("/employer/account.xlsx", roles=EMPLOYER)
def account_file(act: Act) -> Any:
    """The statement of account as a spreadsheet."""
    columns = ["number", "sso_no", "name", "notified_on", "advanced", "returned", "open", "currency"]
    rows = [
        {
            "number": line["number"],
            "sso_no": line["card"],
            "name": line["name"],
            "notified_on": line["on"],
            "currency": line["open"]["currency"],
            **{name: Money(**line[name]).decimal() for name in ("advanced", "returned", "open")},
        }
        for line in _account(act)["lines"]
    ]
    return _download(imports.workbook_bytes(columns, rows), "advances", "xlsx")


# --- a file ------------------------------------------------------------------------------------


def _file_line(act: Act, row: Any) -> dict[str, Any]:
    count = {name: sum(1 for a in row.answers if a["outcome"] == name) for name in ("accepted", "duplicate", "refused")}
    return {"id": row.id, "name": row.name, "on": row.at.date(), "rows": len(row.answers), **count}


@doors.page("/employer/files", roles=EMPLOYER)
def files_page(act: Act) -> Any:
    """Send a file, and the files sent before."""
    lines = [_file_line(act, row) for row in imports.files_of(act)]
    return _render(act, "employer_files.html", files=lines, columns=imports.COLUMNS[KIND], error="")


@doors.page("/employer/files", roles=EMPLOYER, method="POST")
def send_file(act: Act, form: dict[str, str], files: Any = None) -> Any:
    """Take a file of notices in; every row is answered."""
    _own(act)
    file = (files or {}).get("file")
    try:
        if file is None:
            raise imports.FileUnreadable("required")
        data = file.stream.read()
        if not imports.read_rows(KIND, data):
            raise imports.FileUnreadable("empty")
        id_, _ = imports.take_file(act, KIND, file.filename or "", data)
        imports.keep_cells(act, id_, KIND, data)
    except imports.FileUnreadable as wrong:
        said = {name: ", ".join(value) if isinstance(value, list) else value for name, value in wrong.params.items()}
        table = words.FILE_FAULTS if wrong.code in words.FILE_FAULTS else words.ERRORS
        error = pages.translate(table.get(wrong.code, wrong.code), **({name: said[name] or "–" for name in said}))
        lines = [_file_line(act, row) for row in imports.files_of(act)]
        shown = _render(act, "employer_files.html", files=lines, columns=imports.COLUMNS[KIND], error=error)
        return Response(shown, 422, content_type=HTML)
    return pages.go(f"/employer/files/{id_}")


def _rows_answered(act: Act, row: Any) -> list[dict[str, Any]]:
    """Each row with its answer in words; those to look at first."""
    ids = [a["id"] for a in row.answers if a["id"]]
    query = (
        select(
            t.claim.c.id,
            t.claim.c.number,
            t.person.c.id.label("person_id"),
            t.person.c.name,
            t.person.c.name_latin,
        )
        .join(t.person, t.person.c.id == t.claim.c.person_id)
        .where(t.claim.c.id.in_(ids), store.of_office(act, t.claim))
    )
    known = {c.id: c for c in store.rows(act, query)} if ids else {}
    seen(*(c.person_id for c in known.values()))
    found = []
    for a in row.answers:
        claim, cells = known.get(a["id"]), a.get("cells", {})
        why = words.text(words.ROW_REASONS, a["code"] or a["outcome"])
        found.append(
            {
                "row": a["row"],
                "who": (claim.name_latin or claim.name) if claim is not None else cells.get("sso_no", ""),
                "outcome": a["outcome"],
                "answer": words.text(words.ANSWERS, a["outcome"]),
                "kind": words.ANSWER_KINDS.get(a["outcome"], ""),
                "why": why,
                "column": a["column"] or "",
                "cell": cells.get(a["column"] or "", ""),
                "number": claim.number if claim is not None else "",
                "href": f"/employer/receipts/{claim.id}" if claim is not None else "",
                "cells": cells,
            }
        )
    order = {"refused": 0, "duplicate": 1}
    return sorted(found, key=lambda line: (order.get(line["outcome"], 2), line["row"]))


@doors.page("/employer/files/<uuid:file_id>", roles=EMPLOYER)
def file_page(act: Act, file_id: UUID) -> Any:
    """Every row of a file, answered."""
    row = imports.own_file(act, str(file_id))
    return _render(act, "employer_file.html", file=_file_line(act, row), rows=_rows_answered(act, row))


def _with_reasons(act: Act, file_id: UUID) -> tuple[str, list[str], list[dict[str, str]]]:
    """A file's name, its columns, and its rows with what became of each."""
    from shared.web import formatting

    row = imports.own_file(act, str(file_id))
    language = pages.language()
    lines = sorted(_rows_answered(act, row), key=lambda line: line["row"])
    rows = []
    for line in lines:
        where = f" ({line['column']})" if line["column"] else ""
        reason = formatting.text(line["why"], language) + where
        rows.append(line["cells"] | {"answer": formatting.text(line["answer"], language), "reason": reason})
    required, optional = imports.COLUMNS[KIND]
    used = [c for c in required + optional if c in required or any(c in line["cells"] for line in lines)]
    return f"answers-{row.name or 'file'}", [*used, *imports.ADDED], rows


@doors.page("/employer/files/<uuid:file_id>/reasons.csv", roles=EMPLOYER)
def file_back(act: Act, file_id: UUID) -> Any:
    """The file back, with a column that says what became of each row."""
    name, columns, rows = _with_reasons(act, file_id)
    return _download(imports.csv_text(columns, rows).encode(), name, "csv")


@doors.page("/employer/files/<uuid:file_id>/reasons.xlsx", roles=EMPLOYER)
def workbook_back(act: Act, file_id: UUID) -> Any:
    """The same as a spreadsheet."""
    name, columns, rows = _with_reasons(act, file_id)
    return _download(imports.workbook_bytes(columns, rows), name, "xlsx")


@doors.page("/employer/files/form.csv", roles=EMPLOYER)
def file_form(act: Act) -> Any:
    """An empty file with the columns, to be filled in a spreadsheet."""
    required, optional = imports.COLUMNS[KIND]
    return _download(imports.csv_text([*required, *optional], []).encode(), "maternity-leaves", "csv")


@doors.page("/employer/files/form.xlsx", roles=EMPLOYER)
def workbook_form(act: Act) -> Any:
    """The same as a spreadsheet, its cells text, so that long numbers and days stay as typed."""
    required, optional = imports.COLUMNS[KIND]
    return _download(imports.workbook_bytes([*required, *optional], []), "maternity-leaves", "xlsx")


TYPES = {
    "pdf": "application/pdf",
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def _download(data: bytes, name: str, ending: str) -> Response:
    plain = "".join(c for c in name if c.isascii() and (c.isalnum() or c in "-_."))[:80]
    plain = plain.removesuffix(".csv").removesuffix(".xlsx") or "file"
    headers = {"Content-Disposition": f'attachment; filename="{plain}.{ending}"'}
    return Response(data, headers=headers, content_type=TYPES[ending])
