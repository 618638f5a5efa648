"""Figures as a reader meets them: pictures that need no colour, and tables that say the same."""

from __future__ import annotations

from typing import Any

from lxml import html

from builders import an_answer
from curbside.codec.answer import answer_to_json
from curbside.interfaces.render import render_html


def the_page() -> Any:
    return answer_to_json(an_answer())


def drawn() -> Any:
    return html.document_fromstring(render_html(the_page()))


def test_every_figure_stands_on_the_page_drawn_twice_and_named() -> None:
    tree = drawn()
    for figure in the_page()["figures"]:
        (box,) = tree.xpath(f"//figure[@aria-labelledby='figure-{figure['figure_id']}']")
        pictures = box.xpath(".//svg")
        assert [picture.get("class") for picture in pictures] == ["wide", "narrow"]
        for picture in pictures:
            assert picture.get("role") == "img"
            title, words = picture.get("aria-labelledby").split()
            assert picture.xpath(f"string(title[@id='{title}'])") == figure["title"]
            assert "The table below lists each with its passages." in picture.xpath(
                f"string(desc[@id='{words}'])"
            )


def test_every_value_of_a_figure_opens_the_passages_it_cites() -> None:
    page, tree = the_page(), drawn()
    for figure in page["figures"]:
        data = [datum for series in figure["series"] for datum in series["data"]]
        data += [figure["pooled"]] if figure["pooled"] else []
        rows = tree.xpath(f"//figure[@aria-labelledby='figure-{figure['figure_id']}']//tbody/tr")
        assert len(rows) == len(data)
        for row, datum in zip(rows, data, strict=True):
            opened = [
                tree.xpath(f"string(//*[@id='{link[1:]}']//mark)")
                for link in row.xpath(".//a[@class='cite']/@href")
            ]
            assert opened == [page["evidence"][e]["quote"] for e in datum["cites"]]
