"""Set text of five scripts on a PDF page: line breaking, shaping, and text that can be copied out again.

All lengths are points. `ShapedText` is the one flowable; it works on the page, in table cells and in lists.
The PDF library breaks no line in Lao, Thai, Burmese or Khmer, has no font fallback and forgets its vertical
position between two raised marks; each is mended here and nowhere else. Callers that draw from several threads
hold `LOCK` while they draw: the library keeps font tables that all documents share.
"""

from __future__ import annotations

import re
import threading
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import IO, Literal

import uharfbuzz
from anyascii import anyascii
from icu4py.breakers import LineBreaker
from reportlab.lib.colors import Color, HexColor
from reportlab.lib.rl_accel import fp_str
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont, shapeStr
from reportlab.pdfgen.canvas import Canvas
from reportlab.pdfgen.textobject import PDFTextObject
from reportlab.platypus import BaseDocTemplate, Flowable

import shared

FONTS = Path(shared.__file__).parent / "fonts"
WEIGHTS = ("Regular", "SemiBold")
LOCK = threading.RLock()

INK = HexColor("#17201F")

#: Families in the order in which a letter that the main family lacks is looked for.
FAMILIES = ("NotoSans", "NotoSansLao", "NotoSansThai", "NotoSansMyanmar", "NotoSansKhmer")
MAIN_FAMILY = {"lo": "NotoSansLao", "th": "NotoSansThai", "my": "NotoSansMyanmar", "km": "NotoSansKhmer"}
BLOCKS = (
    (0x0E00, 0x0E7F, "NotoSansThai"),
    (0x0E80, 0x0EFF, "NotoSansLao"),
    (0x1000, 0x109F, "NotoSansMyanmar"),
    (0xA9E0, 0xA9FF, "NotoSansMyanmar"),
    (0xAA60, 0xAA7F, "NotoSansMyanmar"),
    (0x1780, 0x17FF, "NotoSansKhmer"),
    (0x19E0, 0x19FF, "NotoSansKhmer"),
)
#: Line height as a multiple of the size: marks stack above and below the letters of these scripts.
LEADING = {
    "NotoSans": 1.36,
    "NotoSansLao": 1.55,
    "NotoSansThai": 1.55,
    "NotoSansMyanmar": 1.75,
    "NotoSansKhmer": 1.75,
}
#: Half the height of a capital letter: lines are centred on it, so that neighbouring cells share a baseline.
HALF_CAPITAL = 0.357

# A word too long for its column is cut between clusters. The shaper does not bind these: a Lao or Thai vowel
# written before its consonant, and the vowels and signs that follow one.
_HOLDS_NEXT = re.compile("[\u0e40-\u0e44\u0ec0-\u0ec4]")
_HELD_BY_LAST = re.compile("[\u0e2f-\u0e3a\u0e45-\u0e4e\u0eaf-\u0ebd\u0ec6-\u0ece]")
# Burmese endings that ICU takes for words: those of the verb, "if", and the second half of the word for a year.
_ENDING = re.compile("ပါ|သည်|သည့်|မည်|သော|သေး|က[၊။\\s]|နှစ်၊")
_RANGE_OPEN = re.compile(r"\d[-–]$")
# Break opportunities and joiners that have no ink; the line breaker has read them before they are dropped.
_WITHOUT_INK = re.compile("[\u00ad\u200b\u2060\ufeff\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029]+")


def document(
    stream: IO[bytes],
    size: tuple[float, float],
    margin: float,
    *,
    title: str,
    language: str,
    bottom: float | None = None,
) -> BaseDocTemplate:
    """A paper of ours that is no letter: the same bytes for the same content. Lengths are points."""
    return BaseDocTemplate(
        stream,
        pagesize=size,
        leftMargin=margin,
        rightMargin=margin,
        topMargin=margin,
        bottomMargin=margin if bottom is None else bottom,
        invariant=1,
        title=title,
        author="Tideover",
        lang=language,
    )


