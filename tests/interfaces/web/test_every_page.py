"""What is true of every page of the site in every state."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path

from builders import an_answer
from checker import checked
from curbside.articles import State
from curbside.codec.answer import answer_to_json
from curbside.interfaces.render.fragment import render_fragment
from curbside.interfaces.server.guard import HEADERS
from curbside.interfaces.web.drawing import static_files
from gallery import Gallery, routes_without, templates_without

GOLDEN = Path(__file__).parents[1] / "golden"
NO_PAGE = {
    # files, what a script reads, and where one is led to another page
    "GET /ask/stages",
    "GET /favicon.ico",
    "GET /robots.txt",
    "GET /static/{stamp}/{name}",
}
ALLOWED = {
    # what browsers have for years and the checker's list of CSS lacks
    "CSS: “container-type”: Property “container-type” doesn't exist.",
    "CSS: Unrecognized at-rule “@container”",
    "CSS: “paint-order”: Property “paint-order” doesn't exist.",
    "CSS: Unknown pseudo-element or pseudo-class “::details-content”.",
    # a notebook gives a page no head to put its style in
    "Element “style” not allowed as child of element “div” in this context. (Suppressing further"
    " errors from this subtree.)",
    # its hash is in the policy, which the checker does not work out; browsers do, in other tests
    "Inline style violates Content Security Policy (meta tag): blocked by “style-src” directive"
    " (missing “‘unsafe-inline’” or nonce/hash).",
}


def test_no_page_of_the_site_is_left_out(gallery: Gallery) -> None:
    assert set(routes_without(gallery.pages)) == NO_PAGE
    assert templates_without(gallery) == []
    assert {each.status for each in gallery.pages} == {
        *(200, 400, 403, 404, 405, 409, 413, 422, 429, 500, 503),
    }
    for state in State:
        assert f"<dd>{state}, version 1</dd>" in gallery.page(f"readers: {state}").html


class _Inline(HTMLParser):
    """What of a page a strict policy would not let run or load."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        is_inline = tag == "style" or (tag == "script" and "src" not in told)
        loaded = [told[name] or "" for name in ("src", "srcset", "poster", "data") if name in told]
        if tag == "link":
            loaded.append(told.get("href") or "")
        if (
            is_inline
            or any(name == "style" or name.startswith("on") for name in told)
            or any(not place.startswith("/static/") for place in loaded)
        ):
            self.found.append(self.get_starttag_text() or tag)


def test_every_page_is_sent_with_a_strict_policy_and_needs_nothing_that_it_forbids(
    gallery: Gallery,
) -> None:
    for page in gallery.pages:
        sent = {name: page.headers.get(name.lower()) for name in HEADERS}
        assert (page.name, sent) == (page.name, HEADERS)
        inline = _Inline()
        inline.feed(page.html)
        assert (page.name, inline.found) == (page.name, [])
    policy = HEADERS["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert policy.startswith("default-src 'none'; ")


def test_the_w3c_checker_finds_no_error_and_warns_of_nothing(
    gallery: Gallery, tmp_path: Path
) -> None:
    pages = {f"{number}.html": each.html for number, each in enumerate(gallery.pages)}
    for path in GOLDEN.glob("*.html"):
        pages[f"single-file-{path.name}"] = path.read_text(encoding="utf-8")
    # a notebook is the page around it
    pages["notebook.html"] = (
        '<!doctype html><html lang="en"><title>x</title><body>'
        f"{render_fragment(answer_to_json(an_answer()))}"
    )
    files = {name: html.encode() for name, html in pages.items()}
    files |= {n: content for n, (content, kind) in static_files().items() if "script" not in kind}
    # faults that must be found: a check that cannot fail is none
    files["faulty.html"] = b'<!doctype html><html lang="en"><title>x</title><p id="a"><b id="a">'
    files["faulty.css"] = b"p { colour: red; }"
    told = {pair for pair in checked(files, tmp_path) if pair[1] not in ALLOWED}
    faulty = {what for name, what in told if name.startswith("faulty")}
    assert any(what.startswith("Duplicate ID “a”") for what in faulty)
    assert any("“colour”" in what for what in faulty)
    named = {f"{number}.html": each.name for number, each in enumerate(gallery.pages)}
    found = {(named.get(name, name), what) for name, what in told if "faulty" not in name}
    assert found == set()
