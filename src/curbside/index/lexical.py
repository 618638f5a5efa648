"""The lexical index: BM25 over passages and titles, by tantivy.

Text is stemmed by `text.tokens`, so that index and query cannot drift apart, and a query is
built from terms, never parsed: what a user types is data.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import tantivy

from curbside.errors import LibraryError
from curbside.index.dense import text_key
from curbside.records import Document, Hit, Passage, Question, Span
from curbside.text.tokens import content_stems

RUN = "bm25"
_TITLE = 0.6  # weight of a title's words: FINDINGS on TREC-COVID and BioASQ move by .06 with it
_MOST_TERMS = 24  # wordings of one concept that are searched
_HEAP = 64_000_000  # bytes: the least that tantivy's writer works well with


class LexicalIndex:
    """Passages found by their words.

    Args:
        folder: where it lies; None keeps it in memory.
    """

    def __init__(self, folder: Path | None) -> None:
        schema = _schema()
        try:
            if folder is None:
                self._index = tantivy.Index(schema)
            else:
                folder.mkdir(parents=True, exist_ok=True)
                self._index = tantivy.Index(schema, path=str(folder))
        except (OSError, ValueError) as error:
            raise LibraryError(
                f"the index in {folder} cannot be opened ({error}); remove that folder and add "
                "the sources again"
            ) from error
        self._writer: tantivy.IndexWriter | None = None

    def add(self, document: Document, passages: Iterable[Passage]) -> None:
        """Put a document's passages in; they are found after `commit`."""
        writer = self._open_writer()
        title = " ".join(content_stems(document.title))
        for passage in passages:
            writer.add_document(
                tantivy.Document(
                    passage_id=passage.passage_id,
                    doc_id=passage.doc_id,
                    key=text_key(embedded_text(document, passage)),
                    section=passage.section,
                    start=passage.span.start,
                    end=passage.span.end,
                    raw=passage.text.encode(),
                    title=title,
                    text=" ".join(content_stems(passage.text)),
                )
            )

    def remove(self, doc_id: str) -> None:
        """Take every passage of a document out, at the next `commit`."""
        self._open_writer().delete_documents("doc_id", doc_id)

    def commit(self) -> None:
        """Make what was added and removed visible, whole; a killed run leaves the old state."""
        if self._writer is not None:
            self._writer.commit()
            self._writer.wait_merging_threads()
            self._writer = None
        self._index.reload()

    def search(
        self, question: Question, *, k: int, excluded: frozenset[str] = frozenset()
    ) -> list[Hit]:
        """The best `k` passages by BM25, ties by passage_id; none for a question without words.

        Args:
            question: its words and the wordings of its concepts are searched; a concept counts
                once, by its best wording.
            k: how many.
            excluded: documents that are left out.
        """
        query = self._query(question)
        if query is None:
            return []
        searcher = self._index.searcher()
        found = searcher.search(query, limit=k + len(excluded)).hits
        hits = [Hit(_passage(searcher.doc(address)), float(score), RUN) for score, address in found]
        kept = [hit for hit in hits if hit.passage.doc_id not in excluded]
        return sorted(kept, key=lambda hit: (-hit.score, hit.passage.passage_id))[:k]

    def by_key(self, key: str) -> list[Passage]:
        """The passages of a text's key (see `dense.text_key`), by id; most texts have one."""
        searcher = self._index.searcher()
        query = tantivy.Query.term_query(self._index.schema, "key", key)
        found = [_passage(searcher.doc(address)) for _, address in searcher.search(query, 10).hits]
        return sorted(found, key=lambda passage: passage.passage_id)

    def passages(self) -> int:
        """How many passages can be found."""
        return int(self._index.searcher().num_docs)

    def document_frequency(self, word: str) -> int:
        """How many passages hold a word, by its stem."""
        stems = content_stems(word)
        if not stems:
            return 0
        return int(self._index.searcher().doc_freq("text", stems[0]))

    def _open_writer(self) -> tantivy.IndexWriter:
        if self._writer is None:
            try:
                # one thread: the same documents give the same segments
                self._writer = self._index.writer(_HEAP, 1)
            except ValueError as error:
                raise LibraryError(
                    f"the index is being written by another process ({error}); wait until it ends"
                ) from error
        return self._writer

    def _query(self, question: Question) -> tantivy.Query | None:
        should: list[tuple[tantivy.Occur, tantivy.Query]] = []
        told: set[str] = set()
        for concept in question.concepts:
            told |= set(content_stems(concept.surface))
            wordings = [
                query
                for term in (concept.surface, *concept.terms[:_MOST_TERMS])
                if (query := self._wording(content_stems(term))) is not None
            ]
            if wordings:
                should.append(
                    (tantivy.Occur.Should, tantivy.Query.disjunction_max_query(wordings, 0.1))
                )
        for stem in dict.fromkeys(content_stems(question.query)):
            if stem not in told and (query := self._wording((stem,))) is not None:
                should.append((tantivy.Occur.Should, query))
        return tantivy.Query.boolean_query(should) if should else None

    def _wording(self, stems: Sequence[str]) -> tantivy.Query | None:
        if not stems:
            return None
        occur = tantivy.Occur.Must if len(stems) > 1 else tantivy.Occur.Should
        return tantivy.Query.boolean_query(
            [(occur, self._anywhere(stem)) for stem in dict.fromkeys(stems)]
        )

    def _anywhere(self, stem: str) -> tantivy.Query:
        schema = self._index.schema
        in_title = tantivy.Query.term_query(schema, "title", stem)
        return tantivy.Query.boolean_query(
            [
                (tantivy.Occur.Should, tantivy.Query.term_query(schema, "text", stem)),
                (tantivy.Occur.Should, tantivy.Query.boost_query(in_title, _TITLE)),
            ]
        )


def embedded_text(document: Document, passage: Passage) -> str:
    """What is embedded: the title says what "treatment" and "patients" of a passage are."""
    return f"{document.title}. {passage.text}"


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("passage_id", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("doc_id", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("key", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("section", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_unsigned_field("start", stored=True)
    builder.add_unsigned_field("end", stored=True)
    builder.add_bytes_field("raw", stored=True, indexed=False)
    builder.add_text_field("title", tokenizer_name="whitespace", index_option="freq")
    builder.add_text_field("text", tokenizer_name="whitespace", index_option="freq")
    return builder.build()


def _passage(document: tantivy.Document) -> Passage:
    def first(name: str) -> str:
        return str(document.get_first(name))

    return Passage(
        passage_id=first("passage_id"),
        doc_id=first("doc_id"),
        span=Span(int(first("start")), int(first("end"))),
        section=first("section"),
        text=bytes(document.get_first("raw") or b"").decode(),
    )
