"""Months of maternity leave: they count as contributed though nobody pays, so nobody needs to list them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from services.benefits.domain.case import Case, EarlierSpell
from services.benefits.domain.contributions import Contributions, Row
from services.benefits.law.figures import Provision, Value
from services.benefits.law.packs.vn.reference import LEAVE, Common, job_of
from services.benefits.law.sheet import Sheet
from services.benefits.law.steps import index_of, month_at
from shared.period import Period

#: Benefits whose leave counts whole, and the other maternity benefits, where a month needs working days of leave.
WHOLE_LEAVE = ("birth", "adoption", "surrogate_mother", "intended_mother")
OTHER_LEAVE = ("miscarriage", "antenatal", "contraception", "paternity", "death_of_mother")
CONVALESCENCE = ("sickness_convalescence", "maternity_convalescence")


class CountedMonths(Common):
    """The figures of months that count as contributed."""

    leave_month_days: Value
    leave_months_rule: Provision


def taken(case: Case, benefits: tuple[str, ...]) -> list[EarlierSpell]:
    """Earlier leaves for these benefits; one for which nothing was paid was no such leave."""
    return [
        spell
        for spell in case.earlier_spells
        if spell.benefit in benefits and ((paid := spell.paid_by_year()) is None or any(paid.values()))
    ]


def with_leave_months(case: Case, law: CountedMonths, sheet: Sheet, own: Period | None = None) -> Case:
    """The case with a contribution, of no salary, for each month of maternity leave that is not listed as paid: of a
    leave for birth, adoption or surrogacy every month, of another those with 14 working days of it or more. `own` is
    what of the leave now claimed lies before the event, with the day of it."""
    missing = {index for index in _months(case, law, sheet, own) if not _paid(case, index)}
    if not missing:
        return case
    sheet.use(law.leave_months_rule)
    added: dict[int, Row] = dict.fromkeys(missing, ("0", True, LEAVE))
    return replace(case, contributions=Contributions({**case.contributions.rows, **added}))


def _paid(case: Case, index: int) -> bool:
    there = case.by_month.get(index)
    return there is not None and there.paid


def _months(case: Case, law: CountedMonths, sheet: Sheet, own: Period | None) -> Iterator[int]:
    """Indexes of the months of leave, some perhaps more than once."""
    whole = [spell.paid_span for spell in taken(case, WHOLE_LEAVE)]
    if own is not None:
        whole.append(own)
    for leave in whole:
        if insured := _while_employed(case, leave):
            yield from range(index_of(insured.first), index_of(insured.last) + 1)
    others = [spell.paid_span for spell in taken(case, OTHER_LEAVE)] + case.happened("maternity_leave")
    for leave in others:
        if not (insured := _while_employed(case, leave)):
            continue
        for index in range(index_of(insured.first), index_of(insured.last) + 1):
            days = insured.overlap(month_at(index).period)
            if days and sheet.calendar.working_days(days, job_of(case, days.first)) >= law.leave_month_days.whole:
                sheet.use(law.leave_month_days)
                yield index


def _while_employed(case: Case, leave: Period) -> Period | None:
    """The days of a leave before the employment ended; time after it is no time of contributions."""
    ends = [job.last_day for job in case.employments]
    if not ends or None in ends:
        return leave
    last = max(day for day in ends if day is not None)
    return None if last < leave.first else Period(leave.first, min(last, leave.last))
