"""The report under article 22 as a page: what the template shows, the whole page for the command line, and Markdown."""

from __future__ import annotations

from typing import Any

from services.benefits.conformance.article22 import Group
from services.benefits.conformance.filling import (
    CONFIRM,
    JUDGE,
    MISSING,
    Answer,
    Cell,
    Filled,
    Gap,
    Measure,
    Reply,
    Sheet,
)
from services.benefits.conformance.in_words import written
from services.benefits.conformance.page import EVIDENCE, KINDS, SIGNS, WORDS, Words, alone, named
from services.benefits.conformance.standards import instruments
from services.benefits.domain.assessment import Citation
from shared.web import formatting
from shared.web.texts import N_

LEFT = {
    MISSING: N_("To be filled in by the ministry: {what}"),
    CONFIRM: N_("To be confirmed by the ministry: {what} ({how})"),
    JUDGE: N_("To be judged by the ministry: {what}"),
}
#: The report as a whole: where it comes from, and how much is left.
LEAD = N_(
    "Filled in from the law as the packs hold it on {day}, from running that law, and from the profile of the country. "
    "Every answer names its source."
)
COUNTED = N_(
    "Answers and tables: {answered}. To be filled in: {missing}; to be confirmed: {confirm}; to judge: {judge}."
)
ORDER = N_(
    "The titles I to VI and their order are recalled and were not read in the form: where the form that the Office "
    "sends numbers otherwise, the form holds."
)
NOT_BOUND = N_("{name} has not ratified {code}, as far as its profile knows: this is what a first report could say.")


def view(made: Filled, language: str = "en") -> dict[str, Any]:
    """Everything the template shows."""
    _ = Words(language)
    code = made.form.instrument
    of = next(i for i in instruments() if i.code == code)
    name = named(_, made.made)
    ratified = made.made.profile.ratified.get(code)
    day = formatting.plain_date(made.made.on, language, "long")
    left = {kind: made.left(kind) for kind in LEFT}
    return {
        "code": code,
        "country": made.made.country,
        "name": name,
        "on": made.made.on.isoformat(),
        "day": day,
        "title": _("{name}: report on {code} under article 22 of the ILO Constitution", name=name, code=code),
        "convention": _(of.title),
        "lead": _(LEAD, day=day),
        "counted": _(COUNTED, answered=made.answered, **left),
        "notes": [
            *([_(NOT_BOUND, name=name, code=code)] if ratified is not None and ratified.answer == "no" else []),
            _(ORDER),
        ],
        "titles": [_title(_, made, title.number, _(title.title)) for title in made.form.titles],
    }


def _title(_: Words, made: Filled, number: str, title: str) -> dict[str, Any]:
    groups = [(group, replies) for at, group, replies in made.groups if at == number]
    return {
        "number": number,
        "title": title,
        "groups": [_group(_, made, group, replies) for group, replies in groups],
    }


def _group(_: Words, made: Filled, group: Group, replies: tuple[Reply, ...]) -> dict[str, Any]:
    return {"title": _(group.title) if group.title else "", "replies": [_reply(_, made, one) for one in replies]}


def _reply(_: Words, made: Filled, reply: Reply) -> dict[str, Any]:
    return {
        "article": _("Article {article}", article=reply.article) if reply.article else "",
        "answers": [_answer(_, one) for one in reply.answers],
        "sheets": [_sheet(_, made.made.currency, one) for one in reply.sheets],
        "gaps": [{"kind": one.kind, "words": _gap(_, one)} for one in reply.gaps],
        "statistics": list(reply.statistics),
    }


def _answer(_: Words, one: Answer) -> dict[str, Any]:
    sentences = [_.of(words) for words in one.words]
    said = " ".join(s if s.endswith((".", "?", "!", "။", "。")) else f"{s}." for s in sentences if s)
    return {
        "asked": _(one.asked) if one.asked else "",
        "kind": KINDS.get(one.verdict, "a"),
        "sign": SIGNS.get(one.verdict, ""),
        "word": _(WORDS[one.verdict]) if one.verdict else "",
        "words": said[:1].upper() + said[1:],
        "sources": "; ".join(source(_, cited) for cited in one.sources),
    }


def source(_: Words, cited: Citation) -> str:
    """Where something stands; how sure that is, where the text itself was not read."""
    said = _.cited(cited.text)
    return said if cited.evidence == "verified" else f"{said} ({_(EVIDENCE[cited.evidence])})"


def _sheet(_: Words, currency: str, sheet: Sheet) -> dict[str, Any]:
    return {
        "title": _(sheet.title),
        "head": [_(words) for words in sheet.head],
        "rows": [[*(_cell(_, currency, cell) for cell in cells), source(_, cited)] for cells, cited in sheet.rows],
    }


def _cell(_: Words, currency: str, cell: Cell) -> str:
    return written(cell.value, cell.unit, currency, _.language) if isinstance(cell, Measure) else _.of(cell)


def _gap(_: Words, gap: Gap) -> str:
    return _(LEFT[gap.kind], what=_.of(gap.what), how=_(EVIDENCE[gap.how]) if gap.how else "")


def html(made: Filled, language: str = "en") -> str:
    """One page that stands alone, to be handed on or worked on."""
    return alone("article22_alone.html", language, view(made, language))


def markdown(made: Filled, command: str) -> str:
    """The report for who reads the repository."""
    page = view(made)
    lines = [f"<!-- Made by `{command}`; do not edit. -->", f"# {page['title']}", "", f"{page['convention']}.", ""]
    lines += [page["lead"], "", page["counted"], ""]
    for note in page["notes"]:
        lines += [note, ""]
    for title in page["titles"]:
        lines += [f"## {title['number']}. {title['title']}", ""]
        for group in title["groups"]:
            lines += [f"### {group['title']}", ""] if group["title"] else []
            for reply in group["replies"]:
                lines += _lines(reply)
    return "\n".join(lines).rstrip() + "\n"


def _lines(reply: dict[str, Any]) -> list[str]:
    lines = [f"**{reply['article']}**", ""] if reply["article"] else []
    for one in reply["answers"]:
        lead = f"{one['sign']} {one['asked']}: " if one["asked"] else ""
        lines.append(f"* {lead}{one['words']}" + (f" *Source: {one['sources']}*" if one["sources"] else ""))
    lines += [f"* ☐ **{gap['words']}**" for gap in reply["gaps"]]
    if reply["answers"] or reply["gaps"]:
        lines.append("")
    for sheet in reply["sheets"]:
        lines += [f"{sheet['title']}:", "", "| " + " | ".join(sheet["head"]) + " |", "|---" * len(sheet["head"]) + "|"]
        lines += ["| " + " | ".join(cell.replace("|", "/") for cell in row) + " |" for row in sheet["rows"]]
        lines.append("")
    return lines
