"""The zone of a section by its headings."""

from __future__ import annotations

from curbside.answer.zones import zone_of


def test_the_innermost_known_heading_gives_the_zone() -> None:
    assert zone_of("CONCLUSIONS") == "conclusion"
    assert zone_of("Results > Statistical analysis") == "method"
    assert zone_of("Discussion > Something else") == "discussion"
    assert zone_of("Something else") == "other"
