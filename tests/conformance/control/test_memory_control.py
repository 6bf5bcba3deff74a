import pytest

from retention.control.interface import ControlStore
from retention.control.memory import MemoryControlStore
from tests.conformance.control.control_suite import ControlSuite


class TestMemoryControl(ControlSuite):
    @pytest.fixture
    def store(self):
        store: ControlStore = MemoryControlStore(lock_wait=0.01)
        yield store
        store.close()
