"""Gate 2: the sources' standing."""

import pytest

from curbside.records import Label, Standing, Status, Verdict
from curbside.verify.standing import standing_gate
from shelf import Shelf, quoted, said, shelf

TEXT = "Aspirin lowered fever."


def judged(standing: Standing) -> Verdict:
    library = shelf(TEXT, standing=standing)
    return standing_gate(said(TEXT), [quoted(TEXT, of=library)], library=library)


def test_a_retracted_source_supports_nothing() -> None:
    verdict = judged(Standing(Status.RETRACTED, ("pmid:9",), "2026-11-01"))
    told = "pmid:1 is retracted (by pmid:9)"
    assert verdict == Verdict("C1", Label.CONTRADICT, "standing", told)


@pytest.mark.parametrize(
    ("standing", "told"),
    [
        (Standing(Status.CURRENT, (), "2026-11-01"), "pmid:1: current, checked 2026-11-01"),
        (
            Standing(Status.SUPERSEDED, ("guideline:new",), None),
            "pmid:1: superseded (by guideline:new), never checked",
        ),
        (
            Standing(Status.CONCERN, ("pmid:8",), "2026-11-01"),
            "pmid:1: concern (by pmid:8), checked 2026-11-01",
        ),
        (Standing(Status.UNKNOWN), "pmid:1: standing unknown, never checked"),
    ],
)
def test_any_other_standing_passes_and_is_said(standing: Standing, told: str) -> None:
    assert judged(standing) == Verdict("C1", Label.SUPPORT, "standing", told)


def test_a_source_that_is_not_in_the_library_supports_nothing() -> None:
    evidence = quoted(TEXT, of=shelf(TEXT))
    verdict = standing_gate(said(TEXT), [evidence], library=Shelf({}))
    told = "pmid:1 is not in the library"
    assert verdict == Verdict("C1", Label.NOT_ENOUGH_INFO, "standing", told)


def test_each_source_is_told_once() -> None:
    library = shelf(TEXT, TEXT)
    cited = [
        quoted(TEXT, of=library),
        quoted(TEXT, of=library, doc_id="pmid:2", evidence_id="E2"),
        quoted("Aspirin", of=library, evidence_id="E3"),
    ]
    verdict = standing_gate(said(TEXT, "E1", "E2", "E3"), cited, library=library)
    told = "pmid:1: current, checked 2026-11-01; pmid:2: current, checked 2026-11-01"
    assert verdict == Verdict("C1", Label.SUPPORT, "standing", told)
