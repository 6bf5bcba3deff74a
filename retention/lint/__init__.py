"""What is wrong with a register, all of it at once, before any database is asked.

Errors refuse a dataset; a warning should be mended, a notice should be known. Comparing declarations with a live schema
is done where the store is.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Final

from retention.finding import Finding, Severity
from retention.lint.datasets import lint_dataset
from retention.lint.effects import lint_effects
from retention.lint.rules import lint_overlaps, lint_references, lint_rule
from retention.lint.unlink import lint_unlink
from retention.policy import LegalBasis, Policy, Register, SourceStatus
from retention.text import Text

_PURPOSE: Final = re.compile(r"[a-z][a-z0-9-]*")
# Words that say nothing of what is done with the data, in either language.
_NO_ACTIVITY: Final = """
bedrijfsvoering efficiënte effectieve efficiente overig overige diversen divers algemeen algemene alles anders standaard
doel doelen doeleinde doeleinden gegevens persoonsgegevens verwerking verwerken organisatie intern administratie beheer
general operations operational business other others miscellaneous misc various default all any purpose purposes data
personal processing processes organisation internal administration management efficient effective
en of de het van voor the and or for
"""
_SILENT: Final = frozenset(_NO_ACTIVITY.split())


def lint(register: Register) -> tuple[Finding, ...]:
    """Every mistake in a register that can be seen from its declarations, the gravest first."""
    found = [
        *_purposes_twice(register),
        *(finding for policy in register for finding in _policy(policy)),
        *(finding for policy in register for rule in policy.rules for finding in lint_rule(policy, rule)),
        *lint_overlaps(register),
        *lint_references(register),
        *(finding for dataset in register.all_datasets for finding in lint_dataset(register, dataset)),
        *lint_effects(register),
        *lint_unlink(register),
    ]
    order = list(Severity)
    return tuple(sorted(dict.fromkeys(found), key=lambda finding: order.index(finding.severity)))


def _purposes_twice(register: Register) -> Iterator[Finding]:
    for purpose, times in Counter(policy.purpose for policy in register).items():
        if times > 1:
            yield _error(
                "PURPOSE_TWICE",
                purpose,
                Text(nl=f"{times} beleidsregels hebben dit doel", en=f"{times} policies have this purpose"),
                Text(
                    nl="Voeg de regels samen in één beleidsregel, of geef elk doel een eigen naam.",
                    en="Put the rules together in one policy, or give each purpose its own name.",
                ),
            )


def _policy(policy: Policy) -> Iterator[Finding]:
    if not _PURPOSE.fullmatch(policy.purpose):
        yield _error(
            "PURPOSE_SPELLING",
            policy.purpose or "-",
            Text(nl="het doel is niet geldig gespeld", en="the purpose is not spelled as an id"),
            Text(
                nl="Gebruik kleine letters, cijfers en streepjes, te beginnen met een letter: schuldhulp-2026.",
                en="Use small letters, digits and hyphens, starting with a letter: debt-help-2026.",
            ),
        )
    if any(_says_nothing(name) for name in (policy.purpose, policy.title.nl, policy.title.en)):
        yield _error(
            "PURPOSE_WITHOUT_ACTIVITY",
            policy.purpose,
            Text(nl="het doel noemt geen activiteit", en="the purpose names no activity"),
            Text(
                nl="Noem wat er met de gegevens gebeurt, in id en titel: schuldhulp, loonadministratie, klachten.",
                en="Name what is done with the data, in id and title: debt-help, payroll, complaints.",
            ),
        )
    yield from _incomplete(policy)


def _says_nothing(name: str) -> bool:
    return all(word in _SILENT for word in re.findall(r"\w+", name.lower().replace("_", " ")))


def _incomplete(policy: Policy) -> Iterator[Finding]:
    """What a policy must have and has not; a policy file is read without a type checker."""
    has = {
        "BASIS_MISSING": (isinstance(policy.legal_basis, LegalBasis), "grondslag", "legal basis", "legal_basis"),
        "SOURCES_MISSING": (bool(policy.sources), "bron", "source", "sources"),
        "OWNER_MISSING": (bool(policy.owner.strip()), "eigenaar", "owner", "owner"),
        "PREPARED_BY_MISSING": (bool(policy.prepared_by.strip()), "opsteller", "preparer", "prepared_by"),
        "RULES_MISSING": (bool(policy.rules), "regel", "rule", "rules"),
    }
    for code, (present, nl, en, argument) in has.items():
        if not present:
            yield _error(
                code,
                policy.purpose,
                Text(nl=f"de beleidsregel heeft geen {nl}", en=f"the policy has no {en}"),
                Text(nl=f"Vul {argument} in.", en=f"Fill in {argument}."),
            )
    if any(one.status is SourceStatus.SELECTION_LIST and not one.entry.strip() for one in policy.sources):
        yield _error(
            "ENTRY_MISSING",
            policy.purpose,
            Text(
                nl="een bron is een selectielijst, maar het nummer daarin ontbreekt",
                en="a source is a selection list, but its entry in it is missing",
            ),
            Text(
                nl='Vul entry in, zoals entry="8.1.9"; staat het er niet in, kies dan een andere status.',
                en='Fill in entry, such as entry="8.1.9"; when the list has none, choose another status.',
            ),
        )


def _error(code: str, where: str, text: Text, hint: Text) -> Finding:
    return Finding(severity=Severity.ERROR, code=code, where=where, text=text, hint=hint)
