"""The law of a run: the statutes in force, or those statutes under a reform.

A reform is a draft pack (a folder with `pack.yaml`), which takes the place of the statute with its id, or a small file
of changed figures; one row of a table or of a scale is named behind a point:

    country: la
    title: Ceiling of 6,500,000 kip
    since: 2026-01-01
    figures: {ceiling: 6500000, leave_days: 126, days_normal.15: 60}
    coverage: [{sector: domestic_work, insured_as: employee, take_up: 30 %}]
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

from services.benefits.domain.assessment import Assessment, Citation
from services.benefits.domain.case import Case
from services.benefits.law import in_force
from services.benefits.law.figures import Amount, FigureFault, load_mapping
from services.benefits.law.pack import Pack, load_pack
from services.benefits.law.reading import number
from services.benefits.law.scales import Rows
from services.benefits.law.yaml_file import Located, as_day
from shared.period import ONE_DAY

_KEYS = ("country", "title", "since", "figures", "coverage")


@dataclass(frozen=True, slots=True)
class Coverage:
    """A group that becomes insured: persons of a sector (of all, where none is named) whom nobody insures today; of
    them a share joins (`take_up`) and is insured as something."""

    sector: str | None
    insured_as: str
    take_up: Fraction


@dataclass(frozen=True)
class Laws:
    """The statutes of a country, oldest first, and who is insured under them beyond those the file calls insured."""

    country: str
    title: str
    statutes: tuple[Pack, ...]
    coverage: tuple[Coverage, ...] = ()
    since: date | None = None

    def assess(self, case: Case) -> Assessment:
        """The assessment that would decide a case, claimed in time."""
        return in_force.assess(case, today=case.claimed_on or date.max, statutes=self.statutes)

    def on(self, day: date) -> Pack:
        """The statute in force. Raises `PackNotInForce`."""
        return in_force.covering(self.statutes, self.country, day)

    def said(self) -> list[dict[str, str]]:
        """What the law is, for the run file: each statute with its revision and the digest of its files."""
        return [{"id": pack.id, "revision": pack.revision, "digest": digest_of(pack.folder)} for pack in self.statutes]


def digest_of(folder: Path) -> str:
    """One digest of a pack's files, names and contents, in order of their names."""
    whole = hashlib.sha256()
    for path in sorted(p for p in folder.iterdir() if p.suffix in (".yaml", ".py")):
        whole.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return whole.hexdigest()


def in_force_now(country: str) -> Laws:
    """The law as the house decides by it. Raises `UnknownCountry`."""
    return Laws(country, "", in_force.packs(country))


def reformed(path: Path) -> Laws:
    """The law under a reform. Raises `FigureFault` (file and line), `UnknownCountry`."""
    return _draft(path) if path.is_dir() else _changed(path)


def _draft(folder: Path) -> Laws:
    draft = load_pack(folder)
    found = list(in_force.packs(draft.country))
    same = [n for n, pack in enumerate(found) if pack.id == draft.id]
    if same:
        found[same[0]] = draft
        return Laws(draft.country, draft.title, tuple(found), since=draft.since)
    # a new statute: the one it follows ends the day before
    before = [
        replace(pack, until=min(pack.until or date.max, draft.since - ONE_DAY))
        for pack in found
        if pack.since < draft.since
    ]
    return Laws(draft.country, draft.title, (*before, draft), since=draft.since)


def _changed(path: Path) -> Laws:
    head = load_mapping(path, "a reform is a mapping")
    for key in head:
        if key not in _KEYS:
            raise FigureFault(path, head.line_of(key), f"unknown key {key} of a reform")
    country, title, since = head.get("country"), head.get("title"), as_day(head.get("since"))
    if not isinstance(country, str) or not isinstance(title, str):
        raise FigureFault(path, 1, "a reform needs country and title")
    if since is None:
        raise FigureFault(path, head.line_of("since"), "a reform needs since, its first day")
    statutes = list(in_force.packs(country))
    source = Citation(f"Reform: {title}", "default")
    figures = head.get("figures") or Located()
    for name, raw in figures.items():
        changed = 0
        for place, pack in enumerate(statutes):
            if pack.until is not None and pack.until < since:
                continue
            figure, _, row = name.partition(".")
            unit = next((b.book.figures[figure].unit for b in pack.benefits.values() if figure in b.book.figures), None)
            if unit is None:
                continue
            first = max(since, pack.since)
            if row:
                now = pack.figure(figure, first).value
                value: Amount = _with_row(path, name, row, now, raw, figures.line_of(name))
            else:
                value = _value(path, name, unit, raw, figures.line_of(name))
            statutes[place] = pack.with_value_since(figure, first, value, source)
            changed += 1
        if not changed:
            raise FigureFault(path, figures.line_of(name), f"no benefit has a figure {name} from {since} on")
    coverage = tuple(_coverage(path, one, head.line_of("coverage")) for one in head.get("coverage") or ())
    return Laws(country, title, tuple(statutes), coverage, since)


def _value(path: Path, name: str, unit: str, raw: Any, line: int) -> Amount:
    if unit in ("word", "table", "scale"):
        raise FigureFault(path, line, f"{name} is a {unit}: change it in a draft pack")
    return None if raw == "none" else number(path, name, raw, line)


def _with_row(path: Path, name: str, row: str, now: Amount, raw: Any, line: int) -> Amount:
    """A table or a scale in which one row, by its key or threshold, gives another number."""
    value = number(path, name, raw, line)
    if isinstance(now, Rows) and any(one.key == row for one in now.rows):
        return now.with_value(row, value)
    if isinstance(now, Mapping) and row in now:
        return {**now, row: value}
    raise FigureFault(path, line, f"{name}: there is no such row of a table or a scale")


def _coverage(path: Path, body: Any, line: int) -> Coverage:
    if not isinstance(body, Located) or not {"insured_as", "take_up"} <= set(body) <= {
        "sector",
        "insured_as",
        "take_up",
    }:
        raise FigureFault(path, line, "coverage is a list of {sector, insured_as, take_up}")
    take_up = number(path, "take_up", body["take_up"], body.line_of("take_up"))
    if not 0 <= take_up <= 1:
        raise FigureFault(path, body.line_of("take_up"), "take_up lies between 0 % and 100 %")
    sector = body.get("sector")
    return Coverage(None if sector is None else str(sector), str(body["insured_as"]), take_up)
