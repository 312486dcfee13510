"""The same claim over RabbitMQ: once with nothing dying in `make test`, the kill table in `make faults`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext

import pytest

from deploy.embedded.hands import Hands
from tests.journeys.processes import House
from tests.journeys.test_processes_claim import (
    BANK,
    LETTER,
    PEOPLE,
    POINTS,
    SENT,
    SMS,
    claimed,
    ends_well,
    paid,
    patient,
)

pytestmark = [pytest.mark.rabbitmq, pytest.mark.xdist_group("house-claim-rabbitmq")]
RELAY = "shared.broker:publish_batch"
ACK = "kombu.message:Message.ack"


@pytest.fixture(scope="module")
def house() -> Iterator[House]:
    with House(broker="rabbitmq", points=(*POINTS, RELAY, ACK)) as started:
        yield started


@pytest.fixture(scope="module")
def hands(house: House) -> Hands:
    return patient(Hands(house.address))


@pytest.fixture(scope="module")
def people() -> Iterator[dict[str, str]]:
    return iter(PEOPLE)


def _late(*values: str, name: str) -> object:
    return pytest.param(*values, id=name, marks=pytest.mark.faults)


KILLS = [
    pytest.param(None, "", "", id="nothing dies"),
    _late("benefits.app+relay", RELAY, "after", name="relay after the confirm, before marking"),
    _late("payments.app+relay", RELAY, "after", name="payments' relay after the confirm"),
    _late("payments.app+reader", ACK, "before", name="reader after the inbox, before the ack"),
    _late("payments.app+reader", "shared.messaging:_finish", "after", name="reader after the effect"),
    _late("payments.app+jobs", BANK, "before", name="before the bank has the file"),
    _late("payments.app+jobs", BANK, "after", name="after the bank has the file"),
    _late("payments.app+jobs", SENT, "after", name="before the intention is committed"),
    _late("notifications.app+jobs", SMS, "after", name="after the operator has the SMS"),
    _late("notifications.app+jobs", LETTER, "after", name="after the letter is drawn"),
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
        if who and who.startswith("payments.app+jobs"):
            paid(house, hands, claim, decision["total"]["minor"])
    ends_well(house, hands, person, claim, decision)
