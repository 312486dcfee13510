"""An employer advanced a benefit: she says so, the worker is asked, a second person confirms, and what is still to
leave is shared between the two; what has left is not redirected."""

from __future__ import annotations

import re
import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from services.benefits import store
from services.benefits import tables as t
from services.benefits.domain.advance import Advance, AdvanceState, allocate, shares
from services.benefits.domain.award import Advanced, Instalment, Key, OrderState, PaymentFact
from services.benefits.domain.ids import AwardId, ClaimId, EmployerId, PersonId
from services.benefits.usecases import feedback
from shared.events import Event
from shared.money import Money
from shared.period import Period
from shared.tables import outbox
from tests.benefits.conftest import Office, Person
from tests.benefits.test_claim_story import decided, submitted
from tests.benefits.test_employer_pages import another_employer, employer_of
from tests.benefits.visitors import Browser, Phone
from tests.there import there

APRIL = {"from": "2025-04-02", "to": "2025-05-01"}


class House:
    """A worker with a sick leave (2,240,000 kip for a month, 1,120,000 for the half of the next), her employer's clerk,
    and the desk."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.worker = office.someone(number="1004182273")
        self.nok = employer_of(office)
        self.employer = there(self.nok.actor.employer)
        self.claim = submitted(office, self.worker)

    def states(
        self, minor: int = 150000000, by: Person | None = None, expect: int = 201, **more: Any
    ) -> dict[str, Any]:
        body = {"amount": {"minor": minor, "currency": "LAK"}, "period": APRIL, "paid_on": "2025-05-02"}
        body |= {"paper": "payroll of April, line 17"} | more
        answer = (by or self.nok).post(f"/v1/claims/{self.claim['id']}/advances", body)
        assert answer.status_code == expect, answer.json
        said: dict[str, Any] = answer.json
        return said

    def answers(self, advance: dict[str, Any], *, true: bool = True, words: str | None = None) -> None:
        body = {"true": true, "words": words}
        answer = self.office.clerk.post(f"/v1/advances/{advance['id']}/answer", body)
        assert answer.status_code == 201, answer.json

    def decides(
        self, advance: dict[str, Any], by: Person, *, confirmed: bool = True, why: str | None = None, expect: int = 201
    ) -> dict[str, Any]:
        answer = by.post(f"/v1/advances/{advance['id']}/decision", {"confirmed": confirmed, "why": why})
        assert answer.status_code == expect, answer.json
        said: dict[str, Any] = answer.json
        return said

    def advanced(self, minor: int = 150000000, **more: Any) -> dict[str, Any]:
        one = self.states(minor, **more)
        self.answers(one)
        return self.decides(one, self.office.officer)

    def granted(self) -> None:
        """An officer decides on the claim as it is now."""
        decided(self.office, self.claim | {"version": self.office.claim(self.claim["id"]).version})

    def told(self) -> list[dict[str, Any]]:
        """The schedule that payments heard last: of each instalment its amount and what of it is the employer's."""
        with self.office.service.engine.connect() as connection:
            query = select(outbox.c.body).where(outbox.c.type.like("benefits.award.%")).order_by(outbox.c.position)
            last = [body["data"] for body in connection.scalars(query)][-1]
        return [
            {
                "minor": p["amount"]["minor"],
                "hers": {a["employer_id"]: a["amount"]["minor"] for a in p.get("advanced", ())},
            }
            for p in last["instalments"]
        ]

    def payments_say(self, what: str, minor: int, no: int = 1, *, to_employer: bool = False, **more: Any) -> None:
        order = more.pop("order", str(uuid.uuid4()))
        data = {"claim_id": self.claim["id"], "award_id": str(uuid.uuid4()), "order_id": order}
        data |= {"reference": order.replace("-", "")[:16].upper(), "component": "allowance", "no": no, "period": APRIL}
        data |= {"amount": {"minor": minor, "currency": "LAK"}} | more
        data |= {"employer_id": self.employer} if to_employer else {}
        with self.office.service.engine.begin() as connection:
            event = SimpleNamespace(type=f"payments.{what}", data=data)
            feedback.order_moved(self.office.act(connection), cast(Event, event))

    def paid(self, minor: int, no: int = 1, *, to_employer: bool = False) -> None:
        self.payments_say("instalment.paid", minor, no, to_employer=to_employer, paid_on="2025-05-22")

    def waits(self) -> tuple[str, str] | None:
        waits = self.office.claim(self.claim["id"]).waits
        return (waits.whom, waits.reason) if waits is not None else None

    def page(self) -> str:
        return Browser(self.office, self.nok).open("/employer/advances?lang=en")


