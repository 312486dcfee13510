"""Layouts of banks' tables: tried on an example by one person, confirmed by another, used, changed, withdrawn.

A layout decides what money is. It is proposed only when it reads its example without a fault, and used only after
somebody else has seen the same.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import Any

from sqlalchemy import Row

from services.payments import store
from services.payments.domain.layout import Layout, LayoutWrong, State, check, from_json, to_json
from services.payments.domain.statement import Fault, StatementFile
from services.payments.gateways import mapped_sheet
from services.payments.gateways.xml_in import FileUnreadable
from services.payments.institution import PaymentSettings
from shared.act import Act
from shared.reading.sheets import Line, heading_of, is_workbook


class LayoutGone(LookupError):
    """There is no such layout."""


class LayoutRefused(ValueError):
    """This cannot be done with the layout as it stands; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def begin(act: Act, institution: PaymentSettings, account: str, name: str, example: bytes, file_name: str) -> str:
    """Keep an example and begin a layout for it; where one of that account and name is in use, from what that says.

    Returns the id of the draft. Raises `LayoutWrong`.
    """
    own = institution.own(account)
    if own is None or not own.gives_statements:
        raise LayoutWrong("account", "not_our_account")
    if not name:
        raise LayoutWrong("name", "required")
    if not mapped_sheet.looks_like(example):
        raise LayoutWrong("file", "not_a_table")
    try:
        mapped_sheet.check_kind(example)
    except FileUnreadable as wrong:
        raise LayoutWrong("file", wrong.args[0]) from None
    known = next((row for row in store.layouts(act.connection) if _is(row, own.number, name, "confirmed")), None)
    layout = from_json(known.layout) if known is not None else _guess(Layout(own.number, own.currency, {}), example)
    return _add(act, layout, name, example, file_name, State.DRAFT, 0)


def _is(row: Row[Any], account: str, name: str, state: str) -> bool:
    return (row.account, row.name, row.state) == (account, name, state)


def _guess(layout: Layout, example: bytes) -> Layout:
    """The first encoding in which the example is a table at all; a person sees whether the letters are right."""
    for encoding in ("", "cp874", "cp1258"):
        try:
            mapped_sheet.rows_of(example, encoding)
        except FileUnreadable:
            continue
        return replace(layout, encoding=encoding)
    return layout


def _add(act: Act, layout: Layout, name: str, example: bytes, file_name: str, state: State, version: int) -> str:
    layout_id = act.new_id()
    store.add_layout(
        act.connection,
        id=layout_id,
        account=layout.account,
        name=name[:60],
        version=version,
        state=state,
        layout=to_json(layout),
        example=example,
        example_name=file_name[:120],
        example_sha256=hashlib.sha256(example).hexdigest(),
        made_by=act.actor.id,
        made_by_name=act.actor.name or act.actor.id,
        made_at=act.now,
    )
    return layout_id


def of(act: Act, layout_id: str, *, lock: bool = False) -> Row[Any]:
    """A layout that exists. Raises `LayoutGone`."""
    row = store.layout(act.connection, layout_id, lock=lock)
    if row is None:
        raise LayoutGone(layout_id)
    return row


def example_rows(row: Row[Any], layout: Layout) -> list[Line]:
    """The rows of the example as the layout reads its letters; none where it cannot."""
    try:
        return mapped_sheet.rows_of(bytes(row.example or b""), layout.encoding, layout.delimiter)
    except FileUnreadable:
        return []


def heading_row(row: Row[Any], layout: Layout) -> int | None:
    """The row of the example in which the heading of a layout stands; 0 where it has none."""
    if not layout.header:
        return 0
    return mapped_sheet.heading_of_table(layout, example_rows(row, layout))


def try_on(row: Row[Any], layout: Layout, institution: PaymentSettings) -> StatementFile:
    """What a layout makes of its example: a statement, or every reason why not."""
    example = bytes(row.example or b"")
    try:
        rows = mapped_sheet.rows_of(example, layout.encoding, layout.delimiter)
    except FileUnreadable as wrong:
        return StatementFile((), (Fault(str(wrong)[:120], account=layout.account),))
    numbers = [own.number for own in institution.accounts]
    return mapped_sheet.understand(rows, layout, numbers, row.example_sha256, is_workbook(example))


