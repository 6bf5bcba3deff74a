"""A TCP proxy between a program under test and a server: it passes everything on, until a test breaks the line.

`cut` ends every connection at once, as a failing network does. `swallow` lets everything reach the server and keeps
back what it answers, from the moment that the client says something: a commit that succeeds and that nobody hears of.
"""

from __future__ import annotations

import contextlib
import re
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy.engine import URL, make_url

_AT_ONCE = struct.pack("ii", 1, 0)  # close with a reset, whatever is still to be sent
_PORTS = {"postgresql": 5432, "mariadb": 3306, "mysql": 3306}
_BYTES = 65536


@dataclass(eq=False)
class _Line:
    """One connection: two sockets, and the thread of each direction."""

    client: socket.socket
    server: socket.socket
    threads: list[threading.Thread] = field(default_factory=list)
    heard: bytes = b""  # the end of what the client said, since what is waited for may come in two pieces
    silent: bool = False  # what the server answers is kept back

    def end(self) -> None:
        for end in (self.client, self.server):
            with contextlib.suppress(OSError):
                end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()


class Proxy:
    """One open port of this machine that leads to one server."""

    def __init__(self, server: str) -> None:
        self._target = make_url(server)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._lines: list[_Line] = []
        self._lock = threading.Lock()
        self._open = True  # connections are passed on; else refused
        self._after: bytes | None = None
        self._cut_then = True
        self._reword: Callable[[bytes], bytes] = bytes  # what the server answers, as it is passed on
        self.swallowed = threading.Event()  # set once the server has answered and nobody heard it
        self.passed = 0  # connections, so far
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        """The server's URL, by way of this proxy."""
        port = self._listener.getsockname()[1]
        here = self._target.difference_update_query(["host", "port", "unix_socket"]).set(host="127.0.0.1", port=port)
        return here.render_as_string(hide_password=False)

    def cut(self) -> None:
        """End every connection now, and refuse new ones until `mend`."""
        with self._lock:
            self._open = False
            lines, self._lines = self._lines, []
        for line in lines:
            line.end()

    def mend(self) -> None:
        """Pass on new connections again, with their answers."""
        with self._lock:
            self._open, self._after = True, None

    def swallow(self, after: bytes, *, then_cut: bool = True) -> None:
        """From when a client next says this on: keep back what the server answers it.

        Once the server has answered, `swallowed` is set and that client's connection ends; unless `then_cut` is False:
        then it waits for ever, as for a server that has vanished.
        """
        with self._lock:
            self._after, self._cut_then = after, then_cut
            self.swallowed.clear()

    def reword(self, pattern: bytes, instead: bytes) -> None:
        """Change what the server answers, byte for byte: as many as there were."""

        def changed(found: re.Match[bytes]) -> bytes:
            assert len(found[0]) == len(instead), "the protocol counts bytes"
            return instead

        self._reword = lambda answered: re.sub(pattern, changed, answered)

    def close(self) -> None:
        """End everything; the threads end with it."""
        self.cut()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(5)

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            self._connect(client)

    def _connect(self, client: socket.socket) -> None:
        try:
            server = _dial(self._target)
        except OSError:
            client.close()
            return
        line = _Line(client, server)
        with self._lock:
            refused = not self._open
            if not refused:
                self._lines.append(line)
                self.passed += 1
        if refused:
            line.end()
            return
        line.threads = [threading.Thread(target=each, args=(line,), daemon=True) for each in (self._ask, self._answer)]
        for thread in line.threads:
            thread.start()

    def _ask(self, line: _Line) -> None:
        """What the client says, to the server."""
        with contextlib.suppress(OSError):
            while said := line.client.recv(_BYTES):
                self._listen(line, said)
                line.server.sendall(said)
            line.server.shutdown(socket.SHUT_WR)

    def _listen(self, line: _Line, said: bytes) -> None:
        line.heard += said
        with self._lock:
            if self._after is not None and self._after in line.heard:
                line.silent, self._after = True, None
        line.heard = line.heard[-100:]

    def _answer(self, line: _Line) -> None:
        """What the server answers, to the client; or to nobody."""
        with contextlib.suppress(OSError):
            while answered := line.server.recv(_BYTES):
                if not line.silent:
                    line.client.sendall(self._reword(answered))
                    continue
                self.swallowed.set()
                if self._cut_then:
                    line.end()
                    return
            line.client.shutdown(socket.SHUT_WR)


@contextmanager
def proxied(server: str) -> Iterator[Proxy]:
    """A proxy before the server of a URL; everything ends when left."""
    proxy = Proxy(server)
    try:
        yield proxy
    finally:
        proxy.close()


def _dial(url: URL) -> socket.socket:
    """A connection to the server of a URL, over TCP or over its socket in the file system."""
    path = url.query.get("unix_socket") or url.query.get("host")
    port = url.port or _PORTS[url.get_backend_name()]
    if isinstance(path, str) and path.startswith("/"):
        unix = socket.socket(socket.AF_UNIX)
        name = Path(path) if "unix_socket" in url.query else Path(path) / f".s.PGSQL.{port}"
        unix.connect(str(name))
        return unix
    return socket.create_connection((url.host or "127.0.0.1", port), timeout=None)
