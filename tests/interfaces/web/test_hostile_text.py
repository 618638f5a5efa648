"""What people and sources write is text on every page: five hundred strings, in every field.

They are put in by the dozen, as much as each field has room for, and looked at in a real browser
whose content security policy is switched off: nothing but the escaping keeps them from running.
"""

from __future__ import annotations

import io
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import quote

import pytest

from browsing import IN_BROWSER, Visit, a_browser, serving_at
from builders import a_question
from curbside.articles import Article, DeskRole, Disclosure, Interest, Move, Person
from curbside.interfaces.web import Site
from curbside.interfaces.web.tries import Tries
from curbside.records import Section, Source, Span
from curbside.review.conditions import Act
from curbside.store import Feedback
from desk_client import PASSWORD
from desk_library import CURRENT, a_document, a_page_of, done
from hostile import SHOWN, STRINGS, field_of, in_pieces, of_field
from web_client import NOW

pytestmark = IN_BROWSER

OF_PEOPLE = ("name", "e-mail address", "credentials", "interest")
FIELDS = (
    *("remark on an article", "remark on a claim", "why it was taken up", "why it was rejected"),
    *("why it was edited", "what a signature means", "why it was revoked", "text of a document"),
    *OF_PEOPLE,
    "topic",
    *("what a reader said", "of what", "title of a page", "title of a document", "heading"),
    *("author", "journal", "link to a source", "section"),
)
SENT = (
    *("question", "search", "token", "name of the first", "address to sign in with"),
    *("words of another source", "source of articles"),
)
"""Fields that are shown again at once and kept nowhere."""
ENTERED = ("words", "document", "passage")
NAMES = ("member of an archive",)
NUMBER = {name: place for place, name in enumerate((*FIELDS, *SENT, *ENTERED, *NAMES), start=1)}
EVERYONE = tuple(role for role in DeskRole if role is not DeskRole.DESK)
LINE, TEXT, REMARK = 500, 20_000, 2_000

FOREIGN = """() => [...document.querySelectorAll('*')].flatMap(each => [
  ...[...each.attributes].filter(a => a.name.startsWith('on')
    || (['href', 'src', 'action', 'data', 'formaction'].includes(a.name)
        && !/^(https?:|\\/|#|\\?|$)/.test(a.value))).map(a => a.name + '=' + a.value),
  ...(each.matches('iframe, object, embed, base, frame, applet, marquee, math, template, video,'
    + ' audio, svg script, meta[http-equiv=refresh i], script:not([src^="/static/"])')
    && !each.closest('svg.plot') ? [each.outerHTML.slice(0, 90)] : [])])"""
"""Whatever on a page could run and was not put there by it."""
PUT = "(each, text) => each.value = text"
TEXT_OF = """() => document.documentElement.textContent + ' '
  + [...document.querySelectorAll('input, textarea')].map(each => each.value).join(' ')"""


def hostile(name: str, longest: int) -> tuple[str, ...]:
    return in_pieces(of_field(NUMBER[name]), longest)


@dataclass
class Filled:
    """A site whose every field holds every string; `urls` is where that is shown."""

    address: str
    site: Site
    reader: Person
    article: str
    urls: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Filled]:
    with serving_at(tmp_path_factory.mktemp("hostile")) as (address, site):
        site.tries = Tries(most=10_000)
        reader = site.people.add(
            "Kim", "kim@example.org", EVERYONE, credentials="MD", password=PASSWORD,
            by="terminal", at=NOW,
        )  # fmt: skip
        # topics are shown on one's own page alone
        topics = tuple(Interest("x", (each,)) for each in hostile("topic", LINE))
        site.people.disclose(reader.person_id, Disclosure(NOW, topics), by=reader.person_id)
        found = Filled(address, site, reader, "hostile-page")
        _people(found)
        _articles(found)
        _feedback(found)
        _files(found)
        yield found


def _people(filled: Filled) -> None:
    people = filled.site.people
    lines = {name: hostile(name, LINE) for name in OF_PEOPLE}
    lines["e-mail address"] = hostile("e-mail address", LINE - 12)
    for number in range(max(map(len, lines.values()))):
        name, address, credentials, what = (
            pieces[number] if number < len(pieces) else "" for pieces in lines.values()
        )
        person = people.add(
            name or "x", f"{address or number}@example.org", (DeskRole.READER,),
            credentials=credentials, by="terminal", at=NOW,
        )  # fmt: skip
        if what:
            disclosure = Disclosure(NOW, (Interest(what),))
            people.disclose(person.person_id, disclosure, by=person.person_id)
        if number % 6 == 0:
            # all are on one page too; these have what is in a field's value
            filled.urls.append(f"/desk/people/{person.person_id}")
    filled.urls += ["/desk/people", "/desk/account"]


def _all_of(name: str) -> str:
    """Every string in one text."""
    (piece,) = hostile(name, TEXT)
    return piece


