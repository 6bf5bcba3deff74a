"""What the stores hold and who governs it, as a page tells it."""

from __future__ import annotations

from collections import Counter
from typing import Final

from msgspec import Struct

from retention.details import ColumnSummary, TableSummary
from retention.reports.words import Words

MOST_TABLES: Final = 400
"""Tables on a page; the CSV and JSON have them all."""
_MOST_COLUMNS: Final = 60


class CoverView(Struct, frozen=True):
    """The tables of every store, to one reader."""

    tables: tuple[TableSummary, ...]
    words: Words

    @property
    def shown(self) -> tuple[TableSummary, ...]:
        """Those that fit on a page: what looks personal and nobody governs comes first."""
        return self.tables[:MOST_TABLES]

    @property
    def more(self) -> int:
        """Tables that do not fit."""
        return len(self.tables) - len(self.shown)

    @property
    def in_short(self) -> str:
        """The stores in a line."""
        how = Counter(one.governed for one in self.tables)
        personal = sum(1 for one in self.tables if one.exposed)
        said = self.words.gettext(
            "Tables: %(all)s. Under rules: %(rules)s. With what they belong to: %(parent)s. Declared, without a rule: "
            "%(declared)s. Not declared: %(no)s. Nothing disposes of it, and it looks personal: %(personal)s."
        )
        numbers = {"rules": how["by rules"], "parent": how["by parent"], "declared": how["declared"], "no": how["no"]}
        given = {**numbers, "all": len(self.tables), "personal": personal}
        return said % {name: self.words.number(count) for name, count in given.items()}

    def governed(self, table: TableSummary) -> tuple[str, str]:
        """How a table is governed, and the mark that gets."""
        word = self.words.gettext
        match table.governed:
            case "by rules":
                return word("under rules"), "law"
            case "by parent":
                return word("goes with what it belongs to"), "law"
            case "declared":
                return word("declared, without a rule"), "error" if table.exposed else "review"
            case _:
                return word("in no data map"), "error" if table.exposed else "review"

    def declared(self, table: TableSummary) -> str:
        """The columns that a declaration names, each with what it is."""
        return self._listed([f"{one.name} ({self.role(one)})" for one in table.columns if one.role != "none"])

    def unnamed(self, table: TableSummary) -> str:
        """The columns that look personal and that nothing names."""
        return self._listed(list(table.unnamed))

    def others(self, table: TableSummary) -> str:
        """The columns that nothing names and that do not look personal."""
        return self._listed([one.name for one in table.columns if one.role == "none" and not one.personal])

    def role(self, column: ColumnSummary) -> str:
        """What a column is to the declarations."""
        word = self.words.gettext
        match column.role:
            case "key":
                return word("key")
            case "field":
                return word("personal field")
            case "date":
                return word("date")
            case "subject":
                return word("whom it is about")
            case "read":
                return word("read by a rule")
            case _:
                return word("not named")

    def _listed(self, names: list[str]) -> str:
        if len(names) <= _MOST_COLUMNS:
            return ", ".join(names)
        more = self.words.number(len(names) - _MOST_COLUMNS)
        return ", ".join([*names[:_MOST_COLUMNS], self.words.gettext("and %(count)s more") % {"count": more}])
