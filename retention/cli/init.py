"""`retention init`: from nothing, or from a database, to an installation that can make its first plan."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Final

import click
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from retention import bootstrap, config
from retention.audit import shape
from retention.cli.ask import ask
from retention.cli.edge import Edge, EdgeCommand, pass_edge
from retention.config import Settings
from retention.config.sections import PolicySettings
from retention.errors import PolicyError, UsageError
from retention.initialise import (
    Answers,
    Step,
    configuration,
    draft_policies,
    initialise,
    write_draft,
    write_first_register,
    write_new,
)
from retention.policy import Register

_ZONE: Final = "Europe/Amsterdam"
_SECRET_OPTION: Final = re.compile("pass|secret|token|pwd", re.IGNORECASE)
_REFERENCE: Final = re.compile(r"\$\{\w+\}")


@click.command(cls=EdgeCommand, short_help="Set up here, or draft policies from a database.")
@click.option("--name", help="The organisation's name.")
@click.option("--origin", help="The log's name, such as example.org/retention/2026; it stays for ever.")
@click.option("--zone", help=f"Where a day begins: an IANA name. [default: {_ZONE}]")
@click.option(
    "--from",
    "url",
    help="Draft policies from this database: sqlite:///data/cvs.db, postgresql://user:password@host/cvs.",
)
@click.option("--store", help="The database's name in dataset ids; else taken from the URL.")
@pass_edge
def init(
    edge: Edge, name: str | None, origin: str | None, zone: str | None, url: str | None, store: str | None
) -> None:
    """Set up here: configuration, keys, trust file, control store and log.

    Nothing that is there is overwritten; a second run makes what is missing. With --from, a policies package is drafted
    from the database's schema: every suggestion carries a comment to confirm. A password in the URL is used for this
    run and written down nowhere.

    \b
      retention init --name "Stichting Voorbeeld" --origin voorbeeld.nl/retention/2026
      retention init --from sqlite:///data/cvs.db
    """  # noqa: D301 - \b keeps click from filling these lines
    file = edge.config or Path(os.environ.get(config.VARIABLE) or config.FILE_NAME)
    named = _store_name(url, store) if url is not None else None
    if not file.exists():
        _say(write_new(file, configuration(_answers(name, origin, zone, named, url))))
    else:
        _say(Step(file, made=False))
    settings = config.load(file, os.environ | _secret(named, url))
    if named is not None:
        _draft(settings, named)
    elif settings.policies == PolicySettings():
        _say(write_first_register(settings.file.parent, prepared_by=_person()))
    for step in initialise(settings, _register(settings), now=bootstrap.now()):
        _say(step)
    for variable in _secret(named, url):
        click.echo(f"The password is not written down. Set {variable}, or {variable}_FILE to the file that holds it.")
    click.echo("Next: `retention policies check`, then `retention plan`.")


def _draft(settings: Settings, store: str) -> None:
    if store not in settings.stores:
        raise UsageError(
            f"{settings.file}: is there already, and has no [stores.{store}]. Add it, with its url, and run this again."
        )
    drafted = draft_policies(settings, store, prepared_by=_person())
    steps = list(write_draft(drafted, settings.file.parent))
    for step in steps:
        _say(step)
    if any(step.made for step in steps):
        click.echo(f"{drafted.suggestions} suggestions to confirm: look for `# confirm:` in policies/.")


def _answers(name: str | None, origin: str | None, zone: str | None, store: str | None, url: str | None) -> Answers:
    return Answers(
        name=name or ask("Name of the organisation", "--name"),
        origin=origin or ask("Origin, the log's name for ever (example.org/retention/2026)", "--origin"),
        zone=zone or _ZONE,
        person=_person(),
        account=bootstrap.account(),
        store=store,
        url=None if url is None else _without_password(url),
    )


def _register(settings: Settings) -> Register | None:
    try:
        return bootstrap.open_register(settings)
    except PolicyError:
        return None  # `policies check` says why; keys and log do not depend on it


def _person() -> str:
    """An id for the account that runs this: closed to what the log may hold."""
    plain = re.sub(r"[^a-z0-9_.-]", "-", bootstrap.account().lower())
    return plain if shape.is_party(plain) else "operator"


def _store_name(url: str, store: str | None) -> str:
    try:
        database = make_url(url).database or ""
    except ArgumentError:
        raise UsageError("--from is not a URL. Write sqlite:///data/cvs.db, or dialect://user@host/database.") from None
    plain = re.sub(r"[^a-z0-9_]", "_", store or Path(database).stem.lower()).lstrip("_0123456789")
    if not plain or (store is not None and plain != store):
        raise UsageError("--store is no store's name. Write lower-case letters, digits and _, such as cvs.")
    return plain


def _without_password(url: str) -> str:
    """The URL as it is written down.

    Raises:
        UsageError: an option of it holds a secret, which would be written down.

    """
    parts = make_url(url)
    if telling := [name for name in parts.query if _SECRET_OPTION.search(name)]:
        raise UsageError(
            f"--from has a secret in its option {telling[0]}, and nothing here writes one down. Put a password before "
            "the host, user:password@host: it is used for this run alone."
        )
    if parts.password is None or _REFERENCE.fullmatch(str(parts.password)):
        return url
    plain = parts._replace(password=None)  # `set` would leave it as it is
    return plain.render_as_string(hide_password=False)


def _secret(store: str | None, url: str | None) -> dict[str, str]:
    """The password that was given with --from, for this run: it is not written down. ${NAME} is none, and stays."""
    password = str(make_url(url).password or "") if url is not None else ""
    told = store is not None and password and not _REFERENCE.fullmatch(password)
    return {f"RETENTION_STORE_{str(store).upper()}_PASSWORD": password} if told else {}


def _say(step: Step) -> None:
    click.echo(f"{'made' if step.made else 'kept'}  {step.path}")
