"""The spool by blocks: some hundreds of planned records to a row. What was spooled before stays one to a row.

Written out in SQL, never derived from `schema`: a revision says the same for ever.
"""

from typing import Final

from alembic import op

revision: Final = "0005"
down_revision: Final = "0004"
branch_labels: Final = None
depends_on: Final = None


def upgrade() -> None:
    """Make the new table of the old one."""
    op.execute("ALTER TABLE spool RENAME TO spool_by_record")
    op.execute(
        "CREATE TABLE spool (part INTEGER NOT NULL REFERENCES spool_part (id), seq INTEGER NOT NULL, "
        "records INTEGER NOT NULL CHECK (records > 0), action TEXT NOT NULL, fields TEXT NOT NULL, "
        "refs BLOB NOT NULL CHECK (length(refs) = 32 * records), "
        "seals BLOB NOT NULL CHECK (length(seals) = 32 * records), "
        "keys BLOB NOT NULL, dues TEXT, seal BLOB, PRIMARY KEY (part, seq))"
    )
    op.execute(
        'INSERT INTO spool SELECT part, seq, 1, action, fields, ref, seal, "key", due, NULL FROM spool_by_record '
        "ORDER BY part, seq"
    )
    op.execute("DROP TABLE spool_by_record")
