"""An article from submission to approval and back, with two databases alike."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from curbside.articles import (
    Article,
    Comment,
    DeskRole,
    Disclosure,
    Interest,
    Move,
    State,
)
from curbside.codec.answer import answer_from_json
from curbside.errors import InputError
from curbside.records import Standing, Status
from curbside.review.conditions import Condition
from curbside.review.diff import ChangeKind
from curbside.review.moves import Refusal, Refused
from curbside.wiring.desk import Desk
from curbside.wiring.people import People
from curbside.wiring.watch import refresh, watch
from desk_library import (
    AT,
    LATER,
    TEXTS,
    Staff,
    a_document,
    a_page_of,
    accept_all,
    act,
    approved,
    done,
    engaged,
)


@pytest.fixture
def staff(desk: Desk) -> Staff:
    return Staff(desk)


def refused(outcome: object) -> tuple[Refused, Condition | None]:
    assert isinstance(outcome, Refusal), outcome
    return outcome.kind, outcome.condition


def test_an_answer_becomes_an_article_is_reviewed_and_approved(desk: Desk, staff: Staff) -> None:
    page = a_page_of(desk.store, "pmid:1", "pmid:2")
    article = done(desk.submit(page, act(staff.author)))
    assert (article.state, article.version, article.step) == (State.SUBMITTED, 1, 1)
    name = article.article_id
    assert name == page.question.slug
    article = done(desk.move(name, Move.TAKE_UP, act(staff.ann, article)))
    assert refused(desk.sign(name, act(staff.ann, article))) == (
        Refused.CONDITION,
        Condition.DECIDED,
    )
    accept_all(desk, name, staff.ann)
    article = done(desk.sign(name, act(staff.ann, article, reason="I read and approve it")))
    assert (article.state, article.due) == (State.APPROVED, "2027-06-01")
    review = desk.view(name).review
    assert [(s.name, s.credentials, s.meaning, s.at) for s in review.signatures] == [
        ("Ann", "MD", "I read and approve it", AT)
    ]
    status = desk.page(name)["status"]
    assert isinstance(status, dict)
    assert (status["state"], status["banner"]) == ("Approved", None)
    assert desk.review_of(page) == review
    assert answer_from_json(desk.page(name)) == page


def test_a_high_risk_page_takes_two_persons(desk: Desk, staff: Staff) -> None:
    page = a_page_of(desk.store, "pmid:1", "pmid:4")
    article = done(desk.submit(page, act(staff.author)))
    name = article.article_id
    article = done(desk.move(name, Move.TAKE_UP, act(staff.ann, article)))
    view = desk.view(name)
    assert [(c.claim.claim_id, c.risks) for c in view.claims] == [("C2", ("dose",)), ("C1", ())]
    assert view.needed == 2
    accept_all(desk, name, staff.ann)
    article = done(desk.sign(name, act(staff.ann, article)))
    assert article.state is State.UNDER_REVIEW
    assert refused(desk.sign(name, act(staff.ann, article)))[1] is Condition.UNSIGNED
    article = done(desk.sign(name, act(staff.bea, article)))
    assert article.state is State.APPROVED
    assert [s.name for s in desk.view(name).review.signatures] == ["Ann", "Bea"]


def test_an_author_and_an_editor_of_its_words_do_not_sign(desk: Desk, staff: Staff) -> None:
    people = People(desk.store)
    both = people.change(
        staff.author.person_id, roles=(DeskRole.AUTHOR, DeskRole.REVIEWER), by="console", at=AT
    )
    page = a_page_of(desk.store, "pmid:1", "pmid:2")
    article = done(desk.submit(page, act(both)))
    name = article.article_id
    assert refused(desk.move(name, Move.TAKE_UP, act(both, article)))[1] is Condition.NOT_AUTHOR
    article = done(desk.move(name, Move.TAKE_UP, act(staff.ann, article)))
    words = "Of 120 adults who stopped, 61% had a flare."
    article = done(desk.edit(name, "C1", words, act(staff.ann, article)))
    assert article.editors == (staff.ann.person_id,)
    view = desk.view(name)
    own = next(each for each in view.claims if each.claim.claim_id == "C1")
    assert refused(desk.accept(name, "C1", act(staff.ann, shown=own.shown)))[1] is (
        Condition.NOT_OWN_WORDS
    )
    accept_all(desk, name, staff.bea)
    assert refused(desk.sign(name, act(both, article)))[1] is Condition.NOT_AUTHOR
    assert refused(desk.sign(name, act(staff.ann, article)))[1] is Condition.NOT_EDITOR
    assert done(desk.sign(name, act(staff.bea, article))).state is State.APPROVED


def test_an_edit_that_does_not_hold_is_not_kept(desk: Desk, staff: Staff) -> None:
    article = done(desk.submit(a_page_of(desk.store, "pmid:1"), act(staff.author)))
    name = article.article_id
    article = done(desk.move(name, Move.TAKE_UP, act(staff.ann, article)))
    wrong = "Of 120 adults who stopped, 16 percent had a flare."
    outcome = desk.edit(name, "C1", wrong, act(staff.ann, article))
    assert refused(outcome) == (Refused.CONDITION, Condition.HOLDS)
    assert isinstance(outcome, Refusal)
    assert "quantities" in outcome.reason
    assert desk.article(name) == article
    assert len(desk.versions(name)) == 1


def test_a_claim_is_given_another_source_that_bears_it_out(desk: Desk, staff: Staff) -> None:
    article = done(desk.submit(a_page_of(desk.store, "pmid:1", "pmid:2"), act(staff.author)))
    name = article.article_id
    article = done(desk.move(name, Move.TAKE_UP, act(staff.ann, article)))
    other = desk.passage("pmid:3", TEXTS[2])
    wrong = desk.change_source(name, "C1", [other], act(staff.ann, article))
    assert refused(wrong)[1] is Condition.HOLDS
    desk.store.put([(a_document(9, f"Again. {TEXTS[0]}"), Standing(Status.CURRENT))], at=AT)
    passage = desk.passage("pmid:9", TEXTS[0])
    article = done(desk.change_source(name, "C1", [passage], act(staff.ann, article)))
    page = desk.view(name).version.answer
    assert [r.doc_id for r in page.references] == ["pmid:2", "pmid:9"]
    assert [c.kind for c in desk.diff(name, 1, 2)] == [ChangeKind.SOURCE]
    with pytest.raises(InputError, match="does not say that"):
        desk.passage("pmid:9", "something else")


def test_a_rejected_claim_goes_and_the_history_says_why(desk: Desk, staff: Staff) -> None:
    article = done(desk.submit(a_page_of(desk.store, "pmid:1", "pmid:2"), act(staff.author)))
    name = article.article_id
    article = done(desk.move(name, Move.TAKE_UP, act(staff.ann, article)))
    article = done(desk.reject(name, "C1", act(staff.ann, article, reason="too small")))
    page = desk.view(name).version.answer
    assert [claim.claim_id for claim in page.claims] == ["C2"]
    assert [claim.claim_id for claim in page.withheld] == ["C1"]
    assert page.verdicts[-1].reason == "rejected by Ann, MD: too small"
    accept_all(desk, name, staff.ann)
    assert done(desk.sign(name, act(staff.ann, article))).state is State.APPROVED
    assert [entry.what for entry in desk.history(name)] == [
        "submit", "take up", "reject", "accept", "approve",
    ]  # fmt: skip


def test_a_claim_that_was_rejected_and_comes_back_must_be_accepted_anew(
    desk: Desk, staff: Staff
) -> None:
    page = a_page_of(desk.store, "pmid:1", "pmid:2")
    article = done(desk.submit(page, act(staff.author)))
    name = article.article_id
    article = done(desk.move(name, Move.TAKE_UP, act(staff.ann, article)))
    accept_all(desk, name, staff.ann)
    article = done(desk.reject(name, "C1", act(staff.bea, article, reason="too small")))
    article = done(desk.move(name, Move.REQUEST_CHANGES, act(staff.bea, article)))
    article = done(desk.submit(page, act(staff.author, article)))
    article = done(desk.move(name, Move.TAKE_UP, act(staff.ann, article)))
    accepted = {c.claim.claim_id: c.is_accepted for c in desk.view(name).claims}
    assert accepted == {"C1": False, "C2": True}
    assert refused(desk.sign(name, act(staff.cid, article)))[1] is Condition.DECIDED


@pytest.mark.parametrize("what", ["left", "another role", "an interest"])
def test_the_signature_of_one_who_may_sign_no_more_is_not_one_of_two(
    desk: Desk, staff: Staff, what: str
) -> None:
    article = done(desk.submit(a_page_of(desk.store, "pmid:1", "pmid:4"), act(staff.author)))
    name, ann, people = article.article_id, staff.ann.person_id, People(desk.store)
    article = done(desk.move(name, Move.TAKE_UP, act(staff.bea, article)))
    accept_all(desk, name, staff.cid)
    article = done(desk.sign(name, act(staff.ann, article)))
    if what == "left":
        people.change(ann, is_active=False, by="console", at=AT)
    elif what == "another role":
        people.change(ann, roles=[DeskRole.EDITOR], by="console", at=AT)
    elif what == "an interest":
        people.disclose(ann, Disclosure(AT, (Interest("shares"),)), by="console")
    article = done(desk.sign(name, act(staff.bea, article)))
    assert article.state is State.UNDER_REVIEW
    assert done(desk.sign(name, act(staff.cid, article))).state is State.APPROVED


def test_a_declared_interest_bars_from_reviewing(desk: Desk, staff: Staff) -> None:
    interest = Interest("lectures for its maker", ("Zyloprim",))
    People(desk.store).disclose(staff.ann.person_id, Disclosure(AT, (interest,)), by="console")
    article = done(desk.submit(a_page_of(desk.store, "pmid:1"), act(staff.author)))
    outcome = desk.move(article.article_id, Move.TAKE_UP, act(staff.ann, article))
    assert refused(outcome) == (Refused.CONDITION, Condition.NO_CONFLICT)


def test_what_a_person_is_counts_as_it_is_now_and_not_as_they_signed_in(
    desk: Desk, staff: Staff
) -> None:
    article = done(desk.submit(a_page_of(desk.store, "pmid:1"), act(staff.author)))
    People(desk.store).change(staff.ann.person_id, is_active=False, by="console", at=AT)
    outcome = desk.move(article.article_id, Move.TAKE_UP, act(staff.ann, article))
    assert refused(outcome)[0] is Refused.INACTIVE


def test_only_what_changed_since_my_last_review_is_new_to_me(desk: Desk, staff: Staff) -> None:
    article = approved(desk, staff, a_page_of(desk.store, "pmid:1", "pmid:2"))
    name = article.article_id
    assert [c.is_new for c in desk.view(name, reader=staff.ann).claims] == [False, False]
    assert [c.is_new for c in desk.view(name, reader=staff.bea).claims] == [True, True]
    page = a_page_of(desk.store, "pmid:1", "pmid:2", "pmid:3")
    done(desk.submit(page, act(staff.author, article)))
    assert [(c.claim.claim_id, c.is_new) for c in desk.view(name, reader=staff.ann).claims] == [
        ("C1", False),
        ("C2", False),
        ("C3", True),
    ]


def test_a_new_answer_ends_the_approval_and_is_the_next_version(desk: Desk, staff: Staff) -> None:
    article = approved(desk, staff, a_page_of(desk.store, "pmid:1", "pmid:2"))
    name = article.article_id
    same = desk.submit(a_page_of(desk.store, "pmid:1", "pmid:2"), act(staff.author, article))
    assert refused(same)[1] is Condition.CHANGED
    article = done(desk.submit(a_page_of(desk.store, "pmid:1"), act(staff.author, article)))
    assert (article.state, article.version) == (State.SUBMITTED, 2)
    old = desk.view(name, version=1).review
    assert (old.state, old.notice) == (State.DUE, "This is version 1; version 2 is the newest.")
    assert [s.name for s in old.signatures] == ["Ann"]
    assert desk.view(name).review.signatures == ()


def test_a_retraction_ends_the_approval_and_names_the_claims(desk: Desk, staff: Staff) -> None:
    article = approved(desk, staff, a_page_of(desk.store, "pmid:1", "pmid:2"))
    name = article.article_id
    other = done(desk.submit(a_page_of(desk.store, "pmid:3", slug="another"), act(staff.author)))
    assert watch(desk, at=LATER).touched == ()
    retracted = Standing(Status.RETRACTED, by=("pmid:99",), checked_at=LATER[:10])
    desk.store.put([(a_document(2, TEXTS[1]), retracted)], at=LATER)
    found = watch(desk, at=LATER)
    assert found.looked_at == 2
    ((touched, touch),) = found.touched
    assert (touched.article_id, touched.state) == (name, State.DUE)
    assert [(r.what.value, r.claims) for r in touch.reasons] == [("retracted", ("C2",))]
    assert touched.notice == (
        "Retracted: pmid:2 (Study 2): current before, retracted by pmid:99 now."
    )
    assert desk.page(name)["status"]["notice"] == touched.notice
    assert desk.view(name).touched == touch.reasons
    assert [c.kind for c in desk.diff(name, 1, 2)] == [ChangeKind.STANDING]
    assert watch(desk, at=LATER).touched == ()
    assert desk.article("another") == other


def test_a_page_with_a_retracted_source_is_not_signed(desk: Desk, staff: Staff) -> None:
    article = done(desk.submit(a_page_of(desk.store, "pmid:1", "pmid:2"), act(staff.author)))
    name = article.article_id
    article = done(desk.move(name, Move.TAKE_UP, act(staff.ann, article)))
    accept_all(desk, name, staff.ann)
    retracted = Standing(Status.RETRACTED, by=("pmid:99",))
    desk.store.put([(a_document(2, TEXTS[1]), retracted)], at=AT)
    # seen before the retraction came in, and not yet noted by a watch
    assert refused(desk.sign(name, act(staff.ann, article)))[1] is Condition.SHOWN
    article = done(refresh(desk, name, at=LATER))
    assert refused(desk.sign(name, act(staff.ann, article)))[1] is Condition.SOUND
    article = done(desk.reject(name, "C2", act(staff.ann, article, reason="retracted")))
    assert done(desk.sign(name, act(staff.ann, article))).state is State.APPROVED


def test_a_page_read_through_a_retracted_work_is_not_signed_until_what_rests_on_it_is_gone(
    desk: Desk, staff: Staff
) -> None:
    page = a_page_of(desk.store, "pmid:1", "pmid:2")
    first, second = page.references
    page = replace(page, references=(replace(first, via="table of a review, PMID 900"), second))
    article = approved(desk, staff, page)
    name = article.article_id
    assert article.state is State.APPROVED
    retracted = Standing(Status.RETRACTED, by=("pmid:901",), checked_at=AT[:10])
    desk.store.put([(a_document(900, "A review of flares."), retracted)], at=LATER)
    assert done(refresh(desk, name, at=LATER)).state is State.DUE
    article = done(desk.article(name))
    article = done(desk.move(name, Move.TAKE_UP, act(staff.bea, article)))
    told = "pmid:900, on which pmid:1 rests, is retracted"
    shown = {each.claim.claim_id: each.shown for each in desk.view(name).claims}
    accepted = desk.accept(name, "C1", act(staff.bea, shown=shown["C1"]))
    assert refused(accepted) == (Refused.CONDITION, Condition.HOLDS)
    assert told in accepted.reason
    done(desk.accept(name, "C2", act(staff.bea, shown=shown["C2"])))
    # it was accepted before, and that stands: the signature is refused all the same
    signed = desk.sign(name, act(staff.bea, article))
    assert refused(signed) == (Refused.CONDITION, Condition.SOUND)
    assert told in signed.reason
    article = done(desk.reject(name, "C1", act(staff.bea, article)))
    assert [each.doc_id for each in desk.view(name).version.answer.references] == ["pmid:2"]
    assert done(desk.sign(name, act(staff.bea, article))).state is State.APPROVED


def test_the_desk_knows_which_articles_rest_on_a_work_by_any_of_its_names(
    desk: Desk, staff: Staff
) -> None:
    page = a_page_of(desk.store, "pmid:1", "pmid:2")
    first, second = page.references
    page = replace(page, references=(replace(first, via="a review, doi:10.1000/ABC.1"), second))
    article = done(desk.submit(page, act(staff.author)))
    name = article.article_id
    desk.submit(a_page_of(desk.store, "pmid:2", slug="another"), act(staff.author))
    assert desk.resting_on("pmid:2") == {name, "another"}
    assert desk.resting_on("pmid:1") == desk.resting_on("doi:10.1000/abc.1") == {name}
    # as the newest version has it
    done(desk.reject(name, "C1", act(staff.author, article)))
    assert desk.resting_on("pmid:1") == frozenset()
    assert desk.resting_on("pmid:3") == frozenset()


def test_whose_account_was_given_another_way_in_reviews_nothing_until_it_is_confirmed(
    desk: Desk, staff: Staff
) -> None:
    people = People(desk.store)
    eve, kim = (engaged(desk, name, DeskRole.ADMINISTRATOR).person_id for name in ("Eva", "Kim"))
    page = a_page_of(desk.store, "pmid:1", "pmid:4")
    article = done(desk.submit(page, act(staff.author)))
    name = article.article_id
    article = done(desk.move(name, Move.TAKE_UP, act(staff.ann, article)))
    accept_all(desk, name, staff.ann)
    article = done(desk.sign(name, act(staff.ann, article)))
    for person in (staff.ann, staff.bea):
        # their first way in, and then one that Eva made and may have used herself
        for _ in range(2):
            token = people.invite(person.person_id, by=eve, at=AT)
            people.redeem(token, "correct horse battery", at=AT)
    told = (Refused.CONDITION, Condition.OWN)
    shown = next(each.shown for each in desk.view(name).claims if each.claim.claim_id == "C1")
    assert refused(desk.sign(name, act(staff.bea, article))) == told
    assert refused(desk.accept(name, "C1", act(staff.bea, shown=shown))) == told
    edit = desk.edit(name, "C1", TEXTS[0].replace(" percent", "%"), act(staff.bea, article))
    assert refused(edit) == told
    assert edit.reason.startswith("Eva gave your account another way in")
    people.confirm_account(staff.bea.person_id, by=kim, at=AT)
    # Ann's signature does not count as one of two as long as nobody knows whose it would be now
    article = done(desk.sign(name, act(staff.bea, article)))
    assert article.state is State.UNDER_REVIEW
    people.confirm_account(staff.ann.person_id, by=kim, at=AT)
    assert done(desk.sign(name, act(staff.cid, article))).state is State.APPROVED


def test_plain_claims_are_accepted_together_each_with_its_entry_or_none_is(
    desk: Desk, staff: Staff
) -> None:
    page = a_page_of(desk.store, "pmid:1", "pmid:2", "pmid:3", "pmid:4")
    article = done(desk.submit(page, act(staff.author)))
    name = article.article_id
    article = done(desk.move(name, Move.TAKE_UP, act(staff.ann, article)))
    shown = {each.claim.claim_id: each.shown for each in desk.view(name).claims}
    alone = {each.claim.claim_id: each.by_itself for each in desk.view(name).claims}
    assert alone == {"C1": (), "C2": (), "C3": (), "C4": ("it is high-risk (dose)",)}
    by_ann = act(staff.ann)
    chosen = [(each, shown[each]) for each in ("C1", "C2", "C3")]
    # one that is high-risk, one that changed, one twice, none, too many: nothing is accepted
    risky = desk.accept_together(name, [*chosen, ("C4", shown["C4"])], by_ann)
    assert refused(risky) == (Refused.CONDITION, Condition.PLAIN)
    assert risky.reason == (
        "C4: it is looked at by itself: it is high-risk (dose); none was accepted"
    )
    stale = desk.accept_together(name, [*chosen[:2], ("C3", "0" * 64)], by_ann)
    assert refused(stale) == (Refused.CONDITION, Condition.SHOWN)
    for wrong in ([], [chosen[0]] * 2, [chosen[0]] * 26, [("C9", "0" * 64)]):
        with pytest.raises(InputError):
            desk.accept_together(name, wrong, by_ann)
    assert refused(desk.accept_together(name, chosen, act(staff.author))) == (Refused.ROLE, None)
    assert isinstance(desk.comment(name, act(staff.bea), claim_id="C2"), Comment)
    told = desk.accept_together(name, chosen, by_ann)
    assert told.reason.startswith("C2: it is looked at by itself: somebody commented on it")
    assert not any(each.is_accepted for each in desk.view(name).claims)
    done(desk.accept_together(name, [chosen[0], chosen[2]], by_ann))
    accepted = [each.claim.claim_id for each in desk.view(name).claims if each.is_accepted]
    assert sorted(accepted) == ["C1", "C3"]
    entries = [each for each in desk.history(name) if each.what == "accept with others"]
    decisions = [json.loads(each.payload)["decision"] for each in entries]
    assert [(each["claim_id"], each["claim"]) for each in decisions] == [chosen[0], chosen[2]]
    # they count as any other acceptance does
    for each in ("C2", "C4"):
        done(desk.accept(name, each, act(staff.ann, shown=shown[each])))
    article = done(desk.sign(name, act(staff.ann, article)))
    assert done(desk.sign(name, act(staff.bea, article))).state is State.APPROVED


def test_a_place_of_a_document_is_cited_as_long_as_the_document_says_the_same(
    desk: Desk,
) -> None:
    (start, end) = (3, 13)
    found = desk.passage_at(f"pmid:1@r1#{start}-{end}")
    assert (found.quote, found.doc_id, found.revision) == (TEXTS[0][start:end], "pmid:1", "r1")
    for place, told in (
        ("pmid:1@r0#3-13", "its text changed"),
        ("pmid:1@r1#3-9999", "its text changed"),
        ("pmid:1@r1#13-3", "its text changed"),
        ("pmid:99@r1#3-13", "expected a document"),
        ("pmid:1", "expected a place"),
        ("", "expected a place"),
    ):
        with pytest.raises(InputError, match=told):
            desk.passage_at(place)


def test_a_review_date_that_comes_ends_the_approval(desk: Desk, staff: Staff) -> None:
    article = approved(desk, staff, a_page_of(desk.store, "pmid:1"))
    assert watch(desk, at="2027-05-31T23:00:00Z").touched == ()
    ((article, touch),) = watch(desk, at="2027-06-01T00:00:00Z").touched
    assert (article.state, touch.notice) == (
        State.DUE,
        "The review date has passed: it was 2027-06-01.",
    )
    name = article.article_id
    # the old signature does not count for the new round
    people = People(desk.store)
    later = "2027-06-02T00:00:00Z"
    for person in (staff.ann, staff.bea):
        people.disclose(person.person_id, Disclosure(later), by="console")
    article = done(desk.move(name, Move.TAKE_UP, act(staff.bea, article, at=later)))
    assert desk.view(name).review.signatures == ()
    article = done(desk.sign(name, act(staff.bea, article, at=later)))
    assert (article.state, article.due) == (State.APPROVED, "2028-06-01")
    assert [s.name for s in desk.view(name).review.signatures] == ["Bea"]


def test_a_source_taken_out_or_reworded_touches_its_articles(desk: Desk, staff: Staff) -> None:
    approved(desk, staff, a_page_of(desk.store, "pmid:1", "pmid:2"))
    reworded = replace(a_document(1, "Entirely other words."), revision="r9", revised="2026-06-02")
    desk.store.put([(reworded, Standing(Status.CURRENT, checked_at="2026-05-01"))], at=LATER)
    desk.store.remove("pmid:2", at=LATER)
    ((_, touch),) = watch(desk, at=LATER).touched
    assert [(r.what.value, r.claims) for r in touch.reasons] == [
        ("no longer in the library", ("C2",)),
        ("its text changed", ("C1",)),
    ]
    assert watch(desk, at=LATER).touched == ()


def test_remarks_are_kept_and_are_no_step(desk: Desk, staff: Staff) -> None:
    article = done(desk.submit(a_page_of(desk.store, "pmid:1"), act(staff.author)))
    name = article.article_id
    remark = desk.comment(name, act(staff.ann, reason=" Is this all? "), claim_id="C1")
    assert remark == Comment(name, 1, "Is this all?", staff.ann.person_id, AT, "C1")
    assert desk.view(name).comments == (remark,)
    assert desk.article(name) == article
    assert refused(desk.comment(name, act(staff.ann, reason=" ")))[1] is Condition.REASON
    with pytest.raises(InputError, match="without control characters"):
        desk.comment(name, act(staff.ann, reason="\x00"))


def test_what_is_not_there_is_named(desk: Desk, staff: Staff) -> None:
    with pytest.raises(InputError, match=r"expected an article.*'none'"):
        desk.view("none")
    article = done(desk.submit(a_page_of(desk.store, "pmid:1"), act(staff.author)))
    with pytest.raises(InputError, match="expected a version from 1 to 1, found 2"):
        desk.view(article.article_id, version=2)
    with pytest.raises(InputError, match="expected a claim of the page, found 'C9'"):
        desk.reject(article.article_id, "C9", act(staff.author, article))
    stranger = replace(staff.ann, person_id="p404")
    with pytest.raises(InputError, match="expected a person with an account, found 'p404'"):
        desk.move(article.article_id, Move.TAKE_UP, act(stranger, article))


def test_an_approval_and_its_end_make_a_checkpoint_outside_the_database(
    desk: Desk, staff: Staff
) -> None:
    article = approved(desk, staff, a_page_of(desk.store, "pmid:1"))
    (mark,) = desk.checkpoints.read()
    done(desk.move(article.article_id, Move.REVOKE, act(staff.editor, article)))
    assert [each.sequence for each in desk.checkpoints.read()] == [
        mark.sequence,
        mark.sequence + 1,
    ]
    assert (desk.checkpoints.keys / "key.pem").stat().st_mode & 0o077 == 0


def test_the_page_of_another_content_is_not_the_approved_one(desk: Desk, staff: Staff) -> None:
    article = approved(desk, staff, a_page_of(desk.store, "pmid:1", "pmid:2"))
    assert isinstance(article, Article)
    assert desk.review_of(a_page_of(desk.store, "pmid:1")).state is State.SUBMITTED
