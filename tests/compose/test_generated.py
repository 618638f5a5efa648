"""A draft stands on the page only where it says what its passages say; a model that lies changes
nothing but the ledger."""

from __future__ import annotations

import gzip
import json
import os
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice

import pytest

from curbside.codec.answer import answer_from_json, answer_to_json
from curbside.compose.draft import Draft
from curbside.compose.generated import GATE, Rewording, shown_name
from curbside.compose.placed import Placed
from curbside.errors import GeneratorError
from curbside.pipeline import Engine, answer
from curbside.records import (
    Answer,
    Claim,
    Drafted,
    Evidence,
    Label,
    Lane,
    Offered,
    Question,
    Verdict,
)
from curbside.text.sentences import split_sentences
from curbside.verify.recheck import recheck
from curbside.verify.verifier import verify_claim
from curbside.wiring.config import Settings
from curbside.wiring.engine import open_engine
from founding import QUESTION
from lying_model import HONEST, Liar, Lie, drafts, honest
from shared_data import needs_shared, shared
from shelf import quoted, shelf

LIES = int(os.environ.get("CURBSIDE_LIES", "1000"))
"""How many drafts that lie each page is offered; docs/design/language-model.md tells of it."""
AT = "2026-02-03T04:05:06Z"
A_PAGE = 24  # sentences


@pytest.fixture(scope="module")
def engine() -> Engine:
    return open_engine(Settings(None))


@pytest.fixture(scope="module")
def plain(engine: Engine) -> Answer:
    return answer(QUESTION, engine=engine, at=AT)


class Saying:
    """A model that says what it is told to, and breaks off where `ends` says why."""

    name = "parrot at 127.0.0.1:1"

    def __init__(self, *said: Drafted, ends: str | None = None) -> None:
        self._said = said
        self._ends = ends

    def generate(self, question: Question, offered: Sequence[Offered]) -> Iterator[Drafted]:
        yield from self._said
        if self._ends is not None:
            raise GeneratorError(self._ends)


def a_page(*quotes: str, headings: Sequence[str] = (), **changes: object) -> Rewording:
    """A page of these sentences, "E1", "E2", … of documents of their own, all about an outcome."""
    documents = shelf(*quotes)
    evidence = [
        quoted(quote, of=documents, doc_id=f"pmid:{number}", evidence_id=f"E{number}")
        for number, quote in enumerate(quotes, 1)
    ]
    placed = [
        a_place(item, heading=dict(enumerate(headings)).get(number, "Outcome"))
        for number, item in enumerate(evidence)
    ]
    return over(placed, evidence, documents=documents, **changes)


def a_place(evidence: Evidence, **changes: object) -> Placed:
    number = evidence.evidence_id.removeprefix("E")
    claim = Claim(
        f"C{number}", evidence.quote, Lane.RESEARCH, "Outcome", (evidence.evidence_id,), True
    )
    return Placed(
        replace(claim, **changes),
        1,
        "outcome",
        1.0,
        evidence.doc_id,
        frozenset({number}),
        frozenset(),
    )


def over(
    placed: Sequence[Placed],
    evidence: Sequence[Evidence],
    *,
    documents: object,
    bottom_line: tuple[str, ...] = (),
    own_words: frozenset[str] = frozenset(),
    verdicts: Sequence[Verdict] = (),
    meanings: dict[str, tuple[tuple[str, str | None], ...]] | None = None,
) -> Rewording:
    return Rewording(
        Draft(tuple(placed), bottom_line, (), (), (), meanings or {}),
        verdicts,
        evidence,
        own_words=own_words,
        verify=lambda claim: verify_claim(claim, evidence, library=documents),
        writer="parrot",
    )


def ledger(page: Rewording) -> list[tuple[str, tuple[str, ...], list[str]]]:
    return [
        (each.claim.claim_id, each.claim.cites, [f"{v.gate}: {v.reason}" for v in each.verdicts])
        for each in page.refused
    ]


# -- the model that lies --------------------------------------------------------------------------


