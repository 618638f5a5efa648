"""`curbside people`: accounts of the review desk, made where the library is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from curbside.articles import DeskRole
from curbside.interfaces.desk_door import at_desk, at_terminal, now
from curbside.interfaces.terminal import Home, as_json_text

if TYPE_CHECKING:
    from curbside.articles import Interest
    from curbside.codec.records import Json

people = typer.Typer(
    help="Accounts of the review desk: who may do what, and what interests they stated.",
    rich_markup_mode=None,
    no_args_is_help=True,
)

_HELD = [role.value for role in DeskRole if role is not DeskRole.DESK]
Roles = Annotated[
    list[str] | None,
    typer.Option("--role", help=f"{', '.join(_HELD)}. May be given again.", show_default=False),
]
Email = Annotated[str, typer.Argument(help="The e-mail address of the account.")]


@people.command()
def add(
    email: Email,
    name: Annotated[str, typer.Option("--name", help="The name as it will be printed.")],
    *,
    roles: Roles = None,
    credentials: Annotated[
        str, typer.Option("--credentials", help='What stands after the name: "MD, hepatology".')
    ] = "",
    invite: Annotated[
        bool,
        typer.Option(
            "--invite",
            help="Ask for no password; print a token to set one with, once, within two days.",
        ),
    ] = False,
    home: Home = None,
) -> None:
    """Make an account. There is no default password: you are asked for one, twice."""
    from curbside.wiring.people import People

    with at_desk(home) as desk:
        wanted = _roles(roles) or (DeskRole.READER,)
        accounts = People(desk.store)
        password = None if invite else _new_password(email)
        made = accounts.add(
            name,
            email,
            wanted,
            credentials=credentials,
            password=password,
            by=at_terminal(),
            at=now(),
        )
        typer.echo(f"{made.person_id}  {made.name} <{made.email}>")
        if invite:
            token = accounts.invite(made.person_id, by=at_terminal(), at=now())
            typer.echo(f"token: {token}")


@people.command(name="list")
def list_(
    *,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
    home: Home = None,
) -> None:
    """List the accounts with their roles, credentials and statements of interests."""
    from curbside.codec.records import encode
    from curbside.interfaces.render.view import clean
    from curbside.wiring.people import People

    with at_desk(home) as desk:
        accounts = People(desk.store)
        found, unconfirmed = accounts.all(), accounts.unconfirmed()
    if as_json:
        told: list[Json] = [encode(person) for person in found]
        typer.echo(as_json_text(told).encode(), nl=False)
        return
    for person in found:
        roles = ", ".join(role.value for role in person.roles)
        state = "" if person.is_active else "  (not active)"
        state += "  (not confirmed)" if person.person_id in unconfirmed else ""
        stated = "no statement of interests"
        if person.disclosure:
            interests = [_told(each) for each in person.disclosure.interests]
            stated = f"{person.disclosure.at[:10]}: {'; '.join(interests) or 'no interests'}"
        who = ", ".join(filter(None, (person.name, person.credentials)))
        typer.echo(f"{person.person_id:<6} {clean(who)} <{clean(person.email)}>{state}")
        typer.echo(f"{'':<6} {roles}; {clean(stated)}")


@people.command()
def role(
    email: Email,
    roles: Annotated[list[str], typer.Argument(help=f"All the roles it has: {', '.join(_HELD)}.")],
    *,
    credentials: Annotated[
        str | None,
        typer.Option("--credentials", help="Give it other credentials too.", show_default=False),
    ] = None,
    inactive: Annotated[
        bool, typer.Option("--inactive", help="Close the account: nothing can be done with it.")
    ] = False,
    home: Home = None,
) -> None:
    """Give an account other roles, or close it. What it did stays in the trail."""
    from curbside.wiring.people import People

    with at_desk(home) as desk:
        accounts = People(desk.store)
        person = accounts.change(
            accounts.of_email(email).person_id,
            roles=_roles(roles),
            credentials=credentials,
            is_active=not inactive,
            by=at_terminal(),
            at=now(),
        )
    typer.echo(f"{person.name}: {', '.join(role.value for role in person.roles)}")


@people.command()
def password(
    email: Email,
    *,
    invite: Annotated[
        bool, typer.Option("--invite", help="Print a token to set one with instead.")
    ] = False,
    home: Home = None,
) -> None:
    """Give an account another password; what it is signed in with ends."""
    from curbside.wiring.people import People

    with at_desk(home) as desk:
        accounts = People(desk.store)
        person_id = accounts.of_email(email).person_id
        if invite:
            token = accounts.invite(person_id, by=at_terminal(), at=now())
            typer.echo(f"token: {token}")
        else:
            accounts.set_password(person_id, _new_password(email), by=at_terminal(), at=now())
            typer.echo(f"{email}: password set")


@people.command()
def confirm(email: Email, *, home: Home = None) -> None:
    """Say that an account that was given another way in is still its person's."""
    from curbside.wiring.people import People

    with at_desk(home) as desk:
        accounts = People(desk.store)
        person = accounts.of_email(email)
        accounts.confirm_account(person.person_id, by=at_terminal(), at=now())
    typer.echo(f"{person.name}: confirmed")


@people.command()
def disclose(
    email: Email,
    interests: Annotated[
        list[str] | None,
        typer.Option(
            "--interest",
            help='"what: topic, topic"; without a topic it concerns everything.',
            show_default=False,
        ),
    ] = None,
    *,
    none: Annotated[bool, typer.Option("--none", help="There is no interest to state.")] = False,
    home: Home = None,
) -> None:
    """Date a statement of interests today. Nobody reviews without one of the last year."""
    from curbside.articles import Disclosure
    from curbside.errors import InputError
    from curbside.wiring.people import People

    if bool(interests) is none:
        raise InputError("expected --none, or one or more of --interest")
    stated = tuple(_interest(text) for text in interests or ())
    with at_desk(home) as desk:
        accounts = People(desk.store)
        person = accounts.disclose(
            accounts.of_email(email).person_id, Disclosure(now(), stated), by=at_terminal()
        )
    told = "; ".join(map(_told, stated)) or "no interests"
    typer.echo(f"{person.name}: {told}")


def _roles(names: list[str] | None) -> tuple[DeskRole, ...]:
    from curbside.errors import InputError

    unknown = sorted(set(names or ()) - set(_HELD))
    if unknown:
        raise InputError(
            f"expected one or more of the roles {', '.join(_HELD)}; found {', '.join(unknown)}"
        )
    return tuple(DeskRole(name) for name in names or ())


def _new_password(email: str) -> str:
    return str(
        typer.prompt(
            f"New password of {email}", hide_input=True, confirmation_prompt=True, err=True
        )
    )


def _interest(text: str) -> Interest:
    from curbside.articles import Interest
    from curbside.errors import InputError

    what, _, topics = text.partition(":")
    if not what.strip():
        raise InputError(f'--interest: expected "what: topic, topic", found {text!r}')
    return Interest(
        what.strip(), tuple(topic.strip() for topic in topics.split(",") if topic.strip())
    )


def _told(interest: Interest) -> str:
    topics = ", ".join(interest.topics) or "everything"
    return f"{interest.what} ({topics})"
