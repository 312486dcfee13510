"""The only SQL of benefits. It gives back records of the domain, always within what the asker may see: a row outside
her office is as if it were not there."""

from services.benefits.store import (
    accounts,
    advances,
    alike,
    awards,
    claims,
    decisions,
    erasures,
    files,
    kept,
    leaves,
    papers,
    persons,
    phone_codes,
    places,
    retention,
    statistics,
    transfers,
)
from services.benefits.store.rows import ChangedMeanwhile, NotHere

__all__ = [
    "ChangedMeanwhile",
    "NotHere",
    "accounts",
    "advances",
    "alike",
    "awards",
    "claims",
    "decisions",
    "erasures",
    "files",
    "kept",
    "leaves",
    "papers",
    "persons",
    "phone_codes",
    "places",
    "retention",
    "statistics",
    "transfers",
]
