"""Curbside is asked as a user asks it, and what is taken out of its library is gone."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tiny_library import tiny_documents

from builders import a_claim, an_answer, an_evidence
from curbside.models.minilm import MiniLM
from evals.items import names_of
from evals.libraries import Asked, memory_library
from evals.product import Curbside, bottom_line_of, top_score

QUESTION = "Does zinc shorten the common cold?"


@pytest.fixture(scope="module")
def library() -> Asked:
    return memory_library(tiny_documents(), encoder=MiniLM())


def test_the_bottom_line_is_said_with_its_source(library: Asked) -> None:
    said = Curbside(library.engine).ask(QUESTION)
    assert [(each.text, each.title) for each in said.sentences] == [
        (
            "Zinc lozenges begun within a day shorten the common cold in adults.",
            "Zinc lozenges for the common cold: a randomised trial",
        )
    ]
    assert said.sentences[0].names == {"file:abstracts:zinc-cold"}
    assert 0.3 < said.score <= 1.0
    assert said.ms > 0


def test_what_is_taken_out_is_never_said(library: Asked) -> None:
    gone = frozenset({"file:abstracts:zinc-cold"})
    said = Curbside(library.engine).ask(QUESTION, without=gone)
    assert said.sentences == ()
    assert said.score < 0.1
    # and only for that question
    assert Curbside(library.engine).ask(QUESTION).sentences != ()


def test_what_cannot_be_asked_is_not_answered(library: Asked) -> None:
    assert Curbside(library.engine).ask("").sentences == ()


def test_a_claim_in_our_own_words_is_judged_by_its_passage() -> None:
    evidence = an_evidence()
    page = replace(
        an_answer(),
        evidence=(evidence,),
        claims=(a_claim("C1", text="Three in five flare.", is_quoted=False),),
        bottom_line=("C1",),
    )
    (shown,) = bottom_line_of(page)
    assert shown.text == evidence.quote
    assert shown.names == names_of(evidence.doc_id, shown.title)


def test_the_score_of_an_answer_is_told_by_its_provenance_else_by_its_bottom_line() -> None:
    page = an_answer()
    assert top_score(page) == 1.0
    assert top_score(replace(page, bottom_line=())) == 0.0
    options = (*page.provenance.options, ("top_score", "0.37"))
    told = replace(page, provenance=replace(page.provenance, options=options))
    assert top_score(told) == 0.37
