"""One spelling for each name of a work, and every name that a text holds."""

from __future__ import annotations

import pytest

from curbside.text.identifiers import names_in, plain_doi, plain_pmcid


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("", ()),
        ("section 10.2 of the label, 2010/11", ()),
        ("See https://doi.org/10.1016/S0140-6736(20)3-5.", ("doi:10.1016/s0140-6736(20)3-5",)),
        ("(doi: 10.1000/a.b), PMID 123; PMC4567", ("doi:10.1000/a.b", "pmid:123", "pmcid:PMC4567")),
        ("https://pubmed.ncbi.nlm.nih.gov/99/ and PMID: 99", ("pmid:99",)),
    ],
)  # fmt: skip
def test_the_works_that_a_text_names(text: str, names: tuple[str, ...]) -> None:
    assert names_in(text) == names


def test_one_spelling() -> None:
    assert plain_doi(" https://dx.doi.org/10.1/AB ") == plain_doi("doi: 10.1/ab") == "10.1/ab"
    assert plain_pmcid("pmc12") == plain_pmcid("12") == "PMC12"
    assert (plain_doi(""), plain_pmcid(" ")) == ("", "")
