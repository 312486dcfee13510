"""Days and months: what somebody typed, what a file says, and the bounds within which they can be."""

from __future__ import annotations

import calendar
import re
import unicodedata
from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache
from typing import Any

from babel.dates import get_month_names

from shared.period import Month
from shared.reading import NotRead
from shared.reading.letters import one_dash, one_line, typed_digits
from shared.web.texts import N_, known

#: Nobody who claims was born before this day, and nothing is known of months before that one.
EARLIEST = date(1900, 1, 1)
EARLIEST_MONTH = Month(1950, 1)
MONTHS_AHEAD = 12
#: From here on a year of two digits can be of the Buddhist era: 2540 was 1997. Below lie years of this century.
FIRST_SHORT_BUDDHIST = 40
#: A time of UTC, and the hour from which on it is the next day already in the countries of the house.
_UTC, NEXT_DAY_HERE = re.compile(r"[t ](\d{1,2}):\d{2}[\d:.]*(?:z|[+-]00:?00)$"), 16
#: A time that says nothing but the beginning of the day, as programs write it behind a day.
_MIDNIGHT = re.compile(r"[ T]0?0:00(?::00(?:\.0+)?)?$|[ T]12:00(?::00)? ?AM$", re.I)
#: Years between which a year is of the Buddhist era, and how far that era is ahead.
BUDDHIST_YEARS, BUDDHIST_AHEAD = range(2400, 2700), 543

#: Words for today, yesterday and tomorrow, besides English ones.
_DAY_WORDS = {
    "today": 0,
    "yesterday": -1,
    "tomorrow": 1,
    "ມື້ນີ້": 0,
    "ມື້ວານ": -1,
    "ມື້ວານນີ້": -1,
    "ມື້ອື່ນ": 1,
    "วันนี้": 0,
    "เมื่อวาน": -1,
    "เมื่อวานนี้": -1,
    "พรุ่งนี้": 1,
    "hôm nay": 0,
    "hôm qua": -1,
    "ngày mai": 1,
    "ယနေ့": 0,
    "ဒီနေ့": 0,
    "မနေ့က": -1,
    "မနက်ဖြန်": 1,
}


class DateNotRead(ValueError):
    """What was typed is no day. `text` says why, as a `Text` for the page."""

    def __init__(self, text: Mapping[str, Any]) -> None:
        super().__init__(text["msg"])
        self.text = text


def read_date(typed: str, today: date, language: str = "en") -> date | None:
    """The day someone typed: 3/11, 03112026, 3.11.26, 2026-11-03, today, +14; nothing typed is `None`.

    Without a year, the day nearest to today is meant. Thai years of the Buddhist era are read as such; a
    year of two digits is refused in Thai, where it could be of either era. Raises `DateNotRead`.
    """
    raw = _spelt(typed).casefold()
    if not raw:
        return None
    if raw in _DAY_WORDS:
        return today + timedelta(days=_DAY_WORDS[raw])
    if found := re.fullmatch(r"([+\-−])\s?(\d{1,4})", raw):
        return today + timedelta(days=int(found[2]) * (1 if found[1] == "+" else -1))
    if found := re.fullmatch(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})", raw):
        return _day(int(found[1]), int(found[2]), int(found[3]), language)
    found = re.fullmatch(r"(\d{1,2})[/.\- ](\d{1,2})(?:[/.\- ](\d{2}|\d{4}))?", raw) or re.fullmatch(
        r"(\d{2})(\d{2})(\d{4}|\d{2})?", raw
    )
    if not found:
        raise DateNotRead(
            {
                "msg": N_("“{typed}” is not a date. Write day/month/year, for example 3/11/2026."),
                "params": {"typed": {"type": "text", "value": typed.strip()[:40]}},
            }
        )
    number_of_day, month = int(found[1]), int(found[2])
    if found[3] is None:
        return _nearest(number_of_day, month, today, language)
    year = int(found[3])
    if len(found[3]) == 2:
        if known(language) == "th":
            raise DateNotRead({"msg": N_("Write the year with four digits."), "params": {}})
        century = today.year - today.year % 100
        year += century if century + year <= today.year + 20 else century - 100
    return _day(year, month, number_of_day, language)


def _nearest(number_of_day: int, month: int, today: date, language: str) -> date:
    candidates = []
    for year in (today.year - 1, today.year, today.year + 1):
        try:
            candidates.append(_day(year, month, number_of_day, "en"))
        except DateNotRead:
            continue
    if not candidates:
        return _day(today.year, month, number_of_day, language)
    return min(candidates, key=lambda day: abs((day - today).days))


