"""A pretend bank: a separate process with a ledger of its own, so that "paid once" can be counted there.

It takes pain.001 over HTTP, answers pain.002, can be asked about an order, an account and funds, and gives
a camt.053 for each day. It does what real banks do: a file is known by its MsgId and never executed
twice, but two *files* with the same order are both executed, so nothing here hides a mistake of ours.
It can be told to misbehave (`POST /control`, or by the last four digits of an account):

    9001 refused AC01   9004 refused AC04   9007 refused MD07   9104 comes back next day, AC04
    9107 comes back next day, MD07   9108 another spelling   9109 another name   9110 cannot check names

    python -m deploy.embedded.pretend_bank        PRETEND_BANK_DATABASE_URL, PRETEND_BANK_PORT, SANDBOX_CLOCK

For sandbox and tests only: it has no sign-in and binds to this machine.
"""

from __future__ import annotations

import hashlib
import os
import sys
import time
from datetime import date, timedelta
from typing import Any

from flask import Flask, Response, abort, jsonify, request
from sqlalchemy import Connection, Engine, text

from deploy.embedded.pretend_bank_files import (
    Booked,
    Order,
    Transfer,
    Unreadable,
    read_pain001,
    write_camt053,
    write_pain002,
)
from deploy.embedded.pretend_bank_pages import back_office, pay_in_page, search_door
from deploy.embedded.pretend_names import name_doors
from shared import database
from shared.clock import Clock
from shared.money import Money

#: What a customer's account holds when the bank first hears of it: enough for every test and demonstration.
OPENING_MINOR = 10**14

TABLES = """
CREATE TABLE IF NOT EXISTS account (
  number text PRIMARY KEY, bank text NOT NULL DEFAULT '', holder text NOT NULL DEFAULT '', currency text NOT NULL,
  opening_minor bigint NOT NULL DEFAULT 0, is_customer boolean NOT NULL DEFAULT false,
  told jsonb NOT NULL DEFAULT '{}');
CREATE TABLE IF NOT EXISTS message (
  message_id text PRIMARY KEY, sha256 text NOT NULL, answer bytea NOT NULL, came_on date NOT NULL,
  times integer NOT NULL DEFAULT 1);
CREATE TABLE IF NOT EXISTS transfer (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, message_id text NOT NULL, reference text NOT NULL,
  uetr text NOT NULL, minor bigint NOT NULL, currency text NOT NULL, debtor_account text NOT NULL, debtor text NOT NULL,
  number text NOT NULL, name text NOT NULL, about text NOT NULL, status text NOT NULL, reason text,
  executes_on date NOT NULL, executed_on date, comes_back_on date, comes_back_reason text, came_back_on date);
CREATE INDEX IF NOT EXISTS transfer_reference ON transfer (reference);
CREATE TABLE IF NOT EXISTS movement (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, day date NOT NULL, number text NOT NULL, minor bigint NOT NULL,
  currency text NOT NULL, reference text, kind text NOT NULL, reason text, party text NOT NULL DEFAULT '',
  about text NOT NULL DEFAULT '');
CREATE INDEX IF NOT EXISTS movement_account ON movement (number, day, id);
CREATE TABLE IF NOT EXISTS control (name text PRIMARY KEY, value jsonb NOT NULL);
"""

NEW_TRANSFER = """
INSERT INTO transfer (message_id, reference, uetr, minor, currency, debtor_account, debtor, number, name, about, status,
  reason, executes_on, executed_on, comes_back_on, comes_back_reason)
VALUES (:message_id, :reference, :uetr, :minor, :currency, :debtor_account, :debtor, :number, :name, :about, :status,
  :reason, :executes_on, :executed_on, :back, :why)
"""
NEW_MOVEMENT = """
INSERT INTO movement (day, number, minor, currency, reference, kind, reason, party, about)
VALUES (:day, :number, :minor, :currency, :reference, :kind, :reason, :party, :about)
"""

