"""Lump sum to an insured father where the mother has none; in surrogacy, to the husbands in the order of the law."""

from __future__ import annotations

from services.benefits.domain.assessment import Text
from services.benefits.domain.case import Case
from services.benefits.law import steps
from services.benefits.law import text as t
from services.benefits.law.figures import Provision, Value
from services.benefits.law.packs.vn import maternity
from services.benefits.law.packs.vn.maternity import Qualifying
from services.benefits.law.packs.vn.reference import in_time, insured_person
from services.benefits.law.sheet import Sheet
from services.benefits.law.text import N_, say


class Law(Qualifying):
    """The figures of the lump sum to the father."""

    unqualified_mother: Value
    dead_fetus_counts: Value
    mother_rule: Provision
    surrogacy_order_rule: Provision


#: Conditions of the claim as a whole: where one is not met, nothing is paid.
OF_THE_WHOLE = ("insured", "contributed", "mother")


def assess(case: Case, law: Law, sheet: Sheet) -> None:
    """Six months of his own in the twelve, and no lump sum of the mother."""
    born = case.day("birth_on")
    insured_person(case, law, sheet)
    found = maternity.qualifies(case, law, sheet, born, other_rules=False)
    if case.word("claimant") == "father":
        mother(case, law, sheet)
    else:
        surrogacy_order(case, law, sheet)
    in_time(case, law, sheet, born, maternity=True)
    if sheet.refused_so_far():
        return
    children = case.number("children")
    if law.dead_fetus_counts.word == "all":
        children += case.number("dead_fetuses")
    if not children:
        sheet.finding(
            "birth",
            say(N_("No child was born alive")),
            False,
            law.dead_fetus_counts,
            reason=say(N_("No child was born alive, so the father has no lump sum.")),
        )
        return
    if steps.paid_once(sheet, steps.parts_of_leave(sheet, born), born, law.lump_sum_factor):
        return
    maternity.lump_sum(law, sheet, children, born)
    sheet.granted(
        "contributed",
        say(
            N_(
                "The child was born on {born}; the mother has no lump sum, and you had contributed {have} "
                "of the {months} "
                "months from {from_month} to {to_month}; {needed} are needed. You receive {total}."
            ),
            born=t.day(born),
            total=sheet.total_param(),
            **maternity.contributed_param(found),
        ),
    )


def mother(case: Case, law: Law, sheet: Sheet) -> None:
    """The mother is not insured; since September 2021 also where she is insured but has not the months."""
    insured = case.flag("mother_insured")
    rule = law.unqualified_mother
    qualified = insured and case.flag("mother_qualified")
    entitled = not insured or (rule.whole == 1 and not qualified)
    sheet.finding(
        "mother",
        say(N_("The mother is not insured"))
        if not insured
        else say(N_("The mother is insured and has the qualifying months"))
        if qualified
        else say(N_("The mother is insured but has not the qualifying months")),
        entitled,
        rule if insured else law.mother_rule,
        facts={"mother_insured": insured, "mother_qualified": qualified},
        change=say(N_("A claim by the mother")) if qualified else None,
        reason=say(N_("The mother has the lump sum herself.")) if qualified else not_yet_paid(case, law),
    )


def not_yet_paid(case: Case, law: Law) -> Text:
    """The rule for insured mothers without the months, with the day from which it holds."""
    later = law.changes("unqualified_mother", case.day("birth_on"))
    if later:
        return say(
            N_("Before {day} the father had no lump sum where the mother was insured."), day=t.day(later[0].since)
        )
    return say(N_("The father has no lump sum where the mother is insured."))


def surrogacy_order(case: Case, law: Law, sheet: Sheet) -> None:
    """The lump sum goes to the surrogate mother, then the intended mother, then her husband, then the surrogate's."""
    before = {
        "surrogate": case.flag("mother_qualified"),
        "intended_mother": case.flag("intended_mother_qualified"),
    }
    if case.word("claimant") == "surrogate_husband":
        before["intended_father"] = case.flag("intended_father_qualified")
    taken = any(before.values())
    sheet.finding(
        "mother",
        say(N_("Someone earlier in the order has the qualifying months"))
        if taken
        else say(N_("Nobody earlier in the order has the qualifying months")),
        not taken,
        law.surrogacy_order_rule,
        facts=before,
        reason=say(N_("The lump sum goes to someone earlier in the order of the law.")),
    )
