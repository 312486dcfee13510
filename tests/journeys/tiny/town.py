"""What a test says to the tiny services, and what must be true in the end."""

from __future__ import annotations

import uuid

from tests.journeys.processes import House, wait_until

#: Where processes of the tiny services may be killed.
POINTS = (
    "shared.messaging:mark_sent",
    "shared.messaging:receive",
    "shared.messaging:carry_out_next",
    "shared.messaging:_finish",
    "shared.messaging:post",
    "shared.broker:publish_batch",
    "kombu.message:Message.ack",
    "shared.jobs:look_at",
    "celery.app.base:Celery.send_task",
    "tests.journeys.tiny.parts:note",
    "tests.journeys.tiny.parts:call_bank",
    "shared.web.app:_transact",
    "shared.web.app:_record",
)


def new_person() -> str:
    return str(uuid.uuid4())


def submit(house: House, person: str, claim: str | None = None) -> str:
    """A claim that somebody sends until it is taken."""
    claim = claim or str(uuid.uuid4())
    answer = house.insist("POST", "/v1/claims", json={"id": claim, "person": person, "name": "An"}, key=claim)
    assert answer.status_code == 201, answer.text
    return claim


def effects(house: House, service: str, person: str) -> list[int]:
    """The sequence numbers that took effect for a person, in the order in which they did."""
    rows = house.rows(service, "SELECT sequence FROM effect WHERE person = %(p)s ORDER BY number", p=person)
    return [int(row[0]) for row in rows]


def arrived(house: House, person: str, claims: int) -> bool:
    return all(len(effects(house, service, person)) >= claims for service in ("payments", "benefits", "notifications"))


def ends_well(house: House, person: str, claims: int = 1) -> None:
    """Each claim had each effect exactly once, in order, and the bank paid each order once."""
    try:
        wait_until(lambda: arrived(house, person, claims), what="everything arrived")
    except AssertionError as late:
        seen = {s: effects(house, s, person) for s in ("payments", "benefits", "notifications")}
        raise AssertionError(f"{late}\n{seen}\n{house.last_words()}") from None
    for service in ("payments", "benefits", "notifications"):
        assert effects(house, service, person) == list(range(1, claims + 1)), service
    orders = house.rows("payments", "SELECT key, state FROM job WHERE payload->>'person' = %(p)s", p=person)
    assert len(orders) == claims
    assert all((house.folder / f"paid-{key}").exists() for key, _ in orders)
    paid = house.rows(
        "payments",
        "SELECT count(*) FROM outbox WHERE person = %(p)s AND type = 'payments.instalment.paid'",
        p=person,
    )
    assert paid == [(claims,)]


def calls(house: House, person: str) -> int:
    """How often the bank was called for a person's orders."""
    keys = {key for (key,) in house.rows("payments", "SELECT key FROM job WHERE payload->>'person' = %(p)s", p=person)}
    return sum(line in keys for line in (house.folder / "bank-calls").read_text().split())
