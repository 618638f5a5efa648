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
from dataclasses import dataclass, field, replace
from itertools import zip_longest
from typing import Final

from curbside.compose.abbreviate import Meanings
from curbside.compose.draft import Draft
from curbside.compose.placed import Placed
from curbside.records import Claim, Drafted, Evidence, Label, Lane, Offered, Verdict

GATE: Final = "wording"
"""The gate that judges the form of a draft, before the others judge what it says."""

Verify = Callable[[Claim], Sequence[Verdict]]
"""Every gate's verdict on a claim."""

_OFFERED_CLAIMS: Final = 24
_LONGER: Final = 40  # characters by which a rewording may be longer than what it cites
_PERCENT: Final = re.compile(r" ?per ?cent\b")
_COPIED_WORDS: Final = 8  # a run of so many words of the source's own is a quotation
_PLAIN: Final = frozenset(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 .,;:()'’“”\"%-–/"
)
_NAME_MAX: Final = 80
_AN_ID: Final = re.compile(r"[A-Za-z]{0,6}:?[0-9]{1,9}")
"""An id that was made up may be named; whatever else stands in its place may be anything."""
_MARKED: Final = re.compile(r"[“\"]([^“”\"]*)[”\"]")
_BROKEN: Final = re.compile(r"\b(\w+) \1\b|[(\[][^\w()\[\]]*[)\]]")
"""A word twice, brackets around no word: what cutting words out or joining them leaves."""
_JOINT: Final = re.compile(r"(?<=[;.])\s+")
_NAMED: Final = 5  # things that the ledger names one by one
_REASONS: Final = {
    Label.CONTRADICT: "its passages say otherwise",
    Label.NOT_ENOUGH_INFO: "its passages do not say so",
}


@dataclass(frozen=True, slots=True)
class Refused:
    """Drafts that are not shown, all for the same reason, as one row of the ledger: `claim` says
    how many and what they cite, and `verdicts` which gates refused them."""

    claim: Claim
    verdicts: tuple[Verdict, ...]


@dataclass(frozen=True, slots=True)
class _Fault:
    """What is wrong with the form of a draft; `named` are the things it is about."""

    reason: str
    named: tuple[str, ...] = ()


