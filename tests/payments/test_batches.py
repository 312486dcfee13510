"""A file of many orders that the bank books as one sum, and tells in detail before or after."""

from __future__ import annotations

from collections.abc import Callable
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from services.payments import tables as t
from services.payments.usecases import reading, sending
from shared import database
from shared.tables import outbox
from tests.payments.pay_day import AMOUNT, DAY, Day, seed
from tests.payments.statement_makers import entry, file, part, statement

ORDERS = 3
SUM = AMOUNT * ORDERS
FEE = 500


@pytest.fixture
def day(new_database: Callable[[str], str], tmp_path: Path) -> Day:
    """Three orders that were sent and taken."""
    found = seed(database.connect(new_database("payments")), tmp_path, ORDERS)
    sending.send_run(found.job(), found.out, found.to_release())
    return found


def money(minor: int) -> str:
    return f"{minor // 100}.{minor % 100:02d}"


def rows(day: Day, table: Any) -> list[Any]:
    with day.engine.connect() as connection:
        return list(connection.execute(select(table)))


def references(day: Day) -> list[str]:
    return sorted(o.reference for o in rows(day, t.payment_order))


def booked(minor: int = SUM, *, final: bool = True, ident: str = "DAY", details: str = "", more: str = "") -> bytes:
    """The day's statement: one sum left; nothing is left on the account."""
    sums = entry(money(minor), DAY, side="DBIT", bank="B-77", details=details, more=more)
    return file(
        statement(sums, day=DAY, opening=money(minor + 1000), closing="10.00", final=final, ident=ident, period=final)
    )


def told(day: Day, minor: int = SUM, *, ident: str = "NOTE", more: str = "") -> bytes:
    """The notification with every transfer of the sum."""
    transfers = "".join(part(money(AMOUNT), r, side="DBIT") for r in references(day))
    sums = entry(money(minor), DAY, side="DBIT", bank="B-77", details=transfers, more=more)
    note = statement(sums, day=DAY, opening=None, ident=ident, tag="Ntfctn", period=False)
    return file(note, version="camt.054.001.08", root="BkToCstmrDbtCdtNtfctn")


def reads(day: Day, *files: bytes) -> None:
    for one in files:
        reading.read_file(day.job(), day.out, one, gateway=day.out.bank)


def all_paid_once(day: Day, fee: int = 0) -> None:
    assert [o.state for o in rows(day, t.payment_order)] == ["settled"] * ORDERS
    assert [e.type for e in rows(day, outbox)].count("payments.instalment.paid") == ORDERS
    sums: dict[str, int] = {}
    for posting in rows(day, t.ledger_posting):
        sums[posting.account] = sums.get(posting.account, 0) + posting.minor
    assert {k: v for k, v in sums.items() if v} == {"expense": SUM, "bank": -SUM - fee} | ({"fees": fee} if fee else {})
    assert [(s.adds_up, s.missing_minor) for s in rows(day, t.statement) if s.closing_minor is not None] == [(True, 0)]
    live = [line for line in rows(day, t.statement_line) if line.resolution != "told_in_detail"]
    assert sum(line.amount_minor for line in live) == -SUM - fee
    assert {line.match for line in live} <= {"matched", "fee"}


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_sum_and_details_settle_each_order_once_whichever_comes_first(day: Day, order: tuple[int, ...]) -> None:
    files = (booked(), told(day), told(day))
    reads(day, *(files[n] for n in order))
    all_paid_once(day)
    reads(day, *files)
    all_paid_once(day)


@pytest.mark.parametrize("first", ["sum", "details"])
def test_charges_inside_a_batch_are_a_fee(day: Day, first: str) -> None:
    charges = f'<Chrgs><Rcrd><Amt Ccy="LAK">{money(FEE)}</Amt><CdtDbtInd>DBIT</CdtDbtInd></Rcrd></Chrgs>'
    files = [booked(SUM + FEE), told(day, SUM + FEE, more=charges)]
    reads(day, *(files if first == "sum" else files[::-1]))
    all_paid_once(day, FEE)


def test_the_day_so_far_tells_the_sum_and_the_day_at_its_end_the_details(day: Day) -> None:
    transfers = "".join(part(money(AMOUNT), r, side="DBIT") for r in references(day))
    reads(day, booked(final=False, ident="SO-FAR"), booked(details=transfers))
    lines = rows(day, t.statement_line)
    assert [o.state for o in rows(day, t.payment_order)] == ["settled"] * ORDERS
    assert all(s.adds_up for s in rows(day, t.statement))
    assert sum(line.amount_minor for line in lines if line.resolution is None) == -SUM


def test_a_sum_that_somebody_has_explained_stays_as_she_said(day: Day) -> None:
    reads(day, booked())
    with day.engine.begin() as connection:
        connection.execute(t.statement_line.update().values(resolution="refunded"))
    reads(day, told(day))
    assert len(rows(day, t.statement_line)) == 1
