"""A small organisation for one question: a register, one SQLite file per store, and an estate over them."""

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from retention.dataset import NoSubject
from retention.policy import LegalBasis, Policy, Register, Rule, Source, SourceStatus
from retention.text import Text
from tests import estate as estates
from tests.estate import Estate

NOBODY = NoSubject(Text(nl="niemand", en="nobody"))
OLD, NEW = "2010-01-01", "2026-01-01"


def policy(purpose: str, *rules: Rule) -> Policy:
    """One purpose."""
    return Policy(
        purpose=purpose,
        title=Text(nl="Hulp", en="Help"),
        legal_basis=LegalBasis.CONTRACT,
        sources=(Source(status=SourceStatus.LAW, title="Wmo 2015"),),
        owner="team",
        prepared_by="jan",
        rules=rules,
    )


def estate(root: Path, register: Register, scripts: Mapping[str, str], **more: Any) -> Estate:
    """An installation over databases made by these scripts, by store."""
    root.mkdir(parents=True, exist_ok=True)
    for name, script in scripts.items():
        with closing(sqlite3.connect(root / f"{name}.db")) as connection:
            connection.executescript(script)
            connection.commit()
    urls = {name: f"sqlite:///{root}/{name}.db" for name in scripts}
    return estates.build(root / "org", register, urls, **more)


def rows(root: Path, store: str, query: str) -> list[tuple[Any, ...]]:
    """What is in a database now."""
    with closing(sqlite3.connect(root / f"{store}.db")) as connection:
        return connection.execute(query).fetchall()
