"""Reports as files: whole or not at all, and nobody else's to read."""

import os
import stat
from pathlib import Path

import pytest

from retention.errors import ConfigError
from retention.reports.files import OWN, write


def test_a_folder_is_made_and_a_file_replaced_as_a_whole(tmp_path: Path):
    out = tmp_path / "a" / "b"
    write(out, {"x.txt": b"first, and longer"})
    [path] = write(out, {"x.txt": b"second"})
    assert path.read_bytes() == b"second"
    assert [one.name for one in out.iterdir()] == ["x.txt"]


def test_a_report_is_not_for_everybody_and_a_list_for_its_owner_alone(tmp_path: Path):
    [report] = write(tmp_path, {"report": b""})
    [listed] = write(tmp_path, {"list": b""}, mode=OWN)
    assert stat.S_IMODE(report.stat().st_mode) & 0o137 == 0
    assert stat.S_IMODE(listed.stat().st_mode) == 0o600


def test_a_link_that_lies_in_the_way_is_replaced_and_never_followed(tmp_path: Path):
    victim = tmp_path / "victim"
    victim.write_text("mine")
    out = tmp_path / "out"
    out.mkdir()
    (out / "x").symlink_to(victim)
    write(out, {"x": b"new"})
    assert victim.read_text() == "mine"
    assert (out / "x").read_bytes() == b"new"


@pytest.mark.parametrize("in_the_way", ["file", "nowhere"])
def test_a_folder_that_cannot_be_written_is_said_with_what_to_do(tmp_path: Path, in_the_way: str):
    out = Path("/proc/nowhere") if in_the_way == "nowhere" else tmp_path / "file"
    if in_the_way == "file":
        out.write_text("")
    with pytest.raises(ConfigError, match="cannot be written there") as caught:
        write(out, {"x": b""})
    assert caught.value.exit_status == 2
    assert "--out" in str(caught.value)


def test_when_the_disk_is_full_the_file_of_before_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    write(tmp_path, {"x": b"before"})

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(ConfigError, match="No space left"):
        write(tmp_path, {"x": b"after"})
    assert (tmp_path / "x").read_bytes() == b"before"
    assert [one.name for one in tmp_path.iterdir()] == ["x"]
