"""What every page gets: its language, its person, the components, static files."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from flask import Flask, current_app, g, redirect, render_template, request, send_from_directory
from flask.typing import ResponseReturnValue
from jinja2 import ChoiceLoader, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from shared.ids import uuid7
from shared.process import Service
from shared.web import formatting, texts
from shared.web.problems import Problem

HERE = Path(__file__).parent
LANGUAGES = {"lo": "ລາວ", "en": "English"}


def prepare(app: Flask, service: Service) -> None:
    """Hang templates, filters and static files into an application."""
    env = app.jinja_env
    env.loader = ChoiceLoader(
        [FileSystemLoader(service.folder / "templates"), FileSystemLoader(HERE / "templates")]
    )
    env.undefined = StrictUndefined
    env.trim_blocks = env.lstrip_blocks = True
    env.autoescape = True
    formatting.install(env)
    app.context_processor(lambda: _context(service))
    app.add_url_rule("/static/<path:name>", "house:static", _static)
    app.add_url_rule("/static/fonts/<path:name>", "house:fonts", _fonts)
    app.after_request(_keep_language)


def _static(name: str) -> Any:
    response = send_from_directory(HERE / "static", name)
    response.headers["Cache-Control"] = "public, max-age=3600"
    return response


def _fonts(name: str) -> Any:
    response = send_from_directory(HERE.parent / "fonts" / "web", name)
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


def language() -> str:
    """The reader's language: asked for, kept, the account's, the browser's, English."""
    asked = request.args.get("lang") or request.cookies.get("lang")
    if asked in LANGUAGES:
        return asked
    actor = g.get("actor")
    if actor is not None and actor.language in LANGUAGES:
        return str(actor.language)
    return request.accept_languages.best_match(list(LANGUAGES), "en") or "en"


def _keep_language(response: Any) -> Any:
    asked = request.args.get("lang")
    if asked in LANGUAGES:
        response.set_cookie("lang", asked, max_age=31_536_000, samesite="Lax", httponly=True)
    return response


def translate(message: str, to: str | None = None, **params: Any) -> str:
    """A sentence of the catalogue in the reader's language."""
    return texts.say(to or language(), message, **params)


def new_form_key() -> str:
    """The hidden key of a form: sending it twice does nothing twice."""
    return uuid7(g.now, os.urandom)


def hidden() -> Markup:
    """The two hidden fields of every form."""
    return Markup(
        '<input type="hidden" name="_csrf" value="{}"><input type="hidden" name="_key" value="{}">'
    ).format(g.claims.get("csrf", ""), new_form_key())


#: Where each role finds its work: address, English name, roles, which section it is.
NAV = [
    ("/desk", "Queue", ("clerk", "officer", "supervisor"), "queue"),
    ("/desk/claims", "Claims", ("clerk", "officer", "supervisor", "auditor"), "claims"),
    ("/payments", "Runs", ("payment_officer", "supervisor", "auditor"), "runs"),
    ("/employer", "My workers", ("employer",), "employer"),
    ("/standards", "Standards", ("officer", "supervisor", "auditor", "administrator"), "standards"),
    ("/admin", "Administration", ("administrator",), "admin"),
]
_ = (
    texts.N_("Queue"),
    texts.N_("Claims"),
    texts.N_("Runs"),
    texts.N_("My workers"),
    texts.N_("Standards"),
    texts.N_("Administration"),
)


def _context(service: Service) -> dict[str, Any]:
    actor = g.get("actor")
    if actor is not None and actor.kind == "public":
        actor = None
    return {
        "language": language(),
        "languages": LANGUAGES,
        "user": actor,
        "today": service.clock.today(),
        "sandbox": service.clock.is_sandbox,
        "nav": [(url, name, key) for url, name, roles, key in NAV if actor is not None and actor.has(*roles)],
        "hidden": hidden,
        "path": request.path,
        "query_string": request.query_string.decode("ascii", "ignore"),
        "service": service.name,
    }


def render(template: str, **values: Any) -> str:
    """A page in the reader's language."""
    return render_template(template, **values)


def go(url: str, status: int = 303) -> ResponseReturnValue:
    """Send the browser on after a form was taken."""
    return redirect(url, status)


def problem_page(problem: Problem, title: str, detail: str) -> str:
    """What happened and what to do; keeps what was typed, with the same key, so that sending again is safe."""
    typed = request.form.to_dict() if request.method == "POST" and problem.status in (503, 500) else {}
    return render_template(
        "problem.html",
        problem=problem,
        title=title,
        detail=detail,
        trace_id=g.get("trace_id", ""),
        typed=typed,
        action=request.path,
    )


def service() -> Service:
    """The service this request is answered by."""
    found: Service = current_app.extensions["tideover"]
    return found
