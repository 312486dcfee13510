"""MT940 and MT942: the statement of a day, and the day so far, as SWIFT text.

Read by our own hand: the fields we need are six, and the one library for them turns amounts into a money class
and days into the library's own, which would stand between the bank's words and ours.
Source: SWIFT Standards, Category 9, MT940 Customer Statement and MT942 Interim Transaction Report.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from datetime import date
from itertools import chain

from services.payments.domain.statement import Fault, Kind, Statement, StatementFile, StatementLine, real_reference
from services.payments.gateways.spooled import Spool
from services.payments.gateways.xml_in import LARGEST_FILE, FileUnreadable
from shared.money import Money, UnknownCurrency

#: The fields of the two messages and no others: a time of day wrapped in a text (":12:30") is none.
_TAG = re.compile(r"^[ \t]*:(13D?|20|21|25P?|28C?|34F|60[FM]|61|62[FM]|64|65|86|90[CD]|NS)[ \t]*:", re.MULTILINE)
#: Where a statement begins: its reference, and the account not far behind.
_BEGINS = re.compile(r"^(?:\{4:\s*)?:20:(?=[^\n]*\s+:2[15])", re.MULTILINE)
_ENDS = re.compile(r"^-(?=[^\n]{0,40}$)", re.MULTILINE)
_BALANCE = re.compile(r"^([CD])(\d{6})([A-Z]{3})?([\d,.]+)")
_LINE = re.compile(r"^(\d{6})(\d{4}|    )?(R?[CD]|E[CD])([A-Z])?([\d,.]+)([A-Z][A-Z0-9 ]{3})([^\n]*)")
#: The fields that tell of one line; all others are about the statement.
OF_LINES = frozenset({"61", "86", "NS"})
#: What a statement begins with, behind its reference.
_BEGIN = frozenset({"25", "25P", "28", "28C", "60F", "60M"})
_BEGINNINGS = re.compile(r"^[ \t]*:(?:25P?|28C?|60[FM])[ \t]*:", re.MULTILINE)
#: What follows the fields of lines. All others stand before them, or are a time wrapped in a text: "T16", ":20:37".
_BEHIND_LINES = frozenset({"62F", "62M", "64", "65", "90D", "90C"})
#: Transaction types of field 61 that are charges, and those that are money coming back.
FEES = frozenset({"CHG", "COM"})
RETURNS = frozenset({"RTI", "RTN", "RET"})
#: Our reference inside the free text of field 86.
_REFERENCE = re.compile(r"(?:EREF[+:]|/EREF/|/ROC/)\s*([0-9A-Z]{16})(?![0-9A-Z])")
_REASON = re.compile(r"(?:/RTRN/|RTRN[+:]|/RSN/|\bRETURN\W+)([A-Z]{2}\d{2})\b")


def looks_like(file: bytes) -> bool:
    """Whether a file is SWIFT text: its first field says so."""
    head = _text(file[:8192])
    return bool(re.search(r"(^|\n|\}|\{4:\s*):20:", head)) and ":25" in head


def _text(file: bytes) -> str:
    wide = file.startswith((b"\xff\xfe", b"\xfe\xff"))
    text = file.decode("utf-16" if wide else "utf-8-sig", "replace")
    return text.replace("\r\n", "\n").replace("\r", "\n").lstrip("\ufeff \n")


def read(file: bytes) -> StatementFile:
    """All statements of a file. Raises `FileUnreadable`."""
    if len(file) > LARGEST_FILE:
        raise FileUnreadable("larger than 512 MB")
    text = _text(file)
    found: list[Statement] = []
    faults: list[Fault] = []
    for block in _blocks(text):
        fields = [field for field in _fields(block) if field[0] not in OF_LINES]
        try:
            found.append(_statement(fields, block))
        except (UnknownCurrency, ValueError) as wrong:
            reason = "currency_not_ours" if isinstance(wrong, UnknownCurrency) else str(wrong)[:120]
            faults.append(Fault(reason, _first(fields, "20")[:35], _account(fields)[0]))
    if not found and not faults:
        raise FileUnreadable("no_statement")
    return StatementFile(tuple(found), tuple(faults))


def _blocks(text: str) -> Iterator[str]:
    starts = [m.start() for m in _BEGINS.finditer(text)] or [m.start() for m in re.finditer(r":20:", text)]
    for start, end in zip(starts, [*starts[1:], len(text)], strict=True):
        block = text[start:end]
        # A dash alone ends a statement only where no field follows: it stands in texts too.
        last = max((mark.start() for mark in _TAG.finditer(block)), default=0)
        over = _ENDS.search(block, last)
        yield from _apart(block[: over.start() if over else end].lstrip("{4:\n "))


def _apart(block: str) -> Iterator[str]:
    """The statements that follow each other under one reference: another account begins one, and so does what stands
    behind a closing balance. Pages of a statement stay together."""
    if len(_BEGINNINGS.findall(block)) <= 3:
        yield block
        return
    parts: list[list[tuple[str, str]]] = [[]]
    closed = ""
    for tag, text in _fields(block):
        first = _account(parts[-1])[0]
        other = tag in ("25", "25P") and closed and first != _account([(tag, text)])[0]
        if other or (closed == "62F" and tag in _BEGIN):
            # Reference and account hold until others are named.
            parts.append([field for field in parts[-1][:2] if field[0] == "20" or tag not in ("25", "25P")])
            closed = ""
        parts[-1].append((tag, text))
        closed = tag if tag in ("62F", "62M") else closed
    for fields in parts:
        yield "\n".join(f":{tag}:{text}" for tag, text in fields)


def _fields(block: str) -> Iterator[tuple[str, str]]:
    block = block if block.startswith(":") else ":" + block
    mark = _TAG.search(block)
    while mark is not None:
        after = _TAG.search(block, mark.end())
        while after is not None and mark.group(1) in OF_LINES and after.group(1) not in OF_LINES | _BEHIND_LINES:
            after = _TAG.search(block, after.end())
        yield mark.group(1), block[mark.end() : after.start() if after else len(block)].strip("\n")
        mark = after


def _first(fields: list[tuple[str, str]], *tags: str) -> str:
    return next((text.split("\n")[0].strip() for tag, text in fields if tag in tags), "")


def _account(fields: list[tuple[str, str]]) -> tuple[str, str, str]:
    """Account, currency where the field names it, and the bank before the slash."""
    told = _first(fields, "25", "25P")
    parts = [part.strip() for part in told.split("/")]
    currency = parts.pop() if len(parts) > 1 and re.fullmatch(r"[A-Z]{3}", parts[-1]) else ""
    number = parts.pop()
    bank = "/".join(parts).strip("/")
    glued = re.fullmatch(r"(.*\d) ?([A-Z]{3})", number)
    if glued and not currency:
        number, currency = glued.groups()
    return "".join(number.split()), currency, bank


def _statement(fields: list[tuple[str, str]], block: str) -> Statement:
    """A statement from the fields that are about all of it; its lines are read from the block, one by one."""
    account, currency, bank = _account(fields)
    # A statement on several pages may be one block with a balance at the foot of each: the last one closes it.
    final_text, ends = _first(fields, "62F"), (_first(fields, "60F", "60M"), _first(fields[::-1], "62F", "62M"))
    named = next((found.group(3) for text in ends if (found := _BALANCE.match(text)) and found.group(3)), currency)
    opening, closing = (_balance(text, named) for text in ends)
    so_far = not opening and not closing
    if not so_far and not (opening and closing):
        raise ValueError("no_closing_balance" if opening else "no_opening_balance")
    if so_far:
        currency = currency or _first(fields, "34F")[:3] or _first(fields, "90D", "90C").lstrip("0123456789")[:3]
    currency = (opening or closing or (Money(0, currency), None))[0].currency
    if not account:
        raise ValueError("no_account")
    lines, unreadable = _lines(block, currency)
    booked = lines.days
    last = closing[1] if closing else max(booked, default=None)
    day = last or _told_day(_first(fields, "13D", "13")) or (opening[1] if opening else None)
    if day is None:
        raise ValueError("no_day")
    number, _, page = _first(fields, "28C", "28").partition("/")
    return Statement(
        statement_id=f"{_first(fields, '20')}:{_first(fields, '28C', '28')}"[:35],
        account=account,
        currency=currency,
        day=day,
        is_final=bool(final_text),
        opening=opening[0] if opening else None,
        closing=closing[0] if closing else None,
        lines=lines.lines(),
        unreadable=tuple(unreadable),
        kind=Kind.REPORT if so_far else Kind.STATEMENT,
        first_day=min([d for d in booked if d <= day], default=day),
        sequence=int(number) if number.isdigit() else None,
        page=int(page) if page.isdigit() else None,
        servicer=bank[:35],
        last_booked=max(booked, default=None),
    )


def _day_of(text: str) -> date:
    return date(2000 + int(text[:2]), int(text[2:4]), int(text[4:6]))


def _told_day(text: str) -> date | None:
    return _day_of(text) if re.match(r"\d{6}", text) else None


def _amount(text: str, currency: str) -> Money:
    text = f"0{text}" if text.startswith(",") else text  # what is less than one
    if re.fullmatch(r"\d+\.\d{1,2}", text):
        text = text.replace(".", ",")  # some banks write a point; thousands are parted by neither
    if "." in text:
        raise ValueError("an amount is not as SWIFT has it")
    whole, _, rest = text.partition(",")
    return Money.parse(f"{whole}.{rest}" if rest else whole, currency)


def _value_day(text: str) -> date:
    """A value day; banks that count thirty days a month write 30 February."""
    year, month, day = 2000 + int(text[:2]), int(text[2:4]), int(text[4:6])
    return date(year, month, min(day, monthrange(year, month)[1]) if 1 <= month <= 12 and day <= 31 else day)


def _balance(text: str, named: str) -> tuple[Money, date] | None:
    if not text:
        return None
    found = _BALANCE.match(text)
    if found is None:
        raise ValueError("balance_unreadable")
    side, day, currency, amount = found.groups()
    try:
        money = _amount(amount, currency or named)
    except UnknownCurrency:
        raise
    except ValueError:
        raise ValueError("balance_unreadable") from None
    return (-money if side == "D" else money), _day_of(day)


def _lines(block: str, currency: str) -> tuple[Spool, list[tuple[int, str]]]:
    lines = Spool()
    unreadable: list[tuple[int, str]] = []
    for position, (text, about) in enumerate(_told_lines(block), 1):
        try:
            line = _line(text, about, currency, position)
        except ValueError as wrong:
            unreadable.append((position, str(wrong)[:120]))
        else:
            if line is not None:
                lines.add(line)
    return lines, unreadable


def _told_lines(block: str) -> Iterator[tuple[str, str]]:
    """Each field 61 with all that the fields right behind it say: an 86, a bank's own NS, or several of them."""
    told: list[str] = []
    for tag, text in chain(_fields(block), [("", "")]):
        if told and tag in ("86", "NS"):
            told.append(text)
            continue
        if told:
            yield told[0], "\n".join(told[1:])
        told = [text] if tag == "61" else []


