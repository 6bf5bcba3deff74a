import pytest

from tests.golog import go_verify  # noqa: F401 - a fixture
from tests.integration.audit.story import tell


@pytest.fixture
def story(tmp_path):
    return tell(tmp_path)
