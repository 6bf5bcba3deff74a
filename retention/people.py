"""People: who acts, known by operating-system account or by SSH key, never by a name somebody types (P5)."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Iterator
from typing import Protocol

from msgspec import Struct

from retention.errors import ConfigError, UsageError

ADVISES_ONLY = frozenset({"privacy-officer"})
"""Roles that advise and never decide (GDPR art. 38(6))."""


class PersonLike(Protocol):
    """A person as the configuration describes them."""

    @property
    def id(self) -> str:
        """The configured id, as the log has it."""
        ...

    @property
    def name(self) -> str:
        """How people call them; never in the log."""
        ...

    @property
    def roles(self) -> tuple[str, ...]:
        """What they may do."""
        ...

    @property
    def account(self) -> str | None:
        """Their operating-system account; None: they act by signature only."""
        ...

    @property
    def ssh_keys(self) -> tuple[str, ...]:
        """Their public keys, as authorized_keys has them."""
        ...


class Person(Struct, frozen=True, kw_only=True):
    """Somebody of the organisation."""

    id: str
    name: str
    roles: tuple[str, ...] = ()
    account: str | None = None
    ssh_keys: tuple[str, ...] = ()

    def approving_role(self, allowed: tuple[str, ...]) -> str:
        """The role in which this person approves.

        Raises:
            UsageError: none of theirs may.

        """
        deciding = [role for role in self.roles if role in allowed and role not in ADVISES_ONLY]
        if deciding:
            return deciding[0]
        why = " Who advises does not decide (GDPR art. 38(6))." if ADVISES_ONLY.intersection(self.roles) else ""
        raise UsageError(
            f"{self.id} may not approve: it takes one of the roles {', '.join(allowed)}.{why} Roles are given in "
            "retention.toml, under [[people]]."
        )


class People:
    """Everybody who is configured."""

    def __init__(self, people: Iterable[PersonLike]) -> None:
        self._people = tuple(
            Person(id=p.id, name=p.name, roles=tuple(p.roles), account=p.account, ssh_keys=tuple(p.ssh_keys))
            for p in people
        )
        self._by_key: dict[bytes, Person] = {}
        for person in self._people:
            for key in person.ssh_keys:
                if self._by_key.setdefault(key_blob(key, person.id), person) is not person:
                    raise ConfigError(f"[[people]]: {person.id} has another person's SSH key. A key is one person.")

    def __iter__(self) -> Iterator[Person]:
        return iter(self._people)

    def by_account(self, account: str) -> Person:
        """The person behind an operating-system account.

        Raises:
            UsageError: nobody; the message says what to add to retention.toml.

        """
        for person in self._people:
            if person.account == account:
                return person
        raise UsageError(
            f"The account {account!r} is nobody's. Add to retention.toml:\n\n[[people]]\n"
            f'id = "{_suggested(account)}"\nname = "..."\nroles = ["process-owner"]\naccount = "{account}"'
        )

    def by_ssh_key(self, blob: bytes) -> Person:
        """The person behind a public key, given as its binary blob.

        Raises:
            UsageError: nobody; the message says what to add to retention.toml.

        """
        if blob in self._by_key:
            return self._by_key[blob]
        kind = blob[4 : 4 + int.from_bytes(blob[:4])].decode("ascii", "replace")
        raise UsageError(
            "The signature is by a key that is nobody's. If you know whose it is, add to that person under [[people]] "
            f'in retention.toml:\n\nssh_keys = ["{kind} {base64.b64encode(blob).decode()}"]'
        )


def key_blob(line: str, whose: str) -> bytes:
    """The binary blob of a public key written as authorized_keys has it, without options.

    Raises:
        ConfigError: it is no such line.

    """
    parts = line.split()
    try:
        blob = base64.b64decode(parts[1], validate=True)
        if blob[4 : 4 + int.from_bytes(blob[:4])] == parts[0].encode():
            return blob
    except (IndexError, binascii.Error):
        pass
    raise ConfigError(f'[[people]] {whose}: an SSH key is written "ssh-ed25519 AAAA...", as in a .pub file.')


def _suggested(account: str) -> str:
    return "".join(letter for letter in account.lower() if letter.isascii() and (letter.isalnum() or letter in "._-"))
