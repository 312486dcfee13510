"""Statements as banks write them, as small as they can be, for stories about what becomes of their lines."""

from __future__ import annotations

from datetime import date
from itertools import count

OURS = "0100000000001"
BAHT = "0100000000003"
_numbers = count(1)


def entry(
    amount: str,
    day: date,
    *,
    side: str = "CRDT",
    currency: str = "LAK",
    ntry: str = "",
    bank: str = "",
    details: str = "",
    booked: str = "",
    status: str = "<Cd>BOOK</Cd>",
    code: str = "ESCT",
    more: str = "",
) -> str:
    """One booked entry; `details` are its TxDtls."""
    day_xml = booked or f"<Dt>{day}</Dt>"
    return (
        "<Ntry>"
        + (f"<NtryRef>{ntry}</NtryRef>" if ntry else "")
        + f'<Amt Ccy="{currency}">{amount}</Amt><CdtDbtInd>{side}</CdtDbtInd><Sts>{status}</Sts>'
        + f"<BookgDt>{day_xml}</BookgDt><ValDt><Dt>{day}</Dt></ValDt>"
        + (f"<AcctSvcrRef>{bank}</AcctSvcrRef>" if bank else "")
        + f"<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd><SubFmlyCd>{code}</SubFmlyCd></Fmly></Domn></BkTxCd>"
        + more
        + (f"<NtryDtls>{details}</NtryDtls>" if details else "")
        + "</Ntry>"
    )


def part(
    amount: str, end: str = "", *, side: str = "CRDT", currency: str = "LAK", bank: str = "", more: str = ""
) -> str:
    """One transfer of a batch, as versions from .001.03 on write it."""
    refs = (f"<AcctSvcrRef>{bank}</AcctSvcrRef>" if bank else "") + (f"<EndToEndId>{end}</EndToEndId>" if end else "")
    return (
        f'<TxDtls><Refs>{refs}</Refs><Amt Ccy="{currency}">{amount}</Amt><CdtDbtInd>{side}</CdtDbtInd>{more}</TxDtls>'
    )


def balance(code: str, amount: str, day: date, currency: str = "LAK") -> str:
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>"
        f'<Amt Ccy="{currency}">{amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>{day}</Dt></Dt></Bal>'
    )


def statement(
    *entries: str,
    day: date,
    opening: str | None = "1000.00",
    closing: str | None = None,
    final: bool = False,
    ident: str = "",
    account: str = OURS,
    currency: str = "LAK",
    first: date | None = None,
    begins: str = "00:00:00",
    ends: str = "23:59:59",
    tag: str = "Stmt",
    more: str = "",
    period: bool = True,
) -> str:
    """One Stmt (Rpt, Ntfctn) with its balances; none where opening or closing is none."""
    ident = ident or f"S-{next(_numbers)}"
    span = f"<FrToDt><FrDtTm>{first or day}T{begins}</FrDtTm><ToDtTm>{day}T{ends}</ToDtTm></FrToDt>" if period else ""
    return (
        f"<{tag}><Id>{ident}</Id>{more}<CreDtTm>{day}T23:59:59</CreDtTm>{span}"
        + f"<Acct><Id><Othr><Id>{account}</Id></Othr></Id><Ccy>{currency}</Ccy></Acct>"
        + (balance("OPBD", opening, first or day, currency) if opening else "")
        + (balance("CLBD" if final else "ITBD", closing, day, currency) if closing else "")
        + "".join(entries)
        + f"</{tag}>"
    )


def file(*statements: str, version: str = "camt.053.001.08", root: str = "BkToCstmrStmt") -> bytes:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:{version}"><{root}>'
        f"<GrpHdr><MsgId>M</MsgId><CreDtTm>2025-05-22T23:59:59</CreDtTm></GrpHdr>{''.join(statements)}</{root}></Document>"
    ).encode()
