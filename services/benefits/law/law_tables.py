"""The law as tables: what a pack holds, figure by figure, for a person to read and a build to compare."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from pathlib import Path

from services.benefits.domain.assessment import Citation
from services.benefits.law import in_force
from services.benefits.law.figures import Amount, Book, Dated, Figure
from services.benefits.law.in_force import PACKS
from services.benefits.law.pack import Pack
from services.benefits.law.scales import Rows
from services.benefits.law.text import plain_number


@dataclass(frozen=True)
class Row:
    """One dated value of a figure, one choice of an option, or one provision."""

    kind: str
    benefit: str
    name: str
    choice: str
    description: str
    value: str
    since: date | None
    until: date | None
    citation: Citation


def written(value: Amount, unit: str, currency: str) -> str:
    """A value as a person writes it."""
    if value is None:
        return "no limit"
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping):
        return "; ".join(f"{key}: {number(v)}" for key, v in value.items())
    if isinstance(value, Rows):
        return value.written(lambda one, of: _measured(one, of, currency))
    return _measured(value, unit, currency)


def _measured(value: Fraction, unit: str, currency: str) -> str:
    """A number with its unit."""
    if unit == "money":
        return f"{number(value)} {currency}"
    if unit == "rate":
        percent = value * 100
        return f"{number(percent)} %" if (percent * 100).denominator == 1 else str(value)
    if unit in ("number", "word", "table"):
        return number(value)
    return f"{number(value)} {unit}"


def number(value: Fraction) -> str:
    return plain_number(value) if (value * 100).denominator == 1 else str(value)


def rows(pack: Pack) -> Iterator[Row]:
    """Everything a pack rests on: the pack itself, its rounding, what is common, then benefit by benefit."""
    yield Row("pack", "", "pack", "", pack.title, pack.currency, pack.since, pack.until, pack.citation)
    rule = pack.rounding
    where = "the running total" if rule.at == "running_total" else "each line"
    said = f"{rule.direction.value.replace('_', ' ')}, at {where}"
    said += f", to {written(rule.smallest, 'money', pack.currency)}"
    yield Row("rounding", "", "rounding", "", "Rounding of payable amounts", said, pack.since, None, rule.citation)
    yield from _book(pack, "", pack.common)
    for code, body in pack.benefits.items():
        yield from _book(pack, code, body.own)


def _book(pack: Pack, benefit: str, book: Book) -> Iterator[Row]:
    for figure in book.figures.values():
        yield from _history(pack, benefit, figure, figure.normal or "", figure.values)
        for choice, values in figure.alternatives.items():
            yield from _history(pack, benefit, figure, choice, values)
    for option in book.options.values():
        for choice, text in option.choices.items():
            citation = option.citations.get(choice, option.citation)
            yield Row("option", benefit, option.name, choice, option.description, text, None, None, citation)
    for rule in book.rules.values():
        yield Row("provision", benefit, rule.name, "", rule.description, "", None, None, rule.citation)


def _history(pack: Pack, benefit: str, figure: Figure, choice: str, values: Iterable[Dated]) -> Iterator[Row]:
    for dated in values:
        value = written(dated.value, figure.unit, pack.currency)
        yield Row(
            "figure",
            benefit,
            figure.name,
            choice,
            figure.description,
            value,
            dated.since,
            dated.until,
            dated.citation,
        )


def in_force_rows(pack: Pack, on: date) -> list[Row]:
    """The rows of a pack that hold on a day."""
    return [r for r in rows(pack) if (r.since is None or r.since <= on) and (r.until is None or on <= r.until)]


# The table of a country -----------------------------------------------------------------------------


def law_table(country: str, *, folder: Path = PACKS) -> str:
    """`docs/law/<country>.md`: every figure with value, first day, article and evidence."""
    found = in_force.packs(country, folder=folder)
    text = [f"# The law of `{country}`, figure by figure", ""]
    text += [
        "Made from the packs by `python -m services.benefits.cli packs tables`; do not edit. Evidence: *verified* the "
        "text was read, *secondary* read elsewhere, *recalled* from memory, *default* chosen by the institution.",
        "",
    ]
    for pack in found:
        until = f" to {pack.until}" if pack.until else " on"
        text += [
            f"## {pack.title}",
            "",
            f"`{pack.id}`, revision {pack.revision}, in force from {pack.since}{until}.",
            "",
        ]
        all_rows = list(rows(pack))
        text += _tables("Common to all benefits", [r for r in all_rows if not r.benefit])
        if pack.exceptions:
            text += [
                "### Exceptions to what holds elsewhere",
                "",
                "| Benefit | Rule | Why | Case | Article or source | Evidence |",
            ]
            text.append("|---|---|---|---|---|---|")
            for e in pack.exceptions:
                rule = e.rule.replace("_", " ")
                cells = (f"`{e.benefit}`", rule, e.description, e.case, e.citation.text, e.citation.evidence)
                text.append("| " + " | ".join(_cell(cell) for cell in cells) + " |")
            text.append("")
        for code, body in pack.benefits.items():
            text += _tables(f"{body.description} (`{code}`)", [r for r in all_rows if r.benefit == code])
    return "\n".join(text).rstrip() + "\n"


def _tables(title: str, found: list[Row]) -> list[str]:
    text: list[str] = []
    figures = [r for r in found if r.kind in ("figure", "rounding")]
    if figures:
        text += ["| Figure | Value | Since | Article or source | Evidence |", "|---|---|---|---|---|"]
        for r in figures:
            reading = f" (choice `{r.choice}`)" if r.choice else ""
            text.append(
                f"| {_cell(r.description)}{reading} `{r.name}` | {_cell(r.value)} | {r.since} | "
                f"{_cell(r.citation.text)} | {r.citation.evidence} |"
            )
        text.append("")
    options = [r for r in found if r.kind == "option"]
    if options:
        text += ["| Option | Choice | Meaning | Article or source | Evidence |", "|---|---|---|---|---|"]
        for place, r in enumerate(options):
            normal = " (normal)" if place == 0 or options[place - 1].name != r.name else ""
            text.append(
                f"| {_cell(r.description)} `{r.name}` | `{r.choice}`{normal} | {_cell(r.value)} | "
                f"{_cell(r.citation.text)} | {r.citation.evidence} |"
            )
        text.append("")
    rules = [r for r in found if r.kind == "provision"]
    if rules:
        text += ["| Rule | Article or source | Evidence |", "|---|---|---|"]
        for r in rules:
            text.append(f"| {_cell(r.description)} | {_cell(r.citation.text)} | {r.citation.evidence} |")
        text.append("")
    return [f"### {title}", "", *text] if text else []


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


# Difference of two statutes -------------------------------------------------------------------------


@dataclass(frozen=True)
class Change:
    """One figure, option or rule that is not the same in two packs; `before` or `after` is `None` where absent."""

    benefit: str
    name: str
    choice: str
    before: Row | None
    after: Row | None


def difference(before: Pack, on_before: date, after: Pack, on_after: date) -> list[Change]:
    """What changes between one pack on a day and another on a later day."""
    old = {(r.benefit, r.name, r.choice): r for r in in_force_rows(before, on_before)}
    new = {(r.benefit, r.name, r.choice): r for r in in_force_rows(after, on_after)}
    changes = []
    for key in [*old, *(k for k in new if k not in old)]:
        first, second = old.get(key), new.get(key)
        if (
            first is None
            or second is None
            or (first.value, first.citation.text)
            != (
                second.value,
                second.citation.text,
            )
        ):
            changes.append(Change(*key, first, second))
    return changes
