"""Which law governs a case, what an institution may choose, and what stays when the law changes."""

from __future__ import annotations

import json
import shutil
from datetime import date
from pathlib import Path

import pytest

from services.benefits.domain.assessment import difference
from services.benefits.domain.status import Status
from services.benefits.law import in_force
from services.benefits.law.case import read_case
from services.benefits.law.figures import FigureFault, Value
from services.benefits.law.law_tables import law_table
from services.benefits.law.pack import load_pack
from services.benefits.law.vocabulary import PACKS
from tests.benefits.law.facts import TODAY, assessed, birth, sickness

SIA = PACKS / "xx" / "sia2020"


@pytest.fixture
def drafts(tmp_path: Path) -> Path:
    """A folder of packs with a draft of the model country's Act, to change at will."""
    shutil.copytree(SIA, tmp_path / "xx" / "sia2020")
    return tmp_path


def replace_in(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def test_the_first_day_of_incapacity_chooses_the_statute() -> None:
    found = assessed(sickness(days="2025-03-03..2025-03-12"))
    assert found.statute is not None
    assert (found.statute.id, found.statute.chosen_on) == ("xx/sia2020", date(2025, 3, 3))
    assert found.pack_revision == in_force.pack("xx", date(2025, 3, 3)).revision


def test_a_day_before_the_first_pack_is_refused_and_never_guessed() -> None:
    with pytest.raises(in_force.PackNotInForce) as refused:
        assessed(sickness(days="2019-12-31..2020-01-10"))
    assert (refused.value.country, refused.value.begins) == ("xx", date(2020, 1, 1))


def test_yesterdays_claim_keeps_yesterdays_figures() -> None:
    old, new = sickness(days="2024-06-30..2024-07-09"), sickness(days="2024-07-01..2024-07-10")
    assert [run.days for run in assessed(old).timeline if run.status == Status.WAITING] == [3]
    assert [run.days for run in assessed(new).timeline if run.status == Status.WAITING] == [2]


def test_an_institution_chooses_in_one_file_and_each_assessment_records_it(tmp_path: Path) -> None:
    chosen = tmp_path / "institution.yaml"
    chosen.write_text("options: {la: {reference_divisor: six}}\nholidays: {}\n")
    case = read_case(sickness("la"))
    found = in_force.assess(case, today=TODAY, institution_file=chosen)
    assert found.options["reference_divisor"] == "six"
    assert in_force.assess(case, today=TODAY).options["reference_divisor"] == "contributed_months"
    assert "reference_divisor" in {u.figure for u in found.unconfirmed}


@pytest.mark.parametrize("options", [{"reference_divisor": "seven"}, {"colour": "blue"}], ids=["a choice", "an option"])
def test_an_option_that_is_not_offered_is_refused(options: dict[str, str]) -> None:
    with pytest.raises(in_force.UnknownOption):
        assessed(sickness("la"), **options)


def test_all_missing_facts_are_asked_at_once() -> None:
    found = assessed({"country": "la", "benefit": "sickness"})
    assert found.outcome == "questions"
    assert [q.pointer for q in found.questions] == [
        "#/spell/first_day",
        "#/spell/last_day",
        "#/contributions",
        "#/certificates",
    ]
    assert found.statute is None
    assert not found.total


def test_facts_of_the_work_are_asked_together() -> None:
    found = assessed(sickness("la", employments=[]))
    assert [q.pointer for q in found.questions] == [
        "#/employments/0/pay",
        "#/employments/0/wage_stopped_word",
    ]


def test_no_certificate_is_a_refusal_but_an_unknown_certificate_a_question() -> None:
    none, unknown = sickness(certificates=[]), sickness()
    del unknown["certificates"]
    assert (assessed(none).outcome, assessed(none).decisive) == ("refused", "certified")
    assert assessed(unknown).outcome == "questions"


def test_a_refusal_is_a_full_assessment() -> None:
    found = assessed(sickness(contributions=[{"from": "2025-01", "to": "2025-02", "wage": "2150"}]))
    assert found.outcome == "refused"
    finding = found.finding("contributed")
    assert finding.verdict == "not_met"
    assert finding.citation.text == "SIA 2020 s. 10(1)"
    assert finding.facts["months"] == 2
    assert finding.change is not None
    assert found.timeline.count(Status.NOT_PAID) == 10
    assert all("contributed" in run.reasons for run in found.timeline)


def test_a_corrected_wage_gives_the_difference_from_the_earlier_result() -> None:
    before = assessed(sickness()).json()
    corrected = sickness(contributions=[{"from": "2024-03", "to": "2025-02", "wage": "2250"}])
    after = assessed(corrected).json()
    found = difference(before, after)
    assert found["total"] == {"minor": 1600, "currency": "XXD"}
    assert found["components"] == {"allowance": {"minor": 1600, "currency": "XXD"}}
    assert found["worksheet"]["daily_benefit"] == {"before": "43", "after": "45"}
    assert found["outcome"] is None
    assert difference(before, before)["days"] == {"before": [], "after": []}


def test_a_stored_decision_is_rebuilt_even_after_the_institution_has_chosen_otherwise(tmp_path: Path) -> None:
    stored = json.loads(json.dumps(assessed(birth("la")).json()))
    chosen = tmp_path / "institution.yaml"
    chosen.write_text("options: {la: {birth_contributed_months: six, reference_divisor: six}}\nholidays: {}\n")
    facts = read_case(birth("la")).json()
    again = in_force.rebuild(facts, stored, institution_file=chosen)
    assert json.dumps(again.json()) == json.dumps(stored)


def test_a_decision_of_another_revision_says_so(drafts: Path) -> None:
    stored = assessed(sickness()).json()
    replace_in(drafts / "xx/sia2020/pack.yaml", '"2026.1"', '"2026.2"')
    with pytest.raises(in_force.RevisionGone, match=r"revision 2026\.2; .* made with 2026\.1"):
        in_force.rebuild(read_case(sickness()).json(), stored, folder=drafts)


def test_a_draft_from_anywhere_is_loaded_with_its_own_steps(drafts: Path) -> None:
    replace_in(drafts / "xx/sia2020/sickness.yaml", "value: 60 %", "value: 50 %")
    draft = load_pack(drafts / "xx" / "sia2020")
    case = read_case(sickness(), packs=drafts)
    assert draft.assess(case, today=TODAY).total.decimal() == "286.67"
    assert in_force.assess(case, today=TODAY, folder=drafts).total.decimal() == "286.67"
    assert assessed(sickness()).total.decimal() == "344.00"


def test_a_draft_edited_again_is_read_again_when_asked(drafts: Path) -> None:
    case = read_case(sickness(), packs=drafts)
    assert in_force.assess(case, today=TODAY, folder=drafts).total.decimal() == "344.00"
    replace_in(drafts / "xx/sia2020/sickness.yaml", "value: 60 %", "value: 30 %")
    in_force.forget()
    assert in_force.assess(case, today=TODAY, folder=drafts).total.decimal() == "172.00"


def test_a_draft_may_borrow_the_steps_of_a_pack(drafts: Path) -> None:
    folder = drafts / "xx" / "sia2020"
    for file in folder.glob("*.py"):
        file.unlink()
    (folder / "pack.yaml").write_text((folder / "pack.yaml").read_text() + "steps: xx/sia2020\n")
    assert load_pack(folder).assess(read_case(sickness()), today=TODAY).total.decimal() == "344.00"


def test_one_figure_can_be_changed_in_memory() -> None:
    pack = in_force.pack("xx", date(2025, 3, 3))
    changed = pack.with_figure("daily_rate", date(2025, 3, 3), "2/3").with_figure("waiting_days", date(2025, 3, 3), 0)
    case = read_case(sickness())
    assert changed.assess(case, today=TODAY).total.decimal() == "477.78"
    waiting = changed.figure("waiting_days", date(2025, 3, 3))
    assert isinstance(waiting, Value)
    assert waiting.whole == 0
    assert pack.assess(case, today=TODAY).total.decimal() == "344.00"
    with pytest.raises(KeyError):
        pack.with_figure("weather", date(2025, 3, 3), 1)


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        pytest.param(
            "sickness.yaml", "  waiting_days:", "  waiting_weeks:", "missing figure: waiting_days", id="missing"
        ),
        pytest.param(
            "common.yaml",
            "provisions:",
            "  weather:\n    description: d\n    unit: days\n    values:\n"
            '      2020-01-01: {value: 1, citation: "s. 1", evidence: verified}\nprovisions:',
            "unknown name weather",
            id="unknown",
        ),
        pytest.param(
            "sickness.yaml",
            "      2024-07-01: {value: 2",
            '      2020-01-01: {value: 2, citation: "s. 1", evidence: verified}\n      2024-07-01: {value: 2',
            "2020-01-01 is written twice",
            id="doubled value",
        ),
        pytest.param(
            "sickness.yaml", "  waiting_days:", "  relapse_days:", "relapse_days is written twice", id="doubled figure"
        ),
        pytest.param(
            "sickness.yaml",
            'value: 3, citation: "SIA 2020 s. 14(1)"',
            'value: 3, until: 2024-12-31, citation: "SIA 2020 s. 14(1)"',
            "values overlap from 2024-07-01 to 2024-12-31",
            id="overlapping",
        ),
        pytest.param(
            "sickness.yaml",
            'value: 3, citation: "SIA 2020 s. 14(1)"',
            'value: 3, until: 2024-05-31, citation: "SIA 2020 s. 14(1)"',
            "no value from 2024-06-01 to 2024-06-30",
            id="a gap",
        ),
        pytest.param(
            "sickness.yaml",
            'value: 2, citation: "SIA 2020 s. 14(1), as amended by Act 7 of 2024"',
            "value: 2",
            "waiting_days has no citation",
            id="no citation",
        ),
        pytest.param(
            "sickness.yaml",
            's. 14(1)", evidence: verified}',
            's. 14(1)"}',
            "waiting_days has no evidence",
            id="no evidence",
        ),
        pytest.param(
            "sickness.yaml",
            's. 14(1)", evidence: verified}',
            's. 14(1)", evidence: hearsay}',
            "unknown evidence 'hearsay' of waiting_days",
            id="an unknown evidence word",
        ),
        pytest.param("sickness.yaml", "value: 60 %", "value: 0.6", "write 0.6 in quotes", id="a float"),
        pytest.param("sickness.yaml", "value: 60 %", "value: sixty", "'sixty' is not an exact number", id="a word"),
        pytest.param("sickness.yaml", "unit: rate", "unit: percent", "unknown unit 'percent'", id="an unknown unit"),
        pytest.param(
            "sickness.yaml",
            "2020-01-01: {value: 60 %",
            "2021-01-01: {value: 60 %",
            "no value from 2020-01-01 to 2020-12-31",
            id="late start",
        ),
        pytest.param(
            "sickness.yaml", "benefit: sickness", "benefit: birth", "birth is written twice", id="a benefit twice"
        ),
        pytest.param("pack.yaml", "direction: half_up", "direction: sideways", "unknown direction", id="rounding"),
        pytest.param("pack.yaml", "currency: XXD", "currency: ECU", "unknown currency ECU", id="currency"),
        pytest.param("pack.yaml", "from: 2020-01-01", "from: tomorrow", "first day in force", id="no first day"),
        pytest.param("common.yaml", "figures:", "figure:", "unknown key figure", id="an unknown key"),
        pytest.param("sickness.yaml", "facts:", "facts: [", "", id="not YAML"),
    ],
)
def test_a_doubtful_figure_is_refused_naming_file_and_line(
    drafts: Path, file: str, old: str, new: str, said: str
) -> None:
    path = drafts / "xx" / "sia2020" / file
    replace_in(path, old, new)
    with pytest.raises(FigureFault) as refused:
        load_pack(path.parent)
    assert said in str(refused.value)
    assert refused.value.path.endswith(".yaml")
    line = refused.value.line
    assert str(refused.value).startswith(f"{refused.value.path}:{line}: ")
    assert 1 <= line <= len(Path(refused.value.path).read_text().splitlines())


