"""The table `[desk]` of `curbside.toml`: how long things hold, where checkpoints are kept."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from curbside.errors import InputError
from curbside.review.conditions import Policy

_POLICY: Final = Policy()
_KEYS: Final = ("disclosure_days", "review_days", "checkpoints")
_MOST_DAYS: Final = 3_660


@dataclass(frozen=True, slots=True)
class DeskSettings:
    """What a person has set of the review desk. `checkpoints` is the file that signed checkpoints
    are added to; None keeps it in the folder of the library."""

    policy: Policy = _POLICY
    checkpoints: Path | None = None


USUAL: Final = DeskSettings()
"""What holds where nothing is set."""


def desk_of(table: object, file: Path) -> DeskSettings:
    """Read the table `[desk]`; None for a file without it.

    Raises:
        InputError: a key or a value that is not known; the text names file, key and what was
            expected.
    """
    if table is None:
        return USUAL
    if not isinstance(table, dict):
        raise InputError(f"{file}, desk: expected a table [desk]")
    unknown = sorted(table.keys() - set(_KEYS))
    if unknown:
        raise InputError(
            f"{file}, desk: unknown key {', '.join(unknown)}; known: {', '.join(_KEYS)}"
        )
    checkpoints = table.get("checkpoints")
    if checkpoints is not None and not isinstance(checkpoints, str):
        raise InputError(f"{file}, desk.checkpoints: expected a path, found {checkpoints!r}")
    return DeskSettings(
        Policy(
            disclosure_days=_days(table, "disclosure_days", _POLICY.disclosure_days, file),
            review_days=_days(table, "review_days", _POLICY.review_days, file),
        ),
        # relative to the file, as a person who reads it would take it
        file.parent / Path(checkpoints).expanduser() if checkpoints else None,
    )


def _days(table: dict[str, object], key: str, usual: int, file: Path) -> int:
    value = table.get(key, usual)
    if type(value) is not int or not 0 < value <= _MOST_DAYS:
        raise InputError(
            f"{file}, desk.{key}: expected days from 1 to {_MOST_DAYS}, found {value!r}"
        )
    return value
