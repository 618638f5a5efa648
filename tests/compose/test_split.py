"""Sentences cut only where no denial, doubt or demand reaches over the cut."""

from __future__ import annotations

import pytest

from curbside.compose.split import split_sentence


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        (
            "In 28 patients with gout, pain fell in 20 (71%), but 3 stopped treatment.",
            (
                "This is about 28 patients with gout.",
                "Pain fell in 20 (71%).",
                "But 3 stopped treatment.",
            ),
        ),
        (
            "Of 28 patients with gout treated for a mean of 3 years (range 1 to 9), 21 relapsed.",
            (
                "There were 28 patients with gout treated for a mean of 3 years.",
                "The figures: range 1 to 9.",
                "21 relapsed.",
            ),
        ),
        (
            "After a first attack, pain was similar in early and late responders (81% versus 90%,"
            " p = 0.6).",
            (
                "The setting: after a first attack.",
                "Pain was similar in early and late responders.",
                "The figures: 81% versus 90%, p = 0.6.",
            ),
        ),
        (
            "The guideline says treatment should be stopped; it does not say when.",
            (
                "The guideline says this.",
                "Treatment should be stopped.",
                "It does not say when.",
            ),
        ),
        (
            "XYZ 2010 (old): pain in children is as frequent as in adults because doses are low.",
            (
                "This is from XYZ 2010 (old).",
                "Pain in children is as frequent as in adults.",
                "This is because doses are low.",
            ),
        ),
        (
            "A review linked four factors with pain: cold weather, red meat, beer and old age.",
            (
                "A review linked four factors with pain.",
                "Listed: cold weather.",
                "Also: red meat.",
                "Also: beer.",
                "Also: old age.",
            ),
        ),
        (
            "Of 9 patients with gout 4 stayed well on the drug over a median of 5 years.",
            (
                "Of 9 patients with gout 4 stayed well on the drug.",
                "The time: over a median of 5 years.",
            ),
        ),
        (
            "The trial counted any pain as an attack, a wider definition than the usual one.",
            (
                "The trial counted any pain as an attack.",
                "That is a wider definition than the usual one.",
            ),
        ),
    ],
)
def test_a_long_sentence_becomes_short_ones(text: str, parts: tuple[str, ...]) -> None:
    assert split_sentence(text) == parts


@pytest.mark.parametrize(
    "text",
    [
        # a denial, a doubt or a demand reaches on
        "The drug did not lower pain in men, over a median of 5 years.",
        "The drug may lower pain in men and women with gout, over a median of 5 years.",
        "For patients who cannot take the drug, a lower dose of 10 mg daily is the alternative.",
        "Treatment with the drug is advised, then slow tapering to a dose of 10 mg daily.",
        # the comma is one of a list
        "In men, women and children, the rate of all attacks of gout was the same.",
        # an insertion, no adjunct
        "Pain in children is as frequent as, or more frequent than, in adults with the same gout.",
        "In older women, particularly those with gout, weight was linked with more pain.",
        # the heading of a part of an abstract, no source
        "CONCLUSIONS: Among patients with gout, the drug was linked with less pain.",
        # no clause of its own
        "This shows that although safe, the drug was of little use to those with gout.",
        "The rate shows that although safe, it may be of little use to those with gout.",
        "The drug was of little use although safe, it was said by those with gout.",
        "Relapse meant pain above twice the usual score of ten, while still on treatment.",
        "Short and plain.",
        "",
    ],
)
def test_a_sentence_is_left_alone_where_a_cut_could_change_it(text: str) -> None:
    assert split_sentence(text) == (text,)
