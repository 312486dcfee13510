"""Which operators there are, as the environment names them: the first, and one that stands in for it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from urllib.parse import unquote, urlsplit

from services.notifications.gateways.http_line import HttpLine, HttpSettings
from services.notifications.gateways.line import FIRST, Line
from services.notifications.gateways.lines import Lines
from services.notifications.gateways.smpp_status import read_agreed
from services.notifications.gateways.sms import SmppLine, SmsSettings

#: The name of each line and what its settings begin with.
PREFIXES = {FIRST: "SMS_", "second": "SMS_SECOND_"}


def from_environment(env: Mapping[str, str] | None = None) -> Lines | None:
    """The operators named by SMS_… and SMS_SECOND_…; none without SMS_GATEWAY_URL.

    …GATEWAY_URL (smpp://system:password@host:port, or https://… for one over HTTP), …SENDER; with SMPP …QUERY_URL,
    …WINDOW, …STATUS_CODES; with HTTP …TOKEN, …CALLBACK_SECRET. Raises `SystemExit` with one clear sentence.
    """
    told = os.environ if env is None else env
    found = [line for name, prefix in PREFIXES.items() if (line := _line(name, prefix, told)) is not None]
    if found and found[0].name != FIRST:
        raise SystemExit("notifications: SMS_SECOND_GATEWAY_URL stands in for SMS_GATEWAY_URL, which is not set.")
    return Lines(found) if found else None


def _line(name: str, prefix: str, env: Mapping[str, str]) -> Line | None:
    url = env.get(f"{prefix}GATEWAY_URL")
    if not url:
        return None
    parts = urlsplit(url)
    sender = env.get(f"{prefix}SENDER", "Tideover")
    if parts.scheme in ("http", "https") and parts.hostname:
        secret = env.get(f"{prefix}CALLBACK_SECRET", "")
        if not secret:
            raise SystemExit(f"notifications: {prefix}CALLBACK_SECRET is not set; it signs the operator's receipts.")
        return HttpLine(HttpSettings(url.rstrip("/"), env.get(f"{prefix}TOKEN", ""), sender, secret, name=name))
    if parts.scheme != "smpp" or not parts.hostname:
        raise SystemExit(f"notifications: {prefix}GATEWAY_URL must look like smpp://system:password@host:port.")
    try:
        agreed = read_agreed(env.get(f"{prefix}STATUS_CODES", ""))
    except ValueError as wrong:
        raise SystemExit(f"notifications: {prefix}STATUS_CODES: {wrong}.") from None
    return SmppLine(
        SmsSettings(
            host=parts.hostname,
            port=parts.port or 2775,
            system_id=unquote(parts.username or "tideover"),
            password=unquote(parts.password or ""),
            sender=sender,
            query_url=env.get(f"{prefix}QUERY_URL") or None,
            window=int(env.get(f"{prefix}WINDOW", "20")),
            name=name,
            agreed=agreed,
        )
    )