def _day(year: int, month: int, number_of_day: int, language: str) -> date:
    if year >= BUDDHIST_YEARS.start and known(language) == "th":
        year -= BUDDHIST_AHEAD
    if not 1900 <= year <= 2200:
        raise DateNotRead({"msg": N_("The year {year} cannot be right."), "params": {"year": str(year)}})
    if not 1 <= month <= 12:
        raise DateNotRead(
            {
                "msg": N_("There is no month {month}. Write the day first, then the month."),
                "params": {"month": month},
            }
        )
    last = calendar.monthrange(year, month)[1]
    if not 1 <= number_of_day <= last:
        raise DateNotRead(_no_such_day(year, month, number_of_day, last))
    return date(year, month, number_of_day)


def _no_such_day(year: int, month: int, number_of_day: int, last: int) -> dict[str, Any]:
    """Why a day does not exist, with the two that could be meant: the last of the month, and as many days on."""
    said: dict[str, Any] = {
        "month": {"type": "month", "value": f"{year}-{month:02}"},
        "days": {"type": "days", "value": last},
    }
    if not last < number_of_day <= 31:
        return {"msg": N_("{month} has {days}."), "params": said}
    end = date(year, month, last)
    both = {"first": end, "second": end + timedelta(days=number_of_day - last)}
    said |= {name: {"type": "date", "value": day.isoformat()} for name, day in both.items()}
    return {"msg": N_("{month} has {days}. Is it {first} or {second}?"), "params": said}


# --- what a file says --------------------------------------------------------------------------


def read_day(text: str, *, buddhist: bool = False) -> date:
    """The day in a cell: 2025-03-31, 31/3/2025, 31.3.2025 or 31 Mar 2025, with or without a time of midnight; the day
    stands before the month, and the year has four digits.

    A year of the Buddhist era is read where the institution counts so (`buddhist`). Raises `NotRead` with
    `buddhist_year`, `date_out_of_range` or `not_a_day`.
    """
    plain = _MIDNIGHT.sub("", _spelt(text))
    if found := re.fullmatch(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})", plain):
        year, month, number = int(found[1]), int(found[3]), int(found[4])
    elif found := re.fullmatch(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4})", plain):
        number, month, year = int(found[1]), int(found[3]), int(found[4])
    elif found := re.fullmatch(r"(\d{1,2})[- ]?([^\d\s/-][^\d/-]*?)[-, ]*(\d{4})", plain):
        number, month, year = int(found[1]), _month_names().get(_letters(found[2]), 0), int(found[3])
    else:
        raise NotRead("not_a_day")
    try:
        day = date(_year(year, buddhist), month, number)
    except ValueError as wrong:
        raise wrong if isinstance(wrong, NotRead) else NotRead("not_a_day") from None
    if day < EARLIEST:
        raise NotRead("date_out_of_range")
    return day


def read_month(text: str, *, buddhist: bool = False) -> Month:
    """The month in a cell: 2023-05, 5/2023, May-23, พ.ค. 66, Tháng 5/2023, or the first day of a month, which is what
    a spreadsheet makes of a month.

    Raises `NotRead` with `buddhist_year`, `date_out_of_range` or `not_a_month`.
    """
    plain = _spelt(text)
    if found := re.fullmatch(r"(\d{4})[-/.](\d{1,2})", plain):
        year, month = int(found[1]), int(found[2])
    elif found := re.fullmatch(r"(?:(?:tháng|thg\.?|t)\s?)?(\d{1,2})\s?(?:[-/.]|năm)\s?(\d{4})", plain, re.I):
        month, year = int(found[1]), int(found[2])
    elif found := re.fullmatch(r"([^\d\s/-][^\d/-]*?)[-/ ]*(\d{4}|\d{2})", plain):
        month, year = _month_names().get(_letters(found[1]), 0), int(found[2])
        year += _century(year, buddhist) if len(found[2]) == 2 else 0
    else:
        try:
            day = read_day(plain, buddhist=buddhist)
        except NotRead as wrong:
            raise NotRead("not_a_month" if wrong.code == "not_a_day" else wrong.code) from None
        if day.day != 1:
            raise NotRead("not_a_month")
        year, month = day.year, day.month
    if not 1 <= month <= 12:
        raise NotRead("not_a_month")
    if year == 0 or (read := Month(_year(year, buddhist), month)) < EARLIEST_MONTH:
        raise NotRead("date_out_of_range")
    return read


def read_leave_length(text: str) -> tuple[int, int]:
    """How long a leave is, in months and days, as forms of Viet Nam count it: 4 is four days, 1-10 a month and ten.

    A spreadsheet makes a date of 1-10, and which one nobody can say afterwards. Raises `NotRead`: `date_for_days`,
    `not_days`.
    """
    plain = _spelt(text)
    if found := re.fullmatch(r"(?:(\d{1,2})\s?-\s?)?(\d{1,3})", plain):
        return int(found[1] or 0), int(found[2])
    dated = re.search(r"\d[/.-]\d+[/.-]\d|\d[ -][^\W\d_]{3}|[^\W\d_]{3}[ -]\d", plain)
    raise NotRead("date_for_days" if dated else "not_days")


