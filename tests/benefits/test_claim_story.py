"""A claim at the counter: registered, assessed, decided by one and confirmed by another, revised, contested."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from shared.tables import outbox
from tests.benefits.conftest import PAPERS, SICK, Office
from tests.there import there


def sent(office: Office, type_: str | None = None) -> list[Any]:
    with office.service.engine.connect() as connection:
        rows = connection.execute(select(outbox.c.type, outbox.c.body).order_by(outbox.c.position)).all()
    return [r.body["data"] for r in rows if r.type == type_] if type_ else [r.type for r in rows]


def opened(
    office: Office,
    person: str,
    facts: dict[str, Any] = SICK,
    papers: dict[str, Any] = PAPERS,
    benefit: str = "sickness",
    received_on: str = "2025-05-19",
) -> dict[str, Any]:
    answer = office.clerk.post(
        "/v1/claims",
        {
            "person_id": person,
            "benefit": benefit,
            "received_on": received_on,
            "facts": facts,
            "papers": papers,
        },
    )
    assert answer.status_code == 201, answer.json
    said: dict[str, Any] = answer.json
    return said


def submitted(office: Office, person: str, **kw: Any) -> dict[str, Any]:
    claim = opened(office, person, **kw)
    answer = office.clerk.post(f"/v1/claims/{claim['id']}/submission", etag=claim["version"])
    assert answer.status_code == 200, answer.json
    said: dict[str, Any] = answer.json
    return said


def decided(office: Office, claim: dict[str, Any], by: str = "officer") -> dict[str, Any]:
    answer = getattr(office, by).post(f"/v1/claims/{claim['id']}/decisions", {}, etag=claim["version"])
    assert answer.status_code == 201, answer.json
    said: dict[str, Any] = answer.json
    return said


def test_the_ordinary_sickness_of_la_s1_is_granted_by_one_officer(office: Office) -> None:
    claim = submitted(office, office.someone())
    decision = decided(office, claim)
    assert decision["state"] == "final"
    assert decision["outcome"] == "granted"
    assert decision["total"] == {"minor": 336000000, "currency": "LAK"}
    assert [i["amount"]["minor"] for i in decision["schedule"]] == [224000000, 112000000]
    assert [i["due_on"] for i in decision["schedule"]] == ["2025-05-22", "2025-05-22"]
    assert (decision["conformance"]["rate"], decision["conformance"]["days"]) == ("7/10", 45)
    assert sent(office)[1:] == [
        "benefits.claim.submitted",
        "benefits.decision.made",
        "benefits.award.granted",
    ]


def test_above_five_million_kip_a_second_person_confirms(office: Office) -> None:
    person = office.someone(wage="4500000")
    claim = submitted(
        office,
        person,
        facts=SICK
        | {
            "event": {"employer_days_used": 30},
            "employments": [{"pay": "monthly", "wage_paid_until": "2025-03-02", "wage_stopped_word": "employer"}],
        },
    )
    decision = decided(office, claim)
    assert (decision["state"], decision["second_reason"]) == ("proposed", "amount")
    assert "benefits.award.granted" not in sent(office)
    assert office.officer.post(f"/v1/decisions/{decision['id']}/confirmation").status_code == 403
    answer = office.supervisor.post(f"/v1/decisions/{decision['id']}/confirmation")
    assert answer.json["state"] == "final"
    assert sent(office)[-1] == "benefits.award.granted"


def test_nobody_confirms_what_she_proposed_herself(office: Office) -> None:
    person = office.someone(wage="4500000")
    claim = submitted(
        office,
        person,
        facts=SICK
        | {
            "event": {"employer_days_used": 30},
            "employments": [{"pay": "monthly", "wage_paid_until": "2025-03-02", "wage_stopped_word": "employer"}],
        },
    )
    decision = decided(office, claim, by="supervisor")
    answer = office.supervisor.post(f"/v1/decisions/{decision['id']}/confirmation")
    assert (answer.status_code, answer.json["code"]) == (403, "same_person")


def test_too_few_months_are_refused_with_the_reason(office: Office) -> None:
    person = office.someone(months=2)
    decision = decided(office, submitted(office, person))
    assert decision["outcome"] == "refused"
    assert decision["total"]["minor"] == 0
    assert sent(office)[-1] == "benefits.decision.made"


def test_what_a_person_has_not_judged_forbids_deciding(office: Office) -> None:
    claim = submitted(office, office.someone(), papers={})
    answer = office.officer.post(f"/v1/claims/{claim['id']}/decisions", {}, etag=claim["version"])
    assert answer.status_code == 409
    assert answer.json["code"] == "not_ready"
    assert {e["params"].get("warning") for e in answer.json["errors"]} == {
        "certificate_not_verified:SVK-25-01981",
        "certificate_not_verified:SVK-25-02640",
    }
    for number in ("SVK-25-01981", "SVK-25-02640"):
        claim = office.officer.post(
            f"/v1/claims/{claim['id']}/judgements",
            {"warning": f"certificate_not_verified:{number}", "why": "asked the hospital"},
            etag=claim["version"],
        ).json
    assert decided(office, claim)["state"] == "final"


def test_a_corrected_wage_pays_the_difference(office: Office) -> None:
    person = office.someone(wage="3000000")
    claim = submitted(office, person)
    first = decided(office, claim)
    months = [{"month": f"2024-{m:02d}", "wage": {"minor": 320000000, "currency": "LAK"}} for m in (9, 10, 11, 12)]
    months += [{"month": f"2025-{m:02d}", "wage": {"minor": 320000000, "currency": "LAK"}} for m in (1, 2)]
    answer = office.officer2.post(f"/v1/persons/{person}/contributions", {"months": months})
    assert {row["outcome"] for row in answer.json["items"]} == {"corrected"}
    now = office.officer.get(f"/v1/claims/{claim['id']}").json
    now = office.clerk.patch(
        f"/v1/claims/{claim['id']}", {"facts": SICK, "why": "wage corrected by the employer"}, now["version"]
    ).json
    second = decided(office, now)
    assert second["kind"] == "revision"
    assert second["total"]["minor"] - first["total"]["minor"] == second["difference"]["minor"] == 21000000
    assert sent(office, "benefits.award.revised")[0]["version"] == 2


def test_an_appeal_is_decided_by_people_who_have_not_decided_before(office: Office) -> None:
    person = office.someone(months=2)
    claim = submitted(office, person)
    refused = decided(office, claim)
    answer = office.clerk.post(
        f"/v1/claims/{claim['id']}/appeals",
        {
            "decision_id": refused["id"],
            "finding": "contributed",
            "grounds": "My employer paid for all of 2024.",
        },
    )
    assert answer.status_code == 201, answer.json
    assert answer.json["in_time"] is True
    months = [{"month": f"2024-{m:02d}", "wage": {"minor": 320000000, "currency": "LAK"}} for m in range(1, 13)]
    office.officer2.post(f"/v1/persons/{person}/contributions", {"months": months})
    now = office.officer.get(f"/v1/claims/{claim['id']}").json
    again = office.officer.post(f"/v1/claims/{claim['id']}/decisions", {}, etag=now["version"])
    assert (again.status_code, again.json["code"]) == (403, "same_person")
    proposal = office.officer2.post(
        f"/v1/claims/{claim['id']}/decisions", {"reasons": "The wage lists were found."}, etag=now["version"]
    ).json
    assert (proposal["kind"], proposal["state"], proposal["second_reason"]) == (
        "appeal",
        "proposed",
        "appeal",
    )
    done = office.supervisor.post(f"/v1/decisions/{proposal['id']}/confirmation").json
    assert (done["state"], done["outcome"]) == ("final", "granted")
    assert sent(office, "benefits.appeal.decided")[0]["outcome"] == "upheld"
    assert sent(office, "benefits.award.granted")[0]["total"]["minor"] == done["total"]["minor"]


def test_a_follow_up_certificate_lengthens_a_running_spell_and_a_cancelled_one_shortens_it(office: Office) -> None:
    short = SICK | {
        "spell": SICK["spell"] | {"last_day": "2025-04-16"},
        "certificates": SICK["certificates"][:1],
    }
    claim = submitted(office, office.someone(), facts=short)
    first = decided(office, claim)
    assert first["total"]["minor"] == 112000000
    now = office.officer.get(f"/v1/claims/{claim['id']}").json
    now = office.clerk.patch(
        f"/v1/claims/{claim['id']}", {"facts": SICK, "why": "second certificate came"}, now["version"]
    ).json
    longer = decided(office, now)
    assert longer["total"]["minor"] == 336000000
    cancelled = SICK | {"certificates": [SICK["certificates"][0], SICK["certificates"][1] | {"cancelled": True}]}
    now = office.officer.get(f"/v1/claims/{claim['id']}").json
    now = office.officer.patch(
        f"/v1/claims/{claim['id']}", {"facts": cancelled, "why": "hospital cancelled it"}, now["version"]
    ).json
    shorter = decided(office, now)
    assert (shorter["state"], shorter["second_reason"]) == ("proposed", "burdensome_revision")
    done = office.supervisor.post(f"/v1/decisions/{shorter['id']}/confirmation").json
    assert done["total"]["minor"] == 112000000
    assert [d["version"] for d in sent(office, "benefits.award.revised")] == [2, 3]


def test_another_office_does_not_even_learn_that_the_claim_exists(office: Office) -> None:
    claim = submitted(office, office.someone())
    for path in (
        f"/v1/claims/{claim['id']}",
        f"/v1/persons/{claim['person_id']}",
        f"/v1/claims/{claim['id']}/assessment",
    ):
        assert office.officer_of_vte.get(path).status_code == 404
    assert office.officer_of_vte.get("/v1/persons?q=Bounmy").json["items"] == []
    assert office.officer.get("/v1/persons?q=Bounmy").json["items"][0]["id"] == claim["person_id"]


def test_two_people_at_once_do_not_overwrite_each_other(office: Office) -> None:
    claim = opened(office, office.someone())
    assert (
        office.clerk.patch(f"/v1/claims/{claim['id']}", {"papers": {"place": "A"}}, claim["version"]).status_code == 200
    )
    late = office.officer.patch(f"/v1/claims/{claim['id']}", {"papers": {"place": "B"}}, claim["version"])
    assert (late.status_code, late.json["code"]) == (412, "changed_meanwhile")


def test_the_same_request_twice_opens_one_claim(office: Office) -> None:
    person = office.someone()
    body = {"person_id": person, "benefit": "sickness", "facts": SICK}
    one = office.clerk.post("/v1/claims", body, key="k1")
    two = office.clerk.post("/v1/claims", body, key="k1")
    assert one.json == two.json
    assert two.headers["ETag"] == one.headers["ETag"]
    other = office.clerk.post("/v1/claims", body | {"benefit": "birth"}, key="k1")
    assert (other.status_code, other.json["code"]) == (422, "idempotency_key_reused")


def test_notifications_get_the_facts_of_a_letter_and_nobody_else(office: Office) -> None:
    claim = submitted(office, office.someone())
    decision = decided(office, claim)
    path = f"/v1/decisions/{decision['id']}/letter-facts"
    assert office.officer.get(path).status_code == 403
    facts = office.client.get(path, headers=office.machine("notifications")).json
    assert facts is not None
    assert facts["claim_number"] == claim["number"]
    assert facts["appeal"]["until"] == "2025-07-19"
    assert len(facts["access_code"]) == 8
    payee = office.client.get(f"/v1/persons/{claim['person_id']}/payee", headers=office.machine("payments"))
    assert there(payee.json)["account"]["bank"] == "BCEL"


def test_the_same_days_of_a_benefit_are_not_paid_twice(office: Office) -> None:
    person = office.someone()
    first = decided(office, submitted(office, person))
    again = decided(office, submitted(office, person))
    assert (first["total"]["minor"] > 0, again["total"]["minor"], again["outcome"]) == (True, 0, "refused")
    assert again["assessment"]["decisive"] == "paid_before"


def test_after_a_birth_a_later_sick_leave_can_still_be_decided(office: Office) -> None:
    person = office.someone(until="2025-02")
    birth = {
        "spell": {"first_day": "2024-12-01"},
        "event": {"birth_on": "2024-12-10", "children": 1, "pregnancy_months": 9, "claimant": "mother"},
    }
    assert decided(office, submitted(office, person, facts=birth, papers={}, benefit="birth"))["total"]["minor"] > 0
    claim = submitted(office, person, facts=SICK)
    assert decided(office, claim)["outcome"] == "granted"


def test_a_supervisor_does_not_confirm_what_became_doubtful_meanwhile(office: Office) -> None:
    person = office.someone(wage="4500000")
    facts = SICK | {
        "event": {"employer_days_used": 30},
        "employments": [{"pay": "monthly", "wage_paid_until": "2025-03-02", "wage_stopped_word": "employer"}],
    }
    decision = decided(office, submitted(office, person, facts=facts))
    office.clerk.call(
        "PUT",
        f"/v1/persons/{person}/payee",
        {"kind": "bank", "bank": "LDB", "number": "999", "holder": "Somebody Else"},
    )
    answer = office.supervisor.post(f"/v1/decisions/{decision['id']}/confirmation")
    assert (answer.status_code, answer.json["code"]) == (409, "not_ready")


def test_what_was_decided_is_not_withdrawn(office: Office) -> None:
    claim = submitted(office, office.someone())
    decided(office, claim)
    now = office.officer.get(f"/v1/claims/{claim['id']}").json
    now = office.officer.patch(
        f"/v1/claims/{claim['id']}", {"facts": SICK, "why": "looked at again"}, now["version"]
    ).json
    answer = office.clerk.post(f"/v1/claims/{claim['id']}/withdrawal", {"why": "typed by mistake"}, etag=now["version"])
    assert answer.status_code == 409


def test_wages_in_another_currency_are_refused(office: Office) -> None:
    months = [{"month": "2025-01", "wage": {"minor": 100000, "currency": "USD"}}]
    answer = office.officer.post(f"/v1/persons/{office.someone()}/contributions", {"months": months})
    assert answer.status_code == 422
