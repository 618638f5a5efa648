"""One long sentence as several short ones: cut where no word rules what lies behind the cut.

A cut is made only where every denial, doubt and demand of the sentence has ended its reach, so that
none loses or gains a word by it. What is cut off opens with words of ours (text/data/frames.toml)
that say how it stood; no other word comes, goes or moves.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import Final

from curbside.text.normalise import fold
from curbside.text.plain import Frame, frames
from curbside.text.polarity import Cue, CueKind, find_cues

_MOST: Final = 8  # parts of one claim
_MIN_WORDS: Final = 2  # of a part
_SHORT: Final = 9  # words of a sentence that needs no cutting
_SOURCE_WORDS: Final = 8
_FIGURES: Final = re.compile(r"\s*\(([^()]*\d[^()]*(?:\([^()]*\)[^()]*)*)\)(?=\s*[.;]?\s*$)")
_SOURCE: Final = re.compile(r"^([A-Z][^,;:.]*?):\s+(?=\S)")
# the heading of a part of an abstract, which is no source
_PART: Final = re.compile(
    r"(?:background|introduction|contexts?|objectives?|aims?|purpose|methods?|results?|findings|"
    r"conclusions?|interpretation|discussion|significance|summary|key points?|importance)(?:\W|$)",
    re.IGNORECASE,
)
_SEMICOLON: Final = re.compile(r";\s+(?=\S)")
_VERB: Final = re.compile(
    r"(?<![\w-])(?:is|are|was|were|has|have|had|does|do|did|can|could|may|might|should|must|will|"
    r"would|[a-z]{2,}ed|remains?|appears?|seems?|showed|found|fell|rose|became|began|took|went|"
    r"led|gave|kept|lost|made|saw|came|grew|drew|held|put|puts|shows?|reports?|suggests?|"
    r"increases?|reduces?|leads?|lists?|sets?|checks?|describes?|asks?|names?|carries|aims?|covers?|"
    r"finds?|states?|says?|means?|meant|advises?|recommends?|defines?|needs?)(?![\w-])"
)
# in a phrase, a word in -ed is a verb where a number is its subject ("61 relapsed")
_AUXILIARY: Final = re.compile(
    r"(?<![\w-])(?:is|are|was|were|has|have|had|does|do|did|can|could|may|might|should|must|will|"
    r"would|fell|rose|became|(?<=\d )[a-z]+ed|(?<=\) )[a-z]+ed)(?![\w-])"
)
_COUNTED_CLAUSE: Final = re.compile(
    r"(?:\d+|two|three|four|five|six|seven|eight|nine|ten|both|all|none|neither|others?)\s"
    r"(?:\([^()]*\)\s)?(?:of\s\S+\s)?(?:\w+\s)?"
    r"(?:is|are|was|were|has|have|had|did|[a-z]{2,}ed|lost|died|fell|rose)(?![\w-])"
)
_SAYS: Final = re.compile(
    r"^((?:The |A |An )?[A-Z(][^,;:]*?\b(?:says?|cites?|states?|notes?|reports?|concluded|advises))"
    r"\s(?:that\s)?(?=(?:the|a|an|no|all|most|people|patients|those|\d|\w+\s\w+\s(?:should|cannot|"
    r"may|is|are|was|were)|\w+\s(?:should|cannot|may|is|are|was|were))\b)"
)
_APPOSITION: Final = re.compile(r",\s((?:an?|the)\s[^,;:]+)$")
# a lead without a comma: it ends in a kind of study, or in an abbreviation before an article
_BARE_LEAD: Final = re.compile(
    r"^((?:In|Among|For) (?:[^,;:]{2,60} )?(?:trial|study|cohort|series|registry)(?: \([^()]*\))?)"
    r"(?= (?:[A-Z]{2,6}|the|an?|no|most|all|only|two|three|four|five|six|seven|eight|nine|ten|"
    r"\d+) )"
    r"|^((?:In|Among) (?:[^,;:]{2,50} )?[A-Z]{2,6})(?= (?:the|no|most) )"
)
_NEXT_ADJUNCT: Final = re.compile(
    r",\s(?:with|at|over|after|before|within|for|during|so|but|while|whereas|although|because)\s"
)
_NO_ADJUNCT: Final = re.compile(r",|(?:^|\s)(?:who|which)\s|^(?:\S+\s){0,2}(?:is|are|was|were)\s")
_TIME: Final = re.compile(
    r"\s((?:over|for|within|during|throughout)\s(?:(?:a|an|at|up|the|about|next|first|least|to|mean|"
    r"median|average|follow-up|of|more|than)\s){0,6}(?:\d|two|three|four|five|six|seven|eight|nine|ten)"
    r"[^,;:.]*?(?:\.\d+)?\s(?:hours?|days?|weeks?|months?|years?)(?:\sof\sfollow-up)?)$"
)
_LIST: Final = re.compile(r"[^,]+(?:,\s[^,]+)+,?\sand\s[^,]+")
_NUMBER: Final = re.compile(r"\d+(?:[.,]\d+)*")
_ATTRIBUTED_WORDS: Final = 5
_CLAUSE_WORDS: Final = 4
_LIST_LENGTH: Final = 60  # characters in which a list is over
_RELATIVE: Final = re.compile(r"(?<![\w-])(?:who|whom|whose|which|that|when|where)(?![\w-])")
# after "while" and the like, what is no clause: "while still on treatment", "although rare,"
_NO_CLAUSE: Final = re.compile(
    r"(?:still|on|in|at|under|not|no|far|that|as|to|with|without|being|having|\w+ing|\w+ed|both|"
    r"or|nor)(?![\w-])"
)
# after the comma of a lead, words that still belong to it ("In women, particularly the old, …")
_INSERTED: Final = re.compile(
    r"(?:particularly|especially|mainly|mostly|chiefly|primarily|namely|typically|including|"
    r"excluding|except|such as|like|even|not|rather|aged|irrespective|regardless|however|i\.e\.|"
    r"e\.g\.)(?![\w-])"
)
# "shows that although …": what stands before the joining word is no sentence
_STAYS_OPEN: Final = re.compile(
    r"(?<![\w-])(?:that|which|who|whose|if|when|whether|because|as|and|or|but|nor|than|the|an?|of|"
    r"in|to)$"
)
_OPENS_NOTHING: Final = re.compile(r"(?:and|or|but|nor|who|which|whom|whose|that)(?![\w-])")


@dataclass(frozen=True, slots=True)
class _Piece:
    """Words of the sentence, and the words of ours that open and close them."""

    text: str
    opening: str | None = None
    closing: str = ""


def split_sentence(text: str) -> tuple[str, ...]:
    """The sentence as short sentences, in its order; itself alone where it is not cut.

    >>> split_sentence("In 28 patients with gout, pain fell in 20 (71%), but 3 stopped treatment.")
    ('This is about 28 patients with gout.', 'Pain fell in 20 (71%).', 'But 3 stopped treatment.')
    """
    whole = text.strip()
    ended = whole.rstrip(".")
    pieces = _pieces(ended, is_opened=False)
    if len(pieces) == 1 or len(pieces) > _MOST:
        return (whole,)
    return tuple(map(_sentence, pieces))


def _pieces(text: str, *, is_opened: bool) -> list[_Piece]:
    """`is_opened` where words of ours stand before the text, so that none may stand there again."""
    for cut in (_source, _lead) if not is_opened else ():
        if found := cut(text):
            head, rest = found
            return [*_with_figures(head), *_pieces(rest, is_opened=False)]
    if found := _figures(text):
        head, rest = found
        return [*_pieces(rest, is_opened=is_opened), head]
    if found := _attribution(text):
        head, rest = found
        return [head, *_pieces(rest, is_opened=False)]
    if listed := _listed(text):
        before, items = listed
        return [*_pieces(before, is_opened=is_opened), *items]
    for before, after, opening in (*_ends(text), *_semicolons(text), *_joints(text), *_added(text)):
        first, *others = _pieces(after, is_opened=opening is not None)
        first = replace(first, opening=first.opening or opening)
        return [*_pieces(before, is_opened=is_opened), first, *others]
    return [_Piece(text)]


def _with_figures(piece: _Piece) -> list[_Piece]:
    found = _figures(piece.text)
    return [piece] if found is None else [replace(piece, text=found[1]), found[0]]


def _ends(text: str) -> Iterator[tuple[str, str, str | None]]:
    if found := _time(text):
        yield found


def _sentence(piece: _Piece) -> str:
    text = piece.text.strip()
    text = text[0].upper() + text[1:] if piece.opening is None else f"{piece.opening} {text}"
    text = f"{text} {piece.closing}".rstrip()
    return text if text[-1] in ".!?" else f"{text}."


def _source(text: str) -> tuple[_Piece, str] | None:
    """ "AASLD 2010: …": the name before a colon."""
    match = _SOURCE.match(text)
    if match is None or len(match[1].split()) > _SOURCE_WORDS or _PART.match(match[1]):
        return None
    if _VERB.search(fold(_bare(match[1]))):
        return None
    (frame,) = _frames("source")
    return _Piece(match[1], frame.text), text[match.end() :]


def _lead(text: str) -> tuple[_Piece, str] | None:
    """ "In 28 patients with gout, …": what opens the sentence up to its first comma."""
    folded = fold(text)
    opener = _opener("lead").match(folded)
    bare = _BARE_LEAD.match(text)
    comma = bare.end() if bare else _first_comma(text)
    if opener is None or comma is None:
        return None
    lead, rest = text[:comma], text[comma:].lstrip(", ")
    is_clause = _AUXILIARY.search(_RELATIVE.split(fold(_bare(lead)))[0])
    if is_clause or not rest or _leans(fold(rest)) or _is_list(fold(rest)):
        return None
    if opener[1] == "when" and find_cues(text):
        return None
    if len(lead.split()) <= _MIN_WORDS - 1 or _is_crossed(text, comma):
        return None
    frame = _by_opening("lead")[opener[1]]
    words = lead if frame.stands_for == ("",) else lead[opener.end() :]
    words = words[0].lower() + words[1:] if frame.stands_for == ("",) else words.strip()
    return _Piece(words, frame.text), rest


def _leans(rest: str) -> bool:
    """Whether what follows the lead is no sentence of its own."""
    return bool(
        _OPENS_NOTHING.match(rest)
        or _INSERTED.match(rest)
        or _opener("joint").match(rest)
        or _opener("lead").match(rest)
    )


def _is_list(rest: str) -> bool:
    """Whether the lead's comma separates a list ("In men, women and children, it fell")."""
    rest = _bare(rest)
    verb = _AUXILIARY.search(rest)
    before = rest[: verb.start()] if verb else rest[:_LIST_LENGTH]
    last = max(before.rfind(" and "), before.rfind(" or "))
    return last >= 0 and "," in before[last:]


