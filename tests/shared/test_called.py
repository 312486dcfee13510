"""Where a page has room for one name, it is the one that its reader reads."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from shared.web.called import called

ROOT = Path(__file__).parents[2]
#: An own name with its Latin form behind it, of whichever one is there: everybody is called by the letters of others.
LATIN_FIRST = re.compile(r"\b\w+\.(?:name_)?latin or [\w.]+\.name\b")
#: Where the Latin form is meant: the holder of an account, as the bank writes her.
MEANT = {"person.html"}


@pytest.mark.parametrize(
    ("name", "latin", "language", "read"),
    [
        ("ນາງ ບຸນມີ", "Bounmy", "lo", "ນາງ ບຸນມີ"),
        ("ນາງ ບຸນມີ", "Bounmy", "th", "Bounmy"),
        ("ນາງ ບຸນມີ", "", "en", "ນາງ ບຸນມີ"),
        ("นางสาวกานดา", "Kanda", "th", "นางสาวกานดา"),
        ("နန်းခင်", "Nan Khin", "vi", "Nan Khin"),
        ("Nguyễn Thị Hoa", "Nguyen Thi Hoa", "vi", "Nguyễn Thị Hoa"),
        ("Nguyễn Thị Hoa", "Nguyen Thi Hoa", "lo", "Nguyễn Thị Hoa"),
    ],
)
def test_her_own_letters_for_whoever_reads_them(name: str, latin: str, language: str, read: str) -> None:
    assert called(name, language, latin) == read


def test_no_page_calls_everybody_by_latin_letters() -> None:
    """An employer in Viet Nam read names without their marks, one in Laos a name that nobody calls her by."""
    pages = [*ROOT.glob("services/*/templates/*.html"), *ROOT.glob("services/*/views/*.py")]
    pages += ROOT.glob("services/*/pages/*.py")
    found = {file.name for file in pages if LATIN_FIRST.search(file.read_text(encoding="utf-8"))}
    assert found <= MEANT
    assert len(pages) > 100
