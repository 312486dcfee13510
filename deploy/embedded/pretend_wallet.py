"""A pretend operator of mobile wallets: a process and books of its own, with the back office of the pretend bank.

It takes batches of disbursements as JSON, pays at once, can be asked about each, gives the statement of a day, and
rings with a signed call-back when something became of a payment. Two batches with the same payment are both paid, so
nothing here hides a mistake of ours. It can be told to misbehave (`POST /control`, or by a wallet's last four digits):

    9201 refused: unknown wallet   9206 refused: blocked   9204 comes back next day   9209 another name
    9210 pays, but never rings

    python -m deploy.embedded.pretend_wallet     PRETEND_WALLET_DATABASE_URL, PRETEND_WALLET_PORT, SANDBOX_CLOCK,
                                                 WALLET_SECRET, CALL_BACK_URL

For sandbox and tests only: it has no sign-in and binds to this machine.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import sys
import threading
import time
import uuid
from datetime import date
from typing import Any

import requests
from flask import Flask, Response, abort, jsonify, request
from sqlalchemy import Connection, Engine, text

from deploy.embedded.pretend_bank import PretendBank
from deploy.embedded.pretend_bank_files import Order, Transfer
from deploy.embedded.pretend_bank_pages import back_office
from deploy.embedded.pretend_names import name_doors
from shared import database
from shared.clock import Clock
from shared.money import Money

BELLS = """
CREATE TABLE IF NOT EXISTS bell (
  id uuid PRIMARY KEY, reference text NOT NULL, status text NOT NULL, rung boolean NOT NULL DEFAULT false,
  tries integer NOT NULL DEFAULT 0)
