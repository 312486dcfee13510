"""A letter says everything it was given, in order, within its margins, and always in the same bytes."""

from __future__ import annotations

import concurrent.futures
import hashlib
import io
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import Any

import pikepdf
import pytest
import segno
from fontTools.ttLib import TTFont
from PIL import Image
from reportlab.lib.pagesizes import A4

from services.notifications.letters import (
    ComparedRow,
    Comparison,
    Condition,
    ConditionMark,
    Cover,
    CoverLine,
    Evidence,
    Letter,
    Letterhead,
    LetterTooLong,
    Missing,
    NotPaid,
    Payment,
    PersonalPage,
    Recipient,
    WhatIsPaid,
    Worksheet,
    WorksheetLine,
    labels,
    render_cover,
    render_letter,
)
from services.notifications.letters.letter import LEFT, QR_SIZE, RIGHT, WINDOW_TOP, WINDOW_WIDTH
from tests.notifications.letters.reader import Page, read, squeezed
from tests.notifications.letters.samples import ACKNOWLEDGEMENT, ALL, BURMESE, ENGLISH, LAO, REFUSAL, words
from tests.there import there

ROOT = Path(__file__).parents[3]
KHMER = replace(
    ENGLISH,
    language="km",
    lead=replace(ENGLISH.lead, sentence="ព្រះរាជាណាចក្រកម្ពុជា ប្រាក់ឧបត្ថម្ភជំងឺ របស់អ្នកត្រូវបានអនុម័ត។"),
)
LETTERS = {**ALL, "khmer": KHMER}
NOT_PRINTED = {"language", "kind", "tone", "strong", "qr", "evidence", "finding"}


def rendered(letter: Letter) -> list[Page]:
    return read(render_letter(letter, words(letter.language)))


def texts_of(thing: object) -> Iterator[str]:
    """Every text in a letter that a reader must find on paper."""
    if isinstance(thing, str):
        yield thing
    elif isinstance(thing, tuple):
        for item in thing:
            yield from texts_of(item)
    elif is_dataclass(thing):
        for field in fields(thing):
            if field.name not in NOT_PRINTED:
                yield from texts_of(getattr(thing, field.name))


def assert_within_margins(pages: list[Page]) -> None:
    for number, page in enumerate(pages, 1):
        for glyph in page.glyphs:
            assert glyph.x >= LEFT - 1, (number, glyph)
            assert glyph.x + glyph.width <= A4[0] - RIGHT + 1, (number, glyph)
            assert 8 < glyph.y < A4[1] - 20, (number, glyph)


@pytest.mark.parametrize("name", LETTERS)
def test_everything_handed_in_stands_on_paper(name: str) -> None:
    letter = LETTERS[name]
    said = "".join(page.text for page in rendered(letter))
    missing = [text for text in texts_of(letter) if squeezed(text) not in said]
    assert missing == []


@pytest.mark.parametrize("name", LETTERS)
def test_text_stays_within_the_margins(name: str) -> None:
    assert_within_margins(rendered(LETTERS[name]))


def test_where_no_code_is_known_none_is_announced() -> None:
    announced = squeezed(labels.CODE.format(code=""))
    first, bare = (
        rendered(letter)[0].text for letter in (ENGLISH, replace(ENGLISH, page=replace(ENGLISH.page, code="")))
    )
    assert announced in first
    assert announced not in bare


def test_the_reason_comes_before_the_money_and_the_computation_last() -> None:
    said = "".join(page.text for page in rendered(ENGLISH))
    order = [
        ENGLISH.lead.sentence,
        labels.PAID,
        labels.NOT_PAID,
        labels.OBJECTION,
        "Khamla Vongsa",
        labels.WORKSHEET,
        labels.CONDITIONS,
    ]
    places = [said.index(squeezed(words("en")(text))) for text in order]
    assert places == sorted(places)


def test_a_letter_without_a_code_says_nothing_of_one() -> None:
    def said(code: str) -> str:
        letter = replace(ENGLISH, page=replace(ENGLISH.page, code=code))
        return "".join(page.text for page in rendered(letter))

    assert "Code:7K4M-92QX" in said("7K4M-92QX")
    assert "Code:" not in said("")


def test_the_decision_is_signed_on_the_first_page_and_computed_on_the_second() -> None:
    first, second = rendered(ENGLISH)
    assert squeezed("Until24 June 2025") in first.text
    assert squeezed(ENGLISH.officer.name) in first.text
    assert squeezed(labels.WORKSHEET) in second.text


