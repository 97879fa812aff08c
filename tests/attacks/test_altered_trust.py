"""A bundle that is not what it was is refused, or says the same."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from swb_schemas.errors import Actor, RefusedError
from swb_schemas.wire import TrustBundle, parse_trust_bundle
from tests.attacks.reading import TRUST
from tests.vectors.world import bundle

STANDARD = bundle()


def _substance(trust: TrustBundle) -> object:
    roots = {state: [each.thumbprint for each in roots] for state, roots in trust.roots.items()}
    lists = {state: (each.payload_digest, each.signers) for state, each in trust.lists.items()}
    return trust.environment, roots, lists


def _parse(octets: bytes) -> object:
    """What a bundle says; None when it is refused."""
    try:
        return _substance(parse_trust_bundle(octets))
    except RefusedError as error:
        return error.actor if error.actor is not Actor.OPERATOR else None


@pytest.mark.parametrize("seed", range(4))
def test_no_changed_octet_changes_what_a_bundle_says(seed: int) -> None:
    drawn = random.Random(seed)  # noqa: S311 - a sample
    for at in drawn.sample(range(len(STANDARD)), 150):
        changed = bytearray(STANDARD)
        changed[at] ^= 1 << drawn.randrange(8)
        assert _parse(bytes(changed)) in (None, _substance(TRUST))


@given(st.binary(max_size=200))
def test_refuses_anything_else(octets: bytes) -> None:
    assert _parse(octets) is None
