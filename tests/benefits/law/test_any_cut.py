"""One spell claimed in pieces, through what each decision leaves behind, pays what it pays claimed at once."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.benefits.domain import codec, history
from services.benefits.domain.assessment import Assessment
from services.benefits.law import in_force
from services.benefits.law.case import read_case
from shared.period import Month, Period

TODAY = date(2027, 6, 1)
DAY = timedelta(days=1)


def worker(country: str, benefit: str, wage: str, first: date, **facts: Any) -> dict[str, Any]:
    """A long insured worker with the same wage in every month before the spell."""
    last = Month.of(first).plus(-1)
    return {
        "country": country,
        "benefit": benefit,
        "insured": {"insured_since": "2012-01-01"},
        "employments": [{"from": "2012-01-01", "pay": "monthly", "wage_stopped_word": "employer"}],
        "contributions": [{"from": str(last.plus(-39)), "to": str(last), "wage": wage}],
        "event": {},
    } | facts


def lao(first: date, *, left: int = 0, **_: Any) -> dict[str, Any]:
    return worker("la", "sickness", "3117777", first, event={"employer_days_used": 30 - left})


def burmese(first: date, **_: Any) -> dict[str, Any]:
    return worker("mm", "sickness", "233333", first)


def thai(first: date, *, left: int = 0, **_: Any) -> dict[str, Any]:
    job = {"from": "2012-01-01", "wage_paid_until": str(first + (left - 1) * DAY)}
    return worker("th", "sickness", "13777", first, employments=[job])


def thai_chronic(first: date, **facts: Any) -> dict[str, Any]:
    return thai(first, **facts) | {"event": {"chronic_disease": "cancer"}}


def vietnamese(first: date, *, listed: bool = False, **_: Any) -> dict[str, Any]:
    jobs = [{"from": "2012-01-01", "weekly_rest": ["sat", "sun"], "hazardous": False}]
    event = {"listed_disease": listed}
    return worker("vn", "sickness", "9637777", first, employments=jobs, event=event)


def listed(first: date, **_: Any) -> dict[str, Any]:
    return vietnamese(first, listed=True)


def sick_child(first: date, **_: Any) -> dict[str, Any]:
    jobs = [{"from": "2012-01-01", "weekly_rest": ["sat", "sun"], "hazardous": False}]
    event = {"child_born_on": str(first - 300 * DAY), "child": "first"}
    return worker("vn", "sick_child", "9637777", first, employments=jobs, event=event)


def model(first: date, **_: Any) -> dict[str, Any]:
    return worker("xx", "sickness", "2153", first)


def thai_section_40(first: date, **_: Any) -> dict[str, Any]:
    facts = worker("th", "section_40", "3000", first, insured={"insured_as": "section_40"})
    return facts | {"event": {"contribution_option": "option_2", "visits_paid": 0}}


def philippine(first: date, **_: Any) -> dict[str, Any]:
    return worker("ph", "sickness", "17300", first)


def lao_birth(first: date, late: int) -> dict[str, Any]:
    event = {"birth_on": str(first + late * DAY), "children": 1, "pregnancy_months": 9, "claimant": "mother"}
    return worker("la", "birth", "3117777", first, event=event)


def lao_miscarriage(first: date, late: int) -> dict[str, Any]:
    event = {"miscarriage_on": str(first), "pregnancy_months": 4, "claimant": "mother"}
    return worker("la", "miscarriage", "3117777", first, event=event)


def burmese_maternity(first: date, late: int) -> dict[str, Any]:
    due = {"due_on": str(first + 42 * DAY), "birth_on": str(first + late * DAY)}
    return worker("mm", "maternity", "233333", first, event=due | {"children": 1, "facility": "public"})


def burmese_miscarriage(first: date, late: int) -> dict[str, Any]:
    event = {"miscarriage_on": str(first), "loss": "miscarriage", "facility": "private", "receipts": "123456"}
    return worker("mm", "miscarriage", "233333", first, event=event)


def burmese_adoption(first: date, late: int) -> dict[str, Any]:
    return worker("mm", "adoption", "233333", first, event={"child_born_on": str(first - late * DAY)})


def burmese_father(first: date, late: int) -> dict[str, Any]:
    event = {"birth_on": str(first - late * DAY), "children": 1, "wife_insured": False}
    return worker("mm", "paternity", "233333", first, event=event)


def resting(first: date, benefit: str, event: dict[str, Any]) -> dict[str, Any]:
    jobs = [{"from": "2012-01-01", "weekly_rest": ["sat", "sun"], "hazardous": False}]
    return worker("vn", benefit, "9637777", first, employments=jobs, event=event)


def vietnamese_birth(first: date, late: int) -> dict[str, Any]:
    event = {"birth_on": str(first + late * DAY), "children": 1, "living_children_before": 1}
    return resting(first, "birth", event)


def vietnamese_miscarriage(first: date, late: int) -> dict[str, Any]:
    return resting(first, "miscarriage", {"pregnancy_weeks": 14})


def vietnamese_father(first: date, late: int) -> dict[str, Any]:
    event = {"birth_on": str(first), "children": 2, "surgery": False, "under_32_weeks": False}
    return resting(first, "paternity", event)


def convalescence(first: date, late: int) -> dict[str, Any]:
    event = {"leave_ended_on": str(first - DAY), "children": 2, "agreed": True, "surgery": False}
    return resting(first, "maternity_convalescence", event | {"returned_early": False, "convalescence_days_used": 0})


STORIES = [
    pytest.param(lao, date(2024, 1, 5), 500, id="la sickness"),
    pytest.param(burmese, date(2024, 1, 5), 250, id="mm sickness"),
    pytest.param(thai, date(2024, 1, 5), 300, id="th sickness"),
    pytest.param(thai_chronic, date(2024, 1, 5), 420, id="th chronic disease"),
    pytest.param(thai_section_40, date(2025, 10, 1), 60, id="th section 40"),
    pytest.param(vietnamese, date(2022, 1, 4), 200, id="vn sickness, law of 2014"),
    pytest.param(listed, date(2022, 1, 4), 420, id="vn listed disease, law of 2014"),
    pytest.param(vietnamese, date(2025, 7, 2), 200, id="vn sickness, law of 2024"),
    pytest.param(listed, date(2025, 7, 2), 300, id="vn listed disease, law of 2024"),
    pytest.param(sick_child, date(2025, 7, 2), 60, id="vn sick child"),
    pytest.param(model, date(2024, 1, 5), 300, id="xx sickness"),
    pytest.param(philippine, date(2024, 1, 5), 260, id="ph sickness"),
]


def claim(facts: dict[str, Any], days: Period, spells: list[dict[str, Any]]) -> dict[str, Any]:
    """The claim for some days; papers cover eight weeks each."""
    papers, first = [], days.first
    while first <= days.last:
        papers.append({"from": str(first), "to": str(min(days.last, first + 55 * DAY))})
        first += 56 * DAY
    spell = {"first_day": str(days.first), "last_day": str(days.last), "illness": "A15"}
    if facts["benefit"] == "sick_child":
        spell["cause"] = "sick_child"
    found = facts | {"spell": spell, "certificates": papers, "claimed_on": str(days.last)}
    return found | {"earlier_spells": spells} if spells else found


def decide(facts: dict[str, Any], days: Period, before: list[Assessment]) -> Assessment:
    """Decide a claim beside the decisions before it, each read back from its stored JSON."""
    stored = [json.loads(json.dumps(decision.json())) for decision in before]
    left = [spell for body in stored for spell in history.left_by(Assessment.from_json(body), {})]
    spells = [codec.write(spell) for spell in history.beside(days, facts["benefit"], left)]
    found = in_force.assess(read_case(claim(facts, days, spells)), today=TODAY)
    assert found.outcome != "questions", [q.pointer for q in found.questions]
    return found


@pytest.mark.parametrize(("story", "since", "longest"), STORIES)
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_any_way_of_cutting_a_spell_into_claims_pays_what_the_whole_pays(
    story: Any, since: date, longest: int, data: st.DataObject
) -> None:
    first = since + timedelta(days=data.draw(st.integers(0, 300), label="begins after"))
    days = data.draw(st.integers(2, longest), label="days")
    left = data.draw(st.integers(0, 30), label="days the employer still pays")
    cuts = data.draw(st.sets(st.integers(1, days - 1), max_size=12), label="a new claim after so many days")
    if story is philippine:  # Fewer than four days are no confinement, so the first claim names at least four.
        cuts = {cut for cut in cuts if cut >= 4 and days >= 4}
    facts, whole = story(first, left=left), Period(first, first + (days - 1) * DAY)
    at_once = decide(facts, whole, [])
    assert at_once.total.minor or days <= 35
    begins = [0, *sorted(cuts)]
    decided: list[Assessment] = []
    for begin, end in zip(begins, [*begins[1:], days], strict=True):
        decided.append(decide(facts, Period(first + begin * DAY, first + (end - 1) * DAY), decided))
    assert sum(piece.total.minor for piece in decided) == at_once.total.minor
    if story is listed and since.year < 2025:  # Odd days beyond a month's whole amount are worth nothing: no day's own.
        return
    assert "".join(run.status * run.days for piece in decided for run in piece.timeline) == "".join(
        run.status * run.days for run in at_once.timeline
    )


@pytest.mark.parametrize(
    ("story", "since", "longest"),
    [
        pytest.param(lao_birth, date(2024, 1, 5), 120, id="la birth"),
        pytest.param(lao_miscarriage, date(2024, 1, 5), 120, id="la miscarriage"),
        pytest.param(burmese_maternity, date(2024, 1, 5), 120, id="mm maternity"),
        pytest.param(burmese_miscarriage, date(2024, 1, 5), 60, id="mm miscarriage"),
        pytest.param(burmese_adoption, date(2024, 1, 5), 70, id="mm adoption"),
        pytest.param(burmese_father, date(2024, 1, 5), 25, id="mm paternity"),
        pytest.param(vietnamese_birth, date(2022, 1, 4), 200, id="vn birth, law of 2014"),
        pytest.param(vietnamese_birth, date(2025, 9, 2), 230, id="vn birth, law of 2024"),
        pytest.param(vietnamese_miscarriage, date(2022, 1, 4), 60, id="vn miscarriage, law of 2014"),
        pytest.param(vietnamese_miscarriage, date(2025, 7, 2), 60, id="vn miscarriage, law of 2024"),
        pytest.param(vietnamese_father, date(2025, 7, 2), 25, id="vn paternity"),
        pytest.param(convalescence, date(2025, 7, 2), 15, id="vn convalescence"),
    ],
)
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_a_leave_claimed_in_parts_pays_what_it_pays_claimed_at_once_and_its_lump_sum_once(
    story: Any, since: date, longest: int, data: st.DataObject
) -> None:
    first = since + timedelta(days=data.draw(st.integers(0, 300), label="begins after"))
    days = data.draw(st.integers(2, longest), label="days")
    late = data.draw(st.integers(0, 50), label="days between the birth and the first day")
    cuts = data.draw(st.sets(st.integers(1, days - 1), max_size=6), label="a new claim after so many days")
    facts, whole = story(first, late), Period(first, first + (days - 1) * DAY)
    at_once = decide(facts, whole, [])
    begins = [0, *sorted(cuts)]
    decided: list[Assessment] = []
    for begin, end in zip(begins, [*begins[1:], days], strict=True):
        decided.append(decide(facts, Period(first + begin * DAY, first + (end - 1) * DAY), decided))
    assert sum(piece.total.minor for piece in decided) == at_once.total.minor
    assert "".join(run.status * run.days for piece in decided for run in piece.timeline) == "".join(
        run.status * run.days for run in at_once.timeline
    )


LEAVE = Period(date(2025, 7, 21), date(2025, 10, 26))
EXPENSE_ALONE = {"birth_on": "2025-09-01", "children": 1, "facility": "public", "expense_only": True}


def test_an_expense_claimed_alone_is_not_paid_again_with_the_leave_nor_after_it() -> None:
    """300,000 kyat a month: 50 % are 150,000, and 98 days at 7,000 are 686,000; 836,000 whichever is claimed first."""
    leave = worker("mm", "maternity", "300000", LEAVE.first)
    leave |= {"event": EXPENSE_ALONE | {"due_on": "2025-09-01", "expense_only": False}}
    alone = leave | {"event": EXPENSE_ALONE}
    birth = Period(date(2025, 9, 1), date(2025, 9, 1))

    expense = decide(alone, birth, [])
    assert (expense.total.minor, decide(leave, LEAVE, [expense]).total.minor) == (150_000_00, 686_000_00)

    both = decide(leave, LEAVE, [])
    again = decide(alone, birth, [both])
    assert (both.total.minor, again.total.minor, again.outcome) == (836_000_00, 0, "refused")
    assert again.decisive == "lump_sum_paid"


def test_the_lump_sum_of_the_compulsory_scheme_decided_for_a_birth_stands_against_the_voluntary_grant() -> None:
    born = date(2025, 8, 10)
    months = [
        {"from": "2025-01", "to": "2025-06", "wage": "5000000"},
        {"month": "2025-07", "wage": "5000000", "kind": "voluntary"},
    ]
    facts = resting(born, "birth", {"birth_on": str(born), "children": 1}) | {"contributions": months}
    birth = decide(facts, Period(born, born + 100 * DAY), [])
    grant = decide(facts | {"benefit": "voluntary_grant"}, Period(born, born), [birth])
    assert (birth.outcome, grant.outcome, grant.decisive) == ("granted", "refused", "no_double")


@pytest.mark.parametrize(("story", "since", "longest"), STORIES)
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_papers_that_overlap_pay_each_day_once(story: Any, since: date, longest: int, data: st.DataObject) -> None:
    """Each claim begins again on days that the claim before it had, and comes to what one claim for all comes to."""
    first = since + timedelta(days=data.draw(st.integers(0, 300), label="begins after"))
    days = data.draw(st.integers(6, longest), label="days")
    left = data.draw(st.integers(0, 30), label="days the employer still pays")
    cuts = sorted(data.draw(st.sets(st.integers(4, days - 1), max_size=6), label="a new claim after so many days"))
    again = [data.draw(st.integers(0, cut), label="days of the claims before") for cut in cuts]
    facts = story(first, left=left)
    at_once = decide(facts, Period(first, first + (days - 1) * DAY), [])
    begins = [0, *(cut - back for cut, back in zip(cuts, again, strict=True))]
    decided: list[Assessment] = []
    for begin, end in zip(begins, [*cuts, days], strict=True):
        decided.append(decide(facts, Period(first + begin * DAY, first + (end - 1) * DAY), decided))
    assert sum(piece.total.minor for piece in decided) == at_once.total.minor
    paid = [day for piece in decided for span in piece.timeline if span.is_paid for day in span.period]
    assert len(paid) == len(set(paid))


@pytest.mark.parametrize(("story", "since", "longest"), STORIES)
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_in_whatever_order_claims_name_a_day_it_is_paid_once(
    story: Any, since: date, longest: int, data: st.DataObject
) -> None:
    """Before, after, around and in the midst of what was decided: no day is paid twice."""
    first, last = since + timedelta(days=data.draw(st.integers(0, 300), label="begins after")), min(longest, 80)
    facts = story(first, left=data.draw(st.integers(0, 30), label="days the employer still pays"))
    facts["employments"] = [{"weekly_rest": ["sat", "sun"]} | job for job in facts["employments"]]
    decided: list[Assessment] = []
    for _ in range(data.draw(st.integers(2, 5), label="claims")):
        begin = data.draw(st.integers(0, last - 5), label="from")
        end = data.draw(st.integers(begin + 4, last - 1), label="to")
        decided.append(decide(facts, Period(first + begin * DAY, first + end * DAY), decided))
    paid = [day for piece in decided for span in piece.timeline if span.is_paid for day in span.period]
    assert len(paid) == len(set(paid))
