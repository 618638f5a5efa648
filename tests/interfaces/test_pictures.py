"""Figures as a reader meets them: pictures that need no colour, and tables that say the same."""

from __future__ import annotations

import re
from copy import deepcopy
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree, html

from builders import an_answer
from curbside.codec.answer import answer_to_json
from curbside.interfaces.render.figures import data_of, data_table, number, portions_of, value_of
from curbside.interfaces.render.html import render_html
from curbside.interfaces.render.markdown import escape, render_markdown
from curbside.interfaces.render.pictures import paper_picture_of, pictures_of
from curbside.interfaces.render.plots import icons_of, track_of
from curbside.interfaces.render.svg import SHAPES, Sheet, fitted, shown
from curbside.interfaces.render.text import render_text
from curbside.interfaces.render.view import read_page
from curbside.interfaces.render.views import DatumView, FigureView, SeriesView

PAGE: Any = answer_to_json(an_answer())
FIGURES = read_page(PAGE).figures
SVG = "{http://www.w3.org/2000/svg}"


def a_datum(label: str = "at one year", **changes: Any) -> DatumView:
    fields = {"value": None, "x": None, "low": None, "high": None, "passages": (), "remark": None}
    return DatumView(label=label, **{**fields, **changes})


def a_figure(kind: str, *series: tuple[str, DatumView], **changes: Any) -> FigureView:
    fields: dict[str, Any] = {
        "anchor": "figure-it",
        "kind": kind,
        "title": "A picture",
        "measure": "share",
        "unit": "ratio" if kind == "forest" else "%",
        "series": tuple(SeriesView(label, (datum,)) for label, datum in series),
        "pooled": None,
        "left_out": (),
        "notes": (),
    }
    return FigureView(**{**fields, **changes})


def the_tree() -> Any:
    return html.document_fromstring(render_html(PAGE))


def box_of(tree: Any, figure: Any) -> Any:
    (box,) = tree.xpath(f"//figure[@aria-labelledby='figure-{figure['figure_id']}']")
    return box


def words_in(picture: str) -> list[str]:
    """The words of a drawing that a reader sees."""
    return [text.text for text in etree.fromstring(picture).iter("text", f"{SVG}text")]


# --- on the page ------------------------------------------------------------------------------


