"""What the API and the pages share: whose orders somebody sees, and who may do what."""

from __future__ import annotations

from typing import Any

from flask import g
from sqlalchemy import Row

from services.payments import store
from services.payments.institution import institution
from shared.act import Act, sees
from shared.web.problems import Problem, not_found

#: Reading orders: the desk sees what became of the money of its claims.
ORDERS_READ = ("clerk", "officer", "supervisor", "payment_officer", "auditor", "administrator")
RUNS_READ = ("payment_officer", "supervisor", "auditor")
RUNS_MAKE = ("payment_officer",)
RUNS_RELEASE = ("payment_officer", "supervisor")
#: Who stands at a counter, and who may look on.
AT_COUNTER = ("officer", "supervisor", "payment_officer")
COUNTER_READ = (*AT_COUNTER, "clerk", "auditor")
LEDGER_PAGES = ("payment_officer", "supervisor", "auditor", "administrator")
LEDGER_READ = (*LEDGER_PAGES, "service:benefits")


def office_of(act: Act) -> str | None:
    """The office whose orders this actor sees; none for all of them (the central office, other services)."""
    if act.actor.kind == "service" or act.actor.office == institution().central_office:
        return None
    return act.actor.office or " "  # no office is called so


def is_central(act: Act) -> bool:
    return office_of(act) is None


def only_central(act: Act) -> None:
    """Runs, statements and the ledger belong to the institution as a whole. Raises 404 for others."""
    if not is_central(act):
        raise not_found()


def with_second_factor() -> None:
    """Money is released only with a second factor in the session. Raises 403."""
    if "otp" not in (g.claims.get("amr") or []):
        raise Problem(403, "second_factor_needed")


def order_here(act: Act, order_id: str) -> Row[Any]:
    """An order of the actor's office. Raises 404 for what is elsewhere."""
    row = store.order(act.connection, order_id)
    office = office_of(act)
    if row is None or (office is not None and not sees(office, row.office_id)):
        raise not_found()
    return row


def voucher_here(act: Act, order_id: str) -> Row[Any]:
    """A voucher payable at the actor's office. Raises 404 for what is elsewhere."""
    row = store.voucher(act.connection, order_id)
    office = office_of(act)
    if row is None or (office is not None and not sees(office, row.office_id)):
        raise not_found()
    return row


def run_here(act: Act, run_id: str) -> Row[Any]:
    only_central(act)
    row = store.run(act.connection, run_id)
    if row is None:
        raise not_found()
    return row


def etag(version: int) -> dict[str, str]:
    return {"ETag": f'"{version}"'}
