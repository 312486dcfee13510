"""One message on the phone, whatever happens on the line."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import threading
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from services.notifications import app as wiring
from services.notifications import wording
from services.notifications.domain.message import Receipt
from services.notifications.gateways.line import Came
from services.notifications.gateways.sms import SmppLine, SmsSettings
from services.notifications.tables import message
from services.notifications.usecases import receipts, sending
from shared.jobs import JobRun
from shared.process import Service
from tests.notifications.conftest import ROOT, Person, Phone, Town
from tests.there import there


def test_a_throttled_message_is_sent_later_and_once(town: Town, person: Person) -> None:
    town.phone.behave(person.number, throttle=2)
    town.paid(person)
    town.works()
    row = town.sms(person)
    assert (row.state, row.reason) == ("temporary_failure", "throttled")
    town.works(4)
    town.state(person, "delivered")
    assert len(town.phone.texts(person.number)) == 1


def test_the_code_on_her_phone_is_read_by_her_and_by_no_staff(town: Town, person: Person) -> None:
    code_id = str(uuid.uuid4())
    said = {"code_id": code_id, "code": "40960512", "account": "0401", "office": "041 212000"}
    town.benefits.phone_codes[code_id] = said
    town.tell("benefits.phone_code.asked", person, code_id=code_id)
    town.works()
    row = town.state(person, "delivered")
    [told] = town.phone.texts(person.number)
    assert "40960512" in told
    assert "0401" in told
    shown = wording.for_staff(row.template, row.text)
    assert shown is not None
    assert "40960512" not in shown
    assert "40960512" not in str(row.facts)


def test_a_number_is_asked_of_before_there_is_any_claim(town: Town, person: Person) -> None:
    """She was registered a minute ago: the message is about her, and staff do not read its code."""
    code_id = str(uuid.uuid4())
    said = {"code_id": code_id, "code": "40960512", "account": None, "office": "041 212000"}
    town.benefits.phone_codes[code_id] = said
    asked = town.event("benefits.phone_check.asked", person, code_id=code_id)
    asked["data"] = {name: asked["data"][name] for name in ("person_id", "office_id", "code_id")}
    town.hears(asked)
    town.works()
    row = town.state(person, "delivered")
    assert (row.claim_id, row.claim_number) == (person.id, "")
    [told] = town.phone.texts(person.number)
    assert "40960512" in told
    assert "40960512" not in there(wording.for_staff(row.template, row.text))


def test_a_code_that_is_over_is_not_sent(town: Town, person: Person) -> None:
    town.tell("benefits.phone_code.asked", person, code_id=str(uuid.uuid4()))
    town.works()
    assert town.sms(person).reason == "no_facts"
    assert town.phone.texts(person.number) == []


def test_a_change_she_asked_for_is_told_to_the_phone_known_so_far(town: Town, person: Person) -> None:
    """First her code, which no staff read; then what comes and when. A code that was used meanwhile is not sent."""
    id_ = str(uuid.uuid4())
    said = {"change_id": id_, "what": "payee", "ending": "9982", "due_on": None, "office": "041 212000"}
    town.benefits.own_changes[id_] = said | {"code": "40960512"}
    town.tell("benefits.own_change.asked", person, change_id=id_, what="payee")
    town.works()
    row = town.state(person, "delivered")
    assert "9982" in there(row.text)
    assert "40960512" not in there(wording.for_staff(row.template, row.text))
    town.benefits.own_changes[id_] = said | {"code": None, "due_on": "2025-05-05"}
    town.tell("benefits.own_change.announced", person, change_id=id_, what="payee", due_on="2025-05-05")
    town.tell("benefits.own_change.asked", person, change_id=id_, what="payee")
    town.works()
    texts = town.phone.texts(person.number)
    assert ["40960512" in text for text in texts] == [True, False]
    assert "5/5/2025" in texts[1]


def test_who_starts_a_claim_gets_a_code_and_then_hears_where_to_bring_her_paper(town: Town, person: Person) -> None:
    id_ = str(uuid.uuid4())
    town.benefits.starts[id_] = {"start_id": id_, "code": "40960512", "office": "041 212000"}
    town.tell("benefits.start.asked", person, start_id=id_)
    town.works()
    row = town.state(person, "delivered")
    assert "40960512" not in there(wording.for_staff(row.template, row.text))
    town.tell("benefits.claim.started", person, received_on="2025-05-20", bring_by="2025-06-19")
    town.tell("benefits.start.ending", person, until="2025-08-18")
    town.works()
    texts = town.phone.texts(person.number)
    assert "40960512" in texts[0]
    assert "20/5/2025" in texts[1]
    assert "19/6/2025" in texts[1]
    assert "18/8/2025" in texts[2]


def test_a_message_of_two_parts_is_joined_on_the_phone(town: Town, person: Person) -> None:
    town.decided(
        person,
        town.benefits.decides(person),
        kind="revision",
        difference={"minor": 12000000, "currency": "LAK"},
    )
    town.works()
    row = town.state(person, "delivered")
    assert town.phone.texts(person.number) == [row.text]
    assert len(town.phone.received(number=person.number)["parts"]) == 2


def test_one_part_throttled_only_the_other_part_is_sent_again(town: Town, person: Person) -> None:
    town.phone.behave(person.number, throttle=1)
    town.decided(
        person,
        town.benefits.decides(person),
        kind="revision",
        difference={"minor": 12000000, "currency": "LAK"},
    )
    town.works(4)
    town.state(person, "delivered")
    found = town.phone.received(number=person.number)
    assert len(found["messages"]) == 1
    assert sorted(p["no"] for p in found["parts"]) == [1, 2]


def test_a_receipt_that_comes_late(town: Town, person: Person) -> None:
    town.phone.behave(person.number, receipt_delay=1.0)
    town.paid(person)
    town.works()
    assert town.sms(person).state == "sent"
    town.state(person, "delivered")


def test_a_receipt_that_comes_three_times(town: Town, person: Person) -> None:
    town.phone.behave(person.number, receipt_copies=3)
    town.paid(person)
    town.works()
    town.state(person, "delivered")
    town.until(lambda: len(town.posted("notifications.message.delivered")) == 1)
    with town.service.engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM delivery_receipt")) == 1


def test_a_receipt_that_is_faster_than_our_own_commit(town: Town, person: Person) -> None:
    """Receipts are stored as they come; the answer finds them when it is written down."""
    row = _sent_without_receipt(town, person)
    with town.service.engine.connect() as connection:
        operator_id = connection.scalar(text("SELECT operator_id FROM message_part"))
    with town.service.engine.begin() as connection:  # as if the answer had not been written down yet
        connection.execute(text("UPDATE message_part SET operator_id = NULL"))
    came = Came(operator_id, Receipt.DELIVRD, row.number & 0xFFFF, "000")
    assert receipts.take_receipt(town.service.engine, town.clock, came)
    assert town.sms(person).state == "sent"
    run = _run(town, row.id)
    from services.notifications.gateways.line import Answer, Verdict

    sending.record_answers(run, row.id, {1: Answer(Verdict.TAKEN, operator_id)}, 1.0)
    assert town.sms(person).state == "delivered"


def _sent_without_receipt(town: Town, person: Person) -> Any:
    town.phone.behave(person.number, receipt="none")
    town.paid(person)
    town.works()
    return town.state(person, "sent")


def delivered_after_work(town: Town, person: Person) -> bool:
    town.works(2)
    return bool(town.sms(person).state == "delivered")


def _run(town: Town, key: str) -> JobRun:
    return JobRun(town.service.engine, town.clock, "notifications", 1, "send_sms", key, {}, town.clock.today(), 1, "")


@pytest.mark.parametrize(
    ("receipt", "reason"), [("UNDELIV", "undeliverable"), ("EXPIRED", "expired"), ("REJECTD", "rejected")]
)
def test_a_phone_that_cannot_be_reached_is_told_to_benefits(
    town: Town, person: Person, receipt: str, reason: str
) -> None:
    town.phone.behave(person.number, receipt=receipt)
    town.paid(person)
    town.works()
    row = town.state(person, "permanent_failure")
    assert row.reason == reason
    (failed,) = town.posted("notifications.message.failed")
    assert failed["data"]["reason"] == reason
    assert failed["data"]["person_id"] == person.id


def test_contradicting_receipts_change_nothing_any_more(town: Town, person: Person) -> None:
    town.paid(person)
    town.works()
    row = town.state(person, "delivered")
    with town.service.engine.connect() as connection:
        operator_id = connection.scalar(text("SELECT operator_id FROM message_part"))
    assert receipts.take_receipt(
        town.service.engine, town.clock, Came(operator_id, Receipt.UNDELIV, row.number & 0xFFFF, "011")
    )
    assert receipts.take_receipt(town.service.engine, town.clock, Came("of-somebody-else", Receipt.UNDELIV, 5, ""))
    assert town.sms(person).state == "delivered"
    assert town.posted("notifications.message.failed") == []


@pytest.mark.parametrize("number", ["+856", "20551234", "not a number", "+85620551234567890123"])
def test_a_number_that_cannot_be_one(town: Town, number: str) -> None:
    person = town.benefits.knows(Person(phone=number))
    town.paid(person)
    town.works()
    row = town.sms(person)
    assert (row.state, row.reason) == ("permanent_failure", "wrong_number")
    assert len(town.posted("notifications.message.failed")) == 1


def test_a_number_that_the_operator_does_not_know(town: Town, person: Person) -> None:
    town.phone.behave(person.number, refuse=1)
    town.paid(person)
    town.works()
    row = town.sms(person)
    assert (row.state, row.reason) == ("permanent_failure", "wrong_number")


def test_somebody_without_a_phone_gets_her_letter(town: Town) -> None:
    person = town.benefits.knows(Person(phone=None))
    town.submitted(person)
    town.works(2)
    row = town.sms(person)
    assert (row.state, row.reason) == ("cancelled", "no_phone")
    assert town.letter(person).state == "rendered"
    assert town.posted("notifications.message.failed") == []


def test_the_operator_goes_away_and_comes_back(town: Town, person: Person) -> None:
    town.paid(person)
    town.works()
    town.state(person, "delivered")
    town.phone.stop()
    try:
        town.until(lambda: town.service.extra["outside"].lines.lines[0]._client is None)
        town.paid(person, 112000000)
        town.works(2)
        assert town.rows(person)[1].state == "created"
    finally:
        town.phone.start()
    town.works(3)
    town.until(lambda: town.rows(person)[1].state == "delivered")
    assert len(town.phone.texts(person.number)) == 2


def test_an_answer_that_never_comes_is_asked_for_and_nothing_is_sent_twice(town: Town, person: Person) -> None:
    town.phone.behave(person.number, silent=1)
    town.paid(person)
    town.works()
    row = town.sms(person)
    assert row.state in ("sending", "delivered")
    town.until(lambda: delivered_after_work(town, person))
    assert len(town.phone.texts(person.number)) == 1


def test_a_message_that_never_left_is_sent_after_asking(town: Town, person: Person) -> None:
    """Committed as `sending`, then the process died before the call."""
    row = _dies(town, person, at="before")
    assert row.state == "sending"
    assert town.phone.texts(person.number) == []
    town.until(lambda: delivered_after_work(town, person))
    assert len(town.phone.texts(person.number)) == 1


def test_a_process_killed_between_send_and_commit_has_sent_once(town: Town, person: Person) -> None:
    row = _dies(town, person, at="after")
    assert row.state == "sending"
    assert len(town.phone.texts(person.number)) == 1
    town.until(lambda: delivered_after_work(town, person))
    assert len(town.phone.texts(person.number)) == 1
    assert len(town.posted("notifications.message.delivered")) == 1


def test_killed_with_one_part_of_two_taken_the_other_part_follows(town: Town, person: Person) -> None:
    town.phone.behave(person.number, throttle=1)
    row = _dies(town, person, at="after", long=True)
    assert row.state == "sending"
    assert len(town.phone.received(number=person.number)["parts"]) == 1
    town.until(lambda: delivered_after_work(town, person))
    found = town.phone.received(number=person.number)
    assert (len(found["messages"]), len(found["parts"])) == (1, 2)


def _dies(town: Town, person: Person, *, at: str, long: bool = False) -> Any:
    """A real process sends the message and is killed by a real signal at that moment."""
    if long:
        town.decided(
            person,
            town.benefits.decides(person),
            kind="revision",
            difference={"minor": 12000000, "currency": "LAK"},
        )
    else:
        town.paid(person)
    town.service.carry_out()
    script = textwrap.dedent(
        f"""
        import os, signal
        from datetime import date
        from pathlib import Path
        from services.notifications import app
        from services.notifications.gateways.sms import SmppLine, SmsSettings
        from services.notifications.usecases import receipts, sending
        from shared.clock import Clock
        from shared.settings import Settings

        def die(*_, **__):
            os.kill(os.getpid(), signal.SIGKILL)

        settings = Settings(service="notifications", database_url={town.settings.database_url!r},
            keys_dir=Path({str(town.settings.keys_dir)!r}), urls={town.settings.urls!r})
        line = SmppLine(SmsSettings("127.0.0.1", {town.operator.port}, query_url={town.operator.query_url!r}))
        service = app.build(settings, Clock(sandbox_file=Path({str(town.settings.sandbox_clock)!r})), line)
        if {at!r} == "before":
            line.submit = die
        else:
            sending.record_answers = die
        line.on_receipt = lambda came: False   # the receipt is for whoever lives
        service.look_at_jobs()
        """
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()[-2000:]
    town.service.plan_day()  # whoever lives on stays bound, and hears the receipts
    return town.sms(person)


class _OldOperator(SmppLine):
    """An operator that cannot be asked: SMPP and nothing else."""

    def __init__(self, phone: Phone) -> None:
        super().__init__(SmsSettings("127.0.0.1", phone.smpp, query_url=None, answer_seconds=0.6, settle_seconds=0.3))


@pytest.fixture
def old(town: Town) -> Iterator[Service]:
    line = _OldOperator(town.phone)
    service = wiring.build(town.settings, town.clock, line)
    yield service
    line.close()
    service.engine.dispose()


def test_an_operator_that_cannot_be_asked_is_believed_by_its_receipt(town: Town, person: Person, old: Service) -> None:
    town.phone.behave(person.number, silent=1, receipt_delay=0.2)
    town.paid(person)
    old.carry_out()
    old.look_at_jobs()
    assert town.sms(person).state == "sending"

    def again() -> bool:
        town.make_due()
        old.look_at_jobs()
        answer: bool = town.sms(person).state == "delivered"
        return answer

    town.until(again)
    assert len(town.phone.texts(person.number)) == 1


def test_an_operator_that_says_nothing_is_not_sent_the_message_twice(
    town: Town, person: Person, old: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    town.phone.behave(person.number, silent=1, receipt="none")
    town.paid(person)
    old.carry_out()
    old.look_at_jobs()
    monkeypatch.setattr(sending, "RECEIPT_AFTER", timedelta(seconds=0.4))

    def again() -> bool:
        town.make_due()
        old.look_at_jobs()
        answer: bool = town.sms(person).state == "technical_failure"
        return answer

    town.until(again)
    assert len(town.phone.texts(person.number)) == 1
    assert town.posted("notifications.message.failed")[0]["data"]["reason"] == "outcome_unknown"


def test_a_message_is_not_sent_a_day_late(town: Town, person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    town.phone.behave(person.number, throttle=99)
    town.paid(person)
    town.works()
    monkeypatch.setattr(sending, "GIVE_UP_AFTER", timedelta(seconds=0))
    town.works(2)
    row = town.sms(person)
    assert (row.state, row.reason) == ("technical_failure", "gave_up")
    assert town.phone.texts(person.number) == []
    town.phone.behave(person.number)


def test_what_left_too_late_does_not_leave(town: Town) -> None:
    """Whoever finds our intention later must be able to trust what the operator says."""
    import time

    from services.notifications.domain.short_text import encode
    from services.notifications.gateways.line import Verdict

    line = town.service.extra["outside"].lines.lines[0]
    line.ready()
    answers = line.submit("+8562055000000", encode("x", 1), "ref", 1, leave_by=time.monotonic() - 1)
    assert answers[1].verdict is Verdict.NOT_SENT
    assert town.phone.texts("+8562055000000") == []


def test_the_window_of_the_line_holds(town: Town) -> None:
    """Many threads at once, one line: each gets its own answer."""
    import time

    from services.notifications.domain.short_text import encode

    line = town.service.extra["outside"].lines.lines[0]
    line.ready()
    results: list[str] = []

    def send(no: int) -> None:
        answer = line.submit(
            f"+85620550{no:05d}", encode(f"message {no}", no), f"ref-{no}", no, leave_by=time.monotonic() + 5
        )
        results.append(answer[1].verdict)

    threads = [threading.Thread(target=send, args=(n,)) for n in range(60)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == ["taken"] * 60
    assert town.phone.texts("+8562055000042") == ["message 42"]


def test_every_moment_is_written_down(town: Town, person: Person) -> None:
    town.phone.behave(person.number, throttle=1)
    town.paid(person)
    town.works(3)
    town.state(person, "delivered")
    with town.service.engine.connect() as connection:
        states = list(connection.scalars(text("SELECT state FROM message_move ORDER BY number")))
    assert states == ["created", "sending", "temporary_failure", "sending", "sent", "delivered"]


def test_receipts_of_long_ago_are_forgotten(town: Town) -> None:
    receipts.take_receipt(town.service.engine, town.clock, Came("old", Receipt.DELIVRD, 1, ""))
    with town.service.engine.begin() as connection:
        connection.execute(
            text("UPDATE delivery_receipt SET received_at = :t"),
            {"t": datetime.now(UTC) - timedelta(days=90)},
        )
    town.service.plan_day()
    town.works()
    with town.service.engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM delivery_receipt")) == 0
        assert connection.scalar(text("SELECT state FROM job WHERE kind = 'keep_line'")) == "waiting"


def test_the_database_itself_refuses_what_is_not_allowed(town: Town, person: Person) -> None:
    from sqlalchemy.exc import DBAPIError

    from services.notifications.domain.message import MOVES

    town.submitted(person)
    town.works(2)
    row = town.state(person, "delivered")
    for wrong in (
        "UPDATE message SET state = 'sending', version = version + 1 WHERE channel = 'sms'",
        "UPDATE message SET text = 'something else' WHERE channel = 'sms'",
        "UPDATE message SET phone = '+8562055000000' WHERE channel = 'sms'",
        "UPDATE message SET state = 'posted', version = version + 1 WHERE channel = 'letter'",
        "DELETE FROM message_move",
        "UPDATE letter_document SET content = 'x'",
        "DELETE FROM message",
    ):
        with pytest.raises(DBAPIError), town.service.engine.begin() as connection:
            connection.execute(text(wrong))
    with town.service.engine.connect() as connection:
        kept = {tuple(r) for r in connection.execute(text("SELECT channel, before, after FROM message_allowed_move"))}
        assert connection.execute(message.select().where(message.c.id == row.id)).one().text == row.text
    assert kept == {(c, b, a) for c, moves in MOVES.items() for b, to in moves.items() for a in to}


def test_a_message_does_not_wait_behind_letters(town: Town, person: Person) -> None:
    """The worker's quick loop sends it while the letters that came first have not been drawn."""
    for _ in range(3):
        town.decided(person, town.benefits.decides(person))
    town.service.carry_out()
    assert len(town.service.due(slow=True)) == 3
    quick = town.service.due(slow=False)
    assert not set(quick) & set(town.service.due(slow=True))
    assert town.service.something_presses()
    for number in quick:
        town.service.look_at(number)
    assert len(town.phone.texts(person.number)) == 3
    assert len(town.service.due(slow=True)) == 3
    assert not town.service.something_presses()
