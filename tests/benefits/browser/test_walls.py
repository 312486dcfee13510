"""What people ran into at the desk, on the phone and at the employer's page, walked again in a real browser."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from datetime import date
from types import SimpleNamespace
from typing import Any, cast

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page
from sqlalchemy import select, update

from services.benefits import tables as t
from services.benefits.conformance.beside import beside
from services.benefits.usecases import feedback
from shared.bank_days import bank_days
from shared.events import Event
from shared.web import formatting
from tests.benefits.browser import live
from tests.benefits.conftest import PAPERS, SICK, Office

pytestmark = [pytest.mark.chromium, pytest.mark.xdist_group("chromium")]
SIZES = [
    pytest.param(1280, "en", id="desk, English"),
    pytest.param(390, "en", id="phone, English"),
    pytest.param(1280, "lo", id="desk, Lao"),
    pytest.param(390, "lo", id="phone, Lao"),
]


@pytest.fixture
def house(office: Office) -> Iterator[str]:
    with live.served(office) as base:
        yield base


def plain(text: str) -> str:
    return re.sub(r"\s+", " ", text.replace("\xa0", " "))


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


def send(page: Page) -> None:
    """Ctrl-Enter, and wait for the page that answers."""
    with page.expect_navigation():
        page.keyboard.press("Control+Enter")


WHEN = {"en": "What will be paid, and when", "lo": "ຈະຈ່າຍຫຍັງ ແລະ ເມື່ອໃດ"}


def last_decision(office: Office, claim: dict[str, Any]) -> str:
    with office.service.engine.connect() as connection:
        query = select(t.decision.c.id).where(t.decision.c.claim_id == claim["id"]).order_by(t.decision.c.no.desc())
        return str(connection.scalar(query.limit(1)))


def letter_of(office: Office, decision_id: str) -> dict[str, Any]:
    """What notifications are told for the letter of a decision."""
    answer = office.client.get(f"/v1/decisions/{decision_id}/letter-facts", headers=office.machine("notifications"))
    return cast(dict[str, Any], answer.json)


def acknowledged(office: Office, claim_id: str) -> dict[str, Any]:
    """What notifications are told for acknowledgement and messages."""
    answer = office.client.get(f"/v1/claims/{claim_id}/acknowledgement-facts", headers=office.machine("notifications"))
    return cast(dict[str, Any], answer.json)


def letters_of(office: Office) -> set[str]:
    with office.service.engine.connect() as connection:
        return set(connection.scalars(select(t.letter.c.id)))


def bounced(office: Office, claim: dict[str, Any], what: str, reason: str | None) -> None:
    """Payments say what became of the second instalment; after a return they open an order for it anew."""
    with office.service.engine.begin() as connection:
        row = connection.execute(select(t.payment_fact).where(t.payment_fact.c.no == 2)).first()
        assert row is not None
        data = {
            "claim_id": claim["id"],
            "award_id": row.award_id,
            "order_id": row.order_id if what != "planned" else str(uuid.uuid4()),
            "reference": row.reference,
            "component": row.component,
            "no": row.no,
            "period": {"from": row.first_day.isoformat(), "to": row.last_day.isoformat()},
            "amount": {"minor": row.minor, "currency": row.currency},
            "returned_on": "2025-05-20",
            "due_on": "2025-05-22",
        } | ({"reason": reason} if reason else {})
        kind = {"returned": "payments.instalment.returned"}.get(what, f"payments.order.{what}")
        feedback.order_moved(office.act(connection), cast(Event, SimpleNamespace(type=kind, data=data)))


def forget_codes(office: Office) -> None:
    """Half a minute passes, and her device shows another code."""
    with office.service.engine.begin() as connection:
        connection.execute(update(t.account).values(totp_last=None))


def proposed(office: Office) -> dict[str, Any]:
    """A claim whose decision an officer proposed and a supervisor must confirm (LA-S2, above the limit)."""
    claim = live.long_illness(office)
    office.officer.post(f"/v1/claims/{claim['id']}/decisions", {}, etag=claim["version"])
    return dict(office.officer.get(f"/v1/claims/{claim['id']}").json)


# --- a confirmation is never undone in silence ---------------------------------------------------


@pytest.mark.parametrize(("width", "language"), SIZES)
def test_to_confirm_opens_the_decision_and_ctrl_enter_confirms_it(
    office: Office, house: str, chromium: Chromium, width: int, language: str
) -> None:
    claim = proposed(office)
    page = live.tab(chromium, house, office, office.supervisor, width=width, language=language)
    page.goto(f"{house}/desk?show=confirm")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/desk/claims/{claim['id']}/decide")
    assert "Officer" in page.inner_text("main")
    assert fits(page)
    send(page)
    assert office.claim(claim["id"]).state == "decided"


def test_looking_at_the_facts_and_saving_them_unchanged_changes_nothing(
    office: Office, house: str, chromium: Chromium
) -> None:
    claim = proposed(office)
    page = live.tab(chromium, house, office, office.supervisor)
    page.goto(f"{house}/desk/claims/{claim['id']}")
    assert "A decision is proposed and waits for a second person." in plain(page.inner_text("main"))
    send(page)
    assert page.url.endswith("/decide")
    assert office.claim(claim["id"]).version == claim["version"]
    send(page)
    assert office.claim(claim["id"]).state == "decided"


@pytest.mark.parametrize(("width", "language"), SIZES)
def test_what_is_given_back_says_so_and_what_changed(
    office: Office, house: str, chromium: Chromium, width: int, language: str
) -> None:
    claim = proposed(office)
    facts = claim["facts"] | {"spell": claim["facts"]["spell"] | {"last_day": "2025-08-30"}}
    office.officer.patch(f"/v1/claims/{claim['id']}", {"facts": facts}, etag=claim["version"])
    page = live.tab(chromium, house, office, office.supervisor, width=width, language=language)
    page.goto(f"{house}/desk/claims/{claim['id']}/decide")
    seen = plain(page.inner_text("main"))
    assert {"en": "Confirming gives it back", "lo": "ສົ່ງຄືນ"}[language] in seen
    assert re.search(r"31/8/2025|31 Aug 2025|31 ສິງຫາ 2025|31 ສ\.ຫ\. 2025", seen), seen
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("#given-back")
    assert fits(page)
    told = plain(page.inner_text("#given-back"))
    assert {"en": "It was not confirmed", "lo": "ບໍ່ໄດ້ຢືນຢັນ"}[language] in told
    assert office.claim(claim["id"]).waits is not None


def test_a_second_person_sees_the_officers_reason_and_the_facts_that_changed(
    office: Office, house: str, chromium: Chromium
) -> None:
    claim = proposed(office)
    decision = last_decision(office, claim)
    office.supervisor.post(f"/v1/decisions/{decision}/confirmation", {})
    decided = office.officer.get(f"/v1/claims/{claim['id']}").json
    facts = decided["facts"] | {"spell": decided["facts"]["spell"] | {"last_day": "2025-07-31"}}
    office.officer.patch(
        f"/v1/claims/{claim['id']}", {"facts": facts, "why": "fit for work since August"}, etag=decided["version"]
    )
    again = office.officer.get(f"/v1/claims/{claim['id']}").json
    office.officer.post(f"/v1/claims/{claim['id']}/decisions", {}, etag=again["version"])
    page = live.tab(chromium, house, office, office.supervisor)
    page.goto(f"{house}/desk/claims/{claim['id']}/decide")
    seen = plain(page.inner_text("main"))
    assert "“fit for work since August”" in seen
    assert "Last day 31 Aug 2025 31 Jul 2025" in seen, seen
    assert "Difference to the decision before" in seen


# --- what was paid, what comes, what is too much ----------------------------------------------------


def decided_and_paid(office: Office) -> dict[str, Any]:
    """LA-S1, decided; the first instalment has arrived and the second is on its way."""
    person = office.someone(number="1004182273")
    claim = live.submitted(office, person, SICK, PAPERS, "2025-05-05")
    office.officer.post(f"/v1/claims/{claim['id']}/decisions", {}, etag=claim["version"])
    live.paid_in_part(office, claim)
    return dict(office.officer.get(f"/v1/claims/{claim['id']}").json)


@pytest.mark.parametrize(("width", "language"), SIZES)
def test_a_revision_promises_only_what_is_still_to_come(
    office: Office, house: str, chromium: Chromium, width: int, language: str
) -> None:
    """The wage of a month rises: three million were paid before, and only the difference is promised, on a bank day."""
    claim = decided_and_paid(office)
    live.wages(office, claim["person_id"], ["2024-12", "2025-01", "2025-02"], wage="3500000")
    reason = {"facts": claim["facts"], "why": "wages corrected"}
    office.clerk.patch(f"/v1/claims/{claim['id']}", reason, etag=claim["version"])
    page = live.tab(chromium, house, office, office.officer, width=width, language=language)
    page.goto(f"{house}/desk/claims/{claim['id']}/decide")
    promised = plain(page.inner_text(f"section[aria-label='{WHEN[language]}']"))
    again = office.officer.get(f"/v1/claims/{claim['id']}").json
    office.officer.post(f"/v1/claims/{claim['id']}/decisions", {}, etag=again["version"])
    facts = letter_of(office, last_decision(office, claim))
    outlook, difference = facts["outlook"], facts["difference"]
    assert outlook["to_come"] == difference, "all that was granted before has been paid or is on its way"
    assert outlook["too_much"]["minor"] == 0
    shown = formatting.amount(difference, language)
    assert plain(shown) in promised
    assert plain(formatting.money(outlook["paid"], language)) in promised
    phone = live.tab(chromium, house, office, live.worker(claim["id"]), width=width, language=language)
    phone.goto(f"{house}/worker")
    hers = plain(phone.text_content("main") or "")
    for part in outlook["coming"]:
        assert plain(formatting.amount(part["amount"], language)) in hers
    assert fits(page)
    assert fits(phone)
    for part in outlook["coming"]:
        assert bank_days().is_open(date.fromisoformat(part["due_on"]))


@pytest.mark.parametrize(("width", "language"), SIZES)
def test_of_a_payment_that_came_back_she_is_told_one_thing(
    office: Office, house: str, chromium: Chromium, width: int, language: str
) -> None:
    claim = decided_and_paid(office)
    bounced(office, claim, "returned", "AC04")
    phone = live.tab(chromium, house, office, live.worker(claim["id"]), width=width, language=language)
    phone.goto(f"{house}/worker")
    told = plain(phone.inner_text("main"))
    waits, away = {
        "en": ("Money waits for your account", "You need not do anything"),
        "lo": ("ເງິນລໍຖ້າບັນຊີຂອງທ່ານ", "ທ່ານບໍ່ຕ້ອງເຮັດຫຍັງ"),
    }[language]
    assert waits in told
    assert away not in told
    assert fits(phone)
    live.new_account(office, claim["person_id"])
    phone.goto(f"{house}/worker")
    told = plain(phone.inner_text("main"))
    assert waits not in told
    assert {"en": "We have your new account.", "lo": "ພວກເຮົາໄດ້ບັນຊີໃໝ່ຂອງທ່ານແລ້ວ."}[language] in told
    bounced(office, claim, "planned", None)
    assert office.claim(claim["id"]).waits is None


def test_nobody_is_asked_for_an_account_where_the_bank_is_to_blame(
    office: Office, house: str, chromium: Chromium
) -> None:
    claim = decided_and_paid(office)
    bounced(office, claim, "rejected", "AM04")
    phone = live.tab(chromium, house, office, live.worker(claim["id"]), width=390)
    phone.goto(f"{house}/worker")
    assert "right number" not in phone.inner_text("main")
    assert office.claim(claim["id"]).waits is None


# --- what is asked for, where, and until when ---------------------------------------------------------


@pytest.mark.parametrize(("width", "language"), SIZES)
def test_whoever_is_asked_reads_which_paper_where_and_until_when(
    office: Office, house: str, chromium: Chromium, width: int, language: str
) -> None:
    claim = live.submitted(office, office.someone(), SICK, PAPERS, "2025-05-19")
    page = live.tab(chromium, house, office, office.officer, width=width, language=language)
    page.goto(f"{house}/desk/claims/{claim['id']}")
    page.click("details:has(form[action$='/return']) > summary")
    page.select_option("#f-whom", "worker")
    page.fill("#f-until", "30/5/2025")
    page.click("form[action$='/return'] .btn")
    page.wait_for_selector("#e-words")
    assert page.input_value("#f-until") == "30/5/2025", "what was typed is kept"
    page.fill("#f-words", "the hospital's bill of 3 March")
    page.click("form[action$='/return'] .btn")
    page.wait_for_url(f"**/desk/claims/{claim['id']}")
    facts = acknowledged(office, claim["id"])
    assert [formatting.text(x, "en") for x in facts["missing"]] == ["the hospital's bill of 3 March"]
    assert facts["waits_until"] == "2025-05-30"
    phone = live.tab(chromium, house, office, live.worker(claim["id"]), width=width, language=language)
    phone.goto(f"{house}/worker")
    page.goto(f"{house}/desk/claims/{claim['id']}/acknowledgement")
    day = plain(formatting.plain_date(date(2025, 5, 30), language, "long"))
    in_lao = plain(formatting.plain_date(date(2025, 5, 30), "lo", "long"))
    for told, on in ((plain(phone.inner_text("main")), day), (plain(page.inner_text("main")), in_lao)):
        assert "the hospital's bill of 3 March" in told
        assert on in told
        assert "ສະຫວັນນະເຂດ" in told
    assert fits(phone)


def test_the_employer_reads_what_she_is_asked_for(office: Office, house: str, chromium: Chromium) -> None:
    claim = live.submitted(office, office.someone(), SICK, PAPERS, "2025-05-19")
    what = {"whom": "employer", "reason": "missing_wages", "words": "the pay slip of February", "until": "2025-05-28"}
    office.officer.post(f"/v1/claims/{claim['id']}/return", what, etag=claim["version"])
    page = live.tab(chromium, house, office, live.employer(office), width=390)
    page.goto(f"{house}/employer")
    told = plain(page.inner_text("main"))
    assert "the pay slip of February" in told
    assert "28 May 2025" in told
    page.click("main table a")
    page.wait_for_selector("#statement")
    assert "the pay slip of February" in page.inner_text("#statement")
    assert fits(page)


# --- forms that say what is wrong ---------------------------------------------------------------------


@pytest.mark.parametrize(("width", "language"), SIZES)
def test_no_label_stands_one_letter_a_line(
    office: Office, house: str, chromium: Chromium, width: int, language: str
) -> None:
    person = office.someone()
    body = {"person_id": person, "benefit": "birth", "received_on": "2025-05-19", "facts": {}, "papers": {}}
    claim = office.clerk.post("/v1/claims", body).json
    page = live.tab(chromium, house, office, office.officer, width=width, language=language)
    page.goto(f"{house}/desk/claims/{claim['id']}")
    page.route("**/preview", lambda route: route.abort())
    page.eval_on_selector_all("[data-date]", "all => all.forEach(x => { x.value = '31/2/2025' })")
    page.eval_on_selector("#facts", "form => form.submit()")
    page.wait_for_selector("#errors")
    page.wait_for_load_state("load")  # a page without its sheet yet has no columns
    narrow = page.evaluate(
        "() => [...document.querySelectorAll('#facts .row > label, #facts .row > .label')]"
        ".filter(x => x.innerText.length > 5 && x.getBoundingClientRect().width < 60).map(x => x.innerText)"
    )
    assert narrow == []
    assert fits(page)
    over = page.evaluate(
        "() => { const b = document.querySelector('#errors').getBoundingClientRect();"
        " return [...document.querySelectorAll('#facts .row')].filter(x => { const r = x.getBoundingClientRect();"
        " return r.top < b.bottom && r.bottom > b.top; }).length }"
    )
    assert over == 0, "the summary covers no field"


@pytest.mark.parametrize("script", [True, False])
def test_a_day_that_does_not_exist_is_named_with_both_readings_beside_its_own_field(
    office: Office, house: str, chromium: Chromium, script: bool
) -> None:
    claim = live.drafted(office, office.someone(), SICK, PAPERS, "2025-05-19")
    page = live.tab(chromium, house, office, office.officer, script=script)
    page.goto(f"{house}/desk/claims/{claim['id']}")
    sure = page.locator("#f-cert_to_0")
    sure.evaluate("x => { const fold = x.closest('details'); if (fold) { fold.open = true } }")
    sure.fill("31/2/2025")
    both = "February 2025 has 28 days. Is it 28 February 2025 or 3 March 2025?"
    if script:
        page.keyboard.press("Tab")
        page.wait_for_selector("#e-cert_to_0:has-text('Is it')")
        assert both in plain(page.inner_text("#e-cert_to_0"))
        page.keyboard.press("Control+Enter")
        assert both in plain(page.inner_text("#line"))
    else:
        page.click("button[value=save]")
        assert both in plain(page.inner_text("#e-cert_to_0"))
        assert plain(page.inner_text("#errors a")) == f"To: {both}"
    assert page.input_value("#f-cert_to_0") == "31/2/2025", "what was typed stays"
    assert page.get_attribute("#f-cert_to_0", "aria-invalid") == "true"
    assert page.get_attribute("#f-cert_from_0", "aria-invalid") is None, "only the wrong one is marked"


def test_the_summary_leads_to_the_field_and_does_not_vanish(office: Office, house: str, chromium: Chromium) -> None:
    claim = live.submitted(office, office.someone(), SICK, PAPERS, "2025-05-19")
    office.officer.post(f"/v1/claims/{claim['id']}/decisions", {}, etag=claim["version"])
    page = live.tab(chromium, house, office, office.officer, width=390)
    page.goto(f"{house}/desk/claims/{claim['id']}")
    page.eval_on_selector("#facts", "form => form.submit()")
    page.wait_for_selector("#errors")
    link = page.locator("#errors a").first
    assert "Why do the facts change?" in link.inner_text()
    link.click()
    assert page.evaluate("document.activeElement.name") == "why"
    page.goto(f"{house}/desk/claims/{claim['id']}")
    page.keyboard.press("Control+Enter")
    assert "Why do the facts change?" in page.inner_text("#line")
    assert page.get_attribute("#f-why", "aria-invalid") == "true"
    page.clock.install()
    page.clock.fast_forward(60_000)
    assert page.is_visible("#line"), "it stays until it is mended"


# --- doubts are judged with a reason, and the second person reads it --------------------------------------


def test_doubts_are_judged_with_a_reason_and_the_second_person_reads_it_with_the_names(
    office: Office, house: str, chromium: Chromium
) -> None:
    person = office.someone(number="1004182273")
    live.wages(office, person, ["2025-01"], wage="32000000")
    claim = live.submitted(office, person, SICK, PAPERS, "2025-05-19")
    live.new_account(office, person, holder="Somchai Vongsa")
    page = live.tab(chromium, house, office, office.officer)
    page.goto(f"{house}/desk/claims/{claim['id']}/decide")
    told = plain(page.inner_text("main"))
    assert "32,000,000 kip, is about ten times" in told
    assert "in the name of Somchai Vongsa; the person is Bounmy Sisavath" in told
    assert "The account was changed on 20 May 2025" in told
    for choice in page.locator("select[name^=choice-]").all():
        choice.select_option("accept")
    page.click("text=Save the judgements")
    page.wait_for_selector("#errors")
    assert page.locator("#judge .error").count() == page.locator("select[name^=choice-]").count()
    for n, why in enumerate(page.locator("input[name^=why-]").all()):
        why.fill(f"seen on paper {n}")
    page.click("text=Save the judgements")
    page.wait_for_selector("text=0 open")
    send(page)
    second = live.tab(chromium, house, office, office.supervisor)
    second.goto(f"{house}/desk/claims/{claim['id']}/decide")
    seen = plain(second.inner_text("main"))
    assert "Somchai Vongsa" in seen
    assert "seen on paper 0" in seen
    assert "Officer" in seen


# --- keys ---------------------------------------------------------------------------------------------


def test_enter_works_where_people_press_it(office: Office, house: str, chromium: Chromium) -> None:
    khamla, person = office.account("khamla", "officer"), office.someone()
    claim = live.submitted(office, person, SICK, PAPERS, "2025-05-19")
    page = live.tab(chromium, house, office)
    page.goto(f"{house}/sign-in")
    page.fill("#f-username", "khamla")
    page.fill("#f-password", khamla.password)
    page.fill("#f-code", khamla.code)
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk")
    page.goto(f"{house}/desk/claims")
    page.fill("#f-text", claim["number"])
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/desk/claims?text={claim['number']}")
    phone = live.tab(chromium, house, office, width=390)
    phone.goto(f"{house}/worker")
    phone.fill("#f-number", claim["number"])
    phone.fill("#f-code", live.code(office, claim["id"]))
    phone.keyboard.press("Enter")
    phone.wait_for_selector(f"text=claim {claim['number']}")
    phone.context.clear_cookies(name="tideover")
    phone.goto(f"{house}/estimate")
    for name, value in {"first_day": "3/3/2025", "last_day": "16/5/2025", "wage": "3200000", "months": "14"}.items():
        phone.fill(f"#f-{name}", value)
    phone.keyboard.press("Enter")
    phone.wait_for_selector("#answer")


def test_ctrl_enter_says_why_it_does_nothing_and_opens_no_tab(office: Office, house: str, chromium: Chromium) -> None:
    claim = proposed(office)
    page = live.tab(chromium, house, office, office.officer)
    page.goto(f"{house}/desk/claims/{claim['id']}/decide")
    page.keyboard.press("Control+Enter")
    assert "another person must confirm" in page.inner_text("#line")
    assert office.claim(claim["id"]).state == "in_assessment"
    page.goto(f"{house}/desk")
    page.keyboard.press("Control+Enter")
    assert "nothing to send" in page.inner_text("#line")
    page.goto(f"{house}/desk/claims/{claim['id']}/acknowledgement")
    send(page)
    assert page.url.endswith(f"/desk/claims/{claim['id']}")
    assert len(page.context.pages) == 1


def test_n_and_p_do_what_the_list_of_keys_says(office: Office, house: str, chromium: Chromium) -> None:
    claim = live.submitted(office, office.someone(), SICK, PAPERS, "2025-05-19")
    page = live.tab(chromium, house, office, office.officer)
    page.goto(f"{house}/desk")
    page.keyboard.press("n")
    assert page.evaluate("document.activeElement.id") == "q"
    assert "Find the person first" in page.inner_text("#line")
    page.keyboard.press("Escape")
    page.keyboard.press("p")
    assert "nothing to print" in page.inner_text("#line")
    page.goto(f"{house}/desk/claims/{claim['id']}")
    page.keyboard.press("p")
    page.wait_for_url("**/acknowledgement")
    assert page.get_attribute("html", "lang") == "lo", "in her language, whoever prints it"
    page.evaluate("window.print = () => { document.title = 'printed' }")
    page.keyboard.press("p")
    assert page.title() == "printed"


# --- sessions, letters, days, widths --------------------------------------------------------------------


def test_after_a_session_ended_she_is_told_why_and_finds_page_and_words_again(
    office: Office, house: str, chromium: Chromium
) -> None:
    person, khamla = office.someone(), office.account("khamla", "officer")
    page = live.tab(chromium, house, office)

    def sign_in() -> None:
        page.fill("#f-username", "khamla")
        page.fill("#f-password", khamla.password)
        page.fill("#f-code", khamla.code)
        page.keyboard.press("Enter")

    page.goto(f"{house}/desk/persons/{person}")
    assert "Sign in to open the page you asked for." in page.inner_text("main")
    sign_in()
    page.wait_for_url(f"{house}/desk/persons/{person}")
    page.keyboard.press("n")
    page.wait_for_url(re.compile(r"/desk/claims/[\w-]+$"))
    there = page.url
    page.fill("#f-cert_no_0", "SVK-25-01981")
    page.fill("#f-first_day", "3/3/2025")
    page.context.clear_cookies(name="tideover")
    page.context.clear_cookies(name="tideover_renewal")
    page.click("button[value=save]")
    page.wait_for_selector("#f-username")
    assert "Your session has ended." in page.inner_text("main")
    forget_codes(office)
    sign_in()
    page.wait_for_url(there)
    assert page.input_value("#f-cert_no_0") == "SVK-25-01981"
    assert page.input_value("#f-first_day") == "3/3/2025"


def test_the_letter_of_a_revision_is_the_one_that_opens(office: Office, house: str, chromium: Chromium) -> None:
    claim = decided_and_paid(office)
    live.letter(office, claim)
    old = letters_of(office)
    live.wages(office, claim["person_id"], ["2025-02"], wage="3500000")
    office.clerk.patch(
        f"/v1/claims/{claim['id']}", {"facts": claim["facts"], "why": "wage corrected"}, etag=claim["version"]
    )
    again = office.officer.get(f"/v1/claims/{claim['id']}").json
    decision = office.officer.post(f"/v1/claims/{claim['id']}/decisions", {}, etag=again["version"]).json["id"]
    page = live.tab(chromium, house, office, office.officer)
    page.goto(f"{house}/desk/claims/{claim['id']}/decide")
    assert page.locator(".lead a[href^='/letters/']").count() == 0, "the old letter is not this decision's"
    live.letter(office, claim, decision)
    page.reload()
    (link,) = page.locator(".lead a[href^='/letters/']").all()
    assert link.get_attribute("href").removeprefix("/letters/") in letters_of(office) - old
    page.goto(f"{house}/desk/claims/{claim['id']}")
    first = page.locator("a[href^='/letters/']").first.get_attribute("href")
    assert first.removeprefix("/letters/") in letters_of(office) - old


def test_the_days_of_the_sandbox_stand_everywhere(office: Office, house: str, chromium: Chromium) -> None:
    """The computer's own year is on no page, and "today" typed is the day that is played."""
    claim = live.submitted(office, office.someone(), SICK, PAPERS, "2025-05-19")
    office.officer.post(
        f"/v1/claims/{claim['id']}/return", {"whom": "employer", "reason": "missing_wages"}, etag=claim["version"]
    )
    nok = live.employer(office)
    live.file_sent(office, nok, "1004182273")
    page = live.tab(chromium, house, office, nok)
    page.goto(f"{house}/employer")
    page.click("main table a")
    page.fill("#f-last_day_worked_on", "today")
    page.keyboard.press("Tab")
    assert page.input_value("#f-last_day_worked_on") == "20/5/2025"
    page.fill("#f-wage_paid_until", "1/4/2025")
    page.check("#f-sure")
    send(page)
    this_year = str(office.service.clock.now().year)
    assert this_year not in page.inner_text("main")
    page.goto(f"{house}/employer/files")
    assert this_year not in page.inner_text("main")


