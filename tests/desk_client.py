"""People at the desk of a site, each with a browser of their own that runs no script."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import unescape
from itertools import count

from starlette.responses import Response
from starlette.testclient import TestClient

from curbside.articles import Article, DeskRole, Disclosure, Person
from curbside.interfaces.web import Site
from curbside.records import Answer
from curbside.review.conditions import Act
from desk_library import CURRENT, TEXTS, a_document, a_page_of
from web_client import ADDRESS, NOW

NUMBERS = count(1)
MEANING = "I held every statement against its passages and approve the page."
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


class Table:
    """A desk with an author, two reviewers and an editor, each signed in, and one article."""

    def __init__(self, client: TestClient, site: Site, texts: Sequence[str] = TEXTS) -> None:
        number = next(NUMBERS)
        self.client, self.site = client, site
        self.slug = f"flares-after-stopping-{number}"
        self.url = f"/desk/articles/{self.slug}"
        self.people: dict[str, Person] = {
            name: engaged(site, f"{name}{number}", role)
            for name, role in (
                ("Otto", DeskRole.AUTHOR),
                ("Ann", DeskRole.REVIEWER),
                ("Bea", DeskRole.REVIEWER),
                ("Eve", DeskRole.EDITOR),
            )
        }
        # documents of its own: what happens to them concerns no other test
        self.pmids = [1_000 * number + place for place in range(1, len(texts) + 1)]
        put = [(a_document(*pair), CURRENT) for pair in zip(self.pmids, texts, strict=True)]
        site.desk.store.put(put, at=NOW, origin="tests")
        doc_ids = [f"pmid:{pmid}" for pmid in self.pmids]
        page = a_page_of(site.desk.store, *doc_ids, slug=self.slug)
        submitted = site.desk.submit(page, Act(self.people["Otto"], NOW))
        assert isinstance(submitted, Article), submitted

    @property
    def article_page(self) -> Answer:
        """The answer that the article is made of."""
        return self.site.desk.view(self.slug).version.answer

    def browser(self, name: str) -> Browser:
        return at_desk(self.client, self.people[name].email)

    @property
    def article(self) -> Article:
        found = self.site.desk.article(self.slug)
        assert found is not None
        return found

    def taken_up(self) -> tuple[Browser, Browser]:
        """Ann took it up and accepted every claim; Ann's browser and Bea's."""
        ann, bea = self.browser("Ann"), self.browser("Bea")
        assert ann.send(self.url, f"{self.url}/move", reason="").status_code == 303
        for claim in re.findall(rf"{self.url}/claims/(C\d+)/accept", ann.get(self.url).text):
            done = ann.send(self.url, f"{self.url}/claims/{claim}/accept")
            assert done.headers["location"] == f"{self.url}#{claim}", done.text
        return ann, bea

    def sign(self, browser: Browser, meaning: str = MEANING, password: str = PASSWORD):
        return browser.send(f"{self.url}/sign", reason=meaning, password=password)
