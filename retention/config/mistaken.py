"""What is said of a call that a policy file makes wrongly: which class it is of, and what that takes.

Python names what it calls; a Struct, which is made in C, says only which argument is wrong.
"""

from __future__ import annotations

import linecache
import traceback
from typing import Any, Final

from msgspec import Struct
from msgspec.structs import fields

_OF_A_CALL: Final = ("Missing required argument", "Unexpected keyword argument", "Extra positional arguments")


def told(error: BaseException) -> str:
    """What an error says, and of whom."""
    kind = _made(error) if isinstance(error, TypeError) and str(error).startswith(_OF_A_CALL) else None
    return f"{type(error).__name__}: {error}" if kind is None else f"{kind.__name__}: {error}. {_takes(kind)}"


def _made(error: TypeError) -> type[Struct] | None:
    """The class that could not be made, where the error comes from the call itself; None: it comes from elsewhere."""
    [*_, (frame, _)] = traceback.walk_tb(error.__traceback__)
    called = _called(traceback.extract_tb(error.__traceback__)[-1])
    first, *rest = called.split(".")
    found: Any = (frame.f_globals | frame.f_locals).get(first)
    for name in rest:
        found = getattr(found, name, None)
    return found if isinstance(found, type) and issubclass(found, Struct) else None


def _called(place: traceback.FrameSummary) -> str:
    """What stands before the parentheses of the call at a place."""
    line = linecache.getline(place.filename, place.lineno or 0).encode()[place.colno or 0 :]
    return line.decode().partition("(")[0].strip()


def _takes(kind: type[Struct]) -> str:
    known = [one for one in fields(kind) if not one.name.startswith("_")]
    needed = [one.name for one in known if one.required]
    others = [one.name for one in known if not one.required]
    said = [f"needs {', '.join(needed)}"] * bool(needed) + [f"may have {', '.join(others)}"] * bool(others)
    if not said:
        return f"{kind.__name__} takes nothing"
    return f"{kind.__name__} {' and '.join(said)}{'' if kind.__match_args__ else ', all by name'}"
