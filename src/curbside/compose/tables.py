"""Tables: what the shown evidence says, side by side, every cell with the passages that say it.

Nothing is added: a cell holds a word of the weighing rule, the words of a finding, or figures that
stand in a passage the cell cites. What no passage of the page says stays empty.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from curbside.records import (
    Cell,
    Claim,
    Direction,
    Evidence,
    Factor,
    Finding,
    Kind,
    Question,
    QuestionKind,
    Reference,
    Selected,
    Status,
    Study,
    Table,
)
from curbside.text.effects import find_effects
from curbside.text.quantities import QuantityKind, find_quantities
from curbside.text.tokens import tokenize

_STUDIES: Final = frozenset(
    {Kind.TRIAL, Kind.COHORT, Kind.CASE_SERIES, Kind.SYSTEMATIC_REVIEW, Kind.ARTICLE}
)
_WORDS: Final[Mapping[Direction, str]] = {
    Direction.RAISES: "raises",
    Direction.LOWERS: "lowers",
    Direction.NONE: "no link",
    Direction.MIXED: "inconsistent",
}
_TURNED: Final[Mapping[Direction, Direction]] = {
    Direction.RAISES: Direction.LOWERS,
    Direction.LOWERS: Direction.RAISES,
}
_DOING: Final = frozenset({QuestionKind.DOSE, QuestionKind.TREATMENT, QuestionKind.MONITORING})
_TIMES: Final = frozenset({QuantityKind.FREQUENCY, QuantityKind.TIME_POINT, QuantityKind.DURATION})
_IN_WORDS: Final = (
    *("none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    *("eleven", "twelve"),
)
_SUPERSEDED: Final = "superseded"
_LEAST_ROWS: Final = 2


@dataclass(frozen=True, slots=True)
class _Page:
    """What is shown: evidence with its document, in order of first use."""

    items: tuple[Selected, ...]
    references: Mapping[str, Reference]
    by_document: Mapping[str, Sequence[Selected]]

    def of(self, doc_id: str) -> Sequence[Selected]:
        return self.by_document.get(doc_id, ())


def _page_of(shown: Sequence[Selected], references: Sequence[Reference]) -> _Page:
    by_document: dict[str, list[Selected]] = defaultdict(list)
    for item in shown:
        by_document[item.document.doc_id].append(item)
    named = {reference.doc_id: reference for reference in references}
    return _Page(tuple(shown), named, by_document)


def tables_of(
    question: Question,
    *,
    claims: Sequence[Claim],
    shown: Sequence[Selected],
    factors: Sequence[Factor],
    references: Sequence[Reference],
) -> tuple[Table, ...]:
    """The tables of a page; none where there are fewer than two rows to compare.

    Args:
        question: decides which tables help.
        claims: those shown, in page order.
        shown: the evidence that is shown, in order of first use.
        factors: as weighed; heads of the rows of the factor matrix.
        references: of everything shown.
    """
    page = _page_of(shown, references)
    tables = [_matrix(page, factors), _effects(page, factors), _studies(page, claims)]
    if question.kind in _DOING:
        tables += [_doses(page, claims), _schedules(page, claims)]
    return tuple(table for table in tables if table and len(table.rows) >= _LEAST_ROWS)


# --- factors ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Row:
    """A factor with the concept that its findings share; `sense` is that of its name, None where
    it stands under the plain name of the concept."""

    factor: Factor
    concept: str
    sense: int | None


def _matrix(page: _Page, factors: Sequence[Factor]) -> Table | None:
    """Factors by studies: what each source says of each."""
    rows = [row for factor in factors if (row := _row_of(factor, page)) is not None]
    concepts = {row.concept for row in rows}
    spoken = {
        doc_id: len({f.concept for _, f in _findings(page.of(doc_id))} & concepts)
        for doc_id in page.references
    }
    # those that say most first, so that what there is to see stands together
    sources = sorted(filter(spoken.get, spoken), key=lambda doc_id: -spoken[doc_id])
    if len(sources) < _LEAST_ROWS:
        return None
    blanket = [
        _column(page.references[doc_id])
        for doc_id in page.references
        if any(_is_blanket(f) for item in page.of(doc_id) for f in item.evidence.findings)
    ]
    notes = [
        (
            "raises, lowers: what the factor, worded as in the row or as quoted in the cell, does"
            " to the outcome; no link: looked at and not found; inconsistent: the source calls the"
            " reports so; an empty cell: no passage here says; (suggested): hedged by the source,"
            " weighed on neither side."
        )
    ]
    if blanket:
        notes.append(f"Found no factor at all among those looked at: {', '.join(blanket)}.")
    return Table(
        table_id="factors",
        title="Factors by source",
        columns=("Factor", "Weighed", *(_column(page.references[each]) for each in sources)),
        rows=tuple(
            (
                Cell(row.factor.name),
                Cell(
                    row.factor.verdict.value.replace("-", " "),
                    (*row.factor.supporting, *row.factor.opposing),
                ),
                *(_said(row, page.of(doc_id)) for doc_id in sources),
            )
            for row in rows
        ),
        notes=tuple(notes),
    )


def _row_of(factor: Factor, page: _Page) -> _Row | None:
    """The concept behind a factor's name: that of the finding worded so, or of that very name."""
    ids = {*factor.supporting, *factor.opposing}
    found = [
        finding
        for item, finding in _findings(page.items)
        if item.evidence.evidence_id in ids
        and factor.name.casefold() in (finding.concept.casefold(), _words(finding).casefold())
    ]
    if not found:
        return None
    is_worded = factor.name.casefold() != found[0].concept.casefold()
    return _Row(factor, found[0].concept, found[0].sense if is_worded else None)


