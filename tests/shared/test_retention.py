"""What has been kept for its term goes when two people have released it: looked at first, erased a little at a time,
and what was killed goes on where it stood."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.exc import IntegrityError

from services.benefits import store
from services.benefits import tables as t
from services.benefits.store import erasures
from services.notifications import tables as nt
from services.notifications.retention import keeps as notifications_keep
from services.payments import institution as payments_institution
from services.payments.store.retention import keeps as payments_keep
from shared import retention
from shared.act import Act, Actor
from shared.clock import Clock
from shared.jobs import JobRun, Later
from shared.process import Service
from shared.retention import Report, Term, terms
from shared.settings import Settings
from shared.tables import retention_report
from shared.web.app import create_app
from tests.benefits.browser import live
from tests.benefits.conftest import Office
from tests.benefits.test_claim_story import decided, submitted
from tests.there import there


def actor(name: str) -> Actor:
    return Actor(
        str(uuid.uuid5(uuid.NAMESPACE_URL, name)), "account", frozenset({"supervisor"}), office="hq", name=name
    )


class House:
    """A service that keeps something, with two supervisors."""

    def __init__(self, service: Service) -> None:
        self.service = service

    def acts(self, name: str, do: Callable[[Act], Any]) -> Any:
        with self.service.engine.begin() as connection:
            clock = self.service.clock
            return do(Act(connection, actor(name), clock.now(), clock.today()))

    def looks(self) -> Report:
        found: Report = self.acts("Vone", lambda act: retention.look(act, self.service.keeps.kinds))
        return found

    def released(self) -> Report:
        found = self.looks()
        self.acts("Vone", lambda act: retention.ask(act, found.id))
        self.acts("Keo", lambda act: retention.release(act, found.id))
        return found

    def run(self, report: Report) -> JobRun:
        s = self.service
        told = {"report_id": report.id}
        return JobRun(s.engine, s.clock, s.name, 0, retention.ERASE, report.id, told, s.clock.today(), 0, "")

    def erases(self, report: Report) -> Report:
        while retention.erase_by_job(self.service, self.run(report)) is not None:
            pass
        return self.report(report.id)

    def report(self, id_: str) -> Report:
        with self.service.engine.connect() as connection:
            return next(each for each in retention.reports(connection) if each.id == id_)

    def count(self, table: Any) -> int:
        with self.service.engine.connect() as connection:
            return int(connection.scalar(select(func.count()).select_from(table)) or 0)


def line(report: Report, code: str) -> retention.Line:
    return next(each for each in report.lines if each.code == code)


# --- claims, with all that is about them --------------------------------------------------------


@pytest.fixture
def office(new_database: Callable[[str], str], keys_folder: Path, tmp_path: Path) -> Iterator[Office]:
    found = Office(new_database("benefits"), keys_folder, tmp_path / "clock")
    yield found
    found.service.engine.dispose()


def paid(office: Office, *, exact: bool = True) -> dict[str, Any]:
    """A claim that is decided and paid, to the last or a little too much."""
    claim = submitted(office, office.someone() if exact else office.someone("ທ້າວ ຄຳພອນ ວົງສາ", "Khamphone Vongsa"))
    decided(office, claim)
    with office.service.engine.connect() as connection:
        award = there(store.awards.of_claim(office.act(connection), claim["id"]))
    for part in award.schedule:
        live.bank_says(office, claim, minor=part.amount.minor + (0 if exact else 100), no=part.no)
    return claim


def test_a_claim_goes_with_all_about_it_and_only_when_it_is_over(office: Office) -> None:
    house = House(office.service)
    gone, owed = paid(office), paid(office, exact=False)
    drafted = office.clerk.post(
        "/v1/claims",
        {"person_id": office.someone("ນາງ ໃໝ່ ແກ້ວ", "May Keo"), "benefit": "sickness", "received_on": "2025-05-20"},
    ).json
    assert line(house.looks(), "closed_claims").due == 0, "its term is not over"
    office.on("2036-01-10")
    report = house.released()
    found = line(report, "closed_claims")
    assert (found.due, found.days) == (1, 3650)
    assert found.oldest == date(2025, 7, 19), "as long as it could be contested, it was not over"
    assert house.count(t.claim) == 3, "a look erases nothing"
    done = house.erases(report)
    assert (done.state, line(done, "closed_claims").gone) == ("done", 1)
    with office.service.engine.connect() as connection:
        left = {str(id_) for id_ in connection.scalars(select(t.claim.c.id))}
        assert left == {owed["id"], drafted["id"]}
        for table in t.metadata.sorted_tables:
            if "claim_id" in table.c:
                assert gone["id"] not in set(connection.scalars(select(table.c.claim_id))), table.name
    assert house.count(t.person) == 3, "the record of insurance stays"
    assert line(house.looks(), "closed_claims").due == 0


def test_every_table_about_a_claim_goes_with_it() -> None:
    about = {table.name for table in t.metadata.sorted_tables if "claim_id" in table.c}
    assert {table.name for table in erasures.OF_CLAIM} == about


def test_whoever_points_at_a_row_that_goes_is_found_by_an_index(office: Office) -> None:
    """Otherwise each row that goes reads the whole of another table."""
    bare = """
    SELECT c.conrelid::regclass::text || '.' || a.attname FROM pg_constraint c
    JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
    WHERE c.contype = 'f' AND c.confrelid::regclass::text = ANY(%(tables)s)
      AND NOT EXISTS (SELECT 1 FROM pg_index i WHERE i.indrelid = c.conrelid AND i.indkey[0] = a.attnum
                      AND (i.indpred IS NULL OR pg_get_expr(i.indpred, i.indrelid) LIKE '%%IS NOT NULL%%'))"""
    names = [*(table.name for table in erasures.OF_CLAIM), "claim", "import_file"]
    with office.service.engine.connect() as connection:
        assert list(connection.exec_driver_sql(bare, {"tables": names}).scalars()) == []


# --- two people -----------------------------------------------------------------------------------


def test_who_asked_does_not_release_and_a_later_look_takes_its_place(office: Office) -> None:
    house = House(office.service)
    paid(office)
    office.on("2036-01-10")
    first = house.looks()
    house.acts("Vone", lambda act: retention.ask(act, first.id))
    with pytest.raises(retention.SamePerson):
        house.acts("Vone", lambda act: retention.release(act, first.id))
    with pytest.raises(retention.NotNow):
        house.acts("Keo", lambda act: retention.ask(act, first.id))
    second = house.looks()
    assert house.report(first.id).state == "replaced"
    with pytest.raises(retention.NotNow):
        house.acts("Keo", lambda act: retention.release(act, first.id))
    assert house.erases(second).state == "made", "nobody has released it"
    assert house.count(t.claim) == 1


def test_rows_that_only_grow_go_in_no_other_way(office: Office) -> None:
    paid(office)
    for table in ("decision", "claim_change", "audit"):
        with pytest.raises(IntegrityError), office.service.engine.begin() as connection:
            connection.exec_driver_sql(f"DELETE FROM {table}")
    with pytest.raises(IntegrityError), office.service.engine.begin() as connection:
        connection.exec_driver_sql("SET LOCAL tideover.erasing = 'released'; DELETE FROM audit")


def test_what_was_killed_half_way_goes_on_where_it_stood(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each slice is committed with its count: whatever is killed between two commits, the sum is right."""
    monkeypatch.setattr(retention, "SLICE", 2)
    house = House(office.service)
    with office.service.engine.begin() as connection:
        for n in range(7):
            told = {"key": f"k{n}", "failures": 1, "last_at": office.service.clock.now()}
            connection.execute(t.sign_in_tries.insert().values(**told))
    office.on("2028-01-10")
    report = house.released()
    commits = 0

    def dies(_: object) -> None:
        nonlocal commits
        commits += 1
        if commits == 3:
            raise KeyboardInterrupt

    event.listen(office.service.engine, "commit", dies)
    with pytest.raises(KeyboardInterrupt):
        house.erases(report)
    event.remove(office.service.engine, "commit", dies)
    half = line(house.report(report.id), "tries").gone
    assert 0 < half < 7
    assert half + house.count(t.sign_in_tries) == 7
    done = house.erases(report)
    assert (done.state, line(done, "tries").gone, house.count(t.sign_in_tries)) == ("done", 7, 0)
    assert house.erases(report).ended_at == done.ended_at, "once more does nothing"


