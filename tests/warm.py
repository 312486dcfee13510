"""What every story would work out anew though it comes out the same each time, kept within a worker of the run.

A service made for one story compiles its templates and the addresses of its 270 doors; a service that runs does so
once. Here the first story does it for those that follow. Only what is compiled is kept, never a result: a template that
says something else is another one. Statements are not kept: they are compiled for an engine, whose seals are its own.
"""

from __future__ import annotations

from collections.abc import Callable
from types import CodeType
from typing import Any

import pytest
from flask import Flask
from jinja2.bccache import Bucket, BytecodeCache
from werkzeug.routing.rules import Rule

#: What is put in place here stays: nobody undoes it.
for_good = pytest.MonkeyPatch()


class Templates(BytecodeCache):
    """Compiled templates by name and place, and by what they said."""

    def __init__(self) -> None:
        self.kept: dict[str, tuple[str, CodeType]] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        said, code = self.kept.get(bucket.key, ("", None))
        if said == bucket.checksum:
            bucket.code = code

    def dump_bytecode(self, bucket: Bucket) -> None:
        if bucket.code is not None:
            self.kept[bucket.key] = (bucket.checksum, bucket.code)


def keep_templates() -> None:
    """All apps of this process share compiled templates."""
    for_good.setattr(Flask, "jinja_options", {**Flask.jinja_options, "bytecode_cache": Templates()})


def keep_addresses() -> None:
    """How the address of a door is put together follows from its rule; werkzeug compiles a function for each."""
    compiled: dict[Any, Callable[..., tuple[str, str]]] = {}
    compile_builder = Rule._compile_builder

    def kept(rule: Rule, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        key = (rule.rule, append_unknown, tuple(rule._trace), repr(rule.defaults))
        if key not in compiled:
            compiled[key] = compile_builder(rule, append_unknown)
        return compiled[key]

    for_good.setattr(Rule, "_compile_builder", kept)


def keep() -> None:
    """Keep all of it, from now on."""
    keep_templates()
    keep_addresses()
