"""Many orders go together, in parts; where a process is killed another goes on: nothing twice, nothing forgotten."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from sqlalchemy import Engine, select, text, update

from services.payments import store
from services.payments import tables as t
from services.payments.domain import run as rules
from services.payments.domain.order import LIVE, OrderState
from services.payments.gateways import pain001
from services.payments.gateways.bank import BankAway, BankStatus, Receipt
from services.payments.usecases import answers, checking, enquiring, moves, reading, sending, statements
from shared import database
from shared.tables import outbox
from tests.payments.conftest import Town
from tests.payments.pay_day import Day, play, seed, statement
from tests.there import there

ORDERS = 10


#: Five of the orders go to employers who advanced them, behind the triggers that let no order be changed.
TO_EMPLOYERS = """
SET LOCAL session_replication_role = replica;
UPDATE payment_order SET employer_id = gen_random_uuid()
  WHERE reference IN (SELECT reference FROM payment_order ORDER BY reference OFFSET 2 LIMIT 5);
UPDATE award_instalment i SET advanced = jsonb_build_object(o.employer_id::text, i.amount_minor) FROM payment_order o
  WHERE (o.award_id, o.component, o.no) = (i.award_id, i.component, i.no) AND o.employer_id IS NOT NULL;
"""
#: A day on which some orders go to employers, too.
whoever_is_paid = pytest.mark.parametrize("day", [False, True], ids=["to persons", "to employers, too"], indirect=True)


@pytest.fixture
def day(new_database: Callable[[str], str], tmp_path: Path, request: pytest.FixtureRequest) -> Day:
    """A pay day of ten orders, in files of four."""
    found = seed(database.connect(new_database("payments")), tmp_path, ORDERS)
    if getattr(request, "param", False):
        with found.engine.begin() as connection:
            for change in TO_EMPLOYERS.split(";")[:-1]:
                connection.execute(text(change))
            assert connection.scalar(text("SELECT count(employer_id) FROM payment_order"))
    return found


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "PART", 4)
    monkeypatch.setattr(rules, "TOGETHER", 3)
    monkeypatch.setattr(checking, "NOTED_TOGETHER", 3)
    monkeypatch.setattr(reading, "TOGETHER", 3)


def rows(engine: Engine, table: Any) -> list[Any]:
    with engine.connect() as connection:
        return list(connection.execute(select(table)))


def dies_and_dies_again(day: Day, folder: Path, what: str, own: str) -> int:
    """One process after the other does the work and is killed before its first, second, third … commit, until one
    ends. Returns how many it took."""
    url = day.engine.url.render_as_string(hide_password=False)
    for last in range(1, 60):
        command = [sys.executable, "-m", "tests.payments.dying", url, str(folder), what, own, str(last)]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode == 0:
            return last
        assert done.returncode == -9, done.stderr[-2000:]
    raise AssertionError("it never ended")


def referred(file: bytes) -> list[str]:
    found = etree.fromstring(file).iter(f"{{{pain001.NAMESPACE}}}EndToEndId")
    return [str(one.text) for one in found]


def test_a_run_leaves_in_parts_and_all_its_orders_are_in_one(
    day: Day, small: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id = day.to_release()
    handed: list[bytes] = []

    def submit(message_id: str, file: bytes) -> Receipt:
        handed.append(file)
        return Receipt(message_id, None)

    monkeypatch.setattr(day.out.bank, "submit", submit)
    sending.send_run(day.job(), day.out, run_id)
    orders = rows(day.engine, t.payment_order)
    assert [len(referred(file)) for file in handed] == [4, 4, 2]
    assert sorted(r for file in handed for r in referred(file)) == sorted(o.reference for o in orders)
    names = [etree.fromstring(file).findtext(f".//{{{pain001.NAMESPACE}}}MsgId") for file in handed]
    message = there(store_run(day, run_id)).message_id
    assert names == [message, f"{message}002", f"{message}003"]
    assert {o.state for o in orders} == {"sent"}
    assert sending.send_run(day.job(), day.out, run_id) is None
    assert len(handed) == 3


def store_run(day: Day, run_id: str) -> Any:
    with day.engine.connect() as connection:
        return store.run(connection, run_id)


def test_a_bank_that_falls_silent_is_asked_about_that_part_and_given_the_rest_later(
    day: Day, small: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id, handed = day.to_release(), []

    def submit(message: str, file: bytes) -> Receipt:
        handed.append(message)
        if len(handed) == 2:
            raise BankAway("away")
        return Receipt(message, None)

    monkeypatch.setattr(day.out.bank, "submit", submit)
    monkeypatch.setattr(day.out.bank, "enquire", lambda reference, uetr="": None)
    later = sending.send_run(day.job(), day.out, run_id)
    assert later is not None
    assert later.reason == "bank_away"
    states = sorted(o.state for o in rows(day.engine, t.payment_order))
    assert states == ["sent"] * 6 + ["unknown"] * 4, "what nobody has begun to hand over is not unknown"
    asked = enquiring.enquire_unknown(day.job(), day.out, run_id)
    assert asked is not None
    assert asked.reason == "sending_goes_on"
    assert sending.send_run(day.job(), day.out, run_id) is None
    assert len(handed) == len(set(handed)) == 3


def test_a_part_whose_sender_died_is_asked_about_though_all_others_were_answered(
    day: Day, small: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id, handed = day.to_release(), []

    def submit(message: str, file: bytes) -> Receipt:
        handed.append(message)
        if len(handed) == 1:
            raise RuntimeError("the process dies here")
        return Receipt(message, BankStatus("ACCP"))

    monkeypatch.setattr(day.out.bank, "submit", submit)
    monkeypatch.setattr(day.out.bank, "enquire", lambda reference, uetr="": None)
    with pytest.raises(RuntimeError):
        sending.send_run(day.job(), day.out, run_id)
    assert sending.send_run(day.job(), day.out, run_id) is None
    assert len(handed) == len(set(handed)) == 3
    enquiring.enquire_unknown(day.job(), day.out, run_id)
    assert sorted(o.state for o in rows(day.engine, t.payment_order)) == ["accepted"] * 6 + ["unknown"] * 4


@whoever_is_paid
def test_the_whole_day_adds_up_in_parts(day: Day, tmp_path: Path, small: None) -> None:
    """Drafted, checked, released, sent and matched; `play` stops unless everybody was paid once and the books agree."""
    play(day)
    assert {run.state for run in rows(day.engine, t.run)} == {"closed"}
    events = [row.type for row in rows(day.engine, outbox)]
    assert events.count("payments.order.sent") == events.count("payments.instalment.paid") == ORDERS


@whoever_is_paid
@pytest.mark.faults
def test_whoever_is_killed_while_sending_hands_nothing_over_twice(day: Day, tmp_path: Path, small: None) -> None:
    run_id = day.to_release()
    assert dies_and_dies_again(day, tmp_path, "send", run_id) > 5
    handed = (tmp_path / "handed").read_text().split()
    assert len(handed) == len(set(handed)), "no file is handed over twice"
    told = {r for message in handed for r in referred((tmp_path / f"{message}.xml").read_bytes())}
    parts = rows(day.engine, t.run_part)
    silent = [p for p in parts if p.answered_at is None]
    for order in rows(day.engine, t.payment_order):
        asked = any(p.first_reference <= order.reference <= p.last_reference for p in silent)
        assert order.reference in told or asked, "what did not leave is asked about"
    with day.job().begin() as act:
        answers.no_answer(act, run_id)
    unknown = [o for o in rows(day.engine, t.payment_order) if o.state == OrderState.UNKNOWN]
    assert len(unknown) == sum(p.order_count for p in silent)
    assert all(p.sent_at is not None for p in parts)


@whoever_is_paid
@pytest.mark.faults
def test_whoever_is_killed_while_checking_goes_on_where_it_was(day: Day, tmp_path: Path, small: None) -> None:
    run_id = day.drafted()
    assert dies_and_dies_again(day, tmp_path, "check", run_id) > 3
    assert store_run(day, run_id).state == "checked"
    assert all(item.payee_name for item in rows(day.engine, t.run_item))


@whoever_is_paid
@pytest.mark.faults
def test_whoever_is_killed_while_reading_keeps_each_line_once(day: Day, tmp_path: Path, small: None) -> None:
    sending.send_run(day.job(), day.out, day.to_release())
    (tmp_path / "statement").write_bytes(statement(day.engine))
    assert dies_and_dies_again(day, tmp_path, "read", "statement") > 4
    assert len(rows(day.engine, t.statement_line)) == ORDERS
    (told,) = rows(day.engine, t.statement)
    assert (told.adds_up, told.done) == (True, True)
    assert {o.state for o in rows(day.engine, t.payment_order)} == {"settled"}
    assert sum(p.minor for p in rows(day.engine, t.ledger_posting)) == 0


def test_one_line_that_cannot_be_taken_stops_no_other(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lines are taken together; where one fails, the others are taken without it."""
    monkeypatch.setattr(reading, "TOGETHER", 50)
    awards = [town.award(town.person(account=f"11002003004{n:02d}"), 100_00) for n in range(8)]
    bad = town.orders(awards[3])[0].reference
    real = statements.line_values

    def refuses(act: Any, statement_id: str, told: Any, line: Any, before: Any, order_id: Any) -> Any:
        if line.reference == bad:
            raise ValueError("a line that nobody can keep")
        return real(act, statement_id, told, line, before, order_id)

    monkeypatch.setattr(statements, "line_values", refuses)
    town.pays()
    assert town.states(awards[3]) == ["accepted"]
    assert [s for a in awards if a is not awards[3] for s in town.states(a)] == ["settled"] * 7
    monkeypatch.undo()
    town.later()
    assert [s for a in awards for s in town.states(a)] == ["settled"] * 8


