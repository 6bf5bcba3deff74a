"""How a connection to MariaDB or MySQL is encrypted, without reading the machine's certificates to verify none."""

from __future__ import annotations

from collections.abc import Mapping
from ssl import CERT_NONE, PROTOCOL_TLS_CLIENT, SSLContext
from typing import Any

from pymysql.connections import Connection


def verified(options: Mapping[str, str]) -> Mapping[str, str | bool]:
    """These options of a url; where they name an authority, the server must show a certificate of it for its host.

    The driver by itself would read the authority's certificate, and then believe any server.
    """
    return {**options, "ssl_verify_cert": True, "ssl_verify_identity": True} if "ssl_ca" in options else options


class Encrypted(Connection):
    """A connection that is encrypted where the server offers that, or where its url demands it.

    Where the url names no certificate the driver verifies none, as the server's own client does. All the same it read
    every certificate of the machine, for each connection: forty times as long as all else that it takes to connect.
    Should a later driver not ask this method any more, that is all that comes back.
    """

    def _create_ssl_ctx(self, sslp: Mapping[str, Any]) -> SSLContext:
        if sslp:
            context: SSLContext = super()._create_ssl_ctx(sslp)  # type: ignore[misc] # the driver's types leave it out
            return context
        context = SSLContext(PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = CERT_NONE
        return context