def save(act: Act, layout_id: str, layout: Layout, heading_row: int, institution: PaymentSettings) -> StatementFile:
    """Keep what somebody says of a draft, the heading as it stands in row `heading_row` of the example (0: none).

    Answers what the layout makes of the example. Raises `LayoutGone`, `LayoutWrong`, `LayoutRefused`.
    """
    row = of(act, layout_id, lock=True)
    if row.state != State.DRAFT:
        raise LayoutRefused("not_a_draft")
    layout = _with_heading(
        row, replace(layout, account=row.account, currency=from_json(row.layout).currency), heading_row
    )
    check(layout)
    tried = try_on(row, layout, institution)
    told = bool(tried.statements) and tried.statements[0].account_told
    layout = replace(layout, tells_account=told)
    who = {"made_by": act.actor.id, "made_by_name": act.actor.name or act.actor.id, "made_at": act.now}
    store.save_layout(act.connection, layout_id, layout=to_json(layout), **who)
    return tried


def _with_heading(row: Row[Any], layout: Layout, heading_row: int) -> Layout:
    rows = example_rows(row, layout)
    if heading_row == 0:
        return replace(layout, header=())
    heading = next((line for line in rows if line.number == heading_row), None)
    if heading is None:
        raise LayoutWrong("heading_row", "no_such_row")
    return replace(layout, header=tuple(heading_of(heading.cells)), head_rows=0)


def propose(act: Act, layout_id: str, institution: PaymentSettings) -> None:
    """Ask for a second person. Raises `LayoutGone`, `LayoutRefused`, `LayoutWrong`."""
    row = of(act, layout_id, lock=True)
    if row.state != State.DRAFT:
        raise LayoutRefused("not_a_draft")
    layout = check(from_json(row.layout))
    if not try_on(row, layout, institution).statements:
        raise LayoutRefused("example_not_read")
    version = store.last_version(act.connection, row.account, row.name) + 1
    who = {"made_by": act.actor.id, "made_by_name": act.actor.name or act.actor.id, "made_at": act.now}
    store.save_layout(act.connection, layout_id, state=State.PROPOSED, version=version, **who)


def propose_whole(
    act: Act, institution: PaymentSettings, told: dict[str, Any], name: str, heading_row: int, example: bytes
) -> tuple[str, StatementFile]:
    """A layout with its example in one step, as the API has it. Raises `LayoutWrong`; proposed only where the example
    is read without a fault."""
    layout_id = begin(act, institution, told["account"], name, example, "")
    row = of(act, layout_id)
    try:
        layout = from_json(to_json(Layout(row.account, from_json(row.layout).currency, {})) | told)
    except TypeError:
        raise LayoutWrong("layout", "unknown_member") from None
    tried = save(act, layout_id, layout, heading_row, institution)
    if tried.statements:
        propose(act, layout_id, institution)
    return layout_id, tried


def decide(act: Act, layout_id: str, *, use: bool) -> None:
    """A second person takes a layout into use, in the place of its version before, or refuses it.

    The example is forgotten: it holds names and accounts of people. Raises `LayoutGone`, `LayoutRefused`.
    """
    row = of(act, layout_id, lock=True)
    if row.state != State.PROPOSED:
        raise LayoutRefused("not_proposed")
    if use and row.made_by == act.actor.id:
        raise LayoutRefused("made_by_you")
    who = act.actor.name or act.actor.id
    if use:
        ended = {"state": State.REPLACED, "ended_at": act.now, "ended_by_name": who}
        store.end_layouts_in_use(act.connection, row.account, row.name, **ended)
    state = State.CONFIRMED if use else State.REFUSED
    decided = {"decided_by": act.actor.id, "decided_by_name": who, "decided_at": act.now}
    store.save_layout(act.connection, layout_id, state=state, example=None, **decided)


def withdraw(act: Act, layout_id: str) -> None:
    """A layout is used no longer, or a draft is thrown away: nothing is read by it. Raises `LayoutGone`,
    `LayoutRefused`."""
    row = of(act, layout_id, lock=True)
    who = act.actor.name or act.actor.id
    if row.state == State.CONFIRMED:
        store.save_layout(act.connection, layout_id, state=State.WITHDRAWN, ended_at=act.now, ended_by_name=who)
    elif row.state in (State.DRAFT, State.PROPOSED):
        decided = {"decided_by": act.actor.id, "decided_by_name": who, "decided_at": act.now}
        store.save_layout(act.connection, layout_id, state=State.REFUSED, example=None, **decided)
    else:
        raise LayoutRefused("not_in_use")


def read_table(act: Act, institution: PaymentSettings, file: bytes, layout_id: str | None = None) -> StatementFile:
    """A bank's table by the layouts in use, or by the one that somebody named. Raises `FileUnreadable`."""
    rows = store.layouts_in_use(act.connection)
    layouts = [from_json(row.layout) for row in rows if layout_id in (None, row.id)]
    if layout_id is not None and not layouts:
        raise FileUnreadable("no_layout")
    return mapped_sheet.read(file, layouts, [own.number for own in institution.accounts])
