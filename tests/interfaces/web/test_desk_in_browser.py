"""The review desk as people use it: in a real browser, with scripts and without, by keyboard."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest

from browsing import IN_BROWSER, Visit, a_browser, go, serving_at, tab_to, violations
from curbside.articles import DeskRole, State
from curbside.errors import BusyError
from curbside.interfaces.web import Site
from curbside.interfaces.web.gate import Gate
from curbside.interfaces.web.tries import Tries
from curbside.records import Standing, Status
from curbside.review.conditions import Act
from curbside.review.moves import Refusal
from curbside.wiring.opened import opened
from curbside.wiring.provider import Provider
from desk_client import MEANING, PASSWORD, Table, engaged
from desk_library import RISKY, TEXTS, a_document, a_page_of
from identity_provider import SECRET, IdentityProvider, identity_provider
from web_client import NOW

pytestmark = IN_BROWSER


@pytest.fixture(scope="module")
def browsed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Site]]:
    with serving_at(tmp_path_factory.mktemp("desk")) as (address, site):
        site.tries = Tries(most=10_000)
        yield address, site


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with a_browser() as browser:
        yield browser


def a_table(site: Site) -> Table:
    """An article with a high-risk claim, at the desk of a site that a browser reaches."""
    # the client is for tests without a browser
    return Table(None, site, (*TEXTS, RISKY))  # type: ignore[arg-type]


class AtDesk(Visit):
    """A window in which a person signs in."""

    def __init__(self, chromium: Any, address: str, email: str, **options: Any) -> None:
        super().__init__(chromium, address, **options)
        self.page.goto("/desk")
        self.page.get_by_label("E-mail address").fill(email)
        self.page.get_by_label("Password", exact=True).fill(PASSWORD)
        self.page.get_by_role("button", name="Sign in").click()

    def sign(self) -> None:
        """Read the article whole and sign it."""
        self.page.get_by_role("link", name="Read it whole and sign it").click()
        self.page.get_by_label("What your signature means").fill(MEANING)
        self.page.get_by_label("Your password, once more").fill(PASSWORD)
        self.page.get_by_role("button", name="Sign this text").click()


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_from_submitted_to_approved_by_two_and_back_when_a_source_is_retracted(
    chromium: Any, browsed: tuple[str, Site], scripts: bool
) -> None:
    address, site = browsed
    table = a_table(site)
    emails = [table.people[name].email for name in ("Ann", "Bea")]
    with AtDesk(chromium, address, emails[0], java_script_enabled=scripts) as ann:
        page = ann.page
        page.goto(table.url)
        assert page.locator(".status dd").first.inner_text() == "Submitted"
        page.get_by_text("Take up", exact=True).first.click()
        page.get_by_role("button", name="Take up").click()
        assert page.locator(".status dd").first.inner_text() == "Under Review"
        # the high-risk claim first, its passage beside it
        first = page.locator("ol.review > li").first
        assert first.locator(".mark-risk").inner_text() == "dose"
        assert first.locator("blockquote").inner_text() == f"“{RISKY}”"
        for _ in range(4):
            page.get_by_role("button", name="Accept").first.click()
        assert page.get_by_role("button", name="Accept").count() == 0
        ann.sign()
        assert page.locator(".status dd").first.inner_text() == "Under Review"
        assert ann.errors == []
    with AtDesk(chromium, address, emails[1], java_script_enabled=scripts) as bea:
        page = bea.page
        page.goto(table.url)
        bea.sign()
        assert page.locator(".status dd").first.inner_text() == "Approved"
        page.get_by_role("link", name="As readers see it").click()
        assert "Approved, version 1" in page.locator(".status").inner_text()
        assert page.locator(".banner").count() == 0
        assert page.locator(".signatures li").count() == 2
        pmid = table.pmids[0]
        retracted = Standing(Status.RETRACTED, by=("pmid:99",), checked_at=NOW[:10])
        site.desk.store.put([(a_document(pmid, TEXTS[0]), retracted)], at=NOW)
        page.goto(table.url)
        assert page.locator(".status dd").first.inner_text() == "Due"
        page.get_by_role("link", name="As readers see it").click()
        assert "Due, version 2" in page.locator(".status").inner_text()
        told = page.locator(".banner").all_inner_texts()
        assert any(f"Retracted: pmid:{pmid}" in text for text in told), told
        assert all(url.startswith(address) for url in bea.requests)


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_the_whole_path_goes_by_keyboard_alone(
    chromium: Any, browsed: tuple[str, Site], scripts: bool
) -> None:
    address, site = browsed
    table = a_table(site)
    for name, own in (("Ann", True), ("Bea", False)):
        with Visit(chromium, address, java_script_enabled=scripts) as visit:
            page = visit.page
            page.goto(f"/desk/sign-in?next={table.url}")
            tab_to(page, "email")
            page.keyboard.type(table.people[name].email)
            page.keyboard.press("Tab")
            page.keyboard.type(PASSWORD)
            go(page)
            if own:
                tab_to(page, "Take up")
                page.keyboard.press("Enter")
                tab_to(page, "reason")
                go(page)
                for _ in range(4):
                    # the button of one claim, and not the link to several
                    tab_to(page, "Accept\n")
                    go(page)
            tab_to(page, "Read it whole")
            go(page)
            tab_to(page, "To the signature")
            page.keyboard.press("Enter")
            tab_to(page, "reason")
            page.keyboard.type(MEANING)
            page.keyboard.press("Tab")
            page.keyboard.type(PASSWORD)
            go(page)
            assert page.url.endswith(table.url)
    assert table.article.state is State.APPROVED
    pmid = table.pmids[0]
    retracted = Standing(Status.RETRACTED, by=("pmid:99",), checked_at=NOW[:10])
    site.desk.store.put([(a_document(pmid, TEXTS[0]), retracted)], at=NOW)
    with Visit(chromium, address, java_script_enabled=scripts) as visit:
        page = visit.page
        page.goto(f"/q/{table.slug}")
        # told at once, whether the desk noted it already or not
        assert "Due, version" in page.locator(".status").inner_text()
        assert f"Retracted: pmid:{pmid}" in page.locator(".banner").last.inner_text()
        tab_to(page, "Review desk")
        go(page)
        tab_to(page, "email")
        page.keyboard.type(table.people["Ann"].email)
        page.keyboard.press("Tab")
        page.keyboard.type(PASSWORD)
        go(page)
        assert page.locator(".status dd").first.inner_text() == "Due"
        tab_to(page, "What changed between versions")
        go(page)
        assert "retracted" in page.locator(".changes").inner_text()
        assert visit.errors == []


def test_what_a_reader_copies_says_how_it_stands_and_leads_to_the_version_that_was_read(
    chromium: Any, browsed: tuple[str, Site]
) -> None:
    address, site = browsed
    table = a_table(site)
    with Visit(chromium, address, permissions=["clipboard-read", "clipboard-write"]) as visit:
        page = visit.page
        page.goto(f"/q/{table.slug}")

        def copied(button: str, told: str) -> str:
            page.get_by_role("button", name=button, exact=True).click()
            page.locator("[data-told]", has_text=told).wait_for()
            return str(page.evaluate("navigator.clipboard.readText()"))

        link = copied("Copy the link", "The link is copied.")
        assert link == f"{address}/q/{table.slug}?version=1"
        title, status, caution, *claims, last = copied(
            "Copy with references", "The bottom line is copied, with its references."
        ).split("\n\n")
        assert (title, last) == (page.locator("h1").inner_text(), link)
        assert status == "Status Submitted, version 1; Evidence checked to 31 January 2026"
        assert "has not been reviewed by a person yet" in caution
        (claim,) = claims
        said, source = claim.split("\n")
        assert said.replace("\xa0", " ") == f"“{TEXTS[0]}” [1]"
        assert source.startswith("[1] Trial. ")

        anew = a_page_of(site.desk.store, f"pmid:{table.pmids[1]}", slug=table.slug)
        act = Act(table.people["Otto"], NOW, step=table.article.step, reason="Another study.")
        assert not isinstance(site.desk.submit(anew, act), Refusal)
        site.pages.note_touched()
        page.goto(f"/q/{table.slug}")
        assert TEXTS[0] not in page.locator("main").inner_text()
        # the link still leads to what was read, and from there to what is there now
        page.goto(link)
        assert TEXTS[0] in page.locator("main").inner_text()
        page.get_by_role("link", name="The page as it is now").click()
        page.get_by_role("link", name="Versions").click()
        assert page.locator(".entries > li").count() == 2
        changes = page.locator(".changes").first
        assert TEXTS[0] in changes.locator("del").all_inner_texts()
        assert TEXTS[1] in changes.locator("ins").all_inner_texts()
        assert visit.errors == []


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_a_source_is_found_and_plain_claims_are_accepted_together_by_keyboard(
    chromium: Any, browsed: tuple[str, Site], scripts: bool
) -> None:
    address, site = browsed
    table = a_table(site)
    # the server may be bringing its index in step at this moment itself, and it waits for that
    with suppress(BusyError):
        opened(site.pages.home, site.desk.store)
    site.pages.refresh()
    with AtDesk(
        chromium, address, table.people["Ann"].email, java_script_enabled=scripts, bypass_csp=True
    ) as visit:
        page = visit.page
        page.goto(table.url)
        page.get_by_text("Take up", exact=True).first.click()
        page.get_by_role("button", name="Take up").click()
        page.goto(f"{table.url}/claims/C2")
        tab_to(page, "find")
        page.keyboard.type("flares in men")
        go(page)
        assert page.get_by_role("group", name="Passages that were found").is_visible()
        assert not scripts or violations(visit) == []
        tab_to(page, "place")
        page.keyboard.press("Space")
        chosen = page.locator("input[name=place]:checked").get_attribute("value")
        assert site.desk.passage_at(chosen).quote in page.locator(".found").all_inner_texts()[0]
        page.goto(table.url)
        tab_to(page, "Accept together: 3")
        go(page)
        assert not scripts or violations(visit) == []
        # C2 is looked at by itself
        box = page.get_by_role("checkbox", name="C2")
        tab_to(page, "claim")
        for _ in range(20):
            if box.evaluate("each => each === document.activeElement"):
                break
            page.keyboard.press("Tab")
        page.keyboard.press("Space")
        assert not box.is_checked()
        tab_to(page, "held")
        page.keyboard.press("Space")
        tab_to(page, "Accept those that are ticked")
        go(page)
        assert page.url.endswith(f"{table.url}/together")
        assert page.get_by_role("checkbox", name="C2").is_checked()
        assert page.locator("input[name=claim]").count() == 1
        accepted = [c.claim.claim_id for c in site.desk.view(table.slug).claims if c.is_accepted]
        assert sorted(accepted) == ["C1", "C3"]
        assert visit.errors == []


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_a_second_administrator_confirms_by_keyboard_whose_an_account_is(
    chromium: Any, browsed: tuple[str, Site], scripts: bool
) -> None:
    address, site = browsed
    table = a_table(site)
    ann = table.people["Ann"]
    eve, kim = (
        engaged(site, f"{name}{table.slug[-3:]}{scripts}", DeskRole.ADMINISTRATOR)
        for name in ("Eve", "Kim")
    )
    token = site.people.invite(ann.person_id, by=eve.person_id, at=NOW)
    site.people.redeem(token, PASSWORD, at=NOW)
    options = {"java_script_enabled": scripts, "bypass_csp": True}
    with AtDesk(chromium, address, ann.email, **options) as visit:
        visit.page.goto("/desk/account")
        told = visit.page.get_by_role("note").inner_text()
        assert told.startswith(f"Not confirmed. {eve.name} gave this account another way in")
    for who, is_done in ((eve, False), (kim, True)):
        with AtDesk(chromium, address, who.email, **options) as visit:
            page = visit.page
            page.goto("/desk/people")
            assert "not confirmed" in page.locator(f"tr:has-text('{ann.email}')").inner_text()
            tab_to(page, ann.name)
            go(page)
            assert not scripts or violations(visit) == []
            tab_to(page, "It is theirs: I asked them")
            go(page)
            told = page.get_by_role("alert").all_inner_texts()
            assert told == [] if is_done else "expected a second administrator" in told[0]
            assert (site.people.let_in_by(ann.person_id) is None) is is_done


@pytest.fixture
def there(browsed: tuple[str, Site]) -> Iterator[IdentityProvider]:
    """An identity provider on another site than the desk, as browsers see it."""
    address, site = browsed
    with identity_provider() as there:
        there.issuer = there.issuer.replace("127.0.0.1", "localhost")
        site.provider = Provider(there.settings(address=address), SECRET)
        site.asking = Gate(workers=1, waiting=4)
        yield there
        site.asking.close()
        site.provider = site.asking = None


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_one_is_invited_signs_in_and_signs_an_article_with_a_provider_by_keyboard(
    chromium: Any, browsed: tuple[str, Site], there: IdentityProvider, scripts: bool
) -> None:
    address, site = browsed
    table = Table(None, site)  # type: ignore[arg-type]
    ann = table.people["Ann"]
    kim = site.people.add(
        "Kim Noor", f"kim-{scripts}@example.org", (DeskRole.REVIEWER,), credentials="MD",
        by="terminal", at=NOW,
    )  # fmt: skip
    there.sub = f"kim-{scripts}"
    token = site.people.invite(kim.person_id, by="terminal", at=NOW)
    with AtDesk(chromium, address, ann.email) as visit:
        visit.page.goto(table.url)
        visit.page.get_by_text("Take up", exact=True).first.click()
        visit.page.get_by_role("button", name="Take up").click()
        for _ in range(3):
            visit.page.get_by_role("button", name="Accept").first.click()
    with Visit(chromium, address, java_script_enabled=scripts, bypass_csp=True) as visit:
        page = visit.page
        page.goto(f"/desk/invitation?token={token}")
        assert not scripts or violations(visit) == []
        tab_to(page, "Use Clinic ID instead")
        go(page)
        assert not scripts or violations(visit) == []
        tab_to(page, "Go on to Clinic ID")
        go(page)
        assert page.url == f"{address}/desk"
        page.goto("/desk/account")
        tab_to(page, "none")
        page.keyboard.press("Space")
        tab_to(page, "State this today")
        go(page)
        tab_to(page, "Sign out")
        go(page)
        page.goto(f"/desk/sign-in?next={table.url}/sign")
        assert not scripts or violations(visit) == []
        tab_to(page, "Sign in with Clinic ID")
        go(page)
        assert page.url == f"{address}{table.url}/sign"
        assert not scripts or violations(visit) == []
        tab_to(page, "Say with Clinic ID that it is you")
        go(page)
        assert not scripts or violations(visit) == []
        tab_to(page, "reason")
        page.keyboard.type(MEANING)
        tab_to(page, "Sign this text")
        go(page)
        assert table.article.state is State.APPROVED
        (signature,) = site.desk.view(table.slug).review.signatures
        assert (signature.name, signature.meaning) == ("Kim Noor", MEANING)
        there.sub = None
        page.goto("/desk/account")
        tab_to(page, "Sign out")
        go(page)
        page.goto("/desk/identity")
        assert "Clinic ID answered access_denied" in page.get_by_role("alert").inner_text()
        assert not scripts or violations(visit) == []
        assert all(url.startswith((address, there.issuer)) for url in visit.requests)
