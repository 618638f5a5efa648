"""Bottom lines as summaries: how much of the experts' own answers they repeat, at equal length.

For each question every system is cut at as many words as our bottom line has; where we say
nothing, at forty, and ours counts as nothing. The plain summarisers (lead, LexRank, MMR) choose
among the sentences of the ten passages that words and meaning find best.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from curbside.records import Passage
from evals.items import Said
from evals.measures import Figure, mean
from evals.peers import sentences_of
from evals.rouge import rouge_2, rouge_su4
from evals.run import Row
from evals.summarisers import rank_by_lead, rank_by_lexrank, rank_by_mmr

OURS: Final = "curbside"
_SILENT: Final = 40
_PASSAGES: Final = 10
_MEASURES: Final = {"rouge-2": rouge_2, "rouge-su4": rouge_su4}

Texts = dict[str, list[str]]


def summaries(
    rows: Sequence[Row],
    *,
    passages: Callable[[str], Sequence[tuple[Passage, float]]],
    seed: int,
) -> dict[str, dict[str, Figure]]:
    """F of ROUGE-2 and ROUGE-SU4 of each system, and how far ours is ahead (paired).

    Args:
        rows: of one set whose items have references; those of `OURS` say how long each may be.
        passages: the passages found for a question, best first.
        seed: of the intervals.

    Returns:
        By system; nothing where ours was not asked or no item has references.
    """
    said: dict[str, dict[str, Said]] = {}
    for row in rows:
        said.setdefault(row.system, {})[row.item.item_id] = row.said
    items = [row.item for row in rows if row.system == OURS and row.item.references]
    if not items:
        return {}
    texts: Texts = {}
    for item in items:
        length = len(_text(said[OURS][item.item_id]).split()) or _SILENT
        for system, answers in said.items():
            texts.setdefault(system, []).append(_cut(_text(answers[item.item_id]), length))
        for name, text in _plain(item.question, passages(item.question)[:_PASSAGES]).items():
            texts.setdefault(name, []).append(_cut(text, length))
    scores = {
        system: {
            name: [rouge(text, item.references).f for text, item in zip(own, items, strict=True)]
            for name, rouge in _MEASURES.items()
        }
        for system, own in texts.items()
    }
    return {system: _figures(system, scores, seed) for system in scores}


def _figures(
    system: str, scores: Mapping[str, Mapping[str, Sequence[float]]], seed: int
) -> dict[str, Figure]:
    figures = {name: mean(values, seed=seed) for name, values in scores[system].items()}
    if system != OURS:
        for name, theirs in scores[system].items():
            pairs = zip(scores[OURS][name], theirs, strict=True)
            figures[f"{name}-we-are-ahead"] = mean([a - b for a, b in pairs], seed=seed)
    return figures


def _plain(question: str, found: Sequence[tuple[Passage, float]]) -> dict[str, str]:
    pairs = [(text, passage.doc_id) for passage, _ in found for text in sentences_of(passage)]
    sentences = [text for text, _ in pairs]
    ranked = {
        "lead": rank_by_lead([doc_id for _, doc_id in pairs]),
        "lexrank": rank_by_lexrank(sentences),
        "mmr": rank_by_mmr(question, sentences) if sentences else [],
    }
    return {name: " ".join(sentences[at] for at in order) for name, order in ranked.items()}


def _text(said: Said) -> str:
    return " ".join(each.text for each in said.sentences)


def _cut(text: str, length: int) -> str:
    return " ".join(text.split()[:length])
