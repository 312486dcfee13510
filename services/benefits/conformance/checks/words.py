"""Rates, amounts and answers as a person reads them."""

from __future__ import annotations

from fractions import Fraction

from services.benefits.conformance.checks.result import (
    FAIL,
    NO_DATA,
    NOT_APPLICABLE,
    PASS,
    REVIEW,
    Result,
)
from services.benefits.conformance.profile import Answer
from services.benefits.conformance.standards import Requirement
from services.benefits.domain.assessment import Text
from services.benefits.law import text as t
from services.benefits.law.text import N_, plain_number, say


def percent(rate: Fraction, against: Fraction | None = None) -> str:
    """A rate as a person reads it, never rounded up to the threshold it misses."""
    hundred, digits = rate * 100, decimals(rate, against)
    if digits is None:
        return f"{hundred.numerator}/{hundred.denominator} %"
    return f"{plain_number(hundred, digits)} %"


def decimals(rate: Fraction, against: Fraction | None = None) -> int | None:
    """With how many decimals a rate is shown in per cent, without zeros at the end; `None` where it would look like the
    threshold it misses whatever they are."""
    hundred = rate * 100
    if hundred.denominator == 1:
        return 0
    for digits in (1, 2, 3, 4, 6, 8):
        text = plain_number(hundred, digits).rstrip("0").rstrip(".")
        if against is None or Fraction(text.replace(",", "")) != against * 100:
            return len(text.partition(".")[2])
    return None


def points_short(shown: str, short: Fraction) -> str:
    """Percentage points that are missing, with as many digits as the rate is shown with."""
    digits = len(shown.removesuffix(" %").partition(".")[2])
    text = plain_number(short * 100, max(digits, 1))
    return text.rstrip("0").rstrip(".") if "." in text else text


def amount(value: Fraction, currency: str) -> dict[str, object]:
    """An amount to be read; parts of a unit are rounded for the eye only."""
    return t.money(value if value.denominator == 1 else Fraction(round(value * 100), 100), currency)


def finely(value: Fraction) -> str:
    """A number with three digits, where two would hide what it is."""
    return plain_number(value, 3)


def whole(value: Fraction) -> str:
    return plain_number(value, 1 if value.denominator != 1 else 0)


def no_data(r: Requirement, b: str, what: str) -> Result:
    return Result(r, b, NO_DATA, say(N_("no data")), say(N_("Not known: {what}"), what=t.word(what)))


# Legal facts ----------------------------------------------------------------------------------------


def answered(r: Requirement, b: str, answer: Answer | None, name: str) -> Result:
    """Yes passes, no and silence of the law fail, doubt goes to a person."""
    if answer is None:
        return no_data(r, b, name.replace("_", " "))
    why = Text(answer.text) if answer.text else say(N_("as the source says"))
    cited = (answer.citation,)
    match answer.answer:
        case "yes":
            return Result(r, b, PASS, say(N_("yes")), why, sources=cited)
        case "no":
            return Result(r, b, FAIL, say(N_("no")), why, sources=cited)
        case "silent":
            return Result(r, b, FAIL, say(N_("the law is silent")), why, sources=cited)
        case "judge":
            asked = say(N_("Does the law as it stands give this: {what}?"), what=t.phrase(Text(r.description)))
            return Result(r, b, REVIEW, say(N_("to judge")), why, question=asked, sources=cited)
    return Result(r, b, NOT_APPLICABLE, say(N_("does not arise")), why, sources=cited)
