"""From facts to a letter: every sentence, amount and day as it will be printed.

Pure but for the templates it reads. What the law says comes as `Text` of the assessment and is turned by the
catalogue; what the letter itself says stands in `templates/*_letter`.
"""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pikepdf
import yaml
from reportlab.pdfgen.canvas import Canvas

from services.notifications import letters as paper
from services.notifications import wording
from shared import typeset
from shared.web import formatting
from shared.web.citing import cited
from shared.web.texts import LANGUAGES, say

Facts = Mapping[str, Any]
_EVIDENCE = {"verified": paper.Evidence.READ, "default": paper.Evidence.SET}
_VERDICT = {"met": paper.ConditionMark.MET, "not_met": paper.ConditionMark.NOT_MET}
_TONE = {
    "granted": paper.Tone.GRANTED,
    "granted_in_part": paper.Tone.PARTLY,
    "refused": paper.Tone.REFUSED,
}


class CannotCompose(ValueError):
    """The facts do not make a letter; the message names the member that is missing."""


#: Stands where staff would read the worker's code.
MASK = "********"


@dataclass(frozen=True, slots=True)
class Composed:
    """A letter before it is drawn, its language and what its words were made from. `beside` is the same letter in the
    second language of the institution; it follows in the same file and says of which it is a translation."""

    letter: paper.Letter
    language: str
    version: str
    beside: Composed | None = None

    def pdf(self) -> bytes:
        """Draw it."""
        drawn = paper.render_letter(self.letter, _labels(self.language))
        if self.beside is None:
            return drawn
        return paper.joined(drawn, self.beside.pdf(), languages=(self.language, self.beside.language))

    def masked(self) -> bytes | None:
        """The same letter without the code that opens her page; none where it holds no code."""
        page = self.letter.page
        hidden = replace(self.letter, page=replace(page, code=MASK))
        if not page.code:
            return None
        beside = self.beside
        if beside is not None:
            covered = replace(beside.letter.page, code=MASK)
            beside = replace(beside, letter=replace(beside.letter, page=covered))
        return replace(self, letter=hidden, beside=beside).pdf()


@cache
def _institution_file() -> Mapping[str, Any]:
    file = os.environ.get("INSTITUTION_FILE")
    given = yaml.safe_load((Path(file) if file else Path(__file__).parent / "institution.yaml").read_text("utf-8"))
    if not isinstance(given, dict) or not isinstance(given.get("name"), dict) or not given["name"].get("en"):
        raise ValueError("institution.yaml: name.en is missing")
    return given


def second_language(language: str) -> str | None:
    """The language in which the institution says its letters once more, in the same file; none where it is the
    letter's own. Raises `ValueError` for one that we do not speak."""
    code = _institution_file().get("also_in")
    if code is not None and code not in LANGUAGES:
        raise ValueError(f"institution.yaml: also_in {code} is not a language of ours")
    return None if code == language else code


def keep_messages_days() -> int:
    """How many days events, messages and jobs are kept that are over."""
    return int(_institution_file().get("keep_messages_days", 90))


def terms_of_retention() -> Mapping[str, Any]:
    """The terms of kinds of data that are not the house's own."""
    return dict(_institution_file().get("retention") or {})


def _labels(language: str) -> Callable[[str], str]:
    """The renderer's own words: ours where a letter needs them so, else the catalogue's."""
    own: Mapping[str, str] = wording.words("letter", language)[0]["labels"] or {}
    return lambda message: own.get(message) or say(language, message)


