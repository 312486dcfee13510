"""The pretenders' doors for asking whether names and numbers belong together: one at a time, or many at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask, jsonify, request

Check = Callable[[str, str], Any]


def name_doors(app: Flask, path: str, number: str, check: Check, mood: Callable[[], None]) -> None:
    """`path` answers for one, `path` with an s for a list; `number` is what an account is called in the question."""

    def one() -> Any:
        mood()
        return jsonify(_said(request.get_json()))

    def many() -> Any:
        mood()
        return jsonify({"checks": [_said(asked) for asked in request.get_json()["checks"]]})

    def _said(asked: dict[str, Any]) -> Any:
        return check(str(asked[number]), str(asked["name"]))

    app.add_url_rule(path, f"{path}:one", one, methods=["POST"])
    app.add_url_rule(f"{path}s", f"{path}:many", many, methods=["POST"])
