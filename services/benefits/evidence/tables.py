"""What reports of evidence are made of: tables of texts, each with a chart of what it says, and amounts in words."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from markupsafe import escape

from services.benefits.conformance.checks import words as rates
from services.benefits.conformance.page import Words
from services.benefits.law.text import plain_number
from shared.money import exponent
from shared.web import formatting

HIDDEN = "…"
Cells = tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """A table of texts; its first column names the row. `bars` are whole numbers to draw, by series. What is in `words`
    is read from the left, as no column of numbers is."""

    title: str
    head: Cells
    rows: tuple[Cells, ...]
    series: Cells = ()
    bars: tuple[tuple[str, tuple[int, ...]], ...] = ()
    note: str = ""
    words: bool = False

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


class Told(Words):
    """Sentences, numbers, rates and days as a reader of the language writes them; `gap` stands within what is one."""

    gap = formatting.NBSP

    def number(self, value: int | Fraction) -> str:
        """A number with nothing lost."""
        return formatting.mixed(value, self.language)

    def money(self, body: dict[str, Any], minor: int) -> str:
        """An amount in whole currency units, rounded half up for the eye."""
        return self.number(_units(body, minor))

    def percent(self, hundred: Fraction, decimals: int) -> str:
        """So many per cent."""
        return formatting.percent(hundred, self.language, decimals)

    def rate(self, rate: Fraction, against: Fraction | None = None) -> str:
        """A share of one in per cent, never rounded up to the threshold it misses."""
        digits = rates.decimals(rate, against)
        return formatting.rate(rate, self.language) if digits is None else self.percent(rate * 100, digits)

    def year(self, year: int) -> str:
        """A calendar year, as the reader's country counts years."""
        return formatting.calendar_year(year, self.language)

    def day(self, day: str) -> str:
        """A day, given as "2025-03-31"."""
        return formatting.plain_date(day, self.language)

    def month(self, month: str) -> str:
        """A calendar month, given as "2025-03"."""
        return formatting.plain_month(month, self.language)

    def hundredths(self, hundredths: int) -> str:
        """A rate in hundredths of a per cent."""
        return self.percent(Fraction(hundredths, 100), 2)

    def cell(self, body: dict[str, Any], cell: dict[str, Any] | None, name: str) -> str:
        """One figure of a cell as it is read; hidden where the cell rests on too few persons."""
        if cell is None:
            return HIDDEN
        return self.money(body, cell[name]) if name == "cost" else self.number(cell[name])


class Plain(Told):
    """The same for a program: English, a point before decimals, months as 2025-03, a minus that a spreadsheet reads."""

    gap = " "

    def __init__(self) -> None:
        super().__init__("en")

    def number(self, value: int | Fraction) -> str:
        return plain_number(Fraction(value))

    def percent(self, hundred: Fraction, decimals: int) -> str:
        return f"{formatting.number(hundred, 'en', decimals).replace(formatting.MINUS, '-')} %"

    def day(self, day: str) -> str:
        return day

    def month(self, month: str) -> str:
        return month


def _units(body: dict[str, Any], minor: int) -> int:
    unit = 10 ** exponent(body["currency"])
    units = (2 * abs(minor) + unit) // (2 * unit)
    return int(-units if minor < 0 else units)