@dataclass(slots=True)
class _Refusal:
    """Drafts that were refused for one reason, counted as they come."""

    verdicts: tuple[Verdict, ...]
    drafts: int = 0
    # in the order in which they came, each once
    cites: dict[str, None] = field(default_factory=dict)
    named: dict[str, None] = field(default_factory=dict)


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
        self._refused: dict[tuple[tuple[str, Label, str], ...], _Refusal] = {}

    @property
    def offered(self) -> tuple[Offered, ...]:
        """What the model may be given: the evidence of the claims that a reader meets first."""
        return self._offered

    @property
    def refused(self) -> tuple[Refused, ...]:
        """Drafts that are not shown, one row a reason, in the order in which reasons came."""
        rows = enumerate(self._refused.values(), start=1)
        return tuple(self._row(f"G{number}", refusal) for number, refusal in rows)

    @property
    def refused_drafts(self) -> int:
        """How many drafts are not shown."""
        return sum(refusal.drafts for refusal in self._refused.values())

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
        # what is judged is what is shown, quotation marks and all
        text = self._with_quotation_marks(text, cites)
        claim = replace(
            first.claim, text=text, cites=cites, is_quoted=False, remark=self._told(first)
        )
        verdicts = (*self._verify(claim), self._use_verdict(claim, bases))
        if any(verdict.label is not Label.SUPPORT for verdict in verdicts):
            self._refuse(drafted.cites, tuple(map(_without_words, verdicts)))
            return None
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
        draft = replace(
            self._draft,
            placed=tuple(placed),
            bottom_line=tuple(bottom_line),
            meanings={**self._draft.meanings, **self._meanings()},
        )
        return draft, tuple(verdicts)

    def account(self, ended: str | None) -> str:
        """What a reader is told of the model's part. `ended` says why it stopped before its end."""
        count, refused = len(self._written), self.refused_drafts
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
                f"The language model {self._writer} took no part: {shown_name(ended, most=300)}"
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

    def _meanings(self) -> dict[str, Meanings]:
        """What the abbreviations of each claim in the model's words stand for: those of all claims
        whose place it takes, as far as it uses them."""
        found: dict[str, Meanings] = {}
        for claim_id, (placed, _) in self._written.items():
            olds = [old for old, new in self._gone.items() if new == claim_id]
            pairs = [pair for old in olds for pair in self._draft.meanings.get(old, ())]
            found[claim_id] = tuple(
                dict.fromkeys(pair for pair in pairs if pair[0] in placed.claim.text)
            )
        return found

    def _bases_of(self, cites: Sequence[str]) -> list[Placed]:
        """The page's claims that cite any of these, in page order."""
        return [base for base in self._base.values() if set(base.claim.cites) & set(cites)]

    def _form_fault(self, drafted: Drafted) -> _Fault | None:
        if drafted.fault is not None:
            return _Fault(drafted.fault)
        unknown = [cite for cite in drafted.cites if cite not in self._known()]
        if unknown:
            named = (repr(cite) if _AN_ID.fullmatch(cite) else "something else" for cite in unknown)
            return _Fault("cites what was not offered", tuple(named))
        if not drafted.cites:
            return _Fault("cites nothing")
        bases = self._bases_of(drafted.cites)
        if len({base.claim.lane for base in bases}) > 1:
            return _Fault("cites two lanes, which are never mixed")
        if len({base.claim.heading for base in bases}) > 1:
            return _Fault("cites passages that stand under different headings")
        if len({base.claim.remark for base in bases}) > 1:
            # "2 sources say this" would be said of what one of them says
            return _Fault("joins statements of which the sources together say different things")
        taken = {self._gone[b.claim.claim_id] for b in bases if b.claim.claim_id in self._gone}
        if taken:
            return _Fault("says again what a draft before it says", tuple(sorted(taken)))
        return self._text_fault(" ".join(drafted.text.split()), bases)

    def _text_fault(self, text: str, bases: Sequence[Placed]) -> _Fault | None:
        quotes = [self._quotes[cite] for base in bases for cite in base.claim.cites]
        strange = sorted(set(text) - _PLAIN - set("".join(quotes)))
        if strange:
            named = tuple(f"U+{ord(character):04X}" for character in strange)
            return _Fault("holds characters that its passages do not", named)
        if not all(any(m[1] in quote for quote in quotes) for m in _MARKED.finditer(text)):
            return _Fault("puts into quotation marks what its passages do not say")
        if not all(any(m[0] in quote for quote in quotes) for m in _BROKEN.finditer(text)):
            return _Fault("has a word twice, or brackets around nothing")
        if len(_PERCENT.sub("%", text)) > sum(map(len, quotes)) + _LONGER:
            return _Fault("is longer than what it cites")
        return None

    def _known(self) -> frozenset[str]:
        return frozenset(item.evidence_id for item in self._offered)

    def _use_verdict(self, claim: Claim, bases: Sequence[Placed]) -> Verdict:
        """Whether every claim that it would take the place of bears out something of it."""
        for base in bases if len(bases) > 1 else ():
            mine = base.claim.cites
            others = tuple(cite for cite in claim.cites if cite not in mine)
            if not self._holds(claim, mine) and self._holds(claim, others):
                told = "cites passages of which it says nothing"
                return Verdict(claim.claim_id, Label.NOT_ENOUGH_INFO, GATE, told)
        if len(bases) > 1 and not self._is_in_parts(claim, bases):
            told = "joins passages otherwise than by a semicolon or a full stop"
            return Verdict(claim.claim_id, Label.NOT_ENOUGH_INFO, GATE, told)
        told = "says again what its passages say, in one lane and under one heading"
        return Verdict(claim.claim_id, Label.SUPPORT, GATE, told)

    def _is_in_parts(self, claim: Claim, bases: Sequence[Placed]) -> bool:
        """Whether each part of the text, between semicolons or full stops, is borne out by one of
        the claims alone: "and", "but" or "while" between two would say more than either."""
        text = claim.text
        bounds = [0, *(match.end() for match in _JOINT.finditer(text)), len(text)]
        reached = {0}
        for end in bounds[1:]:
            starts = (start for start in bounds if start in reached and start < end)
            if any(
                self._holds(replace(claim, text=text[start:end].strip()), base.claim.cites)
                for start in starts
                for base in bases
            ):
                reached.add(end)
        return len(text) in reached

    def _holds(self, claim: Claim, cites: tuple[str, ...]) -> bool:
        verdicts = self._verify(replace(claim, cites=cites))
        return all(verdict.label is Label.SUPPORT for verdict in verdicts)

    def _told(self, base: Placed) -> str:
        """What was computed of the claim before, and who worded this one."""
        remark = base.claim.remark
        return f"{remark.rstrip('.')}. {self._remark}" if remark else self._remark

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

    def _refuse_form(self, drafted: Drafted, fault: _Fault) -> None:
        cites = tuple(cite for cite in drafted.cites if cite in self._known())
        verdict = Verdict("", Label.NOT_ENOUGH_INFO, GATE, fault.reason)
        self._refuse(cites, (verdict,), fault.named)

    def _refuse(
        self, cites: Sequence[str], verdicts: tuple[Verdict, ...], named: Sequence[str] = ()
    ) -> None:
        failed = tuple(v for v in verdicts if v.label is not Label.SUPPORT)
        key = tuple((v.gate, v.label, v.reason) for v in failed)
        refusal = self._refused.setdefault(key, _Refusal(failed))
        refusal.drafts += 1
        refusal.cites |= dict.fromkeys(cites)
        refusal.named |= dict.fromkeys(named)

    def _row(self, name: str, refusal: _Refusal) -> Refused:
        bases = self._bases_of(tuple(refusal.cites))
        count = f"{refusal.drafts} {_plural('draft', refusal.drafts)}"
        claim = Claim(
            claim_id=name,
            text=f"({count} of {self._writer}, refused; no words are kept)",
            # where what was cited first stands
            lane=bases[0].claim.lane if bases else Lane.RESEARCH,
            heading=bases[0].claim.heading if bases else "",
            cites=tuple(refusal.cites),
        )
        named = _listed(tuple(refusal.named))
        verdicts = (
            replace(v, claim_id=name, reason=f"{v.reason}{named} ({count})")
            for v in refusal.verdicts
        )
        return Refused(claim, tuple(verdicts))


def _without_words(verdict: Verdict) -> Verdict:
    """The verdict without what it quotes of the draft."""
    if verdict.label is Label.SUPPORT or verdict.gate == GATE:
        return verdict
    return replace(verdict, reason=_REASONS[verdict.label])


def _listed(names: tuple[str, ...]) -> str:
    """Behind a reason: what it is about, the first few by name."""
    if not names:
        return ""
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return f": {', '.join(names[:_NAMED])}{more}"


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
