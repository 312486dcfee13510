"""Thailand: the text files with which a bank credits many accounts, in fixed places, one byte a letter (TIS-620), CRLF.

No bank has given its manual. Sources: published payroll and accounting programs that write these files (KTB iPay and
SCB with a table of places, BBL and KBank in code and samples); each layout adds up to the length it says. Where two of
them disagree (KBank behind 135) nothing is written. The institution asks its bank for the service type of a benefit.
Years are Gregorian in all of them, each in another order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from zoneinfo import ZoneInfo

from services.payments.gateways.bank import Payment, RunFile
from shared.money import total

#: Banks by their three digits.
CODES = {"BBL": "002", "KBANK": "004", "KTB": "006", "TTB": "011", "SCB": "014", "BAY": "025", "GSB": "030"}
Told = Mapping[str, str]
#: One byte for each letter; windows-874 is TIS-620 and a few signs more.
LETTERS = "cp874"
ZONE = ZoneInfo("Asia/Bangkok")


class NotInLayout(ValueError):
    """What a file of this bank cannot say; the message names the field, never a value."""


def _text(value: str, width: int) -> str:
    """Letters from the left, cut to the field."""
    clean = " ".join(value.split())
    try:
        clean.encode(LETTERS)
    except UnicodeEncodeError:
        raise NotInLayout("letters") from None
    return f"{clean[:width]:<{width}}"


def _digits(value: int | str, width: int, field: str) -> str:
    """Digits from the right, filled with zeros; never cut."""
    said = str(value)
    if not (said.isascii() and said.isdigit() and len(said) <= width):
        raise NotInLayout(field)
    return said.zfill(width)


def _bank(name: str) -> str:
    if name not in CODES:
        raise NotInLayout("bank")
    return CODES[name]


def _only(run: RunFile, bank: str) -> None:
    """A file that credits one bank's own accounts holds no others."""
    if any(payment.account.bank != bank for payment in run.payments):
        raise NotInLayout("bank")


def _branch(account: str) -> str:
    """The branch is the first three digits of an account, written with four."""
    return account[:3].zfill(4)


def _sum(run: RunFile) -> int:
    return total((p.amount for p in run.payments), run.currency).minor


def _file(lines: Iterator[str], lengths: Mapping[str, int], kind: int = 1) -> bytes:
    """The lines as bytes; each is as long as its kind, which stands in its first letters."""
    out = []
    for line in lines:
        if len(line) != lengths[line[:kind]]:
            raise NotInLayout("length")
        out.append(line + "\r\n")
    return "".join(out).encode(LETTERS)


# --- Krungthai (KTB), iPay ------------------------------------------------------------------------


def ktb_direct(run: RunFile, told: Told) -> bytes:
    """Accounts of KTB itself; a standard file holds none of them (`ktb_standard`)."""
    _only(run, "KTB")
    return _file(_ktb(run, told), {"101": 498, "102": 498}, 3)


def ktb_standard(run: RunFile, told: Told) -> bytes:
    """Accounts of other banks."""
    if any(payment.account.bank == "KTB" for payment in run.payments):
        raise NotInLayout("bank")
    return _file(_ktb(run, told), {"101": 498, "102": 498}, 3)


def _ktb(run: RunFile, told: Told) -> Iterator[str]:
    batch, day, own = _digits(1, 6, "batch"), run.executes_on.strftime("%d%m%Y"), run.debtor_account
    yield (
        f"101{batch}006{_digits(len(run.payments), 7, 'count')}{_digits(_sum(run), 19, 'total')}{day}C{'0' * 8}"
        f"{_text(told.get('company', ''), 16)}{_text(told.get('user', ''), 20)}{'':407}"
    )
    for number, p in enumerate(run.payments, 1):
        account = p.account.number
        yield (
            f"102{batch}{_bank(p.account.bank)}{_branch(account)}{_digits(account, 11, 'account')}006{_branch(own)}"
            f"{_digits(own, 11, 'own account')}{day}{_digits(told.get('service', ''), 2, 'service')}00"
            f"{_digits(p.amount.minor, 17, 'amount')}{'':8}{'':10}{_text(p.name, 100)}{_text(run.debtor, 100)}{'':40}"
            f"{'':18}  {_text(p.reference, 18)}  {'':20}{_digits(number, 6, 'number')}09{'':40}{'':20}{'':4}{'':34}"
        )


# --- Bangkok Bank (BBL) ---------------------------------------------------------------------------


def bbl_payroll(run: RunFile, told: Told) -> bytes:
    """Accounts of BBL itself. There is no place for a reference: the bank's list goes by the running number."""
    _only(run, "BBL")
    return _file(_bbl_payroll(run), {"H": 128, "D": 128, "T": 128})


def _bbl_payroll(run: RunFile) -> Iterator[str]:
    own, day = _digits(run.debtor_account, 10, "own account"), run.executes_on.strftime("%d%m%y")
    yield f"H{1:06}002{own}{_text(run.debtor, 25)}{day}{'0' * 77}"
    for number, p in enumerate(run.payments, 2):
        yield (
            f"D{_digits(number, 6, 'number')}002{_digits(p.account.number, 10, 'account')}C"
            f"{_digits(p.amount.minor, 10, 'amount')}029{'0' * 59}{_text(p.name, 35)}"
        )
    last = _digits(len(run.payments) + 2, 6, "number")
    yield f"T{last}002{own}{len(run.payments):027}{_digits(_sum(run), 13, 'total')}{'0' * 68}"


