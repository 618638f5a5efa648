"""The review desk: articles in, decisions and signatures on them, every change with its entry.

Each method is one transaction: it reads how things stand, lets `review.moves` decide, and writes
the outcome with its entry in the trail, or nothing. What is refused comes back as a `Refusal`
with its reason; what cannot be (an article that is not there) is raised.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Final

from curbside.articles import (
    Article,
    Comment,
    Decision,
    Entry,
    Move,
    Signature,
    SourceNow,
    State,
    Version,
)
from curbside.codec.records import Json, encode
from curbside.compose.assemble import reference_of
from curbside.errors import InputError
from curbside.ingest.topics import bundled_topics, merge_vocabularies
from curbside.protocols import Library
from curbside.records import Answer, Claim, Evidence, Label, Question, Reference, Status, Vocabulary
from curbside.review.amend import claim_of, reworded, with_claim, without_claim
from curbside.review.conditions import Act, Facts, Policy, time_of
from curbside.review.content import claim_hashes, content_hash, restated
from curbside.review.high_risk import risks_of, signatures_needed
from curbside.review.moves import Moved, Refusal, may_stand, move
from curbside.review.staleness import LASTING, Touch, names_of
from curbside.review.together import MOST, against_together
from curbside.review.trail import next_entry
from curbside.store import DeskReading, DeskWriting, Store
from curbside.verify.recheck import recheck
from curbside.verify.verifier import verify_claim
from curbside.wiring.checkpoints import FILE, FOLDER, Checkpoints
from curbside.wiring.config import Settings
from curbside.wiring.desk_views import (
    DeskViews,
    accepted_in,
    article_in,
    claim_in,
    noted_in,
    signatures_in,
    version_in,
)
from curbside.wiring.encoder import encoder_of
from curbside.wiring.opened import opened, store_of

_LONGEST: Final = 20_000
"""Characters of a text that a person enters."""
_DONE: Final[Mapping[Move, str]] = {
    Move.SUBMIT: "submitted",
    Move.REVISE: "revised it as",
    Move.RESUBMIT: "submitted again",
    Move.TAKE_UP: "took up",
    Move.ACCEPT: "accepted a claim of",
    Move.ACCEPT_TOGETHER: "accepted a claim with others of",
    Move.EDIT: "edited a claim, making",
    Move.CHANGE_SOURCE: "changed a source, making",
    Move.REJECT: "rejected a claim, making",
    Move.COMMENT: "commented on",
    Move.SIGN: "signed",
    Move.APPROVE: "approved",
    Move.REQUEST_CHANGES: "asked for changes to",
    Move.TOUCH: "noted changed evidence, making",
    Move.REVOKE: "revoked the approval of",
    Move.WITHDRAW: "withdrew",
    Move.RESTORE: "restored",
}


class Desk(DeskViews):
    """One library's review desk. `open_desk` makes one; any number of threads may share it.

    Every method raises LibraryError where the database fails, and InputError for an article, a
    claim or a person that is not there.
    """

    def __init__(self, store: Store, *, policy: Policy, checkpoints: Checkpoints) -> None:
        super().__init__(store)
        store.told = checkpoints.note
        self.policy = policy
        self.checkpoints = checkpoints

    def close(self) -> None:
        """Let go of the database."""
        self.store.close()

    # acting

    def submit(self, answer: Answer, act: Act) -> Article | Refusal:
        """Make an article of an answer, or its next version where there is one: one question, one
        article, named by the question's slug. It is reviewed with its claims as they stand, not
        in the words that one kind of reader is shown."""
        article_id = answer.question.slug
        with self.store.writing_desk() as desk:
            act = _as_known(desk, act)
            known = desk.article(article_id)
            now = _sources(desk, answer)
            page = replace(restated(answer, now), reading=None)
            facts = Facts(known, known.content if known else "", content_hash(page))
            wanted = Move.REVISE if known else Move.SUBMIT
            moved = move(wanted, facts, act, policy=self.policy)
            if isinstance(moved, Refusal):
                return moved
            authors = (*(known.authors if known else ()), moved.by)
            base = known or Article(
                article_id, answer.question.title, moved.to, 0, "", 0, (), (), act.at, ""
            )
            base = replace(
                base,
                title=answer.question.title,
                authors=tuple(dict.fromkeys(authors)),
                editors=(),
                notice=None,
            )
            return self._write(desk, base, moved, _name(act), page=page)

    def move(self, article_id: str, wanted: Move, act: Act) -> Article | Refusal:
        """Make a move that changes no text: take up, request changes, resubmit, revoke, withdraw,
        restore."""
        with self.store.writing_desk() as desk:
            act = _as_known(desk, act)
            known = article_in(desk, article_id)
            topics = _topics(version_in(desk, known, None).answer.question)
            facts = Facts(known, known.content, topics=topics)
            moved = move(wanted, facts, act, policy=self.policy)
            if isinstance(moved, Refusal):
                return moved
            notice = act.reason.strip() if wanted is Move.REVOKE else known.notice
            return self._write(desk, replace(known, notice=notice), moved, _name(act))

    def accept(self, article_id: str, claim_id: str, act: Act) -> Article | Refusal:
        """Accept one claim; `act.shown` is the claim's own hash."""
        chosen = [(claim_id, act.shown or "")]
        return self._accept(article_id, Move.ACCEPT, chosen, act)

    def accept_together(
        self, article_id: str, chosen: Sequence[tuple[str, str]], act: Act
    ) -> Article | Refusal:
        """Accept several claims of a list that the person was shown: each by its id, with its own
        hash. Each is a decision of its own, with its own entry in the trail.

        Where one of them may not be accepted so (see `review.together`), none is.

        Raises InputError for no claim, or more than may be accepted at once.
        """
        if not 0 < len({claim_id for claim_id, _ in chosen}) == len(chosen) <= MOST:
            raise InputError(f"expected 1 to {MOST} claims, each once; found {len(chosen)}")
        return self._accept(article_id, Move.ACCEPT_TOGETHER, chosen, act)

    def _accept(
        self, article_id: str, wanted: Move, chosen: Sequence[tuple[str, str]], act: Act
    ) -> Article | Refusal:
        with self.store.writing_desk() as desk:
            act = replace(_as_known(desk, act), step=None)
            known = article_in(desk, article_id)
            version = version_in(desk, known, None)
            now = _sources(desk, version.answer)
            page = restated(version.answer, now)
            decisions, hashes = desk.decisions(article_id), claim_hashes(page)
            comments, base = desk.comments(article_id), desk.composed(article_id)
            decided: list[tuple[Moved, Decision]] = []
            for claim_id, seen in chosen:
                claim = claim_in(page, claim_id)
                facts = Facts(
                    known,
                    hashes[claim_id],
                    topics=_topics(page.question),
                    faults=(
                        *_through_faults(page, now, claim),
                        *_faults(claim, page.evidence, desk),
                    ),
                    own_words=tuple(
                        each.by
                        for each in decisions
                        if each.claim_id == claim_id
                        and each.move in (Move.EDIT, Move.CHANGE_SOURCE)
                        and each.version >= base
                    ),
                    not_plain=against_together(
                        claim, page, decisions, comments, risks=risks_of(claim), since=base
                    ),
                )
                moved = move(wanted, facts, replace(act, shown=seen), policy=self.policy)
                if isinstance(moved, Refusal):
                    # nothing was written yet
                    return replace(moved, reason=_of_claim(wanted, claim_id, moved))
                decision = Decision(
                    article_id, known.version, claim_id, seen, wanted, moved.by, act.at,
                    moved.reason, claim.text, claim.text, claim.cites, claim.cites,
                )  # fmt: skip
                decided.append((moved, decision))
            for moved, decision in decided:
                entry = self._append(desk, moved, known, {"decision": encode(decision)})
                desk.add_decision(entry.sequence, decision)
            return known

    def edit(self, article_id: str, claim_id: str, text: str, act: Act) -> Article | Refusal:
        """Put a claim in other words. They are held against what the claim cites at once."""
        words = _entered(text)

        def changed(page: Answer) -> _Changed:
            claim = reworded(claim_in(page, claim_id), words)
            return _Changed(claim, page.evidence)

        return self._change(article_id, claim_id, Move.EDIT, act, changed)

    def change_source(
        self, article_id: str, claim_id: str, cites: Sequence[Evidence], act: Act
    ) -> Article | Refusal:
        """Let a claim cite other passages (see `passage`), of this page or of the library. It is
        held against them at once."""

        def changed(page: Answer) -> _Changed:
            places = {(e.doc_id, e.revision, e.span): e for e in page.evidence}
            chosen = [places.get((e.doc_id, e.revision, e.span), e) for e in cites]
            ids = tuple(dict.fromkeys(each.evidence_id for each in chosen))
            claim = replace(claim_in(page, claim_id), cites=ids, remark=None)
            known = {each.evidence_id for each in page.evidence}
            fresh = [each for each in chosen if each.evidence_id not in known]
            return _Changed(claim, (*page.evidence, *fresh), tuple(fresh))

        return self._change(article_id, claim_id, Move.CHANGE_SOURCE, act, changed)

    def reject(self, article_id: str, claim_id: str, act: Act) -> Article | Refusal:
        """Take a claim off the page; it stands among the withheld, with the reason."""
        return self._change(article_id, claim_id, Move.REJECT, act, None)

    def comment(
        self, article_id: str, act: Act, *, claim_id: str | None = None
    ) -> Comment | Refusal:
        """Say something of an article or one of its claims; `act.reason` is what."""
        with self.store.writing_desk() as desk:
            act = _as_known(desk, act)
            known = article_in(desk, article_id)
            if claim_id is not None:
                claim_in(version_in(desk, known, None).answer, claim_id)
            wanted = replace(act, step=None)
            moved = move(Move.COMMENT, Facts(known), wanted, policy=self.policy)
            if isinstance(moved, Refusal):
                return moved
            comment = Comment(article_id, known.version, moved.reason, moved.by, moved.at, claim_id)
            entry = self._append(desk, moved, known, {"comment": encode(comment)})
            desk.add_comment(entry.sequence, comment)
            return comment

    def sign(self, article_id: str, act: Act) -> Article | Refusal:
        """Put a name under exactly what was shown; `act.reason` is the meaning of the signature.

        The last signature that is needed makes the article Approved. `act.step` and `act.shown`
        are `article.step` and `version.content` of what the person was shown.
        """
        checked = self._checked(article_id)
        with self.store.writing_desk() as desk:
            act = _as_known(desk, act)
            known = article_in(desk, article_id)
            version = version_in(desk, known, None)
            now = _sources(desk, version.answer)
            page = restated(version.answer, now)
            content = content_hash(page)
            faults = checked.get(content)
            if faults is None:
                faults = _page_faults(page, desk)
            facts = Facts(
                known,
                content,
                topics=_topics(page.question),
                faults=(*_source_faults(page, now), *_through_faults(page, now), *faults),
                open_claims=_open_claims(page, desk.decisions(article_id)),
                needed=signatures_needed(page),
            )
            signed = tuple(
                each
                for each in signatures_in(desk, known, content)
                if may_stand(
                    desk.person(each.by),
                    facts,
                    at=act.at,
                    policy=self.policy,
                    let_in_by=_let_in_by(desk, each.by),
                )
            )
            facts = replace(facts, signed=signed)
            is_last = len(signed) + 1 >= facts.needed
            wanted = Move.APPROVE if is_last else Move.SIGN
            moved = move(wanted, facts, act, policy=self.policy)
            if isinstance(moved, Refusal):
                return moved
            # a row with DISCLOSED lets no one through but a person
            assert act.by is not None  # noqa: S101
            signature = Signature(
                article_id, known.version, content, moved.by, act.by.name, act.by.credentials,
                moved.reason, act.at, act.by.disclosure,
            )  # fmt: skip
            if is_last:
                due = time_of(act.at) + timedelta(days=self.policy.review_days)
                known = replace(known, due=due.date().isoformat(), notice=None)
            return self._write(desk, known, moved, act.by.name, signature=signature)

    def touch(self, touch: Touch, *, at: str) -> Article | Refusal | None:
        """Note that the evidence under an article changed; an approval ends by it.

        The newest version is written anew with its sources as they stand now.

        Returns:
            The article; None where all of it was noted before.
        """
        with self.store.writing_desk() as desk:
            known = article_in(desk, touch.article_id)
            noted = _noted(desk, known)
            fresh = Touch(
                touch.article_id, tuple(each for each in touch.reasons if each.says not in noted)
            )
            if not fresh.reasons:
                return None
            version = version_in(desk, known, None)
            page = restated(version.answer, _sources(desk, version.answer))
            is_changed = content_hash(page) != known.content
            is_approved = known.state is State.APPROVED
            act = Act(None, at, reason=fresh.notice)
            facts = Facts(known, known.content)
            wanted = Move.REVOKE if is_approved else Move.TOUCH
            moved = move(wanted, facts, act, policy=self.policy)
            if isinstance(moved, Refusal):
                return moved
            earlier = "" if is_approved else known.notice or ""
            base = replace(known, notice=f"{earlier} {fresh.notice}".strip())
            reasons: list[Json] = [encode(reason) for reason in fresh.reasons]
            return self._write(
                desk,
                base,
                moved,
                _name(act),
                page=page if is_changed else None,
                also={"reasons": reasons},
            )

    # within

    def _change(
        self,
        article_id: str,
        claim_id: str,
        wanted: Move,
        act: Act,
        changed: Callable[[Answer], _Changed] | None,
    ) -> Article | Refusal:
        """Change a claim, or take it out (`changed` is None), as a new version."""
        with self.store.writing_desk() as desk:
            act = _as_known(desk, act)
            known = article_in(desk, article_id)
            version = version_in(desk, known, None)
            old = restated(version.answer, _sources(desk, version.answer))
            before = claim_in(old, claim_id)
            faults: tuple[str, ...] = ()
            if changed is None:
                who = ", ".join(filter(None, (_name(act), act.by.credentials if act.by else "")))
                page = without_claim(old, claim_id, by=who, why=act.reason.strip())
            else:
                change = changed(old)
                faults = _faults(change.claim, change.evidence, desk)
                page = _with(old, change, desk)
            after = claim_of(page, claim_id)
            facts = Facts(
                known,
                content_hash(old),
                proposed=content_hash(page),
                topics=_topics(old.question),
                faults=faults,
            )
            moved = move(wanted, facts, act, policy=self.policy)
            if isinstance(moved, Refusal):
                return moved
            decision = Decision(
                article_id,
                known.version + 1,
                claim_id,
                claim_hashes(old)[claim_id],
                wanted,
                moved.by,
                act.at,
                moved.reason,
                before.text,
                after.text if after else None,
                before.cites,
                after.cites if after else (),
            )
            if changed is not None and moved.by not in known.editors:
                known = replace(known, editors=(*known.editors, moved.by))
            return self._write(desk, known, moved, _name(act), page=page, decision=decision)

    def _checked(self, article_id: str) -> dict[str, tuple[str, ...]]:
        """The faults of the page by its content, found before the lock is taken: going through
        every gate takes longer than anything else."""
        with self.store.reading_desk() as desk:
            article = article_in(desk, article_id)
            answer = version_in(desk, article, None).answer
            page = restated(answer, _sources(desk, answer))
            return {content_hash(page): _page_faults(page, desk)}

    def _append(
        self, desk: DeskWriting, moved: Moved, article: Article, more: Mapping[str, Json]
    ) -> Entry:
        self._note_policy(desk, moved.at)
        entry = next_entry(
            desk.last_entry(),
            at=moved.at,
            by=moved.by,
            what=moved.move.value,
            about=article.article_id,
            payload={
                "from": moved.start.value if moved.start else None,
                "to": moved.to.value,
                "role": moved.role.value,
                "why": moved.reason,
                "article": encode(article),
                **more,
            },
        )
        desk.append(entry)
        return entry

    def _note_policy(self, desk: DeskWriting, at: str) -> None:
        """Note how long things hold, before the first step that is made under it."""
        policy = encode(self.policy)
        noted = desk.last_of("setting", about="desk")
        if noted is None or json.loads(noted.payload) != policy:
            last = desk.last_entry()
            desk.append(
                next_entry(last, at=at, by="desk", what="setting", about="desk", payload=policy)
            )

    def _write(
        self,
        desk: DeskWriting,
        base: Article,
        moved: Moved,
        name: str,
        *,
        page: Answer | None = None,
        decision: Decision | None = None,
        signature: Signature | None = None,
        also: Mapping[str, Json] | None = None,
    ) -> Article:
        """Write one step of an article: the article, its new version if `page` makes one, what
        was decided or signed, and the entry that says all of it."""
        number = base.version + (page is not None)
        article = replace(
            base,
            state=moved.to,
            version=number,
            content=content_hash(page) if page else base.content,
            step=base.step + 1,
            due=base.due if moved.to is State.APPROVED else None,
            notice=None if moved.to is State.APPROVED else base.notice,
            updated_at=moved.at if page else base.updated_at,
            last=f"{name} {_DONE[moved.move]} version {number} at {moved.at}",
        )
        more: dict[str, Json] = dict(also or {})
        more |= {"decision": encode(decision)} if decision else {}
        more |= {"signature": encode(signature)} if signature else {}
        entry = self._append(desk, moved, article, more)
        desk.keep_article(article)
        if page is not None:
            version = Version(
                article.article_id, number, moved.move, page, article.content, moved.by,
                moved.at, moved.reason, desk.batch(),
            )  # fmt: skip
            names = [name for reference in page.references for name in names_of(reference)]
            desk.add_version(version, names=names)
        if decision is not None:
            desk.add_decision(entry.sequence, decision)
        if signature is not None:
            desk.add_signature(entry.sequence, signature)
        return article


