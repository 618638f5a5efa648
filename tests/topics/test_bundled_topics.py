"""The topics that ship: what they hold and what they must not claim."""

from __future__ import annotations

import pytest

from curbside.ingest.topics import bundled_topics
from curbside.records import Kind, Role, Status
from shared_data import needs_shared, shared


def test_the_first_topic_ships_sixty_digests_with_two_hundred_and_sixty_two_statements() -> None:
    (topic,) = bundled_topics()
    assert (topic.name, topic.compiled_at) == ("aih_withdrawal", "2026-11-01")
    assert len(topic.documents) == 60
    assert sum(len(document.sections) for document in topic.documents) == 262
    assert len({document.doc_id for document in topic.documents}) == 60
    assert all(document.digest is not None for document in topic.documents)


def test_every_statement_is_a_section_of_its_document() -> None:
    (topic,) = bundled_topics()
    for document in topic.documents:
        lines = [section.span.of(document.text) for section in document.sections]
        assert "\n".join(lines) == document.text


def test_every_guideline_and_label_names_who_issued_it() -> None:
    (topic,) = bundled_topics()
    issued = [d for d in topic.documents if d.kind in (Kind.GUIDELINE, Kind.LABEL)]
    assert [d.doc_id for d in issued if not d.source.organisation] == []


def test_a_digest_is_superseded_by_a_digest_of_its_topic_or_of_unknown_standing() -> None:
    (topic,) = bundled_topics()
    here = {document.doc_id for document in topic.documents}
    for standing in topic.standings:
        assert standing.status in (Status.SUPERSEDED, Status.UNKNOWN)
        assert standing.checked_at is None
        assert set(standing.by) <= here


def test_no_wording_of_the_vocabulary_stands_for_two_things() -> None:
    (topic,) = bundled_topics()
    terms = [term.lower() for entry in topic.vocabulary.entries for term in entry.terms]
    assert sorted({term for term in terms if terms.count(term) > 1}) == []
    assert all(
        entry.role in (Role.CONDITION, Role.OUTCOME, Role.FACTOR)
        for entry in topic.vocabulary.entries
    )


@pytest.mark.data
@needs_shared
def test_the_evidence_is_the_one_that_was_written_for_the_project() -> None:
    written = shared("topics", "aih-withdrawal", "evidence.jsonl").read_text("utf-8")
    (topic,) = bundled_topics()
    from importlib.resources import files

    packaged = files("curbside.topics.aih_withdrawal").joinpath("evidence.jsonl")
    assert packaged.read_text("utf-8") == written
    assert len(written.splitlines()) == len(topic.documents)
