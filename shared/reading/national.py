"""Numbers of persons as states give them: whether they can be, one form of each, and what they tell of their owner.

Sources: Viet Nam, Decree 137/2015 and Circular 59/2021 of the Ministry of Public Security (province codes of 2004; the
merger of provinces in 2025 renumbered no card); Myanmar, letters of townships in `nrc_townships.csv`; Thailand, the
thirteenth digit. What a number tells is a hint for people: it raises a doubt, and refuses nobody.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from shared.reading import NotRead
from shared.reading.letters import plain_digits
from shared.reading.names import one_burmese

#: Provinces in which births were registered, as numbered in 2004, with gaps; from 101 on stand other countries (R).
_PROVINCES = frozenset(
    (
        1,
        2,
        4,
        6,
        8,
        10,
        11,
        12,
        14,
        15,
        17,
        19,
        20,
        22,
        24,
        25,
        26,
        27,
        30,
        31,
        33,
        34,
        35,
        36,
        37,
        38,
        40,
        42,
        44,
        45,
        46,
        48,
        49,
        51,
        52,
        54,
        56,
        58,
        60,
        62,
        64,
        66,
        67,
        68,
        70,
        72,
        74,
        75,
        77,
        79,
        80,
        82,
        83,
        84,
        86,
        87,
        89,
        91,
        92,
        93,
        94,
        95,
        96,
    )
)
_ABROAD = 101
#: What stands in brackets on a Myanmar card, by the letter of the Latin form.
_NRC_TYPES = {
    "နိုင်": "N",
    "ဧည့်": "E",
    "ပြု": "P",
    "သာသနာ": "T",
    "ယာယီ": "Y",
    "စ": "S",
    "TH": "T",
    # as they are spelt in Latin letters, and shortened
    "NAING": "N",
    "PYU": "P",
    "န": "N",
} | {letter: letter for letter in "NEPTYSAFR"}
_NRC = re.compile(r"\s*(\d{1,2})\s*/\s*([^()/]+?)\s*\(\s*([^()/]+?)\s*\)\s*([\dဝရ]{5,6})\s*")
#: Two digits that look like letters are often typed for them, and the other way round.
_AS_LETTERS, _AS_DIGITS = str.maketrans("07", "ဝရ"), str.maketrans("ဝရ", "07")
_STATES = range(1, 15)


@dataclass(frozen=True, slots=True)
class Told:
    """What a number says of the person who has it: sex, year of birth, another number that it holds (its scheme and
    value), and whether its letters name more than one township."""

    sex: str | None = None
    born_in: int | None = None
    holds: tuple[str, str] | None = None
    township_unclear: bool = False


@dataclass(frozen=True, slots=True)
class Nrc:
    """A Myanmar number: state, letters of the township (Burmese where the list knows them), type, running number."""

    state: int
    letters: str
    type: str
    number: str

    @property
    def key(self) -> str:
        return f"{self.state}/{self.letters}({self.type}){self.number}"


def _digits(text: str) -> str:
    return re.sub(r"[\s\-.]", "", plain_digits(text))


def check_digit(text: str) -> None:
    """The thirteenth digit of a Thai number of the person: eleven less the weighted sum modulo eleven. Raises
    `NotRead` with `check_digit`."""
    number = re.sub(r"\W|_", "", plain_digits(text))
    if re.fullmatch(r"\d{13}", number, re.ASCII):
        weighted = sum(int(digit) * (13 - place) for place, digit in enumerate(number[:12]))
        if (11 - weighted % 11) % 10 == int(number[12]):
            return
    raise NotRead("check_digit")


def _cccd(text: str) -> None:
    number = _digits(text)
    if not re.fullmatch(r"\d{12}", number, re.ASCII):
        raise NotRead("not_a_cccd")
    if int(number[:3]) not in _PROVINCES and int(number[:3]) < _ABROAD:
        raise NotRead("not_a_cccd")


def _shaped(pattern: str, code: str) -> Callable[[str], None]:
    def check(text: str) -> None:
        found = re.fullmatch(pattern, _digits(text).upper(), re.ASCII)
        if not found or not found[found.lastindex or 0].strip("0"):
            raise NotRead(code)

    return check


def read_nrc(text: str) -> Nrc:
    """A Myanmar number in either script: "12/OUKAMA(N)123456", "၁၂/ဥကမ(နိုင်)၁၂၃၄၅၆". Township letters that the list
    does not know stay as they are written. Raises `NotRead` with `not_an_nrc`."""
    found = _NRC.fullmatch(plain_digits(text))
    if found is None or int(found[1]) not in _STATES:
        raise NotRead("not_an_nrc")
    state, letters = int(found[1]), re.sub(r"[\s.\-]", "", found[2]).upper()
    if not letters.isascii():
        letters = letters.translate(_AS_LETTERS)
    type_ = _NRC_TYPES.get(one_burmese(re.sub(r"\s", "", found[3])).upper())
    if type_ is None or not re.fullmatch(r"[A-Z]+|[\u1000-\u109f]+", letters):
        raise NotRead("not_an_nrc")
    return Nrc(state, _townships().burmese.get((state, letters), letters), type_, found[4].translate(_AS_DIGITS))


def nrc_or_none(text: str) -> Nrc | None:
    """The same, or none where the text is no such number."""
    try:
        return read_nrc(text) if "/" in text else None
    except NotRead:
        return None


@dataclass(frozen=True, slots=True)
class _Townships:
    #: State and Latin letters to Burmese ones, where both name one another and nothing else.
    burmese: dict[tuple[int, str], str]
    #: State and letters, in either script, that name more than one township.
    unclear: frozenset[tuple[int, str]]


@cache
def _townships() -> _Townships:
    rows = [
        line.split(",")
        for line in Path(__file__).with_name("nrc_townships.csv").read_text("utf-8").splitlines()
        if not line.startswith(("#", "state,"))
    ]
    latin: dict[tuple[int, str], set[str]] = defaultdict(set)
    burmese: dict[tuple[int, str], set[str]] = defaultdict(set)
    named = Counter((int(state), latin_) for state, _, latin_, _ in rows)
    named += Counter((int(state), mm) for state, mm, _, _ in rows)
    for state, mm, en, _ in rows:
        latin[int(state), mm].add(en)
        burmese[int(state), en].add(mm)
    one = {
        (state, en): next(iter(found))
        for (state, en), found in burmese.items()
        if len(found) == 1 and len(latin[state, next(iter(found))]) == 1
    }
    return _Townships(one, frozenset(place for place, n in named.items() if n > 1))


#: Schemes whose numbers say by themselves whether they can be.
CHECKS: dict[str, Callable[[str], object]] = {
    "th-nid": check_digit,
    "th-sso": check_digit,
    "vn-cccd": _cccd,
    "vn-cmnd": _shaped(r"(\d{9})", "not_a_cmnd"),
    "vn-bhxh": _shaped(r"(\d{10})", "not_a_bhxh"),
    "vn-bhyt": _shaped(r"[A-Z]{2}\d{3}(\d{10})", "not_a_bhyt"),
    "mm-nrc": read_nrc,
}


def told_by(scheme: str, value: str) -> Told:
    """What a number tells of its owner; nothing where it cannot be read, or tells nothing."""
    check = CHECKS.get(scheme)
    try:
        if check is not None:
            check(value)
    except NotRead:
        return Told()
    match scheme:
        case "vn-cccd":
            number = _digits(value)
            century, odd = divmod(int(number[3]), 2)
            return Told("female" if odd else "male", 1900 + 100 * century + int(number[4:6]))
        case "vn-bhyt":
            return Told(holds=("vn-bhxh", _digits(value)[-10:]))
        case "mm-nrc":
            nrc = read_nrc(value)
            return Told(township_unclear=(nrc.state, nrc.letters) in _townships().unclear)
    return Told()
