from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from golden_pages import FOLDER, GOLDEN, PAGES
from lxml import html
from markdown_it import MarkdownIt

from builders import a_reference, an_abstention, an_answer, with_a_leaflet
from curbside.articles import Disclosure, Review, Signature, State, banner_of
from curbside.codec.answer import answer_to_json
from curbside.interfaces.render.html import render_html
from curbside.interfaces.render.markdown import escape, render_markdown
from curbside.interfaces.render.text import render_text
from curbside.interfaces.render.view import clean, read_page
from curbside.interfaces.render.views import Mark
from curbside.records import Source, Standing, Status

HOSTILE = "</mark><script>alert(1)</script> [b]x[/b] {{ 7*7 }} \x1b[31mred\x07 \u202eevil **y** # z"


def page_of(answer: Any = None) -> Any:
    return answer_to_json(answer or an_answer())


def with_hostile_words() -> Any:
    """The page with every free text replaced by words that try to be more than words."""
    page = deepcopy(page_of())
    for claim in page["claims"].values():
        claim["text"] = HOSTILE
        claim["remark"] = HOSTILE
    for item in page["evidence"].values():
        item |= {"quote": HOSTILE, "locator": HOSTILE, "design": HOSTILE, "strength": HOSTILE}
    for reference in page["references"]:
        reference |= {"title": HOSTILE, "authors": [HOSTILE], "doi": HOSTILE, "pmid": HOSTILE}
        reference |= {"url": "javascript:alert(1)", "via": HOSTILE, "notes": [HOSTILE]}
    for lane in page["lanes"]:
        for section in lane["sections"]:
            section["heading"] = HOSTILE
    page["status"] |= {
        "notice": HOSTILE,
        "signatures": [
            {
                "name": HOSTILE,
                "credentials": HOSTILE,
                "meaning": HOSTILE,
                "at": HOSTILE,
                "content": HOSTILE,
                "disclosure": {
                    "at": HOSTILE,
                    "interests": [{"what": HOSTILE, "topics": [HOSTILE]}],
                },
            }
        ],
    }
    page["title"] = page["question"] = page["not_found"][0]["part"] = HOSTILE
    page["factors"][0]["factor"] = page["conflicts"][0]["about"] = HOSTILE
    return page


@pytest.mark.parametrize(("name", "suffix"), GOLDEN)
def test_every_form_of_a_page_is_as_it_was_read_and_approved(name: str, suffix: str) -> None:
    expected = (FOLDER / f"{name}.{suffix}").read_text(encoding="utf-8")
    assert GOLDEN[name, suffix](PAGES[name]) == expected


def test_no_line_of_text_is_wider_than_asked_unless_it_is_one_word() -> None:
    for width in (40, 60, 120):
        lines = render_text(page_of(), width=width, show_quotes=True).splitlines()
        too_wide = [line for line in lines if len(line) > width and " " in line.strip(" |")]
        assert too_wide == []


def test_a_width_that_no_page_fits_is_refused() -> None:
    with pytest.raises(ValueError, match="a width of 40 columns or more, found 39"):
        render_text(page_of(), width=39)


def test_text_holds_no_control_character_whatever_the_sources_hold() -> None:
    text = render_text(with_hostile_words(), show_quotes=True)
    steering = {c for c in text if unicodedata.category(c) in {"Cc", "Cs"} and c != "\n"}
    assert steering == set()
    assert "\u202e" not in text


def test_brackets_in_a_source_are_not_read_as_markup_of_the_terminal() -> None:
    assert "[b]x[/b]" in render_text(with_hostile_words())


def test_cleaning_keeps_words_and_drops_what_steers() -> None:
    assert clean("a\x1b[31m\tb\r\nc\u202ed\ud800e\u00a0 f\x00") == "a[31m b cd\ufffde f"


