"""pain.002: the file, the block and the transfer each have a word; nothing refused on one layer is accepted on
another."""

from __future__ import annotations

import pytest

from services.payments.domain.order import OrderState
from services.payments.gateways import pain002
from services.payments.gateways.bank import BankStatus
from tests.payments.conftest import Town

UETR = "0b2d9c1e-7a54-4c3e-9f10-aa00bb11cc22"


def reasons(*codes: str) -> str:
    return "".join(f"<StsRsnInf><Rsn><Cd>{code}</Cd></Rsn></StsRsnInf>" for code in codes)


def answer(group: str = "", block: str = "", transfers: str = "", version: str = "10") -> bytes:
    blocks = (
        f"<OrgnlPmtInfAndSts><OrgnlPmtInfId>RUN1</OrgnlPmtInfId>{block}{transfers}</OrgnlPmtInfAndSts>"
        if block or transfers
        else ""
    )
    return (
        f'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.{version}"><CstmrPmtStsRpt>'
        f"<GrpHdr><MsgId>x</MsgId></GrpHdr><OrgnlGrpInfAndSts><OrgnlMsgId>RUN1</OrgnlMsgId>{group}</OrgnlGrpInfAndSts>"
        f"{blocks}</CstmrPmtStsRpt></Document>"
    ).encode()


def transfer(status: str, *codes: str, end: str = "A", uetr: str = "") -> str:
    names = (f"<OrgnlEndToEndId>{end}</OrgnlEndToEndId>" if end else "") + (
        f"<OrgnlUETR>{uetr}</OrgnlUETR>" if uetr else ""
    )
    return f"<TxInfAndSts>{names}<TxSts>{status}</TxSts>{reasons(*codes)}</TxInfAndSts>"


GROUP = "<GrpSts>{}</GrpSts>"
BLOCK = "<PmtInfSts>{}</PmtInfSts>"


@pytest.mark.parametrize(
    ("said", "means"),
    [
        (answer(GROUP.format("ACTC"), BLOCK.format("RJCT") + reasons("AC01")), BankStatus("RJCT", "AC01")),
        (answer("", BLOCK.format("RJCT") + reasons("AM04")), BankStatus("RJCT", "AM04")),
        (answer(GROUP.format("RJCT") + reasons("DT01")), BankStatus("RJCT", "DT01")),
        (answer(GROUP.format("RJCT") + reasons("DT01"), transfers=transfer("ACSP")), BankStatus("RJCT", "DT01")),
        (answer(GROUP.format("ACCP"), BLOCK.format("RJCT"), transfer("ACSP")), BankStatus("RJCT")),
        (answer(GROUP.format("ACSC"), BLOCK.format("ACSC"), transfer("RJCT", "AC04")), BankStatus("RJCT", "AC04")),
        (answer("", "", transfer("ACSP") + transfer("RJCT", "AC04")), BankStatus("RJCT", "AC04")),
        (answer("", "", transfer("RJCT", "AC04") + transfer("ACSP")), BankStatus("RJCT", "AC04")),
        (answer(GROUP.format("PART"), BLOCK.format("ACSP")), BankStatus("ACSP")),
        (answer(GROUP.format("PART"), BLOCK.format("PART"), transfer("ACSP")), BankStatus("ACSP")),
        (answer(GROUP.format("ACTC"), BLOCK.format("ACSP")), BankStatus("ACSP")),
        (answer(GROUP.format("ACTC")), BankStatus("ACTC")),
        (answer(), None),
        (answer("", BLOCK.format("RJCT") + reasons("AC01"), version="03"), BankStatus("RJCT", "AC01")),
    ],
)
def test_what_is_refused_on_one_layer_is_accepted_on_none(said: bytes, means: BankStatus | None) -> None:
    assert pain002.read(said).of("A") == means


def test_an_order_is_found_by_its_uetr_alone() -> None:
    for end in ("", "NOTPROVIDED"):
        receipt = pain002.read(answer("", "", transfer("RJCT", "AC04", end=end, uetr=UETR.upper())))
        assert receipt.of("A", UETR) == BankStatus("RJCT", "AC04")
        assert receipt.of("A") is None


def test_all_reasons_are_read_the_banks_own_too() -> None:
    own = "<StsRsnInf><Rsn><Prtry>LIMIT</Prtry></Rsn></StsRsnInf>"
    said = transfer("RJCT", "AC04", "AM02").replace("</TxInfAndSts>", own + "</TxInfAndSts>")
    status = pain002.read(answer("", "", said)).of("A")
    assert status is not None
    assert (status.reason, status.reasons) == ("AC04", ("AC04", "AM02", "LIMIT"))


def test_a_block_that_is_refused_refuses_every_order_of_the_run(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    awards = [town.award(town.person(f"P{n}", f"11002003004{n:02}"), 100_00) for n in range(2)]
    run_id = town.drafts()
    town.releases(run_id)
    message = town.run(run_id).message_id
    said = answer(GROUP.format("ACTC"), BLOCK.format("RJCT") + reasons("ZZ99", "AC01")).replace(
        b"<OrgnlMsgId>RUN1", b"<OrgnlMsgId>" + message.encode()
    )
    monkeypatch.setattr(town.out.bank, "submit", lambda message_id, file: pain002.read(said))
    town.works()
    for award in awards:
        refused = town.orders(award)[0]
        assert (refused.state, refused.reason) == (OrderState.REJECTED, "AC01")
    with town.service.engine.connect() as connection:
        from services.payments import store

        assert [m.note for m in store.moves_of(connection, refused.id)][-1] == "ZZ99, AC01"
