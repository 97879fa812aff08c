"""Chooses where a daemon's trust comes from, and where it is remembered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from swb.backends.files import FileDistrustRegister, FileTrustSource, TrustMemory

if TYPE_CHECKING:
    from pathlib import Path

    from swb.config import Config
    from swb.ports import DistrustRegister

__all__ = ["build_distrust", "build_trust", "trust_folder"]


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


def build_trust(config: Config) -> FileTrustSource:
    """Build the source of trust; nothing is read yet."""
    folder = trust_folder(config)
    return FileTrustSource(
        config.trust.bundle,
        environment=config.party.environment,
        memory=TrustMemory(folder) if folder else None,
        distrust=FileDistrustRegister(folder) if folder else None,
    )


def build_distrust(config: Config) -> DistrustRegister | None:
    """Build the register of what the operator says of stolen keys."""
    folder = trust_folder(config)
    return FileDistrustRegister(folder) if folder else None
