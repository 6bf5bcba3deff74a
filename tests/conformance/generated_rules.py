"""Rules drawn at random from the whole vocabulary of triggers, conditions and periods."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from random import Random
from typing import TYPE_CHECKING, ClassVar, Final

from retention.condition import And, Compare, Comparison, Condition, Constant, Empty, Equals, Exists, In, Not, Or
from retention.dataset import Dataset
from retention.disposition import Anonymise, Delete, Disposition
from retention.period import AT_ONCE, PERMANENT, KeepFor, Period, years
from retention.policy import LegalBasis, Policy, Register, Rule, Source, SourceStatus
from retention.relation import Join, join
from retention.text import Text
from retention.trigger import (
    Birth,
    Column,
    Earliest,
    EndOfYear,
    Ends,
    FollowedBy,
    Latest,
    LatestOf,
    OpenWhileEmpty,
    Trigger,
    Year,
)

if TYPE_CHECKING:
    from tests.conformance.generated import Shape

_SOURCE: Final = Source(status=SourceStatus.LAW, title="Wmo 2015")
_CONSTANTS: Final[Mapping[str, tuple[Constant, ...]]] = {
    "soort": ("a", "wmo", "b", "é"),
    "merk": ("A", "a "),
    "ref": (3, 7),
    "jaar": (2015,),
    "bedrag": (0, 1, Decimal("1.5")),
    "geld": (0, Decimal("10.1")),
    "vlag": (True, False),
    "op": (date(2019, 1, 1),),
    "naam": ("a",),
}
_COMMON: Final = ("soort", "soort", "vlag", "ref", "merk", "jaar", "bedrag", "geld", "op", "naam")


@dataclass(frozen=True, slots=True)
class Drafter:
    """Everything that rules are drawn from."""

    KIND_IS: ClassVar[Condition] = Equals("soort", "wmo")
    KIND_IN: ClassVar[Condition] = In("soort", ("a", "A", "wmo", "b", "z"))

    random: Random
    periods: tuple[Period, ...]
    shapes: Mapping[str, Shape]
    datasets: Mapping[str, Dataset]

    def register(self) -> Register:
        """One to three policies over all datasets."""
        purposes = [f"schuldhulp-{number}" for number in range(self.random.randint(1, 3))]
        rules: dict[str, list[Rule]] = {purpose: [] for purpose in purposes}
        for dataset in self.datasets.values():
            if self._chance(0.8):
                for _ in range(self.random.choice((1, 1, 2, 3))):
                    rules[self.random.choice(purposes)].append(self.rule(dataset))
        policies = tuple(_policy(purpose, tuple(named)) for purpose, named in rules.items() if named)
        return Register(policies=policies, datasets=tuple(self.datasets.values()))

    def rule(self, dataset: Dataset) -> Rule:
        """A line for one dataset."""
        keep_for = self._keep_for()
        starts_on = None if keep_for in (AT_ONCE, PERMANENT) and self._chance(0.5) else self.trigger(dataset, 2)
        referring, on = self._relation(dataset) if self._chance(0.12) else (None, None)
        return Rule(
            dataset,
            where=self.condition(dataset, 2) if self._chance(0.4) else None,
            starts_on=starts_on,
            keep_for=keep_for,
            needs=self._needs(dataset),
            minimum=self._chance(0.2),
            while_referenced_by=referring,
            on=on,
            then=self._then(dataset),
        )

    def trigger(self, own: Dataset, depth: int) -> Trigger:
        """A trigger of a dataset's records."""
        random = self.random
        if depth == 0 or self._chance(0.5):
            return self._plain()
        match random.randrange(8):
            case 0 | 1:
                return Latest(tuple(self.trigger(own, depth - 1) for _ in range(random.randint(1, 3))))
            case 2:
                return Earliest(tuple(self.trigger(own, depth - 1) for _ in range(random.randint(1, 3))))
            case 3 | 4:
                return EndOfYear(self.trigger(own, depth - 1))
            case 5:
                related, on = self._relation(own)
                if_none = self._plain() if self._chance(0.5) else None
                return LatestOf(related, self.trigger(related, depth - 1), on, if_none)
            case 6 if own.key == ("id",):
                return FollowedBy(self._plain(), Join((("vorige", "id"),)), random.choice((1, 2, 20)))
            case _:
                return OpenWhileEmpty(Column("gesloten"), Column("laatst"), years(2))

    def condition(self, own: Dataset, depth: int) -> Condition:
        """A condition on a dataset's records."""
        if depth == 0 or self._chance(0.55):
            return self._comparison()
        match self.random.randrange(5):
            case 0:
                return And(*(self.condition(own, depth - 1) for _ in range(2)))
            case 1:
                return Or(*(self.condition(own, depth - 1) for _ in range(2)))
            case 2:
                return Not(self.condition(own, depth - 1))
            case 3:
                return Or(Empty("soort"), Not(Equals("soort", "wmo")))
            case _:
                related, on = self._relation(own)
                return Exists(related, on, self.condition(related, 0) if self._chance(0.5) else None)

    def _plain(self) -> Trigger:
        random = self.random
        match random.randrange(9):
            case 0:
                return Ends(random.choice(("tot", "op")))
            case 1:
                return Year("jaar")
            case 2:
                return Birth("geboren")
            case _:
                return Column(random.choice(("op", "gesloten", "gesloten", "tot", "laatst", "geboren")))

    def _comparison(self) -> Condition:
        column = self.random.choice(_COMMON)
        values = _CONSTANTS[column]
        match self.random.randrange(6):
            case 0:
                return Empty(self.random.choice((column, "tot", "laatst")))
            case 1:
                return In(column, values)
            case 2:
                return Compare(column, self.random.choice(list(Comparison)), self.random.choice(values))
            case 3 if self._chance(0.2):
                return Compare("soort", Comparison.LESS, 3)  # a text with a number: nobody can say
            case _:
                return Equals(column, self.random.choice(values))

    def _relation(self, own: Dataset) -> tuple[Dataset, Join]:
        """Another dataset, or the same, and how its records are joined to ours."""
        other = self.random.choice(list(self.datasets.values()))
        on = join(self._pairs(own, other), self._comparison() if self._chance(0.15) else None)
        return other, on

    def _pairs(self, own: Dataset, other: Dataset) -> dict[str, str]:
        """Columns of theirs by columns of ours: declared links first."""
        linked = [dict(on.pairs) for parent, on in self.shapes[other.id].links if parent.id == own.id]
        linked += [
            {ours: theirs for theirs, ours in on.pairs}
            for parent, on in self.shapes[own.id].links
            if parent.id == other.id
        ]
        if linked and self._chance(0.6):
            return self.random.choice(linked)
        return self.random.choice(
            (
                {"ref": "ref"},
                {"merk": "merk"},
                {"ref": "ref", "merk": "merk"},
                {other.key[0]: "ref"},
                {"ref": own.key[0]},
                {"merk": own.key[-1]},
                {"jaar": "jaar", "vlag": "vlag"},
            )
        )

    def _keep_for(self) -> KeepFor:
        chance = self.random.random()
        return AT_ONCE if chance < 0.08 else PERMANENT if chance < 0.14 else self.random.choice(self.periods)

    def _needs(self, dataset: Dataset) -> tuple[str, ...] | None:
        names = sorted(dataset.fields)
        return (
            tuple(self.random.sample(names, self.random.randint(1, len(names))))
            if names and self._chance(0.5)
            else None
        )

    def _then(self, dataset: Dataset) -> Disposition | None:
        if not self._chance(0.15):
            return None
        return Anonymise() if dataset.fields and self._chance(0.5) else Delete()

    def _chance(self, of: float) -> bool:
        return self.random.random() < of


def _policy(purpose: str, rules: tuple[Rule, ...]) -> Policy:
    return Policy(
        purpose=purpose,
        title=Text(nl="Schuldhulp", en="Debt help"),
        legal_basis=LegalBasis.CONTRACT,
        sources=(_SOURCE,),
        owner="team",
        prepared_by="jan",
        rules=rules,
    )
