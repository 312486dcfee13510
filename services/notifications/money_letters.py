"""Letters about money that comes back or waits: what was paid too much, payments that are suspended, and decisions that
were annulled."""

from __future__ import annotations

from services.notifications import letters as paper
from services.notifications.composing import CannotCompose, Composed, Facts, Writer
from shared.web import formatting


def overpayment_letter(
    contact: Facts,
    facts: Facts,
    public_url: str,
    *,
    owed: Facts,
    language: str | None = None,
    original: str | None = None,
) -> Composed:
    """That more was paid than is due, where it comes from, and what she can do about it. `owed` is what the event said:
    `amount` and `on`, and what was right beside what was paid."""
    try:
        w = Writer("overpayment_letter", contact, facts, public_url, language or contact.get("language"))
        size = w.money(owed["amount"])
        return Composed(
            paper.Letter(
                **w.common(owed["on"]),
                kind=paper.Kind.ACKNOWLEDGEMENT,
                subject=w.fill(w.words["subject"], amount=size),
                lead=paper.Lead(
                    label=w.words["label"],
                    sentence=w.fill(w.words["lead"], amount=size),
                    tone=paper.Tone.WAITING,
                    strong=(size,),
                ),
                paragraphs=(*w.translation_note(original), *w.words["body"]),
                comparison=_comparison(w, owed),
                next_steps=tuple(w.words["next"]),
            ),
            w.language,
            w.version,
        )
    except (KeyError, TypeError) as gap:
        raise CannotCompose(f"{type(gap).__name__} {gap}") from None


def _comparison(w: Writer, owed: Facts) -> paper.Comparison | None:
    """What was right beside what was paid; none where the event came from a release that did not say it."""
    rows, currency = owed.get("compared") or (), owed["amount"]["currency"]
    if not rows:
        return None

    def row(days: str, correct: int, paid: int) -> paper.ComparedRow:
        return paper.ComparedRow(days, amount(correct), amount(paid), amount(paid - correct, signed=True))

    def amount(minor: int, *, signed: bool = False) -> str:
        return w.amount({"minor": minor, "currency": currency}, signed=signed)

    def days_of(said: Facts) -> str:
        first, last = said["period"]["from"], said["period"]["to"]
        named = w.shared["components"].get(said["component"])
        return named if named else w.period(first, last)

    correct, paid = (sum(said[what]["minor"] for said in rows) for what in ("correct", "paid"))
    less = [(w.words[what], owed[what]) for what in ("repaid", "waived") if owed[what]["minor"]]
    rest = [(words, amount(-gone["minor"], signed=True)) for words, gone in less]
    if rest:
        rest.append((w.words["left"], amount(owed["amount"]["minor"])))
    return paper.Comparison(
        rows=tuple(row(days_of(said), said["correct"]["minor"], said["paid"]["minor"]) for said in rows),
        total=row("", correct, paid),
        unit=formatting.unit(currency, w.language),
        rest=tuple(rest),
    )


def recovery_letter(
    contact: Facts, facts: Facts, public_url: str, *, language: str | None = None, original: str | None = None
) -> Composed:
    """What becomes of money paid too much: by when and where it is paid back, what is kept back of which payment, or
    that it is let go and why; and that an objection stops all of it."""
    try:
        w = Writer("recovery_letter", contact, facts, public_url, language or contact.get("language"))
        way, size = facts["way"], w.money(facts["amount"])
        by = w.day(facts["repay_by"]) if facts.get("repay_by") else ""
        said = [w.words["reasons"][facts["reason"]]] if way == "waive" else []
        parts, steps = facts.get("parts") or (), way
        if parts:
            steps = "parts"
            said.append(w.words["parts"])
            said += [w.fill(w.words["part"], on=w.day(p["due_on"]), amount=w.money(p["amount"])) for p in parts]
        if way == "repay":
            said.append(w.fill(w.words["account"], claim=facts["claim_number"], **facts["repay_to"]))
        elif way == "set_off":
            if other := facts.get("from_claim_number"):
                said.append(w.fill(w.words["from_claim"], claim=other))
            said += [
                w.fill(w.words["kept"], on=w.day(k["due_on"]), kept=w.money(k["kept"]), amount=w.money(k["amount"]))
                for k in facts["withheld"]
            ]
        until = (facts.get("appeal") or {}).get("until")
        if way != "waive":
            if until is not None and until >= facts["decided_on"]:
                said.append(w.fill(w.words["object"], until=w.day(until)))
            else:
                said.append(w.words["object_late"])
        return Composed(
            paper.Letter(
                **w.common(facts["decided_on"]),
                kind=paper.Kind.ACKNOWLEDGEMENT,
                subject=w.fill(w.words["subject"][way], amount=size),
                lead=paper.Lead(
                    label=w.words["label"],
                    sentence=w.fill(w.words["lead"][way], amount=size, repay_by=by),
                    tone=paper.Tone.GRANTED if way == "waive" else paper.Tone.WAITING,
                    strong=tuple(piece for piece in (size, by) if piece),
                ),
                paragraphs=(*w.translation_note(original), *said),
                next_steps=tuple(w.words["next"][steps]),
            ),
            w.language,
            w.version,
        )
    except (KeyError, TypeError) as gap:
        raise CannotCompose(f"{type(gap).__name__} {gap}") from None


