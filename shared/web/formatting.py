"""Numbers, money, days and texts as a language writes them.

Pure functions: each takes the language, none knows a request, so pages, letters and short messages agree.
The patterns are pinned here and not taken from library defaults, which put signs before amounts that no
institution prints; only names of months and weekdays come from CLDR. Nothing here is a float.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from datetime import date
from fractions import Fraction
from functools import cache
from typing import Any, Protocol

from babel import Locale
from icu4py.messageformat import MessageFormat
from jinja2 import Environment, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from shared.auth import SERVICES
from shared.money import Money, Rounding, exponent, round_fraction
from shared.plural import counting_gap
from shared.web.called import called
from shared.web.citing import cited
from shared.web.day_patterns import DATE_PATTERNS, MONTH_PATTERNS
from shared.web.texts import N_, NAMES, counted, known, say, say_n

NBSP = "\N{NO-BREAK SPACE}"
MINUS = "\N{MINUS SIGN}"
#: The digits of a script, and the languages that print them where nothing else is said: amounts and accounts are safer
#: in 0 to 9, but Burmese offices write their own. OWN_DIGITS names others, such as `my,th`.
DIGITS = {
    "my": str.maketrans("0123456789", "၀၁၂၃၄၅၆၇၈၉"),
    "lo": str.maketrans("0123456789", "໐໑໒໓໔໕໖໗໘໙"),
    "th": str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙"),
}
OWN_DIGITS = "my"

#: Between thousands, before decimals.
SEPARATORS = {"en": (",", "."), "lo": (".", ","), "th": (",", "."), "vi": (".", ","), "my": (",", ".")}
#: Whole amounts of these are printed without decimals, as people and banks of the country do.
NO_DECIMALS_WHEN_WHOLE = {"LAK", "VND", "MMK", "KHR"}
UNITS = {
    "en": {"LAK": "kip", "VND": "dong", "MMK": "kyat", "THB": "baht"},
    "lo": {"LAK": "ກີບ", "THB": "ບາດ", "VND": "ດົງ", "MMK": "ຈັດ"},
    "th": {"THB": "บาท", "LAK": "กีบ", "VND": "ดอง", "MMK": "จ๊าด"},
    "vi": {"VND": "đồng", "LAK": "kíp", "THB": "baht", "MMK": "kyat"},
    "my": {"MMK": "ကျပ်", "THB": "ဘတ်", "LAK": "ကစ်", "VND": "ဒေါင်"},
}
#: Languages that write day, name of month, year with spaces, so that a range can leave out what repeats.
_SHORTENS = {"en", "lo", "th"}

Day = date | str

ITSELF = N_("the system itself")
#: Who is no person of the house: by the first part of the name.
WHO = {"rules": N_("the rules alone, without a person"), "worker": N_("by herself, on her page")}


class HasMinor(Protocol):
    minor: int
    currency: str


# ---- numbers ----------------------------------------------------------------------------------------------


def fraction(value: int | str | Fraction) -> Fraction:
    """The exact value of a whole number, "27000000/4" or "12.5"; anything else is a `ValueError`."""
    if isinstance(value, (int, Fraction)):
        return Fraction(value)
    if not re.fullmatch(r"-?[0-9]{1,60}(/[0-9]{1,60}|\.[0-9]{1,30})?", value):
        raise ValueError(f"{value[:60]!r} is not an exact number")
    return Fraction(value)


def digits(text: str, language: str) -> str:
    """A text with the digits of the language, where the installation prints them (`OWN_DIGITS`)."""
    code = known(language)
    return text.translate(DIGITS[code]) if code in _own_digits(os.environ.get("OWN_DIGITS", OWN_DIGITS)) else text


@cache
def _own_digits(said: str) -> frozenset[str]:
    """The languages named. Raises `ValueError` for one that has no digits of its own."""
    named = frozenset(name for part in said.split(",") if (name := part.strip()))
    if unknown := named - set(DIGITS):
        raise ValueError(f"OWN_DIGITS names {', '.join(sorted(unknown))}, which has no digits of its own")
    return named


def number(value: int | str | Fraction, language: str, decimals: int = 0, signed: bool = False) -> str:
    """A number with thousands apart, rounded half up to `decimals`; a true minus, a plus when `signed`."""
    exact = fraction(value)
    scaled = round_fraction(abs(exact) * 10**decimals, Rounding.HALF_UP)
    whole, rest = divmod(scaled, 10**decimals)
    thousands, point = SEPARATORS[known(language)]
    text = f"{whole:,}".replace(",", thousands)
    if decimals:
        text += point + str(rest).rjust(decimals, "0")
    sign = MINUS if exact < 0 and scaled else "+" if signed and scaled else ""
    return digits(sign + text, language)


def mixed(value: int | str | Fraction, language: str) -> str:
    """The exact value with nothing lost: "6,750,000", "12.5" or "6,666 2/3"."""
    exact = fraction(value)
    for places in range(5):
        if (exact * 10**places).denominator == 1:
            return number(exact, language, places)
    whole, rest = divmod(abs(exact), 1)
    parts = digits(f"{rest.numerator}/{rest.denominator}", language)
    head = number(whole, language) + " " if whole else ""
    return (MINUS if exact < 0 else "") + head + parts


def unit(currency: str, language: str) -> str:
    """The word for a currency in a language; its ISO code where no word is settled."""
    return UNITS[known(language)].get(currency, currency)


def amount(value: Any, language: str, currency: str = "", signed: bool = False) -> str:
    """An amount without its unit, for columns whose head names it.

    Takes `Money`, {"minor", "currency"}, {"exact", "currency"} or an exact number of currency units.
    """
    exact, code = _money(value, currency)
    places = exponent(code) if code else 2
    if exact.denominator == 1 and (not code or code in NO_DECIMALS_WHEN_WHOLE):
        places = 0
    if exact.denominator != 1:
        places = places or 2
    return number(exact, language, places, signed)


def money(value: Any, language: str, currency: str = "", signed: bool = False) -> str:
    """An amount with its unit: "3,360,000 kip", "3.360.000 ກີບ", "45,000.00 บาท"."""
    code = _money(value, currency)[1]
    text = amount(value, language, currency, signed)
    return f"{text}{NBSP}{unit(code, language)}" if code else text


#: ICU spells large Lao numbers with the words of Thai.
_LAO_NUMBERS = (
    ("ศูนย์", "ສູນ"),
    ("ร้อย", "ຮ້ອຍ"),
    ("พัน", "ພັນ"),
    ("หมื่น", "ໝື່ນ"),
    ("แสน", "ແສນ"),
    ("ล้าน", "ລ້ານ"),
)


def in_words(value: Any, language: str, currency: str = "") -> str:
    """An amount spelt out, so that a slip of a zero is heard: "one million five hundred thousand kip"."""
    units, code = _money(value, currency)
    whole, parts = divmod(abs(units) * 10 ** exponent(code), 10 ** exponent(code))
    spelt = MessageFormat("{n, spellout}", known(language)).format({"n": int(whole)}).replace("\u200b", "")
    for thai, lao in _LAO_NUMBERS if known(language) == "lo" else ():
        spelt = spelt.replace(thai, lao)
    rest = f" {int(parts):0{exponent(code)}d}/{10 ** exponent(code)}" if parts else ""
    return f"{'−' if units < 0 else ''}{spelt}{rest} {unit(code, language)}"


def exact(value: Any, language: str, currency: str = "") -> Markup:
    """An amount of the worksheet: as printed, with the exact value as tooltip where something was rounded."""
    units = _money(value, currency)[0]
    shown, whole = amount(value, language, currency), mixed(units, language)
    if (units * 100).denominator == 1:
        return Markup("{}").format(shown)
    return Markup('<span title="{}">{}</span>').format(whole, shown)


def rate(value: int | str | Fraction, language: str) -> str:
    """A share of one as per cent: "7/10" is "70 %", "2/3" is "66 2/3 %"."""
    text = mixed(fraction(value) * 100, language)
    return f"{text}{NBSP}%" if known(language) == "en" else f"{text}%"


def percent(value: int | str | Fraction, language: str, decimals: int = 0) -> str:
    """So many per cent, rounded half up to `decimals`: 42 1/2 with one is "42.5 %", in Vietnamese "42,5%"."""
    text = number(value, language, decimals)
    return f"{text}{NBSP}%" if known(language) == "en" else f"{text}%"


_SHOWN = re.compile(r"([0-9][0-9,]*)(?:\.([0-9]+))?( %)?", re.ASCII)


def as_shown(text: str, language: str) -> str:
    """A text of numbers in English format, rounded for the eye, as the language writes them: "67.7 %" is "67,7%"."""
    if known(language) == "en":
        return text

    def one(found: re.Match[str]) -> str:
        whole, rest, sign = found[1].replace(",", ""), found[2] or "", "%" if found[3] else ""
        return number(f"{whole}.{rest}" if rest else whole, language, len(rest)) + sign

    return _SHOWN.sub(one, text)


def days(n: int, language: str) -> str:
    """A count of days in words."""
    return say_n(language, "{n} day", "{n} days", n, n=number(n, language))


def months(n: int, language: str) -> str:
    """A count of months in words."""
    return say_n(language, "{n} month", "{n} months", n, n=number(n, language))


# ---- days -------------------------------------------------------------------------------------------------


def as_date(value: Day) -> date:
    return value if isinstance(value, date) else date.fromisoformat(value[:10])


def plain_date(value: Day, language: str, style: str = "medium") -> str:
    """A day as the language writes it; Thai counts years of the Buddhist era."""
    day = as_date(value)
    pattern = DATE_PATTERNS[known(language)].get(style) or DATE_PATTERNS[known(language)]["medium"]
    return _dated(pattern, day, language)


def plain_month(value: Day, language: str, style: str = "medium") -> str:
    """A calendar month, given as "2025-03", "2025-03-01" or a day in it."""
    day = value if isinstance(value, date) else date.fromisoformat(str(value)[:7] + "-01")
    pattern = MONTH_PATTERNS[known(language)].get(style) or MONTH_PATTERNS[known(language)]["medium"]
    return _dated(pattern, day, language)


def plain_period(first: Day, last: Day, language: str, style: str = "medium") -> str:
    """A range of days, without repeating what both ends share: "2 Apr – 1 May 2025"."""
    start, end = as_date(first), as_date(last)
    if start == end:
        return plain_date(start, language, style)
    if known(language) in _SHORTENS and style != "short" and start.year == end.year:
        if start.month == end.month:
            return f"{start.day}–{plain_date(end, language, style)}"
        pattern = DATE_PATTERNS[known(language)][style].removesuffix(" {y}")
        return f"{_dated(pattern, start, language)} – {plain_date(end, language, style)}".replace(" –", NBSP + "–")
    return f"{plain_date(start, language, style)}{NBSP}– {plain_date(end, language, style)}"


def weekday(value: Day, language: str) -> str:
    """The name of the day of the week."""
    return str(_locale(language).days["stand-alone"]["wide"][as_date(value).weekday()])


def date_html(value: Day, language: str, style: str = "medium") -> Markup:
    """A day for a page: readable, with ISO for machines and as tooltip."""
    iso = as_date(value).isoformat()
    return Markup('<time datetime="{0}" title="{0}">{1}</time>').format(iso, plain_date(value, language, style))


def month_html(value: Day, language: str, style: str = "medium") -> Markup:
    iso = (value.isoformat() if isinstance(value, date) else str(value))[:7]
    return Markup('<time datetime="{0}" title="{0}">{1}</time>').format(iso, plain_month(value, language, style))


def period_html(value: Any, language: str, style: str = "medium") -> Markup:
    """A range for a page, from {"from", "to"} or anything with `first` and `last`; written out, it may break."""
    first, last = _ends(value)
    iso = f"{as_date(first).isoformat()} – {as_date(last).isoformat()}"
    said = plain_period(first, last, language, style)
    if style != "long" and as_date(first).replace(day=1) == as_date(last).replace(day=1):
        return Markup('<span class="nowrap" title="{}">{}</span>').format(iso, said)
    return Markup('<span title="{}">{}</span>').format(iso, said)


# ---- texts with typed places ------------------------------------------------------------------------------


def text(value: Any, language: str) -> str:
    """A `Text` of an assessment ({"msg", "params"}) in the reader's language; a plain string is translated."""
    if value is None:
        return ""
    if hasattr(value, "__html__"):
        return str(value) if not isinstance(value, str) else value
    if isinstance(value, str):
        return say(language, value)
    message, params = value["msg"], value.get("params") or {}
    said = {name: param(item, language) for name, item in params.items()}
    one = counted().get(message)
    if one is None:
        return say(language, message, **said)
    return say_n(language, one, message, _number_of(params.get(counting_gap(one, message))), **said)


