"""Sending a short message once, and believing what the operator says of it.

The intention is committed as `sending` before the call; the answer after it. Whoever finds a message in `sending`
does not know whether it left, asks the operator by our reference, and sends only what the operator does not hold.
Where the operator cannot be asked, its receipts are waited for, and in the end the message is given up rather than
sent twice.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import phonenumbers

from services.notifications import delivery, store, wording
from services.notifications.domain.message import NEEDS_NUMBER, MessageState
from services.notifications.domain.quiet import QuietHours
from services.notifications.domain.short_text import TooLong, encode
from services.notifications.gateways.benefits import Benefits, FactsAway, NoFacts
from services.notifications.gateways.line import FIRST, Answer, AskLater, Line, LineDown, Verdict
from services.notifications.gateways.lines import Lines
from services.notifications.usecases import receipts
from shared import restored
from shared.act import Act
from shared.ids import moment_of
from shared.jobs import HELD, JobRun, Later
from shared.logs import log

#: How long we try to hand a message over before we give it up; later it would tell old news.
GIVE_UP_AFTER = timedelta(hours=24)
#: How long we wait for a receipt of a message whose answer was lost, where the operator cannot be asked.
RECEIPT_AFTER = timedelta(minutes=15)
#: Templates that say what is missing.
_ASKS_WHAT = frozenset({"claim_needs_you", "claim_needs_doctor", "claim_needs_employer"})

#: Templates that say to which office she goes.
_SAYS_WHERE = frozenset({"claim_started", "start_ending"})

#: Templates about another phone or account that she asked for herself.
_OWN_CHANGE = frozenset({"own_change_code", "own_change_coming"})


def patience(created_at: datetime, now: datetime, *, least: float = 1.0, most: float = 300.0) -> timedelta:
    """The older a message is, the longer until the next try."""
    age = (now - created_at).total_seconds()
    return timedelta(seconds=min(max(least, age / 4), most))


@dataclass(frozen=True)
class Means:
    """With what a message is sent: the operators, the owner of the facts, and the hours in which nobody is woken."""

    lines: Lines
    benefits: Benefits
    #: Payments, asked for the codes of vouchers.
    payments: Benefits
    quiet: QuietHours | None = None


def send(run: JobRun, means: Means | None) -> Later | None:
    """Take a message one step further; safe to repeat at any point. Without means it waits."""
    with run.begin() as act:
        row = store.read(act.connection, run.key)
    if row is None or row.state not in NEEDS_NUMBER:
        return None
    now = run.clock.now()
    if row.state != MessageState.SENDING and now - row.created_at > GIVE_UP_AFTER:
        _end(run, row, MessageState.TECHNICAL_FAILURE, "gave_up")
        return None
    if means is None:
        return Later(timedelta(minutes=1), reason="no_gateway")
    if row.state == MessageState.SENDING:
        return _find_out(run, row, means.lines)
    if not run.may_leave():
        return HELD
    if means.quiet is not None and (left := means.quiet.left(now)) is not None:
        return Later(left, reason="quiet_hours")
    try:
        return _first(run, row, means) if row.state == MessageState.CREATED else _again(run, row, means.lines)
    except LineDown as down:
        return Later(patience(row.created_at, now), reason=str(down))
    except store.MovedMeanwhile:
        return Later(timedelta(0))


# --- steps ---------------------------------------------------------------------------------------


def _first(run: JobRun, row: Any, means: Means) -> Later | None:
    now, benefits = run.clock.now(), means.benefits
    try:
        contact = benefits.contact(row.person_id)
        facts = dict(row.facts)
        if row.template in _ASKS_WHAT:
            facts |= _asked(benefits.claim(row.claim_id), contact.get("language"))
            facts = {name: value for name, value in facts.items() if value is not None}
        elif row.template == "voucher_issued":
            voucher = means.payments.voucher(facts["order"])
            facts |= {"number": voucher["number"], "code": voucher["code"]}
        elif row.template in ("phone_code", "phone_check"):
            asked = benefits.phone_code(facts["asked"])
            facts |= {name: asked[name] for name in ("code", "account", "office") if asked[name] is not None}
        elif row.template in _OWN_CHANGE:
            facts |= _own_change(benefits.own_change(facts["asked"]), row.template)
        elif row.template == "start_code":
            start = benefits.start(facts["asked"])
            facts |= {name: start[name] for name in ("code", "office")}
        elif row.template in _SAYS_WHERE:
            facts["office"] = _asked(benefits.claim(row.claim_id), contact.get("language"))["office"]
    except FactsAway:
        return Later(patience(row.created_at, now), reason="benefits_away")
    except NoFacts:
        _end(run, row, MessageState.TECHNICAL_FAILURE, "no_facts")
        return None
    if not contact.get("phone"):
        _end(run, row, MessageState.CANCELLED, "no_phone")
        return None
    phone = e164(contact["phone"])
    if phone is None:
        _end(run, row, MessageState.PERMANENT_FAILURE, "wrong_number")
        return None
    said = _shortened(row, contact.get("language"), facts)
    if said is None:
        _end(run, row, MessageState.TECHNICAL_FAILURE, "too_long")
        return None
    line = means.lines.choose()
    count = len(line.cut(said.text, row.number))
    may_have_left = _may_have_left(run, row)
    leave_by = time.monotonic() + line.settle_seconds / 2
    with run.begin() as act:
        delivery.put_parts(act, row.id, count)
        row = store.move(
            act,
            row,
            MessageState.SENDING,
            phone=phone,
            text=said.text,
            language=said.language,
            template_version=said.version,
            sending_at=act.now,
            line=line.name,
        )
    if may_have_left:
        return Later(timedelta(seconds=line.settle_seconds), reason="outcome_unknown")
    return _submit(run, row, means.lines, line, set(range(1, count + 1)), leave_by)


def _may_have_left(run: JobRun, row: Any) -> bool:
    """Whether its cause is older than a restore: then it may have been sent, and is looked for before it is."""
    with run.begin() as act:
        found_at = restored.newest(act.connection)
    return found_at is not None and moment_of(row.event_id) <= found_at


def _own_change(said: Mapping[str, Any], template: str) -> dict[str, Any]:
    """What she asked for herself, by its last digits. Raises `NoFacts` where its code is over."""
    told = {said["what"]: said["ending"], "office": said["office"]}
    if template != "own_change_code":
        return told
    if said["code"] is None:
        raise NoFacts("confirmed")
    return told | {"code": said["code"]}


def _asked(said: Mapping[str, Any], language: str | None) -> dict[str, Any]:
    """What is missing, where it is brought, and until when; none where benefits do not say it."""
    office = said["office"]
    name = office["name_latin"] if wording.language_of("claim_needs_you", language) == "en" else office["name"]
    return {
        "missing": list(said.get("missing") or ()) or None,
        "until": said.get("waits_until"),
        "office": ", ".join(filter(None, (name, office["phone"]))),
    }


def _shortened(row: Any, language: str | None, facts: Mapping[str, Any]) -> wording.Said | None:
    """What is said; where it would be too long, without where it is brought (her page says it), then without the list
    of what is missing."""
    for left_out in ((), ("office",), ("office", "missing")):
        given = {name: value for name, value in facts.items() if name not in left_out}
        said = wording.say(row.template, language, given)
        try:
            encode(said.text, row.number)
        except TooLong:
            continue
        return said
    return None


def _again(run: JobRun, row: Any, lines: Lines) -> Later | None:
    """A message of which an operator holds a part goes on with that operator; any other may go to another."""
    with run.begin() as act:
        begun = any(p.operator_id for p in delivery.parts(act.connection, row.id))
    line = lines.named(row.line) if begun else lines.choose()
    if line is None:
        return Later(timedelta(minutes=1), reason="no_gateway")
    if begun:
        lines.again(line)
    leave_by = time.monotonic() + line.settle_seconds / 2
    with run.begin() as act:
        row = store.lock(act.connection, row.id)
        if row.state != MessageState.TEMPORARY_FAILURE:
            return Later(timedelta(0))
        if not begun:
            delivery.put_parts(act, row.id, len(line.cut(row.text, row.number)))
        missing = {p.no for p in delivery.parts(act.connection, row.id) if p.operator_id is None}
        row = store.move(act, row, MessageState.SENDING, sending_at=act.now, line=line.name)
    return _submit(run, row, lines, line, missing, leave_by)


def _submit(run: JobRun, row: Any, lines: Lines, line: Line, numbers: set[int], leave_by: float) -> Later | None:
    """The call itself, between two transactions."""
    parts = [part for part in line.cut(row.text, row.number) if part.no in numbers]
    answers = line.submit(row.phone, parts, row.id, row.number & 0xFFFF, leave_by=leave_by)
    lines.heard(line, list(answers.values()))
    return record_answers(run, row.id, answers, line.settle_seconds)


def record_answers(run: JobRun, message_id: str, answers: Mapping[int, Answer], settle: float) -> Later | None:
    """Write down what the operator answered."""
    with run.begin() as act:
        taken = {no: a.operator_id for no, a in answers.items() if a.verdict is Verdict.TAKEN}
        delivery.lock_operator_ids(act.connection, taken.values())
        row = store.lock(act.connection, message_id)
        row = _take_answers(act, row, taken)
        if row.state != MessageState.SENDING:
            return None  # sent, or a receipt was faster
        verdicts = {a.verdict for a in answers.values()}
        if Verdict.NEVER in verdicts:
            reason = next(a.reason for a in answers.values() if a.verdict is Verdict.NEVER)
            to = MessageState.PERMANENT_FAILURE if reason == "wrong_number" else MessageState.TECHNICAL_FAILURE
            receipts.fail(act, row, to, reason)
            return None
        if Verdict.UNKNOWN in verdicts:
            log.warning("sms_outcome_unknown", message=message_id)
            return Later(timedelta(seconds=settle), reason="outcome_unknown")
        reason = next((a.reason for a in answers.values() if a.reason), "not_taken")
        store.move(act, row, MessageState.TEMPORARY_FAILURE, reason)
        least = 60 if Verdict.LINE in verdicts else 2
        return Later(patience(row.created_at, act.now, least=least), reason=reason)


def _take_answers(act: Act, row: Any, taken: Mapping[int, str]) -> Any:
    """Note the operator's ids, move to `sent` when every part has one, and apply receipts that came before."""
    for no, operator_id in taken.items():
        delivery.set_operator_id(act, row.id, no, operator_id)
    parts = delivery.parts(act.connection, row.id)
    if row.state == MessageState.SENDING and parts and all(p.operator_id for p in parts):
        row = store.move(act, row, MessageState.SENT)
    if taken and receipts.match_waiting(act, line=row.line or FIRST, operator_ids=taken.values()):
        row = store.lock(act.connection, row.id)
    return row


