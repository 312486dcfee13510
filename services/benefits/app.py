"""Wires benefits together. `python -m services.benefits.app PROCESS`; web:
`gunicorn 'services.benefits.app:create_app()'`."""

from __future__ import annotations

from pathlib import Path

from flask import Flask

from services.benefits import (
    advances_api,
    annulments_api,
    api,
    conformance_api,
    consumer,
    contributions_api,
    erasure_api,
    exporting,
    keys_api,
    outside_api,
    own_changes_api,
    pages,
    persons_api,
    phone_codes_api,
    starts_api,
    statistics_api,
    store,
    suspensions_api,
    tables,
)
from services.benefits.conformance.beside import BeingMeasured
from services.benefits.domain.advance import AdvanceRefused
from services.benefits.domain.annulment import AnnulmentRefused
from services.benefits.domain.appeal import DayCannotBe, FindingUnknown
from services.benefits.domain.claim import ClaimDoesNotMove
from services.benefits.domain.decision import NotReady, SamePerson
from services.benefits.domain.erasure import NotErasable
from services.benefits.domain.import_file import FileUnreadable
from services.benefits.domain.intake import IntakeOver
from services.benefits.domain.kinds import CaseInvalid
from services.benefits.domain.overpayment import RecoveryNotPossible
from services.benefits.domain.own_change import OwnChangeRefused
from services.benefits.domain.phone_code import PhoneCodeRefused
from services.benefits.domain.question import QuestionRefused
from services.benefits.domain.repaying import PartsNotPossible
from services.benefits.domain.scan import ScanRefused
from services.benefits.domain.suspension import SuspensionRefused
from services.benefits.gateways.neighbours import Neighbours
from services.benefits.institution import institution
from services.benefits.law.in_force import PackNotInForce, UnknownBenefit, UnknownCountry
from services.benefits.store import ChangedMeanwhile, NotHere
from services.benefits.store.persons import PersonErased
from services.benefits.usecases import evidence_replays, regaining, statistics
from services.benefits.usecases.cells import RowRefused
from services.benefits.usecases.claims import FactsInvalid
from services.benefits.usecases.decisions import AlreadyDecided
from services.benefits.usecases.files_in import KeyReused
from services.benefits.usecases.marks import DayOfDeath, NothingMarked
from services.benefits.usecases.overriding import NotToOverride
from services.benefits.usecases.people import (
    AlreadyKnown,
    CannotBe,
    DeclaredByAnother,
    NothingDeclared,
    WrongCurrency,
)
from services.benefits.views import imports
from shared import logs
from shared.clock import Clock
from shared.process import Service, main
from shared.settings import Settings
from shared.web import app as web
from shared.web.problems import Problem, invalid, not_found, stale, wrong_state


def _advance_refused(fault: AdvanceRefused) -> Problem:
    if fault.code == "same_person":
        return Problem(403, "same_person")
    if fault.code in ("decided_already", "claim_over"):
        return wrong_state(fault.code)
    return invalid((f"#/{fault.field}", fault.code))


def _annulment_refused(fault: AnnulmentRefused) -> Problem:
    if fault.field:
        return invalid((f"#/{fault.field}", fault.code))
    if fault.code in ("decided_already", "decided_anew", "not_annulled"):
        return wrong_state(fault.code)
    code = "same_person" if fault.code == "new_eyes" else "not_ready"
    status = 403 if fault.code == "new_eyes" else 409
    return Problem(status, code, errors=[{"pointer": "#", "code": fault.code, "params": {}}])


def _suspension_refused(fault: SuspensionRefused) -> Problem:
    if fault.field:
        return invalid((f"#/{fault.field}", fault.code))
    if fault.code in ("decided_already", "not_suspended"):
        return wrong_state(fault.code)
    return Problem(409, "not_ready", errors=[{"pointer": "#", "code": fault.code, "params": {}}])


