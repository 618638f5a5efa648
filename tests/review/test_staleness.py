"""A change of the evidence touches the articles that rest on it, all of them and no others."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import an_answer
from curbside.articles import SourceNow
from curbside.records import Standing, Status
from curbside.review.staleness import (
    Reason,
    SourceChange,
    Touch,
    What,
    is_past,
    names_of,
    new_evidence,
    rests_on,
    source_changes,
    touched,
)
from desk_builders import a_page

UNKNOWN = Standing(Status.UNKNOWN)


def _now(answer, **standings) -> dict[str, SourceNow]:
    return {
        reference.doc_id: SourceNow(
            next((e.revision for e in answer.evidence if e.doc_id == reference.doc_id), "r1"),
            reference.standing,
        )
        for reference in answer.references
    }


def test_nothing_changed_is_no_change() -> None:
    page = an_answer()
    assert source_changes(page, _now(page)) == ()


@pytest.mark.parametrize(
    ("status", "what"),
    [
        (Status.RETRACTED, What.RETRACTED),
        (Status.CONCERN, What.CONCERN),
        (Status.SUPERSEDED, What.SUPERSEDED),
        (Status.CORRECTED, What.CORRECTED),
        (Status.CURRENT, What.RESTORED),
    ],
)
def test_each_change_of_standing_of_each_source_is_one(status: Status, what: What) -> None:
    page = a_page(["pmid:1", "pmid:2", "pmid:3"], cites=[[0], [1, 2]])
    for doc_id in ("pmid:1", "pmid:2", "pmid:3"):
        now = _now(page) | {doc_id: SourceNow("r1", Standing(status, by=("pmid:9",)))}
        now[doc_id] = replace(now[doc_id], revision=page.evidence[0].revision)
        (change,) = source_changes(page, now)
        assert (change.what, change.names) == (what, (doc_id,))
        claims = ("C1",) if doc_id == "pmid:1" else ("C2",)
        assert touched({"a": page}, [change]) == (Touch("a", (Reason(what, change.says, claims),)),)


def test_a_new_check_with_the_same_result_is_no_change() -> None:
    page = a_page(["pmid:1"], cites=[[0]])
    now = {
        "pmid:1": SourceNow(page.evidence[0].revision, replace(UNKNOWN, checked_at="2030-01-01"))
    }
    assert source_changes(page, now) == ()


def test_another_text_and_a_source_that_is_gone_are_changes() -> None:
    page = a_page(["pmid:1", "pmid:2"], cites=[[0], [1]])
    now = {"pmid:1": SourceNow("r9", UNKNOWN)}
    assert [(c.what, c.names) for c in source_changes(page, now)] == [
        (What.REVISED, ("pmid:1",)),
        (What.GONE, ("pmid:2",)),
    ]


def test_an_article_rests_on_what_its_summaries_were_read_through() -> None:
    page = a_page(["digest:x"], cites=[[0], [0]])
    (reference,) = page.references
    via = "table of a review, PMC777 (https://doi.org/10.1000/ABC.1)."
    source = replace(reference.source, doi="https://doi.org/10.5/Y", pmid="5")
    page = replace(page, references=(replace(reference, via=via, source=source),))
    assert names_of(page.references[0]) == (
        "digest:x",
        "doi:10.5/y",
        "pmid:5",
        "doi:10.1000/abc.1",
        "pmcid:PMC777",
    )
    assert rests_on(page) == dict.fromkeys(names_of(page.references[0]), ("C1", "C2"))
    here = _now(page)
    retracted = SourceNow(None, Standing(Status.RETRACTED, by=("doi:10.9/z",)))
    (change,) = source_changes(page, here | {"pmcid:PMC777": retracted})
    assert change == SourceChange(
        What.THROUGH,
        ("pmcid:PMC777",),
        "pmcid:PMC777, through which digest:x"
        " (Flares after stopping urate-lowering treatment: a cohort study) was read, is retracted",
    )
    assert source_changes(page, here | {"pmcid:PMC777": SourceNow(None, UNKNOWN)}) == ()


DOCS = [f"pmid:{n}" for n in range(6)]


@given(
    articles=st.dictionaries(
        st.sampled_from(["a", "b", "c", "d"]),
        st.lists(
            st.lists(st.sampled_from(DOCS), min_size=1, max_size=3, unique=True),
            min_size=1,
            max_size=4,
        ),
    ),
    changed=st.sets(st.sampled_from(DOCS)),
)
def test_exactly_the_articles_and_claims_that_rest_on_it_are_touched(articles, changed) -> None:
    pages = {}
    for name, claims in articles.items():
        sources = sorted({doc for cited in claims for doc in cited})
        pages[name] = a_page(
            sources, cites=[[sources.index(doc) for doc in cited] for cited in claims]
        )
    changes = [SourceChange(What.RETRACTED, (doc,), doc) for doc in sorted(changed)]
    expected = {
        (name, doc, f"C{number}")
        for name, claims in articles.items()
        for number, cited in enumerate(claims, start=1)
        for doc in cited
        if doc in changed
    }
    found = {
        (touch.article_id, reason.says, claim)
        for touch in touched(pages, changes)
        for reason in touch.reasons
        for claim in reason.claims
    }
    assert found == expected


def test_new_evidence_is_what_the_page_would_cite_today_and_came_since() -> None:
    old = a_page(["pmid:1"], cites=[[0]])
    new = a_page(["pmid:1", "pmid:2", "pmid:3"], cites=[[0], [1], [2]])
    found = new_evidence(old, new, fresh=["pmid:3", "pmid:1", "pmid:4"])
    assert [(c.what, c.names) for c in found] == [(What.NEW, ("pmid:3",))]


@pytest.mark.parametrize(
    ("due", "at", "past"),
    [
        (None, "2026-01-01", False),
        ("2026-01-01", "2026-01-01T00:00:00Z", True),
        ("2026-01-02", "2026-01-01T23:59:59Z", False),
    ],
)
def test_a_review_date_comes_on_its_day(due, at, past) -> None:
    assert is_past(due, at) is past


def test_a_notice_tells_the_gravest_first() -> None:
    page = a_page(["pmid:1"], cites=[[0]])
    changes = [
        SourceChange(What.CORRECTED, ("pmid:1",), "one"),
        SourceChange(What.RETRACTED, ("pmid:1",), "two"),
    ]
    (touch,) = touched({"a": page}, changes)
    assert touch.notice == "Retracted: two. Corrected: one."
