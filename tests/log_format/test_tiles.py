"""Tile paths, bundles and stored rows are those of C2SP tlog-tiles."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.log_format.merkle import Frontier, leaf_hashes, root_of
from shared.log_format.tiles import (
    BadBundle,
    BadPath,
    Entries,
    Tile,
    TileRows,
    decode_bundle,
    encode_bundle,
    entries_path,
    parse_path,
    tile_path,
    width_at,
)


def numbered(size):
    return leaf_hashes(n.to_bytes(4, "big") for n in range(size))


def test_paths_are_spelt_as_the_specification_spells_them():
    assert tile_path(0, 1234067) == "tile/0/x001/x234/067"
    assert tile_path(1, 0, 17) == "tile/1/000.p/17"
    assert entries_path(999) == "tile/entries/999"
    assert entries_path(1000, 1) == "tile/entries/x001/000.p/1"


@given(st.integers(0, 63), st.integers(0, 10**15), st.integers(1, 256))
def test_every_path_reads_back_as_what_it_names(level, index, width):
    assert parse_path(tile_path(level, index, width)) == Tile(level, index, width)
    assert parse_path(entries_path(index, width)) == Entries(index, width)


@pytest.mark.parametrize(
    "path",
    [
        "", "tile", "/tile/0/000", "tile/0", "tile/0/0", "tile/0/00", "tile/0/0000", "tile/0/x000/001", "tile/0/x001",
        "tile/00/000", "tile/64/000", "tile/-1/000", "tile/0/000.p/0", "tile/0/000.p/256", "tile/0/000.p/01",
        "tile/0/000.p/", "tile/0/000.p/1/", "tile/0/000\n", "tile/0/001/000", "tile/0/../000", "tile/entries/../../etc",
        "tile/data/000", "tile/0/x001/x000", "tile/0/000.p/300", "tile/0/٠٠٠", "tile/0/x001%2f000",
    ],
)  # fmt: skip
def test_any_other_spelling_names_nothing(path):
    with pytest.raises(BadPath):
        parse_path(path)


def test_seventy_thousand_leaves_are_tiled_as_in_the_specification():
    rows = TileRows().append(numbered(70_000))
    counts = [sum(1 for row in rows if row[0] == level) for level in range(4)]
    assert counts == [70_000, 273, 1, 0]
    assert [width_at(0, 272, 70_000), width_at(0, 273, 70_000), width_at(0, 274, 70_000)] == [256, 112, 0]
    assert [width_at(1, 0, 70_000), width_at(1, 1, 70_000), width_at(2, 0, 70_000)] == [256, 17, 1]
    assert width_at(3, 0, 70_000) == 0
    assert [width_at(0, 0, 256), width_at(1, 0, 256), width_at(1, 0, 255)] == [256, 1, 0]


def test_a_higher_tile_keeps_the_roots_of_full_tiles_below():
    leaves = numbered(1000)
    above = [row for row in TileRows().append(leaves) if row[0] == 1]
    assert above == [(1, n, root_of(leaves[n * 256 : (n + 1) * 256])) for n in range(3)]


@given(st.lists(st.integers(0, 300), max_size=4))
def test_rows_do_not_depend_on_how_the_log_grew(steps):
    leaves = numbered(sum(steps))
    rows, at, grown = [], 0, TileRows()
    for step in steps:
        rows += grown.append(leaves[at : at + step])
        at += step
        grown = TileRows(Frontier(grown.size, grown.frontier.hashes))
    whole = TileRows()
    assert sorted(rows) == sorted(whole.append(leaves))
    assert grown.root() == whole.root() == root_of(leaves)


def test_a_refused_group_leaves_no_trace_in_the_tree():
    rows = TileRows()
    rows.append(numbered(300))
    root, mark = rows.root(), rows.mark()
    for _ in range(2):
        rows.append(numbered(700))
        rows.rollback(mark)
        assert (rows.size, rows.root()) == (300, root)
    other = rows.copy()
    other.append(numbered(1))
    assert (rows.size, other.size) == (300, 301)


def test_bundles_have_the_pinned_bytes():
    assert encode_bundle([b"", b"ab", b"c" * 256]) == b"\x00\x00" + b"\x00\x02ab" + b"\x01\x00" + b"c" * 256


@given(st.lists(st.binary(max_size=300), max_size=20))
def test_a_bundle_reads_back_and_no_shortened_one_does(entries):
    bundle = encode_bundle(entries)
    assert decode_bundle(bundle) == entries
    if bundle:
        cut = bundle[:-1]
        with suppress(BadBundle):
            assert decode_bundle(cut) != entries


def test_an_entry_may_have_65535_bytes_and_no_more():
    longest = b"x" * 65_535
    assert decode_bundle(encode_bundle([longest])) == [longest]
    with pytest.raises(BadBundle):
        encode_bundle([longest + b"x"])


@pytest.mark.parametrize("bundle", [b"\x00", b"\x00\x05abc", b"\x00\x01a\x00"])
def test_a_bundle_that_ends_within_an_entry_is_refused(bundle):
    with pytest.raises(BadBundle):
        decode_bundle(bundle)