def _number_of(item: Any) -> int:
    """The number of a counted thing; parts of one count as several."""
    value = item.get("value") if isinstance(item, Mapping) else item
    try:
        number_ = Fraction(str(value))
    except (ValueError, ZeroDivisionError):
        return 0
    return number_.numerator if number_.denominator == 1 else 2


def calendar_year(value: int, language: str) -> str:
    """A year as it is counted and written: 2026, 2569 in Thai, ၂၀၂၆ in Burmese."""
    return digits(str(value + 543 if known(language) == "th" else value), language)


def param(item: Any, language: str) -> str:
    """One typed value of a text, as the language writes it. Dates stand in sentences, so they are long."""
    if not isinstance(item, Mapping):
        return number(item, language) if isinstance(item, int) else str(item)
    if "msg" in item:
        return text(item, language)
    value = item.get("value")
    if value is None:
        return "–"
    match item.get("type"):
        case "money":
            return money(value, language, item.get("currency", ""))
        case "date":
            return plain_date(value, language, "long")
        case "month":
            return plain_month(value, language, "long")
        case "period":
            return plain_period(*_ends(value), language, "long")
        case "int":
            return number(value, language)
        case "number":
            return mixed(value, language)
        case "days":
            return days(int(value), language)
        case "months":
            return months(int(value), language)
        case "rate":
            return rate(value, language)
        case "shown":
            return as_shown(str(value), language)
        case "term":
            return say(language, str(value).replace("_", " "))
        case "citation":
            return cited(value, language)
        case "year":
            return calendar_year(int(value), language)
        case _:
            return text(value, language) if isinstance(value, Mapping) else str(value)