@pytest.mark.parametrize("language", ["en", "lo"])
def test_the_longest_names_fit_a_phone(office: Office, house: str, chromium: Chromium, language: str) -> None:
    name = "ນາງ ພະວັນນະພາວິໄລວັນສີສະຫວັນທອງສຸລິຍະວົງສາສົມສະນິດພົມມະຈັນ"
    person = office.someone(name, "Phavannaphavilayvansisavanhthongsouliyavongsasomsanith Phommachan")
    claim = live.submitted(office, person, SICK, PAPERS, "2025-05-19")
    page = live.tab(chromium, house, office, office.officer, width=390, language=language)
    for path in ("", "/claims", "/search?q=Phavann", f"/persons/{person}", f"/claims/{claim['id']}"):
        page.goto(f"{house}/desk{path}")
        assert fits(page), path
    page.goto(f"{house}/desk/claims/{claim['id']}/decide")
    assert fits(page)
    page.goto(f"{house}/desk/claims/{claim['id']}/acknowledgement")
    assert fits(page)


@pytest.mark.parametrize("language", ["en", "lo"])
def test_the_standards_fit_a_phone(office: Office, house: str, chromium: Chromium, language: str) -> None:
    beside.begin("page", office.service.clock.today(), language, ["la", "th"]).result()
    page = live.tab(chromium, house, office, width=390, language=language)
    assert page.goto(f"{house}/standards?country=la&country=th").status == 200
    assert fits(page)


