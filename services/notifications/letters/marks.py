"""Signs drawn as shapes: they print in black and white and need no symbol font. Lengths in points."""

from __future__ import annotations

import enum
from typing import Final

from reportlab.lib.colors import Color, HexColor, white
from reportlab.pdfgen.canvas import Canvas

from shared.typeset import INK, Mark, Run, draw_runs

TEAL: Final = HexColor("#0B5457")
RED: Final = HexColor("#96231A")
AMBER: Final = HexColor("#744600")
MUTED: Final = HexColor("#4B5553")


class Evidence(enum.StrEnum):
    """How sure we are of the article behind a line of the worksheet."""

    READ = "read"
    CONFIRM = "confirm"
    SET = "set"


class ConditionMark(enum.StrEnum):
    """What was found on a condition."""

    MET = "met"
    NOT_MET = "not_met"
    OPEN = "open"


class Tone(enum.StrEnum):
    """What the letter says, for its colour and sign; the words say it too."""

    GRANTED = "granted"
    PARTLY = "partly"
    REFUSED = "refused"
    WAITING = "waiting"


TONE_COLOUR = {Tone.GRANTED: TEAL, Tone.PARTLY: TEAL, Tone.REFUSED: RED, Tone.WAITING: AMBER}


def _tick(canvas: Canvas, x: float, y: float, r: float, colour: Color) -> None:
    canvas.setStrokeColor(colour)
    canvas.setLineWidth(r * 0.34)
    canvas.setLineCap(1)
    canvas.setLineJoin(1)
    path = canvas.beginPath()
    path.moveTo(x - 0.62 * r, y - 0.02 * r)
    path.lineTo(x - 0.16 * r, y - 0.5 * r)
    path.lineTo(x + 0.66 * r, y + 0.56 * r)
    canvas.drawPath(path)


def _cross(canvas: Canvas, x: float, y: float, r: float, colour: Color) -> None:
    canvas.setStrokeColor(colour)
    canvas.setLineWidth(r * 0.34)
    canvas.setLineCap(1)
    arm = 0.52 * r
    canvas.line(x - arm, y - arm, x + arm, y + arm)
    canvas.line(x - arm, y + arm, x + arm, y - arm)


def _dots(canvas: Canvas, x: float, y: float, r: float, colour: Color) -> None:
    canvas.setFillColor(colour)
    for step in (-1, 0, 1):
        canvas.circle(x + step * 0.48 * r, y, 0.15 * r, stroke=0, fill=1)


def evidence_mark(evidence: Evidence) -> Mark:
    """A full, half or empty circle."""

    def draw(canvas: Canvas, x: float, middle: float, size: float) -> None:
        r = 0.29 * size
        x, middle = x + r + 0.4, middle - 0.03 * size
        canvas.saveState()
        canvas.setStrokeColor(MUTED)
        canvas.setFillColor(MUTED)
        canvas.setLineWidth(0.75)
        canvas.circle(x, middle, r, stroke=1, fill=int(evidence is Evidence.READ))
        if evidence is Evidence.CONFIRM:
            canvas.wedge(x - r, middle - r, x + r, middle + r, 90, 180, stroke=0, fill=1)
        canvas.restoreState()

    return draw


def finding_mark(finding: ConditionMark) -> Mark:
    """A tick, a cross or a question mark."""

    def draw(canvas: Canvas, x: float, middle: float, size: float) -> None:
        canvas.saveState()
        r = 0.46 * size
        if finding is ConditionMark.MET:
            _tick(canvas, x + r, middle, r, TEAL)
        elif finding is ConditionMark.NOT_MET:
            _cross(canvas, x + r, middle, r, RED)
        else:
            question = Run("NotoSans-SemiBold", "?")
            left = x + r - question.width * size / 2000
            draw_runs(canvas, left, middle - 0.357 * size, [question], size, AMBER)
        canvas.restoreState()

    return draw


def tone_mark(tone: Tone) -> Mark:
    """A sign in a disc; the disc is only a ring when something was granted in part."""

    def draw(canvas: Canvas, x: float, middle: float, size: float) -> None:
        canvas.saveState()
        r, colour = 0.6 * size, TONE_COLOUR[tone]
        centre, sign = x + r, white
        canvas.setFillColor(colour)
        canvas.setStrokeColor(colour)
        canvas.setLineWidth(0.14 * size)
        if tone is Tone.PARTLY:
            canvas.circle(centre, middle, r - 0.07 * size, stroke=1, fill=0)
            sign = colour
        else:
            canvas.circle(centre, middle, r, stroke=0, fill=1)
        drawer = {Tone.REFUSED: _cross, Tone.WAITING: _dots}.get(tone, _tick)
        drawer(canvas, centre, middle, 0.72 * r if tone is not Tone.WAITING else r, sign)
        canvas.restoreState()

    return draw


def numeral_mark(number: str, face: str) -> Mark:
    """A step's number in the margin of its text."""

    def draw(canvas: Canvas, x: float, middle: float, size: float) -> None:
        draw_runs(canvas, x, middle - 0.357 * size, [Run(face, number)], size, INK)

    return draw
