"""The employer's pages: what her workers' cases wait for, a maternity leave notified, wages confirmed, a file sent.

She confirms facts about her own workers. She sees neither a diagnosis nor a result, nor what other employers declared.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from flask import Response, request

from services.benefits import store
from services.benefits.domain.claim import Confirmed
from services.benefits.domain.ids import EmployerId, PersonId
from services.benefits.domain.person import Office
from services.benefits.institution import institution
from services.benefits.pages.receipt import Receipt, receipt_pdf
from services.benefits.usecases import advances, notices, people, statements, table_files
from services.benefits.usecases.cells import RowRefused
from services.benefits.views import employer as view
from services.benefits.views import employer_cases as told
from services.benefits.views import file_words, words
from services.benefits.views.shown import Said, members
from shared.act import Act
from shared.ids import is_uuid
from shared.money import Money
from shared.reading import NotRead
from shared.reading.amounts import read_amount
from shared.reading.days import DateNotRead, read_date
from shared.web import pages
from shared.web.app import viewed
from shared.web.doors import Doors
from shared.web.formatting import money, plain_date, plain_month, plain_period
from shared.web.problems import not_found
from shared.web.texts import N_

doors = Doors()
EMPLOYER = ("employer",)
NAV = (
    ("/employer", N_("Our people"), "g w"),
    ("/employer/people", N_("Find"), "g p"),
    ("/employer/notice", N_("Notify a leave"), "n"),
    ("/employer/files", N_("Send a file"), "g f"),
    ("/employer/advances", N_("Ask an advance back"), "g b"),
    ("/employer/account", N_("Advances"), "g a"),
)


def render(act: Act, template: str, *views: Any, **values: Any) -> str:
    """A page of the employer, with her own ways and the name of her employer."""
    employer = store.places.employer(act, own(act))
    here = max((u for u, _, _ in NAV if request.path == u or request.path.startswith(u + "/")), key=len, default="")
    nav = [{"label": pages.translate(name), "href": url, "key": key, "current": url == here} for url, name, key in NAV]
    user = {
        "name": act.actor.name,
        "place": pages.called(employer.name, employer.name_latin),
        "key": act.actor.id,
        "sign_out": "/sign-out",
    }
    return pages.render(template, nav=nav, user=user, employer=employer, **members(*views), **values)


def own(act: Act) -> EmployerId:
    """The employer this account works for; an account without one sees nothing."""
    if not act.actor.employer:
        raise not_found()
    return EmployerId(act.actor.employer)


@doors.page("/employer", roles=EMPLOYER)
def home(act: Act) -> Any:
    """Her workers' cases, and what each waits for."""
    cases = view.cases(act, own(act))
    corrected = view.corrected(act, own(act))
    viewed(*(c.person_id for c in cases), *(c.person_id for c in corrected))
    return render(act, "employer.html", view.home(cases, corrected), decided=told.decided(act, cases))


# --- notify a maternity leave ------------------------------------------------------------------


class Form:
    """What an employer typed, read; the faults beside their fields."""

    def __init__(self, form: Mapping[str, str], today: date) -> None:
        self.form, self.today = form, today
        self.errors = Said()

    def text(self, name: str, most: int = 200) -> str:
        return self.form.get(name, "").strip()[:most]

    def wrong(self, name: str, code: str, **params: Any) -> None:
        self.errors[name] = words.text(words.ERRORS, code, params)

    def day(self, name: str, *, needed: bool = False) -> date | None:
        try:
            found = read_date(self.text(name), self.today, pages.language())
        except DateNotRead as unread:
            self.errors[name] = dict(unread.text)
            return None
        if found is None and needed:
            self.wrong(name, "required")
        return found

    def amount(self, name: str) -> Money | None:
        """An amount as people write it (`shared.reading.amounts`)."""
        typed = self.text(name, 60)
        if not typed:
            return None
        try:
            return read_amount(typed, institution().currency, pages.language())
        except NotRead as wrong:
            self.errors[name] = words.not_read(wrong)
            return None


def _record_wages(
    act: Act, read: Form, person_id: PersonId, months: Sequence[view.Wage], *, missing_only: bool
) -> None:
    paid = read.text("contributions_paid") == "yes"
    for item in months:
        wage = read.amount(f"wage_{item.month}")
        if wage is None or read.errors or (missing_only and not item.missing):
            continue
        people.record_contribution(act, person_id, item.month, wage, paid=paid, employer_id=own(act))


def _check_wages(read: Form, months: Sequence[view.Wage]) -> None:
    for item in months:
        read.amount(f"wage_{item.month}")


@doors.page("/employer/notice", roles=EMPLOYER)
def notice_page(act: Act) -> Any:
    """Find the worker, then the form."""
    return _notice(act, {}, request.args)


