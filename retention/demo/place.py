"""Where the demonstration works: one directory that it made itself, and that it alone clears away."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from msgspec import field

from retention.discreet import Discreet
from retention.errors import UsageError

MARKER: Final = ".made-by-retention-demo"
_COPIES: Final = "copies"
_MARK: Final = "Made by `retention demo`, which clears this directory and makes it again whenever it runs here.\n"


class Place(Discreet, frozen=True):
    """A directory of the demonstration, with the names of what stands in it."""

    root: Path
    secrets: Mapping[str, str] = field(default_factory=dict)  # what its commands find set

    seen = ("root",)

    @property
    def is_copy(self) -> bool:
        """Whether it was copied from another place, two directories higher."""
        return self.root.parent.name == _COPIES

    @property
    def configuration(self) -> Path:
        """What every command reads."""
        return self.root / "retention.toml"

    @property
    def data(self) -> Path:
        """One database for each store of the organisation."""
        return self.root / "data"

    @property
    def keys(self) -> Path:
        """The keys of the log, and those that people sign with."""
        return self.root / "keys"

    @property
    def log(self) -> Path:
        """The published log."""
        return self.root / "state" / "log"

    @property
    def control(self) -> Path:
        """Our own memory."""
        return self.root / "state" / "control.db"

    @property
    def trust(self) -> Path:
        """Whom a verifier believes."""
        return self.root / "trust"

    @property
    def out(self) -> Path:
        """What people read."""
        return self.root / "out"

    @property
    def steps(self) -> Path:
        """What every command printed, whole."""
        return self.out / "steps"

    @property
    def kept(self) -> Path:
        """The checkpoint that somebody kept elsewhere."""
        return self.out / "checkpoint-kept"

    def copy(self, name: str) -> Place:
        """Everything but what people read, copied into a directory beside it."""
        target = Place(self.root / _COPIES / name, self.secrets)
        for part in (self.data, self.keys, self.root / "state"):
            if part.exists():  # databases on a server are no part of it
                shutil.copytree(part, target.root / part.name)
        for file in (self.configuration, self.trust):
            shutil.copy2(file, target.root / file.name)
        return target


def prepare(root: Path, secrets: Mapping[str, str] | None = None) -> Place:
    """An empty directory: new, or cleared when the demonstration made it.

    Raises:
        UsageError: there is something that the demonstration did not make, or the directory cannot be written.

    """
    place = Place(root.absolute(), secrets or {})
    try:
        if _strange(place.root):
            raise UsageError(
                f"{root}: is there already, and `retention demo` did not make it; nothing in it was touched. Name a "
                "directory that does not exist yet: --dir DIR."
            )
        if place.root.exists():
            _clear(place.root)
        place.steps.mkdir(parents=True)
        (place.root / MARKER).write_text(_MARK, encoding="utf-8")
    except OSError as error:
        raise UsageError(
            f"{root}: the demonstration cannot work there ({error.strerror}). Name another directory: --dir DIR."
        ) from error
    return place


def _strange(root: Path) -> bool:
    """Whether something is there that is not ours; a link is never ours, since clearing it clears elsewhere."""
    if root.is_symlink() or (root.exists() and not root.is_dir()):
        return True
    return root.is_dir() and any(root.iterdir()) and not (root / MARKER).is_file()


def _clear(root: Path) -> None:
    """Take away everything, the mark last: a clearing that broke off can be taken up again."""
    for path in sorted(root.iterdir(), key=lambda one: one.name == MARKER):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()
