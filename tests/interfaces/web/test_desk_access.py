"""Who gets where: every address with every role, and every step of an article in every state."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import count
from pathlib import Path

import pytest
from starlette.responses import Response
from starlette.testclient import TestClient

from curbside.articles import Article, DeskRole, Move, Person, State
from curbside.interfaces.web import Site, web_routes
from curbside.review.conditions import Act
from desk_client import PASSWORD, Browser, at_desk, engaged
from desk_library import CURRENT as CHECKED
from desk_library import RISKY, TEXTS, a_document, a_page_of, done
from web_client import NOW

ROLES = tuple(role for role in DeskRole if role is not DeskRole.DESK)
DOCUMENT = Path(__file__).resolve().parents[3] / "docs" / "design" / "review.md"
ROW = re.compile(r"(?m)^\| `(GET|POST) (/[^`]*)` \| ([a-z ]+) \|$")
WHO = {
    "everyone": {None, *ROLES},
    "whoever is signed in": set(ROLES),
    "admin": {DeskRole.ADMINISTRATOR},
}
"""The words of the written table; None is a visitor who is not signed in."""
LOW, HIGH = ("pmid:9101", "pmid:9102"), ("pmid:9101", "pmid:9103")
"""What an article rests on that takes one signature, and two."""


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


CELL = re.compile(r"(.*) → (.*)")
WRITTEN_ROLES = {role.value: role for role in ROLES} | {"admin": DeskRole.ADMINISTRATOR}


def written_table() -> dict[Move, dict[State | None, dict[DeskRole, State]]]:
    """What the document says: by move and state who may make it, and what that makes of it."""
    text = DOCUMENT.read_text().partition("<!-- access-table -->")[2]
    lines = text.strip().partition("\n\n")[0].splitlines()
    head, _, *rows = (line.strip("|").split("|") for line in lines)
    states = [None if name.strip() == "no article" else State(name.strip()) for name in head[1:]]
    found: dict[Move, dict[State | None, dict[DeskRole, State]]] = {}
    for name, *cells in rows:
        row = found.setdefault(Move(name.strip(" *")), {})
        for state, cell in zip(states, cells, strict=True):
            match = CELL.fullmatch(cell.strip())
            who = match[1].split(", ") if match else []
            row[state] = {
                WRITTEN_ROLES[each]: State(match[2])
                for each in who
                if match and each in WRITTEN_ROLES
            }
    return found


TABLE = written_table()
BY_THE_DESK = {Move.TOUCH}
"""What no form asks for."""


class Pages:
    """Articles in any state, each submitted by Otto and reviewed by Rae, whom nobody here is."""

    def __init__(self, client: TestClient, site: Site) -> None:
        self.client, self.site, self.desk = client, site, site.desk
        self.numbers = count(1)
        texts = {9_101: TEXTS[0], 9_102: TEXTS[1], 9_103: RISKY}
        put = [(a_document(number, text), CHECKED) for number, text in texts.items()]
        self.desk.store.put(put, at=NOW)
        self.author = engaged(site, "Of-otto", DeskRole.AUTHOR, DeskRole.EDITOR)
        self.reviewer = engaged(site, "Of-rae", DeskRole.REVIEWER)
        self.second = engaged(site, "Of-sam", DeskRole.REVIEWER)

    def asked(self) -> str:
        """The name of a page that can be made anew, and that the desk does not have yet."""
        words = {"q": f"Does drug number {next(self.numbers)} lower flares of gout?"}
        return self.client.get("/ask", params=words).headers["location"].partition("?")[0][3:]

    def article(self, state: State, *, name: str = "", doc_ids: Sequence[str] = LOW) -> str:
        """An article in a state, by its name; all its claims are accepted under review."""
        name = name or f"matrix-{next(self.numbers)}"
        page = a_page_of(self.desk.store, *doc_ids, slug=name)
        done(self.desk.submit(page, self.act(self.author)))
        if state not in (State.SUBMITTED, State.WITHDRAWN):
            self.move(name, Move.TAKE_UP, self.reviewer)
        if state in (State.UNDER_REVIEW, State.APPROVED, State.DUE):
            for each in self.desk.view(name).claims:
                act = self.act(self.reviewer, shown=each.shown)
                done(self.desk.accept(name, each.claim.claim_id, act))
        if state in (State.APPROVED, State.DUE):
            for person in (self.reviewer, self.second)[: self.desk.view(name).needed]:
                article = done(self.desk.article(name))
                done(self.desk.sign(name, self.act(person, article)))
        last = {
            State.CHANGES_REQUESTED: (Move.REQUEST_CHANGES, self.reviewer),
            State.DUE: (Move.REVOKE, self.author),
            State.WITHDRAWN: (Move.WITHDRAW, self.author),
        }
        if state in last:
            self.move(name, *last[state])
        assert done(self.desk.article(name)).state is state
        return name

    def move(self, name: str, move: Move, person: Person) -> None:
        done(self.desk.move(name, move, self.act(person, done(self.desk.article(name)))))

    @staticmethod
    def act(person: Person, article: Article | None = None, shown: str = "") -> Act:
        step, content = (article.step, article.content) if article else (None, None)
        return Act(person, NOW, step=step, shown=shown or content, reason="so")

    def form(self, name: str, move: Move) -> tuple[str, dict[str, object]]:
        """Where the form of a move leads to, and the form as a person fills it in who was shown
        the article as it is."""
        article = self.desk.article(name)
        entered: dict[str, object] = {"reason": "As it should be."}
        if article is not None:
            entered |= {"step": article.step, "shown": article.content}
        claim = f"/desk/articles/{name}/claims/C1"
        if move in (Move.ACCEPT, Move.ACCEPT_TOGETHER):
            view = self.desk.view(name).claims
            entered["shown"] = next(c.shown for c in view if c.claim.claim_id == "C1")
        deeds = {
            Move.SUBMIT: ("submit", {}),
            Move.REVISE: ("submit", {}),
            Move.ACCEPT: (f"{claim}/accept", {}),
            Move.ACCEPT_TOGETHER: (
                "together",
                {"held": "yes", "claim": f"C1 {entered.get('shown')}"},
            ),
            Move.EDIT: (f"{claim}/edit", {"text": TEXTS[0].replace(" percent", "%")}),
            Move.CHANGE_SOURCE: (
                f"{claim}/source",
                {"cite": "E1", "document": "pmid:9101", "quote": "61 percent had a flare"},
            ),
            Move.REJECT: (f"{claim}/reject", {}),
            Move.COMMENT: ("comment", {}),
            Move.SIGN: ("sign", {"password": PASSWORD}),
            Move.APPROVE: ("sign", {"password": PASSWORD}),
        }
        deed, more = deeds.get(move, ("move", {"move": move.value}))
        url = deed if deed.startswith("/") else f"/desk/articles/{name}/{deed}"
        return url, entered | more

    def fit(self, state: State | None, move: Move) -> str:
        """An article in a state that a move can be made on, whatever else it takes."""
        if move in (Move.SUBMIT, Move.REVISE):
            name = self.asked()
            return name if state is None else self.article(state, name=name)
        assert state is not None
        return self.article(state, doc_ids=HIGH if move is Move.SIGN else LOW)


@pytest.fixture(scope="module")
def pages(desk_site: tuple[TestClient, Site]) -> Pages:
    return Pages(*desk_site)


@pytest.fixture(scope="module")
def qualified(desk_site: tuple[TestClient, Site]) -> dict[DeskRole, tuple[Browser, str]]:
    """For each role a browser of a person who has it alone, and lacks nothing else: credentials,
    a statement of interests; with the token of its forms."""
    client, site = desk_site
    found = {}
    for role in ROLES:
        browser = at_desk(client, engaged(site, f"Fit-{role.value}", role).email)
        found[role] = browser, browser.fields(browser.get("/desk").text, "/desk/sign-out")["form"]
    return found


@pytest.mark.parametrize("move", [move for move in Move if move not in BY_THE_DESK])
def test_with_a_form_that_is_right_each_step_is_done_or_refused_exactly_as_is_written(
    pages: Pages, qualified: dict[DeskRole, tuple[Browser, str]], move: Move
) -> None:
    """Each role, each state: whoever may is let, so that who is refused is refused for that and
    not for a field that is missing."""
    # where there is an article, the form to submit is the one to revise it
    states = (None,) if move is Move.SUBMIT else tuple(State)
    # one form is sent to sign, first or last
    names = (Move.SIGN, Move.APPROVE) if move in (Move.SIGN, Move.APPROVE) else (move,)
    counted = {"done": 0, "refused": 0}
    for state in states:
        allowed = TABLE[move][state]
        shared = pages.fit(state, move)
        for role, (browser, token) in qualified.items():
            name = pages.fit(state, move) if role in allowed else shared
            before = pages.desk.article(name)
            url, entered = pages.form(name, move)
            answer = browser.client.post(url, data=entered | {"form": token})
            after = pages.desk.article(name)
            told = (move.value, state, role.value, answer.status_code, answer.text[:3_000])
            if role in allowed:
                assert answer.status_code == 303, told
                assert done(after).state is allowed[role], told
                counted["done"] += 1
                continue
            counted["refused"] += 1
            assert after == before, told
            if allowed:
                assert answer.status_code == 403, told
                assert any(f"to {each} takes the role " in answer.text for each in names), told
            else:
                assert answer.status_code == 409, told
                assert any(f"to {each} expects " in answer.text for each in names), told
    assert counted["done"] == sum(len(row) for row in TABLE[move].values())
    assert counted["refused"] == len(states) * len(ROLES) - counted["done"]


def test_every_move_is_tried_and_the_written_table_is_not_empty() -> None:
    assert TABLE.keys() == set(Move)
    assert sum(len(row) for cells in TABLE.values() for row in cells.values()) > 80
