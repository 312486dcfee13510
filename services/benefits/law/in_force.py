"""Which law governs a case: finds, checks and runs the pack of a country and statute.

    assess(case, today=date.today()) -> Assessment

Packs are read once per process. `load_pack(folder)` reads a draft from anywhere.
"""

from __future__ import annotations

import hashlib
import importlib
import itertools
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType, ModuleType
from typing import Any

from services.benefits.domain import assessment as a
from services.benefits.domain.assessment import Assessment, Citation, Statute, Text
from services.benefits.domain.case import Case, Employment, FactMissing
from services.benefits.domain.history import left_behind
from services.benefits.law import figures as f
from services.benefits.law.case import read_case
from services.benefits.law.days import Calendar
from services.benefits.law.figures import Amount, Book, FactSpec, FigureFault, Figures, UnknownOption
from services.benefits.law.questions import question
from services.benefits.law.scales import Rows, Scale
from services.benefits.law.sheet import RoundingRule, Sheet, Steps
from services.benefits.law.text import day
from services.benefits.law.vocabulary import PACKS, countries, figure_files, read, statutes, vocabulary
from services.benefits.law.yaml_file import Located, YamlFault, as_day, load_yaml
from shared.money import EXPONENTS, Money, Rounding

INSTITUTION = PACKS / "institution.yaml"


class PackNotInForce(LookupError):
    """No pack of the country covers the day that chooses the law; `begins` is the first day one does."""

    def __init__(self, country: str, on: date, begins: date | None) -> None:
        since = f"; its first pack begins on {begins}" if begins else ""
        super().__init__(f"no pack of {country} is in force on {on}{since}")
        self.country, self.on, self.begins = country, on, begins


class UnknownCountry(LookupError):
    """There is no pack for this country."""


class UnknownBenefit(LookupError):
    """The statute in force on that day does not know this benefit."""

    def __init__(self, country: str, benefit: str, on: date) -> None:
        super().__init__(f"{country} had no benefit {benefit} on {on}")
        self.country, self.benefit, self.on = country, benefit, on


@dataclass(frozen=True)
class ChosenBy:
    """The fact whose date chooses the statute, and how that is said."""

    fact: str
    text: str


@dataclass(frozen=True)
class Benefit:
    """One benefit of a statute: its figures, the facts it asks for, and the steps that carry it out."""

    code: str
    description: str
    chosen_by: ChosenBy
    book: Book
    facts: Mapping[str, FactSpec]
    law: type[Figures]
    steps: Steps
    path: Path
    own: Book
    words: Mapping[str, str]
    of_the_whole: tuple[str, ...] = ()


#: What otherwise holds for every pack, and what a statute may say against it.
GENERAL_RULES = ("a_longer_spell_never_pays_less", "linked_parts_pay_the_same")


@dataclass(frozen=True)
class Exempt:
    """Where a statute goes against a rule that otherwise holds, with the case that shows it."""

    rule: str
    benefit: str
    case: str
    description: str
    citation: Citation


