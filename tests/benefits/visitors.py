"""Who comes to the pages in a story: somebody signed in at a desk, and a person with her phone; both without script."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from werkzeug.test import TestResponse

from services.benefits.usecases import accounts
from tests.there import there

if TYPE_CHECKING:
    from tests.benefits.conftest import Office, Person


class Browser:
    """A browser without script, signed in as somebody."""

    page: TestResponse

    def __init__(self, office: Office, person: Person) -> None:
        self.office, self.client = office, office.app.test_client()
        token = office.service.keys.session_token(person.actor, csrf="c5rf", now=office.service.clock.now())
        self.client.set_cookie("tideover", token)

    def open(self, path: str) -> str:
        self.page = self.client.get(path, follow_redirects=True)
        assert self.page.status_code == 200, self.page.text[:600]
        return self.text

    def send(self, path: str, expect: int = 200, **form: str) -> str:
        self.page = self.client.post(
            path,
            data={
                "csrf_token": "c5rf",
                "_key": form.pop("key", re.sub(r"\W", "", path) + str(len(form))),
                **form,
            },
            follow_redirects=True,
        )
        assert self.page.status_code == expect, (self.page.status_code, self.page.text[:600])
        return self.text

    @property
    def text(self) -> str:
        answer: str = self.page.text.replace("\xa0", " ")
        return answer

    @property
    def here(self) -> str:
        answer: str = self.page.request.path
        return answer


class Phone:
    """A phone at the public pages."""

    def __init__(self, office: Office) -> None:
        self.office, self.client = office, office.app.test_client()
        self.page: TestResponse | None = None

    def open(self, path: str, expect: int = 200) -> str:
        self.page = page = self.client.get(path, follow_redirects=True)
        assert page.status_code == expect, page.text[:600]
        return self.text

    def send(self, path: str, expect: int = 200, **form: str) -> str:
        token = re.search(r'name="csrf_token" value="(\w+)"', self.page.text if self.page else "")
        form = ({"csrf_token": token.group(1)} if token else {}) | form
        self.page = page = self.client.post(path, data=form, follow_redirects=True)
        assert page.status_code == expect, (page.status_code, page.text[:600])
        return self.text

    def come_in(self, claim: dict[str, Any], expect: int = 200, **more: str) -> str:
        return self.send("/worker", expect=expect, number=claim["number"], code=code_of(self.office, claim), **more)

    @property
    def words(self) -> str:
        """The page without its markup."""
        return " ".join(re.sub(r"<[^>]+>", "", self.text).split())

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", there(self.page).text.replace("\xa0", " "))


def code_of(office: Office, claim: dict[str, Any]) -> str:
    return office.service.keys.digits(accounts.access_purpose(office.claim(claim["id"])))