def _line(text: str, about: str, currency: str, position: int) -> StatementLine | None:
    """One field 61 with the words of its field 86; none for what is only expected."""
    found = _LINE.match(text)
    if found is None:
        raise ValueError("field 61 is not as SWIFT has it")
    value_day, entry_day, side, _, amount, kind, rest = found.groups()
    if side.startswith("E"):
        return None
    money = _amount(amount, currency)
    customer, _, bank = rest.partition("//")
    words = " ".join(about.split())
    told = real_reference(customer) if re.fullmatch(r"[0-9A-Z]{16}", customer.strip()) else ""
    inside = _REFERENCE.search(words.replace(" ", "")) or _REFERENCE.search(words)
    reason = _REASON.search(words)
    code = kind[1:]
    own = real_reference(bank.split("\n")[0])[:80]
    returned = code in RETURNS or side == "RD" or reason is not None
    return StatementLine(
        bank_reference=own,
        amount=-money if side in ("D", "RC") else money,
        booked_on=_entry_day(_value_day(value_day), entry_day),
        reference=(inside.group(1) if inside else told) or None,
        is_return=returned,
        reason=reason.group(1) if reason else None,
        is_fee=code in FEES,
        text=(words or customer.strip())[:140],
        entry=position,
        entry_reference=own,
    )


def _entry_day(value_day: date, told: str | None) -> date:
    """The booking day, which gives no year: the one nearest to the value day."""
    if not told or not told.strip():
        return value_day
    years = (value_day.year - 1, value_day.year, value_day.year + 1)
    try:
        found = [_value_day(f"{year - 2000:02}{told}") for year in years]
    except ValueError:
        raise ValueError("no booking day") from None
    return min(found, key=lambda d: abs((d - value_day).days))
