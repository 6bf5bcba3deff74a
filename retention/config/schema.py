"""`retention.toml` described for editors and people: a JSON Schema and a page, written from the settings' own source.

`python -m retention.config.schema` writes both anew; a test holds them to the settings. Programs read the file that was
written (`packaged`), so that nothing depends on source that an installation may lack.
"""

from __future__ import annotations

import inspect
import io
import json
import sys
import tokenize
import types
from collections.abc import Iterator, Mapping
from enum import StrEnum
from importlib import resources
from pathlib import Path
from typing import Any, Final, Union, get_args, get_origin

from msgspec import NODEFAULT, Struct
from msgspec.structs import FieldInfo

from retention.config import FILE_NAME, Settings
from retention.config.reader import hint_of, is_hidden, is_section, secret_variable, settings_of

FILE: Final = "retention.schema.json"
_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_SCALARS: Final[Mapping[Any, str]] = {str: "string", Path: "string", int: "integer", float: "number", bool: "boolean"}
_HEAD: Final = f"""\
# {FILE_NAME}

Every section and key, written from the source by `python -m retention.config.schema`. An unknown key is an error, and
all of a file's mistakes are named at once: `retention config check`. `retention config show` says what holds, secrets
masked. `retention config schema` prints a JSON Schema for editors; where yours reads such schemas, begin the file with
`#:schema ./{FILE}`.

Paths begin at the file's own folder. A *secret* comes from its variable, from the file that the variable with `_FILE`
behind it names, or from the key, in this order. `NAME` is yours to choose. A store's URLs and passwords come from
`RETENTION_STORE_NAME_URL`, `…_PASSWORD`, `…_READ_URL`, `…_READ_PASSWORD`, `…_REPLICA_URLS`, `…_REPLICA_PASSWORD`
likewise, and a URL may hold `${{VARIABLES}}`."""
_IN_THE_ENVIRONMENT: Final = frozenset({"url"})  # what a table may leave out, since a variable may say it


def packaged() -> str:
    """The schema as it was written: JSON, one object."""
    return resources.files("retention.config").joinpath(FILE).read_text("utf-8")


def schema() -> dict[str, Any]:
    """What `retention.toml` may say, as a JSON Schema (2020-12)."""
    return {"$schema": _DIALECT, "title": FILE_NAME} | _table(Settings)


def page() -> str:
    """The same for people: a Markdown page, one table for each section."""
    lines = [_HEAD]
    for where, kind in _sections(Settings, ""):
        lines += ["", f"## {where}", "", _first_line(kind), *_rows(kind)]
    return "\n".join(lines) + "\n"


def _table(kind: type[Struct]) -> dict[str, Any]:
    known = _known(kind)
    hints = {one.name: hint_of(one) for one in known}
    said = remarks(kind)
    required = [one.name for one in known if _is_required(hints[one.name], one) and one.name not in _IN_THE_ENVIRONMENT]
    found: dict[str, Any] = {
        "type": "object",
        "description": _first_line(kind),
        "additionalProperties": False,
        "properties": {one.name: _value(hints[one.name]) | _about(one, said.get(one.name)) for one in known},
    }
    return found | ({"required": required} if required else {})


def _value(hint: Any) -> dict[str, Any]:
    origin = get_origin(hint)
    if origin in (types.UnionType, Union):
        return _value(next(arm for arm in get_args(hint) if arm is not type(None)))
    if origin is tuple:
        return {"type": "array", "items": _value(get_args(hint)[0])}
    if origin is not None and issubclass(origin, Mapping):
        return {"type": "object", "additionalProperties": _value(get_args(hint)[1])}
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return {"type": "string", "enum": [one.value for one in hint]}
    return _table(hint) if is_section(hint) else {"type": _SCALARS[hint]}


def _about(one: FieldInfo, remark: str | None) -> dict[str, Any]:
    found: dict[str, Any] = {"description": remark} if remark else {}
    default = _default(one)
    return found | ({} if default is None else {"default": default})


