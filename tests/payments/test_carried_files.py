"""Thailand: files that a person carries to the bank. What leaves is in the bank's places, byte for byte; what comes
back is a person's word."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from deploy.embedded.sample import read_sample
from services.payments import institution as figures
from services.payments import store
from services.payments import tables as t
from services.payments.domain.check import Account, Payee
from services.payments.gateways import thai_banks
from services.payments.gateways.bank import Payment, RunFile
from services.payments.gateways.carried import CarriedFile
from shared.money import Money
from tests.payments.conftest import DAOVONE, KHAMLA, PAY_DAY, BankSide, Town, open_town
from tests.payments.roads import pays_everybody
from tests.payments.statement_makers import entry, file, statement
from tests.payments.test_doors import Counter

EXAMPLES = Path(__file__).parents[2] / "docs" / "files"
OWN = {"KTB": "0010000001", "BBL": "0020000002", "KBANK": "0030000003", "SCB": "0140000004"}
TOLD = {"company": "SAMPLE", "user": "SAMPLE", "service": "02"}
#: Layout, the bank of the accounts, and the length of each kind of line.
LAYOUTS = [
    pytest.param("ktb_direct", "KTB", {498}, id="KTB iPay, own accounts"),
    pytest.param("ktb_standard", "TTB", {498}, id="KTB iPay, other banks"),
    pytest.param("bbl_payroll", "BBL", {128}, id="BBL payroll"),
    pytest.param("bbl_smart", "KTB", {128}, id="BBL smart, other banks"),
    pytest.param("kbank_direct", "KBANK", {173, 135}, id="KBank direct credit"),
    pytest.param("scb", "SCB", {96, 109, 355, 816, 31}, id="SCB 001 to 999"),
]


def run(bank: str, *payments: tuple[str, int], own: str = "0010000001") -> RunFile:
    """A run of 14 June 2026: names and satang."""
    made = tuple(
        Payment(f"TO26A{n:011}", "", Money(minor, "THB"), name, Account("bank", bank, f"987654321{n}", name), "")
        for n, (name, minor) in enumerate(payments, 1)
    )
    at = datetime(2026, 6, 13, 3, 0, tzinfo=UTC)
    return RunFile("m" * 32, at, date(2026, 6, 14), "กองทุนประกันสังคม", own, bank, "THB", made)


TWO = (("นางสาวกานดา สุวรรณ", 1_000_000), ("นายกิตติ ประเสริฐสุข", 234_500))


def lines(data: bytes) -> list[str]:
    assert data.endswith(b"\r\n")
    return data.decode("cp874").split("\r\n")[:-1]


@pytest.mark.parametrize(("layout", "bank", "lengths"), LAYOUTS)
def test_every_line_has_the_bytes_that_the_bank_counts(layout: str, bank: str, lengths: set[int]) -> None:
    """Trap 5: lengths in bytes of TIS-620, with Thai names in them."""
    data = thai_banks.LAYOUTS[layout](run(bank, *TWO), TOLD)
    assert {len(line) for line in data.split(b"\r\n") if line} == lengths
    assert {len(line) for line in data.decode("cp874").split("\r\n") if line} == lengths


def test_krungthai_in_its_places() -> None:
    head, first, second = lines(thai_banks.ktb_direct(run("KTB", *TWO), TOLD))
    assert head.rstrip() == "1010000010060000002000000000000123450014062026C00000000SAMPLE          SAMPLE"
    assert (first[9:12], first[12:16], first[16:27]) == ("006", "0987", "09876543211")
    assert (first[45:53], first[53:55], first[57:74]) == ("14062026", "02", "00000000001000000")
    assert first[92:192].rstrip() == "นางสาวกานดา สุวรรณ"
    assert first[352:370].rstrip() == "TO26A00000000001", "our reference is reference 2"
    assert (second[392:398], second[398:400]) == ("000002", "09")


def test_bangkok_bank_in_its_places() -> None:
    head, first, _, last = lines(thai_banks.bbl_payroll(run("BBL", *TWO), TOLD))
    assert head[:20] == "H0000010020010000001"
    assert head[45:51] == "140626"
    assert first[:34] == "D0000020029876543211C0001000000029"
    assert (last[:20], last[20:47], last[47:60]) == ("T0000040020010000001", f"{2:027}", "0000001234500")
    smart = lines(thai_banks.bbl_smart(run("KTB", *TWO), TOLD))
    assert smart[1][:40] == "D000002006098709876543211C00000100000001"


def test_kasikornbank_in_its_places() -> None:
    head, first, _ = lines(thai_banks.kbank_direct(run("KBANK", *TWO), TOLD))
    assert (head[:4], head[40:50], head[51:66], head[67:73]) == ("HDCT", "0010000001", "000000001234500", "260614")
    assert (head[154:172], head[172]) == ("000000000000000002", "N")
    assert (first[1:7], first[21:31]) == ("000001", "9876543211")
    assert (first[32:47], first[48:54]) == ("000000001000000", "260614")


def test_siam_commercial_bank_in_its_places() -> None:
    told = lines(thai_banks.scb(run("SCB", *TWO), {"company": "SAMPLE"}))
    assert [line[:3] for line in told] == ["001", "002", "003", "004", "003", "004", "999"]
    assert told[0][47:61] == "20260613100000", "the hour of Bangkok"
    assert (told[1][3:6], told[1][6:14]) == ("DCP", "20260614")
    assert told[1][45:64] == "THB0000000012345000"
    assert told[2][34:50] == "0000000010000000", "three decimals"
    assert (told[2][180:183], told[2][259:279].rstrip()) == ("014", "TO26A00000000001")
    assert told[3][32:132].rstrip() == "นางสาวกานดา สุวรรณ"
    assert told[6] == "9990000010000020000000012345000"


def test_four_banks_write_one_day_in_four_orders() -> None:
    """Trap 4: all Gregorian; only the form of the institution counts Buddhist years."""
    found = {
        "ktb": lines(thai_banks.ktb_direct(run("KTB", *TWO), TOLD))[0][38:46],
        "bbl": lines(thai_banks.bbl_payroll(run("BBL", *TWO), TOLD))[0][45:51],
        "kbank": lines(thai_banks.kbank_direct(run("KBANK", *TWO), TOLD))[0][67:73],
        "scb": lines(thai_banks.scb(run("SCB", *TWO), TOLD))[1][6:14],
    }
    assert found == {"ktb": "14062026", "bbl": "140626", "kbank": "260614", "scb": "20260614"}


@pytest.mark.parametrize(
    ("layout", "bank", "payments", "field"),
    [
        ("ktb_direct", "KBANK", TWO, "bank"),
        ("ktb_standard", "KTB", TWO, "bank"),
        ("bbl_payroll", "BBL", (("นาย", 10_000_000_000),), "amount"),
        ("kbank_direct", "KBANK", (("ນາງ ບຸນມີ", 1),), "letters"),
        ("scb", "BBL", TWO, "bank"),
    ],
)
def test_what_a_bank_cannot_read_is_never_written(layout: str, bank: str, payments: Any, field: str) -> None:
    with pytest.raises(thai_banks.NotInLayout, match=field):
        thai_banks.LAYOUTS[layout](run(bank, *payments), TOLD)


@given(
    st.lists(
        st.tuples(st.text("กขคงจ็่้๊ิีุูเแโใไำ abc", max_size=120), st.integers(min_value=1, max_value=9_999_999_999)),
        min_size=1,
        max_size=9,
    )
)
def test_count_and_sum_of_a_file_are_those_of_its_lines(people: list[tuple[str, int]]) -> None:
    head, *rest = lines(thai_banks.ktb_direct(run("KTB", *people), TOLD))
    assert (int(head[12:19]), int(head[19:38])) == (len(rest), sum(int(line[57:74]) for line in rest))
    head, *rest, last = lines(thai_banks.bbl_payroll(run("BBL", *people), TOLD))
    assert (int(last[20:47]), int(last[47:60])) == (len(rest), sum(int(line[21:31]) for line in rest))


# --- a run that is carried -----------------------------------------------------------------------


@pytest.fixture
def town(
    new_database: Callable[[str], str],
    bank_side: BankSide,
    keys_folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Town]:
    """The pay office of the Thai sample, which has files carried to four banks and a line to the others."""
    monkeypatch.setenv("INSTITUTION_FILE", str(read_sample("th").folder / "payments.yaml"))
    figures.institution.cache_clear()
    played = open_town(new_database("payments"), keys_folder, tmp_path / "clock", bank_side)
    played.out.others = tuple(CarriedFile(c) for c in figures.institution().channels if c.layout)
    played.bank_is_right = False  # nobody plays the books of the four banks
    yield played
    played.check_books()
    played.service.engine.dispose()
    monkeypatch.undo()
    figures.institution.cache_clear()


def has(town: Town, bank: str, number: str, name: str = "นางสาวกานดา สุวรรณ") -> str:
    person = town.id()
    account = Account("bank", bank, number, name)
    town.register.people[person] = Payee(person, name, "Kanda Suwan", account, None)
    return person


def paid(town: Town, bank: str = "KTB", number: str = "1234567890", **more: Any) -> dict[str, Any]:
    award = town.award(has(town, bank, number, **more), 100_00, currency="THB")
    pays_everybody(town)
    return award


def test_a_carried_run_is_released_by_two_and_stays_sent(town: Town, keys_folder: Path) -> None:
    award = paid(town)
    (order,) = town.orders(award)
    assert (order.channel, order.state) == ("ktb", "sent")
    town.day(PAY_DAY + timedelta(days=3))
    assert town.states(award) == ["sent"], "nobody has heard anything; nothing is concluded from silence"
    assert town.moved() == {}, "the bank with a line never heard of it"
    counter = Counter(town, keys_folder)
    way = f"/v1/runs/{order.run_id}/parts/1/bank-file"
    data = counter.get(KHAMLA, way).data
    (part,) = parts(town, order.run_id)
    assert lines(data)[1][352:370].rstrip() == order.reference
    assert counter.get(KHAMLA, way).data == data, "the same bytes however often"
    assert "bank-file" in counter.page(KHAMLA, f"/payments/runs/{order.run_id}").text
    assert part.order_count == 1
    assert counter.get(KHAMLA, way.replace("parts/1", "parts/2")).status_code == 404


def parts(town: Town, run_id: str) -> list[Any]:
    with town.service.engine.connect() as connection:
        return list(store.parts(connection, run_id))


def test_a_run_over_a_line_has_no_file_to_carry(town: Town, keys_folder: Path) -> None:
    award = paid(town, "BAY")
    (order,) = town.orders(award)
    assert order.channel == "iso20022"
    assert Counter(town, keys_folder).get(KHAMLA, f"/v1/runs/{order.run_id}/parts/1/bank-file").status_code == 404


@pytest.mark.parametrize("number", ["12345", "12345678901", "12345ABCDE"])
def test_an_account_that_the_bank_cannot_have_is_held_before_anything_leaves(town: Town, number: str) -> None:
    award = paid(town, number=number)
    assert [(o.state, o.reason) for o in town.orders(award)] == [("held", "account_unreadable")]


def test_a_name_in_letters_that_the_file_has_not_goes_in_its_latin_form(town: Town, keys_folder: Path) -> None:
    award = paid(town, name="မခင်ခင်")
    (order,) = town.orders(award)
    data = Counter(town, keys_folder).get(KHAMLA, f"/v1/runs/{order.run_id}/parts/1/bank-file").data
    assert lines(data)[1][92:192].rstrip() == "Kanda Suwan"


def test_a_statement_settles_a_carried_order_only_with_a_second_person(town: Town, keys_folder: Path) -> None:
    award = paid(town)
    (order,) = town.orders(award)
    counter = Counter(town, keys_folder)
    detail = f"<TxDtls><Refs><EndToEndId>{order.reference}</EndToEndId></Refs></TxDtls>"
    debit = entry("100.00", PAY_DAY, side="DBIT", details=detail, currency="THB")
    told = file(statement(debit, day=PAY_DAY, closing="900.00", account=OWN["KTB"], currency="THB"))
    assert counter.web.post("/v1/statements", data=told, headers=counter.headers(KHAMLA)).status_code == 202
    town.works()
    with town.service.engine.connect() as connection:
        (line,) = connection.execute(select(t.statement_line)).all()
    assert (line.match, town.states(award)) == ("contested", ["sent"])
    way = f"/v1/statement-lines/{line.id}/resolution"
    alone = counter.post(KHAMLA, way, {"how": "confirmed", "note": "it is so"})
    assert (alone.status_code, alone.json["code"]) == (409, "second_person_needed")
    assert counter.post(DAOVONE, way, {"how": "confirmed", "note": "seen on paper"}).status_code == 201
    assert town.states(award) == ["settled"]


def payees_of_the_sample() -> list[Any]:
    """Of each bank to which a file is carried, the first who has her account there."""
    with (read_sample("th").folder / "3-persons.csv").open(encoding="utf-8") as listed:
        first = {row["bank"]: row for row in reversed(list(csv.DictReader(listed))) if row["bank"] in OWN}
    return [pytest.param(row["bank"], row["account"], row["name"], id=bank) for bank, row in sorted(first.items())]


def test_somebody_of_the_sample_is_paid_by_each_of_the_four_banks() -> None:
    assert {param.values[0] for param in payees_of_the_sample()} == set(OWN)


@pytest.mark.parametrize(("bank", "number", "name"), payees_of_the_sample())
def test_money_goes_from_the_run_by_the_carried_file_to_the_banks_statement(
    town: Town, keys_folder: Path, bank: str, number: str, name: str
) -> None:
    """Somebody of the sample, as the sample's institution pays her: nothing in its file is changed for the test."""
    award = paid(town, bank, number, name=name)
    (order,) = town.orders(award)
    assert (order.channel, order.state) == (bank.lower(), "sent")
    counter = Counter(town, keys_folder)
    carried = counter.get(KHAMLA, f"/v1/runs/{order.run_id}/parts/1/bank-file").data.decode("cp874")
    assert number in carried
    assert OWN[bank] in carried or bank == "KTB", "KTB knows the institution by its company number"
    detail = f"<TxDtls><Refs><EndToEndId>{order.reference}</EndToEndId></Refs></TxDtls>"
    debit = entry("100.00", PAY_DAY, side="DBIT", details=detail, currency="THB")
    told = file(statement(debit, day=PAY_DAY, closing="900.00", account=OWN[bank], currency="THB"))
    assert counter.web.post("/v1/statements", data=told, headers=counter.headers(KHAMLA)).status_code == 202
    town.works()
    with town.service.engine.connect() as connection:
        (line,) = connection.execute(select(t.statement_line)).all()
    way = f"/v1/statement-lines/{line.id}/resolution"
    assert counter.post(DAOVONE, way, {"how": "confirmed", "note": "seen on paper"}).status_code == 201
    assert town.states(award) == ["settled"]


def test_the_examples_of_the_documents_are_what_leaves() -> None:
    for layout, bank, example in (
        ("ktb_direct", "KTB", "th-ktb-ipay.txt"),
        ("bbl_payroll", "BBL", "th-bbl-payroll.txt"),
        ("bbl_smart", "KTB", "th-bbl-smart.txt"),
        ("kbank_direct", "KBANK", "th-kbank-direct.txt"),
        ("scb", "SCB", "th-scb.txt"),
    ):
        told = run(bank, *TWO)
        assert thai_banks.LAYOUTS[layout](replace(told), TOLD) == (EXAMPLES / example).read_bytes(), example
