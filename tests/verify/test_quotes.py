"""Gate 1: what is cited stands in its document, word for word."""

from dataclasses import replace

from curbside.records import Label, Span, Verdict
from curbside.verify.quotes import quote_fault, quote_gate
from shelf import quoted, said, shelf

TEXT = "We followed 40 adults. Aspirin lowered fever in 12 of them."
QUOTE = "Aspirin lowered fever in 12 of them."
SHELF = shelf(TEXT)
EVIDENCE = quoted(QUOTE, of=SHELF)


def test_a_quotation_is_the_sources_words() -> None:
    verdict = quote_gate(said(QUOTE, is_quoted=True), {"E1": EVIDENCE}, library=SHELF)
    assert verdict == Verdict("C1", Label.SUPPORT, "quote", "the source's words")


def test_a_claim_in_other_words_says_that_its_quotes_stand() -> None:
    verdict = quote_gate(said("Fever fell."), {"E1": EVIDENCE}, library=SHELF)
    assert verdict == Verdict("C1", Label.SUPPORT, "quote", "every quote stands in its source")


def test_a_claim_shown_as_a_quotation_must_be_one() -> None:
    claim = said("Aspirin lowered fever in 12 of them", is_quoted=True)
    verdict = quote_gate(claim, {"E1": EVIDENCE}, library=SHELF)
    told = "shown as a quotation, and is none of its quotes word for word"
    assert verdict == Verdict("C1", Label.CONTRADICT, "quote", told)


def test_a_claim_that_cites_nothing_is_not_supported() -> None:
    verdict = quote_gate(replace(said(QUOTE), cites=()), {"E1": EVIDENCE}, library=SHELF)
    assert verdict == Verdict("C1", Label.NOT_ENOUGH_INFO, "quote", "cites nothing")


def test_an_invented_citation_is_named() -> None:
    verdict = quote_gate(said(QUOTE, "E1", "E9"), {"E1": EVIDENCE}, library=SHELF)
    told = "cites ['E9'], not in the evidence"
    assert verdict == Verdict("C1", Label.NOT_ENOUGH_INFO, "quote", told)


def test_each_way_in_which_a_quote_no_longer_stands_is_told_apart() -> None:
    length = len(TEXT)
    cases = {
        replace(EVIDENCE, doc_id="pmid:7"): "pmid:7 is not in the library",
        replace(EVIDENCE, revision="r0"): "quotes revision r0 of pmid:1; the library holds r1",
        replace(
            EVIDENCE, span=Span(length - 1, length + 1)
        ): f"the span ends at {length + 1}, past the text ({length})",
        replace(
            EVIDENCE, quote=QUOTE.replace("12", "13")
        ): "the quote is not what stands at 23 of pmid:1",
        EVIDENCE: None,
    }
    assert {item: quote_fault(item, library=SHELF) for item in cases} == cases


def test_one_broken_quote_breaks_the_claim_that_also_cites_a_good_one() -> None:
    broken = replace(EVIDENCE, evidence_id="E2", doc_id="pmid:7")
    verdict = quote_gate(said(QUOTE, "E1", "E2"), {"E1": EVIDENCE, "E2": broken}, library=SHELF)
    told = "E2: pmid:7 is not in the library"
    assert verdict == Verdict("C1", Label.NOT_ENOUGH_INFO, "quote", told)
