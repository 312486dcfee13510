"""The life of an order, from the award to the bank's statement, and every way it can go astray."""

from __future__ import annotations

from datetime import timedelta

from tests.payments.conftest import PAY_DAY, Town


def test_an_award_becomes_an_order_a_run_and_money(town: Town) -> None:
    an = town.person()
    award = town.award(an, 360_000_00)
    town.pays()
    assert town.states(award) == ["settled"]
    assert town.paid_to(an) == 360_000_00
    assert [e["type"] for e in town.events()] == ["order.planned", "order.sent", "instalment.paid"]
    assert town.balance("expense") == 360_000_00
    assert town.balance("bank") == -360_000_00


def test_later_instalments_wait_for_their_day(town: Town) -> None:
    award = town.award(town.person(), 100_00, 200_00)
    town.pays()
    assert town.states(award) == ["settled", "planned"]
    town.day(PAY_DAY + timedelta(days=30))
    assert [o.run_id is not None for o in town.orders(award)] == [True, True]


def test_a_schedule_heard_twice_or_late_changes_nothing(town: Town) -> None:
    an = town.person()
    award = town.award(an, 100_00)
    old = dict(award)
    town.revised(award, 150_00)
    town.hears(town.event("benefits.award.revised", an, {**old, "version": 1}))
    town.hears(town.event("benefits.award.revised", an, dict(award)))
    assert [(o.amount_minor, o.state) for o in town.orders(award)] == [
        (100_00, "cancelled"),
        (150_00, "planned"),
    ]


def test_a_raise_pays_the_difference_and_a_cut_takes_nothing(town: Town) -> None:
    an = town.person()
    award = town.award(an, 100_00)
    town.pays()
    town.revised(award, 130_00)
    town.pays()
    assert town.paid_to(an) == 130_00
    town.revised(award, 90_00)
    assert town.states(award) == ["settled", "settled"]
    assert town.paid_to(an) == 130_00


def test_a_raise_that_arrives_while_the_run_is_released_waits_its_turn(town: Town) -> None:
    an = town.person()
    award = town.award(an, 100_00)
    run_id = town.drafts()
    town.releases(run_id)
    assert town.run(run_id).state == "approved"
    town.revised(award, 130_00)
    # The released content is another one now: nothing of it may leave on those releases.
    assert town.run(run_id).state == "cancelled"
    town.works()
    assert town.paid_to(an) == 0
    town.pays()
    assert town.paid_to(an) == 130_00


def test_a_raise_of_one_leaves_the_others_to_be_released_anew(town: Town) -> None:
    an, bun = town.person(), town.person("Bun")
    first, second = town.award(an, 100_00), town.award(bun, 70_00)
    run_id = town.drafts()
    town.releases(run_id)
    town.revised(first, 130_00)
    assert (town.run(run_id).state, town.run(run_id).total_minor) == ("checked", 70_00)
    assert town.states(second) == ["planned"]
    town.works()
    assert town.paid_to(bun) == 0
    town.releases(run_id)
    town.works()
    town.pays()
    assert (town.paid_to(an), town.paid_to(bun)) == (130_00, 70_00)
    assert town.balance("payable") == 0


def test_a_raise_while_the_bank_is_silent_waits_for_its_answer(town: Town) -> None:
    an = town.person()
    award = town.award(an, 100_00)
    town.bank.told(drop_answer=1)
    run_id = town.pays()
    assert town.states(award) == ["unknown"]
    town.revised(award, 130_00)
    assert town.states(award) == ["unknown"], "no second order beside one that may be money"
    town.later()
    assert town.states(award) == ["settled", "planned"]
    town.pays()
    assert town.paid_to(an) == 130_00
    assert town.run(run_id).state == "closed"


def test_an_award_that_ends_stops_what_has_not_left(town: Town) -> None:
    an = town.person()
    award = town.award(an, 100_00, 100_00)
    town.pays()
    town.ended(award)
    assert town.states(award) == ["settled", "cancelled"]
    assert town.events("order.cancelled")[0]["reason"] == "award_ended"


def test_money_that_came_back_is_paid_once_to_the_new_account(town: Town) -> None:
    an = town.person(account="110020039104")
    award = town.award(an, 100_00)
    town.pays()
    assert town.paid_to(an) == 100_00
    town.day(PAY_DAY + timedelta(days=1))
    assert town.states(award) == ["returned", "held"]
    assert town.events("instalment.returned")[0]["reason"] == "AC04"
    assert town.events("order.held")[0]["reason"] == "account_refused"
    assert town.balance("returned") == -100_00
    # Hearing of a change that brings the same account again frees nothing.
    town.payee_changed(an)
    town.works()
    assert town.states(award) == ["returned", "held"]
    town.has_account(an, "1100200300777")
    town.payee_changed(an)
    town.payee_changed(an)
    town.works()
    assert town.states(award) == ["returned", "planned"]
    town.pays()
    old, new = town.orders(award)
    assert (new.state, new.replaces, new.kind) == ("settled", old.id, "reissue")
    assert old.reference != new.reference
    assert town.paid_to(an) == 100_00
    assert (town.balance("returned"), town.balance("expense")) == (0, 100_00)


def test_an_account_the_bank_refuses_holds_the_next_order(town: Town) -> None:
    an = town.person(account="110020039001")
    award = town.award(an, 100_00)
    town.pays()
    assert town.states(award) == ["rejected", "held"]
    assert (town.balance("expense"), town.balance("clearing")) == (0, 0)
    town.has_account(an, "1100200300777")
    town.payee_changed(an)
    town.works()
    town.pays()
    assert town.paid_to(an) == 100_00


def test_the_bank_says_that_the_payee_has_died(town: Town) -> None:
    an = town.person(account="110020039007")
    award = town.award(an, 100_00)
    town.pays()
    assert town.states(award) == ["rejected", "held"]
    assert [e["person_id"] for e in town.events("payee.reported_deceased")] == [an]
    town.has_account(an, "1100200300777")
    town.payee_changed(an)
    town.works()
    assert town.states(award) == ["rejected", "held"], "only a person lets this go"


def test_nobody_told_us_an_account(town: Town) -> None:
    an = town.person(account=None)
    award = town.award(an, 100_00)
    run_id = town.drafts()
    assert (town.states(award), town.run(run_id).state) == (["held"], "cancelled")
    assert town.events("order.held")[0]["reason"] == "no_account"
    town.has_account(an, "1100200300777")
    town.payee_changed(an)
    town.works()
    town.pays()
    assert town.paid_to(an) == 100_00


def test_benefits_does_not_answer_while_a_run_is_checked(town: Town) -> None:
    an = town.person()
    award = town.award(an, 100_00)
    town.register.away = True
    town.drafts()
    assert town.states(award) == ["held"]
    assert town.orders(award)[0].reason == "benefits_unreachable"
    town.register.away = False
    town.day(PAY_DAY + timedelta(days=1))
    assert town.states(award) == ["planned"]
    town.pays()
    assert town.paid_to(an) == 100_00


def test_a_claim_with_two_components_pays_both(town: Town) -> None:
    an = town.person()
    town.award(an, 100_00, component="sickness")
    town.award(an, 500_00, component="birth_lump_sum")
    town.pays()
    assert town.paid_to(an) == 600_00


def test_two_currencies_make_two_runs(town: Town) -> None:
    town.award(town.person(), 100_00)
    town.award(town.person("Bun"), 50_00, currency="XXD")
    town.day(PAY_DAY + timedelta(days=1))
    with town.service.engine.connect() as connection:
        found = {o.currency: o.run_id for o in town.orders()}
    del connection
    assert len(set(found.values())) == 2
