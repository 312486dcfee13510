"""The pages of what this service owns: a claim's letters and what was told."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, request

from services.notifications import store, wording
from services.notifications.domain.message import Channel, MessageState, next_by_hand
from services.notifications.store import Scope
from services.notifications.usecases import batches, letters, reading
from services.notifications.usecases.reading import HANDS, READERS
from shared.act import Act
from shared.ids import is_uuid
from shared.web import texts
from shared.web.app import viewed
from shared.web.doors import Doors
from shared.web.pages import go, language, render
from shared.web.problems import Problem, invalid, not_found
from shared.web.texts import N_

doors = Doors()

#: What each template is called on a page.
TITLES = {
    "claim_received": N_("Claim received"),
    "claim_needs_you": N_("Papers are missing"),
    "claim_needs_doctor": N_("A paper of the doctor is missing"),
    "claim_needs_employer": N_("The employer must answer"),
    "claim_needs_office": N_("Another office must answer"),
    "decision_granted": N_("Claim granted"),
    "decision_granted_in_part": N_("Claim granted in part"),
    "decision_refused": N_("Claim refused"),
    "decision_revised": N_("Decision revised"),
    "appeal_received": N_("Appeal received"),
    "erasure_announced": N_("Erasing of her name announced"),
    "appeal_decided": N_("Appeal decided"),
    "instalment_paid": N_("Money paid"),
    "instalment_paid_employer": N_("Money paid to the employer who advanced it"),
    "certificate_ends": N_("Told what to do when the certificate ends"),
    "advance_stated": N_("Asked about an advance of the employer"),
    "voucher_issued": N_("Money to collect at the counter"),
    "phone_code": N_("Code to say that a claim is right"),
    "phone_check": N_("Code to confirm the phone"),
    "start_code": N_("Code to start a claim on the phone"),
    "claim_started": N_("Told that the claim she started is here"),
    "start_ending": N_("Told that the claim she started ends"),
    "own_change_code": N_("Code for another phone or account"),
    "own_change_coming": N_("Another phone or account announced"),
    "question_answered": N_("Question answered"),
    "payment_moved": N_("Another day of payment"),
    "payment_late": N_("Payment is late"),
    "payment_rejected": N_("Payment refused by the bank"),
    "payment_returned": N_("Payment came back"),
    "recovery_decided": N_("Decided what becomes of money paid too much"),
    "repayment_received": N_("Money came back"),
    "repayment_missed": N_("Reminded of a part to pay back"),
    "repayment_taken_back": N_("Money that came back was for another claim"),
    "payments_suspended": N_("Payments are suspended"),
    "payments_go_on": N_("Payments go on"),
    "suspension_over": N_("Suspension over"),
    "suspension_letter": N_("Payments are suspended"),
    "suspension_end_letter": N_("Suspension over"),
    "decision_annulled": N_("The decision is annulled"),
    "annulment_objection": N_("Decided on the objection to the annulment"),
    "annulment_letter": N_("The decision is annulled"),
    "annulment_end_letter": N_("Decided on the objection to the annulment"),
    "objection_letter": N_("Decided on the objection to paying back"),
    "recovery_letter": N_("What becomes of money paid too much"),
    "acknowledgement_letter": N_("Receipt for the claim"),
    "decision_letter": N_("Decision"),
    "overpayment_letter": N_("Paid too much"),
}
#: MessageState: words and the kind of tag.
STATES = {
    "created": (N_("not sent yet"), "wait"),
    "sending": (N_("being sent"), "wait"),
    "sent": (N_("sent, no receipt yet"), ""),
    "delivered": (N_("delivered"), "go"),
    "temporary_failure": (N_("will be tried again"), "wait"),
    "permanent_failure": (N_("did not arrive"), "no"),
    "technical_failure": (N_("not sent, our fault"), "no"),
    "cancelled": (N_("not sent"), ""),
    "rendered": (N_("to be printed"), "wait"),
    "printed": (N_("printed"), ""),
    "posted": (N_("posted"), "go"),
    "handed_over": (N_("handed over"), "go"),
    "returned_letter": (N_("came back"), "no"),
}
#: Why something did not go, or what it waits for.
REASONS = {
    "no_phone": N_("no phone number is known"),
    "wrong_number": N_("the number is not in use or wrongly written"),
    "undeliverable": N_("the phone could not be reached"),
    "expired": N_("the phone was off for three days"),
    "rejected": N_("the operator refused it"),
    "deleted": N_("the operator dropped it"),
    "operator_does_not_know": N_("the operator does not know what became of it"),
    "throttled": N_("the operator asked to send more slowly"),
    "queue_full": N_("the operator's queue is full"),
    "operator_fault": N_("the operator has a fault"),
    "submit_failed": N_("the operator has a fault"),
    "wrong_sender": N_("the operator refuses our name as sender"),
    "wrong_account": N_("the operator refuses our account"),
    "wrong_password": N_("the operator refuses our password"),
    "no_credit": N_("our credit with the operator is used up"),
    "quiet_hours": N_("waits for the morning: nobody is woken"),
    "line_down": N_("the line to the operator is down"),
    "line_lost": N_("the line to the operator was lost"),
    "no_gateway": N_("no operator is set up"),
    "benefits_away": N_("waits for the benefits service, which does not answer"),
    "no_facts": N_("benefits does not know the person or the decision"),
    "outcome_unknown": N_("being checked with the operator"),
    "gave_up": N_("given up after 24 hours"),
    "too_long": N_("the text is too long"),
}
#: What a person may do next with a letter.
ACTIONS = {
    "printed": N_("Mark as printed"),
    "posted": N_("Posted"),
    "handed_over": N_("Handed over"),
    "returned": N_("Came back"),
}


def _entry(row: Any, history: list[Any], actor: Any) -> dict[str, Any]:
    words, kind = STATES[row.state]
    reason = row.reason or row.waits
    documents = sorted(row.documents or [], key=lambda d: not d["original"])
    may = actor.has(*HANDS)
    return {
        "id": row.id,
        "title": TITLES.get(row.template, row.template),
        "state": words,
        "kind": kind,
        "reason": REASONS.get(reason, "") if reason else "",
        "on": row.created_on,
        "text": wording.for_staff(row.template, row.text),
        "language": row.language or "en",
        "parts": row.parts,
        "claim_number": row.claim_number,
        "claim_id": row.claim_id,
        "documents": documents,
        "prints": row.prints,
        "version": row.version,
        "is_letter": row.channel == Channel.LETTER,
        "actions": [(w, ACTIONS[w]) for w in next_by_hand(MessageState(row.state)) if may and w != "printed"],
        "may_print": may and bool(documents),
        "may_write": may and row.channel == Channel.LETTER and row.state == MessageState.TECHNICAL_FAILURE,
        "translations": [
            code
            for code in wording.languages_of("decision_letter")
            if may and documents and code not in {d["language"] for d in documents}
        ],
        "history": [
            {
                "on": move.on_day,
                "at": move.at,
                "state": STATES[move.state][0],
                "by": move.by,
                "reason": REASONS.get(move.reason or "", ""),
            }
            for move in history
        ],
    }


def _list(act: Act, channel: Channel) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    claim, state = request.args.get("claim") or None, request.args.get("state") or None
    if claim is not None and not is_uuid(claim):
        raise invalid(("?/claim", "not_an_id"))
    if state is not None and state not in STATES:
        raise invalid(("?/state", "not_allowed"))
    if act.actor.kind == "worker":
        claim = claim or act.actor.claim
    rows = store.page(
        act.connection,
        Scope.of(act.actor),
        channel=channel,
        claim=claim,
        state=state,
        after=reading.place(request.args.get("cursor")),
        limit=50,
    )
    rows = rows[:50]
    if claim is not None and not rows and act.actor.kind == "worker" and claim != act.actor.claim:
        raise not_found()
    viewed(*{row.person_id for row in rows})
    history = store.moves(act.connection, [row.id for row in rows])
    shown = [_entry(row, history[row.id], act.actor) for row in rows]
    return shown, {"claim": claim, "state": state, "number": rows[0].claim_number if rows and claim else ""}


@doors.page("/letters", roles=READERS)
def letters_page(act: Act) -> Any:
    """A claim's letters, or the office's letters by state."""
    entries, about = _list(act, Channel.LETTER)
    return render(
        "letters.html",
        letters=entries,
        worker=act.actor.kind == "worker",
        states=STATES,
        languages_by_code=texts.NAMES,
        **_batching(act),
        **about,
    )


def _batching(act: Act) -> dict[str, Any]:
    """How many letters wait for the printer, and the batches printed last, for who prints."""
    if not act.actor.has(*HANDS):
        return {"to_print": 0, "batches": []}
    found = store.batches(act.connection, act.actor.office or "")
    return {"to_print": store.count_to_print(act.connection, Scope.of(act.actor)), "batches": found}


@doors.page("/letters/batches", method="POST", roles=HANDS)
def print_batch(act: Act, form: dict[str, str]) -> Any:
    """Print all letters of her office that are not printed yet: note it, then show the one paper."""
    try:
        batch_id = batches.make(act, Scope.of(act.actor), language())
    except batches.NothingToPrint:
        return go("/letters?state=rendered")
    return go(f"/letters/batches/{batch_id}")


@doors.page("/letters/batches/<uuid:batch_id>", roles=HANDS)
def batch_page(act: Act, batch_id: UUID) -> Any:
    """The cover sheet and the letters of a batch, as one PDF; once out of the printer the letters are copies."""
    try:
        batch, rows, content = batches.pdf(act, str(batch_id), lambda template: TITLES.get(template, template))
    except batches.NoSuchBatch:
        raise not_found() from None
    viewed(*{row.person_id for row in rows})
    response = Response(content, content_type="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="letters-{batch.on_day}-{batch.letters}.pdf"'
    return response


@doors.page("/messages", roles=READERS)
def messages_page(act: Act) -> Any:
    """What somebody was told by message, when, and whether it arrived."""
    entries, about = _list(act, Channel.SMS)
    return render("messages.html", messages=entries, worker=act.actor.kind == "worker", states=STATES, **about)


@doors.page("/letters/<uuid:letter_id>", roles=READERS)
def letter_page(act: Act, letter_id: UUID) -> Any:
    """The letter itself; for staff it is marked as a copy once it has been printed."""
    language = request.args.get("language")
    if language is not None and language not in texts.LANGUAGES:
        raise not_found()
    row = store.find(act.connection, Scope.of(act.actor), str(letter_id), Channel.LETTER)
    copy = row is not None and row.prints > 0 and act.actor.kind != "worker"
    return _pdf(act, str(letter_id), language, copy=copy, with_code=act.actor.kind == "worker")


@doors.page("/letters/<uuid:letter_id>/prints/<int:no>", roles=HANDS)
def print_page(act: Act, letter_id: UUID, no: int) -> Any:
    """One print of a letter: the first is the letter, later ones are marked as copies."""
    if store.find(act.connection, Scope.of(act.actor), str(letter_id), Channel.LETTER) is None:
        raise not_found()
    printed = store.a_print(act.connection, str(letter_id), no)
    if printed is None:
        raise not_found()
    return _pdf(act, str(letter_id), printed.language, copy=no > 1, with_code=letters.own_print(act, printed))


def _pdf(act: Act, letter_id: str, language: str | None, *, copy: bool, with_code: bool) -> Response:
    row, document, content = letters.content(
        act, Scope.of(act.actor), letter_id, language=language, copy=copy, with_code=with_code
    )
    viewed(row.person_id)
    response = Response(content, content_type="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="letter-{row.claim_number}-{document.language}.pdf"'
    response.headers["Content-Language"] = document.language
    return response


@doors.page("/letters/<uuid:letter_id>/print", method="POST", roles=HANDS)
def print_letter(act: Act, letter_id: UUID, form: dict[str, str]) -> Any:
    """Print: note it, then show what is to be printed."""
    language = form.get("language") or None
    no = letters.print_letter(act, Scope.of(act.actor), str(letter_id), language)
    return go(f"/letters/{letter_id}/prints/{no}")


@doors.page("/letters/<uuid:letter_id>/state", method="POST", roles=HANDS)
def state_letter(act: Act, letter_id: UUID, form: dict[str, str]) -> Any:
    """Posted, handed over, or came back."""
    if form.get("state") not in ACTIONS or not form.get("version", "").isdigit():
        raise Problem(400, "unreadable")
    row = letters.set_state(act, Scope.of(act.actor), str(letter_id), form["state"], int(form["version"][:9]))
    return go(f"/letters?claim={row.claim_id}")


@doors.page("/letters/<uuid:letter_id>/write", method="POST", roles=HANDS)
def write_letter_again(act: Act, letter_id: UUID, form: dict[str, str]) -> Any:
    """What was in the letter's way is mended: write it now."""
    row = letters.write_again(act, Scope.of(act.actor), str(letter_id))
    return go(f"/letters?claim={row.claim_id}")


@doors.page("/letters/<uuid:letter_id>/translate", method="POST", roles=HANDS)
def translate_letter(act: Act, letter_id: UUID, form: dict[str, str]) -> Any:
    """Ask for the letter in another language."""
    if form.get("language") not in texts.LANGUAGES:
        raise Problem(400, "unreadable")
    row = letters.ask_translation(act, Scope.of(act.actor), str(letter_id), form["language"])
    return go(f"/letters?claim={row.claim_id}")
