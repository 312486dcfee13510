"""Father's leave: the steps of the law of 2014; from July 2026 ten working days for a second birth."""

from __future__ import annotations

from services.benefits.domain.case import Case
from services.benefits.law import text as t
from services.benefits.law.figures import Cited, Provision
from services.benefits.law.packs.vn.sil2014 import paternity
from services.benefits.law.sheet import Sheet
from services.benefits.law.text import N_, N_n, say


class Law(paternity.Law):
    """The figures of the father's leave."""

    second_birth_rule: Provision
    second_birth_surgery_rule: Provision


OF_THE_WHOLE = paternity.OF_THE_WHOLE


def assess(case: Case, law: Law, sheet: Sheet) -> None:
    """Conditions, days, amount, in the order of the law."""
    paternity.carry_out(case, law, sheet, lambda: days_of_birth(case, law, sheet))


def days_of_birth(case: Case, law: Law, sheet: Sheet) -> tuple[int, Cited]:
    """Ten working days for a second birth from July 2026 on: at the time of birth his wife has one living biological
    child. Not for a fetus that dies."""
    days, cite = paternity.days_of_birth(case, law)
    longer = law.at(case.day("birth_on")).father_second_birth_days
    if longer.number == law.father_days.row(1).value or case.number("children") > 1 or case.flag("stillborn"):
        return days, cite
    before = case.number("living_children_before")
    second = before == 1
    sheet.finding(
        "second_birth",
        say(N_("A second birth: {days} working days"), days=t.count(longer.whole))
        if second
        else say(
            N_n(
                "Not a second birth: the woman had {children} living child",
                "Not a second birth: the woman had {children} living children",
            ),
            children=t.count(before),
        ),
        True,
        longer,
        facts={"living_children_before": before},
        uses=[law.second_birth_rule],
    )
    if not second:
        return days, cite
    if case.flag("surgery") or case.flag("under_32_weeks"):
        sheet.use(law.second_birth_surgery_rule)
    return max(days, longer.whole), longer
