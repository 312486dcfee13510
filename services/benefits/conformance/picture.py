"""The picture of a benefit over earnings in a PDF: the same data as the SVG, drawn in the PDF's own lines and letters.

No converter with a free licence is among our libraries. Lines are drawn first, words over them.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from reportlab.graphics import renderPDF
from reportlab.graphics.shapes import Circle, Drawing, Line, Polygon, PolyLine
from reportlab.lib.colors import HexColor

from services.benefits.conformance import chart as charts
from services.benefits.conformance.chart import AMBER, INK, RED, RULE, SOFT, TEAL, Chart, Mark
from services.benefits.conformance.paper import Drawn, Paper

GREY = "#757D7A"


class Picture(Drawn):
    """One chart, as wide and high as it is told."""

    def __init__(self, paper: Paper, chart: Chart, width: float, height: float) -> None:
        super().__init__()
        self.paper, self.chart, self.width, self.height = paper, chart, width, height
        self._left, self._bottom, self._right, self._above = 30.0, 24.0, width - 4, height - 4
        self._top = float(chart.top) + 0.06
        self._words: list[tuple[tuple[float, float], str, float, str, dict[str, Any]]] = []

    def draw(self) -> None:
        made = Drawing(self.width, self.height)
        self._words = []
        self._axes(made)
        self._shade(made)
        self._curves(made)
        for mark in self.chart.marks:
            self._mark(made, mark)
        renderPDF.draw(made, self.canv, 0, 0)
        for at, words, size, colour, how in self._words:
            self.paper.put(self.canv, at, words, size, colour, **how)

    # Places -------------------------------------------------------------------------------------

    def _x(self, value: Fraction | float) -> float:
        return self._left + (self._right - self._left) * float(value) / float(self.chart.most)

    def _y(self, value: Fraction | float) -> float:
        return self._bottom + (self._above - self._bottom) * min(float(value), self._top) / self._top

    def _say(self, at: float, high: float, words: str, colour: str = INK, size: float = 6.6, **how: Any) -> None:
        self._words.append(((at, high), words, size, colour, how))

    # Parts --------------------------------------------------------------------------------------

    def _axes(self, made: Drawing) -> None:
        """Rates at the side, earnings below, and a line for each threshold."""
        for n in range(0, int(self._top * 100) + 1, 20):
            high = self._y(n / 100)
            made.add(
                Line(self._left, high, self._right, high, strokeColor=HexColor(RULE if n else GREY), strokeWidth=0.5)
            )
            self._say(self._left - 4, high - 2.5, f"{n} %", SOFT, anchor="end")
        for place in charts.ticks(self.chart.most, self.chart.scale):
            at = self._x(place * self.chart.scale)
            made.add(Line(at, self._bottom, at, self._bottom - 3, strokeColor=HexColor(GREY), strokeWidth=0.5))
            self._say(at, self._bottom - 11, self.chart.tick(place), SOFT, anchor="middle")
        self._say(self._right, 3, self.chart.axis, SOFT, anchor="end")
        for n, (value, label) in enumerate(self.chart.thresholds):
            colour, high = RED if not n else AMBER, self._y(value)
            made.add(
                Line(
                    self._left,
                    high,
                    self._right,
                    high,
                    strokeColor=HexColor(colour),
                    strokeWidth=0.9,
                    strokeDashArray=[5, 3],
                )
            )
            self._say(self._right, high + 2.5, label, colour, anchor="end", strong=True, halo=True)

    def _shade(self, made: Drawing) -> None:
        """What is missing below the threshold, up to the highest skilled wage that fails."""
        failed = [m.earnings for m in self.chart.marks if m.kind == "fail"]
        if not failed or not self.chart.thresholds:
            return
        low = self.chart.thresholds[0][0]
        inside = [(e, r) for e, r in self.chart.curves[-1][1] if r <= low and e <= max(failed)]
        if len(inside) > 1:
            points = [c for e, r in inside for c in (self._x(e), self._y(r))]
            points += [self._x(inside[-1][0]), self._y(low), self._x(inside[0][0]), self._y(low)]
            made.add(Polygon(points, fillColor=HexColor("#E9C9C5"), strokeColor=None, strokeWidth=0))

    def _curves(self, made: Drawing) -> None:
        for n, (name, line) in enumerate(self.chart.curves):
            points = [c for e, r in line if float(r) <= self._top for c in (self._x(e), self._y(r))]
            dash = None if not n else [3, 2]
            made.add(
                PolyLine(points, strokeColor=HexColor(TEAL), strokeWidth=1.9 if not n else 1.2, strokeDashArray=dash)
            )
            if name:
                earnings, rate = line[int(len(line) * 0.13)]
                self._say(self._x(earnings), self._y(rate) + 3, name, TEAL)

    def _mark(self, made: Drawing, mark: Mark) -> None:
        at, high, foot = self._x(mark.earnings), self._y(mark.rate), self._y(0)
        if mark.kind == "ceiling":
            made.add(Line(at, foot, at, high, strokeColor=HexColor(GREY), strokeWidth=0.6, strokeDashArray=[1.5, 2]))
            made.add(Circle(at, high, 2.8, fillColor=HexColor("#FFFFFF"), strokeColor=HexColor(TEAL), strokeWidth=1.4))
            self._say(at + 5, high + 5, mark.words, strong=True)
            return
        colour = {"pass": TEAL, "fail": RED, "limit": INK}[mark.kind]
        made.add(Line(at, foot, at, high, strokeColor=HexColor(INK), strokeWidth=0.9))
        made.add(Circle(at, high, 2.8, fillColor=HexColor(colour), strokeColor=HexColor(colour), strokeWidth=0.5))
        base = foot + 4 + (mark.level % 3) * 18
        where, anchor = (at - 4, "end") if mark.left else (at + 4, "start")
        self._say(where, base + (8 if mark.more else 0), mark.words, anchor=anchor, halo=True)
        if mark.more:
            more = mark.more.replace("✓", "").replace("✗", "").strip()
            self._say(where, base, more, colour, anchor=anchor, strong=True, halo=True)
