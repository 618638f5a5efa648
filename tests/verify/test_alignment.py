"""A claim beside its quotes, whatever the text."""

from hypothesis import given
from hypothesis import strategies as st

from curbside.verify.alignment import find_faults

PIECES = (
    *("zinc", "urate", "fever", "gout", "asthma", "12%", "5", "men", "women", "(p=0.02)"),
    *("not", "may;", "more,", "in"),
)
WORDS = st.lists(st.sampled_from(PIECES), min_size=1, max_size=14).map(" ".join)


@given(WORDS)
def test_a_text_bears_itself_out_without_being_compared_as_a_whole(text: str) -> None:
    # the space keeps it from being found equal at once
    faults = find_faults(text + " ", (text,))
    assert faults == () or faults[0].reason == "the claim states nothing"


@given(WORDS, st.sampled_from(["lupus", "37", "never", "should"]))
def test_a_text_with_one_more_word_of_content_is_never_borne_out(text: str, word: str) -> None:
    assert find_faults(f"{text} {word}", (text,)) != ()


@given(WORDS, WORDS)
def test_one_more_quote_takes_no_support_away(text: str, other: str) -> None:
    assert len(find_faults(text, (other, text))) <= len(find_faults(text, (text,)))
