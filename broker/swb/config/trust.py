"""Whom a daemon believes, and whether certificates still hold, in its configuration."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import Field

from swb.config.ledger import SOURCE
from swb.config.section import Section

__all__ = ["STATE", "RevocationConfig", "TrustConfig"]

STATE: Final = r"^([A-Z]{2}|REGION)$"
StateCode = Annotated[str, Field(pattern=STATE)]
Location = Annotated[str, Field(pattern=SOURCE)]


class RevocationConfig(Section):
    """Whether certificates still hold: what their issuers answer.

    Attributes:
        policy: ``prefer`` asks where a source is named, and where none is the state's list alone
            speaks; ``require`` leaves everything undetermined for which nobody can be asked;
            ``off`` asks nobody.
        folder: Where answers are kept. None is a folder beside the store.
        named_in_certificates: Whether is asked, too, where certificates themselves say, beside the
            sources on the state's list.
        refresh_minutes: How often is asked again at least; sooner where half of an answer's life
            is over.
        max_age_hours: How old a good answer may be, whatever it says of its end.
        authority_max_age_days: The same for what a root says of issuing authorities.
        grace_minutes: How long after its end a good answer still counts.
        timeout_seconds: For one question.
    """

    policy: Literal["off", "prefer", "require"] = "prefer"
    folder: Path | None = None
    named_in_certificates: bool = True
    refresh_minutes: float = Field(default=60, gt=0, le=10_080)
    max_age_hours: float = Field(default=168, gt=0, le=8784)
    authority_max_age_days: float = Field(default=200, gt=0, le=800)
    grace_minutes: float = Field(default=0, ge=0, le=10_080)
    timeout_seconds: float = Field(default=10, gt=0, le=120)


class TrustConfig(Section):
    """Whom it believes.

    Attributes:
        bundle: Pinned roots and signed lists in one file; read again when it changes.
        memory: Folder in which it keeps what it believed last, newer lists that it fetched, and
            what its operator says of stolen keys. None is a folder beside the store.
        sources: By state, where newer lists come from: an ``https`` address (``http`` on loopback
            only), or ``file:PATH``.
        follow_pointers: Whether lists of other states are fetched from where the region's list
            points.
        refresh_seconds: How often newer lists are looked for.
        revocation: Section ``[trust.revocation]``.
    """

    bundle: Path
    memory: Path | None = None
    sources: dict[StateCode, Location] = Field(default={})
    follow_pointers: bool = False
    refresh_seconds: float = Field(default=3600, ge=0.05, le=86400)
    revocation: RevocationConfig = RevocationConfig()
