"""Connections to MariaDB are encrypted as the driver encrypts them, and read no certificate to verify none."""

from pathlib import Path

from pymysql.connections import Connection

from retention.stores.sql_mariadb_tls import Encrypted
from tests.certificates import authority


def test_without_a_certificate_in_its_url_a_connection_reads_none_and_is_encrypted_all_the_same():
    ours, drivers = (kind(host="db", user="u", defer_connect=True) for kind in (Encrypted, Connection))
    assert ours.ctx.cert_store_stats()["x509"] == 0
    assert ours.ssl is True
    for member in ("verify_mode", "check_hostname", "options", "minimum_version", "verify_flags"):
        assert getattr(ours.ctx, member) == getattr(drivers.ctx, member)


def test_an_authority_in_its_url_is_left_to_the_driver(tmp_path: Path):
    trusted = str(authority(tmp_path).ca_file)
    ours, drivers = (kind(host="db", user="u", ssl_ca=trusted, defer_connect=True) for kind in (Encrypted, Connection))
    assert ours.ctx.cert_store_stats() == drivers.ctx.cert_store_stats()
    assert ours.ctx.cert_store_stats()["x509"] == 1
    assert ours.ctx.verify_mode == drivers.ctx.verify_mode
