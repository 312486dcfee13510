"""The line to an operator of telephones: SMPP 3.4 as a transceiver, by smpplib.

One line for a process, opened when it is first needed and again after it was lost. A thread reads: answers to what
we submitted, and delivery receipts, which are stored before they are acknowledged. No call here happens inside a
database transaction.

What SMPP cannot do is ask by our own reference what became of a message whose answer was lost. Operators offer that
beside SMPP; where one does, `query_url` names it (docs/decisions/0060). Each part carries our reference twice: as
user_message_reference (sixteen bits, echoed in receipts) and whole, in an operator-defined parameter.
"""

from __future__ import annotations

import logging
import os
import select
import struct
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from queue import Empty, SimpleQueue
from typing import Any

import requests
from smpplib import client as smpp_client
from smpplib import command, consts, exceptions, smpp

from services.notifications.domain.short_text import Part, encode
from services.notifications.gateways.line import (
    FIRST,
    Answer,
    AskLater,
    Known,
    LineDown,
    OnReceipt,
    Verdict,
)
from services.notifications.gateways.receipts import read_receipt
from services.notifications.gateways.smpp_reading import Pdu, Unknown, read_pdu
from services.notifications.gateways.smpp_status import Meaning, meaning
from shared.logs import log

CLIENT_REFERENCE = 0x1501
#: How long a line stands still after the operator refused us rather than a message.
STANDS_STILL_SECONDS = 60.0

logging.getLogger("smpp").setLevel(logging.CRITICAL)  # it would log numbers and texts


@dataclass(frozen=True)
class SmsSettings:
    """Where the operator is, and what was agreed with it."""

    host: str
    port: int
    system_id: str = "tideover"
    password: str = ""
    sender: str = "Tideover"
    query_url: str | None = None
    window: int = 20
    answer_seconds: float = 10.0
    settle_seconds: float = 3.0

    name: str = FIRST
    #: What the operator says of its own codes.
    agreed: Mapping[int, Meaning] = field(default_factory=dict)


class _Submit(command.SubmitSM):  # type: ignore[misc]
    """submit_sm with our whole reference, which the library has no name for."""

    own_reference = b""

    def generate_params(self) -> bytes:
        body: bytes = super().generate_params()
        return body + struct.pack(">HH", CLIENT_REFERENCE, len(self.own_reference)) + self.own_reference


