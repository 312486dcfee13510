"""The code keeps to the measures of the house, so that the next reader finds her way.

Each list of exceptions names what is too long today. It may only shrink: a test also fails when an exception is
larger than it need be, or no longer needed.
"""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CODE = ("services", "shared", "deploy")
LONGEST_FUNCTION, LONGEST_FILE, WIDEST_LINE = 70, 500, 120
#: Imports that mypy cannot follow, classes of libraries without types: each with its code, never a bare one.
IGNORED_TYPES = 26

LONG_FUNCTIONS = {
    # a JSON Schema, written down as it stands; it goes when one declaration gives it
    "services/benefits/law/schema.py:assessment_schema": 90,
    "shared/web/openapi.py:_operation": 77,
}
LONG_FILES = {
    "services/notifications/letters/letter.py": 662,
    "shared/web/timeline.py": 643,
    "deploy/embedded/pretend_bank.py": 545,
    "shared/events.py": 549,  # a table of topics
}
#: Templates with lines that are too long: how many.
WIDE_TEMPLATES: dict[str, int] = {}


def modules(*folders: str) -> Iterator[Path]:
    for folder in folders:
        yield from sorted((ROOT / folder).rglob("*.py"))


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def worse(found: dict[str, int], allowed: dict[str, int]) -> dict[str, tuple[int, int]]:
    """What is longer than it may be, and exceptions that could be smaller: (found, allowed)."""
    return {
        name: (found.get(name, 0), allowed.get(name, 0))
        for name in found.keys() | allowed.keys()
        if found.get(name, 0) != allowed.get(name, 0)
    }


def test_functions_can_be_read_on_one_screen() -> None:
    found = {}
    for path in modules(*CODE):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                if lines > LONGEST_FUNCTION:
                    found[f"{named(path)}:{node.name}"] = lines
    assert worse(found, LONG_FUNCTIONS) == {}


def test_files_have_one_subject() -> None:
    lengths = {named(path): len(path.read_text("utf-8").splitlines()) for path in modules(*CODE)}
    found = {name: lines for name, lines in lengths.items() if lines > LONGEST_FILE}
    assert worse(found, LONG_FILES) == {}


def test_templates_have_no_line_wider_than_the_code() -> None:
    found = {}
    for folder in ("services", "shared"):
        for path in sorted((ROOT / folder).rglob("templates/**/*.html")):
            wide = sum(len(line) > WIDEST_LINE for line in path.read_text("utf-8").splitlines())
            if wide:
                found[named(path)] = wide
    assert worse(found, WIDE_TEMPLATES) == {}


def test_one_formatter_sets_every_line() -> None:
    skipped = [
        f"{named(path)}:{number}"
        for path in modules(*CODE, "tests", "bench")
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if re.search(r"#\s*fmt:\s*(skip|off)", line)
    ]
    assert skipped == []


def test_no_type_is_ignored_that_was_not_ignored_before() -> None:
    ignored = [
        line
        for path in modules(*CODE, "tests", "bench")
        for line in path.read_text("utf-8").splitlines()
        if re.search(r"#\s*type:\s*ignore", line)
    ]
    assert len(ignored) == IGNORED_TYPES
    assert all(re.search(r"#\s*type:\s*ignore\[[a-z, -]+\]", line) for line in ignored), "each says what it ignores"


@pytest.mark.parametrize("service", ["benefits", "payments", "notifications"])
def test_the_import_contracts_name_every_module(service: str) -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    layers = [
        module.strip()
        for contract in contracts
        if contract["type"] == "layers"
        for layer in contract["layers"]
        for module in layer.split("|")
    ]
    folder = ROOT / "services" / service
    there = {
        f"services.{service}.{path.stem}"
        for path in folder.iterdir()
        if (path.suffix == ".py" and path.stem != "__init__") or any(path.glob("*.py"))
    } - {f"services.{service}.migrations"}
    assert there - set(layers) == set()
    assert {m for m in layers if m.startswith(f"services.{service}.")} - there == set(), "a contract names what is gone"
