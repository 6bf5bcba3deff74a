"""The demonstration as somebody types it: the whole story on the tiny organisation, run once and looked at here."""

import os
import re
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from click.testing import CliRunner

from policies import REGISTER
from retention import config, opening
from retention.cli import main
from retention.demo.cheats import edit, remove_manifest
from retention.demo.place import MARKER, prepare
from retention.errors import UsageError
from tests.golog import go_verify  # noqa: F401 - a fixture

ROOT = Path(__file__).parents[2]
YES = re.compile(r"\byes\s*$", re.MULTILINE)
NO = re.compile(r"\bNO\s*$", re.MULTILINE)


@dataclass(frozen=True)
class Demo:
    place: Path
    status: int
    out: str
    err: str


def type_demo(folder: Path, *arguments: object) -> Demo:
    """Run it in an empty directory, with a setting in the environment that must not reach it."""
    environ = os.environ | {"PYTHONPATH": str(ROOT), "RETENTION_CONFIG": "/nowhere.toml", "LC_ALL": "C.UTF-8"}
    done = subprocess.run(
        [sys.executable, "-m", "retention", "demo", *map(str, arguments)],
        cwd=folder, env=environ, capture_output=True, text=True, timeout=110, check=False,
    )  # fmt: skip
    return Demo(folder / "demo", done.returncode, done.stdout, done.stderr)


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    return type_demo(tmp_path_factory.mktemp("demonstration"), "--size", "tiny")


def verdicts(text: str) -> str:
    return text[text.index("what was done") : text.index("14. ")]


def test_everything_ended_as_expected(demo):
    assert demo.status == 0, demo.out + demo.err
    assert len(YES.findall(verdicts(demo.out))) == 10
    assert NO.findall(verdicts(demo.out)) == []


def test_it_says_how_every_command_ended(demo):
    said = [int(status) for status in re.findall(r"\[exit status (\d),", demo.out)]
    assert said == [0, 0, 0, 0, 0, 2, 0, 3, 0, 0, 0, 0, 0, 0]


def test_the_preparer_is_refused_and_too_much_is_refused(demo):
    assert "prepared this plan and cannot decide on it: four eyes" in demo.out
    assert re.search(r"[1-9]\d* records in [1-9]\d* datasets\s+refused, 0 of them", demo.out)


def test_it_leaves_what_it_promises_to_leave(demo):
    pages = {path.name for path in (demo.place / "out").iterdir()}
    assert {"proefrun.html", "dry-run.html", "plan.json", "checkpoint-kept", "steps"} <= pages
    assert {path.stem for path in (demo.place / "data").glob("*.db")} >= {"cvs", "fin", "tel", "msg", "priv"}
    for name in ("retention.toml", "trust", "state/log/checkpoint", "keys/log.key", "keys/proceseigenaar.ssh"):
        assert (demo.place / name).is_file(), name


def test_its_private_keys_are_its_owners_alone(demo):
    private = [demo.place / "keys" / name for name in ("log.key", "proceseigenaar.ssh", "fg.ssh")]
    assert [oct(path.stat().st_mode & 0o077) for path in private] == ["0o0", "0o0", "0o0"]


def test_a_stranger_verifies_its_log_and_refuses_the_cheats(demo, go_verify):  # noqa: F811 - the fixture
    trust, kept = demo.place / "trust", demo.place / "out" / "checkpoint-kept"
    for place in (demo.place, demo.place / "copies" / "killed"):
        assert go_verify(place / "state" / "log", place / "trust").startswith("OK: ")
    go_verify.fails(demo.place / "copies" / "edited", trust)
    go_verify.fails(demo.place / "copies" / "manifest-removed", trust)
    assert go_verify(demo.place / "copies" / "older", trust).startswith("OK: ")
    go_verify.fails(demo.place / "copies" / "older", trust, since=[kept])


