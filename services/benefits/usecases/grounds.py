"""On which grounds the law of a claim's country lets its payments be suspended: nothing is suspended on any other.

Two sources, both data: what is known of the country beside C102 art. 69 (`conformance/profiles`), as far as a ground is
one of its letters, and what the statute itself makes of a day (`law/packs`): a fact counts where the statute, carried
out with it, pays less.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from services.benefits import store
from services.benefits.conformance.profile import profile
from services.benefits.domain.case import Case, Happening
from services.benefits.domain.claim import Claim
from services.benefits.domain.decision import Decision
from services.benefits.domain.suspension import Ground
from services.benefits.law import in_force
from services.benefits.law.case import read_case
from shared.act import Act
from shared.period import Period
from shared.web.texts import N_

#: What a claim can say of a day that makes it unpayable, in words, with the letter of C102 art. 69 it is one of (`14`:
#: C102 art. 14, no earnings are suspended on such a day).
FACTS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "worked": (N_("worked on days for which the benefit is paid"), "14"),
        "wage_paid": (N_("the employer paid the wage for these days"), "14"),
        "false_statement": (N_("a false statement"), "d"),
        "treatment_refused": (N_("treatment refused without reason"), "g"),
    }
)
#: The grounds of the countries as `conformance/profiles` writes them, so that a letter says them in her language.
OF_PROFILES = (
    N_("self-inflicted injury"),
    N_("self-harm"),
    N_("harm done to oneself or with one's consent"),
    N_("drunkenness"),
    N_("listed drugs"),
    N_("in prison, maintained at public expense"),
    N_("another benefit for the same days"),
    N_("wages due from the employer"),
    N_("days that coincide with annual, private, unpaid or maternity leave"),
    N_("days that coincide with any leave under labour law, maternity or convalescence leave"),
)
#: How the statutes call the provision by which such a day is not paid; each has one of them.
PROVISIONS = ("suspension_rule", "refusal_rule", "no_work_rule", "sick_leave_rule")
#: What is outside the list of C102 art. 69, or in doubt, is no ground here.
NOT_LISTED = ("", "?")


def grounds(act: Act, claim: Claim) -> list[Ground]:
    """The grounds on which the payments of a claim could be suspended now; none where the law is known to have none, or
    where nothing was ever granted."""
    decided = store.decisions.last_final(act, claim.id)
    if decided is None:
        return []
    known = [g for g in profile(claim.country, act.today).grounds if g.letter not in NOT_LISTED]
    found = [
        Ground(g.fact or _code(g.text), g.text, g.letter, g.citation.text, g.citation.evidence, g.fact) for g in known
    ]
    said = {ground.fact for ground in found}
    return found + [ground for ground in _of_statute(act, decided) if ground.fact not in said]


def _code(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")[:64]


def _of_statute(act: Act, decided: Decision) -> list[Ground]:
    """What the statute that was carried out makes of a day, with the provision by which it does."""
    case, schedule = read_case(decided.facts), decided.schedule
    if not schedule:
        return []
    days = Period(min(p.period.first for p in schedule), max(p.period.last for p in schedule))
    rules = in_force.pack(case.country, days.first).benefit(case.benefit, days.first).book.rules
    rule = next((rules[name] for name in PROVISIONS if name in rules), None)
    if rule is None:
        return []
    cited = rule.citation.text, rule.citation.evidence
    whole = in_force.assess(case, today=act.today).total.minor
    return [
        Ground(fact, text, letter, *cited, fact)
        for fact, (text, letter) in FACTS.items()
        if _with(case, fact, days, act) < whole
    ]


def _with(case: Case, fact: str, days: Period, act: Act) -> int:
    """What is paid, in minor units, where a fact held on all days."""
    happened = (*case.happenings, Happening(days, fact))
    return in_force.assess(replace(case, happenings=happened), today=act.today).total.minor
