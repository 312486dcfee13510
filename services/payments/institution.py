"""The figures of the institution, read once and checked: `institution.yaml`."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import time
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from services.payments.domain.bank_text import plain_account
from services.payments.domain.check import Limits, Takes
from shared.bank_days import BankCalendar, bank_days


@dataclass(frozen=True, slots=True)
class OwnAccount:
    """An account of the institution; there is one for each channel and currency."""

    channel: str
    bank: str
    currency: str
    number: str
    holder: str
    #: Whether its channel tells by statements what moved on it; else its books are our own.
    gives_statements: bool = True


@dataclass(frozen=True)
class Channel:
    """How one way for money to leave works: whom it reaches, its days, and what it takes in a file."""

    name: str
    #: Ways to receive money that it reaches: bank, wallet, cash.
    pays: frozenset[str]
    calendar: BankCalendar
    takes: Takes
    #: The banks to whose accounts it brings money; all where none is named.
    banks: frozenset[str] = frozenset()
    #: The layout of its files where a person carries them to the bank (`gateways/thai_banks.py`), and what the bank has
    #: told the institution for them: its company number, the kind of service.
    layout: str = ""
    told: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class PaymentSettings:
    central_office: str
    name: str
    accounts: tuple[OwnAccount, ...]
    lead_days: int
    limits: Limits
    hands: dict[str, int]
    second_from: dict[str, int]
    answer_seconds: int
    unanswered_after_seconds: int
    forget_payees_after_days: int
    #: What a bank may keep of a return without saying so; beyond it somebody looks.
    return_charges_most_percent: int
    #: How long a voucher can be collected at the counter.
    voucher_days: int
    #: How long events, messages and jobs are kept that are over.
    keep_messages_days: int
    #: Terms of kinds of data that are not the house's own (`store/retention.py`).
    retention: dict[str, Any]

    channels: tuple[Channel, ...]

    def reaching(self, kind: str, bank: str = "") -> Channel | None:
        """The channel that brings money to a bank account, a wallet or a counter; none where no channel does. One that
        names the bank of the account goes before one that names none."""
        reach = [c for c in self.channels if kind in c.pays and (not c.banks or bank in c.banks)]
        return min(reach, key=lambda c: not c.banks, default=None)

    def channel(self, name: str) -> Channel:
        """The figures of a channel. Raises `ValueError` where `institution.yaml` does not name it."""
        found = next((c for c in self.channels if c.name == name), None)
        if found is None:
            raise ValueError(f"institution.yaml: channels.{name} is missing")
        return found

    def account(self, channel: str, currency: str) -> OwnAccount | None:
        """The account from which a channel pays a currency, or none."""
        return next((a for a in self.accounts if (a.channel, a.currency) == (channel, currency)), None)

    def own(self, number: str) -> OwnAccount | None:
        """Our account with this number, however it is written, or none: then it is a stranger's."""
        return next((a for a in self.accounts if plain_account(a.number) == plain_account(number)), None)


def read(text: str) -> PaymentSettings:
    """Read and check the figures. Raises `ValueError` naming what is missing or not a whole number."""
    given: dict[str, Any] = yaml.safe_load(text)

    def whole(value: Any, name: str) -> int:
        if type(value) is not int or value < 0:
            raise ValueError(f"institution.yaml: {name} must be a whole number")
        return value

    def table(value: Any, name: str) -> dict[str, int]:
        return {str(k): whole(v, f"{name}.{k}") for k, v in dict(value).items()}

    try:
        approvals = dict(given["approvals"])
        return PaymentSettings(
            central_office=str(given["central_office"]),
            name=str(given["name"])[:140],
            accounts=tuple(OwnAccount(**a) for a in given["accounts"]),
            lead_days=whole(given["lead_days"], "lead_days"),
            limits=Limits(
                table(given["first_order_above"], "first_order_above"),
                whole(given["account_changed_days"], "account_changed_days"),
            ),
            hands={key: whole(approvals[key], f"approvals.{key}") for key in ("below", "from")},
            second_from=table(approvals["limit"], "approvals.limit"),
            answer_seconds=whole(given["answer_seconds"], "answer_seconds"),
            unanswered_after_seconds=whole(given["unanswered_after_seconds"], "unanswered_after_seconds"),
            forget_payees_after_days=whole(given["forget_payees_after_days"], "forget_payees_after_days"),
            channels=tuple(_channel(str(name), dict(figures)) for name, figures in dict(given["channels"]).items()),
            voucher_days=whole(given["voucher_days"], "voucher_days"),
            keep_messages_days=whole(given.get("keep_messages_days", 90), "keep_messages_days"),
            retention=dict(given.get("retention") or {}),
            return_charges_most_percent=whole(given["return_charges_most_percent"], "return_charges_most_percent"),
        )
    except KeyError as missing:
        raise ValueError(f"institution.yaml: {missing.args[0]} is missing") from None


def _channel(name: str, given: dict[str, Any]) -> Channel:
    """Read the figures of one channel. Raises `ValueError`, `KeyError`."""
    where = f"institution.yaml: channels.{name}"
    try:
        hour, minute = (int(part) for part in str(given["cut_off"]).split(":"))
        cut_off = time(hour, minute)
        re.compile(str(given["account_format"]))
    except (ValueError, re.error) as wrong:
        raise ValueError(f"{where}: {wrong}") from None
    return Channel(
        name=name,
        pays=frozenset(str(kind) for kind in given["pays"]),
        calendar=replace(bank_days(), cut_off=cut_off),
        takes=Takes(
            str(given["account_format"]),
            latin_names=given.get("latin_names") is True,
            letters=str(given.get("letters", "")),
        ),
        banks=frozenset(str(bank) for bank in given.get("banks", ())),
        layout=str(given.get("layout", "")),
        told={str(key): str(value) for key, value in dict(given.get("told", {})).items()},
    )


@cache
def institution() -> PaymentSettings:
    """The figures of this installation: INSTITUTION_FILE, or the file beside this one."""
    file = os.environ.get("INSTITUTION_FILE")
    return read(Path(file).read_text() if file else (Path(__file__).parent / "institution.yaml").read_text())