def test_markdown_shows_the_words_of_a_source_as_they_stand() -> None:
    drawn = MarkdownIt("commonmark").render(render_markdown(with_hostile_words()))
    tree = html.fromstring(f"<body>{drawn}</body>")
    assert tree.xpath("//script | //img | //strong[text()='y']") == []
    assert tree.xpath("string(//h1)") == clean(HOSTILE)
    targets = set(tree.xpath("//a/@href"))
    assert {t.split(":")[0] for t in targets if not t.startswith("#")} == {"https"}


@pytest.mark.parametrize(
    "text",
    [
        "- a", "+ a", "1. a", "12) a", "# a", "> a", "*a* _b_ `c`", "[a](http://b.example)",
        "<b>a</b>", "a | b", "~~a~~", "&amp;", "a \\ b", "![a](b)", "=== a", "5 < 6 > 4",
    ],
)  # fmt: skip
def test_escaped_markdown_shows_exactly_the_text(text: str) -> None:
    drawn = MarkdownIt("gfm-like", {"linkify": False}).render(escape(text))
    paragraph = html.fromstring(drawn)
    assert (paragraph.tag, len(paragraph), paragraph.text) == ("p", 0, text)


def test_every_number_in_markdown_leads_to_a_heading() -> None:
    markdown = render_markdown(page_of())
    anchors = {
        "#" + heading.strip().lower().replace(" ", "-")
        for heading in re.findall(r"^#+ (.*)$", markdown, re.MULTILINE)
    }
    assert set(re.findall(r"\]\((#[^)]*)\)", markdown)) - anchors == set()


@pytest.mark.parametrize("page", [page_of(), page_of(an_abstention()), with_hostile_words()])
def test_html_is_one_file_that_loads_nothing_and_whose_links_resolve(page: Any) -> None:
    text = render_html(page)
    tree = html.document_fromstring(text)
    ids = tree.xpath("//@id")
    assert len(ids) == len(set(ids))
    assert {h[1:] for h in tree.xpath("//a/@href") if h.startswith("#")} - set(ids) == set()
    assert {h.split(":")[0] for h in tree.xpath("//a/@href") if not h.startswith("#")} <= {"https"}
    assert tree.xpath("//script | //img | //link | //iframe | //@src | //@style | //@onclick") == []
    assert "url(" not in text
    assert "@import" not in text
    assert len(tree.xpath("//h1")) == 1
    levels = [int(h.tag[1]) for h in tree.xpath("//h1 | //h2 | //h3 | //h4")]
    assert all(b <= a + 1 for a, b in pairwise(levels))
    assert tree.xpath("/html/@lang") == ["en"]
    (policy,) = tree.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    assert policy.startswith("default-src 'none'; style-src 'sha256-")


def test_html_shows_hostile_words_as_words() -> None:
    tree = html.document_fromstring(render_html(with_hostile_words()))
    assert tree.xpath("string(//h1)") == clean(HOSTILE)
    assert set(tree.xpath("//blockquote/mark/text()")) == {clean(HOSTILE)}


def test_a_page_without_a_direct_answer_says_so_in_every_form() -> None:
    page = page_of(replace(an_answer(), bottom_line=()))
    told = (
        "Nothing in this library answers the question directly; what stands nearest to it follows."
    )
    assert read_page(page).abstained == told
    assert read_page(page_of()).abstained is None
    for drawn in (render_text(page, width=200), render_markdown(page), render_html(page)):
        assert told in drawn


def test_what_a_study_tells_as_background_is_marked_so() -> None:
    page = deepcopy(page_of())
    claim = next(iter(page["claims"].values()))
    for evidence_id in claim["evidence"]:
        page["evidence"][evidence_id]["zone"] = "background"
    told = "Told as background, not found by this study"
    marked = [
        drawn.text
        for lane in read_page(page).lanes
        for section in lane.sections
        for drawn in section.claims
        if told in {mark.text for mark in drawn.marks}
    ]
    assert marked == [claim["text"]]
    assert told not in render_text(page_of())


