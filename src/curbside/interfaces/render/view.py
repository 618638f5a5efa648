"""The answer object read once for every renderer: ids resolved, words chosen, nothing laid out.

What comes from documents is data: `clean` takes out what could steer a terminal or turn text
round, and each renderer escapes what its own form gives a meaning to.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final

from curbside.interfaces.render.claims import (
    Passages,
    claims_of,
    closest_of,
    found,
    passages_of,
)
from curbside.interfaces.render.reader import reading_view
from curbside.interfaces.render.sources import date_of, source_of
from curbside.interfaces.render.views import (
    CellView,
    ClaimView,
    ConflictView,
    DatumView,
    FactorGroup,
    FactorView,
    FigureView,
    LaneView,
    NotFoundView,
    Page,
    PageView,
    SectionView,
    SeriesView,
    SideView,
    SourceView,
    TableView,
    WithheldView,
)

_ABSTENTIONS: Final[Mapping[str, str]] = {
    "nothing-retrieved": "Nothing in this library matches the question.",
    "nothing-relevant": "Passages were found, but none of them answers this question.",
    "nothing-supported": (
        "Statements were drafted, but none passed every check, so none is shown."
    ),
    "partly-covered": "Only part of the question is covered.",
}
_NOT_DIRECTLY: Final = (
    "Nothing in this library answers the question directly; what stands nearest to it follows."
)
_MISSING: Final[Mapping[str, str]] = {
    "nothing-retrieved": "Nothing retrieved",
    "nothing-relevant": "Nothing relevant",
    "nothing-supported": "Nothing supported",
    "partly-covered": "Not covered",
}
# what each verdict of the weighing rule means, for a reader
_FACTOR_GROUPS: Final = (
    (
        "firm",
        "Firm",
        (
            "Two or more independent sources, or a review of studies, link it; what speaks against"
            " it weighs less than half."
        ),
    ),
    ("limited", "Limited (one study)", "One study links it."),
    (
        "inconsistent",
        "Inconsistent",
        "A review calls the reports inconsistent, or sources stand on both sides.",
    ),
    (
        "not-associated",
        "Not associated",
        "No source links it, or what speaks against it outweighs what speaks for it.",
    ),
)
_DIRECTIONS: Final[Mapping[str, str]] = {
    "raises": "raises the outcome",
    "lowers": "lowers the outcome",
    "none": "no link",
    "mixed": "mixed",
}


_BIDI: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def read_page(page: Page) -> PageView:
    """Read the answer object for rendering.

    Args:
        page: what `answer_to_json` returns.

    Returns:
        The page in words. Passages are those that something shown leads to, in order of the
        evidence; a passage of a withheld claim alone is left out.
    """
    page = _cleaned(page)
    by_doc = {reference["doc_id"]: reference for reference in page["references"]}
    sources = {doc_id: source_of(reference, by_doc) for doc_id, reference in by_doc.items()}
    passages = passages_of(page, sources)
    claim = claims_of(page, passages)
    status, provenance = page["status"], page["provenance"]
    return PageView(
        title=page["title"],
        asked=page["question"] if page["question"].strip() != page["title"] else None,
        readings=tuple(page["readings"]),
        state=status["state"],
        banner=status["banner"],
        notice=status["notice"],
        signatures=_signatures(page),
        edition=status["version"],
        checked_to=page["evidence_checked_to"],
        checked_to_words=date_of(page["evidence_checked_to"]),
        version=provenance["version"],
        abstained=_no_answer(page),
        bottom_line=tuple(claim(c, "bottom-line-") for c in page["bottom_line"]),
        lanes=tuple(_lane(lane, claim) for lane in page["lanes"]),
        factor_groups=_factor_groups(page["factors"], passages),
        figures=tuple(_figure_view(figure, passages) for figure in page["figures"]),
        tables=tuple(_table(table, passages) for table in page["tables"]),
        conflicts=tuple(_conflict(conflict, passages) for conflict in page["conflicts"]),
        closest=found(passages, closest_of(page, sources)),
        not_found=tuple(_not_found(part, passages) for part in page["not_found"]),
        withheld=tuple(
            _withheld(claim_id, item, page["evidence"])
            for claim_id, item in page["withheld"].items()
        ),
        next_questions=tuple(page["next_questions"]),
        related=tuple(page["related"]),
        passages=tuple(passages.values()),
        references=tuple(sources.values()),
        disclaimer=page["disclaimer"],
        provenance=_provenance(provenance),
        reading=reading_view(page["reading"]),
    )


def read_source(reference: Page) -> SourceView:
    """A source by itself, as a page would show it; `reference` is one of a page's."""
    return source_of(_cleaned(reference), {})


@lru_cache(maxsize=8192)
def clean(text: str) -> str:
    """`text` on one line, without what steers a terminal or turns the direction of text round.

    >>> clean("red \\x1b[31m alert\\nsecond line")
    'red [31m alert second line'
    """
    if text.isprintable():
        # most is: no control, surrogate, direction mark or space but the plain one is printable
        return " ".join(text.split())
    kept = []
    for character in text:
        category = unicodedata.category(character)
        if character.isspace():
            kept.append(" ")
        elif category == "Cs":
            # half a surrogate pair, which no output encoding can hold
            kept.append("\ufffd")
        elif category != "Cc" and character not in _BIDI:
            kept.append(character)
    return " ".join("".join(kept).split())


def _no_answer(page: Page) -> str | None:
    """Why there is no answer, or that what follows is none; None under a bottom line."""
    if page["abstained"]:
        return _ABSTENTIONS[page["abstained"]]
    return None if page["bottom_line"] else _NOT_DIRECTLY


