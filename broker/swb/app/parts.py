"""What the use cases of one daemon share, and each use case built of it."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from swb.app.adapting import SharedFormats
from swb.app.fingerprints import build_fingerprinting
from swb.app.revoking import build_revocation
from swb.app.trusting import build_trust
from swb.backends.files import (
    AgreedConnectionSource,
    FileConnectionSource,
    FileConsentSource,
    FileDataPolicySource,
)
from swb.clock import SystemClock, new_id
from swb.config import Role
from swb.core.breaking import BreakPolicy
from swb.core.catching_up import CatchUpPolicy
from swb.core.retrying import RetryPolicy
from swb.metrics import measure_judging
from swb.services.dispatch import DispatchService
from swb.services.inbox import InboxService
from swb.services.last_good import LastGoodConnections
from swb.services.letting_out import LettingOut
from swb.services.outbox_limit import OutboxLimit
from swb.services.room import Room
from swb.services.sealing import Sealer
from swb.services.standing import StandingSigner, find_distrusted
from swb.services.submit import SubmitService
from swb_schemas.catalogue import CATALOGUE, Purpose
from swb_schemas.connections import parse_connections
from swb_schemas.errors import Actor, RefusedError, UnavailableError, UndeterminedError
from swb_schemas.parties import GATEWAY, REGION, ROUTER, PartyId
from swb_schemas.wire.verification import VerificationPolicy

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from datetime import datetime

    from swb.backends.files import FileTrustSource
    from swb.config import Config, ConnectionsConfig, LimitsConfig, NationalConfig
    from swb.keyring import KeyRing
    from swb.metrics import NodeMeter
    from swb.ports import (
        Clock,
        ConnectionSource,
        KeyAgreement,
        MessageStore,
        NationalFormats,
        PaperRegister,
        Signer,
        Transport,
        TrustSource,
    )
    from swb.services.fingerprinting import Fingerprinting
    from swb.services.inbox import Judge
    from swb.services.revocation import RevocationService
    from swb_schemas.connections import ConnectionTable

__all__ = [
    "Parts",
    "build_parts",
    "check_keys",
    "check_standing",
    "fetch_connections",
    "get_connections",
    "get_national",
    "missing_section",
    "read_connections",
]


_LEAST_STEP: Final = timedelta(seconds=1)
"""A leap second, and what reading two clocks one after the other can differ by."""
_ROLE_OF: Final = {
    entry.seal_purpose: entry.issuing_role for entry in CATALOGUE.values() if entry.national
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What every use case of one daemon shares."""

    config: Config
    clock: Clock
    store: MessageStore
    trust: TrustSource
    lists: FileTrustSource
    revocation: RevocationService | None
    connections: LastGoodConnections
    sealer: Sealer
    signers: Mapping[Purpose, Signer]
    retrying: RetryPolicy
    decryption_keys: Mapping[str, KeyAgreement]
    judging: Room
    submitting: Room
    formats: SharedFormats
    meter: NodeMeter | None = None
    fingerprinting: Fingerprinting | None = None
    jitter: Callable[[], float] = random.random

    @property
    def lease_for(self) -> timedelta:
        """How long a claimed row belongs to this process."""
        return timedelta(seconds=self.config.limits.lease_seconds)

    @property
    def verification_policy(self) -> VerificationPolicy:
        """What is allowed of a message."""
        return VerificationPolicy(skew=timedelta(seconds=self.config.limits.clock_skew_seconds))

    def build_submitting(
        self,
        on_commit: Callable[[], None],
        may_take: Callable[[], Awaitable[None]] | None = None,
        paper: PaperRegister | None = None,
        *,
        formats: NationalFormats | None = None,
    ) -> SubmitService:
        """Build a door inward of a gateway; the register of paper is open, where it has one.

        Args:
            on_commit: Called when something was committed.
            may_take: Raises while nothing new is taken.
            paper: Which certificates were used on paper.
            formats: What comes in by it; None is what the national system speaks.
        """
        national = get_national(self.config)
        outbox = OutboxLimit(self.store, messages=self.config.limits.waiting_messages)
        return SubmitService(
            state=self.config.party.state,
            formats=formats or self.formats.get(),
            environment=self.config.party.environment,
            connections=self.connections,
            store=self.store,
            sealer=self.sealer,
            clock=self.clock,
            on_commit=on_commit,
            may_take=_all_of(outbox.require_room, may_take),
            room=self.submitting,
            paper=paper,
            letting_out=LettingOut(
                consents=FileConsentSource(national.consents) if national.consents else None,
                data_policy=FileDataPolicySource(national.data_policy)
                if national.data_policy
                else None,
            ),
            fingerprinting=self.fingerprinting,
        )

    def build_inbox(
        self,
        line: str,
        *,
        transport: Transport,
        judge: Judge,
        on_commit: Callable[[], None],
        on_life: Callable[[], None] = lambda: None,
    ) -> InboxService:
        """Build the loop over one line's deliveries."""
        limits = self.config.limits
        if self.meter is not None:
            judge = measure_judging(judge, self.meter)
        return InboxService(
            line=line,
            transport=transport,
            store=self.store,
            judge=_in_turn(judge, self.judging),
            clock=self.clock,
            jitter=self.jitter,
            retrying=self.retrying,
            concurrency=limits.prefetch,
            batch=limits.batch,
            lease_for=self.lease_for,
            on_commit=on_commit,
            on_life=on_life,
        )

    @property
    def breaking(self) -> BreakPolicy:
        """When a destination counts as down, and how often it is probed then."""
        limits = self.config.limits
        return BreakPolicy.within(
            first_delay=timedelta(seconds=limits.first_retry_seconds),
            ceiling=timedelta(seconds=limits.probe_ceiling_seconds),
        )

    @property
    def catching_up(self) -> CatchUpPolicy:
        """What a backlog gets beside the traffic of the day."""
        limits = self.config.limits
        return CatchUpPolicy(
            share=limits.catch_up_share,
            after=timedelta(seconds=limits.catch_up_after_seconds),
        )

    def build_dispatch(self, lines: Mapping[str, Transport]) -> DispatchService:
        """Build what empties the outbox."""
        return DispatchService(
            store=self.store,
            lines=lines,
            clock=self.clock,
            jitter=self.jitter,
            retrying=self.retrying,
            batch=self.config.limits.batch,
            lease_for=self.lease_for,
            breaking=self.breaking,
            catching_up=self.catching_up,
        )


