"""The sections of a daemon's configuration, their defaults and bounds."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, Literal, Self

from pydantic import Field, field_validator, model_validator

from swb.config.api import HOST, ApiConfig
from swb.config.evidence import OID, URL, ApprovalsConfig, AuditConfig, EvidenceConfig
from swb.config.fingerprints import FingerprintsConfig
from swb.config.keys import SECRET_REFERENCE, KeyConfig
from swb.config.ledger import ORIGIN, SOURCE, LedgerConfig, WitnessConfig
from swb.config.national import NationalConfig
from swb.config.overview import OverviewConfig
from swb.config.quotas import QuotasConfig
from swb.config.reconciliation import ReconciliationConfig
from swb.config.retention import RetentionConfig
from swb.config.section import Section
from swb.config.store import REFERENCE, SCHEMA, StoreConfig
from swb.config.telemetry import TelemetryConfig
from swb.config.topology import MEMBER, TopologyConfig
from swb.config.trust import STATE, TrustConfig
from swb_schemas.catalogue import Purpose
from swb_schemas.documents.elements import Environment
from swb_schemas.parties import REGION

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "MEANT",
    "SECTION_ROLES",
    "AuthorityConfig",
    "Config",
    "ConnectionsConfig",
    "EmbeddedTransportConfig",
    "HealthConfig",
    "LimitsConfig",
    "PartyConfig",
    "RabbitTransportConfig",
    "Role",
    "RolesConfig",
    "StoreConfig",
]

MEANT: Final = {
    STATE: f"expected a state's two letters (ISO 3166-1), or {REGION}",
    MEMBER: "expected a state's two letters (ISO 3166-1)",
    REFERENCE: "expected a reference, env:NAME or file:PATH",
    SCHEMA: "expected small letters, digits and underscores",
    SOURCE: "expected an https address, or file:PATH",
    URL: "expected an http or https URL without user and password",
    OID: "expected an object identifier such as 1.2.3",
    HOST: "expected a host's name or address without port",
    SECRET_REFERENCE: "expected a reference, env:NAME, file:PATH or prompt",
    ORIGIN: "expected a log's name such as log.example/region",
}
"""What is said where a value has not the form that a pattern asks for."""

_EVERY_ANSWER: Final = (Purpose.RECEIPT_SEAL, Purpose.TRANSPORT)
"""Keys without which no message can be acknowledged."""


class Role(StrEnum):
    """What a daemon can be; one may be a gateway and its authority at once."""

    GATEWAY = "gateway"
    ROUTER = "router"
    AUTHORITY = "authority"


SECTION_ROLES: Final[Mapping[str, tuple[Role, ...]]] = {
    "national": (Role.GATEWAY, Role.AUTHORITY),
    "authority": (Role.AUTHORITY,),
    "api": (Role.GATEWAY,),
    "fingerprints": (Role.GATEWAY,),
    "reconciliation": (Role.GATEWAY,),
    "witness": (Role.GATEWAY,),
    "ledger": (Role.ROUTER,),
    "quotas": (Role.ROUTER,),
}
"""Sections that would change nothing where none of their roles runs."""


class PartyConfig(Section):
    """Whose daemon it is.

    Attributes:
        state: ISO 3166-1 alpha-2, or ``REGION`` for a router.
        environment: test, parallel or production; production does parallel exchanges too, where
            a connection is in that state.
    """

    state: str = Field(pattern=STATE)
    environment: Environment


class RolesConfig(Section):
    """What it does.

    Attributes:
        run: ``gateway``, ``authority`` or both; or ``router``, alone.
    """

    run: tuple[Role, ...] = Field(min_length=1)

    @field_validator("run")
    @classmethod
    def _each_once(cls, run: tuple[Role, ...]) -> tuple[Role, ...]:
        if len(set(run)) != len(run):
            msg = "expected each role once"
            raise ValueError(msg)
        if Role.ROUTER in run and len(run) > 1:
            msg = f"expected router alone: it is the {REGION}'s, and every other role a state's"
            raise ValueError(msg)
        return run


class EmbeddedTransportConfig(Section):
    """One SQLite file in the place of a message broker, for one machine.

    Attributes:
        kind: ``embedded``.
        path: The file that all daemons of the machine share; ``swb topology apply`` makes it.
    """

    kind: Literal["embedded"]
    path: Path


class RabbitTransportConfig(Section):
    """RabbitMQ.

    Attributes:
        kind: ``rabbitmq``.
        url: Reference to the AMQP URL without a vhost path, ``env:NAME`` or ``file:PATH``;
            ``amqps`` speaks TLS. Several, divided by white space or lines, are the nodes of one
            cluster.
        auth: ``password``: by the user and password of the URL; ``external``: by the
            certificate, whose common name is the user.
        ca: Whoever issued the server's certificate, PEM; where it is left out, the system's
            authorities are trusted.
        certificate: The client's own certificate, with what leads to its issuer, PEM.
        key: Private key of that certificate, PEM.
        passphrase: Reference to that key's passphrase, where it has one.
        server_name: Name that the server's certificate must have, where it is not the URL's host.
        heartbeat_seconds: A node that is silent for so long, and a second more, is given up for
            another one.
        connect_seconds: How long connecting to one node, opening a channel or a ping may take.
        confirm_seconds: How long publishing one message may take, until it is tried again later.
    """

    kind: Literal["rabbitmq"]
    url: str = Field(pattern=REFERENCE)
    auth: Literal["password", "external"] = "password"
    ca: Path | None = None
    certificate: Path | None = None
    key: Path | None = None
    passphrase: str | None = Field(default=None, pattern=SECRET_REFERENCE)
    server_name: str | None = Field(default=None, min_length=1, max_length=253)
    heartbeat_seconds: int = Field(default=10, ge=1, le=60)
    connect_seconds: float = Field(default=10, gt=0, le=60)
    confirm_seconds: float = Field(default=10, gt=0, le=60)

    @model_validator(mode="after")
    def _shows_a_certificate(self) -> Self:
        if (self.certificate is None) != (self.key is None):
            msg = "expected certificate and key together"
            raise ValueError(msg)
        if self.auth == "external" and self.certificate is None:
            msg = 'auth = "external" needs certificate and key'
            raise ValueError(msg)
        if self.passphrase is not None and self.key is None:
            msg = "passphrase needs key"
            raise ValueError(msg)
        return self

    @property
    def speaks_of_tls(self) -> bool:
        """Whether any key is given that only TLS has a use for."""
        return any((self.ca, self.certificate, self.server_name))


class ConnectionsConfig(Section):
    """Who may send what to whom.

    Attributes:
        table: File with the table of connections, TOML; read again when it changes.
        agreements: Folder with what pairs of states signed, one ``*.json`` each. Where it is given,
            nothing is connected that both states did not sign, and the table may only take away
            from that.
    """

    table: Path
    agreements: Path | None = None


class AuthorityConfig(Section):
    """A simulated authority beside the gateway: trader, issuing authority and customs.

    Attributes:
        seed: What its plausible goods, names and decisions are drawn from.
        answers: Whether customs answers what arrives.
        patience_seconds: How long a late answer takes, about.
        down_seconds: For how long it is down when it starts.
    """

    seed: int = 1
    answers: bool = True
    patience_seconds: float = Field(default=1, ge=0, le=86400)
    down_seconds: float = Field(default=0, ge=0, le=86400)


class HealthConfig(Section):
    """Where it says how it is.

    Attributes:
        host: Address to listen on.
        port: 0 takes a free one.
        metrics: Whether ``/metrics`` is served there, in the form that Prometheus reads.
    """

    host: str = "127.0.0.1"
    port: int = Field(ge=0, le=65535)
    metrics: bool = True


class LimitsConfig(Section):
    """How much at once, and for how long.

    Attributes:
        prefetch: Deliveries that a line offers before the first is settled.
        in_flight: Messages that are published at the same time.
        judged_at_a_time: Deliveries, or payloads, that are judged at the same time, of all lines
            together; lines take turns.
        in_flight_octets: Octets of what is judged at the same time; of one line's messages that
            are published, and of documents that are handed over, a quarter. What is larger goes
            alone.
        waiting_messages: Messages that may wait to leave; then payloads are told to wait.
        batch: Rows that are claimed from the store at a time.
        lease_seconds: How long a claimed row belongs to whoever claimed it; who still works on it
            extends that.
        poll_seconds: How often the store is looked at when nothing happens.
        collect_seconds: How often the national system's door is looked at for payloads. What came
            meanwhile is taken together.
        first_retry_seconds: Wait after the first failed attempt.
        retry_ceiling_seconds: Longest wait between attempts.
        max_attempts: Then it waits for a person; the default is reached after about a month.
        probe_ceiling_seconds: Longest wait between two looks whether a line or the national
            system that was down is back.
        catch_up_share: The part of the capacity that goes to what has waited for long, such as
            the messages of a state that is back; what is fresh gets the rest.
        catch_up_after_seconds: What has waited longer than this is no longer fresh.
        shutdown_seconds: How long an ordered shutdown may take.
        clock_skew_seconds: By how much clocks may differ: the sender's and this one where a
            message is judged, a time-stamp authority's and this one before health is degraded.
    """

    prefetch: int = Field(default=64, ge=1, le=1000)
    in_flight: int = Field(default=64, ge=1, le=1000)
    judged_at_a_time: int = Field(default=64, ge=1, le=1000)
    in_flight_octets: int = Field(default=64_000_000, ge=1_000_000, le=10_000_000_000)
    waiting_messages: int = Field(default=100_000, ge=1, le=100_000_000)
    batch: int = Field(default=128, ge=1, le=5000)
    lease_seconds: float = Field(default=30, gt=0, le=3600)
    poll_seconds: float = Field(default=0.1, gt=0, le=60)
    collect_seconds: float = Field(default=0.05, gt=0, le=60)
    first_retry_seconds: float = Field(default=1, gt=0, le=3600)
    retry_ceiling_seconds: float = Field(default=600, gt=0, le=86400)
    max_attempts: int = Field(default=5000, ge=1, le=100_000)
    probe_ceiling_seconds: float = Field(default=30, gt=0, le=3600)
    catch_up_share: float = Field(default=0.5, gt=0, le=1)
    catch_up_after_seconds: float = Field(default=30, gt=0, le=86400)
    shutdown_seconds: float = Field(default=20, gt=0, le=600)
    clock_skew_seconds: float = Field(default=300, ge=0, le=3600)

    @model_validator(mode="after")
    def _waits_grow(self) -> Self:
        if self.retry_ceiling_seconds < self.first_retry_seconds:
            msg = "expected retry_ceiling_seconds to be first_retry_seconds or more"
            raise ValueError(msg)
        return self


class Config(Section):
    """One daemon's configuration.

    ``keys`` has the key in use for each purpose; ``retired_decryption`` the decryption keys before
    it, kept for as long as messages for them may come.
    """

    party: PartyConfig
    roles: RolesConfig
    store: StoreConfig | None = None
    transport: Annotated[
        EmbeddedTransportConfig | RabbitTransportConfig, Field(discriminator="kind")
    ]
    trust: TrustConfig
    keys: dict[Purpose, KeyConfig] = Field(default={})
    retired_decryption: tuple[KeyConfig, ...] = ()
    national: NationalConfig | None = None
    connections: ConnectionsConfig | None = None
    topology: TopologyConfig | None = None
    quotas: QuotasConfig | None = None
    authority: AuthorityConfig = AuthorityConfig()
    audit: AuditConfig | None = None
    approvals: ApprovalsConfig = ApprovalsConfig()
    evidence: EvidenceConfig | None = None
    ledger: LedgerConfig | None = None
    witness: WitnessConfig | None = None
    reconciliation: ReconciliationConfig | None = None
    overview: OverviewConfig = OverviewConfig()
    retention: RetentionConfig | None = None
    fingerprints: FingerprintsConfig | None = None
    health: HealthConfig | None = None
    api: ApiConfig | None = None
    telemetry: TelemetryConfig | None = None
    limits: LimitsConfig = LimitsConfig()

    @model_validator(mode="after")
    def _roles_have_what_they_need(self) -> Self:
        needs = {
            Role.GATEWAY: ("store", "national", "connections"),
            Role.ROUTER: ("store", "connections"),
            Role.AUTHORITY: ("national",),
        }
        for role in self.roles.run:
            for section in needs[role]:
                if getattr(self, section) is None:
                    msg = f"role {role} needs a section [{section}]"
                    raise ValueError(msg)
            for purpose in () if role is Role.AUTHORITY else _EVERY_ANSWER:
                if purpose not in self.keys:
                    msg = f"role {role} needs a section [keys.{purpose}]"
                    raise ValueError(msg)
        if (Role.ROUTER in self.roles.run) != (self.party.state == REGION):
            msg = f"a router's state is {REGION}, and a gateway's is its country"
            raise ValueError(msg)
        return self

    @model_validator(mode="after")
    def _every_section_has_its_role(self) -> Self:
        for section, roles in SECTION_ROLES.items():
            if section in self.model_fields_set and not set(roles).intersection(self.roles.run):
                msg = f"a section [{section}] is for the role {' or '.join(roles)}"
                raise ValueError(msg)
        return self

    @model_validator(mode="after")
    def _what_is_pulled_is_served(self) -> Self:
        if self.national is not None and self.national.kind == "pull" and self.api is None:
            msg = 'a section [national] with kind = "pull" needs a section [api]'
            raise ValueError(msg)
        return self

    @model_validator(mode="after")
    def _the_log_has_its_key(self) -> Self:
        for section, kept in (("ledger", self.ledger), ("witness", self.witness)):
            if kept is not None and kept.path is not None and Purpose.LOG not in self.keys:
                msg = f"a section [{section}] needs a section [keys.{Purpose.LOG}]"
                raise ValueError(msg)
        return self
