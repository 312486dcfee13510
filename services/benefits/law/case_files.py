"""Case files: a case alone, or with a story, options and what is expected of it; one or a list in a file.

id: LA-S1
story: one sentence
today: 2025-06-02
options: {}
case: {country: la, ...}
expect: {outcome: granted, total: "3360000", worksheet: {average: "3200000"}, timeline: E30 P45}
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

from services.benefits.domain.assessment import Assessment
from services.benefits.domain.case import Case
from services.benefits.law import in_force
from services.benefits.law.case import read_case
from services.benefits.law.text import render
from services.benefits.law.vocabulary import PACKS
from services.benefits.law.yaml_file import YamlFault, as_day, load_yaml

_KEYS = {"id", "story", "source", "today", "options", "case", "expect"}
_EXPECT = {
    "outcome",
    "decisive",
    "statute",
    "findings",
    "change",
    "worksheet",
    "payable",
    "timeline",
    "letters",
    "lump_sums",
    "instalments",
    "total",
    "questions",
    "reason",
    "reference",
}


@dataclass(frozen=True)
class CaseFile:
    """A case as it stands in a file, with what is expected of it (nothing where `expect` is empty)."""

    id: str
    story: str
    path: Path
    today: date | None
    options: Mapping[str, str]
    mapping: Any
    expect: Mapping[str, Any]

    def case(self, packs: Path = PACKS) -> Case:
        """Raises `CaseInvalid`."""
        return read_case(self.mapping, packs=packs)

    def assess(self, today: date, *, packs: Path = PACKS, institution: Path = in_force.INSTITUTION) -> Assessment:
        """Assess it on the day the file names, else on `today`."""
        return in_force.assess(
            self.case(packs),
            today=self.today or today,
            options=self.options or None,
            folder=packs,
            institution_file=institution,
        )


def read_case_files(path: Path) -> list[CaseFile]:
    """The cases of a file, or of every `.yaml` and `.json` file in a folder; in a folder of packs those in its
    `cases` folders. Raises `YamlFault`."""
    return list(_all(path))


def _all(path: Path) -> Iterator[CaseFile]:
    if path.is_dir():
        found = sorted(p for p in path.rglob("*") if p.suffix in (".yaml", ".yml", ".json"))
        inside = [p for p in found if p.parent.name == "cases"]
        if path.name == "cases" or not inside:
            inside = [p for p in found if p.parent == path]
        for file in inside:
            yield from _all(file)
        return
    body = load_yaml(path)
    entries = body if isinstance(body, list) else [body]
    for number, entry in enumerate(entries):
        name = path.stem if len(entries) == 1 else f"{path.stem}-{number + 1}"
        if not isinstance(entry, Mapping):
            raise YamlFault(path, 1, "a case file is a mapping, or a list of them")
        if "case" not in entry:
            yield CaseFile(name, "", path, None, {}, entry, {})
            continue
        line = getattr(entry, "line", 1)
        if unknown := sorted(set(entry) - _KEYS):
            raise YamlFault(path, line, f"unknown key {unknown[0]}")
        if unknown := sorted(set(entry.get("expect") or {}) - _EXPECT):
            raise YamlFault(path, line, f"unknown expectation {unknown[0]}")
        yield CaseFile(
            str(entry.get("id") or name),
            str(entry.get("story") or ""),
            path,
            as_day(entry.get("today")),
            entry.get("options") or {},
            entry["case"],
            entry.get("expect") or {},
        )


#: What a claim tells of itself; all else of a case is known from the registers and from earlier decisions.
_TYPED = ("spell", "certificates", "employments", "event", "happenings", "absences", "judgements", "overrides")


def as_typed(file: CaseFile) -> dict[str, Any]:
    """The facts of a case file as somebody types them at the counter, days as text: each paper has a number, and the
    employer is the one the register knows."""
    told: dict[str, Any] = json.loads(json.dumps({n: v for n, v in file.mapping.items() if n in _TYPED}, default=str))
    papers = told.get("certificates", [])
    if papers:
        told["certificates"] = [{"number": f"{file.id}-{n}"} | paper for n, paper in enumerate(papers, start=1)]
    if jobs := told.get("employments"):
        told["employments"] = [{name: value for name, value in jobs[-1].items() if name != "employer"}]
    return told


def differences(expect: Mapping[str, Any], found: Assessment) -> list[str]:
    """Where an assessment differs from what a case file expects, in plain words; none where it agrees."""
    wrong: list[str] = []

    def same(what: str, wanted: Any, got: Any) -> None:
        if wanted != got:
            wrong.append(f"{what}: expected {wanted}, found {got}")

    for what in ("outcome", "decisive"):
        if what in expect:
            same(what, expect[what], getattr(found, what))
    if "statute" in expect:
        same("statute", expect["statute"], found.statute.id if found.statute else None)
    verdicts = {f.id: f.verdict for f in found.findings}
    for id, verdict in (expect.get("findings") or {}).items():
        same(f"finding {id}", verdict, verdicts.get(id))
    changes = {f.id: render(f.change) for f in found.findings if f.change}
    for id, change in (expect.get("change") or {}).items():
        same(f"change of {id}", change, changes.get(id))
    lines = {line.id: line for line in found.worksheet}
    for id, exact in (expect.get("worksheet") or {}).items():
        line = lines.get(id)
        got = None if line is None or line.value is None else str(line.value)
        same(f"line {id}", _exact(exact), got)
    for id, amount in (expect.get("payable") or {}).items():
        line = lines.get(id)
        same(f"payable {id}", str(amount), _units(line.payable) if line and line.payable is not None else None)
    if expect.get("worksheet") == {}:
        same("worksheet", [], list(lines))
    if "timeline" in expect:
        same("timeline", expect["timeline"], spans(found))
    if "letters" in expect:
        same("letters", " ".join(str(expect["letters"]).split()), found.timeline.letters())
    if "lump_sums" in expect:
        same("lump sums", [str(x) for x in expect["lump_sums"]], [_units(x.amount) for x in found.lump_sums])
    if "instalments" in expect:
        got_amounts = [_units(x.amount) for x in found.instalments]
        same("instalments", [str(x) for x in expect["instalments"]], got_amounts)
    if "total" in expect:
        same("total", str(expect["total"]), _units(found.total))
    if "questions" in expect:
        same("questions", list(expect["questions"]), [q.pointer for q in found.questions])
    if "reason" in expect:
        same("reason", expect["reason"], render(found.reason))
    if "reference" in expect:
        got_months = {r.month: None if r.insured is None else str(r.insured) for r in found.reference}
        same("reference", {str(k): v for k, v in expect["reference"].items()}, got_months)
    return wrong


def spans(found: Assessment) -> str:
    """A timeline in short: `E30 P45`; neighbours with the same letter are added up."""
    short: list[tuple[str, int]] = []
    for span in found.timeline:
        if short and short[-1][0] == span.status:
            short[-1] = (span.status, short[-1][1] + span.days)
        else:
            short.append((span.status, span.days))
    return " ".join(f"{code}{days}" for code, days in short)


def _exact(value: Any) -> str | None:
    return None if value is None else str(Fraction(str(value)))


def _units(amount: Any) -> str:
    """Whole currency units where they are whole: `3360000`, `1527.78`."""
    units = amount.units
    return str(units.numerator) if units.denominator == 1 else str(amount.decimal())
