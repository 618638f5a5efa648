"""The one tree of exceptions: a broken promise is an exception, an expected outcome is a value.

CurbsideError
├── InputError            what a person or program handed in is not what the door expects
│   ├── QuestionError     the question is empty, too long or not text
│   └── SourceError       a file or record is not what it claims; names file, record, expectation
├── DataError             a data file that ships with the package breaks its own rules
├── LibraryError          the library or its index cannot be read or written
│   ├── BusyError         another process is writing to it
│   └── DeskError         the review desk's keys or checkpoints cannot be read or written
├── FeedError             a feed did not give what it should; what is in the library is untouched
├── GeneratorError        a language model was not asked, or did not answer as it should
└── CodecError            JSON that does not describe the record it is read as
"""


class CurbsideError(Exception):
    """Root of everything Curbside raises on purpose; its text tells a person what to do next."""


class InputError(CurbsideError):
    """What came in through a door is not what the door expects."""


class QuestionError(InputError):
    """The question is empty, too long, or not text."""


class SourceError(InputError):
    """A file, or one record in it, is not what it claims to be.

    Args:
        path: the file as the person named it.
        expected: what should have stood there.
        record: which record of the file (an id or "record 3"); None for the whole file.
        found: what stood there instead, shortened; None where there is nothing to show.
    """

    def __init__(
        self, path: str, *, expected: str, record: str | None = None, found: str | None = None
    ) -> None:
        where = f"{path}, {record}" if record else path
        tail = f"; found {found}" if found else ""
        super().__init__(f"{where}: expected {expected}{tail}")
        self.path = path
        self.record = record
        self.expected = expected
        self.found = found


class DataError(CurbsideError):
    """A data file of the package or of a topic breaks its own rules (an unknown key, no source)."""


class LibraryError(CurbsideError):
    """The library or its index cannot be read or written."""


class BusyError(LibraryError):
    """Another process is writing to the library; what is there can be read."""


class DeskError(LibraryError):
    """The review desk's keys or checkpoints cannot be read or written."""


class FeedError(CurbsideError):
    """A feed cannot be reached, or gave something else than was asked for; the next run goes on."""


class GeneratorError(CurbsideError):
    """A language model was not asked, or did not answer as it should; the page goes without it."""


class CodecError(CurbsideError):
    """JSON that does not describe the record it is read as."""
