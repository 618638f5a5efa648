"""A conversation, line by line: each question may follow the page before it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, TypeAlias

from curbside.codec.answer import answer_to_json
from curbside.errors import InputError
from curbside.interfaces.render.phrases import CLOSEST, WHAT_CLOSEST_IS, numbers_of, words_of
from curbside.interfaces.render.text import render_text
from curbside.interfaces.render.view import read_page
from curbside.interfaces.render.views import PageView
from curbside.interfaces.terminal import as_json_text, write_file
from curbside.records import Answer

_WIDEST: Final = 100
_MOST_MISSING: Final = 3
_NO_NEXT: Final = "this library has no statements for a further question of this kind"
_HELP: Final = """\
Type a question. What it leaves out is kept from the page before.
  /page           the whole page
  /next           questions that this library has statements for, and related pages
  /next N         ask the one numbered N
  /source N       what source [N] says on this page
  /forget WORDS   ask the last question again without what was kept of WORDS
  /instead WORDS  ask this in place of the last question, of the same page
  /new [WORDS]    forget the page before; ask WORDS on its own
  /save FILE      write the page as JSON, for `curbside check` and `curbside ask --follow`
  /quit           leave (also Ctrl-D)"""


@dataclass(frozen=True, slots=True)
class Talk:
    """Where a conversation stands: the page shown, the one it followed, the last question."""

    page: Answer | None = None
    before: Answer | None = None
    asked: str = ""
    forgotten: tuple[str, ...] = ()


Ask: TypeAlias = Callable[[str, Answer | None, Sequence[str]], Answer]
"""Answers a question that follows a page, keeping nothing of the words listed."""

_Reply: TypeAlias = tuple[str, Talk, bool]


def reply(line: str, talk: Talk, *, ask: Ask) -> _Reply:
    """What is said to a line, where the conversation stands after it, and whether it is over.

    Raises:
        CurbsideError: a question or a command that is not understood, with what was expected.
    """
    line = line.strip()
    if not line:
        return _HELP, talk, False
    if not line.startswith("/"):
        return _answered(replace(talk, before=talk.page, asked=line, forgotten=()), ask)
    command, _, rest = line[1:].partition(" ")
    if command in ("quit", "exit"):
        return "", talk, True
    if command not in _COMMANDS:
        raise InputError(f"unknown command /{command}; /help lists them")
    return _COMMANDS[command](talk, rest.strip(), ask)


def _help(talk: Talk, _: str, __: Ask) -> _Reply:
    return _HELP, talk, False


def _new(_: Talk, words: str, ask: Ask) -> _Reply:
    if words:
        return _answered(Talk(asked=words), ask)
    return "the next question stands on its own", Talk(), False


def _instead(talk: Talk, words: str, ask: Ask) -> _Reply:
    _page(talk)
    if not words:
        raise InputError("expected /instead QUESTION, to be asked in place of the last one")
    return _answered(replace(talk, asked=words, forgotten=()), ask)


def _whole(talk: Talk, _: str, __: Ask) -> _Reply:
    return render_text(answer_to_json(_page(talk)), width=_WIDEST), talk, False


def _next(talk: Talk, number: str, ask: Ask) -> _Reply:
    page = _page(talk)
    questions = (*page.next_questions, *page.related)
    if not questions:
        return _NO_NEXT, talk, False
    if number:
        wanted = _pick(questions, number)
        return _answered(replace(talk, before=None, asked=wanted, forgotten=()), ask)
    lines = (
        f"{place}. {each}" + (" (a page of its own)" if each in page.related else "")
        for place, each in enumerate(questions, start=1)
    )
    return "\n".join(lines), talk, False


def _pick(questions: Sequence[str], number: str) -> str:
    number = number.strip(" .")
    if not (number.isdecimal() and 1 <= int(number) <= len(questions)):
        raise InputError(f"expected /next N with N from 1 to {len(questions)}, found {number!r}")
    return questions[int(number) - 1]


def _forget(talk: Talk, words: str, ask: Ask) -> _Reply:
    if not words or talk.before is None:
        raise InputError("expected /forget WORDS after a question that follows another")
    return _answered(replace(talk, forgotten=(*talk.forgotten, words)), ask)


def _source(talk: Talk, number: str, _: Ask) -> _Reply:
    view = _view(_page(talk))
    found = [source for source in view.references if str(source.number) == number.strip(" []")]
    if not found:
        last = len(view.references)
        raise InputError(f"expected /source N with N from 1 to {last}, found {number!r}")
    source = found[0]
    said = [words_of(p) for p in view.passages if p.source.number == source.number]
    head = f"[{source.number}] {source.type}. {source.title}. {source.line}. {source.standing}."
    links = [link.url for link in source.links]
    return "\n".join([head, *links, *(f"  | {words}" for words in said)]), talk, False


def _save(talk: Talk, name: str, _: Ask) -> _Reply:
    page = _page(talk)
    if not name:
        raise InputError("expected /save FILE")
    file = Path(name).expanduser()
    write_file(file, as_json_text(answer_to_json(page)).encode())
    return f"written to {file}", talk, False


_COMMANDS: Final[Mapping[str, Callable[[Talk, str, Ask], _Reply]]] = {
    "help": _help,
    "new": _new,
    "instead": _instead,
    "page": _whole,
    "next": _next,
    "forget": _forget,
    "source": _source,
    "save": _save,
}


def _answered(talk: Talk, ask: Ask) -> _Reply:
    page = ask(talk.asked, talk.before, talk.forgotten)
    return _short(page, talk.before), replace(talk, page=page), False


def _short(page: Answer, before: Answer | None) -> str:
    """How the question was understood, the direct answer, and where to read on."""
    view = _view(page)
    lines = ["", view.title, "=" * min(_WIDEST, len(view.title))]
    lines += [f"Understood: {reading}" for reading in view.readings]
    lines += [f"! {told}" for told in (view.banner, view.notice) if told]
    if view.abstained:
        lines.append(view.abstained)
    lines += [f"{CLOSEST}. {WHAT_CLOSEST_IS}"] if view.closest else []
    lines += [f"- {p.source.type}: {words_of(p)} {numbers_of([p])}" for p in view.closest]
    for claim in view.bottom_line:
        words = f"“{claim.text}”" if claim.is_quoted else claim.text
        lines.append(f"- {words} {numbers_of(claim.passages)}")
    counts = [
        f"{lane.title}: {sum(len(section.claims) for section in lane.sections)}"
        for lane in view.lanes
        if lane.sections
    ]
    if counts:
        lines.append(f"On the page: {'; '.join(counts)}. /page shows it, /source N a source.")
    if before is not None and page.question.follows is not None:
        lines += _shared(page, before)
    lines += [f"Not found: {part.part}" for part in view.not_found[:_MOST_MISSING]]
    if len(view.not_found) > _MOST_MISSING:
        lines.append(f"Not found: {len(view.not_found) - _MOST_MISSING} more, see /page")
    lines.append(view.disclaimer)
    return "\n".join(lines)


def _shared(page: Answer, before: Answer) -> list[str]:
    """The sources that the page before cites too, with the numbers that they had there."""
    numbers = {reference.doc_id: reference.number for reference in before.references}
    kept = [
        f"[{reference.number}] (there [{numbers[reference.doc_id]}])"
        for reference in page.references
        if reference.doc_id in numbers
    ]
    return [f"Also cited on the page before: {', '.join(kept)}"] if kept else []


def _page(talk: Talk) -> Answer:
    if talk.page is None:
        raise InputError("expected a question first")
    return talk.page


def _view(page: Answer) -> PageView:
    return read_page(answer_to_json(page))
