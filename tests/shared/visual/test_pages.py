"""The sample pages: light enough for a slow line, safe against what people type, nothing inline."""

from __future__ import annotations

import re
from types import ModuleType

import pytest

from shared.web import formatting
from tests.shared.visual.tree import nodes, parsed, values
from tests.there import there

BYTES = 1024


def test_the_sheet_is_under_14_kb_and_the_workers_page_with_it_under_30(gallery: ModuleType) -> None:
    static = gallery.WEB / "static"
    sheet = (static / "tideover.css").stat().st_size
    assert sheet < 14 * BYTES
    rest = sum((static / name).stat().st_size for name in ("fonts.css", "logo.svg"))
    for language in gallery.LANGUAGES:
        page = len(gallery.render("worker", language).encode())
        assert page + sheet + rest < 30 * BYTES, f"{language}: {page + sheet + rest}"


@pytest.mark.parametrize("language", ["en", "lo"])
def test_nothing_is_inline_and_no_id_stands_twice(gallery: ModuleType, language: str) -> None:
    for page in gallery.PAGES:
        source = gallery.render(page, language)
        tree = parsed(source)
        assert tree.get("lang") == language
        assert not tree.xpath("//*[@style] | //style | //script[not(@src)]"), page
        assert not [a for e in tree.iter() for a in e.attrib if str(a).startswith("on")], page
        ids = values(tree, "//@id")
        assert len(ids) == len(set(ids)), f"{page}: {sorted(i for i in ids if ids.count(i) > 1)}"


def test_the_workers_page_needs_no_script(gallery: ModuleType) -> None:
    assert "<script" not in gallery.render("worker", "lo")


def test_a_name_with_markup_is_only_a_name(gallery: ModuleType) -> None:
    bad = "<img src=x onerror=alert(1)>\"'"
    template = gallery.environment().from_string(
        '{% import "components.html" as c with context %}'
        "{{ c.person({'name': x, 'latin': x ~ '.', 'facts': [{'label': x, 'value': x}], 'alike': "
        "{'n': 1, 'href': '#', 'text': x}}) }}"
        "{{ c.field('n', x, x, hint=x, error=x, attrs={'data-x': x}) }}"
        "{{ c.tag(x) }}{{ c.warning(x) }}{{ c.question(x) }}"
        "{{ c.table([{'key': 'k', 'label': x}], [{'k': x, '_href': '#', '_group': x}]) }}"
        "{{ c.state_card('work', x, words=x, note=x) }}"
        "{{ c.history([{'on': '2025-01-01', 'text': x, 'who': x, 'note': x}]) }}{{ c.error_summary({'n': x}) }}"
        "{{ c.reason('granted', {'msg': '{who}', 'params': {'who': {'type': 'text', 'value': x}}}) }}"
        "{{ c.actions(x, blocked=[x]) }}"
        "{{ c.warnings([{'text': x, 'judged': {'choice': x, 'why': x}}, {'text': x}], [{'value': x, 'label': x}]) }}"
        "{{ _('Reference {number}', number=x) }}{{ _('Reference {number}', number='2025-01-01'|date) }}"
    )
    out = template.render(language="lo", x=bad)
    assert "<img" not in out
    assert not parsed(f"<div>{out}</div>").xpath("//img | //*[@onerror]")


def test_enter_alone_sends_nothing_even_without_script(gallery: ModuleType) -> None:
    """The first button of a form is what Enter presses: it is there, and it is disabled."""
    for page in ("claim", "employer", "estimate"):
        form = nodes(parsed(gallery.render(page, "en")), "//form[@method='post']")[0]
        first = nodes(form, ".//button | .//input[@type='submit']")[0]
        assert first.get("disabled") is not None, page


def test_errors_are_tied_to_their_fields(gallery: ModuleType) -> None:
    tree = parsed(gallery.render("employer", "en"))
    wrong = nodes(tree, "//*[@aria-invalid='true']")
    assert [e.get("name") for e in wrong] == ["last", "apr"]
    for field in wrong:
        for ident in there(field.get("aria-describedby")).split():
            assert tree.get_element_by_id(ident).text_content().strip()
    targets = values(tree, "//*[@id='errors']//a/@href")
    assert targets == ["#f-last", "#f-apr"]


def test_a_blocked_action_stays_and_says_why(gallery: ModuleType) -> None:
    tree = parsed(gallery.render("decide", "en"))
    button = nodes(tree, "//button[@aria-disabled='true']")[0]
    assert button.get("type") == "button"
    assert tree.get_element_by_id(there(button.get("aria-describedby"))).text_content() == "Judge warning 2 first"


@pytest.mark.parametrize("status", [400, 403, 404, 409, 413, 429, 500, 503])
def test_a_problem_says_what_happened_and_what_to_do(gallery: ModuleType, status: int) -> None:
    for language in formatting.SEPARATORS:
        out = (
            gallery.environment()
            .get_template("problem.html")
            .render(status=status, language=language, typed=[{"name": "from", "value": "<b>17/4"}], retry="/x")
        )
        tree = parsed(out)
        assert nodes(tree, "//h1")[0].text_content()
        assert tree.xpath("//section//li")
        assert "&lt;b&gt;17/4" in out
        assert bool(tree.xpath("//button[@data-main]")) == (status != 409)


def test_every_class_a_template_uses_is_in_the_sheet(gallery: ModuleType) -> None:
    sheet = "".join(
        (gallery.WEB / "static" / name).read_text(encoding="utf-8") for name in ("tideover.css", "desk.css")
    )
    known = set(re.findall(r"\.([a-z][\w-]*)", sheet))
    used = set()
    for page in gallery.PAGES:
        used |= {name for value in values(parsed(gallery.render(page, "en")), "//@class") for name in value.split()}
    assert used - known <= {"desk", "tl-only"}, used - known
