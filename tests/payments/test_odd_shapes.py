"""Whatever is sent to payments, however odd, is taken or refused: it never is a fault on our side."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from services.payments import app as payments
from shared.act import ROLES, Actor
from shared.auth import Keys
from tests.odd_shapes import Knocker
from tests.payments.conftest import Town
from tests.there import there

EVERYBODY = Actor("everybody", "account", frozenset(ROLES), office="hq", name="Everybody")


def knocker(town: Town, keys_folder: Path, most: int) -> Knocker:
    """A pay office with a run that was paid, one that waits, and an order beside them."""
    award = town.award(town.person(), 90_000, 80_000)
    paid = town.pays()
    town.award(town.person(account="1100200300777"), 70_000)
    waiting = town.drafts()
    keys = Keys(keys_folder, "benefits")

    def headers() -> dict[str, str]:
        token = keys.session_token(EVERYBODY, csrf="c", now=town.clock.now(), second_factor=True)
        return {"Authorization": f"Bearer {token}"}

    app = payments.create_app(town.service)
    app.config["NO_LIMITS"] = True
    orders = [order.id for order in town.orders(award)]
    samples: dict[str, Any] = {"order_id": orders[-1], "claim_number": award["claim_number"], "pay_day": "2025-06-21"}
    ids = {"run_id": [waiting, paid], "order_id": orders, "day": ["2025-05-22"], "state": ["settled"]}
    return Knocker(app, headers, ids, samples, Path(there(payments.__file__)).parent, most)


def test_odd_bodies_and_forms_are_taken_or_refused(town: Town, keys_folder: Path) -> None:
    knocking = knocker(town, keys_folder, 40)
    knocking.bodies()
    knocking.forms()
    knocking.looks()
    assert knocking.knocks > 300
    assert not knocking.faults, "\n".join(knocking.faults[:40])


def test_odd_addresses_and_questions_are_answered(town: Town, keys_folder: Path) -> None:
    knocking = knocker(town, keys_folder, 20)
    knocking.queries()
    assert knocking.knocks > 500
    assert not knocking.faults, "\n".join(knocking.faults[:40])
