"""Curbside as it is asked here: its public path, with sources taken out where a set says so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from time import perf_counter
from typing import Final

from curbside.errors import QuestionError
from curbside.pipeline import Engine, answer
from curbside.protocols import Library, Retriever
from curbside.records import Answer, Claim, Document, Evidence, Hit, Question, Standing
from evals.items import Said, Shown, names_of

_AT: Final = "2000-01-01T00:00:00+00:00"
_SPARE: Final = 100
"""Passages read beyond what is asked for, where some are taken out."""


class Curbside:
    """A `System`: the bottom line of the page."""

    name = "curbside"

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def page(self, question: str, *, without: frozenset[str] = frozenset()) -> Answer | None:
        """The whole page; None for a question that cannot be asked."""
        engine = self._engine
        if without:
            engine = replace(
                engine,
                retriever=_Without(engine.retriever, without),
                library=_Lacking(engine.library, without),
            )
        try:
            return answer(question, engine=engine, at=_AT)
        except QuestionError:
            return None

    def ask(self, question: str, *, without: frozenset[str] = frozenset()) -> Said:
        """See `System`."""
        begun = perf_counter()
        page = self.page(question, without=without)
        ms = (perf_counter() - begun) * 1000
        if page is None:
            return Said((), 0.0, ms)
        return Said(bottom_line_of(page), top_score(page), ms)


def bottom_line_of(page: Answer) -> tuple[Shown, ...]:
    """The sentences of a bottom line, as their sources have them, each with its source.

    A claim in our own words is judged by the passage it cites first.
    """
    evidence = {each.evidence_id: each for each in page.evidence}
    titles = {each.doc_id: each.title for each in page.references}
    claims = {claim.claim_id: claim for claim in page.claims}
    shown = []
    for claim_id in page.bottom_line:
        claim = claims[claim_id]
        cited = evidence[claim.cites[0]]
        title = titles.get(cited.doc_id, "")
        shown.append(Shown(_text(claim, cited), names_of(cited.doc_id, title), title))
    return tuple(shown)


def _text(claim: Claim, cited: Evidence) -> str:
    return claim.text if claim.is_quoted else cited.quote


def top_score(page: Answer) -> float:
    """How sure an answer is of its first sentence: its field `top_score`, else the option of that
    name in its provenance, else 1 with a bottom line and 0 without."""
    told = getattr(page, "top_score", None)
    if told is None:
        told = dict(page.provenance.options).get("top_score")
    return float(told) if told is not None else float(bool(page.bottom_line))


@dataclass(frozen=True, slots=True)
class _Without:
    """A `Retriever` from whose library some sources were taken out."""

    inner: Retriever
    names: frozenset[str]

    def retrieve(self, question: Question, *, k: int) -> Sequence[Hit]:
        hits = self.inner.retrieve(question, k=k + _SPARE)
        return [
            hit for hit in hits if not names_of(hit.passage.doc_id, hit.passage.title) & self.names
        ][:k]


@dataclass(frozen=True, slots=True)
class _Lacking:
    inner: Library
    names: frozenset[str]

    def document(self, doc_id: str) -> tuple[Document, Standing] | None:
        held = self.inner.document(doc_id)
        if held is None or names_of(doc_id, held[0].title) & self.names:
            return None
        return held
