"""What makes a page hard to read, counted: dangling openings, abbreviations never expanded,
repetition, sentences about methods alone, bottom lines that are too long.

The lists here are the counter's own, and plainer than the rules that the page is made by: a
measure that used those would measure nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from curbside.records import Answer, Claim
from curbside.text.abbreviations import find_abbreviations, find_short_forms
from curbside.text.sentences import split_sentences
from curbside.text.tokens import content_stems

_LABEL: Final = re.compile(r"^(?:[A-Z][A-Za-z ]{3,40}:\s+)+")
_DANGLING: Final = re.compile(
    r"(?:This|These|Those|They|It(?! (?:is|was|has been) \w+ (?:that|to))|Its|He|She|Their|His|Her|"
    r"Such|However|But|And|Thus|Hence|Therefore|Moreover|Furthermore|Additionally|In addition|Also|"
    r"Likewise|Similarly|Conversely|Nevertheless|Nonetheless|Consequently|Then|"
    r"(?:In|By) contrast(?=,)|Nor|So|Yet|Instead|Accordingly|Meanwhile|Afterwards?|Subsequently|"
    r"Finally|On the other hand|As a result|Both groups|Both arms|Neither group|"
    r"The two groups|The other group|The latter|The former|Of these|Among these|Of those|"
    r"In (?:this|these|those|both|such)|At this|For this|With this|One of (?:these|them))\b"
)
_METHODS: Final = re.compile(
    r"\b(?:we (?:searched|enrolled|recruited|conducted|performed|measured|analy[sz]ed)|"
    r"(?:was|were) (?:searched|randomi[sz]ed|randomly|enrolled|recruited|analy[sz]ed|collected|"
    r"extracted|calculated)|databases were|statistical analys[ie]s (?:was|were))\b",
    re.IGNORECASE,
)
_FOUND: Final = re.compile(
    r"\d\s?%|\b(?:significant\w*|reduc\w+|increas\w+|improv\w+|lower|higher|greater|fewer|more|less|"
    r"differ\w*|associat\w+|better|worse|effective|superior|no|not|predict\w+|similar|found|show\w*|"
    r"risk|ratio|mortality|surviv\w+|relaps\w+|remission|died)\b",
    re.IGNORECASE,
)
_REMARKED: Final = re.compile(r"(?<!\w)([A-Za-z][\w-]*): (\w[\w-]+)")
_SAID_OF_FACTORS: Final = frozenset({"consistent", "inconsistent", "one", "not"})
_ALIKE: Final = 0.7  # Jaccard of content stems
_SENTENCES: Final = 3
# read as words by every reader of medicine (AMA Manual of Style, 11th edition, chapter 13: need
# not be expanded), and what is no abbreviation: units
NEED_NO_EXPANSION: Final = frozenset(
    [
        *("DNA", "RNA", "AIDS", "HIV", "COVID", "US", "USA", "UK", "EU", "WHO", "FDA", "AM", "PM"),
        *("mL", "dL", "kPa", "mIU", "kDa", "MHz", "kHz", "mEq", "mOsm", "mSv", "mGy", "MBq", "GBq"),
        *("kJ", "MJ", "kV", "mV", "mA", "mmHg", "GHz"),
    ]
)


@dataclass(frozen=True, slots=True)
class PageFaults:
    """The claims of one page that have each fault, by id; `shown` counts its claims."""

    shown: int
    dangling: tuple[str, ...]
    unexpanded: tuple[str, ...]
    repeated: tuple[str, ...]
    methods_only: tuple[str, ...]
    long_bottom_line: bool


def page_faults(page: Answer) -> PageFaults:
    """Count the faults of a page's claims, read in the order in which the page shows them.

    A claim is `repeated` where an earlier one of its lane shares seven tenths of its content
    stems; `unexpanded` where an abbreviation in it is expanded neither before it nor in it (a
    remark beside it counts). The page's title and question stand before every claim, and
    who asked by an abbreviation knows it.
    """
    claims = claims_in_order(page)
    return PageFaults(
        shown=len(claims),
        dangling=tuple(c.claim_id for c in claims if _DANGLING.match(_LABEL.sub("", c.text))),
        unexpanded=tuple(_unexpanded(page, claims)),
        repeated=tuple(_repeated(claims)),
        methods_only=tuple(
            c.claim_id for c in claims if _METHODS.search(c.text) and not _FOUND.search(c.text)
        ),
        long_bottom_line=_sentences_of_bottom_line(page) > _SENTENCES,
    )


def share_of_faults(pages: Sequence[Answer]) -> dict[str, float]:
    """Each fault's share of the claims that the pages show; of the pages with a bottom line, for
    the last. Zero where no page shows a claim."""
    found = [page_faults(page) for page in pages]
    shown = sum(faults.shown for faults in found) or 1
    answered = sum(1 for page in pages if page.bottom_line) or 1
    return {
        "dangling": sum(len(f.dangling) for f in found) / shown,
        "unexpanded": sum(len(f.unexpanded) for f in found) / shown,
        "near_duplicates": sum(len(f.repeated) for f in found) / shown,
        "methods_only": sum(len(f.methods_only) for f in found) / shown,
        "long_bottom_line": sum(f.long_bottom_line for f in found) / answered,
    }


def claims_in_order(page: Answer) -> tuple[Claim, ...]:
    """The claims as a reader meets them: the bottom line, then lane by lane, each once."""
    by_id = {claim.claim_id: claim for claim in page.claims}
    ids = [
        *page.bottom_line,
        *(c for lane in page.lanes for section in lane.sections for c in section.claims),
    ]
    return tuple(by_id[claim_id] for claim_id in dict.fromkeys(ids))


def _unexpanded(page: Answer, claims: Iterable[Claim]) -> Iterable[str]:
    asked = page.question.text
    known = set(NEED_NO_EXPANSION) | _expanded(page.question.title) | _expanded(asked)
    known |= set(find_short_forms(asked))
    for claim in claims:
        known |= _expanded(claim.text) | _told(claim.remark or "")
        if set(find_short_forms(claim.text)) - known:
            yield claim.claim_id


def _expanded(text: str) -> set[str]:
    """The abbreviations that a text defines: "long form (SHORT)" or "SHORT (long form)"."""
    return _forms(pair.short.text for pair in find_abbreviations(text))


def _told(remark: str) -> set[str]:
    """The abbreviations that a remark spells out ("ALT: alanine aminotransferase"); what it says
    of a factor by the same look ("IgG: inconsistent") spells nothing."""
    return _forms(
        short for short, long in _REMARKED.findall(remark) if long not in _SAID_OF_FACTORS
    )


def _forms(shorts: Iterable[str]) -> set[str]:
    return {form for short in shorts for form in (short, *find_short_forms(short))}


def _repeated(claims: Sequence[Claim]) -> Iterable[str]:
    stems = [set(content_stems(claim.text)) for claim in claims]
    for at, claim in enumerate(claims):
        if any(
            claim.lane is claims[before].lane and _jaccard(stems[at], stems[before]) >= _ALIKE
            for before in range(at)
        ):
            yield claim.claim_id


def _jaccard(one: set[str], other: set[str]) -> float:
    return len(one & other) / len(one | other) if one | other else 0.0


def _sentences_of_bottom_line(page: Answer) -> int:
    by_id = {claim.claim_id: claim for claim in page.claims}
    return sum(len(split_sentences(by_id[c].text)) for c in page.bottom_line)
