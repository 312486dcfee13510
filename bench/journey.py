"""The whole journey for few and for many claims: the time of one claim must not grow with their number."""

from __future__ import annotations

import json
import time
import uuid

from bench.http import token_of
from bench.load import Ask, drive
from tests.journeys.processes import House, wait_until


def measure(house: House, count: int) -> float:
    """Seconds of one claim when `count` of them travel through all three services."""
    port = json.loads((house.data / "running.json").read_text())["ports"]["benefits"]
    token = token_of(house)
    people = [str(uuid.uuid4()) for _ in range(count)]

    def make(number: int) -> Ask:
        body = json.dumps({"id": str(uuid.uuid4()), "person": people[number], "name": "An"}).encode()
        return Ask("POST", "/v1/claims/counter", {"Content-Type": "application/json", "Idempotency-Key": uuid.uuid4().hex,
                                                  "Authorization": f"Bearer {token}"}, body)  # fmt: skip

    before = house.rows("notifications", "SELECT count(*) FROM effect")[0][0]
    began = time.perf_counter()
    drive(port, make, count).or_stop()
    wait_until(
        lambda: house.rows("notifications", "SELECT count(*) FROM effect")[0][0] - before == count,
        900,
        "all claims arrived",
    )
    return (time.perf_counter() - began) / count
