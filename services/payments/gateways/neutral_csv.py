"""One neutral CSV for banks whose own layout nobody has published: a run as a sheet that people can read too.

UTF-8 with BOM, CRLF, every text cell quoted so that a spreadsheet keeps its zeros; the last line is
`#,count,total,sha256`, the hash being that of all bytes before it.
"""

from __future__ import annotations

import hashlib

from services.payments.gateways.bank import RunFile
from shared.money import total

COLUMNS = (
    "run",
    "seq",
    "payment_reference",
    "payee_name",
    "payee_name_latin",
    "bank_code",
    "branch_code",
    "account",
    "amount",
    "currency",
    "value_date",
    "purpose",
)


def _quoted(value: str) -> str:
    """A text cell. One that a spreadsheet would take for a formula gets an apostrophe in front."""
    clean = " ".join(value.split())
    if clean[:1] in ("=", "+", "-", "@"):
        clean = "'" + clean
    return '"' + clean.replace('"', '""') + '"'


def write(run: RunFile, number: str, latin: dict[str, str | None]) -> bytes:
    """The sheet of a run; `latin` gives the Latin name for each payment reference, where there is one."""
    rows = [",".join(COLUMNS)]
    for seq, p in enumerate(run.payments, 1):
        rows.append(
            ",".join(
                (
                    _quoted(number),
                    str(seq),
                    _quoted(p.reference),
                    _quoted(p.name),
                    _quoted(latin.get(p.reference) or ""),
                    _quoted(p.account.bank),
                    '""',
                    _quoted(p.account.number),
                    p.amount.decimal(),
                    p.amount.currency,
                    run.executes_on.isoformat(),
                    "SSBE",
                )
            )
        )
    body = ("\ufeff" + "".join(row + "\r\n" for row in rows)).encode()
    sum_ = total((p.amount for p in run.payments), run.currency).decimal()
    return body + f"#,{len(run.payments)},{sum_},{hashlib.sha256(body).hexdigest()}\r\n".encode()
