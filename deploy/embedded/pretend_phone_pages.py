"""The pages of the pretend phone: every telephone with its messages, and the lever of its behaviour.

Only in the sandbox: whoever reaches the port reads everything. Addresses are relative, so that a proxy may hang
the pages in anywhere.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import phonenumbers
from flask import Flask, Response, abort, jsonify, request, send_from_directory
from jinja2 import DictLoader, StrictUndefined

if TYPE_CHECKING:
    from deploy.embedded.pretend_phone import Book

FONTS = Path(__file__).parents[2] / "shared" / "fonts" / "web"
WHOLE = ("throttle", "refuse", "silent", "receipt_copies", "refuse_with")
SECONDS = ("receipt_delay", "answer_delay")
STATES = ("DELIVRD", "UNDELIV", "EXPIRED", "REJECTD", "DELETED", "UNKNOWN", "none")

PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>{{ shown or "Pretend phones" }} · Tideover sandbox</title><link rel="stylesheet" href="phone.css">
{% if shown is none %}<meta http-equiv="refresh" content="20">{% endif %}</head><body>
<header><h1>
{%- if shown %}<a href="./" class="back">All phones</a>{{ pretty(shown) }}{% else %}Pretend phones{% endif -%}
</h1>
<p>Practice system: no message leaves this machine.
{% if not shown -%}
{{ phones|length }} {{ "phone" if phones|length == 1 else "phones" }}, newest message first.{% endif %}</p></header>
<main class="{{ 'one' if shown else 'wall' }}">
{% for phone in phones %}
<section class="phone" aria-label="{{ pretty(phone.number) }}">
<div class="bar"><span>{{ phone.clock }}</span><span class="ear" aria-hidden="true"></span>
<span aria-hidden="true">▂▄▆</span></div>
<h2><a href="./?number={{ phone.number|urlencode }}">{{ pretty(phone.number) }}</a></h2>
<div class="glass" tabindex="0">
{% for m in phone.messages %}{% if m.new_day %}<p class="day">{{ m.day }}</p>{% endif %}
<article><p class="from">{{ m.sender }}</p><p class="text">{{ m.text }}</p>
<p class="note">{{ m.time }}{% if m.parts > 1 %} · {{ m.parts }} parts{% endif %}
{%- if m.state and m.state != "DELIVRD" %} · <b>{{ m.state }}</b>{% endif %}</p></article>
{% else %}<p class="day">No message yet.</p>{% endfor %}
</div>
{% if phone.more -%}
<p class="more"><a href="./?number={{ phone.number|urlencode }}">{{ phone.more }} earlier</a></p>{% endif %}
{% if phone.rules %}<p class="rules">Told to: {{ phone.rules }}</p>{% endif %}
</section>
{% else -%}
<p class="empty">No phone has received anything yet. Register a claim at the desk: the receipt appears here.</p>
{%- endfor %}
</main></body></html>
"""

STYLE = """
@font-face{font-family:"Noto Sans";src:url(fonts/noto-sans-400.woff2);font-weight:400}
@font-face{font-family:"Noto Sans";src:url(fonts/noto-sans-600.woff2);font-weight:600}
@font-face{font-family:"Noto Sans Lao";src:url(fonts/noto-sans-lao-400.woff2);font-weight:400}
@font-face{font-family:"Noto Sans Thai";src:url(fonts/noto-sans-thai-400.woff2);font-weight:400}
@font-face{font-family:"Noto Sans Myanmar";src:url(fonts/noto-sans-myanmar-400.woff2);font-weight:400}
*{box-sizing:border-box}
body{margin:0;background:#f4f1e8;color:#17201f;
  font:16px/1.5 "Noto Sans","Noto Sans Lao","Noto Sans Thai","Noto Sans Myanmar",sans-serif}
header{padding:22px 28px 6px;max-width:1240px;margin:auto}
h1{font-size:22px;font-weight:600;margin:0;display:flex;gap:16px;align-items:baseline}
header p{margin:2px 0 0;color:#4b5553;font-size:14px}
a{color:#0b5457;text-underline-offset:3px}
a:focus-visible,.glass:focus-visible{outline:3px solid #0b5457;outline-offset:2px}
.back{font-size:14px;font-weight:400}
main{max-width:1240px;margin:auto;padding:16px 28px 48px;display:grid;gap:28px;justify-content:start}
.wall{grid-template-columns:repeat(auto-fill,minmax(min(280px,100%),280px))}
.one{grid-template-columns:minmax(280px,400px);justify-content:center}
.phone{background:#1d2625;border-radius:30px;padding:12px 11px 18px;
  box-shadow:0 1px 0 #fff inset,0 10px 26px rgba(23,32,31,.16)}
.bar{display:flex;justify-content:space-between;align-items:center;color:#cfd6d3;font-size:12px;padding:0 14px;
  font-variant-numeric:tabular-nums}
.ear{width:64px;height:6px;border-radius:3px;background:#000}
h2{font-size:14px;font-weight:600;margin:8px 0 8px;text-align:center}
h2 a{color:#fff;text-decoration:none}h2 a:hover{text-decoration:underline}
.glass{background:#fbfaf6;border-radius:16px;padding:10px 10px 14px;height:420px;overflow:auto}
.one .glass{height:auto;min-height:520px}
.day{text-align:center;color:#4b5553;font-size:12px;margin:10px 0 6px}
article{background:#e3efec;border-radius:4px 14px 14px 14px;padding:8px 12px 6px;margin:0 14px 10px 0}
article p{margin:0}.from{font-size:12px;font-weight:600;color:#0b5457}
.text{font-size:16px;line-height:1.65;overflow-wrap:anywhere;white-space:pre-line}
.note{font-size:12px;color:#4b5553;font-variant-numeric:tabular-nums}.note b{color:#96231a}
.more,.rules{font-size:12px;text-align:center;margin:8px 0 0;color:#cfd6d3}.more a{color:#cfe7e3}
.empty{grid-column:1/-1;background:#fff;border-left:3px solid #0b5457;padding:14px 18px;max-width:560px}
@media(max-width:640px){header{padding:16px 16px 4px}main{padding:12px 16px 40px;justify-content:center}
  .wall{grid-template-columns:minmax(0,340px)}}
"""


