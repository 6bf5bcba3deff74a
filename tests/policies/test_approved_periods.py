"""The table of periods as approved: a change of any line is a decision, and shows here as a difference.

After a decision: `python -m tests.policies.test_approved_periods > tests/policies/approved_periods.txt`.
"""

from collections.abc import Iterator
from pathlib import Path

from policies import REGISTER
from retention.condition import And, Compare, Condition, Empty, Equals, Exists, In, Not, Or
from retention.policy import Policy, Rule
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

APPROVED = Path(__file__).with_name("approved_periods.txt")


def _words(trigger: Trigger | None) -> str:
    match trigger:
        case None:
            return "at once"
        case Column(name):
            return name
        case Ends(name):
            return f"end({name})"
        case Year(name):
            return f"year({name})"
        case Birth(name):
            return f"birth({name})"
        case Latest(parts):
            return f"latest({', '.join(map(_words, parts))})"
        case Earliest(parts):
            return f"earliest({', '.join(map(_words, parts))})"
        case EndOfYear(of):
            return f"end-of-year({_words(of)})"
        case LatestOf(dataset, of, _, if_none):
            otherwise = "" if if_none is None else f", else {_words(if_none)}"
            return f"latest-of({dataset.id}: {_words(of)}{otherwise})"
        case FollowedBy(of):
            return f"followed-by({_words(of)})"
        case OpenWhileEmpty(of, _, stale_after):
            return f"{_words(of)}-or-open({stale_after.iso})"


def _says(condition: Condition | None) -> str:
    match condition:
        case None:
            return "always"
        case Equals(column, value):
            return f"{column}={value}"
        case In(column, values):
            return f"{column} in {'/'.join(map(str, values))}"
        case Empty(column):
            return f"{column} empty"
        case Compare(column, comparison, value):
            return f"{column}{comparison}{value}"
        case And(parts):
            return " and ".join(map(_says, parts))
        case Or(parts):
            return f"({' or '.join(map(_says, parts))})"
        case Not(part):
            return f"not ({_says(part)})"
        case Exists(dataset, _, where):
            return f"has {dataset.id} ({_says(where)})"


def _line(policy: Policy, rule: Rule) -> str:
    marks = [name for name, given in (("min", rule.minimum), ("max", rule.at_most)) if given]
    needs = "all" if rule.needs is None else "+".join(sorted(rule.needs))
    reference = "" if rule.while_referenced_by is None else f" while {rule.while_referenced_by.id} refers"
    statuses = "+".join(dict.fromkeys(source.status.name for source in policy.sources))
    term = f"{_words(rule.starts_on)} {rule.keep_for.iso}{reference}"
    return " | ".join(
        (
            policy.list_entry,
            policy.purpose,
            rule.dataset.id,
            _says(rule.where),
            needs,
            term,
            ",".join(marks) or "-",
            statuses,
        )
    )


def _lines() -> Iterator[str]:
    for policy in REGISTER:
        for rule in policy.rules:
            yield _line(policy, rule)


def test_the_periods_are_those_that_were_approved() -> None:
    assert list(_lines()) == APPROVED.read_text(encoding="utf-8").splitlines()


if __name__ == "__main__":
    print("\n".join(_lines()))  # noqa: T201 - the approved table, to be reviewed and kept