"""
#: Words of the operator for the bank's codes.
WORDS = {"AC01": "unknown_wallet", "AC04": "wallet_closed", "AC06": "wallet_blocked", "DT01": "expired"}


class PretendWallet(PretendBank):
    """The operator's back office: the pretend bank's books with another counter."""

    fates = {
        "9201": {"reject": "AC01"},
        "9206": {"reject": "AC06"},
        "9204": {"return": "AC04"},
        "9209": {"name": "RVNM"},
        "9210": {"silent": "yes"},
    }

    def __init__(self, engine: Engine, clock: Clock, *, secret: str = "", call_back: str = "") -> None:
        super().__init__(engine, clock)
        self.secret, self.call_back = secret, call_back
        with engine.begin() as connection:
            connection.execute(text("SELECT pg_advisory_xact_lock(:k)"), {"k": database.lock_key("pretend_bank")})
            connection.exec_driver_sql(BELLS)

    def take_batch(self, said: dict[str, Any]) -> dict[str, Any]:
        """A batch: each payment's status. The same batch again gets the same answer and does nothing."""
        order = _order(said)
        digest = hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()
        with self.begin() as connection:
            today = self.wake(connection)
            known = connection.execute(
                text("SELECT * FROM message WHERE message_id = :m"), {"m": order.message_id}
            ).first()
            if known is not None:
                connection.execute(
                    text("UPDATE message SET times = times + 1 WHERE message_id = :m"), {"m": order.message_id}
                )
                return dict(json.loads(bytes(known.answer)))
            group, statuses = self._take_new(connection, order, today)
            if group[0] == "RJCT":
                statuses = [(t.reference, "RJCT", group[1]) for t in order.transfers]
            answer = {
                "batch": order.message_id,
                "payments": [self._said(ref, code, why, order.executes_on <= today) for ref, code, why in statuses],
            }
            put = "INSERT INTO message VALUES (:m, :s, :a, :d)"
            values = {"m": order.message_id, "s": digest, "a": json.dumps(answer).encode(), "d": today}
            connection.execute(text(put), values)
            for transfer in order.transfers:
                if not self.behaviour(connection, transfer.number).get("silent"):
                    self._bell(connection, transfer.reference)
        return answer

    def _said(self, reference: str, code: str, reason: str | None, paid: bool) -> dict[str, Any]:
        status = "refused" if code == "RJCT" else "paid" if paid else "pending"
        # An operator answers before he has paid: even what is paid already is told as pending first.
        told = "pending" if status == "paid" else status
        return {"reference": reference, "status": told, "reason": WORDS.get(reason or "", reason)}

    def _bell(self, connection: Connection, reference: str) -> None:
        put = "INSERT INTO bell (id, reference, status) VALUES (:i, :r, 'changed')"
        connection.execute(text(put), {"i": str(uuid.uuid4()), "r": reference})

    def ring(self) -> int:
        """Ring for everything that changed and was not heard yet. Returns how many were heard."""
        with self.begin() as connection:
            waiting = connection.execute(text("SELECT * FROM bell WHERE NOT rung AND tries < 20 LIMIT 200")).all()
        heard = 0
        for bell in waiting:
            body = json.dumps({"id": str(bell.id), "reference": bell.reference, "status": bell.status}).encode()
            ok = self.rings(body)
            heard += ok
            with self.begin() as connection:
                change = "UPDATE bell SET rung = :ok, tries = tries + 1 WHERE id = :i"
                connection.execute(text(change), {"ok": ok, "i": bell.id})
        return heard

    def rings(self, body: bytes) -> bool:
        """One signed call-back; whether it was heard."""
        moment = str(int(self.clock.now().timestamp()))
        digest = hmac.new(self.secret.encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest()
        headers = {"X-Signature": f"t={moment},v1={digest}", "Content-Type": "application/json"}
        try:
            return requests.post(self.call_back, data=body, headers=headers, timeout=5).status_code == 202
        except requests.RequestException:
            return False

    def asked(self, reference: str) -> dict[str, Any] | None:
        """What became of a payment, or none."""
        with self.begin() as connection:
            self.wake(connection)
            query = "SELECT * FROM transfer WHERE reference = :r ORDER BY id DESC LIMIT 1"
            row = connection.execute(text(query), {"r": reference}).first()
        if row is None:
            return None
        status = "refused" if row.status == "RJCT" else "paid" if row.executed_on else "pending"
        return {"reference": reference, "status": status, "reason": WORDS.get(row.reason or "", row.reason)}

    def day(self, number: str, day: date) -> dict[str, Any] | None:
        """The statement of a day; none where the account is not known or the day has not come."""
        with self.begin() as connection:
            today = self.wake(connection)
            account = connection.execute(text("SELECT * FROM account WHERE number = :n"), {"n": number}).first()
            only_final = self.told(connection, "final_only", False)
            if account is None or day > today or (only_final and day == today):
                return None
            query = "SELECT coalesce(sum(minor), 0) FROM movement WHERE number = :n AND day < :d"
            before = int(connection.scalar(text(query), {"n": number, "d": day}) or 0) + account.opening_minor
            query = "SELECT * FROM movement WHERE number = :n AND day = :d ORDER BY id"
            rows = connection.execute(text(query), {"n": number, "d": day}).all()

        def amount(minor: int) -> str:
            return Money(minor, account.currency).decimal()

        return {
            "kind": "wallet_statement",
            "id": f"W{number}-{day}-{len(rows)}-{'final' if day < today else 'so-far'}",
            "account": number,
            "currency": account.currency,
            "day": day.isoformat(),
            "final": day < today,
            "opening": amount(before),
            "closing": amount(before + sum(row.minor for row in rows)),
            "entries": [
                {
                    "id": f"W{row.id}",
                    "amount": amount(row.minor),
                    "kind": row.kind,
                    "reference": row.reference,
                    "reason": WORDS.get(row.reason or "", row.reason),
                    "text": row.about,
                }
                for row in rows
            ],
        }

    def available(self, number: str, currency: str) -> str:
        """What an account holds, as decimal text; who asks is its owner, and it exists from then on."""
        self.enough(number, Money(0, currency))
        with self.begin() as connection:
            limit = self.told(connection, "funds_minor")
            query = """SELECT opening_minor + coalesce((SELECT sum(minor) FROM movement m WHERE m.number = a.number), 0)
                       FROM account a WHERE number = :n"""
            have = int(connection.scalar(text(query), {"n": number}) or 0)
        return Money(int(limit) if limit is not None else have, currency).decimal()


def _order(said: dict[str, Any]) -> Order:
    """A batch in the bank's words. Raises `ValueError`, `KeyError`."""
    transfers = tuple(
        Transfer(
            p["reference"],
            "",
            Money.parse(p["amount"], p["currency"]),
            p["name"],
            p["operator"],
            p["wallet"],
            p["text"],
        )
        for p in said["payments"]
    )
    day = date.fromisoformat(said["pays_on"])
    currency = transfers[0].amount.currency if transfers else "LAK"
    return Order(said["batch"], day, said["payer"], said["account"], currency, transfers)


def create_app(wallet: PretendWallet) -> Flask:
    """The operator's counter."""
    app = Flask("pretend_wallet", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = 60 * 1024 * 1024
    _doors_of_payments(app, wallet)
    _doors_of_accounts(app, wallet)
    back_office(app, wallet, "Pretend wallet")
    return app


def _mood(wallet: PretendWallet, *times: str) -> None:
    """Be down as told, or lose what the next n times were told to lose."""
    lost = False
    with wallet.begin() as connection:
        wallet.wake(connection)
        down = wallet.told(connection, "down", False)
        for name in () if down else times:
            left = int(wallet.told(connection, name, 0))
            if left > 0:
                wallet.tell(connection, name, left - 1)
                lost = True
    if down or lost:
        abort(503 if down else Response(status=504))


def _doors_of_payments(app: Flask, wallet: PretendWallet) -> None:
    @app.post("/v1/disbursements")
    def disburse() -> Any:
        _mood(wallet, "swallow")  # lost on the way in
        try:
            answer = wallet.take_batch(request.get_json())
        except (ValueError, KeyError, TypeError):
            abort(400)
        _mood(wallet, "drop_answer")  # paid, but nobody hears of it
        return jsonify(answer)

    @app.post("/v1/disbursements/search")
    def search() -> Any:
        _mood(wallet)
        asked = [str(reference) for reference in request.get_json()["references"]]
        return jsonify({"known": [reference for reference in asked if wallet.asked(reference) is not None]})

    @app.get("/v1/disbursements/<reference>")
    def asked(reference: str) -> Any:
        _mood(wallet)
        found = wallet.asked(reference)
        if found is None:
            return Response('{"error": "unknown_reference"}', 404, headers={"X-Known": "no"})
        return jsonify(found)

    @app.post("/control/bells")
    def bells() -> Any:
        """Ring now for whatever waits."""
        return jsonify({"heard": wallet.ring()})


def _doors_of_accounts(app: Flask, wallet: PretendWallet) -> None:
    @app.get("/v1/accounts/<number>")
    def account(number: str) -> Any:
        _mood(wallet)
        currency = request.args.get("currency", "LAK")
        available = wallet.available(number, currency)
        return jsonify({"account": number, "currency": currency, "available": available})

    @app.get("/v1/accounts/<number>/statements/<day>")
    def statement(number: str, day: str) -> Any:
        _mood(wallet)
        found = wallet.day(number, date.fromisoformat(day))
        return jsonify(found) if found else Response("no statement", 404)

    name_doors(app, "/v1/wallets/check", "wallet", wallet.check_name, lambda: _mood(wallet))


def main() -> None:
    """Serve until asked to stop, ringing all the while."""
    from werkzeug.serving import WSGIRequestHandler, make_server

    class Quiet(WSGIRequestHandler):
        def log_request(self, *_: Any, **__: Any) -> None:
            """An operator's log is not ours to fill."""

    url = os.environ.get("PRETEND_WALLET_DATABASE_URL")
    if not url:
        raise SystemExit("pretend wallet: PRETEND_WALLET_DATABASE_URL is not set.")
    wallet = PretendWallet(
        database.connect(url),
        Clock.from_environment(),
        secret=os.environ.get("WALLET_SECRET", ""),
        call_back=os.environ.get("CALL_BACK_URL", ""),
    )

    def keep_ringing() -> None:
        while True:
            if not wallet.ring():
                time.sleep(0.5)  # bells are looked for: nobody tells us of a new one

    threading.Thread(target=keep_ringing, daemon=True).start()
    port = int(os.environ.get("PRETEND_WALLET_PORT", "8483"))
    server = make_server("127.0.0.1", port, create_app(wallet), threaded=True, request_handler=Quiet)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        sys.exit(0)


if __name__ == "__main__":
    main()
