"""pain.002.001.10: what the bank says about a file it was given.

Read: `OrgnlGrpInfAndSts` (OrgnlMsgId, GrpSts, StsRsnInf/Rsn/Cd) and for each transfer `TxInfAndSts`
(OrgnlEndToEndId, TxSts, StsRsnInf/Rsn/Cd). Source: ISO 20022 Payments Initiation,
CustomerPaymentStatusReportV10.
"""

from __future__ import annotations

from lxml import etree

from services.payments.gateways.bank import BankStatus, Receipt
from services.payments.gateways.xml_in import FileUnreadable, elements, value

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:pain.002.001.10"


def read(file: bytes) -> Receipt:
    """The answer to a file. Raises `FileUnreadable`."""
    message_id, group = None, None
    orders: dict[str, BankStatus] = {}
    for name, element in elements(file, "OrgnlGrpInfAndSts", "TxInfAndSts"):
        if name == "OrgnlGrpInfAndSts":
            message_id = value(element, "OrgnlMsgId")
            code = value(element, "GrpSts")
            group = BankStatus(code, _reason(element)) if code else None
        else:
            reference, code = value(element, "OrgnlEndToEndId"), value(element, "TxSts")
            if reference and code:
                orders[reference] = BankStatus(code, _reason(element))
    if message_id is None:
        raise FileUnreadable("it does not say which file it answers")
    return Receipt(message_id, group, orders)


def _reason(element: etree._Element) -> str | None:
    """A code of the external list, else the bank's own, cut to 35 characters."""
    found = value(element, "StsRsnInf/Rsn/Cd") or value(element, "StsRsnInf/Rsn/Prtry")
    return found[:35] if found else None
