"""A service's key speaks for that service, and only benefits opens sessions."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from joserfc import jwt

from shared.act import Actor
from shared.auth import Keys, NotSignedIn

NOW = datetime(2025, 4, 21, 3, tzinfo=UTC)


def test_another_services_key_opens_no_session_in_benefits_name(keys_folder: Path) -> None:
    """Whoever holds the key of payments signs a session that says it is of benefits."""
    payments, benefits = Keys(keys_folder, "payments"), Keys(keys_folder, "benefits")
    actor = Actor("x", "account", frozenset({"supervisor"}), office="svk")
    good = benefits.session_token(actor, csrf="c", now=NOW)
    assert payments.read(good, NOW)[0].roles == {"supervisor"}
    claims = jwt.decode(good, payments.public, algorithms=["ES256"]).claims
    forged = jwt.encode({"alg": "ES256", "kid": "payments"}, claims, payments.private)
    with pytest.raises(NotSignedIn):
        payments.read(forged, NOW)
    with pytest.raises(NotSignedIn):
        benefits.read(forged, NOW)
