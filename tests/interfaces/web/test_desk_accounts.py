"""Accounts of the desk in a browser: the first, invitations, sessions, what bars a stranger."""

from __future__ import annotations

import re
from html import unescape
from itertools import count
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from curbside.articles import DeskRole, State
from curbside.interfaces.server.app import Serving
from curbside.interfaces.web import Site
from curbside.interfaces.web.tries import Tries
from desk_client import PASSWORD, Browser, Table, at_desk, engaged
from web_client import ADDRESS, HOSTS, NOW, served

NUMBERS = count(1)


@pytest.fixture
def name() -> str:
    return f"Person{next(NUMBERS)}"


def test_the_first_account_is_made_with_the_printed_token_and_invites_the_others(
    tmp_path: Path,
) -> None:
    with served(tmp_path) as (client, site):
        token = site.people.open_first()
        eve = Browser(client)
        entered = {"name": "Eve Adams", "email": "eve@example.org"}
        twice = {"password": PASSWORD, "again": PASSWORD}
        wrong = eve.send("/desk/first?token=guessed", **entered, **twice)
        assert (wrong.status_code, "not the token" in wrong.text) == (400, True)
        differ = eve.send(f"/desk/first?token={token}", **entered, password="a" * 12, again="b")
        assert (differ.status_code, "The two passwords differ" in differ.text) == (400, True)
        short = eve.send(
            f"/desk/first?token={token}", token=token, **entered, password="short", again="short"
        )
        assert "of 12 to 1,024 characters" in short.text
        made = eve.send(f"/desk/first?token={token}", token=token, **entered, **twice)
        assert made.headers["location"] == "/desk/sign-in?set"
        again = eve.send("/desk/first", token=token, **entered, **twice)
        assert again.status_code == 400
        assert eve.sign_in("eve@example.org").headers["location"] == "/desk"
        invited = eve.send(
            "/desk/people",
            name="Ann Lee",
            email="ann@example.org",
            credentials="MD, rheumatology",
            role=["reviewer", "editor"],
        )
        (link,) = re.findall(r"http://[^<]*/desk/invitation\?token=[^<]*", invited.text)
        ann = Browser(client)
        secret = unescape(link).partition("token=")[2]
        assert (
            ann.send(link.partition(ADDRESS)[2], token=secret, **twice).headers["location"]
            == "/desk/sign-in?set"
        )
        assert ann.send(link.partition(ADDRESS)[2], token=secret, **twice).status_code == 400
        assert ann.sign_in("ann@example.org").status_code == 303
        page = ann.get("/desk/account").text
        assert "<dd>reviewer, editor</dd>" in page
        assert "not stated; nobody reviews without a statement" in page
        nothing = ann.send("/desk/account", "/desk/account/statement")
        assert "one or more interests, or that there is none; not both" in nothing.text
        stated = ann.send(
            "/desk/account",
            "/desk/account/statement",
            **{"what-0": "lectures for its maker", "topics-0": "Zyloprim, allopurinol"},
        )
        assert stated.status_code == 303
        assert "lectures for its maker (Zyloprim, allopurinol)" in ann.get("/desk/account").text


def test_a_reviewer_is_told_what_is_missing_before_any_review_is_taken(
    desk_site: tuple[TestClient, Site], name: str
) -> None:
    client, site = desk_site
    email = f"{name.lower()}@example.org"
    person = site.people.add(
        name, email, (DeskRole.REVIEWER,), password=PASSWORD, by="terminal", at=NOW
    )
    reviewer = at_desk(client, email)
    waits = "Before you can review:"
    credentials, interests = "give your credentials before", "state your interests before"
    page = reviewer.get("/desk").text
    assert [each in page for each in (waits, credentials, interests)] == [True, True, True]
    own = "/desk/account"
    assert reviewer.send(own, f"{own}/statement", none="yes").status_code == 303
    page = reviewer.get("/desk").text
    assert [each in page for each in (waits, credentials, interests)] == [True, True, False]
    site.people.change(person.person_id, credentials="MD", by="terminal", at=NOW)
    assert waits not in reviewer.get("/desk").text
    # whoever does not review lacks nothing
    engaged(site, f"{name}-reads", DeskRole.READER, credentials="")
    assert waits not in at_desk(client, f"{name.lower()}-reads@example.org").get("/desk").text