class Writer:
    """What all letters of one language share."""

    def __init__(self, template: str, contact: Facts, facts: Facts, public_url: str, wanted: str | None) -> None:
        wording.check_facts(template, facts)
        self.words, self.language, version = wording.words(template, wanted or facts.get("language"))
        self.shared = wording.words("letter", self.language)[0]
        self.version = f"{template}/{self.language}/{version}"
        self.contact, self.facts, self.public_url = contact, facts, public_url.rstrip("/")

    # -- as it is written ---------------------------------------------------------------------------

    def fill(self, sentence: str, **values: Any) -> str:
        for name, value in values.items():
            sentence = sentence.replace("{" + name + "}", str(value))
        return sentence

    def money(self, value: Any, *, signed: bool = False) -> str:
        return formatting.money(value, self.language, signed=signed)

    def amount(self, value: Any, *, signed: bool = False) -> str:
        return formatting.amount(value, self.language, signed=signed)

    def day(self, value: str, style: str = "long") -> str:
        return formatting.plain_date(value, self.language, style)

    def period(self, first: str, last: str) -> str:
        return formatting.plain_period(first, last, self.language, "medium")

    def text(self, value: Any) -> str:
        return wording.text(value, self.language)

    def benefit(self, code: str) -> str:
        found: str | None = self.shared["benefits"].get(code)
        return found or say(self.language, code)

    @property
    def institution_name(self) -> str:
        names = _institution_file()["name"]
        return str(names.get(self.language) or names["en"])

    # -- parts of every letter ----------------------------------------------------------------------

    def institution(self) -> paper.Letterhead:
        office = self.facts["office"]
        lines = (_institution_file().get("state_lines") or {}).get(self.language) or ()
        return paper.Letterhead(
            name=self.institution_name,
            office=self.text(office["name"]),
            address=tuple(str(line) for line in office.get("address") or ()),
            phone=str(office.get("phone") or ""),
            state_lines=tuple(lines),
        )

    def name(self) -> str:
        """As she writes it; in Latin letters where a translation is read by others or no font draws hers."""
        name = self.contact["name"]
        full = str(name.get("full") or name.get("latin") or "")
        if not _drawable(full) and name.get("latin"):
            return str(name["latin"])
        return full

    def recipient(self) -> paper.Recipient:
        return paper.Recipient(self.name(), tuple(str(line) for line in self.contact.get("address") or ()))

    def page(self) -> paper.PersonalPage:
        """Her page: the address and what the QR code holds are the same, and say nothing about her."""
        address = f"{self.public_url}/worker"
        code = str(self.facts.get("access_code") or "")
        hint = self.shared["page_hint"] if code else self.shared["page_hint_no_code"]
        return paper.PersonalPage(address=address.split("://", 1)[-1], code=code, qr=address, hint=hint)

    def officer(self) -> paper.Officer:
        by = self.facts.get("decided_by") or {}
        confirmed = self.facts.get("confirmed_by")
        title = self.shared["title"]
        if confirmed and confirmed.get("name"):
            title = self.fill(self.shared["confirmed"], name=confirmed["name"])
        elif by and not by.get("name"):  # nobody did: the letter says so, and whom to ask
            title = self.shared["by_rules"]
        office = by.get("office") or self.facts["office"]["name"]
        return paper.Officer(str(by.get("name") or ""), title if by else "", self.text(office))

    def common(self, on: str) -> dict[str, Any]:
        office = self.facts["office"]
        return {
            "language": self.language,
            "institution": self.institution(),
            "recipient": self.recipient(),
            "place_and_date": self.fill(self.shared["date"], date=self.day(on)),
            "claim_number": str(self.facts["claim_number"]),
            "salutation": self.fill(self.shared["salutation"], name=self.name()),
            "page": self.page(),
            "officer": self.officer(),
            "closing": self.shared["closing"],
            "contact": self.fill(
                self.shared["contact"], office=self.text(office["name"]), phone=office.get("phone") or "–"
            ),
        }

    def translation_note(self, original: str | None) -> tuple[str, ...]:
        if original is None or original == self.language:
            return ()
        return (self.fill(self.shared["translation"], language=self.shared["languages"].get(original, original)),)


def _drawable(text: str) -> bool:
    return not typeset.unset(typeset.clean(text))


# --- the decision --------------------------------------------------------------------------------


