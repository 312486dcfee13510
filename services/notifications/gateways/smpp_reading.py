"""What an operator sends, read so that nothing it may hold ends the line: the library under the line knows some
optional parameters for some messages, and stops at each of the others.

Of optional parameters (SMPP 3.4, 5.3.2) those of a receipt are read, in the length that they have: texts end with a
zero or do not. All others are passed over, as the standard asks (3.3).
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Any

from smpplib import consts, exceptions, pdu

#: Octets of a message: 64 KB in `message_payload`, and the rest of it.
LONGEST = 1 << 17


class Unknown(ValueError):
    """A command that SMPP 3.4 does not have; `sequence` is what an answer names."""

    def __init__(self, sequence: int) -> None:
        super().__init__("unknown command")
        self.sequence = sequence


@dataclass(slots=True)
class Pdu:
    """A message of the operator, as far as a sender of messages needs it."""

    command: str
    status: int
    sequence: int
    esm_class: int = 0
    short_message: bytes = b""
    message_id: bytes = b""
    receipted_message_id: bytes | None = None
    message_state: int | None = None
    message_payload: bytes | None = None
    user_message_reference: int | None = None

    def is_error(self) -> bool:
        """Whether it refuses what we asked."""
        return self.status != 0


class _Octets:
    """A body, read from its beginning. Raises `IndexError` behind its end."""

    def __init__(self, data: bytes) -> None:
        self.rest = data

    def octet(self) -> int:
        first, self.rest = self.rest[0], self.rest[1:]
        return first

    def text(self) -> bytes:
        """Up to the zero that ends it, or to the end where none does."""
        found, _, self.rest = self.rest.partition(b"\0")
        return found

    def take(self, length: int) -> bytes:
        found, self.rest = self.rest[:length], self.rest[length:]
        return found


def parse(raw: bytes) -> Pdu:
    """A message as it came, with its length in front. Raises `Unknown`, and `PDUError` for one that is not whole."""
    _, _, status, sequence = struct.unpack(">LLLL", raw[:16])
    try:
        name = str(pdu.extract_command(raw))
    except exceptions.UnknownCommandError:
        raise Unknown(sequence) from None
    read, body = Pdu(name, status, sequence), _Octets(raw[16:])
    try:
        if name in ("deliver_sm", "data_sm"):
            _take_message(read, body)
        elif name == "submit_sm_resp":
            read.message_id = body.text()
    except IndexError:
        raise exceptions.PDUError("broken") from None
    return read


def _take_message(read: Pdu, body: _Octets) -> None:
    """The fields of a deliver_sm (4.6.1) or a data_sm (4.7.1), which has no text but in its parameters."""
    body.text()  # service_type
    for _ in ("source", "destination"):
        body.octet()
        body.octet()
        body.text()
    read.esm_class = body.octet()
    if read.command == "deliver_sm":
        body.take(2)  # protocol_id, priority_flag
        body.text()
        body.text()
        body.take(4)  # registered_delivery, replace_if_present_flag, data_coding, sm_default_msg_id
        read.short_message = body.take(body.octet())
    else:
        body.take(2)  # registered_delivery, data_coding
    while len(body.rest) >= 4:
        tag, length = struct.unpack(">HH", body.take(4))
        value = body.take(length)
        match tag:
            case 0x001E:
                read.receipted_message_id = value
            case 0x0427:
                read.message_state = int.from_bytes(value)
            case 0x0424:
                read.message_payload = value
            case 0x0204:
                read.user_message_reference = int.from_bytes(value)


def read_pdu(client: Any) -> Pdu:
    """The next message on the library's connection. Raises `Unknown`, `PDUError` and what the connection raises."""
    head = client._recv_exact(4)
    length = int.from_bytes(head)
    if not 16 <= length <= LONGEST:
        raise exceptions.PDUError("broken")
    read = parse(head + client._recv_exact(length - 4))
    if not read.is_error() and read.command in consts.STATE_SETTERS:
        client.state = consts.STATE_SETTERS[read.command]
    return read
