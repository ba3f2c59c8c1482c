"""A Merkle log (RFC 9162, section 2.1): its root at any size, and proofs that an outsider can check. Stores nothing.

A log is kept as the hashes of its *complete* subtrees. `Node(level, position)` covers the leaves from
``position << level`` on, ``1 << level`` of them; level 0 are the leaves. Such a hash never changes as the log grows,
and from a few dozen of them follow the root of a million leaves, and every proof. What has to be read for a proof
(`inclusion`, `consistency`) is said apart from reading it (`hashes`), so that a database is asked once.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

NODE = b"\x01"  # RFC 9162, section 2.1.1; a leaf's 0x00 is in `upturn.core.ledger`, whose leaves are those of the log
EMPTY = hashlib.sha256().digest()  # the root of no leaves


class Node(NamedTuple):
    """Where a complete subtree stands: over ``1 << level`` leaves, the `position`-th of its level, from 0."""

    level: int
    position: int


Part = list[Node]
"""The complete subtrees, from left to right, that one hash of a proof is folded from."""


def pair(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01, left, right)."""
    return hashlib.sha256(NODE + left + right).digest()


def fold(peaks: Sequence[bytes]) -> bytes:
    """The hash over complete subtrees side by side, the larger ones left: the definition of section 2.1.1, unrolled."""
    if not peaks:
        return EMPTY
    *rest, hashed = peaks
    for left in reversed(rest):
        hashed = pair(left, hashed)
    return hashed


def peaks(start: int, end: int) -> Part:
    """The complete subtrees that the leaves from `start` up to `end` are made of. `start` is where a subtree begins."""
    made: Part = []
    for level in reversed(range((end - start).bit_length())):
        if (end - start) >> level & 1:
            made.append(Node(level, start >> level))
            start += 1 << level
    return made


@dataclass(slots=True)
class Frontier:
    """The growing edge of a log: all that appending, and the root, need of it."""

    size: int = 0
    peaks: list[bytes] = field(default_factory=list)
    """The hashes of `peaks(0, size)`."""

    def append(self, leaf: bytes) -> Iterator[tuple[Node, bytes]]:
        """Add a leaf; every subtree that is complete with it, the leaf first. Must be read to its end."""
        made = Node(0, self.size)
        yield made, leaf
        while made.position & 1:
            leaf = pair(self.peaks.pop(), leaf)
            made = Node(made.level + 1, made.position >> 1)
            yield made, leaf
        self.peaks.append(leaf)
        self.size += 1

    def root(self) -> bytes:
        return fold(self.peaks)


class Tree:
    """A whole log in memory."""

    def __init__(self, leaves: Iterable[bytes] = ()) -> None:
        self._frontier = Frontier()
        self._nodes: dict[Node, bytes] = {}
        for leaf in leaves:
            self.append(leaf)

    @property
    def size(self) -> int:
        return self._frontier.size

    def append(self, leaf: bytes) -> None:
        self._nodes.update(self._frontier.append(leaf))

    def root(self, size: int | None = None) -> bytes:
        """The root over the first `size` leaves; over all when not given."""
        (root,) = self._read([peaks(0, self._within(size))])
        return root

    def inclusion(self, position: int, size: int | None = None) -> list[bytes]:
        """The proof that the leaf at `position` is in the log of `size` leaves. Raises ValueError when it is not."""
        return self._read(inclusion(position, self._within(size)))

    def consistency(self, older: int, newer: int | None = None) -> list[bytes]:
        """The proof that the log of `newer` leaves begins with that of `older`. Raises ValueError when it is longer."""
        return self._read(consistency(older, self._within(newer)))

    def _within(self, size: int | None) -> int:
        if size is not None and not 0 <= size <= self.size:
            raise ValueError(f"The log has {self.size} leaves, not {size}.")
        return self.size if size is None else size

    def _read(self, parts: Iterable[Part]) -> list[bytes]:
        return hashes(parts, self._nodes)


