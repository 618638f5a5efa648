"""The review desk as people look at it: articles, their versions, what was done to them."""

from __future__ import annotations

import json
import re
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Final

from curbside.articles import (
    Article,
    Comment,
    Decision,
    Entry,
    Move,
    Person,
    Review,
    Signature,
    State,
    Version,
)
from curbside.codec.answer import answer_to_json
from curbside.codec.records import Json, decode
from curbside.errors import InputError
from curbside.records import Answer, Claim, Document, Evidence, Span
from curbside.review.amend import claim_of
from curbside.review.content import claim_hashes, content_hash
from curbside.review.diff import Change, meaning_diff
from curbside.review.high_risk import high_risk_claims, in_order_of_review, signatures_needed
from curbside.review.staleness import Reason
from curbside.review.together import against_together
from curbside.store import DeskReading, Store

_PLACE: Final = re.compile(
    r"(?P<doc_id>.{1,300})@(?P<revision>[^@#]*)#(?P<start>\d{1,9})-(?P<end>\d{1,9})"
)
_HELD: Final = 1_000
"""Versions of which is kept what was read of them."""


@dataclass(frozen=True, slots=True)
class ClaimView:
    """A claim as a reviewer meets it. `shown` is what an `Act` hands back to accept it; `is_new`
    that the reviewer has not decided on or signed this very claim, `by_itself` why it is not
    accepted with others (empty where it may be)."""

    claim: Claim
    shown: str
    risks: tuple[str, ...]
    decisions: tuple[Decision, ...]
    is_accepted: bool
    is_new: bool
    by_itself: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ArticleView:
    """A version of an article with all that is known of it. `claims` come in the order of review:
    high-risk ones first. `needed` is how many signatures it takes. `touched` is what changed under
    it since it was made or approved, each with the claims that rest on it. To act on it, hand back
    `article.step` and `version.content`."""

    article: Article
    version: Version
    review: Review
    claims: tuple[ClaimView, ...]
    comments: tuple[Comment, ...]
    needed: int
    touched: tuple[Reason, ...]

    @property
    def is_current(self) -> bool:
        """Whether this is the newest version."""
        return self.version.version == self.article.version


@dataclass(frozen=True, slots=True)
class Step:
    """An entry of the trail about an article, as people read it. `by` is a name; `step` is the
    step of the article after it, which a remark or an acceptance leaves as it was."""

    sequence: int
    at: str
    by: str
    what: str
    state: str
    version: int
    step: int
    why: str


@dataclass(frozen=True, slots=True)
class ClaimCounts:
    """How many claims the newest version of an article has, how many of them are high-risk, and how
    many nobody accepted yet."""

    claims: int
    risky: int
    open_claims: int


@dataclass(frozen=True, slots=True)
class _Read:
    """What a version says for good: the hash and the risks of each of its claims, those in order of
    review, and the signatures that it takes."""

    hashes: Mapping[str, str]
    risks: Mapping[str, tuple[str, ...]]
    claims: tuple[Claim, ...]
    needed: int


