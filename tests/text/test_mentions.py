from __future__ import annotations

import pytest

from curbside.text.mentions import mentions


@pytest.mark.parametrize(
    ("text", "terms", "expected"),
    [
        ("Patients relapsed early.", ("relapse",), True),
        ("Relapsers were older.", ("relapse",), True),
        ("After vaccination", ("vaccine",), True),
        ("A cystic mass", ("cyst",), False),
        ("The time to first remission", ("time-to first remission",), True),
        ("An infection of the surgical site", ("surgical site infection",), True),
        ("An infection of the site", ("surgical site infection",), False),
        (
            "An infection of the deep and large surgical wound site",
            ("surgical site infection",),
            False,
        ),
        ("Anything", (), False),
    ],
)
def test_a_concept_is_mentioned_by_any_of_its_terms_as_whole_words(
    text: str, terms: tuple[str, ...], expected: bool
) -> None:
    assert mentions(text, terms) is expected


def test_signs_in_a_term_are_plain_characters() -> None:
    assert mentions("Grade (II) tumours", ("(ii)",)) is True
    assert mentions("Grade II tumours", ("(ii)",)) is False
