"""The rights of an account on a SQLite file: those of the file and its folder, in words."""

from __future__ import annotations

from sqlalchemy import URL, Connection

from retention.grants import Needs
from retention.stores.grants import Held, Purpose, Right, Script


def script(url: URL, needs: Needs, purpose: Purpose, account: str) -> Script:  # noqa: ARG001 - as every engine's
    """What an account of the operating system needs."""
    shared = (
        "A file knows no accounts and no columns: who may read it reads all of it. What decides is its mode and that",
        "of its folder, where SQLite keeps a journal beside it. In the shell, as the owner of FILE in FOLDER:",
    )
    if purpose is Purpose.DRY_RUN:
        said: tuple[str, ...] = (
            f"  usermod --append --groups retention {account}",
            "  chgrp retention FOLDER FILE && chmod 2750 FOLDER && chmod 640 FILE",
            "A dry run opens the file read-only, whatever its mode allows. In write-ahead mode (FILE-wal) it can only",
            "read while another program has the file open.",
        )
    else:
        said = (f"  chown {account}:retention FOLDER FILE && chmod 2750 FOLDER && chmod 640 FILE",)
    return Script(purpose=purpose, account=account, first=(*shared, *said), statements=())


def held(connection: Connection) -> tuple[Held, ...]:  # noqa: ARG001 - as every engine's
    """Nothing that a database could say."""
    return ()


def wider(right: Right) -> tuple[Right, ...]:  # noqa: ARG001 - as every engine's
    """Nothing that a database could say."""
    return ()
