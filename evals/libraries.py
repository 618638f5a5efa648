"""Libraries to ask: one that is there, one made of the shared files, or a few documents in memory.

This is the one module that knows how a library is opened.
"""

from __future__ import annotations

import gzip
import json
import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from curbside.index.dense import DenseCodes, codes_of, read_codes, text_key, write_codes
from curbside.index.segments import Index
from curbside.models.minilm import MiniLM
from curbside.pipeline import Engine
from curbside.protocols import Embedder
from curbside.records import Document, Hit, Kind, Section, Source, Span, Standing, Status
from curbside.wiring.config import Settings, settings_at
from curbside.wiring.engine import engine_of
from curbside.wiring.library import add_paths
from curbside.wiring.opened import INDEX_FOLDER, Opened, open_library, opened, store_of

_AT: Final = "2000-01-01T00:00:00+00:00"
_SCALE: Final = 127
_KEPT_AFTER: Final = 4096
"""Vectors after which what was made is written."""
ALL: Final = (
    "bioasq/7b-10b_passages.jsonl.gz",
    "medquad/medquad_with_answers.jsonl.gz",
    "scifact/corpus.jsonl.gz",
    "evidence_inference/articles_title_abstract.jsonl.gz",
    "niddk_liver/niddk_liver.jsonl.gz",
    "aih_pubmed/aih_abstracts.jsonl",
    "check_covid/corpus.jsonl.gz",
    "pubmed_xml",
)
"""The shared files of the library "all", less the articles in full text."""
WITHIN: Final = (
    "medquad/medquad_with_answers.jsonl.gz",
    "scifact/corpus.jsonl.gz",
    "evidence_inference/articles_title_abstract.jsonl.gz",
)
"""The shared files of the library "within": whole abstracts; PubMedQA's are written for it."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A library that can be asked. `documents` reads them all; `dense` searches passages by the
    vector of a question (nothing without vectors)."""

    engine: Engine
    documents: Callable[[], Iterable[Document]]
    dense: Callable[[str, int], Sequence[Hit]]
    encoder: Embedder


def shared_folder() -> Path | None:
    """The shared data: `CURBSIDE_SHARED`, else the folder `shared` beside the checkout."""
    named = os.environ.get("CURBSIDE_SHARED")
    beside = Path(__file__).resolve().parents[2] / "shared"
    folders = (Path(named) if named else None, beside)
    return next((each / "data" for each in folders if each and (each / "data").is_dir()), None)


def rows_of(path: Path) -> Iterator[dict[str, Any]]:
    """The objects of JSON Lines, packed or not."""
    # Any: a row is whatever JSON the data set's authors wrote
    data = path.read_bytes()
    text = (gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data).decode()
    # a text may hold other signs that end a line to Python (U+2028, U+0085)
    return (json.loads(line) for line in text.split("\n") if line.strip())


def open_home(home: Path) -> Asked:
    """A library that `curbside add` made."""
    encoder = MiniLM()
    store = store_of(home, settings_at(home).database)
    here = opened(home, store)
    return _asked(here, encoder, store.searched)


def open_bundled() -> Asked:
    """What answers where no library was made."""
    here = open_library(Settings(home=None))
    encoder = MiniLM()
    library: Any = here.library  # Any: only the bundled library lists its documents
    return _asked(here, encoder, library.documents)


def make_home(
    home: Path,
    files: Sequence[Path],
    *,
    vectors: Iterable[Path] = (),
    progress: Callable[[str], None],
) -> None:
    """Make a library as `curbside add` does and embed every passage; go on where it was left.

    Args:
        home: the folder of the library.
        files: what is added; one that does not exist is left out.
        vectors: index folders of other libraries, whose vectors of the same texts are taken.
        progress: is told what is done.
    """
    there = [path for path in files if path.exists()]
    report = add_paths(home, there, at=_AT, progress=lambda _: None, embedded=0)
    progress(f"{home.name}: {report.documents} documents, {report.passages} passages")
    kept = KeptVectors(codes_in([*vectors, home / INDEX_FOLDER]))
    store = store_of(home, settings_at(home).database)
    index = opened(home, store).index
    index.embed_pending(kept, progress=lambda done: progress(f"{home.name}: {done} embedded"))
    store.close()


