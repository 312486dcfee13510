"""Reading a delivery receipt as operators write it: SMPP 3.4, 5.2.28, 5.3.2.26, 5.3.2.35 and appendix B.

Its parameters count where they are; else its text, of which the standard says itself that it is the vendor's own:
any case, UCS-2 or one octet a letter, in `short_message` or `message_payload`, states in full or in seven letters.
"""

from __future__ import annotations

import re
from typing import Any

from services.notifications.domain.message import Receipt
from services.notifications.gateways.line import Came
from shared.logs import log

R = Receipt
#: message_state, SMPP 3.4 table 5-6; 0 and 9 are of SMPP 5.0.
_NUMBERS = {
    0: R.ENROUTE,
    1: R.ENROUTE,
    2: R.DELIVRD,
    3: R.EXPIRED,
    4: R.DELETED,
    5: R.UNDELIV,
    6: R.ACCEPTD,
    7: R.UNKNOWN,
    8: R.REJECTD,
    9: R.REJECTD,
}
#: The words of appendix B, and those that operators write in their place; letters only, in capitals.
_WORDS = {state.value: state for state in Receipt} | {
    "DELIVERED": R.DELIVRD,
    "DELIVERD": R.DELIVRD,
    "DELIVRED": R.DELIVRD,
    "DELIVEREDTOHANDSET": R.DELIVRD,
    "DELIVEREDTOTERMINAL": R.DELIVRD,
    "SUCCESS": R.DELIVRD,
    "EXPIRD": R.EXPIRED,
    "DELETE": R.DELETED,
    "CANCELED": R.DELETED,
    "CANCELLED": R.DELETED,
    "UNDELIVERED": R.UNDELIV,
    "UNDELIVERABLE": R.UNDELIV,
    "UNDELIVRD": R.UNDELIV,
    "UNDELIVERD": R.UNDELIV,
    "NOTDELIVERED": R.UNDELIV,
    "DELIVERYFAILED": R.UNDELIV,
    "FAILED": R.UNDELIV,
    "FAIL": R.UNDELIV,
    "ACCEPTED": R.ACCEPTD,
    "ACKED": R.ACCEPTD,
    "BUFFERED": R.ENROUTE,
    "BUFFRED": R.ENROUTE,
    "SCHEDULED": R.ENROUTE,
    "DELIVEREDTONETWORK": R.ENROUTE,
    "PENDING": R.ENROUTE,
    "QUEUED": R.ENROUTE,
    "INPROGRESS": R.ENROUTE,
    "RETRY": R.ENROUTE,
    "SENT": R.ENROUTE,
    "SUBMITTED": R.ENROUTE,
    "REJECTED": R.REJECTD,
    "BLOCKED": R.REJECTD,
    "SKIPPED": R.REJECTD,
    "UNKNOWN": R.UNKNOWN,
    "UNKNOWNSTATE": R.UNKNOWN,
}
#: Bits 5 to 2 of esm_class (5.2.12): a receipt, or the word in between that it is on its way.
_KIND, _RECEIPT, _BETWEEN, _HEADER = 0x3C, 0x04, 0x20, 0x40
_TEXT = re.compile(r"(?:^|\s)text\s*:", re.IGNORECASE)
_FIELD = re.compile(
    r"""(?:^|[\s;,|&])(id|(?:message|msg|sms)_?id|stat(?:us)?|state|err(?:or)?)[ \t]*[:=]
    (?:[ \t]+(?![a-z]+(?:\ date)?[:=]))?  # a space before the value, but not before the next name
    "?([^\s";,|&]*)""",
    re.IGNORECASE | re.VERBOSE,
)


def read_receipt(pdu: Any) -> Came | None:
    """A delivery receipt; none for other messages and for what cannot be read (which is said aloud)."""
    kind = int(pdu.esm_class or 0) & _KIND
    if kind not in (_RECEIPT, _BETWEEN) and pdu.receipted_message_id is None:
        return None
    fields = _fields(_words(pdu))
    operator_id = _word(pdu.receipted_message_id) or fields.get("id", "")
    state = _state(pdu, fields.get("stat", ""))
    if not operator_id or state is None:
        log.warning("sms_receipt_unreadable", has_id=bool(operator_id), has_state=state is not None)
        return None
    reference = pdu.user_message_reference
    return Came(operator_id[:65], state, int(reference) if reference is not None else None, fields.get("err", "")[:8])


def _state(pdu: Any, word: str) -> Receipt | None:
    told = pdu.message_state
    if told and int(told) in _NUMBERS:
        return _NUMBERS[int(told)]
    return state_of(word) or (R.ENROUTE if told == 0 else None)


def state_of(word: str) -> Receipt | None:
    """The state that a word or a number means; none for what nobody knows."""
    if word.isascii() and word.isdigit():
        return _NUMBERS.get(int(word[:4]))
    letters = re.sub(r"[^A-Z]", "", word.upper())
    return _WORDS.get(letters) or _WORDS.get(letters[:7])


def _words(pdu: Any) -> str:
    raw = pdu.short_message or pdu.message_payload or b""
    if int(pdu.esm_class or 0) & _HEADER and raw and raw[0] < len(raw):
        raw = raw[1 + raw[0] :]
    # Some write UCS-2 and say otherwise, and some say so and write letters of one octet: every other octet of a receipt
    # in UCS-2 is empty, in no other code is one.
    if b"\0" in raw[:-1]:
        little = raw.startswith(b"\xff\xfe") or (raw[1] == 0 and raw[0] != 0)
        return str(raw.decode("utf-16-le" if little else "utf-16-be", "replace")).lstrip("\ufeff")
    return str(raw.decode("latin-1"))


def _fields(words: str) -> dict[str, str]:
    """The fields before the quoted text of the message itself, which may look like a receipt; the first of a name."""
    fields: dict[str, str] = {}
    for name, value in _FIELD.findall(_TEXT.split(words, maxsplit=1)[0]):
        plain = name.lower()
        fields.setdefault("id" if plain.endswith("id") else "err" if plain.startswith("err") else "stat", value)
    return fields


def _word(value: Any) -> str:
    raw = value if isinstance(value, bytes) else str(value or "").encode()
    return raw.strip(b"\0 ").decode("ascii", "replace")
