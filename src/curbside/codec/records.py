"""Any record as JSON-able data and back, strictly, from the record's own fields and type hints.

The form is plain: an object with every field by name, an array for a tuple, a string for an
enum, null for None. Nothing is left out and nothing is guessed, so that two builds that disagree
about a record find out here, with the path of the first difference, and not in an answer. Only a
field that was added later (`records.ADDED`) is left out at its default, so that what was written
before it still is read, and says the same.
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
from curbside.records import ADDED

FORMAT_VERSION: Final = 1
"""Goes up when a record changes so that data of an older version no longer decode."""

Json: TypeAlias = "str | int | float | bool | list[Json] | dict[str, Json] | None"

RecordT = TypeVar("RecordT")

_Decoder: TypeAlias = Callable[[object], object]

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
    try:
        return _encode(record)
    except _MisfitError as error:
        raise CodecError(f"{type(record).__name__.lower()}{error.at}: {error.reason}") from error


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
    try:
        record = _decoder(cls)(data)
    except _MisfitError as error:
        raise CodecError(f"{cls.__name__.lower()}{error.at}: {error.reason}") from error
    # the decoder of a dataclass returns that dataclass or raises
    assert isinstance(record, cls)  # noqa: S101
    return record


def dumps(record: object) -> bytes:
    """Return `record` as one line of UTF-8 JSON with its type and format version, for keeping.

    The same record gives the same bytes.

    Raises:
        CodecError: see `encode`; or half a surrogate pair, which UTF-8 cannot hold.

    >>> from curbside.records import Span
    >>> dumps(Span(3, 5))
    b'{"record":"Span","version":1,"data":{"start":3,"end":5}}'
    """
    envelope = {"record": type(record).__name__, "version": FORMAT_VERSION, "data": encode(record)}
    text = json.dumps(envelope, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        raise CodecError(f"{type(record).__name__.lower()}: expected text; {error}") from error


def loads(cls: type[RecordT], text: bytes) -> RecordT:
    """Return the record that `dumps` wrote.

    Raises:
        CodecError: not JSON, another record, another format version, or see `decode`.
    """
    try:
        envelope = json.loads(text)
    except (ValueError, RecursionError) as error:
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


def _encode(value: object) -> Json:
    # the exact type first: nearly all that is written is text or a tuple
    kind = type(value)
    if kind is str or value is None or kind is int or kind is bool:
        return value  # type: ignore[return-value]  # mypy knows no type from `type(value)`
    if kind is tuple:
        return _encode_tuple(value)  # type: ignore[arg-type]
    if names := _field_names(kind):  # type: ignore[arg-type]  # a class can be hashed
        return _encode_record(value, names)
    return _encode_other(value)


def _encode_tuple(value: tuple[object, ...]) -> Json:
    try:
        return [_encode(item) for item in value]
    except _MisfitError:
        for number, item in enumerate(value):
            _encode_at(item, f"[{number}]")
        raise


def _encode_record(value: object, names: tuple[str, ...]) -> Json:
    later = _added_fields(type(value))  # type: ignore[arg-type]  # a class can be hashed
    if later:
        names = tuple(n for n in names if n not in later or getattr(value, n) != later[n])
    try:
        return {name: _encode(getattr(value, name)) for name in names}
    except _MisfitError:
        for name in names:
            _encode_at(getattr(value, name), f".{name}")
        raise


def _encode_at(value: object, step: str) -> None:
    """Say of what cannot be written where it stands: the path costs nothing until then."""
    try:
        _encode(value)
    except _MisfitError as error:
        raise error.inside(step) from error


def _encode_other(value: object) -> Json:
    if isinstance(value, Enum):
        return _encode(value.value)
    if isinstance(value, str | int):
        return value
    if isinstance(value, float):
        if not isfinite(value):
            raise _MisfitError(f"expected a finite number, found {value}")
        return value
    if isinstance(value, tuple):
        return _encode_tuple(value)
    raise _MisfitError(f"expected a record, a tuple or a plain value, found {_shown(value)}")


@cache
def _field_names(kind: type) -> tuple[str, ...]:
    return tuple(f.name for f in fields(kind)) if is_dataclass(kind) else ()


@cache
def _added_fields(kind: type) -> dict[str, object]:
    """The fields that were added later, with their defaults."""
    if not is_dataclass(kind):
        return {}
    return {f.name: f.default for f in fields(kind) if f.metadata.keys() >= ADDED.keys()}


class _MisfitError(Exception):
    """What does not fit and, filled in on the way up, where: the path costs nothing until then."""

    def __init__(self, reason: str, at: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.at = at

    def inside(self, step: str) -> _MisfitError:
        return _MisfitError(self.reason, step + self.at)


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
    required = {name: decoders[name] for name in decoders if name not in _added_fields(cls)}

    def decode_record(data: object) -> object:
        if not isinstance(data, dict):
            raise _MisfitError(f"expected an object, found {_shown(data)}")
        if not required.keys() <= data.keys() <= decoders.keys():
            raise _misfit_of_keys(data, decoders)
        values: dict[str, object] = {}
        for name, decoder in decoders.items():
            if name not in data:
                continue
            try:
                values[name] = decoder(data[name])
            except _MisfitError as error:
                raise error.inside(f".{name}") from error
        try:
            return cls(**values)
        except ValueError as error:
            raise _MisfitError(str(error)) from error

    return decode_record


def _misfit_of_keys(data: Mapping[object, object], known: Mapping[str, object]) -> _MisfitError:
    keys = ", ".join(known)
    unknown = sorted(repr(key) for key in data.keys() - known.keys())
    if unknown:
        return _MisfitError(f"unknown key {', '.join(unknown)}; the keys are {keys}")
    missing = next(name for name in known if name not in data)
    return _MisfitError(f"missing; the keys are {keys}", f".{missing}")


def _enum_decoder(cls: type[Enum]) -> _Decoder:
    by_value: dict[object, Enum] = {member.value: member for member in cls}
    expected = ", ".join(str(value) for value in by_value)

    def decode_enum(data: object) -> object:
        if not isinstance(data, str) or data not in by_value:
            raise _MisfitError(f"expected one of {expected}, found {_shown(data)}")
        return by_value[data]

    return decode_enum


def _scalar_decoder(cls: type) -> _Decoder:
    def decode_scalar(data: object) -> object:
        # the exact type, as Python's bool is an int and true is no number
        if type(data) is not cls or (isinstance(data, float) and not isfinite(data)):
            raise _MisfitError(f"expected {_SCALARS[cls]}, found {_shown(data)}")
        return data

    def decode_number(data: object) -> object:
        # JSON has one kind of number: another writer may put 1.0 as 1
        if type(data) is not int:
            return decode_scalar(data)
        try:
            return float(data)
        except OverflowError as error:
            raise _MisfitError("expected a number that a float can hold") from error

    return decode_number if cls is float else decode_scalar


def _tuple_decoder(parts: tuple[object, ...]) -> _Decoder:
    is_open = len(parts) == 2 and parts[1] is Ellipsis
    decoders = tuple(_decoder(part) for part in parts if part is not Ellipsis)

    def decode_tuple(data: object) -> object:
        if not isinstance(data, list):
            raise _MisfitError(f"expected an array, found {_shown(data)}")
        if not is_open and len(data) != len(decoders):
            raise _MisfitError(f"expected an array of {len(decoders)}, found {len(data)}")
        items: list[object] = []
        for decoder, value in zip(decoders * len(data) if is_open else decoders, data, strict=True):
            try:
                items.append(decoder(value))
            except _MisfitError as error:
                raise error.inside(f"[{len(items)}]") from error
        return tuple(items)

    return decode_tuple


def _optional_decoder(options: tuple[object, ...]) -> _Decoder:
    present = [option for option in options if option is not types.NoneType]
    if len(present) != 1 or len(present) == len(options):
        # a union of two records would need a tag that says which; none is needed so far
        raise CodecError(f"no JSON form is agreed for a choice between {options}")
    inner = _decoder(present[0])

    def decode_optional(data: object) -> object:
        return None if data is None else inner(data)

    return decode_optional


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= _SHOWN_CHARACTERS else f"{text[: _SHOWN_CHARACTERS - 1]}…"