TRANSLATIONS: web.Translations = {
    NotHere: lambda fault: not_found(),
    ChangedMeanwhile: lambda fault: stale(),
    FactsInvalid: lambda fault: Problem(422, "content_invalid", errors=fault.errors),
    CaseInvalid: lambda fault: Problem(422, "content_invalid", errors=fault.errors),
    PackNotInForce: lambda fault: invalid(
        ("#/spell/first_day", "no_law_in_force", {"begins": fault.begins.isoformat() if fault.begins else ""})
    ),
    BeingMeasured: lambda fault: Problem(503, "being_measured", headers={"Refresh": "5"}, retry_after=5),
    UnknownBenefit: lambda fault: invalid(("#/benefit", "unknown_benefit")),
    UnknownCountry: lambda fault: invalid(("#/country", "unknown_country")),
    ClaimDoesNotMove: lambda fault: wrong_state(fault.state),
    NotReady: lambda fault: Problem(
        409,
        "not_ready",
        errors=[{"pointer": "#", "code": code, "params": params} for code, params in fault.reasons],
    ),
    SamePerson: lambda fault: Problem(403, "same_person"),
    AlreadyDecided: lambda fault: wrong_state(str(fault)),
    PersonErased: lambda fault: Problem(409, "person_erased"),
    NotErasable: lambda fault: Problem(
        403 if fault.reasons == ("same_person",) else 409,
        "same_person" if fault.reasons == ("same_person",) else "not_erasable",
        errors=[{"pointer": "#", "code": code, "params": {}} for code in fault.reasons],
    ),
    DayCannotBe: lambda fault: invalid(("#/lodged_on", fault.code)),
    FindingUnknown: lambda fault: invalid(("#/finding", "unknown_finding")),
    FileUnreadable: imports.not_taken,
    KeyReused: lambda fault: Problem(422, "idempotency_key_reused"),
    RowRefused: lambda fault: invalid((f"#/{fault.column}", fault.code)),
    AlreadyKnown: lambda fault: Problem(409, "already_known", params={"person_id": fault.person_id}),
    WrongCurrency: lambda fault: invalid(("#/wage/currency", "not_allowed")),
    NothingDeclared: lambda fault: not_found(),
    DeclaredByAnother: lambda fault: Problem(409, "declared_by_another"),
    RecoveryNotPossible: lambda fault: Problem(
        409, "not_ready", errors=[{"pointer": "#", "code": fault.code, "params": {}}]
    ),
    SuspensionRefused: _suspension_refused,
    AnnulmentRefused: _annulment_refused,
    PartsNotPossible: lambda fault: invalid(("#/parts", fault.code)),
    NothingMarked: lambda fault: wrong_state(str(fault)),
    DayOfDeath: lambda fault: invalid(("#/died_on", fault.code)),
    CannotBe: lambda fault: invalid((fault.pointer, fault.code)),
    NotToOverride: lambda fault: invalid(("#/finding", "not_to_override")),
    PhoneCodeRefused: lambda fault: Problem(
        409, "phone_code_refused", errors=[{"pointer": "#", "code": fault.code, "params": {}}]
    ),
    AdvanceRefused: _advance_refused,
    ScanRefused: lambda fault: invalid((f"#/{fault.field}", fault.code)),
    IntakeOver: lambda fault: wrong_state(str(fault)),
    QuestionRefused: lambda fault: wrong_state(fault.code),
    OwnChangeRefused: lambda fault: wrong_state(fault.code),
}


def make_service() -> Service:
    """The service as its environment describes it."""
    return build(Settings.from_environment("benefits"), Clock.from_environment())


def build(settings: Settings, clock: Clock) -> Service:
    """The service; its jobs ask the other services in its name."""
    neighbours = Neighbours(settings.urls, lambda other: service.keys.service_token(other, clock.now()))
    service = Service(
        name="benefits",
        folder=Path(__file__).parent,
        handlers=consumer.HANDLERS,
        jobs=consumer.JOBS
        | exporting.jobs_for(neighbours)
        | statistics.jobs_for(neighbours)
        | evidence_replays.jobs_for(neighbours),
        settings=settings,
        clock=clock,
        metadata=tables.metadata,
        daily=consumer.daily,
        slow=consumer.SLOW,
        regained=regaining.regained,
        keeps=store.retention.keeps(institution()),
        keep_days=institution().keep_messages_days,
        opens=keys_api.opens,
    )
    return service


def create_app(service: Service | None = None) -> Flask:
    """The web process."""
    if service is None:
        service = make_service()
        logs.configure(service.name)
    persons = (persons_api, contributions_api, erasure_api, phone_codes_api, own_changes_api, starts_api)
    own = (api, *persons, statistics_api, advances_api, suspensions_api, annulments_api, outside_api, conformance_api)
    apis = [module.doors for module in own]
    return web.create_app(service, [*apis, pages.doors], TRANSLATIONS)


if __name__ == "__main__":
    main(make_service)
