"""The letter says what was decided, why, what is paid when, and how to object; and it goes through people's hands."""

from __future__ import annotations

import importlib
import io
import json
import subprocess
import unicodedata
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from sqlalchemy import text

from services.notifications import composing, money_letters, wording
from services.notifications.usecases import letters
from shared.act import Actor
from shared.web import formatting, texts
from shared.web.citing import cited
from tests.notifications.conftest import OTHER_OFFICE, Person, Town, facts
from tests.there import there

#: The languages letters are written in.
LETTERED = wording.languages_of("letter")
KEY = {"Idempotency-Key": '"k-1"'}


def read(pdf: bytes, tmp_path: Path) -> str:
    """The text of a PDF as a reader's program sees it."""
    file = tmp_path / "letter.pdf"
    file.write_bytes(pdf)
    done = subprocess.run(["pdftotext", "-layout", str(file), "-"], capture_output=True, check=True)
    return " ".join(unicodedata.normalize("NFC", done.stdout.decode()).replace("\u00a0", " ").split())


def written(town: Town, person: Person, name: str = "la_sickness", **changes: object) -> str:
    """A decision and its letter; answers the letter's id."""
    decision = town.benefits.decides(person, name, **changes)
    town.decided(person, decision)
    town.works(2)
    return str(town.letter(person).id)


@pytest.mark.poppler
def test_a_lao_letter_gives_reason_amount_and_the_last_day_to_object(
    town: Town, person: Person, tmp_path: Path
) -> None:
    letter = written(town, person)
    hers = town.as_("worker", office=None, claim=person.claim)
    answer = town.client().get(f"/v1/letters/{letter}", headers=hers)
    assert answer.content_type == "application/pdf"
    assert answer.headers["Content-Language"] == "lo"
    said = read(answer.data, tmp_path)
    for words in (
        "ສາທາລະນະລັດ ປະຊາທິປະໄຕ ປະຊາຊົນລາວ",
        "ເລື່ອງ: ຜົນການພິຈາລະນາ ເງິນອຸດໜູນປ່ວຍການ",
        "ຮຽນ: ທ່ານ ບຸນມີ ສີສະຫວາດ",
        "ອະນຸມັດ",
        "ທ່ານ ບໍ່ສາມາດເຮັດວຽກໄດ້ ແຕ່ວັນທີ 3 ມີນາ 2025",
        "3.360.000 ກີບ",
        "2.240.000",
        "1.120.000",
        "2 ກໍລະກົດ 2025",
        "ຖ້າ ທ່ານ ບໍ່ເຫັນດີ ກັບຄຳຕົກລົງນີ້",
        "ຄຳຫຼ້າ ວົງສີ",
        "250000001297",
        "40718256",
        "cash.example.la",
        "ວັນທີ່ບໍ່ໄດ້ຮັບເງິນອຸດໜູນ ແລະ ເຫດຜົນ",
        "19.200.000",
        "3.200.000",
    ):
        assert words in said, words
    assert said.index("ທ່ານ ບໍ່ສາມາດເຮັດວຽກໄດ້") < said.index("ອົງການປະກັນສັງຄົມ ຕົກລົງ ອະນຸມັດ")
    assert "QR" in said


@pytest.mark.poppler
def test_a_thai_letter_follows_the_pattern_of_letters_of_the_state(tmp_path: Path) -> None:
    """เรื่อง, เรียน, the order, the right to appeal and the day it ends, the two closings; years of the Buddhist era."""
    contact = {"name": {"full": "นางสาวบุญมี สีสะหวาด"}, "language": "th", "address": []}
    example = wording.example("decision_letter") | {"language": "th"}
    said = read(composing.decision_letter(contact, example, "https://x.example").pdf(), tmp_path).replace(" ", "")
    places = [
        said.index(words)
        for words in (
            "2มิถุนายน2568",
            "เรื่องแจ้งผลการพิจารณาประโยชน์ทดแทนกรณีเจ็บป่วย",
            "เรียนนางสาวบุญมีสีสะหวาด",
            "สำนักงานประกันสังคมพิจารณาแล้วอนุมัติประโยชน์ทดแทนกรณีเจ็บป่วยเป็นเงินรวม3,360,000กีบ",
            "หากท่านไม่พอใจคำสั่งนี้",
            "ท่านมีสิทธิอุทธรณ์เป็นหนังสือ",
            "2กรกฎาคม2568(สำนักงานต้องได้รับภายในวันดังกล่าว)",
            "จึงเรียนมาเพื่อโปรดทราบ",
            "ขอแสดงความนับถือ",
        )
    ]
    assert places == sorted(places)
    assert "2025" not in said, "years are counted in one era"


