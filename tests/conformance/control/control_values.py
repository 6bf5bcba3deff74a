"""Values that the control stores are tried with."""

from datetime import UTC, date, datetime, timedelta

from msgspec.structs import replace

from retention.control.interface import Flight, Run
from retention.disposition import Action
from retention.holds import Hold, HoldKind, Scope
from retention.plan import Approval, ApprovalMode, Plan, PlannedDataset, Spooled

NOW = datetime(2026, 7, 1, 9, 30, 15, 123456, tzinfo=UTC)
TODAY = date(2026, 7, 1)
FINGERPRINT = "ab" * 32


def hold(number=1, **changes):
    placed = Hold(
        id=f"H-20260701-{number:08x}",
        kind=HoldKind.LEGAL_HOLD,
        scope=Scope(
            subjects=frozenset({("client", "17"), ("client", "Ø,18")}),
            records=frozenset({("cvs.dossier", "a,b")}),
            datasets=frozenset({"cvs.dossier"}),
            purposes=frozenset({"schuldhulp"}),
            starts_from=date(2019, 1, 1),
            starts_to=date(2020, 12, 31),
        ),
        matter="zaak 2026/14",
        placed_at=NOW,
        placed_by="j.jansen",
        salt=bytes(range(32)),
        review_on=date(2026, 12, 1),
    )
    return replace(placed, **changes)


def released(placed):
    return replace(
        placed,
        released_at=NOW + timedelta(days=1),
        released_by="k.smit",
        release_reason="zaak gesloten",
        cooling_until=NOW + timedelta(days=8),
        notified_on=TODAY,
    )


def approval(**changes):
    granted = Approval(
        of="cd" * 32,
        mode=ApprovalMode.LIST,
        granted=True,
        role="process-owner",
        signer="k.smit",
        at=NOW,
        expires=date(2026, 7, 31),
        signature_sha256="ef" * 32,
        allow=(("cvs.dossier", 50),),
    )
    return replace(granted, **changes)


class Glass:
    """A vault that hides nothing, and says where each thing belongs."""

    def lock(self, plain: bytes, where: str) -> bytes:
        return where.encode() + b"/" + plain

    def open(self, locked: bytes, where: str) -> bytes:
        place, _, plain = locked.partition(b"/")
        assert place == where.encode()
        return plain


VAULT = Glass()


def spooled(count, start=0):
    return [
        Spooled(seq, seq.to_bytes(32), Action.ERASE_FIELDS, ("naam", "postcode"), b"s" * 32, (seq, f"needle{seq:030x}"))
        for seq in range(start, start + count)
    ]


LONG_AGO, LATELY = date(2019, 5, 4), date(2026, 6, 30)


def dated():
    days = (LATELY, LONG_AGO, None, LATELY, LONG_AGO)
    return [one._replace(due=due) for one, due in zip(spooled(5), days, strict=True)]


def plan(count=3, second=0, **changes):
    made = datetime(2026, 7, 1, 2, 0, second, tzinfo=UTC)
    datasets = (
        PlannedDataset(id="cvs.client", fingerprint="cd" * 32, count=0, root="00" * 32),
        PlannedDataset(id="cvs.dossier", fingerprint=FINGERPRINT, count=count, root="11" * 32, total=900),
    )
    return replace(Plan(made=made, reference_date=TODAY, prepared_by="nightly", datasets=datasets), **changes)


def run(number=1, **changes):
    started = Run(id=f"20260701T093015Z-{number:08x}", started=NOW, reference_date=TODAY, actor="nightly", plan=None)
    return replace(started, **changes)


def flight(intent=7, **changes):
    in_flight = Flight(
        intent=intent,
        run=run().id,
        plan=plan().digest,
        dataset="cvs.dossier",
        action="delete",
        fields=(),
        ref_key="cvs.dossier-2026",
        records=b"\x00\xffencrypted",
        members={"cvs.dossier": frozenset({"a,b", "c\udcff"}), "cvs.document": frozenset({"9"})},
        subjects={"client": frozenset({"17"})},
        purposes=("schuldhulp",),
        registered=NOW,
    )
    return replace(in_flight, **changes)
