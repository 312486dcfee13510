"""Operators write ids and states each in their own way; the receipt finds its message and no other."""

from __future__ import annotations

import threading
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from smpplib import command

from services.notifications import delivery
from services.notifications.domain.message import Receipt as MessageState
from services.notifications.domain.operator_ids import readings
from services.notifications.gateways.line import Answer, Came, Verdict
from services.notifications.gateways.receipts import read_receipt, state_of
from services.notifications.gateways.smpp_status import read_agreed
from services.notifications.usecases import receipts, sending
from shared.act import Act, service_actor
from tests.notifications.conftest import Person, Town
from tests.notifications.operators import Receipt, SmppOperator, to, with_operators

STATE, ID = 0x0427, 0x001E


# --- ids ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answered", "reported"),
    [
        ("0000ABCD", "0000043981"),
        ("abcd", "43981"),
        ("0000043981", "ABCD"),
        ("43981", "0xabcd"),
        ("4391", "4391"),
        ("17297", "4391"),
        ("4391", "17297"),
        ("00017", "17"),
        ("AbC-9f", "aBc-9F"),
        ("6F9619FF-8B86-D011-B42D-00CF4FC964FF", "6f9619ff8b86d011b42d00cf4fc964ff"),
        ("148323679367508813469570288368088605951", "6f9619ff8b86d011b42d00cf4fc964ff"),
    ],
)
def test_a_receipt_finds_its_message_however_the_id_is_written(
    town: Town, person: Person, answered: str, reported: str
) -> None:
    with SmppOperator([answered], lambda _: [Receipt.says(reported)]) as operator:
        with with_operators(town, to(operator)) as here:
            here.paid(person)
            here.works()
            here.state(person, "delivered")
        assert len(operator.taken) == 1


def _sent(town: Town, operator: SmppOperator, count: int) -> list[Person]:
    people = [town.benefits.knows(Person()) for _ in range(count)]
    for one in people:
        town.paid(one)
        town.works()
    assert len(operator.taken) == count
    return people


def test_a_receipt_that_fits_two_messages_is_given_to_neither(town: Town) -> None:
    """Message 17297 is hexadecimal 4391; a receipt for 4391 read loosely could be about either."""
    with (
        SmppOperator(["0abcd", "43981"]) as operator,
        with_operators(town, to(operator)) as here,
    ):
        one, two = _sent(here, operator, 2)
        operator.reports(Receipt.says("0043981"))
        assert (here.sms(one).state, here.sms(two).state) == ("sent", "sent")
        operator.reports(Receipt.says("43981"))  # letter by letter
        assert (here.sms(one).state, here.sms(two).state) == ("sent", "delivered")


def test_our_reference_says_which_of_two_it_is(town: Town) -> None:
    with (
        SmppOperator(["0abcd", "43981"]) as operator,
        with_operators(town, to(operator)) as here,
    ):
        one, two = _sent(here, operator, 2)
        echo = (0x0204, (here.sms(one).number & 0xFFFF).to_bytes(2, "big"))
        operator.reports(replace(Receipt.says("0043981"), tlvs=(echo,)))
        assert (here.sms(one).state, here.sms(two).state) == ("delivered", "sent")


def test_while_an_answer_is_out_a_receipt_that_only_resembles_waits(town: Town, person: Person) -> None:
    """The answer may yet bring the very id; when it is there, the receipt finds its owner and no other."""
    other = town.benefits.knows(Person())
    with (
        SmppOperator(["0abcd"]) as operator,
        with_operators(town, to(operator)) as here,
    ):
        here.paid(person)
        here.works()
        here.paid(other)
        here.service.carry_out()
        with here.service.engine.begin() as connection:  # its submission is under way
            connection.exec_driver_sql(
                "UPDATE message SET state = 'sending', version = 2, text = 'x', language = 'lo',"
                " template_version = '1', sending_at = now(), phone = '+8562055000000' WHERE state = 'created'"
            )
        operator.reports(Receipt.says("43981"))
        assert here.sms(person).state == "sent"
        row = here.sms(other)
        with here.service.engine.begin() as connection:
            connection.exec_driver_sql(f"INSERT INTO message_part (message_id, no) VALUES ('{row.id}', 1)")
        run = _run(here, row.id)
        sending.record_answers(run, row.id, {1: Answer(Verdict.TAKEN, "43981")}, 1.0)
        assert (here.sms(other).state, here.sms(person).state) == ("delivered", "sent")


