"""The statement of an operator of wallets: JSON, one day of one account; amounts are decimal text, never numbers."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from services.payments.domain.statement import Statement, StatementFile, StatementLine, real_reference
from services.payments.gateways.wallet import REASONS
from services.payments.gateways.xml_in import LARGEST_FILE, FileUnreadable
from shared.money import Money


def looks_like(file: bytes) -> bool:
    """Whether a file is JSON, whatever its members are and in whatever order they come; SWIFT text begins `{1:`."""
    head = file[:400].lstrip(b"\xef\xbb\xbf \r\n\t")
    return head.startswith(b"{") and head[1:].lstrip().startswith((b'"', b"}"))


def read(file: bytes) -> StatementFile:
    """The statement of a file. An entry that cannot be read is named by its place. Raises `FileUnreadable`."""
    if len(file) > LARGEST_FILE:
        raise FileUnreadable("larger than 512 MB")
    try:
        said = json.loads(file.decode("utf-8-sig"))
        if said["kind"] != "wallet_statement":
            raise FileUnreadable("no_statement")
        currency, day = str(said["currency"]), date.fromisoformat(said["day"])
        opening, closing = (_amount(said[name], currency) for name in ("opening", "closing"))
        entries = list(said["entries"])
        account, name, final = str(said["account"]), str(said["id"])[:70], said["final"] is True
    except (ValueError, KeyError, TypeError, AttributeError) as wrong:
        raise FileUnreadable("no_statement") from wrong
    lines, unreadable = [], []
    for place, entry in enumerate(entries, 1):
        try:
            lines.append(_line(entry, place, currency, day))
        except (ValueError, KeyError, TypeError, AttributeError) as wrong:
            unreadable.append((place, f"{type(wrong).__name__}: {wrong}"[:120]))
    statement = Statement(
        statement_id=name,
        account=account,
        currency=currency,
        day=day,
        is_final=final,
        opening=opening,
        closing=closing,
        lines=tuple(lines),
        unreadable=tuple(unreadable),
        last_booked=max((line.booked_on for line in lines), default=None),
    )
    return StatementFile((statement,))


def _amount(told: Any, currency: str) -> Money:
    if not isinstance(told, str):
        raise ValueError("an amount that is no text")
    return Money.parse(told, currency)


def _line(entry: dict[str, Any], place: int, currency: str, day: date) -> StatementLine:
    kind = str(entry["kind"])
    reason = entry.get("reason")
    return StatementLine(
        bank_reference=real_reference(str(entry["id"])),
        amount=_amount(entry["amount"], currency),
        booked_on=date.fromisoformat(entry["day"]) if entry.get("day") else day,
        reference=real_reference(entry.get("reference")) or None,
        is_return=kind == "return",
        reason=REASONS.get(str(reason), "MS03") if kind == "return" else None,
        is_fee=kind == "fee",
        text=str(entry.get("text") or "")[:140],
        entry=place,
    )
