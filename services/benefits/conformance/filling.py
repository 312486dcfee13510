"""Fills a report under article 22: what the law, its runs and the profile answer, and the gaps that are left."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from services.benefits.conformance.article22 import Asked, Form, Group, form
from services.benefits.conformance.checks.result import FAIL, NO_DATA, NOT_APPLICABLE, PASS, REVIEW, Result
from services.benefits.conformance.checks.running import DAYS, LEVELS
from services.benefits.conformance.checks.words import amount, percent
from services.benefits.conformance.law import Law, NoBenefit, law_of
from services.benefits.conformance.report import Report, measured
from services.benefits.domain.assessment import Citation, Text
from services.benefits.law import text as t
from services.benefits.law.figures import Amount
from services.benefits.law.text import N_, say

#: Tests of what a State declared when it ratified.
OF_RATIFICATION = ("parts", "declaration")

#: Why something is left to the ministry.
MISSING, CONFIRM, JUDGE = "missing", "confirm", "judge"

STATISTICS = {
    "employees": N_("All employees"),
    "employees_protected": N_("Employees protected, in practice"),
    "employees_protected_legal": N_("Employees protected, by law"),
    "residents": N_("All residents"),
    "active": N_("Economically active persons"),
    "active_protected": N_("Economically active persons protected"),
    "industrial_employees": N_("Employees of industrial workplaces with 20 or more persons"),
    "industrial_protected": N_("Of these, protected"),
    "sickness_days_granted": N_("Days of sickness benefit granted in the year"),
    "average_protected": N_("Persons protected, on average of the year"),
    "mean_counted_earnings": N_("Mean earnings that are counted"),
    "women_covered": N_("Women protected"),
    "women_qualifying": N_("Women protected who satisfy the conditions"),
}
#: Definitions of the skilled manual male employee, C102 art. 65(6).
SKILLED = {
    "a": N_("(a) fitter or turner in the making of machinery"),
    "b": N_("(b) a person typical of skilled labour"),
    "c": N_("(c) the earnings that three-quarters of the protected do not exceed"),
    "d": N_("(d) 125 % of the average earnings of the protected"),
}
BEARERS = {"employee": N_("Employees"), "employer": N_("Employers"), "state": N_("The State")}


@dataclass(frozen=True, slots=True)
class Measure:
    """An amount of the law in its unit, to be written in the reader's language."""

    value: Amount
    unit: str


Cell = Text | Measure


@dataclass(frozen=True, slots=True)
class Answer:
    """What is answered: to which requirement (none where the question itself says it), how the law stands to it, in
    which words, and from which sources."""

    asked: str
    verdict: str
    words: tuple[Text, ...]
    sources: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Gap:
    """What is left to the ministry: to be filled in, confirmed or judged; `how` is the evidence to be confirmed."""

    kind: str
    what: Text
    how: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table of an answer; each row ends with its source."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[tuple[Cell, ...], Citation], ...]


@dataclass(frozen=True, slots=True)
class Reply:
    """One question with its answers, tables and gaps, and the statistics it asks for."""

    article: str
    branch: str
    answers: tuple[Answer, ...]
    sheets: tuple[Sheet, ...]
    gaps: tuple[Gap, ...]
    statistics: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Filled:
    """The report on one Convention: the replies of each group, in the order of the form."""

    form: Form
    made: Report
    groups: tuple[tuple[str, Group, tuple[Reply, ...]], ...]

    @property
    def replies(self) -> Iterator[Reply]:
        return (reply for _title, _group, replies in self.groups for reply in replies)

    @property
    def answered(self) -> int:
        """Answers and tables that stand in the report."""
        return sum(len(r.answers) + len(r.sheets) for r in self.replies)

    def left(self, kind: str = "") -> int:
        """Gaps that are left to the ministry, of one kind or of all."""
        return sum(1 for r in self.replies for gap in r.gaps if kind in ("", gap.kind))