@pytest.fixture
def house(office: Office) -> House:
    return House(office)


# --- who says what -----------------------------------------------------------------------------


def test_confirmed_before_the_decision_a_part_of_the_first_instalment_is_the_employers(house: House) -> None:
    house.advanced(150000000)
    house.granted()
    assert house.told() == [
        {"minor": 224000000, "hers": {house.employer: 150000000}},
        {"minor": 112000000, "hers": {}},
    ]


def test_confirmed_after_the_decision_payments_hear_a_new_version(house: House) -> None:
    house.granted()
    assert [part["hers"] for part in house.told()] == [{}, {}]
    house.advanced(150000000)
    assert house.told()[0] == {"minor": 224000000, "hers": {house.employer: 150000000}}


def test_what_she_advanced_beyond_the_benefit_of_those_days_stays_wage(house: House) -> None:
    house.advanced(320000000)
    house.granted()
    assert [part["hers"] for part in house.told()] == [{house.employer: 224000000}, {}]


def test_what_has_left_is_not_redirected(house: House) -> None:
    house.granted()
    house.paid(224000000)
    house.advanced(300000000, period={"from": "2025-04-02", "to": "2025-05-16"})
    assert [part["hers"] for part in house.told()] == [{}, {house.employer: 112000000}]


def test_said_twice_it_is_said_once_and_other_words_for_the_same_days_are_refused(house: House) -> None:
    first = house.states()
    assert house.states()["id"] == first["id"]
    assert house.states(1000, expect=422)["errors"][0]["code"] == "days_advanced_already"


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"paid_on": "2025-05-21"}, "in_the_future"),
        ({"period": {"from": "2019-04-02", "to": "2019-05-01"}}, "not_her_worker"),
        ({"amount": {"minor": 0, "currency": "LAK"}}, "not_an_amount"),
        ({"amount": {"minor": 5, "currency": "THB"}}, "not_allowed"),
    ],
)
def test_what_cannot_be_is_refused_with_a_code(house: House, more: dict[str, Any], code: str) -> None:
    assert house.states(expect=422, **more)["errors"][0]["code"] == code


def test_nobody_confirms_what_she_wrote_down_herself(house: House) -> None:
    one = house.states(by=house.office.officer, employer_id=house.employer)
    house.answers(one)
    assert house.decides(one, house.office.officer, expect=403)["code"] == "same_person"
    assert house.decides(one, house.office.supervisor)["state"] == "confirmed"
    assert house.decides(one, house.office.officer2, expect=409)["code"] == "wrong_state"


def test_before_the_worker_has_spoken_it_is_confirmed_only_with_a_reason(house: House) -> None:
    one = house.states()
    assert house.decides(one, house.office.officer, expect=422)["errors"][0]["code"] == "required"
    house.office.on("2025-05-28")  # her seven days are over
    assert house.decides(one, house.office.officer)["state"] == "confirmed"


def test_against_her_word_it_is_confirmed_only_with_a_reason(house: House) -> None:
    one = house.states()
    house.answers(one, true=False, words="I got nothing.")
    house.office.on("2025-06-28")
    assert house.decides(one, house.office.officer, expect=422)["errors"][0]["code"] == "required"
    assert house.decides(one, house.office.officer, why="She signed the receipt.")["state"] == "confirmed"


