"""Typed values out of a TOML table: a frozen Struct says which keys there are, of which type, with which default.

Rules: an unknown key is an error that lists the known ones; every error names the file, the key, and what to write
instead; all of a file's mistakes are named at once. The value that was found is never repeated: it may be a secret.
"""

from __future__ import annotations

import types
from collections.abc import Mapping, Sequence
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeGuard, TypeVar, Union, get_args, get_origin

from msgspec import NODEFAULT, Struct, field
from msgspec.structs import FieldInfo, fields

from retention.discreet import Discreet
from retention.errors import ConfigError

Section = TypeVar("Section", bound=Struct)

_TOML_NAME = {str: "a text", int: "a whole number", float: "a number", bool: "true or false", Path: "a path"}
MASK = "***"  # stands for a secret where settings are shown
_NOTHING: Any = None  # stands for a value that could not be read; its mistake is noted, so it is never used


class Secret(Struct, frozen=True):
    """Says of a setting that it comes from an environment variable, or the file that VARIABLE_FILE names, else is None.

    The file may say it too, and the environment wins. It stands in no digest and is masked where shown; its section is
    Discreet, so that it stands in no repr.
    """

    variable: str


class Hidden(Struct, frozen=True):
    """Says of a setting that no file may say it."""


@lru_cache
def settings_of(kind: type[Struct]) -> tuple[FieldInfo, ...]:
    """The settings of a section, in their order."""
    return fields(kind)


def secret_variable(one: FieldInfo) -> str | None:
    """The environment variable that a secret setting comes from; None: it is no secret."""
    return next((mark.variable for mark in _marks(one) if isinstance(mark, Secret)), None)


def is_hidden(one: FieldInfo) -> bool:
    """Whether no file may say it."""
    return any(isinstance(mark, Hidden) for mark in _marks(one))


def hint_of(one: FieldInfo) -> Any:
    """The type of a setting, without what is said of it."""
    return get_args(one.type)[0] if _marks(one) else one.type


def is_section(hint: Any) -> TypeGuard[type[Struct]]:
    """Whether a type is that of a table of its own."""
    return isinstance(hint, type) and issubclass(hint, Struct)


def _marks(one: FieldInfo) -> tuple[object, ...]:
    return getattr(one.type, "__metadata__", ())


class Reader(Discreet, frozen=True):
    """One configuration file while it is read: where paths in it begin, and the mistakes found so far."""

    file: Path
    environ: Mapping[str, str] = field(default_factory=dict)
    mistakes: list[str] = field(default_factory=list)

    seen = ("file", "mistakes")

    def section(self, kind: type[Section], raw: object, where: str) -> Section:
        """One table as the section `kind`."""
        if not isinstance(raw, Mapping):
            self.wrong(where, f"is {_said(raw)}; write a table [{where}]")
            raw = {}
        known = {one.name: one for one in settings_of(kind)}
        for key in sorted(set(raw) - set(known)):
            named = ", ".join(name for name, one in known.items() if not is_hidden(one))
            self.wrong(_path(where, key), f"is unknown; known are {named}")
        hints = {name: hint_of(one) for name, one in known.items()}
        raw = dict(raw) | self._secrets(known)
        values = {name: self._value(hints[name], raw[name], _path(where, name)) for name in known if name in raw} | {
            name: self._missing(hints[name], one, where) for name, one in known.items() if name not in raw
        }
        return _NOTHING if self.mistakes else kind(**values)

    def secret(self, variable: str) -> str | None:
        """What a variable says, or the first line of the file that VARIABLE_FILE names; None: neither is set."""
        named = self.environ.get(f"{variable}_FILE")
        if variable in self.environ or not named:
            return self.environ.get(variable)
        try:
            return (Path(named).read_text(encoding="utf-8").splitlines() or [""])[0]
        except (OSError, UnicodeDecodeError):
            self.wrong(f"{variable}_FILE", "names a file that cannot be read; check its name and mode")
            return None

    def _secrets(self, known: Mapping[str, FieldInfo]) -> dict[str, str]:
        """The settings of a section that the environment says."""
        named = {name: variable for name, one in known.items() if (variable := secret_variable(one)) is not None}
        said = {name: self.secret(variable) for name, variable in named.items()}
        return {name: value for name, value in said.items() if value is not None}

    def wrong(self, where: str, what: str) -> None:
        """Note a mistake: the key, then what is wrong and what to write."""
        self.mistakes.append(f"{self.file}: {where} {what}")

    def done(self) -> None:
        """Raise ConfigError with every mistake noted, if there is any."""
        if self.mistakes:
            raise ConfigError("\n".join(f"{mistake}." for mistake in self.mistakes))

    def _missing(self, hint: Any, one: FieldInfo, where: str) -> Any:
        if one.default is not NODEFAULT:
            return self._value(hint, str(one.default), "") if hint is Path else one.default
        if is_section(hint):  # also when it may be left out: the environment may say some
            return self.section(hint, {}, _path(where, one.name))
        if one.default_factory is not NODEFAULT:
            return one.default_factory()
        self.wrong(_path(where, one.name), f"is missing; write {one.name} = {_example(hint)} under [{where}]")
        return _NOTHING

    def _value(self, hint: Any, raw: object, where: str) -> Any:
        origin = get_origin(hint)
        if origin in (types.UnionType, Union):
            return self._value(next(arm for arm in get_args(hint) if arm is not type(None)), raw, where)
        if origin is tuple:
            return self._items(get_args(hint)[0], raw, where)
        if origin is not None and issubclass(origin, Mapping):
            return self._entries(get_args(hint)[1], raw, where)
        if is_section(hint):
            return self.section(hint, raw, where)
        return self._scalar(hint, raw, where)

    def _items(self, hint: Any, raw: object, where: str) -> tuple[Any, ...]:
        if isinstance(raw, str) or not isinstance(raw, Sequence):
            self.wrong(where, f"is {_said(raw)}; write a list [...]")
            return ()
        return tuple(self._value(hint, item, f"{where}[{number}]") for number, item in enumerate(raw, start=1))

    def _entries(self, hint: Any, raw: object, where: str) -> Mapping[str, Any]:
        if not isinstance(raw, Mapping):
            self.wrong(where, f"is {_said(raw)}; write tables [{where}.NAME]")
            return {}
        read = {name: self._value(hint, item, _path(where, name)) for name, item in raw.items()}
        return types.MappingProxyType(read)

    def _scalar(self, hint: Any, raw: object, where: str) -> Any:
        if isinstance(hint, type) and issubclass(hint, StrEnum):
            known = [one.value for one in hint]
            if isinstance(raw, str) and raw in known:
                return hint(raw)
            self.wrong(where, f"is not one of {', '.join(known)}")
        elif hint is Path and isinstance(raw, str):
            return self.file.parent / Path(raw).expanduser()
        elif hint is float and isinstance(raw, int) and not isinstance(raw, bool):
            return float(raw)
        elif isinstance(raw, hint) and not (hint is int and isinstance(raw, bool)):
            return raw
        else:
            self.wrong(where, f"is {_said(raw)}; write {_TOML_NAME.get(hint, 'a value')}")
        return _NOTHING


def _path(where: str, key: str) -> str:
    return f"{where}.{key}" if where else key


def _said(raw: object) -> str:
    """What kind of value was found, without saying it."""
    match raw:
        case Mapping():
            return "a table"
        case list():
            return "a list"
        case _:
            return _TOML_NAME.get(type(raw), "a value of another kind")


def _example(hint: Any) -> str:
    return {int: "1", float: "0.5", bool: "true"}.get(hint, '"..."' if get_origin(hint) is not tuple else '["..."]')