def decision_letter(
    contact: Facts, facts: Facts, public_url: str, *, language: str | None = None, original: str | None = None
) -> Composed:
    """The letter of a decision. `original` names the language of the letter this is a translation of."""
    try:
        return _decision(contact, facts, public_url, language, original)
    except (KeyError, TypeError) as missing:
        raise CannotCompose(f"{type(missing).__name__} {missing}") from None


def _decision(contact: Facts, facts: Facts, public_url: str, language: str | None, original: str | None) -> Composed:
    w = Writer("decision_letter", contact, facts, public_url, language)
    assessment = facts["assessment"]
    outcome, total, benefit = facts["outcome"], facts["total"], w.benefit(facts["benefit"])
    reason = w.text(assessment["reason"])
    findings = {f["id"]: f for f in assessment["findings"]}
    decisive = findings.get(assessment.get("decisive") or "")

    operative = w.fill(
        w.words["operative"][outcome],
        institution=w.institution_name,
        benefit=benefit,
        total=w.money(total),
        received=w.day(facts["received_on"]),
    )
    paragraphs = [*w.translation_note(original), operative]
    if facts["kind"] != "first" and facts.get("difference"):
        minor = facts["difference"]["minor"]
        kind = "more" if minor > 0 else "less" if minor < 0 else "same"
        size = facts["difference"] | {"minor": abs(minor)}
        paragraphs.append(w.fill(w.words["difference"][kind], difference=w.money(size)))
    paragraphs += _moved(w, facts)
    if outcome == "refused" and decisive and decisive.get("change"):
        paragraphs.append(w.fill(w.words["change"], change=w.text(decisive["change"]).rstrip(". ")))
    statute = assessment.get("statute")
    if statute:
        paragraphs.append(w.fill(w.words["basis"], statute=w.text(statute["title"])))

    return Composed(
        paper.Letter(
            **w.common(facts["decided_on"]),
            kind=paper.Kind.DECISION,
            subject=w.fill(w.words["subject"][facts["kind"]], benefit=benefit),
            lead=paper.Lead(
                label=w.words["outcome"][outcome],
                sentence=reason,
                tone=_TONE[outcome],
                strong=tuple(s for s in (w.money(total),) if s in reason),
            ),
            paragraphs=tuple(paragraphs),
            what_is_paid=_what_is_paid(w, facts),
            days_not_paid=_days_not_paid(w, assessment, findings),
            objection=_objection(w, facts["appeal"]),
            worksheet=_worksheet(w, assessment, total),
            conditions=_conditions(w, assessment["findings"], decisive),
        ),
        w.language,
        w.version,
    )


def _moved(w: Writer, facts: Facts) -> list[str]:
    """What has been paid, what is still to come, and what was too much: where money moved before the decision."""
    outlook = facts.get("outlook")
    to_employers = outlook.get("to_employers") if outlook else None
    advanced = [w.fill(w.words["outlook"]["to_employers"], amount=w.money(to_employers))] if to_employers else []
    suspended = [" ".join(map(w.text, facts["suspended"]))] if facts.get("suspended") else []
    if not outlook or not (outlook["paid"]["minor"] or outlook["too_much"]["minor"]):
        return [*suspended, *advanced]
    wanted = ["paid"] if outlook["paid"]["minor"] else []
    wanted += ["to_come"] if outlook["to_come"]["minor"] else [] if suspended else ["nothing"]
    wanted += ["too_much"] if outlook["too_much"]["minor"] else []
    amounts = {name: w.money(outlook[name]) for name in ("paid", "to_come", "too_much")}
    said = " ".join(w.fill(w.words["outlook"][name], **amounts) for name in wanted)
    return [*filter(None, [said]), *suspended, *advanced]


