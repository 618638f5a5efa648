"""Tables: the factor matrix against a table made by hand, and each table on small evidence."""

from __future__ import annotations

from dataclasses import replace

import pytest

from builders import a_claim, a_question, a_reference, an_evidence
from curbside.compose.tables import tables_of
from curbside.pipeline import answer
from curbside.records import (
    Cell,
    Direction,
    Effect,
    Evidence,
    Factor,
    FactorVerdict,
    Finding,
    Kind,
    Mention,
    QuestionKind,
    Selected,
    Span,
    Standing,
    Status,
    Study,
    Table,
)
from curbside.wiring.config import settings_at
from curbside.wiring.engine import open_engine
from founding import QUESTION
from shelf import a_document

# made by hand from the statements of the topic: factor -> source -> what it says
BY_HAND = {
    "Raised transaminases at withdrawal": {
        "harrison-gleeson-2019": "raises",
        "bsg-2011": "raises",
        "hartl-2015": "raises",
        "montano-loza-2007-end-point": "raises",
        "verma-2004": "raises: OR 11.8, 95% CI 1.3-100, p = 0.02",
    },
    "Longer time to biochemical remission": {
        "harrison-gleeson-2019": "raises",
        "bsg-2011": "raises",
        "czaja-2009": "no link",
        "verma-2004": "raises: OR 5.5, 95% CI 1.3-22, p = 0.01",
    },
    "Portal plasma cells": {
        "bsg-2011": "raises",
        "czaja-carpenter-2003": "raises",
        "verma-2004": (
            "raises (“higher portal plasma-cell score on biopsy”):"
            " OR 10.6, 95% CI 1.0-107, p = 0.04"
        ),
        "czaja-2014-jwatch": "lowers (“no plasma cells”)",
    },
    "Abnormal IgG at withdrawal": {
        "bsg-2011": "raises",
        "hegarty-1983": "no link",
        "hartl-2015": "raises",
        "montano-loza-2007-end-point": "raises",
    },
    "Another autoimmune disease": {"van-gerven-2013": "raises", "harrison-gleeson-2019": "raises"},
    "Continued immunosuppression": {"harrison-gleeson-2019": "lowers"},
    "No identifiable initial trigger": {"harrison-gleeson-2019": "raises"},
    "Earlier combination therapy with corticosteroid plus azathioprine": {
        "van-gerven-2013": "raises"
    },
    "Normal laboratory indices at withdrawal": {"montano-loza-2007-consequences": "lowers"},
    "Non-adherence": {"aasld-2010": "raises"},
    "Histological activity": {
        "harrison-gleeson-2019": "inconsistent (“failure of histological remission”)",
        "bsg-2011": "raises (“any inflammation”)",
        "montano-loza-2007-end-point": "no link (“histology”)",
        "czaja-carpenter-2003": (
            "no link (“interface hepatitis at withdrawal”);"
            " no link (“histological activity index at withdrawal”);"
            " no link (“normal or near-normal tissue”)"
        ),
        "czaja-2014-jwatch": "lowers (“complete laboratory plus histological resolution”)",
    },
    "Age": {
        "van-gerven-2013": "raises (“younger age at the time of withdrawal”)",
        "harrison-gleeson-2019": "inconsistent",
        "hegarty-1983": "no link",
    },
    "Treatment duration": {
        "harrison-gleeson-2019": "inconsistent",
        "bsg-2011": "raises (“short treatment duration”)",
        "pmc8855400-turkish-cohort": "no link (“long treatment”)",
    },
    "Sex": {
        "hegarty-1983": "no link",
        "cureus-2024-gender": "raises (“men”)",
        "al-chalabi-2008": "no link (“men”)",
    },
    "Cirrhosis": {"hegarty-1983": "no link", "czaja-carpenter-2003": "no link"},
    "Type of autoimmune hepatitis": {
        "jhep-2023-paediatric": "no link (“type 1 and type 2 AIH in children”)"
    },
    "Autoantibody status": {"hegarty-1983": "no link"},
    "Duration of disease": {"hegarty-1983": "no link"},
    "Duration of remission": {"hegarty-1983": "no link"},
    "Fibrosis": {"czaja-carpenter-2003": "no link (“fibrosis score”)"},
}


SUMMARY = {
    "Longer time to biochemical remission": (
        *("OR 5.5, 95% CI 1.3-22, p = 0.01", "retrospective cohort: Verma S 2004"),
        *("very wide", "three link it, one does not", "low", ""),
    ),
    "Raised transaminases at withdrawal": (
        *("OR 11.8, 95% CI 1.3-100, p = 0.02", "retrospective cohort: Verma S 2004"),
        *("very wide", "five link it, none do not", "low", ""),
    ),
    "Portal plasma cells": (
        *("OR 10.6, 95% CI 1.0-107, p = 0.04", "retrospective cohort: Verma S 2004"),
        *("very wide", "four link it, none do not", "low", ""),
    ),
}


