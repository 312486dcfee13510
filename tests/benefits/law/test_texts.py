"""Every sentence is constant, marked for the catalogue, and has a value for each of its gaps."""

from __future__ import annotations

import ast
import re
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from services.benefits.domain.assessment import Text
from services.benefits.law import in_force
from services.benefits.law import text as t
from services.benefits.law.case_files import read_case_files
from services.benefits.law.text import N_, N_n, gaps, render, say
from services.benefits.law.vocabulary import PACKS
from shared.period import Month
from shared.plural import counting_gap
from shared.web import formatting

BENEFITS = Path(in_force.__file__).parent.parent
FILES = sorted((BENEFITS / "law").rglob("*.py"))


def sentences(node: ast.expr) -> list[str] | None:
    """The constant sentences an expression may be; `None` where it is not marked."""
    match node:
        case ast.Call(func=ast.Name(id="N_"), args=[ast.Constant(value=str(message))]):
            return [message]
        case ast.Call(func=ast.Name(id="N_n"), args=[ast.Constant(value=str(one)), ast.Constant(value=str(many))]):
            return [one, many]
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


def pairs() -> list[tuple[str, str]]:
    """Every sentence that has a form for one thing and a form for several."""
    calls = (n for path in FILES for n in ast.walk(ast.parse(path.read_text())) if isinstance(n, ast.Call))
    named = (c for c in calls if isinstance(c.func, ast.Name) and c.func.id == "N_n")
    return [(ast.literal_eval(c.args[0]), ast.literal_eval(c.args[1])) for c in named]


def test_a_sentence_for_one_and_one_for_several_are_chosen_by_a_number_they_both_have() -> None:
    for one, many in pairs():
        assert gaps(one) == gaps(many), many
        assert counting_gap(one, many), many
        assert one != many


def test_a_counted_sentence_says_one_day_and_two_days() -> None:
    def said(number: int | Fraction) -> str:
        return render(
            say(N_n("{first}: {days} day off", "{first}: {days} days off"), first=t.word("An"), days=t.count(number))
        )

    assert said(1) == "An: 1 day off"
    assert [said(n) for n in (0, 2, Fraction(1, 2))] == ["An: 0 days off", "An: 2 days off", "An: 0.50 days off"]


def test_two_counts_in_one_sentence_have_each_its_own_form() -> None:
    whole = say(N_("Leave of {months} and {days}"), months=t.months(1), days=t.days(2))
    assert render(whole) == "Leave of 1 month and 2 days"
    assert formatting.text(whole.json(), "en") == "Leave of 1 month and 2 days"


def test_what_was_kept_before_there_were_two_forms_is_still_said() -> None:
    """A stored sentence has no form for one; the catalogue knows it by its form for several."""
    kept = {"msg": "{days} days of the daily benefit", "params": {"days": {"type": "int", "value": 1}}}
    assert formatting.text(kept, "en") == "1 day of the daily benefit"
    assert "1" in formatting.text(kept, "lo")
    assert "day" not in formatting.text(kept, "lo")


def test_no_case_counts_one_of_several() -> None:
    """No letter, page or worksheet says "1 days": every sentence of every case."""
    plural = re.compile(r"(?<![\d.,])1 (?:\w+ )?(?:days|months|weeks|children|deliveries|visits)\b")
    for case in read_case_files(PACKS):
        found = case.assess(date(2026, 1, 1))
        texts = [found.reason, *(f.text for f in found.findings), *(line.text for line in found.worksheet)]
        texts += [text for f in found.findings for text in (f.change, f.reason) if text]
        for text in texts:
            assert not plural.search(render(text)), (case.id, render(text))
