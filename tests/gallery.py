"""Every page of the site in every state that it has, as the server sends it.

Made once, without a browser, and then held against everything that must be true of all pages: the
rules of HTML, of accessibility, of small windows. `routes_without` and `templates_without` say
what is missing, so that a new page cannot be forgotten.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jinja2
import pytest
from starlette.responses import Response
from starlette.routing import Match
from starlette.testclient import TestClient

from curbside.articles import Article, DeskRole, Move, State
from curbside.errors import DeskError, LibraryError
from curbside.ingest.rejected import Rejected
from curbside.interfaces.web import Site, web_routes
from curbside.interfaces.web.drawing import static_files, static_url
from curbside.interfaces.web.tries import Tries
from curbside.records import Reader, Section, Span, Standing, Status
from curbside.review.conditions import Act
from curbside.store import PutCounts
from curbside.wiring.identity_settings import IdentitySettings
from curbside.wiring.intake import Job
from curbside.wiring.pages import Pages
from curbside.wiring.people import People
from curbside.wiring.provider import Provider, _Known
from desk_client import MEANING, PASSWORD, Browser, Table, at_desk, engaged
from desk_library import CURRENT, RISKY, TEXTS, a_document, a_page_of, done
from web_client import ADDRESS, NOW, served

FOUNDING = "what-are-the-predictors-of-relapse-of-autoimmune-hepatitis-after-discontinuing"
LONG = "Azathioprine" * 40
"""A word that nothing can break."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A page as it was sent: `route` is the pattern of its address."""

    name: str
    route: str
    url: str
    status: int
    headers: Mapping[str, str]
    html: str


@dataclass(frozen=True, slots=True)
class Gallery:
    """All pages, and the names of the templates that they were drawn from."""

    pages: tuple[Shown, ...]
    templates: frozenset[str]

    def page(self, name: str) -> Shown:
        """The page of a name."""
        return next(each for each in self.pages if each.name == name)


def routes_without(pages: tuple[Shown, ...]) -> list[str]:
    """The addresses of the site, by method and pattern, of which no page is here."""
    patterns = {
        f"{'POST' if 'POST' in (route.methods or ()) else 'GET'} {route.path}"
        for route in web_routes()
    }
    return sorted(patterns - {each.route for each in pages})


def templates_without(gallery: Gallery) -> list[str]:
    """The templates of the site of which no page is here."""
    folder = files("curbside.interfaces.web").joinpath("templates")
    names = [each.name for each in folder.iterdir() if each.is_file()]
    names += [f"desk/{each.name}" for each in folder.joinpath("desk").iterdir()]
    return sorted(set(names) - gallery.templates)


def static_at(address: str) -> dict[str, tuple[bytes, str]]:
    """What pages load, by where they load it from."""
    return {f"{address}{static_url(name)}": held for name, held in static_files().items()}


def make_gallery(home: Path) -> Gallery:
    """Every page of a site whose library is in `home`."""
    drawn: set[str] = set()
    get_template = jinja2.Environment.get_template

    def noted(self: jinja2.Environment, name: Any, *args: Any, **kwargs: Any) -> jinja2.Template:
        drawn.add(str(name))
        return get_template(self, name, *args, **kwargs)

    (home / "curbside.toml").write_text(
        '[feeds.gout]\nkind = "pubmed-search"\nquery = "gout"\nemail = "a@example.org"\n'
    )
    with pytest.MonkeyPatch.context() as patch, served(home) as (client, site):
        patch.setattr(jinja2.Environment, "get_template", noted)
        site.tries = Tries(most=10_000)
        making = _Making(client, site)
        making.everything()
    return Gallery(tuple(making.pages), frozenset(drawn))


