"""Who is paid and where, asked of benefits each time a run is checked; payments keeps no register of people.

A payee is a person, or an employer who advanced a benefit; their ids are never the same.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any, Protocol

import requests

from services.payments.domain.check import Account, Payee
from shared import facts


class PayeesAway(Exception):
    """Benefits does not answer, or not in words we understand."""


class PayeeUnknown(Exception):
    """Benefits knows no such person or employer."""


#: So many persons are asked about in one call; benefits takes 500.
AT_ONCE = 250


class Payees(Protocol):
    def payee(self, person_id: str) -> Payee:
        """Name and account of a person or an employer. Raises `PayeesAway`, `PayeeUnknown`."""
        ...

    def payees(self, person_ids: Sequence[str]) -> dict[str, Payee]:
        """The same of at most `AT_ONCE` payees, by id; who is not known is not in it. Raises `PayeesAway`."""
        ...


class PayeesOfBenefits:
    """The same over the API of benefits, with the word of this service: GET /v1/persons/{id}/payee, or else
    /v1/employers/{id}/payee, for one, POST /v1/persons/payees for many of both."""

    def __init__(self, url: str, token: Callable[[datetime], str], now: Callable[[], datetime]) -> None:
        self.url = url.rstrip("/")
        self.token = token
        self.now = now
        self.session = requests.Session()
        self.session.trust_env = False

    def payee(self, person_id: str) -> Payee:
        for kind in ("persons", "employers"):
            answer = self._ask("GET", f"/v1/{kind}/{person_id}/payee", 5)
            unknown = answer.status_code == 404 and "problem+json" in answer.headers.get("Content-Type", "")
            if not unknown:
                break
        else:
            raise PayeeUnknown(person_id)
        if answer.status_code != 200:
            raise PayeesAway(f"status {answer.status_code}")
        try:
            return read_payee(answer.json(), person_id)
        except ValueError as wrong:
            raise PayeesAway("unreadable answer") from wrong

    def payees(self, person_ids: Sequence[str]) -> dict[str, Payee]:
        answer = self._ask("POST", "/v1/persons/payees", 20, json={"persons": list(person_ids)})
        if answer.status_code != 200:
            raise PayeesAway(f"status {answer.status_code}")
        try:
            given = {str(one.get("person_id") or one["employer_id"]): one for one in answer.json()["payees"]}
            return {id_: read_payee(given[id_], id_) for id_ in person_ids if id_ in given}
        except (ValueError, KeyError, TypeError) as wrong:
            raise PayeesAway("unreadable answer") from wrong

    def _ask(self, method: str, path: str, seconds: float, **more: Any) -> requests.Response:
        try:
            return self.session.request(
                method,
                self.url + path,
                headers={"Authorization": f"Bearer {self.token(self.now())}", "Accept": "application/json"},
                timeout=(2, seconds),
                allow_redirects=False,
                **more,
            )
        except requests.RequestException as away:
            raise PayeesAway(type(away).__name__) from away


def read_payee(said: dict[str, Any], person_id: str) -> Payee:
    """A payee from the answer of benefits; members we do not know are left alone. Raises `ValueError`."""
    said = facts.read("payee", said)
    if said.get("person_id", said.get("employer_id")) != person_id:
        raise ValueError("an answer about somebody else")
    given = said["account"]
    account = None
    if given is not None:
        account = Account(kind=given["kind"], bank=given["bank"], number=given["number"], holder=given["holder"])
    changed = said["changed_on"]
    return Payee(
        person_id=person_id,
        name=said["name"]["full"],
        latin=said["name"]["latin"] or None,
        account=account,
        changed_on=date.fromisoformat(changed) if changed else None,
    )
