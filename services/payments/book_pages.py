"""The books: a day road by road, the trial balance, expenditure by branch, a person's account; printed and exported."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from flask import Response

from services.payments import store, words
from services.payments.domain.books import Part, PersonAccount, person_account
from services.payments.doors import LEDGER_PAGES, ORDERS_READ, office_of, only_central
from services.payments.gateways import sheet
from services.payments.pages import order_line
from shared.act import Act
from shared.money import Money
from shared.period import read_day
from shared.web import pages
from shared.web.app import viewed
from shared.web.doors import Doors
from shared.web.pages import go, render
from shared.web.problems import not_found

doors = Doors()
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: A journal is fetched for at most so long a period.
LONGEST = timedelta(days=366)
COLUMNS = ("entry", "on", "kind", "account", "branch", "debit", "credit", "currency", "reference", "run")


def day_of(told: str) -> date:
    """A day in an address. Raises 404."""
    try:
        return read_day(told)
    except ValueError:
        raise not_found() from None


@doors.page("/payments/books", roles=LEDGER_PAGES)
def books_today(act: Act) -> Any:
    """The books of today."""
    return go(f"/payments/books/{act.today}")


@doors.page("/payments/books/<day>", roles=LEDGER_PAGES)
def books_page(act: Act, day: str) -> Any:
    """What waits, the day's roads that add up, the trial balance on that day, expenditure by branch."""
    only_central(act)
    wanted = day_of(day)
    counts = store.count_by_state(act.connection, None)
    return render(
        "books.html",
        day=wanted,
        before=wanted - timedelta(days=1),
        after=wanted + timedelta(days=1),
        today=act.today,
        waits={
            "due": len(store.due_unassigned(act.connection, act.today)),
            "held": counts.get("held", 0),
            "unknown": counts.get("unknown", 0),
            "unreconciled": len(store.unexplained_lines(act.connection)),
        },
        roads=store.roads_on(act.connection, wanted),
        channels=words.CHANNELS,
        parts=list(Part),
        part_words=words.PARTS,
        balances=_trial(act, wanted),
        accounts=words.ACCOUNTS,
        branches=store.branches(act.connection),
        components=words.COMPONENTS,
        month=wanted.replace(day=1),
    )


def _trial(act: Act, day: date) -> dict[str, list[dict[str, Any]]]:
    """The trial balance on a day: for each currency its accounts with debit, credit and balance; branches together."""
    sums: dict[tuple[str, str], list[int]] = {}
    for row in store.balances(act.connection, last=day):
        kept = sums.setdefault((row.currency, row.account), [0, 0])
        kept[0] += int(row.debit)
        kept[1] += int(row.credit)
    found: dict[str, list[dict[str, Any]]] = {}
    for (currency, account), (debit, credit) in sorted(sums.items()):
        line = {"account": account, "debit": Money(debit, currency), "credit": Money(credit, currency)}
        found.setdefault(currency, []).append(line | {"balance": Money(debit - credit, currency)})
    return found


@doors.page("/payments/books/<day>/<channel>/<part>", roles=LEDGER_PAGES)
def road_page(act: Act, day: str, channel: str, part: str) -> Any:
    """The orders behind one number of a day."""
    only_central(act)
    if channel not in words.CHANNELS or part not in list(Part):
        raise not_found()
    rows = store.orders_of_road(act.connection, day_of(day), channel, Part(part))
    viewed(*{row.person_id for row in rows})
    reasons = store.reasons(act.connection)
    return render(
        "books_orders.html",
        day=day_of(day),
        channel=words.words(channel, words.CHANNELS),
        part=words.words(part, words.PARTS),
        orders=[order_line(row, reasons) for row in rows],
    )


@doors.page("/payments/books/<day>.xlsx", roles=LEDGER_PAGES)
def trial_workbook(act: Act, day: str) -> Any:
    """The trial balance of a day as a workbook."""
    only_central(act)
    wanted = day_of(day)
    rows: list[list[str | Money]] = [["account", "debit", "credit", "balance", "currency"]]
    for currency, lines in _trial(act, wanted).items():
        rows += [
            [pages.translate(words.ACCOUNTS[line["account"]]), line["debit"], line["credit"], line["balance"], currency]
            for line in lines
        ]
    return _download(sheet.write(rows), XLSX, f"trial-balance-{wanted}.xlsx")


