"""Lists of claims: the queue, and all claims of an office."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from services.benefits import store
from services.benefits.domain.claim import ENDED, OPEN, Claim, ClaimState, ListedClaim
from services.benefits.domain.ids import ClaimId, PersonId
from services.benefits.institution import institution
from services.benefits.views import words
from services.benefits.views.register import TransferLine, transfers
from services.benefits.views.shown import Words
from shared.act import Act
from shared.web import pages

#: The parts of the queue: what a claim waits for, and its states.
PARTS: dict[str, tuple[str | None, frozenset[ClaimState]]] = {
    "confirm": ("supervisor", frozenset({ClaimState.IN_ASSESSMENT, *ENDED})),
    "decide": ("officer", frozenset({*OPEN, *ENDED}) - {ClaimState.DRAFT}),
    "waiting": ("others", OPEN | ENDED),
    "drafts": (None, frozenset({ClaimState.DRAFT})),
    "nobody": ("nobody", OPEN - {ClaimState.DRAFT}),
}


@dataclass(frozen=True, slots=True)
class ClaimLine:
    """A claim as a line of a list; `days` since it came in, `late` beyond the days of service."""

    id: ClaimId
    href: str
    number: str
    name: str
    latin: str
    benefit: Words
    state: Words
    kind: str
    received_on: date
    waits: str
    reason: Words | None
    days: int
    late: bool


@dataclass(frozen=True, slots=True)
class QueuePage:
    groups: list[tuple[str, list[ClaimLine]]]
    counts: dict[str, int]
    wanted: str
    transfers: list[TransferLine]


@dataclass(frozen=True, slots=True)
class ClaimsPage:
    rows: list[ClaimLine]
    text: str


def place(claim: Claim) -> str:
    """Where the next thing about a claim is done. What waits to be confirmed is looked at, not edited."""
    waits, part = claim.waits, ""
    if waits is not None and waits.for_money_back:
        part = "/overpayment"
    elif waits is not None and waits.to_confirm:
        part = "/decide"
    return f"/desk/claims/{claim.id}{part}"


def line(listed: ListedClaim, today: date) -> ClaimLine:
    claim, waits = listed.claim, listed.claim.waits
    days = (today - claim.received_on).days
    return ClaimLine(
        id=claim.id,
        href=place(claim),
        number=claim.number,
        name=listed.name,
        latin=listed.name_latin or "",
        benefit=words.text(words.BENEFITS, claim.benefit),
        state=words.text(words.STATES, claim.state),
        kind=words.STATE_KINDS[claim.state],
        received_on=claim.received_on,
        waits=pages.translate(words.WAITS[waits.whom]) if waits is not None else "",
        reason=words.text(words.REASONS, waits.reason) if waits is not None and waits.reason else None,
        days=days,
        late=days > institution().service_days,
    )


def queue(act: Act, wanted: str) -> tuple[QueuePage, list[PersonId]]:
    """What waits, longest first, and for whom; and the persons it names."""
    confirms = act.actor.has("supervisor", "auditor")
    groups = {
        part: store.claims.queue(act, states, waits_for=whom)
        for part, (whom, states) in PARTS.items()
        if confirms or part != "confirm"
    }
    shown = [(part, [line(c, act.today) for c in found]) for part, found in groups.items() if wanted in ("", part)]
    counts = {part: len(found) for part, found in groups.items()}
    asked, named = transfers(act) if not wanted else ([], [])
    return QueuePage(shown, counts, wanted, asked), [
        *(c.claim.person_id for found in groups.values() for c in found),
        *named,
    ]


def claims(act: Act, text: str) -> tuple[ClaimsPage, list[PersonId]]:
    """All claims of the office, found by number or name."""
    found = store.claims.queue(act, list(ClaimState), text=text, most=200, newest=True)
    return ClaimsPage([line(c, act.today) for c in found], text), [c.claim.person_id for c in found]
