"""`curbside watch`: what changed under the articles of the desk, and what follows from it.

A pass compares each article that is not withdrawn with the library: its sources' standing and
text, what its summaries were read through, what came since and would be cited today, and its
review date. What it finds is noted once; an approval ends by it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from curbside.articles import Article, State
from curbside.pipeline import Engine, answer
from curbside.records import Answer, Question
from curbside.review.moves import Refusal
from curbside.review.staleness import (
    Reason,
    Touch,
    What,
    in_order,
    is_past,
    names_of,
    new_evidence,
    source_changes,
    touched,
)
from curbside.wiring.desk import Desk
from curbside.wiring.desk_views import DeskViews


@dataclass(frozen=True, slots=True)
class Watched:
    """What a pass found: how many articles it looked at, and those it touched, as they stand now,
    each with the reasons."""

    looked_at: int
    touched: tuple[tuple[Article, Touch], ...]


def watch(
    desk: Desk,
    *,
    at: str,
    engine: Engine | None = None,
    told: Callable[[Article, Touch], None] = lambda *_: None,
) -> Watched:
    """Go through every article once. Safe to stop at any time and to run again.

    Args:
        desk: an open desk.
        at: ISO 8601 time; its date is held against review dates.
        engine: answers from the same library, for finding new evidence; None looks for none.
        told: is given each article that was touched, as it is.
    """
    found = []
    articles = [each for each in desk.articles() if each.state is not State.WITHDRAWN]
    for article in articles:
        touch = touch_of(desk, article, at=at, engine=engine)
        now = desk.touch(touch, at=at) if touch else None
        # withdrawn meanwhile, or noted before
        if touch is not None and now is not None and not isinstance(now, Refusal):
            found.append((now, touch))
            told(now, touch)
    return Watched(len(articles), tuple(found))


def watch_changes(desk: Desk, *, at: str, seen: str | None) -> str:
    """A pass, where the library or the date is another than when this was called before.

    Looks for no new evidence. `seen` is what this returned then; None for the first time.
    """
    last = desk.store.last_batch()
    now = f"{last.chain if last else ''}/{at[:10]}"
    if now != seen:
        watch(desk, at=at)
    return now


def refresh(desk: Desk, article_id: str, *, at: str) -> Article | None:
    """Note what changed under one article, as before a person is shown it for signing; None where
    nothing did."""
    article = desk.article(article_id)
    if article is None or article.state is State.WITHDRAWN:
        return None
    touch = touch_of(desk, article, at=at)
    now = desk.touch(touch, at=at) if touch else None
    return None if isinstance(now, Refusal) else now


def touch_of(
    desk: DeskViews, article: Article, *, at: str, engine: Engine | None = None
) -> Touch | None:
    """Why an article is touched, whether that was noted or not; None where it is not."""
    with desk.store.reading_desk() as reading:
        version = reading.version(article.article_id, article.version)
        # as it was made, before people took claims off it: what they rejected is not new, and
        # what came before they changed a word is
        composed = reading.version(article.article_id, reading.composed(article.article_id))
        if version is None or composed is None:
            return None
        names = (name for each in version.answer.references for name in names_of(each))
        now = reading.sources_now(names)
        fresh = reading.changed_since(composed.batch)
    changes = [*source_changes(version.answer, now)]
    if engine is not None and fresh:
        today = _asked_again(article, composed.answer.question, engine, at)
        changes += new_evidence(composed.answer, today, fresh) if today else ()
    reasons = [
        reason
        for touch in touched({article.article_id: version.answer}, changes)
        for reason in touch.reasons
    ]
    # no passage of the page is from what is new: it is the page that would cite it
    reasons += [Reason(c.what, c.says) for c in changes if c.what is What.NEW]
    if article.state is State.APPROVED and is_past(article.due, at):
        reasons.append(Reason(What.DATE, f"it was {article.due}"))
    return Touch(article.article_id, in_order(reasons)) if reasons else None


def _asked_again(article: Article, question: Question, engine: Engine, at: str) -> Answer | None:
    """The page that the article's question gives today; None where its words alone no longer lead
    to it, as those of a question that follows another may not."""
    for text in (question.text, question.title):
        today = answer(text, engine=engine, at=at)
        if today.question.slug == article.article_id:
            return today
    return None