@dataclass(frozen=True)
class Pack:
    """A statute of a country, in force from `since` to `until`."""

    country: str
    id: str
    title: str
    currency: str
    revision: str
    since: date
    until: date | None
    rounding: RoundingRule
    calendar: Calendar
    benefits: Mapping[str, Benefit]
    folder: Path
    common: Book
    citation: Citation
    exceptions: tuple[Exempt, ...] = ()
    _laws: dict[Any, Any] = field(default_factory=dict, compare=False, repr=False)

    def covers(self, on: date) -> bool:
        return self.since <= on and (self.until is None or on <= self.until)

    def benefit(self, code: str, on: date) -> Benefit:
        """Raises `UnknownBenefit`."""
        try:
            return self.benefits[code]
        except KeyError:
            raise UnknownBenefit(self.country, code, on) from None

    def law(self, benefit: str, on: date, chosen: Mapping[str, str]) -> Any:
        """The figures of a benefit on a day under the given choices; kept, so looking them up costs nothing."""
        key = (benefit, on, tuple(chosen.items()))
        found = self._laws.get(key)
        if found is None:
            if len(self._laws) > 4096:
                self._laws.clear()
            body = self.benefits[benefit]
            found = self._laws[key] = body.law(body.book, on, chosen)
        return found

    def choices(self, benefit: str) -> dict[str, tuple[str, ...]]:
        """The options a benefit rests on, with their choices; the normal one first."""
        return self.benefits[benefit].book.choices()

    def with_figure(
        self,
        name: str,
        on: date,
        value: int | str | Amount | Mapping[str, int | str],
        benefit: str | None = None,
    ) -> Pack:
        """A copy in which the value of a figure in force on a day is another; `value` as in the file ("70 %", a
        number, `None` for no limit, a table). Raises `KeyError` where no benefit has the figure."""
        amount = _typed(value)
        found = False
        benefits: dict[str, Benefit] = {}
        for code, body in self.benefits.items():
            if name in body.book.figures and benefit in (None, code):
                benefits[code] = replace(body, book=body.book.with_figure(name, on, amount))
                found = True
            else:
                benefits[code] = body
        if not found:
            raise KeyError(name)
        return replace(self, benefits=MappingProxyType(benefits), _laws={})

    def figure(self, name: str, on: date, benefit: str | None = None) -> f.Value | Scale:
        """A figure on a day, in its normal choice. Raises `KeyError`, `NotInForce`."""
        for code, body in self.benefits.items():
            if benefit in (None, code) and name in body.book.figures:
                found = body.book.cited(name, on, {})
                assert isinstance(found, (f.Value, Scale))  # noqa: S101
                return found
        raise KeyError(name)

    def assess(
        self,
        case: Case,
        *,
        today: date,
        options: Mapping[str, str] | None = None,
        chosen_on: date | None = None,
        chosen_text: Text | None = None,
        calendar: Calendar | None = None,
    ) -> Assessment:
        """Carry out this statute on a case, without asking whether it is the one in force."""
        on = chosen_on or _fact_day(case, self.benefits[case.benefit].chosen_by.fact)
        if on is None:
            return _questions_only(self, case, today)
        body = self.benefit(case.benefit, on)
        chosen = _chosen(body.book, options or {}, self.id, strict=False)
        law = self.law(case.benefit, on, chosen)
        text = chosen_text or Text(body.chosen_by.text, {"date": day(on)})
        statute = Statute(self.id, self.title, text, on)

        def reckon(facts: Case) -> Sheet:
            sheet = Sheet(facts, today, self.currency, self.rounding, calendar or self.calendar, body.words, self.until)
            return _carried_out(body, law, sheet)

        sheet = reckon(case)
        first = _close(self, sheet, statute, chosen)
        if _ask_guesses(body, sheet, first, lambda facts: _close(self, reckon(facts), statute, chosen)):
            return _close(self, sheet, statute, chosen)
        return first


def _carried_out(body: Benefit, law: Any, sheet: Sheet) -> Sheet:
    """The sheet after the steps of a benefit. What is missing is asked at once, unless the claim is refused whatever
    the answers are: a condition of the claim as a whole (`OF_THE_WHOLE` of the steps) is not met without them."""
    missing = [name for name, fact in body.facts.items() if fact.required and not _given(sheet.case, name)]
    asked = sheet.blank() if missing else sheet
    if "contributions" not in missing:
        try:
            body.steps(sheet.case, law, sheet)
        except FactMissing as fact:
            sheet.ask(fact.pointer, "fact_missing", _question(body, fact.pointer))
        else:
            if not missing:
                sheet.close()
        if (missing or sheet.questions) and sheet.refuse_whole(body.of_the_whole):
            return sheet
    for name in missing:
        asked.ask(_pointer(name), "fact_missing", Text(body.facts[name].question))
    return asked


def _ask_guesses(body: Benefit, sheet: Sheet, first: Assessment, again: Callable[[Case], Assessment]) -> bool:
    """Ask for each fact that was guessed and whose other answers would change what is paid, or what else is asked;
    whether there was one."""
    guessed = [fact for name, fact in body.facts.items() if fact.guess is not None and not _known(sheet.case, name)]
    if not guessed:
        return False
    result, asked = _result(first), len(sheet.questions)
    for fact in guessed:
        if any(_result(again(_answered(sheet.case, fact, other))) != result for other in fact.others):
            pointer = _pointer_in(sheet.case, fact.name)
            sheet.ask(pointer, "fact_missing", Text(fact.question))
    return len(sheet.questions) > asked


