from __future__ import annotations

import pytest

from curbside.ingest.pubmed import standing_of
from curbside.records import Document, Kind, Link, Source, Standing, Status


def document(*links: Link, types: tuple[str, ...] = (), title: str = "T") -> Document:
    return Document(
        doc_id="pmid:1",
        title=title,
        text="T",
        kind=Kind.ARTICLE,
        sections=(),
        source=Source(publication_types=types, links=links),
        revision="r",
        retrieved_at="2026-11-01",
    )


def test_a_record_that_says_nothing_is_unknown_and_unchecked() -> None:
    assert standing_of(document(Link("comment-in", "pmid:9"))) == Standing(Status.UNKNOWN)


@pytest.mark.parametrize(
    ("relation", "status"),
    [
        ("retraction-in", Status.RETRACTED),
        ("expression-of-concern-in", Status.CONCERN),
        ("update-in", Status.SUPERSEDED),
        ("superseded-by", Status.SUPERSEDED),
        ("erratum-in", Status.CORRECTED),
        ("corrected-and-republished-in", Status.CORRECTED),
        ("retraction-of", Status.UNKNOWN),
        ("retracted-article", Status.UNKNOWN),
        ("erratum-for", Status.UNKNOWN),
    ],
)
def test_a_link_to_what_came_later_sets_the_standing_and_a_notice_s_own_does_not(
    relation: str, status: Status
) -> None:
    expected = (
        Standing(status)
        if status is Status.UNKNOWN
        else Standing(status, ("pmid:2",), "2026-11-01")
    )
    assert standing_of(document(Link(relation, "pmid:2"))) == expected


def test_the_gravest_word_counts_and_names_only_its_own_notices() -> None:
    links = (
        Link("erratum-in", "pmid:2"),
        Link("retraction-in", "pmid:4"),
        Link("retraction-in", "pmid:3"),
    )
    assert standing_of(document(*links)) == Standing(
        Status.RETRACTED, ("pmid:3", "pmid:4"), "2026-11-01"
    )


@pytest.mark.parametrize("title", ["RETRACTED: Zinc", "[Retracted] Zinc", "Retracted Article: Z"])
def test_a_publication_type_or_a_title_can_say_it_without_a_link(title: str) -> None:
    retracted = Standing(Status.RETRACTED, (), "2026-11-01")
    assert standing_of(document(types=("Retracted Publication",))) == retracted
    assert standing_of(document(title=title)) == retracted


def test_a_title_about_retractions_is_not_retracted() -> None:
    assert standing_of(document(title="Retracted papers in medicine")).status is Status.UNKNOWN