BY_LAST_FOUR: dict[str, dict[str, str]] = {
    "9001": {"reject": "AC01"},
    "9004": {"reject": "AC04"},
    "9007": {"reject": "MD07"},
    "9104": {"return": "AC04"},
    "9107": {"return": "MD07"},
    "9108": {"name": "RVMC"},
    "9109": {"name": "RVNM"},
    "9110": {"name": "RVNA"},
}

#: The status of a file with its reason, and (reference, status, reason) of each transfer.
Answers = tuple[tuple[str, str | None], list[tuple[str, str, str | None]]]


class PretendBank:
    """The bank's back office."""

    #: How an account behaves by its last four digits.
    fates = BY_LAST_FOUR

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self.engine, self.clock = engine, clock
        with engine.begin() as connection:
            connection.execute(text("SELECT pg_advisory_xact_lock(:k)"), {"k": database.lock_key("pretend_bank")})
            for statement in TABLES.split(";\n"):
                if statement.strip():
                    connection.exec_driver_sql(statement)

    def begin(self) -> Any:
        return self.engine.begin()

    def wake(self, connection: Connection) -> date:
        """One clerk at a time; what fell due since the last time is done first. Returns the bank's day."""
        connection.execute(text("SELECT pg_advisory_xact_lock(:k)"), {"k": database.lock_key("pretend_bank")})
        today = self.clock.today()
        due = "SELECT * FROM transfer WHERE executed_on IS NULL AND status = 'ACSP' AND executes_on <= :d ORDER BY id"
        for row in connection.execute(text(due), {"d": today}).all():
            self._execute(connection, row, row.executes_on)
        back = "SELECT * FROM transfer WHERE came_back_on IS NULL AND comes_back_on <= :d ORDER BY id"
        for row in connection.execute(text(back), {"d": today}).all():
            self._give_back(connection, row)
        return today

    def told(self, connection: Connection, name: str, default: Any = None) -> Any:
        found = connection.scalar(text("SELECT value FROM control WHERE name = :n"), {"n": name})
        return default if found is None else found

    def tell(self, connection: Connection, name: str, value: Any) -> None:
        put = (
            "INSERT INTO control VALUES (:n, CAST(:v AS jsonb)) ON CONFLICT (name) DO UPDATE SET value = excluded.value"
        )
        connection.execute(text(put), {"n": name, "v": database._dumps(value)})

    def behaviour(self, connection: Connection, number: str) -> dict[str, Any]:
        """How an account behaves: what it was told, else by its last four digits."""
        own = connection.scalar(text("SELECT told FROM account WHERE number = :n"), {"n": number})
        return dict(self.fates.get(number[-4:], {})) | dict(own or {})

    def account(self, connection: Connection, number: str, currency: str, **values: Any) -> None:
        columns = {"number": number, "currency": currency, **values}
        names = ", ".join(columns)
        connection.execute(
            text(
                f"INSERT INTO account ({names}) VALUES ({', '.join(':' + c for c in columns)}) "
                "ON CONFLICT (number) DO NOTHING"
            ),
            columns,
        )

    def take(self, file: bytes) -> tuple[int, bytes]:
        """A customer's file: (HTTP status, pain.002). The same MsgId again gets the same answer and does nothing."""
        try:
            order = read_pain001(file)
        except (Unreadable, ValueError, IndexError) as wrong:
            return 400, str(wrong).encode()
        digest = hashlib.sha256(file).hexdigest()
        with self.begin() as connection:
            today = self.wake(connection)
            known = connection.execute(
                text("SELECT * FROM message WHERE message_id = :m"), {"m": order.message_id}
            ).first()
            if known is not None:
                connection.execute(
                    text("UPDATE message SET times = times + 1 WHERE message_id = :m"),
                    {"m": order.message_id},
                )
                return (200, bytes(known.answer)) if known.sha256 == digest else (409, b"another file had this MsgId")
            group, statuses = self._take_new(connection, order, today)
            answer = write_pain002(order.message_id, group, statuses, f"{today}T12:00:00Z")
            connection.execute(
                text("INSERT INTO message VALUES (:m, :s, :a, :d)"),
                {"m": order.message_id, "s": digest, "a": answer, "d": today},
            )
        return 200, answer

    def _take_new(self, connection: Connection, order: Order, today: date) -> Answers:
        """Take a file that is new: the status of the whole, and that of each transfer."""
        self.account(
            connection,
            order.debtor_account,
            order.currency,
            holder=order.debtor,
            opening_minor=OPENING_MINOR,
            is_customer=True,
        )
        connection.execute(
            text("UPDATE account SET holder = :h WHERE number = :n AND holder = ''"),
            {"h": order.debtor, "n": order.debtor_account},
        )
        if order.executes_on < today:
            return ("RJCT", "DT01"), []
        told = {
            row.number: row.told
            for row in connection.execute(
                text("SELECT number, told FROM account WHERE number = ANY(:n)"),
                {"n": [t.number for t in order.transfers]},
            )
        }
        statuses, transfers, accounts, moves = [], [], {}, []
        for transfer in order.transfers:
            how = dict(self.fates.get(transfer.number[-4:], {})) | dict(told.get(transfer.number) or {})
            refused = how.get("reject")
            at_once = not refused and order.executes_on <= today
            transfers.append(self._noted(order, transfer, refused, how, today if at_once else None))
            if not refused:
                accounts[transfer.number] = {
                    "number": transfer.number,
                    "currency": order.currency,
                    "bank": transfer.bank,
                    "holder": transfer.name,
                }
            if at_once:
                moves += _both_sides(order, transfer, today)
            statuses.append((transfer.reference, "RJCT" if refused else "ACSP", refused))
        if accounts:
            connection.execute(
                text("""INSERT INTO account (number, currency, bank, holder) VALUES (:number, :currency, :bank, :holder)
                        ON CONFLICT (number) DO NOTHING"""),
                list(accounts.values()),
            )
        connection.execute(text(NEW_TRANSFER), transfers)
        if moves:
            connection.execute(text(NEW_MOVEMENT), moves)
        return ("PART" if any(s[1] == "RJCT" for s in statuses) else "ACSP", None), statuses

    def _noted(
        self,
        order: Order,
        transfer: Transfer,
        refused: str | None,
        how: dict[str, Any],
        executed_on: date | None,
    ) -> dict[str, Any]:
        after = int(how.get("return_after_days", 1))
        back = order.executes_on + timedelta(days=after) if how.get("return") and not refused else None
        return {
            "message_id": order.message_id,
            "reference": transfer.reference,
            "uetr": transfer.uetr,
            "minor": transfer.amount.minor,
            "currency": transfer.amount.currency,
            "debtor_account": order.debtor_account,
            "debtor": order.debtor,
            "number": transfer.number,
            "name": transfer.name,
            "about": transfer.about,
            "status": "RJCT" if refused else "ACSP",
            "reason": refused,
            "executes_on": order.executes_on,
            "executed_on": executed_on,
            "back": back,
            "why": how.get("return"),
        }

    def book(
        self,
        connection: Connection,
        day: date,
        number: str,
        minor: int,
        currency: str,
        kind: str,
        *,
        reference: str | None = None,
        reason: str | None = None,
        party: str = "",
        about: str = "",
    ) -> None:
        connection.execute(
            text(NEW_MOVEMENT),
            {
                "day": day,
                "number": number,
                "minor": minor,
                "currency": currency,
                "reference": reference,
                "kind": kind,
                "reason": reason,
                "party": party,
                "about": about,
            },
        )

    def _execute(self, connection: Connection, row: Any, day: date) -> None:
        self.book(
            connection,
            day,
            row.debtor_account,
            -row.minor,
            row.currency,
            "transfer",
            reference=row.reference,
            party=row.name,
            about=row.about,
        )
        self.book(
            connection,
            day,
            row.number,
            row.minor,
            row.currency,
            "transfer",
            reference=row.reference,
            party=row.debtor,
            about=row.about,
        )
        connection.execute(text("UPDATE transfer SET executed_on = :d WHERE id = :i"), {"d": day, "i": row.id})

    def _give_back(self, connection: Connection, row: Any) -> None:
        day = row.comes_back_on
        why = row.comes_back_reason
        self.book(
            connection,
            day,
            row.number,
            -row.minor,
            row.currency,
            "return",
            reference=row.reference,
            reason=why,
            party=row.debtor,
        )
        self.book(
            connection,
            day,
            row.debtor_account,
            row.minor,
            row.currency,
            "return",
            reference=row.reference,
            reason=why,
            party=row.name,
        )
        connection.execute(text("UPDATE transfer SET came_back_on = :d WHERE id = :i"), {"d": day, "i": row.id})

    def enquire(self, reference: str) -> bytes | None:
        with self.begin() as connection:
            today = self.wake(connection)
            row = connection.execute(
                text("SELECT * FROM transfer WHERE reference = :r ORDER BY id DESC LIMIT 1"), {"r": reference}
            ).first()
            if row is None:
                return None
            return write_pain002(row.message_id, None, [(reference, row.status, row.reason)], f"{today}T12:00:00Z")

    def statement(self, number: str, day: date) -> bytes | None:
        with self.begin() as connection:
            today = self.wake(connection)
            account = connection.execute(text("SELECT * FROM account WHERE number = :n"), {"n": number}).first()
            if account is None or day > today:
                return None
            before = connection.scalar(
                text("SELECT coalesce(sum(minor), 0) FROM movement WHERE number = :n AND day < :d"),
                {"n": number, "d": day},
            )
            rows = connection.execute(
                text("SELECT * FROM movement WHERE number = :n AND day = :d ORDER BY id"),
                {"n": number, "d": day},
            ).all()
        booked = [
            Booked(
                f"PB{row.id:012d}",
                Money(row.minor, row.currency),
                row.reference,
                row.kind,
                row.reason,
                row.party,
                row.about,
            )
            for row in rows
        ]
        opening = Money(account.opening_minor + int(before or 0), account.currency)
        return write_camt053(number, account.holder, day, day < today, opening, booked)

    def check_name(self, number: str, name: str) -> dict[str, Any]:
        with self.begin() as connection:
            how = self.behaviour(connection, number)
        holder = how.get("holder")
        if how.get("name"):
            return {
                "code": how["name"],
                "name": holder or (name[:-1] + "h" if how["name"] == "RVMC" else "Somebody Else"),
            }
        if holder is None or _folded(holder) == _folded(name):
            return {"code": "RCVC"}
        close = set(_folded(holder).split()) & set(_folded(name).split())
        return {"code": "RVMC" if close else "RVNM", "name": holder}

    def enough(self, number: str, wanted: Money) -> bool:
        with self.begin() as connection:
            # Who asks about funds of an account is its owner: it exists from then on.
            self.account(connection, number, wanted.currency, opening_minor=OPENING_MINOR, is_customer=True)
            limit = self.told(connection, "funds_minor")
            opening = connection.scalar(text("SELECT opening_minor FROM account WHERE number = :n"), {"n": number})
            moved = connection.scalar(
                text("SELECT coalesce(sum(minor), 0) FROM movement WHERE number = :n"), {"n": number}
            )
        have = limit if limit is not None else (OPENING_MINOR if opening is None else opening) + int(moved or 0)
        return bool(have >= wanted.minor)


