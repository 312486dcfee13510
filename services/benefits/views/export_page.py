"""All that is kept about a person as a page that she can read: one file, nothing fetched, in her language."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from shared.web import texts
from shared.web.formatting import plain_date
from shared.web.texts import N_

#: What the tables are to her; one without words goes by its own name.
TITLES = {
    "person": N_("Who you are"),
    "person_identifier": N_("Your numbers"),
    "person_change": N_("Corrections"),
    "employment": N_("Where you worked"),
    "contribution": N_("Contributions"),
    "contribution_history": N_("Contributions that were corrected"),
    "payee": N_("Where your money goes"),
    "claim": N_("Claims"),
    "claim_change": N_("Each version of your claims"),
    "decision": N_("Decisions"),
    "award": N_("What was granted"),
    "appeal": N_("Objections"),
    "letter": N_("Letters"),
    "employer_statement": N_("What your employer was asked"),
    "overpayment": N_("What was paid too much"),
    "recovery": N_("What was decided about it"),
    "payment_order": N_("Payments"),
    "order_move": N_("The way of each payment"),
    "message": N_("Messages"),
    "audit": N_("Who looked at it"),
    "paper_scan": N_("Papers"),
    "person_export": N_("Copies like this one"),
}
SERVICES = {
    "benefits": N_("Claims and decisions"),
    "payments": N_("Payments"),
    "notifications": N_("Messages and letters"),
}


@cache
def _environment() -> Environment:
    folder = Path(__file__).parents[1] / "templates"
    return Environment(loader=FileSystemLoader(folder), autoescape=True, undefined=StrictUndefined)


def read_page(told: Mapping[str, Mapping[str, Any]], language: str, on: date) -> str:
    """The page. Values stand as they are kept; whoever hands it over explains them."""

    def _(message: str, **params: Any) -> str:
        return texts.say(language, message, **params)

    parts = [
        {
            "title": _(SERVICES[service]),
            "tables": [
                {"title": _(TITLES[name]) if name in TITLES else name.replace("_", " "), "rows": rows}
                for name, rows in said["tables"].items()
            ],
            "files": [file["name"] for file in said["files"]],
        }
        for service, said in told.items()
    ]
    template = _environment().get_template("export.html")
    return template.render(parts=parts, language=language, on=plain_date(on, language, "long"), _=_)