def test_a_restored_service_erases_nothing(office: Office) -> None:
    house = House(office.service)
    paid(office)
    office.on("2036-01-10")
    report = house.released()
    with office.service.engine.begin() as connection:
        connection.exec_driver_sql("INSERT INTO restore_hold (found_at, how, phase) VALUES (now(), 'command', 'held')")
    assert isinstance(retention.erase_by_job(office.service, house.run(report)), Later)
    assert house.count(t.claim) == 1


def test_the_page_of_two_supervisors(office: Office) -> None:
    from tests.benefits.visitors import Browser

    paid(office)
    office.on("2036-01-10")
    home = "/parked/benefits/retention"
    one, two = Browser(office, office.supervisor_of_hq), Browser(office, office.administrator_of_hq)
    assert "Nobody has looked yet" in one.open(f"{home}?lang=en")
    assert "looked at; nothing was erased" in one.send(f"{home}/look")
    report = there(re.search(rf"{home}/([\w-]+)/ask", one.text)).group(1)
    shown = one.send(f"{home}/{report}/ask")
    assert "waits for a second person" in shown
    assert f"{report}/release" not in shown
    one.send(f"{home}/{report}/release", expect=403)
    assert "being erased" in two.send(f"{home}/{report}/release")
    office.service.look_at_jobs()
    assert "erased" in Browser(office, office.auditor_of_hq).open(f"{home}?lang=en")
    Browser(office, office.auditor_of_hq).send(f"{home}/look", expect=403)
    with office.service.engine.connect() as connection:
        assert connection.scalar(select(retention_report.c.state)) == "done"
        audited = set(connection.exec_driver_sql("SELECT action FROM audit").scalars())
    assert {"ask", "release"} <= {said.split()[1].rpartition("/")[2] for said in audited if said.startswith("POST")}