def test_a_letter_in_lao_holds_no_english_word() -> None:
    letter = replace(
        LAO,
        page=PersonalPage("1508", "4417-9233", "x"),
        what_is_paid=replace(there(LAO.what_is_paid), note=""),
    )
    said = " ".join(run.text for page in rendered(letter) for run in page.said)
    assert re.findall(r"[A-Za-z]{2,}", said) == []


def test_every_fixed_word_goes_through_the_translation() -> None:
    asked: set[str] = set()

    def translate(message: str) -> str:
        asked.add(message)
        return message

    row = ComparedRow("May 2025", "1", "2", "1")
    paid_too_much = Comparison(rows=(row,), total=row, unit="kip")
    render_letter(replace(ENGLISH, conditions=REFUSAL.conditions, comparison=paid_too_much), translate)
    render_letter(ACKNOWLEDGEMENT, translate)
    line = CoverLine("1", "250000001297", "decision_letter", "Lao", "2")
    render_cover(Cover("en", "b-1", "1 May 2025", "Savannakhet", "Noy", "1", "2", (line,)), translate)
    fixed = {value for name, value in vars(labels).items() if name.isupper() and isinstance(value, str)}
    assert asked == fixed - {labels.BATCH_GONE}  # the use case says this one


def test_parts_that_are_empty_leave_no_trace() -> None:
    said = "".join(page.text for page in read(render_letter(ACKNOWLEDGEMENT)))
    for absent in (
        labels.PAID,
        labels.NOT_PAID,
        labels.OBJECTION,
        labels.WORKSHEET,
        labels.CONDITIONS,
        labels.DECISION,
    ):
        assert squeezed(absent) not in said
    for present in (labels.RECEIVED, labels.MISSING, labels.NEXT):
        assert squeezed(present) in said


def test_pages_are_numbered_and_later_ones_name_the_claim() -> None:
    pages = rendered(LAO)
    assert [f"ໜ້າ{n}/{len(pages)}" in page.text for n, page in enumerate(pages, 1)] == [True] * len(pages)
    assert squeezed("ຄຳຂໍ 250000441733, ຄຳຕົກລົງ 1234/ອປສ") in pages[1].text
    assert "စာမျက်နှာ၁/" in rendered(BURMESE)[0].text


def test_the_address_lies_in_the_window_of_the_envelope() -> None:
    page = rendered(ENGLISH)[0]
    for line in (ENGLISH.recipient.name, *ENGLISH.recipient.lines):
        run = next(run for run in page.said if run.text == line)
        assert 20 * 72 / 25.4 < run.x < LEFT + WINDOW_WIDTH
        from_top = A4[1] - run.y
        assert 45 * 72 / 25.4 < from_top < 90 * 72 / 25.4


LONG = "Bounthavone " * 25
LONG_LAO = "ບຸນທະວອນແສງສຸລິຍາວົງສາພູມິໄຊ" * 11
UNBROKEN = "X" * 300


@pytest.mark.parametrize("name", [LONG, LONG_LAO, UNBROKEN], ids=["words", "lao", "unbroken"])
def test_a_name_of_three_hundred_letters_stays_on_the_paper(name: str) -> None:
    assert len(name) >= 300
    letter = replace(
        LAO,
        recipient=Recipient(name, (name,)),
        institution=replace(LAO.institution, name=name),
        salutation=name,
        officer=replace(LAO.officer, name=name),
        conditions=(Condition(name, ConditionMark.OPEN, name),),
        what_is_paid=WhatIsPaid((Payment(name, name, name),), name, "ກີບ", name),
        worksheet=Worksheet((WorksheetLine("1", name, name, name, name, Evidence.SET),), name, name, "ກີບ"),
    )
    pages = rendered(letter)
    assert_within_margins(pages)
    said = "".join(page.text for page in pages)
    assert said.count(squeezed(name)) >= 10


@pytest.mark.parametrize(
    "part",
    [
        {"lead": replace(ENGLISH.lead, sentence="word " * 1500)},
        {"paragraphs": ("word " * 3000,)},
        {"objection": replace(there(ENGLISH.objection), how="word " * 1500)},
        {"officer": replace(ENGLISH.officer, title="word " * 700)},
        {"contact": "word " * 900},
        {"conditions": (Condition("word " * 1500, ConditionMark.MET),)},
        {"days_not_paid": (NotPaid("word " * 700, "word " * 700),)},
        {"worksheet": replace(there(ENGLISH.worksheet), total_text="word " * 900)},
        {"missing": (Missing("word " * 700, "word " * 700),)},
    ],
    ids=lambda part: next(iter(part)),
)
def test_a_text_longer_than_a_page_flows_on(part: dict[str, Any]) -> None:
    pages = rendered(replace(ENGLISH, **part))
    assert_within_margins(pages)
    assert sum(page.text.count("word") for page in pages) >= 700