def _findings(items: Iterable[Selected]) -> Iterator[tuple[Selected, Finding]]:
    for item in items:
        for finding in item.evidence.findings:
            if finding.factor is not None:
                yield item, finding


def _is_blanket(finding: Finding) -> bool:
    return finding.factor is None and finding.direction is Direction.NONE


def _words(finding: Finding) -> str:
    return finding.factor.text if finding.factor else ""


def _said(row: _Row, items: Sequence[Selected]) -> Cell:
    """What one source says of a factor, each different thing once, firm words before hedged."""
    said: dict[str, list[str]] = {}
    for item, finding in sorted(
        ((i, f) for i, f in _findings(items) if f.concept == row.concept),
        key=lambda pair: pair[1].is_hedged,
    ):
        words = _worded(finding, row)
        if finding.is_hedged:
            words += " (suggested)"
        if printed := _printed(finding, item.evidence):
            words += f": {printed}"
        said.setdefault(words, []).append(item.evidence.evidence_id)
    return Cell("; ".join(said), tuple(dict.fromkeys(e for ids in said.values() for e in ids)))


def _worded(finding: Finding, row: _Row) -> str:
    """What the factor does, as the row words it; under a plain name as the source words it."""
    if row.sense is None:
        is_plain = _words(finding).casefold() == row.concept.casefold()
        words = _WORDS[finding.direction]
        return words if is_plain else f"{words} (“{_words(finding)}”)"
    direction = finding.direction
    if finding.sense != row.sense:
        direction = _TURNED.get(direction, direction)
    return _WORDS[direction]


def _printed(finding: Finding, evidence: Evidence) -> str | None:
    """The effect of a finding as its sentence prints it, led by its measure where that is named
    elsewhere."""
    effect = finding.effect
    if effect is None:
        return None
    for found in find_effects(evidence.quote):
        if (found.measure, found.point) == (effect.measure, effect.point):
            return found.text if found.measure_span else f"{found.measure} {found.text}"
    return None


# --- effects ----------------------------------------------------------------------------------


