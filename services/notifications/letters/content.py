"""What a letter says, ready to be printed: names, amounts and days arrive as they stand on the paper."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from services.notifications.letters.marks import ConditionMark, Evidence, Tone


class Kind(enum.StrEnum):
    """Which letter it is."""

    DECISION = "decision"
    ACKNOWLEDGEMENT = "acknowledgement"


@dataclass(frozen=True)
class Letterhead:
    """Who writes. `state_lines` stand centred above all else where the State's custom asks for them."""

    name: str
    office: str
    address: tuple[str, ...]
    phone: str
    state_lines: tuple[str, ...] = ()


@dataclass(frozen=True)
class Recipient:
    """Who is written to, as on the envelope."""

    name: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Lead:
    """The decisive reason in one or two sentences; `strong` names the pieces that matter most, as the amount."""

    label: str
    sentence: str
    tone: Tone
    strong: tuple[str, ...] = ()


@dataclass(frozen=True)
class Payment:
    """One payment to come: the day or days it is expected, the days it is for, the amount."""

    pay_on: str
    period: str
    amount: str


@dataclass(frozen=True)
class WhatIsPaid:
    """All payments with their sum; `unit` is the currency's word, `note` says how and where it is paid."""

    rows: tuple[Payment, ...]
    total: str
    unit: str
    note: str = ""


@dataclass(frozen=True)
class ComparedRow:
    """The days, what was right for them, what was paid, and the difference."""

    period: str
    correct: str
    paid: str
    difference: str


@dataclass(frozen=True)
class Comparison:
    """What was right beside what was paid, with the sums; `rest` are lines below: (words, amount)."""

    rows: tuple[ComparedRow, ...]
    total: ComparedRow
    unit: str
    rest: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class NotPaid:
    """Days without benefit, with the reason."""

    period: str
    reason: str


@dataclass(frozen=True)
class Objection:
    """How, where and until which day the decision can be contested."""

    how: str
    where: str
    until: str
    lead: str = ""


@dataclass(frozen=True)
class Officer:
    """Who decided and signs."""

    name: str
    title: str
    office: str


@dataclass(frozen=True)
class PersonalPage:
    """The worker's own page: address to type, code to type, and what the QR code holds."""

    address: str
    code: str
    qr: str
    hint: str = ""


@dataclass(frozen=True)
class WorksheetLine:
    """One line of the computation; `step` and `payable` are amounts or empty."""

    number: str
    text: str
    step: str
    payable: str
    article: str
    evidence: Evidence


@dataclass(frozen=True)
class Worksheet:
    """The computation line by line, with its total and its currency's word."""

    lines: tuple[WorksheetLine, ...]
    total_text: str
    total: str
    unit: str


@dataclass(frozen=True)
class Condition:
    """One condition of the law and what was found."""

    text: str
    finding: ConditionMark
    article: str = ""


@dataclass(frozen=True)
class Missing:
    """A paper or a fact still needed: what it is, and from whom and until when."""

    what: str
    how: str


@dataclass(frozen=True)
class Letter:
    """Everything one letter says. Parts that are empty or None leave no trace on the page.

    `language` is one of lo, th, my, km, vi, en.
    """

    language: str
    institution: Letterhead
    recipient: Recipient
    place_and_date: str
    claim_number: str
    subject: str
    salutation: str
    lead: Lead
    officer: Officer
    page: PersonalPage
    kind: Kind = Kind.DECISION
    decision_number: str = ""
    paragraphs: tuple[str, ...] = ()
    what_is_paid: WhatIsPaid | None = None
    comparison: Comparison | None = None
    days_not_paid: tuple[NotPaid, ...] = ()
    received: tuple[str, ...] = ()
    missing: tuple[Missing, ...] = ()
    next_steps: tuple[str, ...] = ()
    objection: Objection | None = None
    contact: str = ""
    closing: str = ""
    worksheet: Worksheet | None = None
    conditions: tuple[Condition, ...] = ()
