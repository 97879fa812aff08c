"""The profile ``message``: sealing, signing, protecting, verifying and opening."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from swb_conformance.suites.altering import list_alterations
from swb_conformance.suites.drawn import list_drawn
from swb_conformance.suites.making import list_makings
from swb_conformance.suites.verifying import list_verifications

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from swb_conformance.testing import SuiteCase

__all__ = ["list_cases"]


def list_cases(description: Mapping[str, Any], seed: int) -> Iterator[SuiteCase]:
    """All cases of the profile.

    Args:
        description: What the target said of itself: it seals no document of a type that it does
            not carry.
        seed: Of what is drawn.
    """
    yield from list_verifications()
    yield from list_makings(description)
    yield from list_alterations(seed)
    yield from list_drawn(description, seed)
