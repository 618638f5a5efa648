"""A language model's drafts laid over the page: what holds takes the place of the claims it says
again, what does not is left out with the reason, and the page stays whole either way.

A draft may only say what claims of one lane and heading say already. Where it stands is computed
from what it cites; the model has no say in it. No word of a draft that is refused is kept: the
ledger says what it cited and which gate refused it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import Final

from curbside.compose.draft import Draft, Placed
from curbside.records import Claim, Drafted, Evidence, Label, Lane, Offered, Verdict

GATE: Final = "wording"
"""The gate that judges the form of a draft, before the others judge what it says."""

Verify = Callable[[Claim], Sequence[Verdict]]
"""Every gate's verdict on a claim."""

_OFFERED_CLAIMS: Final = 24
_LENGTHS: Final = 40  # characters by which a rewording may be longer than what it cites
_COPIED_WORDS: Final = 8  # a run of so many words of the source's own is a quotation
_PLAIN: Final = frozenset(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 .,;:()'’“”\"%-–/"
)
_NAME_MAX: Final = 80
_AN_ID: Final = re.compile(r"[\w:.@#-]{1,20}")
_NOT_KEPT: Final = "(refused; its words are not kept)"
_REASONS: Final = {
    Label.CONTRADICT: "its passages say otherwise",
    Label.NOT_ENOUGH_INFO: "its passages do not say so",
}


@dataclass(frozen=True, slots=True)
class Refused:
    """A draft that is not shown, with what the gates said of it."""

    claim: Claim
    verdicts: tuple[Verdict, ...]


