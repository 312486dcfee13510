"""What the three tiny services share: they know nothing but shared/, and write down what happens to them.

Benefits takes a claim and grants money; payments opens an order and tells the bank by a job; when the bank
has it, benefits and notifications hear of it. The bank and the poison are ordinary files in a folder that
the test owns (TINY_FOLDER): the bank keeps one line for each call, as an outside party would.
"""

from __future__ import annotations

import os
import uuid
from pathlib import Path
from typing import Any

from sqlalchemy import BigInteger, Column, DateTime, Identity, Integer, Table, Text, func, select, text
from sqlalchemy.dialects.postgresql import insert

from shared import jobs, messaging
from shared.act import Act
from shared.clock import Clock
from shared.events import Event
from shared.ids import payment_reference
from shared.messaging import Handler
from shared.process import Service
from shared.settings import Settings
from shared.tables import with_common_tables

HERE = Path(__file__).parent
metadata = with_common_tables()
effect = Table(
    "effect",
    metadata,
    Column("number", BigInteger, Identity(always=True), primary_key=True),
    Column("event_id", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("person", Text, nullable=False),
    Column("sequence", BigInteger, nullable=False),
    Column("pid", Integer, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False, server_default=text("clock_timestamp()")),
)
claim = Table(
    "claim",
    metadata,
    Column("id", Text, primary_key=True),
    Column("person", Text, nullable=False),
    Column("name", Text, nullable=False),
)
told = Table("told", metadata, Column("order_id", Text, primary_key=True), Column("tries", Integer, nullable=False))


def folder() -> Path:
    return Path(os.environ["TINY_FOLDER"])


def note(act: Act, event: Event) -> None:
    """The effect: a row with no guard of its own against doubles or wrong order."""
    if (folder() / f"poison-{event.partitionkey}").exists():
        raise ZeroDivisionError("poisoned")
    if (folder() / f"refuse-{event.partitionkey}").exists():
        raise messaging.Refused("not_for_us")
    act.connection.execute(
        effect.insert().values(
            event_id=event.id,
            type=event.type,
            person=event.partitionkey,
            sequence=event.sequence,
            pid=os.getpid(),
        )
    )


def _id(*parts: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_OID, " ".join(parts)))


def grant(act: Act, claim_id: str, person: str, name: str = "An") -> None:
    """Benefits: keep the claim once, and say that money was granted."""
    if act.connection.execute(
        insert(claim).values(id=claim_id, person=person, name=name).on_conflict_do_nothing()
    ).rowcount:
        money = {"minor": 125000, "currency": "LAK"}
        messaging.post(
            act.about(claim_id),
            "benefits.award.granted",
            subject=claim_id,
            person=person,
            data={
                "claim_id": claim_id,
                "claim_number": "250000000161",
                "person_id": person,
                "office_id": "vte",
                "decision_id": _id("decision", claim_id),
                "award_id": _id("award", claim_id),
                "version": 1,
                "currency": "LAK",
                "instalments": [],
                "total": money,
            },
        )


def open_order(act: Act, event: Event) -> None:
    """Payments: one order for each award, and a job to tell the bank."""
    note(act, event)
    order_id = _id("order", event.data["award_id"])
    jobs.post_job(act, "tell_bank", key=order_id, payload={"data": event.data, "person": event.partitionkey})


def _order(order_id: str, data: dict[str, Any]) -> dict[str, Any]:
    return {
        "order_id": order_id,
        "reference": payment_reference(lambda n: uuid.UUID(order_id).bytes[:n].ljust(n, b"\0")),
        "award_id": data["award_id"],
        "claim_id": data["claim_id"],
        "claim_number": data["claim_number"],
        "person_id": data["person_id"],
        "office_id": data["office_id"],
        "component": "sickness",
        "no": 1,
        "amount": data["total"],
    }


def call_bank(order_id: str) -> None:
    """The outside call: the bank writes the order down, and knows one it has seen."""
    with (folder() / "bank-calls").open("a") as calls:
        calls.write(order_id + "\n")
    try:
        (folder() / f"paid-{order_id}").touch(exist_ok=False)
    except FileExistsError:
        pass


def tell_bank(run: jobs.JobRun) -> None:
    """Intention first, then the call outside any transaction, then the result."""
    with run.begin() as act:
        put = insert(told).values(order_id=run.key, tries=1)
        act.connection.execute(put.on_conflict_do_update(index_elements=["order_id"], set_={"tries": told.c.tries + 1}))
    call_bank(run.key)
    with run.begin() as act:
        act.connection.execute(select(func.pg_advisory_xact_lock(77)))
        data = _order(run.key, run.payload["data"]) | {"paid_on": act.today.isoformat()}
        if not act.connection.scalar(
            text("SELECT 1 FROM outbox WHERE type = 'payments.instalment.paid' AND body->>'subject' = :s"),
            {"s": run.key},
        ):
            messaging.post(act, "payments.instalment.paid", subject=run.key, person=run.payload["person"], data=data)


HANDLERS: dict[str, dict[str, Handler]] = {
    "benefits": {"payments.instalment.paid": note},
    "payments": {"benefits.award.granted": open_order},
    "notifications": {"payments.instalment.paid": note},
}


def make(name: str) -> Service:
    return Service(
        name=name,
        folder=HERE,
        handlers=HANDLERS[name],
        jobs={"tell_bank": tell_bank} if name == "payments" else {},
        settings=Settings.from_environment(name),
        clock=Clock.from_environment(),
    )
