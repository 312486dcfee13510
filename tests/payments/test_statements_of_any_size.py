"""A statement of half a million lines is read like one of five: slice by slice, in bounded memory."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.payments.domain.overlap import Entry, running
from services.payments.domain.statement import Statement, StatementLine
from services.payments.gateways import camt, mt940, spooled
from services.payments.gateways.spooled import Spool
from services.payments.usecases import statements
from shared import database
from shared.money import Money
from tests.payments.pay_day import OURS, seed, statement
from tests.there import there

DAY = date(2025, 5, 22)


def line(n: int, minor: int = -100, days: int = 0) -> StatementLine:
    charges = Money(n, "LAK") if n % 3 == 0 else None
    return StatementLine(f"B{n}", Money(minor, "LAK"), DAY + timedelta(days), f"R{n}", entry=n, charges=charges)


def told(lines: list[StatementLine], opening: int = 0) -> Statement:
    return Statement("S", "1", "LAK", DAY, True, Money(opening, "LAK"), None, lines)


@given(st.integers(0, 40), st.integers(1, 7))
def test_lines_that_were_written_down_are_the_lines(count: int, slice_: int) -> None:
    spool = Spool()
    spool._slice = slice_
    lines = [line(n) for n in range(1, count + 1)]
    for one in lines:
        spool.add(one)
    kept = spool.lines()
    assert list(kept) == list(kept) == lines, "as often as somebody goes through them"
    assert len(kept) == spool.count == count
    assert [kept[n] for n in range(count)] == lines
    assert list(kept[1:4]) == lines[1:4]
    with pytest.raises(IndexError):
        kept[count]


@given(st.lists(st.tuples(st.integers(-50, 50), st.integers(0, 3)), max_size=12), st.sets(st.integers(1, 12)))
def test_the_balance_before_each_entry_is_that_of_its_day(moves: list[tuple[int, int]], done: set[int]) -> None:
    """Entry by entry it is what it is for all of them at once, also where the days stand mixed."""
    lines = [line(n, minor, days) for n, (minor, days) in enumerate(moves, 1)]
    wanted = running([Entry(one.booked_on, one.amount.minor) for one in lines], 1000)
    found = list(statements._all_new(told(lines, 1000), done))
    assert found == [((one,), wanted[one.entry - 1], []) for one in lines if one.entry not in done]


def test_an_entry_in_parts_stays_one_entry() -> None:
    parts = [line(1), line(2), line(2), StatementLine("", Money(1, "LAK"), DAY)]
    assert [[(one.entry, one.part) for one in entry] for entry in told(parts).entries()] == [
        [(1, 0)],
        [(2, 1), (2, 2)],
        [(4, 0)],
    ]


@pytest.fixture
def mass(new_database: Callable[[str], str], tmp_path: Path) -> bytes:
    """The MT940 of a day of 12,000 orders."""
    day = seed(database.connect(new_database("payments")), tmp_path, 12_000)
    file = statement(day.engine)
    day.engine.dispose()
    return file


def as_camt(file: bytes) -> bytes:
    """The same day as camt.053."""
    (told_,) = mt940.read(file).statements
    entries = "".join(
        f'<Ntry><Amt Ccy="LAK">{(-one.amount).decimal()}</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts>BOOK</Sts>'
        f"<BookgDt><Dt>{one.booked_on}</Dt></BookgDt><AcctSvcrRef>{one.bank_reference}</AcctSvcrRef><NtryDtls><TxDtls>"
        f"<Refs><EndToEndId>{one.reference}</EndToEndId></Refs></TxDtls></NtryDtls></Ntry>"
        for one in told_.lines
    )
    number = f"<Acct><Id><Othr><Id>{there(OURS).number}</Id></Othr></Id></Acct>"
    head = f"<Id>S</Id><CreDtTm>2025-05-22T18:00:00</CreDtTm>{number}"
    return f"<Document><BkToCstmrStmt><Stmt>{head}{entries}</Stmt></BkToCstmrStmt></Document>".encode()


def peak(work: Callable[[], object]) -> int:
    """The most memory that some work asks Python for, in bytes."""
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_lines_take_no_memory_while_they_are_not_looked_at(mass: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    xml, zone = as_camt(mass), ZoneInfo("Asia/Vientiane")
    files: dict[str, Callable[[], object]] = {"mt940": lambda: mt940.read(mass), "camt": lambda: camt.read(xml, zone)}
    few = {name: peak(read) for name, read in files.items()}
    monkeypatch.setattr(spooled, "SLICE", 1_000_000)
    all_ = {name: peak(read) for name, read in files.items()}
    lines = 12_000 * 200  # bytes that so many lines take at least
    assert {name: all_[name] - few[name] for name in files if all_[name] - few[name] < lines} == {}
    assert few["camt"] < lines * 3 // 2, "an entry is freed when it was read"


def test_both_formats_tell_the_same_lines(mass: bytes) -> None:
    (swift,), (iso,) = mt940.read(mass).statements, camt.read(as_camt(mass), ZoneInfo("Asia/Vientiane")).statements
    assert len(swift.lines) == len(iso.lines) == 12_000
    for a, b in zip(swift.lines, iso.lines, strict=True):
        assert (a.amount, a.reference, a.entry, a.booked_on) == (b.amount, b.reference, b.entry, b.booked_on)