def test_each_cheat_is_caught_for_its_own_sake(demo, go_verify, tmp_path):  # noqa: F811 - the fixture
    for damage, said in ((edit, "does not hash to its leaf"), (remove_manifest, "manifest")):
        copied = tmp_path / damage.__name__
        shutil.copytree(demo.place / "state" / "log", copied)
        go_verify(copied, demo.place / "trust")
        damage(copied)
        assert said in go_verify.fails(copied, demo.place / "trust")


def personal_texts(data: Path) -> set[str]:
    """Every text of five letters or more in a personal field of the organisation's databases."""
    found: set[str] = set()
    for dataset in REGISTER.all_datasets:
        store, _, table = dataset.id.partition(".")
        if not (data / f"{store}.db").exists():
            continue
        with closing(sqlite3.connect(data / f"{store}.db")) as db:
            for column in dataset.fields:
                rows = db.execute(f'SELECT DISTINCT "{column}" FROM "{table}"').fetchall()
                found |= {value for (value,) in rows if isinstance(value, str) and len(value) >= 5}
    return found


def test_no_notice_about_it_names_anybody(demo, tmp_path):
    place = shutil.copytree(demo.place, tmp_path / "demo")
    settings = config.load(place / "retention.toml", {})
    with opening.open_control(settings) as control, control.reading() as tx:
        ended = max(run.ended for run in tx.runs() if run.ended)
    said = ""
    with time_machine.travel(ended + timedelta(minutes=1)):
        for typed in (["plan"], *(["notify", "--print", *how] for how in ([], ["--lang", "en"], ["--json"]))):
            done = CliRunner(env={"RETENTION_CONFIG": str(place / "retention.toml")}).invoke(main, typed)
            assert done.exit_code == 0, done.output
            said += "" if typed == ["plan"] else done.output
    assert {"[retention plan]", "[retention refusal]"} <= set(re.findall(r"\[retention [a-z-]+\]", said))
    ours = " ".join([*(one.id for one in REGISTER.all_datasets), *(policy.purpose for policy in REGISTER)])
    texts = {one for one in personal_texts(demo.place / "data") if one not in ours}  # "partner" is a word of ours too
    assert len(texts) > 500
    assert [one for one in texts if one in said] == []


def test_what_it_tells_to_type_next_works(demo):
    told = re.findall(r"\(cd \S+demo && \S+ (.+)\)", demo.out)
    assert len(told) == 4
    started = [
        subprocess.Popen(
            [sys.executable, "-m", "retention", *arguments.split()],
            cwd=demo.place, env=os.environ | {"PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True,
        )
        for arguments in told
    ]  # fmt: skip
    said = [process.communicate(timeout=60)[0] for process in started]
    assert [process.returncode for process in started] == [0, 0, 0, 0], said


def test_a_second_run_begins_again_where_the_first_one_worked(tmp_path):
    first = prepare(tmp_path / "demo")
    (first.root / "data").mkdir()
    (first.root / "data" / "cvs.db").write_text("of the first run")
    second = prepare(tmp_path / "demo")
    assert second == first
    assert sorted(path.name for path in second.root.iterdir()) == [MARKER, "out"]


def test_a_directory_that_is_not_its_own_is_refused_and_left_alone(tmp_path):
    (tmp_path / "demo").mkdir()
    (tmp_path / "demo" / "thesis.txt").write_text("years of work")
    refused = type_demo(tmp_path)
    assert refused.status == 2
    assert re.search(r"^Error: demo: is there already, and `retention demo` did not make it", refused.err, re.MULTILINE)
    assert [path.name for path in (tmp_path / "demo").iterdir()] == ["thesis.txt"]


@pytest.mark.parametrize("there", ["a link to its own", "a file"])
def test_what_is_no_directory_of_its_own_is_refused(tmp_path, there):
    if there == "a file":
        (tmp_path / "demo").write_text("")
    else:
        (tmp_path / "demo").symlink_to(prepare(tmp_path / "elsewhere").root, target_is_directory=True)
    with pytest.raises(UsageError, match="nothing in it was touched"):
        prepare(tmp_path / "demo")


def test_an_empty_directory_will_do(tmp_path):
    (tmp_path / "demo").mkdir()
    assert prepare(tmp_path / "demo").steps.is_dir()
