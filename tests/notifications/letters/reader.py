"""Read a PDF back as a viewer would: which glyph lies where, and which text each run says it is."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass

import pikepdf
from reportlab.pdfbase import pdfmetrics


@dataclass(frozen=True)
class Glyph:
    """One glyph: number in its font file, pen position in points from the page's lower left corner, size."""

    face: str
    number: int
    x: float
    y: float
    size: float
    width: float


@dataclass(frozen=True)
class Said:
    """The text a run carries for search and copy, and where the run begins."""

    text: str
    x: float
    y: float


@dataclass(frozen=True)
class Page:
    """What one page shows."""

    glyphs: tuple[Glyph, ...]
    said: tuple[Said, ...]

    @property
    def text(self) -> str:
        """All runs in the order they are drawn, without spaces: scripts differ in where they put them."""
        return squeezed("".join(run.text for run in self.said))


def squeezed(text: str) -> str:
    """The text without any white space."""
    return re.sub(r"\s+", "", text)


def _codes(font: pikepdf.Object) -> dict[int, int]:
    cmap = bytes(font.ToUnicode.read_bytes()).decode("latin-1")
    codes: dict[int, int] = {}
    for block in re.findall(r"beginbfrange(.*?)endbfrange", cmap, re.S):
        for first, last, rest in re.findall(r"<(\w+)> <(\w+)> (\[[^\]]*\]|<\w+>)", block):
            targets = [int(t, 16) for t in re.findall(r"<(\w+)>", rest)]
            for step, code in enumerate(range(int(first, 16), int(last, 16) + 1)):
                codes[code] = targets[step] if rest.startswith("[") else targets[0] + step
    for block in re.findall(r"beginbfchar(.*?)endbfchar", cmap, re.S):
        for code, target in re.findall(r"<(\w+)> <(\w+)>", block):
            codes[int(code, 16)] = int(target, 16)
    return codes


def read(source: bytes) -> list[Page]:
    """Every page of the PDF."""
    with pikepdf.open(io.BytesIO(source)) as pdf:
        return [_read_page(page) for page in pdf.pages]


def _read_page(page: pikepdf.Page) -> Page:
    fonts = {
        name: (str(font.BaseFont).split("+")[1], _codes(font), font)
        for name, font in page.Resources.get("/Font", {}).items()
        if "/ToUnicode" in font
    }
    glyphs: list[Glyph] = []
    said: list[Said] = []
    stack: list[tuple[float, float]] = []
    ox = oy = x = y = rise = size = 0.0
    face: tuple[str, dict[int, int], pikepdf.Object] | None = None

    def show(data: bytes) -> None:
        nonlocal x
        assert face is not None
        name, codes, font = face
        known = pdfmetrics.getFont(name).face.charToGlyph
        for code in data:
            width = float(font.Widths[code - int(font.FirstChar)]) * size / 1000
            glyphs.append(Glyph(name, known[codes[code]], x, y + rise, size, width))
            x += width

    for instruction in pikepdf.parse_content_stream(page):
        operands, operator = instruction.operands, instruction.operator
        match str(operator):
            case "q":
                stack.append((ox, oy))
            case "Q":
                ox, oy = stack.pop()
            case "cm":
                a, b, c, d, e, f = map(float, operands)
                assert (a, b, c, d) == (1, 0, 0, 1), "only moved, never scaled"
                ox, oy = ox + e, oy + f
            case "BT":
                rise = 0.0
            case "Tm":
                x, y = ox + float(operands[4]), oy + float(operands[5])
            case "Ts":
                rise = float(operands[0])
            case "Tf":
                face, size = fonts[str(operands[0])], float(operands[1])
            case "BDC" if "/ActualText" in operands[1]:
                said.append(Said(str(operands[1].ActualText), x, y))
            case "Tj":
                show(bytes(operands[0]))
            case "TJ":
                for item in operands[0]:
                    if isinstance(item, pikepdf.String):
                        show(bytes(item))
                    else:
                        x -= float(item) * size / 1000
    return Page(tuple(glyphs), tuple(said))
