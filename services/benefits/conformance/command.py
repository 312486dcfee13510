"""The command line: `python -m services.benefits.cli conformance vn --on 2026-11-01 --against la mm th`."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from services.benefits.conformance.article22 import CODES, form
from services.benefits.conformance.checks.result import NO_DATA, NOT_APPLICABLE, Result
from services.benefits.conformance.costs import COSTS, CostsInvalid, costs, with_costs, words_of
from services.benefits.conformance.filling import fill
from services.benefits.conformance.law import law_of
from services.benefits.conformance.report import BOTH, DATA, LAW, Report, flips, report, report_draft, rows, series
from services.benefits.conformance.standards import instruments
from services.benefits.law import in_force
from services.benefits.law.pack import load_pack
from services.benefits.law.text import render
from services.benefits.law.yaml_file import YamlFault

SIGN = {"pass": "✓", "fail": "✗", "review": "?", "no_data": "…", "not_applicable": "–"}
WORD = {
    "pass": "met",
    "fail": "below the standard",
    "review": "to judge",
    "no_data": "no data",
    "not_applicable": "does not arise",
}
BY = {LAW: "by law", DATA: "by data", BOTH: "by law and data"}
OK, WRONG_INPUT = 0, 2


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("country", help="code of the country, such as la")
    parser.add_argument("--on", type=date.fromisoformat, help="the day whose law is measured; today if not given")
    parser.add_argument("--against", nargs="*", default=[], metavar="COUNTRY", help="other countries beside it")
    parser.add_argument("--draft", type=Path, metavar="PACKDIR", help="a draft reform, beside the law in force")
    parser.add_argument("--since", type=int, metavar="YEAR", help="the same day of each year since, as a series")
    parser.add_argument(
        "--profiles", type=Path, action="append", default=[], metavar="DIR", help="own country profiles"
    )
    parser.add_argument(
        "--costs",
        type=Path,
        action="append",
        default=[],
        metavar="DIR",
        help="own costs, from `evidence costs`",
    )
    parser.add_argument("--all", action="store_true", help="also what does not arise or is not known")
    parser.add_argument(
        "--form", choices=[code.lower() for code in CODES], help="the report under article 22 on this Convention"
    )
    group = parser.add_mutually_exclusive_group()
    group.add_argument("--json", action="store_true")
    group.add_argument("--html", action="store_true")
    group.add_argument("--pdf", action="store_true", help="write the PDF to standard output")
    parser.add_argument("--language", default="en", help="language of the page and the PDF (en, lo, …)")


def conformance(options: argparse.Namespace) -> int:
    """Measure, and say it as a table, JSON, a page or a PDF."""
    on: date = options.on or date.today()  # noqa: DTZ011 - the door reads the clock
    try:
        if options.since is not None:
            return _series(options, on)
        if options.form is not None:
            return _form(options, on)
        reports = [report(code, on, profiles=options.profiles) for code in (options.country, *options.against)]
        if options.draft is not None:
            reports.append(report_draft(load_pack(options.draft), on, profiles=options.profiles))
    except (in_force.UnknownCountry, in_force.PackNotInForce, YamlFault) as wrong:
        sys.stderr.write(f"{_said(wrong)}\n")
        return WRONG_INPUT
    try:
        _tell(options, reports)
    except CostsInvalid as wrong:
        sys.stderr.write(f"{wrong}\n")
        return WRONG_INPUT
    return OK


def _tell(options: argparse.Namespace, reports: list[Report]) -> None:
    """Say the reports in the shape that is asked for."""
    folders = (COSTS, *options.costs)
    if options.json:
        body = [with_costs(made, folders) for made in reports]
        _say(json.dumps(body[0] if len(body) == 1 else body, ensure_ascii=False, indent=2))
    elif options.html:
        from services.benefits.conformance.page import html

        _say(html(reports, options.language, folders))
    elif options.pdf:
        from services.benefits.conformance.pdf import pdf

        sys.stdout.buffer.write(pdf(reports, options.language, folders))
    else:
        print_table(reports, everything=options.all, folders=folders)


def _form(options: argparse.Namespace, on: date) -> int:
    """The report under article 22: as Markdown, a page or a PDF."""
    from services.benefits.conformance import form_page, form_pdf

    code = options.form.upper()
    made = fill(form(code), report(options.country, on, profiles=options.profiles), law_of(options.country, on))
    if options.pdf:
        sys.stdout.buffer.write(form_pdf.form_pdf(made, options.language))
    elif options.html:
        _say(form_page.html(made, options.language))
    else:
        _say(form_page.markdown(made, f"conformance {options.country} --form {options.form}"))
    return OK


def _said(wrong: Exception) -> str:
    return f"there is no pack of {wrong}" if isinstance(wrong, in_force.UnknownCountry) else str(wrong)


def _series(options: argparse.Namespace, on: date) -> int:
    dates = [on.replace(year=year) for year in range(options.since, on.year + 1)]
    moments = series(options.country, dates, profiles=options.profiles)
    if options.json:
        turned = flips(moments)
        body = [m.json() | {"turned": [f.json() for f in turned if f.on == m.on]} for m in moments]
        _say(json.dumps(body, ensure_ascii=False, indent=2))
        return OK
    for moment in moments:
        limits = "; ".join(f"{k} up to {int(v):,}" for k, v in moment.limits.items() if "CEILING" in k)
        sums = {s: sum(v == name for v in moment.verdicts.values()) for name, s in SIGN.items()}
        _say(f"{moment.on}  {moment.statute}  {'  '.join(f'{n} {s}' for s, n in sums.items())}  {limits}")
    for flip in flips(moments):
        _say(f"{flip.on.year}: {flip.key}: {WORD[flip.before]} -> {WORD[flip.after]} ({BY[flip.by]})")
    return OK


def _say(text: str = "") -> None:
    sys.stdout.write(text + "\n")


def cell(result: Result | None) -> str:
    return "" if result is None else f"{SIGN[result.verdict]} {render(result.cell)}"


def print_table(reports: list[Report], *, everything: bool = False, folders: Sequence[Path] = (COSTS,)) -> None:
    """One row for each requirement, one column for each report; then what would have to change."""
    kept_of = {made.country: costs(made.country, folders) for made in reports}
    width = 36 if len(reports) < 3 else 30
    head = "".join(f"{(made.name + (' draft' if made.draft else ''))[: width - 1]:<{width}}" for made in reports)
    _say(f"{'Requirement':<58}{head}")
    last = ""
    for requirement, branch, cells in rows(reports):
        quiet = all(c is None or (c.verdict in (NOT_APPLICABLE, NO_DATA) and c.limit is None) for c in cells)
        if quiet and not everything:
            continue
        if requirement.instrument != last:
            last = requirement.instrument
            _say(f"\n{next(i.title for i in instruments() if i.code == last)} ({last})")
        label = f"{requirement.label}{', ' + branch if len(requirement.branches) > 1 else ''}"
        row = "".join(f"{cell(c)[: width - 1]:<{width}}" for c in cells)
        _say(f"{requirement.id:<20}{label[:37]:<38}{row}".rstrip())
    _say()
    for made in reports:
        sums = made.counts()
        _say(f"{made.name}, {made.title}: " + ", ".join(f"{n} {WORD[v]}" for v, n in sums.items()))
        kept = kept_of[made.country]
        for found in made.results:
            for change in found.changes[:1]:
                _say(f"  {found.requirement.id} ({found.branch}): {'; and '.join(render(one) for one in change.words)}")
                if kept is not None and (priced := kept.of(made, change)) is not None:
                    _say(f"    {render(words_of(priced, kept.year))}")
