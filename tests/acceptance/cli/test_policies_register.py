"""The register of processing activities and the public table as people ask for them, and what is said when not."""

import json

import pytest

from .conftest import Office

EVIL = "=1+1<script>\\u202e"


def test_what_the_configuration_adds_is_in_the_register_and_what_nobody_said_is_null(office: Office):
    office.change(
        "retention.toml",
        "[organisation]",
        '[organisation.activities.dossier]\nrecipients = "gemeente"\n\n[organisation]\nsecurity = "plan 2026"',
    )
    found = office.json("policies", "register")
    [one] = found["activities"]
    assert one["declared"] == {"recipients": "gemeente", "transfers": None, "security": "plan 2026"}
    assert (found["address"], found["privacy_officer"]) == (None, None)
    assert "niet opgegeven" in office.run("policies", "register").stdout


def test_a_purpose_that_is_not_there_is_refused_with_those_that_are(office: Office):
    office.change("retention.toml", "[organisation]", '[organisation.activities.x]\nrecipients = "y"\n\n[organisation]')
    done = office.run("policies", "register")
    assert (done.exit_code, "Known: dossier" in done.stderr) == (2, True), done.stderr


@pytest.mark.parametrize("more", [(), ("--public",)])
def test_it_is_written_in_both_languages_and_nowhere_that_cannot_be_written(office: Office, more: tuple[str, ...]):
    out = office.folder / "out"
    assert office.run("policies", "register", *more, "--out", str(out)).exit_code == 0
    assert {path.suffix for path in out.iterdir()} == {".html", ".csv", ".json"}
    assert len(list(out.glob("*.html"))) == 2
    (office.folder / "taken").write_text("")
    done = office.run("policies", "register", *more, "--out", str(office.folder / "taken" / "in"))
    assert (done.exit_code, "cannot be written there" in done.stderr) == (2, True)


def test_a_public_table_names_nothing_internal(office: Office):
    out = office.folder / "out"
    office.run("policies", "register", "--public", "--out", str(out))
    for path in out.iterdir():
        text = path.read_text()
        assert not [name for name in ("cvs.", "afgesloten_op", "samenvatting", "prepared_by") if name in text], path
    assert json.loads((out / "retention-periods.json").read_text())["unworded"] > 0


def test_a_hostile_name_harms_no_form(office: Office):
    office.change("retention.toml", 'name = "Stichting Test"', f'name = "{EVIL}"')
    out = office.folder / "out"
    assert office.run("policies", "register", "--out", str(out)).exit_code == 0
    for path in out.glob("*.html"):
        assert path.read_text().count("<script>") == 1  # our own
        assert "\u202e" not in path.read_text()
    for path in out.glob("*.csv"):
        assert not [line for line in path.read_text(encoding="utf-8-sig").splitlines() if line.startswith("=")]


def test_a_language_that_is_not_there_is_refused(office: Office):
    assert office.run("policies", "register", "--lang", "fy").exit_code == 2


def test_a_register_that_does_not_load_is_said_with_the_line(office: Office):
    office.change("policies/dossier_policy.py", "years(5)", "years(")
    done = office.run("policies", "register")
    assert (done.exit_code, "dossier_policy.py" in done.stderr) == (2, True)
