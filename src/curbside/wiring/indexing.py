"""Keeps the index of a library in step with its store, and knows when it is not.

The store is the truth. Beside the index lies a note of what went into it; what the note lacks is
added, what it has too much is taken out. A run that is killed leaves the old note, and the next
one does the rest: putting a document in twice is the same as once.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from curbside.codec.fingerprint import fingerprint_of
from curbside.errors import LibraryError
from curbside.index.bundled import bundled_codes
from curbside.index.segments import Index, open_index
from curbside.ingest.topics import Topic
from curbside.store import Store
from curbside.wiring.bundled import documents_of

_NOTE: Final = "contents.json"
_BATCH: Final = 200


@dataclass(frozen=True, slots=True)
class Note:
    """What is in the index.

    `fingerprint` is the store's when it was written, `topics` that of the bundled topics,
    `contents` what each document was, by doc_id.
    """

    fingerprint: str
    topics: str
    contents: Mapping[str, str]


_NOTHING: Final = Note("", "", {})


def in_step(
    folder: Path,
    store: Store,
    topics: tuple[Topic, ...],
    *,
    progress: Callable[[int], None] = lambda _: None,
) -> Index:
    """Open the index in `folder` as the store stands now, changing it only where it must.

    Args:
        folder: of the index; if it was removed it is built again.
        store: the documents.
        topics: the bundled ones; their documents are put into the store where it has others.
        progress: called with the number of documents done after every batch.

    Raises:
        LibraryError: it cannot be read or written.
    """
    note = _read(folder / _NOTE)
    bundled = fingerprint_of(documents_of(topics))
    if note.topics != bundled:
        for topic in topics:
            store.put(documents_of((topic,)), at=topic.compiled_at)
    # the bundled topics need no embedding: their codes come with the package
    index = open_index(folder, codes=bundled_codes())
    fingerprint = store.fingerprint()
    if (note.fingerprint, note.topics) == (fingerprint, bundled):
        return index
    contents = store.contents()
    gone = [doc_id for doc_id in note.contents if doc_id not in contents]
    new = [doc_id for doc_id, content in contents.items() if note.contents.get(doc_id) != content]
    index.remove(gone)
    for at in range(0, len(new), _BATCH):
        batch = new[at : at + _BATCH]
        index.add(pair[0] for doc_id in batch if (pair := store.document(doc_id)) is not None)
        progress(at + len(batch))
    index.commit()
    _write(folder / _NOTE, Note(fingerprint, bundled, contents))
    return index


def _read(path: Path) -> Note:
    try:
        data = json.loads(path.read_bytes())
        note = Note(data["fingerprint"], data["topics"], dict(data["contents"]))
    except FileNotFoundError:
        return _NOTHING
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise LibraryError(
            f"the index in {path.parent} cannot be read ({path.name}: {error!r}); remove that"
            " folder, it is made again from the library"
        ) from error
    return note


def _write(path: Path, note: Note) -> None:
    data = asdict(note)
    partial = path.with_suffix(".partial")
    try:
        partial.write_text(json.dumps(data, ensure_ascii=False, sort_keys=True), encoding="utf-8")
        partial.replace(path)
    except OSError as error:
        raise LibraryError(
            f"the index in {path.parent} cannot be written ({error}); free some space or allow"
            " writing, and run the same command again"
        ) from error
