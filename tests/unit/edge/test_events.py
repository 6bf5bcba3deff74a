"""The vocabulary of log lines: documented, and what the source logs. RETENTION_TEST_REWRITE=1 writes its page anew."""

import ast
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from retention import events

ROOT = Path(__file__).parents[3]
PAGE = ROOT / "docs" / "events.md"
SOURCES = ("retention", "jobs")
LEVELS = {"info", "warning", "error", "exception", "debug", "critical"}
BOUND = {"exc_info"}  # arguments that are no field of their name
HEAD = """# Log lines

Operators' log lines go to standard error: JSON where a machine reads, coloured text on a terminal, or as `[logging]
format` says. They are not the audit log, and no proof; they can be thrown away. This page is the whole vocabulary: a
test compares it with `retention/events.py`, with every place that logs, and with the lines of a whole night.

No line has a record's key, a subject, a matter or any other value of a record, nor a password or the text of a
driver's error. `exception` is the class of one. Datasets are named by their id, plans by their digest.

Every line has `event`, `level` and `timestamp` (UTC). Besides:

| Field | In every line of |
|---|---|
"""
TABLE = """
| Event | When | Fields |
|---|---|---|
"""


def page() -> str:
    bound = "".join(f"| `{name}` | {what} |\n" for name, what in events.CONTEXT.items())
    rows = (
        f"| `{name}` | {one.when} | {', '.join(f'`{field}`' for field in one.fields)} |\n"
        for name, one in events.VOCABULARY.items()
    )
    return HEAD + bound + TABLE + "".join(rows)


def test_the_page_is_the_vocabulary():
    if os.environ.get("RETENTION_TEST_REWRITE"):
        PAGE.write_text(page())
    assert PAGE.read_text() == page()


@cache
def calls() -> list[tuple[str, ast.Call]]:
    """Every call with an argument, and where it is."""
    return [
        (f"{path.relative_to(ROOT)}:{node.lineno}", node)
        for folder in SOURCES
        for path in sorted((ROOT / folder).rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and node.args
    ]


def logged() -> Iterator[tuple[str, str, set[str]]]:
    """Where something is logged, which event, and with which fields that it says in so many words."""
    for where, call in calls():
        named = call.args[0]
        if not isinstance(named, ast.Attribute) or ast.unparse(named.value) != "events":
            continue
        words = [one.arg for one in call.keywords]
        fields = {one for one in words if one is not None} - BOUND
        fields |= {"exception"} if "exc_info" in words or method(call) == "exception" else set()
        yield where, named.attr, fields


def method(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else ""


def to_a_log(call: ast.Call) -> bool:
    return isinstance(call.func, ast.Attribute) and "log" in ast.unparse(call.func.value).lower()


def test_every_place_that_logs_says_the_fields_of_its_event():
    found = list(logged())
    assert len(found) > 20
    for where, name, fields in found:
        documented = {*vars(events)[name].fields, *events.CONTEXT}
        assert fields <= documented, where


def test_no_place_that_logs_has_words_of_its_own():
    for where, call in calls():
        if method(call) in LEVELS and to_a_log(call):
            assert not isinstance(call.args[0], ast.Constant), where


def test_every_event_is_a_noun_and_what_happened_to_it():
    names = [name for name, value in vars(events).items() if isinstance(value, str) and name.isupper()]
    assert names == [one.upper() for one in events.VOCABULARY]
    assert [name for name in names if name.count("_") < 1] == []
