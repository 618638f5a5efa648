"""Function words turn a statement round as surely as any other: they must be the source's."""

import pytest

from curbside.records import Label
from curbside.verify.gates import comparing_gates
from curbside.verify.words import function_difference
from shelf import said

SWITCH = "Of 40 adults, 12 were changed from zinc to copper and relapse was seen in 5."


def is_borne_out(claim: str, quote: str) -> bool:
    return all(v.label is Label.SUPPORT for v in comparing_gates(said(claim), [quote]))


@pytest.mark.parametrize(
    ("claim", "quote"),
    [
        ("Infection was caused by relapse.", "Infection caused relapse."),
        ("Zinc raised urate.", "Zinc was raised by urate."),
        (SWITCH.replace("from zinc to copper", "to zinc from copper"), SWITCH),
        (SWITCH.replace("were changed", "are to be changed"), SWITCH),
        (SWITCH.replace("was seen in 5", "is seen in 5"), SWITCH),
        ("Zinc is to be stopped in gout.", "Zinc was stopped in gout."),
        ("Zinc has to be stopped in gout.", "Zinc was stopped in gout."),
        ("The risk of gout was very low.", "The risk of gout was low."),
        ("The risk of gout was too low.", "The risk of gout was low."),
        ("Zinc was given and, therefore, urate fell.", "Zinc was given and urate fell."),
        ("Women with gout and asthma relapsed.", "Women with gout asthma relapsed."),
        ("Relapse of her gout was common.", "Relapse of gout was common."),
        ("Failure by remission was rare.", "Failure of remission was rare."),
        ("Fever was less than in 12 adults.", "Fever was less in 12 adults."),
        ("Adults who were had been treated relapsed.", "Adults who had been treated relapsed."),
    ],
)
def test_a_function_word_that_turns_the_statement_round_is_seen(claim: str, quote: str) -> None:
    assert is_borne_out(quote, quote)
    assert not is_borne_out(claim, quote)


@pytest.mark.parametrize(
    ("claim", "quote"),
    [
        ("Relapse of gout was common in adults.", "The relapse of gout was common in the adults."),
        ("Zinc lowered urate.", "Zinc also lowered urate."),
        ("Gout was common among adults.", "Gout was common in adults."),
        ("Relapse occurred in 12% of women.", "Relapse in 12% (9 of 75) of women."),
        ("Zinc lowered urate.", "However, we found that zinc lowered urate."),
    ],
)
def test_articles_may_come_and_go_and_openings_may_go(claim: str, quote: str) -> None:
    assert is_borne_out(claim, quote)


def test_a_word_that_only_moved_is_told() -> None:
    quote = "Adults with gout were treated and had relapsed."
    verdicts = comparing_gates(said("Adults with gout treated and were relapsed."), [quote])
    assert verdicts[2].label is Label.NOT_ENOUGH_INFO
    assert "differs before" in verdicts[2].reason


@pytest.mark.parametrize(
    ("mine", "theirs", "is_whole", "expected"),
    [
        ((), (), True, None),
        (("of", "the"), ("of",), True, None),
        (("was",), (), True, None),
        ((), ("was",), True, None),
        (("is",), ("was",), True, "is"),
        (("by",), (), True, "by"),
        ((), ("by",), True, "by"),
        ((), ("by",), False, None),
        (("by",), ("of",), False, "by"),
        (("to", "from"), ("from", "to"), True, "from"),
        (("also",), (), True, "also"),
        ((), ("also",), True, None),
    ],
)
def test_the_first_difference_is_named(
    mine: tuple[str, ...], theirs: tuple[str, ...], is_whole: bool, expected: str | None
) -> None:
    assert function_difference(mine, theirs, is_whole=is_whole) == expected


@pytest.mark.parametrize(
    ("claim", "quote"),
    [
        ("Zinc is given for 2 more years.", "Zinc is given for 2 years."),
        ("Zinc is given for two to three further years.", "Zinc is given for two to three years."),
        ("Zinc was given for 3 consecutive months.", "Zinc was given for 3 months."),
        ("Gout came back in 5 of all 17 adults.", "Gout came back in 5 of 17 adults."),
        ("Gout came back within about a week.", "Gout came back within a week."),
    ],
)
def test_a_word_inside_a_value_is_seen_when_it_comes_or_goes(claim: str, quote: str) -> None:
    assert is_borne_out(claim, claim)
    assert not is_borne_out(claim, quote)
    assert not is_borne_out(quote, claim)


@pytest.mark.parametrize(
    ("claim", "quote"),
    [
        ("Zinc was given for more than 2 years.", "Zinc was given for > 2 years."),
        ("Zinc was given for 2 or more years.", "Zinc was given for at least 2 years."),
        ("Gout came back in 5 of the 17 adults.", "Gout came back in 5 of 17 adults."),
    ],
)
def test_another_spelling_of_a_value_is_the_same_value(claim: str, quote: str) -> None:
    assert is_borne_out(claim, quote)


@pytest.mark.parametrize(
    "opening", ["However, ", "Therefore ", "Overall, ", "We found that ", "These data show that "]
)
def test_an_opening_that_the_source_does_not_have_is_seen(opening: str) -> None:
    said = "zinc lowered urate in 12 adults."
    quote = said.capitalize()
    assert is_borne_out(quote, f"{opening}{said}")
    assert is_borne_out(f"{opening}{said}", f"{opening}{said}")
    assert not is_borne_out(f"{opening}{said}", quote)


def test_a_pairing_that_the_source_does_not_state_is_seen() -> None:
    quote = "Zinc and iron were given to 12 and 15 adults."
    assert not is_borne_out(quote.replace("adults.", "adults respectively."), quote)
