"""The facts of a case, as the papers say them: what happened, never what is payable.

Amounts are exact fractions in currency units; days are whole days; a missing fact is `None`. Nothing here says
who the person is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from types import MappingProxyType
from typing import Any

from shared.period import Month, Period

_DAY_NAMES = {1: "mon", 2: "tue", 3: "wed", 4: "thu", 5: "fri", 6: "sat", 7: "sun"}

#: What an event fact may be, after reading.
EventValue = date | Month | Fraction | int | bool | str | tuple["EventValue", ...]

NOTHING: Mapping[str, EventValue] = MappingProxyType({})


class FactMissing(LookupError):
    """A step of the law needs a fact that the case does not give; the engine turns it into a question."""

    def __init__(self, pointer: str) -> None:
        super().__init__(pointer)
        self.pointer = pointer


@dataclass(frozen=True, slots=True)
class Contribution:
    """One calendar month: the wage declared for it, and whether its contribution was paid."""

    month: Month
    wage: Fraction
    paid: bool = True
    kind: str = "compulsory"


@dataclass(frozen=True, slots=True)
class Insured:
    """The insured person, as far as the law asks."""

    born_on: date | None = None
    sex: str | None = None
    insured_as: str = "employee"
    insured_since: date | None = None


@dataclass(frozen=True, slots=True)
class Employment:
    """Work for one employer. `weekly_rest` are ISO weekdays (7 is Sunday); `rest_days` and `work_days` are
    exceptions to it (shift workers). `wage_stopped_word` is whose word we have that the wage stopped."""

    employer: str | None = None
    first_day: date | None = None
    last_day: date | None = None
    pay: str | None = None
    days_worked: int | None = None
    weekly_rest: frozenset[int] | None = None
    rest_days: frozenset[date] = frozenset()
    work_days: frozenset[date] = frozenset()
    hazardous: bool | None = None
    wage_paid_until: date | None = None
    wage_stopped_word: str | None = None


@dataclass(frozen=True, slots=True)
class Spell:
    """The spell claimed: first day of incapacity or leave and its last day, both included."""

    first_day: date | None = None
    last_day: date | None = None
    illness: str | None = None
    cause: str = "illness"
    same_illness: bool | None = None

    @property
    def period(self) -> Period:
        """The days claimed. Raises `FactMissing`."""
        if self.first_day is None:
            raise FactMissing("#/spell/first_day")
        if self.last_day is None:
            raise FactMissing("#/spell/last_day")
        return Period(self.first_day, self.last_day)


@dataclass(frozen=True, slots=True)
class Certificate:
    """A medical certificate; a cancelled one covers nothing."""

    period: Period
    number: str | None = None
    illness: str | None = None
    issued_on: date | None = None
    follow_up: bool = False
    cancelled: bool = False


@dataclass(frozen=True, slots=True)
class Absence:
    """Hours off on one day, of the hours normally worked that day."""

    on: date
    hours: Fraction
    of: Fraction


@dataclass(frozen=True, slots=True)
class Happening:
    """Days on which something else was the case: wage paid, work, other leave, a hospital stay."""

    period: Period
    what: str


@dataclass(frozen=True, slots=True)
class EarlierSpell:
    """A spell before the one claimed, with what was paid for it. `paid_days` counts days (or half days) paid by
    the fund, by calendar year; `kind` is a word of the country's pack (sick_child, long_term)."""

    benefit: str
    period: Period
    illness: str | None = None
    kind: str | None = None
    same_illness: bool | None = None
    employer_days: int | None = None
    first_payable_day: date | None = None
    paid_days: Mapping[int, Fraction] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Judgement:
    """An officer's answer where the law leaves something to judgement: `met` or not, and why."""

    met: bool
    why: str


