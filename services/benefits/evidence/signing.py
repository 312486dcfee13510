"""A run file is digested and, where the house has its keys, signed: whoever reads it later knows it is as it was."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Any

from services.benefits.evidence.canonical import canonical
from shared.auth import Keys


def signed(body: dict[str, Any]) -> dict[str, Any]:
    """The run with a signature over its digest by the key of this service, where `KEYS_DIR` names its keys."""
    folder = os.environ.get("KEYS_DIR")
    if not folder:
        return body
    return body | {"signature": Keys(Path(folder), "benefits").vouch(body["digest"])}


def checked(body: dict[str, Any]) -> bool:
    """Whether the digest is that of the figures and, where there are keys, the signature one of ours."""
    said = {name: value for name, value in body.items() if name not in ("digest", "signature")}
    if hashlib.sha256(canonical(said)).hexdigest() != body.get("digest"):
        return False
    folder, signature = os.environ.get("KEYS_DIR"), body.get("signature")
    if not folder or signature is None:
        return True
    return bool(Keys(Path(folder), "benefits").vouched(signature) == body["digest"])
