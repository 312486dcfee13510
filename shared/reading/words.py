"""Yes and no, as people and spreadsheets write them."""

from __future__ import annotations

from shared.reading import NotRead
from shared.reading.letters import one_line, plain_digits

YES = frozenset(
    (
        "yes",
        "y",
        "true",
        "t",
        "1",
        "1.0",
        "x",
        "✓",
        "✔",
        "☑",
        "✅",
        "v",
        "ແມ່ນ",
        "ໃຊ່",
        "ແມ່ນແລ້ວ",
        "ใช่",
        "có",
        "đúng",
        "ဟုတ်",
        "ဟုတ်ကဲ့",
    )
)
NO = frozenset(
    (
        "no",
        "n",
        "false",
        "f",
        "0",
        "0.0",
        "✗",
        "✘",
        "☐",
        "❌",
        "ບໍ່",
        "ບໍ່ແມ່ນ",
        "ไม่",
        "ไม่ใช่",
        "không",
        "sai",
        "မဟုတ်",
        "မဟုတ်ပါ",
    )
)


def read_yes(typed: str) -> bool | None:
    """Whether it is so; none where nothing is said. Raises `NotRead` with `not_allowed` for every other word."""
    word = plain_digits(one_line(typed)).casefold().removesuffix("\ufe0f")  # which makes a picture of a sign
    if not word:
        return None
    if word in YES or word in NO:
        return word in YES
    raise NotRead("not_allowed")
