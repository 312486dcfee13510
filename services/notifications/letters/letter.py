"""A letter to an insured person: facts in, a PDF out.

The decisive reason comes first, then the money and its dates, the days not paid each with a reason, how to object,
who decided; the worksheet and the conditions follow, so that every figure can be computed again. Lengths are
points. Names, amounts and dates arrive as they are to be printed; only the words of `labels` are added here.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import segno
from reportlab.lib.colors import Color, HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    CondPageBreak,
    Flowable,
    Frame,
    KeepTogether,
    NextPageTemplate,
    PageTemplate,
    Spacer,
    Table,
)

from services.notifications.letters import labels
from services.notifications.letters.archive import archivable
from services.notifications.letters.content import Letter, Worksheet
from services.notifications.letters.marks import (
    MUTED,
    TEAL,
    TONE_COLOUR,
    ConditionMark,
    Evidence,
    Tone,
    evidence_mark,
    finding_mark,
    numeral_mark,
    tone_mark,
)
from shared.typeset import (
    HALF_CAPITAL,
    INK,
    LEADING,
    LOCK,
    MAIN_FAMILY,
    Mark,
    ShapedText,
    Style,
    warm_fonts,
)
from shared.web.formatting import digits

Translate = Callable[[str], str]


HAIRLINE = HexColor("#C3C8C4")
LEFT, RIGHT, BOTTOM = 25 * mm, 20 * mm, 20 * mm
WIDTH = A4[0] - LEFT - RIGHT
#: Distances from the top edge. The window of a C5/6 or DL envelope shows 45 to 90 mm.
WINDOW_TOP, WINDOW_BOTTOM, WINDOW_WIDTH = 46 * mm, 88 * mm, 80 * mm
SIDE, QR_SIZE = 123 * mm, 25 * mm
#: Burmese and Khmer letters are drawn larger on the same body than Latin ones; Thai and Lao smaller.
SCALE = {"my": 0.95, "km": 0.98, "lo": 1.03, "th": 1.05}


#: No letter is as long as this; the limit turns a layout that cannot end into an error.
MOST_PAGES = 100


class LetterTooLong(ValueError):
    """The letter would not end, or fills more pages than anyone would read."""


class _Qr(Flowable):  # type: ignore[misc]
    """A QR code as one filled path. The mask is fixed: trying all eight takes longer than the letter."""

    def __init__(self, content: str, size: float) -> None:
        super().__init__()
        code = segno.make_qr(content, error="m", mask=2, boost_error=False)
        self.rows = [bytes(row) for row in code.matrix]
        self.width = self.height = size

    def wrap(self, available_width: float, available_height: float) -> tuple[float, float]:
        return self.width, self.height

    def draw(self) -> None:
        module = self.width / len(self.rows)
        path = self.canv.beginPath()
        for number, row in enumerate(self.rows):
            start = 0
            while (start := row.find(1, start)) >= 0:
                end = row.find(0, start)
                end = len(row) if end < 0 else end
                path.rect(start * module, self.height - (number + 1) * module, (end - start) * module, module)
                start = end
        self.canv.setFillColor(INK)
        self.canv.drawPath(path, stroke=0, fill=1)


class _Bar(Flowable):  # type: ignore[misc]
    """The short teal bar that opens the letterhead and the annex."""

    def __init__(self) -> None:
        super().__init__()
        self.spaceBefore = 18

    def wrap(self, available_width: float, available_height: float) -> tuple[float, float]:
        self.width, self.height = 14 * mm, 2.2
        return self.width, self.height

    def draw(self) -> None:
        self.canv.setFillColor(TEAL)
        self.canv.rect(0, 0, self.width, self.height, stroke=0, fill=1)


class _PagedCanvas(Canvas):  # type: ignore[misc]
    """Holds pages back until their number is known, then draws what each page carries besides its text."""

    def __init__(self, *args: Any, furniture: Callable[[Canvas, int, int], None], **options: Any) -> None:
        super().__init__(*args, **options)
        self._furniture = furniture
        self._held: list[dict[str, Any]] = []

    def showPage(self) -> None:  # noqa: N802 - the library's name
        if len(self._held) >= MOST_PAGES:
            raise LetterTooLong(f"a letter of more than {MOST_PAGES} pages")
        self._held.append(dict(self.__dict__))
        self._startPage()

    def save(self) -> None:
        held = self._held
        for number, page in enumerate(held, 1):
            self.__dict__.update(page)
            self._furniture(self, number, len(held))
            super().showPage()
        super().save()


class _Composer:
    """Turns one Letter into flowables. One object per letter; nothing is kept."""

    def __init__(self, letter: Letter, translate: Translate) -> None:
        self.letter, self._ = letter, translate
        scale = SCALE.get(letter.language, 1.0)
        base = Style(letter.language, 10.2 * scale)
        self.body = base
        self.strong = base.but(strong=True)
        self.lead = base.but(size=13.2 * scale)
        self.subject = base.but(size=12.6 * scale, strong=True)
        self.heading = base.but(size=11.2 * scale, strong=True)
        self.table = base.but(size=9.6 * scale)
        self.table_strong = self.table.but(strong=True)
        self.sum = base.but(size=11.2 * scale, strong=True)
        self.beside_sum = self.beside(self.table_strong, self.sum.size)
        self.small = self.beside(base.but(size=9 * scale), self.table.size)
        self.caption = base.but(size=8.2 * scale, colour=MUTED)
        self.tiny = base.but(size=7.2 * scale, colour=MUTED)

    # -- small parts ------------------------------------------------------------------------------------------

    def text(self, text: str, style: Style, **options: Any) -> ShapedText:
        return ShapedText(text, style, **options)

    def beside(self, style: Style, size: float) -> Style:
        """A style that shares its baseline with text of another size in the same row."""
        factor = LEADING[MAIN_FAMILY.get(style.language, "NotoSans")]
        return style.but(leading=(factor * size + 2 * HALF_CAPITAL * (size - style.size)) / style.size)

    def title(self, message: str, **options: Any) -> ShapedText:
        return self.text(self._(message), self.heading, before=11, after=2.5, keep_with_next=True, **options)

    def grid(
        self,
        rows: Sequence[Sequence[object]],
        widths: Sequence[float],
        *,
        head: bool,
        total: bool = False,
        padding: float = 2.9,
    ) -> Table:
        """A table of the house: hairlines between rows, a firm line above the total, head repeated on each page."""
        first, last = int(head), len(rows) - 1
        commands: list[tuple[Any, ...]] = [
            _EMBEDDED,
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("LEFTPADDING", (0, 0), (-1, -1), 0),
            ("RIGHTPADDING", (0, 0), (-2, -1), 9),
            ("RIGHTPADDING", (-1, 0), (-1, -1), 0),
            ("TOPPADDING", (0, 0), (-1, -1), padding),
            ("BOTTOMPADDING", (0, 0), (-1, -1), padding),
        ]
        ruled = last - 2 if total else last
        if ruled >= first:
            commands.append(("LINEBELOW", (0, first), (-1, ruled), 0.4, HAIRLINE))
        if head:
            commands += [
                ("LINEBELOW", (0, 0), (-1, 0), 0.6, MUTED),
                ("TOPPADDING", (0, 0), (-1, 0), 0),
                ("BOTTOMPADDING", (0, 0), (-1, 0), 1.5),
            ]
        if total:
            commands.append(("LINEABOVE", (0, last), (-1, last), 1.3, INK))
            if sum(_height(row, widths) for row in rows[-2:]) < _KEEP_TOTAL_WITHIN:
                commands.append(("NOSPLIT", (0, last - 1), (-1, last)))
        return Table(rows, widths, style=commands, repeatRows=first, splitInRow=1, spaceAfter=2)

    # -- the letter -------------------------------------------------------------------------------------------

    def story(self) -> list[Flowable]:
        letter = self.letter
        parts: list[Flowable] = [
            NextPageTemplate("later"),
            self.text(letter.subject, self.subject, after=5, keep_with_next=True),
            self.text(letter.salutation, self.body, after=8, keep_with_next=True),
            self.decisive_reason(),
        ]
        parts += [self.text(paragraph, self.body, before=7) for paragraph in letter.paragraphs]
        parts += self.payments()
        parts += self.comparison()
        parts += self.unpaid_days()
        parts += self.acknowledged()
        parts += self.objection()
        parts += self.ending()
        parts += self.annex()
        return parts

    def decisive_reason(self) -> Flowable:
        lead = self.letter.lead
        colour = TONE_COLOUR[lead.tone]
        label = self.text(lead.label, self.strong.but(colour=colour), mark=tone_mark(lead.tone), indent=1.75)
        sentence = self.text(lead.sentence, self.lead, strong=lead.strong, before=3)
        return Table(
            [[label], [sentence]],
            [WIDTH],
            style=[
                _EMBEDDED,
                ("LINEBEFORE", (0, 0), (0, -1), 3.4, colour),
                ("LEFTPADDING", (0, 0), (-1, -1), 13),
                ("RIGHTPADDING", (0, 0), (-1, -1), 0),
                ("TOPPADDING", (0, 0), (-1, -1), 1),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 1),
            ],
            splitInRow=1,
            spaceAfter=3,
        )

    def payments(self) -> list[Flowable]:
        paid = self.letter.what_is_paid
        if paid is None:
            return []
        right = self.table.but(align="right")
        head = [
            self.text(self._(labels.PAY_DATE), self.caption),
            self.text(self._(labels.PERIOD), self.caption),
            self.text(self._(labels.AMOUNT_IN).format(unit=paid.unit), self.caption.but(align="right")),
        ]
        rows = [
            [self.text(r.pay_on, self.table), self.text(r.period, self.table), self.text(r.amount, right)]
            for r in paid.rows
        ]
        total = [
            self.text(self._(labels.TOTAL), self.beside_sum),
            self.text(paid.note, self.beside(self.caption, self.sum.size)),
            self.text(paid.total, self.sum.but(align="right")),
        ]
        grid = self.grid([head, *rows, total], [54 * mm, 79 * mm, 32 * mm], head=True, total=True)
        return self.together(self.title(labels.PAID), grid, rows=len(rows))

    def comparison(self) -> list[Flowable]:
        """For each stretch of days what was right, what was paid and the difference; the sums below."""
        compared = self.letter.comparison
        if compared is None:
            return []
        right, sum_ = self.table.but(align="right"), self.table_strong.but(align="right")
        columns = (labels.CORRECT, labels.WAS_PAID, labels.DIFFERENCE)
        head = [
            self.text(self._(labels.AMOUNTS_IN).format(unit=compared.unit), self.caption),
            *(self.text(self._(column), self.caption.but(align="right")) for column in columns),
        ]
        rows = [
            [self.text(r.period, self.table), *(self.text(a, right) for a in (r.correct, r.paid, r.difference))]
            for r in compared.rows
        ]
        last = compared.total
        total = [
            self.text(self._(labels.TOTAL), self.table_strong),
            *(self.text(amount, sum_) for amount in (last.correct, last.paid, last.difference)),
        ]
        widths = [69 * mm, 32 * mm, 32 * mm, 32 * mm]
        parts: list[Flowable] = [self.grid([head, *rows, total], widths, head=True, total=True)]
        if compared.rest:
            below = [[self.text(words, self.table), self.text(amount, right)] for words, amount in compared.rest]
            parts.append(self.grid(below, [133 * mm, 32 * mm], head=False))
        return self.together(self.title(labels.COMPARED), *parts, rows=len(rows))

    def unpaid_days(self) -> list[Flowable]:
        if not self.letter.days_not_paid:
            return []
        head = [
            self.text(self._(labels.DAYS), self.caption),
            self.text(self._(labels.REASON), self.caption),
        ]
        rows = [[self.text(r.period, self.table), self.text(r.reason, self.table)] for r in self.letter.days_not_paid]
        grid = self.grid([head, *rows], [62 * mm, 103 * mm], head=True)
        return self.together(self.title(labels.NOT_PAID), grid, rows=len(rows))

    def acknowledged(self) -> list[Flowable]:
        letter, parts = self.letter, list[Flowable]()
        if letter.received:
            tick = finding_mark(ConditionMark.MET)
            rows = [[self.text(item, self.body, mark=tick)] for item in letter.received]
            parts += self.together(self.title(labels.RECEIVED), self.grid(rows, [WIDTH], head=False), rows=len(rows))
        if letter.missing:
            dots = tone_mark(Tone.WAITING)
            rows = [
                [self.text(item.what, self.strong, mark=dots, indent=1.75), self.text(item.how, self.body)]
                for item in letter.missing
            ]
            grid = self.grid(rows, [66 * mm, 99 * mm], head=False)
            parts += self.together(self.title(labels.MISSING), grid, rows=len(rows))
        if letter.next_steps:
            face = f"{MAIN_FAMILY.get(letter.language, 'NotoSans')}-SemiBold"
            rows = [
                [self.text(step, self.body, mark=numeral_mark(self.number(place), face))]
                for place, step in enumerate(letter.next_steps, 1)
            ]
            grid = self.grid(rows, [WIDTH], head=False)
            parts += self.together(self.title(labels.NEXT), grid, rows=len(rows))
        return parts

    def number(self, value: int) -> str:
        """A small number in the digits of the letter: Burmese letters count in Burmese digits."""
        return digits(str(value), self.letter.language)

    def objection(self) -> list[Flowable]:
        objection = self.letter.objection
        if objection is None:
            return []
        pairs = (
            (labels.HOW, objection.how, False),
            (labels.WHERE, objection.where, False),
            (labels.UNTIL, objection.until, True),
        )
        muted = self.body.but(colour=MUTED)
        names = [self.text(self._(label), muted) for label, text, _ in pairs if text]
        column = min(max((name.natural_width for name in names), default=0) + 12 + 14, 60 * mm)
        rows: list[list[object]] = [[self.text(self._(labels.OBJECTION), self.heading), _nothing()]]
        if objection.lead:
            rows.append([self.text(objection.lead, self.body), _nothing()])
        rows += [
            [name, self.text(text, self.strong if heavy else self.body)]
            for name, (_, text, heavy) in zip(names, (pair for pair in pairs if pair[1]), strict=True)
        ]
        spans = [("SPAN", (0, n), (1, n)) for n in range(2 if objection.lead else 1)]
        box = Table(
            rows,
            [column, WIDTH - column],
            style=[
                _EMBEDDED,
                ("BOX", (0, 0), (-1, -1), 0.9, INK),
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("LEFTPADDING", (0, 0), (-1, -1), 12),
                ("RIGHTPADDING", (0, 0), (-1, -1), 12),
                ("LEFTPADDING", (1, 0), (1, -1), 0),
                ("TOPPADDING", (0, 0), (-1, -1), 1),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 1),
                ("TOPPADDING", (0, 0), (-1, 0), 7),
                ("BOTTOMPADDING", (0, -1), (-1, -1), 8),
                *spans,
            ],
            spaceBefore=13,
            splitInRow=1,
        )
        return [KeepTogether([box])]

    def ending(self) -> list[Flowable]:
        """Whom to ask on the left, who decided on the right."""
        letter = self.letter
        left: list[Flowable] = []
        if letter.contact:
            left = [
                self.text(self._(labels.QUESTIONS), self.strong),
                self.text(letter.contact, self.body),
            ]
        if letter.page.hint:
            left.append(self.text(letter.page.hint, self.body, before=4))
        right: list[Flowable] = []
        if letter.closing:
            right.append(self.text(letter.closing, self.body))
        right += [
            Spacer(1, 12 * mm),
            self.text(letter.officer.name, self.strong),
            self.text(letter.officer.title, self.table),
            self.text(letter.officer.office, self.table),
        ]
        style = [*_TIGHT, ("RIGHTPADDING", (0, 0), (0, 0), 8 * mm)]
        block = Table([[left, right]], [SIDE - LEFT, WIDTH - SIDE + LEFT], style=style, spaceBefore=13, splitInRow=1)
        return [KeepTogether([block])]

    # -- the annex --------------------------------------------------------------------------------------------

    def annex(self) -> list[Flowable]:
        parts: list[Flowable] = []
        sheet = self.letter.worksheet
        if sheet is not None:
            parts += [
                CondPageBreak(60 * mm),
                _Bar(),
                self.title(labels.WORKSHEET),
                self.legend(sheet),
                Spacer(1, 6),
                self.worksheet(sheet),
            ]
        if self.letter.conditions:
            parts += [CondPageBreak(35 * mm), *([] if sheet else [_Bar()]), *self.conditions()]
        return parts

    def legend(self, sheet: Worksheet) -> Flowable:
        pairs = [
            (Evidence.READ, labels.EVIDENCE_READ),
            (Evidence.CONFIRM, labels.EVIDENCE_CONFIRM),
            (Evidence.SET, labels.EVIDENCE_SET),
        ]
        used = {line.evidence for line in sheet.lines}
        cells: list[ShapedText] = [
            self.text(self._(labels.AMOUNTS_IN).format(unit=sheet.unit), self.caption),
            *(
                self.text(self._(words), self.caption, mark=evidence_mark(sign), indent=1.2)
                for sign, words in pairs
                if sign in used
            ),
        ]
        widths = [cell.natural_width + 12 for cell in cells]
        if sum(widths) > WIDTH:  # a long translation: one under the other
            return _stack(cells)
        return Table([cells], widths, style=_TIGHT, hAlign="LEFT")

    def worksheet(self, sheet: Worksheet) -> Table:
        right = self.table.but(align="right")
        head = [
            _nothing(),
            self.text(self._(labels.LINE), self.caption),
            self.text(self._(labels.STEP), self.caption.but(align="right")),
            self.text(self._(labels.PAYABLE), self.caption.but(align="right")),
            self.text(self._(labels.ARTICLE), self.caption),
        ]
        rows = [
            [
                self.text(line.number, self.table.but(colour=MUTED)),
                self.text(line.text, self.table),
                self.text(line.step, right),
                self.text(line.payable, right),
                self.article(line.article, evidence_mark(line.evidence)),
            ]
            for line in sheet.lines
        ]
        total = [
            _nothing(),
            self.text(sheet.total_text, self.beside_sum),
            _nothing(),
            self.text(sheet.total, self.sum.but(align="right")),
            _nothing(),
        ]
        widths = [7 * mm, 71 * mm, 25 * mm, 28 * mm, 34 * mm]
        grid = self.grid([head, *rows, total], widths, head=True, total=True)
        grid.setStyle([("RIGHTPADDING", (3, 0), (3, -1), 14)])
        return grid

    def article(self, article: str, mark: Mark) -> ShapedText:
        return self.text(article, self.small, mark=mark, indent=1.2)

    def conditions(self) -> list[Flowable]:
        rows: list[list[object]] = [
            [
                self.text(c.text, self.table, mark=finding_mark(c.finding)),
                self.text(self._(_FINDING_WORDS[c.finding]), self.table.but(colour=_FINDING_COLOURS[c.finding])),
                self.text(c.article, self.small),
            ]
            for c in self.letter.conditions
        ]
        grid = self.grid(rows, [101 * mm, 29 * mm, 35 * mm], head=False)
        return self.together(self.title(labels.CONDITIONS), grid, rows=len(rows))

    def together(self, *parts: Flowable, rows: int) -> list[Flowable]:
        """Short tables are not cut; long ones flow."""
        return [KeepTogether(list(parts))] if rows <= 8 else list(parts)

    # -- what each page carries -------------------------------------------------------------------------------

    def put(self, canvas: Canvas, text: str, style: Style, x: float, top: float, width: float) -> float:
        """Draw a text block `top` points below the page's edge; answers where it ends."""
        block = self.text(text, style)
        _, height = block.wrap(width, A4[1])
        block.drawOn(canvas, x, A4[1] - top - height)
        return top + height

    def first_page(self, canvas: Canvas) -> float:
        """Draw the letterhead and the address; answers how far down they reach."""
        letter, house = self.letter, self.letter.institution
        top = 11 * mm
        if house.state_lines:
            for place, line in enumerate(house.state_lines):
                style = (self.strong if place == 0 else self.body).but(size=9.4, align="center")
                top = self.put(canvas, line, style, LEFT, top, WIDTH)
            _rule(canvas, A4[0] / 2 - 16 * mm, A4[1] - top - 4, 32 * mm, 0.6, MUTED)
            top += 3.5 * mm
        else:
            top = 17 * mm
        canvas.setFillColor(TEAL)
        canvas.rect(LEFT, A4[1] - top - 5, 14 * mm, 2.2, stroke=0, fill=1)
        top += 7
        right_end = self.put(
            canvas, letter.place_and_date, self.table.but(align="right"), SIDE, top, A4[0] - RIGHT - SIDE
        )
        name_width = SIDE - LEFT - 8 * mm
        top = self.put(canvas, house.name, self.heading, LEFT, top, name_width)
        top = self.put(canvas, house.office, self.table, LEFT, top, name_width)

        window = max(WINDOW_TOP, top + 3 * mm, right_end + 3 * mm)
        sender = " · ".join((house.office, *house.address))
        end = self.put(canvas, sender, self.tiny, LEFT, window, WINDOW_WIDTH)
        _rule(canvas, LEFT, A4[1] - end - 1, WINDOW_WIDTH, 0.4, HAIRLINE)
        end = self.put(canvas, letter.recipient.name, self.strong, LEFT, end + 2.5 * mm, WINDOW_WIDTH)
        for line in letter.recipient.lines:
            end = self.put(canvas, line, self.body, LEFT, end, WINDOW_WIDTH)

        # The reference and the way to the worker's own page stand together, beside the window.
        side, side_width = window, A4[0] - RIGHT - SIDE - QR_SIZE - 3 * mm
        for label, value in (
            (labels.CLAIM, letter.claim_number),
            (labels.DECISION, letter.decision_number),
            (labels.YOUR_PAGE, letter.page.address),
        ):
            if value:
                side = self.put(canvas, self._(label), self.caption, SIDE, side, side_width)
                side = self.put(canvas, value, self.table_strong, SIDE, side - 1, side_width) + 3
        if letter.page.code:
            code = self._(labels.CODE).format(code=letter.page.code)
            block = self.text(code, self.table, strong=(letter.page.code,))
            _, height = block.wrap(side_width, A4[1])
            block.drawOn(canvas, SIDE, A4[1] - (side - 3) - height)
            side += height - 3
        qr = _Qr(letter.page.qr, QR_SIZE)
        qr.drawOn(canvas, A4[0] - RIGHT - QR_SIZE, A4[1] - window - QR_SIZE - 2)
        side = max(side, window + QR_SIZE + 2)
        return float(max(WINDOW_BOTTOM, end, side))

    def later_page(self, canvas: Canvas) -> float:
        """Draw the head of a later page; answers how far down it reaches."""
        letter, half, top = self.letter, WIDTH / 2 - 3 * mm, 12 * mm
        message = labels.CLAIM_AND_DECISION if letter.decision_number else labels.CLAIM_ONLY
        reference = self._(message).format(claim=letter.claim_number, decision=letter.decision_number)
        name = self.caption.but(strong=True, colour=INK)
        left_end = self.put(canvas, letter.institution.name, name, LEFT, top, half)
        right = self.caption.but(align="right")
        right_end = self.put(canvas, reference, right, LEFT + WIDTH - half, top, half)
        end = max(left_end, right_end) + 3
        _rule(canvas, LEFT, A4[1] - end, WIDTH, 0.6, MUTED)
        return end

    def furniture(self, canvas: Canvas, number: int, total: int) -> None:
        """Head of later pages and foot of every page."""
        house = self.letter.institution
        if number == 1:
            self.first_page(canvas)
            for fold in (105 * mm, 210 * mm):
                _rule(canvas, 5 * mm, A4[1] - fold, 4 * mm, 0.3, MUTED)
        else:
            self.later_page(canvas)
        top = A4[1] - 16 * mm
        _rule(canvas, LEFT, 17 * mm, WIDTH, 0.4, HAIRLINE)
        page = self._(labels.PAGE).format(n=self.number(number), m=self.number(total))
        foot = " · ".join((*house.address, house.phone))
        self.put(canvas, foot, self.tiny, LEFT, top, WIDTH - 32 * mm)
        self.put(canvas, page, self.caption.but(align="right"), LEFT + WIDTH - 30 * mm, top - 0.5, 30 * mm)


