"""Whatever people try in whatever order, the desk does what a plain model of it says."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from curbside.articles import Article, Comment, DeskRole, Move
from curbside.review.moves import Refusal
from curbside.wiring.audit import faults_of_desk
from desk_library import TEXTS, a_desk, a_page_of, act, done, engaged, fill

WORDS = "Of 120 adults who stopped, 61% had a flare."
ROLES = {
    "Rae": {"reader"},
    "Otto": {"author"},
    "Ann": {"reviewer"},
    "Bea": {"reviewer"},
    "Eve": {"editor"},
    "Ada": {"administrator"},
    "Dua": {"author", "reviewer"},
}
PEOPLE = st.sampled_from(sorted(ROLES))
REVIEWERS = st.sampled_from(["Ann", "Bea", "Ann", "Bea", *sorted(ROLES)])
EDITORS = st.sampled_from(["Eve", "Eve", "Eve", *sorted(ROLES)])
WRITERS = st.sampled_from(["Otto", "Dua", "Otto", *sorted(ROLES)])
NAME = "flares-after-stopping"
AT_WORK = {"Submitted", "Changes requested", "Due"}


class DeskMachine(RuleBasedStateMachine):
    """The model: a state, the claims by their words, who accepted, wrote, changed and signed."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        home = Path(self.folder.name)
        self.desk = a_desk(home / "library.sqlite", home)
        fill(self.desk.store, *TEXTS)
        self.people = {
            name: engaged(self.desk, name, *(DeskRole(role) for role in sorted(roles)))
            for name, roles in ROLES.items()
        }
        self.state: str | None = None
        self.claims: dict[str, str] = {}
        self.page = ""
        self.version = 0
        self.accepted: set[tuple[str, str]] = set()
        self.authors: set[str] = set()
        self.editors: set[str] = set()
        self.own_words: set[str] = set()
        self.signer: str | None = None

    def teardown(self) -> None:
        faults = list(faults_of_desk(self.desk.store, self.desk.checkpoints))
        self.desk.close()
        self.folder.cleanup()
        assert faults == []

    @initialize(by=st.sampled_from(["Otto", "Dua"]), is_taken_up=st.booleans())
    def begin(self, by: str, is_taken_up: bool) -> None:
        self.submit(by, "X")
        if is_taken_up:
            self.take_up("Ann")
            self.accept("Ann", "C1")
            self.accept("Ann", "C2")

    # what the model says

    def _is(self, who: str, *roles: str) -> bool:
        return not ROLES[who].isdisjoint(roles)

    def _claims_of(self, page: str) -> dict[str, str]:
        return {"C1": "one, quoted", "C2": "two, quoted" if page == "X" else "three, quoted"}

    def _tell(self, outcome: object, *, expected: bool) -> None:
        assert isinstance(outcome, Article | Comment) is expected, outcome
        if not expected:
            assert isinstance(outcome, Refusal)
            assert outcome.reason

    def _article(self) -> Article:
        return done(self.desk.article(NAME))

    # what people try

    @rule(who=WRITERS, page=st.sampled_from("XY"))
    def submits(self, who: str, page: str) -> None:
        self.submit(who, page)

    def submit(self, who: str, page: str) -> None:
        docs = ("pmid:1", "pmid:2") if page == "X" else ("pmid:1", "pmid:3")
        answer = a_page_of(self.desk.store, *docs)
        article = self.desk.article(NAME)
        outcome = self.desk.submit(answer, act(self.people[who], article))
        differs = (self.page, self.claims) != (page, self._claims_of(page))
        may = self._is(who, "author", "editor") and (
            self.state is None or (self.state in {*AT_WORK, "Approved"} and differs)
        )
        self._tell(outcome, expected=may)
        if may:
            self.state, self.page, self.claims = "Submitted", page, self._claims_of(page)
            self.version += 1
            self.authors.add(who)
            self.editors, self.own_words, self.signer = set(), set(), None

    @precondition(lambda self: self.state)
    @rule(who=REVIEWERS)
    def take_up(self, who: str) -> None:
        outcome = self._move(who, Move.TAKE_UP)
        may = (
            self._is(who, "reviewer")
            and self.state in {"Submitted", "Due"}
            and who not in self.authors
        )
        self._tell(outcome, expected=may)
        if may:
            self.state, self.signer = "Under Review", None

    @precondition(lambda self: self.state)
    @rule(who=REVIEWERS, claim_id=st.sampled_from(["C1", "C2"]))
    def accept(self, who: str, claim_id: str) -> None:
        if claim_id not in self.claims:
            return
        shown = {c.claim.claim_id: c.shown for c in self.desk.view(NAME).claims}[claim_id]
        outcome = self.desk.accept(NAME, claim_id, act(self.people[who], shown=shown))
        may = (
            self._is(who, "reviewer")
            and self.state == "Under Review"
            and who not in self.authors
            and not (claim_id == "C1" and who in self.own_words)
        )
        self._tell(outcome, expected=may)
        if may:
            self.accepted.add((claim_id, self.claims[claim_id]))

    @precondition(lambda self: self.state)
    @rule(who=REVIEWERS)
    def edit(self, who: str) -> None:
        other = "one" if self.claims["C1"] == "one %" else "one %"
        text = TEXTS[0] if other == "one" else WORDS
        outcome = self.desk.edit(NAME, "C1", text, act(self.people[who], self._article()))
        may = self._may_change(who)
        self._tell(outcome, expected=may)
        if may:
            self.accepted.discard(("C1", self.claims["C1"]))
            self.claims["C1"] = other
            self.version += 1
            self.editors.add(who)
            self.own_words.add(who)
            self.signer = None

    @precondition(lambda self: self.state)
    @rule(who=REVIEWERS)
    def reject(self, who: str) -> None:
        if "C2" not in self.claims:
            return
        outcome = self.desk.reject(NAME, "C2", act(self.people[who], self._article()))
        may = self._may_change(who)
        self._tell(outcome, expected=may)
        if may:
            self.accepted.discard(("C2", self.claims["C2"]))
            del self.claims["C2"]
            self.version += 1
            self.signer = None

    def _may_change(self, who: str) -> bool:
        if self.state == "Under Review":
            return self._is(who, "reviewer")
        return self.state in AT_WORK and self._is(who, "author", "editor")

    @precondition(lambda self: self.state)
    @rule(who=REVIEWERS, is_late=st.sampled_from([False, False, True]))
    def sign(self, who: str, is_late: bool) -> None:
        article = self._article()
        # a person who was shown the step before does nothing
        seen = act(self.people[who], article, step=article.step - is_late)  # type: ignore[arg-type]
        outcome = self.desk.sign(NAME, seen)
        may = (
            not is_late
            and self._is(who, "reviewer")
            and self.state == "Under Review"
            and who not in self.authors | self.editors
            and all(pair in self.accepted for pair in self.claims.items())
        )
        self._tell(outcome, expected=may)
        if may:
            self.state, self.signer = "Approved", who

    @precondition(lambda self: self.state)
    @rule(
        who=EDITORS,
        wanted=st.sampled_from(
            [Move.REQUEST_CHANGES, Move.RESUBMIT, Move.REVOKE, Move.WITHDRAW, Move.RESTORE]
        ),
    )
    def other_moves(self, who: str, wanted: Move) -> None:
        start, to, roles = {
            Move.REQUEST_CHANGES: ({"Under Review"}, "Changes requested", ("reviewer", "editor")),
            Move.RESUBMIT: ({"Changes requested", "Due"}, "Submitted", ("author", "editor")),
            Move.REVOKE: ({"Approved"}, "Due", ("editor",)),
            Move.WITHDRAW: (
                {*AT_WORK, "Under Review", "Approved"},
                "Withdrawn",
                ("editor", "administrator"),
            ),
            Move.RESTORE: ({"Withdrawn"}, "Submitted", ("editor",)),
        }[wanted]
        outcome = self._move(who, wanted)
        may = self.state in start and self._is(who, *roles)
        self._tell(outcome, expected=may)
        if may:
            self.state, self.signer = to, None

    @precondition(lambda self: self.state)
    @rule(by=REVIEWERS, signer=REVIEWERS)
    def review(self, by: str, signer: str) -> None:
        """Everything that leads to an approval, each step told by the model on its own."""
        self.take_up(by)
        self.accept(by, "C1")
        self.accept(by, "C2")
        self.sign(signer, is_late=False)

    @precondition(lambda self: self.state)
    @rule(who=PEOPLE)
    def comment(self, who: str) -> None:
        self._tell(self.desk.comment(NAME, act(self.people[who])), expected=True)

    def _move(self, who: str, wanted: Move) -> object:
        return self.desk.move(NAME, wanted, act(self.people[who], self._article()))

    # what always holds

    @invariant()
    def the_desk_is_as_the_model_says(self) -> None:
        article = self.desk.article(NAME)
        if article is None:
            assert self.state is None
            return
        view = self.desk.view(NAME)
        assert (article.state.value, article.version) == (self.state, self.version)
        assert {c.claim.claim_id for c in view.claims} == set(self.claims)
        assert {c.claim.claim_id for c in view.claims if c.is_accepted} == {
            claim_id for claim_id, text in self.claims.items() if (claim_id, text) in self.accepted
        }
        signers = [s.name for s in view.review.signatures]
        assert signers == ([self.signer] if self.signer else [])

    @invariant()
    def nobody_approved_their_own_page(self) -> None:
        if self.state == "Approved":
            assert self.signer not in self.authors | self.editors


DeskMachine.TestCase.settings = settings(max_examples=12, stateful_step_count=40)
TestDesk = DeskMachine.TestCase
