"""The report a government owes under article 22: filled in as far as law and data go, the rest left to the ministry."""

from __future__ import annotations

import subprocess
from datetime import date
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from services.benefits import cli
from services.benefits.conformance.article22 import CODES, NUMBERS, form
from services.benefits.conformance.checks.result import FAIL, NO_DATA
from services.benefits.conformance.filling import CONFIRM, JUDGE, MISSING, Filled, fill, filled
from services.benefits.conformance.form_page import html, view
from services.benefits.conformance.form_pdf import form_pdf
from services.benefits.conformance.law import law_of
from services.benefits.conformance.page import Words
from services.benefits.conformance.report import report
from services.benefits.conformance.standards import instruments
from services.benefits.law.figures import FigureFault
from services.benefits.law.text import render
from tests.benefits.conftest import Office

ON = date(2026, 11, 1)
REAL = ("la", "vn", "mm", "th")


@pytest.mark.parametrize("code", CODES)
def test_nothing_that_the_convention_asks_of_these_benefits_is_left_out(code: str) -> None:
    of = next(i for i in instruments() if i.code == code)
    asked = [id for title in form(code).titles for g in title.groups for q in g.questions for id in q.requirements]
    assert set(asked) == {r.id for r in of.requirements}
    assert [title.number for title in form(code).titles] == list(NUMBERS)


def test_each_article_of_the_parts_on_these_benefits_is_asked_once() -> None:
    """C102 Parts III and VIII are articles 13 to 18 and 46 to 52; 13 and 46 say only that what follows is secured."""
    groups = {g.title: [q.article for q in g.questions] for title in form("C102").titles for g in title.groups}
    assert groups["Part III. Sickness benefit"] == [str(n) for n in range(14, 19)]
    assert groups["Part VIII. Maternity benefit"] == [str(n) for n in range(47, 53)]


def test_a_ministry_is_asked_nothing_twice_at_one_article() -> None:
    for reply in filled("C102", "la", ON).replies:
        asked = [(gap.kind, render(gap.what)) for gap in reply.gaps]
        assert len(asked) == len(set(asked)), reply.article


@pytest.mark.parametrize("country", REAL)
@pytest.mark.parametrize("code", CODES)
def test_every_question_is_answered_from_a_source_or_left_to_the_ministry(country: str, code: str) -> None:
    made = filled(code, country, ON)
    for reply in made.replies:
        assert reply.answers or reply.sheets or reply.gaps, f"article {reply.article} says nothing"
        for answer in reply.answers:
            assert answer.sources, f"{answer.asked or reply.article} names no source"
        for sheet in reply.sheets:
            assert all(cited.text for _cells, cited in sheet.rows)
    assert made.left(MISSING) > 0


def test_what_nobody_knows_of_lao_pdr_is_a_gap_and_no_answer() -> None:
    made = filled("C102", "la", ON)
    unknown = [r for r in made.made.results if r.verdict == NO_DATA and r.requirement.instrument == "C102"]
    gaps = [render(gap.what) for reply in made.replies for gap in reply.gaps if gap.kind == MISSING]
    for found in unknown:
        assert any(gap.startswith(f"{found.requirement.label}: ") for gap in gaps), found.key
    assert any("definition of the skilled manual male employee" in gap for gap in gaps)
    assert any("courts" in gap for gap in gaps)


def test_a_figure_from_memory_is_to_be_confirmed_beside_its_answer() -> None:
    made = filled("C102", "la", ON)
    article = next(r for r in made.replies if r.article == "18")
    held = next(a for a in article.answers if a.asked == "Paid at least 182 days a case")
    assert "365 days" in " ".join(render(words) for words in held.words)
    assert "Law on Social Security 54/NA" in {cited.text for cited in held.sources}
    unread = {(render(gap.what), gap.how) for gap in article.gaps if gap.kind == CONFIRM}
    assert ("Months from the first payable day to the end of the benefit", "recalled") in unread


def test_what_falls_short_is_said_with_its_figures() -> None:
    made = filled("C183", "th", ON)
    short = [a for r in made.replies for a in r.answers if a.verdict == FAIL]
    assert any(a.asked == "All days of leave paid" and "90 paid, 8 short" in render(a.words[0]) for a in short)


def test_a_country_whose_data_are_known_leaves_the_ministry_little() -> None:
    """The model country has wages, statistics and answers: what is left are papers, courts and organisations."""
    made = model()
    statistics = next(s for r in made.replies for s in r.sheets if s.title == "Statistics")
    assert next(str(cells[1].value) for cells, _cited in statistics.rows if hasattr(cells[1], "value")) == "240000"
    gaps = [render(gap.what) for r in made.replies for gap in r.gaps if gap.kind == MISSING]
    assert not any("Covers half" in gap for gap in gaps)
    assert made.left(MISSING) < filled("C102", "la", ON).left(MISSING) / 4
    relied = [render(w) for r in made.replies if r.article == "15" for a in r.answers for w in a.words]
    assert "The Member relies on article 15(a), as its profile says." in relied


