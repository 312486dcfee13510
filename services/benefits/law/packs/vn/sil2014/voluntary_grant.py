"""Maternity grant of the voluntarily insured, paid by the State budget."""

from __future__ import annotations

from datetime import date

from services.benefits.domain.case import Case
from services.benefits.law import text as t
from services.benefits.law.figures import Figures, Provision, Value
from services.benefits.law.sheet import Sheet
from services.benefits.law.steps import contributed_months, months_before, paid_once, parts_of_leave
from services.benefits.law.text import N_, N_n, say
from shared.period import ONE_DAY, Period


class Law(Figures):
    """The figures of the grant."""

    grant: Value
    fetus_weeks: Value
    grant_months: Value
    grant_window_months: Value
    claim_days: Value
    no_double_rule: Provision


#: Conditions of the claim as a whole: where one is not met, nothing is paid.
OF_THE_WHOLE = ("voluntary", "contributed", "birth", "no_double")


def assess(case: Case, law: Law, sheet: Sheet) -> None:
    """From July 2025: two million dong for each child born and each fetus of 22 weeks or more that dies; six months of
    voluntary or compulsory contributions in the twelve before the birth."""
    born = case.day("birth_on")
    grant = law.grant.number
    sheet.finding(
        "grant_in_force",
        say(N_("A grant of the voluntary scheme is in force"))
        if grant
        else say(N_("Before {day} the voluntary scheme has no maternity grant"), day=t.day(sheet.until + ONE_DAY))
        if sheet.until is not None
        else say(N_("The voluntary scheme has no maternity grant")),
        grant > 0,
        law.grant,
        facts={"birth_on": born.isoformat()},
        reason=say(N_("The child was born before the law gave voluntarily insured parents a grant.")),
    )
    if not grant:
        return
    contributed_months(
        sheet,
        "contributed",
        months_before(born, law.grant_window_months.whole),
        law.grant_months,
        uses=[law.grant_window_months],
    )
    voluntary_insured(case, law, sheet, born)
    children = children_counted(case, law, sheet)
    no_double(case, law, sheet)
    made = case.claimed_on
    if made is not None:
        last = born + law.claim_days.whole * ONE_DAY
        late = made > last
        sheet.finding(
            "in_time",
            say(N_("Claimed on {day}; the time limit is {last}"), day=t.day(made), last=t.day(last)),
            None if late else True,
            law.claim_days,
            facts={"claimed_on": made.isoformat(), "last_day": last.isoformat()},
            change=say(N_("A written explanation of the delay")) if late else None,
            reason=say(
                N_("Your claim came after {last}; the written explanation of the delay must be judged."),
                last=t.day(last),
            ),
        )
    if sheet.refused_so_far() or paid_once(sheet, parts_of_leave(sheet, born), born, law.grant):
        return
    sheet.lump_sum(
        "grant",
        say(
            N_("{grant} for each of {children} children"),
            grant=sheet.money(grant),
            children=t.count(children),
        )
        if children > 1
        else say(N_("{grant} for one child"), grant=sheet.money(grant)),
        grant * children,
        law.grant,
        Period(born, born),
    )
    sheet.granted(
        "contributed",
        say(
            N_("The birth was on {born}. You receive a grant of {total}."),
            born=t.day(born),
            total=sheet.total_param(),
        ),
    )


def voluntary_insured(case: Case, law: Law, sheet: Sheet, born: date) -> None:
    """The grant is for persons in the voluntary scheme; months of both schemes are added up."""
    first, last = months_before(born, law.grant_window_months.whole)
    voluntary = case.insured.insured_as == "voluntary" or any(
        c.kind == "voluntary" for c in case.paid_months(first, last)
    )
    sheet.finding(
        "voluntary",
        say(N_("Insured in the voluntary scheme")) if voluntary else say(N_("Not insured in the voluntary scheme")),
        voluntary,
        law.no_double_rule,
        facts={"voluntary": voluntary},
        change=None if voluntary else say(N_("A claim to the compulsory scheme")),
        reason=say(N_("This grant is for persons insured in the voluntary scheme.")),
    )


def children_counted(case: Case, law: Law, sheet: Sheet) -> int:
    """Children born, and fetuses of 22 weeks or more that died in the womb or in labour."""
    children, dead = case.number("children"), case.number("dead_fetuses")
    if dead and case.number("pregnancy_weeks") < law.fetus_weeks.whole:
        dead = 0
    sheet.finding(
        "birth",
        say(N_n("{children} child counts", "{children} children count"), children=t.count(children + dead)),
        children + dead > 0,
        law.fetus_weeks,
        facts={"children": children, "dead_fetuses": dead},
        reason=say(N_("A fetus counts only after {weeks} weeks of pregnancy."), weeks=t.count(law.fetus_weeks.whole)),
    )
    return children + dead


def no_double(case: Case, law: Law, sheet: Sheet) -> None:
    """Mother or father; not both from the voluntary scheme, and not beside the compulsory scheme for the same person.
    One parent in the compulsory and the other in the voluntary scheme may each be paid."""
    other, born = case.flag("other_parent_grant"), case.day("birth_on")
    known = any(s.benefit == "birth" and s.event_on == born and s.lump_sum for s in case.earlier_spells)
    compulsory = known or case.flag("compulsory_benefit")
    sheet.finding(
        "no_double",
        say(N_("The same person has maternity benefit of the compulsory scheme"))
        if compulsory
        else say(N_("The other parent has had this grant"))
        if other
        else say(N_("Nobody has had a benefit for this birth that excludes the grant")),
        not (compulsory or other),
        law.no_double_rule,
        facts={"compulsory_benefit": compulsory, "other_parent_grant": other},
        reason=say(N_("The grant is not paid twice for a birth, nor beside the compulsory scheme.")),
    )
