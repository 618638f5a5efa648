"""`curbside articles`: the pages in the care of the review desk, from a terminal."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from curbside.interfaces.desk_door import at_desk, now, signed_in
from curbside.interfaces.terminal import FAILED, Home, as_json_text, complain, read_json

if TYPE_CHECKING:
    from curbside.codec.records import Json

articles = typer.Typer(
    help="The pages in the care of the review desk: their state, versions and history.",
    rich_markup_mode=None,
    no_args_is_help=True,
)

Name = Annotated[str, typer.Argument(help="The name of the article, as `list` shows it.")]
AsJson = Annotated[bool, typer.Option("--json", help="As JSON.")]


@articles.command(name="list")
def list_(
    *,
    state: Annotated[
        str | None,
        typer.Option("--state", help='Only those in this state, "Due".', show_default=False),
    ] = None,
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """List the articles with their state and what was done last."""
    from curbside.articles import State
    from curbside.codec.records import encode
    from curbside.errors import InputError
    from curbside.interfaces.render.view import clean

    wanted = next((each for each in State if each.value.lower() == (state or "").lower()), None)
    if state and wanted is None:
        raise InputError(f"--state: expected one of {', '.join(State)}; found {state!r}")
    with at_desk(home) as desk:
        found = desk.articles(wanted)
    if as_json:
        told: list[Json] = [encode(article) for article in found]
        typer.echo(as_json_text(told).encode(), nl=False)
        return
    for article in found:
        due = f", until {article.due}" if article.due else ""
        typer.echo(f"{article.state.value:<18} {article.article_id}  {clean(article.title)}")
        typer.echo(f"{'':<18} {clean(f'version {article.version}{due}; {article.last}')}")
        if article.notice:
            typer.echo(f"{'':<18} {clean(article.notice)}")


@articles.command()
def show(
    name: Name,
    *,
    version: Annotated[
        int | None,
        typer.Option("--version", min=1, help="An earlier version.", show_default=False),
    ] = None,
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """Show the page of an article with where it stands in review."""
    from curbside.interfaces.export.page import WIDTH
    from curbside.interfaces.render.text import render_text

    with at_desk(home) as desk:
        page = desk.page(name, version=version)
    if as_json:
        typer.echo(as_json_text(page).encode(), nl=False)
    else:
        typer.echo(render_text(page, width=WIDTH), nl=False)


@articles.command()
def history(name: Name, *, as_json: AsJson = False, home: Home = None) -> None:
    """Tell what was done to an article: when, by whom, why."""
    from curbside.interfaces.render.view import clean

    with at_desk(home) as desk:
        steps = desk.steps(name)
    if as_json:
        told: list[Json] = [
            {
                "sequence": step.sequence,
                "at": step.at,
                "by": step.by,
                "what": step.what,
                "state": step.state,
                "version": step.version,
                "why": step.why,
            }
            for step in steps
        ]
        typer.echo(as_json_text(told).encode(), nl=False)
        return
    for step in steps:
        line = f"{step.at}  {step.by}: {step.what}, version {step.version} ({step.state})"
        typer.echo(clean(line + (f": {step.why}" if step.why else "")))


@articles.command()
def diff(
    name: Name,
    old: Annotated[int, typer.Argument(min=1, help="A version.")],
    new: Annotated[int, typer.Argument(min=1, help="A later one.")],
    *,
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """Tell what changed in meaning: conclusion, number, source, certainty, standing, wording."""
    from curbside.codec.records import encode
    from curbside.interfaces.render.view import clean

    with at_desk(home) as desk:
        changes = desk.diff(name, old, new)
    if as_json:
        told: list[Json] = [encode(change) for change in changes]
        typer.echo(as_json_text(told).encode(), nl=False)
        return
    for change in changes:
        typer.echo(clean(f"{change.kind.value}: {change.where}"))
        for sign, text in (("-", change.before), ("+", change.after)):
            if text is not None:
                typer.echo(f"  {sign} {clean(text)}")
    if not changes:
        typer.echo("both versions say the same of the same sources")


@articles.command()
def submit(
    answer: Annotated[Path, typer.Argument(help="An answer as JSON (ask --format json).")],
    by: Annotated[str, typer.Option("--by", help="Your e-mail address; you are its author.")],
    *,
    why: Annotated[str, typer.Option("--why", help="What is new; needed for a new version.")] = "",
    home: Home = None,
) -> None:
    """Give an answer to the review desk: a new article, or the next version of one."""
    from dataclasses import replace

    from curbside.codec.answer import answer_from_json
    from curbside.interfaces.render.view import clean
    from curbside.review.conditions import Act
    from curbside.review.moves import Refusal
    from curbside.verify.recheck import recheck

    made = answer_from_json(read_json(answer))
    with at_desk(home) as desk:
        failed = recheck(made, library=desk.store)
        for failure in failed:
            complain(f"{failure.where}: {failure.gate}: {failure.reason}")
        if failed:
            complain("the answer does not hold against this library; ask again and submit that")
            raise typer.Exit(FAILED)
        known = desk.article(made.question.slug)
        act = Act(signed_in(desk, by), now(), reason=why)
        outcome = desk.submit(made, replace(act, step=known.step) if known else act)
    if isinstance(outcome, Refusal):
        complain(outcome.reason)
        raise typer.Exit(FAILED)
    typer.echo(clean(f"{outcome.article_id}: {outcome.state.value}, version {outcome.version}"))
