"""What goes was seen by a person first (P13)."""

from datetime import UTC, datetime, timedelta

from retention.approving import withdraw
from retention.sweep import Order, sweep
from tests.integration.review.organisation import estate, rows
from tests.integration.review.test_allowances import REGISTER, SCRIPT


def test_a_plan_made_tonight_for_yesterday_is_not_carried_out_tonight_on_a_standing_approval(tmp_path):
    made = estate(tmp_path, REGISTER, {"cvs": SCRIPT})
    today = made.installation.today()
    first = made.plan(today - timedelta(days=9)).digest
    made.approve(first, standing=True)
    with made.control.reading() as tx:
        plan = tx.plan(first)
    withdraw(made.control, plan, signer="proceseigenaar", role="process-owner", standing=False, now=datetime.now(UTC))
    made.plan(today - timedelta(days=1))
    said = sweep(made.installation, Order())
    assert (said.exit_status, rows(tmp_path, "cvs", "SELECT count(*) FROM client")) == (5, [(2,)])


def test_a_plan_made_tonight_for_yesterday_is_carried_out_once_a_person_has_read_it(tmp_path):
    made = estate(tmp_path, REGISTER, {"cvs": SCRIPT})
    made.approve(made.plan(made.installation.today() - timedelta(days=1)).digest)
    said = sweep(made.installation, Order())
    assert (said.exit_status, rows(tmp_path, "cvs", "SELECT count(*) FROM client")) == (0, [(0,)])
