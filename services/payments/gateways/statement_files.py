"""One reader for whatever a bank gives: camt.052, camt.053, camt.054, MT940, MT942, wallets; by fetching or by hand."""

from __future__ import annotations

import os
from datetime import tzinfo
from zoneinfo import ZoneInfo

from services.payments.domain.statement import StatementFile
from services.payments.gateways import camt, mt940, wallet_statement


def read(file: bytes, zone: tzinfo | None = None) -> StatementFile:
    """All statements of a file, with the reason for each that cannot be read.

    Days are those of `zone`, by default the institution's (TIME_ZONE). Raises `FileUnreadable` when nothing of
    it can be read; its message is a code or says the line.
    """
    if mt940.looks_like(file):
        return mt940.read(file)
    if wallet_statement.looks_like(file):
        return wallet_statement.read(file)
    return camt.read(file, zone or ZoneInfo(os.environ.get("TIME_ZONE", "Asia/Vientiane")))
