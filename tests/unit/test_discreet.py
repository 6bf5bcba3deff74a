"""Values that hold a secret, and the texts that others make of them."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from rich.pretty import pretty_repr
from sqlalchemy.engine import make_url

from retention.audit.note import VerifierKey
from retention.audit.reference import ReferenceKey
from retention.audit.signer import FileSigner
from retention.config import Settings
from retention.config.notify import SmtpSettings, WebhookSettings
from retention.config.reader import Reader, is_section, secret_variable, settings_of
from retention.config.stores import StoreSettings
from retention.config.watch import AliveSettings
from retention.demo.databases import OnServer
from retention.demo.organisation import Organisation
from retention.demo.place import Place
from retention.discreet import Discreet
from retention.holds import Hold, HoldKind, Member, Scope
from retention.vault import Vault

SECRET = "geheim-7f3a-geheim-7f3a-geheim-7"  # noqa: S105 - of nothing
KEY32 = SECRET.encode()
URL = f"postgresql://sweep:{SECRET}@db/cvs"
FILE = Path("retention.toml")
SIGNER = Ed25519PrivateKey.from_private_bytes(KEY32)
ORGANISATION = Organisation(
    register="policies:REGISTER", preparer="ann", create=int, create_on=int, stores=(), cases={}
)
HOLDING = [
    Vault(KEY32),
    ReferenceKey("k-2026", KEY32),
    FileSigner(VerifierKey("example.org", SIGNER.public_key().public_bytes_raw()), SIGNER),
    Hold(
        id="H-20260701-00000000",
        kind=HoldKind.LEGAL_HOLD,
        scope=Scope(datasets=frozenset({"cvs.dossier"}), subjects=frozenset({("client", SECRET)})),
        matter=SECRET,
        placed_at=datetime(2026, 7, 1, tzinfo=UTC),
        placed_by="ann",
        salt=KEY32,
    ),
    Member("cvs.dossier", SECRET, frozenset({("client", SECRET)}), lambda: {SECRET: (date(2020, 1, 1),)}),
    Place(Path("demo"), {"RETENTION_DEMO_PASSWORD": SECRET}),
    OnServer(ORGANISATION, "postgresql", make_url(URL)),
    Reader(FILE, {"RETENTION_STORE_CVS_PASSWORD": SECRET}),
    StoreSettings(url=URL, read_url=URL, replica_urls=(URL,)),
    AliveSettings(url=f"https://alive.example/{SECRET}"),
    SmtpSettings(host="mail", password=SECRET, sender="a@example.org", to=("b@example.org",)),
    WebhookSettings(url=f"https://hooks.example/{SECRET}", signing_secret=SECRET),
]


@pytest.mark.parametrize("value", HOLDING, ids=lambda value: type(value).__name__)
def test_a_secret_stands_in_no_text_that_is_made_of_the_value(value):
    for text in (repr(value), str([value]), f"{value}", pretty_repr(value)):
        assert SECRET not in text
        assert str(list(KEY32)[:4]).strip("[]") not in text


def test_what_is_named_is_shown():
    assert repr(ReferenceKey("k-2026", KEY32)) == "ReferenceKey(id='k-2026')"


def test_a_field_that_nobody_named_is_a_secret():
    class Later(Discreet, frozen=True):
        name: str
        added: str
        seen = ("name",)

    assert repr(Later("a", SECRET)) == "Later(name='a')"


def test_no_section_shows_a_setting_that_is_a_secret():
    sections, found = [Settings], []
    while sections:
        section = sections.pop()
        for one in settings_of(section):
            sections += [hint for hint in (one.type, *getattr(one.type, "__args__", ())) if is_section(hint)]
            if secret_variable(one) is not None:
                found.append(one.name)
                assert issubclass(section, Discreet), section
                assert one.name not in section.seen, (section, one.name)
    assert len(found) == 4
