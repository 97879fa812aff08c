"""Which log a command is about: named by options, or by a daemon's configuration."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from swb.cli.trust_bundles import load_trust
from swb.config import Config, load_config
from swb_schemas.errors import Actor, RefusedError
from swb_schemas.parties import GATEWAY, PartyId, parse_certificate_key

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from swb.ports import CosignedCheckpoint, LogIncident, MessageStore
    from swb.services.log_view import LogView
    from swb_schemas.wire.trust import TrustBundle

__all__ = ["LogSource", "find_source"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LogSource:
    """One log, and who asks.

    Attributes:
        view: Where it is published.
        trust: Whom to trust.
        origin: Its name, where the configuration says so.
        config: Of the daemon that asks, if any.
    """

    view: LogView
    trust: TrustBundle
    origin: str | None
    config: Config | None

    @property
    def gateway(self) -> str:
        """URN of the gateway that asks; empty for anybody else."""
        if self.config is None or self.config.witness is None:
            return ""
        return str(PartyId(self.config.party.state, GATEWAY))

    async def read_watch(self) -> tuple[CosignedCheckpoint | None, list[LogIncident]]:
        """Read what the gateway that asks cosigned last, and what it refused to cosign."""
        if self.config is None or self.config.witness is None:
            return None, []
        from swb.app.ledger import open_witness_store  # noqa: PLC0415 - slow to import

        origin = self.config.witness.origin
        async with open_witness_store(self.config) as store:
            return await store.find_last(origin), list(await store.list_incidents(origin))

    async def read_cosigned(self) -> list[bytes]:
        """Read every checkpoint that the gateway that asks has accepted or been shown."""
        if self.config is None or self.config.witness is None:
            return []
        from swb.app.ledger import open_witness_store  # noqa: PLC0415 - slow to import

        origin, found, after = self.config.witness.origin, [], 0
        async with open_witness_store(self.config) as store:
            while page := await store.list_cosigned(origin, after=after):
                found += [each.note for each in page]
                after = page[-1].size
            found += [each.second for each in await store.list_incidents(origin)]
        return found

    @asynccontextmanager
    async def open_own_store(self) -> AsyncIterator[MessageStore | None]:
        """Open the store of the gateway that asks, if one does."""
        if self.config is None or not self.gateway:
            yield None
            return
        from swb.app import open_store  # noqa: PLC0415 - slow to import

        async with open_store(self.config) as store:
            yield store

    async def find_message_id(self, reference: str) -> str:
        """Find the message that a reference means.

        Raises:
            RefusedError: ``reference.unknown``.
        """
        if self.config is None or self.config.store is None:
            return reference
        from swb.app import open_store  # noqa: PLC0415 - slow to import

        spelled = str(parse_certificate_key(reference)) if ":" in reference else reference
        async with open_store(self.config) as store:
            if await store.find_message(spelled) is not None:
                return spelled
            trail = await store.find_trail(spelled)
            carrier = await store.find_carrier(trail.document.document_id) if trail else None
        if carrier is None:
            message = f"expected a reference that this store knows, found {reference[:200]!r}"
            raise RefusedError("reference.unknown", message, actor=Actor.OPERATOR)
        return carrier.message_id


def find_source(location: str | None, bundle: Path | None, config_file: Path | None) -> LogSource:
    """Find the log that a command line means.

    Raises:
        click.UsageError: It does not say where the log is, or whom to trust, or names no place
            that a log could be read from.
        RefusedError: ``config.*``.
        UndeterminedError: ``trust.unusable``.
    """
    from swb.app.ledger import open_log_view  # noqa: PLC0415 - slow to import

    config = load_config(config_file) if config_file is not None else None
    origin, given = None, location is not None
    if config is not None and (section := config.witness or config.ledger) is not None:
        origin = section.origin
    if location is None and config is not None:
        if config.witness is not None:
            location = config.witness.log
        elif config.ledger is not None and config.ledger.publish is not None:
            location = str(config.ledger.publish)
    if bundle is None and config is not None:
        bundle = config.trust.bundle
    if location is None or bundle is None:
        message = "expected --log and --trust, or --config of a daemon that runs or watches the log"
        raise click.UsageError(message)
    try:
        view = open_log_view(location)
    except RefusedError as cause:
        if not given:
            raise
        raise click.BadParameter(cause.message, param_hint="--log") from cause
    return LogSource(view=view, trust=load_trust(bundle), origin=origin, config=config)
