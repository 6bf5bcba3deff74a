"""The spool by blocks: some hundreds of planned records to a row. What was spooled goes along, in the same order.

Written out here, never derived from `schema` or `blocks`: a revision says the same for ever.
"""

import struct
from itertools import groupby, islice
from typing import Any, Final

from alembic import op

revision: Final = "0005"
down_revision: Final = "0004"
branch_labels: Final = None
depends_on: Final = None

_MOST: Final = 500  # records in a row


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
    connection = op.get_bind()
    old = connection.exec_driver_sql(
        'SELECT part, seq, action, fields, ref, seal, "key", due FROM spool_by_record ORDER BY part, seq'
    )
    for _, alike in groupby(enumerate(old), lambda one: (one[1].part, one[1].seq - one[0], *one[1][2:4])):
        lines = (line for _, line in alike)
        while some := [*islice(lines, _MOST)]:
            connection.exec_driver_sql("INSERT INTO spool VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, NULL)", _row(some))
    op.execute("DROP TABLE spool_by_record")


def _row(some: list[Any]) -> tuple[object, ...]:
    part, seq, action, fields, *_ = some[0]
    _, _, _, _, refs, seals, keys, dues = zip(*some, strict=True)
    packed = struct.pack(f"<{len(keys)}I", *map(len, keys)) + b"".join(keys)
    days = ",".join(due or "" for due in dues) if any(dues) else None
    return part, seq, len(some), action, fields, b"".join(refs), b"".join(seals), packed, days
