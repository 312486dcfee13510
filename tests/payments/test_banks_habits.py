"""Habits of real banks, each seen in a published sample and told here with numbers of our own."""

from __future__ import annotations

from datetime import date, timedelta, timezone

import pytest

from services.payments.domain.statement import Statement
from services.payments.gateways import statement_files
from services.payments.gateways.xml_in import FileUnreadable
from tests.payments import statement_makers as make

DAY = date(2025, 5, 22)
ZONE = timezone(timedelta(hours=7))


def swift(*fields: str, account: str = make.OURS, opening: str = "C250521LAK1000,", closing: str = "") -> bytes:
    head = [":20:STMT", f":25:{account}", ":28C:12/1", f":60F:{opening}"]
    return "\r\n".join([*head, *fields, *([f":62F:{closing}"] if closing else []), "-"]).encode()


def one(file: bytes) -> Statement:
    (statement,) = statement_files.read(file, ZONE).statements
    return statement


def test_a_dash_alone_inside_a_text_ends_no_statement() -> None:
    fields = (
        ":61:2505220522C30,NTRFNONREF",
        ":86:/EREF/ABC",
        "-",
        "DEF/",
        ":61:2505220522D12,75NTRFNONREF",
        ":86:more",
    )
    found = one(swift(*fields, closing="C250522LAK1017,25"))
    assert [line.amount.minor for line in found.lines] == [3000, -1275]
    assert found.adds_up


@pytest.mark.parametrize("end", ["-", "-}", "-}{5:}", "-XXX", "-\x03", ""])
def test_every_way_to_end_a_statement_is_known(end: str) -> None:
    file = swift(":61:2505220522C30,NTRFNONREF", closing="C250522LAK1030,")
    found = one(file.removesuffix(b"-") + end.encode())
    assert found.adds_up
    assert len(found.lines) == 1


def test_a_statement_that_lost_an_end_is_refused_and_says_which() -> None:
    lost = statement_files.read(swift(":61:2505220522C30,NTRFNONREF"), ZONE)
    assert not lost.statements
    assert lost.faults[0].reason == "no_closing_balance"
    no_head = swift(closing="C250522LAK1030,").replace(b":60F:C250521LAK1000,\r\n", b"")
    assert statement_files.read(no_head, ZONE).faults[0].reason == "no_opening_balance"


@pytest.mark.parametrize("kind", ["NTRF", "S051", "S   ", "MCI0", "FMSC", "N527"])
def test_the_kind_of_a_line_may_be_any_of_four_letters(kind: str) -> None:
    found = one(swift(f":61:2505220522C30,{kind}NONREF", ":NS:01words of it", closing="C250522LAK1030,"))
    assert found.adds_up
    assert found.lines[0].text == "01words of it"


def test_a_value_day_that_no_calendar_has_is_the_last_of_its_month() -> None:
    found = one(swift(":61:2502300301D6,NTRFNONREF", opening="C250228LAK1000,", closing="C250301LAK994,"))
    assert found.adds_up
    assert found.lines[0].booked_on == date(2025, 3, 1)


def test_a_balance_without_its_currency_takes_that_of_the_other() -> None:
    assert one(swift(":61:2505220522C30,NTRFNONREF", closing="C2505221030,")).adds_up


@pytest.mark.parametrize("told", ["{}LAK", "{} LAK", "BKCHLALA/{}/LAK", "BKCHLALA/{}", "/{}"])
def test_an_account_is_found_behind_bank_and_currency(told: str) -> None:
    found = one(swift(account=told.format(make.OURS), closing="C250522LAK1000,"))
    assert found.account == make.OURS


def test_text_of_two_bytes_a_letter_is_read() -> None:
    file = swift(":61:2505220522C30,NTRFNONREF", ":86:ເງິນ", closing="C250522LAK1030,").decode()
    assert one(file.encode("utf-16")).lines[0].text == "ເງິນ"


def test_an_entry_without_a_day_is_of_the_day_of_its_statement() -> None:
    dayless = make.entry("30.00", DAY, booked="").replace(f"<ValDt><Dt>{DAY}</Dt></ValDt>", "")
    dayless = dayless.replace(f"<BookgDt><Dt>{DAY}</Dt></BookgDt>", "")
    assert "Dt>" not in dayless
    for tag, root in (("Stmt", "BkToCstmrStmt"), ("Rpt", "BkToCstmrAcctRpt"), ("Ntfctn", "BkToCstmrDbtCdtNtfctn")):
        told = make.statement(dayless, day=DAY, opening=None, tag=tag, period=tag == "Stmt")
        found = one(make.file(told, root=root))
        assert not found.unreadable
        assert found.lines[0].booked_on == DAY


def test_an_entry_in_another_currency_than_the_account_is_shown_not_added() -> None:
    told = make.statement(
        make.entry("30.00", DAY), make.entry("5.00", DAY, currency="USD"), day=DAY, closing="1030.00", final=True
    )
    found = one(make.file(told))
    assert [line.amount.currency for line in found.lines] == ["LAK"]
    assert found.unreadable == ((2, "USD is not the currency of the account"),)


def test_a_time_with_more_digits_than_a_clock_has_is_read() -> None:
    entry = make.entry("30.00", DAY, booked=f"<DtTm>{DAY}T10:00:00.000000000</DtTm>")
    assert one(make.file(make.statement(entry, day=DAY))).lines[0].booked_on == DAY


@pytest.mark.parametrize("file", [b"Sehr geehrte Damen", b":60F:C100318EUR1,\r\n", b"PK\x03\x04\x14", b"%PDF-1.7", b""])
def test_what_is_no_statement_at_all_is_called_so(file: bytes) -> None:
    with pytest.raises(FileUnreadable, match="no_statement"):
        statement_files.read(file, ZONE)
