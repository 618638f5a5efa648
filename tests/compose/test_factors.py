from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from curbside.compose.factors import blanket_evidence, weigh_factors
from curbside.records import (
    Certainty,
    Digest,
    Direction,
    Document,
    Evidence,
    FactorVerdict,
    Finding,
    Kind,
    Mention,
    Section,
    Selected,
    Source,
    Span,
    Standing,
    Status,
    Study,
    Vocabulary,
)

_NUMBER = iter(range(1, 10_000))


def report(
    factor: str,
    direction: Direction,
    *,
    kind: Kind = Kind.COHORT,
    n: int | None = 200,
    author: str | None = None,
    certainty: Certainty | None = None,
    status: Status = Status.UNKNOWN,
    is_hedged: bool = False,
    number: int | None = None,
) -> Selected:
    """One source that says one thing of one factor."""
    number = next(_NUMBER) if number is None else number
    text = f"{factor} and relapse."
    mention = Mention(factor, Span(0, len(factor)))
    document = Document(
        doc_id=f"pmid:{number}",
        title="A study",
        text=text,
        kind=kind,
        sections=(Section("ABSTRACT", Span(0, len(text)), "abstract"),),
        source=Source(authors=(author or f"Author {number}",)),
        revision="1",
        study=Study(n=n),
    )
    evidence = Evidence(
        evidence_id=f"E{number}",
        doc_id=document.doc_id,
        revision="1",
        span=Span(0, len(text)),
        quote=text,
        section="ABSTRACT",
        locator="abstract",
        zone="result",
        certainty=certainty,
        findings=(Finding(factor, direction, factor=mention, is_hedged=is_hedged),),
    )
    return Selected(evidence, document, Standing(status), 0.5, ())


def verdicts(*reports: Selected) -> dict[str, FactorVerdict]:
    return {f.name: f.verdict for f in weigh_factors(reports, vocabulary=Vocabulary())}


RAISES, LOWERS, NONE, MIXED = Direction


def test_two_independent_studies_make_a_factor_firm() -> None:
    assert verdicts(report("age", RAISES), report("age", RAISES)) == {"Age": FactorVerdict.FIRM}


def test_one_study_makes_a_factor_limited() -> None:
    assert verdicts(report("age", RAISES)) == {"Age": FactorVerdict.LIMITED}


def test_one_review_of_studies_makes_a_factor_firm_and_one_guideline_does_not() -> None:
    assert verdicts(report("age", RAISES, kind=Kind.REVIEW)) == {"Age": FactorVerdict.FIRM}
    assert verdicts(report("age", RAISES, kind=Kind.GUIDELINE)) == {"Age": FactorVerdict.LIMITED}


def test_a_review_that_calls_reports_inconsistent_decides() -> None:
    told = verdicts(
        report("age", RAISES), report("age", RAISES), report("age", MIXED, kind=Kind.REVIEW)
    )
    assert told == {"Age": FactorVerdict.INCONSISTENT}


def test_comparable_weight_on_both_sides_is_inconsistent() -> None:
    assert verdicts(report("age", RAISES), report("age", NONE)) == {
        "Age": FactorVerdict.INCONSISTENT
    }


def test_opposite_directions_of_comparable_weight_are_inconsistent() -> None:
    assert verdicts(report("age", RAISES), report("age", LOWERS)) == {
        "Age": FactorVerdict.INCONSISTENT
    }


def test_a_small_study_against_two_large_ones_leaves_the_factor_firm_and_is_shown() -> None:
    against = report("age", NONE, n=30)
    (factor,) = weigh_factors(
        [report("age", RAISES), report("age", RAISES), against], vocabulary=Vocabulary()
    )
    assert factor.verdict is FactorVerdict.FIRM
    assert factor.opposing == (against.evidence.evidence_id,)
    assert factor.reason == "2 independent sources (weight 4 for, 1 against)"


def test_a_factor_outweighed_more_than_twice_is_not_associated() -> None:
    told = verdicts(
        report("sex", RAISES, n=50, certainty=Certainty.VERY_LOW),
        report("sex", NONE),
    )
    assert told == {"Sex": FactorVerdict.NOT_ASSOCIATED}


def test_only_studies_without_a_difference_make_a_factor_not_associated() -> None:
    assert verdicts(report("sex", NONE)) == {"Sex": FactorVerdict.NOT_ASSOCIATED}


def test_two_reports_of_one_cohort_are_one_source() -> None:
    told = verdicts(
        report("age", RAISES, author="Same A", n=132), report("age", RAISES, author="Same A", n=132)
    )
    assert told == {"Age": FactorVerdict.LIMITED}


def test_a_summary_of_a_work_and_the_work_itself_are_one_source() -> None:
    def of_work(item: Selected, *, is_digest: bool) -> Selected:
        source = replace(item.document.source, pmid="77")
        digest = Digest("read", "by us", "our words") if is_digest else None
        return replace(item, document=replace(item.document, source=source, digest=digest))

    # the record says neither who was studied nor, as the summary writes it, by whom
    summary = of_work(report("age", RAISES, n=131, author="Amadi T"), is_digest=True)
    record = of_work(report("age", RAISES, n=None, author="T Amadi"), is_digest=False)
    assert verdicts(summary, record) == {"Age": FactorVerdict.LIMITED}
    assert verdicts(summary, report("age", RAISES)) == {"Age": FactorVerdict.FIRM}
    # another report of the same cohort is known by what the summary says of it
    again = report("age", RAISES, n=131, author="Amadi T")
    assert verdicts(record, summary, again) == {"Age": FactorVerdict.LIMITED}


def test_a_suggestion_weighs_nothing() -> None:
    assert verdicts(report("blood group", RAISES, is_hedged=True)) == {}


def test_a_superseded_guideline_counts_half() -> None:
    (factor,) = weigh_factors(
        [report("age", RAISES, kind=Kind.GUIDELINE, status=Status.SUPERSEDED)],
        vocabulary=Vocabulary(),
    )
    assert factor.reason == "one source only (weight 1.5 for, 0 against)"


def test_a_study_that_found_no_predictor_is_told_and_weighs_on_no_factor() -> None:
    blanket = report("anything", NONE)
    blanket = Selected(
        Evidence(
            **{
                **{f: getattr(blanket.evidence, f) for f in Evidence.__dataclass_fields__},
                "findings": (Finding("", NONE),),
            }
        ),
        blanket.document,
        blanket.standing,
        blanket.relevance,
        (),
    )
    assert blanket_evidence([blanket]) == (blanket.evidence.evidence_id,)
    assert weigh_factors([blanket], vocabulary=Vocabulary()) == ()


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["age", "sex", "urate"]),
            st.sampled_from(list(Direction)),
            st.sampled_from(list(Kind)),
            st.sampled_from([None, 20, 500]),
        ),
        max_size=12,
    ),
    st.randoms(use_true_random=False),
)
def test_each_factor_stands_in_one_list_whatever_the_order_of_the_sources(rows, random) -> None:  # type: ignore[no-untyped-def]
    reports = [
        report(factor, direction, kind=kind, n=n, number=number)
        for number, (factor, direction, kind, n) in enumerate(rows, start=1)
    ]
    weighed = weigh_factors(reports, vocabulary=Vocabulary())
    shuffled = list(reports)
    random.shuffle(shuffled)
    assert weigh_factors(shuffled, vocabulary=Vocabulary()) == weighed
    assert len({f.name for f in weighed}) == len(weighed) == len({row[0] for row in rows})
    for factor in weighed:
        # what stands on both sides of one factor would contradict itself
        assert not set(factor.supporting) & set(factor.opposing)
