"""The control store's tables. The file itself is made by the migrations; a test holds the two to each other.

Times are text: UTC, ISO 8601 with six decimals; dates YYYY-MM-DD; sets and lists are JSON. Rules that must never be
broken are the database's own: leaves without gaps, one note for each size, allowances never used beyond their number.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import CheckConstraint, Column, Float, ForeignKey, Integer, LargeBinary, MetaData, Table, Text

metadata: Final = MetaData()

APPLICATION_ID: Final = 0x52455443
"""Written into the file's header ("RETC"), so that another SQLite database is never taken for ours."""


def _text(name: str, *, null: bool = False, unique: bool = False) -> Column[str]:
    return Column(name, Text, nullable=null, unique=unique or None)


def _number(name: str, *, null: bool = False) -> Column[int]:
    return Column(name, Integer, nullable=null)


HOLDS: Final = Table(
    "hold",
    metadata,
    Column("seq", Integer, primary_key=True),  # order of placing
    _text("id", unique=True),
    _text("kind"),
    _text("scope"),  # JSON
    _text("matter"),
    _text("placed_at"),
    _text("placed_by"),
    Column("salt", LargeBinary, CheckConstraint("length(salt) = 32"), nullable=False),
    _text("review_on", null=True),
    _text("released_at", null=True),
    _text("released_by", null=True),
    _text("release_reason", null=True),
    _text("cooling_until", null=True),
    _text("notified_on", null=True),
)

APPROVALS: Final = Table(
    "approval",
    metadata,
    Column("seq", Integer, primary_key=True),
    _text("of"),
    _text("mode"),
    _number("granted"),
    _text("role"),
    _text("signer"),
    _text("at"),
    _text("expires"),
    _text("signature_sha256", null=True),
    _text("dataset", null=True),
    _text("allow"),  # JSON: [[dataset, records], …]
)

ALLOWANCES: Final = Table(
    "allowance",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("approval", Integer, ForeignKey("approval.seq"), nullable=False),
    _text("dataset"),
    _text("fingerprint"),
    _number("records"),
    _number("used"),
    _text("expires"),
    CheckConstraint("used BETWEEN 0 AND records"),
)

EVENTS: Final = Table(
    "event",
    metadata,
    Column("seq", Integer, primary_key=True),
    _text("kind"),
    _text("at"),
    Column("hold", Text, ForeignKey("hold.id"), nullable=True),
    Column("approval", Integer, ForeignKey("approval.seq"), nullable=True),
    Column("leaf", Integer, nullable=True, unique=True),  # NULL: binds already, not yet an entry
    CheckConstraint("(hold IS NULL) <> (approval IS NULL)"),
)

PLANS: Final = Table(
    "plan",
    metadata,
    Column("seq", Integer, primary_key=True),
    _text("digest", unique=True),
    _text("made", unique=True),
    _text("reference_date"),
    _text("prepared_by"),
    _text("report"),  # JSON
)

PLANNED: Final = Table(
    "planned_dataset",
    metadata,
    Column("plan", Text, ForeignKey("plan.digest"), primary_key=True),
    Column("id", Text, primary_key=True),
    _text("fingerprint"),
    _number("count"),
    _text("root"),
    _number("total", null=True),
    sqlite_with_rowid=False,
)

DRAFTS: Final = Table(
    "draft",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("plan", Text, ForeignKey("plan.digest"), nullable=True, unique=True),  # NULL: not sealed
    sqlite_autoincrement=True,
)

PARTS: Final = Table(
    "spool_part",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("draft", Integer, ForeignKey("draft.id"), nullable=False),
    _text("dataset"),
    sqlite_autoincrement=True,
)

SPOOL: Final = Table(  # a row has some hundreds of records (`blocks`)
    "spool",
    metadata,
    Column("part", Integer, ForeignKey("spool_part.id"), primary_key=True),
    Column("seq", Integer, primary_key=True),  # of the first
    Column("records", Integer, CheckConstraint("records > 0"), nullable=False),
    _text("action"),
    _text("fields"),  # JSON
    Column("refs", LargeBinary, CheckConstraint("length(refs) = 32 * records"), nullable=False),
    Column("seals", LargeBinary, CheckConstraint("length(seals) = 32 * records"), nullable=False),
    Column("keys", LargeBinary, nullable=False),
    _text("dues", null=True),
    Column("seal", LargeBinary, nullable=True),
)

PACES: Final = Table(
    "pace",
    metadata,
    Column("dataset", Text, primary_key=True),
    _number("records"),
    Column("seconds", Float, CheckConstraint("seconds > 0"), nullable=False),
    sqlite_with_rowid=False,
)

RUNS: Final = Table(
    "run",
    metadata,
    Column("seq", Integer, primary_key=True),
    _text("id", unique=True),
    _text("started"),
    _text("reference_date"),
    _text("actor"),
    _text("plan", null=True),
    _text("status", null=True),
    _text("ended", null=True),
    _text("report", null=True),
)

DESTROYED: Final = Table(
    "destroyed",
    metadata,
    Column("dataset", Text, primary_key=True),
    Column("reference_date", Text, primary_key=True),
    _number("records"),
    sqlite_with_rowid=False,
)

FLIGHTS: Final = Table(
    "flight",
    metadata,
    Column("intent", Integer, primary_key=True),
    _text("run"),
    _text("plan"),
    _text("dataset"),
    _text("action"),
    _text("fields"),
    _text("ref_key"),
    Column("records", LargeBinary, nullable=False),
    _text("members"),
    _text("subjects"),
    _text("purposes"),
    _text("registered"),
)

RECORDED: Final = Table(
    "recorded",
    metadata,
    Column("kind", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    _text("sha256"),
    sqlite_with_rowid=False,
)

CLAIMS: Final = Table(
    "claim",
    metadata,
    Column("job", Text, primary_key=True),
    Column("day", Text, primary_key=True),
    _text("claimed"),
    _text("ended", null=True),
    _number("exit_status", null=True),
    sqlite_with_rowid=False,
)

LEAVES: Final = Table(
    "leaf",
    metadata,
    Column("position", Integer, primary_key=True),
    Column("bytes", LargeBinary, nullable=False),
)

FRONTIER: Final = Table(
    "frontier",
    metadata,
    Column("position", Integer, primary_key=True),
    Column("hash", LargeBinary, CheckConstraint("length(hash) = 32"), nullable=False),
)

CHECKPOINTS: Final = Table(
    "checkpoint",
    metadata,
    Column("size", Integer, primary_key=True),
    _text("note"),
)

PUBLISHED: Final = Table(
    "published",
    metadata,
    Column("one", Integer, CheckConstraint("one = 1"), primary_key=True),
    _number("size"),
)

DELIVERIES: Final = Table(
    "delivery",  # of a notice
    metadata,
    Column("kind", Text, primary_key=True),
    Column("day", Text, primary_key=True),
    Column("channel", Text, primary_key=True),
    Column("attempts", Integer, CheckConstraint("attempts > 0"), nullable=False),
    _text("tried_at"),
    _text("delivered_at", null=True),
    _text("trouble", null=True),
    _number("refused"),
    CheckConstraint("delivered_at IS NULL OR trouble IS NULL"),
    sqlite_with_rowid=False,
)
