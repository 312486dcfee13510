"""The bell of the operator of wallets: his signed call-backs, upon which he is asked."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import Any

import orjson
from flask import request

from services.payments.usecases import enquiring
from shared.act import Act, Actor
from shared.ids import is_uuid
from shared.signatures import is_signed
from shared.web.doors import PUBLIC, Answer, Doors
from shared.web.problems import Problem

doors = Doors()
#: Who the audit says it was.
OPERATOR = Actor("wallet", "service", name="Operator of wallets")
LARGEST = 64 * 1024


@doors.api("POST", "/v1/call-backs/wallet", roles=PUBLIC, status=202, raw=True, records=False, problems=(401, 413))
def wallet_rings(act: Act, upload: bytes) -> Any:
    """The operator of wallets says that something became of an order; we ask him about it ourselves.

    Open to all because the operator has no account here: his signature over the body is his word (WALLET_SECRET).
    """
    if len(upload) > LARGEST:
        raise Problem(413, "too_large")
    secrets = os.environ.get("WALLET_SECRET", "").split(",")
    if not is_signed(request.headers.get("X-Signature", ""), upload, secrets, act.now):
        raise Problem(401, "signature_wrong")
    try:
        said = orjson.loads(upload)
        event, reference = str(said["id"]), str(said["reference"])
    except (orjson.JSONDecodeError, KeyError, TypeError) as wrong:
        raise Problem(400, "unreadable") from wrong
    if not is_uuid(event):
        raise Problem(400, "unreadable")
    enquiring.ask_about(replace(act, actor=OPERATOR), "wallet", reference, event)
    return Answer({}, 202)
