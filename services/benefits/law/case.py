"""One case format for people, machines and case files: read with every fault named, written back the same.

Amounts are decimal strings in currency units, days `2025-03-31`, months `2025-03`. The shape is described in
`docs/schemas/case.schema.json`. Errors carry a pointer and a code, never a fact that says who the person is.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from fractions import Fraction
from pathlib import Path
from types import MappingProxyType
from typing import Any, NoReturn, TypeVar

from services.benefits.domain.facts import (
    Absence,
    Case,
    Certificate,
    Contribution,
    EarlierSpell,
    Employment,
    EventValue,
    Happening,
    Insured,
    Judgement,
    Spell,
)
from services.benefits.law.figures import FactSpec, is_core
from services.benefits.law.vocabulary import PACKS, countries, vocabulary
from shared.money import decimal_fraction
from shared.period import ONE_DAY, Month, Period

Error = dict[str, Any]
T = TypeVar("T")

MAX_ERRORS, MAX_TEXT, MAX_DAYS = 50, 200, 3660
MAX_ITEMS = {
    "contributions": 1200,
    "earlier_spells": 500,
    "certificates": 500,
    "happenings": 1000,
    "absences": 1000,
    "employments": 100,
    "judgements": 100,
}
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2199, 12, 31)

PAY = ("monthly", "daily", "hourly", "piece")
SEX = ("female", "male", "other")
CAUSES = (
    "illness",
    "accident",
    "work_injury",
    "commuting_accident",
    "self_inflicted",
    "sick_child",
    "donation",
)
WHOSE_WORD = ("worker", "employer", "seen")
HAPPENINGS = (
    "wage_paid",
    "worked",
    "annual_leave",
    "private_leave",
    "unpaid_leave",
    "paid_leave",
    "maternity_leave",
    "convalescence",
    "hospital",
    "home_rest",
    "outpatient",
    "rest_in_pregnancy",
    "infertility_treatment",
    "false_statement",
    "treatment_refused",
    "detained",
    "abroad",
)
WEEKDAYS = {"mon": 1, "tue": 2, "wed": 3, "thu": 4, "fri": 5, "sat": 6, "sun": 7}


class CaseInvalid(ValueError):
    """Facts that cannot be: each error has `pointer`, `code` and `params`."""

    def __init__(self, errors: list[Error]) -> None:
        super().__init__("; ".join(f"{e['pointer']}: {e['code']}" for e in errors[:5]))
        self.errors = errors


class _Reader:
    """Collects errors while reading, so that a person corrects them all at once."""

    def __init__(self) -> None:
        self.errors: list[Error] = []

    def wrong(self, pointer: str, code: str, **params: Any) -> None:
        self.errors.append({"pointer": pointer, "code": code, "params": params})
        if len(self.errors) >= MAX_ERRORS:
            self.stop()

    def stop(self) -> NoReturn:
        raise CaseInvalid(self.errors)

    def mapping(self, raw: Any, pointer: str, known: Iterable[str]) -> Mapping[str, Any]:
        if not isinstance(raw, Mapping):
            self.wrong(pointer, "not_a_mapping")
            return {}
        keys = set(known)
        for key in raw:
            if not isinstance(key, str) or key not in keys:
                self.wrong(f"{pointer}/{_token(key)}", "unknown_field")
        return raw

    def items(self, raw: Any, pointer: str, name: str) -> list[Any]:
        if raw is None:
            return []
        if not isinstance(raw, (list, tuple)):
            self.wrong(pointer, "not_a_list")
            return []
        if len(raw) > MAX_ITEMS[name]:
            self.wrong(pointer, "too_many", max=MAX_ITEMS[name], given=len(raw))
            self.stop()
        return list(raw)

    def text(self, raw: Any, pointer: str) -> str | None:
        if raw is None:
            return None
        if not isinstance(raw, str):
            self.wrong(pointer, "not_text")
            return None
        if len(raw) > MAX_TEXT:
            self.wrong(pointer, "too_long", max=MAX_TEXT, given=len(raw))
            return None
        if not raw.isprintable() or not raw.strip():
            self.wrong(pointer, "not_text")
            return None
        return raw

    def one_of(self, raw: Any, pointer: str, choices: Iterable[str]) -> str | None:
        if raw is None:
            return None
        choices = tuple(choices)
        if not isinstance(raw, str) or raw not in choices:
            self.wrong(pointer, "unknown_word", choices=list(choices))
            return None
        return raw

    def flag(self, raw: Any, pointer: str) -> bool | None:
        if raw is None or type(raw) is bool:
            return raw
        self.wrong(pointer, "not_true_or_false")
        return None

    def day(self, raw: Any, pointer: str) -> date | None:
        if raw is None:
            return None
        if isinstance(raw, str) and len(raw) == 10 and raw.isascii():
            try:
                raw = date.fromisoformat(raw)
            except ValueError:
                pass
        if not isinstance(raw, date) or isinstance(raw, datetime):
            self.wrong(pointer, "not_a_date")
            return None
        if not FIRST_DAY <= raw <= LAST_DAY:
            self.wrong(pointer, "date_out_of_range", first=FIRST_DAY.isoformat(), last=LAST_DAY.isoformat())
            return None
        return raw

    def month(self, raw: Any, pointer: str) -> Month | None:
        if raw is None:
            return None
        try:
            found = Month.parse(raw) if isinstance(raw, str) else None
        except ValueError:
            found = None
        if found is None:
            self.wrong(pointer, "not_a_month")
        elif not FIRST_DAY.year <= found.year <= LAST_DAY.year:
            self.wrong(pointer, "date_out_of_range", first=str(FIRST_DAY.year), last=str(LAST_DAY.year))
            return None
        return found

    def amount(self, raw: Any, pointer: str) -> Fraction | None:
        """A decimal string, not negative."""
        if raw is None:
            return None
        if not isinstance(raw, str):
            self.wrong(pointer, "amount_not_text")
            return None
        try:
            if len(raw) > 24:
                raise ValueError(raw)
            value = decimal_fraction(raw)
        except ValueError:
            self.wrong(pointer, "not_an_amount")
            return None
        if value < 0:
            self.wrong(pointer, "negative")
            return None
        return value

    def number(self, raw: Any, pointer: str, most: int = 100_000) -> int | None:
        if raw is None:
            return None
        if type(raw) is not int:
            self.wrong(pointer, "not_a_whole_number")
            return None
        if raw < 0:
            self.wrong(pointer, "negative")
            return None
        if raw > most:
            self.wrong(pointer, "too_large", max=most)
            return None
        return raw

    def period(self, raw: Mapping[str, Any], pointer: str) -> Period | None:
        first, last = self.day(raw.get("from"), f"{pointer}/from"), self.day(raw.get("to"), f"{pointer}/to")
        for name, _value in (("from", first), ("to", last)):
            if raw.get(name) is None:
                self.wrong(f"{pointer}/{name}", "missing")
        if first is None or last is None:
            return None
        if last < first:
            self.wrong(f"{pointer}/to", "before_the_first_day")
            return None
        if (last - first).days >= MAX_DAYS:
            self.wrong(f"{pointer}/to", "too_many_days", max=MAX_DAYS)
            return None
        return Period(first, last)


_TOP = (
    "country",
    "benefit",
    "claimed_on",
    "insured",
    "employments",
    "contributions",
    "spell",
    "certificates",
    "absences",
    "happenings",
    "earlier_spells",
    "event",
    "judgements",
)


def read_case(mapping: Any, *, packs: Path = PACKS) -> Case:
    """A case from YAML or JSON. Raises `CaseInvalid` with every fault found."""
    read = _Reader()
    top = read.mapping(mapping, "#", _TOP)
    if not top:
        read.wrong("#", "empty")
        read.stop()
    known = countries(packs)
    country = read.one_of(top.get("country"), "#/country", known)
    if top.get("country") is None:
        read.wrong("#/country", "missing", choices=list(known))
    facts: Mapping[str, FactSpec] = {}
    benefit = None
    if country is not None:
        benefits = vocabulary(country, packs).benefits
        if top.get("benefit") is None:
            read.wrong("#/benefit", "missing", choices=sorted(benefits))
        elif not isinstance(top["benefit"], str) or top["benefit"] not in benefits:
            read.wrong("#/benefit", "unknown_benefit", choices=sorted(benefits))
        else:
            benefit = top["benefit"]
            facts = benefits[benefit]
    insured = _insured(read, top.get("insured"))
    employments = [_employment(read, e, n) for n, e in enumerate(_list(read, top, "employments"))]
    contributions = _contributions(read, _list(read, top, "contributions"))
    spell = _spell(read, top.get("spell"))
    certificates = None
    if top.get("certificates") is not None:
        certificates = [_certificate(read, c, n) for n, c in enumerate(_list(read, top, "certificates"))]
    absences = _absences(read, _list(read, top, "absences"))
    happenings = [_happening(read, h, n) for n, h in enumerate(_list(read, top, "happenings"))]
    earlier = [_earlier(read, s, n) for n, s in enumerate(_list(read, top, "earlier_spells"))]
    event = _event(read, top.get("event"), facts) if benefit else {}
    judgements = _judgements(read, top.get("judgements"))
    claimed_on = read.day(top.get("claimed_on"), "#/claimed_on")
    if read.errors:
        read.stop()
    _no_overlap(read, benefit or "", spell, earlier)
    _birth_after_insurance(read, insured, event)
    if read.errors:
        read.stop()
    assumed = {
        name: fact.assumed
        for name, fact in facts.items()
        if fact.assumed is not None and name not in event and not is_core(name)
    }
    return Case(
        country=country or "",
        benefit=benefit or "",
        claimed_on=claimed_on,
        insured=insured,
        employments=_there(employments),
        contributions=tuple(contributions),
        spell=spell,
        certificates=None if certificates is None else _there(certificates),
        absences=tuple(absences),
        happenings=_there(happenings),
        earlier_spells=tuple(sorted(_there(earlier), key=lambda s: (s.period, s.benefit))),
        event=MappingProxyType(event),
        judgements=MappingProxyType(judgements),
        assumed=MappingProxyType(assumed),
    )


def _token(key: Any) -> str:
    """A key as it may stand in a pointer: short, and with the two signs escaped (RFC 6901)."""
    return str(key)[:40].replace("~", "~0").replace("/", "~1")


def _there(found: Iterable[T | None]) -> tuple[T, ...]:
    return tuple(item for item in found if item is not None)


def _list(read: _Reader, top: Mapping[str, Any], name: str) -> list[Any]:
    return read.items(top.get(name), f"#/{name}", name)


def _insured(read: _Reader, raw: Any) -> Insured:
    if raw is None:
        return Insured()
    at = "#/insured"
    body = read.mapping(raw, at, ("born_on", "sex", "insured_as", "insured_since"))
    born = read.day(body.get("born_on"), f"{at}/born_on")
    since = read.day(body.get("insured_since"), f"{at}/insured_since")
    if born and since and since < born:
        read.wrong(f"{at}/insured_since", "insured_before_birth")
    return Insured(
        born,
        read.one_of(body.get("sex"), f"{at}/sex", SEX),
        read.text(body.get("insured_as"), f"{at}/insured_as") or "employee",
        since,
    )


def _employment(read: _Reader, raw: Any, n: int) -> Employment:
    at = f"#/employments/{n}"
    body = read.mapping(
        raw,
        at,
        (
            "employer",
            "from",
            "to",
            "pay",
            "days_worked",
            "weekly_rest",
            "rest_days",
            "work_days",
            "hazardous",
            "wage_paid_until",
            "wage_stopped_word",
        ),
    )
    first, last = read.day(body.get("from"), f"{at}/from"), read.day(body.get("to"), f"{at}/to")
    if first and last and last < first:
        read.wrong(f"{at}/to", "before_the_first_day")
    rest: frozenset[int] | None = None
    if body.get("weekly_rest") is not None:
        names = body["weekly_rest"]
        if not isinstance(names, list) or len(names) > 6 or not all(n in WEEKDAYS for n in names):
            read.wrong(f"{at}/weekly_rest", "unknown_word", choices=list(WEEKDAYS))
        else:
            rest = frozenset(WEEKDAYS[name] for name in names)
    return Employment(
        read.text(body.get("employer"), f"{at}/employer"),
        first,
        last,
        read.one_of(body.get("pay"), f"{at}/pay", PAY),
        read.number(body.get("days_worked"), f"{at}/days_worked"),
        rest,
        frozenset(_days(read, body.get("rest_days"), f"{at}/rest_days")),
        frozenset(_days(read, body.get("work_days"), f"{at}/work_days")),
        read.flag(body.get("hazardous"), f"{at}/hazardous"),
        read.day(body.get("wage_paid_until"), f"{at}/wage_paid_until"),
        read.one_of(body.get("wage_stopped_word"), f"{at}/wage_stopped_word", WHOSE_WORD),
    )


def _days(read: _Reader, raw: Any, pointer: str) -> list[date]:
    if raw is None:
        return []
    if not isinstance(raw, (list, tuple)):
        read.wrong(pointer, "not_a_list")
        return []
    if len(raw) > 1000:
        read.wrong(pointer, "too_many", max=1000, given=len(raw))
        return []
    days = [read.day(item, f"{pointer}/{n}") for n, item in enumerate(raw)]
    return [day for day in days if day is not None]


def _contributions(read: _Reader, raw: list[Any]) -> list[Contribution]:
    months: dict[int, Contribution] = {}
    for n, item in enumerate(raw):
        at = f"#/contributions/{n}"
        body = read.mapping(item, at, ("month", "from", "to", "wage", "paid", "kind"))
        wage = read.amount(body.get("wage"), f"{at}/wage")
        if body.get("wage") is None:
            read.wrong(f"{at}/wage", "missing")
        paid = read.flag(body.get("paid"), f"{at}/paid")
        kind = read.text(body.get("kind"), f"{at}/kind") or "compulsory"
        if body.get("month") is not None:
            if "from" in body or "to" in body:
                read.wrong(at, "month_or_range")
            first = last = read.month(body["month"], f"{at}/month")
            where = "month"
        else:
            for name in ("from", "to"):
                if body.get(name) is None:
                    read.wrong(f"{at}/{name}", "missing")
            first, last = read.month(body.get("from"), f"{at}/from"), read.month(body.get("to"), f"{at}/to")
            where = "from"
        if first is None or last is None or wage is None:
            continue
        if last.index < first.index:
            read.wrong(f"{at}/to", "before_the_first_month")
            continue
        if last.index - first.index + 1 + len(months) > MAX_ITEMS["contributions"]:
            read.wrong(at, "too_many", max=MAX_ITEMS["contributions"])
            read.stop()
        for index in range(first.index, last.index + 1):
            if index in months:
                month = Month(index // 12, index % 12 + 1)
                read.wrong(f"{at}/{where}", "month_twice", month=str(month))
                break
            month = Month(index // 12, index % 12 + 1)
            months[index] = Contribution(month, wage, paid is not False, kind)
    return [months[index] for index in sorted(months)]


def _spell(read: _Reader, raw: Any) -> Spell:
    if raw is None:
        return Spell()
    at = "#/spell"
    body = read.mapping(raw, at, ("first_day", "last_day", "fit_on", "illness", "cause", "same_illness"))
    first = read.day(body.get("first_day"), f"{at}/first_day")
    last = read.day(body.get("last_day"), f"{at}/last_day")
    fit_on = read.day(body.get("fit_on"), f"{at}/fit_on")
    where = "last_day"
    if fit_on is not None:
        if last is not None and last != fit_on - ONE_DAY:
            read.wrong(f"{at}/fit_on", "contradicts_last_day")
        last, where = fit_on - ONE_DAY, "fit_on"
    if first and last:
        if last < first:
            read.wrong(f"{at}/{where}", "before_the_first_day")
        elif (last - first).days >= MAX_DAYS:
            read.wrong(f"{at}/{where}", "too_many_days", max=MAX_DAYS)
    return Spell(
        first,
        last,
        read.text(body.get("illness"), f"{at}/illness"),
        read.one_of(body.get("cause"), f"{at}/cause", CAUSES) or "illness",
        read.flag(body.get("same_illness"), f"{at}/same_illness"),
    )


def _certificate(read: _Reader, raw: Any, n: int) -> Certificate | None:
    at = f"#/certificates/{n}"
    body = read.mapping(raw, at, ("number", "from", "to", "illness", "issued_on", "follow_up", "cancelled"))
    period = read.period(body, at)
    if period is None:
        return None
    return Certificate(
        period,
        read.text(body.get("number"), f"{at}/number"),
        read.text(body.get("illness"), f"{at}/illness"),
        read.day(body.get("issued_on"), f"{at}/issued_on"),
        bool(read.flag(body.get("follow_up"), f"{at}/follow_up")),
        bool(read.flag(body.get("cancelled"), f"{at}/cancelled")),
    )


def _absences(read: _Reader, raw: list[Any]) -> list[Absence]:
    found: dict[date, Absence] = {}
    for n, item in enumerate(raw):
        at = f"#/absences/{n}"
        body = read.mapping(item, at, ("on", "hours", "of"))
        on = read.day(body.get("on"), f"{at}/on")
        hours, of = read.amount(body.get("hours"), f"{at}/hours"), read.amount(body.get("of"), f"{at}/of")
        for name in ("on", "hours", "of"):
            if body.get(name) is None:
                read.wrong(f"{at}/{name}", "missing")
        if on is None or hours is None or of is None:
            continue
        if not 0 < hours <= of <= 24:
            read.wrong(f"{at}/hours", "impossible_hours")
        elif on in found:
            read.wrong(f"{at}/on", "day_twice", day=on.isoformat())
        else:
            found[on] = Absence(on, hours, of)
    return [found[on] for on in sorted(found)]


def _happening(read: _Reader, raw: Any, n: int) -> Happening | None:
    at = f"#/happenings/{n}"
    body = read.mapping(raw, at, ("from", "to", "what"))
    what = read.one_of(body.get("what"), f"{at}/what", HAPPENINGS)
    if body.get("what") is None:
        read.wrong(f"{at}/what", "missing")
    period = read.period(body, at)
    return Happening(period, what) if period and what else None


def _earlier(read: _Reader, raw: Any, n: int) -> EarlierSpell | None:
    at = f"#/earlier_spells/{n}"
    body = read.mapping(
        raw,
        at,
        (
            "benefit",
            "from",
            "to",
            "illness",
            "kind",
            "same_illness",
            "employer_days",
            "first_payable_day",
            "paid_days",
        ),
    )
    benefit = read.text(body.get("benefit"), f"{at}/benefit") or "sickness"
    period = read.period(body, at)
    paid: dict[int, Fraction] = {}
    raw_paid = body.get("paid_days")
    if isinstance(raw_paid, Mapping):
        for key, value in raw_paid.items():
            year = str(key)
            if not (year.isascii() and year.isdigit() and len(year) == 4):
                read.wrong(f"{at}/paid_days/{_token(key)}", "not_a_year")
            elif (days := read.amount(value, f"{at}/paid_days/{year}")) is not None:
                paid[int(year)] = days
    elif raw_paid is not None:
        days = read.amount(raw_paid, f"{at}/paid_days")
        if period and period.first.year != period.last.year:
            read.wrong(f"{at}/paid_days", "days_by_year_needed")
        elif period and days is not None:
            paid[period.first.year] = days
    if period is None:
        return None
    return EarlierSpell(
        benefit,
        period,
        read.text(body.get("illness"), f"{at}/illness"),
        read.text(body.get("kind"), f"{at}/kind"),
        read.flag(body.get("same_illness"), f"{at}/same_illness"),
        read.number(body.get("employer_days"), f"{at}/employer_days", MAX_DAYS),
        read.day(body.get("first_payable_day"), f"{at}/first_payable_day"),
        MappingProxyType(dict(sorted(paid.items()))),
    )


def _event(read: _Reader, raw: Any, facts: Mapping[str, FactSpec]) -> dict[str, EventValue]:
    if raw is None:
        return {}
    if not isinstance(raw, Mapping):
        read.wrong("#/event", "not_a_mapping")
        return {}
    found: dict[str, EventValue] = {}
    for name in sorted(raw, key=str):
        at, fact = f"#/event/{_token(name)}", facts.get(name) if isinstance(name, str) else None
        if fact is None or is_core(name):
            read.wrong(at, "unknown_field", choices=sorted(n for n in facts if not is_core(n)))
            continue
        value = _fact(read, raw[name], at, fact)
        if value is not None:
            found[name] = value
    return found


def _fact(read: _Reader, raw: Any, at: str, fact: FactSpec) -> EventValue | None:
    match fact.type:
        case "date":
            return read.day(raw, at)
        case "month":
            return read.month(raw, at)
        case "int":
            return read.number(raw, at)
        case "bool":
            return read.flag(raw, at)
        case "money" | "number":
            return read.amount(raw, at)
        case "dates":
            return tuple(sorted(_days(read, raw, at))) if raw is not None else None
        case _:
            return read.one_of(raw, at, fact.choices) if fact.choices else read.text(raw, at)


def _judgements(read: _Reader, raw: Any) -> dict[str, Judgement]:
    found: dict[str, Judgement] = {}
    if raw is None:
        return found
    if not isinstance(raw, Mapping):
        read.wrong("#/judgements", "not_a_mapping")
        return found
    if len(raw) > MAX_ITEMS["judgements"]:
        read.wrong("#/judgements", "too_many", max=MAX_ITEMS["judgements"], given=len(raw))
        read.stop()
    for name in sorted(raw, key=str):
        at = f"#/judgements/{_token(name)}"
        body = read.mapping(raw[name], at, ("met", "why"))
        met, why = read.flag(body.get("met"), f"{at}/met"), body.get("why")
        if not isinstance(why, str) or not why.strip() or len(why) > 2000:
            read.wrong(f"{at}/why", "missing" if not why else "too_long", max=2000)
        elif met is None:
            read.wrong(f"{at}/met", "missing")
        else:
            found[str(name)] = Judgement(met, why)
    return found


def _no_overlap(read: _Reader, benefit: str, spell: Spell, earlier: list[EarlierSpell | None]) -> None:
    """Two spells for the same benefit and of the same kind never share a day."""
    order = sorted(
        ((s.benefit, s.kind or "", s.period.first, s.period.last, n) for n, s in enumerate(earlier) if s),
    )
    for before, after in itertools.pairwise(order):
        if before[:2] == after[:2] and after[2] <= before[3]:
            read.wrong(f"#/earlier_spells/{after[4]}/from", "spells_overlap", day=after[2].isoformat())
    if spell.first_day is None or spell.last_day is None:
        return
    for found in order:
        if found[0] == benefit and not found[1] and found[2] <= spell.last_day and spell.first_day <= found[3]:
            day = max(found[2], spell.first_day)
            read.wrong(f"#/earlier_spells/{found[4]}/to", "spells_overlap", day=day.isoformat())


def _birth_after_insurance(read: _Reader, insured: Insured, event: Mapping[str, EventValue]) -> None:
    """A birth for which an insured person claims does not lie before her insurance began."""
    birth = event.get("birth_on")
    if isinstance(birth, date):
        if insured.insured_since and birth < insured.insured_since:
            read.wrong("#/event/birth_on", "birth_before_insured")
        if insured.born_on and birth <= insured.born_on:
            read.wrong("#/event/birth_on", "birth_before_own_birth")


def write_case(case: Case) -> dict[str, Any]:
    """The canonical JSON of a case; `read_case` reads it back to an equal case."""
    return case.json()
