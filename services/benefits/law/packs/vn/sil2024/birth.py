"""Birth benefit of the mother: the steps of the law of 2014; from July 2026 a longer leave for a second birth, and
from the 22nd week the death of a fetus is treated as a birth."""

from __future__ import annotations

from services.benefits.domain.case import Case
from services.benefits.law import steps
from services.benefits.law.figures import Choice
from services.benefits.law.packs.vn.sil2014 import birth
from services.benefits.law.packs.vn.sil2024.second_birth import SecondBirth, months_for_one_child
from services.benefits.law.sheet import Sheet


class Law(birth.Law, SecondBirth):
    """The figures of the birth benefit."""

    stillbirth_lump_sum: Choice


OF_THE_WHOLE = birth.OF_THE_WHOLE


def assess(case: Case, law: Law, sheet: Sheet) -> None:
    """Conditions, leave, amounts, in the order of the law."""
    born = case.day("birth_on")

    def months() -> int:
        begins = steps.begun(steps.parts_of_leave(sheet, born), birth.claimed_from(case, born))
        return months_for_one_child(case, law, sheet, born, begins, birth.all_children(case))

    stillborn = not case.number("children")
    if stillborn:
        sheet.use(law.stillbirth_lump_sum)
    birth.carry_out(case, law, sheet, months, stillbirth_lump_sum=law.stillbirth_lump_sum.is_("paid"))
