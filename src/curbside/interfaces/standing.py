"""`curbside standing`: which documents were retracted, corrected, doubted or superseded."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from curbside.interfaces.terminal import FAILED, Home, as_json_text, complain, home_of, read_json


def standing(
    *,
    registers: Annotated[
        list[Path] | None,
        typer.Option(
            "--register",
            help="First take what this file says: Retraction Watch's CSV, Crossref's JSON.",
            show_default=False,
        ),
    ] = None,
    answers: Annotated[
        list[Path] | None,
        typer.Option(
            "--answer",
            help="Say which of these answers (JSON) cite what is listed, and fail if one does.",
            show_default=False,
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
    home: Home = None,
) -> None:
    """List what was retracted, corrected, doubted or superseded, and the answers it touches."""
    from curbside.codec.answer import answer_from_json
    from curbside.wiring.maintenance import add_registers, affected, standing_counts

    folder = home_of(home)
    cited: dict[str, Sequence[str]] = {}
    for file in answers or ():
        answer = answer_from_json(read_json(file))
        cited[str(file)] = [each.doc_id for each in answer.evidence]
    if registers:
        now = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
        notices, changed, rejected = add_registers(folder, registers, at=now)
        complain(f"{notices:,} notices read, {changed:,} documents changed")
        for line in rejected:
            complain(f"rejected {line.reason}")
    found = affected(folder, cited)
    counts = standing_counts(folder)
    if as_json:
        told = [
            {
                "doc_id": each.doc_id,
                "title": each.title,
                "status": each.standing.status.value,
                "by": list(each.standing.by),
                "checked_at": each.standing.checked_at,
                "answers": list(each.answers),
            }
            for each in found
        ]
        data = {"counts": {s.value: n for s, n in counts.items()}, "affected": told}
        typer.echo(as_json_text(data).encode(), nl=False)  # type: ignore[arg-type]
    else:
        for each in found:
            by = f" by {', '.join(each.standing.by)}" if each.standing.by else ""
            day = f", checked {each.standing.checked_at}" if each.standing.checked_at else ""
            typer.echo(f"{each.standing.status.value:<10} {each.doc_id}  {each.title}{by}{day}")
            for name in each.answers:
                typer.echo(f"           cited in {name}")
        typer.echo(", ".join(f"{count:,} {status.value}" for status, count in counts.items()))
    if any(each.answers for each in found):
        raise typer.Exit(FAILED)
