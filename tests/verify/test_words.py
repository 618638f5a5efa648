"""The word lists of the gates."""

import pytest

from curbside.verify.words import are_opposites, equal_wordings, frame_pattern, kept_words, spelt


@pytest.mark.parametrize(
    ("british", "american"),
    [
        ("haemorrhage", "hemorrhage"),
        ("oedema", "edema"),
        ("randomised", "randomized"),
        ("tumour", "tumor"),
        ("labelled", "labeled"),
        ("centre", "center"),
        ("normalisation", "normalization"),
        ("oesophageal", "esophageal"),
    ],
)
def test_two_spellings_of_a_word_meet(british: str, american: str) -> None:
    assert spelt(british) == spelt(american)


@pytest.mark.parametrize(
    ("one", "other"),
    [("more", "fewer"), ("younger", "older"), ("before", "after"), ("normal", "abnormal")],
)
def test_opposites_are_opposites_both_ways(one: str, other: str) -> None:
    assert (are_opposites(one, other), are_opposites(other, one)) == (True, True)
    assert not are_opposites(one, one)


def test_a_wording_names_its_class() -> None:
    pattern, names = equal_wordings()
    assert [names[m[0]] for m in pattern.finditer("a vs b compared with c")] == [
        "versus",
        "versus",
    ]


def test_an_opening_that_may_be_part_of_a_term_needs_its_comma() -> None:
    assert frame_pattern().match("overall survival was 5 years") is None
    assert frame_pattern().match("overall, survival was 5 years")[0] == "overall, "
    assert frame_pattern().match("we found that men died")[0] == "we found that "
    assert frame_pattern().match("however men died")[0] == "however "


def test_a_modal_is_kept_and_an_article_is_not() -> None:
    assert kept_words()["should"] == "modal"
    assert "the" not in kept_words()
