"""The tests: each kind measures one thing and compares it with the threshold of a requirement.

Every test gets the requirement, the branch and a `Context`, and answers with a `Result`. Ratios are compared as exact
fractions before any rounding; what rounding does is a note.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property

from services.benefits.conformance.measure import (
    LONG_SPELL,
    LONGEST_QUALIFYING,
    Branch,
    Days,
    Law,
    NoBenefit,
    Tried,
    branch,
    rates_of,
)
from services.benefits.conformance.profile import Answer, Profile
from services.benefits.conformance.standards import Requirement
from services.benefits.domain.assessment import Citation, Text
from services.benefits.law import text as t
from services.benefits.law.text import N_, plain_number, say

PASS, FAIL, REVIEW, NOT_APPLICABLE, NO_DATA = "pass", "fail", "review", "not_applicable", "no_data"
VERDICTS = (PASS, FAIL, REVIEW, NO_DATA, NOT_APPLICABLE)


@dataclass(frozen=True)
class Alternative:
    """One of several readings a State may choose between, and what comes of it."""

    name: str
    verdict: str
    words: Text
    declared: bool = False

    def json(self) -> dict[str, object]:
        return {
            "name": self.name,
            "verdict": self.verdict,
            "words": self.words.json(),
            "declared": self.declared,
        }


@dataclass(frozen=True)
class Change:
    """The smallest change of one figure (or of several together) at which a verdict flips; `verified` by a run."""

    figures: tuple[tuple[str, Fraction, Fraction, str], ...]  # name, from, to, unit
    benefit: str
    words: tuple[Text, ...]
    verified: bool

    def json(self) -> dict[str, object]:
        return {
            "benefit": self.benefit,
            "figures": [{"figure": n, "from": str(a), "to": str(b), "unit": u} for n, a, b, u in self.figures],
            "words": [one.json() for one in self.words],
            "verified": self.verified,
        }


@dataclass(frozen=True)
class Result:
    """What one test says of one requirement and branch."""

    requirement: Requirement
    branch: str
    verdict: str
    cell: Text
    why: Text
    found: Fraction | None = None
    question: Text | None = None
    notes: tuple[Text, ...] = ()
    tried: tuple[Tried, ...] = ()
    sources: tuple[Citation, ...] = ()
    alternatives: tuple[Alternative, ...] = ()
    would: str = ""
    limit: Fraction | None = None  # the skilled wage up to which it holds
    changes: tuple[Change, ...] = ()
    shortfall: Fraction | None = None

    @property
    def key(self) -> str:
        return f"{self.requirement.id} {self.branch}"

    @property
    def unconfirmed(self) -> list[tuple[str, str]]:
        """Figures of the law behind this verdict whose text nobody here has read."""
        found = {u.figure: u.citation.evidence for tried in self.tried for u in tried.assessment.unconfirmed}
        return sorted(found.items())


@dataclass
class Context:
    """A law and a profile; what is measured is measured once."""

    law: Law
    profile: Profile
    latest: int | None = None  # how many days late a birth is tried, where not as the requirement says
    _branches: dict[str, Branch | None] = field(default_factory=dict)

    def branch(self, name: str) -> Branch:
        """Raises `NoBenefit`."""
        if name not in self._branches:
            try:
                self._branches[name] = branch(self.law, name)
            except NoBenefit:
                self._branches[name] = None
        found = self._branches[name]
        if found is None:
            raise NoBenefit(f"{self.law.pack.id} has no {name} benefit")
        return found

    @cached_property
    def currency(self) -> str:
        return self.law.pack.currency

    @property
    def runs(self) -> int:
        return sum(b.runs for b in self._branches.values() if b is not None)


Test = Callable[[Requirement, str, Context], Result]
TESTS: dict[str, Test] = {}


def test(name: str) -> Callable[[Test], Test]:
    def put(function: Test) -> Test:
        TESTS[name] = function
        return function

    return put


def run(requirement: Requirement, branch_name: str, context: Context) -> Result:
    """One requirement, with the declaration it needs taken into account."""
    try:
        result = TESTS[requirement.test](requirement, branch_name, context)
    except NoBenefit:
        words = say(N_("no such benefit in the pack"))
        result = Result(requirement, branch_name, NO_DATA, words, words)
    return _standing(result, context.profile)


def _standing(result: Result, profile: Profile) -> Result:
    """A route that needs a declaration, or stands beside the one declared, is told but does not count."""
    needed, group = result.requirement.needs, result.requirement.group
    chosen = profile.declared.get(group, "")
    if needed and not profile.has_declared(needed):
        reason = _NEEDS.get(needed, N_("only with a declaration"))
        return replace(result, verdict=NOT_APPLICABLE, would=result.verdict, cell=say(reason), changes=())
    if chosen and chosen != result.requirement.route:
        other = say(N_("the State declared {route}"), route=t.word(chosen))
        return replace(result, verdict=NOT_APPLICABLE, would=result.verdict, cell=other, changes=())
    return result


_NEEDS = {
    "article_3": N_("only with a declaration under article 3"),
    "article_2": N_("only with a declaration under article 2"),
    "article_7": N_("only where article 7 is invoked"),
    "bound_c103": N_("not bound by C103"),
}


# Words ----------------------------------------------------------------------------------------------


def percent(rate: Fraction, against: Fraction | None = None) -> str:
    """A rate as a person reads it, never rounded up to the threshold it misses."""
    hundred = rate * 100
    if hundred.denominator == 1:
        return f"{hundred.numerator} %"
    for digits in (1, 2, 3, 4, 6, 8):
        text = plain_number(hundred, digits).rstrip("0").rstrip(".")
        if against is None or Fraction(text.replace(",", "")) != against * 100:
            return f"{text} %"
    return f"{hundred.numerator}/{hundred.denominator} %"


def _points(shown: str, short: Fraction) -> str:
    """Percentage points that are missing, with as many digits as the rate is shown with."""
    digits = len(shown.removesuffix(" %").partition(".")[2])
    text = plain_number(short * 100, max(digits, 1))
    return text.rstrip("0").rstrip(".") if "." in text else text


def amount(value: Fraction, currency: str) -> dict[str, object]:
    """An amount to be read; parts of a unit are rounded for the eye only."""
    return t.money(value if value.denominator == 1 else Fraction(round(value * 100), 100), currency)


def whole(value: Fraction) -> str:
    return plain_number(value, 1 if value.denominator != 1 else 0)


def _no_data(r: Requirement, b: str, what: str) -> Result:
    return Result(r, b, NO_DATA, say(N_("no data")), say(N_("Not known: {what}"), what=t.word(what)))


# Legal facts ----------------------------------------------------------------------------------------


def _answered(r: Requirement, b: str, answer: Answer | None, name: str) -> Result:
    """Yes passes, no and silence of the law fail, doubt goes to a person."""
    if answer is None:
        return _no_data(r, b, name.replace("_", " "))
    why = Text(answer.text) if answer.text else say(N_("as the source says"))
    cited = (answer.citation,)
    match answer.answer:
        case "yes":
            return Result(r, b, PASS, say(N_("yes")), why, sources=cited)
        case "no":
            return Result(r, b, FAIL, say(N_("no")), why, sources=cited)
        case "silent":
            return Result(r, b, FAIL, say(N_("the law is silent")), why, sources=cited)
        case "judge":
            asked = say(N_("Does the law as it stands give this: {what}?"), what=t.word(r.description))
            return Result(r, b, REVIEW, say(N_("to judge")), why, question=asked, sources=cited)
    return Result(r, b, NOT_APPLICABLE, say(N_("does not arise")), why, sources=cited)


@test("answer")
def legal_answer(r: Requirement, b: str, c: Context) -> Result:
    """A legal fact outside the benefit: the answer of the profile."""
    name = str(r.options["answer"])
    when = r.options.get("when")
    if when in ("ground_b", "ground_c"):
        letter = str(when)[-1]
        if not c.profile.grounds:
            return _no_data(r, b, "grounds of suspension")
        if letter not in {g.letter for g in c.profile.grounds}:
            words = say(N_("ground ({letter}) is not used"), letter=t.word(letter))
            return Result(r, b, NOT_APPLICABLE, words, words)
    if when == "not_public_body":
        body = c.profile.answers.get("public_body")
        if body is not None and body.answer == "yes":
            words = say(N_("administered by a public body"))
            return Result(r, b, NOT_APPLICABLE, words, Text(body.text), sources=(body.citation,))
    if when == "conditions" and c.branch("maternity").qualifying == 0:
        words = say(N_("no condition to satisfy"))
        return Result(r, b, NOT_APPLICABLE, words, words)
    return _answered(r, b, c.profile.answers.get(name), name)


@test("grounds")
def closed_grounds(r: Requirement, b: str, c: Context) -> Result:
    """C102 art. 69, C130 art. 28: a ground outside the list is not authorised."""
    grounds = c.profile.grounds
    if not grounds:
        return _no_data(r, b, "grounds of suspension")
    allowed = set(str(r.value)) | {"14"}
    outside = [g for g in grounds if g.letter not in allowed and g.letter != "?"]
    doubtful = [g for g in grounds if g.letter == "?"]
    cited = tuple(dict.fromkeys(g.citation for g in grounds))
    listed = "; ".join(f"{g.text} ({g.letter or '–'})" for g in grounds)
    why = say(N_("Grounds found, each with its letter: {grounds}"), grounds=t.word(listed))
    if outside:
        words = say(N_("outside the list: {ground}"), ground=t.word(outside[0].text))
        return Result(r, b, FAIL, words, why, sources=cited)
    if doubtful:
        asked = say(
            N_("Is this ground a prescribed form of one of (a) to (g): {ground}?"),
            ground=t.word(doubtful[0].text),
        )
        return Result(r, b, REVIEW, say(N_("one ground to judge")), why, question=asked, sources=cited)
    return Result(r, b, PASS, say(N_("{n} grounds, all listed"), n=t.count(len(grounds))), why, sources=cited)


@test("parts")
def parts_accepted(r: Requirement, b: str, c: Context) -> Result:
    """C102 art. 2: at least three Parts, one of them IV, V, VI, IX or X."""
    parts = c.profile.parts
    if not parts:
        words = say(N_("not ratified"))
        why = say(N_("Accepting only sickness, maternity and medical care would not be a valid ratification."))
        return Result(r, b, NOT_APPLICABLE, words, why)
    good = len(parts) >= r.number and bool(set(r.options["of"]) & set(parts))
    words = say(N_("Parts {parts}"), parts=t.word(", ".join(parts)))
    return Result(r, b, PASS if good else FAIL, words, words, found=Fraction(len(parts)))


@test("declaration")
def declaration_made(r: Requirement, b: str, c: Context) -> Result:
    """C102 art. 3: an exception that is used is declared, with a yearly statement."""
    used = [v for k, v in c.profile.declared.items() if v in ("15(d)", "48(c)", "18(2)(a)", "18(2)(b)")]
    if not used and not c.profile.has_declared("article_3"):
        words = say(N_("no exception used"))
        return Result(r, b, NOT_APPLICABLE, words, words)
    if not c.profile.has_declared("article_3"):
        words = say(N_("used without a declaration"))
        return Result(r, b, FAIL, words, words)
    return _answered(r, b, c.profile.answers.get("article_3_statement"), "article_3_statement")


# Persons protected and financing --------------------------------------------------------------------


def _ratio(c: Context, over: str, under: str) -> tuple[Fraction, tuple[Citation, ...]] | None:
    """Effective coverage decides; the legal figure stands beside it."""
    top, bottom = c.profile.statistics.get(over), c.profile.statistics.get(under)
    if top is None or bottom is None or not bottom.value:
        return None
    return top.value / bottom.value, (top.citation, bottom.citation)


@test("share")
def share_covered(r: Requirement, b: str, c: Context) -> Result:
    """Persons protected, as they are covered in practice, of those the article names."""
    over, under = (str(n) for n in r.options["of"])
    found = _ratio(c, over, under)
    if found is None:
        return _no_data(r, b, f"{over.replace('_', ' ')}, {under.replace('_', ' ')}")
    rate, cited = found
    notes: list[Text] = []
    if (legal := _ratio(c, f"{over}_legal", under)) is not None:
        notes.append(say(N_("By law {rate}, in practice as tested"), rate=t.word(percent(legal[0]))))
    good = rate >= r.number
    also = r.options.get("also")
    if good and also is not None:
        women = c.profile.answers.get(str(also))
        if women is None or women.answer != "yes":
            verdict = NO_DATA if women is None else FAIL
            words = say(N_("{rate}; all women in them?"), rate=t.word(percent(rate, r.number)))
            return Result(r, b, verdict, words, words, rate, notes=tuple(notes), sources=cited)
        cited = (*cited, women.citation)
    words = say(N_("{rate}"), rate=t.word(percent(rate, r.number)))
    why = say(
        N_("{rate} are protected; {least} are needed"),
        rate=t.word(percent(rate, r.number)),
        least=t.word(percent(r.number)),
    )
    short = None if good else r.number - rate
    return Result(r, b, PASS if good else FAIL, words, why, rate, notes=tuple(notes), sources=cited, shortfall=short)


@test("cover130")
def cover_130(r: Requirement, b: str, c: Context) -> Result:
    """C130 arts 19, 20: either share will do; art. 19 asks for all employees, or 75 % of the active population."""
    first, second = [str(n) for n in r.options["of"][:2]], [str(n) for n in r.options["of"][2:]]
    one, two = _ratio(c, *first), _ratio(c, *second)
    if one is None and two is None:
        return _no_data(r, b, "persons protected")
    needs = (r.term("employees"), r.number) if r.route == "19" else (r.number, r.term("second"))
    good = (one is not None and one[0] >= needs[0]) or (two is not None and two[0] >= needs[1])
    shown = " / ".join(percent(x[0]) for x in (one, two) if x is not None)
    cited = tuple(s for x in (one, two) if x is not None for s in x[1])
    words = say(N_("{rate}"), rate=t.word(shown))
    if not good and (one is None or two is None):
        return Result(r, b, NO_DATA, words, say(N_("The other share is not known.")), sources=cited)
    return Result(r, b, PASS if good else FAIL, words, words, one[0] if one else None, sources=cited)


@test("quotient")
def quotient(r: Requirement, b: str, c: Context) -> Result:
    """C102 art. 18(2)(a): days granted in a year for each person protected."""
    over, under = (str(n) for n in r.options["of"])
    found = _ratio(c, over, under)
    if found is None:
        return _no_data(r, b, f"{over.replace('_', ' ')}, {under.replace('_', ' ')}")
    number, cited = found
    words = say(N_("{n} days a head"), n=t.word(whole(number)))
    return Result(r, b, PASS if number >= r.number else FAIL, words, words, number, sources=cited)


@test("majority")
def large_majority(r: Requirement, b: str, c: Context) -> Result:
    """C183 art. 6(5): a large majority of covered women can satisfy the conditions; no number, so a person judges."""
    months = c.branch("maternity").qualifying
    if months == 0:
        words = say(N_("no condition to satisfy"))
        return Result(r, b, NOT_APPLICABLE, words, words)
    over, under = (str(n) for n in r.options["of"])
    found = _ratio(c, over, under)
    if found is None:
        return _no_data(r, b, "share of covered women who qualify")
    rate, cited = found
    asked = say(N_("Are {rate} of covered women a large majority?"), rate=t.word(percent(rate)))
    words = say(N_("{rate} qualify"), rate=t.word(percent(rate)))
    if rate == 1:
        return Result(r, b, PASS, words, words, rate, sources=cited)
    return Result(r, b, REVIEW, words, words, rate, question=asked, sources=cited)


@test("financing")
def financing(r: Requirement, b: str, c: Context) -> Result:
    """C102 art. 71(2): contributions of employees are at most half of the resources."""
    shares = c.profile.financing
    total = sum((d.value for d in shares.values()), Fraction(0))
    if not shares or not total:
        return _no_data(r, b, "financing")
    own = shares["employee"].value if "employee" in shares else Fraction(0)
    rate = own / total
    good = rate <= r.number
    shown = ", ".join(f"{name} {plain_number(d.value)}" for name, d in shares.items())
    why = say(N_("Shares in percentage points: {shares}"), shares=t.word(shown))
    words = say(N_("{rate}"), rate=t.word(percent(rate, r.number)))
    cited = tuple(dict.fromkeys(d.citation for d in shares.values()))
    return Result(r, b, PASS if good else FAIL, words, why, rate, sources=cited)


@test("statistics")
def statistics(r: Requirement, b: str, c: Context) -> Result:
    """C102 art. 76(1)(b): the evidence a report needs."""
    have = {**c.profile.statistics, **c.profile.financing}
    wanted = ("employees_protected", "employees", "residents")
    missing = [w for w in wanted if w not in have]
    if not c.profile.skilled:
        missing.append("skilled wage")
    if "employee" not in c.profile.financing:
        missing.append("financing")
    if missing:
        return _no_data(r, b, ", ".join(m.replace("_", " ") for m in missing))
    words = say(N_("all given"))
    return Result(r, b, PASS, words, words)


@test("collective")
def collective(r: Requirement, b: str, c: Context) -> Result:
    """C102 art. 71(1): borne collectively. Days an employer pays are income, but not collectively financed."""
    answer = c.profile.answers.get(f"employer_pays_{b}")
    if answer is not None:
        return _answered(r, b, answer, "employer pays")
    found = c.branch(b)
    days = found.employer_calendar_days
    tried = (found.shortest.tried,) if b == "sickness" else (found.leave,)
    if days:
        asked = say(
            N_("The employer alone bears the first {days} days. Is the benefit as a whole still borne collectively?"),
            days=t.count(days),
        )
        words = say(N_("employer bears the first {days} days"), days=t.count(days))
        why = say(N_("Income is met by the employer's days, collective financing is not for that part."))
        return Result(r, b, REVIEW, words, why, question=asked, tried=tried)
    words = say(N_("by the fund"))
    return Result(r, b, PASS, words, say(N_("Every paid day of the run is paid by the fund.")), tried=tried)


@test("employer_liability")
def employer_liability(r: Requirement, b: str, c: Context) -> Result:
    """C183 art. 6(8), C103 art. 4: no individual liability of the employer for the benefit."""
    answer = c.profile.answers.get("employer_liability")
    found = c.branch("maternity")
    tried = (found.leave,)
    if answer is None:
        if found.leave.timeline.count("E"):
            words = say(N_("employer pays {days} days"), days=t.count(found.leave.timeline.count("E")))
            return Result(r, b, FAIL, words, words, tried=tried)
        words = say(N_("paid by the fund"))
        return Result(r, b, PASS, words, say(N_("Every paid day of the run is paid by the fund.")), tried=tried)
    result = _answered(r, b, answer, "employer_liability")
    if r.options.get("strict") is True and result.verdict == REVIEW:
        result = replace(result, verdict=FAIL, question=None)
    return replace(result, tried=tried)


# Days -----------------------------------------------------------------------------------------------


def _shown(days: Days) -> Text:
    if not days.ends:
        return say(N_("no limit found"))
    if days.span != days.paid:
        return say(N_("{paid} working days, worth {span}"), paid=t.count(days.paid), span=t.word(whole(days.span)))
    return say(N_("{days} days"), days=t.count(days.paid))


@test("longest_case")
def longest_case(r: Requirement, b: str, c: Context) -> Result:
    """C102 art. 18, C130 art. 26: the shortest term any day of onset gives. Up to three unpaid waiting days may lie
    inside the limit. Only benefit counts, from the end of the wage; the income reading stands beside it."""
    found = c.branch("sickness")
    days = found.shortest
    verdict, notes = _long_enough(days, r)
    if days.waiting and days.paid < r.number and verdict == PASS:
        notes.append(
            say(
                N_("{waiting} unpaid days lie inside the limit; the text takes them out of the limited benefit."),
                waiting=t.count(days.waiting),
            )
        )
    question = notes[-1] if notes and verdict == PASS else None
    if question is not None:
        question = say(N_("Do the unpaid days lie inside the limit that the text allows?"))
    alternatives: list[Alternative] = []
    income = found.with_employer
    if income is not None:
        total = income.employer + income.span
        other = PASS if total >= r.number else FAIL
        alternatives = [
            Alternative("strict", verdict, _shown(days)),
            Alternative("income", other, say(N_("{days} days with the employer's"), days=t.word(whole(total)))),
        ]
        if other != verdict:
            verdict = REVIEW
            question = say(N_("Do the days that the employer pays count towards the duration?"))
    short = None if days.span >= r.number or not days.ends else r.number - days.span
    cell = _shown(days)
    if verdict == FAIL and short is not None:
        params = {"paid": t.count(days.paid), "short": t.word(whole(short))}
        cell = say(N_("{paid} days, {short} short"), **params)
        if days.span != days.paid:
            cell = say(
                N_("{paid} working days, worth {span}, {short} short"),
                span=t.word(whole(days.span)),
                **params,
            )
    why = say(
        N_("An illness that begins on {start} is paid until {days} days are used; {needed} are needed."),
        start=t.day(days.start),
        days=t.word(whole(days.span)),
        needed=t.count(r.number),
    )
    return Result(
        r,
        b,
        verdict,
        cell,
        why,
        days.span,
        question,
        tuple(notes),
        (days.tried,),
        alternatives=tuple(alternatives),
        shortfall=short,
    )


def _long_enough(days: Days, r: Requirement) -> tuple[str, list[Text]]:
    if not days.ends or days.span >= r.number:
        return PASS, []
    if days.waiting <= r.term("waiting_days") and days.span + days.waiting >= r.number:
        return PASS, []
    return FAIL, []


@test("per_case")
def per_case(r: Requirement, b: str, c: Context) -> Result:
    """C102 art. 18(1): the limit is counted in each case of sickness, not per year or period."""
    found = c.branch("sickness")
    if not found.shortest.ends:
        words = say(N_("no limit found"))
        return Result(r, b, NOT_APPLICABLE, words, words, tried=(found.shortest.tried,))
    alone, after = found.after_others
    good = after.paid >= alone.paid
    words = (
        say(N_("per case"))
        if good
        else say(N_("{left} of {days} days left"), left=t.count(after.paid), days=t.count(alone.paid))
    )
    why = say(
        N_("A new illness on {start}: {alone} days are paid; after two other illnesses in the same year {after}."),
        start=t.day(alone.start),
        alone=t.count(alone.paid),
        after=t.count(after.paid),
    )
    return Result(r, b, PASS if good else FAIL, words, why, Fraction(after.paid), tried=(alone.tried, after.tried))


@test("waiting")
def waiting(r: Requirement, b: str, c: Context) -> Result:
    """C102 art. 18, C130 art. 26(3): unpaid days at the start of suspended earnings. Where pay is for working days only
    these count."""
    found = c.branch("sickness")
    days = found.shortest.waiting
    tried = (found.shortest.tried,)
    good = days <= r.number
    words = say(N_("{days} days"), days=t.count(days)) if days else say(N_("none"))
    why = say(N_("{days} days at the start of the run are unpaid."), days=t.count(days))
    if not good:
        words = say(N_("{days} days, {more} too many"), days=t.count(days), more=t.count(days - r.number))
    return Result(r, b, PASS if good else FAIL, words, why, Fraction(days), tried=tried)


@test("throughout")
def throughout(r: Requirement, b: str, c: Context) -> Result:
    """R134: paid throughout the contingency."""
    days = c.branch("sickness").shortest
    return Result(
        r,
        b,
        FAIL if days.ends else PASS,
        _shown(days),
        say(N_("A case is paid to a limit."))
        if days.ends
        else say(N_("No limit was met in {days} days."), days=t.count(LONG_SPELL)),
        days.span,
        tried=(days.tried,),
    )


@test("contingency")
def contingency(r: Requirement, b: str, c: Context) -> Result:
    """C102 art. 14: any morbid condition, illness or accident outside work."""
    from services.benefits.conformance.beneficiary import Sick

    found = c.branch("sickness")
    tried = tuple(found.sick(Sick(found.first, 60, found.usual, cause=cause)) for cause in ("illness", "accident"))
    good = all(one.timeline.paid_days() for one in tried)
    words = say(N_("illness and accident")) if good else say(N_("not every cause"))
    return Result(r, b, PASS if good else FAIL, words, words, tried=tried)


@test("qualifying")
def qualifying(r: Requirement, b: str, c: Context) -> Result:
    """C102 arts 17, 51; C130 art. 25: no number in the text; more than is customary goes to a person."""
    found = c.branch(b)
    months = found.qualifying
    if months == 0:
        words = say(N_("none"))
        return Result(r, b, NOT_APPLICABLE, words, say(N_("One month of insurance gives a right.")))
    if months is None:
        words = say(N_("more than {months} months"), months=t.count(LONGEST_QUALIFYING))
        asked = say(N_("Is so long a qualifying time needed to preclude abuse?"))
        return Result(r, b, REVIEW, words, words, question=asked)
    words = say(N_("{months} months"), months=t.count(months))
    why = say(
        N_("{months} months of contributions without a gap are the fewest that give a right."),
        months=t.count(months),
    )
    if r.compare == "judge":
        asked = say(
            N_("Do {months} months of contributions shut out people who normally belong to the protected?"),
            months=t.count(months),
        )
        return Result(r, b, REVIEW, words, why, Fraction(months), asked)
    if months <= r.number:
        return Result(r, b, PASS, words, why, Fraction(months))
    asked = say(N_("Are {months} months needed to preclude abuse?"), months=t.count(months))
    return Result(r, b, REVIEW, words, why, Fraction(months), asked)


@test("paid_days")
def paid_days(r: Requirement, b: str, c: Context) -> Result:
    """C102 art. 52: days paid for a confinement, at least twelve weeks."""
    days, tried = c.branch("maternity").fewest_paid
    good = days >= r.number
    words = say(N_("{days} days"), days=t.count(days))
    if not good:
        words = say(N_("{days} days, {short} short"), days=t.count(days), short=t.count(r.number - days))
    why = say(
        N_("Paid from {first}: {days} days."),
        first=t.day(tried.case.spell.first_day or c.law.on),
        days=t.count(days),
    )
    short = None if good else r.number - days
    return Result(r, b, PASS if good else FAIL, words, why, Fraction(days), tried=(tried,), shortfall=short)


def _leave(r: Requirement, b: str, c: Context) -> int | Result:
    found = c.branch("maternity").leave_length()
    return found if found is not None else _no_data(r, b, "length of the leave")


@test("national_leave")
def national_leave(r: Requirement, b: str, c: Context) -> Result:
    """C102 art. 52: payment not limited to less than a longer leave that national law requires or authorises."""
    leave = _leave(r, b, c)
    if isinstance(leave, Result):
        return leave
    days, tried = c.branch("maternity").fewest_paid
    words = say(N_("{days} of {leave}"), days=t.count(days), leave=t.count(leave))
    why = say(N_("{days} days are paid of {leave} days of leave."), days=t.count(days), leave=t.count(leave))
    if leave <= r.number:
        return Result(r, b, NOT_APPLICABLE, say(N_("leave of {leave} days"), leave=t.count(leave)), why, tried=(tried,))
    good = days >= leave
    if not good:
        words = say(
            N_("{days} of {leave}, {short} short"),
            days=t.count(days),
            leave=t.count(leave),
            short=t.count(leave - days),
        )
    short = None if good else Fraction(leave - days)
    return Result(r, b, PASS if good else FAIL, words, why, Fraction(days), tried=(tried,), shortfall=short)


@test("leave_days")
def leave_days(r: Requirement, b: str, c: Context) -> Result:
    """C183 art. 4(1), C103 art. 3, R191 para. 1: days of leave, paid or not."""
    leave = _leave(r, b, c)
    if isinstance(leave, Result):
        return leave
    good = leave >= r.number
    words = say(N_("{days} days"), days=t.count(leave))
    if not good:
        words = say(N_("{days} days, {short} short"), days=t.count(leave), short=t.count(r.number - leave))
    why = say(N_("{days} days of leave; {needed} are needed."), days=t.count(leave), needed=t.count(r.number))
    short = None if good else r.number - leave
    tried = (c.branch("maternity").fewest_paid[1],)
    return Result(r, b, PASS if good else FAIL, words, why, Fraction(leave), tried=tried, shortfall=short)


@test("compulsory")
def compulsory(r: Requirement, b: str, c: Context) -> Result:
    """C183 art. 4(4), C103 art. 3: six compulsory weeks after birth, expressly in law;
    a long leave alone will not do."""
    answer = c.profile.answers.get("compulsory_postnatal")
    if answer is None or answer.answer != "yes" or answer.value is None:
        return _answered(r, b, answer, "compulsory leave after birth")
    good = answer.value >= r.number
    words = say(N_("{days} days"), days=t.count(answer.value))
    return Result(
        r,
        b,
        PASS if good else FAIL,
        words,
        Text(answer.text or words.msg, words.params),
        answer.value,
        sources=(answer.citation,),
    )


def after_birth(c: Context, late: int) -> tuple[int, int, Tried]:
    """Days of leave from the birth on, and unpaid days inside the leave, where the birth is so many days late."""
    found = c.branch("maternity")
    tried = found.late(late)
    born = tried.case.day("birth_on")
    runs = tried.timeline.runs
    last = runs[-1].period.last if runs else None
    first = tried.case.spell.first_day
    if found.recipe.leave_days and first is not None and (leave := found.leave_length()) is not None:
        from datetime import timedelta

        end = first + timedelta(days=leave - 1)
        last = end if last is None else max(last, end)
    after = 0 if last is None else max(0, (last - born).days + 1)
    paid = [run for run in runs if run.code == "P"]
    gap = 0
    if paid:
        gap = sum(
            run.days
            for run in runs
            if run.code == "N" and paid[0].period.first < run.period.first < paid[-1].period.last
        )
    return after, gap, tried


def needed_after_birth(r: Requirement, c: Context) -> Fraction:
    """Six weeks, or the longer compulsory leave of national law."""
    answer = c.profile.answers.get("compulsory_postnatal")
    if answer is None or answer.answer != "yes" or answer.value is None:
        return r.number
    return max(r.number, answer.value)


def latest_birth(r: Requirement, c: Context) -> int:
    """How many days late a birth is tried at most."""
    return c.latest if c.latest is not None else r.whole_term("latest_days")


@test("late_birth")
def late_birth(r: Requirement, b: str, c: Context) -> Result:
    """C183 art. 4(5): the leave before birth is extended by the delay, the compulsory part after it is not reduced."""
    needed, latest = needed_after_birth(r, c), latest_birth(r, c)
    after, _, tried = after_birth(c, latest)
    if after >= needed:
        words = say(N_("{days} days left, {late} days late"), days=t.count(after), late=t.count(latest))
        why = say(
            N_("A birth {late} days late leaves {days} days of leave."),
            late=t.count(latest),
            days=t.count(after),
        )
        return Result(r, b, PASS, words, why, Fraction(after), tried=(tried,))
    low, high = -1, latest
    while high - low > 1:
        middle = (low + high) // 2
        if after_birth(c, middle)[0] >= needed:
            low = middle
        else:
            high = middle
    left, _, tried = after_birth(c, high)
    words = (
        say(N_("holds up to {days} days late"), days=t.count(low))
        if low >= 0
        else say(N_("not even for a birth in time"))
    )
    why = say(
        N_("A birth {late} days late leaves {left} days after it; {needed} are needed. The leave ends on a fixed day."),
        late=t.count(high),
        left=t.count(left),
        needed=t.count(needed),
    )
    return Result(r, b, FAIL, words, why, Fraction(low), tried=(tried,), shortfall=needed - left)


@test("paid_all")
def paid_all(r: Requirement, b: str, c: Context) -> Result:
    """C183 art. 6(1): cash for all days of article 4 leave, the extension for a late birth included."""
    found = c.branch("maternity")
    days, tried = found.fewest_paid
    declared = c.profile.declared.get("leave_days", "")
    needed = max(r.number, Fraction(declared)) if declared else r.number
    if days < needed:
        words = say(N_("{days} paid, {short} short"), days=t.count(days), short=t.count(needed - days))
        why = say(N_("{days} days are paid; {needed} are needed."), days=t.count(days), needed=t.count(needed))
        return Result(r, b, FAIL, words, why, Fraction(days), tried=(tried,), shortfall=needed - days)
    late_days = r.whole_term("late_days")
    _, gap, late = after_birth(c, late_days)
    if gap:
        practice = _only_practice(tried, late)
        words = say(N_("{gap} days unpaid if the birth is late"), gap=t.count(gap))
        why = say(
            N_("Of a leave extended by a birth {late} days late {gap} days are not paid."),
            late=t.count(late_days),
            gap=t.count(gap),
        )
        if practice:
            asked = say(
                N_(
                    "The days are left unpaid by practice ({figure}), not by a text that was read. "
                    "Does the law pay them?"
                ),
                figure=t.word(practice),
            )
            return Result(r, b, REVIEW, words, why, Fraction(days), asked, tried=(tried, late))
        return Result(r, b, FAIL, words, why, Fraction(days), tried=(tried, late), shortfall=Fraction(gap))
    words = say(N_("{days} paid"), days=t.count(days))
    why = say(N_("{days} days are paid; {needed} are needed."), days=t.count(days), needed=t.count(needed))
    return Result(r, b, PASS, words, why, Fraction(days), tried=(tried, late))


def _only_practice(usual: Tried, other: Tried) -> str:
    """The rule that only the second run rests on, where it is an institution's practice and no text."""
    before = {u.figure for u in usual.assessment.unconfirmed}
    return next(
        (
            u.citation.text
            for u in other.assessment.unconfirmed
            if u.figure not in before and u.citation.evidence == "default"
        ),
        "",
    )


