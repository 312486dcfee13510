"""camt.053, camt.052 and camt.054 in every version: what a bank tells of the institution's accounts.

Each booked entry, and each transfer inside a batch entry, becomes a line with its place; an entry that cannot be
read is listed with its position and the reason and does not stop the others. Elements are found by their local
names, which are the same from .001.02 on; where versions differ (status as text or code, amounts in `Amt` or in
`AmtDtls/TxAmt`, parties with or without `Pty`) both forms are read, so a later version is read as far as it is alike.
Source: ISO 20022 Bank-to-Customer Cash Management, camt.052, camt.053 and camt.054.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, tzinfo

from lxml import etree

from services.payments.domain.statement import Fault, Kind, Statement, StatementFile, StatementLine, real_reference
from services.payments.gateways.spooled import Spool
from services.payments.gateways.xml_in import FileUnreadable, elements, find, find_all, value
from shared.money import Money, UnknownCurrency

#: Domain sub-families of ISO 20022 bank transaction codes that mean "the bank took a fee".
FEES = frozenset({"CHRG", "COMM", "FEES", "COME", "COMI", "COMT"})
#: Sub-families that mean "what was sent comes back".
RETURNS = frozenset({"RRTN", "RPCR", "PRDD", "UPDD"})
KINDS = {"Stmt": Kind.STATEMENT, "Rpt": Kind.REPORT, "Ntfctn": Kind.NOTIFICATION}
#: Statuses of entries that are booked, and of those that are not (yet).
BOOKED, NOT_BOOKED = "BOOK", frozenset({"PDNG", "INFO", "FUTR"})


class Unclear(ValueError):
    """A statement or an entry that cannot be read; the message says why, in a code or in words."""


@dataclass
class _Reading:
    """What was read since the last statement ended."""

    zone: tzinfo
    position: int = 0
    lines: Spool = field(default_factory=Spool)
    unreadable: list[tuple[int, str]] = field(default_factory=list)


def read(file: bytes, zone: tzinfo) -> StatementFile:
    """All statements of a file; days are those of `zone`. Raises `FileUnreadable` when it is no camt file."""
    found: list[Statement] = []
    faults: list[Fault] = []
    reading = _Reading(zone)
    for name, element in elements(file, "Ntry", *KINDS):
        if name == "Ntry":
            _take_entry(element, reading)
            continue
        try:
            found.append(_statement(element, KINDS[name], reading))
        except (Unclear, UnknownCurrency, ValueError) as wrong:
            reason = "currency_not_ours" if isinstance(wrong, UnknownCurrency) else str(wrong)[:120]
            count = reading.lines.count + len(reading.unreadable)
            faults.append(Fault(reason, (value(element, "Id") or "")[:35], _account(element), None, count))
        reading = _Reading(zone)
    if not found and not faults:
        raise FileUnreadable("no_statement")
    return StatementFile(tuple(found), tuple(faults))


def _take_entry(element: etree._Element, reading: _Reading) -> None:
    reading.position += 1
    try:
        for line in list(_entry(element, reading.position, reading.zone)):
            reading.lines.add(line)
    except UnknownCurrency as wrong:
        reading.unreadable.append((reading.position, f"currency {str(wrong)[:3]} is not one we keep"))
    except ValueError as wrong:
        reading.unreadable.append((reading.position, str(wrong)[:120]))


# --- the statement -----------------------------------------------------------------------------


#: Where the account stands; the last two are of the first version.
_ACCOUNTS = ("Othr/Id", "IBAN", "PrtryAcct/Id", "BBAN")


def _account(element: etree._Element) -> str:
    return next((told for path in _ACCOUNTS if (told := value(element, f"Acct/Id/{path}"))), "")


def _statement(element: etree._Element, kind: Kind, reading: _Reading) -> Statement:
    identity, account = value(element, "Id"), _account(element)
    if not identity or not account:
        raise Unclear("no_account")
    currency = (value(element, "Acct/Ccy") or "").upper() or _told_currency(element, reading)
    if currency is None:
        raise Unclear(reading.unreadable[0][1] if reading.unreadable else "no_currency")
    _set_aside_other_currencies(reading, currency)
    opening, closing, final, closed_on = _balances(element, currency)
    first, last = _ends(element, reading.zone)
    day = closed_on or (last[0] if last else None) or _created(element, reading.zone)
    booked = reading.lines.days
    if kind is Kind.NOTIFICATION and last is None and booked:
        day = max(booked)
    if day is None:
        raise Unclear("no_day")
    begins = first[0] if first and first[0] <= day else min([d for d in booked if d <= day], default=day)
    pages = value(element, "StmtPgntn/LastPgInd") or value(element, "RptPgntn/LastPgInd") or "true"
    return Statement(
        statement_id=identity[:35],
        account=account,
        currency=currency,
        day=day,
        is_final=final and kind is Kind.STATEMENT and pages in ("true", "1"),
        opening=opening,
        closing=closing,
        lines=reading.lines.lines(),
        unreadable=tuple(reading.unreadable),
        kind=kind,
        first_day=begins,
        from_at=first[1] if first else None,
        to_at=last[1] if last else None,
        sequence=_number(value(element, "ElctrncSeqNb") or value(element, "LglSeqNb")),
        page=_number(value(element, "StmtPgntn/PgNb") or value(element, "RptPgntn/PgNb")),
        servicer=_servicer(element)[:35],
        last_booked=max(booked, default=None),
    )


def _set_aside_other_currencies(reading: _Reading, currency: str) -> None:
    """Entries are in the currency of their account; one that is not cannot be added to the others."""
    if reading.lines.currencies - {currency}:
        lines, reading.lines = reading.lines.lines(), Spool()
        others = {line.entry: line.amount.currency for line in lines if line.amount.currency != currency}
        for line in lines:
            if line.entry not in others:
                reading.lines.add(line)
        wrong = [(entry, f"{told} is not the currency of the account") for entry, told in others.items()]
        reading.unreadable = sorted([*reading.unreadable, *wrong])


def _servicer(element: etree._Element) -> str:
    at = "Acct/Svcr/FinInstnId/"
    return value(element, at + "BICFI") or value(element, at + "BIC") or value(element, at + "Othr/Id") or ""


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) <= 18 else None


def _told_currency(element: etree._Element, reading: _Reading) -> str | None:
    """The currency of an account that does not say it: that of its entries, else of its closing balance."""
    if len(reading.lines.currencies) == 1:
        return next(iter(reading.lines.currencies))
    for code in ("CLBD", "ITBD", "OPBD", "PRCD"):
        for balance in find_all(element, "Bal"):
            at = find(balance, "Amt")
            if value(balance, "Tp/CdOrPrtry/Cd") == code and at is not None and at.get("Ccy"):
                return at.get("Ccy")
    return None


def _balances(element: etree._Element, currency: str) -> tuple[Money | None, Money | None, bool, date | None]:
    """Opening, closing, whether the closing is the day's last, and its day. Other balances stop nothing."""
    found: dict[str, list[etree._Element]] = {}
    for balance in find_all(element, "Bal"):
        at, code = find(balance, "Amt"), value(balance, "Tp/CdOrPrtry/Cd") or value(balance, "Tp/CdOrPrtry/Prtry") or ""
        # A balance may stand twice, once with the credit that the bank grants, which is no money of ours.
        if value(balance, "CdtLine/Incl") in ("true", "1"):
            continue
        if at is not None and (at.get("Ccy") or currency) == currency:
            found.setdefault(code, []).append(balance)
    between = found.get("ITBD", [])
    openings = found.get("OPBD") or found.get("PRCD") or (between[:1] if len(between) > 1 else [])
    closings = found.get("CLBD") or between[-1:]
    first = openings[0] if openings else None
    last = closings[-1] if closings else None
    try:
        opening = _signed(first, currency) if first is not None else None
        closing = _signed(last, currency) if last is not None else None
    except UnknownCurrency:
        raise
    except ValueError:
        raise Unclear("balance_unreadable") from None
    is_last = "CLBD" in found and last is not None and value(last, "Tp/SubTp/Cd") != "INTM"
    return opening, closing, is_last, _plain_day((value(last, "Dt/Dt") or value(last, "Dt/DtTm") or "")[:10])


