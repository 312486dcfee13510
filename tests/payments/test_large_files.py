"""A statement of hundreds of thousands of lines: read in a stream, and told twice without comparing all with all."""

from __future__ import annotations

from datetime import date

import pytest

from services.payments.domain import overlap
from services.payments.domain.overlap import Entry, Told, kept_already
from services.payments.gateways import xml_in
from tests.payments import statement_makers as make

DAY = date(2025, 5, 22)


def test_what_was_read_of_a_file_is_let_go() -> None:
    file = make.file(make.statement(*[make.entry("1.00", DAY)] * 50, day=DAY))
    behind = []
    for name, element in xml_in.elements(file, "Ntry", "Stmt"):
        statement = element.getparent() if name == "Ntry" else element
        behind.append(len([one for one in element.itersiblings(preceding=True) if one.tag == element.tag]))
        assert xml_in.value(statement, "Acct/Ccy") == "LAK"
    assert len(behind) == 51
    assert max(behind) <= 1


def _looks(monkeypatch: pytest.MonkeyPatch, told: list[Entry], kept: list[Entry], wanted: list[int]) -> int:
    """How often two entries are compared until each has its partner."""
    looks, real = [0], overlap._likeness

    def counted(a: Entry, b: Entry) -> int:
        looks[0] += 1
        return real(a, b)

    monkeypatch.setattr(overlap, "_likeness", counted)
    assert kept_already(told, kept, Told("A")) == wanted
    return looks[0]


def test_a_day_told_again_backwards_compares_each_line_once(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = [Entry(DAY, -500, frozenset({f"end:R{n}"}), row_id="a", statement_id="A") for n in range(5000)]
    told = [Entry(DAY, -500, frozenset({f"end:R{n}"})) for n in reversed(range(5000))]
    assert _looks(monkeypatch, told, kept, list(reversed(range(5000)))) <= 5000


def test_equal_lines_without_names_told_again_are_compared_once_each(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = [Entry(DAY, -500, frozenset(), "PAY", row_id="a", statement_id="A") for _ in range(5000)]
    told = [Entry(DAY, -500, frozenset(), "PAY") for _ in range(5000)]
    assert _looks(monkeypatch, told, kept, list(range(5000))) <= 5000