def test_every_picture_of_the_page_is_named_and_told_in_words() -> None:
    tree = the_tree()
    for figure in PAGE["figures"]:
        pictures = box_of(tree, figure).xpath(".//svg")
        kinds = [picture.get("class") for picture in pictures]
        assert kinds == ["drawing wide", "drawing narrow"] * (len(kinds) // 2)
        for picture in pictures:
            assert picture.get("role") == "img"
            title, words = picture.get("aria-labelledby").split()
            assert picture.xpath(f"string(title[@id='{title}'])").startswith(figure["title"])
            assert "The table below lists each with its passages." in picture.xpath(
                f"string(desc[@id='{words}'])"
            )


def test_every_value_of_a_figure_opens_the_passages_it_cites() -> None:
    tree = the_tree()
    for figure in PAGE["figures"]:
        data = [datum for series in figure["series"] for datum in series["data"]]
        data += [figure["pooled"]] if figure["pooled"] else []
        rows = box_of(tree, figure).xpath(".//tbody/tr")
        assert len(rows) == len(data)
        for row, datum in zip(rows, data, strict=True):
            opened = [
                tree.xpath(f"string(//*[@id='{link[1:]}']//mark)")
                for link in row.xpath(".//a[@class='cite']/@href")
            ]
            assert opened == [PAGE["evidence"][e]["quote"] for e in datum["cites"]]


def test_what_is_not_in_a_picture_is_told_and_leads_to_its_reference() -> None:
    tree = the_tree()
    forest = PAGE["figures"][2]
    (item,) = box_of(tree, forest).xpath("./ul/li")
    assert item.xpath("./a/@href") == ["#reference-5"]
    assert item.xpath("./a/text()") + item.xpath("./text()") == [
        "[5]",
        " Castel R 2021: a diet rich in purines, no interval is printed",
    ]


def test_a_hostile_label_is_words_in_every_picture() -> None:
    hostile = "</text><script>alert(1)</script><text>"
    page = deepcopy(PAGE)
    for figure in page["figures"]:
        figure["title"] = hostile
        for series in figure["series"]:
            series["label"] = f"[1] {hostile}"
            for datum in series["data"]:
                datum["label"] = f"[{datum['x'] or 0:.0f}] {hostile}"
                datum["remark"] = hostile
    tree = html.document_fromstring(render_html(page))
    assert tree.xpath("//script") == []
    assert tree.xpath("count(//svg)") == the_tree().xpath("count(//svg)")


# --- every number of a picture ----------------------------------------------------------------


def numbers_of_data(figure: FigureView) -> set[str]:
    """The numbers that a figure's data hold, as a reader writes them."""
    data = [datum for _, datum in data_of(figure)] + ([figure.pooled] if figure.pooled else [])
    values = (v for d in data for v in (d.value, d.x, d.low, d.high) if v is not None)
    return {number(value) for value in values}


@pytest.mark.parametrize("figure", FIGURES, ids=lambda figure: figure.anchor)
def test_the_table_of_a_figure_holds_every_number_that_its_data_hold(figure: FigureView) -> None:
    said = {
        n
        for row in data_table(figure).rows
        for n in re.findall(r"\d+(?:\.\d+)?", f"{row[2].text} {row[1].text}")
    }
    values = {v for _, d in data_of(figure) for v in (d.value, d.low, d.high) if v is not None}
    assert {number(v) for v in values} <= said


@pytest.mark.parametrize("figure", FIGURES, ids=lambda figure: figure.anchor)
def test_every_number_beside_a_mark_is_one_of_the_data(figure: FigureView) -> None:
    for portion in portions_of(figure):
        for picture in pictures_of(portion.figure):
            marked = etree.fromstring(picture).xpath(
                "//*[local-name()='text'][contains(@class, 'number') or contains(@class, 'beside')"
                " or contains(@class, 'strong')]/text()"
            )
            told = [re.sub(r"^\[\d+\] ", "", words).removesuffix(" of 100") for words in marked]
            found = {n for words in told for n in re.findall(r"\d+(?:\.\d+)?", words)}
            assert found <= numbers_of_data(figure)


percentages = st.integers(0, 1000).map(lambda n: n / 10)
rates = st.builds(
    lambda value, x, ends: a_datum(
        "men, at some time", value=value, x=x, low=min(ends), high=max(ends)
    ),
    value=st.none() | percentages,
    x=st.none() | st.floats(0, 30),
    ends=st.tuples(percentages, percentages),
)
effects = st.lists(st.floats(0.011, 99), min_size=3, max_size=3).map(
    lambda ends: a_datum(value=sorted(ends)[1], low=min(ends), high=max(ends))
)


@given(st.lists(rates, min_size=1, max_size=30))
def test_no_value_is_lost_where_a_figure_is_cut_for_paper(data: list[DatumView]) -> None:
    figure = a_figure("rates", *((f"[{n}] A 2001", datum) for n, datum in enumerate(data)))
    portions = portions_of(figure)
    kept = [datum for portion in portions for _, datum in data_of(portion.figure)]
    assert sorted(map(id, kept)) == sorted(map(id, data))
    assert len({portion.figure.anchor for portion in portions}) == len(portions)


@given(st.lists(rates, min_size=1, max_size=14))
def test_every_rate_stands_in_its_picture_with_its_number(data: list[DatumView]) -> None:
    figure = a_figure("rates", *((f"[{n}] A 2001", datum) for n, datum in enumerate(data)))
    for portion in portions_of(figure):
        for picture in (*pictures_of(portion.figure), paper_picture_of(portion.figure)):
            words = " ".join(words_in(picture))
            for _, datum in data_of(portion.figure):
                told = number(datum.value) if datum.value is not None else number(datum.low or 0)
                assert f"{told}%" in words or f"{told}–" in words or f"{told} to" in words


@given(st.lists(effects, min_size=1, max_size=14))
def test_no_mark_lies_outside_its_picture(data: list[DatumView]) -> None:
    figure = a_figure("forest", *((f"[{n}] A 2001", datum) for n, datum in enumerate(data)))
    for portion in portions_of(figure):
        for picture in pictures_of(portion.figure):
            tree = etree.fromstring(picture)
            _, _, width, height = map(float, tree.get("viewBox").split())
            for line in tree.iter("line"):
                for name, most in (("x1", width), ("x2", width), ("y1", height), ("y2", height)):
                    assert 0 <= float(line.get(name)) <= most


def _rows_of(picture: str) -> list[tuple[float, float, float, float]]:
    """About where the words beside the marks of a drawing stand."""
    boxes = []
    for text in etree.fromstring(picture).xpath("//*[@class='beside']"):
        x, y = float(text.get("x")), float(text.get("y"))
        boxes.append((x, y - 11, x + 7 * len(text.text), y + 2))
    return boxes


def test_words_beside_marks_do_not_lie_on_each_other() -> None:
    data = [
        ("[1] A 2001", a_datum(value=59.0, x=1.0)),
        ("[1] A 2001", a_datum(value=73.0, x=2.0)),
        ("[2] B 2002", a_datum(value=60.0, x=1.0)),
        ("[3] C 2003", a_datum(value=62.0, x=1.1)),
        ("[4] D 2004", a_datum(value=72.0, x=2.0)),
    ]
    for picture in pictures_of(a_figure("rates", *data)):
        for one, other in combinations(_rows_of(picture), 2):
            is_apart = (
                one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
            )
            assert is_apart, picture


# --- what each kind shows ---------------------------------------------------------------------


def test_a_course_joins_one_group_over_time_and_never_two_groups() -> None:
    def courses(*labels: str) -> int:
        data = tuple(a_datum(label, value=50.0 + n, x=1.0 + n) for n, label in enumerate(labels))
        figure = a_figure("rates", series=(SeriesView("[1] A 2001", data),))
        return pictures_of(figure)[0].count('class="course"')

    assert courses("at one year", "at two years") == 1
    assert courses("men, at one year", "men, at two years") == 1
    assert courses("men, at one year", "women, at two years") == 0


@pytest.mark.parametrize(
    ("longest", "unit", "ticks"),
    [
        (5.0, "years", ["0", "1", "2", "3", "4", "5"]),
        (0.5, "months", ["0", "1", "2", "3", "4", "5", "6"]),
        (4 * 7 / 365.25, "weeks", ["0", "1", "2", "3", "4"]),
    ],
)
def test_time_is_told_in_units_that_fit_it(longest: float, unit: str, ticks: list[str]) -> None:
    figure = a_figure(
        "rates",
        ("[1] A 2001", a_datum(value=10.0, x=longest / 2)),
        ("[2] B 2002", a_datum(value=90.0, x=longest)),
    )
    words = words_in(pictures_of(figure)[0])
    assert unit in words
    assert [word for word in words if re.fullmatch(r"\d", word)] == ticks


def test_a_pooled_estimate_is_a_diamond_as_wide_as_its_interval_and_stands_last() -> None:
    forest = FIGURES[2]
    (wide, narrow) = pictures_of(forest)
    for picture in (wide, narrow):
        *_, told = etree.fromstring(picture).xpath("//*[contains(@class, 'number')]/text()")
        assert told == "2.01 (1.38 to 2.94)"
    pooled = etree.fromstring(wide).xpath("//*[local-name()='path'][contains(@d, 'z')]/@d")[-1]
    places = [float(x) for x in re.findall(r"[ML](-?[\d.]+) ", pooled)]
    # on the log scale the middle of 1.38 and 2.94 is 2.01
    assert places[2] - places[1] == pytest.approx(places[1] - places[0], rel=0.02)


def test_an_interval_that_goes_beyond_the_axis_ends_in_an_arrow() -> None:
    inside = a_figure("forest", ("[1] A 2001", a_datum(value=2.0, low=1.0, high=4.0)))
    beyond = a_figure("forest", ("[1] A 2001", a_datum(value=2.0, low=1.0, high=400.0)))
    assert [p.count('class="arrow"') for p in pictures_of(inside)] == [0, 0]
    assert [p.count('class="arrow"') for p in pictures_of(beyond)] == [1, 1]


def test_an_icon_array_fills_as_many_of_a_hundred_as_the_value_says() -> None:
    icons = FIGURES[1]
    wide, _ = pictures_of(icons)
    people = etree.fromstring(wide).xpath("//*[@class='person']/@d")
    rings = etree.fromstring(wide).xpath("//*[@class='ring']/@d")
    # a hundred places each, and the two of the key
    assert [d.count("M") for d in people] == [100, 100, 1, 1]
    assert [d.count("M") for d in rings] == [30, 22, 1]


def test_a_superseded_source_is_dashed_and_an_arrow_leads_to_what_replaced_it() -> None:
    timeline = FIGURES[3]
    for picture in pictures_of(timeline):
        tree = etree.fromstring(picture)
        # the source and its entry in the key
        assert len(tree.xpath("//*[@class='box-old']")) == 2
        # the line and its head
        assert len(tree.xpath("//*[@class='arrow']")) == 2
        assert "superseded; the arrow leads to what replaced it" in " ".join(words_in(picture))


def test_a_retracted_source_is_crossed_and_the_key_says_so() -> None:
    figure = a_figure(
        "timeline",
        ("Research: trial", a_datum("[1] A 2001", x=2001.0, remark="retracted by pmid:5")),
        ("Research: cohort", a_datum("[2] B 2005", x=2005.0)),
    )
    tree = etree.fromstring(pictures_of(figure)[0])
    assert len(tree.xpath("//*[@class='box-bad']")) == 2
    # two strokes make the cross, one more stands in the key
    assert len(tree.xpath("//*[@class='struck']")) == 3
    assert "retracted (crossed) or of concern (struck)" in words_in(pictures_of(figure)[0])


def test_every_shape_is_another_outline() -> None:
    outlines = set()
    for shape in SHAPES:
        sheet = Sheet(100)
        sheet.mark(50, 50, shape)
        drawing = sheet.drawn(100, name="it", title="t", words="w", kind="wide")
        outlines.add(etree.fromstring(drawing).xpath("string(//path/@d)"))
    assert len(outlines) == len(SHAPES)


@given(st.text(alphabet="abc de", min_size=1, max_size=80), st.integers(60, 400))
def test_words_are_cut_into_lines_and_none_is_lost(text: str, width: int) -> None:
    assert " ".join(fitted(text, width)).split() == text.split() or "".join(
        fitted(text, width)
    ).replace(" ", "") == text.replace(" ", "")


@given(st.floats(-10_000, 10_000))
def test_a_coordinate_has_one_decimal_at_most(value: float) -> None:
    assert re.fullmatch(r"-?\d+(?:\.\d)?", shown(value))
    assert float(shown(value)) == pytest.approx(value, abs=0.0501)


# --- in other forms ---------------------------------------------------------------------------


def test_a_track_shows_value_interval_range_and_the_line_of_no_difference() -> None:
    figure = a_figure(
        "forest",
        ("[1] A 2001", a_datum(value=2.0, low=1.0, high=4.0)),
        ("[2] B 2002", a_datum(value=0.5, low=0.25, high=1.0)),
    )
    (_, first), (_, second) = data_of(figure)
    assert track_of(figure, first, 24) == "0.25 ········├───●───┤ 4"
    assert track_of(figure, second, 24) == "0.25 ├───●───┤········ 4"
    rate = a_figure("rates", ("[1] A 2001", a_datum(low=50.0, high=90.0)))
    ((_, only),) = data_of(rate)
    assert track_of(rate, only, 20) == "0% ······├═══┤· 100%"


def test_people_of_a_hundred_are_marks_in_lines_that_fit() -> None:
    assert icons_of(a_datum(value=59.0), 60) == ("●" * 50, "●" * 9 + "○" * 41)
    assert icons_of(a_datum(value=2.5), 40) == ("●●●" + "○" * 22, *(["○" * 25] * 3))


@pytest.mark.parametrize("figure", FIGURES, ids=lambda figure: figure.anchor)
def test_text_and_markdown_hold_every_value_of_a_figure(figure: FigureView) -> None:
    text = " ".join(render_text(PAGE).split())
    markdown = render_markdown(PAGE)
    for _, datum in data_of(figure):
        assert value_of(figure, datum) in text
        assert escape(value_of(figure, datum)) in markdown
    assert figure.title in text
    assert f"### {figure.title}" in markdown


@pytest.mark.parametrize("width", [40, 60, 120])
def test_no_line_of_marks_is_wider_than_the_terminal(width: int) -> None:
    marks = re.compile(r"[·┊●◆├┤─═◄►○]{5}")
    lines = [line for line in render_text(PAGE, width=width).splitlines() if marks.search(line)]
    assert len(lines) >= 7
    assert max(map(len, lines)) <= width
