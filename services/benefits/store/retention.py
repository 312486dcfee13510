"""How long benefits keep each kind of data, and what takes it away."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Column, Select, Table, cast, delete, literal, select

from services.benefits import tables as t
from services.benefits.institution import Institution
from services.benefits.store import erasures
from shared.act import Act
from shared.retention import Kept, Kind, OfItself, Retention, Term, terms
from shared.web.texts import N_

#: Where the institution says nothing else. No law of the schemes we know names a term: each is a choice.
TERMS = {
    "closed_claims": Term(3650),
    "old_accounts": Term(1095),
    "copies": Term(1095),
    "files": Term(1825),
    "sessions": Term(365),
    "invitations": Term(365),
    "tries": Term(365),
    "keys": Term(1095),
}
STAYS = (
    Kept(
        N_("the record of insurance: rights of many years rest on it; her name goes at her request"),
        ("person", "person_erasure", "employment", "contribution", "contribution_history", "leave_told"),
    ),
    Kept(
        N_("how she is reached, paid and known, as long as she is insured; it goes at her request"),
        ("person_identifier", "person_change", "transfer", "hospital_paper"),
    ),
    Kept(
        N_("the institution, its employers and who worked for it: who decided stays known"),
        ("office", "employer", "employer_payee", "account", "account_change", "claim_serial", "column_names"),
    ),
    Kept(N_("numbers of a year, without anybody's name"), ("kept_statistics",)),
)


def keeps(house: Institution) -> Retention:
    """All that benefits keep, as the institution has chosen. Raises `ValueError` for a kind it does not have."""
    known = terms(house.retention, TERMS)
    claims = (*(str(table.name) for table in erasures.OF_CLAIM), "claim")

    def kind(code: str, name: str, tables: tuple[str, ...], due: Any, erase: Any) -> Kind:
        return Kind(code, name, tables, known[code], due, erase)

    s, i, w, x = t.session.c, t.invitation.c, t.sign_in_tries.c, t.person_export.c
    k = t.employer_key.c
    return Retention(
        kinds=(
            kind("closed_claims", N_("Claims that are over, with all about them"), claims, _claims, _remove_claims),
            kind("old_accounts", N_("Accounts that another has replaced"), ("payee",), _accounts, _rows(t.payee.c.id)),
            kind("copies", N_("Who asked for copies"), ("person_export",), *_plain(t.person_export, x.id, x.asked_at)),
            kind("files", N_("Files that were sent in"), ("import_file", "import_answers"), _files, _remove_files),
            kind("sessions", N_("Sessions that have ended"), ("session",), *_plain(t.session, s.id, s.ends_at)),
            kind("invitations", N_("Invitations"), ("invitation",), *_plain(t.invitation, i.id, i.ends_at)),
            kind(
                "keys",
                N_("Keys of employers' software that have ended"),
                ("employer_key",),
                *_plain(t.employer_key, k.id, k.ends_on),
            ),
            kind("tries", N_("Tries to sign in"), ("sign_in_tries",), *_plain(t.sign_in_tries, w.key, w.last_at)),
        ),
        of_itself=(
            OfItself(N_("What files said"), (), Term(house.forget_files_after_days)),
            OfItself(N_("Codes on the phone from which no claim came"), (), Term(house.start_keep_days)),
            OfItself(N_("Standards of a day, made ahead"), ("kept_report",), Term(1)),
        ),
        kept=STAYS,
    )


def _claims(until: date) -> Select[Any]:
    over, last = erasures.over_before(until)
    return select(t.claim.c.id, last.label("on")).where(over).order_by(t.claim.c.received_on, t.claim.c.id)


def _remove_claims(act: Act, ids: Sequence[str]) -> None:
    erasures.remove_claims(act, ids)


def _accounts(until: date) -> Select[Any]:
    """Accounts that were replaced before a day by the one that counts now."""
    old, now = t.payee, t.payee.alias("now")
    replaced = (now.c.person_id == old.c.person_id) & now.c.current
    query = select(old.c.id, now.c.changed_on).join(now, replaced).where(~old.c.current, now.c.changed_on < until)
    return query.order_by(now.c.changed_on, old.c.id)


def _files(until: date) -> Select[Any]:
    f = t.import_file.c
    return select(f.id, f.ended_at).where(f.ended_at < until, f.content.is_(None)).order_by(f.ended_at, f.id)


def _remove_files(act: Act, ids: Sequence[str]) -> None:
    act.connection.execute(delete(t.import_answers).where(t.import_answers.c.file_id.in_(ids)))
    act.connection.execute(delete(t.import_file).where(t.import_file.c.id.in_(ids)))


def _rows(key: Column[Any]) -> Callable[[Act, Sequence[Any]], None]:
    def erase(act: Act, ids: Sequence[Any]) -> None:
        act.connection.execute(delete(key.table).where(key.in_(ids)))

    return erase


def _plain(table: Table, key: Column[Any], moment: Column[Any]) -> tuple[Any, Any]:
    """Rows that nothing else hangs on, by a moment."""

    def due(until: date) -> Select[Any]:
        return select(key, moment).where(moment < cast(literal(until), moment.type)).order_by(moment, key)

    return due, _rows(key)
