"""Find the organisation's register: beside the configuration first, then among what is installed.

A mistake in a policy is reported as one line: what, in which file and line, and what to do. The import path is changed
for the loading alone, and modules of the same name that were loaded from elsewhere do not stand in the way.
"""

from __future__ import annotations

import importlib
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Final

from retention.config.mistaken import told
from retention.errors import PolicyError
from retention.policy import Register

_OURS: Final = sys.stdlib_module_names | {"retention", "jobs"}  # never to be replaced while they run


def load_register(reference: str, folder: Path) -> Register:
    """The register that `module:attribute` names, looked for in the folder first.

    Raises:
        PolicyError: there is none, or it declares something it cannot mean.

    """
    module_name, _, attribute = reference.partition(":")
    with _first_on_path(folder, module_name.partition(".")[0]):
        module = _imported(module_name, folder)
    found = getattr(module, attribute, None)
    if not isinstance(found, Register):
        said = "has no such name" if found is None else "is no Register"
        raise PolicyError(
            f"{module.__file__}: {attribute} {said}. Write {attribute} = Register(policies=(...)) there, or correct "
            "[policies] register in the configuration."
        )
    return found


def find_register(said: str, configured: str, folder: Path) -> Register:
    """Another register: `module:attribute` beside a folder, or a directory with policies of its own.

    A directory is the package itself, or has it in it under the configured name, as a checkout of last year has.

    Raises:
        PolicyError: there is none, or it declares something it cannot mean.

    """
    place, (module, _, attribute) = folder / said, configured.partition(":")
    if not place.is_dir():
        if ":" in said:
            return load_register(said, folder)
        raise PolicyError(f"{said}: is no directory. Name a directory of policies, or a register as module:attribute.")
    place, package = place.resolve(), module.partition(".")[0]
    if _beside(place, package):
        return load_register(configured, place)
    if not (place / "__init__.py").is_file():
        raise PolicyError(f"{said}: has neither {package}/ nor __init__.py. Name the directory of the policies.")
    if not place.name.isidentifier() or place.name in _OURS:
        raise PolicyError(f"{said}: {place.name!r} cannot be imported by that name. Rename the directory.")
    return load_register(f"{place.name}:{attribute}", place.parent)


@contextmanager
def _first_on_path(folder: Path, package: str) -> Iterator[None]:
    """Let an import look in the folder first, past modules of that package that come from elsewhere."""
    if _beside(folder, package):
        for name in [name for name in sys.modules if name == package or name.startswith(f"{package}.")]:
            del sys.modules[name]
        importlib.invalidate_caches()
    before, sys.path[:] = sys.path[:], [str(folder), *sys.path]
    try:
        yield
    finally:
        sys.path[:] = before


def _beside(folder: Path, package: str) -> bool:
    return (folder / package).is_dir() or (folder / f"{package}.py").is_file()


def _imported(name: str, folder: Path) -> ModuleType:
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name is None or not (name == error.name or name.startswith(f"{error.name}.")):
            raise PolicyError(f"{_where(error, folder)}: {error.msg}. Install it, or correct the import.") from error
        raise PolicyError(
            f"[policies] register: there is no module {name!r} beside {folder} and none is installed. Run "
            "`retention init --from URL` to draft one, or name the demo organisation's, retention_demo:REGISTER."
        ) from error
    except PolicyError as error:
        raise PolicyError(f"{_where(error, folder)}: {error}") from error
    except SyntaxError as error:
        raise PolicyError(f"{error.filename}, line {error.lineno}: {error.msg}. Correct that line.") from error
    except Exception as error:  # a policy is a program: whatever it raises is its author's to mend
        raise PolicyError(f"{_where(error, folder)}: {told(error)}. Correct that line.") from error


def _where(error: BaseException, folder: Path) -> str:
    """The innermost line of the organisation's own files that the error passed through."""
    own = [frame for frame in traceback.extract_tb(error.__traceback__) if Path(frame.filename).is_relative_to(folder)]
    return f"{own[-1].filename}, line {own[-1].lineno}" if own else str(folder)
