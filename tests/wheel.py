"""The wheel, and an environment that holds it: what a stranger gets."""

import os
import shutil
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

ROOT = Path(__file__).parents[1]
SOURCES = {"retention": "retention", "policies": "retention_demo", "jobs": "retention_jobs"}  # in the clone: installed


def run(*command: object, cwd: Path) -> str:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "RETENTION"))}
    done = subprocess.run(
        [str(part) for part in command], cwd=cwd, env=clean, capture_output=True, text=True, timeout=100, check=False
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def build(source: Path) -> Path:
    """The wheel, built here from a copy, so that nothing is left in the clone and nothing left there gets in."""
    for folder in SOURCES:
        shutil.copytree(ROOT / folder, source / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for file in ("pyproject.toml", "setup.py", "README.md", "LICENSE"):
        shutil.copy(ROOT / file, source)
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check")
    run(*pip, "wheel", "--no-index", "--no-deps", "--no-build-isolation", "-w", source / "dist", ".", cwd=source)
    return next((source / "dist").glob("*.whl"))


def install(wheel: Path, home: Path) -> Path:
    """Where the commands are: in an environment that holds the wheel, and sees the dependencies of this one.

    A .pth file inside a folder that a .pth file names is not read, so an editable installation here stays out of sight.
    """
    venv.create(home, with_pip=False, symlinks=True)
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", home / "bin/python")
    run(*pip, "install", "--no-index", "--no-deps", wheel, cwd=home)
    purelib = Path(sysconfig.get_path("purelib", vars={"base": str(home), "platbase": str(home)}))
    (purelib / "dependencies.pth").write_text("\n".join({sysconfig.get_path(n) for n in ("purelib", "platlib")}) + "\n")
    return home / "bin"
