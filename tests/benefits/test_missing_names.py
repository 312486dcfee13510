"""A page never leaves out in silence what it was not given."""

from __future__ import annotations

import pytest
from flask import Flask
from jinja2 import DictLoader, Environment, StrictUndefined, UndefinedError

from services.benefits.conformance import page as report_page
from shared.web import formatting
from tests.benefits.conftest import Office


def house() -> Environment:
    env = Environment(autoescape=True)
    formatting.install(env)
    return env


@pytest.mark.parametrize(
    "template",
    [
        "{{ nobody_gave_this }}",
        "{% if nobody_gave_this %}x{% endif %}",
        "{{ person.nmae }}",
        "{{ facts.spell.fist_day }}",
    ],
)
def test_a_name_that_is_missing_fails(template: str) -> None:
    with pytest.raises(UndefinedError):
        house().from_string(template).render(person={"name": "Bounmy"}, facts={"spell": {"first_day": "2025-03-03"}})


def test_where_a_fact_may_be_missing_the_template_says_so() -> None:
    template = house().from_string(
        "{% set facts = facts|sparse %}[{{ facts.spell.last_day }}{{ facts.papers[0].number }}]"
    )
    assert template.render(facts={"spell": {"first_day": "2025-03-03"}, "papers": [{}]}) == "[]"
    with pytest.raises(UndefinedError):
        template.render()


def test_each_environment_of_the_product_is_strict(office: Office) -> None:
    environments = [office.app.jinja_env, report_page._environment()]
    assert all(env.undefined is StrictUndefined for env in environments)
    app = office.app
    assert isinstance(app, Flask)
    app.jinja_env.loader = DictLoader({"x.html": "{{ nobody_gave_this }}"})
    with pytest.raises(UndefinedError), app.test_request_context():
        app.jinja_env.get_template("x.html").render()
