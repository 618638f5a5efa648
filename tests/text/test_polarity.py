from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curbside.records import Span
from curbside.text.polarity import (
    Cue,
    CueKind,
    DirectionCue,
    Strength,
    direction_cues,
    find_cues,
    is_negated,
    strength_of,
)

# a sentence, and each negation's words with what they deny
NEGATIONS = [
    ("No rash, but fever occurred.", [("No", "No rash")]),
    ("Relapse was not observed in patients with low IgG.",
     [("not observed", "Relapse was not observed in patients with low IgG")]),
    ("In the second group, relapse was not seen.", [("not seen", "relapse was not seen")]),
    ("Patients without cirrhosis had lower mortality.", [("without", "without cirrhosis")]),
    ("In the absence of fever, relapse was common.",
     [("In the absence of", "In the absence of fever")]),
    ("It healed without fever, rash, or jaundice, and nobody died.",
     [("without", "without fever, rash, or jaundice"), ("nobody", "nobody died")]),
    ("Age was not associated with relapse, and IgG predicted relapse.",
     [("not", "not associated with relapse")]),
    ("Age was not associated with sex, weight, and height.",
     [("not", "not associated with sex, weight, and height")]),
    ("Neither age nor sex mattered.",
     [("Neither", "Neither age nor sex mattered"), ("nor", "nor sex mattered")]),
    ("Patients who did not relapse had higher titres.", [("not", "not relapse")]),
    ("There was no increase in mortality.", [("no increase", "no increase")]),
    ("Mortality did not differ between groups.", [("not differ", "not differ")]),
    ("Aspirin failed to prevent stroke; statins prevented it.",
     [("failed to", "failed to prevent stroke")]),
    ("She chose surgery rather than radiation, which helped.",
     [("rather than", "rather than radiation")]),
    ("Infection was ruled out before treatment.", [("was ruled out", "Infection was ruled out")]),
    ("The drug doesn’t help.", [("doesn’t", "doesn’t help")]),
    ("It was never stopped although it harmed.", [("never", "never stopped")]),
    ("Not only age but also sex mattered.", []),
    ("No more than 3 doses were given.", []),
    ("It was given with or without food.", []),
    ("Side effects were not uncommon.", []),
    ("Recurrence cannot be excluded.", []),
    ("CT was done to rule out bleeding.", []),
    ("Notable nodes were normal.", []),
]  # fmt: skip


@pytest.mark.parametrize(("sentence", "expected"), NEGATIONS)
def test_a_negation_reaches_to_the_end_of_its_clause_or_phrase(
    sentence: str, expected: list[tuple[str, str]]
) -> None:
    found = [
        (cue.text, cue.scope.of(sentence))
        for cue in find_cues(sentence)
        if cue.kind is CueKind.NEGATION
    ]
    assert found == expected


def test_a_cue_says_its_kind_its_place_and_its_scope() -> None:
    assert find_cues("Fever may occur; stopping should be avoided.") == (
        Cue(CueKind.HEDGE, "may", Span(6, 9), Span(6, 15)),
        Cue(CueKind.OBLIGATION, "should", Span(26, 32), Span(17, 43)),
        Cue(CueKind.OBLIGATION, "be avoided", Span(33, 43), Span(17, 43)),
    )


