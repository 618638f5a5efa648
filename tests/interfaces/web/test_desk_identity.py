"""Signing in at the desk with an identity provider: who is let in, who is not, and as whom."""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
import pytest_socket
from starlette.responses import Response
from starlette.testclient import TestClient

from curbside.articles import DeskRole, State
from curbside.errors import InputError
from curbside.interfaces.web import Site
from curbside.interfaces.web.tries import Tries
from curbside.wiring.provider import Provider
from desk_client import MEANING, PASSWORD, Browser, Table, at_desk, engaged
from identity_provider import CLIENT, SECRET, IdentityProvider, identity_provider
from web_client import ADDRESS, NOW, served

pytestmark = pytest.mark.enable_socket


@pytest.fixture(scope="module")
def provided(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[TestClient, Site, IdentityProvider]]:
    pytest_socket.enable_socket()
    with identity_provider() as there, pytest.MonkeyPatch.context() as patch:
        patch.setenv("OIDC_SECRET", SECRET)
        home = tmp_path_factory.mktemp("provided")
        (home / "curbside.toml").write_text(
            f'[identity]\nissuer = "{there.issuer}"\nclient_id = "{CLIENT}"\n'
            f'address = "{ADDRESS}"\nname = "Clinic ID"\nclient_secret_env = "OIDC_SECRET"\n'
        )
        with served(home) as (client, site):
            site.tries = Tries(most=10_000)
            yield client, site, there


@pytest.fixture
def there(
    provided: tuple[TestClient, Site, IdentityProvider],
) -> Iterator[IdentityProvider]:
    """The provider, which is whole again for the next test."""
    there = provided[2]
    yield there
    there.sub, there.claims = "ann-at-the-clinic", {}


@pytest.fixture
def client(provided: tuple[TestClient, Site, IdentityProvider]) -> TestClient:
    return provided[0]


@pytest.fixture
def site(provided: tuple[TestClient, Site, IdentityProvider]) -> Site:
    return provided[1]


def way_there(response: Response, there: IdentityProvider) -> str:
    """Where a page or a redirect leads to at the provider."""
    place = response.headers.get("location", "")
    if not place:
        links = re.findall(r'class="button" href="(http[^"]*)"', response.text)
        assert len(links) == 1, response.text
        place = unescape(links[0])
    assert place.startswith(f"{there.issuer}/authorize?")
    return place


def back(browser: Browser, there: IdentityProvider, way: Response) -> Response:
    """Go to the provider, and come back."""
    answer = there.visited(way_there(way, there))
    return browser.get(answer.removeprefix(ADDRESS))


def told(response: Response) -> str:
    """Why nobody was signed in."""
    return unescape(response.text.partition("<strong>Not done:</strong> ")[2].partition("</p>")[0])


def linked(site: Site, there: IdentityProvider, name: str, *roles: DeskRole) -> str:
    """The person of an account that the one who is signed in at the provider is linked to."""
    person = engaged(site, name, *(roles or (DeskRole.READER,)))
    there.sub = f"{name}-there"
    subject = f"{there.issuer} {there.sub}"
    site.people.link(person.person_id, subject, by=person.person_id, at=NOW)
    return person.person_id


def test_without_a_provider_there_is_neither_a_button_nor_an_address(
    desk_site: tuple[TestClient, Site],
) -> None:
    browser = Browser(desk_site[0])
    assert "identity" not in browser.get("/desk/sign-in").text
    for url in ("/desk/identity", "/desk/identity/back?state=x&code=y"):
        assert browser.get(url).status_code == 404


def test_whom_the_provider_identifies_is_signed_in_and_led_where_they_wanted(
    client: TestClient, site: Site, there: IdentityProvider
) -> None:
    person_id = linked(site, there, "Ida")
    browser = Browser(client)
    page = browser.get("/desk/sign-in?next=/desk/feedback").text
    assert 'href="/desk/identity?next=/desk/feedback">Sign in with Clinic ID</a>' in page
    before = browser.cookie
    found = back(browser, there, browser.get("/desk/identity?next=/desk/feedback"))
    assert (found.status_code, found.headers["location"]) == (303, "/desk/feedback")
    # another cookie than before: one that was planted is worth nothing
    assert browser.cookie not in ("", before)
    assert browser.get("/desk/feedback").status_code == 200
    with site.desk.store.reading_desk() as desk:
        assert [e.what for e in desk.entries_about(person_id)][-1] == "identity"
    assert browser.send("/desk", "/desk/sign-out").headers["location"] == "/desk/sign-in"
    assert browser.get("/desk").status_code == 303