def test_a_letter_without_end_is_refused() -> None:
    with pytest.raises(LetterTooLong):
        render_letter(replace(ENGLISH, paragraphs=("word " * 200,) * 600))


def test_text_blocks_do_not_lie_on_one_another() -> None:
    """The letterhead grows with its contents, and the body begins below it."""
    institution = Letterhead("N " * 80, "O " * 80, ("A " * 40,), "1", ("S " * 60, "M " * 60))
    page = rendered(replace(ENGLISH, institution=institution, recipient=Recipient("R " * 60, ("L " * 60,))))[0]
    subject = next(run for run in page.said if run.text == ENGLISH.subject)
    last_address_line = min(run.y for run in page.said if run.text.startswith("L "))
    first_address_line = max(run.y for run in page.said if run.text.startswith("R "))
    last_name_line = min(run.y for run in page.said if run.text.startswith("O ") and run.y > first_address_line + 20)
    assert last_name_line > first_address_line > last_address_line > subject.y + 15


def test_sixty_lines_of_computation_flow_on_with_their_head() -> None:
    lines = tuple(
        WorksheetLine(str(n), f"row {n} of the computation", "1", "", "Rule 5.5", Evidence.SET) for n in range(1, 61)
    )
    pages = rendered(replace(ENGLISH, worksheet=replace(there(ENGLISH.worksheet), lines=lines)))
    with_rows = [page for page in pages if "ofthecomputation" in page.text]
    assert len(with_rows) >= 2
    head = "".join(map(squeezed, (labels.LINE, labels.STEP, labels.PAYABLE, labels.ARTICLE)))
    for page in with_rows:
        assert head in page.text
        assert page.text.index(head) < page.text.index("ofthecomputation")
    said = "".join(page.text for page in pages)
    assert [int(n) for n in re.findall(r"row(\d+)ofthecomputation", said)] == list(range(1, 61))
    total_page = next(page for page in pages if squeezed(there(ENGLISH.worksheet).total_text) in page.text)
    assert "row60of" in total_page.text, "a total never stands alone on a page"


# -- the same letter is the same bytes ------------------------------------------------------------------------


def digest(letter: Letter) -> str:
    return hashlib.sha256(render_letter(letter, words(letter.language))).hexdigest()


def test_the_same_letter_is_the_same_bytes_and_another_is_not() -> None:
    assert digest(LAO) == digest(LAO)
    assert digest(LAO) != digest(replace(LAO, claim_number="250000441734"))


def elsewhere(names: list[str], seed: str) -> dict[str, str]:
    """Digests made by a process of its own. A service's process draws letters and nothing else; the one that runs all
    tests has other users of the PDF library in it, which number its fonts."""
    program = (
        "import sys; from tests.notifications.letters import test_letter as t\n"
        "for name in sys.argv[1].split(','): print(name, t.digest(t.LETTERS[name]))"
    )
    out = subprocess.run(
        [sys.executable, "-c", program, ",".join(names)],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": seed},
    ).stdout
    return dict(line.split() for line in out.splitlines())


def test_another_process_with_another_past_makes_the_same_bytes() -> None:
    order = list(LETTERS)
    middle = len(order) // 2
    assert elsewhere(order, "1") == elsewhere(order[::-1], "2") == elsewhere(order[middle:] + order[:middle], "3")


def test_eight_threads_make_the_same_bytes_as_one() -> None:
    """In a process of its own, so that the fonts are cold when the threads begin."""
    program = (
        "import concurrent.futures as c; from tests.notifications.letters import test_letter as t\n"
        "work = [l for l in t.LETTERS.values()] * 4\n"
        "with c.ThreadPoolExecutor(8) as pool: print(' '.join(pool.map(t.digest, work)))"
    )
    out = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT).stdout
    alone = elsewhere(list(LETTERS), "1")
    assert out.split() == [alone[name] for name in LETTERS] * 4


def test_threads_in_a_warm_process_too() -> None:
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        assert set(pool.map(digest, [LAO] * 24)) == {digest(LAO)}


