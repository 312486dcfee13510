"""Letters on paper and as PDF: `render_letter(letter, translate) -> bytes`."""

from services.notifications.letters.archive import behind, joined
from services.notifications.letters.content import (
    ComparedRow,
    Comparison,
    Condition,
    Kind,
    Lead,
    Letter,
    Letterhead,
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
)
from services.notifications.letters.cover import Cover, CoverLine, render_cover
from services.notifications.letters.letter import LetterTooLong, render_letter
from services.notifications.letters.marks import ConditionMark, Evidence, Tone

__all__ = [
    "ComparedRow",
    "Comparison",
    "Condition",
    "ConditionMark",
    "Cover",
    "CoverLine",
    "Evidence",
    "Kind",
    "Lead",
    "Letter",
    "LetterTooLong",
    "Letterhead",
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
    "behind",
    "joined",
    "render_cover",
    "render_letter",
]
