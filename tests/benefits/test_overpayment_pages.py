"""Money paid too much at the desk and on the worker's page: how it stands, and who says what becomes of it."""

from __future__ import annotations

import itertools
import re
import uuid
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from services.benefits.domain import overpayment as over
from services.benefits.domain.award import Award, AwardState, Instalment, Key, OrderState, PaymentFact
from services.benefits.domain.ids import AwardId, ClaimId, DecisionId, OverpaymentId, PersonId, RecoveryId
from services.benefits.usecases import awards, feedback
from shared.money import Money
from shared.period import Period
from shared.tables import outbox
from tests.benefits.browser import live
from tests.benefits.conftest import Office
from tests.benefits.test_claim_story import decided, submitted
from tests.benefits.test_desk_pages import version_in
from tests.benefits.test_marks import told
from tests.benefits.visitors import Browser, Phone
from tests.there import there


def recovery_in(page: str) -> str:
    return there(re.search(r'name="recovery" value="([^"]+)"', page)).group(1)


def last_event(office: Office, type_: str) -> dict[str, Any]:
    """What the last event of a type says."""
    with office.service.engine.connect() as connection:
        query = select(outbox.c.body).where(outbox.c.type == type_).order_by(outbox.c.position.desc()).limit(1)
        return dict(there(connection.scalar(query))["data"])


@pytest.fixture
def claim(office: Office) -> dict[str, Any]:
    """A sick leave of which more was paid than the decision says."""
    made = submitted(office, office.someone())
    decided(office, made)
    live.bank_says(office, made, minor=336000000)
    live.bank_says(office, made, minor=112000000, no=2)
    return made


def test_an_officer_proposes_and_a_supervisor_confirms(
    office: Office, claim: dict[str, Any], officer: Browser, supervisor: Browser
) -> None:
    path = f"/desk/claims/{claim['id']}/overpayment"
    queue = officer.open("/desk")
    assert path in queue
    assert "too much was paid" in queue
    page = officer.open(path)
    version = version_in(page)
    page = officer.send(path, expect=422, do="propose", version=version, way="repay", words="Certificate void.")
    assert "she can still object: ask her first" in page
    assert "Certificate void." in page, "what was typed is kept"
    page = officer.send(
        path,
        key="2",
        do="propose",
        version=version,
        way="repay",
        heard="She agrees.",
        words="Certificate void.",
    )
    assert "another person must confirm what you proposed" in page
    assert path in supervisor.open("/desk?show=confirm")
    recovery = recovery_in(supervisor.open(path))
    page = supervisor.send(path, do="confirm", recovery=recovery)
    assert "comes back" in page
    assert "She agrees." in page


def test_what_was_right_stands_beside_what_was_paid(office: Office, officer: Browser, phone: Phone) -> None:
    """One truth for the desk, her page and the machine: the rows add up to what was paid too much."""
    claim = submitted(office, office.someone())
    decided(office, claim)
    live.bank_says(office, claim, minor=224000000)
    live.bank_says(office, claim, minor=112000000, no=3, period={"from": "2025-05-17", "to": "2025-05-31"})
    said = office.officer.get(f"/v1/claims/{claim['id']}/overpayment").json
    assert sum(row["difference"]["minor"] for row in said["compared"]) == said["amount"]["minor"] == 112000000
    assert said["compared"][-1]["period"] == {"from": "2025-05-17", "to": "2025-05-31"}
    assert said["compared"][-1]["correct"]["minor"] == 0
    page = officer.open(f"/desk/claims/{claim['id']}/overpayment?lang=en")
    phone.come_in(claim)
    for shown in page, phone.open("/worker?lang=en"):
        assert "What was right and what was paid" in shown
        assert "17–31 May 2025" in shown.replace("\u00a0", " ")
        assert "+1,120,000" in shown
    event = last_event(office, "benefits.overpayment.found")
    assert event["compared"] == [{k: v for k, v in row.items() if k != "difference"} for row in said["compared"]]


def test_a_supervisor_gives_it_back_with_a_reason(
    office: Office, claim: dict[str, Any], officer: Browser, supervisor: Browser
) -> None:
    path = f"/desk/claims/{claim['id']}/overpayment"
    version = version_in(officer.open(path))
    officer.send(path, do="propose", version=version, way="waive", because="too_small", words="")
    recovery = recovery_in(supervisor.open(path))
    supervisor.send(path, do="give_back", recovery=recovery, reason="too_hard", words="Ask her first.")
    page = officer.open(path)
    assert "this is too hard on the person" in page
    assert "Ask her first." in page