EXCEPTION = """exceptions:
  - rule: a_longer_spell_never_pays_less
    benefit: sickness
    case: XX-S1
    description: Odd days pay more than a month
    citation: "SIA 2020 s. 15"
    evidence: verified
"""


def test_a_statute_says_where_it_goes_against_a_general_rule(drafts: Path) -> None:
    path = drafts / "xx" / "sia2020" / "pack.yaml"
    path.write_text(path.read_text() + EXCEPTION)
    assert [e.case for e in load_pack(path.parent).exceptions] == ["XX-S1"]
    assert "Odd days pay more than a month" in law_table("xx", folder=drafts)
    replace_in(path, "benefit: sickness", "benefit: holiday")
    with pytest.raises(FigureFault, match="unknown benefit holiday"):
        load_pack(path.parent)


def test_the_line_named_is_the_line_of_the_fault(drafts: Path) -> None:
    path = drafts / "xx" / "sia2020" / "sickness.yaml"
    replace_in(path, "value: 60 %", "value: sixty")
    with pytest.raises(FigureFault) as refused:
        load_pack(path.parent)
    assert "sixty" in path.read_text().splitlines()[refused.value.line - 1]


@pytest.mark.parametrize(
    ("until", "said"),
    [("2024-12-31", "no statute from 2025-01-01 to 2025-01-31"), ("2025-03-31", "overlap from 2025-02-01")],
)
def test_statutes_of_a_country_join_without_gap_or_overlap(drafts: Path, until: str, said: str) -> None:
    later = drafts / "xx" / "sia2025"
    shutil.copytree(SIA, later)
    replace_in(drafts / "xx/sia2020/pack.yaml", "from: 2020-01-01", f"from: 2020-01-01\nto: {until}")
    replace_in(later / "pack.yaml", "from: 2020-01-01", "from: 2025-02-01")
    with pytest.raises(FigureFault, match=said):
        in_force.packs("xx", folder=drafts)


