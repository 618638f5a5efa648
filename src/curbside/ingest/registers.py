"""Registers of retractions and corrections -> notices: Retraction Watch's CSV, Crossref's JSON."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import BinaryIO, Final

from curbside.errors import SourceError
from curbside.ingest.packed import FAULTS, Leaf, leaves
from curbside.ingest.rejected import Rejected
from curbside.ingest.standing import status_of_title
from curbside.records import Notice, Status
from curbside.text.rules import Columns, load_rules

__all__ = ["read_crossref", "read_register", "read_retraction_watch"]

_COLUMNS: Final = (
    "Record ID", "RetractionDate", "RetractionDOI", "RetractionPubMedID", "OriginalPaperDOI",
    "OriginalPaperPubMedID", "RetractionNature",
)  # fmt: skip
_FIELD_MAX: Final = 1 << 20
_JSON_MAX: Final = 256 << 20
_DOI: Final = re.compile(r"(?:(?:https?://)?(?:dx\.)?doi\.org/|doi:\s*)?(10\.\d{4,9}/\S+)", re.I)


def read_register(path: Path, *, checked_at: str | None) -> Iterator[Notice | Rejected]:
    """Read a register, packed or not, by what it holds.

    Args:
        path: the file.
        checked_at: ISO date on which the register was asked.

    Yields:
        Notices, and a Rejected for every line or file that is none, with the reason.
    """
    try:
        with path.open("rb") as stream:
            for leaf in leaves(stream, str(path)):
                yield from [leaf] if isinstance(leaf, Rejected) else _read(leaf, checked_at)
    except OSError as error:
        yield Rejected(str(path), None, f"cannot be read: {error.strerror or error}")


def _read(leaf: Leaf, checked_at: str | None) -> Iterator[Notice | Rejected]:
    is_json = leaf.head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith((b"{", b"["))
    reader = read_crossref if is_json else read_retraction_watch
    try:
        yield from reader(leaf.stream, path=leaf.path, checked_at=checked_at)
    except FAULTS as error:
        yield leaf.fault(error)


def read_retraction_watch(
    stream: BinaryIO, *, path: str, checked_at: str | None
) -> Iterator[Notice | Rejected]:
    """Read the CSV of the Retraction Watch database, as Crossref distributes it.

    A row names a work by DOI or PMID, what was published about it, and of what nature that is.
    A reinstatement lifts nothing: a later row does not undo an earlier one, as whoever quotes the
    work should read both.

    Raises:
        SourceError: no CSV with the register's columns, no UTF-8.
    """
    lines = io.TextIOWrapper(stream, encoding="utf-8-sig", newline="")
    csv.field_size_limit(_FIELD_MAX)
    rows = csv.reader(lines)
    try:
        head = next(rows, [])
        missing = [name for name in _COLUMNS if name not in head]
        if missing:
            raise SourceError(
                path,
                expected=f"the CSV of Retraction Watch, with the columns {', '.join(_COLUMNS)}",
                found=f"no {', '.join(missing)}",
            )
        for row in rows:
            named = dict(zip(head, row, strict=False))
            where = f"line {rows.line_num} (record {named.get('Record ID', '?')})"
            yield _of_row(named, len(row) == len(head), path, where, checked_at)
    except (csv.Error, UnicodeDecodeError) as error:
        where = f"line {rows.line_num + 1}"
        raise SourceError(path, record=where, expected="CSV in UTF-8", found=str(error)) from error


def _of_row(
    row: Mapping[str, str], is_whole: bool, path: str, where: str, checked_at: str | None
) -> Notice | Rejected:
    def rejected(reason: str) -> Rejected:
        return Rejected(path, where, f"{path}, {where}: expected {reason}")

    if not is_whole:
        return rejected("as many fields as the head has")
    work = _names(row["OriginalPaperDOI"], row["OriginalPaperPubMedID"])
    if not work:
        return rejected("OriginalPaperDOI or OriginalPaperPubMedID")
    nature = row["RetractionNature"].strip()
    status = _statuses("nature").get(nature.lower())
    if status is None:
        return rejected(f"a RetractionNature that is known, found {nature!r}")
    return Notice(
        work=work,
        status=status,
        register="Retraction Watch",
        by=_names(row["RetractionDOI"], row["RetractionPubMedID"]),
        stated=_day(row["RetractionDate"]),
        checked_at=checked_at,
    )


def _names(doi: str, pmid: str) -> tuple[str, ...]:
    found = _DOI.fullmatch(doi.strip())
    number = pmid.strip().lstrip("0")
    names = [f"doi:{found[1].lower()}"] if found else []
    return (*names, f"pmid:{number}") if number.isdecimal() else tuple(names)


def _day(text: str) -> str | None:
    """ "9/28/2019 0:00" as an ISO date; None for what is none."""
    found = re.match(r"(\d{1,2})/(\d{1,2})/(\d{4})\b", text.strip())
    try:
        return date(int(found[3]), int(found[1]), int(found[2])).isoformat() if found else None
    except ValueError:
        return None


def read_crossref(
    stream: BinaryIO, *, path: str, checked_at: str | None
) -> Iterator[Notice | Rejected]:
    """Read works as Crossref's REST API gives them: one, a list of them, or one a line.

    Both directions are read: `updated-by` on the work, `update-to` on what was published about
    it. A work that was asked for and of which nothing is said is CURRENT; one whose title says
    that it is retracted is not. An update of an unknown kind is UNKNOWN, never taken for nothing.

    Raises:
        SourceError: no JSON of Crossref's works, over 256 MiB.
    """
    data = stream.read(_JSON_MAX + 1)
    if len(data) > _JSON_MAX:
        raise SourceError(path, expected=f"a file of at most {_JSON_MAX >> 20} MiB")
    for number, work in enumerate(_works(data, path), start=1):
        try:
            yield from _of_work(work, checked_at)
        except (ValueError, TypeError, AttributeError, KeyError) as error:
            where = f"work {number}"
            yield Rejected(path, where, f"{path}, {where}: expected a work of Crossref; {error!r}")


def _works(data: bytes, path: str) -> list[object]:
    text = data.removeprefix(b"\xef\xbb\xbf")
    try:
        whole = json.loads(text)
    except (ValueError, RecursionError):
        try:
            return [_unwrapped(json.loads(line)) for line in text.splitlines() if line.strip()]
        except (ValueError, RecursionError) as error:
            expected = "JSON of Crossref's works"
            raise SourceError(path, expected=expected, found=str(error)[:80]) from error
    message = _unwrapped(whole)
    if isinstance(message, dict) and isinstance(message.get("items"), list):
        return list(message["items"])
    return message if isinstance(message, list) else [message]


def _unwrapped(data: object) -> object:
    return data["message"] if isinstance(data, dict) and "message" in data else data


def _of_work(work: object, checked_at: str | None) -> Iterator[Notice]:
    if not isinstance(work, dict):
        raise TypeError("expected an object")
    name = _name(work["DOI"])
    said = False
    for update in work.get("updated-by") or ():
        said = True
        by = (_name(update["DOI"]),) if update.get("DOI") else ()
        yield _update(update, (name,), by, checked_at)
    for update in work.get("update-to") or ():
        yield _update(update, (_name(update["DOI"]),), (name,), checked_at)
    title = " ".join(work.get("title") or ())
    if status := status_of_title(title):
        said = True
        yield Notice((name,), status, "Crossref", (f"its title: {title}",), None, checked_at)
    if not said:
        yield Notice((name,), Status.CURRENT, "Crossref", (), None, checked_at)


def _update(
    update: Mapping[str, object], work: tuple[str, ...], by: tuple[str, ...], checked_at: str | None
) -> Notice:
    kind = str(update["type"]).strip().lower().replace("_", "-")
    status = _statuses("update").get(kind, Status.UNKNOWN)
    source = " (Retraction Watch)" if update.get("source") == "retraction-watch" else ""
    return Notice(work, status, f"Crossref{source}", by, _date_of(update), checked_at)


def _date_of(update: Mapping[str, object]) -> str | None:
    updated = update.get("updated")
    parts = updated.get("date-parts") if isinstance(updated, dict) else None
    numbers = parts[0] if parts and isinstance(parts[0], list) else []
    return "-".join(f"{int(number):02}" for number in numbers if number) or None


def _name(doi: object) -> str:
    found = _DOI.fullmatch(str(doi).strip())
    if found is None:
        raise ValueError(f"expected a DOI, found {doi!r}")
    return f"doi:{found[1].lower()}"


@cache
def _statuses(table: str) -> dict[str, Status]:
    columns = Columns(("name", "status"))
    rules = load_rules(
        "curbside.ingest.data", "registers.toml", tables={"nature": columns, "update": columns}
    )
    return {str(row["name"]): Status(str(row["status"])) for row in rules[table]}
