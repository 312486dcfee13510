"""Set-off between two claims, in any order of events: nobody is withheld more than is owed, and nothing is lost."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from services.benefits.domain import overpayment as over
from services.benefits.domain import set_off
from services.benefits.domain.award import Award, AwardState, Ceded, Instalment, Key, OrderState, PaymentFact
from services.benefits.domain.ids import AwardId, ClaimId, DecisionId, PersonId, RecoveryId
from services.benefits.domain.set_off import Drawing
from shared.money import Money
from shared.period import Period

START = date(2025, 6, 2)
SHARE = Fraction(1, 5)
RECOVERY = RecoveryId("recovery")
COUNT = 5


def lak(minor: int) -> Money:
    return Money(minor, "LAK")


def instalments(amounts: list[int]) -> tuple[Instalment, ...]:
    """One a week, each for the week before it."""
    found = []
    for no, minor in enumerate(amounts, 1):
        due = START + timedelta(weeks=no)
        found.append(
            Instalment(no, "sickness", Period(due - timedelta(days=7), due - timedelta(days=1)), due, lak(minor))
        )
    return tuple(found)


class TwoClaims(RuleBasedStateMachine):
    """The paying claim as benefits keep it, payments as they answer, and what is owed on the other claim."""

    def __init__(self) -> None:
        super().__init__()
        self.today = START
        self.owed = 3000  # paid too much on the other claim
        self.cash = 0  # paid back there in money
        self.runs = True
        self.contested = False
        self.award = Award(
            AwardId("award"),
            ClaimId("paying"),
            PersonId("person"),
            1,
            DecisionId("d"),
            AwardState.RUNNING,
            lak(COUNT * 5000),
            instalments([5000] * COUNT),
        )
        #: What payments last heard, and the orders they sent: key to (minor, state).
        self.heard: dict[Key, int] = {}
        self.facts: list[PaymentFact] = []
        self.counted: dict[Key, Ceded] = {}
        self.look(fresh=True)

    # -- what benefits do after everything that happens

    def drawing(self) -> Drawing:
        most = max(0, self.owed - self.cash)
        return Drawing(RECOVERY, ClaimId("owing"), self.runs and not self.contested, most, most)

    def look(self, *, fresh: bool = False) -> None:
        standing = over.Standing(
            award=self.award,
            facts=self.facts,
            known=None,
            repaid=0,
            waived=0,
            contested=False,
            active=None,
            today=self.today,
            soonest=self.today + timedelta(days=1),
            share=SHARE,
            smallest=100,
            fresh=fresh,
            drawings=(self.drawing(),),
        )
        found = over.review(standing)
        again = over.review(replace(standing, award=found.award, fresh=False))
        assert not again.tell, "a second look changes nothing"
        assert again.counted == found.counted
        self.award, self.counted = found.award, dict(found.counted)
        if found.tell:
            self.heard = {part.key: part.amount.minor for part in self.award.payable()}

    def moved(self) -> dict[Key, int]:
        sums: dict[Key, int] = {}
        for fact in self.facts:
            if fact.state is not OrderState.RETURNED:
                sums[fact.key] = sums.get(fact.key, 0) + fact.amount.minor
        return sums

    # -- what happens

    @rule(late=st.booleans())
    def a_week_passes_and_what_is_due_leaves(self, late: bool) -> None:
        """`late`: payments send by what they heard before the latest version reached them."""
        before = dict(self.heard)
        self.today += timedelta(weeks=1)
        if not late:
            self.look()
            before = dict(self.heard)
        gone = self.moved()
        for part in self.award.schedule:
            missing = before.get(part.key, 0) - gone.get(part.key, 0)
            if part.due_on <= self.today and missing > 0 and self.award.is_running:
                self.facts.append(
                    PaymentFact(
                        f"o{len(self.facts)}",
                        AwardId("award"),
                        ClaimId("paying"),
                        PersonId("person"),
                        "ref",
                        "sickness",
                        part.no,
                        part.period,
                        lak(missing),
                        OrderState.SETTLED,
                        self.today,
                        None,
                    )
                )
        self.look()

    @precondition(lambda self: any(f.state is OrderState.SETTLED for f in self.facts))
    @rule()
    def the_last_payment_comes_back(self) -> None:
        last = max(n for n, fact in enumerate(self.facts) if fact.state is OrderState.SETTLED)
        self.facts[last] = replace(self.facts[last], state=OrderState.RETURNED)
        self.look()

    @rule(minor=st.sampled_from([100, 700, 5000]))
    def she_pays_back_in_money(self, minor: int) -> None:
        self.cash += min(minor, max(0, self.owed - self.cash - sum(c.minor for c in self.counted.values())))
        self.look()

    @rule(owed=st.sampled_from([0, 800, 3000, 9000]))
    def it_turns_out_that_another_sum_was_too_much(self, owed: int) -> None:
        self.owed = max(owed, self.cash)
        self.look()

    @rule()
    def she_objects_or_her_objection_is_decided(self) -> None:
        self.contested = not self.contested
        self.look()

    @rule()
    def two_people_end_it_or_decide_it_again(self) -> None:
        self.runs = not self.runs
        self.look()

    @rule(amounts=st.lists(st.sampled_from([2000, 5000, 6000]), min_size=1, max_size=COUNT))
    def the_paying_claim_is_decided_anew(self, amounts: list[int]) -> None:
        schedule = instalments(amounts)
        past = over.past_of(schedule, self.facts, {}, self.today)
        ceded = set_off.carried(self.award.ceded, self.counted.keys(), schedule, past)
        new = replace(
            self.award, version=self.award.version + 1, schedule=schedule, past=past, ceded=ceded, withheld={}
        )
        self.award = new
        self.look(fresh=True)

    # -- what always holds

    @invariant()
    def never_more_than_is_owed(self) -> None:
        assert sum(kept.minor for kept in self.counted.values()) + self.cash <= max(self.owed, self.cash)
        assert sum(kept.minor for kept in self.award.ceded.values()) + self.cash <= max(self.owed, self.cash)

    @invariant()
    def at_most_a_share_of_each_and_never_the_whole(self) -> None:
        for part in self.award.schedule:
            kept = self.award.ceded.get(part.key)
            if kept is not None and part.key not in self.counted:
                assert kept.minor <= part.amount.minor * SHARE

    @invariant()
    def what_counts_was_really_not_paid(self) -> None:
        gone = self.moved()
        for part in self.award.schedule:
            if part.key in self.counted:
                assert gone[part.key] + self.counted[part.key].minor <= part.amount.minor

    @invariant()
    def payments_know_what_stands(self) -> None:
        assert self.heard == {part.key: part.amount.minor for part in self.award.payable()}


TestTwoClaims = TwoClaims.TestCase
TestTwoClaims.settings = settings(max_examples=300, stateful_step_count=25, deadline=None)