def _figures(text: str) -> tuple[_Piece, str] | None:
    """ "… (81% versus 90%, p = 0.6)": figures in brackets at the end."""
    match = _FIGURES.search(text)
    if match is None or not match.start() or len(_NUMBER.findall(match[1])) < _MIN_WORDS:
        return None
    (frame,) = _frames("figures")
    return _Piece(match[1], frame.text), text[: match.start()]


def _attribution(text: str) -> tuple[_Piece, str] | None:
    """ "The guideline says that …": who says it, and what is said."""
    match = _SAYS.match(text)
    if match is None or len(text[match.end() :].split()) < _ATTRIBUTED_WORDS:
        return None
    # a denial or a doubt about the saying belongs to what is said
    if any(cue.span.start < match.end() for cue in find_cues(text)):
        return None
    (frame,) = _frames("said")
    return _Piece(text[: match.end(1)], closing=frame.text), text[match.end() :]


def _semicolons(text: str) -> Iterator[tuple[str, str, str | None]]:
    if ":" in text:
        return
    for match in _SEMICOLON.finditer(text):
        before, after = text[: match.start()], text[match.end() :]
        is_sentence = min(len(before.split()), len(after.split())) >= _CLAUSE_WORDS
        is_open = _inside(text, match.start()) or _is_crossed(text, match.end())
        if is_sentence and not is_open and not _OPENS_NOTHING.match(fold(after)):
            yield before, after, None


