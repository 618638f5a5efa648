"""The faults of the page that the product is modelled on, each a regression test."""

from __future__ import annotations

import re

import pytest

from curbside.pipeline import answer
from curbside.records import Answer, Claim, FactorVerdict, Kind, Label, Lane
from curbside.verify.verifier import verify_claim
from curbside.wiring.config import settings_at
from curbside.wiring.engine import open_engine
from founding import QUESTION
from shared_data import needs_shared, shared


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory):  # type: ignore[no-untyped-def]
    return open_engine(settings_at(tmp_path_factory.mktemp("nothing") / "home"))


@pytest.fixture(scope="module")
def page(engine) -> Answer:  # type: ignore[no-untyped-def]
    return answer(QUESTION, engine=engine, at="2026-11-23T12:00:00+00:00")


def said(page: Answer, pattern: str) -> list[Claim]:
    return [claim for claim in page.claims if re.search(pattern, claim.text, re.IGNORECASE)]


def verdict(page: Answer, name: str) -> FactorVerdict:
    (found,) = [f.verdict for f in page.factors if f.name.lower() == name]
    return found


@pytest.mark.parametrize("name", ["treatment duration", "age", "histological activity"])
def test_x1_to_x3_a_disputed_factor_is_disputed_wherever_it_is_named(
    name: str, page: Answer
) -> None:
    assert verdict(page, name) is FactorVerdict.INCONSISTENT
    (factor,) = [f for f in page.factors if f.name.lower() == name]
    told = {*factor.supporting, *factor.opposing}
    for claim in page.claims:
        if told & set(claim.cites):
            assert claim.heading in (
                "Factors with inconsistent reports",
                "Studies that found no predictor",
            ), claim.text


def test_x4_a_normal_biopsy_stands_with_the_relapses_after_it(page: Answer) -> None:
    assert said(page, r"up to 90% of patients, even with histological remission")
    assert said(page, r"4 of 12 patients \(33%, CI 7-60%\) needed treatment again")


def test_x5_a_maintenance_dose_carries_its_condition(page: Answer) -> None:
    doses = said(page, r"2 mg/kg")
    assert doses
    assert not said(page, r"low-dose (?:azathioprine|maintenance)")
    for claim in doses:
        assert re.search(
            r"after a first AIH relapse|alone|raised from 1 to 2|lower azathioprine dose",
            claim.text,
        ), claim.text


def test_x6_lifelong_treatment_and_an_attempt_to_stop_stand_beside_each_other(
    page: Answer,
) -> None:
    (conflict,) = [c for c in page.conflicts if c.about == "How long to treat"]
    quotes = {e.evidence_id: e.quote for e in page.evidence}
    first, second = ([quotes[i] for i in side.cites] for side in conflict.sides)
    assert any("lifelong" in quote for quote in first)
    assert any("attempt" in quote or "candidates for withdrawal" in quote for quote in second)


def test_x7_lifelong_maintenance_keeps_the_scope_of_its_source(page: Answer) -> None:
    (claim,) = said(page, "lifelong maintenance should be strongly considered")
    assert "after relapse" in claim.text


def test_x8_every_rate_of_relapse_has_its_own_population_or_window(page: Answer) -> None:
    rates = [c for c in page.claims if c.heading == "How often and when relapse occurs"]
    assert len(rates) >= 6
    assert not said(page, r"50-70%|50% to 70%")
    (range_of_a_guideline,) = said(page, r"50% to 90%")
    assert "sets no time limit" in range_of_a_guideline.text


def test_x11_the_page_is_about_stopping_and_says_what_trials_did_not_stop(page: Answer) -> None:
    assert page.question.title.endswith("after discontinuing azathioprine (Imuran)?")
    assert not said(page, r"increase(?:d)? .* as the dose of prednisone")


def test_x12_what_stands_among_the_guidelines_is_a_guideline_of_a_named_body(page: Answer) -> None:
    kinds = {r.doc_id: r for r in page.references}
    doc_of = {e.evidence_id: e.doc_id for e in page.evidence}
    for claim in page.claims:
        if claim.lane is Lane.GUIDELINE:
            for cite in claim.cites:
                reference = kinds[doc_of[cite]]
                assert reference.kind is Kind.GUIDELINE
                assert reference.source.organisation


@needs_shared
@pytest.mark.data
def test_no_sentence_of_the_original_page_passes_the_gates_on_what_it_could_cite(
    page: Answer,
    engine,  # type: ignore[no-untyped-def]
) -> None:
    text = shared("cases", "original-page.txt").read_text(encoding="utf-8")
    sentences = [line.strip(" •\t") for line in text.splitlines() if len(line.split()) > 12]
    assert len(sentences) >= 8
    cites = tuple(e.evidence_id for e in page.evidence)
    for sentence in sentences:
        claim = Claim("C1", sentence, Lane.RESEARCH, "x", cites)
        verdicts = verify_claim(claim, page.evidence, library=engine.library)
        assert any(v.label is not Label.SUPPORT for v in verdicts), sentence
