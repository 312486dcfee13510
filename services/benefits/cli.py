"""The timetable's and the jurist's door: `python -m services.benefits.cli COMMAND`.

Each command stands once in `COMMANDS`, with the roles that may use it.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from services.benefits import operations
from services.benefits.conformance import command as conformance
from services.benefits.domain.assessment import Assessment, Reason, Text
from services.benefits.domain.kinds import CaseInvalid
from services.benefits.evidence import command as evidence
from services.benefits.law import in_force, law_tables
from services.benefits.law.case_files import CaseFile, differences, read_case_files
from services.benefits.law.faults import sentence
from services.benefits.law.pack import Pack
from services.benefits.law.schema import assessment_schema, case_schema
from services.benefits.law.text import plain_number, render
from services.benefits.law.vocabulary import countries
from services.benefits.law.yaml_file import YamlFault

Options = argparse.Namespace


class Command(NamedTuple):
    """What a command does, how its arguments are declared, and who may use it."""

    run: Callable[[Options], int]
    roles: frozenset[str]
    arguments: Callable[[argparse.ArgumentParser], None]
    help: str


EVERYONE = frozenset({"clerk", "officer", "supervisor", "payment_officer", "auditor", "administrator"})
OK, DIFFERS, WRONG_INPUT = 0, 1, 2
MARK = {"verified": "●", "secondary": "◐", "recalled": "◐", "default": "○"}


def say(text: str = "") -> None:
    sys.stdout.write(text + "\n")


# assess ---------------------------------------------------------------------------------------------


def assess(options: Options) -> int:
    """Assess one case, or check every case of a file or folder against what it expects."""
    path: Path = options.path
    if not path.exists():
        say(f"{path}: there is no such file")
        return WRONG_INPUT
    try:
        cases = read_case_files(path)
    except YamlFault as fault:
        say(str(fault))
        return WRONG_INPUT
    if not cases:
        say(f"{path}: no case found")
        return WRONG_INPUT
    if len(cases) == 1 and not path.is_dir():
        return _assess_one(cases[0], options)
    return _assess_all(cases, options)


def _today(options: Options) -> date:
    given: date | None = options.today
    return given or date.today()  # noqa: DTZ011 - the door reads the clock


def _run(case: CaseFile, options: Options) -> Assessment | str:
    """The assessment, or why there is none."""
    try:
        return case.assess(_today(options), packs=options.packs, institution=options.institution)
    except CaseInvalid as invalid:
        return "\n".join(f"{e['pointer']}: {e['code']}: {render(sentence(e))}{_choices(e)}" for e in invalid.errors)
    except (in_force.PackNotInForce, in_force.UnknownOption, in_force.UnknownCountry) as error:
        return str(error)
    except (in_force.UnknownBenefit, YamlFault) as error:
        return str(error)


def _choices(error: dict[str, Any]) -> str:
    choices = error["params"].get("choices")
    return f" ({', '.join(choices)})" if choices else ""


def _assess_one(case: CaseFile, options: Options) -> int:
    found = _run(case, options)
    if isinstance(found, str):
        say(found)
        return WRONG_INPUT
    wrong = differences(case.expect, found)
    if options.json:
        say(json.dumps(found.json(), ensure_ascii=False, indent=2))
    else:
        print_worksheet(found, case)
    for difference in wrong:
        sys.stderr.write(f"differs: {difference}\n")
    return DIFFERS if wrong else OK


def _assess_all(cases: Sequence[CaseFile], options: Options) -> int:
    status = OK
    report: list[dict[str, object]] = []
    rows: list[tuple[str, str, str, str]] = []
    for case in cases:
        found = _run(case, options)
        if isinstance(found, str):
            rows.append((case.id, "error", "", found.splitlines()[0]))
            report.append({"id": case.id, "error": found.splitlines()})
            status = DIFFERS
            continue
        wrong = differences(case.expect, found)
        status = DIFFERS if wrong else status
        verdict = "; ".join(wrong) if wrong else "as expected" if case.expect else "no expectation"
        total = f"{plain_number(found.total.units)} {found.currency}"
        rows.append((case.id, found.outcome, total, verdict))
        report.append({"id": case.id, "outcome": found.outcome, "total": found.total.json(), "differs": wrong})
    if options.json:
        say(json.dumps(report, ensure_ascii=False, indent=2))
        return status
    widths = [max(len(row[n]) for row in rows) for n in range(3)]
    for id, outcome, total, verdict in rows:
        say(f"{id:<{widths[0]}}  {outcome:<{widths[1]}}  {total:>{widths[2]}}  {verdict}")
    return status


def said(found: Assessment, reasons: Iterable[Reason]) -> list[Text]:
    """Why days are as they are, in sentences: a reason that is the id of a finding is said as that finding is."""
    findings = {finding.id: finding.text for finding in found.findings}
    return [findings.get(reason, Text(reason)) if isinstance(reason, str) else reason for reason in reasons]


def print_worksheet(found: Assessment, case: CaseFile | None = None) -> None:
    """An assessment to read on paper: reason, conditions, days, worksheet, total, what is not confirmed."""
    if case is not None:
        say(f"{case.id}. {case.story}".rstrip(". ") + ".")
    if found.statute:
        say(f"{found.statute.title} ({found.statute.id}, revision {found.pack_revision})")
        say(f"  {render(found.statute.chosen_by)}")
    say()
    say(f"{found.outcome.replace('_', ' ').upper()}: {render(found.reason)}")
    if found.questions:
        say("\nQuestions")
        for question in found.questions:
            say(f"  ? {render(question.text)}  [{question.pointer}]")
    if found.findings:
        say("\nConditions")
        for finding in found.findings:
            sign = {"met": "✓", "not_met": "✗", "needs_judgement": "?"}[finding.verdict]
            cite = f"{MARK[finding.citation.evidence]} {finding.citation.text}"
            say(f"  {sign} {render(finding.text):<86} {cite}")
            if finding.change is not None:
                say(f"      would change it: {render(finding.change)}")
    if found.reference:
        say(f"\nReference earnings, {found.currency} a month")
        for month in found.reference:
            insured = "-" if month.insured is None else plain_number(month.insured)
            declared = "-" if month.declared is None else plain_number(month.declared)
            note = render(month.note) if month.note else ""
            say(f"  {month.month}  {declared:>16}  {insured:>16}  {note}".rstrip())
    if found.timeline.spans:
        say("\nDays")
        for span in found.timeline:
            why = "; ".join(render(r) for r in said(found, span.reasons))
            paid = f"{plain_number(span.amount)}" if span.amount is not None else ""
            rate = f"{plain_number(span.rate * 100)} %" if span.rate is not None else ""
            days = f"{span.period.first} to {span.period.last}  {span.days:>4} d"
            say(f"  {span.status} {days}  {span.status.words:<13} {rate:>7} {paid:>16}  {why}".rstrip())
    for mark in found.marks:
        say(f"  ! {mark.on}  {render(mark.text)}")
    if found.worksheet:
        say(f"\nWorksheet, {found.currency}")
        for number, line in enumerate(found.worksheet, 1):
            exact = "" if line.value is None or line.payable is not None else plain_number(line.value)
            payable = plain_number(line.payable.units) if line.payable is not None else ""
            text = render(line.text)
            inputs = [str(n) for n, other in enumerate(found.worksheet, 1) if other.id in line.inputs]
            if inputs:
                text += f" (line {', '.join(inputs)})"
            cite = f"{MARK[line.citation.evidence]} {line.citation.text}"
            say(f"  {number:>2} {text:<86} {exact:>15} {payable:>15}  {cite}")
        say(f"     {'Total':<86} {'':>15} {plain_number(found.total.units):>15}")
    if found.instalments:
        say("\nInstalments")
        for i in found.instalments:
            days = f"{i.period.first} to {i.period.last}"
            say(f"  {i.no:>2} {i.component:<12} {days}  {plain_number(i.amount.units):>15}")
    if found.options:
        say("\nChoices: " + ", ".join(f"{name}={choice}" for name, choice in sorted(found.options.items())))
    if found.unconfirmed:
        say("\nNot confirmed at the source (◐ read elsewhere or remembered, ○ set by the institution)")
        for item in found.unconfirmed:
            say(f"  {MARK[item.citation.evidence]} {item.figure}: {item.citation.text} ({item.citation.evidence})")


# packs ----------------------------------------------------------------------------------------------

DOCS = Path("docs")


def packs(options: Options) -> int:
    """What law the product knows: list it, show it, compare two versions, check all of it."""
    try:
        return _PACKS[options.what](options)
    except YamlFault as fault:
        say(str(fault))
        return DIFFERS
    except in_force.UnknownCountry as error:
        say(f"there is no pack for {error}")
        return WRONG_INPUT
    except (in_force.PackNotInForce, LookupError) as error:
        say(str(error).strip("'\""))
        return WRONG_INPUT


def _list(options: Options) -> int:
    for pack in in_force.packs(folder=options.packs):
        until = str(pack.until) if pack.until else "on"
        benefits = ", ".join(pack.benefits)
        say(f"{pack.id:<14} {pack.since} to {until:<10}  {pack.revision:<8} {pack.title}: {benefits}")
    return OK


def _show(options: Options) -> int:
    on: date = options.on or _today(options)
    pack = in_force.pack(options.country, on, folder=options.packs)
    say(f"{pack.title} ({pack.id}, revision {pack.revision}) on {on}")
    section = None
    for row in law_tables.in_force_rows(pack, on):
        if row.benefit != section:
            section = row.benefit
            say(f"\n{pack.benefits[section].description if section else 'Common to all benefits'}")
        name = f"{row.name}{'=' + row.choice if row.choice else ''}"
        since = str(row.since) if row.since else ""
        say(f"  {name:<38} {row.value:<34} {since:<10}  {MARK[row.citation.evidence]} {row.citation.text}")
    return OK


def _diff(options: Options) -> int:
    before, on_before = _version(options.country, options.before, options.packs)
    after, on_after = _version(options.country, options.after, options.packs)
    say(f"{before.id} on {on_before} -> {after.id} on {on_after}")
    for change in law_tables.difference(before, on_before, after, on_after):
        name = f"{change.benefit}.{change.name}" if change.benefit else change.name
        if change.choice:
            name += f"={change.choice}"
        for sign, row in (("-", change.before), ("+", change.after)):
            if row is not None:
                say(f"  {sign} {name:<44} {row.value or row.description}  ({row.citation.text})")
    return OK


def _version(country: str, named: str, folder: Path) -> tuple[Pack, date]:
    """A version by its day (2025-07-01), its name (vn2025, 2025), or the year in which it is in force."""
    found = in_force.packs(country, folder=folder)
    try:
        on = date.fromisoformat(named)
        return in_force.pack(country, on, folder=folder), on
    except ValueError:
        pass
    for pack in found:
        if named in (pack.id, pack.folder.name) or pack.folder.name.endswith(named):
            return pack, max(pack.since, min(pack.until or date.max, date(pack.since.year, 12, 31)))
    if len(named) == 4 and named.isdigit():
        on = date(int(named), 12, 31)
        return in_force.pack(country, on, folder=folder), on
    raise LookupError(f"{country} has no version {named}; it has {', '.join(p.folder.name for p in found)}")


def _check(options: Options) -> int:
    """Load every pack and run every case beside it."""
    found = in_force.packs(folder=options.packs)
    for country, chosen in in_force.choices(options.institution).options.items():
        for name, choice in chosen.items():
            offered = {n: c for p in found if p.country == country for b in p.benefits for n, c in p.choices(b).items()}
            if choice not in offered.get(name, ()):
                say(f"{options.institution}: {country} offers no {name}={choice}")
                return DIFFERS
    cases = read_case_files(options.packs)
    status = OK
    for case in cases:
        result = _run(case, options)
        wrong = [result] if isinstance(result, str) else differences(case.expect, result)
        for difference in wrong:
            say(f"{case.id}: {difference}")
            status = DIFFERS
    say(f"{len(found)} packs, {len(cases)} cases{'' if status == OK else ', some differ'}")
    return status


def _tables(options: Options) -> int:
    """Write what is made from the packs under docs/, or say what is stale."""
    made = {DOCS / "law" / f"{c}.md": law_tables.law_table(c, folder=options.packs) for c in countries(options.packs)}
    for name, schema in (("case", case_schema(options.packs)), ("assessment", assessment_schema())):
        made[DOCS / "schemas" / f"{name}.schema.json"] = json.dumps(schema, ensure_ascii=False, indent=2) + "\n"
    status = OK
    for path, text in made.items():
        if path.exists() and path.read_text("utf-8") == text:
            continue
        if options.check:
            say(f"{path} is stale: run `python -m services.benefits.cli packs tables`")
            status = DIFFERS
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
            say(f"{path} written")
    return status


_PACKS = {"list": _list, "show": _show, "diff": _diff, "check": _check, "tables": _tables}


def _packs_arguments(parser: argparse.ArgumentParser) -> None:
    what = parser.add_subparsers(dest="what", required=True)
    for name, help in (
        ("list", "every statute with its days"),
        ("show", "the law of a country on a day"),
        ("diff", "what changes between two versions"),
        ("check", "load every pack and run every case"),
        ("tables", "write docs/law and docs/schemas, or check them"),
    ):
        sub = what.add_parser(name, help=help)
        _where(sub)
        sub.add_argument("--today", type=date.fromisoformat, help=argparse.SUPPRESS)
        if name in ("show", "diff"):
            sub.add_argument("country")
        if name == "show":
            sub.add_argument("--on", type=date.fromisoformat, help="a day; today where none is named")
        if name == "diff":
            sub.add_argument("before", help="a day, a statute's name, or a year")
            sub.add_argument("after", help="likewise")
        if name == "tables":
            sub.add_argument("--check", action="store_true", help="write nothing; exit 1 where one is stale")


def _assess_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("path", type=Path, help="a case file, or a folder of them")
    parser.add_argument("--json", action="store_true", help="for machines")
    parser.add_argument("--today", type=date.fromisoformat, help="the day of assessment, where a file names none")
    _where(parser)


def _where(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--packs", type=Path, default=in_force.PACKS, help="folder of packs")
    parser.add_argument("--institution", type=Path, default=in_force.INSTITUTION, help="file of choices")


COMMANDS: dict[str, Command] = {
    "import": Command(
        operations.import_file,
        frozenset({"administrator"}),
        operations.import_arguments,
        "take a CSV file in",
    ),
    "import-sample": Command(
        operations.import_sample,
        frozenset({"administrator"}),
        operations.sample_arguments,
        "load an invented institution",
    ),
    "first-administrator": Command(
        operations.first_administrator,
        frozenset({"administrator"}),
        operations.administrator_arguments,
        "invite one of the first two administrators",
    ),
    "invitation-digits": Command(
        operations.invitation_digits,
        frozenset({"administrator"}),
        operations.no_arguments,
        "the digits of invitations that a file asked for",
    ),
    "erasures": Command(
        operations.erasures,
        frozenset({"administrator"}),
        operations.no_arguments,
        "the erasures of names that are asked for",
    ),
    "assess": Command(assess, EVERYONE, _assess_arguments, "assess a case file or a folder of them"),
    "packs": Command(packs, EVERYONE, _packs_arguments, "list, show, compare and check the law"),
    "conformance": Command(
        conformance.conformance, EVERYONE, conformance.arguments, "measure the law against ILO standards"
    ),
    "evidence": Command(
        operations.evidence, EVERYONE, evidence.arguments, "what a reform costs and whom it reaches, out of the law"
    ),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit status is 0 (well), 1 (something differs) or 2 (wrong input)."""
    parser = argparse.ArgumentParser(prog="benefits", description="Decide and explain benefits.")
    commands = parser.add_subparsers(dest="command", required=True)
    for name, command in COMMANDS.items():
        command.arguments(commands.add_parser(name, help=command.help))
    options = parser.parse_args(arguments)
    try:
        return COMMANDS[options.command].run(options)
    except BrokenPipeError:  # whoever read our output has read enough (`| head`)
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
        return OK


if __name__ == "__main__":
    sys.exit(main())
