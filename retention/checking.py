"""`policies check`: the register by itself, against the holds in force, and against every store's live schema."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from msgspec import Struct

from retention.errors import RetentionError
from retention.finding import Finding, Severity
from retention.holding import check_names
from retention.holds import Hold
from retention.installation import Opener
from retention.lint import lint
from retention.policy import Register
from retention.reads import columns_read
from retention.stores.check import check
from retention.stores.schema import Schema
from retention.text import Text


class PolicyCheck(Struct, frozen=True, kw_only=True):
    """Everything that is wrong with a register, the gravest first, and what could not be asked."""

    findings: tuple[Finding, ...]
    unreachable: Mapping[str, str]  # store: why its schema is not known

    @property
    def exit_status(self) -> int:
        """2 with an error, else 1 with a store that could not be asked, else 0."""
        if any(finding.severity is Severity.ERROR for finding in self.findings):
            return 2
        return 1 if self.unreachable else 0


def check_policies(register: Register, opener: Opener, holds: Sequence[Hold]) -> PolicyCheck:
    """Check a register; a store that cannot be reached is named, and the others are checked all the same."""
    schemas: dict[str, Schema] = {}
    unreachable: dict[str, str] = {}
    for store in sorted({dataset.store for dataset in register.all_datasets}):
        try:
            schemas[store] = _schema(opener, store, register.collections(store))
        except RetentionError as error:
            unreachable[store] = str(error)
    found = [*lint(register), *_lost(register, holds), *_live(register, schemas)]
    order = list(Severity)
    return PolicyCheck(
        findings=tuple(sorted(dict.fromkeys(found), key=lambda one: (order.index(one.severity), one.where))),
        unreachable=unreachable,
    )


def _schema(opener: Opener, store: str, named: Collection[str]) -> Schema:
    source = opener.source(store)
    try:
        return source.schema(named)
    finally:
        source.close()


def _live(register: Register, schemas: Mapping[str, Schema]) -> Iterator[Finding]:
    for dataset in register.all_datasets:
        if dataset.store in schemas:
            columns = columns_read(register, dataset)
            yield from check(register, dataset, schemas[dataset.store], columns, elsewhere=schemas)


def _lost(register: Register, holds: Sequence[Hold]) -> Iterator[Finding]:
    for sentence in check_names(register, holds):
        yield Finding(
            severity=Severity.ERROR,
            code="HOLD_NAMES_UNKNOWN",
            where="holds",
            text=Text(nl=sentence, en=sentence),
            hint=Text(
                nl="Wat een blokkade noemt, kan niet uit het register.",
                en="What a hold names cannot leave the register.",
            ),
        )
