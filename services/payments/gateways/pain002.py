"""pain.002: what the bank says about a file it was given, in every version, on all three layers.

The layers are the file (`OrgnlGrpInfAndSts`), its payment block (`OrgnlPmtInfAndSts`) and the transfer
(`TxInfAndSts`). A transfer's own word counts before that of its block, and that before the file's; but a refusal
of a layer above is never overruled by a friendlier word below, for what was refused whole was not executed in part.
Source: ISO 20022 Payments Initiation, CustomerPaymentStatusReport.
"""

from __future__ import annotations

from lxml import etree

from services.payments.domain.statement import real_reference
from services.payments.gateways.bank import BankStatus, Receipt
from services.payments.gateways.xml_in import FileUnreadable, elements, find_all, value

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:pain.002.001.10"


def read(file: bytes) -> Receipt:
    """The answer to a file. Raises `FileUnreadable`."""
    message_id, group = None, None
    blocks: dict[str, BankStatus] = {}
    orders: dict[str, BankStatus] = {}
    inside: dict[str, BankStatus] = {}
    # A block ends after its transfers; where a version has no blocks, the transfers stand alone.
    for name, element in elements(file, "OrgnlGrpInfAndSts", "OrgnlPmtInfAndSts", "TxInfAndSts"):
        if name == "OrgnlGrpInfAndSts":
            message_id, group = value(element, "OrgnlMsgId"), _status(element, "GrpSts")
        elif name == "TxInfAndSts":
            _take_transfer(element, inside)
        else:
            block = _status(element, "PmtInfSts")
            orders |= {reference: _stricter(block, status) for reference, status in inside.items()}
            inside = {}
            if block is not None:
                # Some banks name a block once for each kind of answer; a refusal stands.
                name = value(element, "OrgnlPmtInfId") or ""
                blocks[name] = _stricter(blocks.get(name), block)
    if message_id is None:
        raise FileUnreadable("it does not say which file it answers")
    orders |= inside
    return Receipt(message_id, group, {name: _stricter(group, status) for name, status in orders.items()}, blocks)


def _stricter(above: BankStatus | None, own: BankStatus) -> BankStatus:
    """A transfer's own word, unless the layer above refused it."""
    return above if above is not None and above.code == "RJCT" and own.code != "RJCT" else own


def _take_transfer(element: etree._Element, inside: dict[str, BankStatus]) -> None:
    """A transfer by its end-to-end reference and by its UETR: a bank may give back either alone."""
    status = _status(element, "TxSts")
    if status is None:
        # Reasons without a status: the bank says why, not what. Nothing is concluded from it.
        return
    for name in (value(element, "OrgnlEndToEndId"), (value(element, "OrgnlUETR") or "").lower()):
        if name and real_reference(name):
            inside[name] = _stricter(inside.get(name), status)


def _status(element: etree._Element, name: str) -> BankStatus | None:
    code = value(element, name)
    if not code:
        return None
    reasons = _reasons(element)
    return BankStatus(code.upper(), reasons[0] if reasons else None, reasons)


def _reasons(element: etree._Element) -> tuple[str, ...]:
    """Every reason given: codes of the external list first, then the bank's own, each cut to 35 characters."""
    given = find_all(element, "StsRsnInf")
    codes = [value(reason, "Rsn/Cd") for reason in given]
    own = [value(reason, "Rsn/Prtry") for reason in given]
    return tuple(dict.fromkeys(told[:35] for told in (*codes, *own) if told))
