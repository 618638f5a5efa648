"""Hits -> evidence: the sentences that answer a question, or come nearest to it, best first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from curbside.answer.features import Asked, Candidate, TokenMatcher, asked_of, plain_features
from curbside.answer.selector import COLUMNS, Selector
from curbside.answer.sentences import (
    PassageReader,
    ReadPassage,
    Sentence,
    beginning_of,
    read_alone,
)
from curbside.answer.veto import subject_of, veto_of, without_animals
from curbside.compose.assemble import CLOSEST
from curbside.index.passages import split_passages
from curbside.protocols import Library
from curbside.records import (
    Document,
    Evidence,
    Hit,
    Question,
    Selected,
    Selection,
    Status,
)
from curbside.text.mentions import mentioned
from curbside.text.tokens import content_stems

if TYPE_CHECKING:
    from numpy.typing import NDArray

PASSAGES: Final = 20
"""Passages whose sentences are looked at."""
CLOSELY: Final = 24
"""Sentences that are read token by token: each costs some 6 ms of one core."""
_AT_NO_COSINE: Final = 0.593
_BY_COSINE: Final = 0.251
"""The cosine of a one-sentence passage from that of its mean token vectors: a line through those of
2,064 training pools and of 250 experts' questions of the tuning half (r = .72)."""
_SHOWN: Final = 24
_BESIDE: Final = 0.5
"""Share of the threshold from which a sentence stands on the page beside what answers."""


@dataclass(frozen=True, slots=True)
class Chooser:
    """What choosing needs beside a question: the parts stay for as long as a library is open.

    `frequency_of` gives how many of the `passages` hold a stem; `knows_dense` says that the library
    is embedded by the encoder that the selector was trained with.
    """

    reader: PassageReader
    matcher: TokenMatcher
    selector: Selector
    frequency_of: Callable[[str], int]
    passages: int
    knows_dense: bool = True

    def choose(
        self, question: Question, hits: Sequence[Hit], *, library: Library, variant: str = ""
    ) -> Selection:
        """Choose the sentences of the best passages that answer.

        Args:
            question: understood.
            variant: the same question in other names, if any; a sentence is scored by the wording
                that it is nearer to.
            hits: best first; one whose document is gone is skipped.
            library: gives the document of each hit.

        Returns:
            `selected`: the sentences that probably answer (from the selector's threshold), best
            first, ties by document and span, numbered E1…, with what a page shows beside them;
            `nearest`: where none does, the closest few; none for a question of which the library
            holds no word. `vetoed` counts what was left out, and why; `top_score` is the best
            probability.
        """
        candidates, vetoed = self.candidates(question, hits, library=library)
        wordings = dict.fromkeys((question.query, variant or question.query))
        scored = self.scored([self.asked(wording) for wording in wordings], candidates)
        threshold = self.selector.threshold
        own = self._own_answer(question, hits, library)
        if own is not None:
            scored = [(own, 1.0), *(pair for pair in scored if pair[0].document != own.document)]
        quotable = [pair for pair in scored if pair[0].standing.status is not Status.RETRACTED]
        if self._is_without_subject(question):
            # what is near is about something else, however alike it reads
            quotable = [(candidate, 0.0) for candidate, _ in quotable]
        answering = [pair for pair in quotable if pair[1] >= threshold]
        shown = [pair for pair in scored if pair[1] >= threshold * _BESIDE] if answering else []
        nearest = [] if answering or self._is_unheard(question) else quotable[:CLOSEST]
        return Selection(
            _all_selected(shown[:_SHOWN], "E", question),
            _all_selected(nearest, "N", question),
            len(hits),
            vetoed=tuple(sorted(vetoed.items())),
            threshold=threshold,
            top_score=round(quotable[0][1], 6) if quotable else None,
        )

    def _is_without_subject(self, question: Question) -> bool:
        """Whether a disease or drug that the question names stands nowhere in the library, by any
        of its names."""
        return any(
            not any(
                all(map(self.frequency_of, content_stems(name)))
                for name in (concept.name, *concept.terms, *concept.brands)
            )
            for concept in subject_of(question).named
            if concept.kind in ("disease", "drug")
        )

    def _is_unheard(self, question: Question) -> bool:
        """Whether no word of the question stands in the library: by meaning something always is
        found, and it is near to nothing."""
        wordings = (question.query, *(term for c in question.concepts for term in c.terms))
        stems = {stem for wording in wordings for stem in content_stems(wording)}
        return not any(map(self.frequency_of, sorted(stems)))

    def scored(
        self, wordings: Sequence[Asked], candidates: Sequence[Candidate]
    ) -> list[tuple[Candidate, float]]:
        """The most promising candidates with the probability that each answers, best first."""
        if not candidates:
            return []
        plain = [plain_features(asked, candidates) for asked in wordings]
        promise = np.max([self.selector.likely(rows) for rows in plain], axis=0)
        order = _best_first(promise, candidates)[:CLOSELY]
        close = [candidates[at] for at in order]
        rows = [
            self._closely(rows[order], self.matcher.features(asked, close), close)
            for asked, rows in zip(wordings, plain, strict=True)
        ]
        nearer = np.argmax([self.selector.topical_of(each) for each in rows], axis=0)
        scores = self.selector.score(np.stack(rows)[nearer, np.arange(len(close))])
        return [(close[at], float(scores[at])) for at in _best_first(scores, close)]

    def _closely(
        self,
        plain: NDArray[np.float32],
        matched: NDArray[np.float32],
        candidates: Sequence[Candidate],
    ) -> NDArray[np.float32]:
        """All columns. Where no passage has a vector of the selector's own encoder, its cosine is
        told from the vectors of the sentence's tokens."""
        rows = np.hstack([plain, matched])
        if not self.knows_dense or not any(c.hit.dense for c in candidates):
            cosine = rows[:, COLUMNS.index("cosine")]
            rows[:, COLUMNS.index("dense")] = _AT_NO_COSINE + _BY_COSINE * cosine
        return rows

    def _own_answer(
        self, question: Question, hits: Sequence[Hit], library: Library
    ) -> Candidate | None:
        """The beginning of the answer of a question-answer document that was asked this very
        question; of several the best hit's."""
        stems = set(content_stems(question.query))
        for rank, hit in enumerate(hits[:PASSAGES] if stems else ()):
            found = library.document(hit.passage.doc_id)
            if found is None or found[0].question is None:
                continue
            document, standing = found
            if set(content_stems(found[0].question)) != stems:
                continue
            read = self.reader.read(split_passages(document)[0], document)
            if (beginning := beginning_of(read, document)) is not None:
                return Candidate(beginning, read, document, standing, hit, rank, answers_it=True)
        return None

    def asked(self, wording: str) -> Asked:
        """A wording of a question as its features read it."""
        return asked_of(wording, frequency_of=self.frequency_of, passages=self.passages)

    def candidates(
        self, question: Question, hits: Sequence[Hit], *, library: Library
    ) -> tuple[list[Candidate], Counter[str]]:
        """The sentences of the best passages that no veto speaks against, and how many each veto
        left out."""
        subject = subject_of(question)
        candidates: list[Candidate] = []
        vetoed: Counter[str] = Counter()
        for rank, hit in enumerate(hits[:PASSAGES]):
            found = library.document(hit.passage.doc_id)
            if found is None:
                continue
            document, standing = found
            read = self.reader.read(hit.passage, document)
            for sentence in read.sentences:
                veto = veto_of(subject, sentence, read, document)
                if veto is None:
                    candidates.append(Candidate(sentence, read, document, standing, hit, rank))
                else:
                    vetoed[veto.value] += 1
        return without_animals(subject, candidates), vetoed