class DeskViews:
    """A library's review desk, to look at. Any number of threads may share it.

    Every method raises LibraryError where the database fails, and InputError for an article or a
    version that is not there.
    """

    def __init__(self, store: Store) -> None:
        self.store = store
        self._lock = Lock()
        self._held: OrderedDict[tuple[str, int, str], _Read] = OrderedDict()

    def articles(self, state: State | None = None) -> list[Article]:
        """Every article, or those in a state, in order of their id."""
        with self.store.reading_desk() as desk:
            found = desk.articles()
        return [article for article in found if state is None or article.state is state]

    def resting_on(self, name: str) -> frozenset[str]:
        """The articles (ids) that rest on a work, by any of its names: a doc_id, "doi:…", "pmid:…",
        "pmcid:…". What a summary was read through counts too."""
        with self.store.reading_desk() as desk:
            return frozenset(desk.resting_on(name))

    def article(self, article_id: str) -> Article | None:
        """An article as it stands; None if there is none."""
        with self.store.reading_desk() as desk:
            return desk.article(article_id)

    def view(
        self, article_id: str, *, version: int | None = None, reader: Person | None = None
    ) -> ArticleView:
        """An article as the desk shows it.

        Args:
            article_id: which.
            version: one of its versions; None for the newest.
            reader: for whom; says which claims are new to them.
        """
        with self.store.reading_desk() as desk:
            article = article_in(desk, article_id)
            shown = version_in(desk, article, version)
            decisions = desk.decisions(article_id)
            review = _review(desk, article, shown)
            comments = tuple(desk.comments(article_id))
            seen = _seen(desk, article_id, reader, decisions) if reader else set()
            touched = noted_in(desk, article, since=(Move.SUBMIT, Move.REVISE, Move.APPROVE))
            base = desk.composed(article_id)
        read = self._read(shown)
        hashes = read.hashes
        accepted = accepted_in(decisions)
        return ArticleView(
            article=article,
            version=shown,
            review=review,
            claims=tuple(
                ClaimView(
                    claim=claim,
                    shown=hashes[claim.claim_id],
                    risks=read.risks.get(claim.claim_id, ()),
                    decisions=tuple(d for d in decisions if d.claim_id == claim.claim_id),
                    is_accepted=hashes[claim.claim_id] in accepted,
                    is_new=hashes[claim.claim_id] not in seen,
                    by_itself=against_together(
                        claim,
                        shown.answer,
                        decisions,
                        comments,
                        risks=read.risks.get(claim.claim_id, ()),
                        since=base,
                    ),
                )
                for claim in read.claims
            ),
            comments=comments,
            needed=read.needed,
            touched=touched,
        )

    def counts(self, article: Article) -> ClaimCounts:
        """How many of an article's claims wait for what."""
        key = (article.article_id, article.version, article.content)
        with self._lock:
            read = self._held.get(key)
        with self.store.reading_desk() as desk:
            accepted = accepted_in(desk.decisions(article.article_id))
            if read is None:
                read = self._read(version_in(desk, article, article.version))
        return ClaimCounts(
            claims=len(read.claims),
            risky=len(read.risks),
            open_claims=sum(each not in accepted for each in read.hashes.values()),
        )

    def _read(self, version: Version) -> _Read:
        """A version read once: it never changes, and reading a long one takes a while."""
        key = (version.article_id, version.version, version.content)
        with self._lock:
            if key in self._held:
                self._held.move_to_end(key)
                return self._held[key]
        answer = version.answer
        read = _Read(
            hashes=claim_hashes(answer),
            risks=high_risk_claims(answer),
            claims=tuple(in_order_of_review(answer)),
            needed=signatures_needed(answer),
        )
        with self._lock:
            self._held[key] = read
            while len(self._held) > _HELD:
                self._held.popitem(last=False)
        return read

    def review_of(self, answer: Answer) -> Review:
        """Where exactly this page stands in review; as one that no desk has, where no article's
        newest version has its content."""
        with self.store.reading_desk() as desk:
            article = desk.article(answer.question.slug)
            if article is None or article.content != content_hash(answer):
                return Review()
            version = version_in(desk, article, None)
            return _review(desk, article, version)

    def page(self, article_id: str, *, version: int | None = None) -> dict[str, Json]:
        """A version of an article in the published form, with where it stands in review."""
        with self.store.reading_desk() as desk:
            article = article_in(desk, article_id)
            shown = version_in(desk, article, version)
            review = _review(desk, article, shown)
        return answer_to_json(shown.answer, review=review)

    def versions(self, article_id: str) -> list[Version]:
        """Every version of an article, the oldest first."""
        with self.store.reading_desk() as desk:
            article_in(desk, article_id)
            return desk.versions(article_id)

    def history(self, article_id: str) -> list[Entry]:
        """What the trail says of an article, the oldest first."""
        with self.store.reading_desk() as desk:
            article_in(desk, article_id)
            return desk.entries_about(article_id)

    def steps(self, article_id: str, *, after: int = 0) -> list[Step]:
        """The history of an article in words, the oldest first; `after` leaves out what was there
        when the article was at that step."""
        with self.store.reading_desk() as desk:
            article_in(desk, article_id)
            names = {person.person_id: person.name for person in desk.people()}
            found = [_step(entry, names) for entry in desk.entries_about(article_id)]
        return [step for step in found if step.step > after]

    def diff(self, article_id: str, old: int, new: int) -> tuple[Change, ...]:
        """What changed in meaning from one version to another."""
        with self.store.reading_desk() as desk:
            article = article_in(desk, article_id)
            before, after = (version_in(desk, article, number) for number in (old, new))
        return meaning_diff(before.answer, after.answer)

    def passage(self, doc_id: str, quote: str) -> Evidence:
        """The first place of a quote in a document of the library, to be cited by a claim.

        Raises:
            InputError: there is no such document, or it does not say that.
        """
        document = self._document(doc_id)
        start = document.text.find(quote) if quote.strip() else -1
        if start < 0:
            raise InputError(f"{doc_id} does not say that, word for word")
        return _evidence(document, Span(start, start + len(quote)))

    def passage_at(self, place: str) -> Evidence:
        """A stretch of a document, "doc_id@revision#start-end", to be cited by a claim.

        Raises:
            InputError: it is no place, or the document is not there, or says something else now.
        """
        match = _PLACE.fullmatch(place)
        if match is None:
            raise InputError(f"expected a place in a document, found {place[:80]!r}")
        document = self._document(match["doc_id"])
        start, end = int(match["start"]), int(match["end"])
        if document.revision != match["revision"] or not start < end <= len(document.text):
            raise InputError(f"{document.doc_id}: its text changed; look for the passage again")
        return _evidence(document, Span(start, end))

    def _document(self, doc_id: str) -> Document:
        found = self.store.document(doc_id)
        if found is None:
            raise InputError(f"expected a document of the library, found {doc_id!r}")
        return found[0]


