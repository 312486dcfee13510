"""A scale: what the law gives by thresholds, read like every other figure and refused where it is doubtful."""

from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from services.benefits.law import in_force
from services.benefits.law.figures import FigureFault, Figures, Provision, Value
from services.benefits.law.law_tables import written
from services.benefits.law.reading import check_names, read_file
from services.benefits.law.scales import Rows, Scale, rows_of

YEARS = "{0: 30, 15: 40, 30: 60}"
FIGURE = """benefit: sickness
figures:
  days:
    description: Days a year, by years of contributions
    unit: scale
    by: years
    gives: days
    values:
      2020-01-01: {value: ROWS, citation: "Act s. 1", evidence: verified}
"""


def read(folder: Path, rows: str, *changed: tuple[str, str]) -> Rows:
    """The rows of a figures file with these rows, some of its text changed."""
    text = FIGURE.replace("ROWS", rows)
    for old, new in changed:
        text = text.replace(old, new)
    path = folder / "sickness.yaml"
    path.write_text(text)
    value = read_file(path).book.figures["days"].on(date(2020, 1, 1)).value
    assert isinstance(value, Rows)
    return value


@pytest.mark.parametrize(
    ("months", "days"), [(0, 30), (179, 30), (180, 40), (359, 40), (360, 60), (600, 60)], ids=lambda n: str(n)
)
def test_fifteen_and_thirty_years_of_contributions_open_more_days(tmp_path: Path, months: int, days: int) -> None:
    assert read(tmp_path, YEARS).row(Fraction(months, 12)).whole == days


def test_a_row_says_where_it_begins_and_where_the_next_one_does(tmp_path: Path) -> None:
    row = read(tmp_path, YEARS).row(20)
    assert (row.since, row.below) == (Fraction(15), Fraction(30))


def test_a_scale_is_written_as_a_jurist_reads_it(tmp_path: Path) -> None:
    rows = read(tmp_path, YEARS)
    assert written(rows, "scale", "VND") == "under 15 years: 30 days; from 15 years: 40 days; from 30 years: 60 days"
    rates = read(tmp_path, '{0: 50 %, 2: "37.5 %"}', ("by: years", "by: children"), ("gives: days", "gives: rate"))
    assert written(rates, "scale", "MMK") == "under 2 children: 50 %; from 2 children: 37.50 %"


def test_a_threshold_may_be_a_part_of_a_day(tmp_path: Path) -> None:
    rows = read(tmp_path, '{0: "0.5", "0.5": 1}', ("by: years", "by: number"), ("gives: days", "gives: number"))
    assert [rows.row(part).value for part in (Fraction(1, 4), Fraction(1, 2), Fraction(7, 8))] == [Fraction(1, 2), 1, 1]


@pytest.mark.parametrize(
    ("rows", "changed", "fault"),
    [
        pytest.param("{15: 40, 30: 60}", (), "begins at 0", id="no first row"),
        pytest.param("{0: 30, 30: 60, 15: 40}", (), "thresholds of a scale rise", id="not in order"),
        pytest.param("{0: 30, 15: many}", (), "not an exact number", id="no number"),
        pytest.param("30", (), "needs rows", id="no rows"),
        pytest.param("{}", (), "needs rows", id="empty"),
        pytest.param(YEARS, (("by: years", "by: moons"),), "goes by one of", id="unknown thresholds"),
        pytest.param(YEARS, (("    gives: days\n", ""),), "gives one of", id="nothing given"),
        pytest.param("30", (("unit: scale", "unit: days"),), "only a scale has by", id="by without a scale"),
    ],
)
def test_a_doubtful_scale_is_refused_with_file_and_line(
    tmp_path: Path, rows: str, changed: tuple[tuple[str, str], ...], fault: str
) -> None:
    with pytest.raises(FigureFault, match=fault) as refused:
        read(tmp_path, rows, *changed)
    assert "sickness.yaml" in str(refused.value)


def test_steps_that_take_a_scale_for_a_plain_number_do_not_load(tmp_path: Path) -> None:
    class Law(Figures):
        days: Value

    read(tmp_path, YEARS)
    sheet = read_file(tmp_path / "sickness.yaml")
    with pytest.raises(FigureFault, match="missing figure: days"):
        check_names(sheet.path, Law, sheet.book, type(sheet.book)({}, {}, {}))


def test_a_rule_may_name_the_days_it_concerns(tmp_path: Path) -> None:
    path = tmp_path / "sickness.yaml"
    rule = (
        "benefit: sickness\nprovisions:\n"
        '  seen: {description: Not seen, citation: "Act", evidence: recalled, concerns: [SPAN]}\n'
    )
    path.write_text(rule.replace("SPAN", "{from: 2015-01-01, to: 2015-12-31}, {to: 2000-12-31}"))
    book = read_file(path).book
    found = book.cited("seen", date(2020, 1, 1), {})
    assert isinstance(found, Provision)
    assert [found.concerns(date(year, 6, 1)) for year in (1999, 2014, 2015, 2016)] == [True, False, True, False]
    for broken in ("{until: 2015-01-01}", "{from: soon}", "{}", "2015"):
        path.write_text(rule.replace("SPAN", broken))
        with pytest.raises(FigureFault):
            read_file(path)


def test_another_row_or_threshold_is_another_law() -> None:
    """A draft with one more year for the second row, and one more day in it."""
    vn = next(p for p in in_force.packs("vn") if p.until is None)
    rows = vn.figure("days_normal", date(2026, 1, 1), "sickness")
    assert isinstance(rows, Scale)
    draft = vn.with_figure("days_normal", date(2026, 1, 1), rows.value.with_threshold("15", Fraction(16)), "sickness")
    now = draft.figure("days_normal", date(2026, 1, 1), "sickness")
    assert isinstance(now, Scale)
    assert (rows.row(15).whole, now.row(15).whole, now.row(16).whole) == (40, 30, 40)
    with pytest.raises(KeyError):
        rows.value.with_value("14", Fraction(1))
    with pytest.raises(ValueError, match="rise"):
        rows_of("years", "days", [(Fraction(0), Fraction(1)), (Fraction(0), Fraction(2))])
