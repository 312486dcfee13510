"""A run is drafted by one and released by two others, and what leaves is exactly what they released."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from services.payments import store
from services.payments.domain.run import ReleaseRefused, RunMoveNotAllowed, run_number
from services.payments.usecases import held, runs
from shared.act import Actor
from shared.money import Money
from tests.payments.conftest import DAOVONE, KHAMLA, PAY_DAY, SOMCHIT, Town
from tests.there import there


def release(town: Town, run_id: str, actor: Actor, minor: int | None = None) -> None:
    with town.act(actor) as act:
        row = there(store.run(act.connection, run_id))
        runs.release(act, run_id, Money(row.total_minor if minor is None else minor, row.currency))


def refused(town: Town, run_id: str, actor: Actor, minor: int | None = None) -> str:
    with pytest.raises(ReleaseRefused) as why:
        release(town, run_id, actor, minor)
    return why.value.code


def test_the_maker_does_not_release_and_nobody_releases_twice(town: Town) -> None:
    town.award(town.person(), 100_00)
    run_id = town.drafts(KHAMLA)
    assert refused(town, run_id, KHAMLA) == "own_run"
    assert refused(town, run_id, DAOVONE, 100_01) == "total_differs"
    release(town, run_id, DAOVONE)
    assert town.run(run_id).state == "checked"
    assert refused(town, run_id, DAOVONE) == "already_released"
    release(town, run_id, SOMCHIT)
    assert town.run(run_id).state == "approved"
    with pytest.raises(RunMoveNotAllowed):
        release(town, run_id, Actor("third", "account"))


def test_the_database_itself_wants_two_hands_that_are_not_the_makers(town: Town) -> None:
    town.award(town.person(), 100_00)
    run_id = town.drafts(KHAMLA)
    release(town, run_id, DAOVONE)
    with pytest.raises(IntegrityError, match="1 of 2 hands"), town.service.engine.begin() as connection:
        connection.execute(text("UPDATE run SET state = 'approved' WHERE id = :r"), {"r": run_id})
    with pytest.raises(IntegrityError, match="cannot become sent"), town.service.engine.begin() as connection:
        connection.execute(text("UPDATE payment_order SET state = 'sent'"))
    with pytest.raises(IntegrityError, match="append-only"), town.service.engine.begin() as connection:
        connection.execute(text("DELETE FROM run_approval"))


def test_two_people_release_at_the_same_moment(town: Town) -> None:
    an = town.person()
    town.award(an, 100_00)
    run_id = town.drafts()
    with ThreadPoolExecutor(2) as both:
        list(both.map(lambda who: release(town, run_id, who), (DAOVONE, SOMCHIT)))
    town.works()
    assert town.paid_to(an) == 100_00


def test_one_person_clicks_twice_at_the_same_moment(town: Town) -> None:
    town.award(town.person(), 100_00)
    run_id = town.drafts()

    def click(_: int) -> str:
        try:
            release(town, run_id, DAOVONE)
        except ReleaseRefused as why:
            return why.code
        return "released"

    with ThreadPoolExecutor(2) as both:
        assert sorted(both.map(click, range(2))) == ["already_released", "released"]
    assert town.run(run_id).state == "checked"


def test_two_drafts_at_the_same_moment_share_nothing(town: Town) -> None:
    for n in range(20):
        town.award(town.person(f"Person {n}"), 100_00 + n)

    def draft(_: int) -> list[str]:
        with town.act() as act:
            return runs.draft_runs(act, PAY_DAY)

    with ThreadPoolExecutor(2) as both:
        made = [run_id for found in both.map(draft, range(2)) for run_id in found]
    assert len(made) == 1


def test_two_workers_find_the_same_released_run(town: Town) -> None:
    an = town.person()
    town.award(an, 100_00)
    run_id = town.drafts()
    town.releases(run_id)
    from services.payments.consumer import send_run

    with ThreadPoolExecutor(2) as both:
        list(both.map(lambda _: send_run(town.job(run_id=run_id), town.out), range(2)))
    town.works()
    assert town.paid_to(an) == 100_00
    assert len(town.events("order.sent")) == 1


def test_warnings_are_judged_before_anything_is_released(town: Town) -> None:
    an = town.person(changed_on=PAY_DAY - timedelta(days=2))
    bun = town.person("Bun", account="110020039109")
    chan = town.person("Chan")
    town.award(an, 100_00)
    second = town.award(bun, 200_00)
    third = town.award(chan, 12_600_000_00)
    run_id = town.drafts()
    with town.service.engine.connect() as connection:
        found = {i.person_id: [w["code"] for w in i.warnings] for i in store.items(connection, run_id)}
    assert found == {an: ["account_changed"], bun: ["bank_name_differs"], chan: ["first_order_above"]}
    assert refused(town, run_id, DAOVONE) == "warnings_open"
    by_person = {o.person_id: o for o in town.orders()}
    with town.act(DAOVONE) as act:
        runs.judge(act, run_id, by_person[an].id, "pay", note="seen the bank book")
        runs.judge(act, run_id, by_person[bun].id, "skip")
        runs.judge(act, run_id, by_person[chan].id, "reject", note="wage looks wrong")
    assert (town.run(run_id).order_count, town.run(run_id).total_minor) == (1, 100_00)
    assert (town.states(second), town.states(third)) == (["planned"], ["held"])
    town.releases(run_id)
    town.works()
    assert (town.paid_to(an), town.paid_to(bun), town.paid_to(chan)) == (100_00, 0, 0)
    with town.act(DAOVONE) as act:
        held.free_order(act, town.orders(third)[0].id, "wage confirmed")
    town.pays()
    assert town.paid_to(chan) == 12_600_000_00


def test_a_release_of_another_content_counts_no_more(town: Town) -> None:
    first, second = town.award(town.person(), 100_00), town.award(town.person("Bun"), 70_00)
    run_id = town.drafts()
    release(town, run_id, DAOVONE)
    with town.act(SOMCHIT) as act:
        runs.judge(act, run_id, town.orders(first)[0].id, "skip")
    release(town, run_id, SOMCHIT)
    assert town.run(run_id).state == "checked", "Daovone released 170, not 70"
    release(town, run_id, DAOVONE)
    assert town.run(run_id).state == "approved"
    assert town.states(second) == ["approved"]


def test_a_run_taken_back_leaves_its_orders_for_the_next(town: Town) -> None:
    an = town.person()
    award = town.award(an, 100_00)
    run_id = town.drafts()
    town.releases(run_id)
    with town.act(KHAMLA) as act:
        runs.cancel_run(act, run_id)
    town.works()
    assert (town.states(award), town.paid_to(an), town.balance("payable")) == (["planned"], 0, 0)
    town.pays()
    assert town.paid_to(an) == 100_00


def test_an_order_beyond_its_award_is_refused_by_the_database(town: Town) -> None:
    award = town.award(town.person(), 100_00)
    run_id = town.drafts()
    town.releases(run_id)
    with town.service.engine.begin() as connection:
        connection.execute(
            text("UPDATE award_instalment SET amount_minor = 9999 WHERE award_id = :a"),
            {"a": award["award_id"]},
        )
    with pytest.raises(IntegrityError, match="beyond its award"), town.service.engine.begin() as connection:
        connection.execute(text("UPDATE payment_order SET state = 'sent'"))


def test_a_bank_that_is_down_before_anything_was_sent_costs_time_only(town: Town) -> None:
    an = town.person()
    award = town.award(an, 100_00)
    run_id = town.drafts()
    town.bank.told(down=True)
    town.releases(run_id)
    town.works()
    assert (town.states(award), town.run(run_id).work) == (["approved"], "bank_away")
    town.bank.told(down=False)
    town.later()
    assert town.paid_to(an) == 100_00


def test_without_funds_nothing_is_sent(town: Town) -> None:
    an = town.person()
    award = town.award(an, 100_00)
    town.bank.told(funds_minor=99_99)
    run_id = town.pays()
    assert (town.states(award), town.run(run_id).work) == (["approved"], "no_funds")
    town.bank.told(funds_minor=100_00)
    town.later()
    assert town.paid_to(an) == 100_00


@pytest.mark.parametrize(
    ("nth", "number"), [(0, "2025-05-A"), (25, "2025-05-Z"), (26, "2025-05-AA"), (27, "2025-05-AB")]
)
def test_numbers_of_runs(nth: int, number: str) -> None:
    assert run_number(PAY_DAY, nth) == number