def _joints(text: str) -> Iterator[tuple[str, str, str | None]]:
    folded = fold(text)
    has_demand = any(cue.kind is CueKind.OBLIGATION for cue in find_cues(text))
    told = ("then", "and then", "and")
    for match in _joint_pattern().finditer(folded):
        before, after = text[: match.start()], text[match.end() :].strip()
        word, comma = match["word"], match["comma"]
        if _inside(text, match.start()) or not after or len(before.split()) < _MIN_WORDS:
            continue
        frame = _by_opening("joint").get(word)
        if frame is not None and has_demand and word in told:
            continue
        if frame is not None:
            fits = _opens_clause(word, fold(before), fold(after), has_comma=bool(comma))
            if fits and not _is_crossed(text, match.start("word")):
                yield before, after, frame.text
        elif comma and not has_demand and _is_adjunct(fold(before), fold(after)):
            frame = _by_opening("adjunct")[word]
            if not _is_crossed(text, match.start("word")):
                yield before, text[match.start("word") :], frame.text


def _opens_clause(word: str, before: str, after: str, *, has_comma: bool) -> bool:
    """Whether a clause with a subject of its own follows a joining word."""
    if not _VERB.search(before) or _STAYS_OPEN.search(before):
        return False
    if word == "which":
        return has_comma and bool(_AUXILIARY.match(after))
    if word == "and":
        return bool(_COUNTED_CLAUSE.match(after)) and "," not in _bare(before)
    if word in ("then", "and then"):
        return has_comma
    verb = _VERB.search(after)
    if "," in after and not _VERB.search(_bare(after).partition(",")[0]):
        # "although rare, it …"
        return False
    is_clause = not _NO_CLAUSE.match(after) and (verb is None or verb.start() > 0)
    return is_clause and (has_comma or verb is not None)


