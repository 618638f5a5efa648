"""Curbside as a library: the names it offers, and the page as a notebook draws it."""

from __future__ import annotations

import doctest
import re
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

import curbside
from builders import a_claim, an_abstention, an_answer
from curbside.codec.answer import answer_to_json
from curbside.errors import CodecError, InputError
from curbside.interfaces.notebook import Page
from curbside.interfaces.render.html import render_html
from curbside.interfaces.render.markdown import render_markdown
from curbside.interfaces.render.text import render_text

TUTORIAL = Path(__file__).resolve().parents[2] / "docs" / "tutorial.md"
CHROMIUM = Path("/usr/bin/chromium")
PAGE = Page(an_answer())
HOSTILE = "</style><script>alert(1)</script><img src=x onerror=alert(2)> {{ 7 * 7 }} & <b>"


class _Tags(HTMLParser):
    """Every tag with its attributes, and the words outside of style sheets."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""
        self.open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words += "" if self.open[-1:] == ["style"] else data


def test_the_tutorial_runs_as_it_is_printed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CURBSIDE_HOME", str(tmp_path / "none"))
    monkeypatch.chdir(tmp_path)
    text = TUTORIAL.read_text(encoding="utf-8")
    test = doctest.DocTestParser().get_doctest(text, {}, "tutorial", str(TUTORIAL), 0)
    told: list[str] = []
    result = doctest.DocTestRunner().run(test, out=told.append)
    assert (result.failed, told) == (0, [])
    assert result.attempted >= 12


def test_every_public_name_is_there_and_in_the_tutorial() -> None:
    text = TUTORIAL.read_text(encoding="utf-8")
    public = [name for name in dir(Page) if not name.startswith("_") and name != "answer"]
    assert [
        name
        for name in (*curbside.__all__[:2], "open_library", "ask", *public)
        if not re.search(rf"\b{name}\b", text)
    ] == []
    assert [name for name in curbside.__all__ if getattr(curbside, name, None) is None] == []
    assert set(curbside.__all__) <= set(dir(curbside))
    with pytest.raises(AttributeError, match="no attribute 'opn_library'"):
        _ = curbside.opn_library  # type: ignore[attr-defined]


def test_naming_the_package_loads_nothing_of_it() -> None:
    code = "import sys, curbside; print([m for m in sys.modules if m.startswith('curbside.')])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_a_page_gives_each_form_and_comes_back_from_its_own_data(tmp_path: Path) -> None:
    data: Any = answer_to_json(an_answer())
    assert PAGE.to_json() == data
    assert PAGE.to_markdown() == PAGE._repr_markdown_() == render_markdown(data)
    assert PAGE.to_html() == render_html(data)
    assert str(PAGE) == PAGE.to_text() == render_text(data, show_quotes=True)
    assert Page.from_json(data) == PAGE
    assert Page.read(PAGE.save(tmp_path / "page.JSON")) == PAGE
    assert PAGE.abstained is None
    assert Page(an_abstention()).abstained == an_abstention().abstained
    assert repr(PAGE) == (
        '<curbside.Page "What predicts a gout flare after stopping allopurinol (Zyloprim)?":'
        f" {len(PAGE.claims)} sentences, 5 sources>"
    )


def test_what_cannot_be_done_says_what_was_expected(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"expected a name that ends in \.txt .*, found page.odt"):
        PAGE.save("page.odt")
    with pytest.raises(InputError, match="expected a style of nlm, ama, bmj, apa, found 'mla'"):
        PAGE.save(tmp_path / "page.docx", style="mla")
    with pytest.raises(InputError, match=r"expected one of C1, C2.*found 'C99'"):
        PAGE.with_references("C99")
    with pytest.raises(InputError, match=r"expected a reader of patient, .*, found 'nurse'"):
        PAGE.read_as("nurse")
    with pytest.raises(CodecError, match="expected an object, found list"):
        Page.from_json([])


def test_each_shown_sentence_is_copied_with_a_line_for_each_of_its_sources() -> None:
    of = {e.evidence_id: e.doc_id for e in PAGE.answer.evidence}
    numbers = {r.doc_id: r.number for r in PAGE.references}
    shown = {c for lane in PAGE.answer.lanes for s in lane.sections for c in s.claims}
    for claim in PAGE.claims:
        if claim.claim_id not in shown:
            continue
        first, *lines = PAGE.with_references(claim.claim_id).splitlines()
        cited = list(dict.fromkeys(numbers[of[e]] for e in claim.cites))
        assert first.removeprefix("“").startswith(claim.text)
        assert first.endswith(" ".join(f"[{n}]" for n in cited))
        assert [line.split(" ")[0] for line in lines] == [f"[{n}]" for n in cited]


def test_a_notebook_gets_no_script_no_id_no_request_and_no_rule_without_its_class() -> None:
    drawn = PAGE._repr_html_()
    found = _Tags(drawn)
    assert found.open == []
    assert {tag for tag, _ in found.tags} <= {
        *("div", "style", "p", "strong", "details", "summary", "ul", "li", "blockquote", "a"),
        *("span", "code"),
    }
    names = {name for _, attributes in found.tags for name in attributes}
    assert names <= {"class", "lang", "open", "href", "rel", "target"}
    (style,) = re.findall(r"<style>(.*?)</style>", drawn, re.DOTALL)
    selectors = [s.strip() for s in re.findall(r"([^{}]+)\{", style)]
    assert len(selectors) >= 8
    assert [s for s in selectors if not s.startswith(".curbside-answer")] == []
    assert not re.search(r"url\(|@import|position\s*:", style)


def test_words_of_a_source_stay_words_in_a_notebook() -> None:
    claims = (a_claim(text=HOSTILE), *an_answer().claims[1:])
    found = _Tags(Page(an_answer(claims=claims))._repr_html_())
    assert {"script", "img", "b"} & {tag for tag, _ in found.tags} == set()
    assert HOSTILE in found.words


def test_a_notebook_shows_what_must_stand_on_every_page() -> None:
    for page in (PAGE, Page(an_abstention())):
        words = " ".join(_Tags(page._repr_html_()).words.split())
        data: Any = page.to_json()
        expected = [data["title"], data["status"]["banner"], data["disclaimer"]]
        expected += [lane["title"] for lane in data["lanes"]]
        expected += [lane["absent_reason"] for lane in data["lanes"] if lane["absent_reason"]]
        expected += [claim["text"] for claim in data["claims"].values()]
        expected += [
            e["quote"]
            for claim in data["claims"].values()
            for e in (data["evidence"][i] for i in claim["evidence"])
        ]
        expected += [factor["reason"] for factor in data["factors"]]
        expected += [part["searched"] for part in data["not_found"]]
        expected += [reference["title"].rstrip(".") for reference in data["references"]]
        assert [text for text in expected if " ".join(text.split()) not in words] == []


@pytest.fixture(scope="module")
def shell() -> Iterator[Any]:
    if not CHROMIUM.exists():
        pytest.skip(f"no {CHROMIUM}: apt install chromium")
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=str(CHROMIUM), args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page()
        page.set_content("<p id=p>text <a href=x>link</a></p><ul id=u><li>one</ul><div id=cell>")
        yield page
        browser.close()


@pytest.mark.browser
def test_a_cell_changes_nothing_around_it_and_opens_a_passage_without_a_script(shell: Any) -> None:
    style = """() => ['#p', '#p a', '#u', '#u li', 'body'].map(
        s => JSON.stringify(Object.values(getComputedStyle(document.querySelector(s)))
             .map(n => getComputedStyle(document.querySelector(s)).getPropertyValue(n))
             .filter((_, i, all) => !/px/.test(all[i]))))"""
    before = shell.evaluate(style)
    # as a notebook does: set as the inner HTML of the cell
    shell.evaluate("html => document.querySelector('#cell').innerHTML = html", PAGE._repr_html_())
    assert shell.evaluate(style) == before
    quote = shell.locator(".curbside-answer li blockquote").first
    assert not quote.is_visible()
    shell.locator(".curbside-answer li summary").first.click()
    assert quote.is_visible()
