"""The replacement rate over the earnings range: one picture per branch, as SVG for the page and as plain data for the
PDF, which draws the same picture itself."""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from services.benefits.conformance.checks.result import NOT_APPLICABLE, Result
from services.benefits.conformance.checks.words import percent
from services.benefits.conformance.report import Drawing, Report
from services.benefits.law.text import plain_number
from shared.web import formatting, texts
from shared.web.texts import N_

INK, SOFT, RULE, TEAL, RED, AMBER = "#17201F", "#4B5553", "#DDD9CE", "#0B5457", "#96231A", "#744600"

FONTS = Path(texts.__file__).resolve().parents[1] / "fonts"

#: Thresholds drawn in, by branch: requirement, label.
LINES = {
    "sickness": (("C102-65-CEILING", N_("C102 article 65")), ("C130-22-60", N_("C130 article 22"))),
    "maternity": (("C102-65-CEILING", N_("C102 article 65")), ("C183-6-TWO-THIRDS", N_("C183 article 6(3)"))),
}
SCALES = ((Fraction(10**6), N_("million")), (Fraction(1000), N_("thousand")), (Fraction(1), ""))


@dataclass(frozen=True)
class Mark:
    """A point of interest: where the ceiling begins, where a threshold is crossed, the rate at a skilled wage."""

    earnings: Fraction
    rate: Fraction
    words: str
    more: str
    kind: str  # ceiling | limit | pass | fail
    left: bool = False  # the words stand left of the line
    level: int = 0  # how high they stand, so that none covers another


@dataclass(frozen=True)
class Chart:
    """A picture as data: curves in exact fractions, thresholds, marks, words."""

    branch: str
    title: str
    curves: tuple[tuple[str, tuple[tuple[Fraction, Fraction], ...]], ...]
    thresholds: tuple[tuple[Fraction, str], ...]
    marks: tuple[Mark, ...]
    most: Fraction
    top: Fraction
    scale: Fraction
    axis: str
    words: str
    language: str = "en"

    def tick(self, place: Fraction) -> str:
        """An amount of the axis, in its scale."""
        return formatting.as_shown(plain_number(place, 1 if place.denominator > 1 else 0), self.language)


def chart(made: Report, branch: str, language: str = "en") -> Chart | None:
    """The picture of one branch; nothing where the law has no such benefit."""
    found = next((d for d in made.drawings if d.branch == branch), None)
    if found is None:
        return None

    def _(message: str, **values: Any) -> str:
        shown = {name: formatting.as_shown(str(value), language) for name, value in values.items()}
        return texts.say(language, message, **shown)

    ceiling = made.result("C102-65-CEILING", branch)
    limits = _limits(found, ceiling.requirement.number)
    known = [d.value for d in made.profile.skilled.values()]
    counted = found.counted or max((x for x, _ in found.points[:-1]), default=Fraction(10_000))
    most = max([counted * 2, *(w * Fraction(13, 10) for w in known), *(w * Fraction(12, 10) for _, w in limits)])
    least = _least(found, counted)
    scale, unit = next((s, u) for s, u in SCALES if most / s >= 5 or s == 1)
    curves = []
    for part, day in enumerate(found.days):
        name = _("from day {day}", day=day + 1) if len(found.days) > 1 else ""
        curves.append((name, _sampled(found, part, least, most)))
    thresholds = tuple(
        (result.requirement.number, f"{formatting.as_shown(percent(result.requirement.number), language)}, {_(label)}")
        for id, label in LINES[branch]
        if (result := made.result(id, branch)) is not None
    )
    marks, worst = _marks(made, found, ceiling, limits, _)
    marks = [replace(mark, more=formatting.as_shown(mark.more, language)) for mark in marks]
    names = {"sickness": _("Sickness"), "maternity": _("Maternity")}
    title = _("{branch}: what share of earnings is replaced", branch=names[branch])
    currency = f"{_(unit)} {made.currency}".strip() if unit else made.currency
    axis = _("earnings a month, {unit}", unit=currency)
    rates = "; ".join(
        f"{plain_number(x)}: {percent(found.rate(x, worst))}" for x, _y in found.points[1:-1] if x <= most
    )
    words = _("Replacement rate by monthly earnings. At each kink: {rates}", rates=rates)
    top = max([Fraction(1), *(y for _n, line in curves for _x, y in line if y <= Fraction(11, 10))])
    drawn = (tuple(curves), thresholds, _placed(marks, most))
    return Chart(branch, title, *drawn, most, top, scale, axis, words, language)


