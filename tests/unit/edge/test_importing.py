"""What a library may not find while it is imported is found by who imports it afterwards."""

import sys
from pathlib import Path

import pytest

from retention.importing import without


@pytest.fixture
def guest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    (tmp_path / "a_guest_of_nobody.py").touch()
    monkeypatch.syspath_prepend(str(tmp_path))
    return "a_guest_of_nobody"


def test_a_package_is_not_found_until_it_may_be(guest: str):
    with without(guest), pytest.raises(ModuleNotFoundError):
        __import__(guest)
    assert __import__(guest).__name__ == guest
    del sys.modules[guest]


def test_what_has_been_imported_already_is_found_all_the_same(guest: str):
    known = __import__(guest)
    with without(guest):
        assert __import__(guest) is known
    assert sys.modules.pop(guest) is known
