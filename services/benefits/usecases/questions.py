"""A worker asks about her claim; an officer answers, and she is told that an answer is there."""

from __future__ import annotations

from services.benefits import store
from services.benefits.domain.claim import ToldMessage
from services.benefits.domain.decision import SamePerson
from services.benefits.domain.ids import ClaimId, PersonId
from services.benefits.domain.question import MOST_OPEN, Question, QuestionRefused, answered, worded
from services.benefits.usecases.claims import is_own_case, tell
from shared.act import Act
from shared.events import Event


def ask(act: Act, claim_id: str, text: str) -> Question:
    """She asks something. Raises `QuestionRefused`."""
    claim, said = store.claims.to_change(act, claim_id, None), worded(text)
    if sum(q.is_open for q in store.questions.of_claim(act, claim.id)) >= MOST_OPEN:
        raise QuestionRefused("too_many_open")
    question = Question(act.new_id(), claim.id, claim.person_id, said, act.now, act.today)
    store.questions.add(act, question)
    return question


def answer(act: Act, question_id: str, text: str) -> Question:
    """An officer answers, never about her own claim. Raises `QuestionRefused`, `SamePerson`."""
    before = store.questions.get(act, question_id, lock=True)
    claim, by = store.claims.get(act, before.claim_id), act.actor
    if is_own_case(act, claim):
        raise SamePerson
    after = answered(before, text, by.id, by.name or by.id, act.today)
    store.questions.save(act, before, after)
    tell(act, "benefits.question.answered", claim, after.id, {"question_id": after.id})
    return after


def message_delivered(act: Act, event: Event) -> None:
    """A message reached her; her page lists it."""
    claim = store.claims.known(act, event.data["claim_id"])
    if claim is not None:
        told = ToldMessage(
            event.data["message_id"],
            ClaimId(claim.id),
            PersonId(claim.person_id),
            event.data["template"],
            act.today,
        )
        store.questions.add_told(act, told)
