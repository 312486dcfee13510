"""RabbitMQ: the topology, the relay's batched confirms, the reader. No other file speaks AMQP for events."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import orjson
from kombu.connection import Connection
from kombu.entity import Exchange, Queue
from kombu.mixins import ConsumerMixin

from shared.logs import log
from shared.messaging import readers_of

EVENTS = Exchange("events", type="topic", durable=True)
DEAD = Exchange("events.dead", type="direct", durable=True)


def named(name: str, house: str) -> str:
    """A name of one house on a broker that several share."""
    return f"{house}.{name}" if house else name


def exchanges(house: str) -> tuple[Exchange, Exchange]:
    """Where a house's events go, and those nobody could take."""
    return (
        Exchange(named(EVENTS.name, house), type="topic", durable=True),
        Exchange(named(DEAD.name, house), type="direct", durable=True),
    )


SOURCES = ("/benefits", "/payments", "/notifications")
DELIVERY_LIMIT = 5


class NotConfirmed(ConnectionError):
    """The broker did not take a message; its outbox row stays unsent."""


def queue_of(reader: str, house: str = "") -> list[Queue]:
    """The quorum queue of a reading service, bound to all types of each source it reads."""
    name = named(f"{reader}.events", house)
    events, dead = exchanges(house)
    arguments = {
        "x-queue-type": "quorum",
        "x-delivery-limit": DELIVERY_LIMIT,
        "x-dead-letter-exchange": dead.name,
        "x-dead-letter-routing-key": name,
        "x-dead-letter-strategy": "at-least-once",
        "x-overflow": "reject-publish",
    }
    return [
        Queue(name, events, routing_key=f"{source[1:]}.#", durable=True, queue_arguments=arguments)
        for source in SOURCES
        if reader in readers_of(source)
    ]


def parked_queue_of(reader: str, house: str = "") -> Queue:
    return Queue(
        named(f"{reader}.events.parked", house),
        exchanges(house)[1],
        routing_key=named(f"{reader}.events", house),
        durable=True,
        queue_arguments={"x-queue-type": "quorum"},
    )


def declare_topology(connection: Connection, house: str = "") -> None:
    """Declare everything, the same from whichever process comes first."""
    with connection.channel() as channel:
        for exchange in exchanges(house):
            exchange(channel).declare()
        for reader in ("benefits", "payments", "notifications"):
            for queue in queue_of(reader, house):
                queue(channel).declare()
            parked_queue_of(reader, house)(channel).declare()


def open_connection(url: str) -> Connection:
    return Connection(
        url, heartbeat=10, transport_options={"read_timeout": 20, "write_timeout": 20, "connect_timeout": 5}
    )


class Publisher:
    """An open connection with one channel on which the broker confirms; after a fault it is not used again."""

    def __init__(self, connection: Connection, house: str = "") -> None:
        self.connection = connection
        self.exchange = exchanges(house)[0].name
        self.channel = connection.default_channel.connection.channel()
        self.channel.confirm_select()
        self.last_tag = 0
        self.open_tags: set[int] = set()
        self.unrouted: set[str] = set()
        self.refused = False
        self.channel.events["basic_ack"].add(self._settle)
        self.channel.events["basic_nack"].add(self._refuse)
        self.channel.events["basic_return"].add(self._come_back)

    def _settle(self, tag: int, multiple: bool) -> None:
        self.open_tags -= {known for known in self.open_tags if known == tag or (multiple and known <= tag)}

    def _refuse(self, tag: int, multiple: bool) -> None:
        self.refused = True
        self._settle(tag, multiple)

    def _come_back(self, _exception: Any, _exchange: str, _key: str, message: Any) -> None:
        self.unrouted.add(message.properties.get("message_id"))

    def send(self, row: Any) -> None:
        """Hand an outbox row over; its confirm is waited for by `settled`."""
        message = self.channel.prepare_message(
            orjson.dumps(row.body),
            content_type="application/cloudevents+json",
            content_encoding="utf-8",
            properties={"delivery_mode": 2, "message_id": str(row.event_id), "type": row.type},
        )
        self.last_tag += 1
        self.open_tags.add(self.last_tag)
        self.channel._basic_publish(message, exchange=self.exchange, routing_key=row.type, mandatory=True)

    def settled(self, timeout: float) -> None:
        """All confirms are there. Raises `NotConfirmed`."""
        while self.open_tags:
            try:
                self.connection.drain_events(timeout=timeout)
            except TimeoutError as late:
                raise NotConfirmed("no confirm in time") from late
        if self.refused:
            raise NotConfirmed("the broker refused a message")


def publish_batch(publisher: Publisher, rows: Iterable[Any], timeout: float = 15) -> list[int]:
    """Publish outbox rows and wait once for all confirms. Returns positions the broker has taken and routed.

    Raises `NotConfirmed` when the broker says no or does not answer: nothing may then be marked.
    """
    publisher.unrouted.clear()
    sent: dict[int, str] = {}
    for row in rows:
        publisher.send(row)
        sent[row.position] = str(row.event_id)
    publisher.settled(timeout)
    for position, event_id in sent.items():
        if event_id in publisher.unrouted:
            log.error("event_unrouted", event_id=event_id, position=position)
    return [position for position, event_id in sent.items() if event_id not in publisher.unrouted]


class Reader(ConsumerMixin):
    """Takes messages into the inbox and acknowledges only what is committed there."""

    def __init__(
        self, connection: Connection, reader: str, take: Callable[[dict[str, Any], bool], None], house: str = ""
    ) -> None:
        """`take(body, given_up)` stores a message; it may raise to have the broker deliver it again."""
        self.connection = connection
        self.reader, self.house = reader, house
        self.take = take
        self.connect_max_retries = None

    def get_consumers(self, consumer: Any, channel: Any) -> list[Any]:
        declare_topology(self.connection, self.house)
        parked = [parked_queue_of(self.reader, self.house)]
        return [
            consumer(queues=queue_of(self.reader, self.house), callbacks=[self._live], prefetch_count=100, accept=None),
            consumer(queues=parked, callbacks=[self._dead], prefetch_count=10, accept=None),
        ]

    def _live(self, _: Any, message: Any) -> None:
        self._store(message, False)

    def _dead(self, _: Any, message: Any) -> None:
        self._store(message, True)

    def _store(self, message: Any, given_up: bool) -> None:
        raw = message.body
        try:
            body = orjson.loads(raw)
            if not isinstance(body, dict):
                raise ValueError
        except ValueError:
            body = {
                "id": message.properties.get("message_id"),
                "source": "?",
                "type": "?",
                "broken": repr(raw)[:200],
            }
        self.take(body, given_up)
        message.ack()

    def on_connection_error(self, exc: BaseException, interval: float) -> None:
        log.warning("broker_away", again_in=interval)
