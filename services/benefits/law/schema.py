"""JSON Schemas of the case and of the assessment, made from what the reader accepts and the records write."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from services.benefits.domain import assessment as a
from services.benefits.domain import codec, kinds
from services.benefits.domain.case import Case, EarlierSpell
from services.benefits.domain.status import Status
from services.benefits.law.figures import FactSpec, is_core
from services.benefits.law.vocabulary import PACKS, countries, vocabulary

Schema = dict[str, Any]

DIALECT = "https://json-schema.org/draft/2020-12/schema"
DAY, MONTH = kinds.DAY.schema, kinds.MONTH.schema


def _object(properties: dict[str, Schema], required: tuple[str, ...] = ()) -> Schema:
    schema: Schema = {"type": "object", "additionalProperties": False, "properties": properties}
    if required:
        schema["required"] = list(required)
    return schema


def _words(words: tuple[str, ...] | list[str]) -> Schema:
    return {"enum": list(words)}


def case_schema(packs: Path = PACKS) -> Schema:
    """The case: one format for API, command line and case files."""
    schema = codec.schema(Case)
    schema["properties"] |= {"country": _words(list(countries(packs))), "benefit": {"type": "string"}}
    branches = []
    for country in countries(packs):
        benefits = vocabulary(country, packs).benefits
        branches.append(
            {
                "if": {"properties": {"country": {"const": country}}},
                "then": {"properties": {"benefit": _words(sorted(benefits))}},
            }
        )
        for benefit, facts in sorted(benefits.items()):
            own = {name: _fact(fact) for name, fact in sorted(facts.items()) if not is_core(name)}
            branches.append(
                {
                    "if": {"properties": {"country": {"const": country}, "benefit": {"const": benefit}}},
                    "then": {"properties": {"event": _object(own)}},
                }
            )
    return {
        "$schema": DIALECT,
        "title": "Case",
        "description": "The facts of one claim, for the API, the command line and case files. "
        "Missing facts come back as questions.",
        **schema,
        "allOf": branches,
    }


def _fact(fact: FactSpec) -> Schema:
    return {**kinds.event_kind(fact.type, fact.choices).schema, "title": fact.question}


_EXACT: Schema = {"type": "string", "pattern": r"^-?\d+(/\d+)?$", "description": "exact fraction"}


def _or_none(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


def _array(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def _ref(name: str) -> Schema:
    return {"$ref": f"#/$defs/{name}"}


def _record(properties: dict[str, Schema]) -> Schema:
    return _object(properties, tuple(properties))


def assessment_schema() -> Schema:
    """The assessment, kept for ever with each decision and drawn by every page."""
    string: Schema = {"type": "string"}
    param = {
        "type": "object",
        "required": ["type", "value"],
        "additionalProperties": False,
        "properties": {"type": _words(["money", "date", "month", "int", "rate", "term", "text", "year"]), "value": {}},
        "description": 'money: {"exact", "currency"}; date: 2025-03-31; month: 2025-03; rate: 7/10; '
        "int: whole, or a fraction as text",
    }
    definitions: dict[str, Schema] = {
        "text": _record({"msg": string, "params": {"type": "object", "additionalProperties": param}}),
        "citation": _record({"text": string, "evidence": _words(a.EVIDENCE)}),
        "money": _record({"minor": {"type": "integer"}, "currency": {"type": "string", "pattern": "^[A-Z]{3}$"}}),
        "period": _record({"from": DAY, "to": DAY}),
    }
    finding = {
        "id": string,
        "text": _ref("text"),
        "verdict": _words([a.MET, a.NOT_MET, a.NEEDS_JUDGEMENT]),
        "citation": _ref("citation"),
        "facts": {"type": "object"},
        "change": _or_none(_ref("text")),
    }
    line = {
        "id": string,
        "text": _ref("text"),
        "exact": _or_none(_EXACT),
        "unit": _words(["money", "days", "months", "rate", "number"]),
        "payable": _or_none(_ref("money")),
        "citation": _ref("citation"),
        "inputs": _array(string),
    }
    run = {
        "from": DAY,
        "to": DAY,
        "status": _words([status.words for status in Status]),
        "code": _words([status.value for status in Status]),
        "payer": _or_none(string),
        "rate": _or_none(_EXACT),
        "amount": _or_none(_EXACT),
        "reasons": _array({"anyOf": [string, _ref("text")]}),
    }
    month = {
        "month": MONTH,
        "declared": _or_none(_EXACT),
        "insured": _or_none(_EXACT),
        "note": _or_none(_ref("text")),
    }
    statute = {"id": string, "title": string, "chosen_by": _ref("text"), "chosen_on": DAY}
    lump_sum = {"id": string, "text": _ref("text"), "amount": _ref("money"), "citation": _ref("citation")}
    instalment = {
        "no": {"type": "integer", "minimum": 1},
        "component": string,
        "period": _ref("period"),
        "amount": _ref("money"),
    }
    unconfirmed = {"figure": string, "citation": string, "evidence": _words(a.EVIDENCE)}
    properties: dict[str, Schema] = {
        "format": {"const": a.FORMAT},
        "country": string,
        "benefit": string,
        "currency": string,
        "statute": _or_none(_record(statute)),
        "pack_revision": string,
        "options": {"type": "object", "additionalProperties": string},
        "today": DAY,
        "outcome": _words([a.GRANTED, a.IN_PART, a.REFUSED, a.NEEDS_JUDGEMENT, a.QUESTIONS]),
        "decisive": _or_none(string),
        "reason": _ref("text"),
        "questions": _array(_record({"pointer": string, "code": string, "text": _ref("text")})),
        "findings": _array(_record(finding)),
        "reference": _array(_record(month)),
        "worksheet": _array(_record(line)),
        "timeline": _array(_record(run)),
        "marks": _array(_record({"on": DAY, "text": _ref("text")})),
        "lump_sums": _array(_record(lump_sum)),
        "instalments": _array(_record(instalment)),
        "total": _ref("money"),
        "unconfirmed": _array(_record(unconfirmed)),
        "leaves": _array(codec.schema(EarlierSpell)),
    }
    return {
        "$schema": DIALECT,
        "title": "Assessment",
        "description": "What one assessment says. Amounts to pay are whole minor units; everything else is exact.",
        **_record(properties),
        "$defs": definitions,
    }
