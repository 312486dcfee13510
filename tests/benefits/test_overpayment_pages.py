"""Money paid too much at the desk and on the worker's page: how it stands, and who says what becomes of it."""

from __future__ import annotations

import re
import uuid
from fractions import Fraction
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.benefits.domain import overpayment as over
from services.benefits.usecases import awards, heard
from tests.benefits.browser import live
from tests.benefits.conftest import Office
from tests.benefits.test_claim_story import decided, submitted
from tests.benefits.test_desk_pages import Browser, version_in
from tests.benefits.test_marks import told
from tests.benefits.test_worker_pages import Phone
from tests.there import there


@pytest.fixture
def officer(office: Office) -> Browser:
    return Browser(office, office.officer)


@pytest.fixture
def phone(office: Office) -> Phone:
    return Phone(office)


@pytest.fixture
def supervisor(office: Office) -> Browser:
    return Browser(office, office.supervisor)


def recovery_in(page: str) -> str:
    return there(re.search(r'name="recovery" value="([^"]+)"', page)).group(1)


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
        heard.repayment_received,
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
    schedule: list[dict[str, Any]] = [
        {
            "no": n,
            "component": "allowance",
            "due_on": f"2025-06-{n:02}",
            "amount": {"minor": a, "currency": "LAK"},
        }
        for n, a in enumerate(amounts, 1)
    ]
    shut = {("allowance", n) for n in closed}
    kept = over.withhold(schedule, shut, share, minor, smallest)
    assert sum(kept.values()) <= minor
    assert not set(kept) & shut
    for part in schedule:
        assert kept.get(over.key_of(part), 0) <= part["amount"]["minor"] * share
    assert all(part % smallest == 0 for part in kept.values()), "whole kip leave the bank"
    open_ = sum(
        int(p["amount"]["minor"] * share) // smallest * smallest for p in schedule if over.key_of(p) not in shut
    )
    assert sum(kept.values()) == min(minor // smallest * smallest, open_)
    # As the instalments move, what is left is withheld from those still to come, and nothing moves twice.
    if kept:
        first = min(kept, key=lambda key: key[1])
        again = over.withhold(schedule, shut | {first}, share, minor - kept[first], smallest)
        assert again == {key: part for key, part in kept.items() if key != first}


def test_a_fifth_of_an_odd_amount_is_kept_back_in_whole_kip() -> None:
    part = {
        "no": 1,
        "component": "allowance",
        "due_on": "2025-06-05",
        "amount": {"minor": 104533300, "currency": "LAK"},
        "period": {"from": "2025-05-02", "to": "2025-05-15"},
    }
    award = SimpleNamespace(state="running", schedule=[part], currency="LAK", past=[])
    kept = awards.withholdable(SimpleNamespace(country="la"), award, [], 10**9)
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
    schedule = [
        {
            "no": n,
            "component": "allowance",
            "due_on": f"2025-0{n + 5}-05",
            "amount": {"minor": 60, "currency": "LAK"},
            "period": {"from": f"2025-0{n + 4}-01", "to": f"2025-0{n + 4}-30"},
        }
        for n in (1, 2)
    ]
    paid = [{"no": 1, "component": "allowance", "minor": 100, "state": "settled"}]
    assert over.overpaid(schedule, paid, {("allowance", 1)}) == 40
    both = [*paid, {"no": 2, "component": "allowance", "minor": 60, "state": "settled"}]
    assert over.overpaid(schedule, both, {("allowance", 1)}) == 40
    kept = [*paid, {"no": 2, "component": "allowance", "minor": 48, "state": "settled"}]
    assert over.overpaid(schedule, kept, {("allowance", 1)}) == 28
