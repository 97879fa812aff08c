"""Where the profiles on the wire join ``swb conformance``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from swb.cli.conformance_run import LiveOptions
    from swb_conformance.events import Event
    from swb_conformance.testing import SuiteCase

__all__ = ["list_live_cases", "run_live"]


def list_live_cases(profile: str) -> Sequence[SuiteCase]:  # noqa: ARG001 - none is written yet
    """List the cases of a profile on the wire."""
    return ()


def run_live(profile: str, url: str, options: LiveOptions) -> Iterator[Event]:  # noqa: ARG001 - as above
    """Try a gateway on its line.

    Raises:
        click.UsageError: There are no such cases yet.
    """
    message = f"the profile {profile!r} has no cases yet"
    raise click.UsageError(message)
