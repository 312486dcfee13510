"""Operators refuse, fall silent and stand in for each other; the message ends where it truly ended, once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from services.notifications import app as wiring
from services.notifications.domain.quiet import QuietHours
from services.notifications.gateways import operators, smpp_status
from services.notifications.gateways.http_line import HttpLine, HttpSettings
from services.notifications.gateways.line import Answer, LineDown, Verdict
from services.notifications.gateways.lines import Lines
from services.notifications.gateways.sms import SmppLine
from tests.notifications.conftest import Person, Town
from tests.notifications.operators import HttpOperator, SmppOperator, rings, to, with_operators

# --- refusals ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [0x58, 0x14, 0x45, 0x64, 0x08, 0x400, 0x4FF, 0xFF, 0x222])
def test_a_refusal_that_may_pass_is_tried_again_with_spacing(town: Town, person: Person, status: int) -> None:
    with SmppOperator([status]) as operator, with_operators(town, to(operator)) as here:
        here.paid(person)
        here.works()
        assert here.sms(person).state == "temporary_failure"
        with here.service.engine.connect() as connection:
            spaced = connection.exec_driver_sql("SELECT due_at - now() FROM job WHERE kind = 'send_sms'").scalar_one()
        assert spaced > timedelta(seconds=1)
        here.state(person, "sent")
        assert len(operator.taken) == 1


@pytest.mark.parametrize(
    ("status", "state"),
    [
        (0x0B, "permanent_failure"),
        (0x50, "permanent_failure"),
        (0x01, "technical_failure"),
        (0x65, "technical_failure"),
        (0xC4, "technical_failure"),
    ],
)
def test_a_final_refusal_is_final(town: Town, person: Person, status: int, state: str) -> None:
    with SmppOperator([status]) as operator, with_operators(town, to(operator)) as here:
        here.paid(person)
        here.works(3)
        assert here.sms(person).state == state
        assert operator.taken == []


@pytest.mark.parametrize("status", [0x0A, 0x48, 0x49])
def test_a_wrong_sender_stops_the_line_and_loses_no_message(
    town: Town, status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    with SmppOperator([status, status]) as operator, with_operators(town, to(operator)) as here:
        one, two = here.benefits.knows(Person()), here.benefits.knows(Person())
        here.paid(one)
        here.paid(two)
        here.works(3)
        assert (here.sms(one).state, here.sms(two).state) == ("temporary_failure", "created")
        assert operator.answers == [status]  # the second message was not tried at all
        operator.answers.clear()  # somebody has put the sender right
        (line,) = here.service.extra["outside"].lines.lines
        monkeypatch.setattr(line, "_still_until", 0.0)  # a minute later
        here.state(one, "sent")
        here.state(two, "sent")
        assert len(operator.taken) == 2


def test_an_operators_own_codes_mean_what_was_agreed() -> None:
    agreed = smpp_status.read_agreed("0x401=number, 0x402=line 1027=never 0x404=later")
    assert smpp_status.meaning(0x401, agreed) == (Verdict.NEVER, "wrong_number")
    assert smpp_status.meaning(0x402, agreed).verdict is Verdict.LINE
    assert smpp_status.meaning(0x403, agreed).verdict is Verdict.NEVER
    assert smpp_status.meaning(0x404, agreed).verdict is Verdict.LATER
    assert smpp_status.meaning(0x405, agreed).verdict is Verdict.LATER
    for wrong in ("0x401", "0x401=maybe", "x=never"):
        with pytest.raises(ValueError, match=r"later|invalid"):
            smpp_status.read_agreed(wrong)


# --- the second operator -----------------------------------------------------------------------------


class _Moment:
    """A clock of seconds that the story moves."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def _two(operators_: tuple[SmppOperator, SmppOperator], moment: Callable[[], float]) -> Lines:
    first, second = operators_
    return Lines([to(first), to(second, name="second")], moment)


def _pays(here: Town) -> Person:
    person = here.benefits.knows(Person())
    here.paid(person)
    here.works()
    return person