def _is_adjunct(before: str, after: str) -> bool:
    """Whether words after a comma only say when, how long or with what."""
    # "as frequent as, or more frequent than, in adults": the comma closes an insertion
    is_inserted = "," in _bare(before) and not _VERB.search(_bare(before).rpartition(",")[2])
    said = _bare(after)
    next_one = _NEXT_ADJUNCT.search(said)
    return (
        bool(_VERB.search(before))
        and not is_inserted
        and not _NO_ADJUNCT.search(said[: next_one.start()] if next_one else said)
    )


def _time(text: str) -> tuple[str, str, str] | None:
    """ "… stayed well over a median of 62 months": how long, at the end."""
    match = _TIME.search(text)
    if match is None or _inside(text, match.start()) or _is_crossed(text, match.start(1)):
        return None
    before = text[: match.start()]
    (frame,) = _frames("time")
    is_sentence = _VERB.search(fold(before)) and len(before.split()) >= _ATTRIBUTED_WORDS
    return (before, match[1], frame.text) if is_sentence else None


def _listed(text: str) -> tuple[str, list[_Piece]] | None:
    """ "… four factors: this, that and the other": a list after a colon, an item a sentence."""
    before, colon, after = text.partition(": ")
    fits = colon and _VERB.search(fold(before)) and not re.search(r"[:;()]", after)
    if not fits or not _LIST.fullmatch(after):
        return None
    start = len(before) + len(colon)
    if any(_is_crossed(text, start + cut.start()) for cut in re.finditer(r"^|, | and ", after)):
        return None
    items = [item for item in re.split(r",\s(?:and\s)?|\sand\s", after) if item]
    first, others = _frames("list")
    return before, [_Piece(item, (others if at else first).text) for at, item in enumerate(items)]


def _added(text: str) -> Iterator[tuple[str, str, str | None]]:
    """ "…, a lower threshold than before": what is said of it in other words, at the end."""
    match = _APPOSITION.search(text)
    (frame,) = _frames("added")
    if match and _VERB.search(fold(text[: match.start()])) and not _is_crossed(text, match.end()):
        before = _bare(text[: match.start()])
        # "although safe, the drug was …" is a clause, and no other words for it
        is_clause = _AUXILIARY.search(_RELATIVE.split(fold(_bare(match[1])))[0])
        if not is_clause and "," not in before and not _inside(text, match.start()):
            yield text[: match.start()], text[match.start(1) :], frame.text


def _is_crossed(text: str, at: int) -> bool:
    """Whether a denial, doubt or demand reaches over the place."""
    return any(_reaches(cue, at) for cue in find_cues(text))


def _reaches(cue: Cue, at: int) -> bool:
    return cue.scope.start < at < cue.scope.end


def _first_comma(text: str) -> int | None:
    for match in re.finditer(r",(?!\d)", text):
        if not _inside(text, match.start()):
            return match.start()
    return None


def _inside(text: str, at: int) -> bool:
    """Whether a place is inside brackets."""
    before = text[:at]
    return before.count("(") + before.count("[") > before.count(")") + before.count("]")


def _bare(text: str) -> str:
    """The text without what stands in brackets."""
    return re.sub(r"\([^()]*\)", " ", text)


@cache
def _frames(where: str) -> tuple[Frame, ...]:
    return tuple(frame for frame in frames() if frame.where == where)


@cache
def _by_opening(where: str) -> dict[str, Frame]:
    return {word: frame for frame in _frames(where) for word in frame.opens}


@cache
def _opener(where: str) -> re.Pattern[str]:
    return re.compile(rf"({_alternation(where)})\s+")


@cache
def _joint_pattern() -> re.Pattern[str]:
    words = f"{_alternation('joint')}|{_alternation('adjunct')}"
    return re.compile(rf"(?P<comma>,)?\s+(?P<word>{words})\s+")


def _alternation(where: str) -> str:
    words = sorted(_by_opening(where), key=lambda word: (-len(word), word))
    return "|".join(r"\s+".join(map(re.escape, word.split())) for word in words)