def test_a_vietnamese_letter_follows_the_pattern_of_letters_of_the_state(tmp_path: Path) -> None:
    """The day with its zero, the notice, Kính gửi, what is decided, the right to complain, Trân trọng."""
    contact = {"name": {"full": "Nguyễn Thị Lan"}, "language": "vi", "address": ["Phường Đông Giang"]}
    example = wording.example("decision_letter") | {"language": "vi"}
    said = read(composing.decision_letter(contact, example, "https://x.example").pdf(), tmp_path)
    places = [
        said.index(words)
        for words in (
            "Hòa bình - Độc lập - Dân chủ - Thống nhất - Thịnh vượng",
            "Ngày 02 tháng 6 năm 2025",
            "Nguyễn Thị Lan",
            "Thông báo về việc giải quyết chế độ ốm đau",
            "Kính gửi: Ông/Bà Nguyễn Thị Lan",
            "Giải quyết hưởng",
            "giải quyết cho ông/bà hưởng chế độ ốm đau với tổng số tiền 3.360.000 kíp.",
            "02/04/2025 – 01/05/2025",
            "Nếu không đồng ý với quyết định này",
            "Ông/Bà có quyền khiếu nại.",
            "đến hết ngày 02 tháng 7 năm 2025",
            "Trân trọng./.",
        )
    ]
    assert places == sorted(places)


@pytest.mark.poppler
def test_an_english_refusal_says_what_would_change_it(town: Town, tmp_path: Path) -> None:
    person = town.benefits.knows(Person(language="en", full="Bounmy Sisavath"))
    letter = written(town, person, "la_birth_refused")
    said = read(town.client().get(f"/v1/letters/{letter}", headers=town.as_("officer")).data, tmp_path)
    for words in (
        "Decision on your claim for birth benefit",
        "Refused",
        "You had contributed 8 of the 12 months from June 2024",
        "What would change this: 1 more contributed month between June 2024 and May 2025.",
        "2 July 2025",
        "Social Security Office, Vientiane Capital, Pangkham Road",
        "Khamla Vongsy",
    ):
        assert words in said, words
    assert "What you will be paid" not in said


@pytest.mark.poppler
@pytest.mark.parametrize(
    ("minor", "words"),
    [
        (12000000, "This is 120,000 kip more than was decided before"),
        (-12000000, "This is 120,000 kip less"),
        (0, "The amount stays what it was"),
    ],
)
def test_a_revised_decision_tells_the_difference(town: Town, minor: int, words: str, tmp_path: Path) -> None:
    person = town.benefits.knows(Person(language="en", full="Bounmy Sisavath"))
    letter = written(
        town,
        person,
        kind="revision",
        difference={"minor": minor, "currency": "LAK"},
        confirmed_by={"name": "Somphone", "office": "x"},
    )
    said = read(town.client().get(f"/v1/letters/{letter}", headers=town.as_("officer")).data, tmp_path)
    assert "Revised decision" in said
    assert words in said
    assert "confirmed by Somphone" in said


def test_a_lump_sum_is_named_in_the_list_of_payments(town: Town) -> None:
    person = town.benefits.knows(Person(language="en"))
    decision = town.benefits.decides(person, "la_birth_granted")
    composed = composing.decision_letter(
        town.benefits.contacts[person.id], town.benefits.decisions[decision], "https://x.example"
    )
    assert composed.letter.what_is_paid is not None
    assert "Lump sum" in {row.period for row in composed.letter.what_is_paid.rows}


