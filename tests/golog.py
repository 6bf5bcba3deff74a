"""The independent Go verifier as a pytest fixture: import `go_verify` into a conftest.

    def test_something(go_verify):
        assert go_verify(log_directory, trust_file).startswith("OK: ")

It returns what the verifier printed; `go_verify.fails(…)` wants it to fail.
"""

import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest


@dataclass(frozen=True)
class GoVerifier:
    binary: Path

    def run(self, log_dir, trust_file, since=(), not_before=None):
        command = [self.binary, "log", "-dir", log_dir, "-policy", trust_file]
        for kept in since:
            command += ["-since", kept]
        if not_before:
            command += ["-not-before", not_before]
        return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)

    def __call__(self, log_dir, trust_file, since=(), not_before=None):
        done = self.run(log_dir, trust_file, since, not_before)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def fails(self, log_dir, trust_file, since=(), not_before=None):
        done = self.run(log_dir, trust_file, since, not_before)
        assert done.returncode == 1, f"accepted, or broken: {done.stdout}{done.stderr}"
        return done.stdout


@pytest.fixture(scope="session")
def go_verify(tlverify):
    return GoVerifier(tlverify)
