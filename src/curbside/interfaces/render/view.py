"""The answer object read once for every renderer: ids resolved, words chosen, nothing laid out.

What comes from documents is data: `clean` takes out what could steer a terminal or turn text
round, and each renderer escapes what its own form gives a meaning to.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any, Final

from curbside.interfaces.render.phrases import account_of
from curbside.interfaces.render.reader import explained_at, reading_view
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
    Mark,
    NotFoundView,
    Page,
    PageView,
    PassageView,
    SectionView,
    SeriesView,
    SideView,
    SourceView,
    TableView,
    WithheldView,
)

_CERTAINTY: Final[Mapping[str, str]] = {
    "high": "High",
    "moderate": "Moderate",
    "low": "Low",
    "very-low": "Very low",
}
_ABSTENTIONS: Final[Mapping[str, str]] = {
    "nothing-retrieved": "Nothing in this library matches the question.",
    "nothing-relevant": "Passages were found, but none of them is about this question.",
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
_ALARMS: Final = frozenset({"concern", "retracted", "superseded"})
"""Standings a reader must meet at the claim and not only among the references."""


_FACT_ORDER: Final = ("Population", "Definition", "Time window", "Effect")
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
    cited = _cited(page)
    shown = [
        (evidence_id, item)
        for evidence_id, item in page["evidence"].items()
        if evidence_id in cited and item["doc_id"] in sources
    ]
    passages = {
        evidence_id: _passage(f"passage-{position}", evidence_id, item, sources)
        for position, (evidence_id, item) in enumerate(shown, start=1)
    }
    claims = page["claims"]
    anchors = {claim_id: f"claim-{position}" for position, claim_id in enumerate(claims, start=1)}

    reading = page["reading"]
    wordings = {w["claim_id"]: w for w in reading["wordings"]} if reading else {}
    explained = explained_at(reading)
    is_detailed = reading is not None and reading["reader"] == "specialist"

    def claim(claim_id: str, prefix: str = "") -> ClaimView:
        drawn = _claim(prefix + anchors[claim_id], claims[claim_id], passages)
        # explained where it stands first: the bottom line, else its lane
        is_first = bool(prefix) or claim_id not in page["bottom_line"]
        words = explained.get(claim_id, ()) if is_first else ()
        return _for_reader(drawn, wordings.get(claim_id), words, is_detailed=is_detailed)

    def found(evidence_ids: Sequence[str]) -> tuple[PassageView, ...]:
        return tuple(passages[e] for e in evidence_ids if e in passages)

    provenance = page["provenance"]
    return PageView(
        title=page["title"],
        asked=page["question"] if page["question"].strip() != page["title"] else None,
        readings=tuple(page["readings"]),
        state=page["status"]["state"],
        banner=page["status"]["banner"],
        notice=page["status"]["notice"],
        signatures=_signatures(page),
        edition=page["status"]["version"],
        checked_to=page["evidence_checked_to"],
        checked_to_words=date_of(page["evidence_checked_to"]),
        version=provenance["version"],
        abstained=_no_answer(page),
        bottom_line=tuple(claim(c, "bottom-line-") for c in page["bottom_line"]),
        lanes=tuple(
            LaneView(
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
            for lane in page["lanes"]
        ),
        factor_groups=_factor_groups(page["factors"], passages),
        figures=tuple(_figure_view(figure, passages) for figure in page["figures"]),
        tables=tuple(
            TableView(
                anchor=f"table-{table['table_id']}",
                title=table["title"],
                columns=tuple(table["columns"]),
                rows=tuple(
                    tuple(CellView(cell["text"], found(cell["cites"])) for cell in row)
                    for row in table["rows"]
                ),
                notes=tuple(table["notes"]),
            )
            for table in page["tables"]
        ),
        conflicts=tuple(
            ConflictView(
                conflict["about"],
                tuple(SideView(s["position"], found(s["cites"])) for s in conflict["sides"]),
                ", ".join(conflict["differs"]),
            )
            for conflict in page["conflicts"]
        ),
        not_found=tuple(
            NotFoundView(
                part["part"], _MISSING[part["reason"]], part["searched"], found(part["nearest"])
            )
            for part in page["not_found"]
        ),
        withheld=tuple(
            _withheld(claim_id, item, page["evidence"])
            for claim_id, item in page["withheld"].items()
        ),
        next_questions=tuple(page["next_questions"]),
        related=tuple(page["related"]),
        passages=tuple(passages.values()),
        references=tuple(sources.values()),
        disclaimer=page["disclaimer"],
        provenance=(
            ("Library", provenance["library"]),
            ("Documents", f"{provenance['documents']:,}"),
            ("Passages", f"{provenance['passages']:,}"),
            ("Searched", "; ".join(provenance["searched"]) or "nothing"),
            ("Models", "; ".join(provenance["models"]) or "none"),
            *((f"Option: {name}", value) for name, value in provenance["options"].items()),
            ("Curbside", provenance["version"]),
            ("Made", provenance["at"]),
        ),
        reading=reading_view(reading),
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


def _for_reader(
    claim: ClaimView, wording: Page | None, explained: Sequence[str], *, is_detailed: bool
) -> ClaimView:
    """The claim in its reader's words, with the lines that this reader finds below it."""
    under = list(explained)
    if is_detailed:
        under += [f"[{p.source.number}] {account_of(p)}" for p in claim.passages]
    if wording is None:
        return replace(claim, under=tuple(under))
    under = [wording["note"], *under] if wording["note"] else under
    text = " ".join(wording["parts"])
    if text == claim.text:
        return replace(claim, under=tuple(under), is_folded=wording["is_folded"])
    printed = claim.text if claim.is_quoted else None
    under += [f"In the source’s words: “{printed}”"] if printed else []
    return replace(
        claim,
        text=text,
        is_quoted=False,
        printed=printed,
        under=tuple(under),
        is_folded=wording["is_folded"],
    )


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


