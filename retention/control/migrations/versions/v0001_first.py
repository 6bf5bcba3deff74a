"""The first control store.

Written out in SQL, never derived from `schema`: a revision says the same for ever.
"""

from typing import Final

from alembic import op

revision: Final = "0001"
down_revision: Final = None
branch_labels: Final = None
depends_on: Final = None

_TABLES: Final = """
CREATE TABLE hold (
    seq INTEGER NOT NULL PRIMARY KEY, id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, scope TEXT NOT NULL,
    matter TEXT NOT NULL, placed_at TEXT NOT NULL, placed_by TEXT NOT NULL,
    salt BLOB NOT NULL CHECK (length(salt) = 32), review_on TEXT, released_at TEXT, released_by TEXT,
    release_reason TEXT, cooling_until TEXT, notified_on TEXT
);
CREATE TABLE approval (
    seq INTEGER NOT NULL PRIMARY KEY, of TEXT NOT NULL, mode TEXT NOT NULL, granted INTEGER NOT NULL,
    role TEXT NOT NULL, signer TEXT NOT NULL, at TEXT NOT NULL, expires TEXT NOT NULL, signature_sha256 TEXT,
    dataset TEXT, allow TEXT NOT NULL
);
CREATE TABLE allowance (
    seq INTEGER NOT NULL PRIMARY KEY, approval INTEGER NOT NULL REFERENCES approval (seq), dataset TEXT NOT NULL,
    fingerprint TEXT NOT NULL, records INTEGER NOT NULL, used INTEGER NOT NULL, expires TEXT NOT NULL,
    CHECK (used BETWEEN 0 AND records)
);
CREATE TABLE event (
    seq INTEGER NOT NULL PRIMARY KEY, kind TEXT NOT NULL, at TEXT NOT NULL, hold TEXT REFERENCES hold (id),
    approval INTEGER REFERENCES approval (seq), leaf INTEGER UNIQUE, CHECK ((hold IS NULL) <> (approval IS NULL))
);
CREATE TABLE plan (
    seq INTEGER NOT NULL PRIMARY KEY, digest TEXT NOT NULL UNIQUE, made TEXT NOT NULL UNIQUE,
    reference_date TEXT NOT NULL, prepared_by TEXT NOT NULL, report TEXT NOT NULL
);
CREATE TABLE planned_dataset (
    plan TEXT NOT NULL REFERENCES plan (digest), id TEXT NOT NULL, fingerprint TEXT NOT NULL,
    count INTEGER NOT NULL, root TEXT NOT NULL, total INTEGER, PRIMARY KEY (plan, id)
) WITHOUT ROWID;
CREATE TABLE draft (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, plan TEXT UNIQUE REFERENCES plan (digest)
);
CREATE TABLE spool_part (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, draft INTEGER NOT NULL REFERENCES draft (id), dataset TEXT NOT NULL
);
CREATE TABLE spool (
    part INTEGER NOT NULL REFERENCES spool_part (id), seq INTEGER NOT NULL, ref BLOB NOT NULL, action TEXT NOT NULL,
    fields TEXT NOT NULL, seal BLOB NOT NULL, key BLOB NOT NULL, PRIMARY KEY (part, seq)
) WITHOUT ROWID;
CREATE TABLE run (
    seq INTEGER NOT NULL PRIMARY KEY, id TEXT NOT NULL UNIQUE, started TEXT NOT NULL, reference_date TEXT NOT NULL,
    actor TEXT NOT NULL, plan TEXT, status TEXT, ended TEXT, report TEXT
);
CREATE TABLE destroyed (
    dataset TEXT NOT NULL, reference_date TEXT NOT NULL, records INTEGER NOT NULL,
    PRIMARY KEY (dataset, reference_date)
) WITHOUT ROWID;
CREATE TABLE flight (
    intent INTEGER NOT NULL PRIMARY KEY, run TEXT NOT NULL, plan TEXT NOT NULL, dataset TEXT NOT NULL,
    action TEXT NOT NULL, fields TEXT NOT NULL, ref_key TEXT NOT NULL, records BLOB NOT NULL, members TEXT NOT NULL,
    subjects TEXT NOT NULL, purposes TEXT NOT NULL, registered TEXT NOT NULL
);
CREATE TABLE recorded (
    kind TEXT NOT NULL, id TEXT NOT NULL, sha256 TEXT NOT NULL, PRIMARY KEY (kind, id)
) WITHOUT ROWID;
CREATE TABLE leaf (position INTEGER NOT NULL PRIMARY KEY, bytes BLOB NOT NULL);
CREATE TABLE frontier (position INTEGER NOT NULL PRIMARY KEY, hash BLOB NOT NULL CHECK (length(hash) = 32));
CREATE TABLE checkpoint (size INTEGER NOT NULL PRIMARY KEY, note TEXT NOT NULL);
CREATE TABLE published (one INTEGER NOT NULL PRIMARY KEY CHECK (one = 1), size INTEGER NOT NULL)
"""

_GAPLESS: Final = """
CREATE TRIGGER leaf_gapless BEFORE INSERT ON leaf
WHEN NEW.position <> (SELECT coalesce(max(position) + 1, 0) FROM leaf)
BEGIN SELECT RAISE(ABORT, 'a leaf out of turn'); END
"""


def upgrade() -> None:
    """Make every table; what is proof can be added to and never changed."""
    for statement in _TABLES.split(";"):
        op.execute(statement)
    op.execute(_GAPLESS)
    for table in ("leaf", "checkpoint"):
        for change in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{change.lower()} BEFORE {change} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, 'proof is only added to'); END"
            )
