"""A claim through all gates."""

from dataclasses import replace

from curbside.records import Label, Standing, Status
from curbside.verify.verifier import verify_claim
from shelf import quoted, said, shelf

GATES = ["quote", "standing", "quantities", "polarity", "scope"]
TEXT = "Aspirin lowered fever in 12 of 40 adults."
SHELF = shelf(TEXT, "Ibuprofen lowered pain.")


def test_every_gate_gives_one_verdict_in_its_place() -> None:
    verdicts = verify_claim(said(TEXT), [quoted(TEXT, of=SHELF)], library=SHELF)
    assert [verdict.gate for verdict in verdicts] == GATES
    assert {verdict.label for verdict in verdicts} == {Label.SUPPORT}
    assert {verdict.claim_id for verdict in verdicts} == {"C1"}


def test_a_claim_is_judged_by_what_it_cites_and_nothing_else() -> None:
    evidence = [
        quoted(TEXT, of=SHELF),
        quoted("Ibuprofen lowered pain.", of=SHELF, doc_id="pmid:2", evidence_id="E2"),
    ]
    verdicts = verify_claim(said(TEXT, "E2"), evidence, library=SHELF)
    labels = {verdict.gate: verdict.label for verdict in verdicts}
    assert labels["quote"] is labels["standing"] is Label.SUPPORT
    assert labels["quantities"] is not Label.SUPPORT
    assert labels["scope"] is not Label.SUPPORT


def test_a_claim_that_cites_nothing_fails_though_its_words_stand_somewhere() -> None:
    verdicts = verify_claim(replace(said(TEXT), cites=()), [quoted(TEXT, of=SHELF)], library=SHELF)
    assert [verdict.gate for verdict in verdicts] == GATES
    failed = {v.gate for v in verdicts if v.label is not Label.SUPPORT}
    assert failed == {"quote", "standing", "scope"}


def test_a_retracted_source_blocks_its_own_words() -> None:
    library = shelf(TEXT, standing=Standing(Status.RETRACTED))
    verdicts = verify_claim(said(TEXT, is_quoted=True), [quoted(TEXT, of=library)], library=library)
    assert [v.gate for v in verdicts if v.label is not Label.SUPPORT] == ["standing"]