@pytest.mark.parametrize(
    ("sentence", "word", "expected"),
    [
        ("Relapse was not observed.", "Relapse", True),
        ("No patient with cirrhosis relapsed.", "relapsed", True),
        ("Patients without cirrhosis relapsed, and 3 died.", "died", False),
        ("There was no increase in mortality.", "increase", True),
        ("There was no increase in mortality.", "mortality", False),
        ("Not only age but also sex mattered.", "sex", False),
        ("Patients who did not relapse had higher titres.", "higher", False),
    ],
)
def test_a_word_is_negated_where_a_negation_reaches_it(
    sentence: str, word: str, expected: bool
) -> None:
    start = sentence.index(word)
    assert is_negated(sentence, Span(start, start + len(word))) is expected


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Relapse occurred in 60%.", Strength.ASSERTED),
        ("Relapse may occur.", Strength.POSSIBLE),
        ("May cause drowsiness.", Strength.POSSIBLE),
        ("In May 2010 we asked 20 patients.", Strength.ASSERTED),
        ("The mechanism is unclear.", Strength.POSSIBLE),
        ("Recurrence cannot be excluded.", Strength.POSSIBLE),
        ("These data suggest a benefit.", Strength.SUGGESTED),
        ("The effect appears to last.", Strength.SUGGESTED),
        ("Biopsy should be considered.", Strength.SUGGESTED),
        ("Biopsy may be considered.", Strength.POSSIBLE),
        ("Consider a biopsy.", Strength.SUGGESTED),
        ("We recommend a biopsy.", Strength.ADVISED),
        ("Treatment should not be stopped.", Strength.ADVISED),
        ("It may cause harm and should be avoided.", Strength.ADVISED),
        ("Treatment must be continued.", Strength.REQUIRED),
        ("The drug is contraindicated in pregnancy.", Strength.REQUIRED),
        ("Biopsy is not required.", Strength.ASSERTED),
        ("Ventilation was required in 5 patients.", Strength.ASSERTED),
        ("They were more likely to relapse.", Strength.ASSERTED),
        ("They could not be found.", Strength.ASSERTED),
        ("The results may suggest a benefit.", Strength.POSSIBLE),
    ],
)
def test_a_sentence_is_as_strong_as_its_wording(sentence: str, expected: Strength) -> None:
    assert strength_of(sentence) is expected


def test_strengths_are_ordered_from_guess_to_demand() -> None:
    assert [strength.name for strength in sorted(Strength)] == [
        "POSSIBLE",
        "SUGGESTED",
        "ASSERTED",
        "ADVISED",
        "REQUIRED",
    ]


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("BMI was similar, LDL was reduced, and HDL was elevated.",
         [("similar", 0), ("reduced", -1), ("elevated", 1)]),
        ("The risk was not increased with aspirin but was higher with ibuprofen.",
         [("increased", 0), ("higher", 1)]),
        ("The risk was not significantly higher.", [("higher", 0)]),
        ("Mortality did not significantly differ.", [("not significantly differ", 0)]),
        ("There was no significant difference in pain.", [("no significant difference", 0)]),
        ("Women were less likely to relapse.", [("less likely", -1)]),
        ("Less than 5% had more than 3 ulcers of the lower limb.", []),
        ("Nevertheless, lower-dose aspirin is sold.", []),
        ("Patients who did not relapse had higher titres.", [("higher", 1)]),
        ("Fewer patients died, without an increase in bleeding.",
         [("Fewer", -1), ("increase", 0)]),
    ],
)  # fmt: skip
def test_words_of_change_carry_their_sense_and_lose_it_when_denied(
    sentence: str, expected: list[tuple[str, int]]
) -> None:
    assert [(cue.text, cue.sense) for cue in direction_cues(sentence)] == expected


def test_a_word_of_change_says_where_it_stands() -> None:
    assert direction_cues("It rose.") == (DirectionCue("rose", Span(3, 7), 1),)


_WORDS = st.lists(
    st.sampled_from(
        ["no", "not", "without", "fever", ",", "or", "and", "but", "may", "should", "was", "who",
         "lower", "ruled", "out", "neither", "nor", "differ", ";", "3", "İ"]
    ),
    max_size=14,
).map(" ".join)  # fmt: skip


@given(_WORDS | st.text(max_size=60))
def test_every_cue_stands_at_its_span_inside_its_scope(sentence: str) -> None:
    cues = find_cues(sentence)
    assert all(cue.span.of(sentence) == cue.text for cue in cues)
    assert all(cue.scope.contains(cue.span) for cue in cues)
    assert all(cue.scope.end <= len(sentence) for cue in cues)
    assert [cue.span.start for cue in cues] == sorted(cue.span.start for cue in cues)
    assert all(cue.span.of(sentence) == cue.text for cue in direction_cues(sentence))
