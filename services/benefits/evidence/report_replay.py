"""A replay as it is read: what the law gives again, what a reform would have changed, and what has arrived."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from services.benefits.conformance.profile import scheme
from services.benefits.evidence import replay, settled
from services.benefits.evidence.report import Shown
from services.benefits.evidence.report_years import SIDE
from services.benefits.evidence.small_cells import FEWEST
from services.benefits.evidence.tables import HIDDEN, Cells, Table, Told
from shared.web.formatting import plain_date
from shared.web.texts import N_

Json = dict[str, Any]
ARRIVED = N_("Arrived")
DECIDED = N_("Decided")
IN_FORCE, UNDER_REFORM = SIDE["baseline"], SIDE["reform"]


def shown(body: Json, language: str, benefits: Callable[[str], str]) -> Shown:
    """Everything the page says, in a language; `benefits` names a benefit by its code."""
    _ = Told(language)
    code = body["country"]
    reform = body["reform"]
    law, ledger = body["law"], body["ledger"]
    asked = plain_date(body["asked_on"], language, "long")
    said = (
        _(
            "Claims decided for the last time in this period: {decisions}; for {equal} of them the law in force gives "
            "the same again, to the unit.",
            decisions=_.number(body["decisions"]),
            equal=_.number(body["equal"]),
        ),
        *([_arrived(_, ledger["all"]["cell"])] if ledger["all"]["cell"] else []),
    )
    tables = [
        _law(_, body, law["benefits"], _("By benefit"), benefits),
        _law(_, body, law["months"], _("By month of decision"), _.month),
        _ledger(_, body, ledger["benefits"], _("Beside the ledger of payments, by benefit"), benefits),
        _ledger(_, body, ledger["months"], _("Beside the ledger of payments, by month of decision"), _.month),
        _reasons(_, body, law["reasons"], _("Why the law in force gives another amount"), replay.REASONS),
        _reasons(_, body, ledger["reasons"], _("Why what was decided is not what has arrived"), settled.REASONS),
    ]
    return Shown(
        _(
            "The past, replayed: {country}, {since} to {until}",
            country=_(scheme(code).name or code.upper()),
            since=plain_date(body["since"], language, "long"),
            until=plain_date(body["until"], language, "long"),
        ),
        _("Reform: {title}", title=reform) if reform else _("The law in force, without a reform"),
        said,
        tuple(table for table in tables if table.rows),
        (
            _(
                "A cell that rests on fewer than {fewest} decisions is not shown, nor one that would tell it.",
                fewest=_.number(FEWEST),
            ),
            _("What has arrived is what the ledger of payments said on {day}.", day=asked),
            _("Law: {law}", law=", ".join(f"{one['id']} {one['revision']}" for one in body["laws"])),
            _("Run {digest}", digest=body["digest"]),
        ),
    )


def _arrived(_: Told, cell: Json) -> str:
    return _(
        "Of {decisions} decisions {equal} have arrived to the unit, by the ledger of payments.",
        decisions=_.number(cell["decisions"]),
        equal=_.number(cell["equal"]),
    )


def _amount(_: Told, body: Json, cell: Json | None, name: str) -> str:
    value = (cell or {}).get(name)
    return HIDDEN if value is None else _.money(body, value)


def _count(_: Told, cell: Json | None, name: str) -> str:
    value = (cell or {}).get(name)
    return HIDDEN if value is None else _.number(value)


def _law(_: Told, body: Json, rows: Sequence[Json], title: str, named: Callable[[str], str]) -> Table:
    """What was decided, what the law in force gives again, and what the reform would give."""
    reform = bool(body["reform"])
    currency = body["currency"]
    head = ["", _("Decisions"), f"{_(DECIDED)}, {currency}", f"{_(IN_FORCE)}, {currency}"]
    if reform:
        head += [f"{_(UNDER_REFORM)}, {currency}", _("Receive more"), _("together"), _("Receive less"), _("together")]
    listed: list[Cells] = []
    for row in rows:
        cell, change = row["cell"], row["change"]
        cells = [_count(_, cell, "decisions"), _amount(_, body, cell, "decided"), _amount(_, body, cell, "in_force")]
        if reform:
            cells += [
                _amount(_, body, change, "reform"),
                _count(_, change, "winners"),
                _amount(_, body, change, "gained"),
            ]
            cells += [_count(_, change, "losers"), _amount(_, body, change, "lost")]
        listed.append((named(row["label"]), *cells))
    sides = (("cell", "in_force"), ("change", "reform")) if reform else (("cell", "in_force"),)
    drawn = tuple((named(row["label"]), tuple((row[of] or {}).get(side) or 0 for of, side in sides)) for row in rows)
    series = (_(IN_FORCE), *([_(UNDER_REFORM)] if reform else []))
    return Table(title, tuple(head), tuple(listed), series, drawn)


def _ledger(_: Told, body: Json, rows: Sequence[Json], title: str, named: Callable[[str], str]) -> Table:
    """What was decided beside what has arrived."""
    currency = body["currency"]
    amounts = (_(DECIDED), _(ARRIVED), _("to employers of it"), _("Difference"))
    head = ("", _("Decisions"), _("To the unit"), *(f"{name}, {currency}" for name in amounts))
    listed: list[Cells] = []
    for row in rows:
        cell = row["cell"]
        differs = None if cell is None else {"differs": cell["decided"] - cell["arrived"]}
        cells = [_count(_, cell, name) for name in ("decisions", "equal")]
        cells += [_amount(_, body, cell, name) for name in ("decided", "arrived", "to_employers")]
        listed.append((named(row["label"]), *cells, _amount(_, body, differs, "differs")))
    drawn = tuple(
        (named(row["label"]), tuple(max(0, (row["cell"] or {}).get(name) or 0) for name in ("decided", "arrived")))
        for row in rows
    )
    return Table(title, head, tuple(listed), (_(DECIDED), _(ARRIVED)), drawn)


def _reasons(_: Told, body: Json, rows: Sequence[Json], title: str, sentences: dict[str, str]) -> Table:
    """How many decisions, and what they come to, by reason; below nothing is what is too much."""
    amounts = any((row["cell"] or {}).get("amount") is not None for row in rows)
    told = [(sentences[row["label"]], row) for row in rows]
    listed = [
        (
            _(sentence),
            _count(_, row["cell"], "decisions"),
            *([_amount(_, body, row["cell"], "amount")] if amounts else []),
        )
        for sentence, row in told
    ]
    head = ("", _("Decisions"), *([_("Amount, {currency}", currency=body["currency"])] if amounts else []))
    return Table(title, head, tuple(listed))
