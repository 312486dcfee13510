"""A pretend counter: payees who come with the message on their phone, and two officers who look at them.

It knocks at the same doors as anybody: vouchers and boxes of payments, messages of the pretend phone. Each waiting
payee behaves by the last four digits of her phone:

    9301 never comes   9302 forgot her code: five wrong ones, then a new message   9303 shows somebody else's proof

    play(hands, phone_url)      once a day, by `make tick`; answers how many vouchers were handed over
"""

from __future__ import annotations

import re
import uuid
from typing import Any

import requests
import stamina

from deploy.embedded.hands import DoorShut, Hands

NEVER, FORGOT, STRANGER = "9301", "9302", "9303"
#: Seconds for which she asks whether money was handed over.
PATIENCE = 30.0
#: What is brought to the box besides what the day needs, in minor units.
RESERVE = 50_000_000


def play(hands: Hands, phone_url: str, *, first: str = "officer", second: str = "second_officer") -> int:
    """One day at the counter of the sample's office: the box is opened, payees come, the box is counted."""
    looks, gives = getattr(hands, first), getattr(hands, second)
    waiting = looks.get("/v1/vouchers")["items"]
    if not waiting:
        return 0
    currency = waiting[0]["amount"]["currency"]
    vouchers = [v for v in waiting if v["amount"]["currency"] == currency]
    box, holds = _open(looks, currency, sum(v["amount"]["minor"] for v in vouchers) + RESERVE)
    if box is None:
        return 0
    given = 0
    for voucher in vouchers:
        if _comes(hands, looks, gives, voucher, phone_url):
            holds -= voucher["amount"]["minor"]
            given += 1
    gives.post(f"/v1/cash-boxes/{box}/closing", {"counted": {"minor": holds, "currency": currency}})
    return given


def _open(looks: Any, currency: str, needed: int) -> tuple[str | None, int]:
    """The box of today with enough in it, and what it holds; none where today's was closed already."""
    boxes = looks.get("/v1/cash-boxes")["items"]
    last = next((b["counted"]["minor"] for b in boxes if b["counted"] and b["counted"]["currency"] == currency), 0)
    try:
        opened = looks.post("/v1/cash-boxes", {"counted": {"minor": last, "currency": currency}})
    except DoorShut:
        return None, 0
    if needed > last:
        brought = {"amount": {"minor": needed - last, "currency": currency}, "note": "from the bank"}
        looks.post(f"/v1/cash-boxes/{opened['id']}/moves", brought)
    return opened["id"], max(needed, last)


def _comes(hands: Hands, looks: Any, gives: Any, voucher: dict[str, Any], phone_url: str) -> bool:
    """One payee; whether she left with her money."""
    order = looks.get(f"/v1/orders/{voucher['order_id']}")
    phone = str(looks.get(f"/v1/persons/{order['person_id']}")["phone"] or "")
    code = _code(phone_url, phone, voucher["number"])
    if code is None or phone.endswith(NEVER):
        return False
    path = f"/v1/vouchers/{voucher['order_id']}"
    proof = {"code": code, "proof_kind": "identity_card", "proof_number": f"ID-{voucher['number']}"}
    if phone.endswith(FORGOT):
        return _forgets(looks, path, proof)
    looks.post(f"{path}/proof", proof)
    if phone.endswith(STRANGER):
        gives.post(f"{path}/code")  # the second look does not agree
        return False
    _hands_over(gives, f"{path}/hand-over")
    return True


def _hands_over(gives: Any, path: str) -> None:
    """The officer sends again what was not answered, under the same key, before she opens the box: money changes hands
    when the answer has come, however often she had to ask."""
    key = str(uuid.uuid4())
    for attempt in stamina.retry_context(on=_unanswered, attempts=None, timeout=PATIENCE, wait_max=1.0, wait_jitter=0):
        with attempt:
            gives.post(path, key=key)


def _unanswered(fault: Exception) -> bool:
    """Whether nobody knows yet what became of a request, so that it is sent again."""
    if isinstance(fault, DoorShut):
        return any(word in str(fault) for word in (": 502 ", ": 503 ", "still_running"))
    return isinstance(fault, requests.ConnectionError)


def _forgets(looks: Any, path: str, proof: dict[str, Any]) -> bool:
    for _ in range(5):
        try:
            looks.post(f"{path}/proof", proof | {"code": "00000000"})
        except DoorShut:
            continue
    looks.post(f"{path}/code")
    return False


def _code(phone_url: str, phone: str, number: str) -> str | None:
    """The code in the newest message on a phone about a voucher; none where none came."""
    if not phone:
        return None
    told = requests.get(f"{phone_url}/received", params={"number": phone}, timeout=5).json()["messages"]
    for message in reversed(told):
        text = re.sub(r"\s", " ", message["text"])
        if number in text:
            found = re.search(r"(?<!\d)(\d{8})(?!\d)", text)
            return found.group(1) if found else None
    return None