# --- the front door, and help where it is needed ----------------------------------------------------------


@pytest.mark.parametrize(("width", "language"), SIZES)
def test_the_first_page_says_what_this_is_and_who_goes_where(
    office: Office, house: str, chromium: Chromium, width: int, language: str
) -> None:
    page = live.tab(chromium, house, office, width=width, language=language, script=False)
    page.goto(f"{house}/")
    ways = page.eval_on_selector_all("main a.btn", "all => all.map(a => a.getAttribute('href'))")
    assert ways == ["/worker", "/start", "/estimate", "/leaflets", "/sign-in?next=/employer", "/sign-in", "/standards"]
    assert "+85641212000" in page.inner_text("main")
    assert fits(page)
    signed_in = live.tab(chromium, house, office, office.officer)
    signed_in.goto(f"{house}/")
    assert signed_in.url == f"{house}/desk"


def test_f1_says_what_a_field_means_and_tab_keeps_to_the_papers_order(
    office: Office, house: str, chromium: Chromium
) -> None:
    claim = live.drafted(office, office.someone(), SICK, PAPERS, "2025-05-19")
    page = live.tab(chromium, house, office, office.officer, width=390)
    page.goto(f"{house}/desk/claims/{claim['id']}")
    page.focus("#f-wage_paid_until")
    page.keyboard.press("F1")
    assert page.is_visible("text=never paid by wage and by benefit")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.name") == "wage_stopped_word"
    assert fits(page)