def test_a_stranger_is_led_to_signing_in_and_back(
    desk_site: tuple[TestClient, Site], name: str
) -> None:
    client, site = desk_site
    person = engaged(site, name, DeskRole.READER)
    browser = Browser(client)
    led = browser.get("/desk/feedback")
    assert (led.status_code, led.headers["location"]) == (303, "/desk/sign-in?next=/desk/feedback")
    back = browser.send(
        led.headers["location"], "/desk/sign-in", email=person.email, password=PASSWORD
    )
    assert back.headers["location"] == "/desk/feedback"
    assert browser.get("/desk/feedback").status_code == 200


@pytest.mark.parametrize(
    "wanted",
    [
        "https://evil.example/desk",
        "//evil.example/desk",
        "/\\evil.example",
        "/q/x",
        "/desk\\..",
        "x",
    ],
)
def test_signing_in_leads_nowhere_but_to_the_desk(
    desk_site: tuple[TestClient, Site], name: str, wanted: str
) -> None:
    client, site = desk_site
    person = engaged(site, name, DeskRole.READER)
    found = Browser(client).send(
        "/desk/sign-in", email=person.email, password=PASSWORD, next=wanted
    )
    assert found.headers["location"] == "/desk"


def test_a_planted_cookie_is_worth_nothing_once_somebody_signs_in(
    desk_site: tuple[TestClient, Site], name: str
) -> None:
    client, site = desk_site
    person = engaged(site, name, DeskRole.READER)
    browser = Browser(client)
    planted = "planted-by-somebody-else"
    browser.client.cookies.set("curbside", planted, domain="127.0.0.1", path="/desk")
    assert browser.sign_in(person.email).status_code == 303
    assert browser.cookie != planted
    other = Browser(client)
    other.client.cookies.set("curbside", planted, domain="127.0.0.1", path="/desk")
    assert other.get("/desk").status_code == 303


def test_the_cookie_is_kept_from_scripts_and_other_sites(
    desk_site: tuple[TestClient, Site], name: str
) -> None:
    client, site = desk_site
    person = engaged(site, name, DeskRole.READER)
    browser = Browser(client)
    cookie = browser.sign_in(person.email).headers["set-cookie"]
    assert re.fullmatch(r"curbside=[\w-]{43}; HttpOnly; Path=/desk; SameSite=lax", cookie)
    encrypted = Browser(client)
    encrypted.client.base_url = "https://127.0.0.1:8765"
    assert encrypted.sign_in(person.email).headers["set-cookie"].endswith("; Secure")


def test_a_session_that_was_ended_opens_nothing_whoever_kept_its_cookie(
    desk_site: tuple[TestClient, Site], name: str
) -> None:
    client, site = desk_site
    person = engaged(site, name, DeskRole.READER)
    browser, other = at_desk(client, person.email), at_desk(client, person.email)
    kept = browser.cookie
    assert browser.send("/desk", "/desk/sign-out").headers["location"] == "/desk/sign-in"
    assert browser.cookie == ""
    browser.client.cookies.set("curbside", kept, domain="127.0.0.1", path="/desk")
    assert browser.get("/desk").status_code == 303
    third = at_desk(client, person.email)
    assert other.send("/desk/account", "/desk/account/sign-out").status_code == 303
    assert third.get("/desk").status_code == 303


def test_another_password_ends_the_other_sessions(
    desk_site: tuple[TestClient, Site], name: str
) -> None:
    client, site = desk_site
    person = engaged(site, name, DeskRole.READER)
    browser, other = at_desk(client, person.email), at_desk(client, person.email)
    new = {"password": PASSWORD * 2, "again": PASSWORD * 2}
    change = ("/desk/account", "/desk/account/password")
    wrong = browser.send(*change, now="wrong", **new)
    assert (wrong.status_code, "the password is not right" in wrong.text) == (403, True)
    assert browser.send(*change, now=PASSWORD, **new).status_code == 303
    assert browser.get("/desk").status_code == 200
    assert other.get("/desk").status_code == 303
    assert Browser(client).sign_in(person.email, PASSWORD * 2).status_code == 303