@dataclass(frozen=True, slots=True)
class _Changed:
    """A claim as it would be, all evidence at hand, and what of that is new to the page."""

    claim: Claim
    evidence: tuple[Evidence, ...]
    fresh: tuple[Evidence, ...] = ()


def open_desk(settings: Settings) -> Desk:
    """Open the review desk of this person's library, which is made where there is none.

    Raises:
        InputError: the settings name no folder for the library.
        LibraryError: it cannot be read or written.
    """
    home = settings.home
    if home is None:
        raise InputError("expected a folder for the library; name one with --home")
    store = store_of(home, settings.database)
    # the bundled topics are put in and the index is brought in step, as for a question
    opened(home, store, encoder=encoder_of(settings).identity)
    return desk_over(store, home, settings)


def desk_over(store: Store, home: Path, settings: Settings) -> Desk:
    """The desk of a store that is open already."""
    file = settings.desk.checkpoints or home / FOLDER / FILE
    return Desk(store, policy=settings.desk.policy, checkpoints=Checkpoints(file, home / FOLDER))


def _with(page: Answer, change: _Changed, library: Library) -> Answer:
    """The page with a changed claim, what the gates say of it, and the sources that are new."""
    found = [library.document(doc_id) for doc_id in dict.fromkeys(e.doc_id for e in change.fresh)]
    return with_claim(
        page,
        change.claim,
        verify_claim(change.claim, change.evidence, library=library),
        evidence=change.fresh,
        references=[reference_of(*pair, number=1) for pair in found if pair is not None],
    )


