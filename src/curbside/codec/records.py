"""Any record as JSON-able data and back, strictly, from the record's own fields and type hints.

The form is plain: an object with every field by name, an array for a tuple, a string for an
enum, null for None. Nothing is left out and nothing is guessed, so that two builds that disagree
about a record find out here, with the path of the first difference, and not in an answer.
"""

from __future__ import annotations

import json
import types
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import cache
from math import isfinite
from typing import Final, TypeAlias, TypeVar, Union, get_args, get_origin, get_type_hints

from curbside.errors import CodecError

FORMAT_VERSION: Final = 1
"""Goes up when a record changes so that data of an older version no longer decode."""

Json: TypeAlias = "str | int | float | bool | list[Json] | dict[str, Json] | None"

RecordT = TypeVar("RecordT")

_Decoder: TypeAlias = Callable[[object, str], object]

_SHOWN_CHARACTERS = 60
_SCALARS: Final[Mapping[type, str]] = {
    str: "a string",
    int: "a whole number",
    float: "a number",
    bool: "true or false",
}


def encode(record: object) -> Json:
    """Return `record` (a frozen dataclass of `records`, whole) as JSON-able data.

    Every field is written, None as null, so that a missing key is always a mistake.

    Raises:
        CodecError: a value that JSON cannot hold (a set, bytes, a number that is not finite).

    >>> from curbside.records import Span
    >>> encode(Span(3, 5))
    {'start': 3, 'end': 5}
    """
    if not is_dataclass(record) or isinstance(record, type):
        raise CodecError(f"expected a record, found {_shown(record)}")
    return _encode(record, type(record).__name__.lower())


def decode(cls: type[RecordT], data: object) -> RecordT:
    """Return the record of type `cls` that `data` (parsed JSON) describes.

    Raises:
        CodecError: `data` do not describe a `cls`: a missing or unknown key, a wrong type, an
            unknown enum value, or a rule of the record itself (an empty span). The text starts
            with the path of what is wrong, "answer.claims[3].cites".

    >>> from curbside.records import Span
    >>> decode(Span, {"start": 3, "end": 5})
    Span(start=3, end=5)
    """
    if not is_dataclass(cls):
        raise CodecError(f"expected a record's class, found {_shown(cls)}")
    record = _decoder(cls)(data, cls.__name__.lower())
    # the decoder of a dataclass returns that dataclass or raises
    assert isinstance(record, cls)  # noqa: S101
    return record


def dumps(record: object) -> str:
    """Return `record` as one line of JSON with its type and format version, for keeping.

    >>> from curbside.records import Span
    >>> dumps(Span(3, 5))
    '{"record":"Span","version":1,"data":{"start":3,"end":5}}'
    """
    envelope = {"record": type(record).__name__, "version": FORMAT_VERSION, "data": encode(record)}
    return json.dumps(envelope, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def loads(cls: type[RecordT], text: str | bytes) -> RecordT:
    """Return the record that `dumps` wrote.

    Raises:
        CodecError: not JSON, another record, another format version, or see `decode`.
    """
    try:
        envelope = json.loads(text)
    except ValueError as error:
        raise CodecError(f"{cls.__name__.lower()}: expected JSON; {error}") from error
    if not isinstance(envelope, dict) or envelope.keys() != {"record", "version", "data"}:
        raise CodecError(
            f"{cls.__name__.lower()}: expected the keys record, version and data,"
            f" found {_shown(envelope)}"
        )
    if envelope["record"] != cls.__name__:
        raise CodecError(f"expected a {cls.__name__}, found a {_shown(envelope['record'])}")
    if envelope["version"] != FORMAT_VERSION:
        raise CodecError(
            f"{cls.__name__.lower()}: expected format version {FORMAT_VERSION},"
            f" found {_shown(envelope['version'])}"
        )
    return decode(cls, envelope["data"])


def _encode(value: object, path: str) -> Json:
    if isinstance(value, Enum):
        return _encode(value.value, path)
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, float):
        if not isfinite(value):
            raise CodecError(f"{path}: expected a finite number, found {value}")
        return value
    if isinstance(value, tuple):
        return [_encode(item, f"{path}[{number}]") for number, item in enumerate(value)]
    if is_dataclass(value):
        return {f.name: _encode(getattr(value, f.name), f"{path}.{f.name}") for f in fields(value)}
    raise CodecError(f"{path}: expected a record, a tuple or a plain value, found {_shown(value)}")


