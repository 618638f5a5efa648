"""Whether a sentence reads by itself: it points to nothing before it."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from curbside.text.normalise import fold
from curbside.text.rules import Columns, Row, load_rules

# "RESULTS AND CONCLUSION:", "Conclusions -", and what a cut leaves of one ("SIONS:")
_LABEL = re.compile(
    r"\s*(?:[A-Z][A-Z &/,'-]{2,60}[:.]\s+"
    r"|(?:Background|Objectives?|Aims?|Methods?|Results?|Findings?|Conclusions?|Interpretation|"
    r"Discussion|Summary)(?: and \w+)?\s*[:–—-]\s+"
    r"|(?:RESULTS?|FINDINGS|CONCLUSIONS?|INTERPRETATION|DISCUSSION)\s+(?=[A-Z]))+"
)


def body_of(sentence: str) -> str:
    """A sentence without the section label that it opens with.

    >>> body_of("CONCLUSIONS: Iron helps.")
    'Iron helps.'
    """
    label = _LABEL.match(sentence)
    return sentence[label.end() :] if label else sentence


@lru_cache(maxsize=16384)
def is_dangling(sentence: str) -> bool:
    """Whether a sentence opens with a word whose antecedent stands before it ("These",
    "However", "Both groups"). The rules are data/standalone.toml.

    >>> is_dangling("RESULTS: In both groups pain fell."), is_dangling("Most adults recover.")
    (True, False)
    """
    body = fold(body_of(sentence)).lstrip()
    opening = _pattern("opening").match(body)
    # "Same-day surgery" opens with another word
    return opening is not None and body[opening.end() : opening.end() + 1] != "-"


@cache
def _pattern(table: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{row['pattern']})" for row in _rules()[table]))


@cache
def _rules() -> dict[str, tuple[Row, ...]]:
    columns = Columns(("name", "pattern"))
    return load_rules(
        "curbside.answer.data",
        "standalone.toml",
        tables={"opening": columns},
    )
