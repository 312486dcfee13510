"""A report as a PDF to print and hand on: the summary on one page, the pictures, the changes, every requirement."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from reportlab.lib.colors import HexColor
from reportlab.lib.units import mm
from reportlab.platypus import Flowable, KeepTogether, PageBreak, Spacer, Table

from services.benefits.conformance import chart as charts
from services.benefits.conformance.chart import INK, RED, SOFT
from services.benefits.conformance.costs import COSTS
from services.benefits.conformance.page import Words, named, view
from services.benefits.conformance.paper import BAND, COLOUR, SMALL, WIDTH, Paper, document, washed
from services.benefits.conformance.picture import Picture
from services.benefits.conformance.report import Report
from shared.web import formatting
from shared.web.texts import N_

ARTICLE = 20 * mm

FIGURE_BY_FIGURE = N_(
    "One figure of the law at a time, found by moving it until the verdict turns, "
    "and verified by running the law with that value."
)


def pdf(reports: Sequence[Report], language: str = "en", folders: Sequence[Path] = (COSTS,)) -> bytes:
    """The document; the same bytes for the same reports. `folders` hold the costs that are kept."""
    _ = Words(language)
    page = view(reports, language, folders)
    day = formatting.plain_date(page["on"], language, "long")
    names = ", ".join(str(c["name"]) for c in page["columns"])
    made = _Document(_, Paper(language), page)
    return document(
        f"{page['title']}: {names}",
        language,
        _("{title}, law in force on {day}", title=page["title"], day=day),
        [*made.first(day), *made.pictures(reports), *made.changes(), *made.gaps(), *made.everything()],
    )


class _Document:
    """The parts of the document, in their order."""

    def __init__(self, _: Words, paper: Paper, page: dict[str, Any]) -> None:
        self._, self.paper, self.page = _, paper, page

    # The first page -----------------------------------------------------------------------------

    def first(self, day: str) -> list[Flowable]:
        _, paper, page = self._, self.paper, self.page
        legend = [paper.signed(x["kind"], x["words"], colour=COLOUR[x["kind"]]) for x in page["legend"]]
        ratified = " ".join(f"{c['name']}: {c['ratified']}." for c in page["columns"])
        note = _(
            "Below the standard says how far the law is from the text; it is never a breach where a State is not bound."
        )
        return [
            paper.title(page["title"]),
            paper.text(_("Law in force on {day}. Every figure comes from running the law.", day=day), after=4),
            self._grid([(g["title"], g["rows"]) for g in page["key"]], foot=True),
            Table([legend], colWidths=[38 * mm] * 5, hAlign="LEFT", spaceBefore=3, spaceAfter=1),
            paper.small(f"{note} {ratified}"),
            *self._concluded(),
            PageBreak(),
        ]

    def _concluded(self) -> list[Flowable]:
        """What it comes to, each Part in a paragraph."""
        found: list[Flowable] = [self.paper.chapter(self._("What it comes to"))]
        for name, part in ((one["name"], part) for one in self.page["concluded"] for part in one["parts"]):
            lead = f"{name}, {part['name']}."
            words = f"{lead} {part['words']}"
            found.append(self.paper.signed(part["kind"], words, part["word"], size=SMALL, bold=[lead]))
        return found

    def _grid(self, groups: list[tuple[str, list[dict[str, Any]]]], *, foot: bool) -> Table:
        """Requirements by country, each cell with its sign and on the ground of its verdict."""
        _, paper, columns = self._, self.paper, self.page["columns"]
        head: list[Any] = [[paper.text(_("Requirement"), strong=True)], []]
        head += [[paper.text(c["name"], strong=True), paper.small(c["statute"])] for c in columns]
        rows: list[list[Any]] = [head]
        more: list[tuple[Any, ...]] = [("SPAN", (0, 0), (1, 0))]
        for title, listed in groups:
            if title:
                more += [
                    ("SPAN", (0, len(rows)), (-1, len(rows))),
                    ("BACKGROUND", (0, len(rows)), (-1, len(rows)), BAND),
                ]
                rows.append([paper.text(title, strong=True), *[""] * (len(columns) + 1)])
            for row in listed:
                for n, cell in enumerate(row["cells"], 2):
                    more += washed(cell["kind"], (n, len(rows)))
                cells = [self._cell(cell) for cell in row["cells"]]
                rows.append([paper.small(row["article"]), paper.text(row["label"]), *cells])
        if foot:
            at = len(rows)
            more += [("LINEABOVE", (0, at), (-1, at), 1.2, HexColor(INK)), ("SPAN", (0, at), (1, at))]
            said = [", ".join(f"{c['n']} {c['words']}" for c in col["counts"]) for col in columns]
            rows.append([paper.text(_("All instruments"), strong=True), "", *[paper.text(words) for words in said]])
        label = WIDTH * (0.27 if len(columns) > 2 else 0.36)
        rest = (WIDTH - ARTICLE - label) / len(columns)
        return paper.lined(rows, [ARTICLE, label, *[rest] * len(columns)], heads=1, more=more)

    def _cell(self, cell: dict[str, Any]) -> Any:
        """A verdict in short; what it rests on, where that is memory or practice, after it in brackets."""
        if not cell["sign"]:
            return ""
        words = cell["text"] + (f" ({cell['rests']})" if cell.get("rests") else "")
        return self.paper.signed(
            cell["kind"], words, cell["word"], colour=INK if cell["kind"] == "y" else COLOUR[cell["kind"]]
        )

    # The parts after it -------------------------------------------------------------------------

    def pictures(self, reports: Sequence[Report]) -> list[Flowable]:
        rows: list[list[Any]] = []
        for made in reports:
            row = []
            for branch in ("sickness", "maternity"):
                drawn = charts.chart(made, branch, self._.language)
                if drawn is not None:
                    title = drawn.title[:1].lower() + drawn.title[1:]
                    said = self._("{country}, {title}", country=named(self._, made), title=title)
                    picture = Picture(self.paper, drawn, WIDTH / 2 - 10, 58 * mm)
                    row.append([self.paper.text(said, 9, strong=True), picture])
            rows.append([*row, *[""] * (2 - len(row))])
        style = [
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("LEFTPADDING", (0, 0), (-1, -1), 2),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 8),
        ]
        return [Table(rows, colWidths=[WIDTH / 2] * 2, style=style), PageBreak()]

    def _turned(self) -> list[Flowable]:
        """What a draft turns, both ways."""
        found: list[Flowable] = []
        for one in self.page["turned"]:
            found.append(self.paper.chapter(self._("What the draft turns: {name}", name=one["name"])))
            for item in one["items"]:
                before, after = item["cells"]
                way = self._("Better") if item["better"] else self._("Worse")
                lead = f"{item['article']} {item['label']}:"
                told = (
                    f"{lead} {before['word']}: {before['text']} → {after['word']}: {after['text']}. {way}, {item['by']}"
                )
                found.append(self.paper.text(told, bold=[lead], after=1))
            if not one["items"]:
                found.append(self.paper.text(self._("The draft turns no verdict.")))
        return found

    def changes(self) -> list[Flowable]:
        """What the draft turns, the smallest changes, and what only a person can judge."""
        _, paper = self._, self.paper
        found = [*self._turned(), paper.chapter(_("Smallest change that meets it")), paper.small(_(FIGURE_BY_FIGURE))]
        for one in self.page["shortfalls"]:
            rows = []
            for item in one["items"]:
                told = [paper.text(item["label"], strong=True)]
                told += [paper.text(words) for words in (item["change"], item["cost"]) if words]
                rows.append([paper.small(item["article"]), told, paper.text(item["text"], colour=RED, align="right")])
            if rows:
                found += [paper.name(one["name"]), paper.lined(rows, [ARTICLE, WIDTH - ARTICLE - 70 * mm, 70 * mm])]
            if one["costs_of"]:
                found.append(paper.small(one["costs_of"]))
        if self.page["questions"]:
            found.append(paper.chapter(_("What needs a person")))
        for q in self.page["questions"]:
            lead = f"{q['article']} {q['name']}:"
            found.append(paper.text(f"{lead} {q['words']}", bold=[lead], after=1))
        return found

    def gaps(self) -> list[Flowable]:
        """What is not known or was not read."""
        found: list[Flowable] = [self.paper.chapter(self._("What is not known or was not read"))]
        for one in self.page["gaps"]:
            found += [self.paper.name(one["name"]), self.paper.small(one["words"])]
            for gap in one["items"]:
                behind = "; ".join(words for words in (gap["turned"], gap["articles"]) if words)
                told = f"{gap['n']} · {gap['what']} ({gap['evidence']}): {behind}"
                found.append(self.paper.text(told, bold=[gap["what"]]))
        return found

    def everything(self) -> list[Flowable]:
        """Every requirement, and the run behind every figure."""
        paper = self.paper
        found: list[Flowable] = [PageBreak()]
        for one in self.page["instruments"]:
            found += [paper.chapter(f"{one['code']} · {one['title']}"), self._grid([("", one["rows"])], foot=False)]
        found += [PageBreak(), paper.chapter(self._("The run behind every figure"))]
        for one in self.page["instruments"]:
            found.append(paper.chapter(f"{one['code']} · {one['title']}"))
            found += [KeepTogether(self._detail(detail)) for detail in one["details"]]
        found += [paper.small(f"{n['name']}. {n['words']}", bold=[f"{n['name']}."]) for n in self.page["notes"]]
        return found

    def _detail(self, detail: dict[str, Any]) -> list[Flowable]:
        lead = f"{detail['article']} {detail['label']}"
        lines: list[Flowable] = [
            self.paper.text(lead, strong=True),
            self.paper.small(f"{detail['cited']} ({detail['evidence']}). {detail['id']}"),
        ]
        for one in detail["found"]:
            parts = [one["why"], *one["notes"], one["question"]]
            parts += [f"{a['name']}: {a['text']} {a['declared']}".strip() for a in one["alternatives"]]
            parts += [*one["runs"], *[f"{s['text']} ({s['evidence']})" for s in one["sources"]]]
            said = " ".join(str(p) if str(p).endswith((".", "?", "!", ")")) else f"{p}." for p in parts if p)
            lead = f"{one['name']}: {one['word']}."
            lines.append(self.paper.signed(one["kind"], f"{lead} {said}", size=SMALL, bold=[lead], colour=SOFT))
        return [*lines, Spacer(1, 4)]
