"""Which verdicts an unread figure could turn: what is read first is what decides."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction

from services.benefits.conformance.conclusion import gaps
from services.benefits.conformance.law import Law, law_of
from services.benefits.conformance.page import view
from services.benefits.conformance.profile import Datum, profile
from services.benefits.conformance.report import measured, report
from services.benefits.conformance.turning import Movable, kept, state, turning
from services.benefits.domain.assessment import Citation

ON = date(2026, 11, 1)
READ = Citation("Labour force survey", "verified")


def unread(law: Law, benefit: str, figure: str) -> Law:
    """The same law, one figure of which nobody has read."""
    body = law.pack.benefits[benefit]
    old = body.book.figures[figure]
    memory = Citation("from memory", "recalled")
    new = replace(old, values=tuple(replace(v, citation=memory) for v in old.values))
    book = replace(body.book, figures={**body.book.figures, figure: new})
    benefits = {**law.pack.benefits, benefit: replace(body, book=book)}
    return replace(law, pack=replace(law.pack, benefits=benefits, _laws={}))


def found(law: Law, what: str) -> Movable:
    about = profile(law.country, law.on)
    return next(one for one in turning(law, about) if one.what == what)


def test_a_rate_that_is_just_enough_turns_the_verdict_one_per_cent_lower() -> None:
    """Myanmar pays 60 %, exactly what C130 asks: at 59 % it falls short. The figure was read in another source."""
    law = law_of("mm", ON)
    moved = found(law, "Sickness benefit, as a part of the average wage")
    turned = [(t.key, t.before, t.value, t.unit) for t in moved.turned]
    assert turned == [("C130-22-60 sickness", "pass", "59/100", "rate")]


def test_a_figure_that_moves_nothing_is_behind_no_verdict_that_could_turn() -> None:
    law = law_of("mm", ON)
    listed = turning(law, profile("mm", ON))
    quiet = [one for one in listed if not one.turned]
    assert quiet, "most unread figures turn nothing"
    assert listed == sorted(listed, key=lambda one: (-len(one.turned), one.what))


def test_a_figure_that_was_read_is_not_moved() -> None:
    """Only what nobody read is moved: the model country has been read throughout."""
    law, about = law_of("xx", date(2025, 3, 1)), profile("xx", date(2025, 3, 1))
    before = {one.what for one in turning(law, about)}
    figure = law.pack.benefits["sickness"].book.figures["waiting_days"]
    assert figure.description not in before
    forgotten = unread(law.with_figure("waiting_days", Fraction(3), "sickness"), "sickness", "waiting_days")
    moved = next(one for one in turning(forgotten, about) if one.what == figure.description)
    assert any(t.key == "C102-18-WAIT3 sickness" and t.after == "fail" for t in moved.turned)


def test_the_gap_that_could_turn_most_verdicts_is_named_first() -> None:
    """Lao PDR: the second phase is behind fewer articles than its length, and both can turn one of C130."""
    made = measured("la", ON)
    moved = kept("la", ON)
    assert moved is not None, "made anew by `python -m services.benefits.conformance write`"
    listed = gaps(made, moved)
    assert [gap.weight for gap in listed] == sorted((gap.weight for gap in listed), reverse=True)
    phase = next(g for g in listed if g.what.startswith("Sickness benefit in the second phase"))
    first = next(g for g in listed if g.what.startswith("Sickness benefit in the first phase"))
    assert (phase.weight, first.weight) == (1, 0)
    assert listed.index(phase) < listed.index(first)


def test_the_page_says_what_turns_at_which_value() -> None:
    page = view([measured("la", ON)])["gaps"][0]
    said = {item["what"]: item["turned"].replace("\xa0", " ") for item in page["items"]}
    phase = next(words for what, words in said.items() if what.startswith("Sickness benefit in the second phase"))
    assert phase == "C130 22 met → below the standard at 59 %"
    assert "moved a step up and down" in page["words"]


def test_what_is_kept_holds_for_its_law_and_its_data_alone() -> None:
    law, about = law_of("la", ON), profile("la", ON)
    assert state(law, about) != state(law.with_figure("rate_phase_2", Fraction(61, 100), "sickness"), about)
    assert state(law, about) != state(law, replace(about, year=2031))
    draft = replace(report("la", ON, with_changes=False), draft="a-draft")
    assert "behind most articles" in view([draft])["gaps"][0]["words"]


def test_what_is_kept_is_what_moving_the_figures_gives() -> None:
    assert kept("mm", ON) == tuple(turning(law_of("mm", ON), profile("mm", ON)))


def recalled(value: int) -> Datum:
    return Datum(Fraction(value), Citation("from memory", "recalled"))


def test_a_number_of_the_country_that_nobody_read_is_moved_by_a_hundredth() -> None:
    """Half of all employees are protected, exactly what C102 article 15(a) asks, and employees bear exactly half of the
    contributions, the most that article 71 lets them; a wage far below the ceiling decides nothing."""
    on = date(2025, 3, 1)
    law, known = law_of("xx", on), profile("xx", on)
    about = replace(
        known,
        statistics={"employees_protected": recalled(50), "employees": replace(recalled(100), citation=READ)},
        financing={"employee": recalled(3), "employer": replace(recalled(3), citation=READ)},
        labourer=recalled(1),
    )
    moved = {one.what: one.turned for one in turning(law, about)}
    turned = {(t.key, t.before, t.after, t.value) for t in moved["Employees protected, in practice"]}
    assert ("C102-15A-EMP50 sickness", "pass", "fail", "99/2") in turned
    assert {(t.key, t.after, t.value) for t in moved["Contribution of employees"]} == {
        ("C102-71-EMP50 both", "fail", "303/100")
    }
    assert "All employees" not in moved
    assert "Contribution of employers" not in moved
