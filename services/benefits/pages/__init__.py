"""The pages of benefits: signing in, the desk, the employer, the worker, the house itself."""

from __future__ import annotations

from services.benefits.pages import (
    accounts,
    advances,
    decision_file,
    desk,
    employer,
    employer_files,
    erasure,
    evidence,
    house,
    intake,
    no_claim,
    overpayment,
    papers,
    payee_code,
    phone_code,
    printed,
    register,
    session,
    standards,
    statistics,
    tasks,
    worker,
)
from shared.web.doors import Doors

doors = Doors(
    [
        *session.doors.doors,
        *desk.doors.doors,
        *payee_code.doors.doors,
        *phone_code.doors.doors,
        *tasks.doors.doors,
        *intake.doors.doors,
        *no_claim.doors.doors,
        *decision_file.doors.doors,
        *printed.doors.doors,
        *register.doors.doors,
        *erasure.doors.doors,
        *overpayment.doors.doors,
        *advances.doors.doors,
        *papers.doors.doors,
        *employer.doors.doors,
        *employer_files.doors.doors,
        *worker.doors.doors,
        *evidence.doors.doors,
        *standards.doors.doors,
        *statistics.doors.doors,
        *house.doors.doors,
        *accounts.doors.doors,
    ]
)
