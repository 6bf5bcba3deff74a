"""What a stranger gets: the wheel, in an empty environment, in an empty directory, without a clone in sight."""

import os
import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = {"retention": "retention", "policies": "retention_demo", "jobs": "retention_jobs"}  # in the clone: installed
COMMANDS = [  # run in this order, in one directory that begins empty; each must exit 0
    ("--version",),
    ("--help",),
    ("init", "--name", "Stichting Voorbeeld", "--origin", "voorbeeld.example/retention/2026"),
    ("policies", "check"),
    ("plan",),
    ("schedule", "--list"),
    ("audit", "verify"),
    ("demo", "--size", "tiny"),
]


def run(*command: object, cwd: Path) -> str:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "RETENTION"))}
    done = subprocess.run(
        [str(part) for part in command], cwd=cwd, env=clean, capture_output=True, text=True, timeout=100, check=False
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from a copy, so that nothing is left in the clone and nothing left there gets in."""
    source = tmp_path_factory.mktemp("source")
    for folder in SOURCES:
        shutil.copytree(ROOT / folder, source / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for file in ("pyproject.toml", "setup.py", "README.md", "LICENSE"):
        shutil.copy(ROOT / file, source)
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check")
    run(*pip, "wheel", "--no-index", "--no-deps", "--no-build-isolation", "-w", source / "dist", ".", cwd=source)
    return next((source / "dist").glob("*.whl"))


@pytest.fixture(scope="module")
def binaries(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the commands are: in an environment that holds the wheel, and sees the dependencies of this one.

    A .pth file inside a folder that a .pth file names is not read, so an editable installation here stays out of sight.
    """
    home = tmp_path_factory.mktemp("installed")
    venv.create(home, with_pip=False, symlinks=True)
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", home / "bin/python")
    run(*pip, "install", "--no-index", "--no-deps", wheel, cwd=home)
    purelib = Path(sysconfig.get_path("purelib", vars={"base": str(home), "platbase": str(home)}))
    (purelib / "dependencies.pth").write_text("\n".join({sysconfig.get_path(n) for n in ("purelib", "platlib")}) + "\n")
    return home / "bin"


def test_the_wheel_carries_every_file_of_the_packages_and_no_other(wheel: Path):
    expected = {
        f"{installed}/{path.relative_to(ROOT / folder).as_posix()}"
        for folder, installed in SOURCES.items()
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and not path.name.startswith(".")
    }
    carried = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    assert carried == expected
    assert "retention/py.typed" in carried


def test_the_installed_packages_are_the_wheels_own(binaries: Path, tmp_path: Path):
    names = ", ".join(SOURCES.values())
    files = run(
        binaries / "python", "-c", f"import {names}\nfor m in ({names}): print(m.__file__)", cwd=tmp_path
    ).splitlines()
    assert len(files) == len(SOURCES)
    assert [file for file in files if not file.startswith(str(binaries.parent))] == []


def test_the_commands_work_in_an_empty_directory(binaries: Path, tmp_path: Path):
    for arguments in COMMANDS:
        assert run(binaries / "retention", *arguments, cwd=tmp_path).strip()


def test_the_module_and_the_command_are_the_same_program(binaries: Path, tmp_path: Path):
    by_name = run(binaries / "retention", "--help", cwd=tmp_path)
    assert by_name == run(binaries / "python", "-m", "retention", "--help", cwd=tmp_path)
