"""The nouns: frozen records that every stage takes and returns.

Nothing here performs I/O. Collections are tuples, so that a record can be hashed, compared and
encoded the same way everywhere. `codec` turns each into JSON and back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

ADDED: Final[Mapping[str, bool]] = {"added": True}
"""Marks a field that came after records were kept: `codec` leaves it out at its default."""


class Kind(StrEnum):
    """What a source is, by its own metadata; decides the lane (see `lane_of`)."""

    GUIDELINE = "guideline"
    SYSTEMATIC_REVIEW = "systematic-review"
    TRIAL = "trial"
    COHORT = "cohort"
    CASE_SERIES = "case-series"
    REVIEW = "review"
    LABEL = "label"
    PATIENT_INFORMATION = "patient-information"
    ARTICLE = "article"
    """A journal article whose metadata do not say more."""


class Lane(StrEnum):
    """The lanes of a page, in its order; never mixed.

    A page has the first three always, and says what was searched where one is empty. It has
    patient information only where some answers: that no leaflet does is no gap in the evidence.
    """

    GUIDELINE = "guideline"
    RESEARCH = "research"
    LABEL = "label"
    PATIENT = "patient-information"


def lane_of(kind: Kind) -> Lane:
    """The lane of a kind of source."""
    if kind is Kind.GUIDELINE:
        return Lane.GUIDELINE
    if kind is Kind.LABEL:
        return Lane.LABEL
    if kind is Kind.PATIENT_INFORMATION:
        return Lane.PATIENT
    return Lane.RESEARCH


class Status(StrEnum):
    """Standing of a source, never assumed: what was not checked is UNKNOWN."""

    CURRENT = "current"
    CORRECTED = "corrected"
    CONCERN = "concern"
    RETRACTED = "retracted"
    SUPERSEDED = "superseded"
    UNKNOWN = "unknown"


class Certainty(StrEnum):
    HIGH = "high"
    MODERATE = "moderate"
    LOW = "low"
    VERY_LOW = "very-low"


class Direction(StrEnum):
    """What a factor does to the outcome as the sentence states it."""

    RAISES = "raises"
    LOWERS = "lowers"
    NONE = "none"
    MIXED = "mixed"


class Label(StrEnum):
    SUPPORT = "SUPPORT"
    CONTRADICT = "CONTRADICT"
    NOT_ENOUGH_INFO = "NOT_ENOUGH_INFO"


class FactorVerdict(StrEnum):
    FIRM = "firm"
    LIMITED = "limited"
    INCONSISTENT = "inconsistent"
    NOT_ASSOCIATED = "not-associated"


class Abstention(StrEnum):
    """Why a question, or a part of it, has no answer here."""

    NOTHING_RETRIEVED = "nothing-retrieved"
    NOTHING_RELEVANT = "nothing-relevant"
    NOTHING_SUPPORTED = "nothing-supported"
    PARTLY_COVERED = "partly-covered"


class Role(StrEnum):
    """The part a concept plays in a question (PICO plus the process a prognosis question names)."""

    CONDITION = "condition"
    INTERVENTION = "intervention"
    COMPARISON = "comparison"
    OUTCOME = "outcome"
    PROCESS = "process"
    POPULATION = "population"
    FACTOR = "factor"
    OTHER = "other"


class QuestionKind(StrEnum):
    PREDICTORS = "predictors"
    FREQUENCY = "frequency"
    TREATMENT = "treatment"
    DOSE = "dose"
    MONITORING = "monitoring"
    SAFETY = "safety"
    DIAGNOSIS = "diagnosis"
    DEFINITION = "definition"
    CAUSE = "cause"
    GENERAL = "general"


class Reader(StrEnum):
    """Whom a page is drawn for; each reads the same claims."""

    PATIENT = "patient"
    STUDENT = "student"
    CLINICIAN = "clinician"
    SPECIALIST = "specialist"


@dataclass(frozen=True, slots=True)
class EncoderIdentity:
    """What vectors were made with: only those of equal identity may be compared.

    The hashes are of the model's and the tokenizer's files; `reading` says how texts are given
    to the model and their vectors taken. `title` is for people, and two encoders may share one.
    """

    title: str = field(compare=False)
    model_sha256: str
    tokenizer_sha256: str
    reading: str

    @property
    def name(self) -> str:
        """The title with the first digits of the hashes, as an answer and an error tell it."""
        model, tokenizer = self.model_sha256[:12], self.tokenizer_sha256[:12]
        return f"{self.title} (model {model}, tokenizer {tokenizer})"


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Half-open range [start, end) of code points in `Document.text`; never empty."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end:
            raise ValueError(f"empty or reversed span: [{self.start}, {self.end})")

    def contains(self, other: Span) -> bool:
        """Whether `other` lies wholly inside this span."""
        return self.start <= other.start and other.end <= self.end

    def shift(self, offset: int) -> Span:
        """The same span in a text that starts `offset` code points earlier."""
        return Span(self.start + offset, self.end + offset)

    def of(self, text: str) -> str:
        """The words of `text` under this span. Raises ValueError where the text is too short."""
        if self.end > len(text):
            raise ValueError(f"span [{self.start}, {self.end}) is past the end ({len(text)})")
        return text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class Mention:
    """A piece of a quote: `span` points into `Document.text`, `text` is what stands there."""

    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class Recommendation:
    """What a guideline prints beside one of its recommendations; None where it prints none.

    `number` is the issuer's ("3", "1.2.4"), `strength` its grade ("B recommendation", "strong"),
    `certainty` its words for the evidence ("moderate-quality evidence", "Level 2b").
    """

    number: str | None = None
    strength: str | None = None
    certainty: str | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """A labelled stretch of a document, with a locator that a person can follow.

    In a digest each statement is a section of its own: `certainty` is this project's label for
    it and `strength` the issuer's own grade as printed. Both are None elsewhere.
    `recommendation` is set where the section is one recommendation of a guideline, no more.
    """

    label: str
    span: Span
    locator: str
    certainty: Certainty | None = None
    strength: str | None = None
    recommendation: Recommendation | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """A relation to another record as the source's own metadata state it.

    `relation` is PubMed's RefType or JATS's related-article-type, in kebab case
    ("retraction-in", "erratum-in", "expression-of-concern-in", "superseded-by", "supersedes");
    "cites" is an entry of its reference list. `target` is an id ("doi:10.1/x", "pmid:1") or, where
    there is none, what is printed.
    """

    relation: str
    target: str


@dataclass(frozen=True, slots=True)
class Source:
    """Who published a document, and where. None means: not seen, not: there is none."""

    authors: tuple[str, ...] = ()
    journal: str | None = None
    organisation: str | None = None
    year: int | None = None
    volume: str | None = None
    issue: str | None = None
    pages: str | None = None
    doi: str | None = None
    pmid: str | None = None
    pmcid: str | None = None
    url: str | None = None
    licence: str | None = None
    publication_types: tuple[str, ...] = ()
    mesh: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class Study:
    """What a study is, where its source says so in words."""

    design: str | None = None
    n: int | None = None
    population: str | None = None
    intervention: str | None = None
    follow_up: str | None = None
    outcome_definition: str | None = None


@dataclass(frozen=True, slots=True)
class Digest:
    """How a summary of a source was made; only digests carry one."""

    verification: str
    certainty_basis: str
    licence_note: str
    via: str | None = None
    title_is_description: bool = False
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """One source as text. `text` is the only text; all spans point into it.

    `doc_id` is `pmid:…`, `pmcid:…`, `doi:…`, `guideline:…` or `digest:…`. A digest is our
    summary of the source named in `source`; `digest` is None for the source's own words.
    `revision` changes whenever `text` does (sha256 of the text, first 12 hex digits, unless the
    source counts its own versions). `published`, `revised` (when its source last changed the
    record) and `retrieved_at` are ISO 8601 dates. `version` is the source's own ("2", "2025.1");
    `jurisdiction` says where a guideline or label holds ("US", "Europe"). `question` is the one
    that a question-answer document answers, with what its collection says of it: the type
    ("symptoms") and what it is about ("Gout"); None elsewhere.
    """

    doc_id: str
    title: str
    text: str
    kind: Kind
    sections: tuple[Section, ...]
    source: Source
    revision: str
    study: Study | None = None
    digest: Digest | None = None
    language: str = "en"
    published: str | None = None
    revised: str | None = None
    version: str | None = None
    jurisdiction: str | None = None
    retrieved_at: str | None = None
    question: str | None = field(default=None, metadata=ADDED)
    question_type: str | None = field(default=None, metadata=ADDED)
    focus: str | None = field(default=None, metadata=ADDED)


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """A source takes one of its records back (PubMed's DeleteCitation); it is no retraction.

    `version` is the version of the record that is taken back; None for whatever stands.
    """

    doc_id: str
    reason: str
    version: str | None = None


@dataclass(frozen=True, slots=True)
class Notice:
    """What a register says of the standing of a work, wherever the work itself came from.

    `work` names it ("doi:…" in lower case, "pmid:…", "pmcid:PMC…"; each of them alone would do),
    `by` what was published about it (in the same form, or a sentence), `register` who says so
    ("Retraction Watch", "Crossref"). CURRENT is said only where the register was asked and knew
    the work. `stated` is the ISO date of what was published, `checked_at` that of the asking.
    """

    work: tuple[str, ...]
    status: Status
    register: str
    by: tuple[str, ...] = ()
    stated: str | None = None
    checked_at: str | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """`by` names what corrected, retracted or superseded it; `checked_at` is an ISO date."""

    status: Status
    by: tuple[str, ...] = ()
    checked_at: str | None = None


@dataclass(frozen=True, slots=True)
class Passage:
    """A retrievable stretch of a document. `passage_id` is `doc_id@revision#start-end`.

    `title` is the document's, so that a passage can be judged without opening its document.
    """

    passage_id: str
    doc_id: str
    span: Span
    section: str
    text: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class Concept:
    """One thing a question is about.

    `name` is the canonical name, `surface` the user's own words, `terms` every wording that
    counts as a mention of it (lower case, `name` included). `is_required` says whether evidence
    must mention it to be about this question. `brand` is set where a brand name is known, `ui` and
    `tree_numbers` where it is a heading of MeSH or a drug with a number.
    """

    role: Role
    name: str
    surface: str
    terms: tuple[str, ...]
    is_required: bool = True
    brand: str | None = None
    ui: str | None = field(default=None, metadata=ADDED)
    tree_numbers: tuple[str, ...] = field(default=(), metadata=ADDED)


@dataclass(frozen=True, slots=True)
class Follow:
    """What a question follows: the page before it and the names of what was kept of that page's
    question. `only` are the doc_ids that alone are asked about; empty for all."""

    title: str
    slug: str
    kept: tuple[str, ...] = ()
    only: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """A question and how it was understood. `text` is the user's words, unchanged.

    `readings` lists, for a person, every change made on the way ("read 'Zyloric' as
    allopurinol"). `query` is the wording that is searched: the canonical title where a page
    is known, else the corrected words.
    """

    text: str
    title: str
    slug: str
    kind: QuestionKind
    concepts: tuple[Concept, ...]
    query: str
    readings: tuple[str, ...] = ()
    as_of: str | None = None
    follows: Follow | None = None

    def concepts_of(self, role: Role) -> tuple[Concept, ...]:
        """The question's concepts in that role, in the order of the question."""
        return tuple(c for c in self.concepts if c.role is role)


@dataclass(frozen=True, slots=True)
class VocabularyEntry:
    """A concept of a topic and the wordings it goes by.

    `opposite` names the concept that states the same the other way round ("sustained remission"
    for "relapse"). `asked_as` are wordings that mean the concept in a question only ("return").
    """

    name: str
    role: Role
    terms: tuple[str, ...]
    opposite: str | None = None
    asked_as: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PlainTerm:
    """A word of the trade for those outside it: `meaning` explains it, `words` are the wordings
    that call for the explanation, `swaps` pairs of a wording and the plain words that may stand
    in its place. `source` says who explains it so."""

    name: str
    meaning: str
    words: tuple[str, ...]
    swaps: tuple[tuple[str, str], ...]
    source: str


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Words of one or more topics, and the questions that have a page of their own."""

    entries: tuple[VocabularyEntry, ...] = ()
    pages: tuple[str, ...] = ()
    plain: tuple[PlainTerm, ...] = ()

    def __hash__(self) -> int:
        # a vocabulary is part of the key of many caches: to hash it whole reads every word of it
        return hash((len(self.entries), self.pages, len(self.plain)))


@dataclass(frozen=True, slots=True)
class Outcome:
    """The outcome a question asks about: its wordings, and those of its opposite."""

    name: str
    terms: tuple[str, ...]
    opposite_terms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Hit:
    """A retrieved passage. Scores compare only within a `run`; higher is better.

    A fused hit keeps the scores it was fused of: `lexical` is BM25's, `dense` the cosine; None
    where that search did not find the passage.
    """

    passage: Passage
    score: float
    run: str
    lexical: float | None = None
    dense: float | None = None


@dataclass(frozen=True, slots=True)
class Effect:
    """An effect estimate as printed: measure ("OR", "HR", "RR"), interval bounds, p.

    `unit` is that of a difference ("mmHg", "percentage point"), None for a ratio; `level` is the
    interval's in percent, None where none is printed (a reader takes 95).
    """

    measure: str | None = None
    point: float | None = None
    low: float | None = None
    high: float | None = None
    p: str | None = None
    unit: str | None = None
    level: float | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """What a sentence says about one factor and one outcome; every mention has its own span.

    `concept` is the name under which findings of different sources are brought together;
    `direction` is that of the factor as worded, and `sense` is -1 where the wording says less of
    the concept or none of it ("younger", "absence of"), else 1.
    `factor` is None where the sentence speaks of every factor looked at ("no variable predicted").
    `is_hedged` marks a suggestion ("may explain"); `is_review` a statement over many studies.
    """

    concept: str
    direction: Direction
    factor: Mention | None = None
    outcome: Mention | None = None
    population: Mention | None = None
    effect: Effect | None = None
    n: int | None = None
    window: Mention | None = None
    definition: Mention | None = None
    is_hedged: bool = False
    is_review: bool = False
    sense: int = 1

    @property
    def oriented(self) -> Direction:
        """What *more* of the concept does, so that sources compare on it and not on wording."""
        turned = {Direction.RAISES: Direction.LOWERS, Direction.LOWERS: Direction.RAISES}
        return turned.get(self.direction, self.direction) if self.sense < 0 else self.direction


@dataclass(frozen=True, slots=True)
class Evidence:
    """A verbatim piece of a document: `quote == document.text[span]`, always."""

    evidence_id: str
    doc_id: str
    revision: str
    span: Span
    quote: str
    section: str
    locator: str
    zone: str
    design: str | None = None
    certainty: Certainty | None = None
    strength: str | None = None
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Selected:
    """A piece of evidence with what composing needs to know of it.

    `relevance` is the probability that it answers, from 0 to 1; `named` are the names of the
    question's concepts that the quote itself mentions; `answers_it` says that its document was
    written to answer this very question.
    """

    evidence: Evidence
    document: Document
    standing: Standing
    relevance: float
    named: tuple[str, ...]
    answers_it: bool = False


@dataclass(frozen=True, slots=True)
class Selection:
    """What was found: evidence about the question best first, and, where there is none, the
    nearest sentences. `vetoed` says why sentences were left out, and how many; `threshold` is the
    relevance from which a sentence answers, `top_score` that of the best that may be quoted; None
    where nothing was scored."""

    selected: tuple[Selected, ...]
    nearest: tuple[Selected, ...]
    retrieved: int
    vetoed: tuple[tuple[str, int], ...] = ()
    threshold: float = 0.0
    top_score: float | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """One checkable statement. `cites` holds evidence ids; `heading` is the aspect's heading.

    `is_quoted` is True where the text is the source's own words, shown as a quotation. `remark`
    is ours and computed ("2 sources"; "across all sources: age is inconsistent"); never evidence.
    """

    claim_id: str
    text: str
    lane: Lane
    heading: str
    cites: tuple[str, ...]
    is_quoted: bool = False
    remark: str | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one gate said of one claim; every gate's verdict is kept."""

    claim_id: str
    label: Label
    gate: str
    reason: str
    score: float | None = None


@dataclass(frozen=True, slots=True)
class Offered:
    """A passage that a language model is given to write from; `evidence_id` is all it may cite."""

    evidence_id: str
    lane: Lane
    heading: str
    quote: str


@dataclass(frozen=True, slots=True)
class Drafted:
    """What a language model wrote, before any of it is believed. `fault` says how its form is not
    the one that was asked for; there is no text then."""

    text: str
    cites: tuple[str, ...]
    fault: str | None = None


@dataclass(frozen=True, slots=True)
class ConflictSide:
    """`position` is what this side says in a few words; `cites` are evidence ids."""

    position: str
    cites: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Conflict:
    """Sources that disagree. `differs` names what may explain it, each with its sources' words."""

    about: str
    sides: tuple[ConflictSide, ...]
    differs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Factor:
    """A factor weighed over all sources. `supporting`, `opposing` are evidence ids.

    `direction` is what the factor, worded as in `name`, does to the outcome; None where no source
    links it.
    """

    name: str
    verdict: FactorVerdict
    supporting: tuple[str, ...]
    opposing: tuple[str, ...]
    reason: str
    direction: Direction | None = None


@dataclass(frozen=True, slots=True)
class Reference:
    """A cited source. `number` counts in order of first use over the whole page, from 1."""

    number: int
    doc_id: str
    kind: Kind
    title: str
    source: Source
    standing: Standing
    is_digest: bool
    title_is_description: bool = False
    via: str | None = None
    verification: str | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SectionOfClaims:
    heading: str
    claims: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LaneOfClaims:
    """`absent_reason` is set exactly where the lane has no section; patient information has one
    always."""

    lane: Lane
    sections: tuple[SectionOfClaims, ...]
    absent_reason: str | None = None


@dataclass(frozen=True, slots=True)
class NotFound:
    """A part of the question with no answer here. `nearest` are evidence ids."""

    part: str
    reason: Abstention
    searched: str
    nearest: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a table. `cites` are the evidence ids that say what it says; a computed cell
    (a count, a verdict) cites what it was computed from, and an empty one nothing."""

    text: str
    cites: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """What the page says, side by side. The first cell of a row heads it; every row has as many
    cells as there are `columns`. `notes` say how to read it."""

    table_id: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Datum:
    """One value of a figure with the words beside it. `x` is its place along the other axis (years
    since the start, the year of publication); `low` and `high` bound an interval as printed."""

    label: str
    value: float | None = None
    x: float | None = None
    low: float | None = None
    high: float | None = None
    cites: tuple[str, ...] = ()
    remark: str | None = None


@dataclass(frozen=True, slots=True)
class Series:
    """Values of one study or group."""

    label: str
    data: tuple[Datum, ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture as data: `kind` is "forest", "rates", "timeline" or "icons". `measure` says in
    words what the values are, `unit` in what. `pooled` stands only where the studies may be
    pooled; `left_out` says what is not in the picture, and why."""

    figure_id: str
    kind: str
    title: str
    measure: str
    unit: str
    series: tuple[Series, ...]
    pooled: Datum | None = None
    left_out: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Wording:
    """A claim as one kind of reader reads it: sentences that say what the claim says, no more.

    `parts` is one sentence each; the claim's own text alone where nothing plainer holds. `cites`
    are the claim's. `note` is ours and stands beside it; `is_folded` puts it behind the others.
    """

    claim_id: str
    cites: tuple[str, ...]
    parts: tuple[str, ...]
    note: str | None = None
    is_folded: bool = False


@dataclass(frozen=True, slots=True)
class Explanation:
    """A word explained where a reader first meets it; `claim_id` is None for the words around
    the claims (a heading, a kind of study). `plain` are the plain words that stand in its place,
    if any."""

    term: str
    meaning: str
    source: str
    plain: str | None = None
    claim_id: str | None = None


@dataclass(frozen=True, slots=True)
class Grade:
    """How hard the claims of a page are to read, in US school years; None where there are none."""

    flesch_kincaid: float | None
    smog: float | None
    sentences: int
    words: int


@dataclass(frozen=True, slots=True)
class Reading:
    """A page as one kind of reader reads it. `wordings` are of all claims, in their order, or
    none where the claims are read as they stand. `grade` counts their words as they are,
    `grade_without_names` without the names of drugs and diseases. `folded` names the parts of
    the page that stand behind a fold."""

    reader: Reader
    wordings: tuple[Wording, ...]
    explanations: tuple[Explanation, ...]
    questions: tuple[str, ...]
    folded: tuple[str, ...]
    grade: Grade
    grade_without_names: Grade


@dataclass(frozen=True, slots=True)
class Provenance:
    """What an answer was made from and with. The same provenance gives the same answer."""

    version: str
    library: str
    documents: int
    passages: int
    searched: tuple[str, ...]
    models: tuple[str, ...]
    options: tuple[tuple[str, str], ...]
    at: str


@dataclass(frozen=True, slots=True)
class Answer:
    """The whole page as data. `claims` are the supported ones; `verdicts` are all.
    `next_questions` are those that the library has statements for, `related` its other pages.

    `withheld` are the claims that failed a gate: never shown as answer, kept with the reason.
    `closest` are the evidence ids of what stands nearest to a question that has no direct answer
    here, best first. `top_score` is the probability that the best sentence found answers, whether
    or not it does; None where nothing was found, and on the page of a topic, which has none.
    """

    question: Question
    evidence_checked_to: str
    bottom_line: tuple[str, ...]
    lanes: tuple[LaneOfClaims, ...]
    claims: tuple[Claim, ...]
    withheld: tuple[Claim, ...]
    evidence: tuple[Evidence, ...]
    verdicts: tuple[Verdict, ...]
    references: tuple[Reference, ...]
    factors: tuple[Factor, ...]
    conflicts: tuple[Conflict, ...]
    not_found: tuple[NotFound, ...]
    abstained: Abstention | None
    provenance: Provenance
    tables: tuple[Table, ...] = ()
    figures: tuple[Figure, ...] = ()
    next_questions: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    reading: Reading | None = None
    closest: tuple[str, ...] = field(default=(), metadata=ADDED)
    top_score: float | None = field(default=None, metadata=ADDED)
