"""What a feed is: what a person configured, a step of its work, and where it stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TypeAlias

ENTREZ: Final = "https://eutils.ncbi.nlm.nih.gov/entrez/eutils/"
EUROPE_PMC: Final = "https://www.ebi.ac.uk/europepmc/webservices/rest/"
PUBMED_FILES: Final = "https://ftp.ncbi.nlm.nih.gov/pubmed/"

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"
Cursor: TypeAlias = Mapping[str, Json]
"""Where a feed stands; empty before its first run. Only the feed that wrote it reads it."""


@dataclass(frozen=True, slots=True)
class EntrezAccess:
    """How to ask the E-utilities. NCBI wants an address to write to; a key allows 10 requests a
    second instead of 3. `api_key_env` is the variable of the environment that holds the key; it is
    looked up when the feed is asked, as nothing else needs it."""

    email: str
    tool: str = "curbside"
    api_key: str | None = field(default=None, repr=False)
    api_key_env: str | None = None
    base_url: str = ENTREZ


@dataclass(frozen=True, slots=True)
class PubMedSearch:
    """A search of PubMed; what changed since the last run is fetched. At most `max_records` of
    the newest a run; None for all."""

    name: str
    query: str
    access: EntrezAccess
    max_records: int | None = None


@dataclass(frozen=True, slots=True)
class EuropePmcSearch:
    """A search of Europe PMC; with `full_text` the open full texts of what is found too."""

    name: str
    query: str
    full_text: bool = False
    email: str | None = None
    base_url: str = EUROPE_PMC


@dataclass(frozen=True, slots=True)
class PubMedUpdates:
    """PubMed's numbered files: of a local `folder`, else of the listing at `base_url`.

    `start` is the number to begin with where none was taken yet; 1 is the baseline's first.
    """

    name: str
    folder: Path | None = None
    base_url: str = PUBMED_FILES
    start: int = 1


@dataclass(frozen=True, slots=True)
class WatchedFolder:
    """A folder of which every new or changed file is taken."""

    name: str
    path: Path


@dataclass(frozen=True, slots=True)
class PmidList:
    """A text file of PMIDs, or a RIS or NBIB file, which is taken itself too."""

    name: str
    path: Path
    access: EntrezAccess


Feed: TypeAlias = PubMedSearch | EuropePmcSearch | PubMedUpdates | WatchedFolder | PmidList


@dataclass(frozen=True, slots=True)
class Step:
    """Once the files of `paths` are in the library, the feed stands at `cursor`.

    A step without paths only moves the cursor. `notes` are for people. Where `is_strict`, a file
    that cannot be read as a whole stops the feed, as what follows builds on it.
    """

    paths: tuple[Path, ...]
    cursor: Cursor
    said: str
    notes: tuple[str, ...] = ()
    is_strict: bool = False