def _both_sides(order: Order, transfer: Transfer, day: date) -> list[dict[str, Any]]:
    """The two movements of one transfer: out of the customer's account, into the payee's."""
    common = {
        "day": day,
        "currency": order.currency,
        "reference": transfer.reference,
        "kind": "transfer",
        "reason": None,
        "about": transfer.about,
    }
    minor = transfer.amount.minor
    return [
        common | {"number": order.debtor_account, "minor": -minor, "party": transfer.name},
        common | {"number": transfer.number, "minor": minor, "party": order.debtor},
    ]


def _folded(name: str) -> str:
    return " ".join(name.casefold().split())


def _from_environment() -> PretendBank:
    url = os.environ.get("PRETEND_BANK_DATABASE_URL")
    if not url:
        raise SystemExit("pretend bank: PRETEND_BANK_DATABASE_URL is not set.")
    return PretendBank(database.connect(url), Clock.from_environment())


def create_app(bank: PretendBank | None = None) -> Flask:
    """The bank's counter."""
    bank = bank or _from_environment()
    app = Flask("pretend_bank", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = 60 * 1024 * 1024

    def mood() -> None:
        """Be down or slow, as told."""
        with bank.begin() as connection:
            down, slow = bank.told(connection, "down", False), bank.told(connection, "slow_seconds", 0)
        if slow:
            time.sleep(min(float(slow), 120))
        if down:
            abort(503)

    def counted_down(name: str) -> bool:
        """Whether this time is one of the next n times for which something was told."""
        with bank.begin() as connection:
            bank.wake(connection)
            left = int(bank.told(connection, name, 0))
            if left > 0:
                bank.tell(connection, name, left - 1)
            return left > 0

    @app.post("/iso/pain.001")
    def pain001() -> Any:
        if counted_down("swallow"):
            return Response(status=504)  # lost on the way in
        with bank.begin() as connection:
            late = bank.told(connection, "slow_answer_seconds", 0)
            down = bank.told(connection, "down", False)
        if down:
            abort(503)
        status, answer = bank.take(request.get_data())
        if late:
            time.sleep(min(float(late), 120))
        if counted_down("drop_answer"):
            return Response(status=504)  # executed, but nobody hears of it
        return Response(answer, status, content_type="application/xml")

    @app.get("/iso/pain.002")
    def pain002() -> Any:
        mood()
        found = bank.enquire(request.args.get("reference", ""))
        if found is None:
            return Response("unknown reference", 404, headers={"X-Known": "no"})
        return Response(found, content_type="application/xml")

    @app.get("/iso/camt.053")
    def camt053() -> Any:
        mood()
        found = bank.statement(request.args.get("account", ""), date.fromisoformat(request.args.get("day", "")))
        return Response(found, content_type="application/xml") if found else Response("no statement", 404)

    name_doors(app, "/accounts/check", "number", bank.check_name, mood)

    @app.post("/accounts/funds")
    def funds() -> Any:
        mood()
        asked = request.get_json()
        amount = Money(int(asked["amount"]["minor"]), str(asked["amount"]["currency"]))
        return jsonify({"enough": bank.enough(str(asked["number"]), amount)})

    _doors_of_payers(app, bank)
    back_office(app, bank)
    return app


def _doors_of_payers(app: Flask, bank: PretendBank) -> None:
    """Whoever plays a person who pays something back; and whoever pays out asks about many transfers at once."""
    search_door(app, bank)

    @app.get("/pay-in")
    def pay_in() -> Any:
        """A form for whoever plays a person who pays something back."""
        with bank.begin() as connection:
            today = bank.wake(connection)
            query = "SELECT * FROM account WHERE is_customer ORDER BY number"
            accounts = connection.execute(text(query)).all()
        return Response(pay_in_page(today, accounts), content_type="text/html; charset=utf-8")

    @app.post("/pay-in")
    def paid_in() -> Any:
        number, about = request.form.get("number", ""), request.form.get("about", "")[:140]
        with bank.begin() as connection:
            today = bank.wake(connection)
            query = text("SELECT currency FROM account WHERE number = :n AND is_customer")
            currency = connection.scalar(query, {"n": number})
            try:
                amount = Money.parse(request.form.get("amount", ""), currency or "")
            except ValueError:
                abort(400)
            if amount.minor <= 0:
                abort(400)
            bank.book(connection, today, number, amount.minor, amount.currency, "paid in", about=about)
        return Response(status=303, headers={"Location": "./"})


def main() -> None:
    """Serve until asked to stop."""
    from werkzeug.serving import WSGIRequestHandler, make_server

    class Quiet(WSGIRequestHandler):
        def log_request(self, *_: Any, **__: Any) -> None:
            """A bank's log is not ours to fill."""

    port = int(os.environ.get("PRETEND_BANK_PORT", "8480"))
    host = os.environ.get("PRETEND_BANK_HOST", "127.0.0.1")
    server = make_server(host, port, create_app(), threaded=True, request_handler=Quiet)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        sys.exit(0)


if __name__ == "__main__":
    main()