def _marks(
    made: Report, found: Drawing, ceiling: Result, limits: list[tuple[int, Fraction]], _: Callable[..., str]
) -> tuple[list[Mark], int]:
    """The ceiling, and the skilled wages or how far the rate holds; with the phase that decides."""
    marks: list[Mark] = []
    if found.counted is not None:
        marks.append(
            Mark(
                found.counted,
                found.rate(found.counted, 0),
                _("Ceiling {amount}", amount=plain_number(found.counted)),
                "",
                "ceiling",
            )
        )
    worst = len(found.days) - 1
    if made.profile.skilled:
        for name, datum in made.profile.skilled.items():
            rate = min(found.rate(datum.value, p) for p in range(len(found.days)))
            good = rate >= ceiling.requirement.number
            declared = name == made.profile.definition()
            words = (
                _("Skilled wage ({name}), declared", name=name) if declared else _("Skilled wage ({name})", name=name)
            )
            more = f"{plain_number(datum.value)}: {percent(rate, ceiling.requirement.number)} {'✓' if good else '✗'}"
            marks.append(Mark(datum.value, rate, words, more, "pass" if good else "fail"))
    elif limits and ceiling.verdict != NOT_APPLICABLE:
        for part, wage in limits:
            marks.append(
                Mark(
                    wage,
                    ceiling.requirement.number,
                    _(
                        "holds up to {amount}",
                        amount=plain_number(Fraction(wage.numerator // wage.denominator)),
                    ),
                    "",
                    "limit",
                )
            )
            worst = part
    return marks, worst


def _limits(found: Drawing, threshold: Fraction) -> list[tuple[int, Fraction]]:
    """Where each phase crosses the threshold above the ceiling."""
    if found.counted is None:
        return []
    result: list[tuple[int, Fraction]] = []
    for part in range(len(found.days)):
        benefit = dict(found.points)[found.counted][part]
        wage = (benefit + found.family_in_contingency) / threshold - found.family_in_work
        if wage > found.counted and wage not in [w for _, w in result]:
            result.append((part, wage))
    return result


def _placed(marks: Sequence[Mark], most: Fraction) -> tuple[Mark, ...]:
    """Words go to the right of their line, unless another line or the edge is near."""
    lines = sorted((m for m in marks if m.kind != "ceiling"), key=lambda m: m.earnings)
    found: list[Mark] = [m for m in marks if m.kind == "ceiling"]
    levels = {True: 0, False: 0}
    for n, mark in enumerate(lines):
        near = n + 1 < len(lines) and lines[n + 1].earnings - mark.earnings < most / 5
        left = near or mark.earnings > most * Fraction(79, 100)
        found.append(replace(mark, left=left, level=levels[left]))
        levels[left] += 1
    return tuple(found)


def _least(found: Drawing, counted: Fraction) -> Fraction:
    """Where the curve begins: near the lowest earnings that matter."""
    low = found.points[1][0] if len(found.points) > 2 else counted
    return min(low * Fraction(6, 10), counted / 10) if low == counted else low * Fraction(6, 10)


def _sampled(found: Drawing, part: int, least: Fraction, most: Fraction) -> tuple[tuple[Fraction, Fraction], ...]:
    xs = {least, most, *(x for x, _ in found.points if least < x < most)}
    steps = 120
    xs |= {least + (most - least) * n / steps for n in range(steps)}
    return tuple((x, found.rate(x, part)) for x in sorted(xs))


def ticks(most: Fraction, scale: Fraction) -> list[Fraction]:
    """Round values along the earnings axis, five to ten of them."""
    span = most / scale
    step = Fraction(1)
    for n in range(1, 40):
        if span / step <= 10:
            break
        step = Fraction((1, 2, 5)[n % 3]) * 10 ** (n // 3)
    while span / step < 4:
        step /= 2
    return [step * n for n in range(int(span / step) + 1)]


def svg(picture: Chart) -> str:
    """The picture as SVG: text stays text, the same bytes every time, no style a page could refuse."""
    import matplotlib as mpl

    mpl.use("svg")
    from matplotlib import font_manager
    from matplotlib.figure import Figure

    if not any(font.fname.startswith(str(FONTS)) for font in font_manager.fontManager.ttflist):
        for name in ("NotoSans-Regular.ttf", "NotoSans-SemiBold.ttf"):
            font_manager.fontManager.addfont(str(FONTS / name))

    settings: Any = {
        "svg.fonttype": "none",
        "svg.hashsalt": "tideover",
        "font.family": "Noto Sans",
        "font.size": 10.5,
        "axes.unicode_minus": False,
    }
    with mpl.rc_context(settings):
        figure = Figure(figsize=(7.4, 3.7), dpi=100)
        ax = figure.add_axes((0.072, 0.135, 0.915, 0.84))
        _draw(ax, picture)
        stream = io.StringIO()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # ✓ and ✗ come from another font of the reader
            figure.savefig(
                stream,
                format="svg",
                transparent=True,
                metadata={"Date": None, "Creator": None, "Title": picture.title},
            )
    return _plain(stream.getvalue(), picture)


def _draw(ax: Any, picture: Chart) -> None:
    scale = float(picture.scale)
    most = float(picture.most) / scale
    top = float(picture.top) * 100 + 6
    ax.set_xlim(0, most)
    ax.set_ylim(0, top)
    for y in range(20, int(top), 20):
        ax.axhline(y, color=RULE, linewidth=0.7, zorder=0)
    ax.set_yticks(range(0, int(top), 20), [f"{y} %" for y in range(0, int(top), 20)])
    places = ticks(picture.most, picture.scale)
    ax.set_xticks([float(p) for p in places], [picture.tick(p) for p in places])
    ax.tick_params(colors=SOFT, length=3, width=0.7)
    for side in ("top", "right", "left"):
        ax.spines[side].set_visible(False)
    ax.spines["bottom"].set_color("#757D7A")
    ax.set_xlabel(picture.axis, loc="right", color=SOFT, labelpad=2)
    for n, (value, label) in enumerate(picture.thresholds):
        high = float(value) * 100
        ax.axhline(high, color=RED if not n else AMBER, linewidth=1.1, dashes=(6, 3), zorder=2)
        ax.text(
            most,
            high + 1.5,
            label,
            ha="right",
            va="bottom",
            color=RED if not n else AMBER,
            fontweight="semibold",
        )
    for n, (name, line) in enumerate(picture.curves):
        xs = [float(x) / scale for x, _ in line]
        ys = [float(y) * 100 for _, y in line]
        dashes = (None, None) if not n else (3, 2)
        ax.plot(xs, ys, color=TEAL, linewidth=2.4 if not n else 1.6, dashes=dashes, zorder=4, clip_on=True)
        if name:
            at = int(len(xs) * (0.13 + 0.0 * n))
            ax.text(xs[at], min(ys[at], top - 8) + 2, f"{name}", color=TEAL, va="bottom", ha="left")
    low = picture.thresholds[0][0] if picture.thresholds else Fraction(0)
    line = picture.curves[-1][1]
    xs = [float(x) / scale for x, y in line if y <= low]
    if xs and any(m.kind == "fail" for m in picture.marks):
        worst = max(float(m.earnings) / scale for m in picture.marks if m.kind == "fail")
        inside = [(float(x) / scale, float(y) * 100) for x, y in line if y <= low and float(x) / scale <= worst]
        if inside:
            ax.fill_between(
                [x for x, _ in inside],
                [y for _, y in inside],
                float(low) * 100,
                color=RED,
                alpha=0.25,
                linewidth=0,
            )
    for mark in picture.marks:
        _mark(ax, mark, scale, most)


def _mark(ax: Any, mark: Mark, scale: float, most: float) -> None:
    x, y = float(mark.earnings) / scale, float(mark.rate) * 100
    if mark.kind == "ceiling":
        ax.plot([x, x], [0, y], color="#757D7A", linewidth=0.8, dashes=(2, 3), zorder=1)
        ax.plot(
            [x],
            [y],
            marker="o",
            markersize=7,
            markerfacecolor="#FFFFFF",
            markeredgecolor=TEAL,
            markeredgewidth=2,
            zorder=6,
        )
        ax.text(x + most * 0.012, y + 3.5, mark.words, color=INK, fontweight="semibold", va="bottom")
        return
    color = {"pass": TEAL, "fail": RED, "limit": INK}[mark.kind]
    ax.plot([x, x], [0, y], color=INK, linewidth=1.2, zorder=3)
    ax.plot([x], [y], marker="o", markersize=7, color=color, zorder=6)
    right = mark.left
    at = x - most * 0.012 if right else x + most * 0.012
    height = 3 + (mark.level % 3) * 12
    ax.text(
        at,
        height + (5 if mark.more else 0),
        mark.words,
        color=INK,
        ha="right" if right else "left",
        va="bottom",
        fontsize=9.5,
    )
    if mark.more:
        ax.text(
            at,
            height,
            mark.more,
            color=color,
            ha="right" if right else "left",
            va="bottom",
            fontsize=9.5,
            fontweight="semibold",
        )


_STYLE = re.compile(r'style="([^"]*)"')
_NUMBERS = re.compile(r"(-?\d+\.\d{3})\d+")


def _plain(raw: str, picture: Chart) -> str:
    """What matplotlib wrote, with style attributes turned into plain ones, the prolog and its ids dropped, and words
    for those who do not see it."""
    body = raw[raw.index("<svg") :]
    body = re.sub(r"<metadata>.*?</metadata>\s*", "", body, flags=re.S)
    body = re.sub(r"<style[^>]*>.*?</style>", "", body, flags=re.S)
    body = re.sub(r"<!--.*?-->\s*", "", body, flags=re.S)
    body = re.sub(r"<title>.*?</title>\s*", "", body, flags=re.S)
    body = _STYLE.sub(lambda m: _attributes(m[1]), body)
    body = _NUMBERS.sub(r"\1", body)
    ident = f"chart-{picture.branch}"
    body = re.sub(r'(\bid="|href="#|url\(#)(?=[A-Za-z])', rf"\1{ident}-", body)
    body = body.replace("<text ", '<text paint-order="stroke" stroke="#FFFFFF" stroke-width="3" ')
    body = re.sub(r"\s*\n\s*", "\n", body)
    head = re.match(r"<svg[^>]*>", body)
    assert head is not None  # noqa: S101
    box = re.search(r'viewBox="([^"]*)"', head[0])
    start = (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'viewBox="{box[1] if box else ""}" '
        f'role="img" aria-labelledby="{ident}-t {ident}-d" stroke-linejoin="round" stroke-linecap="butt">'
        f'<title id="{ident}-t">{_escape(picture.title)}</title><desc id="{ident}-d">{_escape(picture.words)}</desc>'
    )
    return start + body[head.end() :].strip() + "\n"


def _attributes(style: str) -> str:
    found = []
    for part in style.split(";"):
        name, _, value = part.partition(":")
        name, value = name.strip(), value.strip()
        if not name:
            continue
        if name == "font":
            size = re.search(r"([\d.]+)px", value)
            weight = "600" if "600" in value or "semibold" in value or "bold" in value else "400"
            found += [
                f'font-size="{size[1] if size else 10}"',
                f'font-weight="{weight}"',
                'font-family="Noto Sans, sans-serif"',
            ]
        else:
            found.append(f'{name}="{value.replace(chr(34), "")}"')
    return " ".join(found)


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
