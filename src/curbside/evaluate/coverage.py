"""How often a library answers what it holds the answer to: questions whose sources are judged.

A source that nobody judged may be right as well, so the share of judged sources among what a page
cites is a lower bound of how much of it is to the point.
"""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from curbside.errors import InputError, QuestionError
from curbside.pipeline import Engine, answer
from curbside.records import Answer


@dataclass(frozen=True, slots=True)
class Judged:
    """A question and the PMIDs of the sources that hold its answer."""

    text: str
    pmids: frozenset[str]


@dataclass(frozen=True, slots=True)
class Coverage:
    """Counts over `questions`. `found` cite a judged source; `bottom_line` counts the sentences
    of all bottom lines and `bottom_line_judged` those whose first passage is of a judged source."""

    questions: int
    answered: int
    found: int
    bottom_line: int
    bottom_line_judged: int


def read_judged(path: Path) -> tuple[Judged, ...]:
    """The questions of a BioASQ file (JSON Lines with `body` and `documents`, packed or not).

    Raises:
        InputError: the file cannot be read or has other keys.
    """
    try:
        data = path.read_bytes()
        text = (gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data).decode()
        # a text may hold other signs that end a line to Python (U+2028, U+0085)
        rows = [json.loads(line) for line in text.split("\n") if line.strip()]
        return tuple(
            Judged(row["body"], frozenset(url.rsplit("/", 1)[-1] for url in row["documents"]))
            for row in rows
        )
    except (OSError, ValueError, EOFError, KeyError, TypeError, AttributeError) as error:
        raise InputError(
            f"expected BioASQ questions, a JSON object a line with body and documents, in {path};"
            f" {type(error).__name__}: {error}"
        ) from error


def draw(questions: Iterable[Judged], *, count: int, seed: int) -> tuple[Judged, ...]:
    """At most `count` of the questions; the same for the same file and seed."""
    shuffled = list(questions)
    random.Random(seed).shuffle(shuffled)  # noqa: S311 - a draw, no secret
    return tuple(shuffled[:count])


def coverage(
    questions: Iterable[Judged],
    *,
    engine: Engine,
    at: str,
    progress: Callable[[int], None] = lambda _: None,
) -> Coverage:
    """Ask every question. One that cannot be asked (too long) counts as not answered."""
    asked = answered = found = told = told_judged = 0
    for judged in questions:
        asked += 1
        try:
            page = answer(judged.text, engine=engine, at=at)
        except QuestionError:
            continue
        finally:
            progress(asked)
        sources = _first_sources(page)
        answered += page.abstained is None
        found += any(_is_judged(source, judged) for source in sources.values())
        told += len(page.bottom_line)
        told_judged += sum(_is_judged(sources[claim], judged) for claim in page.bottom_line)
    return Coverage(asked, answered, found, told, told_judged)


def _first_sources(page: Answer) -> dict[str, str]:
    """The document of each claim's first passage, by the claim's id."""
    of_evidence = {evidence.evidence_id: evidence.doc_id for evidence in page.evidence}
    return {claim.claim_id: of_evidence[claim.cites[0]] for claim in page.claims}


def _is_judged(doc_id: str, judged: Judged) -> bool:
    return doc_id.partition(":")[2] in judged.pmids
