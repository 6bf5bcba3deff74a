"""Declarations that are refused where they are written, and what a register knows."""

from collections.abc import Callable

import pytest

from retention.condition import And, Compare, In, Or
from retention.dataset import Dataset, NoSubject, Via, via
from retention.disposition import Anonymise, Child, Delete
from retention.errors import PolicyError
from retention.period import AT_ONCE, PERMANENT, years
from retention.policy import LegalBasis, Policy, Register, Rule, Source, SourceStatus
from retention.relation import Join, join
from retention.text import Text
from retention.trigger import Column, latest_of

NOBODY = NoSubject(Text(nl="niemand", en="nobody"))


def _dataset(name: str, **more: object) -> Dataset:
    return Dataset(id=f"cvs.{name}", **{"key": ("id",), "subjects": NOBODY, **more})  # type: ignore[arg-type]


def _policy(*rules: Rule, purpose: str = "hulp") -> Policy:
    return Policy(
        purpose=purpose,
        title=Text(nl="Hulp", en="Help"),
        legal_basis=LegalBasis.CONTRACT,
        sources=(Source(status=SourceStatus.LAW, title="Wmo 2015"),),
        owner="team",
        prepared_by="jan",
        rules=rules,
    )


DOSSIER = _dataset("dossier")
CLIENT = _dataset("client")


@pytest.mark.parametrize(
    ("declare", "says"),
    [
        (lambda: Rule(DOSSIER, starts_on="op", keep_for=years(-1)), "negative"),
        (lambda: Rule(DOSSIER, starts_on="op", keep_for=years(0)), "AT_ONCE"),
        (lambda: Rule(DOSSIER, starts_on="op"), "no keep_for"),
        (lambda: Rule(DOSSIER, while_referenced_by=CLIENT, on="id", starts_on="op"), "only protects"),
        (lambda: Rule(DOSSIER, keep_for=years(1)), "needs starts_on"),
        (lambda: Rule(DOSSIER, starts_on="op", keep_for=years(1), needs=()), "need every field"),
        (lambda: Rule(DOSSIER, starts_on="op", keep_for=years(1), while_referenced_by=CLIENT), "belong together"),
        (lambda: Rule(DOSSIER, starts_on="op", keep_for=years(1), on="id"), "belong together"),
        (lambda: Rule(DOSSIER, starts_on="op", keep_for=5), "keep_for cannot be of type int. Write a period"),  # type: ignore[arg-type]
        (lambda: Rule(DOSSIER, where="a = 1", keep_for=PERMANENT), "where cannot be of type str"),  # type: ignore[arg-type]
        (lambda: Rule(DOSSIER, starts_on=5, keep_for=years(1)), "starts_on cannot be"),  # type: ignore[arg-type]
        (lambda: Rule("cvs.dossier", starts_on="op", keep_for=years(1)), "dataset cannot be"),  # type: ignore[arg-type]
        (lambda: _policy("regel"), "rules cannot be of type str"),  # type: ignore[arg-type]
        (lambda: _policy(purpose=5), "purpose cannot be"),  # type: ignore[arg-type]
        (lambda: Source(status=SourceStatus.OWN_CHOICE, title="eigen"), "reasoning"),
        (lambda: Source(status=SourceStatus.LAW), "title or a selection list"),
        (lambda: Dataset(id="dossier", key=("id",), subjects=NOBODY), "store.collection"),
        (lambda: Dataset(id="cvs.dos sier", key=("id",), subjects=NOBODY), "store.collection"),
        (lambda: _dataset("dossier", key=()), "names no key"),
        (lambda: _dataset("dossier", notice=-1), "negative"),
        (lambda: _dataset("dossier", usual_daily=-1), "negative"),
        (lambda: Register(policies=(), datasets=(DOSSIER, _dataset("dossier"))), "declared twice"),
        (lambda: In("soort", ()), "no values"),
        (lambda: Compare("bedrag", "=>", 0), "none of <, <=, >, >=: '=>'"),  # type: ignore[arg-type]
        (And, "without parts"),
        (Or, "without parts"),
        (lambda: Join(()), "at least one pair"),
    ],
)
def test_a_declaration_is_refused(declare: Callable[[], object], says: str) -> None:
    with pytest.raises(PolicyError, match=says):
        declare()