def pretty(number: str) -> str:
    """+856 20 55 123 456, as it is dictated; as it is when it is no number."""
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return number
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def make_app(book: Book) -> Flask:
    """The web side of the phone."""
    app = Flask("pretend_phone", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = 64 * 1024
    app.jinja_env.loader = DictLoader({"phones.html": PAGE})
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = True
    app.jinja_env.globals["pretty"] = pretty

    @app.after_request
    def guard(response: Response) -> Response:
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers["Content-Security-Policy"] = "default-src 'self'; frame-ancestors 'none'"
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response

    @app.get("/healthz")
    def health() -> Any:
        book.run("SELECT 1")
        return {"status": "alive"}

    @app.get("/phone.css")
    def style() -> Response:
        return Response(STYLE, content_type="text/css; charset=utf-8")

    @app.get("/fonts/<path:name>")
    def fonts(name: str) -> Any:
        return send_from_directory(FONTS, name)

    @app.get("/received")
    def received() -> Any:
        """An operator's query interface: what was taken for a number or under a reference of ours."""
        return jsonify(book.received(request.args.get("number"), request.args.get("reference")))

    @app.post("/behaviour")
    def behaviour() -> Any:
        given = request.get_json(silent=True)
        if not isinstance(given, dict):
            abort(400)
        number = given.pop("number", "*")
        wrong = [k for k, v in given.items() if not _is_rule(k, v)]
        if wrong or not isinstance(number, str):
            return jsonify({"refused": wrong or ["number"]}), 422
        book.behave(number, given)
        return jsonify({"number": number, "rules": given})

    @app.get("/")
    def phones() -> str:
        asked = request.args.get("number")
        return app.jinja_env.get_template("phones.html").render(shown=asked, phones=_phones(book, asked))

    @app.errorhandler(404)
    def nothing(_: Exception) -> Any:
        return Response("Nothing here.", 404, content_type="text/plain; charset=utf-8")

    return app


def _is_rule(name: str, value: Any) -> bool:
    if name in WHOLE:
        return type(value) is int and 0 <= value < 1_000_000
    if name in SECONDS:
        return type(value) in (int, float) and 0 <= value < 86_400
    return name == "receipt" and value in STATES


def _phones(book: Book, asked: str | None) -> list[dict[str, Any]]:
    most = 200 if asked else 12
    numbers = (
        [{"number": asked, "n": 0}]
        if asked
        else book.run("SELECT number, count(*) AS n FROM message GROUP BY number ORDER BY max(id) DESC LIMIT 60")
    )
    shown = []
    for row in numbers:
        messages = book.run(
            "SELECT m.id, m.sender, m.text, m.parts, m.received_at, (SELECT max(r.state) FROM receipt r JOIN part p"
            " ON p.id = r.part_id WHERE p.message_id = m.id AND r.sent_at IS NOT NULL) AS state"
            " FROM message m WHERE m.number = %s ORDER BY m.id DESC LIMIT %s",
            row["number"],
            most,
        )
        rules = {k: v for k, v in book.rules(row["number"]).items() if v not in (0, "DELIVRD")}
        last = None
        for message in messages:
            at: datetime = message["received_at"].astimezone()
            message["day"], message["time"] = f"{at:%-d %B %Y}", f"{at:%H:%M}"
            message["new_day"], last = message["day"] != last, message["day"]
        shown.append(
            {
                "number": row["number"],
                "messages": messages,
                "more": max(0, row["n"] - len(messages)),
                "clock": messages[0]["time"] if messages else "",
                "rules": ", ".join(f"{k.replace('_', ' ')} {v}" for k, v in sorted(rules.items())),
            }
        )
    return shown