def _faults(claim: Claim, evidence: Sequence[Evidence], library: Library) -> tuple[str, ...]:
    """What the gates have against a claim."""
    return tuple(
        f"{verdict.gate}: {verdict.reason}"
        for verdict in verify_claim(claim, evidence, library=library)
        if verdict.label is not Label.SUPPORT
    )


def _page_faults(page: Answer, library: Library) -> tuple[str, ...]:
    """What is wrong with a whole page as the library stands now."""
    if not page.claims and page.abstained is None:
        return ("every claim was rejected: ask again, or withdraw it",)
    return tuple(
        f"{each.where}: {each.gate}: {each.reason}"
        for each in recheck(page, library=library, vocabulary=_words())
    )


@cache
def _words() -> Vocabulary:
    return merge_vocabularies(bundled_topics())


def _as_known(desk: DeskReading, act: Act) -> Act:
    """The act by the person as the desk knows them at this moment, not as they were shown."""
    if act.by is None:
        return act
    person = desk.person(act.by.person_id)
    if person is None:
        raise InputError(f"expected a person with an account, found {act.by.person_id!r}")
    return replace(
        act,
        by=person,
        reason=_entered(act.reason),
        let_in_by=_let_in_by(desk, person.person_id),
    )


def _let_in_by(desk: DeskReading, person_id: str) -> str | None:
    """The name of who gave a person's account another way in, which nobody confirmed."""
    found = desk.let_in(person_id)
    if found is None:
        return None
    by = str(json.loads(found.payload)["by"])
    person = desk.person(by)
    return person.name if person else by


