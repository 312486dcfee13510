"""Sending a short message once, and believing what the operator says of it.

The intention is committed as `sending` before the call; the answer after it. Whoever finds a message in `sending`
does not know whether it left, asks the operator by our reference, and sends only what the operator does not hold.
Where the operator cannot be asked, its receipts are waited for, and in the end the message is given up rather than
sent twice.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import phonenumbers
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from services.notifications import store, wording
from services.notifications.domain.message import Channel as Ch
from services.notifications.domain.message import Receipt, State, allowed, verdict
from services.notifications.domain.short_text import TooLong, encode
from services.notifications.gateways.benefits import Benefits, FactsAway, NoFacts
from services.notifications.gateways.sms import Answer, AskLater, Came, Line, LineDown, Verdict
from shared import messaging
from shared.act import Act, service_actor
from shared.clock import Clock
from shared.jobs import JobRun, Later
from shared.logs import log

#: How long we try to hand a message over before we give it up; later it would tell old news.
GIVE_UP_AFTER = timedelta(hours=24)
#: How long we wait for a receipt of a message whose answer was lost, where the operator cannot be asked.
RECEIPT_AFTER = timedelta(minutes=15)
#: Templates that say what is missing.
_ASKS_WHAT = frozenset({"claim_needs_you", "claim_needs_doctor", "claim_needs_employer"})


def patience(created_at: datetime, now: datetime, *, least: float = 1.0, most: float = 300.0) -> timedelta:
    """The older a message is, the longer until the next try."""
    age = (now - created_at).total_seconds()
    return timedelta(seconds=min(max(least, age / 4), most))


def send(run: JobRun, line: Line | None, benefits: Benefits, payments: Benefits) -> Later | None:
    """Take a message one step further; safe to repeat at any point."""
    with run.begin() as act:
        row = store.read(act.connection, run.key)
    if row is None:
        return None
    now = run.clock.now()
    match row.state:
        case State.CREATED:
            if line is None:
                return Later(timedelta(minutes=1), reason="no_gateway")
            return _first(run, row, line, benefits, payments)
        case State.TEMPORARY_FAILURE if now - row.created_at > GIVE_UP_AFTER:
            _end(run, row, State.TECHNICAL_FAILURE, "gave_up")
            return None
        case State.TEMPORARY_FAILURE if line is not None:
            return _again(run, row, line)
        case State.SENDING if line is not None:
            return _find_out(run, row, line)
        case State.TEMPORARY_FAILURE | State.SENDING:
            return Later(timedelta(minutes=1), reason="no_gateway")
    return None


# --- steps ---------------------------------------------------------------------------------------


def _first(run: JobRun, row: Any, line: Line, benefits: Benefits, payments: Benefits) -> Later | None:
    now = run.clock.now()
    if now - row.created_at > GIVE_UP_AFTER:
        _end(run, row, State.TECHNICAL_FAILURE, "gave_up")
        return None
    try:
        contact = benefits.contact(row.person_id)
        facts = dict(row.facts)
        if row.template in _ASKS_WHAT:
            facts |= {"missing": list(benefits.claim(row.claim_id).get("missing") or ()) or None}
            facts = {name: value for name, value in facts.items() if value is not None}
        elif row.template == "voucher_issued":
            voucher = payments.voucher(facts["order"])
            facts |= {"number": voucher["number"], "code": voucher["code"]}
    except FactsAway:
        return Later(patience(row.created_at, now), reason="benefits_away")
    except NoFacts:
        _end(run, row, State.TECHNICAL_FAILURE, "no_facts")
        return None
    if not contact.get("phone"):
        _end(run, row, State.CANCELLED, "no_phone")
        return None
    phone = e164(contact["phone"])
    if phone is None:
        _end(run, row, State.PERMANENT_FAILURE, "wrong_number")
        return None
    said = _shortened(row, contact.get("language"), facts)
    if said is None:
        _end(run, row, State.TECHNICAL_FAILURE, "too_long")
        return None
    count = len(encode(said.text, row.number))
    try:
        line.ready()
    except LineDown:
        return Later(patience(row.created_at, now), reason="line_down")
    leave_by = time.monotonic() + line.settle_seconds / 2
    try:
        with run.begin() as act:
            store.put_parts(act, row.id, count)
            row = store.move(
                act,
                row,
                State.SENDING,
                phone=phone,
                text=said.text,
                language=said.language,
                template_version=said.version,
                sending_at=act.now,
            )
    except store.MovedMeanwhile:
        return Later(timedelta(0))
    return _submit(run, row, line, set(range(1, count + 1)), leave_by)


def _shortened(row: Any, language: str | None, facts: Mapping[str, Any]) -> wording.Said | None:
    """What is said; without the list of what is missing where the list would make it too long."""
    for given in (facts, {name: value for name, value in facts.items() if name != "missing"}):
        said = wording.say(row.template, language, given)
        try:
            encode(said.text, row.number)
        except TooLong:
            continue
        return said
    return None


def _again(run: JobRun, row: Any, line: Line) -> Later | None:
    try:
        line.ready()
    except LineDown:
        return Later(patience(row.created_at, run.clock.now()), reason="line_down")
    leave_by = time.monotonic() + line.settle_seconds / 2
    with run.begin() as act:
        row = store.lock(act.connection, row.id)
        if row.state != State.TEMPORARY_FAILURE:
            return Later(timedelta(0))
        missing = {p.no for p in store.parts(act.connection, row.id) if p.operator_id is None}
        row = store.move(act, row, State.SENDING, sending_at=act.now)
    return _submit(run, row, line, missing, leave_by)


def _submit(run: JobRun, row: Any, line: Line, numbers: set[int], leave_by: float) -> Later | None:
    """The call itself, between two transactions."""
    parts = [part for part in encode(row.text, row.number) if part.no in numbers]
    answers = line.submit(row.phone, parts, row.id, row.number & 0xFFFF, leave_by=leave_by)
    return record_answers(run, row.id, answers, line.settle_seconds)


def record_answers(run: JobRun, message_id: str, answers: Mapping[int, Answer], settle: float) -> Later | None:
    """Write down what the operator answered."""
    with run.begin() as act:
        taken = {no: a.operator_id for no, a in answers.items() if a.verdict is Verdict.TAKEN}
        for operator_id in sorted(taken.values()):
            store.lock_operator_id(act.connection, operator_id)
        row = store.lock(act.connection, message_id)
        row = _take_answers(act, row, taken)
        if row.state != State.SENDING:
            return None  # sent, or a receipt was faster
        verdicts = {a.verdict for a in answers.values()}
        if Verdict.NEVER in verdicts:
            reason = next(a.reason for a in answers.values() if a.verdict is Verdict.NEVER)
            to = State.PERMANENT_FAILURE if reason == "wrong_number" else State.TECHNICAL_FAILURE
            _fail(act, row, to, reason)
            return None
        if Verdict.UNKNOWN in verdicts:
            log.warning("sms_outcome_unknown", message=message_id)
            return Later(timedelta(seconds=settle), reason="outcome_unknown")
        reason = next((a.reason for a in answers.values() if a.reason), "not_taken")
        store.move(act, row, State.TEMPORARY_FAILURE, reason)
        return Later(patience(row.created_at, act.now, least=2), reason=reason)


def _take_answers(act: Act, row: Any, taken: Mapping[int, str]) -> Any:
    """Note the operator's ids, move to `sent` when every part has one, and apply receipts that came before."""
    for no, operator_id in taken.items():
        store.set_operator_id(act, row.id, no, operator_id)
    parts = store.parts(act.connection, row.id)
    if row.state == State.SENDING and parts and all(p.operator_id for p in parts):
        row = store.move(act, row, State.SENT)
    if taken:
        numbers = {operator_id: no for no, operator_id in taken.items()}
        for receipt in store.receipts_of(act.connection, numbers):
            store.claim_receipts(act, receipt.operator_id, row.id)
            row = _apply(act, row, numbers[receipt.operator_id], Receipt(receipt.state))
    return row


