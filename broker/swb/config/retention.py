"""How long a daemon's store keeps what may go."""

from __future__ import annotations

from pydantic import Field

from swb.config.section import Section

__all__ = ["RetentionConfig"]

_SHORTEST: int = 30
"""Days: longer than any road and any question about it takes."""


class RetentionConfig(Section):
    """For how many days the store keeps what may go; where a key is left out, for ever.

    Octets are kept for at least 30 days, longer than any road and any question about it takes; what
    is known of a message besides, for at least one.

    Ids, digests, facts and the state of deliveries stay in any case, so nothing is accepted,
    submitted or delivered twice; and so does what still waits, or has no time-stamp where
    ``[evidence]`` asks for one. Everything kept costs about 180 kB a certificate, with all its
    messages, in each of two gateways, and 145 kB in a router (28 of ``swb demo``, SQLite).

    Attributes:
        outbox: That a message was published, counted from its expiry.
        duplicates: Under which digest a message came, counted from its expiry.
        acknowledgements: Octets of acknowledgements and relay receipts, the messages and the
            sealed documents.
        messages: Octets of all messages; ``swb evidence export`` lacks them afterwards.
        documents: Octets of all sealed documents, and so the certificates themselves; what the
            law asks for decides.
        payloads: Octets of national payloads.
        dead_letters: Octets of what was refused.
        interval_seconds: How often a pass over the store begins.
    """

    outbox: int | None = Field(default=None, ge=1)
    duplicates: int | None = Field(default=None, ge=1)
    acknowledgements: int | None = Field(default=None, ge=_SHORTEST)
    messages: int | None = Field(default=None, ge=_SHORTEST)
    documents: int | None = Field(default=None, ge=_SHORTEST)
    payloads: int | None = Field(default=None, ge=_SHORTEST)
    dead_letters: int | None = Field(default=None, ge=_SHORTEST)
    interval_seconds: float = Field(default=3600, ge=1, le=86400)
