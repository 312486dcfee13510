"""The bell of an operator over HTTP: its delivery receipts, each signed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import orjson
from flask import current_app, request

from services.notifications.gateways.line import Came
from services.notifications.gateways.lines import Lines
from services.notifications.gateways.receipts import state_of
from services.notifications.usecases import receipts
from shared.act import Act, Actor
from shared.signatures import is_signed
from shared.web.doors import PUBLIC, Answer, Doors
from shared.web.problems import Problem

doors = Doors()
#: Who the audit says it was.
OPERATOR = Actor("sms", "service", name="Operator of telephones")
LARGEST = 16 * 1024


@doors.api("POST", "/v1/messages/receipts", roles=PUBLIC, status=202, raw=True, records=False, problems=(401, 413))
def receipt(act: Act, upload: bytes) -> Any:
    """An operator over HTTP says what became of a message: {"id", "state", "reference"?, "error"?}.

    Open to all because operators have no account here: the signature over the body (X-Signature, SMS_CALLBACK_SECRET)
    is their word, and says which of them it is.
    """
    if len(upload) > LARGEST:
        raise Problem(413, "too_large")
    line = _signed_by(upload, act)
    if line is None:
        raise Problem(401, "signature_wrong")
    try:
        said = orjson.loads(upload)
        if type(said["id"]) not in (str, int):
            raise Problem(400, "unreadable")  # nothing and 4.4e4 are no ids, though they can be written as text
        operator_id, state = str(said["id"])[:65], state_of(str(said["state"]))
        reference, error = said.get("reference"), str(said.get("error") or "")[:8]
    except (orjson.JSONDecodeError, AttributeError, KeyError, TypeError) as wrong:
        raise Problem(400, "unreadable") from wrong
    if not operator_id or "\0" in operator_id + error or state is None:
        raise Problem(400, "unreadable")
    if not (isinstance(reference, int) and 0 <= reference <= 0xFFFF):
        reference = None
    receipts.keep(replace(act, actor=OPERATOR), Came(operator_id, state, reference, error, line))
    return Answer({}, 202)


def _signed_by(upload: bytes, act: Act) -> str | None:
    """The operator under one of whose secrets the body is signed; none when it is nobody's."""
    outside = current_app.extensions["tideover"].extra.get("outside")
    lines: Lines | None = outside.lines if outside is not None else None
    header = request.headers.get("X-Signature", "")
    for name, secrets in (lines.by_secret() if lines is not None else {}).items():
        if is_signed(header, upload, secrets, act.now):
            return name
    return None