@doors.page("/payments/books/journal/<first>/<last>.csv", roles=LEDGER_PAGES)
def journal_csv(act: Act, first: str, last: str) -> Any:
    """The journal of a period for the institution's accounting system: one line for each posting."""
    only_central(act)
    begins, ends = day_of(first), day_of(last)
    if not timedelta(0) <= ends - begins <= LONGEST:
        raise not_found()
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow(COLUMNS)
    for row in store.journal(act.connection, begins, ends):
        amount = Money(abs(row.minor), row.currency).decimal()
        debit, credit = (amount, "") if row.minor > 0 else ("", amount)
        told = (row.id, row.happened_on, row.kind, row.account, row.component or "", debit, credit, row.currency)
        table.writerow((*told, row.reference or "", row.run_number or ""))
    return _download(out.getvalue().encode("utf-8-sig"), "text/csv; charset=utf-8", f"journal-{begins}-{ends}.csv")


def _download(content: bytes, kind: str, name: str) -> Response:
    return Response(content, 200, {"Content-Disposition": f'attachment; filename="{name}"'}, content_type=kind)


# --- a person ----------------------------------------------------------------------------------


@doors.page("/payments/persons/<uuid:person_id>/<day>", roles=ORDERS_READ)
def account_page(act: Act, person_id: UUID, day: str) -> Any:
    """What a person got and gave back up to a day; of your own office's orders."""
    return _account_page("persons", str(person_id), day_of(day), _account(act, str(person_id), day_of(day)))


@doors.page("/payments/employers/<uuid:employer_id>/<day>", roles=ORDERS_READ)
def employer_account_page(act: Act, employer_id: UUID, day: str) -> Any:
    """What an employer got for her advances and gave back up to a day; of your own office's orders."""
    account = _employer_account(act, str(employer_id), day_of(day))
    return _account_page("employers", str(employer_id), day_of(day), account)


def _account_page(kind: str, payee_id: str, day: date, account: PersonAccount) -> str:
    return render(
        "account.html",
        day=day,
        whose=f"{kind}/{payee_id}",
        of_employer=kind == "employers",
        lines=[
            {
                "on": line.on,
                "what": pages.translate(words.ENTRIES[line.kind]),
                "reference": line.reference,
                "claim": line.claim_number,
                "component": words.words(line.component, words.COMPONENTS),
                "amount": line.amount,
                "sum": after,
            }
            for line, after in account.lines
        ],
        totals=list(account.totals.values()),
    )


def _account(act: Act, person_id: str, until: date) -> PersonAccount:
    """A person's account. Raises 404 for who has none here."""
    lines = store.account_lines(act.connection, person_id, until, office_of(act))
    if not lines and not store.awards_of_person(act.connection, person_id):
        raise not_found()
    viewed(person_id)
    return person_account(lines)


def _employer_account(act: Act, employer_id: str, until: date) -> PersonAccount:
    """An employer's account. Raises 404 for who has none here."""
    lines = store.account_lines(act.connection, employer_id, until, office_of(act))
    persons = store.persons_of_employer(act.connection, employer_id)
    if not persons:
        raise not_found()
    viewed(*persons)
    return person_account(lines)


@doors.page("/payments/persons/<uuid:person_id>/<day>.xlsx", roles=ORDERS_READ)
def account_workbook(act: Act, person_id: UUID, day: str) -> Any:
    """The same as a workbook."""
    return _workbook(_account(act, str(person_id), day_of(day)), day)


@doors.page("/payments/employers/<uuid:employer_id>/<day>.xlsx", roles=ORDERS_READ)
def employer_account_workbook(act: Act, employer_id: UUID, day: str) -> Any:
    """The same as a workbook."""
    return _workbook(_employer_account(act, str(employer_id), day_of(day)), day)


def _workbook(account: PersonAccount, day: str) -> Response:
    rows: list[list[str | Money]] = [["on", "what", "reference", "claim", "branch", "amount", "sum", "currency"]]
    for line, after in account.lines:
        what = pages.translate(words.ENTRIES[line.kind])
        told = [line.on.isoformat(), what, line.reference, line.claim_number, line.component]
        rows.append([*told, line.amount, after, line.amount.currency])
    return _download(sheet.write(rows), XLSX, f"account-{day}.xlsx")
