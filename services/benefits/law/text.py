"""Sentences that are translated elsewhere: constant English with typed gaps."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from fractions import Fraction
from typing import Any

from services.benefits.domain.assessment import Text
from shared.period import Month
from shared.plural import counting_gap

_GAP = re.compile(r"\{([a-z_][a-z0-9_]*)\}")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)

Param = dict[str, Any]


def N_(message: str) -> str:  # noqa: N802 - the marker's name is Babel's custom
    """Mark a sentence for extraction (`pybabel extract -k N_`); gives it back unchanged."""
    return message


#: How a citation begins that rests on no text of law (docs/packs.md); what follows is said in the reader's language.
PRACTICE = "Practice of the institution: "
#: Titles of texts, and pages of institutions, that packs cite, as each language officially calls them: marked here for
#: the catalogues. What stands in no list is shown as the pack writes it (`shared/web/citing.py`).
CITED = (
    N_("Law on Social Security 54/NA"),
    N_("Law on Social Security 34/NA"),
    N_("Guidelines 2751/MLSW of 2015-07-24, calculation methods"),
    N_("LSSO page, Sickness subsidies"),
    N_("LSSO page, Sickness subsidies (stated there for work injury)"),
    N_("NSSF page, Birth or miscarriage"),
    N_("Social Security Act B.E. 2533"),
    N_("SSA"),
    N_("SSO benefit summary"),
    N_("LPA"),
    N_("Act No. 4 B.E. 2558"),
    N_("LPA (No. 9) B.E. 2568"),
    N_("Labour Code 45/2019/QH14"),
    N_("Law on Population 113/2025/QH15"),
)
#: What one of a thing is called, by the sentence for several.
_ONE: dict[str, str] = {}


def N_n(one: str, many: str) -> str:  # noqa: N802 - as `N_`
    """Mark a sentence with a counted thing, for one and for several; gives back the one for several, which is what an
    assessment keeps. The number that counts is the gap before the first place where the two differ. Whoever shows it
    chooses the form: `render` here, `shared.web.formatting.text` by the plural rule of the reader's language."""
    _ONE[many] = one
    return many


def say(msg: str, **params: Param) -> Text:
    """A sentence with its gaps filled: `say(N_("from {first}"), first=day(d))`."""
    return Text(msg, params)


def money(amount: Fraction | int, currency: str) -> Param:
    """An exact amount in currency units."""
    return {"type": "money", "value": {"exact": str(amount), "currency": currency}}


def day(on: date) -> Param:
    return {"type": "date", "value": on.isoformat()}


def month(of: Month) -> Param:
    return {"type": "month", "value": str(of)}


def count(number: int | Fraction) -> Param:
    """A whole number (or a half: 7/2)."""
    if type(number) is int:
        return {"type": "int", "value": number}
    return {"type": "int", "value": number.numerator if number.denominator == 1 else str(number)}


def rate(of: Fraction) -> Param:
    """A rate such as 7/10, shown as a percentage."""
    return {"type": "rate", "value": str(of)}


def shown(text: str) -> Param:
    """Numbers and rates as they are shown, rounded for the eye: "67.7 %", "44.98 % (c), 47 % (d)". A reader has them in
    the format of her language."""
    return {"type": "shown", "value": text}


def word(text: str) -> Param:
    """Plain text, shown as it is: a number of a section, what somebody typed."""
    return {"type": "text", "value": text}


def term(code: str) -> Param:
    """A word of the law or of a form, such as `work_injury`: each reader has it in her language."""
    return {"type": "term", "value": code}


def words_of(code: str) -> str:
    """The English words of a code, by which the catalogue keeps them."""
    return code.replace("_", " ")


def year(number: int) -> Param:
    """A calendar year, counted as the reader's country counts years."""
    return {"type": "year", "value": number}


def phrase(part: Text) -> Param:
    """A part of a sentence with a count of its own, such as "6 odd days": translated for itself."""
    return {"type": "text", "value": part.json()}


def cited(citation: str) -> Param:
    """Where something stands, said in the words of law of the reader's language."""
    return {"type": "citation", "value": citation}


def listed(parts: Iterable[str]) -> Param:
    """Several sentences of the catalogue, one after the other, each translated for itself."""
    first, *others = (phrase(Text(part)) for part in parts)
    for other in others:
        first = phrase(say(N_("{one}, {more}"), one=first, more=other))
    return first


def days(number: int | Fraction) -> Param:
    """A number of days as a part of a sentence that counts more than one thing."""
    return phrase(say(N_n("{days} day", "{days} days"), days=count(number)))


def months(number: int | Fraction) -> Param:
    """A number of months, likewise."""
    return phrase(say(N_n("{months} month", "{months} months"), months=count(number)))


def is_one(param: Param | None) -> bool:
    """Whether a gap counts exactly one thing."""
    return param is not None and param["type"] == "int" and Fraction(param["value"]) == 1


def render(text: Text | Param, format_param: Callable[[Param], str] | None = None) -> str:
    """Plain English of a sentence (a `Text` or its JSON); `format_param` writes one gap its own way."""
    msg, params = (text.msg, text.params) if isinstance(text, Text) else (text["msg"], text["params"])
    write = format_param or plain
    one = _ONE.get(msg)
    if one is not None and is_one(params.get(counting_gap(one, msg))):
        msg = one
    return _GAP.sub(lambda gap: write(params[gap[1]]) if gap[1] in params else gap[0], msg)


def plain(param: Param) -> str:
    """One gap in plain English."""
    value = param["value"]
    match param["type"]:
        case "money":
            return f"{plain_number(Fraction(value['exact']))} {value['currency']}"
        case "date":
            on = date.fromisoformat(value)
            return f"{on.day} {_MONTHS[on.month - 1]} {on.year}"
        case "month":
            of = Month.parse(value)
            return f"{_MONTHS[of.number - 1]} {of.year}"
        case "rate":
            return f"{plain_number(Fraction(value) * 100)} %"
        case "int":
            return plain_number(Fraction(value))
        case "term":
            return words_of(str(value))
        case _:
            return render(dict(value)) if isinstance(value, Mapping) else str(value)


def plain_number(value: Fraction, digits: int = 2) -> str:
    """A number with grouped thousands, and two digits where it is not whole (rounded for the eye only)."""
    if value.denominator == 1:
        return f"{value.numerator:,}"
    sign = "-" if value < 0 else ""
    hundredths = int(abs(value) * 10**digits + Fraction(1, 2))
    whole, rest = divmod(hundredths, 10**digits)
    return f"{sign}{whole:,}.{str(rest).rjust(digits, '0')}"


def gaps(msg: str) -> set[str]:
    """The names of a message's gaps."""
    return set(_GAP.findall(msg))
