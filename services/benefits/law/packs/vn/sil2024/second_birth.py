"""The longer leave for a second birth, from July 2026 on, for the mother or for whoever has the rest of her leave."""

from __future__ import annotations

from datetime import date

from services.benefits.domain.case import Case
from services.benefits.law import text as t
from services.benefits.law.figures import Choice, Figures, Provision, Value
from services.benefits.law.sheet import Sheet
from services.benefits.law.text import N_, N_n, say


class SecondBirth(Figures):
    """The figures of the longer leave."""

    birth_months: Value
    second_birth_months: Value
    second_birth_day: Choice
    second_birth_twins: Choice
    second_birth_rule: Provision


def months_for_one_child(
    case: Case, law: SecondBirth, sheet: Sheet, born: date, leave_from: date, children: int
) -> int:
    """Six months; seven for a second birth from July 2026 on: at the time of birth the woman has one living
    biological child. Not where no child is born alive; `children` counts those that died too. Months of leave, before
    those for further children."""
    decides = leave_from if law.second_birth_day.is_("leave") else born
    longer = law.at(decides).second_birth_months
    if longer.whole == law.birth_months.whole or not case.number("children"):
        return law.birth_months.whole
    before = case.number("living_children_before")
    second = before == 1
    sheet.finding(
        "second_birth",
        say(N_("A second birth: {months} months of leave"), months=t.count(longer.whole))
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
        facts={"living_children_before": before, "decided_on": decides.isoformat()},
        uses=[law.second_birth_rule, law.second_birth_day],
    )
    if not second:
        return law.birth_months.whole
    if children > 1:
        sheet.use(law.second_birth_twins)
        if law.second_birth_twins.is_("not_added"):
            return law.birth_months.whole
    return longer.whole
