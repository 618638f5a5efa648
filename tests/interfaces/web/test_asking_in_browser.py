"""Asking in a browser: the stages are shown while an answer is made, and it can be given up."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from browsing import IN_BROWSER, Visit, a_browser, serving_at, violations
from curbside.interfaces.web import Site
from curbside.wiring import pages
from slow_answers import Slow

pytestmark = IN_BROWSER


@pytest.fixture(scope="module")
def serving(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Site]]:
    with serving_at(tmp_path_factory.mktemp("asked")) as (address, site):
        # the front page tells what to ask after these: they are made before anything is slow
        for each in site.pages.own_pages:
            site.pages.answer(each.slug)
        yield address, site


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with a_browser() as browser:
        yield browser


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch, serving: tuple[str, Site]) -> Iterator[Slow]:
    slow = Slow()
    monkeypatch.setattr(pages, "answer", slow.answer)
    yield slow
    slow.go_on.set()


def _ask(page: Any, question: str) -> None:
    page.goto("/")
    page.get_by_label("Ask a clinical question").fill(question)
    page.get_by_role("button", name="Ask", exact=True).click()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_stages_are_told_while_an_answer_is_made(
    chromium: Any, serving: tuple[str, Site], slow: Slow, scheme: str
) -> None:
    question = f"How is gout treated in a {scheme} room?"
    with Visit(chromium, serving[0], color_scheme=scheme, bypass_csp=True) as visit:
        page = visit.page
        _ask(page, question)
        stages = page.locator(".stages")
        stages.locator("li").wait_for()
        assert stages.get_by_role("status").inner_text().startswith("Understood as “How is gout")
        assert violations(visit) == []
        slow.go_on.set()
        page.wait_for_url("**/q/**")
        assert "No answer here" in page.locator("main").inner_text()
        # a reader who comes back finds the page as it was before it was left
        page.go_back()
        assert page.locator(".stages").count() == 0
        assert page.locator("form.busy").count() == 0
        assert visit.errors == []


@pytest.mark.parametrize("way", ["button", "key"])
def test_an_answer_is_given_up(
    chromium: Any, serving: tuple[str, Site], slow: Slow, way: str
) -> None:
    address, site = serving
    with Visit(chromium, address) as visit:
        page = visit.page
        _ask(page, f"How is asthma treated with a {way}?")
        page.locator(".stages").wait_for()
        assert slow.begun.wait(30)
        if way == "button":
            page.get_by_role("button", name="Cancel").press("Enter")
            assert page.locator(":focus").get_attribute("name") == "q"
        else:
            page.keyboard.press("Escape")
        assert page.locator(".stages").count() == 0
        for _ in range(300):
            if not site.making:
                break
            page.wait_for_timeout(20)
        slow.go_on.set()
        for _ in range(300):
            if slow.ended:
                break
            page.wait_for_timeout(20)
        assert slow.ended == ["GivenUpError"]
        assert page.url == f"{address}/"
        assert visit.errors == []


def test_a_question_that_is_a_link_tells_its_stages_too(
    chromium: Any, serving: tuple[str, Site], slow: Slow
) -> None:
    with Visit(chromium, serving[0]) as visit:
        page = visit.page
        page.goto("/")
        page.locator(".questions a").first.click()
        page.locator(".questions .stages").wait_for()
        slow.go_on.set()
        page.wait_for_url("**/q/**")
        assert visit.errors == []


def test_without_scripts_the_browser_waits_for_the_page(
    chromium: Any, serving: tuple[str, Site], slow: Slow
) -> None:
    slow.go_on.set()
    with Visit(chromium, serving[0], java_script_enabled=False) as visit:
        _ask(visit.page, "How is psoriasis treated?")
        assert "No answer here" in visit.page.locator("main").inner_text()