def test_a_clerk_looks_and_another_office_sees_nothing(office: Office, claim: dict[str, Any]) -> None:
    path = f"/desk/claims/{claim['id']}/overpayment"
    page = Browser(office, office.clerk).open(path)
    assert "Send to a supervisor" not in page
    assert Browser(office, office.officer_of_vte).client.get(path).status_code == 404
    Browser(office, office.clerk).send(path, expect=403, do="propose", way="waive", because="hardship", version="1")


def test_a_correction_between_proposal_and_confirmation_sends_it_back(
    office: Office, claim: dict[str, Any], officer: Browser, supervisor: Browser
) -> None:
    path = f"/desk/claims/{claim['id']}/overpayment"
    version = version_in(officer.open(path))
    officer.send(path, do="propose", version=version, way="waive", because="too_small", words="")
    recovery = recovery_in(supervisor.open(path))
    told(
        office,
        feedback.repayment_received,
        claim_id=claim["id"],
        repayment_id=str(uuid.uuid4()),
        received_on="2025-05-20",
        amount={"minor": 1000, "currency": "LAK"},
    )
    supervisor.send(path, expect=409, do="confirm", recovery=recovery)
    assert "the amount changed meanwhile" in officer.open(path)


def test_she_reads_on_her_page_what_becomes_of_it(
    office: Office, claim: dict[str, Any], officer: Browser, supervisor: Browser, phone: Phone
) -> None:
    path = f"/desk/claims/{claim['id']}/overpayment"
    phone.come_in(claim)
    assert "More was paid than was due" in phone.open("/worker?lang=en")
    version = version_in(officer.open(path))
    officer.send(path, do="propose", version=version, way="repay", heard="She agrees.", words="")
    supervisor.send(path, do="confirm", recovery=recovery_in(supervisor.open(path)))
    page = phone.open("/worker?lang=en")
    assert "Please pay back" in page
    assert "0100000000001" in page
    assert "19 July 2025" in phone.words
    assert "ກະລຸນາສົ່ງຄືນ" in phone.open("/worker?lang=lo")
    with_it = officer.open(f"/desk/claims/{claim['id']}?lang=en")
    assert "comes back" in with_it


@pytest.mark.parametrize("language", ["lo", "en"])
def test_the_page_can_be_read_in_both_languages(
    office: Office, claim: dict[str, Any], officer: Browser, language: str
) -> None:
    page = officer.open(f"/desk/claims/{claim['id']}/overpayment?lang={language}")
    assert f'<html lang="{language}">' in page
    assert "'msg'" not in page


PARTS = st.lists(st.integers(1, 10**9), min_size=1, max_size=8)


