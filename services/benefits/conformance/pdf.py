"""A report as a PDF to be printed and handed on: the summary on one page, the pictures, the changes, every requirement.

The pictures are drawn here from the same data as the SVG, for no converter with a free licence is among our libraries.
Scripts other than Latin need shaping; their readers get English here and their own language on the page.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from reportlab.graphics.shapes import Circle, Drawing, Line, Polygon, PolyLine, Rect, String
from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import Flowable, Frame, KeepTogether, PageBreak, PageTemplate, Paragraph, Spacer, Table

from services.benefits.conformance import chart as charts
from services.benefits.conformance.chart import AMBER, FONTS, INK, RED, RULE, SOFT, TEAL, Chart, Mark
from services.benefits.conformance.page import Words, named, view
from services.benefits.conformance.report import Report
from services.benefits.law.text import plain_number
from shared import typeset
from shared.web import formatting
from shared.web.texts import N_

LATIN = ("en", "vi")
WASH = {"n": HexColor("#FAE7E3"), "r": HexColor("#FAEFD6"), "d": HexColor("#F6F4EE")}
COLOUR = {"y": TEAL, "n": RED, "r": AMBER, "d": SOFT, "a": SOFT}
#: Signs that the letters of the house have; ✓ and ✗ are drawn.
SIGN = {"r": "?", "d": "…", "a": "–"}

PAGE = landscape(A4)
MARGIN = 12 * mm
WIDTH = PAGE[0] - 2 * MARGIN


def register() -> None:
    """Make the letters of the house known, once."""
    if "Noto" not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(TTFont("Noto", str(FONTS / "NotoSans-Regular.ttf")))
        pdfmetrics.registerFont(TTFont("Noto-Bold", str(FONTS / "NotoSans-SemiBold.ttf")))
        pdfmetrics.registerFontFamily("Noto", normal="Noto", bold="Noto-Bold", italic="Noto", boldItalic="Noto-Bold")


def _style(name: str, size: float, **more: Any) -> ParagraphStyle:
    settings = {"fontName": "Noto", "leading": size * 1.28, "textColor": HexColor(INK), **more}
    return ParagraphStyle(name, fontSize=size, **settings)


def pdf(reports: Sequence[Report], language: str = "en") -> bytes:
    """The document; the same bytes for the same reports."""
    register()
    language = language if language in LATIN else "en"
    _ = Words(language)
    page = view(reports, language)
    stream = io.BytesIO()
    names = ", ".join(str(c["name"]) for c in page["columns"])
    title = f"{page['title']}: {names}"
    document = typeset.document(stream, PAGE, MARGIN, title=title, language=language, bottom=13 * mm)
    frame = Frame(MARGIN, 13 * mm, WIDTH, PAGE[1] - MARGIN - 13 * mm, 0, 0, 0, 0)
    day = formatting.plain_date(page["on"], language, "long")
    foot = _("{title}, law in force on {day}", title=page["title"], day=day)

    def footer(canvas: Any, shown: Any) -> None:
        canvas.setFont("Noto", 7.5)
        canvas.setFillColor(HexColor(SOFT))
        canvas.drawString(MARGIN, 7 * mm, foot)
        canvas.drawRightString(PAGE[0] - MARGIN, 7 * mm, str(shown.page))

    document.addPageTemplates([PageTemplate("all", [frame], onPage=footer)])
    document.build(
        [
            *_first(_, page, day),
            *_pictures(_, reports, language),
            *_changes(_, page),
            *_gaps(_, page),
            *_everything(_, page),
        ]
    )
    return stream.getvalue()


FIGURE_BY_FIGURE = N_(
    "One figure of the law at a time, found by moving it until the verdict turns, "
    "and verified by running the law with that value."
)
H1 = _style("h1", 17, fontName="Noto-Bold")
H2 = _style("h2", 12, fontName="Noto-Bold", spaceBefore=8, spaceAfter=3)
H3 = _style("h3", 9, fontName="Noto-Bold")
TEXT, SMALL = _style("text", 8.5), _style("small", 7.2, textColor=HexColor(SOFT))
CELL, CELL_BOLD = _style("cell", 8), _style("cellb", 8, fontName="Noto-Bold")
CLOSE = _style("close", 6.9)
RIGHT = _style("right", 8, alignment=TA_RIGHT, textColor=HexColor(RED))


def _text(value: object) -> str:
    return str(value).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


class Signed(Flowable):  # type: ignore[misc]
    """The sign of a verdict, drawn, with its word as text to be searched and read aloud, and what is said of it."""

    def __init__(self, kind: str, words: str, word: str = "", style: ParagraphStyle | None = None) -> None:
        super().__init__()
        self.kind, self.word = kind, word
        self.words = Paragraph(words, style or CELL)

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        _width, high = self.words.wrap(width - 11, height)
        self.height = high
        return width, high

    def draw(self) -> None:
        pen, base = self.canv, self.height - CELL.leading + 2.6
        pen.saveState()  # what is set to be unseen here would stay so for all that is written after it
        unseen = pen.beginText(0, base)
        unseen.setFont("Noto", 1)
        unseen.setTextRenderMode(3)
        unseen.textOut(f"{self.word}: " if self.word else "")
        pen.drawText(unseen)
        pen.restoreState()
        self.words.drawOn(pen, 11, 0)
        pen.setStrokeColor(HexColor(COLOUR[self.kind]))
        pen.setFillColor(HexColor(COLOUR[self.kind]))
        pen.setLineWidth(1.3)
        if self.kind == "y":
            pen.lines([(0, base + 2.2, 2.2, base), (2.2, base, 6.4, base + 5.4)])
        elif self.kind == "n":
            pen.lines([(0.4, base, 5.6, base + 5.2), (0.4, base + 5.2, 5.6, base)])
        else:
            pen.setFont("Noto-Bold", CELL.fontSize)
            pen.drawString(0.6, base, SIGN[self.kind])


def _cell(cell: dict[str, Any]) -> Signed:
    colour = COLOUR[cell["kind"]]
    words = f'<font color="{colour}">{_text(cell["text"])}</font>' if cell["kind"] in "nrda" else _text(cell["text"])
    if cell.get("rests"):
        words += f" <font color='{SOFT}' size=6.6>({_text(cell['rests'])})</font>"
    return Signed(cell["kind"], words, str(cell.get("word", "")))


def _grid(_: Words, page: dict[str, Any], groups: list[tuple[str, list[dict[str, Any]]]], foot: bool) -> Table:
    columns = page["columns"]
    head = [Paragraph(_("Requirement"), CELL_BOLD)] + [
        Paragraph(f"<b>{_text(c['name'])}</b><br/><font size=6.6 color='{SOFT}'>{_text(c['statute'])}</font>", CELL)
        for c in columns
    ]
    body: list[list[Any]] = [head]
    style: list[tuple[Any, ...]] = [
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("TOPPADDING", (0, 0), (-1, -1), 1.5),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 2.1),
        ("LINEBELOW", (0, 0), (-1, 0), 1.2, HexColor(INK)),
        ("LINEBELOW", (0, 1), (-1, -1), 0.4, HexColor(RULE)),
        ("LEFTPADDING", (0, 0), (-1, -1), 5),
        ("RIGHTPADDING", (0, 0), (-1, -1), 4),
        ("BOX", (0, 0), (-1, -1), 0.5, HexColor(RULE)),
    ]
    for title, rows in groups:
        if title:
            style += [
                ("SPAN", (0, len(body)), (-1, len(body))),
                ("BACKGROUND", (0, len(body)), (-1, len(body)), HexColor("#F1EEE6")),
            ]
            body.append([Paragraph(_text(title), CELL_BOLD), *[""] * len(columns)])
        for row in rows:
            for n, cell in enumerate(row["cells"], 1):
                if cell["kind"] in WASH:
                    style.append(("BACKGROUND", (n, len(body)), (n, len(body)), WASH[cell["kind"]]))
            label = (
                f"<font color='{SOFT}' size=7.2>{_text(row['article'])}</font>&nbsp;&nbsp;&nbsp;{_text(row['label'])}"
            )
            body.append([Paragraph(label, CELL), *[_cell(c) for c in row["cells"]]])
    if foot:
        style.append(("LINEABOVE", (0, len(body)), (-1, len(body)), 1.2, HexColor(INK)))
        body.append(
            [
                Paragraph(_("All instruments"), CELL_BOLD),
                *[
                    Paragraph(
                        ", ".join(
                            f"<font color='{COLOUR[c['kind']]}'><b>{c['n']}</b> {_text(c['words'])}</font>"
                            for c in col["counts"]
                        ),
                        CELL,
                    )
                    for col in columns
                ],
            ]
        )
    first = WIDTH * (0.34 if len(columns) > 2 else 0.45)
    widths = [first, *[(WIDTH - first) / len(columns)] * len(columns)]
    return Table(body, colWidths=widths, style=style, repeatRows=1)


def _first(_: Words, page: dict[str, Any], day: str) -> list[Any]:
    legend = Table([[_cell({"kind": x["kind"], "text": x["words"]}) for x in page["legend"]]], colWidths=[38 * mm] * 5)
    legend.hAlign = "LEFT"
    ratified = " ".join(f"{c['name']}: {c['ratified']}." for c in page["columns"])
    note = _(
        "Below the standard says how far the law is from the text; it is never a breach where a State is not bound."
    )
    return [
        Paragraph(_text(page["title"]), H1),
        Paragraph(_text(_("Law in force on {day}. Every figure comes from running the law.", day=day)), TEXT),
        Spacer(1, 5),
        _grid(_, page, [(g["title"], g["rows"]) for g in page["key"]], True),
        Spacer(1, 4),
        legend,
        Paragraph(f"{_text(note)} {_text(ratified)}", SMALL),
        *_concluded(_, page),
        PageBreak(),
    ]


def _concluded(_: Words, page: dict[str, Any]) -> list[Any]:
    """What it comes to, each Part in a paragraph."""
    found: list[Any] = [Paragraph(_text(_("What it comes to")), H2)]
    for name, part in ((one["name"], part) for one in page["concluded"] for part in one["parts"]):
        words = f"<b>{_text(name)}, {_text(part['name'])}.</b> {_text(part['words'])}"
        found.append(Signed(part["kind"], words, part["word"], CLOSE))
    return found


def _gaps(_: Words, page: dict[str, Any]) -> list[Any]:
    """What is not known or was not read, the gap behind most articles first."""
    found: list[Any] = [Paragraph(_text(_("What is not known or was not read")), H2)]
    for one in page["gaps"]:
        found.append(Paragraph(_text(one["name"]), H3))
        for gap in one["items"]:
            told = f"<b>{_text(gap['what'])}</b> ({_text(gap['evidence'])}): {_text(gap['articles'])}"
            found.append(Paragraph(told, CELL))
    return found


def _pictures(_: Words, reports: Sequence[Report], language: str) -> list[Any]:
    cells: list[list[Any]] = []
    for made in reports:
        row = []
        for branch in ("sickness", "maternity"):
            picture = charts.chart(made, branch, language)
            if picture is not None:
                title = _(
                    "{country}, {title}",
                    country=named(_, made),
                    title=picture.title[:1].lower() + picture.title[1:],
                )
                row.append([Paragraph(_text(title), H3), draw(picture, WIDTH / 2 - 10, 62 * mm)])
        cells.append([*row, *[""] * (2 - len(row))])
    style = [
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LEFTPADDING", (0, 0), (-1, -1), 2),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 8),
    ]
    return [Table(cells, colWidths=[WIDTH / 2] * 2, style=style), PageBreak()]


def _turned(_: Words, page: dict[str, Any]) -> list[Any]:
    """What a draft turns, both ways."""
    found: list[Any] = []
    for one in page["turned"]:
        found.append(Paragraph(_text(_("What the draft turns: {name}", name=one["name"])), H2))
        for item in one["items"]:
            before, after = item["cells"]
            way = _("Better") if item["better"] else _("Worse")
            told = f"{before['word']}: {before['text']} → {after['word']}: {after['text']}. {way}"
            label = f"<font color='{SOFT}'>{_text(item['article'])}</font> &nbsp; <b>{_text(item['label'])}</b>: "
            found.append(Paragraph(f"{label}{_text(told)}", CELL))
        if not one["items"]:
            found.append(Paragraph(_text(_("The draft turns no verdict.")), CELL))
    return found


def _changes(_: Words, page: dict[str, Any]) -> list[Any]:
    found: list[Any] = [
        *_turned(_, page),
        Paragraph(_text(_("Smallest change that meets it")), H2),
        Paragraph(_text(_(FIGURE_BY_FIGURE)), SMALL),
    ]
    for one in page["shortfalls"]:
        body = [
            [
                Paragraph(_text(item["article"]), SMALL),
                Paragraph(
                    f"<b>{_text(item['label'])}</b>{f'<br/>{told}' if (told := _text(item['change'])) else ''}", CELL
                ),
                Paragraph(_text(item["text"]), RIGHT),
            ]
            for item in one["items"]
        ]
        style = [
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("LINEBELOW", (0, 0), (-1, -1), 0.4, HexColor(RULE)),
            ("TOPPADDING", (0, 0), (-1, -1), 2),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
        ]
        title = Paragraph(_text(one["name"]), H3)
        if body:
            found += [
                Spacer(1, 6),
                title,
                Table(body, colWidths=[26 * mm, WIDTH - 96 * mm, 70 * mm], style=style),
            ]
    if page["questions"]:
        found.append(Paragraph(_text(_("What needs a person")), H2))
        for q in page["questions"]:
            found.append(
                Paragraph(
                    f"<font color='{SOFT}'>{_text(q['article'])}</font> &nbsp; <b>{_text(q['name'])}</b>: "
                    f"{_text(q['words'])}",
                    CELL,
                )
            )
    return found


def _everything(_: Words, page: dict[str, Any]) -> list[Any]:
    found: list[Any] = [PageBreak()]
    for one in page["instruments"]:
        found += [
            Paragraph(_text(f"{one['code']} · {one['title']}"), H2),
            _grid(_, page, [("", one["rows"])], False),
        ]
    found += [PageBreak(), Paragraph(_text(_("The run behind every figure")), H2)]
    for one in page["instruments"]:
        found.append(Paragraph(_text(f"{one['code']} · {one['title']}"), H2))
        for detail in one["details"]:
            found.append(KeepTogether(_detail(detail)))
    for note in page["notes"]:
        found.append(Paragraph(f"<b>{_text(note['name'])}.</b> {_text(note['words'])}", SMALL))
    return found


def _detail(detail: dict[str, Any]) -> list[Any]:
    lines = [
        Paragraph(
            f"<b>{_text(detail['article'])} {_text(detail['label'])}</b> <font color='{SOFT}' "
            f"size=7>{_text(detail['cited'])} ({_text(detail['evidence'])}). {_text(detail['id'])}</font>",
            CELL,
        )
    ]
    for one in detail["found"]:
        colour = COLOUR[one["kind"]]
        parts = [
            one["why"],
            *one["notes"],
            one["question"],
            *[f"{a['name']}: {a['text']} {a['declared']}".strip() for a in one["alternatives"]],
        ]
        parts += [*one["runs"], *[f"{s['text']} ({s['evidence']})" for s in one["sources"]]]
        said = " ".join(_text(p) if str(p).endswith((".", "?", "!", ")")) else f"{_text(p)}." for p in parts if p)
        lines.append(
            Paragraph(
                f"<b>{_text(one['name'])}</b> <font color='{colour}'>{_text(one['word'])}</font>. {said}",
                SMALL,
            )
        )
    return [*lines, Spacer(1, 4)]


# Pictures -------------------------------------------------------------------------------------------


def draw(picture: Chart, width: float, height: float) -> Drawing:
    """The chart in the PDF's own lines and letters."""
    made = Drawing(width, height)
    left, bottom, right, above = 30.0, 24.0, width - 4, height - 4
    most, top = float(picture.most), float(picture.top) + 0.06

    def x(value: Any) -> float:
        return left + (right - left) * float(value) / most

    def y(value: Any) -> float:
        return bottom + (above - bottom) * min(float(value), top) / top

    def words(
        at: float,
        high: float,
        text: str,
        colour: str = INK,
        anchor: str = "start",
        bold: bool = False,
        size: float = 7,
        halo: bool = False,
    ) -> None:
        font = "Noto-Bold" if bold else "Noto"
        if halo:
            long = pdfmetrics.stringWidth(text, font, size)
            first = {"start": at, "end": at - long, "middle": at - long / 2}[anchor]
            made.add(Rect(first - 1, high - 1.5, long + 2, size + 1, fillColor=HexColor("#FFFFFF"), strokeColor=None))
        made.add(
            String(
                at,
                high,
                text,
                fontName="Noto-Bold" if bold else "Noto",
                fontSize=size,
                fillColor=HexColor(colour),
                textAnchor=anchor,
            )
        )

    _axes(made, picture, (left, bottom, right, top), x, y, words)
    _shade(made, picture, x, y)
    for n, (name, line) in enumerate(picture.curves):
        points = [c for e, r in line if float(r) <= top for c in (x(e), y(r))]
        made.add(
            PolyLine(
                points,
                strokeColor=HexColor(TEAL),
                strokeWidth=1.9 if not n else 1.2,
                strokeDashArray=None if not n else [3, 2],
            )
        )
        if name:
            earnings, rate = line[int(len(line) * 0.13)]
            words(x(earnings), y(rate) + 3, name, TEAL)
    for n, (value, label) in enumerate(picture.thresholds):
        words(right, y(value) + 2.5, label, RED if not n else AMBER, "end", True, halo=True)
    for mark in picture.marks:
        _mark(made, mark, x, y, words)
    return made


