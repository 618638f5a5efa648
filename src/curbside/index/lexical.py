"""The lexical index: BM25 over passages with their titles, by tantivy.

Text is stemmed by `text.tokens`, so that index and query cannot drift apart, and a query is
built from terms, never parsed: what a user types is data.
"""

from __future__ import annotations

import json
import re
import shutil
import struct
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final, TypedDict

import tantivy

from curbside.errors import BusyError, LibraryError
from curbside.index.dense import text_key
from curbside.index.manifest import REBUILD
from curbside.index.passages import split_passages
from curbside.records import Document, Hit, Passage, Question, Span
from curbside.text.normalise import fold
from curbside.text.tokens import content_stems, stems_and_words

LEXICAL_RUN: Final = "bm25"
_TIE: Final = 0.1  # share of a concept's other wordings: they break ties and do not add up
_MOST_TERMS: Final = 24  # wordings of one concept that are searched
_EXPANDED: Final = 0.3
"""Weight of a concept's other wordings beside the user's own words."""
_KNOWN: Final = 4096  # passages kept as records: reading one from the index takes 15 µs
_HEAP: Final = 64_000_000  # bytes that the writer may fill before it writes a segment
_FOOTER_MAGIC: Final = 1337
_SEGMENT: Final = (".fast", ".fieldnorm", ".idx", ".pos", ".store", ".term")
_NAMES: Final = ("doc_id", "key")
_KEPT: Final = ("passage_id", "section", "title", "quote")


class IndexedPassage(TypedDict):
    """What the index holds of a passage; the fields are those of its schema.

    Making it is most of the work of indexing, and can be done in another process.
    """

    passage_id: bytes
    doc_id: str
    key: str
    section: bytes
    title: bytes
    quote: bytes
    start: int
    end: int
    text: str
    word: str


@dataclass(frozen=True, slots=True)
class Stored:
    """A passage as it lies in the index: `key` names its `embedded` text (see `text_key`)."""

    passage: Passage
    key: str
    embedded: str


