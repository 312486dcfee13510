"""Names and accounts of runs that ended long ago are forgotten; the fingerprint of the account stays."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import or_, select, update

from services.payments import tables as t
from services.payments.domain.run import RunState
from services.payments.institution import PaymentSettings
from shared.act import Act


def forget_payees(act: Act, institution: PaymentSettings) -> None:
    """Forget the payees of runs that ended, and files of statements, older than the days the institution keeps them."""
    before = act.now - timedelta(days=institution.forget_payees_after_days)
    ended = or_(t.run.c.state == RunState.CLOSED, t.run.c.state == RunState.CANCELLED)
    old = select(t.run.c.id).where(ended, t.run.c.ended_at < before)
    i = t.run_item
    act.connection.execute(
        update(i)
        .where(i.c.run_id.in_(old), i.c.payee_name.is_not(None))
        .values(payee_name=None, payee_latin=None, account=None, bank_name=None)
    )
    v = t.voucher
    ended_before = act.today - timedelta(days=institution.forget_payees_after_days)
    act.connection.execute(
        update(v)
        .where(v.c.ended_on < ended_before, v.c.payee_name != "")
        .values(payee_name="", proof_kind=None, proof_number=None)
    )
    f = t.statement_file
    act.connection.execute(update(f).where(f.c.taken_at < before, f.c.content.is_not(None)).values(content=None))
