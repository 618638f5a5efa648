"""The answer object read once for every renderer: ids resolved, words chosen, nothing laid out.

What comes from documents is data: `clean` takes out what could steer a terminal or turn text
round, and each renderer escapes what its own form gives a meaning to.
"""

from __future__ import annotations

import shlex
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final, TypeAlias
from urllib.parse import quote, urlsplit

from curbside.interfaces.render.reader import ReadingView, explained_at, reading_view

Page: TypeAlias = Mapping[str, Any]
"""What `answer_to_json` returns. Any: parsed JSON, whose shape its schema holds."""

TYPES: Final[Mapping[str, str]] = {
    "guideline": "Guideline",
    "systematic-review": "Systematic review",
    "trial": "Trial",
    "cohort": "Cohort",
    "case-series": "Case series",
    "review": "Review",
    "label": "Label",
    "patient-information": "Patient information",
    "article": "Article",
}
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
_STANDINGS: Final[Mapping[str, str]] = {
    "current": "Current",
    "corrected": "Corrected",
    "concern": "Expression of concern",
    "retracted": "Retracted",
    "superseded": "Superseded",
    "unknown": "Standing not checked",
}
_ALARMS: Final = frozenset({"concern", "retracted", "superseded"})
"""Standings a reader must meet at the claim and not only among the references."""

MATRIX: Final = "table-factors"
"""The anchor of the table whose columns are sources and whose cells are words."""

HOW_TO_ASK: Final = 'This library has statements for each: curbside ask "QUESTION".'
"""Said of the questions that a page offers."""

_FACT_ORDER: Final = ("Population", "Definition", "Time window", "Effect")
# not strftime, which speaks the language of the machine
_MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
_BIDI: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


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
    """A label at a claim; `kind` is summary, background, certainty, grade or a standing."""

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
    """One of the three lanes; `absent_reason` where it has no section."""

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

    `banner` is the caution of its review state, None exactly where it is approved. `notice` says
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
    sources = {doc_id: _source(reference, by_doc) for doc_id, reference in by_doc.items()}
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
        signatures=tuple(map(_signed, page["status"]["signatures"])),
        edition=page["status"]["version"],
        checked_to=page["evidence_checked_to"],
        checked_to_words=_date(page["evidence_checked_to"]),
        version=provenance["version"],
        abstained=_ABSTENTIONS[page["abstained"]] if page["abstained"] else None,
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
    return _source(_cleaned(reference), {})


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


def lines_under(claim: ClaimView) -> tuple[str, ...]:
    """What stands below a claim, a line each: its marks and remark, its reader's lines."""
    notes = notes_of(claim)
    return (*((notes,) if notes else ()), *claim.under)


def numbers_of(passages: Sequence[PassageView]) -> str:
    """ "[1] [2]": each reference once, in the order of the passages."""
    return " ".join(f"[{number}]" for number in dict.fromkeys(p.source.number for p in passages))


def edition_of(view: PageView) -> str:
    """ ", version 2" after the state of a page that a review desk has; else nothing."""
    return f", version {view.edition}" if view.edition else ""


def words_of(passage: PassageView) -> str:
    """The words of a passage: in quotation marks where they are the source's own."""
    return passage.quote if passage.source.is_digest else f"“{passage.quote}”"


def account_of(passage: PassageView) -> str:
    """Where the words come from and what they speak of, on one line."""
    source = passage.source
    told = [source.type, source.short, passage.place]
    told += ["summary, not the source’s own words"] if source.is_digest else []
    told += [passage.design] if passage.design else []
    told += [f"{name.lower()}: {value}" for name, value in passage.facts]
    told += [f"certainty (our label): {passage.certainty.lower()}"] if passage.certainty else []
    told += [f"issuer’s grade: {passage.strength}"] if passage.strength else []
    return "; ".join((*told, source.standing))


def citation_of(source: SourceView) -> str:
    """Authors, title, where it was published, each ended; a title of ours is called so."""
    title = f"(description) {source.title}" if source.title_is_description else source.title
    return " ".join(ended(part) for part in (source.authors, title, source.line) if part)


def ended(text: str) -> str:
    """`text` as a sentence of its own: what asks or calls out needs no full stop."""
    return text if text.endswith((".", "?", "!")) else f"{text}."


def command_of(question: str) -> str:
    """The line of a shell that asks a question."""
    return f"curbside ask {shlex.quote(question)}"


def with_references(claim: ClaimView) -> str:
    """A claim to be copied elsewhere: its words, its numbers, a line for each source.

    The line says what kind of source it is, where it was published, how it stands and whether
    the words are a summary of ours.
    """
    words = f"“{claim.text}”" if claim.is_quoted else claim.text
    sources = dict.fromkeys(passage.source for passage in claim.passages)
    lines = [f"[{source.number}] {reference_line(source)}" for source in sources]
    return "\n".join((f"{words} {numbers_of(claim.passages)}", *lines))


def reference_line(source: SourceView) -> str:
    """A reference on one line: type, citation, addresses, standing, whose words they are."""
    told = [source.standing]
    told += ["our summary; consult the source"] if source.is_digest else []
    told += [f"read in a secondary source: {source.via}"] if source.via else []
    addresses = " ".join(link.url for link in source.links)
    parts = (f"{source.type}. {citation_of(source)}", addresses, f"({'; '.join(told)})")
    return " ".join(part for part in parts if part)


