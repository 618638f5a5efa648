"""The words of passages, counted: what a misspelt word of a question may have been meant as."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from curbside.index.passages import split_passages
from curbside.records import Document
from curbside.text.normalise import fold
from curbside.text.tokens import tokenize


def count_words(documents: Iterable[Document]) -> Counter[str]:
    """Every word, folded, with the number of passages that hold it; numbers are no words."""
    counts: Counter[str] = Counter()
    for document in documents:
        for passage in split_passages(document):
            words = {fold(token.text) for token in tokenize(passage.text)}
            counts.update(word for word in words if word.isalpha())
    return counts
