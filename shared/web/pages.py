"""What every page gets: its language, its person, the components, static files."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import orjson
from flask import Flask, current_app, g, redirect, render_template, request, send_from_directory
from flask.typing import ResponseReturnValue
from jinja2 import ChoiceLoader, FileSystemLoader, pass_context
from jinja2.runtime import Context

from shared import jobs, messaging
from shared.ids import uuid7
from shared.process import Service
from shared.web import called as naming
from shared.web import formatting, texts
from shared.web.doors import Answer
from shared.web.problems import Problem, problem_json, sentences

HERE = Path(__file__).parent
#: What a reader may choose: every language whose catalogue is complete, and the source.
LANGUAGES = {code: name for code, name in texts.LANGUAGES.items() if code in ("en", *texts.COMPLETE)}


def prepare(app: Flask, service: Service) -> None:
    """Hang templates, filters and static files into an application."""
    env = app.jinja_env
    env.loader = ChoiceLoader([FileSystemLoader(service.folder / "templates"), FileSystemLoader(HERE / "templates")])
    formatting.install(env)
    env.filters["options"] = lambda codes: [
        {"value": code, "label": translate(str(code).replace("_", " "))} for code in codes
    ]
    env.filters["day_as_written"] = _day_as_written
    for name in ("date", "plain_date"):
        env.filters[name] = _of_moments(env.filters[name])
    app.context_processor(lambda: _context(service))
    app.add_url_rule("/static/<path:name>", "house:static", _static)
    app.add_url_rule("/static/fonts/<path:name>", "house:fonts", _fonts)
    app.after_request(_keep_language)


def _day_as_written(value: Any, style: str = "medium") -> str:
    """A day of a paper for the box it is typed into: readable where it is a day, otherwise as it was written."""
    try:
        return formatting.plain_date(date.fromisoformat(value), language(), style)
    except (TypeError, ValueError):
        return "" if value is None else str(value)


def day_of(moment: datetime) -> date:
    """The day a moment fell on, as the house counts it: its zone, and in the sandbox the day that was played."""
    return service().clock.day_of(moment)


def _of_moments(write: Callable[..., Any]) -> Callable[..., Any]:
    """The same filter, for moments too."""

    @pass_context
    def filter_(context: Context, value: Any, *style: Any) -> Any:
        return write(context, day_of(value) if isinstance(value, datetime) else value, *style)

    return filter_


def _static(name: str) -> Any:
    response = send_from_directory(HERE / "static", name)
    response.headers["Cache-Control"] = "public, max-age=3600"
    return response


def _fonts(name: str) -> Any:
    response = send_from_directory(HERE.parent / "fonts" / "web", name)
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


def language() -> str:
    """The reader's language: the page's own, asked for, kept, the account's, the browser's, the house's, English."""
    if (own := g.get("spoken")) is not None:
        return str(own)
    asked = request.args.get("lang") or request.cookies.get("lang")
    if asked in LANGUAGES:
        return asked
    actor = g.get("actor")
    if actor is not None and actor.language in LANGUAGES:
        return str(actor.language)
    return request.accept_languages.best_match(list(LANGUAGES)) or house_language()


def speak(language: str | None) -> None:
    """Write this page in a language of its own: a paper for somebody else than who prints it."""
    if language in LANGUAGES:
        g.spoken = language


def house_language() -> str:
    """What this installation speaks to people who have chosen nothing."""
    return texts.known(service().settings.language)


def _keep_language(response: Any) -> Any:
    asked = request.args.get("lang")
    if asked in LANGUAGES:
        response.set_cookie("lang", asked, max_age=31_536_000, samesite="Lax", httponly=True)
    return response


def called(name: str, latin: str | None) -> str:
    """The one of two names that the reader of this page reads."""
    return naming.called(name, language(), latin)


def translate(message: str, to: str | None = None, **params: Any) -> str:
    """A sentence of the catalogue in the reader's language."""
    return texts.say(to or language(), message, **params)


#: What a page is, where an answer says more than its text.
HTML = "text/html; charset=utf-8"


def new_form_key() -> str:
    """The hidden key of a form: sending it twice does nothing twice."""
    return uuid7(g.now, os.urandom)


#: Who sees that a message or a job has stopped.
SEES_STOPPED = ("administrator", "auditor", "supervisor")
STOPPED = "/parked"
#: Where each role finds its work: address, English name, roles, key.
NAV = [
    ("/desk", texts.N_("Queue"), ("clerk", "officer", "supervisor"), "g q"),
    ("/desk/claims", texts.N_("Claims"), ("clerk", "officer", "supervisor", "auditor"), "g c"),
    ("/payments/counter", texts.N_("Counter"), ("officer", "supervisor", "payment_officer"), "g k"),
    ("/payments", texts.N_("Runs"), ("payment_officer", "supervisor", "auditor"), "g r"),
    ("/employer", texts.N_("My workers"), ("employer",), "g w"),
    ("/accounts", texts.N_("Accounts"), ("administrator", "auditor"), "g a"),
    ("/imports", texts.N_("Imports"), ("officer", "supervisor", "administrator"), "g i"),
    (STOPPED, texts.N_("What has stopped"), SEES_STOPPED, "g p"),
    ("/statistics", texts.N_("Statistics"), ("supervisor", "auditor", "administrator"), "g n"),
    ("/standards", texts.N_("Standards"), ("officer", "supervisor", "auditor", "policy_maker", "administrator"), "g s"),
    ("/evidence", texts.N_("Evidence"), ("policy_maker", "supervisor", "auditor", "administrator"), "g e"),
]