@test("multiple")
def multiple(r: Requirement, b: str, c: Context) -> Result:
    """R191 para. 1(2): longer leave for several children."""
    found = c.branch("maternity")
    one, two = found.leave, found.twins
    more = two.timeline.paid_days() - one.timeline.paid_days()
    words = say(N_("{days} days more"), days=t.count(more)) if more > 0 else say(N_("not longer"))
    return Result(r, b, PASS if more > 0 else FAIL, words, words, Fraction(more), tried=(one, two))


@test("adoption")
def adoption(r: Requirement, b: str, c: Context) -> Result:
    """R191 para. 10: adoptive parents have access to the benefit."""
    if "adoption" in c.law.pack.benefits:
        words = say(N_("a benefit of its own"))
        return Result(r, b, PASS, words, words)
    return _answered(r, b, c.profile.answers.get("adoption"), "adoption")


# Level ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Ratio:
    """A replacement rate at one level of earnings on one day of the benefit."""

    earnings: Fraction
    day: int
    rate: Fraction
    tried: Tried


def replaced(benefit: Fraction, earnings: Fraction, profile: Profile) -> Fraction:
    """RR(E) = (B(E) + Fb) / (E + Fw), all of one month."""
    return (benefit + profile.family_in_contingency) / (earnings + profile.family_in_work)


