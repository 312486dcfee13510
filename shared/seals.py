"""What is sealed in the database: medical facts, second factors, kept answers and letters. Whoever has the database or
a backup of it, but not the keys, reads none of it.

AES-256-GCM of `cryptography`, under a ring of keys in `<service>.seal`, one a line, the first of which seals. A sealed
value says by which key, so that old ones are found without being opened. Columns are of the types below: the rest of
the code sees plain values. A value that was written before it had to be sealed is read as it stands until
`shared.sealing` has come by.
"""

from __future__ import annotations

import base64
import hashlib
import os
import zlib
from pathlib import Path
from typing import Any

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Engine, LargeBinary, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeDecorator

from shared.auth import KeyMissing

NONCE = 12
MARK = "sealed.1."
#: The member of a JSON object that is sealed as a whole.
SEALED = "sealed"


class SealBroken(ValueError):
    """A sealed value was changed, or its key is not the one it says."""


def _key_name(key: bytes) -> str:
    """What a key is called in what it seals: it says nothing of the key."""
    return hashlib.sha256(b"seal " + key).hexdigest()[:12]


class Seals:
    """A service's ring of keys: the first seals, all open."""

    def __init__(self, folder: Path, service: str) -> None:
        self.file = folder / f"{service}.seal"
        try:
            lines = self.file.read_text().split()
        except OSError as missing:
            raise KeyMissing(self.file.name) from missing
        keys = [base64.b64decode(line) for line in lines]
        if not keys:
            raise KeyMissing(self.file.name)
        self.ring = {_key_name(key): AESGCM(key) for key in keys}
        self.name = _key_name(keys[0])

    @property
    def mark(self) -> str:
        """How every value begins that the present key has sealed."""
        return f"{MARK}{self.name}."

    def seal(self, plain: bytes) -> bytes:
        """Bytes that only the ring opens; the same twice is never the same sealed."""
        nonce = os.urandom(NONCE)
        return self.mark.encode() + nonce + self.ring[self.name].encrypt(nonce, zlib.compress(plain, 1), None)

    def open(self, sealed: bytes) -> bytes:
        """What was sealed; bytes that never were are given back as they are. Raises `KeyMissing`, `SealBroken`."""
        if not sealed.startswith(MARK.encode()):
            return sealed
        name, _, rest = sealed[len(MARK) :].partition(b".")
        key = self.ring.get(name.decode("ascii", "replace"))
        if key is None:
            raise KeyMissing(f"{self.file.name} {name.decode('ascii', 'replace')}")
        try:
            return zlib.decompress(key.decrypt(rest[:NONCE], rest[NONCE:], None))
        except InvalidTag as broken:
            raise SealBroken(self.file.name) from broken

    def seal_text(self, plain: str) -> str:
        sealed = self.seal(plain.encode())
        at = len(self.mark)
        return self.mark + base64.urlsafe_b64encode(sealed[at:]).decode()

    def open_text(self, sealed: str) -> str:
        if not sealed.startswith(MARK):
            return sealed
        name, _, rest = sealed[len(MARK) :].partition(".")
        return self.open(f"{MARK}{name}.".encode() + base64.urlsafe_b64decode(rest)).decode()


def attach(engine: Engine, seals: Seals) -> None:
    """The engine's columns seal and open with these keys from now on."""
    # Types of columns are handed the dialect of the engine they are used with, and nothing else of it.
    vars(engine.dialect)["seals"] = seals


def seals_of(dialect: Any) -> Seals:
    """The keys of an engine's columns. Raises `KeyMissing`."""
    seals: Seals | None = getattr(dialect, "seals", None)
    if seals is None:
        raise KeyMissing("seals: this connection has none (Service.engine has)")
    return seals


# --- columns -----------------------------------------------------------------------------------


class SealedText(TypeDecorator[str]):
    """A text that lies sealed. It is never searched by."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Any) -> str | None:
        return seals_of(dialect).seal_text(value) if value else value

    def process_result_value(self, value: str | None, dialect: Any) -> str | None:
        return seals_of(dialect).open_text(value) if value and value.startswith(MARK) else value


class SealedBytes(TypeDecorator[bytes]):
    """Bytes that lie sealed."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: bytes | None, dialect: Any) -> bytes | None:
        return seals_of(dialect).seal(value) if value else value

    def process_result_value(self, value: bytes | None, dialect: Any) -> bytes | None:
        return seals_of(dialect).open(bytes(value)) if value else value


class SealedJson(TypeDecorator[Any]):
    """A JSON document that lies sealed as a whole, as {"sealed": …}. An empty one says nothing and lies open, so that a
    query can ask whether there is any."""

    impl = JSONB
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Any) -> Any:
        if not value:
            return value
        return {SEALED: seals_of(dialect).seal_text(orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode())}

    def process_result_value(self, value: Any, dialect: Any) -> Any:
        if isinstance(value, dict) and value.keys() == {SEALED} and isinstance(value[SEALED], str):
            return orjson.loads(seals_of(dialect).open_text(value[SEALED]))
        return value
