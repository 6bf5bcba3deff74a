"""Cheat on copies of the log, as somebody might who can write there: verification must find it, or we say it cannot."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Final

from retention.demo.place import Place
from retention.demo.shell import Ran, Shell
from retention.demo.telling import Teller
from retention.text import Text

EDITED: Final = Text(
    nl="in een kopie van het log: een getal in een regel gewijzigd",
    en="in a copy of the log: a number in an entry edited",
)
REMOVED: Final = Text(nl="in een kopie: een lijst met referenties weggehaald", en="in a copy: a manifest removed")
RESTORED: Final = Text(
    nl="een ouder log teruggezet: op zichzelf klopt het", en="an older log restored: by itself it is in order"
)
RESTORED_KEPT: Final = Text(
    nl="hetzelfde, met het bewaarde checkpoint ernaast (--since)", en="the same, beside the checkpoint kept (--since)"
)

_DESTROYED: Final = re.compile(rb'"destroyed":\{"count":(\d)')


def cheat(shell: Shell, place: Place, teller: Teller, older: Path) -> None:
    """Try each cheat and note the verdicts; `older` is the log as it was before the last sweep."""
    for tried, name, damage in ((EDITED, "edited", edit), (REMOVED, "manifest-removed", remove_manifest)):
        copied = place.root / "copies" / name
        shutil.copytree(place.log, copied)
        damage(copied)
        found = _verify(shell, place, copied)
        teller.judge(tried, _said(found), expected=found.status == 1)
    plain = _verify(shell, place, older)
    teller.judge(RESTORED, _said(plain), expected=plain.status == 0)
    kept = _verify(shell, place, older, "--since", place.kept.relative_to(place.root).as_posix())
    teller.judge(RESTORED_KEPT, _said(kept), expected=kept.status == 1)


def edit(log: Path) -> None:
    """Change how many records an entry says were destroyed."""
    bundles = [path for path in (log / "tile" / "entries").rglob("*") if path.is_file()]
    # The largest is no left-over part of another.
    bundle = max((path for path in bundles if _DESTROYED.search(path.read_bytes())), key=lambda one: one.stat().st_size)
    data = bundle.read_bytes()
    bundle.write_bytes(
        _DESTROYED.sub(lambda found: found[0][:-1] + (b"2" if found[1] == b"1" else b"1"), data, count=1)
    )


def remove_manifest(log: Path) -> None:
    """Take one list of references away."""
    min(path for path in (log / "manifest").rglob("*") if path.is_file()).unlink()


def _verify(shell: Shell, place: Place, log: Path, *more: str) -> Ran:
    return shell.run(
        place, "audit", "verify", "--log", log.relative_to(place.root).as_posix(), "--trust", "trust", *more
    )


def _said(ran: Ran) -> str:
    """The verdict's first line, with its exit status."""
    first = next((line for line in ran.lines if line.startswith(("Error:", "verified:"))), ran.said)
    return f"{first.removeprefix('Error: ')} [{ran.status}]"