def filled(code: str, country: str, on: date) -> Filled:
    """The report of a country on a Convention, of the law of a day. Raises `KeyError` for a Convention without a form,
    `UnknownCountry`, `PackNotInForce`."""
    return fill(form(code), measured(country, on), law_of(country, on))


def fill(asked: Form, made: Report, law: Law) -> Filled:
    filler = _Filler(asked.instrument, made, law)
    groups = tuple(
        (title.number, group, tuple(filler.reply(question, group.branch) for question in group.questions))
        for title in asked.titles
        for group in title.groups
    )
    return Filled(asked, made, groups)


def _plain(words: str) -> Text:
    """A sentence of data, as it is."""
    return Text(words)


@dataclass(frozen=True)
class _Filler:
    code: str
    made: Report
    law: Law

    @property
    def statute(self) -> Citation:
        return Citation(self.law.pack.title, self.law.pack.citation.evidence)

    def reply(self, asked: Asked, branch: str) -> Reply:
        """One question answered, as far as anything here answers it."""
        answers, gaps = self._of_profile(asked)
        for id in asked.requirements:
            found = self._result(id, branch)
            answers += self._answers(found)
            gaps += self._gaps(found)
        sheets, missing = self._tables(asked, branch)
        if asked.statistics:
            table, unknown = self._statistics(asked.statistics)
            sheets += table
            missing += unknown
        left = [*gaps, *missing]
        once = tuple(gap for n, gap in enumerate(left) if gap not in left[:n])
        return Reply(asked.article, branch, tuple(answers), tuple(sheets), once, asked.statistics)

    def _result(self, id: str, branch: str) -> Result:
        found = [r for r in self.made.results if r.requirement.id == id]
        return next((r for r in found if r.branch == branch), found[0])

    # From the profile ---------------------------------------------------------------------------

    def _of_profile(self, asked: Asked) -> tuple[list[Answer], list[Gap]]:
        """What the profile knows of the question itself; what it does not know is the ministry's."""
        about, known = self.made.profile, list[Answer]()
        if asked.choice and (route := about.declared.get(asked.choice)):
            words = say(N_("The Member relies on article {route}, as its profile says."), route=t.word(route))
            known.append(Answer("", "", (words,), ()))
        if asked.declared and (said := about.declared.get(asked.declared)):
            words = say(N_("{days} days were declared, as the profile says."), days=t.count(Fraction(said)))
            known.append(Answer("", "", (words,), ()))
        if asked.answer and (answer := about.answers.get(asked.answer)) is not None and answer.text:
            known.append(Answer("", "", (_plain(answer.text),), (answer.citation,)))
        can_be_known = asked.choice or asked.declared or asked.answer
        if not asked.ministry or (can_be_known and known):
            return known, []
        return known, [Gap(MISSING, _plain(asked.ministry))]

    # From the requirements ----------------------------------------------------------------------

    def _answers(self, found: Result) -> list[Answer]:
        """What a run or the profile says of a requirement; nothing where there are no data at all."""
        if found.verdict == NO_DATA and found.limit is None:
            return []
        words = [found.cell] if found.cell == found.why else [found.cell, found.why]
        if found.verdict == NOT_APPLICABLE and found.would:
            words = [found.cell]
        words += found.notes
        return [Answer(found.requirement.label, found.verdict, tuple(words), self._sources(found))]

    def _sources(self, found: Result) -> tuple[Citation, ...]:
        """Who was cited for the answer: the profile's source, the lines of the run where it measured days or amounts,
        the Convention where it alone says that something does not arise; else the statute."""
        about, known = found.requirement, self.made.profile.ratified.get(self.code)
        if found.sources:
            return tuple(dict.fromkeys(found.sources))
        if about.test in OF_RATIFICATION and known is not None:
            return (known.citation,)
        if found.verdict == NOT_APPLICABLE:
            return (about.citation,) if found.would else (self.statute,)
        lines = (line for tried in found.tried[:1] for line in tried.assessment.worksheet)
        cited = dict.fromkeys(line.citation for line in lines) if about.test in DAYS | LEVELS else {}
        return tuple(cited) or (self.statute,)

    def _gaps(self, found: Result) -> list[Gap]:
        label, r = t.phrase(_plain(found.requirement.label)), found.requirement
        if found.verdict == NO_DATA:
            what = say(N_("{label}: {description}"), label=label, description=t.phrase(_plain(r.description)))
            return [Gap(MISSING, what)]
        gaps = []
        if found.verdict == REVIEW:
            question = found.question or _plain(r.description)
            gaps.append(Gap(JUDGE, say(N_("{label}: {description}"), label=label, description=t.phrase(question))))
        if found.verdict in (PASS, FAIL, REVIEW):
            gaps += [Gap(CONFIRM, _plain(name), evidence) for name, evidence in found.rests]
        return gaps

    # Tables -------------------------------------------------------------------------------------

    def _tables(self, asked: Asked, branch: str) -> tuple[list[Sheet], list[Gap]]:
        sheets, gaps = list[Sheet](), list[Gap]()
        for name in asked.tables:
            made, missing = {
                "laws": self._laws,
                "ratification": self._ratification,
                "figures": lambda: self._figures(branch or "maternity"),
                "wages": self._wages,
                "level": lambda: self._level(branch or "maternity"),
                "grounds": self._grounds,
                "financing": self._financing,
            }[name]()
            sheets += made
            gaps += missing
        return sheets, gaps

    def _laws(self) -> tuple[list[Sheet], list[Gap]]:
        """The statute in force and every text its figures cite."""
        pack = self.law.pack
        rows = [((_plain(pack.title), say(N_("in force since {date}"), date=t.day(pack.since))), pack.citation)]
        return [Sheet(N_("The statute"), (N_("Law"), N_("In force"), N_("Source")), tuple(rows))], []

    def _ratification(self) -> tuple[list[Sheet], list[Gap]]:
        known = self.made.profile.ratified.get(self.code)
        if known is None:
            return [], [Gap(MISSING, say(N_("whether the Convention is ratified, and since when")))]
        how = known.citation.evidence
        head = (N_("Convention"), N_("Ratification"), N_("Source"))
        rows = (((_plain(self.code), _plain(known.text)), known.citation),)
        unread = [Gap(CONFIRM, say(N_("whether the Convention is ratified, and since when")), how)]
        return [Sheet(N_("Ratification"), head, rows)], unread if how != "verified" else []

    def _figures(self, branch: str) -> tuple[list[Sheet], list[Gap]]:
        """What the law sets for the benefit: each figure with its article."""
        try:
            body, _recipe = self.law.benefit(branch)
        except NoBenefit:
            return [], [Gap(MISSING, say(N_("the law on this benefit")))]
        rows = list[tuple[tuple[Cell, ...], Citation]]()
        for figure in body.book.figures.values():
            now = figure.on(self.law.on)
            rows.append(((_plain(figure.description), Measure(now.value, figure.unit)), now.citation))
        rows += [((_plain(rule.description), _plain("")), rule.citation) for rule in body.book.rules.values()]
        head = (N_("Provision"), N_("Figure"), N_("Source"))
        return [Sheet(N_("What the law sets"), head, tuple(rows))], []

    def _statistics(self, names: Iterable[str]) -> tuple[list[Sheet], list[Gap]]:
        known, rows, gaps = self.made.profile.statistics, [], []
        for name in names:
            if (datum := known.get(name)) is None:
                gaps.append(Gap(MISSING, _plain(STATISTICS[name])))
            else:
                cells: tuple[Cell, ...] = (_plain(STATISTICS[name]), Measure(datum.value, "number"))
                rows.append((cells, datum.citation))
        head = (N_("Group of persons"), N_("How many"), N_("Source"))
        return ([Sheet(N_("Statistics"), head, tuple(rows))] if rows else []), gaps

    def _wages(self) -> tuple[list[Sheet], list[Gap]]:
        """The standard wages of articles 65 and 66."""
        about, rows, gaps = self.made.profile, [], []
        for letter, words in SKILLED.items():
            if (datum := about.skilled.get(letter)) is not None:
                cells: tuple[Cell, ...] = (_plain(words), Measure(datum.value, "money"))
                rows.append((cells, datum.citation))
        if about.labourer is not None:
            cells = (_plain(N_("Ordinary adult male labourer (article 66)")), Measure(about.labourer.value, "money"))
            rows.append((cells, about.labourer.citation))
        else:
            gaps.append(Gap(MISSING, say(N_("the wage of an ordinary adult male labourer (article 66)"))))
        if not about.definition():
            asked = N_("which definition of the skilled manual male employee is used (article 65(6)), and his wage")
            gaps.insert(0, Gap(MISSING, say(asked)))
        head = (N_("Wage of a month"), N_("Amount"), N_("Source"))
        return ([Sheet(N_("Standard wages"), head, tuple(rows))] if rows else []), gaps

    def _level(self, branch: str) -> tuple[list[Sheet], list[Gap]]:
        """What the standard beneficiary gets of his or her earnings: where the benefit bends, and at wages known."""
        drawn = next((d for d in self.made.drawings if d.branch == branch), None)
        if drawn is None:
            return [], []
        limits = (r.limit for r in self.made.results if r.branch == branch and "65-CEILING" in r.requirement.id)
        wages = {x for x, _ in drawn.points if 1 < x < 2**33}
        wages |= {d.value for d in self.made.profile.skilled.values()} | {x for x in limits if x is not None}
        currency, rows = self.made.currency, []
        for part, day in enumerate(drawn.days):
            for earnings in sorted(wages):
                rate = drawn.rate(earnings, part)
                paid = rate * (earnings + drawn.family_in_work) - drawn.family_in_contingency
                cells: tuple[Cell, ...] = (
                    say(N_("from day {day}"), day=t.count(day + 1)),
                    *(_money(x, currency) for x in (earnings, paid)),
                    say(N_("{rate}"), rate=t.shown(percent(rate))),
                )
                rows.append((cells, self.statute))
        head = (N_("Of the benefit"), N_("Earnings of a month"), N_("Benefit of a month"), N_("Share"), N_("Source"))
        return [Sheet(N_("Level of the benefit for the standard beneficiary"), head, tuple(rows))], []

    def _grounds(self) -> tuple[list[Sheet], list[Gap]]:
        rows = tuple(
            ((_plain(one.text), _plain(f"({one.letter})" if one.letter else "–")), one.citation)
            for one in self.made.profile.grounds
        )
        head = (N_("Ground of suspension"), N_("Article 69"), N_("Source"))
        return ([Sheet(N_("Grounds of suspension"), head, rows)] if rows else []), []

    def _financing(self) -> tuple[list[Sheet], list[Gap]]:
        shares, rows, gaps = self.made.profile.financing, [], []
        for name, words in BEARERS.items():
            if (datum := shares.get(name)) is not None:
                cells: tuple[Cell, ...] = (_plain(words), Measure(datum.value / 100, "rate"))
                rows.append((cells, datum.citation))
            elif name != "state":
                gaps.append(Gap(MISSING, say(N_("contribution rate: {who}"), who=t.phrase(_plain(words)))))
        head = (N_("Borne by"), N_("Contribution of wages"), N_("Source"))
        return ([Sheet(N_("Contribution rates"), head, tuple(rows))] if rows else []), gaps


def _money(value: Fraction, currency: str) -> Text:
    return Text("{amount}", {"amount": amount(value, currency)})


__all__ = ["CONFIRM", "JUDGE", "MISSING", "Answer", "Filled", "Gap", "Measure", "Reply", "Sheet", "fill", "filled"]
