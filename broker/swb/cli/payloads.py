"""Payloads as commands read them: by the adapter that is named, findings in its own terms."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from swb.cli.outcome import UnknownNameError
from swb_schemas.errors import RefusedError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from swb.plugins import Discovery
    from swb_adapters.sdk import Adapter, Reading
    from swb_schemas.findings import Finding

__all__ = ["get_adapter", "locate"]


def get_adapter(adapters: Discovery, name: str) -> Adapter:
    """Get an adapter that the command line names.

    Raises:
        UnknownNameError: There is none of that name.
    """
    try:
        return adapters.get(name)
    except RefusedError as cause:
        raise UnknownNameError(cause) from cause


def locate(findings: Iterable[Finding], reading: Reading) -> tuple[Finding, ...]:
    """Add the place in the payload that was read, where it is known."""
    return tuple(
        each
        if each.national_path
        else replace(each, national_path=reading.paths.find_national(each.path))
        for each in findings
    )
