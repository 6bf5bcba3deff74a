"""How the control store's file came to be, one revision after another; run from the package, never by hand.

Alembic is imported when a file is upgraded: a night that finds it up to date starts without it.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection

from retention.errors import ControlError

NEWEST: Final = "0005"
"""The revision this version of the product works with; a test holds it to the scripts."""

_SCRIPTS: Final = "retention.control:migrations"
_MIGRATED: Final = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'alembic_version'"


def revision(connection: Connection) -> str | None:
    """The revision a file is at; None when it was never migrated."""
    if connection.exec_driver_sql(_MIGRATED).first() is None:
        return None
    found = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    return None if found is None else str(found)


def upgrade(connection: Connection) -> None:
    """Bring a file to the newest revision, in the caller's transaction.

    Raises:
        ControlError: a newer version of the product made it.

    """
    from alembic import command  # noqa: PLC0415 - imported when used
    from alembic.config import Config  # noqa: PLC0415 - imported when used
    from alembic.util import CommandError  # noqa: PLC0415 - imported when used

    config = Config()
    config.set_main_option("script_location", _SCRIPTS)
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        raise ControlError(
            "The control store was made by a newer version of retention. Install that version or a later one; "
            "nothing was changed."
        ) from error
