"""How a view reaches its template: each member by its name, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from services.benefits.views import words
from shared.web import pages

#: A sentence as shared components draw it: {"msg", "params"}.
Words = dict[str, Any]
Json = dict[str, Any]


class Said(dict[str, Any]):
    """What was typed, or is wrong, by field: nothing where nothing was."""

    def __missing__(self, name: str) -> str:
        return ""


def errors(codes: Mapping[str, str | Words] | None) -> Said:
    """Codes beside their fields, in words; what was said in words already stays so."""
    return Said({name: words.text(words.ERRORS, x) if isinstance(x, str) else x for name, x in (codes or {}).items()})


def options(table: Mapping[str, str], codes: Any = None) -> list[dict[str, str]]:
    """What a form lets somebody choose from."""
    return [{"value": code, "label": pages.translate(table[code])} for code in (table if codes is None else codes)]


def members(*views: Any) -> dict[str, Any]:
    return {f.name: getattr(view, f.name) for view in views for f in fields(view)}


def show(template: str, *views: Any, **more: Any) -> str:
    """A page made of views; their members are the names in its template."""
    return pages.render(template, **members(*views), **more)
