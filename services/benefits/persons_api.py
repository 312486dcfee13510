"""Persons and employers over the API: found, registered, corrected, asked over from office to office."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from services.benefits import schemas as s
from services.benefits import store
from services.benefits.domain.person import Person
from services.benefits.usecases import marks, people, registering
from services.benefits.views import answers, letter_facts
from services.benefits.views.claim_page import DESK, LOOK
from shared import facts
from shared.act import Act
from shared.web.app import version_seen, viewed
from shared.web.doors import Answer, Doors
from shared.web.problems import invalid, wrong_state

doors = Doors()
READ = (*LOOK, "payment_officer")


@doors.api("GET", "/v1/persons", roles=READ, query=s.Search, gives=s.Hits)
def find_persons(act: Act, query: dict[str, Any]) -> Any:
    """Persons of your office by number, claim number, phone or name."""
    found = registering.search(act, query["q"], query["limit"])
    viewed(*(p.id for p in found))
    return {"items": answers.persons(act, found), "next_cursor": None}


@doors.api("POST", "/v1/persons", roles=DESK, takes=s.PersonIn, gives=s.PersonOut, status=201)
def register_person(act: Act, body: dict[str, Any]) -> Any:
    """Register an insured person in your office."""
    name = body.pop("name")
    id_ = people.register_person(
        act, office_id=act.actor.office or "", name=name["full"], name_latin=name["latin"], **body
    )
    return _person(act, store.persons.get(act, id_), Location=f"/v1/persons/{id_}")


def _person(act: Act, person: Person, **headers: str) -> Answer:
    return Answer(answers.persons(act, [person])[0], headers={"ETag": f'"{person.version}"'} | headers)


@doors.api("GET", "/v1/persons/<uuid:person_id>", roles=READ, gives=s.PersonOut)
def show_person(act: Act, person_id: UUID) -> Any:
    """One person."""
    return _person(act, store.persons.get(act, str(person_id)))


@doors.api(
    "PATCH",
    "/v1/persons/<uuid:person_id>",
    roles=DESK,
    takes=s.PersonChangeIn,
    gives=s.PersonOut,
    conditional=True,
)
def correct_person(act: Act, person_id: UUID, body: dict[str, Any], if_match: int) -> Any:
    """Correct address, phone or language, with a reason; what it said before is kept."""
    return _person(act, people.correct_person(act, str(person_id), if_match, **body))


@doors.api(
    "POST",
    "/v1/persons/<uuid:person_id>/death",
    roles=("officer", "supervisor"),
    takes=s.DeathIn,
    gives=s.PersonOut,
    status=201,
    conditional=True,
)
def judge_death(act: Act, person_id: UUID, body: dict[str, Any], if_match: int) -> Any:
    """The last word on a death that was reported: confirmed with its day, or mistaken."""
    if body["outcome"] == "mistaken":
        if body["died_on"] is not None:
            raise invalid(("#/died_on", "not_allowed"))
        return _person(act, marks.death_mistaken(act, str(person_id), if_match, why=body["why"]))
    if body["died_on"] is None:
        raise invalid(("#/died_on", "required"))
    died = {"died_on": body["died_on"], "why": body["why"]}
    return _person(act, marks.confirm_death(act, str(person_id), if_match, **died))


@doors.api(
    "POST",
    "/v1/persons/<uuid:person_id>/address-check",
    roles=("officer", "supervisor"),
    takes=s.WhyIn,
    gives=s.PersonOut,
    status=201,
    conditional=True,
)
def check_address(act: Act, person_id: UUID, body: dict[str, Any], if_match: int) -> Any:
    """Somebody has looked where the person lives after a letter came back."""
    return _person(act, marks.address_checked(act, str(person_id), if_match, why=body["why"]))


@doors.api(
    "POST",
    "/v1/persons/<uuid:person_id>/employments",
    roles=(*DESK, "administrator"),
    takes=s.EmploymentIn,
    status=201,
)
def record_employment(act: Act, person_id: UUID, body: dict[str, Any]) -> Any:
    """Say where a person works."""
    person = store.persons.get(act, str(person_id))
    employer = store.places.employer(act, body["employer_id"])
    people.record_employment(act, person.id, employer.id, body["first_day"], body["last_day"], body["pay"])
    return {"person_id": person.id}


@doors.api("PUT", "/v1/persons/<uuid:person_id>/payee", roles=DESK, takes=s.PayeeIn, gives=s.PayeeOut)
def change_payee(act: Act, person_id: UUID, body: dict[str, Any]) -> Any:
    """Say where a person's money goes; with If-Match, only if nobody changed the person meanwhile."""
    people.change_payee(act, str(person_id), version=version_seen(), **body)
    return facts.given("payee", letter_facts.payee(act, str(person_id)))


@doors.api(
    "GET",
    "/v1/persons/<uuid:person_id>/payee",
    roles=("service:payments", "payment_officer", "officer", "supervisor"),
    gives=s.PayeeOut,
)
def show_payee(act: Act, person_id: UUID) -> Any:
    """Where a person's money goes; payments ask before they send."""
    return facts.given("payee", letter_facts.payee(act, str(person_id)))


@doors.api("GET", "/v1/persons/<uuid:person_id>/contact", roles=("service:notifications",), gives=s.ContactOut)
def show_contact(act: Act, person_id: UUID) -> Any:
    """How a person can be reached; for notifications."""
    return facts.given("contact", letter_facts.contact(act, str(person_id)))


@doors.api(
    "POST",
    "/v1/employers",
    roles=(*DESK, "administrator"),
    takes=s.EmployerIn,
    gives=s.EmployerOut,
    status=201,
)
def register_employer(act: Act, body: dict[str, Any]) -> Any:
    """Register an employer."""
    id_ = people.register_employer(act, office_id=act.actor.office or "", **body)
    return store.places.employer(act, id_)


# --- from one office to another ----------------------------------------------------------------


@doors.api("POST", "/v1/transfers", roles=DESK, takes=s.TransferIn, gives=s.TransferOut, status=201)
def ask_over(act: Act, body: dict[str, Any]) -> Any:
    """Ask the office that a person belongs to for her; nothing of her is told before it has given her over."""
    viewed(body["person_id"])
    try:
        return registering.ask_over(act, body["person_id"], why=body["why"])
    except (registering.AlreadyAsked, registering.OwnPerson):
        raise wrong_state("not_to_be_asked") from None


@doors.api(
    "POST",
    "/v1/transfers/<uuid:transfer_id>/answer",
    roles=("officer", "supervisor"),
    takes=s.TransferAnswerIn,
    gives=s.TransferOut,
    status=201,
)
def answer_transfer(act: Act, transfer_id: UUID, body: dict[str, Any]) -> Any:
    """Give a person over with all her claims to the office that asked, or say why not."""
    try:
        answered = registering.answer_transfer(act, str(transfer_id), given=body["given"], why=body["why"])
    except registering.AlreadyAsked:
        raise wrong_state("answered") from None
    viewed(answered.person_id)
    return answered
