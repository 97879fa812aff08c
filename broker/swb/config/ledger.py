"""The evidence log in a daemon's configuration: a router runs it, a gateway watches it."""

from __future__ import annotations

from pathlib import Path
from typing import Final, Self

from pydantic import Field, model_validator

from swb.config.section import Section
from swb_schemas.wire.ledger.checkpoint import LEAST_WITNESSES
from swb_schemas.wire.ledger.entry import ORIGIN_PATTERN

__all__ = ["ORIGIN", "SOURCE", "LedgerConfig", "WitnessConfig"]

ORIGIN: Final = f"^{ORIGIN_PATTERN}$"
SOURCE: Final = (
    r"^(https://[^@/\s]{1,255}/[!-~]{0,500}"
    r"|http://(127\.0\.0\.1|localhost|\[::1\])(:\d{1,5})?/[!-~]{0,500}|file:.+)$"
)


class LedgerConfig(Section):
    """The region's evidence log, which a router runs; needs ``[keys.log]`` where it has a path.

    Attributes:
        path: The file that holds the log, made when missing, on a local disk; every router of one
            store on that machine names the same, and one of them at a time writes it. A router on
            another machine leaves it out: it promises, and leaves the log to those that have it.
        origin: The log's name, a URL without its scheme, for example ``log.example/region``.
        publish: Folder that the log is published in; any web server may serve it. It goes with
            ``path``.
        interval_seconds: How often what was recorded is put into the log.
        lease_seconds: After which another router takes a dead one's place at the log; four
            intervals at least.
        merge_delay_seconds: How long that may take at most; relay receipts promise it.
        witnesses: States that must have cosigned a checkpoint before it is published as such.
    """

    path: Path | None = None
    origin: str = Field(pattern=ORIGIN)
    publish: Path | None = None
    interval_seconds: float = Field(default=5, gt=0, le=3600)
    lease_seconds: float = Field(default=30, ge=1, le=3600)
    merge_delay_seconds: int = Field(default=600, ge=10, le=86400)
    witnesses: int = Field(default=LEAST_WITNESSES, ge=LEAST_WITNESSES, le=32)

    @model_validator(mode="after")
    def _promises_can_be_kept(self) -> Self:
        if self.merge_delay_seconds < 2 * self.interval_seconds:
            msg = "expected merge_delay_seconds to be twice interval_seconds or more"
            raise ValueError(msg)
        return self

    @model_validator(mode="after")
    def _is_kept_and_published(self) -> Self:
        if (self.path is None) != (self.publish is None):
            msg = "expected path and publish together, or neither: another router keeps the log"
            raise ValueError(msg)
        return self


class WitnessConfig(Section):
    """How a gateway watches the region's log; needs ``[keys.log]``.

    Attributes:
        path: The file that holds what was cosigned, made when missing, on a local disk. It must
            never be put back to an older state.
        origin: The log that is watched, as the region names it.
        log: Where it is published: ``file:PATH`` of a folder, or an HTTPS address.
        interval_seconds: How often it is looked at.
        patience_seconds: How long one request may take.
    """

    path: Path
    origin: str = Field(pattern=ORIGIN)
    log: str = Field(pattern=SOURCE)
    interval_seconds: float = Field(default=5, gt=0, le=3600)
    patience_seconds: float = Field(default=10, gt=0, le=300)