@given(
    amounts=PARTS,
    share=st.fractions(min_value=Fraction(1, 100), max_value=1),
    minor=st.integers(0, 10**10),
    closed=st.sets(st.integers(1, 8)),
    smallest=st.sampled_from([1, 100]),
)
def test_withheld_is_never_more_than_its_share_nor_than_what_is_owed(
    amounts: list[int], share: Fraction, minor: int, closed: set[int], smallest: int
) -> None:
    schedule = [instalment(n, a, due=date(2025, 6, n)) for n, a in enumerate(amounts, 1)]
    shut = {Key("allowance", n) for n in closed}
    kept = over.withhold(schedule, shut, share, minor, smallest)
    assert sum(kept.values()) <= minor
    assert not set(kept) & shut
    for part in schedule:
        assert kept.get(part.key, 0) <= part.amount.minor * share
    assert all(part % smallest == 0 for part in kept.values()), "whole kip leave the bank"
    open_ = sum(int(p.amount.minor * share) // smallest * smallest for p in schedule if p.key not in shut)
    assert sum(kept.values()) == min(minor // smallest * smallest, open_)
    # As the instalments move, what is left is withheld from those still to come, and nothing moves twice.
    if kept:
        first = min(kept, key=lambda key: key[1])
        again = over.withhold(schedule, shut | {first}, share, minor - kept[first], smallest)
        assert again == {key: part for key, part in kept.items() if key != first}


def test_a_fifth_of_an_odd_amount_is_kept_back_in_whole_kip() -> None:
    award = granted(instalment(1, 104533300))
    smallest = awards.smallest_paid("la", award)
    kept = over.withholdable(standing(award, share=Fraction(1, 5), smallest=smallest), 10**9)
    assert kept == {("allowance", 1): 20906600}, "209,066.60 kip would be a fifth"


def test_the_states_of_an_overpayment() -> None:
    def state(**given: Any) -> str:
        return over.state_of(**{"outstanding": 5, "waived": 0, "contested": False, "active": False} | given)

    assert state() == "found"
    assert state(active=True) == "recovering"
    assert state(active=True, contested=True) == "suspended"
    assert state(outstanding=0) == "settled"
    assert state(outstanding=0, waived=5) == "waived"


def test_an_instalment_that_merely_falls_due_hides_no_overpayment() -> None:
    schedule = [instalment(1, 60), instalment(2, 60)]
    past, paid = {Key("allowance", 1)}, [moved(1, 100)]
    for more, found in ([], 40), ([moved(2, 60)], 40), ([moved(2, 48)], 28):
        assert over.overpaid(over.compare(schedule, [*paid, *more], past)) == found


def test_days_cut_otherwise_when_they_were_paid_stand_in_one_row() -> None:
    """March to May were paid in two parts; the award now cuts them in three, and a month of its own follows."""
    schedule = [of(1, "2025-03-03", "2025-03-31", 10), of(2, "2025-04-01", "2025-04-20", 8)]
    schedule += [of(3, "2025-04-21", "2025-05-16", 9), of(4, "2025-06-01", "2025-06-10", 5)]
    paid = [fact(1, "2025-03-03", "2025-04-10", 30), fact(2, "2025-04-11", "2025-05-16", 20)]
    paid += [fact(3, "2025-06-01", "2025-06-10", 5), fact(4, "2025-07-01", "2025-07-05", 7, OrderState.RETURNED)]
    rows = over.compare(schedule, paid, {part.key for part in schedule})
    told = [(str(r.period.first), str(r.period.last), r.correct.minor, r.paid.minor) for r in rows]
    assert told == [("2025-03-03", "2025-05-16", 27, 50), ("2025-06-01", "2025-06-10", 5, 5)]
    assert over.overpaid(rows) == 23


@given(
    cut=st.lists(st.tuples(st.integers(0, 200), st.integers(0, 40), st.integers(1, 10**9)), max_size=6),
    was=st.lists(st.tuples(st.integers(0, 200), st.integers(0, 40), st.integers(1, 10**9)), max_size=6),
    past=st.sets(st.integers(1, 6)),
)
def test_the_rows_add_up_whatever_was_cut_and_paid(
    cut: list[tuple[int, int, int]], was: list[tuple[int, int, int]], past: set[int]
) -> None:
    start = date(2025, 1, 1)

    def days(first: int, more: int) -> tuple[str, str]:
        return str(start + timedelta(days=first)), str(start + timedelta(days=first + more))

    schedule = [of(n, *days(first, more), minor) for n, (first, more, minor) in enumerate(cut, 1)]
    paid = [fact(n, *days(first, more), minor) for n, (first, more, minor) in enumerate(was, 1)]
    closed = {Key("allowance", n) for n in past}
    rows = over.compare(schedule, paid, closed)
    due = sum(part.amount.minor for part in schedule if part.key in closed | over.keys_moved(paid))
    assert sum(row.difference.minor for row in rows) == sum(f.amount.minor for f in paid) - due
    assert all(a.period.last < b.period.first for a, b in itertools.pairwise(rows)), "no day stands in two rows"


# --- what is to be done, from what stands -------------------------------------------------------


def instalment(no: int, minor: int, due: date | None = None) -> Instalment:
    first = date(2025, 4, 1) + timedelta(days=30 * no)
    period = Period(first, first + timedelta(days=29))
    return Instalment(no, "allowance", period, due or period.last + timedelta(days=5), Money(minor, "LAK"))


def of(no: int, first: str, last: str, minor: int) -> Instalment:
    days = Period(date.fromisoformat(first), date.fromisoformat(last))
    return Instalment(no, "allowance", days, days.last, Money(minor, "LAK"))


def fact(no: int, first: str, last: str, minor: int, state: OrderState = OrderState.SETTLED) -> PaymentFact:
    return replace(moved(no, minor, state), period=Period(date.fromisoformat(first), date.fromisoformat(last)))


def granted(*schedule: Instalment, past: Iterable[Key] = (), **more: Any) -> Award:
    total = Money(sum(part.amount.minor for part in schedule), "LAK")
    return Award(
        AwardId("a"),
        ClaimId("c"),
        PersonId("p"),
        1,
        DecisionId("d"),
        AwardState.RUNNING,
        total,
        schedule,
        frozenset(past),
        **more,
    )


def moved(no: int, minor: int, state: OrderState = OrderState.SETTLED) -> PaymentFact:
    return PaymentFact(
        f"o{no}",
        AwardId("a"),
        ClaimId("c"),
        PersonId("p"),
        "REF",
        "allowance",
        no,
        instalment(no, minor).period,
        Money(minor, "LAK"),
        state,
        None,
        None,
    )


def standing(award: Award, *facts: PaymentFact, **more: Any) -> over.Standing:
    """What bears on an award, with nothing decided about it."""
    usual: dict[str, Any] = {
        "known": None,
        "repaid": 0,
        "waived": 0,
        "contested": False,
        "active": None,
        "today": date(2025, 6, 1),
        "soonest": date(2025, 6, 5),
        "share": Fraction(1, 2),
        "smallest": 1,
    }
    return over.Standing(award=award, facts=facts, **(usual | more))


def found(now: over.Standing) -> tuple[over.Review, over.Standing]:
    """What the next review sees once this one is carried out."""
    result = over.review(now)
    much, repaid, waived = (Money(n, "LAK") for n in (result.too_much, result.repaid, result.waived))
    told = much if now.known is None or result.news else now.known.told
    known = over.Overpayment(
        OverpaymentId("x"), ClaimId("c"), AwardId("a"), much, repaid, waived, told, there(result.state), now.today
    )
    return result, replace(now, award=result.award, known=known, active=result.active, fresh=False)


def set_off(minor: int) -> over.Recovery:
    return over.Recovery(
        RecoveryId("r"),
        ClaimId("c"),
        OverpaymentId("x"),
        over.Way.SET_OFF,
        Money(minor, "LAK"),
        None,
        None,
        "yes",
        over.RecoveryState.FINAL,
        "o",
        "O",
    )


def test_nothing_is_done_where_nothing_was_paid_too_much() -> None:
    award = granted(instalment(1, 100))
    assert over.review(standing(award, moved(1, 100))) == over.Review(award, tell=False)
    assert over.review(standing(award, fresh=True)) == over.Review(award, tell=True), "payments must hear of it"


def test_too_much_is_news_once() -> None:
    now = standing(granted(instalment(1, 60), past={Key("allowance", 1)}), moved(1, 100))
    first, now = found(now)
    assert (first.too_much, first.left, first.state, first.news) == (40, 40, over.OverpaymentState.FOUND, True)
    again, _ = found(now)
    assert (again.news, again.tell, again.amount_moved) == (False, False, False), "run again it changes nothing"


def test_a_set_off_withholds_by_a_version_of_its_own_and_then_rests() -> None:
    award = granted(instalment(1, 60), instalment(2, 60), past={Key("allowance", 1)})
    _, now = found(standing(award, moved(1, 100)))
    first, now = found(replace(now, active=set_off(30)))
    assert (first.award.version, first.tell, first.award.withheld) == (2, True, {Key("allowance", 2): 30})
    assert first.state is over.OverpaymentState.RECOVERING
    again, _ = found(now)
    assert (again.award, again.tell) == (first.award, False)
    contested, _ = found(replace(now, contested=True))
    assert (contested.state, contested.award.withheld, contested.ended) == (over.OverpaymentState.SUSPENDED, {}, None)


def test_a_recovery_ends_when_more_is_found_or_nothing_is_left_to_withhold_from() -> None:
    award = granted(instalment(1, 60), instalment(2, 60), past={Key("allowance", 1)})
    _, now = found(standing(award, moved(1, 100)))
    more, _ = found(replace(now, active=set_off(30), facts=(moved(1, 110),)))
    assert (more.ended, more.state, more.award.withheld) == ("more_was_found", over.OverpaymentState.FOUND, {})
    spent, _ = found(replace(now, active=set_off(30), facts=(moved(1, 100), moved(2, 60))))
    assert (spent.ended, spent.state) == ("nothing_left_to_withhold", over.OverpaymentState.FOUND)


@pytest.mark.parametrize("first", ["received", "taken_back"])
def test_a_repayment_taken_back_counts_no_more_in_whatever_order_it_is_told(
    office: Office, claim: dict[str, Any], officer: Browser, first: str
) -> None:
    repayment = str(uuid.uuid4())
    kip = {"minor": 112000000, "currency": "LAK"}
    said = {"claim_id": claim["id"], "repayment_id": repayment, "amount": kip}

    def received() -> None:
        told(office, feedback.repayment_received, **said, received_on="2025-05-20")

    def taken_back() -> None:
        told(office, feedback.repayment_taken_back, **said, taken_back_on="2025-05-21")

    for tell in (received, taken_back, taken_back) if first == "received" else (taken_back, received):
        tell()
    shown = office.officer.get(f"/v1/claims/{claim['id']}/overpayment").json
    assert (shown["repaid"]["minor"], shown["outstanding"], shown["state"]) == (0, shown["amount"], "found")
    assert "it belonged elsewhere" in officer.open(f"/desk/claims/{claim['id']}/overpayment?lang=en")
