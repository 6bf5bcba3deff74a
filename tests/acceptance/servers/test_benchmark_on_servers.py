"""The benchmark on real servers, at a size that takes seconds: what it measures is checked; the check can say no."""

import pytest
from sqlalchemy.engine import make_url

from benchmarks import sweep
from benchmarks.check import check
from benchmarks.command import python
from benchmarks.on_server import NAME, OnServer
from benchmarks.server import Server
from tests.serve import url
from tests.servers import need

ENGINES = ["postgresql", "mariadb"]
NAMES = {"postgresql": "PostgreSQL", "mariadb": "MariaDB"}


@pytest.mark.parametrize("engine", ENGINES)
def test_a_small_benchmark_sweeps_what_is_due_beside_the_raw_statement(engine, tmp_path, capsys):
    need(engine)
    results = tmp_path / "results.md"
    sweep.main(["--rows", "1000", "--rounds", "1", "--no-plans", "--engine", engine, "--url", url(engine), "--write",
                str(results)])  # fmt: skip
    said = results.read_text()
    assert "| `retention sweep` |" in said
    assert f"## 1 000 rows on {NAMES[engine]}" in said
    assert url(engine) not in said + capsys.readouterr().out


@pytest.mark.parametrize("engine", ENGINES)
def test_the_check_sees_what_was_left_what_went_too_far_and_what_was_changed(engine, tmp_path):
    need(engine)
    database = OnServer(Server(engine, make_url(url(engine))))
    try:
        database.generate(500)
        assert database.due() > 50
        with pytest.raises(SystemExit, match="rows are left, not"):
            check(database)
        python("-m", "benchmarks.raw", database.url, folder=tmp_path)
        check(database)
        with database.server.connected(NAME) as connection:
            connection.exec_driver_sql("UPDATE contact_moment SET outcome = 'x' WHERE id = 500")
        with pytest.raises(SystemExit, match="rows were changed"):
            check(database)
        with database.server.connected(NAME) as connection:
            connection.exec_driver_sql("DELETE FROM contact_moment WHERE id = 500")
        with pytest.raises(SystemExit, match=r"contact_moment: .* rows are left, not"):
            check(database)
    finally:
        database.drop()
