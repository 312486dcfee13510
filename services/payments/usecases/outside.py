"""Whom payments talks to beyond its own tables: a gateway for money, benefits for payees, the institution's figures."""

from __future__ import annotations

from dataclasses import dataclass

from services.payments.gateways.bank import Bank
from services.payments.gateways.payees import Payees
from services.payments.institution import Institution


@dataclass
class Outside:
    """Wired in `app.py`; tests hand in their own. None of its calls is made inside a transaction."""

    bank: Bank
    payees: Payees
    institution: Institution