# -- a file that can be kept ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", LETTERS)
def test_every_font_is_embedded_with_true_widths(name: str) -> None:
    with pikepdf.open(io.BytesIO(render_letter(LETTERS[name], words(LETTERS[name].language)))) as pdf:
        fonts = {str(font.BaseFont): font for page in pdf.pages for font in page.Resources.get("/Font", {}).values()}
        fonts |= {
            str(thing.BaseFont): thing
            for thing in pdf.objects
            if isinstance(thing, pikepdf.Dictionary) and thing.get("/Type") == "/Font"
        }
        assert fonts
        for base, font in fonts.items():
            assert "/FontDescriptor" in font, base
            assert "/Encoding" not in font, "a symbolic font carries its own"
            inside = TTFont(io.BytesIO(font.FontDescriptor.FontFile2.read_bytes()))
            (cmap,) = inside["cmap"].tables
            for code, width in enumerate(font.Widths):
                if code in cmap.cmap and cmap.cmap[code] != ".notdef":
                    assert abs(float(width) - inside["hmtx"][cmap.cmap[code]][0]) <= 1, (base, code)


def test_the_file_carries_language_title_profile_and_claim_of_conformance() -> None:
    with pikepdf.open(io.BytesIO(render_letter(LAO, words("lo")))) as pdf:
        assert str(pdf.Root.Lang) == "lo"
        assert bool(pdf.Root.ViewerPreferences.DisplayDocTitle)
        assert not pdf.is_encrypted
        assert "/ID" in pdf.trailer
        assert "/Info" not in pdf.trailer, "dates of making would be invented"
        (intent,) = pdf.Root.OutputIntents
        assert intent.S == "/GTS_PDFA1"
        assert intent.DestOutputProfile.read_bytes()[36:40] == b"acsp"
        metadata = pdf.open_metadata()
        assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("2", "B")
        assert metadata["dc:title"] == f"{LAO.subject} · {LAO.claim_number}"
        assert "/Filter" not in pdf.Root.Metadata
        assert not any("/JS" in str(thing)[:2000] for thing in pdf.objects if isinstance(thing, pikepdf.Dictionary))


# -- as others read it ----------------------------------------------------------------------------------------


def tool(name: str, *arguments: str) -> bytes:
    return subprocess.run([name, *arguments], capture_output=True, check=True).stdout


@pytest.mark.poppler
@pytest.mark.parametrize("name", LETTERS)
def test_a_viewer_finds_every_text_of_the_letter(name: str, tmp_path: Path) -> None:
    letter = LETTERS[name]
    (tmp_path / "letter.pdf").write_bytes(render_letter(letter, words(letter.language)))
    copied = squeezed(tool("pdftotext", "-raw", str(tmp_path / "letter.pdf"), "-").decode())
    assert [text for text in texts_of(letter) if squeezed(text) not in copied] == []


@pytest.mark.poppler
def test_the_code_on_paper_is_the_code_of_the_page(tmp_path: Path) -> None:
    (tmp_path / "letter.pdf").write_bytes(render_letter(ENGLISH))
    tool(
        "pdftoppm",
        "-r",
        "150",
        "-gray",
        "-png",
        "-singlefile",
        str(tmp_path / "letter.pdf"),
        str(tmp_path / "p"),
    )
    picture = Image.open(tmp_path / "p.png").convert("RGB")
    scale = 150 / 72
    code = segno.make_qr(ENGLISH.page.qr, error="m", mask=2, boost_error=False)
    module = QR_SIZE / len(code.matrix)
    left, top = A4[0] - RIGHT - QR_SIZE, WINDOW_TOP + 2
    for row, modules in enumerate(code.matrix):
        for column, dark in enumerate(modules):
            x, y = left + (column + 0.5) * module, top + (row + 0.5) * module
            colours = picture.getpixel((int(x * scale), int(y * scale)))
            assert isinstance(colours, tuple)
            assert (sum(colours) < 384) == bool(dark), (row, column)


@pytest.mark.poppler
def test_what_was_decided_can_be_told_without_colour(tmp_path: Path) -> None:
    """Granted, in part and refused differ in shape, not only in hue: the sign beside the label, in pure black."""
    signs = []
    for name in ("english", "refusal", "vietnamese"):
        letter = replace(ENGLISH, lead=replace(ENGLISH.lead, tone=ALL[name].lead.tone))
        (tmp_path / "letter.pdf").write_bytes(render_letter(letter))
        out = str(tmp_path / name)
        tool("pdftoppm", "-r", "150", "-mono", "-singlefile", str(tmp_path / "letter.pdf"), out)
        signs.append(Image.open(f"{out}.pbm").tobytes())
    assert len(set(signs)) == 3
