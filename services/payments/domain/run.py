"""A run: the orders of one pay day that leave together, made by one person and released by two others.

Understands who may release it, what exactly they release, and when it is finished.
"""

from __future__ import annotations

import enum
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from services.payments.domain.bank_text import plain_account
from services.payments.domain.order import IN_FLIGHT, OrderState
from shared.money import CurrencyMismatch, Money


class RunState(enum.StrEnum):
    DRAFT = "draft"
    CHECKED = "checked"
    APPROVED = "approved"
    SENT = "sent"
    PART_SETTLED = "part_settled"
    CLOSED = "closed"
    CANCELLED = "cancelled"


#: The allowed moves. A checked or approved run whose content changes falls back and is checked and
#: released anew; once sent, nothing leads back.
RUN_MOVES: Mapping[RunState, frozenset[RunState]] = {
    RunState.DRAFT: frozenset({RunState.CHECKED, RunState.CANCELLED}),
    RunState.CHECKED: frozenset({RunState.DRAFT, RunState.APPROVED, RunState.CANCELLED}),
    RunState.APPROVED: frozenset({RunState.DRAFT, RunState.CHECKED, RunState.SENT, RunState.CANCELLED}),
    RunState.SENT: frozenset({RunState.PART_SETTLED, RunState.CLOSED}),
    RunState.PART_SETTLED: frozenset({RunState.CLOSED}),
    RunState.CLOSED: frozenset({RunState.PART_SETTLED}),
    RunState.CANCELLED: frozenset(),
}

#: Its content can still change.
OPEN = frozenset({RunState.DRAFT, RunState.CHECKED, RunState.APPROVED})


class RunMoveNotAllowed(ValueError):
    """The run is not in a state from which it can be moved so."""

    def __init__(self, current: RunState, wanted: RunState) -> None:
        super().__init__(f"a run that is {current} cannot become {wanted}")
        self.current = current
        self.wanted = wanted


class ReleaseRefused(ValueError):
    """A release that the house does not take; `code` is one of the codes below.

    own_run: the maker releases nothing of hers. already_released: one hand once. total_differs: the
    sum typed is not the run's. warnings_open: a warning has not been judged. run_changed: the content
    is another than the one she saw. run_empty: nothing to release.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def move_run(current: RunState, wanted: RunState) -> RunState:
    """The new state. Raises `RunMoveNotAllowed` for what is not in `RUN_MOVES`."""
    if wanted not in RUN_MOVES[current]:
        raise RunMoveNotAllowed(current, wanted)
    return wanted


@dataclass(frozen=True, slots=True)
class Totals:
    """What a release is about: count, sum, and a digest that no change of the content survives."""

    order_count: int
    total_minor: int
    currency: str
    digest: str

    @property
    def total(self) -> Money:
        return Money(self.total_minor, self.currency)


@dataclass(frozen=True, slots=True)
class Line:
    """One order of a run, with the fingerprint of the account it goes to."""

    reference: str
    amount: Money
    fingerprint: str


def control_totals(lines: Iterable[Line], currency: str) -> Totals:
    """Control totals of a run. The digest covers reference, amount and account of every order, sorted."""
    told, minor = [], 0
    for line in lines:
        if line.amount.currency != currency:
            raise CurrencyMismatch(f"{line.amount.currency} in a run of {currency}")
        told.append(f"{line.reference} {line.amount.decimal()} {line.fingerprint}")
        minor += line.amount.minor
    told.sort()
    digest = hashlib.sha256(f"{currency}\n".encode())
    for n, line_told in enumerate(told):
        digest.update(f"\n{line_told}".encode() if n else line_told.encode())
    return Totals(len(told), minor, currency, digest.hexdigest())


#: So many orders leave in one file, and so many are moved together.
PART = 10_000
TOGETHER = 5_000


def part_message(message_id: str, no: int) -> str:
    """The name of a file of a run: the first bears the run's own. Banks take 35 characters."""
    return message_id if no == 1 else f"{message_id}{no:03d}"


def account_fingerprint(kind: str, bank: str, number: str) -> str:
    """What tells one account from another without being the account."""
    return hashlib.sha256(f"{kind}\n{bank.strip().upper()}\n{plain_account(number)}".encode()).hexdigest()


def approvals_needed(run_total: Money, second_from: Mapping[str, int], hands: Mapping[str, int]) -> int:
    """How many people must release a run of this size.

    `hands` is {"below": n, "from": n}; `second_from` the limit for each currency in minor units. A
    currency without a limit needs the higher number. Never fewer than two.
    """
    limit = second_from.get(run_total.currency)
    return max(2, hands["below"] if limit is not None and run_total.minor < limit else hands["from"])


@dataclass(frozen=True, slots=True)
class Release:
    """One person's release of one content."""

    by: str
    digest: str


def check_release(
    *,
    state: RunState,
    by: str,
    makers: Iterable[str],
    given: Iterable[Release],
    totals: Totals,
    typed: Money,
    seen_digest: str | None,
    open_warnings: int,
) -> None:
    """Raise `ReleaseRefused` or `RunMoveNotAllowed` unless this person may release this run now."""
    if state is not RunState.CHECKED:
        raise RunMoveNotAllowed(state, RunState.APPROVED)
    if totals.order_count == 0:
        raise ReleaseRefused("run_empty")
    if by in set(makers):
        raise ReleaseRefused("own_run")
    if open_warnings:
        raise ReleaseRefused("warnings_open")
    if seen_digest is not None and seen_digest != totals.digest:
        raise ReleaseRefused("run_changed")
    if typed != totals.total:
        raise ReleaseRefused("total_differs")
    if any(release.by == by and release.digest == totals.digest for release in given):
        raise ReleaseRefused("already_released")


def is_released(given: Iterable[Release], digest: str, needed: int) -> bool:
    """Whether enough different people released exactly this content."""
    return len({release.by for release in given if release.digest == digest}) >= needed


def after_answers(current: RunState, orders: Iterable[OrderState]) -> RunState:
    """Where a sent run stands by the states of its orders: closed when nobody waits for an answer."""
    states = list(orders)
    if current not in (RunState.SENT, RunState.PART_SETTLED, RunState.CLOSED):
        return current
    if not any(state in IN_FLIGHT for state in states):
        return RunState.CLOSED
    if any(state not in IN_FLIGHT for state in states):
        return RunState.PART_SETTLED
    return current


def run_number(pay_day: date, nth: int) -> str:
    """ "2025-05-A" for the first run of a month, then B … Z, AA; `nth` counts from 0."""
    letters = ""
    nth += 1
    while nth:
        nth, rest = divmod(nth - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return f"{pay_day:%Y-%m}-{letters}"