def _of_claim(wanted: Move, claim_id: str, refusal: Refusal) -> str:
    """Why a claim may not be accepted, by its name where it is one of several."""
    is_one = wanted is Move.ACCEPT_TOGETHER and refusal.condition is not None
    return f"{claim_id}: {refusal.reason}; none was accepted" if is_one else refusal.reason


def _noted(desk: DeskReading, article: Article) -> frozenset[str]:
    """What was told of the sources of this composition and stays so until it is made anew."""
    noted = noted_in(desk, article, since=(Move.SUBMIT, Move.REVISE))
    return frozenset(reason.says for reason in noted if reason.what in LASTING)


def _name(act: Act) -> str:
    return act.by.name if act.by else "the desk"


def _entered(text: str) -> str:
    """What a person entered, without the space around it. Raises InputError."""
    if len(text) > _LONGEST:
        raise InputError(f"expected at most {_LONGEST:,} characters, found {len(text):,}")
    if any(ord(char) < 32 and char not in "\t\n\r" for char in text):
        raise InputError("expected text without control characters")
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise InputError(f"expected text that UTF-8 can hold; {error}") from error
    return text.strip()


def _topics(question: Question) -> tuple[tuple[str, ...], ...]:
    """The wordings of all that a page is about, for a declared interest to be held against."""
    concepts = tuple(
        tuple(dict.fromkeys(filter(None, (c.name, c.surface, c.brand, *c.terms))))
        for c in question.concepts
    )
    return (*concepts, (question.title,))


