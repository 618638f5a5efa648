"""Is this the answer that was asked for? Checked on its bytes, before anything keeps them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Final, TypeAlias

from curbside.errors import SourceError
from curbside.ingest.xml import parse_xml, root_of, shorten

Check: TypeAlias = Callable[[bytes], None]
"""Raises Unexpected where the bytes are not what was asked for."""

_HTML: Final = re.compile(
    rb"\s*(?:<!--.*?-->\s*)*<(?:!DOCTYPE\s+html|html|head|body)\b", re.I | re.S
)
_ERROR: Final = re.compile(rb"<ERROR>(.*?)</ERROR>", re.S | re.I)
_BUSY: Final = re.compile(
    r"rate limit|too many requests|temporarily|unavailable|backend|timed? ?out|try again", re.I
)


class Unexpected(Exception):  # noqa: N818  (never leaves the fetcher: it becomes a FeedError)
    """The answer is not what was asked for. `is_passing` says that asking again may help."""

    def __init__(self, reason: str, *, is_passing: bool) -> None:
        super().__init__(reason)
        self.is_passing = is_passing


def xml_with_root(*roots: str) -> Check:
    """A check that the answer is one whole XML document with one of these roots, and no error of
    Entrez."""

    def check(data: bytes) -> None:
        expected = " or ".join(f"<{root}>" for root in roots)
        root = root_of(data.removeprefix(b"\xef\xbb\xbf"))
        refuse_other_forms(data, f"XML with the root {expected}")
        if error := _entrez_error(data, root):
            raise Unexpected(f"Entrez says: {error}", is_passing=bool(_BUSY.search(error)))
        if root not in roots:
            found = f"XML with the root <{root}>" if root else repr(data[:60])
            raise Unexpected(f"expected {expected}, found {found}", is_passing=False)
        try:
            parse_xml(data, path="the answer", record=None)
        except SourceError as fault:
            # what is cut off ends here, and comes whole the next time
            raise Unexpected(str(fault), is_passing=True) from fault

    return check


def json_with(key: str) -> Check:
    """A check that the answer is a JSON object with this key, and no error."""

    def check(data: bytes) -> None:
        refuse_other_forms(data, "JSON")
        try:
            found = json.loads(data)
        except (ValueError, RecursionError) as fault:
            raise Unexpected(f"expected JSON, found {fault}", is_passing=True) from fault
        if not isinstance(found, dict) or key not in found:
            error = found.get("error") or found.get("errMsg") if isinstance(found, dict) else None
            said = shorten(str(error)) if error else shorten(repr(data[:60]))
            reason = f"expected JSON with {key!r}, found {said}"
            raise Unexpected(reason, is_passing=bool(error and _BUSY.search(said)))

    return check


def refuse_other_forms(data: bytes, expected: str) -> None:
    """Raise Unexpected for a web page (a log-in page, an error page) and for nothing at all."""
    if not data.strip():
        raise Unexpected(f"expected {expected}, found nothing", is_passing=True)
    if _HTML.match(data[:4096]):
        title = re.search(rb"<title>(.*?)</title>", data[:65536], re.S | re.I)
        said = f" titled {shorten(title[1].decode('utf-8', 'replace'))!r}" if title else ""
        raise Unexpected(
            f"expected {expected}, found a web page (HTML){said}; is there a proxy or a log-in"
            " page between?",
            is_passing=False,
        )


def _entrez_error(data: bytes, root: str | None) -> str | None:
    """What an answer of the E-utilities says went wrong, though its status is 200."""
    if data.lstrip().startswith(b"{"):
        try:
            found = json.loads(data)
        except (ValueError, RecursionError):
            return None
        return shorten(str(found["error"])) if "error" in found else None
    if root is None or root in {"PubmedArticleSet", "article"}:
        # an abstract may hold any word
        return None
    error = _ERROR.search(data)
    return shorten(error[1].decode("utf-8", "replace")) if error else None
