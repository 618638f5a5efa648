"""Whether a sentence reads by itself: it points to nothing before it and tells more than what was
done."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from curbside.text.normalise import fold
from curbside.text.rules import Columns, load_rules

# "RESULTS AND CONCLUSION:", "Conclusions -", and what a cut leaves of one ("SIONS:")
_LABEL = re.compile(
    r"\s*(?:[A-Z][A-Z &/,'-]{2,60}[:.]\s+"
    r"|(?:Background|Objectives?|Aims?|Methods?|Results?|Findings?|Conclusions?|Interpretation|"
    r"Discussion|Summary)(?: and \w+)?\s*[:–—-]\s+"
    r"|(?:RESULTS?|FINDINGS|CONCLUSIONS?|INTERPRETATION|DISCUSSION)\s+(?=[A-Z]))+"
)

# "OBJECTIVES To carry out …", "PATIENTS AND METHODS: …", and not "METHODS AND RESULTS"
_METHODS_LABEL = re.compile(
    r"\s*(?:OBJECTIVES?|AIMS?|PURPOSE|DESIGN|SETTINGS?|SAMPLES?|PARTICIPANTS|PATIENTS|SUBJECTS"
    r"|INTERVENTIONS?|METHODS?|MATERIALS?|MEASUREMENTS?|(?:MAIN )?OUTCOME MEASURES?|DATA SOURCES?"
    r"|(?:STUDY|TRIAL) (?:DESIGN|SELECTION)|DATA EXTRACTION)"
    r"(?: AND (?!RESULTS|FINDINGS|CONCLUSIONS)[A-Z]+)?[:.]?\s+(?=[A-Z0-9][a-z0-9,. ])"
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
    opening = _patterns()["opening"].match(body)
    # "Same-day surgery" opens with another word
    return opening is not None and body[opening.end() : opening.end() + 1] != "-"


@lru_cache(maxsize=16384)
def is_only_method(sentence: str) -> bool:
    """Whether a sentence tells what was done or planned and nothing that was found, or stands
    under a label of the methods.

    >>> is_only_method("We searched MEDLINE and Embase from 1990.")
    True
    >>> is_only_method("Patients were randomised; mortality was lower with the drug.")
    False
    """
    folded = fold(body_of(sentence))
    patterns = _patterns()
    if _METHODS_LABEL.match(sentence) or patterns["plan"].search(folded):
        return True
    return bool(patterns["method"].search(folded)) and not patterns["finding"].search(folded)


def asks_for_methods(query: str) -> bool:
    """Whether a question asks how something was studied, so that methods answer it."""
    return bool(_patterns()["asks"].search(fold(query)))


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    columns = Columns(("name", "pattern"))
    rules = load_rules(
        "curbside.evidence.data",
        "standalone.toml",
        tables=dict.fromkeys(("opening", "method", "plan", "finding", "asks"), columns),
    )
    return {
        table: re.compile("|".join(f"(?:{row['pattern']})" for row in rows))
        for table, rows in rules.items()
    }
