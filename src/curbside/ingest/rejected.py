"""What was not taken, and why: an expected outcome, so a value."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rejected:
    """A file, or one record of it, that is not in the library.

    `path` is the file as the person named it, with "!member" for a file inside an archive;
    `record` says which record of it ("record 3 (pmid 123)"), None for the whole file.
    """

    path: str
    record: str | None
    reason: str