# A table sets the library's own font, which is not embedded, for every cell, even one that holds no string.
_EMBEDDED = ("FONTNAME", (0, 0), (-1, -1), "NotoSans-Regular")
_TIGHT = [
    _EMBEDDED,
    ("VALIGN", (0, 0), (-1, -1), "TOP"),
    ("LEFTPADDING", (0, 0), (-1, -1), 0),
    ("RIGHTPADDING", (0, 0), (-1, -1), 0),
    ("TOPPADDING", (0, 0), (-1, -1), 0),
    ("BOTTOMPADDING", (0, 0), (-1, -1), 0),
]
_FINDING_WORDS = {
    ConditionMark.MET: labels.CONDITION_MET,
    ConditionMark.NOT_MET: labels.CONDITION_NOT_MET,
    ConditionMark.OPEN: labels.CONDITION_OPEN,
}
_FINDING_COLOURS = {
    ConditionMark.MET: TEAL,
    ConditionMark.NOT_MET: TONE_COLOUR[Tone.REFUSED],
    ConditionMark.OPEN: TONE_COLOUR[Tone.WAITING],
}


#: Rows higher than this may be parted; kept whole they might fit on no page, and the library would try for ever.
_KEEP_TOTAL_WITHIN = 60 * mm


def _height(row: Sequence[object], widths: Sequence[float]) -> float:
    height = 0.0
    for cell, width in zip(row, widths, strict=True):
        if isinstance(cell, ShapedText):
            height = max(height, cell.wrap(width - 14, 0)[1])
    return height