def test_refused_it_needs_a_reason_and_moves_no_money(house: House) -> None:
    one = house.states()
    house.answers(one, true=False, words="I got nothing.")
    assert house.decides(one, house.office.officer, confirmed=False, expect=422)["errors"][0]["code"] == "required"
    house.decides(one, house.office.officer, confirmed=False, why="No receipt.")
    house.granted()
    assert [part["hers"] for part in house.told()] == [{}, {}]
    assert "No receipt." in house.page()


def test_another_employer_sees_and_says_nothing_here(house: House) -> None:
    another_employer(house.office)
    other = employer_of(house.office, "SVK-0002")
    house.states(by=other, expect=404)
    assert other.get(f"/v1/claims/{house.claim['id']}/advances").status_code == 404
    assert house.states(by=other, employer_id=house.employer, expect=404)["code"] == "not_found"


def test_the_worker_is_asked_by_an_event_without_a_name(house: House) -> None:
    one = house.states()
    with house.office.service.engine.connect() as connection:
        query = select(outbox.c.body).where(outbox.c.type == "benefits.advance.stated")
        data = there(connection.scalar(query))["data"]
    assert data["advance_id"] == one["id"]
    assert data["amount"] == {"minor": 150000000, "currency": "LAK"}
    assert set(data) == {
        *("claim_id", "claim_number", "person_id", "office_id"),
        *("advance_id", "employer_id", "amount", "period"),
    }


# --- the account of an employer ----------------------------------------------------------------

ACCOUNT = {"bank": "BCEL", "number": "010-11-10-00998877", "holder": "Savan Silk Weaving", "paper": "bank letter"}
TYPED_ACCOUNT: dict[str, Any] = {n: v for n, v in ACCOUNT.items() if n != "paper"} | {"account_paper": "bank letter"}


def payee(house: House) -> dict[str, Any]:
    answer = house.office.client.post(
        "/v1/persons/payees",
        json={"persons": [house.employer, house.worker]},
        headers=house.office.machine("payments"),
    )
    told = {one.get("employer_id"): one for one in there(answer.json)["payees"]}
    found: dict[str, Any] = told[house.employer]
    return found


def test_an_employers_account_counts_once_a_second_person_has_confirmed_it(house: House) -> None:
    asked = house.nok.post(f"/v1/employers/{house.employer}/accounts", ACCOUNT).json
    assert asked["number"] == "…8877"
    assert payee(house)["account"] is None
    path = f"/v1/employer-accounts/{asked['id']}/decision"
    assert house.office.officer.post(path, {"confirmed": True}).status_code == 201
    told = payee(house)
    assert told["account"] == {"kind": "bank", "bank": "BCEL", "number": "010111000998877", "holder": ACCOUNT["holder"]}
    assert told["changed_on"] == "2025-05-20", "a run warns of it, as for persons"
    one = house.office.client.get(f"/v1/employers/{house.employer}/payee", headers=house.office.machine("payments"))
    assert one.json == told
    with house.office.service.engine.connect() as connection:
        assert connection.scalar(select(outbox.c.type).where(outbox.c.type == "benefits.employer_payee.changed"))


def test_who_asks_for_an_account_does_not_confirm_it(house: House) -> None:
    asked = house.office.officer.post(f"/v1/employers/{house.employer}/accounts", ACCOUNT).json
    path = f"/v1/employer-accounts/{asked['id']}/decision"
    assert house.office.officer.post(path, {"confirmed": True}).json["code"] == "same_person"
    assert house.office.clerk.post(path, {"confirmed": True}).status_code == 403
    assert house.office.officer_of_vte.post(path, {"confirmed": True}).status_code == 404
    assert house.office.supervisor.post(path, {"confirmed": False}).json["state"] == "refused"
    assert payee(house)["account"] is None


def test_another_account_takes_the_place_of_the_one_before(house: House) -> None:
    for number in ("0101110000001", "0101110000002"):
        asked = house.nok.post(f"/v1/employers/{house.employer}/accounts", ACCOUNT | {"number": number}).json
        house.office.officer.post(f"/v1/employer-accounts/{asked['id']}/decision", {"confirmed": True})
    assert payee(house)["account"]["number"] == "0101110000002"


