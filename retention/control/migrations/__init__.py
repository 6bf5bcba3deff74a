"""How the control store's file came to be, one revision after another; run from the package, never by hand."""

from __future__ import annotations

from typing import Final

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection

from retention.errors import ControlError

_SCRIPTS: Final = "retention.control:migrations"


def revision(connection: Connection) -> str | None:
    """The revision a file is at; None when it was never migrated."""
    return MigrationContext.configure(connection).get_current_revision()


def newest() -> str:
    """The revision this version of the product works with."""
    return ScriptDirectory.from_config(_config()).get_current_head() or ""


def upgrade(connection: Connection) -> None:
    """Bring a file to the newest revision, in the caller's transaction.

    Raises:
        ControlError: a newer version of the product made it.

    """
    config = _config()
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        raise ControlError(
            "The control store was made by a newer version of retention. Install that version or a later one; "
            "nothing was changed."
        ) from error


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", _SCRIPTS)
    return config