def objection_letter(
    contact: Facts, facts: Facts, public_url: str, *, language: str | None = None, original: str | None = None
) -> Composed:
    """What was decided on the objection to paying back, and why: it ends, or it goes on."""
    try:
        decided = facts["objection"]
        by = {**facts, "decided_by": decided["decided_by"], "confirmed_by": None}
        w = Writer("objection_letter", contact, by, public_url, language or contact.get("language"))
        outcome, size = decided["outcome"], w.money(facts["amount"])
        lodged = w.day(decided["lodged_on"])
        return Composed(
            paper.Letter(
                **w.common(decided["decided_on"]),
                kind=paper.Kind.ACKNOWLEDGEMENT,
                subject=w.words["subject"],
                lead=paper.Lead(
                    label=w.words["label"],
                    sentence=w.fill(w.words["lead"][outcome], amount=size, lodged=lodged),
                    tone=paper.Tone.GRANTED if outcome == "upheld" else paper.Tone.REFUSED,
                    strong=(size,),
                ),
                paragraphs=(*w.translation_note(original), w.fill(w.words["reasons"], reasons=decided["reasons"])),
                next_steps=tuple(w.words["next"][outcome]),
            ),
            w.language,
            w.version,
        )
    except (KeyError, TypeError) as gap:
        raise CannotCompose(f"{type(gap).__name__} {gap}") from None


def suspension_letter(
    contact: Facts, facts: Facts, public_url: str, *, language: str | None = None, original: str | None = None
) -> Composed:
    """That payments still to come are suspended: the ground and its article, why, what comes next, how to object."""
    w = _writer("suspension_letter", contact, facts, public_url, language)
    return _as_said(w, facts, paper.Tone.WAITING, original)


def going_on(
    contact: Facts, facts: Facts, public_url: str, *, language: str | None = None, original: str | None = None
) -> Composed:
    """That a suspension is over, and why: the ground did not hold, or it did on some days; and whether more is paid."""
    try:
        lifted = facts["lifted"]
        by = {**facts, "decided_by": lifted["by"], "confirmed_by": None}
        w = Writer("suspension_end_letter", contact, by, public_url, language or contact.get("language"))
        goes_on = lifted.get("goes_on", True)
        tone = paper.Tone.GRANTED if goes_on else paper.Tone.WAITING
        return Composed(
            paper.Letter(
                **w.common(lifted["on"]),
                kind=paper.Kind.ACKNOWLEDGEMENT,
                subject=w.words["subject" if goes_on else "subject_over"],
                lead=paper.Lead(label=w.words["label"], sentence=w.text(lifted["said"]), tone=tone),
                paragraphs=(*w.translation_note(original), w.fill(w.words["reasons"], reasons=lifted["words"])),
                next_steps=tuple(w.words["next"][lifted["ended"]]),
            ),
            w.language,
            w.version,
        )
    except (KeyError, TypeError) as gap:
        raise CannotCompose(f"{type(gap).__name__} {gap}") from None


def annulment_letter(
    contact: Facts, facts: Facts, public_url: str, *, language: str | None = None, original: str | None = None
) -> Composed:
    """That a decision is annulled: the ground and what it rests on, why, what was paid, what follows and how to
    object."""
    w = _writer("annulment_letter", contact, facts, public_url, language)
    return _as_said(w, facts, paper.Tone.REFUSED, original)


def _writer(name: str, contact: Facts, facts: Facts, public_url: str, language: str | None) -> Writer:
    """The words of a letter with its facts. Raises `CannotCompose`."""
    try:
        return Writer(name, contact, facts, public_url, language or contact.get("language"))
    except (KeyError, TypeError) as gap:
        raise CannotCompose(f"{type(gap).__name__} {gap}") from None


def _as_said(w: Writer, facts: Facts, tone: paper.Tone, original: str | None) -> Composed:
    """A letter whose sentences are those that her page and the desk show: what was decided, why, and what follows."""
    try:
        lead, *then = (w.text(said) for said in facts["said"])
        return Composed(
            paper.Letter(
                **w.common(facts["decided_on"]),
                kind=paper.Kind.ACKNOWLEDGEMENT,
                subject=w.words["subject"],
                lead=paper.Lead(label=w.words["label"], sentence=lead, tone=tone),
                paragraphs=(*w.translation_note(original), w.fill(w.words["reasons"], reasons=facts["words"])),
                next_steps=(*then, *w.words["next"]),
            ),
            w.language,
            w.version,
        )
    except (KeyError, TypeError, ValueError) as gap:
        raise CannotCompose(f"{type(gap).__name__} {gap}") from None


def annulment_end(
    contact: Facts, facts: Facts, public_url: str, *, language: str | None = None, original: str | None = None
) -> Composed:
    """What was decided on the objection to an annulment, and why: the decision counts again, or stays annulled."""
    try:
        decided = facts["objection"]
        by = {**facts, "decided_by": decided["decided_by"], "confirmed_by": None}
        w = Writer("annulment_end_letter", contact, by, public_url, language or contact.get("language"))
        tone = paper.Tone.GRANTED if decided["outcome"] == "upheld" else paper.Tone.REFUSED
        return Composed(
            paper.Letter(
                **w.common(decided["decided_on"]),
                kind=paper.Kind.ACKNOWLEDGEMENT,
                subject=w.words["subject"],
                lead=paper.Lead(label=w.words["label"], sentence=w.text(decided["said"]), tone=tone),
                paragraphs=(*w.translation_note(original), w.fill(w.words["reasons"], reasons=decided["reasons"])),
                next_steps=tuple(w.words["next"][decided["outcome"]]),
            ),
            w.language,
            w.version,
        )
    except (KeyError, TypeError) as gap:
        raise CannotCompose(f"{type(gap).__name__} {gap}") from None