class Rewording:
    """One page being reworded, draft by draft.

    Args:
        draft: the page's claims as composed from the evidence.
        verdicts: what the gates said of them; only what they support may be reworded.
        evidence: what the claims cite.
        own_words: ids of evidence whose quote is its source's own words, not our summary.
        verify: all gates.
        writer: the name of the model, shown beside what it worded.
    """

    def __init__(
        self,
        draft: Draft,
        verdicts: Sequence[Verdict],
        evidence: Sequence[Evidence],
        *,
        own_words: frozenset[str],
        verify: Verify,
        writer: str,
    ) -> None:
        failed = {v.claim_id for v in verdicts if v.label is not Label.SUPPORT}
        self._draft = draft
        self._verdicts = tuple(verdicts)
        self._base = {p.claim.claim_id: p for p in draft.placed if p.claim.claim_id not in failed}
        self._quotes = {item.evidence_id: item.quote for item in evidence}
        self._own_words = own_words
        self._verify = verify
        self._writer = shown_name(writer)
        self._remark = f"Wording by {self._writer}, checked against the passages."
        self._offered = self._offer()
        self._written: dict[str, tuple[Placed, tuple[Verdict, ...]]] = {}
        self._gone: dict[str, str] = {}
        self._refused: list[Refused] = []

    @property
    def offered(self) -> tuple[Offered, ...]:
        """What the model may be given: the evidence of the claims that a reader meets first."""
        return self._offered

    @property
    def refused(self) -> tuple[Refused, ...]:
        """Drafts that are not shown, in the order in which they came."""
        return tuple(self._refused)

    @property
    def written(self) -> tuple[Claim, ...]:
        """Claims in the model's words."""
        return tuple(placed.claim for placed, _ in self._written.values())

    def take(self, drafted: Drafted) -> Claim | None:
        """Judge a draft; return the claim that stands on the page in its place, if it holds.

        None for a draft that is refused, and for one that only repeats its passage, as that
        stands there already.
        """
        fault = self._form_fault(drafted)
        if fault is not None:
            self._refuse_form(drafted, fault)
            return None
        bases = self._bases_of(drafted.cites)
        text = " ".join(drafted.text.split())
        if any(text == base.claim.text for base in bases):
            return None
        first = bases[0]
        cites = tuple(dict.fromkeys(cite for base in bases for cite in base.claim.cites))
        claim = replace(
            first.claim, text=text, cites=cites, is_quoted=False, remark=self._told(bases)
        )
        verdicts = (*self._verify(claim), self._use_verdict(claim, bases))
        if any(verdict.label is not Label.SUPPORT for verdict in verdicts):
            self._refuse(drafted.cites, verdicts)
            return None
        claim = replace(claim, text=self._with_quotation_marks(text, cites))
        placed = replace(
            first, claim=claim, factors=frozenset().union(*(base.factors for base in bases))
        )
        self._written[claim.claim_id] = (placed, verdicts)
        self._gone |= {base.claim.claim_id: claim.claim_id for base in bases}
        return claim

    def result(self) -> tuple[Draft, tuple[Verdict, ...]]:
        """The page's claims with what holds in the place of what it says again, and the verdicts
        on them."""
        placed = []
        for item in self._draft.placed:
            claim_id = item.claim.claim_id
            if claim_id in self._written:
                placed.append(self._written[claim_id][0])
            elif claim_id not in self._gone:
                placed.append(item)
        kept = {item.claim.claim_id for item in placed}
        verdicts: list[Verdict] = []
        for claim_id in dict.fromkeys(v.claim_id for v in self._verdicts):
            if claim_id in self._written:
                verdicts += self._written[claim_id][1]
            elif claim_id in kept:
                verdicts += [v for v in self._verdicts if v.claim_id == claim_id]
        bottom_line = dict.fromkeys(self._gone.get(c, c) for c in self._draft.bottom_line)
        draft = replace(self._draft, placed=tuple(placed), bottom_line=tuple(bottom_line))
        return draft, tuple(verdicts)

    def account(self, ended: str | None) -> str:
        """What a reader is told of the model's part. `ended` says why it stopped before its end."""
        count, refused = len(self._written), len(self._refused)
        worded = f"{count} {_plural('sentence', count)} worded by {self._writer}"
        if ended is None:
            parts = [f"{worded}, checked against the passages"]
        elif count:
            parts = [
                f"The language model {self._writer} broke off: {shown_name(ended, most=300)}",
                f"{worded} before that, checked against the passages",
            ]
        else:
            parts = [
                f"The language model {self._writer} did not answer: {shown_name(ended, most=300)}"
            ]
        if refused:
            parts.append(f"{refused} {_plural('draft', refused)} refused, listed with the reasons")
        return ". ".join((*parts, "All other sentences are those of the page without it"))

    def _offer(self) -> tuple[Offered, ...]:
        first = [c for c in self._draft.bottom_line if c in self._base]
        lanes = [[c for c, base in self._base.items() if base.claim.lane is lane] for lane in Lane]
        # one of each lane in turn, so that a long lane leaves room for the others
        in_turn = [c for row in zip_longest(*lanes) for c in row if c is not None]
        order = list(dict.fromkeys((*first, *in_turn)))[:_OFFERED_CLAIMS]
        offered: dict[str, Offered] = {}
        for claim_id in order:
            claim = self._base[claim_id].claim
            for cite in claim.cites:
                offered.setdefault(
                    cite, Offered(cite, claim.lane, claim.heading, self._quotes[cite])
                )
        return tuple(offered.values())

    def _bases_of(self, cites: Sequence[str]) -> list[Placed]:
        """The page's claims that cite any of these, in page order."""
        return [base for base in self._base.values() if set(base.claim.cites) & set(cites)]

    def _form_fault(self, drafted: Drafted) -> str | None:
        if drafted.fault is not None:
            return drafted.fault
        unknown = [cite for cite in drafted.cites if cite not in self._known()]
        if unknown:
            named = [repr(cite) if _AN_ID.fullmatch(cite) else "something else" for cite in unknown]
            return f"cites {', '.join(dict.fromkeys(named))}, which was not offered"
        if not drafted.cites:
            return "cites nothing"
        bases = self._bases_of(drafted.cites)
        if len({base.claim.lane for base in bases}) > 1:
            return "cites two lanes, which are never mixed"
        if len({base.claim.heading for base in bases}) > 1:
            return "cites passages that stand under different headings"
        taken = {self._gone[b.claim.claim_id] for b in bases if b.claim.claim_id in self._gone}
        if taken:
            return f"says again what {', '.join(sorted(taken))} says"
        return self._text_fault(" ".join(drafted.text.split()), bases)

    def _text_fault(self, text: str, bases: Sequence[Placed]) -> str | None:
        quotes = [self._quotes[cite] for base in bases for cite in base.claim.cites]
        strange = sorted(set(text) - _PLAIN - set("".join(quotes)))
        if strange:
            named = ", ".join(f"U+{ord(character):04X}" for character in strange[:5])
            return f"holds characters that its passages do not ({named})"
        most = sum(map(len, quotes)) + _LENGTHS
        if len(text) > most:
            return f"is longer than what it cites ({len(text)} characters, {most} at most)"
        return None

    def _known(self) -> frozenset[str]:
        return frozenset(item.evidence_id for item in self._offered)

    def _use_verdict(self, claim: Claim, bases: Sequence[Placed]) -> Verdict:
        """Whether every claim that it would take the place of bears out something of it."""
        idle: list[str] = []
        for base in bases if len(bases) > 1 else ():
            mine = base.claim.cites
            others = tuple(cite for cite in claim.cites if cite not in mine)
            if not self._holds(claim, mine) and self._holds(claim, others):
                idle += mine
        if idle:
            told = f"cites {', '.join(idle)}, of which it says nothing"
            return Verdict(claim.claim_id, Label.NOT_ENOUGH_INFO, GATE, told)
        told = "says again what its passages say, in one lane and under one heading"
        return Verdict(claim.claim_id, Label.SUPPORT, GATE, told)

    def _holds(self, claim: Claim, cites: tuple[str, ...]) -> bool:
        verdicts = self._verify(replace(claim, cites=cites))
        return all(verdict.label is Label.SUPPORT for verdict in verdicts)

    def _told(self, bases: Sequence[Placed]) -> str:
        """What was computed of the claims before, and who worded this one."""
        remarks = dict.fromkeys(b.claim.remark.rstrip(".") for b in bases if b.claim.remark)
        return ". ".join((*remarks, self._remark))

    def _with_quotation_marks(self, text: str, cites: Sequence[str]) -> str:
        """The text with every longer run of a source's own words in quotation marks."""
        if any(mark in text for mark in '“”"'):
            return text
        quotes = [self._quotes[cite] for cite in cites if cite in self._own_words]
        words = list(re.finditer(r"\S+", text))
        marked, at = [], 0
        number = 0
        while number < len(words):
            run = _longest_run(text, words, number, quotes)
            if run < _COPIED_WORDS:
                number += 1
                continue
            start, end = words[number].start(), words[number + run - 1].end()
            end -= len(text[start:end]) - len(text[start:end].rstrip(".,;:"))
            marked += [text[at:start], "“", text[start:end], "”"]
            at = end
            number += run
        return "".join((*marked, text[at:]))

    def _refuse_form(self, drafted: Drafted, fault: str) -> None:
        cites = tuple(cite for cite in drafted.cites if cite in self._known())
        self._refuse(cites, (Verdict("", Label.NOT_ENOUGH_INFO, GATE, fault),))

    def _refuse(self, cites: tuple[str, ...], verdicts: Sequence[Verdict]) -> None:
        name = f"G{len(self._refused) + 1}"
        bases = self._bases_of(cites)
        lane = bases[0].claim.lane if bases else Lane.RESEARCH
        heading = bases[0].claim.heading if bases else ""
        told = f"Written by {self._writer}."
        claim = Claim(name, _NOT_KEPT, lane, heading, cites, remark=told)
        self._refused.append(
            Refused(claim, tuple(_without_words(verdict, name) for verdict in verdicts))
        )


def _without_words(verdict: Verdict, claim_id: str) -> Verdict:
    """The verdict without what it quotes of the draft, under the draft's name in the ledger."""
    reason = verdict.reason
    if verdict.label is not Label.SUPPORT and verdict.gate != GATE:
        reason = _REASONS[verdict.label]
    return replace(verdict, claim_id=claim_id, reason=reason)


def _plural(noun: str, count: int) -> str:
    return noun if count == 1 else f"{noun}s"


def shown_name(name: str, *, most: int = _NAME_MAX) -> str:
    """What comes from a model or its server as a page may show it: one line, printable, not long.

    >>> shown_name("llama\\x1b[31m\\n3")
    'llama [31m 3'
    """
    plain = "".join(c if c.isprintable() and unicodedata.category(c) != "Cf" else " " for c in name)
    return " ".join(plain.split())[:most]


def _longest_run(
    text: str, words: Sequence[re.Match[str]], first: int, quotes: Sequence[str]
) -> int:
    """How many words from the first one on stand so in one of the quotes."""
    run = 0
    while first + run < len(words):
        stretch = text[words[first].start() : words[first + run].end()].rstrip(".,;:")
        if not any(stretch in quote for quote in quotes):
            break
        run += 1
    return run
