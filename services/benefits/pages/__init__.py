"""The pages of benefits: signing in, the desk, the employer, the worker, the house itself."""

from __future__ import annotations

from services.benefits.pages import (
    accounts,
    desk,
    employer,
    evidence,
    house,
    overpayment,
    payee_code,
    session,
    standards,
    worker,
)
from shared.web.doors import Doors

doors = Doors(
    [
        *session.doors.doors,
        *desk.doors.doors,
        *payee_code.doors.doors,
        *overpayment.doors.doors,
        *employer.doors.doors,
        *worker.doors.doors,
        *evidence.doors.doors,
        *standards.doors.doors,
        *house.doors.doors,
        *accounts.doors.doors,
    ]
)
