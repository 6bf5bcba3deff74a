"""From a policy to a destruction that a stranger can verify, as somebody types it."""

import json

import time_machine

from .conftest import NEXT_NIGHT, Office


def test_what_was_approved_and_announced_goes_with_its_children_and_nothing_else(office: Office):
    assert office.approve(office.plan()).exit_code == 0
    with time_machine.travel(NEXT_NIGHT):
        done = office.run("sweep")
    assert done.exit_code == 0, done.output
    assert (office.rows("dossier"), office.rows("contactmoment")) == ([11, 13], [])
    assert office.run("audit", "verify").exit_code == 0


def test_outside_its_windows_a_sweep_destroys_nothing_until_it_is_told_to(office: Office):
    office.approve(office.plan())
    office.config.write_text(office.config.read_text() + '\n[sweep]\nwindows = ["23:00-01:00"]\n')
    with time_machine.travel(NEXT_NIGHT):  # 02:05 there
        waited = office.run("sweep", "--lang", "en")
        assert (waited.exit_code, office.rows("dossier")) == (5, [10, 11, 12, 13])
        assert "the window opens at 2026-07-02 23:00" in waited.output
        assert office.run("sweep", "--outside-window").exit_code == 0
    assert office.rows("dossier") == [11, 13]


def test_a_plan_that_nobody_approved_destroys_nothing_and_waits(office: Office):
    office.plan()
    with time_machine.travel(NEXT_NIGHT):
        assert office.run("sweep").exit_code == 5
    assert office.rows("dossier") == [10, 11, 12, 13]


def test_a_plan_of_the_same_day_is_not_announced_long_enough(office: Office):
    office.approve(office.plan())
    assert office.run("sweep").exit_code == 5
    assert office.rows("dossier") == [10, 11, 12, 13]


def test_who_prepared_a_plan_cannot_approve_it(office: Office):
    digest = office.plan()
    office.change("retention.toml", 'roles = ["operator"]', 'roles = ["process-owner"]')
    refused = office.run("approve", digest)
    assert refused.exit_code == 2
    assert "four eyes" in refused.stderr


def test_an_approval_that_is_withdrawn_is_none(office: Office):
    digest = office.plan()
    office.approve(digest)
    assert office.approve(digest, "--withdraw").exit_code == 0
    with time_machine.travel(NEXT_NIGHT):
        assert office.run("sweep").exit_code == 5
    assert office.rows("dossier") == [10, 11, 12, 13]


def test_more_than_the_limits_allow_is_refused_until_a_person_allows_it_by_name(office: Office):
    office.change("retention.toml", "at_least = 10 ", "at_least = 1 ")
    digest = office.plan()
    office.approve(digest)
    with time_machine.travel(NEXT_NIGHT):
        assert office.run("sweep").exit_code == 3
        assert office.rows("dossier") == [10, 11, 12, 13]
        assert office.approve(digest, "--allow", "cvs.dossier=2").exit_code == 0
        assert office.run("sweep", "--plan", digest).exit_code == 0
    assert office.rows("dossier") == [11, 13]


def test_a_hold_that_was_placed_after_the_approval_still_wins(office: Office):
    office.approve(office.plan())
    placed = office.run("hold", "place", "--kind", "legal-hold", "--matter", "x", "--subject", "client=2", "--yes")
    assert placed.exit_code == 0, placed.output
    with time_machine.travel(NEXT_NIGHT):
        assert office.run("sweep").exit_code == 0
    assert office.rows("dossier") == [11, 12, 13]


def test_the_receipt_lists_a_record_that_was_destroyed_before(office: Office):
    office.approve(office.plan())
    with time_machine.travel(NEXT_NIGHT):
        office.run("sweep")
        done = office.run(
            "hold", "place", "--kind", "legal-hold", "--matter", "x", "--record", "cvs.dossier=10", "--yes", "--json"
        )
    destroyed = json.loads(done.stdout)[0]["destroyed_before"]
    assert [(one["dataset"], one["key"]) for one in destroyed] == [("cvs.dossier", "10")]


def test_a_released_hold_cools_off(office: Office):
    placed = office.json("hold", "place", "--kind", "legal-hold", "--matter", "x", "--subject", "client=2", "--yes")
    released = office.run("hold", "release", placed[0]["id"], "--reason", "klaar", "--yes", "--lang", "en")
    assert released.exit_code == 0, released.output
    assert "Cooling off until 2026-07-08" in released.stdout
    office.approve(office.plan())
    with time_machine.travel(NEXT_NIGHT):
        office.run("sweep")
    assert 12 in office.rows("dossier")