# ---- for templates ----------------------------------------------------------------------------------------


def who(name: str, language: str) -> str:
    """Who did something, in a list of who did what; what a service did by itself was nobody's doing."""
    words = WHO.get(name.partition(":")[0]) or (ITSELF if name in SERVICES else None)
    return say(language, words) if words else name


def language_name(code: str, language: str) -> str:
    """A language by its name, as a reader of this one calls it."""
    return say(language, NAMES.get(code, code))


#: Filters of every page; each takes the language from the page.
FILTERS: dict[str, Callable[..., Any]] = {
    "cited": cited,
    "who": who,
    "called": called,
    "language_name": language_name,
    "money": money,
    "amount": amount,
    "exact": exact,
    "in_words": in_words,
    "rate": rate,
    "days": days,
    "months": months,
    "number": number,
    "mixed": mixed,
    "unit": unit,
    "text": text,
    "date": date_html,
    "month": month_html,
    "period": period_html,
    "plain_date": plain_date,
    "plain_month": plain_month,
    "weekday": weekday,
}


def _language(context: Context) -> str:
    return known(context.get("language"))


class Sparse(dict[Any, Any]):
    """Facts as they are on a paper: what was left out is an empty text."""

    def __missing__(self, key: Any) -> str:
        return ""


def sparse(value: Any) -> Any:
    """The mapping, and all within it, with the empty text for each key it has not; anything else as it is.

    Names that are missing in a template fail. Where a key may honestly be missing (what was typed, the errors of
    some fields, the facts of a paper, parts of a component nobody asked for) the template says so with this filter.
    """
    if isinstance(value, dict):
        return Sparse({key: sparse(part) for key, part in value.items()})
    if isinstance(value, list):
        return [sparse(part) for part in value]
    return value


