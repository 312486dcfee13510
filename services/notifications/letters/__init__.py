"""Letters on paper and as PDF: `render_letter(letter, translate) -> bytes`."""

from services.notifications.letters.letter import (
    Condition,
    Institution,
    Kind,
    Lead,
    Letter,
    LetterTooLong,
    Missing,
    NotPaid,
    Objection,
    Officer,
    Payment,
    PersonalPage,
    Recipient,
    WhatIsPaid,
    Worksheet,
    WorksheetLine,
    render_letter,
)
from services.notifications.letters.marks import Evidence, Finding, Tone
from shared.typeset import CannotTypeset

__all__ = [
    "CannotTypeset",
    "Condition",
    "Evidence",
    "Finding",
    "Institution",
    "Kind",
    "Lead",
    "Letter",
    "LetterTooLong",
    "Missing",
    "NotPaid",
    "Objection",
    "Officer",
    "Payment",
    "PersonalPage",
    "Recipient",
    "Tone",
    "WhatIsPaid",
    "Worksheet",
    "WorksheetLine",
    "render_letter",
]
