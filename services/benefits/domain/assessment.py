"""What an assessment says: conditions, worksheet, days, amounts and what the result rests on.

Plain frozen records with a `json` each. The JSON is kept for ever, so its keys and their order are a promise
(`docs/schemas/assessment.schema.json`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from services.benefits.domain import codec, kinds
from services.benefits.domain.case import EarlierSpell
from services.benefits.domain.status import Status
from shared.money import Money
from shared.period import Period

if TYPE_CHECKING:
    from services.benefits.domain.timeline import Timeline

Json = dict[str, Any]

FORMAT = "assessment/1"

_NO_PARAMS: Mapping[str, Json] = MappingProxyType({})

#: How sure we are of a figure: read in the text, read elsewhere, remembered, or chosen by the institution.
EVIDENCE = ("verified", "secondary", "recalled", "default")

#: Verdicts on one condition.
MET, NOT_MET, NEEDS_JUDGEMENT = "met", "not_met", "needs_judgement"

#: Outcomes of an assessment.
GRANTED, IN_PART, REFUSED, QUESTIONS = "granted", "granted_in_part", "refused", "questions"


@dataclass(frozen=True, slots=True)
class Text:
    """An English sentence with {named} gaps; the msgid of a catalogue elsewhere. `params` are plain JSON:
    name -> {"type": money|date|month|int|rate|text, "value": ...}."""

    msg: str
    params: Mapping[str, Json] = field(default_factory=lambda: _NO_PARAMS)

    def json(self) -> Json:
        return {"msg": self.msg, "params": dict(self.params)}

    @classmethod
    def from_json(cls, said: Json) -> Text:
        return cls(said["msg"], said.get("params") or _NO_PARAMS)


#: Why a day is not paid: the id of a finding, or a sentence.
Reason = str | Text


def reason_json(reason: Reason) -> Any:
    return reason if isinstance(reason, str) else reason.json()


def _text(said: Json | None) -> Text | None:
    return Text.from_json(said) if said else None


def _exact(said: str | None) -> Fraction | None:
    return Fraction(said) if said is not None else None


def _period(said: Json) -> Period:
    return Period(date.fromisoformat(said["from"]), date.fromisoformat(said["to"]))


@dataclass(frozen=True, slots=True)
class Citation:
    """Where a rule stands, and how sure we are of it."""

    text: str
    evidence: str

    def json(self) -> Json:
        return {"text": self.text, "evidence": self.evidence}

    @classmethod
    def from_json(cls, said: Json) -> Citation:
        return cls(said["text"], said["evidence"])


@dataclass(frozen=True, slots=True)
class Question:
    """A fact that is missing: where it belongs in the case, a code, and the question in plain words."""

    pointer: str
    code: str
    text: Text

    def json(self) -> Json:
        return {"pointer": self.pointer, "code": self.code, "text": self.text.json()}

    @classmethod
    def from_json(cls, said: Json) -> Question:
        return cls(said["pointer"], said["code"], Text.from_json(said["text"]))


@dataclass(frozen=True, slots=True)
class Finding:
    """One condition judged, with the facts used. `reason` says it to the person when it decides the case;
    `change` says what would turn it."""

    id: str
    text: Text
    verdict: str
    citation: Citation
    facts: Mapping[str, Any]
    change: Text | None = None
    #: Becomes the reason of the whole; by itself it is not kept.
    reason: Text | None = field(default=None, compare=False)

    @property
    def by_rules(self) -> bool:
        """Whether the rules alone found it so, and nobody was asked to judge it."""
        return self.verdict != NEEDS_JUDGEMENT and "judged" not in self.facts and "overridden" not in self.facts

    def json(self) -> Json:
        return {
            "id": self.id,
            "text": self.text.json(),
            "verdict": self.verdict,
            "citation": self.citation.json(),
            "facts": dict(self.facts),
            "change": self.change.json() if self.change else None,
        }

    @classmethod
    def from_json(cls, said: Json) -> Finding:
        return cls(
            said["id"],
            Text.from_json(said["text"]),
            said["verdict"],
            Citation.from_json(said["citation"]),
            said.get("facts") or {},
            _text(said.get("change")),
        )


@dataclass(frozen=True, slots=True)
class ReferenceMonth:
    """One month of the reference earnings, in exact currency units; `None` where nothing was contributed."""

    month: str
    declared: Fraction | None
    insured: Fraction | None
    note: Text | None = None

    def json(self) -> Json:
        return {
            "month": self.month,
            "declared": None if self.declared is None else str(self.declared),
            "insured": None if self.insured is None else str(self.insured),
            "note": self.note.json() if self.note else None,
        }

    @classmethod
    def from_json(cls, said: Json) -> ReferenceMonth:
        return cls(said["month"], _exact(said["declared"]), _exact(said["insured"]), _text(said.get("note")))


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the worksheet. `value` is exact; `payable` is set where the line is paid as it stands."""

    id: str
    text: Text
    value: Fraction | None
    unit: str
    citation: Citation
    inputs: tuple[str, ...] = ()
    payable: Money | None = None

    @property
    def exact(self) -> Fraction:
        assert self.value is not None  # noqa: S101
        return self.value

    def json(self) -> Json:
        return {
            "id": self.id,
            "text": self.text.json(),
            "exact": None if self.value is None else str(self.value),
            "unit": self.unit,
            "payable": self.payable.json() if self.payable is not None else None,
            "citation": self.citation.json(),
            "inputs": list(self.inputs),
        }

    @classmethod
    def from_json(cls, said: Json) -> Line:
        return cls(
            said["id"],
            Text.from_json(said["text"]),
            _exact(said["exact"]),
            said["unit"],
            Citation.from_json(said["citation"]),
            tuple(said.get("inputs") or ()),
            Money(**said["payable"]) if said.get("payable") else None,
        )


