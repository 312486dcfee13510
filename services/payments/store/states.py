"""States of an order as the queries name them."""

from __future__ import annotations

from services.payments.domain import order as orders

MOVED = tuple(orders.MOVED)
IN_FLIGHT = tuple(orders.IN_FLIGHT)
UNSENT = tuple(orders.UNSENT)
