"""People of an invented institution at their desks: clients of the same doors that anybody uses."""

from __future__ import annotations

import base64
import csv
import json
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyotp
import requests

from deploy.embedded.sample import DEFAULT, SAMPLES

SAMPLE = SAMPLES / DEFAULT
# Doubts that an officer of a sample house judges with a word; what else is open stops her, as it should.
JUDGED = ("look_alikes", "certificate_late", "claim_late", "holder_differs", "account_changed")


class DoorShut(RuntimeError):
    """A door answered with a problem; its code is in the message."""


class Hand:
    """One person, signed in at the API; signs in again before her session ends."""

    def __init__(self, address: str, username: str, password: str, totp_secret: str = "") -> None:
        self.address, self.username = address, username
        self._password, self._secret = password, totp_secret
        self._token, self._until, self._last_code = "", 0.0, ""
        self.http = requests.Session()

    def _sign_in(self) -> None:
        answer = self._ask()
        if answer.status_code == 401 and self._secret:
            answer = self._ask()  # somebody else at the same desk has used this code; the next one is fresh
        if answer.status_code != 201:
            raise DoorShut(f"{self.username} cannot sign in: {answer.status_code} {answer.text[:200]}")
        body = answer.json()
        self._token, self._until = body["token"], time.monotonic() + body["expires_in"] - 60

    def _ask(self) -> requests.Response:
        """Name, password and the next code of the device: a code works once, the next comes with the clock."""
        code = ""
        if self._secret:
            totp = pyotp.TOTP(self._secret)
            if (code := totp.now()) == self._last_code:
                time.sleep(totp.interval - time.time() % totp.interval)
                code = totp.now()
            self._last_code = code
        typed = {"username": self.username, "password": self._password, "code": code}
        return self.http.post(f"{self.address}/v1/sessions", json=typed, timeout=30)

    @property
    def token(self) -> str:
        if time.monotonic() > self._until:
            self._sign_in()
        return self._token

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        etag: int | None = None,
        key: str | None = None,
        raw: bytes | None = None,
    ) -> Any:
        """One request; the answer's JSON (or bytes). Raises `DoorShut`."""
        headers = {"Authorization": f"Bearer {self.token}"}
        if method == "POST":
            headers["Idempotency-Key"] = key or str(uuid.uuid4())
        if etag is not None:
            headers["If-Match"] = f'"{etag}"'
        answer = self.http.request(
            method,
            self.address + path,
            json=body if raw is None else None,
            data=raw,
            headers=headers,
            timeout=60,
        )
        if answer.status_code >= 400:
            raise DoorShut(f"{self.username} {method} {path}: {answer.status_code} {answer.text[:400]}")
        return answer.json() if "json" in answer.headers.get("Content-Type", "") else answer.content

    def get(self, path: str) -> Any:
        return self.call("GET", path)

    def post(self, path: str, body: Any = None, **kw: Any) -> Any:
        return self.call("POST", path, body, **kw)

    def printed(self, letter_id: str) -> bytes:
        """A letter as it leaves the printer, with the worker's code, read on no page. Raises `DoorShut`."""
        middle = self.token.split(".")[1]
        session = json.loads(base64.urlsafe_b64decode(middle + "=" * (-len(middle) % 4)))
        answer = self.http.post(
            f"{self.address}/letters/{letter_id}/print",
            data={"csrf_token": session["csrf"], "_key": str(uuid.uuid4())},
            headers={"Authorization": f"Bearer {self.token}"},
            timeout=60,
        )
        if answer.status_code >= 400 or not answer.content.startswith(b"%PDF"):
            raise DoorShut(f"{self.username} prints {letter_id}: {answer.status_code} {answer.text[:400]}")
        return answer.content


