"""Whether what one kind of reader is shown says what the claim says: the same words but for swaps
of the glossary and openings of ours, the same numbers, denials, doubts, demands, directions and
citations. Nothing of how a wording was made is trusted; both texts are read anew.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Final

from curbside.records import Answer, Claim, Reading, Wording
from curbside.text.hundreds import HUNDRED, hundred_sentence, hundreds_of
from curbside.text.normalise import fold
from curbside.text.plain import Frame, Lexicon, find_swaps, frames, put
from curbside.text.polarity import CueKind, direction_cues, find_cues
from curbside.text.quantities import QuantityKind, atoms, find_quantities

GATE: Final = "reader"
_TOKEN: Final = re.compile(r"\d+(?:[.,·]\d+)*|[^\W\d_]+(?:['’][^\W\d_]+)?|[^\w\s.,;:()“”\"'’‘-]")
_ARTICLES: Final = {"an": "a"}

Tokens = tuple[str, ...]


def reading_faults(answer: Answer, *, lexicon: Lexicon) -> tuple[tuple[str, str], ...]:
    """What a page for one reader says otherwise than its claims: (claim id, reason) each.

    Args:
        answer: a page with its reading; without one there is nothing to compare.
        lexicon: the plain words that may stand.
    """
    if answer.reading is None or not answer.reading.wordings:
        return ()
    return tuple(_faults(answer, answer.reading, lexicon))


def _faults(answer: Answer, reading: Reading, lexicon: Lexicon) -> Iterator[tuple[str, str]]:
    claims = {claim.claim_id: claim for claim in answer.claims}
    worded = [wording.claim_id for wording in reading.wordings]
    if worded != list(claims):
        missing = [claim_id for claim_id in claims if claim_id not in worded]
        told = f"missing {', '.join(missing)}" if missing else "more, or in another order"
        yield "page", f"expected the wordings of all claims in their order; {told}"
    for wording in reading.wordings:
        claim = claims.get(wording.claim_id)
        if claim is not None:
            for reason in wording_faults(claim, wording, lexicon=lexicon):
                yield claim.claim_id, reason


def wording_faults(claim: Claim, wording: Wording, *, lexicon: Lexicon) -> tuple[str, ...]:
    """In what a wording differs from its claim; empty where it says the same.

    Returns:
        Reasons: a citation that differs, a word that came, went or moved, a number, a denial, a
        doubt, a demand or a direction that is not the claim's.
    """
    if wording.cites != claim.cites:
        return (f"cites {', '.join(wording.cites)} where the claim cites {', '.join(claim.cites)}",)
    return _text_faults(claim.text, wording.parts, lexicon)


@lru_cache(maxsize=16384)
def _text_faults(text: str, parts: tuple[str, ...], lexicon: Lexicon) -> tuple[str, ...]:
    if parts == (text,):
        return ()
    found: list[str] = []
    if parts and parts[-1].startswith(HUNDRED):
        found += _hundred_faults(text, parts[-1])
        parts = parts[:-1]
    if not parts:
        return ("says nothing of the claim",)
    found += _word_faults(text, parts, lexicon)
    found += _number_faults(text, parts)
    found += _cue_faults(text, parts, lexicon)
    return tuple(found)


def _word_faults(text: str, parts: Sequence[str], lexicon: Lexicon) -> Iterator[str]:
    """Word by word: what is not an opening of ours stands in the claim at the same place."""
    said, at = _tokens(text, lexicon), 0
    for part in parts:
        for words, ahead in _readings(part, said[at:], lexicon):
            if said[at + ahead : at + ahead + len(words)] == words:
                at += ahead + len(words)
                break
        else:
            told = next(iter(_readings(part, said[at:], lexicon)))[0]
            wrong = next((w for w, s in zip(told, said[at:], strict=False) if w != s), part)
            yield f"{wrong!r} of {part!r} does not stand there in the claim"
            return
    if at < len(said):
        yield f"leaves out {' '.join(said[at : at + 8])!r}"


def _readings(part: str, said: Tokens, lexicon: Lexicon) -> Iterator[tuple[Tokens, int]]:
    """The words of a sentence without openings of ours, and how many words of the claim the
    opening takes the place of; the sentence as it stands comes first."""
    words = _tokens(part, lexicon)
    yield words, 0
    for frame in frames():
        own = _tokens(frame.text, None)
        if frame.where == "said":
            # closes its sentence; what it stands for comes after the words
            if words[-len(own) :] == own:
                rest = words[: -len(own)]
                for ahead in _stood_for(frame, said[len(rest) :]):
                    yield (*rest, *said[len(rest) : len(rest) + ahead]), 0
        elif words[: len(own)] == own and part.startswith(frame.text):
            for ahead in _stood_for(frame, said):
                yield words[len(own) :], ahead


def _stood_for(frame: Frame, said: Tokens) -> Iterator[int]:
    """How many words from here on the frame may take the place of."""
    for text in frame.stands_for:
        tokens = _tokens(text, None)
        if said[: len(tokens)] == tokens:
            yield len(tokens)


def _tokens(text: str, lexicon: Lexicon | None) -> Tokens:
    """The words and figures; folded, but for abbreviations, as "ALL" is not "all"."""
    plain = put(text, find_swaps(text, lexicon)) if lexicon else text
    found = []
    for match in _TOKEN.finditer(fold(plain)):
        printed = plain[match.start() : match.end()]
        is_abbreviation = sum(map(str.isupper, printed)) > 1
        found.append(printed if is_abbreviation else _ARTICLES.get(match[0], match[0]))
    return tuple(found)


def _number_faults(text: str, parts: Sequence[str]) -> Iterator[str]:
    mine, theirs = _numbers(parts), _numbers([text])
    for number in sorted((mine - theirs).elements()):
        yield f"says {number}, which the claim does not"
    for number in sorted((theirs - mine).elements()):
        yield f"does not say {number}"


def _numbers(texts: Sequence[str]) -> Counter[str]:
    return Counter(
        " ".join(filter(None, (atom.comparator, f"{atom.value:.9g}", atom.unit)))
        for text in texts
        for quantity in find_quantities(text)
        for atom in atoms(quantity)
    )


def _cue_faults(text: str, parts: Sequence[str], lexicon: Lexicon) -> Iterator[str]:
    for kind, noun in (
        (CueKind.NEGATION, "denies"),
        (CueKind.HEDGE, "doubts"),
        (CueKind.OBLIGATION, "demands"),
    ):
        mine = [cue for part in parts for cue in _scoped(part, kind, lexicon)]
        theirs = _scoped(text, kind, lexicon)
        if mine != theirs:
            yield f"{noun} {_told(mine)} where the claim {noun} {_told(theirs)}"
    directions = [cue.sense for part in parts for cue in direction_cues(part)]
    if directions != [cue.sense for cue in direction_cues(text)]:
        yield "says more, less or the same in another way than the claim"


def _scoped(text: str, kind: CueKind, lexicon: Lexicon) -> list[str]:
    """The cues of one kind in order, outside brackets: each with the word that follows it in its
    sentence and the values it rules."""
    bare = re.sub(r"\([^()]*\)", " ", text)
    values = [
        quantity
        for quantity in find_quantities(bare)
        if quantity.kind not in (QuantityKind.NAME, QuantityKind.YEAR)
    ]
    return [
        " ".join(
            (
                kind.value,
                _next_word(bare, cue.span.end, lexicon),
                *(q.text for q in values if cue.scope.start <= q.span.start < cue.scope.end),
            )
        )
        for cue in find_cues(bare)
        if cue.kind is kind
    ]


def _next_word(text: str, at: int, lexicon: Lexicon) -> str:
    """The word behind a place in the same sentence: "not. Sex" denies nothing of sex."""
    following = re.split(r"[.;:!?](?=\s|$)", text[at:])[0]
    return next(iter(_tokens(following, lexicon)), "")


def _told(cues: Sequence[str]) -> str:
    return f"{len(cues)} times ({'; '.join(cues)})" if cues else "nothing"


def _hundred_faults(text: str, part: str) -> Iterator[str]:
    said = tuple(re.findall(r"\d+(?:\.\d+)?", part.removeprefix(HUNDRED)))
    if said != hundreds_of(text) or part != hundred_sentence(said):
        yield f"{part!r} is not what the percentages of the claim are of 100"
