"""Leave for contraception: calendar days as the doctor orders, up to the days of the method."""

from __future__ import annotations

from services.benefits.domain.case import Case
from services.benefits.domain.status import Status
from services.benefits.law import steps
from services.benefits.law import text as t
from services.benefits.law.figures import Provision, Value
from services.benefits.law.packs.vn import maternity
from services.benefits.law.packs.vn.maternity import DailyLeave
from services.benefits.law.packs.vn.reference import in_time, in_work, insured_person
from services.benefits.law.sheet import Sheet
from services.benefits.law.text import N_, N_n, say
from shared.period import ONE_DAY, Period


class Law(DailyLeave):
    """The figures of the benefit."""

    method_days: Value
    certificate_rule: Provision


#: Conditions of the claim as a whole: where one is not met, nothing is paid.
OF_THE_WHOLE = ("insured", "in_work")


def assess(case: Case, law: Law, sheet: Sheet) -> None:
    """Seven days for an intrauterine device, fifteen for a sterilisation, at most; a thirtieth of the average each. No
    minimum of contributions."""
    claimed, most = case.spell.period, int(law.method_days.row(case.word("method")))
    sheet.timeline = sheet.days(claimed)
    insured = insured_person(case, law, sheet)
    if not (in_work(case, law, sheet, case.spell.period.first) and insured):
        maternity.refuse_days(sheet)
        return
    sheet.timeline = steps.certified_days(sheet, claimed, law.certificate_rule, sheet.timeline)
    enough = claimed.length <= most
    sheet.finding(
        "days",
        say(
            N_n("{days} day of leave; at most {most}", "{days} days of leave; at most {most}"),
            days=t.count(claimed.length),
            most=t.count(most),
        ),
        enough,
        law.method_days,
        facts={"days": claimed.length, "most": most, "method": case.word("method")},
        reason=say(N_("At most {most} days are paid."), most=t.count(most)),
    )
    if not enough:
        after = Period(claimed.first + most * ONE_DAY, claimed.last)
        sheet.timeline = sheet.timeline.put(after, Status.EXHAUSTED, "days")
    in_time(case, law, sheet, claimed.last, maternity=True)
    if not sheet.timeline.paid_days():
        return
    months = maternity.months_of_average(case, law, sheet, claimed.first)
    maternity.pay_days(law, sheet, maternity.average_salary(law, sheet, months))
    sheet.granted(
        "days",
        say(
            N_n(
                "You were off work from {first} to {last}. You receive {total} for {days} day.",
                "You were off work from {first} to {last}. You receive {total} for {days} days.",
            ),
            first=t.day(claimed.first),
            last=t.day(claimed.last),
            total=sheet.total_param(),
            days=t.count(sheet.timeline.paid_days()),
        ),
    )
