"""How an employer's software comes in at the API: `Authorization: Bearer tk_…`, a key that she made herself.

Only benefits knows keys. It opens the doors that name the role `employer`, and no other; payments and notifications
have no such door and refuse every key, and no page opens by one.
"""

from __future__ import annotations

from flask import g

from services.benefits.usecases import accounts, employer_keys
from shared.act import Act, Actor
from shared.process import Service
from shared.web.app import NOBODY, source
from shared.web.problems import Problem


def opens(service: Service, secret: str) -> Actor | None:
    """Whose key this is, or nobody's. Failures are counted by where they come from, in a transaction of their own."""
    with service.engine.begin() as connection:
        act = Act(connection, NOBODY, g.now, service.clock.today(), traceparent=g.traceparent)
        try:
            return employer_keys.enter(act, secret, source())
        except accounts.SignInRefused:
            return None
        except accounts.TooManyTries as wait:
            seconds = wait.seconds
    raise Problem(429, "too_many_tries", retry_after=seconds)