#: A day of the bank and, where the bank gives the time, its moment.
_End = tuple[date, datetime]


def _ends(element: etree._Element, zone: tzinfo) -> tuple[_End | None, _End | None]:
    """From and to. A period that ends at midnight ends with the day before."""
    first = _moment(value(element, "FrToDt/FrDtTm") or value(element, "FrToDt/FrDt"), zone)
    last = _moment(value(element, "FrToDt/ToDtTm") or value(element, "FrToDt/ToDt"), zone)
    begins = (first.date(), first) if first else None
    if last is None:
        return begins, None
    midnight = last.timetz().replace(tzinfo=None) == time(0) and "T" in (value(element, "FrToDt/ToDtTm") or "")
    ends_before = midnight and (first is None or first < last)
    return begins, (last.date() - timedelta(days=1) if ends_before else last.date(), last)


def _day_around(entry: etree._Element, zone: tzinfo) -> date | None:
    """The day of the statement that holds an entry; what says so stands before it."""
    statement = entry.getparent()
    if statement is None:
        return None
    last = _ends(statement, zone)[1]
    return last[0] if last else _created(statement, zone)


def _booked_on(element: etree._Element, zone: tzinfo) -> date:
    """The day on which an entry was booked. Raises `ValueError` where it is none, or cannot be."""
    around = _day_around(element, zone)
    booked = _day(element, "BookgDt", zone)
    if booked is None and (value(element, "BookgDt/Dt") or value(element, "BookgDt/DtTm")):
        raise ValueError("the booking day cannot be read")
    if booked is None:
        # Money may count from a later day on than that on which it is booked.
        days = [day for day in (_day(element, "ValDt", zone), around) if day is not None]
        booked = min(days, default=None)
    if booked is None:
        raise ValueError("no booking day")
    return booked