def test_a_second_operator_takes_over_after_a_bad_minute_and_gives_back_gently(town: Town) -> None:
    moment = _Moment()
    with SmppOperator([0x14] * 50) as first, SmppOperator() as second:
        lines = _two((first, second), moment)
        service = wiring.build(town.settings, town.clock, lines)
        here = replace(town, service=service)
        waiting = _pays(here)
        for _ in range(3):  # a bad minute: only failures
            moment.now += 19
            here.works(2)
        assert second.taken == []
        moment.now += 19
        here.state(waiting, "sent")
        assert (len(first.taken), len(second.taken)) == (0, 1)
        assert here.sms(waiting).line == "second"
        for _ in range(4):
            _pays(here)
        assert (len(first.taken), len(second.taken)) == (0, 5)
        first.answers.clear()  # the first is well again
        moment.now += 10
        _pays(here)  # the one message that tries it
        assert (len(first.taken), len(second.taken)) == (1, 5)
        for _ in range(16):  # at first an eighth
            _pays(here)
        assert (len(first.taken), len(second.taken)) == (3, 19)
        for _ in range(4):
            moment.now += 15
            _pays(here)
        before = len(second.taken)
        for _ in range(4):
            _pays(here)
        assert len(second.taken) == before  # all is the first's again
        lines.close()
        service.engine.dispose()


def test_on_the_way_back_one_failure_is_enough(town: Town) -> None:
    moment = _Moment()
    with SmppOperator([0x14] * 4) as first, SmppOperator() as second:
        lines = _two((first, second), moment)
        one, two = lines.lines
        bad, good = [Answer(Verdict.LATER)], [Answer(Verdict.TAKEN, "1")]
        for _ in range(3):
            lines.heard(one, bad)
        moment.now += 60
        assert lines.choose() is two
        moment.now += 10
        assert lines.choose() is one
        lines.heard(one, good)
        lines.heard(one, bad)
        assert [lines.choose() for _ in range(9)] == [two] * 9
        lines.close()


def test_a_message_whose_answer_was_lost_never_goes_to_the_other_operator(town: Town, person: Person) -> None:
    """The first took it and fell silent for good: only its receipt or the end of our patience can settle it."""
    moment = _Moment()
    with SmppOperator() as second, HttpOperator(["silent"]) as first:
        silent = HttpLine(HttpSettings(first.url, secret="s", answer_seconds=0.3, settle_seconds=3.0))
        lines = Lines([silent, to(second, name="second")], moment)
        service = wiring.build(town.settings, town.clock, lines)
        here = replace(town, service=service)
        here.paid(person)
        here.works()
        assert here.sms(person).state == "sending"
        moment.now += 600
        here.state(person, "sent")
        assert here.sms(person).line == "first"
        assert (len(first.taken), second.taken) == (1, [])
        lines.close()
        service.engine.dispose()


def test_an_operator_that_is_gone_is_left_only_when_nothing_is_with_it(town: Town, person: Person) -> None:
    """Its door is shut before anything left: the second sends the message."""
    moment = _Moment()
    with SmppOperator() as second:
        gone = HttpLine(HttpSettings("http://127.0.0.1:9", secret="s", settle_seconds=3.0))
        lines = Lines([gone, to(second, name="second")], moment)
        service = wiring.build(town.settings, town.clock, lines)
        here = replace(town, service=service)
        here.paid(person)
        here.works(4)
        assert here.sms(person).state == "temporary_failure"
        moment.now += 60
        here.state(person, "sent")
        assert len(second.taken) == 1
        lines.close()
        service.engine.dispose()


# --- an operator over HTTP ---------------------------------------------------------------------------


def _http(operator: HttpOperator, secret: str = "old,new") -> HttpLine:
    return HttpLine(HttpSettings(operator.url, "t", secret=secret, answer_seconds=0.5, settle_seconds=3.0))


def test_over_http_one_call_takes_the_whole_text_and_a_signed_call_back_tells_its_end(
    town: Town, person: Person
) -> None:
    with HttpOperator() as operator, with_operators(town, _http(operator)) as here:
        here.paid(person)
        here.works()
        row = here.sms(person)
        assert row.state == "sent"
        assert [m["text"] for m in operator.taken] == [row.text]
        client = here.client()
        said = {"id": "h-0", "state": "delivered"}
        assert rings(client, "somebody else's", said).status_code == 401
        assert rings(client, "new", said, datetime.now(UTC) - timedelta(hours=1)).status_code == 401
        assert client.post("/v1/messages/receipts", json=said).status_code == 401
        assert here.sms(person).state == "sent"
        unread: list[Any] = [[], {"id": "h-0"}, {"id": "h-0", "state": "blissful"}, {"id": "\0", "state": "delivered"}]
        unread += [{"id": odd, "state": "delivered"} for odd in (None, True, 43.5, ["h-0"])]
        for body in unread:
            assert rings(client, "new", body).status_code == 400, body
        assert rings(client, "new", said).status_code == 202
        assert rings(client, "old", said).status_code == 202
        assert here.sms(person).state == "delivered"
        assert len(here.posted("notifications.message.delivered")) == 1


