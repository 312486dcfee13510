"""Paper of a report: text in every script we write, signs of verdicts, tables and the pictures, on A4 across.

All text goes through `shared.typeset`, which breaks and shapes Lao, Thai, Burmese and Vietnamese lines. It sets one
colour and one size to a paragraph, so what stands apart stands in a paragraph of its own.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, Frame, PageTemplate, Table

from services.benefits.conformance.chart import AMBER, INK, RED, RULE, SOFT, TEAL
from shared import typeset
from shared.typeset import LOCK, Mark, ShapedText, Style, draw_runs, warm_fonts

WASH = {"n": HexColor("#FAE7E3"), "r": HexColor("#FAEFD6"), "d": HexColor("#F6F4EE")}
BAND = HexColor("#F1EEE6")
COLOUR = {"y": TEAL, "n": RED, "r": AMBER, "d": SOFT, "a": SOFT}
#: Signs that the letters of the house have; ✓ and ✗ are drawn.
SIGN = {"r": "?", "d": "…", "a": "–"}

PAGE = landscape(A4)
MARGIN, FOOT = 12 * mm, 13 * mm
WIDTH = PAGE[0] - 2 * MARGIN

#: Sizes of text: the page's title, a chapter, a country in it, a cell, what is said small.
TITLE, CHAPTER, NAME, CELL, SMALL = 16.0, 11.5, 9.0, 7.8, 6.9


@dataclass(frozen=True)
class Paper:
    """Text of one language, ready to be laid out."""

    language: str

    def text(
        self,
        words: object,
        size: float = CELL,
        *,
        strong: bool = False,
        colour: str = INK,
        bold: Sequence[str] = (),
        align: Any = "left",
        before: float = 0,
        after: float = 0,
        mark: Mark | None = None,
        head: bool = False,
    ) -> ShapedText:
        """A paragraph; `bold` names pieces of it that stand out, `head` keeps it with what follows."""
        style = Style(self.language, size, strong, HexColor(colour), align)
        return ShapedText(str(words), style, strong=bold, before=before, after=after, mark=mark, keep_with_next=head)

    def title(self, words: object) -> ShapedText:
        return self.text(words, TITLE, strong=True, after=2)

    def chapter(self, words: object) -> ShapedText:
        return self.text(words, CHAPTER, strong=True, before=8, after=3, head=True)

    def name(self, words: object) -> ShapedText:
        return self.text(words, NAME, strong=True, before=3, after=1, head=True)

    def small(self, words: object, **more: Any) -> ShapedText:
        return self.text(words, SMALL, **{"colour": SOFT, **more})

    def signed(self, kind: str, words: object, word: str = "", **more: Any) -> ShapedText:
        """What is said of a verdict, with its sign drawn before it."""
        return self.text(words, mark=self.sign(kind, word), **more)

    def sign(self, kind: str, word: str = "") -> Mark:
        """The sign of a verdict, drawn, with its word as unseen text to be searched and read aloud."""
        colour = HexColor(COLOUR[kind])
        unseen = self._line(f"{word}: ", 1, INK) if word else None

        def draw(canvas: Canvas, x: float, middle: float, size: float) -> None:
            base = middle - size * 0.32
            canvas.saveState()  # what is set to be unseen here would stay so for all that is written after it
            if unseen is not None:
                mode = canvas.beginText()
                mode.setTextRenderMode(3)
                canvas.drawText(mode)
                draw_runs(canvas, x, base, unseen.lines[0], 1, colour)
            canvas.restoreState()
            canvas.saveState()
            canvas.setStrokeColor(colour)
            canvas.setLineWidth(1.3)
            if kind == "y":
                canvas.lines([(x, base + 2.2, x + 2.2, base), (x + 2.2, base, x + 6.4, base + 5.4)])
            elif kind == "n":
                canvas.lines([(x + 0.4, base, x + 5.6, base + 5.2), (x + 0.4, base + 5.2, x + 5.6, base)])
            else:
                sign = Paper("en")._line(SIGN[kind], size, COLOUR[kind], strong=True)
                sign.drawOn(canvas, x + 0.6, middle - sign.height / 2)
            canvas.restoreState()

        return draw

    def _line(self, words: str, size: float, colour: str, *, strong: bool = False) -> ShapedText:
        """A text on one line, laid out."""
        made = self.text(words, size, colour=colour, strong=strong)
        made.wrap(made.natural_width + 1, 0)
        return made

    def put(
        self, canvas: Canvas, at: tuple[float, float], words: str, size: float, colour: str, **how: Any
    ) -> tuple[float, float]:
        """One line at a place on the page, its foot on the baseline; `anchor` start, middle or end, with a white ground
        where `halo` says so."""
        made = self._line(words, size, colour, strong=bool(how.get("strong")))
        long = made.natural_width
        x = at[0] - {"start": 0.0, "middle": long / 2, "end": long}[how.get("anchor", "start")]
        if how.get("halo"):
            canvas.saveState()
            canvas.setFillColor(HexColor("#FFFFFF"))
            canvas.rect(x - 1, at[1] - 1.5, long + 2, size + 1, stroke=0, fill=1)
            canvas.restoreState()
        baseline = made.leading / 2 - typeset.HALF_CAPITAL * size
        made.drawOn(canvas, x, at[1] - baseline)
        return x, long

    def lined(
        self, rows: list[list[Any]], widths: Sequence[float], *, heads: int = 0, more: Iterable[Any] = ()
    ) -> Table:
        """Rows with a fine line below each; the first `heads` of them are repeated on each page."""
        style = [
            ("FONTNAME", (0, 0), (-1, -1), "NotoSans-Regular"),
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("TOPPADDING", (0, 0), (-1, -1), 1.2),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 1.8),
            ("LEFTPADDING", (0, 0), (-1, -1), 5),
            ("RIGHTPADDING", (0, 0), (-1, -1), 4),
            ("LINEBELOW", (0, 0), (-1, -1), 0.4, HexColor(RULE)),
            *([("LINEBELOW", (0, heads - 1), (-1, heads - 1), 1.2, HexColor(INK))] if heads else []),
            *more,
        ]
        return Table(rows, colWidths=list(widths), style=style, repeatRows=heads, splitInRow=1)


class Drawn(Flowable):  # type: ignore[misc]
    """What is drawn on a place of its own size."""

    width: float
    height: float

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        return self.width, self.height


def document(title: str, language: str, foot: str, story: list[Flowable]) -> bytes:
    """The pages with their foot and numbers; the same bytes for the same story."""
    warm_fonts()
    paper, stream = Paper(language), io.BytesIO()

    def footer(canvas: Any, shown: Any) -> None:
        paper.put(canvas, (MARGIN, 7 * mm), foot, 7.2, SOFT)
        paper.put(canvas, (PAGE[0] - MARGIN, 7 * mm), str(shown.page), 7.2, SOFT, anchor="end")

    with LOCK:
        made = typeset.document(stream, PAGE, MARGIN, title=title, language=language, bottom=FOOT)
        frame = Frame(MARGIN, FOOT, WIDTH, PAGE[1] - MARGIN - FOOT, 0, 0, 0, 0)
        made.addPageTemplates([PageTemplate("all", [frame], onPage=footer)])
        made.build(story)
    return stream.getvalue()


def washed(kind: str, at: tuple[int, int]) -> list[tuple[Any, ...]]:
    """The ground of a cell by its verdict."""
    return [("BACKGROUND", at, at, WASH[kind])] if kind in WASH else []
