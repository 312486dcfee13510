"""The facts of a case, as the papers say them: what happened, never what is payable. Each fact is declared here, once.

A field's `fact(...)` says its kind, its name on paper (in JSON) where that differs, and whether it must be given;
`domain.codec` derives reader, canonical JSON and JSON Schema from it. Amounts are exact fractions in currency units;
days are whole days; a missing fact is `None`. Nothing here says who the person is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from types import MappingProxyType
from typing import Any

from services.benefits.domain import codec
from services.benefits.domain import kinds as k
from services.benefits.domain.codec import fact
from services.benefits.domain.contributions import MONTHS, Contribution, Contributions
from services.benefits.domain.kinds import EventValue
from services.benefits.domain.status import Status
from shared.period import Period

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

NOTHING: Mapping[str, EventValue] = MappingProxyType({})


class FactMissing(LookupError):
    """A step of the law needs a fact that the case does not give; the engine turns it into a question."""

    def __init__(self, pointer: str) -> None:
        super().__init__(pointer)
        self.pointer = pointer


@dataclass(frozen=True, slots=True)
class Insured:
    """The insured person, as far as the law asks."""

    born_on: date | None = fact(k.DAY)
    sex: str | None = fact(k.words(SEX))
    insured_as: str = fact(k.TEXT, "employee")
    insured_since: date | None = fact(k.DAY)

    def check(self, reader: k.Reader, at: str, body: Mapping[str, Any]) -> None:
        if self.born_on and self.insured_since and self.insured_since < self.born_on:
            reader.wrong(f"{at}/insured_since", "insured_before_birth")


@dataclass(frozen=True, slots=True)
class Employment:
    """Work for one employer. `weekly_rest` are ISO weekdays (7 is Sunday); `rest_days` and `work_days` are
    exceptions to it (shift workers). `wage_stopped_word` is whose word we have that the wage stopped."""

    employer: str | None = fact(k.TEXT)
    first_day: date | None = fact(k.DAY, name="from")
    last_day: date | None = fact(k.DAY, name="to")
    pay: str | None = fact(k.words(PAY))
    days_worked: int | None = fact(k.NUMBER)
    weekly_rest: frozenset[int] | None = fact(k.WEEKDAYS)
    rest_days: frozenset[date] = fact(k.DAYS, frozenset())
    work_days: frozenset[date] = fact(k.DAYS, frozenset())
    hazardous: bool | None = fact(k.FLAG)
    wage_paid_until: date | None = fact(k.DAY)
    wage_stopped_word: str | None = fact(k.words(WHOSE_WORD))

    def check(self, reader: k.Reader, at: str, body: Mapping[str, Any]) -> None:
        if self.first_day and self.last_day and self.last_day < self.first_day:
            reader.wrong(f"{at}/to", "before_the_first_day")


@dataclass(frozen=True, slots=True)
class Spell:
    """The spell claimed: first day of incapacity or leave and its last day, both included. A paper may say instead
    on which day the person is fit again."""

    first_day: date | None = fact(k.DAY)
    last_day: date | None = fact(codec.LAST_DAY_OR_FIT)
    illness: str | None = fact(k.TEXT)
    cause: str = fact(k.words(CAUSES), "illness")
    same_illness: bool | None = fact(k.FLAG)

    def check(self, reader: k.Reader, at: str, body: Mapping[str, Any]) -> None:
        if self.first_day and self.last_day:
            where = "last_day" if body.get("fit_on") is None else "fit_on"
            if self.last_day < self.first_day:
                reader.wrong(f"{at}/{where}", "before_the_first_day")
            elif (self.last_day - self.first_day).days >= k.MAX_DAYS:
                reader.wrong(f"{at}/{where}", "too_many_days", max=k.MAX_DAYS)

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

    period: Period = fact(codec.PERIOD, required=True)
    number: str | None = fact(k.TEXT)
    illness: str | None = fact(k.TEXT)
    issued_on: date | None = fact(k.DAY)
    follow_up: bool = fact(k.FLAG, False)
    cancelled: bool = fact(k.FLAG, False)


@dataclass(frozen=True, slots=True)
class Absence:
    """Hours off on one day, of the hours normally worked that day."""

    on: date = fact(k.DAY, required=True)
    hours: Fraction = fact(k.AMOUNT, required=True)
    of: Fraction = fact(k.AMOUNT, required=True)

    def check(self, reader: k.Reader, at: str, body: Mapping[str, Any]) -> None:
        if not 0 < self.hours <= self.of <= 24:
            reader.wrong(f"{at}/hours", "impossible_hours")


@dataclass(frozen=True, slots=True)
class Happening:
    """Days on which something else was the case: wage paid, work, other leave, a hospital stay."""

    period: Period = fact(codec.PERIOD, required=True)
    what: str = fact(k.words(HAPPENINGS), required=True)


@dataclass(frozen=True, slots=True)
class SpellDays:
    """Days of a decided spell that were treated alike: `code` is the letter of the timeline, `part` what each of them
    counts (half a day off counts a half)."""

    period: Period = fact(codec.PERIOD, required=True)
    code: Status = fact(k.choice(Status), required=True)
    part: Fraction = fact(k.AMOUNT, Fraction(1))

    @property
    def is_paid(self) -> bool:
        """Whether the fund paid these days."""
        return self.code is Status.PAID


@dataclass(frozen=True, slots=True)
class EarlierSpell:
    """Another spell of the person, decided before this one, with what was paid for it.

    What our own decisions leave behind (`domain.history`) names every day (`days`). Of a spell that others decided a
    paper may tell less: `paid_days` counts days (or half days) paid by the fund, by calendar year. `kind` is a word of
    the country's pack (sick_child, long_term); `first_payable_day` is that of the case the spell belongs to;
    `remainder` is what rounding has left over of the case so far, in currency units. A leave for a birth, a loss or a
    child received names its day (`event_on`), and whether the lump sum for it was paid with it.
    """

    benefit: str = fact(k.TEXT, required=True, absent="sickness")
    period: Period = fact(codec.PERIOD, required=True)
    illness: str | None = fact(k.TEXT)
    kind: str | None = fact(k.TEXT)
    same_illness: bool | None = fact(k.FLAG)
    employer_days: int | None = fact(k.number(k.MAX_DAYS))
    first_payable_day: date | None = fact(k.DAY)
    paid_days: Mapping[int, Fraction] = fact(codec.DAYS_BY_YEAR, MappingProxyType({}))
    days: tuple[SpellDays, ...] = fact(codec.many(SpellDays, k.MAX_DAYS), ())
    remainder: Fraction = fact(k.RATIO, Fraction(0))
    event_on: date | None = fact(k.DAY)
    lump_sum: bool = fact(k.FLAG, False)

    def paid_by_year(self) -> Mapping[int, Fraction] | None:
        """Days the fund paid, by calendar year; `None` where nobody says."""
        if not self.days:
            return self.paid_days or None
        found: dict[int, Fraction] = {}
        for span in self.days:
            for piece in span.period.by_year() if span.is_paid else ():
                year = piece.first.year
                found[year] = found.get(year, Fraction(0)) + span.part * piece.length
        return found

    def paid_within(self, period: Period) -> Fraction:
        """Days of `period` the fund paid; all of them that lie in the spell where its days are not named."""
        if not self.days:
            days = self.period.overlap(period)
            return Fraction(days.length if days else 0)
        shared = [(span.part, span.period.overlap(period)) for span in self.days if span.is_paid]
        return sum((part * days.length for part, days in shared if days), Fraction(0))

    def of_employer(self) -> int | None:
        """Days the employer paid; `None` where nobody says."""
        if not self.days:
            return self.employer_days
        return sum(span.period.length for span in self.days if span.code is Status.EMPLOYER)

    @property
    def settled(self) -> list[Period]:
        """Days that the fund or the employer paid, where they are named."""
        return [span.period for span in self.days if span.code in (Status.PAID, Status.EMPLOYER)]

    @property
    def paid_span(self) -> Period:
        """From the first day the fund paid to the last; the whole spell where its days are not named, or none was."""
        paid = [span.period for span in self.days if span.is_paid]
        return Period(paid[0].first, paid[-1].last) if paid else self.period

    @property
    def pays_nothing(self) -> bool:
        """Whether it is known that the fund paid no day of it."""
        return bool(self.days) and all(not span.is_paid for span in self.days)


@dataclass(frozen=True, slots=True)
class Judgement:
    """An officer's answer where the law leaves something to judgement: `met` or not, and why."""

    met: bool = fact(k.FLAG, required=True)
    why: str = fact(k.Words(2000), required=True)