@dataclass(frozen=True, slots=True)
class DatedMark:
    """Something that happens on one day of the timeline: a new rate, a new ceiling, a new law."""

    on: date
    text: Text

    def json(self) -> Json:
        return {"on": self.on.isoformat(), "text": self.text.json()}

    @classmethod
    def from_json(cls, said: Json) -> DatedMark:
        return cls(date.fromisoformat(said["on"]), Text.from_json(said["text"]))


@dataclass(frozen=True, slots=True)
class LumpSum:
    """A sum paid once."""

    id: str
    text: Text
    amount: Money
    citation: Citation

    def json(self) -> Json:
        return {
            "id": self.id,
            "text": self.text.json(),
            "amount": self.amount.json(),
            "citation": self.citation.json(),
        }

    @classmethod
    def from_json(cls, said: Json) -> LumpSum:
        text, citation = Text.from_json(said["text"]), Citation.from_json(said["citation"])
        return cls(said["id"], text, Money(**said["amount"]), citation)


@dataclass(frozen=True, slots=True)
class DueAmount:
    """One payment: whole minor units, and the days it is for."""

    no: int
    component: str
    period: Period
    amount: Money

    def json(self) -> Json:
        return {
            "no": self.no,
            "component": self.component,
            "period": self.period.json(),
            "amount": self.amount.json(),
        }

    @classmethod
    def from_json(cls, said: Json) -> DueAmount:
        return cls(said["no"], said["component"], _period(said["period"]), Money(**said["amount"]))


@dataclass(frozen=True, slots=True)
class Unconfirmed:
    """A figure or choice the result rests on whose text nobody here has read."""

    figure: str
    citation: Citation

    def json(self) -> Json:
        return {"figure": self.figure, "citation": self.citation.text, "evidence": self.citation.evidence}

    @classmethod
    def from_json(cls, said: Json) -> Unconfirmed:
        return cls(said["figure"], Citation(said["citation"], said["evidence"]))


@dataclass(frozen=True, slots=True)
class Statute:
    """Which statute was applied, and which date chose it."""

    id: str
    title: str
    chosen_by: Text
    chosen_on: date

    def json(self) -> Json:
        return {
            "id": self.id,
            "title": self.title,
            "chosen_by": self.chosen_by.json(),
            "chosen_on": self.chosen_on.isoformat(),
        }

    @classmethod
    def from_json(cls, said: Json) -> Statute:
        chosen_on = date.fromisoformat(said["chosen_on"])
        return cls(said["id"], said["title"], Text.from_json(said["chosen_by"]), chosen_on)


