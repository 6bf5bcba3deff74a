"""What a change of policies says and does, as a value: the sentences side by side, and what it means for real data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from itertools import zip_longest

import rfc8785
from msgspec import Struct, field

from retention.dataset import Dataset
from retention.fingerprint import described
from retention.policy import Policy, Register, Rule
from retention.reports.activities import title_of
from retention.reports.sentences import rule_sentence
from retention.reports.sources import legal_basis_words, source_words
from retention.technique import sentence
from retention.text import Text

_SAME_COURSE = ("keep_for", "shown", "at_most", "minimum")  # which records and from when do not depend on these


class Sentence(Struct, frozen=True, kw_only=True):
    """One sentence that changed."""

    purpose: str  # empty: it belongs to the data map
    dataset: str  # empty: it is about the purpose as a whole
    old: Text | None  # None: it is new
    new: Text | None  # None: it was taken away


class Impact(Struct, frozen=True, kw_only=True):
    """What a change does to the records of one dataset, judged by both registers on one day."""

    dataset: str
    title: Text
    old_due: int | None = None  # records on the due list of the old register; None: not known
    new_due: int | None = None
    leaves: int | None = None  # from the due list
    joins: int | None = None
    otherwise: int | None = None  # on both lists, with something else done to them
    kept_by: Mapping[str, int] = field(default_factory=dict)  # purpose: leaving records that it keeps; "": no rule left
    freed_by: Mapping[str, int] = field(default_factory=dict)  # purpose: joining records that it kept; "": no rule was
    gone: Mapping[str, int] = field(default_factory=dict)  # purpose: at most so many destroyed that it would have kept
    gone_together: int = 0  # the same, each record once
    gone_since: date | None = None  # the first day of those; None: none
    unknown: int = 0  # destroyed under other rules than the old register's: nothing can be said of them
    why: Text | None = None  # why it could not be judged


class PolicyChange(Struct, frozen=True, kw_only=True):
    """A change of policies, and its impact on real data."""

    organisation: str
    zone: str
    tool: str
    reference_date: date
    old: str  # as it was asked for
    new: str
    sentences: tuple[Sentence, ...]
    impacts: tuple[Impact, ...]  # of the datasets that are governed differently
    unaffected: int  # datasets that are governed by both in the same way
    purposes: Mapping[str, Text]  # what each purpose is called

    @property
    def judged(self) -> bool:
        """Whether everything that is governed differently could be judged."""
        return all(one.why is None for one in self.impacts)


def sentences(old: Register, new: Register) -> tuple[Sentence, ...]:
    """What one register says and another does not, purpose by purpose, the new one's order first."""
    purposes = dict.fromkeys(policy.purpose for policy in (*new, *old))
    before, after = ({policy.purpose: policy for policy in register} for register in (old, new))
    found = [one for name in purposes for one in _of_policy(name, before.get(name), after.get(name))]
    return (*found, *_of_data(old, new))


def _of_policy(purpose: str, old: Policy | None, new: Policy | None) -> Iterator[Sentence]:
    for before, after in _unequal(_general(old), _general(new)):
        yield Sentence(purpose=purpose, dataset="", old=before, new=after)
    datasets = dict.fromkeys(rule.dataset.id for policy in (new, old) if policy for rule in policy.rules)
    for name in datasets:
        for one, other in _paired(_rules(old, name), _rules(new, name)):
            before, after = (None if rule is None else rule_sentence(rule) for rule in (one, other))
            if before != after:
                yield Sentence(purpose=purpose, dataset=name, old=before, new=after)


def _rules(policy: Policy | None, dataset: str) -> list[Rule]:
    return [] if policy is None else [rule for rule in policy.rules if rule.dataset.id == dataset]


def _general(policy: Policy | None) -> list[Text]:
    if policy is None:
        return []
    said = [policy.title, policy.description, legal_basis_words(policy.legal_basis)]
    return [*(one for one in said if one is not None), *(source_words(source) for source in policy.sources)]


def _unequal(old: list[Text], new: list[Text]) -> Iterator[tuple[Text | None, Text | None]]:
    """What stands in one list only, side by side in order."""
    yield from zip_longest([one for one in old if one not in new], [one for one in new if one not in old])


def _paired(old: list[Rule], new: list[Rule]) -> Iterator[tuple[Rule | None, Rule | None]]:
    """The rules of a purpose for one dataset, each beside the one that it came from."""
    left = list(old)
    waiting: list[Rule] = []
    for rule in new:
        same = next((one for one in left if course(one) == course(rule)), None)
        if same is None:
            waiting.append(rule)
        else:
            left.remove(same)
            yield same, rule
    yield from zip_longest(left, waiting)


def course(rule: Rule) -> bytes:
    """Which records a rule is of and from when it counts, in canonical text: everything but for how long."""
    said = {name: one for name, one in described(rule).items() if name not in _SAME_COURSE}
    return rfc8785.dumps([said, described(rule.dataset.dates), described(rule.dataset.plausible_from)])


def _of_data(old: Register, new: Register) -> Iterator[Sentence]:
    before, after = ({one.id: one for one in register.all_datasets} for register in (old, new))
    for name in sorted(before.keys() | after.keys()):
        for one, other in _unequal(_fields(before.get(name)), _fields(after.get(name))):
            yield Sentence(purpose="", dataset=name, old=one, new=other)


def _fields(dataset: Dataset | None) -> list[Text]:
    if dataset is None:
        return []
    said = ((name, sentence(technique)) for name, technique in sorted(dataset.fields.items()))
    return [title_of(dataset), *(Text(nl=f"{name}: {one.nl}", en=f"{name}: {one.en}") for name, one in said)]