def test_a_look_at_some_payees_does_not_read_the_whole_run(new_database: Callable[[str], str], tmp_path: Path) -> None:
    """Statistics know nothing of a run that was just drafted: each look read all of it, and a run of twice as many
    orders took four times as long."""
    day = seed(database.connect(new_database("payments")), tmp_path, 3000)
    run_id = day.drafted()
    with day.engine.connect() as connection:
        people = store.unchecked_people(connection, run_id)
    read = "SELECT idx_tup_fetch + seq_tup_read FROM pg_stat_xact_user_tables WHERE relname = 'payment_order'"
    with day.engine.connect() as connection:
        before = connection.scalar(text(read))
        found = store.orders_of_people(connection, run_id, people[:20])
        assert len(found) == 20
        assert connection.scalar(text(read)) - before < 200
    day.engine.dispose()


def test_an_order_on_its_way_is_written_into_no_index_again(new_database: Callable[[str], str], tmp_path: Path) -> None:
    """Approved, sent, accepted: each move was a new entry in ten indexes, two thirds of what sending cost."""
    day = seed(database.connect(new_database("payments")), tmp_path, 60)
    run_id = day.drafted()
    day.checks(run_id)
    written = "SELECT n_tup_upd, n_tup_hot_upd FROM pg_stat_xact_user_tables WHERE relname = 'payment_order'"
    path = (OrderState.PLANNED, OrderState.APPROVED, OrderState.SENT, OrderState.ACCEPTED)
    for before, after in pairwise(path):
        with database.at_once(day.engine) as connection:
            connection.execute(text("VACUUM payment_order"))  # what nobody sees any more leaves its room
        with day.engine.begin() as connection:
            rows = store.orders_after(connection, run_id, "", before, 60)
            all_before, light_before = connection.execute(text(written)).one()
            moves.move_orders(day.act("khamla", connection), rows, after)
            changed, light = connection.execute(text(written)).one()
            assert changed - all_before == 60
            assert light - light_before >= 45, after  # a page on which more of them meet has no room for all
    day.engine.dispose()


@pytest.mark.parametrize("state", OrderState)
def test_where_an_order_stands_follows_from_its_state(day: Day, state: OrderState) -> None:
    """The database keeps it for its indexes; whoever writes a state, at whatever door, writes this too."""
    with day.engine.connect() as connection:
        connection.execute(text("ALTER TABLE payment_order DISABLE TRIGGER order_stays_guarded"))
        run_id = connection.scalar(text("SELECT gen_random_uuid()"))
        connection.execute(text("ALTER TABLE payment_order DROP CONSTRAINT payment_order_run_id_fkey"))
        stands = update(t.payment_order).values(state=state, reason="AC04", run_id=run_id, standing="live")
        found = set(connection.scalars(stands.returning(t.payment_order.c.standing)))
        live, cancelled = state in LIVE, state is OrderState.CANCELLED
        assert found == {"live" if live else "cancelled" if cancelled else "ended"}
        connection.rollback()
