"""The report as a document to print and take along: the tables of the page, each chart above its table."""

from __future__ import annotations

from typing import Any

from reportlab.graphics import renderPDF
from reportlab.graphics.shapes import Drawing, Rect
from reportlab.lib.colors import HexColor
from reportlab.platypus import Flowable, KeepTogether
from reportlab.platypus import Table as Grid

from services.benefits.conformance.paper import CELL, WIDTH, Drawn, Paper, document
from services.benefits.evidence.report import Shown, shown
from services.benefits.evidence.tables import HIGH, INK, LEFT, SAND, TEAL, WIDE, Table

#: The line below a chart that names its colours.
LEGEND = 18
#: No chart is higher than this, so that it stands on one page with its title.
TALLEST = 400


def pdf(body: dict[str, Any], language: str = "en") -> bytes:
    """The document; the same bytes for the same run."""
    return printed(shown(body, language), language)


def printed(run: Shown, language: str = "en") -> bytes:
    """A report as a document."""
    paper = Paper(language)
    story: list[Flowable] = [paper.title(run.title), paper.chapter(run.subtitle)]
    story += [paper.text(sentence) for sentence in run.first]
    for table in run.tables:
        parts: list[Flowable] = [paper.chapter(table.title), *([Bars(paper, table)] if table.bars else [])]
        grid = _grid(paper, table)
        story += [KeepTogether(parts), grid] if table.bars else [KeepTogether([*parts, grid])]
        if table.note:
            story.append(paper.small(table.note))
    story += [paper.small(sentence) for sentence in run.last]
    return document(run.title, language, run.last[-1], story)


#: How wide the columns of a table of words are: what is assumed, its value, since when, its source, how sure.
WORDS = (0.3, 0.26, 0.13, 0.19, 0.12)


def _grid(paper: Paper, table: Table) -> Grid:
    rows: list[list[Any]] = [[paper.text(cell, strong=True) for cell in table.head]]
    rows += [[paper.text(cell) for cell in row] for row in table.rows]
    shares = WORDS if table.words and len(table.head) == len(WORDS) else [1 / len(table.head)] * len(table.head)
    return paper.lined(rows, [WIDTH * share for share in shares], heads=1)


class Bars(Drawn):
    """The bars of the page's chart, drawn again."""

    def __init__(self, paper: Paper, table: Table) -> None:
        super().__init__()
        self.paper, self.table = paper, table
        self._high = sum(len(values) * HIGH + 5 for _, values in table.bars) + LEGEND
        self._scale = min(0.8, TALLEST / self._high)
        self.width, self.height = WIDE * self._scale, self._high * self._scale

    def draw(self) -> None:
        most = max((value for _, values in self.table.bars for value in values), default=0) or 1
        drawing, place = Drawing(WIDE, self._high), self._high
        for label, values in self.table.bars:
            middle = place - len(values) * HIGH / 2 - 4
            at = ((LEFT - 8) * self._scale, middle * self._scale)
            self.paper.put(self.canv, at, label, min(CELL, 10 * self._scale), INK, anchor="end")
            for value, colour in zip(values, (TEAL, SAND), strict=False):
                place -= HIGH
                width = value * (WIDE - LEFT - 4) // most
                drawing.add(Rect(LEFT, place, width, HIGH - 3, fillColor=HexColor(colour), strokeColor=None))
            place -= 5
        for n, (name, colour) in enumerate(zip(self.table.series, (TEAL, SAND), strict=False)):
            drawing.add(Rect(LEFT + n * 200, 3, 10, 10, fillColor=HexColor(colour), strokeColor=None))
            at = ((LEFT + n * 200 + 16) * self._scale, 4 * self._scale)
            self.paper.put(self.canv, at, name, min(CELL, 10 * self._scale), INK)
        drawing.scale(self._scale, self._scale)
        renderPDF.draw(drawing, self.canv, 0, 0)
