"""A conversation: what is said to each line, and where it stands after it."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from builders import a_question, an_abstention, an_answer
from curbside.codec.answer import answer_from_json
from curbside.errors import InputError
from curbside.interfaces.cli import main
from curbside.interfaces.conversation import Talk, reply
from curbside.records import Answer, Follow
from founding import QUESTION


@dataclass
class Asked:
    """Answers with the builders' page and keeps what it was asked."""

    log: list[tuple[str, Answer | None, tuple[str, ...]]] = field(default_factory=list)

    def __call__(self, text: str, before: Answer | None, forget: Sequence[str]) -> Answer:
        self.log.append((text, before, tuple(forget)))
        return an_answer(
            question=a_question(text=text), next_questions=("What of diet?", "What of age?")
        )


def test_each_question_follows_the_page_before_and_can_be_asked_anew() -> None:
    ask, talk = Asked(), Talk()
    for line in (
        *("first", "second", "/forget gout", "/forget diet", "/instead third", "/next 2."),
        *("/new", "last", "/new alone"),
    ):
        _, talk, is_over = reply(line, talk, ask=ask)
        assert not is_over
    first, second = ask("first", None, ()), ask("second", None, ())
    alone: tuple[str, Answer | None, tuple[str, ...]] = ("alone", None, ())
    assert ask.log[:-2] == [
        ("first", None, ()),
        ("second", first, ()),
        ("second", first, ("gout",)),
        ("second", first, ("gout", "diet")),
        ("third", first, ()),
        ("What of age?", None, ()),
        ("last", None, ()),
        alone,
    ]
    assert second.question.text == "second"


def test_an_answer_is_told_in_short_with_its_caution_and_where_to_read_on() -> None:
    told, _, _ = reply("a question", Talk(), ask=Asked())
    lines = told.splitlines()
    assert lines[1] == "What predicts a gout flare after stopping allopurinol (Zyloprim)?"
    assert 'Understood: read "Zyloprim" as allopurinol' in lines
    assert (
        "- “Of 120 adults who stopped allopurinol, 61% had a flare within 12 months.” [1]" in lines
    )
    assert any(line.startswith("! This page has not been reviewed") for line in lines)
    assert any(line.startswith("For health professionals.") for line in lines)
    assert (
        "On the page: From the Guidelines: 3; From the Research: 4."
        " /page shows it, /source N a source." in lines
    )


def test_what_comes_closest_is_told_apart_from_an_answer() -> None:
    told, _, _ = reply("Is zinc good for warts?", Talk(), ask=lambda *_: an_abstention())
    lines = told.splitlines()
    at = lines.index(
        "No direct answer found. Closest evidence. These passages are the nearest that this library"
        " holds; none was judged to answer the question."
    )
    assert lines[at + 1 : at + 3] == [
        "- Cohort: “Of 120 adults who stopped allopurinol, 61% had a flare within 12 months.” [1]",
        "- Patient information: “Warts often go away without treatment.” [2]",
    ]


def test_a_follow_up_says_which_of_its_sources_the_page_before_cites_by_which_number() -> None:
    first = an_answer()
    kept = tuple(
        replace(reference, number=number)
        for number, reference in enumerate(first.references[2:4], start=1)
    )
    follows = Follow(first.question.title, first.question.slug, ("gout",), ())
    second = replace(
        an_abstention(references=kept), question=a_question(text="second", follows=follows)
    )
    talk = Talk(page=first)
    told, _, _ = reply("second", talk, ask=lambda *_: second)
    assert "Also cited on the page before: [1] (there [3]), [2] (there [4])" in told.splitlines()
    # a page that stands on its own shares nothing with the one before
    alone = replace(second, question=a_question(text="second"))
    told, _, _ = reply("second", talk, ask=lambda *_: alone)
    assert "Also cited" not in told


def test_related_pages_stand_among_what_can_be_asked_next_and_nothing_is_said_to_be_nothing() -> (
    None
):
    page = an_answer(next_questions=("What of diet?",), related=("How is gout treated?",))
    talk = Talk(page=page)
    told, _, _ = reply("/next", talk, ask=Asked())
    assert told == "1. What of diet?\n2. How is gout treated? (a page of its own)"
    ask = Asked()
    reply("/next 2", talk, ask=ask)
    assert ask.log == [("How is gout treated?", None, ())]
    bare = Talk(page=an_answer(next_questions=(), related=()))
    for line in ("/next", "/next 1"):
        told, _, _ = reply(line, bare, ask=Asked())
        assert told == "this library has no statements for a further question of this kind"


def test_a_source_is_opened_by_its_number() -> None:
    _, talk, _ = reply("a question", Talk(), ask=Asked())
    told, _, _ = reply("/source [1]", talk, ask=Asked())
    assert told.splitlines()[0].startswith("[1] Cohort. Flares after stopping")
    assert (
        "  | “Of 120 adults who stopped allopurinol, 61% had a flare within 12 months.”"
        in told.splitlines()
    )


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("/page", "expected a question first"),
        ("/next 1", "expected a question first"),
        ("/forget gout", "expected /forget WORDS after a question that follows another"),
        ("/instead third", "expected a question first"),
        ("/leave", "unknown command /leave; /help lists them"),
    ],
)
def test_a_command_that_cannot_be_followed_says_what_was_expected(line: str, expected: str) -> None:
    with pytest.raises(InputError) as raised:
        reply(line, Talk(), ask=Asked())
    assert str(raised.value) == expected


def test_numbers_out_of_range_and_files_that_cannot_be_written_are_told(tmp_path: Path) -> None:
    _, talk, _ = reply("a question", Talk(), ask=Asked())
    for line, expected in (
        ("/next 3", "expected /next N with N from 1 to 2, found '3'"),
        ("/source 9", "expected /source N with N from 1 to 5, found '9'"),
        ("/save", "expected /save FILE"),
        (f"/save {tmp_path}", f"{tmp_path}: cannot be written (Is a directory); name another file"),
    ):
        with pytest.raises(InputError) as raised:
            reply(line, talk, ask=Asked())
        assert str(raised.value) == expected


def test_a_saved_page_is_the_answer(tmp_path: Path) -> None:
    _, talk, _ = reply("a question", Talk(), ask=Asked())
    file = tmp_path / "page.json"
    told, _, _ = reply(f"/save {file}", talk, ask=Asked())
    assert told == f"written to {file}"
    assert answer_from_json(json.loads(file.read_text(encoding="utf-8"))) == talk.page


def test_the_command_talks_until_the_end_of_its_input_and_survives_bad_questions(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    typed = f"{QUESTION}\nWhat about in children?\n/nonsense\n{'x' * 3000}\n"
    monkeypatch.setattr("sys.stdin", io.StringIO(typed))
    with pytest.raises(SystemExit) as left:
        main(["chat", "--home", str(tmp_path / "none")])
    assert not left.value.code
    out = capsys.readouterr().out
    assert f"Understood: read as a follow-up to “{QUESTION}”" in out
    assert "error: unknown command /nonsense" in out
    assert "error: expected a question of at most 2000 characters, found 3000" in out