def test_days_not_paid_keep_every_reason_and_join_where_they_touch(town: Town) -> None:
    person = town.benefits.knows(Person(language="en"))
    found = facts("la_sickness")
    runs = [
        {
            "from": "2025-03-03",
            "to": "2025-03-05",
            "status": "waiting",
            "code": "W",
            "reasons": [{"msg": "First three days", "params": {}}],
        },
        {
            "from": "2025-03-06",
            "to": "2025-03-06",
            "status": "waiting",
            "code": "W",
            "reasons": [{"msg": "First three days", "params": {}}],
        },
        {
            "from": "2025-03-07",
            "to": "2025-03-07",
            "status": "not paid",
            "code": "N",
            "reasons": ["certified", {"msg": "Worked for pay", "params": {}}],
        },
        {"from": "2025-03-08", "to": "2025-03-20", "status": "paid", "code": "P", "reasons": []},
    ]
    decision = town.benefits.decides(person, assessment=found | {"timeline": runs})
    composed = composing.decision_letter(
        town.benefits.contacts[person.id], town.benefits.decisions[decision], "https://x.example"
    )
    assert [(d.period.replace("\u00a0", " "), d.reason) for d in composed.letter.days_not_paid] == [
        ("3–6 Mar 2025", "First three days"),
        ("7 Mar 2025", "Certificates cover all 75 days; Worked for pay"),
    ]


@pytest.mark.parametrize("name", ["acknowledgement_letter", "decision_letter", "overpayment_letter"])
@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_every_letter_can_be_written_from_its_example(name: str, language: str) -> None:
    """A language no letter is written in yet falls back to English."""
    example = wording.example(name) | {"language": language}
    contact = {"name": {"full": "Bounmy", "latin": "Bounmy"}, "language": language, "address": []}
    if name == "decision_letter":
        composed = composing.decision_letter(contact, example, "https://x.example")
    elif name == "acknowledgement_letter":
        composed = composing.acknowledgement_letter(contact, example, "https://x.example")
    else:
        owed = {"amount": {"minor": 5, "currency": "LAK"}, "on": "2025-06-02"}
        composed = money_letters.overpayment_letter(contact, example, "https://x.example", owed=owed)
    assert composed.language == (language if language in LETTERED else "en")
    assert composing.pages_of(composed.pdf()) >= 1


@pytest.mark.parametrize("outcome", ["upheld", "rejected"])
@pytest.mark.parametrize("language", LETTERED)
def test_the_letter_on_an_objection_says_outcome_and_reasons(outcome: str, language: str) -> None:
    example = wording.example("objection_letter") | {"language": language}
    example["objection"] = example["objection"] | {"outcome": outcome}
    contact = {"name": {"full": "Bounmy", "latin": "Bounmy"}, "language": language, "address": []}
    composed = money_letters.objection_letter(contact, example, "https://x.example")
    said = " ".join([composed.letter.lead.sentence, *composed.letter.paragraphs, *composed.letter.next_steps])
    assert "The payslips show that the sum can be paid." in said
    assert "{" not in said
    if language == "en":
        assert ("is upheld" in said) == (outcome == "upheld")
    assert composed.letter.officer.name == "Bounthan"
    assert composing.pages_of(composed.pdf()) == 1


@pytest.mark.parametrize("language", LETTERED)
def test_the_letters_on_suspended_payments_say_ground_article_and_days(language: str) -> None:
    contact = {"name": {"full": "Bounmy", "latin": "Bounmy"}, "language": language, "address": []}
    example = wording.example("suspension_letter") | {"language": language}
    held = money_letters.suspension_letter(contact, example, "https://x.example")
    said = " ".join([held.letter.lead.sentence, *held.letter.paragraphs, *held.letter.next_steps])
    assert "{" not in said
    assert cited("SSA ss. 61-64", language) in held.letter.lead.sentence
    assert "did not come on 1 and 8 July" in said
    if language == "en":
        assert "treatment refused without reason" in held.letter.lead.sentence
        assert "You can object until 8 September 2025" in said.replace("\u00a0", " ")
    else:
        assert "treatment refused" not in said, "the ground is said in her language"
    assert composing.pages_of(held.pdf()) == 1
    example = wording.example("suspension_end_letter") | {"language": language}
    over = money_letters.going_on(contact, example, "https://x.example")
    assert over.letter.officer.name == "Khamla"
    assert "{" not in over.letter.lead.sentence
    assert composing.pages_of(over.pdf()) == 1