class LexicalIndex:
    """Passages found by their words.

    Args:
        folder: where it lies; None keeps it in memory.

    Raises:
        LibraryError: it cannot be opened; says what to do.
    """

    def __init__(self, folder: Path | None) -> None:
        self._schema = _schema()
        self._folder = folder
        with self._explained():
            if folder is None:
                self._index = tantivy.Index(self._schema)
            else:
                folder.mkdir(parents=True, exist_ok=True)
                self._index = tantivy.Index(self._schema, path=str(folder))
            self._searcher = self._index.searcher()
        self._writer: tantivy.IndexWriter | None = None
        self._read: dict[tuple[int, int], tuple[str, Passage]] = {}
        self._added: set[str] = set()

    def put(self, doc_id: str, passages: Iterable[IndexedPassage]) -> None:
        """Put the passages of a document in, in place of those that are there; they are found
        after `commit`."""
        self.remove(doc_id)
        with self._explained():
            writer = self._open_writer()
            for passage in passages:
                # given the schema, it need not try what type each value has
                made = tantivy.Document.from_dict(dict(passage), self._schema)
                writer.add_document(made)
        self._added.add(doc_id)

    def remove(self, doc_id: str) -> None:
        """Take every passage of a document out, at the next `commit`."""
        # what is taken out weighs on until its segment is merged: not for nothing
        if doc_id in self._added or self._searcher.doc_freq("doc_id", doc_id):
            with self._explained():
                self._open_writer().delete_documents_by_term("doc_id", doc_id)

    def commit(self) -> None:
        """Make what was put and removed visible, whole; a killed run leaves the old state."""
        with self._explained():
            if self._writer is not None:
                self._writer.commit()
                self._writer.wait_merging_threads()
                self._writer = None
            self._index.reload()
            self._searcher = self._index.searcher()
        # an address means a passage only to the searcher that gave it
        self._read = {}
        self._added = set()

    def opstamp(self) -> int:
        """Counts what was ever put and removed and committed; higher after every commit that
        changed something."""
        return int(self._meta()["opstamp"])

    def dead(self) -> int:
        """Passages that were removed and still weigh in the ranking, until they are merged away."""
        segments = self._meta()["segments"]
        return sum(int((each["deletes"] or {}).get("num_deleted_docs", 0)) for each in segments)

    def faults(self) -> list[str]:
        """What is wrong with the files, a line each: every segment's file is there and has the
        checksum that tantivy wrote at its end."""
        if self._folder is None:
            return []
        faults = []
        for segment in self._meta()["segments"]:
            stem = self._folder / segment["segment_id"].replace("-", "")
            files = {stem.with_suffix(suffix) for suffix in _SEGMENT}
            files.update(self._folder.glob(f"{stem.name}.*.del"))
            faults += [f"{file}: {fault}" for file in sorted(files) if (fault := _fault(file))]
        return faults

    def _meta(self) -> dict[str, Any]:
        if self._folder is None:
            return {"opstamp": 0, "segments": []}
        with self._explained():
            meta: dict[str, Any] = json.loads((self._folder / "meta.json").read_bytes())
        return meta

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """Say what to do where tantivy fails; a damaged file makes it panic."""
        try:
            yield
        except (OSError, ValueError) as error:
            if "LockBusy" in str(error):
                raise BusyError(
                    "the library is being written to by another process; wait until it ends and"
                    " run the same command again"
                ) from error
            raise LibraryError(self._advice(error)) from error
        except BaseException as error:
            if type(error).__name__ != "PanicException":
                raise
            raise LibraryError(self._advice(error)) from error

    def _advice(self, error: BaseException) -> str:
        text = str(error).partition("\n")[0]
        if "writer was killed" in text and self._folder is not None:
            # tantivy does not say what stopped its thread
            is_full = shutil.disk_usage(self._folder).free < _HEAP
            text = "No space left" if is_full else text
        if re.search(r"No space left|os error 28|StorageFull", text):
            return f"the disk is full ({text}); free some space and run the same command again"
        if re.search(r"os error (?:13|30)\b|Permission|Read-only", text):
            return f"the index in {self._folder} cannot be written ({text}); allow writing to it"
        return f"the index in {self._folder} cannot be read or written ({text}); {REBUILD}"

    def search(self, question: Question, *, k: int) -> list[Hit]:
        """The best `k` passages by BM25, ties by passage_id; none for a question without words.

        Args:
            question: its words are searched, and beside them the other wordings of its concepts,
                of each the best.
            k: how many.
        """
        query = self._query(question)
        if query is None or k < 1:
            return []
        with self._explained():
            found = self._searcher.search(query, k)
            hits = [
                Hit(self._at(address)[1], float(score), LEXICAL_RUN)
                for score, address in found.hits
            ]
        return sorted(hits, key=lambda hit: (-hit.score, hit.passage.passage_id))

    def with_keys(self, keys: Iterable[str]) -> list[tuple[str, Passage]]:
        """The passages whose embedded text has one of the keys, each with its key, by id."""
        wanted = tuple(keys)
        query = self._any_of("key", wanted)
        if query is None:
            return []
        with self._explained():
            pairs = [self._at(address) for address in self._every(query, likely=len(wanted))]
        return sorted(pairs, key=lambda pair: pair[1].passage_id)

    def count_keys(self, keys: Iterable[str]) -> int:
        """How many passages `with_keys` would find."""
        query = self._any_of("key", keys)
        return 0 if query is None else self._count(query)

    def stored(self, keys: Iterable[str] | None = None) -> Iterator[Stored]:
        """Every passage whose embedded text has one of the keys (None: any), in no order."""
        for address in self._all() if keys is None else self._with_any("key", keys):
            document = self._searcher.doc(address)
            passage = _passage(document)
            title = _kept(document, "title")
            yield Stored(passage, _name(document, "key"), embedded_text(title, passage.text))

    def _with_any(self, field: str, values: Iterable[str]) -> Iterator[tantivy.DocAddress]:
        query = self._any_of(field, values)
        return self._every(query) if query is not None else iter(())

    def _all(self) -> Iterator[tantivy.DocAddress]:
        """Every passage. A search for all of millions would hold them all at once; without any
        that were removed they are simply counted through."""
        sizes = [int(segment["max_doc"]) for segment in self._meta()["segments"]]
        if self._folder is None or self.dead() or sum(sizes) != self._searcher.num_docs:
            yield from self._every(tantivy.Query.all_query())
            return
        for segment, size in enumerate(sizes):
            for number in range(size):
                yield tantivy.DocAddress(segment, number)

    def passages(self) -> int:
        """How many passages can be found."""
        return int(self._searcher.num_docs)

    def document_frequency(self, word: str) -> int:
        """How many passages hold a word as it is spelt, in upper or lower case."""
        return int(self._searcher.doc_freq("word", fold(word)))

    def stem_frequency(self, stem: str) -> int:
        """How many passages hold a stem, in their title or text."""
        return int(self._searcher.doc_freq("text", stem))

    def word_frequencies(self) -> Mapping[str, int]:
        """The words of the passages as they stand now; see `WordFrequencies`."""
        return WordFrequencies(self._searcher)

    def _at(self, address: tantivy.DocAddress) -> tuple[str, Passage]:
        """The passage at an address, after its key."""
        place = (address.segment_ord, address.doc)
        found = self._read.get(place)
        if found is None:
            document = self._searcher.doc(address)
            found = (_name(document, "key"), _passage(document))
            if len(self._read) >= _KNOWN:
                self._read = {}
            self._read[place] = found
        return found

    def _every(self, query: tantivy.Query, *, likely: int = 1) -> Iterator[tantivy.DocAddress]:
        """All that a query finds; searched once where there are no more than are `likely`."""
        found = self._searcher.search(query, likely)
        if (count := _count_of(found)) > likely:
            found = self._searcher.search(query, count)
        for _, address in found.hits:
            yield address

    def _count(self, query: tantivy.Query) -> int:
        return _count_of(self._searcher.search(query, 1))

    def _open_writer(self) -> tantivy.IndexWriter:
        if self._writer is None:
            # one thread: the same documents give the same segments
            self._writer = self._index.writer(_HEAP, 1)
        return self._writer

    def _query(self, question: Question) -> tantivy.Query | None:
        """Every word the user typed counts by itself, as in plain BM25; other wordings of a known
        concept only add to that, and weigh less."""
        asked = dict.fromkeys(content_stems(question.query))
        should = [self._all_of((stem,)) for stem in asked]
        for concept in question.concepts:
            wordings = dict.fromkeys(map(content_stems, concept.terms[:_MOST_TERMS]))
            others = [stems for stems in wordings if stems and not asked.keys() >= set(stems)]
            if others:
                queries = [self._all_of(stems) for stems in others]
                one = tantivy.Query.disjunction_max_query(queries, _TIE)
                should.append(tantivy.Query.boost_query(one, _EXPANDED))
        if not should:
            return None
        return tantivy.Query.boolean_query([(tantivy.Occur.Should, query) for query in should])

    def _all_of(self, stems: Sequence[str]) -> tantivy.Query:
        queries = [
            tantivy.Query.term_query(self._index.schema, "text", stem, index_option="freq")
            for stem in dict.fromkeys(stems)
        ]
        if len(queries) == 1:
            return queries[0]
        return tantivy.Query.boolean_query([(tantivy.Occur.Must, query) for query in queries])

    def _any_of(self, field: str, values: Iterable[str]) -> tantivy.Query | None:
        listed = sorted(values)
        return tantivy.Query.term_set_query(self._index.schema, field, listed) if listed else None


