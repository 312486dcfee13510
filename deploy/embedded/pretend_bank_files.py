"""The files of the pretend bank: it reads pain.001 and writes pain.002 and camt.053, as any bank would.

Nothing here is shared with the payments service, so that two programs must agree on the standard.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import cast
from xml.sax.saxutils import escape

from lxml import etree

from shared.money import Money

PAIN001 = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"
PAIN002 = "urn:iso:std:iso:20022:tech:xsd:pain.002.001.10"
CAMT053 = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"


class Unreadable(ValueError):
    """The file is not a pain.001.001.09 this bank can read, or its control sums are wrong."""


@dataclass(frozen=True)
class Transfer:
    reference: str
    uetr: str
    amount: Money
    name: str
    bank: str
    number: str
    about: str


@dataclass(frozen=True)
class Order:
    """A file from a customer."""

    message_id: str
    executes_on: date
    debtor: str
    debtor_account: str
    currency: str
    transfers: tuple[Transfer, ...]


def read_pain001(file: bytes) -> Order:
    """Read a customer's file and check its control sums. Raises `Unreadable`."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True)
    try:
        root = etree.fromstring(file, parser)
    except etree.XMLSyntaxError as wrong:
        raise Unreadable(str(wrong)) from None
    ns = {"p": PAIN001}

    def elements(at: etree._Element, path: str) -> list[etree._Element]:
        return cast("list[etree._Element]", at.xpath(path, namespaces=ns))

    def one(at: etree._Element, path: str) -> str:
        found = elements(at, path)
        if not found:
            raise Unreadable(f"{path} is missing")
        return (found[0].text or "").strip()

    def maybe(at: etree._Element, path: str) -> str:
        found = elements(at, path)
        return (found[0].text or "").strip() if found else ""

    head = "p:CstmrCdtTrfInitn/p:GrpHdr/"
    info = elements(root, "p:CstmrCdtTrfInitn/p:PmtInf")
    if len(info) != 1:
        raise Unreadable("exactly one PmtInf is taken")
    transfers = []
    for element in elements(info[0], "p:CdtTrfTxInf"):
        amount = elements(element, "p:Amt/p:InstdAmt")[0]
        transfers.append(
            Transfer(
                one(element, "p:PmtId/p:EndToEndId"),
                maybe(element, "p:PmtId/p:UETR"),
                Money.parse(amount.text or "", amount.get("Ccy") or ""),
                one(element, "p:Cdtr/p:Nm"),
                maybe(element, "p:CdtrAgt/p:FinInstnId/p:Othr/p:Id"),
                one(element, "p:CdtrAcct/p:Id/p:Othr/p:Id"),
                maybe(element, "p:RmtInf/p:Ustrd"),
            )
        )
    currency = one(info[0], "p:DbtrAcct/p:Ccy")
    total = sum(t.amount.minor for t in transfers)
    if str(len(transfers)) != one(root, head + "p:NbOfTxs") or Money(total, currency).decimal() != one(
        root, head + "p:CtrlSum"
    ):
        raise Unreadable("control sums differ")
    return Order(
        one(root, head + "p:MsgId"),
        date.fromisoformat(one(info[0], "p:ReqdExctnDt/p:Dt")),
        one(info[0], "p:Dbtr/p:Nm"),
        one(info[0], "p:DbtrAcct/p:Id/p:Othr/p:Id"),
        currency,
        tuple(transfers),
    )


def _reason(code: str | None) -> str:
    return f"<StsRsnInf><Rsn><Cd>{escape(code)}</Cd></Rsn></StsRsnInf>" if code else ""


def write_pain002(
    message_id: str,
    group: tuple[str, str | None] | None,
    statuses: Iterable[tuple[str, str, str | None]],
    at: str,
) -> bytes:
    """The answer to a file; `statuses` are (reference, status code, reason code)."""
    group_xml = f"<GrpSts>{group[0]}</GrpSts>{_reason(group[1])}" if group else ""
    lines = "".join(
        f"<TxInfAndSts><OrgnlEndToEndId>{escape(reference)}</OrgnlEndToEndId><TxSts>{status}</TxSts>{_reason(reason)}</TxInfAndSts>"
        for reference, status, reason in statuses
    )
    payment = (
        f"<OrgnlPmtInfAndSts><OrgnlPmtInfId>{escape(message_id)}</OrgnlPmtInfId>{lines}</OrgnlPmtInfAndSts>"
        if lines
        else ""
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<Document xmlns="{PAIN002}"><CstmrPmtStsRpt>'
        f"<GrpHdr><MsgId>S{escape(message_id)[:34]}</MsgId><CreDtTm>{at}</CreDtTm></GrpHdr>"
        f"<OrgnlGrpInfAndSts><OrgnlMsgId>{escape(message_id)}</OrgnlMsgId><OrgnlMsgNmId>pain.001.001.09</OrgnlMsgNmId>"
        f"{group_xml}</OrgnlGrpInfAndSts>{payment}</CstmrPmtStsRpt></Document>\n"
    ).encode()