def bbl_smart(run: RunFile, told: Told) -> bytes:
    """Accounts of other banks."""
    if any(payment.account.bank == "BBL" for payment in run.payments):
        raise NotInLayout("bank")
    return _file(_bbl_smart(run), {"H": 128, "D": 128, "T": 128})


def _bbl_smart(run: RunFile) -> Iterator[str]:
    own, day = _digits(run.debtor_account, 11, "own account"), run.executes_on.strftime("%d%m%y")
    yield f"H{1:06}0020000{own}{_text(run.debtor, 25)}{day}UN1 {'0' * 68}"
    for number, p in enumerate(run.payments, 2):
        yield (
            f"D{_digits(number, 6, 'number')}{_bank(p.account.bank)}{_branch(p.account.number)}"
            f"{_digits(p.account.number, 11, 'account')}C{_digits(p.amount.minor, 12, 'amount')}01{_text(p.name, 30)}"
            f"{'':28}00{'':27}0"
        )
    count, sum_ = _digits(len(run.payments), 7, "count"), _digits(_sum(run), 13, "total")
    last = _digits(len(run.payments) + 2, 6, "number")
    yield f"T{last}002{own}{0:07}{0:013}{count}{sum_}{'0' * 67}"


# --- Kasikornbank (KBank), direct credit ----------------------------------------------------------


def kbank_direct(run: RunFile, told: Told) -> bytes:
    """Accounts of KBank itself; lines end where the sources still agree."""
    _only(run, "KBANK")
    return _file(_kbank(run), {"H": 173, "D": 135})


def _kbank(run: RunFile) -> Iterator[str]:
    own, day = _digits(run.debtor_account, 10, "own account"), run.executes_on.strftime("%y%m%d")
    yield (
        f"HDCT{'':16}000000{'':14}{own} {_digits(_sum(run), 15, 'total')} {day}{'':25}{_text(run.debtor, 50)}{day}"
        f"{len(run.payments):018}N"
    )
    for number, p in enumerate(run.payments, 1):
        yield (
            f"D{_digits(number, 6, 'number')}{'':14}{_digits(p.account.number, 10, 'account')} "
            f"{_digits(p.amount.minor, 15, 'amount')} {day}{'':25}{_text(p.name, 50)}{day}"
        )


# --- Siam Commercial Bank (SCB) -------------------------------------------------------------------

_SCB = {"001": 96, "002": 109, "003": 355, "004": 816, "999": 31}


def scb(run: RunFile, told: Told) -> bytes:
    """Accounts of SCB (product DCP), or of other banks (MCL). Amounts have three decimals, as both sources have."""
    product = told.get("product", "DCP")
    if any((payment.account.bank == "SCB") != (product == "DCP") for payment in run.payments):
        raise NotInLayout("bank")
    return _file(_scb(run, told, product), _SCB, 3)


def _scb(run: RunFile, told: Told, product: str) -> Iterator[str]:
    own, count, sum_ = run.debtor_account, _digits(len(run.payments), 6, "count"), _thousandths(_sum(run))
    _digits(own, 25, "own account")
    made = run.created_at.astimezone(ZONE).strftime("%Y%m%d%H%M%S")
    branch, kind = _branch(own), own[3:4].zfill(2)
    yield f"001{_text(told.get('company', ''), 12)}{_text(run.message_id, 32)}{made}BCM{_text(run.message_id, 32)}"
    yield (
        f"002{product:3}{run.executes_on:%Y%m%d}{own:25}{kind}{branch}THB{sum_}{1:08}{count}{own:15}{'':9} "
        f"{kind}{branch}"
    )
    for number, p in enumerate(run.payments, 1):
        seq = _digits(number, 6, "number")
        yield _scb_credit(p, seq)
        yield f"004{1:08}{seq}{'':15}{_text(p.name, 100)}{'':210}{'':10}{'':70}{'':10}{'':10}{'':64}{'':100}{'':210}"
    yield f"999{1:06}{count}{sum_}"


def _scb_credit(p: Payment, seq: str) -> str:
    _digits(p.account.number, 25, "account")
    tax = f"{'':2}{'':14}{0:06}{0:02}{0:016}{0:06}{0:016}0{'':40}{'':8}"
    to = f"{_bank(p.account.bank)}{p.account.bank:35}{_branch(p.account.number)}{_branch(p.account.number):35}"
    return (
        f"003{seq}{p.account.number:25}{_thousandths(p.amount.minor)}THB{1:08}NNN {'':4}{tax}{to}  "
        f"{_text(p.reference, 20)} {'':3}{'':2}{'':50}{'':18}{'':2}"
    )


def _thousandths(minor: int) -> str:
    return _digits(minor * 10, 16, "amount")


LAYOUTS: dict[str, Callable[[RunFile, Told], bytes]] = {
    "ktb_direct": ktb_direct,
    "ktb_standard": ktb_standard,
    "bbl_payroll": bbl_payroll,
    "bbl_smart": bbl_smart,
    "kbank_direct": kbank_direct,
    "scb": scb,
}