def _notice(act: Act, form: Mapping[str, str], asked: Mapping[str, str], errors: Said | None = None) -> str:
    page = view.notice(act, own(act), asked, _leave_day(act, form), Said(form), errors or Said())
    viewed(*(w.id for w in page.found), *(c.person_id for c in page.waiting))
    viewed(*([page.worker.id] if page.worker is not None else []))
    return render(act, "employer_notice.html", page)


def _worker(act: Act, id_: str) -> view.Worker:
    worker = view.worker(act, own(act), id_)
    viewed(worker.id)
    return worker


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
    read = Form(form, act.today)
    expected, leave = read.day("expected_on", needed=True), read.day("leave_from", needed=True)
    until, advance = read.day("leave_to"), read.amount("advance_paid")
    months = view.wages(act, own(act), worker.id, _leave_day(act, form))
    _check_wages(read, months)
    if read.text("sure") != "yes":
        read.wrong("sure", "required")
    if not read.errors and expected is not None and leave is not None:
        try:
            outcome, id_ = notices.notify_maternity(
                act,
                worker.id,
                expected_on=expected,
                leave_from=leave,
                leave_to=until,
                advance_paid=advance,
                remarks=read.text("remarks", 500),
                word=read.text("second_word", notices.LONGEST_WORD),
            )
            _record_wages(act, read, worker.id, months, missing_only=True)
            return pages.go(f"/employer/receipts/{id_}" + ("?again=1" if outcome == "duplicate" else ""))
        except notices.WordNeeded as near:
            read.errors["second_word"] = words.text(view.SECOND, "why", {"on": view.day_of(near.on)})
        except RowRefused as refused:
            read.errors[refused.column or "leave_from"] = words.text(file_words.ROW_REASONS, refused.code)
    return Response(_notice(act, form, {"person": worker.id}, read.errors), 422, content_type=pages.HTML)


def _notified(act: Act, claim_id: UUID) -> view.NotifiedPage:
    page = view.notified(act, own(act), str(claim_id))
    viewed(page.worker.id)
    return page


@doors.page("/employer/receipts/<uuid:claim_id>", roles=EMPLOYER)
def receipt(act: Act, claim_id: UUID) -> Any:
    """What she has notified, to keep or to print."""
    again = request.args.get("again") == "1"
    return render(act, "employer_receipt.html", _notified(act, claim_id), again=again)


@doors.page("/employer/receipts/<uuid:claim_id>.pdf", roles=EMPLOYER)
def receipt_paper(act: Act, claim_id: UUID) -> Any:
    """The same as a PDF."""
    page, language, _ = _notified(act, claim_id), pages.language(), pages.translate
    facts = [(_("Number"), page.claim.number), *_who_and_whom(act, page.worker)]
    if page.expected_on:
        facts.append((_("Baby expected"), plain_date(page.expected_on, language, "long")))
    if page.leave_from and page.leave_to:
        facts.append((_("Leave"), plain_period(page.leave_from, page.leave_to, language, "long")))
    elif page.leave_from:
        facts.append((_("Leave"), plain_date(page.leave_from, language, "long")))
    if page.advance:
        facts.append((_("Paid to her in advance"), money(page.advance, language)))
    if page.remarks:
        facts.append((_("Note"), page.remarks))
    facts.append((_("Notified on"), plain_date(page.notified_on, language, "long")))
    after = [
        _(page.after),
        _("We ask you only if a wage or a day is missing."),
    ]
    return _paper(page.office, _(page.title), facts, (_("What happens now"), after), page.claim.number)


def _who_and_whom(act: Act, worker: view.Worker) -> list[tuple[str, str]]:
    employer = store.places.employer(act, own(act))

    def once(*told: str | None) -> str:
        return " · ".join(dict.fromkeys(x for x in told if x))

    return [
        (pages.translate("Employer"), once(employer.name, employer.name_latin, employer.number)),
        (pages.translate("Worker"), once(worker.name, worker.latin, worker.number)),
    ]


def _paper(
    office: Office, title: str, facts: list[tuple[str, str]], after: tuple[str, list[str]], number: str
) -> Response:
    where = " · ".join([*office.address, office.phone])
    made = receipt_pdf(Receipt(pages.language(), [office.name, where], title, facts, after))
    return download(made, f"receipt-{number}", "pdf")


# --- confirm wages -----------------------------------------------------------------------------


def _statement(
    act: Act, id_: UUID, form: Mapping[str, str] | None = None, errors: Said | None = None
) -> view.StatementPage:
    page = view.statement(act, own(act), str(id_), form, errors)
    viewed(page.worker.id)
    return page


@doors.page("/employer/statements/<uuid:statement_id>", roles=EMPLOYER)
def statement_page(act: Act, statement_id: UUID) -> Any:
    """What we ask her to confirm; once she has, what she confirmed."""
    page = _statement(act, statement_id)
    done = page.statement.is_answered and request.args.get("change") != "1"
    return render(act, "employer_confirmed.html" if done else "employer_statement.html", page)


