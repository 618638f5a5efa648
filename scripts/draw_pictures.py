"""Draw docs/images anew: the founding page's pictures and tables as a browser shows them.

    PYTHONPATH=src:tests python scripts/draw_pictures.py [FOLDER]

Needs Chromium at /usr/bin/chromium and the package playwright. The pooled forest plot is of the
published trials of the tests, as nothing in the bundled topic may be pooled, and its caption in
docs/pictures.md says so.
"""

from __future__ import annotations

import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

import test_published_forest
from curbside.codec.answer import answer_to_json
from curbside.interfaces.render.html import render_html
from curbside.pipeline import answer
from curbside.wiring.config import settings_at
from curbside.wiring.engine import open_engine
from founding import QUESTION

AT = "2026-11-24T00:00:00+00:00"
CHROMIUM = "/usr/bin/chromium"


@dataclass(frozen=True, slots=True)
class Shot:
    """One image: what of which page, in which window."""

    name: str
    page: str
    selector: str
    width: int = 1100
    scheme: str = "light"
    media: str = "screen"
    height: int | None = None


SHOTS = (
    Shot("rates-light", "founding", ".figure-rates >> nth=0"),
    Shot("rates-phone", "founding", ".figure-rates >> nth=1", width=360),
    Shot("forest-dark", "founding", ".figure-forest", scheme="dark"),
    Shot("forest-pooled", "published", ".figure-forest"),
    Shot("forest-pooled-dark", "published", ".figure-forest", scheme="dark"),
    Shot("forest-pooled-phone", "published", ".figure-forest", width=360),
    Shot("forest-pooled-print", "published", ".figure-forest", width=673, media="print"),
    Shot("icons-light", "founding", ".figure-icons"),
    Shot("icons-phone-dark", "founding", ".figure-icons", width=360, scheme="dark"),
    Shot("timeline-light", "founding", ".figure-timeline"),
    Shot("timeline-phone", "founding", ".figure-timeline", width=360),
    Shot("matrix-light", "founding", ".scroll:has(.table-factors)", width=1500, height=900),
    Shot("matrix-dark", "founding", ".scroll:has(.table-factors)", width=1100, scheme="dark"),
    Shot("summary-light", "founding", ".scroll:has(.table-effects)", width=1500),
    Shot("forest-print", "founding", ".figure-forest", width=673, media="print"),
    Shot("timeline-print", "founding", ".figure-timeline", width=673, media="print"),
)


def pages(folder: Path) -> dict[str, Path]:
    """The pages as files."""
    engine = open_engine(settings_at(folder / "home"))
    answers = {
        "founding": answer(QUESTION, engine=engine, at=AT),
        "published": test_published_forest.asked(folder / "trials", test_published_forest.TRIALS),
    }
    files = {}
    for name, each in answers.items():
        files[name] = folder / f"{name}.html"
        files[name].write_text(render_html(answer_to_json(each)), encoding="utf-8")
    return files


def shoot(browser: Browser, file: Path, shot: Shot, target: Path) -> None:
    """One image into a file."""
    context = browser.new_context(
        viewport={"width": shot.width, "height": 900}, color_scheme=shot.scheme
    )
    page = context.new_page()
    page.emulate_media(media=shot.media, color_scheme=shot.scheme, reduced_motion="reduce")
    page.goto(file.as_uri())
    found = page.locator(shot.selector)
    if shot.height is None:
        found.screenshot(path=str(target))
    else:
        found.scroll_into_view_if_needed()
        box = found.bounding_box()
        clip = {**box, "height": min(box["height"], shot.height)}
        top = page.evaluate("scrollY")
        page.screenshot(path=str(target), full_page=True, clip={**clip, "y": box["y"] + top})
    context.close()


def main(target: Path) -> None:
    """Write every image."""
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        files = pages(Path(folder))
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        for shot in SHOTS:
            shoot(browser, files[shot.page], shot, target / f"{shot.name}.png")
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path("docs/images"))
