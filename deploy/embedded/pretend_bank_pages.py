"""The pages of the pretend bank, and the back office that it shares with the pretend operator of wallets."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from flask import Flask, Response, abort, jsonify, request
from markupsafe import Markup
from sqlalchemy import text

from deploy.embedded.pretend_bank_files import write_pain002
from shared import database
from shared.money import Money

if TYPE_CHECKING:
    from deploy.embedded.pretend_bank import PretendBank

_STYLE = Markup("""
body{margin:0;background:#F8F6F0;color:#17201F;font:16px/1.5 'Noto Sans','Noto Sans Lao',system-ui,sans-serif;
  font-variant-numeric:tabular-nums}
header{background:#17201F;color:#fff;padding:10px 24px;display:flex;gap:16px;align-items:baseline}
header b{font-size:18px}
main{display:grid;grid-template-columns:1fr 1fr;gap:16px;padding:16px 24px;align-items:start}
section{background:#fff;border:1px solid #DDD9CE;border-radius:4px;overflow-x:auto}
h2{font-size:16px;margin:0;padding:8px 14px}
table{border-collapse:collapse;width:100%;font-size:14px}
td,th{padding:5px 14px;text-align:left;border-top:1px solid #ECE9E0}
th{font-weight:400;color:#4B5553;font-size:13px}.n{text-align:right;white-space:nowrap}td.d{white-space:nowrap}.out{color:#96231A}
p{padding:0 14px 10px;margin:0;color:#4B5553;font-size:14px}
@media(max-width:760px){main{grid-template-columns:1fr;padding:12px}}
""")


def pay_in_page(today: date, accounts: Any) -> str:
    """A form for whoever plays a person who pays something back."""
    options = Markup("").join(
        Markup("<option value='{}'>{} {} ({})</option>").format(row.number, row.number, row.holder, row.currency)
        for row in accounts
    )
    form = Markup(
        "<form method=post><p><label>To <select name=number>{}</select></label></p>"
        "<p><label>Amount, in whole units <input name=amount inputmode=decimal required></label></p>"
        "<p><label>Text, for example a claim number <input name=about maxlength=140></label></p>"
        "<p><button>Pay in</button></p></form>"
    ).format(options)
    return str(
        Markup(
            "<!doctype html><html lang=en><meta charset=utf-8>"
            "<meta name=viewport content='width=device-width,initial-scale=1'>"
            "<title>Pay in · Pretend bank</title><style>{}</style>"
            "<header><b>Pretend bank</b><span>no real money · its day is {}</span></header><main>"
            "<section><h2>Somebody pays in</h2>{}</section></main></html>"
        ).format(
            _STYLE,
            today,
            form if accounts else Markup("<p>The bank knows no customer yet. Release a run first.</p>"),
        )
    )


def front_page(today: date, accounts: Any, movements: Any, name: str) -> str:
    """What arrived and went, and who holds what."""

    def amount(minor: int, currency: str) -> str:
        whole, point, rest = Money(abs(minor), currency).decimal().partition(".")
        sign = "−" if minor < 0 else ""
        return f"{sign}{int(whole):,}{point + rest if rest.strip('0') else ''} {currency}"

    rows = Markup("").join(
        Markup("<tr><td>{}</td><td>{}</td><td class=n>{}</td></tr>").format(
            row.number, row.holder or "–", amount(row.balance, row.currency)
        )
        for row in accounts
    )
    moves = Markup("").join(
        Markup('<tr><td class=d>{}</td><td>{}</td><td>{}</td><td>{}</td><td class="n {}">{}</td></tr>').format(
            row.day,
            row.holder or row.number,
            row.reference or "–",
            row.kind + (f" {row.reason}" if row.reason else ""),
            "out" if row.minor < 0 else "",
            amount(row.minor, row.currency),
        )
        for row in movements
    )
    empty = Markup("<p>Nothing yet. Release a run, and watch it arrive here.</p>")
    return str(
        Markup(
            "<!doctype html><html lang=en><meta charset=utf-8>"
            "<meta name=viewport content='width=device-width,initial-scale=1'>"
            "<meta http-equiv=refresh content=5><title>{}</title><style>{}</style>"
            "<header><b>{}</b><span>no real money · its day is {}</span></header><main>"
            "<section><h2>Money that arrived and went</h2><p><a href='pay-in'>Somebody pays in</a></p>{}</section>"
            "<section><h2>Accounts</h2>{}</section></main></html>"
        ).format(
            name,
            _STYLE,
            name,
            today,
            Markup("<table><tr><th>Day<th>Account of<th>Reference<th>Kind<th class=n>Amount</tr>{}</table>").format(
                moves
            )
            if movements
            else empty,
            Markup("<table><tr><th>Number<th>Holder<th class=n>Balance</tr>{}</table>").format(rows)
            if accounts
            else empty,
        )
    )


_LAST = """SELECT DISTINCT ON (reference) reference, status, reason FROM transfer WHERE reference = ANY(:r)
ORDER BY reference, id DESC"""


def search_door(app: Flask, bank: PretendBank) -> None:
    """The bank is asked about many transfers at once."""

    @app.post("/iso/pain.002/search")
    def search() -> Any:
        """What became of those of many transfers that were ever taken."""
        with bank.begin() as connection:
            if bank.told(connection, "down", False) or bank.told(connection, "deaf", False):
                abort(503)
            today = bank.wake(connection)
            rows = connection.execute(text(_LAST), {"r": [str(r) for r in request.get_json()["references"]]}).all()
        found = [(row.reference, row.status, row.reason) for row in rows]
        return Response(write_pain002("search", None, found, f"{today}T12:00:00Z"), content_type="application/xml")


def back_office(app: Flask, bank: PretendBank, title: str = "Pretend bank") -> None:
    """The doors that every pretended payer has beside its own: how it is told to behave, what it books by hand, the
    proof of what moved, and its front page."""

    @app.post("/control")
    def control() -> Any:
        """How to behave: switches by name (down, swallow, drop_answer, funds_minor, …), and `accounts` one by one."""
        asked = request.get_json()
        with bank.begin() as connection:
            bank.wake(connection)
            for number, how in dict(asked.pop("accounts", {})).items():
                bank.account(connection, number, str(how.pop("currency", "LAK")))
                connection.execute(
                    text("UPDATE account SET told = CAST(:t AS jsonb) WHERE number = :n"),
                    {"t": database._dumps(how), "n": number},
                )
            for name, value in asked.items():
                bank.tell(connection, name, value)
        return jsonify({"done": True})

    @app.post("/control/movements")
    def movement() -> Any:
        """Book something by hand: a fee, a double payment, a top-up, a credit nobody expects."""
        asked = request.get_json()
        with bank.begin() as connection:
            today = bank.wake(connection)
            bank.book(
                connection,
                today,
                str(asked["number"]),
                int(asked["minor"]),
                str(asked["currency"]),
                str(asked.get("kind", "other")),
                reference=asked.get("reference"),
                reason=asked.get("reason"),
                about=str(asked.get("about", "")),
            )
        return jsonify({"done": True})

    @app.get("/moved")
    def moved() -> Any:
        """What payees got: net minor units, and how often money went out, for each reference. The proof of "once"."""
        with bank.begin() as connection:
            bank.wake(connection)
            rows = connection.execute(
                text("""SELECT reference, count(*) FILTER (WHERE m.kind = 'transfer') AS times,
                          sum(m.minor)::bigint AS minor
                        FROM movement m JOIN account a ON a.number = m.number AND NOT a.is_customer
                        WHERE reference IS NOT NULL GROUP BY reference""")
            ).all()
        return jsonify({row.reference: {"times": row.times, "minor": row.minor} for row in rows})

    @app.get("/healthz")
    def health() -> Any:
        return jsonify({"status": "alive", "day": bank.clock.today().isoformat()})

    @app.get("/")
    def front() -> Any:
        with bank.begin() as connection:
            today = bank.wake(connection)
            accounts = connection.execute(
                text("""SELECT a.*, a.opening_minor + coalesce(sum(m.minor), 0)::bigint AS balance
                        FROM account a LEFT JOIN movement m USING (number) GROUP BY a.number
                        ORDER BY a.is_customer DESC, max(m.id) DESC NULLS LAST LIMIT 200""")
            ).all()
            movements = connection.execute(
                text("""SELECT m.*, a.holder FROM movement m LEFT JOIN account a USING (number)
                        WHERE NOT coalesce(a.is_customer, false) ORDER BY m.id DESC LIMIT 100""")
            ).all()
        return Response(front_page(today, accounts, movements, title), content_type="text/html; charset=utf-8")
