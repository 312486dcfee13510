"""Texts of QR codes that name an account: read whole or refused, written so that they are read back."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.reading import NotRead
from shared.reading.qr_payload import QrAccount, bank_of, bin_of, check_sum, read_qr, read_tags, write_qr

ON = date(2026, 6, 10)
#: Published as an example of its format; the account is of nobody.
VIETNAMESE = "00020101021138530010A0000007270123000697041601092576788590208QRIBFTTA53037045802VN6304AE9F"


def refusal(text: str) -> str:
    with pytest.raises(NotRead) as wrong:
        read_qr(text, ON)
    return wrong.value.code


def test_the_check_sum_is_the_one_of_the_standard() -> None:
    assert check_sum("123456789") == "29B1"


def test_a_published_vietnamese_code_names_bank_and_account() -> None:
    assert read_qr(VIETNAMESE, ON) == QrAccount("ACB", "257678859")
    assert read_qr(f"  {VIETNAMESE[:40]}\n{VIETNAMESE[40:]} ", ON) == QrAccount("ACB", "257678859")


@given(st.integers(0, len(VIETNAMESE) - 1), st.sampled_from("0123456789ABCXYZ"))
def test_no_single_changed_letter_names_another_account(place: int, letter: str) -> None:
    changed = VIETNAMESE[:place] + letter + VIETNAMESE[place + 1 :]
    try:
        found = read_qr(changed, ON)
    except NotRead:
        return
    assert found == read_qr(VIETNAMESE, ON)


@pytest.mark.parametrize(
    ("country", "account"),
    [
        ("vn", QrAccount("ACB", "257678859")),
        ("vn", QrAccount("VCB", "0011000123456")),
        ("la", QrAccount("BCEL", "0101234567")),
        ("th", QrAccount("PROMPTPAY", "1234567890121")),
        ("th", QrAccount("PROMPTPAY", "+66812345678", "wallet")),
    ],
)
def test_what_is_written_is_read_back(country: str, account: QrAccount) -> None:
    text = write_qr(country, account)
    assert text is not None
    assert read_qr(text, ON) == account
    assert "54" not in read_tags(text), "it asks for no amount"


def test_our_vietnamese_code_is_the_published_one_letter_for_letter() -> None:
    assert write_qr("vn", QrAccount("ACB", "257678859")) == VIETNAMESE


def test_a_bank_without_a_number_has_no_code() -> None:
    assert write_qr("vn", QrAccount("BCEL", "1")) is None
    assert write_qr("mm", QrAccount("KBZ", "1")) is None


def test_banks_change_their_names_and_keep_their_numbers() -> None:
    """Trap 9: 970414 and 970406 stand twice in the public list."""
    assert [bank_of("970414", date(2024, 6, 1)), bank_of("970414", ON)] == ["OCEANBANK", "MBV"]
    assert [bank_of("970406", date(2024, 6, 1)), bank_of("970406", ON)] == ["DONGABANK", "VIKKI"]
    assert (bin_of("VIKKI"), bin_of("DongA Bank"), bin_of("nobody")) == ("970406", "970406", None)
    assert bank_of("999999", ON) == "999999"


def with_sum(text: str) -> str:
    return text + "6304" + check_sum(text + "6304")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "not_a_qr"),
        ("https://example.org", "not_a_qr"),
        ("ນ" * 20, "not_a_qr"),
        (VIETNAMESE[:-4] + "AE9E", "qr_check_sum"),
        (VIETNAMESE.replace("257678859", "257678858"), "qr_check_sum"),
        (with_sum("000201"), "qr_without_account"),
        (with_sum("0002010203AB"), "not_a_qr"),
        (with_sum("00020138520010A0000007270122000697041601082576788590208QRIBFTTC"), "not_a_qr"),
        (with_sum("00020138530010A0000007270123000697041601092576788590208QRIBFTTC"), "qr_without_account"),
        (with_sum("00020129370016A00000067701011102131234567890122"), "check_digit"),
    ],
)
def test_what_names_no_account_is_refused(text: str, code: str) -> None:
    assert refusal(text) == code


@given(st.text(alphabet="0123456789A", max_size=80))
def test_any_chain_is_read_or_refused(text: str) -> None:
    for payload in (text, with_sum(text)):
        try:
            read_qr(payload, ON)
        except NotRead:
            continue