def build_parts(
    config: Config, store: MessageStore, keys: KeyRing, meter: NodeMeter | None = None
) -> Parts:
    """Join keys, trust and store.

    Args:
        config: Of the daemon.
        store: Opened.
        keys: Opened.
        meter: Where to measure what the use cases do.

    Raises:
        RefusedError: ``config.invalid``.
    """
    limits = config.limits
    # Two clocks that were each set by so much differ by no more than what is allowed.
    clock = SystemClock(may_step=max(timedelta(seconds=limits.clock_skew_seconds / 2), _LEAST_STEP))
    listed = build_trust(config, keeps=True)
    revocation = build_revocation(config, listed, clock)
    trust = revocation or listed
    signers = {purpose: StandingSigner(signer, trust) for purpose, signer in keys.signers.items()}
    sealer = Sealer(
        signers=signers,
        trust=trust,
        clock=clock,
        new_id=new_id,
    )
    connections = LastGoodConnections(build_connections(config, listed), clock)
    return Parts(
        config=config,
        clock=clock,
        store=store,
        trust=trust,
        lists=listed,
        revocation=revocation,
        connections=connections,
        sealer=sealer,
        signers=signers,
        retrying=RetryPolicy(
            first_delay=timedelta(seconds=limits.first_retry_seconds),
            ceiling=timedelta(seconds=limits.retry_ceiling_seconds),
            max_attempts=limits.max_attempts,
        ),
        decryption_keys=keys.agreements,
        judging=_build_room(limits),
        submitting=_build_room(limits),
        formats=SharedFormats(config.national),
        meter=meter,
        fingerprinting=build_fingerprinting(config, store, connections)
        if Role.GATEWAY in config.roles.run
        else None,
    )


def _all_of(
    first: Callable[[], Awaitable[None]], second: Callable[[], Awaitable[None]] | None
) -> Callable[[], Awaitable[None]]:
    async def ask() -> None:
        if second is not None:
            await second()
        await first()

    return ask


def _build_room(limits: LimitsConfig) -> Room:
    return Room(places=limits.judged_at_a_time, octets=limits.in_flight_octets)