def _result(found: Assessment) -> Any:
    """What an assessment comes to: whether, how much, when, and for which days. One refusal is like another."""
    if found.outcome in (a.REFUSED, a.QUESTIONS):
        return found.outcome, [question.pointer for question in found.questions]
    days = [(run.period, run.code, run.rate, run.amount) for run in found.timeline]
    return found.outcome, found.total, found.instalments, [paid.amount for paid in found.lump_sums], days


_OF_WORK = "employments."


def _known(case: Case, name: str) -> bool:
    """Whether a fact that may be guessed is given; one of the work, for each employment."""
    if not name.startswith(_OF_WORK):
        return name in case.event
    return bool(case.employments) and all(getattr(job, name[len(_OF_WORK) :]) is not None for job in case.employments)


def _answered(case: Case, fact: FactSpec, answer: Any) -> Case:
    """The case with another answer to a fact that is not given."""
    if not fact.name.startswith(_OF_WORK):
        name = fact.name.removeprefix("event.")
        return replace(case, assumed=MappingProxyType({**case.assumed, name: answer}))
    attribute = fact.name[len(_OF_WORK) :]
    jobs = case.employments or (Employment(),)
    changed = (job if getattr(job, attribute) is not None else replace(job, **{attribute: answer}) for job in jobs)
    return replace(case, employments=tuple(changed))


def _pointer_in(case: Case, name: str) -> str:
    if not name.startswith(_OF_WORK):
        return _pointer(name)
    attribute = name[len(_OF_WORK) :]
    unknown = (n for n, job in enumerate(case.employments) if getattr(job, attribute) is None)
    return f"#/employments/{next(unknown, 0)}/{attribute}"


def _typed(value: int | str | Amount | Mapping[str, int | str]) -> Amount:
    """A value as a figures file would give it."""
    if value is None or isinstance(value, (Fraction, Rows)):
        return value
    if isinstance(value, Mapping):
        return {key: Fraction(row) for key, row in value.items()}
    try:
        if isinstance(value, str) and value.endswith("%"):
            return Fraction(value[:-1].strip()) / 100
        return Fraction(value)
    except ValueError:
        return str(value)


def _close(pack: Pack, sheet: Sheet, statute: Statute | None, chosen: Mapping[str, str]) -> Assessment:
    outcome, decisive, reason = sheet.outcome()
    asked = outcome == a.QUESTIONS
    unconfirmed = tuple(
        a.Unconfirmed(name, citation) for name, citation in sheet.used.items() if citation.evidence != "verified"
    )
    return Assessment(
        country=pack.country,
        benefit=sheet.case.benefit,
        currency=pack.currency,
        statute=statute,
        pack_revision=pack.revision,
        options=chosen,
        today=sheet.today,
        outcome=outcome,
        decisive=decisive,
        reason=reason,
        questions=tuple(sheet.questions),
        findings=tuple(sheet.findings),
        reference=tuple(sheet.reference),
        worksheet=tuple(sheet.lines),
        timeline=sheet.timeline,
        marks=tuple(sorted(sheet.marks, key=lambda m: m.on)),
        lump_sums=() if asked else tuple(sheet.lump_sums),
        instalments=() if asked else tuple(sheet.instalments),
        total=Money.zero(pack.currency) if asked else sheet.total(),
        unconfirmed=unconfirmed,
        leaves=() if asked else left_behind(sheet.case, sheet.timeline, sheet.traces),
    )


# Facts that choose and facts that lack --------------------------------------------------------------


def _question(body: Benefit, pointer: str) -> Text:
    name = pointer.removeprefix("#/").replace("/", ".").removeprefix("event.")
    if name in body.facts:
        return Text(body.facts[name].question)
    return question(pointer)


def _pointer(name: str) -> str:
    return "#/" + name.replace(".", "/") if f.is_core(name) else f"#/event/{name}"


def _given(case: Case, name: str) -> bool:
    if name == "contributions":
        return bool(case.contributions)
    if name in ("certificates", "claimed_on"):
        return getattr(case, name) is not None
    if name == "employments":
        return bool(case.employments)
    if "." in name:
        part, _, attribute = name.partition(".")
        return getattr(getattr(case, part), attribute) is not None
    return case.has(name)


