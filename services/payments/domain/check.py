"""What a payment officer should know about an order before it leaves: warnings, and reasons to hold.

A warning is judged by a person and then no longer stands in the way; a hold takes the order out of the
run until its reason is gone.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from services.payments.domain.bank_text import latin_name, plain_account
from services.payments.domain.run import account_fingerprint
from shared.money import Money


@dataclass(frozen=True, slots=True)
class Account:
    """Where money goes: a bank account, a wallet, or a cash point."""

    kind: str  # bank | wallet | cash
    bank: str
    number: str
    holder: str

    @property
    def fingerprint(self) -> str:
        return account_fingerprint(self.kind, self.bank, self.number)


@dataclass(frozen=True, slots=True)
class Payee:
    """Who is paid, as benefits answered when the run was checked."""

    person_id: str
    name: str
    latin: str | None
    account: Account | None
    changed_on: date | None


@dataclass(frozen=True, slots=True)
class Warning:
    """A sentence of the catalogue (`code`) with what it needs to be said."""

    code: str
    params: Mapping[str, str] = field(default_factory=dict)

    def json(self) -> dict[str, object]:
        return {"code": self.code, "params": dict(self.params)}


@dataclass(frozen=True, slots=True)
class Past:
    """What was paid to this person before for the same component; none where this is the first."""

    last_amount: Money | None = None
    last_run: str | None = None
    last_fingerprint: str | None = None
    #: Fingerprints of accounts to which money for this person came back or was refused.
    failed_fingerprints: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Limits:
    """Figures of the institution (`institution.yaml`)."""

    first_order_minor: Mapping[str, int]
    account_changed_days: int


@dataclass(frozen=True, slots=True)
class CheckFinding:
    """The outcome of looking at one order: hold it with this reason, or pay it knowing these."""

    hold: str | None = None
    warnings: tuple[Warning, ...] = ()


@dataclass(frozen=True, slots=True)
class Takes:
    """What the channel takes in a file: accounts that match a pattern, and any name or Latin letters only."""

    account_format: str
    latin_names: bool = False
    #: The letters in which its files are written ("cp874"); a name in others goes in its Latin form.
    letters: str = ""

    def account(self, account: Account) -> bool:
        """Whether the bank can take this account, however it was typed."""
        if account.kind == "cash":
            return True  # whoever comes to the counter is looked at there
        plain = plain_account(account.number)
        return re.fullmatch(self.account_format, plain) is not None and plain.strip("0") != ""

    def name_of(self, payee: Payee) -> str | None:
        """The payee's name as it goes to the bank; none where it cannot be written in its letters."""
        return self.name(payee.name, payee.latin)

    def name(self, full: str, latin: str | None) -> str | None:
        """The same of a name and its Latin form."""
        return latin_name(full, latin) if self.latin_names or not self._writes(full) else full

    def _writes(self, name: str) -> bool:
        try:
            name.encode(self.letters or "utf-8")
        except UnicodeEncodeError:
            return False
        return True


def hold_reason(payee: Payee, past: Past, takes: Takes | None, *, failed_before: bool) -> str | None:
    """Why this order cannot be paid now, or none. `takes` is what the channel that reaches the account takes, none
    where no channel does; `failed_before`: the order stands for one that failed."""
    account = payee.account
    if account is None or (account.kind != "cash" and not account.number.strip()):
        return "no_account"
    if takes is None:
        return "no_channel"
    if not takes.account(account):
        return "account_unreadable"
    if takes.name_of(payee) is None:
        return "name_not_latin"
    if failed_before and account.fingerprint in past.failed_fingerprints:
        return "account_refused"
    return None


def look_at(
    amount: Money,
    payee: Payee,
    past: Past,
    limits: Limits,
    today: date,
    *,
    kind: str,
    name_match: str,
    bank_name: str | None = None,
) -> tuple[Warning, ...]:
    """The warnings of one order, the gravest first. `name_match` is the bank's code (RCVC, RVMC, RVNM, RVNA)."""
    found: list[Warning] = []
    account = payee.account
    if name_match == "RVNM":
        found.append(Warning("bank_name_differs", {"name": bank_name or ""}))
    elif name_match == "RVMC":
        found.append(Warning("bank_name_close", {"name": bank_name or ""}))
    if payee.changed_on is not None and 0 <= (today - payee.changed_on).days <= limits.account_changed_days:
        found.append(Warning("account_changed", {"on": payee.changed_on.isoformat()}))
    elif account and past.last_fingerprint and past.last_fingerprint != account.fingerprint:
        found.append(Warning("account_other_than_last_time"))
    limit = limits.first_order_minor.get(amount.currency)
    if past.last_amount is None and limit is not None and amount.minor > limit:
        found.append(Warning("first_order_above", {"limit": Money(limit, amount.currency).decimal()}))
    if kind == "reissue":
        found.append(Warning("paid_again_after_return"))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Comparison:
    """An order beside the person's last one."""

    last: Money | None
    difference_minor: int | None

    @property
    def is_new(self) -> bool:
        return self.last is None

    @property
    def differs(self) -> bool:
        return bool(self.difference_minor)


def compare(amount: Money, past: Past) -> Comparison:
    """What changed against the last order of the same person and component."""
    if past.last_amount is None or past.last_amount.currency != amount.currency:
        return Comparison(None, None)
    return Comparison(past.last_amount, amount.minor - past.last_amount.minor)
