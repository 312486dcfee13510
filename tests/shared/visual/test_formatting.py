"""How amounts, days and texts stand in five languages, and how typed days are read."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from shared.money import Money
from shared.reading import days
from shared.web import formatting as f

N = f.NBSP
TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("language", "amount", "said"),
    [
        ("en", Money(336000000, "LAK"), f"3,360,000{N}kip"),
        ("lo", Money(336000000, "LAK"), f"3.360.000{N}ກີບ"),
        ("lo", Money(336000050, "LAK"), f"3.360.000,50{N}ກີບ"),
        ("th", Money(4500000, "THB"), f"45,000.00{N}บาท"),
        ("vi", Money(9750000, "VND"), f"9.750.000{N}đồng"),
        ("my", Money(29400000, "MMK"), f"၂၉၄,၀၀၀{N}ကျပ်"),
        ("en", Money(68800, "XXD"), f"688.00{N}XXD"),
        ("de", Money(100, "LAK"), f"1{N}kip"),
        ("lo_LA", {"minor": -10000, "currency": "LAK"}, f"−100{N}ກີບ"),
    ],
)
def test_money_as_the_country_prints_it(language: str, amount: object, said: str) -> None:
    assert f.money(amount, language) == said


@given(
    st.integers(-(10**15), 10**15),
    st.sampled_from(["LAK", "THB", "VND", "MMK", "XXD"]),
    st.sampled_from(["en", "lo", "th", "vi", "my"]),
)
def test_no_minor_unit_is_lost_in_print(minor: int, currency: str, language: str) -> None:
    back = "".join(str(int(c)) if c.isdigit() else c for c in f.amount(Money(minor, currency), language))
    thousands, point = f.SEPARATORS[language]
    back = back.replace(thousands, "").replace(point, ".").replace(f.MINUS, "-")
    assert Money.parse(back, currency) == Money(minor, currency)


def test_an_exact_fraction_shows_two_decimals_and_keeps_the_rest_in_its_tooltip() -> None:
    assert f.exact("20000/3", "en", "LAK") == Markup('<span title="6,666 2/3">6,666.67</span>')
    assert f.exact("27000000/4", "en", "LAK") == "6,750,000"
    assert f.exact("27000000/4", "lo", "LAK") == "6.750.000"


@pytest.mark.parametrize(
    ("share", "en", "lo"),
    [
        ("7/10", f"70{N}%", "70%"),
        ("2/3", f"66 2/3{N}%", "66 2/3%"),
        ("0.675", f"67.5{N}%", "67,5%"),
        ("1", f"100{N}%", "100%"),
    ],
)
def test_rates(share: str, en: str, lo: str) -> None:
    assert (f.rate(share, "en"), f.rate(share, "lo")) == (en, lo)


@pytest.mark.parametrize("bad", ["1e9", "1,000", "1/0x", "", "٣", "nan", "1" * 99])
def test_what_is_no_exact_number_is_refused(bad: str) -> None:
    with pytest.raises(ValueError):
        f.fraction(bad)


@pytest.mark.parametrize(
    ("language", "style", "said"),
    [
        ("en", "long", "5 March 2026"),
        ("en", "medium", "5 Mar 2026"),
        ("lo", "long", "5 ມີນາ 2026"),
        ("th", "long", "5 มีนาคม 2569"),
        ("th", "medium", "5 มี.ค. 2569"),
        ("vi", "long", "05 tháng 3 năm 2026"),
        ("vi", "medium", "05/03/2026"),
        ("my", "long", "၂၀၂၆ ခုနှစ်၊ မတ်လ ၅ ရက်"),
        ("my", "medium", "၅-၃-၂၀၂၆"),
    ],
)
def test_days_as_the_language_writes_them(language: str, style: str, said: str) -> None:
    assert f.plain_date("2026-03-05", language, style).replace(N, " ") == said
    html = f.date_html(date(2026, 3, 5), language, style)
    assert 'datetime="2026-03-05"' in html
    assert 'title="2026-03-05"' in html


@pytest.mark.parametrize(
    ("first", "last", "language", "said"),
    [
        ("2025-05-02", "2025-05-16", "en", "2–16 May 2025"),
        ("2025-04-02", "2025-05-01", "en", "2 Apr – 1 May 2025"),
        ("2024-12-11", "2025-01-09", "en", "11 Dec 2024 – 9 Jan 2025"),
        ("2025-04-02", "2025-05-01", "lo", "2 ເມສາ – 1 ພຶດສະພາ 2025"),
        ("2025-04-02", "2025-05-01", "th", "2 เม.ย. – 1 พ.ค. 2568"),
        ("2025-04-02", "2025-05-01", "vi", "02/04/2025 – 01/05/2025"),
        ("2025-05-02", "2025-05-02", "en", "2 May 2025"),
    ],
)
def test_a_range_says_once_what_both_ends_share(first: str, last: str, language: str, said: str) -> None:
    assert f.plain_period(first, last, language).replace(N, " ") == said


def test_a_text_takes_its_values_in_the_readers_language() -> None:
    said = {
        "msg": "{month} has {days}.",
        "params": {"month": {"type": "month", "value": "2025-06"}, "days": {"type": "days", "value": 30}},
    }
    assert f.text(said, "en") == f"June{N}2025 has 30 days."
    assert f.text(said, "lo") == f"ມິຖຸນາ{N}2025 ມີ 30 ວັນ."


def test_a_text_without_a_translation_still_reads_and_evaluates_nothing() -> None:
    said = {
        "msg": "{a.__class__} {missing} {amount}",
        "params": {"amount": {"type": "money", "value": {"minor": 100, "currency": "LAK"}}},
    }
    assert f.text(said, "lo") == f"{{a.__class__}} {{missing}} 1{N}ກີບ"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("3/11", "2026-11-03"),
        ("03112026", "2026-11-03"),
        ("031126", "2026-11-03"),
        ("3.11.26", "2026-11-03"),
        (" 3-11-2026 ", "2026-11-03"),
        ("2026-11-03", "2026-11-03"),
        ("today", "2026-11-22"),
        ("ມື້ນີ້", "2026-11-22"),
        ("+14", "2026-12-06"),
        ("-1", "2026-11-21"),
        ("5/1", "2027-01-05"),
        ("28/2", "2027-02-28"),
        ("໓/໑໑/໒໐໒໖", "2026-11-03"),
        ("12/8/88", "1988-08-12"),
    ],
)
def test_a_day_as_it_is_typed_at_the_counter(typed: str, meant: str) -> None:
    assert days.read_date(typed, TODAY) == date.fromisoformat(meant)


def test_a_day_without_a_year_is_the_nearest_one() -> None:
    assert days.read_date("28/12", date(2027, 1, 2)) == date(2026, 12, 28)
    assert days.read_date("29/2", date(2027, 12, 2)) == date(2028, 2, 29)


def test_thai_years() -> None:
    assert days.read_date("5/3/2569", TODAY, "th") == date(2026, 3, 5)
    assert days.read_date("5/3/2026", TODAY, "th") == date(2026, 3, 5)
    with pytest.raises(days.DateNotRead):
        days.read_date("5/3/69", TODAY, "th")
    with pytest.raises(days.DateNotRead):
        days.read_date("5/3/2569", TODAY, "lo")


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("31/6/2025", "June 2025 has 30 days. Is it 30 June 2025 or 1 July 2025?"),
        ("1/13/2025", "There is no month 13. Write the day first, then the month."),
        ("soon", "“soon” is not a date. Write day/month/year, for example 3/11/2026."),
    ],
)
def test_a_day_that_cannot_be_says_why(typed: str, why: str) -> None:
    with pytest.raises(days.DateNotRead) as refusal:
        days.read_date(typed, TODAY)
    assert f.text(refusal.value.text, "en").replace(N, " ") == why


def test_nothing_typed_is_no_day() -> None:
    assert days.read_date("  ", TODAY) is None


@given(st.dates(date(1950, 1, 1), date(2040, 12, 31)), st.sampled_from(["en", "lo", "th", "vi", "my"]))
def test_what_is_printed_short_can_be_typed_back(day: date, language: str) -> None:
    assert days.read_date(f.plain_date(day, language, "short"), TODAY, language) == day


def test_numbers_round_half_up_and_never_through_floats() -> None:
    assert f.number(Fraction(1, 2), "en") == "1"
    assert f.number(10**20 + 1, "vi") == "100.000.000.000.000.000.001"


@pytest.mark.parametrize(
    ("said", "language", "written"),
    [
        ("my", "my", "၃၁"),
        ("my", "th", "31"),
        ("my,th", "th", "๓๑"),
        ("my, th ,lo", "lo", "໓໑"),
        ("", "my", "31"),
    ],
)
def test_an_installation_says_which_languages_print_their_own_digits(
    monkeypatch: pytest.MonkeyPatch, said: str, language: str, written: str
) -> None:
    monkeypatch.setenv("OWN_DIGITS", said)
    assert f.number(31, language) == written


def test_a_language_without_digits_of_its_own_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OWN_DIGITS", "vi")
    with pytest.raises(ValueError, match="vi"):
        f.number(1, "my")


@pytest.mark.parametrize(("language", "written"), [("en", "2026"), ("vi", "2026"), ("th", "2569"), ("my", "၂၀၂၆")])
def test_a_year_of_the_law_is_counted_as_the_reader_counts(language: str, written: str) -> None:
    said = f.text({"msg": "{year}", "params": {"year": {"type": "year", "value": 2026}}}, language)
    assert said == written


def test_a_word_of_the_law_is_said_in_the_readers_language() -> None:
    said = {"msg": "{cause}", "params": {"cause": {"type": "term", "value": "not_a_word_of_ours"}}}
    assert f.text(said, "vi") == "not a word of ours"
    cancer = {"msg": "{disease}", "params": {"disease": {"type": "term", "value": "cancer"}}}
    assert f.text(cancer, "th") == "โรคมะเร็ง"