def _fact_day(case: Case, fact: str) -> date | None:
    """The date a fact names; the first given of several ("birth_on | spell.first_day")."""
    for name in fact.split("|"):
        name = name.strip()
        value: Any
        if "." in name:
            part, _, attribute = name.partition(".")
            value = getattr(getattr(case, part), attribute)
        else:
            value = case.event.get(name)
        if isinstance(value, date):
            return value
    return None


def _questions_only(pack: Pack, case: Case, today: date) -> Assessment:
    """Not even the date that chooses the law is known: ask everything that must be known."""
    body = pack.benefits[case.benefit]
    sheet = Sheet(case, today, pack.currency, pack.rounding, pack.calendar)
    first = body.chosen_by.fact.split("|")[0].strip()
    sheet.ask(_pointer(first), "fact_missing", _question(body, _pointer(first)))
    for name, fact in body.facts.items():
        if fact.required and not _given(case, name):
            sheet.ask(_pointer(name), "fact_missing", Text(fact.question))
    return _close(pack, sheet, None, {})


# Choices of the institution -------------------------------------------------------------------------


@dataclass(frozen=True)
class Institution:
    """What an institution chose where the law leaves a choice, and its own holidays."""

    options: Mapping[str, Mapping[str, str]]
    holidays: Mapping[str, Mapping[int, Mapping[date, str]]]


@lru_cache(maxsize=16)
def institution(path: Path = INSTITUTION) -> Institution:
    """Read the institution's file; nothing chosen where there is none. Raises `FigureFault`."""
    if not path.exists():
        return Institution({}, {})
    try:
        body = load_yaml(path) or Located()
    except YamlFault as fault:
        raise FigureFault(fault.path, fault.line, fault.message) from fault
    for key in body:
        if key not in ("options", "holidays"):
            raise FigureFault(path, body.line_of(key), f"unknown key {key}")
    days: dict[str, dict[int, dict[date, str]]] = {}
    for country, years in (body.get("holidays") or {}).items():
        for year, listed in years.items():
            for on in listed:
                if as_day(on) is None or as_day(on).year != year:  # type: ignore[union-attr]
                    raise FigureFault(path, listed.line_of(on), f"{on} is not a day of {year}")
            days.setdefault(country, {})[year] = {as_day(on): name for on, name in listed.items()}  # type: ignore[misc]
    return Institution(body.get("options") or {}, days)


def _chosen(book: Book, wanted: Mapping[str, str], pack: str, *, strict: bool) -> dict[str, str]:
    """Each option with its choice. Raises `UnknownOption` for a choice the pack does not offer."""
    chosen: dict[str, str] = {}
    for name, choices in book.choices().items():
        choice = wanted.get(name, choices[0])
        if choice not in choices:
            raise UnknownOption(f"{pack} does not offer {name}={choice}; it offers {', '.join(choices)}")
        chosen[name] = choice
    if strict and (unknown := sorted(set(wanted) - set(chosen))):
        raise UnknownOption(f"{pack} has no option {unknown[0]}")
    return chosen


# Loading --------------------------------------------------------------------------------------------

_PACK_KEYS = {
    "country",
    "id",
    "title",
    "citation",
    "evidence",
    "currency",
    "revision",
    "from",
    "to",
    "holidays",
    "rounding",
    "steps",
    "exceptions",
}