def test_each_number_of_a_claim_opens_the_passage_it_cites() -> None:
    page = page_of()
    tree = html.document_fromstring(render_html(page))
    for position, claim in enumerate(page["claims"].values(), start=1):
        links = tree.xpath(f"//li[@id='claim-{position}']//a[@class='cite']/@href")
        opened = [tree.xpath(f"string(//*[@id='{h[1:]}']//mark)") for h in links]
        assert opened == [page["evidence"][e]["quote"] for e in claim["evidence"]]


@pytest.mark.parametrize("suffix", ["txt", "md", "html"])
def test_patient_information_stands_last_and_says_what_it_is(suffix: str) -> None:
    page = page_of(with_a_leaflet(an_answer()))
    drawn = GOLDEN["page", suffix](page)
    titles = ("From the Drug Label", "From Patient Information", "Factors")
    titles = tuple(map(str.upper, titles)) if suffix == "txt" else titles
    mark = {"txt": "\n{}\n---", "md": "## {}\n", "html": ">{}</h2>"}[suffix]
    label, leaflets, factors = (drawn.index(mark.format(title)) for title in titles)
    assert label < leaflets < factors
    lane = drawn[leaflets:factors]
    said = lane.index("Gout often comes back when tablets are stopped.")
    assert "Patient information" in lane[said:]
    (claim,) = read_page(page).lanes[-1].sections[0].claims
    assert claim.marks[0] == Mark("patient", "Patient information")


def test_own_words_stand_in_quotation_marks_and_a_summary_says_whose_it_is() -> None:
    view = read_page(page_of())
    summary, quotation = view.lanes[0].sections[0].claims
    assert not summary.is_quoted
    assert [(m.kind, m.text) for m in summary.marks] == [
        ("summary", "Our summary of Invented College of Rheumatology, 2024"),
        ("via", "Read in a secondary source: a news page of the college"),
        ("certainty", "Certainty (our label): moderate"),
        ("grade", "Issuer’s grade: conditional, low certainty"),
    ]
    assert quotation.is_quoted
    assert [(m.kind, m.text) for m in quotation.marks] == [
        (
            "superseded",
            "Superseded by [3] Invented College of Rheumatology, 2024 (checked 30 January 2026)",
        ),
        ("grade", "Issuer’s grade: C"),
    ]


@pytest.mark.parametrize(
    ("standing", "words"),
    [
        (Standing(Status.UNKNOWN), "Standing not checked"),
        (
            Standing(Status.UNKNOWN, (), "2026-01-02"),
            "Standing not checked (last tried 2 January 2026)",
        ),
        (Standing(Status.CURRENT, (), "2026-01-02"), "Current (checked 2 January 2026)"),
        (Standing(Status.CURRENT), "Current (date of check not known)"),
        (
            Standing(Status.RETRACTED, ("pmid:5", "pmid:1"), "2026-01-02"),
            "Retracted by pmid:5; [1] A, 2001 (checked 2 January 2026)",
        ),
        (
            Standing(Status.CONCERN, ("doi:10.5/x",), "not a date"),
            "Expression of concern: doi:10.5/x (checked not a date)",
        ),
    ],
)
def test_standing_is_told_in_words_with_the_date_of_the_check(
    standing: Standing, words: str
) -> None:
    first = a_reference(1, "pmid:1", source=Source(authors=("A",), year=2001), standing=standing)
    (source,) = read_page(page_of(an_abstention(references=(first,)))).references
    assert source.standing == words


