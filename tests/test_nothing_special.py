"""The same evidence about another disease gives the same page: nothing knows the first one."""

from __future__ import annotations

import re
from dataclasses import replace
from importlib.resources import files

import pytest

from chooser_builders import a_chooser_of
from curbside.index.bundled import bundled_codes
from curbside.index.segments import memory_index
from curbside.ingest.digest import read_digests, standing_of_digest
from curbside.ingest.topics import bundled_topics
from curbside.pipeline import Engine, LibraryFacts, answer
from curbside.records import Answer, Document, Question, Standing, Vocabulary
from curbside.retrieve.hybrid import HybridRetriever
from founding import QUESTION

# one word for one word, of the same kind and none of them anywhere in the package's own rules
RENAMED = {
    "autoimmune hepatitis": "zorbine gastritis",
    "autoimmune chronic active hepatitis": "zorbine chronic active gastritis",
    "azathioprine": "leflunomide",
    "imuran": "arava",
    "transaminases": "phospholases",
    "transaminase": "phospholase",
    "aminotransferases": "phosphopeptases",
    "aminotransferase": "phosphopeptase",
    "aih": "zog",
    "alt": "ldh",
    "ast": "cpk",
    "igg": "crp",
    "plasma cells": "mast cells",
    "plasma-cell": "mast-cell",
    "another autoimmune disease": "another zorbine disease",
    "autoimmune": "zorbine",
    "immunoglobulin": "haptoglobulin",
    "trigger": "insult",
}
_WORDS = re.compile(
    r"(?<![\w])(" + "|".join(sorted(map(re.escape, RENAMED), key=len, reverse=True)) + r")(?![\w])",
    re.IGNORECASE,
)


def rename(text: str) -> str:
    """The text with every word of the table replaced, its capitals kept in kind."""

    def swap(match: re.Match[str]) -> str:
        new = RENAMED[match[0].lower()]
        if match[0].isupper() or match[0] == "IgG":
            return new.upper()
        return new[0].upper() + new[1:] if match[0][0].isupper() else new

    return _WORDS.sub(swap, text)


class Shelf:
    """A library of digests."""

    def __init__(self, documents: list[Document]) -> None:
        self._held = {d.doc_id: (d, standing_of_digest(d)) for d in documents}

    def document(self, doc_id: str) -> tuple[Document, Standing] | None:
        return self._held.get(doc_id)


def engine_of(documents: list[Document], vocabulary: Vocabulary) -> Engine:
    """An engine that searches by words alone: vectors know the words that were replaced. The
    documents are those of every page of the vocabulary."""
    index = memory_index(documents, codes=bundled_codes())

    def by_words(question: Question, k: int):  # type: ignore[no-untyped-def]
        return index.search_lexical(question, k=k)

    return Engine(
        library=Shelf(documents),
        retriever=HybridRetriever(by_words, lambda _, __: ()),
        chooser=a_chooser_of(index),
        topic_documents={
            page: tuple(document.doc_id for document in documents) for page in vocabulary.pages
        },
        vocabulary=vocabulary,
        word_frequencies=index.word_frequencies(),
        facts=LibraryFacts("test", len(documents), index.passages(), ("words",), (), "2026-11-01"),
    )


@pytest.fixture(scope="module")
def pages() -> tuple[Answer, Answer]:
    (topic,) = bundled_topics()
    text = files("curbside.topics.aih_withdrawal").joinpath("evidence.jsonl").read_text("utf-8")
    here = list(read_digests(text.splitlines(), path="here", retrieved_at=None))
    there = list(read_digests(rename(text).splitlines(), path="there", retrieved_at=None))
    vocabulary = Vocabulary(
        tuple(
            replace(
                entry,
                name=rename(entry.name),
                terms=tuple(map(rename, entry.terms)),
                opposite=rename(entry.opposite) if entry.opposite else None,
                asked_as=tuple(map(rename, entry.asked_as)),
            )
            for entry in topic.vocabulary.entries
        ),
        tuple(map(rename, topic.vocabulary.pages)),
    )
    at = "2026-11-23T12:00:00+00:00"
    return (
        answer(QUESTION, engine=engine_of(here, topic.vocabulary), at=at),
        answer(rename(QUESTION), engine=engine_of(there, vocabulary), at=at),
    )


def test_the_renamed_question_is_the_page_of_the_renamed_disease(
    pages: tuple[Answer, Answer],
) -> None:
    assert pages[1].question.title == (
        "What are the predictors of relapse of zorbine gastritis after discontinuing leflunomide "
        "(Arava)?"
    )


def test_the_renamed_factors_stand_in_the_same_lists(pages: tuple[Answer, Answer]) -> None:
    def lists(page: Answer, name) -> list[tuple[str, str, int, int]]:  # type: ignore[no-untyped-def]
        return sorted(
            (f.verdict.value, name(f.name).lower(), len(f.supporting), len(f.opposing))
            for f in page.factors
        )

    assert lists(pages[1], str) == lists(pages[0], rename)


def test_the_renamed_page_opens_with_the_same_sentences(pages: tuple[Answer, Answer]) -> None:
    def bottom_line(page: Answer) -> list[str]:
        text = {claim.claim_id: claim.text for claim in page.claims}
        return [text[claim_id] for claim_id in page.bottom_line]

    assert bottom_line(pages[1]) == [rename(text) for text in bottom_line(pages[0])]


def test_the_renamed_page_has_the_same_headings(pages: tuple[Answer, Answer]) -> None:
    def headings(page: Answer) -> list[str]:
        return [f"{x.lane}: {s.heading}" for x in page.lanes for s in x.sections]

    assert headings(pages[1]) == [rename(heading) for heading in headings(pages[0])]