def _evidence(document: Document, span: Span) -> Evidence:
    section = next((each for each in document.sections if each.span.contains(span)), None)
    return Evidence(
        evidence_id=f"{document.doc_id}@{document.revision}#{span.start}-{span.end}",
        doc_id=document.doc_id,
        revision=document.revision,
        span=span,
        quote=span.of(document.text),
        section=section.label if section else "",
        locator=section.locator if section else "",
        zone="chosen in review",
        certainty=section.certainty if section else None,
        strength=section.strength if section else None,
    )


def _step(entry: Entry, names: Mapping[str, str]) -> Step:
    payload = json.loads(entry.payload)
    return Step(
        sequence=entry.sequence,
        at=entry.at,
        by=names.get(entry.by, entry.by),
        what=entry.what,
        state=payload["to"],
        version=payload["article"]["version"],
        step=payload["article"]["step"],
        why=payload["why"],
    )


def article_in(desk: DeskReading, article_id: str) -> Article:
    """An article of the desk. Raises InputError where there is none."""
    found = desk.article(article_id)
    if found is None:
        raise InputError(
            f"expected an article; `curbside articles list` lists them; found {article_id!r}"
        )
    return found


def version_in(desk: DeskReading, article: Article, version: int | None) -> Version:
    """A version of an article, None for the newest. Raises InputError where there is none."""
    number = article.version if version is None else version
    found = desk.version(article.article_id, number)
    if found is None:
        raise InputError(
            f"{article.article_id}: expected a version from 1 to {article.version}, found {number}"
        )
    return found


def claim_in(answer: Answer, claim_id: str) -> Claim:
    """A claim of a page. Raises InputError where there is none."""
    claim = claim_of(answer, claim_id)
    if claim is None:
        raise InputError(f"expected a claim of the page, found {claim_id!r}")
    return claim


def accepted_in(decisions: Sequence[Decision]) -> set[str]:
    """The hashes of the claims that stand accepted. What was decided last of a claim counts: one
    that was rejected or changed is not accepted because somebody accepted it before, when a new
    answer brings it back."""
    last = {each.claim: each.move for each in decisions}
    return {claim for claim, move in last.items() if move in (Move.ACCEPT, Move.ACCEPT_TOGETHER)}


def noted_in(desk: DeskReading, article: Article, *, since: Sequence[Move]) -> tuple[Reason, ...]:
    """What was noted of its sources since the last of these moves, in the order of the notes."""
    began = desk.last_of(*(each.value for each in since), about=article.article_id)
    return tuple(
        decode(Reason, reason)
        for entry in desk.entries_about(article.article_id)
        if began is not None and entry.sequence > began.sequence
        for reason in json.loads(entry.payload).get("reasons", ())
    )


def signatures_in(desk: DeskReading, article: Article, content: str) -> tuple[Signature, ...]:
    """The signatures that count now: on this very content, since it was last taken up."""
    began = desk.last_of(Move.TAKE_UP.value, about=article.article_id)
    if began is None or article.state not in (State.UNDER_REVIEW, State.APPROVED):
        return ()
    found = desk.signatures(article.article_id, after=began.sequence)
    return tuple(each for each in found if each.content == content)


def _review(desk: DeskReading, article: Article, version: Version) -> Review:
    """What a page says of its review. An earlier version is approved no more, whatever stands
    under it."""
    if version.version == article.version:
        return Review(
            state=article.state,
            version=version.version,
            updated_at=version.at,
            due=article.due,
            notice=article.notice,
            signatures=signatures_in(desk, article, version.content),
        )
    is_withdrawn = article.state is State.WITHDRAWN
    told = f"This is version {version.version}; version {article.version} is the newest."
    return Review(
        state=State.WITHDRAWN if is_withdrawn else State.DUE,
        version=version.version,
        updated_at=version.at,
        notice=told,
        signatures=tuple(
            each
            for each in desk.signatures(article.article_id)
            if each.content == version.content and each.version == version.version
        ),
    )


def _seen(
    desk: DeskReading, article_id: str, reader: Person, decisions: Sequence[Decision]
) -> set[str]:
    """The hashes of the claims that a person decided on or signed."""
    seen = {each.claim for each in decisions if each.by == reader.person_id}
    signed = {each.version for each in desk.signatures(article_id) if each.by == reader.person_id}
    for number in signed:
        version = desk.version(article_id, number)
        if version is not None:
            seen.update(claim_hashes(version.answer).values())
    return seen
