"""The trust bundle that a person names on the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from swb.cli.arguments import read_octets
from swb_schemas.errors import RefusedError, UndeterminedError
from swb_schemas.wire.trust_reading import parse_trust_bundle

if TYPE_CHECKING:
    from pathlib import Path

    from swb_schemas.wire.trust import TrustBundle

__all__ = ["load_trust", "read_bundle"]

_LIMIT: Final = 100_000_000
"""Octets; the lists of a large region with all answers about revocation."""


def read_bundle(bundle: Path) -> bytes:
    """Read the file; whoever parses it says what is wrong with it.

    Raises:
        click.UsageError: It cannot be read.
    """
    return read_octets(bundle, limit=_LIMIT)


def load_trust(bundle: Path) -> TrustBundle:
    """Read the bundle; one that cannot be used says nothing about what is to be judged by it.

    Raises:
        UndeterminedError: ``trust.unusable``.
        click.UsageError: It cannot be read.
    """
    try:
        return parse_trust_bundle(read_bundle(bundle))
    except RefusedError as cause:
        message = f"expected a trust bundle that holds, found {cause.code}: {cause.message}"
        raise UndeterminedError("trust.unusable", message, findings=cause.findings) from cause
