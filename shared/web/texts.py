"""The catalogues: what is said in English in the code, in the reader's language.

English is the source: a message is its own key, with {named} places. `shared/locale/<language>` holds one
catalogue for all three services; it is read as it lies in the repository, so nothing can go stale.

    python -m shared.web.texts update    collect messages from code and templates, merge them into the catalogues
    python -m shared.web.texts check     fail, naming each message that is not in the catalogue or not translated;
                                         `check shared/web services/benefits` looks at these folders only
    python -m shared.web.texts drafts    how many sentences of each language no native reviewer has confirmed yet

A translation is a draft until a native reviewer of the institution marks it `#, reviewed` in the catalogue; a change of
the English makes it one again. An institution says any sentence its own way in `<language>.yaml` of the folder that
WORDS_DIR names: `English sentence: its own`.
"""

from __future__ import annotations

import logging
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from gettext import c2py
from importlib import import_module
from pathlib import Path
from posixpath import normpath
from typing import Any

import yaml
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po, write_po
from markupsafe import Markup, escape

ROOT = Path(__file__).resolve().parents[2]
LOCALES = ROOT / "shared" / "locale"
DOMAIN = "tideover"

_PLACE = re.compile(r"\{(\w+)\}")


def N_(message: str) -> str:  # noqa: N802  (the name every extractor knows)
    """Mark a message for the catalogue; it is translated where it is shown."""
    return message


#: Languages the product speaks, by the name their readers give them. The first is the source. Nothing else lists them.
LANGUAGES = {"en": "English", "lo": "ລາວ", "th": "ไทย", "vi": "Tiếng Việt", "my": "မြန်မာ"}
#: The same as others call them.
NAMES = {"en": N_("English"), "lo": N_("Lao"), "th": N_("Thai"), "vi": N_("Vietnamese"), "my": N_("Burmese")}
#: Languages whose catalogue must be complete before anything is released.
COMPLETE = ("lo", "th", "vi", "my")


def known(language: str | None) -> str:
    """The language itself if the product speaks it ("lo", "lo-LA", "lo_LA"), else English."""
    code = (language or "en").replace("_", "-").split("-")[0].lower()
    return code if code in LANGUAGES else "en"


@lru_cache(maxsize=16)
def catalogue(language: str) -> Mapping[str, tuple[str, ...]]:
    """Messages of a language: source text to its forms. Empty where there is no catalogue."""
    path = LOCALES / known(language) / "LC_MESSAGES" / f"{DOMAIN}.po"
    if not path.is_file():
        return {}
    found: dict[str, tuple[str, ...]] = {}
    for message in _read(path):
        if not message.id or message.fuzzy:
            continue
        forms = message.string if isinstance(message.string, (tuple, list)) else (message.string,)
        if all(forms):
            key = message.id[0] if isinstance(message.id, (tuple, list)) else message.id
            found[str(key)] = tuple(str(form) for form in forms)
    return found | own_words(known(language))


def own_words(language: str) -> dict[str, tuple[str, ...]]:
    """What the institution says its own way in a language: the source text to its forms, all the same.

    Raises `ValueError` for a sentence that nobody says, or one that leaves out a {place}: an amount, a day.
    """
    folder = os.environ.get("WORDS_DIR")
    path = Path(folder) / f"{language}.yaml" if folder else None
    if path is None or not path.is_file():
        return {}
    known_by = {form: _forms(m.id) for m in _read(LOCALES / f"{DOMAIN}.pot") if m.id for form in _forms(m.id)}
    own: dict[str, tuple[str, ...]] = {}
    for sentence, said in yaml.safe_load(path.read_text(encoding="utf-8")).items():
        forms = known_by.get(sentence)
        if forms is None:
            raise ValueError(f"{path.name}: nobody says {sentence!r}")
        if set(_PLACE.findall(said)) != set(_PLACE.findall(" ".join(forms))):
            raise ValueError(f"{path.name}: the places differ in {said!r}")
        own[forms[0]] = (said,) * len(forms)
    return own


@lru_cache(maxsize=1)
def counted() -> Mapping[str, str]:
    """Sentences with a counted thing: the one for several, by which they are kept, to the one for one thing."""
    path = LOCALES / f"{DOMAIN}.pot"
    listed = _read(path) if path.is_file() else Catalog()
    return {m.id[1]: m.id[0] for m in listed if isinstance(m.id, (tuple, list))}


