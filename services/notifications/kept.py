"""All that notifications keep about a person: what she was told, when and how, and her letters."""

from __future__ import annotations

import base64
from typing import Any

from sqlalchemy import Connection, select

from services.notifications import tables as t
from shared import kept


def everything(connection: Connection, person_id: str) -> dict[str, Any]:
    """Every row about her, by table, and each letter. The code of her page is no part of it: whoever comes to the desk
    in her name would have it, too."""
    m, d = t.message.c, t.letter_document.c
    messages = list(connection.execute(select(m.id, m.claim_id).where(m.person_id == person_id)))
    ids = [row.id for row in messages]
    queries = kept.about(t.metadata, [("person_id", [person_id]), ("message_id", ids)], {})
    letters = connection.execute(select(t.letter_document).where(d.message_id.in_(ids)).order_by(d.made_at, d.language))
    files = [
        {
            "name": f"{row.made_at:%Y-%m-%d}-{row.message_id[-6:]}-{row.language}.pdf",
            "content": base64.b64encode(row.masked or row.content).decode(),
        }
        for row in letters
    ]
    told = kept.rows(connection, queries | {"audit": kept.looks([person_id, *{row.claim_id for row in messages}])})
    return {"person_id": person_id, "tables": told, "files": files}
