"""The cover sheet of a batch of letters: how many there are, of which claims and kinds; it names nobody."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any

from reportlab.lib.pagesizes import A4
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, PageTemplate, Table

from services.notifications.letters import labels
from services.notifications.letters.archive import archivable
from services.notifications.letters.letter import BOTTOM, HAIRLINE, LEFT, SCALE, WIDTH, Translate
from services.notifications.letters.marks import MUTED
from shared.typeset import LOCK, ShapedText, Style, warm_fonts

_TOP = 20


@dataclass(frozen=True, slots=True)
class CoverLine:
    """One letter of the batch."""

    number: str
    claim_number: str
    kind: str
    language: str
    pages: str


@dataclass(frozen=True, slots=True)
class Cover:
    """What stands on the sheet, as it is to be printed."""

    language: str
    batch: str
    day: str
    office: str
    by: str
    letters: str
    pages: str
    lines: tuple[CoverLine, ...]


def render_cover(cover: Cover, translate: Translate) -> bytes:
    """The sheet as a PDF on A4; a long batch takes further sheets, with the head of the table on each."""
    warm_fonts()
    buffer = io.BytesIO()
    with LOCK:
        frame = Frame(LEFT, BOTTOM, WIDTH, A4[1] - BOTTOM - 2 * _TOP, leftPadding=0, rightPadding=0)
        document = BaseDocTemplate(
            buffer,
            pagesize=A4,
            invariant=1,
            initialFontName="NotoSans-Regular",
            pageTemplates=[PageTemplate("all", [frame])],
        )
        document.build(_story(cover, translate))
    title = f"{translate(labels.BATCH)} · {cover.day}"
    return archivable(buffer.getvalue(), title=title, author=cover.office, language=cover.language)


def _story(cover: Cover, translate: Translate) -> list[Flowable]:
    scale = SCALE.get(cover.language, 1.0)
    body = Style(cover.language, 10 * scale)
    head, caption = body.but(size=16 * scale, strong=True), body.but(size=8.6 * scale, colour=MUTED)

    def text(words: str, style: Style = body, **options: Any) -> ShapedText:
        return ShapedText(words, style, **options)

    about = [
        [text(translate(label), caption), text(value, body.but(strong=True))]
        for label, value in (
            (labels.BATCH_OFFICE, cover.office),
            (labels.BATCH_DAY, cover.day),
            (labels.BATCH_BY, cover.by),
            (labels.BATCH_COUNT, cover.letters),
            (labels.BATCH_SHEETS, cover.pages),
            (labels.BATCH_ID, cover.batch),
        )
    ]
    columns = (labels.LINE, labels.CLAIM, labels.BATCH_KIND, labels.BATCH_LANGUAGE, labels.BATCH_SHEETS)
    rows: list[list[ShapedText]] = [[text(translate(label), caption) for label in columns]]
    rows += [
        [text(one.number), text(one.claim_number), text(one.kind), text(one.language), text(one.pages)]
        for one in cover.lines
    ]
    return [
        text(translate(labels.BATCH), head, after=10),
        Table(about, [WIDTH * 0.26, WIDTH * 0.74], style=_plain(), hAlign="LEFT", spaceAfter=14),
        text(translate(labels.BATCH_NOTE), body, after=10),
        Table(
            rows,
            [WIDTH * share for share in (0.09, 0.24, 0.35, 0.2, 0.12)],
            style=[*_plain(), ("LINEBELOW", (0, 0), (-1, -1), 0.4, HAIRLINE)],
            repeatRows=1,
            splitInRow=1,
        ),
    ]


def _plain() -> list[tuple[Any, ...]]:
    return [
        ("FONTNAME", (0, 0), (-1, -1), "NotoSans-Regular"),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LEFTPADDING", (0, 0), (-1, -1), 0),
        ("RIGHTPADDING", (0, 0), (-1, -1), 6),
        ("TOPPADDING", (0, 0), (-1, -1), 2.4),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 2.4),
    ]
