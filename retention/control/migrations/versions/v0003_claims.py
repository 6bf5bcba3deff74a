"""A job's claim on a day: whoever made it does that day's work, and nobody else does it again."""

from typing import Final

from alembic import op

revision: Final = "0003"
down_revision: Final = "0002"
branch_labels: Final = None
depends_on: Final = None


def upgrade() -> None:
    """Make the table of claims."""
    op.execute(
        "CREATE TABLE claim (job TEXT NOT NULL, day TEXT NOT NULL, claimed TEXT NOT NULL, ended TEXT, "
        "exit_status INTEGER, PRIMARY KEY (job, day)) WITHOUT ROWID"
    )