def _created(element: etree._Element, zone: tzinfo) -> date | None:
    moment = _moment(value(element, "CreDtTm"), zone)
    return moment.date() if moment else None


def _moment(text: str | None, zone: tzinfo) -> datetime | None:
    """A day or a time as the bank wrote it: its own clock where it names a zone of the region, else ours."""
    try:
        # The end of a day may be written as its hour 24, which is the midnight that follows.
        found = datetime.fromisoformat(text.replace("T24:00", "T00:00")) if text else None
    except ValueError:
        return None
    if found is not None and text is not None and "T24:00" in text:
        found += timedelta(days=1)
    return found.replace(tzinfo=zone) if found is not None and found.tzinfo is None else found


# --- an entry ----------------------------------------------------------------------------------


def _entry(element: etree._Element, position: int, zone: tzinfo) -> Iterator[StatementLine]:
    """The lines of one entry. Raises `ValueError` saying what is wrong with it."""
    status = value(element, "Sts/Cd") or value(element, "Sts/Prtry") or value(element, "Sts") or BOOKED
    if status.upper() in NOT_BOOKED:
        return
    if status.upper() != BOOKED:
        raise ValueError(f"status {status[:35]} is not known")
    amount = _signed(element)
    booked_on = _booked_on(element, zone)
    details = find_all(element, "NtryDtls/TxDtls")
    if len(details) <= 1:
        yield _line(element, details[0] if details else None, amount, booked_on, position, 0)
        return
    parts = _parts(element, details, amount)
    if parts is None:
        # What moved is certain, only not for whom: the entry is kept whole, for somebody to look at.
        yield _line(element, None, amount, booked_on, position, 0, text="batch not split: its transfers do not add up")
        return
    for number, (part, money) in enumerate(zip(details, parts, strict=True), 1):
        yield _line(element, part, money, booked_on, position, number)
    rest = amount.minor - sum(money.minor for money in parts)
    if rest:
        yield StatementLine(
            bank_reference=real_reference(value(element, "AcctSvcrRef"))[:80],
            amount=Money(rest, amount.currency),
            booked_on=booked_on,
            is_fee=True,
            text="charges inside the entry",
            entry=position,
            part=len(parts) + 1,
            entry_reference=real_reference(value(element, "AcctSvcrRef"))[:80],
        )


#: Where the amount of a transfer of a batch may stand; the first that adds up with the others is right.
_PART_AMOUNTS = ("Amt", "AmtDtls/TxAmt/Amt", "AmtDtls/CntrValAmt/Amt", "AmtDtls/InstdAmt/Amt")


def _parts(entry: etree._Element, details: list[etree._Element], amount: Money) -> list[Money] | None:
    """The amounts of the transfers of a batch, none where no reading adds up to the entry."""
    charged = sum(_charges(at, amount.currency).minor for at in (entry, *details))
    for paths in (*((path,) for path in _PART_AMOUNTS), _PART_AMOUNTS):
        try:
            found = [_part(part, paths, amount) for part in details]
        except ValueError:
            continue
        rest = amount.minor - sum(money.minor for money in found)
        if rest == 0 or (charged and rest == -charged):
            return found
    return None


