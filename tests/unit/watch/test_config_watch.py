"""What [metrics] and [alive] may say."""

from pathlib import Path

import pytest

from retention.config.watch import AliveSettings, MetricsSettings, check_alive, check_metrics


@pytest.mark.parametrize(
    ("listen", "host", "port", "loopback"),
    [
        ("127.0.0.1:9464", "127.0.0.1", 9464, True),
        ("localhost:0", "localhost", 0, True),
        ("[::1]:9464", "::1", 9464, True),
        ("0.0.0.0:9464", "0.0.0.0", 9464, False),  # noqa: S104 - a test of what is said then
        ("metrics.internal:80", "metrics.internal", 80, False),
    ],
)
def test_an_address_is_what_it_says(listen: str, host: str, port: int, loopback):
    metrics = MetricsSettings(listen=listen)
    assert [*check_metrics(metrics)] == []
    address = metrics.address
    assert address is not None
    assert (address.host, address.port, address.loopback, str(address)) == (host, port, loopback, listen)


def test_nowhere_is_nowhere():
    assert MetricsSettings(listen="").address is None
    assert [*check_metrics(MetricsSettings(listen=""))] == []


@pytest.mark.parametrize(
    "listen", ["9464", ":9464", "127.0.0.1", "127.0.0.1:65536", "[::1", "[1.2.3.4]:80", "a b:80", "::1:80"]
)
def test_what_is_no_address_is_refused(listen: str):
    assert [where for where, _ in check_metrics(MetricsSettings(listen=listen))] == ["metrics.listen"]


def test_a_file_that_no_collector_reads_is_refused():
    wrong = check_metrics(MetricsSettings(textfile=Path("retention.txt")))
    assert [where for where, _ in wrong] == ["metrics.textfile"]


@pytest.mark.parametrize(
    "url", ["https://alive.example/x", "https://alive.example:8443", "http://127.0.0.1/x", "http://localhost"]
)
def test_a_sign_of_life_goes_where_nobody_can_forge_it(url: str):
    assert [*check_alive(AliveSettings(url=url))] == []


@pytest.mark.parametrize(
    "url",
    [
        "http://alive.example/geheim",
        "ftp://x/geheim",
        "https://u:geheim@x/",
        "geheim",
        "https://x:99999/geheim",
        "https://[x",
    ],
)
def test_a_url_that_is_wrong_is_refused_and_not_repeated(url: str):
    [(where, what)] = check_alive(AliveSettings(url=url))
    assert where == "alive.url"
    assert "geheim" not in what
