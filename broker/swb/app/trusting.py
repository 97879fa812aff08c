"""Chooses where a daemon's trust comes from, and where it is remembered."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from swb.backends.files import FileDistrustRegister, FileTrustSource, TrustMemory
from swb.backends.files.list_file import FileListFetcher
from swb.backends.http.lists import HttpListFetcher
from swb.services.refreshing import RefreshService

if TYPE_CHECKING:
    from pathlib import Path

    from swb.config import Config
    from swb.ports import Clock, DistrustRegister, ListFetcher, ListShelf

__all__ = [
    "LONGEST_REST",
    "build_distrust",
    "build_fetchers",
    "build_refreshing",
    "build_trust",
    "trust_folder",
]

_LOOKS_EVERY: Final = 0.05
"""Seconds between two looks of a daemon whether its trust files have changed."""

LONGEST_REST: Final = 30.0
"""Seconds between two looks at what is due to be fetched."""
_ANSWER_WITHIN: Final = timedelta(seconds=30)
_AGAIN_AFTER: Final = timedelta(minutes=1)


def trust_folder(config: Config) -> Path | None:
    """Name the folder of the trust memory: as configured, else beside the store.

    Returns:
        None where neither is configured, as for a simulated authority alone.
    """
    if config.trust.memory is not None:
        return config.trust.memory
    if config.store is None:
        return None
    return config.store.path.with_name(f"{config.store.path.stem}-trust")


def build_trust(config: Config, *, keeps: bool = False) -> FileTrustSource:
    """Build the source of trust; nothing is read yet.

    Args:
        config: Of the daemon.
        keeps: Whether a bundle that breaks leaves the one before it in force, as in a daemon.
    """
    folder = trust_folder(config)
    return FileTrustSource(
        config.trust.bundle,
        environment=config.party.environment,
        memory=TrustMemory(folder) if folder else None,
        distrust=FileDistrustRegister(folder) if folder else None,
        keeps=keeps,
        looks_every=_LOOKS_EVERY if keeps else 0,
    )


def build_distrust(config: Config) -> DistrustRegister | None:
    """Build the register of what the operator says of stolen keys."""
    folder = trust_folder(config)
    return FileDistrustRegister(folder) if folder else None


def build_refreshing(config: Config, shelf: ListShelf, clock: Clock) -> RefreshService | None:
    """Build what looks for newer lists; None where nothing says where they come from."""
    trust = config.trust
    if not trust.sources and not trust.follow_pointers:
        return None
    return RefreshService(
        shelf=shelf,
        fetchers=build_fetchers(),
        sources=trust.sources,
        follow_pointers=trust.follow_pointers,
        clock=clock,
        every=timedelta(seconds=trust.refresh_seconds),
        again_after=_AGAIN_AFTER,
    )


def build_fetchers() -> dict[str, ListFetcher]:
    """Build what gets lists, by scheme of their location."""
    http = HttpListFetcher(answer_within=_ANSWER_WITHIN)
    return {"https": http, "http": http, "file": FileListFetcher()}