class SmppLine:
    """A bound transceiver. Safe for several threads; a forked child opens its own."""

    def __init__(self, settings: SmsSettings) -> None:
        self.settings = settings
        self.name = settings.name
        self._still_until, self._still_why = 0.0, ""
        self.settle_seconds = settings.settle_seconds
        self.can_ask = settings.query_url is not None
        self.on_receipt: OnReceipt | None = None
        self._open_lock = threading.Lock()
        self._write_lock = threading.Lock()
        self._window = threading.BoundedSemaphore(settings.window)
        self._client: Any = None
        self._pid = 0
        self._waiting: dict[int, SimpleQueue[Answer]] = {}
        self._http = requests.Session()

    # -- opening and losing -------------------------------------------------------------------------

    def ready(self) -> None:
        """Be bound. Raises `LineDown`."""
        with self._open_lock:
            if time.monotonic() < self._still_until:
                raise LineDown(self._still_why)
            if self._client is not None and self._pid == os.getpid():
                return
            if self._pid != os.getpid():
                self._waiting, self._write_lock = {}, threading.Lock()
            s = self.settings
            client = smpp_client.Client(s.host, s.port, timeout=5, allow_unknown_opt_params=True)
            client.read_pdu = partial(read_pdu, client)
            try:
                client.connect()
                client.bind_transceiver(system_id=s.system_id, password=s.password)
            except (exceptions.ConnectionError, exceptions.PDUError, Unknown, OSError) as fault:
                try:
                    client.disconnect()
                except OSError:
                    pass
                raise LineDown("line_down") from fault
            client.state = consts.SMPP_CLIENT_STATE_BOUND_TRX
            self._client, self._pid = client, os.getpid()
            threading.Thread(target=self._read, args=(client,), name="sms-line", daemon=True).start()
            log.info("sms_line_bound", host=s.host, port=s.port)

    def _stand_still(self, why: str) -> None:
        """The operator refuses us: until somebody has looked, one try a minute tells enough."""
        self._still_until, self._still_why = time.monotonic() + STANDS_STILL_SECONDS, why
        log.error("sms_line_stands_still", line=self.name, reason=why)

    def close(self) -> None:
        """Say goodbye; what is open stays unknown."""
        with self._open_lock:
            client, self._client = self._client, None
        if client is not None:
            try:
                with self._write_lock:
                    client.send_pdu(smpp.make_pdu("unbind", client=client))
            except (exceptions.ConnectionError, exceptions.PDUError, OSError):
                pass
            self._drop(client)

    def _drop(self, client: Any) -> None:
        with self._open_lock:
            if self._client is client:
                self._client = None
        try:
            client.state = consts.SMPP_CLIENT_STATE_OPEN
            client.disconnect()
        except OSError:
            pass
        for queue in list(self._waiting.values()):
            queue.put(Answer(Verdict.UNKNOWN, reason="line_lost"))

    def _read(self, client: Any) -> None:
        """The reading thread of one bind."""
        heard = asked = time.monotonic()
        while self._client is client:
            try:
                readable, _, _ = select.select([client._socket], [], [], 0.5)
                now = time.monotonic()
                if readable:
                    heard = now
                    self._take(client, client.read_pdu())
                elif now - heard > 60:
                    raise exceptions.ConnectionError("silent")
                elif now - max(heard, asked) > 20:
                    asked = now
                    with self._write_lock:
                        client.send_pdu(smpp.make_pdu("enquire_link", client=client))
            except Unknown as unknown:
                self._nack(client, unknown.sequence)
            except Exception as lost:  # whatever it was: a line that nobody reads is opened anew
                if self._client is client:
                    log.warning("sms_line_lost", fault=type(lost).__name__)
                self._drop(client)
                return

    def _take(self, client: Any, pdu: Pdu) -> None:
        match pdu.command:
            case "submit_sm_resp" | "generic_nack":
                queue = self._waiting.get(pdu.sequence)
                if queue is not None:
                    answer = _answer(pdu, self.settings.agreed)
                    if answer.verdict is Verdict.LINE:
                        self._stand_still(answer.reason)
                    queue.put(answer)
            case "deliver_sm" | "data_sm":
                came = read_receipt(pdu)
                kept = came is None or (self.on_receipt is not None and self.on_receipt(replace(came, line=self.name)))
                reply = smpp.make_pdu(
                    f"{pdu.command}_resp",
                    client=client,
                    status=consts.SMPP_ESME_ROK if kept else consts.SMPP_ESME_RSYSERR,
                )
                self._reply(client, reply, pdu.sequence)
            case "enquire_link":
                self._reply(client, smpp.make_pdu("enquire_link_resp", client=client), pdu.sequence)
            case "unbind":
                self._reply(client, smpp.make_pdu("unbind_resp", client=client), pdu.sequence)
                raise exceptions.ConnectionError("the operator said goodbye")
            case "query_sm":
                self._nack(client, pdu.sequence)

    def _nack(self, client: Any, sequence: int) -> None:
        """What the operator asks is nothing that a sender of messages does; without an answer it would ask again."""
        nack = smpp.make_pdu("generic_nack", client=client, status=consts.SMPP_ESME_RINVCMDID)
        try:
            self._reply(client, nack, sequence)
        except (exceptions.ConnectionError, exceptions.PDUError, OSError):
            self._drop(client)

    def _reply(self, client: Any, reply: Any, sequence: int) -> None:
        reply.sequence = sequence
        with self._write_lock:
            client.send_pdu(reply)

    def cut(self, text: str, number: int) -> list[Part]:
        """Parts as phones join them."""
        return encode(text, number)

    # -- sending ------------------------------------------------------------------------------------

    def submit(
        self, to: str, parts: Sequence[Part], reference: str, short_reference: int, *, leave_by: float
    ) -> dict[int, Answer]:
        """Hand parts to the operator and wait for its answers. Never raises: each part has a verdict.

        `leave_by` (monotonic): a part that has not left by then does not leave any more, so that whoever finds our
        intention later may trust what the operator says.
        """
        client = self._client if self._pid == os.getpid() else None
        until = time.monotonic() + self.settings.answer_seconds
        open_: dict[int, tuple[int, SimpleQueue[Answer]]] = {}
        answers: dict[int, Answer] = {}
        for part in parts:
            if client is None or client is not self._client:
                answers[part.no] = Answer(Verdict.NOT_SENT, reason="line_lost")
                continue
            if not self._window.acquire(timeout=max(0.0, leave_by - time.monotonic())):
                answers[part.no] = Answer(Verdict.NOT_SENT, reason="window_full")
                continue
            queue: SimpleQueue[Answer] = SimpleQueue()
            with self._write_lock:
                if time.monotonic() >= leave_by:
                    self._window.release()
                    answers[part.no] = Answer(Verdict.NOT_SENT, reason="too_late")
                    continue
                pdu = self._pdu(client, to, part, reference, short_reference)
                self._waiting[pdu.sequence] = queue
                open_[part.no] = (pdu.sequence, queue)
                try:
                    client.send_pdu(pdu)
                except (exceptions.ConnectionError, exceptions.PDUError, OSError):
                    queue.put(Answer(Verdict.UNKNOWN, reason="line_lost"))
        for no, (sequence, queue) in open_.items():
            try:
                answers[no] = queue.get(timeout=max(0.0, until - time.monotonic()))
            except Empty:
                answers[no] = Answer(Verdict.UNKNOWN, reason="no_answer")
            finally:
                self._waiting.pop(sequence, None)
                self._window.release()
        return answers

    def _pdu(self, client: Any, to: str, part: Part, reference: str, short_reference: int) -> Any:
        pdu = _Submit(
            "submit_sm",
            client=client,
            source_addr_ton=consts.SMPP_TON_ALNUM,
            source_addr_npi=consts.SMPP_NPI_UNK,
            source_addr=self.settings.sender,
            dest_addr_ton=consts.SMPP_TON_INTL,
            dest_addr_npi=consts.SMPP_NPI_ISDN,
            destination_addr=to.lstrip("+"),
            esm_class=consts.SMPP_GSMFEAT_UDHI if part.header else 0,
            registered_delivery=1,
            data_coding=consts.SMPP_ENCODING_ISO10646,
            short_message=part.octets,
            validity_period="000003000000000R",
            user_message_reference=short_reference,
        )
        pdu.own_reference = reference.encode("ascii")
        return pdu

    # -- asking -------------------------------------------------------------------------------------

    def ask(self, reference: str) -> list[Known]:
        """Which parts the operator holds under our reference. Raises `AskLater`."""
        try:
            answer = self._http.get(
                f"{self.settings.query_url}/received", params={"reference": reference}, timeout=(2, 5)
            )
            answer.raise_for_status()
            return [Known(int(p["no"]), str(p["message_id"])) for p in answer.json()["parts"]]
        except (requests.RequestException, ValueError, KeyError, TypeError) as fault:
            raise AskLater(type(fault).__name__) from None


def _answer(pdu: Pdu, agreed: Mapping[int, Meaning] | None = None) -> Answer:
    if not pdu.is_error():
        return Answer(Verdict.TAKEN, operator_id=pdu.message_id.decode("ascii", "replace"))
    verdict, reason = meaning(pdu.status, agreed)
    return Answer(verdict, reason=reason)
