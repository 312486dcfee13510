"""Each answer carries only what the role needs."""

from __future__ import annotations

import pytest

from deploy.documents import readable

#: What tells of somebody's health, and who has to do with it.
HEALTH = {
    "facts",
    "papers",
    "GET /v1/claims/<uuid:claim_id>/assessment",
    "GET /v1/decisions/<uuid:decision_id>/letter-facts",
    "GET /v1/claims/<uuid:claim_id>/acknowledgement-facts",
}
#: What tells where somebody's money goes.
ACCOUNTS = {"holder", "payee_name"}


@pytest.mark.parametrize("role", ["payment_officer", "employer", "service:payments", "public"])
def test_health_is_nobodys_business_who_pays_or_employs(role: str) -> None:
    told = readable()
    assert set(told) >= HEALTH
    assert {name for name in HEALTH if role in told.get(name, set())} == set()


@pytest.mark.parametrize("role", ["employer", "worker", "public"])
def test_accounts_of_others_are_answered_to_nobody_outside(role: str) -> None:
    told = readable()
    assert set(told) >= ACCOUNTS
    assert {name for name in ACCOUNTS if role in told.get(name, set())} == set()


def test_an_employer_and_an_administrator_decide_nothing_and_see_no_decision() -> None:
    told = readable()
    for name in ("facts", "schedule"):
        assert told[name].isdisjoint({"employer", "administrator", "payment_officer"}), (name, told[name])
