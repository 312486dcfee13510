"""Lists whose columns have names of their own: which column is which is guessed by known words, said by a person once,
and kept for every later list of the same sender with the same heading.

What was said of a column stands among what is said beside the file (`said`), as `column:<its name>`; empty leaves the
column out.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

from services.benefits.domain.import_file import FileUnreadable
from shared.reading.names import fold

#: Kinds of files whose columns a person may name.
KINDS = frozenset({"contributions", "la_monthly_list", "mm_monthly_list"})
SAID = "column:"
#: Known words of fewer letters have to stand alone in a heading.
SHORT = 4
#: Words by which lists of these countries name a column, by its own name; the first that is part of a heading counts.
WORDS: Mapping[str, tuple[str, ...]] = {
    "employer_no": (
        "employer no",
        "employer number",
        "employer code",
        "unit no",
        "company no",
        "ເລກວິສາຫະກິດ",
        "ເລກຫົວໜ່ວຍ",
        "လုပ်ငန်းအမှတ်",
    ),
    "sso_no": (
        "sso no",
        "ss no",
        "ssb no",
        "social security",
        "insurance no",
        "insured no",
        "ເລກປະກັນສັງຄົມ",
        "ເລກທີປະກັນ",
        "လူမှုဖူလုံရေးအမှတ်",
        "အာမခံအမှတ်",
        "mã số bhxh",
        "เลขประกันสังคม",
        "เลขที่ประกันสังคม",
    ),
    "contribution": ("contribution", "premium", "ເງິນສົມທົບ", "ထည့်ဝင်ငွေ", "tiền đóng", "เงินสมทบ"),
    "wage": ("wage", "salary", "basic pay", "gross", "ເງິນເດືອນ", "ຄ່າຈ້າງ", "လစာ", "လုပ်ခ", "tiền lương", "ค่าจ้าง"),
    "from": ("from month", "from", "ແຕ່ເດືອນ", "မှ"),
    "to": ("to month", "until", "ຫາເດືອນ", "အထိ"),
    "month": ("month", "period", "ເດືອນ", "လ", "tháng", "เดือน"),
    "name": ("name", "ຊື່", "အမည်", "họ tên", "ชื่อ"),
}


def key_of(heading: Sequence[str]) -> str:
    """What makes a heading the same."""
    return hashlib.sha256("\n".join(heading).encode()).hexdigest()


def apart(heading: Sequence[str]) -> list[str]:
    """A heading in which each column has a name of its own: the second of the same name is `name (2)`."""
    return [
        name if (n := heading[:place].count(name)) == 0 else f"{name} ({n + 1})" for place, name in enumerate(heading)
    ]


def named(heading: Sequence[str], said: Mapping[str, str]) -> list[str]:
    """A heading by our own names of columns, as far as somebody said them; what is left out has a name that no column
    has."""
    told = {name.removeprefix(SAID): column for name, column in said.items() if name.startswith(SAID)}
    pairs = zip(heading, apart(heading), strict=True)
    return [told[own] or f"-{place}" if own in told else name for place, (name, own) in enumerate(pairs)]


def is_left_out(name: str) -> bool:
    """Whether a column was left out by who said what it is."""
    return name.startswith("-")


def guessed(heading: Sequence[str], columns: Sequence[str]) -> dict[str, str]:
    """Which column each of a heading may be; none twice. What a word says is taken by another column already is left
    for a person."""
    found: dict[str, str] = {}
    for name in heading:
        told = fold(name.replace("_", " "))
        column = name if name in columns else next((c for c in WORDS if any(_says(told, w) for w in WORDS[c])), "")
        if column in columns and column not in found.values():
            found[name] = column
    return found


def _says(told: str, word: str) -> bool:
    """Whether a heading holds a known word; a short one has to stand alone, for it is part of many others."""
    known = fold(word)
    return known in told.split() if len(known) < SHORT else known in told


def chosen(
    heading: Sequence[str], typed: Mapping[int, str], required: Sequence[str], optional: Sequence[str]
) -> dict[str, str]:
    """What somebody said of each column, as it is kept beside the file; a column we do not have counts as not said.
    Raises `FileUnreadable`: `column_twice`, `columns_missing`."""
    known = {*required, *optional}
    told = {name: typed.get(place, "") for place, name in enumerate(heading)}
    told = {name: column if column in known else "" for name, column in told.items()}
    given = [column for column in told.values() if column]
    twice = sorted({column for column in given if given.count(column) > 1})
    if twice:
        raise FileUnreadable("column_twice", columns=twice)
    missing = [column for column in required if column not in given]
    if missing:
        raise FileUnreadable("columns_missing", columns=missing)
    return {SAID + name: column for name, column in told.items()}
