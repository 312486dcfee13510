"""The reports under docs/conformance, made from what runs: `python -m services.benefits.conformance write|check`."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from services.benefits.conformance import chart as charts
from services.benefits.conformance.article22 import CODES
from services.benefits.conformance.filling import filled
from services.benefits.conformance.form_page import markdown
from services.benefits.conformance.law import law_of
from services.benefits.conformance.page import Words, view
from services.benefits.conformance.profile import profile
from services.benefits.conformance.report import Report, measured
from services.benefits.conformance.turning import TURNS, kept, kept_json

ON = date(2026, 11, 1)
COUNTRIES = ("la", "vn", "mm", "th")
FOLDER = Path(__file__).resolve().parents[3] / "docs" / "conformance"
COMMAND = "python -m services.benefits.conformance write"


def documents() -> dict[str, str]:
    """Every generated file by its name."""
    reports = [measured(country, ON) for country in COUNTRIES]
    found = {"README.md": overview(reports)}
    for made in reports:
        found[f"{made.country}.md"] = country_page(made)
        for code in CODES:
            found[f"{made.country}-{code.lower()}.md"] = markdown(filled(code, made.country, ON), COMMAND)
        for branch in ("sickness", "maternity"):
            drawn = charts.chart(made, branch)
            if drawn is not None:
                found[f"{made.country}-{branch}.svg"] = charts.svg(drawn)
    return found


def overview(reports: Sequence[Report]) -> str:
    """The summary grid."""
    page = view(reports)
    columns = page["columns"]
    lines = [
        f"<!-- Made by `{COMMAND}`; do not edit. -->",
        "# Sickness and maternity against ILO standards",
        "",
        f"Law in force on {ON}. Every figure comes from running the packs of the country; nothing is restated. "
        "*Below the standard* says how far the law is from the text; "
        "whether a State ratified, and who says so, stands on its page.",
        "",
        "| Article | Requirement | " + " | ".join(f"[{c['name']}]({c['country']}.md)" for c in columns) + " |",
        "|---" * (2 + len(columns)) + "|",
    ]
    for group in page["key"]:
        lines.append(f"| **{group['title']}** |" + " |" * (1 + len(columns)))
        for row in group["rows"]:
            cells = " | ".join(f"{c['sign']} {c['text']}{rests(c)}" for c in row["cells"])
            lines.append(f"| {row['article']} | {row['label']} | {cells} |")
    for verdict in range(5):
        words = columns[0]["counts"][verdict]
        cells = " | ".join(str(c["counts"][verdict]["n"]) for c in columns)
        lines.append(f"| {words['sign']} | **{words['words']}**, all instruments | {cells} |")
    lines += [
        "",
        "✓ met, ✗ below the standard, ? to judge by a person, … no data, – does not arise.",
        "",
        "Wage statistics of the four countries are not known here. "
        "Where a ceiling applies the report therefore says up to which wage "
        "of a skilled manual worker the law would do; "
        "an institution gives its own in `profiles/<country>/<year>.yaml`.",
        "",
        "## Smallest change that meets it",
        "",
    ]
    for one in page["shortfalls"]:
        lines += [f"**{one['name']}**", ""]
        lines += [
            f"* {item['article']} {item['label']} ({item['text']})"
            + (f": {item['change']}" if item["change"] else "")
            + (f". *{item['cost']}*" if item["cost"] else "")
            for item in one["items"]
            if item["binding"]
        ]
        lines += ["", one["costs_of"]] if one["costs_of"] else []
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def rests(cell: Mapping[str, Any]) -> str:
    """What is said beside a verdict that rests on memory or practice."""
    return f" *({cell['rests']})*" if cell["rests"] else ""


def country_page(made: Report) -> str:
    """One country, article by article, with the run behind every figure."""
    page = view([made])
    _ = Words("en")
    lines = [
        f"<!-- Made by `{COMMAND}`; do not edit. -->",
        f"# {made.name} against ILO standards",
        "",
        f"{made.title} (`{made.statute}`, revision {made.revision}), law in force on {ON}. "
        f"{page['columns'][0]['ratified'][0].upper()}{page['columns'][0]['ratified'][1:]}.",
        "",
        "Reports under article 22, filled in as far as law and data go: "
        + ", ".join(f"[{code}]({made.country}-{code.lower()}.md)" for code in CODES)
        + ".",
        "",
        ", ".join(f"{c['n']} {c['words']}" for c in page["columns"][0]["counts"]) + ".",
        "",
    ]
    for note in page["notes"]:
        lines += [note["words"], ""]
    for picture in page["pictures"]:
        lines += [f"![{picture['title']}]({made.country}-{picture['branch']}.svg)", "", picture["words"], ""]
    lines += [*gap_lines(page["gaps"][0])]
    for one in page["instruments"]:
        lines += [
            f"## {one['code']}: {one['title']}",
            "",
            "| Article | Requirement | Verdict |",
            "|---|---|---|",
        ]
        for row in one["rows"]:
            cell = row["cells"][0]
            lines.append(
                f"| {row['article']} | {row['label']} | {cell['sign']} {cell['word']}: {cell['text']}{rests(cell)} |"
            )
        lines.append("")
        for detail in one["details"]:
            found = detail["found"][0]
            if found["kind"] == "a" or (found["kind"] == "d" and not found["runs"]):
                continue
            lines += [
                f"### {detail['id']} ({detail['article']}), {detail['label'].lower()}",
                "",
                f"{detail['compares']}. {detail['cited']} ({detail['evidence']}).",
                "",
                f"**{found['sign']} {found['word']}: {found['text']}.** {found['why']}",
                "",
            ]
            lines += [f"* {note}" for note in found["notes"]]
            lines += [f"* To judge: {found['question']}"] if found["question"] else []
            lines += [f"* {a['sign']} {a['name']}: {a['text']} {a['declared']}".rstrip() for a in found["alternatives"]]
            lines += [f"* Smallest change: {change}" for change in found["changes"]]
            lines += [f"* Run: {run}" for run in found["runs"]]
            lines += [f"* Source: {s['text']} ({s['evidence']})" for s in found["sources"]]
            if found["rests_n"]:
                lines.append(
                    f"* Rests on {found['rests_n']} figures whose text was not read: {', '.join(found['rests_on'])}"
                )
            lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def gap_lines(gaps: Mapping[str, Any]) -> list[str]:
    """What is not known or was not read, the gap that could turn most verdicts first."""
    lines = ["## What is not known or was not read", "", gaps["words"], "", "| What | How sure | Could turn | Which |"]
    lines += ["|---" * 4 + "|"]
    for gap in gaps["items"]:
        which = "; ".join(
            words for words in (f"**{gap['turned']}**" if gap["turned"] else "", gap["articles"]) if words
        )
        lines.append(f"| {gap['what']} | {gap['evidence']} | {gap['n']} | {which} |")
    return [*lines, ""]


def write_turns() -> None:
    """What unread figures could turn, of each country; the pages show what lies there."""
    TURNS.mkdir(parents=True, exist_ok=True)
    for country in COUNTRIES:
        text = kept_json(law_of(country, ON), profile(country, ON))
        (TURNS / f"{country}.json").write_text(text, encoding="utf-8")
    kept.cache_clear()


def main(arguments: Sequence[str]) -> int:
    if list(arguments) not in (["write"], ["check"]):
        sys.stderr.write("python -m services.benefits.conformance write|check\n")
        return 2
    if arguments[0] == "write":
        write_turns()
        FOLDER.mkdir(parents=True, exist_ok=True)
        for name, text in documents().items():
            (FOLDER / name).write_text(text, encoding="utf-8")
        return 0
    stale = [f"{country}: what unread figures could turn" for country in COUNTRIES if kept(country, ON) is None]
    stale += [
        name
        for name, text in documents().items()
        if not (FOLDER / name).exists() or (FOLDER / name).read_text(encoding="utf-8") != text
    ]
    for name in stale:
        sys.stderr.write(f"docs/conformance/{name} is stale: {COMMAND}\n")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
