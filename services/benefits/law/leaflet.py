"""What a statute says of one benefit, sorted for a person: conditions, amounts and lengths, time to claim, other rules.

Nothing is written by hand. Every figure, rule and choice comes from the pack on a day; under which head it stands is
heard from the pack's own worked examples: what a finding cites is a condition, what `in_time` cites the time to claim.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from services.benefits.domain.assessment import REFUSED, Citation, Text
from services.benefits.domain.kinds import CaseInvalid
from services.benefits.law.asking import carried_out
from services.benefits.law.case_files import read_case_files
from services.benefits.law.figures import Amount, Choice, Cited, Provision
from services.benefits.law.pack import Pack, chosen_options, fact_day, load_pack
from services.benefits.law.sheet import Sheet

#: The finding that judges whether the claim came in time, in every pack that sets a time.
IN_TIME = "in_time"
#: Units of what is paid: no condition, whatever cites them.
PAID = ("money", "rate", "scale")
#: Units of lengths of time; what a finding of some cases only cites in them is how long the benefit runs.
LENGTHS = ("days", "weeks", "months", "years", "hours")


@dataclass(frozen=True, slots=True)
class Entry:
    """One figure, rule or choice. `unit` is empty for a rule; a choice has the words of what was chosen."""

    name: str
    description: str
    unit: str
    value: Amount
    choice: str
    citation: Citation

    @property
    def says_who(self) -> bool:
        """Whether it is a table of groups that are in (1) or out (0)."""
        return isinstance(self.value, Mapping) and set(self.value.values()) <= {0, 1}

    @property
    def rank(self) -> int:
        """Rates and amounts before lengths, lengths before words and tables."""
        order = ("rate", "money", "scale", "number", "table", *LENGTHS)
        return order.index(self.unit) if self.unit in order else len(order)


@dataclass(frozen=True, slots=True)
class Leaflet:
    """All that a benefit rests on, each entry under one head."""

    conditions: tuple[Entry, ...]
    amounts: tuple[Entry, ...]
    deadline: tuple[Entry, ...]
    rules: tuple[Entry, ...]


@dataclass
class _Grounds:
    """Which names the findings of a benefit cite, by finding; and which findings decide the whole."""

    cited: dict[str, list[str]] = field(default_factory=dict)
    whole: set[str] = field(default_factory=set)

    def of(self, ids: Sequence[str]) -> list[str]:
        return [name for id_ in ids for name in self.cited.get(id_, [])]


class _Listening(Sheet):
    """A sheet that remembers which names each finding cites."""

    def hears(self, grounds: _Grounds) -> _Listening:
        self._grounds = grounds
        return self

    def finding(
        self,
        id: str,
        text: Text,
        met: bool | None,
        cite: Cited | Citation,
        *,
        facts: Mapping[str, Any] | None = None,
        change: Text | None = None,
        reason: Text | None = None,
        uses: Sequence[Cited] = (),
    ) -> bool:
        heard = self._grounds.cited.setdefault(id, [])
        for one in (cite, *uses):
            if not isinstance(one, Citation) and one.name not in heard:
                heard.append(one.name)
        return super().finding(id, text, met, cite, facts=facts, change=change, reason=reason, uses=uses)


@lru_cache(maxsize=256)
def _grounds(folder: Path, revision: str, benefit: str) -> _Grounds:
    """What the worked examples of a statute say of one benefit's findings; once per process."""
    pack, heard = load_pack(folder), _Grounds()
    body = pack.benefits[benefit]
    heard.whole.update(body.of_the_whole)
    for file in read_case_files(folder):
        if not isinstance(file.mapping, Mapping) or file.mapping.get("benefit") != benefit:
            continue
        try:
            case = file.case()
        except CaseInvalid:
            continue  # a case of another country's folder, or one that is wrong on purpose
        on = fact_day(case, body.chosen_by.fact)
        if on is None or not pack.covers(on):
            continue
        chosen = chosen_options(body.book, file.options, pack.id, strict=False)
        sheet = _Listening(case, file.today or on, pack.currency, pack.rounding, pack.calendar, body.words, pack.until)
        outcome, decisive, _ = carried_out(body, pack.law(benefit, on, chosen), sheet.hears(heard)).outcome()
        if outcome == REFUSED and decisive:
            heard.whole.add(decisive)
    return heard


def leaflet(pack: Pack, benefit: str, on: date, options: Mapping[str, str] | None = None) -> Leaflet:
    """What a pack says of a benefit on a day, under the institution's choices. Raises `UnknownBenefit`."""
    body = pack.benefit(benefit, on)
    chosen = chosen_options(body.book, options or {}, pack.id, strict=False)
    entries = {name: _entry(body.book.cited(name, on, chosen), on) for name in sorted_names(body.book.names(), pack)}
    heard = _grounds(pack.folder, pack.revision, benefit)
    deadline = [name for name in _deadline(pack, benefit, heard) if name in entries]
    first = [id_ for id_ in heard.cited if id_ in heard.whole and id_ != IN_TIME]
    later = [id_ for id_ in heard.cited if id_ not in heard.whole and id_ != IN_TIME]
    conditions = [name for name in heard.of(first) if name not in deadline]
    conditions += [name for name in heard.of(later) if name in entries and entries[name].unit not in LENGTHS]
    conditions += [name for name, entry in entries.items() if entry.says_who]
    conditions = [name for name in dict.fromkeys(conditions) if name in entries and name not in deadline]
    conditions = [name for name in conditions if entries[name].unit not in PAID]
    rest = [entry for name, entry in entries.items() if name not in conditions and name not in deadline]
    amounts = sorted((entry for entry in rest if entry.unit not in ("", "word")), key=lambda entry: entry.rank)
    return Leaflet(
        tuple(entries[name] for name in conditions),
        tuple(amounts),
        tuple(entries[name] for name in deadline),
        tuple(entry for entry in rest if entry.unit in ("", "word")),
    )


def sorted_names(names: set[str], pack: Pack) -> list[str]:
    """Names in the order of the files: what is the benefit's own before what is common."""
    common = [*pack.common.figures, *pack.common.options, *pack.common.rules]
    own = [n for body in pack.benefits.values() for n in (*body.own.figures, *body.own.options, *body.own.rules)]
    return [name for name in dict.fromkeys([*own, *common]) if name in names]


def _deadline(pack: Pack, benefit: str, heard: _Grounds) -> list[str]:
    """What the time to claim rests on; heard from the statute's other benefits where no example of this one says it."""
    if IN_TIME in heard.cited:
        return heard.of([IN_TIME])
    others = (_grounds(pack.folder, pack.revision, other) for other in pack.benefits if other != benefit)
    return list(dict.fromkeys(name for other in others for name in other.of([IN_TIME])))


def _entry(cited: Cited, on: date) -> Entry:
    if isinstance(cited, Choice):
        return Entry(cited.name, cited.description, "", None, cited.choice, cited.citation)
    if isinstance(cited, Provision):
        return Entry(cited.name, cited.description, "", None, "", cited.citation)
    return Entry(cited.name, cited.description, cited.unit, cited.value, "", cited.citation)