def load_pack(folder: Path) -> Pack:
    """Read a statute's folder. Raises `FigureFault`, naming file and line, for anything doubtful."""
    path = folder / "pack.yaml"
    try:
        head = load_yaml(path)
    except YamlFault as fault:
        raise FigureFault(fault.path, fault.line, fault.message) from fault
    if not isinstance(head, Located):
        raise FigureFault(path, 1, "pack.yaml is a mapping")
    for key in head:
        if key not in _PACK_KEYS:
            raise FigureFault(path, head.line_of(key), f"unknown key {key}")
    for key in ("country", "id", "title", "currency", "revision"):
        if not isinstance(head.get(key), str):
            raise FigureFault(path, head.line_of(key), f"the pack needs {key}, a text")
    since = as_day(head.get("from"))
    if since is None:
        raise FigureFault(path, head.line_of("from"), "the pack needs from, its first day in force")
    until = None
    if head.get("to") is not None and (until := as_day(head["to"])) is None:
        raise FigureFault(path, head.line_of("to"), "to is the last day in force")
    if until is not None and until < since:
        raise FigureFault(path, head.line_of("to"), "the pack ends before it begins")
    if head["currency"] not in EXPONENTS:
        raise FigureFault(path, head.line_of("currency"), f"unknown currency {head['currency']}")
    code = head.get("holidays")
    sheets = [(p, read(p)) for p in figure_files(folder)]
    common = Book({}, {}, {})
    benefits: dict[str, Benefit] = {}
    for file, sheet in sheets:
        if file.name == "common.yaml":
            common = sheet.book
            if sheet.head.get("benefit") is not None or sheet.facts:
                raise FigureFault(file, 1, "the common file has no benefit and no facts")
            _no_late_start(file, sheet.book, since)
            continue
        body = _benefit(folder, head, file, sheet, common)
        _no_late_start(file, sheet.book, since)
        if body.code in benefits:
            raise FigureFault(file, sheet.head.line_of("benefit"), f"{body.code} is written twice")
        benefits[body.code] = body
    if not benefits:
        raise FigureFault(path, 1, "the pack has no benefit")
    used = {name for body in benefits.values() for name in body.book.names()}
    for name in sorted(common.names() - used):
        raise FigureFault(
            folder / "common.yaml",
            f.line_of(common, name),
            f"unknown name {name}: no step of the law uses it",
        )
    return Pack(
        country=head["country"],
        id=head["id"],
        title=head["title"],
        currency=head["currency"],
        revision=head["revision"],
        since=since,
        until=until,
        rounding=_rounding(path, head),
        calendar=Calendar(code),
        benefits=MappingProxyType(benefits),
        folder=folder,
        common=common,
        citation=f.citation(path, head, "the pack"),
        exceptions=tuple(_exempt(path, head, entry, benefits) for entry in head.get("exceptions") or ()),
    )


def _exempt(path: Path, head: Located, entry: Any, benefits: Mapping[str, Benefit]) -> Exempt:
    if not isinstance(entry, Located):
        raise FigureFault(path, head.line_of("exceptions"), "an exception names rule, benefit, case and citation")
    if entry.get("rule") not in GENERAL_RULES:
        raise FigureFault(path, entry.line, f"unknown rule; the general ones are {', '.join(GENERAL_RULES)}")
    if entry.get("benefit") not in benefits:
        raise FigureFault(path, entry.line, f"unknown benefit {entry.get('benefit')}")
    for key in ("case", "description"):
        if not isinstance(entry.get(key), str):
            raise FigureFault(path, entry.line, f"an exception needs {key}")
    cited = f.citation(path, entry, "the exception")
    return Exempt(entry["rule"], entry["benefit"], entry["case"], entry["description"], cited)


def _no_late_start(path: Path, book: Book, since: date) -> None:
    for figure in book.figures.values():
        for values in (figure.values, *figure.alternatives.values()):
            if values[0].since > since:
                gap = values[0].since - timedelta(days=1)
                raise FigureFault(path, values[0].line, f"{figure.name} has no value from {since} to {gap}")


def _rounding(path: Path, head: Located) -> RoundingRule:
    body = head.get("rounding")
    if not isinstance(body, Located):
        raise FigureFault(path, head.line_of("rounding"), "the pack needs rounding: direction, at, smallest")
    try:
        direction = Rounding(str(body.get("direction")))
    except ValueError:
        raise FigureFault(path, body.line_of("direction"), "unknown direction of rounding") from None
    if body.get("at") not in ("running_total", "line"):
        raise FigureFault(path, body.line_of("at"), "rounding is at the running_total or at each line")
    smallest = f.number(path, "smallest payable amount", body.get("smallest"), body.line_of("smallest"))
    return RoundingRule(direction, body["at"], smallest, f.citation(path, body, "rounding"))


