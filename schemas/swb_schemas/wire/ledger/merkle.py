"""Merkle trees as RFC 9162 hashes them: roots, inclusion and consistency proofs, verification.

A tree of size n is over n leaves in order. Its nodes are never stored whole: what a proof needs is
named as a `Span` of leaves, a span is made of complete subtrees, and those come from whoever has
them (a file of hashes, tiles of a published log). Whoever verifies needs the proof alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Final, NamedTuple

from swb_schemas.errors import RefusedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

__all__ = [
    "EMPTY_ROOT",
    "Frontier",
    "Span",
    "consistency_path",
    "hash_children",
    "hash_leaf",
    "hash_span",
    "inclusion_path",
    "leaf_source",
    "root_from_inclusion",
    "roots_from_consistency",
    "subtrees_of",
    "verify_consistency",
    "verify_inclusion",
]

EMPTY_ROOT: Final = sha256(b"").digest()
"""Root of the tree without leaves (RFC 9162, 2.1.1)."""
_LONGEST_PROOF: Final = 63
"""Hashes in a proof; a tree has fewer than 2**63 leaves."""


def hash_leaf(entry: bytes) -> bytes:
    """Hash one entry (RFC 9162, 2.1.1): SHA-256 of 0x00 and the entry."""
    return sha256(b"\x00" + entry).digest()


def hash_children(left: bytes, right: bytes) -> bytes:
    """Hash a node of two children (RFC 9162, 2.1.1): SHA-256 of 0x01 and both."""
    return sha256(b"\x01" + left + right).digest()


# --- growing -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Frontier:
    """The right edge of a tree: all that is needed to append to it and to know its root.

    Attributes:
        size: Number of leaves.
        subtrees: Roots of the complete subtrees that the tree is made of, the largest first; as
            many as `size` has binary ones.
    """

    size: int = 0
    subtrees: tuple[bytes, ...] = ()

    def append(self, leaves: Iterable[bytes]) -> Frontier:
        """Append leaf hashes."""
        size, stack = self.size, list(self.subtrees)
        for leaf in leaves:
            node, full = leaf, size
            while full & 1:
                node = hash_children(stack.pop(), node)
                full >>= 1
            stack.append(node)
            size += 1
        return Frontier(size, tuple(stack))

    @property
    def root(self) -> bytes:
        """The root of the tree as it is."""
        return _fold(self.subtrees) if self.subtrees else EMPTY_ROOT


def _fold(subtrees: Sequence[bytes]) -> bytes:
    """Join complete subtrees, the largest first, into one root."""
    node = subtrees[-1]
    for left in reversed(subtrees[:-1]):
        node = hash_children(left, node)
    return node


# --- what a proof is made of -------------------------------------------------------------------


class Span(NamedTuple):
    """The leaves from `start` up to and without `end`, as one subtree of some tree."""

    start: int
    end: int


def inclusion_path(index: int, size: int) -> tuple[Span, ...]:
    """Name the nodes of an inclusion proof, from the leaf's sibling up (RFC 9162, 2.1.3.1).

    Raises:
        ValueError: There is no such leaf in that tree.
    """
    if not 0 <= index < size:
        message = f"expected a leaf below {size}, found {index}"
        raise ValueError(message)
    path, start, end = [], 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            path.append(Span(middle, end))
            end = middle
        else:
            path.append(Span(start, middle))
            start = middle
    return tuple(reversed(path))


def consistency_path(first: int, second: int) -> tuple[Span, ...]:
    """Name the nodes of a consistency proof (RFC 9162, 2.1.4.1); none where nothing is to prove.

    Raises:
        ValueError: The first tree is larger than the second.
    """
    if not 0 <= first <= second:
        message = f"expected a size up to {second}, found {first}"
        raise ValueError(message)
    if first in {0, second}:
        return ()
    path, start, end, whole = [], 0, second, True
    while first != end:
        middle = start + _split(end - start)
        if first <= middle:
            path.append(Span(middle, end))
            end = middle
        else:
            path.append(Span(start, middle))
            start, whole = middle, False
    if not whole:
        path.append(Span(start, end))
    return tuple(reversed(path))


def subtrees_of(span: Span) -> Iterator[tuple[int, int]]:
    """Take a span of a tree apart into complete subtrees, the largest first.

    Yields:
        Level and index: that subtree is over the 2**level leaves from index * 2**level.
    """
    start, end = span
    while start < end:
        level = (end - start).bit_length() - 1
        yield level, start >> level
        start += 1 << level


def hash_span(span: Span, read: Callable[[int, int], bytes]) -> bytes:
    """Hash a span of a tree.

    Args:
        span: One that `inclusion_path` or `consistency_path` named, or from 0 to a size.
        read: Gives the hash of the complete subtree at a level and index.
    """
    hashes = [read(level, index) for level, index in subtrees_of(span)]
    return _fold(hashes) if hashes else EMPTY_ROOT


def leaf_source(leaves: Sequence[bytes]) -> Callable[[int, int], bytes]:
    """Make a source of complete subtrees out of all leaf hashes."""
    known: dict[tuple[int, int], bytes] = {}

    def read(level: int, index: int) -> bytes:
        if level == 0:
            return leaves[index]
        if (found := known.get((level, index))) is None:
            left, right = read(level - 1, 2 * index), read(level - 1, 2 * index + 1)
            found = known[level, index] = hash_children(left, right)
        return found

    return read


def _split(length: int) -> int:
    """The largest power of two below `length`, which is 2 or more."""
    return 1 << ((length - 1).bit_length() - 1)


# --- verification ------------------------------------------------------------------------------


def root_from_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes]) -> bytes:
    """Compute the root that a tree must have if a proof holds (RFC 9162, 2.1.3.2).

    Raises:
        RefusedError: ``ledger.proof``: the proof is none for that leaf and size.
    """
    if not 0 <= index < size or len(proof) > _LONGEST_PROOF:
        message = f"expected a proof for a leaf below {size}, found one for {index}"
        raise RefusedError("ledger.proof", message)
    at, last, node = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            raise _ill_fitting(len(proof))
        if at & 1 or at == last:
            node = hash_children(sibling, node)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            node = hash_children(node, sibling)
        at, last = at >> 1, last >> 1
    if last:
        raise _ill_fitting(len(proof))
    return node


def verify_inclusion(
    leaf: bytes, *, index: int, size: int, proof: Sequence[bytes], root: bytes
) -> None:
    """Require a leaf to be at its place in a tree.

    Args:
        leaf: The leaf's hash.
        index: Its place, counted from 0.
        size: Of the tree.
        proof: Hashes, from the leaf's sibling up.
        root: Of the tree.

    Raises:
        RefusedError: ``ledger.proof``.
    """
    if root_from_inclusion(leaf, index, size, proof) != root:
        message = f"expected a proof that leaf {index} is in the tree of size {size}"
        raise RefusedError("ledger.proof", message)


def roots_from_consistency(
    first: int, second: int, proof: Sequence[bytes], first_root: bytes
) -> tuple[bytes, bytes]:
    """Compute what the roots of two sizes of one tree must be if a proof holds (RFC 9162, 2.1.4.2).

    Args:
        first: The smaller size, more than 0.
        second: The larger one.
        proof: Hashes.
        first_root: The root at the smaller size; the proof lacks it where that is a power of two.

    Returns:
        Both roots, the smaller tree's first.

    Raises:
        RefusedError: ``ledger.proof``: the proof is none for those sizes.
    """
    path = [first_root, *proof] if first & (first - 1) == 0 else list(proof)
    if not 0 < first < second or not proof or len(proof) > _LONGEST_PROOF:
        raise _ill_fitting(len(proof))
    at, last = first - 1, second - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    old = new = path[0]
    for node in path[1:]:
        if last == 0:
            raise _ill_fitting(len(proof))
        if at & 1 or at == last:
            old, new = hash_children(node, old), hash_children(node, new)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            new = hash_children(new, node)
        at, last = at >> 1, last >> 1
    if last:
        raise _ill_fitting(len(proof))
    return old, new


def verify_consistency(
    *, first: int, first_root: bytes, second: int, second_root: bytes, proof: Sequence[bytes]
) -> None:
    """Require the larger tree to begin with all leaves of the smaller one.

    Raises:
        RefusedError: ``ledger.proof``: the proof does not show it.
    """
    if first in {0, second}:
        held = not proof and (first == 0 or first_root == second_root)
    else:
        found = roots_from_consistency(first, second, proof, first_root)
        held = found == (first_root, second_root)
    if not held:
        message = f"expected a proof that the tree of size {second} continues that of {first}"
        raise RefusedError("ledger.proof", message)


def _ill_fitting(length: int) -> RefusedError:
    return RefusedError("ledger.proof", f"expected a proof of these sizes, found {length} hashes")
