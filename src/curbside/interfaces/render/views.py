"""What a page shows, as records: every id resolved, words chosen, nothing laid out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from curbside.interfaces.render.reader import ReadingView

Page: TypeAlias = Mapping[str, Any]
"""What `answer_to_json` returns. Any: parsed JSON, whose shape its schema holds."""


@dataclass(frozen=True, slots=True)
class Link:
    """An address that may be followed; `text` says where it leads."""

    text: str
    url: str


@dataclass(frozen=True, slots=True)
class SourceView:
    """A reference, in words. `line` is journal or organisation, year;volume(issue):pages."""

    number: int
    doc_id: str
    type: str
    title: str
    title_is_description: bool
    authors: str
    line: str
    short: str
    links: tuple[Link, ...]
    standing: str
    standing_status: str
    is_digest: bool
    via: str | None
    details: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PassageView:
    """A passage with its place on the page.

    `facts` are what the passage says of whom, when and how, as printed: ("Population", "64 men").
    `is_background` says that a study tells it as known before, not as what it found.
    """

    anchor: str
    evidence_id: str
    quote: str
    source: SourceView
    place: str
    design: str | None
    certainty: str | None
    strength: str | None
    facts: tuple[tuple[str, str], ...]
    is_background: bool


@dataclass(frozen=True, slots=True)
class Mark:
    """A label at a claim; `kind` is patient, summary, background, certainty, grade or a
    standing."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class ClaimView:
    """`anchor` is unique on the page; a claim of the bottom line stands there and in its lane.

    For a reader with words of their own `text` is in these, and `printed` the claim where that is
    a quotation; `under` are the lines that stand below it, and `is_folded` puts it behind a fold.
    """

    anchor: str
    text: str
    is_quoted: bool
    passages: tuple[PassageView, ...]
    marks: tuple[Mark, ...]
    remark: str | None
    printed: str | None = None
    under: tuple[str, ...] = ()
    is_folded: bool = False


@dataclass(frozen=True, slots=True)
class SectionView:
    """Claims under one heading."""

    heading: str
    claims: tuple[ClaimView, ...]


@dataclass(frozen=True, slots=True)
class LaneView:
    """One of the lanes; `absent_reason` where it has no section."""

    anchor: str
    title: str
    sections: tuple[SectionView, ...]
    absent_reason: str | None


@dataclass(frozen=True, slots=True)
class FactorView:
    """A factor weighed over all sources."""

    name: str
    direction: str | None
    reason: str
    supporting: tuple[PassageView, ...]
    opposing: tuple[PassageView, ...]


@dataclass(frozen=True, slots=True)
class FactorGroup:
    """The factors of one verdict; `meaning` says what the verdict means."""

    kind: str
    title: str
    meaning: str
    factors: tuple[FactorView, ...]


@dataclass(frozen=True, slots=True)
class CellView:
    """A cell with the passages that say what it says."""

    text: str
    passages: tuple[PassageView, ...]


@dataclass(frozen=True, slots=True)
class TableView:
    """A table; the first cell of a row heads it."""

    anchor: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[CellView, ...], ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DatumView:
    """One value of a figure, its passages behind it; see `records.Datum`."""

    label: str
    value: float | None
    x: float | None
    low: float | None
    high: float | None
    passages: tuple[PassageView, ...]
    remark: str | None


@dataclass(frozen=True, slots=True)
class SeriesView:
    """Values of one study or group."""

    label: str
    data: tuple[DatumView, ...]


@dataclass(frozen=True, slots=True)
class FigureView:
    """A picture as data; `kind` says how it is drawn. See `records.Figure`."""

    anchor: str
    kind: str
    title: str
    measure: str
    unit: str
    series: tuple[SeriesView, ...]
    pooled: DatumView | None
    left_out: tuple[str, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SideView:
    """What one side says, with its passages."""

    position: str
    passages: tuple[PassageView, ...]


@dataclass(frozen=True, slots=True)
class ConflictView:
    """Sources that disagree; `differs` names what may explain it."""

    about: str
    sides: tuple[SideView, ...]
    differs: str


@dataclass(frozen=True, slots=True)
class NotFoundView:
    """A part of the question with no answer here."""

    part: str
    reason: str
    searched: str
    nearest: tuple[PassageView, ...]


@dataclass(frozen=True, slots=True)
class WithheldView:
    """What was not shown and why; never its words, as they failed a check."""

    claim_id: str
    sources: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PageView:
    """Everything a page shows, in the order of the page.

    `abstained` says why there is no answer, or that what follows is none; `closest` is what stands
    nearest to the question then, best first, and is no answer. `banner` is the caution
    of its review state, None exactly where it is approved. `notice` says
    why it is approved no more, `signatures` who signed exactly this page, `edition` which version
    of a reviewed article it is; None and empty for a page that no review desk has.
    """

    title: str
    asked: str | None
    readings: tuple[str, ...]
    state: str
    banner: str | None
    notice: str | None
    signatures: tuple[str, ...]
    edition: int | None
    checked_to: str
    checked_to_words: str
    version: str
    abstained: str | None
    closest: tuple[PassageView, ...]
    bottom_line: tuple[ClaimView, ...]
    lanes: tuple[LaneView, ...]
    factor_groups: tuple[FactorGroup, ...]
    figures: tuple[FigureView, ...]
    tables: tuple[TableView, ...]
    conflicts: tuple[ConflictView, ...]
    not_found: tuple[NotFoundView, ...]
    withheld: tuple[WithheldView, ...]
    next_questions: tuple[str, ...]
    related: tuple[str, ...]
    passages: tuple[PassageView, ...]
    references: tuple[SourceView, ...]
    disclaimer: str
    provenance: tuple[tuple[str, str], ...]
    reading: ReadingView | None

    @property
    def folded(self) -> frozenset[str]:
        """The parts that stand behind a fold, by their names in the schema."""
        return self.reading.folded if self.reading else frozenset()
