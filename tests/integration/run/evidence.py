"""The evidence: rows that are gone, references that the log calls destroyed, and two verifiers over the log (P2)."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from retention.audit.trust import parse_trust
from retention.audit.verify import verify_directory
from tests.estate import Estate
from tests.integration.run.world import Seen, World, done, references

DATASETS = {
    "cvs.dossier": ("cvs.dossier", "delete"),
    "cvs.dossier erased": ("cvs.dossier", "erase-fields"),
    "cvs.contact": ("cvs.contact", "delete"),
    "crm.client": ("crm.client", "delete"),
    "crm.aanmelding": ("crm.aanmelding", "anonymise"),
}


def entries(estate: Estate) -> list[dict[str, Any]]:
    """Everything in the log, in order."""
    with estate.control.reading() as tx:
        return [json.loads(leaf) for leaf in tx.leaves(0, tx.size())]


def logged(estate: Estate) -> dict[tuple[str, str], Counter[bytes]]:
    """By dataset and action: how often outcomes call each reference destroyed."""
    found: dict[tuple[str, str], Counter[bytes]] = {}
    intents = {}
    for index, entry in enumerate(entries(estate)):
        if entry["type"] == "intent":
            intents[index] = entry
        if entry["type"] == "outcome" and "destroyed" in entry:
            intent = intents[entry["intent"]]
            refs = estate.installation.ledger.log.manifests.read(entry["destroyed"]["root"])
            assert refs is not None
            found.setdefault((intent["dataset"], intent["action"]), Counter()).update(refs)
    return found


Done = dict[str, set[object]]


def check(world: World, estate: Estate, before: Seen, go_verify, *, may_be_open: bool = False) -> Done:
    """Fail unless the rows gone are exactly the references destroyed, and each intent has one outcome."""
    happened = done(before, world.look())
    said = logged(estate)
    keys = {
        "cvs.dossier": set(before.dossier),
        "cvs.dossier erased": set(before.dossier),
        "cvs.contact": set(before.contact),
        "crm.client": set(before.client),
        "crm.aanmelding": set(before.signup),
    }
    for name, which in DATASETS.items():
        names = references(estate.root, which[0], keys[name])
        refs = said.get(which, Counter())
        assert all(times == 1 for times in refs.values()), f"{name}: destroyed twice"
        assert {names[ref] for ref in refs} == happened[name], f"{name}: log and data differ"
    intents = [index for index, entry in enumerate(entries(estate)) if entry["type"] == "intent"]
    outcomes = Counter(entry["intent"] for entry in entries(estate) if entry["type"] == "outcome")
    assert max(outcomes.values(), default=0) <= 1, "an intent has two outcomes"
    found = verify_directory(estate.log, parse_trust(estate.trust.read_text()))
    if not may_be_open:
        assert set(intents) == set(outcomes), "an intent has no outcome"
        with estate.control.reading() as tx:
            assert tx.flights() == ()
        assert found.open_intents == ()
    go_verify(estate.log, estate.trust)
    return happened
