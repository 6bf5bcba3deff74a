"""Stichting Welzijn Duinrand, as it stands before its first plan: databases, people with keys, a configuration."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final, Literal

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from msgspec import Struct

from retention.demo.place import Place
from retention.text import Language, Text

OWNER: Final = "proceseigenaar"
OFFICER: Final = "fg"
_NIGHT: Final = "nachtrun"
Size = Literal["tiny", "demo"]
Engine = Literal["postgresql", "mariadb"]


class Organisation(Struct, frozen=True, kw_only=True):
    """The demo organisation's own package: its policies, and what makes its data."""

    register: str  # module:attribute
    preparer: str  # configured id of who prepared every policy
    create: Callable[[Path, Size], int]  # writes SQLite databases into a directory; the number of rows
    create_on: Callable[[Engine, Mapping[str, str], Size], int]  # fills empty databases by store and URL; likewise
    stores: tuple[str, ...]
    cases: Mapping[str, Any]  # the tricky cases by number


def people_sign(place: Place) -> dict[str, str]:
    """SSH keys for those who sign, private in the directory of keys; the public ones by id."""
    return {person: _ssh_key(place.keys / f"{person}.ssh", person) for person in (OWNER, OFFICER)}


def configuration(
    organisation: Organisation, urls: Mapping[str, str], account: str, keys: Mapping[str, str], language: Language
) -> str:
    """The text of the configuration."""
    stores = "".join(f"[stores.{name}]\nurl = {json.dumps(url)}\n\n" for name, url in urls.items())
    people = "\n".join(
        (
            _person(organisation.preparer, _PREPARER[language], "policy-maker", "process-owner", account=account),
            _person(OWNER, _OWNER[language], "process-owner", key=keys[OWNER]),
            _person(OFFICER, _OFFICER[language], "privacy-officer", key=keys[OFFICER]),
            _person(_NIGHT, _SWEEPER[language], "operator", account=_other(account)),
        )
    )
    return _CONFIGURATION.format(language=language.value, register=organisation.register, stores=stores, people=people)


_PREPARER: Final = Text(nl="Beleidsmaker (wie dit uitvoert)", en="Policy maker (whoever runs this)")
_OWNER: Final = Text(nl="Teamleider, proceseigenaar", en="Team leader, process owner")
_OFFICER: Final = Text(nl="Functionaris gegevensbescherming", en="Privacy officer")
_SWEEPER: Final = Text(nl="Account van de nachtelijke run", en="Account of the nightly run")

_CONFIGURATION: Final = """\
# Stichting Welzijn Duinrand is fictitious, and so is everybody in its data.

[organisation]
name = "Stichting Welzijn Duinrand"
address = "Strandweg 1, Duinrand"
zone = "Europe/Amsterdam"
language = "{language}"

[policies]
register = "{register}"

[log]
origin = "duinrand.example/retention/2026"

{stores}# Who prepared the policies runs this demonstration, and so approves none of them: the process owner signs.
{people}"""


def _person(person: str, name: str, *roles: str, account: str | None = None, key: str | None = None) -> str:
    who = f"account = {json.dumps(account)}" if account is not None else f"ssh_keys = [{json.dumps(key)}]"
    return f"[[people]]\nid = {json.dumps(person)}\nname = {json.dumps(name)}\nroles = {json.dumps(roles)}\n{who}\n"


def _other(account: str) -> str:
    """The sweep account's name; one account is one person."""
    return "retention" if account != "retention" else "retention-sweep"


def _ssh_key(path: Path, person: str) -> str:
    """Make an Ed25519 key as `ssh-keygen -t ed25519` does; the public half, as authorized_keys has it."""
    key = Ed25519PrivateKey.generate()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    private = key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption())
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(private)
    public = key.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode()
    path.with_suffix(".pub").write_text(f"{public} {person}\n", encoding="ascii")
    return f"{public} {person}"
