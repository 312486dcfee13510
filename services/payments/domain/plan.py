"""From a schedule and the orders there are to the orders there should be.

Pure, and the same whatever happened in between: run it again and it asks for nothing. It is the only
place that decides that something is to be paid.

Three rules keep money from leaving twice:

1. What has been sent counts as paid until the bank says that it was not.
2. An instalment whose order is in flight gets no second order, not even for a difference; the
   difference waits until the bank has answered.
3. No instalment is ever paid beyond its target, and the *past* of an award is looked at as one sum:
   where a revision cuts the same money into other instalments, nothing of it is paid anew.

An instalment may have parts: an employer's who advanced it, and the person's, each with orders of its own. The
rules above are kept for all parts together, so that what went to one is never paid again to the other.

The past of a version is fixed when the version arrives (`past_at_arrival`), so that the answer does
not depend on the day on which we look again. If more has moved in the past than is now due, nothing is
taken from later instalments: that would be recovery, which needs a decision, and deciding is done in
benefits, which then sends a version with smaller instalments. What she pays back counts as not moved.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from services.payments.domain.order import IN_FLIGHT, MOVED, UNSENT, AnnouncedInstalment, Key, Order, OrderState

#: Held so when a bank refused or returned with a code that no row explains.
HOLD_FOR_A_LOOK = "refused_for_a_look"
#: The reason of an order that the bank cancelled after it was sent; our own cancellations have others.
CANCELLED_BY_BANK = "cancelled_by_bank"


@dataclass(frozen=True, slots=True)
class Schedule:
    """The whole schedule of an award in its latest version."""

    award_id: str
    version: int
    currency: str
    instalments: tuple[AnnouncedInstalment, ...]
    #: Instalments, each as a whole, that belonged to the past when this version arrived.
    past: frozenset[Key] = frozenset()
    ended: bool = False


@dataclass(frozen=True, slots=True)
class Opening:
    """An order that should be there and is not."""

    key: Key
    amount_minor: int
    due_on: date
    #: instalment (whole), arrears (a difference) or reissue (after a refusal or a return).
    kind: str
    #: The refused or returned order that this one stands for.
    replaces: str | None = None
    #: Set where the order must wait for somebody first.
    hold: str | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """What to do so that orders and schedule agree again."""

    cancel: tuple[str, ...] = ()
    open: tuple[Opening, ...] = ()
    #: Differences that wait for an answer about an order in flight, in minor units.
    waiting: Mapping[Key, int] = field(default_factory=dict)
    #: Returned orders whose money will not be paid out again.
    kept: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not self.cancel and not self.open


def past_at_arrival(instalments: Iterable[AnnouncedInstalment], orders: Iterable[Order], today: date) -> frozenset[Key]:
    """The instalments that a version finds in the past.

    Due by today; or numbered not after the last one that moved; or beginning not after the last day that
    was paid, for a new version may number and date the same days differently.
    """
    moved_up_to: dict[str, int] = defaultdict(int)
    paid_until: dict[str, date] = defaultdict(lambda: date.min)
    for order in orders:
        if order.state in MOVED:
            component = order.key.component
            moved_up_to[component] = max(moved_up_to[component], order.key.no)
            paid_until[component] = max(paid_until[component], order.last_day)
    return frozenset(
        i.key.whole
        for i in instalments
        if i.due_on <= today or i.no <= moved_up_to[i.component] or i.first_day <= paid_until[i.component]
    )


def plan(
    schedule: Schedule,
    orders: Sequence[Order],
    *,
    holds: Mapping[str, str | None] | None = None,
) -> Plan:
    """What to cancel and what to open so that the award is paid exactly once.

    `holds` says for the reason of a refused or returned order which hold its successor begins with
    (none: it may go at once); a reason that is not in it holds for a look, because paying the same
    account again on a code we do not know is a guess.
    """
    orders = sorted(orders, key=lambda order: order.serial)
    unsent = [order for order in orders if order.state in UNSENT]
    if schedule.ended:
        kept = tuple(order.id for order in orders if order.state is OrderState.RETURNED)
        return Plan(cancel=tuple(order.id for order in unsent), kept=kept)

    wanted, waiting = _wanted(schedule, orders)
    due_on = {i.key: i.due_on for i in schedule.instalments}
    keep: set[Key] = set()
    cancel: list[Order] = []
    for order in unsent:
        right = wanted.get(order.key) == order.amount.minor and order.due_on == due_on.get(order.key)
        if right and order.key not in keep:
            keep.add(order.key)
        else:
            cancel.append(order)
    openings = tuple(
        _opening(schedule, orders, cancel, key, amount, holds or {})
        for key, amount in sorted(wanted.items())
        if key not in keep
    )
    due_again = set(wanted) | set(waiting)
    kept = tuple(o.id for o in orders if o.state is OrderState.RETURNED and o.key not in due_again)
    return Plan(tuple(order.id for order in cancel), openings, waiting, kept)


def _wanted(schedule: Schedule, orders: Sequence[Order]) -> tuple[dict[Key, int], dict[Key, int]]:
    """Minor units still to be ordered for each instalment, and those that wait for an answer."""
    target: dict[Key, int] = defaultdict(int)
    moved: dict[Key, int] = defaultdict(int)
    moved_of: dict[Key, int] = defaultdict(int)
    in_flight: set[Key] = set()
    for part in schedule.instalments:
        target[part.key.whole] += part.amount_minor
    for order in orders:
        # What she paid back has not moved any more: should it be due after all, it is paid again.
        minor = (order.amount.minor if order.state in MOVED else 0) - order.repaid_minor
        moved[order.key.whole] += minor
        moved_of[order.key] += minor
        if order.state in IN_FLIGHT:
            in_flight.add(order.key)

    left_of = {key: max(0, amount - moved[key]) for key, amount in target.items()}
    # Everything that moved under a key which this version no longer has was paid for the past.
    moved_in_past = sum(amount for key, amount in moved.items() if key in schedule.past or key not in target)
    left = max(0, sum(target[key] for key in schedule.past if key in target) - moved_in_past)
    # What has moved covers the past from its beginning; what is missing is its end.
    for key in sorted(schedule.past & set(target), key=lambda k: (k.no, k.component), reverse=True):
        left_of[key] = min(left_of[key], left)
        left -= left_of[key]

    missing: dict[Key, int] = {}
    # Where less is missing of an instalment than of its parts, the person comes first: it is her benefit.
    for part in sorted(schedule.instalments, key=lambda i: i.key):
        whole = part.key.whole
        missing[part.key] = min(max(0, part.amount_minor - moved_of[part.key]), left_of[whole])
        left_of[whole] -= missing[part.key]

    wanted = {key: amount for key, amount in missing.items() if amount and key not in in_flight}
    waiting = {key: amount for key, amount in missing.items() if amount and key in in_flight}
    return wanted, waiting


def beyond(schedule: Schedule, orders: Sequence[Order], employer: str = "") -> int:
    """Minor units that moved in the past beyond what the schedule says, less what came back; at least 0.

    To the person; or, where one is named, to an employer who advanced some of it.
    """
    target = {i.key: i.amount_minor for i in schedule.instalments if i.employer == employer}
    there = {i.key.whole for i in schedule.instalments}
    moved = sum(
        (o.amount.minor if o.state in MOVED else 0) - o.repaid_minor
        for o in orders
        if o.key.employer == employer and (o.key.whole in schedule.past or o.key.whole not in there)
    )
    return max(0, moved - sum(minor for key, minor in target.items() if key.whole in schedule.past))


def share_out(schedule: Schedule, orders: Sequence[Order], minor: int, employer: str = "") -> dict[str, int]:
    """Which paid orders a repayment of `minor` units belongs to, the latest first: {order: minor units}. What a person
    pays back belongs to orders that went to her, what an employer pays back to hers.

    Raises `ValueError` where more comes in than was paid beyond the award.
    """
    most = beyond(schedule, orders, employer)
    found = share_out_at_most(schedule, orders, minor, employer) if 0 < minor <= most else {}
    if not found or sum(found.values()) != minor:
        raise ValueError("more_than_beyond")  # perhaps some of it is still on its way through the bank
    return found


def share_out_at_most(schedule: Schedule, orders: Sequence[Order], minor: int, employer: str = "") -> dict[str, int]:
    """The same for as much of `minor` units as was paid beyond the award and has arrived; perhaps nothing."""
    minor = min(minor, beyond(schedule, orders, employer))
    keys = {i.key.whole for i in schedule.instalments}
    found: dict[str, int] = {}
    for order in sorted(orders, key=lambda o: o.serial, reverse=True):
        whole = order.key.whole
        open_ = whole in keys and whole not in schedule.past
        if order.state is not OrderState.SETTLED or open_ or order.key.employer != employer:
            continue
        part = min(minor, order.amount.minor - order.repaid_minor)
        if part > 0:
            found[order.id] = part
            minor -= part
    return found


def _opening(
    schedule: Schedule,
    orders: Sequence[Order],
    cancelled_now: Sequence[Order],
    key: Key,
    amount: int,
    holds: Mapping[str, str | None],
) -> Opening:
    instalment = next(i for i in schedule.instalments if i.key == key)
    before = [
        o for o in orders if o.key == key and (o.state is not OrderState.CANCELLED or o.reason == CANCELLED_BY_BANK)
    ]
    failed = next(
        (o for o in reversed(before) if o.state in (OrderState.REJECTED, OrderState.RETURNED, OrderState.CANCELLED)),
        None,
    )
    if failed is not None and any(o.serial > failed.serial and o.state in MOVED for o in before):
        failed = None  # paid since: what is missing now is another matter
    kind = "instalment" if amount == instalment.amount_minor else "arrears"
    hold = None
    if failed is not None:
        kind, hold = "reissue", holds.get(failed.reason or "", HOLD_FOR_A_LOOK)
    predecessor = next((order for order in reversed(cancelled_now) if order.key == key), None)
    if predecessor is not None:
        # Only the amount or the day changes: what somebody decided about holding it stays.
        hold = predecessor.reason if predecessor.state is OrderState.HELD else None
    return Opening(key, amount, instalment.due_on, kind, failed.id if failed else None, hold)
