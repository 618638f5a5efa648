"""Who gets where: every address with every role, and every step of an article in every state."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.responses import Response
from starlette.testclient import TestClient

from curbside.articles import DeskRole, Move, State
from curbside.interfaces.web import Site, web_routes
from curbside.review.moves import access_table
from desk_client import PASSWORD, Browser, at_desk, engaged
from desk_library import done
from gallery import articles_in_each_state

ROLES = tuple(role for role in DeskRole if role is not DeskRole.DESK)
DOCUMENT = Path(__file__).resolve().parents[3] / "docs" / "design" / "review.md"
ROW = re.compile(r"(?m)^\| `(GET|POST) (/[^`]*)` \| ([a-z ]+) \|$")
WHO = {
    "everyone": {None, *ROLES},
    "whoever is signed in": set(ROLES),
    "admin": {DeskRole.ADMINISTRATOR},
}
"""The words of the written table; None is a visitor who is not signed in."""

DEEDS = {
    "claims/C1/accept": Move.ACCEPT,
    "claims/C1/edit": Move.EDIT,
    "claims/C1/source": Move.CHANGE_SOURCE,
    "claims/C1/reject": Move.REJECT,
    "claims/C1/comment": Move.COMMENT,
    "comment": Move.COMMENT,
    "sign": Move.APPROVE,
}
SIMPLE = (
    *(Move.TAKE_UP, Move.REQUEST_CHANGES, Move.RESUBMIT),
    *(Move.REVOKE, Move.WITHDRAW, Move.RESTORE),
)


@pytest.fixture(scope="module")
def browsers(desk_site: tuple[TestClient, Site]) -> dict[DeskRole | None, Browser]:
    """One browser for each role alone, of people whose credentials nobody knows."""
    client, site = desk_site
    found: dict[DeskRole | None, Browser] = {None: Browser(client)}
    for role in ROLES:
        person = engaged(site, f"Only-{role.value}", role, credentials="")
        found[role] = at_desk(client, person.email)
    return found


def _post(browser: Browser, url: str, **entered: object) -> Response:
    page = browser.get("/desk/account")
    if page.status_code != 200:
        page = browser.get("/desk/sign-in")
    token = re.search(r'name="form" value="([0-9a-f]{64})"', page.text)
    assert token is not None
    return browser.client.post(url, data={"form": token[1]} | entered)


def test_each_address_opens_for_those_whom_the_written_table_names(
    browsers: dict[DeskRole | None, Browser],
) -> None:
    written = {(method, path): who for method, path, who in ROW.findall(DOCUMENT.read_text())}
    routes = {
        ("POST" if "POST" in (route.methods or ()) else "GET", route.path) for route in web_routes()
    }
    assert written.keys() == routes
    for (method, path), who in sorted(written.items()):
        url = re.sub(r"\{[^}]*\}", "x", path)
        for role, browser in browsers.items():
            if role is not None and url.endswith("sign-out"):
                # it would end what the next address needs
                continue
            answer = browser.get(url) if method == "GET" else _post(browser, url)
            is_led_to_sign_in = answer.headers.get("location", "").startswith("/desk/sign-in?next=")
            is_refused = is_led_to_sign_in or (
                "You are not signed in" in answer.text
                or "Your account does not open" in answer.text
            )
            expected = role not in WHO[who]
            assert (method, path, role, is_refused) == (method, path, role, expected)
            if is_refused:
                assert answer.status_code == (303 if is_led_to_sign_in else 403)
            assert answer.status_code < 500


@pytest.fixture(scope="module")
def in_each_state(desk_site: tuple[TestClient, Site]) -> Iterator[dict[State, str]]:
    """An article in each state, by its name."""
    _, site = desk_site
    found = articles_in_each_state(site)
    yield found
    # nothing of all that was tried did anything
    assert {state: done(site.desk.article(name)).state for state, name in found.items()} == {
        state: state for state in State
    }


@pytest.mark.parametrize("role", ROLES)
def test_each_step_of_an_article_is_refused_as_the_table_says(
    desk_site: tuple[TestClient, Site],
    browsers: dict[DeskRole | None, Browser],
    in_each_state: dict[State, str],
    role: DeskRole,
) -> None:
    _, site = desk_site
    table = {(move, state, who): may for move, state, who, may in access_table()}
    browser = browsers[role]
    tried = [(deed, move, {}) for deed, move in DEEDS.items()]
    tried += [("move", move, {"move": move.value}) for move in SIMPLE]
    for state, name in in_each_state.items():
        step = done(site.desk.article(name)).step
        # what a person would enter, but for a reason and what they were shown
        entered = {"step": step, "text": "x", "cite": "E1", "password": PASSWORD, "shown": "0" * 64}
        for deed, move, more in tried:
            answer = _post(browser, f"/desk/articles/{name}/{deed}", **entered, **more)
            if not any(table[move, state, who] for who in ROLES):
                expected = (409, f"to {move.value} expects ")
            elif not table[move, state, role]:
                expected = (403, f"to {move.value} takes the role ")
            else:
                assert "takes the role" not in answer.text, (state, deed, role)
                assert answer.status_code in (400, 403, 409, 422), (state, deed, answer.text)
                continue
            told = (answer.status_code, expected[1] if expected[1] in answer.text else answer.text)
            assert (state, deed, *told) == (state, deed, *expected)
