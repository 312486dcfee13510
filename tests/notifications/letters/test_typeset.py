"""Text of five scripts is set as a bare shaper would set it, broken where it may be, and can be copied out."""

from __future__ import annotations

import io
import itertools
import subprocess
from pathlib import Path

import pytest
import uharfbuzz
from icu4py.breakers import CharacterBreaker, LineBreaker
from reportlab.pdfgen.canvas import Canvas
from reportlab.pdfgen.textobject import PDFTextObject
from reportlab.platypus import Table

from shared import typeset
from shared.typeset import FONTS, MAIN_FAMILY, ShapedText, Style
from shared.web import formatting
from tests.notifications.letters.reader import Page, read, squeezed

REGRESSION_WORD = "ព្រះរាជាណាចក្រកម្ពុជា"
WORDS = [
    ("km", REGRESSION_WORD),
    ("km", "ប្រាក់ឧបត្ថម្ភជំងឺ"),
    ("lo", "ນ້ຳ"),
    ("lo", "ທ້າວສົມສັກ"),
    ("lo", "ໜັງສືຢັ້ງຢືນຂອງຫົວໜ່ວຍແຮງງານ"),
    ("lo", "ບໍ່ຕ້ອງເຮັດຫຍັງ"),
    ("lo", "ຂຶ້ນຢູ່ກັບເງື່ອນໄຂ"),
    ("th", "ผู้ประกันตนที่จ่ายเงินสมทบ"),
    ("th", "ปั่นป่วนทั้งนี้น้ำ"),
    ("my", "အကျိုးခံစားခွင့်"),
    ("my", "ပြည်ထောင်စုသမ္မတမြန်မာနိုင်ငံတော်"),
    ("my", "တနင်္လာနေ့"),
    ("my", "သို့မဟုတ်"),
    ("vi", "Nguyễn Thị Ẩn, ỡ Ỹ ặ"),
    ("en", "AVAYA Total 3,360,000"),
]
SENTENCES = {
    "lo": "ທ່ານ ບໍ່ສາມາດເຮັດວຽກໄດ້ຊົ່ວຄາວ ແຕ່ວັນທີ 3 ມີນາ ຫາ ວັນທີ 16 ພຶດສະພາ 2025 ແລະ ໄດ້ຖອກເງິນສົມທົບ ຕ່າງໆ ຄົບຖ້ວນ",
    "th": "หากท่านไม่พอใจคำสั่งนี้มีสิทธิอุทธรณ์เป็นหนังสือต่อคณะกรรมการอุทธรณ์ได้ภายในสามสิบวันนับแต่วันที่ได้รับแจ้งคำสั่ง",
    "my": "အထက်အကြောင်းအရာပါ ကိစ္စနှင့်ပတ်သက်၍ ဖျားနာမှု ငွေကြေးအကျိုးခံစားခွင့် ၂၉၄,၀၀၀ ကျပ်ကို စိစစ်ခွင့်ပြုပါသည်။",
    "km": "ព្រះរាជាណាចក្រកម្ពុជា បើអ្នកមិនយល់ព្រមនឹងសេចក្តីសម្រេចនេះ អ្នកមានសិទ្ធិប្តឹងតវ៉ាក្នុងរយៈពេល ៣០ ថ្ងៃ",
    "vi": "Nếu không đồng ý với quyết định này, ông/bà có quyền khiếu nại trong thời hạn 90 ngày "
    "hoặc khởi kiện tại Tòa án.",
}


def drawn(*texts: ShapedText, width: float = 500) -> Page:
    buffer = io.BytesIO()
    canvas = Canvas(buffer, invariant=1, initialFontName="NotoSans-Regular")
    top = 800.0
    for text in texts:
        _, height = text.wrapOn(canvas, width, 800)
        text.drawOn(canvas, 40, top - height)
        top -= height
    canvas.save()
    return read(buffer.getvalue())[0]


def bare(word: str, face: str, size: float) -> list[tuple[int, float, float]]:
    """Glyph and pen position by the shaper alone, from the font file, without the PDF library."""
    font = uharfbuzz.Font(uharfbuzz.Face(uharfbuzz.Blob.from_file_path(FONTS / f"{face}.ttf")))
    buffer = uharfbuzz.Buffer()
    buffer.add_str(word)
    buffer.guess_segment_properties()
    uharfbuzz.shape(font, buffer, {"kern": True, "liga": True, "dlig": True})
    pen, placed = 0, []
    for info, position in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True):
        x, y = pen + position.x_offset, position.y_offset
        placed.append((info.codepoint, x * size / 1000, y * size / 1000))
        pen += position.x_advance
    return placed


def off_by(page: Page, word: str, face: str, size: float) -> float:
    """The greatest distance in points between a drawn glyph and its place by the shaper; glyphs must agree."""
    expected = bare(word, face, size)
    assert [glyph.number for glyph in page.glyphs] == [number for number, _, _ in expected]
    x0, y0 = page.said[0].x, page.said[0].y
    return max(
        max(abs(glyph.x - x0 - x), abs(glyph.y - y0 - y))
        for glyph, (_, x, y) in zip(page.glyphs, expected, strict=True)
    )