def model() -> Filled:
    return filled("C102", "xx", date(2025, 3, 1))


def test_the_level_of_the_benefit_is_shown_at_every_wage_that_matters() -> None:
    """Article 65: earnings, benefit and share, for each phase of the benefit, up to where the rate still holds."""
    made = filled("C102", "la", ON)
    sheet = next(s for r in made.replies for s in r.sheets if s.title.startswith("Level of the benefit"))
    rows = [tuple(render(cell) for cell in cells if not hasattr(cell, "unit")) for cells, _cited in sheet.rows]
    assert ("from day 182", "4,500,000 LAK", "2,700,000 LAK", "60 %") in rows
    assert ("from day 182", "6,000,000 LAK", "2,700,000 LAK", "45 %") in rows


def test_a_profile_of_the_institution_fills_what_ours_leaves_open(tmp_path: Path) -> None:
    own = tmp_path / "la" / "2026.yaml"
    own.parent.mkdir()
    own.write_text(
        "country: la\nyear: 2026\nname: Lao PDR\n"
        "statistics:\n"
        "  employees: {value: 1000000, citation: Labour force survey 2025, evidence: verified}\n"
        "  employees_protected: {value: 300000, citation: Register, evidence: verified}\n",
        "utf-8",
    )
    made = fill(form("C102"), report("la", ON, profiles=[tmp_path], with_changes=False), law_of("la", ON))
    article = [r for r in made.replies if r.article == "15"]
    said = [render(w) for r in article for a in r.answers for w in a.words]
    assert "30 %" in said
    assert not any(render(g.what) == "All employees" for r in article for g in r.gaps)


def test_the_page_marks_each_gap_and_counts_them() -> None:
    made = filled("C183", "la", ON)
    page, shown = view(made), html(made)
    assert shown.count('class="left missing"') == made.left(MISSING)
    assert shown.count('class="left judge"') == made.left(JUDGE)
    assert "To be filled in by the ministry: how pregnant and nursing women are kept from work" in shown
    assert f"To be filled in: {made.left(MISSING)};" in page["counted"]
    assert any("has not ratified C183" in note for note in page["notes"])
    assert any("recalled" in note for note in page["notes"])


@pytest.mark.parametrize("language", ["en", "lo", "th", "vi", "my"])
def test_the_document_is_written_in_the_language_of_who_fills_it_in(language: str) -> None:
    made, _ = filled("C183", "la", ON), Words(language)
    paper = form_pdf(made, language)
    shown = subprocess.run(["pdftotext", "-raw", "-", "-"], input=paper, capture_output=True, check=True).stdout
    text = "".join(shown.decode().split())
    for sentence in ("Decisions of courts", "A late birth shortens nothing"):
        said = _(sentence)
        assert (said == sentence) == (language == "en")
        assert "".join(said.split()) in text
    assert paper == form_pdf(made, language)


@pytest.fixture
def public(office: Office) -> FlaskClient:
    return office.app.test_client()


def test_anybody_opens_the_report_and_takes_it_along(public: FlaskClient) -> None:
    page = public.get("/standards/la/c102?on=2026-11-01")
    assert page.status_code == 200, page.text[:400]
    assert "To be filled in by the ministry:" in page.text
    assert "as=pdf" in page.text
    paper = public.get("/standards/la/c102?on=2026-11-01&as=pdf")
    assert paper.data.startswith(b"%PDF-")
    assert "article-22-c102-la-2026-11-01.pdf" in paper.headers["Content-Disposition"]
    beside = public.get("/standards?on=2026-11-01&country=la")
    assert "/standards/la/c183?on=2026-11-01" in beside.text


@pytest.mark.parametrize(
    "path",
    ["/standards/zz/c102", "/standards/la/c130", "/standards/la/c102?on=never", "/standards/la/c102?on=1999-01-01"],
)
def test_what_is_not_there_is_said(public: FlaskClient, path: str) -> None:
    assert public.get(path).status_code == 404


def test_the_command_line_writes_it_too(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["conformance", "mm", "--on", "2026-11-01", "--form", "c183"]) == 0
    shown = capsys.readouterr().out
    assert "# Myanmar: report on C183 under article 22 of the ILO Constitution" in shown
    assert "☐ **To be filled in by the ministry: decisions of courts" in shown


def test_a_form_that_asks_for_what_nobody_measures_is_refused(tmp_path: Path) -> None:
    text = Path(form.__wrapped__.__globals__["FORMS"] / "c183.yaml").read_text("utf-8")
    (tmp_path / "c183.yaml").write_text(text.replace("C183-10-BREAKS", "C183-10-NAPS"), "utf-8")
    with pytest.raises(FigureFault, match="there is no requirement C183-10-NAPS"):
        form("C183", tmp_path)