@pytest.mark.parametrize("language", LETTERED)
def test_the_letter_shows_what_was_right_beside_what_was_paid(language: str, tmp_path: Path) -> None:
    """Every row, the sums, and what is left after what came back: computed again from the letter alone."""
    example = wording.example("overpayment_letter") | {"language": language}
    contact = {"name": {"full": "Bounmy", "latin": "Bounmy"}, "language": language, "address": []}

    def kip(minor: int) -> dict[str, Any]:
        return {"minor": minor, "currency": "LAK"}

    rows = [("2025-03-03", "2025-04-30", 336000000, 336000000), ("2025-05-01", "2025-05-31", 0, 112000000)]
    compared = [
        {"component": "allowance", "period": {"from": a, "to": b}, "correct": kip(c), "paid": kip(d)}
        for a, b, c, d in rows
    ]
    owed = {"amount": kip(62000000), "on": "2025-06-16", "compared": compared}
    owed |= {"repaid": kip(50000000), "waived": kip(0)}
    composed = money_letters.overpayment_letter(contact, example, "https://x.example", owed=owed)
    shown = there(composed.letter.comparison)
    minus = formatting.amount(kip(112000000), language)
    assert [r.difference for r in shown.rows] == [formatting.digits("0", language), f"+{minus}"]
    assert shown.total.difference == f"+{minus}"
    own = wording.words("overpayment_letter", language)[0]
    assert [words for words, _ in shown.rest] == [own["repaid"], own["left"]]
    said = read(composed.pdf(), tmp_path)
    for amount in (shown.total.correct, shown.total.paid, *(amount for _, amount in shown.rest)):
        assert amount in said


@pytest.mark.parametrize("way", ["repay", "set_off", "waive"])
@pytest.mark.parametrize("language", LETTERED)
def test_the_letter_about_money_paid_too_much_says_what_becomes_of_it(way: str, language: str) -> None:
    example = wording.example("recovery_letter") | {"way": way, "language": language}
    example |= {"reason": "hardship"} if way == "waive" else {}
    contact = {"name": {"full": "Bounmy", "latin": "Bounmy"}, "language": language, "address": []}
    letter = money_letters.recovery_letter(contact, example, "https://x.example").letter
    said = " ".join([letter.subject, letter.lead.sentence, *letter.paragraphs]).replace("\u00a0", " ")
    assert formatting.amount(example["amount"], language) in said
    assert ("0100000000001" in said) == (way == "repay")
    kept = formatting.amount(example["withheld"][0]["kept"], language)
    assert (kept in said) == (way == "set_off")
    assert "{" not in said
    if language == "en":
        assert ("too hard" in said) == (way == "waive")
        assert ("nothing is asked back" in said) == (way != "waive")
    assert composing.pages_of(money_letters.recovery_letter(contact, example, "https://x.example").pdf()) == 1