# -- Proofs ------------------------------------------------------------------------------------------------------------


def inclusion(position: int, size: int) -> list[Part]:
    """What the proof for a leaf is folded from (section 2.1.3.1), nearest to the leaf first.

    Raises ValueError for a position outside the log.
    """
    if not 0 <= position < size:
        raise ValueError(f"A log of {size} leaves has none at position {position}.")
    return [peaks(*span) for span in _path(position, 0, size)]


def _path(position: int, start: int, end: int) -> list[tuple[int, int]]:
    """PATH(m, D_n) of the section: the spans of leaves beside the way from a leaf up to the root."""
    spans = []
    while end - start > 1:
        middle = start + _split(end - start)
        left, right = (start, middle), (middle, end)
        (start, end), beside = (left, right) if position < middle else (right, left)
        spans.append(beside)
    return spans[::-1]


def consistency(older: int, newer: int) -> list[Part]:
    """What the proof between two sizes of a log is folded from (section 2.1.4.1); nothing where nothing needs showing.

    Raises ValueError when `older` is no size the log had before.
    """
    if not 0 <= older <= newer:
        raise ValueError(f"A log of {newer} leaves had not {older} before.")
    if older in (0, newer):
        return []
    return [peaks(*span) for span in _subproof(older, newer)]


def _subproof(older: int, newer: int) -> list[tuple[int, int]]:
    """SUBPROOF(m, D_n, b) of the section: the spans beside the way to the subtree with which the older log ends."""
    start, end, spans = 0, newer, []
    while end != older:
        middle = start + _split(end - start)
        if older <= middle:
            spans.append((middle, end))
            end = middle
        else:
            spans.append((start, middle))
            start = middle
    if start:  # where the older log is itself a complete subtree, its root is known and not told again
        spans.append((start, end))
    return spans[::-1]


def _split(width: int) -> int:
    """The largest power of two smaller than `width`."""
    return 1 << (width - 1).bit_length() - 1


def hashes(parts: Iterable[Part], stored: Mapping[Node, bytes]) -> list[bytes]:
    """The hashes of a proof, folded from those that are stored. Raises KeyError when one of them is not there."""
    return [fold([stored[node] for node in part]) for part in parts]


# -- Checking proofs ---------------------------------------------------------------------------------------------------


def includes(root: bytes, size: int, *, leaf: bytes, position: int, path: Sequence[bytes]) -> bool:
    """Whether a path proves that `leaf` stands at `position` in the log of this root and size (section 2.1.3.2)."""
    if not 0 <= position < size:
        return False
    first, last, hashed = position, size - 1, leaf
    for beside in path:
        if last == 0:
            return False
        if first & 1 or first == last:
            hashed = pair(beside, hashed)
            while first and not first & 1:
                first, last = first >> 1, last >> 1
        else:
            hashed = pair(hashed, beside)
        first, last = first >> 1, last >> 1
    return last == 0 and hashed == root


def extends(older: tuple[int, bytes], newer: tuple[int, bytes], path: Sequence[bytes]) -> bool:
    """Whether a path proves that the newer log (size, root) begins with the older (section 2.1.4.2)."""
    (size, root), (later_size, later_root) = older, newer
    if size in (0, later_size):  # every log begins with the empty one, and with itself
        return not path and root == (EMPTY if size == 0 else later_root) and size <= later_size
    if size > later_size or size < 0:
        return False
    known = [root, *path] if size & (size - 1) == 0 else list(path)
    if not known:
        return False
    first, last = size - 1, later_size - 1
    while first & 1:
        first, last = first >> 1, last >> 1
    old = new = known[0]
    for beside in known[1:]:
        if last == 0:
            return False
        if first & 1 or first == last:
            old, new = pair(beside, old), pair(beside, new)
            while first and not first & 1:
                first, last = first >> 1, last >> 1
        else:
            new = pair(new, beside)
        first, last = first >> 1, last >> 1
    return last == 0 and old == root and new == later_root
