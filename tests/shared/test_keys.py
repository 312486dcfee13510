"""A service's key speaks for that service, and only benefits opens sessions."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from joserfc import jwt

from shared.act import Actor
from shared.auth import Keys, NotSignedIn, make_keys, rotate

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


def test_keys_and_secrets_change_with_overlap(tmp_path: Path) -> None:
    """Who signed in before, and what stands on paper, goes on being right; after a second change it does not."""
    make_keys(tmp_path)
    actor = Actor("x", "account", frozenset({"officer"}), office="svk")
    before = Keys(tmp_path, "benefits")
    token, code = before.session_token(actor, csrf="c", now=NOW), before.digits("access 1")
    rotate(tmp_path, "benefits", NOW)
    now, elsewhere = Keys(tmp_path, "benefits"), Keys(tmp_path, "payments")
    fresh = now.session_token(actor, csrf="c", now=NOW)
    assert elsewhere.read(token, NOW)[0].id == elsewhere.read(fresh, NOW)[0].id == "x"
    assert now.digits("access 1") != code
    assert now.fits("access 1", code)
    assert now.fits("access 1", now.digits("access 1"))
    assert not now.fits("access 2", code)
    with pytest.raises(NotSignedIn):
        before.read(fresh, NOW)  # that is why the public keys go first
    rotate(tmp_path, "benefits", NOW.replace(day=22))
    later = Keys(tmp_path, "payments")
    with pytest.raises(NotSignedIn):
        later.read(token, NOW)
    assert later.read(fresh, NOW)[0].id == "x"
    assert not Keys(tmp_path, "benefits").fits("access 1", code)
    assert Keys(tmp_path, "payments").read(later.service_token("payments", NOW), NOW)[0].kind == "service"
