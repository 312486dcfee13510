"""What the law leaves to judgement is judged by who decides, through whatever door the facts come."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shared.act import Act


def may_judge(act: Act, before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Whether the actor may write what facts hold of judgements, or of conditions decided otherwise than the rules find
    them: nobody but an officer changes any."""
    same = all((after.get(name) or {}) == (before.get(name) or {}) for name in ("judgements", "overrides"))
    return same or act.actor.kind == "service" or act.actor.has("officer", "supervisor")
