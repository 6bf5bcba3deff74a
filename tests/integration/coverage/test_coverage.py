"""What a hold covers is found without a scan, and is exactly what a scan would find stopped."""

from collections import Counter
from random import Random

import pytest

from retention.coverage import coverage, covered
from retention.errors import StoreError
from retention.holds import Scope
from retention.reads import columns_read
from retention.record import key_text, value_text
from tests.conformance.generated import worlds
from tests.integration.coverage.world import (
    DAY,
    DOCUMENT,
    DOSSIER,
    NOW,
    REGISTER,
    a_scope,
    drawn,
    in_files,
    in_memory,
    stopped,
)


def found(sources, scope):
    return coverage(REGISTER, scope, sources, day=DAY, now=NOW)


def client(*ids):
    return Scope(subjects=frozenset(("client", text) for text in ids))


@pytest.fixture
def sources(seed):
    return in_memory(drawn(f"{seed}"))


def test_what_is_found_is_what_a_scan_of_everything_finds_stopped(seed, soak):
    hits = 0
    for number in range(400 if soak else 12):
        label = f"{seed}-{number}"
        random, data = Random(label), drawn(label)
        stores = in_memory(data)
        for _ in range(4):
            scope = a_scope(random, data)
            cover = found(stores, scope)
            expected = stopped(stores, scope)
            assert cover.records == expected, (label, scope)
            counts = Counter(dataset for dataset, _ in expected)
            assert cover.by_dataset == {one.id: counts[one.id] for one in REGISTER.all_datasets}
            hits += bool(expected)
    assert hits > 20


def ids(register, sources):
    """What is written in the columns at which a path to the subject ends, and the keys, as people write them."""
    for dataset in register.all_datasets:
        for page in sources[dataset.store].pages(dataset, columns_read(register, dataset), size=500):
            for record in page:
                yield ("record", dataset.id, key_text(record.key))
                yield from (
                    ("subject", namespace, value_text(record.values[path]))
                    for namespace, path in dataset.subject_paths
                    if isinstance(path, str)
                )


def test_what_is_found_in_generated_worlds_is_what_a_scan_finds_stopped(seed, soak):
    hits = 0
    for world in worlds(seed, 200 if soak else 20, 60):
        random, stores = Random(world.label), world.memory()
        every = sorted(set(ids(world.register, stores)))
        for _ in range(3):
            kind, *_ = random.choice(every)
            named = frozenset((where, text) for what, where, text in random.sample(every, 6) if what == kind)
            scope = (
                Scope(subjects=named)
                if kind == "subject" and named
                else Scope(records=named or frozenset({("a.t0", "1")}))
            )
            expected = stopped(stores, scope, world.register)
            cover = coverage(world.register, scope, stores, day=DAY, now=NOW)
            assert cover.records == expected, (world.label, scope)
            hits += bool(expected)
    assert hits > 15


def test_a_database_without_types_gives_the_same(tmp_path, seed):
    for number in range(3):
        label = f"{seed}-{number}"
        random, data = Random(label), drawn(label)
        (folder := tmp_path / label).mkdir()
        stores = in_files(data, folder)
        for _ in range(4):
            scope = a_scope(random, data)
            assert found(stores, scope).records == found(in_memory(data), scope).records, (label, scope)
        for store in stores.values():
            store.close()


def test_no_record_is_yielded_twice(sources):
    scope = client("1", "2", "3", "4", "5")
    parts = [
        (dataset.id, key) for dataset, keys in covered(REGISTER, scope, sources, day=DAY, now=NOW) for key in keys or ()
    ]
    assert len(parts) == len(set(parts)) > 0


class Watched:
    """A source that is never read as a whole."""

    def __init__(self, source):
        self.source = source

    def __getattr__(self, name):
        assert name not in {"pages", "count"}, "a person is looked up, not searched for"
        return getattr(self.source, name)


def test_a_person_is_found_without_reading_everything(sources):
    watched = {name: Watched(source) for name, source in sources.items()}
    assert found(watched, client("1")).records == stopped(sources, client("1"))


