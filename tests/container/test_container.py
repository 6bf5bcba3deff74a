"""The image as an operator runs it: an account without rights, a root that cannot be written, PostgreSQL elsewhere."""

import json
import os
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from retention import __version__
from retention.cli import main
from tests import sbom
from tests.container.world import ACCOUNT, DUE, HOME, KEPT, LOCKED_DOWN, PASSWORD, World, docker, world
from tests.golog import go_verify  # noqa: F401 - a fixture
from tests.readers import ROOT, blocks
from tests.servers import OwnImage, need

BUILD_TOOLS = ("pip", "setuptools", "wheel", "ensurepip", "pkg_resources")
COMPILERS = ("cc", "gcc", "g++", "c++", "clang", "ld", "as", "make", "pip", "pip3", "apt-get")
LOOK = """
import importlib.metadata, importlib.util, json, os, shutil, sys, zoneinfo
def refused(path):
    try:
        open(path, "w").close()
    except OSError as error:
        return error.errno
    os.remove(path)
    return 0
def compiled(module):
    return os.path.exists(importlib.util.cache_from_source(importlib.util.find_spec(module).origin))
print(json.dumps({
    "account": [os.getuid(), os.getgid()],
    "tools": [name for name in TOOLS if importlib.util.find_spec(name)],
    "commands": [name for name in COMMANDS if shutil.which(name)],
    "wheels": [name for folder, _, names in os.walk("/usr") for name in names if name.endswith(".whl")],
    "writes": {path: refused(path) for path in PATHS},
    "writable": [where for where, _, _ in os.walk("/")
                 if not where.startswith(("/proc/", "/dev/")) and os.access(where, os.W_OK)],
    "compiled": compiled("retention.sweep") and compiled("sqlalchemy"),
    "zones": str(zoneinfo.TZPATH), "zone": str(zoneinfo.ZoneInfo("Europe/Amsterdam")),
    "capabilities": [line for line in open("/proc/self/status") if line.startswith("CapEff")][0].split()[1],
    "installed": {one.name.lower(): one.version for one in importlib.metadata.distributions()},
}))
"""
MOUNTED = ("/tmp", f"{HOME}/keys", f"{HOME}/state", f"{HOME}/out")  # noqa: S108 - in a container: what may be written
PATHS = [f"{where}/x" for where in ("", "/opt/retention", HOME, f"{HOME}/policies", *MOUNTED)]
READ_ONLY = 30  # EROFS


@dataclass
class Story:
    """What the containers of one installation said, in the order in which they ran."""

    world: World
    digest: str = ""
    stopped: dict[str, Any] = field(default_factory=dict)  # of the sweep that was asked to stop
    swept: dict[str, Any] = field(default_factory=dict)  # by the one after it
    left: list[int] = field(default_factory=list)  # dossiers after each


@pytest.fixture(scope="module")
def image() -> OwnImage:
    found = need("image")
    assert isinstance(found, OwnImage)
    return found


@pytest.fixture(scope="module")
def described(image: OwnImage) -> dict[str, Any]:
    return json.loads(docker("image", "inspect", image.name))[0]["Config"]


