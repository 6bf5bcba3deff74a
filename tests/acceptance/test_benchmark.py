"""The benchmark runs, at a size that takes seconds: what it measures is checked, how long it takes is not."""

from benchmarks import sweep


def test_a_small_benchmark_sweeps_what_is_due_beside_the_raw_statement(tmp_path, capsys):
    sweep.main(["--rows", "2000", "--rounds", "1", "--no-plans", "--write", str(tmp_path / "results.md")])
    assert [line for line in capsys.readouterr().out.splitlines() if line.startswith("| `")] == [
        line for line in (tmp_path / "results.md").read_text().splitlines() if line.startswith("| `")
    ]
    assert "| `retention sweep` |" in (tmp_path / "results.md").read_text()
