"""Facts about a person, a claim or a decision, fetched from the service that owns them."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

import requests

from shared import facts


class FactsAway(ConnectionError):
    """Benefits does not answer, or not yet as agreed; ask again later."""


class NoFacts(LookupError):
    """Benefits says there is no such person, claim or decision."""


class Benefits:
    """The API of the service that owns the facts (benefits, or payments), with this service's own token. Facts that
    break their schema raise `shared.facts.FactsInvalid`: a fault that somebody must look at, not one that passes."""

    def __init__(self, url: str | None, token: Callable[[], str]) -> None:
        self.url, self.token = (url or "").rstrip("/"), token
        self._http = requests.Session()
        self._token, self._token_until = "", 0.0

    def contact(self, person_id: str) -> Mapping[str, Any]:
        """Name, language, phone and address. Raises `FactsAway`, `NoFacts`."""
        return self._get("reach", f"/v1/persons/{person_id}/contact")

    def decision(self, decision_id: str) -> Mapping[str, Any]:
        """Everything a decision letter says. Raises `FactsAway`, `NoFacts`."""
        return self._get("decision_letter", f"/v1/decisions/{decision_id}/letter-facts")

    def claim(self, claim_id: str) -> Mapping[str, Any]:
        """What an acknowledgement says. Raises `FactsAway`, `NoFacts`."""
        return self._get("acknowledgement_letter", f"/v1/claims/{claim_id}/acknowledgement-facts")

    def recovery(self, recovery_id: str) -> Mapping[str, Any]:
        """What a letter about money paid too much says. Raises `FactsAway`, `NoFacts`."""
        return self._get("recovery_letter", f"/v1/recoveries/{recovery_id}/letter-facts")

    def suspension(self, suspension_id: str) -> Mapping[str, Any]:
        """What the letters about suspended payments say. Raises `FactsAway`, `NoFacts`."""
        return self._get("suspension_letter", f"/v1/suspensions/{suspension_id}/letter-facts")

    def annulment(self, annulment_id: str) -> Mapping[str, Any]:
        """What the letters about an annulled decision say. Raises `FactsAway`, `NoFacts`."""
        return self._get("annulment_letter", f"/v1/annulments/{annulment_id}/letter-facts")

    def voucher(self, order_id: str) -> Mapping[str, Any]:
        """Number and one-time code of a voucher, asked of payments. Raises `FactsAway`, `NoFacts`."""
        return self._get("voucher", f"/v1/vouchers/{order_id}/message-facts")

    def phone_code(self, code_id: str) -> Mapping[str, Any]:
        """A code by which she says that what was entered is right. Raises `FactsAway`, `NoFacts`."""
        return self._get("phone_code", f"/v1/phone-codes/{code_id}/message-facts")

    def own_change(self, change_id: str) -> Mapping[str, Any]:
        """What she asked for herself, with its code while that is awaited. Raises `FactsAway`, `NoFacts`."""
        return self._get("own_change", f"/v1/own-changes/{change_id}/message-facts")

    def start(self, start_id: str) -> Mapping[str, Any]:
        """The code by which she starts a claim on her phone. Raises `FactsAway`, `NoFacts`."""
        return self._get("start", f"/v1/starts/{start_id}/message-facts")

    def _bearer(self) -> str:
        if time.monotonic() > self._token_until:
            self._token, self._token_until = self.token(), time.monotonic() + 60
        return self._token

    def _get(self, kind: str, path: str) -> Mapping[str, Any]:
        if not self.url:
            raise FactsAway("its address is not set")
        try:
            answer = self._http.get(
                self.url + path, headers={"Authorization": f"Bearer {self._bearer()}"}, timeout=(2, 10)
            )
        except requests.RequestException as fault:
            raise FactsAway(type(fault).__name__) from None
        if answer.status_code in (404, 410):
            raise NoFacts(str(answer.status_code))
        if answer.status_code != 200:
            self._token_until = 0.0
            raise FactsAway(str(answer.status_code))
        try:
            said = answer.json()
        except ValueError:
            raise FactsAway("unreadable") from None
        if not isinstance(said, dict):
            raise FactsAway("unreadable")
        return facts.read(kind, said)