@pytest.mark.parametrize("wanted", ["https://evil.example/desk", "//evil.example", "/q/x"])
def test_signing_in_there_leads_nowhere_but_to_the_desk(
    client: TestClient, site: Site, there: IdentityProvider, wanted: str
) -> None:
    linked(site, there, f"Led{len(wanted)}")
    browser = Browser(client)
    found = back(browser, there, browser.get(f"/desk/identity?next={wanted}"))
    assert found.headers["location"] == "/desk"


def test_whom_nobody_linked_gets_no_account_whatever_the_provider_says_of_them(
    client: TestClient, site: Site, there: IdentityProvider
) -> None:
    known = engaged(site, "Known", DeskRole.ADMINISTRATOR)
    people = site.people.all()
    there.sub = "a-stranger"
    # neither by an address, verified or not, nor by a name, groups or roles of the provider's
    there.claims = {
        "email": known.email, "email_verified": True, "name": known.name,
        "preferred_username": known.email, "roles": ["administrator"], "groups": ["administrator"],
    }  # fmt: skip
    browser = Browser(client)
    found = back(browser, there, browser.get("/desk/identity"))
    assert found.status_code == 403
    assert told(found).startswith("no active account is linked to this identity.")
    assert browser.get("/desk").status_code == 303
    assert site.people.all() == people
    assert not site.people.ways(known.person_id).identity


def test_an_account_that_was_closed_stays_so(
    client: TestClient, site: Site, there: IdentityProvider
) -> None:
    person_id = linked(site, there, "Closed")
    site.people.change(person_id, is_active=False, by="terminal", at=NOW)
    browser = Browser(client)
    found = back(browser, there, browser.get("/desk/identity"))
    assert (found.status_code, browser.get("/desk").status_code) == (403, 303)


def test_an_answer_to_a_sign_in_of_another_browser_signs_nobody_in(
    client: TestClient, site: Site, there: IdentityProvider
) -> None:
    """Login CSRF: somebody else's answer, sent to a person who is to work in a foreign account."""
    linked(site, there, "Mallory")
    mallory, ann = Browser(client), Browser(client)
    answer = there.visited(way_there(mallory.get("/desk/identity"), there))
    answer = answer.removeprefix(ADDRESS)
    ann.get("/desk/sign-in")
    refused = ann.get(answer)
    assert refused.status_code == 400
    assert told(refused).startswith("this sign-in was not begun in this browser")
    assert ann.get("/desk").status_code == 303
    # and is used up by it
    assert mallory.get(answer).status_code == 400


def test_an_answer_that_is_played_again_and_one_without_its_state_sign_nobody_in(
    client: TestClient, site: Site, there: IdentityProvider
) -> None:
    linked(site, there, "Again")
    browser = Browser(client)
    answer = there.visited(way_there(browser.get("/desk/identity"), there)).removeprefix(ADDRESS)
    code = parse_qs(urlsplit(answer).query)["code"][0]
    for wrong in (f"?code={code}", f"?code={code}&state=guessed", "", f"?state=&code={code}"):
        assert browser.get(f"/desk/identity/back{wrong}").status_code == 400
    assert browser.get(answer).status_code == 303
    other = Browser(client)
    assert other.get(answer).status_code == 400
    assert other.get("/desk").status_code == 303


def test_what_the_provider_refuses_is_told_without_its_own_words(
    client: TestClient, there: IdentityProvider
) -> None:
    browser = Browser(client)
    there.sub = None
    found = back(browser, there, browser.get("/desk/identity"))
    assert (found.status_code, told(found)) == (400, "Clinic ID answered access_denied.")
    assert 'role="alert"' in found.text
    way = way_there(browser.get("/desk/identity"), there)
    state = parse_qs(urlsplit(way).query)["state"][0]
    hostile = browser.get(
        f"/desk/identity/back?state={state}&error=<script>alert(1)</script>&error_description=hello"
    )
    assert told(hostile) == "Clinic ID answered an error."
    assert "hello" not in hostile.text


