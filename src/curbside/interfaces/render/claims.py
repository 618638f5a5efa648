"""Claims and passages as a page shows them: each claim with what stands behind it, in its reader's
words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Final, TypeAlias

from curbside.interfaces.render.phrases import account_of
from curbside.interfaces.render.reader import explained_at
from curbside.interfaces.render.views import ClaimView, Mark, Page, PassageView, SourceView
from curbside.records import Lane

_CERTAINTY: Final[Mapping[str, str]] = {
    "high": "High",
    "moderate": "Moderate",
    "low": "Low",
    "very-low": "Very low",
}
_ALARMS: Final = frozenset({"concern", "retracted", "superseded"})
"""Standings a reader must meet at the claim and not only among the references."""
_FACT_ORDER: Final = ("Population", "Definition", "Time window", "Effect")
Passages: TypeAlias = Mapping[str, PassageView]
"""The passages of a page, by their evidence."""


def claims_of(page: Page, passages: Passages) -> Callable[..., ClaimView]:
    """Draws a claim of a page for its reader, by its id; where it is drawn in a second place, what
    goes before its anchor there is the second argument."""
    return partial(_claim_for_reader, _Reader(page), passages)


def passages_of(page: Page, sources: Mapping[str, SourceView]) -> dict[str, PassageView]:
    """The passages that something shown leads to, by their evidence, in its order."""
    cited = _cited(page) | set(closest_of(page, sources))
    shown = [
        (evidence_id, item)
        for evidence_id, item in page["evidence"].items()
        if evidence_id in cited and item["doc_id"] in sources
    ]
    return {
        evidence_id: _passage(f"passage-{position}", evidence_id, item, sources)
        for position, (evidence_id, item) in enumerate(shown, start=1)
    }


def closest_of(page: Page, sources: Mapping[str, SourceView]) -> tuple[str, ...]:
    """The closest evidence of a page, best first: never of a source that is retracted by now."""
    return tuple(
        evidence_id
        for evidence_id in page.get("closest", ())
        if (item := page["evidence"].get(evidence_id)) is not None
        and (source := sources.get(item["doc_id"])) is not None
        and source.standing_status != "retracted"
    )


def found(passages: Passages, evidence_ids: Sequence[str]) -> tuple[PassageView, ...]:
    """The passages of some evidence, those that the page shows."""
    return tuple(passages[e] for e in evidence_ids if e in passages)


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


def _data(figure: Page) -> Iterator[Page]:
    """Every value of a figure, the pooled one last."""
    for series in figure["series"]:
        yield from series["data"]
    if figure["pooled"]:
        yield figure["pooled"]


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


class _Reader:
    """What a page holds for its reader, by claim."""

    def __init__(self, page: Page) -> None:
        reading = page["reading"]
        claims = page["claims"]
        self.claims: Mapping[str, Page] = claims
        self.anchors = {claim_id: f"claim-{at}" for at, claim_id in enumerate(claims, start=1)}
        self.wordings = {w["claim_id"]: w for w in reading["wordings"]} if reading else {}
        self.explained = explained_at(reading)
        self.bottom_line = frozenset(page["bottom_line"])
        self.is_detailed = reading is not None and reading["reader"] == "specialist"


def _claim_for_reader(
    reader: _Reader, passages: Passages, claim_id: str, prefix: str = ""
) -> ClaimView:
    drawn = _claim(prefix + reader.anchors[claim_id], reader.claims[claim_id], passages)
    # explained where it stands first: the bottom line, else its lane
    is_first = bool(prefix) or claim_id not in reader.bottom_line
    words = reader.explained.get(claim_id, ()) if is_first else ()
    return _for_reader(drawn, reader.wordings.get(claim_id), words, is_detailed=reader.is_detailed)


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


def _claim(anchor: str, item: Page, passages: Passages) -> ClaimView:
    cited = found(passages, item["evidence"])
    return ClaimView(
        anchor=anchor,
        text=item["text"],
        is_quoted=item["is_quoted"],
        passages=cited,
        marks=_marks(item, cited),
        remark=item["remark"],
    )


def _marks(item: Page, cited: Sequence[PassageView]) -> tuple[Mark, ...]:
    marks = [Mark("patient", "Patient information")] if item["lane"] == Lane.PATIENT else []
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