POSTS = [
    "/desk/sign-in",
    "/desk/first",
    "/desk/invitation",
    "/desk/invitation/identity",
    "/desk/sign-out",
    "/desk/account/statement",
    "/desk/account/password",
    "/desk/account/sign-out",
    "/desk/account/identity",
    "/desk/account/identity/end",
    "/desk/people",
    "/desk/people/p1",
    "/desk/people/p1/invitation",
    "/desk/people/p1/confirmation",
    "/desk/articles/x/submit",
    "/desk/articles/x/move",
    "/desk/articles/x/comment",
    "/desk/articles/x/claims/C1/accept",
    "/desk/articles/x/claims/C1/edit",
    "/desk/articles/x/together",
    "/desk/articles/x/sign",
]


def test_a_form_without_its_token_or_with_another_is_refused(
    desk_site: tuple[TestClient, Site], name: str
) -> None:
    client, site = desk_site
    person = engaged(site, name, *(role for role in DeskRole if role is not DeskRole.DESK))
    browser = at_desk(client, person.email)
    others = Browser(client)
    others.get("/desk/sign-in")
    of_another = others.fields(others.get("/desk/sign-in").text, "/desk/sign-in")["form"]
    wrong = ({}, {"form": ""}, {"form": "0" * 64}, {"form": "ä"}, {"form": of_another})
    for url in POSTS:
        for token in wrong:
            response = browser.client.post(url, data=token)
            told = "This form is not of this session" in response.text
            assert (response.status_code, told) == (403, True), (url, token)
        own = browser.fields(browser.get("/desk/account").text, "/desk/sign-out")
        headers = {"Origin": "https://evil.example"}
        assert browser.client.post(url, data=own, headers=headers).status_code == 403


def test_the_routes_that_change_something_are_those_that_were_tried() -> None:
    from curbside.interfaces.web.desk.routes import desk_routes

    wanted = {
        route.path.replace("{person}", "p1").replace("{slug}", "x").replace("{claim}", "C1")
        for route in desk_routes()
        if "POST" in (route.methods or ())
    }
    tried = {url.replace("/accept", "/{deed}").replace("/edit", "/{deed}") for url in POSTS}
    assert tried == wanted


def test_guessing_is_slowed_for_the_account_and_for_the_address(
    desk_site: tuple[TestClient, Site], name: str
) -> None:
    client, site = desk_site
    person = engaged(site, name, DeskRole.READER)
    usual, site.tries = site.tries, Tries()
    browser = Browser(client)
    told = [browser.sign_in(person.email, f"guess number {n}") for n in range(6)]
    assert [response.status_code for response in told] == [403] * 5 + [429]
    assert told[5].headers["retry-after"] == "2"
    assert "the address or the password is not right" in told[0].text
    # the right one is not tried either, until the wait is over
    assert browser.sign_in(person.email).status_code == 429
    codes = [browser.sign_in(f"{n}@example.org", "guess").status_code for n in range(14)]
    assert codes == [403] * 13 + [429]
    last = browser.sign_in("b@example.org", "guess")
    assert (last.status_code, last.headers["retry-after"]) == (429, "300")
    site.tries = usual


def test_guessing_is_slowed_wherever_a_password_is_asked_for_once_more(
    desk_site: tuple[TestClient, Site], name: str
) -> None:
    client, site = desk_site
    table = Table(client, site)
    ann, _ = table.taken_up()
    twice = {"password": PASSWORD * 2, "again": PASSWORD * 2}
    told = [table.sign(ann, password=f"guess number {n}").status_code for n in range(3)]
    change = ("/desk/account", "/desk/account/password")
    told += [ann.send(*change, now=f"guess {n}", **twice).status_code for n in range(2)]
    assert told == [403] * 5
    # all of them count for the account, and the right one is not tried either
    late = table.sign(ann)
    assert (late.status_code, table.article.state) == (429, State.UNDER_REVIEW)
    assert ann.send(*change, now=PASSWORD, **twice).status_code == 429
    assert Browser(client).sign_in(table.people["Ann"].email).status_code == 429


