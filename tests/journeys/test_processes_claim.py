"""A sick-leave claim through the real services as processes: decision, money, letter and SMS, each exactly once."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext, suppress
from datetime import date, timedelta
from typing import Any

import pytest

from deploy.embedded.hands import SAMPLE, Hands
from tests.journeys.processes import House, wait_until

pytestmark = pytest.mark.xdist_group("house-claim")

#: Where processes of the product are killed: around the calls to the bank and the operator, and around commits.
BANK = "services.payments.gateways.iso_bank:IsoBank.submit"
SENT = "services.payments.usecases.sending:commit_sent"
SMS = "services.notifications.usecases.sending:_submit"
LETTER = "services.notifications.usecases.letters:_compose"
POINTS = (
    BANK,
    SENT,
    SMS,
    LETTER,
    "shared.messaging:mark_sent",
    "shared.messaging:_finish",
    "shared.web.app:_transact",
)
FACTS: dict[str, Any] = {
    "spell": {"first_day": "2025-02-03", "fit_on": "2025-04-19", "illness": "M54.5"},
    "certificates": [
        {"number": "K-1", "from": "2025-02-03", "to": "2025-03-18"},
        {"number": "K-2", "from": "2025-03-19", "to": "2025-04-18", "follow_up": True},
    ],
    "employments": [{"pay": "monthly", "wage_paid_until": "2025-03-04", "wage_stopped_word": "employer"}],
    "event": {"employer_days_used": 0},
}


def _people() -> Iterator[dict[str, str]]:
    """People of the office at Thafang who have no claim yet."""
    with (SAMPLE / "6-claims.csv").open(encoding="utf-8") as file:
        busy = {row["sso_no"] for row in csv.DictReader(file)}
    with (SAMPLE / "3-persons.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["office"] == "svk" and row["sso_no"] not in busy and row["sso_no"] > "10-0008" and row["phone"]:
                yield row


PEOPLE = list(_people())


@pytest.fixture(scope="module")
def house() -> Iterator[House]:
    with House(points=POINTS) as started:
        yield started


def patient(hands: Hands) -> Hands:
    """Signed in once (a second factor's code works once); their browsers send again what was not answered."""
    for name in ("khamla", "noy", "manivanh", "sisouk", "vilay", "daovone", "phet"):
        with suppress(AttributeError):
            hand = getattr(hands, name)
            hand.http.request = _again(hand.http.request)
    return hands


@pytest.fixture(scope="module")
def hands(house: House) -> Hands:
    return patient(Hands(house.address))


@pytest.fixture(scope="module")
def people() -> Iterator[dict[str, str]]:
    return iter(PEOPLE)


def claimed(hands: Hands, number: str, day: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Registered by a clerk and decided; every certificate gets its number from the person's."""
    certificates = [c | {"number": f"{number}-{c['number']}"} for c in FACTS["certificates"]]
    claim = hands.register(number, "sickness", day, FACTS | {"certificates": certificates})
    return claim, hands.decide(claim["id"])


def orders_of(hands: Hands, claim: dict[str, Any]) -> list[dict[str, Any]]:
    return hands.phet.get(f"/v1/orders?claim_id={claim['id']}")["items"]  # type: ignore[no-any-return]


def told(hands: Hands, what: str, claim: dict[str, Any]) -> list[dict[str, Any]]:
    """Letters or messages of a claim, as its officer sees them."""
    return hands.khamla.get(f"/v1/{what}?claim={claim['id']}")["items"]  # type: ignore[no-any-return]


def paid(house: House, hands: Hands, claim: dict[str, Any], total: int) -> list[dict[str, Any]]:
    """Let the days pass and two people release each run until the money of a claim has arrived.

    An order that the bank certainly never got ends as rejected, and its instalment is planned anew.
    """
    day = date.fromisoformat(house.data.joinpath("clock").read_text())
    last = day + timedelta(days=14)
    while day <= last:
        settled = [order for order in orders_of(hands, claim) if order["state"] == "settled"]
        if sum(order["amount"]["minor"] for order in settled) >= total:
            return settled
        if not hands.release_runs():
            day += timedelta(days=1)
        # The bank is asked a minute after it did not answer; the test does not sit through it.
        house.rows("payments", "UPDATE job SET due_at = now() WHERE kind = 'enquire_unknown' AND state = 'waiting'")
        house.tick(day.isoformat())
    states = [(o["state"], o["reason"], o["due_on"], o["sent_on"]) for o in orders_of(hands, claim)]
    raise AssertionError(f"not paid by {day}: {states}\n{house.last_words()}")


def ends_well(
    house: House, hands: Hands, person: dict[str, str], claim: dict[str, Any], decision: dict[str, Any]
) -> None:
    """One payment of each order, one letter, each SMS once, the amounts those of the decision."""
    orders = paid(house, hands, claim, decision["total"]["minor"])
    assert sum(order["amount"]["minor"] for order in orders) == decision["total"]["minor"] > 0
    moved = house.send("GET", "/bank/moved").json()
    assert {o["reference"] for o in orders} == {o["reference"] for o in orders_of(hands, claim)} & set(moved)
    for order in orders:
        assert moved[order["reference"]] == {"times": 1, "minor": order["amount"]["minor"]}
    letters = wait_until(
        lambda: [x for x in told(hands, "letters", claim) if x["decision_id"] == decision["id"]] or None,
        what="the letter",
    )
    assert letters is not None
    assert len(letters) == 1
    assert hands.khamla.get(f"/v1/letters/{letters[0]['id']}").startswith(b"%PDF")
    wait_until(
        lambda: all(m["state"] == "delivered" for m in told(hands, "messages", claim) if m["channel"] == "sms"),
        what="SMS delivered",
    )
    sent = [m for m in told(hands, "messages", claim) if m["channel"] == "sms"]
    kinds = sorted(m["template"] for m in sent)
    assert len(sent) >= 2 + len(orders), kinds
    received = house.rows("pretend_phone", "SELECT number, text FROM message WHERE number = %(n)s", n=person["phone"])
    assert len(received) == len(set(received)) == len(sent), (kinds, received)


KILLS = [
    pytest.param(None, "", "", id="nothing dies"),
    pytest.param("payments.app+worker", BANK, "before", id="before the bank has the file"),
    pytest.param("payments.app+worker", BANK, "after", id="after the bank has the file"),
    pytest.param("payments.app+worker", SENT, "after", id="before the intention is committed"),
    pytest.param("notifications.app+worker", SMS, "after", id="after the operator has the SMS"),
    pytest.param("notifications.app+worker", LETTER, "after", id="after the letter is drawn"),
    pytest.param("benefits.app+worker", "shared.messaging:mark_sent", "before", id="after an event was copied"),
    pytest.param("payments.app+worker", "shared.messaging:_finish", "after", id="after an effect"),
    pytest.param(
        "benefits.app:create_app",
        "shared.web.app:_transact",
        "after",
        id="after the commit, before the answer",
    ),
]


@pytest.mark.parametrize(("who", "point", "when"), KILLS)
def test_one_payment_one_letter_each_sms_once(
    house: House, hands: Hands, people: Iterator[dict[str, str]], who: str | None, point: str, when: str
) -> None:
    person = next(people)
    today = house.data.joinpath("clock").read_text()
    dying: AbstractContextManager[None] = house.killed(who, point, when) if who else nullcontext()
    with dying:
        claim, decision = claimed(hands, person["sso_no"], today)
        if point in (BANK, SENT):
            paid(house, hands, claim, decision["total"]["minor"])
    ends_well(house, hands, person, claim, decision)


def _again(request: Any) -> Any:
    import requests

    def send(*args: Any, **more: Any) -> Any:
        def answered() -> Any:
            try:
                answer = request(*args, **more)
            except requests.RequestException:
                return None
            return None if answer.status_code in (502, 503) else [answer]

        return wait_until(answered)[0]

    return send