def _what_is_paid(w: Writer, facts: Facts) -> paper.WhatIsPaid | None:
    """The days on which money is still to come; of a decision before this was kept, its whole schedule."""
    outlook = facts.get("outlook") or {"coming": facts["instalments"], "to_come": facts["total"]}
    rows = outlook["coming"]
    if not rows:
        return None
    components = {row["component"] for row in rows}
    payments = []
    for row in sorted(rows, key=lambda r: (r["due_on"], r["no"])):
        period = w.period(row["period"]["from"], row["period"]["to"])
        name = w.shared["components"].get(row["component"])
        if name and (len(components) > 1 or row["period"]["from"] == row["period"]["to"]):
            period = name
        payments.append(paper.Payment(w.day(row["due_on"], "medium"), period, w.amount(row["amount"])))
    unit = formatting.unit(facts["total"]["currency"], w.language)
    return paper.WhatIsPaid(tuple(payments), w.amount(outlook["to_come"]), unit, w.words["money_note"])


def _days_not_paid(w: Writer, assessment: Facts, findings: Mapping[str, Any]) -> tuple[paper.NotPaid, ...]:
    """Runs of days that are not paid, joined where they touch and share their reasons; each with all of them."""
    if assessment["outcome"] == "refused" and not any(run["code"] == "P" for run in assessment["timeline"]):
        return ()  # no day is paid, and the one reason stands above
    runs: list[tuple[date, date, str]] = []
    for run in assessment["timeline"]:
        if run["code"] == "P":
            continue
        reasons = [
            w.text(findings[r]["text"]) if isinstance(r, str) and r in findings else w.text(r) for r in run["reasons"]
        ]
        words = wording.listed(dict.fromkeys(reasons), w.language, "; ") or w.text(str(run["status"]).capitalize())
        first, last = date.fromisoformat(run["from"]), date.fromisoformat(run["to"])
        if runs and runs[-1][2] == words and runs[-1][1] + timedelta(days=1) == first:
            runs[-1] = (runs[-1][0], last, words)
        else:
            runs.append((first, last, words))
    return tuple(paper.NotPaid(w.period(a.isoformat(), b.isoformat()), words) for a, b, words in runs)


def _objection(w: Writer, appeal: Facts) -> paper.Objection:
    return paper.Objection(
        how=w.words["appeal"]["how"],
        where=wording.listed((w.text(place) for place in appeal["where"]), w.language, "; "),
        until=w.fill(w.words["appeal"]["until"], date=w.day(appeal["until"])),
    )


def _worksheet(w: Writer, assessment: Facts, total: Facts) -> paper.Worksheet | None:
    lines = assessment["worksheet"]
    if not lines:
        return None
    currency = total["currency"]
    return paper.Worksheet(
        lines=tuple(
            paper.WorksheetLine(
                number=formatting.number(no, w.language),
                text=w.text(line["text"]),
                step="" if line.get("payable") else _value(w, line, currency),
                payable=w.amount(line["payable"]) if line.get("payable") else "",
                article=cited(line["citation"]["text"], w.language),
                evidence=_EVIDENCE.get(line["citation"]["evidence"], paper.Evidence.CONFIRM),
            )
            for no, line in enumerate(lines, 1)
        ),
        total_text=w.words["worksheet_total"],
        total=w.amount(total),
        unit=formatting.unit(currency, w.language),
    )


def _value(w: Writer, line: Facts, currency: str) -> str:
    """The exact value of a line: nothing lost, so that every figure can be computed again."""
    exact = line.get("exact")
    if exact is None:
        return ""
    match line.get("unit"):
        case "rate":
            return formatting.rate(exact, w.language)
        case "days" if "/" not in str(exact):
            return formatting.days(int(exact), w.language)
        case "months" if "/" not in str(exact):
            return formatting.months(int(exact), w.language)
        case _:
            return formatting.mixed(exact, w.language)