# --- what payments say ------------------------------------------------------------------------


def test_what_stops_an_employers_order_is_asked_of_her(house: House) -> None:
    house.advanced()
    house.granted()
    house.payments_say("order.held", 150000000, to_employer=True, reason="no_account", since="2025-05-22")
    assert house.waits() == ("employer", "employer_account")
    assert house.told()[0]["hers"] == {house.employer: 150000000}, "it is not paid to the worker"
    house.payments_say("order.sent", 150000000, to_employer=True, run_id=str(uuid.uuid4()), sent_on="2025-05-29")
    assert house.waits() is None


def test_paid_to_both_the_claim_is_closed_and_nothing_was_too_much(house: House) -> None:
    house.advanced()
    house.granted()
    house.paid(150000000, to_employer=True)
    house.paid(74000000)
    assert house.office.claim(house.claim["id"]).state == "decided"
    house.paid(112000000, no=2)
    assert house.office.claim(house.claim["id"]).state == "closed"
    with house.office.service.engine.connect() as connection:
        assert store.awards.overpayment(house.office.act(connection), ClaimId(house.claim["id"])) is None


def test_what_is_too_much_is_asked_of_whom_it_was_paid_to(house: House) -> None:
    house.advanced()
    house.granted()
    house.paid(170000000, to_employer=True)  # the bank's books: twenty more than was hers
    house.paid(80000000)
    with house.office.service.engine.connect() as connection:
        act = house.office.act(connection)
        hers = there(store.awards.overpayment(act, ClaimId(house.claim["id"])))
        assert hers.amount.minor == 6000000
    assert "200,000 kip too much went to you" in house.page()
    back = {"claim_id": house.claim["id"], "repayment_id": str(uuid.uuid4()), "received_on": "2025-05-30"}
    back |= {"amount": {"minor": 20000000, "currency": "LAK"}, "employer_id": house.employer}
    with house.office.service.engine.begin() as connection:
        event = SimpleNamespace(type="payments.repayment.received", data=back)
        feedback.repayment_received(house.office.act(connection), cast(Event, event))
    assert "too much went to you" not in house.page()
    with house.office.service.engine.connect() as connection:
        hers = there(store.awards.overpayment(house.office.act(connection), ClaimId(house.claim["id"])))
    assert hers.left.minor == 6000000, "what the employer gave back is not the worker's"


# --- pages -------------------------------------------------------------------------------------


def test_an_employer_says_it_on_her_page_and_sees_what_came_of_it(house: House) -> None:
    nok = Browser(house.office, house.nok)
    typed: Any = {"claim": house.claim["id"], "amount": "1,500,000", "first": "2/4/2025", "last": "1/5/2025"}
    typed |= {"paid_on": "2/5/2025", "paper": "payroll"}
    assert "This day lies ahead." in nok.send("/employer/advances?lang=en", 422, **(typed | {"paid_on": "2/6/2025"}))
    page = nok.send("/employer/advances?lang=en", **typed, key="say")
    assert "Waits for the worker’s word" in page
    assert "1,500,000" in page
    with house.office.service.engine.connect() as connection:
        one = connection.execute(select(t.advance)).one()
    house.granted()
    house.answers({"id": one.id})
    house.decides({"id": one.id}, house.office.officer)
    house.paid(150000000, to_employer=True)
    page = nok.open("/employer/advances?lang=en")
    assert "Paid back to you" in page
    assert "M54.5" not in page
    page = nok.send(
        "/employer/advances?lang=en",
        do="account",
        **TYPED_ACCOUNT,
    )
    assert "waits for a second person" in page


