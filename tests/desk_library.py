"""A small library with a desk over it, and its people, for the tests of wiring."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from builders import a_claim, a_provenance, a_question, a_reference, an_answer
from curbside.articles import Article, DeskRole, Disclosure, Move, Person
from curbside.records import (
    Answer,
    Document,
    Evidence,
    Lane,
    LaneOfClaims,
    SectionOfClaims,
    Source,
    Span,
    Standing,
    Status,
)
from curbside.review.conditions import Act, Policy
from curbside.store import Store, open_store
from curbside.wiring.checkpoints import Checkpoints
from curbside.wiring.desk import Desk
from curbside.wiring.people import People
from library_builders import document

AT = "2026-06-01T12:00:00Z"
LATER = "2026-06-02T12:00:00Z"
CURRENT = Standing(Status.CURRENT, checked_at="2026-05-01")
TEXTS = (
    "Of 120 adults who stopped, 61 percent had a flare.",
    "Flares were more frequent in men than in women.",
    "Urate was not linked with flares.",
)
RISKY = "Febuxostat 40 mg daily was given to 30 adults."


def a_document(number: int, text: str, **source: str) -> Document:
    known = document(f"pmid:{number}", text=text, title=f"Study {number}", revision=f"r{number}")
    return replace(known, source=Source(pmid=str(number), year=2020, **source))


def fill(store: Store, *texts: str, at: str = AT) -> None:
    """Documents pmid:1, pmid:2 … of these texts, checked and current."""
    put = [(a_document(number, text), CURRENT) for number, text in enumerate(texts, start=1)]
    store.put(put, at=at, origin="tests")


def a_page_of(store: Store, *doc_ids: str, slug: str = "flares-after-stopping") -> Answer:
    """A page with one quoted claim for each document: its whole text."""
    pairs = [store.document(doc_id) for doc_id in doc_ids]
    found = [pair for pair in pairs if pair is not None]
    evidence = tuple(
        Evidence(
            evidence_id=f"E{number}",
            doc_id=each.doc_id,
            revision=each.revision,
            span=Span(0, len(each.text)),
            quote=each.text,
            section="ABSTRACT",
            locator="abstract",
            zone="result",
        )
        for number, (each, _) in enumerate(found, start=1)
    )
    claims = tuple(
        a_claim(
            f"C{number}",
            of=item,
            text=item.quote,
            heading="Flares",
            lane=Lane.RESEARCH,
            cites=(item.evidence_id,),
            is_quoted=True,
            remark=None,
        )
        for number, item in enumerate(evidence, start=1)
    )
    references = tuple(
        a_reference(
            number, each.doc_id, kind=each.kind, title=each.title, source=each.source,
            standing=standing,
        )
        for number, (each, standing) in enumerate(found, start=1)
    )  # fmt: skip
    section = SectionOfClaims("Flares", tuple(claim.claim_id for claim in claims))
    return replace(
        an_answer(),
        question=a_question(slug=slug),
        bottom_line=("C1",) if claims else (),
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
        next_questions=(),
        related=(),
        provenance=a_provenance(),
    )


def a_desk(place: str | Path, folder: Path, *, policy: Policy | None = None) -> Desk:
    keys = folder / "trail"
    return Desk(
        open_store(place),
        policy=policy or Policy(),
        checkpoints=Checkpoints(keys / "checkpoints.jsonl", keys),
    )


def engaged(desk: Desk, name: str, *roles: DeskRole, credentials: str = "MD") -> Person:
    """A person with an account who stated today that there is no interest."""
    people = People(desk.store)
    email = f"{name.lower().replace(' ', '.')}@example.org"
    person = people.add(name, email, roles, credentials=credentials, by="console", at=AT)
    return people.disclose(person.person_id, Disclosure(AT), by=person.person_id)


class Staff:
    """An author, three reviewers and an editor."""

    def __init__(self, desk: Desk) -> None:
        self.author = engaged(desk, "Otto", DeskRole.AUTHOR)
        self.ann = engaged(desk, "Ann", DeskRole.REVIEWER)
        self.bea = engaged(desk, "Bea", DeskRole.REVIEWER)
        self.cid = engaged(desk, "Cid", DeskRole.REVIEWER)
        self.editor = engaged(desk, "Eve", DeskRole.EDITOR)


def act(person: Person | None, article: Article | None = None, **changes: str) -> Act:
    """What a person does who was shown the article as it is."""
    made = Act(
        person,
        AT,
        step=article.step if article else None,
        shown=article.content if article else None,
        reason="as it is",
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def done(outcome: object) -> Article:
    """The article that came of it; the reason is shown where it was refused."""
    assert isinstance(outcome, Article), outcome
    return outcome


def accept_all(desk: Desk, article_id: str, person: Person, claims: Sequence[str] = ()) -> None:
    for each in desk.view(article_id).claims:
        if not claims or each.claim.claim_id in claims:
            done(desk.accept(article_id, each.claim.claim_id, act(person, shown=each.shown)))


def approved(desk: Desk, staff: Staff, page: Answer) -> Article:
    """The page, submitted, taken up, accepted and signed by as many as it takes."""
    article = done(desk.submit(page, act(staff.author)))
    name = article.article_id
    article = done(desk.move(name, Move.TAKE_UP, act(staff.ann, article)))
    accept_all(desk, name, staff.ann)
    for person in (staff.ann, staff.bea)[: desk.view(name).needed]:
        article = done(desk.sign(name, act(person, article)))
    return article
