"""The pretend phone: an operator's SMPP server and everybody's telephone, for the sandbox and for tests.

    python -m deploy.embedded.pretend_phone        PORT, SMPP_PORT, PRETEND_PHONE_DATABASE_URL

It takes short messages as an operator does (SMPP 3.4), joins their parts, sends delivery receipts, and shows what
arrived. It removes no duplicates: what was sent twice stands there twice. It can be told to throttle, refuse, fall
silent, be late. What it has taken survives its end.

`GET /received?number=|reference=` is what an operator offers as a query interface; `POST /behaviour` is the lever of
the sandbox.
"""

from __future__ import annotations

import asyncio
import os
import re
import signal
import sys
import threading
import time
from dataclasses import dataclass
from typing import Any

import psycopg
import smpp34
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from deploy.embedded.pretend_phone_pages import make_app

#: Where our reference travels: a parameter of the range that SMPP leaves to operators.
CLIENT_REFERENCE = 0x1501
THROTTLED, SYSTEM_ERROR = 0x58, 0x08

TABLES = """
CREATE TABLE IF NOT EXISTS part (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, operator_id text NOT NULL UNIQUE,
  reference text, user_reference integer, number text NOT NULL, sender text NOT NULL,
  series integer, no integer NOT NULL, of integer NOT NULL, text text NOT NULL,
  message_id bigint, received_at timestamptz NOT NULL DEFAULT clock_timestamp());
CREATE INDEX IF NOT EXISTS part_reference ON part (reference);
CREATE INDEX IF NOT EXISTS part_open ON part (number, series) WHERE message_id IS NULL;
CREATE TABLE IF NOT EXISTS message (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, number text NOT NULL, sender text NOT NULL, reference text,
  text text NOT NULL, parts integer NOT NULL, received_at timestamptz NOT NULL DEFAULT clock_timestamp());
CREATE INDEX IF NOT EXISTS message_number ON message (number, id DESC);
CREATE TABLE IF NOT EXISTS receipt (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, part_id bigint NOT NULL REFERENCES part, state text NOT NULL,
  due_at timestamptz NOT NULL, sent_at timestamptz);
CREATE INDEX IF NOT EXISTS receipt_open ON receipt (due_at) WHERE sent_at IS NULL;
CREATE TABLE IF NOT EXISTS behaviour (number text PRIMARY KEY, rules jsonb NOT NULL);
"""

RECEIPTS = ("DELIVRD", "UNDELIV", "EXPIRED", "REJECTD", "DELETED", "UNKNOWN", "none")


@dataclass(frozen=True)
class Piece:
    """One part as it came."""

    number: str
    sender: str
    text: str
    series: int | None
    no: int
    of: int
    reference: str | None
    user_reference: int | None


