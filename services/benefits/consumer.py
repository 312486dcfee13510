"""Events and due times that make benefits act."""

from __future__ import annotations

from datetime import date, timedelta

from services.benefits import store
from services.benefits.usecases import (
    automation,
    certificate_ends,
    evidence_runs,
    feedback,
    files_in,
    hospital_papers,
    own_changes,
    own_starts,
    promise_looks,
    questions,
    recoveries,
    standards_ahead,
    statements,
)
from shared.act import Act
from shared.jobs import JobHandler, JobRun, Later, post_job
from shared.messaging import Handler

HANDLERS: dict[str, Handler] = {
    **dict.fromkeys(feedback.STATES, feedback.order_moved),
    "payments.repayment.received": feedback.repayment_received,
    "payments.repayment.taken_back": feedback.repayment_taken_back,
    "payments.payee.reported_deceased": feedback.payee_died,
    "notifications.letter.ready": feedback.letter_ready,
    "notifications.letter.returned": feedback.letter_returned,
    "notifications.message.failed": feedback.message_failed,
    "notifications.message.delivered": questions.message_delivered,
}


def lapse_statement(run: JobRun) -> Later | None:
    """An employer's time to answer is over."""
    with run.begin() as act:
        statements.lapse_statement(act, run.payload["statement_id"])
    return None


def part_missed(run: JobRun) -> Later | None:
    """The day until which a part of a repayment was to come is over."""
    with run.begin() as act:
        recoveries.part_missed(act, run.payload["recovery_id"], date.fromisoformat(run.payload["due_on"]))
    return None


def take_import(run: JobRun) -> Later | None:
    """Answer the rows of a file that are not answered yet, each slice in a transaction of its own."""
    with run.begin() as act:
        file = store.files.get(act, run.payload["file_id"])
    rows = files_in.rows_of(file)
    while not file.is_done:
        with run.begin() as act:
            file = files_in.go_on(act, file.id, rows)
    return None


def look_for_papers(run: JobRun) -> Later | None:
    """A claim was submitted for whose person papers of hospitals wait."""
    with run.begin() as act:
        hospital_papers.look_for(act, run.payload["claim_id"])
    return None


def own_change_due(run: JobRun) -> Later | None:
    """The waiting time of a change that somebody asked for herself is over."""
    with run.begin() as act:
        done = own_changes.take_effect(act, run.payload["change_id"])
        tomorrow = act.today + timedelta(days=1)
    return None if done else Later(on=tomorrow, reason="the message has not reached her")


def forget_files(run: JobRun) -> Later | None:
    """What files said is kept for some days only."""
    with run.begin() as act:
        files_in.forget_old(act)
    return None


def look_at_set_off(run: JobRun) -> Later | None:
    """Something moved on a claim that brings money to another, or gets some from there."""
    with run.begin() as act:
        recoveries.look_at_set_off(act, run.payload["claim_id"])
    return None


def daily(act: Act) -> None:
    """The recurring jobs of a day."""
    post_job(act, "forget_files", key=act.today.isoformat())
    post_job(act, "weigh_open", key=act.today.isoformat())
    post_job(act, own_starts.LOOK, key=act.today.isoformat())
    promise_looks.post(act)
    standards_ahead.post(act)


#: Kinds of jobs that others do not wait behind; measuring a dozen pages of law takes minutes.
SLOW = frozenset(
    {
        "take_import",
        "collect_export",
        "standards_ahead",
        "count_statistics",
        "weigh_open",
        evidence_runs.BEGIN,
        evidence_runs.PART,
        evidence_runs.SUM_UP,
        evidence_runs.REPLAY.begin,
        evidence_runs.REPLAY.part,
        evidence_runs.REPLAY.sum_up,
    }
)
JOBS: dict[str, JobHandler] = {
    "lapse_statement": lapse_statement,
    "part_missed": part_missed,
    "look_for_papers": look_for_papers,
    "own_change_due": own_change_due,
    "take_import": take_import,
    "forget_files": forget_files,
    "look_at_set_off": look_at_set_off,
    certificate_ends.JOB: certificate_ends.ends,
    own_starts.SEND: own_starts.send_code,
    own_starts.LOOK: own_starts.look,
    promise_looks.JOB: promise_looks.look,
    "standards_ahead": standards_ahead.make,
    "weigh_claim": automation.weigh_one,
    "weigh_open": automation.weigh_open,
    "decide_by_rules": automation.decide_by_rules,
    evidence_runs.BEGIN: evidence_runs.begin,
    evidence_runs.PART: evidence_runs.part,
    evidence_runs.SUM_UP: evidence_runs.sum_up,
}
