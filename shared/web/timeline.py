"""The timeline: days of a spell or a leave as cells, drawn on the server.

One row per spell, one cell per day, a letter and a pattern for each status, so that it reads in black and
white. Runs of like days are one rectangle; thin white lines over them part the days. Two drawings go out,
for a desk and for a phone, and one table for screen readers, which `#<ident>-table` also shows to the eye.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from markupsafe import Markup

from shared.web import formatting as f
from shared.web.texts import N_, say

ONE = timedelta(days=1)
DESK, PHONE = 752, 340
CELL = 26
CAP = 16
INK, INK2, GREY, TEAL, MID, AMBER = "#17201F", "#4B5553", "#757D7A", "#0B5457", "#5F8F8E", "#744600"

#: What each letter says, in the order of the key.
CODES = {
    "w": N_("waiting, not paid"),
    "E": N_("employer"),
    "P": N_("fund"),
    "R": N_("weekly rest"),
    "H": N_("public holiday"),
    "N": N_("not paid"),
    "X": N_("limit reached, not paid"),
}


@dataclass(frozen=True)
class Run:
    """Neighbouring days of one status; `tier` numbers the rates of paid days, `ahead` days are to come."""

    first: date
    last: date
    code: str
    rate: str | None = None
    tier: int = 0
    ahead: bool = False
    reasons: tuple[str, ...] = ()
    amount: str = ""

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1


@dataclass
class _Group:
    """Runs under one bracket: the same status going on, over rest days and holidays if need be."""

    first: date
    last: date
    code: str
    rate: str | None
    days: int
    members: list[Run] = field(default_factory=list)


def runs(
    segments: Iterable[Mapping[str, Any]],
    today: date | None = None,
    language: str = "en",
    reasons: Mapping[str, Any] | None = None,
    currency: str = "",
) -> list[Run]:
    """Segments of an assessment as runs in order, cut where today ends. Letters not known count as not paid."""
    rates: list[str | None] = []
    found = []
    for item in sorted(segments, key=lambda s: str(s["from"])):
        code = str(item.get("code") or "N")
        code = "w" if code == "W" else code if code in CODES else "N"
        rate = str(item["rate"]) if item.get("rate") else None
        if code == "P" and rate not in rates:
            rates.append(rate)
        amount = item.get("amount")
        run = Run(
            f.as_date(item["from"]),
            f.as_date(item["to"]),
            code,
            rate,
            min(rates.index(rate), 2) if code == "P" else 0,
            False,
            _reasons(item.get("reasons") or (), reasons or {}, language),
            f.money(amount, language, currency) if amount and (currency or isinstance(amount, Mapping)) else "",
        )
        if today and code == "P" and run.first <= today < run.last:
            # The amount is of the whole run: it stands with the days that have passed.
            found += [replace(run, last=today), replace(run, first=today + ONE, ahead=True, amount="")]
        else:
            found.append(replace(run, ahead=bool(today and code == "P" and run.first > today)))
    return found


def _reasons(given: Iterable[Any], known: Mapping[str, Any], language: str) -> tuple[str, ...]:
    """Why days are as they are: sentences, or ids of findings whose sentences are known. Bare ids are not shown."""
    texts = [known.get(reason) if isinstance(reason, str) else reason for reason in given]
    return tuple(dict.fromkeys(f.text(text, language) for text in texts if text))


def draw(
    segments: Sequence[Mapping[str, Any]],
    *,
    language: str = "en",
    marks: Iterable[Mapping[str, Any]] = (),
    today: date | str | None = None,
    earlier: Iterable[Mapping[str, Any]] = (),
    papers: Iterable[Mapping[str, Any]] = (),
    title: str = "",
    reasons: Mapping[str, Any] | None = None,
    currency: str = "",
    ident: str = "tl",
    widths: Sequence[int] = (DESK, PHONE),
) -> Markup:
    """The figure: drawings, key and table.

    `marks` are {"on", "text"}; `earlier` spells {"timeline", "note"}; `papers` are certificates under the
    days, {"from", "to", "text", "sure"}; `reasons` give the sentences of finding ids. The first width is for desks, the
    second for phones.
    """
    day = f.as_date(today) if today else None
    main = runs(segments, day, language, reasons, currency)
    if not main:
        return Markup('<p class="empty">{}</p>').format(say(language, "No days to show yet."))
    before = [(runs(spell["timeline"], None, language), f.text(spell.get("note"), language)) for spell in earlier]
    before = [(row, note) for row, note in before if row]
    flags = [(f.as_date(mark["on"]), f.text(mark["text"], language)) for mark in marks]
    sheets = [
        (f.as_date(p["from"]), f.as_date(p["to"]), f.text(p["text"], language), bool(p.get("sure", True)))
        for p in papers
    ]
    name = title or say(language, "Days from {period}", period=f.plain_period(main[0].first, main[-1].last, language))
    out = Markup('<figure class="tl" id="{}">{}').format(ident, _patterns(ident))
    said_all = True
    for number, width in enumerate(widths):
        drawing, complete = _drawing(main, before, flags, sheets, day, width, language, ident, name)
        kind = "tl-desk" if number == 0 and len(widths) > 1 else "tl-phone" if len(widths) > 1 else "tl-only"
        full = width - 2 <= CAP * ((main[-1].last - main[0].first).days + 1)
        out += Markup('<svg class="{}{}" width="{}" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>').format(
            kind, " tl-full" if full else "", width, width, drawing[1], name, drawing[0]
        )
        said_all = said_all and (complete or number > 0)
    out += _key(main, language, ident, always=not said_all or len(widths) == 1)
    return out + _table(main, before, language, ident, name) + Markup("</figure>")


# ---- parts ------------------------------------------------------------------------------------------------


def _patterns(ident: str) -> Markup:
    """Fills that differ in black and white: hatched, solid, dotted, ruled, crossed."""
    return Markup(
        '<svg class="tl-defs" width="0" height="0" aria-hidden="true"><defs>'
        '<pattern id="{0}-E" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
        '<path fill="#fff" d="M0 0h5v5H0z"/><path fill="#5F8F8E" d="M0 0h1.6v5H0z"/></pattern>'
        '<pattern id="{0}-P1" width="4" height="4" patternUnits="userSpaceOnUse">'
        '<path fill="#5E9291" d="M0 0h4v4H0z"/><path fill="#fff" d="M0 0h4v1H0z"/></pattern>'
        '<pattern id="{0}-P2" width="4" height="4" patternUnits="userSpaceOnUse">'
        '<path fill="#A9C7C5" d="M0 0h4v4H0z"/></pattern>'
        '<pattern id="{0}-A" width="6" height="6" patternUnits="userSpaceOnUse">'
        '<path fill="#D2E3E1" d="M0 0h6v6H0z"/><circle cx="3" cy="3" r="1.1" fill="#0B5457"/></pattern>'
        '<pattern id="{0}-w" width="4" height="4" patternUnits="userSpaceOnUse">'
        '<path fill="#F3F0E8" d="M0 0h4v4H0z"/></pattern>'
        '<pattern id="{0}-H" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(-45)">'
        '<path fill="#FAEFD6" d="M0 0h5v5H0z"/><path fill="#C27C0E" d="M0 0h1.2v5H0z"/></pattern>'
        '<pattern id="{0}-R" width="5" height="5" patternUnits="userSpaceOnUse">'
        '<path fill="#fff" d="M0 0h5v5H0z"/><path fill="#B9B5A8" d="M0 2h5v1H0z"/></pattern>'
        '<pattern id="{0}-X" width="6" height="6" patternUnits="userSpaceOnUse">'
        '<path fill="#fff" d="M0 0h6v6H0z"/><path stroke="#96231A" d="M0 0l6 6M6 0L0 6"/></pattern>'
        "</defs></svg>"
    ).format(ident)


def _look(run: Run, ident: str) -> tuple[str, str]:
    """Fill and outline of a run."""
    if run.ahead:
        return f"url(#{ident}-A)", TEAL
    if run.code == "P":
        return (TEAL if run.tier == 0 else f"url(#{ident}-P{run.tier})"), TEAL
    if run.code == "N":
        return "#fff", GREY
    return f"url(#{ident}-{run.code})", {"E": MID, "H": "#C27C0E", "X": "#96231A"}.get(run.code, "#8F8B7E")


def _filled(template: str, *values: Any) -> Markup:
    """Values, escaped, in a template that is always a literal of this file."""
    return Markup(template).format(*[_px(v) if isinstance(v, Fraction) else v for v in values])  # noqa: S704


class _Canvas:
    """Collects escaped SVG."""

    def __init__(self) -> None:
        self.parts: list[Markup] = []

    def add(self, template: str, *values: Any) -> None:
        self.parts.append(_filled(template, *values))

    def behind(self, template: str, *values: Any) -> None:
        self.parts.insert(0, _filled(template, *values))

    def text(self, x: Fraction, y: int, words: str, kind: str = "", anchor: str = "", letter: str = "") -> None:
        self.add(
            '<text x="{}" y="{}"{}{}>{}{}</text>',
            x,
            y,
            Markup(' class="{}"').format(kind) if kind else "",
            Markup(' text-anchor="{}"').format(anchor) if anchor else "",
            Markup('<tspan class="b">{}</tspan> ').format(letter) if letter else "",
            words,
        )

    def svg(self) -> Markup:
        return Markup("").join(self.parts)


def _drawing(
    main: list[Run],
    before: list[tuple[list[Run], str]],
    flags: list[tuple[date, str]],
    papers: list[tuple[date, date, str, bool]],
    today: date | None,
    width: int,
    language: str,
    ident: str,
    name: str,
) -> tuple[tuple[Markup, int], bool]:
    """The inside of one SVG with its height, and whether every run could be labelled in full."""
    first, last = main[0].first, main[-1].last
    total = (last - first).days + 1
    pitch = min(Fraction(width - 2, total), Fraction(CAP))
    c = _Canvas()
    y = 0

    def x(day: date) -> Fraction:
        return 1 + (day - first).days * pitch

    # Earlier spells, each a thin row from the left edge.
    for row, note in before:
        y = _earlier(c, row, note, y, pitch, width, language, ident, first)

    # Flags: today and marks of law, in as many lanes as it takes; today alone shares the line of the months.
    poles = [x(day) for day, _words in flags if first <= day <= last]
    now = x(today + ONE) if today and first <= today <= last else None
    lanes, taken = _flags(c, flags, today, first, last, x, y, width, language)
    name_of_first = _width(_month_names(first, True, language)[1], bold=True)
    alone = now is not None and not poles and taken[0][0] > x(first) + name_of_first + 3
    top = y if alone else y + lanes * 20
    _months(c, first, last, x, top + 12, width, language, taken if alone else [])
    y = top + 16
    if pitch >= 6:
        _mondays(c, first, last, x, y + 12, language, poles + ([now] if now is not None else []))
        y += 16
    cells = y + 2
    gap = _gap(c, f"{ident}-g{width}", pitch)
    for run in main:
        _cells(c, run, x(run.first), cells, CELL, pitch, ident, gap)
    for at in poles + ([now] if now is not None else []):
        c.add(
            '<path d="M{} {}V{}" stroke="#17201F" stroke-width="{}"/>',
            at,
            cells - 4,
            cells + CELL + 3,
            "2" if at == now else "1.5",
        )
        c.behind('<path d="M{} {}V{}" stroke="{}"/>', at, top, cells, GREY)
    y = cells + CELL
    complete = _labels(c, main, x, y, width, language)
    y += 28
    for start, end, words, sure in papers:
        y = _paper(c, max(start, first), min(end, last), words, sure, x, y, width)
    if papers:
        y += 26
    return (c.svg(), y), complete


def _earlier(
    c: _Canvas,
    row: list[Run],
    note: str,
    y: int,
    pitch: Fraction,
    width: int,
    language: str,
    ident: str,
    main: date,
) -> int:
    start, end = row[0].first, row[-1].last
    length = (end - start).days + 1
    step = min(pitch, Fraction(width // 2, length))
    gap = _gap(c, f"{ident}-e{width}-{y}", step)
    for run in row:
        _cells(c, run, 1 + (run.first - start).days * step, y + 2, 14, step, ident, gap)
    counts = ", ".join(f"{code} {f.number(n, language)}" for code, n in _totals(row).items())
    words = f"{f.plain_period(start, end, language)} · {counts}"
    if note:
        words += f" · {note}"
    away = (main - end).days - 1
    if away > 0:
        words += " · " + say(language, "{days} between", days=f.days(away, language))
    left = 1 + length * step + 8
    if left + _width(words) <= width:
        c.text(left, y + 14, words, "t2")
        return y + 24
    c.text(Fraction(1), y + 30, _cut(words, width - 4), "t2")
    return y + 38


def _flags(
    c: _Canvas,
    flags: list[tuple[date, str]],
    today: date | None,
    first: date,
    last: date,
    x: Any,
    y: int,
    width: int,
    language: str,
) -> tuple[int, list[tuple[Fraction, Fraction]]]:
    """Today's flag and the marks of law above the days, on either side of their poles.

    Answers how many lanes there are and where the first is taken.
    """
    items: list[tuple[Fraction, str, bool]] = [(x(day), words, False) for day, words in flags if first <= day <= last]
    if today and first <= today <= last:
        words = say(language, "today {date}", date=f.plain_date(today, language, "brief"))
        items.append((x(today + ONE), words, True))
    items.sort(key=lambda item: (not item[2], item[0]))
    poles = [item[0] for item in items]
    lanes: list[list[tuple[Fraction, Fraction]]] = []
    for at, words, now in items:
        wide = _width(_cut(words, width - 16), bold=not now) + (14 if now else 8)
        sides = [max(Fraction(0), min(at - wide / 2, width - wide))] if now else [at, at - wide]
        places = [
            (number, crossed, side)
            for number in range(len(lanes) + 1)
            for side in sides
            if side >= 0
            and side + wide <= width
            and all(side >= b + 4 or side + wide <= a - 4 for a, b in (lanes[number] if number < len(lanes) else []))
            for crossed in [sum(side < pole < side + wide for pole in poles if pole != at)]
        ]
        lane, _crossed, left = min(
            places, key=lambda p: (p[0] + 2 * p[1], p[2] < at), default=(len(lanes), 0, Fraction(0))
        )
        if lane == len(lanes):
            lanes.append([])
        lanes[lane].append((left, left + wide))
        top = y + lane * 20
        if now:
            c.add('<rect x="{}" y="{}" width="{}" height="18" rx="2" fill="#17201F"/>', left, top, wide)
            c.text(left + wide / 2, top + 13, words, "inv", "middle")
        else:
            end = left < at
            c.text(
                left + wide - 4 if end else left + 4,
                top + 13,
                _cut(words, width - 16),
                "b",
                "end" if end else "",
            )
    if lanes:
        # Poles run from the flags down to the days, behind every word.
        for at, _words, now in items:
            reach = next(n for n, lane in enumerate(lanes) if any(a <= at <= b for a, b in lane))
            colour, thick = (INK, "2") if now else (GREY, "1.5")
            c.behind(
                '<path d="M{} {}V{}" stroke="{}" stroke-width="{}"/>',
                at,
                y + reach * 20 + 2,
                y + len(lanes) * 20,
                colour,
                thick,
            )
    return len(lanes), lanes[0] if lanes else []


def _months(
    c: _Canvas,
    first: date,
    last: date,
    x: Any,
    y: int,
    width: int,
    language: str,
    taken: list[tuple[Fraction, Fraction]],
) -> None:
    """A tick at each first of a month; as many names as there is room for, in even steps."""
    starts, day = [first], first
    while (day := (day.replace(day=1) + timedelta(days=32)).replace(day=1)) <= last:
        starts.append(day)
        c.behind('<path d="M{} {}V{}" stroke="#B9B5A8"/>', x(day), y + 3, y + 20)
    for step in (1, 2, 3, 6, 12):
        chosen = [start for start in starts if start == first or (start.month - 1) % step == 0]
        for brief in (False, True):
            # The first may go without its year, or give way to the second, which then carries it.
            for kept, bare in ((chosen, False), (chosen, True), (chosen[1:] or chosen, False)):
                placed, end = [], Fraction(-10)
                for number, start in enumerate(kept):
                    with_year = (number == 0 and not bare) or start.month == 1
                    words = _month_names(start, with_year, language)[-1 if brief else 0]
                    wide = _width(words, bold=with_year)
                    at = min(x(start), width - wide)
                    if at < end + 6 or at < 0 or (bare and not any(day.month == 1 for day in kept)):
                        break
                    end = at + wide
                    if all(end + 3 <= a or at >= b + 3 for a, b in taken):
                        placed.append((at, words, with_year))
                else:
                    for at, words, with_year in placed:
                        c.text(at, y, words, "b" if with_year else "")
                    return


def _month_names(start: date, with_year: bool, language: str) -> tuple[str, str]:
    """The name of a month in full and as short as may be."""
    if language not in ("en", "lo", "th"):
        full = f.plain_month(start, language, "medium")
        return (full, full) if with_year else (f.number(start.month, language),) * 2
    wide, brief = f.plain_month(start, language, "long"), f.plain_month(start, language, "abbr")
    if language == "en":
        wide = brief
    return (wide, brief) if with_year else (wide.split(f.NBSP)[0], brief.split(f.NBSP)[0])


def _mondays(c: _Canvas, first: date, last: date, x: Any, y: int, language: str, poles: list[Fraction]) -> None:
    """The day of the month at each Monday, where no line runs through it."""
    day, end = first, Fraction(-10)
    while day <= last:
        words = f.number(day.day, language)
        at, to = x(day), x(day) + _width(words)
        months = [x(month) for month in (day.replace(day=1), (day.replace(day=1) + timedelta(days=32)).replace(day=1))]
        if (
            (day.weekday() == 0 or day == first)
            and at >= end + 3
            and to <= x(last + ONE)
            and not any(at < line <= to for line in poles + months)
        ):
            c.text(at, y, words, "t2")
            end = to
        day += ONE


def _gap(c: _Canvas, ident: str, pitch: Fraction) -> str:
    """Defines the white lines between days, where days are wide enough to part."""
    if pitch < Fraction(5, 2):
        return ""
    thin = "1.2" if pitch >= 5 else ".6"
    c.add(
        '<pattern id="{}" width="{}" height="40" patternUnits="userSpaceOnUse" x="1">'
        '<path fill="#fff" d="M0 0h{}v40H0z"/></pattern>',
        ident,
        pitch,
        thin,
    )
    return ident


def _cells(c: _Canvas, run: Run, x: Fraction, y: int, height: int, pitch: Fraction, ident: str, gap: str) -> None:
    fill, line = _look(run, ident)
    wide = run.days * pitch
    shape = '<rect x="{}" y="{}" width="{}" height="{}" fill="{}"'
    c.add(
        shape + ' stroke="{}" stroke-width=".7" data-code="{}" data-days="{}"/>',
        x,
        y,
        wide,
        height,
        fill,
        line,
        run.code,
        run.days,
    )
    if gap and run.days > 1:
        c.add(shape + "/>", x + pitch / 2, y, wide - pitch / 2, height, f"url(#{gap})")
    if run.code not in "PE" and wide >= 11 and height == CELL:
        c.add('<circle cx="{}" cy="{}" r="7.5" fill="#fff"/>', x + wide / 2, y + 13)
        c.text(x + wide / 2, y + 17, run.code, "b", "middle")


def _labels(c: _Canvas, main: list[Run], x: Any, y: int, width: int, language: str) -> bool:
    """Brackets with letter, count and payer below the days; true when each could be written out."""
    groups = _groups(main)
    complete = all(run.code not in "RHwNX" for run in main)
    end = Fraction(-10)
    for number, group in enumerate(groups):
        left, right = x(group.first), x(group.last + ONE) - 1
        c.add('<path d="M{} {}v4H{}v-4" fill="none" stroke="#17201F"/>', left, y + 4, right)
        room = (x(groups[number + 1].first) if number + 1 < len(groups) else Fraction(width)) - max(left, end + 6) - 6
        full = _words(group.code, group.days, group.rate, language)
        for words in (full, f.days(group.days, language), f.number(group.days, language), ""):
            if _width(f"{group.code} {words}") <= room:
                at = max(left, end + 6)
                c.text(at, y + 22, words, "", "", group.code)
                end = at + _width(f"{group.code} {words}")
                complete = complete and words == full
                break
        else:
            complete = False
    return complete


def _groups(main: list[Run]) -> list[_Group]:
    """Runs under brackets: paid and employer days, going on over rest days and holidays."""
    groups: list[_Group] = []
    for run in main:
        before = groups[-1] if groups else None
        if before and before.last + ONE != run.first and (run.first - before.last).days > 40:
            before = None
        if run.code in "RH" and len(main) > 1:
            continue
        if before and (before.code, before.rate) == (run.code, run.rate) and _bridged(main, before.last, run.first):
            before.last, before.days = run.last, before.days + run.days
            continue
        groups.append(_Group(run.first, run.last, run.code, run.rate, run.days))
    return groups


def _bridged(main: list[Run], last: date, first: date) -> bool:
    """Whether only rest days and holidays lie between."""
    between = sum(run.days for run in main if run.code in "RH" and last < run.first and run.last < first)
    return between == (first - last).days - 1


def _paper(c: _Canvas, start: date, end: date, words: str, sure: bool, x: Any, y: int, width: int) -> int:
    if start > end:
        return y
    left, wide = x(start), x(end + ONE) - x(start)
    c.add(
        '<rect x="{}" y="{}" width="{}" height="20" rx="2" fill="{}" stroke="{}"{}/>',
        left,
        y + 4,
        wide - Fraction(1, 2),
        "#fff" if sure else "#FAEFD6",
        GREY if sure else AMBER,
        "" if sure else Markup(' stroke-dasharray="4 3"'),
    )
    c.text(left + 7, y + 18, _cut(words, wide - 10), "" if sure else "am")
    return y


def _totals(row: list[Run]) -> dict[str, int]:
    found: dict[str, int] = {}
    for run in row:
        found[run.code] = found.get(run.code, 0) + run.days
    return found


def _words(code: str, count: int, rate: str | None, language: str) -> str:
    words = f"{f.days(count, language)}, {say(language, CODES[code])}"
    return f"{words}, {f.rate(rate, language)}" if rate and code == "P" else words


def _key(main: list[Run], language: str, ident: str, always: bool) -> Markup:
    """The key as a list that wraps; shown where the drawing has no room for it."""
    counts: dict[tuple[str, str | None, bool], tuple[Run, int]] = {}
    for run in main:
        key = (run.code, run.rate if run.code == "P" else None, run.ahead)
        counts[key] = (run, counts.get(key, (run, 0))[1] + run.days)
    items = Markup("")
    for (code, rate, ahead), (run, n) in counts.items():
        fill, line = _look(run, ident)
        words = _words(code, n, rate, language)
        if ahead:
            words = say(language, "{words}, still to come", words=words)
        items += Markup(
            '<li><svg width="18" height="14" aria-hidden="true"><rect x=".5" y=".5" width="17" height="13" fill="{}" '
            'stroke="{}"/>'
            "</svg> <b>{}</b> {}</li>"
        ).format(fill, line, code, words)
    return Markup('<ul class="tl-key{}" aria-hidden="true">{}</ul>').format("" if always else " tl-phone", items)


def _table(main: list[Run], before: list[tuple[list[Run], str]], language: str, ident: str, name: str) -> Markup:
    rows = Markup("")
    for row, note in [*before, (main, "")]:
        for run in row:
            words = _words(run.code, run.days, run.rate, language).split(", ", 1)[1]
            extra = "; ".join(part for part in (note, run.amount, *run.reasons) if part)
            if run.ahead:
                words = say(language, "{words}, still to come", words=words)
            rows += Markup('<tr><td>{}</td><td>{}</td><td class="num">{}</td><td>{} {}{}</td></tr>').format(
                f.date_html(run.first, language),
                f.date_html(run.last, language),
                f.number(run.days, language),
                run.code,
                words,
                f"; {extra}" if extra else "",
            )
    head = Markup(
        '<th scope="col">{}</th><th scope="col">{}</th><th scope="col" class="num">{}</th><th scope="col">{}</th>'
    ).format(say(language, "From"), say(language, "To"), say(language, "Days"), say(language, "Who pays"))
    return Markup(
        '<div class="tl-table" id="{}-table">'
        "<table><caption>{}</caption><thead><tr>{}</tr></thead><tbody>{}</tbody></table></div>"
    ).format(ident, name, head, rows)


# ---- measuring --------------------------------------------------------------------------------------------


def _width(words: str, bold: bool = False) -> Fraction:
    """About how wide a text of 12 px is; marks above and below a letter take no room."""
    total = Fraction(0)
    for char in words:
        if unicodedata.category(char) in ("Mn", "Me"):
            continue
        if char in " .,:;·ilI1()|'’" or char == f.NBSP:
            total += Fraction(4)
        elif "\u1000" <= char <= "\u109f":
            total += Fraction(10)
        elif ord(char) < 0x250:
            total += Fraction(7) if not char.isupper() else Fraction(8)
        else:
            total += Fraction(15, 2)
    return total * Fraction(27, 25) if bold else total


def _cut(words: str, room: Fraction | int) -> str:
    """A text shortened at a whole letter to the room there is."""
    if _width(words) <= room:
        return words
    while words and (_width(words + "…") > room or unicodedata.category(words[-1]) in ("Mn", "Mc")):
        words = words[:-1]
    return words.rstrip() + "…" if words else ""


def _px(value: Fraction) -> str:
    """A coordinate with at most two decimals."""
    hundredths = round(value * 100)
    sign, hundredths = ("-" if hundredths < 0 else ""), abs(hundredths)
    whole, rest = divmod(hundredths, 100)
    return f"{sign}{whole}.{rest:02}".rstrip("0").rstrip(".") if rest else f"{sign}{whole}"
