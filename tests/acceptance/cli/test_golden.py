"""What programs read: the --json answer of each command, as agreed. RETENTION_TEST_REWRITE=1 writes them anew."""

import json
import os
import shutil
from pathlib import Path

import click
import pytest
import time_machine

from retention.cli import main

from .conftest import NEXT_NIGHT, REWRITE, Office, normal, subcommands

GOLDEN = Path(__file__).parent / "golden"


def agreed(name: str, answer: object) -> None:
    path = GOLDEN / f"{name}.json"
    found = normal(answer)
    if os.environ.get(REWRITE):
        path.write_text(json.dumps(found, indent=2, sort_keys=True, ensure_ascii=False) + "\n")
    assert found == json.loads(path.read_text())


def commands_with_json(group: click.Group, prefix: str = "") -> set[str]:
    found: set[str] = set()
    for name, command in subcommands(group).items():
        path = f"{prefix}{name}"
        if isinstance(command, click.Group):
            found |= commands_with_json(command, f"{path}-")
        elif any("--json" in parameter.opts for parameter in command.params):
            found.add(path)
    return found


def test_every_command_that_programs_read_has_a_golden_answer():
    assert {path.stem for path in GOLDEN.glob("*.json")} == commands_with_json(main)


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("config-check", ("config", "check")),
        ("config-show", ("config", "show")),
        ("policies-check", ("policies", "check")),
        ("policies-show", ("policies", "show")),
        ("policies-register", ("policies", "register")),
        ("grants", ("grants",)),
        ("plan", ("plan",)),
        ("explain", ("explain", "cvs.dossier", "10")),
        ("schedule", ("schedule", "--list")),
        ("audit-verify", ("audit", "verify")),
        ("audit-show", ("audit", "show")),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_an_answer_is_what_was_agreed(office: Office, name: str, arguments: tuple[str, ...]):
    agreed(name, office.json(*arguments))


def test_the_answers_of_holding_are_what_was_agreed(office: Office):
    placed = office.json(
        "hold", "place", "--kind", "legal-hold", "--matter", "zaak 12", "--subject", "client=2", "--yes"
    )
    agreed("hold-place", placed)
    agreed("hold-list", office.json("hold", "list"))
    agreed("hold-show", office.json("hold", "show", placed[0]["id"]))
    agreed("hold-release", office.json("hold", "release", placed[0]["id"], "--reason", "afgedaan", "--yes"))


def test_the_answer_of_comparing_policies_is_what_was_agreed(office: Office):
    shutil.copytree(office.folder / "policies", office.folder / "proposal" / "policies")
    office.change("proposal/policies/dossier_policy.py", "years(5)", "years(14)")
    agreed("policies-diff", office.json("policies", "diff", str(office.folder), str(office.folder / "proposal")))


def test_the_answers_of_a_night_are_what_was_agreed(office: Office):
    digest = office.plan()
    agreed("notify", office.json("notify", "--print"))
    approved = office.approve(digest, "--json")
    agreed("approve", json.loads(approved.stdout))
    with time_machine.travel(NEXT_NIGHT):
        agreed("sweep", office.json("sweep"))
        agreed("status", office.json("status"))
        agreed("report-run", office.json("report", "run", "last"))
        agreed("report-plan", office.json("report", "plan", digest))
        agreed("report-list", office.json("report", "list", "last"))
        agreed("report-declaration", office.json("report", "declaration", "last"))
        agreed("report-history", office.json("report", "history", "--months", "2"))