def _family(c: Context, b: str) -> Profile:
    """Family allowances belong to the man with wife and two children; a woman alone has normally none."""
    if b == "sickness":
        return c.profile
    return replace(c.profile, family_in_work=Fraction(0), family_in_contingency=Fraction(0))


def ratios_at(c: Context, b: str, earnings: Fraction, tested: int) -> list[Ratio]:
    """Every rate of the first `tested` days at these earnings; for maternity the average where it varies (art. 50)."""
    found = c.branch(b)
    monthly = found.monthly(earnings)
    tried = found.at(earnings)
    family = _family(c, b)
    if b == "maternity" and len(monthly) > 1:
        rates = rates_of(tried.timeline, found.basis)
        days = sum((x.days for x in rates), Fraction(0))
        mean = sum((x.monthly * x.days for x in rates), Fraction(0)) / days if days else Fraction(0)
        return [Ratio(earnings, 0, replaced(mean, earnings, family), tried)]
    return [
        Ratio(earnings, day, replaced(one, earnings, family), tried)
        for day, one in zip(found.changes, monthly, strict=True)
        if day < tested
    ]


#: More days than any leave has.
WHOLE_LEAVE = 10**6


def tested_days(r: Requirement, b: str, c: Context) -> int:
    """Every rate of the first days is tested, as many as the requirement says; fewer with a declaration of C130."""
    if b == "maternity":
        return WHOLE_LEAVE
    declared = "tested_days_article_2" in r.terms and c.profile.has_declared("article_2")
    return r.whole_term("tested_days_article_2" if declared else "tested_days")


