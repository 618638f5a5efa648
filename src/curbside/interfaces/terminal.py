"""What every command shares: its exit codes, the library it means, how it tells of its work."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Annotated, Final

import typer

from curbside.errors import CodecError, InputError
from curbside.records import Reader

if TYPE_CHECKING:
    from curbside.codec.records import Json
    from curbside.records import Answer
    from curbside.wiring.config import Settings
    from curbside.wiring.library import AddProgress

FAILED: Final = 1
NOT_UNDERSTOOD: Final = 2
NO_LIBRARY: Final = 3
INTERNAL: Final = 70
INTERRUPTED: Final = 130


Home = Annotated[
    Path | None,
    typer.Option(
        "--home",
        help="Folder of the library. Default: CURBSIDE_HOME, else your user data folder.",
        show_default=False,
    ),
]


AsReader = Annotated[
    Reader, typer.Option("--as", help="Whom the page is for; the claims stay the same.")
]


def settings_of(home: Path | None) -> Settings:
    """The settings for the folder that was named, else for this person."""
    from curbside.wiring.config import read_settings, settings_at

    return settings_at(home, os.environ) if home else read_settings(os.environ)


def home_of(home: Path | None) -> Path:
    """The folder of the library. Raises InputError where there is none."""
    folder = settings_of(home).home
    if folder is None:
        raise InputError("expected a folder for the library; name one with --home")
    return folder


def as_json_text(data: Json) -> str:
    """JSON for people and programs: indented, a newline at its end."""
    return json.dumps(data, ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def read_json(file: Path) -> object:
    """What a file holds as JSON. Raises InputError."""
    try:
        return json.loads(file.read_bytes())
    except OSError as error:
        raise InputError(f"{file}: expected a file that may be read; {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise InputError(f"{file}: expected JSON; {error}") from error


def read_answer(file: Path) -> tuple[Answer, object]:
    """The answer that a file holds, and the same as JSON. Raises InputError, CodecError."""
    from curbside.codec.answer import answer_from_json

    data = read_json(file)
    try:
        return answer_from_json(data), data
    except CodecError as error:
        raise CodecError(
            f"{file}: expected an answer of this version of Curbside (`ask --format json`);"
            f" {error}. Where another version made it, ask the question again"
        ) from error


def write_file(file: Path, content: bytes) -> None:
    """Write whole or not at all: a reader never sees half a page.

    A device or a pipe (`/dev/null`) is written to, never replaced. Raises InputError.
    """
    target = file.resolve()
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        if file.exists() and not file.is_file():
            file.write_bytes(content)
            return
        part.write_bytes(content)
        part.replace(target)
    except OSError as error:
        raise InputError(
            f"{file}: cannot be written ({error.strerror or error}); name another file"
        ) from error
    finally:
        with suppress(OSError):
            part.unlink()


@contextmanager
def add_progress() -> Iterator[Callable[[AddProgress], None]]:
    """A line on stderr that says how far reading has come; silent where nobody watches."""
    from rich.console import Console
    from rich.text import Text

    from curbside.interfaces.render.view import clean

    console = Console(stderr=True, highlight=False)
    begun: dict[str, float] = {}
    with console.status("Reading") as status:

        def show(progress: AddProgress) -> None:
            now = monotonic()
            seconds = now - begun.setdefault(progress.step.value, now)
            path = f" {progress.path}" if progress.path else ""
            words = f"{progress.step.value.capitalize()}{path}: {progress.done:,}"
            words += _pace(progress, seconds)
            # Text, as a path may hold what rich would read as markup
            status.update(Text(clean(words)))

        yield show


def embed_passages(folder: Path, settings: Settings) -> None:
    """Make every passage findable by its meaning, and say how many were made."""
    from curbside.wiring.library import embed_all

    try:
        with add_progress() as progress:
            made = embed_all(folder, settings=settings, progress=progress)
    except KeyboardInterrupt:
        complain("interrupted; what was made is kept, `curbside embed` goes on")
        raise typer.Exit(INTERRUPTED) from None
    typer.echo(f"{made:,} passages made findable by meaning")


@contextmanager
def work_progress() -> Iterator[Callable[[str, int], None]]:
    """A line on stderr that says how far the work has come; silent where nobody watches."""
    from rich.console import Console

    console = Console(stderr=True, highlight=False)
    begun = monotonic()
    with console.status("Working") as status:

        def show(what: str, done: int) -> None:
            rate = done / max(0.001, monotonic() - begun)
            status.update(f"{done:,} {what}, {rate:,.0f} a second")

        yield show


def _pace(progress: AddProgress, seconds: float) -> str:
    """How fast a step goes, and how long it will take yet, where that is known."""
    if seconds < 1:
        return ""
    rate = f", {progress.done / seconds:,.0f} a second"
    if not progress.share:
        return rate
    left = seconds / progress.share - seconds
    return f"{rate}, {progress.share:.0%}, {left // 60:.0f} min {left % 60:02.0f} s left"


def complain(text: str) -> None:
    """Tell on stderr; what a file holds cannot write to the terminal as it likes."""
    from curbside.interfaces.render.view import clean

    typer.echo(f"curbside: {clean(text)}", err=True)
