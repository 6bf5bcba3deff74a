import pytest
from control_suite import ControlSuite

from retention.control.interface import ControlStore
from retention.control.memory import MemoryControlStore


class TestMemoryControl(ControlSuite):
    @pytest.fixture
    def store(self):
        store: ControlStore = MemoryControlStore(lock_wait=0.01)
        yield store
        store.close()
