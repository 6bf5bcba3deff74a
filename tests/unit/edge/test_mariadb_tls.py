"""Connections to MariaDB are encrypted as the driver encrypts them, and read no certificate to verify none."""

from datetime import timedelta
from pathlib import Path
from ssl import CERT_REQUIRED, SSLCertVerificationError

from pymysql.connections import Connection
from pymysql.err import OperationalError
from sqlalchemy.exc import DBAPIError

from retention.stores.errors import StoreDownError
from retention.stores.sql_mariadb_failure import failure
from retention.stores.sql_mariadb_tls import Encrypted, verified
from tests.certificates import authority


def test_without_a_certificate_in_its_url_a_connection_reads_none_and_is_encrypted_all_the_same():
    ours, drivers = (kind(host="db", user="u", defer_connect=True) for kind in (Encrypted, Connection))
    assert ours.ctx.cert_store_stats()["x509"] == 0
    assert ours.ssl is True
    for member in ("verify_mode", "check_hostname", "options", "minimum_version", "verify_flags"):
        assert getattr(ours.ctx, member) == getattr(drivers.ctx, member)


def test_an_authority_in_its_url_must_vouch_for_the_server_and_its_host(tmp_path: Path):
    options = verified({"ssl_ca": str(authority(tmp_path).ca_file)})
    context = Encrypted(host="db", user="u", defer_connect=True, **options).ctx
    assert context.cert_store_stats()["x509"] == 1
    assert (context.verify_mode, context.check_hostname) == (CERT_REQUIRED, True)
    assert verified({"ssl_cert": "ours.pem"}) == {"ssl_cert": "ours.pem"}


def test_a_certificate_that_nobody_vouches_for_is_told_as_such():
    refused = OperationalError(2003, "Can't connect")
    refused.original_exception = SSLCertVerificationError("self-signed")
    told = failure(DBAPIError(None, None, refused), "db", "reading", timeout=timedelta(seconds=1))
    assert "disagree on TLS" in str(told)
    assert isinstance(told, StoreDownError)
