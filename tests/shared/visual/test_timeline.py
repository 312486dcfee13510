"""The timeline draws each day once, in every size, and says in words what it draws."""

from __future__ import annotations

import itertools
import re
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from shared.web import timeline
from tests.shared.visual.tree import parsed
from tests.there import there

LA_S1 = [
    {"from": "2025-03-03", "to": "2025-04-01", "code": "E"},
    {"from": "2025-04-02", "to": "2025-05-16", "code": "P", "rate": "7/10"},
]


def drawn(picture: str, kind: str = "tl-desk") -> str:
    """Letters of the days of one drawing, in order."""
    svg = parsed(picture).find_class(kind)[0]
    cells = [
        (float(there(r.get("x"))), there(r.get("data-code")), int(there(r.get("data-days"))))
        for r in svg.iter("rect")
        if r.get("data-days")
    ]
    return "".join(code * days for _x, code, days in sorted(cells))


@st.composite
def spells(draw: st.DrawFn) -> list[dict[str, str]]:
    day, found = date(2024, 1, 1) + timedelta(days=draw(st.integers(0, 800))), []
    for code, length in draw(
        st.lists(st.tuples(st.sampled_from("wEPNHXR"), st.integers(1, 120)), min_size=1, max_size=9)
    ):
        last = day + timedelta(days=length - 1)
        found.append({"from": day.isoformat(), "to": last.isoformat(), "code": code, "rate": "7/10"})
        day = last + timedelta(days=1)
    return found


@given(spells(), st.integers(-50, 900), st.sampled_from(["en", "lo", "th", "vi", "my"]))
def test_days_drawn_are_days_claimed(spell: list[dict[str, str]], now: int, language: str) -> None:
    today = date.fromisoformat(spell[0]["from"]) + timedelta(days=now)
    picture = timeline.draw(spell, today=today, language=language, marks=[{"on": spell[-1]["from"], "text": "60 %"}])
    claimed = "".join(
        s["code"] * ((date.fromisoformat(s["to"]) - date.fromisoformat(s["from"])).days + 1) for s in spell
    )
    assert drawn(picture) == claimed
    assert drawn(picture, "tl-phone") == claimed


@given(spells())
def test_nothing_is_drawn_outside_the_picture_or_on_top_of_other_days(spell: list[dict[str, str]]) -> None:
    figure = parsed(timeline.draw(spell))
    for svg in figure.iter("svg"):
        if not svg.get("viewbox"):
            continue
        width = float(there(svg.get("viewbox")).split()[2])
        cells = sorted(
            (float(there(r.get("x"))), float(there(r.get("width")))) for r in svg.iter("rect") if r.get("data-days")
        )
        assert cells[0][0] >= 0
        assert cells[-1][0] + cells[-1][1] <= width
        for (a, wide), (b, _w) in itertools.pairwise(cells):
            assert abs(a + wide - b) < 0.02


@pytest.mark.parametrize("days", [1, 3, 75, 264, 700])
def test_from_three_days_to_seven_hundred(days: int) -> None:
    last = date(2024, 2, 1) + timedelta(days=days - 1)
    picture = timeline.draw(
        [{"from": "2024-02-01", "to": last.isoformat(), "code": "P", "rate": "1/2"}], today="2024-02-03"
    )
    assert drawn(picture) == "P" * days
    assert len(picture) < 12_000


def test_days_ahead_of_today_are_dotted() -> None:
    picture = timeline.draw(LA_S1, today="2025-04-21")
    svg = parsed(picture).find_class("tl-desk")[0]
    ahead = [r for r in svg.iter("rect") if r.get("data-days") and r.get("fill") == "url(#tl-A)"]
    assert [r.get("data-days") for r in ahead] == ["25"]


def test_the_table_says_what_the_picture_shows() -> None:
    table = parsed(timeline.draw(LA_S1, today="2025-05-16")).find_class("tl-table")[0]
    rows = [[" ".join(cell.text_content().split()) for cell in row] for row in table.findall(".//tbody/tr")]
    assert rows == [
        ["3 Mar 2025", "1 Apr 2025", "30", "E employer"],
        ["2 Apr 2025", "16 May 2025", "45", "P fund, 70 %"],
    ]


def test_the_table_gives_amounts_and_reasons_of_an_assessment_as_it_stands() -> None:
    picture = timeline.draw(
        [
            {
                "from": "2025-03-03",
                "to": "2025-03-05",
                "code": "W",
                "amount": None,
                "reasons": ["waiting", "unknown"],
            },
            {
                "from": "2025-03-06",
                "to": "2025-03-31",
                "code": "P",
                "rate": "1/2",
                "amount": "2240000",
                "reasons": [],
            },
        ],
        reasons={"waiting": {"msg": "the first {n}", "params": {"n": {"type": "days", "value": 3}}}},
        currency="LAK",
    )
    said = parsed(picture).find_class("tl-table")[0].text_content().replace("\xa0", " ")
    assert "w waiting, not paid; the first 3 days" in said
    assert "P fund, 50 %; 2,240,000 kip" in said
    assert "unknown" not in said


def test_rest_days_do_not_break_the_bracket_of_a_working_week() -> None:
    week = [
        {"from": "2025-03-03", "to": "2025-03-07", "code": "P", "rate": "3/4"},
        {"from": "2025-03-08", "to": "2025-03-09", "code": "R"},
        {"from": "2025-03-10", "to": "2025-03-14", "code": "P", "rate": "3/4"},
    ]
    assert "10 days, fund, 75" in timeline.draw(week)


def test_what_comes_from_outside_is_escaped() -> None:
    bad = '<script>alert("x")</script>'
    picture = timeline.draw(
        [
            {
                "from": "2025-03-03",
                "to": "2025-03-31",
                "code": "P",
                "rate": "1",
                "reasons": [{"msg": bad, "params": {}}],
            }
        ],
        marks=[{"on": "2025-03-10", "text": bad}],
        papers=[{"from": "2025-03-03", "to": "2025-03-31", "text": bad}],
        earlier=[{"timeline": LA_S1, "note": bad}],
        title=bad,
    )
    assert "<script" not in picture
    assert not re.search(r"\sstyle=", picture)


def test_each_drawing_is_well_formed() -> None:
    for svg in re.findall(
        r"<svg.*?</svg>",
        timeline.draw(LA_S1, today="2025-04-21", earlier=[{"timeline": LA_S1, "note": "x"}]),
        re.S,
    ):
        etree.fromstring(svg.replace("&nbsp;", " "))