class Hands:
    """Everybody of a sample, by user name or by part: `hands.khamla` and `hands.officer` are the same Lao officer."""

    def __init__(self, address: str, sample: Path = SAMPLE) -> None:
        self.address = address
        with (sample / "practice.csv").open(encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        self._rows = {row[by]: row for row in rows for by in ("username", "part")}
        self._made: dict[str, Hand] = {}

    def __getattr__(self, name: str) -> Hand:
        if name.startswith("_") or name not in self._rows:
            raise AttributeError(name)
        row = self._rows[name]
        username = row["username"]
        if username not in self._made:
            self._made[username] = Hand(self.address, username, row["password"], row["totp_secret"])
        return self._made[username]

    # --- what people do -------------------------------------------------------------------------

    def person(self, number: str) -> dict[str, Any]:
        """The person with an insured number."""
        found: list[dict[str, Any]] = self.officer.get(f"/v1/persons?q={number}")["items"]
        return found[0]

    def register(self, number: str, benefit: str, received_on: str, facts: dict[str, Any]) -> dict[str, Any]:
        """A clerk registers and submits a claim; every certificate was verified."""
        papers = {"verified": [c.get("number") or str(n) for n, c in enumerate(facts.get("certificates", []), start=1)]}
        body = {
            "person_id": self.person(number)["id"],
            "benefit": benefit,
            "received_on": received_on,
            "facts": facts,
            "papers": papers,
        }
        claim = self.clerk.post("/v1/claims", body)
        return self.clerk.post(f"/v1/claims/{claim['id']}/submission", etag=claim["version"])  # type: ignore[no-any-return]

    def decide(
        self,
        claim_id: str,
        *,
        officer: str = "officer",
        supervisor: str = "supervisor",
        reasons: str | None = None,
    ) -> dict[str, Any]:
        """An officer decides, judging what must be judged; a supervisor confirms where it must be confirmed."""
        hand: Hand = getattr(self, officer)
        claim = hand.get(f"/v1/claims/{claim_id}")
        for warning in claim["warnings"]:
            if warning["code"] in JUDGED:
                claim = hand.post(
                    f"/v1/claims/{claim_id}/judgements",
                    {"warning": warning["id"], "why": "looked at"},
                    etag=claim["version"],
                )
        decision = hand.post(f"/v1/claims/{claim_id}/decisions", {"reasons": reasons}, etag=claim["version"])
        if decision["state"] == "proposed":
            decision = getattr(self, supervisor).post(f"/v1/decisions/{decision['id']}/confirmation")
        return decision  # type: ignore[no-any-return]

    def release_runs(self) -> int:
        """Two people release every run that was checked, judging each order's warnings; answers how many."""
        count = 0
        for run in self.releaser.get("/v1/runs?state=checked")["items"]:
            for item in self.releaser.get(f"/v1/runs/{run['id']}/items")["items"]:
                if item["warnings"] and not item["judged_by"] and not item["taken_out"]:
                    run = self.releaser.post(
                        f"/v1/runs/{run['id']}/judgements",
                        {"order_id": item["order_id"], "verdict": "pay", "note": "looked at"},
                        etag=run["version"],
                    )
            for name in ("releaser", "second_releaser", "payer"):
                if run["state"] == "checked":
                    run = getattr(self, name).post(
                        f"/v1/runs/{run['id']}/approvals",
                        {"total": run["total"], "digest": run["digest"]},
                        etag=run["version"],
                    )
            count += 1
        return count

    def orders(self, claim_id: str) -> list[dict[str, Any]]:
        """What payments did for a claim."""
        found: list[dict[str, Any]] = self.auditor.get(f"/v1/orders?claim_id={claim_id}")["items"]
        return found

    def letters(self, claim_id: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.auditor.get(f"/v1/letters?claim={claim_id}")["items"]
        return found

    def messages(self, claim_id: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.auditor.get(f"/v1/messages?claim={claim_id}")["items"]
        return found


def await_(condition: Callable[[], Any], what: str, seconds: float = 60) -> Any:
    """Poll until something is so. Raises `TimeoutError` naming it."""
    until = time.monotonic() + seconds
    while not (found := condition()):
        if time.monotonic() > until:
            raise TimeoutError(f"{what}: not within {seconds:.0f} s")
        time.sleep(0.1)  # what is awaited happens in other processes, which have no bell for us
    return found