def notes_of(claim: ClaimView) -> str:
    """The marks and the remark of a claim on one line; empty where it has none."""
    remark = (claim.remark,) if claim.remark else ()
    return "; ".join((*(mark.text for mark in claim.marks), *remark))


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


def _cleaned(value: Any) -> Any:  # noqa: ANN401  (any value of parsed JSON)
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, Mapping):
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


def _source(reference: Page, by_doc: Mapping[str, Page]) -> SourceView:
    details = []
    if reference["digest"]:
        details.append("summary; consult the source")
    if reference["verification"]:
        details.append(f"what was read: {reference['verification']}")
    if reference["via"]:
        details.append(f"read in a secondary source: {reference['via']}")
    if reference["url"] and not _is_web_address(reference["url"]):
        details.append(f"address as recorded: {reference['url']}")
    return SourceView(
        number=reference["number"],
        doc_id=reference["doc_id"],
        type=TYPES[reference["type"]],
        title=reference["title"],
        title_is_description=reference["title_is_description"],
        authors=", ".join(reference["authors"]),
        line=_published(reference),
        short=_short(reference),
        links=_links(reference),
        standing=_standing(reference["standing"], by_doc),
        standing_status=reference["standing"]["status"],
        is_digest=reference["digest"],
        via=reference["via"],
        details=(*details, *reference["notes"]),
    )


def _published(reference: Page) -> str:
    """ "J Hepatol. 2013;58(1):141-147": what is known of it, in the usual order."""
    body = reference["journal"] or reference["organisation"] or ""
    issue = f"({reference['issue']})" if reference["issue"] else ""
    volume = f"{reference['volume'] or ''}{issue}"
    pages = f":{reference['pages']}" if reference["pages"] else ""
    year = str(reference["year"]) if reference["year"] else "year not known"
    when = f"{year};{volume}{pages}" if volume else f"{year}{pages}"
    line = ". ".join(part for part in (body, when) if part)
    if reference["journal"] and reference["organisation"]:
        line = f"{line}. {reference['organisation']}"
    return line


def _short(reference: Page) -> str:
    """ "Castel R et al., 2021": how a person would name the source in a sentence."""
    # a record may hold its authors in one string
    names = [name.strip() for authors in reference["authors"] for name in authors.split(",")]
    if len(names) == 2 and names[1] != "et al.":
        who = " and ".join(names)
    elif len(names) > 1:
        who = f"{names[0]} et al."
    else:
        who = names[0] if names else reference["organisation"] or reference["title"]
    return f"{who}, {reference['year']}" if reference["year"] else who


def _links(reference: Page) -> tuple[Link, ...]:
    """Addresses built from identifiers, and the source's own where it is a web address."""
    links = []
    if doi := reference["doi"]:
        links.append(Link(f"doi:{doi}", f"https://doi.org/{quote(doi, safe='/:;()')}"))
    if pmid := reference["pmid"]:
        links.append(
            Link(f"PMID {pmid}", f"https://pubmed.ncbi.nlm.nih.gov/{quote(pmid, safe='')}/")
        )
    if pmcid := reference["pmcid"]:
        links.append(Link(pmcid, f"https://pmc.ncbi.nlm.nih.gov/articles/{quote(pmcid, safe='')}/"))
    url = reference["url"]
    # a document's own address is data: only what a browser opens as a page is followed
    if url and _is_web_address(url):
        links.append(Link(str(urlsplit(url).hostname), url))
    return tuple(links)


def _is_web_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return (
            parts.scheme in ("http", "https")
            and bool(parts.hostname)
            and not any(character in url for character in ' <>"\\')
        )
    except ValueError:
        return False


def _standing(standing: Page, by_doc: Mapping[str, Page]) -> str:
    words = _STANDINGS[standing["status"]]
    if standing["by"]:
        by = "; ".join(_named(target, by_doc) for target in standing["by"])
        words = f"{words} by {by}" if standing["status"] != "concern" else f"{words}: {by}"
    day = _date(standing["checked_at"]) if standing["checked_at"] else None
    if standing["status"] == "unknown":
        return f"{words} (last tried {day})" if day else words
    return f"{words} (checked {day})" if day else f"{words} (date of check not known)"


def _named(doc_id: str, by_doc: Mapping[str, Page]) -> str:
    if doc_id in by_doc:
        return f"[{by_doc[doc_id]['number']}] {_short(by_doc[doc_id])}"
    return doc_id


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


def _signed(signature: Page) -> str:
    """Who signed, when, what it means, and under which text: as much of its hash as one reads."""
    who = ", ".join(filter(None, (signature["name"], signature["credentials"])))
    return (
        f"Signed by {who}, {_date(signature['at'])}: {signature['meaning']}"
        f" (text {signature['content'][:12]})"
    )


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


def _date(iso: str) -> str:
    """ "31 January 2026" of an ISO date; what is no whole date stays as it is."""
    try:
        day = date.fromisoformat(iso[:10])
    except ValueError:
        return iso
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"
