"""What became of notices: at most one of a kind a day.

Written out in SQL, never derived from `schema`: a revision says the same for ever.
"""

from typing import Final

from alembic import op

revision: Final = "0004"
down_revision: Final = "0003"
branch_labels: Final = None
depends_on: Final = None


def upgrade() -> None:
    """Make the table."""
    op.execute(
        "CREATE TABLE delivery (kind TEXT NOT NULL, day TEXT NOT NULL, channel TEXT NOT NULL, "
        "attempts INTEGER NOT NULL CHECK (attempts > 0), tried_at TEXT NOT NULL, delivered_at TEXT, trouble TEXT, "
        "refused INTEGER NOT NULL, CHECK (delivered_at IS NULL OR trouble IS NULL), "
        "PRIMARY KEY (kind, day, channel)) WITHOUT ROWID"
    )