@pytest.fixture
def says_english_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An institution that says every letter once more in English."""
    own = Path(composing.__file__).with_name("institution.yaml").read_text("utf-8")
    file = tmp_path / "institution.yaml"
    file.write_text(own + "\nalso_in: en\n", "utf-8")
    monkeypatch.setenv("INSTITUTION_FILE", str(file))
    composing._institution_file.cache_clear()
    yield
    monkeypatch.undo()
    composing._institution_file.cache_clear()


@pytest.mark.poppler
@pytest.mark.usefixtures("says_english_too")
def test_a_letter_is_said_once_more_in_the_second_language_of_the_institution(
    town: Town, person: Person, tmp_path: Path
) -> None:
    letter = written(town, person)
    hers = town.as_("worker", office=None, claim=person.claim)
    answer = town.client().get(f"/v1/letters/{letter}", headers=hers)
    said = read(answer.data, tmp_path)
    own, second = said.index("ສາທາລະນະລັດ ປະຊາທິປະໄຕ ປະຊາຊົນລາວ"), said.index("Lao People's Democratic Republic")
    assert own < second, "her own language comes first"
    assert "3.360.000 ກີບ" in said[:second]
    assert "3,360,000" in said[second:], "the same amount, as each language writes it"
    assert "translation" in said[second:].lower(), "and says which of the two counts"
    assert said.count("40718256") == 2
    with pikepdf.open(io.BytesIO(answer.data)) as pdf, pdf.open_metadata() as metadata:
        assert set(metadata["dc:language"]) == {"lo", "en"}
        assert str(pdf.Root.Lang) == "lo"
    with town.service.engine.connect() as connection:
        row = connection.execute(
            text("SELECT pages, masked FROM letter_document WHERE message_id = :i"), {"i": letter}
        ).one()
    assert row.pages >= 4
    shown = town.client().get(f"/v1/letters/{letter}", headers=town.as_("officer"))
    assert "40718256" not in read(shown.data, tmp_path), "staff read her code in neither language"


@pytest.mark.usefixtures("says_english_too")
def test_a_letter_in_that_language_is_said_once(town: Town) -> None:
    person = town.benefits.knows(Person(language="en"))
    letter = written(town, person)
    answer = town.client().get(f"/v1/letters/{letter}", headers=town.as_("worker", office=None, claim=person.claim))
    with pikepdf.open(io.BytesIO(answer.data)) as pdf, pdf.open_metadata() as metadata:
        assert set(metadata["dc:language"]) == {"en"}


def test_a_name_that_no_font_draws_is_written_in_latin(town: Town) -> None:
    person = town.benefits.knows(Person(language="en", full="王小明", latin="Wang Xiaoming"))
    letter = written(town, person)
    with town.service.engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM letter_document WHERE message_id = :i"), {"i": letter}) == 1


def test_no_character_keeps_a_letter_from_its_person(town: Town) -> None:
    """A name without Latin letters and a line of an address that no font draws: the letter goes out all the same."""
    person = town.benefits.knows(Person(language="en", full="王小明", latin="", address=("中山路 5", "Vientiane")))
    letter = written(town, person)
    assert (town.letter(person).state, town.letter(person).reason) == ("rendered", None)
    with town.service.engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM letter_document WHERE message_id = :i"), {"i": letter}) == 1


def _cannot_be_written(town: Town) -> tuple[Person, Callable[[], None]]:
    """Benefits does not know the decision any more; answers how that is mended."""
    person = town.benefits.knows(Person(language="en"))
    decision = town.benefits.decides(person)
    town.decided(person, decision)
    lost = town.benefits.decisions.pop(decision)
    town.works(2)
    row = town.letter(person)
    assert (row.state, row.reason) == ("technical_failure", "no_facts")

    def mend() -> None:
        town.benefits.decisions[decision] = lost

    return person, mend


def test_a_letter_whose_reason_was_mended_is_written_the_next_day(town: Town) -> None:
    person, mend = _cannot_be_written(town)
    town.works(2)
    assert len(town.posted("notifications.message.failed")) == 1, "told once, however often it is tried"
    mend()
    town.service.look_at_jobs()
    assert town.letter(person).state == "technical_failure"
    town.clock.move_to(date(2025, 6, 3))
    town.works(2)
    row = town.letter(person)
    assert (row.state, row.reason) == ("rendered", None)
    (ready,) = town.posted("notifications.letter.ready")
    assert ready["data"]["letter_id"] == row.id
    assert len(town.posted("notifications.message.failed")) == 1


def test_whoever_mended_it_has_it_written_at_once(town: Town) -> None:
    person, mend = _cannot_be_written(town)
    row = town.letter(person)
    browser = town.signed_in("clerk")
    page = browser.get("/letters?state=technical_failure").text
    assert f"/letters/{row.id}/write" in page
    mend()
    form = {"csrf_token": "c5rf", "_key": "00000000-0000-4000-8000-000000000001"}
    assert browser.post(f"/letters/{row.id}/write", data=form).status_code == 303
    town.service.look_at_jobs()
    assert town.letter(person).state == "rendered"
    assert f"/letters/{row.id}/write" not in browser.get("/letters").text


def test_only_a_letter_that_failed_is_written_again(town: Town, person: Person) -> None:
    letter = written(town, person)
    client = town.client()
    asked = f"/v1/letters/{letter}/writings"
    assert client.post(asked, headers=town.as_("clerk") | KEY).json["code"] == "wrong_state"
    assert client.post(asked, headers=town.as_("clerk", office=OTHER_OFFICE) | KEY).status_code == 404
    assert client.post(asked, headers=town.as_("auditor") | KEY).status_code == 403


def test_letters_that_gave_up_before_this_rule_are_tried_again(town: Town) -> None:
    """Their jobs had ended; the migration takes them up again."""
    person, mend = _cannot_be_written(town)
    with town.service.engine.begin() as connection:
        connection.execute(text("UPDATE job SET state = 'done', due_on = '2025-06-02' WHERE kind = 'write_letter'"))
        connection.execute(text(_revive().split(";")[1]))
    mend()
    town.works(2)
    assert town.letter(person).state == "rendered"


def _revive() -> str:
    again = importlib.import_module("services.notifications.migrations.versions.0011_letters_written_again")
    return str(again.SQL)


def test_facts_that_lack_something_wait_for_somebody_to_mend_them(town: Town, person: Person) -> None:
    decision = town.benefits.decides(person)
    appeal = town.benefits.decisions[decision].pop("appeal")
    town.decided(person, decision)
    town.works(2)
    assert town.letter(person).state == "created"
    town.benefits.decisions[decision]["appeal"] = appeal
    town.works(2)
    assert town.letter(person).state == "rendered"


def test_the_same_letter_has_the_same_bytes(town: Town, person: Person) -> None:
    decision = town.benefits.decides(person)
    made = [
        composing.decision_letter(
            town.benefits.contacts[person.id], town.benefits.decisions[decision], "https://x.example"
        ).pdf()
        for _ in range(2)
    ]
    assert made[0] == made[1]


# --- through people's hands ----------------------------------------------------------------------


def test_a_letter_is_printed_posted_and_comes_back(town: Town, person: Person) -> None:
    letter = written(town, person)
    api, clerk = town.client(), town.as_("clerk")
    seen = api.get(f"/v1/letters/{letter}/state", headers=clerk)
    assert seen.json["next"] == ["printed"]
    etag = seen.headers["ETag"]
    for number, state in enumerate(("printed", "posted", "returned")):
        answer = api.post(
            f"/v1/letters/{letter}/states",
            json={"state": state},
            headers=clerk | {"If-Match": etag, "Idempotency-Key": f'"s{number}"'},
        )
        assert answer.status_code == 201, answer.json
        etag = answer.headers["ETag"]
    assert answer.json["state"] == "returned_letter"
    assert answer.json["next"] == []
    (event,) = town.posted("notifications.letter.returned")
    assert event["data"]["letter_id"] == letter


def test_who_saw_an_old_state_is_told_so(town: Town, person: Person) -> None:
    letter = written(town, person)
    api, clerk = town.client(), town.as_("clerk")
    url = f"/v1/letters/{letter}/states"
    etag = api.get(f"/v1/letters/{letter}/state", headers=clerk).headers["ETag"]
    assert api.post(url, json={"state": "printed"}, headers=clerk | KEY).status_code == 428
    assert api.post(url, json={"state": "printed"}, headers=clerk | {"If-Match": etag}).status_code == 400
    assert api.post(url, json={"state": "printed"}, headers=clerk | KEY | {"If-Match": '"77"'}).status_code == 412
    wrong = api.post(url, json={"state": "posted"}, headers=clerk | KEY | {"If-Match": etag})
    assert (wrong.status_code, wrong.json["code"], wrong.json["params"]) == (
        409,
        "wrong_state",
        {"state": "rendered"},
    )
    assert api.post(url, json={"state": "burnt"}, headers=clerk | KEY | {"If-Match": etag}).status_code == 422
    assert api.post(url, json={"state": "printed"}, headers=clerk | KEY | {"If-Match": etag}).status_code == 201
    again = api.post(url, json={"state": "printed"}, headers=clerk | KEY | {"If-Match": etag})
    assert again.status_code == 201  # the same key: the same answer, nothing twice
    assert again.json["prints"] == 1


@pytest.mark.poppler
def test_every_print_after_the_first_is_marked_as_a_copy(town: Town, person: Person, tmp_path: Path) -> None:
    letter = written(town, person)
    clerk = town.signed_in("clerk")
    listing = clerk.get(f"/letters?claim={person.claim}").text
    assert "to be printed" in listing
    prints = []
    for key in ("a", "b"):
        answer = clerk.post(f"/letters/{letter}/print", data={"csrf_token": "c5rf", "_key": key})
        assert answer.status_code == 303, answer.text
        prints.append(clerk.get(answer.headers["Location"]).data)
    first, second = (read(pdf, tmp_path) for pdf in prints)
    assert "ສຳເນົາ" not in first
    assert "ສຳເນົາ" in second
    with pikepdf.open(io.BytesIO(prints[1])) as pdf:
        pages = len(pdf.pages)
    assert second.count("ສຳເນົາ ·") == pages
    assert town.letter(person).state == "printed"
    assert "ສຳເນົາ" in read(clerk.get(f"/letters/{letter}").data, tmp_path)
    worker = town.signed_in("worker", claim=person.claim, office=None)
    assert "ສຳເນົາ" not in read(worker.get(f"/letters/{letter}").data, tmp_path)


@pytest.mark.poppler
def test_an_english_translation_is_made_on_request_and_says_what_it_is(
    town: Town, person: Person, tmp_path: Path
) -> None:
    letter = written(town, person)
    api, clerk = town.client(), town.as_("clerk")
    town.benefits.close()
    answer = api.post(f"/v1/letters/{letter}/translations", json={"language": "en"}, headers=clerk | KEY)
    assert answer.status_code == 202
    town.works(2)
    assert api.get(answer.headers["Location"], headers=clerk).status_code == 404
    town.benefits.open()
    town.works(2)
    translation = api.get(answer.headers["Location"], headers=clerk)
    said = read(translation.data, tmp_path)
    assert "The letter in Lao is the decision." in said
    assert "You were unable" in said or "3,360,000 kip" in said
    state = api.get(f"/v1/letters/{letter}/state", headers=clerk).json
    assert [(d["language"], d["original"]) for d in state["documents"]] == [("lo", True), ("en", False)]


def test_a_letter_not_written_because_benefits_is_away_says_so(town: Town, person: Person) -> None:
    decision = town.benefits.decides(person)
    town.benefits.close()
    town.decided(person, decision)
    town.works(2)
    letter = town.letter(person).id
    answer = town.client().get(f"/v1/letters/{letter}", headers=town.as_("clerk"))
    assert (answer.status_code, answer.json["code"]) == (503, "neighbour_away")
    assert answer.headers["Retry-After"]
    page = town.signed_in("clerk").get(f"/letters?claim={person.claim}").text
    assert "benefits service, which does not answer" in page


# --- who may see what ----------------------------------------------------------------------------


def test_nobody_sees_the_letters_of_another_office(town: Town, person: Person) -> None:
    letter = written(town, person)
    api = town.client()
    other = town.as_("supervisor", office=OTHER_OFFICE)
    message = town.sms(person).id
    for path in (f"/v1/letters/{letter}", f"/v1/letters/{letter}/state", f"/v1/messages/{message}"):
        assert api.get(path, headers=other).status_code == 404, path
        assert api.get(path, headers=town.as_("supervisor", office=None)).status_code == 404, path
        assert api.get(path).status_code == 401, path
        assert api.get(path, headers=town.as_("employer")).status_code == 403, path
    for path in (
        f"/v1/letters?claim={person.claim}",
        f"/v1/messages?claim={person.claim}",
        "/v1/messages",
        "/v1/letters",
    ):
        assert api.get(path, headers=other).json["items"] == [], path
    browser = town.signed_in("clerk", office=OTHER_OFFICE)
    assert browser.get(f"/letters/{letter}").status_code == 404
    assert browser.get(f"/letters/{letter}/prints/1").status_code == 404
    data = {"csrf_token": "c5rf", "state": "posted", "version": "2"}
    for path in ("print", "state", "translate"):
        answer = browser.post(f"/letters/{letter}/{path}", data=data | {"language": "en"})
        assert answer.status_code == 404, path


def test_a_worker_sees_the_letters_of_her_claim_and_of_no_other(town: Town, person: Person) -> None:
    letter = written(town, person)
    stranger = town.benefits.knows(Person())
    api = town.client()
    hers = town.as_("worker", office=None, claim=person.claim)
    another = town.as_("worker", office=None, claim=stranger.claim)
    assert api.get(f"/v1/letters/{letter}", headers=hers).status_code == 200
    assert len(api.get("/v1/letters", headers=hers).json["items"]) == 1
    assert api.get(f"/v1/letters/{letter}", headers=another).status_code == 404
    assert api.get(f"/v1/letters?claim={person.claim}", headers=another).json["items"] == []
    assert (
        api.post(
            f"/v1/letters/{letter}/states",
            json={"state": "printed"},
            headers=hers | KEY | {"If-Match": '"2"'},
        ).status_code
        == 403
    )
    page = town.signed_in("worker", claim=person.claim, office=None).get("/letters")
    assert page.status_code == 200
    assert f"/letters/{letter}" in page.text
    assert "<form" not in page.text


def test_every_look_is_written_down(town: Town, person: Person) -> None:
    letter = written(town, person)
    town.client().get(f"/v1/letters/{letter}", headers=town.as_("auditor"))
    town.signed_in("clerk").get(f"/letters?claim={person.claim}")
    with town.service.engine.connect() as connection:
        looks = connection.execute(text("SELECT action, subjects FROM audit ORDER BY at")).all()
    assert [look.action for look in looks] == ["GET /v1/letters/<uuid:letter_id> 200", "GET /letters 200"]
    assert all(person.id in look.subjects for look in looks)


def test_lists_are_cut_into_pages(town: Town) -> None:
    people = [town.benefits.knows(Person(phone=None)) for _ in range(5)]
    for person in people:
        town.submitted(person)
    town.works(2)
    api, clerk = town.client(), town.as_("clerk")
    found, url = [], "/v1/messages?limit=3"
    while url:
        page = api.get(url, headers=clerk).json
        found += [item["id"] for item in page["items"]]
        url = f"/v1/messages?limit=3&cursor={page['next_cursor']}" if page["next_cursor"] else ""
    assert len(found) == len(set(found)) == 10
    assert '"phone"' not in json.dumps(page)
    for bad in ("limit=0", "limit=x", "cursor=zzz", "claim=5", "state=lost", "colour=red"):
        assert api.get(f"/v1/messages?{bad}", headers=clerk).status_code == 422, bad


def test_pages_in_lao_and_in_english(town: Town, person: Person) -> None:
    written(town, person)
    clerk = town.signed_in("clerk")
    for path in (
        "/letters",
        "/messages",
        f"/letters?claim={person.claim}",
        f"/messages?claim={person.claim}",
    ):
        for language in ("lo", "en"):
            separator = "&" if "?" in path else "?"
            page = clerk.get(f"{path}{separator}lang={language}")
            assert page.status_code == 200, path
            assert f'<html lang="{language}"' in page.text
    assert "3.360.000" in clerk.get(f"/messages?claim={person.claim}").text
    assert clerk.get("/letters?claim=nonsense").status_code == 422


@pytest.mark.poppler
def test_staff_look_at_a_letter_without_the_workers_code_and_print_it_with(
    town: Town, person: Person, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Her code opens her page: it is on the paper that is being printed, and on her own screen."""
    town.submitted(person)
    town.works()
    letter = town.letter(person)
    code = "40718256"

    def words(answer: Any) -> str:
        assert answer.status_code == 200
        return read(answer.data, tmp_path).replace(" ", "")

    client, clerk = town.client(), town.as_("clerk")
    for path in (f"/letters/{letter.id}", f"/v1/letters/{letter.id}", f"/v1/letters/{letter.id}?copy=yes"):
        for role in ("clerk", "officer", "supervisor", "auditor"):
            assert code not in words(client.get(path, headers=town.as_(role))), (path, role)
        assert code in words(client.get(path, headers=town.as_("worker", claim=person.claim)))
    printed = client.post(f"/letters/{letter.id}/print", headers=clerk, data={"csrf_token": "c5rf"}).headers["Location"]
    assert code in words(client.get(printed, headers=clerk))
    officer = Actor("officer-2", "account", frozenset({"officer"}), office=letter.office_id, name="Seng")
    token = town.benefits.keys.session_token(officer, csrf="c", now=datetime.now(UTC))
    assert code not in words(client.get(printed, headers={"Authorization": f"Bearer {token}"}))
    monkeypatch.setattr(letters, "HANDLING", timedelta(0))  # the paper is out of the printer
    assert code not in words(client.get(printed, headers=clerk))


def test_a_new_code_is_written_to_her(town: Town, person: Person) -> None:
    town.submitted(person)
    town.tell("benefits.claim.access_renewed", person)
    town.works()
    written = town.rows(person, channel="letter")
    assert [(row.template, row.state) for row in written] == [("acknowledgement_letter", "rendered")] * 2
    assert len(town.rows(person, channel="sms")) == 1
