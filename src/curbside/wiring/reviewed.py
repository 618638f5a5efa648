"""Where a page stands in review at this person's desk, for whatever shows or hands out a page."""

from __future__ import annotations

from contextlib import closing

from curbside.articles import UNREVIEWED, Review
from curbside.records import Answer
from curbside.wiring.config import Settings
from curbside.wiring.opened import has_library, store_of


def review_of(settings: Settings, answer: Answer) -> Review:
    """Where exactly this page stands in review; as one that no desk has, where there is no
    library, no article of its question, or one whose newest version says anything else.

    Raises:
        LibraryError: there is a library and it cannot be read.
    """
    home = settings.home
    if home is None or not has_library(settings):
        return UNREVIEWED
    # here, as the database is not loaded for a page of the bundled topics
    from curbside.wiring.desk import desk_over

    with closing(desk_over(store_of(home, settings.database), home, settings)) as desk:
        return desk.review_of(answer)
