"""What reports of evidence are made of: tables of texts, each with a chart of what it says, and amounts in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from markupsafe import escape

from shared.money import exponent

HIDDEN = "…"
Cells = tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """A table of texts; its first column names the row. `bars` are whole numbers to draw, by series."""

    title: str
    head: Cells
    rows: tuple[Cells, ...]
    series: Cells = ()
    bars: tuple[tuple[str, tuple[int, ...]], ...] = ()
    note: str = ""

    @property
    def chart(self) -> str:
        """The bars as SVG; empty where there is nothing to draw."""
        return bars(self) if self.bars else ""


TEAL, SAND, INK = "#0B5457", "#C9A227", "#17201F"
WIDE, HIGH, LEFT = 640, 16, 130


def bars(table: Table) -> str:
    """Bars, one group a row: the first series teal, the second sand, each with its own pattern of length."""
    most = max((value for _, values in table.bars for value in values), default=0) or 1
    lines: list[str] = []
    place = 4
    for label, values in table.bars:
        middle = place + len(values) * HIGH // 2 + 4
        lines.append(f'<text x="{LEFT - 8}" y="{middle}" text-anchor="end">{escape(label)}</text>')
        for value, colour in zip(values, (TEAL, SAND), strict=False):
            width = value * (WIDE - LEFT - 4) // most
            lines.append(f'<rect x="{LEFT}" y="{place}" width="{width}" height="{HIGH - 3}" fill="{colour}"/>')
            place += HIGH
        place += 5
    for n, (name, colour) in enumerate(zip(table.series, (TEAL, SAND), strict=False)):
        lines.append(f'<rect x="{LEFT + n * 200}" y="{place + 4}" width="12" height="12" fill="{colour}"/>')
        lines.append(f'<text x="{LEFT + n * 200 + 18}" y="{place + 14}">{escape(name)}</text>')
    body = "".join(lines)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{escape(table.title)}" '
        f'viewBox="0 0 {WIDE} {place + 22}" font-size="11" fill="{INK}">{body}</svg>'
    )


def money(body: dict[str, Any], minor: int) -> str:
    """An amount in whole currency units, rounded half up for the eye."""
    unit = 10 ** exponent(body["currency"])
    sign = "-" if minor < 0 else ""
    return f"{sign}{(2 * abs(minor) + unit) // (2 * unit):,}"


def percent(hundredths: int) -> str:
    return f"{hundredths // 100}.{hundredths % 100:02d} %"


def cell_of(body: dict[str, Any], cell: dict[str, Any] | None, name: str) -> str:
    """One figure of a cell as it is read; hidden where the cell rests on too few persons."""
    if cell is None:
        return HIDDEN
    return money(body, cell[name]) if name == "cost" else f"{cell[name]:,}"
