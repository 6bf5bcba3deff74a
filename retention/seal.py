"""A seal: shows that a record has changed since it was planned, without keeping a value (docs/adr/0008).

HMAC-SHA256 under the dataset's reference key over everything that judging and clearing read. Where the judge concludes
otherwise from the same values than an earlier version did, the tag changes: a plan made by that version is then not
executed, but made anew.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from itertools import repeat
from operator import is_, itemgetter
from typing import Final

from msgspec import Struct, field

from retention.audit.reference import Mac, ReferenceKey
from retention.case import Case
from retention.dataset import Dataset
from retention.disposition import Anonymise
from retention.holds import Subject
from retention.judge import Judge, is_protected
from retention.policy import Policy, Register, Rule
from retention.reads import columns_judged, datasets_read, subject_datasets
from retention.record import Facts, Record, Value
from retention.rows import Rows
from retention.start import links_broken_chain
from retention.trigger import Trigger, chains

_TAG: Final = b"retain-seal/v5\0"
_TAG_OF_BLOCKS: Final = b"retain-seal/v5/block\0"
_DAYS: Final = 65_536  # days: records share their few thousand
_REMEMBERED: Final = 1024  # answers: a register never changes, and every record asks


Whom = Sequence[frozenset[Subject] | None]
"""Whom rows are about; None: it cannot be read."""


class Stamp:
    """Seals under one dataset's reference key: the hash is prepared once."""

    def __init__(self, key: ReferenceKey) -> None:
        self._mac = Mac(key.key32, _TAG)
        self._of_blocks = Mac(key.key32, _TAG_OF_BLOCKS)

    def over(self, ref: bytes, fields: object, parts: Iterable[str], unlinked: Iterable[str] = ()) -> bytes:
        """The seal of a record's reference and personal fields, and of each record that goes along or stays.

        Values are as Python writes them, in ASCII: two different ones never look the same, and none looks like what
        stands between them.
        """
        return self._mac(ref + text_of(fields, parts, unlinked).encode())

    def each(self, refs: Iterable[bytes], texts: Iterable[str]) -> list[bytes]:
        """The seals of many records, of texts as `text_of` makes them."""
        return self._mac.each([ref + text.encode() for ref, text in zip(refs, texts, strict=True)])

    def block(self, refs: Sequence[bytes], text: str) -> bytes:
        """The seal of records that follow one another: how many, their references, and a text as `text_of_block`."""
        return self._of_blocks(b"%d;%b%b" % (len(refs), b"".join(refs), text.encode()))


def text_of(fields: object, parts: Iterable[str], unlinked: Iterable[str] = ()) -> str:
    """What a seal is made over, beside the reference."""
    return f"{fields!a};{';'.join(parts)};;{';'.join(unlinked)}"


class Sealer(Struct, frozen=True):
    """Seals for the cases of one page, under their dataset's reference key.

    Of the record and of everything below it the seal holds the values themselves; of related records, what every rule
    reads from them, so that what the run itself takes away elsewhere is no change here. A reference that only protects
    is left out: gone, it still protects, and a new one is found when the batch is judged again. The record's own
    reference is in it: what the spool keeps together belongs together.
    """

    judge: Judge
    facts: Facts
    subjects: Callable[[Record], frozenset[Subject]]  # raises Unread
    stamp: Stamp
    _forms: dict[Dataset, _Form] = field(default_factory=dict)

    def seal(self, case: Case, ref: bytes) -> bytes:
        """The seal of everything that judging and clearing a record reads: 32 bytes.

        Raises:
            Unread: a subject cannot be read.
        """
        top = case.aggregate.record
        order = places(self.judge.register, top.dataset)
        family = [one.record for one in case.aggregate]
        family.sort(key=lambda one: order[one.dataset])  # those of one dataset together, as columns have them
        return self.stamp.over(
            ref,
            self._form(top.dataset).fields(top.values),
            [self._part(order[one.dataset], one, top) for one in family],
            [self._part(order[one.record.dataset], one.record, top) for one in case.unlinks],
        )

    def _part(self, place: int, record: Record, top: Record) -> str:
        """Its own values; and, where they are not all there is to it, what rules and paths find elsewhere."""
        form = self._form(record.dataset)
        values = ",".join([ascii(record.values[name]) for name in form.judged])
        if not form.looks_elsewhere:
            return f"{place}:{values}"
        whom = _told(self.subjects(record), None if record is top else self.subjects(top))
        if not form.rules:
            return f"{place}:{values}{whom}"
        read = [  # and which rule says so: another may say the same, and mean another disposition or other fields
            (number, one.policy.purpose, one.state.value, one.start, one.last_day)
            for number, rule in enumerate(form.rules)
            for one in self.judge.read((rule,), record, self.facts, references=False)
        ]
        broken = [links_broken_chain(trigger, record, self.facts) for trigger in form.chained]
        return f"{place}:{values}{whom}{read!a}{broken!a}"

    def _form(self, dataset: Dataset) -> _Form:
        if dataset not in self._forms:
            self._forms[dataset] = _form(self.judge.register, dataset)
        return self._forms[dataset]