def _articles(filled: Filled) -> None:
    site, desk = filled.site, filled.site.desk
    words = _all_of("text of a document")
    source = Source(
        pmid="801",
        year=2020,
        authors=(" ".join(of_field(NUMBER["author"])),),
        journal=" ".join(of_field(NUMBER["journal"])),
        url=" ".join(of_field(NUMBER["link to a source"])),
    )
    document = replace(
        a_document(801, words),
        title=" ".join(of_field(NUMBER["title of a document"])),
        source=source,
        sections=(Section(" ".join(of_field(NUMBER["section"])), Span(0, len(words)), "abstract"),),
    )
    plain = a_document(802, "Urate was not linked with flares.")
    desk.store.put([(document, CURRENT), (plain, CURRENT)], at=NOW)
    site.pages.refresh()
    page = a_page_of(desk.store, "pmid:801", "pmid:802", slug=filled.article)
    heading = " ".join(of_field(NUMBER["heading"]))
    title = " ".join(of_field(NUMBER["title of a page"]))
    page = replace(
        page,
        question=replace(a_question(slug=filled.article), title=title),
        claims=tuple(replace(each, heading=heading) for each in page.claims),
    )
    author = _person(filled, "Otto", DeskRole.AUTHOR, DeskRole.EDITOR)
    ann, cid = (_person(filled, name, DeskRole.REVIEWER) for name in ("Ann", "Cid"))
    own = filled.article
    article = done(desk.submit(page, _act(author, "first")))
    taken = _act(ann, _all_of("why it was taken up"), article)
    article = done(desk.move(own, Move.TAKE_UP, taken))
    desk.comment(own, _act(ann, _all_of("remark on an article")))
    desk.comment(own, _act(ann, _all_of("remark on a claim")), claim_id="C1")
    edit = _act(cid, _all_of("why it was edited"), article)
    article = done(desk.edit(own, "C2", "Urate was not linked with flares", edit))
    reject = _act(ann, _all_of("why it was rejected"), article)
    done(desk.reject(own, "C2", reject))
    # another, that was approved and is no more
    second = f"{own}-2"
    page = a_page_of(desk.store, "pmid:802", slug=second)
    article = done(desk.submit(page, _act(author, "first")))
    article = done(desk.move(second, Move.TAKE_UP, _act(ann, "", article)))
    for claim in desk.view(second).claims:
        done(desk.accept(second, claim.claim.claim_id, _act(ann, "", shown=claim.shown)))
    article = done(desk.sign(second, _act(ann, _all_of("what a signature means"), article)))
    done(desk.move(second, Move.REVOKE, _act(author, _all_of("why it was revoked"), article)))
    for slug in (own, second):
        at = f"/desk/articles/{slug}"
        filled.urls += [at, f"{at}/history", f"{at}/diff", f"{at}/sign", f"{at}?version=1"]
        filled.urls += [f"{at}/claims/C1", f"/q/{slug}", f"/q/{slug}/versions"]
        filled.urls += [f"/q/{slug}/passage/E1", f"{at}/together"]
    filled.urls += ["/desk", "/library", "/library/document/pmid:801", "/library?q=urate"]


def _act(person: Person, reason: str, article: Article | None = None, shown: str = "") -> Act:
    content = shown or (article.content if article else None)
    return Act(person, NOW, step=article.step if article else None, shown=content, reason=reason)


def _person(filled: Filled, name: str, *roles: DeskRole) -> Person:
    people = filled.site.people
    email = f"{name.lower()}@example.org"
    person = people.add(name, email, roles, credentials="MD", password=PASSWORD, by="x", at=NOW)
    return people.disclose(person.person_id, Disclosure(NOW), by=person.person_id)


def _feedback(filled: Filled) -> None:
    said, about = hostile("what a reader said", REMARK), hostile("of what", REMARK)
    for number in range(max(len(said), len(about))):
        pair = (pieces[number] if number < len(pieces) else "" for pieces in (about, said))
        assert filled.site.pages.say(Feedback(filled.article, "", *_kind(*pair), NOW))
    filled.urls.append("/desk/feedback")


def _kind(about: str, words: str) -> tuple[str, str, str]:
    return about, "wrong", words


def _files(filled: Filled) -> None:
    intake = filled.site.intake
    assert intake is not None
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name in of_field(NUMBER["member of an archive"]):
            archive.writestr(f"{name}.nothing", b"\x00\x01")
    packed.seek(0)
    job = intake.take_files([("<img src=x onerror=hit(1)>.zip", packed)])
    intake._thread.submit(lambda: None).result(60)
    filled.urls.append(f"/library/add/{job.name}")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with a_browser() as browser:
        yield browser


