"""Operators with habits of their own, on real sockets: what they answer, how they write ids and receipts."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import smpp34
from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

from services.notifications import app as wiring
from services.notifications.domain.quiet import QuietHours
from services.notifications.gateways.line import Line
from services.notifications.gateways.lines import Lines
from services.notifications.gateways.sms import SmppLine, SmsSettings
from shared.signatures import sign
from tests.notifications.conftest import Town


def a_free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Receipt:
    """A delivery receipt as this operator writes it."""

    text: bytes = b""
    data_coding: int = 0
    esm_class: int = 0x04
    tlvs: tuple[tuple[int, bytes], ...] = ()

    @classmethod
    def says(cls, operator_id: str, state: str = "DELIVRD", more: str = "text:") -> Receipt:
        return cls(
            f"id:{operator_id} sub:001 dlvrd:001 submit date:2504210900 done date:2504210901 "
            f"stat:{state} err:000 {more}".encode()
        )


@dataclass
class SmppOperator:
    """Takes messages until told otherwise. `answers` holds the next ids (or refusals, as numbers), in order;
    `receipts` makes what it reports of the n-th message it took."""

    answers: list[str | int] = field(default_factory=list)
    receipts: Callable[[int], list[Receipt]] = lambda _: []
    port: int = field(default_factory=a_free_port)
    taken: list[Any] = field(default_factory=list)

    def __enter__(self) -> SmppOperator:
        self._loop = asyncio.new_event_loop()
        self._sessions: dict[str, Any] = {}
        open_ = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(open_,), daemon=True)
        self._thread.start()
        assert open_.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)

    def _run(self, open_: threading.Event) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._serve(open_))

    async def _serve(self, open_: threading.Event) -> None:
        self._stop = asyncio.Event()
        server = smpp34.Server(host="127.0.0.1", port=self.port, system_id="ODD")
        await server.start()
        open_.set()
        work = asyncio.create_task(self._work(server))
        await self._stop.wait()
        work.cancel()
        await server.stop()

    async def _work(self, server: Any) -> None:
        while True:
            event = await server.next()
            if isinstance(event, smpp34.Esme):
                self._sessions[event.session_id] = event
            elif isinstance(event, smpp34.Unbound):
                self._sessions.pop(event.session_id, None)
            else:
                self._answer(event)

    def _answer(self, event: Any) -> None:
        answer = self.answers.pop(0) if self.answers else f"ordinary-{len(self.taken)}"
        if isinstance(answer, int):
            event.reject(answer)
            return
        event.accept(message_id=answer)
        self.taken.append(event)
        self._background = [
            asyncio.create_task(self._report(receipt)) for receipt in self.receipts(len(self.taken) - 1)
        ]

    async def _report(self, receipt: Receipt) -> None:
        await next(iter(self._sessions.values())).deliver_sm(
            destination_addr="Tideover",
            source_addr="8562055",
            source_addr_ton=1,
            source_addr_npi=1,
            esm_class=receipt.esm_class,
            data_coding=receipt.data_coding,
            short_message=receipt.text,
            tlvs=[smpp34.Tlv(tag, value) for tag, value in receipt.tlvs],
        )

    def reports(self, receipt: Receipt) -> None:
        """A receipt that comes at a moment of the story's choosing; it is acknowledged when this returns."""
        asyncio.run_coroutine_threadsafe(self._report(receipt), self._loop).result(10)


@dataclass
class HttpOperator:
    """Takes messages over HTTP. `answers` holds what it does next: a status, a body to refuse with, or "silent" (it
    takes the message and never answers)."""

    answers: list[int | tuple[int, dict[str, str]] | str] = field(default_factory=list)
    port: int = field(default_factory=a_free_port)
    taken: list[dict[str, Any]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> HttpOperator:
        self._server = make_server("127.0.0.1", self.port, self._wsgi, threaded=True)
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        self._hold = threading.Event()
        return self

    def __exit__(self, *_: object) -> None:
        self._hold.set()
        self._server.shutdown()
        self._server.server_close()

    def _wsgi(self, environ: Any, start: Any) -> Any:
        return self._answer(Request(environ))(environ, start)

    def _answer(self, request: Request) -> Response:
        if request.method == "GET":
            found = [m for m in self.taken if m["reference"] == request.args["reference"]]
            return Response(json.dumps({"messages": found}))
        answer = self.answers.pop(0) if self.answers else 201
        if isinstance(answer, tuple):
            return Response(json.dumps(answer[1]), status=answer[0])
        if isinstance(answer, int) and answer != 201:
            return Response(status=answer)
        message = json.loads(request.get_data()) | {"id": f"h-{len(self.taken)}"}
        self.taken.append(message)
        if answer == "silent":
            self._hold.wait(20)
        return Response(json.dumps({"id": message["id"]}), status=201)


def rings(client: Any, secret: str, said: Any, at: datetime | None = None) -> Any:
    """The operator's call-back with its signature."""
    body = json.dumps(said).encode()
    return client.post(
        "/v1/messages/receipts", data=body, headers={"X-Signature": sign(secret, at or datetime.now(UTC), body)}
    )


def to(operator: SmppOperator, **more: Any) -> SmppLine:
    return SmppLine(SmsSettings("127.0.0.1", operator.port, answer_seconds=5.0, settle_seconds=6.0, **more))


@contextmanager
def with_operators(town: Town, *lines: Line, quiet: QuietHours | None = None) -> Iterator[Town]:
    """The town with other operators than its usual one."""
    group = Lines(lines)
    service = wiring.build(town.settings, town.clock, group, quiet=quiet)
    yield replace(town, service=service)
    group.close()
    service.engine.dispose()
