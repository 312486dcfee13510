"""How each language writes a day and a month: the patterns that `formatting` fills."""

from __future__ import annotations

#: day, month number or name, year; `long` stands in sentences, `medium` in tables, `short` in fields,
#: `brief` where the year is known. Lao months stand in full: their short forms are little read. Viet Nam's decree on
#: papers of offices (30/2020/NĐ-CP) puts a zero before days under 10 and before months 1 and 2: `m0`.
DATE_PATTERNS = {
    "en": {
        "long": "{d} {wide} {y}",
        "medium": "{d} {abbr} {y}",
        "short": "{d}/{m}/{y}",
        "brief": "{d} {abbr}",
    },
    "lo": {
        "long": "{d} {wide} {y}",
        "medium": "{d} {wide} {y}",
        "short": "{d}/{m}/{y}",
        "brief": "{d} {wide}",
    },
    "th": {
        "long": "{d} {wide} {y}",
        "medium": "{d} {abbr} {y}",
        "short": "{d}/{m}/{y}",
        "brief": "{d} {abbr}",
    },
    "vi": {
        "long": "{dd} tháng {m0} năm {y}",
        "medium": "{dd}/{mm}/{y}",
        "short": "{dd}/{mm}/{y}",
        "brief": "{dd}/{mm}",
    },
    "my": {
        "long": "{y} ခုနှစ်၊ {wide}လ {d} ရက်",
        "medium": "{d}-{m}-{y}",
        "short": "{d}-{m}-{y}",
        "brief": "{d}-{m}",
    },
}
MONTH_PATTERNS = {
    "en": {"long": "{wide} {y}", "medium": "{abbr} {y}"},
    "lo": {"long": "{wide} {y}", "medium": "{wide} {y}", "abbr": "{abbr} {y}"},
    "th": {"long": "{wide} {y}", "medium": "{abbr} {y}"},
    "vi": {"long": "tháng {m0} năm {y}", "medium": "{m}/{y}"},
    "my": {"long": "{y} ခုနှစ်၊ {wide}လ", "medium": "{m}-{y}"},
}
