"""From an event to one message and one letter, in the person's language, whatever the carrier does."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from typing import Any

import pytest
import requests
from sqlalchemy import text

from tests.notifications.conftest import ROOT, Person, Town, new_id

pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


def test_a_claim_is_acknowledged_by_message_and_on_paper(town: Town, person: Person) -> None:
    town.submitted(person)
    town.works()
    town.state(person, "delivered")
    assert town.phone.texts(person.number) == ["ໄດ້ຮັບຄຳຂໍ 250000001297 ແລ້ວ. ຈະແຈ້ງຜົນ ໃຫ້ທ່ານຊາບ ເປັນໜັງສື."]
    letter = town.letter(person)
    assert (letter.template, letter.state, letter.language) == ("acknowledgement_letter", "rendered", "lo")
    (told,) = town.posted("notifications.message.delivered")
    assert told["data"]["claim_id"] == person.claim


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "Claim 250000001297 granted: 3,360,000 kip. See your letter."),
        ("lo", "ຄຳຂໍ 250000001297 ອະນຸມັດແລ້ວ: 3.360.000 ກີບ. ເບິ່ງໜັງສືແຈ້ງ."),
        ("th", "คำขอ 250000001297 อนุมัติ 3,360,000 กีบ โปรดดูหนังสือแจ้งผล"),
        ("my", "250000001297 ခွင့်ပြုပါသည်။ ၃,၃၆၀,၀၀၀ ကစ်။ စာကို ကြည့်ပါ။"),
    ],
)
def test_a_decision_is_told_in_her_language(town: Town, language: str, said: str) -> None:
    person = town.benefits.knows(Person(language=language, full="Somchai" if language != "lo" else "ບຸນມີ"))
    town.decided(person, town.benefits.decides(person))
    town.works()
    town.state(person, "delivered")
    assert town.phone.texts(person.number) == [said]
    assert town.letter(person).state == "rendered"
    (ready,) = town.posted("notifications.letter.ready")
    assert ready["data"]["template"] == "decision_letter"


@pytest.mark.parametrize(
    ("changes", "template"),
    [
        ({"outcome": "refused"}, "decision_refused"),
        ({"outcome": "granted_in_part"}, "decision_granted_in_part"),
        ({"kind": "revision", "difference": {"minor": 12000000, "currency": "LAK"}}, "decision_revised"),
        ({"kind": "appeal", "difference": {"minor": 0, "currency": "LAK"}}, "appeal_decided"),
        ({"kind": "appeal", "outcome": "refused"}, "decision_refused"),
    ],
)
def test_each_kind_of_decision_has_its_words(
    town: Town, person: Person, changes: dict[str, Any], template: str
) -> None:
    town.decided(person, town.benefits.decides(person), **changes)
    town.service.carry_out()
    assert town.sms(person).template == template


#: The office as a message names it.
OFFICE = "ຫ້ອງການປະກັນສັງຄົມ ນະຄອນຫຼວງວຽງຈັນ, 1508."
NEEDS_HER = "ຄຳຂໍ 250000001297 ລໍຖ້າທ່ານ. ກະລຸນານຳເອກະສານ ມາຫ້ອງການ ກ່ອນ 18/6/2025"
ASKED = "ຄຳຂໍ 250000001297 ລໍຖ້າຫົວໜ່ວຍແຮງງານຂອງທ່ານ ເຖິງ 18/6/2025"


@pytest.mark.parametrize(
    ("waits_for", "missing", "said"),
    [
        (
            "worker",
            ["Medical certificate"],
            f"{NEEDS_HER}: ໃບຢັ້ງຢືນແພດ. {OFFICE}",
        ),
        (
            "worker",
            [],
            f"{NEEDS_HER}. {OFFICE}",
        ),
        ("employer", [], f"{ASKED}. ພວກເຮົາໄດ້ຖາມແລ້ວ, ທ່ານບໍ່ຕ້ອງເຮັດຫຍັງ."),
        ("registry", [], "ຄຳຂໍ 250000001297 ລໍຖ້າຂໍ້ມູນ ຈາກຫ້ອງການອື່ນ. ທ່ານບໍ່ຕ້ອງເຮັດຫຍັງ."),
    ],
)
def test_a_returned_claim_says_what_is_missing_and_from_whom(
    town: Town, waits_for: str, missing: list[str], said: str
) -> None:
    person = town.benefits.knows(Person(), missing=missing, waits_for=waits_for)
    town.tell("benefits.claim.returned", person, waits_for=waits_for, reason="incomplete")
    town.works()
    town.state(person, "delivered")
    assert town.phone.texts(person.number) == [said]


def test_money_is_told_when_it_is_paid_refused_or_came_back(town: Town, person: Person) -> None:
    town.paid(person)
    town.tell("payments.order.rejected", person, reason="AC01")
    town.tell("payments.instalment.returned", person, returned_on="2025-06-09", reason="AC04")
    town.tell(
        "benefits.appeal.lodged",
        person,
        appeal_id=new_id(),
        decision_id=new_id(),
        finding="contributed",
        lodged_on="2025-06-10",
    )
    town.works()
    town.until(lambda: {r.state for r in town.rows(person)} == {"delivered"})
    assert sorted(town.phone.texts(person.number)) == sorted(
        [
            "ຈ່າຍ 2.240.000 ກີບ ວັນທີ 5/6/2025. ກະລຸນາກວດສອບບັນຊີ.",
            "ຈ່າຍ 2.240.000 ກີບ ບໍ່ສຳເລັດ. ກະລຸນາກວດສອບເລກບັນຊີ ກັບຫ້ອງການ.",
            "ເງິນ 2.240.000 ກີບ ຖືກສົ່ງຄືນ. ກະລຸນາກວດສອບເລກບັນຊີ.",
            "ໄດ້ຮັບຄຳຮ້ອງທຸກ ວັນທີ 10/6/2025 ຕໍ່ຄຳຂໍ 250000001297 ແລ້ວ. ຈະແຈ້ງຜົນ ເປັນໜັງສື.",
        ]
    )


def test_an_overpayment_is_told_by_letter_alone(town: Town, person: Person) -> None:
    town.tell(
        "benefits.overpayment.found",
        person,
        overpayment_id=new_id(),
        award_id=new_id(),
        amount={"minor": 48000000, "currency": "LAK"},
    )
    town.works()
    assert town.letter(person).state == "rendered"
    assert town.rows(person, channel="sms") == []
    (ready,) = town.posted("notifications.letter.ready")
    assert "decision_id" not in ready["data"]


def test_what_becomes_of_it_is_told_by_letter_and_message_and_money_that_came_back_by_message(
    town: Town, person: Person
) -> None:
    amount = {"minor": 48000000, "currency": "LAK"}
    recovery = town.benefits.recovers(person, way="repay", amount=amount)
    town.tell(
        "benefits.recovery.decided",
        person,
        recovery_id=recovery,
        overpayment_id=new_id(),
        way="repay",
        amount=amount,
    )
    town.tell(
        "payments.repayment.received",
        person,
        award_id=new_id(),
        repayment_id=new_id(),
        amount=amount,
        received_on="2025-07-14",
    )
    town.works()
    assert town.letter(person).state == "rendered"
    assert {row.template for row in town.rows(person, channel="sms")} == {
        "recovery_decided",
        "repayment_received",
    }


def test_each_event_twice_and_in_any_order_is_one_message_and_one_letter(town: Town, person: Person) -> None:
    decision = town.benefits.decides(person)
    known = town.benefits.decisions[decision]
    events = [
        town.event("benefits.claim.submitted", person, benefit="sickness", received_on="2025-05-19"),
        town.event(
            "benefits.decision.made",
            person,
            decision_id=decision,
            kind="first",
            outcome="granted",
            decided_on="2025-06-02",
            total=known["total"],
            difference=known["total"],
        ),
        town.event("payments.instalment.paid", person, paid_on="2025-06-05"),
    ]
    twice = events * 2
    random.Random(7).shuffle(twice)
    for event in twice:
        town.hears(event)
        town.works()
    town.works(3)
    town.until(lambda: {r.state for r in town.rows(person, channel="sms")} == {"delivered"})
    assert len(town.phone.texts(person.number)) == 3
    assert [r.template for r in town.rows(person, channel="letter")] == [
        "acknowledgement_letter",
        "decision_letter",
    ]
    # One after the other by number, whatever order they came in.
    order = [r.template for r in town.rows(person, channel="sms") if r.template != "instalment_paid"]
    assert order == ["claim_received", "decision_granted"]


def test_benefits_is_down_and_comes_back(town: Town, person: Person) -> None:
    town.submitted(person)
    town.benefits.close()
    town.works(3)
    assert town.sms(person).state == town.letter(person).state == "created"
    page = town.signed_in("clerk").get(f"/messages?claim={person.claim}")
    assert "waits for the benefits service" in page.text
    town.benefits.open()
    town.works(3)
    town.state(person, "delivered")
    assert town.letter(person).state == "rendered"
    assert len(town.phone.texts(person.number)) == 1


@pytest.mark.parametrize("status", [500, 503, 429, 401, 403])
def test_benefits_answers_but_not_as_agreed(town: Town, person: Person, status: int) -> None:
    town.submitted(person)
    town.benefits.status = status
    town.works(2)
    assert town.sms(person).state == "created"
    town.benefits.status = 0
    town.works(3)
    town.state(person, "delivered")


def test_a_letter_for_somebody_benefits_does_not_know_is_an_alarm(town: Town) -> None:
    stranger = Person()
    town.submitted(stranger)
    town.works(2)
    assert {(r.state, r.reason) for r in town.rows(stranger)} == {("technical_failure", "no_facts")}
    assert len(town.posted("notifications.message.failed")) == 2


def test_without_an_operator_messages_wait(town: Town, person: Person) -> None:
    from services.notifications import app as wiring

    silent = wiring.build(town.settings, town.clock, None)
    town.submitted(person)
    silent.carry_out()
    silent.look_at_jobs()
    assert town.sms(person).state == "created"
    town.works(2)
    town.state(person, "delivered")


def test_two_workers_at_once_send_once(town: Town) -> None:
    import threading

    people = [town.benefits.knows(Person()) for _ in range(12)]
    for person in people:
        town.paid(person)
    other = town.another()
    try:
        for _ in range(2):
            workers = [
                threading.Thread(target=lambda s=service: (s.carry_out(), s.look_at_jobs()))
                for service in (town.service, other)
            ]
            for worker in workers:
                worker.start()
            for worker in workers:
                worker.join()
        for person in people:
            town.state(person, "delivered", "sent")
            assert len(town.phone.texts(person.number)) == 1
    finally:
        other.extra["outside"].lines.close()
        other.engine.dispose()


def test_the_name_and_the_number_are_in_no_log_and_no_event(town: Town, person: Person) -> None:
    """The real worker process logs everything that can happen to her, and she is in none of it."""
    odd = town.benefits.knows(Person(full=person.full, latin=person.latin))
    town.benefits.contacts[odd.id]["address"] = 5  # a fault while writing quotes nothing either
    wrong = town.benefits.knows(Person(full=person.full, latin=person.latin, phone=person.number + "00000000"))
    for somebody in (person, odd, wrong):
        town.submitted(somebody)
    town.decided(person, town.benefits.decides(person))
    town.phone.behave(person.number, throttle=1, receipt="UNDELIV")
    env = os.environ | {
        "DATABASE_URL": town.settings.database_url,
        "KEYS_DIR": str(town.settings.keys_dir),
        "BENEFITS_URL": town.benefits.url,
        "SMS_GATEWAY_URL": f"smpp://t:p@127.0.0.1:{town.operator.port}",
        "INBOX_BENEFITS": town.settings.database_url,
        "SMS_QUERY_URL": str(town.operator.query_url),
        "SANDBOX_CLOCK": str(town.settings.sandbox_clock),
    }
    command = [sys.executable, "-m", "services.notifications.app", "worker"]
    worker = subprocess.Popen(command, cwd=ROOT, env=env, stderr=subprocess.PIPE, text=True)
    try:
        town.until(
            lambda: (
                {r.state for r in town.rows(person)} == {"permanent_failure", "rendered"}
                and len(town.rows(person)) == 4
                and {r.state for r in town.rows(wrong)} == {"permanent_failure", "rendered"}
                and town.sms(odd).state == "delivered"
            ),
            90,
        )
    finally:
        worker.terminate()
        logged = worker.communicate(timeout=20)[1]
    assert worker.returncode == 0, logged[-3000:]
    client = town.signed_in("clerk")
    client.get(f"/letters/{town.rows(person, channel='letter')[0].id}")
    client.get(f"/messages?claim={person.claim}")
    with town.service.engine.connect() as connection:
        told = logged + str(
            [connection.execute(text(f"SELECT * FROM {t}")).all() for t in ("outbox", "job", "audit", "message_move")]
        )
    assert "message_moved" in logged
    assert "CannotCompose" in logged
    for secret in (
        person.full,
        person.full.split()[0],
        person.latin,
        "Bounmy",
        person.number,
        person.number[4:],
        "ໂພນສະຫວ່າງ",
    ):
        assert secret not in told


def test_the_number_is_forgotten_once_the_message_has_left(town: Town, person: Person) -> None:
    town.submitted(person)
    town.works()
    town.state(person, "sent", "delivered")
    with town.service.engine.connect() as connection:
        for table in (
            "message",
            "message_part",
            "message_move",
            "delivery_receipt",
            "job",
            "inbox",
            "outbox",
        ):
            rows = str(connection.execute(text(f"SELECT * FROM {table}")).all())
            assert person.number.lstrip("+") not in rows
            assert person.full not in rows


def test_what_the_phone_says_is_what_the_row_says(town: Town, person: Person) -> None:
    town.submitted(person)
    town.works()
    row = town.state(person, "delivered")
    assert town.phone.texts(person.number) == [row.text]
    answer = requests.get(f"{town.phone.url}/received", params={"reference": row.id}, timeout=5).json()
    assert [m["text"] for m in answer["messages"]] == [row.text]


def test_before_her_certificate_ends_she_is_told_what_to_do(town: Town, person: Person) -> None:
    town.tell("benefits.certificate.ends", person, last_day="2025-06-18")
    town.works()
    town.state(person, "delivered")
    said = "ຄຳຂໍ 250000001297: ໃບຢັ້ງຢືນແພດ ໝົດວັນທີ 18/6/2025. ຍັງເຈັບ: ໄປຫາແພດກ່ອນວັນນັ້ນ ແລ້ວສົ່ງໃບໃໝ່. ຫາຍແລ້ວ: ກັບໄປເຮັດວຽກ."
    assert town.phone.texts(person.number) == [said]


def test_she_is_told_when_money_comes_that_does_not_come_on_the_promised_day(town: Town, person: Person) -> None:
    amount = {"minor": 336000000, "currency": "LAK"}
    town.tell("benefits.promised_day.missed", person, amount=amount, promised_on="2025-05-22", news_by="2025-05-29")
    town.tell("benefits.promised_day.moved", person, amount=amount, promised_on="2025-05-22", comes_on="2025-05-27")
    town.works()
    late, moved = town.phone.texts(person.number)
    assert late == "ເງິນຂອງທ່ານ 3.360.000 ກີບ, ທີ່ແຈ້ງໄວ້ວ່າຈະຈ່າຍ 22/5/2025, ຊັກຊ້າ. ຈະແຈ້ງໃຫ້ຊາບ ບໍ່ກາຍ 29/5/2025."
    assert moved == "ເງິນຂອງທ່ານ 3.360.000 ກີບ, ທີ່ແຈ້ງໄວ້ວ່າຈະຈ່າຍ 22/5/2025, ຈະຈ່າຍວັນທີ 27/5/2025."