def _count_of(found: tantivy.SearchResult) -> int:
    return int(found.count or 0)  # type: ignore[attr-defined]  # missing in tantivy's stub


class WordFrequencies(Mapping[str, int]):
    """Word (folded) -> number of passages that hold it; the list is read only when gone through."""

    def __init__(self, searcher: tantivy.Searcher) -> None:
        self._searcher = searcher

    def __getitem__(self, word: str) -> int:
        count = int(self._searcher.doc_freq("word", word))
        if not count:
            raise KeyError(word)
        return count

    def __iter__(self) -> Iterator[str]:
        return iter(self._all)

    def __len__(self) -> int:
        return len(self._all)

    @cached_property
    def _all(self) -> dict[str, int]:
        return dict(sorted(self._searcher.terms_with_prefix("word", "")))


def indexed_passages(document: Document) -> tuple[IndexedPassage, ...]:
    """The passages of a document as the index holds them."""
    stems_of_title, title = content_stems(document.title), document.title.encode()
    made = []
    for passage in split_passages(document):
        stems, words = stems_and_words(passage.text)
        made.append(
            IndexedPassage(
                passage_id=passage.passage_id.encode(),
                doc_id=passage.doc_id,
                key=text_key(embedded_text(document.title, passage.text)),
                section=passage.section.encode(),
                title=title,
                quote=passage.text.encode(),
                start=passage.span.start,
                end=passage.span.end,
                text=" ".join((*stems_of_title, *content_stems(passage.section), *stems)),
                # in any order: no position is kept
                word=" ".join(words),
            )
        )
    return tuple(made)


