"""A scan or photo of a paper: what may come in, what becomes of it, and whom a claim waits for once it is here."""

from __future__ import annotations

import enum
from dataclasses import dataclass, replace
from datetime import date, datetime

from services.benefits.domain.claim import Claim, ClaimState, Waiting, Whom, move, waits_for_account
from services.benefits.domain.ids import ClaimId, PersonId

#: The largest file that is taken, how many a day from the same hand for a claim, and the longest PDF.
MOST_BYTES, MOST_A_DAY, MOST_PAGES = 5 * 1024 * 1024, 10, 30
#: The longest name of a paper, and the longest reason why it cannot be used.
LONGEST_WHAT, LONGEST_WHY = 60, 300


class ScanKind(enum.StrEnum):
    """What a paper shows."""

    CERTIFICATE = "certificate"
    BIRTH = "birth"
    ACCOUNT = "account"
    IDENTITY = "identity"
    OTHER = "other"


class ScanState(enum.StrEnum):
    """Added: somebody at the desk must look. Looked at: she did. Not usable: she says why, and who added it reads
    that."""

    ADDED = "added"
    LOOKED_AT = "looked_at"
    NOT_USABLE = "not_usable"


class Adder(enum.StrEnum):
    """From where a paper came."""

    DESK = "desk"
    WORKER = "worker"
    EMPLOYER = "employer"


#: Whose paper answers what a claim waits for: she brings the doctor's too.
ANSWERS = {Adder.WORKER: (Whom.WORKER, Whom.DOCTOR), Adder.EMPLOYER: (Whom.EMPLOYER,)}
#: Why a claim waits for an officer once a paper is here.
REASON = "paper_added"


class ScanRefused(ValueError):
    """A paper is not taken, or what is said of it cannot be: the field and a code."""

    def __init__(self, code: str, field: str = "file") -> None:
        super().__init__(code)
        self.code, self.field = code, field


@dataclass(frozen=True, slots=True)
class Scan:
    """A paper as it lies here. Its content is read only by who looks at it. `sha256` is of what was sent: the same
    sent twice is one."""

    id: str
    claim_id: ClaimId
    person_id: PersonId
    kind: ScanKind
    what: str
    media_type: str
    size: int
    sha256: str
    added_by: Adder
    by: str
    by_name: str
    at: datetime
    on: date
    state: ScanState = ScanState.ADDED
    reason: str | None = None
    looked_by: str | None = None
    looked_name: str | None = None
    looked_on: date | None = None


def looked(scan: Scan, by: str, name: str, on: date, why: str | None = None) -> Scan:
    """Somebody has looked; with a reason the paper cannot be used. The last word counts. Raises `ScanRefused`."""
    if why is not None and not why.strip():
        raise ScanRefused("required", "why")
    if why is not None and len(why.strip()) > LONGEST_WHY:
        raise ScanRefused("too_long", "why")
    state = ScanState.LOOKED_AT if why is None else ScanState.NOT_USABLE
    reason = None if why is None else why.strip()
    return replace(scan, state=state, reason=reason, looked_by=by, looked_name=name, looked_on=on)


def asks_for(claim: Claim, adder: Adder) -> bool:
    """Whether a claim waits for something that a paper of hers answers."""
    waits = claim.waits
    if waits is not None and waits.reason == "confirm_case":  # her word is asked, and no paper
        return False
    return claim.state is ClaimState.RETURNED and waits is not None and waits.whom in ANSWERS.get(adder, ())


def with_paper(claim: Claim, scan: Scan, today: date, until: date) -> Claim:
    """The claim once a paper is here: what waited for it goes back to an officer, and so does a decided claim at rest,
    since nobody else would look. Everything else stays as it is: an officer has it already."""
    if asks_for(claim, scan.added_by):
        waits = Waiting(Whom.OFFICER, REASON, today, until)
        return replace(claim, state=move(claim.state, ClaimState.SUBMITTED), waits=waits)
    if scan.added_by is Adder.DESK or not claim.is_decided:
        return claim
    for_account = waits_for_account(claim) and scan.added_by is Adder.WORKER and scan.kind is ScanKind.ACCOUNT
    if claim.is_free or for_account:
        return replace(claim, waits=Waiting(Whom.OFFICER, REASON, today))
    return claim