@dataclass(frozen=True, slots=True)
class Assessment:
    """The whole answer to one case; immutable, and complete also when it refuses."""

    country: str
    benefit: str
    currency: str
    statute: Statute | None
    pack_revision: str
    options: Mapping[str, str]
    today: date
    outcome: str
    decisive: str | None
    reason: Text
    questions: tuple[Question, ...]
    findings: tuple[Finding, ...]
    reference: tuple[ReferenceMonth, ...]
    worksheet: tuple[Line, ...]
    timeline: Timeline
    marks: tuple[DatedMark, ...]
    lump_sums: tuple[LumpSum, ...]
    instalments: tuple[DueAmount, ...]
    total: Money
    unconfirmed: tuple[Unconfirmed, ...]
    #: The spell as later claims of the person need it (`domain.history`).
    leaves: tuple[EarlierSpell, ...] = ()

    def line(self, id: str) -> Line:
        """The worksheet line with this id. Raises `KeyError`."""
        for line in self.worksheet:
            if line.id == id:
                return line
        raise KeyError(id)

    def finding(self, id: str) -> Finding:
        """The finding with this id. Raises `KeyError`."""
        for finding in self.findings:
            if finding.id == id:
                return finding
        raise KeyError(id)

    @property
    def decided_otherwise(self) -> list[Finding]:
        """The conditions that an officer decided otherwise than the rules find them."""
        return [finding for finding in self.findings if "overridden" in finding.facts]

    def json(self) -> Json:
        return {
            "format": FORMAT,
            "country": self.country,
            "benefit": self.benefit,
            "currency": self.currency,
            "statute": self.statute.json() if self.statute else None,
            "pack_revision": self.pack_revision,
            "options": dict(sorted(self.options.items())),
            "today": self.today.isoformat(),
            "outcome": self.outcome,
            "decisive": self.decisive,
            "reason": self.reason.json(),
            "questions": [q.json() for q in self.questions],
            "findings": [f.json() for f in self.findings],
            "reference": [r.json() for r in self.reference],
            "worksheet": [line.json() for line in self.worksheet],
            "timeline": [span.json() for span in self.timeline],
            "marks": [mark.json() for mark in self.marks],
            "lump_sums": [sum_.json() for sum_ in self.lump_sums],
            "instalments": [i.json() for i in self.instalments],
            "total": self.total.json(),
            "unconfirmed": [u.json() for u in self.unconfirmed],
            "leaves": [codec.write(spell) for spell in self.leaves],
        }

    @classmethod
    def from_json(cls, said: Json) -> Assessment:
        """Read back what `json` wrote: for every assessment the same again. One kept before a member was added
        reads as if that member were empty."""
        # The days are told in texts of this module, which `timeline` therefore imports.
        from services.benefits.domain.timeline import Span, Timeline

        spans = (
            Span(
                _period(span),
                Status(span["code"]),
                span["payer"],
                _exact(span["rate"]),
                _exact(span["amount"]),
                tuple(r if isinstance(r, str) else Text.from_json(r) for r in span.get("reasons") or ()),
            )
            for span in said["timeline"]
        )
        return cls(
            country=said["country"],
            benefit=said["benefit"],
            currency=said["currency"],
            statute=Statute.from_json(said["statute"]) if said.get("statute") else None,
            pack_revision=said["pack_revision"],
            options=said.get("options") or {},
            today=date.fromisoformat(said["today"]),
            outcome=said["outcome"],
            decisive=said.get("decisive"),
            reason=Text.from_json(said["reason"]),
            questions=tuple(map(Question.from_json, said.get("questions") or ())),
            findings=tuple(map(Finding.from_json, said["findings"])),
            reference=tuple(map(ReferenceMonth.from_json, said.get("reference") or ())),
            worksheet=tuple(map(Line.from_json, said.get("worksheet") or ())),
            timeline=Timeline(tuple(spans)),
            marks=tuple(map(DatedMark.from_json, said.get("marks") or ())),
            lump_sums=tuple(map(LumpSum.from_json, said.get("lump_sums") or ())),
            instalments=tuple(map(DueAmount.from_json, said.get("instalments") or ())),
            total=Money(**said["total"]),
            unconfirmed=tuple(map(Unconfirmed.from_json, said.get("unconfirmed") or ())),
            leaves=tuple(codec.read(EarlierSpell, kinds.Reader(), spell, "#") for spell in said.get("leaves") or ()),
        )


def difference(before: Mapping[str, Any], after: Mapping[str, Any]) -> Json:
    """What a corrected fact or another reading changes, from the JSON of two assessments of one claim: the total,
    each component, each finding and each run of days that is not the same."""

    def components(found: Mapping[str, Any]) -> dict[str, int]:
        sums: dict[str, int] = {}
        for instalment in found["instalments"]:
            sums[instalment["component"]] = sums.get(instalment["component"], 0) + instalment["amount"]["minor"]
        return sums

    def by_id(found: Mapping[str, Any], key: str, name: str) -> dict[str, Any]:
        return {entry["id"]: entry[name] for entry in found[key]}

    old, new = components(before), components(after)
    verdicts = by_id(before, "findings", "verdict"), by_id(after, "findings", "verdict")
    exact = by_id(before, "worksheet", "exact"), by_id(after, "worksheet", "exact")
    currency = after["total"]["currency"]
    return {
        "outcome": _changed(before["outcome"], after["outcome"]),
        "total": {"minor": after["total"]["minor"] - before["total"]["minor"], "currency": currency},
        "components": {
            name: {"minor": new.get(name, 0) - old.get(name, 0), "currency": currency}
            for name in sorted({*old, *new})
            if old.get(name, 0) != new.get(name, 0)
        },
        "findings": {
            id: _changed(verdicts[0].get(id), verdicts[1].get(id))
            for id in {**verdicts[0], **verdicts[1]}
            if verdicts[0].get(id) != verdicts[1].get(id)
        },
        "worksheet": {
            id: _changed(exact[0].get(id), exact[1].get(id))
            for id in {**exact[0], **exact[1]}
            if exact[0].get(id) != exact[1].get(id)
        },
        "days": {
            "before": [span for span in before["timeline"] if span not in after["timeline"]],
            "after": [span for span in after["timeline"] if span not in before["timeline"]],
        },
    }


def _changed(before: Any, after: Any) -> Json | None:
    return None if before == after else {"before": before, "after": after}
