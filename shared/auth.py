"""Short-lived signed tokens: the session of a person, and the word of a service for itself.

ES256 (RFC 7518). Benefits signs people's sessions; every service signs for itself; all verify with the
published public keys, so nobody has to ask anybody.
"""

from __future__ import annotations

import base64
import hmac
import json
import os
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from joserfc import jwe, jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, KeySet

from shared.act import Actor, service_actor

SESSION_LIFE = timedelta(minutes=15)
SERVICE_LIFE = timedelta(minutes=2)
#: How the keys of employers' software begin, so that people and scanners of code know one where they see it.
KEY = "tk_"
#: How many tokens a process remembers to have checked.
GOOD_SIGNATURES = 1000
SERVICES = ("benefits", "payments", "notifications")
#: The order of the curve P-256 (FIPS 186-5, SP 800-186).
ORDER_P256 = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


class NotSignedIn(Exception):
    """No token, or one that is expired, for somebody else, or not ours."""


def make_keys(folder: Path) -> None:
    """Make a key pair for each service that has none; used by the embedded start, tests and `make keys`."""
    folder.mkdir(parents=True, exist_ok=True)
    public = []
    for service in SERVICES:
        file = folder / f"{service}.key.json"
        if not file.exists():
            key = ECKey.generate_key("P-256", {"kid": service, "alg": "ES256", "use": "sig"}, private=True)
            file.touch(mode=0o600)
            file.write_text(json.dumps(key.as_dict(private=True)))
        private = ECKey.import_key(json.loads(file.read_text()))
        public.append(private.as_dict(private=False) | {"kid": service})
        secret = folder / f"{service}.secret"
        if not secret.exists():
            secret.touch(mode=0o600)
            secret.write_bytes(os.urandom(32))
        seal = folder / f"{service}.seal"
        if not seal.exists():
            seal.touch(mode=0o600)
            seal.write_text(base64.b64encode(os.urandom(32)).decode() + "\n")
    (folder / "jwks.json").write_text(json.dumps({"keys": public}))


def rotate(folder: Path, service: str, at: datetime) -> None:
    """A new key and a new secret for a service; the ones before go on being understood until the next rotation.

    The new key's name says its moment. Put the new files where the service mounts them, `jwks.json` at every service
    first: who verifies must know a key before anybody signs with it.
    """
    file, jwks = folder / f"{service}.key.json", folder / "jwks.json"
    before = json.loads(file.read_text())
    name = f"{service}.{at:%Y%m%d%H%M%S}"
    key = ECKey.generate_key("P-256", {"kid": name, "alg": "ES256", "use": "sig"}, private=True)
    known = [k for k in json.loads(jwks.read_text())["keys"] if _service_of(k["kid"]) != service]
    known += [ECKey.import_key(before).as_dict(private=False), key.as_dict(private=False) | {"kid": name}]
    secret = folder / f"{service}.secret"
    _write(folder / f"{service}.secret.before", secret.read_bytes())
    _write(jwks, json.dumps({"keys": known}).encode())
    _write(file, json.dumps(key.as_dict(private=True)).encode())
    _write(secret, os.urandom(32))


def _write(file: Path, content: bytes) -> None:
    """Write a file whole, readable by its owner only."""
    fresh = file.with_name(f"{file.name}.new")
    fresh.touch(mode=0o600)
    fresh.write_bytes(content)
    fresh.replace(file)


def _service_of(kid: str) -> str:
    return kid.split(".")[0]


class KeyMissing(RuntimeError):
    """A file of a service's keys is not there; its message is the file's name."""


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as missing:
        raise KeyMissing(file.name) from missing


def _digits(secret: bytes, purpose: str, count: int) -> str:
    number = int.from_bytes(hmac.digest(secret, purpose.encode(), "sha256"), "big")
    return f"{number % 10**count:0{count}d}"


class NotSealed(ValueError):
    """This is nothing that was sealed to this service, or its key is gone."""


@cache
def _pair(secret: bytes, purpose: str) -> ECKey:
    """The pair of keys of a purpose, which follows from a secret: it is as old as the secret, and changes with it."""
    # A number of 256 bits is below the order of the curve but for one in 2^32; 192 more bits take the bias away.
    drawn = hmac.digest(secret, f"seal to {purpose}".encode(), "sha512")[:56]
    number = int.from_bytes(drawn) % (ORDER_P256 - 1) + 1
    private = ec.derive_private_key(number, ec.SECP256R1())
    form = serialization.PrivateFormat.PKCS8
    written = private.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())
    return ECKey.import_key(written)


