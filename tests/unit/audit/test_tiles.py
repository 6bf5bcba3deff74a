import pytest
from hypothesis import given
from hypothesis import strategies as st

from retention.audit.tiles import Tile, bundle_path, bundles_of, decode_bundle, encode_bundle, tiles_of

PATHS = {
    "tile/0/000": Tile(0, 0).path,
    "tile/0/999": Tile(0, 999).path,
    "tile/0/x001/000.p/1": Tile(0, 1000, 1).path,
    "tile/1/x001/x234/067": Tile(1, 1234067).path,
    "tile/entries/x001/x234/067": bundle_path(1234067),
    "tile/entries/000.p/7": bundle_path(0, 7),
}


@pytest.mark.parametrize("path", PATHS)
def test_tiles_lie_where_the_specification_says(path):
    assert path == PATHS[path]


@pytest.mark.parametrize(
    ("size", "tiles"),
    [
        (0, []),
        (1, [Tile(0, 0, 1)]),
        (255, [Tile(0, 0, 255)]),
        (256, [Tile(0, 0), Tile(1, 0, 1)]),
        (513, [Tile(0, 0), Tile(0, 1), Tile(0, 2, 1), Tile(1, 0, 2)]),
    ],
)
def test_a_tree_has_exactly_these_tiles(size, tiles):
    assert tiles == list(tiles_of(size))


@given(st.integers(0, 200_000), st.integers(0, 5_000))
def test_a_grown_tree_needs_the_tiles_that_the_smaller_one_had_not(since, more):
    size = since + more
    had = set(tiles_of(since))
    assert [tile for tile in tiles_of(size) if tile not in had] == list(tiles_of(size, since))


@given(st.integers(0, 5_000), st.integers(0, 5_000))
def test_bundles_go_with_the_tiles_of_level_0(since, more):
    tiles = [(tile.index, tile.width) for tile in tiles_of(since + more, since) if tile.level == 0]
    assert (tiles if more else []) == (list(bundles_of(since + more, since)) if more else [])


@given(st.lists(st.binary(max_size=300), max_size=256))
def test_a_bundle_gives_back_its_entries(entries):
    assert entries == decode_bundle(encode_bundle(entries))


@given(st.lists(st.binary(min_size=1, max_size=50), min_size=1, max_size=5))
def test_a_bundle_cut_short_within_an_entry_is_refused(entries):
    with pytest.raises(ValueError, match="truncated"):
        decode_bundle(encode_bundle(entries)[:-1])


def test_a_bundle_cut_short_within_a_length_is_refused():
    with pytest.raises(ValueError, match="truncated"):
        decode_bundle(b"\0\1x\0")
