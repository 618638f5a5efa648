"""The child process in which a stranger's PDF is taken apart, with hard limits.

The parent calls `pdf_lines`. The child gets the bytes on its standard input, limits itself before
it looks at them, and gives plain JSON back. A file that hangs, eats memory or crashes the parser
costs that child and nothing else. Once it has loaded what it needs it can open no file and no
socket: it may hold no more descriptors than it has, which holds for native code too. On systems
without these limits (Windows) the time limit alone holds.
"""

from __future__ import annotations

import ctypes
import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any, BinaryIO, Final, NamedTuple

from curbside.errors import SourceError

_MEMORY: Final = 192 << 20
"""Bytes that the child may use beside what it needs to start."""
_SECONDS: Final = 1.8
_SECONDS_MIB: Final = 1.0
"""And for every mebibyte of the file."""
_SECONDS_MOST: Final = 120.0
_PAGES_MAX: Final = 3_000
_CHARACTERS_MAX: Final = 8_000_000
_GAP: Final = 1.4
"""White space of so many font sizes parts two columns or cells; word spaces are under one."""
_SPACE: Final = 0.08
"""White space of so many font sizes is a space, even where the file draws none."""
_TEXT_MAX: Final = 64 << 20


class PdfLine(NamedTuple):
    """A run of text on one line of a page: its box in points from the bottom left, the size of
    its letters, and whether they are bold."""

    page: int
    left: float
    bottom: float
    right: float
    top: float
    size: float
    is_bold: bool
    text: str


class PdfText(NamedTuple):
    """The lines of a file in the order in which it draws them, the size of each page in points,
    and what it says of itself ("Title", "Author")."""

    lines: tuple[PdfLine, ...]
    pages: tuple[tuple[float, float], ...]
    about: dict[str, str]


def pdf_lines(data: bytes, *, path: str) -> PdfText:
    """Take a PDF apart in a child process.

    Raises:
        SourceError: it is encrypted, damaged, too large, or took too long or too much memory.
    """
    limit = min(_SECONDS_MOST, _SECONDS + _SECONDS_MIB * (len(data) >> 20))
    expected = "a PDF that can be read"
    try:
        done = subprocess.run(  # noqa: S603  (this interpreter, this module)
            [sys.executable, "-m", __name__],
            input=data,
            capture_output=True,
            timeout=limit,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        found = f"one that is not read within {limit:.0f} s"
        raise SourceError(path, expected=expected, found=found) from error
    if done.returncode != 0:
        said = done.stderr.decode("utf-8", "replace").strip().rpartition("\n")[2][:120]
        found = said or f"one that ends its reader (code {done.returncode})"
        raise SourceError(path, expected=expected, found=found)
    answer = json.loads(done.stdout)
    return PdfText(
        tuple(PdfLine(*line) for line in answer["lines"]),
        tuple((width, height) for width, height in answer["pages"]),
        answer["about"],
    )


def _confine() -> None:
    """Give up what reading a file does not need."""
    try:
        import resource
    except ImportError:
        return
    used = 0
    try:
        with open("/proc/self/statm", "rb") as statm:  # noqa: PTH123  (pathlib is not loaded here)
            used = int(statm.read().split()[0]) * resource.getpagesize()
    except OSError:
        used = 256 << 20
    resource.setrlimit(resource.RLIMIT_AS, (used + _MEMORY, used + _MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    # no descriptor above those that are open: neither a file nor a socket can be opened
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))


def _main(data: bytes) -> dict[str, object]:
    import pypdfium2
    import pypdfium2.raw as raw

    "".encode("utf-16-le")  # loads the codec while files can be opened
    _confine()
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        raise SystemExit(f"one that PDFium refuses: {error}") from error
    if len(document) > _PAGES_MAX:
        raise SystemExit(f"one of {len(document):,} pages; at most {_PAGES_MAX:,} are read")
    lines: list[PdfLine] = []
    pages: list[tuple[float, float]] = []
    seen = 0
    for number in range(len(document)):
        page = document[number]
        pages.append((page.get_width(), page.get_height()))
        text = page.get_textpage()
        seen += text.count_chars()
        if seen > _CHARACTERS_MAX:
            raise SystemExit(f"one of over {_CHARACTERS_MAX:,} characters")
        lines += _lines(raw, text.raw, text.count_chars(), number + 1)
        text.close()
        page.close()
    about = document.get_metadata_dict(skip_empty=True)
    return {"lines": lines, "pages": pages, "about": about}


def _lines(
    raw: Any,  # noqa: ANN401  (a module of foreign functions, without hints)
    text: Any,  # noqa: ANN401
    count: int,
    page: int,
) -> Iterator[PdfLine]:
    """The runs of a page: parted at line breaks and where a gap or a leap parts two letters."""
    run: list[tuple[str, float, float, float, float, float, bool]] = []
    name = ctypes.create_string_buffer(128)
    flags = ctypes.c_int()
    loose = raw.FS_RECTF()
    for at in range(count):
        code = raw.FPDFText_GetUnicode(text, at)
        letter = chr(code) if 0 < code < 0x110000 and not 0xD800 <= code < 0xE000 else ""
        if letter in ("\r", "\n", ""):
            yield from _run(run, page)
            run = []
            continue
        # the nominal size is often 1, scaled by a matrix; the loose box is as high as the font and
        # as wide as the letter's advance
        raw.FPDFText_GetLooseCharBox(text, at, loose)
        size = abs(loose.top - loose.bottom)
        box = (loose.left, loose.bottom, loose.right, loose.top)
        if run and not letter.isspace():
            last = next((each for each in reversed(run) if not each[0].isspace()), run[-1])
            leaps = box[1] > last[4] or box[3] < last[2] or box[0] < last[1] - last[5]
            gap = (box[0] - last[3]) / max(last[5], 1.0)
            if leaps or gap > _GAP:
                yield from _run(run, page)
                run = []
            elif gap > _SPACE and not run[-1][0].isspace():
                run.append((" ", *box, size, False))
        raw.FPDFText_GetFontInfo(text, at, name, len(name), flags)
        weight = raw.FPDFText_GetFontWeight(text, at)
        is_bold = weight >= 600 or b"bold" in name.value.lower() or b"black" in name.value.lower()
        run.append((letter, *box, size, is_bold))
    yield from _run(run, page)


def _run(
    run: list[tuple[str, float, float, float, float, float, bool]], page: int
) -> Iterator[PdfLine]:
    text = "".join(letter for letter, *_ in run)
    drawn = [each for each in run if not each[0].isspace()]
    if not drawn:
        return
    sizes = sorted(each[5] for each in drawn)
    yield PdfLine(
        page,
        min(each[1] for each in drawn),
        min(each[2] for each in drawn),
        max(each[3] for each in drawn),
        max(each[4] for each in drawn),
        round(sizes[len(sizes) // 2], 2),
        sum(each[6] for each in drawn) * 2 > len(drawn),
        text,
    )


def _serve(source: BinaryIO) -> None:
    answer = json.dumps(_main(source.read()))
    if len(answer) > _TEXT_MAX:
        raise SystemExit(f"one of over {_TEXT_MAX >> 20} MiB of text")
    sys.stdout.write(answer)


if __name__ == "__main__":
    try:
        _serve(sys.stdin.buffer)
    except MemoryError:
        raise SystemExit(f"one that takes over {_MEMORY >> 20} MiB of memory") from None
