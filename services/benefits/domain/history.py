"""What a decided claim leaves behind for later claims of the same person, and how it reaches them.

The contract, for every country:

* each decided claim leaves its spell behind, also a refused one: the days were days of incapacity, whoever paid them;
* every day of it with what it was (paid by the fund, by the employer, waiting, exhausted, not paid) and what it counts
  (half a day off counts a half), so that no later claim has to guess;
* the kind of the spell in the words of its pack (a listed disease, a chronic one, a stay in hospital);
* the first payable day of the case it belongs to, and what rounding has left over of that case so far;
* the day of the birth, loss or receipt that a leave is for, and whether a lump sum was paid for it, also alone.

A day of a benefit that the fund or the employer paid is paid once: another claim for it sets it off (`set_off`), says
so, and counts it with the claim that was paid. A day that was not paid is judged anew.

A spell counts whether it began before or after the one claimed; only a step of the law may look at one side.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from typing import Any

from services.benefits.domain import codec, kinds
from services.benefits.domain.assessment import Assessment
from services.benefits.domain.case import Case, EarlierSpell, Spell, SpellDays
from services.benefits.domain.status import Status
from services.benefits.domain.timeline import Span, Timeline
from shared.period import ONE_DAY, Period


@dataclass
class Traces:
    """What the steps of the law say about the spell while they assess it, beyond what its days say.

    `kinds` are periods with a kind of their own; `parts` the days that count less than one; `first_payable` is the
    first payable day of the case, where the law knows a case; `remainder` is in currency units. `event_on` is the day
    that a leave is for, `lump_sum` whether something was paid once for it."""

    kind: str | None = None
    kinds: list[tuple[Period, str]] = field(default_factory=list)
    parts: dict[Period, Fraction] = field(default_factory=dict)
    first_payable: date | None = None
    remainder: Fraction = Fraction(0)
    event_on: date | None = None
    lump_sum: bool = False


#: The kind of what a lump sum without days of leave leaves behind.
LUMP_SUM_ALONE = "lump_sum"


def left_behind(case: Case, timeline: Timeline, traces: Traces) -> tuple[EarlierSpell, ...]:
    """The spell of an assessed case as later claims need it; several where its days are of several kinds, none where
    the benefit has neither days nor a lump sum for one."""
    on = traces.event_on
    if not timeline.spans and traces.lump_sum and on is not None:
        day = Period(on, on)
        days_alone = (SpellDays(day, Status.NOT_PAID),)
        return (EarlierSpell(case.benefit, day, kind=LUMP_SUM_ALONE, days=days_alone, event_on=on, lump_sum=True),)
    if not timeline.spans:
        return ()
    days = [piece for span in timeline for piece in _counted(span, traces.parts)]
    left: list[tuple[str | None, list[SpellDays]]] = []
    for piece, kind in _by_kind(days, traces):
        if left and left[-1][0] == kind:
            left[-1][1].append(piece)
        else:
            left.append((kind, [piece]))
    return tuple(
        EarlierSpell(
            benefit=case.benefit,
            period=Period(spans[0].period.first, spans[-1].period.last),
            illness=case.spell.illness,
            kind=kind,
            same_illness=case.spell.same_illness,
            first_payable_day=traces.first_payable,
            days=tuple(spans),
            remainder=traces.remainder,
            event_on=traces.event_on,
            lump_sum=traces.lump_sum,
        )
        for kind, spans in left
    )


def _counted(span: Span, parts: Mapping[Period, Fraction]) -> Iterable[SpellDays]:
    left = [span.period]
    for period, part in parts.items():
        if span.is_paid and (days := span.period.overlap(period)):
            yield SpellDays(days, span.status, part)
            left = [rest for piece in left for rest in piece.without(days)]
    for piece in left:
        yield SpellDays(piece, span.status)


def _by_kind(days: Iterable[SpellDays], traces: Traces) -> list[tuple[SpellDays, str | None]]:
    if not traces.kinds:
        return sorted(((piece, traces.kind) for piece in days), key=lambda item: item[0].period)
    found: list[tuple[SpellDays, str | None]] = []
    for piece in days:
        left = [piece.period]
        for period, kind in traces.kinds:
            if inside := piece.period.overlap(period):
                found.append((replace(piece, period=inside), kind))
                left = [rest for p in left for rest in p.without(inside)]
        found += [(replace(piece, period=p), traces.kind) for p in left]
    return sorted(found, key=lambda item: item[0].period)


def left_by(decided: Assessment, facts: Mapping[str, Any]) -> tuple[EarlierSpell, ...]:
    """What a decision left behind. One made before decisions kept it is read from its days."""
    if decided.leaves or not decided.timeline.spans:
        return decided.leaves
    days = tuple(SpellDays(span.period, span.status) for span in decided.timeline)
    return (
        EarlierSpell(
            benefit=decided.benefit,
            period=Period(days[0].period.first, days[-1].period.last),
            illness=(facts.get("spell") or {}).get("illness"),
            first_payable_day=decided.timeline.first_day(Status.PAID),
            days=days,
        ),
    )


def days_of(spell: Mapping[str, Any]) -> Period | None:
    """The days a claim's paper names; none while they are not both there, or cannot be."""
    read = codec.read(Spell, kinds.Reader(), spell, "#")
    if read is None or read.first_day is None or read.last_day is None or read.last_day < read.first_day:
        return None
    return Period(read.first_day, read.last_day)


