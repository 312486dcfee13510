"""Which of her two names a person or an employer is called by where a page has room for one."""

from __future__ import annotations

import re

#: The letters of each language that a reader of it reads, and a reader of another may not.
LETTERS = {
    "lo": re.compile("[\u0e80-\u0eff]"),
    "th": re.compile("[\u0e00-\u0e7f]"),
    "my": re.compile("[\u1000-\u109f]"),
}


def called(name: str, language: str, latin: str | None = "") -> str:
    """Her name as she writes it, to whoever reads those letters; to others its Latin form, where it is known.

    Latin letters are read by everybody: a Vietnamese name keeps its marks in every language.
    """
    written = next((code for code, letters in LETTERS.items() if letters.search(name)), "")
    return name if written in ("", language) else latin or name