class Book:
    """What was received, and how the phones behave: rows in a database of its own."""

    def __init__(self, url: str) -> None:
        self.url = url.replace("postgresql+psycopg://", "postgresql://")
        self.lock = threading.Lock()
        self._connection: psycopg.Connection[Any] | None = None
        with self.lock:
            connection = self._open()
            connection.execute("SELECT pg_advisory_lock(7273)")
            connection.execute(TABLES)
            connection.execute("SELECT pg_advisory_unlock(7273)")

    def _open(self) -> psycopg.Connection[Any]:
        if self._connection is None or self._connection.closed:
            self._connection = psycopg.connect(self.url, autocommit=True, row_factory=dict_row)
        return self._connection

    def run(self, sql: str, *values: Any) -> list[dict[str, Any]]:
        """One statement; answers its rows."""
        with self.lock:
            cursor = self._open().execute(sql, values)
            return cursor.fetchall() if cursor.description else []

    def rules(self, number: str) -> dict[str, Any]:
        """How this phone behaves: what was said of it, else what was said of all."""
        rows = self.run("SELECT number, rules FROM behaviour WHERE number IN (%s, '*')", number)
        merged: dict[str, Any] = {}
        for row in sorted(rows, key=lambda r: r["number"] != "*"):
            merged |= row["rules"]
        return merged

    def behave(self, number: str, rules: dict[str, Any]) -> None:
        """Set how a phone behaves from now on; empty rules make it ordinary again."""
        self.run(
            "INSERT INTO behaviour VALUES (%s, %s) ON CONFLICT (number) DO UPDATE SET rules = excluded.rules",
            number,
            Jsonb(rules),
        )

    def use_up(self, number: str, rule: str) -> bool:
        """Take one of a counted misbehaviour ("throttle the next 3"); false when there is none left."""
        for whom in (number, "*"):
            rows = self.run(
                "UPDATE behaviour SET rules = jsonb_set(rules, ARRAY[%s], to_jsonb((rules->>%s)::int - 1))"
                " WHERE number = %s AND (rules->>%s)::int > 0 RETURNING 1",
                rule,
                rule,
                whom,
                rule,
            )
            if rows:
                return True
        return False

    def take(self, piece: Piece) -> str:
        """Keep a part and its receipts to come; join the message when the last part is there."""
        rules = self.rules(piece.number)
        with self.lock, self._open().transaction():
            run = self._open().execute
            row = run(
                "INSERT INTO part (operator_id, reference, user_reference, number, sender, series, no, of, text)"
                " VALUES (gen_random_uuid()::text, %s, %s, %s, %s, %s, %s, %s, %s) RETURNING id, operator_id",
                (
                    piece.reference,
                    piece.user_reference,
                    piece.number,
                    piece.sender,
                    piece.series,
                    piece.no,
                    piece.of,
                    piece.text,
                ),
            ).fetchone()
            assert row is not None  # noqa: S101
            self._join(piece, row["id"])
            state = rules.get("receipt", "DELIVRD")
            for copy in range(int(rules.get("receipt_copies", 1)) if state != "none" else 0):
                run(
                    "INSERT INTO receipt (part_id, state, due_at)"
                    " VALUES (%s, %s, clock_timestamp() + %s * interval '1 second')",
                    (row["id"], state, float(rules.get("receipt_delay", 0)) + 0.01 * copy),
                )
        return str(row["operator_id"])

    def _join(self, piece: Piece, part_id: int) -> None:
        run = self._open().execute
        found = [{"id": part_id, "no": piece.no, "text": piece.text}]
        if piece.of > 1:
            found = run(
                "SELECT DISTINCT ON (no) id, no, text FROM part WHERE message_id IS NULL AND number = %s "
                "AND sender = %s"
                " AND series = %s AND of = %s AND reference IS NOT DISTINCT FROM %s ORDER BY no, id",
                (piece.number, piece.sender, piece.series, piece.of, piece.reference),
            ).fetchall()
            if len(found) < piece.of:
                return
        whole = run(
            "INSERT INTO message (number, sender, reference, text, parts) VALUES (%s, %s, %s, %s, %s) RETURNING id",
            (piece.number, piece.sender, piece.reference, "".join(p["text"] for p in found), piece.of),
        ).fetchone()
        assert whole is not None  # noqa: S101
        run("UPDATE part SET message_id = %s WHERE id = ANY(%s)", (whole["id"], [p["id"] for p in found]))

    def due_receipts(self) -> list[dict[str, Any]]:
        return self.run(
            "SELECT r.id, r.state, p.operator_id, p.number, p.sender, p.user_reference, p.received_at FROM receipt r"
            " JOIN part p ON p.id = r.part_id WHERE r.sent_at IS NULL AND r.due_at <= clock_timestamp()"
            " ORDER BY r.due_at, r.id LIMIT 100"
        )

    def received(self, number: str | None, reference: str | None) -> dict[str, Any]:
        """Messages and parts of a number or a reference, oldest first."""
        where, value = ("reference = %s", reference) if reference else ("number = %s", number)
        if not reference and not number:
            where, value = "%s", True
        messages = self.run(
            f"SELECT number, sender, reference, text, parts, received_at FROM message WHERE {where} ORDER BY id",
            value,
        )
        parts = self.run(
            f"SELECT p.operator_id AS message_id, p.reference, p.number, p.no, p.of, (SELECT r.state FROM receipt r"
            f" WHERE r.part_id = p.id AND r.sent_at IS NOT NULL ORDER BY r.id DESC LIMIT 1) AS state"
            f" FROM part p WHERE p.{where} ORDER BY p.id"
            if where != "%s"
            else "SELECT operator_id AS message_id, reference, number, no, of, NULL AS state "
            "FROM part WHERE %s ORDER BY id",
            value,
        )
        for message in messages:
            message["received_at"] = message["received_at"].isoformat()
        return {"messages": messages, "parts": parts}


