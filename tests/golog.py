"""The independent Go verifier, built once, as a pytest fixture: import `go_verify` into a conftest.

    def test_something(go_verify):
        assert go_verify(log_directory, trust_file).startswith("OK: ")

It returns what the verifier printed; `go_verify.fails(…)` wants it to fail. Where go is missing the test is skipped
with the reason, unless RETENTION_TEST_REQUIRE names go.
"""

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

HERE = Path(__file__).parent
BINARY = HERE / ".build" / "tlverify"
GOPATH = Path("/usr/share/gocode")


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


def why_not():
    if shutil.which("go") is None:
        return "go is missing: apt-get install --no-install-recommends golang-go golang-golang-x-mod-dev"
    if not (GOPATH / "src" / "golang.org" / "x" / "mod").is_dir():
        return "golang.org/x/mod is missing: apt-get install --no-install-recommends golang-golang-x-mod-dev"
    return None


def build():
    sources = list((HERE / "verifier").glob("*.go"))
    if BINARY.exists() and BINARY.stat().st_mtime >= max(source.stat().st_mtime for source in sources):
        return
    BINARY.parent.mkdir(exist_ok=True)
    fresh = BINARY.with_suffix(f".{os.getpid()}")  # renamed into place: two test runs may build at once
    environment = {**os.environ, "GO111MODULE": "off", "GOPATH": str(GOPATH), "GOFLAGS": ""}
    subprocess.run(["go", "build", "-o", fresh, "."], cwd=HERE / "verifier", env=environment, check=True, timeout=300)
    fresh.replace(BINARY)


@pytest.fixture(scope="session")
def go_verify():
    reason = why_not()
    if reason is not None:
        required = os.environ.get("RETENTION_TEST_REQUIRE", "").split(",")
        (pytest.fail if "go" in required else pytest.skip)(reason)
    build()
    return GoVerifier(BINARY)
