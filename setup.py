"""What the wheel carries, by the names it has once installed; all else stands in pyproject.toml.

One source, two names: `policies/` and `jobs/` keep their names in a clone, and are installed as `retention_demo`
and `retention_jobs`, so that they never stand in the way of an organisation's own `policies` package. This needs
their inner imports to be relative (tests/unit/test_house.py).
"""

from setuptools import find_packages, setup

INSTALLED_AS = {"policies": "retention_demo", "jobs": "retention_jobs"}


def installed_packages() -> list[str]:
    """The packages of the wheel; found, not listed, so that a new sub-package cannot be forgotten."""
    names = find_packages(include=["retention", "retention.*"])
    for folder, name in INSTALLED_AS.items():
        names += [name, *(f"{name}.{inner}" for inner in find_packages(folder))]
    return names


setup(packages=installed_packages(), package_dir={name: folder for folder, name in INSTALLED_AS.items()})