def _effects(page: _Page, factors: Sequence[Factor]) -> Table | None:
    """A summary of findings: each effect as printed, with what its certainty rests on."""
    named = {row.concept: row.factor for f in factors if (row := _row_of(f, page))}
    rows = []
    for item, finding in _findings(page.items):
        printed = _printed(finding, item.evidence)
        if printed is None:
            continue
        evidence, ids = item.evidence, (item.evidence.evidence_id,)
        label = evidence.certainty.value.replace("-", " ") if evidence.certainty else ""
        factor = named.get(finding.concept)
        source = _name(page.references[item.document.doc_id])
        rows.append(
            (
                Cell(factor.name if factor else _words(finding), ids),
                Cell(finding.outcome.text if finding.outcome else "", ids),
                Cell(printed, ids),
                _people(page.of(item.document.doc_id)),
                Cell(f"{evidence.design}: {source}" if evidence.design else source, ids),
                Cell(_width(finding), ids),
                _agreement(page, factor) if factor else Cell(""),
                Cell(label, ids),
                Cell(evidence.strength or "", ids),
            )
        )
    return Table(
        table_id="effects",
        title="Summary of findings: effects as printed",
        columns=(
            *("Factor", "Outcome", "Effect", "People", "Design and source", "Interval"),
            *("Agreement", "Certainty (our label)", "Issuer’s grade"),
        ),
        rows=tuple(rows),
        notes=(
            (
                "Design, people, the width of the interval and the agreement of the sources are"
                " what certainty rests on; our label and the issuer’s grade are never merged."
            ),
        ),
    )


def _agreement(page: _Page, factor: Factor) -> Cell:
    """How many sources link the factor, and how many looked and found otherwise, in words."""
    source_of = {item.evidence.evidence_id: item.document.doc_id for item in page.items}
    sides = [
        len({source_of[e] for e in side if e in source_of})
        for side in (factor.supporting, factor.opposing)
    ]
    linked, other = (_IN_WORDS[n] if n < len(_IN_WORDS) else "many" for n in sides)
    verb = "links" if sides[0] == 1 else "link"
    told = f"{linked} {verb} it, {other} {'does' if sides[1] == 1 else 'do'} not"
    return Cell(told, (*factor.supporting, *factor.opposing))


def _width(finding: Finding) -> str:
    """How far apart the bounds of a ratio lie, in words: figures of ours would need a source."""
    effect = finding.effect
    if effect is None or not effect.low or not effect.high:
        return "none printed"
    ratio = effect.high / effect.low
    if ratio < 2:
        return "narrow"
    return "wide" if ratio < 10 else "very wide"


# --- studies ----------------------------------------------------------------------------------


def _studies(page: _Page, claims: Sequence[Claim]) -> Table | None:
    """The studies on the page: design, people, population, definition, follow-up, result."""
    rows = []
    for doc_id, reference in page.references.items():
        if reference.kind not in _STUDIES:
            continue
        items = page.of(doc_id)
        told = _result(items, claims)
        if told is None:
            continue
        study = items[0].document.study or Study()
        rows.append(
            (
                Cell(_name(reference), (items[0].evidence.evidence_id,)),
                _first(items, (i.evidence.design for i in items)),
                _people(items),
                _first(items, (study.population, _mention(items, "population"))),
                _first(items, (study.outcome_definition, _mention(items, "definition"))),
                _first(items, (study.follow_up, _mention(items, "window"))),
                told,
            )
        )
    return Table(
        table_id="studies",
        title="Studies",
        columns=(
            *("Study", "Design", "People", "Population", "Definition of the outcome"),
            *("Follow-up", "First result on this page"),
        ),
        rows=tuple(rows),
        notes=("An empty cell: no passage shown here says.",),
    )


def _result(items: Sequence[Selected], claims: Sequence[Claim]) -> Cell | None:
    mine = {item.evidence.evidence_id: item.evidence for item in items}
    for claim in claims:
        if cited := [e for e in claim.cites if e in mine]:
            return Cell(mine[cited[0]].quote, (cited[0],))
    return None


