"""`curbside watch`: note what changed under the articles of the desk, once or again and again."""

from __future__ import annotations

from threading import Event
from typing import TYPE_CHECKING, Annotated

import typer

from curbside.interfaces.desk_door import at_desk, now
from curbside.interfaces.terminal import (
    INTERRUPTED,
    NOT_UNDERSTOOD,
    Home,
    as_json_text,
    complain,
    settings_of,
)

if TYPE_CHECKING:
    from pathlib import Path

    from curbside.articles import Article
    from curbside.codec.records import Json
    from curbside.review.staleness import Touch
    from curbside.wiring.watch import Watched

_UNITS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}


def watch(
    *,
    every: Annotated[
        str | None,
        typer.Option(
            "--every",
            help='Go on, with such a pause between two passes: "30m", "6h", "1d".',
            show_default=False,
        ),
    ] = None,
    at: Annotated[
        str | None,
        typer.Option(
            "--at",
            help="ISO 8601 time to hold review dates against. Default: now.",
            show_default=False,
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON, one object a pass.")] = False,
    home: Home = None,
) -> None:
    """End the approval of every article whose evidence changed or whose date has come."""
    pause = _seconds(every) if every else None
    stop = Event()
    try:
        while True:
            _show(_pass(home, at or now(), quiet=as_json), as_json=as_json)
            # waits without work; Ctrl-C ends it at once
            if pause is None or stop.wait(pause):
                return
    except KeyboardInterrupt:
        complain("stopped; what was noted is kept, the next pass notes the rest")
        raise typer.Exit(INTERRUPTED) from None


def _pass(home: Path | None, at: str, *, quiet: bool) -> Watched:
    from curbside.interfaces.render.view import clean
    from curbside.wiring.engine import open_engine
    from curbside.wiring.watch import watch as watch_once

    def told(article: Article, touch: Touch) -> None:
        if quiet:
            return
        typer.echo(f"{article.state.value:<18} {article.article_id}  {clean(article.title)}")
        for reason in touch.reasons:
            claims = f" ({', '.join(reason.claims)})" if reason.claims else ""
            typer.echo(f"{'':<18} {reason.what.value}: {clean(reason.says)}{claims}")

    with at_desk(home) as desk:
        return watch_once(desk, at=at, engine=open_engine(settings_of(home)), told=told)


def _show(watched: Watched, *, as_json: bool) -> None:
    if not as_json:
        typer.echo(f"{watched.looked_at:,} articles looked at, {len(watched.touched):,} touched")
        return
    from curbside.codec.records import encode

    touched: list[Json] = [
        {"article": encode(article), "reasons": [encode(reason) for reason in touch.reasons]}
        for article, touch in watched.touched
    ]
    data: dict[str, Json] = {"looked_at": watched.looked_at, "touched": touched}
    typer.echo(as_json_text(data).encode(), nl=False)


def _seconds(text: str) -> float:
    number, unit = text[:-1], text[-1:]
    if unit not in _UNITS or not number.isdecimal() or not 0 < int(number) < 10_000:
        complain(f'--every: expected a number and s, m, h or d, like "6h"; found {text!r}')
        raise typer.Exit(NOT_UNDERSTOOD)
    return float(int(number) * _UNITS[unit])
