"""What was paid, what is still to come, what was too much: one sum, whatever was cut and paid before."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.benefits.domain import overpayment as over
from services.benefits.domain.award import Instalment, OrderState, PaymentFact
from services.benefits.domain.ids import AwardId, ClaimId, PersonId
from services.benefits.domain.outlook import Outlook, outlook
from services.payments.reasons import ALL
from shared import bank_reasons
from shared.money import Money
from shared.period import Period

TODAY, SOONEST = date(2025, 5, 20), date(2025, 5, 22)


def part(no: int, minor: int, due: date) -> Instalment:
    return Instalment(no, "allowance", Period(due - timedelta(days=34), due - timedelta(days=5)), due, lak(minor))


def lak(minor: int) -> Money:
    return Money(minor, "LAK")


def fact(no: int, minor: int, state: OrderState = OrderState.SETTLED) -> PaymentFact:
    days = Period(date(2025, 4, 1), date(2025, 4, 30))
    who = AwardId("a"), ClaimId("c"), PersonId("p")
    return PaymentFact(f"o{no}", *who, f"R{no}", "allowance", no, days, lak(minor), state, TODAY, None)


def told(schedule: list[Instalment], facts: list[PaymentFact], repaid: int = 0) -> Outlook:
    past = over.past_of(schedule, facts, {}, TODAY)
    return outlook(schedule, facts, past, repaid=repaid, currency="LAK", soonest=SOONEST)


def test_of_a_month_that_was_paid_only_the_difference_is_promised() -> None:
    schedule = [part(1, 350, date(2025, 5, 22)), part(2, 300, date(2025, 6, 26))]
    found = told(schedule, [fact(1, 300)])
    assert [(p.no, p.amount.minor, p.due_on) for p in found.coming] == [
        (1, 50, date(2025, 5, 22)),
        (2, 300, date(2025, 6, 26)),
    ]
    assert (found.paid.minor, found.to_come.minor, found.too_much.minor) == (300, 350, 0)


def test_what_was_paid_too_much_is_said_and_nothing_is_promised_for_it() -> None:
    found = told([part(1, 200, date(2025, 5, 15))], [fact(1, 300)])
    assert (found.coming, found.too_much.minor) == ((), 100)


def test_what_came_back_comes_again_and_not_before_the_next_pay_day() -> None:
    found = told([part(1, 300, date(2025, 5, 15))], [fact(1, 300, OrderState.RETURNED)])
    assert [(p.amount.minor, p.due_on) for p in found.coming] == [(300, SOONEST)]


def test_what_she_paid_back_is_paid_again_should_it_be_due_after_all() -> None:
    found = told([part(1, 300, date(2025, 5, 15))], [fact(1, 300)], repaid=100)
    assert (found.paid.minor, found.to_come.minor, found.too_much.minor) == (200, 100, 0)


@given(
    due=st.lists(st.integers(1, 10**9), max_size=6),
    paid=st.lists(st.tuples(st.integers(1, 8), st.integers(1, 10**9), st.sampled_from(OrderState)), max_size=8),
    days=st.integers(-60, 60),
)
def test_paid_and_to_come_less_too_much_is_what_is_due(
    due: list[int], paid: list[tuple[int, int, OrderState]], days: int
) -> None:
    schedule = [part(n, minor, TODAY + timedelta(days=days + 7 * n)) for n, minor in enumerate(due, 1)]
    found = told(schedule, [fact(*one) for one in paid])
    assert found.paid.minor + found.to_come.minor - found.too_much.minor == sum(due)
    assert all(p.amount.minor > 0 and p.due_on >= SOONEST for p in found.coming)
    assert not (found.too_much and any(p.key in over.past_of(schedule, [], {}, TODAY) for p in found.coming))
    assert Outlook.from_json(found.json()) == found


def test_whose_matter_a_banks_code_is_says_one_list() -> None:
    """Payments know every code; nobody is asked for her account where the move is not the office's with her."""
    for code, _, _, whose, _ in ALL:
        assert bank_reasons.is_payees(code) == (whose == "office"), code
