"""A choice of sentences that needs no model: words are tokens, and the weights are a few."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from curbside.answer.features import TokenMatcher
from curbside.answer.select import Chooser
from curbside.answer.selector import COLUMNS, Selector, selector_of
from curbside.answer.sentences import PassageReader
from curbside.index.lexical import LexicalIndex
from curbside.index.passages import split_passages
from curbside.records import Document, Hit
from index_builders import WordEncoder

LEAF = {"feature": [0], "threshold": [0.0], "left": [0], "right": [0], "value": [0.0]}
"""A tree that says 0 of every row."""


def a_part(
    *trees: Mapping[str, Any], columns: Sequence[str] = ("coverage",), **changes: Any
) -> Any:
    """Trees as a weights file holds them; Any, as JSON is."""
    return {
        "columns": list(columns),
        "trees": list(trees) or [LEAF],
        "share": 1,
        "shift": 0,
    } | changes


def weights(**changes: Any) -> dict[str, Any]:
    """A weights file by which the share of a question's words in a sentence, or in its title, is
    the probability that it answers; Any, as JSON is."""
    return {
        "columns": list(COLUMNS),
        "promise": {"coverage": 1.0},
        "topical": {"coverage with title": 1.0},
        "offset": 0.0,
        "own_question": a_part(),
        "labelled": a_part(),
        "worded": a_part(),
        "calibration": [[0.0, 0.0], [1.0, 1.0]],
        "threshold": 0.6,
    } | changes


def a_selector(**changes: Any) -> Selector:
    """The selector of `weights`; `changes` replace fields of the file."""
    return selector_of(weights(**changes))


def a_chooser(selector: Selector | None = None) -> Chooser:
    """A chooser to which every word of a question weighs the same."""
    return Chooser(
        PassageReader(), TokenMatcher(WordEncoder()), selector or a_selector(), lambda _: 1, 100
    )


def a_chooser_of(index: LexicalIndex) -> Chooser:
    """A chooser that knows how rare each word is in an index."""
    return Chooser(
        PassageReader(),
        TokenMatcher(WordEncoder()),
        a_selector(),
        index.stem_frequency,
        index.passages(),
    )


def hits_of(*documents: Document) -> list[Hit]:
    """The passages of documents in their order, as a search would rank them."""
    passages = [passage for doc in documents for passage in split_passages(doc)]
    return [
        Hit(passage, 1 / (rank + 1), "rrf", lexical=10.0 - rank, dense=0.5)
        for rank, passage in enumerate(passages)
    ]
