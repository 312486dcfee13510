"""Birth benefit of the mother: the steps of the law of 2014; from July 2026 a longer leave for a second birth, and
from the 22nd week the death of a fetus is treated as a birth."""

from __future__ import annotations

from datetime import date

from services.benefits.domain.case import Case
from services.benefits.law import text as t
from services.benefits.law.figures import Choice, Provision
from services.benefits.law.packs.vn.sil2014 import birth
from services.benefits.law.sheet import Sheet
from services.benefits.law.text import N_, say


class Law(birth.Law):
    """The figures of the birth benefit."""

    second_birth_day: Choice
    second_birth_twins: Choice
    stillbirth_lump_sum: Choice
    second_birth_rule: Provision


def assess(case: Case, law: Law, sheet: Sheet) -> None:
    """Conditions, leave, amounts, in the order of the law."""
    months = months_for_one_child(case, law, sheet)
    stillborn = not case.number("children")
    if stillborn:
        sheet.use(law.stillbirth_lump_sum)
    birth.carry_out(case, law, sheet, months, stillbirth_lump_sum=law.stillbirth_lump_sum.is_("paid"))


def months_for_one_child(case: Case, law: Law, sheet: Sheet) -> int:
    """Six months; seven for a second birth from July 2026 on: at the time of birth the woman has one living
    biological child. Not for a fetus that dies."""
    born = case.day("birth_on")
    decides: date = min(case.spell.first_day or born, born) if law.second_birth_day.is_("leave") else born
    longer = law.at(decides).second_birth_months
    if longer.whole == law.birth_months.whole or not case.number("children"):
        return law.birth_months.whole
    before = case.number("living_children_before")
    second = before == 1
    sheet.finding(
        "second_birth",
        say(N_("A second birth: {months} months of leave"), months=t.count(longer.whole))
        if second
        else say(N_("Not a second birth: the woman had {children} living children"), children=t.count(before)),
        True,
        longer,
        facts={"living_children_before": before, "decided_on": decides.isoformat()},
        uses=[law.second_birth_rule, law.second_birth_day],
    )
    if not second:
        return law.birth_months.whole
    if birth.all_children(case) > 1:
        sheet.use(law.second_birth_twins)
        if law.second_birth_twins.is_("not_added"):
            return law.birth_months.whole
    return longer.whole
