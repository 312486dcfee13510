"""What an operator sends, read so that nothing it may hold ends the line: the library under the line knows some
optional parameters for some messages, and stops at each of the others.

Of optional parameters (SMPP 3.4, 5.3.2) those of a receipt are read, in the length that they have: texts end with a
zero or do not. All others are passed over, as the standard asks (3.3).
"""

from __future__ import annotations

import struct
from typing import Any

from smpplib import client as smpp_client
from smpplib import command, consts, exceptions, pdu, smpp

#: A message of 64 KB in `message_payload`, and the rest of it.
LONGEST = 1 << 17


class Unknown(ValueError):
    """A command that SMPP 3.4 does not have; `sequence` is what an answer names."""

    def __init__(self, sequence: int) -> None:
        super().__init__("unknown command")
        self.sequence = sequence


class _OptionalAsTheyAre:
    """Mixed into a message of the library: its optional parameters by their own lengths."""

    def parse_optional_params(self, data: bytes) -> None:
        at = 0
        while at + 4 <= len(data):
            tag, length = struct.unpack_from(">HH", data, at)
            value = data[at + 4 : at + 4 + length]
            at += 4 + length
            match tag:
                case 0x001E:  # by their names there
                    self.receipted_message_id = value
                case 0x0427:
                    self.message_state = int.from_bytes(value)
                case 0x0424:
                    self.message_payload = value
                case 0x0204:
                    self.user_message_reference = int.from_bytes(value)


class _DeliverSM(_OptionalAsTheyAre, command.DeliverSM):  # type: ignore[misc]
    pass


class _DataSM(_OptionalAsTheyAre, command.DataSM):  # type: ignore[misc]
    #: Its text stands in `message_payload`.
    short_message = None


class _SubmitSMResp(_OptionalAsTheyAre, command.SubmitSMResp):  # type: ignore[misc]
    def parse_params(self, data: bytes) -> None:
        self.message_id = data.split(b"\0", 1)[0]  # whether or not the zero at its end is there


class _BindTransceiverResp(_OptionalAsTheyAre, command.BindTransceiverResp):  # type: ignore[misc]
    pass


_OURS: dict[str, type] = {
    "deliver_sm": _DeliverSM,
    "data_sm": _DataSM,
    "submit_sm_resp": _SubmitSMResp,
    "bind_transceiver_resp": _BindTransceiverResp,
}


def parse(raw: bytes, client: Any) -> Any:
    """A message of the operator. Raises `Unknown`, and `PDUError` for one that is not whole."""
    try:
        name = pdu.extract_command(raw)
        kind = _OURS.get(name)
        make = kind if kind is not None else smpp.make_pdu
        read: Any = make(name, client=client, allow_unknown_opt_params=True)
        read.parse(raw)
    except exceptions.UnknownCommandError:
        raise Unknown(int.from_bytes(raw[12:16])) from None
    except (struct.error, KeyError, IndexError, TypeError, ValueError) as broken:
        raise exceptions.PDUError("broken") from broken
    return read


class Client(smpp_client.Client):  # type: ignore[misc]
    """The library's connection with our reading."""

    def read_pdu(self) -> Any:
        head = self._recv_exact(4)
        length = int.from_bytes(head)
        if not 16 <= length <= LONGEST:
            raise exceptions.PDUError("broken")
        read = parse(head + self._recv_exact(length - 4), self)
        if not read.is_error() and read.command in consts.STATE_SETTERS:
            self.state = consts.STATE_SETTERS[read.command]
        return read