def test_tries_are_forgotten_after_a_while_and_counted_by_address() -> None:
    tries = Tries(most=2)
    at = "2026-01-31T12:0{}:00Z"
    assert [tries.wait_s("a", at.format(minute)) for minute in (0, 1, 2)] == [0, 0, 180]
    assert tries.wait_s("b", at.format(2)) == 0
    assert tries.wait_s("a", at.format(5)) == 0
    assert tries.wait_s("a", at.format(5)) == 60


def test_nobody_but_an_administrator_sees_or_changes_accounts(
    desk_site: tuple[TestClient, Site], name: str
) -> None:
    client, site = desk_site
    roles = (DeskRole.READER, DeskRole.AUTHOR, DeskRole.REVIEWER, DeskRole.EDITOR)
    person = engaged(site, name, *roles)
    browser = at_desk(client, person.email)
    assert 'href="/desk/people"' not in browser.get("/desk").text
    token = browser.fields(browser.get("/desk").text, "/desk/sign-out")
    for url in ("/desk/people", f"/desk/people/{person.person_id}"):
        assert browser.get(url).status_code == 403
        sent = browser.client.post(url, data=token | {"role": "administrator", "active": "1"})
        assert sent.status_code == 403
    assert site.people.person(person.person_id) == person


def test_an_administrator_who_invites_a_reviewer_anew_cannot_sign_as_them(
    desk_site: tuple[TestClient, Site], name: str
) -> None:
    client, site = desk_site
    table = Table(client, site)
    ann, _ = table.taken_up()
    person = table.people["Ann"]
    admins = (engaged(site, f"{name}{n}", DeskRole.ADMINISTRATOR) for n in ("eve", "kim"))
    eve, kim = (at_desk(client, each.email) for each in admins)
    one = f"/desk/people/{person.person_id}"
    invited = eve.send(one, f"{one}/invitation")
    secret = re.findall(r"invitation\?token=([^<]*)", invited.text)[0]
    taken = Browser(client)
    url = f"/desk/invitation?token={secret}"
    other = "another long password"
    taken.send(url, token=secret, password=other, again=other)
    assert taken.sign_in(person.email, other).status_code == 303
    # the one whose account it was is out, and the one who has it signs nothing
    assert ann.get("/desk").status_code == 303
    assert "Not confirmed." in taken.get("/desk/account").text
    signed = table.sign(taken, password=other)
    assert (signed.status_code, table.article.state) == (403, State.UNDER_REVIEW)
    assert "gave your account another way in" in signed.text
    assert '<span class="mark mark-risk">not confirmed</span>' in eve.get("/desk/people").text
    own = eve.send(one, f"{one}/confirmation")
    assert (own.status_code, "expected a second administrator" in own.text) == (400, True)
    assert kim.send(one, f"{one}/confirmation").headers["location"] == one
    assert f'action="{one}/confirmation"' not in kim.get(one).text
    assert table.sign(taken, password=other).status_code == 303
    assert table.article.state is State.APPROVED


def test_an_account_that_is_closed_is_out_at_once(
    desk_site: tuple[TestClient, Site], name: str
) -> None:
    client, site = desk_site
    person = engaged(site, name, DeskRole.REVIEWER)
    admin = engaged(site, f"{name}admin", DeskRole.ADMINISTRATOR)
    browser, eve = at_desk(client, person.email), at_desk(client, admin.email)
    url = f"/desk/people/{person.person_id}"
    assert eve.send(url, role="reviewer", credentials="MD").status_code == 303
    assert browser.get("/desk").status_code == 303
    assert Browser(client).sign_in(person.email).status_code == 403
    last = eve.send(f"/desk/people/{admin.person_id}", role="nothing", active="yes")
    assert (last.status_code, "expected roles of reader" in last.text) == (400, True)


def test_where_others_can_reach_the_server_the_desk_opens_over_https_alone(tmp_path: Path) -> None:
    with served(tmp_path, Serving(HOSTS, is_public=True)) as (client, _):
        refused = client.get("/desk/sign-in")
        assert refused.status_code == 403
        assert "over https alone" in refused.text
        assert "set-cookie" not in refused.headers
        assert client.get("https://127.0.0.1:8765/desk/sign-in").status_code == 200


def test_reading_takes_no_cookie(client: TestClient) -> None:
    for url in ("/", "/library", "/policies"):
        assert "set-cookie" not in client.get(url).headers
