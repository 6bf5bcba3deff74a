"""Where full lists lie, and that they go when their last day has passed: nothing of a run waits for that."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Final

import structlog

from retention import events
from retention.text import Text

_log = structlog.get_logger()
FOLDER: Final = "lists"
"""Their one place, in the state directory."""

_NAME: Final = re.compile(r"\.?(?:volledig-tot|full-until)-(\d{4}-\d{2}-\d{2})-[0-9a-f]{12}\.csv(?:\.\d+\.tmp)?")


def tidy(state: Path, today: date) -> Text | None:
    """Remove the full lists whose last day has passed, and what was left half written.

    Returns why one could not be removed; None: all that had to go is gone. It stops nothing else.
    """
    folder, removed, stuck = state / FOLDER, 0, None
    try:
        there = sorted(folder.iterdir()) if folder.is_dir() else []
    except OSError as error:
        return _stuck(folder, error)
    for path in there:
        found = _NAME.fullmatch(path.name)
        if found is None or (found[1] >= today.isoformat() and path.suffix != ".tmp"):
            continue
        try:
            path.unlink(missing_ok=True)
            removed += 1
        except OSError as error:
            stuck = _stuck(path, error)
    if removed:
        _log.info(events.LIST_REMOVED, lists=removed)
    return stuck


def _stuck(path: Path, error: OSError) -> Text:
    return Text(
        nl=f"{path}: een volledige lijst waarvan de laatste dag voorbij is, is niet te verwijderen ({error.strerror}). "
        "Haal hem met de hand weg.",
        en=f"{path}: a full list whose day has passed cannot be removed ({error.strerror}). Remove it by hand.",
    )
