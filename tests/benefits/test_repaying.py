"""Paying back in agreed parts: what they must come to, what has come of each, what is late and told once."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.benefits.domain.repaying import Agreed, PartsNotPossible, agreed, progress
from services.benefits.institution import institution
from services.benefits.usecases import feedback, recoveries
from shared.money import Money
from tests.benefits.browser import live
from tests.benefits.conftest import Office
from tests.benefits.test_claim_story import decided, sent, submitted
from tests.benefits.test_desk_pages import version_in
from tests.benefits.test_marks import told
from tests.benefits.test_overpayment_pages import recovery_in
from tests.benefits.visitors import Browser, Phone
from tests.there import there

TODAY = date(2025, 5, 22)
GRACE = institution().practice.repay_grace_days


def part(day: str, kip: int) -> Agreed:
    return Agreed(date.fromisoformat(day), Money(kip * 100, "LAK"))


def total(kip: int) -> Money:
    return Money(kip * 100, "LAK")


def test_one_part_is_repeated_each_month_until_all_is_paid() -> None:
    found = agreed([part("2025-05-31", 400)], total(1000), TODAY)
    assert found == (part("2025-05-31", 400), part("2025-06-30", 400), part("2025-07-31", 200))


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        ([part("2025-06-01", 400), part("2025-07-01", 500)], "parts_do_not_add_up"),
        ([part("2025-06-01", 1001)], "parts_do_not_add_up"),
        ([part("2025-07-01", 400), part("2025-06-01", 600)], "parts_not_in_order"),
        ([part("2025-06-01", 400), part("2025-06-01", 600)], "parts_not_in_order"),
        ([part("2025-05-22", 400), part("2025-06-01", 600)], "parts_not_in_order"),
        ([part("2025-06-01", 0), part("2025-07-01", 1000)], "parts_unclear"),
        ([Agreed(date(2025, 6, 1), Money(100000, "THB"))], "parts_unclear"),
        ([part("2025-06-01", 1)], "parts_too_many"),
    ],
)
def test_parts_that_nobody_can_agree_on(parts: list[Agreed], code: str) -> None:
    with pytest.raises(PartsNotPossible, match=code):
        agreed(parts, total(1000), TODAY)


def test_what_has_come_counts_against_the_earliest_parts() -> None:
    parts = [part("2025-06-01", 400), part("2025-07-01", 400), part("2025-08-01", 200)]
    on = date(2025, 7, 1) + timedelta(days=GRACE)
    told = [(p.come.minor // 100, p.left.minor // 100, p.late) for p in progress(parts, 50000, on, GRACE)]
    assert told == [(400, 0, False), (100, 300, False), (0, 200, False)]
    assert [p.late for p in progress(parts, 50000, on + timedelta(days=1), GRACE)] == [False, True, False]


@given(amounts=st.lists(st.integers(1, 10**9), min_size=1, max_size=12), come=st.integers(-10, 10**10))
def test_parts_hold_what_has_come_and_no_more(amounts: list[int], come: int) -> None:
    parts = [Agreed(TODAY + timedelta(days=n), Money(minor, "LAK")) for n, minor in enumerate(amounts)]
    found = progress(parts, come, TODAY, GRACE)
    assert sum(p.come.minor for p in found) == min(max(0, come), sum(amounts))
    assert all(0 <= p.come.minor <= p.part.amount.minor for p in found)


# --- through the doors -----------------------------------------------------------------------------


@pytest.fixture
def claim(office: Office) -> dict[str, Any]:
    """A sick leave of which 1,120,000 kip too much was paid."""
    made = submitted(office, office.someone())
    decided(office, made)
    live.bank_says(office, made, minor=336000000)
    live.bank_says(office, made, minor=112000000, no=2)
    return made


def pays(office: Office, claim: dict[str, Any], kip: int, on: str) -> None:
    amount = {"minor": kip * 100, "currency": "LAK"}
    said = {"claim_id": claim["id"], "repayment_id": str(uuid.uuid4()), "received_on": on, "amount": amount}
    told(office, feedback.repayment_received, **said)


def waits(office: Office, claim: dict[str, Any]) -> dict[str, Any]:
    return dict(office.officer.get(f"/v1/claims/{claim['id']}").json["waits_for"])


def day_is_over(office: Office, recovery: str, due: str) -> None:
    with office.service.engine.begin() as connection:
        recoveries.part_missed(office.act(connection), recovery, date.fromisoformat(due))


def test_parts_are_agreed_watched_and_reminded_of_once(office: Office, claim: dict[str, Any]) -> None:
    officer, supervisor, phone = Browser(office, office.officer), Browser(office, office.supervisor), Phone(office)
    path = f"/desk/claims/{claim['id']}/overpayment"
    start, step = office.service.clock.today(), timedelta(days=30)
    days = [start + step, start + 2 * step, start + 3 * step]

    def proposes(parts: list[str], expect: int = 200) -> str:
        form = {"do": "propose", "way": "repay", "heard": "In three parts.", "words": "", "parts": "\n".join(parts)}
        return officer.send(path, expect, key=str(uuid.uuid4()), version=version_in(officer.open(path)), **form)

    shown = office.officer.get(f"/v1/claims/{claim['id']}/overpayment").json
    left = shown["outstanding"]["minor"] // 100
    lines = [f"{days[0]}: 400,000", f"{days[1]}; 400,000", f"{days[2]} {left - 800000}"]
    for wrong, words in (
        (lines[:2], "the parts do not come to"),
        (["soon: 3"], "each part is a day and an amount"),
        ([f"{start}: {left}"], "follow one another and lie ahead"),
    ):
        assert words in proposes(wrong, 422)
    proposes(lines)
    page = supervisor.open(path)
    assert "Agreed parts" in page
    supervisor.send(path, do="confirm", recovery=recovery_in(page))
    (recovery,) = office.officer.get(f"/v1/claims/{claim['id']}/overpayment").json["recoveries"]
    assert [p["due_on"] for p in recovery["parts"]] == [str(day) for day in days]
    assert recovery["repay_by"] == str(days[2])
    assert waits(office, claim) == waits(office, claim) | {"whom": "worker", "until": str(days[0])}
    facts = f"/v1/recoveries/{recovery['id']}/letter-facts"
    letter = there(office.client.get(facts, headers=office.machine("notifications")).json)
    assert [p["amount"]["minor"] for p in letter["parts"]][:2] == [40000000, 40000000]

    pays(office, claim, 400000, str(days[0]))
    assert waits(office, claim)["until"] == str(days[1]), "the next part"
    office.on(str(days[1] + timedelta(days=GRACE)))
    day_is_over(office, recovery["id"], str(days[1]))
    assert waits(office, claim)["whom"] == "worker", "a payment takes its time"
    office.on(str(days[1] + timedelta(days=GRACE + 1)))
    for _ in range(2):
        day_is_over(office, recovery["id"], str(days[1]))
    assert waits(office, claim) == waits(office, claim) | {"whom": "supervisor", "reason": "repayment_late"}
    assert path in supervisor.open("/desk?show=confirm")
    (missed,) = sent(office, "benefits.repayment.missed")
    assert (missed["amount"]["minor"], missed["due_on"]) == (40000000, str(days[1]))
    assert "late" in officer.open(f"{path}?lang=en")
    phone.come_in(claim)
    assert "Agreed parts" in phone.open("/worker?lang=en")

    pays(office, claim, 400000, str(days[1]))
    assert waits(office, claim)["whom"] == "worker"
    pays(office, claim, left - 800000, str(days[2]))
    assert office.officer.get(f"/v1/claims/{claim['id']}/overpayment").json["state"] == "settled"


def test_parts_over_the_api_belong_to_paying_back(office: Office, claim: dict[str, Any]) -> None:
    path = f"/v1/claims/{claim['id']}/recoveries"
    version = office.officer.get(f"/v1/claims/{claim['id']}").json["version"]
    due = str(office.service.clock.today() + timedelta(days=20))
    parts = [{"due_on": due, "amount": {"minor": 50000000, "currency": "LAK"}}]
    waive = {"way": "waive", "reason": "hardship", "parts": parts}
    assert "parts_of_a_repayment" in office.officer.post(path, waive, etag=version).text
    repay = {"way": "repay", "heard": "yes", "parts": [*parts, *parts]}
    assert "parts_do_not_add_up" in office.officer.post(path, repay, etag=version).text
