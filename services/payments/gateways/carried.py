"""A bank without a line: a person carries the file there, and what became of it comes back as a statement handed in.

It keeps the protocol of every channel, so that runs, release, parts and silence are one code. It is never asked and
never answers: an order stays sent until a statement tells of it, and because that is a person's word (decision 0121) a
second person releases each line that names an order.
"""

from __future__ import annotations

from collections.abc import Sequence

from services.payments.gateways import thai_banks
from services.payments.gateways.bank import BankStatus, Receipt, RunFile
from services.payments.gateways.no_line import NoLine
from services.payments.institution import Channel
from shared.money import Money


class CarriedFile(NoLine):
    """Files in the layout of one bank."""

    final_codes: frozenset[str] = frozenset()
    #: Nobody tells when the file came to the bank, so nobody can say that it never will.
    refuses_late_files = False
    knows_at_once = False

    def __init__(self, figures: Channel) -> None:
        self.figures, self.channel = figures, figures.name
        self.layout = thai_banks.LAYOUTS[figures.layout]

    def write(self, run: RunFile) -> bytes:
        return self.layout(run, self.figures.told)

    def submit(self, message_id: str, file: bytes) -> Receipt:
        """It is ready to be carried; about no order anything was said."""
        return Receipt(message_id, None)

    def enquire(self, reference: str, uetr: str = "") -> BankStatus | None:
        return None

    def known(self, references: Sequence[str]) -> frozenset[str]:
        return frozenset()

    @property
    def figures_of(self) -> Channel:
        return self.figures

    def check_funds(self, account: str, total: Money) -> bool:
        """Who carries the file knows what lies on the account."""
        return True
