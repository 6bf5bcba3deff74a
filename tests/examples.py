"""An example of every report there is, by name: what the tests of pages and `make screenshots` go over.

Whatever is a report in a module of MODULES, alone or in a table of several, is an example.
"""

from collections.abc import Iterator, Mapping
from typing import get_args

from retention.reports.render import Report, file_name
from tests import registers, reports, summaries

MODULES = (summaries, reports, registers)
KINDS: tuple[type[Report], ...] = get_args(Report)


def _values() -> Iterator[tuple[str, object]]:
    for module in MODULES:
        for name, value in vars(module).items():
            yield name, value
            if isinstance(value, Mapping):
                yield from value.items()


def _named() -> Mapping[str, Report]:
    first: dict[int, tuple[str, Report]] = {}
    for name, value in _values():
        if isinstance(value, KINDS):
            first.setdefault(id(value), (name.lower().replace("_", "-"), value))
    return {f"{file_name(value).en}-{name}": value for name, value in first.values()}


EVERY: Mapping[str, Report] = _named()
"""Every example; a report of a new kind without one fails `tests/acceptance/test_browser.py`."""
