"""Errors at the edge: RFC 9457 problem details whose code is the contract; sentences come from the catalogue."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from shared.web.texts import N_

PROBLEM_BASE = "https://tideover.example/problems/"


class Problem(Exception):
    """What a door answers instead of a result: status, code, and what exactly is wrong where."""

    def __init__(
        self,
        status: int,
        code: str,
        *,
        params: Mapping[str, Any] | None = None,
        errors: Sequence[Mapping[str, Any]] = (),
        retry_after: int | None = None,
        headers: Mapping[str, str] | None = None,
        said: str = "",
    ) -> None:
        """`said` is the advice in the reader's words, for a code that says it with its params."""
        super().__init__(f"{status} {code}")
        self.said = said
        self.status, self.code, self.params = status, code, dict(params or {})
        self.errors = [dict(error) for error in errors]
        self.headers = dict(headers or {})
        if retry_after is not None:
            self.headers["Retry-After"] = str(retry_after)


def invalid(*errors: tuple[str, str] | tuple[str, str, Mapping[str, Any]]) -> Problem:
    """422: content that can be read but not accepted; each error is (pointer, code[, params])."""
    listed = [{"pointer": e[0], "code": e[1], "params": dict(e[2]) if len(e) > 2 else {}} for e in errors]
    return Problem(422, "content_invalid", errors=listed)


def not_found() -> Problem:
    """404, also for what lies outside the asker's office."""
    return Problem(404, "not_found")


def wrong_state(state: str, code: str = "wrong_state") -> Problem:
    return Problem(409, code, params={"state": state})


def stale() -> Problem:
    return Problem(412, "changed_meanwhile")


