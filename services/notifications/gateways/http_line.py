"""An operator over HTTP: one call for a whole text, our reference as its key, receipts by signed call-backs.

    POST <url>/messages   {"to", "from", "text", "reference", "short_reference"}   201 {"id": …}
    GET  <url>/messages?reference=…                                                200 {"messages": [{"id": …}]}

429, 503 and every other answer of 500 and above may pass, and so may what no table knows; 401 and 403 are about us, not
about the message; 400, 404 and 422 are final. A lost answer is unknown and is asked for by our reference.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import requests
from urllib3.exceptions import NewConnectionError

from services.notifications.domain.short_text import Part
from services.notifications.gateways.line import (
    FIRST,
    Answer,
    AskLater,
    Known,
    LineDown,
    OnReceipt,
    Verdict,
)
from shared.logs import log

#: How long a line stands still after the operator refused us rather than a message.
STANDS_STILL_SECONDS = 60.0
_LATER = {408: "operator_fault", 425: "throttled", 429: "throttled", 503: "queue_full"}
_LINE = {401: "wrong_password", 403: "wrong_account"}
_NEVER = {400: "refused_400", 404: "refused_404", 413: "refused_413", 422: "refused_422"}
#: What an operator may say in the member `code` of a refusal.
_CODES = {
    "wrong_number": Answer(Verdict.NEVER, reason="wrong_number"),
    "wrong_sender": Answer(Verdict.LINE, reason="wrong_sender"),
    "no_credit": Answer(Verdict.LINE, reason="no_credit"),
    "throttled": Answer(Verdict.LATER, reason="throttled"),
}


@dataclass(frozen=True)
class HttpSettings:
    """Where the operator is; `secret` signs its call-backs (several, separated by commas, may hold at once)."""

    url: str
    token: str = ""
    sender: str = "Tideover"
    secret: str = ""
    answer_seconds: float = 10.0
    settle_seconds: float = 15.0
    name: str = FIRST


class HttpLine:
    """Safe for several threads and processes: it keeps nothing but a pool of connections."""

    can_ask = True

    def __init__(self, settings: HttpSettings) -> None:
        self.settings = settings
        self.name = settings.name
        self.settle_seconds = settings.settle_seconds
        self.on_receipt: OnReceipt | None = None
        self._still_until, self._still_why = 0.0, ""
        self._http = requests.Session()
        if settings.token:
            self._http.headers["Authorization"] = f"Bearer {settings.token}"

    @property
    def secrets(self) -> list[str]:
        """Under which a call-back may be signed."""
        return [secret for secret in self.settings.secret.split(",") if secret]

    def ready(self) -> None:
        """Raises `LineDown` while the operator refuses us; HTTP has no line to open."""
        if time.monotonic() < self._still_until:
            raise LineDown(self._still_why)

    def cut(self, text: str, number: int) -> list[Part]:
        """One piece: an operator over HTTP cuts texts itself."""
        return [Part(1, 1, b"", text.encode("utf-16-be"))]

    def submit(
        self, to: str, parts: Sequence[Part], reference: str, short_reference: int, *, leave_by: float
    ) -> dict[int, Answer]:
        """One call; the answer is that of every part."""
        if not parts:
            return {}
        if time.monotonic() >= leave_by:
            return {part.no: Answer(Verdict.NOT_SENT, reason="too_late") for part in parts}
        body = {
            "to": to,
            "from": self.settings.sender,
            "text": b"".join(part.body for part in parts).decode("utf-16-be"),
            "reference": reference,
            "short_reference": short_reference,
        }
        try:
            answer = self._http.post(
                f"{self.settings.url}/messages",
                json=body,
                headers={"Idempotency-Key": reference},
                timeout=(2, self.settings.answer_seconds),
                allow_redirects=False,
            )
        except requests.RequestException as fault:
            left = not _could_not_connect(fault)
            found = Answer(Verdict.UNKNOWN, reason="no_answer") if left else Answer(Verdict.LATER, reason="line_down")
        else:
            found = _answer(answer)
        if found.verdict is Verdict.LINE:
            self._still_until, self._still_why = time.monotonic() + STANDS_STILL_SECONDS, found.reason
            log.error("sms_line_stands_still", line=self.name, reason=found.reason)
        return {part.no: found for part in parts}

    def ask(self, reference: str) -> list[Known]:
        """What the operator holds under our reference. Raises `AskLater`."""
        try:
            answer = self._http.get(
                f"{self.settings.url}/messages",
                params={"reference": reference},
                timeout=(2, 5),
                allow_redirects=False,
            )
            answer.raise_for_status()
            return [Known(1, str(found["id"])) for found in answer.json()["messages"]]
        except (requests.RequestException, ValueError, KeyError, TypeError) as fault:
            raise AskLater(type(fault).__name__) from None

    def close(self) -> None:
        self._http.close()


def _could_not_connect(fault: requests.RequestException) -> bool:
    """Whether nothing has left: there was no connection at all."""
    cause = getattr(fault.args[0], "reason", None) if fault.args else None
    return isinstance(fault, requests.ConnectTimeout) or isinstance(cause, NewConnectionError)


def _answer(answer: requests.Response) -> Answer:
    status = answer.status_code
    try:
        said: Any = answer.json()
    except ValueError:
        said = {}
    if not isinstance(said, dict):
        said = {}
    if 200 <= status < 300:
        taken = str(said.get("id") or "")
        # Taken, but under which id? Only the operator knows; it is asked by our reference.
        return Answer(Verdict.TAKEN, taken[:65]) if taken else Answer(Verdict.UNKNOWN, reason="no_answer")
    if (told := _CODES.get(str(said.get("code")))) is not None:
        return told
    if status in _NEVER:
        return Answer(Verdict.NEVER, reason=_NEVER[status])
    if status in _LINE:
        return Answer(Verdict.LINE, reason=_LINE[status])
    if status in (500, 502, 504):
        # A server that broke, or a gateway that waited in vain: the message may have been taken.
        return Answer(Verdict.UNKNOWN, reason="no_answer")
    return Answer(Verdict.LATER, reason=_LATER.get(status, f"refused_{status}"))
