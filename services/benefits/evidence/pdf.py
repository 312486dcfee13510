"""The report as a document to print and take along: the tables of the page, each chart above its table.

Readers of scripts that need shaping get English here, as in the report on standards; the page has their language.
"""

from __future__ import annotations

import io
from typing import Any

from reportlab.graphics.shapes import Drawing, Rect, String
from reportlab.lib.colors import HexColor
from reportlab.platypus import Frame, KeepTogether, PageTemplate, Paragraph, Spacer
from reportlab.platypus import Table as Grid

from services.benefits.conformance.pdf import CELL, H1, H2, LATIN, MARGIN, PAGE, SMALL, TEXT, WIDTH, register
from services.benefits.evidence.report import Shown, shown
from services.benefits.evidence.tables import HIGH, INK, LEFT, SAND, TEAL, WIDE, Table
from shared import typeset

#: The line below a chart that names its colours.
LEGEND = 18
#: No chart is higher than this, so that it stands on one page with its title.
TALLEST = 400


def pdf(body: dict[str, Any], language: str = "en") -> bytes:
    """The document; the same bytes for the same run."""
    return printed(shown(body, language if language in LATIN else "en"), language)


def printed(run: Shown, language: str = "en") -> bytes:
    """A report as a document."""
    register()
    stream = io.BytesIO()
    document = typeset.document(stream, PAGE, MARGIN, title=run.title, language=language)
    frame = Frame(MARGIN, MARGIN * 1.2, WIDTH, PAGE[1] - 2.4 * MARGIN, 0, 0, 0, 0)

    def footer(canvas: Any, drawn: Any) -> None:
        canvas.setFont("Noto", 7.5)
        canvas.drawString(MARGIN, MARGIN * 0.6, run.last[-1])
        canvas.drawRightString(PAGE[0] - MARGIN, MARGIN * 0.6, str(drawn.page))

    document.addPageTemplates([PageTemplate("all", [frame], onPage=footer)])
    story: list[Any] = [_words(run.title, H1), Spacer(1, 6), _words(run.subtitle, H2)]
    story += [_words(sentence, TEXT) for sentence in run.first]
    for table in run.tables:
        parts = [_words(table.title, H2), *([_bars(table)] if table.bars else [])]
        story += [KeepTogether(parts), _grid(table)] if table.bars else [KeepTogether([*parts, _grid(table)])]
        if table.note:
            story.append(_words(table.note, SMALL))
    story += [_words(sentence, SMALL) for sentence in run.last]
    document.build(story)
    return stream.getvalue()


def _words(text: str, style: Any) -> Paragraph:
    return Paragraph(text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"), style)


def _grid(table: Table) -> Grid:
    rows = [[_words(cell, CELL) for cell in row] for row in (table.head, *table.rows)]
    grid = Grid(rows, repeatRows=1, hAlign="LEFT", colWidths=[WIDTH / len(table.head)] * len(table.head))
    grid.setStyle([("LINEBELOW", (0, 0), (-1, -1), 0.3, HexColor("#DDD9CE")), ("VALIGN", (0, 0), (-1, -1), "TOP")])
    return grid


def _bars(table: Table) -> Drawing:
    """The bars of the page's chart, drawn again."""
    most = max((value for _, values in table.bars for value in values), default=0) or 1
    height = sum(len(values) * HIGH + 5 for _, values in table.bars)
    height += LEGEND
    scale = min(0.8, TALLEST / height)
    drawing = Drawing(WIDE * scale, height * scale)
    drawing.scale(scale, scale)
    place = height
    for label, values in table.bars:
        middle = place - len(values) * HIGH / 2 - 4
        drawing.add(
            String(LEFT - 8, middle, label, textAnchor="end", fontName="Noto", fontSize=10, fillColor=HexColor(INK))
        )
        for value, colour in zip(values, (TEAL, SAND), strict=False):
            place -= HIGH
            width = value * (WIDE - LEFT - 4) // most
            drawing.add(Rect(LEFT, place, width, HIGH - 3, fillColor=HexColor(colour), strokeColor=None))
        place -= 5
    for n, (name, colour) in enumerate(zip(table.series, (TEAL, SAND), strict=False)):
        drawing.add(Rect(LEFT + n * 200, 3, 10, 10, fillColor=HexColor(colour), strokeColor=None))
        drawing.add(String(LEFT + n * 200 + 16, 4, name, fontName="Noto", fontSize=10, fillColor=HexColor(INK)))
    return drawing
