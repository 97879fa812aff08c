"""That paper takes the place of the electronic exchange for a time, major version 1.

Since 2024 paper is for technical failure only (facts 1.2). A gateway declares it to the gateway of
each partner; a notice that names another one takes its place, and so ends or prolongs it.
"""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar, Self

from pydantic import Field, model_validator

from swb_schemas.documents.elements import Document, Extensions, Instant, Uuid

__all__ = ["OutageNotice", "OutageReason"]


class OutageReason(StrEnum):
    """What has failed."""

    NATIONAL_SYSTEM = "NATIONAL_SYSTEM"
    GATEWAY = "GATEWAY"
    NETWORK = "NETWORK"
    REGION = "REGION"
    MAINTENANCE = "MAINTENANCE"


class OutageNotice(Document):
    """A time in which the two states accept paper between them.

    Attributes:
        from_at: Its begin.
        until_at: Its end; absent while nobody knows it.
        reason: What has failed.
        replaces: Document id of the sealing gateway's earlier notice in whose place this one is.
    """

    namespace: ClassVar[str] = "urn:swb:outage-notice:1"

    from_at: Instant = Field(alias="From")
    until_at: Instant | None = Field(default=None, alias="Until")
    reason: OutageReason
    replaces: Uuid | None = None
    extensions: Extensions | None = None

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.until_at is not None and self.until_at <= self.from_at:
            msg = "expected Until after From"
            raise ValueError(msg)
        return self