def test_a_token_that_is_not_right_is_told_and_signs_nobody_in(
    client: TestClient, site: Site, there: IdentityProvider
) -> None:
    linked(site, there, "Wrong")
    for claims, why in (
        ({"nonce": "another"}, "its token is of another sign-in (nonce)"),
        ({"aud": "another"}, "its token was made for another site (aud)"),
        ({"exp": 1}, "its token has expired (exp)"),
    ):
        there.claims = claims
        browser = Browser(client)
        found = back(browser, there, browser.get("/desk/identity"))
        assert (found.status_code, told(found)) == (400, f"Clinic ID: {why}.")
        assert browser.get("/desk").status_code == 303


def test_who_was_invited_may_sign_in_there_and_needs_no_password(
    client: TestClient, site: Site, there: IdentityProvider
) -> None:
    person = site.people.add("Nora", "nora@example.org", (DeskRole.READER,), by="terminal", at=NOW)
    token = site.people.invite(person.person_id, by="terminal", at=NOW)
    there.sub = "nora-there"
    browser = Browser(client)
    action = "/desk/invitation/identity"
    way = browser.send(f"/desk/invitation?token={token}", action, token=token)
    found = back(browser, there, way)
    assert found.headers["location"] == "/desk"
    page = browser.get("/desk/account").text
    assert "You sign in with Clinic ID and have no password here." in page
    assert site.people.ways(person.person_id).password is False
    # once, and from then on without it
    again = Browser(client)
    way = again.send(f"/desk/invitation?token={token}", action, token=token)
    assert "this invitation is not valid" in told(back(again, there, way))
    assert back(again, there, again.get("/desk/identity")).status_code == 303
    with pytest.raises(InputError, match="expected a password first"):
        site.people.unlink(person.person_id, by=person.person_id, at=NOW)


def test_an_invitation_links_nobody_who_is_linked_to_another(
    client: TestClient, site: Site, there: IdentityProvider
) -> None:
    linked(site, there, "Taken")
    person = site.people.add("Olga", "olga@example.org", (DeskRole.EDITOR,), by="terminal", at=NOW)
    token = site.people.invite(person.person_id, by="terminal", at=NOW)
    browser = Browser(client)
    way = browser.send(f"/desk/invitation?token={token}", "/desk/invitation/identity", token=token)
    found = back(browser, there, way)
    assert (found.status_code, told(found)) == (400, "this identity is another person's.")
    assert browser.get("/desk").status_code == 303


def test_one_links_ones_own_account_by_knowing_its_password_and_ends_that(
    client: TestClient, site: Site, there: IdentityProvider
) -> None:
    person = engaged(site, "Lin", DeskRole.READER)
    there.sub = "lin-there"
    browser = at_desk(client, person.email)
    link = ("/desk/account", "/desk/account/identity")
    wrong = browser.send(*link, password="guessed")
    assert (wrong.status_code, "the password is not right" in wrong.text) == (403, True)
    done = back(browser, there, browser.send(*link, password=PASSWORD))
    assert done.headers["location"] == "/desk/account?done=linked"
    other = Browser(client)
    assert back(other, there, other.get("/desk/identity")).status_code == 303
    ended = browser.send("/desk/account", "/desk/account/identity/end")
    assert ended.headers["location"] == "/desk/account?done=unlinked"
    third = Browser(client)
    assert back(third, there, third.get("/desk/identity")).status_code == 403


def test_what_was_begun_as_one_person_is_not_ended_as_another(
    client: TestClient, site: Site, there: IdentityProvider
) -> None:
    person, other = engaged(site, "One", DeskRole.READER), engaged(site, "Other", DeskRole.READER)
    there.sub = "one-there"
    browser = at_desk(client, person.email)
    way = browser.send("/desk/account", "/desk/account/identity", password=PASSWORD)
    answer = there.visited(way_there(way, there)).removeprefix(ADDRESS)
    # the cookie is another after signing in, so the answer is not this browser's any more
    assert browser.send("/desk", "/desk/sign-out").status_code == 303
    assert browser.sign_in(other.email).status_code == 303
    assert browser.get(answer).status_code == 400
    assert not site.people.ways(other.person_id).identity
    assert not site.people.ways(person.person_id).identity


