"""What is said: templates with the facts they need, in each language.

A short message is `templates/<name>/<language>.txt` with {named} places; a passage in [[double brackets]] falls
away where one of its places has no value. A letter is `<language>.yaml`: named sentences. `schema.json` says which
facts a template needs and, by `x-as`, how each is written. Nothing in a template is evaluated.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from jsonschema_rs import Draft202012Validator

from shared.web import formatting, texts

TEMPLATES = Path(__file__).parent / "templates"
#: How a day stands in a short message; letters write days long.
_SHORT_DAY = {"en": "long", "lo": "short", "th": "medium", "vi": "short", "my": "short"}
_PLACE = re.compile(r"\{(\w+)\}")
_PASSAGE = re.compile(r"\[\[(.*?)\]\]", re.DOTALL)


class FactsInvalid(ValueError):
    """The facts are not what the template needs; the message names the member, never its value."""


@dataclass(frozen=True, slots=True)
class Said:
    """A text as it is told, with what it was made from."""

    text: str
    language: str
    version: str


def names() -> list[str]:
    """All templates."""
    return sorted(folder.name for folder in TEMPLATES.iterdir() if (folder / "schema.json").is_file())


@cache
def schema(name: str) -> Mapping[str, Any]:
    found: dict[str, Any] = json.loads((TEMPLATES / name / "schema.json").read_text(encoding="utf-8"))
    return found


def example(name: str) -> dict[str, Any]:
    """Facts of an invented person, as reviewers see them."""
    found: dict[str, Any] = json.loads((TEMPLATES / name / "example.json").read_text(encoding="utf-8"))
    return found


@cache
def _validator(name: str) -> Draft202012Validator:
    return Draft202012Validator(dict(schema(name)), validate_formats=True)


def check_facts(name: str, facts: Mapping[str, Any]) -> None:
    """Raise `FactsInvalid` unless the facts keep the template's schema."""
    for error in _validator(name).iter_errors(dict(facts)):
        where = "/".join(str(part) for part in error.instance_path) or "facts"
        raise FactsInvalid(f"{name}: {where} breaks {error.schema_path[-1]}")


def language_of(name: str, wanted: str | None) -> str:
    """The wanted language if the template has it, else English."""
    code = texts.known(wanted)
    return code if any((TEMPLATES / name / f"{code}.{kind}").is_file() for kind in ("txt", "yaml")) else "en"


def languages_of(name: str) -> list[str]:
    """The languages a template is written in."""
    return [code for code in texts.LANGUAGES if language_of(name, code) == code]


@cache
def _source(name: str, language: str) -> tuple[str, str]:
    """The text of a template in a language, and its version: what it says and what it asks for, hashed."""
    folder = TEMPLATES / name
    file = next(path for kind in ("txt", "yaml") if (path := folder / f"{language}.{kind}").is_file())
    text = file.read_text(encoding="utf-8")
    own = os.environ.get("WORDS_DIR")
    if own and (theirs := Path(own) / name / file.name).is_file():
        text = _told_their_way(text, theirs)
    digest = hashlib.sha256(text.encode() + b"\0" + (folder / "schema.json").read_bytes()).hexdigest()
    return text, digest[:12]


def _told_their_way(ours: str, theirs: Path) -> str:
    """What the institution says instead of ours: a whole short message, or some sentences of a letter.

    Raises `ValueError` for a sentence that no letter has, or one with other places than ours: an amount, a day.
    """
    said = theirs.read_text(encoding="utf-8")
    where = f"{theirs.parent.name}/{theirs.name}"
    if theirs.suffix == ".txt":
        pairs = [("", ours, said)]
        told = said
    else:
        kept, changed = yaml.safe_load(ours), yaml.safe_load(said)
        if unknown := sorted(set(changed) - set(kept)):
            raise ValueError(f"{where}: no letter says {unknown[0]}")
        pairs = [(name, str(kept[name]), str(text)) for name, text in changed.items()]
        told = yaml.safe_dump(kept | changed, allow_unicode=True, sort_keys=False)
    for name, before, after in pairs:
        if set(_PLACE.findall(before)) != set(_PLACE.findall(after)):
            raise ValueError(f"{where}: {name or 'the message'} has other places than ours")
    return told


def say(name: str, wanted: str | None, facts: Mapping[str, Any]) -> Said:
    """A short message in a person's language. Raises `FactsInvalid`."""
    check_facts(name, facts)
    language = language_of(name, wanted)
    source, version = _source(name, language)
    kinds = {key: member.get("x-as", "text") for key, member in schema(name)["properties"].items()}
    values = {key: _written(kinds[key], value, language) for key, value in facts.items() if value is not None}
    text = _PASSAGE.sub(
        lambda passage: passage[1] if all(p in values for p in _PLACE.findall(passage[1])) else "",
        source.strip(),
    )
    text = _PLACE.sub(lambda place: values[place[1]], text)
    return Said(text.replace(formatting.NBSP, " "), language, version)


def _written(kind: str, value: Any, language: str) -> str:
    match kind:
        case "money":
            return formatting.money(value, language)
        case "signed_money":
            return formatting.money(value, language, signed=True)
        case "date":
            return formatting.plain_date(date.fromisoformat(value), language, _SHORT_DAY[language])
        case "texts":
            return listed((text(item, language) for item in value), language)
        case _:
            return str(value)


def listed(items: Iterable[str], language: str, apart: str = ", ") -> str:
    """Things said one after another; Burmese parts them by its own comma."""
    return ("၊ " if language == "my" else apart).join(items)


def words(name: str, wanted: str | None) -> tuple[Mapping[str, Any], str, str]:
    """The sentences of a letter, their language, and the version."""
    language = language_of(name, wanted)
    return _words(name, language), language, _source(name, language)[1]


@cache
def _words(name: str, language: str) -> Mapping[str, Any]:
    found: dict[str, Any] = yaml.safe_load(_source(name, language)[0])
    return found


def text(value: Any, language: str) -> str:
    """A `Text` of an assessment in the person's language."""
    return formatting.text(value, language)


#: Messages that carry a code only their receiver may read.
_WITH_CODE = frozenset({"voucher_issued", "phone_code", "phone_check", "own_change_code", "start_code"})
_CODE = re.compile(r"(?<!\d)\d{8}(?!\d)")


def for_staff(template: str, text: str | None) -> str | None:
    """What was said, as staff see it: a one-time code opens the counter, so nobody but its receiver reads it."""
    return _CODE.sub("••••••••", text) if text is not None and template in _WITH_CODE else text