def _benefit(folder: Path, head: Located, path: Path, sheet: f.FiguresFile, common: Book) -> Benefit:
    code, chosen_by = sheet.head.get("benefit"), sheet.head.get("chosen_by")
    if not isinstance(code, str):
        raise FigureFault(path, 1, "the file needs benefit, a code")
    if not isinstance(chosen_by, Located) or not isinstance(chosen_by.get("fact"), str):
        raise FigureFault(path, sheet.head.line_of("chosen_by"), "chosen_by needs fact and text")
    if not isinstance(chosen_by.get("text"), str):
        raise FigureFault(path, chosen_by.line, "chosen_by needs fact and text")
    module = _module(folder, head, path.stem, path)
    law, steps = getattr(module, "Law", None), getattr(module, "assess", None)
    if not (isinstance(law, type) and issubclass(law, Figures)) or steps is None:
        raise FigureFault(path, 1, f"{path.stem}.py needs a class Law and a function assess")
    f.check_names(path, law, sheet.book, common)
    return Benefit(
        code=code,
        description=str(sheet.head.get("description") or code),
        chosen_by=ChosenBy(chosen_by["fact"], chosen_by["text"]),
        book=f.only(f.join(path, common, sheet.book), law),
        facts=MappingProxyType({fact.name.removeprefix("event."): fact for fact in sheet.facts}),
        law=law,
        steps=steps,
        path=path,
        own=sheet.book,
        words=MappingProxyType({fact.name.removeprefix("event."): fact.question for fact in sheet.facts}),
        of_the_whole=tuple(getattr(module, "OF_THE_WHOLE", ())),
    )


def _module(folder: Path, head: Located, name: str, path: Path) -> ModuleType:
    """The steps beside the figures; a draft without steps of its own names the statute whose steps it uses
    (`steps: la/ssl2018`)."""
    borrowed = head.get("steps")
    home = PACKS / str(borrowed) if borrowed else folder
    file = home / f"{name}.py"
    if not file.exists():
        raise FigureFault(path, 1, f"there is no {file.name} with the steps of the law beside it")
    return _import(home, name)


def _import(home: Path, name: str) -> ModuleType:
    """A module of the product's packs by its own name; one of a draft elsewhere under a name made of its folder."""
    if home.is_relative_to(PACKS):
        parts = home.relative_to(PACKS).parts
        return importlib.import_module(".".join((f"{__package__}.packs", *parts, name)))
    digest = hashlib.sha256(str(home.resolve()).encode()).hexdigest()[:12]
    package = f"tideover_draft_{digest}"
    if package not in sys.modules:
        made = ModuleType(package)
        made.__path__ = [str(home)]
        sys.modules[package] = made
    return importlib.import_module(f"{package}.{name}")


# Finding --------------------------------------------------------------------------------------------


@lru_cache(maxsize=64)
def _of_country(country: str, packs_folder: Path) -> tuple[Pack, ...]:
    """The statutes of a country in the order of their days. Raises `FigureFault` for a gap or an overlap."""
    found = sorted((load_pack(folder) for folder in statutes(country, packs_folder)), key=lambda p: p.since)
    for before, after in itertools.pairwise(found):
        path, line = after.folder / "pack.yaml", 1
        if before.until is None or before.until >= after.since:
            raise FigureFault(path, line, f"{after.id} and {before.id} overlap from {after.since}")
        if before.until + timedelta(days=1) < after.since:
            raise FigureFault(
                path,
                line,
                f"no statute from {before.until + timedelta(days=1)} to {after.since - timedelta(days=1)}",
            )
    for pack_ in found:
        if pack_.country != country:
            raise FigureFault(pack_.folder / "pack.yaml", 1, f"country {pack_.country} in the folder of {country}")
    return tuple(found)


def forget() -> None:
    """Forget all packs read so far, for whoever edits drafts while the process runs."""
    for cached in (_of_country, _chooser, institution, vocabulary, countries):
        cached.cache_clear()


def packs(country: str | None = None, *, folder: Path = PACKS) -> tuple[Pack, ...]:
    """All packs, or those of one country, oldest first. Raises `UnknownCountry`, `FigureFault`."""
    if country is None:
        return tuple(p for code in countries(folder) for p in _of_country(code, folder))
    if country not in countries(folder):
        raise UnknownCountry(country)
    return _of_country(country, folder)


def pack(country: str, on: date, *, folder: Path = PACKS) -> Pack:
    """The pack in force on a day. Raises `UnknownCountry`, `PackNotInForce`."""
    found = _of_country(country, folder)
    for candidate in found:
        if candidate.covers(on):
            return candidate
    if not found:
        raise UnknownCountry(country)
    raise PackNotInForce(country, on, found[0].since if on < found[0].since else None)


@lru_cache(maxsize=64)
def _chooser(country: str, folder: Path) -> Any:
    """`choose(case, packs) -> (Pack, date, Text) | None` of the country, where its transitions need words."""
    file = folder / country / "choose.py"
    if not file.exists():
        return None
    return _import(folder / country, "choose").choose


