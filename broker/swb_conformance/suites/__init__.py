"""Cases of the profiles that are tried by questions: one module for each profile."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from swb_conformance.requirements import load_profiles

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from swb_conformance.carrying.samples import Sample
    from swb_conformance.testing import SuiteCase

__all__ = ["list_cases"]


def list_cases(
    profile: str, description: Mapping[str, Any], seed: int, samples: Sequence[Sample] = ()
) -> Iterator[SuiteCase]:
    """List the cases of a profile, in their order.

    Args:
        profile: Name of one that is not tried on the wire.
        description: What the target says of itself; a target that does not carry a document type
            is not tried with it. Empty lists the cases of a target that carries all.
        seed: From which everything is drawn that is drawn.
        samples: National files that were given with their canonical documents; the profile
            ``adapter`` alone tries them.
    """
    if load_profiles()[profile].live:
        msg = f"expected a profile that is tried by questions, found {profile}"
        raise ValueError(msg)
    suite = import_module(f"swb_conformance.suites.{profile}")
    given = {"samples": samples} if samples else {}
    found: Iterator[SuiteCase] = suite.list_cases(description, seed, **given)
    return found
