"""Benefits' pages in a real browser: nothing for axe to find, a claim by keyboard alone, nothing typed is lost."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, expect
from sqlalchemy import select

from services.benefits import store
from services.benefits import tables as t
from services.benefits.domain.ids import ClaimId, DecisionId, OfficeId
from services.benefits.domain.sample import Sample
from services.benefits.usecases import intakes
from services.benefits.usecases.intakes import TakenIn
from shared.act import Actor
from tests.benefits.browser import live
from tests.benefits.conftest import PAPERS, SICK, Office, Person

pytestmark = [pytest.mark.chromium, pytest.mark.xdist_group("chromium")]
#: What a counter took in and somebody must look at.
ITEM = "6f1d1c8e-6a0b-4c52-9d5f-2f4f6f0c1a11"
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


@pytest.fixture
def house(office: Office) -> Iterator[str]:
    with live.served(office) as base:
        yield base


def overpaid(office: Office, name: str, latin: str) -> dict[str, Any]:
    """A claim on which more was paid than its decision says."""
    person = office.someone(name, latin)
    claim = live.submitted(office, person, SICK, PAPERS, "2025-05-05")
    office.officer.post(f"/v1/claims/{claim['id']}/decisions", {}, etag=claim["version"])
    live.bank_says(office, claim, minor=336000000)
    live.bank_says(office, claim, minor=112000000, no=2)
    return claim


def everything(office: Office) -> list[tuple[Any, str]]:
    """Every page of benefits that can be looked at, with who looks."""
    person = office.someone(number="1004182273")
    draft = live.drafted(office, person, live.AT_THE_COUNTER, {"verified": ["SVK-25-01981"]}, "2025-05-19")
    decided = live.submitted(office, person, SICK, PAPERS, "2025-05-05")
    office.officer.post(f"/v1/claims/{decided['id']}/decisions", {}, etag=decided["version"])
    live.letter(office, decided)
    live.paid_in_part(office, decided)
    office.someone("ນາງ ບຸນມີ ສີສະຫວາດ", "Bounmy Sisavat", number="1004182274")
    long = live.long_illness(office)
    over, proposed = (
        overpaid(office, "ນາງ ຄຳແພງ ສຸກສະຫວັດ", "Khampheng Souksavath"),
        overpaid(office, "ທ້າວ ບຸນທັນ ວໍລະຈິດ", "Bounthan Vorachit"),
    )
    office.supervisor.post(
        f"/v1/claims/{proposed['id']}/recoveries",
        {"way": "waive", "reason": "hardship"},
        etag=office.clerk.get(f"/v1/claims/{proposed['id']}").json["version"],
    )
    asked = live.submitted(office, person, SICK, PAPERS, "2025-05-12")
    office.officer.post(
        f"/v1/claims/{asked['id']}/return", {"whom": "employer", "reason": "missing_wages"}, etag=asked["version"]
    )
    with office.service.engine.connect() as connection:
        statement = connection.scalar(select(t.statement.c.id))
    nok, her = live.employer(office), live.worker(decided["id"])
    live.advanced(office, nok, office.someone("ນາງ ມະນີວອນ ສຸລິຍະ", "Manivone Souliya", number="1004635518"))
    pages: list[tuple[Person | Actor | None, str]] = [
        (office.officer, f"/desk{path}")
        for path in (
            "",
            "/claims",
            "/search?q=bounmy",
            "/search?q=nobody",
            f"/persons/{person}",
            f"/claims/{draft['id']}",
            f"/claims/{draft['id']}/acknowledgement",
            f"/claims/{long['id']}/decide",
            f"/claims/{decided['id']}",
            f"/claims/{over['id']}",
            f"/claims/{over['id']}/overpayment",
            f"/claims/{proposed['id']}/overpayment",
        )
    ]
    pages += [
        (office.supervisor2, f"/desk/claims/{proposed['id']}/overpayment"),
        (live.worker(over["id"]), "/worker"),
    ]
    pages += [
        (nok, f"/employer{path}")
        for path in (
            "",
            "/notice",
            f"/notice?person={person}",
            "/files",
            "/account",
            f"/statements/{statement}",
        )
    ]
    pages += [
        (her, "/worker"),
        (her, "/worker/objection"),
        (office.administrator, "/imports"),
        (office.clerk, "/sign-out"),
    ]
    return [*pages, *((None, path) for path in ("/", "/worker", "/estimate", "/sign-in", "/sandbox"))]


def newer(office: Office) -> list[tuple[Any, str]]:
    """The pages of tasks, of papers, of a counter without a line, and of what worker and employer do by themselves."""
    person = office.someone(number="1004182273")
    waiting = live.submitted(office, person, SICK, PAPERS, "2025-05-05")
    decided = live.submitted(office, office.someone("ນາງ ວັນນາ", "Vanna Keo"), SICK, PAPERS, "2025-05-05")
    decision = office.officer.post(f"/v1/claims/{decided['id']}/decisions", {}, etag=decided["version"]).json
    with office.service.engine.begin() as connection:
        act = replace(office.act(connection), actor=office.clerk.actor)
        typed = {"name": "Somebody Unknown", "benefit": "sickness", "first_day": "31/2/2025"}
        item = TakenIn(typed, "sickness", "Somebody Unknown", "9", None, None, {}, {}, unread=True)
        intakes.arrive(act, ITEM, item)
        sample = Sample(DecisionId(decision["id"]), ClaimId(decided["id"]), OfficeId("svk"), False, act.today)
        try:
            store.samples.get(act, sample.decision_id)  # it may have been drawn by chance
        except store.NotHere:
            store.samples.add(act, sample)
    # Keys hang on an account, which has an id of its own.
    nok, her = replace(live.employer(office), id=ITEM), live.worker(waiting["id"])
    desk = ["?show=", "/workload", "/control", "/questions", "/intake", f"/intake/{ITEM}"]
    desk += ("/register", f"/persons/{person}/phone")
    desk += (f"/claims/{waiting['id']}/task", f"/claims/{waiting['id']}/papers", f"/decisions/{decision['id']}")
    hers = ("do", "inbox", "questions", "change", "withdrawal", "papers")
    free = live.submitted(office, office.someone("ນາງ ສຸດາ", "Souda Phan"), SICK, PAPERS, "2025-05-05")
    office.officer.post(f"/v1/claims/{free['id']}/decisions", {}, etag=free["version"])
    body = {"ground": "worked", "first_day": "2025-04-02", "words": "Seen at work."}
    now = office.officer.get(f"/v1/claims/{decided['id']}").json["version"]
    asked = office.officer.post(f"/v1/claims/{decided['id']}/suspensions", body, etag=now).json
    office.supervisor2.post(f"/v1/suspensions/{asked['id']}/confirmation")
    desk += [f"/claims/{claim['id']}/suspension" for claim in (free, decided)]
    now = office.officer.get(f"/v1/claims/{free['id']}").json["version"]
    body = {"ground": "our_mistake", "basis": "Law, article 70", "words": "It is her sister."}
    annul = office.officer.post(f"/v1/claims/{free['id']}/annulments", body, etag=now).json
    office.supervisor2.post(f"/v1/annulments/{annul['id']}/confirmation")
    desk += [f"/claims/{claim['id']}/annulment" for claim in (free, decided)]
    return [
        (live.worker(decided["id"]), "/worker"),
        (live.worker(decided["id"]), "/worker/objection"),
        *((office.supervisor, f"/desk{path}") for path in desk),
        *((nok, f"/employer/{path}") for path in ("people", "keys")),
        *((her, f"/worker/{path}") for path in hers),
        *((None, path) for path in ("/leaflets", "/leaflets/sickness", "/estimate")),
    ]


@pytest.mark.parametrize("language", ["en", "lo"])
def test_axe_finds_nothing_and_nothing_is_wider_than_the_screen(
    office: Office, house: str, chromium: Chromium, language: str
) -> None:
    assert faults(office, house, chromium, everything(office), language) == []


@pytest.mark.parametrize("language", ["en", "my"])
def test_axe_finds_nothing_on_the_newer_pages(office: Office, house: str, chromium: Chromium, language: str) -> None:
    assert faults(office, house, chromium, newer(office), language) == []


def test_the_page_of_a_decision_holds_the_references_of_what_was_paid(
    office: Office, house: str, chromium: Chromium
) -> None:
    """A reference has sixteen letters and no place to break: in Thai it stood outside its sheet and the window."""
    claim = live.submitted(office, office.someone(), SICK, PAPERS, "2025-05-05")
    decision = office.officer.post(f"/v1/claims/{claim['id']}/decisions", {}, etag=claim["version"]).json
    live.letter(office, claim)
    live.paid_in_part(office, claim)
    page = f"/desk/decisions/{decision['id']}"
    assert faults(office, house, chromium, [(office.officer, page)], "th") == []
    tab = live.tab(chromium, house, office, office.officer, language="th")
    tab.goto(house + page)
    assert "(ลาว)" in tab.inner_text("main"), "the letter's language has a name, not a code"


def faults(office: Office, house: str, chromium: Chromium, pages: list[tuple[Any, str]], language: str) -> list[str]:
    """What axe finds on pages, and what is wider than a desk's screen or a phone's."""
    found: list[str] = []
    tabs: dict[Any, Any] = {}
    for who, path in pages:
        known = getattr(getattr(who, "actor", who), "id", None)
        # High enough that the bar of actions covers nothing that is measured.
        page = tabs.setdefault(known, None) or live.tab(chromium, house, office, who, height=4000, language=language)
        if tabs[known] is None:
            page.on(
                "console",
                lambda said, found=found: found.append(said.text) if "Security Policy" in said.text else None,
            )
            tabs[known] = page
        page.set_viewport_size({"width": 1280, "height": 4000})
        answer = page.goto(house + path)
        assert answer.status == 200, path
        for width in (1280, 390):
            page.set_viewport_size({"width": width, "height": 4000})
            for violation in Axe().run(page, options=RULES).response["violations"]:
                found += [f"{path} at {width}: {violation['id']}: {node['html'][:200]}" for node in violation["nodes"]]
            wide = page.evaluate("document.documentElement.scrollWidth")
            if wide > width:
                found.append(f"{path} is {wide} wide at {width}")
    return found


class Keyboard:
    """Hands that never leave the keyboard; what is not a fact of the paper is counted."""

    def __init__(self, page: Page) -> None:
        self.page, self.strokes = page, 0

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
            self.strokes += 1

    def fact(self, text: str) -> None:
        self.page.keyboard.type(text)

    def to(self, field: str) -> None:
        """Tab on until the field has the focus."""
        for _ in range(12):
            if (
                self.page.evaluate(
                    "document.activeElement.name || document.activeElement.innerText.trim().replace(/\\s+/g, ' ')"
                )
                == field
            ):
                return
            self.press("Tab")
        raise AssertionError(
            f"{field} is not reached; the focus is on {self.page.evaluate('document.activeElement.outerHTML')}"
        )


FACTS = [
    ("cert_no_0", "SVK-25-01981"),
    ("cert_from_0", "3/3/2025"),
    ("cert_to_0", "16/4/2025"),
    ("cert_verified_0", " "),
    ("+ Next certificate", None),
    ("cert_no_1", "SVK-25-02640"),
    ("cert_from_1", "17/4/2025"),
    ("cert_to_1", "16/5/2025"),
    ("cert_verified_1", " "),
    ("first_day", "3/3/2025"),
    ("last_day", "16/5/2025"),
    ("illness", "M54.5"),
    ("event_employer_days_used", "0"),
    ("wage_paid_until", "1/4/2025"),
    ("wage_stopped_word", "I"),
]


def test_a_walk_in_claim_from_the_search_to_the_decision_by_keyboard_alone(
    office: Office, house: str, chromium: Chromium
) -> None:
    person = office.someone(number="1004182273")
    page = live.tab(chromium, house, office, office.officer)
    page.goto(f"{house}/")
    page.wait_for_url("**/desk")
    hands = Keyboard(page)
    hands.press("/")
    hands.fact("1004182273")
    hands.press("Enter")
    page.wait_for_url(f"**/desk/persons/{person}")
    hands.press("n")
    page.wait_for_url(re.compile(r"/desk/claims/[\w-]+$"))
    for field, fact in FACTS:
        hands.to(field)
        hands.press("Enter") if fact is None else hands.fact(fact)
    page.keyboard.press("Tab")
    page.wait_for_selector("#preview >> text=3,360,000 >> nth=0")
    hands.press("Control+Enter")
    page.wait_for_url("**/decide")
    assert "3,360,000" in page.inner_text("blockquote").replace("\xa0", " ")
    hands.press("Control+Enter")
    page.wait_for_selector("text=proposed by")  # she entered the facts herself, so a second person confirms
    with office.service.engine.connect() as connection:
        decision = connection.execute(select(t.decision)).one()
    assert (decision.state, decision.second_reason, decision.total_minor) == ("proposed", "one_hand", 336000000)
    assert hands.strokes < 60, hands.strokes


def test_enter_never_sends_a_half_filled_form_and_esc_leads_back(
    office: Office, house: str, chromium: Chromium
) -> None:
    person = office.someone()
    page = live.tab(chromium, house, office, live.employer(office))
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    page.goto(f"{house}/employer/notice?person={person}")
    page.fill("#f-expected_on", "14/7")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.name") == "leave_from"
    page.keyboard.press("Control+Enter")
    assert "First day of leave" in page.inner_text("#line")
    assert sent == []
    page.fill("#f-leave_from", "2/6/2025")
    page.check("#f-sure")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("text=Receipt: maternity leave notified")
    assert len(sent) == 1


def test_without_script_a_leave_is_notified_and_a_claim_is_objected_to(
    office: Office, house: str, chromium: Chromium
) -> None:
    person = office.someone(months=2, number="1004182273")
    page = live.tab(chromium, house, office, live.employer(office), script=False)
    page.goto(f"{house}/employer/notice")
    page.fill("#f-who", "1004182273")
    page.click("main button:has-text('Find')")
    page.fill("#f-expected_on", "14/7/2025")
    page.press("#f-expected_on", "Enter")
    assert "person=" in page.url or "who=" in page.url
    page.fill("#f-leave_from", "2/6/2025")
    page.check("#f-sure")
    page.click("text=Send notice")
    assert page.is_visible("text=Receipt: maternity leave notified")
    claim = live.submitted(office, person, SICK, PAPERS, "2025-05-19")
    office.officer.post(f"/v1/claims/{claim['id']}/decisions", {}, etag=claim["version"])
    phone = live.tab(chromium, house, office, None, width=390, script=False)
    phone.goto(f"{house}/worker")
    phone.fill("#f-number", claim["number"])
    phone.fill("#f-code", live.code(office, claim["id"]))
    phone.click("text=Show my claim")
    assert phone.is_visible("text=Decided: no")
    phone.click("a:has-text('Object')")
    phone.fill("#f-grounds", "My employer paid for all of 2024.")
    phone.click("text=Send my objection")
    assert phone.is_visible("text=We have your objection")


def test_what_was_typed_is_kept_when_the_server_answers_503(office: Office, house: str, chromium: Chromium) -> None:
    person = office.someone()
    claim = live.drafted(office, person, {}, {}, "2025-05-19")
    page = live.tab(chromium, house, office, office.officer)
    page.goto(f"{house}/desk/claims/{claim['id']}")
    page.fill("#f-cert_no_0", "SVK-25-01981")
    page.fill("#f-first_day", "3/3/2025")
    page.route(
        f"**/desk/claims/{claim['id']}",
        lambda route: (
            route.fulfill(status=503, headers={"Retry-After": "5"}, body="<body data-status=503>away")
            if route.request.method == "POST"
            else route.continue_()
        ),
    )
    page.click("button[value=save]")
    page.wait_for_selector("text=away")
    page.goto(f"{house}/desk/claims/{claim['id']}")
    assert page.input_value("#f-cert_no_0") == "SVK-25-01981"
    assert page.input_value("#f-first_day") == "3/3/2025"
    page.unroute(f"**/desk/claims/{claim['id']}")
    page.click("button[value=save]")
    page.wait_for_load_state()
    assert office.officer.get(f"/v1/claims/{claim['id']}").json["facts"]["spell"]["first_day"] == "2025-03-03"


def test_acknowledgement_and_receipts_print_on_one_page(office: Office, house: str, chromium: Chromium) -> None:
    person = office.someone()
    claim = live.submitted(office, person, SICK, PAPERS, "2025-05-19")
    for who, path in (
        (office.officer, f"/desk/claims/{claim['id']}/acknowledgement"),
        (live.employer(office), ""),
    ):
        page = live.tab(chromium, house, office, who)
        page.goto(house + (path or f"/employer/notice?person={person}"))
        if not path:
            page.fill("#f-expected_on", "14/7/2025")
            page.fill("#f-leave_from", "2/6/2025")
            page.check("#f-sure")
            page.click("text=Send notice")
            page.wait_for_selector("text=Receipt: maternity leave notified")
        sheet = page.pdf(format="A4")
        assert len(re.findall(rb"/Type\s*/Page\b(?!s)", sheet)) == 1
        page.emulate_media(media="print")
        assert not page.is_visible(".act")
        assert not page.is_visible("nav")


def test_without_script_a_form_sent_after_twenty_minutes_is_saved(
    office: Office, house: str, chromium: Chromium, monkeypatch: pytest.MonkeyPatch
) -> None:
    person, khamla = office.someone(), office.account("khamla", "officer")
    page = live.tab(chromium, house, office, script=False)
    page.goto(f"{house}/sign-in")
    page.fill("[name=username]", "khamla")
    page.fill("[name=password]", khamla.password)
    page.fill("[name=code]", khamla.code)
    page.click("form[action='/session/sign-in'] .btn.main, form[action='/session/sign-in'] button:not([disabled])")
    page.goto(f"{house}/desk/persons/{person}")
    page.click("text=Correct address, phone or language")
    page.fill("#f-address", "Ban Phonxay\nບ້ານ ໂພນໄຊ")
    page.fill("#f-details_why", "moved; family book seen")
    later = office.service.clock.now() + timedelta(minutes=20)
    monkeypatch.setattr(office.service.clock, "now", lambda: later)
    page.context.clear_cookies(name="tideover")
    page.click("text=Save the correction")
    # The form goes through the renewal of her session by itself and arrives.
    expect(page.locator("body")).to_contain_text("moved; family book seen")
    assert page.url == f"{house}/desk/persons/{person}"
    with office.service.engine.connect() as connection:
        assert connection.scalar(select(t.person.c.address)) == ["Ban Phonxay", "ບ້ານ ໂພນໄຊ"]


def test_axe_finds_nothing_on_a_person_with_marks(office: Office, house: str, chromium: Chromium) -> None:
    person = office.someone()
    with office.service.engine.begin() as connection:
        connection.execute(
            t.person.update().values(death_reported_on=date(2025, 5, 19), address_doubted_on=date(2025, 5, 19))
        )
    page = live.tab(chromium, house, office, office.officer, width=360)
    page.goto(f"{house}/desk/persons/{person}")
    for summary in page.locator("details.pad > summary").all():
        summary.click()
    found = Axe().run(page, options=RULES).response["violations"]
    assert found == [], [(v["id"], [n["html"] for n in v["nodes"]]) for v in found]
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