def _nothing() -> Flowable:
    """An empty cell; an empty string would be set in a font of its own."""
    return Spacer(0, 0)


def _stack(cells: Sequence[Flowable]) -> Table:
    return Table([[cell] for cell in cells], [WIDTH], style=_TIGHT)


def _rule(canvas: Canvas, x: float, y: float, width: float, weight: float, colour: Color) -> None:
    canvas.setStrokeColor(colour)
    canvas.setLineWidth(weight)
    canvas.line(x, y, x + width, y)


def render_letter(letter: Letter, translate: Translate = str) -> bytes:
    """The letter as a PDF on A4; equal letters and words give equal bytes, in any process.

    `translate` turns the English message ids of `labels`, as gettext does. Raises LetterTooLong when the letter
    passes MOST_PAGES.
    Safe to call from several threads; one draws at a time.
    """
    warm_fonts()
    buffer = io.BytesIO()
    with LOCK:  # the library's font tables belong to all documents; under one interpreter nothing is lost
        composer = _Composer(letter, translate)
        scratch = Canvas(io.BytesIO(), pagesize=A4, initialFontName="NotoSans-Regular", invariant=1)
        first = composer.first_page(scratch) + 5 * mm
        later = composer.later_page(scratch) + 7 * mm
        pad = {"leftPadding": 0, "rightPadding": 0, "topPadding": 0, "bottomPadding": 0}
        frames = {
            "first": Frame(LEFT, BOTTOM, WIDTH, A4[1] - first - BOTTOM, **pad),
            "later": Frame(LEFT, BOTTOM, WIDTH, A4[1] - later - BOTTOM, **pad),
        }
        document = BaseDocTemplate(
            buffer,
            pagesize=A4,
            invariant=1,
            initialFontName="NotoSans-Regular",
            pageTemplates=[PageTemplate(name, [frame]) for name, frame in frames.items()],
        )
        document.build(composer.story(), canvasmaker=partial(_PagedCanvas, furniture=composer.furniture))
    title = f"{letter.subject} · {letter.claim_number}"
    return archivable(buffer.getvalue(), title=title, author=letter.institution.name, language=letter.language)
