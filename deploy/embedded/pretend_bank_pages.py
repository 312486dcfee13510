"""The pages of the pretend bank."""

from __future__ import annotations

from datetime import date
from typing import Any

from markupsafe import Markup

from shared.money import Money

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


def front_page(today: date, accounts: Any, movements: Any, name: str = "Pretend bank") -> str:
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
