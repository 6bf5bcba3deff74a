import pytest

from retention.control.interface import ControlStore
from retention.control.sqlite import SqliteControlStore
from tests.conformance.control.control_suite import ControlSuite


class TestSqliteControl(ControlSuite):
    @pytest.fixture
    def store(self, tmp_path):
        SqliteControlStore.create(tmp_path / "control.db").close()
        store: ControlStore = SqliteControlStore.open(tmp_path / "control.db", lock_wait=0.01)
        yield store
        store.close()
