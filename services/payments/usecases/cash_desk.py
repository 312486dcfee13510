"""The channel of cash: its files are vouchers, its books are our own, and its statement is the count of the box.

It keeps the protocol of every channel, so that runs, silence and enquiry are one code. Because its books are ours, an
order that it does not know when asked never reached it (`knows_at_once`): a voucher is only ever issued, under the
lock of its order, while the order is sent and without an answer.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Engine, insert

from services.payments import store
from services.payments import tables as t
from services.payments.domain.cash import VoucherState
from services.payments.domain.order import OrderState
from services.payments.gateways.bank import BankStatus, Receipt, RunFile
from services.payments.gateways.no_line import NoLine
from services.payments.institution import Channel, PaymentSettings
from services.payments.usecases.answers import lock_order
from services.payments.usecases.moves import event_data
from shared import messaging
from shared.act import Act, service_actor
from shared.clock import Clock
from shared.money import Money

#: What becomes of a voucher, in the words of every channel.
CODES = {
    VoucherState.WAITING: BankStatus("ACSP"),
    VoucherState.PROVED: BankStatus("ACSP"),
    VoucherState.HANDED_OVER: BankStatus("ACSC"),
    VoucherState.EXPIRED: BankStatus("RJCT", "voucher_expired", ("voucher_expired",)),
}


class CashDesk(NoLine):
    """The counters of all offices as one channel."""

    channel = "cash"
    final_codes = frozenset({"ACSC"})
    refuses_late_files = True
    knows_at_once = True

    def __init__(self, engine: Callable[[], Engine], clock: Clock, figures: PaymentSettings) -> None:
        self.engine, self.clock, self.figures = engine, clock, figures

    def write(self, run: RunFile) -> bytes:
        said = {"message": run.message_id, "vouchers": [[p.reference, p.name] for p in run.payments]}
        return json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()

    def submit(self, message_id: str, file: bytes) -> Receipt:
        found = {}
        for reference, name in json.loads(file)["vouchers"]:
            with self.engine().begin() as connection:
                status = issue(self._act(connection), reference, name, self.figures.voucher_days)
            if status is not None:
                found[reference] = status
        return Receipt(message_id, None, found)

    def enquire(self, reference: str, uetr: str = "") -> BankStatus | None:
        with self.engine().begin() as connection:
            order = store.order_by_reference(connection, reference)
            voucher = store.voucher(connection, order.id) if order is not None else None
        return CODES[VoucherState(voucher.state)] if voucher is not None else None

    def known(self, references: Sequence[str]) -> frozenset[str]:
        return frozenset(reference for reference in references if self.enquire(reference) is not None)

    @property
    def figures_of(self) -> Channel:
        return self.figures.channel(self.channel)

    def check_funds(self, account: str, total: Money) -> bool:
        """Money for the counter is brought to each box; a voucher promises it, and waits while the box is empty."""
        return True

    def _act(self, connection: Any) -> Act:
        return Act(connection, service_actor("payments"), self.clock.now(), self.clock.today())


def issue(act: Act, reference: str, payee_name: str, days: int) -> BankStatus | None:
    """A voucher for an order that was sent and has no answer; the same voucher where it has one. None for any other
    order: what was meanwhile called never received gets none."""
    seen = store.order_by_reference(act.connection, reference)
    order = lock_order(act, seen.id) if seen is not None else None
    if order is None:
        return None
    known = store.voucher(act.connection, order.id)
    if known is not None:
        return CODES[VoucherState(known.state)]
    if order.channel != CashDesk.channel or order.state not in (OrderState.SENT, OrderState.UNKNOWN):
        return None
    until = act.today + timedelta(days=days)
    act.connection.execute(
        insert(t.voucher).values(
            order_id=order.id,
            number=_free_number(act),
            office_id=order.office_id,
            amount_minor=order.amount_minor,
            currency=order.currency,
            payee_name=payee_name,
            state=VoucherState.WAITING,
            issued_on=act.today,
            valid_until=until,
            code_no=1,
            tries=0,
            version=1,
        )
    )
    tell_issued(act, order, until)
    return CODES[VoucherState.WAITING]


def tell_issued(act: Act, order: Any, until: date) -> None:
    """That money waits at the counter; the code itself is fetched by whoever sends it."""
    data = event_data(order) | {"valid_until": until.isoformat()}
    messaging.post(
        act.about(order.claim_id), "payments.voucher.issued", subject=order.id, person=order.person_id, data=data
    )


def _free_number(act: Act) -> str:
    """Nine digits that no voucher has."""
    while True:
        number = f"{int.from_bytes(act.random(8), 'big') % 10**9:09d}"
        if store.voucher_numbered(act.connection, number) is None:
            return number
