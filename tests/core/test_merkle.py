"""The Merkle log: the vectors of RFC 6962 and 9162, a definition by recursion, and pymerkle as a second opinion."""

import hashlib
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymerkle import InmemoryTree
from pymerkle.proof import ConsistencyProof

from upturn.core.ledger import LEAF
from upturn.core.merkle import EMPTY, Frontier, Node, Tree, extends, fold, includes, pair, peaks

DATA = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
"""The eight leaves with which implementations of Certificate Transparency are tested."""
ROOTS = (
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)
INCLUSION = (
    (0, 1, []),
    (
        0,
        8,
        [
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        ],
    ),
    (
        5,
        8,
        [
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ],
    ),
    (2, 3, ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"]),
    (
        1,
        5,
        [
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        ],
    ),
)
CONSISTENCY = (
    (1, 1, []),
    (
        1,
        8,
        [
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        ],
    ),
    (
        6,
        8,
        [
            "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ],
    ),
    (
        2,
        5,
        [
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        ],
    ),
)


def leaf(data: bytes) -> bytes:
    return hashlib.sha256(LEAF + data).digest()


def leaves(n: int) -> list[bytes]:
    return [leaf(f"{i}".encode()) for i in range(n)]


def by_definition(hashed: list[bytes]) -> bytes:
    """MTH of RFC 9162, section 2.1.1, word by word."""
    n = len(hashed)
    if n == 0:
        return hashlib.sha256(b"").digest()
    if n == 1:
        return hashed[0]
    k = 1
    while k * 2 < n:
        k *= 2
    return hashlib.sha256(b"\x01" + by_definition(hashed[:k]) + by_definition(hashed[k:])).digest()


def flipped(hashed: bytes) -> bytes:
    return bytes([hashed[0] ^ 1]) + hashed[1:]


TREE = Tree(leaf(data) for data in DATA)
SIZES = st.integers(1, 70)
HUNDRED = leaves(100)
LARGE = Tree(HUNDRED)


# -- roots -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", range(9))
def test_the_known_roots(size: int) -> None:
    assert TREE.root(size).hex() == ROOTS[size]


@pytest.mark.parametrize(("position", "size", "path"), INCLUSION)
def test_the_known_inclusion_proofs(position: int, size: int, path: list[str]) -> None:
    assert [h.hex() for h in TREE.inclusion(position, size)] == path


@pytest.mark.parametrize(("older", "newer", "path"), CONSISTENCY)
def test_the_known_consistency_proofs(older: int, newer: int, path: list[str]) -> None:
    assert [h.hex() for h in TREE.consistency(older, newer)] == path


def test_the_example_of_the_rfc_with_seven_leaves() -> None:
    """Section 2.1.5: the proofs it draws, by the letters it gives the nodes."""
    a, b, c, d, e, f, j = seven = leaves(7)
    g, h, i = pair(a, b), pair(c, d), pair(e, f)
    k, m = pair(g, h), pair(i, j)
    tree = Tree(seven)
    assert tree.root() == pair(k, m)
    assert tree.inclusion(0) == [b, h, m]
    assert tree.inclusion(3) == [c, g, m]
    assert tree.inclusion(4) == [f, j, k]
    assert tree.inclusion(6) == [i, k]
    assert tree.consistency(3) == [c, d, g, m]
    assert tree.consistency(4) == [m]
    assert tree.consistency(6) == [i, j, k]


def test_no_leaves_have_the_hash_of_nothing_for_their_root() -> None:
    assert (Tree().root(), Frontier().root(), fold([])) == (EMPTY, EMPTY, EMPTY)


@given(SIZES)
def test_the_root_is_the_one_of_the_definition(size: int) -> None:
    assert LARGE.root(size) == Tree(HUNDRED[:size]).root() == by_definition(HUNDRED[:size])


def test_appending_yields_each_complete_subtree_once_when_it_is_complete() -> None:
    frontier = Frontier()
    made = [[node for node, _ in frontier.append(hashed)] for hashed in leaves(4)]
    assert made == [
        [Node(0, 0)],
        [Node(0, 1), Node(1, 0)],
        [Node(0, 2)],
        [Node(0, 3), Node(1, 1), Node(2, 0)],
    ]


def test_a_million_leaves_need_seven_stored_hashes_for_their_root_and_a_few_more_for_a_proof() -> None:
    million = 1_000_000
    assert len(peaks(0, million)) == million.bit_count() == 7
    frontier = Frontier(million, [bytes(32)] * 7)
    assert len(list(frontier.append(bytes(32)))) == 1


# -- proofs ------------------------------------------------------------------------------------------------------------


@given(st.data(), SIZES)
def test_every_leaf_is_proven_and_nothing_else_is(data: st.DataObject, size: int) -> None:
    position = data.draw(st.integers(0, size - 1))
    path, root = LARGE.inclusion(position, size), LARGE.root(size)
    claim = {"leaf": HUNDRED[position], "position": position, "path": path}
    assert includes(root, size, **claim)
    assert not includes(flipped(root), size, **claim)
    assert not includes(root, size, **claim | {"leaf": flipped(HUNDRED[position])})
    assert not includes(root, size, **claim | {"path": [*path, bytes(32)]})
    other = data.draw(st.integers(-1, size).filter(lambda n: n != position))
    assert not includes(root, size, **claim | {"position": other})
    if path:
        n = data.draw(st.integers(0, len(path) - 1))
        assert not includes(root, size, **claim | {"path": [*path[:n], flipped(path[n]), *path[n + 1 :]]})
        assert not includes(root, size, **claim | {"path": path[:n] + path[n + 1 :]})


@given(st.data(), SIZES)
def test_a_log_extends_each_of_its_beginnings_and_nothing_else(data: st.DataObject, newer: int) -> None:
    older = data.draw(st.integers(0, newer))
    path = LARGE.consistency(older, newer)
    before, after = (older, LARGE.root(older)), (newer, LARGE.root(newer))
    assert extends(before, after, path)
    assert not extends((older, flipped(before[1])), after, path)
    assert not extends(before, after, [*path, bytes(32)])
    if older:
        assert not extends(before, (newer, flipped(after[1])), path)
    if older not in (0, newer):
        assert not extends(after, before, path)
    if path:
        n = data.draw(st.integers(0, len(path) - 1))
        assert not extends(before, after, [*path[:n], flipped(path[n]), *path[n + 1 :]])
        assert not extends(before, after, path[:n] + path[n + 1 :])


def test_a_proof_that_ends_below_the_top_proves_nothing() -> None:
    """The path leads to the root that is named, but a log of the size that is named is higher."""
    assert includes(TREE.root(4), 4, leaf=leaf(DATA[0]), position=0, path=TREE.inclusion(0, 4))
    assert not includes(TREE.root(4), 5, leaf=leaf(DATA[0]), position=0, path=TREE.inclusion(0, 4))
    assert extends((3, TREE.root(3)), (4, TREE.root(4)), TREE.consistency(3, 4))
    assert not extends((3, TREE.root(3)), (5, TREE.root(4)), TREE.consistency(3, 4))


def test_a_log_that_was_rewritten_extends_nothing_that_it_was() -> None:
    rewritten = Tree([*HUNDRED[:40], leaf(b"another"), *HUNDRED[41:]])
    before, after = (60, LARGE.root(60)), (100, rewritten.root())
    assert not extends(before, after, LARGE.consistency(60))
    assert not extends(before, after, rewritten.consistency(60))


@pytest.mark.parametrize(
    "asked",
    [
        lambda: TREE.inclusion(8),
        lambda: TREE.inclusion(-1),
        lambda: TREE.inclusion(0, 0),
        lambda: TREE.inclusion(0, 9),
        lambda: TREE.consistency(9),
        lambda: TREE.consistency(5, 4),
        lambda: TREE.root(9),
    ],
)
def test_what_is_not_in_the_log_is_not_proven(asked: object) -> None:
    with pytest.raises(ValueError, match="leaves"):
        asked()  # type: ignore[operator]


# -- a second opinion --------------------------------------------------------------------------------------------------


def as_the_rfc_has_it(proof: ConsistencyProof) -> list[bytes]:
    """The other goes down to a leaf beside the older log; the RFC stops at the subtree, the older one first."""
    beside, n = proof.path[0], proof.subset.index(1)
    for hashed in proof.path[1:n]:
        beside = pair(beside, hashed)
    last, *rest = proof.path[n:]
    told = [] if proof.prior_size.bit_count() == 1 else [last]
    return [*told, beside, *rest]


def test_ten_thousand_proofs_agree_with_an_independent_implementation() -> None:
    """Another author's way of computing gives the same hashes, and each accepts the other's proofs."""
    dice, ours, theirs = Random(9162), Tree(), InmemoryTree()
    data = [f"entry {n}".encode() for n in range(1_500)]
    for one in data:
        ours.append(leaf(one))
        theirs.append_entry(one)
    mismatches = compared = 0
    while compared < 10_000:
        size = dice.randint(2, len(data))
        position, older = dice.randrange(size), dice.randint(1, size - 1)
        root = ours.root(size)
        theirs_in, theirs_on = theirs.prove_inclusion(position + 1, size), theirs.prove_consistency(older, size)
        path = ours.inclusion(position, size)
        mismatches += root != theirs.get_root(size)
        mismatches += path != theirs_in.path[1:]
        mismatches += not includes(root, size, leaf=leaf(data[position]), position=position, path=theirs_in.path[1:])
        mismatches += ours.consistency(older, size) != as_the_rfc_has_it(theirs_on)
        mismatches += not extends((older, theirs.get_root(older)), (size, root), ours.consistency(older, size))
        theirs_in.verify(leaf(data[position]), root, index=position + 1, size=size)
        theirs_on.verify(ours.root(older), root, prior_size=older, later_size=size)
        compared += 2
    assert (compared, mismatches) == (10_000, 0)
