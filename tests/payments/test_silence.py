"""The bank does not answer, or we do not live to hear it: the order is unknown, asked about, never sent again."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from services.payments.gateways.iso_bank import IsoBank
from tests.payments.conftest import PAY_DAY, Town
from tests.there import there


def test_an_answer_that_was_dropped_after_the_money_moved(town: Town) -> None:
    an = town.person()
    award = town.award(an, 100_00)
    town.bank.told(drop_answer=1)
    run_id = town.pays()
    assert town.states(award) == ["unknown"]
    assert town.paid_to(an) == 100_00, "the bank did it; we do not know yet"
    assert [e["type"] for e in town.events()] == ["order.planned", "order.sent", "order.unknown"]
    town.later()
    assert (town.states(award), town.run(run_id).state) == (["settled"], "closed")


def test_a_bank_that_answers_too_late(town: Town) -> None:
    an = town.person()
    award = town.award(an, 100_00)
    assert isinstance(town.out.bank, IsoBank)
    town.out.bank.answer_seconds = 0.3
    town.bank.told(slow_answer_seconds=1)
    town.pays()
    assert town.states(award) == ["unknown"]
    town.bank.told(slow_answer_seconds=0)
    town.out.bank.answer_seconds = 3
    town.later()
    assert town.states(award) == ["settled"]


def test_a_file_that_was_lost_on_the_way_is_paid_the_day_after(town: Town) -> None:
    an = town.person()
    award = town.award(an, 100_00)
    town.bank.told(swallow=1)
    town.pays()
    town.later()
    assert town.states(award) == ["unknown"], "while its day lasts the file could still arrive"
    town.day(PAY_DAY + timedelta(days=1))
    town.later()
    assert town.states(award) == ["rejected", "planned"]
    assert town.events("order.rejected")[0]["reason"] == "NRCV"
    town.pays()
    assert town.paid_to(an) == 100_00


def test_a_lost_file_that_arrives_after_its_day_is_refused(town: Town) -> None:
    from services.payments.usecases.sending import run_file

    an = town.person()
    town.award(an, 100_00)
    town.bank.told(swallow=1)
    run_id = town.pays()
    with town.act() as act:
        row = town.run(run_id)
        late = town.out.bank.write(run_file(act, row, "iso20022", row.executes_on, town.out.institution))
    town.day(PAY_DAY + timedelta(days=1))
    town.later()
    town.pays()
    receipt = town.out.bank.submit(town.run(run_id).message_id, late)
    assert (there(receipt.group).code, there(receipt.group).reason) == ("RJCT", "DT01")
    assert town.paid_to(an) == 100_00


def test_the_same_file_twice_moves_money_once(town: Town) -> None:
    from services.payments.usecases.sending import run_file

    an = town.person()
    town.award(an, 100_00)
    run_id = town.pays()
    with town.act() as act:
        row = town.run(run_id)
        again = town.out.bank.write(run_file(act, row, "iso20022", row.executes_on, town.out.institution))
    first, second = (town.out.bank.submit(row.message_id, again) for _ in range(2))
    assert first == second
    assert town.paid_to(an) == 100_00


KILLED = """
    import sys
    from pathlib import Path
    from services.payments import consumer
    from services.payments.gateways.iso_bank import IsoBank
    from services.payments.institution import institution
    from shared.clock import Clock
    from tests.payments.conftest import Register, build
    import os

    url, bank_url, keys, clock, where = sys.argv[1:]

    class Dying(IsoBank):
        def submit(self, message_id, file):
            if where == "before":
                os.kill(os.getpid(), 9)
            super().submit(message_id, file)
            os.kill(os.getpid(), 9)

    out = consumer.Outside(Dying(bank_url), Register(), institution())
    build(url, Path(keys), Clock(sandbox_file=Path(clock)), out).look_at_jobs()
"""


@pytest.mark.parametrize(("where", "arrived"), [("before", 0), ("after", 100_00)])
def test_the_process_is_killed_in_the_middle_of_the_call(
    town: Town, tmp_path: Path, keys_folder: Path, where: str, arrived: int
) -> None:
    """kill -9 between the commit of `sent` and the call, and between the call and the commit of its answer."""
    an = town.person()
    award = town.award(an, 100_00)
    run_id = town.drafts()
    town.releases(run_id)
    program = tmp_path / "killed.py"
    program.write_text(textwrap.dedent(KILLED))
    url = town.service.settings.database_url
    died = subprocess.run(
        [sys.executable, str(program), url, town.bank.url, str(keys_folder), str(tmp_path / "clock"), where],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        timeout=60,
    )
    assert died.returncode == -9, died.stderr.decode()
    assert (town.states(award), town.run(run_id).state) == (["sent"], "sent")
    assert town.paid_to(an) == arrived
    # The next worker takes the job up again and sends nothing.
    town.works()
    assert town.paid_to(an) == arrived
    town.later()
    assert town.states(award) == (["settled"] if arrived else ["unknown"])
    town.day(PAY_DAY + timedelta(days=1))
    town.later()
    if not arrived:
        town.pays()
    assert town.paid_to(an) == 100_00
    assert town.states(award)[-1] == "settled"


def test_a_job_repeated_at_every_point_changes_nothing(town: Town) -> None:
    an = town.person()
    award = town.award(an, 100_00)
    run_id = town.pays()
    with town.service.engine.begin() as connection:
        connection.execute(
            text("UPDATE job SET state = 'waiting', due_at = now() - interval '1 hour' WHERE kind <> 'draft_run'")
        )
    town.works()
    assert (town.states(award), town.paid_to(an), town.run(run_id).state) == (["settled"], 100_00, "closed")
    assert len(town.events("instalment.paid")) == 1
