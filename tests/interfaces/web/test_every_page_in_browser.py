"""What a browser makes of every page of the site in every state: nobody is shut out."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import pypdfium2 as pdfium
import pytest

from browsing import IN_BROWSER, a_browser
from gallery import Gallery, Shown, static_at
from web_client import ADDRESS

pytestmark = IN_BROWSER

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"]
OF_COLOURS = ["color-contrast", "link-in-text-block"]
"""The rules that look at colours; what all others look at is the same in both schemes."""

AXE = """async ([only, but]) => (await axe.run(document, {
    runOnly: only,
    rules: Object.fromEntries(but.map(name => [name, {enabled: false}])),
    resultTypes: ["violations"],
})).violations.map(each => [each.id, each.nodes.slice(0, 3).map(node => node.html)])"""
SPACED = """() => {
  // WCAG 2.2, 1.4.12: what a reader may set, and nothing may be lost
  const spaced = new CSSStyleSheet();
  spaced.replaceSync(`* { line-height: 1.5 !important; letter-spacing: 0.12em !important;
    word-spacing: 0.16em !important } p { margin-bottom: 2em !important }`);
  document.adoptedStyleSheets = [spaced];
}"""
CUT_OFF = """() => [...document.querySelectorAll("body *")].filter(each => {
  const style = getComputedStyle(each);
  const isShut = style.overflowX === "hidden" || style.overflowX === "clip";
  const isMeant = each.closest(".hidden, input, .top .ask label");
  return isShut && !isMeant && each.scrollWidth > each.clientWidth + 1;
}).map(each => each.outerHTML.slice(0, 100))"""
TOO_SMALL = """() => {
  // WCAG 2.2, 2.5.8: 24 by 24 pixels, or in a sentence, or so far from others that a circle of that
  // size around it touches none
  const all = [...document.querySelectorAll("a[href], button, input, select, textarea, summary")]
    .filter(each => each.checkVisibility({ visibilityProperty: true }))
    .map(each => {
      const isTick = each.matches("input[type=radio], input[type=checkbox]");
      return [each, ((isTick && each.closest("label")) || each).getBoundingClientRect()];
    }).filter(([, box]) => box.width > 1);
  const isInline = each => {
    const style = getComputedStyle(each);
    return style.display === "inline" || (each.matches(".cite") && each.closest("p, td, th"));
  };
  return all.filter(([each, box]) => Math.min(box.width, box.height) < 24 && !isInline(each))
    .filter(([each, box]) => {
      const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
      return all.some(([other, its]) => {
        if (other === each) return false;
        const dx = Math.max(its.left - x, 0, x - its.right);
        const dy = Math.max(its.top - y, 0, y - its.bottom);
        return Math.hypot(dx, dy) < 12;
      });
    }).map(([each, box]) => `${each.outerHTML.slice(0, 90)} ${box.width}x${box.height}`);
}"""
UNSEEN = """() => [...document.querySelectorAll(
    "a[href], button, input, select, textarea, summary, [tabindex='0']"
)].filter(each => each.checkVisibility({ visibilityProperty: true })).filter(each => {
  each.focus({ preventScroll: false });
  if (document.activeElement !== each) return true;
  const style = getComputedStyle(each);
  const isMarked = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  const box = each.getClientRects()[0];
  const isInside = box.bottom > 0 && box.top < innerHeight
    && box.right > 0 && box.left < innerWidth;
  const x = Math.min(Math.max(box.left + box.width / 2, 1), innerWidth - 1);
  const y = Math.min(Math.max(box.top + Math.min(box.height, 8) / 2, 1), innerHeight - 1);
  const top = document.elementFromPoint(x, y);
  const isFree = top && (each.contains(top) || top.contains(each));
  return !isMarked || !isInside || !isFree;
}).map(each => each.outerHTML.slice(0, 120))"""
MOVING = """() => [...document.querySelectorAll("*")].filter(each => {
  const style = getComputedStyle(each);
  return style.animationName !== "none" || style.transitionDuration !== "0s"
    || style.scrollBehavior !== "auto";
}).map(each => each.outerHTML.slice(0, 90))"""
ALIKE = Path(__file__).with_name("alike.js").read_text(encoding="utf-8")
OPEN_ALL = "document.querySelectorAll('details').forEach(each => { each.open = true })"
COLOURS = {"type": "rule", "values": OF_COLOURS}
WIDE = {"width": 1366, "height": 900}
HALF = {"width": 640, "height": 800}
NARROW = {"width": 320, "height": 800}
"""A window of 1280 pixels at a zoom of 200 and of 400 %."""


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with a_browser() as browser:
        yield browser


class Hung:
    """A window in which the pages of the gallery are shown, one after the other, with the headers
    that the server sent. `elsewhere` is what a page asked for that no page may ask for, `faults`
    what the browser complained of."""

    def __init__(self, chromium: Any, gallery: Gallery, **options: Any) -> None:
        self.gallery = gallery
        self.context = chromium.new_context(base_url=ADDRESS, **options)
        self.page = self.context.new_page()
        self.elsewhere: list[str] = []
        self.faults: list[str] = []
        self._static = static_at(ADDRESS)
        self._shown: Shown | None = None
        self._numbers = count()
        self.page.route("**/*", self._answer)
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on("console", self._note)

    def _note(self, told: Any) -> None:
        if told.type in ("error", "warning"):
            self.faults.append(told.text)

    def _answer(self, route: Any) -> None:
        url = route.request.url.partition("#")[0]
        if url in self._static:
            body, kind = self._static[url]
            route.fulfill(body=body, content_type=kind)
        elif self._shown is not None and route.request.is_navigation_request():
            headers = {
                name: value
                for name, value in self._shown.headers.items()
                if name not in ("content-length", "content-encoding", "set-cookie")
            }
            # the status is not passed on, as a browser tells of every one that is no 200
            route.fulfill(body=self._shown.html, headers=headers)
        else:
            self.elsewhere.append(url)
            route.abort()

    def with_axe(self) -> None:
        """Let every page that is shown from now on be looked at by axe."""
        script = pytest.importorskip("axe_playwright_python.base").AXE_SCRIPT
        self.context.add_init_script(script)

    def show(self, shown: Shown, fragment: str = "") -> Any:
        """The window, with a page in it."""
        self._shown = shown
        # an address of its own each time: to another place of the same page a browser only scrolls
        self.page.goto(f"/page-{next(self._numbers)}{fragment}")
        return self.page

    def close(self) -> None:
        self.context.close()


@dataclass(frozen=True, slots=True)
class Measured:
    """What was found on all pages, by what was looked at; `built` is in how many ways they are."""

    found: dict[str, dict[str, Any]]
    built: int
    elsewhere: list[str]
    faults: list[str]


def measure(chromium: Any, gallery: Gallery) -> Measured:
    """Each page, loaded once, with all that can be unfolded unfolded."""
    hung = Hung(chromium, gallery, viewport=NARROW, reduced_motion="reduce")
    axe = pytest.importorskip("axe_playwright_python.base").AXE_SCRIPT
    found: dict[str, dict[str, Any]] = defaultdict(dict)
    seen: set[str] = set()
    places: set[int] = set()

    def fits(which: tuple[str, object], width: int) -> None:
        wide = page.evaluate("document.documentElement.scrollWidth")
        found["wide"][which] = [wide] if wide != width else []
        found["cut off"][which] = page.evaluate(CUT_OFF)

    page = hung.page
    for shown in gallery.pages:
        page.set_viewport_size(NARROW)
        hung.show(shown)
        page.evaluate(OPEN_ALL)
        fits((shown.name, "400 %"), NARROW["width"])
        page.evaluate(SPACED)
        fits((shown.name, "spaced"), NARROW["width"])
        page.evaluate("document.adoptedStyleSheets = []")
        alike = page.evaluate(ALIKE)
        if alike["built"] in seen:
            continue
        seen.add(alike["built"])
        found["small"][shown.name] = page.evaluate(TOO_SMALL)
        found["moving"][shown.name] = page.evaluate(MOVING)
        page.set_viewport_size(HALF)
        fits((shown.name, "200 %"), HALF["width"])
        page.set_viewport_size(WIDE)
        # so that the browser takes the rest for the keyboard's
        page.keyboard.press("Tab")
        found["unseen"][shown.name] = page.evaluate(UNSEEN)
        # here and not with every page, as most of loading would be reading it
        page.evaluate(axe)
        found["axe"][shown.name] = page.evaluate(AXE, [RULES, OF_COLOURS])
        if places.issuperset(alike["places"]):
            continue
        places.update(alike["places"])
        for scheme in ("dark", "light"):
            page.emulate_media(color_scheme=scheme)
            found["axe"][shown.name, scheme] = page.evaluate(AXE, [COLOURS, []])
    hung.close()
    return Measured(found, len(seen), hung.elsewhere, hung.faults)


def faults(measured: Measured, what: str) -> dict[Any, Any]:
    assert len(measured.found[what]) >= measured.built > 80
    return {which: told for which, told in measured.found[what].items() if told}


def test_every_page_keeps_the_rules_of_axe_of_zoom_of_targets_of_focus_of_motion_and_its_policy(
    chromium: Any, gallery: Gallery
) -> None:
    # one test, as the walk over all pages is most of it, and each process would take it anew
    measured = measure(chromium, gallery)
    looked_at = ("axe", "wide", "cut off", "small", "unseen", "moving")
    assert {what: faults(measured, what) for what in looked_at} == {what: {} for what in looked_at}
    assert (measured.elsewhere, measured.faults) == ([], [])


def test_what_opens_moves_but_not_for_who_wants_no_motion(hung: Hung) -> None:
    page = hung.show(hung.gallery.page("answer for clinician"), "#passage-4")
    assert page.evaluate(MOVING) == []
    page.emulate_media(reduced_motion="no-preference")
    assert len(page.evaluate(MOVING)) == 1


@pytest.fixture
def hung(chromium: Any, gallery: Gallery) -> Iterator[Hung]:
    hung = Hung(chromium, gallery, viewport=WIDE, reduced_motion="reduce")
    yield hung
    hung.close()
    assert (hung.elsewhere, hung.faults) == ([], [])


@pytest.fixture
def with_axe(hung: Hung) -> Hung:
    hung.with_axe()
    return hung


def test_axe_finds_no_fault_in_how_the_longest_page_hangs_together(with_axe: Hung) -> None:
    page = with_axe.show(with_axe.gallery.page("answer for clinician"))
    page.evaluate(OPEN_ALL)
    assert page.evaluate(AXE, [RULES, OF_COLOURS]) == []


UNDER_WAY = """() => {
  // as if an answer were being made and never ready
  const told = new TextEncoder().encode(JSON.stringify({ stage: "262 passages searched" }) + "\\n");
  window.fetch = async () => new Response(new ReadableStream({ start: to => to.enqueue(told) }));
}"""


def test_axe_finds_no_fault_in_what_opens_over_a_page(with_axe: Hung) -> None:
    answer = with_axe.gallery.page("answer for clinician")
    found = {}

    def look(state: str) -> None:
        page.evaluate(ALIKE)
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            found[state, scheme] = page.evaluate(AXE, [RULES, []])

    page = with_axe.show(answer, "#passage-4")
    assert page.locator(".passage:target .close").is_visible()
    look("a passage beside the text")
    page.set_viewport_size({"width": 390, "height": 844})
    page = with_axe.show(answer, "#passage-5")
    look("a passage over the foot of a phone")
    page.set_viewport_size(WIDE)
    page = with_axe.show(answer, "#passages")
    assert page.locator(".passage").nth(20).is_visible()
    look("all passages")
    page = with_axe.show(answer)
    page.locator("a.cite").first.hover()
    assert page.locator(".hover-card").is_visible()
    look("a card beside its number")
    page = with_axe.show(with_axe.gallery.page("front page"))
    page.evaluate(UNDER_WAY)
    page.get_by_label("Ask a clinical question").fill("Does it help?")
    page.get_by_role("button", name="Ask").click()
    page.get_by_text("262 passages searched").wait_for()
    look("an answer is being made")
    assert {state: faults for state, faults in found.items() if faults} == {}


PLANT = """() => {
  const faint = new CSSStyleSheet();
  faint.replaceSync("@media (prefers-color-scheme: dark) { .planted { color: #333 } }");
  document.adoptedStyleSheets = [faint];
  const [last] = [...document.querySelectorAll("p")].slice(-1);
  last.insertAdjacentHTML("afterend", "<p class='planted'>Dark words on dark ground</p>");
}"""


def test_a_fault_that_is_in_the_dark_alone_would_be_found(with_axe: Hung) -> None:
    page = with_axe.show(with_axe.gallery.page("job done"))
    page.evaluate(PLANT)
    page.evaluate(ALIKE)
    assert page.evaluate(AXE, [COLOURS, []]) == []
    page.emulate_media(color_scheme="dark")
    planted = '<p class="planted">Dark words on dark ground</p>'
    assert page.evaluate(AXE, [COLOURS, []]) == [["color-contrast", [planted]]]


def test_on_paper_stands_every_passage_and_nothing_that_one_presses(hung: Hung) -> None:
    page = hung.show(hung.gallery.page("readers: Under Review"))
    page.emulate_media(media="print")
    pressed = page.evaluate(
        """[...document.querySelectorAll("button, input, select, textarea, nav a")]
            .filter(each => each.checkVisibility() && !each.matches("[aria-current]"))
            .map(each => each.outerHTML.slice(0, 90))"""
    )
    assert pressed == []
    page = hung.show(hung.gallery.page("answer for patient"))
    quotes = page.evaluate(
        "[...document.querySelectorAll('.passage mark')].map(m => m.textContent)"
    )
    assert len(quotes) > 50
    printed = "".join(
        part.get_textpage().get_text_range() for part in pdfium.PdfDocument(page.pdf())
    )

    def letters(text: str) -> str:
        # lines are broken, and letters joined, as the paper has it
        return re.sub(r"[^a-z0-9]", "", unicodedata.normalize("NFKC", text).lower())

    whole = letters(printed)
    assert [quote for quote in quotes if letters(quote) not in whole] == []


UNMARKED = """() => [...document.querySelectorAll(
    "button, input:not([type=hidden]), select, textarea, .cite, .mark, [aria-current]"
)].filter(each => each.checkVisibility()).filter(each => {
  const style = getComputedStyle(each);
  const isBordered = parseFloat(style.borderBottomWidth) >= 1 && style.borderBottomStyle !== "none";
  const isTold = style.textDecorationLine !== "none" || parseInt(style.fontWeight) >= 600;
  return !isBordered && !(each.matches("[aria-current]") && isTold)
    && !each.matches("[type=radio], [type=checkbox], [type=file]");
}).map(each => each.outerHTML.slice(0, 90))"""


def test_what_a_colour_says_is_said_without_it_where_the_reader_has_colours_of_their_own(
    hung: Hung,
) -> None:
    hung.page.emulate_media(forced_colors="active")
    found = {}
    for name in ("answer for clinician", "front page", "article with claims", "desk", "library"):
        page = hung.show(hung.gallery.page(name))
        page.evaluate(OPEN_ALL)
        found[name] = page.evaluate(UNMARKED)
    assert {name: unmarked for name, unmarked in found.items() if unmarked} == {}


def test_who_asks_for_more_contrast_gets_seven_to_one(with_axe: Hung) -> None:
    enhanced = {"type": "rule", "values": ["color-contrast-enhanced"]}
    found = {}
    for name in ("answer for clinician", "front page", "article with claims", "people"):
        page = with_axe.show(with_axe.gallery.page(name))
        page.evaluate(ALIKE)
        for scheme in ("light", "dark"):
            page.emulate_media(contrast="more", color_scheme=scheme)
            found[name, scheme] = page.evaluate(AXE, [enhanced, []])
    assert {which: faint for which, faint in found.items() if faint} == {}