@lru_cache(maxsize=16)
def plural_form(language: str) -> Callable[[int], int]:
    """Which form a number takes, as the Plural-Forms of the catalogue say; English where there is none."""
    path = LOCALES / known(language) / "LC_MESSAGES" / f"{DOMAIN}.po"
    rule = _read(path).plural_expr if path.is_file() else "(n != 1)"
    return c2py(rule)


def fill(message: str, params: Mapping[str, Any]) -> str:
    """Put values into the {named} places; an unknown place stays as written, nothing else is evaluated.

    One value that is markup makes the whole markup, with all the rest escaped.
    """
    if any(hasattr(value, "__html__") for value in params.values()):
        parts = _PLACE.split(message)
        out = Markup("")
        for i, part in enumerate(parts):
            out += escape(part) if i % 2 == 0 else escape(params.get(part, "{" + part + "}"))
        return out
    return _PLACE.sub(lambda m: str(params.get(m.group(1), m.group(0))), message)


def say(language: str, message: str, /, **params: Any) -> str:
    """A message in a language, English where it is not translated."""
    return fill(catalogue(known(language)).get(message, (message,))[0], params)


def say_n(language: str, one: str, many: str, n: int, /, **params: Any) -> str:
    """A counted message; `{n}` stands for the number unless it is given otherwise."""
    forms = catalogue(known(language)).get(one)
    if forms is None:
        return fill(one if n == 1 else many, {"n": n} | params)
    return fill(forms[min(plural_form(known(language))(n), len(forms) - 1)], {"n": n} | params)


# ---- the tool ---------------------------------------------------------------------------------------------

KEYWORDS: dict[str, Any] = {
    "_": None,
    "N_": None,
    "N_n": (1, 2),
    "gettext": None,
    "ngettext": (1, 2),
    "say": (2,),
    "say_n": (2, 3),
}


#: Where files of data, the law first of all, hold sentences for people: functions that give each with its place.
#: Named and not imported, because this module lies below the services; only the tool, which knows the tree, calls them.
SENTENCES_OF_FILES = {
    "services/benefits/law/packs": "services.benefits.law.in_force:texts",
    "services/benefits/conformance": "services.benefits.conformance.page:messages",
    "services/benefits/evidence/assumptions": "services.benefits.evidence.assumptions:messages",
}


def _of_files() -> Iterator[tuple[str, str]]:
    """The sentences of files of data, each with the file it stands in."""
    for folder, where in SENTENCES_OF_FILES.items():
        module, name = where.split(":")
        for message, place in getattr(import_module(module), name)():
            yield message, normpath(f"{folder}/{place}")


def extracted() -> Catalog:
    """Every message that code, templates and files of law of all services hold."""
    with (ROOT / "babel.cfg").open(encoding="utf-8") as stream:
        methods, options = parse_mapping_cfg(stream, "babel.cfg")  # type: ignore[no-untyped-call]
    found = Catalog(domain=DOMAIN, project="Tideover", version="0", charset="utf-8")
    for folder in ("shared", "services"):
        for filename, _line, message, comments, _context in extract_from_dir(
            str(ROOT / folder),
            methods,
            options,
            keywords=KEYWORDS,
            comment_tags=("Translators:",),
            strip_comment_tags=True,
        ):
            found.add(message, None, [(f"{folder}/{filename}", 0)], auto_comments=comments)
    for message, place in _of_files():
        known = found.get(message) if message else None
        if message and (known is None or isinstance(known.id, str)):
            found.add(message, None, [(place, 0)])
    return found


def missing(language: str, template: Catalog) -> list[str]:
    """Messages of the template that the language does not translate, or translates with other {places}."""
    path = LOCALES / language / "LC_MESSAGES" / f"{DOMAIN}.po"
    done = _read(path) if path.is_file() else Catalog()
    lacking = []
    for message in template:
        if not message.id:
            continue
        theirs = done.get(_key(message.id))
        forms = [] if theirs is None else _forms(theirs.string)
        if theirs is None or theirs.fuzzy or not forms or not all(forms):
            lacking.append(f"{language}: not translated: {_key(message.id)!r}")
            continue
        ours = set(_PLACE.findall(" ".join(_forms(message.id))))
        for form in forms:
            places = set(_PLACE.findall(form))
            if not places <= ours or not ours - {"n"} <= places:
                lacking.append(f"{language}: places differ: {_key(message.id)!r} and {form!r}")
    return lacking