class Keys:
    """A service's own private key and everybody's public ones."""

    def __init__(self, folder: Path, service: str) -> None:
        self.service = service
        self.private = ECKey.import_key(json.loads(_read(folder / f"{service}.key.json")))
        self._secret = _read(folder / f"{service}.secret")
        before = folder / f"{service}.secret.before"
        self._secrets = [self._secret, *([before.read_bytes()] if before.exists() else [])]
        self.public_json: dict[str, Any] = json.loads(_read(folder / "jwks.json"))
        self.public = KeySet.import_key_set(self.public_json)
        self._good: dict[str, dict[str, Any]] = {}

    @classmethod
    def from_environment(cls, service: str) -> Keys:
        return cls(Path(os.environ["KEYS_DIR"]), service)

    def digits(self, purpose: str, count: int = 8) -> str:
        """Digits that only this service can work out from a purpose, such as the access code of a claim's letter."""
        return _digits(self._secret, purpose, count)

    def fits(self, purpose: str, typed: str, count: int = 8) -> bool:
        """Whether digits are those of a purpose, by the present secret or the one before: what stands on paper goes on
        being right while a secret is changed. Takes as long whether they are or not."""
        right = [hmac.compare_digest(_digits(s, purpose, count).encode(), typed.encode()) for s in self._secrets]
        return any(right)

    def sealing_key(self, purpose: str) -> dict[str, Any]:
        """The public key (a JWK) to which a browser seals what only this service shall read (RFC 7516, ECDH-ES)."""
        return dict(_pair(self._secret, purpose).as_dict(private=False))

    def unseal(self, purpose: str, sealed: str) -> bytes:
        """What was sealed to this service, by the present secret or the one before. Raises `NotSealed`."""
        for secret in self._secrets:
            try:
                found = jwe.decrypt_compact(sealed, _pair(secret, purpose), algorithms=["ECDH-ES", "A256GCM"])
                return bytes(found.plaintext or b"")
            except (JoseError, ValueError, InvalidTag, TypeError, KeyError):
                continue
        raise NotSealed

    def kept_by(self, account: str) -> str:
        """The key (base64) under which a browser keeps what somebody has typed; the same after she signed in anew."""
        return base64.b64encode(hmac.digest(self._secret, f"kept by {account}".encode(), "sha256")).decode()

    def _sign(self, claims: dict[str, Any], now: datetime, life: timedelta) -> str:
        at = int(now.timestamp())
        header = {"alg": "ES256", "kid": self.private.kid or self.service}
        return jwt.encode(
            header,
            claims | {"iss": self.service, "iat": at, "exp": at + int(life.total_seconds())},
            self.private,
        )

    def session_token(
        self, actor: Actor, *, csrf: str, now: datetime, session: str = "", second_factor: bool = False
    ) -> str:
        """A person's session, good for `SESSION_LIFE` in every service. Only benefits issues them."""
        claims = {
            "sub": actor.id,
            "sid": session,
            "aud": "session",
            "kind": actor.kind,
            "roles": sorted(actor.roles),
            "office": actor.office,
            "employer": actor.employer,
            "claim": actor.claim,
            "name": actor.name,
            "lang": actor.language,
            "place": actor.place,
            "csrf": csrf,
            "amr": ["pwd", "otp"] if second_factor else ["pwd"],
        }
        return self._sign(claims, now, SESSION_LIFE)

    def vouch(self, text: str) -> str:
        """This service's signature over a text, such as the digest of a file; it has no end."""
        header = {"alg": "ES256", "kid": self.private.kid or self.service}
        return jws.serialize_compact(header, text, self.private)

    def vouched(self, signature: str) -> str | None:
        """The text a service of the house signed; `None` where nobody of us did."""
        try:
            return jws.deserialize_compact(signature, self.public, algorithms=["ES256"]).payload.decode()
        except (JoseError, ValueError):
            return None

    def service_token(self, audience: str, now: datetime) -> str:
        """This service's word that it is calling `audience` itself."""
        return self._sign({"sub": self.service, "aud": audience}, now, SERVICE_LIFE)

    def _signed(self, token: str) -> dict[str, Any]:
        """What a token says whose signature is good. A good signature stays good, so it is worked out once a token."""
        claims = self._good.get(token)
        if claims is None:
            read = jwt.decode(token, self.public, algorithms=["ES256"])
            claims = read.claims
            # A key speaks for its own service only: otherwise payments could open a session of benefits.
            if _service_of(str(read.header.get("kid"))) != claims.get("iss"):
                raise NotSignedIn("signed by another")
            if len(self._good) >= GOOD_SIGNATURES:
                self._good.clear()
            self._good[token] = claims
        return dict(claims)

    def read(self, token: str, now: datetime) -> tuple[Actor, dict[str, Any]]:
        """Who a token speaks for, and its claims. Raises `NotSignedIn`."""
        try:
            claims = self._signed(token)
            issuer, audience = claims["iss"], claims["aud"]
            if int(claims["exp"]) <= now.timestamp() or int(claims["iat"]) > now.timestamp() + 60:
                raise NotSignedIn("expired")
        except (JoseError, KeyError, ValueError, TypeError):
            raise NotSignedIn("unreadable") from None
        if audience == "session":
            if issuer != "benefits":
                raise NotSignedIn("only benefits opens sessions")
            actor = Actor(
                id=claims["sub"],
                kind=claims["kind"],
                roles=frozenset(claims["roles"]),
                office=claims["office"],
                employer=claims["employer"],
                claim=claims["claim"],
                name=claims["name"],
                language=claims["lang"],
                place=claims.get("place", ""),  # sessions that were opened before this was told
            )
            return actor, claims
        if audience == self.service and issuer == claims["sub"] and issuer in SERVICES:
            return service_actor(issuer), claims
        raise NotSignedIn("for somebody else")
