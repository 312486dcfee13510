"""What the law leaves to judgement is judged by who decides, through whatever door the facts come."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shared.act import Act


def may_judge(act: Act, before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Whether the actor may write the judgements that facts hold: nobody but an officer changes any."""
    same = (after.get("judgements") or {}) == (before.get("judgements") or {})
    return same or act.actor.kind == "service" or act.actor.has("officer", "supervisor")