def _find_out(run: JobRun, row: Any, lines: Lines) -> Later | None:
    """The message may have left or not; only the operator it was meant for can say."""
    now, line = run.clock.now(), lines.named(row.line)
    if line is None:
        return _wait_for_receipts(run, row)
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
        delivery.lock_operator_ids(act.connection, taken.values())
        row = store.lock(act.connection, row.id)
        row = _take_answers(act, row, taken)
        if row.state != MessageState.SENDING:
            return None
        found = delivery.parts(act.connection, row.id)
        missing = {p.no for p in found if p.operator_id is None}
        store.set_sending_at(act, row.id)
    log.info("sms_sent_again", message=row.id, parts=len(missing))
    try:
        lines.again(line)
    except LineDown as down:
        if len(missing) == len(found):
            _leave(run, row, str(down))
        return Later(patience(row.created_at, now), reason=str(down))
    return _submit(run, row, lines, line, missing, leave_by)


def _leave(run: JobRun, row: Any, reason: str) -> None:
    """The operator has said that it holds nothing, and cannot be reached: another may send the message."""
    with run.begin() as act:
        fresh = store.lock(act.connection, row.id)
        if fresh.state == MessageState.SENDING and not any(
            p.operator_id for p in delivery.parts(act.connection, row.id)
        ):
            store.move(act, fresh, MessageState.TEMPORARY_FAILURE, reason)