def test_two_statutes_each_govern_their_days(drafts: Path) -> None:
    later = drafts / "xx" / "sia2025"
    shutil.copytree(SIA, later)
    replace_in(drafts / "xx/sia2020/pack.yaml", "from: 2020-01-01", "from: 2020-01-01\nto: 2025-03-04")
    replace_in(later / "pack.yaml", "from: 2020-01-01", "from: 2025-03-05")
    replace_in(later / "pack.yaml", "xx/sia2020", "xx/sia2025")
    replace_in(later / "sickness.yaml", "value: 60 %", "value: 75 %")

    def total(days: str) -> str:
        case = read_case(sickness(days=days), packs=drafts)
        return in_force.assess(case, today=TODAY, folder=drafts).total.decimal()

    assert total("2025-03-04..2025-03-13") == "344.00"
    assert total("2025-03-05..2025-03-14") == "430.00"


def test_an_institution_that_names_no_day_of_the_year_is_refused(tmp_path: Path) -> None:
    chosen = tmp_path / "institution.yaml"
    chosen.write_text('options: {}\nholidays: {la: {2026: {2025-12-02: "National Day"}}}\n')
    with pytest.raises(FigureFault, match="2025-12-02 is not a day of 2026"):
        in_force.choices(chosen)


def test_an_institutions_own_holiday_is_no_working_day(tmp_path: Path) -> None:
    chosen = tmp_path / "institution.yaml"
    chosen.write_text(
        "options: {la: {day_of_allowance: working_26}}\n"
        'holidays: {la: {2025: {2025-07-14: "A day of the institution", 2025-07-20: "A Sunday"}}}\n'
    )
    case = read_case(birth("la"))
    own = in_force.assess(case, today=TODAY, institution_file=chosen)
    ordinary = in_force.assess(case, today=TODAY, options={"day_of_allowance": "working_26"})
    a_day = ordinary.line("monthly").exact / 26
    assert ordinary.line("allowance").exact - own.line("allowance").exact == a_day
