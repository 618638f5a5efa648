"""What a language model writes, read piece by piece as it comes: JSON in, drafts out.

The form is `{"claims": [{"text": "…", "cites": ["E1"]}, …]}`. Nothing else is read from it: where a
draft stands on the page follows from what it cites.
"""

from __future__ import annotations

import json
import re
from typing import Final

from curbside.codec.records import Json
from curbside.errors import CodecError
from curbside.records import Drafted

TEXT_MAX: Final = 1_000
"""Characters of one draft."""
_CITES_MAX: Final = 8
_CLAIMS_MAX: Final = 64
_ANSWER_MAX: Final = 1 << 18
_ID_MAX: Final = 40
_KEYS: Final = ("text", "cites")
# models like to put a fence around JSON, whatever they were asked for
_OPENING: Final = re.compile(r'\s*(?:```(?:json)?\s*)?\{\s*"claims"\s*:\s*\[')
_OPENING_MAX: Final = 200
_CLOSING: Final = re.compile(r"\s*\]\s*\}\s*(?:```\s*)?")


def drafts_schema(ids: tuple[str, ...]) -> dict[str, Json]:
    """The JSON Schema of the form, closed to these evidence ids. It is bounded, as a small model
    that is held to it may say one id, or one word, for ever. A passage is used in one draft at
    most, so there are no more drafts than ids."""
    id_list: dict[str, Json] = {
        "type": "array",
        "items": {"type": "string", "enum": list(ids)},
        "minItems": 1,
        "maxItems": min(_CITES_MAX, len(ids)),
    }
    draft: dict[str, Json] = {
        "type": "object",
        "additionalProperties": False,
        "required": list(_KEYS),
        "properties": {
            "text": {"type": "string", "maxLength": TEXT_MAX},
            "cites": id_list,
        },
    }
    drafts: dict[str, Json] = {
        "type": "array",
        "items": draft,
        "maxItems": min(_CLAIMS_MAX, len(ids)),
    }
    return {
        "type": "object",
        "additionalProperties": False,
        "required": ["claims"],
        "properties": {"claims": drafts},
    }


class DraftReader:
    """Reads one answer. A draft of another form is given with its fault; an answer of another
    form ends the reading.

    >>> reader = DraftReader()
    >>> reader.feed('{"claims": [{"text": "A.", "ci'), reader.feed('tes": ["E1"]}]}')
    ([], [Drafted(text='A.', cites=('E1',), fault=None)])
    """

    def __init__(self) -> None:
        self._held = ""
        self._read = 0
        self._count = 0
        self._is_open = False
        self._is_closed = False

    def feed(self, piece: str) -> list[Drafted]:
        """Take the next piece and return the drafts that are whole by now.

        Raises:
            CodecError: this is no answer of the form, or it is longer than an answer may be.
        """
        self._read += len(piece)
        if self._read > _ANSWER_MAX:
            raise CodecError(f"expected at most {_ANSWER_MAX:,} characters, found more")
        self._held += piece
        if not self._is_open and not self._opened():
            return []
        # a draft ends with a brace; without one there is nothing new that is whole
        return list(self._whole()) if "}" in piece or "]" in piece else []

    def close(self) -> None:
        """Say that no more comes. Raises CodecError where the answer is not at its end."""
        if not self._is_closed:
            raise CodecError("expected the answer to end with ]}, found it cut off")

    def _opened(self) -> bool:
        match = _OPENING.match(self._held)
        if match:
            self._held = self._held[match.end() :]
            self._is_open = True
        elif len(self._held) > _OPENING_MAX:
            raise CodecError('expected {"claims": [ at its start')
        return self._is_open

    def _whole(self) -> list[Drafted]:
        found: list[Drafted] = []
        while not self._is_closed:
            self._held = self._held.lstrip()
            if _CLOSING.match(self._held):
                self._is_closed = True
                break
            start = self._held.removeprefix(",").lstrip() if self._count else self._held
            if not start or start[0] in "]":
                break
            if start[0] != "{" or (self._count and self._held[0] != ","):
                raise CodecError("expected the drafts as objects with commas between them")
            try:
                data, end = json.JSONDecoder().raw_decode(start)
            except RecursionError as error:
                raise CodecError("expected a draft, found it nested too deeply") from error
            except ValueError:
                # not whole yet; if it never is, `close` says so
                break
            self._count += 1
            if self._count > _CLAIMS_MAX:
                raise CodecError(f"expected at most {_CLAIMS_MAX} drafts, found more")
            found.append(_drafted(data))
            self._held = start[end:]
        return found


def _drafted(data: object) -> Drafted:
    if not isinstance(data, dict) or data.keys() != set(_KEYS):
        return _faulty(f"expected the keys {', '.join(_KEYS)} and no others")
    text, cites = data["text"], data["cites"]
    if not isinstance(text, str) or not text.strip():
        return _faulty("expected text as a string that is not empty")
    if len(text) > TEXT_MAX:
        return _faulty(f"expected at most {TEXT_MAX:,} characters, found more")
    if not isinstance(cites, list) or not all(isinstance(cite, str) for cite in cites):
        return _faulty("expected cites as a list of ids")
    if len(cites) > _CITES_MAX or any(len(cite) > _ID_MAX for cite in cites):
        return _faulty(f"expected at most {_CITES_MAX} ids of at most {_ID_MAX} characters")
    return Drafted(text.strip(), tuple(dict.fromkeys(cites)))


def _faulty(fault: str) -> Drafted:
    return Drafted("", (), fault)
