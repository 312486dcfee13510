"""Where something stands, said in the reader's language: `Law on Social Security 54/NA art. 12` with the words of law
in her language and the title as that language officially has it. What has no known title there stays as it is written:
nobody makes up a title, or the number of an article.
"""

from __future__ import annotations

import re

from shared.web.texts import N_, catalogue, known, say

#: How a provision is named, by the word an English citation uses.
PROVISIONS = {
    "art.": N_("{law}, article {no}"),
    "arts": N_("{law}, articles {no}"),
    "s.": N_("{law}, section {no}"),
    "ss.": N_("{law}, sections {no}"),
    "point": N_("{law}, point {no}"),
    "example": N_("{law}, example {no}"),
}
#: Texts that are named by their kind and number alone.
KINDS = {
    "Circular": N_("Circular {no}"),
    "Decree": N_("Decree {no}"),
    "Directive": N_("Directive {no}"),
    "Resolution": N_("Resolution {no}"),
}
PRACTICE, AMENDED = N_("Practice of the institution: {what}"), N_("{cited}, as amended by {law}")
_PRACTICE = "Practice of the institution: "
_NO = r"\d\w*(?:\(\w+\))*"
_PROVISION = re.compile(
    rf"(?P<law>.+?),? (?P<word>arts|art\.|ss\.|s\.|point|example) (?P<no>{_NO}(?:(?:-|, ){_NO})*)(?P<rest>.*)"
)
_NUMBERED = re.compile(r"(Circular|Decree|Directive|Resolution) (\d[\w/-]*)")
#: Numbers of Vietnamese texts are written without their marks in English.
_MARKS = (("ND-CP", "NĐ-CP"), ("BLDTBXH", "BLĐTBXH"))


def cited(text: object, language: str) -> str:
    """A citation in the reader's language; English stays as it was written."""
    written = str(text)
    if known(language) == "en":
        return written
    if (what := practice(written)) is not None:
        return say(language, PRACTICE, what=say(language, what))
    return "; ".join(_one(part, language) for part in written.split("; "))


def practice(written: str) -> str | None:
    """Which practice of the institution a citation names; none where it names a text."""
    return written.removeprefix(_PRACTICE) if written.startswith(_PRACTICE) else None


def _has(language: str, written: str) -> bool:
    return written in catalogue(known(language))


def _one(written: str, language: str) -> str:
    if _has(language, written):
        return say(language, written)
    if (found := _PROVISION.fullmatch(written)) is None:
        return _title(written, language)
    form = PROVISIONS[found["word"]]
    said = say(language, form, law=_title(found["law"], language), no=found["no"])
    by = found["rest"].removeprefix(", as amended by ")
    if by != found["rest"]:
        return say(language, AMENDED, cited=said, law=_title(by, language))
    return said + found["rest"]


def _title(written: str, language: str) -> str:
    """The title of a text of law: as the catalogue has it, by its kind and number, or as it is written."""
    if _has(language, written):
        return say(language, written)
    if (found := _NUMBERED.fullmatch(written)) is None:
        return written
    number = found[2]
    for plain, marked in _MARKS if known(language) == "vi" else ():
        number = number.replace(plain, marked)
    kind = KINDS[found[1]]
    return say(language, kind, no=number)
