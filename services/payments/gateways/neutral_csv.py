"""One neutral CSV for banks whose own layout nobody has published: a run as a sheet that people can read too.

UTF-8 with BOM, CRLF, every text cell quoted. Quotes keep no zeros: a spreadsheet reads "0000000031337" as a number
and saves 31337, 1100200300401 as 1.1E+12, and bank 004 as 4. An account, a bank or a reference that it would change
so begins with a tab inside its quotes, which makes it text; who reads the sheet by machine trims the cell. The last
line is `#,count,total,sha256`, the hash being that of all bytes before it. `neutral_sheet.py` gives the same as .xlsx.
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


def _as_text(number: str) -> str:
    """A number cell that a spreadsheet leaves as it is: digits alone, and forms like 1E5, would become numbers."""
    digits, letter, rest = number.upper().partition("E")
    looks_like_a_number = digits.isdigit() and (not letter or rest.isdigit())
    changed = looks_like_a_number and (letter or number.startswith("0") or len(number) > 11)
    return f'"\t{number}"' if changed else _quoted(number)


def write(run: RunFile, number: str, latin: dict[str, str | None]) -> bytes:
    """The sheet of a run; `latin` gives the Latin name for each payment reference, where there is one."""
    rows = [",".join(COLUMNS)]
    for seq, p in enumerate(run.payments, 1):
        rows.append(
            ",".join(
                (
                    _quoted(number),
                    str(seq),
                    _as_text(p.reference),
                    _quoted(p.name),
                    _quoted(latin.get(p.reference) or ""),
                    _as_text(p.account.bank),
                    '""',
                    _as_text(p.account.number),
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
