"""A bank's table of movements, CSV or workbook, read by a layout that two people have agreed on.

Every row is a line, or the file is refused with each cell that could not be read: a table has no second telling.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from openpyxl.utils import get_column_letter

from services.payments.domain.bank_text import plain_account
from services.payments.domain.layout import MOST_ABOVE, Layout, Step, course
from services.payments.domain.statement import Fault, Statement, StatementFile, StatementLine, real_reference
from services.payments.gateways import mt940, wallet_statement
from services.payments.gateways.xml_in import FileUnreadable
from shared.ids import is_payment_reference
from shared.money import Money
from shared.reading import NotRead, at
from shared.reading.amounts import read_booked
from shared.reading.days import read_ordered_day
from shared.reading.letters import one_line
from shared.reading.sheets import Line, heading_of, is_workbook, read_lines

#: So many faults of a file are named.
MOST_FAULTS = 100
_TOKEN = re.compile(r"(?<![0-9A-Z])[0-9A-Z]{16}(?![0-9A-Z])")


def looks_like(file: bytes) -> bool:
    """Whether a file may be a table: a workbook, or text that is no XML, SWIFT or JSON."""
    head = file[:400].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \r\n\t")
    return is_workbook(file) or not (
        head.startswith(b"<") or mt940.looks_like(file) or wallet_statement.looks_like(file)
    )


def rows_of(file: bytes, encoding: str = "", delimiter: str = "") -> list[Line]:
    """The rows of a table that are not blank. Raises `FileUnreadable` with a code of `shared.reading.sheets`."""
    try:
        return list(read_lines(file, encoding=encoding, delimiter=delimiter))
    except NotRead as wrong:
        raise FileUnreadable(wrong.code) from None


def check_kind(file: bytes) -> None:
    """Raises `FileUnreadable` for a spreadsheet that nobody can read as it is: an old one, a locked one."""
    try:
        rows_of(file)
    except FileUnreadable as wrong:
        if wrong.args[0] in ("old_workbook", "locked_workbook"):
            raise


def read(file: bytes, layouts: Sequence[Layout], accounts: Sequence[str]) -> StatementFile:
    """The statement of a table, by the one layout whose heading it has. `accounts` are the numbers that are ours.

    Raises `FileUnreadable` where nothing says that it is a statement, or no layout fits.
    """
    found = []
    if not layouts:
        check_kind(file)
    for layout in layouts:
        try:
            rows = rows_of(file, layout.encoding, layout.delimiter)
        except FileUnreadable as wrong:
            if len(layouts) == 1 or wrong.args[0] not in ("not_utf8", "other_letters", "not_csv"):
                raise
            continue
        found.append((layout, rows))
    fitting = [pair for pair in found if heading_of_table(*pair) is not None]
    told = [(layout, rows) for layout, rows in fitting if _accounts_told(layout, rows, [layout.account])]
    if len(told) == 1 or len(fitting) == 1:
        layout, rows = (told or fitting)[0]
        return understand(rows, layout, accounts, hashlib.sha256(file).hexdigest(), is_workbook(file))
    if fitting:
        raise FileUnreadable("layout_unclear")
    moved = [faults for layout, rows in found if (faults := _moved(layout, rows))]
    if not moved:
        raise FileUnreadable("no_layout" if found else "no_statement")
    return StatementFile((), tuple(sorted(moved, key=len)[0]))


def heading_of_table(layout: Layout, rows: Sequence[Line]) -> int | None:
    """The number of the row after which the movements stand; none where the heading is not the one looked at."""
    if not layout.header:
        return layout.head_rows
    for row in rows[:MOST_ABOVE]:
        if tuple(heading_of(row.cells)) == layout.header:
            return row.number
    return None


def _moved(layout: Layout, rows: Sequence[Line]) -> list[Fault]:
    """Which columns are not where they were, in the row that is most like the heading; none where no row is."""
    if not layout.header:
        return []
    alike = [(len(set(heading_of(row.cells)) & (set(layout.header) - {""})), row) for row in rows[:MOST_ABOVE]]
    most = max((count for count, _ in alike), default=0)
    if most * 2 < len(set(layout.header)):
        return []
    row = next(row for count, row in alike if count == most)
    names = heading_of(row.cells)
    wide = max(len(names), len(layout.header))
    pairs = [(place, (*layout.header, *[""] * wide)[place], (*names, *[""] * wide)[place]) for place in range(wide)]
    return [
        Fault("column_moved", account=layout.account, entry=row.number, cell=_cell(place, row.number))
        for place, was, is_ in pairs
        if was != is_
    ]


def _cell(place: int, row: int) -> str:
    return f"{get_column_letter(place + 1)}{row}"


def _accounts_told(layout: Layout, rows: Sequence[Line], accounts: Sequence[str]) -> set[str]:
    """Which of some account numbers stand above the heading or in the column of accounts."""
    end = heading_of_table(layout, rows) or 0
    cells = [
        cell for row in rows if row.number < end or (not layout.header and row.number <= end) for cell in row.cells
    ]
    place = layout.columns.get("account")
    if place is not None:
        cells += [row.cells[place] for row in rows if row.number > end and place < len(row.cells)]
    plain = [plain_account(cell) for cell in cells]
    return {number for number in accounts if any(plain_account(number) in cell for cell in plain)}


@dataclass
class _Reading:
    """What the rows of a table have come to so far."""

    layout: Layout
    spreadsheet: bool
    #: (row, line or none where nothing moves, balance after it)
    taken: list[tuple[Line, StatementLine | None, Money | None]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    #: So many cells a row has at most.
    width: int = 0

    def wrong(self, row: Line, code: str, column: str = "") -> None:
        place = self.layout.columns.get(column)
        cell = _cell(place, row.number) if place is not None else ""
        self.faults.append(Fault(code, account=self.layout.account, entry=row.number, cell=cell))


def understand(
    rows: Sequence[Line], layout: Layout, accounts: Sequence[str], digest: str, spreadsheet: bool
) -> StatementFile:
    """What a layout makes of the rows of a table: one statement, or every reason why not."""
    begins = heading_of_table(layout, rows)
    if begins is None:
        return StatementFile((), tuple(_moved(layout, rows) or [Fault("no_layout", account=layout.account)]))
    told = _accounts_told(layout, rows, accounts)
    reading = _Reading(layout, spreadsheet)
    if told - {layout.account}:
        reading.faults.append(Fault("other_account", account=layout.account))
    elif layout.tells_account and not told:
        reading.faults.append(Fault("account_not_told", account=layout.account))
    over: int | None = None
    reading.width = _width(rows, layout, begins)
    for row in rows:
        if row.number <= begins or (layout.header and tuple(heading_of(row.cells)) == layout.header):
            continue
        if _begins_with(row.cells, layout.total_words) and not _moves(row, layout):
            over = over or row.number
        elif over is not None:
            if _moves(row, layout):
                reading.wrong(row, "row_behind_totals", _day_column(layout))
        else:
            _take(reading, row)
    lines = [line for _, line, _ in reading.taken if line is not None]
    if not lines and not reading.faults:
        reading.faults.append(Fault("no_lines", account=layout.account))
    statement = _statement(reading, digest, bool(told)) if not reading.faults else None
    if statement is None:
        return StatementFile((), tuple(reading.faults[:MOST_FAULTS]))
    return StatementFile((statement,))


def _width(rows: Sequence[Line], layout: Layout, begins: int) -> int:
    """How many cells a row has: as many as the heading, or as most rows have where last columns have no name."""
    usual = Counter(len(row.cells) for row in rows if row.number > begins).most_common(1)
    named = max([len(layout.header), *(place + 1 for place in layout.columns.values())])
    return max(named, usual[0][0] if usual else 0)


def _begins_with(cells: Sequence[str], words: Sequence[str]) -> bool:
    starts = tuple(word.casefold() for word in words if word.strip())
    return bool(starts) and any(one_line(cell).casefold().startswith(starts) for cell in cells)


def _day_column(layout: Layout) -> str:
    return "day" if "day" in layout.columns else "value_day"


def _moves(row: Line, layout: Layout) -> bool:
    """Whether a row has a day, as a movement has; the words of totals alone end no table."""
    try:
        return _day(row, layout) is not None
    except NotRead:
        return False


def _get(row: Line, layout: Layout, column: str) -> str:
    """The cell of a column. Raises `NotRead` for one that a spreadsheet could not show."""
    place = layout.columns.get(column)
    if place is None:
        return ""
    if place in row.faults:
        raise NotRead(row.faults[place][0], field=column)
    return one_line(row.cells[place]) if place < len(row.cells) else ""


def _take(reading: _Reading, row: Line) -> None:
    """Take a row as a line, or as a balance that nothing moves; or note the cell that cannot be read."""
    layout = reading.layout
    if len(row.cells) > reading.width:
        # A sign that parts cells stood inside of one: the cells behind it are not where they seem to be.
        cell = _cell(reading.width, row.number)
        reading.faults.append(Fault("row_length", account=layout.account, entry=row.number, cell=cell))
        return
    try:
        still = _begins_with(row.cells, layout.still_words)
        amount = _amount(row, layout, reading.spreadsheet, may_be_none=still)
        with at("balance"):
            told = _get(row, layout, "balance")
            balance = (
                read_booked(told, layout.currency, layout.decimal_sign, spreadsheet=reading.spreadsheet)
                if told
                else None
            )
        if amount is None:
            reading.taken.append((row, None, balance))
            return
        reading.taken.append((row, _line(row, layout, amount), balance))
    except NotRead as wrong:
        reading.wrong(row, wrong.code, wrong.field)


def _line(row: Line, layout: Layout, amount: Money) -> StatementLine:
    day = _day(row, layout)
    if day is None:
        raise NotRead("required", field=_day_column(layout))
    if (currency := _get(row, layout, "currency")) and currency.upper() != layout.currency:
        raise NotRead("other_currency", field="currency")
    if "account" in layout.columns and plain_account(_get(row, layout, "account")) != plain_account(layout.account):
        raise NotRead("other_account", field="account")
    said = _get(row, layout, "text")
    words = [said, *(_get(row, layout, name) for name in ("party", "party_account")), day[1]]
    named = _get(row, layout, "reference")
    ours = named if is_payment_reference(named) else _reference_in(" ".join((named, said)))
    return StatementLine(
        bank_reference="" if named == ours else real_reference(named)[:80],
        amount=amount,
        booked_on=day[0],
        reference=ours,
        is_fee=_begins_with((said,), layout.fee_words),
        text=" · ".join(word for word in words if word)[:140],
    )


def _reference_in(text: str) -> str | None:
    """Our reference inside a text: its check digits tell it from other numbers; none where there are several."""
    found = {token for token in _TOKEN.findall(text.upper()) if is_payment_reference(token)}
    return found.pop() if len(found) == 1 else None


def _day(row: Line, layout: Layout) -> tuple[date, str] | None:
    """The day on which a row was booked, else its value day, with the time behind it; none where both are empty."""
    for column in ("day", "value_day"):
        with at(column):
            if told := _get(row, layout, column):
                return read_ordered_day(told, layout.day_order, buddhist=layout.buddhist)
    return None


def _amount(row: Line, layout: Layout, spreadsheet: bool, *, may_be_none: bool) -> Money | None:
    """What a row moved, below zero where it went out; none for a row that moves nothing and says so in its words."""

    def told(column: str) -> Money | None:
        with at(column):
            text = _get(row, layout, column)
            if not any(c.isalnum() for c in text):
                return None  # a dash in the place of nothing
            return read_booked(text, layout.currency, layout.decimal_sign, spreadsheet=spreadsheet)

    if layout.way == "split":
        debit, credit = told("debit"), told("credit")
        if debit and credit:
            raise NotRead("two_amounts", field="credit")
        if debit and (debit.minor < 0) != layout.debits_negative:
            raise NotRead("negative" if debit.minor < 0 else "not_negative", field="debit")
        if credit and credit.minor < 0:
            raise NotRead("negative", field="credit")
        amount = (debit if layout.debits_negative else -debit) if debit else credit
    else:
        amount = told("amount")
        if amount and layout.way == "marked":
            amount = _marked(row, layout, amount)
    if amount:
        return amount
    if may_be_none:
        return None
    raise NotRead("no_amount", field="amount" if layout.way != "split" else "debit")


def _marked(row: Line, layout: Layout, amount: Money) -> Money:
    """An amount with the direction that the word beside it gives."""
    word = _get(row, layout, "sign").casefold()
    if amount.minor < 0:
        raise NotRead("negative", field="amount")
    if word in {known.casefold() for known in layout.out_words}:
        return -amount
    if word in {known.casefold() for known in layout.in_words}:
        return amount
    raise NotRead("unknown_sign", field="sign")


def _statement(reading: _Reading, digest: str, account_told: bool) -> Statement | None:
    """The lines in the order in which money moved, with the balances at both ends; none where they do not fit."""
    layout = reading.layout
    steps = [
        Step(
            line.amount.minor if line is not None else 0,
            balance.minor if balance is not None else None,
            line.booked_on.toordinal() if line is not None else None,
        )
        for _, line, balance in reading.taken
    ]
    way = course(steps)
    for place in way.breaks:
        reading.wrong(reading.taken[place][0], "balance_differs", "balance")
    if way.breaks:
        return None
    lines = [line for place in way.order if (line := reading.taken[place][1]) is not None]
    days = [line.booked_on for line in lines]
    # A table has no number of its own. With balances each is one of its own; without them all of an account are
    # tellings of one list, so that what is told again is known again.
    own = digest[:12] if way.opening is not None else "list"

    def balance(minor: int | None) -> Money | None:
        return None if minor is None else Money(minor, layout.currency)

    return Statement(
        statement_id=f"table:{own}",
        account=layout.account,
        currency=layout.currency,
        day=max(days),
        # What somebody exported is a picture of a moment; it never says that a day is over.
        is_final=False,
        opening=balance(way.opening),
        closing=balance(way.closing),
        lines=tuple(lines),
        first_day=min(days),
        by_words=True,
        account_told=account_told,
    )
