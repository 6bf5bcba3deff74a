"""The fingerprints of the demo register, as approvals rest on them: RETENTION_TEST_REWRITE=1 writes them anew.

A new fingerprint asks every organisation for a new approval. Where a decision changed, that is meant; where only the
canonical text did, it is not, and shows here as a difference.
"""

import os
from pathlib import Path

from policies import REGISTER
from retention.fingerprint import dataset_text, policy_text, sha256

PINNED = Path(__file__).with_name("fingerprints.txt")
ZONE = "Europe/Amsterdam"


def _fingerprints() -> str:
    stores = {dataset.store: f"sqlite:{dataset.store}" for dataset in REGISTER.all_datasets}
    policies = [f"policy  {policy.purpose} {sha256(policy_text(policy))}" for policy in REGISTER]
    datasets = [
        f"dataset {one.id} " + sha256(dataset_text(REGISTER, one, store=stores[one.store], zone=ZONE, elsewhere=stores))
        for one in REGISTER.all_datasets
    ]
    return "\n".join([*policies, *datasets, ""])


def test_no_fingerprint_of_the_demo_register_changes_by_accident() -> None:
    found = _fingerprints()
    if os.environ.get("RETENTION_TEST_REWRITE") == "1":
        PINNED.write_text(found)
    assert found.splitlines() == PINNED.read_text().splitlines()
