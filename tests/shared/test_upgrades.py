"""Strict when writing, tolerant when reading: a service that is a release ahead stops nobody behind it."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from shared.act import Act
from shared.clock import Clock
from shared.events import TOPICS, Event, EventInvalid, check_data, known
from shared.messaging import receive
from shared.process import Service
from shared.settings import Settings
from shared.tables import inbox

PERSON = str(uuid.uuid4())
PAYEE = {"person_id": PERSON, "office_id": "vte"}


class Reader:
    """A payments service that listens to two kinds of event and notes what it hears."""

    def __init__(self, url: str, keys: Path, tmp_path: Path) -> None:
        (tmp_path / "clock").write_text("2025-05-20")
        self.heard: list[Event] = []
        handlers = dict.fromkeys(("benefits.payee.changed", "benefits.award.ended"), self._hear)
        settings = Settings("payments", url, keys)
        clock = Clock(sandbox_file=tmp_path / "clock")
        self.service = Service("payments", Path("services/payments"), handlers, {}, settings, clock)

    def _hear(self, act: Act, event: Event) -> None:
        self.heard.append(event)

    def gets(self, *bodies: dict[str, Any]) -> list[str]:
        """The states of all messages, in the order of their numbers, after everything was carried out."""
        with self.service.engine.begin() as connection:
            for body in bodies:
                receive(connection, body, datetime.now(UTC))
        while self.service.carry_out():
            pass
        with self.service.engine.connect() as connection:
            return list(connection.scalars(select(inbox.c.state).order_by(inbox.c.sequence)))


def event(sequence: int, type_: str = "benefits.payee.changed", data: Any = None, **more: Any) -> dict[str, Any]:
    return {
        "specversion": "1.0",
        "id": str(uuid.uuid4()),
        "source": "/benefits",
        "type": type_,
        "subject": PERSON,
        "time": "2025-05-20T00:00:00Z",
        "recordedtime": "2025-05-20T00:00:00.000Z",
        "datacontenttype": "application/json",
        "dataschema": f"https://tideover.example/schemas/{type_}/1.0",
        "partitionkey": PERSON,
        "sequence": str(sequence),
        "correlationid": PERSON,
        "data": PAYEE if data is None else data,
    } | more


@pytest.fixture
def reader(new_database: Callable[[str], str], keys_folder: Path, tmp_path: Path) -> Iterator[Reader]:
    found = Reader(new_database("payments"), keys_folder, tmp_path)
    yield found
    found.service.engine.dispose()


def test_a_type_nobody_here_knows_is_passed_by_and_the_next_follows(reader: Reader) -> None:
    news = event(1, "benefits.pension.granted", {"what": ["ever"]})
    assert reader.gets(news, event(2)) == ["done", "done"]
    assert [e.sequence for e in reader.heard] == [2]


def test_a_type_read_by_others_is_passed_by_whatever_its_data(reader: Reader) -> None:
    """Payments get every type of benefits for the order's sake; a claim's receipt is not theirs to check."""
    for_others = event(1, "benefits.claim.submitted", {"a": "release ahead"})
    later = event(2, "benefits.claim.submitted", {"a": 1}, dataschema="https://tideover.example/schemas/x/2.0")
    assert reader.gets(for_others, later, event(3)) == ["done", "done", "done"]


def test_a_member_nobody_here_knows_is_left_out(reader: Reader) -> None:
    assert reader.gets(event(1, data=PAYEE | {"since": {"a": 1}}, extension="x")) == ["done"]
    assert [e.data for e in reader.heard] == [PAYEE]


def test_what_a_reader_needs_and_does_not_understand_waits_for_a_person(reader: Reader) -> None:
    newer = event(2, dataschema="https://tideover.example/schemas/benefits.payee.changed/2.0")
    assert reader.gets(event(1), newer, event(3)) == ["done", "parked", "waiting"]
    assert len(reader.heard) == 1


@pytest.mark.parametrize("wrong", [{}, {"person_id": 5, "office_id": "vte"}])
def test_a_member_that_is_needed_and_missing_is_not_guessed(reader: Reader, wrong: dict[str, Any]) -> None:
    assert reader.gets(event(1, data=wrong)) == ["parked"]


ODD_WORDS: tuple[Any, ...] = (None, "", 5, [], "a\x00")
ODD_COUNTS: tuple[Any, ...] = (None, "", "five", "0", "-1", [], "9" * 40, "1\x00")
ODD_NAMES = [(name, odd) for name in ("partitionkey", "type", "id") for odd in ODD_WORDS]
ODD_NUMBERS = [("sequence", odd) for odd in ODD_COUNTS]


@pytest.mark.parametrize(("name", "value"), ODD_NAMES + ODD_NUMBERS)
def test_what_is_no_event_at_all_is_parked_and_stops_nobody(reader: Reader, name: str, value: Any) -> None:
    states = reader.gets(event(2) | {name: value}, event(1))
    assert sorted(states) == ["done", "parked"]


def test_writing_stays_strict() -> None:
    with pytest.raises(EventInvalid):
        check_data("benefits.payee.changed", PAYEE | {"since": "2025-05-01"})


def test_unknown_members_are_left_out_at_any_depth() -> None:
    schema = TOPICS["benefits.award.granted"].data
    amount = {"minor": 1, "currency": "LAK"}
    said = {"total": amount | {"news": 1}, "instalments": [{"no": 1, "news": 1, "amount": amount | {"news": 1}}]}
    assert known(schema, said) == {"total": amount, "instalments": [{"no": 1, "amount": amount}]}
