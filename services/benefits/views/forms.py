"""Between the paper's form and the facts of a case: what was typed, read; what is known, written back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from services.benefits.law import in_force
from services.benefits.law.figures import FactSpec
from shared.web.formatting import read_date

CERTIFICATES = 6


@dataclass
class Typed:
    """What a form says: facts and papers as far as they can be read, errors by field for the rest."""

    facts: dict[str, Any] = field(default_factory=dict)
    papers: dict[str, Any] = field(default_factory=dict)
    received_on: date | None = None
    errors: dict[str, str] = field(default_factory=dict)


def event_facts(country: str, benefit: str, on: date) -> list[FactSpec]:
    """The facts of the event that the law in force asks for, in its order."""
    try:
        pack = in_force.pack(country, on)
        return [
            spec
            for name, spec in pack.benefit(benefit, on).facts.items()
            if "." not in name and name not in ("contributions", "certificates")
        ]
    except (in_force.PackNotInForce, in_force.UnknownBenefit, in_force.UnknownCountry):
        return []


def asks(country: str, benefit: str, on: date) -> set[str]:
    """Names of the core facts the law asks for (`spell.last_day`, `certificates`, …)."""
    try:
        pack = in_force.pack(country, on)
        return {name for name in pack.benefit(benefit, on).facts if "." in name or name == "certificates"}
    except (in_force.PackNotInForce, in_force.UnknownBenefit, in_force.UnknownCountry):
        return set()


def benefits_of(country: str, on: date) -> list[str]:
    """Benefits that can be claimed on a day."""
    try:
        return sorted(in_force.pack(country, on).benefits, key=lambda b: (b != "sickness", b))
    except (in_force.PackNotInForce, in_force.UnknownCountry):
        return []


class _Reader:
    def __init__(self, form: Mapping[str, str], today: date, language: str) -> None:
        self.form, self.today, self.language = form, today, language
        self.errors: dict[str, str] = {}

    def text(self, name: str) -> str:
        return self.form.get(name, "").strip()[:200]

    def day(self, name: str) -> str | None:
        typed = self.text(name)
        if not typed:
            return None
        try:
            read = read_date(typed, self.today, self.language)
        except ValueError:
            read = None
        if read is None:
            self.errors[name] = "not_a_day"
            return None
        return read.isoformat()

    def number(self, name: str) -> int | None:
        typed = self.text(name)
        if not typed:
            return None
        if not (typed.isascii() and typed.isdigit() and len(typed) < 9):
            self.errors[name] = "not_a_number"
            return None
        return int(typed)


def read_form(
    form: Mapping[str, str],
    *,
    known: Mapping[str, Any],
    specs: list[FactSpec],
    today: date,
    language: str,
    by: str,
) -> Typed:
    """The facts a claim form says. `known` are the facts so far: what the form does not show stays."""
    r = _Reader(form, today, language)
    facts = {
        name: value for name, value in known.items() if name not in ("spell", "certificates", "employments", "event")
    }
    spell = {
        name: value
        for name, value in (known.get("spell") or {}).items()
        if name not in ("first_day", "last_day", "illness", "fit_on")
    }
    for name, value in (
        ("first_day", r.day("first_day")),
        ("last_day", r.day("last_day")),
        ("illness", r.text("illness")),
    ):
        if value:
            spell[name] = value
    if spell:
        facts["spell"] = spell
    verified: list[str] = []
    certificates: list[dict[str, Any]] = []
    for n in range(CERTIFICATES):
        number, first, last = r.text(f"cert_no_{n}"), r.day(f"cert_from_{n}"), r.day(f"cert_to_{n}")
        if not (number or first or last):
            continue
        certificate: dict[str, Any] = {"number": number} if number else {}
        for name, value in (
            ("from", first or spell.get("first_day")),
            ("to", last or spell.get("last_day")),
            ("issued_on", r.day(f"cert_issued_{n}")),
        ):
            if value:
                certificate[name] = value
        if certificates:
            certificate["follow_up"] = True
        if form.get(f"cert_cancelled_{n}") == "yes":
            certificate["cancelled"] = True
        if form.get(f"cert_verified_{n}") == "yes":
            verified.append(number or str(n + 1))
        certificates.append(certificate)
    if certificates:
        facts["certificates"] = certificates
    work: dict[str, Any] = dict((known.get("employments") or [{}])[-1])
    for name in ("wage_paid_until", "pay", "wage_stopped_word"):
        work.pop(name, None)
    for name, value in (
        ("pay", r.text("pay")),
        ("wage_paid_until", r.day("wage_paid_until")),
        ("wage_stopped_word", r.text("wage_stopped_word")),
    ):
        if value:
            work[name] = value
    if work:
        facts["employments"] = [*list(known.get("employments") or [])[:-1], work]
    event: dict[str, Any] = {}
    for spec in specs:
        value_ = _event_value(r, spec)
        if value_ is not None:
            event[spec.name] = value_
    if event:
        facts["event"] = event
    judgements = dict(known.get("judgements") or {})
    for name in form:
        if name.startswith("judge_") and form[name] in ("yes", "no") and form.get(f"judge_why_{name[6:]}", "").strip():
            judgements[name[6:]] = {
                "met": form[name] == "yes",
                "why": form[f"judge_why_{name[6:]}"].strip()[:200],
            }
    if judgements:
        facts["judgements"] = judgements
    papers = {name: r.text(name) for name in ("doctor", "place", "remarks") if r.text(name)}
    received = r.day("received_on")
    return Typed(facts, papers | {"verified": verified}, date.fromisoformat(received) if received else None, r.errors)


def _event_value(r: _Reader, spec: FactSpec) -> Any:
    name = f"event_{spec.name}"
    match spec.type:
        case "date":
            return r.day(name)
        case "int" | "number":
            return r.number(name)
        case "bool":
            return {"yes": True, "no": False}.get(r.text(name))
        case "dates":
            return [
                d for part in r.text(name).split() if (d := _Reader({"d": part}, r.today, r.language).day("d"))
            ] or None
        case _:
            return r.text(name) or None