@dataclass(frozen=True, slots=True)
class Override:
    """A condition decided otherwise than the rules find: `met` or not, the provision that allows it, and why. Two
    people answer for it; what the rules found stays beside it."""

    met: bool = fact(k.FLAG, required=True)
    basis: str = fact(k.Words(300), required=True)
    why: str = fact(k.Words(2000), required=True)


@dataclass(frozen=True)
class Case:
    """All facts of one claim for one benefit of one country. Read it with `law.case.read_case`."""

    country: str = fact(k.TEXT, required=True)
    benefit: str = fact(k.TEXT, required=True)
    claimed_on: date | None = fact(k.DAY)
    insured: Insured = fact(codec.one(Insured), Insured())
    employments: tuple[Employment, ...] = fact(codec.many(Employment, 100), ())
    contributions: Contributions = fact(MONTHS, Contributions({}))
    spell: Spell = fact(codec.one(Spell), Spell())
    certificates: tuple[Certificate, ...] | None = fact(codec.many(Certificate, 500))
    absences: tuple[Absence, ...] = fact(codec.many(Absence, 1000, by="on"), ())
    happenings: tuple[Happening, ...] = fact(codec.many(Happening, 1000), ())
    earlier_spells: tuple[EarlierSpell, ...] = fact(codec.many(EarlierSpell, 500), ())
    event: Mapping[str, EventValue] = fact(codec.EVENT, NOTHING)
    judgements: Mapping[str, Judgement] = fact(codec.by_name(Judgement, 100), MappingProxyType({}))
    overrides: Mapping[str, Override] = fact(codec.by_name(Override, 20), MappingProxyType({}))
    assumed: Mapping[str, EventValue] = field(default_factory=lambda: NOTHING, compare=False)
    #: Days claimed that were paid with another claim (`domain.history.set_off`).
    set_off: tuple[Period, ...] = field(default=(), compare=False)

    def __post_init__(self) -> None:
        if not isinstance(self.contributions, Contributions):
            object.__setattr__(self, "contributions", Contributions.of(self.contributions))

    def json(self) -> dict[str, Any]:
        """The canonical JSON: only what was given, keys and lists in one order. `law.case.read_case` reads it back to
        an equal case."""
        return codec.write(self)

    @property
    def by_month(self) -> Contributions:
        """Contributions by the index of their month."""
        return self.contributions

    @property
    def employment(self) -> Employment:
        """The last employment named, or one of which nothing is known."""
        return self.employments[-1] if self.employments else Employment()

    @property
    def wage_paid_until(self) -> date | None:
        """The last day for which any employer paid the wage, where one says."""
        return max((job.wage_paid_until for job in self.employments if job.wage_paid_until), default=None)

    def paid_months(self, first: int, last: int) -> list[Contribution]:
        """Contributions paid for the months with index `first` to `last`, oldest first."""
        months = self.contributions
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