def embedded_text(title: str, text: str) -> str:
    """What is embedded: the title says what "treatment" and "patients" of a passage are."""
    return f"{title.rstrip('.')}. {text}" if title else text


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    for name in _NAMES:
        builder.add_text_field(name, stored=True, tokenizer_name="raw", index_option="basic")
    for name in _KEPT:
        # as bytes: a text field cannot be stored without being searched as well
        builder.add_bytes_field(name, stored=True, indexed=False)
    builder.add_unsigned_field("start", stored=True)
    builder.add_unsigned_field("end", stored=True)
    # title and text in one field: as two, their scores add up and nDCG@10 on SciFact's train
    # claims falls from .697 to .684
    builder.add_text_field("text", tokenizer_name="whitespace", index_option="freq")
    builder.add_text_field("word", tokenizer_name="whitespace", index_option="basic")
    return builder.build()


def _fault(file: Path) -> str | None:
    """What is wrong with a file of tantivy; None where nothing is.

    It ends with a footer: JSON that holds the CRC-32 of all before it, the length of that JSON
    and a magic number, four bytes each (tantivy 0.22 and later, src/directory/footer.rs).
    """
    try:
        size = file.stat().st_size
        with file.open("rb") as stream:
            stream.seek(max(0, size - 8))
            length, magic = struct.unpack("<II", stream.read(8))
            if magic != _FOOTER_MAGIC or length > size - 8:
                return "it is cut off or damaged"
            stream.seek(size - 8 - length)
            expected = json.loads(stream.read(length))["crc"]
            stream.seek(0)
            found, left = 0, size - 8 - length
            while left:
                data = stream.read(min(left, 1 << 20))
                if not data:
                    return "it is cut off"
                found, left = zlib.crc32(data, found), left - len(data)
    except (OSError, ValueError, KeyError, TypeError, struct.error) as error:
        return f"it cannot be read ({error})"
    return None if found == expected else "its checksum is another: it was changed or damaged"


def _passage(document: tantivy.Document) -> Passage:
    return Passage(
        passage_id=_kept(document, "passage_id"),
        doc_id=_name(document, "doc_id"),
        span=Span(int(document["start"][0]), int(document["end"][0])),
        section=_kept(document, "section"),
        text=_kept(document, "quote"),
        title=_kept(document, "title"),
    )


def _name(document: tantivy.Document, field: str) -> str:
    return str(document[field][0])


def _kept(document: tantivy.Document, field: str) -> str:
    return bytes(document[field][0]).decode()
