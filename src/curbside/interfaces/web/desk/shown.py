"""What the pages of the desk show of an article, put together for the templates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from curbside.articles import Article, Comment, DeskRole, Move, Person, State, banner_of
from curbside.codec.answer import answer_to_json
from curbside.interfaces.render.view import clean, read_page
from curbside.interfaces.render.views import PassageView
from curbside.interfaces.web.site import Site
from curbside.review.conditions import Act, Condition, Facts, unmet
from curbside.review.moves import allowed_moves
from curbside.store import Feedback
from curbside.text.identifiers import names_in
from curbside.wiring.desk_views import ArticleView, ClaimCounts, ClaimView
from curbside.wiring.watch import refresh

SIMPLE: tuple[Move, ...] = (
    Move.TAKE_UP,
    Move.REQUEST_CHANGES,
    Move.RESUBMIT,
    Move.REVOKE,
    Move.WITHDRAW,
    Move.RESTORE,
)
"""Moves that take a reason and nothing else."""


class Only(StrEnum):
    """Which claims are listed."""

    ALL = ""
    RISKY = "high-risk"
    NEW = "new"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class ShownClaim:
    """A claim with the passages beside it, and what was said of it."""

    view: ClaimView
    passages: tuple[PassageView, ...]
    comments: tuple[Comment, ...]


@dataclass(frozen=True, slots=True)
class ShownArticle:
    """An article at the desk. `moves` are what the table lets this person try."""

    view: ArticleView
    banner: str | None
    claims: tuple[ShownClaim, ...]
    closest: tuple[PassageView, ...]
    remarks: tuple[Comment, ...]
    moves: tuple[Move, ...]
    feedback: tuple[Feedback, ...]
    names: Mapping[str, str]

    @property
    def article(self) -> Article:
        """The article as it stands."""
        return self.view.article

    def listed(self, only: Only) -> tuple[ShownClaim, ...]:
        """The claims that are asked for."""
        return tuple(claim for claim in self.claims if _is_listed(claim.view, only))

    def count(self, only: Only) -> int:
        """How many claims that is."""
        return len(self.listed(only))


def _is_listed(claim: ClaimView, only: Only) -> bool:
    if only is Only.RISKY:
        return bool(claim.risks)
    if only is Only.NEW:
        return claim.is_new
    if only is Only.OPEN:
        return not claim.is_accepted
    return True


def shown_article(
    site: Site, slug: str, person: Person, *, version: int | None = None
) -> ShownArticle | None:
    """An article as a person is shown it, after noting what changed under it; None where the desk
    has none of that name, or not that version of it."""
    if refresh(site.desk, slug, at=site.now()) is not None:
        site.pages.note_touched()
    article = site.desk.article(slug)
    if article is None or not (version is None or 0 < version <= article.version):
        return None
    view = site.desk.view(slug, version=version, reader=person)
    page = read_page(answer_to_json(view.version.answer, review=view.review))
    passages = {passage.evidence_id: passage for passage in page.passages}
    return ShownArticle(
        view=view,
        banner=banner_of(view.review.state),
        claims=tuple(
            ShownClaim(
                claim,
                tuple(passages[each] for each in claim.claim.cites if each in passages),
                tuple(c for c in view.comments if c.claim_id == claim.claim.claim_id),
            )
            for claim in view.claims
        ),
        closest=page.closest,
        remarks=tuple(comment for comment in view.comments if comment.claim_id is None),
        moves=allowed_moves(article.state, person.roles) if view.is_current else (),
        feedback=tuple(reversed(site.pages.store.asked.said(slug))),
        names=names_of(site),
    )


def lacks_of(site: Site, person: Person) -> tuple[str, ...]:
    """What a reviewer must give before any review of theirs is taken; nothing for others."""
    if DeskRole.REVIEWER not in person.roles:
        return ()
    act = Act(person, site.now())
    needed = (Condition.CREDENTIALS, Condition.DISCLOSED)
    told = (unmet(each, Facts(None), act, policy=site.desk.policy) for each in needed)
    return tuple(each for each in told if each is not None)


def names_of(site: Site) -> dict[str, str]:
    """By its id the name of everyone with an account."""
    return {person.person_id: clean(person.name) for person in site.people.all()}


@dataclass(frozen=True, slots=True)
class Row:
    """An article in the list."""

    article: Article
    counts: ClaimCounts
    feedback: int


def rows(site: Site, state: State | None, source: str = "") -> list[Row]:
    """The articles in a state, or all, those that are due first, then by title; where a source is
    named (a doc_id, a DOI, a PMID), those that rest on it, or on what was read through it."""
    resting: frozenset[str] | None = None
    if source:
        names = (source, *names_in(source), *names_in(f"pmid:{source}"))
        resting = frozenset().union(*map(site.desk.resting_on, names))
    found = [
        Row(
            article,
            site.desk.counts(article),
            feedback=len(site.pages.store.asked.said(article.article_id)),
        )
        for article in site.desk.articles(state)
        if resting is None or article.article_id in resting
    ]
    order = [State.DUE, State.UNDER_REVIEW, State.SUBMITTED, State.CHANGES_REQUESTED]
    place = {state: number for number, state in enumerate((*order, State.APPROVED))}
    return sorted(
        found,
        key=lambda row: (place.get(row.article.state, len(place)), row.article.article_id),
    )


def without_article(site: Site, articles: Sequence[str]) -> list[tuple[str, str]]:
    """The library's own pages, by name and title, that nobody submitted yet."""
    return [(p.slug, p.title) for p in site.pages.own_pages if p.slug not in articles]
