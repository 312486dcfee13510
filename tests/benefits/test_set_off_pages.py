"""Set-off against another claim at the desk: chosen by one, confirmed by another, the same on page, letter and her
page; counted when less has really been paid, and told to payments."""

from __future__ import annotations

import re
import uuid
from types import SimpleNamespace
from typing import Any, cast

import pytest
from sqlalchemy import select

from services.benefits import store
from services.benefits.domain.ids import ClaimId
from services.benefits.usecases import feedback
from services.benefits.views import letter_facts
from shared import facts
from shared.events import Event
from shared.tables import outbox
from tests.benefits.browser import live
from tests.benefits.conftest import SICK, Office
from tests.benefits.test_claim_story import decided, submitted
from tests.benefits.test_desk_pages import version_in
from tests.benefits.test_overpayment_pages import recovery_in
from tests.benefits.visitors import Browser, Phone
from tests.there import there

TOO_MUCH = 112000000
#: Another illness of the same year: the days that the employer pays in a year went with the first.
LATER = SICK | {
    "spell": {"first_day": "2025-05-19", "last_day": "2025-07-20", "illness": "J18.9"},
    "certificates": [{"number": "D", "from": "2025-05-19", "to": "2025-07-20"}],
    "employments": [{"pay": "monthly", "wage_paid_until": "2025-05-18", "wage_stopped_word": "employer"}],
}