def flat(found: Branch) -> bool:
    """Whether the benefit is one amount for all."""
    return not found.curve.kinks and found.counted is not None


def points(c: Context, b: str, upto: Fraction | None = None) -> list[Fraction]:
    """Earnings to be tested: the lowest, every kink, and the highest that are counted or the skilled wage."""
    found = c.branch(b)
    bound = found.counted
    if upto is not None:
        bound = upto if bound is None else min(bound, upto)
    if bound is None:
        bound = found.curve.kinks[-1] * 2 if found.curve.kinks else found.reference
    chosen = {k for k in found.curve.kinks if k <= bound} | {bound}
    if c.profile.lowest is not None and c.profile.lowest.value <= bound:
        chosen.add(c.profile.lowest.value)
        chosen = {x for x in chosen if x >= c.profile.lowest.value}
    elif not found.curve.kinks or min(chosen) == bound:
        chosen.add(bound / 2)
    return sorted(chosen)


def skilled(c: Context) -> Fraction | None:
    """The skilled wage that bounds the test: the declared definition, else the highest known."""
    wages = c.profile.skilled
    declared = wages.get(c.profile.definition())
    if declared is not None:
        return declared.value
    return max((d.value for d in wages.values()), default=None)


def _rounding(worst: Ratio, threshold: Fraction, c: Context) -> Text | None:
    """What the rounding of payable amounts does to a rate that passes exactly (WC-10)."""
    exact, paid = worst.tried.exact(), worst.tried.payable()
    if worst.rate < threshold or not exact or paid >= exact or worst.rate * paid / exact >= threshold:
        return None
    return say(
        N_("The rule passes; rounding the last unit pays {paid} instead of {exact}, which falls short by amount."),
        paid=amount(paid, c.currency),
        exact=t.word(f"{plain_number(exact, 2)} {c.currency}"),
    )


