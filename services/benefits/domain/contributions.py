"""Months of contributions: a working life has hundreds of them, a step of the law looks at a few."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Any, overload

from services.benefits.domain.kinds import AMOUNT, FLAG, MONTH, TEXT, Json, Kind, Reader, decimal
from shared.money import decimal_fraction
from shared.period import FIRST_DAY, LAST_DAY, Month

MOST = 1200
#: The kind of a month that names none.
COMPULSORY = "compulsory"
#: Every month that can be, by its text: looked up, not parsed.
_INDEX = {f"{n // 12:04d}-{n % 12 + 1:02d}": n for n in range(FIRST_DAY.year * 12, (LAST_DAY.year + 1) * 12)}
_NAME = {n: name for name, n in _INDEX.items()}
_NAMES = frozenset({"month", "from", "to", "wage", "paid", "kind"})


@dataclass(frozen=True, slots=True)
class Contribution:
    """One calendar month: the wage declared for it, and whether its contribution was paid."""

    month: Month
    wage: Fraction
    paid: bool = True
    kind: str = COMPULSORY


#: A month as kept: its wage (plain decimal text until somebody looks at it), whether it was paid, its kind.
Row = tuple[str | Fraction, bool, str]


class Contributions(Sequence[Contribution]):
    """The months of contributions, oldest first. A month becomes a record only when a step looks at it."""

    __slots__ = ("_kinds", "_made", "_order", "_paid", "rows")

    def __init__(self, rows: Mapping[int, Row]) -> None:
        self.rows = rows
        self._order = sorted(rows)
        self._made: dict[int, Contribution] = {}
        self._paid: dict[str | None, list[int]] = {}
        self._kinds: frozenset[str] | None = None

    @classmethod
    def of(cls, months: Iterable[Contribution]) -> Contributions:
        return cls({c.month.index: (c.wage, c.paid, c.kind) for c in months})

    def get(self, index: int) -> Contribution | None:
        """The month with this index, if there is one."""
        made = self._made.get(index)
        if made is None and (row := self.rows.get(index)) is not None:
            wage = decimal_fraction(row[0]) if isinstance(row[0], str) else row[0]
            made = self._made[index] = Contribution(_month(index), wage, row[1], row[2])
        return made

    def paid_within(self, first: int, last: int, kinds: frozenset[str] | None = None) -> int:
        """How many months from index `first` to `last` were paid, of these kinds where they are named."""
        found = (self.rows.get(index) for index in range(first, last + 1))
        return sum(1 for row in found if row is not None and row[1] and (kinds is None or row[2] in kinds))

    def paid_before(self, index: int, *, without: str | None = None) -> int:
        """How many months before `index` were paid, without those of one kind."""
        months = self._paid.get(without)
        if months is None:
            paid = (n for n in self._order if self.rows[n][1] and self.rows[n][2] != without)
            months = self._paid[without] = list(paid)
        return bisect_left(months, index)

    @property
    def kinds(self) -> frozenset[str]:
        """The kinds that occur. The law is run again for each answer it might ask for, so this is counted once."""
        if self._kinds is None:
            self._kinds = frozenset(kind for _, _, kind in self.rows.values())
        return self._kinds

    @property
    def indexes(self) -> Sequence[int]:
        """The indexes of all months, in order."""
        return self._order

    @overload
    def __getitem__(self, place: int) -> Contribution: ...
    @overload
    def __getitem__(self, place: slice) -> list[Contribution]: ...
    def __getitem__(self, place: int | slice) -> Contribution | list[Contribution]:
        if isinstance(place, slice):
            return [self._at(index) for index in self._order[place]]
        return self._at(self._order[place])

    def _at(self, index: int) -> Contribution:
        found = self.get(index)
        assert found is not None  # noqa: S101 - the order holds only indexes of rows
        return found

    def __len__(self) -> int:
        return len(self._order)

    def __iter__(self) -> Iterator[Contribution]:
        return map(self._at, self._order)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Contributions) or self._order != other._order:
            return False
        return self.rows == other.rows or list(self) == list(other)

    def __hash__(self) -> int:
        return hash(tuple(self._order))

    def __repr__(self) -> str:
        return f"Contributions({list(self)!r})"


@lru_cache(maxsize=4096)
def _month(index: int) -> Month:
    return Month(index // 12, index % 12 + 1)


def _read(reader: Reader, raw: Any, at: str) -> Contributions:
    if not isinstance(raw, (list, tuple)):
        reader.wrong(at, "not_a_list")
        return Contributions({})
    if len(raw) > MOST:
        reader.wrong(at, "too_many", max=MOST, given=len(raw))
        reader.stop()
    rows: dict[int, Row] = {}
    for n, item in enumerate(raw):
        # The month as our own JSON writes it costs two look-ups; everything else is read with its faults.
        if type(item) is dict and len(item) == 2:
            month, wage = item.get("month"), item.get("wage")
            if type(month) is str and type(wage) is str and month in _INDEX and _plain(wage):
                index = _INDEX[month]
                if index not in rows:
                    rows[index] = (wage, True, "compulsory")
                    continue
        _read_item(reader, item, f"{at}/{n}", rows)
    return Contributions(rows)


def _plain(wage: str) -> bool:
    return wage.isascii() and wage.isdigit() and len(wage) <= 24 and (wage[0] != "0" or wage == "0")


def _read_item(reader: Reader, item: Any, at: str, rows: dict[int, Row]) -> None:
    """A month, or a range of months with the same wage."""
    body = reader.mapping(item, at, _NAMES)
    wage = None
    if body.get("wage") is None:
        reader.wrong(f"{at}/wage", "missing")
    else:
        wage = AMOUNT.read(reader, body["wage"], f"{at}/wage")
    paid = None if body.get("paid") is None else FLAG.read(reader, body["paid"], f"{at}/paid")
    kind = None if body.get("kind") is None else TEXT.read(reader, body["kind"], f"{at}/kind")
    where = "month" if body.get("month") is not None else "from"
    if where == "month" and ("from" in body or "to" in body):
        reader.wrong(at, "month_or_range")
    ends: list[Month | None] = []
    for name in ("month",) if where == "month" else ("from", "to"):
        if body.get(name) is None:
            reader.wrong(f"{at}/{name}", "missing")
            ends.append(None)
        else:
            ends.append(MONTH.read(reader, body[name], f"{at}/{name}"))
    first, last = ends[0], ends[-1]
    if first is None or last is None or wage is None:
        return
    if last.index < first.index:
        reader.wrong(f"{at}/to", "before_the_first_month")
        return
    if last.index - first.index + 1 + len(rows) > MOST:
        reader.wrong(at, "too_many", max=MOST)
        reader.stop()
    for index in range(first.index, last.index + 1):
        if index in rows:
            reader.wrong(f"{at}/{where}", "month_twice", month=str(Month(index // 12, index % 12 + 1)))
            break
        rows[index] = (wage, paid is not False, kind or "compulsory")


def _write(months: Contributions) -> list[Json]:
    """Months that follow each other with the same wage become one range."""
    found: list[Json] = []
    first = last = -2
    row: Row | None = None
    for index in months.indexes:
        now = months.rows[index]
        if index == last + 1 and now == row:
            last = index
            continue
        if row is not None:
            found.append(_written(first, last, row))
        first = last = index
        row = now
    if row is not None:
        found.append(_written(first, last, row))
    return found


def _written(first: int, last: int, row: Row) -> Json:
    body: Json = {"month": _NAME[first]} if first == last else {"from": _NAME[first], "to": _NAME[last]}
    wage, paid, kind = row
    body["wage"] = wage if isinstance(wage, str) else decimal(wage)
    if not paid:
        body["paid"] = False
    if kind != "compulsory":
        body["kind"] = kind
    return body


_ITEM: Json = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        **dict.fromkeys(("month", "from", "to"), MONTH.schema),
        "wage": AMOUNT.schema,
        "paid": FLAG.schema,
        "kind": TEXT.schema,
    },
    "required": ["wage"],
    "oneOf": [{"required": ["month"]}, {"required": ["from", "to"]}],
}
MONTHS = Kind(_read, _write, {"type": "array", "items": _ITEM, "maxItems": MOST})
