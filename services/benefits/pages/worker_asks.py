"""At the desk: questions of workers are answered, and what somebody asked for in a worker's name is stopped."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response

from services.benefits import store
from services.benefits.domain.own_change import OwnChangeRefused
from services.benefits.domain.question import QuestionRefused
from services.benefits.usecases import own_changes, questions
from services.benefits.views import asked_by_her as view
from services.benefits.views import person as person_view
from services.benefits.views.claim_page import DESK, LOOK
from services.benefits.views.shown import show
from shared.act import Act
from shared.web import pages
from shared.web.app import viewed
from shared.web.doors import Doors

doors = Doors()


@doors.page("/desk/questions", roles=LOOK)
def list_page(act: Act) -> Any:
    """Questions that wait for an answer, and how many there are and how long answers take."""
    page, named = view.questions(act)
    viewed(*named)
    return show("questions.html", page)


@doors.page("/desk/questions/<uuid:question_id>", method="POST", roles=("officer", "supervisor"))
def answer(act: Act, question_id: UUID, form: dict[str, str]) -> Any:
    """An officer answers in words; she is told that an answer is there."""
    id_ = str(question_id)
    question = store.questions.get(act, id_)
    viewed(question.person_id)
    text = form.get(f"answer-{id_}", "")[:5000]
    try:
        questions.answer(act, id_, text)
    except QuestionRefused as wrong:
        page, named = view.questions(act, {id_: text}, {id_: wrong.code})
        viewed(*named)
        return Response(show("questions.html", page), 422, content_type=pages.HTML)
    back = form.get("back") == "claim"
    return pages.go(f"/desk/claims/{question.claim_id}#questions" if back else "/desk/questions")


@doors.page("/desk/persons/<uuid:person_id>/own-changes/<uuid:change_id>/stop", method="POST", roles=DESK)
def stop(act: Act, person_id: UUID, change_id: UUID, form: dict[str, str]) -> Any:
    """The desk stops what was asked for on her page, with a reason that she reads."""
    person, why = store.persons.get(act, str(person_id)), form.get(f"stop_why-{change_id}", "").strip()[:500]
    viewed(person.id)
    try:
        own_changes.stop(act, person.id, str(change_id), why or None)
    except OwnChangeRefused as refused:
        if refused.code == "required":
            shown = show("person.html", person_view.page(act, person, form, {f"stop_why-{change_id}": "required"}))
            return Response(shown, 422, content_type=pages.HTML)
    return pages.go(f"/desk/persons/{person.id}#own")
