"""README.md: its commands work, its policy means what it says, and every promise has the test that it names."""

import ast
import re
import shlex
import sqlite3
from contextlib import closing
from pathlib import Path

import click
import pytest

from retention.cli import main
from tests.readers import ROOT, blocks, is_said, programs_in, typed

README = ROOT / "README.md"
SCHEMA = """
CREATE TABLE client (client_id INTEGER PRIMARY KEY, naam TEXT, geboortedatum DATE);
CREATE TABLE dossier (dossier_id INTEGER PRIMARY KEY, client_id INTEGER NOT NULL REFERENCES client (client_id),
    regime TEXT NOT NULL, afgesloten_op DATE, samenvatting TEXT);
CREATE TABLE contactmoment (contact_id INTEGER PRIMARY KEY,
    dossier_id INTEGER NOT NULL REFERENCES dossier (dossier_id), notitie TEXT);
INSERT INTO client VALUES (1, 'A. de Vries', '1970-01-01'), (2, 'B. Bakker', '1980-01-01');
INSERT INTO dossier VALUES (10, 1, 'schuldhulp', '2012-03-01', 'afgerond'), (11, 2, 'schuldhulp', NULL, 'loopt nog'),
    (12, 2, 'wmo', '2012-03-01', 'afgerond');
INSERT INTO contactmoment VALUES (100, 10, 'gebeld'), (101, 11, 'gebeld');
"""


def commands() -> list[list[str]]:
    """Every line that a reader may type, as words."""
    return [shlex.split(line) for kind, text in blocks(README) if kind == "sh" for line in text.splitlines()]


def targets() -> set[str]:
    lines = (ROOT / "Makefile").read_text().splitlines()
    return {line.partition(":")[0] for line in lines if not line.startswith(("\t", "#", ".")) and ":" in line}


def known(words: list[str]) -> bool:
    """Whether there are such a command and such options."""
    group, context = main, click.Context(main)
    while isinstance(group, click.Group) and words and (found := group.get_command(context, words[0])):
        group, words = found, words[1:]
    options = {name for parameter in group.params for name in parameter.opts}
    return not isinstance(group, click.Group) and {word for word in words if word.startswith("--")} <= options


@pytest.fixture
def place(tmp_path: Path) -> Path:
    folder = tmp_path / "work"
    folder.mkdir()
    with closing(sqlite3.connect(folder / "my.db")) as database:
        database.executescript(SCHEMA)
    return folder


def test_every_command_in_it_exists():
    for program, *words in commands():
        match program:
            case "make":
                assert set(words) <= targets()
            case "pip":
                assert words == ["install", "retention-sweeper"]
            case _:
                assert program == "retention"
                assert known(words), words


def test_a_command_that_does_not_exist_is_found():
    assert known(["hold", "place", "--matter", "x"])
    assert not known(["hold", "seize"])
    assert not known(["sweep", "--force"])


def test_its_policy_works_on_the_database_that_its_commands_drafted_one_for(tmp_path: Path, place: Path):
    programs, printed, done = programs_in(tmp_path / "bin"), "", []
    for kind, text in blocks(README):
        match kind.split():
            case ["sh"] if "demo" not in text:
                printed = typed(text, place, programs)
            case ["python", name]:
                (place / name).write_text(text)
            case ["text"]:
                assert is_said(text, printed), f"expected\n{text}\nprinted\n{printed}"
            case ["sh"]:
                continue
            case _:
                pytest.fail(f"a block that no test runs: {kind!r}")
        done.append(kind)
    assert len(done) == 4
    typed("retention policies check", place, programs)
    assert ": 1 record listed" in typed("retention plan --lang en", place, programs)


def promises() -> dict[str, list[str]]:
    """The tests that each promise names."""
    rows = [line.split("|")[1:-1] for line in README.read_text().splitlines() if line.startswith("| P")]
    return {number.strip(): re.findall(r"`(tests/[^`]+)`", tests) for number, _, tests in rows}


def functions_of(path: str) -> set[str]:
    tree = ast.parse((ROOT / path).read_text())
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def test_every_promise_names_tests_that_there_are():
    assert list(promises()) == [f"P{number}" for number in range(1, 14)]
    for named in promises().values():
        assert named
        for test in named:
            path, _, name = test.partition("::")
            assert name in functions_of(path), test


def test_it_is_short_enough_to_be_read():
    assert len(README.read_text().splitlines()) < 250
