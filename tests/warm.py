"""The command of an environment, forked from an interpreter that has imported it: a page of forty commands waits less.

What runs is that environment's code, in a process of its own, in the folder, with the variables and on the streams of
whoever typed it; only the imports were done before. `tests/acceptance/test_wheel.py` starts the real program.
"""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

MODULES = """retention.cli retention.bootstrap retention.sweep retention.planning retention.explain retention.gone
retention.reporting retention.comparing retention.grants retention.initialise retention.coverage retention.history
retention.reports.render retention.reports.terminal retention.audit.verify retention.audit.show retention.lists
retention.status.gather retention.stores.sql_postgresql retention.control.sqlite retention.notices.telling
psycopg alembic.command sqlalchemy.dialects.postgresql.psycopg"""
SERVE = """
import importlib, json, os, signal, socket, sys, traceback
for name in sys.argv[2].split():
    importlib.import_module(name)
from retention.cli import main
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
door = socket.socket(socket.AF_UNIX)
door.bind(sys.argv[1])
door.listen()
print("ready", flush=True)
while True:
    line, _ = door.accept()
    if os.fork():
        line.close()
        continue
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    door.close()
    said, streams, _, _ = socket.recv_fds(line, 1 << 20, 3)
    asked = json.loads(said)
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    os.chdir(asked["folder"])
    os.environ.clear()
    os.environ.update(asked["variables"])
    sys.argv = ["retention", *asked["words"]]
    try:
        main(asked["words"], prog_name="retention")
        status = 0
    except SystemExit as ended:
        status = ended.code if isinstance(ended.code, int) else 0 if ended.code is None else 1
    except BaseException:
        traceback.print_exc()
        status = 1
    sys.stdout.flush()
    sys.stderr.flush()
    line.sendall(bytes([status]))
    os._exit(status)
"""
ASK = """#!{python} -IS
import json, os, socket, sys
line = socket.socket(socket.AF_UNIX)
line.connect({door!r})
asked = json.dumps({{"folder": os.getcwd(), "variables": dict(os.environ), "words": sys.argv[1:]}})
socket.send_fds(line, [asked.encode()], [0, 1, 2])
sys.exit((line.recv(1) or b"\\1")[0])
"""


@contextmanager
def command(binaries: Path, folder: Path) -> Iterator[Path]:
    """A folder with a `retention` that behaves as the one in these binaries."""
    folder.mkdir()
    door = folder / "door"
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "RETENTION", "PG"))}
    words = [str(binaries / "python"), "-c", SERVE, str(door), MODULES]
    with subprocess.Popen(words, cwd=folder, env=clean, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL) as server:
        assert server.stdout is not None
        try:
            assert server.stdout.readline() == b"ready\n"
            (folder / "retention").write_text(ASK.format(python=binaries / "python", door=str(door)))
            (folder / "retention").chmod(0o755)
            yield folder
        finally:
            server.kill()
