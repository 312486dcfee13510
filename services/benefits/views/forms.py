"""Between the paper's form and the facts of a case: what was typed, read; what is known, written back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from services.benefits.law import in_force
from services.benefits.law.figures import FactSpec
from services.benefits.views.shown import Words
from shared.period import ONE_DAY
from shared.reading.days import DateNotRead, read_date


@dataclass
class Typed:
    """What a form says: facts and papers as far as they can be read, errors by field for the rest."""

    facts: dict[str, Any] = field(default_factory=dict)
    papers: dict[str, Any] = field(default_factory=dict)
    received_on: date | None = None
    received_typed: str = ""
    errors: dict[str, str | Words] = field(default_factory=dict)


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
        self.errors: dict[str, str | Words] = {}

    def text(self, name: str) -> str:
        return self.form.get(name, "").strip()[:200]

    def day(self, name: str) -> str | None:
        typed = self.text(name)
        if not typed:
            return None
        try:
            read = read_date(typed, self.today, self.language)
        except DateNotRead as wrong:
            self.errors[name] = dict(wrong.text)
            return typed  # what stands on the form stays there, beside what is wrong with it
        return read.isoformat() if read is not None else None

    def number(self, name: str) -> int | None:
        typed = self.text(name)
        if not typed:
            return None
        if not (typed.isascii() and typed.isdigit() and len(typed) < 9):
            self.errors[name] = "not_a_number"
            return None
        return int(typed)


def spell_shown(facts: Mapping[str, Any]) -> dict[str, Any]:
    """The spell as the form shows it: a paper that names the day of fitness has its last day the day before."""
    spell = dict(facts.get("spell") or {})
    if "last_day" not in spell and (last := _day_before(spell.get("fit_on"))):
        spell["last_day"] = last
    return spell


def _day_before(day: Any) -> str | None:
    try:
        return (date.fromisoformat(day) - ONE_DAY).isoformat()
    except (TypeError, ValueError):
        return None


def event_shown(facts: Mapping[str, Any], specs: list[FactSpec], language: str) -> dict[str, Any]:
    """The event as the form shows it: several days stand one after the other in one field."""
    event = dict(facts.get("event") or {})
    for spec in specs:
        value = event.get(spec.name)
        if spec.type == "dates" and isinstance(value, (list, tuple)):
            event[spec.name] = " ".join(str(day) for day in value)
    return event


def read_form(
    form: Mapping[str, str],
    *,
    known: Mapping[str, Any],
    specs: list[FactSpec],
    today: date,
    language: str,
    by: str,
) -> Typed:
    """The facts a claim form says. `known` are the facts so far: what the form does not show stays as it is, and what
    it shows unchanged is saved unchanged."""
    r = _Reader(form, today, language)
    facts = dict(known)
    verified: list[str] = []
    _put(facts, "spell", _spell(r, known.get("spell") or {}))
    if any(name.startswith("cert_no_") for name in form):
        _put(
            facts, "certificates", _certificates(r, known.get("certificates") or [], facts.get("spell") or {}, verified)
        )
    jobs = list(known.get("employments") or [])
    work = _changed(jobs[-1] if jobs else {}, form, _work(r))
    _put(facts, "employments", [*jobs[:-1], work] if work else jobs)
    event = {spec.name: _event_value(r, spec) for spec in specs if f"event_{spec.name}" in form}
    _put(facts, "event", _changed(known.get("event") or {}, dict.fromkeys(event, ""), event))
    _put(facts, "judgements", dict(known.get("judgements") or {}) | _judgements(form))
    papers = {name: r.text(name) for name in ("doctor", "place", "remarks") if r.text(name)}
    typed = Typed(facts, papers | {"verified": verified}, errors=r.errors)
    received = r.day("received_on")
    if "received_on" in r.errors:
        typed.received_typed = received or ""
    elif received:
        typed.received_on = date.fromisoformat(received)
    return typed


def _put(facts: dict[str, Any], name: str, value: Any) -> None:
    """Keep a fact, or forget it where nothing is left of it; a list that was said to be empty stays so."""
    if value or (value == [] and facts.get(name) == []):
        facts[name] = value
    else:
        facts.pop(name, None)


def _changed(known: Mapping[str, Any], form: Mapping[str, str], typed: Mapping[str, Any]) -> dict[str, Any]:
    """What is known with what was typed; a field that is not in the form says nothing."""
    kept = {name: value for name, value in known.items() if name not in typed or name not in form}
    return kept | {name: value for name, value in typed.items() if name in form and value not in (None, "")}


def _spell(r: _Reader, known: Mapping[str, Any]) -> dict[str, Any]:
    typed = {"first_day": r.day("first_day"), "last_day": r.day("last_day"), "illness": r.text("illness")}
    if "last_day" not in known and typed["last_day"] == _day_before(known.get("fit_on")):
        del typed["last_day"]  # The form showed the day before the day of fitness; the paper's own word stays.
        return _changed(known, r.form, typed)
    told = {name: value for name, value in known.items() if name != "fit_on" or "last_day" not in r.form}
    return _changed(told, r.form, typed)


def _certificates(r: _Reader, known: list[Any], spell: Mapping[str, Any], verified: list[str]) -> list[dict[str, Any]]:
    """The rows of the form; what a row does not show (the illness) stays with its certificate. A new one takes the
    days of the spell where it names none, and follows the one before."""
    found: list[dict[str, Any]] = []
    rows = sorted(int(name[8:]) for name in r.form if name.startswith("cert_no_") and name[8:].isdecimal())
    for n in rows:
        before = known[n] if n < len(known) else None
        number, first, last = r.text(f"cert_no_{n}"), r.day(f"cert_from_{n}"), r.day(f"cert_to_{n}")
        if not (number or first or last):
            continue
        typed: dict[str, Any] = {"number": number, "from": first, "to": last, "issued_on": r.day(f"cert_issued_{n}")}
        if before is None:
            typed |= {"from": first or spell.get("first_day"), "to": last or spell.get("last_day")}
            typed["follow_up"] = bool(found) or None
        cancelled = r.form.get(f"cert_cancelled_{n}") == "yes"
        if cancelled != bool((before or {}).get("cancelled")):
            typed["cancelled"] = cancelled or None
        found.append(_changed(before or {}, dict.fromkeys(typed, ""), typed))
        if r.form.get(f"cert_verified_{n}") == "yes":
            verified.append(number or str(n + 1))
    return found


def _work(r: _Reader) -> dict[str, Any]:
    return {
        "pay": r.text("pay"),
        "wage_paid_until": r.day("wage_paid_until"),
        "wage_stopped_word": r.text("wage_stopped_word"),
        "hazardous": {"yes": True, "no": False}.get(r.text("hazardous")),
    }


def _judgements(form: Mapping[str, str]) -> dict[str, Any]:
    return {
        name[6:]: {"met": form[name] == "yes", "why": form[f"judge_why_{name[6:]}"].strip()[:200]}
        for name in form
        if name.startswith("judge_") and form[name] in ("yes", "no") and form.get(f"judge_why_{name[6:]}", "").strip()
    }


def _event_value(r: _Reader, spec: FactSpec) -> Any:
    name = f"event_{spec.name}"
    match spec.type:
        case "date":
            return r.day(name)
        case "int":
            return r.number(name)
        case "bool":
            return {"yes": True, "no": False}.get(r.text(name))
        case "dates":
            return [
                d for part in r.text(name).split() if (d := _Reader({"d": part}, r.today, r.language).day("d"))
            ] or None
        case _:
            return r.text(name) or None