@pytest.mark.parametrize("strong", [False, True], ids=["regular", "semibold"])
@pytest.mark.parametrize(("language", "word"), WORDS)
def test_every_glyph_lies_where_the_shaper_puts_it(language: str, word: str, strong: bool) -> None:
    page = drawn(ShapedText(word, Style(language, 40, strong=strong)), width=2000)
    face = f"{MAIN_FAMILY.get(language, 'NotoSans')}-{'SemiBold' if strong else 'Regular'}"
    assert off_by(page, word, face, 40) < 0.1


def test_the_words_tested_do_raise_neighbouring_marks() -> None:
    heights = [round(y, 3) for _, _, y in bare(REGRESSION_WORD, "NotoSansKhmer-Regular", 40)]
    raised_pairs = [(a, b) for a, b in itertools.pairwise(heights) if a and b and a != b]
    assert raised_pairs, "without them the regression word proves nothing"


def test_the_library_alone_still_lets_the_word_hang(monkeypatch: pytest.MonkeyPatch) -> None:
    """When this fails the library is mended, and our text object with its own setRise can go."""
    monkeypatch.setattr(typeset, "_TextObject", PDFTextObject)
    page = drawn(ShapedText(REGRESSION_WORD, Style("km", 40)))
    assert off_by(page, REGRESSION_WORD, "NotoSansKhmer-Regular", 40) > 1


@pytest.mark.parametrize(("language", "word"), WORDS)
def test_a_word_is_set_alike_after_latin_letters(language: str, word: str) -> None:
    """Burmese after "QR" was shaped as Latin: its vowel and its dot fell on one another."""
    alone, after = (drawn(ShapedText(t, Style(language, 40)), width=2000).glyphs for t in (word, f"QR {word}"))
    tail = after[-len(alone) :]
    assert [glyph.number for glyph in tail] == [glyph.number for glyph in alone]
    across = tail[0].x - alone[0].x
    assert all(abs(b.x - a.x - across) < 0.1 and abs(b.y - a.y) < 0.1 for a, b in zip(alone, tail, strict=True))


@pytest.mark.parametrize("language", SENTENCES)
def test_lines_end_only_where_icu_allows(language: str) -> None:
    sentence, allowed, place = SENTENCES[language], set(), 0
    for segment in LineBreaker(sentence, language):
        place += len(segment)
        allowed.add(squeezed(sentence[:place]))
    text = ShapedText(sentence, Style(language, 10))
    for width in range(90, 400, 7):
        before = ""
        for line in text.line_texts(width):
            before += squeezed(line)
            assert before in allowed, line
        assert before == squeezed(sentence)


@pytest.mark.parametrize("language", SENTENCES)
def test_a_column_narrower_than_a_word_cuts_between_clusters(language: str) -> None:
    sentence = squeezed(SENTENCES[language])
    text = ShapedText(sentence, Style(language, 10))
    whole, place = set(), 0
    for cluster in CharacterBreaker(sentence, language):
        place += len(cluster)
        whole.add(sentence[:place])
    for width in (18, 25, 33):
        lines = text.line_texts(width)
        assert "".join(lines) == sentence
        assert len(lines) > 8
        before = ""
        for line in lines:
            before += line
            assert before in whole
            assert line[-1] not in "ເແໂໃໄเแโใไ", "a vowel written first stays with its consonant"
            assert line[0] not in "ະາຳຽໆະาำๆฯ"


def test_no_line_is_wider_than_its_column() -> None:
    for language, sentence in SENTENCES.items():
        for width in (40, 60, 150):  # one cluster may be as wide as 26
            page = drawn(ShapedText(sentence, Style(language, 11)), width=width)
            assert max(glyph.x + glyph.width for glyph in page.glyphs) <= 40 + width + 0.2


def test_a_zero_width_space_breaks_and_leaves_no_ink() -> None:
    plain, marked = (ShapedText(t, Style("lo", 10)) for t in ("abcdefgh", "abcd\u200befgh"))
    assert marked.natural_width == pytest.approx(plain.natural_width, abs=0.01)
    assert [line.replace("\u200b", "") for line in marked.line_texts(plain.natural_width * 0.7)] == [
        "abcd",
        "efgh",
    ]
    assert drawn(marked).text == "abcdefgh"


def test_a_space_that_must_not_break_does_not() -> None:
    text = ShapedText("ທ່ານ ຈະໄດ້ຮັບ 3.360.000\u00a0ກີບ", Style("lo", 10))
    for width in range(70, 160, 3):
        assert not any(line.endswith("3.360.000") for line in text.line_texts(width))


