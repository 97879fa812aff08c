"""Merkle trees: against published vectors, and against the definition taken word by word."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from swb_schemas.errors import RefusedError
from swb_schemas.wire.ledger.merkle import (
    EMPTY_ROOT,
    Frontier,
    Span,
    consistency_path,
    hash_leaf,
    hash_span,
    inclusion_path,
    leaf_source,
    root_from_inclusion,
    roots_from_consistency,
    subtrees_of,
    verify_consistency,
    verify_inclusion,
)
from swb_schemas.wire.ledger.tiles import (
    ENTRIES,
    TILE_WIDTH,
    Tile,
    encode_entries,
    list_bundles,
    list_new_tiles,
    parse_entries,
    tile_source,
    tiles_of,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

# The eight leaves and their roots that the implementations of Certificate Transparency share.
LEAVES = [
    bytes.fromhex(each)
    for each in (
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
ROOTS = (
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)
INCLUSION = {
    (0, 8): (
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ),
    (5, 8): (
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ),
    (2, 3): ("fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",),
}
CONSISTENCY = {
    (6, 8): (
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ),
    (2, 5): (
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ),
}
HASHES = [hash_leaf(each) for each in LEAVES]

SIZES = st.integers(1, 300)


def naive_root(leaves: Sequence[bytes]) -> bytes:
    """MTH(D[n]) as RFC 9162, 2.1.1 defines it, over leaf hashes."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return sha256(b"\x01" + naive_root(leaves[:split]) + naive_root(leaves[split:])).digest()


def leaves_of(size: int) -> list[bytes]:
    return [hash_leaf(str(at).encode()) for at in range(size)]


def proof_of(path: Sequence[Span], leaves: Sequence[bytes]) -> list[bytes]:
    return [hash_span(span, leaf_source(leaves)) for span in path]


# --- published vectors -------------------------------------------------------------------------


@pytest.mark.parametrize("size", range(1, 9))
def test_roots_are_those_of_the_published_vectors(size: int) -> None:
    assert Frontier().append(HASHES[:size]).root.hex() == ROOTS[size - 1]


@pytest.mark.parametrize(("index", "size"), INCLUSION)
def test_inclusion_proofs_are_those_of_the_published_vectors(index: int, size: int) -> None:
    proof = proof_of(inclusion_path(index, size), HASHES)
    assert tuple(each.hex() for each in proof) == INCLUSION[index, size]


@pytest.mark.parametrize(("first", "second"), CONSISTENCY)
def test_consistency_proofs_are_those_of_the_published_vectors(first: int, second: int) -> None:
    proof = proof_of(consistency_path(first, second), HASHES)
    assert tuple(each.hex() for each in proof) == CONSISTENCY[first, second]


def test_the_empty_tree_has_the_root_of_nothing() -> None:
    assert Frontier().root == EMPTY_ROOT == hash_span(Span(0, 0), leaf_source([]))


# --- against the definition --------------------------------------------------------------------


@given(SIZES, st.integers(0, 300))
def test_appending_in_any_steps_gives_the_defined_root(size: int, cut: int) -> None:
    leaves = leaves_of(size)
    grown = Frontier().append(leaves[:cut]).append(leaves[cut:])
    assert (grown.size, grown.root) == (size, naive_root(leaves))
    assert len(grown.subtrees) == size.bit_count()


@given(SIZES, st.data())
def test_an_inclusion_proof_leads_from_its_leaf_to_the_root(size: int, data: st.DataObject) -> None:
    leaves = leaves_of(size)
    index = data.draw(st.integers(0, size - 1))
    proof = proof_of(inclusion_path(index, size), leaves)
    verify_inclusion(leaves[index], index=index, size=size, proof=proof, root=naive_root(leaves))


@given(SIZES, st.data())
def test_an_inclusion_proof_holds_for_nothing_else(size: int, data: st.DataObject) -> None:
    leaves = leaves_of(size)
    index = data.draw(st.integers(0, size - 1))
    other = data.draw(st.integers(0, size - 1))
    proof = proof_of(inclusion_path(index, size), leaves)
    changed = data.draw(
        st.sampled_from(
            [
                (hash_leaf(b"another"), index, proof),
                (leaves[index], size, proof),
                (leaves[index], index, [*proof, EMPTY_ROOT]),
                *([(leaves[index], index, proof[:-1])] if proof else []),
                *([(leaves[index], other, proof)] if other != index else []),
            ]
        )
    )
    leaf, place, hashes = changed
    with pytest.raises(RefusedError) as refused:
        verify_inclusion(leaf, index=place, size=size, proof=hashes, root=naive_root(leaves))
    assert refused.value.code == "ledger.proof"


@given(SIZES, st.data())
def test_a_consistency_proof_shows_that_a_tree_continues_another(
    size: int, data: st.DataObject
) -> None:
    leaves = leaves_of(size)
    first = data.draw(st.integers(0, size))
    proof = proof_of(consistency_path(first, size), leaves)
    verify_consistency(
        first=first,
        first_root=naive_root(leaves[:first]),
        second=size,
        second_root=naive_root(leaves),
        proof=proof,
    )


@given(st.integers(2, 300), st.data())
def test_no_consistency_proof_hides_a_changed_leaf(size: int, data: st.DataObject) -> None:
    leaves = leaves_of(size)
    first = data.draw(st.integers(1, size - 1))
    changed = data.draw(st.integers(0, first - 1))
    rewritten = [*leaves[:changed], hash_leaf(b"another"), *leaves[changed + 1 :]]
    proof = proof_of(consistency_path(first, size), rewritten)
    with pytest.raises(RefusedError):
        verify_consistency(
            first=first,
            first_root=naive_root(leaves[:first]),
            second=size,
            second_root=naive_root(rewritten),
            proof=proof,
        )
    # The same proof says what the rewritten tree begins with, to whoever is shown that root.
    begins_with = naive_root(rewritten[:first])
    found = roots_from_consistency(first, size, proof, begins_with)
    assert found == (begins_with, naive_root(rewritten))


