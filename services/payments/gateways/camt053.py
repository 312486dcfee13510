"""camt.053.001.08: the statement of a day on the institution's account.

Each booked entry, and each transfer inside a batch entry, becomes a line. A line that cannot be read is
listed with its position and does not stop the file. Interim statements (closing balance ITBD instead of
CLBD) may be read several times a day; lines are told apart by the bank's own reference.
Source: ISO 20022 Bank-to-Customer Cash Management, BankToCustomerStatementV08.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import date

from lxml import etree

from services.payments.domain.statement import Statement, StatementLine
from services.payments.gateways.xml_in import FileUnreadable, elements, find, find_all, value
from shared.money import Money, UnknownCurrency

#: Domain sub-families of ISO 20022 bank transaction codes that mean "the bank took a fee".
FEES = frozenset({"CHRG", "COMM", "FEES", "COME", "COMI", "COMT"})


def read(file: bytes) -> Statement:
    """The statement in a file. Raises `FileUnreadable` when not even its head can be read."""
    found: list[Statement] = []
    lines: list[StatementLine] = []
    unreadable: list[tuple[int, str]] = []
    position = 0
    for name, element in elements(file, "Ntry", "Stmt"):
        if name == "Stmt":
            found.append(_statement(element, lines, unreadable))
            continue
        position += 1
        try:
            lines.extend(_entry(element))
        except (ValueError, UnknownCurrency) as wrong:
            unreadable.append((position, str(wrong)[:120]))
    if len(found) != 1:
        raise FileUnreadable(f"it holds {len(found)} statements where one was expected")
    return found[0]


def _statement(element: etree._Element, lines: list[StatementLine], unreadable: list[tuple[int, str]]) -> Statement:
    balances: dict[str, Money] = {}
    days: dict[str, date | None] = {}
    for balance in find_all(element, "Bal"):
        code = value(balance, "Tp/CdOrPrtry/Cd") or ""
        try:
            balances[code], days[code] = _signed(balance), _day(balance, "Dt")
        except (ValueError, UnknownCurrency):
            raise FileUnreadable("a balance cannot be read") from None
    closing = balances.get("CLBD") or balances.get("ITBD")
    identity, account = (
        value(element, "Id"),
        value(element, "Acct/Id/Othr/Id") or value(element, "Acct/Id/IBAN"),
    )
    currency = value(element, "Acct/Ccy") or (closing.currency if closing else None)
    day = _plain_day((value(element, "FrToDt/ToDtTm") or "")[:10]) or days.get("CLBD") or days.get("ITBD")
    if not identity or not account or day is None or currency is None:
        raise FileUnreadable("it does not say which statement of which account and day it is")
    return Statement(
        statement_id=identity[:35],
        account=account,
        currency=currency,
        day=day,
        is_final="CLBD" in balances,
        opening=balances.get("OPBD") or balances.get("PRCD"),
        closing=closing,
        lines=tuple(lines),
        unreadable=tuple(unreadable),
    )


def _entry(element: etree._Element) -> Iterator[StatementLine]:
    """The lines of one entry. Raises `ValueError` saying what is wrong with it."""
    if (value(element, "Sts/Cd") or value(element, "Sts")) not in (None, "BOOK"):
        return
    amount = _signed(element)
    booked_on = _day(element, "BookgDt") or _day(element, "ValDt")
    if booked_on is None:
        raise ValueError("no booking day")
    own = value(element, "AcctSvcrRef") or value(element, "NtryRef")
    fee = value(element, "BkTxCd/Domn/Fmly/SubFmlyCd") in FEES
    details = find_all(element, "NtryDtls/TxDtls")
    if len(details) <= 1:
        yield _line(element, details[0] if details else None, amount, booked_on, own, fee)
        return
    parts = [_line(element, part, _part(part, amount), booked_on, own, fee) for part in details]
    if sum(part.amount.minor for part in parts) != amount.minor:
        raise ValueError("the transfers of a batch do not add up to its entry")
    yield from parts


def _part(part: etree._Element, entry: Money) -> Money:
    at = find(part, "Amt")
    if at is None or not at.text:
        raise ValueError("a transfer of a batch has no amount")
    amount = Money.parse(at.text.strip(), at.get("Ccy") or entry.currency)
    back = (value(part, "CdtDbtInd") or ("CRDT" if entry.minor >= 0 else "DBIT")) == "DBIT"
    return -amount if back else amount


def _line(
    entry: etree._Element,
    part: etree._Element | None,
    amount: Money,
    booked_on: date,
    own: str | None,
    fee: bool,
) -> StatementLine:
    reference = value(part, "Refs/EndToEndId")
    bank_reference = value(part, "Refs/AcctSvcrRef") or own
    if part is not None and own and not value(part, "Refs/AcctSvcrRef") and len(find_all(entry, "NtryDtls/TxDtls")) > 1:
        bank_reference = f"{own}/{reference or ''}"
    if not bank_reference:
        # A bank that does not name its entries: the same content on the same day is the same entry.
        content = etree.tostring(entry, method="c14n")
        bank_reference = "sha256:" + hashlib.sha256(content).hexdigest()[:40]
    reason = value(part, "RtrInf/Rsn/Cd") or value(part, "RtrInf/Rsn/Prtry")
    returned = find(part, "RtrInf") is not None
    texts = [t.text.strip() for t in find_all(part, "RmtInf/Ustrd") if t.text]
    said = " ".join(texts) or value(entry, "AddtlNtryInf") or ""
    return StatementLine(
        bank_reference=bank_reference[:80],
        amount=amount,
        booked_on=booked_on,
        reference=None if reference in (None, "NOTPROVIDED") else str(reference)[:35],
        is_return=returned,
        reason=reason[:35] if reason else None,
        is_fee=fee,
        text=said[:140],
    )


def _signed(element: etree._Element) -> Money:
    at = find(element, "Amt")
    if at is None or not at.text:
        raise ValueError("no amount")
    amount = Money.parse(at.text.strip(), at.get("Ccy") or "")
    indicator = value(element, "CdtDbtInd")
    if indicator not in ("CRDT", "DBIT"):
        raise ValueError("neither credit nor debit")
    return -amount if indicator == "DBIT" else amount


def _day(element: etree._Element, path: str) -> date | None:
    return _plain_day(value(element, f"{path}/Dt") or (value(element, f"{path}/DtTm") or "")[:10])


def _plain_day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