def test_a_burmese_date_stays_in_one_piece_and_no_line_begins_with_an_ending() -> None:
    """ICU parts a date after its comma, so that the next line began with a space, and verbs before their endings."""
    day = formatting.plain_date("2025-08-19", "my", "long")
    said = f"ငွေကို {day} နောက်ဆုံးထား၍ ပြန်ပေးသွင်းပါက၊ အယူခံနိုင်ပါသည်။"
    endings = ("\u00a0", "ပါ", "သည်", "က၊", "နှစ်၊")
    assert any(segment.startswith(endings) for segment in LineBreaker(said, "my")), "ICU would part it there"
    for width in range(150, 320, 3):
        lines = ShapedText(said, Style("my", 10)).line_texts(width)
        assert not any(line.startswith(endings) for line in lines)
        assert any(day in line for line in lines)


def test_a_range_of_figures_stays_in_one_piece() -> None:
    text = ShapedText("Monday to Friday, 8:00–16:00.", Style("en", 10))
    assert all(not line.endswith("–") for width in range(60, 160, 3) for line in text.line_texts(width))


def test_the_vietnamese_word_for_you_stays_in_one_piece() -> None:
    text = ShapedText("Đề nghị ông/bà và/hoặc Ông/Bà Lan. ông/", Style("vi", 10))
    lines = [line for width in range(50, 160, 3) for line in text.line_texts(width)]
    assert not [line for line in lines if line.startswith(("bà", "Bà"))]
    assert any(line.endswith("và/") for line in lines), "other words may part at a slash"


def test_a_letter_missing_in_the_main_font_comes_from_another() -> None:
    page = drawn(ShapedText("ຈ່າຍ 100 ₫ ให้ Nguyễn", Style("lo", 12)))
    assert {glyph.face for glyph in page.glyphs} == {
        "NotoSansLao-Regular",
        "NotoSans-Regular",
        "NotoSansThai-Regular",
    }
    assert all(glyph.number for glyph in page.glyphs), "number 0 is the empty box"


@pytest.mark.parametrize(("text", "set_as"), [("李", "Li"), ("ok 👍", "ok :thumbsup:"), ("नमस्ते", "Nmste")])
def test_a_letter_that_no_font_draws_is_set_in_latin_letters(text: str, set_as: str) -> None:
    page = drawn(ShapedText(text, Style("en", 10)))
    assert ShapedText(text, Style("en", 10)).text.casefold() == set_as.casefold()
    assert all(glyph.number for glyph in page.glyphs), "number 0 is the empty box"


def test_strong_pieces_are_set_heavier_wherever_they_stand() -> None:
    page = drawn(ShapedText("9 of 9 months", Style("en", 10), strong=("9", "not there")))
    heavy = [glyph.face for glyph in page.glyphs if glyph.face.endswith("SemiBold")]
    assert len(heavy) == 2


def test_right_alignment_ends_at_the_column_in_a_table_cell() -> None:
    cells = [[ShapedText(t, Style("lo", 10, align="right"))] for t in ("3.360.000", "1.120", "ລວມ ກີບ")]
    buffer = io.BytesIO()
    canvas = Canvas(buffer, invariant=1, initialFontName="NotoSans-Regular")
    style = [("FONTNAME", (0, 0), (-1, -1), "NotoSans-Regular"), ("RIGHTPADDING", (0, 0), (-1, -1), 0)]
    table = Table(cells, [120], style=style)
    table.wrapOn(canvas, 120, 400)
    table.drawOn(canvas, 50, 100)
    canvas.save()
    lines: dict[float, float] = {}
    for glyph in read(buffer.getvalue())[0].glyphs:
        key = round(glyph.y / 6)
        lines[key] = max(lines.get(key, 0), glyph.x + glyph.width)
    assert len(lines) >= 3
    assert all(end == pytest.approx(170, abs=0.3) for end in lines.values())


def test_a_paragraph_cut_by_a_page_leaves_two_lines_on_each_side() -> None:
    text = ShapedText(SENTENCES["lo"] * 4, Style("lo", 10))
    text.wrap(200, 1000)
    total = len(text.lines)
    for room in range(1, int(text.height), 5):
        parts = text.split(200, room)
        if parts:
            assert min(len(part.lines) for part in parts) >= 2
            assert sum(len(part.lines) for part in parts) == total
            assert parts[0].wrap(200, room)[1] <= room + 0.01


@pytest.mark.poppler
@pytest.mark.parametrize("language", SENTENCES)
def test_what_is_copied_out_is_what_was_put_in(language: str, tmp_path: Path) -> None:
    canvas = Canvas(str(tmp_path / "one.pdf"), invariant=1, initialFontName="NotoSans-Regular")
    text = ShapedText(SENTENCES[language], Style(language, 12), strong=("3 ມີນາ",))
    _, height = text.wrapOn(canvas, 400, 800)
    text.drawOn(canvas, 40, 700 - height)
    canvas.save()
    out = subprocess.run(
        ["pdftotext", "-raw", str(tmp_path / "one.pdf"), "-"], capture_output=True, text=True, check=True
    ).stdout
    assert squeezed(out) == squeezed(SENTENCES[language])
