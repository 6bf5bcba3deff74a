"""The same places and the same evidence as of the runs on files."""

from tests.integration.run.conftest import evidence, go_verify, place

__all__ = ["evidence", "go_verify", "place"]
