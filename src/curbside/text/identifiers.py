"""DOI, PMID and PMCID in one spelling each, alone or in a text."""

from __future__ import annotations

import re
from typing import Final

_DOI_PREFIX: Final = re.compile(r"(?:https?://)?(?:dx\.)?doi\.org/|doi:\s*", re.IGNORECASE)
# the forms that Crossref gives for finding a DOI in text, less what closes a sentence or bracket
_DOI: Final = re.compile(r"(?<![\w.])10\.\d{4,9}/[-._;()/:a-z0-9]+", re.IGNORECASE)
_PMID: Final = re.compile(r"(?<!\w)(?:pmid:?\s*|pubmed\.ncbi\.nlm\.nih\.gov/)(\d{1,9})(?!\d)", re.I)
_PMCID: Final = re.compile(r"(?<!\w)pmc(\d{3,9})(?!\d)", re.IGNORECASE)


def plain_doi(printed: str) -> str:
    """A DOI in lower case without resolver; "" for none."""
    return _DOI_PREFIX.sub("", printed.strip(), count=1).lower()


def plain_pmcid(printed: str) -> str:
    """A PMCID as "PMC123"; "" for none."""
    pmcid = printed.strip().upper()
    return f"PMC{pmcid}" if pmcid and not pmcid.startswith("PMC") else pmcid


def names_in(text: str) -> tuple[str, ...]:
    """Every work that a text names, as "doi:…", "pmid:…", "pmcid:PMC…", each once, in that order.

    >>> names_in("as read in PMC8855400 (doi:10.1002/jgh3.12711)")
    ('doi:10.1002/jgh3.12711', 'pmcid:PMC8855400')
    """
    found = [f"doi:{_closed(match[0]).lower()}" for match in _DOI.finditer(text)]
    found += [f"pmid:{match[1]}" for match in _PMID.finditer(text)]
    found += [f"pmcid:PMC{match[1]}" for match in _PMCID.finditer(text)]
    return tuple(dict.fromkeys(found))


def _closed(doi: str) -> str:
    """Without the marks that close the sentence or the bracket around it."""
    while doi[-1] in ".,;:" or (doi[-1] == ")" and doi.count("(") < doi.count(")")):
        doi = doi[:-1]
    return doi
