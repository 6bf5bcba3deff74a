"""The entries of a published log, for reading: each is checked against the signed checkpoint before it is shown."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any, Final

from msgspec import Struct

from retention.audit.trust import Trust
from retention.audit.verify_files import Directory, Reader

_ABOUT: Final = ("dataset", "run", "hold", "of", "action", "event", "mode", "status", "id", "digest", "sha256")


class ShownEntry(Struct, frozen=True):
    """One entry, as it was signed."""

    index: int
    members: Mapping[str, Any]

    @property
    def kind(self) -> str:
        """What sort of entry it is."""
        return str(self.members["type"])

    @property
    def about(self) -> str:
        """What it is about, in a few words."""
        return " ".join(str(self.members[name]) for name in _ABOUT if isinstance(self.members.get(name), str))

    def matches(self, *, kinds: Collection[str], run: str | None, dataset: str | None) -> bool:
        """Whether it is of these kinds (none: any), this run and this dataset (None: any)."""
        return (
            (not kinds or self.kind in kinds)
            and run in (None, self.members.get("run"))
            and dataset in (None, self.members.get("dataset"))
        )


def read_entries(directory: Path, trust: Trust) -> list[ShownEntry]:
    """Every entry under the newest checkpoint, in order.

    Raises:
        VerificationError: the checkpoint, a tile or an entry is not what was signed.

    """
    reader = Reader(Directory(directory))
    head = trust.open_checkpoint(reader.read("checkpoint", "checkpoint"))
    hashes = reader.leaf_hashes(head.checkpoint)
    return [ShownEntry(index, json.loads(raw)) for index, raw in enumerate(reader.entries(hashes))]