def test_the_desk_writes_down_takes_the_workers_word_and_a_second_person_decides(house: House) -> None:
    clerk, officer = Browser(house.office, house.office.clerk), Browser(house.office, house.office.officer)
    path = f"/desk/claims/{house.claim['id']}/advances?lang=en"
    typed: dict[str, Any] = {
        "do": "state",
        "employer": house.employer,
        "amount": "1500000",
        "first": "2/4/2025",
        "last": "1/5/2025",
    }
    page = clerk.send(path, **typed, paid_on="2/5/2025", paper="receipt 4")
    assert "receipt 4" in page
    with house.office.service.engine.connect() as connection:
        one = connection.execute(select(t.advance)).one()
    assert "Bounmy" in officer.open("/desk/advances?lang=en")
    assert "This is needed." in clerk.send(path, 422, do="contests", advance=one.id)
    clerk.send(path, do="contests", advance=one.id, why="Only half of it.", key="c")
    assert "Only half of it." in officer.open(path)
    clerk.send(path, 403, do="confirm", advance=one.id, why="no", key="d")
    house.granted()
    page = officer.send(path, do="confirm", advance=one.id, why="The receipt is signed.", key="e")
    assert "What goes to employers" in page
    clerk.send(path, do="account", employer=house.employer, **TYPED_ACCOUNT)
    with house.office.service.engine.connect() as connection:
        asked = connection.execute(select(t.employer_payee)).one()
    officer.send(f"/desk/advances/accounts/{asked.id}", do="confirm")
    assert "BCEL …8877" in officer.open(path)


def test_the_worker_is_asked_on_her_page_and_told_what_goes_where(house: House) -> None:
    house.states()
    phone = Phone(house.office)
    phone.open("/worker?lang=en")
    phone.come_in(house.claim)
    assert "Savan Silk Weaving says that you got this in advance" in phone.words
    with house.office.service.engine.connect() as connection:
        one = connection.execute(select(t.advance)).one()
    phone.send("/worker/advance", advance=one.id, do="true")
    assert "You have told us what you say to it." in phone.words
    house.decides({"id": one.id}, house.office.officer)
    house.granted()
    phone.open("/worker?lang=en")
    assert re.search(r"Goes to your employer ?1,500,000 kip", phone.words), phone.words
    assert "740,000" in phone.words
    other = submitted(house.office, house.office.someone("ນາງ ຄຳ", "Kham"))
    stranger = Phone(house.office)
    stranger.open("/worker?lang=en")
    stranger.come_in(other)
    stranger.send("/worker/advance", 404, advance=one.id, do="true")


# --- whatever is advanced, and whatever has moved ----------------------------------------------

NOK, MAI = EmployerId("nok"), EmployerId("mai")
DAY = date(2025, 5, 1)
A_CLAIM, A_PERSON, AN_AWARD = ClaimId("c"), PersonId("p"), AwardId("a")


def part(no: int, minor: int, first: int, length: int) -> Instalment:
    period = Period(DAY + timedelta(days=first), DAY + timedelta(days=first + length - 1))
    return Instalment(no, "allowance", period, period.last + timedelta(days=7), Money(minor, "LAK"))


def advance(n: int, employer: EmployerId, minor: int, first: int, length: int) -> Advance:
    period = Period(DAY + timedelta(days=first), DAY + timedelta(days=first + length - 1))
    who = {"stated_by": "x", "stated_name": "x", "stated_on": DAY, "answer_by": DAY}
    money = Money(minor, "LAK")
    return Advance(
        f"{n}", A_CLAIM, A_PERSON, employer, money, period, DAY, "paper", AdvanceState.CONFIRMED, **cast(Any, who)
    )


def moved(n: int, part_: Instalment, minor: int, employer: EmployerId | None) -> PaymentFact:
    days, state = part_.period, OrderState.SETTLED
    return PaymentFact(
        f"o{n}",
        AN_AWARD,
        A_CLAIM,
        A_PERSON,
        "",
        "allowance",
        part_.no,
        days,
        Money(minor, "LAK"),
        state,
        DAY,
        None,
        employer,
    )


