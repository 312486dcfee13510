"""Two houses on one RabbitMQ do not read each other's queues."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace

import pytest

from deploy.embedded.rabbitmq import RabbitMQ, private
from shared import broker

pytestmark = [pytest.mark.rabbitmq, pytest.mark.xdist_group("two-houses")]


@pytest.fixture(scope="module")
def rabbitmq() -> Iterator[RabbitMQ]:
    server = private()
    server.start()
    yield server
    server.remove()


def test_what_one_house_tells_the_other_does_not_hear(rabbitmq: RabbitMQ) -> None:
    row = SimpleNamespace(position=1, event_id="e-1", type="benefits.award.granted", body={"id": "e-1"})
    with broker.open_connection(rabbitmq.url()) as connection, connection.channel() as channel:
        for house in ("svk", "cps", ""):
            broker.declare_topology(connection, house)
        assert broker.publish_batch(broker.Publisher(connection, "svk"), [row]) == [1]
        waiting = {
            house: channel.queue_declare(broker.queue_of("payments", house)[0].name, passive=True).message_count
            for house in ("svk", "cps", "")
        }
    assert waiting == {"svk": 1, "cps": 0, "": 0}