@dataclass(frozen=True)
class Booked:
    """A movement as the statement shows it; positive came in."""

    bank_reference: str
    amount: Money
    reference: str | None
    kind: str  # transfer | return | fee | other
    reason: str | None
    party: str
    about: str


def _entry(b: Booked, day: date) -> str:
    side = "CRDT" if b.amount.minor >= 0 else "DBIT"
    size = Money(abs(b.amount.minor), b.amount.currency)
    sub = {"transfer": "DMCT", "return": "RRTN", "fee": "CHRG"}.get(b.kind, "OTHR")
    end = f"<EndToEndId>{escape(b.reference)}</EndToEndId>" if b.reference else "<EndToEndId>NOTPROVIDED</EndToEndId>"
    who = "Dbtr" if side == "CRDT" else "Cdtr"
    party = f"<RltdPties><{who}><Pty><Nm>{escape(b.party[:140])}</Nm></Pty></{who}></RltdPties>" if b.party else ""
    about = f"<RmtInf><Ustrd>{escape(b.about[:140])}</Ustrd></RmtInf>" if b.about else ""
    back = f"<RtrInf><Rsn><Cd>{escape(b.reason or 'MS03')}</Cd></Rsn></RtrInf>" if b.kind == "return" else ""
    return (
        f'<Ntry><Amt Ccy="{size.currency}">{size.decimal()}</Amt><CdtDbtInd>{side}</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>'
        f"<BookgDt><Dt>{day}</Dt></BookgDt><ValDt><Dt>{day}</Dt></ValDt><AcctSvcrRef>{b.bank_reference}</AcctSvcrRef>"
        f"<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>ICDT</Cd><SubFmlyCd>{sub}</SubFmlyCd></Fmly></Domn></BkTxCd>"
        f"<NtryDtls><TxDtls><Refs>{end}</Refs>{party}{about}{back}</TxDtls></NtryDtls></Ntry>\n"
    )


def write_camt053(account: str, holder: str, day: date, final: bool, opening: Money, booked: list[Booked]) -> bytes:
    """The statement of a day; interim (ITBD) while the day lasts. The same content gives the same bytes."""
    closing = Money(opening.minor + sum(b.amount.minor for b in booked), opening.currency)

    def balance(code: str, amount: Money) -> str:
        side = "CRDT" if amount.minor >= 0 else "DBIT"
        size = Money(abs(amount.minor), amount.currency)
        return (
            f'<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy="{size.currency}">{size.decimal()}</Amt>'
            f"<CdtDbtInd>{side}</CdtDbtInd><Dt><Dt>{day}</Dt></Dt></Bal>"
        )

    identity = f"{account[-12:]}-{day:%Y%m%d}-{'F' if final else len(booked)}"
    created = f"{day}T23:59:59Z"
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<Document xmlns="{CAMT053}"><BkToCstmrStmt>'
        f"<GrpHdr><MsgId>{identity}</MsgId><CreDtTm>{created}</CreDtTm></GrpHdr><Stmt><Id>{identity}</Id>"
        f"<CreDtTm>{created}</CreDtTm><FrToDt><FrDtTm>{day}T00:00:00Z</FrDtTm><ToDtTm>{day}T23:59:59Z</ToDtTm></FrToDt>"
        f"<Acct><Id><Othr><Id>{escape(account)}</Id></Othr></Id><Ccy>{opening.currency}</Ccy><Ownr><Nm>{escape(holder[:140])}</Nm></Ownr></Acct>"
        f"{balance('OPBD', opening)}{balance('CLBD' if final else 'ITBD', closing)}\n"
        + "".join(_entry(b, day) for b in booked)
        + "</Stmt></BkToCstmrStmt></Document>\n"
    ).encode()
