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
    10-0001-7919 as 00-0000-0000); else its digits."""
    signs = _signs(_section(number, form))
    if signs is None or sum(sign == "0" for sign, literal in signs if not literal) < 2:
        return str(number)
    left, out = list(str(number)), list[str]()
    for sign, literal in reversed(signs):
        if literal:
            out.append(sign)
        elif left or sign == "0":
            out.append(left.pop() if left else "0")
    return ("".join(left) + "".join(reversed(out))).strip()


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