class _Form(Struct, frozen=True, kw_only=True):
    """What a dataset's seals are made over."""

    judged: tuple[str, ...]  # the columns that judging reads
    personal: tuple[str, ...]  # the personal fields
    fields: Callable[[Mapping[str, Value]], object]  # of `personal`
    rules: tuple[tuple[Policy, Rule], ...]  # those that look into other records
    chained: tuple[Trigger, ...]  # those that follow chains: our own work only makes these shorter
    looks_elsewhere: bool  # these rules, or the paths to its subjects


@lru_cache(_REMEMBERED)
def _form(register: Register, dataset: Dataset) -> _Form:
    rules = tuple(one for one in register.rules_for(dataset) if datasets_read(one[1], references=False))
    judged, personal = columns_judged(register, dataset), tuple(sorted(dataset.fields))
    return _Form(
        judged=judged,
        personal=personal,
        fields=itemgetter(*personal) if personal else lambda _: (),
        rules=rules,
        chained=tuple(rule.starts_on for _, rule in rules if rule.starts_on is not None and chains(rule.starts_on)),
        looks_elsewhere=bool(rules or subject_datasets(dataset)),
    )


def fields_of(register: Register, rows: Rows) -> Iterable[object]:
    """What the seal holds of each row of a dataset once more: its personal fields."""
    names = _form(register, rows.dataset).personal
    if not names:
        return repeat((), len(rows))
    found = rows.columns(names)
    return found[0] if len(names) == 1 else zip(*found, strict=True)


def parts_of(register: Register, top: Dataset, rows: Rows, subjects: Whom, above: Whom | None) -> Sequence[str]:
    """What the seal of a record of `top` holds of each row of a dataset of which no rule looks into other records.

    `above` has whom the record is about that each row belongs to; None: the rows are the records themselves.
    """
    form, begins = _form(register, rows.dataset), f"{places(register, top)[rows.dataset]}:"
    forms, columns = zip(*(_written(rows, name) for name in form.judged), strict=True)
    values = map(f"{begins}{','.join(forms)}".__mod__, zip(*columns, strict=True))
    if not form.looks_elsewhere or (above is not None and all(map(is_, subjects, above))):
        return [*values]
    return [one + whom for one, whom in zip(values, map(_told, subjects, above or repeat(None)), strict=False)]


def text_of_block(register: Register, top: Dataset, rows: Rows, subjects: Whom, above: Whom | None) -> str:
    """What the seal of a block of `top` holds of the rows of one dataset: what `parts_of` has of each, by columns."""
    form = _form(register, rows.dataset)
    names = form.judged if above is not None else (*form.judged, *form.personal)
    values = ";".join([_joined(rows, name) for name in names])
    told = [*map(_told, subjects, above or repeat(None))] if form.looks_elsewhere else []
    return f"{places(register, top)[rows.dataset]}:{values}@{[*filter(None, told)] and told!a}"


def _joined(rows: Rows, name: str) -> str:
    """A column as Python writes a list, or days one by one: no value looks like what stands between two."""
    [column] = rows.columns((name,))
    if rows.kinds(name) == {date}:
        return ",".join(map(_day, column))
    return ascii([*column])


def _written(rows: Rows, name: str) -> tuple[str, Iterable[object]]:
    """How each value of a column is put into a text as Python writes it: a number or a day sooner than anything."""
    [column], kinds = rows.columns((name,)), rows.kinds(name)
    return ("%d", column) if kinds == {int} else ("%s", map(_day, column)) if kinds == {date} else ("%a", column)


@lru_cache(_DAYS)
def _day(day: date) -> str:
    return ascii(day)


def _told(subjects: frozenset[Subject] | None, above: frozenset[Subject] | None) -> str:
    """Whom a record is about; nothing where that is whom the record above it is about."""
    return "" if subjects is above or subjects == above else f"@{sorted(subjects or ())!a}"


@lru_cache(_REMEMBERED)
def places(register: Register, top: Dataset) -> Mapping[Dataset, int]:
    """A short name for every dataset below one: it stands in the seal of each of its records."""
    found = {top: 0}
    for _, child, _ in register.below(top):
        found.setdefault(child, len(found))
    return found


@lru_cache(_REMEMBERED)
def seals_all(register: Register, dataset: Dataset) -> bool:
    """Whether a seal holds everything that a dataset's records are judged by, so that the same seal means the same.

    Two things that judging reads are in no seal: what only protects from outside, and whether a record below is
    anonymised already. (Whether its parents exist is not in it either; that is asked by whoever trusts a seal.)
    """
    below = {child for _, child, _ in register.below(dataset)}
    rules = [(one, rule) for one in {dataset, *below} for _, rule in register.rules_for(one)]
    return not any(
        is_protected(rule) or (one in below and bool(one.fields) and isinstance(rule.then or one.then, Anonymise))
        for one, rule in rules
    )
