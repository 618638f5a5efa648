"""Claims with one thing changed are blocked, claims with nothing changed pass: real sentences."""

import gzip
import json
import random
from collections.abc import Iterator

import pytest

from curbside.text.sentences import split_sentences
from evals.perturb import (
    Figures,
    KindFigure,
    Perturbation,
    Rewording,
    measure,
    perturbations,
    rewordings,
)
from shared_data import needs_shared, shared

SENTENCE = "Relapse was lower at 24 months in women than men (12% versus 30%, p < 0.05)."


def test_each_kind_of_change_is_made_once_and_each_changes_the_text() -> None:
    made = perturbations(SENTENCE + " It may help children with asthma.", seed=1)
    assert [p.kind for p in made] == [
        "digit",
        "unit",
        "sign",
        "negation",
        "direction",
        "arm",
        "modality",
        "qualifier",
    ]
    assert SENTENCE not in [p.text for p in made]
    assert len({p.text for p in made}) == len(made)


def test_the_same_seed_makes_the_same_changes() -> None:
    assert perturbations(SENTENCE, seed=5) == perturbations(SENTENCE, seed=5)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Pain fell.", ()),
        ("Pain fell by 5.", (Perturbation("digit", "Pain fell by 8."),)),
        (
            "Pain was gone.",
            (Perturbation("negation", "Pain was not gone."),),
        ),
        (
            "Pain did not change.",
            (Perturbation("negation", "Pain did change."),),
        ),
        ("Fewer fell.", ()),
        ("There were (< 3).", None),
    ],
)
def test_a_change_is_the_one_its_kind_names(
    text: str, expected: tuple[Perturbation, ...] | None
) -> None:
    made = perturbations(text, seed=1)
    if expected is None:
        assert Perturbation("sign", "There were (> 3).") in made
    else:
        assert made == expected


def test_two_arms_change_places_and_two_parts_of_one_value_do_not() -> None:
    assert [
        p.text for p in perturbations("Drug 40 versus dummy 20", seed=1) if p.kind == "arm"
    ] == ["Drug 20 versus dummy 40"]
    assert not [p for p in perturbations("The range: 1 to 3", seed=1) if p.kind == "arm"]


def test_a_rewording_says_the_same() -> None:
    assert rewordings("Fever fell by 5% in patients with gout over 24 months versus zinc.") == (
        Rewording("verbatim", "Fever fell by 5% in patients with gout over 24 months versus zinc."),
        Rewording(
            "percent", "Fever fell by 5 percent in patients with gout over 24 months versus zinc."
        ),
        Rewording("years", "Fever fell by 5% in patients with gout over 2 years versus zinc."),
        Rewording("versus", "Fever fell by 5% in patients with gout over 24 months vs zinc."),
        Rewording("people", "Fever fell by 5% in people with gout over 24 months versus zinc."),
    )


def test_a_clause_that_takes_something_back_is_not_trimmed() -> None:
    assert [r.kind for r in rewordings("Pain was less; fever rose.")] == ["verbatim", "trimmed"]
    assert [r.kind for r in rewordings("Pain was less; fever may rise.")] == ["verbatim"]


def test_figures_count_each_kind_and_keep_what_went_wrong() -> None:
    figures = measure(["Pain was gone.", "Fever was gone."], seed=1)
    assert figures == Figures(
        (KindFigure("negation", 2, 2),), (KindFigure("verbatim", 2, 0),), (), ()
    )
    assert (figures.block_rate, figures.refusal_rate) == (1.0, 0.0)


def test_without_a_sentence_the_rates_are_zero() -> None:
    figures = measure([], seed=1)
    assert figures == Figures((), (), (), ())
    assert (figures.block_rate, figures.refusal_rate) == (0.0, 0.0)


def abstracts() -> Iterator[str]:
    """Texts of four real sets, about equally many of each of the large ones."""
    with gzip.open(shared("data", "scifact", "corpus.jsonl.gz"), "rt", encoding="utf-8") as lines:
        for _, line in zip(range(1500), lines, strict=False):
            yield " ".join(json.loads(line)["abstract"])
    path = shared("data", "evidence_inference", "articles_title_abstract.jsonl.gz")
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for _, line in zip(range(1500), lines, strict=False):
            yield from (part["text"] for part in json.loads(line)["abstract"])
    path = shared("data", "aih_pubmed", "aih_abstracts.jsonl")
    yield from (json.loads(line)["abstract"] or "" for line in path.read_text("utf-8").splitlines())
    path = shared("data", "pubmedqa", "pqal_nontest_500.jsonl.gz")
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield " ".join(json.loads(line)["CONTEXTS"])


def sentences_of_abstracts(n: int, *, seed: int) -> list[str]:
    texts = sorted(text for text in abstracts() if text)
    chosen = random.Random(seed)
    chosen.shuffle(texts)
    found: list[str] = []
    for text in texts:
        held = [span.of(text) for span in split_sentences(text) if 40 < span.end - span.start < 400]
        if held:
            found.append(chosen.choice(held))
        if len(found) == n:
            break
    return found


def sentences_of_topic() -> list[str]:
    path = shared("topics", "aih-withdrawal", "evidence.jsonl")
    lines = path.read_text("utf-8").splitlines()
    return [said["text"] for line in lines for said in json.loads(line)["statements"]]


@needs_shared
@pytest.mark.data
def test_500_changed_claims_of_abstracts_are_blocked_and_unchanged_ones_pass() -> None:
    figures = measure(sentences_of_abstracts(570, seed=11), seed=11)
    assert sum(figure.n for figure in figures.perturbed) >= 500
    assert {figure.kind for figure in figures.perturbed} >= {"digit", "unit", "arm", "qualifier"}
    assert figures.block_rate >= 0.98, figures.passed
    assert figures.refusal_rate <= 0.02, figures.refused


@needs_shared
@pytest.mark.data
def test_changed_claims_of_the_topic_are_blocked_and_unchanged_ones_pass() -> None:
    figures = measure(sentences_of_topic(), seed=12)
    assert sum(figure.n for figure in figures.perturbed) >= 250
    assert figures.block_rate >= 0.98, figures.passed
    assert figures.refusal_rate <= 0.02, figures.refused
    # a share taken over many verbatim claims would hide the reworded ones
    reworded = [figure for figure in figures.untouched if figure.kind != "verbatim"]
    assert sum(f.blocked for f in reworded) <= 0.02 * sum(f.n for f in reworded), figures.refused
