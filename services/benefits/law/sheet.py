"""The worksheet being filled: steps of the law write findings, lines, days and payments on it.

A step never formats, never rounds by itself and never returns early in silence: what it finds stands on the sheet.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any

from services.benefits.domain import assessment as a
from services.benefits.domain.assessment import Citation, Line, Text
from services.benefits.domain.case import Case, EarlierSpell, Override
from services.benefits.domain.history import Traces, amid, less
from services.benefits.domain.status import Status
from services.benefits.domain.timeline import Span, Timeline
from services.benefits.law import text as t
from services.benefits.law.days import Calendar
from services.benefits.law.figures import Choice, Cited, Value
from services.benefits.law.questions import question
from services.benefits.law.text import N_, say
from shared.exact import Numbers
from shared.money import Money, Rounding, exponent
from shared.period import ONE_DAY, Period


def otherwise(text: Text, other: Override) -> Text:
    """What is said of a condition that two people decided otherwise than the rules find it: the rules' own words, the
    provision it rests on, and why. One sentence for page, letter and desk."""
    msg = (
        N_("{condition}. Under {basis} it counts as met: {why}")
        if other.met
        else N_("{condition}. Under {basis} it counts as not met: {why}")
    )
    return say(msg, condition=t.phrase(text), basis=t.word(other.basis), why=t.word(other.why))


PAID_BEFORE = N_("Paid with another claim, by the fund or the employer")
AGAIN = N_("{first} to {last} were paid with another claim, by the fund or by your employer; they are not paid again.")
ONCE = Citation(t.PRACTICE + N_("a day of a benefit is paid once"), "default")

_ATTRIBUTE = {"from": "first_day", "to": "last_day"}


class PackFault(AssertionError):
    """The steps of a pack contradict themselves; never the fault of a case."""


@dataclass(frozen=True, slots=True)
class RoundingRule:
    """Direction, place ("running_total" of the instalments or each "line") and the smallest payable amount."""

    direction: Rounding
    at: str
    smallest: Fraction
    citation: Citation

    def rounded(self, exact: Fraction, currency: str) -> Money:
        """The payable amount of an exact one; whole multiples of the smallest amount need no rounding."""
        if not isinstance(exact, Numbers) and exact.denominator == 1 and self.smallest.numerator == 1:
            return Money(exact.numerator * 10 ** exponent(currency), currency)
        return Money.rounded(exact, currency, self.direction, self.smallest)


class Component:
    """One benefit of the claim (allowance, grant): turns exact amounts into instalments, as the pack rounds.

    With rounding at the running total each instalment is the rounded total so far less what was given; with
    rounding at the line each is rounded by itself. A claim that continues a case goes on with what rounding has left
    over of it (`carried`, in currency units), so that a spell claimed in pieces pays what it pays in one.
    """

    def __init__(self, sheet: Sheet, name: str, rule: RoundingRule, carried: Fraction = Fraction(0)) -> None:
        self.name, self._sheet, self._rule = name, sheet, rule
        self._exact: list[Fraction] = []
        self._given: list[Money] = []
        self._carried = carried

    @property
    def exact(self) -> Fraction:
        """All that was due of it so far, exact."""
        return sum(self._exact, Fraction(0))

    @property
    def given(self) -> Money:
        """All that was paid of it so far, rounded."""
        return Money(sum(amount.minor for amount in self._given), self._sheet.currency)

    def pay(self, period: Period, exact: Fraction) -> Money:
        """Add an instalment for `period`; gives back the rounded amount."""
        rule, currency = self._rule, self._sheet.currency
        self._exact.append(exact)
        due = self._carried + exact
        amount = rule.rounded(due, currency) if due > 0 else Money.zero(currency)
        self._given.append(amount)
        left = due - amount.units
        if self.name == "allowance":
            self._sheet.traces.remainder = left
        self._carried = left if rule.at == "running_total" else Fraction(0)
        self._sheet.add_instalment(self.name, period, amount)
        return amount


@dataclass
class Sheet:
    """What the steps write on. `today` is handed in; `calendar` knows holidays; `words` has the question for each fact
    the benefit asks for; `until` is the last day of the statute that is carried out, where it has ended."""

    case: Case
    today: date
    currency: str
    rounding: RoundingRule
    calendar: Calendar
    words: Mapping[str, str] = field(default_factory=dict)
    until: date | None = None
    #: Conditions of the claim as a whole. Only one of these can be decided otherwise: days and sums follow by counting.
    whole: tuple[str, ...] = ()
    timeline: Timeline = field(default_factory=Timeline)
    findings: list[a.Finding] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    reference: list[a.ReferenceMonth] = field(default_factory=list)
    marks: list[a.DatedMark] = field(default_factory=list)
    lump_sums: list[a.LumpSum] = field(default_factory=list)
    instalments: list[a.DueAmount] = field(default_factory=list)
    questions: list[a.Question] = field(default_factory=list)
    used: dict[str, Citation] = field(default_factory=dict)
    traces: Traces = field(default_factory=Traces)
    _granted: tuple[str, Text] | None = None
    _in_part: bool = False

    # What a step may write ---------------------------------------------------------------------------

    def use(self, *cited: Cited) -> None:
        """Say that the result rests on these, where no line or finding cites them."""
        for item in cited:
            self.used.setdefault(item.name, item.citation)

    def cite(self, source: Cited | Citation) -> Citation:
        if isinstance(source, Citation):
            return source
        if source.name not in self.used:
            self.used[source.name] = source.citation
        return source.citation

    def finding(
        self,
        id: str,
        text: Text,
        met: bool | None,
        cite: Cited | Citation,
        *,
        facts: Mapping[str, Any] | None = None,
        change: Text | None = None,
        reason: Text | None = None,
        uses: Sequence[Cited] = (),
    ) -> bool:
        """Judge one condition: met, not met, or (`None`) left to an officer, whose judgement in the case counts.

        `reason` says it to the person if it decides the case; `change` says what would turn it. Gives back whether
        the steps may go on: True for met and for needs judgement.
        """
        citation = self.cite(cite)
        for item in uses:
            self.cite(item)
        shown: dict[str, Any] = dict(facts or {})
        verdict = a.NEEDS_JUDGEMENT if met is None else a.MET if met else a.NOT_MET
        if met is None and (judged := self.case.judgements.get(id)):
            verdict = a.MET if judged.met else a.NOT_MET
            shown["judged"] = judged.why
        if id in self.whole and met is not None and (other := self.case.overrides.get(id)) and other.met is not met:
            shown |= {"rules": verdict, "basis": other.basis, "overridden": other.why}
            verdict = a.MET if other.met else a.NOT_MET
            text = reason = otherwise(text, other)
        self.findings.append(a.Finding(id, text, verdict, citation, shown, change, reason))
        return verdict != a.NOT_MET

    def line(
        self,
        id: str,
        text: Text,
        value: Fraction | int | None,
        cite: Cited | Citation,
        *,
        unit: str = "money",
        inputs: Sequence[Line | str] = (),
        payable: Money | None = None,
        uses: Sequence[Cited] = (),
    ) -> Line:
        """Write a line of the worksheet; `payable` where it is paid as it stands."""
        if type(value) is int:
            value = Fraction(value)
        for item in uses:
            self.cite(item)
        ids = tuple(i if isinstance(i, str) else i.id for i in inputs)
        line = Line(id, text, value, unit, self.cite(cite), ids, payable)  # type: ignore[arg-type]
        self.lines.append(line)
        return line

    def month(
        self,
        month: str,
        declared: Fraction | None,
        insured: Fraction | None,
        note: Text | None = None,
    ) -> None:
        """One month of the reference earnings."""
        self.reference.append(a.ReferenceMonth(month, declared, insured, note))

    def mark(self, on: date, text: Text) -> None:
        """Something that happens on a day of the timeline: a new rate, ceiling or law."""
        self.marks.append(a.DatedMark(on, text))

    def ask(self, pointer: str, code: str, text: Text) -> None:
        """A fact is missing; the outcome becomes `questions`."""
        if all(q.pointer != pointer for q in self.questions):
            self.questions.append(a.Question(pointer, code, text))

    def needs_work_fact(self, name: str) -> bool:
        """Ask for a fact of the last employment where it is not given; whether it had to be asked."""
        if getattr(self.case.employment, _ATTRIBUTE.get(name, name)) is not None:
            return False
        number = max(0, len(self.case.employments) - 1)
        pointer = f"#/employments/{number}/{name}"
        self.ask(pointer, "fact_missing", question(pointer))
        return True

    def needs_fact(self, name: str) -> bool:
        """Ask for a fact of the event where it is not given; whether it had to be asked. So several can be asked at
        once; a step that reads a missing fact asks for that one by itself."""
        if self.case.has(name):
            return False
        pointer = f"#/event/{name}"
        words = self.words.get(name)
        self.ask(pointer, "fact_missing", Text(words) if words else question(pointer))
        return True

    def component(self, name: str, at: str | None = None, continues: Sequence[EarlierSpell] = ()) -> Component:
        """A benefit to pay, rounded for itself; `at` overrides the pack's place of rounding. Where it `continues`
        spells, it goes on with what rounding left over of the last of them."""
        rule = self.rounding
        self.used.setdefault("rounding", rule.citation)
        if at is not None:
            rule = RoundingRule(rule.direction, at, rule.smallest, rule.citation)
        known = [*continues, *(amid(self.case) if self.case.set_off and self.case.spell.last_day else ())]
        carried = next((s.remainder for s in reversed(known) if not s.pays_nothing), Fraction(0))
        self.traces.remainder = carried
        return Component(self, name, rule, carried)

    def lump_sum(
        self,
        id: str,
        text: Text,
        exact: Fraction,
        cite: Cited | Citation,
        on: Period,
        *,
        inputs: Sequence[Line | str] = (),
        uses: Sequence[Cited] = (),
    ) -> Money:
        """A sum paid once: a line, a lump sum and an instalment of the component `lump_sum`."""
        amount = Component(self, "lump_sum", self.rounding).pay(on, exact)
        self.used.setdefault("rounding", self.rounding.citation)
        self.line(id, text, exact, cite, inputs=inputs, payable=amount, uses=uses)
        self.lump_sums.append(a.LumpSum(id, text, amount, self.cite(cite)))
        self.traces.lump_sum = self.traces.lump_sum or bool(amount)
        return amount

    def granted(self, decisive: str, reason: Text) -> None:
        """The finding and sentence that stand first when the claim is granted."""
        self._granted = (decisive, reason)

    def in_part(self) -> None:
        """Less is granted than was claimed, though no finding and no day says so."""
        self._in_part = True

    def days(self, period: Period) -> Timeline:
        """All days of a period paid by the fund until something is said against it, but for those that another claim
        was paid for (`domain.history.set_off`)."""
        return Timeline.of(period).put_all(self.case.set_off, Status.NOT_PAID, say(PAID_BEFORE))

    def set_off(self) -> None:
        """Show the days that were paid with another claim beside those that were left to judge, and say so. Where none
        was left, that decides the claim, unless the law of a leave for one event says more."""
        spell, shown = self.case.spell, list(self.timeline.spans)
        if not self.case.set_off or not shown:
            return
        named = spell.first_day is not None and spell.last_day is not None
        hull = Period(date.min, date.max) if named else Period(shown[0].period.first, shown[-1].period.last)
        days = [period for paid in self.case.set_off if (period := paid.overlap(hull))]
        judged = [span.period for span in shown]
        for rest in less(days, judged):
            shown.append(Span(rest, Status.NOT_PAID, None, reasons=(say(PAID_BEFORE),)))
        self.timeline = Timeline(tuple(sorted(shown, key=lambda span: span.period)))
        findings, self.findings = self.findings, []
        for number, period in enumerate(days, start=1):
            params = {"first": t.day(period.first), "last": t.day(period.last)}
            self.finding(
                "paid_before" if number == 1 else f"paid_before_{number}",
                say(N_("{first} to {last}: paid with another claim, by the fund or the employer"), **params),
                False,
                ONCE,
                facts=period.json(),
                reason=say(AGAIN, **params),
            )
        if self.traces.event_on is None and not less(judged, days):
            self.questions.clear()
            self.findings += findings
        else:
            self.findings = findings + self.findings

    # What the sheet knows ----------------------------------------------------------------------------

    def add_instalment(self, component: str, period: Period, amount: Money) -> None:
        if amount:
            self.instalments.append(a.DueAmount(len(self.instalments) + 1, component, period, amount))

    def next_statute(self, within: Period) -> date | None:
        """The first day of the statute that follows, where the days before it and itself lie in a period."""
        if self.until is None or not within.first <= self.until < within.last:
            return None
        return self.until + ONE_DAY

    def refused_so_far(self) -> bool:
        """Whether a condition has been found not met."""
        return any(f.verdict == a.NOT_MET for f in self.findings)

    def finding_facts(self, id: str) -> Mapping[str, Any]:
        """The facts of a finding already written. Raises `KeyError`."""
        for finding in self.findings:
            if finding.id == id:
                return finding.facts
        raise KeyError(id)

    def total(self) -> Money:
        return Money(sum(i.amount.minor for i in self.instalments), self.currency)

    def total_param(self) -> t.Param:
        return t.money(self.total().units, self.currency)

    def money(self, amount: Fraction | int) -> t.Param:
        return t.money(amount, self.currency)

    def blank(self) -> Sheet:
        """A sheet for the same case on which nothing is written yet."""
        return Sheet(
            self.case, self.today, self.currency, self.rounding, self.calendar, self.words, self.until, self.whole
        )

    def refuse_whole(self, conditions: Sequence[str]) -> bool:
        """Refuse the claim where one of these conditions of the whole is not met: no answer to a question could help,
        so nothing is asked. Gives back whether it is refused."""
        refused = next((f.id for f in self.findings if f.verdict == a.NOT_MET and f.id in conditions), None)
        if refused is None:
            return False
        if self.instalments:
            raise PackFault(f"{refused} is not met, and yet something is paid")
        self.questions.clear()
        spell = self.case.spell
        if not self.timeline.spans and spell.first_day is not None and spell.last_day is not None:
            self.timeline = Timeline.of(spell.period)
        self.timeline = self.timeline.put_all(self.timeline.where(Status.PAID), Status.NOT_PAID, refused)
        return True

    def close(self) -> None:
        """Say it in a finding where every condition is met and the amount still comes to nothing."""
        if self._granted is not None and not self.instalments and not self.refused_so_far():
            self.finding(
                "amount",
                say(N_("The amount comes to nothing")),
                False,
                self.rounding.citation,
                change=say(N_("Reference earnings above nothing")),
                reason=say(N_("All conditions are met, but the earnings the amount is based on come to nothing.")),
            )

    def outcome(self) -> tuple[str, str | None, Text]:
        """Outcome, decisive finding and the sentence that opens the letter."""
        if self.questions:
            n = len(self.questions)
            if n == 1:
                return a.QUESTIONS, None, say(N_("One more fact is needed before this can be decided."))
            return (
                a.QUESTIONS,
                None,
                say(N_("{number} more facts are needed before this can be decided."), number=t.count(n)),
            )
        not_met = next((f for f in self.findings if f.verdict == a.NOT_MET), None)
        if not self.instalments:
            if not_met is None:
                open_ = next((f for f in self.findings if f.verdict == a.NEEDS_JUDGEMENT), None)
                if open_ is None:
                    raise PackFault("nothing is paid, and no finding says why")
                return a.NEEDS_JUDGEMENT, open_.id, open_.reason or open_.text
            return a.REFUSED, not_met.id, not_met.reason or not_met.text
        open_ = next((f for f in self.findings if f.verdict == a.NEEDS_JUDGEMENT), None)
        if self._granted is None:
            raise PackFault("something is paid, and no sentence says why")
        decisive, reason = self._granted
        if open_ is not None:
            return a.NEEDS_JUDGEMENT, open_.id, open_.reason or open_.text
        cut = any(span.status in (Status.NOT_PAID, Status.EXHAUSTED) for span in self.timeline)
        if not_met is not None or cut or self._in_part:
            return a.IN_PART, not_met.id if not_met else decisive, reason
        return a.GRANTED, decisive, reason


Steps = Callable[[Case, Any, Sheet], None]

__all__ = ["Choice", "Component", "PackFault", "RoundingRule", "Sheet", "Steps", "Value"]
