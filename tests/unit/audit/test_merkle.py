import base64
import json
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retention.audit import merkle

VECTORS = Path(__file__).parents[2] / "vectors" / "testdata"
# Its roots are dummies of 12 bytes, which we (as golang.org/x/mod) refuse by their length.
REFUSED_BY_LENGTH = "consistency/additional/sizes-are-equal-one-and-proof-is-empty.json"


def load(kind):
    return {
        str(path.relative_to(VECTORS)): json.loads(path.read_text())
        for path in sorted((VECTORS / kind).rglob("*.json"))
    }


INCLUSION, CONSISTENCY = load("inclusion"), load("consistency")
decode = base64.b64decode


def path_of(vector):
    return [decode(step) for step in vector["proof"] or ()]


def test_the_published_vectors_are_all_here():
    assert len(INCLUSION) + len(CONSISTENCY) == 196


@pytest.mark.parametrize("name", INCLUSION)
def test_published_inclusion_vector(name):
    v = INCLUSION[name]
    found = merkle.includes(v["leafIdx"], v["treeSize"], decode(v["leafHash"]), path_of(v), decode(v["root"]))
    assert found == (not v["wantErr"])


@pytest.mark.parametrize("name", [name for name in CONSISTENCY if name != REFUSED_BY_LENGTH])
def test_published_consistency_vector(name):
    v = CONSISTENCY[name]
    found = merkle.extends(v["size1"], v["size2"], path_of(v), decode(v["root1"]), decode(v["root2"]))
    assert found == (not v["wantErr"])


def test_the_one_vector_with_short_roots_is_refused():
    v = CONSISTENCY[REFUSED_BY_LENGTH]
    assert {len(decode(v["root1"])), len(decode(v["root2"]))} == {12}
    assert not merkle.extends(v["size1"], v["size2"], path_of(v), decode(v["root1"]), decode(v["root2"]))


# The definition of RFC 9162 2.1.1, as it is written there.
def definition(leaves):
    if not leaves:
        return sha256().digest()
    if len(leaves) == 1:
        return sha256(b"\0" + leaves[0]).digest()
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return sha256(b"\1" + definition(leaves[:k]) + definition(leaves[k:])).digest()


def tree(size):
    return [b"leaf %d" % n for n in range(size)]


def nodes(leaves):
    return lambda level, index: definition(leaves[index << level : (index + 1) << level])


sizes = st.integers(0, 300)


@given(sizes)
def test_the_root_is_that_of_the_definition(size):
    leaves = tree(size)
    assert definition(leaves) == merkle.root_of([merkle.leaf_hash(leaf) for leaf in leaves])


@given(sizes)
def test_a_tree_grown_leaf_by_leaf_has_the_root_of_the_definition(size):
    frontier = ()
    for index, leaf in enumerate(tree(size)):
        frontier = merkle.grow(index, frontier, merkle.leaf_hash(leaf))
    assert definition(tree(size)) == merkle.frontier_root(frontier)
    assert size.bit_count() == len(frontier)


@given(st.data())
def test_every_leaf_has_a_proof_that_holds_for_it_alone(data):
    size = data.draw(st.integers(1, 130))
    index, other = data.draw(st.integers(0, size - 1)), data.draw(st.integers(0, size - 1))
    leaves = tree(size)
    path, root = merkle.inclusion_proof(index, size, nodes(leaves)), definition(leaves)
    assert merkle.includes(index, size, merkle.leaf_hash(leaves[index]), path, root)
    assert (index == other) == merkle.includes(other, size, merkle.leaf_hash(leaves[index]), path, root)


@given(st.data())
def test_every_prefix_has_a_proof_and_a_changed_history_has_none(data):
    size = data.draw(st.integers(1, 130))
    old = data.draw(st.integers(1, size))
    leaves = tree(size)
    path = merkle.consistency_proof(old, size, nodes(leaves))
    assert merkle.extends(old, size, path, definition(leaves[:old]), definition(leaves))
    changed = data.draw(st.integers(0, old - 1))
    forged = [*leaves[:changed], b"forged", *leaves[changed + 1 :]]
    assert not merkle.extends(old, size, path, definition(forged[:old]), definition(leaves))
    assert not merkle.extends(old, size, path, definition(leaves[:old]), definition(forged))


@pytest.mark.parametrize("old", [0, 4, -1])
def test_a_proof_of_no_prefix_is_not_made(old):
    with pytest.raises(ValueError, match="no tree of"):
        merkle.consistency_proof(old, 3, nodes(tree(3)))


@pytest.mark.parametrize("index", [3, -1])
def test_a_proof_of_no_leaf_is_not_made(index):
    with pytest.raises(ValueError, match="no leaf"):
        merkle.inclusion_proof(index, 3, nodes(tree(3)))
