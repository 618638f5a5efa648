"""People, articles and acts for the tests of the review desk: name only what matters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from builders import a_claim, a_reference, an_answer, an_evidence
from curbside.articles import (
    Article,
    DeskRole,
    Disclosure,
    Interest,
    Person,
    Signature,
    State,
)
from curbside.records import (
    Answer,
    Lane,
    LaneOfClaims,
    SectionOfClaims,
    Standing,
    Status,
)
from curbside.review.conditions import Act, Facts

AT = "2026-06-01T12:00:00Z"


def a_person(person_id: str = "ann", *roles: DeskRole, **changes: Any) -> Person:
    """A reviewer with credentials who stated a month ago that there is no interest."""
    person = Person(
        person_id=person_id,
        name=person_id.title(),
        email=f"{person_id}@example.org",
        roles=roles or (DeskRole.REVIEWER,),
        credentials="MD",
        disclosure=Disclosure("2026-05-01"),
    )
    return replace(person, **changes)


def interested(*topics: str) -> Disclosure:
    return Disclosure("2026-05-01", (Interest("paid lectures", topics),))


def an_article(state: State = State.UNDER_REVIEW, **changes: Any) -> Article:
    article = Article(
        article_id="gout-after-stopping",
        title="Gout after stopping",
        state=state,
        version=1,
        content="c1",
        step=3,
        authors=("otto",),
        editors=(),
        updated_at=AT,
        last="Otto submitted version 1 on 2026-06-01",
    )
    return replace(article, **changes)


def a_signature(by: str, content: str = "c1") -> Signature:
    return Signature("gout-after-stopping", 1, content, by, by.title(), "MD", "approved", AT)


def facts(state: State | None = State.UNDER_REVIEW, **changes: Any) -> Facts:
    """An article on which every move of its state is possible."""
    article = None if state is None else an_article(state)
    known = Facts(
        article, content="c1", proposed="c2", topics=(("gout", "podagra"), ("allopurinol",))
    )
    return replace(known, **changes)


def an_act(by: Person | None = None, **changes: Any) -> Act:
    act = Act(by or a_person(), AT, step=3, shown="c1", reason="as it is")
    return replace(act, **changes)


def a_page(
    sources: Sequence[str], *, cites: Sequence[Sequence[int]], status: Status = Status.UNKNOWN
) -> Answer:
    """A page of one claim for each list of `cites` (places in `sources`, which are doc_ids)."""
    evidence = tuple(
        an_evidence(f"E{place}", f"Passage of {doc_id} on flares.", doc_id=doc_id)
        for place, doc_id in enumerate(sources, start=1)
    )
    claims = tuple(
        a_claim(
            f"C{number}",
            of=evidence[listed[0]],
            text=f"Statement {number} on flares.",
            cites=tuple(evidence[place].evidence_id for place in listed),
        )
        for number, listed in enumerate(cites, start=1)
    )
    references = tuple(
        replace(
            a_reference(number, doc_id, standing=Standing(status)),
            source=replace(a_reference().source, doi=None, pmid=None),
        )
        for number, doc_id in enumerate(sources, start=1)
    )
    section = SectionOfClaims("Flares", tuple(claim.claim_id for claim in claims))
    return replace(
        an_answer(),
        bottom_line=(),
        lanes=(LaneOfClaims(Lane.RESEARCH, (section,)),),
        claims=claims,
        withheld=(),
        evidence=evidence,
        verdicts=(),
        references=references,
        factors=(),
        conflicts=(),
        not_found=(),
        tables=(),
        figures=(),
    )