# --- messages and books ---------------------------------------------------------------------------


def service(name: str, url: str, keys: Path, clock: Path, keeps: retention.Retention) -> Service:
    settings = Settings(name, url, keys)
    return Service(name, Path("services") / name, {}, {}, settings, Clock(sandbox_file=clock), keeps=keeps)


def test_messages_and_letters_go_with_their_history(
    new_database: Callable[[str], str], keys_folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "clock").write_text("2025-05-20")
    url = new_database("notifications")
    house = House(service("notifications", url, keys_folder, tmp_path / "clock", notifications_keep({})))
    create_app(house.service, [])
    about = "gen_random_uuid(), gen_random_uuid(), '250000000134', 'svk', '{}', 1, %s, now(), now()"
    with house.service.engine.begin() as connection:
        for n, day in enumerate(("2014-01-02", "2014-01-03", "2025-05-01")):
            id_ = connection.exec_driver_sql(
                "INSERT INTO message (id, channel, state, template, event_id, recipient, person_id, claim_id,"
                " claim_number, office_id, facts, version, created_on, created_at, changed_at)"
                f" VALUES (gen_random_uuid(), 'letter', 'created', 'decision_letter', '{n}', 'her', {about})"
                " RETURNING id",
                (day,),
            ).scalar_one()
            connection.exec_driver_sql("UPDATE message SET state = 'cancelled', version = 2 WHERE id = %s", (id_,))
            told = "(message_id, state, by, on_day, at) VALUES (%s, 'created', 'x', %s, now())"
            connection.exec_driver_sql(f"INSERT INTO message_move {told}", (id_, day))
    report = house.released()
    assert (line(report, "messages").due, line(report, "messages").oldest) == (2, date(2014, 1, 2))
    assert line(house.erases(report), "messages").gone == 2
    assert (house.count(nt.message), house.count(nt.message_move)) == (1, 1)
    house.service.engine.dispose()


# --- terms ----------------------------------------------------------------------------------------


def test_an_institution_has_terms_of_its_own_with_the_article_of_a_law() -> None:
    known = {"messages": Term(3650)}
    assert terms({}, known) == known
    assert terms({"messages": 100}, known) == {"messages": Term(100)}
    said = {"messages": {"days": 100, "article": "Act 1 s. 2"}}
    assert terms(said, known) == {"messages": Term(100, "Act 1 s. 2")}
    for wrong in ({"letters": 1}, {"messages": 0}, {"messages": "long"}, {"messages": {"article": "s. 2"}}):
        with pytest.raises(ValueError, match="retention"):
            terms(wrong, known)


def test_payments_keep_the_books() -> None:
    found = payments_keep(payments_institution.institution())
    assert [kind.code for kind in found.kinds] == ["bank_texts"]
    going = {name for kind in found.kinds for name in kind.tables}
    assert not going & {"payment_order", "ledger_entry", "ledger_posting"}


def test_a_month_is_looked_at_once(office: Office) -> None:
    for day in ("2025-05-21", "2025-05-22", "2025-06-01"):
        office.on(day)
        office.service.plan_day()
        office.service.look_at(_number(office))
    with office.service.engine.connect() as connection:
        made = list(connection.scalars(select(retention_report.c.made_on).order_by(retention_report.c.made_at)))
    assert made == [date(2025, 5, 21), date(2025, 6, 1)]


def _number(office: Office) -> int:
    with office.service.engine.connect() as connection:
        return int(
            connection.exec_driver_sql("SELECT max(number) FROM job WHERE kind = 'retention_report'").scalar_one()
        )
