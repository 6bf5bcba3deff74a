"""The draft as files: a data map, an example policy, the register, and a test, each suggestion a comment to confirm."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from importlib import resources
from typing import Final

from msgspec import Struct

from retention.drafting import names
from retention.drafting.guess import Guess, Path, Personal
from retention.stores.schema import ForeignKey, SchemaColumn
from retention.technique import Technique

_CONFIRM: Final = "# confirm:"
_ACTS: Final = ("CASCADE", "SET NULL", "SET DEFAULT")
_INSTANT: Final = f'Timestamp(zone="UTC"),  {_CONFIRM} an instant'
_STAMPED: Final = ", which the database sets anew at every change"
_NOBODY: Final = (
    '\n_NOBODY = NoSubject(Text(nl="nog te bevestigen: over niemand", en="to be confirmed: about nobody"))\n'
)
_EXPORTS: Final[Mapping[str, tuple[str, ...]]] = {
    "retention.dataset": ("Dataset", "Day", "NoSubject", "Timestamp", "via"),
    "retention.disposition": ("Child", "Delete"),
    "retention.technique": ("DateToYear", "FixedText", "IpPrefix", "Nullify", "Truncate"),
    "retention.text": ("Text",),
}


class Draft(Struct, frozen=True, kw_only=True):
    """What `init --from` writes: texts by the path of their file, and where to begin."""

    files: Mapping[str, str]
    suggestions: int  # comments to confirm
    example: str | None  # dataset of the example policy; None: the database has no table with a key


def draft(guess: Guess, *, zone: str, prepared_by: str) -> Draft:
    """A `policies/` package that compiles, and its test."""
    example = guess.example()
    module = guess.constant(example).lower() if example is not None else ""
    files = {"policies/data_map.py": data_map(guess, zone)}
    if example is not None:
        files[f"policies/{module}_policy.py"] = _policy(guess, example, prepared_by)
    files["policies/__init__.py"] = _register(guess, f"{module}_policy" if example is not None else None)
    files["tests/test_policies.py"] = _template("test_policies.py.txt")
    return Draft(
        files=files,
        suggestions=sum(text.count(_CONFIRM) for text in files.values()),
        example=None if example is None else guess.dataset_id(example),
    )


def data_map(guess: Guess, zone: str) -> str:
    """The module that declares every dataset, those that others are reached through first."""
    skipped = "".join(f"{_CONFIRM} {name!r} is left out: {reason}\n" for name, reason in guess.left_out.items())
    body = "\n".join([*filter(None, [skipped]), *(_dataset(guess, name, zone) for name in _in_order(guess))])
    nobody = _NOBODY if "_NOBODY" in body else ""
    return (
        _template("data_map.py.txt")
        .replace("STORE", guess.store)
        .replace("IMPORTS\n", _imports(nobody + body))
        .replace("NOBODY\n", nobody)
        + body
    )


def _imports(body: str) -> str:
    """The imports of what a module uses, and of nothing else."""
    used = set(re.findall(r"\b([A-Za-z]+)\(", body))
    found = {module: [name for name in names if name in used] for module, names in _EXPORTS.items()}
    return "".join(f"from {module} import {', '.join(names)}\n" for module, names in found.items() if names)


def _in_order(guess: Guess) -> list[str]:
    ordered: dict[str, None] = {}

    def add(name: str) -> None:
        for path in guess.paths(name):
            for hop in path.hops:
                if hop.to_table not in ordered and hop.to_table != name:
                    add(hop.to_table)
        ordered.setdefault(name)

    for name in guess.tables:
        add(name)
    return list(ordered)


def _dataset(guess: Guess, name: str, zone: str) -> str:
    table, dataset_id = guess.tables[name], guess.dataset_id(name)
    lines = [f"{guess.constant(name)} = Dataset(", f"    id={_quoted(dataset_id)},"]
    if dataset_id.partition(".")[2] != name:
        lines.append(f"    collection={_quoted(name)},")
    lines += [
        f"    key={_tuple(table.primary_key)},",
        *_subjects(guess, name),
        *_children(guess, name),
        *_dates(guess, name, zone),
        *_fields(guess.personal(name) if guess.paths(name) else ()),
        *_notes(guess, name),
        ")\n",
    ]
    return "\n".join(lines)


def _subjects(guess: Guess, name: str) -> Iterable[str]:
    paths = guess.paths(name)
    if not paths:
        looks = ", ".join(one.column for one in guess.personal(name))
        doubt = f"{looks} looks personal" if looks else "about nobody?"
        yield f"    subjects=_NOBODY,  {_CONFIRM} no path to a person was found; {doubt}"
        return
    yield f"    subjects={{  {_CONFIRM} whom a hold can name"
    for path in paths:
        yield f"        {_quoted(path.namespace)}: {_path(guess, path)},"
    yield "    },"


def _path(guess: Guess, path: Path) -> str:
    written = _quoted(path.column)
    for hop in reversed(path.hops):
        joined = _on(dict(zip(hop.to_columns, hop.columns, strict=True)))
        written = f"via({joined}, {guess.constant(hop.to_table)}, {written})"
    return written


def _children(guess: Guess, name: str) -> Iterable[str]:
    keys = guess.children(name)
    if keys:
        yield "    then=Delete(  # the record goes, with:"
        yield "        children=("
        for key in keys:
            joined = _on(dict(zip(key.columns, key.to_columns, strict=True)))
            child = _quoted(guess.dataset_id(key.table))
            yield f"            Child({child}, on={joined}),  {_CONFIRM} goes along{_by_itself(key)}"
        yield "        ),"
        yield "    ),"
    for key in _unowned(guess, name):
        columns, other = ", ".join(key.columns), guess.dataset_id(key.to_table)
        yield f"    {_CONFIRM} {columns} also refers to {other}{_by_itself(key)}; does this go with that record?"


def _unowned(guess: Guess, name: str) -> Iterable[ForeignKey]:
    owner = guess.owner(name)
    return (key for key in guess.tables[name].foreign_keys if key is not owner and key.to_table in guess.tables)


def _by_itself(key: ForeignKey) -> str:
    """What the database does with the referring record, where it does something."""
    return f"; ON DELETE {key.on_delete}" if key.on_delete in _ACTS else ""


def _notes(guess: Guess, name: str) -> Iterable[str]:
    """What the database does by itself with these records."""
    table = guess.tables[name]
    for column in table.columns.values():
        if column.generated and names.personal_kind(column.name) is not None:
            yield f"    {_CONFIRM} {column.name} is computed by the database: erase what it is computed from"
    if table.triggers:
        yield f"    {_CONFIRM} the database acts on its deletes or updates. If no copy stays behind, uncomment:"
        yield f"    # triggers={_tuple(table.triggers)},"
    keeps = (*(("every version",) if table.historised else ()), *table.copies)
    if table.triggers or keeps:
        said = f"the database keeps its records ({', '.join(keeps)})" if keeps else "if a copy stays"
        yield f'    {_CONFIRM} {said}: history=Kept(Text(nl="…", en="…"))'
    if table.inheritors:
        yield f"    {_CONFIRM} records of other tables show in it too: {', '.join(table.inheritors)}"
    if table.without_transactions:
        yield f"    {_CONFIRM} {table.without_transactions} has no transactions: nothing here can be disposed of"


def _dates(guess: Guess, table: str, zone: str) -> Iterable[str]:
    dates = guess.dates(table)
    if not dates:
        return
    yield "    dates={"
    for name, column in dates.items():
        kind = _INSTANT if guess.is_instant(column) else _date_kind(name, column, zone)
        yield f"        {_quoted(name)}: {kind}{_STAMPED if column.restamped else ''}"
    yield "    },"


def _date_kind(name: str, column: SchemaColumn, zone: str) -> str:
    if column.python_type is not datetime:
        return f"Day(),  {_CONFIRM} a date ({column.sql_type})"
    if "zone" in column.sql_type.lower() and "without" not in column.sql_type.lower():
        return f"Timestamp(zone=None),  {_CONFIRM} each value carries its own offset"
    in_utc = "utc" in names.words(name).split("_")
    return f"Timestamp(zone={_quoted('UTC' if in_utc else zone)}),  {_CONFIRM} written in this zone"


def _fields(personal: tuple[Personal, ...]) -> Iterable[str]:
    known = [(one, one.technique) for one in personal if one.technique is not None]
    if known:
        yield "    fields={  # personal, and how each is erased while its record stays"
        for one, technique in known:
            yield f"        {_quoted(one.column)}: {_technique(technique)},  {_CONFIRM} looks like {one.kind.value}"
        yield "    },"
    for one in personal:
        if one.technique is None:
            yield f"    {_CONFIRM} {one.column} looks like {one.kind.value}, and no technique fits its column"


def _technique(technique: Technique) -> str:
    return repr(technique).replace("'", '"')


def _policy(guess: Guess, table: str, prepared_by: str) -> str:
    trigger = guess.trigger(table)
    period = (
        f"keep_for=PERMANENT,  {_CONFIRM} no date was found that could start a period"
        if trigger is None
        else f"keep_for=years(100),  {_CONFIRM} how long; 100 years destroys nothing until you decide"
    )
    starts = (
        "" if trigger is None else f"            starts_on={_quoted(trigger)},  {_CONFIRM} what starts the period\n"
    )
    words = names.words(table).replace("_", " ")
    return (
        _template("policy.py.txt")
        .replace("CONSTANT", guess.constant(table))
        .replace("PURPOSE", _purpose(words))
        .replace("WORDS", words.capitalize())
        .replace("PREPARED_BY", prepared_by)
        .replace("PERIOD_IMPORT", "PERMANENT" if trigger is None else "years")
        .replace("            STARTS_ON\n", starts)
        .replace("KEEP_FOR", period)
    )


def _purpose(words: str) -> str:
    plain = words.replace(" ", "-")
    return plain if plain[0].isalpha() else f"p-{plain}"


def _register(guess: Guess, module: str | None) -> str:
    constants = ",\n".join(f"    {guess.constant(name)}" for name in sorted(guess.tables, key=guess.constant))
    listed = "".join(f"        {guess.constant(name)},\n" for name in guess.tables)
    imported = f"from .{module} import POLICY\n" if module is not None else ""
    return (
        _template("register.py.txt")
        .replace("IMPORT_CONSTANTS", f"from .data_map import (\n{constants},\n)\n" if constants else "")
        .replace("IMPORT_POLICY", imported)
        .replace("POLICIES", "(POLICY,)" if module is not None else "()")
        .replace("DATASETS", f"(\n{listed}    )" if listed else "()")
    )


def _on(pairs: Mapping[str, str]) -> str:
    """A relation as `on` is best written: a column, several of the same name, or {theirs: ours}."""
    if all(theirs == ours for theirs, ours in pairs.items()):
        return _quoted(next(iter(pairs))) if len(pairs) == 1 else _tuple(tuple(pairs))
    return "{" + ", ".join(f"{_quoted(theirs)}: {_quoted(ours)}" for theirs, ours in pairs.items()) + "}"


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"' if text.isprintable() else repr(text)


def _tuple(items: tuple[str, ...]) -> str:
    return "(" + ", ".join(_quoted(item) for item in items) + ("," if len(items) == 1 else "") + ")"


def _template(name: str) -> str:
    return resources.files("retention.drafting").joinpath("templates", name).read_text("utf-8")