class _Making:
    def __init__(self, client: TestClient, site: Site) -> None:
        self.client, self.site = client, site
        self.pages: list[Shown] = []

    def keep(self, name: str, response: Response, status: int = 200) -> Response:
        """Keep a page under a name."""
        assert response.status_code == status, (name, response.status_code, response.text[:2_000])
        assert response.headers["content-type"] == "text/html; charset=utf-8", name
        assert name not in {each.name for each in self.pages}, name
        request = response.request  # type: ignore[attr-defined]  # the client's
        pattern = _pattern(request.method, request.url.path)
        url = str(request.url).removeprefix(ADDRESS)
        self.pages.append(Shown(name, pattern, url, status, dict(response.headers), response.text))
        return response

    def get(self, name: str, url: str, status: int = 200) -> Response:
        return self.keep(name, self.client.get(url), status)

    def everything(self) -> None:
        self.asking()
        self.library()
        self.adding()
        self.entering()
        self.accounts()
        self.identity()
        self.desk()
        self.readers_of_the_desk()
        self.policies()
        self.failures()

    def asking(self) -> None:
        own = f"/q/{FOUNDING}"
        self.get("front page", "/")
        asked = self.client.get("/ask?q=How+is+acute+appendicitis+diagnosed%3F")
        abstained = asked.headers["location"].partition("?")[0]
        followed = self.client.get(f"/ask?q=And+in+children%3F&follow={FOUNDING}")
        follow = followed.headers["location"].partition("?")[0]
        self.get("front page with what was asked", "/")
        self.get("nothing asked", "/ask?q=", 400)
        self.get("too much asked", f"/ask?q={'a' * 2_001}", 400)
        self.get("a reader that is none", "/ask?q=gout&as=nobody", 400)
        for reader in Reader:
            self.get(f"answer for {reader}", f"{own}?as={reader}")
        self.get("answer with what was typed", f"{own}?asked=stopping+Imuran+in+AIH")
        bare = self.get("answer without an answer", abstained)
        assert '<h2 id="closest">' not in bare.text
        closest = self.get("answer with the closest evidence alone", self._asked_in_vain())
        assert '<h2 id="closest">' in closest.text
        self.get("answer to a follow-up", follow)
        self.get("answer with a word that nothing breaks", self._asked(f"Does {LONG} help?"))
        self.get("answer about a person", self._asked("May Mr John Smith, born 12/03/1961, stop?"))
        self.get("answer that is not there", "/q/no-such-page", 404)
        self.get("passage", f"{own}/passage/E4")
        self.get("passage that is not there", f"{own}/passage/E9999", 404)
        self.get("method", f"{own}/method")
        self.get("method of a page without an answer", f"{abstained}/method")
        self.get("method of a follow-up", f"{follow}/method")
        self.get("no versions", f"{own}/versions")
        self.get("thanks", f"{own}/thanks")
        say = f"{own}/feedback"
        self.keep("feedback of no kind", self.client.post(say, data={}), 400)
        self.site.remarks = Tries(most=1)
        for text in ("It says <less> than it should.", ""):
            sent = self.client.post(say, data={"kind": "wrong", "about": "C1", "words": text})
        self.keep("too much feedback", sent, 429)
        self.site.remarks = Tries(most=10_000)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Pages, "say", lambda *_: False)
            self.keep("no room for feedback", self.client.post(say, data={"kind": "wrong"}), 503)

    def _asked(self, question: str) -> str:
        return str(self.client.get("/ask", params={"q": question}).headers["location"])

    def _asked_in_vain(self) -> str:
        """Where the page of a question is for which no sentence is probable enough."""
        pages = self.site.pages
        chooser = pages.engine.chooser
        strict = replace(chooser, selector=replace(chooser.selector, threshold=1.01))
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(pages, "_engine", replace(pages.engine, chooser=strict))
            return self._asked("Is swimming safe with autoimmune hepatitis?")

    def library(self) -> None:
        store = self.site.pages.store
        sentences = " ".join(f"Of {n} adults, {n // 2} had a flare." for n in range(100, 2_100))
        long = replace(
            a_document(7_001, sentences),
            title=f"Flares {LONG}",
            sections=(Section("RESULTS", Span(0, len(sentences)), "results"),),
        )
        retracted = Standing(Status.RETRACTED, by=("pmid:99",), checked_at=NOW[:10])
        replaced = Standing(Status.SUPERSEDED, by=("pmid:7001",), checked_at=NOW[:10])
        store.put(
            [
                (long, CURRENT),
                (a_document(7_002, TEXTS[1]), retracted),
                (a_document(7_003, TEXTS[2]), replaced),
                (a_document(7_004, TEXTS[0]), Standing(Status.CONCERN, checked_at=NOW[:10])),
                (a_document(7_005, TEXTS[0]), Standing(Status.UNKNOWN)),
            ],
            at=NOW,
            origin="gallery",
        )
        self.site.pages.refresh()
        self.get("library", "/library")
        self.get("library searched", "/library?q=azathioprine")
        self.get("library searched for nothing that is there", "/library?q=xyzzyx")
        self.get("library searched for too much", f"/library?q={'a' * 2_001}", 400)
        self.get("library by kind", "/library?kind=guideline")
        self.get("library by a kind that is none", "/library?kind=poem", 400)
        for status in Status:
            self.get(f"library by standing {status}", f"/library?standing={status}")
        self.get("library further on", "/library?after=pmid:7001")
        self.get("digest", "/library/document/digest:van-gerven-2013")
        self.get("document in parts", "/library/document/pmid:7001?part=2")
        for number in (7_002, 7_003, 7_004, 7_005):
            self.get(f"document {number}", f"/library/document/pmid:{number}")
        self.get("document that is not there", "/library/document/pmid:1", 404)

    def adding(self) -> None:
        intake = self.site.intake
        assert intake is not None
        self.get("adding", "/library/add")
        refused = self.client.post("/library/add", data={"what": "nothing"})
        self.keep("nothing added", refused, 400)
        job = Job("a1", NOW, ("gout.ris", f"{LONG}.xml"))
        bad = (
            Rejected("gout.ris", "record 3", "expected a title; there is none"),
            Rejected("bad.bin", None, "of no kind that is known"),
        )
        jobs = {
            "waiting": job,
            "being read": replace(job, name="a2", said="read 120", share=0.42),
            "done": replace(
                job, name="a3", is_over=True, changed=PutCounts(added=1_200, revised=3), share=1.0,
                rejected=bad, quarantined=("bad.bin",),
            ),
            "stopped": replace(job, name="a4", is_over=True, failed="the disk is full"),
        }  # fmt: skip
        for each in jobs.values():
            intake._jobs[each.name] = each
        for name, each in jobs.items():
            self.get(f"job {name}", f"/library/add/{each.name}")
        self.get("adding after jobs", "/library/add")
        for number in range(9):
            intake._jobs[f"b{number}"] = replace(job, name=f"b{number}")
        busy = self.client.post("/library/add", data={"what": "files"}, files={"files": b"x"})
        self.keep("too much waits to be added", busy, 503)
        self.get("job that is not there", "/library/add/ff", 404)
        self.site.intake, self.site.shows_history = None, False
        self.get("adding where others can reach it", "/library/add", 403)
        self.get("library where others can reach it", "/library?q=gout")
        self.get("front page where others can reach it", "/")
        self.site.intake, self.site.shows_history = intake, True
        intake._jobs.clear()

    def entering(self) -> None:
        stranger = Browser(self.client)
        self.get("signing in", "/desk/sign-in")
        self.get("signing in after a password was set", "/desk/sign-in?set")
        wrong = {"email": "nobody@example.org", "password": "x" * 12}
        self.keep("not signed in", stranger.send("/desk/sign-in", **wrong), 403)
        self.site.tries = Tries(most=1)
        stranger.send("/desk/sign-in", **wrong)
        self.keep("too many tries", stranger.send("/desk/sign-in", **wrong), 429)
        self.site.tries = Tries(most=10_000)
        for name in ("first", "invitation"):
            self.get(f"{name} account", f"/desk/{name}?token=abc")
            entered = {"name": "Kim", "email": "k@example.org", "password": PASSWORD}
            for again, told in (("x", "two passwords"), (PASSWORD, "no such token")):
                sent = stranger.send(f"/desk/{name}?token=abc", **entered, again=again)
                self.keep(f"{name} account, {told}", sent, 400)
        self.keep("a form that is not of this session", self.client.post("/desk/sign-in"), 403)
        for way in ("sign-out", "account/sign-out"):
            self.keep(f"not signed in any more: {way}", stranger.client.post(f"/desk/{way}"), 403)
        self.site.needs_https = True
        self.get("desk without encryption", "/desk/sign-in", 403)
        self.site.needs_https = False

    def accounts(self) -> None:
        everyone = tuple(role for role in DeskRole if role is not DeskRole.DESK)
        kim = self.site.people.add(
            "Kim",
            "kim@example.org",
            everyone,
            credentials="MD",
            password=PASSWORD,
            by="terminal",
            at=NOW,
        )
        engaged(self.site, "Rea", DeskRole.READER, credentials=LONG)
        self.kim = at_desk(self.client, kim.email)
        self.rea = at_desk(self.client, "rea@example.org")
        own, people, one = "/desk/account", "/desk/people", f"/desk/people/{kim.person_id}"
        self.keep("desk without an article", self.kim.get("/desk"))
        self.keep("feedback at the desk", self.kim.get("/desk/feedback"))
        self.keep("account, nothing stated", self.kim.get(own))
        stated = {"what-0": "Paid lectures", "topics-0": "gout, allopurinol"}
        both = self.kim.send(own, f"{own}/statement", **stated, none="yes")
        self.keep("account, both stated", both, 400)
        self.kim.send(own, f"{own}/statement", **stated)
        self.keep("account, statement kept", self.kim.get(f"{own}?done=statement"))
        self.keep("account, password changed", self.kim.get(f"{own}?done=password"))
        for again, told in (("x", "two passwords"), (PASSWORD, "wrong password")):
            entered = {"now": "wrong", "password": PASSWORD, "again": again}
            status = 400 if again == "x" else 403
            sent = self.kim.send(own, f"{own}/password", **entered)
            self.keep(f"account, {told}", sent, status)
        self.kim.send(own, f"{own}/statement", none="yes")
        self.keep("people", self.kim.get(people))
        self.keep("people, for who may not", self.rea.get(people), 403)
        asked = {"name": "Bo", "email": "bo@example.org", "role": "reviewer"}
        self.keep("somebody was invited", self.kim.send(people, **asked))
        self.keep("somebody is there already", self.kim.send(people, **asked), 400)
        self.keep("one account", self.kim.get(one))
        self.keep("one account, no roles", self.kim.send(one, active="yes"), 400)
        self.keep("another invitation", self.kim.send(one, f"{one}/invitation"))
        rea = self.site.people.of_email("rea@example.org").person_id
        token = self.site.people.invite(rea, by=kim.person_id, at=NOW)
        self.site.people.redeem(token, PASSWORD, at=NOW)
        self.rea = at_desk(self.client, "rea@example.org")
        anew = f"/desk/people/{rea}"
        self.keep("people, one not confirmed", self.kim.get(people))
        self.keep("account, not confirmed", self.rea.get(own))
        self.keep("one account, not confirmed", self.kim.get(anew))
        self.keep("confirmed by the same", self.kim.send(anew, f"{anew}/confirmation"), 400)
        self.keep("account that is not there", self.kim.get("/desk/people/none"), 404)

    def identity(self) -> None:
        """With an identity provider, which nobody asks here."""
        site = self.site
        settings = IdentitySettings("https://id.example.org", "curbside", ADDRESS, "Clinic ID")
        place = "https://id.example.org/authorize"
        published = _Known(place, place, place, takes_basic=True, says_issuer=False, at=NOW)
        site.provider, site.asking = Provider(settings, None), site.gate
        nora = site.people.add("Nora", "nora@example.org", (DeskRole.READER,), by="x", at=NOW)
        site.people.link(nora.person_id, "https://id.example.org nora", by="x", at=NOW)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Provider, "_published", lambda *_: published)
            patch.setattr(Provider, "_subject", lambda *_: patched)
            patch.setattr(Provider, "_redeemed", lambda *_: "")
            patched, browser = "stranger", Browser(self.client)
            self.get("signing in with a provider", "/desk/sign-in?next=/desk/feedback")
            url = "/desk/invitation?token=abc"
            self.get("invitation with a provider", url)
            sent = browser.send(url, "/desk/invitation/identity", token="abc")
            self.keep("led to a provider", sent)
            self.get("not begun here", "/desk/identity/back?state=x", 400)
            self.keep("not linked", self._back(browser), 403)
            patched = "nora"
            assert self._back(browser).status_code == 303
            self.keep("account without a password", browser.get("/desk/account"))
            link = ("/desk/account", "/desk/account/identity")
            self.keep("not linked, wrong password", self.kim.send(*link, password="x"), 403)
            self.keep("led to a provider to link", self.kim.send(*link, password=PASSWORD))
            form = browser.fields(browser.get("/desk/account").text, "/desk/sign-out")
            ended = browser.client.post("/desk/account/identity/end", data=form)
            self.keep("link that cannot be ended", ended, 400)
            kim = site.people.of_email("kim@example.org").person_id
            site.people.link(kim, "https://id.example.org kim", by="x", at=NOW)
            self.keep("account, linked", self.kim.get("/desk/account?done=linked"))
            table = Table(self.client, site)
            self.keep("signing with a provider", self.kim.get(f"{table.url}/sign"))
            site.people.confirm_as(self.kim.cookie, kim, "https://id.example.org kim", at=NOW)
            self.keep("signing, confirmed", self.kim.get(f"{table.url}/sign"))
            site.tries = Tries(most=1)
            self.client.get("/desk/identity")
            self.get("too many sign-ins with a provider", "/desk/identity", 429)
            site.tries = Tries(most=10_000)
        site.provider = site.asking = None

    def _back(self, browser: Browser) -> Response:
        """Gone to the provider and back."""
        there = browser.get("/desk/identity").headers["location"]
        state = parse_qs(urlsplit(there).query)["state"][0]
        return browser.get(f"/desk/identity/back?state={state}&code=x")

    def desk(self) -> None:
        table = Table(self.client, self.site, (*TEXTS, RISKY))
        kim, claim = self.kim, f"{table.url}/claims/C1"
        table.browser("Ann").send(table.url, f"{table.url}/move", reason="")
        self.keep("article with claims", kim.get(table.url))
        for only in ("high-risk", "new", "open"):
            self.keep(f"article, only {only}", kim.get(f"{table.url}?only={only}"))
        self.keep("article for a reader", self.rea.get(table.url))
        self.keep("accept together", kim.get(f"{table.url}/together"))
        self.keep("accept together, for a reader", self.rea.get(f"{table.url}/together"))
        none = kim.send(f"{table.url}/together", held="yes")
        self.keep("accept together, none", none, 400)
        self.keep("claim, sources found", kim.get(f"{claim}?find=predictors+of+relapse"))
        self.keep("claim, no source found", kim.get(f"{claim}?find=xyzzyx"))
        self.keep("article at no version of it", kim.get(f"{table.url}?version=9"), 404)
        self.keep("claim", kim.get(claim))
        self.keep("claim for a reader", self.rea.get(claim))
        self.keep("claim that is not there", kim.get(f"{table.url}/claims/C99"), 404)
        wrong = {"text": "Of 120 adults who stopped, 71 percent had a flare.", "reason": "typo"}
        self.keep("edit refused", kim.send(claim, f"{claim}/edit", **wrong), 422)
        self.keep("source refused", kim.send(claim, f"{claim}/source", reason="so"), 400)
        unsaid = kim.send(table.url, f"{table.url}/move", move="withdraw", reason="")
        self.keep("move refused", unsaid, 400)
        nothing = kim.send(table.url, f"{table.url}/comment", reason=" ")
        self.keep("comment refused", nothing, 400)
        form = kim.fields(kim.get(table.url).text, f"{table.url}/move")
        anew = kim.client.post(f"{table.url}/submit", data=form)
        self.keep("revision of a page that cannot be made anew", anew, 404)
        late = kim.fields(kim.get(f"{table.url}/claims/C2").text, f"{table.url}/claims/C2/edit")
        kim.send(claim, f"{claim}/edit", text=TEXTS[0].replace(" percent", "%"), reason="shorter")
        kim.send(claim, f"{claim}/comment", reason=f"Look at <b>this</b>: {LONG}")
        kim.send(table.url, f"{table.url}/comment", reason="Of the whole")
        after = kim.client.post(
            f"{table.url}/claims/C2/edit", data=late | {"text": "Mine.", "reason": "clearer"}
        )
        self.keep("somebody was first", after, 409)
        self.keep("article with an edit and remarks", kim.get(table.url))
        self.keep("article, earlier version", kim.get(f"{table.url}?version=1"))
        self.keep("history", kim.get(f"{table.url}/history"))
        self.keep("what changed", kim.get(f"{table.url}/diff"))
        self.keep("signing", kim.get(f"{table.url}/sign"))
        for why, password in (("wrong password", "wrong"), ("own words", PASSWORD)):
            sent = kim.send(f"{table.url}/sign", reason=MEANING, password=password)
            self.keep(f"not signed, {why}", sent, 403)
        self.keep("versions with what changed", self.client.get(f"/q/{table.slug}/versions"))
        self.keep("answer, earlier version", self.client.get(f"/q/{table.slug}?version=1"))
        own = f"/desk/articles/{FOUNDING}"
        self.keep("page that nobody submitted", kim.get(own))
        self.keep("page that nobody submitted, for a reader", self.rea.get(own))
        assert kim.send(own, f"{own}/submit", reason="The first.").status_code == 303
        self.keep("the founding page at the desk", kim.get(own))
        self.keep("the founding page, signing", kim.get(f"{own}/sign"))

    def readers_of_the_desk(self) -> None:
        """An article in each state, as the desk shows it and as readers see it."""
        for state, name in articles_in_each_state(self.site).items():
            self.site.pages.note_touched()
            self.keep(f"desk: {state}", self.kim.get(f"/desk/articles/{name}"))
            self.keep(f"desk: all in state {state}", self.kim.get(f"/desk?state={state}"))
            self.get(f"readers: {state}", f"/q/{name}")
        self.keep("desk", self.kim.get("/desk"))
        self.keep("desk of a reader", self.rea.get("/desk"))
        self.keep("desk by source", self.kim.get("/desk?source=pmid:9001"))
        self.keep("desk by a source of none", self.kim.get("/desk?source=10.1/none&state=Due"))
        table = Table(self.client, self.site, TEXTS)
        ann, _ = table.taken_up()
        assert table.sign(ann).status_code == 303
        retracted = Standing(Status.RETRACTED, by=("pmid:99",), checked_at=NOW[:10])
        self.site.desk.store.put([(a_document(table.pmids[0], TEXTS[0]), retracted)], at=NOW)
        self.keep("desk: a source was retracted", self.kim.get(table.url))
        self.keep("desk: what the retraction changed", self.kim.get(f"{table.url}/diff"))
        self.get("readers: a source was retracted", f"/q/{table.slug}")
        # the page was made of another revision than the library has now
        revised = replace(a_document(table.pmids[1], f"In short. {TEXTS[1]}"), revision="r-new")
        self.site.desk.store.put([(revised, CURRENT)], at=NOW)
        self.site.pages.refresh()
        self.get("passage of a document that was revised", f"/q/{table.slug}/passage/E2")

    def policies(self) -> None:
        links = re.findall(r'href="(/policies/[a-z-]+)"', self.get("policies", "/policies").text)
        for link in sorted(set(links)):
            self.get(link, link)
        self.get("policy that is not there", "/policies/none", 404)

    def failures(self) -> None:
        self.get("nothing there", "/nowhere", 404)
        self.keep("not to be done here", self.client.post("/library"), 405)
        endless = self.client.post(
            "/desk/sign-in",
            content=(b"a" * 50_000 for _ in range(20)),
            headers={"Content-Type": "application/x-www-form-urlencoded"},
        )
        self.keep("too much sent", endless, 413)
        say, data = f"/q/{FOUNDING}/feedback", {"kind": "wrong"}
        with failing(Pages, "say", LibraryError("it can be read but not written")):
            self.keep("nothing can be kept", self.client.post(say, data=data), 503)
        with failing(Pages, "versions", LibraryError("it is damaged; restore a backup")):
            self.get("library that cannot be read", f"/q/{FOUNDING}/versions", 503)
        with failing(People, "all", DeskError("the key of the trail cannot be read")):
            self.keep("desk that cannot sign", self.kim.get("/desk/people"), 503)
        with failing(Pages, "versions", RuntimeError("a fault")):
            self.get("fault of the program", f"/q/{FOUNDING}/versions", 500)
        self.site.gate.taken += 1_000
        self.get("too many questions at once", "/ask?q=never+asked+before", 503)
        self.site.gate.taken -= 1_000