def _context(service: Service) -> dict[str, Any]:
    actor = g.get("actor")
    if actor is not None and actor.kind == "public":
        actor = None
    reader = language()
    asked = [(name, value) for name, value in request.args.items() if name != "lang"]
    nav = [(url, name, key) for url, name, roles, key in NAV if actor is not None and actor.has(*roles)]
    here = max(
        (url for url, _, _ in nav if request.path == url or request.path.startswith(url + "/")),
        key=len,
        default="",
    )
    found: dict[str, Any] = {
        "language": reader,
        "languages": [
            {"code": code, "name": name, "href": f"{request.path}?{urlencode([*asked, ('lang', code)])}"}
            for code, name in LANGUAGES.items()
        ],
        "nav": [
            {"label": translate(name, reader), "href": url, "key": key, "current": url == here}
            if url != STOPPED
            else _stopped(service, translate(name, reader), key, url == here)
            for url, name, key in nav
        ],
        "csrf_token": g.get("claims", {}).get("csrf", ""),
        "form_key": new_form_key,
        "actor": actor,
        "today": service.clock.today(),
    }
    if actor is not None and actor.kind == "account":
        found["user"] = {
            "name": actor.name,
            "place": actor.place or actor.office or "",
            "key": actor.id,
            "account": "/account",
            "sign_out": "/sign-out",
        }
        found["keep_key"] = service.keys.kept_by(actor.id)
        found["takes_in"] = actor.has("clerk", "officer", "supervisor")
        if actor.has("clerk", "officer", "supervisor", "auditor"):
            found["search"] = {"action": "/desk/search", "value": request.args.get("q", "")}
    if service.clock.is_sandbox:
        found["sandbox"] = {"today": service.clock.today(), "href": "/sandbox"}
    return found


def _stopped(service: Service, label: str, key: str, current: bool) -> dict[str, Any]:
    """The way to what has stopped in this service, with how much it is."""
    act, number = g.get("act"), 0
    if act is not None and not act.connection.closed:
        number = messaging.count_parked(act.connection) + jobs.count_failed(act.connection)
    label += f" ({formatting.number(number, language())})" if number else ""
    return {"label": label, "href": f"{STOPPED}/{service.name}", "key": key, "current": current}


def render(template: str, **values: Any) -> str:
    """A page in the reader's language; its summary of errors names each field as the page itself does."""
    return _fields_named(render_template(template, **values))


_NAMELESS = re.compile(r'<a href="#f-([^"]+)"><b data-names="[^"]+"></b> (.*?)</a>', re.DOTALL)
_HINT = re.compile(r'<span class="hint">.*?</span>', re.DOTALL)


def _fields_named(page: str) -> str:
    """The summary stands above the form and cannot know what its fields are called; the finished page does. A field
    that is not on the page is no link."""

    def named(link: re.Match[str]) -> str:
        name, words = re.escape(link[1]), link[2]
        label = re.search(rf'<label(?: class="vh")? for="f-{name}"[^>]*>(.*?)</label>', page, re.DOTALL)
        label = label or re.search(rf'<span class="label" id="l-{name}"[^>]*>(.*?)</span>', page, re.DOTALL)
        label = label or re.search(rf'<input id="f-{name}"[^>]*? aria-label="([^"]*)"', page)
        if label is None:
            return words
        return f'<a href="#f-{link[1]}"><b>{_HINT.sub("", label[1]).strip()}:</b> {words}</a>'

    return _NAMELESS.sub(named, page) if 'id="errors"' in page else page


def go(url: str, status: int = 303) -> ResponseReturnValue:
    """Send the browser on after a form was taken."""
    return redirect(url, status)


def problem_page(problem: Problem, title: str, detail: str) -> str:
    """What happened and what to do; keeps what was typed, with the same key, so that sending again is safe."""
    typed = []
    if request.method == "POST" and problem.status in (409, 500, 503):
        typed = [
            {"name": name, "value": value, "label": name}
            for name, value in request.form.items()
            if name != "csrf_token" and "password" not in name
        ]
    return render_template(
        "problem.html",
        status=problem.status,
        what=title,
        todo=[detail],
        typed=typed,
        retry=request.path,
        reference=g.get("trace_id", ""),
        form_key=None,
        problem=problem,
    )


def service() -> Service:
    """The service this request is answered by."""
    found: Service = current_app.extensions["tideover"]
    return found


def answered(problem: Problem, headers: dict[str, str] | None = None) -> Answer:
    """A problem that is answered, not raised, where raising would undo what has to be kept (a counted try, a file, a
    job that was asked for)."""
    title, detail = sentences(problem)
    title, detail = translate(title), problem.said or translate(detail)
    body = orjson.dumps(problem_json(problem, title, detail, ""))
    return Answer(body, problem.status, headers or {}, "application/problem+json")