def memory_library(
    documents: Sequence[Document], *, encoder: Embedder | None, named: MiniLM | None = None
) -> Asked:
    """A library in memory; without an encoder of its passages it is searched by words alone."""
    index = Index(None)
    index.add(documents)
    index.commit()
    if encoder is not None:
        index.embed_pending(encoder)
    here = Opened(
        library=Shelf({each.doc_id: each for each in documents}),
        index=index,
        documents=len(documents),
        by_kind=Counter(each.kind for each in documents),
        digests=0,
        contents="memory",
        checked_to="2000-01-01",
    )
    return _asked(here, named or MiniLM(), lambda: documents)


@dataclass(frozen=True, slots=True)
class Shelf:
    """A `Library` of documents whose standing nobody checked."""

    held: Mapping[str, Document]

    def document(self, doc_id: str) -> tuple[Document, Standing] | None:
        """The document; None if it is not here."""
        document = self.held.get(doc_id)
        return None if document is None else (document, Standing(Status.UNKNOWN))


class KeptVectors:
    """An `Embedder` that makes the vector of a text once: it knows those of earlier runs.

    Args:
        parts: codes by the key of their text.
        folder: where what is made now is kept as well, by `keep`; None for nowhere.
    """

    def __init__(self, parts: Sequence[DenseCodes], *, folder: Path | None = None) -> None:
        self._model = MiniLM(threads=2)
        self._folder = folder
        if folder is not None and (folder / "kept.keys.npy").exists():
            parts = [*parts, read_codes(folder, "kept")]
        self._rows = {
            key: part.codes[row] for part in parts for row, key in enumerate(part.keys.tolist())
        }
        self._made: dict[str, NDArray[np.float32]] = {}
        self._next = _KEPT_AFTER

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """See `protocols.Embedder`; a known text's vector is that of its code."""
        keys = [text_key(text) for text in texts]
        missing = [at for at, key in enumerate(keys) if key.encode() not in self._rows]
        made = iter(self._model.embed([texts[at] for at in missing]))
        new = {at: next(made) for at in missing}
        self._made |= {keys[at]: vector for at, vector in new.items()}
        if len(self._made) >= self._next:
            # a run that is killed is not begun anew
            self.keep()
            self._next = len(self._made) + _KEPT_AFTER
        rows = [
            new[at] if at in new else self._rows[key.encode()].astype(np.float32) / _SCALE
            for at, key in enumerate(keys)
        ]
        return np.array(rows, dtype=np.float32)

    def keep(self) -> None:
        """Write all that is known into the folder, if any was made."""
        if self._folder is None or not self._made:
            return
        vectors = {key.decode(): row.astype(np.float32) / _SCALE for key, row in self._rows.items()}
        vectors |= self._made
        write_codes(self._folder, "kept", codes_of(list(vectors), np.array(list(vectors.values()))))


def codes_in(folders: Iterable[Path]) -> list[DenseCodes]:
    """The codes that lie in index folders."""
    return [
        read_codes(file.parent, file.name.removesuffix(".keys.npy"))
        for folder in folders
        for file in sorted((folder / "dense").glob("*.keys.npy"))
    ]


def a_document(doc_id: str, title: str, text: str, *, kind: Kind = Kind.ARTICLE) -> Document:
    """A document of one section, for collections that are ranked and not quoted."""
    sections = (Section("ABSTRACT", Span(0, len(text)), "Abstract"),) if text else ()
    return Document(doc_id, title, text, kind, sections, Source(), text_key(text)[:12])


def _asked(here: Opened, encoder: MiniLM, documents: Callable[[], Iterable[Document]]) -> Asked:
    def dense(text: str, k: int) -> Sequence[Hit]:
        if not here.embedded:
            return ()
        (vector,) = encoder.embed([text])
        return here.index.search_dense(vector, k=k)

    return Asked(engine_of(here, encoder), documents, dense, encoder)
