"""What is never an answer, and what only looks like it."""

from __future__ import annotations

import pytest

from chooser_builders import hits_of
from curbside.answer.features import Candidate
from curbside.answer.sentences import PassageReader, ReadPassage
from curbside.answer.veto import Subject, Veto, subject_of, veto_of, without_animals
from curbside.index.passages import split_passages
from curbside.records import Digest, Document, Standing, Status, Vocabulary
from curbside.retrieve.understanding import understand
from index_builders import document


def asked(text: str) -> Subject:
    return subject_of(understand(text, vocabulary=Vocabulary(), word_frequencies={}))


def read(doc: Document) -> ReadPassage:
    return PassageReader().read(split_passages(doc)[0], doc)


def veto(question: str, text: str, title: str = "A study") -> Veto | None:
    doc = document("pmid:1", text, title=title)
    of = read(doc)
    return veto_of(asked(question), of.sentences[0], of, doc)


GOUT = "Is allopurinol safe in people with gout?"
CROHN = "Does azathioprine help in Crohn's disease?"


def test_a_subject_is_what_is_named_for_certain() -> None:
    subject = asked("Does stopping azathioprine harm people with Crohn's disease?")
    assert [each.name for each in subject.diseases] == ["crohn's disease"]
    assert [each.name for each in subject.drugs] == ["azathioprine"]
    assert len(subject.steps) == 1
    assert "stopping" in subject.steps[0]
    assert len(subject.opposite_steps) == 1
    assert "starting" in subject.opposite_steps[0]
    assert subject.is_of_people
    assert not asked("Does iron ease gout in mice?").is_of_people


def test_a_passage_about_another_disease_does_not_answer() -> None:
    assert veto(GOUT, "It was well tolerated by most with asthma.") is Veto.DISEASE
    # where the one asked about is named beside it, or none is, it may
    assert veto(GOUT, "It was well tolerated with asthma.", "Gout and asthma") is None
    assert veto(GOUT, "It was well tolerated by most adults.") is None


def test_a_passage_about_another_drug_does_not_answer() -> None:
    assert veto(GOUT, "Ibuprofen was well tolerated in gout.") is Veto.DRUG
    assert veto(GOUT, "Ibuprofen and allopurinol were well tolerated in gout.") is None
    assert veto(GOUT, "The drug was well tolerated in gout.") is None


def test_a_heading_above_or_below_passes() -> None:
    assert veto(CROHN, "It helps in inflammatory bowel disease.") is None
    assert veto("What helps in inflammatory bowel disease?", "It helps in Crohn's disease.") is None
    # beside it in the tree is another one
    assert veto(CROHN, "It helps in ulcerative colitis.") is Veto.DISEASE


def test_the_class_of_a_drug_passes() -> None:
    assert veto(CROHN, "Thiopurines help in Crohn's disease.") is None


def test_the_opposite_step_does_not_answer_unless_both_are_told_of() -> None:
    stopping = "Does stopping azathioprine harm in Crohn's disease?"
    assert veto(stopping, "Starting azathioprine harmed few people.") is Veto.STEP
    assert veto(stopping, "Stopping azathioprine harmed few people.") is None
    assert veto(stopping, "Starting harmed fewer than stopping azathioprine.") is None
    assert veto(CROHN, "Starting azathioprine harmed few people.") is None


@pytest.mark.parametrize(
    "line",
    ["9. Chou R, Clark E. Screening for gout in adults.", "Smith AB et al. Allopurinol in gout."],
)
def test_a_line_of_a_list_of_references_does_not_answer(line: str) -> None:
    doc = document("pmid:1", line)
    of = read(doc)
    found = {veto_of(asked(GOUT), sentence, of, doc) for sentence in of.sentences[:1]}
    assert found <= {Veto.REFERENCE, Veto.FRAGMENT}
    assert veto(GOUT, "Smith AB et al showed that allopurinol is safe in gout.") is Veto.REFERENCE


@pytest.mark.parametrize(
    "text", ["Allopurinol in gout.", "Allopurinol is safe in gout,", "Is allopurinol safe in gout?",
             "Allopurinol is safe in these:", "Allopurinol is safe in gout;"],
)  # fmt: skip
def test_a_fragment_and_a_question_do_not_answer(text: str) -> None:
    assert veto(GOUT, text) is Veto.FRAGMENT


def test_a_statement_of_a_digest_is_no_fragment() -> None:
    doc = document("digest:1", "Allopurinol: safe.", digest=Digest("read", "by us", "ours"))
    of = read(doc)
    assert veto_of(asked(GOUT), of.sentences[0], of, doc) is None


def candidates_of(*documents: Document) -> list[Candidate]:
    return [
        Candidate(sentence, of, doc, Standing(Status.CURRENT), hit, 0)
        for doc, hit in zip(documents, hits_of(*documents), strict=True)
        for of in [read(doc)]
        for sentence in of.sentences
    ]


def test_animals_answer_for_people_only_where_nothing_else_is_left() -> None:
    mice = document("pmid:1", "Allopurinol was safe in mice with gout.")
    people = document("pmid:2", "Allopurinol was safe in gout.")
    both = document("pmid:3", "Unlike mice, patients with gout slept.")
    all_of_them = candidates_of(mice, people, both)
    assert without_animals(asked(GOUT), all_of_them) == all_of_them[1:]
    assert without_animals(asked(GOUT), all_of_them[:1]) == all_of_them[:1]
    # a question that does not ask of people is answered by either
    assert without_animals(asked("Is allopurinol safe?"), all_of_them) == all_of_them
