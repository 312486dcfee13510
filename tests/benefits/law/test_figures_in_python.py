"""The numbers of the law stand in the packs' YAML: not in their Python, and not in the words of a sentence.

Raise any figure by one, and every sentence that rests on it and named its value says the new one.
"""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from services.benefits.domain.assessment import Assessment, Text
from services.benefits.law import in_force
from services.benefits.law import pack as packs_module
from services.benefits.law.case_files import CaseFile, read_case_files
from services.benefits.law.figures import Amount, Value
from services.benefits.law.pack import Pack
from services.benefits.law.scales import Rows, Scale
from services.benefits.law.sheet import Sheet
from services.benefits.law.text import gaps
from services.benefits.law.vocabulary import PACKS, countries
from tests.benefits.law.facts import TODAY

SOURCES = sorted(PACKS.rglob("*.py"))
EVERY = pytest.mark.parametrize("path", SOURCES, ids=[str(p.relative_to(PACKS)) for p in SOURCES])

#: Numbers that no law sets, wherever they stand.
OF_NO_LAW = {
    0: "nothing, or the first of a list",
    1: "one, or the next",
    7: "days of a week",
    12: "months of a year, and December",
    31: "the last day of December",
}
#: Constants that give a number its name because the word itself is the number.
NAMED = {"SATURDAY": 6, "QUARTER": 3, "MONTHS_OF_YEAR": 12, "DAYS_OF_WEEK": 7}


def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


def named(tree: ast.Module) -> set[ast.Constant]:
    """The constants whose name is the number."""
    return {
        node.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.targets[0], ast.Name)
        and NAMED.get(node.targets[0].id) == node.value.value
    }


@EVERY
def test_no_number_of_the_law_stands_in_the_steps_of_a_pack(path: Path) -> None:
    tree = tree_of(path)
    numbers = [n for n in ast.walk(tree) if isinstance(n, ast.Constant) and type(n.value) in (int, float)]
    kept = named(tree)
    found = [f"line {n.lineno}: {n.value!r}" for n in numbers if n.value not in OF_NO_LAW and n not in kept]
    assert not found, f"{path.name}: put it into the pack's figures: {found}"


@EVERY
def test_no_gap_of_a_sentence_is_filled_with_a_number_written_there(path: Path) -> None:
    filled = [
        f"line {node.lineno}: t.{node.func.attr}({arg.value})"
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ("count", "rate")
        for arg in node.args
        if isinstance(arg, ast.Constant) and type(arg.value) is int
    ]
    assert not filled, f"{path.name}: a sentence takes its numbers from the law: {filled}"


@EVERY
def test_no_date_of_the_law_stands_in_the_steps_of_a_pack(path: Path) -> None:
    dates = [
        node.lineno
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Call)
        and getattr(node.func, "id", getattr(node.func, "attr", "")) in ("date", "fromisoformat", "Month", "parse")
        and node.args
        and isinstance(node.args[0], ast.Constant)
    ]
    assert not dates, f"{path.name}: put the day into the pack's figures or provisions: lines {dates}"


WORDS = dict(
    zip(
        [
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "twenty",
            "thirty",
            "forty",
            "fifty",
            "sixty",
            "seventy",
            "eighty",
            "ninety",
            "hundred",
            "half",
        ],
        [*range(2, 16), *range(20, 100, 10), 100, Fraction(1, 2)],
        strict=True,
    )
)


def spelled(msg: str) -> list[Fraction]:
    """Numbers that a sentence says by itself, in digits or in words; its gaps left out."""
    words = re.sub(r"\{[a-z_0-9]+\}", "", msg)
    found = [Fraction(n) for n in re.findall(r"\d+", words)]
    return found + [Fraction(WORDS[w]) for w in re.findall(r"[a-z]+", words.lower()) if w in WORDS]


def sentences(path: Path) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "N_":
            yield node.lineno, ast.literal_eval(node.args[0])


@EVERY
def test_no_sentence_of_a_pack_says_a_number_by_itself(path: Path) -> None:
    found = [f"line {line}: {msg}" for line, msg in sentences(path) if spelled(msg)]
    assert not found, f"{path.name}: a sentence takes its numbers from the law: {found}"


def test_a_number_in_a_sentence_would_be_seen() -> None:
    assert spelled("Back at work within eight weeks, before {day_1} of 2025") == [2025, 8]


# Raise any figure by one ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Said:
    """A sentence of an assessment, and the figures it rests on."""

    text: Text
    rests_on: tuple[Value | Scale, ...]


class Listening(Sheet):
    """A sheet that remembers which figures each sentence was written with."""

    said: dict[tuple[str, str], Said]

    def _keep(self, id: str, texts: dict[str, Text | None], cite: Any, uses: Any) -> None:
        self.__dict__.setdefault("said", {})
        rests_on = tuple(item for item in (cite, *uses) if isinstance(item, (Value, Scale)))
        for part, text in texts.items():
            if text is not None:
                self.said[id, part] = Said(text, rests_on)

    def finding(
        self,
        id: str,
        text: Text,
        met: bool | None,
        cite: Any,
        *,
        change: Any = None,
        reason: Any = None,
        uses: Any = (),
        **more: Any,
    ) -> bool:
        self._keep(id, {"finding": text, "change": change, "reason": reason}, cite, uses)
        return super().finding(id, text, met, cite, change=change, reason=reason, uses=uses, **more)

    def line(self, id: str, text: Text, value: Any, cite: Any, *, uses: Any = (), **more: Any) -> Any:
        self._keep(id, {"line": text}, cite, uses)
        return super().line(id, text, value, cite, uses=uses, **more)


