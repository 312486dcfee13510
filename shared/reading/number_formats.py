"""Whole numbers as a spreadsheet shows them: the zeros of a number format are part of what is seen.

Source: ECMA-376, part 1, 18.8.31 (numFmts).
"""

from __future__ import annotations

import re

#: A colour, a language or a condition in brackets; a width to skip; a sign to repeat; a letter or text as it stands.
_TOKEN = re.compile(r'\[([^\]]*)\]|_.|\*.|\\(.)|"([^"]*)"|(.)', re.S)
_CONDITION = re.compile(r"(<=|>=|<>|<|>|=)(\d+)")
_HOLDS = {
    "<=": int.__le__,
    ">=": int.__ge__,
    "<>": int.__ne__,
    "<": int.__lt__,
    ">": int.__gt__,
    "=": int.__eq__,
}


def shown(number: int, form: str) -> str:
    """A number from zero on as its format shows it, where the format lays its digits into zeros (0010990001, or
    10-0001-7919 as 00-0000-0000) or writes digits of its own before them ("0"#); else its digits."""
    signs = _signs(_section(number, form))
    digits_beside = signs is not None and any(literal and sign.isdigit() for sign, literal in signs)
    if signs is None or (sum(sign == "0" for sign, literal in signs if not literal) < 2 and not digits_beside):
        return str(number)
    left, out = list(str(number)), list[str]()
    first = next((place for place, (_, literal) in enumerate(signs) if not literal), 0)
    for place, (sign, literal) in reversed(list(enumerate(signs))):
        if literal:
            out.append(sign)
        elif left or sign == "0":
            out.append(left.pop() if left else "0")
        if place == first:  # what has no place of its own stands before the first
            out += reversed(left)
            left = []
    return "".join(reversed(out)).strip()


#: Formats of days that a workbook names by number alone, in East Asian and Thai spreadsheets; ours knows those of all
#: countries. Source: ECMA-376, part 1, 18.8.30; numbers that are a day in one language and a time in another are left.
_DAYS = frozenset((27, 28, 29, 30, 31, 36, 50, 51, 54, 57, 58, 71, 72, 77, 81))
#: Day, month and year in the letters of a Thai spreadsheet, outside of quotes.
_THAI_DAY = re.compile("ว.*ด|ด.*ป")


def is_day(number: int, form: str) -> bool:
    """Whether a number with this format (its number in the workbook, and its signs) is shown as a day, where the
    library does not say so."""
    return number in _DAYS or _THAI_DAY.search(re.sub(r'"[^"]*"|\[[^\]]*\]', "", form)) is not None


def _section(number: int, form: str) -> str:
    """The part of a format that is for this number: by its condition, else the first (which is for positive ones)."""
    sections = re.split(r';(?=(?:[^"]*"[^"]*")*[^"]*$)', form)
    for section in sections:
        condition = _CONDITION.search(" ".join(re.findall(r"\[([^\]]*)\]", section)))
        if condition is None or _HOLDS[condition[1]](number, int(condition[2])):
            return section
    return ""


def _signs(section: str) -> list[tuple[str, bool]] | None:
    """The places for digits and what stands between them (sign, whether it is only shown); none for formats of amounts,
    days and parts, whose numbers are what counts."""
    found: list[tuple[str, bool]] = []
    for token in _TOKEN.finditer(section):
        _, escaped, quoted, plain = token.groups()
        if plain is None:
            found += [(sign, True) for sign in escaped or quoted or ""]
        elif plain in "0#?":
            found.append((plain, False))
        elif plain in "-/() +:":
            found.append((plain, True))
        else:
            return None
    return found
