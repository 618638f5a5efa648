"""People at the desk of a site, each with a browser of their own that runs no script."""

from __future__ import annotations

import re
from html import unescape

from starlette.responses import Response
from starlette.testclient import TestClient

from curbside.articles import DeskRole, Disclosure, Person
from curbside.interfaces.web import Site
from web_client import ADDRESS, NOW

PASSWORD = "correct horse battery"
FORM = re.compile(r'(?s)<form[^>]*action="([^"]*)"[^>]*>(.*?)</form>')
HIDDEN = re.compile(r'<input type="hidden" name="([^"]*)" value="([^"]*)">')


class Browser:
    """One person's browser: it keeps a cookie, and sends forms as they were shown."""

    def __init__(self, client: TestClient) -> None:
        # the running site of `client`, with cookies of one's own
        self.client = TestClient(client.app, base_url=ADDRESS, follow_redirects=False)

    @property
    def cookie(self) -> str:
        return self.client.cookies.get("curbside", "")

    def get(self, url: str) -> Response:
        return self.client.get(url)

    def fields(self, page: str, action: str) -> dict[str, str]:
        """The hidden fields of the form of a page that leads to `action`."""
        for url, inner in FORM.findall(page):
            if unescape(url) == action:
                return {name: unescape(value) for name, value in HIDDEN.findall(inner)}
        raise AssertionError(f"no form leads to {action}")

    def send(self, url: str, action: str = "", **entered: object) -> Response:
        """Open a page and send its form that leads to `action` (the page itself unless said)."""
        action = action or url.partition("?")[0]
        page = self.get(url)
        assert page.status_code == 200, page.text
        return self.client.post(action, data=self.fields(page.text, action) | entered)

    def sign_in(self, email: str, password: str = PASSWORD) -> Response:
        return self.send("/desk/sign-in", email=email, password=password)


def engaged(site: Site, name: str, *roles: DeskRole, credentials: str = "MD") -> Person:
    """A person with an account, a password, and a statement that there is no interest."""
    email = f"{name.lower()}@example.org"
    person = site.people.add(
        name, email, roles, credentials=credentials, password=PASSWORD, by="terminal", at=NOW
    )
    return site.people.disclose(person.person_id, Disclosure(NOW), by=person.person_id)


def at_desk(client: TestClient, email: str) -> Browser:
    """A browser in which a person is signed in."""
    browser = Browser(client)
    response = browser.sign_in(email)
    assert response.status_code == 303, response.text
    return browser
