"""Sources that come through a door of a running server: kept aside, then read one job after
another, by the same confined readers as everything else.

A job that a stopped server left undone is done when it starts again. A file of which nothing could
be read is kept in quarantine, where nothing reads it; the others are removed once they are in the
library.
"""

from __future__ import annotations

import os
import re
import shutil
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from threading import Lock
from typing import BinaryIO, Final

from curbside.errors import BusyError, CurbsideError, InputError, LibraryError
from curbside.ingest.feeds.feed import EntrezAccess, PmidList, PubMedSearch
from curbside.ingest.rejected import Rejected
from curbside.store import PutCounts
from curbside.wiring.config import Settings
from curbside.wiring.feeds import FEEDS_FOLDER, FeedProgress, sync
from curbside.wiring.library import AddProgress, add_paths

INCOMING: Final = "incoming"
QUARANTINE: Final = "quarantine"
INBOX: Final = "inbox"
_PMID_FILE: Final = ".pmids"
_WAITING: Final = 8
_REMEMBERED: Final = 50
_LONGEST_NAME: Final = 80
_PMIDS: Final = 10_000
_EMBEDDED_AT_ONCE: Final = 500
"""Passages that are made findable by meaning with a job, some seconds' work: what was handed in
in small is found whole when the job is over, and the rest is made in the background."""


_NOTHING: Final = PutCounts()


@dataclass(frozen=True, slots=True)
class Job:
    """Sources that were handed in together.

    `said` tells how far the job has come, `share` of it is done (None where that is not known).
    `rejected` and `quarantined` name files as they were handed in. `failed` says why the job
    stopped; None where it did not.
    """

    name: str
    at: str
    sources: tuple[str, ...]
    said: str = "waiting"
    share: float | None = None
    is_over: bool = False
    changed: PutCounts = _NOTHING
    rejected: tuple[Rejected, ...] = ()
    quarantined: tuple[str, ...] = ()
    failed: str | None = None


class _Stopped(Exception):  # noqa: N818  (never leaves a job)
    """The server is ending; what was read is kept, and the next start does the rest."""


