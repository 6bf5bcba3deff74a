"""What a stranger gets: the wheel, in an empty environment, in an empty directory, without a clone in sight."""

import zipfile
from pathlib import Path

from tests.wheel import ROOT, SOURCES, run

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
