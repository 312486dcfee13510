"""The neutral sheet as .xlsx: accounts and references are text cells, so nothing loses its zeros or its digits."""

from __future__ import annotations

from collections.abc import Iterator

from services.payments.gateways import sheet
from services.payments.gateways.bank import RunFile
from services.payments.gateways.neutral_csv import COLUMNS
from shared.money import total


def write(run: RunFile, number: str, latin: dict[str, str | None]) -> bytes:
    """The sheet of a run; `latin` gives the Latin name for each payment reference, where there is one."""
    return sheet.write(_rows(run, number, latin))


def _rows(run: RunFile, number: str, latin: dict[str, str | None]) -> Iterator[tuple[str, ...]]:
    yield COLUMNS
    for seq, p in enumerate(run.payments, 1):
        payee = (p.name, latin.get(p.reference) or "", p.account.bank, "", p.account.number)
        money = (p.amount.decimal(), p.amount.currency, run.executes_on.isoformat(), "SSBE")
        yield (number, str(seq), p.reference, *payee, *money)
    yield ("#", str(len(run.payments)), total((p.amount for p in run.payments), run.currency).decimal())
