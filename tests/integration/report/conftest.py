"""The worlds that runs are tested on, for what is reported of them."""

from tests.integration.run.conftest import estate, place, world  # noqa: F401 - fixtures
