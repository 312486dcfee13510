"""A pack: the law of one statute, read from its folder, checked, and carried out on a case."""

from __future__ import annotations

import hashlib
import importlib
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path
from types import MappingProxyType, ModuleType
from typing import Any

from services.benefits.domain import assessment as a
from services.benefits.domain.assessment import Assessment, Citation, Statute, Text
from services.benefits.domain.case import Case
from services.benefits.domain.history import left_behind
from services.benefits.domain.timeline import Timeline
from services.benefits.law import reading
from services.benefits.law.asking import ask_guesses, carried_out, given, pointer_of, question_at
from services.benefits.law.days import Calendar
from services.benefits.law.figures import (
    Amount,
    Book,
    FactSpec,
    FigureFault,
    Figures,
    UnknownOption,
    Value,
    load_mapping,
)
from services.benefits.law.scales import Rows, Scale
from services.benefits.law.sheet import RoundingRule, Sheet, Steps
from services.benefits.law.text import day
from services.benefits.law.vocabulary import PACKS, figure_files, read
from services.benefits.law.yaml_file import Located, as_day
from shared.money import EXPONENTS, Money, Rounding


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

    def choices(self, benefit: str) -> Mapping[str, tuple[str, ...]]:
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

    def with_value_since(self, name: str, since: date, value: Amount, citation: Citation) -> Pack:
        """A copy in which a figure of every benefit that has it is another from a day on. Raises `KeyError`."""
        if not any(name in body.book.figures for body in self.benefits.values()):
            raise KeyError(name)
        benefits = {
            code: replace(body, book=body.book.with_value_since(name, since, value, citation))
            if name in body.book.figures
            else body
            for code, body in self.benefits.items()
        }
        return replace(self, benefits=MappingProxyType(benefits), _laws={})

    def figure(self, name: str, on: date, benefit: str | None = None) -> Value | Scale:
        """A figure on a day, in its normal choice. Raises `KeyError`, `NotInForce`."""
        for code, body in self.benefits.items():
            if benefit in (None, code) and name in body.book.figures:
                found = body.book.cited(name, on, {})
                assert isinstance(found, (Value, Scale))  # noqa: S101
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
        on = chosen_on or fact_day(case, self.benefits[case.benefit].chosen_by.fact)
        if on is None:
            return questions_only(self, case, today)
        body = self.benefit(case.benefit, on)
        chosen = chosen_options(body.book, options or {}, self.id, strict=False)
        text = chosen_text or Text(body.chosen_by.text, {"date": day(on)})
        statute = Statute(self.id, self.title, text, on)

        def reckon(facts: Case) -> Sheet:
            return self._carry_out(facts, today, on, chosen, calendar)

        sheet = reckon(case)
        first = _close(self, sheet, statute, chosen)
        if ask_guesses(body, sheet, first, lambda facts: _close(self, reckon(facts), statute, chosen)):
            return _close(self, sheet, statute, chosen)
        return first

    def timeline(
        self, case: Case, today: date, on: date, options: Mapping[str, str], calendar: Calendar | None = None
    ) -> Timeline:
        """The days of the assessment of a case under the law of a day, and nothing else of it: whoever tries many cases
        looks at few of them closely."""
        chosen = chosen_options(self.benefit(case.benefit, on).book, options, self.id, strict=False)
        return self._carry_out(case, today, on, chosen, calendar).timeline

    def _carry_out(
        self, case: Case, today: date, on: date, chosen: Mapping[str, str], calendar: Calendar | None
    ) -> Sheet:
        body = self.benefits[case.benefit]
        sheet = Sheet(
            case,
            today,
            self.currency,
            self.rounding,
            calendar or self.calendar,
            body.words,
            self.until,
            body.of_the_whole,
        )
        return carried_out(body, self.law(case.benefit, on, chosen), sheet)


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


def fact_day(case: Case, fact: str) -> date | None:
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


def questions_only(pack: Pack, case: Case, today: date) -> Assessment:
    """Not even the date that chooses the law is known: ask everything that must be known."""
    body = pack.benefits[case.benefit]
    sheet = Sheet(case, today, pack.currency, pack.rounding, pack.calendar)
    first = body.chosen_by.fact.split("|")[0].strip()
    sheet.ask(pointer_of(first), "fact_missing", question_at(body, pointer_of(first)))
    for name, fact in body.facts.items():
        if fact.required and not given(case, name):
            sheet.ask(pointer_of(name), "fact_missing", Text(fact.question))
    return _close(pack, sheet, None, {})


def chosen_options(book: Book, wanted: Mapping[str, str], pack: str, *, strict: bool) -> dict[str, str]:
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
    head = load_mapping(path, "pack.yaml is a mapping")
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
            reading.line_of(common, name),
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
        citation=reading.citation(path, head, "the pack"),
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
    cited = reading.citation(path, entry, "the exception")
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
    smallest = reading.number(path, "smallest payable amount", body.get("smallest"), body.line_of("smallest"))
    return RoundingRule(direction, body["at"], smallest, reading.citation(path, body, "rounding"))


def _benefit(folder: Path, head: Located, path: Path, sheet: reading.FiguresFile, common: Book) -> Benefit:
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
    reading.check_names(path, law, sheet.book, common)
    return Benefit(
        code=code,
        description=str(sheet.head.get("description") or code),
        chosen_by=ChosenBy(chosen_by["fact"], chosen_by["text"]),
        book=reading.only(reading.join(path, common, sheet.book), law),
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
    return module_in(home, name)


def module_in(home: Path, name: str) -> ModuleType:
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
