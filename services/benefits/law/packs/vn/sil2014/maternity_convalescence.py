"""Convalescence after maternity."""

from __future__ import annotations

from services.benefits.domain.case import Case
from services.benefits.law import steps
from services.benefits.law.figures import Value
from services.benefits.law.packs.vn import convalescence
from services.benefits.law.packs.vn.convalescence import Convalescence
from services.benefits.law.packs.vn.reference import in_time, in_work, insured_person
from services.benefits.law.sheet import Sheet
from services.benefits.law.text import N_, say


class Law(Convalescence):
    """The figures of the benefit."""

    early_return_excludes: Value


#: Conditions of the claim as a whole: where one is not met, nothing is paid.
OF_THE_WHOLE = ("insured", "in_work", "not_early", "window", "agreed")


def assess(case: Case, law: Law, sheet: Sheet) -> None:
    """Ten days after two or more children, seven after surgery, five otherwise; from July 2025 not where the mother
    returned to work early."""
    insured_person(case, law, sheet)
    in_work(case, law, sheet, case.spell.period.first)
    early = case.flag("returned_early") and law.early_return_excludes.whole == 1
    if case.flag("returned_early"):
        sheet.finding(
            "not_early",
            say(N_("The mother returned to work before the end of her leave")),
            not early,
            law.early_return_excludes,
            facts={"returned_early": True},
            reason=say(N_("There is no convalescence after an early return to work.")),
        )
    convalescence.window(case, law, sheet)
    convalescence.agreed(case, law, sheet)
    in_time(case, law, sheet, case.spell.period.last, employer_only=True)
    children = case.number("children")
    row = "multiple" if children > 1 else "surgery" if case.flag("surgery") else "other"
    convalescence.pay(case, law, sheet, row, steps.parts_of_leave(sheet, case.day("leave_ended_on")))
