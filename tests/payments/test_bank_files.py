"""The files that travel: valid by their schemas, Lao names as they are, and nothing hostile gets in."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from deploy.embedded.pretend_bank_files import Booked, read_pain001, write_camt053, write_pain002
from services.payments.domain.check import Account
from services.payments.domain.statement import Match, Statement, StatementLine, match_line, never_arrived
from services.payments.gateways import neutral_csv, pain001, pain002, statement_files
from services.payments.gateways.bank import BankStatus, Payment, RunFile
from services.payments.gateways.pain001 import FileInvalid
from services.payments.gateways.xml_in import FileUnreadable
from shared.ids import payment_reference, uuid4
from shared.money import Money

DAY = date(2025, 5, 22)
NS = {"p": pain001.NAMESPACE}


def values(root: etree._Element, path: str) -> list[str]:
    """The texts at a path of a file."""
    return cast("list[str]", root.xpath(path, namespaces=NS))


def payment(
    name: str = "ນາງ ຈັນທະລາ ອິນທະວົງ",
    minor: int = 360_000_00,
    currency: str = "LAK",
    number: str = "1100200300401",
    kind: str = "bank",
    random: Callable[[int], bytes] = lambda n: b"\x07" * n,
    about: str = "CLAIM 250000000112",
) -> Payment:
    return Payment(
        payment_reference(random),
        uuid4(random),
        Money(minor, currency),
        name,
        Account(kind, "BCEL", number, name),
        about,
    )


def run(*payments: Payment, currency: str = "LAK") -> RunFile:
    return RunFile(
        "0" * 32,
        datetime(2025, 5, 22, 3, 0, tzinfo=UTC),
        DAY,
        "Social Security & <Fund>",
        "0100000000001",
        "PRETEND",
        currency,
        payments,
    )


def test_a_run_with_lao_names_and_signs_is_valid_and_read_as_written() -> None:
    names = [
        "ນາງ ຈັນທະລາ ອິນທະວົງ",
        "Bun & <Sons> \"Co\" 'x'",
        "ດ" * 300,
        "zero\x00width\ud800",
        "  many   blanks  ",
    ]
    file = pain001.write(run(*(payment(name) for name in names)))
    root = etree.fromstring(file)
    assert root.xpath("//p:Cdtr/p:Nm/text()", namespaces=NS) == [
        names[0],
        names[1],
        "ດ" * 140,
        "zerowidth",
        "many blanks",
    ]
    assert root.xpath("//p:GrpHdr/p:CtrlSum/text()", namespaces=NS) == ["1800000.00"]
    assert root.xpath("//p:GrpHdr/p:NbOfTxs/text()", namespaces=NS) == ["5"]
    assert values(root, "//p:CdtrAcct/p:Id/p:Othr/p:Id/text()")[0] == "1100200300401"
    assert set(values(root, "//p:Purp/p:Cd/text()")) == {"SSBE"}
    assert values(root, "//p:InstdAmt/text()")[0] == "360000.00"


def test_the_pretend_bank_reads_what_we_write() -> None:
    wallet = payment("Bun", 100, number="+856 20 5555 1234", kind="wallet")
    order = read_pain001(pain001.write(run(payment(), wallet)))
    assert [t.amount.minor for t in order.transfers] == [360_000_00, 100]
    assert (order.executes_on, order.debtor) == (DAY, "Social Security & <Fund>")


def test_a_dong_has_no_decimals() -> None:
    file = pain001.write(run(payment(minor=125000, currency="VND"), currency="VND"))
    assert b'<InstdAmt Ccy="VND">125000</InstdAmt>' in file


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param(run(), id="no payment"),
        pytest.param(run(payment(name="\x00")), id="a name of nothing"),
        pytest.param(run(payment(minor=-1)), id="a negative amount"),
        pytest.param(run(payment(number="")), id="no account"),
    ],
)
def test_what_no_bank_could_take_is_refused_before_it_leaves(wrong: RunFile) -> None:
    with pytest.raises(FileInvalid):
        pain001.write(wrong)


@settings(max_examples=60, deadline=None)
@given(name=st.text(min_size=1, max_size=200), minor=st.integers(1, 10**14), about=st.text(max_size=200))
def test_any_text_gives_a_valid_file_or_a_clear_refusal(name: str, minor: int, about: str) -> None:
    try:
        file = pain001.write(run(payment(name, minor, about=about)))
    except FileInvalid:
        assert not pain001.text(name, 140)
    else:
        assert Money.parse(values(etree.fromstring(file), "//p:InstdAmt/text()")[0], "LAK").minor == minor


def test_the_same_run_gives_the_same_bytes() -> None:
    assert pain001.write(run(payment())) == pain001.write(run(payment()))


def test_a_pain002_is_read_whole() -> None:
    answer = write_pain002("M1", ("PART", None), [("R1", "RJCT", "AC04"), ("R2", "ACSP", None)], "2025-05-22T12:00:00Z")
    receipt = pain002.read(answer)
    assert (receipt.message_id, receipt.group, receipt.of("R1")) == (
        "M1",
        BankStatus("PART"),
        BankStatus("RJCT", "AC04"),
    )
    assert receipt.of("R3") == BankStatus("PART")


HOSTILE = [
    b"",
    b"not xml",
    b"<a>",
    b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/hostname'>]><a>&x;</a>",
    b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;'>]><a>&b;</a>",
    "<a>".encode("utf-16"),
    b"<Document/>",
    b"\xff\xfe" * 50,
]


@pytest.mark.parametrize("file", HOSTILE)
def test_hostile_files_are_refused(file: bytes) -> None:
    for read in (pain002.read, statement_files.read):
        with pytest.raises(FileUnreadable):
            read(file)


def one(file: bytes) -> Statement:
    """The only statement of a file."""
    (statement,) = statement_files.read(file).statements
    return statement


def booked() -> list[Booked]:
    return [
        Booked("PB1", Money(-100_00, "LAK"), "R1", "transfer", None, "ນາງ ບຸນມີ", "CLAIM 1"),
        Booked("PB2", Money(100_00, "LAK"), "R1", "return", "AC04", "Bun & Co", ""),
        Booked("PB3", Money(-1_50, "LAK"), None, "fee", None, "", "charges"),
    ]


@pytest.mark.parametrize("final", [True, False])
def test_the_banks_statement_is_valid_and_read_whole(final: bool) -> None:
    file = write_camt053("0100000000001", "Fund", DAY, final, Money(500_00, "LAK"), booked())
    pain001.validate(file, "camt.053.001.08")
    statement = one(file)
    assert (statement.day, statement.is_final, statement.adds_up, statement.account) == (
        DAY,
        final,
        True,
        "0100000000001",
    )
    assert [(x.amount.minor, x.reference, x.is_return, x.is_fee, x.reason) for x in statement.lines] == [
        (-100_00, "R1", False, False, None),
        (100_00, "R1", True, False, "AC04"),
        (-1_50, None, False, True, None),
    ]


def test_a_batch_entry_is_read_transfer_by_transfer() -> None:
    file = write_camt053("0100000000001", "Fund", DAY, True, Money(0, "LAK"), booked()[:1]).decode()
    parts = "".join(
        f"<TxDtls><Refs><EndToEndId>R{n}</EndToEndId></Refs>"
        f'<Amt Ccy="LAK">{a}</Amt><CdtDbtInd>DBIT</CdtDbtInd></TxDtls>'
        for n, a in ((1, "60.00"), (2, "40.00"))
    )
    start, end = file.index("<TxDtls>"), file.index("</TxDtls>") + 9
    lines = one((file[:start] + parts + file[end:]).encode()).lines
    assert [(x.reference, x.amount.minor) for x in lines] == [("R1", -60_00), ("R2", -40_00)]
    assert [(x.entry, x.part) for x in lines] == [(1, 1), (1, 2)]
    broken = one((file[:start] + parts.replace("40.00", "41.00") + file[end:]).encode())
    assert [(x.amount.minor, x.reference) for x in broken.lines] == [(-100_00, None)], "the money is certain, not whose"


def test_a_line_that_names_nobody_is_nobodys() -> None:
    line = StatementLine("PB1", Money(-1, "LAK"), DAY, None)
    assert match_line(line, None) is Match.UNMATCHED


@pytest.mark.parametrize(
    ("today", "last", "known", "gone"),
    [
        (DAY, DAY, False, False),
        (date(2025, 5, 23), None, False, False),
        (date(2025, 5, 23), date(2025, 5, 21), False, False),
        (date(2025, 5, 23), DAY, True, False),
        (date(2025, 5, 23), DAY, False, True),
    ],
)
def test_never_received_is_said_only_with_the_days_statement_in_hand(
    today: date, last: date | None, known: bool, gone: bool
) -> None:
    assert never_arrived(executes_on=DAY, last_final_day=last, today=today, bank_knows_it=known) is gone


def test_the_neutral_sheet_keeps_its_zeros_and_counts_itself() -> None:
    sheet = neutral_csv.write(run(payment(number="0001"), payment("=cmd()", 5)), "2025-05-A", {})
    body, footer = sheet.decode("utf-8-sig").rsplit("#", 1)
    assert body.startswith("run,seq,payment_reference")
    assert '"\t0001",360000.00,LAK,2025-05-22,SSBE\r\n' in body
    assert '"\'=cmd()"' in body
    assert footer == f",2,360000.05,{hashlib.sha256(sheet[: sheet.rindex(b'#')]).hexdigest()}\r\n"
