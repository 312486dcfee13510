"""Lists of claims: the queue, and all claims of an office."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from services.benefits import store
from services.benefits.domain.annulment import Annulment, AnnulmentState
from services.benefits.domain.claim import Claim, ListedClaim
from services.benefits.domain.ids import ClaimId, PersonId
from services.benefits.domain.suspension import Suspension
from services.benefits.domain.task import Order, Task
from services.benefits.institution import institution
from services.benefits.store.tasks import Queued
from services.benefits.views import annulment, suspension, words
from services.benefits.views.register import TransferLine, transfers
from services.benefits.views.shown import Words
from shared.act import Act
from shared.money import Money
from shared.web import pages

#: Lines of a part where all parts are shown, and on a page of one part.
SHORT, LONG = 25, 100
#: The parts that most people work through, which are shown even where they are empty.
ALWAYS = ("decide",)


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
    holder: str = ""
    rests_until: date | None = None
    rests_why: str = ""
    likely: Money | None = None
    doubts: int | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the queue: the lines that are shown of all it holds."""

    key: str
    lines: list[ClaimLine]
    count: int


@dataclass(frozen=True, slots=True)
class SuspendedLine:
    """Payments of a claim that are suspended, or asked to be, and the day on which somebody looks; or a decision asked
    to be annulled, and since when."""

    href: str
    number: str
    sentence: Words
    reason: Words
    on: date


@dataclass(frozen=True, slots=True)
class QueuePage:
    groups: list[Part]
    counts: dict[str, int]
    wanted: str
    order: Order
    page: int
    pages: int
    transfers: list[TransferLine]
    #: Suspended payments and annulments to look at, of claims that wait for something else.
    suspended: list[SuspendedLine]
    #: Questions of workers that wait for an answer.
    open_questions: int


@dataclass(frozen=True, slots=True)
class ClaimsPage:
    rows: list[ClaimLine]
    text: str


def place(claim: Claim) -> str:
    """Where the next thing about a claim is done. What waits to be confirmed is looked at, not edited."""
    waits, part = claim.waits, ""
    if waits is not None and waits.for_money_back:
        part = "/overpayment"
    elif waits is not None and waits.for_suspension:
        part = "/suspension"
    elif waits is not None and waits.for_annulment:
        part = "/annulment"
    elif waits is not None and waits.to_confirm:
        part = "/decide"
    return f"/desk/claims/{claim.id}{part}"


def line(listed: ListedClaim, today: date, task: Task | None = None) -> ClaimLine:
    claim, waits, house = listed.claim, listed.claim.waits, institution()
    days = (today - claim.received_on).days
    rests = task is not None and task.rests(today, claim.version)
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
        late=days > house.service_days,
        holder=(task.holder_name if task is not None else None) or "",
        rests_until=task.rests_until if task is not None and rests else None,
        rests_why=(task.rests_why or "") if task is not None and rests else "",
        likely=_likely(task, house.currency),
        doubts=task.open_doubts if task is not None else None,
    )


def _likely(task: Task | None, currency: str) -> Money | None:
    """What a claim may come to, where it was weighed and comes to something."""
    return Money(task.likely_minor, currency) if task is not None and task.likely_minor else None


def queue(act: Act, wanted: str, order: Order, page: int = 1) -> tuple[QueuePage, list[PersonId]]:
    """What waits and for whom, in the order asked for; and the persons it names. One part alone comes in pages."""
    counts = store.tasks.counts(act)
    if not act.actor.has("supervisor", "auditor"):
        counts.pop("confirm")
    wanted = wanted if wanted in counts else ""
    last = max(1, -(-counts[wanted] // LONG)) if wanted else 1
    page = min(max(page, 1), last)
    groups, named = [], list[PersonId]()
    for part, count in counts.items():
        if wanted in ("", part):
            most, skip = (LONG, (page - 1) * LONG) if wanted else (SHORT, 0)
            found: list[Queued] = []
            if count:
                found = store.tasks.queue(act, part, order=order, skip=skip, most=most)
            named += [x.listed.claim.person_id for x in found]
            groups.append(Part(part, [line(x.listed, act.today, x.task) for x in found], count))
    asked, by = transfers(act) if not wanted else ([], [])
    open_questions = store.questions.count_open(act)
    beside = [] if wanted else store.suspensions.to_look_at(act)
    annulled = [] if wanted else store.annulments.to_look_at(act)
    named += [claim.person_id for _, claim in (*beside, *annulled)]
    suspended = [_suspended(found, claim) for found, claim in beside]
    suspended += [_annulled(act, found, claim) for found, claim in annulled]
    return QueuePage(groups, counts, wanted, order, page, last, asked, suspended, open_questions), [*named, *by]


def _annulled(act: Act, found: Annulment, claim: Claim) -> SuspendedLine:
    asked = found.state is AnnulmentState.PROPOSED
    reason = words.text(words.REASONS, "confirm_annulment" if asked else "annulment_contested")
    href = f"/desk/claims/{claim.id}/annulment"
    on = found.proposed_on if asked or found.decided_on is None else found.decided_on
    return SuspendedLine(href, claim.number, annulment.sentence(act, found), reason, on)


def _suspended(found: Suspension, claim: Claim) -> SuspendedLine:
    reason = words.text(words.REASONS, "suspended" if found.holds else "confirm_suspension")
    href = f"/desk/claims/{claim.id}/suspension"
    return SuspendedLine(href, claim.number, suspension.sentence(found), reason, found.look_again_on)


def claims(act: Act, text: str) -> tuple[ClaimsPage, list[PersonId]]:
    """All claims of the office, found by number or name."""
    found = store.claims.found(act, text)
    return ClaimsPage([line(c, act.today) for c in found], text), [c.claim.person_id for c in found]