def _run(town: Town, key: str) -> Any:
    from shared.jobs import JobRun

    return JobRun(town.service.engine, town.clock, "notifications", 1, "send_sms", key, {}, town.clock.today(), 1, "")


def test_a_receipt_written_another_way_waits_for_the_answer_that_is_being_kept(town: Town, person: Person) -> None:
    """Both come at once: neither may look before the other has written down what it knows."""
    with SmppOperator(["17297"]) as operator, with_operators(town, to(operator)) as here:
        here.paid(person)
        here.works()
        row, engine = here.sms(person), here.service.engine
        with engine.begin() as connection:
            connection.exec_driver_sql("UPDATE message_part SET operator_id = NULL, operator_fold = NULL")
        came = Came("4391", MessageState.DELIVRD, None, "")
        receipt = threading.Thread(target=receipts.take_receipt, args=(engine, here.clock, came))
        with engine.begin() as connection:
            delivery.lock_operator_ids(connection, ["17297"])
            receipt.start()
            receipt.join(0.3)
            assert receipt.is_alive()
            act = Act(connection, service_actor("notifications"), here.clock.now(), here.clock.today())
            delivery.set_operator_id(act, row.id, 1, "17297")
        receipt.join(10)
        assert here.sms(person).state == "delivered"


def test_the_ids_of_two_operators_have_nothing_to_do_with_each_other(town: Town, person: Person) -> None:
    with (
        SmppOperator(["7"]) as operator,
        with_operators(town, to(operator)) as here,
    ):
        here.paid(person)
        here.works()
        came = Came("7", MessageState.DELIVRD, None, "", line="second")
        assert receipts.take_receipt(here.service.engine, here.clock, came)
        assert here.sms(person).state == "sent"
        assert receipts.take_receipt(here.service.engine, here.clock, replace(came, line="first"))
        assert here.sms(person).state == "delivered"


def test_readings_of_an_id() -> None:
    assert readings("0000ABCD") == {"abcd", "43981"}
    assert "abcd" in readings("0000043981")
    assert readings("xyz-0") == {"xyz0"}


# --- receipts ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "receipt",
    [
        Receipt.says("1"),
        Receipt.says("1", "DELIVERED"),
        Receipt.says("1", "delivrd"),
        Receipt.says("1", "Delivered"),
        Receipt.says("1", "DELIVRD", "Text:id:9 stat:UNDELIV"),
        Receipt.says("1", "DELIVRD", "TEXT:id:9 stat:UNDELIV"),
        Receipt.says("1", "DELIVRD", "text: id:9 stat:UNDELIV text:id:8"),
        Receipt(Receipt.says("1").text.upper()),
        Receipt(Receipt.says("1").text.decode().encode("utf-16-be"), data_coding=8),
        Receipt(Receipt.says("1").text.decode().encode("utf-16-be"), data_coding=0),
        Receipt(Receipt.says("1").text.decode().encode("utf-16-le"), data_coding=8),
        Receipt(b"id: 1 stat: DELIVRD err: text:"),
        Receipt(b"", tlvs=((ID, b"1\0"), (STATE, b"\x02"))),
        Receipt(b"", tlvs=((ID, b"1\0"), (STATE, b"\x02")), esm_class=0),
        Receipt(Receipt.says("9", "UNDELIV").text, tlvs=((ID, b"1\0"), (STATE, b"\x02"))),
        Receipt(b"", tlvs=((0x0424, Receipt.says("1").text),)),
        replace(Receipt.says("1"), esm_class=0x44, text=b"\x05\x00\x03\x01\x01\x01" + Receipt.says("1").text),
    ],
)
def test_a_delivery_is_understood_however_it_is_written(town: Town, person: Person, receipt: Receipt) -> None:
    with SmppOperator(["1"]) as operator, with_operators(town, to(operator)) as here:
        here.paid(person)
        here.works()
        operator.reports(receipt)
        assert here.sms(person).state == "delivered"