def test_of_a_thousand_lies_none_reaches_the_page_of_the_founding_question(
    engine: Engine, plain: Answer
) -> None:
    told: list[Claim] = []
    liar = Liar(lambda offered: drafts(offered, n=LIES, seed=1))
    page = answer(QUESTION, engine=replace(engine, generator=liar), at=AT, told=told.append)
    assert len(liar.said) == LIES
    assert len({lie.kind for lie in liar.said}) >= 25
    assert told == []
    # all but the ledger and what is said of the model is the page without it
    assert without_ledger(page) == without_ledger(plain)
    rows = page.withheld[len(plain.withheld) :]
    assert len(rows) <= 40
    written, before = as_text(page), as_text(plain)
    assert [
        lie for lie in liar.said if escaped(lie) in written and escaped(lie) not in before
    ] == []
    assert dict(page.provenance.options)["wording"] == (
        f"0 sentences worded by liar at 127.0.0.1:1, checked against the passages. {LIES} drafts"
        " refused, listed with the reasons. All other sentences are those of the page without it"
    )
    assert answer_from_json(json.loads(written)) == page


def without_ledger(page: Answer) -> Answer:
    shown = {claim.claim_id for claim in page.claims}
    return replace(
        page,
        withheld=tuple(claim for claim in page.withheld if not claim.claim_id.startswith("G")),
        verdicts=tuple(verdict for verdict in page.verdicts if verdict.claim_id in shown),
        provenance=replace(page.provenance, models=(), options=()),
    )


def as_text(page: Answer) -> str:
    return json.dumps(answer_to_json(page), ensure_ascii=False)


def escaped(lie: Lie) -> str:
    return json.dumps(lie.drafted.text, ensure_ascii=False)[1:-1].strip()


