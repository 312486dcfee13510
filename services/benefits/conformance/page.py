"""A report as a page: what the template shows, in the reader's language, and the whole page for the command line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import ChoiceLoader, Environment, FileSystemLoader

from services.benefits.conformance import chart as charts
from services.benefits.conformance.article22 import sentences
from services.benefits.conformance.checks.result import FAIL, NO_DATA, NOT_APPLICABLE, PASS, REVIEW, VERDICTS, Result
from services.benefits.conformance.conclusion import Gap, conclusions, gaps
from services.benefits.conformance.costs import COSTS, Costs, costs, words_of
from services.benefits.conformance.in_words import written
from services.benefits.conformance.profile import PROFILES, SCHEMES, profile, read_profile, scheme
from services.benefits.conformance.report import BOTH, DATA, LAW, Report, rows, shown, tried_json
from services.benefits.conformance.standards import Requirement, instruments, requirement
from services.benefits.conformance.turning import Turned, kept
from services.benefits.domain.assessment import Text
from services.benefits.law.text import plain_number
from shared.web import citing, formatting, texts
from shared.web.texts import N_

TEMPLATES = (
    Path(__file__).resolve().parents[1] / "templates",
    Path(texts.__file__).resolve().parent / "templates",
)
SHEET = TEMPLATES[0] / "standards.css"

SIGNS = {PASS: "✓", FAIL: "✗", REVIEW: "?", NO_DATA: "…", NOT_APPLICABLE: "–"}
KINDS = {PASS: "y", FAIL: "n", REVIEW: "r", NO_DATA: "d", NOT_APPLICABLE: "a"}
WORDS = {
    PASS: N_("met"),
    FAIL: N_("below the standard"),
    REVIEW: N_("to judge"),
    NO_DATA: N_("no data"),
    NOT_APPLICABLE: N_("does not arise"),
}
#: From what is best for a law to what is worst, to say which way a draft turns a verdict.
VERDICTS_BY_WORTH = (PASS, NOT_APPLICABLE, REVIEW, NO_DATA, FAIL)
BRANCHES = {"sickness": N_("Sickness"), "maternity": N_("Maternity"), "both": N_("Both")}
EVIDENCE = {
    "verified": N_("read in the text"),
    "secondary": N_("read in another source"),
    "recalled": N_("from memory"),
    "default": N_("practice, no text found"),
}

#: How gaps are ranked, with and without having moved the figures.
GAPS = N_("The gap behind most articles first: each could be judged otherwise once it is closed.")
GAPS_MOVED = N_(
    "The gap that could turn most verdicts first. Each figure that was not read was moved a step up and down, and to "
    "what its pack names instead, and the law was measured again; what has no data could turn every article that "
    "waits for it."
)

#: What turned a verdict.
TURNED_BY = {LAW: N_("by the law"), DATA: N_("by the data"), BOTH: N_("by law and data")}

#: What is said of a Part: with the articles by which it is met, where a State may choose, and without.
CONCLUDED = {
    PASS: N_("Can be accepted today, by articles {by}."),
    FAIL: N_("Cannot be accepted yet; where the State may choose: articles {by}."),
    REVIEW: N_("May be accepted by articles {by}, if what is to judge is judged so."),
    NO_DATA: N_("May be accepted by articles {by}, if what is missing is shown."),
}
CONCLUDED_ALONE = {
    PASS: N_("Can be accepted today."),
    FAIL: N_("Cannot be accepted yet."),
    REVIEW: N_("May be accepted, if what is to judge is judged so."),
    NO_DATA: N_("May be accepted, if what is missing is shown."),
}
BELOW = N_("Below the standard: {what}.")
TO_SHOW = N_("To be shown: {what}.")
TO_JUDGE = N_("To be judged: {what}.")
UNREAD = N_("Verdicts that rest on what nobody has read in a text: {n}.")

#: The page that is read first: what a ministry asks before anything else.
FIRST = {
    "sickness": (
        "C102-18-26W",
        "C102-18-PERCASE",
        "C102-18-WAIT3",
        "C102-17-QUALIFY",
        "C102-65-45",
        "C102-65-CEILING",
        "C130-22-60",
        "C130-26-52W",
    ),
    "maternity": (
        "C102-52-12W",
        "C102-52-NATLEAVE",
        "C102-51-QUALIFY",
        "C102-65-CEILING",
        "C183-4-14W",
        "C183-4-LATE",
        "C183-6-PAID",
        "C183-6-TWO-THIRDS",
    ),
}


class Words:
    """Sentences in one language."""

    def __init__(self, language: str) -> None:
        self.language = language

    def __call__(self, message: str, **values: Any) -> str:
        return texts.say(self.language, message, **values)

    def of(self, text: Text | str | None) -> str:
        return "" if text is None else formatting.text(text.json() if isinstance(text, Text) else text, self.language)

    def shown(self, numbers: str) -> str:
        """Numbers in English format as the language writes them."""
        return formatting.as_shown(numbers, self.language)

    def cited(self, source: str) -> str:
        """A source in the words of law of the language; what else names a gap is a sentence of the catalogue."""
        return citing.cited(source, self.language)


def view(reports: Sequence[Report], language: str = "en", folders: Sequence[Path] = (COSTS,)) -> dict[str, Any]:
    """Everything the template shows; `folders` hold the costs that are kept."""
    _ = Words(language)
    table = {(r.id, b): cells for r, b, cells in rows(reports)}
    key = [
        {
            "title": _(BRANCHES[branch]),
            "rows": [
                row(_, requirement(id), branch, table[id, branch], named=False) for id in ids if (id, branch) in table
            ],
        }
        for branch, ids in FIRST.items()
    ]
    return {
        "title": _("Sickness and maternity against ILO standards"),
        "on": reports[0].on,
        "columns": [column(_, made) for made in reports],
        "key": key,
        "instruments": [one for i in instruments() if (one := instrument_view(_, i.code, i.title, i.binding, reports))],
        "turned": turned(_, reports),
        "concluded": [{"name": named(_, made), "parts": concluded(_, made)} for made in reports],
        "gaps": [gaps_view(_, made) for made in reports],
        "shortfalls": [shortfalls(_, made, costs(made.country, folders)) for made in reports],
        "pictures": [picture for made in reports for picture in pictures(_, made)],
        "questions": [q for made in reports for q in questions(_, made)],
        "notes": [
            {"name": named(_, made), "words": _(words)}
            for made in reports
            for words in [*([made.profile.note] if made.profile.note else []), *made.notes]
        ],
        "legend": [{"sign": SIGNS[v], "kind": KINDS[v], "words": _(WORDS[v])} for v in VERDICTS],
    }


def named(_: Words, made: Report) -> str:
    """The name of a country; a draft of its law is named as one wherever it stands."""
    return _("{name}, draft", name=_(made.name)) if made.draft else _(made.name)


def concluded(_: Words, made: Report) -> list[dict[str, str]]:
    """Each Part in a sentence or two: whether it can be accepted today, by which articles, if what, and what is below
    the standard."""
    found = []
    for one in conclusions(made):
        name = one.instrument if one.part == "whole" else f"{one.instrument} {_(one.part)}"
        said = [_(CONCLUDED[one.verdict], by=", ".join(one.by)) if one.by else _(CONCLUDED_ALONE[one.verdict])]
        said += [
            _(words, what="; ".join(_shown(_, r) for r in rs))
            for words, rs in ((BELOW, one.below), (TO_SHOW, one.to_show), (TO_JUDGE, one.to_judge))
            if rs
        ]
        if one.unread:
            said.append(_(UNREAD, n=one.unread))
        found.append(
            {
                "name": _("{name}, {branch}", name=name, branch=_(BRANCHES[one.branch]).lower()),
                "kind": KINDS[one.verdict],
                "sign": SIGNS[one.verdict],
                "word": _(WORDS[one.verdict]),
                "words": " ".join(said),
            }
        )
    return found


def _shown(_: Words, found: Result) -> str:
    """A requirement as a conclusion names it: what it asks, its article, and up to which wage it holds."""
    told = _("{label} ({article})", label=_(found.requirement.label), article=found.requirement.article)
    if found.limit is None:
        return told
    return f"{told}: {_.of(found.cell)}"


def gaps_view(_: Words, made: Report) -> dict[str, Any]:
    """The gaps of a report, those that could turn most first; where figures were moved, with what that turns."""
    moved = None if made.draft else kept(made.country, made.on)
    if moved is not None and made.profile != profile(made.country, made.on):
        moved = None
    items = [gap_view(_, made, gap) for gap in gaps(made, moved)]
    return {"name": named(_, made), "items": items, "words": _(GAPS if moved is None else GAPS_MOVED)}


def gap_view(_: Words, made: Report, gap: Gap) -> dict[str, Any]:
    return {
        "what": _.cited(gap.what),
        "evidence": _(EVIDENCE[gap.evidence]) if gap.evidence else _("no data"),
        "n": gap.weight,
        "articles": ", ".join(gap.articles),
        "turned": "; ".join(_turned_words(_, made, one) for one in gap.turned or ()),
    }


def _turned_words(_: Words, made: Report, one: Turned) -> str:
    """A verdict and what it becomes at another value of the figure."""
    id, branch = one.key.split()
    value = one.value if one.unit == "word" else Fraction(one.value)
    return _(
        "{article} {before} → {after} at {value}",
        article=article_of(made.result(id, branch)),
        before=_(WORDS[one.before]),
        after=_(WORDS[one.after]),
        value=written(value, one.unit, made.currency, _.language),
    )


def article_of(found: Result) -> str:
    """An article with its instrument; a Recommendation by its name where no paragraph is named."""
    r = found.requirement
    return f"{r.instrument} {r.article}" if r.article[0].isdigit() else r.instrument


def turned(_: Words, reports: Sequence[Report]) -> list[dict[str, Any]]:
    """What a draft turns, both ways, against the law in force of its country beside it."""
    found = []
    for draft in (made for made in reports if made.draft):
        law = next((made for made in reports if made.country == draft.country and not made.draft), None)
        if law is None:
            continue
        pairs = [(r, b, cells) for r, b, cells in rows([law, draft]) if None not in cells]
        items = [
            {
                **row(_, r, b, cells),
                "better": VERDICTS_BY_WORTH.index(after) < VERDICTS_BY_WORTH.index(before),
                "by": _(TURNED_BY[LAW if law.profile == draft.profile else BOTH]),
            }
            for r, b, cells in pairs
            for before, after in ([one.verdict for one in cells if one is not None],)
            if before != after
        ]
        found.append({"name": named(_, draft), "items": items})
    return found


def ratified(_: Words, made: Report) -> str:
    """Which Conventions the State ratified, with the source that says so and how sure it is."""
    binding = ("C102", "C130", "C183")
    answers = {code: made.profile.ratified[code] for code in binding if code in made.profile.ratified}
    which = [code for code, answer in answers.items() if answer.answer == "yes"]
    words = _("ratified: {which}", which=", ".join(which)) if which else _("none of C102, C130, C183 ratified")
    if not answers:
        return _("whether C102, C130, C183 are ratified is not known")
    sources = sorted({(a.citation.text, a.citation.evidence) for a in answers.values()})
    return f"{words} ({'; '.join(_('{source}: {how}', source=_.cited(s), how=_(EVIDENCE[e])) for s, e in sources)})"


def column(_: Words, made: Report) -> dict[str, Any]:
    counts = made.counts()
    return {
        "country": made.country,
        "name": named(_, made),
        "statute": _.cited(made.title),
        "revision": made.revision,
        "id": made.statute,
        "invented": made.profile.invented,
        "counts": [{"kind": KINDS[v], "sign": SIGNS[v], "n": counts[v], "words": _(WORDS[v])} for v in VERDICTS],
        "ratified": ratified(_, made),
        "by": [
            {
                "code": i.code,
                "counts": [{"kind": KINDS[v], "sign": SIGNS[v], "n": made.counts(i.code)[v]} for v in VERDICTS],
            }
            for i in instruments()
            if shown(i, made)
        ],
    }


def row(
    _: Words, asked: Requirement, branch: str, cells: Sequence[Result | None], *, named: bool = True
) -> dict[str, Any]:
    label = _(asked.label)
    if named and len(asked.branches) > 1:
        label = _("{label}, {branch}", label=label, branch=_(BRANCHES[branch]).lower())
    return {
        "id": asked.id,
        "anchor": f"{asked.id}-{branch}",
        "article": f"{asked.instrument} {asked.article}" if asked.article[0].isdigit() else asked.instrument,
        "label": label,
        "cells": [cell(_, found) for found in cells],
    }


def cell(_: Words, found: Result | None) -> dict[str, Any]:
    if found is None:
        return {"kind": "a", "sign": "", "word": "", "text": "", "rests": ""}
    words = _.of(found.cell)
    return {
        "kind": KINDS[found.verdict],
        "sign": SIGNS[found.verdict],
        "word": _(WORDS[found.verdict]),
        "text": words[:1].upper() + words[1:] if words[:1].islower() else words,
        "rests": _(EVIDENCE[found.weakest]) if found.weakest and found.verdict in (PASS, FAIL, REVIEW) else "",
        "would": _("would be: {verdict}", verdict=_(WORDS[found.would])) if found.would else "",
    }


def instrument_view(_: Words, code: str, title: str, binding: bool, reports: Sequence[Report]) -> dict[str, Any] | None:
    mine = [(r, b, cells) for r, b, cells in rows(reports) if r.instrument == code]
    if all(c is None or (c.verdict == NOT_APPLICABLE and code == "C103") for _r, _b, cells in mine for c in cells):
        return None
    return {
        "code": code,
        "title": _(title),
        "binding": _("Convention") if binding else _("Recommendation, not binding"),
        "rows": [row(_, r, b, cells) for r, b, cells in mine],
        "details": [detail(_, r, b, cells, reports) for r, b, cells in mine],
    }


def detail(
    _: Words, asked: Requirement, branch: str, cells: Sequence[Result | None], reports: Sequence[Report]
) -> dict[str, Any]:
    """One requirement in full: what is compared, and for each report the run behind the figure."""
    return {
        **row(_, asked, branch, cells),
        "compares": _(asked.description),
        "applies": _(asked.applies),
        "cited": _.cited(asked.citation.text),
        "evidence": _(EVIDENCE[asked.citation.evidence]),
        "found": [found_view(_, made, one) for made, one in zip(reports, cells, strict=True) if one is not None],
    }


def found_view(_: Words, made: Report, found: Result) -> dict[str, Any]:
    return {
        **cell(_, found),
        "name": named(_, made),
        "why": _.of(found.why),
        "notes": [_.of(n) for n in found.notes],
        "question": _.of(found.question),
        "alternatives": [
            {
                "name": a.name,
                "kind": KINDS[a.verdict],
                "sign": SIGNS[a.verdict],
                "text": _.of(a.words),
                "declared": _("declared") if a.declared else "",
            }
            for a in found.alternatives
        ],
        "changes": [change_words(_, c) for c in found.changes],
        "runs": [run_words(_, made, one) for one in found.tried],
        "sources": [{"text": _.cited(s.text), "evidence": _(EVIDENCE[s.evidence])} for s in found.sources],
        "rests_on": sorted({_(EVIDENCE[e]) for _n, e in found.unconfirmed}),
        "rests_n": len(found.unconfirmed),
    }


def change_words(_: Words, change: Any) -> str:
    return _("; and ").join(_.of(one) for one in change.words)


def run_words(_: Words, made: Report, tried: Any) -> str:
    """The run behind a figure, so that it can be repeated."""
    body = tried_json(tried)
    return _(
        "{benefit} from {first}, earnings of {earnings} {currency} a month: days {days}; {outcome}; "
        "{exact} {currency} exactly",
        benefit=body["benefit"],
        first=formatting.plain_date(body["first_day"], _.language, "long") if body["first_day"] else "–",
        earnings=_.shown(plain_number(tried.earnings)),
        currency=made.currency,
        days=body["days"] or "–",
        outcome=_(body["outcome"].replace("_", " ")),
        exact=_.shown(plain_number(tried.exact())),
    )


def shortfalls(_: Words, made: Report, kept: Costs | None = None) -> dict[str, Any]:
    """What is below the standard, what would meet it and what that costs, Conventions first."""
    binding = {i.code: i.binding for i in instruments()}
    failed = [r for r in made.results if r.verdict == FAIL]
    failed.sort(key=lambda r: not binding[r.requirement.instrument])
    return {
        "name": named(_, made),
        "costs_of": _.of(kept.said()) if kept is not None and any(cost(_, made, r, kept) for r in failed) else "",
        "items": [
            {
                "id": r.requirement.id,
                "anchor": f"{r.requirement.id}-{r.branch}",
                "article": article_of(r),
                "label": _(r.requirement.label),
                "text": cell(_, r)["text"],
                "change": change_words(_, r.changes[0]) if r.changes else "",
                "cost": cost(_, made, r, kept),
                "binding": binding[r.requirement.instrument],
            }
            for r in failed
        ],
    }


def cost(_: Words, made: Report, found: Result, kept: Costs | None) -> str:
    """What the smallest change of a requirement costs a year, where it was priced."""
    change = found.changes[0] if found.changes else None
    priced = kept.of(made, change) if kept is not None and change is not None and change.figures else None
    return _.of(words_of(priced, kept.year)) if kept is not None and priced is not None else ""


def questions(_: Words, made: Report) -> list[dict[str, str]]:
    return [
        {
            "name": named(_, made),
            "id": r.requirement.id,
            "article": f"{r.requirement.instrument} {r.requirement.article}",
            "words": _.of(r.question),
        }
        for r in made.results
        if r.verdict == REVIEW and r.question is not None
    ]


def pictures(_: Words, made: Report) -> list[dict[str, str]]:
    found = []
    for branch in ("sickness", "maternity"):
        drawn = charts.chart(made, branch, _.language)
        if drawn is not None:
            svg = charts.svg(drawn).replace(
                f"chart-{branch}", f"chart-{made.country}{'-draft' if made.draft else ''}-{branch}"
            )
            title = _("{country}, {title}", country=named(_, made), title=drawn.title[:1].lower() + drawn.title[1:])
            found.append({"country": made.country, "branch": branch, "title": title, "svg": svg, "words": drawn.words})
    return found


@lru_cache(maxsize=1)
def _environment() -> Environment:
    env = Environment(loader=ChoiceLoader([FileSystemLoader(folder) for folder in TEMPLATES]), autoescape=True)
    formatting.install(env)
    return env


def html(reports: Sequence[Report], language: str = "en", folders: Sequence[Path] = (COSTS,)) -> str:
    """One page that stands alone: sheet, pictures and words in one file."""
    return alone("standards_alone.html", language, view(reports, language, folders))


def alone(template: str, language: str, page: dict[str, Any]) -> str:
    """A page with its sheets in it, for the command line."""
    static = TEMPLATES[1].parent / "static"
    house = "".join((static / name).read_text("utf-8") for name in ("tideover.css", "desk.css"))
    sheets = house + SHEET.read_text("utf-8")
    return _environment().get_template(template).render(language=language, page=page, sheets=sheets)


def messages() -> Iterator[tuple[str, str]]:
    """Every sentence that files of this package give to a page, with where it stands; for the catalogue."""
    for instrument in instruments():
        yield instrument.title, instrument.code
        for one in instrument.requirements:
            yield one.label, one.id
            yield one.description, one.id
            yield one.applies, one.id
    for path in sorted(PROFILES.glob("*/*.yaml")):
        about = read_profile(path)
        place = f"{path.parent.name}/{path.name}"
        yield from ((text, place) for text in (about.name, about.note) if text)
        yield from ((a.text, place) for a in (*about.ratified.values(), *about.answers.values()) if a.text)
        yield from ((a.citation.text, place) for a in about.ratified.values() if a.citation.evidence == "recalled")
        yield from ((ground.text, place) for ground in about.grounds)
    for path in sorted(SCHEMES.glob("*.yaml")):
        yield from ((note, path.name) for note in (scheme(path.stem).name, *scheme(path.stem).notes) if note)
    yield from sentences().items()
