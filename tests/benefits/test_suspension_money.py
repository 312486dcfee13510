"""While payments are suspended what is due for the days before leaves as ever, what is due from the first day on waits,
and afterwards all that is owed leaves once: whatever was numbered anew, left already or is kept back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.benefits.domain import overpayment as over
from services.benefits.domain import suspension
from services.benefits.domain.award import Award, AwardState, Instalment, OrderState, PaymentFact
from services.benefits.domain.ids import AwardId, ClaimId, DecisionId, EmployerId, PersonId
from services.payments.domain import order as paying
from services.payments.domain.plan import Schedule, past_at_arrival, plan
from shared.money import Money
from shared.period import Period

TODAY, SOONEST, MONTH = date(2025, 5, 20), date(2025, 5, 22), timedelta(days=30)
START = date(2025, 1, 1)
EMPLOYER = EmployerId("e")


def days(month: int) -> Period:
    """The days of one of the months of thirty days into which these awards are cut."""
    return Period(START + month * MONTH, START + (month + 1) * MONTH - timedelta(days=1))


def schedule(first: int, amounts: Sequence[int]) -> tuple[Instalment, ...]:
    """Cut from a month on, each due some days after its last day, as if decided today."""
    parts = []
    for no, minor in enumerate(amounts, start=1):
        period = days(first + no - 1)
        due = max(SOONEST, period.last + timedelta(days=5))
        parts.append(Instalment(no, "allowance", period, due, Money(minor, "LAK")))
    return tuple(parts)


def award(parts: tuple[Instalment, ...], version: int = 1) -> Award:
    total = Money(sum(part.amount.minor for part in parts), "LAK")
    who = AwardId("a"), ClaimId("c"), PersonId("p")
    return Award(*who, version, DecisionId("d"), AwardState.RUNNING, total, parts)


def fact(part: Instalment, minor: int, state: OrderState, employer: EmployerId | None = None) -> PaymentFact:
    who = AwardId("a"), ClaimId("c"), PersonId("p")
    name = f"o{part.no}{employer or ''}"
    lak = Money(minor, "LAK")
    return PaymentFact(name, *who, name, "allowance", part.no, part.period, lak, state, TODAY, None, employer)


@dataclass
class Till:
    """Payments, as they hear of an award and pay it out."""

    orders: list[paying.Order] = field(default_factory=list)
    facts: list[PaymentFact] = field(default_factory=list)
    heard: Schedule | None = None

    def pays(self, part: Instalment, minor: int, state: OrderState = OrderState.SETTLED) -> None:
        key, serial = paying.Key("allowance", part.no, ""), len(self.orders) + 1
        due, lak = part.due_on, Money(minor, "LAK")
        told = paying.OrderState(state.value)
        self.orders.append(
            paying.Order(f"o{serial}", "a", key, lak, due, told, serial=serial, last_day=part.period.last)
        )
        self.facts.append(replace(fact(part, minor, state), order_id=f"o{serial}"))

    def hears(self, known: Award) -> None:
        told = [
            paying.AnnouncedInstalment(p.no, p.component, p.due_on, p.amount.minor, p.period.first, p.period.last)
            for p in known.payable()
        ]
        past = past_at_arrival(told, self.orders, TODAY)
        self.heard = Schedule("a", known.version, "LAK", tuple(told), past)

    def pays_out(self, known: Award) -> int:
        """All that is to leave by what was heard, on whatever day: minor units."""
        assert self.heard is not None
        found = plan(self.heard, self.orders)
        parts = {part.no: part for part in known.schedule}
        for opening in found.open:
            self.pays(parts[opening.key.no], opening.amount_minor)
        return sum(opening.amount_minor for opening in found.open)

    @property
    def moved(self) -> int:
        return sum(f.amount.minor for f in self.facts if f.state is OrderState.SETTLED)


def revised(known: Award, parts: tuple[Instalment, ...], till: Till) -> Award:
    """The next version as a decision makes it, with what it finds in the past."""
    until = over.paid_until(known.schedule, till.facts, {})
    return replace(
        award(parts, known.version + 1), past=over.past_of(parts, till.facts, until, TODAY), paid_until=until
    )


def suspended(known: Award, till: Till, first_day: date | None) -> Award:
    held = over.waiting(known, till.facts, first_day, 0)
    return replace(known, version=known.version + 1, held=held)


AMOUNTS = st.lists(st.integers(1, 9).map(lambda n: n * 10), min_size=2, max_size=5)


@given(AMOUNTS, AMOUNTS, st.integers(0, 2), st.data())
def test_what_waits_is_what_is_due_from_the_first_day_on_and_all_leaves_once(
    before: list[int], after: list[int], earlier: int, data: st.DataObject
) -> None:
    first = award(schedule(2, before))
    gone = data.draw(st.integers(0, len(before)), "how many have left")
    from_month = data.draw(st.integers(0, 7), "suspended from")
    first_day = days(from_month).first + timedelta(days=data.draw(st.integers(0, 29)))
    tills = Till(), Till()
    for part in first.schedule[:gone]:
        state = data.draw(st.sampled_from([OrderState.SETTLED] * 3 + [OrderState.RETURNED]))
        for till in tills:
            till.pays(part, part.amount.minor, state)
    held, free = tills
    anew = revised(first, schedule(2 - earlier, after), held)
    closed = over.closed_keys(anew, held.facts)
    open_ = [part for part in anew.schedule if part.key not in closed]
    kept = {p.key: data.draw(st.integers(0, p.amount.minor // 2), f"kept back of {p.no}") for p in open_}
    anew = replace(anew, withheld=kept)

    paid = {f.period: f.amount.minor for f in held.facts if f.state is OrderState.SETTLED}
    due = {part.period: part.amount.minor - anew.kept(part) for part in anew.schedule}
    late = {period for period in due if period.last >= first_day}
    left_late = sum(min(due[period], paid.get(period, 0)) for period in late)
    in_past = {part.period for part in anew.schedule if part.key in anew.past}
    lacking = sum(due[p] for p in due.keys() - late - in_past)
    lacking += max(0, sum(due[p] for p in in_past - late) - (held.moved - left_late))

    now = suspended(anew, held, first_day)
    held.hears(now)
    assert held.pays_out(now) == lacking, "what is due before the first day, and nothing more"
    again = suspended(now, held, first_day)
    held.hears(again)
    assert held.pays_out(again) == 0
    lifted = suspended(again, held, None)
    held.hears(lifted)
    held.pays_out(lifted)
    free.hears(anew)
    free.pays_out(anew)
    assert held.moved == free.moved, "the same in all as if nothing had ever waited"


def test_what_is_kept_back_would_not_leave_and_does_not_wait() -> None:
    (part,) = schedule(5, [100])
    known = replace(award((part,)), withheld={part.key: 20})
    assert over.waiting(known, [], part.period.first, 0) == {part.key: 80}
    sent = [fact(part, 80, OrderState.SENT)]
    assert over.waiting(known, sent, part.period.first, 0) == {}, "what has left less a part kept back has left"


def test_money_that_came_back_does_not_let_leave_what_waits() -> None:
    early, late = schedule(3, [100, 50])
    known = replace(award((early, late)), past=frozenset({early.key, late.key}))
    held = suspension.held_back(known, [fact(early, 150, OrderState.SETTLED)], known.past, late.period.first, back=50)
    assert held == {late.key: 50}


def test_of_what_waits_an_employer_is_announced_what_has_left_to_her() -> None:
    (part,) = schedule(4, [100])
    known = replace(award((part,)), advanced={part.key: {EMPLOYER: 40}})

    def told(left: list[PaymentFact]) -> tuple[int, int, int]:
        found = replace(known, held=over.waiting(known, left, part.period.first, 0))
        (said,) = found.announced(left)
        (hers,) = found.payable_to_her(left)
        theirs = sum(given["amount"]["minor"] for given in said.get("advanced", ()))
        return said["amount"]["minor"], theirs, hers.amount.minor

    assert told([]) == (0, 0, 0)
    assert told([fact(part, 60, OrderState.SENT)]) == (60, 0, 60)
    assert told([fact(part, 40, OrderState.SENT, EMPLOYER)]) == (40, 40, 0)
    assert told([fact(part, 60, OrderState.SENT), fact(part, 40, OrderState.SENT, EMPLOYER)]) == (100, 40, 60)
