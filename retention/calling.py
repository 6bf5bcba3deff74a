"""Calling a web address: TLS verified, no redirect followed, no proxy asked, and of the answer the status alone."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from contextlib import closing
from http.client import HTTPConnection, HTTPSConnection
from pathlib import Path
from urllib.parse import urlsplit


def status_of(  # noqa: PLR0913 - one keyword for each thing a request says
    url: str,
    method: str,
    headers: Mapping[str, str],
    *,
    seconds: float,
    ca_file: Path | None,
    body: bytes | None = None,
) -> int:
    """The status that a request is answered with; `seconds` for each answer, `ca_file` None: the host's authorities.

    Raises:
        OSError: it cannot be reached, in time (TimeoutError) or with a certificate that holds (ssl.SSLError).
        HTTPException: what answers speaks no HTTP.

    """
    parts = urlsplit(url)
    host, path = parts.hostname or "", (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    if parts.scheme == "https":
        context = ssl.create_default_context(cafile=ca_file)
        connection: HTTPConnection = HTTPSConnection(host, parts.port, timeout=seconds, context=context)
    else:
        connection = HTTPConnection(host, parts.port, timeout=seconds)
    with closing(connection):
        connection.request(method, path, body, {"User-Agent": "retention", **headers})
        return connection.getresponse().status
