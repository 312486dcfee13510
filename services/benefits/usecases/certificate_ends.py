"""Two days before the last certificate of a granted spell ends, the worker is told what to do: once for each end."""

from __future__ import annotations

from datetime import date, timedelta

from services.benefits import store
from services.benefits.domain.certificates import last_end
from services.benefits.domain.claim import Claim
from services.benefits.institution import institution
from services.benefits.usecases.claims import tell
from shared.act import Act
from shared.jobs import JobRun, Later, post_job

JOB = "certificate_ends"
#: What stands in the history of a claim once she was told, and by which it is known that she was.
TOLD = "certificate_told"


def announce(act: Act, claim: Claim, outcome: str) -> None:
    """A claim was decided: she is told when its last certificate is about to end. One that has ended tells nothing."""
    end = last_end(claim)
    if end is None or end < act.today or outcome == "refused":
        return
    said = {"claim_id": claim.id, "end": end.isoformat()}
    ahead = timedelta(days=institution().practice.certificate_ahead_days)
    post_job(act, JOB, f"{claim.id}:{end}", said, on=max(act.today, end - ahead))


def ends(run: JobRun) -> Later | None:
    """The day has come. What the papers and the decision say now counts, not what they said when this was planned."""
    with run.begin() as act:
        remind(act, run.payload["claim_id"], date.fromisoformat(run.payload["end"]))
    return None


def remind(act: Act, claim_id: str, end: date) -> None:
    """Tell her, unless she was told, another certificate follows, nothing is granted any more, or it is too late."""
    claim = store.claims.known(act, claim_id, lock=True)
    if claim is None or not claim.is_decided or last_end(claim) != end or end < act.today:
        return
    decided = store.decisions.last_final(act, claim.id)
    person = store.persons.of_claim(act, claim.person_id)
    gone = person.deceased_on or person.death_reported_on or person.erased_on
    if decided is None or decided.outcome == "refused" or gone is not None:
        return
    day = end.isoformat()
    if any((c.what, c.why) == (TOLD, day) for c in store.claims.changes(act, claim.id)):
        return
    claim = store.claims.save(act, claim, claim, TOLD, day)
    tell(act, "benefits.certificate.ends", claim, claim.id, {"last_day": day})