def _level(r: Requirement, b: str, c: Context, found: list[Ratio]) -> Result:
    worst = min(found, key=lambda x: (x.rate, x.earnings))
    good = worst.rate >= r.number
    shown = percent(worst.rate, r.number)
    words = (
        say(N_("{rate}, exactly"), rate=t.word(shown))
        if worst.rate == r.number
        else say(N_("{rate}"), rate=t.word(shown))
    )
    if not good:
        words = say(
            N_("{rate}, {short} points short"),
            rate=t.word(shown),
            short=t.word(_points(shown, r.number - worst.rate)),
        )
    why = say(
        N_("Lowest at earnings of {earnings} a month, from day {day} of the benefit: {rate}; {needed} are needed."),
        earnings=amount(worst.earnings, c.currency),
        day=t.count(worst.day + 1),
        rate=t.word(shown),
        needed=t.word(percent(r.number)),
    )
    note = _rounding(worst, r.number, c)
    short = None if good else r.number - worst.rate
    return Result(
        r,
        b,
        PASS if good else FAIL,
        words,
        why,
        worst.rate,
        notes=(note,) if note else (),
        tried=(worst.tried,),
        shortfall=short,
    )


@test("level65")
def level_65(r: Requirement, b: str, c: Context) -> Result:
    """C102 art. 65(1), C130 art. 22(1): the rate over the earnings that are counted, at their ends and every kink."""
    found = c.branch(b)
    if flat(found):
        words = say(N_("one amount for all"))
        return Result(r, b, NOT_APPLICABLE, words, say(N_("The benefit does not follow earnings; see the flat route.")))
    tested = tested_days(r, b, c)
    return _level(r, b, c, [x for e in points(c, b, skilled(c)) for x in ratios_at(c, b, e, tested)])