@lru_cache(maxsize=1)
def warm_fonts() -> dict[str, frozenset[int]]:
    """Load every font once and number all its glyphs; answers the characters each family draws.

    The library numbers unencoded glyphs in the order they are first met, and the numbers reach the file. All are
    numbered here in the order of the font, so that a letter has the same bytes whatever was rendered before it.
    """
    with LOCK:
        drawn: dict[str, frozenset[int]] = {}
        for family in FAMILIES:
            for weight in WEIGHTS:
                name = f"{family}-{weight}"
                font = TTFont(name, str(FONTS / f"{name}.ttf"))
                encoded = frozenset(font.face.charToGlyph)
                shaper = font.hbFont(10)
                for glyph in range(font.hbFace.glyph_count):
                    if glyph not in font.face.glyphToChar:
                        advance = shaper.get_glyph_h_advance(glyph)
                        font.hbAddPrivate(shaper.glyph_to_string(glyph), glyph, advance)
                pdfmetrics.registerFont(font)
                drawn[family] = encoded & drawn.get(family, encoded)
        return drawn


@lru_cache(maxsize=1)
def _every_sign() -> frozenset[int]:
    return frozenset().union(*warm_fonts().values())


def unset(text: str) -> str:
    """The signs of a text that none of our fonts draws, each once, in their order."""
    drawn = _every_sign()
    signs = dict.fromkeys(c for c in text if ord(c) not in drawn and c != "\n" and not _WITHOUT_INK.match(c))
    return "".join(signs)


def settable(text: str) -> str:
    """The text with what no font of ours draws in Latin letters, as near as a table brings it: a letter always goes
    out, and an empty box in a decision is no letter."""
    missing = unset(text)
    if not missing:
        return text
    runs = re.compile(f"[{re.escape(missing)}]+")
    return runs.sub(lambda run: anyascii(run[0]) or "?", text)


@dataclass(frozen=True)
class Style:
    """How a text is set. `size` in points; `leading` a multiple of it, by script when None."""

    language: str
    size: float
    strong: bool = False
    colour: Color = INK
    align: Literal["left", "right", "center"] = "left"
    leading: float | None = None

    def but(self, **changes: object) -> Style:
        """The same style with some members changed."""
        return replace(self, **changes)  # type: ignore[arg-type]


def clean(text: str) -> str:
    """The text as we store and print it: composed, without control characters; line feeds are kept."""
    return _CONTROL.sub(" ", unicodedata.normalize("NFC", text.replace("\r\n", "\n")))


def _family_of_block(character: str) -> str | None:
    code = ord(character)
    if code < 0x0E00:
        return None
    for first, last, family in BLOCKS:
        if first <= code <= last:
            return family
    return None


@lru_cache(maxsize=5_000)
def families(text: str, language: str) -> tuple[str, ...]:
    """The family for each character of `text`; the main one for what none of them draws (see `settable`)."""
    drawn = warm_fonts()
    main = MAIN_FAMILY.get(language, "NotoSans")
    current, chosen = main, []
    for character in text:
        code = ord(character)
        own = _family_of_block(character)
        if own and code in drawn[own]:
            current = own
        elif _WITHOUT_INK.match(character) or character == "\n":
            pass
        elif not (character.isalnum() or code not in drawn[current]):
            pass  # spaces, points and marks stay with the letters before them
        else:
            current = next((family for family in (main, *FAMILIES) if code in drawn[family]), main)
        chosen.append(current)
    return tuple(chosen)


@lru_cache(maxsize=50_000)
def _shaped(face: str, text: str) -> tuple[str, float]:
    """Glyphs of one run in one face, and its width in thousandths of the size."""
    with LOCK:
        glyphs = shapeStr(text, face, 10)
    data = getattr(glyphs, "__shapeData__", None)
    if data is None:
        return glyphs, pdfmetrics.stringWidth(glyphs, face, 1000)
    return glyphs, float(sum(glyph.x_advance for glyph in data))


