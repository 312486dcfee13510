"""Legal facts outside the benefit, who finances it, and what a ratification needs."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from services.benefits.conformance.checks.result import (
    FAIL,
    NOT_APPLICABLE,
    PASS,
    REVIEW,
    Context,
    Result,
    test,
)
from services.benefits.conformance.checks.words import answered, no_data, percent
from services.benefits.conformance.standards import Requirement
from services.benefits.domain.assessment import Text
from services.benefits.domain.status import Status
from services.benefits.law import text as t
from services.benefits.law.text import N_, plain_number, say


@test("answer")
def legal_answer(r: Requirement, b: str, c: Context) -> Result:
    """A legal fact outside the benefit: the answer of the profile."""
    name = str(r.options["answer"])
    when = r.options.get("when")
    if when in ("ground_b", "ground_c"):
        letter = str(when)[-1]
        if not c.profile.grounds:
            return no_data(r, b, "grounds of suspension")
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
    result = answered(r, b, c.profile.answers.get(name), name)
    if result.verdict == FAIL and r.options.get("open") and not c.profile.is_bound(r.instrument):
        asked = say(N_("Would the exclusion be explained in the first report, after consultation?"))
        return replace(result, verdict=REVIEW, question=asked, cell=say(N_("exclusions, open until ratified")))
    return result


@test("grounds")
def closed_grounds(r: Requirement, b: str, c: Context) -> Result:
    """C102 art. 69, C130 art. 28: a ground outside the list is not authorised."""
    grounds = c.profile.grounds
    if not grounds:
        return no_data(r, b, "grounds of suspension")
    allowed = set(str(r.value)) | {"14"}
    outside = [g for g in grounds if g.letter not in allowed and g.letter != "?"]
    doubtful = [g for g in grounds if g.letter == "?"]
    cited = tuple(dict.fromkeys(g.citation for g in grounds))
    listed = "; ".join(f"{g.text} ({g.letter or '–'})" for g in grounds)
    why = say(N_("Grounds found, each with its letter: {grounds}"), grounds=t.word(listed))
    if outside:
        words = say(N_("outside the list: {ground}"), ground=t.phrase(Text(outside[0].text)))
        return Result(r, b, FAIL, words, why, sources=cited)
    if doubtful:
        asked = say(
            N_("Is this ground a prescribed form of one of (a) to (g): {ground}?"),
            ground=t.phrase(Text(doubtful[0].text)),
        )
        return Result(r, b, REVIEW, say(N_("one ground to judge")), why, question=asked, sources=cited)
    return Result(r, b, PASS, say(N_("{n} grounds, all listed"), n=t.count(len(grounds))), why, sources=cited)


#: Parts of C102 that count towards the three of article 2: the branches. Part I and the common Parts bind whoever
#: ratifies.
PARTS = ("II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X")


@test("parts")
def parts_accepted(r: Requirement, b: str, c: Context) -> Result:
    """C102 art. 2: at least three Parts, one of them IV, V, VI, IX or X."""
    parts = c.profile.parts
    if not parts:
        words = say(N_("not ratified"))
        why = say(N_("Accepting only sickness, maternity and medical care would not be a valid ratification."))
        return Result(r, b, NOT_APPLICABLE, words, why)
    counted = [part for part in PARTS if part in parts]
    good = len(counted) >= r.number and bool(set(r.options["of"]) & set(counted))
    words = say(N_("Parts {parts}"), parts=t.word(", ".join(counted)))
    return Result(r, b, PASS if good else FAIL, words, words, found=Fraction(len(counted)))


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
    return answered(r, b, c.profile.answers.get("article_3_statement"), "article_3_statement")


@test("financing")
def financing(r: Requirement, b: str, c: Context) -> Result:
    """C102 art. 71(2): contributions of employees are at most half of the resources."""
    shares = c.profile.financing
    total = sum((d.value for d in shares.values()), Fraction(0))
    if not shares or not total:
        return no_data(r, b, "financing")
    own = shares["employee"].value if "employee" in shares else Fraction(0)
    rate = own / total
    good = rate <= r.number
    shown = ", ".join(f"{name} {plain_number(d.value)}" for name, d in shares.items())
    why = say(N_("Shares in percentage points: {shares}"), shares=t.shown(shown))
    words = say(N_("{rate}"), rate=t.shown(percent(rate, r.number)))
    cited = tuple(dict.fromkeys(d.citation for d in shares.values()))
    return Result(r, b, PASS if good else FAIL, words, why, rate, sources=cited)


@test("collective")
def collective(r: Requirement, b: str, c: Context) -> Result:
    """C102 art. 71(1): borne collectively. Days an employer pays are income, but not collectively financed."""
    answer = c.profile.answers.get(f"employer_pays_{b}")
    if answer is not None:
        return answered(r, b, answer, "employer pays")
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
        if found.leave.timeline.count(Status.EMPLOYER):
            words = say(N_("employer pays {days} days"), days=t.count(found.leave.timeline.count(Status.EMPLOYER)))
            return Result(r, b, FAIL, words, words, tried=tried)
        words = say(N_("paid by the fund"))
        return Result(r, b, PASS, words, say(N_("Every paid day of the run is paid by the fund.")), tried=tried)
    result = answered(r, b, answer, "employer_liability")
    if r.options.get("strict") is True and result.verdict == REVIEW:
        result = replace(result, verdict=FAIL, question=None)
    return replace(result, tried=tried)