@pytest.fixture(scope="module")
def place(image: OwnImage, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world(image.name, tmp_path_factory.mktemp("world")) as made:
        made.type("init")
        yield made


@pytest.fixture(scope="module")
def story(place: World) -> Story:
    """A plan, its approval, a sweep that is asked to stop after its first batches, and one that does the rest."""
    place.type("policies", "check")
    told = Story(place, digest=place.json("plan", "--today", "2026-07-01", "--out", "out")["digest"])
    place.approve(told.digest)
    sweep = ("sweep", "--plan", told.digest, "--today", "2026-07-02", "--json")
    running = place.begin(*sweep)
    until(lambda: place.left() < DUE + KEPT)
    docker("stop", "--time", "100", running)
    told.stopped = json.loads(docker("logs", running)) | {"status": ended(running)}
    told.left.append(place.left())
    told.swept = place.json(*sweep[:-1])
    told.left.append(place.left())
    return told


@pytest.fixture(scope="module")
def inside(place: World) -> dict[str, Any]:
    """What a program finds that runs in such a container."""
    names = {"TOOLS": BUILD_TOOLS, "COMMANDS": COMPILERS, "PATHS": PATHS}
    program = "".join(f"{name} = {value!r}\n" for name, value in names.items()) + LOOK
    return json.loads(docker("run", "--rm", *place.options(), "--entrypoint", "python", place.image, "-c", program))


def until(true: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.05)


def ended(container: str) -> int:
    return int(docker("inspect", "--format", "{{.State.ExitCode}}", container))


def health(container: str) -> str:
    return docker("inspect", "--format", "{{.State.Health.Status}}", container)


def test_what_was_approved_is_gone_over_the_network_and_the_rest_is_there(story):
    assert story.left[-1] == KEPT
    assert story.world.left("contact") == KEPT // 10
    assert story.swept["exit_status"] == 0


def test_the_first_process_stops_at_the_next_batch_when_it_is_told_to(story):
    assert KEPT < story.left[0] < DUE + KEPT
    assert story.stopped["status"] == story.stopped["exit_status"] == 1  # something is left over
    assert [sum(one["destroyed"] for one in run["datasets"]) for run in (story.stopped, story.swept)] == [
        DUE + KEPT - story.left[0],
        story.left[0] - KEPT,
    ]
    assert story.world.json("status")["open_intents"] == []


def test_the_host_verifies_the_log_that_the_container_wrote(story, tmp_path, go_verify):  # noqa: F811 - the fixture
    reader = story.world.begin("--version")
    docker("cp", f"{reader}:{HOME}/state/log", str(tmp_path / "log"))
    docker("cp", f"{reader}:{HOME}/state/trust", str(tmp_path / "trust"))
    done = CliRunner().invoke(main, ["audit", "verify", "--log", f"{tmp_path}/log", "--trust", f"{tmp_path}/trust"])
    assert done.exit_code == 0, done.output
    assert go_verify(tmp_path / "log", tmp_path / "trust").startswith("OK: ")


def test_the_account_is_a_number_without_rights(described, inside):
    assert described["User"] == f"{ACCOUNT}:{ACCOUNT}"
    assert inside["account"] == [ACCOUNT, ACCOUNT]
    assert int(inside["capabilities"], 16) == 0


def test_nothing_can_be_written_but_what_is_mounted_for_it(inside):
    written = {path for path, error in inside["writes"].items() if error == 0}
    assert written == {f"{where}/x" for where in MOUNTED}
    assert {error for path, error in inside["writes"].items() if path not in written} == {READ_ONLY}
    assert set(MOUNTED) <= set(inside["writable"])
    assert [where for where in inside["writable"] if not where.startswith(MOUNTED)] == []


def test_nothing_in_it_installs_or_builds(inside):
    assert (inside["tools"], inside["commands"], inside["wheels"]) == ([], [], [])


def test_it_is_compiled_and_keeps_its_own_zones(inside):
    assert inside["compiled"]
    assert (inside["zones"], inside["zone"]) == ("()", "Europe/Amsterdam")


def test_it_says_what_it_is(described):
    labels = {name.removeprefix("org.opencontainers.image."): said for name, said in described["Labels"].items()}
    assert (labels["title"], labels["licenses"], labels["version"]) == ("retention", "EUPL-1.2", __version__)
    assert labels["description"]
    assert labels["base.name"]
    assert {"revision", "source"} <= labels.keys()
    assert (described["Entrypoint"], described["StopSignal"]) == (["retention"], "SIGTERM")
    assert not described.get("Volumes")  # what is forgotten fails, instead of going with the container


def test_without_state_it_fails_instead_of_forgetting(place):
    mounted = ("--volume", f"{place.folder}/retention.toml:{HOME}/retention.toml:ro")
    docker("run", "--rm", *LOCKED_DOWN, *mounted, place.image, "init", status=2)


def test_the_schedule_is_healthy_while_its_memory_can_be_read_and_ends_when_it_is_told_to(story):
    often = ("--health-interval", "1s", "--health-start-period", "0s", "--health-retries", "1")
    running = story.world.begin("schedule", options=often)
    until(lambda: health(running) == "healthy")
    docker("exec", running, "chmod", "0644", f"{HOME}/state/control.db")  # others could read it: refused
    until(lambda: health(running) == "unhealthy")
    docker("exec", running, "chmod", "0600", f"{HOME}/state/control.db")
    begun = time.monotonic()
    docker("stop", "--time", "100", running)
    assert time.monotonic() - begun < 50  # it was not killed
    assert ended(running) == 0


def test_the_password_stands_in_nothing_that_is_kept(story):
    containers = docker("ps", "-aq", "--filter", f"label=retention-test={story.world.token}").split()
    ours = [one for one in containers if story.world.image in docker("inspect", "--format", "{{.Config.Image}}", one)]
    assert ours
    assert not [one for one in ours if PASSWORD in docker("inspect", one) + docker("logs", one)]


def test_the_page_runs_it_as_it_runs(story):
    (text,) = [text for kind, text in blocks(ROOT / "docs" / "container.md") if kind == "sh" and "docker run" in text]
    token, image = story.world.token, story.world.image
    names = {"retention-keys": f"{token}-keys", "retention-state": f"{token}-state",
             "--network cvs": f"--network {token}", " retention status": f" {image} status"}  # fmt: skip
    for name, ours in names.items():
        assert name in text
        text = text.replace(name, ours)
    for option in LOCKED_DOWN:
        assert option in text or option in ("--user", f"{ACCOUNT}:{ACCOUNT}")  # which the image says itself
    done = subprocess.run(["sh", "-ec", text], cwd=story.world.folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "green" in done.stdout


def test_the_bill_of_materials_lists_what_is_in_the_image_and_fits_its_schema(image, inside):
    text = image.bill.read_text()
    bill = json.loads(text)
    assert sbom.faults(text) is None
    root = bill["metadata"]["component"]
    listed = {one["name"].lower(): one["version"] for one in (root, *bill["components"])}
    assert listed == inside["installed"]
    assert all(one.get("licenses") for one in (root, *bill["components"]))
    needs = {one["ref"]: one.get("dependsOn", []) for one in bill["dependencies"]}
    assert {one["bom-ref"] for one in (root, *bill["components"])} == set(needs)
    assert len(needs[root["bom-ref"]]) > 10


def test_the_bill_of_materials_says_nothing_of_the_machine_it_was_made_on(image):
    text = image.bill.read_text()
    bill = json.loads(text)
    assert "serialNumber" not in bill
    assert "timestamp" not in bill["metadata"]
    assert [word for word in text.split('"') if "://" in word] == [bill["$schema"]]
    assert os.sep + str(Path.cwd()).strip(os.sep) not in text
