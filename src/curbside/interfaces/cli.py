"""The `curbside` command. It reads arguments and prints; every decision is made below it.

Exit codes: 0 done (a page that says "not known" is done); 1 done, with a result that is a failure
(a check did not hold, nothing could be loaded); 2 what was handed in is not understood; 3 the
library cannot be read or written; 70 an error of this program; 130 interrupted.

What is heavy is imported inside the commands, so that `--help` answers at once.
"""

from __future__ import annotations

import gc
import sys
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from curbside import __version__
from curbside.errors import CodecError, CurbsideError, InputError, QuestionError
from curbside.interfaces.articles import articles
from curbside.interfaces.audit_log import audit_log
from curbside.interfaces.backup import backup, restore
from curbside.interfaces.bench import bench
from curbside.interfaces.chat import chat
from curbside.interfaces.config import config
from curbside.interfaces.export.forms import BINARY, BY_SUFFIX, ExportForm, Style
from curbside.interfaces.library import library
from curbside.interfaces.people import people
from curbside.interfaces.server.serve import serve
from curbside.interfaces.standing import standing
from curbside.interfaces.sync import sync
from curbside.interfaces.terminal import (
    FAILED,
    INTERNAL,
    INTERRUPTED,
    NO_LIBRARY,
    NOT_UNDERSTOOD,
    AsReader,
    Home,
    add_progress,
    as_json_text,
    complain,
    embed_passages,
    home_of,
    read_answer,
    settings_of,
    write_file,
)
from curbside.interfaces.watch import watch
from curbside.interfaces.wording import (
    refuse_alone,
    rehearse,
    tell_account,
    teller,
    with_generator,
)
from curbside.records import Reader

if TYPE_CHECKING:
    from curbside.codec.records import Json
    from curbside.models.onnx_encoder import OnnxEncoder
    from curbside.pipeline import Engine
    from curbside.records import Answer
    from curbside.wiring.library import AddProgress, AddReport

_WIDEST: Final = 100


Output = Annotated[
    Path | None,
    typer.Option("--output", "-o", help="Write to this file.", show_default=False),
]