@pytest.mark.parametrize("keep_for", [AT_ONCE, PERMANENT], ids=repr)
def test_at_once_and_permanent_need_no_trigger(keep_for: object) -> None:
    assert Rule(DOSSIER, keep_for=keep_for).starts_on is None  # type: ignore[arg-type]


def test_a_bare_name_is_a_column() -> None:
    assert Rule(DOSSIER, starts_on="op", keep_for=years(1)).starts_on == Column("op")


def test_a_rule_without_needs_needs_every_field() -> None:
    assert Rule(DOSSIER, starts_on="op", keep_for=years(1)).needs is None


@pytest.mark.parametrize(
    ("on", "pairs"),
    [
        ("id", (("id", "id"),)),
        (("nr", "deel"), (("nr", "nr"), ("deel", "deel"))),
        ({"dossier": "id"}, (("dossier", "id"),)),
    ],
)
def test_a_relation_is_written_as_pairs_of_their_column_and_ours(on: object, pairs: object) -> None:
    assert join(on).pairs == pairs  # type: ignore[arg-type]


def test_a_register_knows_the_children_of_children() -> None:
    leaf = _dataset("leaf")
    branch = _dataset("branch", then=Delete(children=(Child(leaf, "id"),)))
    root = _dataset("root", then=Anonymise(children=(Child(branch, "id"),)))
    register = Register(policies=(), datasets=(root,))
    assert register.all_datasets == (branch, leaf, root)
    assert [parent for parent, _ in register.parents_of(leaf)] == [branch]
    assert [child for child, _ in register.children_of(root)] == [branch]


def test_what_only_a_rule_takes_along_is_below_its_dataset_too() -> None:
    leaf, root = _dataset("leaf"), _dataset("root")
    rule = Rule(root, keep_for=AT_ONCE, then=Delete(children=(Child(leaf, "id"),)))
    register = Register(policies=(_policy(rule, Rule(root, keep_for=AT_ONCE, then=rule.then)),))
    assert register.below(root) == ((root, leaf, join("id")),)
    assert [parent for parent, _ in register.parents_of(leaf)] == [root]


def test_a_register_knows_the_datasets_that_rules_and_subjects_pass_through() -> None:
    person, link, line = _dataset("person"), _dataset("link"), _dataset("line")
    dossier = _dataset("dossier", subjects={"client": Via(join("id"), link, via("pid", person, "nr"))})
    rule = Rule(dossier, starts_on=latest_of(line, "op", "id"), keep_for=years(1), while_referenced_by=CLIENT, on="id")
    register = Register(policies=(_policy(rule),))
    assert register.all_datasets == (CLIENT, dossier, line, link, person)


def test_a_dataset_met_twice_as_different_values_is_refused_however_it_is_reached() -> None:
    rule = Rule(DOSSIER, starts_on=latest_of(_dataset("line"), "op", "id"), keep_for=years(1))
    with pytest.raises(PolicyError, match=r"cvs\.line is declared twice"):
        Register(policies=(_policy(rule),), datasets=(_dataset("line"),))


def test_an_unknown_dataset_is_an_error_that_lists_the_known_ones() -> None:
    with pytest.raises(PolicyError, match=r"'cvs\.doser'.*cvs\.client, cvs\.dossier"):
        Register(policies=(), datasets=(DOSSIER, CLIENT)).dataset("cvs.doser")


def test_rules_are_those_of_the_dataset_in_the_order_of_the_register() -> None:
    one, two = Rule(DOSSIER, keep_for=AT_ONCE), Rule(DOSSIER, keep_for=PERMANENT)
    first = _policy(one, Rule(CLIENT, keep_for=AT_ONCE), purpose="a")
    second = _policy(two, purpose="b")
    assert Register(policies=(first, second)).rules_for(DOSSIER) == ((first, one), (second, two))


def test_a_dataset_declaration_cannot_be_changed_afterwards() -> None:
    with pytest.raises(TypeError):
        DOSSIER.fields["naam"] = None  # type: ignore[index]
    with pytest.raises(AttributeError):
        DOSSIER.notice = 0  # type: ignore[misc] # what mypy refuses, Python must too
    with pytest.raises(TypeError):
        object.__setattr__(DOSSIER, "notice", 0)


def test_every_path_to_a_subject_is_named() -> None:
    relation = _dataset("relation", subjects={"client": ("van", "naar"), "medewerker": "door"})
    assert relation.subject_paths == (("client", "van"), ("client", "naar"), ("medewerker", "door"))
    assert DOSSIER.subject_paths == ()