def test_the_summary_of_findings_tells_effects_and_what_certainty_rests_on(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    engine = open_engine(settings_at(tmp_path_factory.mktemp("nothing") / "home"))
    page = answer(QUESTION, engine=engine, at="2026-11-24T00:00:00+00:00")
    (summary,) = [table for table in page.tables if table.table_id == "effects"]
    assert summary.columns == (
        *("Factor", "Outcome", "Effect", "People", "Design and source", "Interval"),
        *("Agreement", "Certainty (our label)", "Issuer’s grade"),
    )
    assert {
        factor.text: tuple(cell.text for cell in (effect, *rest))
        for factor, _, effect, _, *rest in summary.rows
    } == SUMMARY
    assert {outcome.text for _, outcome, *_ in summary.rows} == {"relapse"}


def test_the_factor_matrix_of_the_founding_question_is_the_one_made_by_hand(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    engine = open_engine(settings_at(tmp_path_factory.mktemp("nothing") / "home"))
    page = answer(QUESTION, engine=engine, at="2026-11-24T00:00:00+00:00")
    (matrix,) = [table for table in page.tables if table.table_id == "factors"]
    number = {r.number: r.doc_id.removeprefix("digest:") for r in page.references}
    sources = [number[int(column[1:].partition("]")[0])] for column in matrix.columns[2:]]
    assert {
        head.text: {
            source: cell.text for source, cell in zip(sources, cells, strict=True) if cell.text
        }
        for head, _, *cells in matrix.rows
    } == BY_HAND
    doc_of = {e.evidence_id: e.doc_id.removeprefix("digest:") for e in page.evidence}
    for _, _, *cells in matrix.rows:
        for source, cell in zip(sources, cells, strict=True):
            assert {doc_of[e] for e in cell.cites} == ({source} if cell.text else set())
    assert [row[1].text for row in matrix.rows] == [
        factor.verdict.value.replace("-", " ") for factor in page.factors
    ]


# --- on small evidence ------------------------------------------------------------------------


def said(
    quote: str,
    factor: str,
    direction: Direction,
    *,
    number: int,
    study: Study | None = None,
    **finding: object,
) -> Selected:
    doc_id = f"pmid:{number}"
    start = quote.index(factor)
    evidence = an_evidence(f"E{number}", quote, doc_id=doc_id, start=0)
    found = Finding("urate", direction, Mention(factor, Span(start, start + len(factor))))
    return selected(
        replace(evidence, findings=(replace(found, **finding),)),  # type: ignore[arg-type]  # the test names fields of a finding
        study=study,
    )


def selected(evidence: Evidence, *, study: Study | None = None) -> Selected:
    document = replace(a_document(evidence.quote, doc_id=evidence.doc_id), study=study)
    return Selected(evidence, document, Standing(Status.UNKNOWN), 1.0, ())


def made(
    *items: Selected, kind: QuestionKind = QuestionKind.PREDICTORS, factors: tuple[Factor, ...] = ()
) -> dict[str, Table]:
    references = [
        a_reference(n, item.document.doc_id, kind=Kind.COHORT) for n, item in enumerate(items, 1)
    ]
    claims = [a_claim(f"C{n}", of=item.evidence) for n, item in enumerate(items, 1)]
    tables = tables_of(
        a_question(kind=kind), claims=claims, shown=items, factors=factors, references=references
    )
    return {table.table_id: table for table in tables}


HIGH = said(
    "Higher urate raised the risk of flare (OR 2.4, 95% CI 1.3 to 4.4) in 120 adults.",
    "Higher urate",
    Direction.RAISES,
    number=1,
    study=Study(design="cohort", n=120, population="adults", follow_up="not seen"),
    effect=Effect("OR", 2.4, 1.3, 4.4),
)
LOW = said("Low urate lowered the risk.", "Low urate", Direction.LOWERS, number=2, sense=-1)
URATE = Factor("Higher urate", FactorVerdict.FIRM, ("E1",), (), "2 sources", Direction.RAISES)


def test_a_row_says_of_every_source_what_the_factor_as_worded_in_it_does() -> None:
    matrix = made(HIGH, LOW, factors=(URATE, replace(URATE, name="Urate")))["factors"]
    assert matrix.columns == ("Factor", "Weighed", "[1] Amadi T 2019", "[2] Amadi T 2019")
    assert matrix.rows == (
        (
            Cell("Higher urate"),
            Cell("firm", ("E1",)),
            Cell("raises: OR 2.4, 95% CI 1.3 to 4.4", ("E1",)),
            Cell("raises", ("E2",)),
        ),
        (
            Cell("Urate"),
            Cell("firm", ("E1",)),
            Cell("raises (“Higher urate”): OR 2.4, 95% CI 1.3 to 4.4", ("E1",)),
            Cell("lowers (“Low urate”)", ("E2",)),
        ),
    )


def test_a_study_says_of_itself_only_what_a_passage_shown_holds() -> None:
    other = replace(LOW, document=replace(LOW.document, study=Study(n=99, population="40 men")))
    assert made(HIGH, other)["studies"].rows == (
        (
            Cell("Amadi T 2019", ("E1",)),
            Cell(""),
            Cell("120", ("E1",)),
            Cell("adults", ("E1",)),
            Cell(""),
            Cell(""),
            Cell(HIGH.evidence.quote, ("E1",)),
        ),
        (
            Cell("Amadi T 2019", ("E2",)),
            *[Cell("")] * 5,
            Cell("Low urate lowered the risk.", ("E2",)),
        ),
    )


def test_doses_stand_with_their_words_where_the_question_is_about_doing() -> None:
    doses = [
        selected(an_evidence(f"E{n}", quote, doc_id=f"pmid:{n}", start=0))
        for n, quote in enumerate(("Give 100 mg daily, then 300 mg daily.", "Take 2 mg/kg."), 1)
    ]
    assert made(*doses).keys() == {"studies"}
    table = made(*doses, kind=QuestionKind.DOSE)["doses"]
    assert [(row[0].text, row[1].text) for row in table.rows] == [
        ("100 mg daily; 300 mg daily", "Give 100 mg daily, then 300 mg daily."),
        ("2 mg/kg", "Take 2 mg/kg."),
    ]


def test_there_is_no_table_of_one_row() -> None:
    assert made(HIGH, factors=(URATE,)) == {}
