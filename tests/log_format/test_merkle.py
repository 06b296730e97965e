"""The tree is that of RFC 6962, by its published vectors and by an independent implementation."""

import time
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymerkle import InmemoryTree

from shared.log_format.merkle import (
    EMPTY_ROOT,
    Frontier,
    ProofFailed,
    TileNodes,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    leaf_hashes,
    node_hash,
    root_of,
    verify_consistency,
    verify_inclusion,
)
from shared.log_format.tiles import TileRows

# The reference leaves and roots of Certificate Transparency's own tests.
LEAVES = [bytes.fromhex(text) for text in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657")]
LEAVES.append(bytes(range(0x60, 0x70)))
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
L0 = "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
L1 = "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7"
N01 = "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"
N23 = "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e"
N4567 = "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"
L4 = "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"
N67 = "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0"
N0123 = "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"
N45 = "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a"
INCLUSION = {
    (0, 8): [L1, N23, N4567],
    (5, 8): [L4, N67, N0123],
    (2, 3): [N01],
    (1, 5): [L0, N23, L4],
}
CONSISTENCY = {
    (1, 1): [],
    (1, 8): [L1, N23, N4567],
    (6, 8): [N45, N67, N0123],
    (2, 5): [N23, L4],
}


def nodes_of(size):
    """A node reader over the tile rows of a tree whose leaves are their own numbers."""
    stored = {(level, index): hash_ for level, index, hash_ in TileRows().append(numbered(size))}
    return TileNodes(lambda level, start, count: [stored[level, start + n] for n in range(count)], size)


def numbered(size):
    return leaf_hashes(n.to_bytes(4, "big") for n in range(size))


def test_the_empty_tree_has_the_hash_of_nothing():
    assert Frontier().root() == root_of([]) == EMPTY_ROOT == sha256(b"").digest()


@pytest.mark.parametrize("size", range(1, 9))
def test_roots_are_those_of_the_reference_vectors(size):
    assert root_of(leaf_hashes(LEAVES[:size])).hex() == ROOTS[size - 1]


def reference_nodes(level, index):
    return root_of(leaf_hashes(LEAVES[index << level : (index + 1) << level]))


@pytest.mark.parametrize(("index", "size"), INCLUSION)
def test_inclusion_proofs_are_those_of_the_reference_vectors(index, size):
    assert [h.hex() for h in inclusion_proof(index, size, reference_nodes)] == INCLUSION[index, size]


@pytest.mark.parametrize(("old", "size"), CONSISTENCY)
def test_consistency_proofs_are_those_of_the_reference_vectors(old, size):
    assert [h.hex() for h in consistency_proof(old, size, reference_nodes)] == CONSISTENCY[old, size]


def test_roots_agree_with_an_independent_tree():
    oracle, ours = InmemoryTree(algorithm="sha256"), Frontier()
    for number in range(600):
        entry = number.to_bytes(4, "big")
        oracle.append_entry(entry)
        ours.append(leaf_hash(entry))
        assert ours.root() == oracle.get_root()


@given(st.lists(st.integers(0, 300), max_size=4))
def test_growing_in_any_steps_gives_one_tree(steps):
    leaves = numbered(sum(steps))
    ours, at = Frontier(), 0
    for step in steps:
        ours.extend(leaves[at : at + step])
        at += step
        ours = Frontier.from_bytes(ours.size, ours.to_bytes())
    assert ours.hashes == _one_by_one(leaves).hashes


def test_whole_subtrees_can_be_added_at_once():
    leaves = numbered(256 * 5)
    ours = Frontier(256, [root_of(leaves[:256])])
    ours.extend([root_of(leaves[at : at + 256]) for at in range(256, 1280, 256)], level=8)
    assert (ours.size, ours.root()) == (1280, root_of(leaves))
    ours.append(leaves[0])
    with pytest.raises(ValueError, match="cannot follow 1281 leaves"):
        ours.extend([EMPTY_ROOT], level=8)


def _one_by_one(leaves):
    frontier = Frontier()
    for leaf in leaves:
        frontier.append(leaf)
    return frontier


@given(st.data())
def test_every_inclusion_proof_verifies_and_no_altered_one_does(data):
    size = data.draw(st.integers(1, 1200))
    index = data.draw(st.integers(0, size - 1))
    leaves, root = numbered(size), root_of(numbered(size))
    proof = inclusion_proof(index, size, nodes_of(size))
    verify_inclusion(leaves[index], index, size, proof, root)
    for wrong in _altered(proof):
        with pytest.raises(ProofFailed):
            verify_inclusion(leaves[index], index, size, wrong, root)
    with pytest.raises(ProofFailed):
        verify_inclusion(leaf_hash(b"other"), index, size, proof, root)
    with pytest.raises(ProofFailed):
        verify_inclusion(leaves[index], size, size, proof, root)


@given(st.data())
def test_every_consistency_proof_verifies_and_no_altered_one_does(data):
    size = data.draw(st.integers(1, 1200))
    old = data.draw(st.integers(1, size))
    old_root, root = root_of(numbered(old)), root_of(numbered(size))
    proof = consistency_proof(old, size, nodes_of(size))
    verify_consistency(old, old_root, size, root, proof)
    for wrong in _altered(proof):
        with pytest.raises(ProofFailed):
            verify_consistency(old, old_root, size, root, wrong)
    with pytest.raises(ProofFailed):
        verify_consistency(old, leaf_hash(b"fork"), size, root, proof)
    with pytest.raises(ProofFailed):
        verify_consistency(old, old_root, size, leaf_hash(b"fork"), proof)


def _altered(proof):
    yield [*proof, EMPTY_ROOT]
    if proof:
        yield proof[:-1]
        yield [bytes(32), *proof[1:]]


def test_everything_extends_the_empty_tree_and_nothing_shrinks():
    root = root_of(numbered(5))
    verify_consistency(0, EMPTY_ROOT, 5, root, [])
    for old, old_root, proof in [(0, root, []), (0, EMPTY_ROOT, [root]), (6, root, []), (5, EMPTY_ROOT, [])]:
        with pytest.raises(ProofFailed):
            verify_consistency(old, old_root, 5, root, proof)


def test_nodes_outside_the_tree_are_not_made_up():
    nodes = nodes_of(300)
    assert nodes(8, 0) == root_of(numbered(256))
    for level, index in [(8, 1), (0, 300), (9, 0), (-1, 0)]:
        with pytest.raises(IndexError):
            nodes(level, index)
    for proof in (lambda: inclusion_proof(300, 300, nodes), lambda: consistency_proof(301, 300, nodes)):
        with pytest.raises(IndexError):
            proof()


def test_a_store_that_gives_too_little_is_noticed():
    with pytest.raises(IndexError, match="tile 0/1"):
        TileNodes(lambda level, start, count: numbered(256)[:40], 300)(0, 299)


@pytest.mark.parametrize(("size", "hashes"), [(3, [bytes(32)]), (1, [b"short"]), (-1, []), (0, [bytes(32)])])
def test_a_frontier_that_cannot_be_is_refused(size, hashes):
    with pytest.raises(ValueError, match="hashes of 32 bytes"):
        Frontier(size, hashes)


def test_a_proof_among_a_million_leaves_has_twenty_hashes_or_fewer():
    """Uses one repeated subtree, so that a million leaves cost nothing."""
    by_level = [leaf_hash(b"same")]
    while len(by_level) < 21:
        by_level.append(node_hash(by_level[-1], by_level[-1]))
    started = time.perf_counter()
    proof = inclusion_proof(999_999, 1_000_000, lambda level, index: by_level[level])
    assert len(proof) <= 20
    assert time.perf_counter() - started < 1
