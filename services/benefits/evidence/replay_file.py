"""A replay as it is kept and read by who may see no case: sums that rest on enough decisions, and their digest."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from services.benefits.evidence.canonical import canonical
from services.benefits.evidence.replay import REASONS as OTHERWISE
from services.benefits.evidence.replay import Replayed, Sums
from services.benefits.evidence.settled import REASONS, Ledger, Settled
from services.benefits.evidence.small_cells import FEWEST, hidden_together

FORMAT = "replay/1"
Json = dict[str, Any]


def replay_file(found: Replayed, said: Mapping[str, Any]) -> Json:
    """What came out, beside what was asked for. No decision is named, and no sum of fewer than `FEWEST`."""
    whole = found.whole
    ledger = found.ledger.whole if found.ledger is not None else Settled()
    other = found.reasons
    body = {
        "format": FORMAT,
        **said,
        "decisions": ledger.decisions,
        "equal": found.equal,
        "law": {
            "all": _row("all", vars(whole), whole.decisions),
            "benefits": _rows({name: (vars(sums), sums.decisions) for name, sums in found.by_benefit.items()}),
            "months": _rows({name: (vars(sums), sums.decisions) for name, sums in found.by_month.items()}),
            "reasons": _rows({name: ({"decisions": other[name]}, other[name]) for name in OTHERWISE if other[name]}),
        },
        "ledger": {
            "all": _row("all", _money(ledger), ledger.decisions),
            "benefits": _settled(found.ledger.by_benefit if found.ledger else {}),
            "months": _settled(found.ledger.by_month if found.ledger else {}),
            "reasons": _rows(
                {
                    name: ({"decisions": ledger.counts[name], "amount": ledger.reasons[name]}, ledger.counts[name])
                    for name in REASONS
                    if name in ledger.counts
                }
            ),
        },
    }
    return body | {"digest": hashlib.sha256(canonical(body)).hexdigest()}


def _settled(sums: Mapping[str, Settled]) -> list[Json]:
    return _rows({name: (_money(one), one.decisions) for name, one in sums.items()})


def _money(sums: Settled) -> Json:
    names = ("decisions", "equal", "decided", "arrived", "to_employers")
    return {name: getattr(sums, name) for name in names}


CHANGE = ("reform", "winners", "gained", "losers", "lost")


def _row(label: str, cell: Json, decisions: int) -> Json:
    """A row with its cell, and what a reform changes in it; none of the two where it rests on too few decisions."""
    few = 0 < decisions < FEWEST
    change = {name: cell[name] for name in CHANGE if name in cell}
    moved = few or any(0 < change.get(name, 0) < FEWEST for name in ("winners", "losers"))
    kept = {name: value for name, value in cell.items() if name not in CHANGE}
    return {
        "label": label,
        "cell": None if few else kept | {"rows": decisions},
        "change": None if moved else change | {"rows": decisions},
    }


def _rows(found: Mapping[str, tuple[Json, int]]) -> list[Json]:
    rows = [_row(name, cell, decisions) for name, (cell, decisions) in sorted(found.items())]
    return hidden_together(rows, ("cell", "change"))


# Some of the decisions, as they lie in the folder while others are still to be reckoned -------------------


def part(found: Replayed) -> Json:
    """What the laws give of some decisions: sums and reasons, no decision."""
    return {
        "equal": found.equal,
        "by_benefit": {name: vars(sums) for name, sums in found.by_benefit.items()},
        "by_month": {name: vars(sums) for name, sums in found.by_month.items()},
        "reasons": dict(found.reasons),
    }


def together(parts: Iterable[Json], ledger: Json) -> Replayed:
    """All parts of a replay with the ledger of its beginning."""
    found = Replayed(ledger=_ledger(ledger))
    for one in parts:
        found.equal += one["equal"]
        found.reasons += Counter(one["reasons"])
        for sums, of in ((found.by_benefit, one["by_benefit"]), (found.by_month, one["by_month"])):
            for name, more in of.items():
                so_far = vars(sums.setdefault(name, Sums()))
                sums[name] = Sums(**{key: so_far[key] + more[key] for key in so_far})
    return found


def ledger_part(ledger: Ledger) -> Json:
    """The sums of decisions beside the ledger, without the decisions."""
    return {
        "whole": vars(ledger.whole),
        "by_benefit": {name: vars(one) for name, one in ledger.by_benefit.items()},
        "by_month": {name: vars(one) for name, one in ledger.by_month.items()},
    }


def _ledger(said: Json) -> Ledger:
    benefits, months = ({key: Settled(**one) for key, one in said[of].items()} for of in ("by_benefit", "by_month"))
    return Ledger(Settled(**said["whole"]), benefits, months)