class Intake:
    """Takes sources into one library, in the background.

    Args:
        settings: say which library, and how PubMed may be asked.
        now: tells the time, ISO 8601.
        new_name: makes a name for a job, that none had before.
        writing: held while a job writes.
        changed: called after a job that is over.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        now: Callable[[], str],
        new_name: Callable[[], str],
        writing: Lock,
        changed: Callable[[], object],
    ) -> None:
        if settings.home is None:
            raise InputError("expected a folder for the library; name one with --home")
        self._settings = settings
        self._home = settings.home
        self._now = now
        self._new_name = new_name
        self._writing = writing
        self._changed = changed
        self._lock = Lock()
        self._jobs: OrderedDict[str, Job] = OrderedDict()
        self._is_ending = False
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="curbside-intake")

    @property
    def inbox(self) -> Path:
        """The folder whose files are taken when a person says so."""
        return self._home / INBOX

    @property
    def may_ask_pubmed(self) -> bool:
        """Whether a person configured a feed that asks PubMed."""
        return self._access() is not None

    def jobs(self) -> Sequence[Job]:
        """The jobs since the server started, the newest first."""
        with self._lock:
            return list(reversed(self._jobs.values()))

    def job(self, name: str) -> Job | None:
        """A job by its name; None where there is none, or it was long ago."""
        with self._lock:
            return self._jobs.get(name)

    def go_on(self) -> None:
        """Take up what a stopped server left undone."""
        incoming = self._home / INCOMING
        for path in sorted(incoming.iterdir()) if incoming.is_dir() else ():
            if path.is_dir():
                names = tuple(_handed_in(each.name) for each in sorted(path.iterdir()))
                self._begin(path.name, names, partial(self._read, path.name))
            elif path.suffix == _PMID_FILE and (access := self._access()) is not None:
                feed = PmidList(f"asked-{path.stem}", path, access)
                self._begin(path.stem, ("PMIDs",), partial(self._fetch, path.stem, feed))

    def take_files(self, files: Sequence[tuple[str, BinaryIO]]) -> Job:
        """Keep files aside and read them into the library when their turn comes.

        Args:
            files: each with the name that it was handed in with, of which only what cannot lead
                anywhere is kept.

        Raises:
            InputError: there is no file.
            BusyError: too many jobs are waiting.
            LibraryError: there is no room for them; none was kept.
        """
        if not files:
            raise InputError("expected one file at least")
        self._check_room()
        name = self._new_name()
        folder = self._home / INCOMING / name
        with _whole_or_absent(folder):
            folder.mkdir(parents=True)
            for place, (handed_in, content) in enumerate(files, start=1):
                with (folder / f"{place:03d}-{safe_name(handed_in)}").open("xb") as file:
                    shutil.copyfileobj(content, file)
        names = tuple(safe_name(handed_in) for handed_in, _ in files)
        return self._begin(name, names, lambda: self._read(name))

    def take_inbox(self) -> Job:
        """Read the files of the inbox, which stay there. Raises InputError, BusyError."""
        if not self.inbox.is_dir():
            raise InputError(f"expected a folder {self.inbox} with files in it")
        self._check_room()
        name = self._new_name()
        return self._begin(name, (str(self.inbox),), lambda: self._add(name, [self.inbox]))

    def take_pmids(self, text: str) -> Job:
        """Ask PubMed for records, as the feeds that a person configured do.

        Raises:
            InputError: no feed asks PubMed; `text` holds no PMIDs, or more than `_PMIDS`.
            BusyError: too many jobs are waiting.
        """
        access = self._access()
        if access is None:
            raise InputError("expected a feed that asks PubMed in curbside.toml; there is none")
        words = re.split(r"[\s,;]+", text.strip())
        wrong = [word for word in words if not re.fullmatch(r"[1-9]\d{0,8}", word)]
        if wrong or len(words) > _PMIDS:
            raise InputError(
                f"expected PMIDs, at most {_PMIDS:,}, with spaces between; found"
                f" {wrong[0][:20] if wrong else len(words)!r}"
            )
        self._check_room()
        name = self._new_name()
        file = self._home / INCOMING / f"{name}{_PMID_FILE}"
        with _whole_or_absent(file):
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text("\n".join(dict.fromkeys(words)) + "\n", encoding="utf-8")
        feed = PmidList(f"asked-{name}", file, access)
        return self._begin(name, (f"{len(words):,} PMIDs",), lambda: self._fetch(name, feed))

    def close(self) -> None:
        """Stop after the batch that is being put; the next start does the rest."""
        self._is_ending = True
        self._thread.shutdown(wait=True, cancel_futures=True)

    def _access(self) -> EntrezAccess | None:
        feeds = (f for f in self._settings.feeds if isinstance(f, PubMedSearch | PmidList))
        return next((feed.access for feed in feeds), None)

    def _check_room(self) -> None:
        with self._lock:
            if sum(not job.is_over for job in self._jobs.values()) >= _WAITING:
                raise BusyError("too many sources are waiting to be read; come again later")

    def _begin(self, name: str, sources: tuple[str, ...], work: Callable[[], None]) -> Job:
        job = Job(name, self._now(), sources)
        with self._lock:
            self._jobs[name] = job
            while len(self._jobs) > _REMEMBERED:
                self._jobs.popitem(last=False)
        self._thread.submit(self._run, name, work)
        return job

    def _run(self, name: str, work: Callable[[], None]) -> None:
        failed: str | None = "an error of this program; please report it with the log"
        try:
            with self._writing:
                work()
            failed = None
        except _Stopped:
            failed = "the server was stopped; it goes on when it starts again"
        except (CurbsideError, OSError) as error:
            failed = str(error)
        finally:
            if failed is not None:
                self._tell(name, failed=failed)
            # what was read before it stopped is in the library; what cannot be opened now can later
            with suppress(CurbsideError):
                self._changed()
            self._tell(name, is_over=True, share=None)

    def _read(self, name: str) -> None:
        folder = self._home / INCOMING / name
        self._add(name, [folder])
        job = self.job(name)
        whole = {each.path for each in job.rejected if each.record is None} if job else set()
        kept = []
        for path in sorted(folder.iterdir()):
            if _handed_in(path.name) in whole:
                quarantine = self._home / QUARANTINE / name
                quarantine.mkdir(parents=True, exist_ok=True)
                path.rename(quarantine / path.name)
                kept.append(_handed_in(path.name))
        shutil.rmtree(folder)
        self._tell(name, quarantined=tuple(kept))

    def _add(self, name: str, paths: Sequence[Path]) -> None:
        report = add_paths(
            self._home,
            paths,
            at=self._now(),
            progress=lambda made: self._progress(name, made),
            embedded=_EMBEDDED_AT_ONCE,
            settings=self._settings,
        )
        self._tell(
            name,
            changed=report.changed,
            rejected=tuple(self._named(each) for each in report.rejected),
        )

    def _fetch(self, name: str, feed: PmidList) -> None:
        settings = replace(self._settings, feeds=(feed,))
        for report in sync(
            settings,
            (),
            at=self._now(),
            environ=os.environ,
            progress=lambda made: self._progress(name, made),
        ):
            self._tell(
                name,
                changed=report.changed,
                rejected=tuple(self._named(each) for each in report.rejected),
                failed=report.error,
            )
        feed.path.unlink(missing_ok=True)
        # asked once: where it stands is of no use to anyone
        shutil.rmtree(self._home / FEEDS_FOLDER / feed.name, ignore_errors=True)

    def _progress(self, name: str, made: AddProgress | FeedProgress) -> None:
        if self._is_ending:
            raise _Stopped
        if isinstance(made, FeedProgress):
            self._tell(name, said=made.said)
        else:
            self._tell(name, said=f"{made.step.value} {made.done:,}", share=made.share)

    def _named(self, rejected: Rejected) -> Rejected:
        """What was rejected, by the name it was handed in with and not by where it lay."""
        path, mark, member = rejected.path.partition("!")
        shown = _handed_in(Path(path).name) + mark + member
        reason = rejected.reason.replace(path, shown.partition("!")[0])
        return Rejected(shown, rejected.record, reason)

    def _tell(self, name: str, **changed: object) -> None:
        with self._lock:
            job = self._jobs.get(name)
            if job is not None:
                self._jobs[name] = replace(job, **changed)  # type: ignore[arg-type]  # its fields


@contextmanager
def _whole_or_absent(path: Path) -> Iterator[None]:
    """What is kept aside half would be read as a whole at the next start."""
    try:
        yield
    except OSError as error:
        with suppress(OSError):
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
        raise LibraryError(
            f"what was handed in cannot be kept aside ({error.strerror or error}); make room and"
            " hand it in again"
        ) from error


def safe_name(name: str) -> str:
    r"""What of a file's name can lead nowhere: its last part, in letters, digits, dots, hyphens.

    >>> safe_name("../../etc/passwd"), safe_name("C:\\a b.xml"), safe_name("...")
    ('passwd', 'a-b.xml', 'file')
    """
    last = re.split(r"[/\\]", name)[-1]
    plain = re.sub(r"[^A-Za-z0-9._-]+", "-", last).strip(".-")
    return plain[-_LONGEST_NAME:].lstrip(".-") or "file"


def _handed_in(name: str) -> str:
    """The name of a file that was kept aside as it was handed in."""
    return re.sub(r"^\d{3}-", "", name)