def _cited(page: Page) -> frozenset[str]:
    """The evidence that something shown leads to."""
    claims = (e for claim in page["claims"].values() for e in claim["evidence"])
    factors = (e for f in page["factors"] for e in (*f["supporting"], *f["opposing"]))
    sides = (e for c in page["conflicts"] for side in c["sides"] for e in side["cites"])
    nearest = (e for part in page["not_found"] for e in part["nearest"])
    rows = (row for table in page["tables"] for row in table["rows"])
    cells = (e for row in rows for cell in row for e in cell["cites"])
    drawn = (datum for figure in page["figures"] for datum in _data(figure))
    marks = (e for datum in drawn for e in datum["cites"])
    return frozenset((*claims, *factors, *cells, *marks, *sides, *nearest))


def _passage(
    anchor: str, evidence_id: str, item: Page, sources: Mapping[str, SourceView]
) -> PassageView:
    certainty = item["certainty"]
    source = sources[item["doc_id"]]
    places = dict.fromkeys(place for place in (item["locator"], item["section"].lower()) if place)
    return PassageView(
        anchor=anchor,
        evidence_id=evidence_id,
        quote=item["quote"],
        source=source,
        place=next(iter(places), "place not known"),
        # a cohort that calls itself a cohort need not say so twice
        design=None if item["design"] in (None, source.type.lower()) else item["design"],
        certainty=_CERTAINTY[certainty] if certainty else None,
        strength=item["strength"],
        facts=_facts(item["findings"]),
        is_background=item["zone"] == "background",
    )


def _facts(findings: Sequence[Page]) -> tuple[tuple[str, str], ...]:
    """Of whom, when and how, as printed; each fact once."""
    facts = []
    for finding in findings:
        for name, key in (
            ("Population", "population"),
            ("Definition", "definition"),
            ("Time window", "window"),
        ):
            if finding[key]:
                facts.append((name, finding[key]["text"]))
        if effect := finding["effect"]:
            facts.append(("Effect", _effect(effect)))
    return tuple(sorted(dict.fromkeys(facts), key=lambda fact: _FACT_ORDER.index(fact[0])))


def _effect(effect: Page) -> str:
    words = [str(part) for part in (effect["measure"], _figure(effect["point"])) if part]
    if effect["low"] is not None and effect["high"] is not None:
        words.append(f"({_figure(effect['low'])} to {_figure(effect['high'])})")
    estimate = " ".join(words)
    p = f"p {effect['p']}" if effect["p"] else ""
    return ", ".join(part for part in (estimate, p) if part)


def _figure(number: float | None) -> str:
    return "" if number is None else f"{number:g}"


def _claim(anchor: str, item: Page, passages: Mapping[str, PassageView]) -> ClaimView:
    cited = tuple(passages[e] for e in item["evidence"] if e in passages)
    return ClaimView(
        anchor=anchor,
        text=item["text"],
        is_quoted=item["is_quoted"],
        passages=cited,
        marks=_marks(item, cited),
        remark=item["remark"],
    )


def _marks(item: Page, cited: Sequence[PassageView]) -> tuple[Mark, ...]:
    marks = []
    for source in dict.fromkeys(passage.source for passage in cited):
        if source.is_digest and not item["is_quoted"]:
            marks.append(Mark("summary", f"Our summary of {source.short}"))
        if source.via:
            marks.append(Mark("via", f"Read in a secondary source: {source.via}"))
        if source.standing_status in _ALARMS:
            marks.append(Mark(source.standing_status, source.standing))
    if cited and all(passage.is_background for passage in cited):
        marks.append(Mark("background", "Told as background, not found by this study"))
    certainties = dict.fromkeys(p.certainty.lower() for p in cited if p.certainty)
    if certainties:
        marks.append(Mark("certainty", f"Certainty (our label): {', '.join(certainties)}"))
    strengths = dict.fromkeys(p.strength for p in cited if p.strength)
    if strengths:
        marks.append(Mark("grade", f"Issuer’s grade: {', '.join(strengths)}"))
    return tuple(marks)


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


def _factor_groups(
    factors: Sequence[Page], passages: Mapping[str, PassageView]
) -> tuple[FactorGroup, ...]:
    groups = []
    for verdict, title, meaning in _FACTOR_GROUPS:
        mine = tuple(
            FactorView(
                name=factor["factor"],
                direction=_direction(factor),
                reason=factor["reason"],
                supporting=tuple(passages[e] for e in factor["supporting"] if e in passages),
                opposing=tuple(passages[e] for e in factor["opposing"] if e in passages),
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


def _figure_view(figure: Page, passages: Mapping[str, PassageView]) -> FigureView:
    def datum(item: Page) -> DatumView:
        return DatumView(
            label=item["label"],
            value=item["value"],
            x=item["x"],
            low=item["low"],
            high=item["high"],
            passages=tuple(passages[e] for e in item["cites"] if e in passages),
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


def _data(figure: Page) -> Iterator[Page]:
    """Every value of a figure, the pooled one last."""
    for series in figure["series"]:
        yield from series["data"]
    if figure["pooled"]:
        yield figure["pooled"]


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
