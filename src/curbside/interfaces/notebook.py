"""Curbside as a library, for scripts and notebooks: open a library, ask, read the page.

import curbside

library = curbside.open_library()
page = library.ask("What predicts relapse of gout after stopping allopurinol?")
page  # the last line of a notebook's cell draws it
"""

from __future__ import annotations

import json
import os
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from curbside.codec.answer import answer_from_json, answer_to_json
from curbside.errors import InputError
from curbside.interfaces.export.forms import BY_SUFFIX, ExportForm, Style
from curbside.interfaces.export.page import export_page
from curbside.interfaces.render.phrases import with_references
from curbside.interfaces.render.view import read_page
from curbside.interfaces.terminal import read_answer, settings_of, write_file
from curbside.records import Reader

if TYPE_CHECKING:
    from curbside.codec.records import Json
    from curbside.pipeline import Engine
    from curbside.records import Answer, Claim, Evidence, Reference


@dataclass(frozen=True, slots=True)
class Page:
    """An answer, and the forms it takes. A notebook draws it; `answer` is the record itself."""

    answer: Answer

    @classmethod
    def read(cls, file: str | Path) -> Page:
        """The page that a JSON file holds. Raises InputError, CodecError."""
        return cls(read_answer(Path(file))[0])

    @classmethod
    def from_json(cls, data: object) -> Page:
        """The page of parsed JSON (`to_json`). Raises CodecError."""
        return cls(answer_from_json(data))

    @property
    def title(self) -> str:
        """The canonical question."""
        return self.answer.question.title

    @property
    def claims(self) -> tuple[Claim, ...]:
        """Every sentence shown; each `cites` evidence by its id."""
        return self.answer.claims

    @property
    def references(self) -> tuple[Reference, ...]:
        """The sources, in the order of their numbers."""
        return self.answer.references

    @property
    def next_questions(self) -> tuple[str, ...]:
        """What could be asked next and has an answer here."""
        return self.answer.next_questions

    @property
    def abstained(self) -> str | None:
        """Why there is no answer ("nothing-relevant" …); None where there is one."""
        return self.answer.abstained.value if self.answer.abstained else None

    @property
    def closest(self) -> tuple[Evidence, ...]:
        """Where there is no direct answer, the nearest passages, best first; no answer."""
        held = {item.evidence_id: item for item in self.answer.evidence}
        return tuple(held[each] for each in self.answer.closest)

    @property
    def top_score(self) -> float | None:
        """The probability that the best sentence found answers; None where none was scored."""
        return self.answer.top_score

    def to_json(self) -> dict[str, Json]:
        """The answer as data; its JSON Schema is what `curbside schema` prints."""
        return answer_to_json(self.answer)

    def to_text(self) -> str:
        """The page as plain text, each sentence with its passages."""
        return self._drawn(ExportForm.TEXT)

    def to_markdown(self) -> str:
        """The page as Markdown, references included."""
        return self._drawn(ExportForm.MARKDOWN)

    def to_html(self) -> str:
        """The page as one self-contained HTML document, with its tables and pictures."""
        return self._drawn(ExportForm.HTML)

    def with_references(self, claim_id: str) -> str:
        """A sentence to be copied elsewhere: its words, its numbers, a line for each source.

        Raises:
            InputError: no sentence of the page has this id.
        """
        view = read_page(self.to_json())
        shown = [c for lane in view.lanes for s in lane.sections for c in s.claims]
        anchors = {claim.claim_id: f"claim-{n}" for n, claim in enumerate(self.claims, start=1)}
        found = [claim for claim in shown if claim.anchor == anchors.get(claim_id)]
        if not found:
            raise InputError(f"expected one of {', '.join(anchors)}, found {claim_id!r}")
        return with_references(found[0])

    def read_as(self, reader: str) -> Page:
        """The same claims for a patient, a student, a clinician or a specialist.

        Raises:
            InputError: another word than these.
        """
        from curbside.pipeline import read_as
        from curbside.wiring.engine import topic_words

        return Page(read_as(self.answer, _reader(reader), vocabulary=topic_words()))

    def save(self, file: str | Path, *, style: str = Style.NLM) -> Path:
        """Write the page in the form that the file's name ends in; see `curbside export`.

        Raises:
            InputError: the ending or the style is not known, or the file cannot be written.
        """
        path = Path(file)
        form = BY_SUFFIX.get(path.suffix.lower())
        if form is None:
            raise InputError(f"expected a name that ends in {' '.join(BY_SUFFIX)}, found {path}")
        if style not in set(Style):
            raise InputError(f"expected a style of {', '.join(Style)}, found {style!r}")
        write_file(path, export_page(self.to_json(), form, style=Style(style)))
        return path

    def _drawn(self, form: ExportForm) -> str:
        return export_page(self.to_json(), form).decode()

    def _repr_html_(self) -> str:
        from curbside.interfaces.render.fragment import render_fragment

        return render_fragment(self.to_json())

    def _repr_markdown_(self) -> str:
        return self.to_markdown()

    def __str__(self) -> str:
        return self.to_text()

    def __repr__(self) -> str:
        said = self.abstained or f"{len(self.claims)} sentences, {len(self.references)} sources"
        return f"<curbside.Page {json.dumps(self.title, ensure_ascii=False)}: {said}>"


@dataclass(frozen=True, slots=True)
class Library:
    """An open library. It stays as it was when it was opened."""

    engine: Engine

    def ask(
        self,
        question: str,
        *,
        at: str | None = None,
        follow: Page | None = None,
        forget: Collection[str] = (),
        reader: str = Reader.CLINICIAN,
    ) -> Page:
        """Answer a question.

        Args:
            question: in plain words.
            at: ISO 8601 time to date the answer with; None is now.
            follow: the page that the question follows; what it leaves out is kept from there.
            forget: words of what is not to be kept.
            reader: whom the page is for: patient, student, clinician or specialist.

        Raises:
            QuestionError: the question is empty, too long or not text.
            InputError: no such reader.
        """
        from curbside.pipeline import answer, read_as

        of = _reader(reader)
        made = answer(
            question,
            engine=self.engine,
            at=at or datetime.now(UTC).isoformat(timespec="seconds"),
            earlier=follow.answer if follow else None,
            forget=forget,
        )
        return Page(read_as(made, of, vocabulary=self.engine.vocabulary))

    def __repr__(self) -> str:
        facts = self.engine.facts
        return f"<curbside.Library {facts.documents:,} documents, {facts.passages:,} passages>"


def _reader(name: str) -> Reader:
    try:
        return Reader(name)
    except ValueError:
        raise InputError(f"expected a reader of {', '.join(Reader)}, found {name!r}") from None


def open_library(home: str | Path | None = None) -> Library:
    """Open the library in `home`, by default the one that `CURBSIDE_HOME` names.

    Where there is none, the evidence that ships with the package answers. Nothing is written.

    Raises:
        InputError: `home` is no folder, or its settings are not understood.
        LibraryError: the library cannot be read.
    """
    from curbside.wiring.engine import open_engine

    return Library(open_engine(settings_of(Path(os.fspath(home)) if home else None)))


def ask(question: str, *, home: str | Path | None = None) -> Page:
    """Answer one question; for more, open the library once and ask it."""
    return open_library(home).ask(question)