def left(schedule: Sequence[Instalment], shared: Advanced) -> list[PaymentFact]:
    """What payments have told once these instalments have left, each part to whom it belonged."""
    facts: list[PaymentFact] = []
    for one in schedule:
        hers = shared.get(one.key, {})
        for to, minor in [*hers.items(), (None, one.amount.minor - sum(hers.values()))]:
            if minor:
                facts.append(moved(len(facts) + 1, one, minor, to))
    return facts


@st.composite
def schedules(draw: st.DrawFn) -> list[Instalment]:
    found, first = [], 0
    for no in range(1, draw(st.integers(1, 5)) + 1):
        length = draw(st.integers(1, 31))
        found.append(part(no, draw(st.integers(1, 10_000)), first, length))
        first += length
    return found


@st.composite
def advances(draw: st.DrawFn) -> list[Advance]:
    number = draw(st.integers(0, 4))
    days = (st.integers(-10, 120), st.integers(1, 90))
    one = st.tuples(st.sampled_from((NOK, MAI)), st.integers(1, 20_000), *days)
    return [advance(n, *draw(one)) for n in range(number)]


def sums(found: dict[Key, dict[EmployerId, int]]) -> dict[EmployerId, int]:
    whole: dict[EmployerId, int] = {}
    for given_ in found.values():
        for employer, minor in given_.items():
            whole[employer] = whole.get(employer, 0) + minor
    return whole


@given(schedules(), advances(), st.sampled_from((1, 100)))
def test_nobody_gets_more_than_she_advanced_nor_than_is_granted_and_the_parts_come_to_the_whole(
    schedule: list[Instalment], told: list[Advance], smallest: int
) -> None:
    found = allocate(schedule, (), (), {}, told, smallest)
    for one in schedule:
        hers = found.get(one.key, {})
        assert all(minor > 0 and minor % smallest == 0 for minor in hers.values())
        assert sum(hers.values()) <= one.amount.minor
    for employer, minor in sums(found).items():
        mine = [a for a in told if a.employer_id == employer]
        assert minor <= sum(a.amount.minor for a in mine)
        most = sum(
            one.amount.minor * days.length // one.period.length
            for one in schedule
            for a in mine
            if (days := one.period.overlap(a.period)) is not None
        )
        assert minor <= most
    assert allocate(schedule, (), (), found, told, smallest) == found, "asked again it is the same"


@given(schedules(), advances(), st.data())
def test_what_has_left_stays_where_it_went_and_nobody_is_paid_twice(
    schedule: list[Instalment], told: list[Advance], data: st.DataObject
) -> None:
    first = allocate(schedule, (), (), {}, told[:2])
    gone = data.draw(st.integers(0, len(schedule)))
    facts = left(schedule[:gone], first)
    closed = {one.key for one in schedule[:gone]}
    found = allocate(schedule, closed, facts, first, told)
    for one in schedule[:gone]:
        assert found.get(one.key, {}) == first.get(one.key, {}), "what has left is not redirected"
    for employer, minor in sums(found).items():
        assert minor <= sum(a.amount.minor for a in told if a.employer_id == employer)
    assert not any(share.too_much for share in shares(found, facts, {}).values())


@given(schedules(), advances(), st.integers(0, 4), st.integers(0, 200))
def test_a_version_that_cuts_the_past_otherwise_leaves_to_each_what_moved_to_her_as_far_as_it_is_due(
    schedule: list[Instalment], told: list[Advance], gone: int, percent: int
) -> None:
    first = allocate(schedule, (), (), {}, told)
    facts = left(schedule[:gone], first)
    now = [replace(one, amount=Money(one.amount.minor * percent // 100, "LAK")) for one in schedule]
    now = [one for one in now if one.amount.minor]
    closed = {one.key for one in now[:gone]}
    found = allocate(now, closed, facts, first, told)
    for one in now:
        assert sum(found.get(one.key, {}).values()) <= one.amount.minor
    if percent >= 100:
        assert not any(share.too_much for share in shares(found, facts, {}).values())
