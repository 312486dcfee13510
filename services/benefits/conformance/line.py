"""The short line of a decision: what this award replaces, and for how long, against C102 and C183.

A pure function of the stored assessment: nothing is run again, so a decision costs what it cost before. It speaks of
this person's award, not of the scheme: a short spell is short because the person was well again.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from functools import lru_cache
from typing import Any

from services.benefits.conformance.checks.words import percent
from services.benefits.conformance.profile import scheme
from services.benefits.conformance.standards import requirement
from services.benefits.domain.assessment import Text
from services.benefits.domain.status import Status
from services.benefits.law import text as t
from services.benefits.law.text import N_, say
from shared.period import add_months

Json = dict[str, Any]

#: Working days of a month, by the rest days of a week.
_MONTH = {0: Fraction(30), 1: Fraction(26), 2: Fraction(65, 3)}


def line_for(assessment: Mapping[str, Any], country: str, on: date) -> Json | None:
    """The line of one award, from the JSON of its assessment; nothing where no cash for days was granted.

    `rate` is what a month of this benefit comes to, over the declared wage of the last reference month; `rate_counted`
    the same over the wage that was counted. Both are exact fractions written as text.
    """
    spans = [r for r in assessment["timeline"] if r["code"] == Status.PAID and r["amount"] is not None]
    days = sum(_days(r) for r in spans)
    months = [m for m in assessment["reference"] if m["insured"] is not None and m["declared"] is not None]
    if not days or not months:
        return None
    maternity = assessment["benefit"] in _maternity(country)
    if not maternity and assessment["benefit"] != _sickness(country):
        return None
    declared = sum((Fraction(m["declared"]) for m in months), Fraction(0)) / len(months)
    counted = sum((Fraction(m["insured"]) for m in months), Fraction(0)) / len(months)
    usual = _month(assessment, country, maternity)
    monthly = sum((_monthly(r, counted, usual) * _days(r) for r in spans), Fraction(0)) / days
    rate, rate_counted = monthly / declared, monthly / counted
    level = requirement("C102-65-45")
    compared = [_compared("C102", "65", rate, level.number)]
    if maternity:
        third = requirement("C183-6-TWO-THIRDS")
        compared.append(_compared("C183", "6(3)", rate_counted, third.number))
        words = N_(
            "This award replaces {rate} of earnings for {days} days. C102 asks for {c102} on average, C183 for {c183} "
            "of the earnings that are counted, for 98 days."
        )
    else:
        third = requirement("C183-6-TWO-THIRDS")
        words = N_(
            "This award replaces {rate} of earnings for {days} days. C102 asks for {c102} up to the skilled wage, "
            "for at least 182 days where an illness lasts so long."
        )
    text = say(
        words,
        rate=t.shown(percent(rate, level.number)),
        days=t.count(days),
        c102=t.shown(percent(level.number)),
        c183=t.shown(percent(third.number)),
    )
    return {
        "format": "conformance-line/1",
        "country": country,
        "on": on.isoformat(),
        "rate": str(rate),
        "rate_counted": str(rate_counted),
        "days": days,
        "compared": compared,
        "text": text.json(),
    }


def _compared(instrument: str, article: str, rate: Fraction, needed: Fraction) -> Json:
    return {
        "instrument": instrument,
        "article": article,
        "needed": str(needed),
        "reached": rate >= needed,
    }


def text_of(line: Mapping[str, Any]) -> Text:
    """The sentence of a stored line."""
    return Text(line["text"]["msg"], line["text"]["params"])


def _days(span: Mapping[str, Any]) -> int:
    return (date.fromisoformat(span["to"]) - date.fromisoformat(span["from"])).days + 1


def _monthly(span: Mapping[str, Any], counted: Fraction, usual: Fraction) -> Fraction:
    """What a month of these days comes to. A law that pays whole months pays each the same, whatever its days; that is
    seen where one such month, or an even part of several, is the stated rate of the counted earnings."""
    amount, days = Fraction(span["amount"]), _days(span)
    if span["rate"] is not None:
        stated = Fraction(span["rate"]) * counted
        months = _whole_months(date.fromisoformat(span["from"]), date.fromisoformat(span["to"]))
        if months and amount == stated * months:
            return stated
    return amount / days * usual


def _whole_months(first: date, last: date) -> int:
    """Months from one day to the day before the same day of a later month; 0 where the days are no whole months."""
    end = date.fromordinal(last.toordinal() + 1)
    months = (end.year - first.year) * 12 + end.month - first.month
    return months if months > 0 and add_months(first, months) == end else 0


def _month(assessment: Mapping[str, Any], country: str, maternity: bool) -> Fraction:
    """Days of benefit in a month: 30, or the working days of one where days of rest are left out."""
    if not any(r["code"] == Status.WEEKLY_REST for r in assessment["timeline"]):
        return _MONTH[0]
    recipe = scheme(country).maternity if maternity else scheme(country).sickness
    return _MONTH[len(recipe.weekly_rest) or 1]


@lru_cache(maxsize=64)
def _maternity(country: str) -> frozenset[str]:
    benefit = scheme(country).maternity.benefit
    return frozenset({benefit} if benefit else {"maternity", "birth"})


@lru_cache(maxsize=64)
def _sickness(country: str) -> str:
    return scheme(country).sickness.benefit or "sickness"
