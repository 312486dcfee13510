"""The letter says what was decided, why, what is paid when, and how to object."""

from __future__ import annotations

import io
import subprocess
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from sqlalchemy import text

from services.notifications import composing, money_letters, wording
from shared.web import formatting, texts
from shared.web.citing import cited
from tests.notifications.conftest import Person, Town, facts
from tests.there import there

#: The languages letters are written in.
LETTERED = wording.languages_of("letter")


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
