"""Whether what tables and pictures of a stored answer show stands so in what they cite: each cell's
figures in their order, each mark as one reading of a rate or an effect, not as loose numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from curbside.records import Answer, Cell, Datum, Evidence, Figure, Reference
from curbside.text.effects import find_effects
from curbside.text.rates import find_rates
from curbside.text.tokens import tokenize

CONSISTENCY, QUANTITIES = "consistency", "quantities"

Fault = tuple[str, str, str]
"""The part of the answer, the gate that it failed, the reason."""

# columns put together from several passages; of the others every piece is printed in one
_GATHERED: Final = frozenset({"studies"})


def table_faults(answer: Answer) -> Iterator[Fault]:
    """Cells with a figure that no cited passage holds, or holds in another order; ragged rows."""
    references = {reference.doc_id: reference for reference in answer.references}
    words = {
        item.evidence_id: (item.quote, _names(references.get(item.doc_id)))
        for item in answer.evidence
    }
    for table in answer.tables:
        for row in table.rows:
            where = f"table {table.table_id}, row {row[0].text!r}" if row else table.table_id
            if len(row) != len(table.columns):
                told = f"expected {len(table.columns)} cells, found {len(row)}"
                yield where, CONSISTENCY, told
            for cell in row:
                cited = [words[e] for e in cell.cites if e in words]
                is_gathered = table.table_id in _GATHERED
                # what is only named, like the head of a row, cites nothing
                if cell.cites and (fault := _cell_fault(cell, cited, is_gathered=is_gathered)):
                    yield where, QUANTITIES, fault


def _cell_fault(cell: Cell, cited: Sequence[tuple[str, str]], *, is_gathered: bool) -> str | None:
    said = {number for pair in cited for text in pair for number in _numbers(text)}
    if missing := [n for n in _numbers(cell.text) if n not in said]:
        return f"{', '.join(sorted(set(missing)))} of {cell.text!r} is in no cited passage"
    if is_gathered:
        return None
    runs = [_numbers(text) for pair in cited for text in pair]
    for piece in cell.text.split("; "):
        numbers = _numbers(piece)
        if numbers and not any(_holds_run(run, numbers) for run in runs):
            return f"the figures of {piece!r} stand in no cited passage in this order"
        points = {effect.point for pair in cited for effect in find_effects(pair[0])}
        if any(effect.point not in points for effect in find_effects(piece)):
            return f"the estimate of {piece!r} is printed by no cited passage"
    return None


def _holds_run(numbers: Sequence[str], wanted: Sequence[str]) -> bool:
    length = len(wanted)
    return any(numbers[at : at + length] == wanted for at in range(len(numbers) - length + 1))


def figure_faults(answer: Answer) -> Iterator[Fault]:
    """Marks that are not what their source prints, and a pooled estimate beyond what it pools."""
    sources = {reference.doc_id: reference.source for reference in answer.references}
    evidence = {item.evidence_id: item for item in answer.evidence}
    for figure in answer.figures:
        for datum in (datum for series in figure.series for datum in series.data):
            where = f"figure {figure.figure_id}, {datum.label!r}"
            cited = [evidence[e] for e in datum.cites if e in evidence]
            if figure.kind == "timeline":
                known = (sources[e.doc_id].year for e in cited if e.doc_id in sources)
                if datum.x is not None and any(year != datum.x for year in known):
                    yield where, CONSISTENCY, f"{datum.x:g} is not the year of its source"
            elif fault := _mark_fault(datum, cited, is_rate=figure.kind != "forest"):
                yield where, QUANTITIES, fault
        if fault := _pooled_fault(figure):
            yield f"figure {figure.figure_id}, pooled", QUANTITIES, fault


def _mark_fault(datum: Datum, cited: Sequence[Evidence], *, is_rate: bool) -> str | None:
    read = [mark for item in cited for mark in (_rates if is_rate else _effects)(item.quote)]
    if _mark(datum) in read:
        return None
    said = {number for item in cited for number in _decimals(item.quote)}
    drawn = (abs(n) for n in (datum.value, datum.low, datum.high) if n is not None)
    if missing := [f"{number:g}" for number in drawn if number not in said]:
        return f"{', '.join(missing)} is in no cited passage"
    kind = "rate" if is_rate else "effect"
    return f"no cited passage prints these figures as one {kind} at this time"


_Mark = tuple[float | None, float | None, float | None, float | None]


def _mark(datum: Datum) -> _Mark:
    return datum.value, datum.low, datum.high, datum.x


def _rates(quote: str) -> Iterator[_Mark]:
    for rate in find_rates(quote):
        yield rate.percent, rate.low, rate.high, rate.window.years if rate.window else None


def _effects(quote: str) -> Iterator[_Mark]:
    for effect in find_effects(quote):
        yield effect.point, effect.low, effect.high, None


def _pooled_fault(figure: Figure) -> str | None:
    """A pooled estimate is computed; it is a weighted mean, so it lies among what it pools."""
    pooled = figure.pooled
    if pooled is None or pooled.value is None:
        return None
    points = [d.value for s in figure.series for d in s.data if d.value is not None]
    if not points:
        return "there is nothing that it pools"
    # it is shown to two places
    if not min(points) - 0.005 <= pooled.value <= max(points) + 0.005:
        return f"{pooled.value:g} does not lie among the estimates that it pools"
    if pooled.low is None or pooled.high is None or not pooled.low <= pooled.value <= pooled.high:
        return "its interval does not hold it"
    return None


def _decimals(text: str) -> list[float]:
    """The numbers of a text, whatever decimal point or thousands mark is printed."""
    plain = re.sub(r"(?<=\d),(?=\d{3}(?!\d))", "", text)
    return [float(n) for n in re.findall(r"\d+(?:\.\d+)?", re.sub(r"(?<=\d)·(?=\d)", ".", plain))]


def _names(reference: Reference | None) -> str:
    """The words and years by which a table may name a source."""
    if reference is None:
        return ""
    source = reference.source
    named = (*source.authors, source.organisation or "", reference.title, str(source.year or ""))
    return " ".join(named)


def _numbers(text: str) -> list[str]:
    return [token.text for token in tokenize(text) if token.text[0].isdigit()]
