"""docs/first-policy.md, typed from top to bottom by somebody who believes every word of it."""

from pathlib import Path

import pytest

from tests.readers import ROOT, blocks, is_said, programs_in, typed


def test_the_page_does_what_it_says(tmp_path: Path):
    folder, programs, printed, done = tmp_path / "work", programs_in(tmp_path / "bin"), "", 0
    folder.mkdir()
    for kind, text in blocks(ROOT / "docs" / "first-policy.md"):
        match kind.split():
            case ["sh"]:
                printed = typed(text, folder, programs)
            case ["text"]:
                assert is_said(text, printed), f"expected\n{text}\nprinted\n{printed}"
            case ["python", name]:
                assert (folder / name).exists()
                (folder / name).write_text(text)
            case _:
                pytest.fail(f"a block that no test runs: {kind!r}")
        done += 1
    assert done > 10


def test_the_checker_of_output_can_say_no():
    assert is_said("one\n...\nthree", "one\ntwo\nthree")
    assert not is_said("one\n...\nthree", "one\ntwo")
