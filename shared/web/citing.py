"""Where something stands, said in the reader's language: `Law on Social Security 54/NA art. 12` with the words of law
in her language, the title as that language officially has it, and what it remarks on how the text is read. What has no
known title there stays as it is written: nobody makes up a title, or the number of an article.
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
#: What a citation remarks on how the text is read, or on what of it was seen; said in the reader's language, too.
REMARKS = (
    N_("a year read as a calendar year"),
    N_("in summaries"),
    N_("read so that the three may lie before the nine"),
    N_("the first three, or another three that the insured shows to give more"),
    N_("any three are taken"),
    N_("benefit for the remaining period"),
    N_("days paid by the employer use up the limit"),
    N_("each year's days count in that year"),
    N_("translation older than 2015"),
    N_("its first day was not seen"),
    N_("their first days were not seen"),
    N_("no rule of offset recalled"),
    N_("not enacted"),
    N_("the article of the older law is not at hand"),
    N_("the ceiling of 2017"),
    N_("the ceiling of that day"),
    N_("the floor of later years"),
    N_("the restart within a leave is practice of the institution"),
    N_("the voluntary scheme has no short-term benefit"),
    N_("they are not kept here"),
    N_("No text before 1995-03-30 seen"),
    N_("No text for the first years seen"),
    N_("No text for these years seen"),
    N_("Regional minimum wages held before July 2025"),
    N_("Twenty times the base salary"),
)
#: A text that is read as another one is.
LIKE = {"As the ": N_("As {law}"), "As ": N_("As {law}"), "cases as in ": N_("cases as in {law}")}
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
    if (like := next((words for words in LIKE if written.startswith(words)), None)) is not None:
        return say(language, LIKE[like], law=_one(written.removeprefix(like), language))
    for sign in (": ", ", "):
        head, _, remark = written.rpartition(sign)
        if head and (remark in REMARKS or head in REMARKS):
            return f"{_one(head, language)}{sign}{_one(remark, language)}"
    if (found := _PROVISION.fullmatch(written)) is None:
        return _title(written, language)
    form = PROVISIONS[found["word"]]
    said = say(language, form, law=_title(found["law"], language), no=found["no"])
    by = found["rest"].removeprefix(", as amended by ")
    if by != found["rest"]:
        return say(language, AMENDED, cited=said, law=_title(by, language))
    further = found["rest"].removeprefix(", ")
    return said + (found["rest"] if further == found["rest"] else f", {_one(further, language)}")


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
