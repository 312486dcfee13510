"""One id, written two ways: operators answer a submission in one form and send its receipt in another.

SMPP 3.4 (5.2.23) leaves the form of a message id to the operator. Seen are hexadecimal answers with decimal receipts
and the other way round, upper and lower case, leading zeros, dashes, a prefix 0x, and numbers below zero.
"""

from __future__ import annotations

import re

_DIGITS = re.compile(r"[0-9]{1,40}")
_SIGNED = re.compile(r"\s*-([1-9][0-9]{0,18})\s*")
_HEX = re.compile(r"[0-9a-f]{1,32}")


def fold(operator_id: str) -> str:
    """An id without case, dashes, padding and prefix: what is left is the same on both sides, or a number."""
    if signed := _SIGNED.fullmatch(operator_id):
        # A number beyond the half of 32 or 64 bits, written by a program that counts below zero there.
        return str(2 ** (32 if int(signed[1]) <= 2**31 else 64) - int(signed[1]))
    bare = re.sub(r"[\s\0{}\-]", "", operator_id).lower().removeprefix("0x")
    return bare.lstrip("0") or ("0" if bare else "")


def readings(operator_id: str) -> frozenset[str]:
    """The folded forms under which the other side may know an id: itself, its number in hex, its number in decimal."""
    own = fold(operator_id)
    found = {own}
    if _DIGITS.fullmatch(own):
        found.add(f"{int(own):x}")
    if _HEX.fullmatch(own):
        found.add(str(int(own, 16)))
    return frozenset(found)