def _find_out(run: JobRun, row: Any, line: Line) -> Later | None:
    """The message may have left or not."""
    now = run.clock.now()
    settled = row.sending_at + timedelta(seconds=line.settle_seconds)
    if now < settled:
        return Later(settled - now, reason="outcome_unknown")
    if not line.can_ask:
        return _wait_for_receipts(run, row)
    try:
        known = line.ask(row.id)
    except AskLater:
        return Later(patience(row.sending_at, now), reason="outcome_unknown")
    leave_by = time.monotonic() + line.settle_seconds / 2
    with run.begin() as act:
        taken: dict[int, str] = {}
        for part in known:
            taken.setdefault(part.no, part.operator_id)
        for operator_id in sorted(taken.values()):
            store.lock_operator_id(act.connection, operator_id)
        row = store.lock(act.connection, row.id)
        row = _take_answers(act, row, taken)
        if row.state != State.SENDING:
            return None
        missing = {p.no for p in store.parts(act.connection, row.id) if p.operator_id is None}
        store.set_sending_at(act, row.id)
    log.info("sms_sent_again", message=row.id, parts=len(missing))
    try:
        line.ready()
    except LineDown:
        return Later(patience(row.created_at, now), reason="line_down")
    return _submit(run, row, line, missing, leave_by)


