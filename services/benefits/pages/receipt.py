"""A receipt as a PDF of one page, in the script of its reader: what was said, when, and what happens now."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.platypus import Flowable, Frame, PageTemplate, Table, TableStyle

from shared import typeset
from shared.typeset import ShapedText, Style

MARGIN, LABEL = 22 * mm, 46 * mm
WIDTH = A4[0] - 2 * MARGIN
SOFT, RULE = HexColor("#4B5553"), HexColor("#DDD9CE")


@dataclass(frozen=True, slots=True)
class Receipt:
    """Words as they stand on the page, already in the reader's language."""

    language: str
    office: Sequence[str]
    title: str
    facts: Sequence[tuple[str, str]]
    after: tuple[str, Sequence[str]] = ("", ())


def receipt_pdf(receipt: Receipt) -> bytes:
    """The document: the same bytes for the same receipt."""
    typeset.warm_fonts()
    with typeset.LOCK:
        stream = io.BytesIO()
        document = typeset.document(stream, A4, MARGIN, title=receipt.title, language=receipt.language)
        frame = Frame(MARGIN, MARGIN, WIDTH, A4[1] - 2 * MARGIN, 0, 0, 0, 0)
        document.addPageTemplates([PageTemplate("all", [frame])])
        document.build(_story(receipt))
    return stream.getvalue()


def _story(receipt: Receipt) -> list[Flowable]:
    plain = Style(receipt.language, 10.5)
    small, head = plain.but(size=9, colour=SOFT), plain.but(size=16, strong=True)
    story: list[Any] = [
        ShapedText(line, plain.but(strong=True) if n == 0 else small) for n, line in enumerate(receipt.office)
    ]
    story.append(ShapedText(receipt.title, head, before=26, after=12))
    rows = [[ShapedText(label, small), ShapedText(value, plain)] for label, value in receipt.facts]
    table = Table(rows, colWidths=[LABEL, WIDTH - LABEL])
    table.setStyle(
        TableStyle(
            [
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("LEFTPADDING", (0, 0), (0, -1), 0),
                ("TOPPADDING", (0, 0), (-1, -1), 4),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 5),
                ("LINEBELOW", (0, 0), (-1, -1), 0.5, RULE),
            ]
        )
    )
    story.append(table)
    heading, lines = receipt.after
    if lines:
        story.append(ShapedText(heading, plain.but(size=12, strong=True), before=18, after=4))
        story.extend(ShapedText(line, plain, after=3) for line in lines)
    return story
