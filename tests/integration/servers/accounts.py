"""Accounts of a server with the privileges that a test gives them, and no others."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from sqlalchemy import make_url

from tests.integration.run.world import World

PASSWORD = "geheim-woord-8471"  # noqa: S105 - of accounts that live as long as a test; must appear nowhere
# What the policies of the world need: what is read, what is deleted, what is written.
READ = {
    "cvs": {
        "dossier": ("dossier_id", "client_id", "regime", "afgesloten_op", "samenvatting", "postcode"),
        "contact": ("contact_id", "dossier_id", "op", "notitie"),
        "document": ("document_id", "dossier_id", "naam"),
        "pagina": ("pagina_id", "document_id", "tekst"),
    },
    "crm": {
        "regeling": ("code", "soort"),
        "client": ("client_id", "naam", "email", "aangemaakt_op"),
        "aanmelding": ("aanmelding_id", "client_id", "op", "email", "ip"),
    },
}
DELETED = {"cvs": ("dossier", "contact", "document", "pagina"), "crm": ("client",)}
WRITTEN = {"cvs": {"dossier": ("samenvatting",)}, "crm": {"aanmelding": ("client_id", "email", "ip")}}
LOCKED = {
    "cvs": {"contact": "contact_id", "document": "document_id", "pagina": "pagina_id"},
    "crm": {"client": "client_id"},
}  # fmt: skip - PostgreSQL asks UPDATE of one column, which is never written


@dataclass(frozen=True)
class Account:
    """An account of one server, in the databases of a world."""

    world: World
    name: str

    @property
    def urls(self) -> dict[str, str]:
        """The stores, as this account reaches them."""
        return {
            store: make_url(url).set(username=self.name, password=PASSWORD).render_as_string(hide_password=False)
            for store, url in self.world.urls.items()
        }

    def opened(self) -> World:
        """The world with these URLs."""
        return replace(self.world, cvs_url=self.urls["cvs"], crm_url=self.urls["crm"])  # type: ignore[call-arg]

    def may(self, store: str, *privileges: str) -> None:
        """Grant; each is `SELECT (a, b) ON t`, say."""
        self._each(store, "GRANT {} TO {}", privileges)

    def may_not(self, store: str, *privileges: str) -> None:
        """Revoke."""
        self._each(store, "REVOKE {} FROM {}", privileges)

    def _each(self, store: str, statement: str, privileges: Sequence[str]) -> None:
        self.world.sql(store, *(statement.format(privilege, self.name) for privilege in privileges))


@contextmanager
def account(world: World) -> Iterator[Account]:
    """A new account that may connect and nothing else; it ends with the test."""
    name = f"mensen_{secrets.token_hex(4)}"
    if world.ENGINE == "postgresql":
        world.sql("cvs", f"CREATE ROLE {name} LOGIN PASSWORD '{PASSWORD}'")
    else:
        world.sql("cvs", f"CREATE USER {name} IDENTIFIED BY '{PASSWORD}'")
    try:
        yield Account(world, name)
    finally:
        if world.ENGINE == "postgresql":
            for store in world.urls:
                world.sql(store, f"DROP OWNED BY {name}")
            world.sql("cvs", f"DROP ROLE {name}")
        else:
            world.sql("cvs", f"DROP USER {name}")


def least(engine: str) -> Mapping[str, tuple[str, ...]]:
    """The least privileges with which the world can be planned and swept, by store."""
    return {
        store: (
            *(f"SELECT ({', '.join(columns)}) ON {table}" for table, columns in tables.items()),
            *(f"DELETE ON {table}" for table in DELETED[store]),
            *(f"UPDATE ({', '.join(columns)}) ON {table}" for table, columns in WRITTEN[store].items()),
            *(f"UPDATE ({column}) ON {table}" for table, column in LOCKED[store].items() if engine == "postgresql"),
        )
        for store, tables in READ.items()
    }
