"""A page over published trials: what compares is pooled, the rest is named with its reason.

The four trials of direct oral anticoagulants against warfarin in atrial fibrillation, summarised
in our own words in `published/atrial_fibrillation.jsonl`, figures as their abstracts print them.
Three print hazard ratios, one of them at 97.5 %; the fourth prints a relative risk.
"""

from __future__ import annotations

import re
from math import exp, log, sqrt
from pathlib import Path

import pytest

from curbside.codec.answer import answer_to_json
from curbside.interfaces.render.html import render_html
from curbside.interfaces.render.text import render_text
from curbside.pipeline import answer
from curbside.records import Answer, Figure
from curbside.verify.recheck import recheck
from curbside.wiring.config import settings_at
from curbside.wiring.engine import open_engine
from curbside.wiring.library import add_paths

TRIALS = Path(__file__).parent / "published" / "atrial_fibrillation.jsonl"
QUESTION = "What are the predictors of stroke in atrial fibrillation?"
AT = "2026-11-24T00:00:00+00:00"


def asked(home: Path, trials: Path) -> Answer:
    add_paths(home, [trials], at=AT, progress=lambda _: None)
    return answer(QUESTION, engine=open_engine(settings_at(home)), at=AT)


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Answer:
    return asked(tmp_path_factory.mktemp("library") / "home", TRIALS)


def forests(page: Answer) -> list[Figure]:
    return [figure for figure in page.figures if figure.kind == "forest"]


def test_hazard_ratios_of_one_comparison_in_one_population_are_pooled(page: Answer) -> None:
    (forest,) = forests(page)
    drawn = {d.value: (d.low, d.high) for series in forest.series for d in series.data}
    assert drawn == {0.88: (0.74, 1.03), 0.79: (0.66, 0.95), 0.87: (0.73, 1.04)}
    assert forest.pooled is not None
    # by hand: Q is 0.88 on 2 degrees of freedom, so nothing is added between studies, and Hartung
    # and Knapp's factor below one is not used; 4.3027 is the 97.5 % point of Student's t at 2
    of = [(0.88, 0.74, 1.03, 1.96), (0.79, 0.66, 0.95, 1.96), (0.87, 0.73, 1.04, 2.2414)]
    weights = [(2 * z / log(high / low)) ** 2 for _, low, high, z in of]
    mean = sum(w * log(p) for w, (p, *_) in zip(weights, of, strict=True)) / sum(weights)
    half = 4.3027 / sqrt(sum(weights))
    expected = tuple(round(exp(x), 2) for x in (mean, mean - half, mean + half))
    assert expected == (0.85, 0.69, 1.05)
    assert (forest.pooled.value, forest.pooled.low, forest.pooled.high) == expected


def test_an_interval_of_another_level_is_told_as_one(page: Answer) -> None:
    (forest,) = forests(page)
    number = next(r.number for r in page.references if "Edoxaban" in r.title)
    assert forest.notes == (
        "The pooled estimate is computed by this software; no source prints it.",
        f"The interval of [{number}] Giugliano RP et al. 2013 is one of 97.5%, and is weighed as"
        " one.",
    )
    told = {d.value: (d.remark or "").split(";")[0] for s in forest.series for d in s.data}
    assert told == {0.88: "p = 0.12", 0.79: "p = 0.01", 0.87: "97.5% interval"}


def test_a_picture_of_one_comparison_names_it_once(page: Answer) -> None:
    html = render_html(answer_to_json(page))
    # one for a wide window and one for a narrow
    pictures = [p for p in re.findall(r"(?s)<svg.*?</svg>", html) if "no difference at 1" in p]
    assert len(pictures) == 2
    for picture in pictures:
        drawn = " ".join(re.findall(r"(?s)<text[^>]*>(.*?)</text>", picture))
        assert "Giugliano" in drawn
        assert "warfarin" not in drawn


def test_another_measure_is_left_out_with_the_reason(page: Answer) -> None:
    (forest,) = forests(page)
    number = next(r.number for r in page.references if "Dabigatran" in r.title)
    assert forest.left_out == (f"[{number}] Connolly SJ et al. 2009: another measure: RR, not HR",)


def test_other_people_are_not_pooled(tmp_path: Path) -> None:
    """Each trial in people of its own: the same figures, and no diamond."""
    lines = TRIALS.read_text(encoding="utf-8").splitlines()
    people = ("nonvalvular", "paroxysmal", "persistent", "permanent")
    changed = tmp_path / "trials.jsonl"
    changed.write_text(
        "\n".join(
            line.replace("nonvalvular", kind) for line, kind in zip(lines, people, strict=True)
        ),
        encoding="utf-8",
    )
    drawn = forests(asked(tmp_path / "home", changed))
    assert drawn
    assert [figure.pooled for figure in drawn] == [None] * len(drawn)
    assert "another population" in " ".join(note for f in drawn for note in (*f.notes, *f.left_out))


def test_the_page_says_that_the_estimate_is_ours_and_holds_against_its_passages(
    page: Answer, tmp_path: Path
) -> None:
    for drawn in (render_html(answer_to_json(page)), render_text(answer_to_json(page))):
        assert "no source prints it" in " ".join(drawn.split())
    add_paths(tmp_path / "home", [TRIALS], at=AT, progress=lambda _: None)
    engine = open_engine(settings_at(tmp_path / "home"))
    assert recheck(page, library=engine.library, vocabulary=engine.vocabulary) == ()
