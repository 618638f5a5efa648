"""Records for the tests: name only what matters to the test.

`an_answer()` is a whole page about an invented question, with every kind of thing a page can
hold; its sources, figures and identifiers are made up.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from curbside.records import (
    Abstention,
    Answer,
    Cell,
    Certainty,
    Claim,
    Concept,
    Conflict,
    ConflictSide,
    Datum,
    Direction,
    Effect,
    Evidence,
    Factor,
    FactorVerdict,
    Figure,
    Finding,
    Kind,
    Label,
    Lane,
    LaneOfClaims,
    Mention,
    NotFound,
    Provenance,
    Question,
    QuestionKind,
    Reference,
    Role,
    SectionOfClaims,
    Series,
    Source,
    Span,
    Standing,
    Status,
    Table,
    Verdict,
)

# Any: the changes are whatever fields the record has; `replace` refuses a name it does not know


def a_question(**changes: Any) -> Question:
    """The question of `an_answer`: asked with a brand name, read as the generic."""
    question = Question(
        text="Why does gout flare when you stop Zyloprim?",
        title="What predicts a gout flare after stopping allopurinol (Zyloprim)?",
        slug="what-predicts-a-gout-flare-after-stopping-allopurinol",
        kind=QuestionKind.PREDICTORS,
        concepts=(
            Concept(Role.CONDITION, "gout", "gout", ("gout", "gouty arthritis")),
            Concept(
                Role.INTERVENTION, "allopurinol", "Zyloprim", ("allopurinol",), brand="Zyloprim"
            ),
            Concept(Role.OUTCOME, "flare", "flare", ("flare", "flares", "attack")),
        ),
        query="What predicts a gout flare after stopping allopurinol (Zyloprim)?",
        readings=('read "Zyloprim" as allopurinol', 'read "stop" as stopping treatment'),
    )
    return replace(question, **changes)


def an_evidence(
    evidence_id: str = "E1",
    quote: str = "Of 120 adults who stopped allopurinol, 61% had a flare within 12 months.",
    *,
    doc_id: str = "pmid:90000001",
    start: int = 100,
    **changes: Any,
) -> Evidence:
    """A quote that stands at `start` of its document."""
    evidence = Evidence(
        evidence_id=evidence_id,
        doc_id=doc_id,
        revision="1",
        span=Span(start, start + len(quote)),
        quote=quote,
        section="RESULTS",
        locator="abstract, results",
        zone="result",
    )
    return replace(evidence, **changes)


def a_mention(evidence: Evidence, words: str) -> Mention:
    """Where `words` first stand in the quote. Raises ValueError where they do not."""
    start = evidence.quote.index(words) + evidence.span.start
    return Mention(words, Span(start, start + len(words)))


def a_claim(claim_id: str = "C1", *, of: Evidence | None = None, **changes: Any) -> Claim:
    """A claim that quotes its one piece of evidence."""
    evidence = of or an_evidence()
    claim = Claim(
        claim_id=claim_id,
        text=evidence.quote,
        lane=Lane.RESEARCH,
        heading="How often gout flares",
        cites=(evidence.evidence_id,),
        is_quoted=True,
    )
    return replace(claim, **changes)


def a_reference(
    number: int = 1, doc_id: str = "pmid:90000001", *, kind: Kind = Kind.COHORT, **changes: Any
) -> Reference:
    """A cited article whose standing was never checked."""
    reference = Reference(
        number=number,
        doc_id=doc_id,
        kind=kind,
        title="Flares after stopping urate-lowering treatment: a cohort study",
        source=Source(
            authors=("Amadi T", "Brandt L", "Castel R"),
            journal="J Invented Rheumatol",
            year=2019,
            volume="12",
            issue="3",
            pages="201-209",
            doi="10.5555/jir.2019.0201",
            pmid="90000001",
        ),
        standing=Standing(Status.UNKNOWN),
        is_digest=False,
    )
    return replace(reference, **changes)


def a_provenance(**changes: Any) -> Provenance:
    """Where the answer came from, on a fixed day."""
    provenance = Provenance(
        version="0.1.0",
        library="f00dfeed12ab",
        documents=48,
        passages=1204,
        searched=("words: 1204 passages", "meaning: 1204 passages"),
        models=("invented-encoder int8 sha256:0123abcd",),
        options=(("retrieved", "400"),),
        at="2026-02-03T04:05:06Z",
    )
    return replace(provenance, **changes)


def an_answer(**changes: Any) -> Answer:
    """The whole invented page; `changes` replace fields of it."""
    rate, age_for, age_against, urate, diet, label, old, new, advice, near = _evidence()
    later, odds, range_ = _drawn_evidence()
    claims = (
        a_claim(
            "C1",
            of=new,
            lane=Lane.GUIDELINE,
            heading="Before stopping allopurinol",
            is_quoted=False,
        ),
        a_claim("C2", of=old, lane=Lane.GUIDELINE, heading="Before stopping allopurinol"),
        a_claim("C3", of=advice, lane=Lane.GUIDELINE, heading="Monitoring after stopping"),
        a_claim("C4", of=rate),
        a_claim(
            "C5",
            of=urate,
            heading="Factors linked with flare in consistent reports",
            cites=(urate.evidence_id, age_against.evidence_id),
            remark="2 sources say this",
        ),
        a_claim("C6", of=age_for, heading="Factors with inconsistent reports", is_quoted=False),
        a_claim("C7", of=age_against, heading="Factors with inconsistent reports"),
    )
    withheld = (
        a_claim(
            "C8",
            of=label,
            text="Allopurinol may be stopped at 300 mg.",
            heading="Dose",
            is_quoted=False,
        ),
    )
    answer = Answer(
        question=a_question(),
        evidence_checked_to="2026-01-31",
        bottom_line=("C4", "C5"),
        lanes=(
            LaneOfClaims(
                Lane.GUIDELINE,
                (
                    SectionOfClaims("Before stopping allopurinol", ("C1", "C2")),
                    SectionOfClaims("Monitoring after stopping", ("C3",)),
                ),
            ),
            LaneOfClaims(
                Lane.RESEARCH,
                (
                    SectionOfClaims("How often gout flares", ("C4",)),
                    SectionOfClaims("Factors linked with flare in consistent reports", ("C5",)),
                    SectionOfClaims("Factors with inconsistent reports", ("C6", "C7")),
                ),
            ),
            LaneOfClaims(
                Lane.LABEL,
                (),
                "No drug label in this library covers the question (searched: words: 1204"
                " passages; meaning: 1204 passages).",
            ),
        ),
        claims=claims,
        withheld=withheld,
        evidence=(
            *(rate, urate, age_against, new, old, advice, age_for, diet, near, label),
            *(later, odds, range_),
        ),
        verdicts=(
            *(Verdict(c.claim_id, Label.SUPPORT, "quote", "the words stand there") for c in claims),
            Verdict("C8", Label.SUPPORT, "quote", "the passage stands"),
            Verdict("C8", Label.NOT_ENOUGH_INFO, "quantities", '"300 mg" is in no cited passage'),
        ),
        references=_references(),
        factors=(
            Factor(
                "higher serum urate at stopping",
                FactorVerdict.FIRM,
                (urate.evidence_id, age_against.evidence_id),
                (),
                "2 sources, all in one direction",
                Direction.RAISES,
            ),
            Factor(
                "a diet rich in purines",
                FactorVerdict.LIMITED,
                (diet.evidence_id,),
                (),
                "1 study",
                Direction.RAISES,
            ),
            Factor(
                "age",
                FactorVerdict.INCONSISTENT,
                (age_for.evidence_id,),
                (age_against.evidence_id,),
                "1 source links it, 1 does not",
                Direction.LOWERS,
            ),
            Factor(
                "sex",
                FactorVerdict.NOT_ASSOCIATED,
                (),
                (age_against.evidence_id,),
                "1 source looked and found no link",
            ),
        ),
        conflicts=(
            Conflict(
                "age",
                (
                    ConflictSide("linked", (age_for.evidence_id,)),
                    ConflictSide("not linked", (age_against.evidence_id,)),
                ),
                ("population", "time window"),
            ),
        ),
        tables=(
            Table(
                "factors",
                "Factors by source",
                ("Factor", "Weighed", "[1] Amadi T 2019", "[2] Amadi T 2019"),
                (
                    (
                        Cell("higher serum urate at stopping"),
                        Cell("firm", (urate.evidence_id, age_against.evidence_id)),
                        Cell("raises: OR 2.4, 95% CI 1.3 to 4.4", (urate.evidence_id,)),
                        Cell("raises", (age_against.evidence_id,)),
                    ),
                    (
                        Cell("age"),
                        Cell("inconsistent", (age_for.evidence_id, age_against.evidence_id)),
                        Cell("lowers", (age_for.evidence_id,)),
                        Cell("no link", (age_against.evidence_id,)),
                    ),
                ),
                ("An empty cell: no passage here says.",),
            ),
            Table(
                "studies",
                "Studies",
                ("Study", "People", "Follow-up"),
                (
                    (
                        Cell("Amadi T 2019", (rate.evidence_id,)),
                        Cell("120", (rate.evidence_id,)),
                        Cell("12 months", (rate.evidence_id,)),
                    ),
                    (Cell("Second study", (age_against.evidence_id,)), Cell(""), Cell("")),
                ),
            ),
        ),
        figures=_figures(),
        not_found=(
            NotFound(
                "A schedule of tests after stopping allopurinol",
                Abstention.PARTLY_COVERED,
                "words: 1204 passages; meaning: 1204 passages",
                (near.evidence_id,),
            ),
        ),
        abstained=None,
        provenance=a_provenance(),
    )
    return replace(answer, **changes)


def with_a_leaflet(page: Answer) -> Answer:
    """The page with one more claim, C9, that patient information makes."""
    leaflet = an_evidence(
        "E90", "Gout often comes back when tablets are stopped.", doc_id="url:example.org/gout"
    )
    claim = a_claim("C9", of=leaflet, lane=Lane.PATIENT, heading="Coming back")
    reference = a_reference(
        len(page.references) + 1, "url:example.org/gout", kind=Kind.PATIENT_INFORMATION
    )
    return replace(
        page,
        lanes=(*page.lanes, LaneOfClaims(Lane.PATIENT, (SectionOfClaims("Coming back", ("C9",)),))),
        claims=(*page.claims, claim),
        evidence=(*page.evidence, leaflet),
        verdicts=(*page.verdicts, Verdict("C9", Label.SUPPORT, "quote", "the words stand there")),
        references=(*page.references, reference),
    )


def an_abstention(reason: Abstention = Abstention.NOTHING_RELEVANT, **changes: Any) -> Answer:
    """A page without an answer, with the closest evidence."""
    near = an_evidence()
    leaflet = an_evidence(
        "E2", "Warts often go away without treatment.", doc_id="url:example.org/warts"
    )
    searched = "words: 1204 passages; meaning: 1204 passages"
    question = a_question(
        text="Is zinc good for warts?",
        title="Is zinc good for warts?",
        slug="is-zinc-good-for-warts",
        kind=QuestionKind.TREATMENT,
        concepts=(Concept(Role.CONDITION, "warts", "warts", ("warts", "wart")),),
        query="Is zinc good for warts?",
        readings=(),
    )
    answer = Answer(
        question=question,
        evidence_checked_to="2026-01-31",
        bottom_line=(),
        lanes=tuple(
            LaneOfClaims(lane, (), f"No {lane.value} here.")
            for lane in Lane
            if lane is not Lane.PATIENT
        ),
        claims=(),
        withheld=(),
        evidence=(near, leaflet),
        verdicts=(),
        references=(
            a_reference(),
            a_reference(2, "url:example.org/warts", kind=Kind.PATIENT_INFORMATION),
        ),
        factors=(),
        conflicts=(),
        not_found=(NotFound(question.title, reason, searched),),
        abstained=reason,
        provenance=a_provenance(),
        closest=(near.evidence_id, leaflet.evidence_id),
        top_score=0.21,
    )
    return replace(answer, **changes)


def _evidence() -> tuple[Evidence, ...]:
    rate = an_evidence(
        design="cohort",
        certainty=Certainty.LOW,
    )
    rate = replace(
        rate,
        findings=(
            Finding(
                "allopurinol",
                Direction.RAISES,
                outcome=a_mention(rate, "flare"),
                population=a_mention(rate, "120 adults who stopped allopurinol"),
                n=120,
                window=a_mention(rate, "within 12 months"),
            ),
        ),
    )
    urate = an_evidence(
        "E2",
        "Serum urate above 7 mg/dL at stopping was associated with flare"
        " (OR 2.4, 95% CI 1.3 to 4.4; p = 0.004).",
        start=220,
        design="cohort",
        certainty=Certainty.LOW,
    )
    urate = replace(
        urate,
        findings=(
            Finding(
                "urate",
                Direction.RAISES,
                factor=a_mention(urate, "Serum urate above 7 mg/dL"),
                outcome=a_mention(urate, "flare"),
                effect=Effect("OR", 2.4, 1.3, 4.4, "0.004"),
            ),
        ),
    )
    age_against = an_evidence(
        "E3",
        "In 64 men followed for two years, urate predicted flare, whereas age and sex did not.",
        doc_id="pmid:90000002",
        start=12,
        design="cohort",
        certainty=Certainty.VERY_LOW,
    )
    age_against = replace(
        age_against,
        findings=(
            Finding(
                "age",
                Direction.NONE,
                factor=a_mention(age_against, "age"),
                outcome=a_mention(age_against, "flare"),
                population=a_mention(age_against, "64 men"),
                window=a_mention(age_against, "two years"),
            ),
        ),
    )
    new = an_evidence(
        "E4",
        "The 2024 guideline advises stopping only after two years without a flare.",
        doc_id="digest:invented-2024",
        start=0,
        section="Recommendation 7",
        locator="recommendation 7",
        zone="recommendation",
        certainty=Certainty.MODERATE,
        strength="conditional, low certainty",
    )
    old = an_evidence(
        "E5",
        "We suggest at least one year without flares before stopping.",
        doc_id="guideline:invented-2012",
        start=40,
        section="RECOMMENDATIONS",
        locator="section 4.2",
        zone="recommendation",
        strength="C",
    )
    advice = an_evidence(
        "E6",
        "Serum urate should be measured once after stopping.",
        doc_id="guideline:invented-2012",
        start=140,
        section="RECOMMENDATIONS",
        locator="section 4.3",
        zone="recommendation",
    )
    age_for = an_evidence(
        "E7",
        "Flares after stopping were more common under the age of 50 in 300 adults.",
        doc_id="digest:castel-2021",
        start=0,
        design="retrospective cohort",
        certainty=Certainty.LOW,
    )
    age_for = replace(
        age_for,
        findings=(
            Finding(
                "age",
                Direction.RAISES,
                factor=a_mention(age_for, "under the age of 50"),
                outcome=a_mention(age_for, "Flares"),
                population=a_mention(age_for, "300 adults"),
                sense=-1,
            ),
        ),
    )
    diet = an_evidence(
        "E8",
        "A diet rich in purines was linked with flare.",
        doc_id="digest:castel-2021",
        start=90,
        design="retrospective cohort",
        certainty=Certainty.LOW,
    )
    near = an_evidence(
        "E9",
        "Urate was measured every three months while on treatment.",
        doc_id="pmid:90000002",
        start=120,
        section="METHODS",
        locator="abstract, methods",
        zone="method",
        design="cohort",
    )
    label = an_evidence(
        "E10",
        "Treatment may be stopped at any dose.",
        doc_id="digest:castel-2021",
        start=150,
    )
    return rate, age_for, age_against, urate, diet, label, old, new, advice, near


def _drawn_evidence() -> tuple[Evidence, ...]:
    """What only the figures cite: rates at two times, a second effect of urate, and a range."""
    later = an_evidence(
        "E11",
        "Of these 300 adults 70% had a flare at two years and 78% (71 to 84%) at three years.",
        doc_id="digest:castel-2021",
        start=190,
        design="retrospective cohort",
        certainty=Certainty.LOW,
    )
    odds = an_evidence(
        "E12",
        "Urate above 7 mg/dL raised the odds of a flare (OR 1.8, 95% CI 1.1 to 2.9).",
        doc_id="pmid:90000002",
        start=180,
        design="cohort",
        certainty=Certainty.VERY_LOW,
    )
    range_ = an_evidence(
        "E13",
        "Between 40% and 80% of people have a flare after stopping.",
        doc_id="guideline:invented-2012",
        start=200,
        section="BACKGROUND",
        locator="section 2",
        zone="statement",
    )
    return later, odds, range_


def _figures() -> tuple[Figure, ...]:
    """One of each kind; the pooled estimate is of the two odds ratios, by inverse variance."""
    castel, amadi = "[5] Castel R 2021", "[1] Amadi T 2019"
    at_two = Datum("at two years", 70.0, 2.0, cites=("E11",))
    at_three = Datum("at three years", 78.0, 3.0, 71.0, 84.0, ("E11",), "people: 300 adults")
    return (
        Figure(
            "rates-1",
            "rates",
            "Flare: rates by time and source",
            "share of people with “flare”",
            "%",
            (
                Series(f"{amadi}: flare", (Datum("within 12 months", 61.0, 1.0, cites=("E1",)),)),
                Series(f"{castel}: flare", (at_two, at_three)),
                Series(
                    "[4] Invented College of Rheumatology 2012 (superseded): flare",
                    (Datum("no time stated", None, None, 40.0, 80.0, ("E13",), "a range"),),
                ),
            ),
            left_out=("[2] Dorn P 2015: up to 90%, a bound, not a value",),
            notes=("Not pooled, as these rates are not of one thing: 3 different times.",),
        ),
        Figure(
            "icons",
            "icons",
            "Out of 100 people: flare",
            "people of 100 with “flare”",
            "of 100 people",
            (Series(f"{castel}: flare", (at_two, at_three)),),
            notes=("Each picture stands for 100 people like those studied.",),
        ),
        Figure(
            "forest-1",
            "forest",
            "Higher urate and flare: OR",
            "OR",
            "ratio",
            (
                Series(amadi, (Datum("urate above 7 mg/dL", 2.4, None, 1.3, 4.4, ("E2",)),)),
                Series(
                    "[2] Dorn P 2015",
                    (Datum("urate above 7 mg/dL", 1.8, None, 1.1, 2.9, ("E12",)),),
                ),
            ),
            pooled=Datum(
                "Pooled, 2 studies",
                2.01,
                None,
                1.38,
                2.94,
                ("E2", "E12"),
                "computed here: inverse variance; I² 0%, tau² 0",
            ),
            left_out=("[5] Castel R 2021: a diet rich in purines, no interval is printed",),
            notes=("The pooled estimate is computed by this software; no source prints it.",),
        ),
        Figure(
            "timeline",
            "timeline",
            "When the sources were published",
            "year of publication",
            "year",
            (
                Series(
                    "Guidelines",
                    (
                        Datum(
                            "[4] Invented College of Rheumatology 2012 (superseded)",
                            x=2012.0,
                            cites=("E5",),
                            remark="superseded by [3]",
                        ),
                        Datum("[3] Invented College of Rheumatology 2024", x=2024.0, cites=("E4",)),
                    ),
                ),
                Series(
                    "Research: cohort",
                    (
                        Datum(
                            "[2] Dorn P 2015 (corrected)",
                            x=2015.0,
                            cites=("E3",),
                            remark="corrected by pmid:90000009",
                        ),
                        Datum(amadi, x=2019.0, cites=("E1",)),
                        Datum(castel, x=2021.0, cites=("E7",)),
                    ),
                ),
            ),
            notes=("A superseded source points to what replaced it.",),
        ),
    )


def _references() -> tuple[Reference, ...]:
    return (
        a_reference(),
        a_reference(
            2,
            "pmid:90000002",
            title="Predictors of flare: results of a small registry",
            source=Source(
                authors=("Dorn P",),
                journal="Ann Made-up Med",
                year=2015,
                volume="7",
                pages="33-40",
                pmid="90000002",
                pmcid="PMC9000002",
            ),
            standing=Standing(Status.CORRECTED, ("pmid:90000009",), "2026-01-30"),
        ),
        a_reference(
            3,
            "digest:invented-2024",
            kind=Kind.GUIDELINE,
            title="Management of gout: recommendations on stopping treatment",
            source=Source(
                organisation="Invented College of Rheumatology",
                year=2024,
                url="https://guidelines.example/gout-2024",
            ),
            standing=Standing(Status.CURRENT, (), "2026-01-30"),
            is_digest=True,
            title_is_description=True,
            via="a news page of the college",
            verification="full text",
            notes=("Replaces the 2012 guideline.",),
        ),
        a_reference(
            4,
            "guideline:invented-2012",
            kind=Kind.GUIDELINE,
            title="Guideline for the management of gout",
            source=Source(organisation="Invented College of Rheumatology", year=2012),
            standing=Standing(Status.SUPERSEDED, ("digest:invented-2024",), "2026-01-30"),
        ),
        a_reference(
            5,
            "digest:castel-2021",
            title="Flare after withdrawal of allopurinol in adults",
            source=Source(
                authors=("Castel R", "Dorn P"),
                journal="Invented Arthritis Care",
                year=2021,
                doi="10.5555/iac.2021.7",
            ),
            is_digest=True,
            verification="abstract",
        ),
    )
