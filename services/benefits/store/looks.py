"""Who looked at what is about a claim: when, from where, by which door."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import literal, or_, select
from sqlalchemy.dialects.postgresql import JSONB

from services.benefits import tables as t
from services.benefits.domain.claim import Claim
from shared.act import Act
from shared.tables import audit


@dataclass(frozen=True, slots=True)
class Look:
    """`who` is the name of an account, or the kind of who came; `door` the method, the address and the answer."""

    at: datetime
    who: str
    office: str | None
    door: str


def at(act: Act, claim: Claim, most: int = 200) -> list[Look]:
    """The latest looks at a claim, its decisions and its person, through the doors of benefits."""
    a, account = audit.c, t.account.c
    decisions = act.connection.scalars(select(t.decision.c.id).where(t.decision.c.claim_id == claim.id))
    about = [claim.id, claim.person_id, *decisions]
    hers = or_(*(a.subjects.op("@>")(literal([id_], JSONB)) for id_ in about))
    query = select(a.at, a.actor, a.kind, a.office, a.action).where(hers).order_by(a.at.desc()).limit(most)
    rows = act.connection.execute(query).all()
    known = {row.actor for row in rows if row.kind == "account"}
    names = {
        x.id: x.name for x in act.connection.execute(select(account.id, account.name).where(account.id.in_(known)))
    }
    k = t.employer_key.c
    software = {row.actor for row in rows if row.kind == "key"}
    names |= {x.id: x.name for x in act.connection.execute(select(k.id, k.name).where(k.id.in_(software)))}
    return [
        Look(row.at, names.get(row.actor, row.actor if row.kind == "service" else row.kind), row.office, row.action)
        for row in rows
    ]