def heard(pack: Pack, base: Assessment, case: CaseFile, monkeypatch: pytest.MonkeyPatch) -> dict[tuple[str, str], Said]:
    """Every sentence of a case under a pack, by the id of its finding or line."""
    sheets: list[Listening] = []

    def made(*args: Any, **more: Any) -> Listening:
        sheets.append(Listening(*args, **more))
        return sheets[-1]

    assert base.statute is not None
    with monkeypatch.context() as patched:
        patched.setattr(packs_module, "Sheet", made)
        pack.assess(
            case.case(),
            today=base.today,
            options=base.options,
            chosen_on=base.statute.chosen_on,
            chosen_text=base.statute.chosen_by,
        )
    heard: dict[tuple[str, str], Said] = sheets[0].__dict__.get("said", {})
    return heard


def number_of(param: dict[str, Any]) -> Fraction | None:
    match param["type"]:
        case "int" | "rate":
            return Fraction(param["value"])
        case "money":
            return Fraction(param["value"]["exact"])
    return None


def kind_of(figure: Value | Scale) -> str:
    """The type of gap a figure's numbers stand in."""
    unit = figure.value.gives if isinstance(figure, Scale) else figure.unit
    return unit if unit in ("rate", "money") else "int"


def by_one(amount: Amount, unit: str, direction: int = 1) -> Iterator[tuple[Fraction, Amount]]:
    """Each number of a value, with the value in which that number is raised by one (a rate by one percentage point)."""
    step = Fraction(direction, 100) if unit == "rate" else Fraction(direction)
    if isinstance(amount, Fraction):
        yield amount, amount + step
    elif isinstance(amount, Rows):
        step = Fraction(direction, 100) if amount.gives == "rate" else Fraction(direction)
        for row in amount.rows:
            yield row.value, amount.with_value(row.key, row.value + step)
            since = row.since + direction
            if row.since.denominator == 1 and row.since and all(since != other.since for other in amount.rows):
                yield row.since, amount.with_threshold(row.key, since)
    elif amount is not None and not isinstance(amount, str):
        for key, value in amount.items():
            yield value, {**amount, key: value + step}


Gap = tuple[str, str, str]  # id of the finding or line, gap, figure

#: Gaps that have a figure's value in the case files by chance, and what they really say.
BY_CHANCE = {
    ("contributed", "have", "rest_qualifying_months"): "months that were contributed",
    ("contributed", "have", "grant_months"): "months that were contributed",
    ("lump_sum", "children", "lump_sum_factor"): "children that were born",
    ("contributed", "months", "long_insured_months"): "the window, which has twelve months as well",
    ("yearly_cap", "used", "days_hazardous"): "days used before, all that there are",
    ("days", "days", "most_days"): "days that were taken",
    ("days", "claimed", "father_second_birth_days"): "days that were taken",
}


def named_values(said: dict[tuple[str, str], Said]) -> Iterator[tuple[tuple[str, str], str, Fraction, Value | Scale]]:
    """Every gap of every sentence that says a number, with each figure the sentence rests on."""
    for key, one in said.items():
        for gap in gaps(one.text.msg):
            value = number_of(one.text.params[gap]) if gap in one.text.params else None
            if value is not None:
                kind = one.text.params[gap]["type"]
                yield from ((key, gap, value, figure) for figure in one.rests_on if kind_of(figure) == kind)


def others(pack: Pack, benefit: str, figure: Value | Scale, places: list[int]) -> Iterator[Pack]:
    """The pack with one of a figure's numbers raised by one, and with it lowered: what is gone with one is there with
    the other."""
    for direction in (1, -1):
        changed = [new for _, new in by_one(figure.value, figure.unit, direction)]
        for place in places:
            yield pack.with_figure(figure.name, figure.since, changed[place], benefit)


def says_other(before: Text, after: Text, gap: str) -> bool:
    return after.msg != before.msg or after.params.get(gap) != before.params[gap]


def tries(figure: Value | Scale, value: Fraction) -> list[int]:
    """Which numbers of a figure are a value."""
    return [n for n, (old, _) in enumerate(by_one(figure.value, figure.unit)) if old == value]


@pytest.mark.parametrize("country", countries())
def test_a_raised_figure_is_said_by_every_sentence_that_named_it(country: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a gap of a sentence has the value of a figure it rests on in every case file, it is that figure, and the
    raised one must stand in it; where it differs somewhere, it is another number that was the same by chance."""
    unmoved: dict[Gap, set[str]] = defaultdict(set)
    chance: set[Gap] = set(BY_CHANCE)
    moved: set[Gap] = set()
    for case in read_case_files(PACKS / country):
        base = case.assess(TODAY)
        if base.statute is None:
            continue
        pack = next(p for p in in_force.packs(country) if p.id == base.statute.id)
        before = heard(pack, base, case, monkeypatch)
        for key, gap, value, figure in named_values(before):
            known = pack.benefits[base.benefit].book.figures.get(figure.name)
            if known is None or base.options.get(figure.name, known.normal) != known.normal:
                continue
            what: Gap = (re.sub(r"_\d+$", "", key[0]), gap, figure.name)
            places = tries(figure, value)
            if not places:
                chance.add(what)
            for other in others(pack, base.benefit, figure, places) if what not in chance | moved else ():
                after = heard(other, base, case, monkeypatch).get(key)
                if after is not None:
                    if says_other(before[key].text, after.text, gap):
                        moved.add(what)
                    else:
                        unmoved[what].add(case.id)
    still = {what: cases for what, cases in unmoved.items() if what not in chance | moved}
    assert moved, f"no sentence of {country} names a figure"
    assert not still, "\n".join(f"{id}: {gap} is not {name} ({cases})" for (id, gap, name), cases in still.items())