def _axes(made: Drawing, picture: Chart, edges: tuple[float, ...], x: Any, y: Any, words: Any) -> None:
    """Rates at the side, earnings below, and a line for each threshold; `edges` are left, bottom, right and the top
    rate."""
    left, bottom, right, top = edges
    for n in range(0, int(top * 100) + 1, 20):
        made.add(
            Line(
                left,
                y(n / 100),
                right,
                y(n / 100),
                strokeColor=HexColor(RULE if n else "#757D7A"),
                strokeWidth=0.5,
            )
        )
        words(left - 4, y(n / 100) - 2.5, f"{n} %", SOFT, "end")
    for place in charts.ticks(picture.most, picture.scale):
        at = x(place * picture.scale)
        made.add(Line(at, bottom, at, bottom - 3, strokeColor=HexColor("#757D7A"), strokeWidth=0.5))
        words(at, bottom - 11, plain_number(place, 1 if place.denominator > 1 else 0), SOFT, "middle")
    words(right, 3, picture.axis, SOFT, "end")
    for n, (value, _label) in enumerate(picture.thresholds):
        colour = RED if not n else AMBER
        made.add(
            Line(
                left,
                y(value),
                right,
                y(value),
                strokeColor=HexColor(colour),
                strokeWidth=0.9,
                strokeDashArray=[5, 3],
            )
        )


