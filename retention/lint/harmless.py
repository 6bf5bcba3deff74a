"""Proofs that what a rule reads of another record may go: P12 refuses everything that none of them covers."""

from __future__ import annotations

from collections.abc import Callable

from retention.condition import Exists
from retention.dataset import Dataset
from retention.disposition import Anonymise, Disposition
from retention.lint.lookup import LookUp
from retention.lint.overlap import conjuncts, disjoint
from retention.period import Permanent, longer
from retention.policy import Register, Rule
from retention.relation import Join
from retention.trigger import Column, EndOfYear, Ends, Latest, OpenWhileEmpty, Trigger


def harmless(register: Register, rule: Rule, look_up: LookUp) -> bool:
    """Whether what a rule looks up goes only with the record it is looked up for, or when it no longer counts."""
    return (
        _takes_along(register, look_up)
        or _protects(register, rule, look_up)
        or (not register.rules_for(look_up.dataset) and _goes_along(register, look_up))
        or outlived(register, rule, look_up)
    )


def _takes_along(register: Register, look_up: LookUp) -> bool:
    """Whether the record that is looked up is the only parent of the one it is looked up for."""
    above = register.parents_of(look_up.own)
    only = [(parent, set(child.on.pairs)) for parent, child in above] == [(look_up.dataset, _turned(look_up.on))]
    one = set(look_up.dataset.key) <= set(look_up.on.theirs)  # else several are looked up, and it goes with the last
    return only and one and above[0][1].on.where is None  # else a record of another kind is looked up for, and stays


def _protects(register: Register, rule: Rule, look_up: LookUp) -> bool:
    """Whether the reading record, by referring to the other, keeps it (`while_referenced_by`)."""

    def protected(one: Rule) -> bool:
        if one.while_referenced_by is not look_up.own or one.on is None:
            return False
        everywhere = one.on.where is None or (look_up.own is rule.dataset and one.on.where == rule.where)
        return everywhere and set(one.on.pairs) == _turned(look_up.on)

    return _rules_ensure(register, rule, look_up, protected)


def _rules_ensure(register: Register, reader: Rule, look_up: LookUp, test: Callable[[Rule], bool]) -> bool:
    """Whether no record that is looked up goes but by a rule that passes a test.

    Either one of its rules that passes always applies, or all pass and it goes by its own rules only. A record that
    has nothing personal, and so is settled, goes with its parent whatever its rules say.
    """
    rules = [rule for _, rule in register.rules_for(look_up.dataset)]
    alone = not register.parents_of(look_up.dataset)
    if not alone and settles(register, look_up.dataset):
        return False
    always = (rule for rule in rules if _always_applies(rule, reader, look_up))
    always = (rule for rule in always if rule.where is None or _told(register, look_up))
    return any(map(test, always)) or (alone and all(map(test, rules)))


def _told(register: Register, look_up: LookUp) -> bool:
    """Whether no record goes of which it cannot be told if it is looked up: then nothing can be told of the reader."""
    asked = [*conjuncts(look_up.on.where), *conjuncts(look_up.asked)]
    rules = [rule for _, rule in register.rules_for(look_up.dataset)]
    return not asked or any(
        set(asked) <= set(conjuncts(rule.where)) or (rule.where is None and isinstance(rule.keep_for, Permanent))
        for rule in rules
    )


def _turned(on: Join) -> set[tuple[str, str]]:
    """The pairs of a relation, seen from the other side."""
    return {(ours, theirs) for theirs, ours in on.pairs}


def _goes_along(register: Register, look_up: LookUp) -> bool:
    """Whether no related record goes before the one that it is looked up for."""
    for parent, child in register.parents_of(look_up.dataset):
        if child.on.where not in {None, look_up.on.where}:
            continue  # a related record of another kind is no child of this parent, and goes with others
        if parent is look_up.own and set(child.on.pairs) == set(look_up.on.pairs):
            return settles(register, parent) or not anonymises(register, parent)
        for other, sibling in register.parents_of(look_up.own):
            theirs, ours = dict(child.on.pairs), dict(sibling.on.pairs)
            joined = {(theirs.get(a), ours.get(b)) for a, b in look_up.on.pairs}
            if other is parent and joined == {(column, column) for column in child.on.ours}:
                return True
    return False


def outlived(register: Register, rule: Rule, look_up: LookUp) -> bool:
    """Whether a related record goes only when the rule that reads it no longer counted it.

    Where the rule has then nothing left to read, it must also be the only one to keep its record, and that must go too.
    """
    of = look_up.of
    only = all(one is rule or disjoint(one.where, rule.where) for _, one in register.rules_for(rule.dataset))
    goes = settles(register, rule.dataset) or not anonymises(register, rule.dataset)
    goes = goes and not register.parents_of(rule.dataset)  # an orphan stays, though its rules have ended
    if of is None or not (look_up.reads_on or (only and goes)) or not _told(register, look_up):
        return False
    return _rules_ensure(register, rule, look_up, lambda one: _kept_as_long(one, rule, of))


def _always_applies(one: Rule, reader: Rule, look_up: LookUp) -> bool:
    """Whether a rule of the looked-up dataset applies to every record that the reader looks up."""
    turned = tuple((ours, theirs) for theirs, ours in look_up.on.pairs)
    known = [*conjuncts(look_up.on.where)]
    if look_up.direct:
        known.append(Exists(reader.dataset, Join(turned), reader.where))
    return all(part in known for part in conjuncts(one.where))


def _kept_as_long(one: Rule, reader: Rule, of: Trigger) -> bool:
    """Whether a rule keeps its records as long, from the same date or a later one, as the reader counts them."""
    if isinstance(one.keep_for, Permanent):
        return True
    return one.starts_on is not None and _no_earlier(one.starts_on, of) and not longer(reader.keep_for, one.keep_for)


def _no_earlier(trigger: Trigger, than: Trigger) -> bool:
    """Whether a trigger that has started provably does not fall before another on the same record."""
    match trigger, than:
        case _, OpenWhileEmpty():
            return _no_earlier(trigger, than.of)
        case ((Column() | Ends()), (Column() | Ends())):
            return trigger.name == than.name
        case Latest(), _:
            return trigger == than or any(_no_earlier(part, than) for part in trigger.parts)
        case EndOfYear(), EndOfYear():
            return _no_earlier(trigger.of, than.of)
        case ((EndOfYear() | OpenWhileEmpty()), _):
            return _no_earlier(trigger.of, than)
        case _:
            return trigger == than


def anonymises(register: Register, dataset: Dataset) -> bool:
    """Whether some rule leaves records of a dataset standing without their personal fields."""
    return any(isinstance(disposition_of(rule), Anonymise) for rule in ending_rules(register, dataset))


def settles(register: Register, dataset: Dataset) -> bool:
    """Whether an anonymised record is known as such from its values alone, and not judged again."""
    rules = [rule for _, rule in register.rules_for(dataset)]
    return bool(rules) and all(isinstance(disposition_of(rule), Anonymise) for rule in rules)


def ending_rules(register: Register, dataset: Dataset) -> list[Rule]:
    """The rules of a dataset that end: all but those that keep for ever."""
    return [rule for _, rule in register.rules_for(dataset) if not isinstance(rule.keep_for, Permanent)]


def disposition_of(rule: Rule) -> Disposition:
    """What a rule does with a record: its own disposition, or its dataset's."""
    return rule.then or rule.dataset.then
