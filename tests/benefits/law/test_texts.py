"""Every sentence is constant, marked for the catalogue, and has a value for each of its gaps."""

from __future__ import annotations

import ast
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from services.benefits.domain.assessment import Text
from services.benefits.law import in_force
from services.benefits.law import text as t
from services.benefits.law.text import N_, gaps, render, say
from shared.period import Month

BENEFITS = Path(in_force.__file__).parent.parent
FILES = sorted((BENEFITS / "law").rglob("*.py"))


def sentences(node: ast.expr) -> list[str] | None:
    """The constant sentences an expression may be; `None` where it is not marked."""
    match node:
        case ast.Call(func=ast.Name(id="N_"), args=[ast.Constant(value=str(message))]):
            return [message]
        case ast.IfExp(body=one, orelse=other):
            first, second = sentences(one), sentences(other)
            return None if first is None or second is None else first + second
        case ast.Name() | ast.Subscript() | ast.Attribute():
            return []
        case ast.Call(func=ast.Attribute(attr="get"), args=args):
            return [s for arg in args[1:] for s in sentences(arg) or []]
    return None


@pytest.mark.parametrize("path", FILES, ids=[str(p.relative_to(BENEFITS)) for p in FILES])
def test_what_is_said_is_marked_and_has_all_its_values(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "say" and node.args:
            found = sentences(node.args[0])
            assert found is not None, f"{path}:{node.lineno}: the sentence is not marked with N_"
            given = {k.arg for k in node.keywords}
            for sentence in found:
                if None not in given:
                    assert gaps(sentence) <= given, f"{path}:{node.lineno}: no value for a gap"


def test_the_sentences_of_the_figures_files_are_listed_once() -> None:
    listed = [message for message, _ in in_force.texts()]
    assert len(listed) == len(set(listed))
    assert "On which day did the incapacity begin?" in listed


def test_a_sentence_in_plain_english() -> None:
    text = say(
        N_("{who}: {wage} from {first}, {rate} of {month}, {half} days"),
        who=t.word("An"),
        wage=t.money(1234567, "LAK"),
        first=t.day(date(2025, 3, 3)),
        rate=t.rate(Fraction(7, 10)),
        month=t.month(Month(2025, 2)),
        half=t.count(Fraction(7, 2)),
    )
    assert render(text) == "An: 1,234,567 LAK from 3 March 2025, 70 % of February 2025, 3.50 days"
    assert render(text.json()) == render(text)
    assert render(text, lambda param: param["type"]) == "text: money from date, rate of month, int days"


def test_a_gap_without_value_stays_as_it_is_written() -> None:
    assert render(Text("from {first}")) == "from {first}"
