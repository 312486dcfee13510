"""The pages of evidence: runs to read, runs under way, and the form that asks for the next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from typing import Any

from services.benefits.conformance.in_words import written
from services.benefits.evidence import report_replay
from services.benefits.evidence.laws import in_force_now
from services.benefits.evidence.report import Shown
from services.benefits.evidence.through import MOST_YEARS, NEVER, of_money
from services.benefits.institution import institution
from services.benefits.law import in_force
from services.benefits.law.figures import Value
from services.benefits.law.pack import Pack
from services.benefits.usecases.evidence_replays import Past
from services.benefits.usecases.evidence_runs import SIZES, Asked, State, reform_file
from services.benefits.views import words
from services.benefits.views.shown import Said, Words, options
from services.benefits.views.shown import errors as said_errors
from shared.money import exponent
from shared.reading import NotRead
from shared.reading.amounts import read_amount
from shared.reading.days import DateNotRead, read_date
from shared.reading.letters import plain_digits
from shared.web import formatting, pages
from shared.web.texts import N_

#: How many figures the form changes; more are changed in a file.
ROWS = 4
#: How many figures the form lets follow wages, and by which rules.
FOLLOW = 2
RULES: Mapping[str, str] = {
    "with wages": N_("each year with wages"),
    "every 2 years": N_("every 2 years with wages"),
    "every 3 years": N_("every 3 years with wages"),
    "every 5 years": N_("every 5 years with wages"),
    "never": N_("never"),
}
MORE_YEARS = N_("An amount follows wages from the second year on: choose more years.")
#: How many years back and ahead a run may be of.
BACK, AHEAD = 3, 1
#: Units of figures that are one number; tables and words are changed in a draft pack.
NUMBERS = ("money", "days", "weeks", "months", "years", "hours", "rate", "number")
LONGEST_TITLE = 120
STATES: Mapping[str, str] = {
    "waiting": N_("waits for its turn, or persons and events are being drawn"),
    "begun": N_("is being reckoned"),
    "stopped": N_("stopped"),
    "faulty": N_("cannot begin"),
}
OF_REPLAY: Mapping[str, str] = {**STATES, "waiting": N_("waits for its turn, or for payments to answer")}
KINDS = {"waiting": "wait", "begun": "wait", "stopped": "", "faulty": "no"}


@dataclass(frozen=True)
class Form:
    """What a run may be asked for, and what was typed."""

    years: list[dict[str, str]]
    sizes: list[dict[str, str]]
    figures: list[dict[str, str]]
    rows: list[int]
    spans: list[dict[str, str]]
    amounts: list[dict[str, str]]
    rules: list[dict[str, str]]
    follow: list[int]
    typed: Said
    errors: Said


@dataclass(frozen=True)
class Line:
    """A run or a replay, in the list and on its own page; without a `word` where it is whole."""

    href: str
    title: str
    word: Words | None
    kind: str
    done: int
    parts: int
    faults: tuple[str, ...]


@dataclass(frozen=True)
class EvidencePage:
    """The list of runs, with the form for the next for who may ask for one."""

    runs: Sequence[dict[str, str]]
    others: list[Line]
    form: Form | None
    replays: Sequence[Line]


@dataclass(frozen=True)
class ProgressPage:
    """How far a run has come."""

    told: Line
    stopped_at: str
    moves: bool
    stopped: bool
    may_stop: bool


@dataclass(frozen=True)
class RunPage:
    """A run that is whole."""

    run: Shown
    href: str


def page(
    runs: Sequence[dict[str, str]], others: Sequence[State], asks: Form | None, replays: Sequence[Line]
) -> EvidencePage:
    """The page of all runs and replays."""
    return EvidencePage(runs, [_line(state) for state in others], asks, replays)


def run_page(run: Shown, href: str) -> RunPage:
    """The page of one run."""
    return RunPage(run, href)


def progress(state: State, *, may_stop: bool) -> ProgressPage:
    """The page of a run that is not whole."""
    line = _line(state)
    return ProgressPage(line, line.href, state.moves, state.word == "stopped", may_stop)


def replayed(body: dict[str, Any], language: str) -> Shown:
    """A replay as it is read."""
    return report_replay.shown(body, language, lambda code: pages.translate(words.BENEFITS.get(code, code), language))


def replay_line(state: State, past: Past | None, body: dict[str, Any] | None) -> Line:
    """A replay in the list: its period, its reform, and how far it has come while it is being made."""
    title = "" if past is None else formatting.plain_period(past.since, past.until, pages.language(), "long")
    title += f", {body['reform']}" if body is not None and body["reform"] else ""
    if state.word == "done":
        return Line(f"/evidence/replays/{state.name}", title, None, "", 0, 0, ())
    word, kind = words.text(OF_REPLAY, state.word), KINDS[state.word]
    return Line(f"/evidence/replays/{state.name}", title, word, kind, state.done, state.parts, ())


def replay_progress(state: State, past: Past, *, may_stop: bool) -> ProgressPage:
    """The page of a replay that is being made; it is stopped where runs are."""
    line = replay_line(state, past, None)
    line = replace(line, title=f"{pages.translate(N_('Replay the past'))}: {line.title}")
    return ProgressPage(line, f"/evidence/{state.name}", state.moves, state.word == "stopped", may_stop)


def _line(state: State) -> Line:
    said = words.text(STATES, state.word)
    return Line(f"/evidence/{state.name}", state.title, said, KINDS[state.word], state.done, state.parts, state.faults)


def form(today: date, typed: Mapping[str, str], errors: Mapping[str, str | Words]) -> Form:
    """The form for the next run, with what was typed into it."""
    years = [year for year in range(today.year + AHEAD, today.year - BACK - 1, -1) if _statute(date(year, 1, 1))]
    said = pages.language()
    return Form(
        years=[{"value": str(year), "label": formatting.calendar_year(year, said)} for year in years],
        sizes=[{"value": str(n), "label": formatting.number(n, said)} for n in SIZES],
        figures=[{"value": name, "label": label} for name, label in _figures(date(today.year, 1, 1))],
        rows=list(range(1, ROWS + 1)),
        spans=[{"value": str(n), "label": formatting.number(n, said)} for n in range(1, MOST_YEARS + 1)],
        amounts=options(_amounts(today)),
        rules=options(RULES),
        follow=list(range(1, FOLLOW + 1)),
        typed=Said({"year": str(today.year), "persons": str(SIZES[1]), "years": "1"} | dict(typed)),
        errors=said_errors(errors),
    )


def _statute(day: date) -> Pack | None:
    try:
        return in_force.covering(in_force.packs(institution().country), institution().country, day)
    except in_force.PackNotInForce:
        return None


def _figures(day: date) -> list[tuple[str, str]]:
    """Each figure that is one number, with what the law says it is and what it is on a day."""
    pack = _statute(day)
    if pack is None:
        return []
    found: dict[str, str] = {}
    for body in pack.benefits.values():
        for name, figure in body.book.figures.items():
            if figure.unit in NUMBERS and name not in found and (value := _on(pack, name, day, body.code)):
                now = written(value.value, figure.unit, pack.currency, pages.language())
                found[name] = f"{pages.translate(figure.description)}: {now}"
    return sorted(found.items(), key=lambda one: one[1].casefold())


def _amounts(today: date) -> dict[str, str]:
    """Each amount of money of the law, which a rule may raise, with what the law says it is."""
    return of_money(in_force_now(institution().country), date(today.year, 1, 1))


def _on(pack: Pack, name: str, day: date, benefit: str) -> Value | None:
    try:
        value = pack.figure(name, day, benefit)
    except (KeyError, ValueError):
        return None
    return value if isinstance(value, Value) else None


# What was typed ---------------------------------------------------------------------------------------


def asked(form: Mapping[str, str], today: date) -> tuple[Asked | None, dict[str, str | Words]]:
    """What a form asks for, or what is wrong at its fields."""
    errors: dict[str, str | Words] = {}
    title, year, persons = (form.get(name, "").strip() for name in ("title", "year", "persons"))
    if not title:
        errors["title"] = "required"
    if year not in {str(n) for n in range(today.year - BACK, today.year + AHEAD + 1)}:
        errors["year"] = "unknown_word"
    if persons not in {str(n) for n in SIZES}:
        errors["persons"] = "unknown_word"
    for row in range(1, ROWS + 1):
        name, value = form.get(f"figure_{row}", ""), form.get(f"value_{row}", "").strip()
        if bool(name) != bool(value):
            errors[f"value_{row}" if name else f"figure_{row}"] = "required"
        elif name and _plain(name, value, today) is None:
            errors[f"value_{row}"] = "not_a_figure"
    years, rules = form.get("years", "1"), _rules(form, today, errors)
    if years not in {str(n) for n in range(1, MOST_YEARS + 1)}:
        errors["years"] = "unknown_word"
    elif rules and years == "1":
        errors["years"] = {
            "msg": N_("An amount follows wages from the second year on: choose more years."),
            "params": {},
        }
    if errors:
        return None, errors
    asked = Asked(title[:LONGEST_TITLE], institution().country, int(year), int(persons), today.isoformat())
    return replace(asked, years=int(years), rules=rules), {}


def _rules(form: Mapping[str, str], today: date, errors: dict[str, str | Words]) -> tuple[tuple[str, str], ...]:
    """Which amounts follow wages by which rule; what is wrong is put to the errors."""
    known, found = _amounts(today), dict[str, str]()
    for row in range(1, FOLLOW + 1):
        name, rule = form.get(f"index_{row}", ""), form.get(f"rule_{row}", "")
        if bool(name) != bool(rule):
            errors[f"rule_{row}" if name else f"index_{row}"] = "required"
        elif name and (name not in known or rule not in RULES or name in found):
            errors[f"index_{row}"] = "unknown_word"
        elif name:
            found[name] = rule
    return tuple(sorted((name, rule) for name, rule in found.items() if rule != NEVER))


def past(form: Mapping[str, str], today: date) -> tuple[Past | None, dict[str, str | Words]]:
    """The period whose decisions are to be replayed, or what is wrong at its fields."""
    errors: dict[str, str | Words] = {}
    days: dict[str, date] = {}
    for name in ("since", "until"):
        try:
            found = read_date(form.get(name, "")[:40], today, pages.language())
        except DateNotRead as wrong:
            errors[name] = dict(wrong.text)
            continue
        if found is None:
            errors[name] = "required"
        else:
            days[name] = found
    if not errors and days["until"] < days["since"]:
        errors["until"] = "before_start"
    if errors:
        return None, errors
    since, until = (days[name].isoformat() for name in ("since", "until"))
    return Past(institution().country, since, until, today.isoformat()), {}


def under_reform(past: Past, reform: bytes | None) -> Past:
    """The same, under a reform where a file of one was handed in."""
    return replace(past, reform=reform is not None)


def unusable(why: str) -> Words:
    """Why a file cannot be used; its line and what is wrong there are said as its reader says them."""
    return {"msg": N_("This file cannot be used: {why}"), "params": {"why": why}}


def with_files(asked: Asked, reform: bytes | None, population: object) -> Asked:
    """The same, with a reform where there is one, and of the persons of a file where one was handed in."""
    return replace(asked, reform=reform is not None, persons=0 if population is not None else asked.persons)


def changed_figures(form: Mapping[str, str], asked: Asked) -> bytes | None:
    """The reform that the rows of a form make; `None` where they change nothing: the law in force alone is run."""
    today = date.fromisoformat(asked.asked_on)
    rows = [(form.get(f"figure_{n}", ""), form.get(f"value_{n}", "").strip()) for n in range(1, ROWS + 1)]
    changed = {name: plain for name, value in rows if name and (plain := _plain(name, value, today)) is not None}
    return reform_file(asked.title, asked.country, date(asked.year, 1, 1), changed) if changed else None


def _plain(name: str, typed: str, today: date) -> str | None:
    """A number as a reform's file says it; `None` where it is none that the figure can be."""
    pack = _statute(date(today.year, 1, 1))
    if pack is None:
        return None
    unit = next((b.book.figures[name].unit for b in pack.benefits.values() if name in b.book.figures), "")
    if unit not in NUMBERS:
        return None
    try:
        if unit == "money":
            amount = read_amount(typed, pack.currency, pages.language())
            return f'"{Fraction(amount.minor, 10 ** exponent(pack.currency))}"'
        digits = plain_digits(typed).removesuffix("%").strip().replace(",", ".")
        value = Fraction(digits)
    except (NotRead, ValueError, ZeroDivisionError):
        return None
    if value < 0 or (unit not in ("rate", "number") and value.denominator != 1):
        return None
    return f'"{digits} %"' if typed.endswith("%") else f'"{digits}"'