def _wait_for_receipts(run: JobRun, row: Any) -> Later | None:
    """An operator that cannot be asked still sends receipts, and they carry our short reference."""
    with run.begin() as act:
        row = store.lock(act.connection, row.id)
        if row.state != State.SENDING:
            return None
        found = store.unclaimed_receipts(act.connection, row.number & 0xFFFF, row.sending_at)
        lacking = [p.no for p in store.parts(act.connection, row.id) if p.operator_id is None]
        row = _take_answers(act, row, dict(zip(lacking, found, strict=False)))
        if row.state != State.SENDING:
            return None
        if act.now - row.sending_at > RECEIPT_AFTER:
            _fail(act, row, State.TECHNICAL_FAILURE, "outcome_unknown")
            return None
    return Later(timedelta(seconds=20), reason="outcome_unknown")


# --- receipts --------------------------------------------------------------------------------------


def take_receipt(engine: Engine, clock: Clock, came: Came) -> bool:
    """Keep a receipt and move its message; true when it is safe to acknowledge it."""
    try:
        with engine.begin() as connection:
            act = Act(
                connection=connection,
                actor=service_actor("notifications"),
                now=clock.now(),
                today=clock.today(),
            )
            store.lock_operator_id(connection, came.operator_id)
            part = store.part_of(connection, came.operator_id)
            row = store.lock(connection, part.message_id) if part is not None else None
            fresh = store.keep_receipt(
                act,
                came.operator_id,
                came.state,
                came.reference,
                came.error,
                row.id if row is not None else None,
            )
            if fresh and row is not None:
                _apply(act.about(row.claim_id), row, part.no, came.state)
    except SQLAlchemyError as away:
        log.warning("sms_receipt_not_kept", fault=type(away).__name__)
        return False
    return True


def _apply(act: Act, row: Any, no: int, state: Receipt) -> Any:
    """What one receipt makes of its message."""
    parts = store.parts(act.connection, row.id)
    before = next((p.receipt for p in parts if p.no == no), None)
    if before in (None, Receipt.ENROUTE, Receipt.ACCEPTD):
        store.set_part_receipt(act, row.id, no, state)
        before = state
    receipts = {p.no: Receipt(p.receipt) for p in parts if p.receipt and p.no != no} | {no: Receipt(before)}
    result = verdict(len(parts), receipts)
    if result is None or not allowed(Ch.SMS, State(row.state), result[0]):
        return row
    to, reason = result
    if to is State.DELIVERED:
        row = store.move(act, row, to)
        _tell(act, row, "notifications.message.delivered")
        return row
    return _fail(act, row, to, reason)


# --- ends ------------------------------------------------------------------------------------------


def _fail(act: Act, row: Any, to: State, reason: str) -> Any:
    row = store.move(act, row, to, reason)
    if to is not State.CANCELLED:
        _tell(act, row, "notifications.message.failed", reason=reason)
    return row


def _tell(act: Act, row: Any, type_: str, **more: str) -> None:
    messaging.post(
        act.about(row.claim_id),
        type_,
        subject=row.id,
        person=row.person_id,
        data={
            "message_id": row.id,
            "claim_id": row.claim_id,
            "person_id": row.person_id,
            "template": row.template,
            **more,
        },
    )


def _end(run: JobRun, row: Any, to: State, reason: str) -> None:
    """A message that nothing was sent of ends here."""
    with run.begin() as act:
        fresh = store.lock(act.connection, row.id)
        if fresh.state == row.state:
            _fail(act, fresh, to, reason)


def e164(phone: str) -> str | None:
    """A number as operators want it; none when it cannot be one."""
    try:
        parsed = phonenumbers.parse(phone, None)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(parsed):
        return None
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def keep_line(run: JobRun, line: Line | None) -> Later | None:
    """Stay bound through the day, so that receipts find us also when nothing is being sent."""
    if line is None or run.due_on < run.clock.today():
        return None
    try:
        line.ready()
    except LineDown:
        return Later(timedelta(seconds=30), reason="line_down")
    return Later(timedelta(seconds=30))


def forget(run: JobRun) -> None:
    """Forget receipts of long ago."""
    with run.begin() as act:
        store.forget_receipts(act, act.now - timedelta(days=60))