@needs_shared
@pytest.mark.data
def test_of_a_thousand_lies_over_real_abstracts_none_is_taken() -> None:
    said: Counter[str] = Counter()
    taken: list[Lie] = []
    pages = list(pages_of_abstracts(seed=LIES))
    for number, sentences in enumerate(pages):
        page = a_page(*sentences)
        for lie in drafts(page.offered, n=-(-LIES // len(pages)), seed=number):
            said[lie.kind] += 1
            if page.take(lie.drafted) is not None:
                taken.append(lie)
                # what was said once is refused for that alone
                page = a_page(*sentences)
    assert taken == []
    assert said.total() >= LIES
    assert len(said) >= 25


@needs_shared
@pytest.mark.data
def test_honest_drafts_over_real_abstracts_are_taken() -> None:
    offered: Counter[str] = Counter()
    taken: Counter[str] = Counter()
    for number, sentences in enumerate(pages_of_abstracts(seed=7, pages=8)):
        for lie in honest(a_page(*sentences).offered):
            # every page has 23 neighbours that can be joined, and few other rewordings
            if lie.kind != "joined" or number == 0:
                offered[lie.kind] += 1
                taken[lie.kind] += a_page(*sentences).take(lie.drafted) is not None
    assert offered.keys() <= set(HONEST)
    assert offered.total() >= 40
    assert taken.total() >= 0.95 * offered.total(), offered - taken


def pages_of_abstracts(*, seed: int, pages: int = 4) -> Iterator[list[str]]:
    lines = shared("data", "aih_pubmed", "aih_abstracts.jsonl").read_text("utf-8").splitlines()
    texts = [json.loads(line)["abstract"] or "" for line in lines]
    path = shared("data", "scifact", "corpus.jsonl.gz")
    with gzip.open(path, "rt", encoding="utf-8") as others:
        texts += [" ".join(json.loads(line)["abstract"]) for line in islice(others, 100)]
    found = sorted(
        {
            span.of(text)
            for text in texts
            for span in split_sentences(text)
            if 40 < span.end - span.start < 400
        }
    )
    chosen = random.Random(seed).sample(found, pages * A_PAGE)
    for number in range(pages):
        yield chosen[number * A_PAGE : (number + 1) * A_PAGE]


def test_honest_drafts_take_their_places_on_the_page_of_the_founding_question(
    engine: Engine, plain: Answer
) -> None:
    told: list[Claim] = []
    truthful = Liar(lambda offered: one_for_each_passage(honest(offered)))
    page = answer(QUESTION, engine=replace(engine, generator=truthful), at=AT, told=told.append)
    assert len(truthful.said) >= 8
    assert [claim.text for claim in told] == [lie.drafted.text for lie in truthful.said]
    assert set(told) <= {replace(claim, remark=of(told, claim)) for claim in page.claims}
    assert [claim.claim_id for claim in page.claims] == [claim.claim_id for claim in plain.claims]
    assert page.withheld == plain.withheld
    assert page.evidence == plain.evidence
    assert page.references == plain.references
    assert recheck(page, library=engine.library) == ()
    assert answer_from_json(json.loads(as_text(page))) == page


def of(told: Sequence[Claim], claim: Claim) -> str | None:
    """The remark of the claim as it was told: the page may add what its abbreviations mean."""
    return next((each.remark for each in told if each.claim_id == claim.claim_id), None)


def one_for_each_passage(lies: Iterator[Lie]) -> list[Lie]:
    found: dict[str, Lie] = {}
    for lie in lies:
        if lie.kind != "joined":
            found.setdefault(lie.drafted.cites[0], lie)
    return list(found.values())


# -- what a draft may be --------------------------------------------------------------------------

RATE = "Relapse occurred in 61% of patients within 12 months."
AGE = "Older age was not associated with relapse."
COPIED = "Relapse occurred in 61% of patients with the disease in the first 12 months."


def test_a_draft_that_says_what_its_passage_says_takes_the_place_of_its_claim() -> None:
    page = a_page(RATE, AGE, bottom_line=("C2", "C1"))
    claim = page.take(
        Drafted("Relapse occurred in 61 percent of people within 12 months.", ("E1",))
    )
    assert claim == Claim(
        "C1",
        "Relapse occurred in 61 percent of people within 12 months.",
        Lane.RESEARCH,
        "Outcome",
        ("E1",),
        remark="Wording by parrot, checked against the passages.",
    )
    draft, verdicts = page.result()
    assert [placed.claim.claim_id for placed in draft.placed] == ["C1", "C2"]
    assert draft.placed[0].claim == claim
    assert draft.bottom_line == ("C2", "C1")
    assert page.written == (claim,)
    assert page.refused == ()
    # none were handed in of the claim whose place it takes
    assert verdicts == ()


def test_a_draft_that_joins_two_claims_takes_the_place_of_both() -> None:
    page = a_page(RATE, AGE, bottom_line=("C2",))
    claim = page.take(Drafted(f"{RATE.rstrip('.')}; {AGE}", ("E2", "E1")))
    assert claim is not None
    assert (claim.claim_id, claim.cites) == ("C1", ("E1", "E2"))
    draft, _ = page.result()
    assert [placed.claim for placed in draft.placed] == [claim]
    assert draft.placed[0].factors == {"1", "2"}
    assert draft.bottom_line == ("C1",)


@pytest.mark.parametrize("link", [", and ", ", but ", " whereas ", ", while "])
def test_two_passages_are_joined_by_nothing_that_says_how_they_belong_together(link: str) -> None:
    page = a_page(RATE, AGE)
    text = f"{RATE.rstrip('.')}{link}{AGE[0].lower()}{AGE[1:]}"
    assert page.take(Drafted(text, ("E1", "E2"))) is None
    assert [row[2] for row in ledger(page)] == [
        ["wording: joins passages otherwise than by a semicolon or a full stop (1 draft)"]
    ]


def test_a_draft_that_repeats_its_passage_leaves_it_as_it_is() -> None:
    page = a_page(RATE)
    assert page.take(Drafted(f" {RATE}\n", ("E1",))) is None
    assert (page.written, page.refused) == ((), ())


@pytest.mark.parametrize(
    ("drafted", "reason"),
    [
        (Drafted("", (), "expected the keys text, cites"), "expected the keys text, cites"),
        (Drafted(RATE, ("E9",)), "cites what was not offered: 'E9'"),
        (Drafted(RATE, ("E1", "pmid:12")), "cites what was not offered: 'pmid:12'"),
        (Drafted(RATE, ("Obey me",)), "cites what was not offered: something else"),
        (Drafted(RATE, ("sk-1234567890",)), "cites what was not offered: something else"),
        (Drafted(RATE, ()), "cites nothing"),
        (
            Drafted(f"{RATE} {AGE}", ("E1", "E3")),
            "cites passages that stand under different headings",
        ),
        (
            Drafted("Relapse occurred in 61% of patients within 12 months\u200b.", ("E1",)),
            "holds characters that its passages do not: U+200B",
        ),
        (Drafted("\ud800", ("E1",)), "holds characters that its passages do not: U+D800"),
        (
            Drafted("“Relapse occurred in 61 percent” of patients within 12 months.", ("E1",)),
            "puts into quotation marks what its passages do not say",
        ),
        (Drafted(" ".join([RATE] * 2), ("E1",)), "is longer than what it cites"),
        (
            Drafted("Relapse occurred in in 61% of patients within 12 months.", ("E1",)),
            "has a word twice, or brackets around nothing",
        ),
        (
            Drafted("Relapse occurred in 61% of patients ( ) within 12 months.", ("E1",)),
            "has a word twice, or brackets around nothing",
        ),
        (
            Drafted("Relapse occurred in 61% of patients (%) within 12 months.", ("E1",)),
            "has a word twice, or brackets around nothing",
        ),
    ],
)
def test_a_draft_of_another_form_is_refused_and_the_ledger_says_why(
    drafted: Drafted, reason: str
) -> None:
    page = a_page(RATE, AGE, AGE.replace("age", "sex"), headings=("Outcome", "Outcome", "Sex"))
    assert page.take(drafted) is None
    (row,) = page.refused
    assert row.claim.text == "(1 draft of parrot, refused; no words are kept)"
    assert [(v.claim_id, v.label, v.gate, v.reason) for v in row.verdicts] == [
        ("G1", Label.NOT_ENOUGH_INFO, GATE, f"{reason} (1 draft)")
    ]


def test_lanes_are_never_mixed() -> None:
    documents = shelf(RATE, AGE)
    evidence = [
        quoted(RATE, of=documents),
        quoted(AGE, of=documents, doc_id="pmid:2", evidence_id="E2"),
    ]
    placed = [a_place(evidence[0]), a_place(evidence[1], lane=Lane.GUIDELINE)]
    page = over(placed, evidence, documents=documents)
    assert page.take(Drafted(f"{RATE.rstrip('.')}; {AGE}", ("E1", "E2"))) is None
    assert ledger(page) == [
        ("G1", ("E1", "E2"), ["wording: cites two lanes, which are never mixed (1 draft)"])
    ]


def test_what_is_remarked_on_two_claims_in_different_words_is_not_said_of_both() -> None:
    documents = shelf(RATE, AGE)
    evidence = [
        quoted(RATE, of=documents),
        quoted(AGE, of=documents, doc_id="pmid:2", evidence_id="E2"),
    ]
    placed = [a_place(evidence[0], remark="2 sources say this"), a_place(evidence[1])]
    page = over(placed, evidence, documents=documents)
    assert page.take(Drafted(f"{RATE.rstrip('.')}; {AGE}", ("E1", "E2"))) is None
    claim = page.take(Drafted(RATE.replace("%", " percent"), ("E1",)))
    assert claim is not None
    assert claim.remark == "2 sources say this. Wording by parrot, checked against the passages."
    assert [row[2] for row in ledger(page)] == [
        ["wording: joins statements of which the sources together say different things (1 draft)"]
    ]


def test_what_a_draft_says_otherwise_is_refused_by_the_gate_whose_matter_it_is() -> None:
    page = a_page(RATE, AGE)
    assert page.take(Drafted(RATE.replace("61", "16"), ("E1",))) is None
    assert page.take(Drafted(AGE.replace("not ", ""), ("E2",))) is None
    assert page.take(Drafted(RATE.replace("patients", "men"), ("E1",))) is None
    assert ledger(page) == [
        ("G1", ("E1",), ["quantities: its passages say otherwise (1 draft)"]),
        ("G2", ("E2",), ["polarity: its passages say otherwise (1 draft)"]),
        ("G3", ("E1",), ["scope: its passages do not say so (1 draft)"]),
    ]


def test_drafts_refused_for_one_reason_are_one_row_of_the_ledger() -> None:
    page = a_page(RATE, AGE)
    for number in range(70):
        assert page.take(Drafted(RATE, (f"E{number + 100}", "E1"))) is None
    assert ledger(page) == [
        (
            "G1",
            ("E1",),
            [
                "wording: cites what was not offered: 'E100', 'E101', 'E102', 'E103', 'E104'"
                " and 65 more (70 drafts)"
            ],
        )
    ]
    assert page.refused_drafts == 70


def test_what_was_said_once_is_not_said_again() -> None:
    page = a_page(RATE)
    assert page.take(Drafted(RATE.replace("%", " percent"), ("E1",))) is not None
    assert page.take(Drafted(RATE.replace("patients", "people"), ("E1",))) is None
    assert [row[2] for row in ledger(page)] == [
        ["wording: says again what a draft before it says: C1 (1 draft)"]
    ]


def test_a_passage_of_which_a_draft_says_nothing_is_not_cited() -> None:
    page = a_page(RATE, AGE)
    assert page.take(Drafted(RATE.replace("%", " percent"), ("E1", "E2"))) is None
    assert [row[2] for row in ledger(page)] == [
        ["wording: cites passages of which it says nothing (1 draft)"]
    ]


def test_a_long_run_of_a_sources_own_words_stands_in_quotation_marks() -> None:
    drafted = Drafted(COPIED.replace("%", " percent"), ("E1",))
    claim = a_page(COPIED, own_words=frozenset({"E1"})).take(drafted)
    assert claim is not None
    assert claim.text == (
        "Relapse occurred in 61 percent “of patients with the disease in the first 12 months”."
    )
    # the words of our own summary are nobody's to be quoted
    assert a_page(COPIED).take(drafted) == replace(claim, text=drafted.text)


def test_what_no_gate_supports_is_not_offered() -> None:
    failed = Verdict("C1", Label.CONTRADICT, "standing", "it is retracted")
    page = a_page(RATE, AGE, verdicts=(failed,))
    assert page.offered == (Offered("E2", Lane.RESEARCH, "Outcome", AGE),)
    assert page.take(Drafted(RATE.replace("%", " percent"), ("E1",))) is None


def test_at_most_24_claims_are_offered_the_bottom_line_first() -> None:
    quotes = [f"Group {number} had a relapse in {number} weeks." for number in range(10, 50)]
    page = a_page(*quotes, bottom_line=("C30",))
    assert [item.evidence_id for item in page.offered] == [
        "E30",
        *(f"E{number}" for number in range(1, 24)),
    ]


def test_the_abbreviations_of_what_was_joined_are_still_told() -> None:
    one, two = "AIH relapsed in 61% of patients.", "IgG was raised at relapse."
    page = a_page(
        one, two, meanings={"C1": (("AIH", "autoimmune hepatitis"),), "C2": (("IgG", None),)}
    )
    assert page.take(Drafted(f"{one.rstrip('.')}; {two}", ("E1", "E2"))) is not None
    draft, _ = page.result()
    assert draft.meanings["C1"] == (("AIH", "autoimmune hepatitis"), ("IgG", None))


# -- what a reader is told of it -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("texts", "ended", "account"),
    [
        (
            (),
            "it cannot be reached",
            "The language model parrot took no part: it cannot be reached. All other sentences"
            " are those of the page without it",
        ),
        (
            (RATE.replace("%", " percent"),),
            None,
            "1 sentence worded by parrot, checked against the passages. All other sentences are"
            " those of the page without it",
        ),
        (
            (RATE.replace("%", " percent"), RATE.replace("61", "16")),
            "no whole answer within 2 s",
            "The language model parrot broke off: no whole answer within 2 s. 1 sentence worded by"
            " parrot before that, checked against the passages. 1 draft refused, listed with the"
            " reasons. All other sentences are those of the page without it",
        ),
    ],
)
def test_the_account_says_what_the_model_did(
    texts: Sequence[str], ended: str | None, account: str
) -> None:
    page = a_page(RATE, RATE.replace("61%", "30%").replace("Relapse", "Death"))
    for text in texts:
        page.take(Drafted(text, ("E1",)))
    assert page.account(ended) == account


def test_a_name_of_a_model_is_one_line_of_printable_characters() -> None:
    assert shown_name("llama\x1b[31m\n3\u202e " + "x" * 100) == "llama [31m 3 " + "x" * 67


def test_a_model_that_breaks_off_leaves_what_holds_and_a_whole_page(
    engine: Engine, plain: Answer
) -> None:
    offered: list[Offered] = []
    answer(
        QUESTION,
        engine=replace(engine, generator=Liar(lambda items: offered.extend(items) or ())),
        at=AT,
    )
    good = one_for_each_passage(honest(offered))[0].drafted
    model = Saying(good, Drafted("It is safe.", (offered[0].evidence_id,)), ends="it went away")
    told: list[Claim] = []
    page = answer(QUESTION, engine=replace(engine, generator=model), at=AT, told=told.append)
    assert [claim.text for claim in told] == [good.text]
    changed = [claim for claim in page.claims if claim not in plain.claims]
    assert [claim.text for claim in changed] == [good.text]
    assert len(page.claims) == len(plain.claims)
    assert dict(page.provenance.options)["wording"].startswith(
        "The language model parrot at 127.0.0.1:1 broke off: it went away. 1 sentence worded by"
    )
    assert page.provenance.models[-1] == "parrot at 127.0.0.1:1 (wording)"
