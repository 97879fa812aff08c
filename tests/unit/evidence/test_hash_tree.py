"""Hash trees of RFC 4998."""

from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from swb_schemas.errors import RefusedError
from swb_schemas.evidence import build_hash_tree, compute_root


def digest(number: int) -> bytes:
    return sha256(str(number).encode()).digest()


def join(*digests: bytes) -> bytes:
    return sha256(b"".join(sorted(digests))).digest()


@given(
    st.lists(st.lists(st.integers(), min_size=1, max_size=3, unique=True), min_size=1, max_size=40)
)
def test_every_digest_of_every_group_leads_to_the_root(numbers: list[list[int]]) -> None:
    groups = [[digest(each) for each in group] for group in numbers]
    tree = build_hash_tree(groups)
    for group in groups:
        reduced = tree.reduce(group)
        for member in group:
            assert compute_root(member, reduced) == tree.root


def test_the_tree_is_that_of_rfc_4998_section_4_2() -> None:
    one, two, three = sorted(digest(each) for each in range(3))
    tree = build_hash_tree([[two], [one], [three]])
    assert tree.root == join(join(one, two), three)
    assert tree.reduce([one]) == ((one, two), (three,))
    assert tree.reduce([three]) == (tuple(sorted((three, join(one, two)))),)


def test_a_single_digest_is_its_own_root() -> None:
    tree = build_hash_tree([[digest(1)]])
    assert (tree.root, tree.reduce([digest(1)])) == (digest(1), ())


def test_the_order_in_which_groups_come_does_not_matter_and_none_counts_twice() -> None:
    groups = [[digest(each)] for each in range(5)]
    assert build_hash_tree(groups) == build_hash_tree([*reversed(groups), groups[0]])


def test_refuses_a_group_that_is_not_in_the_tree() -> None:
    with pytest.raises(RefusedError) as refused:
        build_hash_tree([[digest(1)]]).reduce([digest(2)])
    assert refused.value.code == "evidence.other_record"


def test_a_swapped_digest_leads_to_another_root() -> None:
    tree = build_hash_tree([[digest(each)] for each in range(8)])
    first, *others = tree.reduce([digest(3)])
    assert compute_root(digest(3), (first, (digest(99),), *others[1:])) != tree.root


@pytest.mark.parametrize(
    "reduced",
    [((digest(1)[:31],),), ((),), ((digest(1),) * 65,), ((digest(1), digest(2)),) * 65],
    ids=["short digest", "empty list", "long list", "many lists"],
)
def test_refuses_what_is_no_reduced_tree(reduced: tuple[tuple[bytes, ...], ...]) -> None:
    with pytest.raises(RefusedError) as refused:
        compute_root(digest(1), reduced)
    assert refused.value.code == "evidence.malformed"
