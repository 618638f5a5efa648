"""What must hold for a move beside the state and the role, and whether it does."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final, TypeAlias

from curbside.articles import Article, Disclosure, Person, Signature
from curbside.text.mentions import mentions
from curbside.text.normalise import fold


class Condition(StrEnum):
    """What must hold, beside the state and the role, for a move."""

    CURRENT = "nothing was done to it since it was shown"
    SHOWN = "what was shown is what stands now, evidence and standing included"
    REASON = "a reason is given"
    CHANGED = "the text, its evidence or its place differs"
    CREDENTIALS = "the person's credentials are known"
    DISCLOSED = "the person's statement of interests is recent enough"
    OWN = "nobody else may have the account: whoever got it anew was confirmed"
    NO_CONFLICT = "the person declared no interest in its topic"
    NOT_AUTHOR = "the person did not write it"
    NOT_EDITOR = "the person changed no words or sources of it"
    NOT_OWN_WORDS = "the claim does not hold words of the person"
    PLAIN = "it is low-risk, word for word what its passage says, and nobody singled it out"
    HOLDS = "the claim passes every gate"
    SOUND = "every claim, quote and source of it holds now"
    DECIDED = "every claim was accepted"
    UNSIGNED = "the person has not signed this text"
    FIRST_OF_TWO = "a second signature is needed after this one"
    LAST = "no other signature is needed after this one"


@dataclass(frozen=True, slots=True)
class Policy:
    """How long a statement of interests holds, in days from its date; how long an approval does.

    A year for both: the ICMJE asks for relationships anew with every work, and societies that
    keep standing statements renew them yearly; a year is also the usual interval of "living"
    guidance.
    """

    disclosure_days: int = 365
    review_days: int = 365


@dataclass(frozen=True, slots=True)
class Act:
    """What a person wants. `by` is None for the desk itself. `step` and `shown` say what the
    person saw: the article's step, and the hash of the page's content (of one claim, to accept
    it). `reason` is why, or the meaning of a signature. `let_in_by` is the name of who gave the
    person's account, which had a way in, another one, and whom no second administrator confirmed;
    None for nearly everybody."""

    by: Person | None
    at: str
    step: int | None = None
    shown: str | None = None
    reason: str = ""
    let_in_by: str | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """How things stand at the moment of the move.

    `article` is None where there is none yet; `content` is what `Act.shown` must be; `proposed` is
    the hash that the move would give the page. `faults` of the whole page, or, in a move on one
    claim, of that claim. `open_claims` were not accepted yet; `signed` are the signatures on the
    text as it stands; `needed` says how many it takes; `own_words` whose words a claim holds;
    `not_plain` why a claim is not accepted with others.
    """

    article: Article | None
    content: str = ""
    proposed: str | None = None
    topics: tuple[tuple[str, ...], ...] = ()
    faults: tuple[str, ...] = ()
    open_claims: tuple[str, ...] = ()
    signed: tuple[Signature, ...] = ()
    needed: int = 1
    own_words: tuple[str, ...] = ()
    not_plain: tuple[str, ...] = ()


def unmet(condition: Condition, facts: Facts, act: Act, *, policy: Policy) -> str | None:
    """Why a condition does not hold, for the person who acts; None where it holds."""
    return _CHECKS[condition](facts, act, policy)


def conflicts_with(
    disclosure: Disclosure, topics: Sequence[tuple[str, ...]]
) -> tuple[tuple[str, str], ...]:
    """The declared interests that concern a page, each with the topic by which it does.

    Args:
        disclosure: a person's statement.
        topics: the wordings of each thing the page is about (generic and brand names …).

    Returns:
        (what, topic) in order of the statement; the topic is "everything" for an interest that
        names none. A topic concerns the page where one of them mentions the other.
    """
    found = []
    for interest in disclosure.interests:
        found += [(interest.what, "everything")] if not interest.topics else []
        found += [
            (interest.what, topic)
            for topic in interest.topics
            if any(_mention_each_other(topic, wordings) for wordings in topics)
        ]
    return tuple(found)


def _mention_each_other(topic: str, wordings: tuple[str, ...]) -> bool:
    folded = fold(topic).strip()
    return mentions(topic, wordings) or any(mentions(each, (folded,)) for each in wordings)


_Check: TypeAlias = Callable[[Facts, Act, Policy], "str | None"]


def _current(facts: Facts, act: Act, _policy: Policy) -> str | None:
    # another step was refused before; this refuses who does not say which was seen
    return "say which step of the article you saw" if act.step is None and facts.article else None


def _shown(facts: Facts, act: Act, _policy: Policy) -> str | None:
    if act.shown == facts.content:
        return None
    return (
        "what you were shown is not what stands now: its text, its evidence or the standing of a"
        " source changed; look at it again"
    )


def _reason(_facts: Facts, act: Act, _policy: Policy) -> str | None:
    return None if act.reason.strip() else "say why"


def _changed(facts: Facts, _act: Act, _policy: Policy) -> str | None:
    return "nothing would change" if facts.proposed == facts.content else None


def _credentials(_facts: Facts, act: Act, _policy: Policy) -> str | None:
    if act.by is not None and act.by.credentials.strip():
        return None
    return "give your credentials before you review; an administrator enters them"


def _disclosed(_facts: Facts, act: Act, policy: Policy) -> str | None:
    disclosure = act.by.disclosure if act.by else None
    if disclosure is None:
        return "state your interests before you review"
    age = time_of(act.at) - time_of(disclosure.at)
    # a statement of a day to come is none
    if timedelta(0) <= age <= timedelta(days=policy.disclosure_days):
        return None
    return (
        f"your statement of interests is of {disclosure.at[:10]} and holds for"
        f" {policy.disclosure_days} days; state them anew"
    )


def _own(_facts: Facts, act: Act, _policy: Policy) -> str | None:
    if act.let_in_by is None:
        return None
    return (
        f"{act.let_in_by} gave your account another way in; it reviews nothing until a second"
        " administrator confirms that it is still yours"
    )


def _no_conflict(facts: Facts, act: Act, _policy: Policy) -> str | None:
    if act.by is None or act.by.disclosure is None:
        return None
    found = conflicts_with(act.by.disclosure, facts.topics)
    if not found:
        return None
    told = "; ".join(f"{what} ({topic})" for what, topic in found)
    return f"you declared an interest in what this page is about: {told}; another must review it"


def _not_author(facts: Facts, act: Act, _policy: Policy) -> str | None:
    if facts.article and act.by and act.by.person_id in facts.article.authors:
        return "you wrote it; another must review and sign it"
    return None


def _not_editor(facts: Facts, act: Act, _policy: Policy) -> str | None:
    if facts.article and act.by and act.by.person_id in facts.article.editors:
        return "you changed words or sources of it; another must sign it"
    return None


def _not_own_words(facts: Facts, act: Act, _policy: Policy) -> str | None:
    if act.by and act.by.person_id in facts.own_words:
        return "these are your words; another must accept them"
    return None


def _plain(facts: Facts, _act: Act, _policy: Policy) -> str | None:
    if not facts.not_plain:
        return None
    return f"it is looked at by itself: {'; '.join(facts.not_plain)}"


def _holds(facts: Facts, _act: Act, _policy: Policy) -> str | None:
    return f"it does not hold: {'; '.join(facts.faults)}" if facts.faults else None


def _decided(facts: Facts, _act: Act, _policy: Policy) -> str | None:
    if not facts.open_claims:
        return None
    return f"not every claim was accepted: {', '.join(facts.open_claims)}"


def _unsigned(facts: Facts, act: Act, _policy: Policy) -> str | None:
    if act.by and any(each.by == act.by.person_id for each in facts.signed):
        return "you signed this text already; the second signature is another person's"
    return None


def _first_of_two(facts: Facts, _act: Act, _policy: Policy) -> str | None:
    if len(facts.signed) + 1 < facts.needed:
        return None
    return "no signature is needed after yours: approve it"


def _last(facts: Facts, _act: Act, _policy: Policy) -> str | None:
    if len(facts.signed) + 1 >= facts.needed:
        return None
    return "it holds high-risk claims and needs a second signature after yours: sign it"


_CHECKS: Final[Mapping[Condition, _Check]] = {
    Condition.CURRENT: _current,
    Condition.SHOWN: _shown,
    Condition.REASON: _reason,
    Condition.CHANGED: _changed,
    Condition.CREDENTIALS: _credentials,
    Condition.DISCLOSED: _disclosed,
    Condition.OWN: _own,
    Condition.NO_CONFLICT: _no_conflict,
    Condition.NOT_AUTHOR: _not_author,
    Condition.NOT_EDITOR: _not_editor,
    Condition.NOT_OWN_WORDS: _not_own_words,
    Condition.PLAIN: _plain,
    Condition.HOLDS: _holds,
    Condition.SOUND: _holds,
    Condition.DECIDED: _decided,
    Condition.UNSIGNED: _unsigned,
    Condition.FIRST_OF_TWO: _first_of_two,
    Condition.LAST: _last,
}


def time_of(text: str) -> datetime:
    """An ISO 8601 date or time, of UTC where it names no zone."""
    time = datetime.fromisoformat(text)
    return time if time.tzinfo else time.replace(tzinfo=UTC)