@pytest.mark.parametrize(
    ("words", "state"),
    [
        ("UNDELIVERABLE undeliv Undelivered FAILED 5", MessageState.UNDELIV),
        ("REJECTD rejected REJECTED 8", MessageState.REJECTD),
        ("EXPIRED expired 3", MessageState.EXPIRED),
        ("ENROUTE EN_ROUTE en-route BUFFERED SCHEDULED 1", MessageState.ENROUTE),
        ("ACCEPTD Accepted 6", MessageState.ACCEPTD),
        ("DELETED deleted 4", MessageState.DELETED),
        ("UNKNOWN unknown 7", MessageState.UNKNOWN),
        ("DELIVRD DELIVERED 2", MessageState.DELIVRD),
    ],
)
def test_states_have_many_words(words: str, state: MessageState) -> None:
    assert {state_of(word) for word in words.split()} == {state}


def test_what_is_no_receipt_is_none() -> None:
    pdu = command.DeliverSM(
        "deliver_sm", need_sequence=False, esm_class=0, short_message=b"id:1 stat:DELIVRD please call me"
    )
    assert read_receipt(pdu) is None
    assert state_of("DELIGHTED") is None
    assert state_of("") is None


# --- more hands of operators --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "id:7|sub:001|stat:DELIVRD|err:000",
        "id=7&stat=DELIVRD&err=000",
        "message_id:7 status:DELIVRD error:000",
        "msgid:7 state:Delivered",
        "id:7 stat:DELIVERED_TO_HANDSET text:id:9 stat:UNDELIV",
    ],
)
def test_a_receipt_with_other_names_and_signs_is_read(text: str) -> None:
    came = read_receipt(_receipt(text.encode()))
    assert came is not None
    assert (came.operator_id, came.state) == ("7", MessageState.DELIVRD)


@pytest.mark.parametrize(
    ("raw", "coding"),
    [
        ("\ufeffid:7 stat:DELIVRD text:ສະ".encode("utf-16-be"), 8),
        ("\ufeffid:7 stat:DELIVRD text:ສະ".encode("utf-16-le"), 8),
        (b"id:7 stat:DELIVRD text:x", 8),
        ("id:7 stat:DELIVRD".encode("utf-16-le"), 0),
    ],
)
def test_the_letters_of_a_receipt_are_what_they_are_not_what_they_are_called(raw: bytes, coding: int) -> None:
    came = read_receipt(_receipt(raw, coding))
    assert came is not None
    assert (came.operator_id, came.state) == ("7", MessageState.DELIVRD)


def test_a_state_that_says_not_is_not_delivered() -> None:
    for word in ("NOT_DELIVERED", "NotDelivered", "DELIVERY_FAILED"):
        assert state_of(word) is MessageState.UNDELIV
    for word in ("RETRY", "IN_PROGRESS", "DELIVERED_TO_NETWORK"):
        assert state_of(word) is MessageState.ENROUTE


def test_a_number_below_zero_is_the_one_beyond_half_of_its_bits() -> None:
    assert readings("FFFFFFFE") & readings("-2")
    assert readings("4294967294") & readings("-2")
    assert not readings("2") & readings("-2")
    assert readings("ffffffffffffff00") & readings("-256") or readings("ffffff00") & readings("-256")


def test_what_was_agreed_with_an_operator_is_read_however_it_is_typed() -> None:
    told = read_agreed("0x401 = Number; 1026=line")
    assert {status: meaning.verdict for status, meaning in told.items()} == {0x401: Verdict.NEVER, 0x402: Verdict.LINE}


def _receipt(raw: bytes, coding: int = 0) -> Any:
    names = ("message_payload", "receipted_message_id", "message_state", "user_message_reference")
    return SimpleNamespace(esm_class=4, short_message=raw, data_coding=coding, **dict.fromkeys(names))