@pytest.mark.parametrize("answer", [429, 503, 599, (400, {"code": "throttled"})])
def test_over_http_what_passes_is_tried_again(town: Town, person: Person, answer: Any) -> None:
    with HttpOperator([answer]) as operator, with_operators(town, _http(operator)) as here:
        here.paid(person)
        here.works()
        assert here.sms(person).state == "temporary_failure"
        here.state(person, "sent")
        assert len(operator.taken) == 1


@pytest.mark.parametrize("lost", ["silent", 500, 502])
def test_over_http_a_lost_answer_is_asked_for_and_the_message_goes_once(town: Town, person: Person, lost: Any) -> None:
    with HttpOperator([lost]) as operator, with_operators(town, _http(operator)) as here:
        here.paid(person)
        here.works()
        assert here.sms(person).state == "sending"
        here.state(person, "sent")
        assert len(operator.taken) == 1


def test_over_http_a_refused_account_stops_the_line_and_a_wrong_number_the_message(town: Town) -> None:
    answers: list[Any] = [(422, {"code": "wrong_number"}), 401]
    with HttpOperator(answers) as operator, with_operators(town, _http(operator)) as here:
        assert here.sms(_pays(here)).state == "permanent_failure"
        assert here.sms(_pays(here)).state == "temporary_failure"
        assert here.sms(_pays(here)).state == "created"
        with pytest.raises(LineDown, match="wrong_password"):
            here.service.extra["outside"].lines.choose()


# --- quiet hours -------------------------------------------------------------------------------------

VIENTIANE = ZoneInfo("Asia/Vientiane")


def test_nobody_is_woken_and_the_message_goes_in_the_morning(town: Town, person: Person) -> None:
    local = datetime.now(VIENTIANE)
    around = QuietHours(
        (local - timedelta(hours=1)).time().replace(microsecond=0),
        (local + timedelta(hours=1)).time().replace(microsecond=0),
        VIENTIANE,
    )
    with SmppOperator() as operator:
        with with_operators(town, to(operator), quiet=around) as here:
            here.paid(person)
            here.works(3)
            assert (here.sms(person).state, operator.taken) == ("created", [])
        with with_operators(town, to(operator)) as here:  # the hours are over
            here.make_due()
            here.works()
            assert here.sms(person).state == "sent"
        assert len(operator.taken) == 1


@pytest.mark.parametrize(
    ("at", "left"),
    [("20:59", None), ("21:00", 600), ("23:30", 450), ("00:00", 420), ("06:59", 1), ("07:00", None), ("12:00", None)],
)
def test_quiet_hours_over_midnight(at: str, left: int | None) -> None:
    hours = QuietHours.read("21:00-07:00", VIENTIANE)
    now = datetime.combine(datetime(2025, 6, 2, tzinfo=UTC), time.fromisoformat(at), VIENTIANE).astimezone(UTC)
    assert hours.left(now) == (None if left is None else timedelta(minutes=left))


@pytest.mark.parametrize("wrong", ["21-7", "25:00-07:00", "07:00-07:00", ""])
def test_quiet_hours_that_cannot_be_read_are_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match="quiet hours"):
        QuietHours.read(wrong, VIENTIANE)


# --- settings ----------------------------------------------------------------------------------------


def test_the_environment_names_two_operators() -> None:
    assert operators.from_environment({}) is None
    lines = operators.from_environment(
        {
            "SMS_GATEWAY_URL": "smpp://me:p%40ss@127.0.0.1:2776",
            "SMS_STATUS_CODES": "0x400=line",
            "SMS_SECOND_GATEWAY_URL": "https://sms.example.la/v2/",
            "SMS_SECOND_CALLBACK_SECRET": "a,b",
        }
    )
    assert lines is not None
    first, second = lines.lines
    assert isinstance(first, SmppLine)
    assert (first.name, first.settings.password, first.settings.port) == ("first", "p@ss", 2776)
    assert lines.by_secret() == {"second": ["a", "b"]}
    assert lines.named(None) is first
    assert lines.named("second") is second
    for wrong in (
        {"SMS_SECOND_GATEWAY_URL": "smpp://x"},
        {"SMS_GATEWAY_URL": "ftp://x"},
        {"SMS_GATEWAY_URL": "https://x"},
        {"SMS_GATEWAY_URL": "smpp://x", "SMS_STATUS_CODES": "bad"},
    ):
        with pytest.raises(SystemExit, match="SMS_"):
            operators.from_environment(wrong)