def _in_turn(judge: Judge, room: Room) -> Judge:
    """Judge no more at a time than there is room for, and each line in its turn."""

    async def judged(raw: bytes, line: str, received_at: datetime | None) -> None:
        async with room.take(line, len(raw)):
            await judge(raw, line, received_at)

    return judged


def build_connections(config: Config, trust: TrustSource) -> ConnectionSource:
    """Name the source of connections; nothing is read yet.

    Raises:
        RefusedError: ``config.invalid``.
    """
    section = get_connections(config)
    table = FileConnectionSource(section.table)
    if section.agreements is None:
        return table
    return AgreedConnectionSource(table, folder=section.agreements, trust=trust)


async def check_keys(parts: Parts) -> None:
    """Require that everybody who trusts the same bundle will take what these keys sign.

    Raises:
        RefusedError: ``config.keys``: environment or certificate is not what the bundle lists for
            this party.
        UndeterminedError: ``trust.list_expired``.
        UnavailableError: ``trust.unreachable``.
    """
    party, now = parts.config.party, parts.clock.now()
    bundle = await parts.trust.fetch()
    if not bundle.environment.includes(party.environment):
        raise RefusedError(
            "config.keys",
            f"[party] environment: expected one that {bundle.environment} roots serve, "
            f"found {party.environment}",
            actor=Actor.OPERATOR,
        )
    for purpose, certificate in parts.sealer.certificates():
        role = ROUTER if party.state == REGION else _ROLE_OF.get(purpose, GATEWAY)
        try:
            bundle.judge_certificate(
                certificate,
                party=PartyId(party.state, role),
                purpose=purpose,
                moments=(now,),
                at=now,
            )
        except RefusedError as cause:
            raise RefusedError(
                "config.keys", f"[keys.{purpose}]: {cause.message}", actor=Actor.OPERATOR
            ) from cause
        except UndeterminedError as unclear:
            # It can be learnt only after the start; health tells until then.
            if unclear.code != "certificate.status_unknown":
                raise


async def check_standing(parts: Parts) -> None:
    """Say whether one's own keys still stand, as a daemon asks while it runs.

    Raises:
        RefusedError: ``config.keys``: one is not listed any more.
        UndeterminedError: ``trust.list_expired``.
        UnavailableError: ``signer.distrusted``: nothing is signed with it; ``trust.unreachable``.
    """
    bundle = await parts.trust.fetch()
    found = find_distrusted(bundle, (der for _, der in parts.sealer.certificates()))
    if found:
        message = f"expected own keys that nothing is known against, found {', '.join(found)}"
        raise UnavailableError("signer.distrusted", message)
    await check_keys(parts)


def get_national(config: Config) -> NationalConfig:
    """Get the section about the national system.

    Raises:
        RefusedError: ``config.invalid``.
    """
    if config.national is None:
        raise missing_section("national")
    return config.national


def get_connections(config: Config) -> ConnectionsConfig:
    """Get the section about connections.

    Raises:
        RefusedError: ``config.invalid``.
    """
    if config.connections is None:
        raise missing_section("connections")
    return config.connections


def read_connections(config: Config) -> ConnectionTable:
    """Read the table of connections as it stands now.

    Raises:
        RefusedError: ``config.invalid``, ``connection.malformed``.
        UnavailableError: ``connection.unreachable``.
    """
    file = get_connections(config).table
    try:
        raw = file.read_bytes()
    except OSError as cause:
        message = f"expected a table of connections at {file}: {cause.strerror}"
        raise UnavailableError("connection.unreachable", message) from cause
    try:
        return parse_connections(raw)
    except RefusedError as cause:
        raise RefusedError(
            cause.code, f"{file}: {cause.message}", actor=cause.actor, findings=cause.findings
        ) from cause


async def fetch_connections(config: Config) -> ConnectionTable:
    """Find what is connected now: the table, and of it what was signed, where that is asked for.

    Raises:
        RefusedError: ``config.invalid``, ``connection.malformed``.
        UndeterminedError: ``connection.unusable``, ``trust.unusable``.
        UnavailableError: ``connection.unreachable``, ``trust.unreachable``.
    """
    table = read_connections(config)
    if get_connections(config).agreements is None:
        return table
    return await build_connections(config, build_trust(config)).fetch()


def missing_section(name: str) -> RefusedError:
    """Say that the configuration lacks a section."""
    message = f"expected a section [{name}] in the configuration"
    return RefusedError("config.invalid", message, actor=Actor.OPERATOR)
