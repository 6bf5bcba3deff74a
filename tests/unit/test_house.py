"""The layout's own promises, where no tool of `make check` can see them."""

import ast
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
INSTALLED_UNDER_ANOTHER_NAME = {"policies", "retention_demo", "jobs", "retention_jobs"}


def modules(folder: str) -> list[Path]:
    return sorted((ROOT / folder).rglob("*.py"))


def absolute_imports(module: Path) -> set[str]:
    tree = ast.parse(module.read_text())
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and not node.level}
    return {name.split(".")[0] for name in names}


@pytest.mark.parametrize("module", [*modules("policies"), *modules("jobs")], ids=lambda path: path.stem)
def test_what_is_installed_under_another_name_imports_its_own_by_relative_name(module: Path):
    assert absolute_imports(module) & INSTALLED_UNDER_ANOTHER_NAME == set()


def callers(name: str) -> set[str]:
    """The modules of the library in which something of this name is called with arguments."""
    found = set()
    for module in modules("retention"):
        for node in ast.walk(ast.parse(module.read_text())):
            if (
                isinstance(node, ast.Call)
                and node.args + node.keywords
                and name in {getattr(node.func, "attr", ""), getattr(node.func, "id", "")}
            ):
                found.add(module.relative_to(ROOT / "retention").as_posix())
    return found


def test_only_the_clearing_of_holds_makes_something_cleared():
    assert callers("Cleared") == {"candidate.py"}


def test_nothing_but_execution_disposes():
    within_the_store_itself = {"stores/sql_batch.py"}
    assert callers("dispose") - within_the_store_itself == {"execute.py"}


def test_no_module_of_the_library_is_over_300_lines():
    assert [path.name for path in modules("retention") if len(path.read_text().splitlines()) > 300] == []


def test_the_constraints_pin_each_dependency_and_name_no_index():
    lines = [line for line in (ROOT / "constraints.txt").read_text().splitlines() if not line.startswith("#")]
    assert lines
    assert [line for line in lines if line.count("==") != 1 or "/" in line or line.startswith("-")] == []


def test_every_declared_dependency_is_pinned():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    declared = [*project["dependencies"], *project["optional-dependencies"]["test"]]
    pinned = {line.split("==")[0].lower() for line in (ROOT / "constraints.txt").read_text().splitlines()}
    names = {requirement.split(">=")[0].split("[")[0].strip().lower() for requirement in declared}
    assert names - pinned == set()
