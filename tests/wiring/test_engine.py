"""An engine is put together from the library of a person, else from the bundled topics."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from curbside.ingest.topics import bundled_topics
from curbside.records import Kind, Question, QuestionKind, Source, Standing
from curbside.store import open_store
from curbside.wiring.config import Settings
from curbside.wiring.engine import open_engine
from library_builders import NOT_CHECKED, document


def asked(words: str) -> Question:
    return Question(words, words, "slug", QuestionKind.GENERAL, (), words)


def a_digest_with_a_doi() -> tuple[str, str]:
    """doc_id and DOI of a bundled digest."""
    return next(
        (d.doc_id, d.source.doi)
        for topic in bundled_topics()
        for d in topic.documents
        if d.source.doi
    )


def test_without_a_library_the_bundled_topics_answer_and_nothing_is_written(
    tmp_path: Path,
) -> None:
    engine = open_engine(Settings(tmp_path / "home"))
    (topic, *_) = bundled_topics()
    first = topic.documents[0]
    assert engine.library.document(first.doc_id) == (first, topic.standings[0])
    assert engine.library.document("pmid:404") is None
    assert engine.facts.documents == sum(len(each.documents) for each in bundled_topics())
    assert engine.facts.searched == (
        f"lexical search of {engine.facts.passages:,} passages",
        f"dense search of {engine.facts.passages:,} passages",
    )
    assert engine.facts.models[0].startswith("all-MiniLM-L6-v2 int8 (model ")
    assert not (tmp_path / "home").exists()


def test_a_passage_is_found_by_words_and_by_meaning(tmp_path: Path) -> None:
    engine = open_engine(Settings(None))
    (topic, *_) = bundled_topics()
    sentence = topic.documents[0].sections[0].span.of(topic.documents[0].text)
    best = engine.retriever.retrieve(asked(sentence), k=5)[0]
    assert best.passage.text == sentence


def test_a_digest_whose_source_is_in_the_library_is_left_out_of_retrieval(tmp_path: Path) -> None:
    doc_id, doi = a_digest_with_a_doi()
    digest = next(d for t in bundled_topics() for d in t.documents if d.doc_id == doc_id)
    sentence = digest.sections[0].span.of(digest.text)
    primary = document(f"doi:{doi}", source=Source(doi=doi.upper()), kind=Kind.COHORT)
    store = open_store(tmp_path / "library.sqlite")
    store.put([(primary, NOT_CHECKED)], at="2026-01-01")
    store.close()
    engine = open_engine(Settings(tmp_path))
    hits = engine.retriever.retrieve(asked(sentence), k=400)
    assert doc_id not in {hit.passage.doc_id for hit in hits}
    assert len(hits) > 50
    # it can still be opened: an older answer may cite it
    assert engine.library.document(doc_id) == (digest, _standing(doc_id))


def _standing(doc_id: str) -> Standing:
    return next(
        standing
        for topic in bundled_topics()
        for each, standing in zip(topic.documents, topic.standings, strict=True)
        if each.doc_id == doc_id
    )


def test_an_engine_says_how_much_of_the_library_is_searched_by_meaning(tmp_path: Path) -> None:
    store = open_store(tmp_path / "library.sqlite")
    store.put([(document("pmid:1"), NOT_CHECKED)], at="2026-01-01")
    store.close()
    facts = open_engine(Settings(tmp_path)).facts
    assert facts.searched == (
        f"lexical search of {facts.passages:,} passages",
        f"dense search of {facts.passages - 1:,} of {facts.passages:,} passages",
    )


def test_the_bundled_topics_answer_without_a_database_or_an_xml_reader() -> None:
    code = (
        "import sys\n"
        "from curbside.wiring.config import Settings\n"
        "from curbside.wiring.engine import open_engine\n"
        "open_engine(Settings(None))\n"
        "print([n for n in ('sqlalchemy', 'alembic', 'lxml', 'zstandard') if n in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "[]\n"
