"""A process dies while a message is with one operator; whoever lives on sends nothing by the other."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from dataclasses import replace

import pytest

from services.notifications import app as wiring
from services.notifications.gateways.http_line import HttpLine, HttpSettings
from services.notifications.gateways.line import Answer, Verdict
from services.notifications.gateways.lines import BAD_FAILURES, BAD_SECONDS, Lines
from services.notifications.gateways.sms import SmppLine, SmsSettings
from tests.notifications.conftest import ROOT, Person, Town
from tests.notifications.operators import HttpOperator, SmppOperator


def _dies(town: Town, operator: HttpOperator, at: str) -> None:
    """A real process hands the message to the first operator and is killed by a real signal at that moment."""
    town.service.carry_out()
    script = textwrap.dedent(
        f"""
        import os, signal
        from pathlib import Path
        from services.notifications import app
        from services.notifications.gateways.http_line import HttpLine, HttpSettings
        from services.notifications.usecases import sending
        from shared.clock import Clock
        from shared.settings import Settings

        def die(*_, **__):
            os.kill(os.getpid(), signal.SIGKILL)

        settings = Settings(service="notifications", database_url={town.settings.database_url!r},
            keys_dir=Path({str(town.settings.keys_dir)!r}), urls={town.settings.urls!r})
        line = HttpLine(HttpSettings({operator.url!r}, secret="s"))
        service = app.build(settings, Clock(sandbox_file=Path({str(town.settings.sandbox_clock)!r})), line)
        if {at!r} == "before":
            line.submit = die
        else:
            sending.record_answers = die
        service.look_at_jobs()
        """
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()[-2000:]


@pytest.mark.parametrize("at", ["before", "after"])
def test_killed_while_the_first_operator_may_have_it_the_second_never_gets_it(
    town: Town, person: Person, at: str
) -> None:
    moment = [0.0]
    with HttpOperator() as first, SmppOperator() as second:
        town.paid(person)
        _dies(town, first, at)
        assert town.sms(person).state == "sending"
        assert len(first.taken) == (1 if at == "after" else 0)
        lines = Lines(
            [
                HttpLine(HttpSettings(first.url, secret="s", settle_seconds=3.0)),
                SmppLine(SmsSettings("127.0.0.1", second.port, name="second")),
            ],
            lambda: moment[0],
        )
        for _ in range(BAD_FAILURES):  # the next process has reason to distrust the first
            lines.heard(lines.lines[0], [Answer(Verdict.LATER)])
        moment[0] += BAD_SECONDS
        assert lines.choose().name == "second"
        here = replace(town, service=wiring.build(town.settings, town.clock, lines))
        here.state(person, "sent")
        assert (len(first.taken), second.taken) == (1, [])
        assert here.sms(person).line == "first"
        lines.close()
        here.service.engine.dispose()
