"""The report under article 22 as a PDF: to be printed, filled in by the ministry, and sent."""

from __future__ import annotations

from typing import Any

from reportlab.lib.colors import HexColor
from reportlab.platypus import Flowable, Table

from services.benefits.conformance.chart import AMBER, SOFT
from services.benefits.conformance.filling import Filled
from services.benefits.conformance.form_page import view
from services.benefits.conformance.page import Words
from services.benefits.conformance.paper import WASH, WIDTH, Paper, document

#: The column of the articles, and of what is said of them.
ARTICLE = 62.0
SAID = WIDTH - ARTICLE


def form_pdf(made: Filled, language: str = "en") -> bytes:
    """The document; the same bytes for the same report."""
    page, paper, _ = view(made, language), Paper(language), Words(language)
    story: list[Flowable] = [paper.title(page["title"]), paper.text(page["convention"], 10, after=3)]
    story += [paper.text(page[name], after=2) for name in ("lead", "counted")]
    story += [paper.small(note, after=2) for note in page["notes"]]
    for title in page["titles"]:
        story.append(paper.chapter(f"{title['number']}. {title['title']}"))
        for group in title["groups"]:
            if group["title"]:
                story.append(paper.name(group["title"]))
            for reply in group["replies"]:
                story += _reply(paper, _, reply)
    foot = _("{title}, law in force on {day}", title=page["title"], day=page["day"])
    return document(page["title"], language, foot, story)


def _reply(paper: Paper, _: Words, reply: dict[str, Any]) -> list[Flowable]:
    """The article at the side; answers, gaps and tables beside it, each in a row of its own, so that pages may end
    between them."""
    blocks: list[list[Any]] = []
    for one in reply["answers"]:
        blocks.append(_answer(paper, _, one))
    blocks += [[_gap(paper, gap)] for gap in reply["gaps"]]
    for sheet in reply["sheets"]:
        blocks.append([paper.text(sheet["title"], strong=True, before=1), _sheet(paper, sheet)])
    rows = [[paper.text(reply["article"], strong=True) if not n else "", block] for n, block in enumerate(blocks)]
    if not rows:
        return []
    style = [
        ("FONTNAME", (0, 0), (-1, -1), "NotoSans-Regular"),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LEFTPADDING", (0, 0), (-1, -1), 0),
        ("RIGHTPADDING", (0, 0), (-1, -1), 0),
        ("TOPPADDING", (0, 0), (-1, -1), 1),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 1.5),
    ]
    return [Table(rows, colWidths=[ARTICLE, SAID], style=style, splitInRow=1)]


def _answer(paper: Paper, _: Words, one: dict[str, Any]) -> list[Flowable]:
    lead = f"{one['asked']}:" if one["asked"] else ""
    said = f"{lead} {one['words']}".strip()
    if one["sign"]:
        found: list[Flowable] = [paper.signed(one["kind"], said, one["word"], bold=[lead])]
    else:
        found = [paper.text(said)]
    if one["sources"]:
        found.append(paper.small(_("Source: {source}", source=one["sources"])))
    return found


def _gap(paper: Paper, gap: dict[str, Any]) -> Table:
    """A box to write in, so that no gap is overlooked."""
    room = 15 if gap["kind"] == "missing" else 2
    style = [
        ("BOX", (0, 0), (-1, -1), 0.6, HexColor(AMBER)),
        ("BACKGROUND", (0, 0), (-1, -1), WASH["r"]),
        ("LEFTPADDING", (0, 0), (-1, -1), 5),
        ("TOPPADDING", (0, 0), (-1, -1), 1.5),
        ("BOTTOMPADDING", (0, 0), (-1, -1), room),
    ]
    return Table([[paper.text(gap["words"], colour=AMBER)]], colWidths=[SAID], style=style)


def _sheet(paper: Paper, sheet: dict[str, Any]) -> Table:
    last = len(sheet["head"]) - 1
    widths = [SAID * 0.36, *[SAID * 0.34 / max(1, last - 1)] * (last - 1), SAID * 0.3] if last > 1 else [SAID / 2] * 2
    rows: list[list[Any]] = [[paper.small(words, strong=True) for words in sheet["head"]]]
    rows += [[*(paper.text(cell) for cell in row[:-1]), paper.small(row[-1], colour=SOFT)] for row in sheet["rows"]]
    return paper.lined(rows, widths, heads=1)