@dataclass(frozen=True)
class Case:
    """All facts of one claim for one benefit of one country. Read it with `rules.case.read_case`."""

    country: str
    benefit: str
    claimed_on: date | None = None
    insured: Insured = Insured()
    employments: tuple[Employment, ...] = ()
    contributions: tuple[Contribution, ...] = ()
    spell: Spell = Spell()
    certificates: tuple[Certificate, ...] | None = None
    absences: tuple[Absence, ...] = ()
    happenings: tuple[Happening, ...] = ()
    earlier_spells: tuple[EarlierSpell, ...] = ()
    event: Mapping[str, EventValue] = field(default_factory=lambda: NOTHING)
    judgements: Mapping[str, Judgement] = field(default_factory=lambda: MappingProxyType({}))
    assumed: Mapping[str, EventValue] = field(default_factory=lambda: NOTHING, compare=False)
    by_month: Mapping[int, Contribution] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        months = {c.month.index: c for c in self.contributions}
        object.__setattr__(self, "by_month", MappingProxyType(months))

    def json(self) -> dict[str, Any]:
        """The canonical JSON: only what was given, keys and lists in one order. `rules.case.read_case` reads it
        back to an equal case."""
        return _write(self)

    @property
    def employment(self) -> Employment:
        """The last employment named, or one of which nothing is known."""
        return self.employments[-1] if self.employments else Employment()

    def paid_months(self, first: int, last: int) -> list[Contribution]:
        """Contributions paid for the months with index `first` to `last`, oldest first."""
        months = self.by_month
        return [c for n in range(first, last + 1) if (c := months.get(n)) is not None and c.paid]

    def happened(self, what: str) -> list[Period]:
        return [h.period for h in self.happenings if h.what == what]

    # Facts of the event. The reader has given each the type its pack declares, so these only narrow.

    # A fact not given may have a default in the pack (`assumed`); that one is never stored with the case.

    def has(self, name: str) -> bool:
        return name in self.event or name in self.assumed

    def day(self, name: str) -> date:
        """A date of the event. Raises `FactMissing`."""
        value = self._fact(name)
        assert isinstance(value, date)  # noqa: S101
        return value

    def number(self, name: str) -> int:
        """A whole number of the event. Raises `FactMissing`."""
        value = self._fact(name)
        assert isinstance(value, int)  # noqa: S101
        return value

    def flag(self, name: str) -> bool:
        """A yes or no of the event. Raises `FactMissing`."""
        value = self._fact(name)
        assert isinstance(value, bool)  # noqa: S101
        return value

    def word(self, name: str) -> str:
        """A word of the event, such as a choice. Raises `FactMissing`."""
        value = self._fact(name)
        assert isinstance(value, str)  # noqa: S101
        return value

    def amount(self, name: str) -> Fraction:
        """An amount of the event, in currency units. Raises `FactMissing`."""
        value = self._fact(name)
        assert isinstance(value, Fraction)  # noqa: S101
        return value

    def days(self, name: str) -> tuple[date, ...]:
        """A list of dates of the event; none where the fact is missing."""
        value = self.event.get(name, self.assumed.get(name, ()))
        assert isinstance(value, tuple)  # noqa: S101
        return tuple(day for day in value if isinstance(day, date))

    def _fact(self, name: str) -> EventValue:
        found = self.event.get(name)
        if found is None:
            found = self.assumed.get(name)
        if found is None:
            raise FactMissing(f"#/event/{name}")
        return found


# Writing --------------------------------------------------------------------------------------------


def _write(case: Case) -> dict[str, Any]:
    top: dict[str, Any] = {"country": case.country, "benefit": case.benefit}
    _put(top, "claimed_on", case.claimed_on)
    who = case.insured
    insured: dict[str, Any] = {}
    _put(insured, "born_on", who.born_on)
    _put(insured, "sex", who.sex)
    _put(insured, "insured_as", who.insured_as if who.insured_as != "employee" else None)
    _put(insured, "insured_since", who.insured_since)
    _put(top, "insured", insured or None)
    _put(top, "employments", [_write_employment(e) for e in case.employments] or None)
    _put(top, "contributions", _write_contributions(case.contributions) or None)
    spell: dict[str, Any] = {}
    _put(spell, "first_day", case.spell.first_day)
    _put(spell, "last_day", case.spell.last_day)
    _put(spell, "illness", case.spell.illness)
    _put(spell, "cause", case.spell.cause if case.spell.cause != "illness" else None)
    _put(spell, "same_illness", case.spell.same_illness)
    _put(top, "spell", spell or None)
    if case.certificates is not None:
        top["certificates"] = [_write_certificate(c) for c in case.certificates]
    absences = [{"on": a.on.isoformat(), "hours": decimal(a.hours), "of": decimal(a.of)} for a in case.absences]
    _put(top, "absences", absences or None)
    _put(top, "happenings", [{**h.period.json(), "what": h.what} for h in case.happenings] or None)
    _put(top, "earlier_spells", [_write_earlier(s) for s in case.earlier_spells] or None)
    event = {name: _write_fact(case.event[name]) for name in sorted(case.event)}
    _put(top, "event", event or None)
    judged = {n: {"met": j.met, "why": j.why} for n, j in sorted(case.judgements.items())}
    _put(top, "judgements", judged or None)
    return top