def read_piece(event: Any) -> Piece:
    """What a submit_sm says: its text, and which part of which series it is."""
    octets = bytes(event.short_message)
    series, no, of = None, 1, 1
    if event.esm_class & 0x40 and octets:
        header, octets = octets[1 : 1 + octets[0]], octets[1 + octets[0] :]
        while len(header) >= 2:
            kind, size = header[0], header[1]
            if kind == 0x00 and size == 3:
                series, of, no = header[2], header[3], header[4]
            header = header[2 + size :]
    text = octets.decode("utf-16-be", "replace") if event.data_coding == 8 else octets.decode("latin-1")
    reference, user_reference = None, None
    for tlv in event.tlvs:
        if tlv.tag == CLIENT_REFERENCE:
            reference = bytes(tlv.value).decode("ascii", "replace")
        elif tlv.tag == smpp34.TLV_USER_MESSAGE_REFERENCE:
            user_reference = int.from_bytes(bytes(tlv.value), "big")
    number = event.destination_addr
    number = "+" + number if event.dest_addr_ton == 1 and not number.startswith("+") else number
    return Piece(number, event.source_addr, text, series, no, of, reference, user_reference)


class Operator:
    """The SMPP side."""

    def __init__(self, book: Book, host: str, port: int) -> None:
        self.book, self.host, self.port = book, host, port
        self.sessions: dict[str, Any] = {}
        self.kept: list[Any] = []  # requests that are never answered
        self.new_receipt = asyncio.Event()

    async def serve(self) -> None:
        server = smpp34.Server(host=self.host, port=self.port, system_id="PRETEND")
        await server.start()
        tasks = {asyncio.create_task(self._receipts())}
        try:
            while True:
                event = await server.next()
                if isinstance(event, smpp34.Esme):
                    self.sessions[event.session_id] = event
                    self.new_receipt.set()
                elif isinstance(event, smpp34.Unbound):
                    self.sessions.pop(event.session_id, None)
                else:
                    task = asyncio.create_task(self._answer(event))
                    tasks.add(task)
                    task.add_done_callback(tasks.discard)
        finally:
            for task in tasks:
                task.cancel()
            await server.stop()

    async def _answer(self, event: Any) -> None:
        piece = read_piece(event)
        book = self.book
        rules = await asyncio.to_thread(book.rules, piece.number)
        if rules.get("throttle", 0) and await asyncio.to_thread(book.use_up, piece.number, "throttle"):
            event.reject(THROTTLED)
            return
        if rules.get("refuse", 0) and await asyncio.to_thread(book.use_up, piece.number, "refuse"):
            event.reject(int(rules.get("refuse_with", smpp34.ESME_RINVDSTADR)))
            return
        if not re.fullmatch(r"\+[1-9][0-9]{6,14}", piece.number):
            event.reject(smpp34.ESME_RINVDSTADR)
            return
        if rules.get("answer_delay"):
            await asyncio.sleep(float(rules["answer_delay"]))
        try:
            operator_id = await asyncio.to_thread(book.take, piece)
        except psycopg.Error:
            event.reject(SYSTEM_ERROR)
            return
        if rules.get("silent", 0) and await asyncio.to_thread(book.use_up, piece.number, "silent"):
            self.kept.append(event)  # taken, but the answer never comes
            return
        event.accept(message_id=operator_id)
        self.new_receipt.set()

    async def _receipts(self) -> None:
        while True:
            try:
                await asyncio.wait_for(self.new_receipt.wait(), 0.25)
            except TimeoutError:
                pass
            self.new_receipt.clear()
            listening = [esme for esme in self.sessions.values() if esme.can_receive]
            if not listening:
                continue
            try:
                due = await asyncio.to_thread(self.book.due_receipts)
            except psycopg.Error:
                continue
            for number, row in enumerate(due):
                if await self._send_receipt(listening[number % len(listening)], row):
                    await asyncio.to_thread(
                        self.book.run,
                        "UPDATE receipt SET sent_at = clock_timestamp() WHERE id = %s",
                        row["id"],
                    )

    async def _send_receipt(self, esme: Any, row: dict[str, Any]) -> bool:
        at = row["received_at"].strftime("%y%m%d%H%M")
        state = row["state"]
        delivered = state == "DELIVRD"
        words = (
            f"id:{row['operator_id']} sub:001 dlvrd:{'001' if delivered else '000'} submit date:{at} done date:{at}"
            f" stat:{state} err:{'000' if delivered else '011'} text:"
        )
        codes = {"DELIVRD": 2, "EXPIRED": 3, "DELETED": 4, "UNDELIV": 5, "UNKNOWN": 7, "REJECTD": 8}
        tlvs = [
            smpp34.Tlv(smpp34.TLV_RECEIPTED_MESSAGE_ID, row["operator_id"].encode() + b"\0"),
            smpp34.Tlv(smpp34.TLV_MESSAGE_STATE, bytes((codes[state],))),
        ]
        if row["user_reference"] is not None:
            tlvs.append(smpp34.Tlv(smpp34.TLV_USER_MESSAGE_REFERENCE, row["user_reference"].to_bytes(2, "big")))
        try:
            answer = await asyncio.wait_for(
                esme.deliver_sm(
                    destination_addr=row["sender"],
                    source_addr=row["number"].lstrip("+"),
                    source_addr_ton=1,
                    source_addr_npi=1,
                    esm_class=0x04,
                    short_message=words.encode(),
                    tlvs=tlvs,
                ),
                10,
            )
        except Exception:  # the line went away; the receipt stays due
            return False
        return bool(answer.is_success)