def install(env: Environment) -> None:
    """Give a Jinja environment the house's settings, the filters above, `_`, `ngettext`, `timeline_svg` and
    `is_own_language`.

    A name that is missing in a template raises `UndefinedError`: a page never leaves out in silence what it was
    not given. The page's language is its variable `language`; templates import components `with context`.
    """
    env.autoescape = True
    env.trim_blocks = env.lstrip_blocks = True
    env.undefined = StrictUndefined

    from shared.web import timeline  # it draws with the formats of this module

    def bound(function: Callable[..., Any]) -> Callable[..., Any]:
        @pass_context
        def filter_(context: Context, value: Any, *args: Any, **kwargs: Any) -> Any:
            return function(value, _language(context), *args, **kwargs)

        return filter_

    env.filters["sparse"] = sparse
    for name, function in FILTERS.items():
        env.filters[name] = bound(function)

    @pass_context
    def gettext(context: Context, message: str, **params: Any) -> str:
        return say(_language(context), message, **params)

    @pass_context
    def ngettext(context: Context, one: str, many: str, n: int, **params: Any) -> str:
        return say_n(_language(context), one, many, n, **({"n": number(n, _language(context))} | params))

    @pass_context
    def timeline_svg(context: Context, segments: Any, **kwargs: Any) -> Markup:
        return timeline.draw(segments, language=_language(context), **kwargs)

    env.globals.update({"_": gettext, "gettext": gettext, "ngettext": ngettext, "timeline_svg": timeline_svg})


# ---- inside -----------------------------------------------------------------------------------------------


def _locale(language: str) -> Locale:
    return Locale.parse(known(language))


def _dated(pattern: str, day: date, language: str) -> str:
    names = _locale(language).months["stand-alone" if known(language) == "th" else "format"]
    year = day.year + 543 if known(language) == "th" else day.year
    filled = pattern.format(
        d=day.day,
        dd=f"{day.day:02}",
        m=day.month,
        mm=f"{day.month:02}",
        m0=f"{day.month:02}" if day.month < 3 else day.month,
        y=year,
        wide=names["wide"][day.month],
        abbr=names["abbreviated"][day.month],
    )
    return digits(filled.replace(" ", NBSP), language)


def _ends(value: Any) -> tuple[Day, Day]:
    if isinstance(value, Mapping):
        return value["from"], value["to"]
    if isinstance(value, (tuple, list)):
        return value[0], value[1]
    return value.first, value.last


def _money(value: Any, currency: str) -> tuple[Fraction, str]:
    if isinstance(value, Money):
        return value.units, value.currency
    if isinstance(value, Mapping) and "exact" in value:
        return fraction(value["exact"]), str(value["currency"])
    if isinstance(value, Mapping):
        return Fraction(value["minor"], 10 ** exponent(value["currency"])), str(value["currency"])
    return fraction(value), currency