@pytest.mark.parametrize(("first", "second"), [(0, 5), (5, 5)])
def test_nothing_and_the_same_tree_need_no_proof_and_take_none(first: int, second: int) -> None:
    leaves = leaves_of(5)
    old, new = naive_root(leaves[:first]), naive_root(leaves)
    verify_consistency(first=first, first_root=old, second=second, second_root=new, proof=[])
    with pytest.raises(RefusedError):
        verify_consistency(first=first, first_root=old, second=second, second_root=new, proof=[new])


def test_the_same_size_with_another_root_is_no_continuation() -> None:
    with pytest.raises(RefusedError):
        verify_consistency(
            first=5, first_root=EMPTY_ROOT, second=5, second_root=naive_root(leaves_of(5)), proof=[]
        )


@pytest.mark.parametrize(("index", "size"), [(0, 0), (5, 5), (-1, 5)])
def test_there_is_no_proof_for_a_leaf_outside_of_the_tree(index: int, size: int) -> None:
    with pytest.raises(ValueError, match="expected a leaf"):
        inclusion_path(index, size)
    with pytest.raises(RefusedError):
        root_from_inclusion(EMPTY_ROOT, index, size, [])


def test_there_is_no_proof_for_a_tree_that_shrank() -> None:
    with pytest.raises(ValueError, match="expected a size"):
        consistency_path(6, 5)
    with pytest.raises(RefusedError):
        roots_from_consistency(6, 5, [EMPTY_ROOT], EMPTY_ROOT)


# --- tiles -------------------------------------------------------------------------------------


def publish(entries: Sequence[bytes], sizes: Sequence[int]) -> dict[str, bytes]:
    """Publish a log that grew over some sizes, tile by tile, by the definition of tlog-tiles."""
    files = {}
    before = 0
    for size in sizes:
        for tile in list_new_tiles(before, size):
            start = tile.number * TILE_WIDTH
            if tile.level == ENTRIES:
                raw = encode_entries(entries[start : start + tile.width])
            else:
                step = TILE_WIDTH**tile.level
                raw = b"".join(
                    naive_root([hash_leaf(each) for each in entries[at * step : (at + 1) * step]])
                    for at in range(start, start + tile.width)
                )
            tile.check(raw) if tile.level != ENTRIES else None
            files[tile.path] = raw
        before = size
    return files


def test_proofs_can_be_made_of_the_tiles_of_every_published_size() -> None:
    entries = [str(at).encode() for at in range(700)]
    leaves = [hash_leaf(each) for each in entries]
    sizes = [1, 200, 256, 257, 512, 700]
    files = publish(entries, sizes)
    for size in sizes:
        for first in (1, 255, 256, 511, 699):
            if first >= size:
                continue
            path = (*consistency_path(first, size), Span(0, size))
            tiles = {tile: files[tile.path] for tile in tiles_of(path, size)}
            *proof, root = (hash_span(span, tile_source(tiles)) for span in path)
            assert root == naive_root(leaves[:size])
            verify_consistency(
                first=first,
                first_root=naive_root(leaves[:first]),
                second=size,
                second_root=root,
                proof=proof,
            )


def test_the_bundles_of_a_published_size_hold_its_entries() -> None:
    entries = [str(at).encode() for at in range(300)]
    files = publish(entries, [10, 300])
    found = [
        entry
        for tile in list_bundles(300)
        for entry in parse_entries(files[tile.path], width=tile.width)
    ]
    assert found == entries


@pytest.mark.parametrize(
    ("tile", "path"),
    [
        (Tile(0, 1234067), "tile/0/x001/x234/067"),
        (Tile(0, 273, 112), "tile/0/273.p/112"),
        (Tile(ENTRIES, 999), "tile/entries/999"),
        (Tile(2, 1000, 1), "tile/2/x001/000.p/1"),
    ],
)
def test_paths_are_those_of_the_specification(tile: Tile, path: str) -> None:
    assert tile.path == path


def test_a_tree_of_70000_has_the_tiles_that_the_specification_counts() -> None:
    tiles = [tile for tile in list_new_tiles(0, 70_000) if tile.level != ENTRIES]
    partial = {(tile.level, tile.width) for tile in tiles if tile.width < TILE_WIDTH}
    assert partial == {(0, 112), (1, 17), (2, 1)}
    assert len([tile for tile in tiles if tile.level == 0 and tile.width == TILE_WIDTH]) == 273
    assert len([tile for tile in tiles if tile.level == 1 and tile.width == TILE_WIDTH]) == 1


@pytest.mark.parametrize(
    "raw", [b"\x00", b"\x00\x05abc", b"\x00\x01a\x00", encode_entries([b"a"])], ids=repr
)
def test_refuses_a_bundle_that_is_cut_off_or_holds_too_few(raw: bytes) -> None:
    with pytest.raises(RefusedError) as refused:
        parse_entries(raw, width=2)
    assert refused.value.code == "ledger.tile"


def test_refuses_a_tile_of_another_width() -> None:
    with pytest.raises(RefusedError) as refused:
        Tile(0, 0, 3).check(bytes(64))
    assert refused.value.code == "ledger.tile"


def test_the_subtrees_of_a_span_cover_it_in_order() -> None:
    assert list(subtrees_of(Span(8, 15))) == [(2, 2), (1, 6), (0, 14)]
