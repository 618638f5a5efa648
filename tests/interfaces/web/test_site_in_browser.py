"""The site as a person uses it in a browser: with scripts and without, by mouse and by keyboard."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from browsing import IN_BROWSER, Visit, a_browser, go, serving_at, tab_to
from founding import QUESTION

SLUG = "what-are-the-predictors-of-relapse-of-autoimmune-hepatitis-after-discontinuing"
PAGE = f"/q/{SLUG}"
RIS = """TY  - JOUR
TI  - Colchicine and gout flares in adults
AB  - Colchicine lowered the rate of gout flares in 200 adults over six months.
DO  - 10.1234/gout.1
PY  - 2024
ER  -
"""

pytestmark = IN_BROWSER


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serving_at(tmp_path_factory.mktemp("browsed")) as (address, _):
        yield address


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with a_browser() as browser:
        yield browser


@pytest.mark.parametrize("has_scripts", [True, False])
@pytest.mark.parametrize(("width", "height"), [(1366, 900), (390, 844)])
def test_asking_reading_opening_a_passage_following_up_and_saving(
    chromium: Any, address: str, has_scripts: bool, width: int, height: int
) -> None:
    viewport = {"width": width, "height": height}
    with Visit(chromium, address, java_script_enabled=has_scripts, viewport=viewport) as visit:
        page = visit.page
        page.goto("/")
        page.get_by_label("Ask a clinical question").fill("stopping Imuran in AIH")
        page.get_by_role("button", name="Ask").click()
        page.wait_for_url(f"**{PAGE}*")
        assert page.locator("h1").inner_text() == QUESTION
        assert "stopping Imuran in AIH" in page.locator(".understood").inner_text()

        page.get_by_role("link", name="Patient or carer").click()
        assert page.locator(".readers [aria-current]").inner_text() == "Patient or carer"
        assert page.locator("h2", has_text="Questions to ask your doctor").count() == 1
        page.get_by_role("link", name="Clinician").click()
        assert page.locator(".readers [aria-current]").inner_text() == "Clinician"

        number = page.locator(".bottom-line a.cite").first
        number.click()
        panel = page.locator(".passage:target")
        quote = panel.locator("mark").inner_text()
        assert 0 <= panel.bounding_box()["y"] < height
        panel.get_by_role("link", name="Read it in its document").click()
        assert page.locator(".document mark").inner_text() == quote
        page.get_by_role("link", name=QUESTION).click()
        assert page.locator("h1").inner_text() == QUESTION

        page.locator(".menu summary").click()
        with page.expect_download() as saved:
            page.get_by_role("link", name="References (RIS)").click()
        assert saved.value.suggested_filename == f"{SLUG}.ris"

        page.get_by_label("The next question").fill("And the dose?")
        page.locator(".follow").get_by_role("button", name="Ask").click()
        page.locator("h1", has_text="dose").wait_for()
        assert "read as a follow-up" in page.locator(".understood").inner_text()
        assert visit.errors == []
        assert [url for url in visit.requests if not url.startswith(address)] == []


@pytest.mark.parametrize("has_scripts", [True, False])
def test_by_keyboard_alone_one_asks_reads_opens_a_passage_switches_saves_and_follows_up(
    chromium: Any, address: str, has_scripts: bool
) -> None:
    with Visit(chromium, address, java_script_enabled=has_scripts) as visit:
        page = visit.page
        page.goto("/")
        if has_scripts:
            page.keyboard.press("/")
        else:
            tab_to(page, "q")
        page.keyboard.type("stopping Imuran in AIH")
        go(page)
        assert page.locator("h1").inner_text() == QUESTION
        page.keyboard.press("Tab")
        assert page.locator(":focus").inner_text() == "Skip to the answer"
        page.keyboard.press("Enter")
        tab_to(page, "[")
        href = page.locator(":focus").get_attribute("href")
        assert href is not None
        page.keyboard.press("Enter")
        assert page.locator(":target").get_attribute("id") == href[1:]
        assert page.locator(":target mark").is_visible()
        if has_scripts:
            page.keyboard.press("Escape")
            # the reader is back at the number
            assert page.locator(":focus").get_attribute("href") == href
        else:
            tab_to(page, "Close")
            page.keyboard.press("Enter")
        assert page.locator(".passage:target").count() == 0

        page.goto(PAGE)
        tab_to(page, "Student")
        go(page)
        assert page.locator(".readers [aria-current]").inner_text() == "Student"
        tab_to(page, "Save or cite")
        page.keyboard.press("Enter")
        tab_to(page, "References (RIS)")
        with page.expect_download() as saved:
            page.keyboard.press("Enter")
        assert saved.value.suggested_filename == f"{SLUG}.ris"
        # the second of the two boxes: the first is at the top
        page.locator(".follow").get_by_role("button", name="Ask").focus()
        page.keyboard.press("Shift+Tab")
        page.keyboard.type("And the dose?")
        go(page)
        assert "read as a follow-up" in page.locator(".understood").inner_text()
        # for the reader whom one chose
        assert page.locator(".readers [aria-current]").inner_text() == "Student"
        assert visit.errors == []
        assert [url for url in visit.requests if not url.startswith(address)] == []


def test_the_keys_can_be_turned_off(chromium: Any, address: str) -> None:
    with Visit(chromium, address) as visit:
        page = visit.page
        page.goto("/policies/accessibility")
        page.get_by_role("button", name="Turn the keys off").click()
        page.goto("/")
        page.keyboard.press("/")
        assert page.locator("input:focus").count() == 0


def test_a_number_shows_its_passage_beside_it_while_it_is_pointed_at(
    chromium: Any, address: str
) -> None:
    with Visit(chromium, address) as visit:
        page = visit.page
        page.goto(PAGE)
        number = page.locator(".bottom-line a.cite").first
        number.hover()
        card = page.locator(".hover-card")
        passage = page.locator(number.get_attribute("href"))
        assert card.is_visible()
        assert passage.locator("mark").inner_text() in card.inner_text()
        page.mouse.move(5, 5)
        assert not card.is_visible()
        assert visit.errors == []


@pytest.mark.parametrize("has_scripts", [True, False])
@pytest.mark.parametrize("by", ["mouse", "keyboard"])
def test_a_source_is_uploaded_and_answers(
    chromium: Any, address: str, has_scripts: bool, by: str, tmp_path: Path
) -> None:
    adults = 200 + 2 * has_scripts + (by == "mouse")
    file = tmp_path / f"gout-{adults}.ris"
    file.write_text(
        RIS.replace("gout.1", f"gout.{adults}").replace("200 adults", f"{adults} adults")
    )
    with Visit(chromium, address, java_script_enabled=has_scripts) as visit:
        page = visit.page
        page.goto("/library")
        if by == "mouse":
            page.get_by_role("link", name="add sources").click()
            page.get_by_label("Files, at most").set_input_files(file)
            page.get_by_role("button", name="Add the files").click()
        else:
            tab_to(page, "add sources")
            go(page)
            tab_to(page, "files")
            with page.expect_file_chooser() as chooser:
                page.keyboard.press("Space")
            chooser.value.set_files(file)
            tab_to(page, "Add the files")
            go(page)
        for _ in range(60):
            if page.locator("h1").inner_text() == "Done":
                break
            page.wait_for_timeout(500)
            again = page.get_by_role("link", name="Look again")
            # scripts look again by themselves
            if not has_scripts and again.count():
                again.focus()
                go(page)
        assert page.locator("h1").inner_text() == "Done"
        assert page.locator("dl.job div", has_text="Added").inner_text().split() == ["Added", "1"]
        page.goto("/ask?q=Does+colchicine+lower+the+rate+of+gout+flares%3F")
        assert f"in {adults} adults" in page.locator("main").inner_text()
        assert visit.errors == []


def test_what_is_the_matter_is_said_without_scripts(chromium: Any, address: str) -> None:
    with Visit(chromium, address, java_script_enabled=False) as visit:
        page = visit.page
        page.goto(PAGE)
        page.get_by_label("It is outdated").check()
        page.get_by_label("In your words").fill("A newer guideline is out.")
        page.get_by_role("button", name="Send to the people").click()
        assert page.locator("h1").inner_text() == "Thank you"


_MARKS = ("<", ">", '"', "'", "&", "`", "{{", "}}", "{%", "%}", "\\", "/", "=", "(", ")", "\u2028")
_HOOKS = (
    "<script>XSS()</script>",
    "<img src=x onerror=XSS()>",
    '"><svg onload=XSS()>',
    "javascript:XSS()",
    "' onmouseover='XSS()",
    "</title><script>XSS()</script>",
    "</textarea><script>XSS()</script>",
    "{{ XSS() }}",
    "<iframe srcdoc='<script>parent.XSS()</script>'>",
    "<a href=javascript:XSS()>a</a>",
    "<style>@import 'x'</style>",
    "<base href=//evil.example>",
    "<form action=//evil.example><input type=submit autofocus onfocus=XSS()>",
)


def _strings(count: int) -> list[str]:
    """Hooks and what they are broken up with, the same every time."""
    chance = random.Random(5)
    return [
        "".join(
            chance.choice(_MARKS) if chance.random() < 0.4 else chance.choice(_HOOKS)
            for _ in range(chance.randint(1, 5))
        )
        for _ in range(count)
    ]


def test_no_string_that_is_stored_or_asked_is_executed(
    chromium: Any, address: str, tmp_path: Path
) -> None:
    strings = _strings(500)
    records = [
        f"TY  - JOUR\nTI  - {one}\nAB  - {two}\nAU  - {three}\nJO  - {two}\nUR  - {one}\n"
        f"DO  - 10.1234/x{number}\nPY  - 2024\nKW  - {three}\nER  -\n"
        for number, (one, two, three) in enumerate(
            zip(strings[::5], strings[1::5], strings[2::5], strict=True)
        )
    ]
    file = tmp_path / "stored.ris"
    file.write_text("".join(records).replace("\u2028", ""), encoding="utf-8")
    with Visit(chromium, address) as visit:
        page = visit.page
        page.add_init_script("window.XSS = () => { window.hit = true; };")
        dialogs: list[str] = []
        page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
        page.goto("/library/add")
        page.get_by_label("Files, at most").set_input_files(file)
        page.get_by_role("button", name="Add the files").click()
        page.get_by_role("heading", name="Done").wait_for()
        hits: list[str] = []

        def look(place: str) -> None:
            page.goto(place)
            if page.evaluate(
                "window.hit === true || document.querySelector('main script') !== null"
            ):
                hits.append(place)

        places = ["/library?kind=article"]
        page.goto(places[0])
        places += page.eval_on_selector_all(
            ".entries a", "links => links.map(link => link.getAttribute('href'))"
        )
        assert len(places) > 30
        places += [f"/ask?{urlencode({'q': each})}" for each in strings[3::25]]
        places += [f"{PAGE}?{urlencode({'asked': each})}" for each in strings[4::100]]
        places += [f"/library?{urlencode({'q': each})}" for each in strings[4::50]]
        for place in places:
            look(place)
        origins = {url.split("/")[2] for url in visit.requests if "://" in url}
    assert (hits, dialogs) == ([], [])
    assert origins == {address.removeprefix("http://")}
