"""Values that hold a secret: a text that is made of one, in an error or by a debugger, does not tell it."""

from __future__ import annotations

from typing import Any, ClassVar

from msgspec import Struct


class Discreet(Struct, frozen=True):
    """A value that shows only the fields it names: one that is added later is a secret until it is named too."""

    seen: ClassVar[tuple[str, ...]] = ()

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        """The fields that may be seen, with their values."""
        return [(name, getattr(self, name)) for name in self.seen]

    def __repr__(self) -> str:
        fields = ", ".join(f"{name}={value!r}" for name, value in self.__rich_repr__())
        return f"{type(self).__name__}({fields})"
