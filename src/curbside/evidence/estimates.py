"""Which effect estimate of a sentence is that of which factor."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from curbside.records import Finding
from curbside.text.effects import FoundEffect, find_effects

# "raised urate at entry (OR 2.3": a few words of the same phrase may stand between
_BESIDE = re.compile(r"(?:\s[\w-]+){0,4}\s?[(\[,]?\s?(?:adjusted\s|pooled\s)?")


def with_estimates(sentence: str, findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """The findings of a sentence, each with the estimate that the sentence prints for it.

    An estimate right behind a factor is that factor's alone. Where none stands so, one estimate is
    that of every factor, and as many estimates as factors are theirs in order ("respectively");
    anything else is left out, as nothing says whose it is.
    """
    effects = find_effects(sentence)
    if not effects:
        return tuple(findings)
    beside = [_beside(sentence, finding, findings, effects) for finding in findings]
    if any(beside):
        chosen = beside
    elif len(effects) == 1 or len(findings) == 1:
        chosen = [effects[0]] * len(findings)
    elif len(effects) == len(findings):
        chosen = list(effects)
    else:
        chosen = beside
    return tuple(
        replace(finding, effect=effect.effect) if effect else finding
        for finding, effect in zip(findings, chosen, strict=True)
    )


def _beside(
    sentence: str, finding: Finding, findings: Sequence[Finding], effects: Sequence[FoundEffect]
) -> FoundEffect | None:
    """The estimate right behind a factor, before any other and before what is said of it."""
    if finding.factor is None:
        return None
    end = finding.factor.span.end
    said = finding.outcome.span.start if finding.outcome else -1
    others = [f.factor.span.start for f in findings if f.factor and f.factor.span.start >= end]
    for effect in effects:
        if effect.span.start >= end:
            is_next = all(effect.span.start <= start for start in others)
            is_said = end <= said < effect.span.start
            is_beside = _BESIDE.fullmatch(sentence, end, effect.span.start)
            return effect if is_next and is_beside and not is_said else None
    return None