def _sources(desk: DeskReading, answer: Answer) -> dict[str, SourceNow]:
    """How the cited documents, and the works that they were read through, stand in this
    transaction."""
    return desk.sources_now(name for each in answer.references for name in names_of(each))


def _through_faults(
    page: Answer, now: Mapping[str, SourceNow], claim: Claim | None = None
) -> Iterator[str]:
    """The retracted works that what is cited was read through, or is a copy of: on the page, or by
    one claim. To sign it, what rests on them is taken off the page."""
    cited = {item.doc_id for item in page.evidence if claim and item.evidence_id in claim.cites}
    for reference in page.references:
        if claim is not None and reference.doc_id not in cited:
            continue
        for name in names_of(reference):
            found = now.get(name)
            if name != reference.doc_id and found and found.standing.status is Status.RETRACTED:
                yield f"{name}, on which {reference.doc_id} rests, is retracted"


def _source_faults(page: Answer, now: Mapping[str, SourceNow]) -> Iterator[str]:
    """What forbids to sign, read in the transaction of the signature."""
    titles: dict[str, Reference] = {each.doc_id: each for each in page.references}
    for item in page.evidence:
        found = now.get(item.doc_id)
        if item.doc_id in titles and found is None:
            yield f"{item.doc_id} is not in the library"
        elif found and found.revision not in (None, item.revision):
            yield f"{item.doc_id}: its text changed since the page was made"
        elif found and found.standing.status is Status.RETRACTED:
            yield f"{item.doc_id} is retracted"


def _open_claims(page: Answer, decisions: Sequence[Decision]) -> tuple[str, ...]:
    accepted = accepted_in(decisions)
    hashes = claim_hashes(page)
    return tuple(each for each, claim in hashes.items() if claim not in accepted)
