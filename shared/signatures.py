"""The signature of a call-back: `t=SECONDS,v1=HEX`, HMAC-SHA256 of `SECONDS.BODY` under a secret that both know.

Several secrets may hold at once, so that one can be changed while the other still signs. A signature is of its moment:
beyond `TOLERANCE_SECONDS` it is refused, whoever plays it again.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable
from datetime import datetime

TOLERANCE_SECONDS = 300


def sign(secret: str, at: datetime, body: bytes) -> str:
    """The header for a body sent at a moment."""
    moment = str(int(at.timestamp()))
    return f"t={moment},v1={_digest(secret, moment, body)}"


def is_signed(header: str, body: bytes, secrets: Iterable[str], now: datetime) -> bool:
    """Whether the header is a signature of this body, made lately, under one of the secrets."""
    parts = dict(part.strip().split("=", 1) for part in header.split(",") if "=" in part)
    moment, told = parts.get("t", ""), parts.get("v1", "")
    if not (moment.isascii() and moment.isdigit() and len(moment) <= 12):
        return False
    if abs(int(now.timestamp()) - int(moment)) > TOLERANCE_SECONDS:
        return False
    good = [hmac.compare_digest(_digest(secret, moment, body).encode(), told.encode()) for secret in secrets if secret]
    return any(good)


def _digest(secret: str, moment: str, body: bytes) -> str:
    return hmac.new(secret.encode(), moment.encode() + b"." + body, hashlib.sha256).hexdigest()
