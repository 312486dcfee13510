"""Every line of every statement is kept once, or the file is refused aloud: banks count, split and repeat as they
like."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from services.payments import tables as t
from shared.act import Actor
from tests.payments.conftest import DAOVONE, KHAMLA, PAY_DAY, Town
from tests.payments.statement_makers import BAHT, OURS, balance, entry, file, part, statement
from tests.payments.test_doors import Counter

D22 = PAY_DAY
D21, D20 = D22 - timedelta(days=1), D22 - timedelta(days=2)
SENG = Actor("seng", "account", frozenset({"payment_officer"}), office="hq", name="Seng")


@dataclass
class Desk:
    """The payment office with its statements: files come in at the door, as a person hands them in."""

    counter: Counter

    @property
    def town(self) -> Town:
        return self.counter.town

    def hands_in(self, content: bytes, who: Actor = KHAMLA) -> Any:
        answer = self.counter.web.post("/v1/statements", data=content, headers=self.counter.headers(who))
        self.town.works()
        return answer

    def rows(self, table: Any) -> list[Any]:
        """All rows of a table in the order in which they came."""
        st, lines = t.statement, t.statement_line
        query = select(table).order_by(st.c.imported_at)
        if table is lines:
            query = select(lines).join(st, st.c.id == lines.c.statement_id)
            query = query.order_by(st.c.imported_at, lines.c.entry, lines.c.part)
        with self.town.service.engine.connect() as connection:
            return list(connection.execute(query))

    def kept(self) -> list[int]:
        """Amounts of the lines kept, in minor units, in the order of their keeping."""
        return [row.amount_minor for row in self.rows(t.statement_line)]

    def told(self) -> list[tuple[bool | None, int | None]]:
        """For each statement: whether kept and told agree, and what is missing."""
        return [(row.adds_up, row.missing_minor) for row in self.rows(t.statement)]


@pytest.fixture
def desk(town: Town, keys_folder: Path) -> Desk:
    return Desk(Counter(town, keys_folder))


# --- references are evidence, not keys ---------------------------------------------------------


@pytest.mark.parametrize(
    "refs", [{"ntry": "1"}, {"bank": "NONREF"}, {"bank": "NOTPROVIDED"}, {"bank": "0000"}, {"bank": "1"}, {}]
)
def test_references_that_begin_anew_each_day_hide_no_line(desk: Desk, refs: dict[str, str]) -> None:
    for day, opening, closing in ((D21, "1000.00", "1100.00"), (D22, "1100.00", "1200.00")):
        one = entry("60.00", day, **refs)
        two = entry("40.00", day, **refs)
        assert desk.hands_in(file(statement(one, two, day=day, opening=opening, closing=closing))).status_code == 202
    assert desk.kept() == [60_00, 40_00, 60_00, 40_00]
    assert desk.told() == [(True, 0), (True, 0)]
    assert desk.town.balance("bank") == 200_00


@pytest.mark.parametrize(
    ("refs", "ends", "shared"),
    [
        ({}, ("X1", "X2", "X3"), ""),
        ({}, ("NOTPROVIDED",) * 3, ""),
        ({}, ("", "", ""), ""),
        ({"bank": "BATCH7"}, ("SAME", "SAME", "SAME"), "BATCH7"),
        ({"bank": "BATCH7"}, ("", "", ""), "BATCH7"),
        ({"ntry": "1"}, ("X1", "X2", "X3"), "BATCH7"),
    ],
)
def test_a_batch_keeps_each_transfer_whatever_its_references(
    desk: Desk, refs: dict[str, str], ends: tuple[str, ...], shared: str
) -> None:
    parts = "".join(part(a, end, bank=shared) for a, end in zip(("10.00", "20.00", "30.00"), ends, strict=True))
    told = statement(entry("60.00", D22, details=parts, **refs), day=D22, closing="1060.00")
    desk.hands_in(file(told))
    assert (desk.kept(), desk.told()) == ([10_00, 20_00, 30_00], [(True, 0)])


def test_a_batch_without_the_banks_references_settles_each_order(desk: Desk) -> None:
    town = desk.town
    awards = [town.award(town.person(f"P{n}", f"11002003004{n:02}"), 100_00 + n) for n in range(3)]
    town.bank.told(drop_answer=1)
    town.pays()
    assert [s for a in awards for s in town.states(a)] == ["unknown"] * 3
    orders = [town.orders(a)[0] for a in awards]
    parts = "".join(part(f"{o.amount_minor / 100:.2f}", o.reference, side="DBIT") for o in orders)
    total = sum(o.amount_minor for o in orders)
    batch = entry(f"{total / 100:.2f}", D22, side="DBIT", details=parts)
    desk.hands_in(file(statement(batch, day=D22, opening="1000.00", closing=f"{1000 - total / 100:.2f}")))
    assert [s for a in awards for s in town.states(a)] == ["settled"] * 3


def test_two_people_pay_in_the_same_sum_on_the_same_day(desk: Desk) -> None:
    deposits = [entry("50.00", D22)] * 3
    desk.hands_in(file(statement(*deposits, day=D22, closing="1150.00")))
    assert (desk.kept(), desk.told()) == ([50_00] * 3, [(True, 0)])


# --- told again, told in parts, told across days ------------------------------------------------


def test_the_day_so_far_and_the_day_at_its_end_tell_each_line_once(desk: Desk) -> None:
    a, b, c = (entry(amount, D22) for amount in ("50.00", "50.00", "70.00"))
    desk.hands_in(file(statement(a, day=D22, closing="1050.00")))
    desk.hands_in(file(statement(a, b, day=D22, closing="1100.00")))
    desk.hands_in(file(statement(c, b, a, day=D22, closing="1170.00", final=True)))
    desk.hands_in(file(statement(a, day=D22, closing="1050.00")))  # the first again, late, under another number
    assert sorted(desk.kept()) == [50_00, 50_00, 70_00]
    assert [adds_up for adds_up, _ in desk.told()] == [True] * 4
    assert desk.town.balance("bank") == 170_00


def test_a_day_in_two_halves_keeps_equal_deposits_of_both(desk: Desk) -> None:
    half = [entry("50.00", D22, ntry="1"), entry("20.00", D22, ntry="2")]
    desk.hands_in(file(statement(*half, day=D22, closing="1070.00", ends="11:59:59")))
    desk.hands_in(file(statement(*half, day=D22, opening="1070.00", closing="1140.00", final=True, begins="12:00:00")))
    assert (desk.kept(), desk.told()) == ([50_00, 20_00] * 2, [(True, 0), (True, 0)])


def test_halves_that_end_where_they_began_are_told_apart_by_their_hours(desk: Desk) -> None:
    half = [entry("50.00", D22), entry("50.00", D22, side="DBIT")]
    desk.hands_in(file(statement(*half, day=D22, closing="1000.00", ends="12:00:00")))
    desk.hands_in(file(statement(*half, day=D22, closing="1000.00", begins="12:00:00")))
    assert desk.kept() == [50_00, -50_00] * 2


def test_a_statement_that_comes_in_pages(desk: Desk) -> None:
    def page(n: int, last: bool, **more: Any) -> bytes:
        pages = f"<StmtPgntn><PgNb>{n}</PgNb><LastPgInd>{str(last).lower()}</LastPgInd></StmtPgntn>"
        return file(statement(entry("50.00", D22), day=D22, ident="PAGED", more=pages, **more))

    desk.hands_in(page(1, False))
    desk.hands_in(page(2, True, opening=None, closing="1100.00", final=True))
    assert desk.kept() == [50_00, 50_00]


def test_statements_of_several_days_that_overlap(desk: Desk) -> None:
    a, b, c = entry("50.00", D20), entry("50.00", D21), entry("50.00", D22)
    desk.hands_in(file(statement(a, b, day=D21, first=D20, closing="1100.00", final=True)))
    desk.hands_in(file(statement(b, c, day=D22, first=D21, opening="1050.00", closing="1150.00", final=True)))
    assert (desk.kept(), [up for up, _ in desk.told()]) == ([50_00] * 3, [True, True])


def test_an_entry_booked_back_on_a_day_that_is_closed_is_a_new_one(desk: Desk) -> None:
    desk.hands_in(file(statement(entry("50.00", D21), day=D21, closing="1050.00", final=True)))
    late = entry("50.00", D21)
    desk.hands_in(file(statement(late, day=D22, opening="1050.00", closing="1100.00", final=True)))
    assert (desk.kept(), [up for up, _ in desk.told()]) == ([50_00, 50_00], [True, True])


def test_a_notification_and_the_statement_after_it_are_one_movement(desk: Desk) -> None:
    told = file(
        statement(entry("50.00", D22), day=D22, opening=None, tag="Ntfctn", period=False),
        version="camt.054.001.08",
        root="BkToCstmrDbtCdtNtfctn",
    )
    desk.hands_in(told)
    desk.hands_in(file(statement(entry("50.00", D22), entry("50.00", D22), day=D22, closing="1100.00", final=True)))
    assert (desk.kept(), desk.told()[-1]) == ([50_00, 50_00], (True, 0))


def test_two_notifications_of_equal_deposits_are_two(desk: Desk) -> None:
    for _ in range(2):
        one = statement(entry("50.00", D22), day=D22, opening=None, tag="Ntfctn", period=False)
        desk.hands_in(file(one, version="camt.054.001.08", root="BkToCstmrDbtCdtNtfctn"))
    assert desk.kept() == [50_00, 50_00]


def test_the_same_statement_written_anew_is_the_same(desk: Desk) -> None:
    one = file(statement(entry("50.00", D22), day=D22, closing="1050.00", ident="ONE"))
    desk.hands_in(one)
    desk.hands_in(one.replace(b"><", b">\n<"))
    assert desk.kept() == [50_00]


def test_what_the_bank_tells_and_nothing_explains_is_said_with_its_amount(desk: Desk) -> None:
    desk.hands_in(file(statement(entry("50.00", D22), day=D22, closing="1080.00", final=True)))
    assert desk.told() == [(False, 30_00)]
    page = desk.counter.page(DAOVONE, "/payments/statements").text
    assert "does not add up" in page
    assert "30" in page
    shown = desk.counter.get(KHAMLA, "/v1/statements").json["items"][0]
    assert (shown["adds_up"], shown["missing"]) == (False, {"minor": 30_00, "currency": "LAK"})


def test_a_line_of_the_morning_that_the_final_statement_does_not_know_is_said(desk: Desk) -> None:
    desk.hands_in(file(statement(entry("50.00", D22), entry("7.00", D22), day=D22, closing="1057.00")))
    desk.hands_in(file(statement(entry("50.00", D22), day=D22, closing="1050.00", final=True)))
    assert desk.told()[-1] == (False, -7_00)


def test_an_entry_told_twice_by_the_bank_is_taken_back_by_a_person(desk: Desk) -> None:
    for name in ("A", "B"):
        told = statement(entry("50.00", D22, bank=name), day=D22, opening=None, tag="Ntfctn", period=False)
        desk.hands_in(file(told, version="camt.054.001.08", root="BkToCstmrDbtCdtNtfctn"))
    line = desk.rows(t.statement_line)[-1].id
    done = desk.counter.post(KHAMLA, f"/v1/statement-lines/{line}/resolution", {"how": "told_twice", "note": "seen"})
    assert (done.status_code, desk.town.balance("bank")) == (201, 50_00)


# --- other forms of the same thing -----------------------------------------------------------------


@pytest.mark.parametrize("version", [f"camt.053.001.{n:02}" for n in (2, 3, 4, 5, 6, 7, 8, 13)])
@pytest.mark.parametrize("status", ["BOOK", "<Cd>BOOK</Cd>"])
def test_amounts_that_stand_in_the_details_of_any_version(desk: Desk, version: str, status: str) -> None:
    parts = "".join(
        f"<TxDtls><Refs><EndToEndId>{end}</EndToEndId></Refs>"
        f'<AmtDtls><TxAmt><Amt Ccy="LAK">{a}</Amt></TxAmt></AmtDtls></TxDtls>'
        for end, a in (("E1", "329.56"), ("E2", "100.00"))
    )
    told = statement(entry("429.56", D22, details=parts, status=status, bank="OWN"), day=D22, closing="1429.56")
    desk.hands_in(file(told, version=version))
    assert (desk.kept(), desk.told()) == ([329_56, 100_00], [(True, 0)])


def test_charges_inside_a_batch_are_a_fee(desk: Desk) -> None:
    charge = '<Chrgs><Rcrd><Amt Ccy="LAK">2.00</Amt><CdtDbtInd>DBIT</CdtDbtInd></Rcrd></Chrgs>'
    parts = part("60.00", "E1", side="DBIT") + part("40.00", "E2", side="DBIT", more=charge)
    told = entry("102.00", D22, side="DBIT", details=parts)
    desk.hands_in(file(statement(told, day=D22, closing="898.00")))
    assert (desk.kept(), desk.town.balance("fees")) == ([-60_00, -40_00, -2_00], 2_00)


def test_a_batch_that_does_not_add_up_is_kept_whole(desk: Desk) -> None:
    parts = part("60.00", "E1") + part("41.00", "E2")
    desk.hands_in(file(statement(entry("100.00", D22, details=parts), day=D22, closing="1100.00")))
    assert (desk.kept(), desk.told()) == ([100_00], [(True, 0)])


def test_several_accounts_and_several_statements_in_one_file(desk: Desk) -> None:
    desk.hands_in(
        file(
            statement(entry("1.00", D21), day=D21, closing="1001.00"),
            statement(entry("2.00", D22), day=D22, opening="1001.00", closing="1003.00"),
            statement(entry("3.00", D22, currency="THB"), day=D22, closing="1003.00", account=BAHT, currency="THB"),
        )
    )
    assert (desk.kept(), desk.told()) == ([1_00, 2_00, 3_00], [(True, 0)] * 3)
    assert (desk.town.balance("bank"), desk.town.balance("bank", "THB")) == (3_00, 3_00)


@pytest.mark.parametrize("currency", ["EUR", "USD"])
def test_a_balance_that_is_not_needed_stops_nothing(desk: Desk, currency: str) -> None:
    forward = balance("FWAV", "1.00", D22, currency) + balance("CLBD", "5.00", D22, currency)
    told = statement(entry("10.00", D22), day=D22, closing="1010.00", final=True)
    desk.hands_in(file(told.replace("<Ntry>", forward + "<Ntry>", 1)))
    assert (desk.kept(), desk.told()) == ([10_00], [(True, 0)])


def test_a_day_that_ends_at_midnight_is_the_day_before(desk: Desk) -> None:
    told = statement(entry("10.00", D21), day=D21, opening=None).replace(
        f"<ToDtTm>{D21}T23:59:59", f"<ToDtTm>{D22}T00:00:00"
    )
    desk.hands_in(file(told))
    assert [row.day for row in desk.rows(t.statement)] == [D21]


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (f"{D21}T23:30:00+07:00", D21),
        (f"{D21}T18:00:00Z", D22),
        (f"{D21}T00:00:00", D21),
        (f"{D22}T00:30:00+07:00", D22),
    ],
)
def test_a_booking_time_with_a_zone_is_a_day_of_ours(desk: Desk, moment: str, day: date) -> None:
    told = entry("10.00", D22, booked=f"<DtTm>{moment}</DtTm>")
    desk.hands_in(file(statement(told, day=D22, closing="1010.00")))
    assert [row.booked_on for row in desk.rows(t.statement_line)] == [day]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig"])
def test_other_encodings_are_read(desk: Desk, encoding: str) -> None:
    text = file(statement(entry("10.00", D22), day=D22, closing="1010.00")).decode()
    desk.hands_in(text.replace('encoding="UTF-8"', 'encoding="UTF-16"' if "16" in encoding else "").encode(encoding))
    assert desk.kept() == [10_00]


def test_what_is_only_expected_is_no_line(desk: Desk) -> None:
    told = [entry("10.00", D22), entry("99.00", D22, status="<Cd>PDNG</Cd>"), entry("98.00", D22, status="PDNG")]
    desk.hands_in(file(statement(*told, day=D22, closing="1010.00")))
    assert (desk.kept(), desk.told()) == ([10_00], [(True, 0)])


MT940 = """{{1:F01BANKLALAAXXX0000000000}}{{2:I940BANKLALAXXXXN}}{{4:
:20:STMT0522
:25:0100000000001
:28C:141/1
:60F:C250521LAK1000,00
:61:2505220522C50,00NTRFNONREF//NONREF
:86:deposit
:61:2505220522C50,NTRFNONREF//NONREF
:86:deposit
:61:2505220522D100,00NTRF{reference}//B7
:86:CLAIM 250000000112
:61:2505220522D3,00NCHGNONREF
:86:charges
:62F:C250522LAK997,00
-}}
"""


def test_an_mt940_is_read_like_any_statement(desk: Desk) -> None:
    town = desk.town
    award = town.award(town.person(), 100_00)
    town.bank.told(drop_answer=1)
    town.pays()
    reference = town.orders(award)[0].reference
    answer = desk.hands_in(MT940.format(reference=reference).encode())
    assert (answer.status_code, desk.kept(), desk.told()) == (202, [50_00, 50_00, -100_00, -3_00], [(True, 0)])
    assert (town.states(award), town.balance("fees")) == (["settled"], 3_00)


def test_an_mt942_tells_the_day_so_far_and_the_mt940_the_rest(desk: Desk) -> None:
    so_far = (
        ":20:R1\r\n:25:0100000000001\r\n:28C:1/1\r\n:34F:LAK0,\r\n:13D:2505221200+0700\r\n"
        ":61:2505220522C50,00NTRFNONREF//NONREF\r\n:86:deposit\r\n:90C:1LAK50,00\r\n-\r\n"
    )
    assert desk.hands_in(so_far.encode()).status_code == 202
    desk.hands_in(MT940.format(reference="NONREF").encode())
    assert desk.kept() == [50_00, 50_00, -100_00, -3_00]
    assert desk.told()[-1] == (True, 0)


# --- what is not ours, what cannot be read, what has not come ----------------------------------------


def test_a_strangers_account_goes_to_a_list_and_never_into_the_ledger(desk: Desk) -> None:
    refused = desk.hands_in(file(statement(entry("777.00", D22), day=D22, account="9999999999", closing="1777.00")))
    assert (refused.status_code, refused.json["code"]) == (422, "statement_refused")
    assert [(e["code"], e["params"]["account"]) for e in refused.json["errors"]] == [("not_our_account", "9999999999")]
    assert (desk.kept(), desk.town.balance("bank"), desk.rows(t.statement)) == ([], 0, [])
    page = desk.counter.page(DAOVONE, "/payments/statements").text
    assert "The account is not one of ours" in page
    assert "9999999999" in page


def test_a_stranger_beside_our_own_stops_nothing(desk: Desk) -> None:
    answer = desk.hands_in(
        file(
            statement(entry("1.00", D22), day=D22, closing="1001.00"),
            statement(entry("2.00", D22, currency="EUR"), day=D22, account="DE999", currency="EUR", closing="1002.00"),
        )
    )
    assert (answer.status_code, desk.kept()) == (202, [1_00])
    listed = desk.counter.get(KHAMLA, "/v1/statements/files").json["items"]
    assert [(f["state"], [e["code"] for e in f["faults"]]) for f in listed] == [("partly", ["not_our_account"])]
    assert listed[0]["taken_by_name"] == "Khamla"


def test_a_file_that_cannot_be_read_is_told_to_who_handed_it_in(desk: Desk) -> None:
    for content in (b"<a>", b"hello", b"<Document/>", "ສະບາຍດີ".encode()):
        answer = desk.hands_in(content)
        assert (answer.status_code, answer.json["code"]) == (422, "statement_refused"), content
        assert answer.json["errors"][0]["code"]
    assert {f["state"] for f in desk.counter.get(KHAMLA, "/v1/statements/files").json["items"]} == {"refused"}


def test_a_line_that_cannot_be_read_is_shown_and_read_again_after_a_fix(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    from services.payments.gateways import camt

    told = [entry("10.00", D22), entry("20.00", D22), entry("30.00", D22)]
    content = file(statement(*told, day=D22, closing="1060.00", final=True))
    whole = camt._entry

    def broken(element: Any, position: int, zone: Any) -> Any:
        if position == 2:
            raise ValueError("no amount")
        return whole(element, position, zone)

    monkeypatch.setattr(camt, "_entry", broken)
    desk.hands_in(content)
    assert (desk.kept(), desk.told()) == ([10_00, 30_00], [(False, 20_00)])
    page = desk.counter.page(KHAMLA, "/payments/statements").text
    assert "no amount" in page
    monkeypatch.setattr(camt, "_entry", whole)
    (listed,) = desk.counter.get(KHAMLA, "/v1/statements/files").json["items"]
    assert desk.counter.page(KHAMLA, f"/payments/statements/{listed['id']}/again", {}).status_code == 303
    desk.town.works()
    assert (desk.kept(), desk.told()) == ([10_00, 20_00, 30_00], [(True, 0)])
    (listed,) = desk.counter.get(KHAMLA, "/v1/statements/files").json["items"]
    assert (listed["state"], listed["faults"]) == ("read", [])


@pytest.mark.parametrize("day", [date(2099, 1, 1), D22 + timedelta(days=1)])
def test_a_statement_of_a_day_that_has_not_come_is_refused(desk: Desk, day: date) -> None:
    answer = desk.hands_in(file(statement(entry("1.00", day), day=day, closing="1001.00", final=True)))
    assert [e["code"] for e in answer.json["errors"]] == ["day_has_not_come"]
    assert desk.kept() == []


def test_a_later_day_handed_in_early_hides_no_day_before_it(desk: Desk) -> None:
    town = desk.town
    award = town.award(town.person(), 100_00)
    town.bank.told(drop_answer=1)
    town.pays()
    town.clock.move_to(D22 + timedelta(days=4))
    day = D22 + timedelta(days=3)
    desk.hands_in(file(statement(entry("1.00", day), day=day, closing="1001.00", final=True)))
    shown = desk.counter.get(KHAMLA, f"/v1/days/{D22 + timedelta(days=4)}")
    assert shown.status_code == 200
    page = desk.counter.page(KHAMLA, "/payments/statements").text
    assert "are missing" in page or "is missing" in page
    town.service.plan_day()
    town.works()
    assert town.states(award) == ["settled"]
    days = {row.day for row in desk.rows(t.statement) if row.source == "channel" and row.is_final}
    assert {D22 + timedelta(days=n) for n in range(4)} <= days


# --- a person's statement against the bank's own ------------------------------------------------------


def _paid(desk: Desk) -> Any:
    town = desk.town
    award = town.award(town.person(), 100_00)
    town.pays()
    assert town.states(award) == ["settled"]
    return award


def _forged(reference: str, side: str, more: str = "") -> bytes:
    detail = f"<TxDtls><Refs><EndToEndId>{reference}</EndToEndId></Refs>{more}</TxDtls>"
    closing = "1100.00" if side == "CRDT" else "900.00"
    return file(statement(entry("100.00", D22, side=side, details=detail, bank="FAKE1"), day=D22, closing=closing))


def test_a_forged_return_moves_no_order_until_a_second_person_says_so(desk: Desk) -> None:
    town = desk.town
    award = _paid(desk)
    reference = town.orders(award)[0].reference
    desk.hands_in(_forged(reference, "CRDT", "<RtrInf><Rsn><Cd>AC04</Cd></Rsn></RtrInf>"))
    assert town.states(award) == ["settled"]
    line = desk.rows(t.statement_line)[-1]
    assert (line.match, line.amount_minor) == ("contested", 100_00)
    assert desk.rows(t.statement)[-1].imported_by_name == "Khamla"
    path = f"/v1/statement-lines/{line.id}/resolution"
    own = desk.counter.post(KHAMLA, path, {"how": "confirmed", "note": "it is so"})
    assert (own.status_code, own.json["code"]) == (409, "second_person_needed")
    assert town.states(award) == ["settled"]
    assert desk.counter.post(SENG, path, {"how": "confirmed", "note": "called the bank"}).status_code == 201
    assert town.states(award) == ["returned", "held"]
    assert town.balance("suspense") == 0


def test_a_forged_debit_settles_no_order_that_the_bank_refused_or_never_had(desk: Desk) -> None:
    town = desk.town
    award = town.award(town.person(), 100_00)
    town.bank.told(swallow=1)
    town.pays()
    assert town.states(award) == ["unknown"]
    desk.hands_in(_forged(town.orders(award)[0].reference, "DBIT"))
    assert town.states(award) == ["unknown"]
    assert town.balance("suspense") == 100_00


def test_what_was_handed_in_counts_when_the_bank_tells_it_itself(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    town = desk.town
    award = town.award(town.person(), 100_00)
    town.bank.told(drop_answer=1)
    town.pays()
    genuine = town.out.bank.statement(OURS, D22)
    assert genuine is not None
    with monkeypatch.context() as away:
        away.setattr(town.out.bank, "statement", lambda account, day: None)
        away.setattr(town.out.bank, "enquire", lambda reference, uetr="": None)
        desk.hands_in(genuine)
        assert town.states(award) == ["unknown"]
    town.later()
    assert town.states(award) == ["settled"]
    assert [row.match for row in desk.rows(t.statement_line)] == ["matched"]


# --- a return less charges ---------------------------------------------------------------------------


@pytest.mark.parametrize(("back", "fee"), [(95_00, 5_00), (100_00, 0), (80_00, 20_00)])
def test_a_return_less_charges_is_a_return_with_a_fee_and_is_paid_again(desk: Desk, back: int, fee: int) -> None:
    town = desk.town
    award = _paid(desk)
    reference = town.orders(award)[0].reference
    town.bank_is_right = False
    town.bank.books_by_hand(number=OURS, minor=back, currency="LAK", kind="return", reference=reference, reason="MS02")
    town.day(D22 + timedelta(days=1))
    assert town.states(award) == ["returned", "held"]
    assert (town.balance("fees"), town.balance("suspense"), town.balance("bank")) == (fee, 0, -100_00 + back)
    assert town.events("instalment.returned")[0]["amount"]["minor"] == 100_00


def test_a_return_of_much_less_is_for_a_person_to_explain(desk: Desk) -> None:
    town = desk.town
    award = _paid(desk)
    reference = town.orders(award)[0].reference
    town.bank_is_right = False
    town.bank.books_by_hand(number=OURS, minor=30_00, currency="LAK", kind="return", reference=reference, reason="MS02")
    town.day(D22 + timedelta(days=1))
    assert town.states(award) == ["settled"]
    line = desk.rows(t.statement_line)[-1]
    assert line.match == "amount_differs"
    done = desk.counter.post(
        KHAMLA, f"/v1/statement-lines/{line.id}/resolution", {"how": "returned_less_charges", "note": "foreign bank"}
    )
    assert (done.status_code, town.states(award)) == (201, ["returned", "held"])
    assert (town.balance("fees"), town.balance("suspense")) == (70_00, 0)


def test_two_files_of_one_account_are_read_one_after_the_other(desk: Desk) -> None:
    from services.payments.usecases import fetching
    from shared.database import session_lock

    town = desk.town
    town.award(town.person(), 100_00)
    town.pays()
    with session_lock(town.service.engine, "statements", OURS):
        later = fetching.fetch_statements(town.job(), town.out, "iso20022", "LAK")
    assert later is not None
    assert later.reason == "account_busy"
    assert fetching.fetch_statements(town.job(), town.out, "iso20022", "LAK") is None


def test_an_account_that_begins_or_ends_at_nothing_adds_up(desk: Desk) -> None:
    out, back = entry("1000.00", D22, side="DBIT"), entry("500.00", D22)
    desk.hands_in(file(statement(out, day=D22, closing="0.00", ends="12:00:00")))
    desk.hands_in(file(statement(back, day=D22, opening="0.00", closing="500.00", begins="12:00:00")))
    assert desk.told() == [(True, 0), (True, 0)]