#: Title and what to do, by code. A code that is not here shows the sentences of its status.
SENTENCES: dict[str, tuple[str, str]] = {
    "unreadable": (
        N_("This cannot be read"),
        N_("What was sent is not in the form that was agreed. Nothing was saved."),
    ),
    "idempotency_key_missing": (
        N_("A key is missing"),
        N_("Send an Idempotency-Key header, so that sending twice does nothing twice."),
    ),
    "signature_wrong": (
        N_("The signature is not right"),
        N_("It is not of this message, of another secret, or too old. Nothing was done."),
    ),
    "not_signed_in": (N_("Please sign in"), N_("Your session has ended or was never opened. Sign in and try again.")),
    "csrf": (
        N_("This form is out of date"),
        N_("Open the page again and send the form from there. Nothing was saved."),
    ),
    "not_your_task": (
        N_("This is not among your tasks"),
        N_("Your role does not allow it. Ask the administrator of your office."),
    ),
    "removed_by_age": (
        N_("Nobody knows this any more"),
        N_("What happened that long ago was removed by age. Bring back a younger backup."),
    ),
    "not_found": (N_("Not found here"), N_("There is no such thing, or it belongs to another office.")),
    "method_not_allowed": (N_("That is not possible here"), N_("This address does not take such a request.")),
    "not_acceptable": (N_("That form is not available"), N_("Ask for a form that this address can give.")),
    "wrong_state": (
        N_("That is not possible any more"),
        N_("Somebody has been faster, or the step comes later. Look at it again."),
    ),
    "restored": (
        N_("This service was restored from a backup"),
        N_("It asks the others first what it has forgotten. Nothing was saved; try again in a minute."),
    ),
    "still_running": (
        N_("This is already being done"),
        N_("The same request is still being carried out. Wait a moment."),
    ),
    "changed_meanwhile": (
        N_("Somebody changed this in the meantime"),
        N_("Open it again, look at the change, then repeat what you wanted."),
    ),
    "too_large": (N_("This is too large"), N_("Send a smaller file, or cut it into parts.")),
    "unsupported_media_type": (
        N_("This kind of content is not taken here"),
        N_("Send it as JSON or as the form on the page."),
    ),
    "content_invalid": (
        N_("Some of the facts cannot be right"),
        N_("Look at the fields that are marked. Nothing was sent."),
    ),
    "idempotency_key_reused": (N_("This key was used for something else"), N_("Use a new key for a new request.")),
    "if_match_missing": (N_("Say which version you saw"), N_("Send the ETag you were given in If-Match.")),
    "too_many_tries": (N_("Too many tries"), N_("Wait a little, then try again.")),
    "same_person": (
        N_("Another person must do this"),
        N_("Who proposed or decided before does not confirm or decide again."),
    ),
    "person_erased": (
        N_("Her name was erased at her request"),
        N_("What stays of her is kept as it is. If she comes again, register her anew."),
    ),
    "not_erasable": (
        N_("Nothing can be erased now"),
        N_("Something of hers is open, or the days since she was told are not over; each reason is listed."),
    ),
    "phone_code_refused": (
        N_("No code can be asked or typed now"),
        N_("The page of the claim says why."),
    ),
    "too_many_runs": (
        N_("Too many runs are under way"),
        N_("Wait until one of them is done, or stop one."),
    ),
    "not_ready": (N_("It cannot be decided yet"), N_("Look at what is still open; each reason is listed.")),
    "already_known": (
        N_("Somebody has this number already"),
        N_("Look at that person first; two records of one person lead to two payments."),
    ),
    "declared_by_another": (
        N_("The institution itself declared this month"),
        N_("Only the institution can correct it; tell the office what differs."),
    ),
    "own_run": (N_("Another person must release this run"), N_("Who made a run does not release it.")),
    "already_released": (N_("You have released this run already"), N_("Another person must release it too.")),
    "total_differs": (N_("The total does not agree"), N_("Look at the run again and type its total as it stands.")),
    "warnings_open": (N_("Some warnings are not judged yet"), N_("Pay, skip or reject each order that has a warning.")),
    "run_changed": (N_("The run has changed"), N_("Look at it again, then release it.")),
    "run_empty": (N_("There is nothing to pay in this run"), N_("Every order was taken out.")),
    "second_factor_needed": (N_("A second factor is needed"), N_("Sign in again with the six digits of your device.")),
    "payees_forgotten": (
        N_("Names and accounts of this run are forgotten"),
        N_("They are kept only for a while after a run has closed."),
    ),
    "not_an_order_in_flight": (
        N_("This order is not under way"),
        N_("Only an order that was sent can be explained by a statement line."),
    ),
    "claim_not_known": (N_("No claim was paid under this number"), N_("Look at the number again; twelve digits.")),
    "not_a_repayment": (
        N_("This is not money that somebody paid back"),
        N_("It went out, or it is in another currency than the claim."),
    ),
    "statement_refused": (
        N_("This file was not taken"),
        N_("Each reason is listed. Nothing of it went into the books; it is kept, to be read again."),
    ),
    "not_a_return": (N_("This is no order that came back with less"), N_("Explain the line in another way.")),
    "not_contested": (N_("The bank itself told this line"), N_("Nothing is to be released.")),
    "second_person_needed": (
        N_("Another person must release this"),
        N_("Who handed a statement in does not release what it says."),
    ),
    "more_than_owed": (
        N_("More came in than was paid too much"),
        N_("Leave the line and ask the officer of the claim."),
    ),
    "sign_in_refused": (
        N_("Name, password or code do not fit"),
        N_("Try again; after five tries you must wait a little longer each time."),
    ),
    "not_utf8": (N_("The file is not in UTF-8"), N_("Save it as CSV UTF-8 and send it again. Nothing was taken in.")),
    "columns": (
        N_("The columns are not as agreed"),
        N_("The heading row must name the columns; see what is missing or unknown."),
    ),
    "temporarily_away": (
        N_("We cannot save at the moment"),
        N_("Nothing is lost: what you typed is kept below. Send it again in a little while."),
    ),
    "being_counted": (
        N_("It is being counted"),
        N_("The numbers of this year are counted for the first time. Ask again in a few seconds."),
    ),
    "being_measured": (
        N_("This is being worked out"),
        N_("The law is run some hundred times for it. Ask again in a few seconds; the page does so by itself."),
    ),
    "neighbour_away": (
        N_("A part of the house does not answer"),
        N_("Everything else works. Try this page again in a little while."),
    ),
    "internal": (
        N_("Something went wrong on our side"),
        N_("It was written down with the number below. Nothing was half done."),
    ),
}

BY_STATUS = {
    400: "unreadable",
    401: "not_signed_in",
    403: "not_your_task",
    404: "not_found",
    405: "method_not_allowed",
    406: "not_acceptable",
    409: "wrong_state",
    410: "removed_by_age",
    412: "changed_meanwhile",
    413: "too_large",
    415: "unsupported_media_type",
    422: "content_invalid",
    428: "if_match_missing",
    429: "too_many_tries",
    503: "temporarily_away",
}


def sentences(problem: Problem) -> tuple[str, str]:
    """English title and advice of a problem, to be put through the catalogue."""
    if problem.said:
        return SENTENCES["statement_refused"]
    return SENTENCES.get(problem.code) or SENTENCES[BY_STATUS.get(problem.status, "internal")]


def problem_json(problem: Problem, title: str, detail: str, trace_id: str) -> dict[str, Any]:
    body: dict[str, Any] = {
        "type": PROBLEM_BASE + problem.code.replace("_", "-"),
        "title": title,
        "status": problem.status,
        "detail": detail,
        "code": problem.code,
        "trace_id": trace_id,
    }
    if problem.params:
        body["params"] = problem.params
    if problem.errors:
        body["errors"] = problem.errors
    return body
