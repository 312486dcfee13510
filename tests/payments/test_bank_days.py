"""Banks rest on weekends and holidays: a pay day moves, and files name only days on which banks work."""

from __future__ import annotations

from datetime import date, time, timedelta
from pathlib import Path
from typing import Any

import pytest

from services.payments import institution as figures
from services.payments.gateways.iso_bank import IsoBank
from services.payments.institution import institution, read
from shared import bank_days
from shared.bank_days import BankCalendar, Moves
from tests.payments.conftest import PAY_DAY, Town
from tests.payments.test_doors import CLERK, Counter
from tests.there import there

FRIDAY, SATURDAY, SUNDAY = date(2026, 6, 5), date(2026, 6, 6), date(2026, 6, 7)
MONDAY = date(2026, 6, 8)
TEXT = (Path(figures.__file__).parent / "institution.yaml").read_text()
DAYS = Path(bank_days.__file__).with_name("bank_days.yaml").read_text()


def calendar(moves: Moves = Moves.FOLLOWING, **more: Any) -> BankCalendar:
    given: dict[str, Any] = {"weekend": frozenset({6, 7}), "is_holiday": lambda day: False, "cut_off": time(15)} | more
    return BankCalendar(moves=moves, **given)


@pytest.mark.parametrize(
    ("today", "at", "day"),
    [
        (date(2026, 4, 12), time(9), date(2026, 4, 13)),  # a Sunday
        (date(2026, 4, 11), time(9), date(2026, 4, 13)),  # a Saturday
        (date(2026, 4, 14), time(9), date(2026, 4, 17)),  # Lao New Year
        (date(2026, 4, 16), time(9), date(2026, 4, 17)),
        (date(2026, 12, 2), time(9), date(2026, 12, 3)),  # national day
        (date(2026, 4, 10), time(9), date(2026, 4, 10)),
    ],
)
def test_a_file_is_executed_on_a_day_on_which_banks_work(today: date, at: time, day: date) -> None:
    assert IsoBank("http://bank").settles_on(today, today, at) == day


def test_after_the_banks_closing_time_it_is_the_next_day_of_the_bank() -> None:
    assert calendar().settles_on(FRIDAY, FRIDAY, time(14, 59)) == FRIDAY
    assert calendar().settles_on(FRIDAY, FRIDAY, time(15, 1)) == MONDAY


@pytest.mark.parametrize(
    ("moves", "day"), [(Moves.FOLLOWING, MONDAY), (Moves.PRECEDING, FRIDAY), (Moves.NONE, SATURDAY)]
)
def test_a_pay_day_moves_as_the_institution_says(moves: Moves, day: date) -> None:
    assert calendar(moves).pays_on(SATURDAY) == day
    assert calendar(moves).pays_on(FRIDAY) == FRIDAY


def test_where_pay_days_move_forward_the_weekend_is_paid_on_friday() -> None:
    assert calendar(Moves.PRECEDING).due_until(FRIDAY) == SUNDAY
    assert calendar(Moves.FOLLOWING).due_until(FRIDAY) == FRIDAY
    # Too late for the day before: it goes on the first day that is left.
    assert calendar(Moves.PRECEDING).settles_on(SUNDAY, SATURDAY, time(9)) == MONDAY


def test_days_that_the_central_bank_orders_besides() -> None:
    text = DAYS.replace("closed: []", "closed: [2026-06-08]").replace("worked: []", "worked: [2026-06-06]")
    found = bank_days.read(text)
    assert (found.is_open(SATURDAY), found.is_open(MONDAY), found.pays_on(SUNDAY)) == (True, False, date(2026, 6, 9))


def test_the_holidays_are_those_of_the_country() -> None:
    thai = bank_days.read(DAYS.replace("country: LA", "country: TH"))
    lao = institution().channel("iso20022").calendar
    assert (thai.is_open(date(2026, 4, 13)), lao.is_open(date(2026, 4, 13))) == (False, True)


@pytest.mark.parametrize("wrong", ['cut_off: "25:00"', 'cut_off: "noon"'])
def test_a_channel_that_cannot_be_understood_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match=r"channels\.iso20022"):
        read(_instead(TEXT, wrong))


@pytest.mark.parametrize("wrong", ["pay_days_move: sideways", "country: Atlantis", "weekend: [sunday]", "closed: 3"])
def test_days_that_cannot_be_understood_are_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match=r"bank_days\.yaml"):
        bank_days.read(_instead(DAYS, wrong))


def test_a_calendar_without_its_country_is_refused() -> None:
    with pytest.raises(ValueError, match="country is missing"):
        bank_days.read(DAYS.replace("country: LA", ""))


def _instead(text: str, wrong: str) -> str:
    name = wrong.split(":")[0]
    line = next(row.strip() for row in text.splitlines() if row.strip().startswith(name))
    return text.replace(line, wrong)


def test_an_order_due_on_a_holiday_says_when_it_is_paid(town: Town, keys_folder: Path) -> None:
    counter = Counter(town, keys_folder)
    award = town.award(town.person(), 100_00, due=date(2025, 5, 24))
    shown = counter.get(CLERK, f"/v1/orders?claim_id={award['claim_id']}").json["items"][0]
    assert (shown["due_on"], shown["pays_on"]) == ("2025-05-24", "2025-05-26")
    page = counter.page(CLERK, f"/payments/orders/{shown['id']}").text
    assert "The bank is closed on that day" in page


def test_a_run_sent_on_saturday_is_executed_on_monday_and_paid_once(town: Town) -> None:
    saturday = PAY_DAY + timedelta(days=2)
    award = town.award(town.person(), 100_00, due=saturday)
    town.day(saturday)
    run_id = town.pays()
    assert town.run(run_id).executes_on == saturday + timedelta(days=2)
    assert town.states(award) == ["accepted"]
    for n in (1, 2, 3):
        town.day(saturday + timedelta(days=n))
    assert town.states(award) == ["settled"]
    assert town.orders(award)[0].settled_on == saturday + timedelta(days=2)


def test_a_weekend_without_a_statement_is_no_gap(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    from services.payments.usecases import coverage

    friday = PAY_DAY + timedelta(days=1)
    town.award(town.person(), 100_00)
    town.pays()
    asked = town.out.bank.statement

    def like_a_real_bank(account: str, day: date) -> bytes | None:
        return asked(account, day) if town.out.bank.is_bank_day(day) else None

    monkeypatch.setattr(town.out.bank, "statement", like_a_real_bank)
    monday = friday + timedelta(days=3)
    town.day(monday)
    own = there(town.out.institution.account("iso20022", "LAK"))
    with town.act() as act:
        assert coverage.missing_days(act, own, monday - timedelta(days=1), town.out.bank.is_bank_day) == []
        assert coverage.last_final_day(act, own, town.out.bank.is_bank_day) == friday
