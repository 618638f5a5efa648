"""`curbside config`: every setting in force, and where it comes from."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Annotated

import typer

from curbside.interfaces.terminal import Home, as_json_text, complain, settings_of

if TYPE_CHECKING:
    from curbside.codec.records import Json


def config(
    *,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
    home: Home = None,
) -> None:
    """Print every setting in force with its origin; what is secret is not shown."""
    from curbside.interfaces.render.view import clean
    from curbside.wiring.origins import settings_told, unknown_variables

    # read as every command reads them: a key that is not known is refused here as there
    settings = settings_of(home)
    told = settings_told(settings, os.environ, is_home_named=home is not None)
    if as_json:
        data: list[Json] = [
            {"name": each.name, "value": each.value, "origin": each.origin} for each in told
        ]
        typer.echo(as_json_text(data).encode(), nl=False)
    else:
        names = max(len(each.name) for each in told)
        values = min(48, max(len(each.value) for each in told))
        for each in told:
            value = clean(each.value)
            typer.echo(f"{each.name:<{names}}  {value:<{values}}  {each.origin}")
    for name in unknown_variables(os.environ):
        complain(f"{name} of the environment is no setting and changes nothing")