def test_a_scope_that_matches_nothing_covers_nothing(sources):
    cover = found(sources, client("999"))
    assert (cover.total, set(cover.by_dataset.values())) == (0, {0})


def test_a_store_out_of_reach_makes_its_number_unknown_and_leaves_the_others(sources):
    cover = found({"cvs": sources["cvs"]}, client("1"))
    assert cover.by_dataset["fin.factuur"] is None
    assert cover.total is None
    assert cover.by_dataset["cvs.dossier"] == len(
        [one for one in stopped(sources, client("1")) if one[0] == DOSSIER.id]
    )


def test_without_any_store_everything_that_could_be_covered_is_unknown():
    by_dataset = found({}, client("1")).by_dataset
    assert {dataset for dataset, count in by_dataset.items() if count is not None} == {"fin.lijst"}


class Dying:
    """A source that answers no more after a while."""

    def __init__(self, source, answers):
        self.source, self.answers = source, answers

    def __getattr__(self, name):
        self.answers -= 1
        if self.answers < 0:
            raise StoreError("Store cvs: the server has gone.")
        return getattr(self.source, name)


@pytest.mark.parametrize("answers", range(0, 40, 3))
def test_a_store_that_dies_on_the_way_is_unknown_and_never_fewer(sources, answers):
    expected = Counter(dataset for dataset, _ in stopped(sources, client("1")))
    by_dataset = found(sources | {"cvs": Dying(sources["cvs"], answers)}, client("1")).by_dataset
    assert all(count is None or count == expected[dataset] for dataset, count in by_dataset.items())


def test_datasets_in_which_nobody_of_that_name_is_found_are_named(sources):
    assert found(sources, client("1")).unreached == ("cvs.map", "fin.lijst")
    assert found(sources, Scope(subjects=frozenset({("dossier", "1")}))).unreached == (
        "cvs.betrokkene",
        "cvs.bijlage",
        "cvs.contact",
        "cvs.document",
        "cvs.dossier",
        "cvs.map",
        "cvs.noot",
        "fin.lijst",
    )


def test_a_scope_that_names_nobody_leaves_nobody_unreached(sources):
    assert found(sources, Scope(datasets=frozenset({"fin.lijst"}))).unreached == ()


def test_a_record_is_named_as_reports_write_its_key(sources):
    for dataset in REGISTER.all_datasets:
        row = sources[dataset.store].tables[dataset.collection][0]
        key = tuple(row[part] for part in dataset.key)
        scope = Scope(records=frozenset({(dataset.id, key_text(key))}))
        assert (dataset.id, key) in found(sources, scope).records


def test_a_hold_on_a_record_of_two_parents_keeps_it_and_both_of_them():
    data = drawn("any")
    data["cvs"]["dossier"] = data["cvs"]["dossier"][:1]
    first = data["cvs"]["dossier"][0]["dossier_id"]
    data["cvs"]["document"] = [data["cvs"]["document"][0] | {"document_id": "x", "dossier_id": first, "map_id": 2}]
    scope = Scope(records=frozenset({(DOCUMENT.id, "x")}))
    records = found(in_memory(data), scope).records
    assert {(DOCUMENT.id, ("x",)), (DOSSIER.id, (first,)), ("cvs.map", (2,))} <= records


def test_a_hold_on_a_record_keeps_whatever_would_unlink_what_lies_below_it():
    data = drawn("any")
    data["cvs"]["dossier"] = [data["cvs"]["dossier"][0] | {"dossier_id": 1, "client_id": 99}]
    data["cvs"]["document"] = [data["cvs"]["document"][0] | {"document_id": "x", "dossier_id": 1, "map_id": 2}]
    assert ("cvs.map", (2,)) in found(in_memory(data), client("99")).records


def test_the_records_kept_for_a_look_are_bounded_and_the_counts_are_not(sources):
    scope = Scope(datasets=frozenset({"fin.lijst"}))
    cover = coverage(REGISTER, scope, sources, day=DAY, now=NOW, keep=2)
    assert (len(cover.records), cover.by_dataset["fin.lijst"]) == (2, 6)
