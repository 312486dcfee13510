"""Leave of the father, or of whoever cares for the child, after the mother's death: the steps of the law of 2014, and
from July 2026 the rest of the longer leave for a second birth."""

from __future__ import annotations

from datetime import date

from services.benefits.domain.case import Case
from services.benefits.law.packs.vn.sil2014 import death_of_mother
from services.benefits.law.packs.vn.sil2024.second_birth import SecondBirth, months_for_one_child
from services.benefits.law.sheet import Sheet


class Law(death_of_mother.Law, SecondBirth):
    """The figures of the benefit."""


OF_THE_WHOLE = death_of_mother.OF_THE_WHOLE


def assess(case: Case, law: Law, sheet: Sheet) -> None:
    """Who, how long, on whose average, in the order of the circular."""

    def months(born: date, leave_from: date) -> int:
        return months_for_one_child(case, law, sheet, born, leave_from, case.number("children"))

    death_of_mother.carry_out(case, law, sheet, months)