def _conditions(w: Writer, findings: Sequence[Facts], decisive: Facts | None) -> tuple[paper.Condition, ...]:
    """The conditions, the decisive one first, then what is not met."""
    order = {"not_met": 1, "needs_judgement": 2, "met": 3}
    ranked = sorted(findings, key=lambda f: 0 if f is decisive else order.get(f["verdict"], 3))
    return tuple(
        paper.Condition(
            w.text(f["text"]),
            _VERDICT.get(f["verdict"], paper.ConditionMark.OPEN),
            cited(f["citation"]["text"], w.language),
        )
        for f in ranked
    )


# --- receipt -----------------------------------------------------------------------------------


def acknowledgement_letter(
    contact: Facts, facts: Facts, public_url: str, *, language: str | None = None, original: str | None = None
) -> Composed:
    """The receipt for a claim: what came, what is missing and from whom, what happens next."""
    try:
        w = Writer("acknowledgement_letter", contact, facts, public_url, language or contact.get("language"))
        benefit, received = w.benefit(facts["benefit"]), w.day(facts["received_on"])
        missing = facts.get("missing") or ()
        how = w.words["from_whom"].get(facts.get("waits_for") or "", w.words["from_whom"]["worker"])
        if facts.get("waits_until") and facts.get("waits_for") in ("worker", "doctor"):
            how = f"{how} {w.fill(w.words['until'], date=w.day(facts['waits_until']))}"
        lead = w.words["lead_missing" if missing else "lead"]
        return Composed(
            paper.Letter(
                **w.common(facts["received_on"]),
                kind=paper.Kind.ACKNOWLEDGEMENT,
                subject=w.fill(w.words["subject"], benefit=benefit),
                lead=paper.Lead(
                    label=w.words["label"],
                    sentence=w.fill(lead, benefit=benefit, received=received),
                    tone=paper.Tone.WAITING if missing else paper.Tone.GRANTED,
                    strong=(received,),
                ),
                paragraphs=w.translation_note(original),
                received=(w.fill(w.words["received"], received=received),),
                missing=tuple(paper.Missing(w.text(item), how) for item in missing),
                next_steps=tuple(([w.words["next_missing"]] if missing else []) + w.words["next"]),
            ),
            w.language,
            w.version,
        )
    except (KeyError, TypeError) as gap:
        raise CannotCompose(f"{type(gap).__name__} {gap}") from None


# --- copies --------------------------------------------------------------------------------------


def marked_as_copy(content: bytes, language: str, note: str) -> bytes:
    """The same letter with "copy" and a note on each page, in a hand that cannot be taken for the original."""
    word = wording.words("letter", language)[0]["copy"]
    with pikepdf.open(io.BytesIO(content)) as letter:
        for sheet in letter.pages:
            width, height = (float(v) for v in sheet.mediabox[2:])
            with pikepdf.open(io.BytesIO(_stamp(f"{word} · {note}", language, width, height))) as stamp:
                sheet.add_overlay(stamp.pages[0], None)
        out = io.BytesIO()
        letter.save(out, deterministic_id=True)
    return out.getvalue()


def _stamp(words: str, language: str, width: float, height: float) -> bytes:
    typeset.warm_fonts()
    out = io.BytesIO()
    with typeset.LOCK:
        canvas = Canvas(out, pagesize=(width, height), initialFontName="NotoSans-Regular", invariant=1)
        block = typeset.ShapedText(words, typeset.Style(language, 9, strong=True))
        line = min(block.natural_width + 2, width - 60)
        _, tall = block.wrap(line, height)
        x, y = (width - line) / 2, 13  # below the foot, above what printers cannot reach
        canvas.setStrokeColorRGB(0.04, 0.33, 0.34)
        canvas.setLineWidth(0.8)
        canvas.roundRect(x - 8, y, line + 16, tall + 6, 3, stroke=1, fill=0)
        block.drawOn(canvas, x, y + 3)
        canvas.save()
    return out.getvalue()


def pages_of(content: bytes) -> int:
    with pikepdf.open(io.BytesIO(content)) as letter:
        return len(letter.pages)
