"""Sentences that no step says any more and stored decisions still do, so the catalogues go on to know them.

An assessment is kept for ever with its sentences in English. Whoever words a sentence anew puts the old one here.
"""

from services.benefits.law.text import N_

KEPT = (
    N_("{first} to {last}: {days} days of {month} of the monthly allowance"),
    N_("{first} to {last}: {days} days of {month} of the monthly amount"),
    N_("Leave of {months} months and {days} days"),
    N_("{months} months and {days} odd days, a {divisor}th of a month each"),
    N_("{months} months and {odd} days before the death, {days} days after it"),
)