def assess(
    case: Case,
    *,
    today: date,
    options: Mapping[str, str] | None = None,
    folder: Path = PACKS,
    institution_file: Path = INSTITUTION,
) -> Assessment:
    """Decide a case under the statute its dates choose.

    Missing facts come back as questions in the assessment. Raises `PackNotInForce` for a day before the first
    pack, `UnknownOption` for a choice the pack does not offer.
    """
    found = _of_country(case.country, folder)
    if not found:
        raise UnknownCountry(case.country)
    house = institution(institution_file)
    wanted: Mapping[str, str] = house.options.get(case.country, {})
    if options:
        wanted = {**wanted, **options}
    chooser = _chooser(case.country, folder)
    chosen_text: Text | None = None
    statute: Pack
    if chooser is not None and (choice := chooser(case, found)) is not None:
        statute, on, chosen_text = choice
    else:
        newest = next((p for p in reversed(found) if case.benefit in p.benefits), None)
        if newest is None:
            raise UnknownBenefit(case.country, case.benefit, today)
        day_ = _fact_day(case, newest.benefits[case.benefit].chosen_by.fact)
        if day_ is None:
            return _questions_only(newest, case, today)
        on = day_
        statute = pack(case.country, on, folder=folder)
    if options:
        _known_options(found, case.benefit, options)
    own = house.holidays.get(case.country)
    calendar = Calendar(statute.calendar.code, own) if own else None
    return statute.assess(case, today=today, options=wanted, chosen_on=on, chosen_text=chosen_text, calendar=calendar)


class RevisionGone(LookupError):
    """The pack now holds another reading of the law than the one a stored assessment was made with."""

    def __init__(self, statute: str, stored: str, now: str) -> None:
        super().__init__(f"{statute} is now revision {now}; the assessment was made with {stored}")
        self.statute, self.stored, self.now = statute, stored, now


def rebuild(
    facts: Mapping[str, Any],
    stored: Mapping[str, Any],
    *,
    folder: Path = PACKS,
    institution_file: Path = INSTITUTION,
) -> Assessment:
    """The assessment once more from stored facts and from what the stored assessment says it was made with: its
    day, its options and its revision. Raises `RevisionGone` where the pack has moved on."""
    case = read_case(facts, packs=folder)
    again = assess(
        case,
        today=date.fromisoformat(stored["today"]),
        options=stored["options"],
        folder=folder,
        institution_file=institution_file,
    )
    if again.pack_revision != stored["pack_revision"]:
        named = again.statute.id if again.statute else case.country
        raise RevisionGone(named, stored["pack_revision"], again.pack_revision)
    return again


def _known_options(found: tuple[Pack, ...], benefit: str, options: Mapping[str, str]) -> None:
    """Options asked for by name must exist in one of the country's statutes."""
    known = {n for p in found if benefit in p.benefits for n in p.choices(benefit)}
    if unknown := sorted(set(options) - known):
        raise UnknownOption(f"{found[0].country} has no option {unknown[0]} for {benefit}")


def texts(folder: Path = PACKS) -> Iterator[tuple[str, str]]:
    """Every sentence that the figures files give to assessments, with where it stands; for the catalogue."""
    seen: set[str] = set()
    for found in packs(folder=folder):
        for body in found.benefits.values():
            sentences = [(body.chosen_by.text, body.path)]
            sentences += [(fact.question, body.path) for fact in body.facts.values()]
            sentences += [(figure.description, body.path) for figure in body.book.figures.values()]
            sentences += [(option.description, body.path) for option in body.book.options.values()]
            sentences += [(text, body.path) for o in body.book.options.values() for text in o.choices.values()]
            sentences += [(rule.description, body.path) for rule in body.book.rules.values()]
            for msg, path in sentences:
                if msg not in seen:
                    seen.add(msg)
                    yield msg, str(path.relative_to(folder) if path.is_relative_to(folder) else path)


__all__ = [
    "INSTITUTION",
    "PACKS",
    "Pack",
    "PackNotInForce",
    "RevisionGone",
    "UnknownBenefit",
    "UnknownCountry",
    "UnknownOption",
    "assess",
    "forget",
    "load_pack",
    "pack",
    "packs",
    "rebuild",
    "texts",
]