def _people(items: Sequence[Selected]) -> Cell:
    """How many people a study has, where a passage shown says so."""
    document = items[0].document
    counted = [document.study.n] if document.study and document.study.n else []
    counted += [f.n for item in items for f in item.evidence.findings if f.n]
    return _first(items, (str(n) for n in counted))


def _mention(items: Sequence[Selected], field: str) -> str | None:
    for item in items:
        for finding in item.evidence.findings:
            if mention := getattr(finding, field):
                return str(mention.text)
    return None


def _first(items: Sequence[Selected], texts: Iterable[str | None]) -> Cell:
    """The first text whose every number stands in a passage, with the passages that hold them."""
    for text in texts:
        # a summary says "not seen" of what its maker did not find
        if text and not text.startswith("not ") and (cites := _holding(text, items)):
            return Cell(text, cites)
    return Cell("")


def _holding(text: str, items: Sequence[Selected]) -> tuple[str, ...]:
    wanted = _numbers(text)
    if not wanted:
        return (items[0].evidence.evidence_id,)
    held: list[str] = []
    for item in items:
        if found := wanted & _numbers(item.evidence.quote):
            held.append(item.evidence.evidence_id)
            wanted -= found
    return () if wanted else tuple(held)


@lru_cache(maxsize=4096)
def _numbers(text: str) -> frozenset[str]:
    return frozenset(token.text for token in tokenize(text) if token.text[0].isdigit())


# --- doing ------------------------------------------------------------------------------------


def _doses(page: _Page, claims: Sequence[Claim]) -> Table | None:
    """Every dose on the page as printed, with the words around it."""
    return _quantities(
        page,
        claims,
        table_id="doses",
        title="Doses as printed",
        head="Dose",
        kinds=frozenset({QuantityKind.DOSE}),
    )


def _schedules(page: _Page, claims: Sequence[Claim]) -> Table | None:
    """When something is to be done, as printed, of the claims that stand under doing."""
    return _quantities(
        page,
        [claim for claim in claims if _SCHEDULED.search(claim.heading)],
        table_id="schedules",
        title="Times and intervals as printed",
        head="When",
        kinds=_TIMES,
    )


_SCHEDULED: Final = re.compile(r"\b(?:before|monitor\w*|test\w*|maint\w*|dos\w+|taper\w*)\b", re.I)


def _quantities(
    page: _Page,
    claims: Sequence[Claim],
    *,
    table_id: str,
    title: str,
    head: str,
    kinds: frozenset[QuantityKind],
) -> Table:
    by_id = {item.evidence.evidence_id: item for item in page.items}
    rows = []
    for evidence_id in dict.fromkeys(e for claim in claims for e in claim.cites):
        item = by_id[evidence_id]
        printed = [q.text for q in find_quantities(item.evidence.quote) if q.kind in kinds]
        if printed:
            ids = (evidence_id,)
            rows.append(
                (
                    Cell("; ".join(dict.fromkeys(printed)), ids),
                    Cell(item.evidence.quote, ids),
                    Cell(item.evidence.strength or "", ids),
                    Cell(_name(page.references[item.document.doc_id]), ids),
                )
            )
    return Table(
        table_id=table_id,
        title=title,
        columns=(head, "In these words", "Issuer’s grade", "Source"),
        rows=tuple(rows),
        notes=("Information from the sources named, not an order for a patient.",),
    )


def _column(reference: Reference) -> str:
    """ "[2] Harrison L 2019": the head of a column, which cites nothing itself."""
    return f"[{reference.number}] {_name(reference)}"


def _name(reference: Reference) -> str:
    """ "Harrison L 2019"; a superseded source says so."""
    source = reference.source
    name = source.authors[0] if source.authors else source.organisation or reference.title
    name = name.split(",")[0].strip()
    year = f" {source.year}" if source.year else ""
    old = f" ({_SUPERSEDED})" if reference.standing.status is Status.SUPERSEDED else ""
    return f"{name}{year}{old}"