def _spelt(text: str) -> str:
    """The text in one spelling of its digits, dashes and strokes."""
    return one_dash(typed_digits(one_line(unicodedata.normalize("NFC", text)))).replace("\u2044", "/")


def _century(year: int, buddhist: bool) -> int:
    """What a year of two digits lacks. Where papers count Buddhist years 66 is 2566, which is 2023; 23 cannot be."""
    return 2500 if buddhist and year >= FIRST_SHORT_BUDDHIST else 2000


def _year(year: int, buddhist: bool) -> int:
    if year in BUDDHIST_YEARS:
        if not buddhist:
            raise NotRead("buddhist_year")
        return year - BUDDHIST_AHEAD
    if year > 2200:
        raise NotRead("date_out_of_range")
    return year


#: A time of day behind a day, as banks print it.
_TIME = re.compile(r"[ t,]+(\d{1,2}[:.]\d{2})(?:[:.]\d{2}(?:\.\d+)?)?(?: ?([ap]m))?(?:z| ?[+-]\d{2}:?\d{2})?$")
#: The parts of a day in the order in which a table writes them.
ORDERS = ("dmy", "mdy", "ymd")


@cache
def _month_names() -> Mapping[str, int]:
    """The names of months and their short forms in the languages of the house, without points."""
    found = {"sept": 9}
    for language in ("en", "th", "lo", "my"):
        for width in ("abbreviated", "wide"):
            for number, name in get_month_names(width, locale=language).items():
                found[_letters(name)] = number
    return found


def _letters(name: str) -> str:
    return "".join(name.casefold().replace(".", "").split())


def read_ordered_day(cell: str, order: str, *, buddhist: bool = False) -> tuple[date, str]:
    """The day in a table that writes its parts in a known order (`ORDERS`), and the time of day behind it as it
    stands, or "".

    Four digits in front are a year whatever the order; a month may be a name; a year of two digits is of this century
    of the era in which the table counts. Raises `NotRead`: `buddhist_year`, `date_out_of_range`, `not_a_day`, and
    `day_of_greenwich` for a time of UTC, whose day is another one here in the evening.
    """
    text = _spelt(cell).casefold()
    if (utc := _UTC.search(text)) and int(utc[1]) >= NEXT_DAY_HERE:
        raise NotRead("day_of_greenwich")
    time = ""
    if found := _TIME.search(text):
        # Of twelve hours, which half: five in the morning and five in the evening are two movements.
        time, text = " ".join(part for part in found.groups() if part), text[: found.start()]
    parts = [part for part in re.split(r"[/\-,\s]+|(?<=\d)\.\s*(?=\S)", text) if part]
    if len(parts) == 1 and re.fullmatch(r"\d{8}", text):
        cuts = (4, 6) if order == "ymd" else (2, 4)
        parts = [text[: cuts[0]], text[cuts[0] : cuts[1]], text[cuts[1] :]]
    if len(parts) != 3:
        raise NotRead("not_a_day")
    if re.fullmatch(r"\d{4}", parts[0]):
        order = "ymd"
    told = dict(zip(order, parts, strict=True))
    month = int(told["m"]) if told["m"].isdigit() else _month_names().get(_letters(told["m"]), 0)
    if not told["d"].isdigit() or not re.fullmatch(r"\d{2}|\d{4}", told["y"]):
        raise NotRead("not_a_day")
    year = int(told["y"]) + (0 if len(told["y"]) == 4 else _century(int(told["y"]), buddhist))
    try:
        day = date(_year(year, buddhist), month, int(told["d"]))
    except ValueError as wrong:
        raise wrong if isinstance(wrong, NotRead) else NotRead("not_a_day") from None
    if day < EARLIEST:
        raise NotRead("date_out_of_range")
    return day, time


# --- bounds ------------------------------------------------------------------------------------


def not_after(day: date, today: date) -> date:
    """The day, when it has come. Raises `NotRead` with `buddhist_year` or `in_the_future`."""
    if day > today:
        raise NotRead("buddhist_year" if day.year in BUDDHIST_YEARS else "in_the_future")
    if day < EARLIEST:
        raise NotRead("date_out_of_range")
    return day


def month_near(month: Month, today: date) -> Month:
    """The month, when wages for it can be declared: until a year ahead, for fixed wages are declared ahead.

    Raises `NotRead` with `buddhist_year`, `in_the_future` or `date_out_of_range`.
    """
    if month > Month.of(today).plus(MONTHS_AHEAD):
        raise NotRead("buddhist_year" if month.year in BUDDHIST_YEARS else "in_the_future")
    if month < EARLIEST_MONTH:
        raise NotRead("date_out_of_range")
    return month
