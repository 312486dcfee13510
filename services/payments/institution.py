"""The figures of the institution, read once and checked: `institution.yaml`."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from services.payments.domain.check import Limits


@dataclass(frozen=True, slots=True)
class OwnAccount:
    """An account of the institution; there is one for each channel and currency."""

    channel: str
    bank: str
    currency: str
    number: str
    holder: str


@dataclass(frozen=True)
class Institution:
    central_office: str
    name: str
    accounts: tuple[OwnAccount, ...]
    lead_days: int
    limits: Limits
    hands: dict[str, int]
    second_from: dict[str, int]
    answer_seconds: int
    unanswered_after_seconds: int
    forget_payees_after_days: int

    def account(self, channel: str, currency: str) -> OwnAccount | None:
        """The account from which a channel pays a currency, or none."""
        return next((a for a in self.accounts if (a.channel, a.currency) == (channel, currency)), None)


def read(text: str) -> Institution:
    """Read and check the figures. Raises `ValueError` naming what is missing or not a whole number."""
    given: dict[str, Any] = yaml.safe_load(text)

    def whole(value: Any, name: str) -> int:
        if type(value) is not int or value < 0:
            raise ValueError(f"institution.yaml: {name} must be a whole number")
        return value

    def table(value: Any, name: str) -> dict[str, int]:
        return {str(k): whole(v, f"{name}.{k}") for k, v in dict(value).items()}

    try:
        approvals = dict(given["approvals"])
        return Institution(
            central_office=str(given["central_office"]),
            name=str(given["name"])[:140],
            accounts=tuple(OwnAccount(**a) for a in given["accounts"]),
            lead_days=whole(given["lead_days"], "lead_days"),
            limits=Limits(
                table(given["first_order_above"], "first_order_above"),
                whole(given["account_changed_days"], "account_changed_days"),
            ),
            hands={key: whole(approvals[key], f"approvals.{key}") for key in ("below", "from")},
            second_from=table(approvals["limit"], "approvals.limit"),
            answer_seconds=whole(given["answer_seconds"], "answer_seconds"),
            unanswered_after_seconds=whole(given["unanswered_after_seconds"], "unanswered_after_seconds"),
            forget_payees_after_days=whole(given["forget_payees_after_days"], "forget_payees_after_days"),
        )
    except KeyError as missing:
        raise ValueError(f"institution.yaml: {missing.args[0]} is missing") from None


@cache
def institution() -> Institution:
    """The figures of this installation: INSTITUTION_FILE, or the file beside this one."""
    file = os.environ.get("INSTITUTION_FILE")
    return read(Path(file).read_text() if file else (Path(__file__).parent / "institution.yaml").read_text())
