"""The doors to how banks' tables are read: the list, one layout with its example, and the second person's word."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any
from uuid import UUID

from flask import Response
from openpyxl.utils import column_index_from_string, get_column_letter
from sqlalchemy import Row

from services.payments import schemas as s
from services.payments import store, words
from services.payments.domain.layout import COLUMNS, Layout, LayoutWrong, State, from_json
from services.payments.domain.statement import Fault, StatementFile
from services.payments.doors import RUNS_MAKE, RUNS_READ, only_central
from services.payments.institution import institution
from services.payments.statement_api import fault_json
from services.payments.usecases import layouts
from services.payments.usecases.layouts import LayoutRefused
from shared.act import Act
from shared.money import total
from shared.web.doors import Answer, Doors
from shared.web.pages import go, render
from shared.web.problems import Problem, invalid

doors = Doors()
HTML = "text/html; charset=utf-8"
#: So many rows and columns of an example are shown, and so many lines of what became of it.
SHOWN_ROWS, SHOWN_COLUMNS, SHOWN_LINES = 14, 40, 12
_WORDS = ("out_words", "in_words", "total_words", "still_words", "fee_words")


# --- the API -----------------------------------------------------------------------------------


def _json(row: Row[Any]) -> dict[str, Any]:
    names = ("id", "account", "name", "version", "state", "example_sha256", "made_by_name", "made_at")
    told = {name: getattr(row, name) for name in (*names, "decided_by_name", "decided_at", "ended_at")}
    columns = {name: get_column_letter(place + 1) for name, place in row.layout["columns"].items()}
    return told | {"layout": row.layout | {"columns": columns}}


@doors.api("GET", "/v1/statement-layouts", roles=RUNS_READ, gives=s.Layouts)
def list_layouts(act: Act) -> Any:
    """How tables of banks are read, with every version and who made and confirmed it."""
    only_central(act)
    return {"items": [_json(row) for row in store.layouts(act.connection)]}


@doors.api(
    "POST",
    "/v1/statement-layouts",
    roles=RUNS_MAKE,
    takes=s.LayoutProposalIn,
    gives=s.LayoutOut,
    status=201,
    problems=(422,),
)
def propose_layout(act: Act, body: dict[str, Any]) -> Any:
    """Propose how the tables of an account are read, with an example that is read so; another person confirms."""
    only_central(act)
    told = dict(body["layout"])
    told["columns"] = {name: column_index_from_string(at) - 1 for name, at in told["columns"].items()}
    try:
        example = base64.b64decode(body["example"], validate=True)
    except binascii.Error:
        raise invalid(("#/example", "invalid")) from None
    try:
        layout_id, tried = layouts.propose_whole(act, institution(), told, body["name"], body["heading_row"], example)
    except LayoutWrong as wrong:
        raise invalid((f"#/layout/{wrong.field}", wrong.code)) from None
    if not tried.statements:
        raise Problem(422, "example_not_read", errors=[fault_json(asdict(fault)) for fault in tried.faults])
    return Answer(_json(layouts.of(act, layout_id)), 201, {"Location": "/v1/statement-layouts"})


@doors.api("POST", "/v1/statement-layouts/<uuid:layout_id>/confirmation", roles=RUNS_MAKE, status=204)
def confirm_layout(act: Act, layout_id: UUID) -> Any:
    """A second person takes a layout into use, in the place of the version before."""
    only_central(act)
    layouts.decide(act, str(layout_id), use=True)
    return Answer(None, 204)


@doors.api("POST", "/v1/statement-layouts/<uuid:layout_id>/refusal", roles=RUNS_MAKE, status=204)
def refuse_layout(act: Act, layout_id: UUID) -> Any:
    """A layout is not taken into use."""
    only_central(act)
    layouts.decide(act, str(layout_id), use=False)
    return Answer(None, 204)


@doors.api("POST", "/v1/statement-layouts/<uuid:layout_id>/withdrawal", roles=RUNS_MAKE, status=204)
def withdraw_layout(act: Act, layout_id: UUID) -> Any:
    """A layout is used no longer; tables that need it are refused."""
    only_central(act)
    layouts.withdraw(act, str(layout_id))
    return Answer(None, 204)


# --- pages -------------------------------------------------------------------------------------


@doors.page("/payments/layouts", roles=RUNS_READ)
def layouts_page(act: Act) -> Any:
    """How tables of banks are read: those in use, those that wait for somebody, and earlier ones."""
    only_central(act)
    return _list(act)


def _list(act: Act, error: LayoutWrong | None = None, typed: Mapping[str, str] | None = None) -> str:
    rows = [
        {
            "id": row.id,
            "name": row.name,
            "account": row.account,
            "version": row.version,
            "state": words.words(row.state, words.LAYOUT_STATES),
            "kind": words.LAYOUT_KINDS[row.state],
            "made_by": row.made_by_name,
            "decided_by": row.decided_by_name,
        }
        for row in store.layouts(act.connection)
    ]
    accounts = [
        {"value": own.number, "label": f"{own.number} · {own.currency} · {own.bank}"}
        for own in institution().accounts
        if own.gives_statements
    ]
    errors = {error.field: words.words(error.code, words.LAYOUT_ERRORS)} if error else {}
    may = act.actor.has(*RUNS_MAKE)
    return render("table_layouts.html", layouts=rows, accounts=accounts, errors=errors, typed=typed or {}, may=may)


@doors.page("/payments/layouts", roles=RUNS_MAKE, method="POST")
def begin_page(act: Act, form: dict[str, str], files: Any = None) -> Any:
    """Take an example and begin a layout for it."""
    only_central(act)
    file = (files or {}).get("file")
    try:
        if file is None:
            raise LayoutWrong("file", "required")
        example, name = file.stream.read(), " ".join(form.get("name", "").split())[:60]
        layout_id = layouts.begin(act, institution(), form.get("account", ""), name, example, file.filename or "")
    except LayoutWrong as wrong:
        return Response(_list(act, wrong, form), 422, content_type=HTML)
    return go(f"/payments/layouts/{layout_id}")


@doors.page("/payments/layouts/<uuid:layout_id>", roles=RUNS_READ)
def layout_page(act: Act, layout_id: UUID) -> Any:
    """One layout: the rows of its example, what each column is, and what becomes of it."""
    only_central(act)
    row = layouts.of(act, str(layout_id))
    return _one(act, row, from_json(row.layout), _heading_row(row, from_json(row.layout)))


def _heading_row(row: Row[Any], layout: Layout) -> int | None:
    """The row of the example in which the kept heading stands; none where nobody has said it yet."""
    if not layout.columns:
        return None
    return layouts.heading_row(row, layout)


def _one(
    act: Act,
    row: Row[Any],
    layout: Layout,
    heading_row: int | None,
    errors: Mapping[str, Any] | None = None,
    refused: str = "",
) -> str:
    draft = row.state == State.DRAFT
    rows = layouts.example_rows(row, layout)[:SHOWN_ROWS]
    wide = min(max((len(line.cells) for line in rows), default=len(layout.header)), SHOWN_COLUMNS)
    names = next((line.cells for line in rows if line.number == heading_row), list(layout.header))
    is_ = {place: name for name, place in layout.columns.items()}
    tried = layouts.try_on(row, layout, institution()) if row.example is not None and layout.columns else None
    return render(
        "table_layout.html",
        row={name: getattr(row, name) for name in ("id", "name", "account", "version", "example_name", "made_by_name")}
        | {"decided_by": row.decided_by_name, "mine": row.made_by == act.actor.id, "code": row.state},
        state=words.words(row.state, words.LAYOUT_STATES),
        kind=words.LAYOUT_KINDS[row.state],
        lines=[
            {"number": line.number, "cells": [*line.cells[:wide], *[""] * (wide - len(line.cells))]} for line in rows
        ],
        columns=[
            {
                "place": place,
                "letter": get_column_letter(place + 1),
                "is": is_.get(place, ""),
                "name": (*names, "")[place],
            }
            if place < len(names)
            else {"place": place, "letter": get_column_letter(place + 1), "is": is_.get(place, ""), "name": ""}
            for place in range(max(wide, len(names)))
        ],
        layout=layout,
        heading_row=heading_row,
        words={name: ", ".join(getattr(layout, name)) for name in _WORDS},
        choices={
            "column": words.COLUMNS,
            "day_order": words.DAY_ORDERS,
            "decimal_sign": words.DECIMAL_SIGNS,
            "encoding": words.ENCODINGS,
            "delimiter": words.DELIMITERS,
        },
        tried=_tried(tried) if tried is not None else None,
        draft=draft,
        may=act.actor.has(*RUNS_MAKE),
        errors=errors or {},
        refused=words.words(refused, words.LAYOUT_ERRORS) if refused else None,
    )


def _tried(tried: StatementFile) -> dict[str, Any]:
    """What became of the example: the statement as it would be read, or each reason why not."""
    if not tried.statements:
        return {"faults": [_fault(fault) for fault in tried.faults]}
    (told,) = tried.statements
    amounts = [line.amount for line in told.lines]
    return {
        "faults": [],
        "count": len(told.lines),
        "first": told.begins,
        "last": told.day,
        "came_in": total((a for a in amounts if a.minor > 0), told.currency),
        "went_out": total((a for a in amounts if a.minor < 0), told.currency),
        "opening": told.opening,
        "closing": told.closing,
        "account_told": told.account_told,
        "lines": told.lines[:SHOWN_LINES],
    }


def _fault(fault: Fault) -> dict[str, Any]:
    return {"row": fault.entry, "cell": fault.cell, "reason": words.words(fault.reason, words.FAULTS)}


@doors.page("/payments/layouts/<uuid:layout_id>", roles=RUNS_MAKE, method="POST")
def change_page(act: Act, layout_id: UUID, form: dict[str, str]) -> Any:
    """Say what the columns are, ask for a second person, be that person, or use the layout no longer."""
    only_central(act)
    id_ = str(layout_id)
    row = layouts.of(act, id_)
    typed, heading_row = from_json(row.layout), _heading_row(row, from_json(row.layout))
    try:
        match form.get("do"):
            case "try" | "propose":
                typed, heading_row = read_form(row, form)
                layouts.save(act, id_, typed, heading_row, institution())
                if form["do"] == "propose":
                    layouts.propose(act, id_, institution())
            case "use" | "refuse":
                layouts.decide(act, id_, use=form["do"] == "use")
            case "withdraw":
                layouts.withdraw(act, id_)
                return go("/payments/layouts")
            case _:
                raise Problem(400, "unreadable")
    except LayoutWrong as wrong:
        errors = {wrong.field: words.words(wrong.code, words.LAYOUT_ERRORS)}
        return Response(_one(act, row, typed, heading_row, errors), 422, content_type=HTML)
    except LayoutRefused as no:
        return Response(_one(act, layouts.of(act, id_), typed, heading_row, None, no.code), 422, content_type=HTML)
    return go(f"/payments/layouts/{id_}#tried")


def read_form(row: Row[Any], form: Mapping[str, str]) -> tuple[Layout, int]:
    """What somebody said of a layout, and the row of its heading. Raises `LayoutWrong`."""
    kept = from_json(row.layout)
    columns: dict[str, int] = {}
    for place in range(SHOWN_COLUMNS):
        name = form.get(f"column_{place}", "")
        if name in columns:
            raise LayoutWrong(f"column_{place}", "used_twice")
        if name in COLUMNS:
            columns[name] = place
    numbers = {}
    for field in ("heading_row", "head_rows"):
        said = form.get(field, "").strip() or "0"
        if not (said.isascii() and said.isdigit()) or int(said) > 60:
            raise LayoutWrong(field, "out_of_range")
        numbers[field] = int(said)
    listed: dict[str, Any] = {}
    for name in _WORDS:
        listed[name] = tuple(word.strip()[:60] for word in form.get(name, "").split(",") if word.strip())
    return Layout(
        account=kept.account,
        currency=kept.currency,
        columns=columns,
        head_rows=numbers["head_rows"],
        day_order=form.get("day_order", "dmy"),
        buddhist=form.get("buddhist") == "yes",
        decimal_sign=form.get("decimal_sign", "."),
        encoding=form.get("encoding", ""),
        delimiter=form.get("delimiter", "").replace("tab", "\t"),
        debits_negative=form.get("debits_negative") == "yes",
        **listed,
    ), numbers["heading_row"]
