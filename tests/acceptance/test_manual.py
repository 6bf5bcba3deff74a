"""docs/manual, typed by a new operator: every page in its order, in one folder that begins empty, on PostgreSQL.

The programs are the wheel's, in an environment of their own. What a reader would write for their own place (a host, a
database, how to install) stands in blocks marked `yours`, and as `db.example.org:5432/cvs`.
"""

import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import URL, make_url

from retention.cli import main
from retention.notice import NoticeKind
from retention.status.code import Code
from tests.postgresql import execute
from tests.readers import ROOT, blocks, is_said
from tests.servers import database, need
from tests.warm import command

MANUAL = ROOT / "docs" / "manual"
PAGES = ("start", "every-day", "first-clean-up", "alarms", "restore", "auditor")
ACCOUNTS = ("retention_sweep", "retention_dry_run")
STATUSES = {"0", "1", "2", "3", "4", "5", "130"}  # README.md has them; 130 is how a shell names Ctrl-C
STAND_IN = """import os, sys
import psycopg

words, said = sys.argv[1:], ""
if "--command" in words:
    said = words[words.index("--command") + 1]
elif "--file" in words:
    said = open(words[words.index("--file") + 1]).read()
else:
    said = sys.stdin.read()
with psycopg.connect("", autocommit=True) as connection:
    cursor = connection.execute(said)
    while cursor.nextset():
        pass
    if cursor.description:
        print("\\n".join("|".join(map(str, row)) for row in cursor.fetchall()))
"""


@dataclass
class Terminal:
    """A terminal in one folder, which keeps what was exported in it."""

    folder: Path
    server: URL
    variables: dict[str, str]
    printed: str = ""
    done: list[str] = field(default_factory=list)

    def page(self, name: str) -> None:
        """Do what a page says, from top to bottom."""
        for kind, text in blocks(MANUAL / f"{name}.md"):
            match kind.split():
                case ["sh"]:
                    self.type(self.here(text))
                case ["sh", "yours"]:
                    assert is_known_to_differ(text), text
                case ["text"]:
                    assert is_said(text, self.printed), f"{name}: expected\n{text}\nprinted\n{self.printed}"
                case ["python", file]:
                    (self.folder / file).write_text(text)
                case ["toml", file]:
                    put_section(self.folder / file, self.here(text))
                case _:
                    pytest.fail(f"{name}: a block that no test runs: {kind!r}")
            self.done.append(kind)

    def type(self, text: str) -> None:
        """Type these lines, each of which must succeed."""
        kept = self.folder.parent / "variables"
        done = subprocess.run(
            ["sh", "-e", "-a", "-c", f"{text}\nenv -0 > {shlex.quote(str(kept))}"],
            cwd=self.folder, env=self.variables, capture_output=True, text=True, timeout=100, check=False,
        )  # fmt: skip
        assert done.returncode == 0, f"{text}\n{done.stdout}\n{done.stderr}"
        self.printed = done.stdout
        self.variables = dict(line.split("=", 1) for line in kept.read_text().split("\0") if "=" in line)

    def here(self, text: str) -> str:
        """A text as a reader of this place would write it."""
        server = self.server
        return text.replace("db.example.org:5432/cvs", f"{server.host}:{server.port}/{server.database}")


def put_section(file: Path, text: str) -> None:
    """Write a section of the configuration, in the place of the one of that name."""
    header, before = text.partition("\n")[0], file.read_text()
    head = header.partition("]")[0] + "]"
    found = re.search(rf"^{re.escape(head)}.*?(?=^\[|^# \[|^# [A-Z]|\Z)", before, re.MULTILINE | re.DOTALL)
    file.write_text(before[: found.start()] + text + "\n" + before[found.end() :] if found else f"{before}\n{text}")
    tomllib.loads(file.read_text())


