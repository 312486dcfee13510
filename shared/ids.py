"""Identifiers people and machines exchange: UUIDv7, claim numbers, payment references, access codes.

Randomness is handed in by the caller (`os.urandom` at a door, a seeded source in a test).
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, datetime

Random = Callable[[int], bytes]

#: Crockford's alphabet: digits and capitals without I, L, O, U.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def uuid7(now: datetime, random: Random) -> str:
    """A UUID of version 7 (RFC 9562): milliseconds of `now`, then 74 random bits."""
    milliseconds = int(now.timestamp() * 1000)
    value = (milliseconds << 80) | int.from_bytes(random(10), "big")
    value = (value & ~(0xF << 76)) | (0x7 << 76)
    value = (value & ~(0x3 << 62)) | (0x2 << 62)
    return str(uuid.UUID(int=value))


def moment_of(uuid7_: str) -> datetime:
    """When a UUID of version 7 was made."""
    return datetime.fromtimestamp((uuid.UUID(uuid7_).int >> 80) / 1000, UTC)


def uuid4(random: Random) -> str:
    """A UUID of version 4, as ISO 20022 wants for the UETR."""
    return str(uuid.UUID(bytes=random(16), version=4))


def is_uuid(text: str) -> bool:
    try:
        return str(uuid.UUID(text)) == text.lower()
    except ValueError:
        return False


def _mod97(text: str) -> int:
    """ISO 7064 mod 97-10 of text whose letters count as in IBAN (A is 10)."""
    return int("".join(str(int(c, 36)) for c in text)) % 97


def claim_number(year: int, serial: int) -> str:
    """Twelve digits: year 2, serial 8, check 2 (ISO 7064 mod 97-10). Raises `ValueError` past 99,999,999."""
    if not 0 <= serial <= 99_999_999:
        raise ValueError("a year has at most 99,999,999 claims")
    body = f"{year % 100:02d}{serial:08d}"
    return f"{body}{98 - _mod97(body + '00'):02d}"


def is_claim_number(text: str) -> bool:
    return len(text) == 12 and text.isascii() and text.isdigit() and _mod97(text) == 1


def payment_reference(random: Random) -> str:
    """Sixteen characters of `ALPHABET`, the last two digits being the check digits, as in IBAN."""
    body = "".join(ALPHABET[b % 32] for b in random(14))
    return f"{body}{98 - _mod97(body + '00'):02d}"


def is_payment_reference(text: str) -> bool:
    return len(text) == 16 and all(c in ALPHABET for c in text) and text[-2:].isdigit() and _mod97(text) == 1


def access_code(random: Random) -> str:
    """Eight digits that open the worker's page together with the claim number; kept only as a hash."""
    return f"{int.from_bytes(random(8), 'big') % 10**8:08d}"