app = typer.Typer(
    name="curbside",
    help="Ask a clinical question; every sentence of the answer opens the passage that says it.",
    epilog=(
        "Exit codes: 0 done; 1 a check failed or nothing was loaded; 2 input not understood;"
        " 3 library not readable; 70 internal error; 130 interrupted."
    ),
    no_args_is_help=True,
    add_completion=False,
    # plain help: drawing it with boxes would double the time to show it
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command and leave with its exit code.

    Args:
        arguments: what stands after `curbside`; None takes the process's own.

    Raises:
        SystemExit: always.
    """
    words = list(sys.argv[1:] if arguments is None else arguments)
    is_debug = "--debug" in words
    try:
        app(words, prog_name="curbside")
    except CurbsideError as error:
        if is_debug:
            traceback.print_exc()
        complain(str(error))
        sys.exit(NOT_UNDERSTOOD if isinstance(error, InputError | CodecError) else NO_LIBRARY)
    except Exception as error:  # noqa: BLE001  (the one place: nothing may end in a bare traceback)
        if is_debug:
            traceback.print_exc()
        complain(
            f"internal error, please report it with the output of --debug:"
            f" {type(error).__name__}: {error}"
        )
        sys.exit(INTERNAL)


def _print_version(*, is_asked: bool) -> None:
    if is_asked:
        typer.echo(f"curbside {__version__}")
        raise typer.Exit


app.add_typer(articles, name="articles")
app.add_typer(audit_log, name="audit-log")
app.add_typer(bench, name="bench")
app.add_typer(library, name="library")
app.add_typer(people, name="people")
app.command()(backup)
app.command()(chat)
app.command()(config)
app.command()(restore)
app.command()(serve)
app.command()(standing)
app.command()(sync)
app.command()(watch)


@app.callback()
def _root(
    *,
    version: Annotated[
        bool,
        typer.Option(
            "--version",
            help="Print the version and leave.",
            is_eager=True,
            callback=lambda value: _print_version(is_asked=value),
        ),
    ] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")] = False,
) -> None:
    """Answer clinical questions with passages."""
    # both are read elsewhere: the version by its callback, as it needs no command; debug by
    # `main`, as an error may come before or after this


@app.command()
def ask(
    question: Annotated[str, typer.Argument(help='The question; "-" reads it from stdin.')],
    *,
    form: Annotated[
        ExportForm | None,
        typer.Option(
            "--format",
            help=f"Default: what the name of -o ends in ({' '.join(BY_SUFFIX)}), else text.",
            show_default=False,
        ),
    ] = None,
    output: Output = None,
    quotes: Annotated[
        bool, typer.Option("--quotes/--no-quotes", help="Text: each claim with its passages.")
    ] = False,
    at: Annotated[
        str | None,
        typer.Option(
            "--at", help="ISO 8601 time to date the answer with. Default: now.", show_default=False
        ),
    ] = None,
    as_of: Annotated[
        str | None,
        typer.Option(
            "--as-of",
            help="Answer from the library as it was: the number of a batch"
            " (`curbside library history`) or an ISO 8601 time.",
            show_default=False,
        ),
    ] = None,
    follow: Annotated[
        Path | None,
        typer.Option(
            "--follow",
            help="The answer (JSON) that this question follows; what it leaves out is kept.",
            show_default=False,
        ),
    ] = None,
    forget: Annotated[
        list[str] | None,
        typer.Option(
            "--forget", help="With --follow: words of what is not to be kept.", show_default=False
        ),
    ] = None,
    reader: AsReader = Reader.CLINICIAN,
    generator: Annotated[
        bool,
        typer.Option(
            "--generator",
            help="Let the configured language model reword the page; every sentence is checked.",
        ),
    ] = False,
    dry_run: Annotated[
        bool,
        typer.Option("--dry-run", help="With --generator: print what would be sent, send nothing."),
    ] = False,
    send_personal: Annotated[
        bool,
        typer.Option(
            "--send-personal",
            help="With --generator: send even what looks like personal data.",
        ),
    ] = False,
    home: Home = None,
) -> None:
    """Answer a question from the library."""
    refuse_alone(generator=generator, dry_run=dry_run, send_personal=send_personal)
    text = _question_from_stdin() if question == "-" else question
    made_at = _now() if at is None else _time(at)
    chosen = _form(form, output, default=ExportForm.TEXT)
    earlier = _earlier(follow, forget)

    with _uncollected():
        from curbside.wiring.ahead import loading_encoder

        # before what answers is imported, which takes as long
        embedder = loading_encoder(settings_of(home))

        from curbside.codec.answer import answer_to_json
        from curbside.pipeline import answer, read_as

        engine = _engine(home, embedder) if as_of is None else _engine_at(home, as_of, embedder)
        asked = partial(answer, text, at=made_at, earlier=earlier, forget=forget or ())
        if dry_run:
            rehearse(asked, engine, settings_of(home), send_personal=send_personal)
            return
        if generator:
            engine = with_generator(engine, settings_of(home), send_personal=send_personal)
        made = asked(engine=engine, told=teller())
        if generator:
            tell_account(made)
        from curbside.wiring.reviewed import review_of

        read = read_as(made, reader, vocabulary=engine.vocabulary)
        page = answer_to_json(read, review=review_of(settings_of(home), read))
        if output is None and chosen is ExportForm.TEXT and sys.stdout.isatty():
            _show(page, show_quotes=quotes)
        else:
            _hand_out(_drawn(page, chosen, show_quotes=quotes), output)


@app.command()
def add(
    paths: Annotated[
        list[Path],
        typer.Argument(help="Files or folders: PubMed, JATS, PDF, HTML, Markdown, labels, RIS …"),
    ],
    *,
    embed: Annotated[
        int | None,
        typer.Option(
            "--embed",
            min=0,
            help="Make at most so many passages findable by meaning now. Default: all.",
            show_default=False,
        ),
    ] = None,
    home: Home = None,
) -> None:
    """Read sources into the library. Safe to interrupt and to run again."""
    from curbside.store import PutCounts
    from curbside.wiring.library import AddStep, add_paths

    step = AddStep.READING

    try:
        with add_progress() as progress:

            def note(made: AddProgress) -> None:
                nonlocal step
                step = made.step
                progress(made)

            report = add_paths(
                home_of(home),
                paths,
                at=_now(),
                progress=note,
                embedded=embed,
                settings=settings_of(home),
            )
    except KeyboardInterrupt:
        if step is AddStep.EMBEDDING:
            complain(
                "interrupted; all that was read is found by its words, `curbside embed` goes on"
                " making it findable by meaning"
            )
        else:
            complain("interrupted; what was read is kept, run the same command again to go on")
        raise typer.Exit(INTERRUPTED) from None
    _report(report)
    if report.changed == PutCounts() and not report.known_files:
        complain("nothing was loaded; docs/how-to.md lists the forms that are read")
        raise typer.Exit(FAILED)


@app.command()
def check(
    file: Annotated[Path, typer.Argument(help="An answer as JSON (ask --format json).")],
    *,
    home: Home = None,
) -> None:
    """Verify an answer again, word by word, against the library as it stands now."""
    from curbside.codec.answer import alterations

    answer, data = read_answer(file)

    from curbside.interfaces.render.view import clean
    from curbside.verify.recheck import recheck
    from curbside.wiring.engine import topic_words
    from curbside.wiring.opened import open_library
    from curbside.wiring.reviewed import review_of

    library = open_library(settings_of(home)).library
    failed = recheck(answer, library=library, vocabulary=topic_words())
    failures = [f"{failure.where}: {failure.gate}: {failure.reason}" for failure in failed]
    try:
        failures += alterations(data, answer, review=review_of(settings_of(home), answer))
    except CodecError as error:
        # ids that lead nowhere: readable, so a failure of the answer and not of its form
        failures.append(str(error))
    for failure in failures:
        typer.echo(clean(failure))
    if failures:
        raise typer.Exit(FAILED)
    typer.echo(
        f"holds: {len(answer.claims)} claims, {len(answer.evidence)} passages,"
        f" {len(answer.references)} references"
    )


@app.command()
def export(
    file: Annotated[Path, typer.Argument(help="An answer as JSON (ask --format json).")],
    *,
    form: Annotated[
        ExportForm | None,
        typer.Option(
            "--to",
            help=f"Default: what the name of -o ends in ({' '.join(BY_SUFFIX)}).",
            show_default=False,
        ),
    ] = None,
    output: Output = None,
    style: Annotated[
        Style | None,
        typer.Option(
            "--style",
            help="How docx and pdf write references. Default: nlm.",
            show_default=False,
        ),
    ] = None,
    reader: Annotated[
        Reader | None,
        typer.Option(
            "--as",
            help="Whom it is for; the claims stay the same. Default: as the answer was drawn.",
            show_default=False,
        ),
    ] = None,
    home: Home = None,
) -> None:
    """Make a document or a list of references of a stored answer."""
    chosen = _form(form, output, default=None)
    if style is not None and chosen not in BINARY:
        raise InputError(
            f"--style: expected with {' or '.join(sorted(BINARY))}, found {chosen};"
            " the other forms write references in their own way"
        )

    from curbside.codec.answer import answer_to_json
    from curbside.wiring.reviewed import review_of

    # through the records: what is no answer is refused with the place and the reason, a banner
    # that was taken away is back, and signatures are those that the desk knows of
    answer = read_answer(file)[0]
    if reader is not None:
        from curbside.pipeline import read_as
        from curbside.wiring.engine import topic_words

        answer = read_as(answer, reader, vocabulary=topic_words())
    page = answer_to_json(answer, review=review_of(settings_of(home), answer))

    from curbside.interfaces.export import export_page

    _hand_out(export_page(page, chosen, style=style or Style.NLM), output)


@app.command()
def embed(*, home: Home = None) -> None:
    """Make every passage of the library findable by its meaning too. Safe to interrupt."""
    embed_passages(home_of(home), settings_of(home))


@app.command()
def schema() -> None:
    """Print the JSON Schema of an answer."""
    from curbside.codec.answer import answer_schema

    typer.echo(as_json_text(answer_schema()).encode(), nl=False)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Without looking for cycles: what is loaded for one answer lives to the end of the process,
    and going through it again and again takes a fifth of the time."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _earlier(follow: Path | None, forget: Sequence[str] | None) -> Answer | None:
    """The answer that a question follows. Raises InputError, CodecError."""
    if follow is None:
        if forget:
            raise InputError("expected --follow with --forget: nothing is kept of no page")
        return None
    return read_answer(follow)[0]


def _engine(home: Path | None, embedder: OnnxEncoder) -> Engine:
    from curbside.wiring.engine import open_engine

    return open_engine(settings_of(home), embedder)


def _engine_at(home: Path | None, as_of: str, embedder: OnnxEncoder) -> Engine:
    from curbside.wiring.engine import open_engine_at

    engine, batch = open_engine_at(settings_of(home), as_of, embedder)
    complain(
        f"answering from the library as it was after batch {batch.batch} of {batch.at}; sources"
        " may have been corrected or retracted since, `curbside check` tells"
    )
    return engine


def _question_from_stdin() -> str:
    try:
        return sys.stdin.buffer.read().decode().rstrip("\r\n")
    except UnicodeDecodeError as error:
        raise QuestionError(f"expected UTF-8 text on stdin; {error}") from error


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _time(text: str) -> str:
    try:
        datetime.fromisoformat(text)
    except ValueError as error:
        raise InputError(
            f'--at: expected an ISO 8601 time like "2026-01-31T12:00:00Z", found {text!r}'
        ) from error
    return text


def _form(
    form: ExportForm | None, output: Path | None, *, default: ExportForm | None
) -> ExportForm:
    """What to make, refused early: an answer should not be made and then lost."""
    if output is not None:
        _check_target(output)
    by_name = BY_SUFFIX.get(output.suffix.lower()) if output else None
    chosen = form or by_name or default
    if chosen is None:
        raise InputError(
            f"expected --to with one of {', '.join(ExportForm)}, or a file with -o whose name ends"
            f" in one of {' '.join(BY_SUFFIX)}; found {output or 'neither'}"
        )
    if chosen in BINARY and output is None and sys.stdout.isatty():
        raise InputError(
            f"{chosen} is not for a terminal; expected a file: -o answer.{chosen}, or a pipe"
        )
    return chosen


def _drawn(page: dict[str, Json], form: ExportForm, *, show_quotes: bool) -> bytes:
    if form is ExportForm.TEXT:
        from curbside.interfaces.export.page import WIDTH
        from curbside.interfaces.render.text import render_text

        return render_text(page, width=WIDTH, show_quotes=show_quotes).encode()

    from curbside.interfaces.export import export_page

    return export_page(page, form)


def _hand_out(content: bytes, output: Path | None) -> None:
    if output is None:
        # bytes, as the form does not depend on the encoding of a terminal
        typer.echo(content, nl=False)
    else:
        write_file(output, content)


def _show(page: dict[str, Json], *, show_quotes: bool) -> None:
    from rich.console import Console

    from curbside.interfaces.render.text import NARROWEST, draw_text

    console = Console(highlight=False)
    width = max(NARROWEST, min(console.width, _WIDEST))
    # no wrapping by the console: the lines are made for this width
    console.print(draw_text(page, width=width, show_quotes=show_quotes), soft_wrap=True, end="")


def _check_target(file: Path) -> None:
    """Refuse early: an answer should not be made and then lost."""
    if not file.parent.is_dir():
        raise InputError(f"{file}: the folder {file.parent} does not exist; make it first")
    if file.is_dir():
        raise InputError(f"{file}: expected a file, found a folder")


def _report(report: AddReport) -> None:
    changed = report.changed
    said = [
        f"{changed.added:,} added, {changed.revised:,} revised, {changed.unchanged:,} unchanged"
    ]
    said += [f"{changed.removed:,} taken back by their source"] if changed.removed else []
    said += [f"{changed.stale:,} older than what is known"] if changed.stale else []
    said += [f"{report.known_files:,} files read before"] if report.known_files else []
    typer.echo(", ".join([*said, f"{len(report.rejected):,} rejected"]))
    typer.echo(f"The library holds {report.documents:,} documents, {report.passages:,} passages")
    for rejected in report.rejected:
        where = f"{rejected.path}, {rejected.record}" if rejected.record else rejected.path
        # an error of a whole file names the file itself
        complain(f"rejected {where}: {rejected.reason.removeprefix(where).removeprefix(': ')}")