def numbered(items: Sequence[Selected], letter: str = "E") -> tuple[Selected, ...]:
    """The same evidence, numbered E1… in its order, or with another letter."""
    return tuple(
        replace(item, evidence=replace(item.evidence, evidence_id=f"{letter}{number}"))
        for number, item in enumerate(items, start=1)
    )


def _best_first(scores: NDArray[np.float64], candidates: Sequence[Candidate]) -> list[int]:
    def key(at: int) -> tuple[float, str, int]:
        candidate = candidates[at]
        return (-scores[at], candidate.document.doc_id, candidate.sentence.span.start)

    return sorted(range(len(candidates)), key=key)


def _all_selected(
    scored: Sequence[tuple[Candidate, float]], letter: str, question: Question
) -> tuple[Selected, ...]:
    kept: list[Selected] = []
    for candidate, score in scored:
        item = _selected(candidate, score, question)
        # a sentence that is quoted with the one before it may be another's beginning
        if not any(_share_words(item.evidence, other.evidence) for other in kept):
            kept.append(item)
    return numbered(kept, letter)


def _share_words(one: Evidence, other: Evidence) -> bool:
    is_apart = one.span.end <= other.span.start or other.span.end <= one.span.start
    return one.doc_id == other.doc_id and not is_apart


def _selected(candidate: Candidate, score: float, question: Question) -> Selected:
    read, document = candidate.read, candidate.document
    sentence = read_alone(candidate.sentence, read, document)
    concepts = question.concepts
    named = mentioned(sentence.text, tuple(concept.terms for concept in concepts))
    return Selected(
        evidence_of(document, read, sentence),
        document,
        candidate.standing,
        round(score, 6),
        tuple(sorted(concepts[at].name for at in named)),
        candidate.answers_it,
    )


def evidence_of(document: Document, read: ReadPassage, sentence: Sentence) -> Evidence:
    """A sentence as evidence, verbatim, with what its section says of it; not numbered yet."""
    section = read.section
    printed = section.recommendation
    return Evidence(
        evidence_id="",
        doc_id=document.doc_id,
        revision=document.revision,
        span=sentence.span,
        quote=sentence.text,
        section=section.label,
        locator=section.locator,
        zone=sentence.zone,
        design=document.study.design if document.study else None,
        certainty=section.certainty,
        strength=section.strength or (printed.strength if printed else None),
    )