@cache
def _decoder(hint: object) -> _Decoder:
    """The decoder of a type hint, built once: hints are slow to read, documents are many."""
    if isinstance(hint, type):
        if is_dataclass(hint):
            return _record_decoder(hint)
        if issubclass(hint, Enum):
            return _enum_decoder(hint)
        if hint in _SCALARS:
            return _scalar_decoder(hint)
    if get_origin(hint) is tuple:
        return _tuple_decoder(get_args(hint))
    if get_origin(hint) in (Union, types.UnionType):
        return _optional_decoder(get_args(hint))
    raise CodecError(f"no JSON form is agreed for the type {hint}")


def _record_decoder(cls: type) -> _Decoder:
    hints = get_type_hints(cls)
    decoders = {f.name: _decoder(hints[f.name]) for f in fields(cls)}

    def decode_record(data: object, path: str) -> object:
        if not isinstance(data, dict):
            raise CodecError(f"{path}: expected an object, found {_shown(data)}")
        if data.keys() != decoders.keys():
            _raise_for_keys(data, decoders, path)
        values = {name: decoder(data[name], f"{path}.{name}") for name, decoder in decoders.items()}
        try:
            return cls(**values)
        except ValueError as error:
            raise CodecError(f"{path}: {error}") from error

    return decode_record


def _raise_for_keys(data: Mapping[object, object], known: Mapping[str, object], path: str) -> None:
    unknown = sorted(repr(key) for key in data.keys() - known.keys())
    if unknown:
        raise CodecError(
            f"{path}: unknown key {', '.join(unknown)}; the keys are {', '.join(known)}"
        )
    missing = [name for name in known if name not in data]
    raise CodecError(f"{path}.{missing[0]}: missing; the keys are {', '.join(known)}")


def _enum_decoder(cls: type[Enum]) -> _Decoder:
    by_value: dict[object, Enum] = {member.value: member for member in cls}
    expected = ", ".join(str(value) for value in by_value)

    def decode_enum(data: object, path: str) -> object:
        if not isinstance(data, str) or data not in by_value:
            raise CodecError(f"{path}: expected one of {expected}, found {_shown(data)}")
        return by_value[data]

    return decode_enum


def _scalar_decoder(cls: type) -> _Decoder:
    # a whole number is a number; true is no number, although Python's bool is an int
    accepted = (int, float) if cls is float else (cls,)

    def decode_scalar(data: object, path: str) -> object:
        if type(data) not in accepted or (isinstance(data, float) and not isfinite(data)):
            raise CodecError(f"{path}: expected {_SCALARS[cls]}, found {_shown(data)}")
        return data

    return decode_scalar


def _tuple_decoder(parts: tuple[object, ...]) -> _Decoder:
    if len(parts) == 2 and parts[1] is Ellipsis:
        item = _decoder(parts[0])

        def decode_items(data: object, path: str) -> object:
            if not isinstance(data, list):
                raise CodecError(f"{path}: expected an array, found {_shown(data)}")
            return tuple(item(value, f"{path}[{number}]") for number, value in enumerate(data))

        return decode_items
    items = tuple(_decoder(part) for part in parts)

    def decode_row(data: object, path: str) -> object:
        if not isinstance(data, list) or len(data) != len(items):
            raise CodecError(f"{path}: expected an array of {len(items)}, found {_shown(data)}")
        return tuple(
            decoder(value, f"{path}[{number}]")
            for number, (decoder, value) in enumerate(zip(items, data, strict=True))
        )

    return decode_row


def _optional_decoder(options: tuple[object, ...]) -> _Decoder:
    present = [option for option in options if option is not types.NoneType]
    if len(present) != 1 or len(present) == len(options):
        # a union of two records would need a tag that says which; none is needed so far
        raise CodecError(f"no JSON form is agreed for a choice between {options}")
    inner = _decoder(present[0])

    def decode_optional(data: object, path: str) -> object:
        return None if data is None else inner(data, path)

    return decode_optional


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= _SHOWN_CHARACTERS else f"{text[: _SHOWN_CHARACTERS - 1]}…"
