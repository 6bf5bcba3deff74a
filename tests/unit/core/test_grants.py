"""What accounts need follows from the policies: no less, and nothing that no statement of ours uses."""

import pytest

from retention.dataset import Dataset, Day, NoSubject
from retention.disposition import Anonymise, Child, Delete
from retention.grants import Kind, needs
from retention.period import PERMANENT, years
from retention.policy import Policy, Register, Rule
from retention.technique import Nullify
from retention.text import Text
from tests.integration.run.world import declare
from tests.integration.run.world import policy as named
from tests.integration.servers.accounts import DELETED, LOCKED, READ, WRITTEN

OPEN = {"starts_on": "op", "keep_for": years(5)}


def dataset(name: str, **more: object) -> Dataset:
    said = {"key": ("id",), "subjects": {"client": "client_id"}, "dates": {"op": Day()}, **more}
    return Dataset(id=f"cvs.{name}", **said)  # type: ignore[arg-type]


def policy(rule: Rule, purpose: str = "hulp") -> Policy:
    return named(purpose, rule)


def sweep(register: Register) -> set[tuple[str, Kind, tuple[str, ...]]]:
    found = needs(register, "cvs", alone=False).sweep
    return {(one.dataset.id, one.kind, one.columns) for one in found if one.kind is not Kind.READ}


@pytest.mark.parametrize("store", ["cvs", "crm"])
def test_what_is_derived_is_what_was_once_written_by_hand(store):
    found = needs(declare().register, store, alone=True).sweep
    by_kind = {kind: {one.dataset.collection: set(one.columns) for one in found if one.kind is kind} for kind in Kind}
    assert by_kind[Kind.READ] == {table: set(columns) for table, columns in READ[store].items()}
    assert set(by_kind[Kind.DELETE]) == set(DELETED[store])
    written = {table: set(columns) for table, columns in WRITTEN[store].items()}
    if store == "cvs":  # by hand only what that world's data show: a contact may keep a dossier that no purpose needs
        written["dossier"] |= {"postcode"}
    assert by_kind[Kind.WRITE] == written
    assert set(by_kind[Kind.LOCK]) == set(LOCKED[store])


def test_with_an_account_for_reading_the_other_reads_only_what_its_batches_do():
    register = declare().register
    alone, pair = (needs(register, "crm", alone=one) for one in (True, False))
    assert {one.dataset.id for one in alone.sweep} - {one.dataset.id for one in pair.sweep} == {"crm.regeling"}
    assert pair.dry_run == alone.dry_run


def test_the_account_for_dry_runs_only_reads():
    for store in ("cvs", "crm"):
        assert {one.kind for one in needs(declare().register, store, alone=False).dry_run} == {Kind.READ}


def test_what_is_kept_for_ever_may_not_be_deleted():
    kept = dataset("dossier")
    register = Register(
        policies=(policy(Rule(kept, **OPEN)), policy(Rule(kept, keep_for=PERMANENT), purpose="archief"))
    )
    assert sweep(register) == set()


def test_a_record_of_several_parents_may_be_taken_from_those_that_can_go():
    child = dataset("afspraak", dates={})
    goes = dataset("dossier", then=Delete(children=(Child(child, on="dossier_id"),)))
    stays = dataset("locatie", then=Delete(children=(Child(child, on="locatie_id"),)))
    found = sweep(Register(policies=(policy(Rule(goes, **OPEN)),), datasets=(stays,)))
    assert {one for one in found if one[0] == "cvs.afspraak"} == {
        ("cvs.afspraak", Kind.DELETE, ()), ("cvs.afspraak", Kind.WRITE, ("dossier_id",))
    }  # fmt: skip


def test_children_of_what_is_anonymised_are_deleted_and_it_is_not():
    child = dataset("notitie", dates={})
    parent = dataset("client", fields={"naam": Nullify()}, then=Anonymise(children=(Child(child, on="client_id"),)))
    assert sweep(Register(policies=(policy(Rule(parent, **OPEN)),))) == {
        ("cvs.client", Kind.WRITE, ("naam",)), ("cvs.notitie", Kind.DELETE, ()), ("cvs.notitie", Kind.LOCK, ("id",))
    }  # fmt: skip


def test_a_field_that_some_purpose_needs_less_long_may_be_erased():
    one = dataset("dossier", fields={"verhaal": Nullify(), "plaats": Nullify()})
    short, long = Rule(one, needs=("verhaal",), **OPEN), Rule(one, needs=("plaats",), starts_on="op", keep_for=years(9))
    found = sweep(Register(policies=(policy(short), policy(long, purpose="lang"))))
    assert found == {("cvs.dossier", Kind.DELETE, ()), ("cvs.dossier", Kind.WRITE, ("verhaal",))}


def test_what_nobody_governs_is_read_by_a_dry_run_and_what_is_nobodys_by_none():
    open_, nobodys = dataset("log"), dataset("soort", subjects=NoSubject(Text(nl="-", en="-")))
    found = needs(Register(policies=(), datasets=(open_, nobodys)), "cvs", alone=True)
    assert [one.dataset for one in found.dry_run] == [open_]
    assert found.declared == ("log", "soort")
