"""Each name in a template is a member of the view the page is made of, or comes with every page."""

import re
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from jinja2 import Environment, meta

from services.benefits import views
from services.benefits.views import (
    claim_page,
    decision,
    employer,
    employer_cases,
    employer_keys,
    lists,
    overpayment,
    person,
    worker,
)
from services.benefits.views.estimate import EstimatePage
from services.benefits.views.leaflet import LeafletPage, LeafletsPage
from shared.web import formatting

TEMPLATES = Path(views.__file__).parents[1] / "templates"
#: What every page has (`shared.web.pages`), and the components.
EVERYWHERE = {"_", "ngettext", "c", "csrf_token", "language", "today", "actor", "loop", "range"}
#: A page of the employer also has her house; some pages have a word or two besides their view.
PAGES: dict[str, tuple[list[type[Any]], set[str]]] = {
    "queue": ([lists.QueuePage], set()),
    "claims": ([lists.ClaimsPage], set()),
    "person": ([person.PersonPage], set()),
    "claim": ([claim_page.ClaimView, claim_page.ClaimPage], set()),
    "claim_preview": ([claim_page.ClaimView], set()),
    "acknowledgement": ([claim_page.ClaimView], {"person", "office", "public_url", "asked", "missing"}),
    "decide": ([claim_page.ClaimView, decision.DecisionPage], set()),
    "overpayment": ([overpayment.OverpaymentPage], set()),
    "worker": ([worker.WorkerPage], set()),
    "worker_object": ([worker.ObjectionPage], set()),
    "worker_receipt": ([worker.ReceiptPage], set()),
    "estimate": ([EstimatePage], set()),
    "leaflet": ([LeafletPage], set()),
    "leaflets": ([LeafletsPage], set()),
    "employer": ([employer.HomePage], {"employer", "decided"}),
    "employer_case": ([employer_cases.CasePage], {"employer"}),
    "employer_people": ([employer_cases.FoundPage], {"employer"}),
    "employer_keys": ([employer_keys.KeysPage], {"employer", "key_lines"}),
    "employer_notice": ([employer.NoticePage], {"employer"}),
    "employer_receipt": ([employer.NotifiedPage], {"employer", "again"}),
    "employer_statement": ([employer.StatementPage], {"employer"}),
    "employer_confirmed": ([employer.StatementPage], {"employer"}),
    "employer_account": ([employer.AccountPage], {"employer", "typed", "errors", "sources"}),
}
ENVIRONMENT = Environment(autoescape=True)
formatting.install(ENVIRONMENT)
ENVIRONMENT.filters["options"] = ENVIRONMENT.filters["day_as_written"] = list
_OWN = re.compile(r"\{%-?\s*(?:set|macro|import \"[\w.]+\" as)\s+(\w+(?:, \w+)*)")


@pytest.mark.parametrize("name", sorted(PAGES))
def test_a_template_names_nothing_that_its_view_does_not_have(name: str) -> None:
    source = (TEMPLATES / f"{name}.html").read_text()
    given, more = PAGES[name]
    own = {word.strip() for found in _OWN.findall(source) for word in found.split(",")}
    known = {f.name for view in given for f in fields(view)} | more | own | EVERYWHERE
    assert meta.find_undeclared_variables(ENVIRONMENT.parse(source)) - known == set()