def update() -> None:
    """Collect messages, write the template, merge it into every catalogue there is."""
    template = extracted()
    LOCALES.mkdir(parents=True, exist_ok=True)
    _write(LOCALES / f"{DOMAIN}.pot", template)
    present = {path.parent.parent.name for path in LOCALES.glob(f"*/LC_MESSAGES/{DOMAIN}.po")}
    for language in sorted(present | {"en", *COMPLETE}):
        path = LOCALES / language / "LC_MESSAGES" / f"{DOMAIN}.po"
        path.parent.mkdir(parents=True, exist_ok=True)
        theirs = _read(path) if path.is_file() else Catalog()
        merged = Catalog(domain=DOMAIN, project="Tideover", version="0", locale=language, charset="utf-8")
        for message in template:
            if message.id:
                # A sentence that gets a form for one thing keeps the translation it had.
                old = next((o for id in _forms(message.id) if (o := theirs.get(id)) is not None), None)
                string = old.string if old is not None and not old.fuzzy else ""
                if isinstance(message.id, (tuple, list)):
                    forms = [form for form in _forms(string) if form]
                    string = tuple(forms) if len(forms) == merged.num_plurals else ("",) * merged.num_plurals
                else:
                    string = (_forms(string) or [""])[0]
                flags = {"reviewed"} & set(old.flags if old is not None and old.id == message.id else ())
                merged.add(message.id, string, message.locations, flags, auto_comments=message.auto_comments)
        _write(path, merged)
    for kept in (catalogue, counted, plural_form):
        kept.cache_clear()


def check(*folders: str) -> list[str]:
    """What keeps the catalogues from being complete; an empty list when all is well. `folders` narrow it down."""
    everything = extracted()
    template = Catalog(domain=DOMAIN, charset="utf-8")
    for message in everything:
        if message.id and (not folders or any(place.startswith(folders) for place, _line in message.locations)):
            template.add(message.id, None, message.locations)
    path = LOCALES / f"{DOMAIN}.pot"
    listed = _read(path) if path.is_file() else Catalog()
    problems = [
        f"{DOMAIN}.pot: not listed: {_key(message.id)!r}"
        for message in template
        if message.id and listed.get(_key(message.id)) is None
    ]
    for language in COMPLETE:
        problems += missing(language, template)
    return problems


def drafts() -> dict[str, tuple[int, int]]:
    """For each language but the source: sentences that no native reviewer has confirmed, and all that it has."""
    found = {}
    for language in COMPLETE:
        said = [m for m in _read(LOCALES / language / "LC_MESSAGES" / f"{DOMAIN}.po") if m.id and any(_forms(m.string))]
        found[language] = (sum("reviewed" not in m.flags for m in said), len(said))
    return found


def _key(identifier: str | tuple[str, ...] | list[str]) -> str:
    return identifier if isinstance(identifier, str) else identifier[0]


def _forms(string: str | Iterable[str] | None) -> list[str]:
    if string is None:
        return []
    return [string] if isinstance(string, str) else list(string)


def _read(path: Path) -> Catalog:
    with path.open("rb") as stream:
        return read_po(stream, locale=path.parent.parent.name if path.suffix == ".po" else None, domain=DOMAIN)


def _write(path: Path, catalog: Catalog) -> None:
    catalog.header_comment = "# Messages of Tideover."
    with path.open("wb") as stream:
        write_po(stream, catalog, width=110, sort_output=True, omit_header=False, include_lineno=False)
    text = path.read_text(encoding="utf-8")
    # A date in the header would differ on every run and tell nothing.
    text = re.sub(
        r'^"(Report-Msgid-Bugs-To|POT-Creation-Date|PO-Revision-Date|Generated-By|Last-Translator|Language-Team): .*\n',
        "",
        text,
        flags=re.M,
    )
    text = text.replace('#, fuzzy\nmsgid ""\nmsgstr ""\n', 'msgid ""\nmsgstr ""\n', 1)
    path.write_text(text, encoding="utf-8")


def main(arguments: list[str]) -> int:
    logging.basicConfig(format="%(message)s", level=logging.INFO)
    log = logging.getLogger("texts")
    match arguments:
        case ["update"]:
            update()
            return 0
        case ["drafts"]:
            for language, (open_, all_) in drafts().items():
                log.info("%s: %d of %d sentences are drafts", NAMES[language], open_, all_)
            return 0
        case ["check", *folders]:
            problems = check(*folders)
            for problem in problems:
                log.error(problem)
            return 1 if problems else 0
        case _:
            log.error(__doc__)
            return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