def main() -> int:
    """Serve until told to stop."""
    url = os.environ.get("PRETEND_PHONE_DATABASE_URL")
    if not url:
        sys.stderr.write("The pretend phone needs PRETEND_PHONE_DATABASE_URL, a database of its own.\n")
        return 2
    host = os.environ.get("HOST", "127.0.0.1")
    http_port, smpp_port = int(os.environ.get("PORT", "8094")), int(os.environ.get("SMPP_PORT", "2775"))
    until = time.monotonic() + 30
    while True:
        try:
            book = Book(url)
            break
        except psycopg.OperationalError:
            if time.monotonic() > until:
                sys.stderr.write("The pretend phone cannot reach its database.\n")
                return 1
            time.sleep(0.3)

    from werkzeug.serving import WSGIRequestHandler, make_server

    class Quiet(WSGIRequestHandler):
        """Addresses hold numbers; they are nobody's business, not even in a sandbox's log."""

        def log_request(self, *_: Any, **__: Any) -> None:
            """Nothing."""

    try:
        web = make_server(host, http_port, make_app(book), threaded=True, request_handler=Quiet)
    except (OSError, SystemExit):
        sys.stderr.write(f"The pretend phone cannot use port {http_port}: another program has it.\n")
        return 1
    threading.Thread(target=web.serve_forever, daemon=True).start()

    async def serve() -> None:
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stop.set)
        serving = asyncio.create_task(Operator(book, host, smpp_port).serve())
        waiting = asyncio.create_task(stop.wait())
        done, _ = await asyncio.wait({serving, waiting}, return_when=asyncio.FIRST_COMPLETED)
        if serving in done:
            serving.result()
        serving.cancel()

    try:
        asyncio.run(serve())
    except (smpp34.SmppError, OSError) as fault:
        sys.stderr.write(f"The pretend phone cannot serve SMPP on port {smpp_port}: {fault}\n")
        return 1
    web.shutdown()
    return 0


if __name__ == "__main__":
    sys.exit(main())
