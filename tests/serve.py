"""Run a command with a server at hand, found or started as tests do: `python -m tests.serve mariadb -- COMMAND…`.

The command finds the server's URL in RETENTION_DEMO_URL; one that stands there already is used as it is. A server
that was started here ends with the command: on a terminal, when Enter is pressed.
"""

import os
import subprocess
import sys

from sqlalchemy.engine import make_url

from retention.demo.databases import URL_VARIABLE
from tests import mariadb, postgresql, servers


def url(engine: str) -> str:
    """The URL of a server, as an account that may create databases; started when none runs yet."""
    way = servers.KNOWN[engine]()
    found = mariadb.server() if engine == "mariadb" else make_url(postgresql.server(way))
    return found.set(drivername=engine).render_as_string(hide_password=False)


def main() -> int:
    """Find a server, run the command, and end what was started."""
    engine, _, *command = sys.argv[1:]
    if engine not in ("postgresql", "mariadb"):
        sys.exit(f"{engine} is no server that tests know: postgresql or mariadb.")
    given = os.environ.get(URL_VARIABLE)
    try:
        environ = os.environ | {URL_VARIABLE: given or url(engine)}
    except servers.MissingError as error:
        sys.exit(f"No {engine} here: name one in {URL_VARIABLE}, or {error}.")
    status = subprocess.run(command, env=environ, check=False).returncode
    if not given and not os.environ.get(f"RETENTION_TEST_{engine.upper()}_URL") and sys.stdin.isatty():
        input(f"\n{URL_VARIABLE}={environ[URL_VARIABLE]}\nThe server runs until you press Enter. ")
    return status


if __name__ == "__main__":
    sys.exit(main())