def _default(one: FieldInfo) -> Any:
    """What holds where nothing is said, as JSON has it; None: nothing does, or a table of its own says."""
    if one.default is NODEFAULT or one.default is None:
        return None
    return list(one.default) if isinstance(one.default, tuple) else _plain(one.default)


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, (Path, StrEnum)) else value


def _known(kind: type[Struct]) -> list[FieldInfo]:
    return [one for one in settings_of(kind) if not is_hidden(one)]


def _is_required(hint: Any, one: FieldInfo) -> bool:
    """Whether a file must say it: a table that may be empty is not missed."""
    if not one.required:
        return False
    return not is_section(hint) or bool(_table(hint).get("required"))


def remarks(kind: type[Struct]) -> dict[str, str]:
    """What the comment behind each field of a section says."""
    found: dict[str, str] = {}
    last = ""
    for token in tokenize.generate_tokens(io.StringIO(inspect.getsource(kind)).readline):
        if token.type == tokenize.COMMENT and last:
            found[last] = token.string.removeprefix("#").strip().replace("None: ", "left out: ")
        words = token.line.split()
        last = words[0].rstrip(":") if words and words[0].endswith(":") else ""
    return found


def _first_line(kind: type[Struct]) -> str:
    return (inspect.getdoc(kind) or "").partition("\n")[0]


def _sections(kind: type[Struct], where: str) -> Iterator[tuple[str, type[Struct]]]:
    for one in _known(kind):
        hint = hint_of(one)
        name, inner = f"{where}{one.name}", _inner(hint)
        if inner is None:
            continue
        name += ".NAME" if _is_mapping(hint) else ""
        yield f"[[{name}]]" if get_origin(hint) is tuple else f"[{name}]", inner
        yield from _sections(inner, f"{name}.")


def _inner(hint: Any) -> type[Struct] | None:
    """The section that a key stands for; None: it is a plain value."""
    arms = [arm for arm in (*get_args(hint), hint) if is_section(arm)]
    return arms[0] if arms else None


def _is_mapping(hint: Any) -> bool:
    origin = get_origin(hint)
    return isinstance(origin, type) and issubclass(origin, Mapping)


def _rows(kind: type[Struct]) -> Iterator[str]:
    said, plain = remarks(kind), [one for one in _known(kind) if _inner(hint_of(one)) is None]
    if not plain:
        return
    yield ""
    yield "| Key | What | Where nothing is said |"
    yield "|---|---|---|"
    for one in plain:
        told = [said.get(one.name, ""), _kind(hint_of(one)), _variable(one)]
        yield f"| `{one.name}` | {'; '.join(filter(None, told))} | {_default_cell(hint_of(one), one)} |"


def _kind(hint: Any) -> str:
    value = _value(hint)
    if "enum" in value:
        return "one of " + ", ".join(f"`{one}`" for one in value["enum"])
    return {"array": "a list", "integer": "a whole number", "number": "a number", "boolean": "true or false"}.get(
        value["type"], ""
    )


def _variable(one: FieldInfo) -> str:
    name = secret_variable(one)
    return "" if name is None else f"a secret: `{name}`"


def _default_cell(hint: Any, one: FieldInfo) -> str:
    if _is_required(hint, one) and one.name not in _IN_THE_ENVIRONMENT:
        return "**required**"
    default = _default(one)
    return "nothing" if default in (None, "", []) else f"`{json.dumps(default, ensure_ascii=False)}`"


def written() -> dict[Path, str]:
    """Both files, by where they belong in a clone."""
    here = Path(__file__).parent
    return {
        here / FILE: json.dumps(schema(), indent=2, ensure_ascii=False) + "\n",
        here.parents[1] / "docs" / "configuration.md": page(),
    }


if __name__ == "__main__":
    for path, text in written().items():
        path.write_text(text, encoding="utf-8")
        sys.stdout.write(f"{path}\n")
