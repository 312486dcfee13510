"""Lines of a statement that say what everybody expects, taken many at a time.

A booked debit of the very amount of an order that is on its way settles it. Most lines of a pay day are such lines;
what they do is what `statements.take_line` does for each, in a handful of statements. Every other line is left to it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import Row

from services.payments import store
from services.payments.domain.order import OrderState
from services.payments.domain.statement import KnownOrder, Match, Statement, StatementLine, match_line
from services.payments.usecases import statements
from services.payments.usecases.answers import run_follows
from services.payments.usecases.awards import replan
from services.payments.usecases.moves import move_orders
from shared.act import Act
from shared.ids import is_uuid
from shared.money import Money


@dataclass(frozen=True, slots=True)
class NewEntry:
    """An entry of which nothing is kept: its lines, the balance before it, and the parts that are contested."""

    lines: tuple[StatementLine, ...]
    before: int | None
    contested: frozenset[int] = frozenset()


def take_entries(act: Act, statement_id: str, statement: Statement, entries: Sequence[NewEntry]) -> None:
    """Keep these entries and do what their lines do, in the act's transaction: all of them or none."""
    expected = _expected(act, [line for e in entries for line in e.lines if line.part not in e.contested])
    rows, settled = [], list[tuple[Row[Any], date]]()
    for one in entries:
        for line in one.lines:
            order = expected.get((line.entry, line.part))
            if order is not None:
                rows.append(statements.line_values(act, statement_id, statement, line, one.before, order.id))
                if order.state in store.IN_FLIGHT:
                    settled.append((order, line.booked_on))
    store.add_lines(act.connection, statement_id, rows)
    for day in sorted({day for _, day in settled}):
        move_orders(act, [order for order, on in settled if on == day], OrderState.SETTLED, on=day)
    for run_id in sorted({order.run_id for order, _ in settled}):
        run_follows(act, run_id)
    for award_id in store.awards_to_plan(act.connection, [order.id for order, _ in settled]):
        replan(act, award_id)
    for one in entries:
        for line in one.lines:
            if (line.entry, line.part) not in expected:
                doubtful = line.part in one.contested
                statements.take_line(act, statement_id, statement, line, one.before, contested=doubtful)


def take_details(act: Act, statement_id: str, statement: Statement, entry: NewEntry, kept: Sequence[str]) -> bool:
    """An entry for which one line is kept that names nobody: what it tells in detail takes the place of that sum.

    The sum leaves suspense, its details do what they do, in every statement in which it stands. False where the line
    is another, or nothing is told in detail.
    """
    telling = [line for line in entry.lines if line.reference or line.uetr]
    old = store.sum_to_be_detailed(act.connection, kept[0]) if telling and len(kept) == 1 else None
    if old is None:
        return False
    statements.leaves_suspense(act, old)
    statements.mark(act, old.id, "told_in_detail")
    lines = tuple(replace(line, entry=old.entry, part=line.part or 1) for line in entry.lines)
    take_entries(act, old.statement_id, statement, [replace(entry, lines=lines, before=old.before_minor)])
    told_at = entry.lines[0].entry
    store.place_details(act.connection, old.id, old.statement_id, old.entry, statement_id, told_at)
    return True


def _expected(act: Act, lines: Collection[StatementLine]) -> dict[tuple[int, int], Row[Any]]:
    """By their place, the lines that settle an order and nothing else, with the order as it is, locked."""
    asked = [line for line in lines if line.amount.minor < 0 and not line.is_return and not line.is_fee]
    named = store.orders_named(
        act.connection,
        [line.reference for line in asked if line.reference],
        [line.uetr for line in asked if line.uetr and is_uuid(line.uetr)],
    )
    orders = {(line.entry, line.part): named.get(line.reference or "") or named.get(line.uetr or "") for line in asked}
    often = Counter(order_id for order_id in orders.values() if order_id)
    # Two lines about one order are looked at one after the other, as they were booked.
    once = {place: order_id for place, order_id in orders.items() if order_id and often[order_id] == 1}
    locked = store.lock_orders(act.connection, list(once.values()))
    before = store.matches_of(act.connection, list(locked))
    found = {}
    for line in asked:
        order = locked.get(once.get((line.entry, line.part), ""))
        if order is None:
            continue
        matches = before.get(order.id, frozenset())
        known = KnownOrder(
            OrderState(order.state),
            Money(order.amount_minor, order.currency),
            has_line=bool(matches & {Match.MATCHED, Match.AMOUNT_DIFFERS}),
            has_return_line=Match.RETURN in matches,
        )
        if match_line(line, known) is Match.MATCHED:
            found[line.entry, line.part] = order
    return found