def test_who_has_no_password_signs_an_article_by_signing_in_there_once_more(
    client: TestClient, site: Site, there: IdentityProvider
) -> None:
    table = Table(client, site)
    table.taken_up()
    person = site.people.add(
        "Rita", "rita@example.org", (DeskRole.REVIEWER,), credentials="MD", by="terminal", at=NOW
    )
    there.sub = "rita-there"
    site.people.link(person.person_id, f"{there.issuer} rita-there", by="terminal", at=NOW)
    rita = Browser(client)
    assert back(rita, there, rita.get("/desk/identity")).status_code == 303
    assert rita.send("/desk/account", "/desk/account/statement", none="yes").status_code == 303
    url = f"{table.url}/sign"
    page = rita.get(url).text
    assert f'action="{url}"' not in page
    way = f"/desk/identity?confirm&next={url}"
    assert f'href="/desk/identity?confirm&amp;next={url}"' in page
    # somebody else who sits there and signs in there as themselves signs nothing
    there.sub = "somebody-else"
    other = back(rita, there, rita.get(way))
    assert told(other) == "that is another person than the one who is signed in."
    there.sub, there.claims = "rita-there", {"auth_time": 1}
    old = back(rita, there, rita.get(way))
    assert told(old) == "Clinic ID: you did not sign in there anew (auth_time)."
    there.claims = {}
    assert back(rita, there, rita.get(way)).headers["location"] == url
    assert "Clinic ID said that it is you" in rita.get(url).text
    assert rita.send(url, reason=MEANING).status_code == 303
    assert table.article.state is State.APPROVED
    # it held for one signature
    assert site.people.spend_confirmation(rita.cookie, person.person_id, at=NOW) is False


def test_a_signature_without_a_password_and_without_the_providers_word_is_none(
    client: TestClient, site: Site, there: IdentityProvider
) -> None:
    table = Table(client, site)
    ann, _ = table.taken_up()
    refused = ann.send(f"{table.url}/sign", reason=MEANING, password="")
    assert (refused.status_code, table.article.state) == (403, State.UNDER_REVIEW)


def test_so_many_sign_ins_from_one_address_wait(
    client: TestClient, site: Site, there: IdentityProvider
) -> None:
    usual, site.tries = site.tries, Tries(most=2)
    browser = Browser(client)
    codes = [browser.get("/desk/identity").status_code for _ in range(3)]
    waits = browser.get("/desk/identity").headers["retry-after"]
    site.tries = usual
    assert (codes, waits) == ([303, 303, 429], "300")


def test_a_provider_that_is_dead_is_told_and_passwords_work_on(
    client: TestClient, site: Site, there: IdentityProvider
) -> None:
    usual = site.provider
    site.provider = Provider(there.settings(issuer="http://127.0.0.1:1"), SECRET)
    person = engaged(site, "Alive", DeskRole.READER)
    browser = Browser(client)
    dead = browser.get("/desk/identity")
    assert (dead.status_code, told(dead)) == (
        502,
        "Clinic ID: it cannot be reached (ConnectError).",
    )
    assert 'href="/desk/sign-in">Sign in with a password</a>' in dead.text
    assert browser.sign_in(person.email).status_code == 303
    site.provider = usual


def test_a_provider_that_does_not_answer_holds_up_nobody_who_reads(
    client: TestClient, site: Site, there: IdentityProvider
) -> None:
    usual = site.provider
    there.answers["/.well-known/openid-configuration"] = b"..."
    site.provider = Provider(there.settings(timeout_s=20.0), SECRET)
    with ThreadPoolExecutor(3) as pool:
        waiting = [pool.submit(Browser(client).get, "/desk/identity") for _ in range(3)]
        while there.asked.count("/.well-known/openid-configuration") < 2:
            # two wait for it, as many as may; a third for its turn
            assert not any(each.done() for each in waiting)
        assert site.gate.taken == 0
        assert client.get("/library").status_code == 200
        assert not any(each.done() for each in waiting)
        there.over.set()
        codes = [each.result(30).status_code for each in waiting]
    assert codes == [502, 502, 502]
    del there.answers["/.well-known/openid-configuration"]
    there.over.clear()
    site.provider = usual


def test_nothing_is_asked_of_the_provider_until_somebody_signs_in_there(
    client: TestClient, there: IdentityProvider
) -> None:
    asked = list(there.asked)
    browser = Browser(client)
    for url in ("/", "/desk/sign-in", "/desk/invitation?token=x", "/desk/identity/back?state=x"):
        browser.get(url)
    assert there.asked == asked
