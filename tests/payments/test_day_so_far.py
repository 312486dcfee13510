"""camt.052 tells the day so far: its lines count at once, and the statement of the day tells none of them anew."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from services.payments import tables as t
from tests.payments.conftest import KHAMLA, PAY_DAY, Town
from tests.payments.statement_makers import entry, file, part, statement
from tests.payments.test_doors import Counter


def report(*entries: str, closing: str, version: str = "08", **more: Any) -> bytes:
    told = statement(*entries, day=PAY_DAY, closing=closing, tag="Rpt", **more)
    return file(told, version=f"camt.052.001.{version}", root="BkToCstmrAcctRpt")


def hands_in(town: Town, keys: Path, content: bytes) -> Any:
    desk = Counter(town, keys)
    answer = desk.web.post("/v1/statements", data=content, headers=desk.headers(KHAMLA))
    town.works()
    return answer


def kept(town: Town) -> list[int]:
    with town.service.engine.connect() as connection:
        return sorted(connection.scalars(select(t.statement_line.c.amount_minor)))


@pytest.mark.parametrize("version", ["02", "06", "08", "13"])
def test_the_day_so_far_is_kept_and_the_statement_adds_only_the_rest(
    town: Town, keys_folder: Path, version: str
) -> None:
    a, b, c = (entry(amount, PAY_DAY, ntry=str(n)) for n, amount in enumerate(("50.00", "50.00", "70.00"), 1))
    assert hands_in(town, keys_folder, report(a, closing="1050.00", version=version)).status_code == 202
    assert hands_in(town, keys_folder, report(a, b, closing="1100.00", version=version)).status_code == 202
    assert kept(town) == [50_00, 50_00]
    whole = file(statement(a, b, c, day=PAY_DAY, closing="1170.00", final=True))
    assert hands_in(town, keys_folder, whole).status_code == 202
    assert kept(town) == [50_00, 50_00, 70_00]
    assert town.balance("bank") == 170_00


def test_a_report_is_never_the_last_word_of_a_day(town: Town, keys_folder: Path) -> None:
    hands_in(town, keys_folder, report(entry("50.00", PAY_DAY), closing="1050.00", final=True))
    with town.service.engine.connect() as connection:
        row = connection.execute(select(t.statement)).one()
    assert (row.kind, row.is_final) == ("report", False)


def test_the_transfers_of_a_batch_in_a_report_are_lines_of_their_own(town: Town, keys_folder: Path) -> None:
    parts = "".join(part(amount, f"E{n}") for n, amount in enumerate(("20.00", "30.00")))
    hands_in(town, keys_folder, report(entry("50.00", PAY_DAY, details=parts), closing="1050.00"))
    assert kept(town) == [20_00, 30_00]


def test_a_report_of_tomorrow_is_refused(town: Town, keys_folder: Path) -> None:
    day = PAY_DAY + timedelta(days=1)
    told = file(
        statement(entry("1.00", day), day=day, closing="1001.00", tag="Rpt"),
        version="camt.052.001.08",
        root="BkToCstmrAcctRpt",
    )
    assert hands_in(town, keys_folder, told).status_code == 422
