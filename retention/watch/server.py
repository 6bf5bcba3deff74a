"""/metrics and /healthz, while our own clock runs: two paths, GET alone, a bounded number of readers at a time.

Nothing in a request is used but its path and the form of answer it asks for. There is no password and no TLS: it
listens on loopback unless [metrics] listen says otherwise, and then whoever can reach it can read counts.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Generator
from contextlib import contextmanager
from http import HTTPStatus
from http.server import ThreadingHTTPServer
from socketserver import TCPServer
from threading import BoundedSemaphore, Lock, Thread
from typing import Any, Final

import structlog
from prometheus_client import MetricsHandler

from retention import events
from retention.config.watch import Address
from retention.errors import ConfigError
from retention.watch.families import registry_of
from retention.watch.health import health_of
from retention.watch.readings import Readings

_READERS: Final = 8  # at a time; the next one's connection is closed
_SECONDS: Final = 5  # a reader that says nothing for so long is gone
_LOOK_UP: Final = 0.2  # seconds between two looks whether to stop


class _Handler(MetricsHandler):
    """One request."""

    timeout = _SECONDS
    server: _Server

    def do_GET(self) -> None:  # noqa: N802 - the library's name
        """Answer."""
        match self.path.partition("?")[0]:
            case "/metrics":
                self.path = "/metrics"  # all of them: nobody asks for some by name
                self.registry = registry_of(self.server.look())
                super().do_GET()
            case "/healthz":
                self._health()
            case _:
                self.send_error(HTTPStatus.NOT_FOUND)

    def _refuse(self) -> None:
        self.close_connection = True
        self.send_response(HTTPStatus.METHOD_NOT_ALLOWED)
        self.send_header("Allow", "GET")
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = do_TRACE = do_CONNECT = _refuse  # noqa: N815 - as above

    def _health(self) -> None:
        health = health_of(self.server.look().status, clock=self.server.lives())
        body = health.to_json()
        self.send_response(HTTPStatus.OK if health.healthy else HTTPStatus.SERVICE_UNAVAILABLE)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(body)

    def version_string(self) -> str:
        """No versions to choose an attack by."""
        return "retention"


class _Server(ThreadingHTTPServer):
    """Listens, and answers each request in a thread of its own."""

    request_queue_size = 2 * _READERS
    daemon_threads = True  # a slow reader keeps nobody from stopping

    def __init__(self, address: Address, look: Callable[[], Readings], lives: Callable[[], bool]) -> None:
        self.address_family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
        self.lives = lives
        self._look, self._one_at_a_time = look, Lock()
        self._free = BoundedSemaphore(_READERS)
        super().__init__((address.host, address.port), _Handler)

    def look(self) -> Readings:
        """Look, one after another: a crowd of readers costs no more than one."""
        with self._one_at_a_time:
            return self._look()

    def server_bind(self) -> None:
        """Listen, without asking a name server who we are."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = self.server_address[:2]  # type: ignore[assignment]

    def process_request(self, request: Any, client_address: Any) -> None:
        """Answer, or close when there are too many."""
        if not self._free.acquire(blocking=False):
            self.shutdown_request(request)
            return
        super().process_request(request, client_address)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Answer, then let the next one in."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._free.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A reader that hung up: no trace of it on standard error."""


@contextmanager
def serving(address: Address, look: Callable[[], Readings], lives: Callable[[], bool]) -> Generator[int]:
    """Answer while inside; the port.

    Raises:
        ConfigError: nobody can listen there.

    """
    try:
        server = _Server(address, look, lives)
    except OSError as error:
        raise ConfigError(
            f"metrics.listen: nobody can listen on {address} ({error.strerror}). Another program, or another "
            '`retention schedule`, may be there: name a free address, or write listen = "" for none.'
        ) from error
    with server:
        log, port = structlog.get_logger(), server.server_address[1]
        log.info(events.METRICS_LISTENING, host=address.host, port=port)
        if not address.loopback:
            log.warning(events.METRICS_EXPOSED, host=address.host, port=port)
        thread = Thread(target=server.serve_forever, args=(_LOOK_UP,), name="metrics", daemon=True)
        thread.start()
        try:
            yield port
        finally:
            server.shutdown()
            thread.join()
