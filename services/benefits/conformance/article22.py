"""The report a government owes under article 22 of the ILO Constitution, filled in as far as law and data go.

`forms/<convention>.yaml` says what is asked, title by title and article by article, and what answers it. An answer
comes from the requirements of the checker (the law, run), from the figures of the pack or from the profile of the
country, and names its sources; whatever nothing answers is a gap, left to the ministry.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from services.benefits.conformance.standards import BRANCHES, HERE, requirement
from services.benefits.domain.assessment import Citation
from services.benefits.law import reading
from services.benefits.law.figures import FigureFault, load_mapping
from services.benefits.law.yaml_file import Located

FORMS = HERE / "forms"
#: Conventions whose report can be pre-filled.
CODES = ("C102", "C183")
#: The titles of a report, in their order.
NUMBERS = ("I", "II", "III", "IV", "V", "VI")

#: What a question may be answered from, beside requirements and the ministry: tables, each made by `filling`.
TABLES = ("laws", "ratification", "figures", "wages", "level", "grounds", "financing")
_KEYS = {*("article", "requirements", "statistics", "choice", "declared", "answer", "ministry"), *TABLES}


@dataclass(frozen=True, slots=True)
class Asked:
    """One question: its article, and what answers it. `ministry` is what only the ministry can say; where `choice`,
    `declared` or `answer` names what the profile may know of it, it is asked only where the profile does not."""

    article: str
    requirements: tuple[str, ...] = ()
    statistics: tuple[str, ...] = ()
    choice: str = ""
    declared: str = ""
    answer: str = ""
    ministry: str = ""
    tables: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """Questions of one Part; `branch` says of which benefit, where a requirement is measured for both."""

    title: str
    branch: str
    questions: tuple[Asked, ...]


@dataclass(frozen=True, slots=True)
class Title:
    """One of the titles I to VI."""

    number: str
    title: str
    groups: tuple[Group, ...]


@dataclass(frozen=True, slots=True)
class Form:
    """The questions on one Convention; `order` says where their order comes from, and how sure it is."""

    instrument: str
    order: Citation
    titles: tuple[Title, ...]


@lru_cache(maxsize=8)
def form(code: str, folder: Path = FORMS) -> Form:
    """The questions on a Convention. Raises `KeyError` for one that has no form, `FigureFault` for a faulty file."""
    path = folder / f"{code.lower()}.yaml"
    if code not in CODES or not path.exists():
        raise KeyError(code)
    head = load_mapping(path, "the file is a mapping")
    titles = head.get("titles")
    if not isinstance(titles, Located) or tuple(titles) != NUMBERS:
        raise FigureFault(path, head.line_of("titles"), f"a report has the titles {', '.join(NUMBERS)}")
    if head.get("instrument") != code:
        raise FigureFault(path, head.line_of("instrument"), f"the form of {code} says so")
    if not isinstance(head.get("order"), Located):
        raise FigureFault(path, head.line, "a form says where its order comes from")
    order = reading.citation(path, head["order"], "order")
    return Form(code, order, tuple(_title(path, number, body) for number, body in titles.items()))


def _title(path: Path, number: str, body: Any) -> Title:
    if not isinstance(body, Located) or not isinstance(body.get("title"), str) or not body.get("groups"):
        raise FigureFault(path, 1, f"title {number} needs title and groups")
    return Title(number, body["title"], tuple(_group(path, one) for one in body["groups"]))


def _group(path: Path, body: Located) -> Group:
    branch = str(body.get("branch") or "")
    if branch and branch not in BRANCHES:
        raise FigureFault(path, body.line_of("branch"), f"branches are {', '.join(BRANCHES)}")
    questions = tuple(_asked(path, one) for one in body.get("questions") or ())
    if not questions:
        raise FigureFault(path, body.line, "a group has questions")
    return Group(str(body.get("title") or ""), branch, questions)


def _asked(path: Path, body: Located) -> Asked:
    for key in body:
        if key not in _KEYS:
            raise FigureFault(path, body.line_of(key), f"unknown key {key} of a question")
    for id in body.get("requirements") or ():
        try:
            requirement(id)
        except KeyError:
            raise FigureFault(path, body.line_of("requirements"), f"there is no requirement {id}") from None
    return Asked(
        article=str(body.get("article") or ""),
        requirements=tuple(body.get("requirements") or ()),
        statistics=tuple(body.get("statistics") or ()),
        choice=str(body.get("choice") or ""),
        declared=str(body.get("declared") or ""),
        answer=str(body.get("answer") or ""),
        ministry=str(body.get("ministry") or ""),
        tables=tuple(name for name in TABLES if body.get(name) is True),
    )


def sentences() -> Mapping[str, str]:
    """Every sentence of the forms, with the file it stands in; for the catalogue."""
    found: dict[str, str] = {}
    for code in CODES:
        for title in form(code).titles:
            said = [
                title.title,
                *(g.title for g in title.groups),
                *(q.ministry for g in title.groups for q in g.questions),
            ]
            found |= {words: f"forms/{code.lower()}.yaml" for words in said if words and words not in found}
    return found
