"""Who else has spoken for a claim, and against it, since its facts are as they are."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select

from services.benefits import tables as t
from services.benefits.domain.claim import Claim, StatementState
from services.benefits.domain.scan import ScanState
from services.benefits.store.phone_codes import A_PERSON
from shared.act import Act


@dataclass(frozen=True, slots=True)
class Spoken:
    """`employer`: she confirmed after the last change of the facts by anybody else. `account_by_desk`: somebody at a
    desk wrote where the money goes. `sent_back`: by an officer or a second person, or a paper cannot be used.
    `case_confirmed`: the person has said that a case which a paper opened is hers."""

    employer: bool
    account_by_desk: bool
    sent_back: bool
    case_confirmed: bool


def of_claim(act: Act, claim: Claim) -> Spoken:
    c, s, p, n = t.claim_change.c, t.statement.c, t.payee.c, t.paper_scan.c
    mine = c.claim_id == claim.id
    changed = select(func.max(c.at)).where(mine, c.facts != {}, c.what != "employer_answered").scalar_subquery()
    answered = s.state.in_((StatementState.RECEIVED, StatementState.AMENDED))
    asked = {
        "employer": select(s.id).where(s.claim_id == claim.id, answered, s.received_at >= changed),
        "desk": select(p.id).where(p.person_id == claim.person_id, p.current, p.changed_by.regexp_match(A_PERSON)),
        "back": select(c.claim_id).where(mine, c.what.in_(("returned", "given_back"))),
        "unusable": select(n.id).where(n.claim_id == claim.id, n.state == ScanState.NOT_USABLE),
        "hers": select(c.claim_id).where(mine, c.what == "case_confirmed"),
    }
    row = act.connection.execute(select(*(query.exists().label(name) for name, query in asked.items()))).one()
    return Spoken(row.employer, row.desk, row.back or row.unusable, row.hers)
