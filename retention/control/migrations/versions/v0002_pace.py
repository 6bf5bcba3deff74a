"""Budgets: on which day each planned record was first destructible, and how fast datasets were walked.

Records of plans that were made before have no day, and count as older than any: their plans go on in key order.
"""

from typing import Final

from alembic import op

revision: Final = "0002"
down_revision: Final = "0001"
branch_labels: Final = None
depends_on: Final = None


def upgrade() -> None:
    """Add what a budget needs."""
    op.execute("ALTER TABLE spool ADD COLUMN due TEXT")
    op.execute(
        "CREATE TABLE pace (dataset TEXT NOT NULL PRIMARY KEY, records INTEGER NOT NULL, "
        "seconds FLOAT NOT NULL CHECK (seconds > 0)) WITHOUT ROWID"
    )