class Two:
    """One person, too much paid on her first claim, her second with three instalments to come."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.person = office.someone()
        self.owing = submitted(office, self.person)
        decided(office, self.owing)
        live.bank_says(office, self.owing, minor=336000000)
        live.bank_says(office, self.owing, minor=TOO_MUCH, no=2)
        office.on("2025-05-21")
        self.paying = submitted(office, self.person, facts=LATER, papers={"verified": ["D"]}, received_on="2025-05-21")
        self.full = {part["no"]: part["amount"]["minor"] for part in decided(office, self.paying)["schedule"]}

    def proposed(self) -> str:
        version = self.office.clerk.get(f"/v1/claims/{self.owing['id']}").json["version"]
        body = {"way": "set_off", "heard": "She agrees.", "from_claim_id": self.paying["id"]}
        made = self.office.officer.post(f"/v1/claims/{self.owing['id']}/recoveries", body, etag=version)
        assert made.status_code == 201, made.json
        return str(made.json["id"])

    def decided(self) -> str:
        recovery_id = self.proposed()
        answer = self.office.supervisor.post(f"/v1/recoveries/{recovery_id}/confirmation")
        assert answer.status_code == 200, answer.json
        self.looks()
        return recovery_id

    def looks(self) -> None:
        while self.office.service.look_at_jobs():
            pass

    def payable(self) -> dict[int, int]:
        """What payments were last told to pay of each instalment of the second claim."""
        with self.office.service.engine.connect() as connection:
            query = select(outbox.c.body).where(outbox.c.type.like("benefits.award.%")).order_by(outbox.c.position)
            bodies = [body["data"] for body in connection.scalars(query)]
        last = [body for body in bodies if body["claim_id"] == self.paying["id"]][-1]
        return {part["no"]: part["amount"]["minor"] for part in last["instalments"]}

    def told(self, type_: str) -> list[dict[str, Any]]:
        with self.office.service.engine.connect() as connection:
            query = select(outbox.c.body).where(outbox.c.type == type_).order_by(outbox.c.position)
            return [body["data"] for body in connection.scalars(query)]

    def bank_says(self, no: int, minor: int, *, came_back: bool = False, order: str = "") -> str:
        """An instalment of the second claim arrived, or came back."""
        order = order or str(uuid.uuid4())
        data = {"claim_id": self.paying["id"], "award_id": str(uuid.uuid4()), "order_id": order}
        data |= {"reference": order.replace("-", "")[:16].upper(), "component": "allowance", "no": no}
        data |= {"amount": {"minor": minor, "currency": "LAK"}, "reason": "AC04"}
        data |= {"returned_on" if came_back else "paid_on": "2025-07-24"}
        type_ = "payments.instalment.returned" if came_back else "payments.instalment.paid"
        with self.office.service.engine.begin() as connection:
            feedback.order_moved(self.office.act(connection), cast(Event, SimpleNamespace(type=type_, data=data)))
        self.looks()
        return order

    def owed(self) -> int:
        answer = self.office.officer.get(f"/v1/claims/{self.owing['id']}/overpayment").json
        return int(answer["outstanding"]["minor"])


@pytest.fixture
def two(office: Office) -> Two:
    return Two(office)


def test_one_chooses_the_other_claim_and_another_confirms(two: Two) -> None:
    officer, supervisor = Browser(two.office, two.office.officer), Browser(two.office, two.office.supervisor)
    path = f"/desk/claims/{two.owing['id']}/overpayment"
    page = officer.open(path)
    assert f"Withheld from claim {two.paying['number']}" in page
    way = f"set_off:{two.paying['id']}"
    officer.send(path, do="propose", version=version_in(page), way=way, heard="She agrees.")
    page = supervisor.open(path)
    assert f"from claim {two.paying['number']}" in re.sub(r"\s+", " ", page)
    assert two.payable() == two.full, "one person's word keeps nothing back"
    supervisor.send(path, key="2", do="confirm", recovery=recovery_in(page))
    assert two.payable() == {1: 179200000, 2: 179200000, 3: 11946700}, (
        "a fifth of each, rounded down to whole kip of a hundred"
    )
    page = re.sub(r"\s+", " ", supervisor.open(path))
    assert page.count(two.paying["number"]) >= 3, "each instalment from which something is kept back"
    there_ = re.sub(r"\s+", " ", officer.open(f"/desk/claims/{two.paying['id']}"))
    assert f"for claim {two.owing['number']}" in there_


def test_letter_and_her_page_say_the_same(two: Two) -> None:
    recovery_id = two.decided()
    with two.office.service.engine.begin() as connection:
        act = two.office.act(connection)
        said = facts.given("recovery_letter", letter_facts.recovery(act, recovery_id, lambda *_: "12345678"))
    assert said["from_claim_number"] == two.paying["number"]
    kept = [part["kept"]["minor"] for part in said["withheld"]]
    assert kept == [two.full[no] - minor for no, minor in sorted(two.payable().items())]
    assert said["amount"]["minor"] == sum(kept), (
        "what was decided is what can be kept back, to the smallest amount paid"
    )
    hers = Phone(two.office)
    hers.come_in(two.paying)
    page = hers.text
    assert two.owing["number"] in page
    assert re.search(r"1[.,]792[.,]000", page), "what is still to come, less what is kept back"


def test_it_counts_when_less_has_been_paid_and_payments_hear_of_it_once(two: Two) -> None:
    two.decided()
    assert two.owed() == TOO_MUCH, "nothing has been kept back yet"
    two.bank_says(1, two.payable()[1])
    assert two.owed() == TOO_MUCH - two.full[1] // 5
    (told,) = two.told("benefits.set_off.counted")
    assert (told["claim_id"], told["from_claim_id"]) == (two.owing["id"], two.paying["id"])
    assert told["amount"] == {"minor": two.full[1] // 5, "currency": "LAK"}
    two.bank_says(2, two.payable()[2])
    two.bank_says(3, two.payable()[3])
    assert two.owed() == TOO_MUCH - sum(two.full.values()) + sum(two.payable().values())
    assert len(two.told("benefits.set_off.counted")) == 3
    # The second claim has nothing left: what is still owed is decided anew.
    known = two.office.officer.get(f"/v1/claims/{two.owing['id']}/overpayment").json
    assert (known["state"], known["recoveries"][-1]["ended_reason"]) == ("found", "nothing_left_to_withhold")
    paying = two.office.officer.get(f"/v1/claims/{two.paying['id']}").json
    assert paying["state"] == "closed"


def test_what_left_whole_before_payments_heard_was_not_kept_back(two: Two) -> None:
    two.decided()
    two.bank_says(1, two.full[1])
    assert two.owed() == TOO_MUCH
    assert two.told("benefits.set_off.counted") == []
    assert two.payable()[1] == two.full[1]


def test_a_payment_that_bounces_counts_no_longer(two: Two) -> None:
    two.decided()
    order = two.bank_says(1, two.payable()[1])
    two.bank_says(1, two.payable()[1], came_back=True, order=order)
    assert two.owed() == TOO_MUCH
    assert len(two.told("benefits.set_off.undone")) == 1


def test_an_objection_stops_it_and_a_second_recovery_cannot_draw_on_the_same_claim(two: Two) -> None:
    recovery_id = two.decided()
    less = two.payable()
    two.office.clerk.post(f"/v1/recoveries/{recovery_id}/objections", {"grounds": "I need all of it."})
    two.looks()
    assert two.payable() == two.full
    with two.office.service.engine.begin() as connection:
        act = two.office.act(connection)
        assert store.awards.drawn_on_now(act, ClaimId(two.paying["id"])) is not None
        open_ = there(store.awards.open_objection(act, ClaimId(two.owing["id"])))
    two.office.clerk.post(f"/v1/recoveries/objections/{open_.id}/withdrawal")
    two.looks()
    assert two.payable() == less


def test_two_people_decide_otherwise_and_what_was_kept_back_stays_counted(two: Two) -> None:
    two.decided()
    two.bank_says(1, two.payable()[1])
    version = two.office.clerk.get(f"/v1/claims/{two.owing['id']}").json["version"]
    body = {"way": "waive", "reason": "hardship"}
    made = two.office.officer.post(f"/v1/claims/{two.owing['id']}/recoveries", body, etag=version)
    two.office.supervisor.post(f"/v1/recoveries/{made.json['id']}/confirmation")
    two.looks()
    assert two.owed() == 0
    assert two.payable() == two.full | {1: two.full[1] - two.full[1] // 5}


def test_nothing_is_drawn_from_a_stranger_or_from_itself(two: Two) -> None:
    other = submitted(two.office, two.office.someone("ທ້າວ ບຸນທັນ ວໍລະຈິດ", "Bounthan Vorachit", number="1004182299"))
    version = two.office.clerk.get(f"/v1/claims/{two.owing['id']}").json["version"]
    for claim_id, way, code in (
        (other["id"], "set_off", "nothing_to_withhold"),
        (two.owing["id"], "set_off", "nothing_to_withhold"),
        (two.paying["id"], "repay", "other_claim_is_for_set_off"),
    ):
        body = {"way": way, "heard": "She agrees.", "from_claim_id": claim_id}
        answer = two.office.officer.post(f"/v1/claims/{two.owing['id']}/recoveries", body, etag=version)
        assert (answer.status_code, answer.json["errors"][0]["code"]) == (409, code)
