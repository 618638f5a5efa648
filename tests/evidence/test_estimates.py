from __future__ import annotations

import pytest

from curbside.evidence.estimates import with_estimates
from curbside.records import Direction, Finding, Mention, Span


def mention(sentence: str, words: str) -> Mention:
    start = sentence.index(words)
    return Mention(words, Span(start, start + len(words)))


def finding(sentence: str, words: str) -> Finding:
    return Finding(
        words,
        Direction.RAISES,
        factor=mention(sentence, words),
        outcome=mention(sentence, "relapse"),
    )


def points(sentence: str, *factors: str) -> list[float | None]:
    found = with_estimates(sentence, [finding(sentence, words) for words in factors])
    return [each.effect.point if each.effect else None for each in found]


@pytest.mark.parametrize(
    ("sentence", "factors", "expected"),
    [
        (
            "Raised urate (OR 2.1, 95% CI 1.2-3.7) and younger age (OR 1.4, 95% CI 1.1-1.8)"
            " predicted relapse.",
            ("Raised urate", "younger age"),
            [2.1, 1.4],
        ),
        # the one estimate stands beside age and says nothing of urate
        (
            "Raised urate and younger age (OR 1.4, 95% CI 1.1-1.8) predicted relapse.",
            ("Raised urate", "younger age"),
            [None, 1.4],
        ),
        (
            "Raised urate and younger age predicted relapse (OR 1.4, 95% CI 1.1-1.8).",
            ("Raised urate", "younger age"),
            [1.4, 1.4],
        ),
        (
            "Raised urate and younger age predicted relapse (HRs 2.1 (1.2-3.7) and 1.4 (1.1-1.8),"
            " respectively).",
            ("Raised urate", "younger age"),
            [2.1, 1.4],
        ),
        # three estimates for two factors: nothing says whose they are
        (
            "Urate and age predicted relapse (HRs 2.1 (1.2-3.7), 1.4 (1.1-1.8) and 1.3 (1.1-1.6)).",
            ("Urate", "age"),
            [None, None],
        ),
        (
            "The risk of relapse was higher with raised urate (HR 2.1, 95% CI 1.2-3.7).",
            ("raised urate",),
            [2.1],
        ),
        ("Urate predicted relapse.", ("Urate",), [None]),
    ],
)
def test_a_factor_gets_the_estimate_that_the_sentence_prints_for_it(
    sentence: str, factors: tuple[str, ...], expected: list[float | None]
) -> None:
    assert points(sentence, *factors) == expected


def test_a_finding_about_every_factor_takes_the_only_estimate() -> None:
    blanket = Finding("", Direction.NONE)
    (found,) = with_estimates("No factor predicted relapse (OR 1.1, 95% CI 0.9-1.3).", [blanket])
    assert found.effect is not None
    assert (found.effect.measure, found.effect.point, found.effect.level) == ("OR", 1.1, 95.0)
