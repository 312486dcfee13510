"""States of an order as the queries name them."""

from __future__ import annotations

from services.payments.domain import order as orders

MOVED = tuple(orders.MOVED)
IN_FLIGHT = tuple(orders.IN_FLIGHT)
UNSENT = tuple(orders.UNSENT)

#: Where a live order stands (`order.LIVE`): the column that the database keeps, which its indexes name instead of the
#: state, so that an order that moves on its way is written into none of them.
LIVE = "live"
