"""From the commit of an event to its effect in the next service, and over three services, at a steady rate."""

from __future__ import annotations

import json
import uuid

from bench.cpu import spending
from bench.http import token_of
from bench.load import Ask, drive, percentile
from tests.journeys.processes import House, wait_until

PER_SECOND = 20
#: How much more than by the embedded carrier an event may cost over RabbitMQ.
AT_MOST = 1.5


def measure(house: House, count: int = 400) -> tuple[dict[str, tuple[float, float]], dict[str, float]]:
    """p50 and p95 in milliseconds: to the next service, and to the third (with a job and a bank between); and the
    milliseconds of processor time per event of each part of the house."""
    token = token_of(house)
    port = json.loads((house.data / "running.json").read_text())["ports"]["benefits"]
    people = [str(uuid.uuid4()) for _ in range(count)]

    def make(number: int) -> Ask:
        body = json.dumps({"id": str(uuid.uuid4()), "person": people[number], "name": "An"}).encode()
        return Ask(
            "POST",
            "/v1/claims/counter",
            {
                "Content-Type": "application/json",
                "Idempotency-Key": uuid.uuid4().hex,
                "Authorization": f"Bearer {token}",
            },
            body,
        )

    with spending(house) as spent:
        drive(port, make, count, per_second=PER_SECOND)
        for service in ("payments", "notifications"):
            wait_until(
                lambda s=service: (
                    house.rows(s, "SELECT count(*) FROM effect WHERE person = ANY(%(p)s)", p=people)[0][0] == count
                ),  # type: ignore[misc]
                what="all effects",
            )
    written = dict(house.rows("benefits", "SELECT person, written_at FROM outbox WHERE person = ANY(%(p)s)", p=people))
    found = {}
    for service, name in (
        ("payments", "to the next service"),
        ("notifications", "to the third, past a job and the bank"),
    ):
        at = house.rows(service, "SELECT person, at FROM effect WHERE person = ANY(%(p)s)", p=people)
        waits = [(moment - written[person]).total_seconds() * 1000 for person, moment in at]
        found[name] = (percentile(waits, 0.50), percentile(waits, 0.95))
    events = sum(house.rows(s, "SELECT count(*) FROM outbox")[0][0] for s in ("benefits", "payments", "notifications"))
    return found, {part: seconds * 1000 / events for part, seconds in spent.items()}
