"""The real servers and tools that tests need: which are here, and which a run may not do without.

A test says what it needs (`need("go")`); where that is missing the test is skipped with the reason, and the run's
last lines name it. What `RETENTION_TEST_REQUIRE=go,…` names may not be missing: the run fails, even when no test
asked. Another server is another finder in KNOWN.
"""

import ctypes.util
import functools
import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests import engine, postgresql

REQUIRE = "RETENTION_TEST_REQUIRE"
OWN_IMAGE = "RETENTION_TEST_IMAGE"
TESTS = Path(__file__).parent
BUILT = TESTS / ".build"
OPENSSL_MAJOR = 3
GOPATH = Path("/usr/share/gocode")  # where Debian's golang-golang-x-mod-dev puts golang.org/x/mod


class MissingError(Exception):
    """A server or tool that this machine does not have; the message says how to get it."""


def find_go() -> Path:
    """The go command, when the one library that the verifier is built on is there too."""
    command = shutil.which("go")
    if command is None or not (GOPATH / "src/golang.org/x/mod/sumdb/note").is_dir():
        message = "apt-get install --no-install-recommends golang-go golang-golang-x-mod-dev"
        raise MissingError(message)
    return Path(command)


def find_openssl() -> Path:
    """The openssl command, from the first version that verifies Ed25519 over a whole message."""
    command = shutil.which("openssl")
    asked = [] if command is None else [command, "version"]
    said = subprocess.run(asked, capture_output=True, text=True, check=False, timeout=60).stdout if asked else ""
    version = re.match(r"OpenSSL (\d+)\.", said)
    if command is None or version is None or int(version[1]) < OPENSSL_MAJOR:
        message = f"apt-get install --no-install-recommends openssl (version {OPENSSL_MAJOR} or later)"
        raise MissingError(message)
    return Path(command)


def find_chromium() -> Path:
    """The driver of a headless browser, when the browser is there too."""
    driver = shutil.which("chromedriver")
    if driver is None or not (shutil.which("chromium") or shutil.which("google-chrome")):
        message = "apt-get install --no-install-recommends chromium chromium-driver"
        raise MissingError(message)
    return Path(driver)


def find_axe() -> Path:
    """The script of axe-core, as a wheel carries it; the wheel's own code needs another driver, and is not run."""
    wheel = importlib.util.find_spec("axe_playwright_python")
    script = Path(wheel.origin).with_name("axe.min.js") if wheel is not None and wheel.origin else None
    if script is None or not script.is_file():
        message = "pip install --no-deps axe-playwright-python, which `make test` tries once"
        raise MissingError(message)
    return script


def find_mariadb(name: str) -> str:
    """How a MariaDB server, or one of MySQL, can be had; `tests.mariadb` starts it when a test asks."""
    from tests import mariadb  # noqa: PLC0415 - its driver is not needed otherwise

    found = mariadb.find(name)
    if found is None:
        package = "mysql-server-core" if name == mariadb.MYSQL else "mariadb-server of such a version"
        message = f"{_named(name)}, or apt-get install --no-install-recommends {package}"
        raise MissingError(message)
    return found


def find_postgresql(name: str) -> postgresql.Way:
    """A way to a PostgreSQL server; it starts when a test first asks for a database."""
    way = postgresql.find(name)
    if way is None:
        message = f"{_named(name)}, or apt-get install --no-install-recommends {name.replace('l1', 'l-1')}"
        raise MissingError(message)
    return way


def find_pango() -> str:
    """What WeasyPrint draws with, and a font to embed."""
    if ctypes.util.find_library("pango-1.0") is None or ctypes.util.find_library("pangoft2-1.0") is None:
        message = "apt-get install --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 fonts-dejavu-core"
        raise MissingError(message)
    return "pango"


@dataclass(frozen=True)
class OwnImage:
    """Our own image, and the bill of materials that was made with it."""

    name: str
    bill: Path


def find_image() -> OwnImage:
    """The image that this run is told to try."""
    name, bill = os.environ.get(OWN_IMAGE), TESTS.parent / "dist" / "retention.cdx.json"
    if not name or not bill.exists() or not engine.answers():
        message = f"make image sbom, where a container engine answers, then {OWN_IMAGE}=retention"
        raise MissingError(message)
    return OwnImage(name, bill)


def _named(name: str) -> str:
    return f"{postgresql.variable(name, 'URL')}=…, docker with {postgresql.variable(name, 'IMAGE')}=…"


# A server with a number is another version of the one without: the suite of stores runs on it as well, no more.
OTHER_POSTGRESQL = ("postgresql16", "postgresql17", "postgresql18")
OTHER_MARIADB = ("mariadb11",)
KNOWN: Mapping[str, Callable[[], object]] = {
    "go": find_go,
    "openssl": find_openssl,
    "chromium": find_chromium,
    "axe": find_axe,
    **{name: functools.partial(find_mariadb, name) for name in ("mariadb", *OTHER_MARIADB, "mysql")},
    **{name: functools.partial(find_postgresql, name) for name in ("postgresql", *OTHER_POSTGRESQL)},
    "pango": find_pango,
    "image": find_image,
}


@functools.cache
def look_for(name: str) -> object | MissingError:
    """What the finder of this name answers, asked once a run."""
    try:
        return KNOWN[name]()
    except MissingError as error:
        return error


def missing() -> dict[str, str]:
    """What this machine does not have, with how to get it."""
    return {name: str(found) for name in KNOWN if isinstance(found := look_for(name), MissingError)}


def required() -> frozenset[str]:
    """What this run may not do without."""
    names = frozenset(name.strip() for name in os.environ.get(REQUIRE, "").split(",") if name.strip())
    if unknown := names - KNOWN.keys():
        message = f"{REQUIRE} names {', '.join(sorted(unknown))}; known are {', '.join(sorted(KNOWN))}"
        raise pytest.UsageError(message)
    return names


def need(name: str) -> object:
    """What the calling test needs; without it the test is skipped, or fails where it is required."""
    found = look_for(name)
    if isinstance(found, MissingError):
        give_up = pytest.fail if name in required() else pytest.skip
        give_up(f"{name} is missing: {found}")
    return found


def database(server: str) -> AbstractContextManager[str]:
    """The URL of an empty database on the server of this name, for as long as the context lasts."""
    way = need(server)
    if isinstance(way, postgresql.Way):
        return postgresql.database(way)
    from tests import mariadb  # noqa: PLC0415 - its driver is not needed otherwise

    return mariadb.database(of=server)


def build_go(package: str) -> Path:
    """A program of tests/verifier, built once into tests/.build from Debian's packages alone, without a network."""
    command = need("go")
    program = BUILT / Path(package).name
    BUILT.mkdir(exist_ok=True)
    ours = program.with_suffix(f".{os.getpid()}")  # others may run the one that is there
    subprocess.run(
        [str(command), "build", "-o", str(ours), "."],
        cwd=TESTS / package,
        env=os.environ | {"GO111MODULE": "off", "GOPATH": str(GOPATH)},
        check=True,
        timeout=300,
    )
    return ours.replace(program)
