"""Whom payments talks to beyond its own tables: a gateway for money, benefits for payees, the institution's figures."""

from __future__ import annotations

from dataclasses import dataclass

from services.payments.domain.check import Account, Payee, Takes
from services.payments.gateways.bank import Bank
from services.payments.gateways.payees import Payees
from services.payments.institution import Channel, PaymentSettings


@dataclass
class Outside:
    """Wired in `app.py`; tests hand in their own. None of its calls is made inside a transaction."""

    bank: Bank
    payees: Payees
    institution: PaymentSettings
    #: The other channels beside the bank.
    others: tuple[Bank, ...] = ()

    def gateway(self, channel: str) -> Bank:
        """The gateway of a channel. Raises `LookupError` where this installation has none of that name."""
        found = next((g for g in (self.bank, *self.others) if g.channel == channel), None)
        if found is None:
            raise LookupError(f"no gateway for channel {channel}")
        return found

    def reaching(self, account: Account) -> Channel | None:
        """The channel that brings money to an account and has a gateway here, or none."""
        found = self.institution.reaching(account.kind, account.bank)
        wired = found is not None and any(g.channel == found.name for g in (self.bank, *self.others))
        return found if wired else None

    def takes_of(self, payee: Payee) -> Takes | None:
        """What the channel of a payee takes; none where none reaches her."""
        channel = self.reaching(payee.account) if payee.account is not None else None
        return channel.takes if channel is not None else None