@pytest.mark.parametrize(
    ("source", "line", "short"),
    [
        (
            Source(("A B", "C D"), "J X", None, 2001, "2", "3", "4-5"),
            "J X. 2001;2(3):4-5",
            "A B and C D, 2001",
        ),
        (Source(("A B, C D, E F (G)",), "J X", year=2001), "J X. 2001", "A B et al., 2001"),
        (Source(("A B, et al.",), "J X", year=2001), "J X. 2001", "A B et al., 2001"),
        (Source(("A B et al.",), "J X", year=2001), "J X. 2001", "A B et al., 2001"),
        (Source((), None, "Board", 2001), "Board. 2001", "Board, 2001"),
        (Source((), "J X", "Board"), "J X. year not known. Board", "Board"),
        (Source(), "year not known", "T"),
    ],
)
def test_a_reference_says_what_is_known_and_nothing_else(
    source: Source, line: str, short: str
) -> None:
    only = a_reference(1, "pmid:1", title="T", source=source)
    (told,) = read_page(page_of(an_abstention(references=(only,)))).references
    assert (told.line, told.short) == (line, short)


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "//host/x", "https://", "x",
     "https://a.example/ b", "https://a.example/<b>", "https://[broken"],
)  # fmt: skip
def test_an_address_that_is_no_web_page_is_not_linked(url: str) -> None:
    only = a_reference(1, source=Source(url=url))
    (told,) = read_page(page_of(an_abstention(references=(only,)))).references
    assert told.links == ()


def test_identifiers_become_addresses_with_everything_odd_escaped() -> None:
    only = a_reference(1, source=Source(doi='10.5/a"b<c>', pmid="1/../x?", pmcid="PMC1"))
    (told,) = read_page(page_of(an_abstention(references=(only,)))).references
    assert [link.url for link in told.links] == [
        "https://doi.org/10.5/a%22b%3Cc%3E",
        "https://pubmed.ncbi.nlm.nih.gov/1%2F..%2Fx%3F/",
        "https://pmc.ncbi.nlm.nih.gov/articles/PMC1/",
    ]


def test_the_words_of_a_withheld_claim_stand_on_no_page() -> None:
    page = page_of()
    withheld = page["withheld"]["C8"]["text"]
    quote = page["evidence"]["E10"]["quote"]
    for drawn in (render_text(page, show_quotes=True), render_markdown(page), render_html(page)):
        flat = " ".join(drawn.split())
        assert withheld not in flat
        assert quote not in flat
        assert "is in no cited passage" in flat


def test_a_page_whose_question_stands_as_asked_does_not_say_how_it_was_read() -> None:
    plain = an_answer()
    question = replace(plain.question, text=f" {plain.question.title}\n", readings=())
    view = read_page(page_of(replace(plain, question=question)))
    assert (view.asked, view.readings) == (None, ())


def _in_review(review: Review) -> dict[str, Any]:
    return answer_to_json(an_answer(), review=review)


SIGNED = Review(
    state=State.APPROVED,
    version=2,
    signatures=(
        Signature(
            "a",
            2,
            "0123456789abcdef",
            "p1",
            "Ann <Lee>",
            "MD",
            "I approve it",
            "2026-06-01",
            Disclosure("2026-05-01"),
        ),
    ),
)


@pytest.mark.parametrize("draw", [render_html, render_markdown, render_text])
def test_an_approved_page_says_who_signed_and_bears_no_caution(draw: Callable[..., str]) -> None:
    drawn = " ".join(draw(_in_review(SIGNED)).split())
    assert "version 2" in drawn
    assert (
        "1 June 2026: I approve it (interests stated 1 May 2026: none; text 0123456789ab)"
        in drawn.replace("\\", "")
    )
    assert "Exercise caution" not in drawn
    assert "Ann <Lee>" not in drawn or draw is render_text


@pytest.mark.parametrize("draw", [render_html, render_markdown, render_text])
@pytest.mark.parametrize("state", [state for state in State if state is not State.APPROVED])
def test_a_page_that_is_not_approved_says_so_and_why(
    draw: Callable[..., str], state: State
) -> None:
    review = Review(state, 3, notice="Retracted: pmid:1.")
    drawn = " ".join(draw(_in_review(review)).replace("\\", "").split())
    assert str(banner_of(state)) in drawn
    assert "Retracted: pmid:1." in drawn
    assert f"{state.value}" in drawn