class Looking(Visit):
    """A window that notes what ran and which strings were shown."""

    def __init__(self, chromium: Any, address: str) -> None:
        super().__init__(chromium, address, bypass_csp=True)
        self.context.add_init_script("window.ran = []; window.hit = n => ran.push(n)")
        self.address = address
        self.shown: dict[int, set[int]] = defaultdict(set)

    def sign_in(self, email: str) -> None:
        self.page.goto("/desk")
        self.page.get_by_label("E-mail address").fill(email)
        self.page.get_by_label("Password", exact=True).fill(PASSWORD)
        self.page.get_by_role("button", name="Sign in").click()

    def look(self, url: str) -> None:
        """Open a page and hold it against what may be on it."""
        self.page.goto(url, wait_until="load")
        self.hold()

    def hold(self) -> None:
        page = self.page
        assert page.evaluate("ran") == [], page.url
        assert page.evaluate(FOREIGN) == [], page.url
        assert page.url.startswith(self.address)
        for number in map(int, SHOWN.findall(page.evaluate(TEXT_OF))):
            self.shown[field_of(number)].add(number)

    def counts(self) -> dict[str, int]:
        return {
            name: len(self.shown[number]) for name, number in NUMBER.items() if number in self.shown
        }


def test_there_are_five_hundred_different_strings() -> None:
    assert len(set(STRINGS)) == 500
    assert all(text.isprintable() and "@" not in text for text in of_field(1))
    assert {len(SHOWN.findall(text)) >= 1 for text in of_field(7)} == {True}


def test_they_do_run_where_they_are_taken_for_markup(chromium: Any) -> None:
    """A check that cannot fail is none: pages that escape nothing."""
    with Looking(chromium, "https://nowhere.example") as visit:
        page = visit.page
        page.route("**/*", lambda route: route.fulfill(
            content_type="text/html",
            body="<!doctype html><title>x</title><p title=\"" + " ".join(of_field(1)[50:100])
            + "\">" + " ".join(of_field(1)[:50]) + "<input value='" + of_field(1)[145] + "'>",
        ) if route.request.resource_type == "document" else route.abort())  # fmt: skip
        page.goto("https://nowhere.example/")
        page.wait_for_function("ran.length > 5")
        assert len(page.evaluate(FOREIGN)) > 20


def test_nothing_that_a_person_or_a_source_wrote_runs_on_any_page(
    chromium: Any, filled: Filled
) -> None:
    with Looking(chromium, filled.address) as visit:
        page = visit.page
        visit.sign_in(filled.reader.email)
        for url in filled.urls:
            visit.look(url)
        # what was refused is shown again in its field
        page.goto(f"/desk/articles/{filled.article}/claims/C1")
        for label, name in (
            ("The claim", "words"),
            ("What it says there, word for word", "passage"),
        ):
            piece = _all_of(name)
            page.get_by_label(label, exact=True).evaluate(PUT, piece)
            button = "Put it so" if name == "words" else "Change the source"
            form = page.locator("form").filter(has=page.get_by_role("button", name=button))
            form.get_by_label("Why").fill("so")
            if name == "passage":
                # longer than the field allows, as one who means harm is not bound by that
                form.locator("#document").evaluate(PUT, _all_of("document"))
            with page.expect_navigation():
                form.get_by_role("button", name=button).click()
            visit.hold()
            assert page.get_by_role("alert").count() == 1
        shown = visit.counts()
    names = (*FIELDS, *ENTERED, *NAMES)
    assert {name: shown.get(name, 0) for name in names} == dict.fromkeys(names, 500)


def test_nothing_that_is_asked_or_searched_for_runs(chromium: Any, filled: Filled) -> None:
    with Looking(chromium, filled.address) as visit:
        for piece in hostile("question", 1_900):
            visit.look(f"/ask?q={quote(piece)}")
        for piece in hostile("search", 1_900):
            visit.look(f"/library?q={quote(piece)}")
        visit.look("/")
        visit.sign_in(filled.reader.email)
        for piece in hostile("words of another source", 1_900):
            visit.look(f"/desk/articles/{filled.article}/claims/C1?find={quote(piece)}")
        for piece in hostile("source of articles", 300):
            visit.look(f"/desk?source={quote(piece)}")
        visit.page.get_by_role("button", name="Sign out").click()
        for piece in hostile("token", 6_000):
            visit.look(f"/desk/invitation?token={quote(piece)}")
            visit.look(f"/desk/sign-in?next={quote(piece)}")
            visit.look(f"/desk/identity/back?state={quote(piece)}&error={quote(piece)}")
        for name, url, label in (
            ("name of the first", "/desk/first", "Name"),
            ("address to sign in with", "/desk/sign-in", "E-mail address"),
        ):
            piece = _all_of(name)
            visit.page.goto(url)
            visit.page.get_by_label(label).first.evaluate(PUT, piece)
            visit.page.locator("main form").first.evaluate("each => { each.noValidate = true }")
            with visit.page.expect_navigation():
                visit.page.locator("main form button[type=submit]").first.click()
            visit.hold()
        shown = visit.counts()
    assert {name: shown.get(name, 0) for name in SENT} == dict.fromkeys(SENT, 500)
