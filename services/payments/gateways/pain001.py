"""pain.001.001.09: a run as a file for the bank, written as text and checked against the schema.

Written by hand, one transfer after the other, because libraries for SEPA ask for IBANs, which nobody in
the region has, and turn Lao names into Latin letters. Accounts go into `Othr/Id`, names as they are.
Source: ISO 20022 Payments Initiation, message CustomerCreditTransferInitiationV09.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC
from functools import cache
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from lxml import etree

from services.payments.gateways.bank import Payment, RunFile
from shared.money import total

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"
#: ISO 20022 external purpose code: social security benefit.
PURPOSE = "SSBE"
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


class FileInvalid(ValueError):
    """The file would not keep the schema; the message names the place, never a value."""


def text(value: str, most: int) -> str:
    """A value as XML text: escaped, without characters XML forbids, at most `most` characters long."""
    clean = " ".join(_NOT_XML.sub("", value).split())
    return escape(clean[:most].strip())


def write(run: RunFile) -> bytes:
    """The file of a run. Raises `FileInvalid`."""
    file = "".join(_lines(run)).encode()
    validate(file)
    return file


def _lines(run: RunFile) -> Iterator[str]:
    count = len(run.payments)
    control = total((p.amount for p in run.payments), run.currency).decimal()
    created = run.created_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    debtor = text(run.debtor, 140)
    yield '<?xml version="1.0" encoding="UTF-8"?>\n'
    yield f'<Document xmlns="{NAMESPACE}"><CstmrCdtTrfInitn>\n'
    yield (
        f"<GrpHdr><MsgId>{text(run.message_id, 35)}</MsgId><CreDtTm>{created}</CreDtTm><NbOfTxs>{count}</NbOfTxs>"
        f"<CtrlSum>{control}</CtrlSum><InitgPty><Nm>{debtor}</Nm></InitgPty></GrpHdr>\n"
    )
    yield (
        f"<PmtInf><PmtInfId>{text(run.message_id, 35)}</PmtInfId><PmtMtd>TRF</PmtMtd><BtchBookg>false</BtchBookg>"
        f"<NbOfTxs>{count}</NbOfTxs><CtrlSum>{control}</CtrlSum>"
        f"<ReqdExctnDt><Dt>{run.executes_on.isoformat()}</Dt></ReqdExctnDt><Dbtr><Nm>{debtor}</Nm></Dbtr>"
        f"<DbtrAcct><Id><Othr><Id>{text(run.debtor_account, 34)}</Id></Othr></Id><Ccy>{run.currency}</Ccy></DbtrAcct>"
        f"<DbtrAgt><FinInstnId><Othr><Id>{text(run.debtor_bank, 35)}</Id></Othr></FinInstnId></DbtrAgt>\n"
    )
    for payment in run.payments:
        yield _transfer(payment)
    yield "</PmtInf></CstmrCdtTrfInitn></Document>\n"


def _transfer(payment: Payment) -> str:
    scheme = "<SchmeNm><Prtry>WALLET</Prtry></SchmeNm>" if payment.account.kind == "wallet" else ""
    about = f"<RmtInf><Ustrd>{text(payment.about, 140)}</Ustrd></RmtInf>" if payment.about.strip() else ""
    return (
        f"<CdtTrfTxInf><PmtId><EndToEndId>{payment.reference}</EndToEndId><UETR>{payment.uetr}</UETR></PmtId>"
        f'<Amt><InstdAmt Ccy="{payment.amount.currency}">{payment.amount.decimal()}</InstdAmt></Amt>'
        f"<CdtrAgt><FinInstnId><Othr><Id>{text(payment.account.bank, 35)}</Id></Othr></FinInstnId></CdtrAgt>"
        f"<Cdtr><Nm>{text(payment.name, 140)}</Nm></Cdtr>"
        f"<CdtrAcct><Id><Othr><Id>{text(payment.account.number, 34)}</Id>{scheme}</Othr></Id></CdtrAcct>"
        f"<Purp><Cd>{PURPOSE}</Cd></Purp>{about}</CdtTrfTxInf>\n"
    )


@cache
def schema(name: str = "pain.001.001.09") -> etree.XMLSchema:
    """A schema of `xsd/`, compiled once for each process."""
    file = Path(__file__).parent / "xsd" / f"{name}.xsd"
    return etree.XMLSchema(etree.parse(str(file)))


def validate(file: bytes, name: str = "pain.001.001.09") -> None:
    """Raise `FileInvalid`, with line and element, unless the file keeps the schema."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True)
    checker = schema(name)
    if not checker.validate(etree.fromstring(file, parser)):
        log: Any = checker.error_log  # lxml's stubs do not know that it is a list
        fault = log[0]
        element = re.search(r"Element '\{[^}]*\}(\w+)'", fault.message)
        raise FileInvalid(f"line {fault.line}: {element.group(1) if element else 'document'} breaks {fault.type_name}")
