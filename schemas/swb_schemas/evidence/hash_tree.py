"""Hash trees and reduced hash trees of RFC 4998, sections 4.2 and 4.3, with SHA-256.

A leaf is a group of digests that belong to one file: of the whole file, and of the signature in
it. The digest of a group of several is that of its members, concatenated in ascending order; so is
that of every node. The tree is binary, its leaves in ascending order; a node without a sibling
moves up as it is.

The tree of RFC 4998 does not tell leaves from inner nodes, so somebody could prove the age of 64
octets that are two digests. Nothing of this project that is time-stamped, XML or JSON, can be such
octets.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Final, TypeAlias

from swb_schemas.errors import RefusedError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["HashTree", "ReducedHashTree", "build_hash_tree", "compute_root"]

ReducedHashTree: TypeAlias = "tuple[tuple[bytes, ...], ...]"
"""Lists of sibling digests from the leaf up; empty where the digest is the root itself."""

_OCTETS: Final = 32
_MAXIMAL_LISTS: Final = 64
_MAXIMAL_MEMBERS: Final = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class HashTree:
    """A tree over groups.

    Attributes:
        root: What is time-stamped.
        levels: Digests from the leaves to the root.
    """

    root: bytes
    levels: tuple[tuple[bytes, ...], ...]

    def reduce(self, group: Iterable[bytes]) -> ReducedHashTree:
        """Give what leads from a group of this tree to its root (RFC 4998, 4.2).

        Raises:
            RefusedError: ``evidence.other_record``: it is no group of this tree.
        """
        members = tuple(sorted(set(group)))
        node = _join(members)
        if node not in self.levels[0]:
            message = "expected a group of digests that the tree was made of"
            raise RefusedError("evidence.other_record", message)
        at = self.levels[0].index(node)
        lists: list[tuple[bytes, ...]] = [members] if len(members) > 1 else []
        for level in self.levels[:-1]:
            sibling = at ^ 1
            if sibling < len(level):
                # In the first list stands the digest itself, later ones are completed by it.
                lists.append((level[sibling],) if lists else tuple(sorted((node, level[sibling]))))
            at //= 2
        return tuple(lists)


def build_hash_tree(groups: Iterable[Iterable[bytes]]) -> HashTree:
    """Make a tree; the order in which groups come does not matter, and none counts twice.

    Args:
        groups: At least one, of SHA-256 digests.
    """
    level = tuple(sorted({_join(tuple(sorted(set(group)))) for group in groups}))
    levels = [level]
    while len(level) > 1:
        level = tuple(_join(level[at : at + 2]) for at in range(0, len(level), 2))
        levels.append(level)
    return HashTree(root=level[0], levels=tuple(levels))


def compute_root(digest: bytes, reduced: ReducedHashTree) -> bytes:
    """Walk from a digest to the root that a reduced tree leads to (RFC 4998, 4.3).

    Raises:
        RefusedError: ``evidence.malformed``: lists of other sizes than those of a tree.
            ``evidence.other_record``: the digest is not in the first list, so the record is about
            something else.
    """
    if len(reduced) > _MAXIMAL_LISTS or any(
        not 0 < len(each) <= _MAXIMAL_MEMBERS or any(len(item) != _OCTETS for item in each)
        for each in reduced
    ):
        message = "expected a reduced hash tree of SHA-256 digests"
        raise RefusedError("evidence.malformed", message)
    if reduced and digest not in reduced[0]:
        message = f"expected a record about {digest.hex()}, found one about other octets"
        raise RefusedError("evidence.other_record", message)
    node = digest
    for at, members in enumerate(reduced):
        node = _join(members if at == 0 else (*members, node))
    return node


def _join(members: Sequence[bytes]) -> bytes:
    """The digest of several; one stands for itself."""
    return members[0] if len(members) == 1 else sha256(b"".join(sorted(members))).digest()
