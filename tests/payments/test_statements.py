"""The bank's statement: every line is understood, or shown; a day adds up, or says by how much it does not."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from services.payments import consumer, store
from services.payments import tables as t
from services.payments.domain.order import OrderState
from services.payments.domain.statement import day_numbers
from services.payments.usecases import explaining, reading
from shared.money import Money
from tests.payments.conftest import DAOVONE, PAY_DAY, Town
from tests.there import there

OURS = "0100000000001"


def reads(town: Town) -> None:
    """The statement of today (so far) is fetched."""
    consumer.fetch_statement(town.job(currency="LAK"), town.out)


def lines(town: Town) -> list[str]:
    with town.service.engine.connect() as connection:
        return list(connection.scalars(select(t.statement_line.c.match).order_by(t.statement_line.c.bank_reference)))


def test_a_fee_a_stranger_and_a_double_payment(town: Town) -> None:
    an = town.person()
    award = town.award(an, 100_00)
    town.pays()
    reference = town.orders(award)[0].reference
    town.bank.books_by_hand(number=OURS, minor=-5_00, currency="LAK", kind="fee", about="charges")
    town.bank.books_by_hand(number=OURS, minor=77_00, currency="LAK", about="who is this")
    town.bank.books_by_hand(number=OURS, minor=-100_00, currency="LAK", kind="transfer", reference=reference)
    reads(town)
    assert lines(town) == ["matched", "fee", "unmatched", "duplicate"]
    assert town.states(award) == ["settled"]
    assert (town.balance("fees"), town.balance("suspense")) == (5_00, 23_00)
    assert town.balance("bank") == -100_00 - 5_00 + 77_00 - 100_00


def test_the_same_entries_on_interim_and_final_statement_count_once(town: Town) -> None:
    town.award(town.person(), 100_00)
    town.pays()
    reads(town)
    reads(town)
    town.day(PAY_DAY + timedelta(days=1))
    reads(town)
    assert lines(town) == ["matched"]
    assert len(town.events("instalment.paid")) == 1
    with town.service.engine.connect() as connection:
        finals = connection.execute(select(t.statement).where(t.statement.c.is_final)).all()
    assert [(s.day, s.adds_up) for s in finals] == [(PAY_DAY, True)]


def test_an_amount_that_differs_is_not_called_paid_and_not_paid_again(town: Town) -> None:
    town.bank_is_right = False
    award = town.award(town.person(), 100_00)
    town.bank.told(swallow=1)
    town.pays()
    reference = town.orders(award)[0].reference
    town.bank.books_by_hand(number=OURS, minor=-90_00, currency="LAK", kind="transfer", reference=reference)
    reads(town)
    assert lines(town) == ["amount_differs"]
    assert town.states(award) == ["accepted"]
    assert town.balance("suspense") == 90_00
    town.day(PAY_DAY + timedelta(days=1))
    town.later()
    assert town.states(award) == ["accepted"], "something moved under this reference: it is never sent again"
    with town.service.engine.connect() as connection:
        line = connection.execute(select(t.statement_line)).one()
        assert [o.reference for o in store.missing_there(connection, PAY_DAY, {("iso20022", "LAK"): PAY_DAY})] == [
            reference
        ]
    with town.act(DAOVONE) as act:
        explaining.resolve_line(act, line.id, "settled_as_paid", "the bank paid 10 less and will add it")
    assert town.states(award) == ["settled"]
    assert (town.balance("suspense"), town.balance("bank"), town.balance("clearing")) == (-10_00, -90_00, 0)


def test_a_fee_that_was_not_marked_as_one_is_explained_by_reversal(town: Town) -> None:
    town.award(town.person(), 100_00)
    town.pays()
    town.bank.books_by_hand(number=OURS, minor=-3_00, currency="LAK", about="stamp duty")
    reads(town)
    with town.service.engine.connect() as connection:
        line = connection.execute(select(t.statement_line).where(t.statement_line.c.match == "unmatched")).one()
    with town.act(DAOVONE) as act:
        explaining.resolve_line(act, line.id, "fee", "stamp duty")
    assert (town.balance("suspense"), town.balance("fees")) == (0, 3_00)
    with pytest.raises(explaining.LineGone), town.act(DAOVONE) as act:
        explaining.resolve_line(act, line.id, "fee", "again")


def test_a_statement_line_ends_an_order_without_an_answer(town: Town) -> None:
    award = town.award(town.person(), 100_00)
    town.bank.told(drop_answer=1)
    run_id = town.pays()
    assert town.states(award) == ["unknown"]
    reads(town)
    assert (town.states(award), town.run(run_id).state) == (["settled"], "closed")


def test_a_bad_line_never_stops_a_file(town: Town) -> None:
    award = town.award(town.person(), 100_00)
    town.pays()
    file = there(town.out.bank.statement(OURS, PAY_DAY))
    broken = b'<Ntry><Amt Ccy="LAK">a lot</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts></Ntry>'
    file = file.replace(b"<Ntry>", broken + b"<Ntry>", 1).replace(b"-1</Id>", b"-X</Id>")
    reading.import_statement(town.job(), town.out, file)
    with town.service.engine.connect() as connection:
        latest = connection.execute(select(t.statement).order_by(t.statement.c.imported_at.desc())).first()
    assert [position for position, _ in there(latest).unreadable] == [1]
    assert town.states(award) == ["settled"]


def test_a_day_as_four_numbers_that_add_up(town: Town) -> None:
    town.award(town.person(), 100_00)
    town.award(town.person("Bun", account="110020039001"), 20_00)
    town.award(town.person("Chan", account="110020039104"), 3_00)
    town.pays()
    town.award(town.person("Deng"), 7_00)
    town.bank.told(swallow=1)
    town.pays()
    town.day(PAY_DAY + timedelta(days=1))
    with town.service.engine.connect() as connection:
        by_state = store.numbers_by_state(connection, PAY_DAY, "LAK")
        minor, count = store.sent_totals(connection, PAY_DAY)["LAK"]
    found = day_numbers(by_state, minor, count)
    assert (found.confirmed_minor, found.came_back_minor, found.sent_minor) == (100_00, 23_00, 130_00)
    assert found.adds_up
    assert not day_numbers({OrderState.SETTLED: (1, 1)}, 2, 1).adds_up


def test_money_that_came_back_twice_is_not_believed(town: Town) -> None:
    an = town.person(account="110020039104")
    award = town.award(an, 100_00)
    town.pays()
    town.day(PAY_DAY + timedelta(days=1))
    reference = town.orders(award)[0].reference
    town.bank.books_by_hand(
        number=OURS, minor=100_00, currency="LAK", kind="return", reference=reference, reason="AC04"
    )
    reads(town)
    assert lines(town) == ["matched", "return", "duplicate"]
    assert town.balance("suspense") == -100_00
    assert town.states(award) == ["returned", "held"]


def test_money_is_whole(town: Town) -> None:
    assert Money.parse("100.00", "LAK").minor == 100_00