def _cleaned(value: Any) -> Any:  # noqa: ANN401  (any value of parsed JSON)
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, dict):
        return {clean(key): _cleaned(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_cleaned(item) for item in value]
    return value


def _lane(lane: Page, claim: Callable[[str], ClaimView]) -> LaneView:
    return LaneView(
        anchor=f"lane-{lane['lane']}",
        title=lane["title"],
        sections=tuple(
            SectionView(
                section["heading"],
                # a fold stands behind what does not need one
                tuple(sorted(map(claim, section["claims"]), key=lambda c: c.is_folded)),
            )
            for section in lane["sections"]
        ),
        absent_reason=lane["absent_reason"],
    )


def _table(table: Page, passages: Passages) -> TableView:
    return TableView(
        anchor=f"table-{table['table_id']}",
        title=table["title"],
        columns=tuple(table["columns"]),
        rows=tuple(
            tuple(CellView(cell["text"], found(passages, cell["cites"])) for cell in row)
            for row in table["rows"]
        ),
        notes=tuple(table["notes"]),
    )


def _conflict(conflict: Page, passages: Passages) -> ConflictView:
    return ConflictView(
        conflict["about"],
        tuple(
            SideView(side["position"], found(passages, side["cites"])) for side in conflict["sides"]
        ),
        ", ".join(conflict["differs"]),
    )


def _not_found(part: Page, passages: Passages) -> NotFoundView:
    return NotFoundView(
        part["part"],
        _MISSING[part["reason"]],
        part["searched"],
        found(passages, part["nearest"]),
    )


def _provenance(provenance: Page) -> tuple[tuple[str, str], ...]:
    return (
        ("Library", provenance["library"]),
        ("Documents", f"{provenance['documents']:,}"),
        ("Passages", f"{provenance['passages']:,}"),
        ("Searched", "; ".join(provenance["searched"]) or "nothing"),
        ("Models", "; ".join(provenance["models"]) or "none"),
        *((f"Option: {name}", value) for name, value in provenance["options"].items()),
        ("Curbside", provenance["version"]),
        ("Made", provenance["at"]),
    )


_NOT_SIGNED = (
    "What was signed is each statement in its own words; the plainer words of this page were put by"
    " rule."
)


def _signatures(page: Page) -> tuple[str, ...]:
    """Who signed; on a page in plainer words with what that is not on."""
    signed = tuple(map(_signed, page["status"]["signatures"]))
    reading = page["reading"]
    return (*signed, _NOT_SIGNED) if signed and reading and reading["wordings"] else signed


def _signed(signature: Page) -> str:
    """Who signed, when, what it means, with which interests, and under which text: as much of its
    hash as one reads."""
    who = ", ".join(filter(None, (signature["name"], signature["credentials"])))
    return (
        f"Signed by {who}, {date_of(signature['at'])}: {signature['meaning']}"
        f" ({_interests(signature['disclosure'])}text {signature['content'][:12]})"
    )


def _interests(disclosure: Page | None) -> str:
    if disclosure is None:
        return ""
    stated = "; ".join(
        f"{each['what']} ({', '.join(each['topics']) or 'everything'})"
        for each in disclosure["interests"]
    )
    return f"interests stated {date_of(disclosure['at'])}: {stated or 'none'}; "


def _factor_groups(factors: Sequence[Page], passages: Passages) -> tuple[FactorGroup, ...]:
    groups = []
    for verdict, title, meaning in _FACTOR_GROUPS:
        mine = tuple(
            FactorView(
                name=factor["factor"],
                direction=_direction(factor),
                reason=factor["reason"],
                supporting=found(passages, factor["supporting"]),
                opposing=found(passages, factor["opposing"]),
            )
            for factor in factors
            if factor["verdict"] == verdict
        )
        if mine:
            groups.append(FactorGroup(verdict, title, meaning, mine))
    return tuple(groups)


def _direction(factor: Page) -> str | None:
    if not factor["direction"]:
        return None
    words = _DIRECTIONS[factor["direction"]]
    is_disputed = factor["verdict"] in ("inconsistent", "not-associated")
    return f"where linked, {words}" if is_disputed else words


def _figure_view(figure: Page, passages: Passages) -> FigureView:
    def datum(item: Page) -> DatumView:
        return DatumView(
            label=item["label"],
            value=item["value"],
            x=item["x"],
            low=item["low"],
            high=item["high"],
            passages=found(passages, item["cites"]),
            remark=item["remark"],
        )

    return FigureView(
        anchor=f"figure-{figure['figure_id']}",
        kind=figure["kind"],
        title=figure["title"],
        measure=figure["measure"],
        unit=figure["unit"],
        series=tuple(
            SeriesView(series["label"], tuple(map(datum, series["data"])))
            for series in figure["series"]
        ),
        pooled=datum(figure["pooled"]) if figure["pooled"] else None,
        left_out=tuple(figure["left_out"]),
        notes=tuple(figure["notes"]),
    )


def _withheld(claim_id: str, item: Page, evidence: Mapping[str, Page]) -> WithheldView:
    documents = dict.fromkeys(evidence[e]["doc_id"] for e in item["evidence"])
    return WithheldView(
        claim_id=claim_id,
        sources=", ".join(documents),
        reasons=tuple(
            f"{verdict['gate']}: {verdict['reason']}"
            for verdict in item["verdicts"]
            if verdict["label"] != "SUPPORT"
        ),
    )