def employments(
    known: Sequence[Mapping[str, Any]], told: Sequence[Mapping[str, Any]], own: str | None
) -> list[dict[str, Any]]:
    """The employments of a case: every one of the register with what the claim's papers tell of it, the one the claim
    is made from last. What papers tell without naming an employer, they tell of that one."""
    if not known:
        return [dict(job) for job in told]
    jobs = sorted((dict(job) for job in known), key=lambda job: (job.get("employer") == own, job["from"]))
    for number, job in enumerate(told, start=1):
        same = [place for place, one in enumerate(jobs) if one.get("employer") == job.get("employer")]
        if same:
            jobs[same[-1]] |= job
        elif number == len(told) and "employer" not in job:
            jobs[-1] |= job
        else:
            jobs.insert(0, dict(job))
    return jobs


def beside(claimed: Period | None, benefit: str, spells: Iterable[EarlierSpell]) -> tuple[EarlierSpell, ...]:
    """Spells as a case may hold them, in the order of days: of one benefit and kind no two share a day, and those of
    the benefit claimed share only days with the claim that were paid. Where two decisions name the same day, the one
    that paid it keeps it."""
    kept: list[EarlierSpell] = []
    known = sorted(spells, key=lambda s: (s.pays_nothing, s.period))
    for spell in known:
        alike = [s for s in known if (s.benefit, s.kind) == (spell.benefit, spell.kind)]
        taken = [day for s in alike if s is not spell for period in s.settled for day in less([period], spell.settled)]
        taken += [s.period for s in kept if (s.benefit, s.kind) == (spell.benefit, spell.kind)]
        if claimed is not None and spell.benefit == benefit and spell.kind != LUMP_SUM_ALONE:
            taken += less([claimed], spell.settled)
        kept += [_within(spell, piece) for piece in less([spell.period], taken)]
    return tuple(sorted(kept, key=lambda s: (s.period, s.benefit)))


def less(periods: list[Period], others: Iterable[Period]) -> list[Period]:
    """The days of some periods that none of the others has."""
    for other in others:
        periods = [rest for period in periods for rest in period.without(other)]
    return periods


def set_off(case: Case) -> Case:
    """A case without the days that another claim for the benefit was paid for: a day is paid once. It is claimed for
    what is left from the first to the last day of it, as if the papers had been cut there; the days that were paid are
    named (`Case.set_off`). Where the papers name no days, or none is left, the spell stays as it is."""
    first, last = case.spell.first_day, case.spell.last_day
    claimed = Period(first or date.min, last or date.max)
    paid = [s.settled for s in case.earlier_spells if s.benefit == case.benefit]
    found = sorted(days for periods in paid for period in periods if (days := period.overlap(claimed)))
    if not found:
        return case
    joined = found[:1]
    for days in found[1:]:
        if days.first <= joined[-1].last + ONE_DAY:
            joined[-1] = Period(joined[-1].first, max(joined[-1].last, days.last))
        else:
            joined.append(days)
    spell, left = case.spell, less([claimed], joined)
    if left and first is not None and last is not None:
        spell = replace(spell, first_day=left[0].first, last_day=left[-1].last)
    return replace(case, spell=spell, set_off=tuple(joined))


def amid(case: Case) -> list[EarlierSpell]:
    """Spells of the same illness that were paid for days in the midst of those claimed, which the claim sets off."""
    claimed, illness = case.spell.period, case.spell.illness
    return [
        s
        for s in case.earlier_spells
        if s.benefit == case.benefit and s.settled and (not s.illness or not illness or s.illness == illness)
        if claimed.first <= s.period.first and s.period.last <= claimed.last
    ]


def _within(spell: EarlierSpell, period: Period) -> EarlierSpell:
    if period == spell.period:
        return spell
    days = tuple(replace(span, period=o) for span in spell.days if (o := span.period.overlap(period)))
    return replace(spell, period=period, days=days)