def is_known_to_differ(text: str) -> bool:
    """Whether these lines are an installation of ours, or say where a database is."""
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    for program, *words in map(shlex.split, text.splitlines()):
        match Path(program).name:
            case "pip":
                package, _, extra = words[-1].removesuffix("]").partition("[")
                if words[:-1] not in (["install"], ["install", "--upgrade"]) or package != "retention-sweeper":
                    return False
                if extra not in extras:
                    return False
            case "python3":
                if words[:2] != ["-m", "venv"]:
                    return False
            case "export":
                if not all(word.startswith(("PATH=", "PG")) for word in words):
                    return False
            case _:
                return False
    return True


@pytest.fixture
def terminal(tmp_path: Path, binaries: Path) -> Iterator[Terminal]:
    """An empty folder beside an empty database, and the programs that an operator has."""
    need("postgresql")
    (tmp_path / "work").mkdir(mode=0o700)
    if shutil.which("psql") is None:
        (tmp_path / "bin").mkdir()
        (tmp_path / "bin" / "psql.py").write_text(STAND_IN)
        (tmp_path / "bin" / "psql").write_text(f'#!/bin/sh\nexec {sys.executable} {tmp_path}/bin/psql.py "$@"\n')
        (tmp_path / "bin" / "psql").chmod(0o755)
    clean = {n: v for n, v in os.environ.items() if not n.startswith(("PYTHON", "RETENTION", "PG"))}
    with database("postgresql") as url, command(binaries, tmp_path / "warm") as warm:
        server = make_url(url)
        told = {"PGHOST": server.host, "PGPORT": str(server.port), "PGDATABASE": server.database,
                "PGUSER": server.username, "PGPASSWORD": server.password}  # fmt: skip
        path = os.pathsep.join([str(warm), str(binaries), str(tmp_path / "bin"), os.environ["PATH"]])
        forget(url)
        try:
            yield Terminal(
                tmp_path / "work", server, clean | {"PATH": path} | {n: v for n, v in told.items() if v is not None}
            )
        finally:
            forget(url)


def forget(url: str) -> None:
    """Take the accounts away again, of which a server has one of each name."""
    for one in ACCOUNTS:
        if execute(url, f"SELECT 1 FROM pg_roles WHERE rolname = '{one}'"):
            execute(url, f"DROP OWNED BY {one} CASCADE", f"DROP ROLE {one}")


def asked() -> list[str]:
    """The commands of the auditor's table."""
    rows = (MANUAL / "auditor.md").read_text().splitlines()
    return [found[1] for row in rows if (found := re.match(r"\| [^|]+ \| `([^`]+)` \|", row))]


def cells(page: Path, heading: str) -> set[str]:
    """What stands first in the rows of the table under a heading, its own head left out."""
    section = page.read_text().partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    rows = [row.split("|")[1].strip(" `") for row in section.splitlines() if row.startswith("|")]
    return set(rows[2:])


@pytest.mark.timeout(300)  # on a machine with other things to do
def test_an_operator_who_believes_every_word_gets_through_all_of_it_on_postgresql(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
):
    for page in PAGES:
        terminal.page(page)
    assert terminal.done.count("sh") > 30
    # The auditor's table, in one process: it takes no second of its own for each command.
    monkeypatch.chdir(terminal.folder)
    keyboard = CliRunner(env={n: v for n, v in terminal.variables.items() if n.startswith("RETENTION")})
    for line in asked():
        done = keyboard.invoke(main, shlex.split(line)[1:])
        assert done.exit_code in {0, 5}, f"{line}\n{done.output}"
        assert done.stdout.strip(), line


def test_every_question_of_the_auditor_has_a_command():
    assert len(asked()) >= 15
    assert {shlex.split(command)[0] for command in asked()} == {"retention"}


def test_every_page_is_typed_and_linked_from_the_first():
    assert {path.stem for path in MANUAL.glob("*.md")} == {"README", *PAGES}
    assert [name for name in PAGES if f"({name}.md)" not in (MANUAL / "README.md").read_text()] == []


def test_every_alarm_and_every_exit_status_says_what_to_do():
    page = MANUAL / "alarms.md"
    assert cells(page, "Alarms") == {code.value for code in Code}
    assert cells(page, "Exit statuses") == STATUSES
    assert cells(page, "Mails") == {f"[retention {kind.value}]" for kind in NoticeKind}