def break_even(c: Context, b: str, threshold: Fraction, day_limit: int) -> list[tuple[int, Fraction]]:
    """Up to which skilled wage the rate holds, for each rate of the tested days, as (day, wage)."""
    found = c.branch(b)
    family = _family(c, b)
    assert found.counted is not None  # noqa: S101
    top = found.monthly(found.counted)
    result = []
    for day, benefit in zip(found.changes, top, strict=True):
        if day < day_limit:
            wage = (benefit + family.family_in_contingency) / threshold - family.family_in_work
            result.append((day, wage))
    return result


@test("ceiling65")
def ceiling_65(r: Requirement, b: str, c: Context) -> Result:
    """C102 art. 65(3), C130 art. 22(3): a maximum may be set if the rate still holds at the skilled wage; under each
    definition for which a wage is known, else up to which wage it would."""
    found = c.branch(b)
    if found.counted is None:
        words = say(N_("no ceiling"))
        return Result(r, b, NOT_APPLICABLE, words, say(N_("The benefit rises with earnings without an end.")))
    tested = tested_days(r, b, c)
    ends = break_even(c, b, r.number, tested)
    limit = min(wage for _, wage in ends)
    notes = [
        say(
            N_("From day {day} of the benefit it holds up to a skilled wage of {wage}."),
            day=t.count(day + 1),
            wage=amount(_down(wage), c.currency),
        )
        for day, wage in ends
    ]
    alternatives, worst = [], list[Ratio]()
    for name, datum in c.profile.skilled.items():
        lowest = min(ratios_at(c, b, datum.value, tested), key=lambda x: x.rate)
        worst.append(lowest)
        words = say(
            N_("{rate} at {wage}"),
            rate=t.word(percent(lowest.rate, r.number)),
            wage=amount(datum.value, c.currency),
        )
        verdict = PASS if lowest.rate >= r.number else FAIL
        alternatives.append(Alternative(f"65(6)({name})", verdict, words, name == c.profile.definition()))
    cited = tuple(d.citation for d in c.profile.skilled.values())
    if not alternatives:
        words = say(N_("holds up to {wage}"), wage=amount(_down(limit), c.currency))
        if len(ends) > 1 and ends[0][1] > limit:
            words = say(
                N_("holds up to {first}, from day {day} up to {wage}"),
                first=amount(_down(ends[0][1]), c.currency),
                day=t.count(next(day for day, wage in ends if wage == limit) + 1),
                wage=amount(_down(limit), c.currency),
            )
        why = say(
            N_("The skilled wage is not known; the rate holds as long as it is not above {wage}."),
            wage=amount(_down(limit), c.currency),
        )
        return Result(r, b, NO_DATA, words, why, notes=tuple(notes), tried=(found.at(found.counted),), limit=limit)
    verdicts = {a.verdict for a in alternatives}
    declared = [n for n, a in enumerate(alternatives) if a.declared]
    if declared:
        place = declared[0]
        result = _level(r, b, c, [worst[place]])
    elif len(verdicts) == 1:
        result = _level(r, b, c, worst)
    else:
        shown = ", ".join(f"{percent(w.rate, r.number)} ({n})" for w, n in zip(worst, c.profile.skilled, strict=True))
        result = Result(
            r,
            b,
            REVIEW,
            say(N_("{rates}"), rates=t.word(shown)),
            say(N_("It depends on the definition of the skilled worker, which the State declares.")),
            min(w.rate for w in worst),
            say(
                N_("Which definition of the skilled manual male employee does the State declare, (a), (b), (c) or (d)?")
            ),
            tried=tuple(w.tried for w in worst),
        )
    return replace(result, notes=(*result.notes, *notes), alternatives=tuple(alternatives), limit=limit, sources=cited)