def _wait_for_receipts(run: JobRun, row: Any) -> Later | None:
    """An operator that cannot be asked still sends receipts, and they carry our short reference."""
    with run.begin() as act:
        row = store.lock(act.connection, row.id)
        if row.state != MessageState.SENDING:
            return None
        found = delivery.unclaimed_receipts(act.connection, row.line or FIRST, row.number & 0xFFFF, row.sending_at)
        lacking = [p.no for p in delivery.parts(act.connection, row.id) if p.operator_id is None]
        row = _take_answers(act, row, dict(zip(lacking, found, strict=False)))
        if row.state != MessageState.SENDING:
            return None
        if act.now - row.sending_at > RECEIPT_AFTER:
            receipts.fail(act, row, MessageState.TECHNICAL_FAILURE, "outcome_unknown")
            return None
    return Later(timedelta(seconds=20), reason="outcome_unknown")


def _end(run: JobRun, row: Any, to: MessageState, reason: str) -> None:
    """A message that nothing was sent of ends here."""
    with run.begin() as act:
        fresh = store.lock(act.connection, row.id)
        if fresh.state == row.state:
            receipts.fail(act, fresh, to, reason)


def e164(phone: str) -> str | None:
    """A number as operators want it; none when it cannot be one."""
    try:
        parsed = phonenumbers.parse(phone, None)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(parsed):
        return None
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def keep_line(run: JobRun, lines: Lines | None) -> Later | None:
    """Stay bound through the day, so that receipts find us also when nothing is being sent, and look again at those
    that nobody could place when they came."""
    if lines is None or run.due_on < run.clock.today():
        return None
    with run.begin() as act:
        receipts.match_waiting(act)
    try:
        lines.keep()
    except LineDown as down:
        return Later(timedelta(seconds=30), reason=str(down))
    return Later(timedelta(seconds=30))
