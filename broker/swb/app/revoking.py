"""Chooses who asks whether certificates still hold, and where the answers are kept."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import TYPE_CHECKING

from swb.backends.files import FolderAnswerCache
from swb.backends.http.revocation import HttpAnswerFetcher
from swb.core.revocation import Asking
from swb.services.revocation import RevocationService
from swb_schemas.wire.revocation import RevocationPolicy

if TYPE_CHECKING:
    from pathlib import Path

    from swb.config import Config
    from swb.ports import Clock, RevocationAnswers, TrustSource

__all__ = ["build_revocation", "find_answers"]


def build_revocation(config: Config, trust: TrustSource, clock: Clock) -> RevocationService | None:
    """Build what asks about certificates; nothing is read or asked yet.

    Returns:
        None where nobody is asked, by configuration or for want of a folder.
    """
    told = config.trust.revocation
    folder = _folder(config)
    if told.policy == "off" or folder is None:
        return None
    return RevocationService(
        trust=trust,
        fetcher=HttpAnswerFetcher(wait_for=timedelta(seconds=told.timeout_seconds)),
        cache=FolderAnswerCache(folder),
        clock=clock,
        jitter=random.random,
        asking=Asking(told.policy),
        policy=RevocationPolicy(
            max_age=timedelta(hours=told.max_age_hours),
            max_age_of_authorities=timedelta(days=told.authority_max_age_days),
            grace=timedelta(minutes=told.grace_minutes),
        ),
        refresh_every=timedelta(minutes=told.refresh_minutes),
        named_in_certificates=told.named_in_certificates,
    )


def find_answers(config: Config) -> RevocationAnswers | None:
    """Find the answers that a daemon kept, for whoever exports evidence.

    Returns:
        None where none are kept.
    """
    folder = _folder(config)
    return FolderAnswerCache(folder) if folder else None


def _folder(config: Config) -> Path | None:
    if config.trust.revocation.folder is not None:
        return config.trust.revocation.folder
    if config.store is None:
        return None
    return config.store.path.with_name(f"{config.store.path.stem}-revocation")
