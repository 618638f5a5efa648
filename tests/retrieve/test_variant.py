"""The same question in the names that sources use."""

from __future__ import annotations

from curbside.index.passages import split_passages
from curbside.records import Passage
from curbside.retrieve.variant import variant_of
from index_builders import document


def passages(*texts: str) -> list[Passage]:
    return [p for n, text in enumerate(texts) for p in split_passages(document(f"pmid:{n}", text))]


def test_a_brand_is_asked_for_as_its_generic() -> None:
    assert variant_of("Does Keytruda help?", ()) == "Does pembrolizumab help?"


def test_a_short_form_means_what_the_passages_that_were_found_say() -> None:
    found = passages("Tranexamic acid (TXA) cut bleeding.", "TXA was safe.")
    assert variant_of("TXA for bleeding?", found) == "tranexamic acid for bleeding?"


def test_of_two_meanings_that_of_more_passages_is_taken() -> None:
    found = passages(
        "Quiet sleep (QS) was short.", "Quick start (QS) worked.", "In quick start (QS) all wrote."
    )
    assert variant_of("How long is QS?", found) == "How long is quick start?"


def test_what_has_no_other_name_stays_as_it_is() -> None:
    asked = "Does zinc shorten a common cold?"
    assert variant_of(asked, passages("Zinc (Zn) shortened colds.")) == asked
