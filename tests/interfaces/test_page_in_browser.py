"""The HTML page as a browser shows it, without JavaScript and without a network."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from golden_pages import PAGES

from curbside.codec.answer import answer_to_json
from curbside.interfaces.render.html import render_html
from curbside.pipeline import answer
from curbside.wiring.config import settings_at
from curbside.wiring.engine import open_engine
from founding import QUESTION

CHROMIUM = Path("/usr/bin/chromium")

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"no {CHROMIUM}: apt install chromium"),
]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=str(CHROMIUM), args=["--no-sandbox", "--disable-gpu"]
        )
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pages")
    engine = open_engine(settings_at(folder / "home"))
    founding = answer(QUESTION, engine=engine, at="2026-11-24T00:00:00+00:00")
    for name, page in {**PAGES, "founding": answer_to_json(founding)}.items():
        (folder / f"{name}.html").write_text(render_html(page), encoding="utf-8")
    return folder


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["page.html", "page.html#passage-4", "abstained.html"])
def test_the_page_breaks_no_rule_of_accessibility(
    chromium: Any, folder: Path, name: str, scheme: str
) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    # the policy of the page forbids scripts; the check itself is one
    context = chromium.new_context(color_scheme=scheme, bypass_csp=True)
    page = context.new_page()
    page.emulate_media(reduced_motion="reduce", color_scheme=scheme)
    page.goto(f"{folder.as_uri()}/{name}")
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    found = axe.run(page, options={"runOnly": tags}).response["violations"]
    context.close()
    assert [(v["id"], [n["html"] for n in v["nodes"]]) for v in found] == []


@pytest.mark.parametrize(("width", "height"), [(1366, 900), (390, 844), (320, 256)])
def test_a_number_opens_its_passage_without_javascript_and_closing_keeps_the_place(
    chromium: Any, folder: Path, width: int, height: int
) -> None:
    context = chromium.new_context(
        java_script_enabled=False, viewport={"width": width, "height": height}
    )
    page = context.new_page()
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.goto(f"{folder.as_uri()}/page.html")
    # the claim of the second lane, so that the page is scrolled
    number = page.locator("#claim-6 a.cite")
    number.scroll_into_view_if_needed()
    before = page.locator("#claim-6").bounding_box()
    number.click()
    panel = page.locator("#passage-7")
    box = panel.bounding_box()
    assert 0 <= box["y"] < height
    assert panel.locator("mark").inner_text() == (
        "Flares after stopping were more common under the age of 50 in 300 adults."
    )
    if height > 480:
        panel.get_by_role("link", name="Close the passage").click()
        after = page.locator("#claim-6").bounding_box()
        assert after["y"] == pytest.approx(before["y"], abs=2)
        assert panel.is_hidden()
    context.close()
    assert {url.split("#")[0] for url in requests} == {f"{folder.as_uri()}/page.html"}


def test_the_passages_are_all_there_once_their_list_is_asked_for(
    chromium: Any, folder: Path
) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{folder.as_uri()}/founding.html")
    passages = page.locator(".passage")
    number = passages.count()
    assert number > 100
    assert page.locator(".passage:visible").count() == 0
    page.get_by_role("link", name=f"Show all {number} of them here").click()
    assert page.locator(".passage:visible").count() == number
    page.locator(".bottom-line a.cite").first.click()
    assert page.locator(".passage:visible").count() == 1
    page.emulate_media(media="print")
    assert page.locator(".passage:visible").count() == number
    context.close()


@pytest.mark.parametrize("name", ["page.html", "founding.html"])
@pytest.mark.parametrize("width", [320, 360, 390, 768, 1366])
def test_nothing_is_wider_than_the_window(
    chromium: Any, folder: Path, name: str, width: int
) -> None:
    context = chromium.new_context(viewport={"width": width, "height": 700}, bypass_csp=True)
    page = context.new_page()
    page.goto(f"{folder.as_uri()}/{name}#passage-2")
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")
    assert page.evaluate("document.documentElement.scrollWidth") == width
    context.close()


def test_the_keyboard_reaches_the_answer_first_and_then_every_number(
    chromium: Any, folder: Path
) -> None:
    context = chromium.new_context(viewport={"width": 1366, "height": 900}, bypass_csp=True)
    page = context.new_page()
    page.goto(f"{folder.as_uri()}/page.html")
    page.keyboard.press("Tab")
    assert page.locator(":focus").inner_text() == "Skip to the answer"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.locator(":focus").get_attribute("href") == "#passage-1"
    page.keyboard.press("Enter")
    assert page.locator(":target").get_attribute("id") == "passage-1"
    assert page.locator(":focus").get_attribute("id") == "passage-1"
    page.keyboard.press("Tab")
    assert page.locator(":focus").get_attribute("class") == "close"
    context.close()


SELECT = """selector => {
  const range = document.createRange();
  range.selectNode(document.querySelector(selector));
  getSelection().removeAllRanges();
  getSelection().addRange(range);
  return getSelection().toString();
}"""


@pytest.fixture
def opened(chromium: Any, folder: Path) -> Iterator[Any]:
    # the policy of the page forbids scripts; asking what is selected is one
    context = chromium.new_context(bypass_csp=True)
    page = context.new_page()
    page.goto(f"{folder.as_uri()}/page.html")
    yield page
    context.close()


def test_a_copied_claim_brings_its_numbers_and_nothing_that_is_said_to_others(opened: Any) -> None:
    copied = opened.evaluate(SELECT, ".lane-guideline .claims > li")
    assert copied.replace("\xa0", " ").splitlines()[0] == (
        "The 2024 guideline advises stopping only after two years without a flare. [3]"
    )
    whole = opened.evaluate(SELECT, "main")
    assert "open the passage in" not in whole
    assert "“Of 120 adults who stopped allopurinol, 61% had a flare within 12 months.”" in whole
    assert "Copy with references" not in whole


def test_one_click_selects_a_claim_with_a_line_for_each_of_its_sources(opened: Any) -> None:
    claim = opened.locator(".lane-guideline .claims > li").first
    claim.hover()
    claim.get_by_text("Copy with references").click()
    claim.locator("pre").click()
    assert opened.evaluate("getSelection().toString()").strip() == (
        "The 2024 guideline advises stopping only after two years without a flare. [3]\n"
        "[3] Guideline. (description) Management of gout: recommendations on stopping treatment."
        " Invented College of Rheumatology. 2024. https://guidelines.example/gout-2024 (Current"
        " (checked 30 January 2026); our summary; consult the source; read in a secondary source:"
        " a news page of the college)"
    )


def test_a_question_to_ask_next_is_selected_as_the_command_that_asks_it(opened: Any) -> None:
    opened.locator(".next code").nth(1).click()
    assert opened.evaluate("getSelection().toString()").strip() == (
        "curbside ask 'How is a `tophus` of gout'\"'\"'s told apart?'"
    )


@pytest.mark.parametrize(("width", "kind"), [(320, "narrow"), (390, "narrow"), (1366, "wide")])
def test_of_each_picture_the_drawing_that_fits_is_shown_in_letters_one_can_read(
    chromium: Any, folder: Path, width: int, kind: str
) -> None:
    context = chromium.new_context(viewport={"width": width, "height": 700}, bypass_csp=True)
    page = context.new_page()
    page.goto(f"{folder.as_uri()}/page.html")
    shown = page.evaluate(
        """() => [...document.querySelectorAll(".drawn")].map(box => [...box.children]
            .filter(svg => svg.getBoundingClientRect().width > 0)
            .map(svg => svg.classList[1]))"""
    )
    assert shown == [[kind]] * len(shown)
    assert len(shown) == 5
    smallest = page.evaluate(
        """() => Math.min(...[...document.querySelectorAll(".drawn text")]
            .filter(text => text.getBoundingClientRect().width > 0)
            .map(text => parseFloat(getComputedStyle(text).fontSize)
                * text.ownerSVGElement.getScreenCTM().a))"""
    )
    # a hand's length away, and at 320 px it is the zoom of 400 % that makes it so narrow
    assert smallest >= 11
    clipped = page.evaluate(
        """() => [...document.querySelectorAll(".drawn text")]
            .filter(text => text.getBoundingClientRect().width > 0)
            .filter(text => text.getBoundingClientRect().right > document.body.clientWidth)
            .map(text => text.textContent)"""
    )
    assert clipped == []
    context.close()
