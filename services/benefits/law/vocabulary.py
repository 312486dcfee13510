"""Which benefits a country has and which facts each asks for, gathered from the figures files of its packs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from services.benefits.law.figures import FactSpec, FigureFault
from services.benefits.law.reading import FiguresFile, read_file

#: Where the product's packs live; a draft may live elsewhere.
PACKS = Path(__file__).resolve().parent / "packs"


@dataclass(frozen=True)
class Vocabulary:
    """The benefits of one country, each with its facts by name."""

    country: str
    benefits: Mapping[str, Mapping[str, FactSpec]]


def read(path: Path) -> FiguresFile:
    """`read_file`, once per file and change of it."""
    return _read(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=512)
def _read(path: Path, _changed: int) -> FiguresFile:
    return read_file(path)


@lru_cache(maxsize=64)
def countries(packs: Path = PACKS) -> tuple[str, ...]:
    """Codes of the countries that have a pack, in order."""
    if not packs.is_dir():
        return ()
    return tuple(sorted(f.name for f in packs.iterdir() if any(f.glob("*/pack.yaml"))))


def statutes(country: str, packs: Path = PACKS) -> list[Path]:
    """Folders of a country's statutes, in order of their names."""
    return sorted(path.parent for path in (packs / country).glob("*/pack.yaml"))


def figure_files(folder: Path) -> list[Path]:
    """The figures files of a statute, the common one first."""
    files = sorted(p for p in folder.glob("*.yaml") if p.name != "pack.yaml")
    return sorted(files, key=lambda p: p.name != "common.yaml")


@lru_cache(maxsize=64)
def vocabulary(country: str, packs: Path = PACKS) -> Vocabulary:
    """Benefits and facts of a country; none where it has no pack. Raises `FigureFault`."""
    benefits: dict[str, dict[str, FactSpec]] = {}
    for folder in statutes(country, packs):
        for path in figure_files(folder):
            sheet = read(path)
            if path.name == "common.yaml":
                continue
            facts = benefits.setdefault(str(sheet.head.get("benefit")), {})
            for fact in sheet.facts:
                name = fact.name.removeprefix("event.")
                known = facts.setdefault(name, fact)
                if (known.type, known.choices) != (fact.type, fact.choices):
                    raise FigureFault(path, fact.line, f"the fact {name} means something else in another statute")
    return Vocabulary(country, benefits)