def _pattern(method: str, path: str) -> str:
    scope = {"type": "http", "method": method, "path": path, "root_path": "", "headers": []}
    for route in web_routes():
        if route.matches(scope)[0] is Match.FULL:
            return f"{method} {route.path}"
    return "other"


@contextmanager
def failing(owner: type, name: str, error: Exception) -> Iterator[None]:
    """As if a method could do nothing but raise."""

    def raising(*_: object, **__: object) -> None:
        raise error

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(owner, name, raising)
        yield


def articles_in_each_state(site: Site) -> dict[State, str]:
    """An article in each state, by its name; nobody but Otto, Rae and Eve did anything to them."""
    desk = site.desk
    desk.store.put([(a_document(9_001, TEXTS[0]), CURRENT)], at=NOW)
    author = engaged(site, "State-author", DeskRole.AUTHOR, DeskRole.EDITOR)
    reviewer = engaged(site, "State-reviewer", DeskRole.REVIEWER)

    def act(person: object, article: Article | None = None, shown: str = "") -> Act:
        step = article.step if article else None
        content = shown or (article.content if article else None)
        return Act(person, NOW, step=step, shown=content, reason="so")  # type: ignore[arg-type]

    found = {}
    for state in State:
        name = f"it-is-{state.value.lower().replace(' ', '-')}"
        article = done(desk.submit(a_page_of(desk.store, "pmid:9001", slug=name), act(author)))
        if state not in (State.SUBMITTED, State.WITHDRAWN):
            article = done(desk.move(name, Move.TAKE_UP, act(reviewer, article)))
        if state is State.CHANGES_REQUESTED:
            done(desk.move(name, Move.REQUEST_CHANGES, act(reviewer, article)))
        if state in (State.APPROVED, State.DUE):
            (claim,) = desk.view(name).claims
            done(desk.accept(name, "C1", act(reviewer, shown=claim.shown)))
            article = done(desk.sign(name, act(reviewer, article)))
        if state is State.DUE:
            done(desk.move(name, Move.REVOKE, act(author, article)))
        if state is State.WITHDRAWN:
            done(desk.move(name, Move.WITHDRAW, act(author, article)))
        found[state] = name
    return found
