"""The pages of questions: words lead to a page, the name of a page to its answer, made once.

Any thread may use one `Pages`. When the library changes, what was made before is made anew.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from threading import Lock
from typing import Final

from curbside.articles import UNREVIEWED, Review, State, Version
from curbside.errors import CurbsideError, InputError, LibraryError
from curbside.models.onnx_encoder import OnnxEncoder
from curbside.pipeline import Engine, Reached, answer, read_as, understood, untold
from curbside.records import Answer, Document, Question, Reader, Span, Standing
from curbside.review.diff import Change
from curbside.store import Asked, Feedback, Store
from curbside.text.normalise import slug_of_two
from curbside.text.personal import find_personal
from curbside.wiring.config import Settings
from curbside.wiring.desk_views import ArticleView, DeskViews
from curbside.wiring.encoder import encoder_of
from curbside.wiring.engine import engine_of
from curbside.wiring.method import Unused, unused_sources
from curbside.wiring.opened import Opened, open_library, store_of
from curbside.wiring.watch import touch_of

_MADE: Final = 64
"""Answers that are kept: one is about a megabyte."""
_HELD: Final = 4_096
"""Questions that are remembered without the store."""
_FOLLOWED: Final = 8
"""Pages that may follow one another."""
_FORGOTTEN: Final = 32
_LONGEST_FORGOTTEN: Final = 200
"""Concepts that a question may leave behind, and the characters of one: both are kept with it."""


@dataclass(frozen=True, slots=True)
class Use:
    """That a page quotes a document: `span` is of the text of its revision."""

    slug: str
    title: str
    revision: str
    span: Span


@dataclass(frozen=True, slots=True)
class Shown:
    """A page as it is shown, with where it stands in review."""

    answer: Answer
    review: Review


class Pages:
    """The pages of one library.

    Args:
        settings: say which library; where there is none yet it is made, as what was asked and
            said is kept in it.
        now: tells the time, ISO 8601.

    Attributes:
        writing: held by whatever in this process puts sources into the library.

    Raises:
        LibraryError: it cannot be opened or made; the text says what to do.
    """

    def __init__(self, settings: Settings, *, now: Callable[[], str]) -> None:
        if settings.home is None:
            raise LibraryError("expected a folder for the library; name one with --home")
        self._settings = settings
        self.home = settings.home
        self._unkept: str | None = None
        self._now = now
        self._encoder = encoder_of(settings, threads=2)
        self._store = store_of(settings.home, settings.database)
        self._desk = DeskViews(self._store)
        self._touched: dict[str, int] = {}
        self._trail = 0
        self._lock = Lock()
        self._refreshing = Lock()
        self._noting = Lock()
        self._looked: str | None = None
        self.writing = Lock()
        self._made: OrderedDict[tuple[str, str], Shown] = OrderedDict()
        self._held: OrderedDict[str, Asked] = OrderedDict()
        self._found: OrderedDict[tuple[str, ...], tuple[Asked, Question]] = OrderedDict()
        self._chain: str | None = None
        self._own: tuple[Asked, ...] = ()
        self._opened, self._engine = self._open()
        self._own = self._own_pages()
        self.note_touched()

    @property
    def unkept(self) -> str | None:
        """Why the last question that was asked could not be kept; None where it was."""
        return self._unkept

    @property
    def store(self) -> Store:
        """Where what was asked and said is kept."""
        return self._store

    @property
    def opened(self) -> Opened:
        """The library as it is searched now."""
        return self._opened

    @property
    def engine(self) -> Engine:
        """What answers now."""
        return self._engine

    @property
    def encoder(self) -> OnnxEncoder:
        """What makes its vectors; any thread may use it."""
        return self._encoder

    @property
    def fingerprint(self) -> str:
        """What every answer depends on; it changes when the library does."""
        return self._engine.facts.fingerprint

    @property
    def own_pages(self) -> tuple[Asked, ...]:
        """The questions that have a page whether they were asked or not."""
        return self._own

    def look(self) -> None:
        """As `refresh`, but once two looks have seen the same library: one that is being written
        would change again at once. Not at all while this process writes to it."""
        self.note_touched()
        last = self._store.last_batch()
        chain, self._looked = self._looked, last.chain if last else None
        if chain == self._looked and self.writing.acquire(blocking=False):
            try:
                self.refresh()
            finally:
                self.writing.release()

    def note_touched(self) -> None:
        """Note which pages the review desk did something to since it was last looked at. What
        is done through this process is noted at once, what others do when `look` is called."""
        # one at a time, as one that read less must not put back what another noted
        with self._noting, self._store.reading_desk() as desk:
            for entry in desk.entries(after=self._trail):
                self._touched[entry.about] = self._trail = entry.sequence

    def refresh(self) -> bool:
        """Open the library again where it has changed; whether it had.

        Raises:
            LibraryError: it cannot be read; what was open stays.
        """
        with self._refreshing:
            self.note_touched()
            last = self._store.last_batch()
            if last is None or last.chain == self._chain:
                return False
            self._reopen()
        return True

    @property
    def is_current(self) -> bool:
        """Whether what is open is the library as it is now."""
        last = self._store.last_batch()
        return last is not None and last.chain == self._chain

    def reopen(self) -> bool:
        """Open the library again though its documents are the same, as more of them can be found
        by meaning; whether it was opened. Not while this process writes to it.

        Raises:
            LibraryError: it cannot be read; what was open stays.
        """
        if not self.writing.acquire(blocking=False):
            return False
        try:
            with self._refreshing:
                self._reopen()
        finally:
            self.writing.release()
        return True

    def _reopen(self) -> None:
        before = self._opened.library
        self._opened, self._engine = self._open()
        self._own = self._own_pages()
        if isinstance(before, Store):
            # an answer that is being made goes on with a connection of its own
            before.close()

    def close(self) -> None:
        """Let go of the library."""
        self._store.close()

    def find(
        self, text: str, *, follows: str | None = None, forget: Collection[str] = ()
    ) -> tuple[Asked, Question]:
        """The page of a question, and how the question was understood.

        Args:
            text: the user's words.
            follows: the name of the page that the question follows.
            forget: concepts of that page that are not to be kept.

        Raises:
            QuestionError: the question is empty, too long or not text.
            InputError: there is no page of the name in `follows`, or too many follow one another;
                too much is to be forgotten.
        """
        found = self.found(text, follows=follows, forget=forget)
        if found is not None:
            return found
        if len(forget) > _FORGOTTEN or any(len(word) > _LONGEST_FORGOTTEN for word in forget):
            raise InputError(
                f"expected at most {_FORGOTTEN} concepts to forget, each of at most"
                f" {_LONGEST_FORGOTTEN} characters"
            )
        earlier = None if follows is None else self._earlier(follows)
        question = understood(text, engine=self._engine, earlier=earlier, forget=forget)
        asked = self._found_page(question, text, follows=follows, forget=forget)
        self._keep(asked)
        with self._lock:
            self._found[text, follows or "", *forget, self.fingerprint] = asked, question
            while len(self._found) > _HELD:
                self._found.popitem(last=False)
        return asked, question

    def _found_page(
        self, question: Question, text: str, *, follows: str | None, forget: Collection[str]
    ) -> Asked:
        slug = self._free(question.slug, question.title)
        if question.follows is None or question.title in self._titles:
            return replace(self._asked(question, text), slug=slug)
        # a page that is there stays as it was asked: asked again from itself, or from what follows
        # it, it would else follow itself
        there = self.asked(slug)
        return there or Asked(slug, question.title, text, follows, tuple(forget))

    def found(
        self, text: str, *, follows: str | None = None, forget: Collection[str] = ()
    ) -> tuple[Asked, Question] | None:
        """What `find` said of the same words before, at once; None where it must be asked."""
        with self._lock:
            return self._found.get((text, follows or "", *forget, self.fingerprint))

    def read(self, text: str) -> Question:
        """How a question is understood that follows no other. Raises QuestionError."""
        return understood(text, engine=self._engine)

    def asked(self, slug: str) -> Asked | None:
        """The question of a page; None where the name leads to none."""
        with self._lock:
            held = self._held.get(slug)
        if held is not None:
            return held
        own = {page.slug: page for page in self.own_pages}
        return own.get(slug) or self._store.asked.get(slug)

    def mark(self, slug: str) -> str:
        """What a page depends on: it changes when the library does, or what the review desk has of
        the page."""
        return f"{self.fingerprint}/{self._touched.get(slug, 0)}"

    def answer(self, slug: str) -> Answer | None:
        """The answer on a page; see `shown`."""
        shown = self.shown(slug)
        return None if shown is None else shown.answer

    def shown(self, slug: str, *, reached: Reached = untold) -> Shown | None:
        """A page as it is shown: the newest version that the review desk has of it, else the
        answer made of the library as it is; None where the name leads to no page.

        `reached` is told the stages of an answer that is made; what it raises ends that.

        Raises:
            LibraryError: the library cannot be read.
        """
        key = (slug, self.mark(slug))
        with self._lock:
            if key in self._made:
                self._made.move_to_end(key)
                return self._made[key]
        made = self._reviewed(slug) or self._answered(slug, reached)
        if made is None:
            return None
        with self._lock:
            self._made[key] = made
            while len(self._made) > _MADE:
                self._made.popitem(last=False)
        return made

    def read_for(self, answer: Answer, reader: Reader) -> Answer:
        """A page drawn for one kind of reader: the same claims, figures and passages."""
        return read_as(answer, reader, vocabulary=self._engine.vocabulary)

    def version(self, slug: str, version: int) -> Shown | None:
        """A version of a page that the review desk has; None where it has none such."""
        if all(each.version != version for each in self.versions(slug)):
            return None
        return self._as_it_stands(self._desk.view(slug, version=version))

    def versions(self, slug: str) -> Sequence[Version]:
        """The versions that the review desk has of a page, the oldest first."""
        return self._desk.versions(slug) if self._desk.article(slug) else ()

    def changes(self, slug: str, old: int, new: int) -> Sequence[Change]:
        """What changed in meaning between two versions that are there."""
        return self._desk.diff(slug, old, new)

    def _reviewed(self, slug: str) -> Shown | None:
        if self._desk.article(slug) is None:
            return None
        return self._as_it_stands(self._desk.view(slug))

    def _as_it_stands(self, view: ArticleView) -> Shown:
        """What the desk has, but as approved only where the library bears that out now: an end of
        it that was not noted yet, or cannot be written, is told all the same."""
        review = view.review
        if review.state is State.APPROVED:
            touch = touch_of(self._desk, view.article, at=self._now())
            if touch is not None:
                review = replace(review, state=State.DUE, due=None, notice=touch.notice)
        return Shown(view.version.answer, review)

    def _answered(self, slug: str, reached: Reached) -> Shown | None:
        made = self.anew(slug, reached=reached)
        return None if made is None else Shown(made, UNREVIEWED)

    def anew(self, slug: str, *, reached: Reached = untold) -> Answer | None:
        """The answer made of the library as it is, whatever the review desk has; None where the
        name leads to no page."""
        asked = self.asked(slug)
        if asked is None or self._depth(slug) > _FOLLOWED:
            return None
        earlier = self.answer(asked.follows) if asked.follows else None
        return answer(
            asked.text,
            engine=self._engine,
            at=self._now(),
            earlier=earlier,
            forget=asked.forgotten,
            reached=reached,
        )

    def recent(self, most: int) -> Sequence[Asked]:
        """The questions asked last, the newest first."""
        return self._store.asked.recent(most)

    def document(self, doc_id: str) -> tuple[Document, Standing] | None:
        """A document with its standing; None if it is not here."""
        return self._opened.library.document(doc_id)

    def uses(self, doc_id: str) -> tuple[Use, ...]:
        """Where a document is quoted, on the pages of the library and those read of late."""
        for page in self.own_pages:
            self.answer(page.slug)
        with self._lock:
            made = [
                (slug, shown.answer)
                for (slug, mark), shown in self._made.items()
                if mark == self.mark(slug)
            ]
        return tuple(
            Use(slug, answer.question.title, item.revision, item.span)
            for slug, answer in sorted(made, key=lambda pair: pair[0])
            for item in answer.evidence
            if item.doc_id == doc_id
        )

    def unused(self, answer: Answer) -> tuple[Unused, ...]:
        """What was found for a page and is not cited on it."""
        return unused_sources(answer, self._engine)

    def say(self, feedback: Feedback) -> bool:
        """Keep what a reader says of a page; False where nothing more is taken."""
        return self._store.asked.say(feedback) is not None

    def _open(self) -> tuple[Opened, Engine]:
        last = self._store.last_batch()
        opened = open_library(self._settings, encoder=self._encoder.identity)
        # while another process writes, what is open is older than the last batch: look again
        is_whole = last is not None and isinstance(opened.library, Store)
        self._chain = last.chain if last is not None and is_whole else None
        return opened, engine_of(opened, self._encoder)

    def _own_pages(self) -> tuple[Asked, ...]:
        titles = self._engine.vocabulary.pages
        return tuple(self._asked(self.read(title), title) for title in titles)

    @property
    def _titles(self) -> frozenset[str]:
        return frozenset(self._engine.vocabulary.pages)

    def _asked(self, question: Question, text: str) -> Asked:
        """A question by its title, which every wording of it shares, where that leads back."""
        slug, title = question.slug, question.title
        try:
            leads_back = self.read(title).slug == slug
        except CurbsideError:
            leads_back = False
        return Asked(slug, title, title if leads_back else text)

    def _earlier(self, slug: str) -> Answer:
        if self._depth(slug) >= _FOLLOWED:
            raise InputError(
                f"expected at most {_FOLLOWED} questions that follow one another; ask the next one"
                " in full"
            )
        earlier = self.answer(slug)
        if earlier is None:
            raise InputError(f"expected the name of a page that the question follows: {slug!r}")
        return earlier

    def _depth(self, slug: str) -> int:
        """How many pages one follows, counted no further than to one more than there may be: what
        was kept by an earlier version may follow itself."""
        depth, at = 0, self.asked(slug)
        while at is not None and at.follows is not None and depth <= _FOLLOWED:
            depth, at = depth + 1, self.asked(at.follows)
        return depth

    def _free(self, slug: str, title: str) -> str:
        """The name of the page of a title: another than that of a page with another title."""
        there = self.asked(slug)
        return slug if there is None or there.title == title else slug_of_two(slug, title)

    def _keep(self, asked: Asked) -> None:
        with self._lock:
            self._held[asked.slug] = asked
            self._held.move_to_end(asked.slug)
            while len(self._held) > _HELD:
                self._held.popitem(last=False)
        if any(map(find_personal, (asked.text, asked.title))):
            # answered, and never written down
            return
        try:
            self._store.asked.keep(asked, at=self._now())
        except LibraryError as error:
            # answered all the same: it has its page for as long as it is held here
            self._unkept = str(error)
        else:
            self._unkept = None
