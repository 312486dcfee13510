"""An operator on a bare socket: what it may send by the standard ends no line, and each receipt is read whole."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import pytest

from services.notifications.domain.message import Receipt
from services.notifications.gateways.line import Came
from services.notifications.gateways.sms import SmppLine, SmsSettings

BIND, BIND_RESP, DELIVER, DATA, NACK = 0x09, 0x80000009, 0x05, 0x103, 0x80000000
#: receipted_message_id and message_state.
ID, STATE = 0x001E, 0x0427


def pdu(command: int, body: bytes = b"", sequence: int = 1) -> bytes:
    return struct.pack(">LLLL", 16 + len(body), command, 0, sequence) + body


def tlv(tag: int, value: bytes) -> bytes:
    return struct.pack(">HH", tag, len(value)) + value


def deliver(text: bytes = b"", *more: bytes) -> bytes:
    """A deliver_sm that says that it is a receipt."""
    return b"\0\1\1856205\0\5\0Tideover\0\x04\0\0\0\0\0\0\0\0" + bytes([len(text)]) + text + b"".join(more)


def data(*more: bytes) -> bytes:
    """A data_sm that says that it is a receipt."""
    return b"\0\1\1856205\0\5\0Tideover\0\x04\0\0" + b"".join(more)


@dataclass
class Bare:
    """An operator that takes a bind and then sends what the story says, and hears what comes back."""

    greets: bytes = b"ODD\0"
    heard: list[tuple[int, int]] = field(default_factory=list)

    def __enter__(self) -> Bare:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.close()
        self.peer.close()

    def _serve(self) -> None:
        while True:
            try:
                self.peer, _ = self._listener.accept()
            except OSError:
                return
            with suppress(OSError):
                while head := self.peer.recv(16, socket.MSG_WAITALL):
                    length, command, status, sequence = struct.unpack(">LLLL", head)
                    if length > 16:
                        self.peer.recv(length - 16, socket.MSG_WAITALL)
                    if command == BIND:
                        self.peer.sendall(pdu(BIND_RESP, self.greets, sequence))
                    else:
                        self.heard.append((command, status))


@pytest.fixture
def came() -> list[Came]:
    return []


@pytest.fixture
def until() -> Callable[[Callable[[], Any]], Any]:
    def wait(holds: Callable[[], Any]) -> Any:
        for _ in range(500):
            if found := holds():
                return found
            threading.Event().wait(0.01)
        raise AssertionError("it never came")

    return wait


def open_line(operator: Bare, came: list[Came]) -> SmppLine:
    line = SmppLine(SmsSettings("127.0.0.1", operator.port))

    def keep(told: Came) -> bool:
        came.append(told)
        return True

    line.on_receipt = keep
    line.ready()
    return line


SAYS = b"id:77 sub:001 dlvrd:001 stat:DELIVRD err:000 text:"


@pytest.mark.parametrize(
    ("command", "body"),
    [
        (DELIVER, deliver(b"", tlv(ID, b"77"), tlv(STATE, b"\2"))),
        (DELIVER, deliver(b"", tlv(ID, b"77\0"), tlv(STATE, b"\2"))),
        (DELIVER, deliver(b"", tlv(ID, b"77\0"), tlv(STATE, b"\0\2"))),
        (DELIVER, deliver(SAYS, tlv(0x0422, b"\0"))),  # ms_availability_status
        (DELIVER, deliver(SAYS, tlv(0x0030, b"\1"))),  # ms_msg_wait_facilities
        (DELIVER, deliver(SAYS, tlv(0x0423, b"\3"))),  # network_error_code, shorter than it should be
        (DELIVER, deliver(SAYS, tlv(0x1400, b"vendor's own"), tlv(0x020A, b"\0"))),
        (DELIVER, deliver(SAYS, b"\x04")),
        (DELIVER, deliver(SAYS, struct.pack(">HH", 0x1401, 99) + b"cut")),
        (DATA, data(tlv(ID, b"77\0"), tlv(STATE, b"\2"))),
        (DATA, data(tlv(0x0424, SAYS))),
        (DATA, data(tlv(0x0420, b"\1"), tlv(ID, b"77"), tlv(STATE, b"\2"))),
    ],
)
def test_a_receipt_is_read_whole_whatever_else_it_brings(
    came: list[Came], until: Callable[..., Any], command: int, body: bytes
) -> None:
    """Some send receipts as data_sm, some end no text with a zero, and all send parameters of their own."""
    with Bare() as operator:
        line = open_line(operator, came)
        operator.peer.sendall(pdu(command, body))
        until(lambda: came)
        assert [(told.operator_id, told.state) for told in came] == [("77", Receipt.DELIVRD)]
        assert until(lambda: operator.heard) == [(command | 0x80000000, 0)]
        line.close()


def test_a_command_that_nobody_knows_is_answered_and_ends_no_line(came: list[Came], until: Callable[..., Any]) -> None:
    with Bare() as operator:
        line = open_line(operator, came)
        operator.peer.sendall(pdu(0x0111, b"\0") + pdu(0x03, b"1\0\0\0\0") + pdu(DELIVER, deliver(SAYS)))
        until(lambda: came)
        until(lambda: len(operator.heard) == 3)
        assert operator.heard == [(NACK, 3), (NACK, 3), (DELIVER | 0x80000000, 0)]
        line.close()


def test_a_message_that_is_not_whole_opens_the_line_anew(came: list[Came], until: Callable[..., Any]) -> None:
    with Bare() as operator:
        line = open_line(operator, came)
        operator.peer.sendall(struct.pack(">LLLL", 8, DELIVER, 0, 1))
        until(lambda: line._client is None)
        line.ready()
        until(lambda: line._client is not None)
        operator.peer.sendall(pdu(DELIVER, deliver(SAYS)))
        until(lambda: came)
        line.close()


@pytest.mark.parametrize("greets", [b"ODD\0" + tlv(0x0210, b"\x34"), b"ODD\0" + tlv(0x001D, b"welcome\0"), b""])
def test_a_greeting_may_bring_parameters_too(came: list[Came], greets: bytes) -> None:
    with Bare(greets) as operator:
        open_line(operator, came).close()