def _part(part: etree._Element, paths: tuple[str, ...], entry: Money) -> Money:
    at = next((found for path in paths if (found := find(part, path)) is not None), None)
    if at is None or not at.text or (at.get("Ccy") or entry.currency) != entry.currency:
        raise ValueError("a transfer of a batch has no amount")
    amount = _plain(at.text, entry.currency)
    indicator = value(part, "CdtDbtInd") or ("CRDT" if entry.minor >= 0 else "DBIT")
    return -amount if indicator == "DBIT" else amount


def _charges(element: etree._Element | None, currency: str) -> Money:
    """What the bank says it took for its work in an entry or transfer; zero where it says nothing."""
    total = Money.zero(currency)
    records = find_all(element, "Chrgs/Rcrd") or (find_all(element, "Chrgs") if element is not None else [])
    for record in records:
        at = find(record, "Amt") if find(record, "Amt") is not None else find(record, "TtlChrgsAndTaxAmt")
        if at is not None and at.text and (at.get("Ccy") or currency) == currency:
            credit = value(record, "CdtDbtInd") == "CRDT"
            amount = _plain(at.text, currency)
            total = total - amount if credit else total + amount
    return total


def _line(
    entry: etree._Element,
    part: etree._Element | None,
    amount: Money,
    booked_on: date,
    position: int,
    number: int,
    *,
    text: str = "",
) -> StatementLine:
    reference, own = value(part, "Refs/EndToEndId"), real_reference(value(entry, "AcctSvcrRef"))
    reason = value(part, "RtrInf/Rsn/Cd") or value(part, "RtrInf/Rsn/Prtry")
    codes = {value(at, "BkTxCd/Domn/Fmly/SubFmlyCd") for at in (entry, part)}
    texts = [t.text.strip() for t in find_all(part, "RmtInf/Ustrd") if t.text]
    said = text or " ".join(texts) or value(part, "AddtlTxInf") or value(entry, "AddtlNtryInf") or ""
    returned = find(part, "RtrInf") is not None or bool(codes & RETURNS)
    charges = _charges(part, amount.currency) or _charges(entry, amount.currency)
    # NtryRef is not read: banks count it from 1 in each statement, it names nothing.
    shown = real_reference(value(part, "Refs/AcctSvcrRef")) or own
    return StatementLine(
        bank_reference=shown[:80],
        amount=amount,
        booked_on=booked_on,
        reference=real_reference(reference)[:35] or None,
        is_return=returned,
        reason=reason[:35] if reason else None,
        is_fee=bool(codes & FEES) and not returned,
        text=said[:140],
        uetr=(value(part, "Refs/UETR") or "").lower()[:36] or None,
        entry=position,
        part=number,
        entry_reference=own[:80],
        charges=charges or None,
    )


def _plain(text: str, currency: str) -> Money:
    """An amount, which has no sign of its own: with a minus beside debit or credit nobody knows which one counts."""
    number = text.strip().removeprefix("+")  # a decimal of XML may have a plus, and nothing before its point
    amount = Money.parse(f"0{number}" if number.startswith(".") else number, currency)
    if amount.minor < 0:
        raise ValueError("an amount below zero")
    return amount


def _signed(element: etree._Element, currency: str = "") -> Money:
    at = find(element, "Amt")
    if at is None or not at.text:
        raise ValueError("no amount")
    amount = _plain(at.text, at.get("Ccy") or currency)
    indicator = value(element, "CdtDbtInd") or ("CRDT" if amount.minor == 0 else None)
    if indicator not in ("CRDT", "DBIT"):
        raise ValueError("neither credit nor debit")
    return -amount if indicator == "DBIT" else amount


def _day(element: etree._Element, path: str, zone: tzinfo) -> date | None:
    """A booking day; a time that names its zone is counted by the institution's own."""
    plain = _plain_day((value(element, f"{path}/Dt") or "")[:10])
    if plain is not None:
        return plain
    told = value(element, f"{path}/DtTm") or ""
    if "T24:00" in told:
        return _plain_day(told[:10])  # the last moment of a day belongs to it
    moment = _moment(told, zone)
    return moment.astimezone(zone).date() if moment else None


def _plain_day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
