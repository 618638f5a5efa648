"""Who may enter which part of the desk, beside what the table of moves says of articles."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from curbside.articles import DeskRole, Person


class Area(StrEnum):
    """A part of the desk."""

    ARTICLES = "articles, their history, and what readers say"
    ACCOUNTS = "the accounts of others"


_PEOPLE: Final = tuple(role for role in DeskRole if role is not DeskRole.DESK)
ENTRY: Final[Mapping[Area, tuple[DeskRole, ...]]] = {
    Area.ARTICLES: _PEOPLE,
    Area.ACCOUNTS: (DeskRole.ADMINISTRATOR,),
}


def may_enter(person: Person, area: Area) -> bool:
    """Whether a person's roles open a part of the desk; none does for a closed account."""
    return person.is_active and any(role in ENTRY[area] for role in person.roles)