@lru_cache(maxsize=1_000)
def _cluster_starts(face: str, text: str) -> tuple[int, ...]:
    """Places where one run may be cut without tearing a syllable."""
    with LOCK:
        shaper = pdfmetrics.getFont(face).hbFont(10)
    buffer = uharfbuzz.Buffer()
    buffer.add_str(text)
    buffer.guess_segment_properties()
    uharfbuzz.shape(shaper, buffer)
    starts = sorted({info.cluster for info in buffer.glyph_infos} - {0})
    return tuple(s for s in starts if not (_HOLDS_NEXT.match(text[s - 1]) or _HELD_BY_LAST.match(text[s])))


@lru_cache(maxsize=50_000)
def _inked(text: str) -> str:
    return _WITHOUT_INK.sub("", text).replace("\u00a0", " ").replace("\u202f", " ")


@dataclass(frozen=True)
class Run:
    """Neighbouring characters of one line in one face."""

    face: str
    text: str

    @property
    def inked(self) -> str:
        """What is drawn: without break opportunities, every space a plain one."""
        return _inked(self.text)

    @property
    def width(self) -> float:
        """In thousandths of the size."""
        return _shaped(self.face, _inked(self.text))[1]


def _stretches(text: str, faces: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Where neighbours share a face and a script.

    The shaper takes a run for the script of its first letter: where Latin letters led it, marks of a Burmese word
    after them, drawn by the same font, lost their places.
    """
    start = 0
    script: str | None = None
    for place, character in enumerate(text):
        own = (_family_of_block(character) or "Latin") if character.isalpha() else None
        if place and (faces[place] != faces[place - 1] or (own and script and own != script)):
            yield start, place
            start, script = place, None
        script = own or script
    if text:
        yield start, len(text)


def _runs(text: str, faces: Sequence[str]) -> tuple[Run, ...]:
    runs = (Run(faces[start], text[start:end]) for start, end in _stretches(text, faces))
    return tuple(run for run in runs if run.inked)


def _width(text: str, faces: Sequence[str]) -> float:
    return sum(run.width for run in _runs(text, faces))


def _unbroken(segments: Iterable[str]) -> Iterator[str]:
    """ICU may end a line after the dash of "8:00–16:00" or "2–16"; a range of figures is kept in one piece. It may
    also end one between a Burmese comma and a space that must not break, as in a date, or before a Burmese ending."""

    def belongs(segment: str) -> bool:
        if segment[0].isdigit():
            return _RANGE_OPEN.search(held) is not None
        return segment[0] == "\u00a0" or (not held[-1].isspace() and _ENDING.match(segment) is not None)

    held = ""
    for segment in segments:
        if held and not belongs(segment):
            yield held
            held = ""
        held += segment
    if held:
        yield held


def _unparted_address(segments: Iterable[str]) -> Iterator[str]:
    """ICU may end a line after a slash; the Vietnamese "ông/bà" (you, to either sex) is read as one word."""
    held = ""
    for segment in segments:
        if held and not segment.casefold().startswith("bà"):
            yield held
            held = ""
        held += segment
        if not held.casefold().endswith("ông/"):
            yield held
            held = ""
    if held:
        yield held


def _pieces(text: str, faces: Sequence[str], language: str, room: float) -> Iterator[tuple[int, int, float]]:
    """Stretches of text that stay together on a line, with their width; in thousandths of the size."""
    start = 0
    for segment in _unbroken(_unparted_address(LineBreaker(text, language))):
        end = start + len(segment)
        width = _width(segment, faces[start:end])
        if width <= room or _width(segment.rstrip(), faces[start:end]) <= room:
            yield start, end, width
        else:
            yield from _forced_pieces(text, faces, start, end)
        start = end


def _forced_pieces(text: str, faces: Sequence[str], start: int, end: int) -> Iterator[tuple[int, int, float]]:
    place = start
    for first, last in _stretches(text[start:end], faces[start:end]):
        run_start, run_end = start + first, start + last
        for cut in (*_cluster_starts(faces[run_start], text[run_start:run_end]), run_end - run_start):
            yield (
                place,
                run_start + cut,
                _width(text[place : run_start + cut], faces[place : run_start + cut]),
            )
            place = run_start + cut


#: A line this full by the sum of its pieces is measured again as a whole: kerning may join or part them.
_NEARLY_FULL = 0.97


def break_lines(text: str, faces: Sequence[str], language: str, room: float) -> list[tuple[int, int]]:
    """Start and end of each line of `text`; trailing spaces are left out.

    `room` is the column's width in thousandths of the size. Breaks are those of ICU; only a word wider than the
    whole column is cut, and then between clusters.
    """
    lines: list[tuple[int, int]] = []
    offset = 0
    for paragraph in text.split("\n"):
        own = faces[offset : offset + len(paragraph)]
        start = end = 0
        filled = 0.0
        for piece_start, piece_end, width in _pieces(paragraph, own, language, room):
            if end > start and filled + width > room * _NEARLY_FULL:
                candidate = paragraph[start:piece_end].rstrip()
                if _width(candidate, own[start : start + len(candidate)]) > room:
                    lines.append((offset + start, offset + start + len(paragraph[start:end].rstrip())))
                    start, filled = piece_start, 0.0
            end = piece_end
            filled += width
        lines.append((offset + start, offset + start + len(paragraph[start:end].rstrip())))
        offset += len(paragraph) + 1
    return lines


@lru_cache(maxsize=5_000)
def _lines(
    text: str, faces: tuple[str, ...], language: str, room: float
) -> tuple[tuple[tuple[int, int], ...], tuple[tuple[Run, ...], ...]]:
    spans = tuple(break_lines(text, faces, language, room))
    return spans, tuple(_runs(text[a:b], faces[a:b]) for a, b in spans)


class _TextObject(PDFTextObject):  # type: ignore[misc]
    """A text object that remembers its rise.

    The library's own method folds two rise operators into one but then forgets the new value, and it looks at
    the last operator of an empty list: the rest of a word with two raised marks hung below the line.
    """

    _rise: float

    def setRise(self, rise: float) -> None:  # noqa: N802 - the library's name
        self._y += self._rise - rise
        self._rise = rise
        operator = f"{fp_str(rise)} Ts"
        if self._code and self._code[-1].endswith(" Ts"):
            self._code[-1] = operator
        else:
            self._code.append(operator)


def _actual_text(text: str) -> str:
    return f"/Span <</ActualText <FEFF{text.encode('utf-16-be').hex().upper()}>>> BDC"


def draw_runs(canvas: Canvas, x: float, y: float, runs: Sequence[Run], size: float, colour: Color) -> None:
    """Draw one line with its baseline at `x`, `y`. Each run carries its text for search, copy and reading aloud."""
    text = _TextObject(canvas, x, y)
    text.setFillColor(colour)
    for run in runs:
        text._code.append(_actual_text(_WITHOUT_INK.sub("", run.text)))
        text.setFont(run.face, size)
        text.textOut(_shaped(run.face, run.inked)[0])
        text._code.append("EMC")
    canvas.drawText(text)


#: Draws a sign. Canvas, left edge, middle height, size of the text beside it.
Mark = Callable[[Canvas, float, float, float], None]


class ShapedText(Flowable):  # type: ignore[misc]
    """A paragraph in any of our scripts.

    `strong` names pieces of the text to be set in SemiBold; pieces that do not occur are ignored, because a
    translation may word them otherwise. `mark` is drawn before the first line, with a hanging indent.
    """

    def __init__(
        self,
        text: str,
        style: Style,
        *,
        strong: Sequence[str] = (),
        before: float = 0,
        after: float = 0,
        mark: Mark | None = None,
        indent: float = 1.45,
        keep_with_next: bool = False,
    ) -> None:
        super().__init__()
        self.text, self.style, self.mark = settable(clean(text)), style, mark
        self.indent = indent * style.size if mark else 0.0
        self.spaceBefore, self.spaceAfter, self.keepWithNext = before, after, int(keep_with_next)
        own = families(self.text, style.language)
        heavy = [style.strong] * len(self.text)
        for piece in (settable(clean(piece)) for piece in strong):
            place = self.text.find(piece) if piece else -1
            while place >= 0:
                heavy[place : place + len(piece)] = [True] * len(piece)
                place = self.text.find(piece, place + len(piece))
        self.faces = tuple(f"{family}-{WEIGHTS[bold]}" for family, bold in zip(own, heavy, strict=True))
        main = MAIN_FAMILY.get(style.language, "NotoSans")
        factor = style.leading or max(LEADING[family] for family in {main, *own})
        self.leading = factor * style.size
        self.spans: tuple[tuple[int, int], ...] = ()
        self.lines: tuple[tuple[Run, ...], ...] = ()
        self._laid_out_for: float | None = None

    def line_texts(self, width: float) -> list[str]:
        """The lines at this width, for tests and for measuring."""
        self.wrap(width, 0)
        return ["".join(run.text for run in line) for line in self.lines]

    @property
    def natural_width(self) -> float:
        """Width of the text on one line, in points."""
        return _width(self.text, self.faces) * self.style.size / 1000 + self.indent

    def wrap(self, available_width: float, available_height: float) -> tuple[float, float]:
        """Lay the lines out; the width taken is the width offered."""
        if self._laid_out_for != available_width:
            room = (available_width - self.indent) * 1000 / self.style.size + 0.01
            self.spans, self.lines = _lines(self.text, self.faces, self.style.language, room)
            self._laid_out_for = available_width
        self.width, self.height = available_width, len(self.lines) * self.leading
        return self.width, self.height

    def split(self, available_width: float, available_height: float) -> list[Flowable]:
        """Two parts at a page's end; never one line alone on either side."""
        # A table asks with the cell's width before padding; what counts is the width the lines were laid out for.
        if self._laid_out_for is None:
            self.wrap(available_width, available_height)
        fit = min(int(available_height / self.leading + 1e-6), len(self.lines) - 2)
        if fit < 2:
            return []
        return [self._part(0, fit), self._part(fit, len(self.lines))]

    def _part(self, first: int, last: int) -> ShapedText:
        """Lines `first` up to `last` as a paragraph of its own; it keeps its text, as a table may set it anew."""
        part = ShapedText("", self.style)
        start, end = self.spans[first][0], self.spans[last - 1][1]
        part.text, part.faces = self.text[start:end], self.faces[start:end]
        part.leading, part.indent = self.leading, self.indent
        part.mark = self.mark if first == 0 else None
        part.spaceBefore = self.spaceBefore if first == 0 else 0
        part.spaceAfter = self.spaceAfter if last == len(self.lines) else 0
        part.spans = tuple((a - start, b - start) for a, b in self.spans[first:last])
        part.lines = self.lines[first:last]
        part._laid_out_for = self._laid_out_for
        part.width, part.height = self.width, len(part.lines) * part.leading
        return part

    def draw(self) -> None:
        """Draw all lines, the first at the top."""
        size = self.style.size
        baseline = self.height - self.leading / 2 - HALF_CAPITAL * size
        if self.mark:
            self.mark(self.canv, 0, baseline + HALF_CAPITAL * size, size)
        for number, line in enumerate(self.lines):
            x = self.indent
            if self.style.align != "left":
                free = self.width - x - sum(run.width for run in line) * size / 1000
                x += free if self.style.align == "right" else free / 2
            draw_runs(self.canv, x, baseline - number * self.leading, line, size, self.style.colour)