def decimal(value: Fraction) -> str:
    """A fraction whose denominator divides a power of ten, as a plain decimal string. Raises `ValueError`."""
    digits, rest = 0, value
    while rest.denominator != 1:
        rest, digits = rest * 10, digits + 1
        if digits > 40:
            raise ValueError(f"{value} has no end as a decimal")
    if not digits:
        return str(rest.numerator)
    text = str(abs(rest.numerator)).rjust(digits + 1, "0")
    return f"{'-' if value < 0 else ''}{text[:-digits]}.{text[-digits:]}"


def _put(target: dict[str, Any], name: str, value: Any) -> None:
    if value is not None:
        target[name] = value.isoformat() if isinstance(value, date) else value


def _write_fact(value: EventValue) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Month):
        return str(value)
    if isinstance(value, Fraction):
        return decimal(value)
    if isinstance(value, tuple):
        return [_write_fact(item) for item in value]
    return value


def _write_employment(job: Employment) -> dict[str, Any]:
    body: dict[str, Any] = {}
    _put(body, "employer", job.employer)
    _put(body, "from", job.first_day)
    _put(body, "to", job.last_day)
    _put(body, "pay", job.pay)
    _put(body, "days_worked", job.days_worked)
    if job.weekly_rest is not None:
        body["weekly_rest"] = [_DAY_NAMES[n] for n in sorted(job.weekly_rest)]
    _put(body, "rest_days", [d.isoformat() for d in sorted(job.rest_days)] or None)
    _put(body, "work_days", [d.isoformat() for d in sorted(job.work_days)] or None)
    _put(body, "hazardous", job.hazardous)
    _put(body, "wage_paid_until", job.wage_paid_until)
    _put(body, "wage_stopped_word", job.wage_stopped_word)
    return body


def _write_contributions(contributions: Iterable[Contribution]) -> list[dict[str, Any]]:
    """Months that follow each other with the same wage become one range."""
    found: list[dict[str, Any]] = []
    run: list[Contribution] = []

    def close() -> None:
        if not run:
            return
        body: dict[str, Any] = (
            {"month": str(run[0].month)} if len(run) == 1 else {"from": str(run[0].month), "to": str(run[-1].month)}
        )
        body["wage"] = decimal(run[0].wage)
        if not run[0].paid:
            body["paid"] = False
        if run[0].kind != "compulsory":
            body["kind"] = run[0].kind
        found.append(body)
        run.clear()

    for c in contributions:
        if run and not (
            c.month.index == run[-1].month.index + 1
            and (c.wage, c.paid, c.kind) == (run[0].wage, run[0].paid, run[0].kind)
        ):
            close()
        run.append(c)
    close()
    return found


def _write_certificate(certificate: Certificate) -> dict[str, Any]:
    body: dict[str, Any] = {}
    _put(body, "number", certificate.number)
    body.update(certificate.period.json())
    _put(body, "illness", certificate.illness)
    _put(body, "issued_on", certificate.issued_on)
    _put(body, "follow_up", certificate.follow_up or None)
    _put(body, "cancelled", certificate.cancelled or None)
    return body


def _write_earlier(spell: EarlierSpell) -> dict[str, Any]:
    body: dict[str, Any] = {"benefit": spell.benefit, **spell.period.json()}
    _put(body, "illness", spell.illness)
    _put(body, "kind", spell.kind)
    _put(body, "same_illness", spell.same_illness)
    _put(body, "employer_days", spell.employer_days)
    _put(body, "first_payable_day", spell.first_payable_day)
    paid = {str(year): decimal(days) for year, days in spell.paid_days.items()}
    _put(body, "paid_days", paid or None)
    return body