@doors.page("/employer/statements/<uuid:statement_id>", roles=EMPLOYER, method="POST")
def confirm(act: Act, statement_id: UUID, form: dict[str, str]) -> Any:
    """She confirms facts: paid by us until, last day worked, wages by month."""
    page, read = _statement(act, statement_id), Form(form, act.today)
    until, worked = read.day("wage_paid_until", needed=True), read.day("last_day_worked_on")
    pay = read.text("pay") or "monthly"
    if pay not in ("monthly", "daily", "hourly", "piece"):
        read.wrong("pay", "unknown_word")
    _check_wages(read, page.months)
    if read.text("sure") != "yes":
        read.wrong("sure", "required")
    if read.errors or until is None:
        shown = render(act, "employer_statement.html", _statement(act, statement_id, form, read.errors))
        return Response(shown, 422, content_type=pages.HTML)
    _record_wages(act, read, page.worker.id, page.months, missing_only=False)
    statements.take_statement(act, page.statement.id, Confirmed(pay, until, worked))
    return pages.go(f"/employer/statements/{page.statement.id}")


@doors.page("/employer/statements/<uuid:statement_id>.pdf", roles=EMPLOYER)
def statement_paper(act: Act, statement_id: UUID) -> Any:
    """What she has confirmed, as a PDF."""
    page, language, _ = _statement(act, statement_id), pages.language(), pages.translate
    received = page.statement.received_at
    if not page.statement.is_answered or received is None:
        raise not_found()
    facts = [(_("Number"), page.number), *_who_and_whom(act, page.worker)]
    days = (
        (page.answer.last_day_worked_on, _("Last day worked")),
        (page.answer.wage_paid_until, _("Wage paid by you until")),
    )
    facts += [(label, plain_date(day, language, "long")) for day, label in days if day is not None]
    facts += [(plain_month(m.month.first_day, language), money(m.wage, language)) for m in page.months if m.wage]
    facts.append((_("Confirmed on"), plain_date(pages.day_of(received), language, "long")))
    office = store.places.office(act, page.claim.office_id)
    return _paper(office, _("Receipt: facts confirmed"), facts, ("", []), page.number)


# --- what was advanced and what came back -----------------------------------------------------


def _account(act: Act) -> view.AccountPage:
    page = view.account(act, own(act))
    viewed(*(line.person_id for line in page.lines))
    return page


def _account_page(act: Act, form: Mapping[str, str], errors: Said) -> str:
    page = _account(act)
    return render(act, "employer_account.html", page, typed=Said(form), errors=errors, sources=words.ADVANCE_SOURCES)


@doors.page("/employer/account", roles=EMPLOYER)
def account_page(act: Act) -> Any:
    """What she advanced and what came back: one statement of account."""
    return _account_page(act, {}, Said())


@doors.page("/employer/account", roles=EMPLOYER, method="POST")
def came_back(act: Act, form: dict[str, str]) -> Any:
    """She writes down that money came back."""
    read = Form(form, act.today)
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
                _known_claim(claim),
                returned_on=on,
                amount=amount,
                source=read.text("source", 20),
                note=read.text("note"),
            )
            return pages.go("/employer/account")
        except advances.ReturnRefused as refused:
            read.wrong(refused.field, refused.code)
    return Response(_account_page(act, form, read.errors), 422, content_type=pages.HTML)


def _known_claim(text: str) -> str:
    if not is_uuid(text):
        raise store.NotHere("claim")
    return text


@doors.page("/employer/account/entries/<uuid:entry_id>/slip", roles=EMPLOYER, method="POST")
def slip(act: Act, entry_id: UUID, form: dict[str, str]) -> Any:
    """An entry was a slip and is taken back; both stay to be seen."""
    own(act)
    advances.take_back(act, str(entry_id))
    return pages.go("/employer/account")


@doors.page("/employer/account.xlsx", roles=EMPLOYER)
def account_file(act: Act) -> Any:
    """The statement of account as a spreadsheet."""
    columns = ["number", "sso_no", "name", "notified_on", "advanced", "returned", "open", "currency"]
    rows = [
        {
            "number": line.number,
            "sso_no": line.card,
            "name": line.name,
            "notified_on": line.on.isoformat(),
            "advanced": line.advanced.decimal(),
            "returned": line.returned.decimal(),
            "open": line.open.decimal(),
            "currency": line.open.currency,
        }
        for line in _account(act).lines
    ]
    return download(table_files.workbook_bytes(columns, rows), "advances", "xlsx")


TYPES = {
    "pdf": "application/pdf",
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def download(data: bytes, name: str, ending: str) -> Response:
    """A file that the browser keeps under a plain name."""
    plain = "".join(c for c in name if c.isascii() and (c.isalnum() or c in "-_."))[:80]
    plain = plain.removesuffix(".csv").removesuffix(".xlsx") or "file"
    headers = {"Content-Disposition": f'attachment; filename="{plain}.{ending}"'}
    return Response(data, headers=headers, content_type=TYPES[ending])