def _down(wage: Fraction) -> Fraction:
    """The last whole unit at which it still holds."""
    return Fraction(wage.numerator // wage.denominator)


@test("average")
def average(r: Requirement, b: str, c: Context) -> Result:
    """C102 art. 50: the rate may vary if its average, weighted by days, conforms."""
    found = c.branch("maternity")
    if len(found.changes) < 2:
        words = say(N_("the rate does not vary"))
        return Result(r, b, NOT_APPLICABLE, words, words, tried=(found.leave,))
    return _level(r, b, c, [x for e in points(c, b) for x in ratios_at(c, b, e, WHOLE_LEAVE)])


@test("level66")
def level_66(r: Requirement, b: str, c: Context) -> Result:
    """C102 art. 66, C130 art. 23: a flat or guaranteed minimum benefit against the labourer's wage."""
    found = c.branch(b)
    least = min(found.curve.points)
    lowest = found.monthly(least)
    if not any(lowest) or lowest != found.monthly(least * 2):
        words = say(N_("no minimum benefit"))
        return Result(
            r,
            b,
            NOT_APPLICABLE,
            words,
            say(N_("The benefit is neither flat nor has it a guaranteed minimum.")),
        )
    tested = tested_days(r, b, c)
    benefit = min(x for day, x in zip(found.changes, lowest, strict=True) if day < tested)
    wage = c.profile.labourer
    if wage is None:
        family = _family(c, b)
        limit = (benefit + family.family_in_contingency) / r.number - family.family_in_work
        words = say(N_("holds up to {wage}"), wage=amount(_down(limit), c.currency))
        why = say(
            N_("The labourer's wage is not known; the least benefit of {benefit} a month will do up to {wage}."),
            benefit=amount(benefit, c.currency),
            wage=amount(_down(limit), c.currency),
        )
        return Result(r, b, NO_DATA, words, why, tried=(found.at(least),), limit=limit)
    rate = replaced(benefit, wage.value, _family(c, b))
    result = _level(r, b, c, [Ratio(wage.value, 0, rate, found.at(least))])
    return replace(result, sources=(wage.citation,))


@test("means_tested")
def means_tested(r: Requirement, b: str, c: Context) -> Result:
    """C102 art. 15(c): all residents below limits; not the way of an insurance."""
    answer = c.profile.answers.get("means_tested_residents")
    if answer is None:
        words = say(N_("not means-tested"))
        return Result(r, b, NOT_APPLICABLE, words, say(N_("The benefit is an insurance of classes of persons.")))
    return _answered(r, b, answer, "means-tested residents")


@test("means67")
def means_67(r: Requirement, b: str, c: Context) -> Result:
    """C102 art. 67: reduced only by means above the disregard; enough with other means; or 30 % more in all."""
    data = c.profile.means_test
    if not data:
        words = say(N_("not means-tested"))
        return Result(r, b, NOT_APPLICABLE, words, say(N_("The benefit is an insurance of classes of persons.")))
    try:
        means, disregard = data["means"], data["disregard"]
        if r.id.endswith("REDUCE"):
            most = max(Fraction(0), means - disregard)
            good, found = data["reduction"] <= most, data["reduction"]
        elif r.id.endswith("FLOOR"):
            found = data["benefit"] + means - disregard
            good = found >= data["benefit_66"]
        else:
            found = data["total_paid"] / data["total_66"]
            good = found >= r.number
    except KeyError as missing:
        return _no_data(r, b, str(missing.args[0]).replace("_", " "))
    words = say(N_("{found}"), found=t.word(plain_number(found)))
    return Result(r, b, PASS if good else FAIL, words, words, found)


@test("timebasis")
def timebasis(r: Requirement, b: str, c: Context) -> Result:
    """C102 art. 65(4): all amounts on one basis; the basis is found in what the law pays."""
    found = c.branch(b)
    basis = found.basis
    words = {
        "month": say(N_("by the month")),
        "calendar": say(N_("calendar days, a month of {days}"), days=t.count(basis.days)),
        "working": say(N_("working days, {days} a month"), days=t.word(plain_number(basis.days, 3))),
    }[basis.kind]
    why = say(N_("Benefit and wage are compared for a month; the basis was found in the days that are paid."))
    return Result(r, b, PASS, words, why, tried=(found.shortest.tried if b == "sickness" else found.leave,))


@test("others")
def others(r: Requirement, b: str, c: Context) -> Result:
    """C102 art. 65(5): a reasonable relation for other beneficiaries; the same formula needs no look."""
    found = c.branch(b)
    asked = [name for name in ("insured_as", "contribution_years") if name in found.body.facts]
    tables = [n for n, f in found.body.book.figures.items() if f.unit in ("table", "scale") and "rate" in n]
    if not asked and not tables:
        words = say(N_("one formula for all"))
        return Result(r, b, PASS, words, say(N_("The amount depends on earnings alone.")))
    words = say(N_("rates differ by person"))
    question = say(
        N_("Do the other rates ({figures}) bear a reasonable relation to that of the standard beneficiary?"),
        figures=t.word(", ".join([*asked, *tables])),
    )
    return Result(r, b, REVIEW, words, words, question=question)


@test("two_thirds")
def two_thirds(r: Requirement, b: str, c: Context) -> Result:
    """C183 art. 6(3), C103 art. 4, R191 para. 2: against previous earnings, or those of them that are counted. Where
    the rate varies the mean decides; a part below it goes to a person, for the text has no averaging clause."""
    found = c.branch("maternity")
    if flat(found):
        words = say(N_("one amount for all"))
        return Result(r, b, NOT_APPLICABLE, words, say(N_("The benefit does not follow earnings; see article 6(4).")))
    worst = min((x for e in points(c, b) for x in ratios_at(c, b, e, WHOLE_LEAVE)), key=lambda x: (x.rate, x.earnings))
    result = _level(r, b, c, [worst])
    parts = found.monthly(worst.earnings)
    if result.verdict == PASS and min(parts) / worst.earnings < r.number:
        return replace(
            result,
            verdict=REVIEW,
            question=say(N_("The average reaches the threshold, a part of the leave does not. Is that enough?")),
        )
    return result


@test("comparable")
def comparable(r: Requirement, b: str, c: Context) -> Result:
    """C183 art. 6(4): other methods, comparable to two-thirds of counted earnings on average."""
    found = c.branch("maternity")
    if not flat(found):
        words = say(N_("earnings-related"))
        return Result(r, b, NOT_APPLICABLE, words, say(N_("The benefit follows earnings; see article 6(3).")))
    mean = c.profile.statistics.get("mean_counted_earnings")
    if mean is None:
        return _no_data(r, b, "mean counted earnings")
    part = r.term("part_of_earnings")
    rate = found.monthly(mean.value)[0] / (mean.value * part)
    said = {"rate": t.word(percent(rate)), "part": t.word(str(part))}
    words = say(N_("{rate} of {part}"), **said)
    if rate >= r.number:
        return Result(r, b, PASS, words, words, rate, sources=(mean.citation,))
    asked = say(N_("Is {rate} of {part} of mean earnings comparable?"), **said)
    return Result(r, b, REVIEW, words, words, rate, asked, sources=(mean.citation,))


@test("floor7")
def floor_7(r: Requirement, b: str, c: Context) -> Result:
    """C183 art. 7: the maternity rate is not lower than that of sickness; replaces 6(3) and 6(4) only."""
    mother, sick = c.branch("maternity"), c.branch("sickness")
    earnings = min(x for x in (mother.counted, sick.counted, mother.reference) if x is not None)
    if mother.counted is not None and sick.counted is not None:
        earnings = min(mother.counted, sick.counted)
    rate = min(mother.monthly(earnings)) / earnings
    rates = sorted({x / earnings for x in sick.monthly(earnings)})
    words = say(
        N_("{rate} against {sickness}"),
        rate=t.word(percent(rate)),
        sickness=t.word(", ".join(percent(x) for x in reversed(rates))),
    )
    tried = (mother.at(earnings), sick.at(earnings))
    if rate < rates[0]:
        return Result(r, b, FAIL, words, words, rate, tried=tried, shortfall=rates[0] - rate)
    if rate < rates[-1]:
        asked = say(N_("Sickness is paid at several rates; only one of them is met. Which of them counts?"))
        return Result(r, b, REVIEW, words, words, rate, asked, tried=tried)
    reported = c.profile.answers.get("article_7_reported")
    if reported is None or reported.answer != "yes":
        asked = say(N_("Were the reasons and the rate given in the first report?"))
        return Result(r, b, REVIEW, words, words, rate, asked, tried=tried)
    note = say(N_("A progressive increase must be reported."))
    return Result(r, b, PASS, words, words, rate, notes=(note,), tried=tried, sources=(reported.citation,))


@test("adequate")
def adequate(r: Requirement, b: str, c: Context) -> Result:
    """C183 art. 6(2): no number; the least benefit against a national line, if there is one."""
    found = c.branch("maternity")
    lowest = c.profile.lowest
    earnings = lowest.value if lowest is not None else min(found.curve.kinks, default=found.reference)
    benefit = min(found.monthly(earnings))
    words = say(N_("{benefit} a month at the lowest"), benefit=amount(benefit, c.currency))
    asked = say(
        N_(
            "Do {benefit} a month, paid at earnings of {earnings}, "
            "keep a woman and her child in proper health and a suitable standard of living?"
        ),
        benefit=amount(benefit, c.currency),
        earnings=amount(earnings, c.currency),
    )
    return Result(r, b, REVIEW, words, words, benefit, asked, tried=(found.at(earnings),))


@test("floor202")
def floor_202(r: Requirement, b: str, c: Context) -> Result:
    """R202 para. 5(c): a nationally defined level."""
    asked = say(N_("Is there a nationally defined floor of income in sickness and maternity, and who falls below it?"))
    words = say(N_("to judge"))
    return Result(
        r,
        b,
        REVIEW,
        words,
        say(N_("The level is set nationally; there is nothing to measure against.")),
        question=asked,
    )


def worst_of(verdicts: Iterable[str]) -> str:
    """All must hold: one failure fails; what does not arise does not count."""
    found = set(verdicts)
    return next((v for v in (FAIL, NO_DATA, REVIEW, PASS) if v in found), NOT_APPLICABLE)


def best_of(verdicts: Iterable[str]) -> str:
    """One route is enough."""
    found = set(verdicts)
    return next((v for v in (PASS, REVIEW, NO_DATA, FAIL) if v in found), NOT_APPLICABLE)