def _shade(made: Drawing, picture: Chart, x: Any, y: Any) -> None:
    """What is missing below the threshold, up to the highest skilled wage that fails."""
    failed = [m.earnings for m in picture.marks if m.kind == "fail"]
    if not failed or not picture.thresholds:
        return
    low = picture.thresholds[0][0]
    inside = [(e, r) for e, r in picture.curves[-1][1] if r <= low and e <= max(failed)]
    if len(inside) > 1:
        points = [c for e, r in inside for c in (x(e), y(r))] + [
            x(inside[-1][0]),
            y(low),
            x(inside[0][0]),
            y(low),
        ]
        made.add(Polygon(points, fillColor=HexColor("#E9C9C5"), strokeColor=None, strokeWidth=0))


def _mark(made: Drawing, mark: Mark, x: Any, y: Any, words: Any) -> None:
    at, high = x(mark.earnings), y(mark.rate)
    if mark.kind == "ceiling":
        made.add(Line(at, y(0), at, high, strokeColor=HexColor("#757D7A"), strokeWidth=0.6, strokeDashArray=[1.5, 2]))
        made.add(Circle(at, high, 2.8, fillColor=HexColor("#FFFFFF"), strokeColor=HexColor(TEAL), strokeWidth=1.4))
        words(at + 5, high + 5, mark.words, INK, "start", True)
        return
    colour = {"pass": TEAL, "fail": RED, "limit": INK}[mark.kind]
    made.add(Line(at, y(0), at, high, strokeColor=HexColor(INK), strokeWidth=0.9))
    made.add(Circle(at, high, 2.8, fillColor=HexColor(colour), strokeColor=HexColor(colour), strokeWidth=0.5))
    base = y(0) + 4 + (mark.level % 3) * 18
    where, anchor = (at - 4, "end") if mark.left else (at + 4, "start")
    words(where, base + (8 if mark.more else 0), mark.words, INK, anchor, halo=True)
    if mark.more:
        more = mark.more.replace("✓", "").replace("✗", "").strip()
        words(where, base, more, colour, anchor, True, halo=True)
