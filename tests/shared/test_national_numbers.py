"""Numbers of persons as states give them: what can be, one form of each, and what they tell."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.reading import NotRead, identifiers, national


def refusal(typed: str, scheme: str) -> str | None:
    try:
        identifiers.read_identifier(typed, scheme)
    except NotRead as wrong:
        return wrong.code
    return None


@pytest.mark.parametrize(
    ("scheme", "right", "wrong", "code"),
    [
        ("th-nid", "1234567890121", "3101200345678", "check_digit"),
        ("vn-cccd", "001 194 000001", "1194000001", "not_a_cccd"),
        ("vn-cccd", "079085123456", "003085123456", "not_a_cccd"),
        ("vn-cmnd", "012345678", "12345678", "not_a_cmnd"),
        ("vn-bhxh", "0123456789", "0000000000", "not_a_bhxh"),
        ("vn-bhyt", "DN4010123456789", "DN401012345678", "not_a_bhyt"),
        ("mm-nrc", "12/OUKAMA(N)123456", "15/OUKAMA(N)123456", "not_an_nrc"),
        ("mm-nrc", "၅/မရန(ဧည့်)၀၁၂၃၄၅", "5/MAYANA(Q)012345", "not_an_nrc"),
    ],
)
def test_a_number_that_cannot_be_is_refused_with_what_it_should_be(
    scheme: str, right: str, wrong: str, code: str
) -> None:
    assert refusal(right, scheme) is None
    assert refusal(wrong, scheme) == code


def test_no_card_was_renumbered_when_provinces_merged() -> None:
    """Hà Tây's neighbour Hòa Bình (017) went into Phú Thọ in 2025; its cards are as good as before."""
    assert refusal("017301000001", "vn-cccd") is None


@pytest.mark.parametrize(
    ("number", "sex", "year"),
    [
        ("001194000001", "female", 1994),
        ("079085123456", "male", 1985),
        ("031305000009", "female", 2005),
        ("001200000001", "male", 2000),
    ],
)
def test_the_fourth_digit_tells_sex_and_century(number: str, sex: str, year: int) -> None:
    told = national.told_by("vn-cccd", number)
    assert (told.sex, told.born_in) == (sex, year)


def test_a_health_card_holds_the_insurance_number() -> None:
    assert national.told_by("vn-bhyt", "DN 401 0123456789").holds == ("vn-bhxh", "0123456789")


@pytest.mark.parametrize(
    "typed",
    [
        "12/THAGAKA(N)123456",
        "12/ThaGaKa (N) 123456",
        "၁၂/သဃက(နိုင်)၁၂၃၄၅၆",
        "12/သဃက(နိုင်)123456",
        "12/သဃက(N)123456",
    ],
)
def test_a_burmese_and_a_latin_number_are_the_same(typed: str) -> None:
    assert national.read_nrc(typed).key == "12/သဃက(N)123456"
    assert identifiers.key_of(typed) == identifiers.key_of("12/THAGAKA(N)123456")


def test_a_digit_typed_for_a_letter_that_looks_like_it() -> None:
    """၇ for ရ and ၀ for ဝ, and the other way round."""
    assert national.read_nrc("၅/မ၇န(နိုင်)၁၂၃၄ဝရ").key == national.read_nrc("၅/မရန(နိုင်)၁၂၃၄၀၇").key


def test_letters_of_more_than_one_township_are_said_and_not_guessed() -> None:
    assert national.told_by("mm-nrc", "12/OUKAMA(N)123456").township_unclear
    assert national.told_by("mm-nrc", "၁၂/ဥကမ(နိုင်)၁၂၃၄၅၆").township_unclear
    assert not national.told_by("mm-nrc", "12/THAGAKA(N)123456").township_unclear
    # MAYANA of Shan state is written with two different letters on cards: it is folded into neither.
    assert national.read_nrc("13/MAYANA(N)123456").letters == "MAYANA"
    unclear = {place for place in national._townships().unclear if place[1].isascii()}
    assert len(unclear) == 9


def test_township_letters_that_no_list_knows_are_kept() -> None:
    assert national.read_nrc("9/XAXAXA(N)12345").key == "9/XAXAXA(N)12345"


@given(st.text(max_size=40), st.sampled_from(sorted(national.CHECKS)))
def test_any_text_is_read_or_refused(text: str, scheme: str) -> None:
    try:
        kept = identifiers.read_identifier(text, scheme)
    except NotRead:
        return
    assert identifiers.read_identifier(kept, scheme) == kept
    national.told_by(scheme, kept)
