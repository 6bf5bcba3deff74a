"""Who runs a command, where the system has no name for it."""

import os

from retention.opening import account


def test_an_account_without_a_name_is_its_number(monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 4_000_000_017)
    assert account() == "4000000017"
