"""A sweep waits for a replica that is behind, between two batches, on real replicas (ADR 0025)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from structlog.testing import capture_logs

from retention.errors import StoreError
from retention.stores.registry import open_replica
from tests.estate import reopened
from tests.integration.run.acts import of, planned
from tests.integration.run.hands import Hands
from tests.integration.servers.followers import followed

ENGINES = ("postgresql", "mariadb")


@pytest.fixture(scope="module", params=ENGINES)
def pair(request, tmp_path_factory):
    with followed(request.param, tmp_path_factory.mktemp("followed")) as pair:
        yield pair


@pytest.fixture
def hands() -> Hands:
    return Hands(datetime.now(UTC))


def estate_of(pair, hands, place, *urls):
    """An installation over the world as it is now, whose store has these replicas."""
    estate = replace(pair.world, root=place).estate()
    opener = replace(estate.installation.opener, replica_urls={"cvs": urls})
    return reopened(estate, opener=opener, pace=hands.pace(replica_lag=0.5, replica_patience=60.0))


def test_a_replica_that_does_not_catch_up_postpones_its_store_and_no_other(pair, hands, tmp_path):
    estate = estate_of(pair, hands, tmp_path, pair.replica)
    digest = planned(estate)
    pair.halt()
    run = estate.sweep(digest)
    pair.go_on()
    assert (of(run, "cvs.dossier").destroyed, of(run, "cvs.dossier").postponed) == (0, 20)
    assert of(run, "crm.aanmelding").destroyed == 10
    assert (run.exit_status, run.status) == (1, "failed")
    assert any("did not catch up in 1 minutes" in remark.en for remark in run.remarks)


def test_a_sweep_waits_until_its_replica_has_caught_up(pair, hands, tmp_path):
    pair.halt()
    estate = estate_of(pair, hands, tmp_path, pair.replica)
    seen = []

    def catch_up() -> None:
        seen.append(len(pair.world.look().dossier))
        pair.go_on()

    hands.each = catch_up
    digest = planned(estate)
    with capture_logs() as logs:
        run = estate.sweep(digest)
    assert seen == [40]  # nothing of this store had gone while it waited
    assert of(run, "cvs.dossier").destroyed == 20
    assert (run.exit_status, run.postponed) == (0, 0)
    said = [one["event"] for one in logs if one["event"].startswith("replica")]
    assert said == ["replica_lags", "replica_caught_up"]
    assert any("a replica that was behind (1x)" in remark.en for remark in run.remarks)


def test_a_run_that_is_stopped_while_a_replica_is_waited_for_stops_at_once(pair, hands, tmp_path):
    world = pair.world
    world.sql("cvs", "UPDATE dossier SET afgesloten_op = '2015-03-01' WHERE dossier_id = 1")
    estate = estate_of(pair, hands, tmp_path, pair.replica)
    digest, asked = planned(estate), []
    pair.halt()
    hands.each = lambda: asked.append(1)
    run = estate.sweep(digest, stop=lambda: bool(asked))
    pair.go_on()
    assert (of(run, "cvs.dossier").destroyed, run.status, hands.slept) == (0, "aborted", 1.0)


def test_what_is_no_replica_cannot_be_asked(pair):
    replica = open_replica("cvs", pair.world.urls["cvs"])
    with pytest.raises(StoreError, match="is no replica"):
        replica.lag()
    replica.close()


def test_a_replica_that_follows_is_not_behind(pair):
    replica = open_replica("cvs", pair.replica)
    assert replica.lag() < 1
    replica.close()
