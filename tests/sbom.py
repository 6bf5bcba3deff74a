"""The bill of materials of an environment, as CycloneDX: `python -m tests.sbom PYTHON FILE`.

Names, versions, licences and what needs what. The same environment gives the same bytes: no time, no serial number. No
links either: they are as their authors left them, and where things were fetched is nobody's business.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from retention import __version__

VERSION = SchemaVersion.V1_6
ROOT = Path(__file__).parents[1]


def bill(python: Path) -> str:
    """The bill of the environment of this interpreter, our own distribution at its root."""
    found = subprocess.run(
        [
            sys.executable, "-m", "cyclonedx_py", "environment", "--output-reproducible",
            "--spec-version", VERSION.to_version(), "--output-format", "JSON",
            "--pyproject", ROOT / "pyproject.toml", "--mc-type", "application", python,
        ],
        stdout=subprocess.PIPE, text=True, check=True,
    )  # fmt: skip
    whole = json.loads(found.stdout)
    whole["metadata"]["component"]["version"] = __version__  # which pyproject.toml leaves to the package
    return json.dumps(_without_links(whole), indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def faults(text: str) -> object | None:
    """What its schema says against a bill; None: nothing."""
    return JsonStrictValidator(VERSION).validate_str(text)


def _without_links(part: Any) -> Any:
    match part:
        case dict():
            return {name: _without_links(inner) for name, inner in part.items() if name != "externalReferences"}
        case list():
            return [_without_links(inner) for inner in part]
        case _:
            return part


def main() -> None:
    """Write the bill, or say what is wrong with it."""
    python, file = map(Path, sys.argv[1:])
    text = bill(python)
    if wrong := faults(text):
        sys.exit(f"{file}: {wrong}")
    file.write_text(text)


if __name__ == "__main__":
    main()
